/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* device-self-test and self-test-log: Base 2.1, sections 5.1.5, 5.1.12.1.7 and 8.1.7. */
#include <inttypes.h>

#include "cmd/logread.h"
#include "cmd/media.h"
#include "spec/tables.h"

enum { ST_STATUS, ST_SHORT, ST_EXTENDED, ST_REFRESH, ST_VENDOR = 0xe, ST_ABORT = 0xf };

struct self_test_args {
	struct opt_u32 namespace_id, wait;
	uint8_t code;
};

static const struct name code_names[] = {
	{ ST_STATUS, "status", "None: tell what is under way" },
	{ ST_SHORT, "short", "Short test, two minutes at most" },
	{ ST_EXTENDED, "extended", "Extended test; it goes on after a reset" },
	{ ST_REFRESH, "host-initiated-refresh", "Rewrite what may fade" },
	{ ST_VENDOR, "vendor", "What the maker says" },
	{ ST_ABORT, "abort", "End the test that is under way" },
	{ ST_VENDOR, "e", "As vendor" },
	{ ST_ABORT, "f", "As abort" },
};
static const struct name nsid_names[] = {
	{ NSID_ALL, "all", "Every namespace that is attached to the controller" },
	{ 0, "none", "The controller alone" },
};

static const struct opt self_test_opts[] = {
	OPT(self_test_args, namespace_id, 'n', "namespace-id", "NSID",
	    "Namespace to test, 'all' or 'none' (default: the one that DEVICE names, of a controller all)",
	    VALS(nsid_names), .flags = OF_OPEN_NAMES),
	OPT(self_test_args, code, 's', "self-test-code", "CODE", "Which test", VALS(code_names),
	    .flags = OF_OPEN_NAMES, .max = 15, .def = "status"),
	OPT(self_test_args, wait, 'w', "wait", "LIMIT",
	    "Wait for the result, no longer than this; with =0 or alone as long as it takes", .unit = UNIT_MS,
	    .flags = OF_VALUE_OPTIONAL),
};

static const struct field self_test_rows[] = {
	{ "nsid", "Namespace", .len = 32, .kind = K_UINT, .show = SHOW_HEX },
	{ "stc", "Self-test code", .len = 4, .kind = K_UINT },
	{ "status", "started, aborted, ended; without a command: idle, running", .kind = K_TEXT },
	{ "completion", "How far it is", .len = 7, .kind = K_UINT, .show = SHOW_PERCENT, .flags = F_OPTIONAL },
	{ "estimate", "How long the drive says that it takes", .len = 32, .kind = K_UINT, .unit = "seconds",
	  .flags = F_OPTIONAL },
	SELF_TEST_RESULT_ROWS,
};
static const struct spec spec_self_test = { "device-self-test", "A self-test", NULL, 0, 1, FIELDS(self_test_rows) };

static const char *const code_words[] = { [ST_STATUS] = "status",
					  [ST_SHORT] = "short",
					  [ST_EXTENDED] = "extended",
					  [ST_REFRESH] = "host-initiated refresh",
					  [ST_VENDOR] = "vendor specific",
					  [ST_ABORT] = "abort" };

static int check(struct ctx *ctx, const struct self_test_args *a)
{
	if (!code_words[a->code])
		return fail(ctx, XC_USAGE, 0, "--self-test-code: %u is reserved", a->code);
	if (a->code == ST_STATUS && a->wait.set)
		return fail_hint(ctx, fail(ctx, XC_USAGE, 0, "--wait needs --self-test-code, which says what to start"),
				 "'%s' waits for what is under way", media_resume(ctx, "self-test"));
	if (a->code == ST_ABORT && a->wait.set)
		return fail(ctx, XC_USAGE, 0, "there is nothing to wait for after an abort");
	return 0;
}

static int check_drive(struct ctx *ctx, const struct self_test_args *a, const struct val *ctrl)
{
	if (!val_u64(ctrl, "oacs.dsts", 0))
		return fail(ctx, XC_UNSUPPORTED, 0, "%s has no Device Self-test command (OACS bit 4 is clear)",
			    ctx->dev->path);
	if (a->code == ST_REFRESH && !val_u64(ctrl, "dsto.hirs", 0))
		return fail(ctx, XC_UNSUPPORTED, 0, "%s has no host-initiated refresh (DSTO bit 1 is clear)",
			    ctx->dev->path);
	return 0;
}

static int hint(struct ctx *ctx, int rc, const struct val *ctrl)
{
	bool one = val_u64(ctrl, "dsto.sdso", 0);

	if (rc <= 0 || STATUS_SCT(rc) != 1 || STATUS_SC(rc) != 0x1d)
		return rc;
	return fail_hint(ctx, rc, "%s does one test at a time: '%s' watches it, --self-test-code=abort ends it",
			 one ? "the drive" : "the controller", media_resume(ctx, "self-test"));
}

/* What runs, without starting anything. */
static int tell(struct ctx *ctx, struct val *out)
{
	const struct val *log;
	uint64_t op;
	int rc = cmd_read_log(ctx, LID_SELF_TEST, NSID_ALL, &log);

	if (rc)
		return rc;
	op = val_u64(log, "current_operation.operation", 0);
	val_put_u64(ctx->arena, out, "nsid", ctx->nsid);
	val_put_u64(ctx->arena, out, "stc", op);
	val_put_str(ctx->arena, out, "status", op ? "running" : "idle");
	if (op)
		val_put_u64(ctx->arena, out, "completion", val_u64(log, "completion.percent", 0));
	if (op && op < NELEMS(code_words) && code_words[op])
		val_put_str(ctx->arena, out, "test", code_words[op]);
	return 0;
}

