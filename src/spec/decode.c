/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The only code that reads the bytes of a structure. A window says how far the container reaches; no
 * read crosses it, nor the number of bytes received. What would lie behind is left out and the object is
 * marked VAL_CUT, up to the root.
 */
#include <stdio.h>

#include "spec/spec.h"
#include "spec/walk.h"

struct decoder {
	struct arena *a;
	struct bitbuf b;
};

/* end: the container's end in bits, never behind what was received. */
static void decode_rows(struct decoder *d, const struct scope *s, size_t end, struct val *obj);

static void cut(struct val *v)
{
	v->flags |= VAL_CUT;
}

static struct val *uuid_text(struct arena *a, const uint8_t *p)
{
	struct val *v = val_new(a, VAL_STR);

	v->s.p = arena_printf(a, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", p[0],
			      p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], p[12], p[13],
			      p[14], p[15]);
	v->s.len = 36;
	return v;
}

static struct val *bytes_value(struct decoder *d, const struct field *f, size_t off, size_t len)
{
	struct val *v = val_new(d->a, f->kind == K_STR ? VAL_STR : VAL_BYTES);

	v->s.p = arena_memdup(d->a, d->b.p + off / 8, len / 8);
	v->s.len = len / 8;
	if (f->kind == K_STR)
		v->flags = VAL_PADDED;
	return v;
}

static struct val *integer_value(struct decoder *d, const struct field *f, const struct scope *s)
{
	struct val *v;

	if (f->kind == K_U128) {
		struct field lo = *f, hi = *f;

		v = val_new(d->a, VAL_U128);
		lo.len = f->len < 64 ? f->len : 64;
		hi.off += lo.len;
		hi.len = f->len - lo.len;
		v->w.lo = field_read(&lo, d->b.p, s->base);
		v->w.hi = hi.len ? field_read(&hi, d->b.p, s->base) : 0;
		return v;
	}
	v = val_new(d->a, VAL_UINT);
	v->u = field_read(f, d->b.p, s->base);
	if (f->kind == K_BITS) {
		struct scope inner = { f->sub, f->nsub, s->base + f->off, s };

		v->sub = val_new(d->a, VAL_OBJ);
		decode_rows(d, &inner, s->base + f->off + f->len, v->sub);
	}
	return v;
}

/* A field of fixed or referenced length that is no container; NULL where it does not fit. */
static struct val *scalar_value(struct decoder *d, const struct field *f, const struct scope *s, size_t end)
{
	size_t off = s->base + f->off, len = f->len;
	struct val *v;

	if (f->kind == K_STR || f->kind == K_HEX || f->kind == K_UUID) {
		uint64_t bytes;

		if (ref_set(&f->bytes)) {
			if (!ref_eval(&f->bytes, s, &d->b, &bytes))
				return NULL;
			len = bytes > SIZE_MAX / 16 ? SIZE_MAX / 2 : bytes * 8;
		} else if (!len) {
			len = off < end ? end - off : 0;
		}
		if (off > end || len > end - off)
			return NULL;
		if (f->kind != K_UUID)
			v = bytes_value(d, f, off, len);
		else if (len >= 128)
			v = uuid_text(d->a, d->b.p + off / 8);
		else
			return NULL;
	} else {
		if (off > end || len > end - off)
			return NULL;
		if (f->hi_len && s->base + f->hi_off + f->hi_len > end)
			return NULL;
		v = integer_value(d, f, s);
	}
	v->field = f;
	return v;
}

/* One element at 'pos'; *size gets its extent. NULL: it does not fit, or it is the end of the list. */
static struct val *element(struct decoder *d, const struct field *f, const struct scope *s, size_t pos, size_t end,
			   uint64_t index, size_t fixed, size_t *size, bool *stop)
{
	struct scope inner = { f->sub, f->nsub, pos, s };
	size_t elem_end = fixed && fixed < end - pos ? pos + fixed : end;
	struct val *v;
	uint64_t bytes, zero;

	*size = fixed;
	if (elem_is_scalar(f)) {
		struct field row = f->sub[0];

		row.off = 0;
		v = scalar_value(d, &row, &inner, elem_end);
		if (v)
			v->field = &f->sub[0];
		return v;
	}
	v = val_new(d->a, VAL_OBJ);
	if (f->slot) {
		/* Signed arithmetic: the first number may be 0 or 1. */
		val_put_u64(d->a, v, f->slot, (uint64_t)((int64_t)index + f->slot_base));
	}
	decode_rows(d, &inner, elem_end, v);
	if (fixed && fixed > end - pos)
		cut(v);
	if (f->stop && path_read(f->stop, &inner, &d->b, &zero) && !zero) {
		*stop = true;
		return NULL;
	}
	if (!fixed) {
		*size = ref_eval(&f->stride, &inner, &d->b, &bytes) && bytes < SIZE_MAX / 16 ? bytes * 8 : 0;
		if (!*size || *size > end - pos)
			cut(v);
	}
	return v;
}

