/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cmd/fw.h"

#include <errno.h>
#include <string.h>

#include "dev/topo.h"

#define MAX_CHUNK (1u << 20) /* larger pieces gain nothing */
#define PAGE	  4096u	     /* CAP.MPSMIN, of which MDTS is a multiple, is never smaller */

const char *const fw_need_names[] = { "none", "controller", "subsystem", "conventional" };

/* Command specific statuses of Firmware Commit, section 5.1.8.1. */
enum {
	INVALID_SLOT = 0x106,
	INVALID_IMAGE = 0x107,
	NEEDS_CONVENTIONAL_RESET = 0x10b,
	NEEDS_SUBSYSTEM_RESET = 0x110,
	NEEDS_CONTROLLER_RESET = 0x111,
	MAX_TIME_VIOLATION = 0x112,
	ACTIVATION_PROHIBITED = 0x113,
	OVERLAPPING_RANGE = 0x114,
	BOOT_WRITE_PROHIBITED = 0x11e,
};

const struct field fw_mud_bits[2] = {
	{ "admin", "Another update came through a controller", BIT(0), FLAG },
	{ "management", "Another update came through a management endpoint", BIT(1), FLAG },
};

void fw_put_mud(struct ctx *ctx, struct val *out, unsigned mud)
{
	static const struct field rows[] = { { "mud", "Multiple updates detected", BITS(1, 0),
					       BITS_OF(fw_mud_bits) } };
	static const struct spec dword0 = { .name = "fw-commit-dw0", .size = 1, FIELDS(rows) };
	uint8_t byte = (uint8_t)mud;

	val_add(out, "mud", val_get(spec_decode(ctx->arena, &dword0, &byte, 1), "mud"));
}

static const struct topo_ns *node_of(const struct topo *t, const char *name)
{
	for (size_t i = 0; i < t->nsubsys; i++) {
		for (size_t k = 0; k < t->subsys[i]->nns; k++) {
			const struct topo_ns *ns = t->subsys[i]->ns[k];

			if (strcmp(ns->name, name) == 0 || strcmp(ns->generic, name) == 0)
				return ns;
		}
	}
	return NULL;
}

int fw_one_ctrl(struct ctx *ctx)
{
	const struct topo_ns *ns;
	const char *names = "";
	struct topo *t;
	int rc;

	if (ctx->dev->kind == DEV_CTRL)
		return 0;
	rc = topo_read(ctx, TOPO_NS, &t);
	if (rc)
		return rc;
	ns = node_of(t, ctx->dev->name);
	if (!ns || ns->npaths < 2)
		return 0;
	for (size_t i = 0; i < ns->npaths; i++)
		names = arena_printf(ctx->arena, "%s%s%s", names, i ? ", " : "", ns->paths[i].ctrl->name);
	rc = fail(ctx, XC_USAGE, 0, "%s is reached through several controllers (%s), and %s is about one",
		  ctx->dev->path, names, ctx->cmd->name);
	return fail_hint(ctx, rc, "name the controller that is meant");
}

int fw_read_caps(struct ctx *ctx, struct fw_caps *caps)
{
	const struct val *id;
	uint64_t fwug, mdts;
	int rc = cmd_read_ctrl(ctx, &id);

	if (rc)
		return rc;
	if (!val_u64(id, "oacs.fwds", 0))
		return fail_hint(
			ctx,
			fail(ctx, XC_UNSUPPORTED, 0,
			     "%s takes no firmware: OACS bit 2 (Firmware Commit and Download) is clear",
			     ctx->dev->path),
			"drives of that kind are updated with a tool of their maker, if at all");
	fwug = val_u64(id, "fwug", 0);
	mdts = val_u64(id, "mdts", 0);
	*caps = (struct fw_caps){
		.slots = (unsigned)val_u64(id, "frmw.nofs", 1),
		.slot1_ro = val_u64(id, "frmw.ffsro", 0),
		.immediate = val_u64(id, "frmw.fawr", 0),
		.unit = fwug && fwug != 0xff ? (uint32_t)fwug * 4096 : 4,
		.limit = mdts && mdts < 20 ? (uint64_t)PAGE << mdts : 0,
		.mtfa_ms = val_u64(id, "mtfa", 0) * 100,
	};
	if (!caps->slots)
		caps->slots = 1;
	return 0;
}

