/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* config create: one more connection in nvme-fabrics.conf, or in a drop-in where it is another host's. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/config.h"
#include "cmd/fabopts.h"
#include "dev/gate.h"

struct create_args {
	struct fabopts fab;
	bool discovery, persistent;
	const char *host_symname, *output;
};

static const struct opt create_opts[] = {
	FAB_OPTS(create_args, fab),
	OPT(create_args, discovery, 0, "discovery", NULL, "It is a discovery controller; --nqn may be left out then"),
	OPT(create_args, persistent, 'p', "persistent", NULL, "The discovery controller is kept"),
	OPT(create_args, host_symname, 0, "host-symname", "NAME",
	    "Symbolic name of the host, with --hostnqn; it names the drop-in as well"),
	OPT_OUTPUT(create_args, output, "Write to this file and its drop-ins, not to " FABCONF_INI),
};

static const struct field create_rows[] = {
	CONFIG_TEXT("file", "File in which it stands"),
	CONFIG_UINT("line", "Line"),
	CONFIG_TEXT("connection", "Transport, address and NQN in one line"),
	CONFIG_BOOL("created", "It was written now; otherwise it was there already"),
};

static const struct spec spec_create = { "config-create", "Connection that was added to the configuration", NULL, 0, 1,
					 FIELDS(create_rows) };

/* Where the new entry goes, and what is there. */
struct place {
	const char *main_file, *file; /* file: the main one, or a drop-in */
	const char *old;              /* what it says now; "" where it is not there */
	bool users, fresh, secrets;   /* fresh: it is not there */
};

/* --- what is wanted --- */

static int wanted(struct ctx *ctx, const struct create_args *args, struct fab_conn *c)
{
	const char *why;
	int rc;

	if (args->fab.secret || args->fab.ctrl_secret)
		return fail_hint(ctx, fail(ctx, XC_USAGE, 0, "a secret on the command line is not written to a file"),
				 "put it into a file of its own and name that: --dhchap-secret-file=FILE");
	rc = fabopts_conn(ctx, &args->fab, c);
	if (rc)
		return rc;
	if (args->persistent && !args->discovery)
		return fail(ctx, XC_USAGE, 0, "--persistent goes with --discovery");
	if (!c->v[FK_HOSTNQN].set && (c->v[FK_HOSTID].set || args->host_symname))
		return fail(ctx, XC_USAGE, 0, "--%s needs --hostnqn, which is what makes it another host",
			    c->v[FK_HOSTID].set ? "hostid" : "host-symname");
	fab_put_number(c, FK_DISCOVERY, args->discovery, FAB_ORIGIN);
	if (args->persistent)
		fab_put_number(c, FK_PERSISTENT, 1, FAB_ORIGIN);
	if (args->host_symname && fab_parse(ctx->arena, c, FK_HOSTSYMNAME, args->host_symname, FAB_ORIGIN, &why))
		return fail(ctx, XC_USAGE, 0, "--host-symname %s", why);
	return 0;
}

static int texts_of(struct ctx *ctx, const struct fab_conn *c, bool open, const char **host, const char **section)
{
	struct fabconf_entry e = { .conn = *c };
	const struct fabconf_entry *p = &e;

	*host = fabconf_host(ctx->arena, c);
	*section = fabconf_section(ctx->arena, &p, 1, open);
	if (!*host || !*section)
		return fail(ctx, XC_USAGE, 0,
			    "a value has blanks at its ends, a semicolon, or the beginning of a comment: the file cannot hold it");
	return 0;
}

/* The entry by itself, complete as the reader completes it; what is wrong with it is wrong with the command line. */
static int complete(struct ctx *ctx, const char *text, struct fab_conn *c)
{
	static const char nowhere[] = "/dev/null/new"; /* has no drop-ins */
	struct fabconf *fc;
	int rc = fabconf_try(ctx, nowhere, &(struct fabconf_draft){ nowhere, text }, 1, &fc);

	if (rc)
		return rc;
	for (size_t i = 0; i < fc->nproblems; i++) {
		if (fc->problems[i].severity == FABCONF_ERROR)
			return fail(ctx, XC_USAGE, 0, "%s", fc->problems[i].text);
	}
	*c = fc->entries[0].conn;
	return 0;
}

/* --- where it goes --- */

/* The file in which [Host] has this name. */
static const char *file_of_host(const struct fabconf *fc, const char *hostnqn)
{
	for (size_t i = 0; i < fc->n; i++) {
		const struct fabconf_entry *e = &fc->entries[i];

		if (strcmp(fab_text(&e->conn, FK_HOSTNQN), hostnqn) == 0 && fc->files[e->index].format == FABCONF_IS_INI)
			return e->file;
	}
	return NULL;
}

