#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Security: security-send, security-recv, lockdown, RPMB, self-encrypting drives.
load common

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	umask 077
	printf 'KEYKEYKEYKEYKEYKEYKEYKEYKEYKEY!!' >key
	printf 'OTHEROTHEROTHEROTHEROTHEROTHER!!' >wrong
	printf 'open-sesame-1\n' >pw
	printf 'open-sesame-2\n' >pw2
	printf 'THEPSIDTHEPSIDTHEPSIDTHEPSIDTHEP\n' >psid
	head -c 512 /dev/zero | tr '\0' A >sector
	{ printf '\0\0\1' && head -c 509 /dev/zero; } >block
	printf payload >payload
	system
}

hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }

# What the drive is in most tests: its RPMB target 0 has the key, nobody owns it, and it has boot partition protection.
# system [PYTHON]: s is the subsystem, c the controller, n the namespace, o the Opal state
system() {
	/usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
s = d["subsystems"][3]
c, n = s["controllers"][0], s["namespaces"][0]
s["model"] = {"opal": {"psid": "THEPSIDTHEPSIDTHEPSIDTHEPSIDTHEP"},
              "rpmb": {"target0": {"key": open("key", "rb").read().hex(), "write_counter": 7}}}
c["identify"].update(nwpc=1, bpcap=2, mec=0)
o = s["model"]["opal"]
owned = dict(sid="open-sesame-1", admin1="open-sesame-1", active=1, read_locks=1, write_locks=1)
exec(sys.argv[2])
json.dump(d, open("drive.json", "w"))' "$top/src/dev/demo.json" "${1:-pass}"
}

nk() { "$NVMEKIT" --system drive.json --quiet "$@"; }
# the same, with the answer that the gate wants
ok() { nk "$@" --yes --expect-serial=TZ23X0000358; }
# the same, with warnings
loud() { "$NVMEKIT" --system drive.json "$@"; }
export -f nk ok

# untouched CODE COMMAND...: ends so, the image is what it was, and nothing that alters was sent
untouched() {
	cp drive.json before.json
	code "$@" --trace
	cmp drive.json before.json || return 1
	if grep -E ' (security-send|lockdown|opal): .* -> ' <<<"$stderr"; then
		echo "this was sent"
		return 1
	fi
}

# usage COMMAND < lines of arguments: each is wrong, and said to be before anything is sent
usage() {
	local args
	while read -r args; do
		echo "$* $args"
		# shellcheck disable=SC2086
		untouched 2 nk "$@" $args
		[ -n "$stderr" ] || return 1
	done
}

opal() { json 'd["subsystems"][3]["model"]["opal"].get("'"$1"'")' <drive.json; }
rpmb() { json 'd["subsystems"][3]["model"]["rpmb"]["target'"$1"'"].get("'"$2"'")' <drive.json; }

# --- security-recv, security-send ---

@test "security-recv: the protocols that there are, by name" {
	code 0 nk security-recv nvme4
	[[ $output == *"secp:0x1   name:tcg"*"secp:0xea  name:rpmb"* ]]
	code 0 nk security recv nvme4 -o json -x 16
	valid security-recv <<<"$output"
	[ "$(json '([p["name"] for p in d["protocols"]], d["length"])' <<<"$output")" = "(['info', 'tcg', 'rpmb'], 16)" ]
	code 0 nk security-recv nvme4 --size=9
	code 0 loud security-recv nvme4 --size=9
	[[ $stderr == *"longer than the 9 bytes"* ]]
	nk security-recv nvme4 --secp=tcg --spsp=1 --size=2Ki -b >bytes
	[ "$(stat -c %s bytes)" = 2048 ]
	[ "$(head -c 8 bytes | od -An -tx1)" = " 00 00 00 80 00 00 00 01" ]
	[ "$(nk security-recv nvme4n1 -p 1 -s 1 -x 2048 -t 132 -o json | json 'd["length"]')" = 132 ]
}

@test "security-recv: refused, not supported, bad values, no answer" {
	code 5 nk security-recv nvme4 --secp=ieee1667
	[[ $stderr == *"Security Receive"*"Invalid Field"* ]]
	untouched 6 nk security-recv nvme0
	[[ $stderr == *"OACS bit 0"* ]]
	usage security-recv nvme4 <<-'END'
		--secp=tgc
		--secp=256
		--spsp=65536
		--nssf=-1
		--size=0
		--size=1x
		--size=16 --al=17
	END
	code 6 nk security-recv nvme4 --ish
	system 'c["fail"] = [{"opcode": 0x82, "timeout": True}]'
	code 8 nk security-recv nvme4
	system 'c["fail"] = [{"opcode": 0x82, "gone": True}]'
	code 3 nk security-recv nvme4
	system 'c["fail"] = [{"opcode": 0x82, "received": 9}]'
	code 0 nk security-recv nvme4 -o json
	[ "$(json '([p["name"] for p in d["protocols"]], d["length"])' <<<"$output")" = "(['info'], 9)" ]
}

