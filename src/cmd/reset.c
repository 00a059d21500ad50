/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/clock.h"
#include "cmd/reset.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "cmd/fw.h"
#include "dev/topo.h"
#include "dev/watch.h"
#include "spec/tables.h"

/* CAP.TO is at most 127.5 s; a drive that needs longer after a reset is not the rule. */
#define LIMIT_MS 130000u

struct wait {
	const char *ctrl;
	const char **others; /* that were live before, of the subsystem; NULL-terminated */
	const char *state;   /* of the one that is not live */
	const char *who;
};

uint64_t reset_limit_ms(const struct ctx *ctx, uint64_t dflt)
{
	return ctx->g.timeout_ms ? ctx->g.timeout_ms : dflt;
}

struct req reset_req(bool subsystem)
{
	return (struct req){ .kind = subsystem ? REQ_SUBSYS_RESET : REQ_RESET };
}

bool reset_subsystem_possible(struct ctx *ctx)
{
	struct req cap = { .kind = REQ_REG_READ, .cdw10 = 0, .cdw11 = 8 };

	/* 0 and all ones are no capabilities: nothing was read. */
	return dev_submit(ctx->dev, &cap) || !cap.result || cap.result == UINT64_MAX ||
	       (cap.result >> 36 & 1);
}

static struct topo_ctrl *ctrl_of(const struct topo *t, const char *name)
{
	for (size_t i = 0; i < t->nsubsys; i++) {
		for (size_t k = 0; k < t->subsys[i]->nctrls; k++) {
			if (strcmp(t->subsys[i]->ctrls[k]->name, name) == 0)
				return t->subsys[i]->ctrls[k];
		}
	}
	return NULL;
}

/* Who has to be live afterwards. */
static int look(struct ctx *ctx, bool subsystem, struct wait *w)
{
	const struct topo_subsys *s;
	struct topo_ctrl *self;
	struct topo *t;
	size_t n = 0;
	int rc = topo_read(ctx, 0, &t);

	if (rc)
		return rc;
	*w = (struct wait){ .ctrl = ctx->dev->ctrl ? ctx->dev->ctrl : ctx->dev->name };
	self = ctrl_of(t, w->ctrl);
	s = self ? self->subsys : NULL;
	w->others = arena_calloc(ctx->arena, (s ? s->nctrls : 0) + 1, sizeof(*w->others));
	for (size_t i = 0; s && subsystem && i < s->nctrls; i++) {
		if (s->ctrls[i] != self && strcmp(s->ctrls[i]->state, "live") == 0)
			w->others[n++] = s->ctrls[i]->name;
	}
	return 0;
}

static bool is_live(const struct topo *t, struct wait *w, const char *name)
{
	const struct topo_ctrl *k = ctrl_of(t, name);

	w->who = name;
	w->state = k ? k->state : "gone";
	return strcmp(w->state, "live") == 0;
}

static int poll_live(struct ctx *ctx, void *arg, struct progress *p)
{
	struct wait *w = arg;
	struct topo *t;
	int rc = topo_read(ctx, 0, &t);

	if (rc)
		return rc;
	p->done = is_live(t, w, w->ctrl);
	for (size_t i = 0; p->done && w->others[i]; i++)
		p->done = is_live(t, w, w->others[i]);
	p->phase = p->done ? NULL : w->state;
	/* Nothing brings back one that Linux has given up. */
	if (strcmp(w->state, "dead") == 0 || strcmp(w->state, "gone") == 0)
		return fail_hint(ctx,
				 fail(ctx, XC_NODEV, ENODEV, "%s did not come back from the reset: it is %s",
				      w->who, w->state),
				 "the kernel's log (dmesg) says why; where the drive is still seen, taking "
				 "its power away may "
				 "help");
	return 0;
}

static int submit(struct ctx *ctx, bool subsystem)
{
	struct req r = reset_req(subsystem);
	const char *what = subsystem ? "NVM Subsystem Reset" : "Controller reset";
	int rc = dev_submit(ctx->dev, &r);

	if (rc == -ENOTTY && subsystem)
		return fail_hint(ctx,
				 fail(ctx, XC_UNSUPPORTED, ENOTTY,
				      "%s cannot do an NVM Subsystem Reset (CAP bit 36, NSSRS)",
				      ctx->dev->path),
				 "'nvmekit reset %s' resets the controller alone; taking the power away "
				 "resets all of it",
				 ctx->dev->name);
	if (rc == -EBUSY)
		return fail_hint(ctx, dev_fail(ctx->dev, &r, rc, what),
				 "it is being reset or removed already");
	/* The controller is not live yet, of a fabrics controller because it connects again: that is waited for. */
	if (rc == -ENETRESET)
		return 0;
	return rc ? dev_fail(ctx->dev, &r, rc, what) : 0;
}

const char *reset_revision(struct ctx *ctx)
{
	struct req r = {
		.opcode = ADM_IDENTIFY, .cdw10 = 0x01, .data = dev_buffer(ctx, 4096), .data_len = 4096
	};

	if (dev_submit(ctx->dev, &r) || r.received < 4096)
		return NULL;
	return val_str(ctx->arena, spec_decode(ctx->arena, &spec_id_ctrl, r.data, 4096), "fr");
}

