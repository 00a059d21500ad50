/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which drive a request goes to, and which namespaces are at stake. */
#include <errno.h>
#include <string.h>

#include "dev/gate_step.h"
#include "spec/tables.h"

/* --- the drive --- */

static const struct topo_ctrl *find_ctrl(const struct topo *t, const char *name)
{
	for (size_t i = 0; name && i < t->nsubsys; i++) {
		for (size_t k = 0; k < t->subsys[i]->nctrls; k++) {
			if (strcmp(t->subsys[i]->ctrls[k]->name, name) == 0)
				return t->subsys[i]->ctrls[k];
		}
	}
	return NULL;
}

int scope_identify(struct step *s, struct identity *id, const struct val **fields)
{
	struct arena *a = s->ctx->arena;
	size_t got = 4096;
	void *buf = dev_buffer(s->ctx, got);
	int rc = dev_identify(s->ctx->dev, 0x01, 0, 0, 0, buf, &got);
	const struct val *v, *cap;

	if (rc)
		return rc;
	v = spec_decode(a, &spec_id_ctrl, buf, got);
	cap = val_get(v, "tnvmcap");
	*id = (struct identity){
		.model = val_str(a, v, "mn"),
		.serial = val_str(a, v, "sn"),
		.firmware = val_str(a, v, "fr"),
		.nqn = val_str(a, v, "subnqn"),
		.capacity = cap ? val_wide(cap) : 0,
		.cntlid = (int)val_u64(v, "cntlid", 0),
	};
	*fields = v;
	return 0;
}

static void from_topology(struct step *s)
{
	const struct topo_ctrl *c = s->ctrl;

	s->id = (struct identity){ .model = c->model, .serial = c->serial, .firmware = c->firmware, .nqn = c->nqn,
				   .cntlid = c->cntlid };
}

/* The kernel read it when it found the drive; another one in the same place is not the one that was meant. */
static int check_same(struct step *s)
{
	const struct topo_ctrl *c = s->ctrl;

	if (!c || !*c->serial || strcmp(c->serial, s->id.serial) == 0)
		return 0;
	return fail(s->ctx, XC_NODEV, ENODEV, "%s says that its serial number is '%s', and the kernel has '%s' there",
		    s->ctx->dev->path, s->id.serial, c->serial);
}

/* --- the namespaces --- */

static bool leads_to(const struct topo_ns *ns, const struct topo_ctrl *c)
{
	bool through = ns->ctrl == c;

	for (size_t i = 0; i < ns->npaths; i++)
		through = through || ns->paths[i].ctrl == c;
	return through;
}

static bool leaves(const struct step *s, const struct topo_ctrl *c)
{
	for (const char *const *n = s->in->leaving; n && *n; n++) {
		if (strcmp(*n, c->name) == 0)
			return true;
	}
	return c == s->ctrl;
}

/* Another controller goes on leading there. */
static bool another_way(const struct step *s, const struct topo_ns *ns)
{
	for (size_t i = 0; i < ns->npaths; i++) {
		const struct topo_path *p = &ns->paths[i];

		if (!leaves(s, p->ctrl) && strcmp(p->ctrl->state, "live") == 0 && ana_usable(p->ana_state))
			return true;
	}
	return false;
}

static int add_stake(struct step *s, const struct topo_ns *ns)
{
	struct stake *t = &s->stakes[s->nstakes++];
	struct inuse *u;
	int rc = dev_backend(s->ctx)->inuse(s->ctx, ns, &u);

	*t = (struct stake){ .nsid = ns->nsid, .ns = ns, .inuse = rc ? NULL : u };
	return rc;
}

static void add_unknown(struct step *s, uint32_t nsid)
{
	static const struct inuse nothing;

	s->stakes[s->nstakes++] = (struct stake){ .nsid = nsid, .inuse = &nothing };
}

static bool at_stake(const struct step *s, const struct topo_ns *ns, uint32_t nsid)
{
	switch (s->reach) {
	case REACH_NS:
		return nsid == NSID_ALL ? leads_to(ns, s->ctrl) : ns->nsid == nsid;
	case REACH_CTRL:
		return leads_to(ns, s->ctrl);
	case REACH_PATH:
		return leads_to(ns, s->ctrl) && !another_way(s, ns);
	default:
		return true;
	}
}

/* Where each controller has private namespaces, an NSID alone does not say which: the one of this controller is meant. */
static bool hidden_by_own(const struct step *s, const struct topo_subsys *sub, const struct topo_ns *ns)
{
	if (s->reach != REACH_NS || leads_to(ns, s->ctrl))
		return false;
	for (size_t i = 0; i < sub->nns; i++) {
		if (sub->ns[i]->nsid == ns->nsid && leads_to(sub->ns[i], s->ctrl))
			return true;
	}
	return false;
}

