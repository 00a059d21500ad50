#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# plan and apply: from the connections that there are to those that are configured.
load common
load fabric

# conf ADDRESS...: a configuration with the subsystem b at each of them
conf() {
	local ports= sep= a
	for a in "$@"; do
		ports+="$sep { \"transport\": \"tcp\", \"traddr\": \"$a\", \"trsvcid\": \"4420\" }"
		sep=,
	done
	echo "[ { \"subsystems\": [ { \"nqn\": \"nqn.2020-01.test:b\", \"ports\": [ $ports ] } ] } ]" >"$BATS_TEST_TMPDIR/c.json"
	c="$BATS_TEST_TMPDIR/c.json"
}

counts() { is '[d[k] for k in ("connected", "already", "failed", "disconnected", "kept")]' "$1"; }

@test "plan says what is missing and changes nothing; apply does it; again there is nothing to do" {
	net
	conf 192.0.2.1
	ok plan --no-nbft -J "$c"
	counts '[1, 0, 0, 0, 0]'
	is '[(r["result"], r["device"], r["subsysnqn"]) for r in d["results"]]' "[('connect', None, 'nqn.2020-01.test:b')]"
	unchanged
	ok apply --no-nbft -J "$c"
	counts '[1, 0, 0, 0, 0]'
	is '[(r["result"], r["device"], r["namespaces"][0]["name"]) for r in d["results"]]' "[('connected', 'nvme0', 'nvme0n1')]"
	cp "$img" "$img.before"
	ok apply --no-nbft -J "$c"
	counts '[0, 1, 0, 0, 0]'
	ok plan --no-nbft -J "$c"
	is '[r["result"] for r in d["results"]]' "['already']"
	unchanged
}

@test "what a discovery service of the configuration offers belongs to it" {
	net 'd["fabric"]["ports"][0]["subsystems"].pop()'
	echo '[ { "subsystems": [ { "nqn": "nqn.2014-08.org.nvmexpress.discovery", "ports": [
		{ "transport": "tcp", "traddr": "192.0.2.9", "discovery": true, "persistent": true } ] } ] } ]' >"$BATS_TEST_TMPDIR/c.json"
	c=$BATS_TEST_TMPDIR/c.json
	ok plan --no-nbft -J "$c"
	is '[(r["kind"], r["result"]) for r in d["results"]]' \
		"[('discovery', 'connect'), ('subsystem', 'connect'), ('subsystem', 'connect'), ('subsystem', 'connect')]"
	unchanged
	counts '[4, 0, 0, 0, 0]'
	ok apply --no-nbft -J "$c"
	counts '[4, 0, 0, 0, 0]'
	[ "$(there)" = "nvme0 nvme1 nvme2 nvme3" ]
	ok plan --no-nbft -J "$c" --prune
	counts '[0, 4, 0, 0, 0]'
}

@test "--prune gives up what is not configured, and nothing else" {
	net
	conf 192.0.2.1
	"$NVMEKIT" --quiet connect -t tcp -a 192.0.2.2 -n nqn.2020-01.test:a >/dev/null
	"$NVMEKIT" --quiet connect -t tcp -a 192.0.2.1 -n nqn.2020-01.test:b >/dev/null
	cp "$img" "$img.before"
	ok plan --no-nbft -J "$c"
	counts '[0, 1, 0, 0, 1]'
	ok plan --no-nbft -J "$c" --prune
	counts '[0, 1, 0, 1, 0]'
	is '[(r["result"], r["device"]) for r in d["results"]]' "[('already', 'nvme1'), ('disconnect', 'nvme0')]"
	# A dry run tells what the kernel would be told.
	ok apply --no-nbft -J "$c"
	counts '[0, 1, 0, 0, 1]'
	run --separate-stderr "$NVMEKIT" --quiet apply --no-nbft -J "$c" --prune --dry-run -o json
	[ "$status" -eq 0 ]
	valid dry-run <<<"$output"
	[ "$(json '[c["name"] for c in d["commands"]]' <<<"$output")" = "['disconnect']" ]
	unchanged
	ok apply --no-nbft -J "$c" --prune
	counts '[0, 1, 0, 1, 0]'
	is '[(r["result"], r["device"]) for r in d["results"]]' "[('already', 'nvme1'), ('disconnected', 'nvme0')]"
	[ "$(there)" = nvme1 ]
}

