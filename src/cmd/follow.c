/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/clock.h"
#include "cmd/follow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dev/topo.h"
#include "dev/uevent.h"

/* An event is often the first of several, and comes before what it announces can be seen. */
enum { INTERVAL_MS = 1000, SOON_MS = 100, EVENTS_AT_ONCE = 10000 };

#define TEXT(n, t, ...) { n, t, .kind = K_TEXT, __VA_ARGS__ }

static const struct field change_rows[] = {
	TEXT("object", "What it is about"),
	TEXT("kind", "subsystem, controller, namespace, path, ana-group, log"),
	TEXT("change", "What happened to it: appeared, vanished, changed"),
	TEXT("what", "The member that has changed", .flags = F_OPTIONAL),
	TEXT("from", "Its value before", .flags = F_OPTIONAL),
	TEXT("to", "Its value now", .flags = F_OPTIONAL),
	TEXT("about", "More about the object", .flags = F_OPTIONAL),
};
static const struct field moment_rows[] = {
	TEXT("time", "When it was seen, UTC: 2026-01-31T23:59:59.123Z"),
	{ "changes", "What has changed since the document before", .kind = K_ARRAY, SUB(change_rows) },
};
const struct spec spec_moment = { "moment", "Time and changes", NULL, 0, 1, FIELDS(moment_rows) };

/* --- facts --- */

void facts_add(struct facts *f, const char *object, const char *kind, const char *what, const char *value,
	       const char *about)
{
	if (f->n == f->room) {
		struct fact *more = arena_calloc(f->a, f->room ? 2 * f->room : 64, sizeof(*more));

		if (f->n)
			memcpy(more, f->v, f->n * sizeof(*more));
		f->v = more;
		f->room = f->room ? 2 * f->room : 64;
	}
	f->v[f->n++] = (struct fact){ object, kind, what, value, about };
}

static int same_object(const struct fact *x, const struct fact *y)
{
	int cmp = natural_cmp(x->object, y->object);

	return cmp ? cmp : strcmp(x->kind, y->kind);
}

/* The object itself ("") before its members. */
static int by_object(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;
	int cmp = same_object(x, y);

	return cmp ? cmp : strcmp(x->what, y->what);
}

static struct val *put_change(struct arena *a, struct val *changes, const struct fact *f, const char *change)
{
	struct val *c = val_put_obj(a, changes, NULL);

	val_put_str(a, c, "object", f->object);
	val_put_str(a, c, "kind", f->kind);
	val_put_str(a, c, "change", change);
	return c;
}

static void put_about(struct arena *a, struct val *c, const struct fact *f)
{
	if (f->about && *f->about)
		val_put_str(a, c, "about", f->about);
}

static void changed(struct arena *a, struct val *changes, const struct fact *from, const struct fact *to)
{
	const struct fact *f = to ? to : from;
	struct val *c = put_change(a, changes, f, "changed");

	val_put_str(a, c, "what", f->what);
	val_put_str(a, c, "from", from ? from->value : "");
	val_put_str(a, c, "to", to ? to->value : "");
	put_about(a, c, f);
}

/* How many facts from here on are about the same object. */
static size_t run_of(const struct facts *f, size_t at)
{
	size_t n = 1;

	while (at + n < f->n && same_object(&f->v[at], &f->v[at + n]) == 0)
		n++;
	return n;
}

static void diff_object(struct arena *a, const struct fact *x, size_t nx, const struct fact *y, size_t ny,
			struct val *changes)
{
	size_t i = 0, j = 0;

	while (i < nx || j < ny) {
		int cmp = i == nx ? 1 : j == ny ? -1 : strcmp(x[i].what, y[j].what);

		if (cmp < 0)
			changed(a, changes, &x[i++], NULL);
		else if (cmp > 0)
			changed(a, changes, NULL, &y[j++]);
		else if (strcmp(x[i++].value, y[j++].value) != 0)
			changed(a, changes, &x[i - 1], &y[j - 1]);
	}
}

static void sort(struct facts *f)
{
	if (f->n)
		qsort(f->v, f->n, sizeof(*f->v), by_object);
}

void facts_diff(struct arena *a, struct facts *before, struct facts *now, struct val *changes)
{
	size_t i = 0, j = 0;

	sort(before);
	sort(now);
	while (i < before->n || j < now->n) {
		int cmp = i == before->n ? 1 : j == now->n ? -1 : same_object(&before->v[i], &now->v[j]);
		size_t ni = cmp <= 0 ? run_of(before, i) : 0, nj = cmp >= 0 ? run_of(now, j) : 0;

		if (cmp < 0)
			put_about(a, put_change(a, changes, &before->v[i], "vanished"), &before->v[i]);
		else if (cmp > 0)
			put_about(a, put_change(a, changes, &now->v[j], "appeared"), &now->v[j]);
		else
			diff_object(a, &before->v[i], ni, &now->v[j], nj, changes);
		i += ni;
		j += nj;
	}
}

/* --- looking again --- */

/* What a look replaces, to be put back at the end. */
struct kept {
	struct arena *arena;
	struct sim *sim;
	struct dev *dev;
	const struct val *id_ctrl;
	struct val *warnings;
};

/* One look, with memory of its own: a watch may go on for months. */
struct round {
	struct arena *arena;
	struct facts facts;
};

