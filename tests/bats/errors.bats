#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Bad input: a clear sentence, the documented exit code, nothing half-done.
load common

@test "unknown command, with a suggestion" {
	code 2 demo smart-lag
	[[ $stderr == *smart-log* ]]
	[ -z "$output" ]
}

@test "no device, unknown device, ambiguous device" {
	code 2 demo smart-log
	code 3 demo smart-log nvme99
	[[ $stderr == *nvme99* ]]
	code 3 demo smart-log serial=NOSUCH
	code 3 demo smart-log "nqn=nqn.1999-01.example:nothing"
}

@test "extra operands and unknown options" {
	code 2 demo smart-log nvme0 nvme1
	[[ $stderr == *nvme1* ]]
	code 2 demo smart-log nvme0 --frobnicate
	[[ $stderr == *frobnicate* ]]
	code 2 demo id-ns nvme0n1 --namespace-id
	code 2 demo id-ns nvme0n1 --namespace-id=1x
	code 2 demo id-ns nvme0n1 --namespace-id=4294967296
	code 2 demo id-ns nvme0n1 --namespace-id=-1
}

@test "a namespace is needed" {
	code 2 demo id-ns nvme0
	[[ $stderr == *--namespace-id* ]]
}

@test "binary is refused where there are no bytes" {
	code 2 demo list -o binary
	[ -z "$output" ]
	code 2 demo version -o binary
}

@test "status from the controller: exit code 5 or 6, with words" {
	code 6 demo get-log nvme0 -i 0xee -l 512
	[[ $stderr == *"Invalid Log Page"* ]]
	code 6 demo admin-passthru nvme0 -O 0x55
	[[ $stderr == *"Invalid Command Opcode"* ]]
	code 5 demo id-ns nvme0 -n 77
}

@test "status in JSON: every part of it" {
	run --separate-stderr demo admin-passthru nvme0 -O 0x55 -o json
	[ "$status" -eq 6 ]
	[ "$(json 'd["error"]["status"]["sc"]' <<<"$output")" = 1 ]
	[ "$(json 'd["error"]["status"]["sct"]' <<<"$output")" = 0 ]
	[ "$(json 'd["error"]["class"]' <<<"$output")" = unsupported ]
	[ "$(json 'd["error"]["device"]' <<<"$output")" = /dev/nvme0 ]
}

@test "a file that is no image" {
	echo hello >"$BATS_TEST_TMPDIR/x"
	code 7 "$NVMEKIT" --system "$BATS_TEST_TMPDIR/x" list
	[[ $stderr == *"$BATS_TEST_TMPDIR/x"* ]]
	echo '{"something": "else"}' >"$BATS_TEST_TMPDIR/x"
	code 7 "$NVMEKIT" --system "$BATS_TEST_TMPDIR/x" list
	: >"$BATS_TEST_TMPDIR/x"
	code 7 "$NVMEKIT" --system "$BATS_TEST_TMPDIR/x" list
	run --separate-stderr "$NVMEKIT" --system "$BATS_TEST_TMPDIR/missing" list
	[ "$status" -ne 0 ]
}

@test "a full disk on stdout is an error" {
	[ -e /dev/full ] || skip "no /dev/full"
	for args in "list" "list -o json" "id-ctrl nvme0" "smart-log nvme0 -b" "version" "help" "--help" "smart-log --help" \
		"nonsense -o json"; do
		echo "args: $args"
		# shellcheck disable=SC2086
		run bash -c '"$NVMEKIT" --system demo --quiet '"$args"' >/dev/full'
		[ "$status" -ne 0 ]
	done
}

@test "passthru: contradictions are refused before any command" {
	code 2 demo admin-passthru nvme0
	code 2 demo admin-passthru nvme0 -O 6 -r -w -l 4096
	code 2 demo admin-passthru nvme0 -O 6 -l 4096
	code 2 demo admin-passthru nvme0 -O 6 -r
	code 2 demo admin-passthru nvme0 -O 6 -w -l 4096 -i /dev/null
	code 2 demo admin-passthru nvme0 -O 9 -w -l 4096
	code 2 demo admin-passthru nvme0 -O 9 -w -l 4096 -i /nonexistent
	head -c 4095 /dev/zero >"$BATS_TEST_TMPDIR/short"
	code 2 demo admin-passthru nvme0 -O 9 -w -l 4096 -i "$BATS_TEST_TMPDIR/short"
	head -c 4097 /dev/zero >"$BATS_TEST_TMPDIR/long"
	code 2 demo admin-passthru nvme0 -O 9 -w -l 4096 -i "$BATS_TEST_TMPDIR/long"
}

@test "get-log: wrong requests are refused before any command" {
	code 2 demo get-log nvme0
	code 2 demo get-log nvme0 -i smurf
	code 2 demo get-log nvme0 -i 256
	code 2 demo get-log nvme0 -i 0xc0
	[[ $stderr == *--log-len* ]]
	code 2 demo get-log nvme0 -i 2 -l 511
	code 2 demo get-log nvme0 -i 2 -l 512 -L 3
	code 2 demo get-log nvme0 -i 2 -l 2
	code 2 demo get-log nvme0 -i 2 --rae --clear-event
}
