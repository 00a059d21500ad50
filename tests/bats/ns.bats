#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Namespaces, capacity, virtualization: every command on a simulated drive, what it refuses, and that nothing is half-done.
load common

# drive [PYTHON]: an image of a drive with two controllers; the code changes it: d, s (subsystem), c (controllers), n (namespaces)
drive() {
	local cache
	cache=$BATS_FILE_TMPDIR/$(cksum <<<"${1-}" | tr ' ' -).json
	[ -e "$cache" ] || make_drive "$cache" "${1-}"
	export NVMEKIT_SYSTEM=$BATS_TEST_TMPDIR/drive.json
	cp "$cache" "$NVMEKIT_SYSTEM"
}
make_drive() {
	/usr/bin/python3 - "$@" <<'PY'
import json, sys
def ctrl(i):
    return {"name": f"nvme{i}", "cntlid": i + 1, "transport": "pcie", "address": f"0000:0{i}:00.0", "identify": {
        "sn": "SERIAL1", "mn": "Model 1", "fr": "1.0", "cmic": 2, "oacs": "0x88", "oaes": "0x80100", "nn": 32, "mnan": 32,
        "ctratt": "0x80", "ver": "0x020100", "tnvmcap": 1000 << 30, "unvmcap": 400 << 30, "elpe": 15, "lpa": 4, "mdts": 5,
        "endgidmax": 3, "nsetidmax": 4}, "cns": {"id-ns-granularity": {"namespace-granularity-list": [
            {"namespace-size-granularity": 1 << 30, "namespace-capacity-granularity": 1 << 30}]}}}
def ns(i, gib, shared, ctrls):
    return {"name": f"nvme0n{i}", "generic": f"ng0n{i}", "nsid": i, "controllers": ctrls, "identify": {
        "nsze": gib << 18, "ncap": gib << 18, "nvmcap": gib << 30, "flbas": 1, "nmic": shared, "mc": 3, "dpc": "0x1f", "lbafs": [
            {"ds": 9, "rp": 2}, {"ds": 12}, {"ds": 9, "ms": 8, "rp": 3}, {"ds": 12, "ms": 8, "rp": 1}]}}
c = [ctrl(0), ctrl(1)]
c[0]["cns"]["primary-ctrl-caps"] = {"cntlid": 1, "crt": 3, "vqfrt": 12, "vqfrsm": 6, "vqprt": 8, "vifrt": 6, "vifrsm": 3, "viprt": 8}
c[0]["cns"]["list-secondary"] = {"secondary-controllers": [
    {"secondary-controller-identifier": i, "primary-controller-identifier": 1, "virtual-function-number": i - 2} for i in (3, 4, 9)]}
n = [ns(1, 400, 1, ["nvme0", "nvme1"]), ns(2, 200, 0, ["nvme0"]), ns(7, 1, 0, [])]
s = {"name": "nvme-subsys0", "nqn": "nqn.x", "controllers": c, "namespaces": n}
d = {"nvmekit-image": 1, "subsystems": [s]}
exec(sys.argv[2])
json.dump(d, open(sys.argv[1], "w"))
PY
}
nk() { "$NVMEKIT" --quiet "$@"; }
# get EXPRESSION COMMAND...: of its JSON
get() {
	local expr=$1 doc
	shift
	doc=$(nk "$@" -o json) || return 1
	json "$expr" <<<"$doc"
}
# is VALUE EXPRESSION COMMAND...
is() {
	local want=$1 got
	shift
	got=$(get "$@") || { echo "failed: $*"; return 1; }
	[ "$got" = "$want" ] || { echo "$got, not $want: $*"; return 1; }
}
image() { json "$1" <"$NVMEKIT_SYSTEM"; }
left() { nk id-ctrl nvme0 -o json | json 'd["unvmcap"] >> 30'; }
# sure COMMAND...: what needs to be meant is
sure() { nk "$@" --yes --expect-serial=SERIAL1; }
# untouched CODE COMMAND...: ends with this code, no command that alters anything was sent, and the image is as it was
untouched() {
	local want=$1 before
	shift
	before=$(<"$NVMEKIT_SYSTEM")
	code "$want" "$NVMEKIT" --quiet --trace "$@" || return 1
	if [[ $stderr =~ \ admin\ (ns-mgmt|ns-attach|capacity-mgmt|virt-mgmt): ]]; then
		echo "sent: $*"
		return 1
	fi
	[ "$(<"$NVMEKIT_SYSTEM")" = "$before" ] || { echo "changed by: $*"; return 1; }
}

