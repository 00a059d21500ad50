#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# Connections over TCP with a real kernel at both ends: discovery, what identifies a connection, authentication, TLS, many
# subsystems, and what happens when a target goes away.

bats_require_minimum_version 1.5.0
load common
load nvmet
load fabrics

setup()
{
	unset NVMEKIT_SYSTEM NVMEKIT_SYSROOT
	: "${NVMEKIT:?}"
	fabrics_setup
	host=(--hostnqn="$fabrics_hostnqn" --hostid="$fabrics_hostid")
	a=(-t tcp -a 127.0.0.1 -s 4420)
}

teardown()
{
	fabrics_teardown
}

# member NAME: the first value of that name in the JSON of $output, behind what is said of the document itself, in $REPLY
member()
{
	local answer=${output#*$'\n  },\n'} rest

	rest=${answer#*\""$1"\":}
	[[ $rest != "$answer" ]] || {
		printf 'no member %s in\n%s\n' "$1" "$output"
		return 1
	}
	rest=${rest%%$'\n'*}
	rest=${rest%,}
	rest=${rest#\"}
	REPLY=${rest%\"}
}

# is NAME VALUE...: the members' values in $output
is()
{
	while (($#)); do
		member "$1" || return
		[[ $REPLY == "$2" ]] || {
			printf '%s is %s, not %s, in\n%s\n' "$1" "$REPLY" "$2" "$output"
			return 1
		}
		shift 2
	done
}

# connect ARGUMENT...: as this host; $dev is the controller
connect()
{
	code 0 "$NVMEKIT" connect "${host[@]}" "$@" -o json
	member device
	dev=$REPLY
}

# refused CODE ARGUMENT...: exits so, and no controller is left
refused()
{
	code "$1" "$NVMEKIT" connect "${host[@]}" "${@:2}"
	fabrics_wait 0
}

# secret_file TEXT: a file that only its owner reads, in $REPLY
secret_file()
{
	REPLY=$BATS_TEST_TMPDIR/secret.$((++secrets))
	printf '%s\n' "$1" >"$REPLY"
	chmod 600 "$REPLY"
}

# --- discovery

@test "discover: records, referrals, a unique name; nothing stays connected" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	fabrics_target 2 4421 nqn.2023-01.org.nvmekit:b SERB addr_traddr=127.0.0.2
	fabrics_discovery_nqn nqn.2023-01.org.nvmekit:discovery
	fabrics_referral 1 r 127.0.0.2 4421
	code 0 "$NVMEKIT" discover "${a[@]}" "${host[@]}"
	[[ $output == *"records: 3"* ]]
	[[ $output == *"Current discovery subsystem nqn.2023-01.org.nvmekit:discovery at tcp 127.0.0.1 4420, port ID 1"* ]]
	[[ $output == *"NVM subsystem nqn.2023-01.org.nvmekit:a at tcp 127.0.0.1 4420, port ID 1"* ]]
	[[ $output == *"referral nqn.2014-08.org.nvmexpress.discovery at tcp 127.0.0.2 4421, port ID 99"* ]]
	[[ $output != *nqn.2023-01.org.nvmekit:b* ]]
	code 0 "$NVMEKIT" discover "${a[@]}" "${host[@]}" --referrals
	[[ $output == *"NVM subsystem nqn.2023-01.org.nvmekit:b at tcp 127.0.0.2 4421, port ID 2"* ]]
	# By its own name too.
	code 0 "$NVMEKIT" discover "${a[@]}" "${host[@]}" --nqn=nqn.2023-01.org.nvmekit:discovery -o json
	is subsysnqn nqn.2023-01.org.nvmekit:discovery numrec 3
	code 11 "$NVMEKIT" discover "${a[@]}" "${host[@]}" --nqn=nqn.2023-01.org.nvmekit:nobody
	fabrics_wait 0
}

@test "discover: as nvme-cli's, byte for byte in the log" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	fabrics_referral 1 r 127.0.0.2 4421
	code 0 "$NVMEKIT" discover "${a[@]}" "${host[@]}" --raw="$BATS_TEST_TMPDIR/ours"
	nvme_new discover "${a[@]}" "${host[@]}" --raw="$BATS_TEST_TMPDIR/theirs" >/dev/null
	cmp "$BATS_TEST_TMPDIR/ours" "$BATS_TEST_TMPDIR/theirs"
	[ "$(wc -c <"$BATS_TEST_TMPDIR/ours")" -eq $((1024 + 3 * 1024)) ]
}

@test "discover --persistent: the controller stays and is used again" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	code 0 "$NVMEKIT" discover "${a[@]}" "${host[@]}" --persistent -o json
	member device
	dev=$REPLY
	[ "$(fabrics_controllers)" = "$dev" ]
	has "/sys/class/nvme/$dev/cntrltype" discovery
	code 0 "$NVMEKIT" discover "${a[@]}" "${host[@]}" -o json
	is device "$dev"
	code 0 "$NVMEKIT" discover --device="$dev" -o json
	is device "$dev" numrec 2
	[ "$(fabrics_controllers)" = "$dev" ]
	code 0 "$NVMEKIT" discover "${a[@]}" "${host[@]}" --no-reuse -o json
	member device
	[ "$REPLY" != "$dev" ]
	[ "$(fabrics_controllers)" = "$dev" ]
}

# --- connecting

@test "connect: what it says is what the kernel has; again it is the same" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a --wait-for-namespaces
	is already false subsysnqn nqn.2023-01.org.nvmekit:a transport tcp traddr 127.0.0.1 trsvcid 4420 nsid 1 \
		cntlid "$(trimmed "/sys/class/nvme/$dev/cntlid")" name "$(ns_by SERA 1)"
	has "/sys/class/nvme/$dev/state" live
	[ -b "/dev/$(ns_by SERA 1)" ]
	first=$dev
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a
	is already true device "$first"
	code 11 "$NVMEKIT" connect "${host[@]}" "${a[@]}" -n nqn.2023-01.org.nvmekit:a --no-idempotent
	[[ $stderr == *"already connected"*"$first"* ]]
	[ "$(fabrics_controllers)" = "$first" ]
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a --duplicate-connect
	is already false
	fabrics_wait 2 nqn.2023-01.org.nvmekit:a
}

@test "connect: each part of a way makes another connection" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	fabrics_port 2 4421
	nvmet_export 2 nqn.2023-01.org.nvmekit:a
	fabrics_port 3 4420 addr_traddr=127.0.0.2
	nvmet_export 3 nqn.2023-01.org.nvmekit:a
	fabrics_port 4 4420 addr_adrfam=ipv6 addr_traddr=::1
	nvmet_export 4 nqn.2023-01.org.nvmekit:a
	ways=("-a 127.0.0.1 -s 4420" "-a 127.0.0.1 -s 4421" "-a 127.0.0.2 -s 4420" "-a ::1 -s 4420"
		"-a 127.0.0.1 -s 4420 --host-traddr=127.0.0.5" "-a 127.0.0.1 -s 4421 --host-iface=lo")
	want=("traddr=127.0.0.1,trsvcid=4420" "traddr=127.0.0.1,trsvcid=4421" "traddr=127.0.0.2,trsvcid=4420"
		"traddr=::1,trsvcid=4420" "host_traddr=127.0.0.5" "host_iface=lo")
	devs=()
	for i in "${!ways[@]}"; do
		# shellcheck disable=SC2086
		connect -t tcp -n nqn.2023-01.org.nvmekit:a ${ways[i]}
		is already false
		devs+=("$dev")
		[[ ,$(trimmed "/sys/class/nvme/$dev/address"), == *,"${want[i]}",* ]]
	done
	for i in "${!ways[@]}"; do
		# shellcheck disable=SC2086
		connect -t tcp -n nqn.2023-01.org.nvmekit:a ${ways[i]}
		is already true device "${devs[i]}"
	done
	# The long way to write an address is the same address.
	connect -t tcp -n nqn.2023-01.org.nvmekit:a -a 0:0:0:0:0:0:0:1 -s 4420
	is already true device "${devs[3]}"
	fabrics_wait "${#ways[@]}" nqn.2023-01.org.nvmekit:a
	# One of several goes by its name, the others stay.
	code 0 "$NVMEKIT" disconnect -d "${devs[2]}" -o json
	is disconnected 1
	fabrics_wait $((${#ways[@]} - 1)) nqn.2023-01.org.nvmekit:a
	code 0 "$NVMEKIT" disconnect -n nqn.2023-01.org.nvmekit:a -o json
	is disconnected $((${#ways[@]} - 1))
	fabrics_wait 0
	code 0 "$NVMEKIT" disconnect -n nqn.2023-01.org.nvmekit:a -o json
	is disconnected 0
	code 3 "$NVMEKIT" disconnect -n nqn.2023-01.org.nvmekit:a --no-idempotent
}

@test "connect: as several hosts" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a
	first=$dev
	host=(--hostnqn=nqn.2023-01.org.nvmekit:host2 --hostid=22222222-2222-4222-8222-222222222222)
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a
	is already false
	has "/sys/class/nvme/$dev/hostnqn" nqn.2023-01.org.nvmekit:host2
	has "/sys/class/nvme/$dev/hostid" 22222222-2222-4222-8222-222222222222
	has "/sys/class/nvme/$first/hostnqn" "$fabrics_hostnqn"
	# A host has one identifier: the kernel does not take another.
	host=(--hostnqn=nqn.2023-01.org.nvmekit:host2 --hostid=33333333-3333-4333-8333-333333333333)
	code 11 "$NVMEKIT" connect "${host[@]}" "${a[@]}" -n nqn.2023-01.org.nvmekit:a
	fabrics_wait 2
}

@test "connect: over loop, and by the name of a host" {
	nvmet_subsystem nqn.2023-01.org.nvmekit:l SERL
	nvmet_port 1 loop
	nvmet_export 1 nqn.2023-01.org.nvmekit:l
	connect -t loop -n nqn.2023-01.org.nvmekit:l
	has "/sys/class/nvme/$dev/transport" loop
	fabrics_target 2 4420 nqn.2023-01.org.nvmekit:a SERA
	connect -t tcp -a localhost -s 4420 -n nqn.2023-01.org.nvmekit:a
	is traddr 127.0.0.1
}

@test "connect: what the kernel is told" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a --queue-size=32 --nr-io-queues=1 --keep-alive-tmo=7 --reconnect-delay=3 \
		--ctrl-loss-tmo=never --fast-io-fail-tmo=9 --hdr-digest --data-digest
	dir=/sys/class/nvme/$dev
	has "$dir/sqsize" 31
	has "$dir/queue_count" 2
	has "$dir/kato" 7
	has "$dir/reconnect_delay" 3
	has "$dir/ctrl_loss_tmo" off
	has "$dir/fast_io_fail_tmo" 9
	# It has the digests, and nobody can see that.
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a --hdr-digest
	is already true
	[[ $stderr == *"the kernel does not tell whether connections that are there already have the digests"* ]]
	dd if="/dev/$(ns_by SERA 1)" of=/dev/null bs=4096 count=4 iflag=direct status=none
}

@test "connect: why it failed; nothing is left" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	refused 11 -t tcp -a 127.0.0.1 -s 4499 -n nqn.2023-01.org.nvmekit:a
	[[ $stderr == *"tcp 127.0.0.1:4499 nqn.2023-01.org.nvmekit:a"*"Connection refused"* ]]
	refused 11 "${a[@]}" -n nqn.2023-01.org.nvmekit:nobody
	[[ $stderr == *"nqn.2023-01.org.nvmekit:nobody"* ]]
	refused 11 "${a[@]}" -n nqn.2023-01.org.nvmekit:a --host-traddr=192.0.2.77
	refused 11 "${a[@]}" -n nqn.2023-01.org.nvmekit:a --host-iface=nosuch0
	[[ $stderr == *"host-iface is 'nosuch0': there is no such network interface"* ]]
	fabrics_wait 0
	refused 2 -t tcp -n nqn.2023-01.org.nvmekit:a
	refused 2 "${a[@]}"
	code 0 "$NVMEKIT" --dry-run connect "${host[@]}" "${a[@]}" -n nqn.2023-01.org.nvmekit:a
	fabrics_wait 0
}

@test "access lists: a host that may, and one that may not" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	fabrics_target 2 4421 nqn.2023-01.org.nvmekit:b SERB
	nvmet_export 1 nqn.2023-01.org.nvmekit:b
	fabrics_only nqn.2023-01.org.nvmekit:a nqn.2023-01.org.nvmekit:other
	refused 11 "${a[@]}" -n nqn.2023-01.org.nvmekit:a
	# It is not offered either.
	code 0 "$NVMEKIT" connect-all "${a[@]}" "${host[@]}" -o json
	is connected 1 failed 0 subsysnqn nqn.2023-01.org.nvmekit:b
	[[ $output != *nqn.2023-01.org.nvmekit:a* ]]
	fabrics_wait 1
	host=(--hostnqn=nqn.2023-01.org.nvmekit:other --hostid=44444444-4444-4444-8444-444444444444)
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a
	has "/sys/class/nvme/$dev/subsysnqn" nqn.2023-01.org.nvmekit:a
}

# --- authentication

# auth_target HMAC HASH GROUP: $key and $ckey are the secrets
auth_target()
{
	key=$(dhchap_key "$1" "$fabrics_hostnqn")
	ckey=$(dhchap_key "$1" nqn.2023-01.org.nvmekit:a)
	fabrics_host "$fabrics_hostnqn" dhchap_key="$key" dhchap_ctrl_key="$ckey" "dhchap_hash=hmac($2)" dhchap_dhgroup="$3"
}

@test "DH-HMAC-CHAP: every hash and group, one way and both" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	fabrics_only nqn.2023-01.org.nvmekit:a "$fabrics_hostnqn"
	hmac=0
	for hash in sha256 sha384 sha512; do
		auth_target $((++hmac)) $hash null
		secret_file "$key"
		kf=$REPLY
		secret_file "$ckey"
		cf=$REPLY
		for group in null ffdhe2048 ffdhe3072 ffdhe4096 ffdhe6144 ffdhe8192; do
			echo $group >"$nvmet/hosts/$fabrics_hostnqn/dhchap_dhgroup"
			echo "hmac($hash)" >"$nvmet/hosts/$fabrics_hostnqn/dhchap_hash"
			"$NVMEKIT_CACHE/bin/busybox" dmesg -c >/dev/null
			connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a --nr-io-queues=1 --dhchap-secret-file="$kf" --dhchap-ctrl-secret-file="$cf"
			is already false
			log=$("$NVMEKIT_CACHE/bin/busybox" dmesg)
			[[ $log == *"authenticated with hash hmac($hash) dhgroup $group"* ]]
			echo 1 >"/sys/class/nvme/$dev/delete_controller"
		done
		# One way: nvmet does not answer for itself unless asked to.
		echo null >"$nvmet/hosts/$fabrics_hostnqn/dhchap_dhgroup"
		connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a --nr-io-queues=1 --dhchap-secret-file="$kf"
		echo 1 >"/sys/class/nvme/$dev/delete_controller"
	done
}

@test "DH-HMAC-CHAP: a wrong secret, none, a wrong one of the controller; secrets are never shown" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	fabrics_only nqn.2023-01.org.nvmekit:a "$fabrics_hostnqn"
	auth_target 1 sha256 null
	secret_file "$key"
	right=$REPLY
	wrong=$(dhchap_key 1 "$fabrics_hostnqn")
	secret_file "$wrong"
	other=$REPLY
	refused 11 "${a[@]}" -n nqn.2023-01.org.nvmekit:a --dhchap-secret-file="$other" --trace
	[[ $output$stderr != *"${wrong:12:20}"* ]]
	refused 11 "${a[@]}" -n nqn.2023-01.org.nvmekit:a
	refused 11 "${a[@]}" -n nqn.2023-01.org.nvmekit:a --dhchap-secret-file="$right" --dhchap-ctrl-secret-file="$other"
	refused 2 "${a[@]}" -n nqn.2023-01.org.nvmekit:a --dhchap-ctrl-secret-file="$right"
	# Others could read it.
	chmod 644 "$right"
	refused 2 "${a[@]}" -n nqn.2023-01.org.nvmekit:a --dhchap-secret-file="$right"
	[[ $stderr == *"others"*"$right"* ]]
	chmod 600 "$right"
	"$NVMEKIT" connect "${host[@]}" "${a[@]}" -n nqn.2023-01.org.nvmekit:a --dhchap-secret-file=- <"$right"
	fabrics_wait 1
}

# --- TLS

@test "TLS: refused where no daemon does the handshake, and works with it" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA addr_tsas=tls1.3
	[ -n "$(tls_psk "$fabrics_hostnqn" nqn.2023-01.org.nvmekit:a)" ]
	refused 6 "${a[@]}" -n nqn.2023-01.org.nvmekit:a --tls
	[[ $stderr == *"no tlshd is running"*"systemctl start tlshd"* ]]
	tlshd_start
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a --tls --wait-for-namespaces
	[[ $(trimmed "/sys/class/nvme/$dev/tls_key") =~ ^[0-9a-f]+$ ]]
	dd if="/dev/$(ns_by SERA 1)" of=/dev/null bs=4096 count=4 iflag=direct status=none
	first=$dev
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a --tls
	is already true
	# What is there needs no handshake. A second connection would.
	tlshd_stop
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a --tls
	is already true device "$first"
	code 6 "$NVMEKIT" --dry-run connect "${host[@]}" "${a[@]}" -n nqn.2023-01.org.nvmekit:a --tls --duplicate-connect
	[[ $stderr == *"no tlshd is running"* ]]
}

