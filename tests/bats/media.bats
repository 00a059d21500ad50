#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# format, sanitize, sanitize-ns, device-self-test, wait, and the log pages that belong to them.
load common
load media

setup() { drive_args=(); }

# --- the gate ---

@test "format is gated" { gated format nvme0n1 -l 1; }
@test "format of all is gated" { gated format nvme0 -n all -l 1; }
@test "sanitize is gated, whichever node is named" {
	drive_args=('times={"sanitize": 1}')
	gated sanitize nvme0n2 -a crypto-erase
}
@test "sanitize-ns is gated" {
	# shellcheck disable=SC2034 # media.bash reads it
	drive_args=('sanicap=19')
	gated sanitize-ns nvme0n1 -a crypto-erase
}

@test "bad values are refused before anything is sent" {
	drive
	export image
	while read -r args; do
		# shellcheck disable=SC2086
		code 2 untouched sure $args
		quiet_on_wire
		[ -n "$stderr" ]
	done <<-'END'
		format nvme0
		format nvme0n1 -n 0
		format nvme0n1 -n 7
		sanitize-ns nvme0 -n 7 -a crypto-erase
		format nvme0n1 -l 64
		format nvme0n1 -l 7
		format nvme0n1 -l 6
		format nvme0n1 -l 1 -b 512
		format nvme0n1 -l 1 --metadata-size=8
		format nvme0n1 -b 0
		format nvme0n1 -b 777
		format nvme0n1 -b 512 --metadata-size=16
		format nvme0n1 --metadata-size=99999
		format nvme0n1 -s 3
		format nvme0n1 -s secure
		format nvme0n1 -i 4
		format nvme0n1 -l 1 -i 1
		format nvme0n1 -p first
		format nvme0n1 -i none -p first
		format nvme0n1 -m extended
		format nvme0n1 -m 2
		sanitize nvme0
		sanitize nvme0 -a 0
		sanitize nvme0 -a 6
		sanitize nvme0 -a erase
		sanitize nvme0 -a crypto-erase -p 1
		sanitize nvme0 -a crypto-erase -n 1
		sanitize nvme0 -a block-erase -i
		sanitize nvme0 -a overwrite -n 17
		sanitize nvme0 -a overwrite -p 0x100000000
		sanitize nvme0 -a exit-failure -u
		sanitize nvme0 -a exit-failure -d
		sanitize nvme0 -a exit-failure --wait
		sanitize nvme0 -a exit-media-verification -e
		sanitize nvme0 -a block-erase -d -e
		sanitize nvme0 -a block-erase --wait=soon
		sanitize-ns nvme0n1 -a block-erase
		sanitize-ns nvme0n1 -a 2
		sanitize-ns nvme0 -a crypto-erase
		sanitize-ns nvme0 -n 0xffffffff -a crypto-erase
		device-self-test nvme0 -s 1 --yes
		wait nvme0 --for=sanitize --yes
	END
	while read -r args; do
		# shellcheck disable=SC2086
		code 2 untouched on $args
		quiet_on_wire
	done <<-'END'
		device-self-test nvme0 --wait
		device-self-test nvme0 -s 0 -w
		device-self-test nvme0 -s 4
		device-self-test nvme0 -s 16
		device-self-test nvme0 -s abort --wait
		device-self-test nvme0 -s short -n 4294967296
		wait nvme0
		wait nvme0 --for=format
		wait nvme0 --for=sanitize -n 1
		wait nvme0 --for=sanitize-ns
		wait nvme0 --for=sanitize --limit=-1
		self-test-log nvme0 -e 0
		self-test-log nvme0 -e 21
	END
}

