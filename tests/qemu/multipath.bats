#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# Two ways to one subsystem of the kernel's target, with ANA: what is shown of them, the same as nvme-cli shows, what is set, and a
# failover that is watched while the namespace is read.

bats_require_minimum_version 1.5.0
load common
load nvmet

nqn=nqn.nvmekit.mp

setup()
{
	unset NVMEKIT_SYSTEM NVMEKIT_SYSROOT
	: "${NVMEKIT:?}"
	host_is 6e766d65-6b69-7400-8000-000000000003
	nvmet_subsystem $nqn NVMEKIT-MP attr_model=NVMEKIT
	nvmet_port 1 tcp 4420
	nvmet_port 2 tcp 4421
	nvmet_ana 1 1 optimized
	nvmet_ana 2 1 non-optimized
	nvmet_ana 1 2 inaccessible
	nvmet_ana 2 2 optimized
	nvmet_namespace $nqn 1 "$(nvmet_file 64M)" ana_grpid=1
	nvmet_namespace $nqn 2 "$(nvmet_file 16M)" ana_grpid=2
	nvmet_export 1 $nqn
	nvmet_export 2 $nqn
	a=$(nvmet_connect tcp $nqn)
	b=$(nvmet_connect tcp $nqn trsvcid=4421)
	subsys=$(subsys_by_serial NVMEKIT-MP)
	one=$(ns_by NVMEKIT-MP 1) two=$(ns_by NVMEKIT-MP 2)
}

teardown()
{
	[[ -z ${pids-} ]] || kill $pids 2>/dev/null || :
	nvmet_teardown
	host_is
}

nk()
{
	"$NVMEKIT" --quiet "$@"
}

# json EXPRESSION < document
json()
{
	/usr/bin/python3 -c 'import json, sys
d = json.load(sys.stdin)
print(eval(sys.argv[1]))' "$1"
}

# until_true COMMAND...: it succeeds, within a while
until_true()
{
	local try

	for ((try = 0; try < 200; try++)); do
		! "$@" || return 0
		sleep 0.1
	done
	echo "never: $*"
	return 1
}

# states: "path state" of every path, as the kernel has them
states()
{
	local dir

	for dir in /sys/class/nvme/"$a"/nvme*c*n* /sys/class/nvme/"$b"/nvme*c*n*; do
		printf '%s %s\n' "${dir##*/}" "$(cat "$dir/ana_state")"
	done
}

# path_is CONTROLLER NSID STATE
path_is()
{
	local dir

	for dir in /sys/class/nvme/"$1"/nvme*c*n*; do
		! has "$dir/nsid" "$2" || ! has "$dir/ana_state" "$3" || return 0
	done
	return 1
}

@test "multipath: the topology is the kernel's" {
	nk show-topology "$subsys" -o json >"$BATS_TEST_TMPDIR/doc"
	[ "$(json '"\n".join(sorted(p["Path"] + " " + p["ANAState"] for h in d["Hosts"] for s in h["Subsystems"] for n in s["Namespaces"]
		for p in n["Paths"]))' <"$BATS_TEST_TMPDIR/doc")" = "$(states | sort)" ]
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/doc" "$a" "$b" <<-'EOF'
		import json, sys
		a, b = sys.argv[2:]
		s = json.load(open(sys.argv[1]))["Hosts"][0]["Subsystems"][0]
		got = sorted((n["NSID"], p["Controller"], p["ANAState"], p["ANAGroup"], p["State"]) for n in s["Namespaces"] for p in n["Paths"])
		want = sorted([(1, a, "optimized", 1, "live"), (1, b, "non-optimized", 1, "live"),
		               (2, a, "inaccessible", 2, "live"), (2, b, "optimized", 2, "live")])
		assert got == want, got
		# Only newer kernels tell how many requests are under way (Linux 6.15).
		assert all(p["QueueDepth"] in (0, None) for n in s["Namespaces"] for p in n["Paths"]), s
	EOF
	# The path that is used stands first.
	[[ $(nk show-topology "$two" -r multipath | grep -m1 'nvme[0-9]*c') == *" optimized $b tcp "* ]]
	nk show-topology "$one" -r ctrl | grep -q "+- $one (ns 1) non-optimized"
}

@test "multipath: the ANA log of each controller" {
	before=$(nk error-log "$a" -o json | json 'len(d["errors"])')
	[ "$(nk ana-log "$a" -o json | json '[(g["grpid"], g["state_name"], [n["nsid"] for n in g["nsids"]]) for g in d["groups"] if g["nnsids"]]')" = \
		"[(1, 'optimized', [1]), (2, 'inaccessible', [2])]" ]
	[ "$(nk ana-log "$b" -o json | json '[(g["grpid"], g["state_name"], [n["nsid"] for n in g["nsids"]]) for g in d["groups"] if g["nnsids"]]')" = \
		"[(1, 'non-optimized', [1]), (2, 'optimized', [2])]" ]
	[ "$(nk ana-log "$a" -g -o json | json 'all(g["nnsids"] == 0 for g in d["groups"]), d["ngrps"] > 1')" = "(True, True)" ]
	# A change moves the count.
	count=$(nk ana-log "$a" -o json | json 'd["chgcnt"]')
	nvmet_ana 1 1 non-optimized
	until_true path_is "$a" 1 non-optimized
	(($(nk ana-log "$a" -o json | json 'd["chgcnt"]') > count))
	# Controllers without ANA are not asked.
	code 6 nk ana-log "$(dev_by_serial NVMEKIT-A)"
	[ "$(nk error-log "$a" -o json | json 'len(d["errors"])')" = "$before" ]
}

