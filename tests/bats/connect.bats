#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# connect: one connection, with what can be wrong with it.
load common
load fabric

a=nqn.2020-01.test:a

setup() { net; }

to_a() { "$NVMEKIT" --quiet connect -t tcp -a 192.0.2.1 -s 4420 -n $a "$@"; }

@test "a connection and its namespaces" {
	ok connect -t tcp -a 192.0.2.1 -s 4420 -n $a
	is 'd["device"]' nvme0
	is 'd["already"]' False
	is 'd["cntlid"]' 1
	is 'd["traddr"]' 192.0.2.1
	is 'd["nsids"]' '[1, 7]'
	is 'd["namespaces"]' "[{'nsid': 1, 'name': 'nvme0n1'}, {'nsid': 7, 'name': 'nvme0n2'}]"
	is 'd["nvmekit"]["device"]' /dev/nvme0
	[ "$(there)" = nvme0 ]
	[ "$("$NVMEKIT" --quiet id-ctrl nvme0 -o json | json 'd["sn"]')" = NET1 ]
}

@test "twice is once" {
	to_a
	cp "$img" "$img.before"
	ok connect -t tcp -a 192.0.2.1 -s 4420 -n $a
	is 'd["already"]' True
	is 'd["device"]' nvme0
	is 'd["cntlid"]' 1
	is 'd["nsids"]' '[1, 7]'
	ok connect -t tcp -a 192.0.2.1 -s 4420 -n $a --idempotent
	code 11 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -s 4420 -n $a --no-idempotent
	[[ $stderr == *"already connected to tcp 192.0.2.1:4420 $a: nvme0"* ]]
	answers 11 connect -t tcp -a 192.0.2.1 -s 4420 -n $a --no-idempotent
	is 'd["error"]["class"]' connect
	is 'd["error"]["errno"]' 114 # EALREADY
	unchanged
	ok connect -t tcp -a 192.0.2.1 -s 4420 -n $a --duplicate-connect
	is 'd["device"]' nvme1
	[ "$(there)" = 'nvme0 nvme1' ]
}

@test "a name of a host: each address is tried" {
	ok connect -t tcp -a two.example -s 4420 -n $a
	is 'd["traddr"]' 192.0.2.2
	ok connect -t tcp -a two.example -s 4420 -n nqn.2020-01.test:a
	is 'd["already"]' True
	is 'd["traddr"]' 192.0.2.2
	net 'p[2]["fail"] = [{"errno": "ECONNREFUSED"}]'
	ok connect -t tcp -a two.example -s 4420 -n $a
	is 'd["traddr"]' 192.0.2.1
	net 'p[1]["fail"] = p[2]["fail"] = [{"errno": "ETIMEDOUT"}]'
	code 11 "$NVMEKIT" connect -t tcp -a two.example -s 4420 -n $a
	[[ $stderr == *"cannot connect to tcp two.example:4420 $a: Connection timed out"*"routes and firewalls"* ]]
	unchanged
	code 11 "$NVMEKIT" connect -t tcp -a nowhere.example -n $a
	[[ $stderr == *"cannot find an address of 'nowhere.example'"* ]]
}

@test "what the target, the network and the kernel refuse" {
	code 11 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -s 4420 -n nqn.2020-01.test:none
	[[ $stderr == *"the kernel says: nvme nvme0: Connect Invalid Data Parameter, subsysnqn"* ]]
	code 11 "$NVMEKIT" connect -t tcp -a 192.0.2.77 -s 4420 -n $a
	[[ $stderr == *"No route to host"* ]]
	code 11 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -s 4421 -n $a
	[[ $stderr == *"Connection refused"*"nobody listens there"* ]]
	unchanged
	# Where nobody names a port it is the usual one, and not what the kernel takes.
	ok connect -t tcp -a 192.0.2.1 -n $a
	is 'd["trsvcid"]' 4420
	ok connect -t tcp -a 192.0.2.9 -n nqn.2014-08.org.nvmexpress.discovery
	is 'd["trsvcid"]' 8009
	net 'd["fabric"]["subsystems"][0]["hosts"] = {"nqn.2020-01.test:other": {}}'
	code 11 to_a
	[[ $stderr == *"is not allowed, hostnqn: nqn.2014-08.org.nvmexpress:uuid:11111111"* ]]
	code 0 to_a -q nqn.2020-01.test:other -I 21111111-2222-3333-4444-555555555555
}

