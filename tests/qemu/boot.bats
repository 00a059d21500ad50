#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# What system/ ships, with a real udev, a real systemd and a real kernel: from the event to the connection.

bats_require_minimum_version 1.5.0
load common
load nvmet
load fabrics

system=$BATS_TEST_DIRNAME/../../system

setup()
{
	unset NVMEKIT_SYSTEM NVMEKIT_SYSROOT
	: "${NVMEKIT:?}"
	fabrics_setup
	host=(--hostnqn="$fabrics_hostnqn" --hostid="$fabrics_hostid")
	a=(-t tcp -a 127.0.0.1 -s 4420)
	# As installed below /usr; and other tools' rules for the same are off, as docs/boot.md says.
	cp "$NVMEKIT" /usr/bin/nvmekit
	mkdir -p /etc/udev/rules.d /usr/lib/udev/rules.d
	made udev/70-nvmekit-autoconnect.rules.in >/usr/lib/udev/rules.d/70-nvmekit-autoconnect.rules
	ln -sf /dev/null /etc/udev/rules.d/70-nvmf-autoconnect.rules
}

# The end of a process namespace's first program is the end of all others in it.
teardown()
{
	"$NVMEKIT_CACHE/bin/udevadm" settle --timeout=60 || :
	for name in udevd systemd; do
		[ ! -e "$BATS_TEST_TMPDIR/$name" ] || kill -KILL "$(<"$BATS_TEST_TMPDIR/$name")" || :
	done
	# What udev has started goes on without it.
	for ((try = 0; try < 100; try++)); do
		[[ $(cat /proc/[0-9]*/comm 2>/dev/null) == *nvmekit* ]] || break
		sleep 0.2
	done
	rm -rf /run/systemd /run/udev
	fabrics_teardown
	rm -f /usr/lib/udev/rules.d/70-nvmekit-* /etc/systemd/system/nvmekit-* /usr/bin/nvmekit
}

# made FILE: as make would install it below /usr
made()
{
	sed -e 's|@bindir@|/usr/bin|g' -e 's|@systemctl@|/usr/bin/systemctl|g' -e 's|@pkgdatadir@|/usr/share/nvmekit|g' \
		-e 's|@udevrulesdir@|/usr/lib/udev/rules.d|g' -e 's|@systemdunitdir@|/usr/lib/systemd/system|g' "$system/$1"
}

# udevd_start [COMMAND...]: in the background, through that command
udevd_start()
{
	local try

	"$@" "$NVMEKIT_CACHE/bin/systemd-udevd" </dev/null >/run/udevd.log 2>&1 3>&- &
	echo $! >"$BATS_TEST_TMPDIR/udevd"
	for ((try = 0; try < 100; try++)); do
		! "$NVMEKIT_CACHE/bin/udevadm" control --ping --timeout=10 2>/dev/null || return 0
		sleep 0.2
	done
	cat /run/udevd.log
	return 1
}

# watched: a subsystem, and a discovery controller that stays
watched()
{
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	code 0 "$NVMEKIT" connect-all "${a[@]}" "${host[@]}" --persistent
	fabrics_wait 2
	[ -n "$(fabrics_controllers nqn.2023-01.org.nvmekit:a)" ]
}