int fw_read_slots(struct ctx *ctx, struct fw_slots *slots)
{
	const struct val *log, *frs;
	int rc = cmd_read_log(ctx, 0x03, NSID_ALL, &log);

	if (rc)
		return rc;
	*slots = (struct fw_slots){
		.active = (unsigned)val_u64(log, "afi.cafs", 0),
		.next = (unsigned)val_u64(log, "afi.nafs", 0),
	};
	for (unsigned i = 0; i <= FW_MAX_SLOT; i++)
		slots->revision[i] = "";
	frs = val_get(log, "frs");
	for (const struct val *it = frs ? frs->c.first : NULL; it; it = it->next) {
		uint64_t slot = val_u64(it, "slot", 0);

		if (slot && slot <= FW_MAX_SLOT)
			slots->revision[slot] = val_str(ctx->arena, it, "fr");
	}
	return 0;
}

int fw_chunk(struct ctx *ctx, const struct fw_caps *caps, uint32_t xfer, struct fw_load *l)
{
	uint64_t most = caps->limit && caps->limit < MAX_CHUNK ? caps->limit : MAX_CHUNK;
	int rc;

	l->unit = caps->unit;
	if (xfer % caps->unit) {
		rc = fail(ctx, XC_USAGE, 0, "--xfer=%u is no multiple of %u bytes, the granularity of %s%s",
			  xfer, caps->unit, ctx->dev->path, caps->unit == 4 ? "" : " (FWUG)");
		return fail_hint(ctx, rc, "leave --xfer out, and the size fits the drive");
	}
	if (xfer && caps->limit && xfer > caps->limit)
		return fail(ctx, XC_USAGE, 0,
			    "--xfer=%u is more than the %llu bytes that %s takes at once (MDTS)", xfer,
			    (unsigned long long)caps->limit, ctx->dev->path);
	if (l->offset % caps->unit)
		return fail(ctx, XC_USAGE, 0,
			    "--offset=%llu is no multiple of %u bytes, the granularity of %s%s",
			    (unsigned long long)l->offset, caps->unit, ctx->dev->path,
			    caps->unit == 4 ? "" : " (FWUG)");
	l->fixed = xfer;
	l->chunk = xfer ? xfer : (uint32_t)(most / caps->unit * caps->unit);
	if (!l->chunk) /* a granularity beyond MDTS: the drive contradicts itself, and the kernel will say so */
		l->chunk = caps->unit;
	return 0;
}

int fw_check_commit(struct ctx *ctx, const struct fw_caps *caps, const struct fw_commit *fc)
{
	bool replaces = fc->action == CA_REPLACE || fc->action == CA_REPLACE_AND_RESET;

	if (fc->action >= CA_REPLACE_BOOT)
		return 0;
	if (fc->slot > caps->slots)
		return fail_hint(ctx,
				 fail(ctx, XC_USAGE, 0, "there is no firmware slot %u: %s has %u (FRMW)",
				      fc->slot, ctx->dev->path, caps->slots),
				 "'nvmekit fw-log %s' shows them", ctx->dev->name);
	if (replaces && fc->slot == 1 && caps->slot1_ro)
		return fail_hint(ctx,
				 fail(ctx, XC_USAGE, 0, "firmware slot 1 of %s is read only (FRMW bit 0)",
				      ctx->dev->path),
				 caps->slots > 1 ? "slots 2 to %u can be written"
						 : "this drive takes no other firmware",
				 caps->slots);
	if (fc->action == CA_IMMEDIATE && !caps->immediate)
		return fail_hint(ctx,
				 fail(ctx, XC_UNSUPPORTED, 0,
				      "%s cannot start firmware without a reset: FRMW bit 4 is clear",
				      ctx->dev->path),
				 "let a reset start it instead");
	return 0;
}

struct req fw_commit_req(const struct fw_commit *fc)
{
	return (struct req){
		.opcode = 0x10,
		.cdw10 = (fc->slot & 7) | (fc->action & 7) << 3 | (uint32_t)(fc->bpid & 1) << 31,
	};
}

