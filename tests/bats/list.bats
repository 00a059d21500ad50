#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# list and list-subsys on trees as the kernel shows them, and the names of devices.
load common
load sysroot

doc=
# list -o json into $doc, which must be valid; the same for list-subsys
list_json() {
	on list -o json "$@" 2>/dev/null >"$BATS_TEST_TMPDIR/doc"
	valid list <"$BATS_TEST_TMPDIR/doc"
	doc=$(<"$BATS_TEST_TMPDIR/doc")
}
subsys_json() {
	on list-subsys -o json "$@" 2>/dev/null >"$BATS_TEST_TMPDIR/doc"
	valid list-subsys <"$BATS_TEST_TMPDIR/doc"
	doc=$(<"$BATS_TEST_TMPDIR/doc")
}
# is EXPRESSION VALUE: of $doc
is() {
	local got
	got=$(json "$1" <<<"$doc")
	[ "$got" = "$2" ] || { echo "$1 is $got, not $2"; return 1; }
}
# nodes ARGUMENT...: the names that list shows, on one line
nodes() { on list --no-headings --columns Node "$@" 2>/dev/null | sed 's,/dev/,,' | xargs; }

@test "nothing at all: empty answers, exit code 0" {
	new_root
	for _ in 1 2 3; do
		code 0 on list
		[ -z "$stderr" ]
		list_json
		is 'd["Devices"]' '[]'
		is 'd["Controllers"]' '[]'
		code 0 on list-subsys
		[ -z "$output$stderr" ]
		subsys_json
		is 'd["Hosts"]' '[]'
		# first with empty classes, then without classes, then without sys
		if [ -d "$root/sys/class" ]; then rm -r "$root/sys/class"; else rm -rf "$root/sys"; fi
	done
	root=$BATS_TEST_TMPDIR/nowhere code 0 on list
}

@test "a controller with a namespace" {
	new_root
	subsys 0 && ctrl nvme0 0
	ns nvme0n1 nvme0 1
	code 0 on list
	[ -z "$stderr" ]
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[2]} =~ ^/dev/nvme0n1\ +/dev/ng0n1\ +SERIAL0\ +Model\ 0\ +0x1\ +33\.55\ +MB\ /\ +67\.11\ +MB\ +512\ +B\ \+\ +0\ B\ +1\.0$ ]]
	list_json
	is 'len(d["Devices"]), len(d["Controllers"])' '(1, 1)'
	is '[d["Devices"][0][k] for k in ("NameSpace", "DevicePath", "GenericPath", "Firmware", "ModelNumber", "SerialNumber")]' \
		"[1, '/dev/nvme0n1', '/dev/ng0n1', '1.0', 'Model 0', 'SERIAL0']"
	is '[d["Devices"][0][k] for k in ("UsedBytes", "MaximumLBA", "PhysicalSize", "SectorSize", "MetadataSize", "CSI")]' \
		'[33554432, 131072, 67108864, 512, 0, 0]'
	is 'd["Devices"][0]["Paths"]' \
		"[{'Controller': 'nvme0', 'Transport': 'pcie', 'Address': '0000:00:00.0', 'State': 'live'}]"
	is '[d["Controllers"][0][k] for k in ("Controller", "State", "Cntlid", "Type", "Subsystem", "HostNQN", "Namespaces")]' \
		"['nvme0', 'live', 0, 'io', 'nvme-subsys0', '', 1]"
}

@test "4 KiB blocks: sysfs counts in 512 bytes, usage in blocks" {
	mixed_root
	list_json nvme0n2
	is 'len(d["Devices"])' 1
	is '[d["Devices"][0][k] for k in ("NameSpace", "UsedBytes", "MaximumLBA", "PhysicalSize", "SectorSize", "MetadataSize")]' \
		'[2, 16777216, 32768, 134217728, 4096, 8]'
	on list nvme0n2 | grep -E '16\.78 +MB / 134\.22 +MB +4 KiB \+ +8 B'
}

@test "a namespace's identifier is not the number in its name" {
	mixed_root
	list_json
	is '[(n["DevicePath"], n["NameSpace"]) for n in d["Devices"]][:2]' "[('/dev/nvme0n1', 5), ('/dev/nvme0n2', 2)]"
}

