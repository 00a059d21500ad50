/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cli/keys.h"

struct walk {
	struct arena *a;
	key_fn fn;
	void *arg;
};

static void walk_rows(struct walk *w, const struct field *rows, size_t n, const char *prefix, struct key in);

static const char *json_type(const struct field *f)
{
	bool null = f->flags & F_NULLABLE;

	switch (f->kind) {
	case K_STR:
	case K_HEX:
	case K_UUID:
	case K_TEXT:
		return null ? "string|null" : "string";
	case K_BOOL:
		return null ? "boolean|null" : "boolean";
	case K_STRUCT:
		return null ? "object|null" : "object";
	case K_ARRAY:
		return null ? "array|null" : "array";
	default:
		return null ? "integer|null" : "integer";
	}
}

static const char *derived_type(const struct field *f)
{
	if (f->kind == K_BITS)
		return "object";
	return f->kind == K_ENUM || f->show == SHOW_VERSION || f->show == SHOW_STATUS ? "string" : "integer";
}

/* 'in' carries what all keys of a container have in common. */
static void emit(struct walk *w, struct key in, const char *path, const char *type, const struct field *f)
{
	in.path = path;
	in.type = type;
	in.f = f;
	w->fn(w->arg, &in);
}

static void walk_array(struct walk *w, const struct field *f, const char *path, struct key in)
{
	const char *elem = arena_printf(w->a, "%s[]", path);

	in.depth++;
	in.in_bits = false;
	if (f->nsub == 1 && !f->sub[0].name && f->sub[0].kind != K_SWITCH) {
		emit(w, in, elem, json_type(&f->sub[0]), &f->sub[0]);
		return;
	}
	if (f->slot) {
		struct key slot = in;

		slot.slot = true;
		emit(w, slot, arena_printf(w->a, "%s.%s", elem, f->slot), "integer", f);
	}
	walk_rows(w, f->sub, f->nsub, elem, in);
}

static void walk_derived(struct walk *w, const struct field *f, const char *prefix, struct key in)
{
	char buf[128];
	const char *key = field_derived_key(f, buf, sizeof(buf));

	if (!key)
		return;
	key = arena_printf(w->a, "%s.%s", prefix, key);
	in.derived = true;
	emit(w, in, key, derived_type(f), f);
	if (f->kind != K_BITS)
		return;
	in.derived = false;
	in.in_bits = true;
	in.depth++;
	walk_rows(w, f->sub, f->nsub, key, in);
}

static void walk_field(struct walk *w, const struct field *f, const char *prefix, struct key in)
{
	const char *path = arena_printf(w->a, "%s.%s", prefix, f->name);

	emit(w, in, path, json_type(f), f);
	if (f->kind == K_STRUCT) {
		in.depth++;
		in.in_bits = false;
		walk_rows(w, f->sub, f->nsub, path, in);
	} else if (f->kind == K_ARRAY) {
		walk_array(w, f, path, in);
	} else {
		walk_derived(w, f, prefix, in);
	}
}

static void walk_rows(struct walk *w, const struct field *rows, size_t n, const char *prefix, struct key in)
{
	for (size_t i = 0; i < n; i++) {
		const struct field *f = &rows[i];

		if (f->kind == K_SWITCH && f->sel) {
			const struct sel *sel = f->sel;
			struct key rec = in;

			/* The records of a switch are members of the object that holds it. */
			rec.chosen = true;
			for (size_t c = 0; c < sel->ncases; c++)
				walk_rows(w, sel->cases[c].fields, sel->cases[c].nfields, prefix, rec);
			walk_rows(w, sel->other.fields, sel->other.nfields, prefix, rec);
		} else if (f->name && f->kind != K_RSVD) {
			walk_field(w, f, prefix, in);
		}
	}
}

void spec_keys(struct arena *a, const struct spec *s, key_fn fn, void *arg)
{
	struct walk w = { a, fn, arg };

	walk_rows(&w, s->fields, s->nfields, "", (struct key){ .depth = 1 });
}

const char *key_place(struct arena *a, const struct key *k)
{
	const struct field *f = k->f;
	uint32_t last = f->off + f->len - 1;

	if (k->slot || (f->flags & F_DERIVED) || (!f->len && (!f->off || f->off % 8)))
		return "";
	if (!f->len)
		return arena_printf(a, "from byte %u", f->off / 8);
	if (f->hi_len)
		return arena_printf(a, "bits %u:%u and %u:%u", f->hi_off + f->hi_len - 1, f->hi_off, last,
				    f->off);
	if (!k->in_bits && f->off % 8 == 0 && f->len == 8)
		return arena_printf(a, "byte %u", f->off / 8);
	if (!k->in_bits && f->off % 8 == 0 && f->len % 8 == 0)
		return arena_printf(a, "bytes %u:%u", last / 8, f->off / 8);
	return f->len == 1 ? arena_printf(a, "bit %u", f->off) : arena_printf(a, "bits %u:%u", last, f->off);
}
