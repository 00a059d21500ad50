/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cmd/select.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/num.h"
#include "dev/topo.h"

static const struct column *column_of(const struct layout *l, const char *name, size_t len)
{
	for (size_t i = 0; i < l->ncols; i++) {
		if (strlen(l->cols[i].name) == len && strncasecmp(l->cols[i].name, name, len) == 0)
			return &l->cols[i];
	}
	return NULL;
}

static int unknown(struct ctx *ctx, const struct layout *l, const char *opt, const char *name, size_t len)
{
	const char *all = "";
	int rc = fail(ctx, XC_USAGE, 0, "%s: there is no column '%.*s'", opt, (int)len, name);

	for (size_t i = 0; i < l->ncols; i++)
		all = arena_printf(ctx->arena, "%s%s%s", all, i ? ", " : "", l->cols[i].name);
	return fail_hint(ctx, rc, "the columns are %s", all);
}

static bool listed(const char *const *names, const char *name)
{
	while (*names && *names != name)
		names++;
	return *names;
}

static int choose_columns(struct ctx *ctx, const struct select *s, const struct layout *l, unsigned *want)
{
	const char **names;
	size_t given = 0, n = 0;

	while (s->columns && s->columns[given])
		given++;
	names = arena_calloc(ctx->arena, given + l->ncols + 1, sizeof(*names));
	if (!given || s->columns[0][0] == '+') {
		for (size_t i = 0; i < l->ncols; i++) {
			if (l->cols[i].by_default)
				names[n++] = l->cols[i].name;
		}
	}
	for (size_t i = 0; i < given; i++) {
		const char *name = s->columns[i] + (s->columns[i][0] == '+');
		const struct column *c = column_of(l, name, strlen(name));

		if (!c)
			return unknown(ctx, l, "--columns", name, strlen(name));
		/* Added to the default ones, a column that is there already stays where it is. */
		if (s->columns[0][0] != '+' || !listed(names, c->name))
			names[n++] = c->name;
	}
	for (size_t i = 0; i < n; i++)
		*want |= column_of(l, names[i], strlen(names[i]))->want;
	ctx->columns = names;
	return 0;
}

int select_prepare(struct ctx *ctx, const struct select *s, const struct layout *l, unsigned *want)
{
	const struct column *c;
	int rc = choose_columns(ctx, s, l, want);

	if (rc)
		return rc;
	ctx->no_headings = s->no_headings;
	if (s->sort) {
		const char *name = s->sort + (*s->sort == '-' || *s->sort == '+');

		c = column_of(l, name, strlen(name));
		if (!c)
			return unknown(ctx, l, "--sort", name, strlen(name));
		*want |= c->want;
	}
	for (size_t i = 0; s->filters && s->filters[i]; i++) {
		const char *f = s->filters[i], *eq = strchr(f, '=');

		if (!eq)
			return fail(ctx, XC_USAGE, 0, "--filter: '%s' is not COLUMN=VALUE", f);
		c = column_of(l, f, (size_t)(eq - f));
		if (!c)
			return unknown(ctx, l, "--filter", f, (size_t)(eq - f));
		*want |= c->want;
	}
	return 0;
}

static const char *text_of(struct arena *a, const struct val *row, const struct column *c)
{
	const struct val *v = val_path(row, c->key);
	char buf[NUM_U128_MAX];

	if (!v)
		return "";
	switch (v->type) {
	case VAL_STR:
		return val_str(a, row, c->key);
	case VAL_UINT:
	case VAL_U128:
		return arena_strdup(a, num_u128(val_wide(v), buf));
	case VAL_BOOL:
		return v->u ? "true" : "false";
	default:
		return "";
	}
}

static bool matches(const char *have, const char *pattern)
{
	uint64_t x, y;

	/* Numbers are equal in any spelling: nsid=0x1 and nsid=1. */
	if (num_parse(pattern, &x) == 0 && num_parse(have, &y) == 0)
		return x == y;
	return fnmatch(pattern, have, FNM_CASEFOLD) == 0;
}

static bool any_matches(struct arena *a, const struct val *row, const struct column *c, const char *pattern)
{
	const struct val *all = c->among ? val_path(row, c->among) : NULL;

	if (!all || all->type != VAL_ARR || !all->c.n)
		return matches(text_of(a, row, c), pattern);
	val_for_each(it, all) {
		if (matches(text_of(a, it, c), pattern))
			return true;
	}
	return false;
}

static bool keeps(struct arena *a, const struct select *s, const struct layout *l, const struct val *row)
{
	for (size_t i = 0; s->filters && s->filters[i]; i++) {
		const char *f = s->filters[i], *eq = strchr(f, '=');

		if (!any_matches(a, row, column_of(l, f, (size_t)(eq - f)), eq + 1))
			return false;
	}
	return true;
}

struct sorted {
	struct val *v;
	const char *text;
	bool is_number;
	u128 number;
	size_t at;
};

static int by_column(const void *x, const void *y)
{
	const struct sorted *a = x, *b = y;
	int cmp;

	if (a->is_number && b->is_number)
		cmp = a->number < b->number ? -1 : a->number > b->number;
	else
		cmp = natural_cmp(a->text, b->text);
	return cmp ? cmp : a->at < b->at ? -1 : 1;
}

static int by_column_down(const void *x, const void *y)
{
	const struct sorted *a = x, *b = y;
	struct sorted p = *a, q = *b;

	/* Equal rows keep their order in both directions. */
	p.at = b->at;
	q.at = a->at;
	return -by_column(&p, &q);
}

void select_filter(struct ctx *ctx, const struct select *s, const struct layout *l, struct val *rows)
{
	struct val *v = rows->c.first, *next;

	rows->c.first = rows->c.last = NULL;
	rows->c.n = 0;
	for (; v; v = next) {
		next = v->next;
		v->next = NULL;
		if (keeps(ctx->arena, s, l, v))
			val_add(rows, NULL, v);
	}
}

int select_rows(struct ctx *ctx, const struct select *s, const struct layout *l, struct val *rows)
{
	const struct column *c = NULL;
	struct sorted *all;
	size_t n = 0;

	if (!s->sort && (!s->filters || !s->filters[0]))
		return 0;
	if (s->sort) {
		const char *name = s->sort + (*s->sort == '-' || *s->sort == '+');

		c = column_of(l, name, strlen(name));
	}
	all = arena_calloc(ctx->arena, rows->c.n, sizeof(*all));
	val_for_each(v, rows) {
		const struct val *cell = c ? val_path(v, c->key) : NULL;

		if (!keeps(ctx->arena, s, l, v))
			continue;
		all[n] = (struct sorted){ .v = v, .text = c ? text_of(ctx->arena, v, c) : "", .at = n };
		if (cell && (cell->type == VAL_UINT || cell->type == VAL_U128)) {
			all[n].is_number = true;
			all[n].number = val_wide(cell);
		}
		n++;
	}
	if (c && n)
		qsort(all, n, sizeof(*all), *s->sort == '-' ? by_column_down : by_column);
	rows->c.first = rows->c.last = NULL;
	rows->c.n = 0;
	for (size_t i = 0; i < n; i++) {
		all[i].v->next = NULL;
		val_add(rows, NULL, all[i].v);
	}
	return 0;
}
