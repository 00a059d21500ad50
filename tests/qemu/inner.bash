#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# The guest's process 1 once the host's files are in place: runs the command,
# hands back its output and exit status, and turns the machine off.

set -uo pipefail

# shellcheck disable=SC1091 # made for each run
source /run/nvmekit/settings
: "${tree:?}" "${controllers:?}" "${paths:?}"
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
busybox=$tree/bin/busybox

# port NAME: the device node of a virtio port
port()
{
	local dir try

	for ((try = 0; try < 100; try++)); do
		for dir in /sys/class/virtio-ports/*; do
			[[ -e $dir/name && $(<"$dir/name") == "$1" ]] || continue
			echo "/dev/${dir##*/}"
			return
		done
		sleep 0.1
	done
	echo "no port $1" >&2
	return 1
}

# finish RESULT: tell the host and turn the machine off
finish()
{
	echo "$1" >"$(port status)"
	exec "$busybox" poweroff -f
}

setup()
{
	"$busybox" hostname nvmekit
	"$busybox" ifconfig lo 127.0.0.1 up
	mount -t configfs config /sys/kernel/config 2>/dev/null ||
		{ modprobe configfs && mount -t configfs config /sys/kernel/config; }
	mount -t debugfs debug /sys/kernel/debug
	# Who the host is and what it connects to is not the guest's.
	rm -rf /etc/nvme
	ln -sfn /proc/self/fd /dev/fd
	ln -sfn /proc/self/fd/0 /dev/stdin
	ln -sfn /proc/self/fd/1 /dev/stdout
	ln -sfn /proc/self/fd/2 /dev/stderr
}

# ready: all controllers live, all namespaces there
ready()
{
	local file live=0 found heads

	for file in /sys/class/nvme/nvme*/state; do
		[[ ! -e $file || $(<"$file") != live ]] || ((++live))
	done
	found=(/sys/class/nvme/nvme*/nvme*n[0-9]*)
	heads=(/dev/nvme*n[0-9]*)
	# Of the paths one is the second to the same namespace.
	((live == controllers && ${#found[@]} == paths && ${#heads[@]} == paths - 1))
}

wait_ready()
{
	local try

	for ((try = 0; try < 600; try++)); do
		! ready || return 0
		sleep 0.1
	done
	ls -d /sys/class/nvme/*/nvme*
	finish "the NVMe controllers did not all come up"
}

# end_others PID...: all programs but these and ourselves. What the command
# left in the background would hold the pipes open.
end_others()
{
	local dir pid

	for dir in /proc/[0-9]*; do
		pid=${dir##*/}
		# Threads of the kernel have no program.
		[[ $pid != 1 && " $* " != *" $pid "* && -e $dir/exe ]] || continue
		kill -KILL "$pid" 2>/dev/null
	done
}

# run: programs may open /dev/stdout again, which a port forbids and a pipe
# allows
run()
{
	local out err readers=() rc=0

	if ! out=$(port out) || ! err=$(port err); then
		finish "no ports"
	fi
	mkfifo /run/out /run/err
	cat /run/out >"$out" &
	readers+=($!)
	cat /run/err >"$err" &
	readers+=($!)
	bash /run/nvmekit/command </dev/null >/run/out 2>/run/err || rc=$?
	end_others "${readers[@]}"
	wait "${readers[@]}"
	finish "exit $rc"
}

shopt -s nullglob
setup
wait_ready
run
