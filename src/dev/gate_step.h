/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* One question to the gate, between its parts: whose data it is about (gate_scope.c), the plan (gate_plan.c), the answer (gate.c). */
#ifndef NVMEKIT_DEV_GATE_STEP_H
#define NVMEKIT_DEV_GATE_STEP_H

#include "dev/gate.h"
#include "dev/inuse.h"
#include "dev/topo.h"

/* One namespace whose data or access is at stake. */
struct stake {
	uint32_t nsid;
	const struct topo_ns *ns;  /* NULL: the kernel does not know it (it is not attached here) */
	const struct inuse *inuse; /* empty for such a one */
};

/* What identifies a drive; text is trimmed. */
struct identity {
	const char *model, *serial, *firmware, *nqn;
	u128 capacity; /* bytes; 0: unknown */
	int cntlid;    /* -1: unknown */
};

struct step {
	struct ctx *ctx;
	const struct intent *in;
	const struct req *req; /* the one that is dangerous */
	const struct danger *danger;
	uint8_t reach;
	bool busy_ok;
	bool asked_drive; /* the drive itself answers, and is asked who it is */
	const struct topo_ctrl *ctrl; /* the controller that gets the command; NULL: the kernel shows none */
	struct identity id;
	struct stake *stakes;
	size_t nstakes;
	const char *refused; /* why, as a sentence; NULL: for no reason */
	const char *hint;
	const char *confirm; /* of a dry run: how to answer what would be asked; NULL: nothing would */
	bool final; /* refused for what is wrong, not for an answer that is missing */
};

/* Fills reach, ctrl, id and stakes. 0, or an error that is recorded. */
int scope_find(struct step *s);
/* Who the drive says that it is: Identify Controller. 0, or an error that is recorded. */
int scope_identify(struct step *s, struct identity *id, const struct val **fields);
/* The first use of a stake, or NULL; *stake gets whose. */
const struct use *scope_use(const struct step *s, size_t n, const struct stake **stake);
size_t scope_uses(const struct step *s);
/* "nvme0n1p2 is mounted at /srv (ext4)" */
const char *use_text(struct arena *a, const struct use *u);

/* Begins ctx->plan, or adds a step to it. */
void plan_step(const struct step *s);

#endif
