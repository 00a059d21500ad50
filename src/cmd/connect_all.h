/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Connecting to many targets: connect-all, and apply and plan, which add what is to go. */
#ifndef NVMEKIT_CMD_CONNECT_ALL_H
#define NVMEKIT_CMD_CONNECT_ALL_H

#include "cmd/disc.h"

#define CONNECT_RESULT_NROWS 13
extern const struct field connect_result_rows[CONNECT_RESULT_NROWS]; /* one target */
#define CONNECT_NCOLS 8
extern const struct column connect_cols[CONNECT_NCOLS];

struct connect_run {
	struct walk w;
	struct topo *topo; /* the controllers that were there */
	struct val *results;
	uint64_t wait_ms;
	uint32_t connected, already, failed;
	uint32_t planned;     /* of a dry run: would be connected */
	bool look_only;	      /* says what would be connected, and connects nothing */
	bool judging;	      /* 'wanted' is asked for */
	bool blind;	      /* what shall be there is not known in full: a discovery service was not asked, a host's name not found */
	bool late;	      /* nodes did not come in time */
	struct strset wanted; /* names of controllers of topo that lead where they shall */
};

/* Every target in turn; an error of one is a record of it. 0, or what makes all of it impossible. */
int connect_run(struct ctx *ctx, const struct disc_args *args, struct connect_run *r);
/* The answer of connect-all, and the exit code. */
void connect_put(struct connect_run *r, struct val *out);

#endif
