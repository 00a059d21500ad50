/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * show-topology and ana-log. Of the first 2.16 has one JSON shape, whatever the ranking, three trees, and a table (-o tabular), which no
 * other command has; which of these is wanted stands in ctx->columns, for the command itself shows no table.
 */
#include <inttypes.h>
#include <string.h>

#include "compat/line.h"

static const char *text_of(struct ctx *ctx, const struct val *v, const char *key)
{
	const struct val *it = val_get(v, key);

	return it && it->type == VAL_STR ? printable(ctx->arena, it->s.p, it->s.len, true) : "";
}

static bool is_view(const struct ctx *ctx, const char *view)
{
	return ctx->columns && strcmp(ctx->columns[0], view) == 0;
}

int adjust_topology(struct line *l)
{
	static const char *const known[] = { "namespace", "ctrl", "multipath" };
	const char *format = line_given(l, "output-format"), *ranking = known[0];
	const char **view = arena_calloc(l->ctx->arena, 2, sizeof(*view));
	size_t i = 0;

	for (size_t k = 0; k < l->n; k++) {
		if (l->given[k] && l->s[k].name && strcmp(l->s[k].name, "ranking") == 0)
			ranking = l->value[k];
	}
	while (i < NELEMS(known) && strcmp(known[i], ranking) != 0)
		i++;
	if (i == NELEMS(known))
		return line_complain(l, arena_printf(l->ctx->arena, "Invalid ranking argument: %s", ranking));
	view[0] = format && strcmp(format, "tabular") == 0 ? "tabular" : known[i];
	l->ctx->columns = view;
	/* Only the tree of controllers cannot be made from that of namespaces. */
	line_put(l, "ranking", 'r', is_view(l->ctx, "ctrl") && !nvme_json(l->ctx) ? "ctrl" : known[0]);
	return 0;
}

/* --- JSON --- */

static void put_text(struct ctx *ctx, struct val *to, const char *key, const char *text)
{
	val_put_str(ctx->arena, to, key, text);
}

/* Where there is no ANA the kernel calls every path optimized, and 2.16 says what the kernel says. */
static const char *ana_of(struct ctx *ctx, const struct val *path)
{
	const char *state = text_of(ctx, path, "ANAState");

	return *state ? state : "optimized";
}

/* What 2.16 says where the kernel says nothing (before Linux 6.15). */
static const char *numa_of(struct ctx *ctx, const struct val *path)
{
	const char *nodes = text_of(ctx, path, "NUMANodes");

	return *nodes ? nodes : "-1";
}

/* A namespace without multipath has one way, which has no name. */
static bool is_head(const struct val *ns)
{
	const struct val *paths = val_get(ns, "Paths");

	return !paths || !paths->c.first || val_get(paths->c.first, "Path");
}

static bool is_multipath(const struct val *subsys)
{
	const struct val *list = val_get(subsys, "Namespaces");

	return list && list->c.first && is_head(list->c.first);
}

static void put_ctrl(struct ctx *ctx, struct val *to, const struct val *path)
{
	struct val *c = val_put_obj(ctx->arena, val_put_arr(ctx->arena, to, "Controller"), NULL);

	put_text(ctx, c, "Name", text_of(ctx, path, "Controller"));
	put_text(ctx, c, "Transport", text_of(ctx, path, "Transport"));
	put_text(ctx, c, "Address", text_of(ctx, path, "Address"));
	put_text(ctx, c, "State", text_of(ctx, path, "State"));
}

static void put_path(struct ctx *ctx, struct val *to, const struct val *path, const char *policy)
{
	struct val *p = val_put_obj(ctx->arena, to, NULL);

	put_text(ctx, p, "Path", text_of(ctx, path, "Path"));
	put_text(ctx, p, "ANAState", ana_of(ctx, path));
	if (strcmp(policy, "numa") == 0)
		put_text(ctx, p, "NUMANodes", numa_of(ctx, path));
	else if (strcmp(policy, "queue-depth") == 0)
		val_put_u64(ctx->arena, p, "Qdepth", val_u64(path, "QueueDepth", 0));
	put_ctrl(ctx, p, path);
}

