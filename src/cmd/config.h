/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the commands of the configuration of fabrics share. */
#ifndef NVMEKIT_CMD_CONFIG_H
#define NVMEKIT_CMD_CONFIG_H

#include "cmd/common.h"
#include "dev/fabconf.h"
#include "dev/topo.h"

#define OPT_CONFIG(st, m)                                                                                                        \
	OPT(st, m, 'J', "config", "FILE",                                                                                       \
	    "Read this file, of any of the three formats, in place of the system's; none reads nothing", .complete = COMP_FILE)
#define OPT_OUTPUT(st, m, text) OPT(st, m, 'O', "output", "FILE", text, .complete = COMP_FILE)

#define CONFIG_TEXT(n, t, ...) { n, t, .kind = K_TEXT, __VA_ARGS__ }
#define CONFIG_BOOL(n, t, ...) { n, t, .kind = K_BOOL, __VA_ARGS__ }
#define CONFIG_UINT(n, t, ...) { n, t, .len = 32, .kind = K_UINT, __VA_ARGS__ }

/* Rows of a file that was read, and the array "files" of them. */
extern const struct field config_file_rows[4];
void config_put_files(struct arena *a, struct val *out, const struct fabconf *fc);
/* Says on stderr that there is no configuration, if there is none. */
void config_note_empty(struct ctx *ctx, const char *config, const struct fabconf *fc);
/* Is it a connection to a fabrics target? */
bool config_over_fabrics(const struct topo_ctrl *x);
/* "3 connections", "1 error": n and the word in its number. */
const char *config_count(struct arena *a, size_t n, const char *word);

#endif
