/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What one run of the tool shares: memory, the error, the global options, the device. */
#ifndef NVMEKIT_CORE_CTX_H
#define NVMEKIT_CORE_CTX_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/arena.h"
#include "core/error.h"

struct cmd;
struct dev;
struct sim;
struct val;

struct globals {
	const char *output_format; /* a row of fmts[] (src/output/fmt.h) */
	const char *system;        /* NULL: the real machine; "demo" or an image file */
	const char *sysroot;       /* prefix for sys/ and dev/; "" is / */
	uint32_t timeout_ms;       /* 0: the kernel's default */
	bool verbose, quiet, no_color, dry_run, trace;
};

struct ctx {
	struct arena *arena;
	struct error error;
	struct globals g;
	const struct cmd *cmd; /* the one that runs */
	struct dev *dev;      /* opened by main for commands that have a target */
	const char *device, *device_path; /* its names ("nvme0", "/dev/nvme0"); NULL without one */
	struct sim *sim;      /* the simulated system, once it is loaded (src/dev/sim.h) */
	struct val *warnings; /* array of strings; main prints them on stderr, JSON carries them */
	FILE *trace_to;       /* stderr, or a test's stream */
	/* Operands of T_WORDS and T_OPT_DEV commands, NULL-terminated. */
	const char *const *operands;
	/* A table's columns as the user chose them (NULL: the default ones), and no heading line. */
	const char *const *columns;
	bool no_headings;
	uint32_t nsid; /* that the command was about; for titles */
	bool vendor;   /* text output shows vendor-specific bytes */
	/* Set by a command whose answer is bytes; read by the binary format. */
	const void *raw;
	size_t raw_len;
	/* Exit code of a run that printed an answer but is not plain success (10, 16); otherwise XC_OK. */
	enum exit_code verdict;
};

void ctx_init(struct ctx *ctx);
void ctx_done(struct ctx *ctx);
/* One line for stderr (and "warnings" in JSON) beside a successful answer. */
void warn_user(struct ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* One line of --trace or of a dry run's plan, at once. */
void trace_line(struct ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