# compare_json ARGUMENT...: the document of 2.16, subsystems in any order
compare_json()
{
	nvme_new "$@" -o json >"$BATS_TEST_TMPDIR/theirs"
	"$NVMEKIT" nvme "$@" -o json >"$BATS_TEST_TMPDIR/ours"
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/ours" "$BATS_TEST_TMPDIR/theirs" "$*" <<-'EOF'
		import json, sys
		def ordered(d):
		    if isinstance(d, list) and d and isinstance(d[0], dict) and "HostNQN" in d[0]:
		        # Where one namespace is asked for, 2.16 names other hosts and subsystems too, with nothing in them.
		        for h in d:
		            h["Subsystems"] = sorted((s for s in h["Subsystems"] if s.get("Namespaces", True)), key=lambda s: s["Name"])
		        d = sorted((h for h in d if h["Subsystems"]), key=lambda h: h["HostNQN"])
		    return d
		ours, theirs = (ordered(json.load(open(f))) for f in sys.argv[1:3])
		if ours != theirs:
		    sys.exit(f"{sys.argv[3]}:\nours   {json.dumps(ours)}\ntheirs {json.dumps(theirs)}")
	EOF
}

# compare_text ARGUMENT...: its text, subsystems in any order
compare_text()
{
	nvme_new "$@" >"$BATS_TEST_TMPDIR/theirs"
	"$NVMEKIT" nvme "$@" >"$BATS_TEST_TMPDIR/ours"
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/ours" "$BATS_TEST_TMPDIR/theirs" "$*" <<-'EOF'
		import sys
		ours, theirs = (open(f).read() for f in sys.argv[1:3])
		blocks = lambda t: sorted(t.strip("\n").split("\n\n"))
		if blocks(ours) != blocks(theirs):
		    sys.exit(f"{sys.argv[3]}:\nours\n{ours}\ntheirs\n{theirs}")
	EOF
}

@test "multipath: JSON and text are those of 2.16, under every I/O policy" {
	compare_json list-subsys
	compare_json list-subsys -v
	compare_json list-subsys "/dev/$one"
	# Not the text of list-subsys with a device: 2.16 crashes on it here.
	compare_json show-topology "/dev/$two"
	compare_text show-topology
	compare_text show-topology -v -r ctrl
	# What is shown of a path depends on the policy.
	for policy in round-robin numa queue-depth; do
		nk iopolicy "$subsys" --set=$policy >/dev/null
		compare_json show-topology -v
		compare_text show-topology -r multipath
		compare_text show-topology -o tabular
	done
	for dev in "$a" "$one"; do
		compare_json ana-log "/dev/$dev"
		compare_text ana-log "/dev/$dev"
		compare_text ana-log "/dev/$dev" --groups
	done
}

@test "multipath: the I/O policy is set, and refused" {
	file=/sys/class/nvme-subsystem/$subsys/iopolicy
	for policy in round-robin queue-depth numa; do
		code 0 nk iopolicy "$two" --set=$policy -o json
		[ "$(json 'd["Subsystems"][0]["IOPolicy"]' <<<"$output")" = $policy ]
		has "$file" $policy
	done
	code 0 nk iopolicy "$a" --set=round-robin --dry-run
	has "$file" numa
	code 0 nk iopolicy "$subsys" --trace
	[ -z "$stderr" ]
}

# reader FILE: reads namespace 1 again and again, past the page cache, and keeps the checksums
reader()
{
	while :; do
		dd if="/dev/$one" bs=1M count=4 iflag=direct status=none | cksum || echo failed
	done >"$1" 2>&1
}

has_line()
{
	grep -q "$1" "$BATS_TEST_TMPDIR/$2"
}

more_than()
{
	(($(wc -l <"$BATS_TEST_TMPDIR/sums") > $1))
}

