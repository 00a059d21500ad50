/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* fw-download and fw-commit, the two steps by hand: Base 2.1, sections 5.1.8 and 5.1.9. */
#include <string.h>

#include "cmd/fw.h"

/* --- fw-download --- */

struct download_args {
	const char *fw;
	uint32_t xfer;
	uint64_t offset;
	bool progress, ignore_ovr, ish;
};

static const struct opt download_opts[] = {
	OPT(download_args, fw, 'f', "fw", "FILE", "The image; '-' is standard input", .complete = COMP_FILE,
	    .flags = OF_REQUIRED),
	OPT(download_args, xfer, 'x', "xfer", "BYTES",
	    "Size of the pieces, a multiple of the drive's granularity (default: as large as drive and kernel take)",
	    .unit = UNIT_BYTES, .max = 1u << 30),
	OPT(download_args, offset, 'O', "offset", "BYTES", "Where in the drive's image FILE begins (default: 0)",
	    .unit = UNIT_BYTES, .max = (UINT64_C(1) << 34) - 4),
	OPT(download_args, progress, 'p', NULL, NULL, "Show how far the transfer is, as --progress=auto does",
	    .flags = OF_HIDDEN),
	OPT(download_args, ignore_ovr, 'i', "ignore-ovr", NULL,
	    "Go on where the drive has bytes of this range already"),
	OPT(download_args, ish, 'I', "ish", NULL, "Ignore Shutdown, which only management endpoints know",
	    .flags = OF_HIDDEN),
};

static const struct field download_rows[] = {
	{ "bytes", "Bytes sent", .len = 64, .kind = K_UINT, .unit = "bytes" },
	{ "offset", "Where in the drive's image they begin", .len = 64, .kind = K_UINT, .unit = "bytes" },
	{ "chunk", "Size of a piece", .len = 32, .kind = K_UINT, .unit = "bytes" },
	{ "commands", "Commands", .len = 32, .kind = K_UINT },
	{ "overlaps", "Pieces of which the drive had bytes already", .len = 32, .kind = K_UINT },
};
static const struct spec spec_fw_download = { "fw-download", "Firmware Image Download", NULL, 0, 1,
					      FIELDS(download_rows) };

static int run_download(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct download_args *a = argp;
	struct fw_load l = { .offset = a->offset, .ignore_overlap = a->ignore_ovr, .progress = true };
	struct fw_caps caps;
	void *image;
	int rc = cmd_read_file(ctx, "--fw", a->fw, FW_MAX_IMAGE, &image, &l.len);

	if (rc)
		return rc;
	l.image = image;
	if (l.len % 4 || l.offset % 4) {
		rc = fail(ctx, XC_USAGE, 0, "%s: %llu bytes are no multiple of 4",
			  l.len % 4 ? "--fw" : "--offset",
			  (unsigned long long)(l.len % 4 ? l.len : l.offset));
		return l.len % 4 ? fail_hint(ctx, rc, "is the file whole? fw-update pads what is") : rc;
	}
	rc = fw_one_ctrl(ctx);
	if (!rc)
		rc = fw_read_caps(ctx, &caps);
	if (!rc)
		rc = fw_chunk(ctx, &caps, a->xfer, &l);
	if (rc)
		return rc;
	if (l.len % caps.unit)
		warn_user(ctx,
			  "the image is no multiple of %u bytes, the granularity of the drive, which may refuse "
			  "its end; fw-update pads it",
			  caps.unit);
	rc = dev_fw_download(ctx->dev, &l);
	if (rc)
		return rc;
	val_put_u64(ctx->arena, out, "bytes", l.sent);
	val_put_u64(ctx->arena, out, "offset", l.offset);
	val_put_u64(ctx->arena, out, "chunk", l.chunk);
	val_put_u64(ctx->arena, out, "commands", l.commands);
	val_put_u64(ctx->arena, out, "overlaps", l.overlaps);
	return 0;
}

const struct cmd cmd_fw_download = {
	.name = "fw-download",
	.alias = "fw download",
	.group = "Firmware",
	.brief = "Send a firmware image to the drive, without storing it",
	.desc = "Sends Firmware Image Download commands. The drive keeps the image aside until "
		"fw-commit puts it into a slot; a reset discards it.\n\n"
		"The image is sent as it is, and has to be a multiple of 4 bytes. fw-update does both "
		"steps and everything around them.",
	.examples = "nvmekit fw-download nvme0 --fw=image.bin\n  Send an image.\n",
	.target = T_CTRL,
	.flags = C_ALTERS | C_LONG,
	.timeout_ms = 120000,
	OPTS(download_args, download_opts),
	.out = &spec_fw_download,
	.run = run_download,
};

/* --- fw-commit --- */

struct commit_args {
	uint8_t slot, action, bpid;
	bool ish;
};

static const struct name action_names[] = {
	{ CA_REPLACE, "replace", "The downloaded image goes into the slot, and is not started" },
	{ CA_REPLACE_AND_RESET, "replace-and-activate", "It goes into the slot, and the next reset starts it" },
	{ CA_SET_ACTIVE, "set-active", "The next reset starts what is in the slot already" },
	{ CA_IMMEDIATE, "activate-immediate",
	  "It goes into the slot, if there is one, and the slot is started without a reset" },
	{ CA_REPLACE_BOOT, "replace-boot-partition", "The downloaded image replaces boot partition --bpid" },
	{ CA_ACTIVATE_BOOT, "activate-boot-partition", "Boot partition --bpid becomes the active one" },
};

