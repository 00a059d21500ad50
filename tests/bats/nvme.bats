#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Called as "nvme": what programs written for nvme-cli 2.16 rely on. On the same drives as 2.16 itself
# tests/qemu/differential.bats compares both.
load common

setup() {
	ln -s "$NVMEKIT" "$BATS_TEST_TMPDIR/nvme"
	export NVMEKIT_SYSTEM=demo
}

nvme() { "$BATS_TEST_TMPDIR/nvme" "$@"; }

# keys < document: the keys of its first object, sorted
keys() { json '" ".join(sorted(d if isinstance(d, dict) else d[0]))'; }

@test "nvme: the symlink and the first word mean the same" {
	[ "$(nvme id-ctrl /dev/nvme0)" = "$("$NVMEKIT" nvme id-ctrl /dev/nvme0)" ]
	[ "$(nvme id-ctrl /dev/nvme0)" != "$(demo id-ctrl nvme0)" ]
}

@test "nvme list -o json: flat, the ten keys, numbers" {
	[ "$(nvme list -o json | keys)" = Devices ]
	[ "$(nvme list -o json | json '" ".join(d["Devices"][0])')" = \
		"NameSpace DevicePath GenericPath Firmware ModelNumber SerialNumber UsedBytes MaximumLBA PhysicalSize SectorSize" ]
	[ "$(nvme list -o json | json 'all(isinstance(v[k], int) for v in d["Devices"] for k in ("UsedBytes", "SectorSize"))')" = True ]
	nvme list -o json | grep -q '^      "DevicePath":"/dev/nvme0n1",$'
}

@test "nvme list -v -o json: nested; a namespace stands where its kind is" {
	nvme list -v -o json >"$BATS_TEST_TMPDIR/out"
	[ "$(keys <"$BATS_TEST_TMPDIR/out")" = Devices ]
	[ "$(json '" ".join(d["Devices"][0])' <"$BATS_TEST_TMPDIR/out")" = "HostNQN HostID Subsystems" ]
	[ "$(json '" ".join(d["Devices"][0]["Subsystems"][0])' <"$BATS_TEST_TMPDIR/out")" = \
		"Subsystem SubsystemNQN Controllers Namespaces" ]
	[ "$(json '" ".join(d["Devices"][0]["Subsystems"][0]["Controllers"][0])' <"$BATS_TEST_TMPDIR/out")" = \
		"Controller Cntlid SerialNumber ModelNumber Firmware Transport Address Slot Namespaces Paths" ]
	# Of the demo's subsystems one has two paths: its namespaces are the subsystem's.
	[ "$(json '[(len(s["Namespaces"]), [len(c["Namespaces"]) for c in s["Controllers"]], [len(c["Paths"]) for c in s["Controllers"]])
		for h in d["Devices"] for s in h["Subsystems"] if len(s["Controllers"]) == 2]' <"$BATS_TEST_TMPDIR/out")" = \
		"[(1, [0, 0], [1, 1])]" ]
	[ "$(json 'all(isinstance(c["Cntlid"], str) for h in d["Devices"] for s in h["Subsystems"] for c in s["Controllers"])' \
		<"$BATS_TEST_TMPDIR/out")" = True ]
}

@test "nvme list: columns at the places where programs cut" {
	nvme list >"$BATS_TEST_TMPDIR/out"
	head -1 "$BATS_TEST_TMPDIR/out" | grep -q '^Node  *Generic  *SN  *Model  *Namespace  *Usage  *Format  *FW Rev  $'
	[ "$(sed -n 2p "$BATS_TEST_TMPDIR/out" | awk '{ print length($1), length($2), length($3), length($4), NF }')" = "21 21 20 40 8" ]
	[ "$(awk 'NR > 2 { print $1 }' "$BATS_TEST_TMPDIR/out" | head -1)" = /dev/nvme0n1 ]
	[ "$(nvme list -v | grep -c '^---')" -eq 3 ]
}

@test "nvme list-subsys: a bare array, all strings in Paths" {
	[ "$(nvme list-subsys -o json | json 'type(d).__name__, " ".join(d[0]), " ".join(d[0]["Subsystems"][0])')" = \
		"('list', 'HostNQN HostID Subsystems', 'Name NQN Paths')" ]
	[ "$(nvme list-subsys -o json | json 'all(isinstance(v, str) for h in d for s in h["Subsystems"] for p in s["Paths"] for v in p.values())')" = True ]
	[ "$(nvme list-subsys -o json | json 'any("ANAState" in p for h in d for s in h["Subsystems"] for p in s["Paths"])')" = False ]
	[ "$(nvme list-subsys /dev/nvme2n1 -o json | json 'all("ANAState" in p for h in d for s in h["Subsystems"] for p in s["Paths"])')" = True ]
	nvme list-subsys | grep -q '^nvme-subsys0 - NQN='
	nvme list-subsys | grep -q '^ +- nvme0 pcie .* live$'
}

