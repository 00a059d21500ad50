/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cmd/fab.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "cmd/common.h"
#include "dev/hostid.h"
#include "dev/topo.h"

enum { NSIDS_A_LIST = 1024, MAX_LISTS = 64, POLL_MS = 20, CNS_ACTIVE = 0x02 };

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

struct nsids {
	uint32_t *v;
	size_t n;
};

/* Active Namespace ID list: Base 2.1, section 5.1.13.2.2, 1024 at a time in ascending order, 0 ends it. */
static int read_nsids(struct ctx *ctx, struct dev *dev, struct nsids *out)
{
	uint32_t *page = dev_buffer(ctx, 4096), last = 0;

	for (int list = 0; list < MAX_LISTS; list++) {
		struct req r = { .opcode = ADM_IDENTIFY, .nsid = last, .cdw10 = CNS_ACTIVE, .data = page, .data_len = 4096 };
		uint32_t *more;
		size_t n = 0;
		int rc = dev_command(dev, &r, "Identify (active namespaces)");

		if (rc)
			return rc;
		while (n < r.received / 4 && page[n] > last)
			last = page[n++];
		more = arena_calloc(ctx->arena, out->n + n + 1, sizeof(*more));
		if (out->n)
			memcpy(more, out->v, out->n * sizeof(*more));
		memcpy(more + out->n, page, n * sizeof(*more));
		out->v = more;
		out->n += n;
		if (n < NSIDS_A_LIST)
			return 0;
	}
	return 0;
}

/* The nodes of the namespaces to which this controller leads. */
static int read_names(struct ctx *ctx, const char *ctrl, const char **names, struct nsids *have, size_t max)
{
	struct topo *t;
	int rc = topo_read(ctx, TOPO_NS, &t);

	have->n = 0;
	for (size_t i = 0; !rc && i < t->nsubsys; i++) {
		const struct topo_subsys *s = t->subsys[i];

		for (size_t k = 0; k < s->nns && have->n < max; k++) {
			const struct topo_ns *ns = s->ns[k];
			bool leads = ns->ctrl && strcmp(ns->ctrl->name, ctrl) == 0;

			for (size_t p = 0; p < ns->npaths; p++)
				leads = leads || strcmp(ns->paths[p].ctrl->name, ctrl) == 0;
			if (!leads)
				continue;
			names[have->n] = ns->name;
			have->v[have->n++] = ns->nsid;
		}
	}
	return rc;
}

static const char *name_of(const struct nsids *have, const char *const *names, uint32_t nsid)
{
	for (size_t i = 0; i < have->n; i++) {
		if (have->v[i] == nsid)
			return names[i];
	}
	return NULL;
}

static bool has_all(const struct nsids *want, const struct nsids *have, const char *const *names)
{
	for (size_t i = 0; i < want->n; i++) {
		if (!name_of(have, names, want->v[i]))
			return false;
	}
	return true;
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
	struct nsids want = { 0 }, have = { 0 };
	const char **names;
	struct dev *dev;
	int rc = dev_open(ctx, name, &dev);

	if (rc)
		return rc;
	rc = read_nsids(ctx, dev, &want);
	dev_close(dev);
	names = arena_calloc(ctx->arena, want.n + 1, sizeof(*names));
	have.v = arena_calloc(ctx->arena, want.n + 1, sizeof(*have.v));
	while (!rc) {
		rc = read_names(ctx, name, names, &have, want.n);
		if (rc || has_all(&want, &have, names) || now_ms() >= until)
			break;
		nanosleep(&pause, NULL);
	}
	for (size_t i = 0; !rc && i < want.n; i++) {
		struct val *o = val_put_obj(ctx->arena, nodes, NULL);

		val_put_u64(ctx->arena, nsids, NULL, want.v[i]);
		val_put_u64(ctx->arena, o, "nsid", want.v[i]);
		val_put_str(ctx->arena, o, "name", name_of(&have, names, want.v[i]));
	}
	if (!rc && wait_ms && !has_all(&want, &have, names))
		rc = fail(ctx, XC_TIMEOUT, ETIMEDOUT, "%s is connected, but the kernel has nodes of %zu of its %zu namespaces only", name,
			  have.n, want.n);
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