@test "what the drive cannot: exit code 6, the bit, and what is possible instead" {
	export image
	while IFS='|' read -r settings args words; do
		read -ra list <<<"$settings"
		drive "${list[@]}"
		# shellcheck disable=SC2086
		code 6 untouched on $args
		quiet_on_wire
		[[ $stderr == *"$words"* ]] || { echo "$args: $stderr"; return 1; }
	done <<-'END'
		oacs=0|format nvme0n1|OACS bit 1
		oacs=0|format nvme0n1|nvmekit sanitize
		fna=0|format nvme0n1 -s crypto|FNA bit 2
		fna=0|format nvme0n1 -s crypto|--ses=user-data
		fna=4|format nvme0n1 -l 2 -i 2|DPC bit 1
		fna=4|format nvme0n1 -l 2 -i 2|it has type 1
		fna=4|format nvme0n1 -l 2 -i 1 -p first|DPC bit 3
		id1={"mc":1}|format nvme0n1 -l 2 -m separate|MC bit 1
		id1={"mc":2}|format nvme0n1 -l 2 -m extended|MC bit 0
		sanicap=0|sanitize nvme0 -a crypto-erase|SANICAP is 0
		sanicap=0|sanitize nvme0 -a crypto-erase|format --ses=crypto
		sanicap=1|sanitize nvme0 -a block-erase|SANICAP bit 1
		sanicap=6|sanitize nvme0 -a crypto-erase|it can by block-erase and overwrite
		sanicap=3|sanitize nvme0 -a overwrite|SANICAP bit 2
		sanicap=7|sanitize nvme0 -a crypto-erase -e|SANICAP bit 3
		sanicap=7|sanitize nvme0 -a exit-media-verification|SANICAP bit 3
		sanicap=536870919 features={"0x17":{"current":0}}|sanitize nvme0 -a block-erase -d|SANICAP bit 29
		logs={"effects":{"acs":[{"opcode":132,"csupp":1}]}}|sanitize-ns nvme0n1 -a crypto-erase|does not list 8Ch
		sanicap=7|sanitize-ns nvme0n1 -a crypto-erase -e|SANICAP bit 4
		oacs=0|device-self-test nvme0 -s short|OACS bit 4
		dsto=0|device-self-test nvme0 -s host-initiated-refresh|DSTO bit 1
		sanicap=0|wait nvme0 --for=sanitize|SANICAP is 0
		oacs=0|wait nvme0 --for=self-test|OACS bit 4
	END
}

@test "an error status, no answer, a drive that goes away" {
	export image
	while IFS='|' read -r opcode args; do
		drive "fail=[{\"opcode\": $opcode, \"status\": \"0x4006\"}]"
		# shellcheck disable=SC2086
		code 5 $args
		[[ $stderr == *"Internal Error"* ]]
		# shellcheck disable=SC2086
		code 5 $args -o json
		[ "$(json 'd["error"]["status"]["sc"]' <<<"$output")" = 6 ]
		drive "fail=[{\"opcode\": $opcode, \"timeout\": true}]"
		# shellcheck disable=SC2086
		code 8 $args
		drive "fail=[{\"opcode\": $opcode, \"gone\": true}]"
		# shellcheck disable=SC2086
		code 3 $args
		# shellcheck disable=SC2086
		code 3 $args
		[[ $stderr == *dead* ]]
	done <<-'END'
		128|sure format nvme0n1 -l 1
		132|sure sanitize nvme0 -a block-erase
		132|sure sanitize nvme0 -a block-erase --wait
		20|on device-self-test nvme0 -s short
		2|on wait nvme0 --for=sanitize
		2|on wait nvme0 --for=self-test
		2|on sanitize-log nvme0
		2|on self-test-log nvme0
	END
	drive 'fail=[{"opcode": 140, "gone": true}]' sanicap=19
	code 3 sure sanitize-ns nvme0n1 -a crypto-erase
}

# --- format ---