# systemd_start: one of its own in the guest, with our units and nothing to start; sd COMMAND... runs beside it. systemctl has
# to run there: to other process namespaces systemd does not listen.
systemd_start()
{
	local file try pid

	for file in "$system"/systemd/*.in; do
		made "systemd/${file##*/}" >"/etc/systemd/system/$(basename "$file" .in)"
	done
	cp "$system"/systemd/*.target /etc/systemd/system/
	printf '%s\n' '[Unit]' 'DefaultDependencies=no' 'AllowIsolate=yes' >/etc/systemd/system/nvmekit-test.target
	# A boot comes with all services, and would empty /tmp.
	for file in /lib/systemd/system/{sysinit,basic,local-fs,sockets,timers}.target.wants/*; do
		[ ! -e "$file" ] || ln -sfn /dev/null "/etc/systemd/system/${file##*/}"
	done
	# What our units want and what is of no use here: a network that is there already.
	for file in network-online.target remote-fs-pre.target modprobe@.service systemd-udevd.service; do
		rm -f "/etc/systemd/system/$file"
		printf '%s\n' '[Unit]' 'DefaultDependencies=no' >"/etc/systemd/system/$file"
	done
	printf '%s\n' '[Service]' 'Type=oneshot' 'ExecStart=-/sbin/modprobe -abq %I' >>/etc/systemd/system/modprobe@.service
	printf '%s\n' '[Service]' 'ExecStart=/bin/true' >>/etc/systemd/system/systemd-udevd.service
	mkdir -p /sys/fs/cgroup
	mountpoint -q /sys/fs/cgroup || mount -t cgroup2 cgroup /sys/fs/cgroup
	env container=test unshare --fork --pid --mount --mount-proc /lib/systemd/systemd --system --unit=nvmekit-test.target \
		--log-target=console --show-status=no </dev/null >/run/systemd.log 2>&1 3>&- &
	pid=$!
	for ((try = 0; try < 300; try++)); do
		[[ ! -S /run/systemd/private ]] || break
		sleep 0.5
	done
	# The kernel ends the line with a blank.
	read -r sd_pid _ <"/proc/$pid/task/$pid/children" || :
	echo "$sd_pid" >"$BATS_TEST_TMPDIR/systemd"
	for ((try = 0; try < 600; try++)); do
		! sd systemctl is-active --quiet nvmekit-test.target 2>/dev/null || return 0
		sleep 0.5
	done
	cat /run/systemd.log
	return 1
}

sd()
{
	nsenter --target "$sd_pid" --pid --mount -- "$@"
}

# unit_result UNIT: waits until it has run; $result is success or what failed
unit_result()
{
	local try

	for ((try = 0; try < 300; try++)); do
		[[ $(sd systemctl show -P ActiveState "$1") != activ* ]] || { sleep 0.2; continue; }
		result=$(sd systemctl show -P Result "$1")
		return
	done
	return 1
}

@test "udev alone: a new subsystem is connected as soon as the target tells of it" {
	udevd_start
	watched
	nvmet_subsystem nqn.2023-01.org.nvmekit:new SERN
	nvmet_export 1 nqn.2023-01.org.nvmekit:new
	fabrics_wait 1 nqn.2023-01.org.nvmekit:new
	# A referral is a change too.
	fabrics_target 2 4421 nqn.2023-01.org.nvmekit:b SERB addr_traddr=127.0.0.2
	fabrics_referral 1 r 127.0.0.2 4421
	fabrics_wait 1 nqn.2023-01.org.nvmekit:b
	[ "$(fabrics_controllers nqn.2023-01.org.nvmekit:a | wc -l)" -eq 1 ]
}

@test "udev alone: what changed while the discovery controller was away" {
	udevd_start
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	code 0 "$NVMEKIT" connect-all "${a[@]}" "${host[@]}" --persistent --reconnect-delay=1 --keep-alive-tmo=2
	fabrics_wait 2
	fabrics_down 1
	fabrics_state "$(fabrics_controllers nqn.2023-01.org.nvmekit:a)" connecting
	nvmet_subsystem nqn.2023-01.org.nvmekit:new SERN
	fabrics_was+=(nqn.2023-01.org.nvmekit:new)
	fabrics_up 1
	fabrics_wait 1 nqn.2023-01.org.nvmekit:new
}

