/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Tables through libsmartcols, made for pipes and terminals alike: nothing is truncated, wrapped or
 * coloured, whatever the terminal's width. The library measures text in the thread's locale, so it is
 * lent one of ours: the output does not depend on the user's.
 */
#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "cmd/cmd.h"
#include "core/num.h"
#include "output/out.h"
#include "spec/field.h"

struct table {
	struct text *t;
	const struct column **cols;
	size_t ncols;
	size_t *widths;
	const char **cells; /* row after row, the heading first */
	size_t nrows;
};

static const struct column *column_by_name(const struct layout *l, const char *name)
{
	for (size_t i = 0; i < l->ncols; i++) {
		if (strcmp(l->cols[i].name, name) == 0)
			return &l->cols[i];
	}
	return NULL;
}

static bool any_has(const struct val *rows, const struct column *c)
{
	for (const struct val *r = rows ? rows->c.first : NULL; r; r = r->next) {
		const struct val *v = val_get(r, c->key);

		if (v && v->type != VAL_NULL && (v->type != VAL_STR || v->s.len))
			return true;
	}
	return false;
}

static void choose_columns(struct table *tb, const struct layout *l, const struct val *rows)
{
	const char *const *names = tb->t->o->columns;
	size_t n = l->ncols;

	if (names) {
		for (n = 0; names[n];)
			n++;
	}
	tb->cols = arena_calloc(tb->t->a, n, sizeof(*tb->cols));
	for (size_t i = 0; i < n; i++) {
		const struct column *c = names ? column_by_name(l, names[i]) : &l->cols[i];

		if (c && (names || (c->by_default && (!c->where_any || any_has(rows, c)))))
			tb->cols[tb->ncols++] = c;
	}
}

/* "1.92 TB" in two columns of fixed width: "  1.92  TB". */
static const char *si_columns(struct arena *a, const struct val *v)
{
	char buf[NUM_U128_MAX], *unit;

	if (!v || (v->type != VAL_UINT && v->type != VAL_U128))
		return "     -    ";
	unit = strchr(num_si(val_wide(v), buf), ' ');
	*unit++ = '\0';
	return arena_printf(a, "%6s %3s", buf, unit);
}

static const char *format_cell(struct arena *a, const struct val *size, const struct val *meta)
{
	static const char *const units[] = { "", "Ki", "Mi", "Gi" };
	uint64_t v;
	size_t i = 0;

	if (!size || size->type != VAL_UINT)
		return "-";
	v = size->u;
	while (i < 3 && v >= 1024) {
		v = (v + 512) / 1024;
		i++;
	}
	if (!meta || meta->type != VAL_UINT)
		return arena_printf(a, "%3llu %2sB", (unsigned long long)v, units[i]);
	return arena_printf(a, "%3llu %2sB + %2llu B", (unsigned long long)v, units[i],
			    (unsigned long long)meta->u);
}

static const char *cell(struct table *tb, const struct column *c, const struct val *row)
{
	struct around in = { row, NULL };
	const struct val *v = val_path(row, c->key), *v2 = c->key2 ? val_path(row, c->key2) : NULL;
	struct arena *a = tb->t->a;
	char buf[NUM_U128_MAX];
	const char *s;

	switch (c->kind) {
	case COL_USAGE:
		return arena_printf(a, "%s / %s", si_columns(a, v), si_columns(a, v2));
	case COL_FORMAT:
		return format_cell(a, v, v2);
	case COL_HEX:
		if (v && v->type == VAL_UINT)
			return arena_printf(a, "0x%llx", (unsigned long long)v->u);
		break;
	case COL_SI:
		if (v && (v->type == VAL_UINT || v->type == VAL_U128))
			return arena_strdup(a, num_si(val_wide(v), buf));
		break;
	default:
		break;
	}
	if (v && v->type == VAL_UINT && c->kind == COL_UINT)
		return arena_strdup(a, num_u128(v->u, buf));
	s = v ? show_value(a, v, &in, tb->t->o, true) : "-";
	return *s || tb->t->o->plain ? s : "-";
}

/*
 * The library loops for ever on bytes that the locale cannot decode, which is every letter beyond ASCII
 * where there is no UTF-8 locale, and characters without a width (unassigned ones) break the columns:
 * both become \xNN first.
 */
static const char *measurable(struct arena *a, const char *s)
{
	char *out = arena_calloc(a, strlen(s) + 1, 4), *q = out;
	mbstate_t state = { 0 };

	while (*s) {
		wchar_t w;
		size_t n = mbrtowc(&w, s, strlen(s), &state);
		bool good = (uint8_t)*s < 0x80;

		if (n == 0 || n > 4) {
			n = 1;
			memset(&state, 0, sizeof(state));
		} else if (!good) {
			good = wcwidth(w) >= 0;
		}
		for (; n; n--, s++)
			q += good ? sprintf(q, "%c", *s) : sprintf(q, "\\x%02x", (uint8_t)*s);
	}
	return out;
}

