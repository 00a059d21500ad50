/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The inverse of decode.c: members of a value tree, by name, into bytes. Serves images of simulated
 * drives and the tests, so it says precisely what it does not understand.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "core/num.h"
#include "spec/spec.h"
#include "spec/walk.h"

struct encoder {
	struct arena *a;
	uint8_t *p;
	size_t bits, top; /* size of the buffer; highest bit written */
	const char *why;
	int rc;
};

static void encode_rows(struct encoder *e, const struct scope *s, size_t end, const struct val *obj);

static void bad(struct encoder *e, int rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void bad(struct encoder *e, int rc, const char *fmt, ...)
{
	va_list ap;

	if (e->rc)
		return;
	va_start(ap, fmt);
	e->why = arena_vprintf(e->a, fmt, ap);
	va_end(ap);
	e->rc = rc;
}

static bool reserve(struct encoder *e, const char *name, size_t off, size_t len, size_t end)
{
	if (end > e->bits)
		end = e->bits;
	if (off > end || len > end - off) {
		bad(e, -ENOSPC, "'%s' does not fit into the structure", name);
		return false;
	}
	if (off + len > e->top)
		e->top = off + len;
	return !e->rc;
}

static const char *text_of(struct encoder *e, const struct val *v)
{
	return arena_strndup(e->a, v->s.p, v->s.len);
}

static int name_lookup(const struct field *f, const char *key, uint64_t *out)
{
	for (size_t i = 0; i < f->nnames; i++) {
		if (f->names[i].key && strcmp(f->names[i].key, key) == 0) {
			*out = f->names[i].val;
			return 0;
		}
	}
	return num_parse(key, out);
}

static bool integer_of(struct encoder *e, const struct field *f, const char *name, const struct val *v, u128 *out)
{
	uint64_t u;

	switch (v->type) {
	case VAL_BOOL:
	case VAL_UINT:
		*out = v->u;
		return true;
	case VAL_U128:
		*out = val_wide(v);
		return true;
	case VAL_STR:
		if (name_lookup(f, text_of(e, v), &u) == 0) {
			*out = u;
			return true;
		}
		if (f->kind == K_U128 && num_parse_u128(text_of(e, v), out) == 0)
			return true;
		bad(e, -EINVAL, "'%s': \"%s\" is neither a number nor one of its names", name, text_of(e, v));
		return false;
	default:
		bad(e, -EINVAL, "'%s' must be a number", name);
		return false;
	}
}

static void put_integer(struct encoder *e, const struct field *f, const char *name, const struct scope *s, size_t end,
			const struct val *v)
{
	size_t width = f->len + f->hi_len;
	struct field lo = *f, hi = *f;
	u128 w = 0;

	if (!reserve(e, name, s->base + f->off, f->len, end) || !integer_of(e, f, name, v, &w))
		return;
	if (f->hi_len && !reserve(e, name, s->base + f->hi_off, f->hi_len, end))
		return;
	if (width < 128 && w >> width) {
		bad(e, -EINVAL, "'%s' is too large for %zu bits", name, width);
		return;
	}
	if (f->len <= 64) {
		field_write(f, e->p, s->base, (uint64_t)w);
		return;
	}
	lo.len = 64;
	hi.off += 64;
	hi.len = f->len - 64;
	field_write(&lo, e->p, s->base, (uint64_t)w);
	field_write(&hi, e->p, s->base, (uint64_t)(w >> 64));
}

/* Hexadecimal digits, with '-' between them for a UUID; the number of bytes, or -1. */
static ssize_t from_hex(const char *s, uint8_t *out, size_t max)
{
	size_t n = 0;
	int high = -1;

	for (; *s; s++) {
		int digit = hex_digit(*s);

		if (*s == '-' || *s == ' ')
			continue;
		if (digit < 0 || n == max)
			return -1;
		if (high < 0) {
			high = digit;
		} else {
			out[n++] = (uint8_t)(high << 4 | digit);
			high = -1;
		}
	}
	return high < 0 ? (ssize_t)n : -1;
}

static void put_bytes(struct encoder *e, const struct field *f, const struct scope *s, size_t end, const struct val *v)
{
	struct bitbuf b = { e->p, e->bits };
	size_t off = s->base + f->off, room, n;
	uint64_t bytes;

	if (v->type != VAL_STR && v->type != VAL_BYTES) {
		bad(e, -EINVAL, "'%s' must be a string", f->name);
		return;
	}
	if (end > e->bits)
		end = e->bits;
	room = off < end ? (end - off) / 8 : 0;
	if (f->len && f->len / 8 < room)
		room = f->len / 8;
	if (ref_set(&f->bytes) && ref_eval(&f->bytes, s, &b, &bytes) && bytes < room)
		room = bytes;
	n = v->s.len;
	if (v->type == VAL_STR && f->kind != K_STR) {
		uint8_t *tmp = arena_alloc(e->a, n / 2 + 1);
		ssize_t got = from_hex(text_of(e, v), tmp, n / 2 + 1);

		if (got < 0 || (f->kind == K_UUID && got != 16)) {
			bad(e, -EINVAL, "'%s': \"%s\" is not %s", f->name, text_of(e, v),
			    f->kind == K_UUID ? "a UUID" : "hexadecimal");
			return;
		}
		n = (size_t)got;
		if (n <= room && n)
			memcpy(e->p + off / 8, tmp, n);
	} else if (n <= room && n) {
		memcpy(e->p + off / 8, v->s.p, n);
	}
	if (n > room) {
		bad(e, -EINVAL, "'%s' has %zu bytes where %zu fit", f->name, n, room);
		return;
	}
	/* Text is padded with blanks, as the specification asks; NQNs and opaque bytes with zeroes. */
	if (n < room && f->len)
		memset(e->p + off / 8 + n, f->kind == K_STR && !(f->flags & F_UTF8) ? ' ' : 0, room - n);
	reserve(e, f->name, off, (f->len ? room : n) * 8, end);
}

static size_t element_index(const struct field *f, const struct val *el, size_t at)
{
	const struct val *slot = f->slot && el->type == VAL_OBJ ? val_get(el, f->slot) : NULL;

	if (!slot || slot->type != VAL_UINT)
		return at;
	if ((int64_t)slot->u < f->slot_base || slot->u > 1u << 24)
		return SIZE_MAX;
	return (size_t)((int64_t)slot->u - f->slot_base);
}

static void put_element(struct encoder *e, const struct field *f, const struct scope *s, size_t pos, size_t end,
			const struct val *el)
{
	struct scope inner = { f->sub, f->nsub, pos, s };

	if (elem_is_scalar(f)) {
		struct field row = f->sub[0];

		row.off = 0;
		row.name = f->name;
		if (row.kind == K_STR || row.kind == K_HEX || row.kind == K_UUID)
			put_bytes(e, &row, &inner, end, el);
		else
			put_integer(e, &row, f->name, &inner, end, el);
		return;
	}
	if (el->type != VAL_OBJ) {
		bad(e, -EINVAL, "elements of '%s' must be objects", f->name);
		return;
	}
	encode_rows(e, &inner, end, el);
}

static void put_array(struct encoder *e, const struct field *f, const struct scope *s, size_t end, const struct val *arr)
{
	size_t start = s->base + f->off, pos = start, fixed = elem_bits(f), at = 0;
	struct bitbuf b = { e->p, e->bits };
	uint64_t bytes;

	if (arr->type != VAL_ARR) {
		bad(e, -EINVAL, "'%s' must be an array", f->name);
		return;
	}
	if (f->len && start + f->len < end)
		end = start + f->len;
	val_for_each(el, arr) {
		struct scope inner = { f->sub, f->nsub, pos, s };

		if (fixed) {
			at = element_index(f, el, at);
			if (at == SIZE_MAX || at > (e->bits / fixed)) {
				bad(e, -EINVAL, "'%s': '%s' is out of range", f->name, f->slot ? f->slot : "index");
				return;
			}
			pos = start + at++ * fixed;
			if (!reserve(e, f->name, pos, fixed, end))
				return;
			put_element(e, f, s, pos, pos + fixed, el);
			continue;
		}
		put_element(e, f, s, pos, end, el);
		if (e->rc)
			return;
		if (!ref_eval(&f->stride, &inner, &b, &bytes) || !bytes || bytes > e->bits / 8) {
			bad(e, -EINVAL, "an element of '%s' does not say how long it is ('%s')", f->name,
			    f->stride.field);
			return;
		}
		if (!reserve(e, f->name, pos, bytes * 8, end))
			return;
		pos += bytes * 8;
	}
}

static const struct field *row_of(const struct scope *s, const char *key)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->rows[i].name && strcmp(s->rows[i].name, key) == 0)
			return &s->rows[i];
	}
	return NULL;
}

