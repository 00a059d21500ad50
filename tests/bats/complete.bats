#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Completion: what the tool answers, and what a person at a real bash and a real zsh gets.
load common

# offer WORD...: candidates for the last word
offer() { "$NVMEKIT" complete -- $(($# - 1)) "$@"; }
names() { offer "$@" | cut -f 1; }

# has LINE < candidates
has() { grep -qxF -- "$1"; }

# tab SHELL LINE: what is on the line after a TAB, and what was listed
tab() {
	local file=$top/tools/completion/nvmekit.bash
	[ "$1" = zsh ] && file=$top/tools/completion/_nvmekit
	command -v "$1" >/dev/null || skip "no $1"
	PATH="${NVMEKIT%/*}:$PATH" /usr/bin/python3 "$top/tests/bats/tab.py" "$1" "$file" "$2" >"$BATS_TEST_TMPDIR/tab"
	cat "$BATS_TEST_TMPDIR/tab"
}
line_is() { [ "$(sed -n 's/^line: //p' "$BATS_TEST_TMPDIR/tab")" = "$1" ]; }
lists() { sed 1d "$BATS_TEST_TMPDIR/tab" | grep -qw -- "$1"; }

@test "commands, groups and their second words" {
	names nvmekit '' | has smart-log
	names nvmekit '' | has log
	[ "$(names nvmekit '' | grep -cx log)" -eq 1 ]
	[ "$(names nvmekit smart)" = smart-log ]
	names nvmekit log '' | has smart
	names nvmekit -v log s | has smart
	offer nvmekit smart | grep -q $'^smart-log\t.'
	[ -z "$(offer nvmekit smart-lag '')" ]
	run ! has complete < <(names nvmekit '')
}

@test "every command that is not hidden is offered, and every option of it" {
	"$NVMEKIT" introspect >"$BATS_TEST_TMPDIR/doc"
	json '"\n".join(c["name"] for c in d["commands"] if not c["hidden"])' <"$BATS_TEST_TMPDIR/doc" >"$BATS_TEST_TMPDIR/cmds"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/cmds")" -ge 10 ]
	while read -r cmd; do
		names nvmekit '' | has "$cmd"
		names nvmekit "$cmd" - | sort >"$BATS_TEST_TMPDIR/offered"
		json '"\n".join(sorted(w for c in d["commands"] if c["name"] == "'"$cmd"'"
			for o in c["options"] + [g for g in d["global_options"] if c[g.get("commands", "name")]]
			if not o["hidden"] and not o["spelling"]
			for w in (["--" + o["name"]] if o["name"] else []) + (["-" + o["letter"]] if o["letter"] else [])))' \
			<"$BATS_TEST_TMPDIR/doc" | sort | diff - "$BATS_TEST_TMPDIR/offered"
	done <"$BATS_TEST_TMPDIR/cmds"
}

@test "an option that is there is not offered again" {
	run ! has --output-format < <(names nvmekit smart-log -o json --)
	run ! has --output-format < <(names nvmekit --output-format=json smart-log --)
	run ! has --verbose < <(names nvmekit smart-log -H --)
	names nvmekit list --columns a --columns b -- | has --columns
}

@test "named values after an option, in every spelling" {
	names nvmekit smart-log -o '' | has json
	names nvmekit smart-log --output-format '' | has json
	names nvmekit smart-log --output-format=j | has --output-format=json
	names nvmekit smart-log -oj | has -ojson
	names nvmekit smart-log -o '' | has binary
	run ! has binary < <(names nvmekit list -o '')
}

@test "log pages, columns, commands and files" {
	names nvmekit get-log --log-id '' | has smart
	names nvmekit get-log -i sm | has smart
	"$NVMEKIT" introspect >"$BATS_TEST_TMPDIR/doc"
	first=$(json '[c for c in d["commands"] if c["name"] == "list"][0]["columns"][0]["name"]' <"$BATS_TEST_TMPDIR/doc")
	second=$(json '[c for c in d["commands"] if c["name"] == "list"][0]["columns"][1]["name"]' <"$BATS_TEST_TMPDIR/doc")
	names nvmekit list --columns '' | has "$first"
	names nvmekit list --columns "$first," | has "$first,$second"
	run ! has "$first,$first" < <(names nvmekit list --columns "$first,")
	names nvmekit list --sort - | has "-$first"
	names nvmekit list --sort=- | has "--sort=-$first"
	names nvmekit help sm | has smart-log
	names nvmekit schema log sm | has smart
	names nvmekit --system '' | has :files
}

