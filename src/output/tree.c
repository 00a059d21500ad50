/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Trees as nvme-cli draws them: a line per element, a backslash, then " +- " before each child. */
#include "cmd/cmd.h"
#include "output/out.h"

static const struct val *rows_of(const struct val *obj, const char *key)
{
	const struct val *rows = key ? val_path(obj, key) : obj;

	return rows && rows->type == VAL_ARR && rows->c.n ? rows : NULL;
}

/* A level without a line of its own only leads to the next one. depth counts the levels that print. */
static void tree_level(struct text *t, const struct val *obj, const struct layout *l, size_t level, int depth, bool *first)
{
	const struct val *rows = rows_of(obj, l->levels[level].rows);
	const char *line = l->levels[level].line;
	bool last = level + 1 == l->nlevels;

	if (!rows)
		return;
	val_for_each(el, rows) {
		if (line && !depth && !*first)
			fputc('\n', t->to);
		if (line)
			*first = false;
		if (line && depth)
			fprintf(t->to, "%*s +- ", 3 * (depth - 1), "");
		if (line)
			fprintf(t->to, "%s\n", expand(line, el, t->o));
		if (line && !depth && !last && rows_of(el, l->levels[level + 1].rows))
			fputs("\\\n", t->to);
		if (!last)
			tree_level(t, el, l, level + 1, depth + (line ? 1 : 0), first);
	}
}

void text_tree(struct text *t, const struct val *root, const struct layout *l)
{
	bool first = true;

	if (l->nlevels)
		tree_level(t, root, l, 0, 0, &first);
}
