#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# show-topology, ana-log, iopolicy: paths and ANA on simulated systems and in sysfs trees made here; and watched.
load common

setup() {
	image=$BATS_TEST_TMPDIR/system.json
	cat >"$image" <<-'EOF'
		{ "nvmekit-image": 1, "host": { "hostnqn": "nqn.host", "hostid": "11111111-2222-3333-4444-555555555555" }, "subsystems": [
		  { "name": "nvme-subsys0", "nqn": "nqn.array", "controllers": [
		    { "name": "nvme0", "cntlid": 1, "transport": "tcp", "address": "traddr=192.0.2.1,trsvcid=4420", "numa_node": 0,
		      "ana": { "1": "optimized", "2": "inaccessible" }, "ana_chgcnt": 5,
		      "identify": { "sn": "S", "mn": "M", "cmic": 11, "anagrpmax": 4, "nanagrpid": 4, "nn": 8, "mnan": 8 } },
		    { "name": "nvme1", "cntlid": 2, "transport": "tcp", "address": "traddr=192.0.2.2,trsvcid=4420",
		      "ana": { "1": "non-optimized", "2": "optimized" },
		      "identify": { "sn": "S", "mn": "M", "cmic": 11, "anagrpmax": 4, "nanagrpid": 4, "nn": 8, "mnan": 8 } } ],
		    "namespaces": [
		      { "name": "nvme0n1", "generic": "ng0n1", "nsid": 1, "identify": { "nsze": 8, "nmic": 1, "anagrpid": 1, "lbafs": [ { "ds": 9 } ] } },
		      { "name": "nvme0n2", "nsid": 2, "identify": { "nsze": 8, "nmic": 1, "anagrpid": 2, "lbafs": [ { "ds": 9 } ] } } ] },
		  { "name": "nvme-subsys2", "nqn": "nqn.drive", "controllers": [
		    { "name": "nvme2", "cntlid": 1, "transport": "pcie", "address": "0000:01:00.0", "identify": { "sn": "D" } } ],
		    "namespaces": [ { "name": "nvme2n1", "nsid": 1, "identify": { "nsze": 8, "lbafs": [ { "ds": 9 } ] } } ] } ] }
	EOF
	export NVMEKIT_SYSTEM=$image
}

nk() { "$NVMEKIT" --quiet "$@"; }

# edit EXPRESSION...: of the image d, replaced in one step as every writer does
edit() {
	/usr/bin/python3 - "$image" "$@" <<-'EOF'
		import json, os, sys
		d = json.load(open(sys.argv[1]))
		for e in sys.argv[2:]:
		    exec(e, {"d": d, "c": d["subsystems"][0]["controllers"]})
		with open(sys.argv[1] + ".new", "w") as f:
		    json.dump(d, f)
		os.rename(sys.argv[1] + ".new", sys.argv[1])
	EOF
}

# --- show-topology ---