@test "security-send: a request and its answer" {
	/usr/bin/python3 -c 'import sys
f = bytearray(256); f[254] = 2; f[224:240] = b"NONCENONCENONCE!"
sys.stdout.buffer.write(f)' >frame
	code 0 nk security-send nvme4 --secp=rpmb --spsp=1 --file=frame -o json
	valid security-send <<<"$output"
	[ "$(json '(d["secp"], d["spsp"], d["length"])' <<<"$output")" = "(234, 1, 256)" ]
	[ "$(nk security-recv nvme4 -p rpmb -s 1 -x 256 -b | od -An -tx1 -j 240 -N 4)" = " 07 00 00 00" ]
	code 0 bash -c 'nk security send nvme4 -p 0xea -s 1 -t 256 -f - <frame'
	[[ $output == *"length    : 256 bytes"* ]]
}

@test "security-send: what could do harm asks, what is wrong is said before" {
	untouched 9 nk security-send nvme4 -p tcg -s 0x1000 -f payload
	[[ $stderr == *"Security Send on /dev/nvme4"* ]]
	untouched 0 nk security-send nvme4 -p tcg -s 0x1000 -f payload --dry-run
	[[ $output == *"admin Security Send nsid 0x0 cdw10 0x01100000 cdw11 0x00000007 data 7"* ]]
	[[ $output != *payload* ]]
	code 5 ok security-send nvme4 -p tcg -s 0x1000 -f payload
	[[ $stderr == *"Security Send"*"Invalid Field"* ]]
	untouched 6 ok security-send nvme0 -p tcg -f payload
	: >empty
	usage security-send nvme4 -p tcg <<-'END'

		--file=nothere
		--file=empty
		--file=payload --tl=6
		--file=payload --tl=8
	END
	system 'c["fail"] = [{"opcode": 0x81, "timeout": True}]'
	code 8 ok security-send nvme4 -p tcg -f payload
	system 'c["fail"] = [{"opcode": 0x81, "gone": True}]'
	code 3 ok security-send nvme4 -p tcg -f payload
}

# --- lockdown ---

@test "lockdown: prohibits a command, allows it again" {
	code 0 ok lockdown nvme4 --ofi=format --prhbt=prohibit
	[[ $output == *"id         : 0x80"*"prohibited : yes"* ]]
	[ "$(nk get-log nvme4 -i lockdown --lsp=0x10 -o json | json 'd["decoded"]["cfil"]')" = '[128]' ]
	code 5 ok admin-passthru nvme4 -O 0x80 -n 1
	[[ $stderr == *"Prohibited by Command and Feature Lockdown"* ]]
	# Giving back needs no answer.
	code 0 nk lockdown nvme4n1 -O 0x80 -p 0 -o json
	valid lockdown <<<"$output"
	[ "$(json '(d["scope"], d["id"], d["name"], d["interface"], d["prohibited"])' <<<"$output")" = \
		"('admin', 128, 'Format NVM', 'admin', False)" ]
	code 0 ok admin-passthru nvme4 -O 0x80 -n 1
}

@test "lockdown: features, endpoints, what the drive does not let be prohibited" {
	system 'c["identify"]["mec"] = 1; c["features"]["0x02"] = {"current": 0}
s["model"]["lockdown"] = {"prohibitable": {"admin": [0x24], "feature": [2], "mi": [7], "pcie": [1]}}'
	code 0 ok lockdown nvme4 --ofi=2 --scp=feature -p prohibit --ifc=both
	code 5 nk admin-passthru nvme4 -O 9 --cdw10=2
	code 0 ok lockdown nvme4 --ofi=1 --scp=pcie --ifc=endpoint -p prohibit
	code 0 ok lockdown nvme4 --ofi=7 --scp=mi --ifc=2 -p 1 -o json
	[ "$(json '"name" in d' <<<"$output")" = False ]
	untouched 6 ok lockdown nvme4 --ofi=format -p prohibit
	[[ $stderr == *"does not let command 0x80 be prohibited"* ]]
	# A drive that does not say is asked with the command itself.
	cp drive.json saved.json
	/usr/bin/python3 -c 'import json
d = json.load(open("saved.json"))
d["subsystems"][3]["controllers"][0]["fail"] = [{"opcode": 2, "select": 0x14, "status": "0x4109"}]
json.dump(d, open("drive.json", "w"))'
	code 5 ok lockdown nvme4 --ofi=format -p prohibit
	[[ $stderr == *"Prohibition of Command Execution Not Supported"* ]]
	cp saved.json drive.json
	code 0 nk lockdown nvme4 --ofi=lockdown -p prohibit --dry-run
	[[ $output == *"could allow anything again"* ]]
	code 0 ok lockdown nvme4 --ofi=lockdown -p prohibit
	code 5 nk lockdown nvme4 --ofi=lockdown -p allow
}

