/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Capacity Management: Base 2.1, sections 5.1.3 and 8.1.4. */
#include "dev/sim_capacity.h"
#include "spec/tables.h"

enum { SELECT_CONFIG, CREATE_GROUP, DELETE_GROUP, CREATE_SET, DELETE_SET };

static uint64_t wanted(const struct sim_cmd *c)
{
	return (uint64_t)c->req->cdw12 << 32 | c->req->cdw11;
}

static unsigned element(const struct sim_cmd *c)
{
	return c->req->cdw10 >> 16;
}

static int no_element(struct sim_cmd *c)
{
	return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
}

static int too_large(struct sim_cmd *c, uint64_t largest)
{
	c->cs = largest;
	return sim_reject(c, SIM_INSUFFICIENT_CAPACITY, AT_CDW11);
}

/* --- what goes --- */

struct doomed {
	const struct val *group, *set; /* NULL: every one */
};

static bool hit(struct sim_cmd *c, struct image_ns *ns, const struct doomed *d)
{
	const struct val *id = image_id_ns(c->ctx->arena, ns)->fields;

	return (!d->group || val_u64(id, "endgid", 0) == val_u64(d->group, "endgid", 0)) &&
	       (!d->set || val_u64(id, "nvmsetid", 0) == val_u64(d->set, "nvmsetid", 0));
}

static int remove_namespaces(struct sim_cmd *c, const struct doomed *d)
{
	struct image_subsys *s = c->ctrl->subsys;

	for (size_t i = 0; i < s->nns; i++) {
		if (hit(c, &s->ns[i], d) &&
		    val_u64(image_id_ns(c->ctx->arena, &s->ns[i])->fields, "nsattr.cwp", 0))
			return sim_reject(c, SIM_NS_WRITE_PROTECTED, AT_NSID);
	}
	for (size_t i = 0; i < s->nns; i++) {
		if (hit(c, &s->ns[i], d))
			ns_remove(c, &s->ns[i]);
	}
	return 0;
}

/* Media units are of no group and no set any more: section 8.1.4.1. */
static void release_units(struct sim_cmd *c, const struct doomed *d)
{
	struct image_subsys *s = c->ctrl->subsys;

	for (size_t i = 0; i < s->nctrls; i++) {
		struct val *st = s->ctrls[i].logs ? image_log(s->ctrls[i].logs, 0x10, 0xff) : NULL;

		for (struct val *u = first_in(st, "mus_list"); u; u = u->next) {
			if (d->set && val_u64(u, "nvmsetid", 0) != val_u64(d->set, "nvmsetid", 0))
				continue;
			if (d->group && val_u64(u, "endgid", 0) != val_u64(d->group, "endgid", 0))
				continue;
			sim_store(c, u, "nvmsetid", 0);
			if (!d->set)
				sim_store(c, u, "endgid", 0);
		}
	}
}

static int delete_group(struct sim_cmd *c, struct val *state)
{
	struct val *group = capacity_group(state, element(c));
	struct doomed d = { .group = group };
	int rc;

	if (!val_u64(c->id, "ctratt.deg", 0) || !element(c) || !group)
		return no_element(c);
	capacity_keep(c, state); /* removing namespaces changes it too */
	rc = remove_namespaces(c, &d);
	if (rc)
		return rc;
	release_units(c, &d);
	tree_drop(val_get(state, "groups"), group);
	if (val_u64(c->id, "tnvmcap", 0))
		capacity_left_is(c, capacity_left(c) + val_u64(group, "total", 0));
	return sim_changed_tree(c);
}

static int delete_set(struct sim_cmd *c, struct val *state)
{
	struct val *group = NULL, *set = capacity_set(state, element(c), &group);
	struct doomed d = { .group = group, .set = set };
	int rc;

	if (!val_u64(c->id, "ctratt.dnvms", 0) || !element(c) || !set)
		return no_element(c);
	capacity_keep(c, state);
	rc = remove_namespaces(c, &d);
	if (rc)
		return rc;
	release_units(c, &d);
	tree_drop(val_get(group, "sets"), set);
	sim_store(c, group, "unalloc", val_u64(group, "unalloc", 0) + val_u64(set, "total", 0));
	return sim_changed_tree(c);
}