@test "nvme id-ctrl: padded strings, keys of 2.16, nothing beside" {
	nvme id-ctrl /dev/nvme0 -o json >"$BATS_TEST_TMPDIR/out"
	[ "$(json 'len(d["sn"]), len(d["mn"]), len(d["fr"])' <"$BATS_TEST_TMPDIR/out")" = "(20, 40, 8)" ]
	[ "$(json 'd["psds"][0]["non-operational_state"] in (0, 1), "ps" in d["psds"][0], "vs" in d, "nvmekit" in d, "oacs_bits" in d' \
		<"$BATS_TEST_TMPDIR/out")" = "(True, False, False, False, False)" ]
	nvme id-ctrl /dev/nvme0 >"$BATS_TEST_TMPDIR/out"
	[ "$(head -1 "$BATS_TEST_TMPDIR/out")" = "NVME Identify Controller:" ]
	grep -q '^mdts      : 7$' "$BATS_TEST_TMPDIR/out"
	grep -q '^ver       : 0x20000$' "$BATS_TEST_TMPDIR/out"
	grep -q '^ps      0 : mp:' "$BATS_TEST_TMPDIR/out"
	nvme id-ctrl /dev/nvme0 -H | grep -q "^  \[3:3\] : 0x1	NS Management and Attachment Supported$"
	[ "$(nvme id-ctrl /dev/nvme0 -b | wc -c)" -eq 4096 ]
}

@test "nvme id-ns: formats, also with words" {
	nvme id-ns /dev/nvme0n1 -o json >"$BATS_TEST_TMPDIR/out"
	[ "$(json '" ".join(d["lbafs"][0]), sum(f["in_use"] for f in d["lbafs"])' <"$BATS_TEST_TMPDIR/out")" = \
		"('lbaf ms ds rp in_use', 1)" ]
	[ "$(nvme id-ns /dev/nvme0n1 -v -o json | json 'd["lbafs"][0]["Data Size"]')" = "512 bytes" ]
	nvme id-ns /dev/nvme0n1 | grep -q '^NVME Identify Namespace 1:$'
	nvme id-ns /dev/nvme0n1 | grep -q '^lbaf  0 : ms:0   lbads:9  rp:[0-9x]* (in use)$'
	nvme id-ns /dev/nvme0n1 -H | grep -q '^LBA Format  0 : Metadata Size: 0   bytes - Data Size: 512 bytes - .*(in use)$'
	nvme id-ns /dev/nvme0 -n 2 | grep -q '^NVME Identify Namespace 2:$'
}

@test "nvme smart-log: sensors by number, the warning an object with -v only" {
	nvme smart-log /dev/nvme0 -o json >"$BATS_TEST_TMPDIR/out"
	[ "$(json 'd["temperature_sensor_1"] > 200, type(d["critical_warning"]).__name__, "temperature_sensors" in d' \
		<"$BATS_TEST_TMPDIR/out")" = "(True, 'int', False)" ]
	nvme smart-log /dev/nvme0 -v -o json >"$BATS_TEST_TMPDIR/out"
	[ "$(json '" ".join(d["critical_warning"])' <"$BATS_TEST_TMPDIR/out")" = \
		"value available_spare temp_threshold reliability_degraded ro vmbu_failed pmr_ro" ]
	nvme smart-log /dev/nvme0 | grep -q "^percentage_used				: [0-9]*%$"
	nvme smart-log /dev/nvme0 | grep -q "^Data Units Read				: [0-9]* ([0-9.]* .B)$"
	nvme smart-log /dev/nvme0 | grep -q "^temperature				: [0-9]* °C ([0-9]* K, [0-9]* °F)$"
}

