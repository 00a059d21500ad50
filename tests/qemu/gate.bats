#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# Namespaces that a real kernel uses: nothing that destroys or detaches them gets through, whatever is said on the
# command line; once the use has ended it does.

bats_require_minimum_version 1.5.0
load common
load nvmet

sure="--yes --expect-serial=NVMEKIT-A"

setup()
{
	unset NVMEKIT_SYSTEM NVMEKIT_SYSROOT
	: "${NVMEKIT:?}"
	PATH=$PATH:$NVMEKIT_CACHE/bin
	export MDADM_NO_UDEV=1
	ctrl=$(dev_by_serial NVMEKIT-A)
	ns=$(ns_by NVMEKIT-A 1) ng=$(ng_by NVMEKIT-A 1)
}

teardown()
{
	[[ -z ${held-} ]] || exec {held}>&-
	swapoff "/dev/$ns" 2>/dev/null || :
	umount /run/gate 2>/dev/null || :
	swapoff /dev/dm-0 2>/dev/null || :
	dmsetup remove gate 2>/dev/null || :
	mdadm --stop --quiet /dev/md0 2>/dev/null || :
	nvmet_teardown
}

# fill: something to lose, kept beside
fill()
{
	[[ -e $BATS_FILE_TMPDIR/data ]] || head -c 1M /dev/urandom >"$BATS_FILE_TMPDIR/data"
	dd if="$BATS_FILE_TMPDIR/data" of="/dev/$1" bs=1M oflag=direct conv=notrunc status=none
}

# now NODE FILE: its first MiB as it is on the drive
now()
{
	dd if="/dev/$1" of="$2" bs=1M count=1 iflag=direct status=none
}

every=("format NS" "format NS --force" "format NG --force --ses=1" "format CTRL -n all --lbaf=0" "detach-ns NS --force"
	"detach-ns CTRL -n 1 --controllers=all" "admin-passthru CTRL -O 0x80 -n 1 --force" "set-reg CTRL --cc=0")
few=("format CTRL -n 1 --force" "detach-ns NS")

# attempts WORDS COMMAND...: each would destroy namespace 1 or take it away. It is refused in these words, and sends
# nothing that could.
attempts()
{
	local words=$1 try

	shift
	now "$ns" "$BATS_TEST_TMPDIR/before"
	for try; do
		try=${try/NS/$ns} try=${try/NG/$ng} try=${try/CTRL/$ctrl}
		# shellcheck disable=SC2086
		code 9 "$NVMEKIT" --trace $try $sure
		[[ $stderr == *refused*$ns*"in use"*$words* ]] || {
			printf '%s: not "%s"\n%s\n' "$try" "$words" "$stderr"
			return 1
		}
		[[ $stderr != *"admin format"* && $stderr != *"admin ns-attach"* && $stderr != *write-property* ]]
	done
	now "$ns" "$BATS_TEST_TMPDIR/after"
	[ -b "/dev/$ns" ]
}

