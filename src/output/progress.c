/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/progress.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "dev/watch.h"
#include "output/out.h"

enum { BAR_WIDTH = 30 };

/* "2 h 5 min", "3 min 20 s", "12 s" */
static const char *span(struct arena *a, uint64_t ms)
{
	uint64_t s = (ms + 999) / 1000;

	if (s >= 3600)
		return arena_printf(a, "%" PRIu64 " h %" PRIu64 " min", s / 3600, s % 3600 / 60);
	if (s >= 60)
		return arena_printf(a, "%" PRIu64 " min %" PRIu64 " s", s / 60, s % 60);
	return arena_printf(a, "%" PRIu64 " s", s);
}

static void bar(struct ctx *ctx, const struct progress *p)
{
	struct arena *a = ctx->arena;
	char line[BAR_WIDTH + 1];
	unsigned percent = p->whole ? (unsigned)((uint64_t)p->part * 100 / p->whole) : 0;
	unsigned full;

	if (percent > 100 || p->done)
		percent = 100;
	full = percent * BAR_WIDTH / 100;
	memset(line, ' ', BAR_WIDTH);
	memset(line, '=', full);
	line[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r\033[K%s%s%s ", p->what, p->phase ? ": " : "", p->phase ? p->phase : "");
	if (p->whole || p->done)
		fprintf(stderr, "[%s] %3u%% ", line, percent);
	fprintf(stderr, " %s", span(a, p->elapsed_ms));
	if (!p->done && p->left_ms != UINT64_MAX)
		fprintf(stderr, ", about %s left", span(a, p->left_ms));
	if (p->done)
		fputc('\n', stderr);
	fflush(stderr);
}

static void json_line(struct ctx *ctx, const struct progress *p)
{
	struct arena *a = ctx->arena;

	fprintf(stderr, "{\"event\":\"progress\",\"what\":\"%s\",\"device\":\"%s\",", p->what,
		ctx->device_path ? printable(a, ctx->device_path, strlen(ctx->device_path), false) : "");
	if (p->phase)
		fprintf(stderr, "\"phase\":\"%s\",", p->phase);
	if (p->whole)
		fprintf(stderr, "\"part\":%" PRIu32 ",\"whole\":%" PRIu32 ",", p->part, p->whole);
	fprintf(stderr, "\"elapsed_ms\":%" PRIu64 ",", p->elapsed_ms);
	if (p->left_ms != UINT64_MAX)
		fprintf(stderr, "\"left_ms\":%" PRIu64 ",", p->left_ms);
	fprintf(stderr, "\"done\":%s}\n", p->done ? "true" : "false");
	fflush(stderr);
}

void progress_begin(struct ctx *ctx)
{
	const char *how = ctx->g.watch.progress;

	if (strcmp(how, "json") == 0)
		ctx->show_progress = json_line;
	else if (strcmp(how, "bar") == 0 || (strcmp(how, "auto") == 0 && !ctx->g.quiet && isatty(STDERR_FILENO)))
		ctx->show_progress = bar;
}
