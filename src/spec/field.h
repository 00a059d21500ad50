/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The row that describes one field of one structure. Everything that the tool knows of a structure
 * is in such rows: decoding, encoding, text, JSON, schema, metrics, man pages and the simulated
 * drive are derived from them.
 *
 * One coordinate system: bits, least significant first, relative to the container, written as the
 * figures of the specification print them: BYTES(257, 256), BYTE(77), BITS(7, 4), BIT(3).
 *
 *	{ "elpe", "Error Log Page Entries", BYTE(262), .bias = 1 },
 *	{ "oacs", "Optional Admin Command Support", BYTES(257, 256), BITS_OF(oacs_bits) },
 *
 * Names are JSON keys: nvme-cli 2.16's where it has a sound one, otherwise the specification's
 * acronym in lower case. A row without a name is reserved.
 */
#ifndef NVMEKIT_SPEC_FIELD_H
#define NVMEKIT_SPEC_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kind {
	K_UINT,   /* up to 64 bits, little-endian */
	K_U128,   /* 65 to 128 bits, little-endian, always decimal */
	K_FLAG,   /* 1 bit; names[0] and names[1] may word both values */
	K_ENUM,   /* K_UINT with names; unknown values print as numbers */
	K_BITS,   /* K_UINT whose sub rows are bit-fields of it */
	K_STR,    /* ASCII, padded with blanks or NULs */
	K_HEX,    /* bytes in the order received (big-endian identifiers, opaque data) */
	K_UUID,   /* 16 bytes, RFC 9562 text */
	K_STRUCT, /* sub rows, relative to its offset */
	K_ARRAY,  /* elements described by sub: rows of a structure, or one row without a name for scalars */
	K_SWITCH, /* rows chosen by a sibling's value; they become members of the parent object */
	K_RSVD,
	/* For outputs that are no structure of the specification (list): */
	K_TEXT,   /* a string made by us */
	K_BOOL,
};

enum show {
	SHOW_DEFAULT, /* decimal for K_UINT, hexadecimal for K_BITS */
	SHOW_DEC,
	SHOW_HEX,     /* 0x1b36 */
	SHOW_HEX0,    /* hexadecimal digits without 0x, padded to the field's width (oui, cntlid) */
	SHOW_KELVIN,  /* 323: "50 °C (323 K)"; derived <name>_celsius */
	SHOW_PERCENT, /* "100%" */
	SHOW_SI,      /* value * scale as a size: "5 (2.56 MB)" */
	SHOW_POW2,    /* value v stands for 2^v <unit>; derived <name>_<unit> */
	SHOW_VERSION, /* VS register layout: "1.4.0"; derived <name>_text */
	SHOW_STATUS,  /* status field of a completion, 15 bits: its name; derived <name>_text */
	SHOW_BOOL,    /* "yes" / "no" in text */
	SHOW_SUPPORTED, /* K_FLAG: "<text> Supported" / "<text> Not Supported" */
	SHOW_SET,     /* K_BITS: the flags that are set, in words: "0x5 (Read only, Degraded)" */
	SHOW_PAIRS,   /* K_ARRAY: text has each element as "key:value" pairs, wrapped, however many members */
};

enum metric { M_NONE, M_GAUGE, M_COUNTER, M_INFO };

enum {
	F_ZERO_UNREPORTED = 1, /* 0 means "not reported": no derived value */
	F_ALL_ONES_UNREPORTED = 2,
	F_SKIP_ZERO = 4,       /* K_ARRAY: elements that are all zero are absent, not the end */
	F_STOP_ZERO = 8,       /* K_ARRAY: the first element that is all zero is the end */
	F_OPTIONAL = 16,       /* need not be present in every answer (schema) */
	F_VENDOR = 32,         /* vendor-specific bytes: text only with -V or -v */
	F_QUIET = 64,          /* text output only with -v (JSON always) */
	F_UTF8 = 128,          /* K_STR holds UTF-8 (SUBNQN); otherwise ASCII */
	F_NULLABLE = 256,      /* the value may be null (not known) */
	F_DERIVED = 512,       /* no bytes of its own: filled in by the structure's fixup() */
	F_BIG_ENDIAN = 1024,   /* whole bytes, most significant first (structures of SPC and TCG) */
};

struct name {
	uint32_t val;
	const char *key, *text; /* stable key for JSON and options; wording for people */
};

