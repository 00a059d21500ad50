#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# disconnect, disconnect-all and dim: what goes, what stays, and who is told.
load common
load fabric

a=nqn.2020-01.test:a
b=nqn.2020-01.test:b

# Two paths to a (nvme0, nvme1), one to b (nvme2); nothing is used.
setup() {
	net
	connected
}

connected() {
	local at
	for at in 192.0.2.1/$a 192.0.2.2/$a 192.0.2.1/$b; do
		"$NVMEKIT" --quiet connect -t tcp -a "${at%%/*}" -s 4420 -n "${at#*/}" >"$BATS_TEST_TMPDIR/out"
	done
	cp "$img" "$img.before"
}

# used NODE [USE]: from now on the namespace is mounted
used() {
	local mounted="{'kind': 'mount', 'what': '/srv (xfs)'}"
	/usr/bin/python3 - "$img" "$1" "${2:-$mounted}" <<-'PY'
		import json, sys
		d = json.load(open(sys.argv[1]))
		for s in d["subsystems"]:
		    for n in s.get("namespaces", []):
		        if n["name"] == sys.argv[2]:
		            n["in_use"] = [eval(sys.argv[3])]
		json.dump(d, open(sys.argv[1], "w"))
	PY
	cp "$img" "$img.before"
}

# state CONTROLLER STATE
state() {
	/usr/bin/python3 - "$img" "$1" "$2" <<-'PY'
		import json, sys
		d = json.load(open(sys.argv[1]))
		for s in d["subsystems"]:
		    for c in s["controllers"]:
		        if c["name"] == sys.argv[2]:
		            c["state"] = sys.argv[3]
		json.dump(d, open(sys.argv[1], "w"))
	PY
	cp "$img" "$img.before"
}

# ana CONTROLLER STATE: of what it leads to
ana() {
	/usr/bin/python3 - "$img" "$@" <<-'PY'
		import json, sys
		d = json.load(open(sys.argv[1]))
		for s in d["subsystems"]:
		    for c in s["controllers"]:
		        c["identify"]["anacap"] = 7
		        c["identify"]["cmic"] = 11
		        c["identify"]["anagrpmax"] = c["identify"]["nanagrpid"] = 4
		    for n in s.get("namespaces", []):
		        n["identify"]["anagrpid"] = 1
		        n["ana"] = {c: "optimized" for c in n["controllers"]}
		        if sys.argv[2] in n["controllers"]: # all of a group
		            n["ana"][sys.argv[2]] = sys.argv[3]
		json.dump(d, open(sys.argv[1], "w"))
	PY
	cp "$img" "$img.before"
}

@test "by device, several, by subsystem" {
	ok disconnect nvme0
	is '(d["disconnected"], d["kept"])' '(1, 0)'
	is 'd["controllers"][0]["device"], d["controllers"][0]["result"]' "('nvme0', 'disconnected')"
	[ "$(there)" = 'nvme1 nvme2' ]
	ok disconnect nvme1 /dev/nvme2 -d nvme1
	is 'd["disconnected"]' 2
	[ "$(there)" = '' ]
	connected
	ok disconnect -d nvme0,nvme2
	[ "$(there)" = nvme1 ]
	cp "$img.before" "$img"
	ok disconnect -n $a
	is 'd["nqns"]' "[{'nqn': '$a', 'disconnected': 2}]"
	[ "$(there)" = nvme2 ]
	cp "$img.before" "$img"
	ok disconnect -n $a -n $b -n nqn.2020-01.test:none
	is '[x["disconnected"] for x in d["nqns"]]' '[2, 1, 0]'
	[ "$(there)" = '' ]
}

@test "what is not connected" {
	ok disconnect -n nqn.2020-01.test:none
	is 'd["nqns"]' "[{'nqn': 'nqn.2020-01.test:none', 'disconnected': 0}]"
	code 0 "$NVMEKIT" disconnect -n nqn.2020-01.test:none
	[[ $output == *Disconnected*"nqn.2020-01.test:none "*0 ]]
	code 3 "$NVMEKIT" disconnect -n nqn.2020-01.test:none --no-idempotent
	[[ $stderr == *"there is no connection to nqn.2020-01.test:none"* ]]
	# Nothing at all is done then.
	code 3 "$NVMEKIT" disconnect -n $a -n nqn.2020-01.test:none --no-idempotent
	code 3 "$NVMEKIT" disconnect nvme0 nvme77
	code 3 "$NVMEKIT" disconnect -d nvme0,nvme77
	code 2 "$NVMEKIT" disconnect nvme0n1
	[[ $stderr == *"nvme0n1 is a namespace, and several controllers may lead to it"*"--nqn names all"* ]]
	code 2 "$NVMEKIT" disconnect ng0n1
	[[ $stderr == *"ng0n1 is a namespace"* ]]
	code 2 "$NVMEKIT" disconnect
	[[ $stderr == *"needs a controller or a subsystem"* ]]
	code 3 "$NVMEKIT" disconnect nonsense
	unchanged
}