groups='for k in c: k["identify"]["ctratt"] = "0x7094"'
# One command each of those that alter something, with its opcode; the gated ones first.
gated=("detach-ns nvme0 -n 2" "delete-ns nvme0 -n 2" "capacity-mgmt nvme0 -O delete-endgrp -i 1" "virt-mgmt nvme0 -a offline -c 3")
gated_op=(0x15 0x0d 0x20 0x1c)
ungated=("create-ns nvme0 --size=2GiB" "attach-ns nvme0 -n 7" "capacity-mgmt nvme0 -O create-endgrp --capacity=2GiB")
ungated_op=(0x0d 0x15 0x20)
# with a group in which namespace 2 is, for delete-endgrp
with_group='for k in c: k["identify"]["ctratt"] = "0x7090"
for k in c: k["cns"]["list-endgrp"] = {"endgrp_list": [{"endgrp_id": 1}]}
n[1]["identify"]["endgid"] = 1'

@test "create: the identifier, the sizes, the format; nothing is attached" {
	drive
	code 0 nk create-ns nvme0 --size=10GiB
	[[ ${lines[0]} =~ ^nsid\ +:\ 3$ ]]
	[[ $output == *"size          : 10737418240 (10.74 GB)"* ]]
	[ "$(left)" = 390 ]
	is "(4, 655360, 655360, 1, 4096, 0, 2684354560, 2684354560, True)" \
		'tuple(d[k] for k in ("nsid", "nsze", "ncap", "flbas", "block_size", "metadata_size", "size", "capacity")) + ("attached" not in d,)' \
		create-ns nvme0 -s 655360 -b 4096 2>/dev/null
	is '[1, 2]' '[x["nsid"] for x in d["nsid_list"]]' list-ns nvme0
	is '[1, 2, 3, 4, 7]' '[x["nsid"] for x in d["nsid_list"]]' list-ns nvme0 --all
	[ "$(nk ns create nvme0 --size=1GiB -o json | json 'type(d["nsid"]) is int and d["nsid"]')" = 5 ]
}

@test "create: sizes as people say them" {
	# what is asked for -> GiB of capacity; steps of 1 GiB, 400 GiB are unallocated
	while read -r gib args; do
		drive
		# shellcheck disable=SC2086
		is "$gib" '-(-d["capacity"] // 2**30)' create-ns nvme0 $args
		[ "$(left)" = $((400 - gib)) ]
	done <<-'END'
		400 --size=max
		400 --size=100%
		200 --size=50%
		4 --size=1%
		10 --size=10GiB
		10 --size=10G
		1 --size=1k
		400 --size=429496729600B
		10 --nsze=10GiB --ncap=10GiB -b 512
		10 -S 10GiB
		10 -C 10GiB --nsze-si=10GiB
		4 -s 1048576 -c 1048576 -f 1
		4 -c 8388608 -b 512
		4 -s 0x100000 -b 4096
	END
}

@test "create: rounding is told" {
	drive
	code 0 "$NVMEKIT" create-ns nvme0 --size=10G -o json
	[[ $stderr == *"--size: 10000000000 bytes became 10737418240, the next multiple of 1073741824"* ]]
	[ "$(json 'len(d["nvmekit"]["warnings"])' <<<"$output")" -ge 1 ]
	code 0 "$NVMEKIT" create-ns nvme0 --size=390GiB
	[[ $stderr != *became* ]]
	# an exact number of blocks stays one
	drive
	code 0 "$NVMEKIT" create-ns nvme0 -s 1000 -b 512 -o json
	[ "$(json 'd["nsze"]' <<<"$output")" = 1000 ]
	[[ $stderr == *"--nsze: 1000 blocks are no multiple of the 1073741824 bytes in which the drive allocates: 1073229824 bytes of it are wasted"* ]]
	[ "$(left)" = 399 ]
	# no steps reported: 1 MiB; what does not fit upwards is rounded down
	drive 'for k in c: k["identify"]["ctratt"] = 0; k["identify"]["unvmcap"] = 5000000; del k["cns"]["id-ns-granularity"]'
	is 4194304 'd["capacity"]' create-ns nvme0 --size=5M
	drive 'for k in c: k["identify"]["ctratt"] = 0; k["identify"]["unvmcap"] = 5000000; del k["cns"]["id-ns-granularity"]'
	is 4194304 'd["capacity"]' create-ns nvme0 --size=max
}

@test "create: block formats, metadata, protection information" {
	while read -r want args; do
		drive
		# shellcheck disable=SC2086
		is "$want" '"%d,%d,%d" % (d["flbas"], d["block_size"], d["metadata_size"])' create-ns nvme0 --size=1GiB $args
	done <<-'END'
		1,4096,0
		0,512,0 -b 512
		1,4096,0 -b 4Ki
		3,4096,8 --metadata-size=8
		2,512,8 --metadata-size=8 -b 512
		3,4096,8 -f 3
		19,4096,8 -f 0x13
		3,4096,8 -f 3 -d 1
		3,4096,8 -f 3 -d 0xa
	END
	drive 'for x in n: x["identify"]["mc"] = 1'
	is 19 'd["flbas"]' create-ns nvme0 --size=1GiB --metadata-size=8
	nk id-ns nvme0 -n 3 --force -o json | json 'd["flbas"], d["nsze"]' | grep -qx '(19, 262144)'
	nk create-ns nvme0 --size=1GiB -d 1 --metadata-size=8 -m shared -a 0 -l 7
	nk id-ns nvme0 -n 4 --force -o json | json 'd["dps"], d["nmic"]' | grep -qx '(1, 1)'
}

