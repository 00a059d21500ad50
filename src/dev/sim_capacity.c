/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Where capacity is: in the drive, in Endurance Groups, in NVM Sets. Base 2.1, sections 3.2.2, 3.2.3 and 8.1.4. The state
 * is in "model" of the subsystem from the first change on; before that it follows from what any controller has recorded.
 */
#include "dev/sim_capacity.h"

#include "spec/tables.h"

#define SIZE 4096u

struct val *first_in(const struct val *obj, const char *key)
{
	const struct val *list = obj ? val_get(obj, key) : NULL;

	return list && list->type == VAL_ARR ? list->c.first : NULL;
}

static bool changed(const struct sim_cmd *c)
{
	const struct val *m = val_get(c->ctrl->subsys->node, "model");

	return m && val_get(m, "capacity");
}

static const struct val *recorded(struct sim_cmd *c, uint8_t cns, const struct spec *spec)
{
	const struct image_subsys *s = c->ctrl->subsys;

	for (size_t i = 0; i < s->nctrls; i++) {
		const struct val *st = image_cns(s->ctrls[i].cns, cns, 0xff);

		if (st)
			return tree_decode(c, spec, st, SIZE);
	}
	return NULL;
}

const struct val *capacity_recorded_log(struct sim_cmd *c, uint8_t lid, const struct spec *spec)
{
	const struct image_subsys *s = c->ctrl->subsys;

	for (size_t i = 0; i < s->nctrls; i++) {
		const struct val *st = s->ctrls[i].logs ? image_log(s->ctrls[i].logs, lid, 0xff) : NULL;

		if (st)
			return tree_decode(c, spec, st, spec->size);
	}
	return NULL;
}

/* --- the state --- */

static struct val *with_id(const struct val *obj, const char *list, const char *key, uint64_t id)
{
	struct val *it = first_in(obj, list);

	while (it && val_u64(it, key, 0) != id)
		it = it->next;
	return it;
}

struct val *capacity_group(const struct val *state, uint64_t endgid)
{
	return with_id(state, "groups", "endgid", endgid);
}

struct val *capacity_set(const struct val *state, uint64_t nvmsetid, struct val **group)
{
	for (struct val *g = first_in(state, "groups"); g; g = g->next) {
		struct val *s = with_id(g, "sets", "nvmsetid", nvmsetid);

		if (s && group)
			*group = g;
		if (s)
			return s;
	}
	return NULL;
}

static struct val *add(struct sim_cmd *c, struct val *obj, const char *list, const char *key, uint64_t id,
		       uint64_t bytes)
{
	struct arena *a = c->ctx->arena;
	struct val *to = val_get(obj, list), *it;

	if (!to || to->type != VAL_ARR)
		to = val_put_arr(a, obj, list);
	it = val_put_obj(a, to, NULL);
	val_put_u64(a, it, key, id);
	val_put_u64(a, it, "total", bytes);
	val_put_u64(a, it, "unalloc", bytes);
	return it;
}

struct val *capacity_add_group(struct sim_cmd *c, struct val *state, uint64_t endgid, uint64_t bytes)
{
	return add(c, state, "groups", "endgid", endgid, bytes);
}

struct val *capacity_add_set(struct sim_cmd *c, struct val *group, uint64_t nvmsetid, uint64_t bytes)
{
	return add(c, group, "sets", "nvmsetid", nvmsetid, bytes);
}

static void put(struct sim_cmd *c, struct val *obj, const char *key, uint64_t v)
{
	bool was = c->dirty;

	sim_store(c, obj, key, v);
	c->dirty = was; /* nothing has changed yet */
}

static void read_sets(struct sim_cmd *c, struct val *state)
{
	for (struct val *e = first_in(recorded(c, 0x04, &spec_id_nvmset), "NVMSet"); e; e = e->next) {
		uint64_t endgid = val_u64(e, "endurance_group_id", 0),
			 total = val_u64(e, "total_nvmset_cap", 0);
		struct val *g = capacity_group(state, endgid), *s;

		if (!g)
			g = capacity_add_group(c, state, endgid, 0);
		s = capacity_add_set(c, g, val_u64(e, "nvmset_id", 0), total);
		put(c, s, "unalloc", val_u64(e, "unalloc_nvmset_cap", 0));
		put(c, g, "total", val_u64(g, "total", 0) + total);
	}
}

/* The one page that can be recorded is that of the only group; several have what their sets have. */
static void read_groups(struct sim_cmd *c, struct val *state)
{
	const struct val *page = capacity_recorded_log(c, 0x09, &spec_log_endurance);
	struct val *g;

	for (g = first_in(recorded(c, 0x19, &spec_list_endgrp), "endgrp_list"); g; g = g->next) {
		uint64_t endgid = val_u64(g, "endgrp_id", 0);

		if (endgid && !capacity_group(state, endgid))
			(void)capacity_add_group(c, state, endgid, 0);
	}
	g = first_in(state, "groups");
	if (!g || g->next || !page || !val_u64(page, "total_end_grp_cap", 0))
		return;
	put(c, g, "total", val_u64(page, "total_end_grp_cap", 0));
	put(c, g, "unalloc", val_u64(page, "unalloc_end_grp_cap", 0));
}

