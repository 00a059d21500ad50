/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the Device Self-test log page says, and waiting for it: Base 2.1, sections 5.1.12.1.7 and 8.1.7. */
#include <errno.h>
#include <inttypes.h>

#include "cmd/media.h"
#include "dev/watch.h"

#define SHORT_S 120 /* a short test should not take longer */
#define PASSED	0
#define UNUSED	0xf

static int read_log(struct ctx *ctx, const struct val **log)
{
	int rc = cmd_read_log(ctx, LID_SELF_TEST, NSID_ALL, log);

	if (rc)
		return rc;
	if (!val_get(*log, "completion"))
		return fail(ctx, XC_DATA, EBADMSG,
			    "the Device Self-test log page of %s ends before the progress", ctx->dev->path);
	return 0;
}

uint64_t self_test_estimate(const struct val *ctrl, unsigned code)
{
	if (code == 1)
		return SHORT_S;
	return code == 2 || code == 3 ? val_u64(ctrl, "edstt", 0) * 60 : 0;
}

static int poll_test(struct ctx *ctx, void *arg, struct progress *p)
{
	const struct val **log = arg;
	int rc = read_log(ctx, log);

	if (rc)
		return rc;
	p->done = !val_u64(*log, "current_operation.operation", 0);
	p->whole = 100;
	p->part = p->done ? 100 : (uint32_t)val_u64(*log, "completion.percent", 0);
	return 0;
}

int self_test_wait(struct ctx *ctx, uint64_t limit_ms, const char *what, uint64_t estimate_s,
		   const struct val **log)
{
	struct watch w = {
		.what = what,
		.resume = media_resume(ctx, "self-test"),
		.limit_ms = limit_ms,
		.estimate_s = estimate_s,
		.poll = poll_test,
		.arg = log,
	};

	*log = NULL;
	return dev_watch(ctx, &w);
}

static const char *word(const struct val *v, const char *dflt)
{
	const struct name *n = v && v->field ? field_name_of(v->field, v->u) : NULL;

	return n ? n->key : dflt;
}

/* What failed, and where, as far as the drive says. */
static void put_failure(struct ctx *ctx, const struct val *r, struct val *out)
{
	struct arena *a = ctx->arena;
	const char *where = "", *why = "";

	if (val_u64(r, "dsts.result", 0) == 7) {
		val_put_u64(a, out, "segment", val_u64(r, "seg", 0));
		where = arena_printf(a, ", segment %" PRIu64, val_u64(r, "seg", 0));
	}
	if (val_u64(r, "vdi.nsidv", 0)) {
		val_put_u64(a, out, "failing_nsid", val_u64(r, "nsid", 0));
		where = arena_printf(a, "%s, namespace %" PRIu64, where, val_u64(r, "nsid", 0));
	}
	if (val_u64(r, "vdi.flbav", 0)) {
		val_put_u64(a, out, "failing_lba", val_u64(r, "flba", 0));
		where = arena_printf(a, "%s, block %" PRIu64, where, val_u64(r, "flba", 0));
	}
	if (val_u64(r, "vdi.sctv", 0) && val_u64(r, "vdi.scv", 0)) {
		int status = (int)((val_u64(r, "sct", 0) & 7) << 8 | (val_u64(r, "sc", 0) & 0xff));
		const struct name *n = status_name(status, true, false);

		val_put_u64(a, out, "failing_status", (uint64_t)status);
		why = n ? arena_printf(a, ", %s", n->text) : "";
	}
	warn_user(ctx, "the self-test of %s was not passed: %s%s%s", ctx->dev->path,
		  word(val_path(r, "dsts.result"), "unknown result"), where, why);
	ctx->verdict = XC_HEALTH;
}

int self_test_result(struct ctx *ctx, const struct val *log, unsigned code, struct val *out)
{
	const struct val *list = val_get(log, "results"), *r = NULL;
	struct arena *a = ctx->arena;

	for (const struct val *it = list ? list->c.first : NULL; it && !r; it = it->next) {
		if (val_u64(it, "dsts.result", UNUSED) != UNUSED)
			r = it;
	}
	if (!r)
		return fail(ctx, code ? XC_DATA : XC_STATUS, ENODATA,
			    "%s has no result of a self-test in its log", ctx->dev->path);
	if (code && val_u64(r, "dsts.code", 0) != code)
		return fail(ctx, XC_DATA, EBADMSG,
			    "the newest result in the log of %s is that of another test", ctx->dev->path);
	val_put_str(a, out, "test", word(val_path(r, "dsts.code"), "unknown"));
	val_put_str(a, out, "result", word(val_path(r, "dsts.result"), "unknown"));
	if (val_u64(r, "dsts.result", 0) != PASSED)
		put_failure(ctx, r, out);
	val_put_u64(a, out, "power_on_hours", val_u64(r, "poh", 0));
	return 0;
}