@test "format: block size, metadata, protection information" {
	drive
	code 0 sure format nvme0n1 -b 4096 -o json
	valid format <<<"$output"
	[ "$(json '[d["ses"], d["ses_name"], d["secure_erase"], d["namespaces"], d["reset"]]' <<<"$output")" = \
		"[0, 'none', False, [{'nsid': 1, 'lbaf': 1, 'block_size': 4096, 'metadata_size': 0, 'pi': 0, 'pi_name': 'none'}], False]" ]
	[ "$(on id-ns nvme0n1 -o json | json 'd["flbas"], d["nsze"]')" = "(1, 10000)" ]
	# two formats of that size: the faster one, and said so
	code 0 "$NVMEKIT" --system "$image" format nvme0n1 -b 4096 --metadata-size 8 -i 1 -s crypto --yes --expect-serial=SER1234
	[[ $stderr == *"2 formats"*"4 is taken"* ]]
	[[ $stderr != *"no secure erase"* ]]
	[ "$(on id-ns nvme0n1 -o json | json 'd["flbas"], d["dps"], d["nuse"]')" = "(4, 1, 0)" ]
	# nothing named: everything stays as it is
	code 0 "$NVMEKIT" --system "$image" format nvme0n1 --yes --expect-serial=SER1234
	[[ $stderr == *"no secure erase was asked for"* ]]
	[[ $output == *"secure_erase : no"* ]]
	[ "$(on id-ns nvme0n1 -o json | json 'd["flbas"], d["dps"]')" = "(4, 1)" ]
	# a format is named: no protection information unless it is asked for
	code 0 sure format nvme0n1 -l 2
	[ "$(on id-ns nvme0n1 -o json | json 'd["flbas"], d["dps"]')" = "(2, 0)" ]
	code 0 sure format nvme0n1 -m extended
	[ "$(on id-ns nvme0n1 -o json | json 'd["flbas"]')" = 18 ]
	[ "$(on id-ns nvme0n2 -o json | json 'd["flbas"], d["nuse"]')" = "(0, 500)" ]
}

@test "format: metadata in the one way that there is" {
	drive 'id1={"mc": 1}'
	code 0 sure format nvme0n1 -l 2
	[ "$(on id-ns nvme0n1 -o json | json 'd["flbas"]')" = 18 ]
}

@test "format: the list of what there is" {
	drive
	code 2 sure format nvme0n1 -b 777
	[[ $stderr == *"0 (512+0), 1 (4096+0), 2 (512+8), 3 (4096+8), 4 (4096+8), 5 (4096+64)"* ]]
}

@test "format: a drive that formats or erases all namespaces wants to hear it" {
	export image
	for how in "1|-s none|bit 0" "2|-s user-data|bit 1" "6|-s crypto|bit 1"; do
		IFS='|' read -r fna ses bit <<<"$how"
		drive "fna=$fna"
		# shellcheck disable=SC2086
		code 2 untouched sure format nvme0n1 $ses
		[[ $stderr == *"$bit"*"nvme0n1, nvme0n2 would be lost"*--namespace-id=all* ]]
		quiet_on_wire
		# shellcheck disable=SC2086
		code 0 sure format nvme0n1 -n all $ses
		[ "$(grep -c '"data": "zeroes"' "$image")" = 2 ]
	done
	# the other bit is not about it, and a drive with one namespace has no others to lose
	drive fna=2
	code 0 sure format nvme0n1
	[ "$(grep -c '"data": "zeroes"' "$image")" = 1 ]
	drive fna=1 ns2=none
	code 0 sure format nvme0n1
	# those that are attached nowhere are lost too
	drive fna=1 'ns2={"controllers": []}'
	code 2 sure format nvme0n1
}

@test "format: all, one after the other where the drive has no NSID FFFFFFFFh" {
	export image
	drive fna=8
	code 0 sure format nvme0 -n all -l 1 --trace
	[ "$(grep -c 'admin format: nsid 0x[12] ' <<<"$stderr")" = 2 ]
	# all at once: one of them stands for all
	drive fna=9
	code 0 sure format nvme0 -n all -l 1 --trace
	[ "$(grep -c 'admin format: nsid 0x1 ' <<<"$stderr")" = 1 ]
	[ "$(grep -c 'admin format:' <<<"$stderr")" = 1 ]
	drive fna=0
	code 0 sure format nvme0 -n all -l 1 --trace
	[ "$(grep -c 'admin format: nsid 0xffffffff ' <<<"$stderr")" = 1 ]
	# the second one fails: that the first is done is said
	drive fna=8 'fail=[{"opcode": 128, "skip": 1, "status": "0x4006"}]'
	code 5 sure format nvme0 -n all -l 1
	[[ $stderr == *"Format NVM of nvme0n2 (the 1 before it"* ]]
	# one command, one format
	drive 'id1={"flbas": 1}'
	code 2 untouched sure format nvme0 -n all
	[[ $stderr == *"nvme0n1 and nvme0n2 would be different"* ]]
}

