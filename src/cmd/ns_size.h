/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a namespace will be made of: its block format, and sizes as people say them (ns_size.c). */
#ifndef NVMEKIT_CMD_NS_SIZE_H
#define NVMEKIT_CMD_NS_SIZE_H

#include "cmd/ns.h"

/* How a size was said. */
enum size_kind { SIZE_NONE, SIZE_BLOCKS, SIZE_BYTES, SIZE_PERCENT, SIZE_MOST };
struct size {
	const char *opt; /* "--nsze", for error messages */
	uint8_t kind;
	uint64_t v; /* blocks, bytes or percent */
};

/* The block format, and in which steps the drive allocates (bytes; 0: it does not say). */
struct format {
	uint8_t flbas;
	uint64_t block, meta; /* bytes */
	uint64_t size_step, cap_step;
};

/* Unallocated capacity from which the namespace will be taken. */
struct pool {
	bool known;
	uint64_t bytes;
	const char *what; /* "NVM Set 3"; NULL: the drive */
};

/* "1000" (blocks, where they are allowed), "800G", "50%", "max". XC_USAGE. */
int size_parse(struct ctx *ctx, const char *opt, const char *text, bool blocks, struct size *s);

struct format_args {
	struct opt_u32 flbas, block_size, metadata_size;
	uint8_t dps;
	bool need; /* sizes are said in blocks: which, is not for us to choose */
};
/* Chooses, and checks against what all namespaces have in common (*caps; may be NULL: the drive does not say). */
int ns_format_choose(struct ctx *ctx, const struct val *caps, const struct format_args *args, struct format *f);
/* *caps: Identify Namespace of NSID FFFFFFFFh, or of any namespace. NULL: the drive tells neither. */
int format_caps(struct ctx *ctx, const struct val **caps);
/* Steps of the chosen format: NVM Command Set 1.1, section 4.1.5.5 (Namespace Granularity List). */
int format_steps(struct ctx *ctx, struct format *f);

/* Bytes that nothing has been made of in the Endurance Group. Not known: the drive does not say, or there is no such group. */
int group_left(struct ctx *ctx, uint16_t endgid, bool *known, uint64_t *left);
/* What is left in the NVM Set or Endurance Group, or for whoever leaves both to the drive (0). */
int pool_read(struct ctx *ctx, uint16_t nvmsetid, uint16_t endgid, struct pool *p);
/* In blocks. 'step': bytes of which it shall be a multiple, where it was not said in blocks. */
int size_blocks(struct ctx *ctx, const struct size *s, const struct format *f, uint64_t step, const struct pool *p,
		uint64_t *blocks);
/* A step for both. */
uint64_t size_common_step(uint64_t a, uint64_t b);
/* XC_USAGE where 'blocks' of capacity are more than there are; a warning where the drive will take more than that. */
int pool_check(struct ctx *ctx, const struct pool *p, const struct format *f, const struct size *s, uint64_t blocks);

#endif
