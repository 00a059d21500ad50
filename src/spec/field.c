/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "spec/field.h"

#include <stdio.h>

#include "spec/walk.h"

const struct name *field_name_of(const struct field *f, uint64_t val)
{
	for (size_t i = 0; i < f->nnames; i++) {
		if (f->names[i].val == val)
			return &f->names[i];
	}
	return NULL;
}

/* What the derived sibling of a row is called behind its name, or NULL. */
static const char *derived_suffix(const struct field *f)
{
	switch (f->kind) {
	case K_BITS:
		return "bits";
	case K_ENUM:
		return "name";
	case K_UINT:
	case K_U128:
		break;
	default:
		return NULL;
	}
	switch (f->show) {
	case SHOW_KELVIN:
		return "celsius";
	case SHOW_VERSION:
	case SHOW_STATUS:
		return "text";
	case SHOW_POW2:
		return f->unit;
	default:
		return f->scale > 1 || f->bias || f->by ? f->unit : NULL;
	}
}

const char *field_derived_key(const struct field *f, char *buf, size_t size)
{
	const char *suffix = derived_suffix(f);
	int n;

	if (!f->name || !suffix)
		return NULL;
	n = snprintf(buf, size, "%s_%s", f->name, suffix);
	return n > 0 && (size_t)n < size ? buf : NULL;
}

static size_t row_end(const struct field *f)
{
	size_t end = (size_t)f->off + f->len, hi = f->hi_len ? (size_t)f->hi_off + f->hi_len : 0;

	if (f->flags & F_DERIVED)
		return 0;
	if (!f->len && f->kind == K_STRUCT)
		end += fields_extent(f->sub, f->nsub) * 8;
	else if (!f->len && f->kind == K_ARRAY && !f->count.field && f->count.add > 0)
		end += elem_bits(f) * (size_t)f->count.add;
	return end > hi ? end : hi;
}

size_t fields_extent(const struct field *f, size_t n)
{
	size_t end = 0;

	for (size_t i = 0; i < n; i++) {
		size_t e = row_end(&f[i]);

		if (e > end)
			end = e;
	}
	return (end + 7) / 8;
}
