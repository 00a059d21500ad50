/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* wait: watches what goes on in a drive already, and says what became of it. */
#include "cmd/media.h"

enum { FOR_SANITIZE, FOR_SANITIZE_NS, FOR_SELF_TEST };

struct wait_args {
	struct opt_u32 namespace_id;
	uint32_t limit;
	uint8_t what;
};

static const struct name what_names[] = {
	{ FOR_SANITIZE, "sanitize", "A sanitize operation of the drive" },
	{ FOR_SANITIZE_NS, "sanitize-ns", "A sanitize operation of one namespace" },
	{ FOR_SELF_TEST, "self-test", "A self-test" },
};

static const struct opt wait_opts[] = {
	OPT(wait_args, what, 0, "for", "OPERATION", "What to wait for", VALS(what_names), .flags = OF_REQUIRED),
	OPT(wait_args, limit, 0, "limit", "TIME", "No longer than this; 0: as long as it takes", .unit = UNIT_MS),
	OPT_NSID(wait_args, namespace_id, "Namespace of --for=sanitize-ns (default: the one that DEVICE names)"),
};

static const struct field wait_rows[] = {
	{ "operation", "What was waited for", .kind = K_TEXT },
	{ "status", "Of a sanitize operation: what became of it", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "state", "State that it is in, where the drive tells one", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "global_erased", "Nothing was written since", .kind = K_BOOL, .show = SHOW_BOOL, .flags = F_OPTIONAL },
	SELF_TEST_RESULT_ROWS,
};
static const struct spec spec_wait = { "wait", "What became of an operation", NULL, 0, 1, FIELDS(wait_rows) };

static int sanitize(struct ctx *ctx, const struct wait_args *a, struct val *out)
{
	const struct val *ctrl, *log = NULL;
	uint32_t nsid = NSID_ALL;
	const char *what;
	int rc = 0;

	if (a->what == FOR_SANITIZE_NS)
		rc = cmd_nsid(ctx, a->namespace_id, &nsid);
	if (!rc)
		rc = cmd_read_ctrl(ctx, &ctrl);
	if (!rc && a->what == FOR_SANITIZE && !val_u64(ctrl, "sanicap", 0))
		rc = fail(ctx, XC_UNSUPPORTED, 0, "%s has no Sanitize command (SANICAP is 0)", ctx->dev->path);
	if (!rc)
		rc = sanitize_read(ctx, nsid, &log);
	if (rc)
		return rc;
	what = arena_printf(ctx->arena, "Sanitize (%s)", sanitize_word((unsigned)val_u64(log, "cdw10_info.sanact", 0)));
	rc = sanitize_wait(ctx, nsid, a->limit, what, sanitize_estimate(log, (uint32_t)val_u64(log, "cdw10_info", 0)),
			   &log);
	if (!rc && log)
		rc = sanitize_verdict(ctx, what, log);
	if (rc || !log)
		return rc;
	val_put_str(ctx->arena, out, "status", sanitize_status(log));
	if (val_u64(log, "sanitize_state_information", 0))
		val_put_str(ctx->arena, out, "state", sanitize_state(log));
	val_put_bool(ctx->arena, out, "global_erased", val_u64(log, "sstat.global_erased", 0));
	return 0;
}

static int self_test(struct ctx *ctx, const struct wait_args *a, struct val *out)
{
	const struct val *ctrl, *log = NULL;
	int rc = cmd_read_ctrl(ctx, &ctrl);

	if (!rc && !val_u64(ctrl, "oacs.dsts", 0))
		rc = fail(ctx, XC_UNSUPPORTED, 0, "%s has no Device Self-test command (OACS bit 4 is clear)", ctx->dev->path);
	if (!rc)
		rc = self_test_wait(ctx, a->limit, "Device Self-test", 0, &log);
	if (rc || !log)
		return rc;
	return self_test_result(ctx, log, 0, out);
}

static int run_wait(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct wait_args *a = argp;

	if (a->namespace_id.set && a->what != FOR_SANITIZE_NS)
		return fail(ctx, XC_USAGE, 0, "--namespace-id is about --for=sanitize-ns");
	val_put_str(ctx->arena, out, "operation", what_names[a->what].key);
	return a->what == FOR_SELF_TEST ? self_test(ctx, a, out) : sanitize(ctx, a, out);
}

const struct cmd cmd_wait = {
	.name = "wait",
	.group = "Health and logs",
	.brief = "Wait for a sanitize operation or a self-test that is under way",
	.desc = "Looks at what goes on in a drive until it is done, and says what became of it; of what is over already, at once. "
		"Nothing is started or stopped.\n\n"
		"The exit code is 0 where the operation succeeded, or where media verification waits for its reader; 5 where a "
		"sanitize operation failed or there never was one; 16 where a self-test was not passed; 8 where the limit was "
		"reached, nothing moved any more (--stall), or Ctrl-C was pressed.",
	.examples = "nvmekit wait nvme0 --for=self-test\n  Wait for the result of the self-test that was started before.\n",
	.target = T_DEV,
	.flags = C_LONG,
	OPTS(wait_args, wait_opts),
	.out = &spec_wait,
	.run = run_wait,
};
