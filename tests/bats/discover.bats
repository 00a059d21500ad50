#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# discover, and connect-all: what services offer, and connecting to it.
load common
load fabric

setup() { demo_file; }

at=(-t tcp -a 192.0.2.10)

@test "a service" {
	ok discover "${at[@]}"
	is 'len(d["logs"])' 1
	is 'd["failed"]' '[]'
	is 'd["logs"][0]["subsysnqn"]' nqn.2014-08.org.nvmexpress.discovery
	is 'd["logs"][0]["trsvcid"]' 8009
	is '[r["subtype"] for r in d["logs"][0]["records"]]' '[3, 2, 2, 2, 2, 2, 2, 1]'
	is 'd["logs"][0]["records"][1]["subnqn"]' $lv:db-prod
	unchanged
	ok discover -t tcp -a array.example
	is 'd["logs"][0]["traddr"]' 192.0.2.10
	ok discover -t tcp -a 2001:0DB8::0010
	is 'd["logs"][0]["numrec"]' 2
	unchanged
}

@test "referrals, each once" {
	ok discover "${at[@]}" --referrals
	is '[x["traddr"] for x in d["logs"]]' "['192.0.2.10', '192.0.2.20']"
	# By the name of the host it is the same service to which the other refers.
	ok discover -t tcp -a array.example --referrals
	is '[x["traddr"] for x in d["logs"]]' "['192.0.2.10', '192.0.2.20']"
	unchanged
}

@test "bytes as received" {
	code 0 "$NVMEKIT" --quiet discover "${at[@]}" --raw "$BATS_TEST_TMPDIR/raw"
	"$NVMEKIT" discover "${at[@]}" -o binary >"$BATS_TEST_TMPDIR/bin" 2>/dev/null
	cmp "$BATS_TEST_TMPDIR/raw" "$BATS_TEST_TMPDIR/bin"
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/raw")" = 9216 ]
	# What several services say stands one behind the other.
	"$NVMEKIT" discover "${at[@]}" --referrals -o binary --raw "$BATS_TEST_TMPDIR/raw" >"$BATS_TEST_TMPDIR/bin" 2>/dev/null
	cmp "$BATS_TEST_TMPDIR/raw" "$BATS_TEST_TMPDIR/bin"
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/raw")" = $((9216 + 4096)) ]
	code 2 "$NVMEKIT" discover "${at[@]}" --raw "$BATS_TEST_TMPDIR/none/raw"
	[[ $stderr == *"--raw: cannot write"* ]]
	code 1 "$NVMEKIT" discover "${at[@]}" --raw /dev/full
	unchanged
}

@test "a controller that stays" {
	ok discover "${at[@]}" --persistent
	is 'd["logs"][0]["device"]' nvme5
	[[ $(there) == *nvme5* ]]
	[ "$(json '[c["connection"]["options"] for s in d["subsystems"] for c in s["controllers"] if c["name"] == "nvme5"]' <"$img")" = \
		"[{'keep_alive_tmo': 30, 'discovery': 1}]" ]
	cp "$img" "$img.before"
	ok discover "${at[@]}"
	is 'd["logs"][0]["device"]' nvme5
	ok discover -d nvme5
	is 'd["logs"][0]["traddr"]' 192.0.2.10
	unchanged
	ok discover "${at[@]}" --no-reuse
	is 'd["logs"][0]["device"]' nvme6
	[[ $(there) != *nvme6* ]]
	code 2 "$NVMEKIT" discover -d nvme0
	[[ $stderr == *"nvme0 is no discovery controller"* ]]
	code 3 "$NVMEKIT" discover -d nvme66
	# Nothing stays in a dry run.
	cp "$img.before" "$img"
	code 0 "$NVMEKIT" connect-all -t tcp -a 192.0.2.20 --persistent --dry-run
	[[ $(there) != *nvme6* ]]
}

