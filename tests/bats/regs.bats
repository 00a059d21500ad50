#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Registers and properties: what is there, by name and by offset, and that nothing is written by accident.
load common

# system NAME JSON...: an image with a drive (nvme0) and an array over TCP (nvme1) that have these further members
system() {
	local drive=${1:-} array=${2:-} space=${3:-}
	cat >"$BATS_TEST_TMPDIR/system.json" <<-END
		{ "nvmekit-image": 1, "subsystems": [
		  { "name": "nvme-subsys0", "nqn": "nqn.2020-01.test:drive", "controllers": [
		    { "name": "nvme0", "cntlid": 1, "transport": "pcie", "address": "0000:01:00.0",
		      "identify": { "sn": "S0", "mn": "Drive", "ver": 131328 } $drive } ],
		    "namespaces": [ { "name": "nvme0n1", "nsid": 1,
		      "identify": { "nsze": 64, "ncap": 64, "lbafs": [ { "ds": 9 } ] } $space } ] },
		  { "name": "nvme-subsys1", "nqn": "nqn.2020-01.test:array", "controllers": [
		    { "name": "nvme1", "cntlid": 1, "transport": "tcp", "identify": { "sn": "S1", "mn": "Array", "ver": 66304 } $array } ] } ] }
	END
	export NVMEKIT_SYSTEM=$BATS_TEST_TMPDIR/system.json
}

kit() { "$NVMEKIT" --quiet "$@"; }

# nothing_sent COMMAND...: it ends with exit code 2, and has written nothing
nothing_sent() {
	cp "$NVMEKIT_SYSTEM" "$BATS_TEST_TMPDIR/before"
	code 2 kit --trace "$@"
	[[ $stderr != *write-property* ]]
	cmp "$NVMEKIT_SYSTEM" "$BATS_TEST_TMPDIR/before"
}

writes=("set-reg nvme0 --cc=0x464001" "set-reg nvme0 -O 0x14 -V 0x464001" "set-property nvme0 -O 0x14 -V 0x464001"
	"set-property nvme0 --offset=cc --value=0x464001")

@test "show-regs: what is there, in words and in JSON" {
	system
	code 0 kit show-regs nvme0
	diff - <(echo "$output") <<-'EOF'
		Registers of nvme0
		cap       : 0x8400030140103ff
		vs        : 2.1.0
		cc        : 0x460001
		csts      : 0x1
		aqa       : 0x1f001f
		asq       : 0x100000000
		acq       : 0x100008000
		crto      : 0x14
	EOF
	kit show-regs nvme0n1 -o json | tee "$BATS_TEST_TMPDIR/doc" | valid show-regs
	[ "$(json '[d["cap"], d["vs"], d["cc"], d["cap_bits"]["to_milliseconds"], d["csts_bits"]["shst_name"], "cmbsz" in d, "nssr" in d, "intms" in d]' \
		<"$BATS_TEST_TMPDIR/doc")" = "[594475357306946559, 131328, 4587521, 10000, 'normal', False, False, False]" ]
	code 0 kit show-regs nvme0 -v
	[[ $output == *"[0:0] : 0x1"$'\t'"Ready"* ]]
}

@test "show-regs: capabilities bring their registers; over fabrics there are few" {
	system ', "registers": { "cmbsz": 31, "cmbmsc": 1, "bpinfo": 3, "pmrcap": 16777216, "0x1c": "0x11" }'
	code 0 kit show-regs nvme0 -o json
	[ "$(json '[k for k in d if not k.endswith("_bits")]' <<<"$output")" = "['nvmekit', 'cap', 'vs', 'vs_text', 'cc', 'csts', 'aqa', 'asq', 'acq', 'cmbloc', 'cmbsz', 'bpinfo', 'bpmbl', 'cmbmsc', 'cmbsts', 'cmbebs', 'cmbswtp', 'crto', 'pmrcap', 'pmrctl', 'pmrsts', 'pmrebs', 'pmrswtp', 'pmrmscl', 'pmrmscu']" ]
	[ "$(json '[d["bpinfo_bits"]["bpsz_bytes"], d["csts_bits"]["nssro"]]' <<<"$output")" = "[393216, 1]" ]
	code 0 kit show-regs nvme1 -o json
	[ "$(json '[k for k in d if not k.endswith("_bits")]' <<<"$output")" = "['nvmekit', 'cap', 'vs', 'vs_text', 'cc', 'csts']" ]
}

@test "show-regs: touches no register that reading does not concern" {
	system
	code 0 kit show-regs nvme0 --trace
	for offset in 0c 10 20 44 64; do
		[[ $stderr != *"cdw10-15 000000$offset"* ]]
	done
	[[ $stderr == *"read-property: nsid 0x0 cdw10-15 00000000 00000008"* ]]
	code 0 kit --dry-run show-regs nvme0
	[[ $output == *"cc        : 0x460001"* ]]
}

