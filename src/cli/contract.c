/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The names that programs rely on, one per line. What a line says is what must never change. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/introspect.h"
#include "cli/keys.h"
#include "cli/opt.h"
#include "output/fmt.h"
#include "output/schema.h"

struct lines {
	struct arena *a;
	const char **v;
	size_t n, room;
};

static void add(struct lines *l, const char *line)
{
	if (l->n + 1 >= l->room) {
		const char **more;

		l->room = l->room ? 2 * l->room : 256;
		more = arena_calloc(l->a, l->room, sizeof(*more));
		if (l->n)
			memcpy(more, l->v, l->n * sizeof(*more));
		l->v = more;
	}
	l->v[l->n++] = line;
}

static int by_bytes(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void sort_unique(struct lines *l)
{
	size_t kept = 0;

	if (!l->n)
		return;
	qsort(l->v, l->n, sizeof(*l->v), by_bytes);
	for (size_t i = 1; i < l->n; i++)
		if (strcmp(l->v[kept], l->v[i]) != 0)
			l->v[++kept] = l->v[i];
	l->n = kept + 1;
}

/* 'option' and 'value' begin the lines: "option smart-log", "value smart-log". */
static void add_options(struct lines *l, const char *option, const char *value, const struct opt *opts,
			size_t n)
{
	for (const struct opt *o = opts; o < opts + n; o++) {
		const char *name = opt_spelling(l->a, o);

		if (o->flags & OF_ALIAS)
			continue;
		add(l, arena_printf(l->a, "%s %s %s", option, name, opt_type_name(o)));
		if (o->ch && o->name)
			add(l, arena_printf(l->a, "%s -%c = %s", option, o->ch, name));
		for (size_t i = 0; i < o->nvals; i++)
			add(l, arena_printf(l->a, "%s %s %s", value, name, o->vals[i].key));
	}
}

static void add_command(struct lines *l, const struct cmd *c)
{
	add(l, arena_printf(l->a, "command %s", c->name));
	if (c->alias)
		add(l, arena_printf(l->a, "alias %s = %s", c->alias, c->name));
	if (c->out)
		add(l, arena_printf(l->a, "output %s %s/%d", c->name, c->out->name,
				    c->out->version ? c->out->version : 1));
	add_options(l, arena_printf(l->a, "option %s", c->name), arena_printf(l->a, "value %s", c->name),
		    c->opts, c->nopts);
	for (size_t i = 0; c->layout && i < c->layout->ncols; i++)
		add(l, arena_printf(l->a, "column %s %s", c->name, c->layout->cols[i].name));
}

/* --- keys: one line per path, with every type that its records give it --- */

static void add_key(void *arg, const struct key *k)
{
	struct lines *l = arg;

	/* A blank sorts before everything that a path holds, so equal paths meet after sorting. */
	add(l, arena_printf(l->a, "%s %s", k->path, k->type));
}

static size_t path_len(const char *line)
{
	return (size_t)(strchr(line, ' ') - line);
}

static void add_keys(struct lines *to, const struct spec *s)
{
	struct lines l = { .a = to->a };
	size_t i = 0;

	spec_keys(l.a, s, add_key, &l);
	sort_unique(&l);
	while (i < l.n) {
		size_t len = path_len(l.v[i]);
		const char *line = arena_printf(l.a, "key %s %s", s->name, l.v[i]);

		for (i++; i < l.n && path_len(l.v[i]) == len && memcmp(l.v[i], l.v[i - 1], len) == 0; i++)
			line = arena_printf(l.a, "%s|%s", line, l.v[i] + len + 1);
		add(to, line);
	}
}

/* --- what is around every answer: described by no table, but by the schema of an error --- */

static const char *schema_type(struct json_object *schema)
{
	struct json_object *o;

	if (json_object_object_get_ex(schema, "type", &o))
		return json_object_get_string(o);
	o = json_object_object_get(schema, "const");
	return json_object_get_type(o) == json_type_boolean ? "boolean"
							    : json_type_to_name(json_object_get_type(o));
}

static void add_schema(struct lines *l, struct json_object *schema, const char *prefix)
{
	struct json_object *props, *items;

	if (json_object_object_get_ex(schema, "properties", &props)) {
		json_object_object_foreach(props, key, inner)
		{
			const char *path = arena_printf(l->a, "%s.%s", prefix, key);

			add(l, arena_printf(l->a, "key * %s %s", path, schema_type(inner)));
			add_schema(l, inner, path);
		}
	} else if (json_object_object_get_ex(schema, "items", &items)) {
		add(l, arena_printf(l->a, "key * %s[] %s", prefix, schema_type(items)));
	}
}

static void add_envelope(struct lines *l)
{
	struct json_object *doc = NULL;
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	schema_error_print(f);
	if (fclose(f) == 0)
		doc = json_tokener_parse(text);
	add_schema(l, doc, "");
	json_object_put(doc);
	free(text);
}

const char *const *contract_lines(struct arena *a, size_t *n)
{
	struct lines l = { .a = a };

	for (const struct cmd *const *c = cmds; *c; c++) {
		add_command(&l, *c);
		if ((*c)->out)
			add_keys(&l, (*c)->out);
	}
	add_envelope(&l);
	for (size_t i = 0; i < nlogpages; i++) {
		if (logpages[i].spec)
			add_keys(&l, logpages[i].spec);
	}
	add_options(&l, "global", "value *", global_opts, nglobal_opts);
	for (const struct fmt *f = fmts; f->name; f++)
		add(&l, arena_printf(a, "format %s", f->name));
	for (size_t i = 0; i < nlogpages; i++)
		if (logpages[i].name)
			add(&l, arena_printf(a, "log %s 0x%02x", logpages[i].name, logpages[i].lid));
	for (const struct exit_info *e = exit_codes; e->cls; e++)
		add(&l, arena_printf(a, "exit %d %s", e->code, e->cls));
	sort_unique(&l);
	l.v[l.n] = NULL;
	*n = l.n;
	return l.v;
}
