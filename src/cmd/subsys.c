/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cmd/subsys.h"

#include <string.h>

int subsys_operand(struct ctx *ctx, const char **node)
{
	const char *spec = ctx->operands && ctx->operands[0] ? ctx->operands[0] : NULL;

	*node = NULL;
	if (!spec)
		return 0;
	if (strncmp(spec, "nvme-subsys", 11) != 0)
		return dev_resolve(ctx, spec, node);
	*node = spec;
	return 0;
}

bool subsys_names(const struct topo_subsys *s, const char *node, const struct topo_ns **only)
{
	if (strcmp(node, s->name) == 0)
		return true;
	for (size_t i = 0; i < s->nctrls; i++) {
		if (strcmp(node, s->ctrls[i]->name) == 0)
			return true;
	}
	for (size_t i = 0; i < s->nns; i++) {
		if (strcmp(node, s->ns[i]->name) == 0 || strcmp(node, s->ns[i]->generic) == 0) {
			*only = s->ns[i];
			return true;
		}
	}
	return false;
}

bool subsys_same_host(const struct topo_ctrl *c, const struct topo_ctrl *host)
{
	return !host || (strcmp(c->hostnqn, host->hostnqn) == 0 && strcmp(c->hostid, host->hostid) == 0);
}

static struct val *host_of(struct arena *a, struct val *hosts, const char *nqn, const char *id)
{
	struct val *h;

	val_for_each(it, hosts) {
		if (strcmp(val_str(a, it, "HostNQN"), nqn) == 0 && strcmp(val_str(a, it, "HostID"), id) == 0)
			return val_get(it, "Subsystems");
	}
	h = val_put_obj(a, hosts, NULL);
	val_put_str(a, h, "HostNQN", nqn);
	val_put_str(a, h, "HostID", id);
	return val_put_arr(a, h, "Subsystems");
}

static void put_one(struct arena *a, struct val *hosts, const struct topo_subsys *s, const struct topo_ns *only,
		    const struct topo_ctrl *host, subsys_fill *fill)
{
	struct val *list = host ? host_of(a, hosts, host->hostnqn, host->hostid) : host_of(a, hosts, s->hostnqn, s->hostid);
	struct val *o = val_put_obj(a, list, NULL);

	val_put_str(a, o, "Name", s->name);
	val_put_str(a, o, "NQN", s->nqn);
	val_put_str(a, o, "Type", s->type);
	val_put_str(a, o, "IOPolicy", s->iopolicy);
	val_put_str(a, o, "Model", s->model);
	val_put_str(a, o, "Serial", s->serial);
	val_put_str(a, o, "Firmware", s->firmware);
	fill(a, o, s, only, host);
}

static void put_subsys(struct arena *a, struct val *hosts, const struct topo_subsys *s, const struct topo_ns *only,
		       subsys_fill *fill)
{
	if (!s->nctrls)
		put_one(a, hosts, s, only, NULL, fill);
	for (size_t i = 0; i < s->nctrls; i++) {
		size_t j = 0;

		while (!subsys_same_host(s->ctrls[j], s->ctrls[i]))
			j++;
		if (j == i) /* the first of its host */
			put_one(a, hosts, s, only, s->ctrls[i], fill);
	}
}

void subsys_walk(struct ctx *ctx, const struct topo *t, const char *node, subsys_fill *fill, struct val *out)
{
	struct val *hosts = val_put_arr(ctx->arena, out, "Hosts");

	for (size_t i = 0; i < t->nsubsys; i++) {
		const struct topo_ns *only = NULL;

		if (!node || subsys_names(t->subsys[i], node, &only))
			put_subsys(ctx->arena, hosts, t->subsys[i], only, fill);
	}
}

int subsys_found(struct ctx *ctx, const char *node, const struct val *out)
{
	const struct val *hosts = val_get(out, "Hosts");

	if (!node || (hosts && hosts->c.n))
		return 0;
	return fail(ctx, XC_NODEV, 0, "there is no device %s", ctx->operands[0]);
}
