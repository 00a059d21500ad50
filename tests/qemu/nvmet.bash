# SPDX-License-Identifier: Apache-2.0 OR MIT
# shellcheck shell=bash
#
# Targets of the kernel's own, for test files that run inside the guest:
# load nvmet. For one over loop:
#
#	nvmet_subsystem nqn.test SERIAL
#	nvmet_namespace nqn.test 1 "$(nvmet_file 64M)"
#	nvmet_port 1 loop
#	nvmet_export 1 nqn.test
#	dev=$(nvmet_connect loop nqn.test)
#	nvmet_teardown

nvmet=/sys/kernel/config/nvmet

nvmet_modules()
{
	[[ -d $nvmet && -e /dev/nvme-fabrics ]] ||
		modprobe -a nvmet nvmet-tcp nvme-loop nvme-tcp
}

# nvmet_file SIZE: a new file to back a namespace with
nvmet_file()
{
	local file

	mkdir -p /run/nvmet
	file=$(mktemp /run/nvmet/image.XXXXXX)
	truncate -s "$1" "$file"
	echo "$file"
}

# nvmet_null NAME SIZE_IN_MIB [ATTRIBUTE=VALUE...]: a block device in memory,
# such as zoned=1 zone_size=4
nvmet_null()
{
	local dir=/sys/kernel/config/nullb/$1 pair

	[[ -d ${dir%/*} ]] || modprobe null_blk nr_devices=0
	mkdir "$dir"
	for pair in size="$2" memory_backed=1 "${@:3}" power=1; do
		echo "${pair#*=}" >"$dir/${pair%%=*}"
	done
	echo "/dev/$1"
}

# nvmet_subsystem NQN SERIAL [ATTRIBUTE=VALUE...]: such as attr_model=NAME
nvmet_subsystem()
{
	local dir=$nvmet/subsystems/$1 pair

	nvmet_modules
	mkdir "$dir"
	for pair in attr_allow_any_host=1 attr_serial="$2" "${@:3}"; do
		echo "${pair#*=}" >"$dir/${pair%%=*}"
	done
}

# nvmet_namespace NQN NSID FILE_OR_DEVICE [ATTRIBUTE=VALUE...]: identifiers are
# made from NSID unless device_uuid and device_nguid are named
nvmet_namespace()
{
	local dir=$nvmet/subsystems/$1/namespaces/$2 id pair

	id=$(printf '%s' "$1" | cksum | awk -v nsid="$2" '{ printf "%08x%04x", $1, nsid }')
	mkdir "$dir"
	for pair in device_path="$3" device_uuid="6e766d65-7400-4000-8000-$id" \
		device_nguid="6e766d65-7400-5254-0000-$id" "${@:4}"; do
		echo "${pair#*=}" >"$dir/${pair%%=*}"
	done
	[[ ! -f $3 ]] || echo 1 >"$dir/buffered_io"
	echo 1 >"$dir/enable"
}

# nvmet_port NUMBER loop | nvmet_port NUMBER tcp [SERVICE]: SERVICE is 4420
nvmet_port()
{
	local dir=$nvmet/ports/$1

	nvmet_modules
	mkdir "$dir"
	echo "$2" >"$dir/addr_trtype"
	[[ $2 == tcp ]] || return 0
	echo ipv4 >"$dir/addr_adrfam"
	echo 127.0.0.1 >"$dir/addr_traddr"
	echo "${3-4420}" >"$dir/addr_trsvcid"
}

# nvmet_ana PORT GROUP STATE: how namespaces of the group (ana_grpid) are
# reached through the port: optimized, non-optimized, inaccessible,
# persistent-loss, change. Of a group that a port does not know it is inaccessible.
nvmet_ana()
{
	local dir=$nvmet/ports/$1/ana_groups/$2

	[[ -d $dir ]] || mkdir "$dir"
	echo "$3" >"$dir/ana_state"
}

# nvmet_export PORT NQN, and the reverse
nvmet_export()
{
	ln -s "$nvmet/subsystems/$2" "$nvmet/ports/$1/subsystems/$2"
}

nvmet_unexport()
{
	rm "$nvmet/ports/$1/subsystems/$2"
}

# nvmet_connect loop|tcp NQN [OPTION=VALUE...]: prints the controller (nvmeN)
# when it is live and its namespaces are there
nvmet_connect()
{
	local options="transport=$1,nqn=$2" answer option dev fabrics

	if [[ $1 == tcp ]]; then
		[[ ${*:3} == *traddr=* ]] || options+=,traddr=127.0.0.1
		[[ ${*:3} == *trsvcid=* ]] || options+=,trsvcid=4420
	fi
	for option in "${@:3}"; do
		options+=,$option
	done
	exec {fabrics}<>/dev/nvme-fabrics
	printf '%s' "$options" >&"$fabrics" || {
		exec {fabrics}>&-
		return 1
	}
	read -r answer <&"$fabrics"
	exec {fabrics}>&-
	dev=nvme${answer#*instance=}
	dev=${dev%%,*}
	nvmet_wait "$dev" "$2" && echo "$dev"
}

# nvmet_wait DEV NQN: until it has the namespaces that are enabled in nvmet
nvmet_wait()
{
	local dir=/sys/class/nvme/$1 try found
	local want

	want=$(cat "$nvmet/subsystems/$2"/namespaces/*/enable 2>/dev/null | grep -c 1 || :)
	for ((try = 0; try < 100; try++)); do
		found=$(find "$dir/" -maxdepth 1 -name 'nvme*n*' | wc -l)
		[[ $(cat "$dir/state") == live ]] && ((found >= want)) && return
		sleep 0.1
	done
	echo "$1 did not come up" >&2
	return 1
}

# nvmet_disconnect NQN: all controllers of that subsystem
nvmet_disconnect()
{
	local dir

	for dir in /sys/class/nvme/nvme*; do
		[[ -e $dir/delete_controller && $(cat "$dir/subsysnqn") == "$1" ]] || continue
		echo 1 >"$dir/delete_controller"
	done
}

# nvmet_teardown: all of the above, in the order that the kernel accepts
nvmet_teardown()
{
	local dir

	[[ -d $nvmet ]] || return 0
	for dir in "$nvmet"/subsystems/*; do
		[[ ! -d $dir ]] || nvmet_disconnect "${dir##*/}"
	done
	nvmet_each rm "$nvmet"/ports/*/subsystems/*
	nvmet_each rmdir "$nvmet"/ports/*/referrals/*
	nvmet_each rmdir "$nvmet"/ports/*/ana_groups/[!1] "$nvmet"/ports/*/ana_groups/??*
	nvmet_each rmdir "$nvmet"/ports/*
	for dir in "$nvmet"/subsystems/*/namespaces/*; do
		[[ ! -d $dir ]] || echo 0 >"$dir/enable"
	done
	nvmet_each rmdir "$nvmet"/subsystems/*/namespaces/*
	nvmet_each rm "$nvmet"/subsystems/*/allowed_hosts/*
	nvmet_each rmdir "$nvmet"/subsystems/*
	nvmet_each rmdir "$nvmet"/hosts/*
	for dir in /sys/kernel/config/nullb/*; do
		[[ -d $dir ]] || continue
		echo 0 >"$dir/power"
		rmdir "$dir"
	done
	rm -rf /run/nvmet
}

# nvmet_each COMMAND PATH...: for those that exist
nvmet_each()
{
	local path

	for path in "${@:2}"; do
		[[ ! -e $path && ! -L $path ]] || "$1" "$path"
	done
}