@test "a drive of this machine is no connection" {
	demo_file
	code 2 "$NVMEKIT" disconnect nvme0
	[[ $stderr == *"nvme0 is attached to this machine (pcie 0000:3b:00.0)"* ]]
	code 2 "$NVMEKIT" disconnect nvme2 nvme0 --allow-in-use --force
	code 0 "$NVMEKIT" disconnect -n nqn.2022-06.com.example.fjordline:nvme:FX200-FL2207A04417
	unchanged
}

@test "one of two paths to what is mounted can go, the last one not" {
	used nvme0n1
	ok disconnect nvme0
	cp "$img" "$img.before"
	code 9 "$NVMEKIT" disconnect nvme1
	[[ $stderr == *"refused: nvme0n1 is in use: nvme0n1 is mounted at /srv (xfs)"*"--allow-in-use"* ]]
	unchanged
}

@test "all or nothing" {
	used nvme0n1
	code 9 "$NVMEKIT" disconnect nvme0 nvme1
	code 9 "$NVMEKIT" disconnect nvme2 nvme0 nvme1
	code 9 "$NVMEKIT" disconnect -n $b -n $a
	code 9 "$NVMEKIT" disconnect -n $a -o json
	valid disconnect <<<"$output"
	[ "$(json 'd["error"]["class"]' <<<"$output")" = refused ]
	unchanged
	code 9 "$NVMEKIT" disconnect -n $a -n $b --dry-run
	[[ $output == *"Disconnect on /dev/nvme0"*"refused: nvme0n1 is in use"*"Disconnect on /dev/nvme1"*"refused: nvme0n1 is in use"* ]]
	unchanged
	"$NVMEKIT" --quiet disconnect -n $a -n $b --dry-run -o json >"$BATS_TEST_TMPDIR/plan" || [ $? -eq 9 ]
	valid dry-run <"$BATS_TEST_TMPDIR/plan"
	[ "$(json '[s.get("device", d["device"]) for s in d["steps"]]' <"$BATS_TEST_TMPDIR/plan")" = "['/dev/nvme0', '/dev/nvme1', '/dev/nvme2']" ]
	unchanged
}

@test "a path that leads nowhere is none" {
	used nvme0n1
	state nvme1 connecting
	code 9 "$NVMEKIT" disconnect nvme0
	unchanged
	# The one that hangs can go: the other one leads there.
	ok disconnect nvme1
	[ "$(there)" = 'nvme0 nvme2' ]
}

@test "a path that is not accessible is none" {
	local word
	for word in inaccessible persistent-loss change; do
		net
		connected
		used nvme0n1
		ana nvme1 $word
		code 9 "$NVMEKIT" disconnect nvme0
		unchanged
		ok disconnect nvme1
	done
	for word in optimized non-optimized; do
		net
		connected
		used nvme0n1
		ana nvme1 $word
		ok disconnect nvme0
	done
}

@test "use of the other namespaces counts as well" {
	used nvme0n2 "{'kind': 'holder', 'what': 'dm-3'}"
	code 9 "$NVMEKIT" disconnect -n $a
	[[ $stderr == *"nvme0n2 is held by dm-3"* ]]
	unchanged
	# What nothing shows, but somebody has open exclusively.
	net
	connected
	used nvme0n2 "{'kind': 'claimed', 'what': ''}"
	code 9 "$NVMEKIT" disconnect -n $a
	[[ $stderr == *"something holds it exclusively"* ]]
	unchanged
}

@test "taking the risk needs an answer" {
	used nvme0n1
	code 9 "$NVMEKIT" disconnect -n $a --allow-in-use </dev/null
	[[ $stderr == *"nobody is there to confirm it"* ]]
	code 9 "$NVMEKIT" disconnect -n $a --allow-in-use --yes --expect-serial=NET2
	code 9 "$NVMEKIT" disconnect -n $a --yes --expect-serial=NET1
	unchanged
	ok disconnect -n $a --allow-in-use --yes --expect-serial=NET1
	[ "$(there)" = nvme2 ]
	# What nobody uses needs none; but whoever says which drive is meant is taken at their word.
	cp "$img.before" "$img"
	code 9 "$NVMEKIT" disconnect nvme2 --expect-serial=NET1
	[ "$(there)" = 'nvme0 nvme1 nvme2' ]
	ok disconnect nvme2 --expect-serial=NET2
}

@test "controllers that hang or are gone" {
	local word
	for word in connecting dead resetting; do
		net
		connected
		state nvme2 $word
		ok disconnect nvme2
		is 'd["controllers"][0]["result"]' disconnected
	done
}

