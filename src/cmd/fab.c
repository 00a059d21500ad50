/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/clock.h"
#include "cmd/fab.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/common.h"
#include "dev/hostid.h"
#include "dev/topo.h"

enum { NSIDS_A_LIST = 1024, MAX_LISTS = 1024, POLL_MS = 20, POLL_MAX_MS = 320, CNS_ACTIVE = 0x02 };

const struct field fab_nsid_rows[1] = { { NULL, "NSID", .len = 32, .kind = K_UINT } };
const struct field fab_ns_rows[2] = {
	{ "nsid", "Namespace identifier", .len = 32, .kind = K_UINT },
	{ "name", "Node, or null where the kernel has none (yet)", .kind = K_TEXT, .flags = F_NULLABLE },
};

int fab_host(struct ctx *ctx, struct fab_conn *c)
{
	const struct host_identity given = { fab_text(c, FK_HOSTNQN), fab_text(c, FK_HOSTID), c->v[FK_HOSTNQN].origin,
					     c->v[FK_HOSTID].origin };
	struct host_identity id;
	int rc = host_identity(ctx, &given, &id);

	if (rc)
		return rc;
	if (!c->v[FK_HOSTNQN].set)
		fab_put_text(c, FK_HOSTNQN, id.hostnqn, id.nqn_origin);
	if (!c->v[FK_HOSTID].set)
		fab_put_text(c, FK_HOSTID, id.hostid, id.id_origin);
	return 0;
}

struct error fab_take_error(struct ctx *ctx)
{
	struct error e = ctx->error;

	ctx->error = (struct error){ .status = -1 };
	return e;
}

/* --- namespaces --- */

/* Active Namespace ID list: Base 2.1, section 5.1.13.2.2, 1024 at a time in ascending order, 0 ends it. */
static int put_nsids(struct ctx *ctx, struct dev *dev, struct val *nsids, struct val *nodes)
{
	uint32_t *page = dev_buffer(ctx, 4096), last = 0;

	for (int list = 0; list < MAX_LISTS; list++) {
		struct req r = { .opcode = ADM_IDENTIFY, .nsid = last, .cdw10 = CNS_ACTIVE, .data = page, .data_len = 4096 };
		size_t n = 0;
		int rc = dev_command(dev, &r, "Identify (active namespaces)");

		if (rc)
			return rc;
		for (; n < r.received / 4 && page[n] > last; last = page[n++]) {
			struct val *o = val_put_obj(ctx->arena, nodes, NULL);

			val_put_u64(ctx->arena, nsids, NULL, page[n]);
			val_put_u64(ctx->arena, o, "nsid", page[n]);
			val_put_str(ctx->arena, o, "name", NULL);
		}
		if (n < NSIDS_A_LIST)
			return 0;
	}
	warn_user(ctx, "%s has more than %zu namespaces; those are the ones that are told", dev->path, nsids->c.n);
	return 0;
}

static bool has_namespaces(const struct fab_conn *c)
{
	return !fab_flag(c, FK_DISCOVERY) && strcmp(fab_text(c, FK_NQN), FAB_DISCOVERY_NQN) != 0;
}

int fab_put_result(struct ctx *ctx, struct val *o, const struct fab_conn *c, const struct fab_new *n)
{
	struct arena *a = ctx->arena;
	struct val *nsids, *nodes;
	struct dev *dev;
	int rc;

	val_put_str(a, o, "device", n->name);
	val_put_bool(a, o, "already", n->already);
	val_put_str(a, o, "subsysnqn", fab_text(c, FK_NQN));
	val_put_str(a, o, "transport", fab_text(c, FK_TRANSPORT));
	val_put_str(a, o, "traddr", n->traddr ? n->traddr : fab_text(c, FK_TRADDR));
	val_put_str(a, o, "trsvcid", fab_text(c, FK_TRSVCID));
	if (n->cntlid >= 0)
		val_put_u64(a, o, "cntlid", (uint64_t)n->cntlid);
	else
		val_put_str(a, o, "cntlid", NULL);
	nsids = val_put_arr(a, o, "nsids");
	nodes = val_put_arr(a, o, "namespaces");
	if (!n->name || !*n->name || !has_namespaces(c))
		return 0;
	rc = dev_open(ctx, n->name, &dev);
	if (rc)
		return rc;
	rc = put_nsids(ctx, dev, nsids, nodes);
	dev_close(dev);
	return rc;
}

