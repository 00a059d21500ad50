#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Firmware and resets: fw-download, fw-commit, fw-update, reset, subsystem-reset.
load common

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	image new.bin 'NVMEKIT-FW FX2B0001' 65536
	system
}

# system [PYTHON]: a copy of the built-in system; s is its first subsystem, c the controller, n the first namespace
system() {
	/usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
s = d["subsystems"][0]
c, n = s["controllers"][0], s["namespaces"][0]
exec(sys.argv[2])
json.dump(d, sys.stdout)' "$top/src/dev/demo.json" "${1:-pass}" >drive.json
}

# image FILE LINE SIZE: firmware as a simulated drive takes it
image() {
	printf '%s\n' "$2" >"$1"
	truncate -s "$3" "$1"
}

nk() { "$NVMEKIT" --system drive.json --quiet "$@"; }
# the same, with the answer that the gate wants
ok() { nk "$@" --yes --expect-serial=FL2207A04417; }
# the same, with warnings
loud() { "$NVMEKIT" --system drive.json "$@" --yes --expect-serial=FL2207A04417; }
export -f nk ok

# what runs, the slots (next and active), what is in slot 3
now() {
	printf '[%s,%s]' "$(nk id-ctrl nvme0 -o json)" "$(nk fw-log nvme0 -o json)" |
		json '" ".join(map(str, [d[0]["fr"].strip(), d[1]["afi"], {e["slot"]: e["fr"].strip() for e in d[1]["frs"]}.get(3)]))'
}

# untouched CODE COMMAND...: ends so, the image is what it was, and nothing that alters was sent
untouched() {
	cp drive.json before.json
	code "$@" --trace
	cmp drive.json before.json || return 1
	if grep -E ' (fw-download|fw-commit|reset|subsystem-reset): .* -> ' <<<"$stderr"; then
		echo "this was sent"
		return 1
	fi
}

# --- fw-download ---

@test "fw-download: pieces as large as the drive takes, text and JSON" {
	image big.bin 'NVMEKIT-FW FX2B0001' 1310720
	code 0 nk fw-download nvme0 --fw=big.bin -o json
	[ "$(json '(d["bytes"], d["chunk"], d["commands"], d["offset"])' <<<"$output")" = "(1310720, 524288, 3, 0)" ]
	valid fw-download <<<"$output"
	code 0 nk fw download nvme1 -f new.bin -x 4Ki -p -I
	[[ $output == *"commands  : 16"* ]]
	[ "$(now)" = "FX2A0131 2 None" ]
}

@test "fw-download: from standard input, and in two parts" {
	image part1 'NVMEKIT-FW FX2B0009 size=16384' 8192
	truncate -s 8192 part2
	code 0 nk fw-download nvme0 -f part1
	code 0 bash -c 'nk fw-download nvme0 --offset=8192 -f - <part2'
	code 0 ok fw-commit nvme0 -s 3
	[ "$(now)" = "FX2A0131 2 FX2B0009" ]
}

@test "fw-download: what is wrong with the arguments is said before anything is sent" {
	truncate -s 65533 odd.bin
	: >empty.bin
	while read -r args; do
		# shellcheck disable=SC2086
		untouched 2 nk fw-download nvme0 $args
		[ -n "$stderr" ]
	done <<-'END'
		--fw=odd.bin
		--fw=empty.bin
		--fw=nothere.bin
		--fw=new.bin --xfer=6144
		--fw=new.bin --xfer=4098
		--fw=new.bin --xfer=1048576
		--fw=new.bin --offset=2
		--fw=new.bin --offset=2048
		--fw=new.bin --offset=-4
		--fw=new.bin --xfer=4x
		--xfer=4096
	END
}

@test "fw-download: an image that is no multiple of the granularity is sent as it is, and the drive refuses its end" {
	image short.bin 'NVMEKIT-FW FX2B0001' 4100
	code 5 "$NVMEKIT" --system drive.json fw-download nvme0 -f short.bin -x 4096
	[[ $stderr == *"no multiple of 4096"*"Invalid Field"*"--xfer"* ]]
	# Where there is no rule, any multiple of 4 will do.
	system 'c["identify"]["fwug"] = 255'
	code 0 nk fw-download nvme0 -f short.bin -x 1028
	code 0 ok fw-commit nvme0 -s 3
	[ "$(now)" = "FX2A0131 2 FX2B0001" ]
}