static int find_stakes(struct step *s, uint32_t nsid)
{
	const struct topo_subsys *sub = s->ctrl ? s->ctrl->subsys : NULL;
	int rc = 0;

	s->stakes = arena_calloc(s->ctx->arena, (sub ? sub->nns : 0) + 1, sizeof(*s->stakes));
	if (s->reach == REACH_NONE)
		return 0;
	for (size_t i = 0; !rc && sub && i < sub->nns; i++) {
		if (at_stake(s, sub->ns[i], nsid) && !hidden_by_own(s, sub, sub->ns[i]))
			rc = add_stake(s, sub->ns[i]);
	}
	if (!rc && !s->nstakes && s->reach == REACH_NS && nsid != NSID_ALL)
		add_unknown(s, nsid);
	return rc;
}

/* Format NVM may concern all namespaces though one is named: Identify Controller, FNA bits 0 and 1. */
static void widen(struct step *s, const struct val *id)
{
	bool secure = s->req->cdw10 >> 9 & 7;

	if (s->req->kind != REQ_NVME || s->req->io || !id || s->in->reach != REACH_AS_REQUEST)
		return;
	if (s->req->opcode == 0x80 && val_u64(id, secure ? "fna.sens" : "fna.fns", 0))
		s->reach = REACH_SUBSYS;
	/* Deleting all namespaces asks nobody to which controller they are attached. */
	if (s->req->opcode == 0x0d && s->req->nsid == NSID_ALL)
		s->reach = REACH_SUBSYS;
}

/* Where the drive does not say how large it is, or is not asked. */
static u128 in_namespaces(const struct topo_subsys *sub)
{
	u128 n = 0;

	for (size_t i = 0; i < sub->nns; i++)
		n += (u128)sub->ns[i]->blocks * sub->ns[i]->lba_size;
	return n;
}

int scope_find(struct step *s)
{
	struct dev *dev = s->ctx->dev;
	const struct val *fields = NULL;
	struct topo *read;
	int rc = s->in->topo ? 0 : topo_read(s->ctx, TOPO_NS | TOPO_IDS | TOPO_ANA, &read);

	if (rc)
		return rc;
	s->ctrl = find_ctrl(s->in->topo ? s->in->topo : read, dev->ctrl ? dev->ctrl : dev->kind == DEV_CTRL ? dev->name : NULL);
	s->reach = s->in->reach != REACH_AS_REQUEST ? s->in->reach : s->danger ? s->danger->reach : REACH_NONE;
	/* A controller that hangs answers no command; the kernel's word has to do before it is reset. */
	s->asked_drive = !s->req || s->req->kind == REQ_NVME || s->req->kind == REQ_OPAL || !s->ctrl;
	if (s->asked_drive) {
		rc = scope_identify(s, &s->id, &fields);
		if (!rc)
			rc = check_same(s);
	} else {
		from_topology(s);
	}
	if (rc)
		return rc;
	if (s->req)
		widen(s, fields);
	rc = find_stakes(s, s->in->nsid ? s->in->nsid : s->req ? s->req->nsid : 0);
	if (!rc && !s->id.capacity && s->ctrl)
		s->id.capacity = in_namespaces(s->ctrl->subsys);
	return rc;
}

/* --- who uses them --- */

const struct use *scope_use(const struct step *s, size_t n, const struct stake **stake)
{
	for (size_t i = 0; i < s->nstakes; i++) {
		*stake = &s->stakes[i];
		if (n < s->stakes[i].inuse->nuses)
			return &s->stakes[i].inuse->uses[n];
		n -= s->stakes[i].inuse->nuses;
	}
	return NULL;
}

size_t scope_uses(const struct step *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nstakes; i++)
		n += s->stakes[i].inuse->nuses;
	return n;
}

const char *use_text(struct arena *a, const struct use *u)
{
	static const struct {
		const char *kind, *text;
	} words[] = {
		{ "mount", "is mounted at" }, { "swap", "is used as" }, { "holder", "is held by" },
		{ "open", "is open in" },     { "export", "is exported by" },
	};
	const char *text = "is used by";

	for (size_t i = 0; i < NELEMS(words); i++) {
		if (strcmp(words[i].kind, u->kind) == 0)
			text = words[i].text;
	}
	return arena_printf(a, "%s %s %s%s", u->device, text, u->what,
			    u->system ? ", part of the running system" : "");
}