/* "host-62a4ab74-1e18.conf": the symbolic name, or the end of the NQN, with what is sound in a name of a file. */
static const char *name_of_host(struct arena *a, const struct fab_conn *c)
{
	const char *nqn = fab_text(c, FK_HOSTNQN), *colon = strrchr(nqn, ':'), *sym = fab_text(c, FK_HOSTSYMNAME);
	char *name = arena_printf(a, "host-%.64s", *sym ? sym : colon ? colon + 1 : nqn);

	for (char *p = name; *p; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("-_.", *p))
			*p = '-';
	}
	return arena_printf(a, "%s.conf", name);
}

static int read_place(struct ctx *ctx, struct place *p)
{
	size_t len = 0;
	unsigned mode;
	int rc;

	p->fresh = !fabconf_there(ctx, p->file, p->users);
	p->old = "";
	if (p->fresh)
		return 0;
	rc = fabconf_read_file(ctx, p->file, p->users, &p->old, &len, &mode);
	if (!rc && (!p->old || strlen(p->old) != len))
		return fail(ctx, XC_DATA, 0, "%s is no text", p->file);
	return rc;
}

/* The configuration as it is. A file that is not there yet is an empty one. */
static int existing(struct ctx *ctx, const struct place *p, struct fabconf **fc)
{
	struct fabconf_draft empty = { p->main_file, "" };
	bool there = fabconf_there(ctx, p->main_file, p->users);
	int rc = fabconf_try(ctx, p->users ? p->main_file : NULL, &empty, p->users && !there, fc);

	if (rc)
		return rc;
	if (p->users && (*fc)->nfiles && (*fc)->files[0].format != FABCONF_IS_INI)
		return fail_hint(ctx, fail(ctx, XC_USAGE, 0, "%s is not in the format of nvme-fabrics.conf", p->main_file),
				 "'nvmekit config convert' makes such a file of it");
	return fabconf_check(ctx, *fc);
}

static int find_place(struct ctx *ctx, const char *output, const struct fab_conn *c, struct place *p, struct fabconf **fc)
{
	const char *hostnqn = fab_text(c, FK_HOSTNQN), *file;
	int rc;

	*p = (struct place){ .main_file = output ? output : FABCONF_INI, .users = output != NULL };
	rc = existing(ctx, p, fc);
	if (rc)
		return rc;
	file = *hostnqn ? file_of_host(*fc, hostnqn) : p->main_file;
	p->file = file ? file : arena_printf(ctx->arena, "%s.d/%s", p->main_file, name_of_host(ctx->arena, c));
	if (!file && fabconf_there(ctx, p->file, p->users))
		return fail_hint(ctx, fail(ctx, XC_USAGE, 0, "%s is another host's, or nobody's", p->file),
				 "--host-symname=NAME gives the file of this host another name");
	for (size_t i = 0; i < (*fc)->nfiles; i++)
		p->secrets = p->secrets || (strcmp((*fc)->files[i].name, p->file) == 0 && (*fc)->files[i].secrets);
	return read_place(ctx, p);
}

/* --- is it there already? --- */

/* The first value that was asked for and is another one there; FK_COUNT: none. */
static enum fab_key other_value(const struct fab_conn *want, const struct fab_conn *have)
{
	for (size_t k = 0; k < FK_COUNT; k++) {
		const struct fab_value *w = &want->v[k], *h = &have->v[k];

		if (!w->set || (w->origin && strcmp(w->origin, "default") == 0))
			continue;
		if (!h->set || (w->s ? strcmp(w->s, h->s ? h->s : "") != 0 : w->n != h->n))
			return (enum fab_key)k;
	}
	return FK_COUNT;
}

static const struct fabconf_entry *find_entry(struct ctx *ctx, const struct fabconf *fc, const struct fab_conn *c)
{
	for (size_t i = 0; i < fc->n; i++) {
		if (fc->files[fc->entries[i].index].format == FABCONF_IS_INI &&
		    fabconf_same_target(ctx->arena, &fc->entries[i].conn, c))
			return &fc->entries[i];
	}
	return NULL;
}

static void answer(struct ctx *ctx, struct val *out, const struct fabconf_entry *e, bool created)
{
	val_put_str(ctx->arena, out, "file", e->file);
	val_put_u64(ctx->arena, out, "line", e->line);
	val_put_str(ctx->arena, out, "connection", fab_describe(ctx->arena, &e->conn));
	val_put_bool(ctx->arena, out, "created", created);
}

static int there_already(struct ctx *ctx, struct val *out, const struct fabconf_entry *e, const struct fab_conn *want)
{
	enum fab_key k = other_value(want, &e->conn);

	int rc;

	if (k < FK_COUNT) {
		rc = fail(ctx, XC_USAGE, 0, "the connection stands at %s:%zu with another %s", e->file, e->line, fab_keys[k].opt);
		return fail_hint(ctx, rc, "change it there");
	}
	answer(ctx, out, e, false);
	return 0;
}

/* --- writing --- */

