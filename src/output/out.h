/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the formatters share. */
#ifndef NVMEKIT_OUTPUT_OUT_H
#define NVMEKIT_OUTPUT_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/arena.h"
#include "core/val.h"
#include "output/fmt.h"

struct json_object;
struct layout;

/* The objects around a value, innermost first: rows refer to siblings inside out. */
struct around {
	const struct val *obj;
	const struct around *up;
};

/* What a row's unit, scale or names make of a raw value; src/spec/field.h says which key it gets. */
enum derived_kind { D_NONE, D_NUMBER, D_SIGNED, D_TEXT, D_BITS };
struct derived {
	uint8_t kind;
	u128 number;      /* D_NUMBER: in the row's unit */
	int64_t sign;     /* D_SIGNED: degrees Celsius */
	const char *text; /* D_TEXT: an enum's key, a version */
};
struct derived derive(struct arena *a, const struct val *v, const struct around *in);
/* The value that the row says means "not reported". */
bool unreported(const struct val *v);

/* One write, so that a full disk is noticed; 0 or -errno. */
int out_write(FILE *to, const char *p, size_t len);

/* One scalar as people read it; pair: among others on one line, where words are few. */
const char *show_value(struct arena *a, const struct val *v, const struct around *in, const struct fmt_opts *o,
		       bool pair);
/* "Firmware Update Granularity Supported": what a decoded bit-field says. */
const char *show_bits(struct arena *a, const struct val *v);
/* Replaces {key}, {key:x} (hexadecimal) and {device}; a part in [ ] is dropped where a key in it is absent or
 * empty; \n stays. */
const char *expand(const char *text, const struct val *obj, const struct fmt_opts *o);

/* Parts of the text format. All text is made in memory: stdio errors show when it is written. */
struct text {
	FILE *to;
	struct arena *a;
	const struct fmt_opts *o;
};
void text_object(struct text *t, const struct val *obj, const struct around *up, int indent);
void text_array(struct text *t, const struct val *arr, const struct around *in, int indent, int width);
void text_member(struct text *t, const struct val *v, const struct around *in, int indent, int width);
bool text_shown(const struct text *t, const struct val *v);
bool text_is_long(const struct val *v);
const char *text_label(const struct text *t, const char *key);
void text_dump(struct text *t, const struct val *bytes, int indent);
int text_table(struct text *t, const struct val *root, const struct layout *l);
void text_plan(struct text *t, const struct val *plan);
void text_tree(struct text *t, const struct val *root, const struct layout *l);

/* json-c objects; out of memory ends the process as in the arena. */
struct json_object *json_text(const char *s);
struct json_object *json_uint(u128 v);
struct json_object *json_int(int64_t v);
struct json_object *json_flag(bool v);
struct json_object *json_new_object(void);
struct json_object *json_new_array(void);
/* Takes the value over. */
void json_put(struct json_object *obj, const char *key, struct json_object *value);
void json_push(struct json_object *arr, struct json_object *value);
/* Writes the document and a final newline, releases it; 0 or -errno. */
int json_write(FILE *to, struct json_object *doc);
/* The same without line feeds within. */
int json_write_line(FILE *to, struct json_object *doc);

int text_print(FILE *to, const struct val *v, const struct fmt_opts *o);
int json_print(FILE *to, const struct val *v, const struct fmt_opts *o);
int json_print_error(FILE *to, const struct error *e, const struct fmt_opts *o);
int binary_print(FILE *to, const struct val *v, const struct fmt_opts *o);

#endif
