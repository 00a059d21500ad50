# SPDX-License-Identifier: Apache-2.0 OR MIT
# shellcheck shell=sh
#
# The network interfaces of the NVMe Boot Firmware Table, out of the JSON of "nvmekit nbft show", which has one member a line.
# Needs boot.sh.

# nvk_nbft_interfaces: a line for each interface that firmware had set up:
#	NAME MAC VLAN dhcp|dhcp6|ADDRESS PREFIX GATEWAY DNS1 DNS2 HOSTNAME
# with "-" for what is not there. NAME is nbftXhY: X counts tables, Y is the interface's index in its table.
nvk_nbft_interfaces()
{
	nvmekit nbft show --hfi --output-format=json --quiet | nvk_nbft_lines
}

# nvk_json LINE: sets nvk_key and nvk_value of a line "key":value or "key":"value"; what has escapes is of no use here
nvk_json()
{
	nvk_key='' nvk_value=''
	case $1 in
	'"'*'":'*) ;;
	*) return 0 ;;
	esac
	nvk_key=${1#?}
	nvk_key=${nvk_key%%\"*}
	nvk_value=${1#*:}
	nvk_value=${nvk_value%,}
	nvk_value=${nvk_value#\"}
	nvk_value=${nvk_value%\"}
}

nvk_nbft_lines()
{
	nvk_tables=-1 nvk_in=''
	# Without IFS, read takes the blanks at both ends away.
	while read -r nvk_line; do
		case $nvk_line in
		'"filename":'*) nvk_tables=$((nvk_tables + 1)) ;;
		'"hfi":['*) nvk_in=1 ;;
		'{') [ -z "$nvk_in" ] || nvk_hfi_clear ;;
		'}' | '},') [ -z "$nvk_in" ] || nvk_hfi_line ;;
		']' | '],') nvk_in='' ;;
		*)
			nvk_json "$nvk_line"
			[ -z "$nvk_in" ] || nvk_hfi_member
			;;
		esac
	done
}

nvk_hfi_clear()
{
	nvk_index='' nvk_mac='' nvk_vlan=0 nvk_ip='' nvk_prefix='' nvk_gw='' nvk_dns1='' nvk_dns2='' nvk_dhcp='' nvk_host=''
}

nvk_hfi_member()
{
	case $nvk_key in
	index) nvk_index=$nvk_value ;;
	mac_addr) nvk_mac=$nvk_value ;;
	vlan) nvk_vlan=$nvk_value ;;
	ipaddr) nvk_ip=$nvk_value ;;
	subnet_mask_prefix) nvk_prefix=$nvk_value ;;
	gateway_ipaddr) nvk_gw=$nvk_value ;;
	primary_dns_ipaddr) nvk_dns1=$nvk_value ;;
	secondary_dns_ipaddr) nvk_dns2=$nvk_value ;;
	dhcp_server_ipaddr) nvk_dhcp=$nvk_value ;;
	host_name) nvk_host=$nvk_value ;;
	esac
}

# nvk_some ADDRESS: it, or "-" if it says that there is none
nvk_some()
{
	case $1 in
	'' | :: | 0.0.0.0 | *[!0-9A-Fa-f.:]*) echo - ;;
	*) echo "$1" ;;
	esac
}

nvk_hfi_line()
{
	case $nvk_index$nvk_vlan$nvk_prefix in
	*[!0-9]*) return 0 ;;
	esac
	case $nvk_mac in
	??:??:??:??:??:??) ;;
	*) nvk_say "NBFT: interface $nvk_index has no MAC address"; return 0 ;;
	esac
	nvk_plain "$nvk_mac" || return 0
	case $nvk_host in
	*[!A-Za-z0-9.-]*) nvk_host='' ;;
	esac
	nvk_ip=$(nvk_some "$nvk_ip")
	case $(nvk_some "$nvk_dhcp") in
	*:*) nvk_ip=dhcp6 ;;
	*.*) nvk_ip=dhcp ;;
	esac
	if [ "$nvk_ip" = - ]; then
		nvk_say "NBFT: interface $nvk_index has no address"
		return 0
	fi
	echo "nbft${nvk_tables}h$nvk_index $nvk_mac $nvk_vlan $nvk_ip ${nvk_prefix:--} $(nvk_some "$nvk_gw")" \
		"$(nvk_some "$nvk_dns1") $(nvk_some "$nvk_dns2") ${nvk_host:--}"
}