@test "everything that nobody needs" {
	ok disconnect-all
	is '(d["disconnected"], d["kept"])' '(3, 0)'
	[ "$(there)" = '' ]
	ok disconnect-all
	is '(d["disconnected"], d["kept"], d["controllers"])' '(0, 0, [])'
	net
	connected
	used nvme2n1
	code 10 "$NVMEKIT" disconnect-all --dry-run
	unchanged
	answers 10 disconnect-all
	is '(d["disconnected"], d["kept"])' '(2, 1)'
	is '[(c["device"], c["result"]) for c in d["controllers"]]' "[('nvme0', 'disconnected'), ('nvme1', 'disconnected'), ('nvme2', 'kept')]"
	is 'd["controllers"][2]["reason"]' 'nvme2n1 is in use: nvme2n1 is mounted at /srv (xfs)'
	[ "$(there)" = nvme2 ]
	cp "$img" "$img.before"
	answers 9 disconnect-all
	unchanged
	code 9 "$NVMEKIT" disconnect-all
	[[ $output == *Reason*"nvme2n1 is mounted"* ]]
	ok disconnect-all --allow-in-use --yes --expect-serial=NET2
	[ "$(there)" = '' ]
}

# fails CONTROLLER: the kernel does not come back from giving it up
fails() {
	/usr/bin/python3 - "$img" "$1" <<-'PY'
		import json, sys
		d = json.load(open(sys.argv[1]))
		for s in d["subsystems"]:
		    for c in s["controllers"]:
		        if c["name"] == sys.argv[2]:
		            c["fail"] = [{"kind": "disconnect", "timeout": True}]
		json.dump(d, open(sys.argv[1], "w"))
	PY
	cp "$img" "$img.before"
}

@test "what fails keeps nothing else, and the exit code is that of the failure" {
	fails nvme2
	answers 8 disconnect nvme2
	is 'd["controllers"][0]["result"]' failed
	answers 10 disconnect-all
	is '[c["result"] for c in d["controllers"]]' "['disconnected', 'disconnected', 'failed']"
	[ "$(there)" = nvme2 ]
	answers 8 disconnect-all
}

@test "the running system is never taken away" {
	used nvme2n1 "{'kind': 'mount', 'what': '/ (ext4)', 'system': True}"
	answers 10 disconnect-all --allow-in-use --force
	is 'd["controllers"][2]["result"], d["controllers"][2]["reason"]' "('kept', 'the running system is on it')"
	[ "$(there)" = nvme2 ]
}

@test "only one kind of network, and drives of this machine never" {
	ok disconnect-all --transport=rdma
	is 'd["controllers"]' '[]'
	unchanged
	ok disconnect-all -t tcp
	is 'd["disconnected"]' 3
	demo_file
	answers 9 disconnect-all
	is '[c["device"] for c in d["controllers"]]' "['nvme2', 'nvme3']"
	unchanged
}

# --- what the kernel shows ---

# tree: a /sys with two paths (nvme0, nvme1) to nvme0n1, which is mounted at /srv
tree() {
	local dir c
	root=$BATS_TEST_TMPDIR/root
	dir=$root/sys/class/nvme-subsystem/nvme-subsys0
	mkdir -p "$dir/nvme0n1" "$root/sys/class/nvme" "$root/sys/class/block/nvme0n1" "$root/proc/self" "$root/dev"
	echo $a >"$dir/subsysnqn"
	echo 1 >"$dir/nvme0n1/nsid"
	echo 259:0 >"$root/sys/class/block/nvme0n1/dev"
	for c in 0 1; do
		mkdir -p "$dir/nvme$c/nvme0c${c}n1"
		ln -s "../nvme-subsystem/nvme-subsys0/nvme$c" "$root/sys/class/nvme/nvme$c"
		echo 1 >"$dir/nvme$c/nvme0c${c}n1/nsid"
		echo optimized >"$dir/nvme$c/nvme0c${c}n1/ana_state"
		echo live >"$dir/nvme$c/state"
		echo tcp >"$dir/nvme$c/transport"
		echo $a >"$dir/nvme$c/subsysnqn"
		: >"$dir/nvme$c/delete_controller"
	done
	echo "30 1 259:0 / /srv rw - ext4 /dev/nvme0n1 rw" >"$root/proc/self/mountinfo"
	unset NVMEKIT_SYSTEM
	export NVMEKIT_SYSROOT=$root
}

written() { cat "$root/sys/class/nvme/$1/delete_controller"; }

