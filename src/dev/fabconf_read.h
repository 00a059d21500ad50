/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the readers of the three formats share. */
#ifndef NVMEKIT_DEV_FABCONF_READ_H
#define NVMEKIT_DEV_FABCONF_READ_H

#include "dev/fabconf.h"

/* One level of values: a section, an object, a line. */
struct fabconf_scope {
	struct fab_conn conn;
	bool reset[FK_COUNT]; /* said to be the kernel's own: what is further out does not count */
};

struct fabconf_reader {
	struct ctx *ctx;
	struct arena *a;
	struct fabconf *fc;
	struct fabconf_file *file; /* the one that is read */
	bool users;                /* it was named on the command line */
	const struct fabconf_draft *drafts;
	size_t ndrafts;
	/* Of the main INI file, for its drop-ins: defaults of discovery controllers and of others. */
	struct fabconf_scope defaults[2];
	size_t max_entries, max_problems;
};

void fabconf_problem(struct fabconf_reader *r, size_t line, enum fabconf_severity s, const char *hint, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* "FILE:LINE", for fab_value.origin. */
const char *fabconf_origin(struct fabconf_reader *r, size_t line);
/*
 * Takes a value into a scope, or says what is wrong with it: form, range, the same key twice, secrets of a wrong shape. name is how
 * the key is written.
 */
void fabconf_set(struct fabconf_reader *r, struct fabconf_scope *s, enum fab_key k, const char *name, const char *text, size_t line);
/* An unknown key: says so, with a suggestion out of those that 'known' lists; NULL-terminated. */
void fabconf_unknown(struct fabconf_reader *r, size_t line, const char *what, const char *name, const char *const *known);
/* A word of the file for a message: not if it looks like a secret in a wrong place. */
const char *fabconf_shown(const char *word);
/*
 * A connection out of its scopes, innermost first; NULL-terminated. Says what is missing or contradicts itself, unless values of
 * it were wrong already (sound false): that would follow from them.
 */
void fabconf_entry(struct fabconf_reader *r, size_t line, const char *application, bool discovery, bool sound,
		   const struct fabconf_scope *const *scopes);

/* Values out of scopes, innermost first; NULL-terminated. */
void fabconf_merge(struct fab_conn *c, const struct fabconf_scope *const *scopes);

/* The formats. Text is UTF-8 without NULs. */
void fabconf_read_ini(struct fabconf_reader *r, const char *text, size_t len);
void fabconf_read_json(struct fabconf_reader *r, const char *text, size_t len);
void fabconf_read_disc(struct fabconf_reader *r, const char *text, size_t len);

/* The next line of text: *line is it, without its end, *n its length. false: there is none. */
bool fabconf_line(const char **text, const char *end, const char **line, size_t *n);

/* fabconf_file.c: names of the drop-ins of an INI file, sorted; NULL-terminated. 0 or -errno with the error recorded. */
int fabconf_drop_ins(struct ctx *ctx, const char *main_file, bool users, const char *const **names);

#endif