@test "services that cannot be asked" {
	code 11 "$NVMEKIT" discover -t tcp -a 192.0.2.99
	[[ $stderr == *"cannot connect to tcp 192.0.2.99:8009 nqn.2014-08.org.nvmexpress.discovery: No route to host"* ]]
	net 'p[9]["referrals"] = [{"transport": "tcp", "traddr": "192.0.2.98", "portid": 5}]'
	answers 10 discover -t tcp -a 192.0.2.9 --referrals
	is 'len(d["logs"])' 1
	is 'd["failed"][0]["class"]' connect
	is 'd["failed"][0]["traddr"]' 192.0.2.98
	code 10 "$NVMEKIT" discover -t tcp -a 192.0.2.9 --referrals
	[[ $stderr == *"192.0.2.98:8009"*"No route to host"* ]]
	unchanged
	code 2 "$NVMEKIT" discover
	[[ $stderr == *"there is no target"* ]]
	code 2 "$NVMEKIT" discover -a 192.0.2.9
	[[ $stderr == *"--transport is missing"* ]]
	code 2 "$NVMEKIT" discover -t tcp
	[[ $stderr == *"traddr is missing"* ]]
	code 2 "$NVMEKIT" discover -t tcp -a a --nbft --no-nbft
}

@test "logs that cannot be believed" {
	local log
	for log in '{"numrec": "18446744073709551615"}' '{"numrec": 300000}' '{"numrec": 2, "length": 3072, "received": 2048}' '{"numrec": 1, "length": 2048, "received": 1500}' '{"numrec": 0, "received": 10}' \
		'{"numrec": 0, "recfmt": 1}'; do
		net "p[9]['log'] = $log"
		code 7 "$NVMEKIT" discover -t tcp -a 192.0.2.9
		[[ $stderr == *"the discovery log of /dev/nvme0 "* ]] || { echo "$log: $stderr"; return 1; }
		answers 11 connect-all -t tcp -a 192.0.2.9
		is 'd["results"][0]["class"]' data
		[ "$(there)" = '' ]
		unchanged
	done
	net 'p[9]["genctr_moves"] = True'
	code 7 "$NVMEKIT" discover -t tcp -a 192.0.2.9
	[[ $stderr == *"changed during each of 10 attempts"* ]]
	net 'p[9]["log"] = {"numrec": 0}'
	ok discover -t tcp -a 192.0.2.9
	is 'd["logs"][0]["records"]' '[]'
	ok connect-all -t tcp -a 192.0.2.9
	is 'd["results"]' '[]'
}

@test "entries that cannot be believed" {
	net 'e = {"trtype": 3, "adrfam": 1, "subtype": 2, "portid": 1, "trsvcid": "4420", "subnqn": "nqn.2020-01.test:a", "traddr": "192.0.2.1"}
p[9]["log"] = {"numrec": 9, "records": [
	{**e, "traddr": "192.0.2.1,tls=0"}, {**e, "subnqn": "nqn.x\n\u001b[31m"}, {**e, "trsvcid": "4420,hostnqn=nqn.evil"},
	{**e, "trtype": 77}, {**e, "subtype": 9}, {**e, "traddr": ""}, {**e, "subtype": 1, "traddr": "a,b"}, e, e]}'
	code 0 "$NVMEKIT" --trace connect-all -t tcp -a 192.0.2.9
	[[ $output$stderr != *$'\e'* ]]
	[[ $stderr != *"tls=0"* && $stderr != *evil* ]]
	[ "$(there)" = nvme0 ]
	cp "$img.before" "$img"
	ok connect-all -t tcp -a 192.0.2.9
	is '[(r["kind"], r["result"]) for r in d["results"]]' \
		"[('subsystem', 'skipped'), ('subsystem', 'skipped'), ('subsystem', 'skipped'), ('subsystem', 'skipped'), ('discovery', 'skipped'), ('subsystem', 'skipped'), ('discovery', 'skipped'), ('subsystem', 'connected')]"
	is 'd["results"][0]["message"]' 'its traddr has a comma'
	is 'd["results"][3]["message"]' 'its transport type 77 is none that can be connected to'
	code 0 "$NVMEKIT" discover -t tcp -a 192.0.2.9 --referrals
	[[ $output$stderr != *$'\e'* ]]
	[[ $stderr == *"a referral to a,b 4420 is not followed: its traddr has a comma"* ]]
}