@test "lockdown: no capability, bad values, no answer" {
	untouched 6 ok lockdown nvme0 --ofi=format -p prohibit
	[[ $stderr == *"OACS bit 10"* ]]
	usage lockdown nvme4 <<-'END'

		--ofi=format
		--prhbt=prohibit
		--ofi=frmat --prhbt=prohibit
		--ofi=256 --prhbt=prohibit
		--ofi=-1 --prhbt=prohibit
		--ofi=format --prhbt=2
		--ofi=format --prhbt=1 --scp=1
		--ofi=format --prhbt=1 --scp=feature
		--ofi=1 --prhbt=1 --scp=pcie
		--ofi=1 --prhbt=1 --ifc=3
		--ofi=1 --prhbt=1 --uuid=128
	END
	system 'c["fail"] = [{"opcode": 0x24, "status": "0x4006"}]'
	code 5 ok lockdown nvme4 --ofi=format -p prohibit
	system 'c["fail"] = [{"opcode": 0x24, "timeout": True}]'
	code 8 ok lockdown nvme4 --ofi=format -p prohibit
}

# --- RPMB ---

@test "rpmb-info: what there is, and where there is nothing" {
	code 0 nk rpmb-info nvme4
	[[ $output == *"targets        : 2"*"size           : 131072 bytes"* ]]
	nk rpmb-info nvme4n1 -o json | valid rpmb-info
	[ "$(nk rpmb nvme4 -o json | json '(d["targets"], d["access_sectors"])')" = "(2, 8)" ]
	for cmd in rpmb-info rpmb-read-counter rpmb-read-config 'rpmb --cmd=info' 'rpmb-program-key -g key' \
		'rpmb-write-data -g key -f sector' 'rpmb-write-config -g key -f block' 'rpmb-read-data -b 1'; do
		# shellcheck disable=SC2086
		untouched 6 nk $cmd nvme0
	done
	system 'c["identify"]["rpmbs"] = 0'
	untouched 6 nk rpmb-read-counter nvme4
	[[ $stderr == *"RPMBS is 0"* ]]
	system 'c["identify"]["rpmbs"] = "0x0700000a"'
	untouched 6 nk rpmb-read-counter nvme4
	[[ $stderr == *"method 1"* ]]
}

@test "rpmb-program-key: once" {
	code 0 ok rpmb-program-key nvme4 -t 1 -g key
	[[ $output == *"target        : 1"*"authentic     : yes"* ]]
	[ "$(rpmb 1 key)" = "$(hex key)" ]
	code 5 ok rpmb-program-key nvme4 -t 1 -g wrong
	[[ $stderr == *"Write failure"*"cannot be changed"* ]]
	[ "$(rpmb 1 key)" = "$(hex key)" ]
	system
	hex key >hexkey
	code 0 bash -c 'ok rpmb-program-key nvme4 -t 1 -g - <hexkey'
	[ "$(rpmb 1 key)" = "$(hex key)" ]
	system
	{ cat key; echo; } >key.nl
	code 0 ok rpmb --cmd=program-key nvme4 -t 1 -g key.nl -o json
	[ "$(json '(d["target"], d["write_counter"], d["authentic"])' <<<"$output")" = '(1, 0, True)' ]
}

@test "rpmb-read-counter: verified with the key, said not to be without" {
	code 0 nk rpmb-read-counter nvme4 -g key -o json
	valid rpmb-read-counter <<<"$output"
	[ "$(json '(d["write_counter"], d["authentic"], d["expired"])' <<<"$output")" = '(7, True, False)' ]
	code 0 loud rpmb-read-counter nvme4 -o json
	[ "$(json '(d["write_counter"], d["authentic"], len(d["nvmekit"]["warnings"]))' <<<"$output")" = '(7, False, 1)' ]
	code 7 nk rpmb-read-counter nvme4 -g wrong
	[[ $stderr == *"not authentic"* ]]
	[ -z "$output" ]
	code 5 nk rpmb-read-counter nvme4 -t 1
	[[ $stderr == *"not yet programmed"*"rpmb-program-key"* ]]
	code 2 nk rpmb-read-counter nvme4 -t 2
	[[ $stderr == *"no RPMB target 2; they are 0 to 1"* ]]
}