@test "identifiers in one spelling" {
	mixed_root
	list_json nvme0n2
	is '[d["Devices"][0][k] for k in ("UUID", "NGUID", "EUI64")]' \
		"['11111111-2222-3333-4444-555555555555', 'aaaaaaaabbbbccccddddeeeeeeeeeeee', '0011223344556677']"
	# A kernel that knows no UUID says the NGUID in its place; zeroes are none.
	ns nvme0n3 nvme0 3 uuid=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeef nguid=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeef "eui=00 00 00 00 00 00 00 00"
	list_json nvme0n3
	is '[d["Devices"][0][k] for k in ("UUID", "NGUID", "EUI64")]' "['', 'aaaaaaaabbbbccccddddeeeeeeeeeeef', '']"
}

@test "multipath: one namespace, its paths underneath" {
	mixed_root
	list_json
	is '[n["DevicePath"] for n in d["Devices"]].count("/dev/nvme1n1")' 1
	is '[(p["Controller"], p["Path"], p["ANAState"]) for n in d["Devices"] for p in n["Paths"] if "Path" in p]' \
		"[('nvme1', 'nvme1c1n1', 'optimized'), ('nvme2', 'nvme1c2n1', 'inaccessible')]"
	is '[(c["Controller"], c["Namespaces"], c["HostNQN"]) for c in d["Controllers"] if c["Transport"] == "tcp"]' \
		"[('nvme1', 1, 'nqn.host:a'), ('nvme2', 1, 'nqn.host:a')]"
	code 0 on list --quiet
	[ "$(grep -c nvme1n1 <<<"$output")" -eq 1 ]
	run ! grep -q c1n1 <<<"$output"
}

@test "two PCIe controllers share a namespace; a private one has one path" {
	new_root
	subsys 0 && ctrl nvme0 0 && ctrl nvme1 0
	shared nvme0n1 0 1 && path nvme0c0n1 nvme0 ana_state=- ana_grpid=- && path nvme0c1n1 nvme1 ana_state=- ana_grpid=-
	shared nvme0n2 0 2 && path nvme0c1n2 nvme1 ana_state=- ana_grpid=-
	list_json
	is '[(n["NameSpace"], n["Controller"], len(n["Paths"])) for n in d["Devices"]]' "[(1, 'nvme0', 2), (2, 'nvme1', 1)]"
	is '[p for n in d["Devices"] for p in n["Paths"] if "ANAState" in p]' '[]'
	is '[c["Namespaces"] for c in d["Controllers"]]' '[1, 2]'
}

@test "natural order: nvme2 before nvme10" {
	new_root
	for i in 10 2 1; do
		subsys $i && ctrl nvme$i $i
		for n in 10 9 1; do ns nvme${i}n$n nvme$i $n; done
	done
	[ "$(nodes)" = "nvme1n1 nvme1n9 nvme1n10 nvme2n1 nvme2n9 nvme2n10 nvme10n1 nvme10n9 nvme10n10" ]
	list_json
	is '" ".join(c["Controller"] for c in d["Controllers"])' "nvme1 nvme2 nvme10"
}

@test "controllers without namespaces and not live are named on stderr and stand in the JSON" {
	new_root
	subsys 0 && ctrl nvme0 0
	i=0
	for state in resetting connecting deleting dead; do
		i=$((i + 1))
		subsys $i && ctrl nvme$i $i state=$state
	done
	subsys 5 && ctrl nvme5 5 cntrltype=discovery
	code 0 on list
	[[ $stderr == *"nvme0 (Model 0, serial SERIAL0) has no namespace"* ]]
	[[ $stderr == *"nvme1 (Model 1, serial SERIAL1) is resetting"* ]]
	[[ $stderr == *"nvme2"*"is connecting"*"nvme3"*"is deleting"*"nvme4"*"is dead"* ]]
	[[ $stderr != *nvme5* ]]
	code 0 on list --quiet
	[ -z "$stderr" ]
	list_json
	is '[(c["State"], c["Namespaces"]) for c in d["Controllers"]]' \
		"[('live', 0), ('resetting', 0), ('connecting', 0), ('deleting', 0), ('dead', 0), ('live', 0)]"
	is 'len(d["nvmekit"]["warnings"])' 5
	on list-subsys | grep -q '^ +- nvme4 pcie 0000:04:00.0 dead$'
}

