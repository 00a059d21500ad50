/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the parts of the "nvme" personality share. Its contract is what nvme-cli 2.16 was seen to do. */
#ifndef NVMEKIT_COMPAT_NVME_H
#define NVMEKIT_COMPAT_NVME_H

#include <stdbool.h>
#include <stdio.h>

#include "cmd/cmd.h"
#include "core/ctx.h"
#include "core/val.h"
#include "output/fmt.h"

/* The release that programs are told they talk to. */
#define NVME_CLI_VERSION "2.16"

/* argv.c: the strict command line for 2.16's. 0, or 1: everything is said, exit with *code. */
int nvme_argv(struct ctx *ctx, int *argc, char ***argv, FILE *out, FILE *err, int *code);

/* A spelling of an option: a row of a command's table, or one of 2.16's own. */
struct spelling {
	const char *cmd;  /* NULL: every command */
	const char *name; /* NULL: no long form */
	char ch;
	const char *meta;      /* NULL: takes no value */
	const char *to;	       /* native name; "": accepted, without meaning here */
	const char *help;      /* NULL: not shown */
	const struct opt *opt; /* the native row, if it is one */
	bool exact;	       /* 2.16 has no such option: only the whole name is it, so that no beginning is in the way */
};
#define MAX_SPELLINGS 96
/* fabline.c: discover, connect, connect-all, disconnect, disconnect-all, dim, config. */
bool nvme_fabrics(const struct cmd *c);
/* usage.c */
/* All spellings that cmd takes, in the order of its help; returns how many. */
size_t nvme_spellings(const struct cmd *cmd, struct spelling *to, size_t max);
/* Commands that 2.16 does not have stay out of sight: NULL. Unique beginnings are accepted for reading commands. */
const struct cmd *nvme_command(const char *word);
bool nvme_is_group(const char *word);
void nvme_group_overview(FILE *to, const char *group);
/* The word that names a command within its group, or its whole name. */
const char *nvme_last_word(const struct cmd *c);
/* "nvme GROUP WORD"; NULL: there is no such command. */
const struct cmd *nvme_group_command(struct arena *a, const char *group, const char *word);
void nvme_usage(FILE *to, const struct cmd *cmd);
void nvme_overview(FILE *to);

/* shape.c: 2.16's keys and types, and the layout of its text. */
void nvme_shape(struct ctx *ctx, struct val *v, struct fmt_opts *o);
void shape_as(struct ctx *ctx, const char *cmd, struct val *v, struct fmt_opts *o);

/* list.c: the trees of list and list-subsys. */
void shape_list(struct ctx *ctx, struct val *v, const struct fmt_opts *o);
void shape_list_verbose(struct ctx *ctx, struct val *v, const struct fmt_opts *o);
void shape_list_subsys(struct ctx *ctx, struct val *v, const struct fmt_opts *o);
/* table.c: their text. */
void text_list(struct ctx *ctx, const struct val *v, FILE *to);
void text_list_verbose(struct ctx *ctx, const struct val *v, FILE *to);
void text_list_subsys(struct ctx *ctx, const struct val *v, FILE *to);

/* The first lines of a subsystem, with those that -v adds. */
void text_subsys_config(struct ctx *ctx, const struct val *host, const struct val *s, FILE *to);

/* topology.c: show-topology, of which the trees of hosts are list.c's, and ana-log. */
void shape_topology(struct ctx *ctx, struct val *subsys, bool verbose);
void text_topology(struct ctx *ctx, const struct val *host, const struct val *s, FILE *to);
void shape_ana(struct ctx *ctx, struct val *v);
void text_ana(struct ctx *ctx, const struct val *v, FILE *to);

/* admin.c: lists, self-tests, sanitize status, properties. */
void shape_self_test(struct ctx *ctx, struct val *v);
void shape_sanitize(struct ctx *ctx, struct val *v);
void shape_registers(struct ctx *ctx, struct val *v);
void shape_get_reg(struct ctx *ctx, struct val *v);
bool text_admin(struct ctx *ctx, const char *cmd, const struct val *v, FILE *out);

/* security.c */
bool text_security(struct ctx *ctx, const char *cmd, const struct val *v, const struct fmt_opts *o, FILE *out);

/* nbft.c */
void shape_nbft(struct ctx *ctx, struct val *v, struct fmt_opts *o, bool json);
void text_nbft(struct ctx *ctx, const struct val *v, FILE *out);

/* keys.c */
bool print_keys(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out);

/* fabrics.c: the answers of the fabrics commands, and how it says that they failed; NULL: as everything else. */
bool print_fabrics(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out);
const char *fabrics_error(struct ctx *ctx);
/* dump.c */
void print_config(struct ctx *ctx, const struct val *v, FILE *out);

/* sentence.c: what commands that alter something say; false: this is none of them. */
bool print_sentence(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out);

/* text.c: answers whose text no formatter knows. */
bool nvme_print(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out);

/* errors.c */
void nvme_error(struct ctx *ctx, bool json, FILE *out, FILE *err);
/* The words for a status, as libnvme has them. */
const char *nvme_status_words(int status, bool fabrics);

/* Is the answer wanted as JSON? */
bool nvme_json(const struct ctx *ctx);
/* Takes the members out, or keeps only those of a NULL-terminated list (in its order). */
void val_drop(struct val *obj, const char *key);
void val_keep(struct val *obj, const char *const *keys);

/* The bytes of a firmware slot's "fr" as 2.16 prints them. */
uint64_t fw_revision(const struct val *slot, char text[static 9]);

#endif