@test "a connection that is there without authentication or TLS is not one with them" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a
	first=$dev
	secret_file "$(dhchap_key 1 "$fabrics_hostnqn")"
	code 11 "$NVMEKIT" connect "${host[@]}" "${a[@]}" -n nqn.2023-01.org.nvmekit:a --dhchap-secret-file="$REPLY"
	[[ $stderr == *"connected already as $first, but without authentication of the host"* ]]
	tlshd_start
	[ -n "$(tls_psk "$fabrics_hostnqn" nqn.2023-01.org.nvmekit:a)" ]
	code 11 "$NVMEKIT" connect "${host[@]}" "${a[@]}" -n nqn.2023-01.org.nvmekit:a --tls
	[[ $stderr == *"connected already as $first, but without TLS"* ]]
	fabrics_wait 1
}

@test "TLS: no key for that host, no TLS where it is required" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA addr_tsas=tls1.3
	tlshd_start
	host=(--hostnqn=nqn.2023-01.org.nvmekit:keyless --hostid=55555555-5555-4555-8555-555555555555)
	refused 6 "${a[@]}" -n nqn.2023-01.org.nvmekit:a --tls
	[[ $stderr == *"no TLS key for it and the host nqn.2023-01.org.nvmekit:keyless is in the keyring"* ]]
	refused 11 "${a[@]}" -n nqn.2023-01.org.nvmekit:a
	refused 2 "${a[@]}" -n nqn.2023-01.org.nvmekit:a --tls --concat
	refused 2 -t loop -n nqn.2023-01.org.nvmekit:a --tls
}

