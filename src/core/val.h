/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The value tree: what a command answers, before any output format. A node points to the
 * table row that describes it (struct field, see src/spec/field.h), so a formatter knows units,
 * names and titles; core itself knows nothing of NVMe.
 */
#ifndef NVMEKIT_CORE_VAL_H
#define NVMEKIT_CORE_VAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"

struct field;

enum val_type {
	VAL_NULL,
	VAL_BOOL,  /* u is 0 or 1 */
	VAL_UINT,  /* u; 'sub' holds its decoded bits, if it has any */
	VAL_INT,   /* i */
	VAL_U128,  /* u128 */
	VAL_REAL,  /* d; only for values that no integer can carry */
	VAL_STR,   /* s: bytes from a device or text of ours; not necessarily UTF-8, may hold NULs */
	VAL_BYTES, /* s: raw bytes, shown as hexadecimal */
	VAL_OBJ,   /* c */
	VAL_ARR,   /* c */
};

enum {
	VAL_CUT = 1,     /* the payload ended inside this object or array */
	VAL_PADDED = 2,  /* a fixed-width device string: formatters trim trailing blanks */
	VAL_DERIVED = 4, /* computed from others, not received */
	VAL_HIDDEN = 8,  /* for formatters' and commands' use, never printed */
};

typedef unsigned __int128 u128;

struct val {
	uint8_t type;
	uint8_t flags;
	const char *key; /* NULL for array elements and the root */
	const struct field *field;
	union {
		uint64_t u;
		int64_t i;
		double d;
		struct {
			uint64_t lo, hi;
		} w;
		struct {
			const char *p;
			size_t len;
		} s;
		struct {
			struct val *first, *last;
			size_t n;
		} c;
	};
	struct val *sub; /* VAL_UINT: an object with its decoded bit-fields, or NULL */
	struct val *next;
};

#define val_for_each(it, parent) for (struct val *it = (parent)->c.first; it; it = it->next)

struct val *val_new(struct arena *a, enum val_type type);
/* Appends child to an object (key is kept, not copied) or to an array (key NULL). Returns child. */
struct val *val_add(struct val *parent, const char *key, struct val *child);

/* Create and append in one step; all return the new node. Strings are copied. s == NULL gives null. */
struct val *val_put_obj(struct arena *a, struct val *parent, const char *key);
struct val *val_put_arr(struct arena *a, struct val *parent, const char *key);
struct val *val_put_u64(struct arena *a, struct val *parent, const char *key, uint64_t v);
struct val *val_put_i64(struct arena *a, struct val *parent, const char *key, int64_t v);
struct val *val_put_u128(struct arena *a, struct val *parent, const char *key, u128 v);
struct val *val_put_bool(struct arena *a, struct val *parent, const char *key, bool v);
struct val *val_put_str(struct arena *a, struct val *parent, const char *key, const char *s);
struct val *val_put_bytes(struct arena *a, struct val *parent, const char *key, const void *p, size_t n);

/* Child by key, or NULL. val_path follows "a.b.c" through objects and decoded bits. */
struct val *val_get(const struct val *obj, const char *key);
struct val *val_path(const struct val *obj, const char *path);
/* The number at a path; dflt where there is none. */
uint64_t val_u64(const struct val *obj, const char *path, uint64_t dflt);
/* The text at a path as a C string without trailing blanks ("" where there is none). */
const char *val_str(struct arena *a, const struct val *obj, const char *path);

static inline u128 val_wide(const struct val *v)
{
	return v->type == VAL_U128 ? ((u128)v->w.hi << 64 | v->w.lo) : (u128)v->u;
}

#endif
