#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# The fabrics commands of 'nvmekit nvme' against nvme-cli 2.16, with the same targets of the kernel over loop and TCP: what is
# printed, on which stream, the exit code, and what has come of it. What differs must be in differences.txt, with its reason.

load common
load nvmet
load fabrics

setup()
{
	[ -n "${NVMEKIT:-}" ] || skip "no program: NVMEKIT"
	fabrics_setup
	fabrics_target 1 4420 nqn.t1 T1
	nvmet_subsystem nqn.t2 T2
	nvmet_namespace nqn.t2 1 "$(nvmet_file 1M)"
	nvmet_export 1 nqn.t2
	nvmet_port 2 loop
	nvmet_export 2 nqn.t1
	fabrics_port 3 8009
	nvmet_export 3 nqn.t2
	# One that wants a secret, also on a port of its own.
	nvmet_subsystem nqn.secret T3
	nvmet_namespace nqn.secret 1 "$(nvmet_file 1M)"
	secret=$(dhchap_key 0 "$fabrics_hostnqn")
	fabrics_host "$fabrics_hostnqn" dhchap_key="$secret"
	fabrics_only nqn.secret "$fabrics_hostnqn"
	nvmet_export 1 nqn.secret
	fabrics_port 4 4421
	nvmet_export 4 nqn.secret
	nvmet_export 4 nqn.t1
	# Transports that are not there can be referred to.
	referral rdma rdma ipv4 10.0.0.1 4420 required
	referral ib rdma ib fe80::1 4420 'not required'
	referral fc fc fc nn-0x1000000044001123:pn-0x2000000055001123 none 'not specified'
}

teardown()
{
	for name in rdma ib fc; do
		rmdir "$nvmet/ports/4/referrals/$name" || :
	done
	fabrics_teardown
}

# referral NAME TRANSPORT FAMILY ADDRESS SERVICE TREQ
referral()
{
	local dir=$nvmet/ports/4/referrals/$1

	mkdir "$dir"
	echo "$2" >"$dir/addr_trtype"
	echo "$3" >"$dir/addr_adrfam"
	echo "$4" >"$dir/addr_traddr"
	echo "$5" >"$dir/addr_trsvcid"
	echo "$6" >"$dir/addr_treq"
	echo 7 >"$dir/addr_portid"
	echo 1 >"$dir/enable"
}

@test "fabrics differential: sessions are those of 2.16" {
	/usr/bin/python3 "$BATS_TEST_DIRNAME/differential.py" fabrics 2.16 \
		t="-t tcp -a 127.0.0.1 -s 4420" s="-t tcp -a 127.0.0.1 -s 4421" r="-t tcp -a 127.0.0.1 -s 4999" \
		secret="$secret" wrong="$(dhchap_key 0 "$fabrics_hostnqn")" \
		hex=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f \
		psk=NVMeTLSkey-1:01:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR:
}
