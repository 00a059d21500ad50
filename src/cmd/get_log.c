/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* get-log: any log page, by number or name. Base 2.1, section 5.1.12. */
#include <string.h>

#include "cmd/common.h"
#include "cmd/logread.h"
#include "core/num.h"

struct get_log_args {
	const char *log_id;
	struct opt_u32 namespace_id, log_len, xfer_len;
	struct opt_u64 lpo;
	uint8_t lsp, uuid_index, csi;
	uint16_t lsi;
	bool rae, clear_event, ot, raw, raw_binary, ish;
};

static const struct opt get_log_opts[] = {
	OPT(get_log_args, log_id, 'i', "log-id", "ID", "Log page: a number (0x02) or a name (smart)",
	    .flags = OF_REQUIRED, .complete = COMP_LOGPAGE),
	OPT(get_log_args, log_len, 'l', "log-len", "BYTES",
	    "Bytes to read (default: the whole page, where its length is known)", .unit = UNIT_BYTES, .min = 4),
	OPT_NSID(get_log_args, namespace_id, "Namespace (default: the controller's own page, FFFFFFFFh)"),
	OPT(get_log_args, lpo, 'L', "lpo", "OFFSET", "Log page offset in bytes, a multiple of 4; an index with --ot",
	    .unit = UNIT_BYTES),
	OPT(get_log_args, ot, 'O', "ot", NULL, "The offset is an index into the page's list"),
	OPT(get_log_args, lsp, 's', "lsp", "N", "Log specific parameter (7 bits)", .max = 127),
	OPT(get_log_args, lsi, 'S', "lsi", "N", "Log specific identifier: an endurance group, NVM set, domain ..."),
	OPT(get_log_args, csi, 'y', "csi", "N", "Command set identifier"),
	OPT(get_log_args, uuid_index, 'U', "uuid-index", "N", "UUID index (7 bits)", .max = 127),
	OPT(get_log_args, rae, 'r', "rae", NULL, "Retain the asynchronous event (this is the default)"),
	OPT(get_log_args, clear_event, 0, "clear-event", NULL, "Do not retain the asynchronous event: it is cleared"),
	OPT(get_log_args, xfer_len, 'x', "xfer-len", "BYTES", "Largest single transfer, a multiple of 4096 (default: chosen)",
	    .unit = UNIT_BYTES, .min = 4096),
	OPT(get_log_args, raw, 0, "raw", NULL, "Show the bytes, even where the page is known"),
	OPT_RAW(get_log_args, raw_binary),
	OPT(get_log_args, ish, 'I', "ish", NULL, "Ignore shutdown (NVMe-MI only)", .flags = OF_HIDDEN),
};

static const struct field get_log_rows[] = {
	{ "lid", "Log page identifier", .len = 8, .kind = K_UINT, .show = SHOW_HEX },
	{ "name", "Name of the page", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "length", "Bytes received", .len = 32, .kind = K_UINT, .unit = "bytes" },
	{ "data", "The bytes", .kind = K_HEX },
	{ "decoded", "The page taken apart, as the command of its own shows it", .kind = K_STRUCT,
	  .flags = F_OPTIONAL },
};

static const struct spec spec_get_log = { "get-log", "A log page as received", NULL, 0, 1, FIELDS(get_log_rows) };

static int find_page(struct ctx *ctx, const struct get_log_args *args, uint8_t *lid, const struct logpage **page)
{
	uint64_t n;
	int rc;

	if (num_parse(args->log_id, &n) == 0) {
		if (n > 0xff)
			return fail(ctx, XC_USAGE, 0, "--log-id: %s does not fit 8 bits", args->log_id);
		*lid = (uint8_t)n;
		*page = logpage_by_id(*lid, args->csi);
		return 0;
	}
	*page = logpage_by_name(args->log_id);
	if (!*page) {
		rc = fail(ctx, XC_USAGE, 0, "--log-id: there is no log page named '%s'", args->log_id);
		return fail_hint(ctx, rc, "give a number, or a name that 'nvmekit introspect' lists");
	}
	*lid = (*page)->lid;
	return 0;
}