@test "a controller that the kernel has put into no subsystem is seen" {
	mixed_root
	ctrl nvme4 - state=connecting transport=tcp address=traddr=192.0.2.9,trsvcid=4420 subsysnqn=nqn.late serial=- model=-
	code 0 on list
	[[ $stderr == *"nvme4 (traddr=192.0.2.9,trsvcid=4420) is connecting"* ]]
	list_json
	is '[(c["Subsystem"], c["SubsystemNQN"]) for c in d["Controllers"] if c["Controller"] == "nvme4"]' "[('', 'nqn.late')]"
	is 'len(d["Controllers"])' 6
	subsys_json nvme4
	is 'd["Hosts"][0]["Subsystems"][0]["Paths"][0]["State"]' connecting
	on list-subsys nvme4 | grep -q '^NQN=nqn.late$'
}

@test "what vanishes meanwhile is left out" {
	mixed_root
	gone=$(where nvme10)
	rm -r "$root/sys/devices/$gone"
	rm "$root/sys/devices/$(where nvme0)/nvme0n1/nsid"
	rm -r "$root/sys/devices/$(where nvme1)/nvme1c1n1"
	ln -s ../../devices/virtual/nvme-subsystem/nvme-subsys77 "$root/sys/class/nvme-subsystem/nvme-subsys77"
	ln -s ../../devices/nowhere "$root/sys/class/nvme/nvme77"
	code 0 on list
	list_json
	is '[n["DevicePath"] for n in d["Devices"]]' "['/dev/nvme0n2', '/dev/nvme1n1']"
	is '[c["Controller"] for c in d["Controllers"]]' "['nvme0', 'nvme1', 'nvme2', 'nvme3']"
	is 'len(d["Devices"][1]["Paths"])' 1
	subsys_json
}

@test "no attribute but the identifier: unknown is null, never a guess" {
	new_root
	subsys 0 subsysnqn=- model=- serial=- firmware_rev=- subsystype=- iopolicy=-
	ctrl nvme0 0 state=- transport=- address=- cntlid=- cntrltype=- serial=- model=- firmware_rev=- subsysnqn=-
	ns nvme0n1 nvme0 1 csi=- metadata_bytes=- nuse=-
	list_json
	is '[d["Devices"][0][k] for k in ("UsedBytes", "MetadataSize", "CSI")]' '[None, None, None]'
	is 'd["Controllers"][0]["Cntlid"]' None
	code 0 on list
	[ -z "$stderr" ]
	[[ ${lines[2]} =~ \ 0x1\ +-\ +/\ +67\.11\ +MB\ +512\ +B\ +-$ ]]
	subsys_json
}

@test "a kernel without subsystems" {
	mixed_root
	rm -r "$root/sys/class/nvme-subsystem"
	list_json
	is '[(n["DevicePath"], n["Subsystem"]) for n in d["Devices"]]' \
		"[('/dev/nvme0n1', 'nvme-subsys0'), ('/dev/nvme0n2', 'nvme-subsys0'), ('/dev/nvme10n1', 'nvme-subsys10')]"
	is 'len(d["Controllers"])' 5
}

@test "a kernel without generic nodes" {
	new_root
	subsys 0 && ctrl nvme0 0
	ns nvme0n1 nvme0 1
	rm -r "$root/sys/class/nvme-generic" "$root/sys/devices/$(where nvme0)/ng0n1"
	list_json
	is 'd["Devices"][0]["GenericPath"]' ''
}

@test "more than 1024 namespaces with 64 open files" {
	/usr/bin/python3 "$top/tests/bench/mksysfs" 1500 "$BATS_TEST_TMPDIR/root" 700
	export root=$BATS_TEST_TMPDIR/root
	[ "$(ulimit -n 64; on list --no-headings | wc -l)" -eq 1500 ]
	(ulimit -n 64; on list -o json) >"$BATS_TEST_TMPDIR/doc"
	doc=$(<"$BATS_TEST_TMPDIR/doc")
	is 'len(d["Devices"]), {len(n["Paths"]) for n in d["Devices"]}, len(d["Controllers"])' '(1500, {2}, 6)'
	is '[n["NameSpace"] for n in d["Devices"]] == [*range(1, 701), *range(1, 701), *range(1, 101)]' True
	[ "$(ulimit -n 64; on list-subsys | grep -c ' +- ')" -eq 6 ]
}