@test "TLS: the key by its number; with SHA-384" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA addr_tsas=tls1.3
	tlshd_start
	host=(--hostnqn=nqn.2023-01.org.nvmekit:tls384 --hostid=66666666-6666-4666-8666-666666666666)
	[ -n "$(tls_psk nqn.2023-01.org.nvmekit:tls384 nqn.2023-01.org.nvmekit:a 1 2)" ]
	serial=
	while read -r id _ _ _ _ _ _ type name _; do
		[[ $type == psk && $name == NVMe1R02 ]] && serial=$id
	done </proc/keys
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a --tls --tls-key="0x$serial"
	has "/sys/class/nvme/$dev/tls_key" "$serial"
}

# --- a target that goes away

@test "a port that disappears and comes back" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a --reconnect-delay=1 --keep-alive-tmo=2 --wait-for-namespaces
	fabrics_down 1
	fabrics_state "$dev" connecting
	# What is lost is not another connection.
	lost=$dev
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a
	is already true device "$lost"
	code 0 "$NVMEKIT" list-subsys
	[[ $output == *"$lost tcp"*connecting* ]]
	fabrics_up 1
	fabrics_state "$dev" live
	dd if="/dev/$(ns_by SERA 1)" of=/dev/null bs=4096 count=1 iflag=direct status=none
	# One that has lost its connection can be given up, without waiting for what cannot be read.
	fabrics_down 1
	fabrics_state "$dev" connecting
	code 0 timeout --signal=KILL 60 "$NVMEKIT" disconnect -d "$dev" -o json
	is disconnected 1
	fabrics_wait 0
}

