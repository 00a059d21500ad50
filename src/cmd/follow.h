/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * --watch: a command looks again and again, and tells what has changed. The kernel says of most things that they have (uevents), of a
 * mere change of an ANA state it does not: so both are done, waiting for its word and looking in between.
 */
#ifndef NVMEKIT_CMD_FOLLOW_H
#define NVMEKIT_CMD_FOLLOW_H

#include "cmd/cmd.h"

struct follow_args {
	bool watch;
	struct opt_u32 interval, count, duration;
};

#define FOLLOW_OPTS(st, m)                                                                                   \
	OPT(st, m.watch, 0, "watch", NULL, "Go on looking and tell what changes, until Ctrl-C"),             \
		OPT(st, m.interval, 0, "interval", "TIME",                                                   \
		    "With --watch: look at least this often, for the kernel does not tell everything (default: 1s)", \
		    .unit = UNIT_MS, .min = 10),                                                             \
		OPT(st, m.count, 0, "count", "N", "With --watch: end when so much has changed", .min = 1),   \
		OPT(st, m.duration, 0, "duration", "TIME", "With --watch: end after this time", .unit = UNIT_MS, \
		    .min = 1)

/* What the help of such a command says of it. */
#define FOLLOW_TEXT                                                                                          \
	"With --watch the answer is printed, and then a line for everything that changes, with the time (UTC), until Ctrl-C, which " \
	"is no error, --count or --duration. As JSON there are several documents then, one in each line: the whole answer anew whenever " \
	"something has changed, whose member 'nvmekit' has 'time' and 'changes' too. " \
	"The kernel tells when controllers and namespaces come and go; of a changed ANA state it says nothing, which is seen at the next look (--interval)."

/*
 * Something that is watched: the value of a member of an object, such as the ANA state of nvme2c3n1. A fact without 'what' says that
 * the object is there. Strings are as old as the answer that they belong to.
 */
struct fact {
	const char *object, *kind; /* "nvme2c3n1", "path" */
	const char *what;	   /* as the answer's member: "ANAState"; "": the object itself */
	const char *value;
	const char *about;	   /* for people: "nvme2n1 through nvme3" */
};
struct facts {
	struct arena *a;
	struct fact *v;
	size_t n, room;
	bool again; /* this is not the first look */
};
void facts_add(struct facts *f, const char *object, const char *kind, const char *what, const char *value,
	       const char *about);
/* Puts what is different into an array: object, kind, change, what, from, to, about. Sorts both. */
void facts_diff(struct arena *a, struct facts *before, struct facts *now, struct val *changes);

struct followed {
	/*
	 * Fills the answer, and the facts where they are asked for (not NULL). What it allocates lives until the look after the next;
	 * under --watch ctx->dev is not to be used, since the simulated system is loaded anew each time.
	 */
	int (*look)(struct ctx *ctx, const void *arg, struct val *answer, struct facts *facts);
	const void *arg;
	const char *node; /* whose events count; NULL: all of NVMe */
};
/* Looks once, or goes on (then ctx->emitted). Returns what look() returned, or what is wrong with the options. */
int follow(struct ctx *ctx, const struct follow_args *args, const struct followed *w, struct val *out);

#endif
