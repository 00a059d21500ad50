#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# NVMe over Fabrics on the built-in simulated system, byte for byte; see golden.bats.
load common
load golden

lv=nqn.2019-11.com.example.latticevale:lv9000.0007731
at=(-t tcp -a 192.0.2.10)
to=(-t tcp -a 192.0.2.21 -s 4420)

# Some of them fail, which is part of the output.
any() { demo "$@" || :; }

@test "discover" {
	all discover discover "${at[@]}"
	same discover.referrals.txt demo discover "${at[@]}" --referrals
}

@test "connect" {
	all connect connect "${to[@]}" -n $lv:backup
	same connect.already.txt demo connect "${to[@]}" -n $lv:db-prod
	same connect.plan.txt demo connect "${to[@]}" -n $lv:backup -Q 64 --dry-run
	same connect.plan.json demo connect "${to[@]}" -n $lv:backup -Q 64 --dry-run -o json
}

@test "connect-all" {
	all connect-all connect-all "${at[@]}"
	same connect-all.failed.txt any connect-all -t tcp -a 192.0.2.99
	same connect-all.plan.txt demo connect-all "${at[@]}" --dry-run
}

@test "disconnect" {
	all disconnect disconnect nvme3
	same disconnect.nothing.txt demo disconnect -n nqn.2014-08.org.example:disks
	same disconnect.plan.txt demo disconnect nvme3 --dry-run
	same disconnect.refused.json any disconnect nvme2 nvme3 -o json
	same disconnect-all.txt any disconnect-all
	same disconnect-all.plan.txt any disconnect-all --dry-run
	same disconnect-all.plan.json any disconnect-all --dry-run -o json
}

@test "plan and apply" {
	all plan plan --prune
	same apply.txt demo apply
	same apply.plan.txt demo apply --dry-run
}

@test "help" {
	local name
	for name in connect discover connect-all plan apply disconnect disconnect-all dim; do
		same "help.$name.txt" "$NVMEKIT" help "$name"
	done
}
