/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The parts of erase: choosing how (erase_plan.c), looking at what is there (erase_verify.c), the record (erase_record.c). */
#ifndef NVMEKIT_CMD_ERASE_H
#define NVMEKIT_CMD_ERASE_H

#include "cmd/media.h"

enum erase_method { ERASE_AUTO, ERASE_CRYPTO, ERASE_BLOCK, ERASE_OVERWRITE, ERASE_USER_DATA, ERASE_FORMAT };

enum erase_way { BY_SANITIZE, BY_SANITIZE_NS, BY_FORMAT };

struct erase_plan {
	uint8_t way, sanact, ses;
	const char *method; /* "sanitize crypto erase" */
	const char *reason; /* why this one */
	struct req *reqs;
	size_t nreqs;
	uint8_t reach;
	uint32_t nsid;	       /* of one namespace; NSID_ALL: the drive */
	struct nsid_list hit; /* whose data it destroys */
};
/* XC_UNSUPPORTED, with what there is instead, where the drive cannot; nothing is altered. */
int erase_plan(struct ctx *ctx, enum erase_method m, const struct val *ctrl, struct erase_plan *p);

/* Samples of the namespaces that are erased. */
struct samples;
/* Looks at n places of each namespace that has a node here; what cannot be read is remembered as that. */
void samples_before(struct ctx *ctx, const struct erase_plan *p, uint32_t n, struct samples **s);
/* Looks again: an element per namespace into 'list'. "passed", "failed", "undecided" or "skipped". */
const char *samples_after(struct ctx *ctx, struct samples *s, struct val *list);

struct record {
	const char *path;
	int fd; /* -1: none */
	bool json;
};
/* Makes the file, which must not exist (XC_USAGE), so that it can be written later; no path, a dry run: nothing. */
int record_open(struct ctx *ctx, const char *path, struct record *r);
/* Nothing was done to the drive: the file is removed. */
void record_drop(struct record *r);
/* Writes 'v' and closes. 0 or -errno; records no error. */
int record_write(struct ctx *ctx, struct record *r, const struct val *v);

#endif
