/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "dev/jsonpos.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct scan {
	struct arena *a;
	const char *p, *end;
	size_t line;
	const char *why;
};

static struct json_node *value(struct scan *s, unsigned depth);

static void *bad(struct scan *s, const char *why)
{
	if (!s->why)
		s->why = why;
	return NULL;
}

static void blanks(struct scan *s)
{
	for (; s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\r' || *s->p == '\n'); s->p++)
		s->line += *s->p == '\n';
}

static bool at(struct scan *s, char c)
{
	return s->p < s->end && *s->p == c;
}

static bool take(struct scan *s, char c)
{
	if (!at(s, c))
		return false;
	s->p++;
	return true;
}

static const char *expected(struct scan *s, const char *what)
{
	if (s->p == s->end)
		return "the file ends in the middle";
	return arena_printf(s->a, "%s is missing here", what);
}

/* --- strings --- */

static int hex4(struct scan *s, uint32_t *code)
{
	*code = 0;
	for (int i = 0; i < 4; i++, s->p++) {
		char c = s->p < s->end ? *s->p : '\0';
		int d = c >= '0' && c <= '9'   ? c - '0'
			: c >= 'a' && c <= 'f' ? c - 'a' + 10
			: c >= 'A' && c <= 'F' ? c - 'A' + 10
					       : -1;

		if (d < 0) {
			bad(s, "\\u has four hexadecimal digits");
			return -1;
		}
		*code = *code << 4 | (uint32_t)d;
	}
	return 0;
}

static char *put_utf8(char *q, uint32_t c)
{
	if (c < 0x80) {
		*q++ = (char)c;
	} else if (c < 0x800) {
		*q++ = (char)(0xc0 | c >> 6);
		*q++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*q++ = (char)(0xe0 | c >> 12);
		*q++ = (char)(0x80 | (c >> 6 & 0x3f));
		*q++ = (char)(0x80 | (c & 0x3f));
	} else {
		*q++ = (char)(0xf0 | c >> 18);
		*q++ = (char)(0x80 | (c >> 12 & 0x3f));
		*q++ = (char)(0x80 | (c >> 6 & 0x3f));
		*q++ = (char)(0x80 | (c & 0x3f));
	}
	return q;
}

/* Behind \u. Characters outside of the first plane are two of them. */
static char *unicode(struct scan *s, char *q)
{
	uint32_t c, low;

	if (hex4(s, &c))
		return NULL;
	if (c >= 0xd800 && c < 0xdc00) {
		if (!take(s, '\\') || !take(s, 'u'))
			return bad(s, "\\u with half a character");
		if (hex4(s, &low))
			return NULL;
		if (low < 0xdc00 || low > 0xdfff)
			return bad(s, "\\u with half a character");
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	} else if (c >= 0xdc00 && c <= 0xdfff) {
		return bad(s, "\\u with half a character");
	}
	if (!c)
		return bad(s, "text with a NUL is of no use here");
	return put_utf8(q, c);
}

static char *escape(struct scan *s, char *q)
{
	static const char letters[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	const char *l = s->p < s->end && *s->p ? strchr(letters, *s->p) : NULL;

	if (take(s, 'u'))
		return unicode(s, q);
	if (!l)
		return bad(s, "a backslash before something that it cannot stand before");
	s->p++;
	*q++ = means[l - letters];
	return q;
}

/* Behind the first quote. What it says is never longer than what is written. */
static const char *string(struct scan *s)
{
	const char *close = s->p;
	char *out, *q;

	while (close < s->end && *close != '"')
		close += 1 + (*close == '\\' && close + 1 < s->end);
	q = out = arena_alloc(s->a, (size_t)((close < s->end ? close : s->end) - s->p) + 1);
	while (q && s->p < s->end && *s->p != '"') {
		if ((unsigned char)*s->p < ' ')
			return bad(s, *s->p == '\n' ? "the text has no quote at its end"
						    : "a control character in text");
		if (take(s, '\\'))
			q = escape(s, q);
		else
			*q++ = *s->p++;
	}
	if (!q)
		return NULL;
	if (!take(s, '"'))
		return bad(s, "the file ends in the middle");
	return out;
}

/* --- the rest --- */

static size_t digits(struct scan *s)
{
	const char *from = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return (size_t)(s->p - from);
}

static struct json_node *number(struct scan *s, struct json_node *n)
{
	const char *from = s->p, *first;
	size_t len;

	take(s, '-');
	first = s->p;
	len = digits(s);
	if (!len || (len > 1 && *first == '0'))
		return bad(s, "something that is no value of JSON");
	if (take(s, '.') && !digits(s))
		return bad(s, "a number that ends in the middle");
	if (take(s, 'e') || take(s, 'E')) {
		if (!take(s, '+'))
			take(s, '-');
		if (!digits(s))
			return bad(s, "a number that ends in the middle");
	}
	n->kind = JSON_NUMBER;
	n->text = arena_strndup(s->a, from, (size_t)(s->p - from));
	return n;
}

static struct json_node *word(struct scan *s, struct json_node *n)
{
	static const struct {
		const char *word;
		enum json_kind kind;
	} words[] = { { "null", JSON_NULL }, { "true", JSON_TRUE }, { "false", JSON_FALSE } };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t len = strlen(words[i].word);

		if ((size_t)(s->end - s->p) >= len && memcmp(s->p, words[i].word, len) == 0) {
			s->p += len;
			n->kind = words[i].kind;
			return n;
		}
	}
	return bad(s, "something that is no value of JSON");
}

static const char *key_of(struct scan *s)
{
	const char *key;

	if (!take(s, '"'))
		return bad(s, expected(s, "the name of a member, in quotes,"));
	key = string(s);
	blanks(s);
	if (key && !take(s, ':'))
		return bad(s, expected(s, "a colon"));
	blanks(s);
	return key;
}

/* Behind the opening bracket. */
static struct json_node *children(struct scan *s, struct json_node *n, char close, unsigned depth)
{
	struct json_node **end = &n->first;

	if (depth >= JSON_DEPTH_MAX)
		return bad(s, "nested too deeply");
	blanks(s);
	if (take(s, close))
		return n;
	do {
		const char *key = NULL;

		blanks(s);
		if (close == '}') {
			key = key_of(s);
			if (!key)
				return NULL;
		}
		*end = value(s, depth + 1);
		if (!*end)
			return NULL;
		(*end)->key = key;
		end = &(*end)->next;
		blanks(s);
	} while (take(s, ','));
	if (!take(s, close))
		return bad(s, expected(s, close == '}' ? "a comma or }" : "a comma or ]"));
	return n;
}

static struct json_node *value(struct scan *s, unsigned depth)
{
	struct json_node *n = arena_alloc(s->a, sizeof(*n));

	blanks(s);
	n->line = s->line;
	if (s->p == s->end)
		return bad(s, "the file ends in the middle");
	if (take(s, '{')) {
		n->kind = JSON_OBJECT;
		return children(s, n, '}', depth);
	}
	if (take(s, '[')) {
		n->kind = JSON_ARRAY;
		return children(s, n, ']', depth);
	}
	if (take(s, '"')) {
		n->kind = JSON_STRING;
		n->text = string(s);
		return n->text ? n : NULL;
	}
	return *s->p == '-' || (*s->p >= '0' && *s->p <= '9') ? number(s, n) : word(s, n);
}

struct json_node *json_parse(struct arena *a, const char *text, size_t len, size_t *line, const char **why)
{
	struct scan s = { .a = a, .p = text, .end = text + len, .line = 1 };
	struct json_node *n = value(&s, 0);

	if (n)
		blanks(&s);
	if (n && s.p < s.end)
		n = bad(&s, "something stands behind the end");
	*line = s.line;
	*why = s.why;
	return n;
}

const char *json_kind_words(enum json_kind kind)
{
	static const char *const words[] = { "null", "false",	  "true",    "a number",
					     "text", "an object", "an array" };

	return words[kind];
}
