/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which files there are, in which order they count, and what only all of them together show. */
#include "core/utf8.h"
#include "dev/fabconf.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dev/fabconf_read.h"
#include "dev/image.h"
#include "spec/field.h"

const char *const fabconf_formats[] = { "ini", "json", "discovery" };
const char *const fabconf_severities[] = { "warning", "unsafe", "error" };

/* --- one file --- */

static struct fabconf_file *add_file(struct fabconf_reader *r, const char *name, enum fabconf_format format)
{
	r->file = &r->fc->files[r->fc->nfiles++];
	*r->file = (struct fabconf_file){ .name = name, .format = format };
	return r->file;
}

static bool is_text(struct fabconf_reader *r, const char *text, size_t len)
{
	size_t part = utf8_part(text, len), line = 1;
	const char *nul = memchr(text, '\0', len);

	if (nul && (size_t)(nul - text) < part)
		part = (size_t)(nul - text);
	for (size_t i = 0; i < part; i++)
		line += text[i] == '\n';
	if (part < len)
		fabconf_problem(r, line, FABCONF_ERROR, NULL, "this is no text: %s",
				nul == text + part ? "a NUL" : "invalid UTF-8");
	return part == len;
}

/* A user may give a file any name; what stands in it says what it is. */
static enum fabconf_format format_of(const char *name, const char *text, size_t len)
{
	const char *base = strrchr(name, '/'), *end = text + len;
	size_t n = strlen(name);

	base = base ? base + 1 : name;
	if (n > 5 && strcmp(name + n - 5, ".json") == 0)
		return FABCONF_IS_JSON;
	if (strcmp(base, "discovery.conf") == 0)
		return FABCONF_IS_DISC;
	for (const char *line; fabconf_line(&text, end, &line, &n);) {
		const char *p = line;

		while (p < line + n && (*p == ' ' || *p == '\t'))
			p++;
		if (p == line + n || *p == '#')
			continue;
		if (*p == '-')
			return FABCONF_IS_DISC;
		if (*p == '{')
			return FABCONF_IS_JSON;
		if (*p != '[')
			return FABCONF_IS_INI;
		do
			p++;
		while (p < line + n && strchr(" \t\r", *p));
		return p == line + n || *p == '{' || *p == ']' ? FABCONF_IS_JSON : FABCONF_IS_INI;
	}
	return FABCONF_IS_INI;
}

static void check_mode(struct fabconf_reader *r, unsigned mode)
{
	if (r->file->secrets && mode & 0077)
		fabconf_problem(r, 0, FABCONF_UNSAFE, arena_printf(r->a, "chmod 600 %s", r->file->name),
				"it holds a secret, and others than its owner have access to it (mode %03o)",
				mode);
	else if (mode & 0022)
		fabconf_problem(r, 0, FABCONF_UNSAFE, arena_printf(r->a, "chmod go-w %s", r->file->name),
				"others than its owner can change it (mode %03o)", mode);
}

static void read_text(struct fabconf_reader *r, const char *text, size_t len, unsigned mode)
{
	static void (*const readers[])(struct fabconf_reader *, const char *, size_t) = {
		[FABCONF_IS_INI] = fabconf_read_ini,
		[FABCONF_IS_JSON] = fabconf_read_json,
		[FABCONF_IS_DISC] = fabconf_read_disc,
	};

	/* A mark that editors of other systems leave at the beginning. */
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3, len -= 3;
	if (is_text(r, text, len))
		readers[r->file->format](r, text, len);
	check_mode(r, mode);
}

static const char *draft_of(const struct fabconf_reader *r, const char *name)
{
	for (size_t i = 0; i < r->ndrafts; i++) {
		if (strcmp(r->drafts[i].file, name) == 0)
			return r->drafts[i].text;
	}
	return NULL;
}

/* format -1: by its content. */
static int read_one(struct fabconf_reader *r, const char *name, int format, bool drop_in)
{
	const char *text = draft_of(r, name);
	size_t len = text ? strlen(text) : 0;
	unsigned mode = 0600;
	int rc = text ? 0 : fabconf_read_file(r->ctx, name, r->users, &text, &len, &mode);

	if (rc || !text)
		return rc;
	add_file(r, name, format < 0 ? format_of(name, text, len) : (enum fabconf_format)format)->drop_in =
		drop_in;
	read_text(r, text, len, mode);
	return 0;
}

/* --- all files --- */

static int has_name(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0)
			return 1;
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Drop-ins that are drafts only count as if they were there. */
static int read_drop_ins(struct fabconf_reader *r, const char *main_file)
{
	const char *dir = arena_printf(r->a, "%s.d/", main_file);
	const char *const *there, **all;
	size_t n = 0;
	int rc = fabconf_drop_ins(r->ctx, main_file, r->users, &there);

	if (rc)
		return rc;
	all = arena_calloc(r->a, FABCONF_DROP_INS_MAX + r->ndrafts + 1, sizeof(*all));
	for (; there[n]; n++)
		all[n] = there[n];
	for (size_t i = 0; i < r->ndrafts; i++) {
		if (strncmp(r->drafts[i].file, dir, strlen(dir)) == 0 && !has_name(all, n, r->drafts[i].file))
			all[n++] = r->drafts[i].file;
	}
	qsort(all, n, sizeof(*all), by_name);
	for (size_t i = 0; !rc && i < n; i++)
		rc = read_one(r, all[i], FABCONF_IS_INI, true);
	return rc;
}