@test "devices present, as they were begun" {
	names nvmekit --system demo smart-log '' | has /dev/nvme0
	names nvmekit --system=demo smart-log n | has nvme0
	names nvmekit smart-log --system demo /dev/nvme0n | has /dev/nvme0n1
	NVMEKIT_SYSTEM=demo names nvmekit smart-log /dev/ng | has /dev/ng0n1
	names nvmekit --system demo id-ns '' | has /dev/nvme0n1
	serial=$(demo list -o json | json 'd["Devices"][0]["SerialNumber"]')
	names nvmekit --system demo smart-log serial= | has "serial=$serial"
	names nvmekit --system demo smart-log ser | has serial=
	run ! grep nvme < <(names nvmekit --system demo smart-log nvme0 '')
}

@test "nothing fails loudly: no such system, words beyond the end, no words at all" {
	code 0 "$NVMEKIT" complete -- 4 nvmekit --system "$BATS_TEST_TMPDIR/none" smart-log ''
	[ -z "$output$stderr" ]
	code 0 "$NVMEKIT" complete -- 99 nvmekit list
	code 0 "$NVMEKIT" complete -- 0 nvmekit
	code 0 "$NVMEKIT" complete -- 0
	code 2 "$NVMEKIT" complete
	code 2 "$NVMEKIT" complete -- x
}

@test "no command is sent to a drive" {
	run --separate-stderr "$NVMEKIT" --trace --system demo complete -- 4 nvmekit --system demo smart-log ''
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
}

for_both() {
	for shell in bash zsh; do
		echo "in $shell: $1"
		tab "$shell" "$1"
		line_is "$2"
	done
}

@test "bash and zsh: commands and options" {
	for_both "nvmekit smart" "nvmekit smart-log "
	for_both "nvmekit log smar" "nvmekit log smart "
	for_both "nvmekit smart-log --output-f" "nvmekit smart-log --output-format "
	for shell in bash zsh; do
		tab "$shell" "nvmekit "
		lists smart-log
		lists id-ctrl
		tab "$shell" "nvmekit smart-log --"
		lists --output-format
	done
}

@test "bash and zsh: values" {
	for_both "nvmekit smart-log -o js" "nvmekit smart-log -o json "
	for_both "nvmekit smart-log --output-format=js" "nvmekit smart-log --output-format=json "
	for_both "nvmekit get-log --log-id smar" "nvmekit get-log --log-id smart "
	for shell in bash zsh; do
		tab "$shell" "nvmekit smart-log --output-format="
		lists json
	done
}

@test "bash and zsh: devices, with colons and equals signs in their names" {
	export NVMEKIT_SYSTEM=demo
	for_both "nvmekit smart-log /dev/ng0n1" "nvmekit smart-log /dev/ng0n1 "
	nqn=$(demo list -o json | json 'd["Controllers"][0]["SubsystemNQN"]')
	for_both "nvmekit smart-log nqn=${nqn%?}" "nvmekit smart-log nqn=$nqn "
	for shell in bash zsh; do
		tab "$shell" "nvmekit smart-log /dev/nvme"
		lists /dev/nvme0 || lists nvme0
	done
}

@test "bash and zsh: files" {
	: >"$BATS_TEST_TMPDIR/an-image.json"
	for_both "nvmekit --system $BATS_TEST_TMPDIR/an-im" "nvmekit --system $BATS_TEST_TMPDIR/an-image.json "
	for_both "nvmekit --system=$BATS_TEST_TMPDIR/an-im" "nvmekit --system=$BATS_TEST_TMPDIR/an-image.json "
}

@test "bash and zsh: nothing to offer changes nothing" {
	for_both "nvmekit smart-lag x" "nvmekit smart-lag x"
	for_both "nvmekit smart-log --no-such-opt" "nvmekit smart-log --no-such-opt"
}

@test "bash: only an nvme that is this tool is completed" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\n' >"$BATS_TEST_TMPDIR/bin/nvme"
	chmod +x "$BATS_TEST_TMPDIR/bin/nvme"
	PATH="$BATS_TEST_TMPDIR/bin:$PATH" run bash --norc -c "source '$top/tools/completion/nvmekit.bash'; complete -p nvme"
	[ "$status" -ne 0 ]
	ln -sf "$NVMEKIT" "$BATS_TEST_TMPDIR/bin/nvme"
	PATH="$BATS_TEST_TMPDIR/bin:$PATH" run bash --norc -c "source '$top/tools/completion/nvmekit.bash'; complete -p nvme"
	[ "$status" -eq 0 ]
}

@test "two words of which the first is a command too, and values that may be left out" {
	names nvmekit rpmb '' | has info
	export NVMEKIT_SYSTEM=demo
	names nvmekit rpmb info '' | has /dev/nvme4
	diff <("$NVMEKIT" help rpmb info) <("$NVMEKIT" help rpmb-info)
	diff <("$NVMEKIT" --quiet --system=demo rpmb info nvme4) <("$NVMEKIT" --quiet --system=demo rpmb-info nvme4)
	names nvmekit sanitize --wait '' | has /dev/nvme0
	names nvmekit sanitize -w '' | has /dev/nvme0
	"$NVMEKIT" help sanitize | grep -q -- '-w, --wait\[=LIMIT\]'
}