# --- many

@test "connect-all: referrals, and what is connected already stays" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	fabrics_target 2 4421 nqn.2023-01.org.nvmekit:b SERB addr_traddr=127.0.0.2
	# In a circle.
	fabrics_referral 1 r 127.0.0.2 4421
	fabrics_referral 2 r 127.0.0.1 4420
	connect "${a[@]}" -n nqn.2023-01.org.nvmekit:a
	first=$dev
	code 0 "$NVMEKIT" connect-all "${a[@]}" "${host[@]}" -o json
	is connected 1 already 1 failed 0
	[ "$(fabrics_controllers nqn.2023-01.org.nvmekit:a)" = "$first" ]
	fabrics_wait 2
	code 0 "$NVMEKIT" connect-all "${a[@]}" "${host[@]}" -o json
	is connected 0 already 2 failed 0
	# One service of several does not answer.
	fabrics_referral 1 dead 127.0.0.3 4477
	code 10 "$NVMEKIT" connect-all "${a[@]}" "${host[@]}" -o json
	is connected 0 already 2 failed 1
	[[ $output == *127.0.0.3* ]]
	code 11 "$NVMEKIT" connect-all -t tcp -a 127.0.0.1 -s 4477 "${host[@]}"
	fabrics_wait 2
}

@test "connect-all: keep-alive goes along; the services to which a named one refers stay" {
	fabrics_target 1 4420 nqn.2023-01.org.nvmekit:a SERA
	fabrics_target 2 4421 nqn.2023-01.org.nvmekit:b SERB addr_traddr=127.0.0.2
	fabrics_referral 1 r 127.0.0.2 4421
	code 0 "$NVMEKIT" discover "${a[@]}" "${host[@]}" --persistent -o json
	member device
	code 0 "$NVMEKIT" connect-all --device="$REPLY" --keep-alive-tmo=7 -o json
	is connected 2 failed 0
	for dev in $(fabrics_controllers); do
		dir=/sys/class/nvme/$dev
		# As the host that the discovery controller is there for.
		has "$dir/hostnqn" "$fabrics_hostnqn"
		[[ $(trimmed "$dir/cntrltype") == discovery ]] || has "$dir/kato" 7
	done
	fabrics_wait 4
}