/* --- their nodes --- */

/* A node that is still to be found. */
struct missing {
	const char *ctrl;
	uint32_t nsid;
	struct val *name;
};

struct search {
	struct missing *v;
	size_t n;
};

static int by_place(const void *x, const void *y)
{
	const struct missing *a = x, *b = y;
	int rc = strcmp(a->ctrl, b->ctrl);

	return rc ? rc : (a->nsid > b->nsid) - (a->nsid < b->nsid);
}

static void add_record(struct ctx *ctx, struct search *s, const struct val *o)
{
	const char *ctrl = val_str(ctx->arena, o, "device");

	val_for_each(ns, val_get(o, "namespaces"))
		s->v[s->n++] = (struct missing){ ctrl, (uint32_t)val_u64(ns, "nsid", 0), val_get(ns, "name") };
}

/* NULL unless it is missing. */
static struct missing *missing_at(const struct search *s, const char *ctrl, uint32_t nsid)
{
	const struct missing key = { ctrl, nsid, NULL };
	struct missing *m = bsearch(&key, s->v, s->n, sizeof(*s->v), by_place);

	return m && m->name->type == VAL_NULL ? m : NULL;
}

static void found(const struct search *s, const struct topo_ctrl *c, const struct topo_ns *ns, size_t *left)
{
	struct missing *m = c ? missing_at(s, c->name, ns->nsid) : NULL;

	if (!m)
		return;
	m->name->type = VAL_STR;
	m->name->s.p = ns->name;
	m->name->s.len = strlen(ns->name);
	--*left;
}

/* One look at everything, for however many controllers. */
static int look(struct ctx *ctx, const struct search *s, size_t *left)
{
	struct topo *t;
	int rc = topo_read(ctx, TOPO_NS, &t);

	for (size_t i = 0; !rc && i < t->nsubsys; i++) {
		for (size_t k = 0; k < t->subsys[i]->nns; k++) {
			const struct topo_ns *ns = t->subsys[i]->ns[k];

			found(s, ns->ctrl, ns, left);
			for (size_t p = 0; p < ns->npaths; p++)
				found(s, ns->paths[p].ctrl, ns, left);
		}
	}
	return rc;
}

int fab_name_nodes(struct ctx *ctx, const struct val *records, uint64_t wait_ms)
{
	uint64_t until = now_ms() + wait_ms, pause_ms = POLL_MS;
	struct search s = { 0 };
	size_t left = 0;
	int rc;

	val_for_each(o, records)
		left += val_get(o, "namespaces")->c.n;
	if (!left)
		return 0;
	s.v = arena_calloc(ctx->arena, left, sizeof(*s.v));
	val_for_each(o, records)
		add_record(ctx, &s, o);
	qsort(s.v, s.n, sizeof(*s.v), by_place);
	for (;;) {
		struct timespec pause;

		rc = look(ctx, &s, &left);
		if (rc || !left || now_ms() >= until || ctx_interrupted)
			return rc;
		pause = (struct timespec){ .tv_nsec = (long)pause_ms * 1000000 };
		nanosleep(&pause, NULL);
		pause_ms = pause_ms < POLL_MAX_MS ? 2 * pause_ms : pause_ms;
	}
}

const char *fab_unnamed(struct ctx *ctx, const struct val *record)
{
	const struct val *list = val_get(record, "namespaces");
	size_t left = 0;

	val_for_each(ns, list)
		left += val_get(ns, "name")->type == VAL_NULL;
	if (!left)
		return NULL;
	return arena_printf(ctx->arena, "%s is connected, but the kernel has nodes of %zu of its %zu namespaces only",
			    val_str(ctx->arena, record, "device"), list->c.n - left, list->c.n);
}
