/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* config status: what is connected of what is configured, and what else is connected. */
#include <string.h>

#include "cmd/config.h"
#include "cmd/fab.h"
#include "dev/topo.h"

struct status_args {
	const char *config;
};

static const struct opt status_opts[] = { OPT_CONFIG(status_args, config) };

static const struct field status_rows[] = {
	CONFIG_TEXT("status", "connected; missing; on-demand: a discovery controller that is not kept; other: not configured"),
	CONFIG_TEXT("device", "Controller, or empty"),
	CONFIG_TEXT("state", "State of the controller, or empty"),
	CONFIG_TEXT("kind", "subsystem or discovery"),
	CONFIG_TEXT("connection", "Transport, address and NQN in one line"),
	CONFIG_TEXT("transport", "Transport"),
	CONFIG_TEXT("traddr", "Transport address"),
	CONFIG_TEXT("trsvcid", "Transport service identifier"),
	CONFIG_TEXT("nqn", "NVMe qualified name of the subsystem"),
	CONFIG_TEXT("file", "File in which it stands, or empty"),
	CONFIG_UINT("line", "Line, or 0"),
	CONFIG_TEXT("where", "File and line, or empty"),
};

static const struct field top_rows[] = {
	CONFIG_UINT("connected", "Configured connections that are there"),
	CONFIG_UINT("missing", "Configured connections that are not there"),
	CONFIG_UINT("other", "Connections that are not configured"),
	{ "connections", "Connections", .kind = K_ARRAY, SUB(status_rows) },
	{ "files", "Files, in the order in which they count", .kind = K_ARRAY, SUB(config_file_rows) },
};

static const struct spec spec_status = { "config-status", "Configured connections and existing ones", NULL, 0, 1,
					 FIELDS(top_rows) };

#define COL(n, h, k, ...) { .name = n, .heading = h, .key = k, .by_default = true, __VA_ARGS__ }
static const struct column status_cols[] = {
	COL("Status", "Status", "status", .help = "connected, missing, on-demand, other"),
	COL("Controller", "Controller", "device", .help = "controller"),
	COL("State", "State", "state", .help = "its state"),
	COL("Kind", "Kind", "kind", .help = "subsystem or discovery"),
	COL("Connection", "Connection", "connection", .help = "transport, address and NQN"),
	COL("Where", "Configured at", "where", .help = "file and line"),
};

struct counts {
	size_t connected, missing, other;
};

static void put_texts(struct arena *a, struct val *o, const struct fab_conn *c)
{
	static const enum fab_key texts[] = { FK_TRANSPORT, FK_TRADDR, FK_TRSVCID, FK_NQN };

	val_put_str(a, o, "kind", fab_flag(c, FK_DISCOVERY) ? "discovery" : "subsystem");
	val_put_str(a, o, "connection", fab_describe(a, c));
	for (size_t i = 0; i < NELEMS(texts); i++)
		val_put_str(a, o, fab_keys[texts[i]].opt, fab_text(c, texts[i]));
}

/* Its controller; NULL: there is none. Names of hosts are looked up, and a host that is not named is this one. */
static const struct topo_ctrl *find(struct ctx *ctx, const struct topo *t, const struct fab_conn *usual, const struct fab_conn *conn)
{
	const struct topo_ctrl *there;
	struct fab_conn c = *conn;

	if (!c.v[FK_HOSTNQN].set && !c.v[FK_HOSTID].set)
		fab_merge(&c, usual);
	if (fab_find_named(ctx, t, &c, &there))
		warn_user(ctx, "%s", fab_take_error(ctx).message);
	return there;
}

static void put_entry(struct arena *a, struct val *list, const struct fabconf_entry *e, const struct topo_ctrl *x,
		      struct counts *n)
{
	bool kept = !fab_flag(&e->conn, FK_DISCOVERY) || fab_flag(&e->conn, FK_PERSISTENT);
	struct val *o = val_put_obj(a, list, NULL);