@test "create: every field is where the drive looks for it" {
	drive 's["namespaces"][0]["identify"]["nsfeat"] = 1
for k in c: k["identify"]["ctratt"] = "0x14"; k["identify"]["cmic"] = 10; k["identify"]["anacap"] = 128; k["identify"]["anagrpmax"] = 9; k["cns"]["id-nvmset"] = {"NVMSet": [
    {"nvmset_id": 2, "endurance_group_id": 1, "total_nvmset_cap": 100 << 30, "unalloc_nvmset_cap": 100 << 30}]}'
	nk create-ns nvme0 -s 2621440 -c 262144 -f 1 -d 0 -m 1 -a 5 -i 2 -e 1 -y nvm
	nk id-ns nvme0 -n 3 --force -o json |
		json '[d[k] for k in ("nsze", "ncap", "flbas", "nmic", "anagrpid", "nvmsetid", "endgid")]' |
		grep -qx '\[2621440, 262144, 1, 1, 5, 2, 1\]'
	code 2 nk create-ns nvme0 --size=1G --nphndls=2 --phndls=1
	code 0 "$NVMEKIT" --quiet create-ns nvme0 --size=1GiB --phndls=1,2 --dry-run
}

@test "create and attach: the node is shown, and is there" {
	drive
	is "(3, [1], '/dev/nvme0n3')" 'd["nsid"], d["attached"], d["device"]' create-ns nvme0 --size=10GiB --attach
	is 3 'd["nsid"]' get-ns-id nvme0n3
	is "(4, [1, 2], '/dev/nvme0n4')" 'd["nsid"], d["attached"], d["device"]' \
		create-ns nvme0 --size=1GiB --nmic=shared --controllers=all
	is "(5, [2], False)" 'd["nsid"], d["attached"], "device" in d' create-ns nvme0 --size=1GiB --controllers=2
	is '[1, 4, 5]' '[x["nsid"] for x in d["nsid_list"]]' list-ns nvme1
	nk list -o json | json '[x["NameSpace"] for x in d["Devices"]]' | grep -qx '\[1, 2, 3, 4, 5\]'
}

@test "created, and not attached: partial, with the identifier" {
	drive 'c[0]["fail"] = [{"opcode": 0x15, "status": 0x4118}]'
	code 10 "$NVMEKIT" create-ns nvme0 --size=1GiB --attach -o json
	[ "$(json 'd["nsid"], d["attached"], "Already Attached" in d["attach_error"]' <<<"$output")" = '(3, [], True)' ]
	valid create-ns <<<"$output"
	[[ $stderr == *"namespace 3 exists and is attached to no controller: "*"'nvmekit attach-ns nvme0 -n 3' tries again"* ]]
	is '[1, 2, 3, 7]' '[x["nsid"] for x in d["nsid_list"]]' list-ns nvme0 --all
	drive 'c[0]["fail"] = [{"opcode": 0x15, "gone": True}]'
	code 10 nk create-ns nvme0 --size=1GiB --attach
	[[ $output == *"nsid"*": 3"* ]]
}

