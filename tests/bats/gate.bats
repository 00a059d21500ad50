#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# The gate as people and scripts meet it. Passthru stands for every command: the gate is the same.
load common

setup() {
	img=$BATS_TEST_TMPDIR/gate.json
	cat >"$img" <<-'END'
	{ "nvmekit-image": 1, "subsystems": [ { "name": "nvme-subsys0", "nqn": "nqn.2024-01.com.example:gate",
	  "controllers": [ { "name": "nvme0", "cntlid": 1, "transport": "pcie", "address": "0000:01:00.0",
	    "identify": { "sn": "GATE\u001b[31m01", "mn": "Gatekeeper", "oacs": "0x4ff", "tnvmcap": 8192000 } } ],
	  "namespaces": [
	    { "name": "nvme0n1", "nsid": 1, "identify": { "nsze": 1000, "ncap": 1000, "lbafs": [ { "ds": 12 } ] },
	      "contents": [ { "type": "gpt", "usage": "partition-table" },
	        { "device": "nvme0n1p1", "type": "ext4", "usage": "filesystem", "label": "root\u0007", "size": 1048576 } ],
	      "in_use": [ { "kind": "mount", "device": "nvme0n1p1", "what": "/ (ext4)", "system": true },
	        { "kind": "swap", "device": "nvme0n1p2", "what": "swap space" } ] },
	    { "name": "nvme0n2", "nsid": 2, "identify": { "nsze": 1000, "ncap": 1000, "lbafs": [ { "ds": 12 } ] } } ] } ] }
	END
	export NVMEKIT_SYSTEM=$img
	cp "$img" "$img.before"
}

# Nothing was sent: the image counts what it refuses and keeps what it does.
unchanged() { cmp "$img" "$img.before"; }

# What a terminal shows and answers: on_tty ANSWER COMMAND...
on_tty() {
	local answer=$1
	shift
	/usr/bin/python3 - "$answer" "$@" <<-'END'
	import os, pty, sys
	answer, argv = sys.argv[1], sys.argv[2:]
	pid, fd = pty.fork()
	if pid == 0:
	    os.execvp(argv[0], argv)
	seen = b""
	while True:
	    try:
	        part = os.read(fd, 4096)
	    except OSError:
	        break
	    if not part:
	        break
	    if b"to go on: " in seen + part and b"to go on: " not in seen:
	        os.write(fd, answer.encode() + b"\n")
	    seen += part
	sys.stdout.write(seen.decode().replace("\r\n", "\n"))
	sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	END
}

@test "without a terminal nothing is done unless it is said which drive" {
	code 9 "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 2
	[ -z "$output" ]
	[[ $stderr == *"Format NVM on /dev/nvme0: destroys all data of nvme0n2"* ]]
	[[ $stderr == *"Gatekeeper, serial number"*"8.19 MB"* ]]
	[[ $stderr == *"nobody is there to confirm it"*"--yes --expect-serial="* ]]
	code 9 "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 2 --yes
	code 9 "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 2 --yes --expect-nqn=nqn.2024-01.com.example:gat
	[[ $stderr == *"NQN is 'nqn.2024-01.com.example:gate', not 'nqn.2024-01.com.example:gat'"* ]]
	code 9 "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 2 </dev/null
	unchanged
	code 0 "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 2 --yes --expect-nqn=nqn.2024-01.com.example:gate
	run ! unchanged
}

@test "--force answers, and lifts nothing else" {
	code 9 "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 1 --force
	[[ $stderr == *"nvme0n1 is in use: nvme0n1p1 is mounted at / (ext4), part of the running system; nvme0n1p2 is used as swap space"* ]]
	code 9 "$NVMEKIT" admin-passthru nvme0n1 -O 0x80 -n 1 --force
	code 9 "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 0xffffffff --force
	code 9 "$NVMEKIT" admin-passthru nvme0 -O 0x84 --cdw10=2 --force
	code 9 "$NVMEKIT" admin-passthru nvme0 -O 0x15 -n 1 --cdw10=1 --force
	code 9 "$NVMEKIT" io-passthru nvme0n1 -O 8 --force
	code 9 "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 1 --allow-in-use
	unchanged
	code 0 "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 1 --force --allow-in-use
	code 0 "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 2 --force
}

