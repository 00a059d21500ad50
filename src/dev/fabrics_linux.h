/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The fabrics part of the linux backend; what each does stands at dev_ops (dev.h). */
#ifndef NVMEKIT_DEV_FABRICS_LINUX_H
#define NVMEKIT_DEV_FABRICS_LINUX_H

#include "dev/dev.h"

int linux_fab_tokens(struct ctx *ctx, const char **tokens);
int linux_fab_add(struct ctx *ctx, const struct fab_conn *c, const char *options, struct fab_new *out, const char **why);
unsigned linux_fab_lacks(struct ctx *ctx, const char *ctrl, unsigned asked, unsigned *unknown);
int linux_fab_resolve(struct ctx *ctx, const char *host, const char *const **addrs);
int linux_attach(struct dev *dev);
int linux_hold(struct dev *dev);
/* The kernel gives dev->ctrl up, and returns when that is done. 0 or -errno. */
int linux_disconnect(struct dev *dev);
/* Runs a program without a shell, its output thrown away; its exit code, or -errno. */
int run_quietly(const char *const *argv);

#endif