/* --- what comes --- */

/* A domain is named only where there are several: section 3.2.5.3. */
static bool domain_exists(struct sim_cmd *c)
{
	const struct val *st = image_cns(c->ctrl->cns, 0x18, 0xff);
	const struct val *list = st ? tree_decode(c, &spec_id_domain, st, 4096) : NULL;
	struct val *it = first_in(list, "domain_list");

	while (it && val_u64(it, "dom_id", 0) != element(c))
		it = it->next;
	return !element(c) || it;
}

static int create_group(struct sim_cmd *c, struct val *state)
{
	uint64_t max = val_u64(c->id, "endgidmax", 0), largest = val_u64(c->id, "megcap", 0), id = 1;

	if (!domain_exists(c))
		return no_element(c);
	if (!wanted(c))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW11);
	if (!largest || largest > capacity_left(c))
		largest = capacity_left(c);
	if (wanted(c) > largest)
		return too_large(c, largest);
	while (capacity_group(state, id))
		id++;
	if (id > max)
		return sim_reject(c, SIM_ID_UNAVAILABLE, AT_NOWHERE);
	capacity_keep(c, state);
	(void)capacity_add_group(c, state, id, wanted(c));
	capacity_left_is(c, capacity_left(c) - wanted(c));
	c->req->result = id;
	return 0;
}

static int create_set(struct sim_cmd *c, struct val *state)
{
	struct val *group = element(c) ? capacity_group(state, element(c)) : NULL, *g;
	uint64_t max = val_u64(c->id, "nsetidmax", 0), id = 1;

	if (!val_u64(c->id, "ctratt.nsets", 0) || (element(c) && !group))
		return no_element(c);
	if (!wanted(c))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW11);
	/* Left to the controller: where there is most room. */
	for (g = element(c) ? NULL : first_in(state, "groups"); g; g = g->next) {
		if (!group || val_u64(g, "unalloc", 0) > val_u64(group, "unalloc", 0))
			group = g;
	}
	if (!group || val_u64(group, "unalloc", 0) < wanted(c))
		return too_large(c, group ? val_u64(group, "unalloc", 0) : 0);
	while (capacity_set(state, id, NULL))
		id++;
	if (id > max)
		return sim_reject(c, SIM_ID_UNAVAILABLE, AT_NOWHERE);
	capacity_keep(c, state);
	(void)capacity_add_set(c, group, id, wanted(c));
	sim_store(c, group, "unalloc", val_u64(group, "unalloc", 0) - wanted(c));
	c->req->result = id;
	return 0;
}

/* --- configurations: section 5.1.3.1 --- */

static const struct val *config_with(const struct val *list, uint64_t id)
{
	const struct val *it = first_in(list, "cap_configs");

	while (it && val_u64(it, "cap_config_id", 0) != id)
		it = it->next;
	return it;
}

static void select_in_logs(struct sim_cmd *c, uint64_t id)
{
	struct image_subsys *s = c->ctrl->subsys;

	for (size_t i = 0; i < s->nctrls; i++) {
		struct val *st = s->ctrls[i].logs ? image_log(s->ctrls[i].logs, 0x10, 0xff) : NULL;

		if (st)
			sim_store(c, st, "sel_config", id);
	}
}