@test "referrals in circles, long ones and many" {
	net 'p[9]["lists"] = []
for i in range(12):
    d["fabric"]["ports"].append({"transport": "tcp", "traddr": f"192.0.3.{i}", "trsvcid": "8009", "portid": 100 + i, "lists": [],
        "referrals": [{"transport": "tcp", "traddr": f"192.0.3.{(i + 1) % 12}", "portid": 100 + (i + 1) % 12}] * 3})'
	code 0 "$NVMEKIT" --trace discover -t tcp -a 192.0.3.0 --referrals
	[ "$(grep -c ' connect ' <<<"$stderr")" = 9 ]
	[[ $stderr == *"a referral to 192.0.3.9 8009 is not followed: is 9 referrals away; no more than 8 are followed"* ]]
	code 0 "$NVMEKIT" discover -t tcp -a 192.0.3.10 --referrals
	net 'p[9]["referrals"] = [{"transport": "tcp", "traddr": f"192.0.{4 + i // 250}.{i % 250}", "portid": 5} for i in range(1000)]'
	answers 10 connect-all -t tcp -a 192.0.2.9
	is 'sum(r["result"] == "failed" and r["kind"] == "discovery" for r in d["results"])' 255
	is 'sum("no more than 256 discovery services" in r["message"] for r in d["results"])' 745
	is 'd["connected"]' 3
}

@test "a controller that is given up by whoever made it" {
	net
	"$NVMEKIT" --quiet discover -t tcp -a 192.0.2.9 --persistent >"$BATS_TEST_TMPDIR/out"
	/usr/bin/python3 - "$img" <<-'PY'
		import json, sys
		d = json.load(open(sys.argv[1]))
		d["subsystems"][0]["controllers"][0]["fail"] = [{"opcode": 2, "gone": True}]
		json.dump(d, open(sys.argv[1], "w"))
	PY
	ok discover -t tcp -a 192.0.2.9
	is 'd["logs"][0]["numrec"], d["logs"][0]["device"]' "(5, 'nvme1')"
	[ "$(there)" = nvme0 ]
	code 3 "$NVMEKIT" discover -d nvme0
}

# --- connect-all ---

@test "everything that is offered" {
	ok connect-all "${at[@]}"
	is '[d[k] for k in ("connected", "already", "failed")]' '[5, 2, 0]'
	is '[r["result"] for r in d["results"]]' "['already', 'connected', 'connected', 'already', 'connected', 'connected', 'connected']"
	is 'd["results"][1]["namespaces"]' "[{'nsid': 1, 'name': 'nvme5n1'}]"
	[ "$(there)" = 'nvme0 nvme1 nvme2 nvme3 nvme4 nvme5 nvme6 nvme7 nvme8 nvme9' ]
	cp "$img" "$img.before"
	ok connect-all "${at[@]}"
	is '[d[k] for k in ("connected", "already", "failed")]' '[0, 7, 0]'
	unchanged
}

@test "a dry run reads the log, and leaves everything as it is" {
	code 0 "$NVMEKIT" connect-all "${at[@]}" --dry-run
	[ "$(grep -c '^Connect: tcp' <<<"$output")" = 5 ]
	unchanged
	"$NVMEKIT" --quiet connect-all "${at[@]}" --dry-run -o json >"$BATS_TEST_TMPDIR/plan"
	valid dry-run <"$BATS_TEST_TMPDIR/plan"
	unchanged
}

