#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Who this host is, and what its firmware says of booting over a network: on trees of files, and on images.
# shellcheck disable=SC2154 # root is set by new_root
load common
load sysroot

u1=6a2d1c38-52f7-4e0b-9c41-0d8b7e3f5a10
u2=0f2f1e3c-9a3b-4e0f-8f0e-5d3c2b1a0f9e
uuid_nqn=nqn.2014-08.org.nvmexpress:uuid:

# file PATH TEXT: in the tree
file() {
	mkdir -p "$root/${1%/*}"
	printf '%s\n' "$2" >"$root/$1"
}

setup() { new_root; }

@test "the NQN in force: one line, or an error that says what to do" {
	code 6 on show-hostnqn
	[ -z "$output" ]
	[[ $stderr == *"this host has no host NQN: /etc/nvme/hostnqn is not there"*"gen-hostnqn --random"* ]]
	file etc/machine-id 00112233445566778899aabbccddeeff
	code 0 on show-hostnqn
	[[ $output =~ ^nqn\.2014-08\.org\.nvmexpress:uuid:[-0-9a-f]{36}$ ]]
	[ "$output" = "$(on gen-hostnqn)" ]
	[[ $output != *00112233* ]]
	file etc/nvme/hostnqn "  $uuid_nqn$u1 "
	code 0 on show-hostnqn
	[ "$output" = "$uuid_nqn$u1" ]
	[ -z "$stderr" ]
	on show-hostnqn -o json | valid show-hostnqn
	[ "$(on show-hostnqn -o json | json 'd["hostid"], d["hostnqn_origin"], d["hostid_origin"]')" = \
		"('$u1', '/etc/nvme/hostnqn', 'UUID in the host NQN')" ]
	# An NQN alone is something.
	file etc/nvme/hostnqn nqn.2022-06.com.example:host
	rm "$root/etc/machine-id"
	[ "$(on show-hostnqn -o json | json 'd["hostnqn"], d["hostid"]')" = "('nqn.2022-06.com.example:host', None)" ]
	file etc/nvme/hostnqn "nqn.2022-06.com.example:a,b c,
nqn.2022-06.com.example:d"
	code 7 on show-hostnqn
	[[ $stderr == *"/etc/nvme/hostnqn: "*"control character"* ]]
}

@test "gen-hostnqn writes nothing, and is not random unless that is asked for" {
	file sys/class/dmi/id/product_uuid "${u2^^}"
	[ "$(on gen-hostnqn)" = "$uuid_nqn$u2" ]
	[ "$(on gen-hostnqn -o json | json 'd["hostnqn_origin"]')" = "DMI product_uuid" ]
	[ ! -e "$root/etc" ]
	[ "$(on gen-hostnqn --random)" != "$(on gen-hostnqn --random)" ]
	on gen-hostnqn --random -o json | valid gen-hostnqn
}

@test "the UUID of the firmware is for root: nobody else gets another identity" {
	[ "$(id -u)" -eq 0 ] || skip "has to become another user"
	file sys/class/dmi/id/product_uuid "$u2"
	file etc/machine-id 00112233445566778899aabbccddeeff
	chmod 400 "$root/sys/class/dmi/id/product_uuid"
	cp "$NVMEKIT" "$BATS_TEST_TMPDIR/nvmekit"
	chmod -R go+rX "$root" "$BATS_TEST_TMPDIR"
	for d in "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_SUITE_TMPDIR" "$BATS_RUN_TMPDIR"; do chmod go+x "$d" "${d%/*}"; done
	chmod 400 "$root/sys/class/dmi/id/product_uuid"
	code 4 setpriv --reuid=65534 --clear-groups "$BATS_TEST_TMPDIR/nvmekit" --sysroot "$root" show-hostnqn
	[[ $stderr == *"only root can read"*"DMI product_uuid"* ]]
	code 0 setpriv --reuid=65534 --clear-groups "$BATS_TEST_TMPDIR/nvmekit" --sysroot "$root" host-identity -o json
	[ "$(json 'd["hostnqn"], d["machine_uuid"]' <<<"$output")" = "(None, None)" ]
	[[ $output == *"only root can read the UUID of the machine"* ]]
}