/* Reserved bits do not make an element: hosts ignore them. */
static bool element_zero(struct decoder *d, const struct field *f, size_t pos, size_t look)
{
	if (elem_is_scalar(f))
		return bits_zero(&d->b, pos, look);
	for (size_t i = 0; i < f->nsub; i++) {
		const struct field *row = &f->sub[i];
		size_t len = row->len ? row->len : look;

		if (row->kind == K_RSVD || (row->flags & F_DERIVED) || row->off >= look)
			continue;
		if (!bits_zero(&d->b, pos + row->off, len < look - row->off ? len : look - row->off))
			return false;
	}
	return true;
}

static void array_value(struct decoder *d, const struct field *f, const struct scope *s, size_t end, struct val *arr)
{
	size_t pos = s->base + f->off, fixed = elem_bits(f), size;
	uint64_t n = UINT64_MAX;
	bool counted = ref_set(&f->count), stop = false;

	if (f->len && pos <= end && f->len < end - pos)
		end = pos + f->len;
	if (counted && !ref_eval(&f->count, s, &d->b, &n)) {
		cut(arr);
		return;
	}
	/* A count cannot promise more than the region that the structure sets aside for the array. */
	if (f->len && fixed && n > f->len / fixed)
		n = f->len / fixed;
	for (uint64_t i = 0; i < n; i++, pos += size) {
		size_t look = fixed && fixed < end - pos ? fixed : end - pos;
		struct val *v;

		if (pos >= end || (fixed && fixed > end - pos && elem_is_scalar(f))) {
			if (n != UINT64_MAX || pos != end)
				cut(arr);
			break;
		}
		if ((f->flags & (F_SKIP_ZERO | F_STOP_ZERO)) && element_zero(d, f, pos, look)) {
			if (f->flags & F_STOP_ZERO)
				break;
			if (look < fixed)
				cut(arr);
			size = look;
			continue;
		}
		v = element(d, f, s, pos, end, i, fixed, &size, &stop);
		if (!v) {
			if (!stop)
				cut(arr);
			break;
		}
		val_add(arr, NULL, v);
		if (v->flags & VAL_CUT)
			cut(arr);
		if (!size || size > end - pos)
			break;
	}
}

static void switch_rows(struct decoder *d, const struct field *f, const struct scope *s, size_t end, struct val *obj)
{
	const struct sel_case *c;
	struct scope inner;
	size_t start = s->base + f->off;
	uint64_t v, bytes;

	if (!path_read(f->sel->field, s, &d->b, &v)) {
		cut(obj);
		return;
	}
	c = sel_pick(f->sel, v);
	if (!c)
		return;
	if (ref_set(&f->bytes)) {
		if (!ref_eval(&f->bytes, s, &d->b, &bytes)) {
			cut(obj);
			return;
		}
		if (start <= end && bytes < (end - start) / 8)
			end = start + bytes * 8;
	} else if (f->len && start <= end && f->len < end - start) {
		end = start + f->len;
	}
	inner = (struct scope){ c->fields, c->nfields, start, s };
	decode_rows(d, &inner, end, obj);
}

static void decode_row(struct decoder *d, const struct field *f, const struct scope *s, size_t end, struct val *obj)
{
	struct val *v;

	if (f->flags & F_DERIVED)
		return;
	switch (f->kind) {
	case K_RSVD:
		return;
	case K_SWITCH:
		switch_rows(d, f, s, end, obj);
		return;
	case K_ARRAY:
		v = val_put_arr(d->a, obj, f->name);
		array_value(d, f, s, end, v);
		break;
	case K_STRUCT: {
		struct scope inner = { f->sub, f->nsub, s->base + f->off, s };
		size_t e = f->len && s->base + f->off + f->len < end ? s->base + f->off + f->len : end;

		v = val_put_obj(d->a, obj, f->name);
		decode_rows(d, &inner, e, v);
		break;
	}
	default:
		v = scalar_value(d, f, s, end);
		if (!v) {
			cut(obj);
			return;
		}
		val_add(obj, f->name, v);
	}
	v->field = f;
	if (v->flags & VAL_CUT)
		cut(obj);
}

static void decode_rows(struct decoder *d, const struct scope *s, size_t end, struct val *obj)
{
	for (size_t i = 0; i < s->n; i++)
		decode_row(d, &s->rows[i], s, end, obj);
}

struct val *spec_decode(struct arena *a, const struct spec *spec, const void *buf, size_t len)
{
	struct decoder d = { a, { buf, len * 8 } };
	struct scope s = { spec->fields, spec->nfields, 0, NULL };
	struct val *root = val_new(a, VAL_OBJ);

	decode_rows(&d, &s, d.b.bits, root);
	if (len < spec->size && !spec->rows)
		cut(root);
	if (spec->fixup)
		spec->fixup(a, root);
	return root;
}
