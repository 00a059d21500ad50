/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Help from the tables. At most 80 columns wide, wherever it goes: the same bytes for everyone. */
#ifndef NVMEKIT_CLI_HELP_H
#define NVMEKIT_CLI_HELP_H

#include <stdio.h>

#include "cmd/cmd.h"

/* Errors stay in the stream (ferror). */
void help_command(FILE *to, const struct cmd *c);
void help_overview(FILE *to);

#endif
