#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# What system/ ships for booting and services, as far as it can be tried without booting: docs/boot.md.
load common

system=$BATS_TEST_DIRNAME/../../system

setup() {
	root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root"/{proc,bin,lib/nvmekit,etc/nvme,etc/cmdline.d,scripts,sys/firmware/acpi/tables}
	cp "$system"/initramfs/*.sh "$root/lib/nvmekit/"
	: >"$root/proc/cmdline"
	# A program that writes down what it is asked for.
	cat >"$root/bin/nvmekit" <<-'END'
		#!/bin/sh
		echo "$@" >>"$NVK_ROOT/asked"
		case "$*" in
		nbft*) exec "$NVMEKIT" "$@" ;;
		*192.0.2.66*) exit 11 ;;
		esac
	END
	chmod +x "$root/bin/nvmekit"
	export NVK_ROOT=$root NVMEKIT
	export PATH=$root/bin:$PATH
	shells=(dash bash)
	! type busybox >/dev/null 2>&1 || shells+=("busybox sh")
}

# made FILE: as make would install it below /usr
made() {
	sed -e 's|@bindir@|/usr/bin|g' -e 's|@systemctl@|/usr/bin/systemctl|g' -e 's|@pkgdatadir@|/usr/share/nvmekit|g' \
		-e 's|@udevrulesdir@|/usr/lib/udev/rules.d|g' -e 's|@systemdunitdir@|/usr/lib/systemd/system|g' "$system/$1"
}

# in_sh SCRIPT: in each shell that an initramfs may have, with our functions; $output must be the same everywhere
in_sh() {
	local sh first=
	for sh in "${shells[@]}"; do
		# shellcheck disable=SC2086
		run $sh -euc ". '$system/initramfs/boot.sh'; . '$system/initramfs/nbft.sh'; $1"
		[ "$status" -eq 0 ] || { echo "$sh: $output"; return 1; }
		[ "$sh" = "${shells[0]}" ] || [ "$output" = "$first" ] || { printf '%s:\n%s\nnot\n%s\n' "$sh" "$output" "$first"; return 1; }
		first=$output
	done
}

@test "all scripts: shellcheck, and every shell can read them" {
	type shellcheck >/dev/null 2>&1 || skip "needs shellcheck"
	made dracut/95nvmekit/module-setup.sh.in >"$BATS_TEST_TMPDIR/module-setup.sh"
	made initramfs-tools/hooks/nvmekit.in >"$BATS_TEST_TMPDIR/hook"
	cd "$system/.."
	shellcheck -x system/initramfs/*.sh system/dracut/95nvmekit/*.sh system/initramfs-tools/scripts/local-top/nvmekit \
		system/initramfs-tools/conf-hooks.d/nvmekit "$BATS_TEST_TMPDIR"/{module-setup.sh,hook}
	for file in system/initramfs/*.sh system/dracut/95nvmekit/*.sh system/initramfs-tools/scripts/local-top/nvmekit "$BATS_TEST_TMPDIR/hook"; do
		for sh in "${shells[@]}"; do
			$sh -n "$file"
		done
	done
}

@test "units: systemd finds nothing wrong" {
	type systemd-analyze >/dev/null 2>&1 || skip "needs systemd-analyze"
	units=$root/etc/systemd/system
	mkdir -p "$units" "$root/usr/bin"
	# The units that ours name, and the programs.
	for name in network-online remote-fs-pre multi-user shutdown sysinit basic; do
		printf '[Unit]\nDescription=%s\n' $name >"$units/$name.target"
	done
	for name in modprobe@ systemd-udevd tlshd; do
		printf '[Unit]\nDescription=%s\n[Service]\nExecStart=/bin/sh\n' $name >"$units/$name.service"
	done
	mkdir -p "$root/bin"
	for name in usr/bin/nvmekit usr/bin/sh bin/sh; do
		printf '#!\n' >"$root/$name"
		chmod +x "$root/$name"
	done
	cp "$system"/systemd/*.target "$units"
	for file in "$system"/systemd/*.service.in; do
		name=${file##*/}
		made "systemd/$name" >"$units/${name%.in}"
	done
	for name in nvmekit-autoconnect nvmekit-connect@nvme3 nvmekit-connect-nbft nvmekit-fc-boot nvmekit-tls-keys \
		nvmekit-connect-fc@a_b; do
		run systemd-analyze verify --man=no --recursive-errors=no --root="$root" "$name.service"
		[ "$status" -eq 0 ] && [ -z "$output" ] || { echo "$name: $output"; false; }
	done
	# That it would have said something:
	sed -i 's/^Type=.*/&\nProtectHom=yes/; s|usr/bin/nvmekit|usr/bin/nobody|' "$units/nvmekit-autoconnect.service"
	run systemd-analyze verify --man=no --recursive-errors=no --root="$root" nvmekit-autoconnect.service
	[[ $output == *ProtectHom* ]]
	[ "$status" -ne 0 ]
}

