/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Connections that there are: which one is the one that is asked for. */
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "dev/fabrics.h"
#include "dev/fabrics_way.h"
#include "spec/field.h"

const char *fab_address_part(struct arena *a, const char *address, const char *key)
{
	size_t len = strlen(key);

	for (const char *p = address; *p;) {
		size_t n = strcspn(p, ",");

		if (n > len && strncmp(p, key, len) == 0 && p[len] == '=')
			return arena_strndup(a, p + len + 1, n - len - 1);
		p += n + (p[n] == ',');
	}
	return "";
}

bool fab_same_address(const char *a, const char *b)
{
	struct in6_addr x, y;

	if (inet_pton(AF_INET6, a, &x) == 1 && inet_pton(AF_INET6, b, &y) == 1)
		return memcmp(&x, &y, sizeof(x)) == 0;
	return strcasecmp(a, b) == 0;
}

const char *fab_plain_address(struct arena *a, const char *addr)
{
	char *text = arena_alloc(a, INET6_ADDRSTRLEN);
	struct in6_addr x;

	if (inet_pton(AF_INET6, addr, &x) == 1)
		return inet_ntop(AF_INET6, &x, text, INET6_ADDRSTRLEN);
	text = arena_strdup(a, addr);
	for (char *p = text; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return text;
}

/* What was not asked for may be anything. */
static bool same_part(struct arena *a, const struct topo_ctrl *t, const struct fab_conn *c, enum fab_key k)
{
	const char *want = fab_text(c, k), *have = fab_address_part(a, t->address, fab_keys[k].token);

	if (!*want)
		return true;
	/* Newer kernels say which address of the host is used even if nobody chose one. */
	if (!*have && k == FK_HOST_TRADDR)
		have = fab_address_part(a, t->address, "src_addr");
	return fab_same_address(want, have);
}

/*
 * The host's own name may be given as well: a subsystem can be connected to as several hosts. A discovery controller goes by
 * the unique NQN that the target has, if it has one, although it was connected to by the well-known one.
 */
static bool same_ends(const struct topo_ctrl *t, const struct fab_conn *c)
{
	const char *nqn = fab_text(c, FK_NQN), *host = fab_text(c, FK_HOSTNQN), *id = fab_text(c, FK_HOSTID);
	bool discovery = strcmp(nqn, FAB_DISCOVERY_NQN) == 0 && strcmp(t->cntrltype, "discovery") == 0;

	if (strcmp(t->nqn, nqn) != 0 && !discovery)
		return false;
	if (*host && *t->hostnqn && strcmp(host, t->hostnqn) != 0)
		return false;
	return !*id || !*t->hostid || same_id(id, t->hostid);
}

static bool leads_there(struct arena *a, const struct topo_ctrl *x, const struct fab_conn *c)
{
	static const enum fab_key parts[] = { FK_TRADDR, FK_TRSVCID, FK_HOST_TRADDR, FK_HOST_IFACE };
	bool same = strcmp(x->transport, fab_text(c, FK_TRANSPORT)) == 0 && same_ends(x, c) && strncmp(x->state, "delet", 5) != 0 &&
		    strcmp(x->state, "dead") != 0;

	for (size_t p = 0; same && p < NELEMS(parts); p++)
		same = same_part(a, x, c, parts[p]);
	return same;
}

const struct topo_ctrl *fab_find_next(const struct topo *t, const struct fab_conn *c, const struct topo_ctrl *after)
{
	struct arena *a = arena_new();
	const struct topo_ctrl *found = NULL;
	bool behind = !after;

	for (size_t i = 0; !found && i < t->nsubsys; i++) {
		for (size_t k = 0; !found && k < t->subsys[i]->nctrls; k++) {
			const struct topo_ctrl *x = t->subsys[i]->ctrls[k];

			if (behind && leads_there(a, x, c))
				found = x;
			behind = behind || x == after;
		}
	}
	arena_free(a);
	return found;
}

const struct topo_ctrl *fab_find(const struct topo *t, const struct fab_conn *c)
{
	return fab_find_next(t, c, NULL);
}

void fab_of_ctrl(struct arena *a, const struct topo_ctrl *t, struct fab_conn *c)
{
	static const enum fab_key parts[] = { FK_TRADDR, FK_TRSVCID, FK_HOST_TRADDR, FK_HOST_IFACE };
	const char *origin = t->name;

	*c = (struct fab_conn){ 0 };
	fab_put_text(c, FK_TRANSPORT, t->transport, origin);
	fab_put_text(c, FK_NQN, t->nqn, origin);
	for (size_t i = 0; i < NELEMS(parts); i++) {
		const char *s = fab_address_part(a, t->address, fab_keys[parts[i]].token);

		if (*s)
			fab_put_text(c, parts[i], s, origin);
	}
	if (*t->hostnqn)
		fab_put_text(c, FK_HOSTNQN, t->hostnqn, origin);
	if (*t->hostid)
		fab_put_text(c, FK_HOSTID, t->hostid, origin);
}

/* --- by name --- */

/* The kernel takes addresses only. Both ends are given as names at times. */
static int resolve(struct ctx *ctx, const struct fab_conn *c, enum fab_key k, const char *const **addrs)
{
	static const char *const none[] = { "", NULL };

	*addrs = none;
	if (!*fab_text(c, k) || !fab_by_ip(c))
		return 0;
	return dev_backend(ctx)->fab_resolve(ctx, fab_text(c, k), addrs);
}

static bool same_family(const char *a, const char *b)
{
	return !*a || !*b || !strchr(a, ':') == !strchr(b, ':');
}

int fab_ways(struct ctx *ctx, const struct fab_conn *want, struct fab_way **ways, size_t *n)
{
	const char *const *to, *const *from;
	size_t nto = 0, nfrom = 0;
	int rc = resolve(ctx, want, FK_TRADDR, &to);

	*n = 0;
	if (!rc)
		rc = resolve(ctx, want, FK_HOST_TRADDR, &from);
	if (rc)
		return rc;
	while (to[nto])
		nto++;
	while (from[nfrom])
		nfrom++;
	*ways = arena_calloc(ctx->arena, nto * nfrom, sizeof(**ways));
	for (size_t i = 0; i < nto * nfrom; i++) {
		const struct fab_way w = { to[i / nfrom], from[i % nfrom] };

		if (same_family(w.to, w.from))
			(*ways)[(*n)++] = w;
	}
	if (*n)
		return 0;
	return fail(ctx, XC_USAGE, 0, "cannot connect to %s: host-traddr is an address of another family", fab_describe(ctx->arena, want));
}

struct fab_conn fab_by_way(const struct fab_conn *want, const struct fab_way *w)
{
	struct fab_conn c = *want;

	if (*w->to)
		c.v[FK_TRADDR].s = w->to;
	if (*w->from)
		c.v[FK_HOST_TRADDR].s = w->from;
	return c;
}

int fab_find_all(struct ctx *ctx, const struct topo *t, const struct fab_conn *c, const struct topo_ctrl *const **found)
{
	const struct topo_ctrl **all;
	size_t n, count = 0, room = 1;
	struct fab_way *ways;
	int rc = fab_ways(ctx, c, &ways, &n);

	for (size_t i = 0; i < t->nsubsys; i++)
		room += t->subsys[i]->nctrls;
	*found = all = arena_calloc(ctx->arena, room, sizeof(*all));
	/* Two of the ways lead through one controller only if they are the same. */
	for (size_t i = 0; !rc && i < n; i++) {
		struct fab_conn by = fab_by_way(c, &ways[i]);

		for (const struct topo_ctrl *x = fab_find(t, &by); x && count + 1 < room; x = fab_find_next(t, &by, x))
			all[count++] = x;
	}
	return rc;
}
