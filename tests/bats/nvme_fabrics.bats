#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# As "nvme": the fabrics commands. 2.16's words on its streams, its exit codes, and what has come of it.
load common

array=nqn.2019-11.com.example.latticevale:lv9000.0007731
disc=nqn.2014-08.org.nvmexpress.discovery

setup() {
	img=$BATS_TEST_TMPDIR/demo.json
	cp "$top/src/dev/demo.json" "$img"
	export NVMEKIT_SYSTEM=$img
	t=(-t tcp -a 192.0.2.21 -s 4420)
}

nvme() { "$NVMEKIT" nvme "$@"; }

# says CODE STDOUT STDERR COMMAND...: exactly that
says() {
	local code=$1 out=$2 err=$3
	shift 3
	run --separate-stderr "$NVMEKIT" nvme "$@"
	if [ "$status" -ne "$code" ] || [ "$output" != "$out" ] || [ "$stderr" != "$err" ]; then
		echo "exit code $status: $*"
		echo "stdout: $output"
		echo "stderr: $stderr"
		return 1
	fi
}

# fabric PYTHON: alters the image, whose fabric is f
fabric() {
	/usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
f = d["fabric"]
exec(sys.argv[2])
json.dump(d, open(sys.argv[1], "w"))' "$img" "$1"
}

@test "discover: the lines of an entry" {
	run --separate-stderr --keep-empty-lines nvme discover -t tcp -a 192.0.2.20
	[ "$status" -eq 0 ] && [ -z "$stderr" ]
	diff - <(printf '%s' "$output") <<-EOF
	
	Discovery Log Number of Records 3, Generation counter 1
	=====Discovery Log Entry 0======
	trtype:  tcp
	adrfam:  ipv4
	subtype: current discovery subsystem
	treq:    not specified, sq flow control disable supported
	portid:  6
	trsvcid: 8009
	subnqn:  nqn.2014-08.org.nvmexpress:uuid:5b0f3b8e-6f0e-4c7c-9c40-8f5a3c1d2e07
	traddr:  192.0.2.20
	eflags:  explicit discovery connections, duplicate discovery information
	sectype: none
	=====Discovery Log Entry 1======
	trtype:  tcp
	adrfam:  ipv4
	subtype: nvme subsystem
	treq:    not specified, sq flow control disable supported
	portid:  7
	trsvcid: 4420
	subnqn:  $array:archive
	traddr:  192.0.2.23
	eflags:  none
	sectype: none
	=====Discovery Log Entry 2======
	trtype:  tcp
	adrfam:  ipv4
	subtype: discovery subsystem referral
	treq:    not specified, sq flow control disable supported
	portid:  4
	trsvcid: 8009
	subnqn:  $disc
	traddr:  192.0.2.10
	eflags:  none
	sectype: none
	EOF
}

@test "discover: JSON has strings and two numbers, one key a line, and nothing besides" {
	run --separate-stderr nvme discover -t tcp -a 192.0.2.20 -o json
	[ "$status" -eq 0 ] && [ -z "$stderr" ]
	[ "$(json 'list(d)' <<<"$output")" = "['genctr', 'records']" ]
	[ "$(json 'list(d["records"][1].items())' <<<"$output")" = "[('trtype', 'tcp'), ('adrfam', 'ipv4'), ('subtype', 'nvme subsystem'), \
('treq', 'not specified, sq flow control disable supported'), ('portid', 7), ('trsvcid', '4420'), ('subnqn', '$array:archive'), \
('traddr', '192.0.2.23'), ('eflags', 'none'), ('sectype', 'none')]" ]
	[[ $output == *$'\n      "portid":7,\n'* ]]
}

