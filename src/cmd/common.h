/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Small things that several commands need. */
#ifndef NVMEKIT_CMD_COMMON_H
#define NVMEKIT_CMD_COMMON_H

#include "cmd/cmd.h"
#include "dev/gate.h"

#define OPT_NSID(st, m, text) OPT(st, m, 'n', "namespace-id", "NSID", text, .def = NULL)
#define OPT_RAW(st, m)                                                                                       \
	OPT(st, m, 'b', "raw-binary", NULL, "Write the bytes as received, like --output-format=binary")

/* -n of what can be done to all namespaces at once, which has to be said: --namespace-id=all. */
#define OPT_NSID_ALL(st, m, text)                                                                            \
	OPT(st, m, 'n', "namespace-id", "NSID", text, VALS(cmd_nsid_names), .flags = OF_OPEN_NAMES, .min = 1)
static const struct name cmd_nsid_names[] __attribute__((unused)) = {
	{ NSID_ALL, "all", "Every namespace" },
};

/* The namespace that is meant: --namespace-id, or the one the device names. Neither: a usage error. */
int cmd_nsid(struct ctx *ctx, struct opt_u32 given, uint32_t *nsid);
/* Makes 'decoded' the answer, and buf what -o binary writes. */
void cmd_answer(struct ctx *ctx, struct val *out, struct val *decoded, const void *buf, size_t len);
/* Decodes what arrived. Nothing at all: XC_DATA. Less than the structure: marked, and a warning. */
int cmd_decode(struct ctx *ctx, struct val *out, const struct spec *spec, const void *buf, size_t len);
/* -b is another word for -o binary. */
void cmd_raw(struct ctx *ctx, bool raw);


/* Identify Controller, or Identify Namespace (CNS 00h), of ctx->dev, decoded; read once in a run. */
int cmd_read_ctrl(struct ctx *ctx, const struct val **id);
int cmd_read_ns(struct ctx *ctx, uint32_t nsid, const struct val **id);
/*
 * XC_UNSUPPORTED where that bit of Identify Controller is clear ("oacs.nms"), in a sentence that names it; *id, unless
 * NULL, gets the decoded data.
 */
int cmd_needs(struct ctx *ctx, const char *bit, const struct val **id);
/* The same with what the row of the log page names, so that nothing is asked for that the drive would remember as an error. */
int cmd_needs_page(struct ctx *ctx, const struct logpage *page);
/* A whole log page, decoded, anew each time. lid must have a row in spec/logpages.c. */
int cmd_read_log(struct ctx *ctx, uint8_t lid, uint32_t nsid, const struct val **log);
/*
 * Passes the gate with 'in' (whose reqs and nreqs are filled in from r where they are not set), and sends r. In a dry run both
 * return 0 and nothing was sent. 'what' is the command for error messages: "Format NVM".
 */
int cmd_alter(struct ctx *ctx, struct intent *in, struct req *r, const char *what);
/*
 * The whole file, or standard input for "-", into the arena (page-aligned, as dev_buffer). More than max bytes, an
 * empty file, or one that cannot be read: XC_USAGE, which names 'opt' ("--fw").
 */
int cmd_read_file(struct ctx *ctx, const char *opt, const char *path, size_t max, void **buf, size_t *len);

#endif
