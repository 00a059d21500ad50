/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the commands about firmware share: Base 2.1, sections 5.1.8, 5.1.9 and 3.11. */
#ifndef NVMEKIT_CMD_FW_H
#define NVMEKIT_CMD_FW_H

#include "cmd/common.h"
#include "dev/fwload.h"

#define FW_MAX_IMAGE ((size_t)1 << 30)
#define FW_MAX_SLOT  7u

/* Commit Action, section 5.1.8 */
enum {
	CA_REPLACE,	      /* into the slot, and no more */
	CA_REPLACE_AND_RESET, /* the next reset starts it */
	CA_SET_ACTIVE,	      /* the next reset starts what is in the slot */
	CA_IMMEDIATE,	      /* at once; the image that was downloaded, if there is one */
	CA_REPLACE_BOOT = 6,
	CA_ACTIVATE_BOOT = 7,
};

/* What a controller can do with firmware. */
struct fw_caps {
	unsigned slots;	   /* 1 to 7 */
	bool slot1_ro;	   /* FRMW bit 0 */
	bool immediate;	   /* FRMW bit 4 */
	uint32_t unit;	   /* FWUG in bytes; 4: no rule */
	uint64_t limit;	   /* MDTS in bytes; 0: none */
	uint64_t mtfa_ms;  /* 0: not reported */
};

/* Which reset an activation waits for. */
enum fw_need { NEEDS_NONE, NEEDS_CTRL, NEEDS_SUBSYS, NEEDS_CONVENTIONAL };
extern const char *const fw_need_names[];

/* Multiple Update Detected, dword 0 of the completion of Firmware Commit. */
extern const struct field fw_mud_bits[2];
#define FW_MUD_ROW                                                                                           \
	{ "mud", "Multiple updates detected", .len = 2, BITS_OF(fw_mud_bits), .show = SHOW_SET }
void fw_put_mud(struct ctx *ctx, struct val *out, unsigned mud);

struct fw_commit {
	unsigned slot, action, bpid;
	/* the answer */
	int status;	    /* 0, or one of those that say what is needed */
	unsigned mud;	    /* fw_mud_bits */
	enum fw_need needs; /* before the new firmware runs; NEEDS_NONE also where nothing was activated */
};

/* The firmware log page, section 5.1.12.1.4, as far as it matters here. */
struct fw_slots {
	unsigned active, next;
	const char *revision[FW_MAX_SLOT + 1]; /* "" where empty */
};

/*
 * The node names one controller: a node over several paths would spread an update over all of them. 0, or XC_USAGE
 * with their names.
 */
int fw_one_ctrl(struct ctx *ctx);
/* Identify Controller; without firmware commands: XC_UNSUPPORTED. */
int fw_read_caps(struct ctx *ctx, struct fw_caps *caps);
int fw_read_slots(struct ctx *ctx, struct fw_slots *slots);
/* Size of the pieces: what the user asked for (0: as large as possible), checked against the granularity. XC_USAGE. */
int fw_chunk(struct ctx *ctx, const struct fw_caps *caps, uint32_t xfer, struct fw_load *l);
/* Slot and action against the drive: XC_USAGE or XC_UNSUPPORTED. */
int fw_check_commit(struct ctx *ctx, const struct fw_caps *caps, const struct fw_commit *fc);

struct req fw_commit_req(const struct fw_commit *fc);
/*
 * Sends a commit that the gate has let through. 0 also for the statuses that ask for a reset; every other one is recorded
 * as an error, with what to do about it.
 */
int fw_commit(struct ctx *ctx, struct fw_commit *fc);
/* Warns of what the user has to do, or has to know, after a commit. */
void fw_tell(struct ctx *ctx, const struct fw_commit *fc);
void fw_tell_mud(struct ctx *ctx, unsigned mud);
/* What starts the firmware, as the end of a sentence. */
const char *fw_how(struct ctx *ctx, enum fw_need needs);

#endif
