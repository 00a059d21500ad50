/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef NVMEKIT_CMD_DRY_RUN_H
#define NVMEKIT_CMD_DRY_RUN_H

#include "cmd/cmd.h"

/* Describes the plan in ctx->plan. */
extern const struct cmd cmd_dry_run;

#endif
