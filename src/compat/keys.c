/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Keys of NVMe over Fabrics as 2.16 prints them: one line, whatever the format. */
#include <inttypes.h>
#include <string.h>

#include "compat/nvme.h"

static void put_key(struct ctx *ctx, const struct val *v, FILE *out)
{
	if (val_get(v, "key"))
		fprintf(out, "%s\n", val_str(ctx->arena, v, "key"));
}

static void put_inserted(struct ctx *ctx, const struct val *v, FILE *out)
{
	(void)ctx;
	if (val_get(v, "serial") && !val_get(v, "loaded"))
		fprintf(out, "Inserted TLS key %08" PRIx64 "\n", val_u64(v, "serial", 0));
}

static void gen_tls(struct ctx *ctx, const struct val *v, FILE *out)
{
	put_key(ctx, v, out);
	put_inserted(ctx, v, out);
}

static void check_dhchap(struct ctx *ctx, const struct val *v, FILE *out)
{
	(void)ctx;
	fprintf(out, "Key is valid (HMAC %" PRIu64 ", length %" PRIu64 ", CRC %08" PRIx64 ")\n",
		val_u64(v, "hash", 0), val_u64(v, "length", 0), val_u64(v, "crc", 0));
}

static void check_tls(struct ctx *ctx, const struct val *v, FILE *out)
{
	if (val_get(v, "loaded"))
		fprintf(out, "%s\n", val_str(ctx->arena, v, "identity"));
	put_inserted(ctx, v, out);
}

static void tls_key(struct ctx *ctx, const struct val *v, FILE *out)
{
	const struct val *keys = val_get(v, "keys");

	for (const struct val *k = keys ? keys->c.first : NULL; k; k = k->next) {
		if (val_get(k, "key"))
			fprintf(out, "%s %s\n", val_str(ctx->arena, k, "identity"),
				val_str(ctx->arena, k, "key"));
	}
	if (!ctx->g.verbose)
		return;
	if (val_get(v, "file"))
		fprintf(out, "exporting to %s\n", val_str(ctx->arena, v, "file"));
	else if (val_get(v, "serial"))
		fputs("revoking key\n", out);
}

static const struct {
	const char *cmd;
	void (*print)(struct ctx *ctx, const struct val *v, FILE *out);
} lines[] = {
	{ "gen-dhchap-key", put_key }, { "check-dhchap-key", check_dhchap },
	{ "gen-tls-key", gen_tls },    { "check-tls-key", check_tls },
	{ "tls-key", tls_key },
};

bool print_keys(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out)
{
	for (size_t i = 0; i < NELEMS(lines); i++) {
		if (strcmp(lines[i].cmd, o->cmd->name) != 0)
			continue;
		lines[i].print(ctx, v, out);
		return true;
	}
	return false;
}
