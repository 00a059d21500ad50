#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# The command line as a person meets it: help, usage errors, streams, exit codes.
load common

narrow() { LC_ALL=C.UTF-8 awk 'length > 80 || / $/ { print; bad = 1 } END { exit bad }'; }

@test "no command: the overview, exit code 0" {
	code 0 "$NVMEKIT"
	[ -z "$stderr" ]
	[[ $output == "Usage: nvmekit "* ]]
	diff <("$NVMEKIT") <("$NVMEKIT" --help)
	diff <("$NVMEKIT") <("$NVMEKIT" -h)
	diff <("$NVMEKIT") <("$NVMEKIT" help)
}

@test "the overview lists every command that is not hidden, and every global option" {
	"$NVMEKIT" introspect >"$BATS_TEST_TMPDIR/doc"
	"$NVMEKIT" help >"$BATS_TEST_TMPDIR/help"
	names=$(json '"\n".join(c["name"] for c in d["commands"] if not c["hidden"])' <"$BATS_TEST_TMPDIR/doc")
	[ -n "$names" ]
	for name in $names; do
		echo "$name"
		grep -q "^  $name  *[A-Z]" "$BATS_TEST_TMPDIR/help"
	done
	run ! grep -q '^  complete ' "$BATS_TEST_TMPDIR/help"
	for name in $(json '" ".join(o["name"] for o in d["global_options"])' <"$BATS_TEST_TMPDIR/doc"); do
		grep -qwF -e "--$name" "$BATS_TEST_TMPDIR/help"
	done
}

@test "every command has help with all of its options, the same however it is asked for" {
	"$NVMEKIT" introspect >"$BATS_TEST_TMPDIR/doc"
	for name in $(json '"\n".join(c["name"] for c in d["commands"])' <"$BATS_TEST_TMPDIR/doc"); do
		echo "$name"
		code 0 "$NVMEKIT" "$name" --help
		[ -z "$stderr" ]
		"$NVMEKIT" "$name" --help >"$BATS_TEST_TMPDIR/help"
		narrow <"$BATS_TEST_TMPDIR/help"
		diff "$BATS_TEST_TMPDIR/help" <("$NVMEKIT" help "$name")
		diff "$BATS_TEST_TMPDIR/help" <("$NVMEKIT" -h "$name")
		diff "$BATS_TEST_TMPDIR/help" <("$NVMEKIT" "$name" nvme99 --no-such-thing --help)
		for opt in $(json '" ".join(o["name"] for c in d["commands"] if c["name"] == "'"$name"'"
			for o in c["options"] if o["name"] and not o["hidden"])' <"$BATS_TEST_TMPDIR/doc"); do
			echo "--$opt"
			grep -qE -e "^ +(-., )?--$opt(=|\[|\$| )" "$BATS_TEST_TMPDIR/help"
		done
	done
	diff <("$NVMEKIT" help log smart) <("$NVMEKIT" help smart-log)
	"$NVMEKIT" help | narrow
}

@test "help is the same on every terminal and in every locale" {
	diff <(COLUMNS=40 TERM=dumb LC_ALL=de_DE.UTF-8 "$NVMEKIT" help get-log) <(COLUMNS=200 "$NVMEKIT" help get-log)
}

@test "help in JSON carries the same text" {
	code 0 "$NVMEKIT" help smart-log -o json
	diff <(json '"\n".join(d["lines"])' <<<"$output") <("$NVMEKIT" help smart-log)
}

@test "help about what there is not" {
	code 2 "$NVMEKIT" help smart-lag
	[ -z "$output" ]
	[[ $stderr == *"'smart-lag'"*"did you mean 'smart-log'?"* ]]
	code 2 "$NVMEKIT" help smart-log nvme0
	code 2 "$NVMEKIT" help ''
	code 2 "$NVMEKIT" smart-lag --help
}

