/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/ctx.h"

#include <string.h>

#include "core/val.h"

volatile sig_atomic_t ctx_interrupted;

void ctx_init(struct ctx *ctx)
{
	memset(ctx, 0, sizeof(*ctx));
	ctx->arena = arena_new();
	ctx->error.status = -1;
	ctx->g.output_format = "normal";
	ctx->g.sysroot = "";
	ctx->g.watch.progress = "auto";
	ctx->warnings = val_new(ctx->arena, VAL_ARR);
	ctx->trace_to = stderr;
}

void ctx_done(struct ctx *ctx)
{
	arena_free(ctx->arena);
	memset(ctx, 0, sizeof(*ctx));
}

void warn_user(struct ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	val_put_str(ctx->arena, ctx->warnings, NULL, arena_vprintf(ctx->arena, fmt, ap));
	va_end(ap);
}

void trace_line(struct ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	fputs("nvmekit: ", ctx->trace_to);
	va_start(ap, fmt);
	vfprintf(ctx->trace_to, fmt, ap);
	va_end(ap);
	fputc('\n', ctx->trace_to);
}
