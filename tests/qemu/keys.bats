#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# TLS PSKs in the keyring that a real kernel makes, and what nvme-cli makes of the same keys.

bats_require_minimum_version 1.5.0
load common

psk=NVMeTLSkey-1:01:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwNf9LrZ:
host=nqn.psk-test-host subsys=nqn.psk-test-subsys
id="NVMe0R01 $host $subsys"

setup()
{
	unset NVMEKIT_SYSTEM NVMEKIT_SYSROOT
	: "${NVMEKIT:?}"
	cd "$BATS_TEST_TMPDIR" || return 1
	umask 077
	echo $psk >psk
}

# has_ring: fails unless the keyring .nvme is there
has_ring()
{
	grep -q ' keyring  *\.nvme' /proc/keys
}

# needs_ring: makes the kernel have it, or skips
needs_ring()
{
	modprobe nvme-tcp 2>/dev/null || modprobe nvme-keyring 2>/dev/null || :
	has_ring || skip "this kernel has no keyring .nvme"
}

# empty_ring: revokes what is in it
empty_ring()
{
	local line

	"$NVMEKIT" keys list -o json >list.json
	while read -r line; do
		[[ $line =~ \"identity\":\"(.*)\",$ ]] || continue
		"$NVMEKIT" keys revoke -i "${BASH_REMATCH[1]}" --quiet
	done <list.json
}

@test "keys: without the module, the message says which one it is" {
	has_ring && skip "the module is loaded"
	code 6 "$NVMEKIT" keys list
	[[ $stderr == *"'.nvme' does not exist"*"modprobe nvme-tcp"* ]]
	code 6 "$NVMEKIT" keys insert-tls --keydata-file=psk -n $host -c $subsys
	[[ -z $output ]]
	code 0 "$NVMEKIT" check-tls-key --keydata-file=psk -n $host -c $subsys -o json
	[[ $output == *'"loaded":null'* ]]
}

@test "keys: inserted, listed, exported, revoked, imported" {
	needs_ring
	empty_ring
	code 0 "$NVMEKIT" keys insert-tls --keydata-file=psk -n $host -c $subsys --dry-run
	[[ $output == *"Insert a key"* ]]
	code 0 "$NVMEKIT" keys list -o json
	[[ $output == *'"keys":['* && $output != *identity* ]]

	code 0 "$NVMEKIT" keys insert-tls --keydata-file=psk -n $host -c $subsys -o json
	[[ $output =~ \"serial\":([0-9]+) ]]
	serial=$((BASH_REMATCH[1]))
	((serial > 0))
	printf -v hex %08x "$serial"
	grep -q "^$hex .* psk  *$id: 32" /proc/keys
	code 0 "$NVMEKIT" check-tls-key --keydata-file=psk -n $host -c $subsys -o json
	[[ $output == *'"loaded":true'*"\"serial\":$serial"* ]]
	# An identity of which another is a beginning.
	code 0 "$NVMEKIT" keys insert-tls --keydata-file=psk -n $host -c "$subsys.longer" -I 0
	code 2 "$NVMEKIT" keys revoke -i "$id.long"
	code 0 "$NVMEKIT" keys list
	[[ $output == *"$id"*"$id.longer"* || $output == *"$id.longer"*"$id"* ]]

	code 0 "$NVMEKIT" keys export -f exported
	code 0 "$NVMEKIT" keys export -f -
	[[ $output == "$(<exported)" ]]
	code 0 "$NVMEKIT" keys revoke -i "$id"
	code 2 "$NVMEKIT" keys revoke -i "$id"
	code 0 "$NVMEKIT" keys list
	[[ $output == *"$id.longer"* ]]
	empty_ring
	code 0 "$NVMEKIT" keys list -o json
	[[ $output != *identity* ]]
	code 0 "$NVMEKIT" keys import -f exported
	code 0 "$NVMEKIT" keys export -f again
	sort exported >one
	sort again >two
	cmp one two
	# Nothing is left in the session's keyring.
	[[ $("$NVMEKIT" keys list -k @s -t keyring 2>&1) != *nvme* ]]
}

@test "keys: by serial number of the keyring; somebody else's" {
	needs_ring
	code 0 "$NVMEKIT" keys list -o json
	[[ $output =~ \"keyring\":([0-9]+) ]]
	ring=${BASH_REMATCH[1]}
	code 0 "$NVMEKIT" keys list -k "$ring"
	code 2 "$NVMEKIT" keys list -k nothing
	cp "$NVMEKIT" /dev/shm/tool
	chmod 755 /dev/shm/tool
	code 4 setpriv --reuid=65534 --regid=65534 --clear-groups /dev/shm/tool keys list -k "$ring"
	[[ $stderr == *root* ]]
	rm /dev/shm/tool
}

@test "keys: the same key as nvme-cli derives" {
	needs_ring
	nvme_new version >/dev/null 2>&1 || skip "there is no other nvme-cli"
	for args in "" "-I 1" "--compat" "-I 1 --compat"; do
		empty_ring
		# shellcheck disable=SC2086
		nvme_new check-tls-key --insert -d $psk -n $host -c $subsys $args >theirs 2>&1 || {
			# Builds before 1.16 of its library know no other way than the old one.
			[[ $args == *compat* ]] && continue
			cat theirs
			skip "it does not insert keys"
		}
		code 0 "$NVMEKIT" keys export -f theirs.keys
		empty_ring
		# shellcheck disable=SC2086
		code 0 "$NVMEKIT" keys insert-tls --keydata-file=psk -n $host -c $subsys $args
		code 0 "$NVMEKIT" keys export -f ours.keys
		diff theirs.keys ours.keys
		# As nvme: what it printed about the same key.
		empty_ring
		# shellcheck disable=SC2086
		code 0 "$NVMEKIT" nvme check-tls-key --insert -d $psk -n $host -c $subsys $args
		[[ $output =~ ^Inserted\ TLS\ key\ [0-9a-f]{8}$ ]]
		# shellcheck disable=SC2086
		code 0 "$NVMEKIT" nvme check-tls-key -d $psk -n $host -c $subsys $args
		[[ $output == "$(nvme_new check-tls-key -d $psk -n $host -c $subsys $args)" ]]
	done
	code 0 "$NVMEKIT" nvme tls-key --export
	[[ $output == "$(nvme_new tls-key --export)" || $(nvme_new tls-key --export) == *NVMeTLSkey-0* ]]
	empty_ring
}