/* What is written is read first: it has to say what was asked for, and to go with the rest. */
static int try_text(struct ctx *ctx, const struct place *p, const char *text, const struct fab_conn *want,
		    const struct fabconf_entry **e)
{
	struct fabconf_draft drafts[] = { { p->file, text }, { p->main_file, "" } };
	bool main_there = strcmp(p->file, p->main_file) == 0 || fabconf_there(ctx, p->main_file, p->users);
	struct fabconf *fc;
	enum fab_key k;
	int rc = fabconf_try(ctx, p->users ? p->main_file : NULL, drafts, main_there ? 1 : 2, &fc);

	if (rc)
		return rc;
	for (size_t i = 0; i < fc->nproblems; i++) {
		if (fc->problems[i].severity == FABCONF_ERROR)
			return fail(ctx, XC_USAGE, 0, "it does not go with the rest of %s: %s", fc->problems[i].file, fc->problems[i].text);
	}
	*e = find_entry(ctx, fc, want);
	if (!*e)
		return fail(ctx, XC_USAGE, 0, "in %s it would be a connection of another host", p->file);
	k = other_value(want, &(*e)->conn);
	return k < FK_COUNT ? fail(ctx, XC_USAGE, 0, "in %s it would have another %s", p->file, fab_keys[k].opt) : 0;
}

static void plan(struct ctx *ctx, const struct place *p, const char *text)
{
	const char **notes = arena_calloc(ctx->arena, strlen(text) + 1, sizeof(*notes));
	size_t n = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");

		if (len)
			notes[n++] = arena_strndup(ctx->arena, text, len);
		text += len + (text[len] == '\n');
	}
	gate_plan_step(ctx, p->fresh ? "Make the file" : "Append to the file", p->file, notes);
}

static const char *joined(struct ctx *ctx, const struct place *p, const char *host, const char *section)
{
	size_t len = strlen(p->old);
	bool named = strcmp(p->file, p->main_file) == 0 || !p->fresh; /* the file says already whose it is, or needs not to */

	return arena_printf(ctx->arena, "%s%s%s%s%s%s", p->old, len && p->old[len - 1] != '\n' ? "\n" : "", len ? "\n" : "",
			    named ? "" : host, named ? "" : "\n", section);
}

static int run_create(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct create_args *args = argp;
	const char *host, *section, *shown_host, *shown, *text;
	const struct fabconf_entry *e;
	struct fab_conn c, want;
	struct fabconf *fc;
	struct place p;
	bool secret;
	int rc = wanted(ctx, args, &c);

	if (!rc)
		rc = texts_of(ctx, &c, true, &host, &section);
	if (!rc)
		rc = complete(ctx, arena_printf(ctx->arena, "%s%s", host, section), &want);
	if (!rc && !ctx->g.dry_run)
		fabconf_lock(ctx, args->output ? args->output : FABCONF_INI, args->output != NULL);
	if (!rc)
		rc = find_place(ctx, args->output, &want, &p, &fc);
	if (rc)
		return rc;
	e = find_entry(ctx, fc, &want);
	if (e)
		return there_already(ctx, out, e, &want);
	text = joined(ctx, &p, host, section);
	rc = try_text(ctx, &p, text, &want, &e);
	if (rc)
		return rc;
	if (ctx->g.dry_run) {
		rc = texts_of(ctx, &c, false, &shown_host, &shown);
		p.old = "";
		plan(ctx, &p, joined(ctx, &p, shown_host, shown));
		return rc;
	}
	secret = fabconf_secret(&c);
	if (secret && !p.fresh && !p.secrets)
		warn_user(ctx, "%s holds a secret now, and nobody but its owner can read it any more", p.file);
	rc = fabconf_write_file(ctx, p.file, p.users, text, secret || p.secrets);
	if (!rc)
		answer(ctx, out, e, true);
	return rc;
}

const struct cmd cmd_config_create = {
	.name = "config-create",
	.group = "NVMe over Fabrics",
	.alias = "config create",
	.brief = "Add a connection to the configuration",
	.desc = "Adds a section to " FABCONF_INI ", and leaves everything else in it as it is. With --hostnqn the connection is another "
		"host's: it goes into the file of that host below " FABCONF_INI ".d, which is made if there is none. The new file is "
		"read and checked as a whole before it takes the place of the old one, in one step. If the connection stands there "
		"already, nothing is changed.\n\n"
		"Secrets come from files (--dhchap-secret-file). The configuration holds them as they are, so nobody but its owner can "
		"read it from then on.\n\n"
		"Nothing is connected.",
	.examples = "nvmekit config create -t tcp -a 192.0.2.40 -n nqn.2014-08.org.example:disks\n  A subsystem.\n"
		    "nvmekit config create --discovery --persistent -t tcp -a 192.0.2.41 --dry-run\n"
		    "  What would be written for a discovery controller?\n",
	.target = T_NONE,
	.flags = C_ALTERS,
	OPTS(create_args, create_opts),
	.out = &spec_create,
	.run = run_create,
};