@test "as another host" {
	to_a
	code 11 to_a -D -q nqn.2020-01.test:host -I 11111111-2222-3333-4444-555555555555
	[[ $stderr == *"found same hostid"*"belong together"* ]]
	ok connect -t tcp -a 192.0.2.1 -s 4420 -n $a -q nqn.2020-01.test:host -I 21111111-2222-3333-4444-555555555555
	is 'd["already"]' False
	# A host of another name has an identifier of its own.
	ok connect -t tcp -a 192.0.2.1 -s 4420 -n $a -q nqn.2020-01.test:third
	is 'd["already"]' False
	[ "$(json 'len({c["hostid"] for c in d["subsystems"][0]["controllers"]})' <"$img")" = 3 ]
}

@test "what is missing or contradicts itself" {
	local case
	while IFS='|' read -r case want; do
		# shellcheck disable=SC2086
		code 2 "$NVMEKIT" connect $case
		[[ $stderr == *"$want"* ]] || { echo "$case: $stderr"; return 1; }
	done <<-'EOF2'
		-n nqn.x|transport is missing
		-t tcp -a 192.0.2.1|nqn is missing
		-t tcp -n nqn.x|traddr is missing: tcp needs one
		-t rdma -n nqn.x|traddr is missing: rdma needs one
		-t fc -n nqn.x -a nn-0x1:pn-0x2|host-traddr is missing
		-t pcie -n nqn.x|'pcie'
		-t tcp -a a -n nqn.x --tls --concat|exclude each other
		-t tcp -a a -n nqn.x --concat|concat needs dhchap-secret
		-t rdma -a a -n nqn.x --tls|tcp only
		-t tcp -a a -n nqn.x --tls-key=5|no use without tls
		-t loop -n nqn.x --data-digest|tcp only
		-t tcp -a a,b -n nqn.x|--traddr has a comma
		-t tcp -a a -s http -n nqn.x|trsvcid is no port number
		-t tcp -a a -s 04420 -n nqn.x|trsvcid is no port number
		-n nqn.x|cannot connect to nqn.x: transport
		-t tcp -a a -n nqn.x -F 601|longer than ctrl-loss-tmo
		-t tcp -a a -n nqn.x -Q 15|out of range (16 to 1024)
		-t tcp -a a -n nqn.x -k 5ms|no time in whole seconds
		-t tcp -a a -n nqn.x extra|extra
	EOF2
	unchanged
}

@test "the port number is no word, and the address no list" {
	code 2 "$NVMEKIT" connect -t tcp -a '' -n $a
	[[ $stderr == *"empty"* ]]
	code 2 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -s $'44\n20' -n $a
	[[ $stderr == *"--trsvcid has a control character"* ]]
	code 2 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -n "$(printf 'n%.0s' {1..224})"
	[[ $stderr == *"longer than 223 bytes"* ]]
	code 2 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -n $a -f "$(printf 'e%.0s' {1..5000})"
	[[ $stderr == *"longer than the kernel takes"* ]]
	unchanged
}