/* A file of an older format, unless it has been converted. */
static int read_legacy(struct fabconf_reader *r, const char *name, enum fabconf_format format)
{
	const char *mark = arena_printf(r->a, "%s" FABCONF_CONVERTED, name);

	if (!draft_of(r, mark) && !fabconf_there(r->ctx, mark, false))
		return read_one(r, name, (int)format, false);
	if (fabconf_there(r->ctx, name, false))
		add_file(r, name, format)->converted = true;
	return 0;
}

static int read_system(struct fabconf_reader *r)
{
	int rc = read_one(r, FABCONF_INI, FABCONF_IS_INI, false);

	if (!rc)
		rc = read_drop_ins(r, FABCONF_INI);
	if (!rc)
		rc = read_legacy(r, FABCONF_JSON, FABCONF_IS_JSON);
	return rc ? rc : read_legacy(r, FABCONF_DISC, FABCONF_IS_DISC);
}

static int read_users(struct fabconf_reader *r, const char *name)
{
	int rc = read_one(r, name, -1, false);

	if (rc || !r->fc->nfiles || r->fc->files[0].format != FABCONF_IS_INI)
		return rc;
	return read_drop_ins(r, name);
}

/* --- what only all of them show --- */

static const char *same_address(struct arena *a, const char *addr)
{
	struct in6_addr in6;
	char *low = arena_strdup(a, addr), buf[INET6_ADDRSTRLEN];

	if (inet_pton(AF_INET6, addr, &in6) == 1 && inet_ntop(AF_INET6, &in6, buf, sizeof(buf)))
		return arena_strdup(a, buf);
	for (char *c = low; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return low;
}

struct keyed {
	const char *key;
	size_t index;
};

static int by_key(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	int c = strcmp(x->key, y->key);

	return c ? c : x->index < y->index ? -1 : 1;
}

/* What makes a connection another one: whom it goes to, from where, as which host. */
static const char *identity(struct arena *a, const struct fab_conn *c)
{
	return arena_printf(a, "%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s", fab_text(c, FK_TRANSPORT),
			    fab_text(c, FK_NQN), same_address(a, fab_text(c, FK_TRADDR)),
			    fab_text(c, FK_TRSVCID), same_address(a, fab_text(c, FK_HOST_TRADDR)),
			    fab_text(c, FK_HOST_IFACE), fab_text(c, FK_HOSTNQN), fab_text(c, FK_HOSTID));
}

bool fabconf_same_target(struct arena *a, const struct fab_conn *x, const struct fab_conn *y)
{
	return strcmp(identity(a, x), identity(a, y)) == 0;
}

static void in_file_of(struct fabconf_reader *r, const struct fabconf_entry *e)
{
	r->file = &r->fc->files[e->index];
}

/* The same connection in one file (or in an INI file and its drop-ins) is a mistake; across formats the first one counts. */
static void say_twice(struct fabconf_reader *r, const struct fabconf_entry *first,
		      const struct fabconf_entry *e)
{
	bool ini = r->fc->files[first->index].format == FABCONF_IS_INI &&
		   r->fc->files[e->index].format == FABCONF_IS_INI;

	in_file_of(r, e);
	if (first->index == e->index || ini)
		fabconf_problem(r, e->line, FABCONF_ERROR, NULL, "the same connection stands at %s:%zu: %s",
				first->file, first->line, fab_describe(r->a, &e->conn));
	else
		fabconf_problem(r, e->line, FABCONF_WARNING, NULL,
				"the same connection stands at %s:%zu, which is what counts: %s", first->file,
				first->line, fab_describe(r->a, &e->conn));
}

static void drop_twins(struct fabconf_reader *r)
{
	struct fabconf *fc = r->fc;
	struct keyed *k = arena_calloc(r->a, fc->n + 1, sizeof(*k));
	bool *twin = arena_calloc(r->a, fc->n + 1, sizeof(*twin));
	size_t first = 0, n = 0;

	for (size_t i = 0; i < fc->n; i++)
		k[i] = (struct keyed){ identity(r->a, &fc->entries[i].conn), i };
	qsort(k, fc->n, sizeof(*k), by_key);
	for (size_t i = 1; i < fc->n; i++) {
		if (strcmp(k[i].key, k[first].key) != 0) {
			first = i;
			continue;
		}
		say_twice(r, &fc->entries[k[first].index], &fc->entries[k[i].index]);
		twin[k[i].index] = true;
	}
	for (size_t i = 0; i < fc->n; i++) {
		if (!twin[i])
			fc->entries[n++] = fc->entries[i];
	}
	fc->n = n;
}

static const char *hex_of(struct arena *a, const char *id)
{
	char *out = arena_strdup(a, id), *q = out;

	for (const char *p = id; *p; p++) {
		if (*p != '-')
			*q++ = (char)tolower((unsigned char)*p);
	}
	*q = '\0';
	return out;
}

/*
 * Linux knows a host by both of its names: one NQN with two identifiers, or the other way round, is refused. For targets one
 * identifier is one host, whose reservations are shared: Base 2.1, section 5.1.25.1.28.
 */
static void check_pairs(struct fabconf_reader *r, enum fab_key by, enum fab_key other)
{
	struct fabconf *fc = r->fc;
	struct keyed *k = arena_calloc(r->a, fc->n + 1, sizeof(*k));
	size_t n = 0;

	for (size_t i = 0; i < fc->n; i++) {
		const struct fab_conn *c = &fc->entries[i].conn;

		if (c->v[FK_HOSTNQN].set && c->v[FK_HOSTID].set)
			k[n++] = (struct keyed){ by == FK_HOSTID ? hex_of(r->a, fab_text(c, by))
								 : fab_text(c, by),
						 i };
	}
	qsort(k, n, sizeof(*k), by_key);
	for (size_t i = 1; i < n; i++) {
		const struct fabconf_entry *x = &fc->entries[k[i - 1].index], *y = &fc->entries[k[i].index];

		if (strcmp(k[i - 1].key, k[i].key) != 0 ||
		    strcmp(hex_of(r->a, fab_text(&x->conn, other)),
			   hex_of(r->a, fab_text(&y->conn, other))) == 0)
			continue;
		in_file_of(r, y);
		fabconf_problem(r, y->line, FABCONF_ERROR, NULL,
				"the host has the %s of %s:%zu, and another %s", fab_keys[by].opt, x->file,
				x->line, fab_keys[other].opt);
	}
}

/* --- */

/* As they stand in the files; of one line in any order, but always the same. */
static int by_place(const void *a, const void *b)
{
	const struct fabconf_problem *x = a, *y = b;

	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return strcmp(x->text, y->text);
}

static void begin(struct fabconf_reader *r, struct ctx *ctx, const struct fabconf_draft *drafts, size_t n)
{
	struct fabconf *fc = arena_alloc(ctx->arena, sizeof(*fc));

	*r = (struct fabconf_reader){ .ctx = ctx, .a = ctx->arena, .fc = fc, .drafts = drafts, .ndrafts = n };
	fc->files = arena_calloc(r->a, FABCONF_DROP_INS_MAX + n + 3, sizeof(*fc->files));
}

static int finish(struct fabconf_reader *r, int rc, struct fabconf **out)
{
	if (rc)
		return rc;
	drop_twins(r);
	check_pairs(r, FK_HOSTNQN, FK_HOSTID);
	check_pairs(r, FK_HOSTID, FK_HOSTNQN);
	if (r->fc->nproblems)
		qsort(r->fc->problems, r->fc->nproblems, sizeof(*r->fc->problems), by_place);
	*out = r->fc;
	return 0;
}

int fabconf_try(struct ctx *ctx, const char *config, const struct fabconf_draft *drafts, size_t n,
		struct fabconf **out)
{
	struct fabconf_reader r;

	begin(&r, ctx, drafts, n);
	r.users = config != NULL;
	if (config && strcmp(config, "none") == 0)
		return finish(&r, 0, out);
	return finish(&r, config ? read_users(&r, config) : read_system(&r), out);
}

int fabconf_load(struct ctx *ctx, const char *config, struct fabconf **out)
{
	return fabconf_try(ctx, config, NULL, 0, out);
}

int fabconf_load_older(struct ctx *ctx, struct fabconf **out)
{
	struct fabconf_reader r;
	int rc;

	begin(&r, ctx, NULL, 0);
	rc = read_one(&r, FABCONF_JSON, FABCONF_IS_JSON, false);
	return finish(&r, rc ? rc : read_one(&r, FABCONF_DISC, FABCONF_IS_DISC, false), out);
}

static const char *where_of(struct ctx *ctx, const struct fabconf_problem *p)
{
	return p->line ? arena_printf(ctx->arena, "%s:%zu", p->file, p->line) : p->file;
}

int fabconf_check(struct ctx *ctx, const struct fabconf *fc)
{
	const struct fabconf_problem *first = NULL;
	int rc;

	for (size_t i = 0; i < fc->nproblems; i++) {
		const struct fabconf_problem *p = &fc->problems[i];

		if (p->severity == FABCONF_ERROR && !first)
			first = p;
		if (p->severity == FABCONF_UNSAFE)
			warn_user(ctx, "%s: %s", where_of(ctx, p), p->text);
	}
	if (!fc->errors)
		return 0;
	if (!first)
		return fail(ctx, XC_DATA, 0, "the configuration has %zu errors", fc->errors);
	rc = fail(ctx, XC_DATA, 0, "%s: %s", where_of(ctx, first), first->text);
	return fail_hint(
		ctx, rc,
		"nothing is connected from a configuration with an error; 'nvmekit config validate' names %s",
		fc->errors > 1 ? "all of them" : "what is wrong with it");
}
