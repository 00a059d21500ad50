/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A command line of 2.16 on its way into a strict one (argv.c), and where its defaults are others (adjust.c). */
#ifndef NVMEKIT_COMPAT_LINE_H
#define NVMEKIT_COMPAT_LINE_H

#include "compat/nvme.h"

struct line {
	struct ctx *ctx;
	const struct cmd *cmd;
	FILE *out, *err;
	int code;
	struct spelling s[MAX_SPELLINGS];
	size_t n;
	bool given[MAX_SPELLINGS];
	const char *value[MAX_SPELLINGS]; /* the last one; NULL: a flag */
	int argc;			  /* the words as getopt leaves them: operands from 'operands' on */
	char **argv;
	int operands;
	const char **words; /* what comes out */
	int nwords;
};

/* The last value that was given for what natively goes by this name; "" for a flag; NULL: none. */
const char *line_given(const struct line *l, const char *to);
bool line_is(const struct line *l, const char *cmd);
/* 2.16's numbers: 010 is 8, -1 is all ones. 0, -EINVAL or -ERANGE. */
int line_number(const char *text, unsigned bits, uint64_t *out);
void line_put(struct line *l, const char *name, char ch, const char *value);
/* Everything is said: the run ends with this code. */
int line_leave(struct line *l, int code);
int line_complain(struct line *l, const char *text);

/* fabline.c: a number as they take it, natively written; *value NULL: as if it had not been given. */
int line_fabrics_number(struct line *l, const struct spelling *s, const char **value);
bool line_fabrics_left_out(const struct line *l, size_t i);
int adjust_fabrics(struct line *l);
/* dump.c: prints what is connected, and ends the run. */
int line_dump_config(struct line *l);
/* Of show-topology: checks the ranking, and keeps what is to be shown (topology.c). */
int adjust_topology(struct line *l);
/* Adds what 2.16 takes for granted. 0, or as line_leave. */
int line_adjust(struct line *l);

#endif
