/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cli/value.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cli/introspect.h"
#include "core/suggest.h"
#include "core/num.h"
#include "output/fmt.h"

size_t opt_size(const struct opt *o)
{
	static const size_t size[] = {
		[O_FLAG] = sizeof(bool),
		[O_U8] = sizeof(uint8_t),
		[O_U16] = sizeof(uint16_t),
		[O_U32] = sizeof(uint32_t),
		[O_U64] = sizeof(uint64_t),
		[O_OPT_U32] = sizeof(struct opt_u32),
		[O_OPT_U64] = sizeof(struct opt_u64),
		[O_STR] = sizeof(const char *),
		[O_LIST] = sizeof(opt_list),
	};

	return size[o->type];
}

static const char *unit_text(const struct opt *o)
{
	return o->unit == UNIT_MS ? " ms" : o->unit == UNIT_S ? " s" : o->unit == UNIT_BYTES ? " bytes" : "";
}

/* --- numbers --- */

static int bad_number(struct ctx *ctx, const struct opt *o, const char *shown, const char *text)
{
	bool digit = text[0] && text[1] >= '0' && text[1] <= '9';
	int rc;

	if (text[0] == '-' && digit) {
		rc = fail(ctx, XC_USAGE, 0, "%s: '%s' is negative", shown, text);
		return fail_hint(ctx, rc,
				 "all ones of a field is written in hexadecimal, such as 0xffffffff");
	}
	if (text[0] == '0' && digit) {
		rc = fail(ctx, XC_USAGE, 0, "%s: '%s' has a leading zero", shown, text);
		return fail_hint(ctx, rc,
				 "octal is not understood: numbers are decimal, or hexadecimal with 0x");
	}
	if (o->unit == UNIT_MS) {
		rc = fail(ctx, XC_USAGE, 0, "%s: '%s' is no time in whole milliseconds", shown, text);
		return fail_hint(ctx, rc, "a number, with a unit or in milliseconds: 500ms, 10s, 2m, 1h");
	}
	if (o->unit == UNIT_S) {
		rc = fail(ctx, XC_USAGE, 0, "%s: '%s' is no time in whole seconds", shown, text);
		return fail_hint(ctx, rc, "a number, with a unit or in seconds: 30s, 10m, 1h");
	}
	if (o->unit == UNIT_BYTES) {
		rc = fail(ctx, XC_USAGE, 0, "%s: '%s' is no size", shown, text);
		return fail_hint(
			ctx, rc,
			"a number, with a unit or in bytes: 4k, 800G (powers of 1000), 4Ki, 1GiB (of 1024)");
	}
	return fail(ctx, XC_USAGE, 0, "%s: '%s' is no number", shown, text);
}

static int number(struct ctx *ctx, const struct opt *o, const char *shown, const char *text, uint64_t *v)
{
	uint64_t max = opt_max(o);
	int rc;

	if (o->unit == UNIT_MS)
		rc = num_parse_ms(text, v);
	else if (o->unit == UNIT_S)
		rc = num_parse_s(text, v);
	else if (o->unit == UNIT_BYTES)
		rc = num_parse_bytes(text, v);
	else
		rc = num_parse(text, v);
	if (rc == -EINVAL)
		return bad_number(ctx, o, shown, text);
	if (rc || *v < o->min || *v > max)
		return fail(ctx, XC_USAGE, 0, "%s: %s is out of range (%" PRIu64 " to %" PRIu64 "%s)", shown,
			    text, o->min, max, unit_text(o));
	return 0;
}

/* --- names --- */

static const char *all_names(struct ctx *ctx, const struct opt *o)
{
	const char *text = "";

	for (size_t i = 0; i < o->nvals; i++)
		text = arena_printf(ctx->arena, "%s%s%s", text, i ? ", " : "", o->vals[i].key);
	return text;
}

static const struct name *find_name(const struct opt *o, const char *text)
{
	for (size_t i = 0; i < o->nvals; i++)
		if (strcmp(o->vals[i].key, text) == 0)
			return &o->vals[i];
	return NULL;
}

