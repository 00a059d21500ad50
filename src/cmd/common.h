/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Small things that several commands need. */
#ifndef NVMEKIT_CMD_COMMON_H
#define NVMEKIT_CMD_COMMON_H

#include "cmd/cmd.h"

#define OPT_NSID(st, m, text) OPT(st, m, 'n', "namespace-id", "NSID", text, .def = NULL)
#define OPT_RAW(st, m)                                                                                       \
	OPT(st, m, 'b', "raw-binary", NULL, "Write the bytes as received, like --output-format=binary")

/* The namespace that is meant: --namespace-id, or the one the device names. Neither: a usage error. */
int cmd_nsid(struct ctx *ctx, struct opt_u32 given, uint32_t *nsid);
/* Makes 'decoded' the answer, and buf what -o binary writes. */
void cmd_answer(struct ctx *ctx, struct val *out, struct val *decoded, const void *buf, size_t len);
/* Decodes what arrived. Nothing at all: XC_DATA. Less than the structure: marked, and a warning. */
int cmd_decode(struct ctx *ctx, struct val *out, const struct spec *spec, const void *buf, size_t len);
/* -b is another word for -o binary. */
void cmd_raw(struct ctx *ctx, bool raw);

#endif
