#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Host identity and NBFT on the built-in simulated system, byte for byte; see golden.bats.
load common
load golden

# Its columns are padded up to the end of the line, which a $ marks.
ends() { "$NVMEKIT" nvme nbft show | sed 's/$/$/'; }

@test "host identity" {
	same show-hostnqn.txt demo show-hostnqn
	same show-hostnqn.json demo show-hostnqn -o json
	same gen-hostnqn.json demo gen-hostnqn -o json
	all host-identity host-identity
	same host-identity-store.txt demo host-identity-store
	same host-identity-store.plan.txt demo host-identity-store --replace --dry-run \
		--hostnqn=nqn.2014-08.org.nvmexpress:uuid:0f2f1e3c-9a3b-4e0f-8f0e-5d3c2b1a0f9e
	same host-identity-store.plan.json demo host-identity-store --replace --dry-run -o json \
		--hostnqn=nqn.2014-08.org.nvmexpress:uuid:0f2f1e3c-9a3b-4e0f-8f0e-5d3c2b1a0f9e
}

@test "nbft show" {
	all nbft-show nbft show
	same nbft-show.discovery.txt demo nbft show --discovery
}

@test "nbft show, nvme personality" {
	export NVMEKIT_SYSTEM=demo
	same nvme.nbft-show.txt ends
	same nvme.nbft-show.json "$NVMEKIT" nvme nbft show -o json
}

@test "help" {
	same help.nbft-show.txt "$NVMEKIT" help nbft-show
	same help.host-identity-store.txt "$NVMEKIT" help host-identity-store
}
