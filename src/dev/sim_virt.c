/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Virtualization Management of a primary controller: Base 2.1, sections 5.2.6 and 8.2.6. What it manages is in the recorded
 * structures themselves (CNS 14h and 15h), except what the next reset brings: "model" of the controller, "virtualization".
 */
#include "dev/sim_model.h"

#include "dev/sim_ns.h"
#include "spec/tables.h"

#define SIZE 4096u

enum { PRIMARY_ALLOCATE = 1, SECONDARY_OFFLINE = 7, SECONDARY_ASSIGN, SECONDARY_ONLINE };

/* A resource type, in the terms of the structures. */
static const struct resource {
	const char *supported, *total, *assigned, *primary, *most,
		*number; /* most: for a secondary controller */
	uint64_t least;	 /* to go online: an admin queue and an I/O queue, interrupt vector 0 */
} resources[] = {
	{ "crt.vqrs", "vqfrt", "vqrfa", "vqrfap", "vqfrsm", "num-virtual-queues", 2 },
	{ "crt.virs", "vifrt", "virfa", "virfap", "vifrsm", "num-virtual-interrupts", 1 },
};

struct virt {
	struct val *caps_st, *list_st;	/* as in the image; NULL: not there */
	struct val *caps, *secondaries; /* decoded */
};

static bool load(struct sim_cmd *c, struct virt *v)
{
	v->caps_st = image_cns(c->ctrl->cns, 0x14, 0xff);
	v->list_st = image_cns(c->ctrl->cns, 0x15, 0xff);
	v->caps = v->caps_st ? tree_decode(c, &spec_primary_ctrl_caps, v->caps_st, SIZE) : NULL;
	v->secondaries = v->list_st ? tree_decode(c, &spec_list_secondary, v->list_st, SIZE) : NULL;
	return v->caps;
}

static struct val *entries(const struct virt *v)
{
	struct val *list = v->secondaries ? val_get(v->secondaries, "secondary-controllers") : NULL;

	return list ? list->c.first : NULL;
}

static struct val *secondary(const struct virt *v, uint64_t cntlid)
{
	struct val *it = entries(v);

	while (it && val_u64(it, "secondary-controller-identifier", UINT64_MAX) != cntlid)
		it = it->next;
	return it;
}

static bool online(const struct val *s)
{
	return val_u64(s, "secondary-controller-state", 0) & 1;
}

/* The list as it is now, whatever it was recorded as. */
static void store_list(struct sim_cmd *c, struct virt *v)
{
	struct arena *a = c->ctx->arena;
	struct val *old = val_get(v->list_st, "secondary-controllers"), *list;

	tree_drop(v->list_st, old);
	list = val_put_arr(a, v->list_st, "secondary-controllers");
	for (const struct val *it = entries(v); it; it = it->next)
		val_add(list, NULL, tree_copy(a, it));
	c->dirty = true;
}

/* A secondary controller that is a node of this system comes and goes. */
static void set_state(struct sim_cmd *c, struct val *s, bool up)
{
	struct image_subsys *subsys = c->ctrl->subsys;
	uint64_t cntlid = val_u64(s, "secondary-controller-identifier", 0);

	sim_store(c, s, "secondary-controller-state", up);
	for (size_t i = 0; i < subsys->nctrls; i++) {
		struct image_ctrl *k = &subsys->ctrls[i];

		if ((uint64_t)k->cntlid != cntlid || k == c->ctrl)
			continue;
		k->state = up ? "live" : "dead";
		sim_store_text(c, k->node, "state", k->state);
	}
}

/* Both where it is kept and where it is looked up. */
static void store_cap(struct sim_cmd *c, struct virt *v, const char *key, uint64_t n)
{
	sim_store(c, v->caps, key, n);
	sim_store(c, v->caps_st, key, n);
}

static void release(struct sim_cmd *c, struct virt *v, struct val *s)
{
	for (size_t i = 0; i < NELEMS(resources); i++) {
		const struct resource *r = &resources[i];
		uint64_t has = val_u64(s, r->number, 0), all = val_u64(v->caps, r->assigned, 0);

		store_cap(c, v, r->assigned, all > has ? all - has : 0);
		sim_store(c, s, r->number, 0);
	}
}

static void go_offline(struct sim_cmd *c, struct virt *v, struct val *s)
{
	release(c, v, s);
	set_state(c, s, false);
}

/* How much of it nobody else has. */
static uint64_t available(const struct virt *v, const struct resource *r, uint64_t others)
{
	uint64_t total = val_u64(v->caps, r->total, 0);

	return total > others ? total - others : 0;
}

static int check_type(struct sim_cmd *c, const struct virt *v, unsigned type)
{
	if (type >= NELEMS(resources))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	return val_u64(v->caps, resources[type].supported, 0)
		       ? 0
		       : sim_reject(c, SIM_INVALID_RESOURCE_ID, AT_CDW10);
}

static int allocate(struct sim_cmd *c, struct virt *v, unsigned type, uint64_t n)
{
	const struct resource *r;
	int rc = check_type(c, v, type);

	if (rc)
		return rc;
	r = &resources[type];
	if (n > val_u64(v->caps, r->total, 0))
		return sim_reject(c, SIM_INVALID_RESOURCE_NUMBER, AT_CDW11);
	if (n > available(v, r, val_u64(v->caps, r->assigned, 0)))
		return sim_reject(c, SIM_INVALID_RESOURCE_ID, AT_CDW11);
	sim_store(c, sim_state(c, c->ctrl->node, "virtualization"), r->primary, n);
	c->req->result = n;
	return 0;
}