# unchanged: since attempts
unchanged()
{
	cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

# free: now it is nobody's; a dry run says so and sends nothing, and then the format does what was refused before
free()
{
	code 0 "$NVMEKIT" --trace format "$ns" --dry-run
	[[ $stderr == *"not sent"*"admin format"* && $stderr != *"admin format"*success* ]]
	now "$ns" "$BATS_TEST_TMPDIR/still"
	cmp "$BATS_TEST_TMPDIR/still" "$BATS_TEST_TMPDIR/after"
	# shellcheck disable=SC2086
	code 0 "$NVMEKIT" format "$ns" $sure
	now "$ns" "$BATS_TEST_TMPDIR/gone"
	cmp -n 1048576 "$BATS_TEST_TMPDIR/gone" /dev/zero
}

@test "in use: a file system that is mounted" {
	mkfs.ext4 -q -F "/dev/$ns"
	mkdir -p /run/gate
	mount -t ext4 "/dev/$ns" /run/gate
	head -c 256K /dev/urandom >/run/gate/data
	sync
	before=$(cksum </run/gate/data)
	attempts "mounted at /run/gate" "${every[@]}"
	sync
	echo 3 >/proc/sys/vm/drop_caches
	[ "$(cksum </run/gate/data)" = "$before" ]
	umount /run/gate
	# It is a file system as before.
	mount -t ext4 -o ro "/dev/$ns" /run/gate
	[ "$(cksum </run/gate/data)" = "$before" ]
	umount /run/gate
	now "$ns" "$BATS_TEST_TMPDIR/after"
	free
}

@test "in use: an MD array over two namespaces" {
	b=$(ns_by NVMEKIT-B 1)
	modprobe -a md-mod raid1
	mdadm --create /dev/md0 --run --quiet --metadata=1.2 --level=1 --raid-devices=2 --assume-clean "/dev/$ns" "/dev/$b"
	fill md0
	attempts "md0" "${few[@]}" # MD itself writes to its superblock meanwhile
	# The other half, through either controller and its own node.
	for dev in $(devs_by_serial NVMEKIT-B); do
		code 9 "$NVMEKIT" --trace format "$dev" -n 1 --force --yes --expect-serial=NVMEKIT-B
		[[ $stderr == *"$b"*"in use"*md0* && $stderr != *"admin format"* ]]
	done
	now md0 "$BATS_TEST_TMPDIR/md"
	cmp "$BATS_TEST_TMPDIR/md" "$BATS_FILE_TMPDIR/data"
	mdadm --stop --quiet /dev/md0
	now "$ns" "$BATS_TEST_TMPDIR/after"
	free
	code 0 "$NVMEKIT" format "$b" --yes --expect-serial=NVMEKIT-B
}

@test "in use: swap space" {
	mkswap -q "/dev/$ns"
	swapon "/dev/$ns"
	attempts "swap" "${few[@]}"
	unchanged
	swapoff "/dev/$ns"
	free
}

@test "in use: a volume of the device mapper" {
	fill "$ns"
	modprobe dm-mod
	dmsetup create gate --uuid LVM-gate --table "0 65536 linear /dev/$ns 0"
	attempts "gate" "${few[@]}"
	unchanged
	# What is on top of it counts as well.
	mkswap -q /dev/dm-0
	swapon /dev/dm-0
	# shellcheck disable=SC2086
	code 9 "$NVMEKIT" format "$ns" --force $sure
	[[ $stderr == *gate*"swap"* ]]
	swapoff /dev/dm-0
	now "$ns" "$BATS_TEST_TMPDIR/after"
	dmsetup remove gate
	free
}

@test "in use: a program that has the node open" {
	fill "$ns"
	for node in "$ns" "$ng"; do
		exec {held}<"/dev/$node"
		attempts "bash (pid $BASHPID)" "${few[@]}"
		unchanged
		exec {held}<&-
	done
	held=
	free
}

@test "in use: another machine's, through a target of the kernel" {
	fill "$ns"
	nvmet_subsystem nqn.nvmekit.gate NVMEKIT-GATE
	nvmet_namespace nqn.nvmekit.gate 1 "/dev/$ns"
	attempts "NVMe target" "${few[@]}"
	unchanged
	nvmet_teardown
	free
}

@test "detach and attach: the data is still there" {
	ns=$(ns_by NVMEKIT-A 2)
	fill "$ns"
	# shellcheck disable=SC2086
	code 0 "$NVMEKIT" --trace detach-ns "$ctrl" -n 2 --dry-run
	[[ $stderr != *"admin ns-attach"*success* ]]
	for try in "" "--yes" "--yes --expect-serial=NVMEKIT-B"; do
		# shellcheck disable=SC2086
		code 9 "$NVMEKIT" detach-ns "$ctrl" -n 2 $try
	done
	[ -b "/dev/$ns" ]
	# shellcheck disable=SC2086
	code 0 "$NVMEKIT" detach-ns "$ns" $sure
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -b "/dev/$ns" ] || break
		sleep 0.2
	done
	[ ! -b "/dev/$ns" ]
	! ns_by NVMEKIT-A 2
	code 0 "$NVMEKIT" attach-ns "$ctrl" -n 2
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		ns=$(ns_by NVMEKIT-A 2 2>/dev/null) && [ -b "/dev/$ns" ] && break
		sleep 0.2
	done
	now "$ns" "$BATS_TEST_TMPDIR/after"
	cmp "$BATS_TEST_TMPDIR/after" "$BATS_FILE_TMPDIR/data"
}

@test "--allow-in-use: what was refused is done" {
	fill "$ns"
	exec {held}<"/dev/$ns"
	# shellcheck disable=SC2086
	code 9 "$NVMEKIT" format "$ns" $sure
	# Alone it is no confirmation.
	code 9 "$NVMEKIT" format "$ns" --allow-in-use
	# shellcheck disable=SC2086
	code 0 "$NVMEKIT" format "$ns" --allow-in-use $sure
	exec {held}<&-
	held=
	now "$ns" "$BATS_TEST_TMPDIR/gone"
	cmp -n 1048576 "$BATS_TEST_TMPDIR/gone" /dev/zero
}
