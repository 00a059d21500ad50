/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Namespace Management and Namespace Attachment: Base 2.1, sections 5.1.20, 5.1.21 and 8.1.15; creating is in
 * sim_create.c. And who is told of changes: sections 5.1.2 and 5.1.12.1.5.
 */
#include <string.h>

#include "dev/sim_ns.h"
#include "spec/tables.h"

#define MAX_CHANGED 1024u

/* --- trees --- */

struct val *tree_copy(struct arena *a, const struct val *v)
{
	struct val *copy = arena_memdup(a, v, sizeof(*v));

	copy->next = NULL;
	if (v->type != VAL_OBJ && v->type != VAL_ARR)
		return copy;
	tree_clear(copy);
	val_for_each(it, v)
		val_add(copy, it->key, tree_copy(a, it));
	return copy;
}

void tree_clear(struct val *list)
{
	list->c.first = list->c.last = NULL;
	list->c.n = 0;
}

void tree_drop(struct val *parent, const struct val *child)
{
	struct val *it = child ? parent->c.first : NULL, *next;

	if (it)
		tree_clear(parent);
	for (; it; it = next) {
		next = it->next;
		it->next = NULL;
		if (it != child)
			val_add(parent, it->key, it);
	}
}

struct val *tree_decode(struct sim_cmd *c, const struct spec *spec, const struct val *st, size_t len)
{
	struct image_data data;
	const char *why;

	if (image_encode(c->ctx->arena, spec, st, len, &data, &why))
		return NULL;
	return spec_decode(c->ctx->arena, spec, data.buf, data.len);
}

/* --- who is told --- */

/* The log pages of changed namespaces, and what announces them: Base 2.1, section 5.1.2, notices. */
static const struct notice {
	uint8_t lid, info, bit; /* bit: of OAES, and of feature 0Bh */
	const char *key, *pending;
	const struct spec *spec;
} notices[] = {
	{ 0x04, 0x00, 8, "changed-ns-list", "pending-04", &spec_log_changed_ns },
	{ 0x1c, 0x09, 19, "changed-alloc-ns-list", "pending-1c", &spec_log_changed_alloc_ns },
};

static void put_nsid(struct sim_cmd *c, struct val *list, uint64_t nsid)
{
	val_put_u64(c->ctx->arena, val_put_obj(c->ctx->arena, list, NULL), "nsid", nsid);
}

/* Ascending, each once; more than fit: FFFFFFFFh alone. */
static void list_nsid(struct sim_cmd *c, const struct notice *n, struct val *page, uint32_t nsid)
{
	const struct val *was = tree_decode(c, n->spec, page, 4096);
	const struct val *old = was ? val_get(was, "nsid_list") : NULL;
	struct val *list;
	bool there = false;

	tree_clear(page);
	list = val_put_arr(c->ctx->arena, page, "nsid_list");
	for (const struct val *it = old ? old->c.first : NULL; it; it = it->next) {
		uint64_t next = val_u64(it, "nsid", 0);

		if (!there && nsid < next)
			put_nsid(c, list, nsid);
		there = there || nsid <= next;
		put_nsid(c, list, next);
	}
	if (!there)
		put_nsid(c, list, nsid);
	if (list->c.n > MAX_CHANGED) {
		tree_clear(list);
		put_nsid(c, list, NSID_ALL);
	}
	c->dirty = true;
}

/* Feature 0Bh, Asynchronous Event Configuration; a controller without it tells everything. */
static bool wants(const struct image_ctrl *k, uint8_t bit)
{
	const struct val *f = image_feature(k->features, 0x0b);
	uint64_t v;

	return !f || !image_number(val_get(f, "current"), &v) || (v >> bit & 1);
}

static void notice(struct sim_cmd *c, const struct notice *n, struct image_ctrl *k, uint32_t nsid, bool event)
{
	struct image_ctrl *self = c->ctrl;
	struct val *st;

	if (!(val_u64(image_id_ctrl(c->ctx->arena, k)->fields, "oaes", 0) >> n->bit & 1))
		return;
	c->ctrl = k; /* the log and the event are those of k */
	list_nsid(c, n, sim_log_page(c, n->lid, n->key), nsid);
	st = sim_state(c, k->node, "notices");
	if (event && wants(k, n->bit) && !val_u64(st, n->pending, 0)) {
		sim_store(c, st, n->pending, 1);
		sim_event(c, (uint32_t)n->lid << 16 | (uint32_t)n->info << 8 | 2);
	}
	c->ctrl = self;
}

void ns_changed(struct sim_cmd *c, struct image_ctrl *k, uint32_t nsid, bool event)
{
	notice(c, &notices[0], k, nsid, event);
}

/* Section 8.1.15.2 */
void ns_allocation_changed(struct sim_cmd *c, uint32_t nsid, bool deleted)
{
	struct image_subsys *s = c->ctrl->subsys;

	for (size_t i = 0; i < s->nctrls; i++)
		notice(c, &notices[1], &s->ctrls[i], nsid, !deleted || &s->ctrls[i] != c->ctrl);
}