@test "options come to the connection" {
	to_a -i 4 -W 2 -P 1 -Q 64 -k 30s -c 5 -l never -F 1h -T 7 -g -G --disable-sqflow -w 192.0.2.55 -f eth0
	[ "$(json 'sorted(d["subsystems"][0]["controllers"][0]["connection"]["options"].items())' <"$img")" = \
		"[('ctrl_loss_tmo', -1), ('data_digest', 1), ('disable_sqflow', 1), ('fast_io_fail_tmo', 3600), ('hdr_digest', 1), ('keep_alive_tmo', 30), ('nr_io_queues', 4), ('nr_poll_queues', 1), ('nr_write_queues', 2), ('queue_size', 64), ('reconnect_delay', 5), ('tos', 7)]" ]
	[[ $(json 'd["subsystems"][0]["controllers"][0]["address"]' <"$img") == *"host_traddr=192.0.2.55,host_iface=eth0"* ]]
}

@test "a kernel that knows less" {
	net 'd["fabric"]["options"] = "transport,traddr,trsvcid,nqn,hostnqn,hostid"'
	code 0 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -s 4420 -n $a -Q 64
	[[ $stderr == *"this kernel does not know the option queue_size, and goes without it"* ]]
	cp "$img" "$img.before"
	code 6 "$NVMEKIT" connect -t tcp -a 192.0.2.2 -s 4420 -n $a --tls
	[[ $stderr == *"the option tls"*"CONFIG_NVME_TCP_TLS"* ]]
	code 6 "$NVMEKIT" connect -t tcp -a 192.0.2.2 -s 4420 -n $a --hdr-digest
	code 6 "$NVMEKIT" connect -t tcp -a 192.0.2.2 -s 4420 -n $a --dhchap-secret-file=- <<<"$secret"
	[[ $stderr == *"CONFIG_NVME_HOST_AUTH"* ]]
	no_secrets
	unchanged
}

safe() { "$NVMEKIT" "${global[@]}" connect -t tcp -a 192.0.2.1 -s 4420 -n nqn.2020-01.test:safe "$@"; }

@test "secrets come from files" {
	global=(--trace)
	echo "$secret" >"$BATS_TEST_TMPDIR/key"
	chmod 600 "$BATS_TEST_TMPDIR/key"
	code 11 safe
	[[ $stderr == *"Required key not available"*"authentication failed"* ]]
	code 2 safe --dhchap-secret-file="$BATS_TEST_TMPDIR/none"
	[[ $stderr == *"--dhchap-secret-file: cannot open"* ]]
	code 7 safe --dhchap-secret-file=- <<<"DHHC-1:00:aGVsbG8=:"
	[[ $stderr == *"no valid secret"* ]]
	code 2 safe --dhchap-secret-file=- </dev/null
	unchanged
	code 11 safe --dhchap-secret-file=- <<<"$other_secret"
	[[ $stderr == *"Key was rejected by service"* ]]
	no_secrets
	unchanged
	code 0 safe --dhchap-secret-file="$BATS_TEST_TMPDIR/key" --dry-run
	[[ $output == *"dhchap_secret=***"* && $stderr != *"mode"* ]]
	no_secrets
	code 0 safe --dhchap-secret-file="$BATS_TEST_TMPDIR/key" --dry-run -o json
	no_secrets
	unchanged
	chmod 644 "$BATS_TEST_TMPDIR/key"
	code 2 safe --dhchap-secret-file="$BATS_TEST_TMPDIR/key"
	[[ $stderr == *"others than its owner have access to $BATS_TEST_TMPDIR/key (mode 644)"*"mode 600"* ]]
	no_secrets
	unchanged
	chmod 640 "$BATS_TEST_TMPDIR/key"
	code 0 safe --dhchap-secret-file="$BATS_TEST_TMPDIR/key"
	[[ $stderr == *"others than its owner have access to $BATS_TEST_TMPDIR/key (mode 640)"* && $stderr == *"dhchap_secret=***"* ]]
	no_secrets
	run ! grep -q '"dhchap_secret"' "$img"
}

