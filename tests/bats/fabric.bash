# SPDX-License-Identifier: Apache-2.0 OR MIT
# Systems with a network, in a file that commands may change. Loaded after common.
# shellcheck shell=bash

lv=nqn.2019-11.com.example.latticevale:lv9000.0007731
secret='DHHC-1:00:XmDum8XdwjUecqEtlUVkXjK9shFJkSHPnUx+UzAPqBacjTQH:'
other_secret=$("$NVMEKIT" --quiet gen-dhchap-key -o json --secret=$(printf 'c0ffee%.0s' {1..16} | head -c 64) | json 'd["key"]')
export secret other_secret

# The built-in system as a file.
demo_file() {
	img=$BATS_TEST_TMPDIR/demo.json
	cp "$top/src/dev/demo.json" "$img"
	chmod 600 "$img"
	begin_on "$img"
}

# begin_on FILE
begin_on() {
	cp "$1" "$1.before"
	export NVMEKIT_SYSTEM=$1
}

# net EXPRESSION...: an empty host and a small network, changed by Python statements over its parsed document d and its ports p
net() {
	img=$BATS_TEST_TMPDIR/net.json
	/usr/bin/python3 - "$img" "$*" <<-'PY'
		import json, sys
		def ctrl(**more):
		    return {"identify": {"sn": "NET1", "mn": "Network drive", "fr": "1", "cmic": 11, **more}}
		def ns(n, **more):
		    return {"nsid": n, "identify": {"nsze": 1000, "ncap": 1000, "nmic": 1, "lbafs": [{"ds": 12}]}, **more}
		d = {"nvmekit-image": 1,
		     "host": {"hostnqn": "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555",
		              "hostid": "11111111-2222-3333-4444-555555555555"},
		     "subsystems": [],
		     "fabric": {
		         "hosts": {"two.example": ["192.0.2.99", "192.0.2.2", "192.0.2.1"]},
		         "ports": [
		             {"transport": "tcp", "traddr": "192.0.2.1", "portid": 1, "tls": "allowed",
		              "subsystems": ["nqn.2020-01.test:a", "nqn.2020-01.test:b", "nqn.2020-01.test:safe"]},
		             {"transport": "tcp", "traddr": "192.0.2.2", "portid": 2, "subsystems": ["nqn.2020-01.test:a"]},
		             {"transport": "tcp", "traddr": "192.0.2.9", "trsvcid": "8009", "portid": 9, "lists": [1, 2]}],
		         "subsystems": [
		             {"nqn": "nqn.2020-01.test:a", "controller": ctrl(), "namespaces": [ns(1), ns(7)]},
		             {"nqn": "nqn.2020-01.test:b", "controller": ctrl(sn="NET2"), "namespaces": [ns(1)]},
		             {"nqn": "nqn.2020-01.test:safe", "controller": ctrl(sn="NET3"),
		              "hosts": {"*": {"dhchap_key": "DHHC-1:00:XmDum8XdwjUecqEtlUVkXjK9shFJkSHPnUx+UzAPqBacjTQH:"}}}]}}
		p = {x["portid"]: x for x in d["fabric"]["ports"]}
		s = {x["nqn"][17:]: x for x in d["fabric"]["subsystems"]}
		exec(sys.argv[2])
		json.dump(d, open(sys.argv[1], "w"), indent=1)
	PY
	chmod 600 "$img"
	begin_on "$img"
}

# The same system; a connection that was there for a while may have changed how the file is laid out.
unchanged() {
	/usr/bin/python3 -c 'import json, sys
sys.exit(json.load(open(sys.argv[1])) != json.load(open(sys.argv[1] + ".before")))' "$img"
}

# ok COMMAND ARGUMENT...: its JSON answer is in $doc and valid; exit code 0. answers N COMMAND...: exit code N.
answers() {
	local want=$1
	shift
	doc=$BATS_TEST_TMPDIR/doc
	run --separate-stderr "$NVMEKIT" --quiet "$@" -o json
	if [ "$status" -ne "$want" ]; then
		echo "exit code $status, not $want: $*"
		echo "$output"
		echo "$stderr"
		return 1
	fi
	echo "$output" >"$doc"
	valid "$1" <"$doc"
}
ok() { answers 0 "$@"; }

# is EXPRESSION VALUE: of the last answer
is() {
	local have
	have=$(json "$1" <"$doc")
	[ "$have" = "$2" ] || { echo "$1: '$have', not '$2'"; return 1; }
}

# Names of the controllers that are there, with their addresses.
there() { "$NVMEKIT" --quiet list-subsys -o json | json '" ".join(sorted(p["Name"] for h in d["Hosts"] for s in h["Subsystems"] for p in s["Paths"]))'; }

no_secrets() { [[ $output$stderr != *XmDum8* && $output$stderr != *${other_secret:12:20}* ]]; }
