#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# erase: which method, what came of it, what the samples say, and the record.
load common
load media

setup() {
	drive_args=()
	rec=$BATS_TEST_TMPDIR/record
}

# method_of ARGS...: what a dry run says that it would do
method_of() { on erase "$@" --dry-run | sed -n 's/.*note: Method: \([^,]*\), as .*/\1/p'; }

@test "erase is gated: a drive, a namespace" {
	drive_args=('times={"sanitize": 1}')
	gated erase nvme0
	gated erase nvme0n1
	# shellcheck disable=SC2034 # media.bash reads it
	drive_args=(sanicap=0)
	gated erase nvme0
}

@test "bad values are refused before anything is sent" {
	drive
	export image
	touch "$rec.txt"
	while read -r args; do
		# shellcheck disable=SC2086
		code 2 untouched sure $args
		quiet_on_wire
	done <<-END
		erase
		erase nvme0 -m best
		erase nvme0 -m 7
		erase nvme0 --verify-samples=5000
		erase nvme0 --verify-samples=x
		erase nvme0 --limit=-1
		erase nvme0 --record=$rec.txt
		erase nvme0 --record=$rec.txt --dry-run
		erase nvme0 --record=$BATS_TEST_TMPDIR/none/r.txt
		erase nvme0 --no-wait
	END
	[ ! -s "$rec.txt" ]
}

@test "the method follows from what the drive says, or is the one that is asked for" {
	while IFS='|' read -r settings args want; do
		read -ra list <<<"$settings"
		drive "${list[@]}"
		# shellcheck disable=SC2086
		got=$(method_of $args)
		[ "$got" = "$want" ] || { echo "$settings $args: '$got'"; return 1; }
	done <<-'END'
		sanicap=7|nvme0|sanitize crypto erase
		sanicap=6|nvme0|sanitize block erase
		sanicap=4|nvme0|sanitize overwrite
		sanicap=0|nvme0|format with crypto erase
		sanicap=0 fna=0|nvme0|format with user data erase
		sanicap=7|nvme0 -m block|sanitize block erase
		sanicap=7|nvme0 -m overwrite|sanitize overwrite
		sanicap=7|nvme0 -m user-data|format with user data erase
		sanicap=7|nvme0 -m format|format with crypto erase
		sanicap=7 fna=0|nvme0 -m format|format with user data erase
		sanicap=6|nvme0 -m crypto|format with crypto erase
		sanicap=7|nvme0n1|format with crypto erase
		sanicap=23|nvme0n1|sanitize namespace crypto erase
		sanicap=23|nvme0n1 -m crypto|sanitize namespace crypto erase
		sanicap=7 fna=0|nvme0n1|format with user data erase
		fna=6 ns2=none|nvme0n1|format with crypto erase
	END
}

@test "what the drive cannot is said, with what it can instead" {
	export image
	while IFS='|' read -r settings args words; do
		read -ra list <<<"$settings"
		drive "${list[@]}"
		# shellcheck disable=SC2086
		code 6 untouched sure erase $args --record="$rec.x"
		quiet_on_wire
		[ ! -e "$rec.x" ]
		[[ $stderr == *"$words"* ]] || { echo "$args: $stderr"; return 1; }
	done <<-'END'
		sanicap=0 oacs=0|nvme0|SANICAP is 0
		sanicap=0 oacs=0|nvme0|OACS bit 1
		sanicap=1|nvme0 -m block|what is possible, as --method: crypto, user-data and format
		sanicap=3|nvme0 -m overwrite|SANICAP bit 2
		sanicap=6 fna=0|nvme0 -m crypto|FNA bit 2
		sanicap=7|nvme0n1 -m block|acts on a whole drive
		fna=6|nvme0n1|nvme0n2 too (FNA bit 1 is set)
		fna=6|nvme0n1|the whole drive, nvme0 with all of its namespaces
		sanicap=0 ns2={"controllers":[]}|nvme0|does not reach what is not attached
	END
}

