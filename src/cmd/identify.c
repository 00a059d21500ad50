/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* id-ctrl and id-ns. Identify command: NVM Express Base 2.1, section 5.1.13. */
#include "cmd/common.h"
#include "spec/tables.h"

#define IDENTIFY_SIZE 4096

struct id_args {
	struct opt_u32 namespace_id;
	bool force, vendor_specific, raw_binary;
};

static int run_id_ctrl(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct id_args *args = argp;
	void *buf = dev_buffer(ctx, IDENTIFY_SIZE);
	size_t got = IDENTIFY_SIZE;
	int rc;

	cmd_raw(ctx, args->raw_binary);
	ctx->vendor = args->vendor_specific;
	rc = dev_identify(ctx->dev, 0x01, 0, 0, 0, buf, &got);
	if (rc)
		return rc;
	return cmd_decode(ctx, out, &spec_id_ctrl, buf, got);
}

static const struct opt id_ctrl_opts[] = {
	OPT(id_args, vendor_specific, 'V', "vendor-specific", NULL, "Dump the vendor-specific bytes too"),
	OPT_RAW(id_args, raw_binary),
};

const struct cmd cmd_id_ctrl = {
	.name = "id-ctrl",
	.alias = "id ctrl",
	.group = "Identify",
	.brief = "Show what a controller is and what it supports",
	.desc = "Sends Identify (Identify Controller data structure, CNS 01h) and shows every field: identity, "
		"limits, supported commands and features, and the power states.\n\n"
		"With -v each bit-field is taken apart below its value. JSON always carries both: the value as "
		"received under its name, and its parts under NAME_bits, NAME_name or NAME_UNIT.",
	.examples = "nvmekit id-ctrl nvme0\n  Show the fields of a controller.\n"
		    "nvmekit id-ctrl nvme0 -v\n  Show what every bit means.\n"
		    "nvmekit id-ctrl nvme0 -o json\n  The same for a script.\n",
	.target = T_DEV,
	.flags = C_BINARY,
	OPTS(id_args, id_ctrl_opts),
	.out = &spec_id_ctrl,
	.layout = &(const struct layout){ .title = "Identify Controller of {device}" },
	.run = run_id_ctrl,
};

static int run_id_ns(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct id_args *args = argp;
	void *buf = dev_buffer(ctx, IDENTIFY_SIZE);
	size_t got = IDENTIFY_SIZE;
	uint32_t nsid;
	int rc;

	cmd_raw(ctx, args->raw_binary);
	ctx->vendor = args->vendor_specific;
	rc = cmd_nsid(ctx, args->namespace_id, &nsid);
	if (rc)
		return rc;
	ctx->nsid = nsid;
	rc = dev_identify(ctx->dev, args->force ? 0x11 : 0x00, nsid, 0, 0, buf, &got);
	if (rc)
		return rc;
	rc = cmd_decode(ctx, out, &spec_id_ns, buf, got);
	/* Base 2.1, section 5.1.13.2.1: an inactive namespace is all zeroes, and no error. */
	if (!rc && !val_u64(out, "nsze", 1) && !val_u64(out, "ncap", 1))
		warn_user(ctx, "namespace %u is not active here: its data is all zero", nsid);
	return rc;
}

static const struct opt id_ns_opts[] = {
	OPT_NSID(id_args, namespace_id, "Namespace to show (default: the one that DEVICE names)"),
	OPT(id_args, force, 0, "force", NULL, "Show an allocated namespace even if it is not attached (CNS 11h)"),
	OPT(id_args, vendor_specific, 'V', "vendor-specific", NULL, "Dump the vendor-specific bytes too"),
	OPT_RAW(id_args, raw_binary),
};

const struct cmd cmd_id_ns = {
	.name = "id-ns",
	.alias = "id ns",
	.group = "Identify",
	.brief = "Show size, formats and features of a namespace",
	.desc = "Sends Identify (Identify Namespace data structure of the NVM Command Set, CNS 00h) and shows "
		"every field. The LBA format in use is marked.",
	.examples = "nvmekit id-ns nvme0n1\n  Show a namespace.\n"
		    "nvmekit id-ns nvme0 -n 2\n  Show namespace 2 through its controller.\n"
		    "nvmekit id-ns nvme0n1 -v\n  Show what every bit means.\n",
	.target = T_NS,
	.flags = C_BINARY,
	OPTS(id_args, id_ns_opts),
	.out = &spec_id_ns,
	.layout = &(const struct layout){ .title = "Identify Namespace {nsid} of {device}" },
	.run = run_id_ns,
};
