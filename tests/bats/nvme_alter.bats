#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# As "nvme": commands that alter something. 2.16's words and exit codes, and the same gate.
load common

setup() {
	img=$BATS_TEST_TMPDIR/demo.json
	cp "$top/src/dev/demo.json" "$img"
	export NVMEKIT_SYSTEM=$img
}

# says TEXT COMMAND...: exit code 0, that text alone on standard output, nothing on standard error
says() {
	local want=$1
	shift
	run --separate-stderr "$NVMEKIT" nvme "$@"
	if [ "$status" -ne 0 ] || [ "$output" != "$want" ] || [ -n "$stderr" ]; then
		echo "exit code $status: $*"
		echo "stdout: $output"
		echo "stderr: $stderr"
		return 1
	fi
}

# refuses TEXT COMMAND...: exit code 1, the text somewhere on standard error, the drive as it was
refuses() {
	local want=$1
	shift
	cp "$img" "$img.before"
	run --separate-stderr "$NVMEKIT" nvme "$@"
	[ "$status" -eq 1 ] && [ -z "$output" ] && [[ $stderr == *"$want"* ]] && cmp "$img" "$img.before" || {
		echo "exit code $status: $*; stdout: $output; stderr: $stderr"
		return 1
	}
}

@test "namespaces: sentences that scripts look for" {
	says $'create-ns: success\nnsid: 3' create-ns /dev/nvme0 -s 1000 -c 1000 -b 4096
	run "$NVMEKIT" nvme create-ns /dev/nvme0 --nsze=1000 --ncap=1000 --flbas=1 -o json
	[ "$(json '(d["create-ns"], d["nsid"])' <<<"$output")" = "('success', '4')" ]
	# A suffix counts blocks.
	says $'create-ns: success\nnsid: 5' create-ns /dev/nvme0 -s 4k -c 4k -f 1
	says $'attach-ns: success\nnsid: 5' attach-ns /dev/nvme0 -n 5 -c 1
	[ "$("$NVMEKIT" --quiet id-ns nvme0 -n 5 -o json | json 'd["nsze"]')" = 4000 ]
	says $'delete-ns: success\nnsid: 5' delete-ns /dev/nvme0 -n 5 --force
	says $'attach-ns: success\nnsid: 3' attach-ns /dev/nvme0 -n 3 -controllers=0x1
	says 'nvme0n3: namespace-id:3' get-ns-id /dev/nvme0n3
	says $'NVME Namespace List:\n[   0]:0x1\n[   1]:0x2\n[   2]:0x3' list-ns /dev/nvme0
	says $'NVME Namespace List:\n[   0]:0x1\n[   1]:0x2\n[   2]:0x3\n[   3]:0x4' list-ns /dev/nvme0 --all
	says $'num of ctrls present: 1\n[   0]:0x1' list-ctrl /dev/nvme0
	# What nobody uses can be taken away without a question, as 2.16 does; data cannot be destroyed so.
	says $'detach-ns: success\nnsid: 3' detach-ns /dev/nvme0 -n 3 -c 1
	refuses 'nobody is there to confirm it' delete-ns /dev/nvme0 -n 3
	says $'delete-ns: success\nnsid: 3' delete-ns /dev/nvme0 -n 3 --force
	says '' ns-rescan /dev/nvme0
	refuses 'FLBAS corresponding to block size 0 not found' create-ns /dev/nvme0 -s 1000 -c 1000
}

