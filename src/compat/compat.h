/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Personalities. The native one is strict; the other one is "nvme" of nvme-cli 2.16, for the programs that
 * were written for it. A personality works at the edges only: the command line before the parser, the value
 * tree before the formatter, messages and exit code after. Nothing else knows which one runs.
 */
#ifndef NVMEKIT_COMPAT_COMPAT_H
#define NVMEKIT_COMPAT_COMPAT_H

#include <stdbool.h>
#include <stdio.h>

#include "cmd/cmd.h"
#include "core/ctx.h"
#include "output/fmt.h"

struct personality {
	const char *name;
	bool notes; /* stderr may carry notes beside a successful answer */
	/* Turns the command line into the strict one. A positive return: everything is said, exit with *code. */
	int (*argv)(struct ctx *ctx, int *argc, char ***argv, FILE *out, FILE *err, int *code);
	/* Shapes the answer and the options of the formatter. */
	void (*shape)(struct ctx *ctx, struct val *v, struct fmt_opts *o);
	/* Prints the answer itself where no formatter can (sentences); returns false to leave it to the formatter. */
	bool (*print)(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out);
	/* Prints the recorded error; json: -o json was asked for. */
	void (*error)(struct ctx *ctx, bool json, FILE *out, FILE *err);
	int (*exit_code)(enum exit_code code);
};
extern const struct personality native, nvme_cli;

/* By the name of the program, or a first operand "nvme" (which is then taken off the command line). */
const struct personality *personality_of(int *argc, char ***argv);

#endif
