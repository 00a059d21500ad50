/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* fw-update: the whole way from an image to firmware that runs. Base 2.1, section 3.11. */
#include <string.h>

#include "cmd/fw.h"
#include "cmd/fw_update.h"
#include "cmd/reset.h"

enum { NEXT_RESET, NOW };
enum { RESET_NEVER, RESET_AUTO, RESET_CTRL, RESET_SUBSYS };

static const struct name activate_names[] = {
	{ NEXT_RESET, "next-reset", "A reset starts it" },
	{ NOW, "now", "At once and without a reset, where the drive can" },
};
static const struct name reset_names[] = {
	{ RESET_NEVER, "never", "None: what starts the firmware is said" },
	{ RESET_AUTO, "auto", "The one that the drive asks for" },
	{ RESET_CTRL, "controller", "Of the controller, if that is enough" },
	{ RESET_SUBSYS, "subsystem", "Of the whole NVM subsystem" },
};

static const struct opt update_opts[] = {
	OPT(update_args, image, 'f', "image", "IMAGE", "The image, where it does not stand before the device; '-' is standard input",
	    .complete = COMP_FILE,
	    .flags = OF_REQUIRED),
	OPT(update_args, slot, 's', "slot", "SLOT",
	    "Firmware slot (default: an empty one, or one that holds no firmware that runs)", .min = 1,
	    .max = FW_MAX_SLOT),
	OPT(update_args, activate, 0, "activate", "WHEN", "When the new firmware starts", VALS(activate_names),
	    .def = "next-reset"),
	OPT(update_args, reset, 0, "reset", "KIND", "The reset that may be done to start it", VALS(reset_names),
	    .def = "never"),
	OPT(update_args, stage_only, 0, "stage-only", NULL, "Store the image in the slot, and do not start it"),
	OPT(update_args, expect_revision, 0, "expect-revision", "REV",
	    "Revision that the image must turn out to have, before it is started"),
	OPT(update_args, xfer, 'x', "xfer", "BYTES",
	    "Size of the pieces, a multiple of the drive's granularity (default: as large as drive and kernel take)",
	    .unit = UNIT_BYTES, .max = 1u << 30),
};

static const struct field side_fields[] = {
	{ "fr", "Firmware that runs", .kind = K_TEXT },
	{ "active_slot", "Slot that it came from", .len = 8, .kind = K_UINT },
	{ "next_slot", "Slot that the next reset activates, 0: the same", .len = 8, .kind = K_UINT },
	{ "slot_fr", "Revision in the slot", .kind = K_TEXT },
};
static const char *const state_names[] = { "stored", "pending", "running", "not-running" };
static const struct field update_rows[] = {
	{ "state", "State of the new firmware", .kind = K_TEXT },
	{ "model", "Model", .kind = K_TEXT },
	{ "serial", "Serial number", .kind = K_TEXT },
	{ "image", "Image", .kind = K_TEXT },
	{ "image_bytes", "Size of the image", .len = 64, .kind = K_UINT, .unit = "bytes" },
	{ "padding", "Bytes added to fill the drive's granularity", .len = 32, .kind = K_UINT, .unit = "bytes" },
	{ "slot", "Firmware slot", .len = 8, .kind = K_UINT },
	{ "needs_reset", "Reset that the firmware waits for", .kind = K_TEXT },
	{ "reset", "Reset that was done", .kind = K_TEXT },
	FW_MUD_ROW,
	{ "before", "Before", STRUCT_OF(side_fields) },
	{ "after", "After", STRUCT_OF(side_fields) },
};
static const struct spec spec_fw_update = { "fw-update", "Firmware update", NULL, 0, 1, FIELDS(update_rows) };