@test "some fail, and all" {
	net 'p[2]["fail"] = [{"errno": "EIO", "why": "nvme nvme2: no"}]'
	answers 10 connect-all -t tcp -a 192.0.2.9
	is '[(r["traddr"], r["result"]) for r in d["results"]]' \
		"[('192.0.2.1', 'connected'), ('192.0.2.1', 'connected'), ('192.0.2.1', 'failed'), ('192.0.2.2', 'failed')]"
	is '[r["class"] for r in d["results"]]' "['', '', 'connect', 'connect']"
	[[ $(json 'd["results"][3]["message"]' <"$doc") == *"Input/output error; the kernel says: nvme nvme2: no" ]]
	code 10 "$NVMEKIT" --quiet connect-all -t tcp -a 192.0.2.9
	[[ $output == *Message*"the kernel says: nvme nvme2: no"* ]]
	net 'p[1]["fail"] = p[2]["fail"] = [{"errno": "ECONNREFUSED"}]'
	answers 11 connect-all -t tcp -a 192.0.2.9
	unchanged
	answers 11 connect-all -t tcp -a 192.0.2.44
	is '(d["results"][0]["kind"], d["results"][0]["subsysnqn"])' "('discovery', 'nqn.2014-08.org.nvmexpress.discovery')"
}

@test "with a secret for all of them" {
	net
	code 0 "$NVMEKIT" --trace connect-all -t tcp -a 192.0.2.9 --dhchap-secret-file=- <<<"$secret"
	no_secrets
	[ "$(there)" = 'nvme0 nvme1 nvme2 nvme3' ]
	net
	code 0 "$NVMEKIT" connect-all -t tcp -a 192.0.2.9 --dhchap-secret-file=- --dry-run <<<"$secret"
	[[ $output == *'dhchap_secret=***'* ]]
	no_secrets
	unchanged
}

@test "discovery controllers that stay" {
	ok connect-all "${at[@]}" --persistent
	is '[r["device"] for r in d["results"] if r["kind"] == "discovery"]' "['nvme5', 'nvme10']"
	is 'd["connected"]' 5
	ok connect-all "${at[@]}" --persistent
	is '[(r["result"], r["already"]) for r in d["results"] if r["kind"] == "discovery"]' "[('already', True), ('already', True)]"
	is 'd["already"]' 7
	[[ $(there) != *nvme12* ]]
	ok connect-all -t tcp -a array.example --persistent
	is '[r["device"] for r in d["results"] if r["kind"] == "discovery"]' "['nvme5', 'nvme10']"
	[[ $(there) != *nvme12* ]]
	ok connect-all -d nvme5
	is 'd["already"]' 7
}

@test "two at once on one file" {
	"$NVMEKIT" --quiet connect-all "${at[@]}" -o json >"$BATS_TEST_TMPDIR/a" &
	"$NVMEKIT" --quiet connect-all "${at[@]}" -o json >"$BATS_TEST_TMPDIR/b"
	wait $!
	valid connect-all <"$BATS_TEST_TMPDIR/a"
	valid connect-all <"$BATS_TEST_TMPDIR/b"
	[ "$(cat "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b" | grep -c '"result":"connected"')" = 5 ]
	[ "$(json 'len([c for s in d["subsystems"] for c in s["controllers"]])' <"$img")" = 10 ]
}

@test "what is configured" {
	cat >"$BATS_TEST_TMPDIR/c.json" <<-'EOF2'
		[ { "hostnqn": "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555",
		    "hostid": "11111111-2222-3333-4444-555555555555",
		    "subsystems": [
		      { "nqn": "nqn.2014-08.org.nvmexpress.discovery", "ports": [
		        { "transport": "tcp", "traddr": "192.0.2.9", "trsvcid": "8009", "discovery": true, "keep_alive_tmo": 4 } ] },
		      { "nqn": "nqn.2020-01.test:b", "ports": [ { "transport": "tcp", "traddr": "192.0.2.1", "trsvcid": "4420", "queue_size": 32 } ] },
		      { "nqn": "nqn.2020-01.test:a", "ports": [ { "transport": "tcp", "traddr": "192.0.2.77", "trsvcid": "4420" } ] } ] } ]
	EOF2
	net 'd["fabric"]["ports"][0]["subsystems"].pop()'
	ok discover --no-nbft -J "$BATS_TEST_TMPDIR/c.json"
	is '[x["traddr"] for x in d["logs"]]' "['192.0.2.9']"
	answers 10 connect-all --no-nbft -J "$BATS_TEST_TMPDIR/c.json"
	is '[d[k] for k in ("connected", "already", "failed")]' '[3, 0, 1]'
	# At boot there need not be anything to do.
	ok connect-all --no-nbft -J none
	is 'd["results"]' '[]'
	code 2 "$NVMEKIT" connect-all --no-nbft -J "$BATS_TEST_TMPDIR/nothing.json"
	echo '[ { "subsystems": [ { "nqn": "x", "ports": [ { "transport": "tcp", "traddr": "192.0.2.9,tls" } ] } ] } ]' >"$BATS_TEST_TMPDIR/bad.json"
	cp "$img" "$img.before"
	run "$NVMEKIT" connect-all --no-nbft -J "$BATS_TEST_TMPDIR/bad.json"
	[ "$status" -ne 0 ]
	unchanged
}

