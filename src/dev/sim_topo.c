/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The topology of an image, as sysfs would show it. */
#include <string.h>

#include "dev/sim.h"
#include "dev/sim_model.h"
#include "dev/topo.h"

static const char *cntrltype_text(const struct val *id)
{
	static const char *const types[] = { "reserved", "io", "discovery", "admin" };

	return types[val_u64(id, "cntrltype", 0) & 3];
}

static struct topo_ctrl *make_ctrl(struct ctx *ctx, struct image_ctrl *c, struct topo_subsys *s, bool fabrics)
{
	struct topo_ctrl *t = arena_alloc(ctx->arena, sizeof(*t));
	const struct val *id = image_id_ctrl(ctx->arena, c)->fields;

	t->name = c->name;
	t->state = sim_ctrl_state(c);
	t->transport = c->transport;
	t->address = c->address;
	t->serial = val_str(ctx->arena, id, "sn");
	t->model = val_str(ctx->arena, id, "mn");
	t->firmware = val_str(ctx->arena, id, "fr");
	t->nqn = c->subsys->nqn;
	t->cntrltype = cntrltype_text(id);
	t->hostnqn = fabrics ? c->hostnqn : "";
	t->hostid = fabrics ? c->hostid : "";
	t->slot = c->slot;
	t->cntlid = c->cntlid;
	t->numa_node = c->numa_node;
	t->subsys = s;
	return t;
}

static bool is_fabrics(const char *transport)
{
	return transport_is_fabrics(transport);
}

/* Linux makes one node over all paths where the controller reports more than one controller. */
static bool is_multipath(struct ctx *ctx, const struct image_ns *ns)
{
	for (size_t i = 0; i < ns->nctrls; i++) {
		if (val_u64(image_id_ctrl(ctx->arena, ns->ctrls[i])->fields, "cmic.mctrs", 0))
			return true;
	}
	return false;
}

static struct topo_ctrl *topo_of(const struct topo_subsys *s, const struct image_ctrl *c)
{
	for (size_t i = 0; i < s->nctrls; i++) {
		if (strcmp(s->ctrls[i]->name, c->name) == 0)
			return s->ctrls[i];
	}
	return NULL;
}

static void make_paths(struct ctx *ctx, struct image_ns *ns, struct topo_subsys *s, struct topo_ns *t)
{
	const struct val *id = image_id_ns(ctx->arena, ns)->fields;

	t->paths = arena_calloc(ctx->arena, ns->nctrls + 1, sizeof(*t->paths));
	for (size_t i = 0; i < s->nctrls; i++) {
		struct image_ctrl *c = &ns->subsys->ctrls[i];
		struct topo_path *p = &t->paths[t->npaths];

		if (!image_attached(ns, c))
			continue;
		p->name = arena_printf(ctx->arena, "nvme%uc%un%u", ns->subsys->instance, c->instance,
				       ns->instance);
		p->ana_state = image_ana_name(image_ana_state(ns, c));
		p->ana_group = *p->ana_state ? (uint32_t)val_u64(id, "anagrpid", 0) : 0;
		p->numa_nodes = c->numa_node < 0 ? "" : arena_printf(ctx->arena, "%d", c->numa_node);
		p->queue_depth = 0; /* whoever looks has nothing under way here */
		p->ctrl = topo_of(s, c);
		t->npaths++;
	}
}

static void block_format(const struct val *id, struct topo_ns *t)
{
	const struct val *lbafs = val_get(id, "lbafs");

	t->lba_size = 512;
	for (const struct val *it = lbafs ? lbafs->c.first : NULL; it; it = it->next) {
		uint64_t ds = val_u64(it, "ds", 0);

		if (!val_u64(it, "in_use", 0))
			continue;
		t->lba_size = ds >= 9 && ds < 32 ? 1u << ds : 512;
		t->meta_size = (uint32_t)val_u64(it, "ms", 0);
	}
}

static struct topo_ns *make_ns(struct ctx *ctx, struct image_ns *ns, struct topo_subsys *s)
{
	struct topo_ns *t = arena_alloc(ctx->arena, sizeof(*t));
	const struct val *id = image_id_ns(ctx->arena, ns)->fields;

	t->name = ns->name;
	t->generic = ns->generic;
	t->nsid = ns->nsid;
	t->blocks = val_u64(id, "nsze", 0);
	t->used = val_u64(id, "nuse", 0);
	t->used_known = t->meta_known = true;
	t->csi = ns->csi;
	t->uuid = ns->uuid;
	t->nguid = ns->nguid;
	t->eui64 = ns->eui64;
	t->subsys = s;
	block_format(id, t);
	if (is_multipath(ctx, ns))
		make_paths(ctx, ns, s, t);
	else
		t->ctrl = topo_of(s, ns->ctrls[0]);
	return t;
}

static struct topo_subsys *make_subsys(struct ctx *ctx, struct image_subsys *is)
{
	struct arena *a = ctx->arena;
	struct topo_subsys *s = arena_alloc(a, sizeof(*s));
	bool fabrics = is->nctrls && is_fabrics(is->ctrls[0].transport);

	s->name = is->name;
	s->nqn = is->nqn;
	s->iopolicy = is->iopolicy;
	s->model = s->serial = s->firmware = "";
	s->type = "nvm";
	s->hostnqn = fabrics ? is->ctrls[0].hostnqn : "";
	s->hostid = fabrics ? is->ctrls[0].hostid : "";
	s->ctrls = arena_calloc(a, is->nctrls + 1, sizeof(*s->ctrls));
	s->ns = arena_calloc(a, is->nns + 1, sizeof(*s->ns));
	for (size_t i = 0; i < is->nctrls; i++)
		s->ctrls[s->nctrls++] = make_ctrl(ctx, &is->ctrls[i], s, fabrics);
	if (s->nctrls) {
		s->model = s->ctrls[0]->model;
		s->serial = s->ctrls[0]->serial;
		s->firmware = s->ctrls[0]->firmware;
		if (strcmp(s->ctrls[0]->cntrltype, "discovery") == 0)
			s->type = "discovery";
	}
	/* A namespace that is attached nowhere has no node. */
	for (size_t i = 0; i < is->nns; i++) {
		if (is->ns[i].nctrls)
			s->ns[s->nns++] = make_ns(ctx, &is->ns[i], s);
	}
	return s;
}

int sim_topology(struct ctx *ctx, unsigned want, struct topo **out)
{
	struct topo *t;
	int rc = sim_load(ctx);

	(void)want; /* nothing here costs more than it is worth to leave out */
	if (rc)
		return rc;
	t = arena_alloc(ctx->arena, sizeof(*t));
	t->subsys = arena_calloc(ctx->arena, ctx->sim->img->nsubsys + 1, sizeof(*t->subsys));
	for (size_t i = 0; i < ctx->sim->img->nsubsys; i++)
		t->subsys[t->nsubsys++] = make_subsys(ctx, &ctx->sim->img->subsys[i]);
	*out = t;
	return 0;
}
