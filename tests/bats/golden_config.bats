#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# What the commands of the configuration print. See golden.bats.
load common
load golden

# broken: a configuration with every kind of line that is wrong
broken() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cat >broken.conf <<-'END'
		# Two paths, of which one is there twice, and a word that is none.
		[Host]
		hostnqn = nqn.2014-08.org.example:host
		[Subsystem]
		nqn = nqn.2014-08.org.example:disks
		ctrl-los-tmo = 600
		controller = transport=tcp;traddr=192.0.2.1
		controller = transport=tcp;traddr=192.0.2.1;trsvcid=4420
		controller = transport=tcp;traddr=192.0.2.2;queue-size=8
	END
	chmod 644 broken.conf
}

# but_7 COMMAND...: an answer with exit code 7
but_7() {
	"$@" || [ $? -eq 7 ]
}

@test "config show" {
	all config-show config show
	same help.config-show.txt demo help config-show
}

@test "config validate" {
	all config-validate config validate
	broken
	same config-validate.broken.txt but_7 demo config validate -J broken.conf
	same config-validate.broken.json but_7 demo config validate -J broken.conf -o json
}

@test "config status" {
	all config-status config status
}

@test "config create" {
	all config-create config create -t tcp -a 192.0.2.40 -s 4420 -n nqn.2014-08.org.example:disks
	same config-create.plan.txt demo config create --discovery -t tcp -a 192.0.2.41 -q nqn.2014-08.org.example:lab --dry-run
	same config-create.plan.json demo config create --discovery -t tcp -a 192.0.2.41 -q nqn.2014-08.org.example:lab --dry-run -o json
	same help.config-create.txt demo help config-create
}

@test "config convert" {
	all config-convert config convert --force
	same config-convert.plan.txt demo config convert --force --dry-run
}