static const char *utc(struct arena *a)
{
	struct timespec t;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
			    tm.tm_hour, tm.tm_min, tm.tm_sec, t.tv_nsec / 1000000);
}

static void begin(struct ctx *ctx, struct kept *k, struct round *r)
{
	*k = (struct kept){ ctx->arena, ctx->sim, ctx->dev, ctx->id_ctrl, ctx->warnings };
	r->arena = arena_new();
	r->facts = (struct facts){ .a = r->arena };
	ctx->arena = r->arena;
	ctx->sim = NULL;
	ctx->id_ctrl = NULL;
	ctx->warnings = val_new(r->arena, VAL_ARR);
}

static const char *moved(struct arena *to, const char *s)
{
	return s ? arena_strdup(to, s) : NULL;
}

/* An error outlives the look that it ended. */
static void end(struct ctx *ctx, const struct kept *k)
{
	ctx->arena = k->arena;
	ctx->sim = k->sim;
	ctx->dev = k->dev;
	ctx->id_ctrl = k->id_ctrl;
	ctx->warnings = k->warnings;
	ctx->moment = NULL;
	ctx->error.message = moved(k->arena, ctx->error.message);
	ctx->error.hint = moved(k->arena, ctx->error.hint);
	ctx->error.device = moved(k->arena, ctx->error.device);
}

/* A controller that is resetting or connecting answers again later: that is what is watched. */
static bool passes(struct ctx *ctx)
{
	static const int soon[] = { EAGAIN, EINTR, EIO, ETIMEDOUT, ENETRESET };
	bool later = ctx->error.status > 0 && STATUS_SCT((unsigned)ctx->error.status) == 3;

	for (size_t i = 0; i < NELEMS(soon); i++)
		later = later || ctx->error.err == soon[i];
	if (later)
		ctx->error = (struct error){ .status = -1 };
	return later;
}

/* Looks, and tells what is different. *n grows by the number of changes. */
static int round_of(struct ctx *ctx, const struct followed *w, struct round *last, uint64_t *n)
{
	struct val *answer, *changes;
	struct round now;
	struct kept kept;
	bool keep = false;
	int rc;

	begin(ctx, &kept, &now);
	now.facts.again = last->arena;
	answer = val_new(now.arena, VAL_OBJ);
	rc = w->look(ctx, w->arg, answer, &now.facts);
	if (!rc) {
		ctx->moment = val_new(now.arena, VAL_OBJ);
		val_put_str(now.arena, ctx->moment, "time", utc(now.arena));
		changes = val_put_arr(now.arena, ctx->moment, "changes");
		if (last->arena)
			facts_diff(now.arena, &last->facts, &now.facts, changes);
		*n += changes->c.n;
		keep = !last->arena || changes->c.n;
		if (keep && ctx->emit)
			rc = ctx->emit(ctx, answer);
	} else if (last->arena && passes(ctx)) {
		rc = 0;
	}
	end(ctx, &kept);
	if (keep) {
		if (last->arena)
			arena_free(last->arena);
		*last = now;
	} else {
		arena_free(now.arena);
	}
	return rc;
}

/* Waits for an event, and takes those with it that wait behind: one look does for all. */
static int wait_for_event(struct uevents *u, const char *node, uint64_t ms)
{
	struct uevent ev;
	int told = uevent_wait(u, node, ms, &ev);

	for (int i = 0; told > 0 && i < EVENTS_AT_ONCE && uevent_wait(u, node, 0, &ev) > 0; i++)
		;
	return told;
}

static int go_on(struct ctx *ctx, const struct follow_args *args, const struct followed *w)
{
	uint64_t interval = args->interval.set ? args->interval.v : INTERVAL_MS, n = 0, start = now_ms(), gone = 0;
	uint64_t most = args->count.set ? args->count.v : UINT64_MAX;
	uint64_t limit = args->duration.set ? args->duration.v : UINT64_MAX;
	struct uevents *u = uevent_open(ctx); /* before the first look, so that nothing falls in between */
	struct round last = { NULL };
	int rc = 0, told = 0;

	ctx->emitted = true;
	while (!rc && !ctx_interrupted) {
		uint64_t pause = told > 0 && interval > SOON_MS ? SOON_MS : interval;

		rc = round_of(ctx, w, &last, &n);
		gone = now_ms() - start;
		if (rc || n >= most || gone >= limit)
			break;
		told = wait_for_event(u, w->node, limit - gone < pause ? limit - gone : pause);
	}
	uevent_close(u);
	if (last.arena)
		arena_free(last.arena);
	return rc;
}

int follow(struct ctx *ctx, const struct follow_args *args, const struct followed *w, struct val *out)
{
	const char *more = args->interval.set ? "--interval" : args->count.set ? "--count" : args->duration.set ? "--duration" : NULL;

	if (!args->watch && more)
		return fail(ctx, XC_USAGE, 0, "%s is about --watch, which is not given", more);
	if (args->watch && strcmp(ctx->g.output_format, "binary") == 0)
		return fail(ctx, XC_USAGE, 0, "--watch tells of changes in text and JSON, not in bytes");
	return args->watch ? go_on(ctx, args, w) : w->look(ctx, w->arg, out, NULL);
}
