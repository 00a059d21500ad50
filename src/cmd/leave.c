/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cmd/leave.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "cmd/fab.h"
#include "dev/fabrics.h"
#include "dev/gate.h"
#include "dev/inuse.h"

/* A controller that hangs may take the kernel about as long. */
enum { HOLD_MS = 60000 };

static size_t count(const struct topo *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->nsubsys; i++)
		n += t->subsys[i]->nctrls;
	return n;
}

void leave_add(struct leave *l, const struct topo_ctrl *c)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].ctrl == c)
			return;
	}
	l->names[l->n] = c->name;
	l->v[l->n++].ctrl = c;
}

/* Each controller takes a descriptor, and each namespace that it leads to. */
static void allow_descriptors(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < l.rlim_max) {
		l.rlim_cur = l.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &l);
	}
}

static int look(struct ctx *ctx, struct leave *l, unsigned want)
{
	int rc = topo_read(ctx, want, &l->topo);

	if (rc)
		return rc;
	l->n = 0;
	l->v = arena_calloc(ctx->arena, count(l->topo) + 1, sizeof(*l->v));
	l->names = arena_calloc(ctx->arena, count(l->topo) + 1, sizeof(*l->names));
	return 0;
}

static bool leaves_from(const struct leave *l, const struct topo_subsys *s)
{
	size_t i = 0;

	while (i < l->n && l->v[i].ctrl->subsys != s)
		i++;
	return i < l->n;
}

/*
 * What goes, and what may be counted on as the way that is left. Two runs would otherwise each leave the path to the other. In the
 * order of the topology, so that no two wait for each other.
 */
static int hold(struct leave *l)
{
	int rc = 0;

	l->held = arena_calloc(l->ctx->arena, count(l->topo) + 1, sizeof(struct dev *));
	for (size_t i = 0; i < l->topo->nsubsys; i++) {
		const struct topo_subsys *s = l->topo->subsys[i];

		for (size_t k = 0; !rc && leaves_from(l, s) && k < s->nctrls; k++) {
			if (dev_attach(l->ctx, s->ctrls[k]->name, &l->held[l->nheld]))
				(void)fab_take_error(l->ctx);
			else
				rc = dev_hold(l->held[l->nheld++], HOLD_MS);
		}
	}
	return rc;
}

int leave_begin(struct ctx *ctx, struct leave *l, int (*choose)(struct leave *l, const void *arg), const void *arg)
{
	int rc;

	l->ctx = ctx;
	allow_descriptors();
	inuse_one_look(ctx);
	rc = ctx->g.dry_run ? 0 : look(ctx, l, 0);
	if (!rc && !ctx->g.dry_run)
		rc = choose(l, arg);
	if (!rc && !ctx->g.dry_run)
		rc = hold(l);
	if (!rc)
		rc = look(ctx, l, TOPO_NS | TOPO_IDS | TOPO_HOST | TOPO_ANA);
	return rc ? rc : choose(l, arg);
}

/* XC_NODEV: it has gone meanwhile. */
static int attach(struct leave *l, struct leaver *v)
{
	for (size_t i = 0; i < l->nheld; i++) {
		if (strcmp(l->held[i]->name, v->ctrl->name) == 0)
			v->dev = l->held[i];
	}
	return v->dev ? 0 : dev_attach(l->ctx, v->ctrl->name, &v->dev);
}

int leave_ask(struct leave *l, struct leaver *v)
{
	static const struct req r = { .kind = REQ_DISCONNECT };
	struct intent in = { .reqs = &r, .nreqs = 1, .unasked = true, .topo = l->topo, .leaving = l->names };

	if (attach(l, v)) {
		(void)fab_take_error(l->ctx);
		return 0;
	}
	l->ctx->dev = v->dev;
	return gate(l->ctx, &in);
}

void leave_failed(struct ctx *ctx, struct leaver *v)
{
	struct error e = fab_take_error(ctx);

	v->kept = e.message;
	v->failed = e.code;
}

void leave_send(struct leave *l, struct leaver *v)
{
	struct req r = { .kind = REQ_DISCONNECT };
	struct ctx *ctx = l->ctx;
	int rc;

	if (v->kept || !v->dev)
		return;
	ctx->dev = v->dev;
	rc = dev_command(v->dev, &r, "Disconnect");
	/* Somebody else was quicker. */
	if (rc == -ENODEV)
		(void)fab_take_error(ctx);
	else if (rc)
		leave_failed(ctx, v);
}

void leave_release(struct leave *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].dev)
			gate_release(l->v[i].dev);
	}
	for (size_t i = 0; i < l->nheld; i++)
		dev_close(l->held[i]);
	l->nheld = 0;
}