@test "format: the time limit, and what it means" {
	drive 'times={"format": 400}'
	code 8 sure format nvme0n1 -l 1 --timeout=100ms
	[[ $stderr == *--timeout* ]]
	[ "$(on id-ns nvme0n1 -o json | json 'd["flbas"]')" = 0 ]
	code 0 sure format nvme0n1 -l 1
	[ "$(on id-ns nvme0n1 -o json | json 'd["flbas"]')" = 1 ]
	code 0 on format nvme0n1 -l 1 --dry-run
	"$NVMEKIT" help format | grep -q '10 minutes'
}

@test "format: the plan says that nothing is erased securely" {
	drive
	code 0 on format nvme0n1 --dry-run
	[[ $output == *"No secure erase is asked for"* ]]
	code 0 on format nvme0n1 --dry-run -s crypto
	[[ $output != *"No secure erase"* ]]
}

@test "format: and a reset" {
	drive
	code 0 sure format nvme0n1 -l 1 --reset -o json
	[ "$(json 'd["reset"]' <<<"$output")" = True ]
	code 0 on format nvme0n1 -r --dry-run -o json
	[ "$(json 'len(d["commands"])' <<<"$output")" = 2 ]
}

# --- sanitize ---

@test "sanitize: start, log, wait" {
	drive 'times={"sanitize": 60000}'
	code 0 sure sanitize nvme0 -a start-block-erase -o json
	valid sanitize <<<"$output"
	[ "$(json '[d["sanact"], d["sanact_name"], d["status"]]' <<<"$output")" = "[2, 'block-erase', 'started']" ]
	code 0 on sanitize-log nvme0 -o json
	valid sanitize-log <<<"$output"
	[ "$(json '[d["sstat_bits"]["status_name"], d["cdw10_info"], d["sprog"] < 65535]' <<<"$output")" = "['in-progress', 2, True]" ]
	code 5 sure sanitize nvme0 -a crypto-erase
	[[ $stderr == *"nvmekit wait nvme0 --for=sanitize"* ]]
	code 5 sure format nvme0n1
	hurry
	code 0 on wait nvme0 --for=sanitize -o json
	valid wait <<<"$output"
	[ "$(json '[d["operation"], d["status"], d["global_erased"]]' <<<"$output")" = "['sanitize', 'success', True]" ]
	code 0 on sanitize-log nvme0
	[[ $output == *"sprog"*65535* ]]
	code 0 on sanitize-log nvme0 -b
	[ "$("$NVMEKIT" --system "$image" --quiet sanitize-log nvme0 -b | wc -c)" = 512 ]
}

@test "sanitize --wait: each method, with what belongs to it" {
	drive
	code 0 sure sanitize nvme0 -a crypto-erase --wait -o json
	valid sanitize <<<"$output"
	[ "$(json '[d["status"], d["global_erased"], d["ause"]]' <<<"$output")" = "['success', True, False]" ]
	code 0 sure sanitize nvme0 -a overwrite -n 2 -i -p 0xdeadbeef -u --wait=10s --trace
	[[ $stderr == *"cdw10-15 0000012b deadbeef"* ]]
	[[ $output == *"passes"*2* ]]
	code 0 sure sanitize nvme0n1 -a 2 -d -w --trace
	[[ $stderr == *"cdw10-15 00000202"* ]]
	[ "$(on id-ns nvme0n1 -o json | json 'd["nuse"]')" = 0 ]
	code 0 sure sanitize nvme0 -a overwrite --dry-run -o json
	[ "$(json 'd["commands"][0]["cdw10"]' <<<"$output")" = 19 ]
	code 0 sure sanitize nvme0 -a overwrite -n 16 --dry-run -o json
	[ "$(json 'd["commands"][0]["cdw10"]' <<<"$output")" = 3 ]
}

@test "sanitize --wait: progress as events" {
	drive
	code 0 sure sanitize nvme0 -a block-erase --wait --progress=json
	tail -n 1 <<<"$stderr" | /usr/bin/python3 -m json.tool >/dev/null
	[[ $stderr == *"Sanitize (block erase)"* ]]
}

