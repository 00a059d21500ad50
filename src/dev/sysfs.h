/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the kernel says of NVMe devices below /sys (or DIR/sys with --sysroot). */
#ifndef NVMEKIT_DEV_SYSFS_H
#define NVMEKIT_DEV_SYSFS_H

#include <stdbool.h>

#include "dev/dev.h"
#include "dev/topo.h"

/* The parts of nvme0, nvme0n1, nvme0c1n1, ng0n1, nvme0n1p2; a part that the name lacks is -1. */
struct node_name {
	bool generic;
	long inst, ctrl, ns, part;
};
/* false: no such name. */
bool node_parse(const char *name, struct node_name *n);

/*
 * Resolves every link of a path as a process would whose root directory is --sysroot: absolute links start there, and
 * nothing leads out of it. The result is without the prefix; NULL with errno where the path does not exist.
 */
const char *rooted_path(struct ctx *ctx, const char *path);

/* One line of DIRFD/NAME without its end and trailing blanks, in the arena; NULL where there is none. */
const char *sysfs_attr(struct arena *a, int dirfd, const char *name);
/* Same as a number; dflt where there is none. */
uint64_t sysfs_number(int dirfd, const char *name, uint64_t dflt);

/*
 * Fills kind, nsid, ctrl and fabrics of a device from its name, as far as sysfs knows them (nsid 0, ctrl NULL: it does
 * not). 0, or -ENOENT where that is no name of a node.
 */
int sysfs_describe(struct dev *dev);
/* The whole topology in one pass; see topo.h. */
int sysfs_topology(struct ctx *ctx, unsigned want, struct topo **out);
/*
 * Usage and metadata size of the namespaces of which sysfs does not say them (before Linux 6.8): one Identify
 * each (Base 2.1, section 5.1.13.2), where the node can be opened. What cannot be found out stays unknown.
 */
void usage_ask(struct ctx *ctx, unsigned want, struct topo *t);

#endif
