/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* JSON text to value tree and back. json-c does the reading and writing; nothing of it is kept. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "core/num.h"
#include "core/utf8.h"
#include "dev/image.h"

#define MAX_DEPTH 32

static struct val *from_json(struct arena *a, json_object *j, const char **why)
{
	struct val *v = NULL, *child;
	const char *s;

	switch (json_object_get_type(j)) {
	case json_type_null:
		return val_new(a, VAL_NULL);
	case json_type_boolean:
		v = val_new(a, VAL_BOOL);
		v->u = json_object_get_boolean(j) ? 1 : 0;
		return v;
	case json_type_double:
		*why = "numbers with a fraction or an exponent are not used in an image";
		return NULL;
	case json_type_int:
		if (json_object_get_int64(j) < 0) {
			v = val_new(a, VAL_INT);
			v->i = json_object_get_int64(j);
			return v;
		}
		v = val_new(a, VAL_UINT);
		v->u = json_object_get_uint64(j);
		/* json-c cuts larger numbers down to this one without a word. */
		if (v->u == UINT64_MAX)
			*why = "numbers from 18446744073709551615 on are written as strings";
		return v;
	case json_type_string:
		s = json_object_get_string(j);
		v = val_new(a, VAL_STR);
		v->s.len = (size_t)json_object_get_string_len(j);
		v->s.p = arena_memdup(a, s, v->s.len + 1); /* may hold a NUL, and has one behind it */
		return v;
	case json_type_array:
		v = val_new(a, VAL_ARR);
		for (size_t i = 0; !*why && i < json_object_array_length(j); i++) {
			child = from_json(a, json_object_array_get_idx(j, i), why);
			if (child)
				val_add(v, NULL, child);
		}
		return v;
	case json_type_object:
		v = val_new(a, VAL_OBJ);
		json_object_object_foreach(j, key, member)
		{
			child = *why ? NULL : from_json(a, member, why);
			if (child)
				val_add(v, arena_strdup(a, key), child);
		}
		return v;
	}
	return v;
}

static size_t line_of(const char *text, size_t at, size_t *column)
{
	size_t line = 1, start = 0;

	for (size_t i = 0; i < at; i++) {
		if (text[i] == '\n') {
			line++;
			start = i + 1;
		}
	}
	*column = at - start + 1;
	return line;
}

static void no_json(struct ctx *ctx, const char *name, const char *text, size_t at, const char *what)
{
	size_t column, line = line_of(text, at, &column);

	fail(ctx, XC_DATA, 0, "%s: not JSON: %s at line %zu, column %zu", name, what, line, column);
}

/*
 * The same document in ASCII: json-c 0.18 takes the bytes of other characters for control characters. The text is
 * well-formed; outside of strings an escape is as wrong as the character was.
 */
static const char *ascii(struct arena *a, const char *text, size_t len, size_t *out_len)
{
	char *out, *q;
	size_t plain = 0;

	while (plain < len && !(text[plain] & 0x80))
		plain++;
	*out_len = len;
	if (plain == len)
		return text;
	q = out = arena_calloc(a, len + 1, 6);
	for (size_t at = 0; at < len;) {
		uint8_t c = (uint8_t)text[at++];
		size_t n = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
		uint32_t code = c & (n ? 0x3fu >> n : 0x7fu);

		if (!n) {
			*q++ = (char)c;
			continue;
		}
		while (n--)
			code = code << 6 | ((uint8_t)text[at++] & 0x3f);
		if (code > 0xffff) {
			code -= 0x10000;
			q += sprintf(q, "\\u%04x", 0xd800 + (code >> 10));
			code = 0xdc00 + (code & 0x3ff);
		}
		q += sprintf(q, "\\u%04x", code);
	}
	*out_len = (size_t)(q - out);
	return out;
}

struct val *image_from_json(struct ctx *ctx, const char *name, const char *text, size_t len)
{
	json_tokener *tok = json_tokener_new_ex(MAX_DEPTH);
	enum json_tokener_error err;
	json_object *j = NULL;
	struct val *v = NULL;
	const char *why = NULL;
	size_t at;

	if (!tok || len > INT_MAX) {
		fail(ctx, XC_DATA, EFBIG, "%s: too large for an image", name);
		goto out;
	}
	at = utf8_part(text, len);
	if (at < len) {
		no_json(ctx, name, text, at, "invalid UTF-8");
		goto out;
	}
	text = ascii(ctx->arena, text, len, &len);
	if (len > INT_MAX) {
		fail(ctx, XC_DATA, EFBIG, "%s: too large for an image", name);
		goto out;
	}
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
	j = json_tokener_parse_ex(tok, text, (int)len);
	err = json_tokener_get_error(tok);
	at = json_tokener_get_parse_end(tok);
	if (err != json_tokener_success) {
		no_json(ctx, name, text, err == json_tokener_continue ? len : at,
			err == json_tokener_continue ? "it ends too early" : json_tokener_error_desc(err));
		goto out;
	}
	while (at < len && text[at] && strchr(" \t\r\n", text[at]))
		at++;
	if (at < len) {
		no_json(ctx, name, text, at, "something follows the document");
		goto out;
	}
	v = from_json(ctx->arena, j, &why);
	if (why) {
		fail(ctx, XC_DATA, 0, "%s: %s", name, why);
		v = NULL;
	}
out:
	json_object_put(j);
	if (tok)
		json_tokener_free(tok);
	return v;
}

static json_object *to_json(const struct val *v)
{
	char digits[NUM_U128_MAX];
	json_object *j;

	switch ((enum val_type)v->type) {
	case VAL_BOOL:
		return json_object_new_boolean(v->u != 0);
	case VAL_UINT:
		/* Some releases of json-c cannot read larger ones back. */
		if (v->u <= INT64_MAX)
			return json_object_new_uint64(v->u);
		/* fallthrough */
	case VAL_U128:
		return json_object_new_string(num_u128(v->type == VAL_U128 ? val_wide(v) : v->u, digits));
	case VAL_INT:
		return json_object_new_int64(v->i);
	case VAL_STR:
		return json_object_new_string_len(v->s.p, (int)v->s.len);
	case VAL_OBJ:
		j = json_object_new_object();
		val_for_each(it, v)
			json_object_object_add(j, it->key, to_json(it));
		return j;
	case VAL_ARR:
		j = json_object_new_array();
		val_for_each(it, v)
			json_object_array_add(j, to_json(it));
		return j;
	case VAL_NULL:
	case VAL_REAL:
	case VAL_BYTES:
		break; /* an image has none */
	}
	return NULL;
}

char *image_to_json(struct arena *a, const struct val *root, size_t *len)
{
	json_object *j = to_json(root);
	const char *s;
	char *copy;

	s = json_object_to_json_string_ext(j, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
						      JSON_C_TO_STRING_NOSLASHESCAPE);
	copy = arena_printf(a, "%s\n", s);
	*len = strlen(copy);
	json_object_put(j);
	return copy;
}