/* A count that the tree does not give follows from the array's length. */
static void put_counts(struct encoder *e, const struct scope *s, size_t end, const struct val *obj)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct field *f = &s->rows[i], *count;
		const struct val *arr;
		struct val n = { .type = VAL_UINT };

		if (f->kind != K_ARRAY || !f->count.field || f->count.mul != 1 || !f->name)
			continue;
		arr = val_get(obj, f->name);
		count = row_of(s, f->count.field);
		if (!arr || arr->type != VAL_ARR || !count || val_get(obj, count->name))
			continue;
		if ((int64_t)arr->c.n < f->count.add)
			continue;
		n.u = (uint64_t)((int64_t)arr->c.n - f->count.add);
		put_integer(e, count, count->name, s, end, &n);
	}
}

static const struct sel_case *switch_case(struct encoder *e, const struct field *f, const struct scope *s)
{
	struct bitbuf b = { e->p, e->bits };
	uint64_t v;

	return path_read(f->sel->field, s, &b, &v) ? sel_pick(f->sel, v) : NULL;
}

static void encode_row(struct encoder *e, const struct field *f, const struct scope *s, size_t end,
		       const struct val *obj)
{
	const struct val *v = f->name && f->kind != K_SWITCH ? val_get(obj, f->name) : NULL;
	struct scope inner = { f->sub, f->nsub, s->base + f->off, s };

	if (f->kind == K_SWITCH) {
		const struct sel_case *c = switch_case(e, f, s);

		if (c) {
			inner.rows = c->fields;
			inner.n = c->nfields;
			encode_rows(e, &inner, end, obj);
		}
		return;
	}
	if (!v || f->kind == K_RSVD || (f->flags & F_DERIVED))
		return;
	switch (f->kind) {
	case K_ARRAY:
		put_array(e, f, s, end, v);
		break;
	case K_STRUCT:
		if (v->type != VAL_OBJ)
			bad(e, -EINVAL, "'%s' must be an object", f->name);
		else
			encode_rows(e, &inner, f->len ? s->base + f->off + f->len : end, v);
		break;
	case K_STR:
	case K_HEX:
	case K_UUID:
		put_bytes(e, f, s, end, v);
		break;
	case K_BITS:
		if (v->type == VAL_OBJ) {
			if (reserve(e, f->name, s->base + f->off, f->len, end))
				encode_rows(e, &inner, s->base + f->off + f->len, v);
			break;
		}
		/* fallthrough */
	default:
		put_integer(e, f, f->name, s, end, v);
	}
}

