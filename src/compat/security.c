/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Security Receive, RPMB and self-encrypting drives as 2.16 tells of them. */
#include <inttypes.h>
#include <string.h>

#include "compat/nvme.h"
#include "output/out.h"

static void text_security_recv(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out)
{
	struct text t = { out, ctx->arena, o };
	const struct val *data = val_get(v, "data");

	fputs("NVME Security Receive Command Success\n", out);
	if (data && data->type == VAL_BYTES)
		text_dump(&t, data, 0);
}

static void boot_partition(const struct val *config, const char *key, const char *what, FILE *out)
{
	fprintf(out, "%s is %s\n", what, val_u64(config, key, 0) ? "Locked" : "Unlocked");
}

/* Each action has something of its own to say; those that write say little. */
static void text_rpmb(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out)
{
	const struct val *config = val_get(v, "config");
	uint64_t n = val_u64(v, "sectors", 0);

	(void)ctx, (void)o;
	if (val_get(v, "targets")) {
		uint64_t sectors = val_u64(v, "access_sectors", 1), size = val_u64(v, "size", 0) / (128 * 1024);

		fprintf(out, " [31:24]: %#" PRIx64 "\tAccess Size\n", sectors ? sectors - 1 : 0);
		fprintf(out, " [23:16]: %#" PRIx64 "\tTotal Size\n", size ? size - 1 : 0);
		fprintf(out, "  [5:3] : %#x\tAuthentication Method\n", 0u);
		fprintf(out, "  [2:0] : %#" PRIx64 "\tNumber of RPMB Units\n", val_u64(v, "targets", 0));
	} else if (config) {
		fprintf(out, "Boot Partition Protection is %s\n", val_u64(config, "bppee.bpped", 0) ? "Enabled" : "Disabled");
		boot_partition(config, "bpls.bpp1l", "Boot Partition 1", out);
		boot_partition(config, "bpls.bpp0l", "Boot Partition 0", out);
	} else if (n && !val_get(v, "data") && !val_get(v, "file")) {
		fprintf(out, "Written %" PRIu64 " sectors out of %" PRIu64 " @target(%" PRIu64 "):0x%" PRIx64 "\n", n, n,
			val_u64(v, "target", 0), val_u64(v, "address", 0));
	} else if (val_get(v, "expired")) {
		fprintf(out, "Write Counter is: %" PRIu64 "\n", val_u64(v, "write_counter", 0));
	}
}

static void text_discover(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out)
{
	static const struct {
		const char *key, *text, *udev;
	} lines[] = {
		{ "locking_supported", "Locking Supported", "LOCKING_SUPP" },
		{ "locking_enabled", "Locking Feature Enabled", "LOCKING" },
		{ "locked", "Locked", "LOCKING_LOCKED" },
		{ "media_encryption", "Media Encryption", NULL },
		{ "mbr_enabled", "MBR Enabled", NULL },
		{ "mbr_done", "MBR Done", NULL },
	};

	(void)o;
	if (val_get(v, "text")) {
		fprintf(out, "%s", val_str(ctx->arena, v, "text"));
		return;
	}
	fputs("Locking Features:\n", out);
	for (size_t i = 0; i < NELEMS(lines); i++)
		fprintf(out, "\t%-32s: %s\n", lines[i].text, val_u64(v, lines[i].key, 0) ? "Yes" : "No");
}

/* Nothing is said of what went well. */
static void text_nothing(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out)
{
	(void)ctx, (void)v, (void)o, (void)out;
}

static const struct {
	const char *cmd;
	void (*print)(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out);
} texts[] = {
	{ "security-recv", text_security_recv }, { "rpmb", text_rpmb },		 { "sed-discover", text_discover },
	{ "sed-initialize", text_nothing },	 { "sed-lock", text_nothing },	 { "sed-unlock", text_nothing },
	{ "sed-password", text_nothing },	 { "sed-revert", text_nothing },
};

bool text_security(struct ctx *ctx, const char *cmd, const struct val *v, const struct fmt_opts *o, FILE *out)
{
	for (size_t i = 0; i < NELEMS(texts); i++) {
		if (strcmp(texts[i].cmd, cmd) != 0)
			continue;
		texts[i].print(ctx, v, o, out);
		return true;
	}
	return false;
}
