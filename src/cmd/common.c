/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cmd/common.h"

int cmd_nsid(struct ctx *ctx, struct opt_u32 given, uint32_t *nsid)
{
	int rc;

	if (given.set) {
		*nsid = given.v;
		return 0;
	}
	if (ctx->dev->kind == DEV_NS) {
		*nsid = ctx->dev->nsid;
		return 0;
	}
	rc = fail(ctx, XC_USAGE, 0, "%s needs a namespace, and %s is a controller", ctx->cmd->name, ctx->dev->path);
	return fail_hint(ctx, rc, "name a namespace (%sn1), or add --namespace-id=NSID", ctx->dev->name);
}

void cmd_answer(struct ctx *ctx, struct val *out, struct val *decoded, const void *buf, size_t len)
{
	out->c = decoded->c;
	out->flags = decoded->flags;
	ctx->raw = buf;
	ctx->raw_len = len;
}

int cmd_decode(struct ctx *ctx, struct val *out, const struct spec *spec, const void *buf, size_t len)
{
	struct val *v;

	if (!len)
		return fail(ctx, XC_DATA, 0, "%s returned no data for %s", ctx->dev->path, spec->text);
	v = spec_decode(ctx->arena, spec, buf, len);
	if (v->flags & VAL_CUT)
		warn_user(ctx, "%s: the data ends early, after %zu bytes; what is missing is left out", spec->text, len);
	cmd_answer(ctx, out, v, buf, len);
	return 0;
}

void cmd_raw(struct ctx *ctx, bool raw)
{
	if (raw)
		ctx->g.output_format = "binary";
}