@test "fw-download: overlapping ranges" {
	code 0 nk fw-download nvme0 -f new.bin
	code 5 nk fw-download nvme0 -f new.bin
	[[ $stderr == *"Overlapping Range"*"--ignore-ovr"* ]]
	code 0 nk fw-download nvme0 -f new.bin --ignore-ovr -o json
	[ "$(json 'd["overlaps"]' <<<"$output")" = 1 ]
}

@test "fw-download: the drive goes away, or does not answer, in the middle" {
	system 'c["fail"] = [{"opcode": 17, "skip": 2, "gone": True}]'
	code 3 nk fw-download nvme0 -f new.bin -x 4096
	[[ $stderr == *"8192 of 65536 bytes"* ]]
	system 'c["fail"] = [{"opcode": 17, "skip": 2, "timeout": True}]'
	code 8 nk fw-download nvme0 -f new.bin -x 4096
	system 'c["fail"] = [{"opcode": 17, "skip": 2, "status": "0x4006"}]'
	code 5 nk fw-download nvme0 -f new.bin -x 4096 -o json
	[ "$(json 'd["error"]["status"]["sc"]' <<<"$output")" = 6 ]
}

@test "fw-download: progress as JSON lines" {
	code 0 nk fw-download nvme0 -f new.bin -x 16Ki --progress=json
	[ "$(tail -1 <<<"$stderr" | json '(d["part"], d["whole"], d["done"])')" = "(64, 64, True)" ]
	[ "$(wc -l <<<"$stderr")" -eq 5 ]
}

# --- fw-commit ---

@test "fw-commit: every action, by name and by number" {
	nk fw-download nvme0 -f new.bin
	code 0 ok fw-commit nvme0 --slot=3 --action=replace -o json
	valid fw-commit <<<"$output"
	[ "$(json '(d["slot"], d["action_name"], d["needs_reset"], d["status"], d["mud"])' <<<"$output")" = "(3, 'replace', 'none', 0, 0)" ]
	[ "$(now)" = "FX2A0131 2 FX2B0001" ]
	code 0 ok fw commit nvme0 -s 3 -a set-active -o json
	[ "$(json 'd["needs_reset"]' <<<"$output")" = controller ]
	[ "$(now)" = "FX2A0131 50 FX2B0001" ]
	image other.bin 'NVMEKIT-FW FX2B0002' 4096
	nk fw-download nvme0 -f other.bin
	code 0 ok fw-activate nvme0 -s 2 -a 3
	[[ $output == *"needs_reset : none"* ]]
	[ "$(now)" = "FX2B0002 2 FX2B0001" ]
	nk fw-download nvme0 -f other.bin
	code 0 ok fw-commit nvme0 -a replace-and-activate # the drive chooses the slot
	[ "$(now)" = "FX2B0002 50 FX2B0002" ]
}

@test "fw-commit: the statuses that ask for a reset are success, and say which" {
	while read -r word action needs value; do
		image i.bin "NVMEKIT-FW FX2B0003 needs=$word" 4096
		nk fw-download nvme0 -f i.bin
		code 0 loud fw-commit nvme0 -s 3 -a "$action" -o json
		[ "$(json '(d["needs_reset"], hex(d["status"]))' <<<"$output")" = "('$needs', '$value')" ]
		[[ $stderr == *"does not run yet"* ]]
		[ "$(now)" = "FX2A0131 50 FX2B0003" ]
	done <<-'END'
		nothing 1 controller 0x0
		controller 3 controller 0x111
		subsystem 1 subsystem 0x110
		subsystem 3 subsystem 0x110
		conventional 1 conventional 0x10b
		conventional 3 conventional 0x10b
	END
}

