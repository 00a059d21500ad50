/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* introspect and complete: the tables, for programs and for the shell. */
#include <string.h>

#include "cli/complete.h"
#include "cli/introspect.h"
#include "cmd/common.h"
#include "core/num.h"

struct introspect_args {
	bool fields, contract;
};

/* Lines become the answer as they are, in every output format. */
static void answer_lines(struct ctx *ctx, const char *const *lines, size_t n)
{
	size_t len = 0;
	char *text, *to;

	for (size_t i = 0; i < n; i++)
		len += strlen(lines[i]) + 1;
	to = text = arena_alloc(ctx->arena, len + 1);
	for (size_t i = 0; i < n; i++) {
		to = stpcpy(to, lines[i]);
		*to++ = '\n';
	}
	ctx->raw = text;
	ctx->raw_len = len;
	ctx->g.output_format = "binary";
}

static int run_introspect(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct introspect_args *args = argp;

	introspect_tree(ctx->arena, out, args->fields);
	if (args->contract) {
		size_t n;
		const char *const *lines = contract_lines(ctx->arena, &n);

		answer_lines(ctx, lines, n);
		return 0;
	}
	/* A tree this deep is for programs: it has no other form. */
	ctx->g.output_format = "json";
	return 0;
}

static const struct opt introspect_opts[] = {
	OPT(introspect_args, fields, 'F', "fields", NULL, "Add every structure with all its JSON keys"),
	OPT(introspect_args, contract, 0, "contract", NULL,
	    "Print the names that programs may rely on, one per line", .flags = OF_HIDDEN),
};

const struct cmd cmd_introspect = {
	.name = "introspect",
	.group = "The tool itself",
	.brief = "Describe the whole interface in one JSON document",
	.desc = "Prints the commands with their options, ranges, named values and defaults, the global "
		"options, the output formats, the log pages known by name and the exit codes: what "
		"help, man pages and completion are made from. The document is JSON whatever "
		"--output-format says.\n\n"
		"With --fields it also lists every structure with the keys of its JSON, their types, "
		"units and places.",
	.examples = "nvmekit introspect\n  Print the description.\n"
		    "nvmekit introspect --fields\n  Print it with all structures.\n",
	.target = T_NONE,
	.flags = C_LOCAL,
	OPTS(introspect_args, introspect_opts),
	.out = &spec_introspect,
	.run = run_introspect,
};

/* INDEX WORD...: the words of the line being typed, and which of them the cursor is on. */
static int run_complete(struct ctx *ctx, const void *argp, struct val *out)
{
	const char *const *words = ctx->operands;
	const char *const *lines;
	uint64_t index;
	size_t n = 0;

	(void)argp;
	(void)out;
	if (!words || !words[0] || num_parse(words[0], &index))
		return fail(ctx, XC_USAGE, 0, "complete needs the number of a word and the words");
	while (words[1 + n])
		n++;
	lines = complete_words(ctx, words + 1, n, index, &n);
	answer_lines(ctx, lines, n);
	return 0;
}

const struct cmd cmd_complete = {
	.name = "complete",
	.group = "The tool itself",
	.brief = "Say what could stand at a place of a command line",
	.desc = "Serves the completion of shells: prints what could stand at the word with number "
		"INDEX, one candidate per line with a description behind a tab. Lines that begin with "
		"a colon are for the shell's script.",
	.operands = "-- INDEX WORD...",
	.target = T_WORDS,
	.flags = C_LOCAL | C_HIDDEN,
	.run = run_complete,
};
