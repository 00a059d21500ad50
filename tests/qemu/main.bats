#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# The main job on devices of a real kernel: what drives there are, what they are, and how they are.

bats_require_minimum_version 1.5.0
load common
load nvmet

# Each test leaves its JSON documents here; the last one validates them all at once, since starting the validator
# takes seconds.
docs=$BATS_FILE_TMPDIR

setup()
{
	unset NVMEKIT_SYSTEM NVMEKIT_SYSROOT
	: "${NVMEKIT:?}"
}

teardown()
{
	nvmet_teardown
}

# doc COMMAND ARGUMENT...: its JSON in $output, and kept
doc()
{
	code 0 "$NVMEKIT" "$@" -o json
	printf '%s\n' "$output" >"$docs/$BATS_TEST_NUMBER-$((++ndocs)).$1.json"
}

# has_member TEXT...: lines of $output, without the blanks before and a comma after them
has_member()
{
	local want

	for want; do
		[[ $output == *" $want,"$'\n'* || $output == *" $want"$'\n'* ]] && continue
		printf 'no %s in\n%s\n' "$want" "$output"
		return 1
	done
}

# loop_target: a subsystem with one namespace over loop; $dev is its controller
loop_target()
{
	nvmet_subsystem nqn.nvmekit.main NVMEKIT-LOOP attr_model=LOOPED
	nvmet_namespace nqn.nvmekit.main 3 "$(nvmet_file 16M)" \
		device_uuid=01234567-89ab-4def-8123-456789abcdef device_nguid=6e766d65-7400-5254-0000-0123456789ab
	nvmet_port 1 loop
	nvmet_export 1 nqn.nvmekit.main
	dev=$(nvmet_connect loop nqn.nvmekit.main)
}

