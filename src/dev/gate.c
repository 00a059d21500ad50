/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "dev/gate.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "dev/gate_step.h"

enum { ASKED_CHARS = 4, NAMED_USES = 3 };

/* What was let through, and what the answer was about. */
struct pass {
	bool all;
	const struct req *reqs;
	size_t nreqs;
	uint8_t level;
	bool everything; /* the answer was about the whole subsystem */
	const uint32_t *nsids;
	size_t nnsids;
};

/* A block node that is open exclusively, on behalf of a device. */
struct held {
	int fd; /* -1: given back */
	const struct dev *dev;
	const char *name;
	struct held *next;
};

/* --- what is let through --- */

static bool same_request(const struct req *a, const struct req *b)
{
	if (a->kind != b->kind || a->cdw10 != b->cdw10)
		return false;
	if (a->kind == REQ_NVME)
		return a->opcode == b->opcode && a->io == b->io && a->nsid == b->nsid;
	/* The value of a property matters as much as which one it is. */
	return a->cdw11 == b->cdw11 && a->cdw12 == b->cdw12 && a->cdw13 == b->cdw13;
}

bool gate_passed(const struct dev *dev, const struct req *r)
{
	const struct pass *p = dev->pass;

	for (size_t i = 0; p && i < p->nreqs; i++) {
		if (same_request(&p->reqs[i], r))
			return true;
	}
	return p && p->all;
}

void gate_allow(struct dev *dev, const struct req *r, size_t n)
{
	struct pass *p = arena_alloc(dev->ctx->arena, sizeof(*p));

	if (r && n)
		p->reqs = arena_memdup(dev->ctx->arena, r, n * sizeof(*r));
	p->nreqs = r ? n : 0;
	p->all = !r;
	dev->pass = p;
}

static void let_through(const struct step *s)
{
	struct dev *dev = s->ctx->dev;
	const struct pass *old = dev->pass;
	struct pass *p;
	uint32_t *nsids = arena_calloc(s->ctx->arena, s->nstakes + 1, sizeof(*nsids));
	bool narrower = old && old->level >= (s->danger ? s->danger->level : 0);

	gate_allow(dev, s->in->reqs, s->in->nreqs);
	p = (struct pass *)dev->pass;
	for (size_t i = 0; i < s->nstakes; i++)
		nsids[i] = s->stakes[i].nsid;
	/* The larger answer is remembered. */
	p->level = narrower ? old->level : s->danger ? s->danger->level : 0;
	p->everything = s->reach == REACH_SUBSYS || (old && old->everything);
	p->nsids = narrower && old->nnsids > s->nstakes ? old->nsids : nsids;
	p->nnsids = narrower && old->nnsids > s->nstakes ? old->nnsids : s->nstakes;
}

/* An answer that was given in this run was about at least as much. */
static bool answered_before(const struct step *s)
{
	const struct pass *p = s->ctx->dev->pass;

	if (!p || p->all || p->level < s->danger->level)
		return false;
	for (size_t i = 0; i < s->nstakes && !p->everything; i++) {
		size_t k = 0;

		while (k < p->nnsids && p->nsids[k] != s->stakes[i].nsid)
			k++;
		if (k == p->nnsids)
			return false;
	}
	return true;
}

/* --- reasons to refuse --- */

static void refuse(struct step *s, bool final, const char *why, const char *hint)
{
	if (s->refused)
		return;
	s->refused = why;
	s->hint = hint;
	s->final = final;
}

static void expect(struct step *s, const char *option, const char *want, const char *have, const char *what)
{
	bool hex = strcmp(option, "uuid") == 0 || strcmp(option, "nguid") == 0 || strcmp(option, "eui64") == 0;
	struct arena *a = s->ctx->arena;

	if (!want || (hex ? *have && same_id(want, have) : strcmp(want, have) == 0))
		return;
	if (!*have)
		refuse(s, true, arena_printf(a, "the %s is not known, and --expect-%s says '%s'", what, option, want), NULL);
	else
		refuse(s, true, arena_printf(a, "the %s is '%s', not '%s' as --expect-%s says", what, have, want, option),
		       "this is not the drive that is meant: see 'nvmekit list'");
}

static void check_expectations(struct step *s)
{
	const struct gate_args *g = &s->ctx->g.gate;
	const struct topo_ns *ns = s->nstakes == 1 ? s->stakes[0].ns : NULL;

	expect(s, "serial", g->expect_serial, s->id.serial, "drive's serial number");
	expect(s, "model", g->expect_model, s->id.model, "drive's model");
	expect(s, "nqn", g->expect_nqn, s->id.nqn, "subsystem's NQN");
	if (!g->expect_uuid && !g->expect_nguid && !g->expect_eui64)
		return;
	if (s->nstakes != 1)
		refuse(s, true,
		       arena_printf(s->ctx->arena, "--expect-%s names one namespace, and %zu are at stake",
				    g->expect_uuid ? "uuid" : g->expect_nguid ? "nguid" : "eui64", s->nstakes),
		       "name the drive with --expect-serial or --expect-nqn");
	expect(s, "uuid", g->expect_uuid, ns ? ns->uuid : "", "namespace's UUID");
	expect(s, "nguid", g->expect_nguid, ns ? ns->nguid : "", "namespace's NGUID");
	expect(s, "eui64", g->expect_eui64, ns ? ns->eui64 : "", "namespace's EUI64");
}