static int bad_name(struct ctx *ctx, const struct opt *o, const char *shown, const char *text)
{
	struct suggest s;
	const char *near;
	int rc = fail(ctx, XC_USAGE, 0, "%s: '%s' is none of %s%s", shown, text, all_names(ctx, o),
		      o->flags & OF_OPEN_NAMES ? ", and no number" : "");

	suggest_begin(&s, text);
	for (size_t i = 0; i < o->nvals; i++)
		suggest_offer(&s, o->vals[i].key);
	near = suggest_text(ctx->arena, &s, "");
	return near ? fail_hint(ctx, rc, "%s", near) : rc;
}

static int check_format(struct ctx *ctx, const char *shown, const char *text)
{
	struct suggest s;
	const char *near, *all = "";
	int rc;

	if (fmt_by_name(text))
		return 0;
	suggest_begin(&s, text);
	for (const struct fmt *f = fmts; f->name; f++) {
		suggest_offer(&s, f->name);
		all = arena_printf(ctx->arena, "%s%s%s", all, f == fmts ? "" : ", ", f->name);
	}
	rc = fail(ctx, XC_USAGE, 0, "%s: '%s' is none of %s", shown, text, all);
	near = suggest_text(ctx->arena, &s, "");
	return near ? fail_hint(ctx, rc, "%s", near) : rc;
}

static int check_text(struct ctx *ctx, const struct opt *o, const char *shown, const char *text)
{
	if (!*text)
		return fail(ctx, XC_USAGE, 0, "%s: a value is empty", shown);
	if (o->complete == COMP_FORMAT)
		return check_format(ctx, shown, text);
	if (o->nvals && !(o->flags & OF_OPEN_NAMES) && !find_name(o, text))
		return bad_name(ctx, o, shown, text);
	return 0;
}

/* --- storing --- */

static int store_list(struct ctx *ctx, const struct opt *o, const char *shown, const char *text, void *member)
{
	opt_list old;
	const char **list;
	size_t n = 0, more = 1;
	int rc;

	memcpy(&old, member, sizeof(old));
	while (old && old[n])
		n++;
	for (const char *p = text; *p; p++)
		more += *p == ',';
	list = arena_calloc(ctx->arena, n + more + 1, sizeof(*list));
	if (n)
		memcpy(list, old, n * sizeof(*list));
	for (const char *p = text;; p++) {
		size_t len = strcspn(p, ",");

		list[n] = arena_strndup(ctx->arena, p, len);
		rc = check_text(ctx, o, shown, list[n++]);
		if (rc)
			return rc;
		p += len;
		if (!*p)
			break;
	}
	old = list;
	memcpy(member, &old, sizeof(old));
	return 0;
}

static void store_number(const struct opt *o, uint64_t v, void *member)
{
	switch (o->type) {
	case O_U8:
		*(uint8_t *)member = (uint8_t)v;
		break;
	case O_U16:
		*(uint16_t *)member = (uint16_t)v;
		break;
	case O_U32:
		*(uint32_t *)member = (uint32_t)v;
		break;
	case O_U64:
		*(uint64_t *)member = v;
		break;
	case O_OPT_U32:
		*(struct opt_u32 *)member = (struct opt_u32){ true, (uint32_t)v };
		break;
	case O_OPT_U64:
		*(struct opt_u64 *)member = (struct opt_u64){ true, v };
		break;
	default:
		break;
	}
}

static int store_named(struct ctx *ctx, const struct opt *o, const char *shown, const char *text,
		       void *member)
{
	const struct name *name = find_name(o, text);
	uint64_t v;
	int rc;

	if (name) {
		store_number(o, name->val, member);
		return 0;
	}
	/* What begins as a number was meant as one, and deserves the message about numbers. */
	if (o->nvals && (!(o->flags & OF_OPEN_NAMES) || text[0] < '0' || text[0] > '9'))
		return bad_name(ctx, o, shown, text);
	rc = number(ctx, o, shown, text, &v);
	if (!rc)
		store_number(o, v, member);
	return rc;
}

int opt_store(struct ctx *ctx, const struct opt *o, const char *shown, const char *text, void *args)
{
	void *member = (char *)args + o->off;
	int rc;

	if (!text) {
		store_number(o, 0, member);
		return 0;
	}
	if (!*text)
		return fail(ctx, XC_USAGE, 0, "%s: the value is empty", shown);
	if (o->type == O_LIST)
		return store_list(ctx, o, shown, text, member);
	if (o->type != O_STR)
		return store_named(ctx, o, shown, text, member);
	rc = check_text(ctx, o, shown, text);
	if (!rc)
		*(const char **)member = text;
	return rc;
}