@test "show-topology: three orders, in text" {
	diff - <(nk show-topology nvme-subsys0) <<-'EOF'
		nvme-subsys0 - NQN=nqn.array iopolicy=numa
		\
		 +- nvme0n1 (ns 1)
		    +- nvme0 tcp traddr=192.0.2.1,trsvcid=4420 live optimized
		    +- nvme1 tcp traddr=192.0.2.2,trsvcid=4420 live non-optimized
		 +- nvme0n2 (ns 2)
		    +- nvme0 tcp traddr=192.0.2.1,trsvcid=4420 live inaccessible
		    +- nvme1 tcp traddr=192.0.2.2,trsvcid=4420 live optimized
	EOF
	diff - <(nk show-topology nvme1 --ranking=ctrl) <<-'EOF'
		nvme-subsys0 - NQN=nqn.array iopolicy=numa
		\
		 +- nvme0 tcp traddr=192.0.2.1,trsvcid=4420 live
		    +- nvme0n1 (ns 1) optimized
		    +- nvme0n2 (ns 2) inaccessible
		 +- nvme1 tcp traddr=192.0.2.2,trsvcid=4420 live
		    +- nvme0n1 (ns 1) non-optimized
		    +- nvme0n2 (ns 2) optimized
	EOF
	# The path that I/O takes stands first; what the policies go by is there.
	diff - <(nk show-topology nvme0n2 -r multipath) <<-'EOF'
		nvme-subsys0 - NQN=nqn.array iopolicy=numa
		\
		 +- nvme0n2 (ns 2)
		    +- nvme0c1n2 optimized nvme1 tcp traddr=192.0.2.2,trsvcid=4420 live group 2 qdepth 0
		    +- nvme0c0n2 inaccessible nvme0 tcp traddr=192.0.2.1,trsvcid=4420 live group 2 numa 0 qdepth 0
	EOF
	# A namespace without multipath has one way, which has no name and no state.
	diff - <(nk show-topology nvme2 -r multipath) <<-'EOF'
		nvme-subsys2 - NQN=nqn.drive iopolicy=numa
		\
		 +- nvme2n1 (ns 1)
		    +- nvme2 pcie 0000:01:00.0 live
	EOF
}

@test "show-topology: JSON of each order is valid and says which it is" {
	for r in namespace ctrl multipath; do
		nk show-topology -r $r -o json >"$BATS_TEST_TMPDIR/doc"
		valid show-topology <"$BATS_TEST_TMPDIR/doc"
		[ "$(json 'd["Ranking"]' <"$BATS_TEST_TMPDIR/doc")" = $r ]
	done
	nk show-topology nvme0n2 -o json >"$BATS_TEST_TMPDIR/doc"
	[ "$(json '[(n["Name"], [(p["Path"], p["Controller"], p["ANAState"], p["ANAGroup"], p["NUMANodes"], p["QueueDepth"]) for p in n["Paths"]])
		for h in d["Hosts"] for s in h["Subsystems"] for n in s["Namespaces"]]' <"$BATS_TEST_TMPDIR/doc")" = \
		"[('nvme0n2', [('nvme0c0n2', 'nvme0', 'inaccessible', 2, '0', 0), ('nvme0c1n2', 'nvme1', 'optimized', 2, '', 0)])]" ]
	nk show-topology -r ctrl -o json >"$BATS_TEST_TMPDIR/doc"
	[ "$(json '[(c["Name"], c["Cntlid"], c["NUMANode"], [(p["NSID"], p.get("ANAState")) for p in c["Paths"]])
		for h in d["Hosts"] for s in h["Subsystems"] for c in s["Controllers"]]' <"$BATS_TEST_TMPDIR/doc")" = \
		"[('nvme0', 1, 0, [(1, 'optimized'), (2, 'inaccessible')]), ('nvme1', 2, None, [(1, 'non-optimized'), (2, 'optimized')]), ('nvme2', 1, None, [(1, None)])]" ]
}

@test "show-topology: wrong words" {
	code 2 nk show-topology --ranking=size
	[[ $stderr == *"namespace, ctrl, multipath"* ]]
	code 3 nk show-topology nvme77
	code 3 nk show-topology nvme-subsys77 -o json
	[ "$(json 'd["error"]["class"]' <<<"$output")" = no-device ]
	code 2 nk show-topology -o binary
	for o in --interval=1s --count=1 --duration=1s; do
		code 2 nk show-topology $o
		[[ $stderr == *"--watch, which is not given"* ]]
	done
	code 2 nk show-topology --watch --interval=1ms
	code 2 nk show-topology --watch --count=0
}

@test "list-subsys: with -v what the subsystem is" {
	diff - <(nk list-subsys nvme2 -v) <<-'EOF'
		nvme-subsys2 - NQN=nqn.drive
		  model=
		  serial=D
		  firmware=
		  type=nvm
		  iopolicy=numa
		\
		 +- nvme2 pcie 0000:01:00.0 live
	EOF
	[ "$(nk list-subsys nvme2 -v -o json)" = "$(nk list-subsys nvme2 -o json)" ]
}