static void check_uses(struct step *s)
{
	struct arena *a = s->ctx->arena;
	const struct stake *stake = NULL;
	const char *text = "", *in_use = "";
	size_t n = scope_uses(s), names = 0;

	if (!n || s->busy_ok || s->ctx->g.gate.allow_in_use)
		return;
	for (size_t i = 0; i < n && i < NAMED_USES; i++) {
		const struct stake *before = stake;
		const struct use *u = scope_use(s, i, &stake);

		if (stake != before)
			in_use = arena_printf(a, "%s%s%s", in_use, names++ ? ", " : "", stake->ns->name);
		text = arena_printf(a, "%s%s%s", text, i ? "; " : "", use_text(a, u));
	}
	if (n > NAMED_USES)
		text = arena_printf(a, "%s; and %zu more", text, n - NAMED_USES);
	refuse(s, true, arena_printf(a, "%s %s in use: %s", in_use, names == 1 ? "is" : "are", text),
	       "end that use first (umount, swapoff, vgchange -an, mdadm --stop); --allow-in-use takes the risk");
}

/* Without sysfs nobody can tell who uses the drive. */
static void check_known(struct step *s)
{
	if (s->ctrl || s->reach == REACH_NONE || s->busy_ok || s->ctx->g.gate.allow_in_use)
		return;
	refuse(s, true, arena_printf(s->ctx->arena, "the kernel shows no controller for %s, so who uses it cannot be known",
				     s->ctx->dev->path),
	       "is /sys mounted? --allow-in-use takes the risk");
}

/* A command through a partition's node is one to the whole namespace. */
static void check_partition(struct step *s)
{
	const struct dev *dev = s->ctx->dev;
	const char *p = dev->kind == DEV_NS ? strchr(dev->name, 'n') : NULL;

	p = p ? strchr(p + 1, 'n') : NULL; /* behind "nvme0" or in "ng0n1" */
	p = p ? p + 1 + strspn(p + 1, "0123456789") : NULL;
	if (p && *p == 'p')
		refuse(s, true,
		       arena_printf(s->ctx->arena, "%s is a partition, and the command would act on the whole namespace",
				    dev->path),
		       arena_printf(s->ctx->arena, "name the namespace: %.*s", (int)(p - dev->name), dev->name));
}

/* --- the answer --- */

static bool identified(const struct gate_args *g)
{
	return g->expect_serial || g->expect_nqn || g->expect_uuid || g->expect_nguid || g->expect_eui64;
}

static bool needs_answer(const struct step *s)
{
	const struct gate_args *g = &s->ctx->g.gate;

	if (g->forced || (g->yes && identified(g)) || answered_before(s))
		return false;
	if (s->in->unasked && !scope_uses(s))
		return false;
	return !(g->only_data && s->danger->level < D_DATA && (s->busy_ok || !scope_uses(s)));
}

static const char *identity_options(const struct step *s)
{
	bool serial = *s->id.serial;

	return arena_printf(s->ctx->arena, "--yes --expect-%s=%s", serial ? "serial" : "nqn",
			    serial ? s->id.serial : s->id.nqn);
}

static const char *what_happens(const struct step *s)
{
	struct arena *a = s->ctx->arena;
	const char *action = s->in->action ? s->in->action : s->danger->action;

	return arena_printf(a, "%s on %s (%s%sserial number %s)", action, s->ctx->dev->path, s->id.model,
			    *s->id.model ? ", " : "", *s->id.serial ? s->id.serial : "unknown");
}

static void confirm(struct step *s)
{
	struct ctx *ctx = s->ctx;
	struct arena *a = ctx->arena;
	const char *word = *s->id.serial ? s->id.serial : s->id.nqn, *name = *s->id.serial ? "serial number" : "NQN";
	size_t len = strlen(word);
	char answer[128];

	if (!needs_answer(s))
		return;
	word += len > ASKED_CHARS ? len - ASKED_CHARS : 0;
	if (!ctx->ask || !len ||
	    !ctx->ask(ctx, arena_printf(a, "Type the last %zu characters of the %s to go on: ", strlen(word), name), answer,
		      sizeof(answer)))
		refuse(s, false, arena_printf(a, "%s: nobody is there to confirm it", what_happens(s)),
		       arena_printf(a, "if it is meant: %s; --dry-run shows what would be done", identity_options(s)));
	else if (strcasecmp(answer, word) != 0)
		refuse(s, false, arena_printf(a, "%s: '%s' is not how its %s ends", what_happens(s), answer, name),
		       "nothing was done");
}