/* The units of the group's channels; several sets take turns. */
static void assign_units(struct sim_cmd *c, const struct val *eg)
{
	struct image_subsys *s = c->ctrl->subsys;
	const struct val *set = first_in(eg, "nvmsets");

	for (const struct val *ch = first_in(eg, "channels"); ch; ch = ch->next) {
		for (const struct val *mu = first_in(ch, "media_units"); mu; mu = mu->next) {
			for (size_t i = 0; i < s->nctrls; i++) {
				struct val *st =
					s->ctrls[i].logs ? image_log(s->ctrls[i].logs, 0x10, 0xff) : NULL;
				struct val *u = first_in(st, "mus_list");

				while (u && val_u64(u, "muid", 0) != val_u64(mu, "muid", 0))
					u = u->next;
				if (!u)
					continue;
				sim_store(c, u, "endgid", val_u64(eg, "endgid", 0));
				sim_store(c, u, "nvmsetid", set ? val_u64(set, "nvmsetid", 0) : 0);
			}
			set = set && set->next ? set->next : first_in(eg, "nvmsets");
		}
	}
}

/* What a group takes of the drive: its capacity by the Capacity Adjustment Factor, in hundredths. */
static uint64_t consumed(const struct val *eg)
{
	uint64_t factor = val_u64(eg, "cap_adj_factor", 0), bytes = val_u64(eg, "tegcap", 0);

	factor = factor ? factor : 100;
	return bytes > UINT64_MAX / factor ? UINT64_MAX : bytes * factor / 100;
}

static void configure(struct sim_cmd *c, struct val *state, const struct val *config)
{
	uint64_t left = capacity_left(c);

	for (const struct val *eg = first_in(config, "endgrps"); eg; eg = eg->next) {
		uint64_t bytes = val_u64(eg, "tegcap", 0), n = val_u64(eg, "egsets", 0);
		struct val *g = capacity_add_group(c, state, val_u64(eg, "endgid", 0), bytes);

		for (const struct val *s = first_in(eg, "nvmsets"); s && n; s = s->next)
			(void)capacity_add_set(c, g, val_u64(s, "nvmsetid", 0), bytes / n);
		if (n)
			sim_store(c, g, "unalloc", bytes % n);
		assign_units(c, eg);
		left -= consumed(eg) < left ? consumed(eg) : left;
	}
	capacity_left_is(c, left);
}

static int clear_config(struct sim_cmd *c, struct val *state)
{
	struct doomed all = { 0 };
	uint64_t left;
	int rc;

	capacity_keep(c, state);
	rc = remove_namespaces(c, &all);
	if (rc)
		return rc;
	left = capacity_left(c);
	release_units(c, &all);
	for (const struct val *g = first_in(state, "groups"); g; g = g->next)
		left += val_u64(g, "total", 0);
	if (left > val_u64(c->id, "tnvmcap", 0))
		left = val_u64(c->id, "tnvmcap", 0);
	tree_clear(val_get(state, "groups"));
	capacity_left_is(c, left);
	sim_store(c, state, "selected", 0);
	select_in_logs(c, 0);
	return sim_changed_tree(c);
}

static int select_config(struct sim_cmd *c, struct val *state)
{
	uint64_t now = val_u64(state, "selected", 0);
	const struct val *list, *config;

	if (!val_u64(c->id, "ctratt.fcm", 0))
		return no_element(c);
	if (!element(c))
		return clear_config(c, state);
	list = capacity_recorded_log(c, 0x11, &spec_log_supported_cap_config);
	config = config_with(list, element(c));
	if (config && now == element(c))
		return 0;
	if (!config || now)
		return no_element(c);
	capacity_keep(c, state);
	configure(c, state, config);
	sim_store(c, state, "selected", element(c));
	select_in_logs(c, element(c));
	return 0;
}

int sim_capacity(struct sim_cmd *c)
{
	unsigned oper = c->req->cdw10 & 0xf;
	bool variable = val_u64(c->id, "ctratt.vcm", 0);
	struct val *state;

	if (!variable && !val_u64(c->id, "ctratt.fcm", 0))
		return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
	state = capacity_state(c);
	if (oper == SELECT_CONFIG)
		return select_config(c, state);
	if (!variable)
		return no_element(c);
	switch (oper) {
	case CREATE_GROUP:
		return create_group(c, state);
	case DELETE_GROUP:
		return delete_group(c, state);
	case CREATE_SET:
		return create_set(c, state);
	case DELETE_SET:
		return delete_set(c, state);
	default:
		return no_element(c);
	}
}
