/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A formatter turns a value tree into bytes; it never fetches. */
#ifndef NVMEKIT_OUTPUT_FMT_H
#define NVMEKIT_OUTPUT_FMT_H

#include <stdbool.h>
#include <stdio.h>

#include "core/ctx.h"
#include "core/val.h"

struct cmd;

/* Another word for a key in text; a list ends with key == NULL. */
struct label {
	const char *key, *text;
};

struct fmt_opts {
	struct ctx *ctx;
	const struct cmd *cmd;
	const struct layout *layout;  /* text; NULL: key : value lines */
	bool verbose;   /* text: decoded bits, titles */
	bool colour;
	bool plain;     /* JSON: no envelope, no derived siblings (the nvme personality) */
	bool headings;  /* tables */
	bool one_line;  /* JSON: a document in a line of its own, one of several */
	const struct label *labels; /* text: other words for keys; NULL */
	int key_width;  /* text: width of the key column; 0: from the longest key */
	const char *key_end; /* text: what stands behind the key; NULL: " :". A label that ends with a tab is not padded */
	const char *const *columns; /* tables: names chosen by the user; NULL: the default ones */
};

enum { FMT_RAW = 1 /* needs ctx->raw: refused before any I/O for commands without C_BINARY */ };

struct fmt {
	const char *name; /* "json" */
	const char *help;
	unsigned needs;
	/* 0 or -errno; writes only on 'to'. */
	int (*print)(FILE *to, const struct val *v, const struct fmt_opts *o);
	/* The error of the run; NULL: text on stderr is all. */
	int (*print_error)(FILE *to, const struct error *e, const struct fmt_opts *o);
};
extern const struct fmt fmts[]; /* ends with name == NULL */
const struct fmt *fmt_by_name(const char *name);

/* Text of what 'moment' of an answer says has changed: a line each. 0 or -errno. */
int changes_print(FILE *to, const struct val *moment, const struct fmt_opts *o);

/* Bytes from a device as printable text: UTF-8 is kept where valid, control characters and invalid bytes
 * become \xNN; trims trailing blanks and NULs where trim is set. */
const char *printable(struct arena *a, const char *p, size_t len, bool trim);

#endif
