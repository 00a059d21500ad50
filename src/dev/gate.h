/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The one gate before everything that destroys data, takes access away or can brick a drive. A command says what it
 * is about to send; the gate finds out which drive that is, what is on it and who uses it, asks or checks the identity
 * that was given, claims the block nodes, looks at the identity once more, and only then lets exactly those requests
 * through dev_submit. What it has not let through, dev_submit refuses.
 */
#ifndef NVMEKIT_DEV_GATE_H
#define NVMEKIT_DEV_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "dev/dev.h"
#include "spec/spec.h"

enum danger_level {
	D_SAFE,
	D_ACCESS, /* takes access away, or may leave the drive unusable */
	D_DATA,   /* destroys data */
};

/* Whose data or access is at stake. */
enum reach {
	REACH_AS_REQUEST, /* of an intent: what danger.c says of its first request that is dangerous */
	REACH_NONE,       /* none: firmware in a slot that is not active, an unused resource */
	REACH_NS,         /* one namespace (NSID_ALL: every one that is attached to this controller) */
	REACH_CTRL,       /* every namespace that is attached to this controller */
	REACH_PATH,       /* those of them to which no other controller leads */
	REACH_SUBSYS,     /* every namespace of the NVM subsystem */
};

/* What a request does if it was not meant (danger.c has one row for each kind of them). */
struct danger {
	uint8_t level, reach;
	bool busy_ok; /* that the drive is in use is shown, and is no reason to refuse */
	const char *action; /* "Format NVM": what is done, as the beginning of a sentence */
	const char *effect; /* "destroys all data of": followed by what is at stake; a whole sentence with REACH_NONE */
};
/* NULL: nothing that needs the gate. Looks at kind, opcode, dwords, and at the data of Security Send. */
const struct danger *req_danger(const struct req *r);

/* It may change something (a payload that nobody can judge included): a dry run does not send it. */
bool req_alters(const struct req *r);

struct intent {
	const struct req *reqs; /* the requests to let through: kind, opcode, io, nsid, cdw10 and cdw11 count */
	size_t nreqs;
	const char *action, *effect; /* NULL: as danger.c has them */
	uint8_t reach;
	uint32_t nsid; /* REACH_NS; 0: that of the request */
	bool busy_ok;  /* also where danger.c does not say so */
	bool unasked;  /* no answer is needed for what nobody uses, since it can be taken back */
	const struct topo *topo; /* read already, with TOPO_NS, TOPO_IDS and TOPO_ANA; NULL: not yet */
	const char *const *leaving; /* REACH_PATH: controllers that go as well, and lead nowhere then; NULL-terminated, or NULL */
	const char *const *notes; /* further lines for the plan ("No secure erase is asked for: ..."); NULL-terminated, or NULL */
};

/*
 * 0: go on (also in a dry run, where nothing will be sent). Otherwise the error is recorded: XC_REFUSED (9), XC_NODEV
 * where the drive is no longer the one that was shown, or what reading its identity failed with.
 * May be called again for another step, which asks again unless the question was about at least as much. Requests
 * that differ in nothing but cdw11 to cdw15 and data, sent several times, need one call.
 */
int gate(struct ctx *ctx, const struct intent *in);

/* A plan as dry runs print it and refusals carry it. */
extern const struct spec spec_plan;
/* Lets r through without asking: for tests and for what stands behind another gate. */
void gate_allow(struct dev *dev, const struct req *r, size_t n);
/* dev_submit asks this. */
bool gate_passed(const struct dev *dev, const struct req *r);
/* The plan of this run; an empty one if there is none yet. */
struct val *gate_plan(struct ctx *ctx);
/* In a dry run: r goes into the plan. */
void gate_plan_add(struct dev *dev, const struct req *r);
/* A step of the plan that is about no drive (a connection): what is done, to what, and what else there is to know (NULL: nothing). */
void gate_plan_step(struct ctx *ctx, const char *action, const char *effect, const char *const *notes);
/* Gives back the block nodes that were claimed; dev_close calls it. */
void gate_release(struct dev *dev);

#endif
