/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* config show, config validate: what the configuration says, and what is wrong with it. */
#include <string.h>

#include "cmd/config.h"

struct config_args {
	const char *config;
};

static const struct opt config_opts[] = { OPT_CONFIG(config_args, config) };

const struct field config_file_rows[4] = {
	CONFIG_TEXT("file", "File"),
	CONFIG_TEXT("format", "Format: ini, json, discovery"),
	CONFIG_UINT("connections", "Connections that stand in it"),
	CONFIG_BOOL("converted", "It has been converted, and is not read any more"),
};

void config_put_files(struct arena *a, struct val *out, const struct fabconf *fc)
{
	struct val *files = val_put_arr(a, out, "files");

	for (size_t i = 0; i < fc->nfiles; i++) {
		struct val *f = val_put_obj(a, files, NULL);

		val_put_str(a, f, "file", fc->files[i].name);
		val_put_str(a, f, "format", fabconf_formats[fc->files[i].format]);
		val_put_u64(a, f, "connections", fc->files[i].entries);
		val_put_bool(a, f, "converted", fc->files[i].converted);
	}
}

void config_note_empty(struct ctx *ctx, const char *config, const struct fabconf *fc)
{
	if (!fc->nfiles && !config)
		warn_user(ctx, "there is no configuration: neither %s nor %s nor %s", FABCONF_INI, FABCONF_JSON, FABCONF_DISC);
	else if (!fc->n && !fc->errors)
		warn_user(ctx, "the configuration has no connections");
}

const char *config_count(struct arena *a, size_t n, const char *word)
{
	return arena_printf(a, "%zu %s%s", n, word, n == 1 ? "" : "s");
}

/* --- show --- */

static const struct field value_rows[] = {
	CONFIG_TEXT("key", "Key, as the options of connect are named"),
	CONFIG_TEXT("value", "Value; of a secret only that it is set"),
	CONFIG_TEXT("origin", "File and line, or default"),
};

static const struct field conn_rows[] = {
	CONFIG_TEXT("connection", "Transport, address and NQN in one line"),
	CONFIG_TEXT("transport", "Transport"),
	CONFIG_TEXT("traddr", "Transport address, or empty"),
	CONFIG_TEXT("trsvcid", "Transport service identifier, or empty"),
	CONFIG_TEXT("nqn", "NVMe qualified name of the subsystem"),
	CONFIG_TEXT("hostnqn", "NVMe qualified name of the host, or empty: the system's own"),
	CONFIG_TEXT("hostid", "Host identifier, or empty"),
	CONFIG_BOOL("discovery", "It is a discovery controller"),
	CONFIG_BOOL("persistent", "It is a discovery controller that is kept"),
	CONFIG_TEXT("application", "Application that it is for, or empty"),
	CONFIG_TEXT("kind", "subsystem, discovery controller, persistent discovery controller"),
	CONFIG_TEXT("file", "File in which it stands"),
	CONFIG_UINT("line", "Line"),
	{ "values", "Its values, and where each comes from", .kind = K_ARRAY, SUB(value_rows) },
};

static const struct field show_rows[] = {
	{ "connections", "Connections, as they would be made", .kind = K_ARRAY, SUB(conn_rows) },
	{ "files", "Files, in the order in which they count", .kind = K_ARRAY, SUB(config_file_rows), .flags = F_QUIET },
};

static const struct spec spec_show = { "config-show", "Configuration of fabrics", NULL, 0, 1, FIELDS(show_rows) };

static const struct tree_level show_levels[] = {
	{ "connections", "{connection} ({kind})" },
	{ "values", "{key} = {value}  ({origin})" },
};

static const char *kind_of(const struct fab_conn *c)
{
	if (!fab_flag(c, FK_DISCOVERY))
		return "subsystem";
	return fab_flag(c, FK_PERSISTENT) ? "persistent discovery controller" : "discovery controller";
}

static const char *value_text(struct arena *a, const struct fab_conn *c, enum fab_key k)
{
	return c->v[k].s && fabconf_is_secret(k, c->v[k].s) ? "set" : fabconf_value(a, c, k, false);
}

