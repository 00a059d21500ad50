/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cli/command.h"

#include <string.h>

#include "cli/opt.h"
#include "core/suggest.h"

bool command_is_group(const char *word)
{
	size_t len = strlen(word);

	for (const struct cmd *const *c = cmds; len && *c; c++)
		if ((*c)->alias && strncmp((*c)->alias, word, len) == 0 && (*c)->alias[len] == ' ')
			return true;
	return false;
}

/* "log" alone, or with a second word that there is not. */
static int hint_group(struct ctx *ctx, int rc, const char *group)
{
	size_t len = strlen(group);
	const char *all = "";

	for (const struct cmd *const *c = cmds; *c; c++)
		if ((*c)->alias && !((*c)->flags & C_HIDDEN) && strncmp((*c)->alias, group, len) == 0 &&
		    (*c)->alias[len] == ' ')
			all = arena_printf(ctx->arena, "%s%s%s", all, *all ? ", " : "", (*c)->alias);
	return fail_hint(ctx, rc, "there are: %s", all);
}

int command_unknown(struct ctx *ctx, const char *group, const char *word)
{
	const char *name = group ? arena_printf(ctx->arena, "%s %s", group, word) : word, *near;
	struct suggest s;
	int rc = fail(ctx, XC_USAGE, 0, "there is no command '%s'", name);

	suggest_begin(&s, name);
	for (const struct cmd *const *c = cmds; *c; c++) {
		if ((*c)->flags & C_HIDDEN)
			continue;
		suggest_offer(&s, (*c)->name);
		suggest_offer(&s, (*c)->alias);
	}
	near = suggest_text(ctx->arena, &s, "");
	if (near)
		return fail_hint(ctx, rc, "%s", near);
	if (group)
		return hint_group(ctx, rc, group);
	if (strncmp(name, "/dev/", 5) == 0 ||
	    (strncmp(name, "nvme", 4) == 0 && name[4] >= '0' && name[4] <= '9'))
		return fail_hint(ctx, rc, "the command comes first: nvmekit COMMAND %s", name);
	return fail_hint(ctx, rc, "'nvmekit help' lists the commands");
}

int command_half(struct ctx *ctx, const char *group)
{
	return hint_group(ctx, fail(ctx, XC_USAGE, 0, "'%s' needs a second word", group), group);
}

int cli_command(struct ctx *ctx, const char *const *words, const struct cmd **cmd)
{
	const char *group = NULL;

	*cmd = words[1] && cmd_by_name(arena_printf(ctx->arena, "%s %s", words[0], words[1])) ? NULL : cmd_by_name(words[0]);
	if (!*cmd && command_is_group(words[0])) {
		if (!words[1])
			return command_half(ctx, words[0]);
		group = *words++;
		*cmd = cmd_by_name(arena_printf(ctx->arena, "%s %s", group, words[0]));
	}
	if (!*cmd)
		return command_unknown(ctx, group, words[0]);
	if (words[1])
		return fail(ctx, XC_USAGE, 0, "unexpected operand '%s' behind the command '%s'", words[1],
			    (*cmd)->name);
	return 0;
}
