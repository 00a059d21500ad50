/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* config convert: nvme-fabrics.conf from config.json and discovery.conf. */
#include <ctype.h>
#include <string.h>

#include "cmd/config.h"
#include "dev/gate.h"

struct convert_args {
	const char *config, *output;
	bool force;
};

static const struct opt convert_opts[] = {
	OPT(convert_args, config, 'J', "config", "FILE",
	    "Convert this file, in place of " FABCONF_JSON " and " FABCONF_DISC, .complete = COMP_FILE),
	OPT_OUTPUT(convert_args, output, "Write to this file and its drop-ins, not to " FABCONF_INI),
	OPT(convert_args, force, 0, "force", NULL, "Replace files that are there already"),
};

static const struct field source_rows[] = {
	CONFIG_TEXT("file", "File"),
	CONFIG_TEXT("format", "Format: json, discovery"),
	CONFIG_UINT("connections", "Connections that stand in it"),
};

static const struct field target_rows[] = {
	CONFIG_TEXT("file", "File"),
	CONFIG_TEXT("hostnqn", "NVMe qualified name of the host, or empty: the system's own"),
	CONFIG_UINT("connections", "Connections"),
	CONFIG_TEXT("summary", "The same in words"),
};

static const struct field convert_rows[] = {
	{ "sources", "What was converted", .kind = K_ARRAY, SUB(source_rows) },
	{ "files", "What was written", .kind = K_ARRAY, SUB(target_rows) },
	CONFIG_BOOL("converted", "The sources are marked as converted, and not read any more"),
};

static const struct spec spec_convert = { "config-convert", "Configuration that was converted", NULL, 0, 1,
					  FIELDS(convert_rows) };

static const struct tree_level convert_levels[] = {
	{ "files", "{file}: {summary}" },
};

/* The connections of one host: one file. */
struct host {
	const struct fab_conn *of;
	const struct fabconf_entry **e;
	size_t n;
	const char *file, *text, *shown;
	bool secret;
};

struct job {
	struct ctx *ctx;
	struct fabconf *from;
	const char *main_file;
	bool users;
	struct host *hosts;
	size_t nhosts;
};

/* --- who has which file --- */

static bool same_host(const struct fab_conn *a, const struct fab_conn *b)
{
	static const enum fab_key keys[] = { FK_HOSTNQN, FK_HOSTID, FK_HOSTSYMNAME };

	for (size_t i = 0; i < NELEMS(keys); i++) {
		if (strcmp(fab_text(a, keys[i]), fab_text(b, keys[i])) != 0)
			return false;
	}
	return true;
}

static void group(struct job *j)
{
	struct fabconf *fc = j->from;

	j->hosts = arena_calloc(j->ctx->arena, fc->n + 1, sizeof(*j->hosts));
	for (size_t i = 0; i < fc->n; i++) {
		size_t k = 0;

		while (k < j->nhosts && !same_host(j->hosts[k].of, &fc->entries[i].conn))
			k++;
		if (k == j->nhosts) {
			j->hosts[j->nhosts++].of = &fc->entries[i].conn;
			j->hosts[k].e = arena_calloc(j->ctx->arena, fc->n - i, sizeof(*j->hosts[k].e));
		}
		j->hosts[k].e[j->hosts[k].n++] = &fc->entries[i];
	}
}

/* The system's own connections stand in the main file; another host does only where it is the only one. */
static int name_files(struct job *j)
{
	struct arena *a = j->ctx->arena;

	for (size_t i = 0; i < j->nhosts; i++) {
		struct host *h = &j->hosts[i];
		const char *nqn = fab_text(h->of, FK_HOSTNQN), *colon = strrchr(nqn, ':');
		char *name = arena_printf(a, "host-%.64s", colon ? colon + 1 : nqn);

		for (char *p = name; *p; p++)
			*p = isalnum((unsigned char)*p) || strchr("-_.", *p) ? *p : '-';
		h->file = !*nqn || j->nhosts == 1 ? j->main_file : arena_printf(a, "%s.d/%s.conf", j->main_file, name);
		for (size_t k = 0; k < i; k++) {
			if (strcmp(h->file, j->hosts[k].file) != 0)
				continue;
			return fail(j->ctx, XC_DATA, 0, "%s:%zu: its host would have the same file as that of %s:%zu: %s", h->e[0]->file,
				    h->e[0]->line, j->hosts[k].e[0]->file, j->hosts[k].e[0]->line, h->file);
		}
	}
	return 0;
}

/* --- the text --- */