@test "format and sanitize: what 2.16 says, behind the gate" {
	refuses 'nobody is there to confirm it' format /dev/nvme0n2 -l 1
	says 'Success formatting namespace:2' format /dev/nvme0n2 -l 1 --force
	says 'Success formatting namespace:2' format /dev/nvme0 -n 2 -b 512 --yes --expect-serial=FL2207A04417
	says 'Success formatting namespace:2' format /dev/nvme0n2 -l 1 --force -o json
	says 'Success formatting namespace:2' format /dev/nvme0n2 -l1 -ses=1 -f
	says 'Success formatting namespace:ffffffff' format /dev/nvme0 --namespace-id=0xffffffff -l 1 --force
	refuses 'nobody is there to confirm it' sanitize /dev/nvme0 -a 2
	refuses "not 'X' as --expect-serial says" sanitize /dev/nvme0 -a 2 --yes --expect-serial=X
	says '' sanitize /dev/nvme0 -a start-block-erase --force
	run "$NVMEKIT" nvme sanitize /dev/nvme0 -a 2 --force
	[ "$status" -eq 1 ]
	[[ $output == 'NVMe status: Sanitize In Progress'*'(0x1d)' ]]
	run "$NVMEKIT" nvme sanitize /dev/nvme0 -a 2 --force -o json
	[ "$(json 'd["error"][:20]' <<<"$output")" = 'Sanitize In Progress' ]
	[ "$("$NVMEKIT" nvme sanitize-log /dev/nvme0 -o json | json 'sorted(d["nvme0"])')" = "['cdw10_info', 'sprog', 'sstat', 'time_block_erase', 'time_block_erase_no_dealloc', 'time_crypto_erase', 'time_crypto_erase_no_dealloc', 'time_over_write', 'time_over_write_no_dealloc']" ]
	"$NVMEKIT" nvme sanitize-log /dev/nvme0 | grep -qE '^Sanitize Progress +\(SPROG\) :  [0-9]+$'
}

@test "a drive in use is refused, whatever is forced" {
	/usr/bin/python3 - "$img" <<-'END'
	import json, sys
	d = json.load(open(sys.argv[1]))
	d["subsystems"][0]["namespaces"][0]["in_use"] = [{"kind": "mount", "what": "/ (ext4)", "system": True}]
	json.dump(d, open(sys.argv[1], "w"))
	END
	for c in 'format /dev/nvme0n1 -l 1' 'format /dev/nvme0 -n 1 -l 1' 'sanitize /dev/nvme0 -a 2' 'delete-ns /dev/nvme0 -n 1' \
		'detach-ns /dev/nvme0 -n 1 -c 1' 'reset /dev/nvme0' 'subsystem-reset /dev/nvme0' 'set-property /dev/nvme0 -O 0x14 -V 0' \
		'fw-commit /dev/nvme0 -s 3 -a 3' 'admin-passthru /dev/nvme0 --opcode=0x80 -n 1' 'io-passthru /dev/nvme0n1 --opcode=8'; do
		refuses 'nvme0n1 is in use: nvme0n1 is mounted at / (ext4), part of the running system' $c --force
		refuses 'is in use' $c --force --yes --expect-serial=FL2207A04417
	done
	says 'Success formatting namespace:1' format /dev/nvme0n1 -l 1 --force --allow-in-use
}

@test "self-tests" {
	says 'no self test running' device-self-test /dev/nvme0
	says 'Short Device self-test started' device-self-test /dev/nvme0 -s 1
	run "$NVMEKIT" nvme device-self-test /dev/nvme0
	[[ $output =~ ^progress\ [0-9]+%$ ]]
	says 'Aborting device self-test operation' device-self-test /dev/nvme0 --self-test-code=0xf
	"$NVMEKIT" nvme self-test-log /dev/nvme0 >"$BATS_TEST_TMPDIR/log"
	[ "$(head -4 "$BATS_TEST_TMPDIR/log")" = $'Device Self Test Log for NVME device:nvme0\nCurrent operation  : 0\nCurrent Completion : 0%\nSelf Test Result[0]:' ]
	[ "$(grep -c '^Self Test Result' "$BATS_TEST_TMPDIR/log")" -eq 20 ]
	[ "$("$NVMEKIT" nvme self-test-log /dev/nvme0 -o json | json '(d["Current Device Self-Test Operation"], d["List of Valid Reports"][0]["Self test code"])')" = '(0, 1)' ]
}

