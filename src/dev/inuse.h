/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What is on a namespace and who uses it: what the gate shows and decides by. Of a block device everything on top of
 * it counts: partitions, device mapper, MD, bcache, and what is mounted on those.
 */
#ifndef NVMEKIT_DEV_INUSE_H
#define NVMEKIT_DEV_INUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "dev/topo.h"

/* One thing that was found on the namespace, a partition, or what is stacked on them. */
struct content {
	const char *device; /* "nvme0n1p2", "dm-0" */
	const char *type;   /* as libblkid has it: "ext4", "gpt", "LVM2_member", "crypto_LUKS", "linux_raid_member", "zfs_member" */
	const char *usage;  /* "filesystem", "raid", "crypto", "partition-table", "other" */
	const char *label, *uuid; /* "" where there is none */
	uint64_t size;      /* bytes of the device that it is on; 0: unknown */
};

/* Why the namespace is in use. */
struct use {
	const char *device; /* what is used: "nvme0n1p2", "dm-0"; "nvme0" for the controller's node */
	const char *kind;   /* "mount", "swap", "holder" (device mapper, MD, ...), "open", "export" (kernel target), "busy" */
	const char *what;   /* "/srv (ext4)", "md127 (raid1, active)", "qemu-system-x86 (pid 812)"; a sentence's object */
	bool system;        /* carries /, /usr, /var, /boot, /boot/efi, /boot/firmware or /efi of this machine, itself or below */
};

struct inuse {
	struct content *contents;
	struct use *uses;
	size_t ncontents, nuses;
	const char *unread; /* why the contents could not be read ("permission denied"), or NULL */
};

/* From here on one look at all processes and exports does for however many namespaces. */
void inuse_one_look(struct ctx *ctx);
/*
 * A path to it can be used, as far as the topology (TOPO_ANA) says. Otherwise opening its block node, or reading it, may take until the
 * kernel gives up, or until its ANA state changes.
 */
bool inuse_reachable(const struct topo_ns *ns);
/* Through the backend of this run: linux.c's is linux_inuse, the simulator's sim_inuse. 0 or -errno, recorded. */
int inuse_read(struct ctx *ctx, const struct topo_ns *ns, struct inuse **out);

int linux_inuse(struct ctx *ctx, const struct topo_ns *ns, struct inuse **out);
int linux_claim(struct ctx *ctx, const char *name, int *fd);
int sim_inuse(struct ctx *ctx, const struct topo_ns *ns, struct inuse **out);
int sim_claim(struct ctx *ctx, const char *name, int *fd);

#endif
