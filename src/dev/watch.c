/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/clock.h"
#include "dev/watch.h"

#include <errno.h>
#include <time.h>

enum { FIRST_PAUSE_MS = 50, LAST_PAUSE_MS = 2000 };

static void pause_ms(uint64_t ms)
{
	struct timespec t = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&t, NULL); /* a signal ends it early, which is right */
}

/* What is remembered from one look to the next. */
struct seen {
	uint64_t looks, moved_at, from_ms; /* of the part 'from', since when the speed is measured */
	uint32_t from, part;
	struct progress last;
};

/* From what has been done so far; before anything has, from what the drive says. */
static uint64_t left(const struct watch *w, const struct progress *p, const struct seen *s)
{
	uint64_t all = w->estimate_s * 1000;
	bool known = p->whole && p->part <= p->whole;

	if (p->done)
		return 0;
	if (known && p->part > s->from)
		return (uint64_t)((double)(p->elapsed_ms - s->from_ms) / (p->part - s->from) *
				  (p->whole - p->part));
	if (!w->estimate_s)
		return UINT64_MAX;
	if (known)
		return (uint64_t)((double)all * (p->whole - p->part) / p->whole);
	return all > p->elapsed_ms ? all - p->elapsed_ms : 0;
}

static void remember(struct seen *s, const struct progress *p)
{
	bool again = s->looks && p->part < s->part; /* the next step began */

	if (!s->looks || p->part != s->part)
		s->moved_at = p->elapsed_ms;
	if (!s->looks || again) {
		s->from = p->part;
		s->from_ms = p->elapsed_ms;
	}
	s->part = p->part;
	s->looks++;
}

/* To the nearest percent, but 100 is for what is done. */
static const char *how_far(struct ctx *ctx, const struct progress *p)
{
	uint64_t percent = p->whole ? ((uint64_t)p->part * 100 + p->whole / 2) / p->whole : 0;

	if (!p->whole)
		return "";
	return arena_printf(ctx->arena, " at %u%%", (unsigned)(percent < 100 ? percent : 99));
}

static const char *time_of(struct ctx *ctx, uint64_t ms)
{
	return arena_printf(ctx->arena, "%llu.%llu s", (unsigned long long)(ms / 1000),
			    (unsigned long long)(ms % 1000 / 100));
}

static int stopped(struct ctx *ctx, const struct watch *w, const struct progress *p, const char *why)
{
	int rc = fail(ctx, XC_TIMEOUT, ETIMEDOUT, "%s: %s after %s%s; it goes on in the drive", w->what, why,
		      time_of(ctx, p->elapsed_ms), how_far(ctx, p));

	return w->resume ? fail_hint(ctx, rc, "'%s' watches it again", w->resume) : rc;
}

/* The drive cannot be asked any more: its answer, and what it said last. */
static int lost(struct ctx *ctx, const struct watch *w, const struct seen *s, int rc)
{
	if (!s->looks)
		return rc;
	fail_hint(ctx, rc,
		  "%s was under way%s %s after the start; nobody knows whether it goes on in the drive%s%s%s",
		  w->what, how_far(ctx, &s->last), time_of(ctx, s->last.elapsed_ms),
		  w->resume ? ": when it answers again, '" : "", w->resume ? w->resume : "",
		  w->resume ? "' tells" : "");
	return rc;
}

/* Why nobody waits any longer; NULL: go on. */
static const char *enough(const struct ctx *ctx, const struct watch *w, const struct seen *s,
			  const struct progress *p)
{
	if (ctx_interrupted)
		return "no longer watched, as you asked,";
	if (w->limit_ms && p->elapsed_ms >= w->limit_ms)
		return "the time limit was reached";
	if (ctx->g.watch.stall_ms && p->elapsed_ms - s->moved_at >= ctx->g.watch.stall_ms)
		return "no progress any more";
	return NULL;
}

int dev_watch(struct ctx *ctx, const struct watch *w)
{
	uint64_t start = now_ms(), pause = FIRST_PAUSE_MS, rest;
	struct seen s = { 0 };
	const char *why;

	if (ctx->g.dry_run)
		return 0;
	for (;;) {
		struct progress p = { .what = w->what };
		int rc = w->poll(ctx, w->arg, &p);

		if (rc)
			return lost(ctx, w, &s, rc);
		p.elapsed_ms = now_ms() - start;
		remember(&s, &p);
		p.left_ms = left(w, &p, &s);
		s.last = p;
		if (ctx->show_progress)
			ctx->show_progress(ctx, &p);
		if (p.done)
			return 0;
		why = enough(ctx, w, &s, &p);
		if (why)
			return stopped(ctx, w, &p, why);
		rest = w->limit_ms ? w->limit_ms - p.elapsed_ms : pause;
		pause_ms(rest < pause ? rest : pause);
		pause = pause * 3 / 2 > LAST_PAUSE_MS ? LAST_PAUSE_MS : pause * 3 / 2;
	}
}