@test "on a terminal it shows the drive and asks for the end of the serial number" {
	run on_tty '1m01' "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 2
	[ "$status" -eq 0 ]
	[[ $output == *"Format NVM on /dev/nvme0: destroys all data of nvme0n2"*"Type the last 4 characters of the serial number"* ]]
	[[ $output != *$'\e['* ]]
	cp "$img.before" "$img"
	for wrong in '' m01 'yes' 'GATE'; do
		run on_tty "$wrong" "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 2
		[ "$status" -eq 9 ]
		[[ $output == *"is not how its serial number ends"*"nothing was done"* ]]
		unchanged
	done
	# Who is in use is not even asked about.
	run on_tty '1m01' "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 1
	[ "$status" -eq 9 ]
	[[ $output != *"Type the last"* ]]
	unchanged
	# With an identity there is no question.
	run on_tty 'x' "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 2 --yes --expect-nqn=nqn.2024-01.com.example:gate
	[ "$status" -eq 0 ]
	[[ $output != *"Type the last"* ]]
}

@test "a dry run prints the plan and sends nothing" {
	code 9 "$NVMEKIT" admin-passthru nvme0 -O 0x84 --cdw10=2 --dry-run
	[[ $output == *"Sanitize on /dev/nvme0: destroys all data of nvme0n1 and nvme0n2"* ]]
	[[ $output == *"nvme0n1: gpt partition table"*'nvme0n1p1: ext4 "root\x07", 1.05 MB'* ]]
	[[ $output == *"refused: nvme0n1 is in use"*"Commands that would be sent:"*"admin Sanitize nsid 0x0 cdw10 0x00000002"* ]]
	code 0 "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 2 --dry-run
	[[ $output == *"to confirm: --yes --expect-serial="* ]]
	code 0 "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 2 --dry-run --yes --expect-nqn=nqn.2024-01.com.example:gate
	[[ $output != *"to confirm"* ]]
	unchanged
}

@test "plans in JSON follow their schema, alone and with a refusal" {
	code 9 "$NVMEKIT" admin-passthru nvme0 -O 0x84 --cdw10=2 --dry-run -o json
	printf '%s' "$output" >"$BATS_TEST_TMPDIR/plan"
	valid dry-run <"$BATS_TEST_TMPDIR/plan"
	[ "$(json '(d["nvmekit"]["schema"], len(d["steps"]), d["steps"][0]["namespaces"][0]["in_use"][0]["system"], d["commands"][0]["opcode"])' <"$BATS_TEST_TMPDIR/plan")" = "('dry-run/1', 1, True, 132)" ]
	code 9 "$NVMEKIT" admin-passthru nvme0 -O 0x80 -n 1 --force -o json
	[ "$(json '(d["error"]["class"], d["error"]["plan"]["steps"][0]["action"], "commands" in d["error"]["plan"])' <<<"$output")" = "('refused', 'Format NVM', False)" ]
	unchanged
}

@test "its options belong to the commands that pass it" {
	code 2 "$NVMEKIT" smart-log nvme0 --yes
	[[ $stderr == *"smart-log has no option '--yes'"* ]]
	code 2 "$NVMEKIT" --expect-serial=x list
	code 2 "$NVMEKIT" --allow-in-use id-ctrl nvme0
	code 2 "$NVMEKIT" admin-passthru nvme0 -O 0x80 --stall=1s
	"$NVMEKIT" complete -- 3 nvmekit admin-passthru nvme0 --exp | grep -q '^--expect-serial'
	[ -z "$("$NVMEKIT" complete -- 3 nvmekit smart-log nvme0 --exp)" ]
}

@test "what only reads or cannot be judged passes" {
	code 0 "$NVMEKIT" admin-passthru nvme0 -O 6 --cdw10=1 -l 4096 -r
	code 6 "$NVMEKIT" admin-passthru nvme0 -O 0xc1
	code 0 "$NVMEKIT" io-passthru nvme0n1 -O 2 -l 4096 -r
}
