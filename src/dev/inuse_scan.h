/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What linux_inuse knows while it looks; shared by its parts and by nobody else. */
#ifndef NVMEKIT_DEV_INUSE_SCAN_H
#define NVMEKIT_DEV_INUSE_SCAN_H

#include <sys/types.h>

#include "dev/inuse.h"

/* More than any machine has; what is beyond counts as one more user, so nothing is taken for free. */
#define SCAN_NODES 1024
#define SCAN_USES 256

/* A node that leads to the namespace's data: the namespace, a partition, and what is stacked on those. */
struct scan_node {
	const char *name;  /* "nvme0n1p2", "dm-0", "ng0n1" */
	const char *title; /* for a sentence: "dm-0 (LVM volume vg0-root)" */
	dev_t devno;       /* 0: unknown */
	uint64_t size;     /* bytes */
	bool generic;      /* a character device */
	bool suspended;    /* reading it would wait, perhaps for ever */
	bool system;       /* see inuse.h */
};

/* 'upper' is stacked on 'lower'. */
struct scan_edge {
	size_t lower, upper;
	bool holder; /* not a partition */
};

struct scan {
	struct ctx *ctx;
	struct inuse *out;
	struct scan_node *nodes;
	struct scan_edge *edges;
	size_t nnodes, cap_nodes, nedges, cap_edges;
	size_t cap_contents, cap_uses;
	bool cut; /* there were more nodes or uses than are kept */
	struct opens *opens; /* NULL: nobody has looked yet */
};

/* A descriptor of a process that leads below /dev. */
struct open_file {
	const char *node; /* "nvme0n1p2"; may also be a link or a node that somebody made */
	dev_t devno;      /* 0: no device */
	bool generic;     /* a character device */
	const char *pid, *comm;
};

/* A device that is mounted in another mount namespace than ours. */
struct far_mount {
	dev_t devno;
	const char *target, *type;
	const char *pid, *comm; /* a process that is there */
	bool init; /* that namespace is the machine's own */
};

/* What all processes have open there, and what is mounted where some of them are and we are not. */
struct opens {
	struct open_file *v;
	struct far_mount *mounts;
	const char **spaces; /* mount namespaces that were read, and our own */
	size_t n, cap, nmounts, cap_mounts, nspaces, cap_spaces;
	bool cut; /* there was no time to ask all */
};

/* Makes room for one more element of an array in the arena; returns the array. */
void *scan_grow(struct scan *s, void *array, size_t n, size_t *cap, size_t size);

/* The node with that kernel name, or NULL. */
struct scan_node *scan_find(struct scan *s, const char *name);
struct scan_node *scan_find_devno(struct scan *s, dev_t devno, bool generic);
/* "dm-0" for "/dev/mapper/vg0-root", whatever links or nodes lead there; NULL where that is no device. */
const char *scan_device_of(struct scan *s, const char *path);

/* Adds a use unless it is there already. */
void scan_use(struct scan *s, const char *device, const char *kind, const char *what, bool system);

/* inuse_tree.c: fills nodes and edges. */
void scan_tree(struct scan *s, const struct topo_ns *ns);
/* inuse_blk.c: signatures on every block node. */
void scan_contents(struct scan *s);
/* inuse_mount.c: mounts and swap; marks nodes that carry the system. */
void scan_mounts(struct scan *s);
/* Adds what is mounted where that process is. */
void scan_far_mounts(struct scan *s, struct opens *o, const char *pid, const char *comm);
/* inuse_open.c: the kernel's own targets, and processes that hold a node open. */
const struct opens *scan_processes(struct scan *s);
void scan_exports(struct scan *s, const struct topo_ns *ns);
void scan_opens(struct scan *s);

#endif
