/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* schema: the JSON Schema of what a command answers with -o json. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/opt.h"
#include "cmd/cmd.h"
#include "output/schema.h"

static int run_schema(struct ctx *ctx, const void *argp, struct val *out)
{
	const char *const *words = ctx->operands;
	const struct cmd *c;
	char *text = NULL;
	FILE *to;
	int rc;

	(void)argp;
	(void)out;
	if (!words || !words[0])
		return fail_hint(ctx, fail(ctx, XC_USAGE, 0, "schema needs the name of a command"),
				 "for example: nvmekit schema smart-log");
	rc = cli_command(ctx, words, &c);
	if (rc)
		return rc;
	if (!c->out)
		return fail(ctx, XC_USAGE, 0, "%s has no JSON output that a schema could describe", c->name);
	to = open_memstream(&text, &ctx->raw_len);
	if (!to)
		return fail(ctx, XC_INTERNAL, errno, "out of memory");
	rc = schema_print(to, c);
	if (fclose(to) && !rc)
		rc = -errno;
	ctx->raw = arena_memdup(ctx->arena, text, ctx->raw_len);
	free(text);
	if (rc)
		return fail(ctx, XC_INTERNAL, -rc, "cannot make the schema of %s: %s", c->name,
			    strerror(-rc));
	/* The document itself, not a document about it. */
	ctx->g.output_format = "binary";
	return 0;
}

const struct cmd cmd_schema = {
	.name = "schema",
	.group = "The tool itself",
	.brief = "Print the JSON Schema of a command's output",
	.desc = "Prints the JSON Schema (what members there are, their types and units) of the "
		"document that COMMAND prints with --output-format=json. The document is JSON whatever "
		"--output-format says.",
	.examples = "nvmekit schema smart-log\n  Print the schema of the health log.\n",
	.operands = "COMMAND",
	.complete = COMP_COMMAND,
	.target = T_WORDS,
	.flags = C_LOCAL,
	.run = run_schema,
};