@test "systemd: the event, the unit and the connection; the service at boot, all of it hardened as shipped" {
	systemd_start
	udevd_start sd
	watched
	for dev in $(fabrics_controllers); do
		! has "/sys/class/nvme/$dev/cntrltype" discovery || break
	done
	nvmet_subsystem nqn.2023-01.org.nvmekit:new SERN
	nvmet_export 1 nqn.2023-01.org.nvmekit:new
	fabrics_wait 1 nqn.2023-01.org.nvmekit:new || { cat /run/systemd.log /run/udevd.log; false; }
	unit_result "nvmekit-connect@$dev.service"
	[ "$result" = success ]
	# Every event counts, also many at once.
	for i in 1 2 3 4 5 6 7 8; do
		nvmet_subsystem nqn.2023-01.org.nvmekit:many$i MANY$i
		nvmet_export 1 nqn.2023-01.org.nvmekit:many$i
	done
	fabrics_wait 1 nqn.2023-01.org.nvmekit:many8
	for i in 1 2 3 4 5 6 7; do
		fabrics_wait 1 nqn.2023-01.org.nvmekit:many$i
	done
	unit_result "nvmekit-connect@$dev.service"
	[ "$result" = success ]
	fabrics_disconnect_all

	# Without a configuration there is nothing to do, which is no failure.
	sd systemctl start nvmekit-autoconnect.service
	fabrics_wait 0
	echo "--transport=tcp --traddr=127.0.0.1 --trsvcid=4420" >/etc/nvme/discovery.conf
	sd systemctl start nvmekit-autoconnect.service || { cat /run/systemd.log; false; }
	fabrics_wait 1 nqn.2023-01.org.nvmekit:a
	fabrics_wait 1 nqn.2023-01.org.nvmekit:new
	# Something that cannot be connected is a failure of the service.
	echo "--transport=tcp --traddr=127.0.0.1 --trsvcid=4499" >/etc/nvme/discovery.conf
	run sd systemctl start nvmekit-autoconnect.service
	sd systemctl show -p Result,ExecMainStatus,ConditionResult,ActiveState nvmekit-autoconnect.service
	[ "$status" -ne 0 ]
	[ "$(sd systemctl show -P ExecMainStatus nvmekit-autoconnect.service)" -eq 11 ]
}

@test "systemd: TLS as the services have it: keys of a file, and the daemon is seen" {
	systemd_start
	[ -d /sys/module/nvme_tcp ] || modprobe nvme-tcp
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA addr_tsas=tls1.3
	# The discovery service is a subsystem too.
	for nqn in nqn.2023-01.org.nvmekit:a nqn.2014-08.org.nvmexpress.discovery; do
		[ -n "$(tls_psk "$fabrics_hostnqn" $nqn)" ]
	done
	"$NVMEKIT" keys-export --keyfile=/etc/nvme/tls-keys
	[ "$(stat -c %a /etc/nvme/tls-keys)" = 600 ]
	# A line is the identity, which has blanks, and the key.
	while read -r line; do
		"$NVMEKIT" keys-revoke --identity="${line% *}"
	done </etc/nvme/tls-keys
	echo "--transport=tcp --traddr=127.0.0.1 --trsvcid=4420 --tls" >/etc/nvme/discovery.conf
	# In its process namespace, as it would run.
	tlshd_start sd
	sd systemctl start nvmekit-autoconnect.service || {
		sd systemctl show -p Id,Result,ExecMainStatus nvmekit-tls-keys.service nvmekit-autoconnect.service
		cat /run/tlshd.log /proc/keys
		sd "$NVMEKIT" connect-all || :
		false
	}
	fabrics_wait 1 nqn.2023-01.org.nvmekit:a
	[[ $(trimmed "/sys/class/nvme/$(fabrics_controllers nqn.2023-01.org.nvmekit:a)/tls_key") =~ ^[0-9a-f]+$ ]]
	rm /etc/nvme/tls-keys
}

