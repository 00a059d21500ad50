# SPDX-License-Identifier: Apache-2.0 OR MIT
# shellcheck shell=bash
#
# Puts the virtual machine together and runs it.

# Set by guest:
: "${here:?}" "${project:?}" "${cache:?}" "${layout:?}"

# How many controllers and namespace paths the guest waits for: see controllers.
controllers=5
paths=5

guest_run()
{
	local environment=() see=() writable=() timeout=600

	while (($#)); do
		case $1 in
		--env) environment+=("$2"); shift 2 ;;
		--see) see+=("$2"); shift 2 ;;
		--writable) writable+=("$2"); shift 2 ;;
		--timeout) timeout=$2; shift 2 ;;
		--) shift; break ;;
		*) usage >&2; exit 2 ;;
		esac
	done
	(($#)) || { usage >&2; exit 2; }
	tree=$cache/guest-$layout
	[[ -e $tree/versions ]] || die "$tree is missing: run '$0 fetch' first"

	job=$(mktemp -d)
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	mkdir "$job/in"
	write_command "$@" >"$job/in/command"
	write_settings >"$job/in/settings"
	cp "$here/inner.bash" "$job/in/"
	: >"$job/in/shares"
	qemu=(-nodefaults -no-user-config -display none -no-reboot -M q35 -smp 2 -m 1G)
	choose_accelerator
	boot
	shares
	channels
	controllers
	run_qemu "$timeout"
}

clean_up()
{
	local pid

	for pid in ${children-}; do
		kill "$pid" 2>/dev/null || :
	done
	wait
	rm -rf "$job"
}

# write_command COMMAND...: the script that the guest runs
write_command()
{
	local pair

	echo "export NVMEKIT_CACHE=${cache@Q} HOME=/root USER=root LOGNAME=root TERM=dumb LANG=C.UTF-8"
	echo "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	for pair in ${environment[@]+"${environment[@]}"}; do
		[[ $pair =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] || die "not NAME=VALUE: $pair"
		printf 'export %s=%q\n' "${pair%%=*}" "${pair#*=}"
	done
	printf 'cd %q\n' "$(pwd -P)"
	printf 'exec'
	printf ' %q' "$@"
	echo
}

# write_settings: read by both the guest's init scripts
write_settings()
{
	local modules

	modules=$(readlink -f "$tree/kernel/modules")
	printf '%s=%q\n' tree "$tree" modules "$modules" release "${modules##*/}" \
		controllers "$controllers" paths "$paths"
}

choose_accelerator()
{
	case ${NVMEKIT_QEMU_ACCEL:-tcg} in
	tcg) qemu+=(-accel "tcg,thread=multi" -cpu max) ;;
	kvm) qemu+=(-accel kvm -cpu host) ;;
	*) die "NVMEKIT_QEMU_ACCEL is neither tcg nor kvm: $NVMEKIT_QEMU_ACCEL" ;;
	esac
}

boot()
{
	local dir

	for dir in seabios qemu; do
		qemu+=(-L "$tree/qemu/usr/share/$dir")
	done
	mkdir "$job/initramfs.d"
	cp "$here/init" "$job/initramfs.d/init"
	chmod +x "$job/initramfs.d/init"
	cp "$tree/initramfs" "$job/initramfs"
	(cd "$job/initramfs.d" && echo init | "$tree/bin/busybox" cpio -o -H newc -R 0:0 2>/dev/null) >>"$job/initramfs"
	console=${NVMEKIT_GUEST_LOG:-$job/console}
	: >"$console"
	qemu+=(
		-kernel "$tree/kernel/boot/vmlinuz" -initrd "$job/initramfs"
		-append "console=ttyS0 quiet panic=-1 iomem=relaxed mitigations=off"
		-chardev "file,id=console,path=${console//,/,,}" -serial chardev:console
	)
}

# --- the host's files

# share TAG FOLDER [OPTION]: over 9p, read-only unless told otherwise
share()
{
	qemu+=(-virtfs "local,id=$1,mount_tag=$1,path=${2//,/,,},security_model=none,multidevs=remap,${3-readonly=on}")
}

