# SPDX-License-Identifier: Apache-2.0 OR MIT
# Helpers of the bats files. NVMEKIT is the binary under test.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
: "${NVMEKIT:=$top/build/nvmekit}"
export NVMEKIT top
unset NVMEKIT_SYSTEM NVMEKIT_SYSROOT

# nvmekit on the built-in simulated system
demo() { "$NVMEKIT" --system demo --quiet "$@"; }
export -f demo

# json EXPRESSION < document: a Python expression over the parsed document d, printed
json() {
	/usr/bin/python3 -c 'import json, sys
d = json.load(sys.stdin)
print(eval(sys.argv[1]))' "$1"
}
export -f json

# valid COMMAND-NAME < document: valid against the generated schema, judged by an independent validator
valid() {
	"$NVMEKIT" schema "$1" >"$BATS_TEST_TMPDIR/schema.json" || return 1
	/usr/bin/python3 -W ignore -c 'import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
doc = json.load(sys.stdin)
cls = jsonschema.validators.validator_for(schema)
cls.check_schema(schema)
errors = list(cls(schema).iter_errors(doc))
for e in errors[:10]:
    print("/".join(map(str, e.path)), e.message[:300], file=sys.stderr)
sys.exit(bool(errors))' "$BATS_TEST_TMPDIR/schema.json"
}
export -f valid

# code N COMMAND...: runs it, fails unless the exit code is N; output in $output, stderr in $stderr
code() {
	local want=$1
	shift
	run --separate-stderr "$@"
	if [ "$status" -ne "$want" ]; then
		echo "exit code $status, not $want: $*"
		echo "stdout: $output"
		echo "stderr: $stderr"
		return 1
	fi
}
