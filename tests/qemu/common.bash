# SPDX-License-Identifier: Apache-2.0 OR MIT
# shellcheck shell=bash
#
# For test files that run inside the guest: load common

# They start no other program where they can do without: under emulation a
# fork is slow, and bats traces each command.

# trimmed FILE: the contents of a sysfs attribute without padding
trimmed()
{
	local text=

	read -r text <"$1" || :
	printf '%s\n' "$text"
}

# has FILE TEXT: is that the attribute's value?
has()
{
	local text=

	[[ -e $1 ]] && read -r text <"$1"
	[[ $text == "$2" ]]
}

# subsys_by_serial SERIAL: nvme-subsysN
subsys_by_serial()
{
	local dir

	for dir in /sys/class/nvme-subsystem/*; do
		has "$dir/serial" "$1" || continue
		printf '%s\n' "${dir##*/}"
		return
	done
	echo "no controller with serial number $1" >&2
	return 1
}

# devs_by_serial SERIAL: the controllers (nvmeN) of the subsystem with that
# serial number, lowest controller id first
devs_by_serial()
{
	local dir cntlid devs=()

	for dir in /sys/class/nvme/nvme*; do
		has "$dir/serial" "$1" || continue
		read -r cntlid <"$dir/cntlid"
		devs[cntlid]=${dir##*/}
	done
	((${#devs[@]} == 0)) || printf '%s\n' "${devs[@]}"
}

# dev_by_serial SERIAL: the first of them; fails if there is none
dev_by_serial()
{
	local dev=

	read -r dev < <(devs_by_serial "$1") || {
		echo "no controller with serial number $1" >&2
		return 1
	}
	printf '%s\n' "$dev"
}

# ns_by SERIAL NSID: the namespace's block device (nvmeXnY). Neither number
# follows from the controller's or from NSID: X is the subsystem's, and Y
# counts namespaces in the order that the kernel found them.
ns_by()
{
	local subsys dir

	for subsys in /sys/class/nvme-subsystem/*; do
		has "$subsys/serial" "$1" || continue
		for dir in "$subsys"/nvme*n* "$subsys"/nvme*/nvme*n*; do
			[[ ${dir##*/} =~ ^nvme[0-9]+n[0-9]+$ ]] || continue
			has "$dir/nsid" "$2" || continue
			printf '%s\n' "${dir##*/}"
			return
		done
	done
	echo "no namespace $2 on a controller with serial number $1" >&2
	return 1
}

# ng_by SERIAL NSID: its generic character device (ngXnY)
ng_by()
{
	local ns

	ns=$(ns_by "$1" "$2") && printf 'ng%s\n' "${ns#nvme}"
}

# paths_of NAMESPACE: its paths (nvmeXcYnZ)
paths_of()
{
	local dir

	for dir in /sys/class/nvme/nvme*/"${1%n*}"c*n"${1##*n}"; do
		[[ -e $dir ]] || continue
		printf '%s\n' "${dir##*/}"
	done
}

# host_is UUID: who this host is, for every program that looks. Without it other releases
# make a host up, anew each time. No UUID: nobody, as the guest starts.
host_is()
{
	rm -f /etc/nvme/hostnqn /etc/nvme/hostid
	(($#)) || return 0
	mkdir -p /etc/nvme
	echo "nqn.2014-08.org.nvmexpress:uuid:$1" >/etc/nvme/hostnqn
	echo "$1" >/etc/nvme/hostid
}

# Other nvme-cli releases, to compare with: 2.3 and the newest 2.x.
nvme_old()
{
	"$NVMEKIT_CACHE/bin/nvme-old" "$@"
}

nvme_new()
{
	"$NVMEKIT_CACHE/bin/nvme-new" "$@"
}

# code N COMMAND...: fails unless the exit code is N. As run --separate-stderr does,
# it leaves $output, $lines and $stderr, but takes a fraction of the time.
code()
{
	local want=$1

	shift
	status=0
	"$@" >"$BATS_TEST_TMPDIR/code.out" 2>"$BATS_TEST_TMPDIR/code.err" </dev/null || status=$?
	contents "$BATS_TEST_TMPDIR/code.err"
	stderr=$REPLY
	contents "$BATS_TEST_TMPDIR/code.out"
	output=$REPLY
	# shellcheck disable=SC2034 # for the tests
	mapfile -t lines <<<"$output"
	((status == want)) && return
	printf 'exit code %s, not %s: %s\n%s\n%s\n' "$status" "$want" "$*" "$output" "$stderr"
	return 1
}

# contents FILE: without newlines at the end, in $REPLY
contents()
{
	IFS= read -r -d '' REPLY <"$1" || :
	while [[ $REPLY == *$'\n' ]]; do
		REPLY=${REPLY%$'\n'}
	done
}
