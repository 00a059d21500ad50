#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Run by dracut's initqueue, as often as it likes: what is connected stays.

# shellcheck disable=SC1091 # dracut's own
command -v getcmdline >/dev/null || . /lib/dracut-lib.sh
# shellcheck source=system/initramfs/boot.sh
. "${NVK_ROOT-}/lib/nvmekit/boot.sh"

nvk_cmdline "$(getcmdline)"
! nvk_wanted || nvk_connect
