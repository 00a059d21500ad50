/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The command line: global options before or after the command, the command in one word (smart-log)
 * or two (log smart), options and operands in any order, "--" ends options. Names are exact, values are
 * whole tokens, nothing is ignored.
 */
#ifndef NVMEKIT_CLI_OPT_H
#define NVMEKIT_CLI_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cmd/cmd.h"
#include "core/ctx.h"

struct parsed {
	const struct cmd *cmd; /* NULL with help: the overview is meant */
	void *args;	       /* struct of cmd->argsz bytes in the arena, defaults filled in */
	const char *const
		*operands; /* NULL-terminated, in the arena; the device first where the command takes one */
	size_t noperands;
	bool help; /* print help instead of running anything */
};

/*
 * Parses argv[1..argc-1] and fills ctx->g; NVMEKIT_SYSTEM and NVMEKIT_SYSROOT stand in for their options.
 * 0, or a recorded XC_USAGE error. The global options are taken over even then, as far as they could be
 * read, so that an error comes in the format that was asked for; out->cmd is set where it is known.
 */
int cli_parse(struct ctx *ctx, int argc, char *const *argv, struct parsed *out);

/* The command that words (NULL-terminated, one or two) name. XC_USAGE with suggestions if there is none. */
int cli_command(struct ctx *ctx, const char *const *words, const struct cmd **cmd);

/* What global_opts[] fills. */
struct global_args {
	struct globals g;
	bool help, version;
};
extern const struct opt global_opts[];
extern const size_t nglobal_opts;
/* Whether the command takes that global option; cmd NULL: only what every command takes. */
bool opt_applies(const struct opt *o, const struct cmd *cmd);
/* Options that only some commands take, by the flag of those commands, and what such options are about. */
struct opt_group {
	uint16_t only;
	const char *title;
};
extern const struct opt_group opt_groups[]; /* ends with title == NULL */

/*
 * Prove of one command, or of all and the global options, that names and letters are unique and reserved
 * ones are not reused, that ranges fit, and that defaults parse. Return the number of defects; each is told
 * on 'to'.
 */
int cmd_lint(FILE *to, const struct cmd *c);
int cli_lint(FILE *to);

#endif
