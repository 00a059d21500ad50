/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * config --scan, --modify, --dump, --update, as nvme-cli 2.x has them: config.json out of what it says, what is connected, and what
 * the command line says. For scripts that were written for it; 'config create' and 'config show' are what else there is.
 */
#include <string.h>

#include "cmd/config.h"
#include "cmd/fab.h"
#include "cmd/fabopts.h"
#include "dev/gate.h"
#include "dev/image.h"
#include "dev/topo.h"

struct json_args {
	struct fabopts fab;
	const char *config;
	bool scan, modify, dump, update;
};

static const struct opt json_opts[] = {
	FAB_OPTS(json_args, fab),
	OPT(json_args, config, 'J', "config", "FILE", "Use this file in place of " FABCONF_JSON "; none: begin with nothing",
	    .complete = COMP_FILE),
	OPT(json_args, scan, 'R', "scan", NULL, "Add what is connected"),
	OPT(json_args, modify, 'M', "modify", NULL, "Add or change the connection that the other options name"),
	OPT(json_args, dump, 'O', "dump", NULL, "Show the result; secrets are left out"),
	OPT(json_args, update, 'U', "update", NULL, "Write the result to the file"),
};

static const struct field json_rows[] = {
	CONFIG_TEXT("text", "The configuration in the form of config.json, without secrets; empty without --dump"),
	CONFIG_TEXT("file", "File that was written, or empty"),
	CONFIG_UINT("connections", "Connections in it"),
};

static const struct spec spec_json = { "config", "Configuration in the form of config.json", NULL, 0, 1, FIELDS(json_rows) };

struct list {
	struct ctx *ctx;
	struct fabconf_entry *e;
	size_t n, max;
};

/* --- what it consists of --- */

static void add(struct list *l, const struct fabconf_entry *e)
{
	if (l->n == l->max) {
		size_t more = l->max ? 2 * l->max : 16;
		struct fabconf_entry *grown = arena_calloc(l->ctx->arena, more, sizeof(*grown));

		if (l->n)
			memcpy(grown, l->e, l->n * sizeof(*grown));
		l->e = grown;
		l->max = more;
	}
	l->e[l->n++] = *e;
}

static struct fabconf_entry *find(struct list *l, const struct fab_conn *c)
{
	for (size_t i = 0; i < l->n; i++) {
		if (fabconf_same_target(l->ctx->arena, &l->e[i].conn, c))
			return &l->e[i];
	}
	return NULL;
}

/* A file that is not there yet is an empty one: --update makes it. */
static int read_file(struct list *l, const char *config)
{
	struct fabconf *fc;
	int rc;

	if (config && (strcmp(config, "none") == 0 || !fabconf_there(l->ctx, config, true)))
		return 0;
	rc = config ? fabconf_load(l->ctx, config, &fc) : fabconf_load_older(l->ctx, &fc);
	if (!rc)
		rc = fabconf_check(l->ctx, fc);
	for (size_t i = 0; !rc && i < fc->n; i++) {
		if (fc->files[fc->entries[i].index].format == FABCONF_IS_JSON)
			add(l, &fc->entries[i]);
		else if (config)
			rc = fail(l->ctx, XC_USAGE, 0, "%s is not in the format of config.json", config);
	}
	return rc;
}

/* What is said once of a host or a subsystem holds for what is added to it. */
static void inherit(const struct list *l, struct fabconf_entry *e)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct fabconf_entry *x = &l->e[i];

		if (strcmp(fab_text(&x->conn, FK_HOSTNQN), fab_text(&e->conn, FK_HOSTNQN)) != 0)
			continue;
		if (!e->conn.v[FK_HOSTSYMNAME].set)
			e->conn.v[FK_HOSTSYMNAME] = x->conn.v[FK_HOSTSYMNAME];
		if (!*e->application && strcmp(fab_text(&x->conn, FK_NQN), fab_text(&e->conn, FK_NQN)) == 0)
			e->application = x->application;
	}
}

/* Is it one of those that the file has? The kernel may say more of it. */
static bool in_file(const struct list *l, size_t n, const struct topo *t, const struct topo_ctrl *x)
{
	for (size_t i = 0; i < n; i++) {
		if (fab_find(t, &l->e[i].conn) == x)
			return true;
	}
	return false;
}

static int scan(struct list *l)
{
	size_t n = l->n;
	struct topo *t;
	int rc = topo_read(l->ctx, TOPO_HOST, &t);

	for (size_t i = 0; !rc && i < t->nsubsys; i++) {
		for (size_t k = 0; k < t->subsys[i]->nctrls; k++) {
			const struct topo_ctrl *x = t->subsys[i]->ctrls[k];
			struct fabconf_entry e = { .application = "" };

			/* The well-known name is no subsystem's own, and nvme-cli leaves it out. */
			if (!config_over_fabrics(x) || strcmp(x->nqn, FAB_DISCOVERY_NQN) == 0 || in_file(l, n, t, x))
				continue;
			fab_of_ctrl(l->ctx->arena, x, &e.conn);
			if (strcmp(x->cntrltype, "discovery") == 0)
				fab_put_number(&e.conn, FK_DISCOVERY, 1, x->name);
			inherit(l, &e);
			add(l, &e);
		}
	}
	return rc;
}