int reset_and_wait(struct ctx *ctx, bool subsystem, uint64_t *ms)
{
	uint64_t start = now_ms();
	struct wait w;
	struct watch watch = {
		.what = subsystem ? "NVM Subsystem Reset" : "Controller reset",
		.resume = "nvmekit list-subsys",
		.limit_ms = reset_limit_ms(ctx, LIMIT_MS),
		.poll = poll_live,
		.arg = &w,
	};
	int rc = look(ctx, subsystem, &w);

	*ms = 0;
	if (!rc)
		rc = submit(ctx, subsystem);
	if (rc || ctx->g.dry_run)
		return rc;
	rc = dev_watch(ctx, &watch);
	ctx->id_ctrl = NULL; /* other firmware may answer */
	/* A controller can be live for the kernel and not answer. */
	if (!rc && !reset_revision(ctx))
		rc = fail(ctx, XC_NODEV, EIO,
			  "%s is live after the reset, but does not answer Identify Controller", w.ctrl);
	*ms = now_ms() - start;
	return rc;
}

/* --- the commands --- */

static const struct field reset_rows[] = {
	{ "ctrl", "Controller", .kind = K_TEXT },
	{ "reset", "What was reset", .kind = K_TEXT },
	{ "state", "State of the controller", .kind = K_TEXT },
	{ "duration", "Time until it was live again", .len = 64, .kind = K_UINT, .unit = "milliseconds" },
	{ "fr_before", "Firmware that ran before", .kind = K_TEXT, .flags = F_NULLABLE },
	{ "fr", "Firmware that runs now", .kind = K_TEXT, .flags = F_NULLABLE },
};
static const struct spec spec_reset = { "reset", "Reset", NULL, 0, 1, FIELDS(reset_rows) };

static int run_reset(struct ctx *ctx, const void *argp, struct val *out)
{
	bool subsystem = ctx->cmd->arg == REQ_SUBSYS_RESET;
	struct req r = reset_req(subsystem);
	struct intent in = { .reqs = &r, .nreqs = 1 };
	const char *before;
	uint64_t ms;
	int rc = fw_one_ctrl(ctx);

	(void)argp;
	if (!rc && subsystem && !reset_subsystem_possible(ctx))
		rc = fail_hint(ctx,
			       fail(ctx, XC_UNSUPPORTED, 0,
				    "%s cannot do an NVM Subsystem Reset: CAP bit 36 (NSSRS) is clear",
				    ctx->dev->path),
			       "'nvmekit reset %s' resets the controller alone", ctx->dev->name);
	if (rc)
		return rc;
	before = reset_revision(ctx); /* one that does not answer needs a reset the more */
	rc = gate(ctx, &in);
	if (!rc)
		rc = reset_and_wait(ctx, subsystem, &ms);
	if (rc)
		return rc;
	val_put_str(ctx->arena, out, "ctrl", ctx->dev->ctrl ? ctx->dev->ctrl : ctx->dev->name);
	val_put_str(ctx->arena, out, "reset", fw_need_names[subsystem ? NEEDS_SUBSYS : NEEDS_CTRL]);
	val_put_str(ctx->arena, out, "state", "live");
	val_put_u64(ctx->arena, out, "duration", ms);
	val_put_str(ctx->arena, out, "fr_before", before);
	val_put_str(ctx->arena, out, "fr", reset_revision(ctx));
	return 0;
}

const struct cmd cmd_reset = {
	.name = "reset",
	.group = "Resets",
	.brief = "Reset a controller, and wait until it is back",
	.desc = "The kernel shuts the controller down and starts it again. I/O is held back meanwhile "
		"and goes on afterwards; what was not saved of its features is back at its default. "
		"Firmware that waits for a reset of the controller starts.\n\n"
		"The answer comes when the controller is live again and answers, or after --timeout.",
	.examples = "nvmekit reset nvme0\n  Reset a controller.\n",
	.target = T_CTRL,
	.flags = C_GATED | C_ALTERS | C_LONG,
	.arg = REQ_RESET,
	.out = &spec_reset,
	.run = run_reset,
};

const struct cmd cmd_subsystem_reset = {
	.name = "subsystem-reset",
	.group = "Resets",
	.brief = "Reset a whole NVM subsystem, with all its controllers",
	.desc = "Writes the NVM Subsystem Reset register: every controller of the drive is reset, and "
		"its PCI Express link goes down. Where the platform does not bring the link back, the "
		"drive is gone until the next reboot.\n\n"
		"Not every drive can do it (CAP bit 36, NSSRS).",
	.examples = "nvmekit subsystem-reset nvme0\n  Reset a drive with everything in it.\n",
	.target = T_CTRL,
	.flags = C_GATED | C_ALTERS | C_LONG,
	.arg = REQ_SUBSYS_RESET,
	.out = &spec_reset,
	.run = run_reset,
};
