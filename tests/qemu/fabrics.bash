# SPDX-License-Identifier: Apache-2.0 OR MIT
# shellcheck shell=bash
#
# What targets over TCP have beyond nvmet.bash: discovery, hosts that may and may
# not, authentication, TLS, many subsystems. For test files in the guest:
#
#	load nvmet
#	load fabrics
#	fabrics_setup
#	fabrics_target 1 4420 nqn.test SERIAL
#	...
#	fabrics_teardown

# Set by nvmet.bash:
: "${nvmet:?}"

# The host that the tests connect as, unless they say otherwise.
fabrics_hostid=6e766d65-6b69-7400-8000-000000000001
fabrics_hostnqn=nqn.2014-08.org.nvmexpress:uuid:$fabrics_hostid

# fabrics_setup: modules, and who this host is
fabrics_setup()
{
	[[ -d $nvmet && -e /dev/nvme-fabrics ]] || modprobe -a nvmet nvmet-tcp nvme-loop nvme-tcp
	# Without it, nvmet takes no group but null.
	[[ -d /sys/module/dh_generic ]] || modprobe dh_generic
	host_is "$fabrics_hostid"
	rm -f /etc/nvme/discovery.conf /etc/nvme/config.json
}

# fabrics_port NUMBER SERVICE [ATTRIBUTE=VALUE...]: over TCP, 127.0.0.1 unless addr_traddr says
# otherwise; addr_tsas=tls1.3 for TLS
fabrics_port()
{
	local dir=$nvmet/ports/$1 pair

	mkdir "$dir"
	for pair in addr_trtype=tcp addr_adrfam=ipv4 addr_traddr=127.0.0.1 addr_trsvcid="$2" "${@:3}"; do
		echo "${pair#*=}" >"$dir/${pair%%=*}" || return
	done
}

# fabrics_target PORT SERVICE NQN SERIAL [ATTRIBUTE=VALUE...]: a port with one subsystem, which has one namespace of 1 MiB; the
# attributes are the port's
fabrics_target()
{
	# bats traces every command, which takes long under emulation: not of those called from here.
	local -
	set +T
	fabrics_port "$1" "$2" "${@:5}"
	nvmet_subsystem "$3" "$4"
	nvmet_namespace "$3" 1 "$(nvmet_file 1M)"
	nvmet_export "$1" "$3"
}

# fabrics_many PORT PREFIX COUNT: subsystems PREFIX1 to PREFIXcount, without namespaces, and exported there. Three programs are
# started for all of them.
fabrics_many()
{
	local i dirs=()

	for ((i = 1; i <= $3; i++)); do
		dirs+=("$nvmet/subsystems/$2$i")
	done
	mkdir "${dirs[@]}"
	for ((i = 0; i < $3; i++)); do
		echo 1 >"${dirs[i]}/attr_allow_any_host"
		echo "MANY$((i + 1))" >"${dirs[i]}/attr_serial"
		echo 1 >"${dirs[i]}/attr_qid_max"
	done
	ln -s -t "$nvmet/ports/$1/subsystems" "${dirs[@]}"
}

# fabrics_referral PORT NAME ADDRESS SERVICE, and the reverse
fabrics_referral()
{
	local dir=$nvmet/ports/$1/referrals/$2 pair

	mkdir "$dir"
	for pair in addr_trtype=tcp addr_adrfam=ipv4 addr_traddr="$3" addr_trsvcid="$4" addr_portid=99 enable=1; do
		echo "${pair#*=}" >"$dir/${pair%%=*}" || return
	done
}

fabrics_unrefer()
{
	rmdir "$nvmet/ports/$1/referrals/$2"
}

# fabrics_discovery_nqn NQN: the unique name of the discovery service; the well-known one: it has none again. To the kernel a
# newline is a second write.
fabrics_discovery_nqn()
{
	printf %s "$1" >"$nvmet/discovery_nqn"
}

# fabrics_host NQN [ATTRIBUTE=VALUE...]: a host that nvmet knows; dhchap_key, dhchap_ctrl_key, dhchap_hash, dhchap_dhgroup
fabrics_host()
{
	local dir=$nvmet/hosts/$1 pair

	[[ -d $dir ]] || mkdir "$dir"
	for pair in "${@:2}"; do
		echo "${pair#*=}" >"$dir/${pair%%=*}" || return
	done
}

# fabrics_only SUBSYSTEM HOST...: nobody else may use it
fabrics_only()
{
	local host

	echo 0 >"$nvmet/subsystems/$1/attr_allow_any_host"
	for host in "${@:2}"; do
		[[ -d $nvmet/hosts/$host ]] || mkdir "$nvmet/hosts/$host"
		ln -s "$nvmet/hosts/$host" "$nvmet/subsystems/$1/allowed_hosts/$host"
	done
}

