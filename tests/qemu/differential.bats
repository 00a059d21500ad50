#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# 'nvmekit nvme' against other releases of nvme-cli on the same drives: what differs must be in
# differences.txt, each with its reason.

load common
load nvmet

setup()
{
	[ -n "${NVMEKIT:-}" ] || skip "no program: NVMEKIT"
	host_is 6e766d65-6b69-7400-8000-000000000002
	# Its error log is real, QEMU's is always empty.
	nvmet_subsystem nqn.nvmekit.diff NVMEKIT-DIFF attr_model=NVMEKIT
	nvmet_namespace nqn.nvmekit.diff 1 "$(nvmet_file 64M)"
	nvmet_port 1 loop
	nvmet_export 1 nqn.nvmekit.diff
	loop=$(nvmet_connect loop nqn.nvmekit.diff)
	loopns=$(ns_by NVMEKIT-DIFF 1)
	# An opcode that it does not know leaves an entry.
	nvme_new admin-passthru "/dev/$loop" --opcode=0xd1 || :
}

teardown()
{
	nvmet_teardown
	host_is
}

# compare GROUP VERSION
compare()
{
	/usr/bin/python3 "$BATS_TEST_DIRNAME/differential.py" "$1" "$2" \
		c="/dev/$(dev_by_serial NVMEKIT-A)" cb="/dev/$(dev_by_serial NVMEKIT-B)" \
		n="/dev/$(ns_by NVMEKIT-A 1)" n2="/dev/$(ns_by NVMEKIT-A 2)" g="/dev/$(ng_by NVMEKIT-A 1)" \
		nb="/dev/$(ns_by NVMEKIT-B 1)" z="/dev/$(ns_by NVMEKIT-Z 1)" loop="/dev/$loop" loopns="/dev/$loopns"
}

@test "differential: JSON is that of 2.16" {
	compare json 2.16
}

@test "differential: JSON is that of 2.3 but for what 2.16 changed" {
	compare json 2.3
}

@test "differential: the key : value lines are those of 2.16" {
	compare pairs 2.16
}

@test "differential: text is that of 2.16" {
	compare text 2.16
}

@test "differential: errors are those of 2.16" {
	compare errors 2.16
}