/* Usage that needs no drive. */
static int check_args(struct ctx *ctx, const struct update_args *a)
{
	if (a->stage_only && (a->activate != NEXT_RESET || a->reset != RESET_NEVER))
		return fail(ctx, XC_USAGE, 0,
			    "--stage-only starts nothing: it excludes --activate=now and --reset");
	if (a->expect_revision && (!*a->expect_revision || strlen(a->expect_revision) > 8))
		return fail(ctx, XC_USAGE, 0, "--expect-revision: a firmware revision has 1 to 8 characters");
	return 0;
}

/* The image in whole units of the drive's granularity. */
static int load(struct ctx *ctx, const struct update_args *a, struct update *u)
{
	size_t rest = u->bytes % u->caps.unit;
	uint8_t *padded;
	int rc = fw_chunk(ctx, &u->caps, a->xfer, &u->load);

	if (rc)
		return rc;
	u->padding = rest ? (uint32_t)(u->caps.unit - rest) : 0;
	u->load.len = u->bytes + u->padding;
	u->load.progress = true;
	if (!u->padding)
		return 0;
	padded = dev_buffer(ctx, u->load.len);
	memcpy(padded, u->load.image, u->bytes);
	u->load.image = padded;
	warn_user(ctx,
		  "the image is no multiple of the %u bytes that the drive takes at a time: %u zero bytes "
		  "are added",
		  u->caps.unit, u->padding);
	return 0;
}

static int read_side(struct ctx *ctx, struct update_side *side)
{
	const struct val *id;
	int rc;

	ctx->id_ctrl = NULL;
	rc = cmd_read_ctrl(ctx, &id);
	if (!rc)
		rc = fw_read_slots(ctx, &side->slots);
	if (!rc)
		side->fr = val_str(ctx->arena, id, "fr");
	return rc;
}

static void put_side(struct ctx *ctx, struct val *out, const char *key, const struct update_side *side,
		     unsigned slot)
{
	struct val *v = val_put_obj(ctx->arena, out, key);

	val_put_str(ctx->arena, v, "fr", side->fr);
	val_put_u64(ctx->arena, v, "active_slot", side->slots.active);
	val_put_u64(ctx->arena, v, "next_slot", side->slots.next);
	val_put_str(ctx->arena, v, "slot_fr", side->slots.revision[slot]);
}

static void report(struct ctx *ctx, const struct update_args *a, const struct update *u, struct val *out)
{
	const struct val *id = ctx->id_ctrl;

	val_put_str(ctx->arena, out, "state", state_names[u->state]);
	val_put_str(ctx->arena, out, "model", val_str(ctx->arena, id, "mn"));
	val_put_str(ctx->arena, out, "serial", val_str(ctx->arena, id, "sn"));
	val_put_str(ctx->arena, out, "image", a->image);
	val_put_u64(ctx->arena, out, "image_bytes", u->bytes);
	val_put_u64(ctx->arena, out, "padding", u->padding);
	val_put_u64(ctx->arena, out, "slot", u->fc.slot);
	val_put_str(ctx->arena, out, "needs_reset",
		    fw_need_names[u->state == UPDATE_RUNNING ? NEEDS_NONE : u->fc.needs]);
	val_put_str(ctx->arena, out, "reset", fw_need_names[u->reset_done]);
	fw_put_mud(ctx, out, u->mud);
	put_side(ctx, out, "before", &u->before, u->fc.slot);
	put_side(ctx, out, "after", &u->after, u->fc.slot);
}

