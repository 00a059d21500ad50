/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The bytes received, and nothing else. */
#include "output/out.h"

int binary_print(FILE *to, const struct val *v, const struct fmt_opts *o)
{
	(void)v;
	return out_write(to, o->ctx->raw ? o->ctx->raw : "", o->ctx->raw ? o->ctx->raw_len : 0);
}