/* One section for each set of paths that may stand together, in the order of the source. */
static const char *sections(struct job *j, const struct host *h, bool open)
{
	struct arena *a = j->ctx->arena;
	const struct fabconf_entry **run = arena_calloc(a, h->n + 1, sizeof(*run));
	bool *done = arena_calloc(a, h->n + 1, sizeof(*done));
	const char **parts = arena_calloc(a, 2 * h->n + 1, sizeof(*parts));
	size_t nparts = 0;

	parts[nparts++] = fabconf_host(a, h->of);
	for (size_t i = 0; parts[nparts - 1] && i < h->n; i++) {
		size_t n = 0;

		for (size_t k = i; !done[i] && k < h->n; k++) {
			if (done[k] || !fabconf_same_section(&h->e[i]->conn, &h->e[k]->conn))
				continue;
			done[k] = k > i;
			run[n++] = h->e[k];
		}
		if (!n)
			continue;
		if (nparts > 1 || *parts[0])
			parts[nparts++] = "\n";
		parts[nparts++] = fabconf_section(a, run, n, open);
	}
	return parts[nparts - 1] ? fabconf_join(a, parts, nparts) : NULL;
}

/* There its own values are its own; in the older formats they hold for what it offers. Its Keep Alive never did. */
static void warn_of_offered(struct job *j, const struct fabconf_entry *e)
{
	for (size_t k = FK_NR_IO_QUEUES; fab_flag(&e->conn, FK_DISCOVERY) && k <= FK_DISABLE_SQFLOW; k++) {
		if (e->conn.v[k].set && k != FK_KEEP_ALIVE_TMO && k != FK_DUPLICATE_CONNECT)
			warn_user(j->ctx, "%s:%zu: %s is from now on the discovery controller's own; for what it offers, put it into "
				  "[I/O Controller Defaults]", e->file, e->line, fab_keys[k].opt);
	}
}

static int make_texts(struct job *j)
{
	for (size_t i = 0; i < j->nhosts; i++) {
		struct host *h = &j->hosts[i];

		h->text = sections(j, h, true);
		h->shown = sections(j, h, false);
		if (!h->text || !h->shown)
			return fail(j->ctx, XC_DATA, 0, "%s: a value has blanks at its ends, a semicolon, or the beginning of a comment: "
				    "nvme-fabrics.conf cannot hold it", h->e[0]->file);
		for (size_t k = 0; k < h->n; k++) {
			h->secret = h->secret || fabconf_secret(&h->e[k]->conn);
			warn_of_offered(j, h->e[k]);
			if (*h->e[k]->application)
				warn_user(j->ctx, "%s:%zu: the application '%s' is left out: nvme-fabrics.conf has no word for it", h->e[k]->file,
					  h->e[k]->line, h->e[k]->application);
		}
	}
	return 0;
}

/* --- what was written is what was there --- */

/* *next: where it is likely to stand, which is behind the one before. */
static bool is_in(const struct fabconf *fc, const char *file, const struct fab_conn *c, size_t *next)
{
	for (size_t i = 0; i < fc->n; i++) {
		const struct fabconf_entry *e = &fc->entries[(*next + i) % fc->n];

		if (strcmp(e->file, file) != 0 || !fabconf_same(&e->conn, c))
			continue;
		*next += i + 1;
		return true;
	}
	return false;
}

static int verify(struct job *j, bool mark)
{
	struct fabconf_draft *drafts = arena_calloc(j->ctx->arena, j->nhosts + j->from->nfiles + 1, sizeof(*drafts));
	size_t n = 0, next = 0;
	struct fabconf *fc;
	bool main_file = false;
	int rc;

	for (; n < j->nhosts; n++) {
		drafts[n] = (struct fabconf_draft){ j->hosts[n].file, j->hosts[n].text };
		main_file = main_file || strcmp(j->hosts[n].file, j->main_file) == 0;
	}
	if (!main_file && !fabconf_there(j->ctx, j->main_file, j->users))
		drafts[n++] = (struct fabconf_draft){ j->main_file, "" };
	for (size_t i = 0; mark && i < j->from->nfiles; i++)
		drafts[n++] = (struct fabconf_draft){ arena_printf(j->ctx->arena, "%s" FABCONF_CONVERTED, j->from->files[i].name), "" };
	rc = fabconf_try(j->ctx, j->users ? j->main_file : NULL, drafts, n, &fc);
	if (!rc)
		rc = fabconf_check(j->ctx, fc);
	for (size_t i = 0; !rc && i < j->nhosts; i++) {
		for (size_t k = 0; !rc && k < j->hosts[i].n; k++) {
			const struct fabconf_entry *e = j->hosts[i].e[k];

			if (!is_in(fc, j->hosts[i].file, &e->conn, &next))
				rc = fail(j->ctx, XC_DATA, 0, "%s:%zu: in nvme-fabrics.conf this would be another connection", e->file, e->line);
		}
	}
	return rc;
}

/* --- */

static int read_sources(struct job *j, const struct convert_args *args)
{
	struct ctx *ctx = j->ctx;
	int rc = args->config ? fabconf_load(ctx, args->config, &j->from) : fabconf_load_older(ctx, &j->from);

	if (!rc)
		rc = fabconf_check(ctx, j->from);
	if (rc)
		return rc;
	if (args->config && j->from->nfiles && j->from->files[0].format == FABCONF_IS_INI)
		return fail(ctx, XC_USAGE, 0, "%s is in the format of nvme-fabrics.conf already", args->config);
	if (!j->from->nfiles)
		return fail(ctx, XC_USAGE, 0, "there is nothing to convert: neither %s nor %s", FABCONF_JSON, FABCONF_DISC);
	if (!j->from->n)
		return fail(ctx, XC_USAGE, 0, "there is nothing to convert: %s has no connections", j->from->files[0].name);
	return 0;
}