static void put_values(struct arena *a, struct val *o, const struct fab_conn *c)
{
	struct val *values = val_put_arr(a, o, "values");

	for (size_t k = 0; k < FK_COUNT; k++) {
		struct val *v;

		/* That is what "kind" says. */
		if (!c->v[k].set || ((k == FK_DISCOVERY || k == FK_PERSISTENT) && strcmp(c->v[k].origin, "default") == 0))
			continue;
		v = val_put_obj(a, values, NULL);
		val_put_str(a, v, "key", fab_keys[k].opt);
		val_put_str(a, v, "value", value_text(a, c, (enum fab_key)k));
		val_put_str(a, v, "origin", c->v[k].origin);
	}
}

static void put_connection(struct arena *a, struct val *list, const struct fabconf_entry *e)
{
	static const enum fab_key texts[] = { FK_TRANSPORT, FK_TRADDR, FK_TRSVCID, FK_NQN, FK_HOSTNQN, FK_HOSTID };
	struct val *o = val_put_obj(a, list, NULL);

	val_put_str(a, o, "connection", fab_describe(a, &e->conn));
	for (size_t i = 0; i < NELEMS(texts); i++)
		val_put_str(a, o, fab_keys[texts[i]].opt, fab_text(&e->conn, texts[i]));
	val_put_bool(a, o, "discovery", fab_flag(&e->conn, FK_DISCOVERY));
	val_put_bool(a, o, "persistent", fab_flag(&e->conn, FK_PERSISTENT));
	val_put_str(a, o, "application", e->application);
	val_put_str(a, o, "kind", kind_of(&e->conn));
	val_put_str(a, o, "file", e->file);
	val_put_u64(a, o, "line", e->line);
	put_values(a, o, &e->conn);
}

static int run_show(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct config_args *args = argp;
	struct fabconf *fc;
	struct val *list;
	int rc = fabconf_load(ctx, args->config, &fc);

	if (rc)
		return rc;
	list = val_put_arr(ctx->arena, out, "connections");
	for (size_t i = 0; i < fc->n; i++)
		put_connection(ctx->arena, list, &fc->entries[i]);
	config_put_files(ctx->arena, out, fc);
	config_note_empty(ctx, args->config, fc);
	if (fc->errors) {
		warn_user(ctx, "there %s: nothing is connected before 'nvmekit config validate' finds none",
			  arena_printf(ctx->arena, "%s %s", fc->errors == 1 ? "is" : "are", config_count(ctx->arena, fc->errors, "error")));
		ctx->verdict = XC_DATA;
	}
	return 0;
}

const struct cmd cmd_config_show = {
	.name = "config-show",
	.group = "NVMe over Fabrics",
	.alias = "config show",
	.brief = "Show the configured connections, and where each value comes from",
	.desc = "Reads /etc/nvme/nvme-fabrics.conf with its drop-ins, config.json and discovery.conf, or FILE, and shows every "
		"connection with all of its values as they would be used. Nothing is connected, and no name is looked up. A "
		"connection that stands in several files is shown once, as the first of them has it.\n\n"
		"Of secrets it is only said that they are set. A host without a name here is the system's own (/etc/nvme/hostnqn).",
	.examples = "nvmekit config show\n  What is configured, and in which line.\n"
		    "nvmekit config show -o json\n  The same for a script.\n",
	.target = T_NONE,
	OPTS(config_args, config_opts),
	.out = &spec_show,
	.layout = &(const struct layout){ .kind = LAY_TREE, .levels = show_levels, .nlevels = NELEMS(show_levels) },
	.run = run_show,
};

/* --- validate --- */

static const struct field problem_rows[] = {
	CONFIG_TEXT("where", "File and line"),
	CONFIG_UINT("line", "Line, 0: the file as a whole"),
	CONFIG_TEXT("severity", "warning; unsafe: others can read a secret, or change the file; error"),
	CONFIG_TEXT("message", "What is wrong"),
	CONFIG_TEXT("hint", "What was meant, or what to do; or empty"),
};

static const struct field checked_rows[] = {
	CONFIG_TEXT("file", "File"),
	CONFIG_TEXT("format", "Format: ini, json, discovery"),
	CONFIG_UINT("connections", "Connections that stand in it"),
	CONFIG_BOOL("converted", "It has been converted, and is not read any more"),
	CONFIG_TEXT("summary", "The result in words"),
	{ "problems", "What is wrong", .kind = K_ARRAY, SUB(problem_rows) },
};

