/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Gives the nodes of a value that a command built their rows, by key. */
#include <string.h>

#include "spec/spec.h"
#include "spec/walk.h"

static const char *bind_rows(const struct field *rows, size_t n, struct val *obj);

static const char *bind_value(const struct field *f, struct val *v)
{
	const char *bad = NULL;

	if (!v->field)
		v->field = f;
	if (v->type == VAL_OBJ && f->nsub)
		return bind_rows(f->sub, f->nsub, v);
	if (v->type != VAL_ARR)
		return NULL;
	val_for_each(el, v) {
		if (el->type == VAL_OBJ && f->nsub)
			bad = bind_rows(f->sub, f->nsub, el);
		else if (!el->field && elem_is_scalar(f))
			el->field = &f->sub[0];
		if (bad)
			return bad;
	}
	return NULL;
}

static const char *bind_member(const struct field *rows, size_t n, struct val *m, bool *found)
{
	for (size_t i = 0; i < n && !*found; i++) {
		const struct field *f = &rows[i];

		if (f->kind == K_SWITCH && f->sel) {
			const char *bad = NULL;

			for (size_t c = 0; c < f->sel->ncases && !*found && !bad; c++)
				bad = bind_member(f->sel->cases[c].fields, f->sel->cases[c].nfields, m, found);
			if (!*found && !bad && f->sel->other.fields)
				bad = bind_member(f->sel->other.fields, f->sel->other.nfields, m, found);
			if (bad)
				return bad;
		} else if (f->name && strcmp(f->name, m->key) == 0) {
			*found = true;
			return bind_value(f, m);
		}
	}
	return NULL;
}

static const char *bind_rows(const struct field *rows, size_t n, struct val *obj)
{
	val_for_each(m, obj) {
		bool found = false;
		const char *bad;

		if (m->field || (m->flags & (VAL_DERIVED | VAL_HIDDEN)))
			continue;
		bad = bind_member(rows, n, m, &found);
		if (bad)
			return bad;
		if (!found)
			return m->key;
	}
	return NULL;
}

const char *spec_bind(const struct spec *s, struct val *v)
{
	return bind_rows(s->fields, s->nfields, v);
}