@test "host-identity: what speaks against it, and the exit code on request" {
	code 16 on host-identity --check
	[[ $output == *"there is no host NQN"* ]]
	file etc/nvme/hostnqn "$uuid_nqn$u1"
	code 0 on host-identity --check -o json
	[ "$(json 'd["findings"]' <<<"$output")" = "[]" ]
	file etc/nvme/hostid "$u2"
	code 0 on host-identity
	[[ $output == *"Linux from 6.5 on refuses"* ]]
	code 16 on host-identity --check -o json
	valid host-identity <<<"$output"
	[ "$(json 'len(d["findings"])' <<<"$output")" = 1 ]
	file etc/nvme/hostid 03000200-0400-0500-0006-000700080009
	file etc/nvme/hostnqn "${uuid_nqn}03000200-0400-0500-0006-000700080009"
	code 16 on host-identity --check
	[[ $output == *"is one that many machines have"* ]]
	# The firmware's default is passed over.
	rm -r "$root/etc/nvme"
	file sys/class/dmi/id/product_uuid 03000200-0400-0500-0006-000700080009
	file etc/machine-id 00112233445566778899aabbccddeeff
	code 0 on host-identity -o json
	[ "$(json 'd["machine_uuid_origin"], len(d["findings"])' <<<"$output")" = "('machine-id', 1)" ]
}

@test "a file that came with an image of another machine" {
	file sys/class/dmi/id/product_uuid 4c4c4544-0044-4410-8030-b8c04f445833
	file etc/nvme/hostnqn "${uuid_nqn}4c4c4544-0034-4410-8030-b8c04f445833"
	code 0 on show-hostnqn
	[ "$output" = "${uuid_nqn}4c4c4544-0034-4410-8030-b8c04f445833" ]
	[[ $stderr == *"the file was perhaps copied"* ]]
	NVMEKIT_SYSROOT=$root code 0 "$NVMEKIT" nvme show-hostnqn
	[ -z "$stderr" ]
}