@test "one of two paths, as the kernel shows them" {
	local word
	tree
	ok disconnect nvme1
	[ "$(written nvme1)" = 1 ]
	[ -z "$(written nvme0)" ]
	# A state that the kernel has not learnt yet is none that counts.
	for word in 'invalid state' change inaccessible; do
		echo "$word" >"$root/sys/class/nvme/nvme1/nvme0c1n1/ana_state"
		code 9 "$NVMEKIT" disconnect nvme0
		[[ $stderr == *"is mounted at /srv (ext4)"* ]]
	done
	[ -z "$(written nvme0)" ]
}

@test "two runs do not each leave the path to the other" {
	local other
	tree
	# Another run that is giving nvme1 up: what it does is seen before anything is done here.
	(
		exec 9<"$root/sys/class/nvme/nvme1/delete_controller"
		flock 9
		: >"$BATS_TEST_TMPDIR/held"
		sleep 1
		echo deleting >"$root/sys/class/nvme/nvme1/state"
	) 3>&- &
	other=$!
	until [ -e "$BATS_TEST_TMPDIR/held" ]; do sleep 0.02; done
	code 9 "$NVMEKIT" disconnect nvme0
	wait $other
	[[ $stderr == *"is mounted at /srv (ext4)"* ]]
	[ -z "$(written nvme0)" ]
	# A dry run does nothing that somebody would have to wait for.
	flock "$root/sys/class/nvme/nvme0/delete_controller" timeout 20 "$NVMEKIT" disconnect nvme1 --dry-run
}

# --- dim ---

with_discovery() {
	net 'p[9]["identify"] = {"dctype": "cdc"}; d["fabric"]["ports"].append({"transport": "tcp", "traddr": "2001:db8::9", "trsvcid": "8009", "portid": 10})'
	"$NVMEKIT" --quiet discover -t tcp -a 192.0.2.9 --persistent >"$BATS_TEST_TMPDIR/out"
	cp "$img" "$img.before"
}

registered() { json 'd["fabric"].get("registered", [])' <"$img"; }

@test "registration with a discovery controller" {
	with_discovery
	ok dim -d nvme0 --task=register --host-symname='rack 4'
	is 'd["results"]' "[{'device': 'nvme0', 'subsysnqn': 'nqn.2014-08.org.nvmexpress.discovery', 'task': 'register', 'hostnqn': 'nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555', 'result': 'done', 'message': ''}]"
	# What arrived there, taken apart by somebody else.
	[ "$(json '[(r["type"], r["nqn"], r["name"]) for r in d["fabric"]["registered"]]' <"$img")" = \
		"[('host', 'nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555', '$(uname -n)')]" ]
	[ "$(json 'd["fabric"]["registered"][0]["entries"]' <"$img")" = \
		"[{'hostid': '11111111222233334444555555555555', 'symname': 'rack 4', 'trtype': 3, 'adrfam': 1, 'subtype': 0, 'nqn': 'nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555', 'traddr': '192.0.2.5'}]" ]
	ok dim -d nvme0 --task=update
	[ "$(json 'len(d["fabric"]["registered"]), "symname" in d["fabric"]["registered"][0]["entries"][0]' <"$img")" = '(1, False)' ]
	ok dim -n nqn.2014-08.org.nvmexpress.discovery --task=deregister
	[ "$(registered)" = '[]' ]
}

@test "registration: what does not work" {
	with_discovery
	code 2 "$NVMEKIT" dim --task=register
	code 2 "$NVMEKIT" dim -d nvme0
	code 2 "$NVMEKIT" dim -d nvme0 --task=forget
	code 2 "$NVMEKIT" dim -d nvme0 --task=register --host-symname="$(printf 'x%.0s' {1..257})"
	[[ $stderr == *"more than 256 bytes"* ]]
	code 3 "$NVMEKIT" dim -d nvme9 --task=register
	code 3 "$NVMEKIT" dim -n nqn.2020-01.test:none --task=register
	unchanged
	code 0 "$NVMEKIT" dim -d nvme0 --task=register --dry-run
	[[ $output == *"Discovery Information Management"* ]]
	unchanged
	"$NVMEKIT" --quiet discover -t tcp -a 2001:db8::9 --persistent >"$BATS_TEST_TMPDIR/out"
	# That one takes no registrations.
	code 6 "$NVMEKIT" dim -d nvme1 --task=register
	answers 10 dim -d nvme0,nvme1 --task=register
	is '[(r["device"], r["result"]) for r in d["results"]]' "[('nvme0', 'done'), ('nvme1', 'failed')]"
	ok dim -d nvme0 --task=register --host-symname="$(printf 'x%.0s' {1..256})"
	[ "$(json 'len(d["fabric"]["registered"][0]["entries"][0]["symname"])' <"$img")" = 256 ]
	demo_file
	code 6 "$NVMEKIT" dim -d nvme0 --task=register
	[[ $stderr == *"nvme0 is connected by pcie"* ]]
}