/* Columns on a terminal; the caller's locale is UTF-8. */
static size_t display_width(struct arena *a, const char *s)
{
	size_t n = strlen(s);
	wchar_t *w = arena_calloc(a, n + 1, sizeof(*w));
	int width;

	if (mbstowcs(w, s, n + 1) == (size_t)-1)
		return n;
	width = wcswidth(w, n);
	return width < 0 ? n : (size_t)width;
}

static void fill(struct table *tb, const struct val *rows)
{
	size_t n = rows ? rows->c.n : 0, at = 0;

	tb->cells = arena_calloc(tb->t->a, (n + 1) * (tb->ncols + 1), sizeof(*tb->cells));
	tb->widths = arena_calloc(tb->t->a, tb->ncols, sizeof(*tb->widths));
	if (tb->t->o->headings) {
		for (size_t i = 0; i < tb->ncols; i++)
			tb->cells[at++] = tb->cols[i]->heading;
		tb->nrows++;
	}
	for (const struct val *row = n ? rows->c.first : NULL; row; row = row->next) {
		if (row->flags & VAL_HIDDEN)
			continue;
		for (size_t i = 0; i < tb->ncols; i++)
			tb->cells[at++] = measurable(tb->t->a, cell(tb, tb->cols[i], row));
		tb->nrows++;
	}
	for (size_t i = 0; i < tb->ncols; i++)
		tb->widths[i] = tb->cols[i]->width;
	for (size_t i = 0; i < at; i++) {
		size_t w = display_width(tb->t->a, tb->cells[i]), *max = &tb->widths[i % tb->ncols];

		*max = w > *max ? w : *max;
	}
}

static int add_line(struct libscols_table *st, struct table *tb, const char *const *cells)
{
	struct libscols_line *line = scols_table_new_line(st, NULL);

	for (size_t i = 0; line && i < tb->ncols; i++) {
		if (scols_line_set_data(line, i, cells[i]))
			return -ENOMEM;
	}
	return line ? 0 : -ENOMEM;
}

/* The line under the headings, as nvme-cli has it. */
static int add_rule(struct libscols_table *st, struct table *tb)
{
	const char **cells = arena_calloc(tb->t->a, tb->ncols, sizeof(*cells));

	for (size_t i = 0; i < tb->ncols; i++) {
		char *dashes = arena_alloc(tb->t->a, tb->widths[i] + 1);

		memset(dashes, '-', tb->widths[i]);
		cells[i] = dashes;
	}
	return add_line(st, tb, cells);
}

static bool to_the_right(const struct column *c)
{
	return c->kind == COL_UINT || c->kind == COL_SI;
}

static int print(struct libscols_table *st, struct table *tb)
{
	int rc = 0;

	scols_table_set_column_separator(st, "  ");
	scols_table_enable_noencoding(st, 1); /* printable() has seen to it */
	scols_table_enable_colors(st, 0);
	scols_table_enable_noheadings(st, 1); /* it prints none for an empty table */
	scols_table_set_termforce(st, SCOLS_TERMFORCE_NEVER);
	scols_table_set_stream(st, tb->t->to);
	for (size_t i = 0; i < tb->ncols; i++) {
		/* Nameless: older releases make a column as wide as its name, printed or not. */
		if (!scols_table_new_column(st, "", (double)tb->widths[i],
					    to_the_right(tb->cols[i]) ? SCOLS_FL_RIGHT : 0))
			return -ENOMEM;
	}
	for (size_t i = 0; i < tb->nrows && !rc; i++) {
		rc = add_line(st, tb, tb->cells + i * tb->ncols);
		if (!rc && i == 0 && tb->t->o->headings)
			rc = add_rule(st, tb);
	}
	if (!rc && tb->nrows)
		rc = scols_print_table(st);
	return rc;
}

int text_table(struct text *t, const struct val *root, const struct layout *l)
{
	const struct val *rows = l->rows ? val_path(root, l->rows) : root;
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), old = (locale_t)0;
	struct table tb = { .t = t };
	struct libscols_table *st;
	int rc;

	if (rows && rows->type != VAL_ARR)
		rows = NULL;
	choose_columns(&tb, l, rows);
	if (!tb.ncols)
		return 0;
	/* Without one, the plain C locale: escapes, but the same for every user. */
	if (!utf8)
		utf8 = newlocale(LC_CTYPE_MASK, "C", (locale_t)0);
	if (utf8)
		old = uselocale(utf8);
	fill(&tb, rows);
	st = scols_new_table();
	rc = st ? print(st, &tb) : -ENOMEM;
	scols_unref_table(st);
	if (utf8) {
		uselocale(old);
		freelocale(utf8);
	}
	return rc;
}
