/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/out.h"
#include "spec/field.h"
#include "spec/spec.h"

bool unreported(const struct val *v)
{
	const struct field *f = v->field;
	unsigned bits;
	u128 ones;

	if (!f || (v->type != VAL_UINT && v->type != VAL_U128))
		return false;
	if ((f->flags & F_ZERO_UNREPORTED) && !val_wide(v))
		return true;
	if (!(f->flags & F_ALL_ONES_UNREPORTED))
		return false;
	bits = f->len + f->hi_len;
	ones = bits && bits < 128 ? ((u128)1 << bits) - 1 : ~(u128)0;
	return val_wide(v) == ones;
}

/* What the sibling selects; 0: nothing is known. */
static uint32_t multiplier(const struct by *by, const struct around *in)
{
	for (; in; in = in->up) {
		const struct val *v = val_path(in->obj, by->field);

		if (v && (v->type == VAL_UINT || v->type == VAL_BOOL))
			return v->u < 4 ? by->mul[v->u] : 0;
	}
	return 0;
}

static struct derived number(const struct field *f, u128 raw, const struct around *in)
{
	struct derived none = { .kind = D_NONE }, d = { .kind = D_NUMBER };

	if (f->show == SHOW_POW2) {
		if (raw > 127)
			return none;
		d.number = (u128)1 << raw;
	} else if (__builtin_add_overflow(raw, f->bias, &d.number)) {
		return none;
	}
	if (f->scale > 1 && __builtin_mul_overflow(d.number, (u128)f->scale, &d.number))
		return none;
	if (f->by) {
		uint32_t mul = multiplier(f->by, in);

		if (!mul || __builtin_mul_overflow(d.number, (u128)mul, &d.number))
			return none;
	}
	return d;
}

/* Elements of an array have no name and so no sibling, but a meaning. */
static bool has_derived(const struct field *f)
{
	struct field named = *f;
	char key[128];

	named.name = "x";
	return field_derived_key(&named, key, sizeof(key));
}

struct derived derive(struct arena *a, const struct val *v, const struct around *in)
{
	const struct field *f = v->field;
	struct derived d = { .kind = D_NONE };
	const struct name *name;

	if (v->type == VAL_UINT && v->sub)
		d.kind = D_BITS;
	if (!f || d.kind || (v->type != VAL_UINT && v->type != VAL_U128) || !has_derived(f))
		return d;
	if (f->kind == K_ENUM) {
		name = v->type == VAL_UINT ? field_name_of(f, v->u) : NULL;
		d.kind = name ? D_TEXT : D_NONE;
		d.text = name ? name->key : NULL;
		return d;
	}
	if (f->kind == K_BITS || unreported(v))
		return d;
	if (f->show == SHOW_KELVIN) {
		if (val_wide(v) > UINT32_MAX)
			return d;
		d.kind = D_SIGNED;
		d.sign = (int64_t)val_wide(v) - 273;
	} else if (f->show == SHOW_STATUS) {
		/* In the error log the queue stands beside the status; queue 0 is the admin queue. */
		name = status_name((int)v->u, in && val_u64(in->obj, "sqid", 0) != 0, false);
		d.kind = name ? D_TEXT : D_NONE;
		d.text = name ? name->text : NULL;
	} else if (f->show == SHOW_VERSION) {
		uint32_t vs = (uint32_t)val_wide(v);

		d.kind = D_TEXT;
		d.text = arena_printf(a, "%u.%u.%u", vs >> 16, vs >> 8 & 0xff, vs & 0xff);
	} else {
		d = number(f, val_wide(v), in);
	}
	return d;
}