struct val *capacity_state(struct sim_cmd *c)
{
	const struct val *units;
	struct val *state;

	if (changed(c))
		return sim_state(c, c->ctrl->subsys->node, "capacity");
	state = val_new(c->ctx->arena, VAL_OBJ);
	units = capacity_recorded_log(c, 0x10, &spec_log_media_unit_stat);
	val_put_u64(c->ctx->arena, state, "selected", units ? val_u64(units, "sel_config", 0) : 0);
	(void)val_put_arr(c->ctx->arena, state, "groups");
	read_sets(c, state);
	read_groups(c, state);
	return state;
}

void capacity_keep(struct sim_cmd *c, const struct val *state)
{
	c->dirty = true;
	if (!changed(c))
		sim_state(c, c->ctrl->subsys->node, "capacity")->c = state->c;
}

/* --- the drive's own --- */

uint64_t capacity_left(struct sim_cmd *c)
{
	return val_u64(c->id, "unvmcap", 0);
}

void capacity_left_is(struct sim_cmd *c, uint64_t bytes)
{
	struct image_subsys *s = c->ctrl->subsys;

	for (size_t i = 0; i < s->nctrls; i++) {
		if (!val_u64(image_id_ctrl(c->ctx->arena, &s->ctrls[i])->fields, "tnvmcap", 0))
			continue;
		sim_store(c, s->ctrls[i].identify, "unvmcap", bytes);
		sim_changed_ctrl(c, &s->ctrls[i]);
	}
	c->id = image_id_ctrl(c->ctx->arena, c->ctrl)->fields;
}

/* --- what namespaces take --- */

/* A controller that reports no total has no limit here. */
static bool room(const struct sim_cmd *c, const struct val *pool, uint64_t bytes)
{
	if (pool && val_u64(pool, "total", 0))
		return val_u64(pool, "unalloc", 0) >= bytes;
	return !val_u64(c->id, "tnvmcap", 0) || val_u64(c->id, "unvmcap", 0) >= bytes;
}

static bool choose_set(struct sim_cmd *c, uint64_t nvmsetid, uint64_t bytes, struct place *p, bool *exists)
{
	for (struct val *s = first_in(p->endgrp, "sets"); s; s = s->next) {
		if (nvmsetid && val_u64(s, "nvmsetid", 0) != nvmsetid)
			continue;
		*exists = true;
		p->set = s;
		if (room(c, s, bytes))
			return true;
	}
	return false;
}

/* Base 2.1, section 5.1.21: identifiers that are 0 leave the choice to the controller. */
int capacity_choose(struct sim_cmd *c, uint64_t nvmsetid, uint64_t endgid, uint64_t bytes, struct place *p)
{
	bool sets = val_u64(c->id, "ctratt.nsets", 0), groups = val_u64(c->id, "ctratt.egs", 0),
	     exists = false;

	*p = (struct place){ .state = capacity_state(c) };
	if ((nvmsetid && !sets) || (endgid && !groups))
		return SIM_INVALID_FIELD;
	if (!first_in(p->state, "groups")) {
		exists = !nvmsetid && !endgid;
		if (exists && room(c, NULL, bytes))
			return 0;
	}
	for (struct val *g = first_in(p->state, "groups"); g; g = g->next) {
		if (endgid && val_u64(g, "endgid", 0) != endgid)
			continue;
		p->endgrp = g;
		exists = exists || !nvmsetid;
		if (sets ? choose_set(c, nvmsetid, bytes, p, &exists) : room(c, g, bytes))
			return 0;
	}
	if (!exists)
		return SIM_INVALID_FIELD;
	c->cs = bytes; /* Figure 370: what the namespace would need */
	return SIM_NS_INSUFFICIENT_CAPACITY;
}

static struct val *pool_of(struct val *set, struct val *group)
{
	struct val *pool = set ? set : group;

	return pool && val_u64(pool, "total", 0) ? pool : NULL;
}

void capacity_take(struct sim_cmd *c, struct place *p, uint64_t bytes)
{
	struct val *pool = pool_of(p->set, p->endgrp);

	if (pool) {
		capacity_keep(c, p->state);
		sim_store(c, pool, "unalloc", val_u64(pool, "unalloc", 0) - bytes);
	} else if (val_u64(c->id, "tnvmcap", 0)) {
		capacity_left_is(c, capacity_left(c) - bytes);
	}
}

static uint64_t sum_up_to(uint64_t a, uint64_t b, uint64_t max)
{
	return a > max || b > max - a ? max : a + b;
}