@test "--prune leaves what is in use, and what is no connection" {
	demo_file
	/usr/bin/python3 - "$img" <<-'PY'
		import json, sys
		d = json.load(open(sys.argv[1]))
		for s in d["subsystems"]:
		    for n in s["namespaces"]:
		        if n["name"] == "nvme2n1":
		            n["in_use"] = [ { "kind": "mount", "what": "/srv (xfs)" } ]
		json.dump(d, open(sys.argv[1], "w"))
	PY
	ok apply -J none --no-nbft --prune
	# Both paths stay: which one would be the last is up to nobody.
	counts '[0, 0, 0, 0, 2]'
	is '[r["result"] for r in d["results"]]' "['kept', 'kept']"
	is '"mounted at /srv" in d["results"][1]["message"]' True
	[ "$(there)" = "nvme0 nvme1 nvme2 nvme3 nvme4" ]
}

@test "--prune while a discovery service does not answer: nothing is given up" {
	net
	"$NVMEKIT" --quiet connect -t tcp -a 192.0.2.2 -n nqn.2020-01.test:a >/dev/null
	cp "$img" "$img.before"
	echo '[ { "subsystems": [ { "nqn": "nqn.2014-08.org.nvmexpress.discovery", "ports": [
		{ "transport": "tcp", "traddr": "192.0.2.77", "discovery": true } ] } ] } ]' >"$BATS_TEST_TMPDIR/c.json"
	code 11 "$NVMEKIT" apply --no-nbft -J "$BATS_TEST_TMPDIR/c.json" --prune
	[[ $stderr == *"nothing is given up"* ]]
	unchanged
}

@test "--prune and names of hosts: what they lead to stays; one that is not found keeps everything" {
	net
	conf two.example
	sed -i 's/test:b/test:a/' "$c"
	ok apply --no-nbft -J "$c"
	counts '[1, 0, 0, 0, 0]'
	ok plan --no-nbft -J "$c" --prune
	counts '[0, 1, 0, 0, 0]'
	ok apply --no-nbft -J "$c" --prune
	counts '[0, 1, 0, 0, 0]'
	[ "$(there)" = nvme0 ]
	sed -i 's/two.example/gone.example/' "$c"
	code 11 "$NVMEKIT" apply --no-nbft -J "$c" --prune
	[[ $stderr == *"nothing is given up"* ]]
	[ "$(there)" = nvme0 ]
}

@test "one subsystem as two hosts: two connections" {
	net
	subsystem=$'[Subsystem]\nnqn = nqn.2020-01.test:a\ncontroller = transport=tcp;traddr=192.0.2.1'
	c=$BATS_TEST_TMPDIR/c.conf
	mkdir "$c.d"
	echo "$subsystem" >"$c"
	printf '%s\n' '[Host]' 'hostnqn = nqn.2014-08.org.example:other' 'hostid = 22222222-2222-3333-4444-555555555555' "$subsystem" >"$c.d/other.conf"
	ok plan --no-nbft -J "$c"
	counts '[2, 0, 0, 0, 0]'
	ok apply --no-nbft -J "$c"
	counts '[2, 0, 0, 0, 0]'
	ok apply --no-nbft -J "$c" --prune
	counts '[0, 2, 0, 0, 0]'
	[ "$(there)" = "nvme0 nvme1" ]
	# Each has its own: without the first, only the other one is there.
	"$NVMEKIT" --quiet disconnect -d nvme0 >/dev/null
	ok config-status -J "$c"
	is '[(e["status"], e["device"]) for e in d["connections"]]' "[('missing', ''), ('connected', 'nvme1')]"
}

