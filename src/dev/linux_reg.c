/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>

#include "dev/linux_ctl.h"

int linux_reg(struct dev *dev, struct req *r)
{
	(void)dev;
	(void)r;
	return -ENOTSUP;
}