static int run_self_test(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct self_test_args *a = argp;
	struct req r = { .opcode = OP_SELF_TEST, .nsid = NSID_ALL, .cdw10 = a->code };
	const struct val *ctrl, *log;
	const char *what;
	uint64_t estimate;
	int rc = check(ctx, a);

	if (a->namespace_id.set)
		r.nsid = a->namespace_id.v;
	else if (ctx->dev->kind == DEV_NS)
		r.nsid = ctx->dev->nsid;
	ctx->nsid = r.nsid;
	if (!rc)
		rc = cmd_read_ctrl(ctx, &ctrl);
	if (!rc)
		rc = check_drive(ctx, a, ctrl);
	if (rc)
		return rc;
	if (a->code == ST_STATUS)
		return tell(ctx, out);
	rc = dev_command(ctx->dev, &r, "Device Self-test");
	if (rc)
		return hint(ctx, rc, ctrl);
	estimate = self_test_estimate(ctrl, a->code);
	val_put_u64(ctx->arena, out, "nsid", r.nsid);
	val_put_u64(ctx->arena, out, "stc", a->code);
	if (!a->wait.set || ctx->g.dry_run) {
		val_put_str(ctx->arena, out, "status", a->code == ST_ABORT ? "aborted" : "started");
		if (estimate)
			val_put_u64(ctx->arena, out, "estimate", estimate);
		return 0;
	}
	what = arena_printf(ctx->arena, "Device Self-test (%s)", code_words[a->code]);
	rc = self_test_wait(ctx, a->wait.v, what, estimate, &log);
	if (rc)
		return rc;
	val_put_str(ctx->arena, out, "status", "ended");
	return self_test_result(ctx, log, a->code, out);
}

const struct cmd cmd_device_self_test = {
	.name = "device-self-test",
	.group = "Health and logs",
	.brief = "Start a self-test of a drive, end the one that is under way, or tell how far it is",
	.desc = "Starts a test that goes on in the drive while that works. Nothing is changed on it, but it may answer more "
		"slowly meanwhile. A short test ends with a reset, an extended one goes on after it.\n\n"
		"With --wait the command ends when there is a result; --progress shows how far the test is. Whoever stops waiting, "
		"by Ctrl-C or at the limit, does not stop the test: 'nvmekit wait' watches it again. The exit code is 0 where the "
		"test was passed, 16 where it failed or was aborted, and 8 where nobody waits any longer.",
	.examples = "nvmekit device-self-test nvme0 --self-test-code=short\n  Start a short test.\n"
		    "nvmekit device-self-test nvme0 -s extended --wait=2h\n  Start an extended one and wait for its result.\n"
		    "nvmekit device-self-test nvme0 -s abort\n  End it.\n",
	.target = T_DEV,
	.flags = C_ALTERS | C_LONG,
	OPTS(self_test_args, self_test_opts),
	.out = &spec_self_test,
	.run = run_self_test,
};

/* --- self-test-log --- */

struct self_test_log_args {
	struct opt_u32 dst_entries;
	bool raw_binary, all;
};

/* The newest first, no more than asked for; places that were never used are left out. */
static void keep(struct val *results, uint32_t max, bool all)
{
	struct val *it = results->c.first, *next;

	results->c.first = results->c.last = NULL;
	results->c.n = 0;
	for (; it; it = next) {
		next = it->next;
		it->next = NULL;
		if (results->c.n < max && (all || val_u64(it, "dsts.result", 0xf) != 0xf))
			val_add(results, NULL, it);
	}
}

static int run_log(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct self_test_log_args *a = argp;
	const struct logpage *page = logpage_by_id(LID_SELF_TEST, 0);
	struct log_args l = { .lid = LID_SELF_TEST, .nsid = NSID_ALL, .rae = true };
	struct val *results;
	const void *buf;
	size_t len;
	int rc;

	cmd_raw(ctx, a->raw_binary);
	rc = cmd_needs_page(ctx, page);
	if (!rc)
		rc = log_read(ctx, page, &l, 0, &buf, &len);
	if (!rc)
		rc = cmd_decode(ctx, out, page->spec, buf, len);
	results = rc ? NULL : val_get(out, "results");
	if (results)
		keep(results, a->dst_entries.set ? a->dst_entries.v : 20, a->all);
	return rc;
}

static const struct opt log_opts[] = {
	OPT(self_test_log_args, dst_entries, 'e', "dst-entries", "N", "Newest results to show (default: all)", .min = 1,
	    .max = 20),
	OPT(self_test_log_args, all, 0, "all", NULL, "Show places that were never used too"),
	OPT_RAW(self_test_log_args, raw_binary),
};

const struct cmd cmd_self_test_log = {
	.name = "self-test-log",
	.alias = "log self-test",
	.group = "Health and logs",
	.brief = "Show the self-test that is under way and the results of the last ones",
	.desc = "Reads the Device Self-test log page (06h): which test is under way and how far it is, and the results of the last "
		"20 tests, newest first. Which of segment, namespace, block and status of a failure mean anything, vdi says.",
	.examples = "nvmekit self-test-log nvme0\n  Show the results.\n",
	.target = T_DEV,
	.flags = C_BINARY,
	OPTS(self_test_log_args, log_opts),
	.arg = LID_SELF_TEST,
	.out = &spec_log_self_test,
	.layout = &(const struct layout){ .title = "Device Self-test of {device}" },
	.run = run_log,
};
