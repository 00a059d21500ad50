/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Watching what runs inside the drive: progress, estimate, time limit, stall, Ctrl-C. The operation itself is never
 * touched: whoever stops watching leaves it running, and is told how to watch it again.
 */
#ifndef NVMEKIT_DEV_WATCH_H
#define NVMEKIT_DEV_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"

struct progress {
	const char *what;    /* "Sanitize (block erase)" */
	const char *phase;   /* "media verification"; NULL */
	uint32_t part, whole; /* 17 of 65536, 43 of 100; whole 0: unknown */
	uint64_t elapsed_ms;
	uint64_t left_ms;    /* estimate; UINT64_MAX: unknown */
	bool done;           /* the last call */
};

struct watch {
	const char *what;        /* as in progress */
	const char *resume;      /* command line that watches again: "nvmekit wait nvme0 --for=sanitize" */
	uint64_t limit_ms;       /* 0: none */
	uint64_t estimate_s;     /* what the drive estimates for the whole; 0: nothing */
	/* Looks at the drive: fills part, whole, phase, done. 0, or an error that is recorded. */
	int (*poll)(struct ctx *ctx, void *arg, struct progress *p);
	void *arg;
};

/*
 * Polls until it is done. 0, XC_TIMEOUT (8) recorded when the limit is reached, nothing moves any more (--stall) or Ctrl-C
 * was pressed, or what poll recorded. In a dry run it returns 0 at once.
 */
int dev_watch(struct ctx *ctx, const struct watch *w);

#endif