@test "--prune goes for all owners" {
	net
	conf 192.0.2.1
	code 2 "$NVMEKIT" apply --no-nbft -J "$c" --prune --owner=db
	[[ $stderr == *"what is configured for other owners"* ]]
	unchanged
}

@test "config status: the name of a host" {
	net
	conf two.example
	sed -i 's/test:b/test:a/' "$c"
	"$NVMEKIT" --quiet connect -t tcp -a 192.0.2.2 -n nqn.2020-01.test:a >/dev/null
	ok config-status -J "$c"
	is '[(e["status"], e["device"]) for e in d["connections"]]' "[('connected', 'nvme0')]"
	sed -i 's/two.example/gone.example/' "$c"
	code 0 "$NVMEKIT" config status -J "$c"
	[[ $stderr == *gone.example* && $output == *missing*other* ]]
}

@test "a configuration with a mistake: nothing is done" {
	net
	echo '[ { "subsystems": [ { "nqn": "x", "ports": [ { "transport": "tcp" } ] } ] } ]' >"$BATS_TEST_TMPDIR/c.json"
	for cmd in plan apply; do
		code 7 "$NVMEKIT" $cmd --no-nbft -J "$BATS_TEST_TMPDIR/c.json" --prune
		[[ $stderr == *"c.json:1"* ]]
	done
	unchanged
	code 2 "$NVMEKIT" apply --no-nbft -J "$BATS_TEST_TMPDIR/none.json"
}

# disc_conf LINE...: the only file of the image
disc_conf() {
	/usr/bin/python3 - "$img" "$@" <<-'PY'
		import json, sys
		d = json.load(open(sys.argv[1]))
		d["files"] = {"/etc/nvme/discovery.conf": sys.argv[2:]}
		json.dump(d, open(sys.argv[1], "w"))
	PY
}

@test "what a discovery controller tells of later is connected as the configuration says" {
	net
	disc_conf "-t tcp -a 192.0.2.9 -p -l 77 -S $secret"
	ok connect-all --no-nbft
	is 'sorted(r["subsysnqn"][-4:] for r in d["results"] if r["kind"] == "subsystem" and r["result"] == "connected")' \
		"['safe', 'st:a', 'st:a', 'st:b']"
	for dev in $("$NVMEKIT" list-subsys -o json --quiet | json '" ".join(p["Name"] for h in d["Hosts"] for s in h["Subsystems"] if s["NQN"].endswith("safe") for p in s["Paths"])'); do
		"$NVMEKIT" --quiet disconnect -d "$dev" >/dev/null
	done
	# As the rules do it: the secret is in the file alone.
	run --separate-stderr "$NVMEKIT" connect-all --device=nvme0 --trace -o json
	[ "$status" -eq 0 ]
	[ "$(json '[r["subsysnqn"] for r in d["results"] if r["result"] == "connected"]' <<<"$output")" = "['nqn.2020-01.test:safe']" ]
	[[ $stderr == *"nqn=nqn.2020-01.test:safe,"*"ctrl_loss_tmo=77"*"dhchap_secret=***"* ]]
	no_secrets
	# One mistake, and nothing is connected; without the configuration it is another matter.
	disc_conf "-t tcp -a 192.0.2.9 -p --tsl"
	code 7 "$NVMEKIT" connect-all --device=nvme0
	code 0 "$NVMEKIT" connect-all --device=nvme0 -J none
	code 0 "$NVMEKIT" discover --device=nvme0
}