@test "discover: other transports have other lines; what is unknown, and what is hostile" {
	# As recorded: rdma, fc, loop without an address, and an entry of ff bytes.
	fabric '
entries = [
	{"trtype": 1, "adrfam": 3, "subtype": 1, "treq": 2, "portid": 7, "trsvcid": "4420", "subnqn": "nqn.r", "traddr": "fe80::1",
	 "rdma_prtype": 4, "rdma_qptype": 1, "rdma_cms": 1, "rdma_pkey": 0xab},
	{"trtype": 2, "adrfam": 4, "subtype": 2, "treq": 5, "trsvcid": "none", "subnqn": "nqn.f", "traddr": "nn-0x1:pn-0x2"},
	{"trtype": 254, "adrfam": 254, "subtype": 2, "subnqn": "nqn.l"},
	{"trtype": 3, "adrfam": 9, "subtype": 9, "treq": 255, "portid": 65535, "subnqn": "\u001b[2Jnqn", "traddr": "a\tb", "eflags": 7, "sectype": 2},
]
f["ports"].append({"transport": "tcp", "traddr": "192.0.2.99", "trsvcid": "8009", "portid": 99,
	"log": {"genctr": 5, "numrec": len(entries), "records": entries}})'
	run --separate-stderr nvme discover -t tcp -a 192.0.2.99
	[ "$status" -eq 0 ]
	[[ $output == *$'adrfam:  infiniband\nsubtype: discovery subsystem referral\ntreq:    not required\n'* ]]
	[[ $output == *$'\nrdma_prtype: roce-v2\nrdma_qptype: connected\nrdma_cms:    rdma-cm\nrdma_pkey: 00ab\n=====Discovery Log Entry 1'* ]]
	[[ $output == *$'trtype:  fc\nadrfam:  fibre-channel\nsubtype: nvme subsystem\ntreq:    required, sq flow control disable supported\n'* ]]
	[[ $output == *$'traddr:  nn-0x1:pn-0x2\neflags:  none\n=====Discovery Log Entry 2'* ]]
	[[ $output == *$'trtype:  loop\nadrfam:  \n'* ]]
	[[ $output == *$'adrfam:  unrecognized\nsubtype: unrecognized\ntreq:    unrecognized\nportid:  65535\n'* ]]
	[[ $output == *'explicit discovery connections, duplicate discovery information, no cdc connectivity'*'sectype: tls13' ]]
	[[ $output != *$'\e'* ]]
	run --separate-stderr nvme discover -t tcp -a 192.0.2.99 -o json
	[ "$(json '[(r["trtype"], type(r.get("rdma_pkey", 0)), "sectype" in r) for r in d["records"]]' <<<"$output")" = \
		"[('rdma', <class 'int'>, False), ('fc', <class 'int'>, False), ('loop', <class 'int'>, False), ('tcp', <class 'int'>, True)]" ]
	[ "$(json 'd["records"][0]["rdma_pkey"]' <<<"$output")" = 171 ]
	[[ $output != *$'\e'* ]]
}

@test "discover: bytes, and a file" {
	nvme discover -t tcp -a 192.0.2.20 -o binary >"$BATS_TEST_TMPDIR/bytes"
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/bytes")" = 4096 ]
	says 0 "Discovery log is saved to $BATS_TEST_TMPDIR/raw" '' discover -t tcp -a 192.0.2.20 --raw="$BATS_TEST_TMPDIR/raw"
	cmp "$BATS_TEST_TMPDIR/bytes" "$BATS_TEST_TMPDIR/raw"
	says 0 "Discovery log is saved to $BATS_TEST_TMPDIR/raw" '' connect-all -t tcp -a 192.0.2.20 -o json -r "$BATS_TEST_TMPDIR/raw"
}

@test "discover and connect-all: where there is nothing to ask" {
	fabric 'del d["files"], d["nbft"]'
	says 0 '' '' discover
	says 0 '' '' discover -o json
	says 0 '' '' connect-all --quiet --context=autoconnect
	says 0 '' '' connect-all --nbft
	says 1 '' $'No transport address for \'tcp\'\nfailed to add controller, error Invalid argument' discover -t tcp
	says 1 '' $'No transport specified\nfailed to add controller, error Invalid argument' connect-all -a 192.0.2.10
	says 1 '' 'failed to add controller, error connection refused' discover -t tcp -a 192.0.2.10 -s 9
	says 1 '' 'failed to add controller, error connection refused' connect-all -t tcp -a 192.0.2.10 -s 9 -o json
	says 1 '' 'ctrl device nvme99 not found' discover -d nvme99
	says 1 '' 'Invalid output format' discover -t tcp -a 192.0.2.10 -o xml
}