@test "only subsystems are configured" {
	echo '[ { "subsystems": [ { "nqn": "nqn.2020-01.test:b", "ports": [ { "transport": "tcp", "traddr": "192.0.2.1", "trsvcid": "4420" } ] } ] } ]' \
		>"$BATS_TEST_TMPDIR/c.json"
	net
	code 0 "$NVMEKIT" discover --no-nbft -J "$BATS_TEST_TMPDIR/c.json"
	[[ $stderr == *"only subsystems are configured"* ]]
	ok connect-all --no-nbft -J "$BATS_TEST_TMPDIR/c.json"
	is 'd["connected"]' 1
}

@test "what the firmware booted from" {
	ok connect-all --nbft
	is '[(r["kind"], r["traddr"]) for r in d["results"]]' "[('subsystem', '192.0.2.20')]"
	net
	ok connect-all --nbft
	is 'd["results"]' '[]'
}

@test "what the firmware had to do, we do: authentication and TLS" {
	local dir=$BATS_TEST_TMPDIR/tables safe=nqn.2020-01.test:safe
	mkdir "$dir"
	firmware() { # FLAGS of the security profile
		"$top/tests/bats/mknbft.py" "$dir/NBFT" <<-END
			{"host": {"flags": 1, "id": "11111111-2222-3333-4444-555555555555", "nqn": "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555"},
			 "hfi": [{"index": 1, "mac": "02005e100001", "ip": "192.0.2.5", "flags": 1}], "security": [{"index": 1, "flags": $1}],
			 "ssns": [{"index": 1, "flags": 5, "security": 1, "traddr": "192.0.2.1", "port": "4420", "hfi": 1, "nqn": "$safe"}]}
		END
	}
	(umask 077 && echo "$secret" >"$BATS_TEST_TMPDIR/key" && cat >"$BATS_TEST_TMPDIR/c.json") <<-END
		[ { "subsystems": [ { "nqn": "$safe", "ports": [
		    { "transport": "tcp", "traddr": "192.0.2.1", "trsvcid": "4420", "dhchap_key": "$secret" } ] } ] } ]
	END
	net
	firmware 5
	answers 11 connect-all --nbft --nbft-path="$dir"
	is '[r["message"].partition("safe: ")[2] for r in d["results"]]' "['dhchap-secret is missing: $dir/NBFT requires that this host authenticates itself']"
	unchanged
	ok connect-all --nbft --nbft-path="$dir" --dhchap-secret-file="$BATS_TEST_TMPDIR/key"
	is '[(r["kind"], r["subsysnqn"], r["result"]) for r in d["results"]]' "[('subsystem', '$safe', 'connected')]"
	# The configuration has it.
	net
	ok connect-all --nbft-path="$dir" -J "$BATS_TEST_TMPDIR/c.json"
	is '[(r["kind"], r["subsysnqn"], r["result"]) for r in d["results"]]' "[('subsystem', '$safe', 'connected')]"
	# Not required: the firmware may have gone without.
	net
	firmware 3
	code 11 "$NVMEKIT" --trace connect-all --nbft --nbft-path="$dir"
	[[ $stderr != *"dhchap-secret is missing"* ]]
	firmware 65
	code 0 "$NVMEKIT" --dry-run connect-all --nbft --nbft-path="$dir"
	[[ $output$stderr == *,tls* ]]
	unchanged
}

