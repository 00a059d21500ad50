/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "dev/watch.h"

#include <errno.h>
#include <time.h>

enum { FIRST_PAUSE_MS = 50, LAST_PAUSE_MS = 2000 };

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void pause_ms(uint64_t ms)
{
	struct timespec t = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&t, NULL); /* a signal ends it early, which is right */
}

/* From what has been done so far; before anything has, from what the drive says. */
static uint64_t left(const struct watch *w, const struct progress *p, uint32_t first_part, uint64_t first_ms)
{
	uint64_t moved = p->part > first_part ? p->part - first_part : 0;

	if (p->done)
		return 0;
	if (p->whole && p->part <= p->whole && moved)
		return (uint64_t)((double)(p->elapsed_ms - first_ms) / (double)moved * (p->whole - p->part));
	if (w->estimate_s) {
		uint64_t all = w->estimate_s * 1000;

		if (p->whole && p->part <= p->whole)
			return all / p->whole * (p->whole - p->part);
		return all > p->elapsed_ms ? all - p->elapsed_ms : 0;
	}
	return UINT64_MAX;
}

static const char *how_far(struct ctx *ctx, const struct progress *p)
{
	if (!p->whole)
		return "";
	return arena_printf(ctx->arena, " at %u%%", (unsigned)((uint64_t)p->part * 100 / p->whole));
}

static int stopped(struct ctx *ctx, const struct watch *w, const struct progress *p, const char *why)
{
	int rc = fail(ctx, XC_TIMEOUT, ETIMEDOUT, "%s: %s after %llu s%s; it goes on in the drive", w->what, why,
		      (unsigned long long)(p->elapsed_ms / 1000), how_far(ctx, p));

	return w->resume ? fail_hint(ctx, rc, "'%s' watches it again", w->resume) : rc;
}

int dev_watch(struct ctx *ctx, const struct watch *w)
{
	uint64_t start = now_ms(), moved_at = 0, first_ms = 0, pause = FIRST_PAUSE_MS;
	uint32_t first_part = 0, last_part = 0;
	bool first = true;

	if (ctx->g.dry_run)
		return 0;
	for (;;) {
		struct progress p = { .what = w->what };
		int rc = w->poll(ctx, w->arg, &p);

		if (rc)
			return rc;
		p.elapsed_ms = now_ms() - start;
		if (first || p.part != last_part)
			moved_at = p.elapsed_ms;
		if (first) {
			first_part = p.part;
			first_ms = p.elapsed_ms;
		}
		first = false;
		last_part = p.part;
		p.left_ms = left(w, &p, first_part, first_ms);
		if (ctx->show_progress)
			ctx->show_progress(ctx, &p);
		if (p.done)
			return 0;
		if (ctx_interrupted)
			return stopped(ctx, w, &p, "no longer watched, as you asked,");
		if (w->limit_ms && p.elapsed_ms >= w->limit_ms)
			return stopped(ctx, w, &p, "the time limit was reached");
		if (ctx->g.watch.stall_ms && p.elapsed_ms - moved_at >= ctx->g.watch.stall_ms)
			return stopped(ctx, w, &p, "no progress any more");
		if (w->limit_ms && w->limit_ms - p.elapsed_ms < pause)
			pause_ms(w->limit_ms - p.elapsed_ms);
		else
			pause_ms(pause);
		pause = pause * 3 / 2 > LAST_PAUSE_MS ? LAST_PAUSE_MS : pause * 3 / 2;
	}
}