@test "initramfs-tools: mkinitramfs with our hook; what it made connects" {
	boot=$(readlink -f "$NVMEKIT_CACHE/bin")/../boot
	tools=/usr/share/initramfs-tools
	mkdir -p /usr/share/nvmekit /boot
	cp "$boot/../kernel/boot/config-$(uname -r)" /boot/
	cp -r "$boot/usr/share/initramfs-tools" /usr/share/
	cp -r "$boot/etc/initramfs-tools" /etc/
	mkdir -p /etc/initramfs-tools/conf.d /etc/initramfs-tools/scripts /etc/initramfs-tools/hooks
	cp "$system"/initramfs/*.sh /usr/share/nvmekit/
	# The other hooks are none of our business, and take long.
	rm -f $tools/hooks/* $tools/scripts/*/*
	made initramfs-tools/hooks/nvmekit.in >$tools/hooks/nvmekit
	mkdir -p $tools/scripts/local-top $tools/conf-hooks.d
	cp "$system/initramfs-tools/scripts/local-top/nvmekit" $tools/scripts/local-top/
	cp "$system/initramfs-tools/conf-hooks.d/nvmekit" $tools/conf-hooks.d/
	chmod +x $tools/hooks/nvmekit
	echo NVMEKIT=yes >/etc/initramfs-tools/conf.d/nvmekit
	printf '%s\n' MODULES=list BUSYBOX=n COMPRESS=gzip >/etc/initramfs-tools/conf.d/test
	# mkinitramfs has a PATH of its own.
	cp "$boot/bin/cpio" /usr/bin/cpio
	cp -r "$boot/usr/lib/klibc" "$boot/usr/lib/initramfs-tools" /usr/lib/ 2>/dev/null || :
	for name in depmod modinfo; do
		printf '#!/bin/sh\nexec "%s" --inhibit-cache --library-path "%s" --argv0 %s "%s" "$@"\n' \
			"$boot"/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$boot/lib/x86_64-linux-gnu:$boot/usr/lib/x86_64-linux-gnu" \
			$name "$boot/bin/kmod" >/sbin/$name
		chmod +x /sbin/$name
	done
	made=$BATS_TEST_TMPDIR/initrd
	run "$boot/usr/sbin/mkinitramfs" -k -o "$made" "$(uname -r)"
	echo "$output"
	[ -s "$made" ]
	tree=$BATS_TEST_TMPDIR/tree
	mkdir "$tree"
	(cd "$tree" && gzip -dc <"$made" | cpio -id --quiet)
	for file in usr/bin/nvmekit lib/nvmekit/boot.sh lib/nvmekit/nbft.sh scripts/local-top/nvmekit etc/nvme/hostnqn \
		lib/udev/rules.d/70-nvmekit-autoconnect.rules; do
		[ -s "$tree/$file" ] || [ -s "$tree/usr/$file" ] || { find "$tree" | head -n 300; echo "no $file"; false; }
	done
	# The program runs there with the libraries that were copied, and the script connects. busybox comes with its own hook
	# otherwise.
	mkdir -p "$tree/bin"
	cp -L "$NVMEKIT_CACHE/bin/busybox" "$tree/bin/busybox"
	chroot "$tree" /bin/busybox --install -s /bin
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	mount --bind /dev "$tree/dev" 2>/dev/null || { mkdir -p "$tree/dev"; mount --bind /dev "$tree/dev"; }
	mkdir -p "$tree/sys" "$tree/proc"
	mount --bind /sys "$tree/sys"
	echo "rd.nvmf.discover=tcp,127.0.0.1,,4420 rd.nvmf.nonbft" >"$BATS_TEST_TMPDIR/cmdline"
	mount -t proc proc "$tree/proc"
	mount --bind "$BATS_TEST_TMPDIR/cmdline" "$tree/proc/cmdline"
	cat >"$tree/scripts/functions" <<-'END'
		configure_networking() { :; }
		wait_for_udev() { :; }
		log_warning_msg() { echo "$@"; }
	END
	run chroot "$tree" /bin/sh /scripts/local-top/nvmekit
	echo "$output"
	umount "$tree/proc/cmdline" "$tree/proc" "$tree/sys" "$tree/dev"
	[ "$status" -eq 0 ]
	fabrics_wait 1 nqn.2023-01.org.nvmekit:a
}
