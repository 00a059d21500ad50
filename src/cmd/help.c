/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* help: the overview, or what there is to say about a command. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/help.h"
#include "cli/opt.h"

static const struct field line_rows[] = { { NULL, NULL, .kind = K_TEXT } };

static const struct field help_rows[] = {
	{ "lines", "The help, line by line", ARRAY_OF(line_rows) },
};

static const struct spec spec_help = { "help", "Help for people", NULL, 0, 1, FIELDS(help_rows) };

static void put_lines(struct arena *a, struct val *list, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		val_put_str(a, list, NULL, arena_strndup(a, text, len));
		text += len + (text[len] == '\n');
	}
}

static int run_help(struct ctx *ctx, const void *argp, struct val *out)
{
	const char *const *words = ctx->operands;
	const struct cmd *c = NULL;
	char *text = NULL;
	size_t len = 0;
	FILE *to;
	int rc = words && words[0] ? cli_command(ctx, words, &c) : 0;

	(void)argp;
	if (rc)
		return rc;
	to = open_memstream(&text, &len);
	if (!to)
		return fail(ctx, XC_INTERNAL, errno, "out of memory");
	if (c)
		help_command(to, c);
	else
		help_overview(to);
	if (fclose(to)) {
		rc = fail(ctx, XC_INTERNAL, errno, "out of memory");
	} else {
		put_lines(ctx->arena, val_put_arr(ctx->arena, out, "lines"), text);
		/* What text output prints; JSON has the lines. */
		val_put_str(ctx->arena, out, "text", text)->flags |= VAL_HIDDEN;
	}
	free(text);
	return rc;
}

const struct cmd cmd_help = {
	.name = "help",
	.group = "The tool itself",
	.brief = "Tell about the tool, or about a command",
	.desc = "Without COMMAND it lists the commands and the global options. With it, it prints what the "
		"command does, "
		"its options with their values and ranges, and examples: the same as COMMAND --help.",
	.examples = "nvmekit help\n  List the commands.\n"
		    "nvmekit help smart-log\n  Tell about one of them.\n",
	.operands = "[COMMAND]",
	.complete = COMP_COMMAND,
	.target = T_WORDS,
	.flags = C_LOCAL | C_TEXT,
	.out = &spec_help,
	.run = run_help,
};
