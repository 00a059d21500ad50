/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cmd/fab.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "cmd/common.h"
#include "dev/hostid.h"
#include "dev/topo.h"

enum { NSIDS_A_LIST = 1024, MAX_LISTS = 1024, POLL_MS = 20, CNS_ACTIVE = 0x02 };

const struct field fab_nsid_rows[1] = { { NULL, "NSID", .len = 32, .kind = K_UINT } };
const struct field fab_ns_rows[2] = {
	{ "nsid", "Namespace identifier", .len = 32, .kind = K_UINT },
	{ "name", "Node, or null where the kernel has none (yet)", .kind = K_TEXT, .flags = F_NULLABLE },
};

int fab_host(struct ctx *ctx, struct fab_conn *c)
{
	struct host_identity id;
	int rc = host_identity(ctx, fab_text(c, FK_HOSTNQN), fab_text(c, FK_HOSTID), NULL, NULL, &id);

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

struct node {
	uint32_t nsid;
	const char *name; /* NULL: the kernel has none (yet) */
};

struct nodes {
	struct node *v; /* in ascending order */
	size_t n, room;
};

static void add_nsids(struct ctx *ctx, struct nodes *l, const uint32_t *nsids, size_t n)
{
	if (l->n + n > l->room) {
		struct node *larger = arena_calloc(ctx->arena, 2 * (l->n + n), sizeof(*larger));

		if (l->n)
			memcpy(larger, l->v, l->n * sizeof(*larger));
		l->v = larger;
		l->room = 2 * (l->n + n);
	}
	for (size_t i = 0; i < n; i++)
		l->v[l->n++] = (struct node){ .nsid = nsids[i] };
}

/* Active Namespace ID list: Base 2.1, section 5.1.13.2.2, 1024 at a time in ascending order, 0 ends it. */
static int read_nsids(struct ctx *ctx, struct dev *dev, struct nodes *out)
{
	uint32_t *page = dev_buffer(ctx, 4096), last = 0;

	for (int list = 0; list < MAX_LISTS; list++) {
		struct req r = { .opcode = ADM_IDENTIFY, .nsid = last, .cdw10 = CNS_ACTIVE, .data = page, .data_len = 4096 };
		size_t n = 0;
		int rc = dev_command(dev, &r, "Identify (active namespaces)");

		if (rc)
			return rc;
		while (n < r.received / 4 && page[n] > last)
			last = page[n++];
		add_nsids(ctx, out, page, n);
		if (n < NSIDS_A_LIST)
			return 0;
	}
	warn_user(ctx, "%s has more than %zu namespaces; those are the ones that are told", dev->path, out->n);
	return 0;
}

static struct node *node_of(const struct nodes *l, uint32_t nsid)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->v[mid].nsid < nsid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < l->n && l->v[lo].nsid == nsid ? &l->v[lo] : NULL;
}

static bool leads_to(const struct topo_ns *ns, const char *ctrl)
{
	bool leads = ns->ctrl && strcmp(ns->ctrl->name, ctrl) == 0;

	for (size_t p = 0; p < ns->npaths; p++)
		leads = leads || strcmp(ns->paths[p].ctrl->name, ctrl) == 0;
	return leads;
}

/* Gives those a name that have a node to which this controller leads; *named gets how many. */
static int read_names(struct ctx *ctx, const char *ctrl, struct nodes *l, size_t *named)
{
	struct topo *t;
	int rc = topo_read(ctx, TOPO_NS, &t);

	*named = 0;
	for (size_t i = 0; i < l->n; i++)
		l->v[i].name = NULL;
	for (size_t i = 0; !rc && i < t->nsubsys; i++) {
		const struct topo_subsys *s = t->subsys[i];

		for (size_t k = 0; k < s->nns; k++) {
			struct node *x = leads_to(s->ns[k], ctrl) ? node_of(l, s->ns[k]->nsid) : NULL;

			if (!x || x->name)
				continue;
			x->name = s->ns[k]->name;
			++*named;
		}
	}
	return rc;
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int put_namespaces(struct ctx *ctx, struct val *nsids, struct val *nodes, const char *name, uint64_t wait_ms)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	uint64_t until = now_ms() + wait_ms;
	struct nodes l = { 0 };
	size_t named = 0;
	struct dev *dev;
	int rc = dev_open(ctx, name, &dev);

	if (rc)
		return rc;
	rc = read_nsids(ctx, dev, &l);
	dev_close(dev);
	while (!rc) {
		rc = read_names(ctx, name, &l, &named);
		if (rc || named == l.n || now_ms() >= until || ctx_interrupted)
			break;
		nanosleep(&pause, NULL);
	}
	for (size_t i = 0; !rc && i < l.n; i++) {
		struct val *o = val_put_obj(ctx->arena, nodes, NULL);

		val_put_u64(ctx->arena, nsids, NULL, l.v[i].nsid);
		val_put_u64(ctx->arena, o, "nsid", l.v[i].nsid);
		val_put_str(ctx->arena, o, "name", l.v[i].name);
	}
	if (!rc && wait_ms && named < l.n)
		rc = fail(ctx, XC_TIMEOUT, ETIMEDOUT, "%s is connected, but the kernel has nodes of %zu of its %zu namespaces only", name,
			  named, l.n);
	return rc;
}

static bool has_namespaces(const struct fab_conn *c)
{
	return !fab_flag(c, FK_DISCOVERY) && strcmp(fab_text(c, FK_NQN), FAB_DISCOVERY_NQN) != 0;
}

int fab_put_result(struct ctx *ctx, struct val *o, const struct fab_conn *c, const struct fab_new *n, uint64_t wait_ms)
{
	struct arena *a = ctx->arena;
	struct val *nsids, *nodes;
	int rc = 0;

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
	if (n->name && *n->name && has_namespaces(c))
		rc = put_namespaces(ctx, nsids, nodes, n->name, wait_ms);
	return rc;
}