@test "version" {
	code 0 "$NVMEKIT" version
	[[ ${lines[0]} =~ ^nvmekit\ version\ [0-9.]+$ ]]
	[[ ${lines[1]} == "libnvme version "* ]]
	diff <("$NVMEKIT" version) <("$NVMEKIT" --version)
	[ "$("$NVMEKIT" --version -o json | json 'd["nvmekit_version"]')" = "${lines[0]##* }" ]
	"$NVMEKIT" version -o json | json 'd["libnvme_built"] + d["libnvme_running"]' | grep -q '[0-9]'
	code 2 "$NVMEKIT" version nvme0
	code 2 "$NVMEKIT" list --version
}

@test "options stand anywhere, in every spelling" {
	demo smart-log nvme0 -o json >"$BATS_TEST_TMPDIR/want"
	for args in "smart-log nvme0 -ojson" "-o json smart-log nvme0" "smart-log -o json nvme0" "log smart nvme0 --output-format=json" \
		"log -o json smart nvme0" "smart-log --output-format json -- nvme0"; do
		echo "args: $args"
		# shellcheck disable=SC2086
		diff "$BATS_TEST_TMPDIR/want" <(demo $args)
	done
	diff <(demo smart-log nvme0 -v) <(demo -H smart-log nvme0)
}

@test "what is wrong on the line is named, and nothing is done" {
	while IFS='|' read -r args says; do
		echo "args: $args"
		# shellcheck disable=SC2086
		code 2 demo --trace $args
		# An error in JSON is a document on stdout.
		[[ $args == *"-o json"* ]] || [ -z "$output" ]
		[[ $stderr == *"$says"* ]]
		run ! grep -qi opcode <<<"$stderr"
	done <<-'EOF'
		smart-lag nvme0|did you mean 'smart-log'?
		log smrt nvme0|did you mean 'log smart'?
		log|'log' needs a second word
		nvme0 smart-log|the command comes first
		smart-log|smart-log needs a device
		smart-log nvme0 nvme1|unexpected operand 'nvme1'
		smart-log nvme0 --verbos|did you mean '--verbose'?
		smart-log nvme0 -output-format=json|did you mean --output-format=json?
		smart-log nvme0 -o xml|'xml' is none of normal, json, binary
		smart-log nvme0 -o json -o json|-o is given more than once
		smart-log nvme0 -o|-o needs a value
		smart-log nvme0 --verbose=yes|--verbose takes no value
		smart-log nvme0 -n 010|octal is not understood
		smart-log nvme0 -n 4294967296|is out of range (0 to 4294967295)
		smart-log nvme0 -n -1|is negative
		smart-log nvme0 --nsid=1|did you mean --namespace-id?
		-n 1 smart-log nvme0|only global options may stand before the command
		smart-log nvme0 -Z|smart-log has no option '-Z'
		get-log nvme0|get-log needs --log-id=ID
		get-log nvme0 -i 2 --lsp=128|--lsp: 128 is out of range (0 to 127)
		--timeout=1y list|is no time
	EOF
}

@test "control characters on the line do not reach the terminal" {
	code 2 "$NVMEKIT" $'smart\e[31m\n-lag'
	[[ $stderr != *$'\e'* ]]
	[ "$(wc -l <<<"$stderr")" -le 2 ]
	code 2 "$NVMEKIT" list --$'\e[31m'
	[[ $stderr != *$'\e'* ]]
}

@test "the variables stand in for their options" {
	[ -n "$(demo list)" ]
	diff <(NVMEKIT_SYSTEM=demo "$NVMEKIT" --quiet list) <(demo list)
	diff <(NVMEKIT_SYSTEM=/nonexistent demo list) <(demo list)
	run --separate-stderr env NVMEKIT_SYSTEM= "$NVMEKIT" --sysroot="$BATS_TEST_TMPDIR" list
	[ "$status" -eq 0 ]
	[[ $stderr != *simulated* ]]
}