# nvk_dracut_lines: such lines from standard input as arguments of dracut: ifname=, vlan= and ip=
nvk_dracut_lines()
{
	while read -r nvk_name nvk_mac nvk_vlan nvk_ip nvk_prefix nvk_gw nvk_dns1 nvk_dns2 nvk_host; do
		echo "ifname=$nvk_name:$nvk_mac"
		if [ "$nvk_vlan" != 0 ]; then
			echo "vlan=$nvk_name.$nvk_vlan:$nvk_name"
			nvk_name=$nvk_name.$nvk_vlan
		fi
		nvk_dracut_ip
	done
}

# Addresses of IPv6 stand in brackets there.
nvk_brackets()
{
	case $1 in
	-) ;;
	*:*) echo "[$1]" ;;
	*) echo "$1" ;;
	esac
}

nvk_dracut_ip()
{
	case $nvk_ip in
	dhcp | dhcp6)
		echo "ip=$nvk_name:$nvk_ip"
		return
		;;
	esac
	[ "$nvk_host" != - ] || nvk_host=''
	nvk_dns=''
	for nvk_server in "$nvk_dns1" "$nvk_dns2"; do
		[ "$nvk_server" = - ] || nvk_dns="$nvk_dns:$(nvk_brackets "$nvk_server")"
	done
	echo "ip=$(nvk_brackets "$nvk_ip")::$(nvk_brackets "$nvk_gw"):$nvk_prefix:$nvk_host:$nvk_name:none$nvk_dns"
}

# nvk_interface MAC: the interface that has this address. One of a VLAN has the address of the one below, but no device.
nvk_interface()
{
	for nvk_dir in "${NVK_ROOT-}"/sys/class/net/*; do
		[ -e "$nvk_dir/device" ] || continue
		read -r nvk_have <"$nvk_dir/address" || continue
		[ "$nvk_have" = "$1" ] || continue
		echo "${nvk_dir##*/}"
		return
	done
	return 1
}

# nvk_ip_setup: brings up the interfaces of such lines from standard input, with ip and, for DHCP, ipconfig or dhclient
nvk_ip_setup()
{
	nvk_rc=0
	while read -r nvk_name nvk_mac nvk_vlan nvk_ip nvk_prefix nvk_gw _; do
		nvk_dev=$(nvk_interface "$nvk_mac") || {
			nvk_say "NBFT: no interface has the MAC address $nvk_mac"
			nvk_rc=1
			continue
		}
		ip link set dev "$nvk_dev" up || nvk_rc=1
		if [ "$nvk_vlan" != 0 ]; then
			ip link add link "$nvk_dev" name "$nvk_dev.$nvk_vlan" type vlan id "$nvk_vlan" || nvk_rc=1
			nvk_dev=$nvk_dev.$nvk_vlan
			ip link set dev "$nvk_dev" up || nvk_rc=1
		fi
		nvk_ip_address </dev/null || nvk_rc=1
	done
	return "$nvk_rc"
}

nvk_ip_address()
{
	case $nvk_ip in
	dhcp) ipconfig -t 60 -c dhcp -d "$nvk_dev" ;;
	dhcp6) dhclient -6 -1 "$nvk_dev" ;;
	*)
		ip address replace "$nvk_ip/$nvk_prefix" dev "$nvk_dev" || return
		[ "$nvk_gw" = - ] || ip route replace default via "$nvk_gw" dev "$nvk_dev"
		;;
	esac
}
