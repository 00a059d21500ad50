# SPDX-License-Identifier: Apache-2.0 OR MIT
# Outputs as they were read and approved, in tests/golden. Loaded after common.
# shellcheck shell=bash

golden=$top/tests/golden

# same FILE COMMAND...: what the command prints on stdout is the file. The version would change with each release.
same() {
	local file=$golden/$1
	shift
	"$@" >"$BATS_TEST_TMPDIR/raw"
	sed 's/^    "version":"[0-9.]*",$/    "version":"VERSION",/' "$BATS_TEST_TMPDIR/raw" >"$BATS_TEST_TMPDIR/now"
	if [ "${GOLDEN:-}" = update ]; then
		cp "$BATS_TEST_TMPDIR/now" "$file"
	fi
	diff -u "$file" "$BATS_TEST_TMPDIR/now"
}

# all NAME ARGUMENT...: text, text with -v, and JSON
all() {
	local name=$1
	shift
	same "$name.txt" demo "$@"
	same "$name.verbose.txt" demo "$@" -v
	same "$name.json" demo "$@" -o json
}