@test "rpmb: writes in parts, each counted and verified, and reads back" {
	head -c $((512 * 20)) /dev/urandom >data
	code 0 ok rpmb-write-data nvme4 -g key -f data --address=4 -o json
	valid rpmb-write-data <<<"$output"
	[ "$(json '(d["address"], d["sectors"], d["write_counter"])' <<<"$output")" = '(4, 20, 10)' ]
	nk rpmb-read-data nvme4 -g key --address=4 -b 20 -o binary | cmp - data
	code 0 nk rpmb-read-data nvme4 -g key --address=4 -b 20 -f back
	cmp back data
	[ "$(stat -c %a back)" = 600 ]
	[[ $output == *"file      : back"* ]]
	code 0 nk rpmb-read-data nvme4 --address=23 -b 1 -o json
	valid rpmb-read-data <<<"$output"
	[ "$(json 'd["data"]' <<<"$output")" = "$(tail -c 512 data | od -An -v -tx1 | tr -d ' \n')" ]
	code 0 nk rpmb --cmd=read-data nvme4 -b 1
	[[ $output == *"0000: 00 00"* ]]
	code 0 ok rpmb --cmd=write-data nvme4 -g key -f sector -b 1
	code 0 nk rpmb --cmd=read-data nvme4 -b 1
	[[ $output == *'"AAAAAAAAAAAAAAAA"'* ]]
	# What one transfer can hold counts too: 4096 bytes are 7 sectors and a frame.
	system 'c["identify"]["mdts"] = 0; c["identify"]["rpmbs"] = "0x1f000001"; c["fail"] = []'
	code 0 ok rpmb-write-data nvme4 -g key -f data -o json
	[ "$(json 'd["write_counter"]' <<<"$output")" = 8 ]
	system 'c["identify"]["mdts"] = 1; c["identify"]["rpmbs"] = "0x1f000001"'
	code 0 ok rpmb-write-data nvme4 -g key -f data -o json
	[ "$(json 'd["write_counter"]' <<<"$output")" = 9 ]
}

@test "rpmb-write-data: what is wrong is said before anything is sent" {
	truncate -s 1024 two
	truncate -s 513 odd
	usage rpmb-write-data nvme4 -g key <<-'END'

		-f odd
		-d text
		-f sector -d text
		-f two -b 1
		-f two -b 3
		-f sector --address=256
		-f two --address=255
		-f sector --address=4294967296
		-f sector -t 2
		-f sector -t 7
		-f sector -k KEYKEYKEYKEYKEYKEYKEYKEYKEYKEY!!
	END
	usage rpmb-write-data nvme4 -f sector <<-'END'

		-g sector
		-g nothere
		-k short
	END
	usage rpmb-read-data nvme4 <<-'END'

		-b 0
		-b 257
		-b 1 --address=256
		-b 4294967295 --address=1
		-b 1 -t 2
	END
	code 2 nk rpmb-read-data nvme4 -b 1 -f /nonexistent/x
}

@test "rpmb-write-data: wrong key, expired counter, a failure in the middle" {
	code 7 ok rpmb-write-data nvme4 -g wrong -f sector
	[ "$(rpmb 0 write_counter)" = 7 ]
	head -c $((512 * 20)) /dev/zero >data
	system 'c["fail"] = [{"opcode": 0x81, "skip": 3, "status": "0x4006"}]'
	code 5 "$NVMEKIT" --system drive.json rpmb-write-data nvme4 -g key -f data --yes --expect-serial=TZ23X0000358
	[[ $stderr == *"8 of 20 sectors were written"* ]]
	system 'c["fail"] = [{"opcode": 0x82, "timeout": True}]'
	code 8 ok rpmb-write-data nvme4 -g key -f data
	system 'c["fail"] = [{"opcode": 0x82, "skip": 1, "gone": True}]'
	code 3 ok rpmb-write-data nvme4 -g key -f data
	system 'c["fail"] = [{"opcode": 0x82, "skip": 1, "received": 255}]'
	code 7 ok rpmb-write-data nvme4 -g key -f data
	[[ $stderr == *"ends early"* ]]
	system 's["model"]["rpmb"]["target0"]["write_counter"] = 0xffffffff'
	code 5 ok rpmb-write-data nvme4 -g key -f sector
	[[ $stderr == *"write counter has reached the end"* ]]
	code 0 nk rpmb-read-counter nvme4 -g key -o json
	[ "$(json 'd["expired"]' <<<"$output")" = True ]
}

