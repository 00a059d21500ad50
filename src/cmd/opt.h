/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * An option is a row: its type comes from the member of the arguments struct that it fills, so table
 * and struct cannot disagree. Names, ranges, units and defaults serve parsing, help, man pages,
 * completion and introspection.
 */
#ifndef NVMEKIT_CMD_OPT_H
#define NVMEKIT_CMD_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spec/field.h"

/* A number that may be absent. */
struct opt_u32 {
	bool set;
	uint32_t v;
};
struct opt_u64 {
	bool set;
	uint64_t v;
};
/* A repeatable or comma-separated option; NULL-terminated array in the arena, NULL where absent. */
typedef const char *const *opt_list;

enum opt_type { O_FLAG, O_U8, O_U16, O_U32, O_U64, O_OPT_U32, O_OPT_U64, O_STR, O_LIST };

enum opt_unit {
	UNIT_NONE,
	UNIT_MS,    /* 10s, 500ms, 2m; bare: milliseconds */
	UNIT_S,     /* 10s, 2m, 1h; bare: seconds */
	UNIT_BYTES, /* 4k, 800G, 1GiB; bare: bytes */
};

/* What the shell completes as the value, beyond 'vals'. */
enum opt_complete { COMP_NONE, COMP_FILE, COMP_DIR, COMP_DEVICE, COMP_LOGPAGE, COMP_FORMAT, COMP_COLUMNS, COMP_COMMAND };

enum {
	OF_REQUIRED = 1,
	OF_HIDDEN = 2,     /* accepted, not shown (old spellings) */
	OF_OPEN_NAMES = 4, /* vals are suggestions: a number is accepted too */
	OF_VALUE_OPTIONAL = 16, /* number that may be absent: --wait alone is set with value 0, --wait=10m has one; the letter takes none */
	OF_SECRET = 32,    /* the value is a password or a key: it does not stay on the command line longer than it has to */
	OF_ALIAS = 8,      /* another spelling of the row before it: not in the contract */
};

struct opt {
	const char *name; /* "namespace-id"; NULL: no long form */
	char ch;          /* 'n'; 0: no letter */
	const char *meta; /* "NSID"; NULL for flags */
	const char *help;
	size_t off;
	uint8_t type, unit, complete, flags;
	const struct name *vals; /* named values: key is what the user types */
	size_t nvals;
	uint64_t min, max; /* max 0: the type's */
	uint16_t only;     /* of a global option: commands with one of these flags take it (C_GATED, C_LONG); 0: all */
	const char *def;   /* default as the user would type it; NULL: zero / absent */
	const char *since; /* release that introduced it */
};

#define OPT(st, m, c, n, me, h, ...)                                                                         \
	{                                                                                                    \
		.name = (n), .ch = (c), .meta = (me), .help = (h), .off = offsetof(struct st, m),            \
		.type = _Generic(((struct st *)0)->m,                                                        \
				 bool: O_FLAG,                                                               \
				 uint8_t: O_U8,                                                              \
				 uint16_t: O_U16,                                                            \
				 uint32_t: O_U32,                                                            \
				 uint64_t: O_U64,                                                            \
				 struct opt_u32: O_OPT_U32,                                                  \
				 struct opt_u64: O_OPT_U64,                                                  \
				 const char *: O_STR,                                                        \
				 opt_list: O_LIST),                                                          \
		__VA_ARGS__                                                                                  \
	}
#define VALS(t) .vals = (t), .nvals = NELEMS(t)

#endif
