/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What could stand at a place of a command line. */
#ifndef NVMEKIT_CLI_COMPLETE_H
#define NVMEKIT_CLI_COMPLETE_H

#include <stddef.h>

#include "core/ctx.h"

/*
 * words[0] is the tool's name, words[index] the beginning of the word to complete (index may be n: an
 * empty word). Lines "CANDIDATE" or "CANDIDATE<TAB>DESCRIPTION", each beginning as the word does, and
 * ":files", ":dirs" (names of files complete it too), ":nospace" (more of the word may follow). Never
 * fails and never sends a command to a drive: the topology is read only where a device is completed.
 */
const char *const *complete_words(struct ctx *ctx, const char *const *words, size_t n, size_t index,
				  size_t *nlines);

#endif