@test "sanitize: the limit, a stall, a drive that goes away" {
	drive 'times={"sanitize": 60000}'
	code 8 sure sanitize nvme0 -a block-erase --wait=200ms
	[[ $stderr == *"time limit"*"goes on in the drive"*"nvmekit wait nvme0 --for=sanitize"* ]]
	[[ $stderr == *"--system=$image"* ]]
	code 8 on wait nvme0 --for=sanitize --limit=50ms
	drive 'times={"sanitize": 100, "sanitize_stalls_at": 40}'
	code 8 sure sanitize nvme0 -a block-erase --wait --stall=300ms
	[[ $stderr == *"no progress any more"*" at 40%"* ]]
	# two looks at the log, and then nobody answers
	drive 'times={"sanitize": 60000}' 'fail=[{"opcode": 2, "select": 129, "skip": 3, "gone": true}]'
	code 3 sure sanitize nvme0 -a block-erase --wait
	[[ $stderr == *"was under way at 0%"*"nobody knows whether it goes on"* ]]
}

@test "sanitize --wait: Ctrl-C leaves it running and says so" {
	drive 'times={"sanitize": 60000}'
	"$NVMEKIT" --system "$image" sanitize nvme0 -a block-erase --wait --yes --expect-serial=SER1234 </dev/null \
		2>"$BATS_TEST_TMPDIR/err" &
	pid=$!
	for _ in $(seq 50); do
		grep -q '"sanitize"' "$image" && break
		sleep 0.02
	done
	sleep 0.1
	kill -INT $pid
	rc=0
	wait $pid || rc=$?
	[ "$rc" = 8 ]
	grep -q "no longer watched.*goes on in the drive" "$BATS_TEST_TMPDIR/err"
	[ "$(on sanitize-log nvme0 -o json | json 'd["sstat_bits"]["status"]')" = 2 ]
}

@test "sanitize: a failure, and the way out of it" {
	drive 'times={"sanitize": 50, "sanitize_fails_at": 50, "sanitize_failures": 2}'
	code 5 sure sanitize nvme0 -a block-erase --wait -o json
	[ "$(json 'd["error"]["class"]' <<<"$output")" = status ]
	[[ $stderr == *"Sanitize (block erase) failed"*"restricted-failure"*"data may be left"* ]]
	code 5 on wait nvme0 --for=sanitize
	code 5 sure sanitize nvme0 -a exit-failure
	[[ $stderr == *"only another one ends that"* ]]
	code 5 sure sanitize nvme0 -a crypto-erase -w
	code 0 sure sanitize nvme0 -a crypto-erase -w
	drive 'times={"sanitize": 50, "sanitize_fails_at": 50}'
	code 5 sure sanitize nvme0 -a block-erase --ause --wait
	[[ $stderr == *"unrestricted-failure"*"--sanact=exit-failure"* ]]
	# nothing is destroyed by that: it does not ask
	code 0 on sanitize nvme0 -a exit-failure
	code 0 sure format nvme0n1
}

@test "sanitize: media verification" {
	drive sanicap=15 'times={"sanitize": 50, "deallocate": 50}'
	code 0 sure sanitize nvme0 -a crypto-erase --emvs --wait -o json
	[ "$(json '[d["status"], d["state"]]' <<<"$output")" = "['in-progress', 'media-verification']" ]
	code 0 on wait nvme0 --for=sanitize -o json
	[ "$(json 'd["state"]' <<<"$output")" = media-verification ]
	code 0 on sanitize nvme0 -a exit-media-verification --wait -o json
	[ "$(json 'd["status"]' <<<"$output")" = success ]
}

@test "sanitize: what a drive does that always deallocates" {
	drive sanicap=536870919 'features={"0x17": {"current": 1}}'
	code 0 "$NVMEKIT" --system "$image" sanitize nvme0 -a block-erase -d --wait -o json --yes --expect-serial=SER1234
	[[ $stderr == *"always deallocates"* ]]
	[ "$(json 'd["status"]' <<<"$output")" = success-deallocated ]
}