/* What the primary controller has, or will have: both are taken. */
static uint64_t primary_share(const struct sim_cmd *c, const struct virt *v, const struct resource *r)
{
	const struct val *m = val_get(c->ctrl->node, "model"), *st = m ? val_get(m, "virtualization") : NULL;
	uint64_t now = val_u64(v->caps, r->primary, 0), next = val_u64(st, r->primary, now);

	return next > now ? next : now;
}

static int assign(struct sim_cmd *c, struct virt *v, struct val *s, unsigned type, uint64_t n)
{
	const struct resource *r;
	uint64_t had, others;
	int rc;

	if (online(s))
		return sim_reject(c, SIM_INVALID_SECONDARY_STATE, AT_CDW10);
	rc = check_type(c, v, type);
	if (rc)
		return rc;
	r = &resources[type];
	had = val_u64(s, r->number, 0);
	others = val_u64(v->caps, r->assigned, 0);
	others = others > had ? others - had : 0;
	if (n > val_u64(v->caps, r->most, 0))
		return sim_reject(c, SIM_INVALID_RESOURCE_NUMBER, AT_CDW11);
	if (n > available(v, r, others + primary_share(c, v, r)))
		return sim_reject(c, SIM_INVALID_RESOURCE_ID, AT_CDW11);
	sim_store(c, s, r->number, n);
	store_cap(c, v, r->assigned, others + n);
	store_list(c, v);
	c->req->result = n;
	return 0;
}

static int go_online(struct sim_cmd *c, struct virt *v, struct val *s)
{
	for (size_t i = 0; i < NELEMS(resources); i++) {
		const struct resource *r = &resources[i];

		if (val_u64(v->caps, r->supported, 0) && val_u64(s, r->number, 0) < r->least)
			return sim_reject(c, SIM_INVALID_SECONDARY_STATE, AT_CDW10);
	}
	set_state(c, s, true);
	store_list(c, v);
	return 0;
}

int sim_virt_mgmt(struct sim_cmd *c)
{
	unsigned action = c->req->cdw10 & 0xf, type = c->req->cdw10 >> 8 & 7, cntlid = c->req->cdw10 >> 16;
	uint64_t n = c->req->cdw11 & 0xffff;
	struct virt v;
	struct val *s;

	if (!val_u64(c->id, "oacs.vms", 0) || !load(c, &v))
		return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
	if (action == PRIMARY_ALLOCATE) {
		if (cntlid != (unsigned)c->ctrl->cntlid)
			return sim_reject(c, SIM_INVALID_CTRL_ID, AT_CDW10);
		return allocate(c, &v, type, n);
	}
	if (action < SECONDARY_OFFLINE || action > SECONDARY_ONLINE)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	s = secondary(&v, cntlid);
	if (!s)
		return sim_reject(c, SIM_INVALID_CTRL_ID, AT_CDW10);
	if (action == SECONDARY_ASSIGN)
		return assign(c, &v, s, type, n);
	if (action == SECONDARY_ONLINE)
		return go_online(c, &v, s);
	go_offline(c, &v, s);
	store_list(c, &v);
	return 0;
}

/* CNS 15h: entries from the controller identifier in the command on, ascending; 127 at most. */
int sim_secondary_list(struct sim_cmd *c)
{
	struct arena *a = c->ctx->arena;
	struct val *st = val_new(a, VAL_OBJ), *list = val_put_arr(a, st, "secondary-controllers"), *s;
	struct virt v;

	load(c, &v);
	if (!v.list_st)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	if (!(c->req->cdw10 >> 16))
		return sim_answer(c, &spec_list_secondary, v.list_st, SIZE, 0, SIZE);
	for (unsigned id = c->req->cdw10 >> 16; id <= 0xffff && list->c.n < 127; id++) {
		s = secondary(&v, id);
		if (s)
			val_add(list, NULL, tree_copy(a, s));
	}
	return sim_answer(c, &spec_list_secondary, st, SIZE, 0, SIZE);
}

static void reset_one(struct sim_cmd *c, bool allocate_now)
{
	struct val *m = val_get(c->ctrl->node, "model"), *st = m ? val_get(m, "virtualization") : NULL;
	struct virt v;

	if (!load(c, &v))
		return;
	for (struct val *s = entries(&v); s; s = s->next) {
		if (online(s))
			go_offline(c, &v, s);
	}
	if (v.list_st)
		store_list(c, &v);
	for (size_t i = 0; st && allocate_now && i < NELEMS(resources); i++)
		store_cap(c, &v, resources[i].primary,
			  val_u64(st, resources[i].primary, val_u64(v.caps, resources[i].primary, 0)));
	if (st && allocate_now)
		tree_drop(m, st);
}

void sim_reset_virt(struct sim_cmd *c, bool subsystem)
{
	struct image_ctrl *self = c->ctrl;
	struct image_subsys *s = self->subsys;

	for (size_t i = 0; i < s->nctrls; i++) {
		if (!subsystem && &s->ctrls[i] != self)
			continue;
		c->ctrl = &s->ctrls[i];
		reset_one(c, subsystem);
	}
	c->ctrl = self;
}
