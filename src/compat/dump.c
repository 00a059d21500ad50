/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * config --dump, laid out like all JSON of 2.16, which programs read line by line. And --dump-config: the fabrics connections that
 * there are, as a config.json of libnvme has them. It connects nothing.
 */
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "compat/line.h"
#include "dev/fabrics.h"
#include "dev/topo.h"
#include "output/out.h"

/* The element of the list in which the texts of these keys are the same, or a new one; returns its list 'inner'. */
static struct json_object *place(struct json_object *list, const enum fab_key *keys, size_t n,
				 const struct fab_conn *c, const char *inner)
{
	struct json_object *o, *to;

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		size_t same = 0;

		o = json_object_array_get_idx(list, i);
		for (size_t k = 0; k < n; k++)
			same += strcmp(json_object_get_string(
					       json_object_object_get(o, fab_keys[keys[k]].json)),
				       fab_text(c, keys[k])) == 0;
		if (same == n)
			return json_object_object_get(o, inner);
	}
	o = json_new_object();
	to = json_new_array();
	for (size_t k = 0; k < n; k++)
		json_put(o, fab_keys[keys[k]].json, json_text(fab_text(c, keys[k])));
	json_put(o, inner, to);
	json_push(list, o);
	return to;
}

static void put_port(struct json_object *ports, const struct fab_conn *c)
{
	static const enum fab_key keys[] = { FK_TRANSPORT, FK_TRADDR, FK_TRSVCID, FK_HOST_TRADDR,
					     FK_HOST_IFACE };
	struct json_object *o = json_new_object();

	for (size_t i = 0; i < NELEMS(keys); i++) {
		if (c->v[keys[i]].set)
			json_put(o, fab_keys[keys[i]].json, json_text(fab_text(c, keys[i])));
	}
	if (strcmp(fab_text(c, FK_NQN), FAB_DISCOVERY_NQN) == 0)
		json_put(o, fab_keys[FK_DISCOVERY].json, json_flag(true));
	json_push(ports, o);
}

static void put_ctrl(struct ctx *ctx, struct json_object *hosts, const struct topo_ctrl *t)
{
	static const enum fab_key of_host[] = { FK_HOSTNQN, FK_HOSTID }, of_subsys[] = { FK_NQN };
	struct fab_conn c;

	fab_of_ctrl(ctx->arena, t, &c);
	put_port(place(place(hosts, of_host, 2, &c, "subsystems"), of_subsys, 1, &c, "ports"), &c);
}

int line_dump_config(struct line *l)
{
	const char *system = getenv("NVMEKIT_SYSTEM"), *root = getenv("NVMEKIT_SYSROOT");
	struct ctx *ctx = l->ctx;
	struct json_object *hosts;
	struct topo *t;

	if (system && *system)
		ctx->g.system = system;
	if (root && *root)
		ctx->g.sysroot = root;
	if (topo_read(ctx, TOPO_HOST, &t)) {
		nvme_error(ctx, false, l->out, l->err);
		return line_leave(l, 1);
	}
	hosts = json_new_array();
	for (size_t i = 0; i < t->nsubsys; i++) {
		for (size_t k = 0; k < t->subsys[i]->nctrls; k++) {
			const struct topo_ctrl *c = t->subsys[i]->ctrls[k];

			if (transport_is_fabrics(c->transport))
				put_ctrl(ctx, hosts, c);
		}
	}
	/* Where there is nothing, 2.16 prints nothing. */
	if (json_object_array_length(hosts))
		json_write(l->out, hosts);
	else
		json_object_put(hosts);
	return line_leave(l, 0);
}

void print_config(struct ctx *ctx, const struct val *v, FILE *out)
{
	const char *text = val_str(ctx->arena, v, "text");
	struct json_object *o = *text ? json_tokener_parse(text) : NULL;

	if (o)
		json_write(out, o);
}
