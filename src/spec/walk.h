/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What decode and encode share: bits of a bounded buffer, and references between rows. */
#ifndef NVMEKIT_SPEC_WALK_H
#define NVMEKIT_SPEC_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spec/field.h"

/* The rows of one container, and those around it: references look inside out. */
struct scope {
	const struct field *rows;
	size_t n;
	size_t base; /* bit offset of the container */
	const struct scope *up;
};

struct bitbuf {
	const uint8_t *p;
	size_t bits; /* received */
};

/* Evaluates a reference against what the buffer holds; false if the field is not there. */
bool ref_eval(const struct ref *r, const struct scope *s, const struct bitbuf *b, uint64_t *out);
/* The value of a sibling ("a" or "a.b"). */
bool path_read(const char *path, const struct scope *s, const struct bitbuf *b, uint64_t *out);
static inline bool ref_set(const struct ref *r)
{
	return r->field || r->add;
}
/* The case of a switch for this value, or NULL. */
const struct sel_case *sel_pick(const struct sel *sel, uint64_t v);
/* Bits of one element of an array with a fixed element size; 0: elements vary. */
size_t elem_bits(const struct field *f);
static inline bool elem_is_scalar(const struct field *f)
{
	return f->nsub == 1 && !f->sub[0].name && f->sub[0].kind != K_RSVD;
}
bool bits_zero(const struct bitbuf *b, size_t off, size_t len);

#endif