/* --- claims --- */

static void claimed(struct dev *dev, const char *name, int fd)
{
	struct ctx *ctx = dev->ctx;
	struct held *h;

	if (fd < 0)
		return;
	h = arena_alloc(ctx->arena, sizeof(*h));
	*h = (struct held){ fd, dev, name, ctx->held };
	ctx->held = h;
}

/* Another controller of this run that leads there has claimed it. */
static bool is_held(const struct ctx *ctx, const char *name)
{
	for (const struct held *h = ctx->held; h; h = h->next) {
		if (h->fd >= 0 && strcmp(h->name, name) == 0)
			return true;
	}
	return false;
}

void gate_release(struct dev *dev)
{
	for (struct held *h = dev->ctx->held; h; h = h->next) {
		if (h->fd < 0 || h->dev != dev)
			continue;
		close(h->fd);
		h->fd = -1;
	}
}

/* Whoever mounts it from now on, or has it in a way that nothing shows, comes up against this. */
static int claim(struct step *s)
{
	struct ctx *ctx = s->ctx;

	gate_release(ctx->dev);
	for (size_t i = 0; i < s->nstakes; i++) {
		const struct topo_ns *ns = s->stakes[i].ns;
		int fd = -1, rc = ns && inuse_reachable(ns) && !is_held(ctx, ns->name) ? dev_backend(ctx)->claim(ctx, ns->name, &fd) : 0;

		claimed(ctx->dev, ns ? ns->name : "", fd);
		if (rc == -EBUSY)
			refuse(s, true, arena_printf(ctx->arena, "%s is in use: something holds it exclusively", ns->name),
			       "end that use first; --allow-in-use takes the risk");
		else if (rc)
			return fail(ctx, exit_code_of_errno(-rc), -rc, "cannot open /dev/%s to see whether it is free: %s",
				    ns->name, strerror(-rc));
	}
	return 0;
}

/* --- the gate --- */

/* The last look before it happens: what answers now is what was shown. */
static int still_the_same(const struct step *s)
{
	struct step again = *s;
	const struct val *fields;
	struct identity id;
	int rc;

	if (!s->asked_drive)
		return 0;
	rc = scope_identify(&again, &id, &fields);
	if (rc)
		return rc;
	if (strcmp(id.serial, s->id.serial) == 0 && strcmp(id.model, s->id.model) == 0 && strcmp(id.nqn, s->id.nqn) == 0 &&
	    id.cntlid == s->id.cntlid)
		return 0;
	return fail(s->ctx, XC_NODEV, ENODEV, "%s is no longer the drive that was shown (serial number '%s', now '%s'); "
		    "nothing was done", s->ctx->dev->path, s->id.serial, id.serial);
}

static int refused(const struct step *s)
{
	int rc = fail(s->ctx, XC_REFUSED, 0, "refused: %s", s->refused);

	s->ctx->error.device = s->ctx->dev->path;
	return s->hint ? fail_hint(s->ctx, rc, "%s", s->hint) : rc;
}

/* A dry run says in its plan what would stand in the way, and ends with that exit code where no answer can help. */
static int in_dry_run(struct step *s)
{
	if (s->danger && needs_answer(s))
		s->confirm = identity_options(s);
	plan_step(s);
	if (s->final)
		s->ctx->verdict = XC_REFUSED;
	let_through(s);
	return 0;
}

static void find_request(struct step *s)
{
	for (size_t i = 0; i < s->in->nreqs && !s->danger; i++) {
		s->req = &s->in->reqs[i];
		s->danger = req_danger(s->req);
	}
	if (!s->danger && s->in->nreqs)
		s->req = &s->in->reqs[0];
	s->busy_ok = s->in->busy_ok || (s->danger && s->danger->busy_ok);
}

int gate(struct ctx *ctx, const struct intent *in)
{
	struct step s = { .ctx = ctx, .in = in };
	int rc;

	find_request(&s);
	/* Which drive is meant counts for what is harmless too. */
	if (!s.danger && !ctx->g.dry_run && !identified(&ctx->g.gate) && !ctx->g.gate.expect_model)
		return 0;
	rc = scope_find(&s);
	if (rc)
		return rc;
	check_expectations(&s);
	if (s.danger) {
		check_partition(&s);
		check_known(&s);
		check_uses(&s);
	}
	if (ctx->g.dry_run)
		return in_dry_run(&s);
	plan_step(&s);
	if (!s.danger)
		return s.refused ? refused(&s) : 0;
	if (!s.refused)
		confirm(&s);
	if (!s.refused && !s.busy_ok && !ctx->g.gate.allow_in_use && s.reach != REACH_NONE) {
		rc = claim(&s);
		if (rc)
			return rc;
	}
	if (s.refused)
		return refused(&s);
	rc = still_the_same(&s);
	if (!rc)
		let_through(&s);
	return rc;
}
