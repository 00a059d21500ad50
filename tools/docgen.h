/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef NVMEKIT_TOOLS_DOCGEN_H
#define NVMEKIT_TOOLS_DOCGEN_H

#include <stdio.h>

#include "cmd/cmd.h"

/* One manual page in roff: of a command, and of the tool as a whole. */
void man_command(FILE *to, struct arena *a, const struct cmd *c);
void man_overview(FILE *to, struct arena *a);

#endif
