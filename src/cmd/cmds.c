/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "cmd/cmd.h"

#define CMD(sym) extern const struct cmd cmd_##sym;
#include "cmd/cmds.def"
#undef CMD

const struct cmd *const cmds[] = {
#define CMD(sym) &cmd_##sym,
#include "cmd/cmds.def"
#undef CMD
	NULL,
};

const struct cmd *cmd_by_name(const char *name)
{
	for (const struct cmd *const *c = cmds; *c; c++) {
		if (strcmp((*c)->name, name) == 0 || ((*c)->alias && strcmp((*c)->alias, name) == 0))
			return *c;
	}
	return NULL;
}
