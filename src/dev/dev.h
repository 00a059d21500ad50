/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The one way to a drive: a request of 64 command bytes plus buffers goes into dev_submit, whatever
 * is behind it. The wrapper around the backend serves --dry-run, --trace and recording, so that a
 * dry run cannot send anything.
 */
#ifndef NVMEKIT_DEV_DEV_H
#define NVMEKIT_DEV_DEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/val.h"

#define NSID_ALL 0xffffffffu

/* What is asked of the device: nearly always a command of NVMe, otherwise something that the kernel does to it. */
enum req_kind {
	REQ_NVME,
	REQ_RESET,        /* controller reset (Base 2.1, section 3.7.2) */
	REQ_SUBSYS_RESET, /* NVM subsystem reset (section 3.7.1) */
	REQ_RESCAN,       /* the kernel looks for namespaces again */
	REQ_REG_READ,     /* property (section 3.1.4) cdw10 of cdw11 bytes (4 or 8) -> result */
	REQ_REG_WRITE,    /* property cdw10 of cdw11 bytes: value in cdw12 (low) and cdw13 (high) */
	REQ_DISCONNECT,   /* the kernel gives the controller of a fabrics target up */
	REQ_OPAL,         /* the kernel's Opal interface: ioctl number cdw10 on the block node, its struct in data */
	REQ_IOPOLICY,     /* of a DEV_SUBSYS: how the kernel spreads I/O over the paths, its word in data */
};

/*
 * The common command format (Base 2.1, section 4.1) without what the transport fills in, or another request: those
 * go the same way, so that a dry run, the trace and the gate see everything that is done to a drive.
 */
struct req {
	uint8_t kind; /* enum req_kind */
	uint8_t opcode, flags;
	uint16_t rsvd;
	bool io;      /* I/O queue; otherwise admin */
	bool passthru; /* as the user wrote it: a dry run never sends it, whatever the opcode */
	uint32_t nsid, cdw2, cdw3;
	uint32_t cdw10, cdw11, cdw12, cdw13, cdw14, cdw15;
	void *data;   /* direction: bit 0 of the opcode to the controller, bit 1 from it */
	uint32_t data_len;
	void *meta;
	uint32_t meta_len;
	uint32_t timeout_ms; /* 0: --timeout, else the kernel's default */
	/* answer */
	uint64_t result; /* dwords 0 and 1 of the completion */
	int status;      /* NVMe status field; 0 success */
	uint32_t received; /* bytes of data that really arrived; data_len where the transport cannot tell */
};

enum dev_kind {
	DEV_CTRL,   /* /dev/nvme0 */
	DEV_NS,     /* /dev/nvme0n1, /dev/ng0n1, a partition */
	DEV_SUBSYS, /* nvme-subsys0: no node, only REQ_IOPOLICY can be sent */
};

struct dev {
	struct ctx *ctx;
	const struct dev_ops *ops;
	enum dev_kind kind;
	const char *name;  /* "nvme0n1" */
	const char *path;  /* "/dev/nvme0n1"; what errors and outputs say */
	const char *ctrl;  /* "nvme0": the controller that answers (a multipath head: one of them); may be NULL */
	uint32_t nsid;     /* of DEV_NS; 0 for DEV_CTRL */
	bool fabrics;
	int fd;            /* linux: the node; where it was attached, what gives it up (delete_controller), or -1 */
	const struct pass *pass; /* what the gate let through (gate.h) */
	void *priv;        /* sim */
};

struct topo;
struct topo_ns;
struct inuse;
struct pass;
struct fab_conn;
struct fab_new;

