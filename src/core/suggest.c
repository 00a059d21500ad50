/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/suggest.h"

#include <string.h>

/* Longer words are no typing errors of ours, and the rows below stay on the stack. */
#define WORD_MAX_LEN 64

static char fold(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c == '_' ? '-' : c;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: three rows of the table are enough. */
size_t edit_distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);
	size_t rows[3][WORD_MAX_LEN + 1];

	if (la > WORD_MAX_LEN || lb > WORD_MAX_LEN)
		return la > lb ? la : lb;
	for (size_t j = 0; j <= lb; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t *now = rows[i % 3], *up = rows[(i + 2) % 3], *upper = rows[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			char x = fold(a[i - 1]), y = fold(b[j - 1]);

			now[j] = least(least(now[j - 1], up[j]) + 1, up[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == fold(b[j - 2]) && fold(a[i - 2]) == y)
				now[j] = least(now[j], upper[j - 2] + 1);
		}
	}
	return rows[la % 3][lb];
}

void suggest_begin(struct suggest *s, const char *word)
{
	*s = (struct suggest){ .word = word };
}

/* How many slips a word of this length can hold and still be recognised. */
static size_t tolerance(size_t len)
{
	return len < 2 ? 0 : len < 5 ? 1 : len < 8 ? 2 : 3;
}

void suggest_offer(struct suggest *s, const char *candidate)
{
	size_t len = strlen(s->word), d;

	if (!candidate || !len || len > WORD_MAX_LEN)
		return;
	d = edit_distance(s->word, candidate);
	if (d > 1 && len > 1 && strncmp(s->word, candidate, len) == 0)
		d = 1;
	if (d > tolerance(len) || (s->n && d > s->distance))
		return;
	if (!s->n || d < s->distance) {
		s->n = 0;
		s->distance = d;
	}
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->best[i], candidate) == 0)
			return;
	if (s->n < SUGGEST_MAX)
		s->best[s->n++] = candidate;
}

const char *suggest_text(struct arena *a, const struct suggest *s, const char *prefix)
{
	const char *text = "did you mean ";

	if (!s->n)
		return NULL;
	for (size_t i = 0; i < s->n; i++) {
		const char *joint = i == 0 ? "" : i + 1 == s->n ? " or " : ", ";

		text = arena_printf(a, "%s%s'%s%s'", text, joint, prefix, s->best[i]);
	}
	return arena_printf(a, "%s?", text);
}