@test "nvme fw-log and error-log" {
	[ "$(nvme fw-log /dev/nvme0 -o json | json 'list(d) == ["nvme0"], d["nvme0"]["Active Firmware Slot (afi)"] > 0')" = "(True, True)" ]
	nvme fw-log /dev/nvme0 -o json | grep -q '"Firmware Rev Slot 1":"[0-9]* (.*)"'
	nvme fw-log /dev/nvme0 | grep -q '^frs1 : 0x[0-9a-f]* (.*)$'
	[ "$(nvme error-log /dev/nvme0 -e 2 -o json | json '" ".join(d["errors"][0])')" = \
		"error_count sqid cmdid phase_tag status_field parm_error_location lba nsid vs trtype cs trtype_spec_info" ]
	nvme error-log /dev/nvme0 -e 2 | grep -q "^error_count	: [0-9]*$"
}

@test "nvme get-log and passthru: dumps, raw bytes, the result on stderr" {
	[ "$(nvme get-log /dev/nvme0 -i 2 -l 512 -b | wc -c)" -eq 512 ]
	[ "$(nvme get-log /dev/nvme0 --log-id=2 --log-len=64 | head -1)" = "Device:nvme0 log-id:2 namespace-id:0xffffffff" ]
	code 0 nvme admin-passthru /dev/nvme0 --opcode=6 --cdw10=1 --data-len=4096 -r
	[ "$stderr" = "Admin Command Identify is Success and result: 0x00000000" ]
	[ "${lines[0]}" = "       0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f" ]
	[ "$(nvme admin-passthru /dev/nvme0 --opcode=6 --cdw10=1 --data-len=4096 -r -b 2>/dev/null | wc -c)" -eq 4096 ]
}

@test "nvme: version and help" {
	nvme --version | head -1 | grep -q '^nvme version 2\.16 '
	nvme version | sed -n 2p | grep -q '^libnvme version [0-9.]* '
	code 0 nvme
	[[ $output == *smart-log* ]]
	[ -z "$stderr" ]
	code 1 nvme smart-log --help
	[ -z "$output" ]
	[[ $stderr == *"Usage: nvme smart-log"* ]]
}

@test "nvme: errors are 1, in JSON on stdout, NVMe statuses as libnvme words them" {
	code 1 nvme nope
	[[ $stderr == "ERROR: Invalid sub-command 'nope'"* ]]
	[ -z "$output" ]
	code 1 nvme id-ctrl /dev/nvme99
	[[ $stderr == "/dev/nvme99: No such file or directory"* ]]
	code 1 nvme id-ctrl /dev/nvme99 -o json
	[ "$(json 'd' <<<"$output")" = "{'error': '/dev/nvme99: No such file or directory'}" ]
	code 1 nvme id-ctrl /dev/nvme0 --frobnicate
	[[ $stderr == "id-ctrl: unrecognized option '--frobnicate'"* ]]
	code 1 nvme admin-passthru /dev/nvme0 --opcode=0xd0
	[[ $stderr == "NVMe status: Invalid Command Opcode: "*"(0x4001)" ]]
	[ -z "$output" ]
	code 1 nvme admin-passthru /dev/nvme0 --opcode=0xd0 -o json
	[ "$(json 'd["error"].startswith("Invalid Command Opcode"), d["type"]' <<<"$output")" = "(True, 'nvme')" ]
	[ -z "$stderr" ]
}

@test "nvme list: a kernel without the driver is an error, no drives are an empty list" {
	mkdir -p "$BATS_TEST_TMPDIR/none" "$BATS_TEST_TMPDIR/empty/sys/class/nvme"
	unset NVMEKIT_SYSTEM
	NVMEKIT_SYSROOT=$BATS_TEST_TMPDIR/none code 1 nvme list -o json
	[ "$(json 'd["error"]' <<<"$output")" = "Failed to scan topology: No such file or directory" ]
	NVMEKIT_SYSROOT=$BATS_TEST_TMPDIR/empty code 0 nvme list -o json
	[ "$(json 'd' <<<"$output")" = "{'Devices': []}" ]
}

@test "nvme: options in any order and spelling" {
	want=$(nvme smart-log /dev/nvme0 -o json)
	[ "$(nvme smart-log -ojson /dev/nvme0)" = "$want" ]
	[ "$(nvme smart-log /dev/nvme0 --output=json)" = "$want" ]
	[ "$(nvme smart-log -output-format=json /dev/nvme0)" = "$want" ]
	[ "$(nvme smart-log --output-format json -n -1 /dev/nvme0 -t 5000)" = "$want" ]
	[ "$(nvme -smart-log /dev/nvme0 -o json --output-format-version=1 --no-retries)" = "$want" ]
	code 0 nvme smart-log /dev/nvme0 -o json
	[ -z "$stderr" ]
}
