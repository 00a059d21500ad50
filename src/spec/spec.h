/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What is done with field tables: pure functions, no I/O, no allocation but the arena.
 * And the registries of structures: identify data, log pages, features, by identifier.
 */
#ifndef NVMEKIT_SPEC_SPEC_H
#define NVMEKIT_SPEC_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/arena.h"
#include "core/val.h"
#include "spec/field.h"

/*
 * Decodes the first len bytes of buf. Never reads past len, whatever a count inside says. Fields that
 * end behind len are left out and the object they belong to is marked VAL_CUT, as is the root.
 */
struct val *spec_decode(struct arena *a, const struct spec *s, const void *buf, size_t len);

/*
 * The inverse: writes the members of 'in' (from spec_decode, or read from JSON: numbers, strings,
 * enum keys, objects of bits, arrays with slot numbers) into buf, which keeps its other bits.
 * Returns the number of bytes that the structure occupies, or -EINVAL (unknown key, wrong type,
 * value too wide: *why says which), or -ENOSPC.
 */
ssize_t spec_encode(struct arena *a, const struct spec *s, const struct val *in, void *buf, size_t size,
		    const char **why);

/* Reads or writes the bits of one row (split rows included); container at bit offset 'base'. */
uint64_t field_read(const struct field *f, const uint8_t *buf, size_t base);
void field_write(const struct field *f, uint8_t *buf, size_t base, uint64_t v);

/*
 * Proves of a table: rows in order, no overlap, in bounds, every gap reserved, keys legal and unique
 * (derived keys included), references resolve, names fit the width. Returns the number of defects
 * and prints each on 'to'.
 */
int spec_lint(const struct spec *s, FILE *to);

/* Attaches to the nodes of a value that a command built the rows of its output spec, by key. Returns
 * the first key without a row, or NULL: a test fails on it. */
const char *spec_bind(const struct spec *s, struct val *v);

/* --- registries --- */

enum log_scope { SCOPE_CTRL, SCOPE_NS, SCOPE_SUBSYS, SCOPE_ENDGRP, SCOPE_DOMAIN, SCOPE_NVMSET };

/*
 * A log page. Base 2.1, section 5.1.12. 'size' is what one read must fetch first (header or all);
 * 'total' says, in terms of the decoded header, how long the whole page is (bytes).
 */
struct logpage {
	uint8_t lid, csi; /* csi 0xff: any */
	uint8_t scope;    /* enum log_scope: which identifier selects what is reported */
	const char *name; /* command or name for get-log --log-id: "smart", "error", "fw" */
	const char *cap;  /* member of Identify Controller that must not be 0: "lpa.cses"; NULL: none */
	uint32_t size;
	struct ref total; /* header field -> bytes; unset: size. "elpe" style references start with "ctrl." */
	const struct spec *spec;
};
extern const struct logpage logpages[];
extern const size_t nlogpages;
const struct logpage *logpage_by_id(uint8_t lid, uint8_t csi);
const struct logpage *logpage_by_name(const char *name);

/* Identify data structures by CNS and CSI. Base 2.1, section 5.1.13. */
struct identify {
	uint8_t cns, csi; /* csi 0xff: any */
	const char *name;
	const struct spec *spec;
};
extern const struct identify identifies[];
extern const size_t nidentifies;
const struct identify *identify_by_cns(uint8_t cns, uint8_t csi);

/* Every structure known, for tests, schema and decode-by-name. NULL-terminated. */
extern const struct spec *const specs[];
const struct spec *spec_by_name(const char *name);

/* --- status codes. Base 2.1, section 4.2.3 --- */

#define STATUS_SC(s) ((s) & 0xff)
#define STATUS_SCT(s) ((s) >> 8 & 7)
#define STATUS_CRD(s) ((s) >> 11 & 3)
#define STATUS_MORE(s) ((s) >> 13 & 1)
#define STATUS_DNR(s) ((s) >> 14 & 1)
/* key "INVALID_FIELD" and text "Invalid Field in Command" for a status field. Command specific codes
 * (SCT 1) depend on the queue (io) and, for fabrics, on 'fabrics'. NULL: unknown. */
const struct name *status_name(int status, bool io, bool fabrics);

/* --- commands. Base 2.1, figures of the admin opcodes; NVM Command Set 1.1 --- */

enum {
	ADM_GET_LOG = 0x02,
	ADM_IDENTIFY = 0x06,
	ADM_SET_FEATURES = 0x09,
	ADM_GET_FEATURES = 0x0a,
	ADM_FABRICS = 0x7f,
};
struct opcode {
	uint8_t op;
	bool io;
	const char *name;  /* "get-log" */
	const char *text;  /* "Get Log Page" */
	bool alters;       /* changes data, access or firmware: never sent by a reading command */
};
extern const struct opcode opcodes[];
extern const size_t nopcodes;
const struct opcode *opcode_info(uint8_t op, bool io);

#endif
