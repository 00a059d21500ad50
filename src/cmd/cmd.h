/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A command is a row. run() fills a value and never prints. */
#ifndef NVMEKIT_CMD_CMD_H
#define NVMEKIT_CMD_CMD_H

#include <stddef.h>
#include <stdint.h>

#include "cmd/opt.h"
#include "core/ctx.h"
#include "core/val.h"
#include "dev/dev.h"
#include "spec/spec.h"

enum target {
	T_NONE,     /* no operand */
	T_CTRL,     /* a controller; a namespace names its controller */
	T_NS,       /* a namespace, or a controller with --namespace-id */
	T_DEV,      /* either */
	T_OPT_DEV,  /* an operand that may be absent and is not opened by main (list, list-subsys) */
	T_WORDS,    /* free operands (help): in ctx->words */
};

enum {
	C_BINARY = 1,  /* -o binary is possible: run() sets ctx->raw */
	C_HIDDEN = 2,
	C_ALTERS = 4,  /* changes data, access, configuration or firmware: a dry run prints a plan instead of the answer */
	C_LOCAL = 8,   /* answers without any device (version, help, introspect, schema) */
	C_GATED = 32,  /* passes the gate (dev/gate.h): takes its options; implies C_ALTERS */
	C_LONG = 64,   /* can watch an operation (dev/watch.h): takes --progress and --stall */
	C_STREAM = 1024, /* can go on answering (--watch): ctx->emit; Ctrl-C ends that and nothing else */
	C_TEXT = 16,   /* text output is prose in the member "text" of the answer */
};

/* How text output is laid out where it is not "key : value" lines of the tree (src/output/table.c). */
enum col_kind {
	COL_STR,    /* the member as text */
	COL_UINT,
	COL_HEX,    /* 0x1 */
	COL_USAGE,  /* key / key2: "1.00  GB /   2.00  GB" */
	COL_FORMAT, /* key (bytes) + key2 (metadata bytes): "512   B +  0 B" */
	COL_SI,     /* bytes as a size */
};
struct column {
	const char *name;    /* for --columns, --sort, --filter */
	const char *heading;
	uint8_t kind;
	const char *key, *key2; /* members of the row */
	bool by_default;
	unsigned want;       /* TOPO_… that it needs */
	const char *help;
	const char *among;   /* array member whose elements have 'key' too: --filter matches any of them */
	uint8_t width;       /* at least this wide, as nvme-cli's columns are; 0: as wide as what is in it */
	bool where_any;      /* by default only if a row has something there */
};

/*
 * One level of LAY_TREE, outermost first. The line is text in which {key} is replaced by the element's member,
 * {key:x} in hexadecimal, {key:n} the wording and {key:k} the key of a named value; a part in [ ] is left out where a key in it is absent or empty: "{State}[ {ANAState}]".
 */
struct tree_level {
	const char *rows; /* the member of the level above that is the array */
	const char *line; /* NULL: the level prints nothing of its own */
};

enum layout_kind { LAY_LINES, LAY_TABLE, LAY_TREE, LAY_DUMP, LAY_PLAN };
struct layout {
	uint8_t kind;
	const char *title;   /* line above; as tree_level.line, and {device} is the device */
	const char *rows;    /* LAY_TABLE: member that is the array of rows */
	const struct column *cols;
	size_t ncols;
	const struct tree_level *levels; /* LAY_TREE */
	size_t nlevels;
};

struct cmd {
	const char *name;  /* "smart-log" */
	const char *group; /* "Health and logs": heading in help */
	const char *alias; /* nvme-cli 3.x spelling: "log smart"; NULL */
	const char *brief; /* one line, no full stop */
	const char *desc;  /* paragraphs for help and man, separated by blank lines */
	const char *examples; /* lines "command\n  what it does\n"; run by tests on the simulated system */
	const char *operands; /* T_WORDS, T_OPT_DEV, and with 'before': how help words the operands, "[COMMAND]"; NULL: by target */
	const char *before; /* name of the option that an operand before the device is the value of: fw-update IMAGE DEVICE */
	uint8_t complete;  /* T_WORDS: what the shell completes as an operand, enum opt_complete */
	uint8_t target;
	uint16_t flags;
	const struct opt *opts;
	size_t nopts, argsz;
	uint32_t timeout_ms;          /* time limit of what alters, where --timeout says none; 0: the kernel's */
	uint32_t arg;                 /* what a shared run() works on: a log identifier, ... */
	const struct spec *out;       /* what the answer looks like: schema, contract, text, man page */
	const struct layout *layout;  /* NULL: LAY_LINES */
	int (*run)(struct ctx *ctx, const void *args, struct val *out);
};

/* What help and manual say of a command with C_GATED. */
extern const char cmd_gate_text[];
/* The same of its time limit; "" where the kernel's applies. */
const char *cmd_time_text(const struct cmd *c, char *buf, size_t size);

/* What the member "nvmekit" of an answer of C_STREAM has beside (src/cmd/follow.c). */
extern const struct spec spec_moment;

#define OPTS(st, t) .opts = (t), .nopts = NELEMS(t), .argsz = sizeof(struct st)

extern const struct cmd *const cmds[]; /* from cmds.def; NULL-terminated */
/* By name or alias ("smart-log", "log smart"); exact. */
const struct cmd *cmd_by_name(const char *name);

#endif