@test "rpmb-read-config, rpmb-write-config" {
	code 0 nk rpmb-read-config nvme4 -g key -o json -f back
	valid rpmb-read-config <<<"$output"
	[ "$(json '(d["write_counter"], d["config"]["bppee"], d["authentic"])' <<<"$output")" = '(0, 0, True)' ]
	[ "$(stat -c %s back)" = 512 ]
	code 0 ok rpmb-write-config nvme4 -g key -f block
	[[ $output == *"write_counter : 1"* ]]
	code 0 nk rpmb-read-config nvme4
	[[ $output == *"wpc       : 0x1 (Write Protect Until Power Cycle Control)"* ]]
	{ printf '\1\1\0' && head -c 509 /dev/zero; } >block
	code 0 nk rpmb-write-config nvme4 -g key -f block --dry-run
	[[ $output == *"can never be disabled"* ]]
	code 0 ok rpmb --cmd=write-config nvme4 -g key -f block
	head -c 512 /dev/zero >block
	code 5 ok rpmb-write-config nvme4 -g key -f block
	[[ $stderr == *"Invalid RPMB Device Configuration Block"* ]]
	[ "$(nk rpmb-read-config nvme4 -g key -o json | json 'd["write_counter"]')" = 2 ]
	[ "$(rpmb 0 write_counter)" = 7 ]
	usage rpmb-write-config nvme4 -g key <<-'END'

		-f sector -t 1
		-f payload
		-d text
	END
	code 2 nk rpmb-read-config nvme4 -t 1
}

# An answer that somebody else made: the drive's is taken, the tool gets this one.
@test "rpmb: an answer is to this question, or it is none" {
	system 's["model"]["rpmb"]["target0"]["pending"] = {"message": 2, "ready": 1, "nonce": "00" * 16}
c["fail"] = [{"opcode": 0x81, "status": "0x0000"}]'
	code 7 nk rpmb-read-counter nvme4 -g key
	[[ $stderr == *"an old one"* ]]
	system 's["model"]["rpmb"]["target0"]["pending"] = {"message": 4, "ready": 1, "sectors": 1, "nonce": "00" * 16}
c["fail"] = [{"opcode": 0x81, "status": "0x0000"}]'
	code 7 nk rpmb-read-counter nvme4
	[[ $stderr == *"belongs to something else"* ]]
}

# --- self-encrypting drives ---

@test "sed-discover: text, variables for udev, JSON, other drives" {
	code 0 nk sed-discover nvme4
	[[ $output == *"ssc               : opal2"*"locking_enabled   : no"* ]]
	[[ $output != *comid* ]]
	code 0 nk sed-discover nvme4n1 -v
	[[ $output == *"base_comid         : 0x1000"* ]]
	code 0 nk sed discover nvme4 -o json
	valid sed-discover <<<"$output"
	[ "$(json '[f["code_name"] for f in d["discovery"]["features"]]' <<<"$output")" = "['tper', 'locking', 'geometry', 'opal2']" ]
	system 'o.update(owned, read_locked=1)'
	[ "$(nk sed-discover nvme4 --udev | tail -2)" = $'DEV_SED_LOCKING=ENABLED\nDEV_SED_LOCKED=ENABLED' ]
	[ "$(nk sed-discover nvme4 -b | wc -c)" = 132 ]
	code 6 nk sed-discover nvme0
	system 'del s["model"]["opal"]'
	code 6 nk sed-discover nvme4
	[[ $stderr == *"no self-encrypting drive"* ]]
	# Nothing was asked of it that it has not.
	[ "$(nk error-log nvme4 -o json | json 'len(d["errors"])')" = 0 ]
}

@test "sed-discover: other classes, short and lying answers" {
	# A Pyrite drive, and a feature that nobody knows.
	system 'o["discovery"] = {"bytes": "0000004c 00000001" + "00" * 40 + "0002100c 01" + "00" * 11 + "0303100c 07fe 0001" + "00" * 8}'
	code 0 nk sed-discover nvme4 -o json
	valid sed-discover <<<"$output"
	[ "$(json '(d["opal"], d["ssc"])' <<<"$output")" = "(False, 'pyrite2')" ]
	untouched 6 ok sed-initialize nvme4 --key-file=pw
	[[ $stderr == *"no Opal drive but one of the kind pyrite2"* ]]
	system 'o["discovery"] = {"bytes": "0000003c 00000001" + "00" * 40 + "9999100c" + "ab" * 12}'
	[ "$(nk sed-discover nvme4 -o json | json '(d["ssc"], d["discovery"]["features"][0]["data"])')" = "(None, '$(printf 'ab%.0s' {1..12})')" ]
	for bytes in '"00"' '"ffffffff" + "ff" * 2044' '"0000002c" + "00" * 10' '"00000800" + "00" * 44 + "0002ffff" + "00" * 8' \
		'"00000100" + "00" * 44 + "00020000" * 20'; do
		system 'o["discovery"] = {"bytes": '"$bytes"', "received": len('"$bytes"') // 2}'
		run --separate-stderr nk sed-discover nvme4 -o json
		[ "$status" -eq 0 ] || [ "$status" -eq 7 ]
		/usr/bin/python3 -m json.tool <<<"$output" >/dev/null
	done
}