@test "firmware and resets" {
	printf 'NVMEKIT-FW 9.9.9 size=8192\n' >"$BATS_TEST_TMPDIR/fw"
	truncate -s 8192 "$BATS_TEST_TMPDIR/fw"
	says 'Firmware download success' fw-download /dev/nvme0 --fw="$BATS_TEST_TMPDIR/fw"
	says 'Success committing firmware action:1 slot:3' fw-commit /dev/nvme0 -s 3 -a 1
	says '' reset /dev/nvme0
	[ "$("$NVMEKIT" nvme fw-log /dev/nvme0 -o json | json 'd["nvme0"]["Active Firmware Slot (afi)"]')" = 3 ]
	says '' subsystem-reset /dev/nvme0
	truncate -s 8191 "$BATS_TEST_TMPDIR/fw"
	refuses 'multiple of 4' fw-download /dev/nvme0 -f "$BATS_TEST_TMPDIR/fw"
}

@test "properties" {
	says 'property: 0x14 (Controller Configuration), value: 0x460001' get-property /dev/nvme0 --offset=0x14
	says 'set-property: 0x14 (Controller Configuration), value: 0x460001' set-property /dev/nvme0 --offset=0x14 -V 0x460001
	says 'set-register: 0x1c (Controller Status), value: 0x10' set-reg /dev/nvme0 --csts=0x10
	says 'register: 0x14 (Controller Configuration), value: 0x460001' get-reg /dev/nvme0 -O 0x14
	"$NVMEKIT" nvme show-regs /dev/nvme0 | grep -qx 'cap     : 0x[0-9a-f]*'
	[ "$("$NVMEKIT" nvme show-regs /dev/nvme0 -o json | json 'd["cc"]')" = 4587521 ]
}

@test "security: rpmb and sed are spelled as in 2.16" {
	says $' [31:24]: 0x7\tAccess Size\n [23:16]: 0\tTotal Size\n  [5:3] : 0\tAuthentication Method\n  [2:0] : 0x2\tNumber of RPMB Units' \
		rpmb /dev/nvme4 --cmd=info
	run --separate-stderr "$NVMEKIT" nvme rpmb /dev/nvme4
	[ "${lines[3]}" = $'  [2:0] : 0x2\tNumber of RPMB Units' ]
	printf '\000\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020\021\022\023\024\025\026\027\030\031\032\033\034\035\036\037' >"$BATS_TEST_TMPDIR/key"
	chmod 600 "$BATS_TEST_TMPDIR/key"
	truncate -s 4096 "$BATS_TEST_TMPDIR/data"
	run "$NVMEKIT" nvme rpmb /dev/nvme4 -c read-counter -t 0
	[[ $output == 'Write Counter is: '[0-9]* ]]
	says 'Written 8 sectors out of 8 @target(0):0x8' rpmb /dev/nvme4 -c write-data -t 0 -o 8 -f "$BATS_TEST_TMPDIR/data" \
		-g "$BATS_TEST_TMPDIR/key"
	run "$NVMEKIT" nvme sed discover /dev/nvme4n1
	[ "${lines[0]}" = 'Locking Features:' ]
	[ "${lines[1]}" = $'\tLocking Supported               : Yes' ]
	run "$NVMEKIT" nvme sed nothing /dev/nvme4n1
	[ "$status" -eq 1 ]
	run "$NVMEKIT" nvme security-recv /dev/nvme4 -p 0 -x 512
	[ "${lines[0]}" = 'NVME Security Receive Command Success' ]
	[[ ${lines[2]} == '0000: 00 00 00 00 00 00 00 03 '* ]]
	says 'Lockdown Command is Successful' lockdown /dev/nvme4 -O 0x80 -p 1 -s 0
	run "$NVMEKIT" nvme format /dev/nvme4n1 -l 0 --force
	[[ $output == 'NVMe status: '* ]]
}

@test "what is this program's own stays out of sight" {
	for c in erase fw-update wait introspect dry-run; do
		run "$NVMEKIT" nvme $c /dev/nvme0
		[ "$status" -eq 1 ]
		[[ $output == "ERROR: Invalid sub-command '$c'"* ]]
	done
	run ! grep -q -- --expect-serial < <("$NVMEKIT" nvme sanitize --help 2>&1)
}
