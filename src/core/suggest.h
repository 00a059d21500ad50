/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* "Did you mean": the nearest of some names to a word that is none of them. */
#ifndef NVMEKIT_CORE_SUGGEST_H
#define NVMEKIT_CORE_SUGGEST_H

#include <stddef.h>

#include "core/arena.h"

#define SUGGEST_MAX 3

struct suggest {
	const char *word;
	const char *best[SUGGEST_MAX]; /* equally near, in the order offered; not copied */
	size_t n, distance;
};

/* Damerau-Levenshtein distance (adjacent letters may be swapped); case counts nothing, '_' is '-'. */
size_t edit_distance(const char *a, const char *b);

void suggest_begin(struct suggest *s, const char *word);
/* NULL is no candidate. One that is too far away is dropped; one that begins with the word is near. */
void suggest_offer(struct suggest *s, const char *candidate);
/* "did you mean --verbose or --version?" with 'prefix' before each name; NULL where nothing is near. */
const char *suggest_text(struct arena *a, const struct suggest *s, const char *prefix);

#endif