@test "sed: a drive gets an owner, is locked, unlocked, and given back with its data" {
	code 0 ok sed-initialize nvme4n1 --key-file=pw
	[[ $output == *"locking_enabled   : yes"*"locked            : no"* ]]
	code 2 ok sed-initialize nvme4n1 --key-file=pw
	[[ $stderr == *"initialized already"* ]]
	code 0 ok sed-lock nvme4 --key-file=pw -o json
	valid sed-state <<<"$output" || valid sed-lock <<<"$output"
	[ "$(json 'd["locked"]' <<<"$output")" = True ]
	code 5 nk io-passthru nvme4n1 -O 2 -l 4096 -r
	[[ $stderr == *"Access Denied"* ]]
	code 5 ok sed-unlock nvme4n1 --key-file=pw2
	[[ $stderr == *"Not Authorized"*"password is wrong"* ]]
	code 0 nk sed-unlock nvme4n1 --key-file=pw --save
	[ "$(opal saved)" = 1 ]
	code 0 nk io-passthru nvme4n1 -O 2 -l 4096 -r
	code 0 ok sed lock nvme4n1 --key-file=pw --read-only
	code 0 nk io-passthru nvme4n1 -O 2 -l 4096 -r
	code 5 ok io-passthru nvme4n1 -O 8
	untouched 2 ok sed-revert nvme4n1 --key-file=pw
	[[ $stderr == *"is locked"* ]]
	code 0 bash -c 'nk sed-unlock nvme4n1 --key-file=- <pw'
	code 0 ok sed-password nvme4n1 --key-file=pw --new-key-file=pw2
	code 5 ok sed-revert nvme4n1 --key-file=pw
	[ "$(json 'd["subsystems"][3]["namespaces"][0]["identify"]["nuse"]' <drive.json)" != 0 ]
	code 0 ok sed-revert nvme4n1 --key-file=pw2
	[ "$(opal sid)$(opal active)" = 0 ]
	[ "$(json 'd["subsystems"][3]["namespaces"][0]["identify"]["nuse"]' <drive.json)" != 0 ]
}

@test "sed-initialize --read-only: what is locked can be read" {
	code 0 ok sed-initialize nvme4n1 --key-file=pw --read-only
	code 0 ok sed-lock nvme4n1 --key-file=pw
	code 0 nk io-passthru nvme4n1 -O 2 -l 4096 -r
	code 5 ok io-passthru nvme4n1 -O 8
}

@test "sed-revert: with a password or the PSID everything is erased" {
	for args in '--destructive --key-file=pw' '--psid --key-file=psid'; do
		system 'o.update(owned, read_locked=1, write_locked=1)'
		# shellcheck disable=SC2086
		code 0 ok sed-revert nvme4n1 $args
		[ "$(opal active)$(json 'd["subsystems"][3]["namespaces"][0]["identify"]["nuse"]' <drive.json)" = 00 ]
	done
	system 'o.update(owned)'
	code 5 ok sed-revert nvme4n1 --psid --key-file=pw
	code 0 nk sed-revert nvme4n1 --destructive --dry-run
	[[ $output == *"destroys all data of nvme4n1"*"Everything on the drive is erased"* ]]
	code 0 nk sed-revert nvme4n1 --dry-run
	[[ $output == *"keeping the data"*"The data is kept"* ]]
	usage sed-revert nvme4n1 <<-'END'
		--psid --destructive
		--key-file=nothere
	END
	system
	untouched 2 ok sed-revert nvme4n1 --key-file=pw
	untouched 2 ok sed-lock nvme4n1 --key-file=pw
	untouched 2 ok sed-unlock nvme4n1 --key-file=pw
	untouched 2 ok sed-password nvme4n1 --key-file=pw --new-key-file=pw2
}