@test "sanitize: SSTAT decides, not the progress; a page that breaks off" {
	drive 'logs={"sanitize": {"sprog": 0, "sstat": 2, "cdw10_info": 2}}'
	code 8 on wait nvme0 --for=sanitize --limit=100ms
	drive 'logs={"sanitize": {"sprog": 65535, "sstat": 3, "cdw10_info": 2}}'
	code 5 on wait nvme0 --for=sanitize
	drive 'logs={"sanitize": {"sprog": 65535, "sstat": 1, "cdw10_info": 2}}'
	code 0 on wait nvme0 --for=sanitize
	drive 'logs={"sanitize": {"sprog": 65535, "sstat": 7, "cdw10_info": 2}}'
	code 7 on wait nvme0 --for=sanitize
	drive
	code 5 on wait nvme0 --for=sanitize
	[[ $stderr == *"nothing was ever sanitized"* ]]
	drive 'logs={"sanitize": {"received": 2}}'
	code 7 on wait nvme0 --for=sanitize
	[[ $stderr == *"ends before the status"* ]]
}

@test "sanitize-ns" {
	drive sanicap=23
	code 0 sure sanitize-ns nvme0n1 -a start-crypto-erase --wait -o json
	valid sanitize-ns <<<"$output"
	[ "$(json '[d["nsid"], d["status"]]' <<<"$output")" = "[1, 'success']" ]
	[ "$(on id-ns nvme0n1 -o json | json 'd["nuse"]')" = 0 ]
	[ "$(on id-ns nvme0n2 -o json | json 'd["nuse"]')" = 500 ]
	code 0 sure sanitize-ns nvme0 -n 2 -a 4
	code 0 on wait nvme0n2 --for=sanitize-ns
	code 0 on wait nvme0 -n 2 --for=sanitize-ns
	code 5 on wait nvme0 --for=sanitize
	code 0 on sanitize-log nvme0 -n 2 -o json
	[ "$(json 'd["sstat_bits"]["status"]' <<<"$output")" = 1 ]
}

# --- self-test ---

@test "device-self-test: start, log, abort, results" {
	drive 'times={"self-test": 60000}'
	code 0 on device-self-test nvme0 -s short -o json
	valid device-self-test <<<"$output"
	[ "$(json '[d["nsid"], d["status"], d["estimate"]]' <<<"$output")" = "[4294967295, 'started', 120]" ]
	code 0 on self-test-log nvme0 -o json
	valid self-test-log <<<"$output"
	[ "$(json 'd["current_operation_bits"]["operation_name"], d["results"]' <<<"$output")" = "('short', [])" ]
	code 5 on device-self-test nvme0 -s 2
	[[ $stderr == *"one test at a time"*"nvmekit wait nvme0 --for=self-test"* ]]
	code 0 on device-self-test nvme0 -s abort
	[[ $output == *aborted* ]]
	code 0 on device-self-test nvme0n2 -s extended -o json
	[ "$(json '[d["nsid"], d["estimate"]]' <<<"$output")" = "[2, 60]" ]
	code 0 on device-self-test nvme0 -s f
	code 0 on device-self-test nvme0 -s e -n none
	code 0 on device-self-test nvme0 -s 0xf
	code 0 on self-test-log nvme0 -o json
	[ "$(json '[(r["dsts_bits"]["code_name"], r["dsts_bits"]["result_name"]) for r in d["results"]]' <<<"$output")" = \
		"[('vendor', 'aborted-by-command'), ('extended', 'aborted-by-command'), ('short', 'aborted-by-command')]" ]
	code 0 on self-test-log nvme0 -e 1 -o json
	[ "$(json 'len(d["results"])' <<<"$output")" = 1 ]
	code 0 on self-test-log nvme0 --all -o json
	[ "$(json 'len(d["results"])' <<<"$output")" = 20 ]
	[ "$("$NVMEKIT" --system "$image" --quiet self-test-log nvme0 -b | wc -c)" = 564 ]
	code 5 on device-self-test nvme0 -s short -n 9
	export image
	code 0 untouched on device-self-test nvme0 -s short --dry-run
	quiet_on_wire
	[[ $output == *"Device Self-test"* ]]
}

