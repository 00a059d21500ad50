/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The block formats of a drive, which format and create-ns choose among: NVM Command Set 1.1, section 4.1.5.1. */
#ifndef NVMEKIT_CMD_LBAF_H
#define NVMEKIT_CMD_LBAF_H

#include "cmd/cmd.h"
#include "core/val.h"

/* 'id' is Identify Namespace, decoded; an element of its "lbafs" stands for a format. */

/* NULL: the drive has no such format, or does not offer it (LBADS 0). */
const struct val *lbaf_at(const struct val *id, uint64_t index);
/* Bytes of data and of metadata in a block. */
uint64_t lbaf_block(const struct val *lbaf);
uint64_t lbaf_meta(const struct val *lbaf);
/*
 * Of the formats with blocks of so many bytes of data (0: any) and of metadata the one with the best relative performance,
 * the first of several. *n, unless NULL: how many there are.
 */
const struct val *lbaf_best(const struct val *id, uint64_t block, uint64_t meta, unsigned *n);
/* Adds to a recorded error, as its hint, which formats there are; returns rc. */
int lbaf_hint(struct ctx *ctx, int rc, const struct val *id);
/*
 * XC_UNSUPPORTED where the drive cannot transfer metadata that way (MC), or has no such protection information (DPC); XC_USAGE
 * where it does not fit into the metadata, of which it takes 'need' bytes. name: of what the format is for.
 */
int lbaf_check_transfer(struct ctx *ctx, const struct val *id, const char *name, bool extended);
struct protection {
	uint8_t type; /* 0: none */
	bool first;   /* at the beginning of the metadata */
	uint64_t need;
};
int lbaf_check_protection(struct ctx *ctx, const struct val *id, const char *name, const struct val *lbaf,
			  const struct protection *p);

#endif
