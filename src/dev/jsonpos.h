/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * JSON text (RFC 8259, strictly) with the line of every member and value, and with members that stand twice: both are needed to
 * say what is wrong with a file that a person wrote, and json-c keeps neither.
 */
#ifndef NVMEKIT_DEV_JSONPOS_H
#define NVMEKIT_DEV_JSONPOS_H

#include <stddef.h>

#include "core/arena.h"

#define JSON_DEPTH_MAX 16

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_OBJECT, JSON_ARRAY };

struct json_node {
	enum json_kind kind;
	size_t line;      /* where the value begins, from 1 */
	const char *key;  /* of a member; NULL otherwise */
	const char *text; /* JSON_STRING: what it says, without NULs; JSON_NUMBER: as written */
	struct json_node *first, *next; /* children, in the order of the text; the next sibling */
};

/*
 * The document, in the arena; or NULL with *line and *why, a phrase that follows "line 7: ". Text is len bytes of UTF-8 without
 * a NUL at the end.
 */
struct json_node *json_parse(struct arena *a, const char *text, size_t len, size_t *line, const char **why);
/* "a number", "text", ...: for messages. */
const char *json_kind_words(enum json_kind kind);

#endif
