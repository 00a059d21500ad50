#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# What README.md and CONTRIBUTING.md show is what nvmekit prints.
load common

@test "every session in README.md is real" {
	run "$top/tests/sessions.py" "$top/README.md"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^ok ' <<<"$output")" -ge 10 ]
}

@test "a session that is not real is noticed" {
	printf '```console\n$ nvmekit help nonsense\nall is well\n```\n' >"$BATS_TEST_TMPDIR/x.md"
	run "$top/tests/sessions.py" "$BATS_TEST_TMPDIR/x.md"
	[ "$status" -eq 1 ]
	echo 'no session at all' >"$BATS_TEST_TMPDIR/x.md"
	run "$top/tests/sessions.py" "$BATS_TEST_TMPDIR/x.md"
	[ "$status" -eq 1 ]
}

@test "the table of exit codes is the program's" {
	diff <(sed -n 's/^| \([0-9]*\) | `\([a-z-]*\)` | \(.*\) |$/\1 \2 \3/p' "$top/README.md") \
		<("$NVMEKIT" introspect | json '"\n".join("%d %s %s" % (x["code"], x["class"], x["text"])
			for x in d["exit_codes"])')
}

@test "the files that the documents link to are there" {
	for doc in README.md ARCHITECTURE.md CONTRIBUTING.md; do
		for link in $(grep -oE '\]\([^):#]+' "$top/$doc" | cut -c 3-); do
			echo "$doc: $link"
			[ -e "$top/$link" ]
		done
	done
}