@test "list: every namespace once, with its sizes; what has none is noted" {
	code 0 "$NVMEKIT" list
	[[ $stderr == *"$(dev_by_serial NVMEKIT-E) (QEMU NVMe Ctrl, serial NVMEKIT-E) has no namespace"* ]]
	[ "${#lines[@]}" -eq 6 ]
	a1=$(ns_by NVMEKIT-A 1) a2=$(ns_by NVMEKIT-A 2)
	[[ $output =~ /dev/$a1\ +/dev/ng${a1#nvme}\ +NVMEKIT-A\ +QEMU\ NVMe\ Ctrl\ +0x1\ +67\.11\ +MB\ /\ +67\.11\ +MB\ +512\ +B\ \+\ +0\ B ]]
	[[ $output =~ /dev/$a2\ +/dev/ng${a2#nvme}\ +NVMEKIT-A\ +QEMU\ NVMe\ Ctrl\ +0x2\ +67\.11\ +MB\ /\ +67\.11\ +MB\ +4\ KiB\ \+\ +0\ B ]]
	doc list
	has_member "\"DevicePath\":\"/dev/$a2\"" '"MaximumLBA":16384' '"SectorSize":4096' '"PhysicalSize":67108864' '"CSI":2'
	code 0 "$NVMEKIT" list --quiet --no-headings --columns Node --filter csi=2
	[ "$output" = "/dev/$(ns_by NVMEKIT-Z 1)" ]
	code 0 "$NVMEKIT" list --quiet --no-headings --columns Node,NSID --sort NSID serial=NVMEKIT-A
	[ "$(tr -s ' ' <<<"$output")" = "/dev/$a1 1"$'\n'"/dev/$a2 2" ]
}

@test "list: sends no command" {
	code 0 "$NVMEKIT" list --trace --quiet -o json
	[ -z "$stderr" ]
}

@test "a shared namespace has two paths" {
	ns=$(ns_by NVMEKIT-B 1)
	code 0 "$NVMEKIT" list-subsys "$ns"
	for ctrl in $(devs_by_serial NVMEKIT-B); do
		[[ $output == *" +- $ctrl pcie $(trimmed "/sys/class/nvme/$ctrl/address") live"* ]]
	done
	[ "${#lines[@]}" -eq 4 ]
	doc list-subsys
	for path in $(paths_of "$ns"); do
		has_member "\"Name\":\"$path\""
	done
	# Its serial number names two controllers; either of them does.
	code 3 "$NVMEKIT" smart-log serial=NVMEKIT-B
	for ctrl in $(devs_by_serial NVMEKIT-B); do
		[[ $stderr == *"ambiguous"*"$ctrl"* ]]
		[ "$(trimmed "/sys/class/nvme/$ctrl/cntlid")" -eq "$("$NVMEKIT" id-ctrl "$ctrl" -b | od -An -tu2 -j78 -N2)" ]
	done
}

@test "id-ctrl: by name, node, serial number and PCI address" {
	dev=$(dev_by_serial NVMEKIT-A)
	code 0 "$NVMEKIT" id-ctrl "$dev"
	[[ $output == *"sn "*": NVMEKIT-A"* ]]
	[[ $output == *"vid "*": 0x1b36"* ]]
	text=$output
	for name in "/dev/$dev" serial=NVMEKIT-A "pci=$(trimmed "/sys/class/nvme/$dev/address")"; do
		code 0 "$NVMEKIT" id-ctrl "$name"
		[ "$output" = "$text" ]
	done
	doc id-ctrl "$dev"
	has_member '"sn":"NVMEKIT-A"' '"vid":6966'
	code 0 "$NVMEKIT" id-ctrl "/dev/$(ns_by NVMEKIT-A 1)" -v
}

@test "id-ns: the namespace of the node, not the number in its name" {
	for nsid in 1 2; do
		for node in "$(ns_by NVMEKIT-A $nsid)" "/dev/$(ng_by NVMEKIT-A $nsid)"; do
			doc id-ns "$node"
			has_member "\"nsze\":$((nsid == 1 ? 131072 : 16384))" \
				"\"nguid\":\"6e766d656b697400525400000000610$nsid\""
		done
	done
	doc id-ns "$(dev_by_serial NVMEKIT-A)" -n 2
	has_member '"nsze":16384'
	doc id-ns "$(ns_by NVMEKIT-Z 1)"
}

@test "smart-log, error-log, fw-log on every controller, with and without namespaces" {
	for serial in A B Z E; do
		dev=$(dev_by_serial NVMEKIT-$serial)
		doc smart-log "$dev"
		has_member '"temperature":323'
		doc error-log "$dev"
		doc fw-log "$dev"
		has_member '"afi":1'
	done
	code 0 "$NVMEKIT" smart-log "$dev"
	[[ $output =~ temperature\ +:\ 50\ °C\ \(323\ K\) ]]
	code 0 "$NVMEKIT" error-log "$dev"
	code 0 "$NVMEKIT" fw-log "$dev"
}

@test "get-log: by name and number, whole and in part" {
	dev=$(dev_by_serial NVMEKIT-A)
	doc get-log "$dev" -i fw
	has_member '"lid":3' '"length":512'
	doc get-log "$dev" -i 5 --csi 0
	"$NVMEKIT" get-log "$dev" -i 3 -l 512 -b >"$BATS_TEST_TMPDIR/whole"
	"$NVMEKIT" get-log "$dev" -i 3 -l 256 -L 8 -b | cmp - <(dd if="$BATS_TEST_TMPDIR/whole" bs=8 skip=1 count=32 status=none)
	"$NVMEKIT" fw-log "$dev" -b | cmp - "$BATS_TEST_TMPDIR/whole"
	# QEMU says Invalid Field to pages that it does not know.
	code 5 "$NVMEKIT" get-log "$dev" -i 0xee -l 512
	[[ $stderr == *"Invalid Field in Command"* ]]
}

@test "admin-passthru: the bytes of Identify, and what the controller refuses" {
	dev=$(dev_by_serial NVMEKIT-A)
	"$NVMEKIT" admin-passthru "$dev" -O 6 --cdw10=1 -l 4096 -r -b >"$BATS_TEST_TMPDIR/id"
	"$NVMEKIT" id-ctrl "$dev" -b | cmp - "$BATS_TEST_TMPDIR/id"
	[ "$(wc -c <"$BATS_TEST_TMPDIR/id")" -eq 4096 ]
	doc admin-passthru "$dev" -O 0x0a --cdw10=7
	code 6 "$NVMEKIT" admin-passthru "$dev" -O 0x55
	[[ $stderr == *"Invalid Command Opcode"* ]]
	code 5 "$NVMEKIT" id-ns "$dev" -n 77777
	[[ $stderr == *"Invalid Namespace or Format"* ]]
	run --separate-stderr "$NVMEKIT" admin-passthru "$dev" -O 0x55 -o json
	[ "$status" -eq 6 ]
	has_member '"sc":1'
	printf '%s\n' "$output" >"$docs/$BATS_TEST_NUMBER-error.admin-passthru.json"
}

@test "io-passthru: writes and reads blocks; a dry run does neither" {
	ns=/dev/$(ns_by NVMEKIT-A 2)
	dd if=/dev/urandom of="$BATS_TEST_TMPDIR/block" bs=4096 count=1 status=none
	code 9 "$NVMEKIT" io-passthru "$ns" -O 1 --cdw10=3 -l 4096 -w -i "$BATS_TEST_TMPDIR/block"
	code 0 "$NVMEKIT" io-passthru "$ns" -O 1 --cdw10=3 -l 4096 -w -i "$BATS_TEST_TMPDIR/block" --yes --expect-serial=NVMEKIT-A
	"$NVMEKIT" io-passthru "$ns" -O 2 --cdw10=3 -l 4096 -r -b | cmp - "$BATS_TEST_TMPDIR/block"
	dd if="$ns" bs=4096 skip=3 count=1 iflag=direct status=none | cmp - "$BATS_TEST_TMPDIR/block"
	code 0 "$NVMEKIT" --dry-run io-passthru "$ns" -O 8 --cdw10=3
	[[ $output == *"Commands that would be sent:"*"Write Zeroes"* ]]
	"$NVMEKIT" io-passthru "/dev/$(ng_by NVMEKIT-A 2)" -O 2 --cdw10=3 -l 4096 -r -b | cmp - "$BATS_TEST_TMPDIR/block"
	doc io-passthru "$ns" -O 2 --cdw10=3 -l 4096 -r
	has_member '"length":4096'
	# beyond the end
	code 5 "$NVMEKIT" io-passthru "$ns" -O 2 --cdw10=0xffffff -l 4096 -r
	[[ $stderr == *"LBA Out of Range"* ]]
}

@test "a zoned namespace: its report in bytes" {
	ns=$(ns_by NVMEKIT-Z 1)
	"$NVMEKIT" io-passthru "$ns" -O 0x7a --cdw12=1023 -l 4096 -r -b >"$BATS_TEST_TMPDIR/zones"
	[ "$(od -An -tu8 -N8 "$BATS_TEST_TMPDIR/zones")" -eq 16 ]
}

@test "an ordinary user: list works, smart-log exits 4" {
	cp "$NVMEKIT" /dev/shm/tool
	as() { setpriv --reuid=65534 --regid=65534 --clear-groups /dev/shm/tool "$@"; }
	code 0 as list
	[ "$output" = "$("$NVMEKIT" list 2>/dev/null)" ]
	[ "${#lines[@]}" -eq 6 ]
	code 0 as list-subsys
	code 4 as smart-log "$(dev_by_serial NVMEKIT-A)"
	[[ $stderr == *"Permission denied"*root* ]]
	code 4 as id-ns serial=NVMEKIT-Z -n 1 -o json
	has_member '"class":"permission"'
	printf '%s\n' "$output" >"$docs/$BATS_TEST_NUMBER-error.id-ns.json"
	rm /dev/shm/tool
}

@test "a kernel that does not say usage and metadata: the drive is asked" {
	ns=$(ns_by NVMEKIT-A 2) subsys=$(subsys_by_serial NVMEKIT-A) dev=$(dev_by_serial NVMEKIT-A)
	root=$BATS_TEST_TMPDIR/root head=$BATS_TEST_TMPDIR/root/sys/class/nvme-subsystem/$subsys/$ns
	mkdir -p "$head/queue" "$root/sys/class/block" "$root/dev" "$root/sys/class/nvme/$dev/${ns%n*}c${dev#nvme}n${ns##*n}"
	for attr in nsid size queue/logical_block_size; do
		trimmed "/sys/class/block/$ns/$attr" >"$head/$attr"
	done
	echo live >"$root/sys/class/nvme/$dev/state"
	ln -s "../../nvme/$dev" "$root/sys/class/nvme-subsystem/$subsys/$dev"
	ln -s "../nvme-subsystem/$subsys/$ns" "$root/sys/class/block/$ns"
	cp -a "/dev/$ns" "$root/dev/$ns"
	code 0 "$NVMEKIT" --sysroot "$root" --trace list
	[[ $stderr == *"$ns admin identify: nsid 0x2 "*"success"* ]]
	[[ $output =~ 67\.11\ +MB\ /\ +67\.11\ +MB\ +4\ KiB\ \+\ +0\ B ]]
	code 0 "$NVMEKIT" --sysroot "$root" --trace list --columns Node,Size
	[ -z "$stderr" ]
}

@test "nvmet over loop: names, transport, ANA state, host" {
	loop_target
	ns=$(ns_by NVMEKIT-LOOP 3)
	for name in "$dev" nqn=nqn.nvmekit.main serial=NVMEKIT-LOOP; do
		code 0 "$NVMEKIT" id-ctrl "$name"
		[[ $output == *"subnqn "*": nqn.nvmekit.main"* ]]
	done
	for name in uuid=01234567-89ab-4def-8123-456789abcdef nguid=6e766d65740052540000-0123456789ab "$ns"; do
		doc id-ns "$name"
		has_member '"nguid":"6e766d657400525400000123456789ab"'
	done
	code 3 "$NVMEKIT" id-ns uuid=01234567-89ab-4def-8123-456789abcdee
	doc list
	has_member '"Transport":"loop"' '"ModelNumber":"LOOPED"' '"UUID":"01234567-89ab-4def-8123-456789abcdef"' \
		'"ANAState":"optimized"' "\"HostNQN\":\"$(trimmed "/sys/class/nvme/$dev/hostnqn")\""
	code 0 "$NVMEKIT" list-subsys "$ns"
	[[ $output == *" +- $dev loop"*" live optimized" ]]
	doc list-subsys
	has_member "\"HostNQN\":\"$(trimmed "/sys/class/nvme/$dev/hostnqn")\"" '"ANAGroup":1'
	for cmd in smart-log error-log fw-log; do
		doc "$cmd" "$dev"
	done
	# The state follows the target.
	echo inaccessible >"$nvmet/ports/1/ana_groups/1/ana_state"
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		code 0 "$NVMEKIT" list-subsys "$ns"
		[[ $output != *" live inaccessible" ]] || break
		sleep 0.2
	done
	[[ $output == *" +- $dev loop"*" live inaccessible" ]]
}

# nvmet counts every refusal, and QEMU does not.
@test "reading commands cause no refused command" {
	loop_target
	ns=$(ns_by NVMEKIT-LOOP 3)
	errors()
	{
		"$NVMEKIT" get-log "$dev" -i smart -l 512 -b | od -An -tu8 -j176 -N8
	}
	before=$(errors)
	for cmd in "id-ctrl $dev -v" "smart-log $dev" "error-log $dev" "fw-log $dev" "id-ns $ns -v" "smart-log $ns" list list-subsys; do
		# shellcheck disable=SC2086
		code 0 "$NVMEKIT" $cmd
	done
	[ "$(errors)" -eq "$before" ]
	# That the counter would have shown it:
	run "$NVMEKIT" admin-passthru "$dev" -O 0x55
	[ "$status" -eq 6 ]
	[ "$(errors)" -eq $((before + 1)) ]
}

# Programs are built on one machine and run on another: libnvme 1.x keeps its name while its structures change.
@test "under a newer libnvme than it was built with" {
	root=$(dirname "$(readlink -f "$NVMEKIT_CACHE/bin/nvme-new")")/../nvme-new
	libs=$root/lib/x86_64-linux-gnu:$root/usr/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu
	newer() {
		"$root/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" --inhibit-cache --library-path "$libs" "$NVMEKIT" "$@"
	}
	dev=$(dev_by_serial NVMEKIT-A)
	code 0 newer version -o json
	[[ $output == *'"libnvme_running":"1.1'[3-9]* ]]
	code 0 newer id-ctrl "$dev" -o json
	newer=$output
	code 0 "$NVMEKIT" id-ctrl "$dev" -o json
	[ "$newer" = "$output" ]
	code 0 newer smart-log "$dev"
	code 6 newer admin-passthru "$dev" -O 0x55
}

@test "a device that is gone: exit code 3" {
	loop_target
	ns=$(ns_by NVMEKIT-LOOP 3)
	code 0 "$NVMEKIT" smart-log "$dev"
	nvmet_teardown
	for name in "$dev" "$ns" "/dev/$ns" nqn=nqn.nvmekit.main; do
		code 3 "$NVMEKIT" smart-log "$name"
		[[ $stderr == *"${name#*=}"* ]]
		code 3 "$NVMEKIT" list "$name"
	done
	code 0 "$NVMEKIT" list
	[[ $output != *NVMEKIT-LOOP* ]]
}

@test "all JSON of the tests above is as its schema says" {
	for file in "$docs"/*.json; do
		cmd=${file%.json}
		cmd=${cmd##*.}
		[ -e "$docs/$cmd.schema" ] || "$NVMEKIT" schema "$cmd" >"$docs/$cmd.schema"
	done
	# An interpreter that the distribution's packages belong to.
	/usr/bin/python3 -W ignore - "$docs" <<-'END'
		import glob, json, jsonschema, os, sys
		bad = docs = 0
		for name in glob.glob(sys.argv[1] + "/*.json"):
		    schema = json.load(open(os.path.join(sys.argv[1], name[:-5].rsplit(".", 1)[1] + ".schema")))
		    cls = jsonschema.validators.validator_for(schema)
		    docs += 1
		    for e in cls(schema).iter_errors(json.load(open(name))):
		        bad += 1
		        print(name, "/".join(map(str, e.path)), e.message[:300])
		print(docs, "documents")
		sys.exit(bool(bad) or docs < 30)
	END
}