static void put_ns(struct ctx *ctx, struct val *to, const struct val *ns, const char *policy)
{
	struct val *o = val_put_obj(ctx->arena, to, NULL), *paths;
	const struct val *from = val_get(ns, "Paths");

	val_put_u64(ctx->arena, o, "NSID", val_u64(ns, "NSID", 0));
	put_text(ctx, o, "Name", text_of(ctx, ns, "Name"));
	if (!is_head(ns)) {
		put_ctrl(ctx, o, from->c.first);
		return;
	}
	paths = val_put_arr(ctx->arena, o, "Paths");
	for (const struct val *p = from ? from->c.first : NULL; p; p = p->next)
		put_path(ctx, paths, p, policy);
}

void shape_topology(struct ctx *ctx, struct val *subsys, bool verbose)
{
	static const char *const few[] = { "Name", "NQN", NULL };
	static const char *const more[] = { "Name", "NQN", "Model", "Serial", "Firmware", "IOPolicy", "Type", NULL };
	const struct val *from = val_get(subsys, "Namespaces");
	const char *policy = text_of(ctx, subsys, "IOPolicy");
	struct val *to = val_new(ctx->arena, VAL_ARR);

	for (const struct val *ns = from ? from->c.first : NULL; ns; ns = ns->next)
		put_ns(ctx, to, ns, policy);
	val_keep(subsys, verbose ? more : few);
	val_add(subsys, "Namespaces", to);
}

/* --- trees --- */

static const char *controller(struct ctx *ctx, const struct val *path)
{
	return arena_printf(ctx->arena, "%s %s %s %s", text_of(ctx, path, "Controller"), text_of(ctx, path, "Transport"),
			    text_of(ctx, path, "Address"), text_of(ctx, path, "State"));
}

/* What 2.16 has of the policy's business, with a blank behind. */
static const char *use_of(struct ctx *ctx, const struct val *path, const char *policy)
{
	if (strcmp(policy, "numa") == 0)
		return arena_printf(ctx->arena, "%s ", numa_of(ctx, path));
	if (strcmp(policy, "queue-depth") == 0)
		return arena_printf(ctx->arena, "%" PRIu64 " ", val_u64(path, "QueueDepth", 0));
	return "";
}

static void tree_ns(struct ctx *ctx, const struct val *ns, const char *policy, FILE *to)
{
	const struct val *paths = val_get(ns, "Paths");
	bool by_name = is_view(ctx, "multipath");

	if (!by_name && (!paths || !paths->c.first))
		return;
	if (by_name)
		fprintf(to, " +- %s (ns %" PRIu64 ")\n \\\n", text_of(ctx, ns, "Name"), val_u64(ns, "NSID", 0));
	else
		fprintf(to, " +- ns %" PRIu64 "\n \\\n", val_u64(ns, "NSID", 0));
	for (const struct val *p = paths ? paths->c.first : NULL; p; p = p->next) {
		if (!is_head(ns))
			fprintf(to, "  +- %s\n", controller(ctx, p));
		else if (by_name)
			fprintf(to, "  +- %s %s %s%s\n", text_of(ctx, p, "Path"), ana_of(ctx, p), use_of(ctx, p, policy),
				controller(ctx, p));
		else
			fprintf(to, "  +- %s %s\n", controller(ctx, p), ana_of(ctx, p));
	}
}

static void tree_ctrl(struct ctx *ctx, const struct val *c, FILE *to)
{
	const struct val *paths = val_get(c, "Paths");

	fprintf(to, " +- %s %s %s\n \\\n", text_of(ctx, c, "Name"), text_of(ctx, c, "Transport"), text_of(ctx, c, "Address"));
	for (const struct val *p = paths ? paths->c.first : NULL; p; p = p->next)
		fprintf(to, "  +- ns %" PRIu64 " %s%s%s\n", val_u64(p, "NSID", 0), text_of(ctx, c, "State"),
			val_get(p, "Path") ? " " : "", val_get(p, "Path") ? ana_of(ctx, p) : "");
}

