#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# The guest itself: what all other test files rely on.

load common
load nvmet

teardown()
{
	nvmet_teardown
}

# queue SERIAL NSID ATTRIBUTE: of the namespace's block device
queue()
{
	trimmed "/sys/block/$(ns_by "$1" "$2")/queue/$3"
}

@test "guest: all controllers are there" {
	for serial in NVMEKIT-A NVMEKIT-B NVMEKIT-Z NVMEKIT-E; do
		dev=$(dev_by_serial "$serial")
		[ -c "/dev/$dev" ]
		[ "$(trimmed "/sys/class/nvme/$dev/state")" = live ]
	done
	[ "$(devs_by_serial NVMEKIT-A | wc -l)" -eq 1 ]
	[ "$(devs_by_serial NVMEKIT-B | wc -l)" -eq 2 ]
}

@test "guest: an unknown serial number or namespace is an error" {
	run dev_by_serial NVMEKIT-X
	[ "$status" -eq 1 ]
	run ns_by NVMEKIT-A 9
	[ "$status" -eq 1 ]
}

@test "guest: one controller has two namespaces with different block sizes" {
	[ "$(queue NVMEKIT-A 1 logical_block_size)" -eq 512 ]
	[ "$(queue NVMEKIT-A 2 logical_block_size)" -eq 4096 ]
	[ -b "/dev/$(ns_by NVMEKIT-A 1)" ]
	[ -c "/dev/$(ng_by NVMEKIT-A 2)" ]
}

# The kernel mistrusts the identifiers of QEMU's controllers and has none in
# sysfs.
@test "guest: namespace identifiers are fixed and distinct" {
	for pair in A:1:6101 A:2:6102 B:1:6201 Z:1:7a01; do
		IFS=: read -r letter nsid id <<<"$pair"
		nvme_new ns-descs "/dev/$(ns_by "NVMEKIT-$letter" "$nsid")" >"$BATS_TEST_TMPDIR/out"
		grep -q "^uuid *: 6e766d65-6b69-4000-8000-00000000$id$" "$BATS_TEST_TMPDIR/out"
		grep -q "^nguid *: 6e766d656b697400525400000000$id$" "$BATS_TEST_TMPDIR/out"
		grep -q "^eui64 *: 525400000000$id$" "$BATS_TEST_TMPDIR/out"
	done
}

@test "guest: a shared namespace has two paths" {
	[ "$(paths_of "$(ns_by NVMEKIT-B 1)" | wc -l)" -eq 2 ]
	[ "$(paths_of "$(ns_by NVMEKIT-A 1)" | wc -l)" -eq 1 ]
}

@test "guest: a namespace is zoned" {
	[ "$(queue NVMEKIT-Z 1 zoned)" = host-managed ]
	[ "$(queue NVMEKIT-Z 1 nr_zones)" -eq 16 ]
	[ "$(queue NVMEKIT-A 1 zoned)" = none ]
}

@test "guest: a controller has no namespace" {
	run ns_by NVMEKIT-E 1
	[ "$status" -eq 1 ]
	nvme_old id-ctrl "/dev/$(dev_by_serial NVMEKIT-E)" | grep -q 'sn *: NVMEKIT-E'
}

@test "guest: namespaces can be written and read" {
	for nsid in 1 2; do
		ns=/dev/$(ns_by NVMEKIT-A "$nsid")
		head -c 65536 /dev/urandom >"$BATS_TEST_TMPDIR/data"
		dd if="$BATS_TEST_TMPDIR/data" of="$ns" bs=64k oflag=direct status=none
		dd if="$ns" bs=64k count=1 iflag=direct status=none | cmp - "$BATS_TEST_TMPDIR/data"
	done
}

@test "guest: nvmet over loop with a file" {
	nvmet_subsystem nqn.nvmekit.loop NVMEKIT-LOOP attr_model=NVMEKIT
	nvmet_namespace nqn.nvmekit.loop 1 "$(nvmet_file 64M)"
	nvmet_port 1 loop
	nvmet_export 1 nqn.nvmekit.loop
	dev=$(nvmet_connect loop nqn.nvmekit.loop)
	[ "$(dev_by_serial NVMEKIT-LOOP)" = "$dev" ]
	[ "$(trimmed "/sys/class/nvme/$dev/transport")" = loop ]
	[ -b "/dev/$(ns_by NVMEKIT-LOOP 1)" ]
	nvmet_teardown
	run dev_by_serial NVMEKIT-LOOP
	[ "$status" -eq 1 ]
	# shellcheck disable=SC2010
	[ -z "$(ls "$nvmet/subsystems" "$nvmet/ports" | grep nqn || :)" ]
}

@test "guest: nvmet over tcp with a zoned device, and its discovery" {
	nvmet_subsystem nqn.nvmekit.tcp NVMEKIT-TCP
	nvmet_namespace nqn.nvmekit.tcp 1 "$(nvmet_null nullb-t 64 zoned=1 zone_size=4 zone_nr_conv=0 blocksize=4096)"
	nvmet_port 1 tcp
	nvmet_export 1 nqn.nvmekit.tcp
	nvmet_connect tcp nqn.nvmekit.tcp
	[ "$(queue NVMEKIT-TCP 1 zoned)" = host-managed ]
	nvme_new discover -t tcp -a 127.0.0.1 -s 4420 | grep -q 'subnqn: *nqn.nvmekit.tcp'
}

@test "guest: other nvme-cli releases can be run" {
	nvme_old version | grep -q '^nvme version 2\.3 '
	nvme_new version | grep -q '^nvme version 2\.'
	nvme_new list | grep -q NVMEKIT-A
}

@test "guest: kernel modules can be loaded" {
	modprobe raid1
	[ -d /sys/module/raid1 ]
}

@test "guest: the loopback interface is up, and no other" {
	[ "$(ls /sys/class/net)" = lo ]
	(exec 3<>/dev/tcp/127.0.0.1/1) 2>&1 | grep -q refused
}