@test "a target that says nothing, and one that stops half-way" {
	/usr/bin/python3 - <<-'PY' 3>&- &
		import socket, time
		s = socket.create_server(("127.0.0.1", 4488))
		held = []
		while True:
		    c, _ = s.accept()
		    held.append(c)
		    if len(held) == 2:
		        # ICResp (NVMe TCP Transport 1.1, section 3.6.2.3), and then nothing but the beginning of a header.
		        c.recv(128)
		        c.sendall(bytes([1, 0, 128, 0, 128, 0, 0, 0]) + bytes(4) + (4096).to_bytes(4, "little") + bytes(112) + bytes([5, 0]))
		        time.sleep(1)
		        c.close()
	PY
	target=$!
	sleep 1
	for _ in 1 2; do
		code 11 timeout --signal=KILL 100 "$NVMEKIT" discover -t tcp -a 127.0.0.1 -s 4488 "${host[@]}"
		[[ $stderr == *"cannot connect to tcp 127.0.0.1:4488"* ]]
		fabrics_wait 0
	done
	kill "$target"
}

@test "connect-all: 200 subsystems in one run" {
	fabrics_port 1 4420
	fabrics_many 1 nqn.2023-01.org.nvmekit:many. 200
	start=${EPOCHREALTIME/./}
	code 0 "$NVMEKIT" connect-all "${a[@]}" "${host[@]}" --nr-io-queues=1 -o json
	ours=$((${EPOCHREALTIME/./} - start))
	is connected 200 already 0 failed 0
	fabrics_wait 200
	start=${EPOCHREALTIME/./}
	code 0 "$NVMEKIT" connect-all "${a[@]}" "${host[@]}" --nr-io-queues=1 -o json
	again=$((${EPOCHREALTIME/./} - start))
	is connected 0 already 200 failed 0
	code 0 "$NVMEKIT" disconnect-all --yes -o json
	is disconnected 200
	fabrics_wait 0
	start=${EPOCHREALTIME/./}
	nvme_new connect-all "${a[@]}" "${host[@]}" --nr-io-queues=1 >/dev/null
	theirs=$((${EPOCHREALTIME/./} - start))
	fabrics_wait 200
	echo "# 200 subsystems: nvmekit $((ours / 1000)) ms, again $((again / 1000)) ms; nvme-cli $((theirs / 1000)) ms" >&3
}

@test "connect-all: two at once make each connection once" {
	fabrics_port 1 4420
	fabrics_many 1 nqn.2023-01.org.nvmekit:many. 20
	for i in 1 2; do
		"$NVMEKIT" connect-all "${a[@]}" "${host[@]}" --nr-io-queues=1 -o json >"$BATS_TEST_TMPDIR/$i" 3>&- &
		pids[i]=$!
	done
	wait "${pids[1]}"
	wait "${pids[2]}"
	fabrics_wait 20
	sum=0
	for i in 1 2; do
		contents "$BATS_TEST_TMPDIR/$i"
		output=$REPLY
		is failed 0
		member connected
		sum=$((sum + REPLY))
	done
	[ "$sum" -eq 20 ]
}
