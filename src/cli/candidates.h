/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Candidates for one word of a command line, from the tables and from the devices present. */
#ifndef NVMEKIT_CLI_CANDIDATES_H
#define NVMEKIT_CLI_CANDIDATES_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/cmd.h"
#include "core/ctx.h"

/* What is known of the line before the word. */
struct cmd_line {
	const struct cmd *cmd;
	const struct opt *used[64];
	size_t nused, noperands;
	const char *operand; /* the first one */
	const char *system, *sysroot;
};

struct candidates {
	struct ctx *ctx;
	const char *word; /* what is typed of it */
	const char *stem; /* what stands before it in the same word: "--output-format=", "-o", "a,b," */
	const char **lines;
	size_t n, room;
};

/* Commands and first words of two-word names; with 'group' the second words of that one. */
void cand_commands(struct candidates *to, const char *group);
/* Options of the command and global ones that are not used yet. */
void cand_options(struct candidates *to, const struct cmd_line *l);
/* Values of an option. */
void cand_values(struct candidates *to, const struct cmd_line *l, const struct opt *o);
/* Devices present, as 'target' (enum target) wants them. */
void cand_devices(struct candidates *to, const struct cmd_line *l, uint8_t target);
/* Names of files where 'complete' (enum opt_complete) asks for them. */
void cand_operand_files(struct candidates *to, uint8_t complete);

#endif
