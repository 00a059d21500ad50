/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Watching what runs in a drive: progress, estimate, and all the ways in which it ends. */
#include "unit.h"

#include <errno.h>
#include <signal.h>

#include "dev/watch.h"

/* What the drive says, look by look; the last one stays. */
struct script {
	const struct look {
		uint32_t part, whole;
		bool done;
		int rc;
	} *looks;
	size_t n, at;
	struct progress seen[32];
	size_t nseen;
	const char *phase;
	int interrupt_at; /* look at which somebody presses Ctrl-C; 0: never */
};

static struct script *watched;

static int poll_script(struct ctx *ctx, void *arg, struct progress *p)
{
	struct script *s = arg;
	const struct look *l = &s->looks[s->at < s->n ? s->at : s->n - 1];

	s->at++;
	if (s->interrupt_at && s->at == (size_t)s->interrupt_at)
		ctx_interrupted = 1;
	if (l->rc)
		return fail(ctx, XC_NODEV, ENODEV, "Get Log Page on /dev/nvme0 failed: No such device");
	p->part = l->part;
	p->whole = l->whole;
	p->done = l->done;
	p->phase = s->phase;
	return 0;
}

static void show(struct ctx *ctx, const struct progress *p)
{
	(void)ctx;
	if (watched->nseen < 32)
		watched->seen[watched->nseen++] = *p;
}

static int run(struct ctx *ctx, struct script *s, uint64_t limit_ms, uint64_t estimate_s)
{
	struct watch w = { "Sanitize (block erase)", "nvmekit wait nvme0 --for=sanitize", limit_ms, estimate_s,
			   poll_script, s };

	ctx_init(ctx);
	ctx->show_progress = show;
	watched = s;
	ctx_interrupted = 0;
	return dev_watch(ctx, &w);
}

#define SCRIPT(...)                                                                                          \
	{                                                                                                    \
		.looks = (const struct look[]){ __VA_ARGS__ },                                               \
		.n = sizeof((const struct look[]){ __VA_ARGS__ }) / sizeof(struct look)                      \
	}

static void test_to_the_end(void **state)
{
	struct script s = SCRIPT({ 0, 100, false, 0 }, { 50, 100, false, 0 }, { 100, 100, true, 0 });
	struct ctx ctx;

	(void)state;
	assert_int_equal(run(&ctx, &s, 0, 0), 0);
	assert_int_equal(s.nseen, 3);
	assert_string_equal(s.seen[0].what, "Sanitize (block erase)");
	assert_true(s.seen[0].left_ms == UINT64_MAX); /* nothing moved yet, and the drive does not say */
	assert_false(s.seen[1].done);
	assert_true(s.seen[2].done);
	assert_true(s.seen[2].left_ms == 0);
	assert_true(s.seen[1].elapsed_ms >= 45 && s.seen[2].elapsed_ms > s.seen[1].elapsed_ms);
	assert_int_equal(ctx.error.code, XC_OK);
	ctx_done(&ctx);
}

static void test_estimate(void **state)
{
	struct script s = SCRIPT({ 16384, 65536, false, 0 }, { 32768, 65536, false, 0 }, { 0, 65536, false, 0 },
				 { 32768, 65536, false, 0 }, { 65536, 65536, true, 0 });
	struct ctx ctx;
	uint64_t t;

	(void)state;
	/* Of 100 s that the drive estimates, three quarters are left. */
	assert_int_equal(run(&ctx, &s, 0, 100), 0);
	assert_true(s.seen[0].left_ms == 75000);
	/* A quarter in t ms: the other two take twice as long. */
	t = s.seen[1].elapsed_ms - s.seen[0].elapsed_ms;
	assert_true(s.seen[1].left_ms >= 2 * t - 2 && s.seen[1].left_ms <= 2 * t + 2);
	/* The next step begins at zero: what is known of its speed is the drive's estimate, then its own. */
	assert_true(s.seen[2].left_ms == 100000);
	t = s.seen[3].elapsed_ms - s.seen[2].elapsed_ms;
	assert_true(s.seen[3].left_ms + 2 >= t && s.seen[3].left_ms <= t + 2);
	ctx_done(&ctx);
}

/* A drive that says nothing of progress, and one that says nonsense. */
static void test_progress_unknown(void **state)
{
	struct script s = SCRIPT({ 0, 0, false, 0 }, { 7, 0, false, 0 }, { 200, 100, false, 0 }, { 0, 0, true, 0 });
	struct script none = SCRIPT({ 0, 0, false, 0 }, { 0, 0, false, 0 });
	struct ctx ctx;

	(void)state;
	assert_int_equal(run(&ctx, &s, 0, 10), 0);
	assert_true(s.seen[0].left_ms <= 10000 && s.seen[0].left_ms > 9000);
	assert_true(s.seen[2].left_ms <= 10000 && s.seen[2].left_ms > 9000);
	ctx_done(&ctx);
	assert_int_not_equal(run(&ctx, &none, 60, 0), 0);
	assert_true(none.seen[0].left_ms == UINT64_MAX);
	assert_null(strchr(ctx.error.message, '%'));
	ctx_done(&ctx);
	/* The estimate is over, the operation is not. */
	none = (struct script)SCRIPT({ 0, 0, false, 0 });
	assert_int_not_equal(run(&ctx, &none, 1200, 1), 0);
	assert_true(none.seen[none.nseen - 1].left_ms == 0);
	ctx_done(&ctx);
}