@test "fw-commit: errors of the drive, with what to do about them" {
	local line
	while IFS='|' read -r line action part; do
		image i.bin "$line" 4096
		nk fw-download nvme0 -f i.bin
		code 5 ok fw-commit nvme0 -s 3 -a "$action"
		[[ $stderr == *$part* ]]
		[[ "$(now)" == "FX2A0131 2 "* ]]
	done <<-'END'
		SOMETHING ELSE|1|Invalid Firmware Image*damaged
		NVMEKIT-FW X size=8192|1|Invalid Firmware Image
		NVMEKIT-FW X needs=max-time|3|Maximum Time*replace-and-activate
		NVMEKIT-FW X needs=prohibited|1|Prohibited*running one goes on
		NVMEKIT-FW X needs=prohibited|3|Prohibited
	END
	code 5 ok fw-commit nvme0 -s 3 -a 1 # nothing was downloaded since
	[[ $stderr == *"Invalid Firmware Image"* ]]
	system 'c["fail"] = [{"opcode": 16, "timeout": True}]'
	code 8 ok fw-commit nvme0 -s 3 -a 2
	[[ $stderr == *"fw-log"* ]]
	system 'c["fail"] = [{"opcode": 16, "gone": True}]'
	code 3 ok fw-commit nvme0 -s 3 -a 2
}

@test "fw-commit: updates at the same time are told of" {
	system 'c["identify"]["frmw"] = "0x37"'
	nk fw-download nvme0 -f new.bin
	nk fw-download nvme0 -f new.bin
	code 0 loud fw-commit nvme0 -s 3 -o json
	[ "$(json '(d["mud"], d["mud_bits"])' <<<"$output")" = "(1, {'admin': 1, 'management': 0})" ]
	[[ $stderr == *"another update"* ]]
}

@test "fw-commit: boot partitions" {
	untouched 6 ok fw-commit nvme0 -a activate-boot-partition -b 1
	[[ $stderr == *"CAP bit 45"* ]]
	system 'c["registers"] = {"bpinfo": 4}'
	nk fw-download nvme0 -f new.bin
	code 0 ok fw-commit nvme0 -a replace-boot-partition --bpid=1 -o json
	[ "$(json '(d["bpid"], "slot" in d)' <<<"$output")" = "(1, False)" ]
	code 0 ok fw-commit nvme0 -a 7 -b 1
	[ "$(nk get-reg nvme0 --bpinfo -o json | json 'd["bpinfo"]')" = $((0x80000004)) ]
	[ "$(now)" = "FX2A0131 2 None" ]
	code 5 ok fw-commit nvme0 -a 6 -b 0 # nothing was downloaded since
	system 'c["registers"] = {"bpinfo": 4}; c["features"]["0x85"] = {"current": 2}'
	nk fw-download nvme0 -f new.bin
	code 5 ok fw-commit nvme0 -a 6 -b 0
	[[ $stderr == *locked* ]]
}

@test "fw-commit: bad values, before anything is sent" {
	while read -r args; do
		# shellcheck disable=SC2086
		untouched 2 ok fw-commit nvme0 $args
	done <<-'END'
		-s 8
		-s 4
		-s 7 -a set-active
		-s 1 -a replace
		-s 1 -a 1
		-a 4
		-a 5
		-a 8
		-a nonsense
		-b 1
		-b 2 -a 6
		-a 6 -s 2
	END
}

# --- what a drive cannot do ---

@test "without the capability: exit code 6, and nothing is sent" {
	system 'c["identify"]["oacs"] = "0x1a"'
	untouched 6 nk fw-download nvme0 -f new.bin
	[[ $stderr == *OACS* ]]
	untouched 6 ok fw-commit nvme0 -s 3
	untouched 6 ok fw-update nvme0 -f new.bin
	system 'c["identify"]["frmw"] = "0x07"'
	untouched 6 ok fw-commit nvme0 -s 3 -a 3
	[[ $stderr == *"FRMW bit 4"* ]]
	untouched 6 ok fw-update nvme0 -f new.bin --activate=now
	system 'c["identify"]["frmw"] = "0x13"; c["logs"]["fw"]["afi"] = 1'
	untouched 6 ok fw-update nvme0 -f new.bin
	system 'c["registers"] = {"cap": "0x2014010fff"}'
	untouched 6 ok subsystem-reset nvme0
	[[ $stderr == *NSSRS* ]]
	untouched 6 ok fw-update nvme0 -f new.bin --reset=subsystem
	# With the larger reset out of the question, what is needed is not done, and said.
	image i.bin 'NVMEKIT-FW FX2B0004 needs=subsystem' 8192
	code 10 loud fw-update nvme0 -f i.bin --reset=auto
	[[ $stderr == *"taking the power away"* ]]
}