@test "a drive, by sanitize: the answer, the samples, the record" {
	drive 'ns2={"data": "zeroes"}'
	code 0 sure erase nvme0 --record="$rec.json" -o json
	valid erase <<<"$output"
	printf '%s' "$output" >"$BATS_TEST_TMPDIR/answer"
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/answer" "$rec.json" "$image" <<-'END'
		import json, sys, datetime
		a, r = (json.load(open(p)) for p in sys.argv[1:3])
		assert a.pop("nvmekit")["schema"] == "erase/1"
		assert all(r[k] == v for k, v in a.items()), (a, r)
		assert [r[k] for k in ("model", "serial", "firmware", "nqn", "capacity")] == ["Drive", "SER1234", "F1", "nqn.2020-01.test:drive", 81920000]
		assert (r["scope"], r["method"], r["result"], r["verification"]) == ("drive", "sanitize crypto erase", "erased", "passed")
		assert (r["scdw10"], r["sstat"] & 0x107, r["sprog"], r["status"], r["global_erased"]) == (4, 0x101, 65535, "success", True)
		assert r["system"] == sys.argv[3] and r["device"] == "/dev/nvme0" and r["tool"].startswith("nvmekit ")
		start, end = (datetime.datetime.strptime(r[k], "%Y-%m-%dT%H:%M:%SZ") for k in ("start", "end"))
		assert start <= end and abs((end - datetime.datetime.utcnow()).total_seconds()) < 60
		assert 300 <= r["duration_ms"] < 20000
		one, two = r["namespaces"]
		assert one == {"name": "nvme0n1", "nsid": 1, "size": 40960000, "verification": "passed", "samples": 16, "changed": 16,
		               "unchanged": 0, "was_blank": 0, "unreadable": 0, "reads_deallocated": 16}, one
		assert (two["verification"], two["was_blank"]) == ("blank", 16)
	END
	[ "$(stat -c %a "$rec.json")" = 600 ]
}

@test "the record as text; it takes no other file's place; none without an erasure" {
	drive 'times={"sanitize": 1}'
	code 0 sure erase nvme0 --record="$rec"
	grep -qx 'serial: SER1234' "$rec"
	grep -qx 'result: erased' "$rec"
	grep -qx 'namespaces\[1\].name: nvme0n2' "$rec"
	before=$(md5sum <"$rec")
	code 2 sure erase nvme0 --record="$rec"
	[ "$(md5sum <"$rec")" = "$before" ]
	ln -s nowhere "$rec.link"
	code 2 sure erase nvme0 --record="$rec.link"
	code 9 on erase nvme0 --record="$rec.no"
	[ ! -e "$rec.no" ]
	code 0 on erase nvme0 --record="$rec.no" --dry-run
	[ ! -e "$rec.no" ]
	code 0 sure erase nvme0 --record="$rec.odd" -o json
	/usr/bin/python3 -m json.tool "$rec.odd" >/dev/null
}

@test "a record that cannot be written: the drive is erased, and the exit code says the rest" {
	[ -w /dev/full ] || skip "no /dev/full"
	drive 'times={"sanitize": 1}'
	mkfifo "$rec.pipe" || skip "no pipes"
	code 2 sure erase nvme0 --record="$rec.pipe"
	# no room: a limit on the size of files
	run bash -c 'trap "" XFSZ; ulimit -f 0; "$0" --system demo erase nvme1 --force --record="$1"' "$NVMEKIT" "$rec.full"
	[ "$status" = 1 ]
	[[ $output == *"could not be written"* ]]
}

@test "a drive, by format: each namespace keeps its format, one command each" {
	drive sanicap=0 'id1={"flbas": 4, "dps": 1}'
	code 0 sure erase nvme0 -o json --trace
	[ "$(json '[d["method"], d["verification"], [n["changed"] for n in d["namespaces"]]]' <<<"$output")" = \
		"['format with crypto erase', 'passed', [16, 16]]" ]
	[ "$(grep -c 'admin format:' <<<"$stderr")" = 2 ]
	[ "$(on id-ns nvme0n1 -o json | json 'd["flbas"], d["dps"], d["nuse"]')" = "(4, 1, 0)" ]
	# a drive that erases all of them at once: one command
	drive sanicap=0 fna=6
	code 0 sure erase nvme0 --trace
	[ "$(grep -c 'admin format:' <<<"$stderr")" = 1 ]
	[ "$(grep -c '"data": "zeroes"' "$image")" = 2 ]
}

@test "one namespace, and its neighbour is left alone" {
	for settings in sanicap=7 sanicap=23; do
		drive $settings
		code 0 sure erase nvme0n2 -o json
		[ "$(json '[d["scope"], d["verification"], [n["name"] for n in d["namespaces"]]]' <<<"$output")" = \
			"['namespace', 'passed', ['nvme0n2']]" ]
		[ "$(on id-ns nvme0n1 -o json | json 'd["nuse"]')" = 500 ]
		[ "$(on id-ns nvme0n2 -o json | json 'd["nuse"]')" = 0 ]
	done
}

@test "a drive that says it is erased, and is not" {
	drive sanicap=0 'fail=[{"opcode": 128, "status": 0}]'
	code 16 sure erase nvme0 --record="$rec.json" -o json
	[ "$(json 'd["error"]["class"]' <<<"$output")" = health ]
	[[ $stderr == *"still holds what it held before"* ]]
	[ "$(json '[d["result"], d["verification"], d["namespaces"][0]["unchanged"]]' <"$rec.json")" = "['failed', 'failed', 16]" ]
	# a sanitize that was never started: the log is about nothing, or about another one
	drive 'fail=[{"opcode": 132, "status": 0}]'
	code 5 sure erase nvme0
	[[ $stderr == *"nothing was ever sanitized"* ]]
	drive 'fail=[{"opcode": 132, "status": 0}]' 'logs={"sanitize": {"sprog": 65535, "sstat": 257, "cdw10_info": 2}}'
	code 7 sure erase nvme0 --record="$rec.txt"
	[[ $stderr == *"about another operation"* ]]
	grep -qx 'result: failed' "$rec.txt"
	grep -qx 'verification: not-reached' "$rec.txt"
}