@test "a secret on the command line" {
	global=(--trace)
	code 0 safe -S "$secret" -o json
	[[ $stderr == *"--dhchap-secret: other users of this machine can see it; --dhchap-secret-file=FILE"* ]]
	no_secrets
	valid connect <<<"$output"
	[ "$(json 'len(d["nvmekit"]["warnings"])' <<<"$output")" = 1 ]
	code 2 safe -S "$secret" --dhchap-secret-file=- <<<"$secret"
	[[ $stderr == *"exclude each other"* ]]
	no_secrets
	code 2 safe -C "$secret" -D
	[[ $stderr == *"dhchap-ctrl-secret needs dhchap-secret"* ]]
	no_secrets
	code 7 safe -D -S 'DHHC-1:00:XmDum8XdwjUecqEtlUVkXjK9shFJkSHPnUx+UzAPqBacjTQG:'
	no_secrets
}

@test "TLS" {
	code 11 "$NVMEKIT" connect -t tcp -a 192.0.2.2 -s 4420 -n $a --tls
	[[ $stderr == *"the TLS handshake failed: does the target offer TLS there"* ]]
	code 0 to_a --tls
	net 'p[1]["tls"] = "required"'
	code 11 to_a
	code 0 to_a --tls
	net
	code 2 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -s 4420 -n $a --tls --tls_key=abc
	code 2 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -s 4420 -n $a --tls --keyring=nobodys
	code 2 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -s 4420 -n $a --tls --tls-key-identity=nobody
	unchanged
	# The key itself instead of its number: there is a word about that, and no trace of it.
	psk=$("$NVMEKIT" --quiet gen-tls-key -o json | json 'd["key"]')
	code 0 "$NVMEKIT" --trace connect -t tcp -a 192.0.2.1 -s 4420 -n $a --tls --tls-key="$psk"
	[[ $stderr == *"--tls-key: other users of this machine can see it"* ]]
	[[ $output$stderr != *"${psk:20:20}"* ]]
	code 0 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -s 4420 -n $a -D --tls --tls-key="$psk" --dry-run
	[[ $output != *"${psk:20:20}"* ]]
}

@test "secure concatenation" {
	code 0 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -s 4420 -n nqn.2020-01.test:safe --concat --dhchap-secret-file=- <<<"$secret"
	net 'p[1]["tls"] = "none"'
	code 6 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -s 4420 -n nqn.2020-01.test:safe --concat --dhchap-secret-file=- <<<"$secret"
	[[ $stderr == *"secure concatenation is not supported"* ]]
}

@test "a key that is given itself, and a name that cannot stand beside it" {
	psk=$("$NVMEKIT" --quiet gen-tls-key -o json | json 'd["key"]')
	code 7 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -n "nqn.2020-01.test:a b" --tls --tls-key="$psk"
	[[ $stderr == *"no TLS PSK can be derived for 'nqn."*"' and 'nqn.2020-01.test:a b': it has a blank in it"* ]]
	unchanged
}

@test "a dry run says what it would do, and does nothing" {
	code 0 "$NVMEKIT" connect -t tcp -a two.example -s 4420 -n $a -Q 32 --dry-run
	[[ $output == *"Connect: tcp 192.0.2.99:4420 $a"*"traddr=192.0.2.99,trsvcid=4420"*"queue_size=32"* ]]
	unchanged
	"$NVMEKIT" --quiet connect -t tcp -a 192.0.2.1 -s 4420 -n $a --dry-run -o json >"$BATS_TEST_TMPDIR/plan"
	valid dry-run <"$BATS_TEST_TMPDIR/plan"
	unchanged
	to_a
	cp "$img" "$img.before"
	code 0 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -s 4420 -n $a --dry-run
	[[ $output == *"Nothing would be changed."* ]]
	unchanged
}

@test "waiting for nodes" {
	ok connect -t tcp -a 192.0.2.1 -s 4420 -n $a --wait-for-namespaces
	ok connect -t tcp -a 192.0.2.1 -s 4420 -n $a --wait-for-namespaces=2s
	code 2 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -s 4420 -n $a --wait-for-namespaces=2h
	# It is connected, whatever is to be learnt about it.
	net 's["b"]["controller"]["fail"] = [{"opcode": 6, "select": 2, "status": "0x4006"}]'
	answers 5 connect -t tcp -a 192.0.2.1 -s 4420 -n nqn.2020-01.test:b
	is 'd["nvmekit"]["device"]' /dev/nvme0
	[[ $stderr == *"Identify (active namespaces) on /dev/nvme0 failed"* ]]
	[ "$(there)" = nvme0 ]
}

