/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* One value as people read it. */
#include <string.h>

#include "core/num.h"
#include "output/out.h"
#include "spec/field.h"

static const char *decimal(struct arena *a, u128 v)
{
	char buf[NUM_U128_MAX];

	return arena_strdup(a, num_u128(v, buf));
}

static const char *hexadecimal(struct arena *a, u128 v, const char *prefix, int width)
{
	if (v >> 64)
		return arena_printf(a, "%s%llx%016llx", prefix, (unsigned long long)(v >> 64),
				    (unsigned long long)v);
	return arena_printf(a, "%s%0*llx", prefix, width, (unsigned long long)v);
}

/* The other personality's zero has no prefix. */
static const char *prefixed(struct arena *a, u128 v, const struct fmt_opts *o)
{
	return hexadecimal(a, v, v || !o->plain ? "0x" : "", 1);
}

/* Powers of two stay exact: "4 KiB", not "4.10 kB". */
static const char *binary_size(struct arena *a, u128 v)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	size_t i = 0;

	while (i + 1 < sizeof(units) / sizeof(units[0]) && v >= 1024 && v % 1024 == 0) {
		v /= 1024;
		i++;
	}
	return arena_printf(a, "%s %s", decimal(a, v), units[i]);
}

/* "1 block", "2 blocks": units are plural words. */
static const char *counted(struct arena *a, const char *number, const char *unit)
{
	size_t n = strlen(unit);

	if (strcmp(number, "1") == 0 && n > 2 && unit[n - 1] == 's')
		n--;
	return arena_printf(a, "%s %.*s", number, (int)n, unit);
}

/* Units of time, shortest first; each is 1000 of the one before. */
static const struct {
	const char *unit, *sign;
} times[] = {
	{ "nanoseconds", "ns" }, { "microseconds", "us" }, { "milliseconds", "ms" }, { "seconds", "s" }
};

enum { SECONDS = NELEMS(times) - 1 };

static size_t time_unit(const char *unit)
{
	size_t i = 0;

	while (i < NELEMS(times) && strcmp(unit, times[i].unit) != 0)
		i++;
	return i;
}

