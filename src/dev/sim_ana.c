/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The Asymmetric Namespace Access log page, from what the image says of groups and namespaces: Base 2.1, section 5.1.12.1.13.
 * Little enough to lay out here: a header of 16 bytes (change count, number of groups), and per group 32 bytes
 * (ANAGRPID, number of NSIDs, change count, state), followed by the NSIDs.
 */
#include <stdlib.h>

#include "dev/sim_model.h"

#define HEADER 16u
#define GROUP  32u
#define MAX_ANA_GROUPS 128u

struct group {
	uint32_t id;
	uint8_t state;
};

static void put_le(uint8_t *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t group_of(struct sim_cmd *c, struct image_ns *ns)
{
	return (uint32_t)val_u64(image_id_ns(c->ctx->arena, ns)->fields, "anagrpid", 0);
}

static void add_group(struct group *g, unsigned *n, uint32_t id, uint8_t state)
{
	for (unsigned i = 0; i < *n; i++) {
		if (g[i].id == id)
			return;
	}
	if (*n < MAX_ANA_GROUPS)
		g[(*n)++] = (struct group){ id, state };
}

static int by_id(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* Those that the controller names, also empty ones, and those of its namespaces; in the order of their numbers. */
static unsigned groups_of(struct sim_cmd *c, struct group *g)
{
	struct image_subsys *s = c->ctrl->subsys;
	const struct val *named = c->ctrl->ana;
	unsigned n = 0;

	for (const struct val *it = named ? named->c.first : NULL; it; it = it->next)
		add_group(g, &n, (uint32_t)strtoul(it->key, NULL, 10), image_ana_value(it));
	for (size_t i = 0; i < s->nns; i++) {
		uint8_t state = image_ana_state(&s->ns[i], c->ctrl);

		if (state)
			add_group(g, &n, group_of(c, &s->ns[i]), state);
	}
	qsort(g, n, sizeof(*g), by_id);
	return n;
}

static size_t put_group(struct sim_cmd *c, uint8_t *p, const struct group *g, uint64_t chgcnt, bool nsids)
{
	struct image_subsys *s = c->ctrl->subsys;
	size_t n = 0;

	for (size_t i = 0; nsids && i < s->nns; i++) {
		if (image_ana_state(&s->ns[i], c->ctrl) && group_of(c, &s->ns[i]) == g->id)
			put_le(p + GROUP + 4 * n++, s->ns[i].nsid, 4);
	}
	put_le(p, g->id, 4);
	put_le(p + 4, n, 4);
	put_le(p + 8, chgcnt, 8);
	p[16] = g->state;
	return GROUP + 4 * n;
}

bool sim_has_ana(const struct sim_cmd *c)
{
	const struct image_subsys *s = c->ctrl->subsys;

	if (c->ctrl->ana)
		return true;
	for (size_t i = 0; i < s->nns; i++) {
		if (image_ana_state(&s->ns[i], c->ctrl))
			return true;
	}
	return false;
}

int sim_ana_log(struct sim_cmd *c, uint64_t offset, size_t want)
{
	struct group groups[MAX_ANA_GROUPS];
	unsigned n = groups_of(c, groups);
	bool groups_only = c->req->cdw10 >> 8 & 1;
	uint64_t chgcnt = val_u64(c->ctrl->node, "ana_chgcnt", 1);
	uint8_t *buf = arena_alloc(c->ctx->arena, HEADER + GROUP * n + 4 * c->ctrl->subsys->nns);
	struct image_data data = { buf, HEADER, 0 };

	for (unsigned i = 0; i < n; i++)
		data.len += put_group(c, buf + data.len, &groups[i], chgcnt, !groups_only);
	put_le(buf, chgcnt, 8);
	put_le(buf + 8, n, 2);
	data.received = data.len;
	return sim_transfer(c, &data, offset, want);
}
