#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Manual pages and schemas are those of the program that was built.
load common

man_dir=${NVMEKIT%/*}/man
schema_dir=${NVMEKIT%/*}/schema

commands() {
	"$NVMEKIT" introspect | json '"\n".join(c["name"] for c in d["commands"] if not c["hidden"])'
}

# page NAME: as text without overstrikes, one blank between words
page() { MANWIDTH=100 LC_ALL=C.UTF-8 man -l "$man_dir/$1.1" | col -b | tr -s ' '; }

@test "one page per command and one of the tool, and no others" {
	diff <(cd "$man_dir" && printf '%s\n' *.1 | sort) \
		<({ echo nvmekit.1; commands | sed 's/.*/nvmekit-&.1/'; } | sort)
}

@test "no page makes man or groff complain" {
	command -v man groff >/dev/null || skip "no man or groff"
	for page in "$man_dir"/*.1; do
		echo "$page"
		run bash -c 'LC_ALL=C.UTF-8 man --warnings -l "$1" 2>&1 >/dev/null' _ "$page"
		[ -z "$output" ]
		run groff -man -ww -z "$page"
		[ "$status" -eq 0 ]
		[ -z "$output" ]
	done
}

@test "every page has its sections" {
	for name in $(commands); do
		echo "$name"
		page=$man_dir/nvmekit-$name.1
		for section in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' 'SEE ALSO'; do
			grep -qx ".SH $section" "$page"
		done
	done
	for section in NAME SYNOPSIS DESCRIPTION COMMANDS 'GLOBAL OPTIONS' 'EXIT STATUS' 'SEE ALSO'; do
		grep -qx ".SH $section" "$man_dir/nvmekit.1"
	done
}

@test "every option, exit code and example is in its page" {
	command -v man >/dev/null || skip "no man"
	"$NVMEKIT" introspect >"$BATS_TEST_TMPDIR/doc"
	for name in $(commands); do
		page "nvmekit-$name" >"$BATS_TEST_TMPDIR/page"
		json '"\n".join("--" + o["name"] for c in d["commands"] if c["name"] == "'"$name"'"
			for o in c["options"] if o["name"] and not o["hidden"])' <"$BATS_TEST_TMPDIR/doc" >"$BATS_TEST_TMPDIR/opts"
		while read -r opt; do
			[ -n "$opt" ] || continue
			echo "$name $opt"
			grep -qwF -e "$opt" "$BATS_TEST_TMPDIR/page"
		done <"$BATS_TEST_TMPDIR/opts"
		grep -q 'the controller returned an error status' "$BATS_TEST_TMPDIR/page"
	done
	page nvmekit-smart-log | grep -q 'nvmekit smart-log '
	page nvmekit | grep -qw -e --output-format
}

@test "the fields of the output are told with type, place and unit" {
	command -v man >/dev/null || skip "no man"
	page nvmekit-smart-log >"$BATS_TEST_TMPDIR/page"
	grep -q '^ temperature (integer)' "$BATS_TEST_TMPDIR/page"
	grep -q 'bytes 2:1' "$BATS_TEST_TMPDIR/page"
	page nvmekit-id-ctrl | grep -q '^ sn (string)'
}

@test "no page has a date: the same tables give the same bytes" {
	for page in "$man_dir"/*.1; do
		grep -qE '^\.TH [A-Z\\-]+ 1 "" "nvmekit [^"]+" "nvmekit manual"$' "$page"
	done
}

@test "every key of an answer is in introspect --fields" {
	"$NVMEKIT" introspect --fields >"$BATS_TEST_TMPDIR/doc"
	for cmd in smart-log id-ctrl; do
		demo "$cmd" nvme0 -o json >"$BATS_TEST_TMPDIR/answer"
		/usr/bin/python3 - "$BATS_TEST_TMPDIR/doc" "$BATS_TEST_TMPDIR/answer" "$cmd" <<-'EOF'
			import json, sys
			doc, answer = (json.load(open(p)) for p in sys.argv[1:3])
			out = next(c["output"]["structure"] for c in doc["commands"] if c["name"] == sys.argv[3])
			keys = {k["path"]: k["type"] for k in next(s for s in doc["structures"] if s["name"] == out)["keys"]}
			names = {int: "integer", str: "string", bool: "boolean", dict: "object", list: "array", type(None): "null"}
			seen = 0
			def walk(v, path):
			    global seen
			    if path:
			        seen += 1
			        assert path in keys, path
			        assert names[type(v)] in keys[path].split("|"), (path, keys[path])
			    if isinstance(v, dict):
			        for k, m in v.items():
			            walk(m, path + "." + k)
			    elif isinstance(v, list):
			        for m in v:
			            if isinstance(m, (dict, list)):
			                for k, x in m.items():
			                    walk(x, path + "[]." + k)
			            else:
			                walk(m, path + "[]")
			answer.pop("nvmekit")
			walk(answer, "")
			assert seen > 20, seen
		EOF
	done
}

@test "one schema per command that answers in JSON, the same as the program prints" {
	"$NVMEKIT" introspect >"$BATS_TEST_TMPDIR/doc"
	json '"\n".join(c["name"] for c in d["commands"] if not c["hidden"] and "output" in c)' \
		<"$BATS_TEST_TMPDIR/doc" >"$BATS_TEST_TMPDIR/names"
	[ -s "$BATS_TEST_TMPDIR/names" ]
	diff <(sed 's/$/.schema.json/' "$BATS_TEST_TMPDIR/names" | sort) <(cd "$schema_dir" && printf '%s\n' *.json | sort)
	while read -r name; do
		"$NVMEKIT" schema "$name" | cmp - "$schema_dir/$name.schema.json"
	done <"$BATS_TEST_TMPDIR/names"
	"$NVMEKIT" schema log smart | cmp - "$schema_dir/smart-log.schema.json"
}

@test "schema: bad names" {
	code 2 "$NVMEKIT" schema
	code 2 "$NVMEKIT" schema smart-lag
	[[ $stderr == *smart-lag* ]]
	code 2 "$NVMEKIT" schema complete
}