@test "host-identity-store: only what is asked for, in one step" {
	file etc/machine-id 00112233445566778899aabbccddeeff
	code 0 on host-identity-store --dry-run
	[[ $output == *"Write /etc/nvme/hostnqn"*"Write /etc/nvme/hostid"* ]]
	[ ! -e "$root/etc/nvme" ]
	code 0 on host-identity-store -o json
	valid host-identity-store <<<"$output"
	[ "$(json '[f["changed"] for f in d["files"]]' <<<"$output")" = "[True, True]" ]
	[ "$(stat -c %a "$root/etc/nvme/hostnqn")" = 644 ]
	[ "$(cat "$root/etc/nvme/hostnqn")" = "$uuid_nqn$(cat "$root/etc/nvme/hostid")" ]
	[ "$(find "$root/etc/nvme" -type f | wc -l)" = 2 ]
	# Again is nothing.
	[ "$(on host-identity-store -o json | json '[f["changed"] for f in d["files"]]')" = "[False, False]" ]
	# Another one only where that is meant; nothing is written before all can be.
	before=$(cat "$root"/etc/nvme/*)
	code 9 on host-identity-store --hostnqn="$uuid_nqn$u1"
	[[ $stderr == *"/etc/nvme/hostnqn holds something else"*"--replace"* ]]
	rm "$root/etc/nvme/hostnqn"
	code 9 on host-identity-store --hostnqn="$uuid_nqn$u1"
	[ ! -e "$root/etc/nvme/hostnqn" ]
	code 0 on host-identity-store --hostnqn="$uuid_nqn$u1" --replace --dry-run
	[ ! -e "$root/etc/nvme/hostnqn" ]
	code 0 on host-identity-store --hostnqn="$uuid_nqn$u1" --replace
	[ "$(cat "$root/etc/nvme/hostid")" = "$u1" ]
	[ "$(cat "$root"/etc/nvme/*)" != "$before" ]
	code 2 on host-identity-store --hostnqn=$'ho\tst' --replace
	[ "$(cat "$root/etc/nvme/hostid")" = "$u1" ]
	# A name without a UUID: reservations are kept by the identifier, which stays.
	code 0 on host-identity-store --hostnqn=nqn.2022-06.com.example:web-3 --replace
	[ "$(cat "$root"/etc/nvme/*)" = "$u1"$'\n'nqn.2022-06.com.example:web-3 ]
	code 0 on host-identity-store --hostnqn=nqn.2022-06.com.example:web-4 --hostid="$u2" --replace
	[ "$(cat "$root"/etc/nvme/*)" = "$u2"$'\n'nqn.2022-06.com.example:web-4 ]
	# Also over a file that makes no sense.
	file etc/nvme/hostid nonsense
	code 7 on host-identity-store
	code 0 on host-identity-store --hostnqn="$uuid_nqn$u2" --replace
	[ "$(cat "$root/etc/nvme/hostid")" = "$u2" ]
}

@test "a mismatch in a configuration is told once, with the place that it comes from" {
	cat >"$BATS_TEST_TMPDIR/config.json" <<-EOF
		[ { "hostnqn": "$uuid_nqn$u1",
		    "hostid": "$u2",
		    "subsystems": [ { "nqn": "nqn.2022-06.com.example:s", "ports": [
			{ "transport": "tcp", "traddr": "192.0.2.23", "trsvcid": "4420" },
			{ "transport": "tcp", "traddr": "192.0.2.24", "trsvcid": "4420" } ] } ] } ]
	EOF
	code 0 "$NVMEKIT" --system demo connect-all --no-nbft --dry-run -J "$BATS_TEST_TMPDIR/config.json"
	[ "$(grep -c "refuses an identifier" <<<"$stderr")" = 1 ]
	[[ $stderr == *"UUID $u1 ($BATS_TEST_TMPDIR/config.json:1), but the host identifier is $u2 ($BATS_TEST_TMPDIR/config.json:2)"* ]]
}

@test "the host of an image" {
	cd "$BATS_TEST_TMPDIR"
	echo '{ "nvmekit-image": 1, "subsystems": [] }' >image.json
	export NVMEKIT_SYSTEM=image.json
	code 6 "$NVMEKIT" show-hostnqn
	[[ $stderr == *'add "host" to the image'* ]]
	code 6 "$NVMEKIT" gen-hostnqn
	code 0 "$NVMEKIT" host-identity-store --hostnqn="$uuid_nqn$u1" --dry-run
	[ "$(json '"host" in d' <image.json)" = False ]
	code 0 "$NVMEKIT" host-identity-store --hostnqn="$uuid_nqn$u1"
	[ "$(json 'd["host"]["hostid"]' <image.json)" = "$u1" ]
	[ "$("$NVMEKIT" show-hostnqn --quiet)" = "$uuid_nqn$u1" ]
	code 9 "$NVMEKIT" host-identity-store --hostnqn="$uuid_nqn$u2"
	code 0 "$NVMEKIT" host-identity-store --hostnqn="$uuid_nqn$u2" --replace
	[ "$("$NVMEKIT" gen-hostnqn --quiet)" = "$uuid_nqn$u2" ]
}

@test "the nvme personality: one line each, and nothing of the native commands" {
	file etc/nvme/hostnqn "$uuid_nqn$u1"
	file sys/class/dmi/id/product_uuid "$u2"
	export NVMEKIT_SYSROOT=$root
	for args in show-hostnqn --show-hostnqn "show-hostnqn -o json"; do
		# shellcheck disable=SC2086
		code 0 "$NVMEKIT" nvme $args
		[ "$output" = "$uuid_nqn$u1" ]
		[ -z "$stderr" ]
	done
	code 0 "$NVMEKIT" nvme gen-hostnqn
	[ "$output" = "$uuid_nqn$u2" ]
	code 1 "$NVMEKIT" nvme gen-hostnqn --random
	code 1 "$NVMEKIT" nvme host-identity
	code 1 "$NVMEKIT" nvme nbft-show
	# Controllers on PCIe belong to this host.
	mkdir -p "$root/etc" && subsys 0 && ctrl nvme0 0
	[ "$("$NVMEKIT" nvme list-subsys -o json | json 'd[0]["HostNQN"], d[0]["HostID"]')" = "('$uuid_nqn$u1', '$u1')" ]
	rm -r "$root/etc/nvme" "$root/sys/class/dmi"
	code 1 "$NVMEKIT" nvme show-hostnqn
	[[ $stderr == *"this host has no host NQN"* ]]
	[ "$("$NVMEKIT" nvme list-subsys -o json | json 'd[0]["HostNQN"]')" = "" ]
}

# --- NBFT ---

tables() { mkdir -p "$root/sys/firmware/acpi/tables" && "$top/tests/bats/mknbft.py" "$root/sys/firmware/acpi/tables/$1"; }

@test "nbft show: no table is an answer" {
	code 0 on nbft show
	[ "$output" = "No NBFT: the firmware of this machine did not boot over NVMe-oF" ]
	code 0 on nbft show -o json
	[ "$(json 'd["tables"]' <<<"$output")" = "[]" ]
	code 2 on nbft-show --nbft-path="$root/nothing"
	export NVMEKIT_SYSROOT=$root
	code 0 "$NVMEKIT" nvme nbft show
	[ -z "$output$stderr" ]
	code 0 "$NVMEKIT" nvme nbft show -o json
	[ "$(json 'd' <<<"$output")" = "[]" ]
}

@test "nbft show: the same from a file, from a folder that is named, and from the built-in system" {
	tables NBFT </dev/null
	on nbft-show -o json | valid nbft-show
	one=$(on nbft-show -o json | json 'd["tables"]')
	[ "$one" = "$(demo nbft-show -o json | json 'd["tables"]')" ]
	two=$("$NVMEKIT" nbft-show --nbft-path="$root/sys/firmware/acpi/tables" -o json | json 'd["tables"]')
	[ "$one" = "${two//$root/}" ]
	for o in --subsystem --hfi --discovery; do
		[ "$(on nbft-show $o -o json | json 'list(d["tables"][0])')" = "['filename', 'host', '${o#--}']" ]
	done
	on nbft-show -d -s -o json | valid nbft-show
}

@test "nbft show: malformed tables and entries" {
	tables NBFT <<<'{ "host": { "nqn": "nqn.2022-06.com.example:h" }, "checksum": false }'
	code 7 on nbft show
	[[ $stderr == *"/sys/firmware/acpi/tables/NBFT: its checksum is wrong"* ]]
	code 7 on nbft show -o json
	[ "$(json 'd["error"]["class"]' <<<"$output")" = data ]
	# One that is sound counts.
	tables NBFT2 <<<'{ "host": { "nqn": "nqn.2022-06.com.example:h" }, "ssns": [ { "index": 3, "traddr": "192.0.2.1", "port": "nvme", "hfi": 1,
		"nqn": "nqn.2022-06.com.example:s" } ] }'
	code 0 on nbft show -o json
	[ "$(json '[t["filename"] for t in d["tables"]], d["tables"][0]["subsystem"]' <<<"$output")" = "(['/sys/firmware/acpi/tables/NBFT2'], [])" ]
	[[ $stderr == *"NBFT2: SSNS 3 is left out: its port is not a number"*"NBFT: its checksum is wrong"* ]]
}

@test "nbft show: texts from the firmware do not reach a terminal as they are" {
	tables NBFT <<<'{ "host": { "nqn": "nqn.2022-06.com.example:h" }, "hfi": [ { "index": 1, "mac": "020000000001", "ip": "192.0.2.3",
		"host_name": "a\u001b[31mb" } ], "discovery": [ { "index": 1, "uri": "nvme+tcp://\u001b[2J/" } ] }'
	on nbft-show -o json | valid nbft-show
	for args in "nbft-show" "nvme nbft show"; do
		# shellcheck disable=SC2086
		NVMEKIT_SYSROOT=$root code 0 "$NVMEKIT" $args
		[[ $output != *$'\e'* ]]
	done
}

@test "nbft show in the nvme personality: a bare array, and only 2.16's members" {
	export NVMEKIT_SYSTEM=demo
	doc=$("$NVMEKIT" nvme nbft show -o json)
	[ "$(json 'list(d[0])' <<<"$doc")" = "['filename', 'host', 'subsystem', 'hfi', 'discovery']" ]
	[ "$(json 'list(d[0]["subsystem"][0])' <<<"$doc")" = "['index', 'num_hfis', 'hfis', 'transport', 'traddr', 'trsvcid', 'subsys_port_id', \
'nsid', 'nid_type', 'nid', 'subsys_nqn', 'controller_id', 'asqsz', 'pdu_header_digest_required', 'data_digest_required', 'discovered', \
'unavailable']" ]
	[ "$(json 'list(d[0]["hfi"][0])' <<<"$doc")" = "['index', 'transport', 'pcidev', 'mac_addr', 'vlan', 'ip_origin', 'ipaddr', \
'subnet_mask_prefix', 'gateway_ipaddr', 'route_metric', 'primary_dns_ipaddr', 'secondary_dns_ipaddr', 'dhcp_server_ipaddr', 'host_name', \
'this_hfi_is_default_route', 'dhcp_override']" ]
	[ "$(json 'd[0]["hfi"][1]["pcidev"]' <<<"$doc")" = 0:6a:0.1 ]
	[ "$("$NVMEKIT" nvme nbft show -H -o json | json 'list(d[0])')" = "['filename', 'host', 'hfi']" ]
	code 1 "$NVMEKIT" nvme nbft nothing
}
