/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The simulated system: NVM subsystems in this process that answer from an image (image.h). A model of
 * what Linux and a controller do together, seen from a device node: sim_ops in dev.h.
 */
#ifndef NVMEKIT_DEV_SIM_H
#define NVMEKIT_DEV_SIM_H

#include <stdint.h>

#include "core/ctx.h"
#include "dev/dev.h"

/* Commands that controllers refused since this device was opened; also those that were made to fail. */
uint64_t sim_rejected(const struct dev *dev);
/* Loads the system that ctx->g.system names, unless it is loaded. 0 or -errno with the error recorded. */
int sim_load(struct ctx *ctx);
/* What can be asked of a subsystem itself (DEV_SUBSYS): REQ_IOPOLICY. 0 or -errno. */
int sim_subsys(struct dev *dev, struct req *r);

#endif
