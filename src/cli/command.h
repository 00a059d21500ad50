/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Names of commands, in one word or two, and what was meant by those that there are not. */
#ifndef NVMEKIT_CLI_COMMAND_H
#define NVMEKIT_CLI_COMMAND_H

#include <stdbool.h>

#include "core/ctx.h"

/* The first word of a name in two words: "log". */
bool command_is_group(const char *word);
/* Record XC_USAGE, with suggestions; group is the first word, or NULL. */
int command_unknown(struct ctx *ctx, const char *group, const char *word);
int command_half(struct ctx *ctx, const char *group);

#endif