@test "from a configuration" {
	cat >"$BATS_TEST_TMPDIR/c.json" <<-EOF2
		[ { "hostnqn": "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555",
		    "hostid": "11111111-2222-3333-4444-555555555555",
		    "subsystems": [ { "nqn": "$a", "ports": [
		      { "transport": "tcp", "traddr": "192.0.2.1", "trsvcid": "4420", "queue_size": 32, "keep_alive_tmo": 9 } ] } ] } ]
	EOF2
	code 0 "$NVMEKIT" connect -n $a -k 7 -J "$BATS_TEST_TMPDIR/c.json"
	[ "$(json '[d["subsystems"][0]["controllers"][0]["connection"]["options"][k] for k in ("keep_alive_tmo", "queue_size")]' <"$img")" = \
		'[7, 32]' ]
	code 2 "$NVMEKIT" connect -n $a -J "$BATS_TEST_TMPDIR/none.json"
	code 2 "$NVMEKIT" connect -n nqn.2020-01.test:b -J "$BATS_TEST_TMPDIR/c.json"
	[[ $stderr == *"transport is missing"* ]]
}

@test "several at once on one file" {
	local pids=() i
	for i in 1 2 3 4 5 6; do
		to_a -o json >"$BATS_TEST_TMPDIR/out.$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	[ "$(there)" = nvme0 ]
	[ "$(cat "$BATS_TEST_TMPDIR"/out.* | grep -c '"already":false')" = 1 ]
	[ "$(cat "$BATS_TEST_TMPDIR"/out.* | grep -c '"device":"nvme0",$')" -ge 6 ]
}

@test "a connection that is there, and less secure than asked, is no success" {
	net
	code 0 "$NVMEKIT" --quiet connect -t tcp -a 192.0.2.1 -n nqn.2020-01.test:b
	cp "$img" "$img.before"
	code 11 "$NVMEKIT" --quiet connect -t tcp -a 192.0.2.1 -n nqn.2020-01.test:b --tls --hdr-digest
	[[ $stderr == *"is connected already as nvme0, but without TLS, digests of headers"*"disconnect nvme0 first"* ]]
	unchanged
	code 0 "$NVMEKIT" --quiet connect -t tcp -a 192.0.2.1 -n nqn.2020-01.test:b --tls --duplicate-connect
	code 0 "$NVMEKIT" --quiet disconnect nvme0
	ok connect -t tcp -a 192.0.2.1 -n nqn.2020-01.test:b --tls
	is 'd["already"]' True
}

@test "what is there by one address is not made again by another" {
	net 'p[2]["fail"] = [{"errno": "ECONNREFUSED", "count": 1}]'
	ok connect -t tcp -a two.example -n $a
	is 'd["traddr"]' 192.0.2.1
	# The address before it would answer now.
	cp "$img" "$img.before"
	code 0 "$NVMEKIT" connect -t tcp -a two.example -n $a --dry-run
	[[ $output == *"Nothing would be changed."* ]]
	ok connect -t tcp -a two.example -n $a
	is 'd["already"]' True
	is 'd["traddr"]' 192.0.2.1
	unchanged
}

@test "of two connections the one that is as secure as asked" {
	to_a
	code 0 to_a -D --tls
	ok connect -t tcp -a 192.0.2.1 -n $a --tls
	is 'd["device"]' nvme1
	is 'd["already"]' True
	ok connect -t tcp -a 192.0.2.1 -n $a
	is 'd["device"]' nvme0
}

