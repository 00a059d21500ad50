/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "compat/compat.h"

#include <string.h>

const struct personality native = { .name = "nvmekit", .notes = true };

const struct personality *personality_of(int *argc, char ***argv)
{
	const char *base;

	if (!*argc)
		return &native;
	base = strrchr((*argv)[0], '/');
	base = base ? base + 1 : (*argv)[0];
	if (strcmp(base, "nvme") == 0)
		return &nvme_cli;
	if (*argc > 1 && strcmp((*argv)[1], "nvme") == 0) {
		(*argc)--;
		(*argv)++;
		return &nvme_cli;
	}
	return &native;
}