@test "a node over several paths is about no single controller" {
	for args in "fw-download -f new.bin" "fw-commit -s 1" "fw-update -f new.bin" reset subsystem-reset; do
		# shellcheck disable=SC2086
		untouched 2 nk $args nvme2n1
		[[ $stderr == *"nvme2, nvme3"* ]]
	done
	code 0 ok reset nvme0n1
	[[ $output == *"ctrl      : nvme0"* ]]
}

# --- fw-update ---

@test "fw-update: by default the next reset starts it" {
	code 0 loud fw-update nvme0 --image=new.bin
	[[ $output == *"state       : pending"* ]]
	[[ $stderr == *"nvmekit reset nvme0"* ]]
	[ "$(now)" = "FX2A0131 50 FX2B0001" ]
	code 0 ok reset nvme0 -o json
	[ "$(json '(d["fr_before"], d["fr"])' <<<"$output")" = "('FX2A0131', 'FX2B0001')" ]
	[ "$(now)" = "FX2B0001 3 FX2B0001" ]
}

@test "fw-update: a reset, or the drive by itself, until it runs; before and after in the report" {
	code 0 ok fw update nvme0 -f new.bin --reset=auto --expect-revision=FX2B0001 -o json
	valid fw-update <<<"$output"
	[ "$(json '(d["state"], d["reset"], d["needs_reset"], d["slot"], d["padding"])' <<<"$output")" = "('running', 'controller', 'none', 3, 0)" ]
	[ "$(json 'list(d["before"].values()) + list(d["after"].values())' <<<"$output")" = "['FX2A0131', 2, 0, '', 'FX2B0001', 3, 0, 'FX2B0001']" ]
	image i.bin 'NVMEKIT-FW FX2B0002' 5000
	system 's["times"] = {"fw-activate": 200}'
	code 0 loud fw-update nvme0 -f i.bin --activate=now -o json
	[ "$(json '(d["state"], d["reset"], d["padding"], d["image_bytes"])' <<<"$output")" = "('running', 'none', 3192, 5000)" ]
	[[ $stderr == *"3192 zero bytes"* ]]
	[ "$(now)" = "FX2B0002 3 FX2B0002" ]
}

@test "fw-update: what the image needs, and what is allowed" {
	local want args word runs
	while read -r want word state reset args; do
		system
		image i.bin "NVMEKIT-FW FX2B0004 needs=$word" 8192
		# shellcheck disable=SC2086
		code "$want" ok fw-update nvme0 -f i.bin $args -o json
		[ "$(json '(d["state"], d["reset"])' <<<"$output")" = "('$state', '$reset')" ]
		runs=FX2A0131
		[ "$state" != running ] || runs=FX2B0004
		[[ "$(now)" == "$runs "*" FX2B0004" ]]
	done <<-'END'
		0 subsystem running subsystem --reset=auto
		0 subsystem running subsystem --reset=subsystem
		0 controller running subsystem --reset=subsystem
		0 controller running controller --activate=now --reset=auto
		0 subsystem pending none
		0 max-time running controller --activate=now --reset=controller
		0 prohibited stored none --stage-only
		0 nothing running none --activate=now --expect-revision=FX2B0004
		10 subsystem pending none --reset=controller
		10 conventional pending none --reset=auto
		10 max-time pending none --activate=now
		10 controller pending none --activate=now
	END
	system
	image i.bin "NVMEKIT-FW FX2B0004 needs=prohibited" 8192
	code 5 ok fw-update nvme0 -f i.bin --reset=auto
	[[ "$(now)" == "FX2A0131 "* ]]
}

@test "fw-update: says exactly what to do about another reset" {
	image i.bin 'NVMEKIT-FW FX2B0004 needs=conventional' 8192
	code 10 loud fw-update nvme0 -f i.bin --reset=auto
	[[ $stderr == *"reboot"*"a reset of the controller does not"* ]]
	image i.bin 'NVMEKIT-FW FX2B0005 needs=subsystem' 8192
	code 10 loud fw-update nvme0 -f i.bin --reset=controller
	[[ $stderr == *"nvmekit subsystem-reset nvme0"* ]]
}

@test "fw-update: another revision than expected is stored, and not started" {
	code 7 ok fw-update nvme0 -f new.bin --expect-revision=FX2B0007 --reset=auto
	[[ $stderr == *"'FX2B0001', not 'FX2B0007'"* ]]
	[ "$(now)" = "FX2A0131 2 FX2B0001" ]
}