/* What was asked for; anything less is no success. */
static void judge(struct ctx *ctx, const struct update_args *a, const struct update *u)
{
	bool wants_running = a->activate == NOW || a->reset != RESET_NEVER;

	if (u->state == UPDATE_NOT_RUNNING || (wants_running && u->state != UPDATE_RUNNING))
		ctx->verdict = XC_PARTIAL;
	if (u->state == UPDATE_PENDING)
		warn_user(ctx, "the new firmware is in slot %u and does not run yet: %s", u->fc.slot,
			  fw_how(ctx, u->fc.needs));
	if (u->state == UPDATE_NOT_RUNNING)
		warn_user(ctx,
			  "the drive runs %s from slot %u, not what was put into slot %u: it may have "
			  "refused to start it",
			  u->after.fr, u->after.slots.active, u->fc.slot);
	if (a->stage_only)
		warn_user(ctx,
			  "the firmware is in slot %u and nothing starts it: 'nvmekit fw-commit %s --slot=%u "
			  "--action=set-active' lets the next reset do it",
			  u->fc.slot, ctx->dev->name, u->fc.slot);
	fw_tell_mud(ctx, u->mud);
	if (strcmp(u->before.fr, u->after.slots.revision[u->fc.slot]) == 0)
		warn_user(ctx,
			  "the revision in slot %u is that of the firmware that ran before: whether the image "
			  "is another one cannot be told",
			  u->fc.slot);
}

static enum update_reset allowed(const struct update_args *a)
{
	static const enum update_reset of[] = { ALLOW_NONE, ALLOW_NEEDED, ALLOW_CTRL, ALLOW_SUBSYS };

	return of[a->reset];
}

static int run_update(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct update_args *a = argp;
	struct update u = {
		.allowed = allowed(a),
		.stage_only = a->stage_only,
		.now = a->activate == NOW,
		.expected = a->expect_revision,
		.fc.slot = a->slot.set ? a->slot.v : 0,
	};
	void *image = NULL;
	int rc = check_args(ctx, a);

	if (!rc)
		rc = cmd_read_file(ctx, "--image", a->image, FW_MAX_IMAGE, &image, &u.bytes);
	if (!rc)
		rc = fw_one_ctrl(ctx);
	if (!rc)
		rc = fw_read_caps(ctx, &u.caps);
	if (!rc)
		rc = read_side(ctx, &u.before);
	if (!rc)
		rc = update_choose_slot(ctx, &u);
	if (!rc)
		rc = update_check(ctx, &u);
	u.load.image = image;
	if (!rc)
		rc = load(ctx, a, &u);
	if (!rc)
		rc = update_gate(ctx, &u);
	if (!rc)
		rc = update_run(ctx, &u);
	if (!rc)
		rc = read_side(ctx, &u.after);
	if (rc || ctx->g.dry_run)
		return rc;
	update_settle(&u);
	report(ctx, a, &u, out);
	judge(ctx, a, &u);
	return 0;
}

const struct cmd cmd_fw_update = {
	.name = "fw-update",
	.alias = "fw update",
	.group = "Firmware",
	.brief = "Update the firmware of a drive, and see that it runs",
	.desc = "Sends the image in pieces that the drive takes, puts it into a slot, starts it where "
		"that is asked for, and reports what ran before and what runs now.\n\n"
		"The slot is an empty one, or another than that of the running firmware. Where the "
		"drive has one slot alone, there is nothing to go back to, and --slot=1 has to be said. "
		"By default the next reset starts the firmware; --reset does one, and --activate=now "
		"asks the drive to do without. Where the drive wants another reset than the one that is "
		"allowed, it is not done, and what to do is said.\n\n"
		"An image does not say in a way that this program knows which firmware it is: its "
		"revision shows in the slot once it is stored. With --expect-revision it is started "
		"only if that is the right one.\n\n"
		"state is stored, pending (a reset starts it), running, or not-running: the drive was "
		"told to start it and runs something else. Exit code 0 means that the firmware runs, or "
		"is stored or waits for a reset where no more was asked for.",
	.before = "image",
	.operands = "IMAGE DEVICE",
	.examples = "nvmekit fw-update image.bin nvme0\n  Store it in a free slot; the next reset starts it.\n"
		    "nvmekit fw-update image.bin nvme0 --reset=auto --expect-revision=2.1.0\n"
		    "  Do what it takes until revision 2.1.0 runs.\n",
	.target = T_CTRL,
	.flags = C_GATED | C_ALTERS | C_LONG,
	.timeout_ms = 120000,
	OPTS(update_args, update_opts),
	.out = &spec_fw_update,
	.run = run_update,
};
