# SPDX-License-Identifier: Apache-2.0 OR MIT
# shellcheck shell=sh
#
# Connections that the root file system needs: what dracut and initramfs-tools have in common. It runs where there is little
# more than a shell (dash, busybox), so it starts no program but nvmekit. NVK_ROOT is put before paths, for tests.
#
# Of the kernel's command line (as the dracut module nvmf has it):
#	rd.nvmf.discover=TRANSPORT,TRADDR[,HOST-TRADDR[,TRSVCID]]	may be there several times; fc,auto: what the fabric tells
#	rd.nvmf.hostnqn=NQN rd.nvmf.hostid=UUID				who this host is
#	rd.nvmf.nonbft							ignore the firmware's table
#	rd.nonvmf							do nothing at all
#
# nvk_cmdline sets: nvk_off, nvk_nonbft ("1" or ""), nvk_hostnqn, nvk_hostid, nvk_discover (words), nvk_fc_auto.

nvk_say()
{
	echo "nvmekit: $*" >&2
}

# nvk_bool VALUE: "1" or nothing, as others read such words of the command line; rd.x alone means yes
nvk_bool()
{
	case $1 in
	0 | no | off) ;;
	*) echo 1 ;;
	esac
}

# nvk_plain TEXT: nothing but what addresses and names consist of?
nvk_plain()
{
	case $1 in
	*[!A-Za-z0-9.:_%-]*) return 1 ;;
	*) return 0 ;;
	esac
}

# nvk_cmdline [TEXT]: reads the command line of the kernel, or this one
nvk_cmdline()
{
	nvk_off='' nvk_nonbft='' nvk_hostnqn='' nvk_hostid='' nvk_discover='' nvk_fc_auto=''
	nvk_text=${1-}
	[ $# -gt 0 ] || read -r nvk_text <"${NVK_ROOT-}/proc/cmdline" || :
	set -f
	for nvk_word in $nvk_text; do
		nvk_option "$nvk_word"
	done
	set +f
}

# nvk_option WORD: "nvmf." without "rd." is an older spelling
nvk_option()
{
	case $1 in
	rd.nonvmf | rd.nonvmf=*) nvk_off=$(nvk_bool "${1#*=}") ;;
	rd.nvmf.nonbft | rd.nvmf.nonbft=*) nvk_nonbft=$(nvk_bool "${1#*=}") ;;
	rd.nvmf.hostnqn=* | nvmf.hostnqn=*) nvk_hostnqn=${1#*=} ;;
	rd.nvmf.hostid=* | nvmf.hostid=*) nvk_hostid=${1#*=} ;;
	rd.nvmf.discover=* | nvmf.discover=*)
		if [ "${1#*=}" = fc,auto ]; then
			nvk_fc_auto=1
		elif nvk_discover_args "${1#*=}" >/dev/null; then
			nvk_discover="$nvk_discover ${1#*=}"
		fi
		;;
	esac
}

# nvk_discover_args WORD: the arguments of nvmekit for the value of rd.nvmf.discover, one a line; fails if it makes no sense
nvk_discover_args()
{
	nvk_ifs=$IFS
	IFS=,
	# shellcheck disable=SC2086 # into its parts
	set -- $1
	IFS=$nvk_ifs
	if [ $# -lt 2 ] || [ $# -gt 4 ]; then
		nvk_say "rd.nvmf.discover has $# parts, not TRANSPORT,TRADDR[,HOST-TRADDR[,TRSVCID]]"
		return 1
	fi
	for nvk_part; do
		nvk_part=${nvk_part#[}
		nvk_plain "${nvk_part%]}" || {
			nvk_say "rd.nvmf.discover: '$nvk_part' is no address"
			return 1
		}
	done
	nvk_discover_check "$1" "$2" "${3-}" || return
	nvk_a=${2#[} nvk_h=${3-}
	nvk_h=${nvk_h#[}
	echo "--transport=$1"
	echo "--traddr=${nvk_a%]}"
	[ -z "$nvk_h" ] || echo "--host-traddr=${nvk_h%]}"
	[ -z "${4-}" ] || echo "--trsvcid=$4"
}

# nvk_discover_check TRANSPORT TRADDR HOST-TRADDR
nvk_discover_check()
{
	case $1 in
	tcp | rdma) ;;
	fc)
		if [ -z "$3" ] || [ "$3" = none ]; then
			nvk_say "rd.nvmf.discover: fc needs the host's address too"
			return 1
		fi
		;;
	*)
		nvk_say "rd.nvmf.discover: '$1' is none of tcp, rdma, fc"
		return 1
		;;
	esac
	case $2 in
	'' | none)
		nvk_say "rd.nvmf.discover: $1 needs an address"
		return 1
		;;
	esac
}

