#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# What a drive or a remote target may return: strings made to confuse a terminal or a parser, answers that end
# early, structures that lie about what follows.
load common

commands="list;list-subsys;id-ctrl nvme0;id-ns nvme0n1;smart-log nvme0;error-log nvme0;fw-log nvme0;get-log nvme0 -i fw"

setup() { img=$BATS_TEST_TMPDIR/image.json; }

# image PYTHON...: writes an image of one healthy drive after the statements have changed it: d is the document, s the
# subsystem, c the controller, n the namespace, hex() bytes as an image has them, ctrl(**) Identify Controller as bytes
image() {
	/usr/bin/python3 - "$img" "$*" <<-'EOF2'
		import json, sys
		n = {"name": "nvme0n1", "generic": "ng0n1", "nsid": 1,
		     "identify": {"nsze": 1024, "ncap": 1024, "nuse": 512, "lbafs": [{"ds": 9}, {"ds": 12}]}}
		c = {"name": "nvme0", "cntlid": 1, "transport": "pcie", "address": "0000:01:00.0",
		     "identify": {"sn": "SERIAL", "mn": "MODEL", "fr": "FW1", "elpe": 3, "nn": 1, "lpa": 6},
		     "logs": {"smart": {"temperature": 300, "avail_spare": 100}, "fw": {"afi": 1, "frs": [{"slot": 1, "fr": "FW1"}]},
		              "error": {"errors": [{"error_count": 1, "status_field": 2}]}}}
		s = {"name": "nvme-subsys0", "nqn": "nqn.2014-08.org.example:x", "controllers": [c], "namespaces": [n]}
		d = {"nvmekit-image": 1, "subsystems": [s]}
		hex = lambda b: {"bytes": bytes(b).hex()}
		def ctrl(**strings):
		    b = bytearray(4096)
		    b[262] = 3
		    b[516] = 1
		    for name, text in strings.items():
		        off, size = {"sn": (4, 20), "mn": (24, 40), "fr": (64, 8), "subnqn": (768, 256)}[name]
		        b[off:off + size] = text[:size].ljust(size, b"\0" if name == "subnqn" else b" ")
		    return hex(b)
		exec(sys.argv[2])
		json.dump(d, open(sys.argv[1], "w"))
	EOF2
}

# each TEST: every command on the image; text and JSON go through the function TEST
on_image() { "$NVMEKIT" --system "$img" --quiet "$@"; }
each() {
	local args
	while read -rd ';' args; do
		echo "$args"
		# shellcheck disable=SC2086
		on_image $args >"$BATS_TEST_TMPDIR/text"
		# shellcheck disable=SC2086
		on_image $args -v >"$BATS_TEST_TMPDIR/verbose"
		# shellcheck disable=SC2086
		on_image $args -o json >"$BATS_TEST_TMPDIR/json"
		"$@" "${args%% *}"
	done <<<"$commands;"
}

# Nothing that moves a cursor, ends a line early, turns text round or is no UTF-8.
harmless() {
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/text" "$BATS_TEST_TMPDIR/verbose" "$BATS_TEST_TMPDIR/json" <<-'EOF2'
		import sys, unicodedata
		for path in sys.argv[1:]:
		    text = open(path, "rb").read().decode("utf-8")
		    assert text, path
		    for ch in text:
		        assert ch in "\n\t" or unicodedata.category(ch) not in ("Cc", "Cf", "Zl", "Zp"), (path, hex(ord(ch)))
	EOF2
	valid "$1" <"$BATS_TEST_TMPDIR/json"
}

# As many lines as the same image with plain strings: no string breaks a line.
as_long() {
	harmless "$1"
	for f in text verbose; do
		wc -l <"$BATS_TEST_TMPDIR/$f" >>"$BATS_TEST_TMPDIR/lines.$pass"
	done
}

strings_stay_on_their_line() {
	pass=plain
	image 'c["identify"] = ctrl(sn=b"A", mn=b"B", fr=b"C", subnqn=b"nqn.x"); c["logs"]["fw"]["frs"][0]["fr"] = "C"'
	each as_long
	pass=hostile
	image "$1"
	each as_long
	diff "$BATS_TEST_TMPDIR/lines.plain" "$BATS_TEST_TMPDIR/lines.hostile"
}

@test "newlines, carriage returns, tabs" {
	strings_stay_on_their_line 't = b"a\nb\r\nc\td\x0b\x0c"; c["identify"] = ctrl(sn=t, mn=t, fr=t, subnqn=t)
c["logs"]["fw"] = hex(b"\1".ljust(8, b"\0") + t[:8].ljust(504, b"\0"))'
	on_image id-ctrl nvme0 | grep -qxF 'sn        : a\x0ab\x0d\x0ac\x09d\x0b\x0c'
}

