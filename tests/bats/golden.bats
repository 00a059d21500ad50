#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# What every command prints on the built-in simulated system, byte for byte, as it was read and approved. After a
# change that is meant: GOLDEN=update bats tests/bats/golden.bats, then read the difference.
load common
load golden

@test "list" {
	all list list
	same list.columns.txt demo list --columns Node,Transport,State,Size --sort=-size --no-headings
}

@test "list-subsys" {
	all list-subsys list-subsys
	same list-subsys.nvme2n1.txt demo list-subsys nvme2n1
}

@test "id-ctrl" {
	all id-ctrl.nvme0 id-ctrl nvme0
	same id-ctrl.nvme1.txt demo id-ctrl nvme1
	all id-ctrl.nvme2 id-ctrl nvme2
	same id-ctrl.vendor.txt demo id-ctrl nvme0 --vendor-specific
}

@test "id-ns" {
	all id-ns.nvme0n1 id-ns nvme0n1
	same id-ns.nvme0n2.txt demo id-ns nvme0n2
	all id-ns.nvme2n1 id-ns nvme2n1
	same id-ns.nvme4n1.txt demo id-ns nvme4n1
}

@test "registers and properties" {
	all show-regs.nvme0 show-regs nvme0
	same show-regs.nvme2.txt demo show-regs nvme2
	same get-property.nvme2.json demo get-property nvme2 --offset=csts -o json
	same set-reg.dry-run.txt demo set-reg nvme0 --cc=0x460000 --dry-run
}

@test "smart-log" {
	all smart-log.nvme0 smart-log nvme0
	all smart-log.nvme1 smart-log nvme1
	same smart-log.nvme2.txt demo smart-log nvme2
	same smart-log.nvme4.txt demo smart-log nvme4
}

@test "error-log" {
	same error-log.nvme0.txt demo error-log nvme0
	same error-log.nvme0.json demo error-log nvme0 -o json
	all error-log.nvme1 error-log nvme1 -e 2
	same error-log.nvme1.all.txt demo error-log nvme1 --all
}

@test "fw-log" {
	all fw-log.nvme0 fw-log nvme0
	all fw-log.nvme1 fw-log nvme1
}

@test "get-log, decoded and as bytes" {
	all get-log.smart get-log nvme0 -i smart
	same get-log.smart.raw.txt demo get-log nvme0 -i smart --raw
	same get-log.middle.txt demo get-log nvme0 -i 2 -l 64 -L 32
	all get-log.supported-pages get-log nvme0 -i supported-pages
	same get-log.effects.txt demo get-log nvme0 -i effects
	all get-log.ana get-log nvme2 -i ana
	same get-log.error.txt demo get-log nvme1 -i error -l 64
}

@test "admin-passthru and io-passthru" {
	all admin-passthru admin-passthru nvme0 -O 6 --cdw10=1 -l 128 -r
	same admin-passthru.features.txt demo admin-passthru nvme0 -O 0x0a --cdw10=4
	all io-passthru io-passthru nvme0n1 -O 2 -l 512 -r
}

@test "namespaces" {
	all list-ns list-ns nvme0
	all list-ctrl list-ctrl nvme0
	same create-ns.txt demo create-ns nvme0 --size=100GiB --attach
	same create-ns.json demo create-ns nvme0 --size=100GiB -o json
	same create-ns.plan.txt demo create-ns nvme0 --size=100GiB --dry-run
	same get-ns-id.json demo get-ns-id nvme0n2 -o json
}

@test "what would be done, and what was" {
	yes=(--yes --expect-serial=FL2207A04417)
	same format.plan.txt demo format nvme0n1 --ses=crypto --dry-run
	same format.plan.json demo format nvme0n1 --ses=crypto --dry-run -o json
	same format.txt demo format nvme0n2 --lbaf=0 "${yes[@]}"
	same format.json demo format nvme0n2 --lbaf=0 "${yes[@]}" -o json
	same sanitize.plan.txt demo sanitize nvme0 --sanact=block-erase --dry-run
	same sanitize.txt demo sanitize nvme0 --sanact=block-erase "${yes[@]}"
	same erase.plan.txt demo erase nvme0 --dry-run
	all sanitize-log sanitize-log nvme0
	all self-test-log self-test-log nvme0
	same device-self-test.txt demo device-self-test nvme0 --self-test-code=short
	same fw-commit.plan.txt demo fw-commit nvme0 --slot=1 --action=set-active --dry-run
	same delete-ns.plan.txt demo delete-ns nvme0 --namespace-id=all --dry-run
}

