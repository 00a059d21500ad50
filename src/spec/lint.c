/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Proves of the tables what no reader can check by eye. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "spec/spec.h"
#include "spec/walk.h"

struct lint {
	FILE *to;
	const struct spec *spec;
	int defects;
	int depth;
};

struct names_seen {
	char keys[512][96];
	size_t n;
};

static void lint_rows(struct lint *l, const struct scope *s, const char *where, size_t bits, struct names_seen *up);

static void defect(struct lint *l, const char *where, const struct field *f, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
static void defect(struct lint *l, const char *where, const struct field *f, const char *fmt, ...)
{
	va_list ap;

	l->defects++;
	fprintf(l->to, "%s: %s%s%s: ", l->spec->name, where, *where ? "." : "",
		f ? (f->name ? f->name : "(reserved)") : "");
	va_start(ap, fmt);
	vfprintf(l->to, fmt, ap);
	va_end(ap);
	fputc('\n', l->to);
}

static bool key_legal(const char *k)
{
	if (!isalpha((unsigned char)*k))
		return false;
	for (; *k; k++) {
		if (!isalnum((unsigned char)*k) && *k != '_' && *k != '-')
			return false;
	}
	return true;
}

static void lint_key(struct lint *l, const char *where, const struct field *f, const char *key, struct names_seen *seen)
{
	if (!key_legal(key))
		defect(l, where, f, "'%s' is no legal key", key);
	for (size_t i = 0; i < seen->n; i++) {
		if (strcmp(seen->keys[i], key) == 0)
			defect(l, where, f, "the key '%s' stands twice", key);
	}
	if (seen->n == NELEMS(seen->keys) || strlen(key) >= sizeof(seen->keys[0])) {
		defect(l, where, f, "too many or too long keys for the check");
		return;
	}
	strcpy(seen->keys[seen->n++], key);
}

/* Is there such a sibling, here or around? */
static bool path_resolves(const char *path, const struct scope *s)
{
	size_t len = strcspn(path, ".");

	for (; s; s = s->up) {
		for (size_t i = 0; i < s->n; i++) {
			const struct field *f = &s->rows[i];
			struct scope inner = { f->sub, f->nsub, 0, NULL };

			if (!f->name || strlen(f->name) != len || memcmp(f->name, path, len) != 0)
				continue;
			return path[len] ? path_resolves(path + len + 1, &inner) : f->len > 0 && f->len <= 64;
		}
	}
	return false;
}

static void lint_ref(struct lint *l, const char *where, const struct field *f, const struct ref *r, const struct scope *s)
{
	if (r->field && !path_resolves(r->field, s))
		defect(l, where, f, "the reference '%s' leads nowhere", r->field);
	if (r->plus && !path_resolves(r->plus, s))
		defect(l, where, f, "the reference '%s' leads nowhere", r->plus);
	if (r->field && !r->mul)
		defect(l, where, f, "the reference '%s' is multiplied by 0", r->field);
}

static void lint_names(struct lint *l, const char *where, const struct field *f)
{
	size_t width = f->len + f->hi_len;

	for (size_t i = 0; i < f->nnames; i++) {
		const struct name *n = &f->names[i];

		if (width < 32 && n->val >> width)
			defect(l, where, f, "the name '%s' (%u) does not fit %zu bits", n->text, n->val, width);
		if (f->kind == K_ENUM && (!n->key || !*n->key))
			defect(l, where, f, "value %u has no key", n->val);
		for (size_t j = 0; j < i; j++) {
			if (f->names[j].val == n->val)
				defect(l, where, f, "value %u is named twice", n->val);
			if (n->key && f->names[j].key && strcmp(n->key, f->names[j].key) == 0)
				defect(l, where, f, "the key '%s' names two values", n->key);
		}
	}
}

static void lint_kind(struct lint *l, const char *where, const struct field *f)
{
	size_t width = f->len + f->hi_len;

	switch (f->kind) {
	case K_FLAG:
		if (width != 1)
			defect(l, where, f, "a flag has one bit, not %zu", width);
		break;
	case K_U128:
		if (width <= 64 || width > 128 || f->off % 8)
			defect(l, where, f, "not 65 to 128 bits at a byte boundary");
		break;
	case K_UINT:
	case K_ENUM:
	case K_BITS:
		if (!width || width > 64)
			defect(l, where, f, "an integer has 1 to 64 bits, not %zu", width);
		break;
	case K_UUID:
		if (f->len != 128)
			defect(l, where, f, "a UUID has 16 bytes");
		break;
	case K_SWITCH:
		if (!f->sel)
			defect(l, where, f, "a switch needs 'sel'");
		break;
	case K_STR:
	case K_HEX:
		if (f->off % 8 || f->len % 8)
			defect(l, where, f, "not at a byte boundary");
		break;
	default:
		break;
	}
	if ((f->flags & F_BIG_ENDIAN) && (f->off % 8 || f->len % 8 || f->len > 64 || f->hi_len))
		defect(l, where, f, "numbers with the most significant byte first are whole bytes, up to 8");
	if (f->kind == K_ENUM && !f->names)
		defect(l, where, f, "an enumeration needs names");
	if ((f->kind == K_BITS || f->kind == K_STRUCT || f->kind == K_ARRAY) && !f->nsub)
		defect(l, where, f, "this kind needs sub rows");
	if (f->name && f->kind != K_SWITCH && (!f->text || !*f->text))
		defect(l, where, f, "no title");
}

static void mark(struct lint *l, const char *where, const struct field *f, uint8_t *map, size_t bits, size_t off,
		 size_t len)
{
	if (off + len > bits) {
		defect(l, where, f, "reaches bit %zu of %zu", off + len, bits);
		len = off < bits ? bits - off : 0;
	}
	for (size_t i = off; i < off + len; i++) {
		if (map[i / 8] & 1 << i % 8) {
			defect(l, where, f, "overlaps at bit %zu (byte %zu)", i, i / 8);
			return;
		}
		map[i / 8] |= (uint8_t)(1 << i % 8);
	}
}

/* The fixed extent of a row, or 0 where it is open-ended. */
static size_t row_bits(const struct field *f)
{
	if (f->len)
		return f->len;
	if (f->kind == K_ARRAY && !f->count.field && f->count.add)
		return elem_bits(f) * (size_t)f->count.add;
	if (f->kind == K_STRUCT)
		return fields_extent(f->sub, f->nsub) * 8;
	return 0;
}

static void lint_layout(struct lint *l, const struct scope *s, const char *where, size_t bits)
{
	uint8_t *map = calloc(1, bits / 8 + 1);
	size_t last = 0;
	bool open = false;

	if (!map)
		abort();
	for (size_t i = 0; i < s->n; i++) {
		const struct field *f = &s->rows[i];
		size_t len = row_bits(f);

		if (f->flags & F_DERIVED)
			continue;
		if (f->off < last)
			defect(l, where, f, "is out of order");
		last = f->off;
		if (!len) {
			open = true;
			mark(l, where, f, map, bits, f->off, f->off < bits ? bits - f->off : 0);
			continue;
		}
		mark(l, where, f, map, bits, f->off, len);
		if (f->hi_len)
			mark(l, where, f, map, bits, f->hi_off, f->hi_len);
	}
	for (size_t i = 0; i < bits && !open; i++) {
		if (!(map[i / 8] & 1 << i % 8)) {
			defect(l, where, NULL, "bit %zu (byte %zu) belongs to no row", i, i / 8);
			break;
		}
	}
	free(map);
}

static void lint_sub(struct lint *l, const struct scope *s, const char *where, const struct field *f)
{
	struct scope inner = { f->sub, f->nsub, 0, s };
	char path[256];
	size_t bits;

	snprintf(path, sizeof(path), "%s%s%s", where, *where ? "." : "", f->name ? f->name : "");
	if (f->kind == K_ARRAY && elem_is_scalar(f)) {
		lint_kind(l, path, &f->sub[0]);
		lint_names(l, path, &f->sub[0]);
		return;
	}
	if (f->kind == K_BITS)
		bits = f->len;
	else if (f->kind == K_STRUCT && f->len)
		bits = f->len;
	else if (f->kind == K_ARRAY && elem_bits(f))
		bits = elem_bits(f);
	else
		bits = fields_extent(f->sub, f->nsub) * 8;
	if (f->kind == K_ARRAY && f->slot) {
		struct names_seen slot = { .n = 0 };

		lint_key(l, path, f, f->slot, &slot);
		lint_rows(l, &inner, path, bits, &slot);
		return;
	}
	lint_rows(l, &inner, path, bits, NULL);
}

static void lint_switch(struct lint *l, const struct scope *s, const char *where, const struct field *f,
			const struct names_seen *seen)
{
	if (!f->sel)
		return;
	if (!path_resolves(f->sel->field, s))
		defect(l, where, f, "the reference '%s' leads nowhere", f->sel->field);
	for (size_t i = 0; i <= f->sel->ncases; i++) {
		const struct sel_case *c = i < f->sel->ncases ? &f->sel->cases[i] : &f->sel->other;
		struct scope inner = { c->fields, c->nfields, 0, s };
		struct names_seen *copy;

		if (!c->fields)
			continue;
		/* A case's members join their parent: they must differ from it, not from each other. */
		copy = malloc(sizeof(*copy));
		if (!copy)
			abort();
		*copy = *seen;
		lint_rows(l, &inner, where, fields_extent(c->fields, c->nfields) * 8, copy);
		free(copy);
	}
}

/* 'up': keys that the rows share an object with; NULL: an object of their own. */
static void lint_rows(struct lint *l, const struct scope *s, const char *where, size_t bits, struct names_seen *up)
{
	struct names_seen *seen = up ? up : calloc(1, sizeof(*seen));
	char derived[128];

	if (!seen)
		abort();
	if (l->spec->size)
		lint_layout(l, s, where, bits);
	for (size_t i = 0; i < s->n; i++) {
		const struct field *f = &s->rows[i];

		if (!f->name) {
			if (f->kind != K_RSVD && f->kind != K_SWITCH)
				defect(l, where, f, "has no name");
			if (f->kind == K_SWITCH)
				lint_switch(l, s, where, f, seen);
			continue;
		}
		if (f->kind == K_SWITCH) {
			lint_switch(l, s, where, f, seen);
			continue;
		}
		lint_key(l, where, f, f->name, seen);
		if (field_derived_key(f, derived, sizeof(derived)))
			lint_key(l, where, f, derived, seen);
		if (l->spec->size && !(f->flags & F_DERIVED)) {
			lint_kind(l, where, f);
			lint_ref(l, where, f, &f->count, s);
			lint_ref(l, where, f, &f->bytes, s);
		}
		lint_names(l, where, f);
		if (f->by && !path_resolves(f->by->field, s))
			defect(l, where, f, "the reference '%s' leads nowhere", f->by->field);
		if (f->kind == K_ARRAY && f->stride.field) {
			struct scope inner = { f->sub, f->nsub, 0, s };

			lint_ref(l, where, f, &f->stride, &inner);
			if (f->stop && !path_resolves(f->stop, &inner))
				defect(l, where, f, "the reference '%s' leads nowhere", f->stop);
		}
		if (f->nsub)
			lint_sub(l, s, where, f);
	}
	if (!up)
		free(seen);
}

int spec_lint(const struct spec *spec, FILE *to)
{
	struct lint l = { .to = to, .spec = spec };
	struct scope s = { spec->fields, spec->nfields, 0, NULL };
	size_t extent = fields_extent(spec->fields, spec->nfields);

	if (!key_legal(spec->name))
		defect(&l, "", NULL, "'%s' is no legal name", spec->name);
	if (spec->size && extent < spec->size && !spec->rows)
		defect(&l, "", NULL, "the rows end at byte %zu of %u", extent, spec->size);
	lint_rows(&l, &s, "", (extent > spec->size ? extent : spec->size) * 8, NULL);
	return l.defects;
}