@test "fw-update: a drive that goes on with the old firmware is no success" {
	system 'c["fail"] = [{"opcode": 16, "status": 0}]'
	code 10 loud fw-update nvme0 -f new.bin --reset=auto -o json
	[ "$(json '(d["state"], d["after"]["fr"])' <<<"$output")" = "('not-running', 'FX2A0131')" ]
	[[ $stderr == *"not what was put into slot 3"* ]]
	system 's["times"] = {"fw-activate": 60000}'
	code 8 ok fw-update nvme0 -f new.bin --activate=now --timeout=200ms
	[[ $stderr == *"fw-log"* ]]
}

@test "fw-update: the slot" {
	local python slot
	while IFS='|' read -r slot python args; do
		system "$python"
		# shellcheck disable=SC2086
		code 0 ok fw-update nvme0 -f new.bin $args -o json
		[ "$(json 'd["slot"]' <<<"$output")" = "$slot" ]
	done <<-'END'
		3|c["identify"]["frmw"] = "0x17"
		4|c["identify"]["frmw"] = "0x19"; c["logs"]["fw"]["frs"].append({"slot": 3, "fr": "X"})
		1|c["identify"]["frmw"] = "0x14"
		3|c["logs"]["fw"]["afi"] = 1; c["logs"]["fw"]["frs"].append({"slot": 3, "fr": "X"}); c["logs"]["fw"]["afi"] = 0x21
		2|c["identify"]["frmw"] = "0x15"
		2|pass|--slot=2
	END
	untouched 2 ok fw-update nvme0 -f new.bin --slot=1
	untouched 2 ok fw-update nvme0 -f new.bin --slot=4
	untouched 2 ok fw-update nvme0 -f new.bin --slot=0
}

@test "fw-update: the only firmware of a drive is not overwritten by itself" {
	untouched 9 nk fw-update nvme1 -f new.bin --yes --expect-serial=MW18C220091
	[[ $stderr == *"--slot=1"* ]]
	code 0 nk fw-update nvme1 -f new.bin --slot=1 --reset=auto --yes --expect-serial=MW18C220091 -o json
	[ "$(json '(d["state"], d["after"]["fr"])' <<<"$output")" = "('running', 'FX2B0001')" ]
}

@test "fw-update: bad values, before anything is sent" {
	while read -r args; do
		# shellcheck disable=SC2086
		untouched 2 ok fw-update nvme0 $args
	done <<-'END'
		--slot=3
		-f nothere.bin
		-f new.bin --stage-only --reset=auto
		-f new.bin --stage-only --activate=now
		-f new.bin --reset=sometimes
		-f new.bin --activate=later
		-f new.bin --expect-revision=TOOLONG99
		-f new.bin --expect-revision=
		-f new.bin --xfer=6144
	END
}

@test "fw-update: errors on the way leave what runs, and say where it stands" {
	while IFS='|' read -r want python; do
		system "$python"
		code "$want" ok fw-update nvme0 -f new.bin --reset=auto -x 4096
		[ "$(json 'd["subsystems"][0]["controllers"][0]["identify"]["fr"]' <drive.json)" = FX2A0131 ]
	done <<-'END'
		5|c["fail"] = [{"opcode": 17, "skip": 3, "status": "0x4006"}]
		8|c["fail"] = [{"opcode": 17, "skip": 3, "timeout": True}]
		3|c["fail"] = [{"opcode": 17, "skip": 3, "gone": True}]
		5|c["fail"] = [{"opcode": 16, "status": "0x4107"}]
		8|c["fail"] = [{"opcode": 16, "timeout": True}]
		3|c["fail"] = [{"opcode": 16, "gone": True}]
		8|c["fail"] = [{"kind": "reset", "timeout": True}]
		3|c["fail"] = [{"kind": "reset", "gone": True}]
	END
	system 'c["fail"] = [{"kind": "reset", "timeout": True}]'
	code 8 loud fw-update nvme0 -f new.bin --reset=auto
	[[ $stderr == *"the firmware is in slot 3"* ]]
}

# --- resets ---

@test "reset: waits until the controller is back, and says how long that took" {
	system 's["times"] = {"reset": 150}'
	code 0 ok reset nvme0 -o json --progress=json
	valid reset <<<"$output"
	[ "$(json '(d["ctrl"], d["reset"], d["state"], d["duration"] >= 150)' <<<"$output")" = "('nvme0', 'controller', 'live', True)" ]
	[[ $stderr == *'"phase":"resetting"'* ]]
	code 0 ok subsystem-reset nvme0 -o json
	[ "$(json '(d["reset"], d["duration"] >= 150)' <<<"$output")" = "('subsystem', True)" ]
}