static bool key_is_known(struct encoder *e, const struct scope *s, const char *key)
{
	char derived[128];

	for (size_t i = 0; i < s->n; i++) {
		const struct field *f = &s->rows[i];

		if (f->kind == K_SWITCH) {
			const struct sel_case *c = switch_case(e, f, s);
			struct scope inner = { c ? c->fields : NULL, c ? c->nfields : 0, s->base + f->off, s };

			if (c && key_is_known(e, &inner, key))
				return true;
			continue;
		}
		if (!f->name)
			continue;
		if (strcmp(f->name, key) == 0)
			return true;
		if (field_derived_key(f, derived, sizeof(derived)) && strcmp(derived, key) == 0)
			return true;
	}
	return false;
}

static void encode_rows(struct encoder *e, const struct scope *s, size_t end, const struct val *obj)
{
	/* Scalars first: arrays and switches refer to them. */
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < s->n && !e->rc; i++) {
			bool refers = s->rows[i].kind == K_ARRAY || s->rows[i].kind == K_SWITCH ||
				      ref_set(&s->rows[i].bytes);

			if (refers == (pass == 1))
				encode_row(e, &s->rows[i], s, end, obj);
		}
		if (pass == 0)
			put_counts(e, s, end, obj);
	}
}

/* Every member must have been understood; the container's own slot key and derived siblings are. */
static void check_keys(struct encoder *e, const struct scope *s, const struct val *obj, const char *slot)
{
	val_for_each(it, obj) {
		const struct field *f = row_of(s, it->key);
		struct scope inner;

		if (e->rc)
			return;
		if (slot && strcmp(slot, it->key) == 0)
			continue;
		if (it->flags & VAL_DERIVED)
			continue;
		if (!key_is_known(e, s, it->key)) {
			bad(e, -EINVAL, "'%s' is no field of this structure", it->key);
			return;
		}
		if (!f || it->type != VAL_OBJ)
			continue;
		inner = (struct scope){ f->sub, f->nsub, s->base + f->off, s };
		check_keys(e, &inner, it, NULL);
	}
}

ssize_t spec_encode(struct arena *a, const struct spec *spec, const struct val *in, void *buf, size_t size,
		    const char **why)
{
	struct encoder e = { .a = a, .p = buf, .bits = size * 8 };
	struct scope s = { spec->fields, spec->nfields, 0, NULL };

	if (in->type != VAL_OBJ)
		bad(&e, -EINVAL, "an object is needed");
	else
		encode_rows(&e, &s, e.bits, in);
	if (!e.rc)
		check_keys(&e, &s, in, NULL);
	if (why)
		*why = e.why;
	if (e.rc)
		return e.rc;
	return (ssize_t)(e.top + 7) / 8 > (ssize_t)spec->size ? (ssize_t)((e.top + 7) / 8) : (ssize_t)spec->size;
}