@test "sed: old kernels, keyrings, locked out, failures in the middle" {
	system 'o.update(owned, old_kernel=1)'
	untouched() { code "$@"; }
	code 6 ok sed-revert nvme4n1 --key-file=pw
	[[ $stderr == *"this kernel cannot do it"*"--destructive"* ]]
	[ "$(opal sid)" = open-sesame-1 ]
	code 0 loud sed-password nvme4n1 --key-file=pw --new-key-file=pw2 --yes --expect-serial=TZ23X0000358
	[[ $stderr == *"still takes the old one"* ]]
	system 'o.update(owned)'
	code 2 ok sed-lock nvme4n1 --keyring
	[[ $stderr == *"keyring has no password"* ]]
	system 'o.update(owned, keyring="open-sesame-1")'
	code 0 ok sed-lock nvme4n1 --keyring
	system 'o.update(owned, tries=5)'
	code 5 nk sed-unlock nvme4n1 --key-file=pw
	[[ $stderr == *"Authority Locked Out"*"power"* ]]
	system 'c["fail"] = [{"kind": "opal", "skip": 1, "status": "0x4006"}]'
	code 5 ok sed-initialize nvme4n1 --key-file=pw
	[[ $stderr == *"activating the locking"*"sed-revert --destructive"* ]]
	[ "$(opal sid)" = open-sesame-1 ]
	system 'c["fail"] = [{"kind": "opal", "timeout": True}]'
	code 8 ok sed-initialize nvme4n1 --key-file=pw
	system 'c["fail"] = [{"kind": "opal", "gone": True}]'
	code 3 ok sed-initialize nvme4n1 --key-file=pw
}

@test "sed: passwords that are none" {
	printf 'short\n' >short
	printf '%033d\n' 1 >long
	: >empty
	usage sed-initialize nvme4n1 <<-'END'
		--key-file=short
		--key-file=long
		--key-file=empty
		--key-file=nothere
	END
	system 'o.update(owned)'
	usage sed-password nvme4n1 <<-'END'
		--key-file=pw --new-key-file=short
		--key-file=- --new-key-file=-
	END
	usage sed-lock nvme4n1 <<-'END'
		--key-file=pw --ask-key
		--key-file=pw --keyring
		--ask-key --keyring
	END
	# Nobody to ask.
	untouched 2 setsid -w bash -c 'ok "$@"' _ sed-lock nvme4n1
	[[ $stderr == *"no terminal"*"--key-file"* ]]
	chmod 644 pw
	untouched 2 loud sed-unlock nvme4n1 --key-file=pw
	[[ $stderr == *"others than its owner have access to pw (mode 644)"* ]]
}

@test "sed: the terminal is asked without showing what is typed" {
	cat >type.py <<-'END'
	import os, pty, sys
	answers, argv = sys.argv[1].split(","), sys.argv[2:]
	pid, fd = pty.fork()
	if pid == 0:
	    os.execvp(argv[0], argv)
	seen, start = b"", 0
	while True:
	    try:
	        part = os.read(fd, 4096)
	    except OSError:
	        break
	    if not part:
	        break
	    seen += part
	    if answers and (b"assword: " in seen[start:] or b"again: " in seen[start:]):
	        start = len(seen)
	        os.write(fd, answers.pop(0).encode() + b"\n")
	sys.stdout.write(seen.decode().replace("\r\n", "\n"))
	sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	END
	local go=(--yes --expect-serial=TZ23X0000358)
	code 2 /usr/bin/python3 type.py typed-secret,typed-other "$NVMEKIT" --system drive.json sed-initialize nvme4n1 "${go[@]}"
	[[ $output == *"New password: "*"The same again: "*"the two answers differ"* ]]
	[[ $output != *typed-* ]]
	[ "$(opal sid)" = None ]
	code 0 /usr/bin/python3 type.py typed-secret,typed-secret "$NVMEKIT" --system drive.json sed-initialize nvme4n1 "${go[@]}"
	[[ $output != *typed-* ]]
	[ "$(opal sid)" = typed-secret ]
	code 0 /usr/bin/python3 type.py typed-secret,another-one,another-one "$NVMEKIT" --system drive.json sed-password nvme4n1 "${go[@]}"
	[[ $output != *typed-* && $output != *another-* ]]
	[ "$(opal sid)$(opal admin1)" = another-oneanother-one ]
	code 0 /usr/bin/python3 type.py another-one "$NVMEKIT" --system drive.json sed-unlock nvme4n1
	code 2 /usr/bin/python3 type.py '' "$NVMEKIT" --system drive.json sed-unlock nvme4n1
}

# --- the gate ---