@test "get-reg: by name, by offset, several" {
	system
	code 0 kit get-reg nvme0 --csts --cc
	[ "$output" = $'cc        : 0x460001\ncsts      : 0x1' ]
	text=$output
	for args in "-O 0x14 -O 0x1c" "--name=CC,csts" "--name cc --offset=28" "--offset=cc,0x1c"; do
		# shellcheck disable=SC2086
		code 0 kit get-reg nvme0 $args
		[ "$output" = "$text" ]
	done
	kit get-reg nvme0 --asq --nssr --intms -o json | tee "$BATS_TEST_TMPDIR/doc" | valid get-reg
	[ "$(json '[d["asq"], d["nssr"], d["intms"]]' <"$BATS_TEST_TMPDIR/doc")" = "[4294967296, 0, 0]" ]
	code 2 kit get-reg nvme0
	[[ $stderr == *"which register"*"--name="* ]]
	code 2 kit get-reg nvme0 --offset=0x18
	[[ $stderr == *"no register '0x18'"* ]]
	code 2 kit get-reg nvme0 --name=ccc
	code 6 kit get-reg nvme1 --aqa
	[[ $stderr == *"over fabrics"*"AQA (Admin Queue Attributes)"* ]]
}

@test "get-property: by number and by name, on both transports" {
	system
	for dev in nvme0 nvme1; do
		code 0 kit get-property $dev -O 0x14
		diff - <(echo "$output") <<-'EOF'
			offset    : 0x14
			name      : cc
			size      : 4 bytes
			value     : 0x460001
			decoded :
			  cc        : 0x460001
		EOF
		kit get-property $dev --offset=CAP -o json | tee "$BATS_TEST_TMPDIR/doc" | valid get-property
		[ "$(json 'd["size"], d["value"] == d["decoded"]["cap"], d["decoded"]["cap_bits"]["mqes_entries"]' <"$BATS_TEST_TMPDIR/doc")" = "(8, True, 1024)" ]
	done
	kit get-property nvme0 -O 0x18 -o json | tee "$BATS_TEST_TMPDIR/doc" | valid get-property
	[ "$(json 'd["name"], d["value"], "decoded" in d' <"$BATS_TEST_TMPDIR/doc")" = "(None, 0, False)" ]
	# The controller is asked, and refuses.
	code 5 kit get-property nvme1 -O 0x18
	[[ $stderr == *"Invalid Field in Command"* ]]
	code 6 kit get-property nvme1 -O aqa
	for offset in 2 0x1000 0x100000000 -1 x 18446744073709551616; do
		nothing_sent get-property nvme0 "--offset=$offset"
	done
	nothing_sent get-property nvme0
}

@test "writing: every way, confirmed" {
	for args in "${writes[@]}"; do
		system
		# shellcheck disable=SC2086
		code 0 kit $args --yes --expect-serial=S0 -o json
		valid "${args%% *}" <<<"$output"
		[ "$(json 'd.get("cc", d.get("value"))' <<<"$output")" = 4603905 ]
		[ "$(kit get-reg nvme0 --csts)" = "csts      : 0x9" ]
	done
	system
	code 0 kit set-property nvme1 -O cc -V 0x464001 --yes --expect-serial=S1
	[[ $output == *"value     : 0x464001"* ]]
	[ "$(kit get-property nvme1 -O csts -o json | json 'd["value"]')" = 9 ]
}