# --- ana-log ---

@test "ana-log: groups, states and namespaces" {
	diff - <(nk ana-log nvme0) <<-'EOF'
		Asymmetric Namespace Access of nvme0
		chgcnt    : 5
		ngrps     : 2
		group[0]
		  grpid     : 1
		  nnsids    : 1
		  chgcnt    : 5
		  state     : 1 (ANA Optimized state)
		  nsids     : 1
		group[1]
		  grpid     : 2
		  nnsids    : 1
		  chgcnt    : 5
		  state     : 3 (ANA Inaccessible state)
		  nsids     : 2
	EOF
	nk ana-log nvme1 -o json >"$BATS_TEST_TMPDIR/doc"
	valid ana-log <"$BATS_TEST_TMPDIR/doc"
	[ "$(json '[(g["grpid"], g["state_name"], g["nsids"]) for g in d["groups"]]' <"$BATS_TEST_TMPDIR/doc")" = \
		"[(1, 'non-optimized', [{'nsid': 1}]), (2, 'optimized', [{'nsid': 2}])]" ]
	nk ana-log nvme0 --groups -o json >"$BATS_TEST_TMPDIR/doc"
	valid ana-log <"$BATS_TEST_TMPDIR/doc"
	[ "$(json '[(g["grpid"], g["nnsids"], g.get("nsids", [])) for g in d["groups"]]' <"$BATS_TEST_TMPDIR/doc")" = "[(1, 0, []), (2, 0, [])]" ]
	# What is after the last descriptor is not part of the page.
	[ "$(nk ana-log nvme0 -o binary | wc -c)" -eq 88 ]
	[ "$(nk log ana nvme0 -g -o binary | wc -c)" -eq 80 ]
}

@test "ana-log: agrees with the states of the paths" {
	for c in nvme0 nvme1; do
		[ "$(nk ana-log $c -o json | json 'sorted((n["nsid"], g["state_name"]) for g in d["groups"] for n in g["nsids"])')" = \
			"$(nk show-topology -r ctrl -o json | json "sorted((p['NSID'], p['ANAState']) for h in d['Hosts']
				for s in h['Subsystems'] for c in s['Controllers'] if c['Name'] == '$c' for p in c['Paths'])")" ]
	done
}

@test "ana-log: a controller without ANA is not asked, and keeps no error" {
	code 6 nk --trace ana-log nvme2
	[[ $stderr == *"bit 3 of CMIC is clear"* && $stderr != *get-log* ]]
	[ "$(nk error-log nvme2 -o json | json 'd["errors"]')" = "[]" ]
}

@test "ana-log: error status, and a device that goes away" {
	edit 'c[0]["fail"] = [{"opcode": 2, "select": 12, "status": 0x4002}]'
	code 5 nk ana-log nvme0
	edit 'c[0]["fail"] = [{"opcode": 2, "select": 12, "received": 30}]'
	code 0 "$NVMEKIT" ana-log nvme0 -o json
	[ "$(json 'd["nvmekit"]["truncated"], d["ngrps"]' <<<"$output")" = "(True, 2)" ]
	edit 'c[0]["fail"] = [{"opcode": 2, "select": 12, "gone": True}]'
	code 3 nk ana-log nvme0
}

# --- iopolicy ---