void capacity_return(struct sim_cmd *c, struct image_ns *ns)
{
	const struct val *id = image_id_ns(c->ctx->arena, ns)->fields;
	struct val *state = capacity_state(c), *group = capacity_group(state, val_u64(id, "endgid", 0));
	struct val *set = capacity_set(state, val_u64(id, "nvmsetid", 0), &group),
		   *pool = pool_of(set, group);
	uint64_t bytes = ns_capacity(c, ns);

	if (pool) {
		capacity_keep(c, state);
		sim_store(c, pool, "unalloc",
			  sum_up_to(val_u64(pool, "unalloc", 0), bytes, val_u64(pool, "total", 0)));
	} else if (val_u64(c->id, "tnvmcap", 0)) {
		capacity_left_is(c, sum_up_to(capacity_left(c), bytes, val_u64(c->id, "tnvmcap", 0)));
	}
}

/* --- how it is reported --- */

/* The element whose id is the least that is not below 'from'. */
static struct val *next_id(struct val *it, const char *key, uint64_t from)
{
	struct val *best = NULL;

	for (; it; it = it->next) {
		uint64_t id = val_u64(it, key, 0);

		if (id >= from && (!best || id < val_u64(best, key, 0)))
			best = it;
	}
	return best;
}

static struct val *set_entry(struct sim_cmd *c, const struct val *group, const struct val *set)
{
	const struct val *list = recorded(c, 0x04, &spec_id_nvmset);
	uint64_t id = val_u64(set, "nvmsetid", 0);
	struct val *was = with_id(list, "NVMSet", "nvmset_id", id);
	struct val *e = was ? tree_copy(c->ctx->arena, was) : val_new(c->ctx->arena, VAL_OBJ);

	put(c, e, "nvmset_id", id);
	put(c, e, "endurance_group_id", val_u64(group, "endgid", 0));
	put(c, e, "total_nvmset_cap", val_u64(set, "total", 0));
	put(c, e, "unalloc_nvmset_cap", val_u64(set, "unalloc", 0));
	return e;
}

/* From the identifier in the command on; as it was recorded, where that says the same. */
static bool as_recorded(const struct sim_cmd *c)
{
	return !changed(c) && !(c->req->cdw11 & 0xffff);
}

int sim_nvmset_list(struct sim_cmd *c)
{
	struct val *st = val_new(c->ctx->arena, VAL_OBJ), *list = val_put_arr(c->ctx->arena, st, "NVMSet");
	const struct val *own = image_cns(c->ctrl->cns, 0x04, 0xff);
	struct val *state = capacity_state(c);

	if (!own && !(changed(c) && val_u64(c->id, "ctratt.nsets", 0)))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	if (as_recorded(c))
		return sim_answer(c, &spec_id_nvmset, own, SIZE, 0, SIZE);
	for (uint64_t id = c->req->cdw11 & 0xffff; id <= 0xffff && list->c.n < 31; id++) {
		struct val *group = NULL, *set = capacity_set(state, id, &group);

		if (set && id)
			val_add(list, NULL, set_entry(c, group, set));
	}
	return sim_answer(c, &spec_id_nvmset, st, SIZE, 0, SIZE);
}

int sim_endgrp_list(struct sim_cmd *c)
{
	struct val *st = val_new(c->ctx->arena, VAL_OBJ),
		   *list = val_put_arr(c->ctx->arena, st, "endgrp_list");
	const struct val *own = image_cns(c->ctrl->cns, 0x19, 0xff);
	struct val *groups = first_in(capacity_state(c), "groups"), *g;
	uint64_t from = c->req->cdw11 & 0xffff;

	if (!own && !(changed(c) && val_u64(c->id, "ctratt.egs", 0)))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	if (as_recorded(c))
		return sim_answer(c, &spec_list_endgrp, own, SIZE, 0, SIZE);
	while (list->c.n < (SIZE - 2) / 2 && (g = next_id(groups, "endgid", from ? from : 1))) {
		from = val_u64(g, "endgid", 0);
		val_put_u64(c->ctx->arena, val_put_obj(c->ctx->arena, list, NULL), "endgrp_id", from++);
	}
	return sim_answer(c, &spec_list_endgrp, st, SIZE, 0, SIZE);
}

bool sim_has_endgrp_page(struct sim_cmd *c)
{
	return val_u64(c->id, "ctratt.egs", 0) && first_in(capacity_state(c), "groups");
}

/* Endurance Group Information, of the group that the command names: section 5.1.12.1.10. */
int sim_endgrp_page(struct sim_cmd *c, const struct val **st)
{
	const struct val *group = capacity_group(capacity_state(c), c->req->cdw11 >> 16);
	struct val *page;

	if (!group)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW11);
	if (*st && !changed(c))
		return 0;
	page = *st ? tree_copy(c->ctx->arena, *st) : val_new(c->ctx->arena, VAL_OBJ);
	if (!*st) {
		put(c, page, "avl_spare", 100);
		put(c, page, "avl_spare_threshold", 10);
	}
	put(c, page, "total_end_grp_cap", val_u64(group, "total", 0));
	put(c, page, "unalloc_end_grp_cap", val_u64(group, "unalloc", 0));
	*st = page;
	return 0;
}