@test "nvme-fabrics.conf: what a discovery controller offers has the defaults of I/O controllers, and not its own" {
	net 'p[9]["lists"] = [2]'
	c=$BATS_TEST_TMPDIR/c.conf
	printf '%s\n' '[I/O Controller Defaults]' 'ctrl-loss-tmo = 1800' 'keep-alive-tmo = 7' '[Discovery Controller Defaults]' 'reconnect-delay = 3' \
		'ctrl-loss-tmo = 60' '[Discovery Controller]' 'persistent = true' 'controller = transport=tcp;traddr=192.0.2.9' >"$c"
	ok config-validate -J "$c"
	code 0 "$NVMEKIT" connect-all --no-nbft -J "$c" --trace
	service=$(grep 'connect .*subsystem\|connect .*discovery' <<<"$stderr" | grep -v test:a | head -n 1)
	[[ $service == *reconnect_delay=3*ctrl_loss_tmo=60* ]]
	offered=$(grep 'connect .*test:a' <<<"$stderr")
	[[ $offered == *keep_alive_tmo=7*ctrl_loss_tmo=1800* && $offered != *reconnect_delay* ]]
	# Also later.
	"$NVMEKIT" --quiet disconnect -n nqn.2020-01.test:a >/dev/null
	code 0 "$NVMEKIT" connect-all --device=nvme0 -J "$c" --trace
	offered=$(grep 'connect .*test:a' <<<"$stderr")
	[[ $offered == *keep_alive_tmo=7*ctrl_loss_tmo=1800* && $offered != *reconnect_delay* ]]
}

@test "what a discovery controller offers is connected as the host that it is connected as" {
	net
	host=(-q nqn.2014-08.org.example:other -I 22222222-2222-3333-4444-555555555555)
	code 0 "$NVMEKIT" connect-all -t tcp -a 192.0.2.9 --persistent "${host[@]}" --dry-run
	code 0 "$NVMEKIT" discover -t tcp -a 192.0.2.9 --persistent "${host[@]}"
	code 10 "$NVMEKIT" connect-all --device=nvme0 # one of them wants a secret
	[ "$("$NVMEKIT" --quiet list-subsys -o json | json 'sorted({h["HostNQN"] for h in d["Hosts"]})')" = "['nqn.2014-08.org.example:other']" ]
}

@test "nvme-cli has no such commands" {
	net
	for cmd in plan apply; do
		code 1 "$NVMEKIT" nvme $cmd
		[[ $stderr == *"Invalid sub-command"* ]]
	done
}

@test "a target that is configured by the name of its host" {
	net
	cat >"$BATS_TEST_TMPDIR/named.json" <<-'EOF2'
		[ { "hostnqn": "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555",
		    "hostid": "11111111-2222-3333-4444-555555555555",
		    "subsystems": [ { "nqn": "nqn.2020-01.test:a", "ports": [
		      { "transport": "tcp", "traddr": "two.example", "trsvcid": "4420" } ] } ] } ]
	EOF2
	ok apply -J "$BATS_TEST_TMPDIR/named.json"
	is 'd["connected"]' 1
	ok plan -J "$BATS_TEST_TMPDIR/named.json" --prune
	is '[(r["result"], r["device"]) for r in d["results"]]' "[('already', 'nvme0')]"
	ok config-status -J "$BATS_TEST_TMPDIR/named.json"
	is 'd["connected"], d["missing"], d["other"]' '(1, 0, 0)'
	ok apply -J "$BATS_TEST_TMPDIR/named.json" --prune
	is 'd["already"], d["disconnected"]' '(1, 0)'
	[ "$(there)" = nvme0 ]
	# The name has no address any more: it may be any of those that are there.
	sed -i 's/"two.example"/"gone.example"/' "$img"
	answers 11 apply -J "$BATS_TEST_TMPDIR/named.json" --prune
	is 'd["disconnected"]' 0
	code 11 "$NVMEKIT" apply -J "$BATS_TEST_TMPDIR/named.json" --prune
	[[ $stderr == *"nothing is given up"* ]]
	[ "$(there)" = nvme0 ]
}