@test "units: manual pages that they name are there, and so are the commands and their options" {
	help() { "$NVMEKIT" help "$@"; }
	[[ $(help connect-all) == *--device=* && $(help connect-all) == *--nbft* && $(help connect-all) == *--host-traddr=* ]]
	[[ $(help keys-import) == *--keyfile=* ]]
	[[ $(help nbft-show) == *--hfi* ]]
	while IFS= read -r page; do
		"$NVMEKIT" help "${page#nvmekit-}" >/dev/null
	done < <(grep -rhoE 'man:[a-z-]+' "$system/systemd" | sort -u | sed 's/^man://')
}

@test "units: the service of the configuration has nothing to do where the files have nothing but comments" {
	command=$(made systemd/nvmekit-autoconnect.service.in | sed -n 's/^ExecStart=//p')
	echo '{ "nvmekit-image": 1, "subsystems": [], "files": { "/etc/nvme/discovery.conf": [ "# nothing" ] } }' >"$BATS_TEST_TMPDIR/image.json"
	export NVMEKIT_SYSTEM=$BATS_TEST_TMPDIR/image.json
	# shellcheck disable=SC2086
	code 0 "$NVMEKIT" ${command#/usr/bin/nvmekit}
	code 2 "$NVMEKIT" connect-all
	# What firmware booted from is another service's, which the kernel's command line can keep from running.
	export NVMEKIT_SYSTEM=demo
	# shellcheck disable=SC2086
	[[ $("$NVMEKIT" --quiet ${command#/usr/bin/nvmekit} --dry-run) != *:boot* ]]
	[[ $("$NVMEKIT" --quiet connect-all --dry-run) == *:boot* ]]
}

@test "rules: labels, programs, and the events that they are for" {
	for file in "$system"/udev/*.rules*; do
		# Every jump has its label, behind it.
		while IFS=: read -r line label; do
			awk -v line="$line" -v want="LABEL=\"$label\"" 'NR > line && index($0, want) { found = 1 } END { exit !found }' "$file"
		done < <(grep -noE 'GOTO="[^"]+"' "$file" | sed 's/GOTO="//; s/"//')
	done
	made udev/70-nvmekit-autoconnect.rules.in >"$BATS_TEST_TMPDIR/rules"
	while IFS= read -r command; do
		[[ $command == /usr/bin/systemctl\ * || $command == /usr/bin/nvmekit\ * ]]
	done < <(grep -oE 'RUN\+="[^"]+' "$BATS_TEST_TMPDIR/rules" | sed 's/RUN+="//')
	[ "$(grep -c 'RUN+=' "$BATS_TEST_TMPDIR/rules")" -eq 4 ]
	grep -q 'ENV{NVME_AEN}=="0x70f002"' "$BATS_TEST_TMPDIR/rules"
	grep -q 'ENV{NVME_EVENT}=="rediscover"' "$BATS_TEST_TMPDIR/rules"
	# Off unless somebody takes a line of it.
	run grep -v '^#' "$system/udev/71-nvmekit-iopolicy.rules.example"
	[ -z "$output" ]
}

# rule_unit KEY=VALUE...: the unit that the rule restarts, with these in the environment, as udev puts them in
rule_unit() {
	local pair text
	text=$(made udev/70-nvmekit-autoconnect.rules.in | grep -oE "systemctl --no-block restart $1[^\"]*" | sed 's/.* //')
	shift
	for pair; do
		text=${text//\$env\{${pair%%=*}\}/${pair#*=}}
		text=${text//\$${pair%%=*}/${pair#*=}}
	done
	echo "$text"
}

# unit_command UNIT: what its ExecStart runs, as systemd would; %i as it stands in the name
unit_command() {
	local template=${1%%@*}@.service.in instance=${1#*@} line
	instance=${instance%.service}
	line=$(made "systemd/$template" | sed -n 's/^ExecStart=//p')
	line=${line//%%/$'\1'}
	line=${line//%i/$instance}
	line=${line//$'\1'/%}
	line=${line//\$\$/\$}
	bash -c "${line//\/usr\/bin\/nvmekit/nvmekit}"
}

@test "from an event to the command: a discovery controller, and Fibre Channel" {
	unit=$(rule_unit nvmekit-connect@ kernel=nvme12)
	[ "$unit" = nvmekit-connect@nvme12.service ]
	unit_command "$unit"
	h=nn-0x20000024ff0f0001:pn-0x21000024ff0f0001 t=nn-0x200400a098d85236:pn-0x201400a098d85236
	unit=$(rule_unit nvmekit-connect-fc@ NVMEFC_HOST_TRADDR=$h NVMEFC_TRADDR=$t)
	[ "${#unit}" -lt 255 ]
	unit_command "$unit"
	diff "$root/asked" - <<-END
		connect-all --device=nvme12
		connect-all --transport=fc --host-traddr=$h --traddr=$t
	END
}

@test "command line: what is understood" {
	in_sh 'nvk_cmdline "root=/dev/x rd.nvmf.hostnqn=nqn.a rd.nvmf.hostid=11111111-1111-4111-8111-111111111111 nvmf.hostnqn=nqn.b quiet
		rd.nvmf.discover=tcp,192.0.2.1,,4421 rd.nvmf.discover=rdma,[2001:db8::1] rd.nvmf.discover=fc,nn-0x1:pn-0x2,nn-0x3:pn-0x4"
		echo "$nvk_hostnqn $nvk_hostid |$nvk_off|$nvk_nonbft|$nvk_fc_auto|"
		for word in $nvk_discover; do echo $(nvk_discover_args "$word"); done'
	diff - <(echo "$output") <<-'END'
		nqn.b 11111111-1111-4111-8111-111111111111 ||||
		--transport=tcp --traddr=192.0.2.1 --trsvcid=4421
		--transport=rdma --traddr=2001:db8::1
		--transport=fc --traddr=nn-0x1:pn-0x2 --host-traddr=nn-0x3:pn-0x4
	END
	in_sh 'for word in rd.nonvmf rd.nonvmf=1 rd.nonvmf=0 rd.nonvmf=no rd.nvmf.nonbft rd.nvmf.nonbft=0 rd.nvmf.discover=fc,auto; do
		nvk_cmdline "$word"; echo "$word:$nvk_off:$nvk_nonbft:$nvk_fc_auto"; done'
	diff - <(echo "$output") <<-'END'
		rd.nonvmf:1::
		rd.nonvmf=1:1::
		rd.nonvmf=0:::
		rd.nonvmf=no:::
		rd.nvmf.nonbft::1:
		rd.nvmf.nonbft=0:::
		rd.nvmf.discover=fc,auto:::1
	END
}

@test "command line: nonsense is said and left out" {
	# shellcheck disable=SC2016
	for word in tcp tcp, tcp,none carrier-pigeon,192.0.2.1 tcp,192.0.2.1,,4420,5 'tcp,$(reboot)' 'tcp,192.0.2.1;reboot' 'tcp,`id`' \
		fc,nn-0x1:pn-0x2 'tcp,192.0.2.1,,44*20'; do
		in_sh "nvk_cmdline 'rd.nvmf.discover=$word'; echo \"left:\$nvk_discover\""
		[[ $output == *"nvmekit: rd.nvmf.discover"*"left:" ]]
	done
	# Nothing of the command line is a pattern for files.
	in_sh 'cd /; nvk_cmdline "rd.nvmf.hostnqn=* /*"; echo "$nvk_hostnqn"'
	[ "$output" = '*' ]
}

@test "connecting: firmware's table, then the command line, then the configuration; failures count" {
	: >"$root/sys/firmware/acpi/tables/NBFT"
	echo "-t tcp -a 192.0.2.3" >"$root/etc/nvme/discovery.conf"
	in_sh ': >"$NVK_ROOT/asked"
		nvk_cmdline "rd.nvmf.discover=tcp,192.0.2.1 rd.nvmf.discover=tcp,192.0.2.66 rd.nvmf.discover=tcp,192.0.2.2"
		nvk_wanted && nvk_needs_network && ! nvk_connect; cat "$NVK_ROOT/asked"'
	diff - <(echo "$output") <<-'END'
		connect-all --nbft
		connect-all --transport=tcp --traddr=192.0.2.1
		connect-all --transport=tcp --traddr=192.0.2.66
		connect-all --transport=tcp --traddr=192.0.2.2
		connect-all --no-nbft --context=autoconnect
	END
	# A file that has nothing but comments is no configuration, wherever the end of its last line is.
	mkdir "$root/etc/nvme/nvme-fabrics.conf.d"
	printf '# Extracting default parameters\n\n; none' >"$root/etc/nvme/discovery.conf"
	in_sh 'nvk_cmdline rd.nvmf.nonbft; ! nvk_config; ! nvk_wanted'
	printf '[Host]' >"$root/etc/nvme/nvme-fabrics.conf.d/x.conf"
	in_sh 'nvk_config'
	rm -r "$root/etc/nvme/discovery.conf" "$root/etc/nvme/nvme-fabrics.conf.d"
	in_sh ': >"$NVK_ROOT/asked"; nvk_cmdline "rd.nvmf.nonbft"; ! nvk_wanted; nvk_connect; cat "$NVK_ROOT/asked"'
	[ -z "$output" ]
	in_sh 'nvk_cmdline "rd.nonvmf"; ! nvk_wanted'
	in_sh 'nvk_cmdline "rd.nvmf.nonbft rd.nvmf.discover=fc,nn-0x1:pn-0x2,nn-0x3:pn-0x4"; nvk_wanted; ! nvk_needs_network'
	mkdir -p "$root/sys/class/fc/fc_udev_device"
	: >"$root/sys/class/fc/fc_udev_device/nvme_discovery"
	in_sh 'nvk_cmdline "rd.nvmf.nonbft rd.nvmf.discover=fc,auto"; nvk_wanted; nvk_connect; cat "$NVK_ROOT/sys/class/fc/fc_udev_device/nvme_discovery"'
	[ "$output" = add ]
}

@test "who this host is" {
	echo nqn.old >"$root/etc/nvme/hostnqn"
	echo old >"$root/etc/nvme/hostid"
	in_sh 'cd "$NVK_ROOT/etc/nvme"; nvk_cmdline ""; nvk_identity; cat hostnqn hostid'
	[ "$output" = $'nqn.old\nold' ]
	# The identifier of another name does not stay.
	in_sh 'cd "$NVK_ROOT/etc/nvme"; echo old >hostid; nvk_cmdline "rd.nvmf.hostnqn=nqn.new"; nvk_identity; cat *'
	[ "$output" = nqn.new ]
	in_sh 'cd "$NVK_ROOT/etc/nvme"; nvk_cmdline "rd.nvmf.hostnqn=nqn.new rd.nvmf.hostid=new"; nvk_identity; cat hostnqn hostid'
	[ "$output" = $'nqn.new\nnew' ]
}

@test "the firmware's table: interfaces, and what dracut is told" {
	export NVMEKIT_SYSTEM=demo
	in_sh nvk_nbft_interfaces
	diff - <(echo "$output" | grep -v simulated) <<-'END'
		nbft0h1 02:00:5e:10:00:01 0 dhcp 24 192.0.2.1 192.0.2.53 - fjord-1
		nbft0h2 02:00:5e:10:00:02 20 2001:db8:2::11 64 - - - -
	END
	in_sh 'nvk_nbft_interfaces | nvk_dracut_lines'
	diff - <(echo "$output" | grep -v simulated) <<-'END'
		ifname=nbft0h1:02:00:5e:10:00:01
		ip=nbft0h1:dhcp
		ifname=nbft0h2:02:00:5e:10:00:02
		vlan=nbft0h2.20:nbft0h2
		ip=[2001:db8:2::11]:::64::nbft0h2.20:none
	END
	in_sh 'echo "nbft0h1 02:00:5e:10:00:01 0 192.0.2.7 24 192.0.2.1 192.0.2.53 192.0.2.54 me" | nvk_dracut_lines'
	diff - <(echo "$output") <<-'END'
		ifname=nbft0h1:02:00:5e:10:00:01
		ip=192.0.2.7::192.0.2.1:24:me:nbft0h1:none:192.0.2.53:192.0.2.54
	END
}

@test "the firmware's table: hostile values go nowhere" {
	# hfi NAME VALUE: an interface in which that member has this value
	hfi() {
		local member
		echo '{ "tables":[ {'
		echo '"filename":"x",'
		echo '"hfi":['
		echo '{'
		for member in index=1 mac_addr=02:00:00:00:00:01 vlan=0 ipaddr=192.0.2.1 subnet_mask_prefix=24 gateway_ipaddr=192.0.2.2 \
			primary_dns_ipaddr=:: secondary_dns_ipaddr=:: dhcp_server_ipaddr= host_name=me; do
			[ "${member%%=*}" != "$1" ] || member=$1=$2
			printf '"%s":"%s",\n' "${member%%=*}" "${member#*=}"
		done
		printf '%s\n' '}' ']' '}'
	}
	hfi none '' >"$root/table"
	in_sh 'nvk_nbft_lines <"$NVK_ROOT/table"'
	[ "$output" = "nbft0h1 02:00:00:00:00:01 0 192.0.2.1 24 192.0.2.2 - - me" ]
	# shellcheck disable=SC2016
	while read -r name value want; do
		hfi "$name" "$value" >"$root/table"
		in_sh 'nvk_nbft_lines <"$NVK_ROOT/table" 2>/dev/null'
		[ "$output" = "${want:+nbft0h1 02:00:00:00:00:01 0 $want}" ] || { echo "$name=$value: $output"; false; }
	done <<-'END'
		index 1;reboot
		mac_addr $(id):00:00:00:00:01
		mac_addr 02:00
		vlan 1;2
		ipaddr 192.0.2.1;id
		ipaddr ::
		subnet_mask_prefix x
		gateway_ipaddr $(id) 192.0.2.1 24 - - - me
		host_name a;b 192.0.2.1 24 192.0.2.2 - - -
	END
}

@test "interfaces are set up: addresses, VLANs, DHCP; what is missing is said" {
	for name in eth0 eth1 eth1.20; do
		mkdir -p "$root/sys/class/net/$name"
	done
	: >"$root/sys/class/net/eth0/device"
	: >"$root/sys/class/net/eth1/device"
	echo 02:00:5e:10:00:01 >"$root/sys/class/net/eth0/address"
	echo 02:00:5e:10:00:02 | tee "$root/sys/class/net/eth1/address" >"$root/sys/class/net/eth1.20/address"
	for name in ip ipconfig dhclient; do
		printf '#!/bin/sh\necho "%s $*"\n' $name >"$root/bin/$name"
		chmod +x "$root/bin/$name"
	done
	# busybox has an ip of its own.
	shells=(dash bash)
	in_sh 'nvk_ip_setup <<END
nbft0h1 02:00:5e:10:00:01 0 dhcp 24 - - - -
nbft0h2 02:00:5e:10:00:02 20 2001:db8::11 64 2001:db8::1 - - -
END'
	diff - <(echo "$output") <<-'END'
		ip link set dev eth0 up
		ipconfig -t 60 -c dhcp -d eth0
		ip link set dev eth1 up
		ip link add link eth1 name eth1.20 type vlan id 20
		ip link set dev eth1.20 up
		ip address replace 2001:db8::11/64 dev eth1.20
		ip route replace default via 2001:db8::1 dev eth1.20
	END
	in_sh '! echo "nbft0h3 02:00:5e:10:00:03 0 dhcp 24 - - - -" | nvk_ip_setup'
	[[ $output == *"no interface has the MAC address 02:00:5e:10:00:03"* ]]
}

@test "dracut's hooks: network and what runs when" {
	export NVMEKIT_SYSTEM=demo
	cat >"$BATS_TEST_TMPDIR/dracut" <<-'END'
		getcmdline() { cat "$NVK_ROOT/proc/cmdline"; }
		initqueue() { echo "initqueue $*"; }
	END
	hook() {
		for sh in "${shells[@]}"; do
			# shellcheck disable=SC2086
			run $sh -ec ". '$BATS_TEST_TMPDIR/dracut'; . '$system/dracut/95nvmekit/$1'"
			[ "$status" -eq "${2-0}" ] || { echo "$sh: $output"; return 1; }
		done
	}
	hook parse-nvmekit.sh
	[ -z "$output" ]
	echo "rd.nvmf.discover=tcp,192.0.2.1 rd.nvmf.hostnqn=nqn.x" >"$root/proc/cmdline"
	hook parse-nvmekit.sh
	[[ $output == *"initqueue --online --unique --name nvmekit-online /sbin/nvmekit-connect"* ]]
	grep -qx rd.neednet=1 "$root/etc/cmdline.d/41-nvmekit-net.conf"
	[ ! -e "$root/etc/cmdline.d/40-nvmekit-nbft.conf" ]
	[ "$(cat "$root/etc/nvme/hostnqn")" = nqn.x ]
	: >"$root/sys/firmware/acpi/tables/NBFT"
	hook parse-nvmekit.sh
	grep -qx ip=nbft0h1:dhcp "$root/etc/cmdline.d/40-nvmekit-nbft.conf"
	rm -f "$root/asked" "$root/etc/cmdline.d"/*
	hook nvmekit-connect.sh
	[[ $(cat "$root/asked") == $'connect-all --nbft\nconnect-all --transport=tcp --traddr=192.0.2.1\n'* ]]
	echo "rd.nonvmf rd.nvmf.discover=tcp,192.0.2.1" >"$root/proc/cmdline"
	rm "$root/asked"
	hook parse-nvmekit.sh
	hook nvmekit-connect.sh
	[ -z "$output" ]
	[ ! -e "$root/asked" ]
	[ -z "$(ls "$root/etc/cmdline.d")" ]
}

@test "dracut's module: when it goes in, and what" {
	made dracut/95nvmekit/module-setup.sh.in >"$BATS_TEST_TMPDIR/module-setup.sh"
	cat >"$BATS_TEST_TMPDIR/run" <<-'END'
		. "$1"
		moddir=/M initdir=$NVK_ROOT dracutsysrootdir=$NVK_ROOT
		require_binaries() { [ -z "${none-}" ]; }
		for_each_host_dev_and_slaves() { [ -n "${fabrics-}" ]; }
		for name in inst_multiple inst_simple inst_hook inst_script inst_rules instmods dracut_need_initqueue; do
			eval "$name() { echo $name \$*; }"
		done
		"$2"
	END
	module() { run env "${@:2}" bash "$BATS_TEST_TMPDIR/run" "$BATS_TEST_TMPDIR/module-setup.sh" "$1"; }
	module check
	[ "$status" -eq 0 ]
	module check none=1
	[ "$status" -eq 1 ]
	module check hostonly=1 fabrics=1
	[ "$status" -eq 0 ]
	module check hostonly=1
	[ "$status" -eq 255 ]
	: >"$root/sys/firmware/acpi/tables/NBFT"
	module check hostonly=1
	[ "$status" -eq 0 ]
	echo nqn.x >"$root/etc/nvme/hostnqn"
	module install hostonly=1 hostonly_cmdline=yes
	[ "$status" -eq 0 ]
	[ "$(cat "$root/etc/cmdline.d/95nvmekit.conf")" = " rd.nvmf.hostnqn=nqn.x" ]
	for want in "inst_multiple nvmekit" "inst_hook cmdline 92 /M/parse-nvmekit.sh" "inst_script /M/nvmekit-connect.sh /sbin/nvmekit-connect" \
		"inst_simple /usr/share/nvmekit/boot.sh /lib/nvmekit/boot.sh" "inst_simple /usr/share/nvmekit/nbft.sh /lib/nvmekit/nbft.sh"; do
		[[ $'\n'$output$'\n' == *$'\n'"$want"$'\n'* ]]
	done
	# What was written for this machine alone goes into its own initramfs alone.
	[[ $output == *discovery.conf* ]]
	ln -s discovery.conf "$root/etc/nvme/discovery.conf.converted"
	module install hostonly=1
	[[ $output == *config.json* && $output != *discovery.conf* ]]
	rm "$root/etc/nvme/discovery.conf.converted"
	module install
	[[ $output != *discovery.conf* ]]
	module installkernel
	[[ $output == *nvme_tcp* ]]
}

@test "initramfs-tools' script: prerequisites, network, connecting, and trying again" {
	script=$system/initramfs-tools/scripts/local-top/nvmekit
	cat >"$root/scripts/functions" <<-'END'
		configure_networking() { echo network; }
		wait_for_udev() { echo "settle $*"; }
		log_warning_msg() { echo "warning: $*"; }
	END
	printf '#!/bin/sh\n' >"$root/bin/modprobe"
	chmod +x "$root/bin/modprobe"
	export NVK_TRIES=2 NVK_PAUSE=0
	# busybox would take its own modprobe.
	for sh in dash bash; do
		run $sh "$script" prereqs
		[ "$status" -eq 0 ] && [ -z "$output" ]
		echo quiet >"$root/proc/cmdline"
		run $sh "$script"
		[ "$status" -eq 0 ] && [ -z "$output" ]
		rm -f "$root/asked"
		echo "rd.nvmf.discover=tcp,192.0.2.1" >"$root/proc/cmdline"
		run $sh "$script"
		[ "$status" -eq 0 ]
		[ "$output" = $'network\nsettle 10' ]
		[ "$(cat "$root/asked")" = "connect-all --transport=tcp --traddr=192.0.2.1" ]
		rm -f "$root/asked"
		echo "rd.nvmf.discover=tcp,192.0.2.66" >"$root/proc/cmdline"
		run $sh "$script"
		[ "$status" -eq 0 ]
		[[ $output == *"warning: nvmekit: not everything is connected"* ]]
		[ "$(wc -l <"$root/asked")" -eq 2 ]
	done
}

@test "initramfs-tools' hook: when it does something, and what" {
	made initramfs-tools/hooks/nvmekit.in >"$BATS_TEST_TMPDIR/hook"
	mkdir -p "$root/usr/share/initramfs-tools" "$root/sys/dev/block" "$root/sys/devices/nvme0n1/device/nvme0" "$root/sys/devices/dm-0/slaves"
	for name in copy_exec copy_file manual_add_modules; do
		echo "$name() { echo $name \$*; }"
	done >"$root/usr/share/initramfs-tools/hook-functions"
	printf '#!/bin/sh\necho 253:0\n' >"$root/bin/mountpoint"
	chmod +x "$root/bin/mountpoint"
	ln -s ../../devices/dm-0 "$root/sys/dev/block/253:0"
	ln -s ../../nvme0n1 "$root/sys/devices/dm-0/slaves/nvme0n1"
	transport=$root/sys/devices/nvme0n1/device/nvme0/transport
	hook() { run env "$@" dash -e "$BATS_TEST_TMPDIR/hook"; [ "$status" -eq 0 ]; }
	[ -z "$(dash "$BATS_TEST_TMPDIR/hook" prereqs)" ]
	echo pcie >"$transport"
	hook
	[ -z "$output" ]
	echo tcp >"$transport"
	echo nqn.x >"$root/etc/nvme/hostnqn"
	hook
	[[ $output == *"copy_exec /usr/bin/nvmekit /usr/bin/nvmekit"*"manual_add_modules nvme_fabrics nvme_tcp"*"/lib/nvmekit/boot.sh"*"/etc/nvme/hostnqn"* ]]
	hook NVMEKIT=no
	[ -z "$output" ]
	echo pcie >"$transport"
	hook NVMEKIT=yes
	[[ $output == *copy_exec* ]]
	# What has been converted is not read any more.
	: >"$root/etc/nvme/config.json"
	hook NVMEKIT=yes
	[[ $output == */etc/nvme/config.json* ]]
	ln -s config.json "$root/etc/nvme/config.json.converted"
	hook NVMEKIT=yes
	[[ $output != */etc/nvme/config.json* ]]
	hook NVMEKIT=auto
	[ -z "$output" ]
	: >"$root/sys/firmware/acpi/tables/NBFT"
	hook NVMEKIT=auto
	[[ $output == *copy_exec* ]]
}

@test "initramfs-tools: secrets make it unreadable to others" {
	conf=$system/initramfs-tools/conf-hooks.d/nvmekit
	grep -q 'UMASK=0077' "$conf"
	sed "s|/etc/nvme|$root/etc/nvme|g" "$conf" >"$BATS_TEST_TMPDIR/conf"
	read_it() { dash -euc "UMASK=; . '$BATS_TEST_TMPDIR/conf'; echo \"\$UMASK\""; }
	[ -z "$(read_it)" ]
	echo '--transport=tcp --traddr=192.0.2.1' >"$root/etc/nvme/discovery.conf"
	[ -z "$(read_it)" ]
	echo '{"dhchap_key":"DHHC-1:00:xyz:"}' >"$root/etc/nvme/config.json"
	[ "$(read_it)" = 0077 ]
	rm "$root/etc/nvme/config.json"
	for line in 'kxchap-secret = DHHC-1:00:xyz:' 'tls-key = NVMeTLSkey-1:01:xyz:'; do
		echo "$line" >"$root/etc/nvme/nvme-fabrics.conf"
		[ "$(read_it)" = 0077 ]
	done
}
