#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
# dracut's cmdline hook, sourced: what there is to connect to, and what network that takes.

# shellcheck source=system/initramfs/boot.sh
. "${NVK_ROOT-}/lib/nvmekit/boot.sh"
# shellcheck source=system/initramfs/nbft.sh
. "${NVK_ROOT-}/lib/nvmekit/nbft.sh"

# getcmdline of dracut knows the files of /etc/cmdline.d too.
nvk_cmdline "$(getcmdline)"
if nvk_wanted; then
	nvk_identity
	if nvk_has_nbft; then
		nvk_nbft_interfaces | nvk_dracut_lines >"${NVK_ROOT-}/etc/cmdline.d/40-nvmekit-nbft.conf"
	fi
	! nvk_needs_network || echo "rd.neednet=1" >"${NVK_ROOT-}/etc/cmdline.d/41-nvmekit-net.conf"
	initqueue --onetime modprobe -a -b -q nvme_fabrics nvme_tcp
	# Once the devices are there (Fibre Channel); whenever an interface is up; and again if the root does not appear.
	initqueue --settled --onetime --unique --name nvmekit-settled /sbin/nvmekit-connect
	initqueue --online --unique --name nvmekit-online /sbin/nvmekit-connect
	initqueue --timeout --unique --name nvmekit-again /sbin/nvmekit-connect
fi