static enum fw_need need_of(int status, unsigned action)
{
	switch (status) {
	case NEEDS_CONVENTIONAL_RESET:
		return NEEDS_CONVENTIONAL;
	case NEEDS_SUBSYSTEM_RESET:
		return NEEDS_SUBSYS;
	case NEEDS_CONTROLLER_RESET:
		return NEEDS_CTRL;
	default:
		return action == CA_REPLACE_AND_RESET || action == CA_SET_ACTIVE ? NEEDS_CTRL : NEEDS_NONE;
	}
}

/* What to do about a commit that failed; "": nothing better is known than what the status says. */
static const char *advice(struct ctx *ctx, int sc)
{
	switch (sc) {
	case INVALID_SLOT:
		return arena_printf(
			ctx->arena,
			"that slot is read only or not there; 'nvmekit fw-log %s' shows the slots",
			ctx->dev->name);
	case INVALID_IMAGE:
		return "the image is damaged, incomplete or for another drive, or none was downloaded since "
		       "the last commit or reset";
	case MAX_TIME_VIOLATION:
		return "starting it takes longer than the drive promises for a start without reset: commit "
		       "it again with --action=replace-and-activate, and reset the controller";
	case ACTIVATION_PROHIBITED:
		return "the drive does not start this firmware, for instance because it is older; the "
		       "running one goes on";
	case OVERLAPPING_RANGE:
		return "pieces of the image overlap: download all of it again";
	case BOOT_WRITE_PROHIBITED:
		return "the boot partition is locked";
	default:
		return arena_printf(ctx->arena, "'nvmekit fw-log %s' shows what is in the slots now",
				    ctx->dev->name);
	}
}

int fw_commit(struct ctx *ctx, struct fw_commit *fc)
{
	struct req r = fw_commit_req(fc);
	int rc = dev_submit(ctx->dev, &r), sc = rc > 0 ? rc & 0x7ff : 0;

	fc->mud = rc >= 0 ? (unsigned)(r.result & 3) : 0;
	fc->status = rc > 0 ? rc : 0;
	if (!rc || sc == NEEDS_CONVENTIONAL_RESET || sc == NEEDS_SUBSYSTEM_RESET ||
	    sc == NEEDS_CONTROLLER_RESET) {
		fc->needs = need_of(sc, fc->action);
		return 0;
	}
	rc = dev_fail(ctx->dev, &r, rc, "Firmware Commit");
	return fail_hint(ctx, rc, "%s", advice(ctx, sc));
}

const char *fw_how(struct ctx *ctx, enum fw_need needs)
{
	const char *name = ctx->dev->ctrl ? ctx->dev->ctrl : ctx->dev->name;

	switch (needs) {
	case NEEDS_CTRL:
		return arena_printf(ctx->arena, "'nvmekit reset %s' or a reboot starts it", name);
	case NEEDS_SUBSYS:
		return arena_printf(
			ctx->arena,
			"'nvmekit subsystem-reset %s' or taking the power away starts it, a reset of the "
			"controller does not",
			name);
	case NEEDS_CONVENTIONAL:
		return "a reset of the PCI Express link, as a reboot does, or taking the power away starts "
		       "it; a reset of "
		       "the controller does not";
	default:
		return "";
	}
}

void fw_tell_mud(struct ctx *ctx, unsigned mud)
{
	static const char *const through[] = { "sent to a controller of this drive",
					       "sent through the management interface" };

	for (unsigned i = 0; i < NELEMS(through); i++) {
		if (mud >> i & 1)
			warn_user(ctx,
				  "another update ran at the same time, %s: make sure that the right image is in "
				  "the slot",
				  through[i]);
	}
}

void fw_tell(struct ctx *ctx, const struct fw_commit *fc)
{
	if (ctx->g.dry_run)
		return;
	if (fc->needs != NEEDS_NONE)
		warn_user(ctx, "the firmware does not run yet: %s", fw_how(ctx, fc->needs));
	fw_tell_mud(ctx, fc->mud);
}