void sim_notices_read(struct sim_cmd *c, uint8_t lid)
{
	for (size_t i = 0; i < NELEMS(notices); i++) {
		const struct notice *n = &notices[i];
		struct val *page = c->ctrl->logs ? image_log(c->ctrl->logs, lid, 0xff) : NULL;
		struct val *model = val_get(c->ctrl->node, "model"), *st = model ? val_get(model, "notices") : NULL;

		if (n->lid != lid)
			continue;
		if (page && page->c.n) {
			tree_clear(page);
			c->dirty = true;
		}
		if (st && val_u64(st, n->pending, 0))
			sim_store(c, st, n->pending, 0);
	}
}

/* --- deleting --- */

uint64_t ns_capacity(struct sim_cmd *c, struct image_ns *ns)
{
	const struct val *id = image_id_ns(c->ctx->arena, ns)->fields;
	unsigned index = format_index(id, (unsigned)val_u64(id, "flbas", 0));

	return val_u64(id, "nvmcap", 0) ? val_u64(id, "nvmcap", 0)
					: val_u64(id, "ncap", 0) * format_block(id, index);
}

/* What namespaces of this command set look like is still known when the last one is gone. */
static void keep_template(struct sim_cmd *c, const struct image_ns *ns)
{
	struct arena *a = c->ctx->arena;
	struct val *all = sim_state(c, ns->subsys->node, "templates"), *one;
	const char *key = arena_printf(a, "%u", ns->csi);

	if (val_get(all, key))
		return;
	one = val_put_obj(a, all, key);
	val_add(one, "identify", tree_copy(a, ns->identify));
	if (ns->cns)
		val_add(one, "cns", tree_copy(a, ns->cns));
}

void ns_remove(struct sim_cmd *c, struct image_ns *ns)
{
	keep_template(c, ns);
	for (size_t i = 0; i < ns->nctrls; i++)
		ns_changed(c, ns->ctrls[i], ns->nsid, ns->ctrls[i] != c->ctrl);
	ns_allocation_changed(c, ns->nsid, true);
	capacity_return(c, ns);
	sim_wipe(c, ns, "zeroes"); /* another namespace may get the name in this run */
	tree_drop(val_get(ns->subsys->node, "namespaces"), ns->node);
	c->dirty = true;
}

static int delete_ns(struct sim_cmd *c)
{
	struct image_subsys *s = c->ctrl->subsys;
	struct image_ns *one = sim_ns(c, c->req->nsid);
	bool all = c->req->nsid == NSID_ALL;

	if (!one && !all)
		return sim_reject(c, SIM_INVALID_NS, AT_NSID);
	for (size_t i = 0; i < s->nns; i++) {
		if ((all || &s->ns[i] == one) &&
		    val_u64(image_id_ns(c->ctx->arena, &s->ns[i])->fields, "nsattr.cwp", 0))
			return sim_reject(c, SIM_NS_WRITE_PROTECTED, AT_NSID);
	}
	for (size_t i = 0; i < s->nns; i++) {
		if (all || &s->ns[i] == one)
			ns_remove(c, &s->ns[i]);
	}
	return all && !s->nns ? 0 : sim_changed_tree(c);
}

int sim_ns_mgmt(struct sim_cmd *c)
{
	if (!val_u64(c->id, "oacs.nms", 0))
		return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
	switch (c->req->cdw10 & 0xf) {
	case 0:
		return sim_ns_create(c);
	case 1:
		return delete_ns(c);
	default:
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	}
}

/* --- attaching --- */

static struct image_ctrl *by_cntlid(const struct image_subsys *s, uint64_t cntlid)
{
	for (size_t i = 0; i < s->nctrls; i++) {
		if ((uint64_t)s->ctrls[i].cntlid == cntlid)
			return &s->ctrls[i];
	}
	return NULL;
}

/* The Controller List of the command (section 4.6.1): I/O controllers of this subsystem, each once. */
static int listed(struct sim_cmd *c, struct image_ctrl ***out, size_t *n)
{
	struct arena *a = c->ctx->arena;
	struct image_subsys *s = c->ctrl->subsys;
	const struct val *st, *ids;

	*n = 0;
	if (!c->req->data || c->req->data_len < 4096)
		return sim_reject(c, SIM_TRANSFER_ERROR, AT_NOWHERE);
	st = spec_decode(a, &spec_list_ctrl, c->req->data, 4096);
	ids = val_get(st, "ctrl_list");
	*out = arena_calloc(a, s->nctrls + 1, sizeof(struct image_ctrl *));
	if (!ids || !ids->c.n || ids->c.n != val_u64(st, "num_ctrl", 0))
		return sim_reject(c, SIM_CTRL_LIST_INVALID, AT_NOWHERE);
	val_for_each(it, ids) {
		struct image_ctrl *k = by_cntlid(s, val_u64(it, "ctrl_id", UINT64_MAX));

		for (size_t i = 0; k && i < *n; i++)
			k = (*out)[i] == k ? NULL : k;
		if (!k || val_u64(image_id_ctrl(a, k)->fields, "cntrltype", 1) > 1)
			return sim_reject(c, SIM_CTRL_LIST_INVALID, AT_NOWHERE);
		(*out)[(*n)++] = k;
	}
	return 0;
}

