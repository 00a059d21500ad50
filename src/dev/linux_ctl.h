/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the kernel does to a controller that is no command of NVMe: the kinds of requests beyond REQ_NVME. */
#ifndef NVMEKIT_DEV_LINUX_CTL_H
#define NVMEKIT_DEV_LINUX_CTL_H

#include "dev/dev.h"

/* 0, -errno or an NVMe status (property commands of fabrics). */
int linux_control(struct dev *dev, struct req *r);

/* Registers and properties: REQ_REG_READ and REQ_REG_WRITE (linux_reg.c). */
int linux_reg(struct dev *dev, struct req *r);
/* The kernel's Opal interface: REQ_OPAL (linux_opal.c). */
int linux_opal(struct dev *dev, struct req *r);
/* The one thing that is done to an NVM subsystem: REQ_IOPOLICY. */
int linux_subsys(struct dev *dev, const struct req *r);

/*
 * The character device of the controller that answers for dev: *fd is dev->fd where dev is that node already, otherwise
 * a descriptor that linux_ctrl_close closes. 0 or -errno: -ENODEV where it is not known which controller that is.
 */
int linux_ctrl_open(struct dev *dev, int *fd);
void linux_ctrl_close(const struct dev *dev, int fd);

#endif