# hidden FOLDER: does it lie where the guest has its own file systems?
hidden()
{
	case $1 in
	/tmp/* | /run/* | /dev/*) return 0 ;;
	*) return 1 ;;
	esac
}

shares()
{
	local dir number=0 seen=()

	share host /
	share job "$job/in"
	for dir in ${writable[@]+"${writable[@]}"}; do
		dir=$(readlink -e "$dir") || die "no such folder: $dir"
		share "w$((++number))" "$dir" readonly=off
		echo "w$number rw $dir" >>"$job/in/late"
	done
	while read -r dir; do
		hidden "$dir" || continue
		! below "$dir" ${seen[@]+"${seen[@]}"} || continue
		seen+=("$dir")
		share "s$((++number))" "$dir"
		echo "s$number ro $dir" >>"$job/in/shares"
	done < <(readlink -e "$project" "$cache" "$(pwd -P)" ${see[@]+"${see[@]}"} | sort -u)
	# Writable folders may lie in the others, so they come last.
	[[ ! -e $job/in/late ]] || cat "$job/in/late" >>"$job/in/shares"
}

# below FOLDER PARENT...
below()
{
	local parent

	for parent in "${@:2}"; do
		[[ $1/ != "$parent"/* ]] || return 0
	done
	return 1
}

# --- standard output, standard error and the exit status

channels()
{
	local name

	qemu+=(-device virtio-serial-pci)
	mkfifo "$job/out" "$job/err"
	for name in out err status; do
		qemu+=(-chardev "file,id=$name,path=${job//,/,,}/$name")
		qemu+=(-device "virtserialport,chardev=$name,name=$name")
	done
}

# --- NVMe

# controllers: what there is to test against. Serial numbers and identifiers
# are fixed; which controller becomes nvme0 is not.
controllers()
{
	subsystem a
	controller a0 a NVMEKIT-A
	namespace a 1 64M 512
	namespace a 2 64M 4096

	subsystem b
	controller b0 b NVMEKIT-B
	controller b1 b NVMEKIT-B
	namespace b 1 64M 512 shared=on

	subsystem z
	controller z0 z NVMEKIT-Z zoned.zasl=5
	namespace z 1 64M 4096 zoned=on zoned.zone_size=4M zoned.zone_capacity=3M \
		zoned.max_open=8 zoned.max_active=12 zoned.descr_ext_size=64

	subsystem e
	controller e0 e NVMEKIT-E
}

subsystem()
{
	qemu+=(-device "nvme-subsys,id=subsys-$1,nqn=nvmekit-$1")
}

# controller NAME SUBSYSTEM SERIAL [PROPERTY...]
controller()
{
	local properties="nvme,id=$1,serial=$3,subsys=subsys-$2"

	shift 3
	qemu+=(-device "$(IFS=,; echo "$properties${*:+,$*}")")
}

# namespace SUBSYSTEM NSID SIZE BLOCK_SIZE [PROPERTY...]
namespace()
{
	local name=$1$2 properties id
	local image=$job/$name.img

	truncate -s "$3" "$image"
	id=$(printf '%02x%02x' "'$1" "$2")
	properties=nvme-ns,id=ns-$name,drive=$name,bus=${1}0,nsid=$2
	properties+=,logical_block_size=$4,physical_block_size=$4
	properties+=,uuid=6e766d65-6b69-4000-8000-00000000$id
	properties+=,nguid=6e766d656b697400525400000000$id
	properties+=,eui64=0x525400000000$id
	shift 4
	qemu+=(-drive "file=${image//,/,,},if=none,id=$name,format=raw,discard=unmap")
	qemu+=(-device "$(IFS=,; echo "$properties${*:+,$*}")")
}

# --- running it

run_qemu()
{
	local timeout=$1 pid rc=0 result out err hold_out hold_err readers=()

	# Held open for writing too, so that no open blocks and the readers see
	# the end only when we let go.
	exec {hold_out}<>"$job/out" {hold_err}<>"$job/err"
	exec {out}<"$job/out" {err}<"$job/err"
	cat <&"$out" {hold_out}>&- {hold_err}>&- &
	readers+=($!)
	cat <&"$err" >&2 {hold_out}>&- {hold_err}>&- &
	readers+=($!)
	QEMU_MODULE_DIR=$tree/qemu/usr/lib/x86_64-linux-gnu/qemu \
		timeout -k 5 "$timeout" "$tree/bin/qemu-system-x86_64" "${qemu[@]}" \
		</dev/null >"$job/qemu.log" 2>&1 {hold_out}>&- {hold_err}>&- &
	pid=$!
	children="$pid ${readers[*]}"
	wait "$pid" || rc=$?
	exec {hold_out}>&- {hold_err}>&-
	wait "${readers[@]}" || :
	children=
	result=$(cat "$job/status" 2>/dev/null || :)
	case $rc:$result in
	*:exit\ *)
		exit "${result#exit }"
		;;
	124:* | 137:*)
		failed "the time of $timeout seconds is over" 124
		;;
	*)
		failed "the guest ended without a result${result:+: $result}" 125
		;;
	esac
}

# failed MESSAGE STATUS: keep the console
failed()
{
	local kept=$console

	if [[ $kept == "$job"/* ]]; then
		kept=$(mktemp "${TMPDIR:-/tmp}/nvmekit-console.XXXXXX")
		cp "$console" "$kept"
	fi
	say "$1"
	[[ ! -s $job/qemu.log ]] || sed 's/^/guest: qemu: /' "$job/qemu.log" >&2
	tail -n 5 "$kept" | sed 's/^/guest: console: /' >&2
	say "its console is in $kept"
	exit "$2"
}
