#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# Registers of a controller that a real kernel lets map, and properties over fabrics.

bats_require_minimum_version 1.5.0
load common
load nvmet

setup()
{
	unset NVMEKIT_SYSTEM NVMEKIT_SYSROOT
	: "${NVMEKIT:?}"
}

teardown()
{
	nvmet_teardown
}

# value NAME: of a register in the JSON document $output, in $value
value()
{
	[[ $output =~ \"$1\":\ ?(-?[0-9]+) ]]
	value=${BASH_REMATCH[1]}
}

# is NAME VALUE
is()
{
	value "$1" && [ "$value" -eq "$2" ]
}

@test "show-regs and get-reg: what nvme-cli reads" {
	local -A theirs

	dev=$(dev_by_serial NVMEKIT-A)
	code 0 nvme_new show-regs "/dev/$dev" -o json
	for name in cap vs cc csts aqa asq acq; do
		value $name
		theirs[$name]=$value
	done
	code 0 "$NVMEKIT" show-regs "$dev" -o json
	for name in cap vs cc csts aqa asq acq; do
		is $name "${theirs[$name]}"
	done
	is rdy 1
	[[ $output == *'"vs_text":"1.4.0"'* ]]
	code 0 "$NVMEKIT" get-reg "$dev" --cap -o json
	is cap "${theirs[cap]}"
	code 0 "$NVMEKIT" get-property "/dev/$(ns_by NVMEKIT-A 2)" -O 0 -o json
	is value "${theirs[cap]}"
	# What is reserved, and beyond the registers.
	code 0 "$NVMEKIT" get-property "$dev" -O 0x18
	code 2 "$NVMEKIT" get-property "$dev" -O 0x1000
}

@test "registers: an ordinary user" {
	cp "$NVMEKIT" /dev/shm/tool
	code 4 setpriv --reuid=65534 --regid=65534 --clear-groups /dev/shm/tool show-regs "$(dev_by_serial NVMEKIT-A)"
	[[ $stderr == *root* ]]
	rm /dev/shm/tool
}

@test "set-reg, set-property: only when it is meant; a shutdown and back" {
	dev=$(dev_by_serial NVMEKIT-E)
	code 0 "$NVMEKIT" get-reg "$dev" --cc -o json
	value cc
	cc=$value off=$((value | 1 << 14))
	for try in "" "--yes" "--yes --expect-serial=NVMEKIT-A"; do
		# shellcheck disable=SC2086
		code 9 "$NVMEKIT" set-reg "$dev" --cc=$off $try
	done
	code 0 "$NVMEKIT" set-reg "$dev" --cc=$off --dry-run
	code 2 "$NVMEKIT" set-reg "$dev" --csts=0x100000000 --yes --expect-serial=NVMEKIT-E
	code 0 "$NVMEKIT" get-reg "$dev" --cc --csts -o json
	is cc "$cc" && is csts 1
	code 0 "$NVMEKIT" set-reg "$dev" --cc=$off --yes --expect-serial=NVMEKIT-E
	code 0 "$NVMEKIT" get-reg "$dev" --cc --csts -o json
	is cc "$off" && is csts 9
	[[ $output == *'"shst_name":"complete"'* ]]
	code 0 "$NVMEKIT" set-property "$dev" -O cc -V "$cc" --yes --expect-serial=NVMEKIT-E
	code 0 "$NVMEKIT" get-reg "$dev" --csts
	[ "$output" = "csts      : 0x1" ]
	code 0 "$NVMEKIT" id-ctrl "$dev"
}

@test "properties of nvmet over loop" {
	nvmet_subsystem nqn.nvmekit.regs NVMEKIT-REGS
	nvmet_namespace nqn.nvmekit.regs 1 "$(nvmet_file 16M)"
	nvmet_port 1 loop
	nvmet_export 1 nqn.nvmekit.regs
	dev=$(nvmet_connect loop nqn.nvmekit.regs)
	code 0 "$NVMEKIT" show-regs "$dev" -o json
	[[ $output != *'"aqa"'* ]]
	is csts 1
	value vs
	((value >= 0x10300))
	value cc
	cc=$value
	value cap
	printf -v cap %x "$value"
	code 0 nvme_new get-property "/dev/$dev" -O 0
	[[ $output == *$cap* ]]
	code 0 "$NVMEKIT" get-property "/dev/$(ns_by NVMEKIT-REGS 1)" -O cc -o json
	is value "$cc"
	code 5 "$NVMEKIT" get-property "$dev" -O 0x18
	code 6 "$NVMEKIT" get-reg "$dev" --aqa
	code 9 "$NVMEKIT" set-property "$dev" -O 0x14 -V "$cc"
	code 0 "$NVMEKIT" set-property "$dev" -O 0x14 -V "$cc" --yes --expect-serial=NVMEKIT-REGS
	code 0 "$NVMEKIT" get-property "$dev" -O csts -o json
	is value 1
	# nvmet takes nothing else.
	code 5 "$NVMEKIT" set-property "$dev" -O csts -V 0x10 --yes --expect-serial=NVMEKIT-REGS
	[[ $stderr == *"Writing CSTS on /dev/$dev failed"* ]]
}