	n->connected += x != NULL;
	n->missing += !x && kept;
	val_put_str(a, o, "status", x ? "connected" : kept ? "missing" : "on-demand");
	val_put_str(a, o, "device", x ? x->name : "");
	val_put_str(a, o, "state", x ? x->state : "");
	put_texts(a, o, &e->conn);
	val_put_str(a, o, "file", e->file);
	val_put_u64(a, o, "line", e->line);
	val_put_str(a, o, "where", arena_printf(a, "%s:%zu", e->file, e->line));
}

static void put_other(struct arena *a, struct val *list, const struct topo_ctrl *x)
{
	struct val *o = val_put_obj(a, list, NULL);
	struct fab_conn c;

	fab_of_ctrl(a, x, &c);
	fab_put_number(&c, FK_DISCOVERY, strcmp(x->cntrltype, "discovery") == 0, "");
	val_put_str(a, o, "status", "other");
	val_put_str(a, o, "device", x->name);
	val_put_str(a, o, "state", x->state);
	put_texts(a, o, &c);
	val_put_str(a, o, "file", "");
	val_put_u64(a, o, "line", 0);
	val_put_str(a, o, "where", "");
}

bool config_over_fabrics(const struct topo_ctrl *x)
{
	static const char *const transports[] = { "tcp", "rdma", "fc", "loop" };

	for (size_t i = 0; i < NELEMS(transports); i++) {
		if (strcmp(transports[i], x->transport) == 0)
			return true;
	}
	return false;
}

/* Controllers that no entry is about. */
static void put_others(struct arena *a, struct val *list, const struct topo *t, const struct topo_ctrl *const *found, size_t n,
		       struct counts *counts)
{
	for (size_t i = 0; i < t->nsubsys; i++) {
		for (size_t k = 0; k < t->subsys[i]->nctrls; k++) {
			const struct topo_ctrl *x = t->subsys[i]->ctrls[k];
			size_t j = 0;

			while (j < n && found[j] != x)
				j++;
			if (j < n || !config_over_fabrics(x))
				continue;
			put_other(a, list, x);
			counts->other++;
		}
	}
}

static int run_status(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct status_args *args = argp;
	struct arena *a = ctx->arena;
	const struct topo_ctrl **found;
	struct fab_conn usual = { 0 };
	struct counts n = { 0 };
	struct val *list;
	struct fabconf *fc;
	struct topo *t;
	int rc = fabconf_load(ctx, args->config, &fc);

	if (!rc)
		rc = fabconf_check(ctx, fc);
	if (!rc)
		rc = topo_read(ctx, TOPO_HOST, &t);
	if (rc)
		return rc;
	if (fab_host(ctx, &usual))
		(void)fab_take_error(ctx);
	list = val_new(a, VAL_ARR);
	found = arena_calloc(a, fc->n + 1, sizeof(*found));
	for (size_t i = 0; i < fc->n; i++) {
		found[i] = find(ctx, t, &usual, &fc->entries[i].conn);
		put_entry(a, list, &fc->entries[i], found[i], &n);
	}
	put_others(a, list, t, found, fc->n, &n);
	val_put_u64(a, out, "connected", n.connected);
	val_put_u64(a, out, "missing", n.missing);
	val_put_u64(a, out, "other", n.other);
	val_add(out, "connections", list);
	config_put_files(a, out, fc);
	config_note_empty(ctx, args->config, fc);
	return 0;
}

const struct cmd cmd_config_status = {
	.name = "config-status",
	.group = "NVMe over Fabrics",
	.alias = "config status",
	.brief = "Compare the configured connections with those that exist",
	.desc = "Shows for every configured connection whether it is there, as which controller and in which state, and then what is "
		"connected without standing in the configuration: made by hand, or learned from a discovery controller.\n\n"
		"A discovery controller that is not persistent is connected to only while it is asked.",
	.examples = "nvmekit config status\n  What is missing?\n"
		    "nvmekit config status -o json\n  The same for a script.\n",
	.target = T_NONE,
	OPTS(status_args, status_opts),
	.out = &spec_status,
	.layout = &(const struct layout){
		.kind = LAY_TABLE, .rows = "connections", .cols = status_cols, .ncols = NELEMS(status_cols) },
	.run = run_status,
};