struct dev_ops {
	const char *name; /* "linux", "sim" */
	/* Opens the node that dev->name says. Errors through fail(). */
	int (*open)(struct dev *dev);
	/* 0, -errno, or the NVMe status (also in req->status). */
	int (*submit)(struct dev *dev, struct req *req);
	/* Reads the topology; see topo.h for 'want'. */
	int (*topology)(struct ctx *ctx, unsigned want, struct topo **out);
	/* What is on a namespace and who uses it; see inuse.h. */
	int (*inuse)(struct ctx *ctx, const struct topo_ns *ns, struct inuse **out);
	/* Opens the block node of a namespace so that nobody else can claim it; 0, -EBUSY, other -errno. *fd may be -1: no such node. */
	int (*claim)(struct ctx *ctx, const char *name, int *fd);
	void (*close)(struct dev *dev);
	/* Says what dev->name is, and opens nothing. -ENODEV: there is no such controller. */
	int (*attach)(struct dev *dev);
	/* See dev_hold (fabrics.h). 0 also where there is nothing to hold; -EAGAIN: another process holds it. NULL: nobody else is there. */
	int (*hold)(struct dev *dev);
	/* Fabrics (fabrics.h). The names of the kernel's options, comma separated; "": it does not tell. Errors through fail(). */
	int (*fab_tokens)(struct ctx *ctx, const char **tokens);
	/*
	 * c, whose addresses are resolved; options is the same for the kernel, with secrets. 0 or -errno without an error recorded;
	 * *why is what the kernel has to say about it, or NULL.
	 */
	int (*fab_add)(struct ctx *ctx, const struct fab_conn *c, const char *options, struct fab_new *out, const char **why);
	/* Which of 'asked' (FAB_SEC_...) the connection that a controller is does not have; *unknown: of which that cannot be known. */
	unsigned (*fab_lacks)(struct ctx *ctx, const char *ctrl, unsigned asked, unsigned *unknown);
	/* The addresses of a host name; NULL-terminated. 0, or -errno with the error recorded. */
	int (*fab_resolve)(struct ctx *ctx, const char *host, const char *const **addrs);
};
extern const struct dev_ops linux_ops, sim_ops;
const struct dev_ops *dev_backend(const struct ctx *ctx);

/*
 * Opens a device as people name it: nvme0, /dev/nvme0n1, ng0n1, a link below /dev/disk/by-id,
 * serial=…, nqn=…, uuid=…, nguid=…, eui64=…, pci=0000:3b:00.0. Ambiguous or absent: XC_NODEV.
 * The topology is read only for the name=value forms.
 */
int dev_open(struct ctx *ctx, const char *spec, struct dev **out);
/*
 * An NVM subsystem by the kernel's name for it ("nvme-subsys0"), from the topology: there is no node, and nothing is opened. What can
 * be asked of it goes through dev_submit as everything else.
 */
struct dev *dev_subsys(struct ctx *ctx, const char *name);
void dev_close(struct dev *dev);
/* Adds to the recorded error, as its hint, which devices there are. */
void dev_hint_present(struct ctx *ctx);
/* Resolves such a name to a node name ("nvme0n1") without opening it. */
int dev_resolve(struct ctx *ctx, const char *spec, const char **node);

/*
 * Runs the request: gate, dry run, trace, backend. 0, -errno or a positive NVMe status; records no error, except that
 * what the gate has not let through (gate.h) is refused with -EACCES and XC_REFUSED.
 */
int dev_submit(struct dev *dev, struct req *req);
/* Same, and records what failed: "Identify Controller on /dev/nvme0 failed: Invalid Field in Command". */
int dev_command(struct dev *dev, struct req *req, const char *what);

/* Records what a request that came back with rc means, and returns rc. */
int dev_fail(struct dev *dev, const struct req *req, int rc, const char *what);

/* Buffers for data transfers: page-aligned, whole pages, zeroed; from the arena. */
void *dev_buffer(struct ctx *ctx, size_t size);

/*
 * Identify (Base 2.1, section 5.1.13): 4096 bytes into buf (from dev_buffer); *got gets how many arrived. dw11: NVM Set or
 * Endurance Group; the command set in its upper byte.
 */
int dev_identify(struct dev *dev, uint8_t cns, uint32_t nsid, uint32_t dw11, uint16_t cntid, void *buf, size_t *got);
/*
 * The same, where a drive that refuses is as good as one that does not know: *got is 0 then. Only what means that the drive
 * cannot be asked is an error, and recorded.
 */
int dev_identify_if(struct dev *dev, uint8_t cns, uint32_t nsid, uint32_t dw11, uint16_t cntid, void *buf, size_t *got);

/* One log page read in chunks (transfer.c). Base 2.1, section 5.1.12. */
struct log_args {
	uint8_t lid, csi, lsp, uuid_index;
	uint16_t lsi;
	uint32_t nsid;
	uint64_t offset;   /* lpo, in bytes, or an index where ot is set */
	bool ot, rae;
	uint32_t chunk;    /* largest transfer; 0: choose (4096, growing to MDTS where known), halved on -EINVAL */
};
int dev_get_log(struct dev *dev, const struct log_args *l, void *buf, size_t len, size_t *received);

#endif
