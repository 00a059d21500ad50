/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The ways to a target: the kernel takes addresses only, and each end can be given as a name that has several. */
#ifndef NVMEKIT_DEV_FABRICS_WAY_H
#define NVMEKIT_DEV_FABRICS_WAY_H

#include "dev/fabrics.h"

/* One way: an address of the target, and one of the host. "" is none. */
struct fab_way {
	const char *to, *from;
};

/*
 * All of them, in the order in which they are tried; at least one. 0, or what keeps the names from being looked up; XC_USAGE if no
 * address of the host is of the family of one of the target's.
 */
int fab_ways(struct ctx *ctx, const struct fab_conn *want, struct fab_way **ways, size_t *n);
/* What is wanted, by that way. */
struct fab_conn fab_by_way(const struct fab_conn *want, const struct fab_way *w);

#endif