@test "a kernel that knows no discovery controllers but the well-known one" {
	local old=transport,traddr,trsvcid,nqn,hostnqn,hostid,keep_alive_tmo,host_traddr,host_iface
	net "d['fabric']['options'] = '$old'; p[9]['referrals'] = [{'transport': 'tcp', 'traddr': '192.0.2.8', 'trsvcid': '8009', 'portid': 8}]
d['fabric']['ports'].append({'transport': 'tcp', 'traddr': '192.0.2.8', 'trsvcid': '8009', 'portid': 8, 'lists': []})"
	code 0 "$NVMEKIT" --trace discover -t tcp -a 192.0.2.9 --referrals
	[[ $stderr != *,discovery* ]]
	code 6 "$NVMEKIT" discover -t tcp -a 192.0.2.9 --nqn=nqn.2020-01.test:discovery
	[[ $stderr == *"this kernel does not know the option discovery"* ]]
}

@test "what is asked for is asked for of what is offered, too" {
	net
	code 10 "$NVMEKIT" --trace connect-all -t tcp -a 192.0.2.9 --keep-alive-tmo=17 --queue-size=32
	[ "$(grep -c ' connect .*nqn=nqn.2020.*queue_size=32,keep_alive_tmo=17' <<<"$stderr")" = 4 ]
	answers 10 connect-all -t tcp -a 192.0.2.9
	is 'd["already"]' 3
	answers 10 connect-all -t tcp -a 192.0.2.9 --duplicate-connect
	is '(d["connected"], d["already"])' '(3, 0)'
	# What a discovery controller has by default is for itself.
	net
	code 10 "$NVMEKIT" --trace connect-all -t tcp -a 192.0.2.9 --persistent --no-reuse
	[[ $(grep ' connect .*nqn=nqn.2020' <<<"$stderr") != *@(keep_alive|duplicate)* ]]
	[[ $stderr == *keep_alive_tmo=30*duplicate_connect* ]]
}

@test "an entry without a port means the usual one" {
	net 'e = {"trtype": 3, "adrfam": 1, "subtype": 2, "portid": 1, "trsvcid": "", "subnqn": "nqn.2020-01.test:a", "traddr": "192.0.2.1"}
p[9]["log"] = {"numrec": 1, "records": [e]}'
	ok connect-all -t tcp -a 192.0.2.9
	is '[(r["result"], r["trsvcid"]) for r in d["results"]]' "[('connected', '4420')]"
}

@test "a service is asked once, however its address is written" {
	net 'd["fabric"]["ports"].append({"transport": "tcp", "traddr": "2001:db8::10", "trsvcid": "8009", "portid": 10, "lists": [],
	"referrals": [{"transport": "tcp", "traddr": "2001:0DB8:0::10", "portid": 10}, {"transport": "tcp", "traddr": "192.0.2.9", "portid": 9}]})
p[9]["referrals"] = [{"transport": "tcp", "traddr": "2001:db8:0::10", "portid": 10}, {"transport": "tcp", "traddr": "192.0.2.9", "portid": 9}]'
	ok discover -t tcp -a 2001:db8::10 --referrals
	is '[x["traddr"] for x in d["logs"]]' "['2001:db8::10', '192.0.2.9']"
	# Nor by the name of the controller.
	ok discover -t tcp -a 192.0.2.9 --persistent
	ok discover -d nvme0 --referrals
	is '[x["traddr"] for x in d["logs"]]' "['192.0.2.9', '2001:db8:0::10']"
}