static void tree(struct ctx *ctx, const struct val *s, FILE *to)
{
	const struct val *ctrls = val_get(s, "Controllers"), *nss = val_get(s, "Namespaces");

	fputs("\\\n", to);
	for (const struct val *it = ctrls ? ctrls->c.first : NULL; it; it = it->next)
		tree_ctrl(ctx, it, to);
	for (const struct val *it = nss ? nss->c.first : NULL; it; it = it->next)
		tree_ns(ctx, it, text_of(ctx, s, "IOPolicy"), to);
}

/* --- the table --- */

enum { MAX_COLS = 9 };
struct table {
	const char *cells[MAX_COLS];
	bool middle[MAX_COLS];
	struct table *next;
};

static struct table *add_row(struct ctx *ctx, struct table ***end, size_t *n)
{
	struct table *row = arena_alloc(ctx->arena, sizeof(*row));

	**end = row;
	*end = &row->next;
	*n = 0;
	return row;
}

static void cell(struct table *row, size_t *n, const char *text, bool middle)
{
	row->cells[*n] = text;
	row->middle[(*n)++] = middle;
}

static void put_cell(FILE *to, const char *text, bool middle, size_t width, bool last)
{
	size_t len = strlen(text), left = middle ? (width - len) / 2 : 0;

	fprintf(to, "%*s%s%*s%s", (int)left, "", text, (int)(width - len - left), "", last ? "\n" : " ");
}

static void print_table(const struct table *rows, size_t n, FILE *to)
{
	size_t width[MAX_COLS] = { 0 };

	for (const struct table *r = rows; r; r = r->next) {
		for (size_t i = 0; i < n; i++)
			width[i] = strlen(r->cells[i]) > width[i] ? strlen(r->cells[i]) : width[i];
	}
	for (const struct table *r = rows; r; r = r->next) {
		for (size_t i = 0; i < n; i++)
			put_cell(to, r->cells[i], r->middle[i], width[i], i + 1 == n);
		for (size_t i = 0; r == rows && i < n; i++) {
			for (size_t k = 0; k < width[i]; k++)
				fputc('-', to);
			fputc(i + 1 == n ? '\n' : ' ', to);
		}
	}
}

static size_t heading(struct table *row, bool heads, const char *policy)
{
	size_t n = 0;

	cell(row, &n, heads ? "NSHead" : "Namespace", false);
	cell(row, &n, "NSID", false);
	if (heads) {
		cell(row, &n, "NSPath", false);
		cell(row, &n, "ANAState", false);
	}
	if (heads && strcmp(policy, "numa") == 0)
		cell(row, &n, "Nodes", false);
	else if (heads && strcmp(policy, "queue-depth") == 0)
		cell(row, &n, "Qdepth", false);
	cell(row, &n, "Controller", false);
	cell(row, &n, heads ? "TrType" : "Trtype", false);
	cell(row, &n, "Address", false);
	cell(row, &n, "State", false);
	return n;
}

static void put_row(struct ctx *ctx, struct table *row, const struct val *ns, const struct val *path, bool heads,
		    const char *policy)
{
	static const char *const keys[] = { "Controller", "Transport", "Address", "State" };
	bool first = path == val_get(ns, "Paths")->c.first;
	size_t n = 0;

	cell(row, &n, first ? text_of(ctx, ns, "Name") : "-->", !first);
	cell(row, &n, arena_printf(ctx->arena, "%" PRIu64, val_u64(ns, "NSID", 0)), true);
	if (heads) {
		cell(row, &n, text_of(ctx, path, "Path"), false);
		cell(row, &n, ana_of(ctx, path), false);
	}
	if (heads && strcmp(policy, "numa") == 0)
		cell(row, &n, numa_of(ctx, path), true);
	else if (heads && strcmp(policy, "queue-depth") == 0)
		cell(row, &n, arena_printf(ctx->arena, "%" PRIu64, val_u64(path, "QueueDepth", 0)), true);
	for (size_t i = 0; i < NELEMS(keys); i++)
		cell(row, &n, text_of(ctx, path, keys[i]), false);
}

