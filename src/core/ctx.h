/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What one run of the tool shares: memory, the error, the global options, the device. */
#ifndef NVMEKIT_CORE_CTX_H
#define NVMEKIT_CORE_CTX_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/arena.h"
#include "core/error.h"

struct cmd;
struct dev;
struct held;
struct opens;
struct exports;
struct sim;
struct val;
struct layout;

/* What the gate is told on the command line (src/dev/gate.h). */
struct gate_args {
	bool yes, forced, allow_in_use;
	const char *expect_serial, *expect_model, *expect_nqn; /* of the drive */
	const char *expect_uuid, *expect_nguid, *expect_eui64; /* of the one namespace */
	bool only_data; /* what only takes access away from what nobody uses needs no answer (the nvme personality) */
};

/* How an operation that takes long is watched (src/dev/watch.h). */
struct watch_args {
	const char *progress; /* "auto", "bar", "json" or "none" */
	uint32_t stall_ms;    /* without any progress for so long: XC_TIMEOUT; 0: never */
};

struct progress;

struct globals {
	const char *output_format; /* a row of fmts[] (src/output/fmt.h) */
	const char *system;        /* NULL: the real machine; "demo" or an image file */
	const char *sysroot;       /* prefix for sys/ and dev/; "" is / */
	uint32_t timeout_ms;       /* 0: the kernel's default */
	bool verbose, quiet, no_color, dry_run, trace;
	bool open_secrets; /* files with secrets that everybody can read are taken (the nvme personality) */
	struct gate_args gate;
	struct watch_args watch;
};

struct ctx {
	struct arena *arena;
	struct error error;
	struct globals g;
	const struct cmd *cmd; /* the one that runs */
	uint32_t alter_timeout_ms; /* time limit of its altering commands, where nobody says one; 0: the kernel's */
	struct dev *dev;      /* opened by main for commands that have a target */
	const char *device, *device_path; /* its names ("nvme0", "/dev/nvme0"); NULL without one */
	struct held *held;    /* block nodes that are open exclusively meanwhile (src/dev/gate.c) */
	/* What processes have open and targets export; looked at once in this run if one_look (src/dev/inuse.h). */
	struct opens *opens;
	struct exports *exports;
	bool one_look;
	struct sim *sim;      /* the simulated system, once it is loaded (src/dev/sim.h) */
	struct val *keys;     /* keyrings of the simulated system (src/dev/keyring.h) */
	struct val *warnings; /* array of strings; main prints them on stderr, JSON carries them */
	FILE *trace_to;       /* stderr, or a test's stream */
	/* Operands of T_WORDS and T_OPT_DEV commands, NULL-terminated. */
	const char *const *operands;
	/* A table's columns as the user chose them (NULL: the default ones), and no heading line. */
	const char *const *columns;
	bool no_headings;
	uint32_t nsid; /* that the command was about; for titles */
	bool vendor;   /* text output shows vendor-specific bytes */
	const struct val *id_ctrl; /* Identify Controller of dev, once a command has read it (cmd/common.h) */
	/*
	 * Whoever is at the keyboard: shows the plan, asks, and puts the line that was typed into answer ("" at the end of
	 * the input). false: nobody is there. NULL: likewise.
	 */
	bool (*ask)(struct ctx *ctx, const char *question, char *answer, size_t size);
	bool asked; /* somebody was, and has seen the plan */
	/* Shows how far an operation is; NULL: nobody looks. */
	void (*show_progress)(struct ctx *ctx, const struct progress *p);
	/*
	 * One answer of several, printed at once (--watch; src/cmd/follow.h): 0 or what went wrong, recorded. 'moment' says when it was
	 * and what has changed since the one before. NULL: nobody looks. Whoever has called it ends without an answer of its own.
	 */
	int (*emit)(struct ctx *ctx, struct val *answer);
	struct val *moment;
	bool emitted;
	const struct layout *layout; /* of this answer, where a command has several; NULL: the command's */
	/* What a dry run would do, or what the gate refused: spec_plan (src/dev/gate.h). NULL: nothing of that kind. */
	struct val *plan;
	/* Set by a command whose answer is bytes; read by the binary format. */
	const void *raw;
	size_t raw_len;
	/* Exit code of a run that printed an answer but is not plain success (10, 16); otherwise XC_OK. */
	enum exit_code verdict;
};

/* Somebody pressed Ctrl-C: what takes long looks at it and ends with a word about what goes on in the drive. */
extern volatile sig_atomic_t ctx_interrupted;

void ctx_init(struct ctx *ctx);
void ctx_done(struct ctx *ctx);
/* One line for stderr (and "warnings" in JSON) beside a successful answer. */
void warn_user(struct ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* One line of --trace or of a dry run's plan, at once. */
void trace_line(struct ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
