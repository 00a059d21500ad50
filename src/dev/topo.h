/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Which subsystems, controllers, namespaces and paths there are: read in one pass from sysfs
 * (topology.c) or from an image (sim). Everything is in the arena; strings are never NULL unless said.
 * Sorted naturally (nvme2 before nvme10).
 */
#ifndef NVMEKIT_DEV_TOPO_H
#define NVMEKIT_DEV_TOPO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"

/* What to read beyond names and controller identity; each costs files per object. */
enum {
	TOPO_NS = 1,      /* namespaces: nsid, size, block size, metadata if sysfs has it, csi */
	TOPO_USAGE = 2,   /* nuse: may cost one Identify per namespace in the kernel, or by us on old kernels */
	TOPO_IDS = 4,     /* uuid, nguid, eui64, wwid */
	TOPO_PATHS = 8,   /* of a path its ANA state and group, NUMA nodes and queue depth; paths themselves come with TOPO_NS */
	TOPO_HOST = 16,   /* host NQN and id, I/O policy, NUMA node, slot */
	TOPO_ANA = 32,    /* of a path its ANA state alone */
	TOPO_META = 64,   /* metadata size: may cost one Identify per namespace by us on old kernels */
};

struct topo_ctrl {
	const char *name;      /* "nvme0" */
	const char *state;     /* "live", "resetting", "connecting", "deleting", "dead"; "" unknown */
	const char *transport; /* "pcie", "tcp", "rdma", "fc", "loop", "apple-nvme" */
	const char *address;   /* sysfs 'address': "0000:3b:00.0" or "traddr=...,trsvcid=..." */
	const char *serial, *model, *firmware; /* trimmed */
	const char *nqn, *cntrltype;
	const char *hostnqn, *hostid; /* "" on PCIe */
	const char *slot;
	int cntlid, numa_node; /* -1: unknown */
	struct topo_subsys *subsys;
};

struct topo_path {
	const char *name;  /* "nvme0c1n1" */
	const char *ana_state; /* "optimized", ...; "" where there is no ANA */
	const char *numa_nodes;
	uint32_t ana_group;
	int queue_depth; /* requests under way; -1: the kernel does not say (before Linux 6.15) */
	struct topo_ctrl *ctrl;
};

struct topo_ns {
	const char *name;    /* "nvme0n1" */
	const char *generic; /* "ng0n1"; "" if the kernel has none */
	uint32_t nsid;
	uint32_t lba_size, meta_size; /* bytes */
	uint64_t blocks, used;        /* in blocks of lba_size */
	bool used_known, meta_known;
	int csi;             /* -1: unknown */
	const char *uuid, *nguid, *eui64; /* "" where absent */
	struct topo_ctrl *ctrl; /* of a namespace without multipath head; otherwise NULL */
	struct topo_subsys *subsys;
	struct topo_path *paths;
	size_t npaths;
};

struct topo_subsys {
	const char *name;  /* "nvme-subsys0"; "" for a controller that the kernel has not put into one (yet) */
	const char *nqn;
	const char *model, *serial, *firmware, *iopolicy, *type;
	const char *hostnqn, *hostid;
	struct topo_ctrl **ctrls;
	struct topo_ns **ns;
	size_t nctrls, nns;
};

struct topo {
	struct topo_subsys **subsys;
	size_t nsubsys;
};

/* Through the backend of this run. 0 or -errno with the error recorded. No drives: an empty topology. */
int topo_read(struct ctx *ctx, unsigned want, struct topo **out);
/* Whether a path of ns leads through the controller of this name. */
bool topo_reached(const struct topo_ns *ns, const char *ctrl);
/* Behind a network, or the kernel's own loop: neither PCI Express nor Apple's own way. */
bool transport_is_fabrics(const char *transport);
/*
 * Linux sends I/O through a path in this ANA state ("": there is no ANA). In any other (a change that is under way, a state that it has
 * not learnt yet) requests wait until the target says otherwise, perhaps for ever.
 */
bool ana_usable(const char *state);
/* "nvme2" < "nvme10": digits compare as numbers. */
int natural_cmp(const char *a, const char *b);
/* Hexadecimal identifiers compare without hyphens, dots and "0x", in either case. */
bool same_id(const char *a, const char *b);

#endif
