/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Giving up connections. */
#ifndef NVMEKIT_CMD_DISCONNECT_H
#define NVMEKIT_CMD_DISCONNECT_H

#include "cmd/cmd.h"
#include "dev/topo.h"

/*
 * Gives up the connections for which 'fits' holds, as disconnect-all does: what is in use stays, and is told. 'fits' must not hold for
 * controllers that are no fabrics ones. The answer is that of disconnect-all; the exit code is set.
 */
int disconnect_where(struct ctx *ctx, bool (*fits)(const struct topo_ctrl *c, const void *what), const void *what, struct val *out);
/* Behind a network, or the kernel's own loop. */
bool topo_by_fabrics(const struct topo_ctrl *c);

#endif