static int check(struct ctx *ctx, const struct get_log_args *args, const struct logpage *page)
{
	int rc;

	if (args->rae && args->clear_event)
		return fail(ctx, XC_USAGE, 0, "--rae and --clear-event exclude each other");
	if (!args->ot && args->lpo.set && args->lpo.v % 4)
		return fail(ctx, XC_USAGE, 0, "--lpo: %llu is not a multiple of 4", (unsigned long long)args->lpo.v);
	if (args->log_len.set && args->log_len.v % 4)
		return fail(ctx, XC_USAGE, 0, "--log-len: %u is not a multiple of 4", args->log_len.v);
	if (args->xfer_len.set && args->xfer_len.v % 4096)
		return fail(ctx, XC_USAGE, 0, "--xfer-len: %u is not a multiple of 4096", args->xfer_len.v);
	if (!args->log_len.set && (!page || !page->size)) {
		rc = fail(ctx, XC_USAGE, 0, "the length of log page %s is not known", args->log_id);
		return fail_hint(ctx, rc, "say how much to read: --log-len=512");
	}
	return 0;
}

static int run_get_log(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct get_log_args *args = argp;
	const struct logpage *page;
	struct log_args l = { .csi = args->csi, .lsp = args->lsp, .lsi = args->lsi, .uuid_index = args->uuid_index };
	struct val *decoded;
	const void *buf;
	size_t len;
	int rc;

	cmd_raw(ctx, args->raw_binary);
	rc = find_page(ctx, args, &l.lid, &page);
	if (!rc)
		rc = check(ctx, args, page);
	if (rc)
		return rc;
	l.nsid = args->namespace_id.set ? args->namespace_id.v : NSID_ALL;
	ctx->nsid = l.nsid;
	l.offset = args->lpo.v;
	l.ot = args->ot;
	l.rae = !args->clear_event;
	l.chunk = args->xfer_len.v;
	rc = log_read(ctx, page, &l, args->log_len.set ? args->log_len.v : 0, &buf, &len);
	if (rc)
		return rc;
	ctx->raw = buf;
	ctx->raw_len = len;
	val_put_u64(ctx->arena, out, "lid", l.lid);
	if (page)
		val_put_str(ctx->arena, out, "name", page->name);
	val_put_u64(ctx->arena, out, "length", len);
	val_put_bytes(ctx->arena, out, "data", buf, len);
	/* A part from the middle is no structure. */
	if (!page || !page->spec || args->raw || l.offset)
		return 0;
	decoded = spec_decode(ctx->arena, page->spec, buf, len);
	decoded->field = &get_log_rows[NELEMS(get_log_rows) - 1];
	val_add(out, "decoded", decoded);
	out->flags |= decoded->flags & VAL_CUT;
	return 0;
}

const struct cmd cmd_get_log = {
	.name = "get-log",
	.group = "Health and logs",
	.brief = "Read any log page, by number or name",
	.desc = "Reads a log page in transfers that the controller and the kernel accept and shows it decoded where its "
		"layout is known, otherwise as a dump of the bytes.\n\n"
		"The asynchronous event that a page belongs to is retained unless --clear-event is given, so looking "
		"does not hide an event from whoever waits for it.",
	.examples = "nvmekit get-log nvme0 -i smart\n  Read the health log by name.\n"
		    "nvmekit get-log nvme0 -i 0x02 --raw\n  The same page as bytes.\n"
		    "nvmekit get-log nvme0 -i 0x02 -l 512 -b | od -A d -t x1\n  The bytes for another program.\n",
	.target = T_DEV,
	.flags = C_BINARY,
	OPTS(get_log_args, get_log_opts),
	.out = &spec_get_log,
	.layout = &(const struct layout){ .kind = LAY_DUMP, .title = "{name} log page ({lid}) of {device}" },
	.run = run_get_log,
};