@test "an ordinary user, without device nodes" {
	[ "$(id -u)" -eq 0 ] || skip "needs root to become somebody else"
	mixed_root
	[ ! -e "$root/dev" ]
	chmod -R go+rX "$root"
	cp "$NVMEKIT" "$BATS_TEST_TMPDIR/tool"
	dir=$BATS_TEST_TMPDIR
	while [ "$dir" != / ]; do chmod go+x "$dir"; dir=${dir%/*}; dir=${dir:-/}; done
	as() { setpriv --reuid=65534 --regid=65534 --clear-groups "$BATS_TEST_TMPDIR/tool" --sysroot "$root" "$@"; }
	diff <(as list 2>&1) <(on list 2>&1)
	diff <(as list -o json 2>&1) <(on list -o json 2>&1)
	diff <(as list-subsys 2>&1) <(on list-subsys 2>&1)
}

@test "list opens no device node and sends no command" {
	mixed_root
	mkdir "$root/dev"
	for n in nvme0 nvme0n1 nvme0n2 nvme1n1; do mknod "$root/dev/$n" c 1 3 || : >"$root/dev/$n"; done
	for args in "list" "list -o json" "list -v" "list nvme0n1" "list-subsys -o json"; do
		echo "$args"
		# shellcheck disable=SC2086
		code 0 on --trace --quiet $args
		[ -z "$stderr" ]
		if command -v strace >/dev/null && strace -qq -o /dev/null true 2>/dev/null; then
			# shellcheck disable=SC2086
			ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=openat,open,ioctl -o "$BATS_TEST_TMPDIR/calls" "$NVMEKIT" --sysroot "$root" $args >/dev/null 2>&1
			grep -q /sys/class/nvme "$BATS_TEST_TMPDIR/calls"
			run ! grep -E '/dev/n|NVME|0xc0484e|0x4e4' "$BATS_TEST_TMPDIR/calls"
		fi
	done
}

@test "an old kernel's usage is asked for only where it is shown" {
	new_root
	subsys 0 && ctrl nvme0 0
	ns nvme0n1 nvme0 1 nuse=- metadata_bytes=-
	mkdir "$root/dev"
	mknod "$root/dev/nvme0n1" c 1 3 || skip "needs root to make a node" # it answers no command
	for columns in Node,Size,Serial,NSID,UUID,State "Node --sort size"; do
		# shellcheck disable=SC2086
		code 0 on --trace list --columns $columns
		[ -z "$stderr" ]
	done
	for args in "--columns Usage" "--columns Format" "--columns Node --sort usage" "--columns Node --filter usage=*" "-o json"; do
		# shellcheck disable=SC2086
		code 0 on --trace list $args
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr == *"nvme0n1 admin identify: nsid 0x1 cdw10-15 00000000"* ]]
	done
	is_null='d["Devices"][0]["UsedBytes"] is None and d["Devices"][0]["MetadataSize"] is None and "error" not in d'
	[ "$(json "$is_null" <<<"$output")" = True ]
	# What sysfs says, or what cannot be reached, is not asked.
	attrs "$root/sys/devices/$(where nvme0)/nvme0n1" nuse=0
	code 0 on --trace list --columns Usage
	[ -z "$stderr" ]
	attrs "$root/sys/devices/$(where nvme0)" state=resetting
	code 0 on --trace --quiet list
	[ -z "$stderr" ]
}

@test "hostile bytes: one valid document, no control byte on a terminal" {
	mixed_root
	printf 'Ev\033[31mil\nnext\tline\177"\\\r\xff\xfe\xc3\x28 \xe2\x80\xae\n' >"$root/sys/devices/$(where nvme0)/model"
	printf '\033]0;title\007' >"$root/sys/devices/$(where nvme0)/serial"
	printf '\033[2J' >"$root/sys/devices/$(where nvme3)/model"
	printf 'nqn\033\n\xf0' >"$root/sys/devices/$(where nvme-subsys0)/subsysnqn"
	for args in "list" "list -v" "list --columns Node,Model,Serial,NQN" "list-subsys" "list -o json" "list-subsys -o json"; do
		echo "$args"
		# shellcheck disable=SC2086
		on $args >"$BATS_TEST_TMPDIR/text" 2>"$BATS_TEST_TMPDIR/err"
		cat "$BATS_TEST_TMPDIR/err" >>"$BATS_TEST_TMPDIR/text"
		[ -s "$BATS_TEST_TMPDIR/text" ]
		run ! env LC_ALL=C grep -nP '[\x00-\x08\x0b-\x1f\x7f]' "$BATS_TEST_TMPDIR/text"
		iconv -f UTF-8 -t UTF-8 "$BATS_TEST_TMPDIR/text" >/dev/null
	done
	[ "$(on list --no-headings --quiet | wc -l)" -eq 4 ]
	list_json
	is 'len(d["Devices"])' 4
	subsys_json
}

@test "--columns: chosen, added, none twice" {
	mixed_root
	code 0 on --quiet list --columns node,NSID,transport
	[[ ${lines[0]} =~ ^Node\ +NSID\ +Transport\ *$ ]]
	[[ ${lines[2]} =~ ^/dev/nvme0n1\ +5\ +pcie$ ]]
	[ "${#lines[@]}" -eq 6 ]
	code 0 on --quiet list --columns +Transport,node
	[[ ${lines[0]} =~ ^Node\ +Generic\ +SN\ +Model\ +Namespace\ +Usage\ +Format\ +FW\ Rev\ +Transport\ *$ ]]
	diff <(on --quiet list -C Node -C NSID) <(on --quiet list -C Node,NSID)
	code 0 on --quiet list --columns Size,Bytes,CSI,Controller,Address,State,Subsystem,NQN,UUID,NGUID,EUI64
	[[ ${lines[2]} =~ ^\ +67\.11\ +MB\ +67108864\ +0\ +nvme0\ +0000:00:00\.0\ +live\ +nvme-subsys0\ +nqn.2024-01.org.example:s0 ]]
	[[ $output == *134217728*11111111-2222-3333-4444-555555555555*aaaaaaaabbbbccccddddeeeeeeeeeeee*0011223344556677* ]]
}

@test "--no-headings" {
	mixed_root
	code 0 on --quiet list --no-headings --columns Node
	[ "$output" = $'/dev/nvme0n1\n/dev/nvme0n2\n/dev/nvme1n1\n/dev/nvme10n1' ]
}

@test "--sort: numbers as numbers, both directions, stable" {
	mixed_root
	[ "$(nodes --sort size)" = "nvme0n1 nvme1n1 nvme0n2 nvme10n1" ]
	[ "$(nodes --sort -size)" = "nvme10n1 nvme0n2 nvme0n1 nvme1n1" ]
	[ "$(nodes --sort=NSID)" = "nvme1n1 nvme10n1 nvme0n2 nvme0n1" ]
	[ "$(nodes --sort -node)" = "nvme10n1 nvme1n1 nvme0n2 nvme0n1" ]
	[ "$(nodes --sort serial)" = "nvme0n1 nvme0n2 nvme1n1 nvme10n1" ]
	[ "$(nodes --sort uuid)" = "nvme0n1 nvme1n1 nvme10n1 nvme0n2" ]
	list_json --sort -size
	is '[n["DevicePath"] for n in d["Devices"]][0]' /dev/nvme10n1
}

@test "--filter: text, globs, case, numbers, several" {
	mixed_root
	[ "$(nodes --filter transport=tcp)" = nvme1n1 ]
	[ "$(nodes --filter TRANSPORT=TCP)" = nvme1n1 ]
	[ "$(nodes --filter transport=tc)" = "" ]
	[ "$(nodes --filter 'model=model 1*')" = "nvme1n1 nvme10n1" ]
	[ "$(nodes --filter 'model=Model ?')" = "nvme0n1 nvme0n2 nvme1n1" ]
	[ "$(nodes --filter 'address=*192.0.2.1*')" = nvme1n1 ]
	[ "$(nodes --filter namespace=0x5)" = nvme0n1 ]
	[ "$(nodes --filter nsid=1)" = "nvme1n1 nvme10n1" ]
	[ "$(nodes --filter nsid=1 --filter csi=2)" = nvme10n1 ]
	[ "$(nodes --filter nsid=1,csi=2)" = nvme10n1 ]
	[ "$(nodes --filter bytes=134217728)" = nvme0n2 ]
	[ "$(nodes --filter uuid=)" = "nvme0n1 nvme1n1 nvme10n1" ]
	list_json --filter transport=tcp
	is 'len(d["Devices"])' 1
	code 0 on --quiet list --filter model=nothing
}

@test "unknown columns, sort keys and filters: exit code 2 and what there is" {
	mixed_root
	for args in "--columns Nod" "--columns Node,Nix" "--columns +nix" "--sort nix" "--sort -nix" "--filter nix=1" "--columns="; do
		echo "args: $args"
		# shellcheck disable=SC2086
		code 2 on list $args
		[ -z "$output" ]
		[[ $stderr == *"Node, Generic, Serial, Model"* ]] || [ "$args" = "--columns=" ]
	done
	code 2 on list --filter transport
	[[ $stderr == *"COLUMN=VALUE"* ]]
}

@test "operands of list: namespace, controller, subsystem, identity" {
	mixed_root
	[ "$(nodes nvme0n2)" = nvme0n2 ]
	[ "$(nodes /dev/nvme0n2)" = nvme0n2 ]
	[ "$(nodes ng0n2)" = nvme0n2 ]
	[ "$(nodes nvme0n2p1)" = nvme0n2 ]
	[ "$(nodes nvme0)" = "nvme0n1 nvme0n2" ]
	[ "$(nodes nvme2)" = nvme1n1 ]
	[ "$(nodes nvme-subsys1)" = nvme1n1 ]
	[ "$(nodes nvme10n1 nvme0n1)" = "nvme0n1 nvme10n1" ]
	[ "$(nodes serial=SERIAL0)" = "nvme0n1 nvme0n2" ]
	[ "$(nodes nqn=nqn.2024-01.org.example:s10)" = nvme10n1 ]
	[ "$(nodes pci=0000:0a:00.0)" = nvme10n1 ]
	[ "$(nodes pci=0A:00.0)" = nvme10n1 ]
	[ "$(nodes uuid=11111111222233334444555555555555)" = nvme0n2 ]
	[ "$(nodes uuid=11111111-2222-3333-4444-555555555555)" = nvme0n2 ]
	[ "$(nodes nguid=0xAAAAAAAABBBBCCCCDDDDEEEEEEEEEEEE)" = nvme0n2 ]
	[ "$(nodes eui64=0011223344556677)" = nvme0n2 ]
	list_json nvme3
	is 'len(d["Devices"]), len(d["Controllers"])' '(0, 1)'
}

@test "operands that name nothing, or too much: exit code 3" {
	mixed_root
	for name in nvme7 nvme0n9 /dev/nvme7 /dev/sda nvme nvme0x nvme0c0n1 nvme-subsys7 serial=NONE nqn=nqn.none pci=0000:ff:00.0 \
		uuid=00000000-0000-0000-0000-000000000000 eui64=ff nvme99999999999999999999; do
		echo "$name"
		code 3 on list "$name"
		[[ $stderr == *"${name#*=}"* ]]
		[ -z "$output" ]
		code 3 on list-subsys "$name"
		code 3 on smart-log "$name"
	done
	# Both controllers of the subsystem are named, so that one can be chosen.
	for name in serial=SERIAL1 nqn=nqn.2024-01.org.example:s1; do
		code 3 on smart-log "$name"
		[[ $stderr == *ambiguous*nvme1*nvme2* ]]
	done
	code 2 on list serial=
	run --separate-stderr on list nvme7 -o json
	[ "$(json 'd["error"]["class"]' <<<"$output")" = no-device ]
}

@test "links below dev, and files that only bear a drive's name" {
	mixed_root
	mkdir -p "$root/dev/disk/by-id" "$BATS_TEST_TMPDIR/elsewhere"
	: >"$root/dev/nvme0n2"
	: >"$root/dev/sda"
	ln -s ../../nvme0n2 "$root/dev/disk/by-id/nvme-Model_0_SERIAL0"
	ln -s ../../sda "$root/dev/disk/by-id/ata-x"
	ln -s ../../nvme0n7 "$root/dev/disk/by-id/nvme-gone"
	[ "$(nodes /dev/disk/by-id/nvme-Model_0_SERIAL0)" = nvme0n2 ]
	code 3 on list /dev/disk/by-id/ata-x
	code 3 on list /dev/disk/by-id/nvme-gone
	code 3 on list /dev/disk/by-id/none
	: >"$BATS_TEST_TMPDIR/elsewhere/nvme0n2"
	cd "$BATS_TEST_TMPDIR/elsewhere"
	code 3 on list ./nvme0n2
	code 3 on id-ns ./nvme0n2
	# A file in the place of a node is no drive.
	code 3 on id-ns nvme0n2
	[[ $stderr == *"no device node"* ]]
}

@test "list-subsys: the tree" {
	mixed_root
	code 0 on list-subsys
	[ "$output" = 'nvme-subsys0 - NQN=nqn.2024-01.org.example:s0
\
 +- nvme0 pcie 0000:00:00.0 live

nvme-subsys3 - NQN=nqn.2024-01.org.example:s3
\
 +- nvme3 pcie 0000:03:00.0 live

nvme-subsys10 - NQN=nqn.2024-01.org.example:s10
\
 +- nvme10 pcie 0000:0a:00.0 live

nvme-subsys1 - NQN=nqn.2024-01.org.example:s1
\
 +- nvme1 tcp traddr=192.0.2.1,trsvcid=4420 live
 +- nvme2 tcp traddr=192.0.2.2,trsvcid=4420 live' ]
	code 0 on list-subsys /dev/nvme1n1
	[ "$output" = 'nvme-subsys1 - NQN=nqn.2024-01.org.example:s1
\
 +- nvme1 tcp traddr=192.0.2.1,trsvcid=4420 live optimized
 +- nvme2 tcp traddr=192.0.2.2,trsvcid=4420 live inaccessible' ]
	for name in nvme2 nvme-subsys1 serial=SERIAL3; do
		code 0 on list-subsys $name
		[ "$(grep -c NQN= <<<"$output")" -eq 1 ]
	done
}

@test "list-subsys: JSON" {
	mixed_root
	subsys_json
	is '[(h["HostNQN"], h["HostID"], [s["Name"] for s in h["Subsystems"]]) for h in d["Hosts"]]' \
		"[('', '', ['nvme-subsys0', 'nvme-subsys3', 'nvme-subsys10']), ('nqn.host:a', 'id-a', ['nvme-subsys1'])]"
	is '[d["Hosts"][1]["Subsystems"][0][k] for k in ("NQN", "Type", "IOPolicy", "Model", "Serial", "Firmware")]' \
		"['nqn.2024-01.org.example:s1', 'nvm', 'round-robin', 'Model 1', 'SERIAL1', '1.0']"
	is 'd["Hosts"][1]["Subsystems"][0]["Namespaces"]' "[{'Name': 'nvme1n1', 'NSID': 1, 'Paths': [{'Name': 'nvme1c1n1', 'Controller': 'nvme1', 'ANAState': 'optimized', 'ANAGroup': 1}, {'Name': 'nvme1c2n1', 'Controller': 'nvme2', 'ANAState': 'inaccessible', 'ANAGroup': 2}]}]"
	is '[n["Name"] for n in d["Hosts"][0]["Subsystems"][0]["Namespaces"]]' "['nvme0n1', 'nvme0n2']"
}

@test "one subsystem that two hosts are connected to stands below each" {
	new_root
	subsys 0
	ctrl nvme0 0 transport=tcp address=traddr=192.0.2.1 hostnqn=nqn.host:a hostid=id-a
	ctrl nvme1 0 transport=tcp address=traddr=192.0.2.1 hostnqn=nqn.host:b hostid=id-b
	ctrl nvme2 0 transport=tcp address=traddr=192.0.2.2 hostnqn=nqn.host:a hostid=id-a
	subsys 1 && ctrl nvme3 1 transport=loop address= 'hostnqn=(null)' 'hostid=(null)'
	shared nvme0n1 0 1 && path nvme0c0n1 nvme0 && path nvme0c1n1 nvme1 && path nvme0c2n1 nvme2
	subsys_json
	is '[(h["HostNQN"], [(s["Name"], [p["Name"] for p in s["Paths"]]) for s in h["Subsystems"]]) for h in d["Hosts"]]' \
		"[('nqn.host:a', [('nvme-subsys0', ['nvme0', 'nvme2'])]), ('nqn.host:b', [('nvme-subsys0', ['nvme1'])]), ('', [('nvme-subsys1', ['nvme3'])])]"
	is '[[p["Controller"] for n in s["Namespaces"] for p in n["Paths"]] for h in d["Hosts"] for s in h["Subsystems"]]' \
		"[['nvme0', 'nvme2'], ['nvme1'], []]"
}

@test "the slot of a PCIe drive" {
	mixed_root
	attrs "$root/sys/bus/pci/slots/7-1" address=0000:0a:00
	attrs "$root/sys/bus/pci/slots/8" address=0000:0b:00
	list_json
	is '[(c["Controller"], c["Slot"]) for c in d["Controllers"] if c["Slot"]]' "[('nvme10', '7-1')]"
}