@test "create: bad values end before anything is sent" {
	drive
	while read -r args; do
		[[ $args != \#* ]] || continue
		# shellcheck disable=SC2086
		untouched 2 create-ns nvme0 $args || { echo "args: $args"; return 1; }
		[ -n "$stderr" ]
	done <<-'END'
		-b 4096
		--size=401GiB
		--size=500G
		--size=0G
		--size=0%
		--size=101%
		--size=-1G
		--size=1000
		--size=1.5T
		--size=lots
		--size=10g%
		--size=99999999999999999999G
		--size=18446744073709551615B
		--size=1G -s 100
		--size=1G -c 100
		--size=1G -S 1G
		-s 100 -S 1G -b 512
		-s 100
		-s 0 -b 512
		-s 18446744073709551615 -b 512
		-s 838860801 -b 512
		-s 100 -c 200 -b 512
		-s 100x -b 512
		--size=1G -b 1024
		--size=1G -b 0
		--size=1G -b 4096 --metadata-size=16
		--size=1G -f 4
		--size=1G -f 0xff
		--size=1G -f 1 -b 4096
		--size=1G -d 4
		--size=1G -d 0x11
		--size=1G -d 1
		--size=1G -m 256
		--size=1G -i 65536
		--size=1G -e 70000
		--size=1G -y 256
		--size=1G -y kvs
		--size=1G -n 129
		--size=1G -p 65536
		--size=1G -p x
		--size=1G -z
		--size=1G -r 1 -y nvm
		--size=1G --controllers=5
		--size=1G --controllers=x
		--size=1G --controllers=1,1
		--size=1G --controllers=all,1
		--size=1G --controllers=70000
		--size=1G --controllers=
		--size=1G --controllers=all
		--size=1G --nmic=private --controllers=1,2
	END
	untouched 6 create-ns nvme0 -s 200 -c 100 -b 512
	[[ $stderr == *"thin provisioning"* ]]
	untouched 6 create-ns nvme0 --size=1G -i 3
	untouched 6 create-ns nvme0 --size=1G -e 3
	drive 'for k in c: k["identify"]["tnvmcap"] = 0; k["identify"]["unvmcap"] = 0'
	untouched 6 create-ns nvme0 --size=max
	nk create-ns nvme0 --size=1TiB
	drive 'for k in c: k["identify"]["unvmcap"] = 1 << 29'
	untouched 2 create-ns nvme0 --size=max
	[[ $stderr == *"in steps of 1073741824 bytes"* ]]
}

@test "attach and detach" {
	drive
	is "(7, [1], '/dev/nvme0n7')" 'd["nsid"], d["controllers"], d["device"]' attach-ns nvme0 -n 7
	code 0 sure detach-ns nvme0 -n 7
	[[ $output =~ nsid\ +:\ 7 ]]
	is "(7, [2], False)" 'd["nsid"], d["controllers"], "device" in d' ns attach nvme0 -n 7 --controllers=0x2
	is '[2]' '[x["ctrl_id"] for x in d["ctrl_list"]]' list-ctrl nvme0 -n 7
	# all: from those that have it
	[ "$(sure detach-ns nvme0 -n 1 -c all -o json | json 'd["controllers"]')" = '[1, 2]' ]
	is "[]" 'd["ctrl_list"]' list-ctrl nvme0 -n 1
	is "[1, 2]" 'd["controllers"]' attach-ns nvme0 -n 1 -c all
	# half of it is there already
	sure detach-ns nvme0 -n 1 -c 2
	is "[2]" 'd["controllers"]' attach-ns nvme0 -n 1 -c all
	code 0 "$NVMEKIT" attach-ns nvme0 -n 1 -c all -o json
	[ "$(json 'd["controllers"]' <<<"$output")" = '[]' ]
	[[ $stderr == *"attached to every controller already: nothing was sent"* ]]
	# of a namespace's node, that namespace
	sure ns detach nvme0n2
	is '[]' 'd["ctrl_list"]' list-ctrl nvme0 -n 2
	# the drive remembers what changed
	nk get-log nvme0 -i changed-ns-list -o json | json '[x["nsid"] for x in d["decoded"]["nsid_list"]]' | grep -qx '\[1, 2, 7\]'
}

@test "attach and detach: bad values end before anything is sent" {
	drive
	while read -r want args; do
		# shellcheck disable=SC2086
		untouched "$want" $args || { echo "args: $args"; return 1; }
	done <<-'END'
		2 attach-ns nvme0
		2 detach-ns nvme0
		2 delete-ns nvme0
		2 attach-ns nvme0 -n 0
		2 attach-ns nvme0 -n 0xffffffff
		2 detach-ns nvme0 -n all
		2 attach-ns nvme0 -n 9
		2 detach-ns nvme0 -n 9
		2 delete-ns nvme0 -n 9
		2 delete-ns nvme0 -n 0
		2 delete-ns nvme0 -n every
		2 attach-ns nvme0 -n 1
		2 attach-ns nvme0 -n 7 -c 1,2,3
		2 attach-ns nvme0 -n 7 -c 1,x
		2 attach-ns nvme0 -n 7 -c 1,1
		2 attach-ns nvme0 -n 7 -c all,2
		2 attach-ns nvme0 -n 7 -c 65520
		2 detach-ns nvme0 -n 7
		2 detach-ns nvme0 -n 2 -c 2
		2 get-ns-id nvme0
		3 attach-ns nvme9 -n 1
	END
	untouched 2 detach-ns nvme0 -n 2 -c 2
	[[ $stderr == *"namespace 2 is not attached to controller 2"*"it is attached to: 1"* ]]
	# what only the drive knows
	code 5 nk attach-ns nvme0 -n 7 -c 1,2
	[[ $stderr == *"Namespace Is Private"* ]]
	is '[]' 'd["ctrl_list"]' list-ctrl nvme0 -n 7
}

@test "delete: one, all, and capacity comes back" {
	drive
	code 0 sure delete-ns nvme0 -n 2
	[[ ${lines[0]} =~ ^nsid\ +:\ 2$ ]]
	[ "$(left)" = 600 ]
	code 3 nk get-ns-id nvme0n2
	[ "$(sure delete-ns nvme0 -n all -o json | json 'd["nsid"], d["deleted"]')" = '(4294967295, [1, 7])' ]
	[ "$(left)" = 1001 ] || [ "$(left)" = 1000 ]
	is '[]' 'd["nsid_list"]' list-ns nvme0 --all
	# and what they looked like is still known
	is '(1, 4096)' 'd["nsid"], d["block_size"]' create-ns nvme0 --size=max
	drive
	[ "$(sure ns delete nvme0n1 -o json | json 'd["deleted"]')" = '[1]' ]
}

@test "without the capability: exit code 6, and which bit it is" {
	drive 'for k in c: k["identify"]["oacs"] = 0; k["identify"]["ctratt"] = 0'
	for cmd in "create-ns nvme0 --size=1G" "attach-ns nvme0 -n 7" "detach-ns nvme0 -n 2" "delete-ns nvme0 -n 2" \
		"virt-mgmt nvme0 -a offline -c 3" "capacity-mgmt nvme0 -O 0 -i 0" "capacity-mgmt nvme0 -O create-endgrp --capacity=1G" \
		"capacity-mgmt nvme0 -O delete-endgrp -i 1" "capacity-mgmt nvme0 -O create-nvmset --capacity=1G" \
		"capacity-mgmt nvme0 -O delete-nvmset -i 1"; do
		# shellcheck disable=SC2086
		untouched 6 $cmd || { echo "$cmd"; return 1; }
		[[ $stderr == *"bit "*" is clear"* ]]
	done
}

# ordered CODE FAILURE...: each altering command ends with this code where the drive does that
ordered() {
	local want=$1 failure=$2 i
	for i in "${!gated[@]}"; do
		drive "$with_group
c[0]['fail'] = [{'opcode': ${gated_op[i]}, $failure}]"
		# shellcheck disable=SC2086
		code "$want" sure ${gated[i]} --timeout=1s -o json || { echo "${gated[i]}"; return 1; }
		[[ $output == *'"error":{'* ]] && json 'd["error"]["class"]' <<<"$output" >/dev/null
	done
	for i in "${!ungated[@]}"; do
		drive "$with_group
c[0]['fail'] = [{'opcode': ${ungated_op[i]}, $failure}]"
		# shellcheck disable=SC2086
		code "$want" nk ${ungated[i]} --timeout=1s || { echo "${ungated[i]}"; return 1; }
	done
}
@test "the drive refuses" { ordered 5 '"status": 0x4006'; }
@test "the drive does not answer" {
	ordered 8 '"timeout": True'
	drive 'c[0]["fail"] = [{"opcode": 0x0d, "timeout": True}]'
	code 8 "$NVMEKIT" create-ns nvme0 --size=1GiB
	[[ $stderr == *"'nvmekit list-ns nvme0 --all'"* ]]
}
@test "the drive goes away" { ordered 3 '"gone": True'; }

@test "a dry run sends nothing, and says what it would" {
	for i in "${!gated[@]}" "${!ungated[@]}"; do
		for cmd in "${gated[i]-}" "${ungated[i]-}"; do
			[ -n "$cmd" ] || continue
			drive "$with_group"
			cp "$NVMEKIT_SYSTEM" "$BATS_TEST_TMPDIR/before.json"
			# shellcheck disable=SC2086
			code 0 nk $cmd --dry-run -o json
			json '[hex(x["opcode"]) for x in d["commands"]]' <<<"$output" | grep -E '0xd|0x15|0x20|0x1c'
			cmp "$NVMEKIT_SYSTEM" "$BATS_TEST_TMPDIR/before.json"
		done
	done
	drive
	code 0 nk create-ns nvme0 --size=1GiB --attach --dry-run -o json
	[ "$(json '[x["action"] for x in d["steps"]], [x["opcode"] for x in d["commands"]]' <<<"$output")" = \
		"(['Create namespace', 'Attach namespace'], [13, 21])" ]
	code 0 nk delete-ns nvme0 -n all --dry-run -o json
	json 'd["steps"][0]["notes"]' <<<"$output" | grep -q '1, 2, 7'
}

@test "the gate: what is not confirmed, or not that drive, does not reach it" {
	for cmd in "${gated[@]}"; do
		drive "$with_group"
		for more in "" "--yes" "--yes --expect-serial=SERIAL2" "--yes --expect-nqn=nqn.y" "--expect-serial=SERIAL1"; do
			# shellcheck disable=SC2086
			untouched 9 $cmd $more </dev/null || { echo "$cmd $more"; return 1; }
		done
		# shellcheck disable=SC2086
		code 0 sure $cmd
	done
	# what takes nothing away is not asked about
	for cmd in "${ungated[@]}"; do
		drive "$with_group"
		# shellcheck disable=SC2086
		code 0 nk $cmd </dev/null
	done
}

@test "the gate: in use" {
	for use in '{"kind": "mount", "what": "/srv (ext4)"}' '{"kind": "swap", "what": "swap space"}' \
		'{"kind": "holder", "what": "md127 (raid1, active)"}' '{"kind": "holder", "what": "vg0-root (LVM)", "device": "dm-0"}' \
		'{"kind": "mount", "what": "/", "system": True}' '{"kind": "claimed"}'; do
		for cmd in "detach-ns nvme0 -n 2" "delete-ns nvme0 -n 2" "delete-ns nvme0n2" "delete-ns nvme0 -n all" \
			"capacity-mgmt nvme0 -O delete-endgrp -i 1"; do
			drive "$with_group
n[1]['in_use'] = [$use]
n[1]['contents'] = [{'type': 'ext4', 'usage': 'filesystem'}]"
			# shellcheck disable=SC2086
			untouched 9 $cmd --yes --expect-serial=SERIAL1 || { echo "$cmd $use"; return 1; }
		done
		# shellcheck disable=SC2086
		untouched 9 delete-ns nvme0 -n 2 --force
		[[ $stderr == *"in use"* ]]
	done
	code 0 sure delete-ns nvme0 -n 2 --allow-in-use
	# another namespace's users are nobody's business here
	drive "$with_group
n[0]['in_use'] = [{'kind': 'mount', 'what': '/srv'}]"
	code 0 sure delete-ns nvme0 -n 2
	drive "$with_group
n[0]['in_use'] = [{'kind': 'mount', 'what': '/srv'}]"
	code 0 sure capacity-mgmt nvme0 -O delete-endgrp -i 1
	is '[1, 7]' '[x["nsid"] for x in d["nsid_list"]]' list-ns nvme0 --all
}

@test "capacity: groups, sets, namespaces in them, and back" {
	drive "$groups"
	is '(1, 1, 107374182400)' 'd["operation"], d["element_id"], d["capacity"]' capacity-mgmt nvme0 -O create-endgrp --capacity=100GiB
	[ "$(left)" = 300 ]
	is 2 'd["element_id"]' capacity-mgmt nvme0 --operation=1 -l 0 -u 10 # 40 GiB
	is '[1, 2]' '[x["endgrp_id"] for x in d["endgrp_list"]]' list-endgrp nvme0
	is 1 'd["element_id"]' capacity-mgmt nvme0 -O create-nvmset -i 2 --capacity=10GiB
	is 2 'd["element_id"]' capacity-mgmt nvme0 -O create-nvmset --capacity=60GiB
	is '[(1, 2, 10), (2, 1, 60)]' \
		'[(x["nvmset_id"], x["endurance_group_id"], x["unalloc_nvmset_cap"] >> 30) for x in d["NVMSet"]]' id-nvmset nvme1
	is '[2]' '[x["nvmset_id"] for x in d["NVMSet"]]' id-nvmset nvme0 -i 2
	[ "$(nk get-log nvme0 -i endurance --lsi=1 -o json | json 'd["decoded"]["total_end_grp_cap"] >> 30, d["decoded"]["unalloc_end_grp_cap"] >> 30')" = '(100, 40)' ]
	code 5 nk get-log nvme0 -i endurance --lsi=3
	# a namespace takes of its set
	is 'True' 'd["nsid"] == 3' create-ns nvme0 --size=max -i 2 -e 1
	is '[10, 0]' '[x["unalloc_nvmset_cap"] >> 30 for x in d["NVMSet"]]' id-nvmset nvme0
	untouched 2 create-ns nvme0 --size=1G -i 2 -e 1
	[[ $stderr == *"unallocated in NVM Set 2 of /dev/nvme0"* ]]
	untouched 2 create-ns nvme0 --size=11GiB
	untouched 2 create-ns nvme0 --size=1G -i 3
	# too much of it, or of nothing
	untouched 2 capacity-mgmt nvme0 -O create-endgrp --capacity=1TiB
	untouched 2 capacity-mgmt nvme0 -O create-nvmset -i 2 --capacity=31GiB
	untouched 2 capacity-mgmt nvme0 -O create-nvmset -i 3 --capacity=1GiB
	untouched 2 capacity-mgmt nvme0 -O delete-nvmset -i 3
	untouched 2 capacity-mgmt nvme0 -O delete-endgrp -i 3
	is 3 'd["element_id"]' capacity-mgmt nvme0 -O create-endgrp --capacity=1GiB
	code 5 nk capacity-mgmt nvme0 -O create-endgrp --capacity=1GiB
	[[ $stderr == *"Identifier Unavailable"* ]]
	# a set goes with its namespaces, a group with its sets
	code 0 nk capacity-mgmt nvme0 -O delete-nvmset -i 1 --dry-run
	[[ $output == *"deletes NVM Set 1, in which there is no namespace"* ]]
	sure capacity-mgmt nvme0 -O delete-endgrp -i 1
	is '[1, 2, 7]' '[x["nsid"] for x in d["nsid_list"]]' list-ns nvme0 --all
	is '[1]' '[x["nvmset_id"] for x in d["NVMSet"]]' id-nvmset nvme0
	sure capacity-mgmt nvme0 -O delete-nvmset -i 1
	sure capacity-mgmt nvme0 -O delete-endgrp -i 2
	sure capacity-mgmt nvme0 -O delete-endgrp -i 3
	[ "$(left)" = 400 ]
}

@test "capacity: contradictions" {
	drive "$groups"
	while read -r args; do
		# shellcheck disable=SC2086
		untouched 2 capacity-mgmt nvme0 $args || { echo "$args"; return 1; }
	done <<-'END'
		--capacity=1G
		-O 5 -i 1
		-O create-group --capacity=1G
		-O create-endgrp
		-O create-endgrp --capacity=0
		-O create-endgrp --capacity=1G -l 1
		-O create-endgrp --capacity=1x
		-O create-endgrp --capacity=1G -i 65536
		-O delete-endgrp
		-O delete-endgrp -i 0
		-O delete-nvmset -i 0
		-O delete-nvmset -i 1 --capacity=1G
		-O delete-endgrp -i 1 -u 1
	END
	untouched 6 capacity-mgmt nvme0 -O select-config -i 1
}

@test "virtualization: offline, assign, online" {
	drive
	is '[(3, 0), (4, 0), (9, 0)]' '[(x["secondary-controller-identifier"], x["secondary-controller-state"]) for x in d["secondary-controllers"]]' \
		list-secondary nvme0
	is '[9]' '[x["secondary-controller-identifier"] for x in d["secondary-controllers"]]' list-secondary nvme0 -c 5
	is '[3, 4]' '[x["secondary-controller-identifier"] for x in d["secondary-controllers"]]' list-secondary nvme0 -e 2
	is '(12, 0)' 'd["vqfrt"], d["vqrfa"]' primary-ctrl-caps nvme0
	code 5 sure virt-mgmt nvme0 -a online -c 3
	[[ $stderr == *"at least two queues"* ]]
	[ "$(sure virt-mgmt nvme0 -a assign -c 3 -r vq -n 4 -o json | json '[d[k] for k in ("cntlid", "act", "act_name", "rt_name", "nrm")]')" = \
		"[3, 8, 'assign', 'vq', 4]" ]
	sure virt-mgmt nvme0 --act=8 --cntlid=3 --rt=1 --nr=2
	sure virt-mgmt nvme0 -a online -c 3
	is '(1, 4, 2)' '[tuple(x[k] for k in ("secondary-controller-state", "num-virtual-queues", "num-virtual-interrupts")) for x in d["secondary-controllers"]][0]' \
		list-secondary nvme0
	is '(4, 2)' 'd["vqrfa"], d["virfa"]' primary-ctrl-caps nvme0
	code 5 sure virt-mgmt nvme0 -a assign -c 3 -r vq -n 2
	[[ $stderr == *"--act=offline"* ]]
	code 0 "$NVMEKIT" virt-mgmt nvme0 -a primary-alloc -r vq -n 6 --yes --expect-serial=SERIAL1
	[[ $stderr == *"after its next reset"* ]]
	is '(4, 0)' 'd["vqrfa"], d["vqrfap"]' primary-ctrl-caps nvme0
	sure virt-mgmt nvme0 -a offline -c 3
	is '(0, 0)' 'd["vqrfa"], d["virfa"]' primary-ctrl-caps nvme0
	# a reset takes the others offline; that of the whole subsystem brings what was allocated
	for rt in vq vi; do sure virt-mgmt nvme0 -a assign -c 4 -r $rt -n 2; done
	sure virt-mgmt nvme0 -a online -c 4
	sure reset nvme0
	is '(0, 0)' 'd["vqrfa"], d["vqrfap"]' primary-ctrl-caps nvme0
	sure subsystem-reset nvme0
	is '(0, 6)' 'd["vqrfa"], d["vqrfap"]' primary-ctrl-caps nvme0
}

@test "virtualization: bad values end before anything is sent" {
	drive
	while read -r want args; do
		# shellcheck disable=SC2086
		untouched "$want" virt-mgmt $args || { echo "$args"; return 1; }
	done <<-'END'
		2 nvme0
		2 nvme0 -a 0
		2 nvme0 -a 2 -c 3
		2 nvme0 -a 16 -c 3
		2 nvme0 -a remove -c 3
		2 nvme0 -a offline
		2 nvme0 -a offline -c 3 -n 1
		2 nvme0 -a online -c 3 -r vq
		2 nvme0 -a assign -c 3
		2 nvme0 -a assign -c 3 -r vq
		2 nvme0 -a assign -c 3 -r 2 -n 1
		2 nvme0 -a assign -c 3 -r vq -n 7
		2 nvme0 -a assign -c 3 -r vi -n 65536
		2 nvme0 -a assign -c 5 -r vi -n 1
		2 nvme0 -a primary-alloc -c 3 -r vq -n 1
		2 nvme0 -a primary-alloc -r vq -n 13
	END
	drive 'c[0]["cns"]["primary-ctrl-caps"]["crt"] = 1'
	untouched 6 virt-mgmt nvme0 -a assign -c 3 -r vi -n 1
}

@test "what is read: lists of any length, text and JSON" {
	drive 'for i in range(100, 2600):
    n.append({"name": f"nvme0n{i}", "nsid": i, "csi": 2 if i == 2000 else 0, "controllers": ["nvme0"], "identify": {"nsze": 8, "lbafs": [{"ds": 9}]}})'
	is '(2502, 2599)' 'len(d["nsid_list"]), d["nsid_list"][-1]["nsid"]' list-ns nvme0
	is '[2598, 2599]' '[x["nsid"] for x in d["nsid_list"]]' list-ns nvme0 -n 2598
	is '[2000]' '[x["nsid"] for x in d["nsid_list"]]' list-ns nvme0 -y zns --all
	is '(2, [1, 2])' 'd["num_ctrl"], [x["ctrl_id"] for x in d["ctrl_list"]]' list-ctrl nvme0
	is '[2]' '[x["ctrl_id"] for x in d["ctrl_list"]]' list-ctrl nvme0 -c 2
	is '1073741824' 'd["namespace-granularity-list"][0]["namespace-size-granularity"]' id-ns-granularity nvme0
	drive
	nk ns-rescan nvme0n1 -o json | json '[(x["nsid"], x["device"]) for x in d["namespaces"]]' | \
		grep -qx "\[(1, '/dev/nvme0n1'), (2, '/dev/nvme0n2')\]"
	code 0 nk get-ns-id nvme0n2
	[ "$output" = $'device    : /dev/nvme0n2\nnsid      : 2' ]
	[ "$(nk list-ctrl nvme0 -o binary | wc -c)" -eq 4096 ]
	for cmd in list-ns list-ctrl id-ns-granularity primary-ctrl-caps list-secondary ns-rescan; do
		code 0 nk $cmd nvme0
		[ -n "$output" ]
	done
	code 6 nk id-nvmset nvme0
	[[ $stderr == *"does not support NVM Sets (bit 2 of CTRATT is clear)"* ]]
	code 2 nk list-ns nvme0 -n 0
	code 2 nk list-secondary nvme0 -e 128
}

@test "every answer is valid against its schema" {
	local nth=0
	drive "$with_group"
	for cmd in "list-ns nvme0" "list-ctrl nvme0" "id-ns-granularity nvme0" "list-endgrp nvme0" "primary-ctrl-caps nvme0" \
		"list-secondary nvme0" "get-ns-id nvme0n1" "ns-rescan nvme0" "attach-ns nvme0 -n 7" "create-ns nvme0 --size=1GiB --attach" \
		"capacity-mgmt nvme0 -O create-endgrp --capacity=1GiB" "detach-ns nvme0 -n 7" "delete-ns nvme0 -n 7" \
		"virt-mgmt nvme0 -a assign -c 3 -r vq -n 4" "virt-mgmt nvme0 -a offline -c 3"; do
		# shellcheck disable=SC2086
		if "$NVMEKIT" help ${cmd%% *} | grep -q -- --expect-serial; then
			code 0 sure $cmd -o json
		else
			code 0 nk $cmd -o json
		fi
		nth=$((nth + 1))
		printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/$nth.doc"
		"$NVMEKIT" schema "${cmd%% *}" >"$BATS_TEST_TMPDIR/$nth.schema"
	done
	/usr/bin/python3 -W ignore -c 'import json, jsonschema, sys
for i in range(1, int(sys.argv[2]) + 1):
    doc, schema = (json.load(open(f"{sys.argv[1]}/{i}.{what}")) for what in ("doc", "schema"))
    jsonschema.validators.validator_for(schema)(schema).validate(doc)' "$BATS_TEST_TMPDIR" "$nth"
}

@test "what drives say that cannot be" {
	# an order that never ends, a cut list, a refusal of what is only looked at
	drive 'c[0]["fail"] = [{"opcode": 6, "select": 2, "received": 6}]'
	code 0 nk list-ns nvme0
	for cns in 0x10 0x12 0x13 0x16; do
		drive "c[0]['fail'] = [{'opcode': 6, 'select': $cns, 'status': 0x4002}]"
		code 0 nk create-ns nvme0 --size=1GiB --attach
		code 0 sure delete-ns nvme0 -n 2
	done
	drive "c[0]['fail'] = [{'opcode': 6, 'select': 0x10, 'gone': True}]"
	code 3 sure delete-ns nvme0 -n 2
	drive "c[0]['fail'] = [{'opcode': 6, 'select': 0, 'status': 0x400b}]"
	is 4096 'd["block_size"]' create-ns nvme0 --size=1GiB
	drive "c[0]['fail'] = [{'opcode': 6, 'select': 0, 'status': 0x400b}, {'opcode': 6, 'select': 0x11, 'status': 0x4002}]"
	code 6 nk create-ns nvme0 --size=1GiB
	code 0 nk create-ns nvme0 -s 262144 -f 1
}
