/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The steps of an update: slot, gate, download, commit, activation, reset. */
#include <string.h>

#include "cmd/fw_update.h"
#include "cmd/reset.h"
#include "dev/watch.h"

#define MAX_TIME_VIOLATION 0x112
#define MTFA_MARGIN_MS	   2000u
#define MTFA_UNKNOWN_MS	   30000u

static bool writable(const struct update *u, unsigned slot)
{
	return slot && slot <= u->caps.slots && !(slot == 1 && u->caps.slot1_ro);
}

static unsigned active(const struct update *u)
{
	return u->before.slots.active ? u->before.slots.active : 1;
}

/* Best first: empty; not what runs and not what the next reset starts; not what runs. 0: none. */
static unsigned spare_slot(const struct update *u)
{
	const struct fw_slots *s = &u->before.slots;
	unsigned best = 0;
	int best_rank = 0;

	for (unsigned slot = 1; slot <= u->caps.slots; slot++) {
		int rank = !*s->revision[slot] ? 3 : slot != s->next ? 2 : 1;

		if (writable(u, slot) && slot != active(u) && rank > best_rank) {
			best = slot;
			best_rank = rank;
		}
	}
	return best;
}

/* Another slot has firmware to go back to. */
static bool has_other(const struct update *u)
{
	for (unsigned slot = 1; slot <= u->caps.slots; slot++) {
		if (slot != active(u) && *u->before.slots.revision[slot])
			return true;
	}
	return false;
}

int update_choose_slot(struct ctx *ctx, struct update *u)
{
	unsigned spare = spare_slot(u);

	if (u->fc.slot) {
		if (u->fc.slot == active(u) && spare)
			warn_user(ctx, "slot %u holds the firmware that runs; slot %u is free for a new one",
				  u->fc.slot, spare);
		return 0;
	}
	u->fc.slot = spare;
	if (!spare && writable(u, active(u)) && has_other(u))
		u->fc.slot = active(u);
	if (u->fc.slot)
		return 0;
	if (!writable(u, active(u)))
		return fail(ctx, XC_UNSUPPORTED, 0, "%s has no firmware slot that can be written (FRMW)",
			    ctx->dev->path);
	return fail_hint(ctx,
			 fail(ctx, XC_REFUSED, 0,
			      "%s has no slot but that of the firmware that runs, and none to go back to",
			      ctx->dev->path),
			 "if the image is the right one, say --slot=%u", active(u));
}

int update_check(struct ctx *ctx, const struct update *u)
{
	struct fw_commit fc = { .slot = u->fc.slot, .action = CA_REPLACE };
	int rc = fw_check_commit(ctx, &u->caps, &fc);

	if (!rc && u->now && !u->caps.immediate)
		rc = fail_hint(ctx,
			       fail(ctx, XC_UNSUPPORTED, 0,
				    "%s cannot start firmware without a reset: FRMW bit 4 is clear",
				    ctx->dev->path),
			       "leave --activate=now out; --reset=controller does the reset");
	if (!rc && u->allowed == ALLOW_SUBSYS && !reset_subsystem_possible(ctx))
		rc = fail(ctx, XC_UNSUPPORTED, 0,
			  "%s cannot do an NVM Subsystem Reset: CAP bit 36 (NSSRS) is clear", ctx->dev->path);
	return rc;
}

/* Storing and starting are one commit, unless what was stored is looked at before it is started. */
static bool in_two_steps(const struct update *u)
{
	return u->stage_only || u->expected;
}

static struct req commit_req(const struct update *u, unsigned action)
{
	struct fw_commit fc = { .slot = u->fc.slot, .action = action };

	return fw_commit_req(&fc);
}

/* The commits that may be sent; what interrupts most comes first, for the gate goes by it. */
static size_t commits(const struct update *u, struct req *reqs)
{
	size_t n = 0;

	if (u->now)
		reqs[n++] = commit_req(u, CA_IMMEDIATE);
	if (!u->stage_only && !u->now)
		reqs[n++] = commit_req(u, in_two_steps(u) ? CA_SET_ACTIVE : CA_REPLACE_AND_RESET);
	if (u->now) /* where starting it without a reset would take too long */
		reqs[n++] = commit_req(u, CA_REPLACE_AND_RESET);
	if (in_two_steps(u))
		reqs[n++] = commit_req(u, CA_REPLACE);
	return n;
}

