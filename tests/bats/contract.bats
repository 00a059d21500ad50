#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# What was shipped stays: the registry of names, and the check that guards it.
load common

registry=$top/contract/registry.txt

setup() {
	"$NVMEKIT" introspect --contract >"$BATS_TEST_TMPDIR/now"
	cp "$registry" "$BATS_TEST_TMPDIR/registry"
}

check() { run "$top/tools/contract-check" "$BATS_TEST_TMPDIR/registry" "$BATS_TEST_TMPDIR/now"; }

@test "the program keeps the contract" {
	check
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "the lines are sorted, unique and name what matters" {
	LC_ALL=C sort -cu "$BATS_TEST_TMPDIR/now"
	for line in 'command smart-log' 'alias log smart = smart-log' 'option smart-log -n = --namespace-id' \
		'global -o = --output-format' 'key smart-log .temperature integer' 'key id-ns .lbafs[].ms integer' \
		'key * .error.message string' 'exit 5 status' 'log smart 0x02' 'format json' \
		'key id-ctrl .oacs_bits object'; do
		echo "$line"
		grep -qxF -- "$line" "$BATS_TEST_TMPDIR/now"
	done
}

@test "what disappears is named" {
	for line in 'command smart-log' 'option smart-log -n = --namespace-id' 'key smart-log .temperature integer' \
		'exit 5 status' 'log smart 0x02'; do
		grep -vxF -- "$line" "$BATS_TEST_TMPDIR/now" >"$BATS_TEST_TMPDIR/less"
		run "$top/tools/contract-check" "$BATS_TEST_TMPDIR/registry" "$BATS_TEST_TMPDIR/less"
		[ "$status" -eq 1 ]
		[[ $output == *"missing: \"$line\""* ]]
	done
}

@test "what means something else is named" {
	sed -i -e 's/^key smart-log .temperature integer$/key smart-log .temperature string/' \
		-e 's/^option smart-log -n = .*/option smart-log -n = --nothing/' \
		-e 's/^exit 5 status$/exit 5 trouble/' "$BATS_TEST_TMPDIR/registry"
	check
	[ "$status" -eq 1 ]
	[[ $output == *'changed: "key smart-log .temperature string" is now "key smart-log .temperature integer"'* ]]
	[[ $output == *'changed: "option smart-log -n = --nothing" is now'* ]]
	[[ $output == *'changed: "exit 5 trouble" is now "exit 5 status"'* ]]
	[[ $output != *"new:"* ]]
}

@test "what is new must be registered" {
	grep -vxF 'command smart-log' "$registry" >"$BATS_TEST_TMPDIR/registry"
	check
	[ "$status" -eq 1 ]
	[[ $output == *'new: "command smart-log"'*"make contract"* ]]
}

@test "merging adds, and refuses to remove or retype" {
	grep -vxF 'command smart-log' "$registry" >"$BATS_TEST_TMPDIR/registry"
	run "$top/tools/contract-check" --merge "$BATS_TEST_TMPDIR/registry" "$BATS_TEST_TMPDIR/now"
	[ "$status" -eq 0 ]
	diff <(echo "$output") "$registry"
	echo 'command yore' >>"$BATS_TEST_TMPDIR/registry"
	run "$top/tools/contract-check" --merge "$BATS_TEST_TMPDIR/registry" "$BATS_TEST_TMPDIR/now"
	[ "$status" -eq 1 ]
	[[ $output == *'missing: "command yore"'* ]]
}

@test "an empty answer is no proof" {
	: >"$BATS_TEST_TMPDIR/now"
	check
	[ "$status" -eq 2 ]
}
