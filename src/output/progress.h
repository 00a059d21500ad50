/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* How far an operation is, on standard error: a bar for people, JSON lines for programs. */
#ifndef NVMEKIT_OUTPUT_PROGRESS_H
#define NVMEKIT_OUTPUT_PROGRESS_H

#include "core/ctx.h"

/* Sets ctx->show_progress as ctx->g.watch.progress says; "auto": a bar where standard error is a terminal and nobody said --quiet. */
void progress_begin(struct ctx *ctx);

#endif