@test "iopolicy: shown, set, and kept" {
	[ "$(nk iopolicy -o json | json '[(s["Name"], s["IOPolicy"], s["Controllers"]) for s in d["Subsystems"]]')" = \
		"[('nvme-subsys0', 'numa', 2), ('nvme-subsys2', 'numa', 1)]" ]
	for device in nvme-subsys0 nvme1 /dev/nvme0n2 ng0n1; do
		for policy in round-robin queue-depth; do
			nk iopolicy $device --set=$policy -o json >"$BATS_TEST_TMPDIR/doc"
			valid iopolicy <"$BATS_TEST_TMPDIR/doc"
			[ "$(json '[(s["Name"], s["IOPolicy"]) for s in d["Subsystems"]]' <"$BATS_TEST_TMPDIR/doc")" = "[('nvme-subsys0', '$policy')]" ]
			[ "$(json 'd["Subsystems"][0]["IOPolicyBefore"] in ("numa", "round-robin", "queue-depth")' <"$BATS_TEST_TMPDIR/doc")" = True ]
			[[ $(nk iopolicy nvme0) == *" $policy "* ]]
		done
	done
	[[ $(nk show-topology nvme0 | head -1) == *iopolicy=queue-depth ]]
	[[ $(nk iopolicy nvme2) == *" numa "* ]]
}

@test "iopolicy: what cannot be" {
	code 2 nk iopolicy nvme0 --set=fastest
	[[ $stderr == *"none of numa, round-robin, queue-depth"* ]]
	code 2 nk iopolicy --set=numa
	[[ $stderr == *"needs the subsystem"* ]]
	code 3 nk iopolicy nvme77 --set=numa
	code 3 nk iopolicy nvme-subsys77
	[ "$(nk iopolicy -o json | json '{s["IOPolicy"] for s in d["Subsystems"]}')" = "{'numa'}" ]
}

@test "iopolicy: a dry run says what it would do, and does nothing" {
	before=$(cksum <"$image")
	code 0 nk iopolicy nvme0n1 --set=round-robin --dry-run --trace
	[[ $output == *"I/O policy of nvme-subsys0: round-robin"* ]]
	[[ $stderr == *"not sent: nvme-subsys0"*"iopolicy=round-robin"* ]]
	[ "$(cksum <"$image")" = "$before" ]
	nk iopolicy nvme0n1 --set=round-robin --dry-run -o json >"$BATS_TEST_TMPDIR/doc"
	valid dry-run <"$BATS_TEST_TMPDIR/doc"
	code 0 nk iopolicy nvme0n1 --set=round-robin --trace
	[[ $stderr == *"nvme-subsys0"*"iopolicy=round-robin"*success* ]]
}

# root: a machine in a folder, with a subsystem whose I/O policy is the file named
root() {
	unset NVMEKIT_SYSTEM
	export NVMEKIT_SYSROOT=$BATS_TEST_TMPDIR/root
	local s=$NVMEKIT_SYSROOT/sys/class/nvme-subsystem/nvme-subsys0 c=$NVMEKIT_SYSROOT/sys/class/nvme/nvme0
	mkdir -p "$s/nvme0" "$c"
	echo nqn.x >"$s/subsysnqn"
	for f in "$s/nvme0" "$c"; do
		echo live >"$f/state"
		echo nqn.x >"$f/subsysnqn"
		echo pcie >"$f/transport"
	done
	policy=$s/iopolicy
}

@test "iopolicy: the kernel's file gets the word alone" {
	root
	echo numa >"$policy"
	code 0 nk iopolicy nvme0 --set=queue-depth
	[ "$(cat "$policy")" = queue-depth ]
	[ "$(wc -c <"$policy")" -eq 11 ]
	code 0 nk iopolicy nvme0 --set=numa --dry-run
	[ "$(cat "$policy")" = queue-depth ]
}

@test "iopolicy: a kernel that does not know it, and one without multipath" {
	root
	# A file of the kernel that takes numbers alone refuses a word as an older kernel does.
	ln -s /proc/self/oom_score_adj "$policy"
	code 6 nk iopolicy nvme0 --set=queue-depth
	[[ $stderr == *"this kernel does not know the I/O policy queue-depth"*6.11* ]]
	rm "$policy"
	code 6 nk iopolicy nvme0 --set=numa
	[[ $stderr == *"nvme-subsys0 has no I/O policy"*nvme_core.multipath* ]]
	[ "$(nk iopolicy -o json | json 'd["Subsystems"][0]["IOPolicy"]')" = "" ]
}

