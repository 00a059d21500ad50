/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the kernel does to a controller that is no command of NVMe: the kinds of requests beyond REQ_NVME. */
#ifndef NVMEKIT_DEV_LINUX_CTL_H
#define NVMEKIT_DEV_LINUX_CTL_H

#include "dev/dev.h"

/* 0, -errno or an NVMe status (property commands of fabrics). */
int linux_control(struct dev *dev, struct req *r);

#endif