@test "a refusal, with what stands on the drive and who uses it" {
	for c in 'io-passthru nvme2n1 --opcode=8' 'reset nvme0'; do
		run --separate-stderr "$NVMEKIT" --system demo $c
		[ "$status" -eq 9 ]
		printf '%s\n' "$stderr" >>"$BATS_TEST_TMPDIR/refused"
	done
	same refused.txt cat "$BATS_TEST_TMPDIR/refused"
}

@test "registers and security" {
	same rpmb-info.txt demo rpmb-info nvme4
	all sed-discover sed-discover nvme4n1
	same get-log.lockdown.txt demo get-log nvme4 -i lockdown
	same lockdown.plan.txt demo lockdown nvme4 --ofi=format --prhbt=prohibit --scp=admin --dry-run
}

@test "keys for NVMe over Fabrics" {
	cd "$BATS_TEST_TMPDIR"
	umask 077
	echo DHHC-1:00:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR: >host.key
	echo NVMeTLSkey-1:01:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwNf9LrZ: >tls.key
	echo "NVMe0R01 host tank $(<tls.key)" >tls-keys
	echo 5512DBB6737D0106F65975B773DFB011FFC344BCF442E2DD6D8BC4870B5D5B03 >hex
	all check-dhchap-key check-dhchap-key --keydata-file=host.key
	all check-tls-key check-tls-key --keydata-file=tls.key -n host -c tank -I 1
	all gen-tls-key gen-tls-key --secret-file=hex
	all keys-import keys-import --keyfile=tls-keys
	all keys-insert-tls.plan keys-insert-tls --keydata-file=tls.key -n host -c tank -f tls-keys --dry-run
}

@test "help and schema" {
	same help.txt demo help
	for cmd in list list-subsys id-ctrl id-ns smart-log error-log fw-log get-log admin-passthru io-passthru introspect \
		schema version help create-ns format erase fw-update; do
		same "help.$cmd.txt" demo help "$cmd"
	done
	same schema.smart-log.json demo schema smart-log
}

@test "errors, on stderr and in JSON" {
	while read -r name args; do
		# shellcheck disable=SC2086
		run --separate-stderr demo $args
		printf 'exit code %s\n%s\n' "$status" "$stderr" >"$BATS_TEST_TMPDIR/$name.txt"
		same "error.$name.txt" cat "$BATS_TEST_TMPDIR/$name.txt"
		# shellcheck disable=SC2086
		run --separate-stderr demo $args -o json
		echo "$output" >"$BATS_TEST_TMPDIR/$name.json"
		same "error.$name.json" cat "$BATS_TEST_TMPDIR/$name.json"
	done <<-'EOF'
		no-command smart-lag nvme0
		no-option smart-log nvme0 --namespce-id 1
		no-value id-ns nvme0 -n 1x
		no-device smart-log nvme9
		no-operand smart-log
		no-namespace id-ns nvme0
		no-such-namespace id-ns nvme0 -n 77
		no-column list --columns Node,Colour
		no-log get-log nvme0 -i smurf
		no-length get-log nvme0 -i 0xc0
		not-supported get-log nvme0 -i endurance
		opcode admin-passthru nvme0 -O 0x55
	EOF
}

@test "no file is left over, and none has a control character or a trailing blank" {
	names=$(grep -ohE '(same|all) [a-z0-9.-]+' "$BATS_TEST_DIRNAME"/golden*.bats | sort -u | awk '
		$1 == "same" { print $2 }
		$1 == "all" { print $2 ".txt"; print $2 ".verbose.txt"; print $2 ".json" }')
	for file in "$golden"/*; do
		name=${file##*/}
		case $name in
		error.*.txt | error.*.json | help.*.txt) ;;
		*) grep -qxF -- "$name" <<<"$names" || { echo "not used: $name"; false; } ;;
		esac
		run ! grep -nP '[\x00-\x08\x0b-\x1f\x7f]| $' "$file"
	done
}
