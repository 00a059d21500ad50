/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a dry run prints, as a command: so that schema, contract and introspection know its answer. */
#include "cmd/dry_run.h"

#include "dev/gate.h"

static int run_dry_run(struct ctx *ctx, const void *args, struct val *out)
{
	(void)args, (void)out;
	return fail_hint(ctx, fail(ctx, XC_USAGE, 0, "dry-run is an option, not a command"),
			 "nvmekit COMMAND ... --dry-run prints what the command would do");
}

const struct cmd cmd_dry_run = {
	.name = "dry-run",
	.group = "The tool itself",
	.brief = "What --dry-run prints of any command that alters something",
	.desc = "This is the option --dry-run. 'nvmekit schema dry-run' describes the JSON of its plan.",
	.target = T_NONE,
	.flags = C_LOCAL | C_HIDDEN,
	.out = &spec_plan,
	.layout = &(const struct layout){ .kind = LAY_PLAN },
	.run = run_dry_run,
};