static int check_targets(struct job *j, bool force)
{
	for (size_t i = 0; !force && i < j->nhosts; i++) {
		if (fabconf_there(j->ctx, j->hosts[i].file, j->users))
			return fail_hint(j->ctx, fail(j->ctx, XC_USAGE, 0, "%s exists already", j->hosts[i].file),
					 "--force replaces it; --output=FILE writes elsewhere");
	}
	return 0;
}

static void plan(struct job *j, bool mark)
{
	struct arena *a = j->ctx->arena;

	for (size_t i = 0; i < j->nhosts; i++) {
		const char *text = j->hosts[i].shown, **notes = arena_calloc(a, strlen(text) + 1, sizeof(*notes));

		for (size_t n = 0, len; *text; text += len + (text[len] == '\n')) {
			len = strcspn(text, "\n");
			if (len)
				notes[n++] = arena_strndup(a, text, len);
		}
		gate_plan_step(j->ctx, "Write the file", j->hosts[i].file, notes);
	}
	for (size_t i = 0; mark && i < j->from->nfiles; i++)
		gate_plan_step(j->ctx, "Mark as converted", j->from->files[i].name, NULL);
}

static int write_all(struct job *j, bool mark)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < j->nhosts; i++)
		rc = fabconf_write_file(j->ctx, j->hosts[i].file, j->users, j->hosts[i].text, j->hosts[i].secret);
	for (size_t i = 0; !rc && mark && i < j->from->nfiles; i++)
		rc = fabconf_mark_converted(j->ctx, j->from->files[i].name, false);
	return rc;
}

static void answer(struct job *j, bool mark, struct val *out)
{
	struct arena *a = j->ctx->arena;
	struct val *sources = val_put_arr(a, out, "sources"), *files;

	for (size_t i = 0; i < j->from->nfiles; i++) {
		struct val *s = val_put_obj(a, sources, NULL);

		val_put_str(a, s, "file", j->from->files[i].name);
		val_put_str(a, s, "format", fabconf_formats[j->from->files[i].format]);
		val_put_u64(a, s, "connections", j->from->files[i].entries);
	}
	files = val_put_arr(a, out, "files");
	for (size_t i = 0; i < j->nhosts; i++) {
		struct val *f = val_put_obj(a, files, NULL);
		const char *nqn = fab_text(j->hosts[i].of, FK_HOSTNQN);

		val_put_str(a, f, "file", j->hosts[i].file);
		val_put_str(a, f, "hostnqn", nqn);
		val_put_u64(a, f, "connections", j->hosts[i].n);
		val_put_str(a, f, "summary",
			    arena_printf(a, "%s%s%s", config_count(a, j->hosts[i].n, "connection"), *nqn ? " as " : "", nqn));
	}
	val_put_bool(a, out, "converted", mark);
}

static int run_convert(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct convert_args *args = argp;
	struct job j = { .ctx = ctx, .main_file = args->output ? args->output : FABCONF_INI, .users = args->output != NULL };
	bool mark = !args->config && !args->output;
	int rc = read_sources(&j, args);

	if (rc)
		return rc;
	group(&j);
	rc = name_files(&j);
	if (!rc)
		rc = make_texts(&j);
	if (!rc)
		rc = check_targets(&j, args->force);
	if (!rc)
		rc = verify(&j, mark);
	if (rc)
		return rc;
	if (ctx->g.dry_run) {
		plan(&j, mark);
		return 0;
	}
	rc = write_all(&j, mark);
	if (!rc)
		answer(&j, mark, out);
	return rc;
}

const struct cmd cmd_config_convert = {
	.name = "config-convert",
	.group = "NVMe over Fabrics",
	.alias = "config convert",
	.brief = "Convert an older configuration to nvme-fabrics.conf",
	.desc = "Reads config.json and discovery.conf and writes the same connections to " FABCONF_INI ". Connections of hosts with a name "
		"of their own go into drop-ins, one for each host, if there are several. What is about to be written is read "
		"again first: every connection has to come out as it went in, or nothing is written.\n\n"
		"Without --config and --output the old files stay where they are, and are marked with a link FILE.converted: they are "
		"not read any more. That is how nvme-cli 3.0 marks them too; removing the link takes it back. Files that hold "
		"secrets can be read by their owner alone.",
	.examples = "nvmekit config convert --output=nvme-fabrics.conf --dry-run\n  What would be written?\n"
		    "nvmekit config convert --force\n  Convert in place.\n",
	.target = T_NONE,
	.flags = C_ALTERS,
	OPTS(convert_args, convert_opts),
	.out = &spec_convert,
	.layout = &(const struct layout){ .kind = LAY_TREE, .levels = convert_levels, .nlevels = NELEMS(convert_levels) },
	.run = run_convert,
};