@test "one subsystem for two hosts" {
	/usr/bin/python3 - >"$BATS_TEST_TMPDIR/c.json" <<-'PY'
		import json
		print(json.dumps([{"hostnqn": "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-55555555555%d" % i,
		    "hostid": "11111111-2222-3333-4444-55555555555%d" % i, "subsystems": [
		      {"nqn": "nqn.2014-08.org.nvmexpress.discovery", "ports": [{"transport": "tcp", "traddr": "192.0.2.9", "trsvcid": "8009"}]},
		      {"nqn": "nqn.2020-01.test:b", "ports": [{"transport": "tcp", "traddr": "192.0.2.1", "trsvcid": "4420"}]}]}
		    for i in (5, 6)]))
	PY
	net 'd["fabric"]["ports"][0]["subsystems"].pop()'
	ok connect-all --no-nbft -J "$BATS_TEST_TMPDIR/c.json"
	is '(d["connected"], d["already"])' '(6, 0)'
	is 'sorted(set((r["subsysnqn"][-1], r["traddr"][-1]) for r in d["results"]))' "[('a', '1'), ('a', '2'), ('b', '1')]"
}

@test "what a controller that was named knows is for the host that it belongs to" {
	local other=(--hostnqn=nqn.2020-01.test:other --hostid=22222222-2222-3333-4444-555555555555)
	net 'd["fabric"]["ports"][0]["subsystems"].pop()'
	ok discover -t tcp -a 192.0.2.9 --persistent "${other[@]}"
	code 0 "$NVMEKIT" --trace connect-all -d nvme0
	[ "$(grep -c ' connect .*nqn=nqn.2020.*hostnqn=nqn.2020-01.test:other,hostid=22222222-' <<<"$stderr")" = 3 ]
	code 0 "$NVMEKIT" --trace connect-all -d nvme0 --hostnqn=nqn.2020-01.test:third --hostid=33333333-2222-3333-4444-555555555555
	[ "$(grep -c ' connect .*nqn=nqn.2020.*hostnqn=nqn.2020-01.test:third,hostid=33333333-' <<<"$stderr")" = 3 ]
}

@test "what is reached by another transport is left out, and said" {
	net 'e = {"trtype": 3, "adrfam": 1, "subtype": 2, "portid": 1, "trsvcid": "4420", "subnqn": "nqn.2020-01.test:a", "traddr": "192.0.2.1"}
p[9]["log"] = {"numrec": 3, "records": [e, {**e, "trtype": 1}, {**e, "trtype": 1, "subtype": 1}]}'
	ok connect-all -t tcp -a 192.0.2.9
	is '[(r["result"], r["message"]) for r in d["results"]]' \
		"[('connected', ''), ('skipped', 'it is reached by rdma, and this service by tcp'), ('skipped', 'it is reached by rdma, and this service by tcp')]"
}

@test "which discovery controllers stay" {
	# Other ports of the same service, but not if they tell the same.
	net 'e = {"trtype": 3, "adrfam": 1, "subtype": 3, "portid": 1, "trsvcid": "8009", "subnqn": "nqn.2014-08.org.nvmexpress.discovery"}
for i in (7, 8):
    d["fabric"]["ports"].append({"transport": "tcp", "traddr": f"192.0.2.{i}", "trsvcid": "8009", "portid": i, "lists": []})
p[9]["log"] = {"numrec": 3, "records": [{**e, "traddr": "192.0.2.9", "eflags": 3}, {**e, "traddr": "192.0.2.7", "eflags": 3},
    {**e, "traddr": "192.0.2.8", "eflags": 2}]}'
	ok connect-all -t tcp -a 192.0.2.9 --persistent
	is '[r["traddr"] for r in d["results"] if r["kind"] == "discovery" and r["result"] == "connected"]' "['192.0.2.9', '192.0.2.8']"
	# A change that one has told of may be a referral: who is referred to stays as well.
	net 'd["fabric"]["ports"].append({"transport": "tcp", "traddr": "192.0.2.7", "trsvcid": "8009", "portid": 7, "lists": []})
p[9]["referrals"] = [{"transport": "tcp", "traddr": "192.0.2.7", "portid": 7}]; p[9]["lists"] = []'
	ok discover -t tcp -a 192.0.2.9 --persistent
	ok discover -d nvme0 --referrals
	[ "$(there)" = nvme0 ]
	ok connect-all -d nvme0
	is '[(r["device"], r["result"]) for r in d["results"]]' "[('nvme0', 'already'), ('nvme1', 'connected')]"
	[ "$(there)" = 'nvme0 nvme1' ]
}
