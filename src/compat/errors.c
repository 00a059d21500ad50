/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Errors as 2.16 tells them: on stderr, or in JSON alone; and the personality itself. */
#include <string.h>

#include <nvme/util.h>

#include "compat/compat.h"
#include "compat/nvme.h"
#include "output/out.h"

bool nvme_json(const struct ctx *ctx)
{
	return ctx->g.output_format && strcmp(ctx->g.output_format, "json") == 0;
}

const char *nvme_status_words(int status, bool fabrics)
{
	/* The library knows type and code; retry and more bits are no part of the words. */
	return nvme_status_to_string(status & 0x7ff, fabrics);
}

/* "/dev/nvme99: No such file or directory" where that is all there is to say. */
static const char *message(struct ctx *ctx)
{
	const struct error *e = &ctx->error;
	const char *text = fabrics_error(ctx);

	if (text)
		return text;
	if (e->code == XC_NODEV && ctx->cmd && ctx->cmd->target == T_OPT_DEV && ctx->operands &&
	    ctx->operands[0])
		return arena_printf(ctx->arena, "Invalid device name %s", ctx->operands[0]);
	if (e->device && (e->code == XC_NODEV || e->code == XC_PERM) && e->err)
		return arena_printf(ctx->arena, "%s: %s", e->device, strerror(e->err));
	/* What is refused can be had, by those who say that it is meant. */
	if (e->code == XC_REFUSED && e->hint)
		return arena_printf(ctx->arena, "%s; %s", e->message, e->hint);
	return e->message ? e->message : "unknown error";
}

static const char *clean(struct ctx *ctx, const char *s)
{
	return printable(ctx->arena, s, strlen(s), false);
}

void nvme_error(struct ctx *ctx, bool json, FILE *out, FILE *err)
{
	const struct error *e = &ctx->error;
	const char *text =
		clean(ctx, e->status > 0 ? nvme_status_words(e->status, e->fabrics) : message(ctx));

	/* The fabrics commands say it in words, whatever the format. */
	if (json && !nvme_fabrics(ctx->cmd)) {
		struct json_object *o = json_new_object();

		json_put(o, "error", json_text(text));
		if (e->status > 0)
			json_put(o, "type", json_text("nvme"));
		json_write(out, o);
		fflush(out);
	} else if (e->status > 0) {
		fprintf(err, "NVMe status: %s(0x%x)\n", text, (unsigned)e->status);
	} else {
		fprintf(err, "%s\n", text);
	}
	/* Who named no device, or none that is there, is told how. */
	if (e->status <= 0 && e->code == XC_NODEV && e->err && ctx->cmd && ctx->cmd->target != T_OPT_DEV &&
	    !nvme_fabrics(ctx->cmd))
		nvme_usage(err, ctx->cmd);
}

static int nvme_exit_code(enum exit_code code)
{
	return code == XC_OK ? 0 : 1;
}

const struct personality nvme_cli = {
	.name = "nvme",
	.notes = false,
	.argv = nvme_argv,
	.shape = nvme_shape,
	.print = nvme_print,
	.error = nvme_error,
	.exit_code = nvme_exit_code,
};
