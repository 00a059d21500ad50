/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A set of texts, for what must be done once only. Memory is the arena's. */
#ifndef NVMEKIT_CORE_STRSET_H
#define NVMEKIT_CORE_STRSET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"

struct strset {
	const char **slots;
	size_t n, room; /* room: a power of two, or 0 */
};

/* true: it is new. The text is kept, not copied. An empty set is all zero. */
bool strset_add(struct arena *a, struct strset *s, const char *text);
bool strset_has(const struct strset *s, const char *text);

#endif