static const struct field validate_rows[] = {
	CONFIG_BOOL("valid", "There is nothing but warnings"),
	CONFIG_UINT("errors", "Errors"),
	CONFIG_UINT("unsafe", "Secrets that others can read, files that others can change"),
	CONFIG_UINT("warnings", "Warnings"),
	{ "files", "Files, in the order in which they count", .kind = K_ARRAY, SUB(checked_rows) },
};

static const struct spec spec_validate = { "config-validate", "Check of the configuration of fabrics", NULL, 0, 1,
					   FIELDS(validate_rows) };

static const struct tree_level validate_levels[] = {
	{ "files", "{file} ({format}): {summary}" },
	{ "problems", "{where}: {severity}: {message}[; {hint}]" },
};

static void put_problems(struct arena *a, struct val *o, const struct fabconf *fc, const struct fabconf_file *f)
{
	struct val *list = val_put_arr(a, o, "problems");

	for (size_t i = 0; i < fc->nproblems; i++) {
		const struct fabconf_problem *p = &fc->problems[i];
		struct val *v;

		if (strcmp(p->file, f->name) != 0)
			continue;
		v = val_put_obj(a, list, NULL);
		val_put_str(a, v, "where", p->line ? arena_printf(a, "%s:%zu", p->file, p->line) : p->file);
		val_put_u64(a, v, "line", p->line);
		val_put_str(a, v, "severity", fabconf_severities[p->severity]);
		val_put_str(a, v, "message", p->text);
		val_put_str(a, v, "hint", p->hint ? p->hint : "");
	}
}

static const char *summary_of(struct arena *a, const struct fabconf_file *f, const struct val *problems)
{
	const char *count = config_count(a, f->entries, "connection");

	if (f->converted)
		return "converted, not read any more";
	if (!problems->c.n)
		return arena_printf(a, "%s, nothing wrong", count);
	return arena_printf(a, "%s, %s", count, config_count(a, problems->c.n, "problem"));
}

static int run_validate(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct config_args *args = argp;
	struct arena *a = ctx->arena;
	struct fabconf *fc;
	int rc = fabconf_load(ctx, args->config, &fc);

	if (rc)
		return rc;
	val_put_bool(a, out, "valid", !fc->errors && !fc->unsafe);
	val_put_u64(a, out, "errors", fc->errors);
	val_put_u64(a, out, "unsafe", fc->unsafe);
	val_put_u64(a, out, "warnings", fc->warnings);
	config_put_files(a, out, fc);
	val_for_each(f, val_get(out, "files")) {
		const struct fabconf_file *file = fc->files;

		while (strcmp(file->name, val_str(a, f, "file")) != 0)
			file++;
		put_problems(a, f, fc, file);
		val_put_str(a, f, "summary", summary_of(a, file, val_get(f, "problems")));
	}
	config_note_empty(ctx, args->config, fc);
	if (fc->errors + fc->unsafe + fc->warnings > fc->nproblems)
		warn_user(ctx, "only the first %zu problems are shown", fc->nproblems);
	if (fc->errors || fc->unsafe)
		ctx->verdict = XC_DATA;
	return 0;
}

const struct cmd cmd_config_validate = {
	.name = "config-validate",
	.group = "NVMe over Fabrics",
	.alias = "config validate",
	.brief = "Check the configuration of connections, and name every mistake with its line",
	.desc = "Reads the same files as 'config show' and names everything that is wrong with them: keys that are not known, values of "
		"a wrong form or out of range, keys and connections that stand twice, what is missing or contradicts itself, secrets "
		"that others can read.\n\n"
		"The exit code is 0 if all can be used, also with warnings, and 7 if there are errors, or if others than its owner "
		"can read a secret or change a file. Nothing is connected from a configuration with an error.",
	.examples = "nvmekit config validate\n  Is it sound?\n"
		    "nvmekit config validate -o json\n  The same for a script.\n",
	.target = T_NONE,
	OPTS(config_args, config_opts),
	.out = &spec_validate,
	.layout = &(const struct layout){ .kind = LAY_TREE, .levels = validate_levels, .nlevels = NELEMS(validate_levels) },
	.run = run_validate,
};