# --- watch ---

# watching COMMAND...: starts it, and waits until it has answered the first time
watching() {
	"$NVMEKIT" --quiet "$@" >"$BATS_TEST_TMPDIR/watch" 2>"$BATS_TEST_TMPDIR/watch.err" 3>&- &
	pid=$!
	for _ in {1..200}; do
		[ ! -s "$BATS_TEST_TMPDIR/watch" ] || return 0
		sleep 0.05
	done
	cat "$BATS_TEST_TMPDIR/watch.err"
	return 1
}

# ends CODE: it does by itself
ends() {
	local rc=0
	wait "$pid" || rc=$?
	[ "$rc" -eq "$1" ] || { cat "$BATS_TEST_TMPDIR/watch" "$BATS_TEST_TMPDIR/watch.err"; return 1; }
}

@test "show-topology --watch: a line for what changes, with the time" {
	watching show-topology --watch --interval=20ms --count=2
	edit 'c[0]["ana"]["1"] = "inaccessible"; c[1]["ana"]["1"] = "optimized"'
	ends 0
	[ "$(head -8 "$BATS_TEST_TMPDIR/watch")" = "$(edit 'c[0]["ana"]["1"] = "optimized"; c[1]["ana"]["1"] = "non-optimized"'; nk show-topology nvme0)" ]
	tail -2 "$BATS_TEST_TMPDIR/watch" | grep -cE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z  path nvme0c[01]n1: ANAState ' | grep -qx 2
	grep -q 'path nvme0c0n1: ANAState optimized -> inaccessible (nvme0n1 through nvme0)$' "$BATS_TEST_TMPDIR/watch"
	grep -q 'path nvme0c1n1: ANAState non-optimized -> optimized (nvme0n1 through nvme1)$' "$BATS_TEST_TMPDIR/watch"
}

@test "show-topology --watch: the image tells, without an interval" {
	watching show-topology --watch --interval=1h --count=1
	nk iopolicy nvme0 --set=round-robin
	ends 0
	tail -1 "$BATS_TEST_TMPDIR/watch" | grep -q 'subsystem nvme-subsys0: IOPolicy numa -> round-robin (nqn.array)$'
}

@test "show-topology --watch -o json: a valid document in each line" {
	watching show-topology --watch --interval=20ms --count=3 -o json
	edit 'c[1]["state"] = "connecting"'
	sleep 0.2
	edit 'd["subsystems"].pop(1)'
	ends 0
	while read -r line; do
		valid show-topology <<<"$line"
	done <"$BATS_TEST_TMPDIR/watch"
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/watch" <<-'EOF'
		import json, sys
		docs = [json.loads(line) for line in open(sys.argv[1])]
		assert docs[0]["nvmekit"]["changes"] == [], docs[0]["nvmekit"]
		assert all(len(d["nvmekit"]["time"]) == 24 for d in docs)
		changes = [c for d in docs for c in d["nvmekit"]["changes"]]
		got = [(c["object"], c["kind"], c["change"], c.get("what"), c.get("from"), c.get("to")) for c in changes]
		assert ("nvme1", "controller", "changed", "State", "live", "connecting") in got, got
		for o, k in (("nvme2", "controller"), ("nvme2n1", "namespace"), ("nvme-subsys2", "subsystem")):
		    assert (o, k, "vanished", None, None, None) in got, got
		assert len(docs[-1]["Hosts"]) == 1
	EOF
}