@test "what cannot be decided is not called passed" {
	drive 'ns1={"data": "zeroes"}' 'ns2={"data": "zeroes"}' 'times={"sanitize": 1}'
	code 0 "$NVMEKIT" --system "$image" erase nvme0 --yes --expect-serial=SER1234 -o json </dev/null
	[[ $stderr == *"neither that it is nor that it is not"* ]]
	[ "$(json '[d["result"], d["verification"], d["namespaces"][1]["verification"]]' <<<"$output")" = "['erased', 'undecided', 'blank']" ]
	# blocks that cannot be read
	drive 'fail=[{"opcode": 2, "io": true, "status": "0x4281"}]' 'times={"sanitize": 1}'
	code 0 sure erase nvme0 -o json
	[ "$(json '[d["verification"], d["namespaces"][0]["unreadable"]]' <<<"$output")" = "['undecided', 16]" ]
	# a namespace without a node
	drive 'ns2={"controllers": []}' 'times={"sanitize": 1}'
	code 0 sure erase nvme0 -o json
	[ "$(json '[(n["verification"], n.get("why")) for n in d["namespaces"]]' <<<"$output")" = \
		"[('passed', None), ('undecided', 'it has no node here')]" ]
	[ "$(json 'd["verification"]' <<<"$output")" = undecided ]
	# nobody wanted to know
	drive 'times={"sanitize": 1}'
	code 0 sure erase nvme0 --verify-samples=0 -o json --trace
	[ "$(json '[d["verification"], d["namespaces"][0]["verification"]]' <<<"$output")" = "['skipped', 'skipped']" ]
	[[ $stderr != *"I/O"* ]]
	code 0 sure erase nvme0 --verify-samples=1 -o json
	[ "$(json 'd["namespaces"][0]["samples"]' <<<"$output")" = 1 ]
}

@test "samples with metadata, and of namespaces that are smaller than a sample" {
	for id1 in '{"flbas": 4}' '{"flbas": 20}' '{"flbas": 18, "dps": 1}' '{"nsze": 3, "ncap": 3}' '{"nsze": 1, "ncap": 1}'; do
		drive "id1=$id1" 'times={"sanitize": 1}'
		code 0 sure erase nvme0 -o json
		[ "$(json 'd["namespaces"][0]["changed"]' <<<"$output")" = 16 ]
	done
}

@test "the drive fails, takes too long, goes away: exit code, record, and how to go on" {
	drive 'times={"sanitize": 50, "sanitize_fails_at": 50}'
	code 5 sure erase nvme0 --record="$rec.1"
	[[ $stderr == *"data may be left on it"* ]]
	grep -qx 'result: failed' "$rec.1"
	grep -qx 'status: failed' "$rec.1"
	grep -qx 'state: restricted-failure' "$rec.1"
	drive 'times={"sanitize": 60000}'
	code 8 sure erase nvme0 --limit=150ms --record="$rec.2"
	[[ $stderr == *"nvmekit wait nvme0 --for=sanitize"* ]]
	grep -qx 'result: unfinished' "$rec.2"
	grep -qx 'status: in-progress' "$rec.2"
	code 5 sure erase nvme0 --record="$rec.3"
	[[ $stderr == *"watches the operation that is under way"* ]]
	drive 'fail=[{"opcode": 132, "gone": true}]'
	code 3 sure erase nvme0 --record="$rec.4"
	grep -qx 'result: unfinished' "$rec.4"
	drive sanicap=0 'fail=[{"opcode": 128, "skip": 1, "status": "0x4006"}]'
	code 5 sure erase nvme0 --record="$rec.5"
	[[ $stderr == *"Format NVM of nvme0n2 (2 of 2)"* ]]
	grep -q '^error: Format NVM of nvme0n2' "$rec.5"
	drive sanicap=0 'fail=[{"opcode": 128, "timeout": true}]'
	code 8 sure erase nvme0 --record="$rec.6"
	[[ $stderr == *--timeout* ]]
	grep -qx 'result: unfinished' "$rec.6"
}

@test "what a drive says of itself does not break the record" {
	drive 'times={"sanitize": 1}'
	sed -i 's/"mn": "Drive"/"mn": "Dr\\u001b[2Jive\\nresult: x"/' "$image"
	code 0 sure erase nvme0 --record="$rec"
	[ "$(grep -c '^result: ' "$rec")" = 1 ]
	run ! grep -q $'\e' "$rec"
	code 0 sure erase nvme0 --record="$rec.json"
	/usr/bin/python3 -m json.tool "$rec.json" >/dev/null
}
