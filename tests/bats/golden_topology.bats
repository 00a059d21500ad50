#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# What the commands about paths print on the built-in simulated system; see golden.bats.
load common
load golden

@test "show-topology" {
	all show-topology show-topology
	all show-topology.ctrl show-topology --ranking=ctrl
	all show-topology.multipath show-topology nvme2n1 --ranking=multipath
}

@test "ana-log" {
	all ana-log ana-log nvme2
	same ana-log.groups.json demo ana-log nvme3 --groups -o json
}

@test "iopolicy" {
	all iopolicy iopolicy
	same iopolicy.plan.txt demo iopolicy nvme2n1 --set=queue-depth --dry-run
	same iopolicy.plan.json demo iopolicy nvme2n1 --set=queue-depth --dry-run -o json
	same iopolicy.set.json demo iopolicy nvme2n1 --set=queue-depth -o json
}

@test "help" {
	for cmd in show-topology ana-log iopolicy; do
		same "help.$cmd.txt" demo help "$cmd"
	done
}