@test "show-topology --watch: what is watched goes and comes" {
	cp "$image" "$BATS_TEST_TMPDIR/whole"
	watching show-topology nvme2n1 --watch --interval=20ms --count=4
	edit 'd["subsystems"].pop(1)'
	for _ in {1..100}; do
		! grep -q vanished "$BATS_TEST_TMPDIR/watch" || break
		sleep 0.05
	done
	mv "$BATS_TEST_TMPDIR/whole" "$image"
	ends 0
	grep -q 'namespace nvme2n1 vanished' "$BATS_TEST_TMPDIR/watch"
}

@test "--watch: Ctrl-C ends it, and is no error" {
	for command in "show-topology --watch" "ana-log nvme0 --watch -o json"; do
		rm -f "$BATS_TEST_TMPDIR/watch"
		# In the background a shell makes its children deaf to Ctrl-C.
		# shellcheck disable=SC2086
		/usr/bin/python3 - "$NVMEKIT" --quiet $command <<-'EOF'
			import signal, subprocess, sys
			p = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE,
			                     preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
			assert p.stdout.readline()
			p.send_signal(signal.SIGINT)
			p.stdout.read()
			sys.exit(p.wait(timeout=30))
		EOF
	done
}

@test "--watch: the end by the clock, and no bytes" {
	code 0 nk show-topology --watch --duration=50ms
	[ "$output" = "$(nk show-topology)" ]
	code 2 nk ana-log nvme0 --watch -o binary
}

@test "ana-log --watch: states, and through a reset" {
	watching ana-log nvme0 --watch --interval=20ms --count=2 -o json
	edit 'c[0]["state"] = "connecting"'
	sleep 0.2
	edit 'c[0]["state"] = "live"' 'c[0]["ana"]["1"] = "change"' 'c[0]["ana_chgcnt"] = 6'
	ends 0
	[ "$(wc -l <"$BATS_TEST_TMPDIR/watch")" -eq 2 ]
	tail -1 "$BATS_TEST_TMPDIR/watch" >"$BATS_TEST_TMPDIR/doc"
	valid ana-log <"$BATS_TEST_TMPDIR/doc"
	[ "$(json '[(c["kind"], c["object"], c["what"], c["from"], c["to"]) for c in d["nvmekit"]["changes"]]' <"$BATS_TEST_TMPDIR/doc")" = \
		"[('ana-group', '1', 'state', 'optimized', 'change'), ('log', 'ANA', 'chgcnt', '5', '6')]" ]
}

@test "ana-log --watch: an error at first, and one that stays, end it" {
	code 6 nk ana-log nvme2 --watch
	watching ana-log nvme0 --watch --interval=20ms -o json
	edit 'c[0]["state"] = "dead"'
	ends 3
	[ "$(wc -l <"$BATS_TEST_TMPDIR/watch")" -eq 2 ]
	[ "$(tail -1 "$BATS_TEST_TMPDIR/watch" | json 'd["error"]["class"]')" = no-device ]
}

# --- nvme ---

@test "nvme show-topology: 2.16's JSON, whatever the ranking" {
	nk iopolicy nvme0 --set=queue-depth >/dev/null
	"$NVMEKIT" nvme show-topology -o json >"$BATS_TEST_TMPDIR/doc"
	[ "$(json '[k for h in d if h["HostNQN"] == "nqn.host" for k in h]' <"$BATS_TEST_TMPDIR/doc")" = "['HostNQN', 'HostID', 'Subsystems']" ]
	ns='[n for h in d for s in h["Subsystems"] for n in s["Namespaces"]]'
	[ "$(json "sorted((n['Name'], *n) for n in $ns)" <"$BATS_TEST_TMPDIR/doc")" = \
		"[('nvme0n1', 'NSID', 'Name', 'Paths'), ('nvme0n2', 'NSID', 'Name', 'Paths'), ('nvme2n1', 'NSID', 'Name', 'Controller')]" ]
	[ "$(json "[list(p) for n in $ns if 'Paths' in n for p in n['Paths']][0]" <"$BATS_TEST_TMPDIR/doc")" = "['Path', 'ANAState', 'Qdepth', 'Controller']" ]
	[ "$(json "[list(c) for n in $ns if 'Paths' in n for p in n['Paths'] for c in p['Controller']][0]" <"$BATS_TEST_TMPDIR/doc")" = \
		"['Name', 'Transport', 'Address', 'State']" ]
	for r in ctrl multipath; do
		[ "$("$NVMEKIT" nvme show-topology -o json -r $r)" = "$(cat "$BATS_TEST_TMPDIR/doc")" ]
	done
	[ "$("$NVMEKIT" nvme show-topology -v -o json | json 'list(d[0]["Subsystems"][0])')" = \
		"['Name', 'NQN', 'Model', 'Serial', 'Firmware', 'IOPolicy', 'Type', 'Namespaces']" ]
}