@test "a key is not named to a kernel that does not take one" {
	net 'd["fabric"]["options"] = "transport,traddr,trsvcid,nqn,hostnqn,hostid,tls,keyring"'
	code 6 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -n $a --tls --tls-key-identity=any
	[[ $stderr == *"the option tls_key"*"CONFIG_NVME_TCP_TLS"* ]]
	unchanged
}

@test "digests of a connection that somebody else has made: nobody knows" {
	net 's["b"]["controller"]["fail"] = []; d["subsystems"] = [{"name": "nvme-subsys0", "nqn": "nqn.2020-01.test:b", "controllers": [
		{"name": "nvme0", "cntlid": 1, "transport": "tcp", "address": "traddr=192.0.2.1,trsvcid=4420", "identify": {}}]}]'
	code 0 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -n nqn.2020-01.test:b --hdr-digest
	[[ $stderr == *"the kernel does not tell whether connections that are there already have the digests"* ]]
	code 0 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -n nqn.2020-01.test:b
	[[ $stderr != *digests* ]]
}

@test "what the target said counts before what the network says of another address" {
	net 'd["fabric"]["hosts"]["three.example"] = ["192.0.2.1", "192.0.2.99"]; s["a"]["hosts"] = {"nqn.2020-01.test:other": {}}'
	code 11 "$NVMEKIT" connect -t tcp -a three.example -n $a
	[[ $stderr == *"is not allowed, hostnqn"* ]]
	# The kernel has no such interface.
	net 'p[1]["fail"] = [{"errno": "ENODEV", "why": "nvme_tcp: invalid interface passed: nosuch0"}]'
	code 11 "$NVMEKIT" connect -t tcp -a 192.0.2.1 -n $a -f nosuch0
	[[ $stderr == *"host-iface is 'nosuch0': there is no such network interface"* ]]
}

# two_hosts: a configuration in which the same target is connected to as two hosts
two_hosts() {
	local port='"ports": [ { "transport": "tcp", "traddr": "192.0.2.1", "trsvcid": "4420" } ]'
	cat >"$BATS_TEST_TMPDIR/hosts.json" <<-EOF2
		[ { "hostnqn": "nqn.2020-01.test:h1", "hostid": "11111111-2222-3333-4444-555555555551", "subsystems": [ { "nqn": "$a", $port } ] },
		  { "hostnqn": "nqn.2020-01.test:h2", "hostid": "11111111-2222-3333-4444-555555555552", "subsystems": [ { "nqn": "$a", $port } ] } ]
	EOF2
}

@test "connect-all: as several hosts" {
	two_hosts
	ok connect-all -J "$BATS_TEST_TMPDIR/hosts.json"
	is 'd["connected"]' 2
	ok connect-all -J "$BATS_TEST_TMPDIR/hosts.json"
	is 'd["already"]' 2
	# What is configured of another host is none of its business.
	net
	ok connect -n $a -q nqn.2020-01.test:h2 -J "$BATS_TEST_TMPDIR/hosts.json"
	[ "$(json 'd["subsystems"][0]["controllers"][0]["hostid"][-3:]' <"$img")" = 552 ]
}

@test "connect-all: what this host lacks, and what to do about it" {
	net 'd["fabric"]["options"] = "transport,traddr,trsvcid,nqn,hostnqn,hostid"'
	answers 11 connect-all -t tcp -a 192.0.2.9 --tls
	is '"CONFIG_NVME_TCP_TLS" in d["results"][0]["message"]' True
}

@test "connect-all: a dry run says what failed" {
	printf -- '-t tcp -a 192.0.2.9\n-t tcp -a 192.0.2.88\n' >"$BATS_TEST_TMPDIR/d.conf"
	code 10 "$NVMEKIT" connect-all -J "$BATS_TEST_TMPDIR/d.conf" --dry-run
	[[ $output == *"Connect: tcp 192.0.2.1:4420 $a"* ]]
	[[ $stderr == *"cannot connect to tcp 192.0.2.88:8009"*"No route to host"* ]]
	unchanged
}
