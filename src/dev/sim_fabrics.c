/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Connections of the simulated system. */
#include "dev/sim_fabrics.h"

#include <errno.h>

#include "dev/fabrics.h"

int sim_fab_tokens(struct ctx *ctx, const char **tokens)
{
	*tokens = "";
	return fail(ctx, XC_UNSUPPORTED, ENOTSUP, "the simulated system has no fabrics");
}

int sim_fab_add(struct ctx *ctx, const struct fab_conn *c, const char *options, struct fab_new *out, const char **why)
{
	(void)ctx, (void)c, (void)options, (void)out, (void)why;
	return -ENOTSUP;
}

int sim_fab_resolve(struct ctx *ctx, const char *host, const char *const **addrs)
{
	(void)addrs;
	return fail(ctx, XC_CONNECT, 0, "cannot find an address of '%s'", host);
}

int sim_attach(struct dev *dev)
{
	(void)dev;
	return -ENODEV;
}
