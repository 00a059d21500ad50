/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Passwords and keys on their way from the user to a request. They come from a file, standard input or the terminal,
 * are never printed, traced or put into an answer, and are overwritten as soon as they are used. A process that has seen one
 * leaves no core dump.
 */
#ifndef NVMEKIT_CORE_SECRET_H
#define NVMEKIT_CORE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"

struct secret {
	uint8_t *p; /* in the arena; NULL: none */
	size_t len;
};

/*
 * The whole file, or standard input for "-". text: one line feed at its end (with a carriage return before it) is not
 * part of the secret. Empty, more than max bytes, unreadable, or a file that everybody can read or others can write:
 * XC_USAGE, which names 'opt'; one that a group can read is warned of. globals.open_secrets: it is no more than warned of.
 */
int secret_read(struct ctx *ctx, const char *opt, const char *path, size_t max, bool text, struct secret *out);
/*
 * Asks on the terminal, without echo; 'again' (NULL: no) is the second question, whose answer must be the same.
 * XC_USAGE where there is no terminal, or the answer is empty or longer than max; -EINTR where Ctrl-C was pressed.
 */
int secret_ask(struct ctx *ctx, const char *question, const char *again, size_t max, struct secret *out);
/* A copy of text that was given as an argument, which itself is overwritten: a list of processes does not show it. */
void secret_take(struct ctx *ctx, const char *arg, struct secret *out);
enum secret_file {
	SECRET_NEW,	/* takes the place of no other file */
	SECRET_REPLACE, /* all of it at once, or what was there before */
	SECRET_APPEND,	/* behind what is there; others lose their access to it first */
};
/* Into a file that only its owner can read (mode 600), from its beginning on. XC_USAGE where that cannot be, naming 'opt'. */
int secret_write(struct ctx *ctx, const char *opt, const char *path, enum secret_file how, const void *p, size_t len);
/* From here on a crash leaves no picture of this process's memory: for secrets that come by other ways. */
void secret_no_dump(void);
/* Overwrites it and forgets where it was. */
void secret_wipe(struct secret *s);

#endif
