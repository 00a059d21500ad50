/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/strset.h"

#include <stdint.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return h;
}

static const char **slot_of(const struct strset *s, const char *text)
{
	size_t i = hash(text) & (s->room - 1);

	while (s->slots[i] && strcmp(s->slots[i], text) != 0)
		i = (i + 1) & (s->room - 1);
	return &s->slots[i];
}

/* At most half full, so that a free slot is near. */
static void grow(struct arena *a, struct strset *s)
{
	struct strset larger = { .room = s->room ? 2 * s->room : FIRST_ROOM, .n = s->n };

	larger.slots = arena_calloc(a, larger.room, sizeof(*larger.slots));
	for (size_t i = 0; i < s->room; i++) {
		if (s->slots[i])
			*slot_of(&larger, s->slots[i]) = s->slots[i];
	}
	*s = larger;
}

bool strset_add(struct arena *a, struct strset *s, const char *text)
{
	const char **slot;

	if (2 * (s->n + 1) > s->room)
		grow(a, s);
	slot = slot_of(s, text);
	if (*slot)
		return false;
	*slot = text;
	s->n++;
	return true;
}

bool strset_has(const struct strset *s, const char *text)
{
	return s->n && *slot_of(s, text);
}