# nvk_identity: what the command line says of the host is what nvmekit finds in its files
nvk_identity()
{
	[ -n "$nvk_hostnqn$nvk_hostid" ] || return 0
	mkdir -p "${NVK_ROOT-}/etc/nvme"
	[ -z "$nvk_hostnqn" ] || echo "$nvk_hostnqn" >"${NVK_ROOT-}/etc/nvme/hostnqn"
	if [ -n "$nvk_hostid" ]; then
		echo "$nvk_hostid" >"${NVK_ROOT-}/etc/nvme/hostid"
	else
		# The identifier of another name would be refused by the kernel.
		rm -f "${NVK_ROOT-}/etc/nvme/hostid"
	fi
}

# nvk_has_nbft: did firmware leave a table, and is it to be used?
nvk_has_nbft()
{
	[ -z "$nvk_nonbft" ] || return 1
	for nvk_file in "${NVK_ROOT-}"/sys/firmware/acpi/tables/NBFT*; do
		[ ! -f "$nvk_file" ] || return 0
	done
	return 1
}

# nvk_config: is there a configuration? Packages ship files that have nothing but comments.
nvk_config()
{
	nvk_etc=${NVK_ROOT-}/etc/nvme
	for nvk_file in "$nvk_etc/nvme-fabrics.conf" "$nvk_etc"/nvme-fabrics.conf.d/*.conf "$nvk_etc/config.json" "$nvk_etc/discovery.conf"; do
		[ -f "$nvk_file" ] || continue
		while read -r nvk_line || [ -n "$nvk_line" ]; do
			case $nvk_line in
			'' | '#'* | ';'*) ;;
			*) return 0 ;;
			esac
		done <"$nvk_file"
	done
	return 1
}

# nvk_needs_network: only Fibre Channel goes without
nvk_needs_network()
{
	! nvk_has_nbft || return 0
	for nvk_word in $nvk_discover; do
		case $nvk_word in
		tcp,* | rdma,*) return 0 ;;
		esac
	done
	nvk_config
}

# nvk_wanted: is there anything to connect to?
nvk_wanted()
{
	[ -z "$nvk_off" ] || return 1
	[ -z "$nvk_discover$nvk_fc_auto" ] || return 0
	nvk_has_nbft || nvk_config
}

# nvk_connect: connects to everything; what is connected stays. Fails if anything could not be connected.
nvk_connect()
{
	nvk_rc=0
	! nvk_has_nbft || nvmekit connect-all --nbft || nvk_rc=1
	for nvk_word in $nvk_discover; do
		nvk_ifs=$IFS
		IFS='
'
		# shellcheck disable=SC2046 # a line each
		set -- $(nvk_discover_args "$nvk_word")
		IFS=$nvk_ifs
		nvmekit connect-all "$@" || nvk_rc=1
	done
	# The table was asked above, if it is to be asked at all; and there need not be anything in the configuration.
	! nvk_config || nvmekit connect-all --no-nbft --context=autoconnect || nvk_rc=1
	nvk_fc=${NVK_ROOT-}/sys/class/fc/fc_udev_device/nvme_discovery
	[ -z "$nvk_fc_auto" ] || [ ! -f "$nvk_fc" ] || echo add >"$nvk_fc"
	return "$nvk_rc"
}