@test "device-self-test --wait: the result decides" {
	drive
	code 0 on device-self-test nvme0 -s short --wait -o json
	valid device-self-test <<<"$output"
	[ "$(json '[d["test"], d["result"], d["power_on_hours"]]' <<<"$output")" = "['short', 'passed', 12]" ]
	code 0 on wait nvme0 --for=self-test
	drive dsto=2
	code 0 on device-self-test nvme0 -s host-initiated-refresh -w
	drive 'times={"self-test": 50, "self-test_fails_at": 50, "self-test_fails_segment": 3, "self-test_fails_lba": 4711}'
	code 16 "$NVMEKIT" --system "$image" device-self-test nvme0n2 -s short --wait -o json
	valid device-self-test <<<"$output"
	[ "$(json '[d[k] for k in ("result", "segment", "failing_nsid", "failing_lba", "failing_status")]' <<<"$output")" = \
		"['failed-segment', 3, 2, 4711, 641]" ]
	[[ $stderr == *"segment 3, namespace 2, block 4711, Unrecovered Read Error"* ]]
	code 16 on wait nvme0 --for=self-test -o json
	valid wait <<<"$output"
	drive 'times={"self-test": 50, "self-test_fails_at": 50, "self-test_fails_segment": 0}'
	code 16 on device-self-test nvme0 -s short --wait
	[[ $output == *failed-unknown-segment* ]]
}

@test "device-self-test --wait: aborted by somebody else, the limit, gone" {
	drive 'times={"self-test": 60000}'
	code 8 on device-self-test nvme0 -s extended --wait=100ms
	[[ $stderr == *"goes on in the drive"*"nvmekit wait nvme0 --for=self-test"* ]]
	on wait nvme0 --for=self-test >"$BATS_TEST_TMPDIR/out" 2>&1 &
	pid=$!
	sleep 0.1
	sure format nvme0n1
	rc=0
	wait $pid || rc=$?
	[ "$rc" = 16 ]
	grep -q aborted-by-format "$BATS_TEST_TMPDIR/out"
	drive 'times={"self-test": 60000}' 'fail=[{"opcode": 2, "select": 6, "skip": 2, "gone": true}]'
	code 3 on device-self-test nvme0 -s short --wait
	[[ $stderr == *"was under way"* ]]
	drive 'logs={"self-test": {"received": 1}}'
	code 7 on wait nvme0 --for=self-test
	drive
	code 5 on wait nvme0 --for=self-test
	[[ $stderr == *"no result"* ]]
}

@test "hostile: every bit set, answers that break off" {
	for what in '{"bytes": "'"$(printf 'ff%.0s' {1..4096})"'"}' '{"received": 300}'; do
		drive sanicap=7
		/usr/bin/python3 -I -S - "$image" "$what" <<-'END'
			import json, sys
			d = json.load(open(sys.argv[1])); s = d["subsystems"][0]
			page = json.loads(sys.argv[2])
			s["controllers"][0]["identify"] = page
			s["controllers"][0]["logs"] = {"sanitize": page if len(page.get("bytes", "")) < 9 else {"bytes": "ff" * 512},
			                               "self-test": page if len(page.get("bytes", "")) < 9 else {"bytes": "ff" * 564}}
			for n in s["namespaces"]:
			    n["identify"] = page
			json.dump(d, open(sys.argv[1], "w"))
		END
		for args in "format nvme0n1 --force" "format nvme0 -n all -b 4096 --force" "sanitize nvme0 -a crypto-erase --wait=50 --force" \
			"sanitize-ns nvme0n1 -a 4 --wait=50 --force" "device-self-test nvme0 -s 2 --wait=50" "wait nvme0 --for=self-test --limit=50" \
			"wait nvme0 --for=sanitize --limit=50" "erase nvme0 --limit=50 --force" "erase nvme0n1 --limit=50 --force" \
			"self-test-log nvme0" "sanitize-log nvme0"; do
			# shellcheck disable=SC2086
			run --separate-stderr on $args -o json
			[ "$status" -ne 1 ] && [ "$status" -lt 100 ] || { echo "$args: $status $stderr"; return 1; }
			printf '%s\0' "$output"
		done >"$BATS_TEST_TMPDIR/answers"
		/usr/bin/python3 -I -S -c 'import json, sys
answers = open(sys.argv[1]).read().split("\0")[:-1]
assert len(answers) == 11
for a in answers:
    json.loads(a)' "$BATS_TEST_TMPDIR/answers"
	done
}

@test "the demo drives: a few seconds each, one of them fails its test" {
	code 0 demo sanitize nvme0 -a crypto-erase --wait=5s --force
	code 0 demo device-self-test nvme0 -s short --wait=5s
	code 16 demo device-self-test nvme1 -s short --wait=5s
	code 0 demo wait nvme0 --help
}