static const char *effect(const struct update *u)
{
	if (u->stage_only)
		return "replaces the firmware in a slot, and does not start it";
	if (u->now)
		return "changes at once the firmware under every namespace of the drive";
	return "changes, with the next reset, the firmware under every namespace of the drive";
}

/* The reset is a step of its own: a drive in use takes new firmware, and no reset. */
static int gate_reset(struct ctx *ctx, const struct update *u, struct req *reqs, size_t n)
{
	struct intent in = { .reqs = reqs, .nreqs = n + 1 };

	memmove(reqs + 1, reqs, n * sizeof(*reqs));
	reqs[0] = reset_req(u->allowed == ALLOW_SUBSYS);
	return gate(ctx, &in);
}

int update_gate(struct ctx *ctx, const struct update *u)
{
	const char *old = u->before.slots.revision[u->fc.slot];
	const char *slot = arena_printf(ctx->arena, "the image goes into slot %u, %s%s%s", u->fc.slot,
					*old ? "in place of " : "which is empty", old,
					u->fc.slot == active(u) ? ", the firmware that runs" : "");
	const char *const notes[] = {
		slot,
		u->expected ? NULL
			    : "nothing checks which firmware the image is; --expect-revision does, before it "
			      "is started",
		NULL,
	};
	struct req reqs[5];
	struct intent in = {
		.reqs = reqs,
		.nreqs = commits(u, reqs),
		.action = "Firmware update",
		.effect = effect(u),
		.reach = u->stage_only ? REACH_NONE : REACH_SUBSYS,
		.notes = notes,
	};
	int rc = gate(ctx, &in);

	return rc || u->allowed == ALLOW_NONE ? rc : gate_reset(ctx, u, reqs, in.nreqs);
}

static int commit(struct ctx *ctx, struct update *u, unsigned action)
{
	int rc;

	u->fc.action = action;
	rc = fw_commit(ctx, &u->fc);
	u->mud |= u->fc.mud;
	return rc;
}

/* What is in the slot after storing, against what the user expects. */
static int check_revision(struct ctx *ctx, const struct update *u)
{
	struct fw_slots slots;
	int rc;

	if (!u->expected || ctx->g.dry_run)
		return 0;
	rc = fw_read_slots(ctx, &slots);
	if (rc || strcmp(slots.revision[u->fc.slot], u->expected) == 0)
		return rc;
	rc = fail(ctx, XC_DATA, 0, "the image in slot %u is revision '%s', not '%s': it was not started",
		  u->fc.slot, slots.revision[u->fc.slot], u->expected);
	return fail_hint(ctx, rc,
			 "'nvmekit fw-commit %s --slot=%u --action=set-active' lets the next reset start it "
			 "all the same",
			 ctx->dev->name, u->fc.slot);
}

struct activation {
	const char *was, *now; /* revision before, and in the slot */
	unsigned slot, active;
};

static int poll_activation(struct ctx *ctx, void *arg, struct progress *p)
{
	const struct activation *a = arg;
	const char *fr = reset_revision(ctx);
	struct fw_slots slots;

	p->phase = "activation";
	if (!fr) /* busy starting it: that is what the time limit is for */
		return 0;
	if (*a->now && strcmp(a->was, a->now) != 0) {
		p->done = strcmp(fr, a->now) == 0;
		return 0;
	}
	/* The same revision: the slot tells, if it is another one. */
	p->done = a->slot == a->active || (fw_read_slots(ctx, &slots) == 0 && slots.active == a->slot);
	return 0;
}

/* The commit is answered before the firmware runs; section 3.11. */
static int wait_activation(struct ctx *ctx, struct update *u)
{
	struct fw_slots slots;
	struct activation a = { .was = u->before.fr, .slot = u->fc.slot, .active = active(u) };
	struct watch w = {
		.what = "Start of the new firmware",
		.resume = arena_printf(ctx->arena, "nvmekit fw-log %s", ctx->dev->name),
		.limit_ms = reset_limit_ms(ctx, u->caps.mtfa_ms ? u->caps.mtfa_ms + MTFA_MARGIN_MS
								: MTFA_UNKNOWN_MS),
		.poll = poll_activation,
		.arg = &a,
	};
	int rc;

	if (ctx->g.dry_run)
		return 0;
	rc = fw_read_slots(ctx, &slots);
	if (rc)
		return rc;
	a.now = slots.revision[u->fc.slot];
	return dev_watch(ctx, &w);
}