@test "reset: a controller that does not come back" {
	system 's["times"] = {"reset": 60000}'
	code 8 ok reset nvme0 --timeout=100ms
	[[ $stderr == *"list-subsys"* ]]
	code 3 nk id-ctrl nvme0
	[[ $stderr == *resetting* ]]
	system 'c["fail"] = [{"opcode": 6, "skip": 1, "status": "0x4006"}]'
	code 3 ok reset nvme0
	[[ $stderr == *"does not answer"* ]]
	system 'c["fail"] = [{"kind": "reset", "gone": True}, {"kind": "subsystem-reset", "timeout": True}]'
	code 8 ok subsystem-reset nvme0
	code 3 ok reset nvme0
	# One that hangs needs a reset the more.
	system 'c["fail"] = [{"opcode": 6, "count": 1, "timeout": True}]'
	code 0 ok reset nvme0 -o json
	[ "$(json 'd["fr_before"]' <<<"$output")" = None ]
}

# --- the gate ---

gated="fw-commit -s 3 -a 2
fw-commit -s 3 -a 3
fw-update -f new.bin
fw-update -f new.bin --stage-only
fw-update -f new.bin --reset=auto
fw-update -f new.bin --activate=now
reset
subsystem-reset"
# what interrupts; the rest only shows that the drive is in use
interrupting="fw-commit -s 3 -a 3
fw-update -f new.bin --reset=auto
fw-update -f new.bin --activate=now
reset
subsystem-reset"

@test "the gate: nobody to ask, and the wrong drive" {
	while read -r args; do
		# shellcheck disable=SC2086
		untouched 9 nk $args nvme0 </dev/null
		[[ $stderr == *FL2207A04417* ]]
		# shellcheck disable=SC2086
		untouched 9 nk $args nvme0 --yes </dev/null
		# shellcheck disable=SC2086
		untouched 9 nk $args nvme0 --yes --expect-serial=OTHER </dev/null
	done <<<"$gated"
}

@test "the gate: a drive in use is not interrupted, and new firmware may be stored" {
	system 'n["in_use"] = [{"kind": "mount", "what": "/srv (ext4)"}]'
	cp drive.json busy.json
	while read -r args; do
		# shellcheck disable=SC2086
		untouched 9 ok $args nvme0
		[[ $stderr == *"/srv"* ]]
		# shellcheck disable=SC2086
		untouched 9 ok $args nvme0 --force
	done <<<"$interrupting"
	for args in "fw-update -f new.bin" "fw-update -f new.bin --stage-only" "fw-update -f new.bin --reset=auto --allow-in-use" \
		"reset --allow-in-use" "subsystem-reset --allow-in-use"; do
		cp busy.json drive.json
		# shellcheck disable=SC2086
		code 0 ok $args nvme0
	done
}

@test "the gate: a reset is refused before the image is sent, whoever uses the drive" {
	for use in '"kind": "swap", "what": "swap"' '"kind": "holder", "what": "md127 (raid1, active)"' \
		'"kind": "mount", "what": "/ (ext4)", "system": True' '"kind": "claimed", "what": ""'; do
		system "n['in_use'] = [{$use}]"
		untouched 9 ok fw-update nvme0 -f new.bin --reset=auto
		untouched 9 ok reset nvme0
	done
}

@test "a dry run sends nothing, and its plan names the commands" {
	while read -r args; do
		# shellcheck disable=SC2086
		untouched 0 nk $args nvme0 --dry-run -o json
		valid dry-run <<<"$output"
		[ "$(json 'len(d["commands"]) > 0 and len(d["steps"]) > 0' <<<"$output")" = True ]
	done <<<"$gated"
	untouched 0 nk fw-download nvme0 -f new.bin -x 4096 --dry-run -o json
	[ "$(json '[c["cdw11"] for c in d["commands"]]' <<<"$output")" = "[0, 15360]" ]
	untouched 0 nk fw-update nvme0 -f new.bin --reset=subsystem --dry-run
	[[ $output == *"Firmware Image Download"*"Firmware Commit"*"NVM subsystem reset"* ]]
}
