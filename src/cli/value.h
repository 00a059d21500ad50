/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* One value of one option: text in, member of the arguments struct out. */
#ifndef NVMEKIT_CLI_VALUE_H
#define NVMEKIT_CLI_VALUE_H

#include "cmd/opt.h"
#include "core/ctx.h"

/*
 * Stores text as the value of o in the struct at 'args'; a list grows. 'shown' is the option as messages name
 * it. A string is not copied. 0, or a recorded XC_USAGE error that gives the text and what would be taken.
 * Not for flags.
 */
int opt_store(struct ctx *ctx, const struct opt *o, const char *shown, const char *text, void *args);
/* Bytes of the member that an option fills. */
size_t opt_size(const struct opt *o);

#endif
