/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* --columns, --sort and --filter over the rows of a table command, by the names of its columns. */
#ifndef NVMEKIT_CMD_SELECT_H
#define NVMEKIT_CMD_SELECT_H

#include "cmd/cmd.h"

struct select {
	opt_list columns; /* "Node,Size", or "+Size" beside the default ones */
	opt_list filters; /* "model=Demo*"; all must hold */
	const char *sort; /* "size", "-size" */
	bool no_headings;
};

#define SELECT_OPTS(st, m)                                                                                   \
	OPT(st, m.columns, 'C', "columns", "LIST", "Columns of the table; a leading + adds to the default ones",  \
	    .complete = COMP_COLUMNS),                                                                           \
		OPT(st, m.sort, 'S', "sort", "COLUMN", "Sort by this column; -COLUMN in descending order",           \
		    .complete = COMP_COLUMNS),                                                                   \
		OPT(st, m.filters, 'F', "filter", "COLUMN=VALUE",                                                    \
		    "Show only rows whose column has this value; * and ? stand for any text"),                      \
		OPT(st, m.no_headings, 0, "no-headings", NULL, "Leave out the heading lines")

/* Checks the names and tells the formatter; *want gets what the columns in play cost (struct column). */
int select_prepare(struct ctx *ctx, const struct select *s, const struct layout *l, unsigned *want);
/* Drops elements that do not pass --filter. */
void select_filter(struct ctx *ctx, const struct select *s, const struct layout *l, struct val *rows);
/* Drops and orders elements of the array. */
int select_rows(struct ctx *ctx, const struct select *s, const struct layout *l, struct val *rows);

#endif