@test "quotes, backslashes, slashes: JSON gives them back as they are" {
	strings_stay_on_their_line 't = b"\"a\\b\x27/<>&{}"; c["identify"] = ctrl(sn=t, mn=t, fr=t, subnqn=t)'
	[ "$(on_image id-ctrl nvme0 -o json | json 'd["sn"]')" = '"a\b'\''/<>&{}' ]
	on_image id-ctrl nvme0 | grep -qxF 'sn        : "a\b'\''/<>&{}'
}

@test "escape sequences, DEL, C1 controls" {
	strings_stay_on_their_line 't = b"\x1b[2J\x1b]0;x\x07\x7f\xc2\x9b1m\x9b"; c["identify"] = ctrl(sn=t, mn=t, fr=t, subnqn=t)
c["logs"]["fw"] = hex(b"\1".ljust(8, b"\0") + b"\x1b[31m\x9b\x07".ljust(504, b"\0"))'
	on_image id-ctrl nvme0 | grep -qF '\x1b[2J\x1b]0;x\x07\x7f\xc2\x9b1m\x9b'
}

@test "bytes that are no UTF-8: overlong, cut short, surrogates" {
	strings_stay_on_their_line 't = b"\xff\xfe\xc0\xaf\xe2\x82\xed\xa0\x80\xf5A\xc3"; c["identify"] = ctrl(sn=t, mn=t, fr=t, subnqn=t)'
	[ "$(on_image id-ctrl nvme0 -o json | json 'd["sn"]')" = '\xff\xfe\xc0\xaf\xe2\x82\xed\xa0\x80\xf5A\xc3' ]
}

@test "letters beyond ASCII stay" {
	strings_stay_on_their_line 't = "Größe 四".encode(); c["identify"] = ctrl(sn=t, mn=t, subnqn=t)'
	[ "$(on_image id-ctrl nvme0 -o json | json 'd["mn"]')" = 'Größe 四' ]
	on_image list | grep -qF 'Größe 四'
}

@test "characters that turn text round or are not seen" {
	strings_stay_on_their_line 't = "a\u202eb\u2066c\u200fd\u2028".encode(); c["identify"] = ctrl(sn=t, mn=t, subnqn=t)'
	on_image id-ctrl nvme0 | grep -qF 'a\xe2\x80\xaeb\xe2\x81\xa6c'
}

@test "NULs inside and all around" {
	strings_stay_on_their_line 't = b"\0a\0\0b"; c["identify"] = ctrl(sn=t, mn=b"\0" * 40, fr=b"\0" * 8, subnqn=b"\0" * 256)'
	[ "$(on_image id-ctrl nvme0 -o json | json 'repr(d["mn"]), repr(d["subnqn"])')" = "(\"''\", \"''\")" ]
}

@test "strings that fill their field to the last byte" {
	strings_stay_on_their_line 'c["identify"] = ctrl(sn=b"S" * 20, mn=b"M" * 40, fr=b"F" * 8, subnqn=b"n" * 256)'
	[ "$(on_image id-ctrl nvme0 -o json | json 'len(d["sn"]), len(d["mn"]), len(d["fr"]), len(d["subnqn"])')" = \
		"(20, 40, 8, 256)" ]
}

@test "a subsystem's name that is hostile or endless" {
	strings_stay_on_their_line 'c["identify"] = ctrl(sn=b"A", subnqn=b"nqn.x"); s["nqn"] = "nqn.x\n\x1b[1m\"\\ \u202e" + "y" * 5000; c["address"] = "0000:01\n\x1b[1m"'
	[ "$(on_image list-subsys -o json | json 'len(d["Hosts"][0]["Subsystems"][0]["NQN"]) > 5000')" = True ]
}

@test "a name that is not ASCII-only selects the drive, a hostile one hurts no message" {
	image 'c["identify"] = ctrl(sn=b"A\x1bB")'
	code 3 on_image smart-log $'serial=no\x1b[1m\nsuch'
	[[ $stderr != *$'\x1b'* ]]
	[ "${#stderr_lines[@]}" -le 2 ]
	code 3 on_image smart-log $'serial=no\x1b[1m\nsuch' -o json
	json 'd["error"]["class"]' <<<"$output"
}

# --- data that ends early ---

# The answers of every length, in text and JSON: success or "short data", nothing else; JSON says what is missing.
lengths() {
	local where=$1 full=$2 cmd=$3 len rc
	shift 2
	mkdir -p "$BATS_TEST_TMPDIR/docs"
	for len in $(seq 0 64) 65 95 127 128 255 256 511 512 513 1000 2048 3071 4095 4096; do
		[ "$len" -le "$full" ] || continue
		image "${where}['received'] = $len"
		rc=0
		on_image "$@" >"$BATS_TEST_TMPDIR/text" 2>"$BATS_TEST_TMPDIR/err" || rc=$?
		echo "$* with $len bytes: exit code $rc"
		if [ "$len" -eq 0 ]; then
			[ "$rc" -eq 7 ]
			[ -s "$BATS_TEST_TMPDIR/err" ]
			[ ! -s "$BATS_TEST_TMPDIR/text" ]
		else
			[ "$rc" -eq 0 ]
			[ -s "$BATS_TEST_TMPDIR/text" ]
		fi
		on_image "$@" -o json >"$BATS_TEST_TMPDIR/docs/$len" || [ $? -eq "$rc" ]
	done
	"$NVMEKIT" schema "$cmd" >"$BATS_TEST_TMPDIR/schema.json"
	/usr/bin/python3 -W ignore - "$BATS_TEST_TMPDIR" "$full" <<-'EOF2'
		import json, os, sys, jsonschema
		schema = json.load(open(sys.argv[1] + "/schema.json"))
		validator = jsonschema.validators.validator_for(schema)(schema)
		members = 0
		for name in sorted(os.listdir(sys.argv[1] + "/docs"), key=int):
		    doc = json.load(open(sys.argv[1] + "/docs/" + name))
		    validator.validate(doc)
		    assert ("error" in doc) == (name == "0"), name
		    if "error" in doc:
		        assert doc["error"]["class"] == "data"
		        continue
		    assert doc["nvmekit"].get("truncated", False) == (int(name) < int(sys.argv[2])), name
		    assert len(doc) >= members, name
		    members = len(doc)
	EOF2
	# A person is told too.
	image "${where}['received'] = 64"
	run --separate-stderr "$NVMEKIT" --system "$img" "$@"
	[ "$full" -le 64 ] || [[ $stderr == *"ends early"* ]]
	[ "$full" -le 64 ] || [[ $output == *"cut off"* ]]
}

@test "smart-log of every length" { lengths 'c["logs"]["smart"]' 512 smart-log nvme0; }
@test "id-ctrl of every length" { lengths 'c["identify"]' 4096 id-ctrl nvme0; }
@test "id-ns of every length" { lengths 'n["identify"]' 4096 id-ns nvme0n1; }
@test "fw-log of every length" { lengths 'c["logs"]["fw"]' 512 fw-log nvme0; }
@test "error-log of every length" { lengths 'c["logs"]["error"]' 64 error-log nvme0 -e 1; }

@test "no byte at all: a clear sentence" {
	image 'c["logs"]["smart"]["received"] = 0'
	code 7 on_image smart-log nvme0
	[[ $stderr == *nvme0*"no data"* ]]
	code 7 on_image smart-log nvme0 -o json
	[ "$(json 'd["error"]["class"]' <<<"$output")" = data ]
}

@test "list survives controllers and namespaces that do not answer" {
	image 'c["identify"]["received"] = 0; n["identify"]["received"] = 0'
	code 0 on_image list
	code 0 on_image list -o json
	valid list <<<"$output"
}

# --- counts and lengths that lie ---

@test "every bit set: all structures, text and JSON" {
	image 'ones = lambda n: hex(b"\xff" * n); c["identify"] = ones(4096); n["identify"] = ones(4096)
c["logs"] = {k: ones(v) for k, v in {"smart": 512, "fw": 512, "error": 256, "effects": 4096, "self-test": 564, "sanitize": 512,
"endurance": 512, "persistent-event": 512, "telemetry": 512, "fdp-configs": 512, "fdp-usage": 512, "discovery": 1024,
"ana": 4096, "lba-status": 512, "boot-part": 512, "phy-rx-eom": 512, "supported-cap-config": 4096}.items()}'
	each harmless
	for log in effects self-test sanitize endurance persistent-event telemetry fdp-configs fdp-usage discovery ana lba-status \
		boot-part phy-rx-eom supported-cap-config; do
		echo "$log"
		rc=0
		on_image get-log nvme0 -i "$log" -o json >"$BATS_TEST_TMPDIR/json" || rc=$?
		# What claims to be longer than anything can be may be refused, but in order.
		[ "$rc" -eq 0 ] || [ "$rc" -eq 7 ] || [ "$rc" -eq 5 ] || [ "$rc" -eq 6 ]
		valid get-log <"$BATS_TEST_TMPDIR/json"
		on_image get-log nvme0 -i "$log" -v >"$BATS_TEST_TMPDIR/text" || [ $? -eq "$rc" ]
	done
}

@test "counts at every step up to what the field holds" {
	for count in 0 1 2 63 64 127 128 254 255; do
		image "b = bytearray(512); b[128] = $count; b[25] = $count; b[193] = $count; n['identify'] = hex(b)"
		on_image id-ns nvme0n1 >"$BATS_TEST_TMPDIR/text"
		on_image id-ns nvme0n1 -o json >"$BATS_TEST_TMPDIR/json"
		valid id-ns <"$BATS_TEST_TMPDIR/json"
	done
}

@test "a page longer than its header, from a controller that knows no offset" {
	image 'c["identify"]["lpa"] = 0; c["logs"]["lba-status"] = hex(bytes([32]) + bytes(7) + bytes([0] * 24))'
	[ "$(on_image get-log nvme0 -i lba-status -o json | json 'd["length"]')" = 32 ]
}

@test "an image that says what it cannot: refused with the place" {
	image 'c["logs"]["smart"]["temperature"] = 70000'
	code 7 on_image smart-log nvme0
	[[ $stderr == *temperature* ]]
	image 'c["logs"]["smart"]["nonsense"] = 1'
	code 7 on_image smart-log nvme0
	[[ $stderr == *nonsense* ]]
}
