/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* An update of firmware, between the command (fw_update.c) and its steps (fw_steps.c). */
#ifndef NVMEKIT_CMD_FW_UPDATE_H
#define NVMEKIT_CMD_FW_UPDATE_H

#include "cmd/fw.h"

struct update_args {
	const char *image, *expect_revision;
	struct opt_u32 slot;
	uint8_t activate, reset;
	uint32_t xfer;
	bool stage_only;
};

enum update_state { UPDATE_STORED, UPDATE_PENDING, UPDATE_RUNNING, UPDATE_NOT_RUNNING };
enum update_reset { ALLOW_NONE, ALLOW_NEEDED, ALLOW_CTRL, ALLOW_SUBSYS };

struct update_side {
	const char *fr; /* that runs */
	struct fw_slots slots;
};

struct update {
	/* what is asked for */
	enum update_reset allowed;
	bool stage_only, now;
	const char *expected; /* revision; NULL: any */
	/* what is there */
	struct fw_caps caps;
	struct update_side before, after;
	size_t bytes; /* of the image, without padding */
	uint32_t padding;
	struct fw_load load;
	/* what was done */
	struct fw_commit fc; /* slot from the beginning, the rest of the last commit */
	unsigned mud;	     /* of all of them */
	enum fw_need reset_done;
	enum update_state state;
};

/* Fills fc.slot unless it is given; never the only good firmware without being told: XC_REFUSED. */
int update_choose_slot(struct ctx *ctx, struct update *u);
/* Capabilities against what is asked for. XC_USAGE, XC_UNSUPPORTED. */
int update_check(struct ctx *ctx, const struct update *u);
/* Asks for everything that update_run may send, before anything is sent. */
int update_gate(struct ctx *ctx, const struct update *u);
int update_run(struct ctx *ctx, struct update *u);
/* From before and after: the state that was reached. */
void update_settle(struct update *u);

#endif