static int modify(struct list *l, const struct fabopts *o)
{
	struct fabconf_entry e = { .application = "" }, *there;
	const char *problem;
	int rc = fabopts_conn(l->ctx, o, &e.conn);

	if (!rc)
		rc = fab_host(l->ctx, &e.conn);
	if (rc)
		return rc;
	problem = fab_problem(l->ctx->arena, &e.conn);
	if (problem)
		return fail(l->ctx, XC_USAGE, 0, "--modify: %s", problem);
	if (fab_by_ip(&e.conn) && !e.conn.v[FK_TRSVCID].set)
		fab_put_text(&e.conn, FK_TRSVCID, "4420", "default");
	there = find(l, &e.conn);
	if (!there) {
		inherit(l, &e);
		add(l, &e);
		return 0;
	}
	fab_merge(&e.conn, &there->conn);
	there->conn = e.conn;
	return 0;
}

/* --- the text --- */

static bool by_default(const struct fab_value *v)
{
	return v->origin && strcmp(v->origin, "default") == 0;
}

static void put_value(struct arena *a, struct val *o, const struct fab_conn *c, enum fab_key k, bool open)
{
	const struct fab_value *v = &c->v[k];

	if (!v->set || by_default(v) || (!open && v->s && fabconf_is_secret(k, v->s)))
		return;
	if (fab_keys[k].type == FT_FLAG)
		val_put_bool(a, o, fab_keys[k].json, v->n);
	else if (fab_keys[k].type == FT_NUMBER)
		val_put_i64(a, o, fab_keys[k].json, v->n);
	else
		val_put_str(a, o, fab_keys[k].json, v->s);
}

/* The element of an array whose members are these texts; a new one where there is none. */
static struct val *element(struct arena *a, struct val *arr, const char *const (*members)[2], size_t n, const char *list)
{
	struct val *o;

	val_for_each(it, arr) {
		size_t i = 0;

		while (i < n && strcmp(val_str(a, it, members[i][0]), members[i][1]) == 0)
			i++;
		if (i == n)
			return val_get(it, list);
	}
	o = val_put_obj(a, arr, NULL);
	for (size_t i = 0; i < n; i++) {
		if (*members[i][1])
			val_put_str(a, o, members[i][0], members[i][1]);
	}
	return val_put_arr(a, o, list);
}

static const char *text_of(struct list *l, bool open)
{
	struct arena *a = l->ctx->arena;
	struct val *hosts = val_new(a, VAL_ARR), *port, *list;
	size_t len;

	for (size_t i = 0; i < l->n; i++) {
		const struct fab_conn *c = &l->e[i].conn;
		const char *const host[][2] = { { "hostnqn", fab_text(c, FK_HOSTNQN) },
						{ "hostid", fab_text(c, FK_HOSTID) },
						{ "hostsymname", fab_text(c, FK_HOSTSYMNAME) } };
		const char *const subsys[][2] = { { "nqn", fab_text(c, FK_NQN) }, { "application", l->e[i].application } };

		list = element(a, hosts, host, NELEMS(host), "subsystems");
		list = element(a, list, subsys, NELEMS(subsys), "ports");
		port = val_put_obj(a, list, NULL);
		for (size_t k = 0; k < FK_COUNT; k++) {
			if (k != FK_NQN && k != FK_HOSTNQN && k != FK_HOSTID && k != FK_HOSTSYMNAME)
				put_value(a, port, c, (enum fab_key)k, open);
		}
	}
	return image_to_json(a, hosts, &len);
}

static void plan(struct list *l, const char *file)
{
	const char **notes = arena_calloc(l->ctx->arena, l->n + 1, sizeof(*notes));

	for (size_t i = 0; i < l->n; i++)
		notes[i] = fab_describe(l->ctx->arena, &l->e[i].conn);
	gate_plan_step(l->ctx, "Write the file", file, notes);
}

static int run_json(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct json_args *args = argp;
	const char *file = args->config ? args->config : FABCONF_JSON;
	struct list l = { .ctx = ctx };
	int rc;

	if (args->update && strcmp(file, "none") == 0)
		return fail(ctx, XC_USAGE, 0, "--update needs a file, and --config=none names none");
	if (args->update && !ctx->g.dry_run)
		fabconf_lock(ctx, file, args->config != NULL);
	rc = read_file(&l, args->config);
	if (!rc && args->scan)
		rc = scan(&l);
	if (!rc && args->modify)
		rc = modify(&l, &args->fab);
	if (rc)
		return rc;
	if (args->update && ctx->g.dry_run)
		plan(&l, file);
	else if (args->update)
		rc = fabconf_write_file(ctx, file, args->config != NULL, text_of(&l, true), true);
	val_put_str(ctx->arena, out, "text", args->dump ? text_of(&l, false) : "");
	val_put_str(ctx->arena, out, "file", args->update ? file : "");
	val_put_u64(ctx->arena, out, "connections", l.n);
	return rc;
}

const struct cmd cmd_config = {
	.name = "config",
	.group = "NVMe over Fabrics",
	.brief = "Show or write config.json, with what is connected or given",
	.desc = "Reads config.json if it is there; adds what is connected (--scan) and the connection that the other options name "
		"(--modify); shows the result (--dump) and writes it to the file (--update). What is shown has no secrets; the "
		"file keeps those that it had, and can be read by its owner alone.\n\n"
		"The kernel tells addresses and names of its connections; what else they were made with is not in the result of --scan.",
	.examples = "nvmekit config --scan --dump\n  What is connected, in the form of config.json.\n",
	.target = T_NONE,
	.flags = C_ALTERS | C_HIDDEN | C_TEXT,
	OPTS(json_args, json_opts),
	.out = &spec_json,
	.run = run_json,
};