static uint32_t ana_group(struct sim_cmd *c, struct image_ns *ns)
{
	return (uint32_t)val_u64(image_id_ns(c->ctx->arena, ns)->fields, "anagrpid", 0);
}

/* The state that the group of the namespace has through this controller; 0: nothing of that group is known here. */
static uint8_t group_state(struct sim_cmd *c, struct image_ns *ns, const struct image_ctrl *k)
{
	struct image_subsys *s = ns->subsys;
	uint32_t group = ana_group(c, ns);

	if (k->ana)
		return image_ana_group(k, group);
	for (size_t i = 0; i < s->nns; i++) {
		uint8_t state = image_ana_state(&s->ns[i], k);

		if (state && ana_group(c, &s->ns[i]) == group)
			return state;
	}
	return 0;
}

static uint64_t attachments(const struct image_subsys *s, const struct image_ctrl *k)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->nns; i++)
		n += !k ? s->ns[i].nctrls : image_attached(&s->ns[i], k);
	return n;
}

static int may_attach(struct sim_cmd *c, struct image_ns *ns, struct image_ctrl **list, size_t n)
{
	const struct val *id = image_id_ns(c->ctx->arena, ns)->fields;
	uint64_t all = val_u64(c->id, "maxdna", 0);

	for (size_t i = 0; i < n; i++) {
		if (image_attached(ns, list[i]))
			return SIM_NS_ATTACHED;
	}
	if (!val_u64(id, "nmic.shrns", 0) && ns->nctrls + n > 1)
		return SIM_NS_PRIVATE;
	for (size_t i = 0; i < n; i++) {
		uint64_t max = val_u64(image_id_ctrl(c->ctx->arena, list[i])->fields, "maxcna", 0);

		if (group_state(c, ns, list[i]) == 4)
			return SIM_ANA_ATTACH_FAILED;
		if (max && attachments(ns->subsys, list[i]) >= max)
			return SIM_ATTACHMENT_LIMIT;
	}
	return all && attachments(ns->subsys, NULL) + n > all ? SIM_ATTACHMENT_LIMIT : 0;
}

static int may_detach(const struct image_ns *ns, struct image_ctrl **list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!image_attached(ns, list[i]))
			return SIM_NS_NOT_ATTACHED;
	}
	return 0;
}

static bool among(const struct image_ctrl *k, struct image_ctrl **list, size_t n)
{
	while (n && list[n - 1] != k)
		n--;
	return n;
}

/* The member "controllers" is written out: an image without it means all of them. */
static void store_attached(struct sim_cmd *c, struct image_ns *ns, struct image_ctrl **list, size_t n,
			   bool attach)
{
	struct arena *a = c->ctx->arena;
	struct val *names = val_get(ns->node, "controllers"), *ana = val_get(ns->node, "ana");

	if (names)
		tree_clear(names);
	else
		names = val_put_arr(a, ns->node, "controllers");
	for (size_t i = 0; i < ns->nctrls; i++) {
		if (attach || !among(ns->ctrls[i], list, n))
			val_put_str(a, names, NULL, ns->ctrls[i]->name);
		else if (ana)
			tree_drop(ana, val_get(ana, ns->ctrls[i]->name));
	}
	for (size_t i = 0; attach && i < n; i++) {
		uint8_t state = group_state(c, ns, list[i]);

		val_put_str(a, names, NULL, list[i]->name);
		if (list[i]->ana && !state)
			val_put_str(a, list[i]->ana, arena_printf(a, "%u", ana_group(c, ns)), "optimized");
		if (list[i]->ana || !val_u64(image_id_ctrl(a, list[i])->fields, "cmic.anars", 0))
			continue;
		if (!ana)
			ana = val_put_obj(a, ns->node, "ana");
		val_put_str(a, ana, list[i]->name, image_ana_name(state ? state : 1));
	}
}

int sim_ns_attach(struct sim_cmd *c)
{
	unsigned sel = c->req->cdw10 & 0xf;
	struct image_ns *ns = sim_ns(c, c->req->nsid);
	struct image_ctrl **list;
	size_t n;
	int rc;

	if (!val_u64(c->id, "oacs.nms", 0))
		return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
	if (sel > 1)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	if (!ns)
		return sim_reject(c, SIM_INVALID_NS, AT_NSID);
	rc = listed(c, &list, &n);
	if (rc)
		return rc;
	rc = sel ? may_detach(ns, list, n) : may_attach(c, ns, list, n);
	if (rc)
		return sim_reject(c, rc, AT_NOWHERE);
	store_attached(c, ns, list, n, !sel);
	for (size_t i = 0; i < n; i++)
		ns_changed(c, list[i], ns->nsid, true);
	ns_allocation_changed(c, ns->nsid, false);
	return sim_changed_tree(c);
}