# What alters, on a drive that is owned
alters() {
	cat <<-'END'
		security-send nvme4 -p tcg -s 0x1000 -f payload
		lockdown nvme4 --ofi=format --prhbt=prohibit
		rpmb-program-key nvme4 -t 1 -g key
		rpmb-write-data nvme4 -g key -f sector
		rpmb-write-config nvme4 -g key -f block
		rpmb nvme4 --cmd=program-key -t 1 -g key
		sed-lock nvme4n1 --key-file=pw
		sed-password nvme4n1 --key-file=pw --new-key-file=pw2
		sed-revert nvme4n1 --key-file=pw
		sed-revert nvme4n1 --destructive --key-file=pw
		sed-revert nvme4n1 --psid --key-file=psid
	END
}

@test "gate: without an answer, with a wrong one, and in a dry run nothing is sent" {
	system 'o.update(owned)'
	while read -r args; do
		echo "$args"
		# shellcheck disable=SC2086
		untouched 9 nk $args </dev/null
		# shellcheck disable=SC2086
		untouched 9 nk $args --yes --expect-serial=TZ23X0000359
		# shellcheck disable=SC2086
		untouched 0 nk $args --dry-run -o json
		[ "$(json 'd["nvmekit"]["schema"], len(d["commands"]) > 0' <<<"$output")" = "('dry-run/1', True)" ]
	done < <(alters)
	system
	untouched 9 nk sed-initialize nvme4n1 --key-file=pw
	untouched 0 nk sed-initialize nvme4n1 --key-file=pw --dry-run
}

@test "gate: a drive in use is not locked or reverted, and its RPMB is nobody's business" {
	local used='o.update(owned); n["in_use"] = [{"kind": "mount", "what": "/srv (ext4)"}]'
	system "$used"
	cp drive.json used.json
	while read -r args; do
		echo "$args"
		cp used.json drive.json
		case $args in
		sed-lock* | sed-revert* | security-send*)
			# shellcheck disable=SC2086
			untouched 9 ok $args
			[[ $stderr == *"nvme4n1 is in use"* ]]
			# shellcheck disable=SC2086
			untouched 9 nk $args --force
			# shellcheck disable=SC2086
			run ok $args --allow-in-use
			[[ $status -eq 0 || $args == security-send* && $status -eq 5 ]]
			;;
		*)
			# shellcheck disable=SC2086
			code 0 ok $args
			;;
		esac
	done < <(alters)
	cp used.json drive.json
	code 0 nk sed-unlock nvme4n1 --key-file=pw
	untouched 9 nk sed-unlock nvme4n1 --key-file=pw --read-only
}

# --- secrets ---

@test "no key and no password is ever seen: not in answers, errors, traces or plans" {
	key=$(cat key)
	: >seen
	system 'o.update(owned)'
	cp drive.json owned.json
	for out in normal json; do
		while read -r args; do
			for more in '' --dry-run '--yes --expect-serial=TZ23X0000358'; do
				cp owned.json drive.json
				# shellcheck disable=SC2086
				loud $args $more -o "$out" -v --trace >>seen 2>&1 </dev/null || true
			done
		done < <(alters; cat <<-END
			sed-lock nvme4n1 --key-file=pw2
			sed-unlock nvme4n1 --key-file=pw
			rpmb-read-counter nvme4 -g key
			rpmb-read-counter nvme4 -g wrong
			rpmb-read-data nvme4 -b 1 -k $key
			rpmb-program-key nvme4 -t 1 -k $key
			rpmb-program-key nvme4 -t 0 -k ${key}x
			sed-discover nvme4
		END
		)
	done
	[ "$(wc -l <seen)" -gt 500 ]
	for secret in KEYKEY OTHEROTHER open-sesame THEPSID "$(hex key)" "$(hex wrong)" 6f70656e2d736573616d65; do
		if grep -n "$secret" seen; then
			return 1
		fi
	done
}

@test "a key on the command line is warned of, and taken out of the list of processes" {
	code 0 loud rpmb-read-counter nvme4 --key="$(cat key)" -o json
	[[ $stderr == *"other users of this machine can see it"* ]]
	[ "$(json 'd["authentic"]' <<<"$output")" = True ]
	system 'c["fail"] = [{"opcode": 0x82, "delay_ms": 700}]'
	"$NVMEKIT" --system drive.json --quiet rpmb-read-counter nvme4 --key="$(cat key)" 3>&- &
	sleep 0.3
	tr '\0' ' ' <"/proc/$!/cmdline" >cmdline
	wait $!
	grep -q rpmb-read-counter cmdline
	if grep KEYKEY cmdline; then
		return 1
	fi
}