@test "writing: several registers, and 64 bits in halves" {
	system ', "registers": { "cc": 0, "csts": 0 }'
	code 0 kit set-reg nvme0 --acq=0x2000 --aqa=0x70007 --asq=0x100001000 -m --yes --expect-serial=S0 --trace
	[ "$(grep -o 'write-property: nsid 0x0 cdw10-15 [0-9a-f]* [0-9a-f]* [0-9a-f]* [0-9a-f]*' <<<"$stderr" | cut -d' ' -f5-)" = \
		"00000024 00000004 00070007 00000000
00000028 00000004 00001000 00000000
0000002c 00000004 00000001 00000000
00000030 00000004 00002000 00000000
00000034 00000004 00000000 00000000" ]
	code 0 kit set-reg nvme0 --asq=0x200003000 --yes --expect-serial=S0 --trace
	[[ $stderr == *"cdw10-15 00000028 00000008 00003000 00000002"* ]]
	[ "$(kit get-reg nvme0 --asq)" = "asq       : 0x200003000" ]
}

@test "writing: what is wrong is refused before anything is sent" {
	system
	nothing_sent set-reg nvme0
	nothing_sent set-reg nvme0 --cap=1
	nothing_sent set-reg nvme0 -O 0 -V 1
	nothing_sent set-reg nvme0 -O vs -V 1
	nothing_sent set-reg nvme0 -O 0x18 -V 1
	nothing_sent set-reg nvme0 -O 0x14
	nothing_sent set-reg nvme0 -V 1
	nothing_sent set-reg nvme0 --cc=0x100000000
	nothing_sent set-reg nvme0 -O cc -V 0x100000000
	nothing_sent set-reg nvme0 --cc=1 -O 0x14 -V 1
	nothing_sent set-reg nvme0 --cc=
	nothing_sent set-reg nvme0 --cc=-1
	nothing_sent set-reg nvme1 --cc=1 --mmio32
	nothing_sent set-property nvme0 -O crto -V 1
	nothing_sent set-property nvme0 -O cc
	nothing_sent set-property nvme0 -V 1
	nothing_sent set-property nvme0 -O 0x4000 -V 1
	nothing_sent set-property nvme0 -O cc -V 0x1ffffffff
	code 6 kit set-reg nvme1 --aqa=1
	code 6 kit set-property nvme1 -O asq -V 0
}

@test "a dry run writes nothing and says what it would" {
	for args in "${writes[@]}"; do
		system
		cp "$NVMEKIT_SYSTEM" "$BATS_TEST_TMPDIR/before"
		# shellcheck disable=SC2086
		code 0 kit $args --dry-run
		[[ $output == *"may stop the controller that leads to nvme0n1"*"cdw10 0x00000014 cdw11 0x00000004 cdw12 0x00464001"* ]]
		# shellcheck disable=SC2086
		code 0 kit $args --dry-run -o json
		[ "$(json 'd["commands"][0]["cdw12"]' <<<"$output")" = 4603905 ]
		cmp "$NVMEKIT_SYSTEM" "$BATS_TEST_TMPDIR/before"
	done
	code 0 kit set-reg nvme0 --nssr=0x4e564d65 --dry-run
	[[ $output == "NVM subsystem reset on "*"interrupts access to every namespace"*"namespace: nvme0n1"* ]]
}

# refused WANT COMMAND...: exit code 9, that word, and nothing was written
refused() {
	local want=$1
	shift
	cp "$NVMEKIT_SYSTEM" "$BATS_TEST_TMPDIR/before"
	code 9 kit --trace "$@" </dev/null
	[[ $stderr == *$want* && $stderr != *write-property* ]] || { echo "$stderr"; return 1; }
	cmp "$NVMEKIT_SYSTEM" "$BATS_TEST_TMPDIR/before"
}

@test "the gate: nobody confirms, another drive, in use" {
	for args in "${writes[@]}"; do
		system
		# shellcheck disable=SC2086
		refused "nobody is there" $args
		# shellcheck disable=SC2086
		refused "expect-serial" $args --yes
		# shellcheck disable=SC2086
		refused "S0" $args --yes --expect-serial=S1
		for use in "mount" "swap" "holder"; do
			system "" "" ", \"in_use\": [ { \"kind\": \"$use\", \"what\": \"/srv (ext4)\" } ]"
			# shellcheck disable=SC2086
			refused "in use" $args --yes --expect-serial=S0
			# shellcheck disable=SC2086
			refused "in use" $args --yes --force --expect-serial=S0
			# shellcheck disable=SC2086
			code 0 kit $args --yes --expect-serial=S0 --allow-in-use
		done
	done
}

@test "failures on the way: status, no answer, lost" {
	system "" ', "fail": [ { "kind": "register", "select": 20, "status": "0x0006" } ]'
	code 5 kit get-property nvme1 -O cc
	[[ $stderr == *"Reading CC on /dev/nvme1 failed: Internal Error"* ]]
	code 5 kit show-regs nvme1
	code 5 kit set-property nvme1 -O cc -V 1 --yes --expect-serial=S1
	[[ $stderr == *"Writing CC on /dev/nvme1 failed"* ]]
	for outcome in '"timeout": true/8' '"gone": true/3' '"delay_ms": 9000/8'; do
		for args in "show-regs nvme0" "get-reg nvme0 --cc" "get-property nvme0 -O cc" "set-reg nvme0 --cc=1" "set-property nvme0 -O cc -V 1"; do
			system ", \"fail\": [ { \"kind\": \"register\", \"select\": 20, ${outcome%/*} } ]"
			[[ $args != set-* ]] || args+=" --yes --expect-serial=S0"
			# shellcheck disable=SC2086
			code "${outcome#*/}" kit $args --timeout=10ms
		done
	done
}

@test "show-regs: a register that is refused although it should be there is left out" {
	system "" ', "registers": { "crto": 20 }, "fail": [ { "kind": "register", "select": "0x68", "status": "0x4002" } ]'
	code 0 "$NVMEKIT" show-regs nvme1
	[[ $stderr == *"does not tell CRTO"* ]]
	[[ $output != *crto* ]]
}