static const struct opt commit_opts[] = {
	OPT(commit_args, slot, 's', "slot", "SLOT", "Firmware slot; 0: the drive chooses one", .max = FW_MAX_SLOT,
	    .def = "0"),
	OPT(commit_args, action, 'a', "action", "ACTION", "What to do", VALS(action_names),
	    .flags = OF_OPEN_NAMES, .max = 7, .def = "replace"),
	OPT(commit_args, bpid, 'b', "bpid", "ID", "Boot partition", .max = 1, .def = "0"),
	OPT(commit_args, ish, 'I', "ish", NULL, "Ignore Shutdown, which only management endpoints know",
	    .flags = OF_HIDDEN),
};

static const struct field commit_rows[] = {
	{ "slot", "Firmware slot; 0: the drive chose", .len = 8, .kind = K_UINT, .flags = F_OPTIONAL },
	{ "bpid", "Boot partition", .len = 8, .kind = K_UINT, .flags = F_OPTIONAL },
	{ "action", "What was done", .len = 8, ENUM_OF(action_names) },
	{ "status", "Status", .len = 15, .kind = K_UINT, .show = SHOW_STATUS },
	FW_MUD_ROW,
	{ "needs_reset", "Reset that the firmware waits for", .kind = K_TEXT },
};
static const struct spec spec_fw_commit = { "fw-commit", "Firmware Commit", NULL, 0, 1, FIELDS(commit_rows) };

/* CAP.BPS, section 3.1.4.1, where the registers can be read. */
static int check_boot(struct ctx *ctx, const struct commit_args *a)
{
	struct req cap = { .kind = REQ_REG_READ, .cdw10 = 0, .cdw11 = 8 };

	if (a->action < CA_REPLACE_BOOT)
		return a->bpid ? fail(ctx, XC_USAGE, 0, "--bpid belongs to the actions about boot partitions")
			       : 0;
	if (a->slot)
		return fail(ctx, XC_USAGE, 0,
			    "boot partitions are in no slot: --slot and --action=%s exclude each other",
			    a->action == CA_REPLACE_BOOT ? "replace-boot-partition"
							 : "activate-boot-partition");
	if (dev_submit(ctx->dev, &cap) || !cap.result || cap.result == UINT64_MAX || (cap.result >> 45 & 1))
		return 0;
	return fail(ctx, XC_UNSUPPORTED, 0, "%s has no boot partitions: CAP bit 45 (BPS) is clear",
		    ctx->dev->path);
}

static int run_commit(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct commit_args *a = argp;
	struct fw_commit fc = { .slot = a->slot, .action = a->action, .bpid = a->bpid };
	struct req r = fw_commit_req(&fc);
	struct intent in = { .reqs = &r, .nreqs = 1 };
	struct fw_caps caps;
	int rc = 0;

	if (a->action == 4 || a->action == 5)
		rc = fail(ctx, XC_USAGE, 0, "--action: %u is reserved", a->action);
	if (!rc)
		rc = fw_one_ctrl(ctx);
	if (!rc)
		rc = check_boot(ctx, a);
	if (!rc)
		rc = fw_read_caps(ctx, &caps);
	if (!rc)
		rc = fw_check_commit(ctx, &caps, &fc);
	if (rc)
		return rc;
	rc = gate(ctx, &in);
	if (!rc)
		rc = fw_commit(ctx, &fc);
	if (rc)
		return rc;
	fw_tell(ctx, &fc);
	val_put_u64(ctx->arena, out, a->action < CA_REPLACE_BOOT ? "slot" : "bpid",
		    a->action < CA_REPLACE_BOOT ? a->slot : a->bpid);
	val_put_u64(ctx->arena, out, "action", fc.action);
	val_put_u64(ctx->arena, out, "status", (uint64_t)fc.status);
	fw_put_mud(ctx, out, fc.mud);
	val_put_str(ctx->arena, out, "needs_reset", fw_need_names[fc.needs]);
	return 0;
}

#define COMMIT_BODY                                                                                          \
	.desc = "Sends Firmware Commit: what fw-download sent goes into a slot, or a slot is chosen for " \
		"the next reset, or both. Slots, and the one that is read only, come from FRMW of " \
		"Identify Controller.\n\n" \
		"Where the drive stored the image and asks for a reset before it runs, that is no " \
		"error: needs_reset says which one, controller, subsystem (NVM Subsystem Reset) or " \
		"conventional (of the PCI Express link).", \
	.target = T_CTRL, .flags = C_GATED | C_ALTERS, .timeout_ms = 120000, OPTS(commit_args, commit_opts),         \
	.out = &spec_fw_commit, .run = run_commit

const struct cmd cmd_fw_commit = {
	.name = "fw-commit",
	.alias = "fw commit",
	.group = "Firmware",
	.brief = "Put the downloaded firmware into a slot, or choose a slot",
	.examples = "nvmekit fw-commit nvme0 --slot=2 --action=replace-and-activate\n"
		    "  Put what was downloaded into slot 2, and let the next reset start it.\n",
	COMMIT_BODY,
};

const struct cmd cmd_fw_activate = {
	.name = "fw-activate",
	.alias = "fw activate",
	.group = "Firmware",
	.brief = "Another name of fw-commit",
	.examples = "nvmekit fw-activate nvme0 --slot=1 --action=set-active\n"
		    "  Let the next reset start what is in slot 1.\n",
	COMMIT_BODY,
};