static void tabular(struct ctx *ctx, const struct val *s, FILE *to)
{
	const struct val *nss = val_get(s, "Namespaces"), *paths;
	const char *policy = text_of(ctx, s, "IOPolicy");
	bool heads = is_multipath(s);
	struct table *rows = NULL, **end = &rows;
	size_t n, ignored;

	n = heading(add_row(ctx, &end, &ignored), heads, policy);
	for (const struct val *ns = nss ? nss->c.first : NULL; ns; ns = ns->next) {
		paths = val_get(ns, "Paths");
		for (const struct val *p = paths ? paths->c.first : NULL; p; p = p->next)
			put_row(ctx, add_row(ctx, &end, &ignored), ns, p, heads, policy);
	}
	fputc('\n', to);
	print_table(rows, n, to);
}

void text_topology(struct ctx *ctx, const struct val *host, const struct val *s, FILE *to)
{
	text_subsys_config(ctx, host, s, to);
	if (is_view(ctx, "tabular"))
		tabular(ctx, s, to);
	else
		tree(ctx, s, to);
}

/* --- ana-log --- */

static const char *state_word(const struct val *group)
{
	const struct val *state = val_get(group, "state");
	const struct name *n = state && state->field ? field_name_of(state->field, state->u) : NULL;

	return n ? n->key : "invalid state";
}

void shape_ana(struct ctx *ctx, struct val *v)
{
	struct arena *a = ctx->arena;
	const struct val *groups = val_get(v, "groups");
	uint64_t chgcnt = val_u64(v, "chgcnt", 0), ngrps = val_u64(v, "ngrps", 0);
	struct val *list;

	v->c.first = v->c.last = NULL;
	v->c.n = 0;
	put_text(ctx, v, "Asymmetric Namespace Access Log for NVMe device", ctx->device ? ctx->device : "");
	val_put_u64(a, v, "chgcnt", chgcnt);
	val_put_u64(a, v, "ngrps", ngrps);
	list = val_put_arr(a, v, "ANA DESC LIST ");
	for (const struct val *g = groups ? groups->c.first : NULL; g; g = g->next) {
		struct val *o = val_put_obj(a, list, NULL), *nsids = val_get(g, "nsids");

		val_put_u64(a, o, "grpid", val_u64(g, "grpid", 0));
		val_put_u64(a, o, "nnsids", val_u64(g, "nnsids", 0));
		val_put_u64(a, o, "chgcnt", val_u64(g, "chgcnt", 0));
		put_text(ctx, o, "state", state_word(g));
		if (nsids)
			val_add(o, "NSIDS", arena_memdup(a, nsids, sizeof(*nsids)))->next = NULL;
		else
			val_put_arr(a, o, "NSIDS");
	}
}

void text_ana(struct ctx *ctx, const struct val *v, FILE *to)
{
	const struct val *groups = val_get(v, "groups");

	fprintf(to, "Asymmetric Namespace Access Log for NVMe device: %s\nANA LOG HEADER :-\n", ctx->device ? ctx->device : "");
	fprintf(to, "chgcnt\t:\t%" PRIu64 "\nngrps\t:\t%" PRIu64 "\nANA Log Desc :-\n", val_u64(v, "chgcnt", 0),
		val_u64(v, "ngrps", 0));
	for (const struct val *g = groups ? groups->c.first : NULL; g; g = g->next) {
		const struct val *nsids = val_get(g, "nsids");

		fprintf(to, "grpid\t:\t%" PRIu64 "\nnnsids\t:\t%" PRIu64 "\nchgcnt\t:\t%" PRIu64 "\nstate\t:\t%s\n",
			val_u64(g, "grpid", 0), val_u64(g, "nnsids", 0), val_u64(g, "chgcnt", 0), state_word(g));
		for (const struct val *it = nsids ? nsids->c.first : NULL; it; it = it->next)
			fprintf(to, "\tnsid\t:\t%" PRIu64 "\n", val_u64(it, "nsid", 0));
		fputc('\n', to);
	}
}