/* mul * field + add elements, bytes, ...; no field: the constant add. min 0. */
struct ref {
	const char *field; /* a sibling, or "a.b" through siblings' members and bits */
	uint32_t mul;
	int32_t add;
	const char *plus; /* a second field that is added (nlbaf + nulbaf) */
};
#define CONST(n) { NULL, 0, (n), NULL }
#define FROM(f, m, a) { f, (m), (a), NULL }
#define FROM2(f, f2, a) { f, 1, (a), f2 }

/* The multiplier that a sibling's value selects (power in units of 0.01 W or 0.0001 W); 0: not reported. */
struct by {
	const char *field;
	uint32_t mul[4];
};

struct field;
struct sel_case {
	uint32_t val, last; /* inclusive range; last 0: val alone */
	const struct field *fields;
	uint16_t nfields;
};
struct sel {
	const char *field;
	const struct sel_case *cases;
	uint16_t ncases;
	struct sel_case other; /* fields NULL: nothing */
};

struct field {
	const char *name, *text;
	uint32_t off, len; /* bits; len 0: to the end of the container */
	uint32_t hi_off;   /* split fields: the upper part, hi_len bits */
	uint8_t hi_len;
	uint8_t kind, show, metric;
	uint16_t flags;
	uint16_t since; /* 0x0104: NVM Express Base (or command set) revision 1.4; 0: always */
	int16_t bias;   /* 0's based: 1 (shown and exported as received; text and derived add it) */
	uint16_t nsub, nnames;
	uint32_t scale;   /* raw value * scale is in 'unit'; 0 and 1: raw */
	const char *unit; /* base unit: "bytes", "seconds", "microwatts", ... */
	const struct name *names;
	const struct field *sub;
	struct ref count, stride; /* K_ARRAY: elements, and element size in bytes (default: sub's extent) */
	const char *stop;         /* K_ARRAY: ends before the element in which this field is 0 */
	const char *slot;         /* K_ARRAY: key under which each element's number is added */
	int16_t slot_base;        /* number of the first element */
	const struct by *by;
	const struct sel *sel;
	struct ref bytes; /* K_HEX, K_STR, K_SWITCH of variable length: bytes, bounded by the container */
};

#define BYTES(hi, lo) .off = 8 * (lo), .len = 8 * ((hi) - (lo) + 1)
#define BYTE(n) BYTES(n, n)
#define BITS(hi, lo) .off = (lo), .len = (hi) - (lo) + 1
#define BIT(n) BITS(n, n)
#define UPPER_BITS(hi, lo) .hi_off = (lo), .hi_len = (hi) - (lo) + 1
#define FROM_BYTE(n) .off = 8 * (n), .len = 0 /* to the end of the container */

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define SUB(t) .sub = (t), .nsub = NELEMS(t)
#define NAMES(t) .names = (t), .nnames = NELEMS(t)
#define BITS_OF(t) .kind = K_BITS, SUB(t)
#define STRUCT_OF(t) .kind = K_STRUCT, SUB(t)
#define ARRAY_OF(t) .kind = K_ARRAY, SUB(t)
#define ENUM_OF(t) .kind = K_ENUM, NAMES(t)
#define FLAG .kind = K_FLAG
#define SUPPORTED .kind = K_FLAG, .show = SHOW_SUPPORTED
#define RSVD_BYTES(hi, lo) { NULL, NULL, BYTES(hi, lo), .kind = K_RSVD }
#define RSVD_BITS(hi, lo) { NULL, NULL, BITS(hi, lo), .kind = K_RSVD }
#define CASE(v, t) { (v), 0, (t), NELEMS(t) }
#define CASES(v, l, t) { (v), (l), (t), NELEMS(t) }

struct val;
struct arena;

struct spec {
	const char *name; /* "smart-log": also the schema's name */
	const char *text; /* "SMART / Health Information" */
	const char *figure; /* "NVM Express Base 2.1, Figure 206" */
	uint32_t size;    /* bytes of the fixed part; 0: no structure (list) */
	uint16_t version; /* schema major; 0 counts as 1 */
	uint16_t nfields;
	const struct field *fields;
	bool rows;        /* the buffer is a sequence of elements up to its end: result is one array, fields[0] */
	void (*fixup)(struct arena *a, struct val *root); /* adds derived members; used rarely */
};
#define FIELDS(t) .fields = (t), .nfields = NELEMS(t)

/* The names[] row with this value, or NULL. */
const struct name *field_name_of(const struct field *f, uint64_t val);
/* The key of the derived JSON sibling of f ("mdts_bytes", "oacs_bits", "trtype_name") in buf, or NULL. */
const char *field_derived_key(const struct field *f, char *buf, size_t size);
/* Extent in bytes of rows (reserved ones included). */
size_t fields_extent(const struct field *f, size_t n);

#endif