/* "250 ms", "5 s", "31 h 33 min": exact below a minute, the two largest parts above. */
static const char *duration(struct arena *a, u128 v, size_t unit)
{
	static const struct {
		unsigned long long seconds;
		const char *sign;
	} parts[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	size_t i = 0;
	u128 rest;

	for (; unit < SECONDS && v && v % 1000 == 0; unit++)
		v /= 1000;
	if (unit < SECONDS || v < 60)
		return arena_printf(a, "%s %s", decimal(a, v), times[unit].sign);
	while (v < parts[i].seconds)
		i++;
	rest = v % parts[i].seconds / parts[i + 1].seconds;
	if (!rest)
		return arena_printf(a, "%s %s", decimal(a, v / parts[i].seconds), parts[i].sign);
	return arena_printf(a, "%s %s %s %s", decimal(a, v / parts[i].seconds), parts[i].sign,
			    decimal(a, rest), parts[i + 1].sign);
}

/* What a raw value counts, where that is a time: "min" for a scale of 60 seconds; NULL: something else. */
static const char *raw_time(const struct field *f)
{
	size_t unit = f->unit && f->kind != K_BITS && !f->by && !f->bias ? time_unit(f->unit) : NELEMS(times);

	if (unit == NELEMS(times) || f->show > SHOW_DEC)
		return NULL;
	if (unit == SECONDS && f->scale == 60)
		return "min";
	if (unit == SECONDS && f->scale == 3600)
		return "h";
	return f->scale <= 1 ? times[unit].sign : NULL;
}

static const char *with_unit(struct arena *a, u128 v, const struct field *f)
{
	bool binary = f->show == SHOW_POW2 || (f->scale > 1 && !(f->scale & (f->scale - 1)));
	size_t unit = time_unit(f->unit);
	char buf[NUM_U128_MAX];

	if (unit < NELEMS(times))
		return duration(a, v, unit);
	if (strcmp(f->unit, "bytes") == 0)
		return binary ? binary_size(a, v) : arena_strdup(a, num_si(v, buf));
	if (strcmp(f->unit, "microwatts") == 0 && v <= UINT64_MAX) {
		uint64_t uw = (uint64_t)v;
		unsigned frac = (unsigned)(uw % 1000000 / 100);

		if (frac % 100 == 0)
			return arena_printf(a, "%llu.%02u W", (unsigned long long)(uw / 1000000), frac / 100);
		return arena_printf(a, "%llu.%04u W", (unsigned long long)(uw / 1000000), frac);
	}
	return counted(a, decimal(a, v), f->unit);
}

static const char *raw_text(struct arena *a, const struct val *v, const struct fmt_opts *o)
{
	const struct field *f = v->field;
	u128 u = val_wide(v);

	switch (f ? f->show : SHOW_DEFAULT) {
	case SHOW_HEX:
	case SHOW_SET:
	case SHOW_STATUS:
		return prefixed(a, u, o);
	case SHOW_HEX0:
		return hexadecimal(a, u, "", f->len ? (int)((f->len + f->hi_len + 3) / 4) : 1);
	case SHOW_PERCENT:
		return arena_printf(a, "%s%%", decimal(a, u));
	case SHOW_BOOL:
		return u ? "yes" : "no";
	case SHOW_VERSION:
		return o->plain ? prefixed(a, u, o) : derive(a, v, NULL).text;
	case SHOW_DEFAULT:
		if (f && f->kind == K_BITS)
			return prefixed(a, u, o);
		if (f && f->kind == K_BOOL)
			return u ? "yes" : "no";
		return decimal(a, u);
	default:
		return decimal(a, u);
	}
}

/* Whether the meaning is shown: the other personality shows only what its programs expect. */
static bool explains(const struct field *f, const struct fmt_opts *o, bool pair)
{
	if (f->show == SHOW_SI)
		return true;
	if (f->nnames && pair)
		return o->verbose;
	return !o->plain || o->verbose;
}

static const char *name_text(const struct val *v)
{
	const struct name *n = v->type == VAL_UINT && v->field ? field_name_of(v->field, v->u) : NULL;

	return n ? (n->text ? n->text : n->key) : NULL;
}

/* "Available spare below threshold, Reliability degraded": the flags that are set. */
static const char *set_flags(struct arena *a, const struct val *v)
{
	const char *list = NULL;

	if (v->type != VAL_UINT || !v->sub)
		return NULL;
	val_for_each(b, v->sub) {
		if (b->type == VAL_UINT && b->u && b->field && b->field->kind == K_FLAG)
			list = list ? arena_printf(a, "%s, %s", list, b->field->text) : b->field->text;
	}
	return list;
}

/* 0 of anything needs no unit; a name, an exponent and a 0's based count do mean something. */
static bool is_nothing(const struct val *v, const struct field *f)
{
	return !val_wide(v) && !f->nnames && !f->bias && f->show != SHOW_POW2 && f->show != SHOW_STATUS;
}

/* What stands in parentheses behind the number, or NULL. */
static const char *meaning(struct arena *a, const struct val *v, const struct around *in,
			   const struct fmt_opts *o, bool pair)
{
	const struct field *f = v->field;
	struct derived d;

	if (!explains(f, o, pair))
		return NULL;
	if (f->nnames)
		return name_text(v);
	if (f->show == SHOW_SET && !o->plain && !o->verbose)
		return set_flags(a, v);
	if (f->kind == K_BITS || f->show == SHOW_VERSION || (!o->plain && is_nothing(v, f)))
		return NULL;
	d = derive(a, v, in);
	if (d.kind == D_TEXT)
		return d.text;
	if (d.kind == D_NUMBER)
		return with_unit(a, d.number, f);
	if ((f->show == SHOW_SI || (f->show == SHOW_HEX && !o->plain)) && f->unit && !f->by && !unreported(v))
		return with_unit(a, val_wide(v), f);
	if (f->bias && !f->unit && o->verbose)
		return decimal(a, val_wide(v) + (u128)f->bias);
	return NULL;
}

/* "42 min", "1893 min (1 d 7 h)" */
static const char *time_text(struct arena *a, const struct val *v, const struct around *in, const char *raw)
{
	struct derived d = derive(a, v, in);
	const char *more;

	if (is_nothing(v, v->field) || (v->field->scale > 1 && d.kind != D_NUMBER))
		return raw;
	more = with_unit(a, d.kind == D_NUMBER ? d.number : val_wide(v), v->field);
	return strcmp(raw, more) == 0 ? raw : arena_printf(a, "%s (%s)", raw, more);
}

static const char *number_text(struct arena *a, const struct val *v, const struct around *in,
			       const struct fmt_opts *o, bool pair)
{
	const struct field *f = v->field;
	const char *raw = raw_text(a, v, o), *more, *unit;

	if (!f)
		return raw;
	if (unreported(v)) {
		if (o->plain)
			return raw;
		return pair ? "-" : arena_printf(a, "%s (not reported)", raw);
	}
	if (f->show == SHOW_KELVIN)
		return arena_printf(a, "%lld °C (%s K)", (long long)derive(a, v, in).sign, raw);
	unit = o->plain || pair ? NULL : raw_time(f);
	if (unit)
		return time_text(a, v, in, arena_printf(a, "%s %s", raw, unit));
	more = meaning(a, v, in, o, pair);
	/* Units that a sibling chooses make no sense without it, so on a crowded line only the result counts. */
	if (more && pair && f->by)
		return more;
	if (more)
		return arena_printf(a, "%s (%s)", raw, more);
	if (f->unit && f->scale <= 1 && f->show <= SHOW_DEC && !f->by && !o->plain && !pair)
		return counted(a, raw, f->unit);
	return raw;
}

static const char *hex_text(struct arena *a, const struct val *v)
{
	char *s = arena_alloc(a, 2 * v->s.len + 1);

	for (size_t i = 0; i < v->s.len; i++)
		snprintf(s + 2 * i, 3, "%02x", (uint8_t)v->s.p[i]);
	return s;
}

const char *show_value(struct arena *a, const struct val *v, const struct around *in,
		       const struct fmt_opts *o, bool pair)
{
	size_t len;

	switch (v->type) {
	case VAL_BOOL:
		return v->u ? "yes" : "no";
	case VAL_UINT:
	case VAL_U128:
		return number_text(a, v, in, o, pair);
	case VAL_INT:
		return arena_printf(a, "%lld", (long long)v->i);
	case VAL_REAL:
		return arena_printf(a, "%g", v->d);
	case VAL_STR:
		len = v->field && (v->field->flags & F_UTF8) && v->field->kind == K_STR
			      ? strnlen(v->s.p, v->s.len)
			      : v->s.len;
		return printable(a, v->s.p, len, v->flags & VAL_PADDED);
	case VAL_BYTES:
		return hex_text(a, v);
	default:
		return "-";
	}
}

const char *show_bits(struct arena *a, const struct val *v)
{
	const struct field *f = v->field;
	const char *title = f && f->text ? f->text : v->key, *name = name_text(v);

	if (f && f->show == SHOW_SUPPORTED)
		return arena_printf(a, "%s %s", title, v->u ? "Supported" : "Not Supported");
	if (!f || f->kind == K_UINT || (f->kind == K_FLAG && !name)) {
		if (!f || f->kind != K_UINT || !f->unit)
			return title;
		return arena_printf(a, "%s, in %s", title, f->unit);
	}
	if (f->kind == K_ENUM || f->kind == K_FLAG)
		return arena_printf(a, "%s: %s", title, name ? name : "unknown");
	return title;
}

/* What a title may name beside the members of the answer. */
static const char *context_text(const char *name, bool hex, const struct ctx *ctx)
{
	if (strcmp(name, "device") == 0 && ctx->device)
		return printable(ctx->arena, ctx->device, strlen(ctx->device), false);
	if (strcmp(name, "nsid") == 0)
		return arena_printf(ctx->arena, hex ? "%x" : "%u", ctx->nsid);
	return "";
}

static const char *key_text(const char *key, size_t len, const struct val *obj, const struct fmt_opts *o)
{
	struct arena *a = o->ctx->arena;
	char how = len > 2 && key[len - 2] == ':' ? key[len - 1] : '\0';
	bool hex = how == 'x';
	const char *name = arena_strndup(a, key, how ? len - 2 : len);
	const struct val *v = val_path(obj, name);
	const struct name *word = v && v->type == VAL_UINT && v->field ? field_name_of(v->field, v->u) : NULL;

	if (!v)
		return context_text(name, hex, o->ctx);
	if (v->type == VAL_UINT && v->field && v->field->flags & F_ZERO_UNREPORTED && !v->u)
		return "";
	if (hex && v->type == VAL_UINT)
		return hexadecimal(a, v->u, "0x", 1);
	if (word && (how == 'n' || how == 'k'))
		return how == 'n' ? word->text : word->key;
	if (v->type == VAL_STR)
		return printable(a, v->s.p, v->s.len, true);
	if (v->type == VAL_UINT && !v->field)
		return decimal(a, v->u);
	return v->type == VAL_NULL ? "" : show_value(a, v, NULL, o, true);
}

const char *expand(const char *text, const struct val *obj, const struct fmt_opts *o)
{
	struct arena *a = o->ctx->arena;
	const char *out = "", *before = NULL;
	bool drop = false;

	while (*text) {
		size_t n = strcspn(text, "{[]"), key;

		if (n) {
			out = arena_printf(a, "%s%.*s", out, (int)n, text);
			text += n;
		} else if (*text == '[') {
			before = out;
			drop = false;
			text++;
		} else if (*text == ']') {
			out = drop && before ? before : out;
			before = NULL;
			text++;
		} else {
			const char *s;

			key = strcspn(text + 1, "}");
			s = key_text(text + 1, key, obj, o);
			drop |= !*s;
			out = arena_printf(a, "%s%s", out, s);
			text += 1 + key + (text[1 + key] == '}');
		}
	}
	return out;
}
