/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The fabrics part of the simulated system; what each does stands at dev_ops (dev.h). */
#ifndef NVMEKIT_DEV_SIM_FABRICS_H
#define NVMEKIT_DEV_SIM_FABRICS_H

#include "dev/dev.h"

int sim_fab_tokens(struct ctx *ctx, const char **tokens);
int sim_fab_add(struct ctx *ctx, const struct fab_conn *c, const char *options, struct fab_new *out, const char **why);
int sim_fab_resolve(struct ctx *ctx, const char *host, const char *const **addrs);
int sim_attach(struct dev *dev);

#endif