@test "nvme show-topology: 2.16's trees and table" {
	diff - <("$NVMEKIT" nvme show-topology /dev/nvme0n2) <<-'EOF'
		nvme-subsys0 - NQN=nqn.array
		               hostnqn=nqn.host
		               iopolicy=numa
		\
		 +- ns 2
		 \
		  +- nvme0 tcp traddr=192.0.2.1,trsvcid=4420 live inaccessible
		  +- nvme1 tcp traddr=192.0.2.2,trsvcid=4420 live optimized
	EOF
	"$NVMEKIT" nvme show-topology --ranking=ctrl /dev/nvme0n2 | grep -qx ' +- nvme1 tcp traddr=192.0.2.2,trsvcid=4420'
	"$NVMEKIT" nvme show-topology --rank ctrl /dev/nvme0n2 | grep -qx '  +- ns 2 live optimized'
	"$NVMEKIT" nvme show-topology -r multipath /dev/nvme0n2 | grep -qx '  +- nvme0c0n2 inaccessible 0 nvme0 tcp traddr=192.0.2.1,trsvcid=4420 live'
	nk iopolicy nvme0 --set=round-robin >/dev/null
	diff - <("$NVMEKIT" nvme show-topology /dev/nvme0n2 -o tabular | tail -n +5) <<-'EOF'
		NSHead  NSID NSPath    ANAState     Controller TrType Address                       State
		------- ---- --------- ------------ ---------- ------ ----------------------------- -----
		nvme0n2  2   nvme0c0n2 inaccessible nvme0      tcp    traddr=192.0.2.1,trsvcid=4420 live 
		  -->    2   nvme0c1n2 optimized    nvme1      tcp    traddr=192.0.2.2,trsvcid=4420 live 
	EOF
	code 1 "$NVMEKIT" nvme show-topology -r size
	[ "$stderr" = "Invalid ranking argument: size" ]
	code 1 "$NVMEKIT" nvme show-topology --watch
	code 1 "$NVMEKIT" nvme iopolicy
}

@test "nvme ana-log: 2.16's keys and lines" {
	[ "$("$NVMEKIT" nvme ana-log /dev/nvme0 -o json | json 'd')" = \
		"{'Asymmetric Namespace Access Log for NVMe device': 'nvme0', 'chgcnt': 5, 'ngrps': 2, 'ANA DESC LIST ': [{'grpid': 1, 'nnsids': 1, 'chgcnt': 5, 'state': 'optimized', 'NSIDS': [{'nsid': 1}]}, {'grpid': 2, 'nnsids': 1, 'chgcnt': 5, 'state': 'inaccessible', 'NSIDS': [{'nsid': 2}]}]}" ]
	[ "$("$NVMEKIT" nvme ana-log -g /dev/nvme0 | tail -n +5 | head -5)" = "$(printf 'ANA Log Desc :-\ngrpid\t:\t1\nnnsids\t:\t0\nchgcnt\t:\t5\nstate\t:\toptimized')" ]
	[ "$("$NVMEKIT" nvme ana-log /dev/nvme0 | grep -c "^	nsid	:	[12]$")" -eq 2 ]
}