# fabrics_controllers [NQN]: the controllers that are not PCIe ones (of that subsystem), one a line. It starts no program.
fabrics_controllers()
{
	local dir transport nqn state

	for dir in /sys/class/nvme/nvme*; do
		[[ -e $dir/transport ]] || continue
		read -r transport <"$dir/transport" || continue
		[[ $transport != pcie ]] || continue
		read -r nqn <"$dir/subsysnqn" || continue
		[[ $# -eq 0 || $nqn == "$1" ]] || continue
		read -r state <"$dir/state" || continue
		[[ $state != deleting* ]] || continue
		printf '%s\n' "${dir##*/}"
	done
}

# fabrics_state DEV STATE [TENTHS]: waits until it is in that state
fabrics_state()
{
	local try state

	for ((try = 0; try < ${3-300}; try++)); do
		read -r state <"/sys/class/nvme/$1/state" && [[ $state == "$2" ]] && return
		sleep 0.1
	done
	echo "$1 is $state, not $2" >&2
	return 1
}

# fabrics_wait COUNT [NQN]: until there are so many controllers
fabrics_wait()
{
	local try found
	local -

	set +T
	for ((try = 0; try < 300; try++)); do
		mapfile -t found < <(fabrics_controllers "${@:2}")
		((${#found[@]} != $1)) || return 0
		sleep 0.1
	done
	echo "${#found[@]} controllers, not $1: ${found[*]}" >&2
	return 1
}

fabrics_disconnect_all()
{
	local dev

	for dev in $(fabrics_controllers); do
		echo 1 >"/sys/class/nvme/$dev/delete_controller" || :
	done
}

# fabrics_down PORT, fabrics_up PORT: the port goes away and comes back with the subsystems it had
fabrics_down()
{
	local link

	fabrics_was=()
	for link in "$nvmet/ports/$1"/subsystems/*; do
		[[ -L $link ]] || continue
		fabrics_was+=("${link##*/}")
	done
	(cd "$nvmet/ports/$1/subsystems" && rm "${fabrics_was[@]}")
}

fabrics_up()
{
	local nqn

	for nqn in "${fabrics_was[@]}"; do
		nvmet_export "$1" "$nqn"
	done
}

# fabrics_teardown: everything that functions here and in nvmet.bash make
fabrics_teardown()
{
	local dir dirs=()
	local -

	set +T
	tlshd_stop
	fabrics_disconnect_all
	[[ -d $nvmet ]] || return 0
	fabrics_discovery_nqn nqn.2014-08.org.nvmexpress.discovery
	# Together, since a program for each takes long where there are many.
	for dir in "$nvmet"/ports/*/subsystems/*; do
		[[ ! -L $dir ]] || dirs+=("$dir")
	done
	((${#dirs[@]} == 0)) || rm "${dirs[@]}"
	dirs=()
	for dir in "$nvmet"/subsystems/*; do
		[[ -d $dir && ! -d $dir/namespaces/1 && ! -e $(echo "$dir"/allowed_hosts/*) ]] || continue
		dirs+=("$dir")
	done
	((${#dirs[@]} == 0)) || rmdir "${dirs[@]}"
	nvmet_teardown
	host_is
	rm -f /etc/nvme/discovery.conf /etc/nvme/config.json
}

# --- authentication

# dhchap_key HMAC NQN: a secret of the length that belongs to the hash (1 sha256, 2 sha384, 3 sha512), bound to the host
# by that hash; HMAC 0 for one that is not
dhchap_key()
{
	local size=(32 32 48 64)

	"$NVMEKIT_CACHE/bin/nvme-new" gen-dhchap-key --hmac="$1" --key-length="${size[$1]}" --nqn="$2"
}

# --- TLS

tlshd_pid=

# tlshd_start [COMMAND...]: the daemon that does the handshakes for the kernel, with the keyring .nvme; started through that
# command
tlshd_start()
{
	local try root param

	[[ -d /sys/module/nvme_tcp && -d /sys/module/nvmet_tcp ]] || modprobe -a nvme-tcp nvmet-tcp
	# Under emulation the kernel's 10 seconds can be short.
	for param in /sys/module/{nvme,nvmet}_tcp/parameters/tls_handshake_timeout; do
		[[ ! -e $param ]] || echo 60 >"$param"
	done
	cat >/run/tlshd.conf <<-END
	[debug]
	loglevel=0
	tls=0
	nl=0
	[authenticate]
	keyrings=.nvme
	END
	# As bin/tlshd does it, but so that the process has the name by which others look for it.
	root=$(readlink -f "$NVMEKIT_CACHE/bin")/../tlshd
	mkdir -p /run/tlshd
	ln -sf "$root/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" /run/tlshd/tlshd
	"$@" /run/tlshd/tlshd --inhibit-cache --library-path "$root/usr/lib/x86_64-linux-gnu" "$root/usr/sbin/tlshd" \
		-s -c /run/tlshd.conf </dev/null >/run/tlshd.log 2>&1 3>&- &
	tlshd_pid=$!
	for ((try = 0; try < 100; try++)); do
		! tlshd_listens || break
		sleep 0.1
	done
	((try < 100)) || {
		cat /run/tlshd.log >&2
		echo "tlshd does not listen" >&2
		return 1
	}
	# The kernel does not show that it has joined the group, which comes next.
	sleep 0.5
}

# tlshd_listens: has it said its name, and is there a socket of generic netlink?
tlshd_listens()
{
	local proto id

	[[ -s /run/tlshd.log ]] || return
	while read -r _ proto id _; do
		[[ $proto != 16 || $id == 0 ]] || return 0
	done </proc/net/netlink
	return 1
}

tlshd_stop()
{
	[[ -n $tlshd_pid ]] || return 0
	kill "$tlshd_pid" 2>/dev/null || :
	wait "$tlshd_pid" 2>/dev/null || :
	tlshd_pid=
}

# tls_psk HOSTNQN SUBSYSTEM [IDENTITY_VERSION [HMAC]]: a key in the kernel's keyring for both ends; prints it
tls_psk()
{
	"$NVMEKIT_CACHE/bin/nvme-new" gen-tls-key --hmac="${4-1}" --identity="${3-1}" \
		--hostnqn="$1" --subsysnqn="$2" --insert | sed -n 's/.*\(NVMeTLSkey-1:.*\)/\1/p'
}