@test "discover: several services, each with a document; one that is not there is no failure" {
	fabric 'd["files"] = {"/etc/nvme/discovery.conf": ["-t tcp -a 192.0.2.10", "-t tcp -a 192.0.2.66", "-t tcp -a 192.0.2.20"]}'
	run --separate-stderr nvme discover
	[ "$status" -eq 0 ] && [ "$(grep -c '^Discovery Log Number' <<<"$output")" = 2 ]
	[ -z "$stderr" ]
	run --separate-stderr nvme discover -v
	[ "$status" -eq 0 ] && [ "$(wc -l <<<"$stderr")" = 1 ] && [[ $stderr == 'failed to add controller, error '* ]]
	run --separate-stderr nvme discover -o json
	[ "$(/usr/bin/python3 -c 'import json, sys
text, n = sys.stdin.read(), []
while text.strip():
    doc, end = json.JSONDecoder().raw_decode(text.lstrip())
    text = text.lstrip()[end:]
    n.append(len(doc["records"]))
print(n)' <<<"$output")" = '[8, 3]' ]
	fabric 'd["files"]["/etc/nvme/discovery.conf"] = ["-t tcp -a 192.0.2.66"]'
	says 0 '' '' discover
	says 0 '' '' connect-all
}

@test "connect: the controller, and only once" {
	says 0 'connecting to device: nvme5' '' connect "${t[@]}" -n "$array:db-test"
	says 1 '' 'already connected' connect "${t[@]}" -n "$array:db-test"
	says 1 '' 'already connected' connect "${t[@]}" -n "$array:db-test" -o json
	says 0 $'{\n  "device":"nvme6"\n}' '' connect "${t[@]}" -n "$array:backup" -ojson
	says 0 'connecting to device: nvme7' '' connect "${t[@]}" -n "$array:db-test" -D
	says 0 'connecting to device: nvme8' "nvme8: $array:archive connected" connect -t tcp -a 192.0.2.23 -s 4420 -n "$array:archive" -v
	run nvme list-subsys -o json
	[ "$(json '[(p["Name"], p["Transport"], p["Address"], p["State"]) for h in d for s in h["Subsystems"] if s["NQN"].endswith("backup") for p in s["Paths"]]' \
		<<<"$output")" = "[('nvme6', 'tcp', 'traddr=192.0.2.21,trsvcid=4420,src_addr=192.0.2.5', 'live')]" ]
	[ "$(json '{type(v).__name__ for h in d for s in h["Subsystems"] for p in s["Paths"] for v in p.values()}' <<<"$output")" = "{'str'}" ]
}

@test "connect: what is missing, and what the kernel says" {
	says 1 '' 'required argument [--nqn | -n] not specified' connect "${t[@]}"
	says 1 '' 'required argument [--transport | -t] not specified' connect -n nqn.x -o json
	says 1 '' 'required argument [--traddr | -a] not specified for transport rdma' connect -n nqn.x -t rdma
	says 1 '' 'cannot specify --tls and --concat together' connect "${t[@]}" -n nqn.x --tls --concat
	says 1 '' 'required argument [--dhchap-secret | -S] not specified with --concat' connect "${t[@]}" -n nqn.x --concat
	says 1 '' 'could not add new controller: connection refused' connect -t tcp -a 192.0.2.21 -s 9 -n "$array:db-test" -o json
	says 1 '' 'could not add new controller: failed to write to nvme-fabrics device' connect "${t[@]}" -n nqn.x
	says 1 '' 'could not add new controller: pre-shared TLS key is missing' connect -t tcp -a 2001:db8::21 -s 4420 -n "$array:vault"
	for error in EADDRNOTAVAIL:'cannot assign requested address' ENODEV:'invalid interface' EINVAL:'invalid arguments/configuration' \
		EIO:'failed to write to nvme-fabrics device'; do
		fabric 'f["ports"][0]["fail"] = [{"errno": "'"${error%%:*}"'"}]'
		says 1 '' "could not add new controller: ${error#*:}" connect "${t[@]}" -n "$array:db-test"
	done
	# Without a port it is the usual one; "none" leaves it to the kernel.
	[[ $(nvme connect -t tcp -a 192.0.2.21 -n "$array:db-test" --dry-run) == *'trsvcid=4420'* ]]
	[[ $(nvme connect -t tcp -a 192.0.2.21 -n "$array:db-test" --dry-run -s none) == *'trsvcid=8009'* ]]
	# Nothing of that is JSON, as in 2.16; nothing was connected.
	says 0 '' '' disconnect-all -r loop
	[ "$(nvme list-subsys -o json | grep -c '"Name":"nvme5"')" = 0 ]
}

@test "connect: a secret, from the command line or a file, is never shown" {
	secret=$(json '[s for s in d["fabric"]["subsystems"] if s["nqn"].endswith("vault")][0]["hosts"]["*"]["dhchap_key"]' <"$img")
	says 0 'connecting to device: nvme5' '' connect -t tcp -a 2001:db8::21 -s 4420 -n "$array:vault" -S "$secret"
	says 0 "NQN:$array:vault disconnected 1 controller(s)" '' disconnect -n "$array:vault"
	(umask 077 && echo "$secret" >"$BATS_TEST_TMPDIR/secret")
	says 0 'connecting to device: nvme5' '' connect -t tcp -a 2001:db8::21 -s 4420 -n "$array:vault" \
		--dhchap-secret-file="$BATS_TEST_TMPDIR/secret"
	run nvme connect -t tcp -a 2001:db8::21 -s 4420 -n "$array:vault" --dhchap-secret="${secret%?}x" --dry-run -D
	[[ $output$stderr != *"${secret:10:12}"* ]]
}

@test "connect: numbers mean what they mean to libnvme" {
	# plan WORDS...: what would be told to the kernel beyond who connects to whom
	plan() { nvme connect "${t[@]}" -n nqn.x --dry-run "$@" | sed -n 's/.*hostid=[-0-9a-f]*,\{0,1\}//p'; }
	[ "$(plan)" = '' ]
	[ "$(plan -i 0 -W 0 -P 0 -Q 0 -k 0 -c 0 -F 0)" = '' ]
	[ "$(plan -i -1 -W -1 -P -1 -Q -1 -k -1 -c -1 -F -1 -T -1)" = '' ]
	[ "$(plan -l 0 -T 0)" = 'ctrl_loss_tmo=0,tos=0' ]
	[ "$(plan -l -1 -T 300)" = 'ctrl_loss_tmo=-1,tos=255' ]
	[ "$(plan --fast_io=5 --keep-alive=010 --ctrl-loss=0x10)" = 'keep_alive_tmo=8,ctrl_loss_tmo=16,fast_io_fail_tmo=5' ]
	[ "$(plan --fast-io-fail-tmo=5)" = 'fast_io_fail_tmo=5' ]
	[ "$(plan -g -G -D --disable-sqflow)" = 'duplicate_connect,disable_sqflow,hdr_digest,data_digest' ]
	# What a service offers is connected once, whatever is asked for.
	run nvme connect-all -t tcp -a 192.0.2.10 -D -k 7 --dry-run
	[[ $output == *:backup* && $output == *keep_alive_tmo=7* && $output != *duplicate* ]]
	[ "$(plan -w none -f '' -s none)" = '' ]
	says 1 '' "Expected integer argument for 'ctrl-loss-tmo' but got '1h'!" connect "${t[@]}" -n nqn.x -l 1h
	says 1 '' "Expected integer argument for 'tls_key' but got '***'!" connect "${t[@]}" -n nqn.x --tls_key=DHHC
	says 1 '' "Expected integer argument for 'queue-size' but got '99999999999'!" connect "${t[@]}" -n nqn.x -Q 99999999999
}

@test "connect: everything in a configuration; and what is connected, as one" {
	says 0 '' '' connect -J <(printf '[{"subsystems":[{"nqn":"%s","ports":[{"transport":"tcp","traddr":"192.0.2.21","trsvcid":"4420"}]}]}]' \
		"$array:db-test")
	run --separate-stderr nvme connect -O
	[ "$status" -eq 0 ] && [ -z "$stderr" ]
	[ "$(json '[(s["nqn"].split(":")[-1], [p["traddr"] for p in s["ports"]]) for h in d for s in h["subsystems"]]' <<<"$output")" = \
		"[('db-prod', ['192.0.2.21', '192.0.2.22']), ('db-test', ['192.0.2.21'])]" ]
	# What is written can be read again, and nothing is left to do.
	says 0 '' '' connect-all --no-nbft --config=<(printf %s "$output")
	[ "$(nvme connect-all --dump-config | json 'sum(len(s["ports"]) for h in d for s in h["subsystems"])')" = 3 ]
}

@test "config: the numbers and names of 2.16, and JSON without being asked" {
	# shown WORDS...: what is in the port beyond the address
	shown() { nvme config -J none -M "${t[@]}" -n nqn.x -O "$@" | json '[(k, v) for k, v in d[0]["subsystems"][0]["ports"][0].items() if "tr" not in k[:2]]'; }
	[ "$(shown -i -1 -W 0 -P 0 -Q -1 -k 0 -c 0 -T -1)" = '[]' ]
	[ "$(shown -l -1 --fast_io=5)" = "[('ctrl_loss_tmo', -1), ('fast_io_fail_tmo', 5)]" ]
	[ "$(shown -o json -g)" = "[('hdr_digest', True)]" ]
	[ "$(nvme config -J none -M -t tcp -a 192.0.2.21 -s none -n nqn.x -O | json 'd[0]["subsystems"][0]["ports"][0]')" = \
		"{'transport': 'tcp', 'traddr': '192.0.2.21'}" ]
	says 1 '' "Expected integer argument for 'ctrl-loss-tmo' but got '1h'!" config -M -l 1h
	run --separate-stderr nvme config -J none -M "${t[@]}" -n nqn.x -O
	[[ $output == *$'\n            "traddr":"192.0.2.21",\n'* ]]
	says 0 '' '' config -J none
	says 1 '' 'required argument [--nqn | -n] needed with --modify' config -M "${t[@]}" -O
	says 1 '' 'required argument [--transport | -t] needed with --modify' config -M -n nqn.x -O
	# A beginning means 2.16's option, not the one for a file.
	run --separate-stderr nvme config -J none -M "${t[@]}" -n nqn.x --dhchap-s=nonsense --dump
	[ "$status" -eq 1 ] && [[ $stderr == *'--dhchap-secret: '* && $stderr != *ambiguous* ]]
	# The options of those that connect are not here.
	run --separate-stderr nvme config --context=x
	[ "$status" -eq 1 ] && [[ $stderr == "config: unrecognized option '--context=x'"$'\n'* ]]
}

@test "keys: a secret from a file" {
	(umask 077 && nvme gen-dhchap-key -m 1 >"$BATS_TEST_TMPDIR/secret" && nvme gen-tls-key >"$BATS_TEST_TMPDIR/psk" && echo 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff >"$BATS_TEST_TMPDIR/digits")
	run --separate-stderr nvme check-dhchap-key --keydata-file="$BATS_TEST_TMPDIR/secret"
	[ "$status" -eq 0 ] && [[ $output == 'Key is valid (HMAC 1, length 32, CRC '????????')' ]]
	says 0 'NVMe0R01 nqn.h nqn.s' '' check-tls-key --keydata-file="$BATS_TEST_TMPDIR/psk" -n nqn.h -c nqn.s
	says 0 'DHHC-1:00:ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8qDMNU:' '' gen-dhchap-key --secret-file="$BATS_TEST_TMPDIR/digits"
	# The help names only what there is; no beginning means it.
	for cmd in gen-dhchap-key check-dhchap-key gen-tls-key check-tls-key; do
		[[ $(nvme $cmd --help 2>&1) == *-file=* ]]
	done
	[ "$(nvme gen-dhchap-key --sec 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff)" = \
		'DHHC-1:00:ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8qDMNU:' ]
	says 1 '' 'Key not specified' check-dhchap-key
}

@test "nbft: a group of commands with a help of its own" {
	for words in nbft 'nbft help' 'nbft --help' 'help nbft'; do
		run --separate-stderr nvme $words
		[ "$status" -eq 0 ] && [ -z "$stderr" ] && [[ $output == *'usage: nvme nbft <command>'*$'\n  show '* ]]
	done
	run --separate-stderr nvme nbft nope
	[ "$status" -eq 1 ] && [ -z "$output" ] && [ "${stderr%%$'\n'*}" = "ERROR: Invalid sub-command 'nope' for plugin nbft" ]
	run --separate-stderr nvme nbft show --nope
	[ "$status" -eq 1 ] && [[ $stderr == "show: unrecognized option '--nope'"$'\nUsage: nvme nbft show [OPTIONS]\n'* ]]
	[[ $(nvme help) == *$'\n  nbft '* ]]
}

@test "connect-all: silence" {
	says 0 '' '' connect-all -t tcp -a 192.0.2.20 -s 8009 --device=none --host-traddr=none --host-iface=none
	[ "$(nvme list-subsys -o json | grep -c "$array")" -ge 4 ]
	run --separate-stderr nvme connect-all -t tcp -a 192.0.2.20 -o json
	[ "$status" -eq 0 ] && [ -z "$output" ]
	says 0 '' '' connect-all -t tcp -a 192.0.2.20 --quiet
	# That a subsystem lets nobody in is no failure of the whole, and told where -v is given.
	says 0 '' '' connect-all -t tcp -a 2001:db8::10
	says 0 '' 'failed to add controller, error pre-shared TLS key is missing' connect-all -t tcp -a 2001:db8::10 -v
}

@test "connect-all: a referral that leads nowhere is no failure" {
	fabric 'f["ports"][3]["referrals"][0]["trsvcid"] = "9"'
	run --separate-stderr nvme connect-all -t tcp -a 192.0.2.10 -v
	[ "$status" -eq 0 ] && [[ $stderr == *'failed to add controller, error connection refused'* ]]
	[ "$(nvme list-subsys -o json | grep -c "$array:db-test")" = 1 ]
}

@test "disconnect: a sentence for each call, with the number of controllers" {
	nvme connect-all -t tcp -a 192.0.2.10
	says 0 'NQN:nqn.x disconnected 0 controller(s)' '' disconnect -n nqn.x
	says 0 "NQN:$array:db-test disconnected 2 controller(s)" '' disconnect -n "$array:db-test"
	# Of several subsystems the first is named, and all are counted.
	says 0 "NQN:nqn.x disconnected 3 controller(s)" '' disconnect --nqn="nqn.x,$array:backup,$array:archive"
	says 0 'connecting to device: nvme5' '' connect "${t[@]}" -n "$array:db-test"
	says 0 'connecting to device: nvme6' '' connect "${t[@]}" -n "$array:backup"
	says 0 '' "nvme5: $array:db-test disconnected"$'\n'"nvme6: $array:backup disconnected" disconnect -d /dev/nvme5,nvme6 -v
	says 1 '' 'Did not find device nvme77' disconnect -d /dev/nvme77
	says 1 '' 'Neither device name [--device | -d] nor NQN [--nqn | -n] provided' disconnect
	# A word without an option takes nothing away.
	says 0 'connecting to device: nvme5' '' connect "${t[@]}" -n "$array:db-test"
	says 1 '' 'Neither device name [--device | -d] nor NQN [--nqn | -n] provided' disconnect nvme5
	says 0 '' '' disconnect -d nvme5
}

@test "disconnect: what is in use stays" {
	cp "$img" "$img.before"
	run --separate-stderr nvme disconnect -d nvme2,nvme3
	[ "$status" -eq 1 ] && [ -z "$output" ] && [[ $stderr == *'nvme2n1 is mounted at /srv/db'* ]] && [ "$(wc -l <<<"$stderr")" = 1 ]
	cmp "$img" "$img.before"
	says 0 'connecting to device: nvme5' '' connect "${t[@]}" -n "$array:backup"
	run --separate-stderr nvme disconnect-all
	[ "$status" -eq 1 ] && [ -z "$output" ] && [ "$(grep -c 'is not disconnected: ' <<<"$stderr")" = 2 ]
	[ "$(nvme list-subsys -o json | grep -c '"Name":"nvme5"')" = 0 ]
	[ "$(nvme list-subsys -o json | grep -c '"Transport":"tcp"')" = 2 ]
	# One path of two can go.
	says 0 '' '' disconnect -d nvme3
	says 0 '' '' disconnect-all --transport=loop
	# That nobody needs it has to be said by somebody.
	run --separate-stderr nvme disconnect-all --allow-in-use
	[ "$status" -eq 1 ] && [[ $stderr == *'nobody is there to confirm it'* ]]
}

@test "dim: the name that was given, and what is missing" {
	says 0 "$(nvme discover -t tcp -a 192.0.2.10 -p)" '' discover -d nvme5
	says 0 'nvme5 DIM register command success' '' dim -d nvme5 -t register
	says 0 "$disc DIM deregister command success" '' dim -n "$disc" -t deregister
	says 1 '' 'Neither device name [--device | -d] nor NQN [--nqn | -n] provided' dim -t register
	says 1 '' 'Task [--task | -t] must be specified' dim -d nvme5
	says 1 '' 'Invalid --task: bogus' dim -d nvme5 -t bogus
	says 1 '' 'Did not find device nvme77: No such device or address' dim -d nvme77 -t register
	says 1 '' 'nvme0 is connected by pcie; registration is there for tcp only' dim -d nvme0 -t register
	says 0 "NQN:$disc disconnected 1 controller(s)" '' disconnect -n "$disc"
}