@test "multipath: a failover while it is read, watched" {
	head -c 4M /dev/urandom >"$BATS_TEST_TMPDIR/data"
	dd if="$BATS_TEST_TMPDIR/data" of="/dev/$one" bs=1M oflag=direct status=none
	want=$(cksum <"$BATS_TEST_TMPDIR/data")
	"$NVMEKIT" show-topology "$one" --watch --interval=50ms >"$BATS_TEST_TMPDIR/watch" 2>&1 3>&- &
	pids=$!
	"$NVMEKIT" ana-log "$a" --watch --interval=50ms -o json >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	pids+=" $!"
	reader "$BATS_TEST_TMPDIR/sums" 3>&- &
	pids+=" $!"
	until_true more_than 2
	until_true has_line ngrps log
	until_true has_line "live optimized" watch

	nvmet_ana 1 1 inaccessible
	until_true has_line "ANAState optimized -> inaccessible ($one through $a)" watch
	until_true has_line '"from":"optimized","to":"inaccessible"' log
	n=$(wc -l <"$BATS_TEST_TMPDIR/sums")
	until_true more_than $((n + 3))
	nvmet_ana 1 1 optimized
	until_true has_line "ANAState inaccessible -> optimized ($one through $a)" watch
	until_true has_line '"from":"inaccessible","to":"optimized"' log
	# No path left that can be used: reads wait, and go on.
	nvmet_ana 1 1 inaccessible
	nvmet_ana 2 1 inaccessible
	until_true has_line "ANAState non-optimized -> inaccessible ($one through $b)" watch
	nvmet_ana 2 1 optimized
	until_true has_line "ANAState inaccessible -> optimized ($one through $b)" watch
	n=$(wc -l <"$BATS_TEST_TMPDIR/sums")
	until_true more_than $((n + 3))
	# shellcheck disable=SC2086
	kill $pids
	pids=
	# Nothing but what was written was ever read, and no read failed. The last line may be half a one.
	[ "$(sed '$d' "$BATS_TEST_TMPDIR/sums" | sort -u)" = "$want" ]
	# Every line is a document.
	while read -r line; do
		json 'd["nvmekit"]["time"]' <<<"$line" >/dev/null
	done < <(sed '$d' "$BATS_TEST_TMPDIR/log")
}

@test "multipath: the kernel tells what comes and goes" {
	"$NVMEKIT" show-topology --watch --interval=1h >"$BATS_TEST_TMPDIR/watch" 2>&1 3>&- &
	pids=$!
	until_true has_line "NQN=$nqn" watch
	echo 1 >"/sys/class/nvme/$b/delete_controller"
	until_true has_line "controller $b vanished" watch
	c=$(nvmet_connect tcp $nqn trsvcid=4421)
	until_true has_line "controller $c appeared" watch
	nk iopolicy "$subsys" --set=round-robin >/dev/null
	nvmet_namespace $nqn 3 "$(nvmet_file 16M)"
	until_true has_line "namespace .* appeared ($subsys)" watch
	has_line "IOPolicy numa -> round-robin" watch
}

# formatted: namespace 1 has a file system, and /run/mp is there to mount it at
formatted()
{
	mkfs.ext4 -q "/dev/$one"
	mkdir -p /run/mp
}

@test "multipath: two runs at once do not take both paths" {
	formatted
	mount "/dev/$one" /run/mp
	for round in 1 2 3; do
		"$NVMEKIT" --quiet disconnect "$a" >/run/mp.a 2>&1 3>&- &
		pids=$!
		"$NVMEKIT" --quiet disconnect "$b" >/run/mp.b 2>&1 3>&- &
		went=0
		! wait $pids || went=$a
		pids=$!
		! wait $pids || went+=$b
		pids=
		touch "/run/mp/$round"
		case $went in
		"$a") a=$(nvmet_connect tcp $nqn) ;;
		"0$b") b=$(nvmet_connect tcp $nqn trsvcid=4421) ;;
		*) echo "$went"; cat /run/mp.[ab]; false ;;
		esac
	done
	umount /run/mp
}

@test "multipath: what no path leads to is not read, and can be given up" {
	formatted
	nvmet_ana 1 1 inaccessible
	nvmet_ana 2 1 persistent-loss
	until_true path_is "$a" 1 inaccessible
	until_true path_is "$b" 1 persistent-loss
	# As if the other namespace were not there, to which b is the way.
	echo 0 >"$nvmet/subsystems/$nqn/namespaces/2/enable"
	code 0 timeout -s KILL 30 "$NVMEKIT" disconnect "$a" "$b"
	[ ! -e "/sys/class/nvme/$a" ] && [ ! -e "/sys/class/nvme/$b" ]
}

@test "multipath: mounted where only others can see it, and the connection is lost" {
	formatted
	unshare -m --propagation private sh -c "mount /dev/$one /run/mp && exec sleep 1000" 3>&- &
	pids=$!
	until_true grep -q /run/mp "/proc/$pids/mountinfo"
	code 9 "$NVMEKIT" disconnect -n $nqn
	[[ $stderr == *"$one is mounted at /run/mp (ext4), in the mount namespace of s"*" (pid $pids)"* ]]
	for port in 1 2; do
		nvmet_unexport $port $nqn
		rmdir $nvmet/ports/$port/ana_groups/2
		rmdir $nvmet/ports/$port
	done
	until_true grep -q connecting "/sys/class/nvme/$a/state"
	until_true grep -q connecting "/sys/class/nvme/$b/state"
	code 9 "$NVMEKIT" disconnect -n $nqn
	[[ $stderr == *"in the mount namespace of s"*" (pid $pids)"* ]]
	kill $pids
	until_true [ ! -e "/proc/$pids/fd/0" ]
	pids=
	code 0 "$NVMEKIT" disconnect -n $nqn
}
