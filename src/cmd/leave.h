/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Controllers that are to go: which, whether they may, and then. For disconnect.c alone. */
#ifndef NVMEKIT_CMD_LEAVE_H
#define NVMEKIT_CMD_LEAVE_H

#include "cmd/common.h"
#include "dev/topo.h"

struct leaver {
	const struct topo_ctrl *ctrl;
	struct dev *dev;  /* NULL: it has gone by itself */
	const char *kept; /* why it stays; NULL: it goes */
	enum exit_code failed; /* XC_OK: it did not fail */
};

struct leave {
	struct ctx *ctx;
	struct topo *topo;
	struct leaver *v;
	size_t n;
	const char **names; /* of all of them, for the gate */
	struct dev **held;  /* controllers that no other run touches meanwhile */
	size_t nheld;
};

/* Unless it is among them already. */
void leave_add(struct leave *l, const struct topo_ctrl *c);
/* Those that 'choose' adds to l->topo, seen after other runs cannot change them any more. 0, or an error that is recorded. */
int leave_begin(struct ctx *ctx, struct leave *l, int (*choose)(struct leave *l, const void *arg), const void *arg);
/* The gate's answer for one, if the others go as well. One that is no longer there may go. */
int leave_ask(struct leave *l, struct leaver *v);
/* What is recorded as an error becomes the reason why it stays. */
void leave_failed(struct ctx *ctx, struct leaver *v);
void leave_send(struct leave *l, struct leaver *v);
/* When all are gone: until then nobody may begin to use what they lead to. */
void leave_release(struct leave *l);

#endif
