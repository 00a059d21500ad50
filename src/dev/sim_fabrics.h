/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The fabrics part of the simulated system; what each does stands at dev_ops (dev.h). */
#ifndef NVMEKIT_DEV_SIM_FABRICS_H
#define NVMEKIT_DEV_SIM_FABRICS_H

#include "dev/sim_model.h"

struct fab_conn;
struct fab_new;

int sim_fab_tokens(struct ctx *ctx, const char **tokens);
int sim_fab_add(struct ctx *ctx, const struct fab_conn *c, const char *options, struct fab_new *out,
		const char **why);
unsigned sim_fab_lacks(struct ctx *ctx, const char *ctrl, unsigned asked, unsigned *unknown);
int sim_fab_resolve(struct ctx *ctx, const char *host, const char *const **addrs);

/* What sim_fabrics.c has found fit to be made; the rest is a change of the image (sim_connect.c). */
struct sim_conn {
	const struct fab_conn *conn;
	const struct image_port *port;
	const char *nqn; /* as it was asked for */
	const char *hostnqn, *hostid;
	bool discovery; /* of the port, not of one of its subsystems */
};

/* The new controller's name, and its node in the tree; looks everything up again (sim_changed_tree). 0 or -errno. */
int sim_connect(struct sim_cmd *c, const struct sim_conn *n, const char **name, int *cntlid);
/* The name that the next controller gets. */
const char *sim_next_ctrl(struct arena *a, const struct image *img, uint32_t *instance);
/* Whether the port exports this subsystem. */
bool sim_port_exports(const struct image_port *p, const char *nqn);
/* The port that a controller is connected to, or NULL. */
const struct image_port *sim_port_of(const struct image *img, const struct image_ctrl *ctrl);
struct image_subsys *sim_local_subsys(const struct image *img, const char *nqn);
int sim_disconnect(struct sim_cmd *c); /* REQ_DISCONNECT */

#endif
