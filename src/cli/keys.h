/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The JSON keys that a table of fields leads to: what introspection, the contract and man pages list. */
#ifndef NVMEKIT_CLI_KEYS_H
#define NVMEKIT_CLI_KEYS_H

#include <stdbool.h>

#include "core/arena.h"
#include "spec/spec.h"

struct key {
	const char *path; /* ".lbafs[].ds"; elements of an array of scalars end in "[]" */
	const char
		*type; /* JSON: "integer", "string", "boolean", "object", "array", with "|null" if nullable */
	const struct field *f; /* the row it comes from */
	unsigned depth;	       /* 1: a member of the document */
	bool derived;	       /* computed from the received value (mdts_bytes, oacs_bits) */
	bool slot;	       /* the number of an array's element */
	bool chosen;	       /* present only in some of the records (K_SWITCH) */
	bool in_bits;	       /* the row is a bit-field of a number */
};

/* Calls fn for every key in the order of the table; paths are in the arena. */
typedef void (*key_fn)(void *arg, const struct key *k);
void spec_keys(struct arena *a, const struct spec *s, key_fn fn, void *arg);

/* "bytes 257:256", "bit 3", "bits 7:4", "bits 3:0 and 6:5" within the container; "" where there is no place. */
const char *key_place(struct arena *a, const struct key *k);

#endif