static int download(struct ctx *ctx, struct update *u)
{
	return dev_fw_download(ctx->dev, &u->load);
}

/* Starting it without a reset would have taken too long: it is committed again, for a reset. */
static int commit_again(struct ctx *ctx, struct update *u)
{
	int rc;

	ctx->error = (struct error){ .code = XC_OK, .status = -1 };
	warn_user(ctx, "starting the firmware now would take longer than the drive promises (MTFA): a reset "
		       "has to start it");
	rc = download(ctx, u);
	return rc ? rc : commit(ctx, u, CA_REPLACE_AND_RESET);
}

static int start(struct ctx *ctx, struct update *u)
{
	unsigned action = u->now ? CA_IMMEDIATE : in_two_steps(u) ? CA_SET_ACTIVE : CA_REPLACE_AND_RESET;
	int rc = commit(ctx, u, action);

	if (rc > 0 && (rc & 0x7ff) == MAX_TIME_VIOLATION && u->now)
		return commit_again(ctx, u);
	if (!rc && u->now && u->fc.needs == NEEDS_NONE)
		rc = wait_activation(ctx, u);
	return rc;
}

/* The reset that is needed and allowed; NEEDS_NONE: none, which the report explains. */
static enum fw_need reset_to_do(const struct update *u)
{
	if (u->allowed == ALLOW_NONE || u->fc.needs == NEEDS_NONE || u->fc.needs == NEEDS_CONVENTIONAL)
		return NEEDS_NONE;
	if (u->allowed == ALLOW_SUBSYS)
		return NEEDS_SUBSYS;
	if (u->allowed == ALLOW_CTRL && u->fc.needs != NEEDS_CTRL)
		return NEEDS_NONE;
	return u->fc.needs;
}

static int do_reset(struct ctx *ctx, struct update *u)
{
	enum fw_need kind = reset_to_do(u);
	struct req r = reset_req(kind == NEEDS_SUBSYS);
	struct intent in = { .reqs = &r, .nreqs = 1 };
	uint64_t ms;
	int rc = 0;

	if (kind == NEEDS_NONE)
		return 0;
	/* Nobody could know before that the larger reset is needed: that is another question. */
	if (kind == NEEDS_SUBSYS && u->allowed == ALLOW_NEEDED) {
		if (!reset_subsystem_possible(ctx))
			return 0;
		rc = gate(ctx, &in);
	}
	if (!rc)
		rc = reset_and_wait(ctx, kind == NEEDS_SUBSYS, &ms);
	if (rc)
		warn_user(ctx, "the firmware is in slot %u; it starts with the next reset: %s", u->fc.slot,
			  fw_how(ctx, u->fc.needs));
	else
		u->reset_done = kind;
	return rc;
}

int update_run(struct ctx *ctx, struct update *u)
{
	int rc = download(ctx, u);

	if (!rc && in_two_steps(u)) {
		rc = commit(ctx, u, CA_REPLACE);
		if (!rc)
			rc = check_revision(ctx, u);
	}
	if (!rc && !u->stage_only)
		rc = start(ctx, u);
	if (!rc)
		rc = do_reset(ctx, u);
	return rc;
}

void update_settle(struct update *u)
{
	const char *stored = u->after.slots.revision[u->fc.slot];
	bool started = u->reset_done != NEEDS_NONE || (u->now && u->fc.needs == NEEDS_NONE);
	bool from_slot = u->after.slots.active == u->fc.slot || !u->after.slots.active;
	bool runs = from_slot && (!*stored || strcmp(u->after.fr, stored) == 0);

	if (u->stage_only)
		u->state = UPDATE_STORED;
	else if (!started)
		u->state = UPDATE_PENDING;
	else
		u->state = runs ? UPDATE_RUNNING : UPDATE_NOT_RUNNING;
	if (u->expected && u->state == UPDATE_RUNNING && strcmp(u->after.fr, u->expected) != 0)
		u->state = UPDATE_NOT_RUNNING;
}