static void expect_stop(struct ctx *ctx, int rc, const char *why)
{
	assert_int_equal(rc, -ETIMEDOUT);
	assert_int_equal(ctx->error.code, XC_TIMEOUT);
	assert_non_null(strstr(ctx->error.message, "Sanitize (block erase): "));
	assert_non_null(strstr(ctx->error.message, why));
	assert_non_null(strstr(ctx->error.message, "it goes on in the drive"));
	assert_non_null(strstr(ctx->error.hint, "'nvmekit wait nvme0 --for=sanitize' watches it again"));
	ctx_done(ctx);
}

static void test_limit(void **state)
{
	struct script s = SCRIPT({ 43, 100, false, 0 });
	struct ctx ctx;
	int rc;

	(void)state;
	rc = run(&ctx, &s, 120, 0);
	assert_non_null(strstr(ctx.error.message, " at 43%"));
	assert_true(s.seen[s.nseen - 1].elapsed_ms >= 120 && s.seen[s.nseen - 1].elapsed_ms < 1000);
	expect_stop(&ctx, rc, "the time limit was reached after 0.1 s");
	/* What is done at the last look is done, however late. */
	s = (struct script)SCRIPT({ 43, 100, false, 0 }, { 100, 100, true, 0 });
	assert_int_equal(run(&ctx, &s, 1, 0), 0);
	ctx_done(&ctx);
}

static void test_stall(void **state)
{
	struct script s = SCRIPT({ 1, 100, false, 0 }, { 2, 100, false, 0 }, { 3, 100, false, 0 });
	struct watch w = { "Sanitize (block erase)", "nvmekit wait nvme0 --for=sanitize", 0, 0, poll_script, &s };
	struct ctx ctx;

	(void)state;
	ctx_init(&ctx);
	ctx.g.watch.stall_ms = 150;
	ctx_interrupted = 0;
	expect_stop(&ctx, dev_watch(&ctx, &w), "no progress any more");
	/* Not before it had stood still for so long: 50 + 75 ms of progress come first. */
	assert_true(s.at > 3);
}

static void test_interrupted(void **state)
{
	struct script s = SCRIPT({ 5, 100, false, 0 });
	struct ctx ctx;
	int rc;

	(void)state;
	s.interrupt_at = 2;
	rc = run(&ctx, &s, 0, 0);
	assert_int_equal(s.at, 2);
	expect_stop(&ctx, rc, "no longer watched, as you asked");
	ctx_interrupted = 0;
}

static void test_lost(void **state)
{
	struct script s = SCRIPT({ 10, 100, false, 0 }, { 30, 100, false, 0 }, { 0, 0, false, 1 });
	struct script first = SCRIPT({ 0, 0, false, 1 });
	struct ctx ctx;

	(void)state;
	assert_int_equal(run(&ctx, &s, 0, 0), -ENODEV);
	assert_int_equal(ctx.error.code, XC_NODEV);
	assert_non_null(strstr(ctx.error.message, "No such device"));
	assert_non_null(strstr(ctx.error.hint, "Sanitize (block erase) was under way at 30%"));
	assert_non_null(strstr(ctx.error.hint, "nobody knows whether it goes on"));
	assert_non_null(strstr(ctx.error.hint, "'nvmekit wait nvme0 --for=sanitize'"));
	ctx_done(&ctx);
	/* Nothing is known where the first look failed. */
	assert_int_equal(run(&ctx, &first, 0, 0), -ENODEV);
	assert_null(ctx.error.hint);
	ctx_done(&ctx);
}

static void test_dry_run(void **state)
{
	struct script s = SCRIPT({ 0, 0, false, 1 });
	struct watch w = { "x", NULL, 0, 0, poll_script, &s };
	struct ctx ctx;

	(void)state;
	ctx_init(&ctx);
	ctx.g.dry_run = true;
	assert_int_equal(dev_watch(&ctx, &w), 0);
	assert_int_equal(s.at, 0);
	ctx_done(&ctx);
}

static void test_no_resume(void **state)
{
	struct script s = SCRIPT({ 1, 100, false, 0 });
	struct watch w = { "x", NULL, 1, 0, poll_script, &s };
	struct ctx ctx;

	(void)state;
	ctx_init(&ctx);
	ctx_interrupted = 0;
	assert_int_equal(dev_watch(&ctx, &w), -ETIMEDOUT);
	assert_null(ctx.error.hint);
	ctx_done(&ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_to_the_end),
		cmocka_unit_test(test_estimate),
		cmocka_unit_test(test_progress_unknown),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_stall),
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_dry_run),
		cmocka_unit_test(test_no_resume),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
