# SPDX-License-Identifier: Apache-2.0 OR MIT
# shellcheck shell=bash
# Trees as the kernel shows them, for nvmekit --sysroot: load sysroot
#
#	new_root
#	subsys 0 model=Drive serial=S1
#	ctrl nvme0 0 address=0000:01:00.0
#	shared nvme0n1 0 7 size=2048		the multipath namespace with the identifier 7
#	path nvme0c0n1 nvme0 ana_state=optimized
#	ns nvme1n1 nvme1 1			a namespace without multipath
#	on list				nvmekit --sysroot of it
#
# ATTRIBUTE=VALUE replaces the default or adds to them; ATTRIBUTE=- leaves it out.

new_root() {
	root=$BATS_TEST_TMPDIR/root
	export root
	rm -rf "$root"
	mkdir -p "$root"/sys/class/{nvme,nvme-subsystem,nvme-generic,block} "$root/sys/devices"
}

on() { "$NVMEKIT" --sysroot "$root" "$@"; }
export -f on

# attrs DIR ATTRIBUTE=VALUE...: the last one of a name holds
attrs() {
	local dir=$1 pair file
	shift
	for pair; do
		file=$dir/${pair%%=*}
		mkdir -p "${file%/*}"
		if [ "${pair#*=}" = - ]; then
			rm -f "$file"
		else
			printf '%s\n' "${pair#*=}" >"$file"
		fi
	done
}

# enter CLASS NAME DIR: the link of a class to a device
enter() { ln -s "../../devices/$3" "$root/sys/class/$1/$2"; }

# where NAME: the folder of a controller or a subsystem below devices
where() {
	local link
	link=$(readlink "$root/sys/class/nvme/$1" || readlink "$root/sys/class/nvme-subsystem/$1")
	echo "${link#../../devices/}"
}

# subsys NUMBER [ATTRIBUTE=VALUE...]
subsys() {
	local name=nvme-subsys$1 dir=virtual/nvme-subsystem/nvme-subsys$1
	attrs "$root/sys/devices/$dir" "subsysnqn=nqn.2024-01.org.example:s$1" "model=Model $1" "serial=SERIAL$1" \
		firmware_rev=1.0 subsystype=nvm iopolicy=numa "${@:2}"
	enter nvme-subsystem "$name" "$dir"
}

# ctrl NAME SUBSYSTEM-NUMBER [ATTRIBUTE=VALUE...]; the number - is none
ctrl() {
	local i=${1#nvme} dir
	dir=pci0000:00/$(printf '0000:%02x:00.0' "$i")/nvme/$1
	attrs "$root/sys/devices/$dir" state=live transport=pcie "address=$(printf '0000:%02x:00.0' "$i")" \
		"cntlid=$i" cntrltype=io "serial=SERIAL$2             " "model=Model $2                  " \
		'firmware_rev=1.0     ' "subsysnqn=nqn.2024-01.org.example:s$2" "${@:3}"
	enter nvme "$1" "$dir"
	[ "$2" = - ] || ln -s "../../../../devices/$dir" "$root/sys/devices/virtual/nvme-subsystem/nvme-subsys$2/$1"
}

# block_in DIR NAME NSID [ATTRIBUTE=VALUE...]: block and generic node of a namespace
block_in() {
	attrs "$root/sys/devices/$1/$2" "nsid=$3" size=131072 queue/logical_block_size=512 csi=0 metadata_bytes=0 \
		nuse=65536 "${@:4}"
	enter block "$2" "$1/$2"
	mkdir "$root/sys/devices/$1/ng${2#nvme}"
	enter nvme-generic "ng${2#nvme}" "$1/ng${2#nvme}"
	ln -s "../../${1##*/}" "$root/sys/devices/$1/$2/device"
}

# shared NAME SUBSYSTEM-NUMBER NSID [ATTRIBUTE=VALUE...]
shared() { block_in "virtual/nvme-subsystem/nvme-subsys$2" "$1" "${@:3}"; }

# ns NAME CONTROLLER NSID [ATTRIBUTE=VALUE...]
ns() { block_in "$(where "$2")" "$1" "${@:3}"; }

# path NAME CONTROLLER [ATTRIBUTE=VALUE...]
path() {
	local dir
	dir=$(where "$2")/$1
	attrs "$root/sys/devices/$dir" ana_state=optimized ana_grpid=1 numa_nodes=0 "${@:3}"
	enter block "$1" "$dir"
}

# A machine with a bit of everything:
#	nvme0	two namespaces of its own, one with 4 KiB blocks and metadata, named unlike their identifiers
#	nvme1 nvme2	two paths to a shared namespace over tcp
#	nvme3	no namespace
#	nvme10	one namespace of a zoned kind, sorted behind the others
mixed_root() {
	new_root
	subsys 0 && ctrl nvme0 0
	ns nvme0n1 nvme0 5
	ns nvme0n2 nvme0 2 queue/logical_block_size=4096 metadata_bytes=8 size=262144 nuse=4096 \
		"uuid=11111111-2222-3333-4444-555555555555" "nguid=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee" "eui=00 11 22 33 44 55 66 77"
	subsys 1 iopolicy=round-robin
	ctrl nvme1 1 transport=tcp address=traddr=192.0.2.1,trsvcid=4420 hostnqn=nqn.host:a hostid=id-a
	ctrl nvme2 1 transport=tcp address=traddr=192.0.2.2,trsvcid=4420 hostnqn=nqn.host:a hostid=id-a
	shared nvme1n1 1 1
	path nvme1c1n1 nvme1
	path nvme1c2n1 nvme2 ana_state=inaccessible ana_grpid=2
	subsys 3 && ctrl nvme3 3
	subsys 10 && ctrl nvme10 10
	ns nvme10n1 nvme10 1 csi=2 size=1048576
}
