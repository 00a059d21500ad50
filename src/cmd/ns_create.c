/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * create-ns: Namespace Management, Create. Base 2.1, sections 5.1.21 and 8.1.15; the data structure is that of the NVM
 * Command Set 1.1, section 4.1.6, with what ZNS 1.2, section 4.1.6, adds.
 */
#include <errno.h>
#include <string.h>

#include "cmd/ns_size.h"
#include "core/num.h"

#define SIZE	    4096u
#define MAX_HANDLES 128u /* in a Placement Handle List */
#define CSI_ZNS	    2

/* Where the fields are in the data structure. */
enum {
	AT_NSZE = 0,
	AT_NCAP = 8,
	AT_FLBAS = 26,
	AT_DPS = 29,
	AT_NMIC = 30,
	AT_ANAGRPID = 92,
	AT_NVMSETID = 100,
	AT_ENDGID = 102,
	AT_LBSTM = 384,
	AT_NPHNDLS = 392,
	AT_ZNSCO = 499,
	AT_RAR = 500,
	AT_ROR = 504,
	AT_RNUMZRWA = 508,
	AT_PHNDLS = 512,
};

struct create_args {
	const char *nsze, *ncap, *nsze_si, *ncap_si, *size;
	struct opt_u32 flbas, block_size, metadata_size, nphndls, rar, ror, rnumzrwa;
	uint64_t lbstm;
	uint32_t anagrp_id;
	uint16_t nvmset_id, endg_id;
	uint8_t dps, nmic, csi;
	opt_list phndls, controllers;
	bool azr, attach, ish;
};

/* What was asked for, and what comes of it. */
struct creation {
	const struct create_args *args;
	struct size nsze, ncap;
	bool same; /* one size says both */
	struct format format;
	struct pool pool;
	uint64_t blocks, capacity; /* NSZE, NCAP */
	uint16_t handles[MAX_HANDLES];
	size_t nhandles;
	struct cntlids ids; /* to attach it to */
};

static const struct name nmic_names[] = {
	{ 0, "private", "For one controller at a time" },
	{ 1, "shared", "For several controllers at once" },
};

/* --- what was asked for --- */

static int one_size(struct ctx *ctx, const char *opt, const char *text, const char *other_opt, const char *other,
		    struct size *s)
{
	if (text && other)
		return fail(ctx, XC_USAGE, 0, "%s and %s exclude each other", opt, other_opt);
	return text ? size_parse(ctx, opt, text, true, s) : size_parse(ctx, other_opt, other, true, s);
}

static int read_sizes(struct ctx *ctx, struct creation *c)
{
	const struct create_args *a = c->args;
	int rc;

	if (a->size && (a->nsze || a->ncap || a->nsze_si || a->ncap_si))
		return fail(ctx, XC_USAGE, 0, "--size says both size and capacity: --nsze and --ncap are too much");
	if (a->size) {
		rc = size_parse(ctx, "--size", a->size, false, &c->nsze);
		c->ncap = c->nsze;
		c->same = true;
		return rc;
	}
	rc = one_size(ctx, "--nsze", a->nsze, "--nsze-si", a->nsze_si, &c->nsze);
	if (!rc)
		rc = one_size(ctx, "--ncap", a->ncap, "--ncap-si", a->ncap_si, &c->ncap);
	if (rc)
		return rc;
	if (!c->nsze.kind && !c->ncap.kind) {
		rc = fail(ctx, XC_USAGE, 0, "create-ns needs a size");
		return fail_hint(ctx, rc, "--size=800G, --size=50%% or --size=max; in blocks: --nsze and --ncap");
	}
	/* One of them alone is both: a namespace without thin provisioning. */
	c->same = !c->ncap.kind || !c->nsze.kind;
	if (!c->ncap.kind)
		c->ncap = c->nsze;
	if (!c->nsze.kind)
		c->nsze = c->ncap;
	return 0;
}

static int read_handles(struct ctx *ctx, struct creation *c)
{
	opt_list given = c->args->phndls;
	uint64_t v;

	for (size_t i = 0; given && given[i]; i++) {
		if (num_parse(given[i], &v) || v > 0xffff)
			return fail(ctx, XC_USAGE, 0, "--phndls: '%s' is no Reclaim Unit Handle identifier", given[i]);
		if (c->nhandles == MAX_HANDLES)
			return fail(ctx, XC_USAGE, 0, "--phndls: more than %u are not possible", MAX_HANDLES);
		c->handles[c->nhandles++] = (uint16_t)v;
	}
	if (c->args->nphndls.set && c->args->nphndls.v != c->nhandles)
		return fail(ctx, XC_USAGE, 0, "--nphndls says %u handles, --phndls has %zu", c->args->nphndls.v, c->nhandles);
	return 0;
}

static int read_args(struct ctx *ctx, struct creation *c)
{
	const struct create_args *a = c->args;
	bool zoned = a->azr || a->rar.set || a->ror.set || a->rnumzrwa.set;
	int rc = read_sizes(ctx, c);

	if (!rc && zoned && a->csi != CSI_ZNS)
		rc = fail_hint(ctx, fail(ctx, XC_USAGE, 0, "--azr, --rar, --ror and --rnumzrwa are for zoned namespaces alone"),
			       "--csi=zns makes one");
	return rc ? rc : read_handles(ctx, c);
}

/* --- against the drive --- */

static int thin(struct ctx *ctx, const struct creation *c, const struct val *caps)
{
	if (c->capacity > c->blocks)
		return fail(ctx, XC_USAGE, 0, "%s: the capacity of %llu blocks is larger than the size of %llu", c->ncap.opt,
			    (unsigned long long)c->capacity, (unsigned long long)c->blocks);
	if (c->capacity == c->blocks || !caps || val_u64(caps, "nsfeat.thinp", 0))
		return 0;
	return fail_hint(ctx,
			 fail(ctx, XC_UNSUPPORTED, 0,
			      "%s has no thin provisioning (bit 0 of NSFEAT is clear): size and capacity must be the same",
			      ctx->dev->path),
			 "leave out --ncap");
}

static int work_out(struct ctx *ctx, struct creation *c)
{
	const struct create_args *a = c->args;
	struct format_args want = { a->flbas, a->block_size, a->metadata_size, a->dps,
				    c->nsze.kind == SIZE_BLOCKS || c->ncap.kind == SIZE_BLOCKS };
	struct format *f = &c->format;
	const struct val *caps;
	uint64_t both;
	int rc = format_caps(ctx, &caps);

	if (!rc)
		rc = ns_format_choose(ctx, caps, &want, f);
	if (!rc)
		rc = format_steps(ctx, f);
	if (!rc)
		rc = pool_read(ctx, a->nvmset_id, a->endg_id, &c->pool);
	if (rc)
		return rc;
	both = c->same ? size_common_step(f->size_step, f->cap_step) : 0;
	rc = size_blocks(ctx, &c->ncap, f, c->same ? both : f->cap_step, &c->pool, &c->capacity);
	c->blocks = c->capacity;
	if (!rc && !c->same)
		rc = size_blocks(ctx, &c->nsze, f, f->size_step, &c->pool, &c->blocks);
	if (!rc)
		rc = thin(ctx, c, caps);
	return rc ? rc : pool_check(ctx, &c->pool, f, &c->ncap, c->capacity);
}

static int whom_to_attach(struct ctx *ctx, struct creation *c)
{
	const struct create_args *a = c->args;
	int rc;

	if (!a->attach && !a->controllers)
		return 0;
	rc = ns_controllers(ctx, a->controllers, 0, NS_ATTACH, &c->ids);
	if (rc || c->ids.n < 2 || a->nmic & 1)
		return rc;
	rc = fail(ctx, XC_USAGE, 0, "a private namespace can be attached to one controller, not to %zu", c->ids.n);
	return fail_hint(ctx, rc, "--nmic=shared makes one for several");
}

/* --- the commands --- */

static void put(uint8_t *data, size_t at, size_t bytes, uint64_t v)
{
	for (size_t i = 0; i < bytes; i++)
		data[at + i] = (uint8_t)(v >> 8 * i);
}

static struct req request(struct ctx *ctx, const struct creation *c)
{
	const struct create_args *a = c->args;
	uint8_t *d = dev_buffer(ctx, SIZE);
	struct req r = { .opcode = 0x0d, .cdw11 = (uint32_t)a->csi << 24, .data = d, .data_len = SIZE };

	put(d, AT_NSZE, 8, c->blocks);
	put(d, AT_NCAP, 8, c->capacity);
	put(d, AT_FLBAS, 1, c->format.flbas);
	put(d, AT_DPS, 1, a->dps);
	put(d, AT_NMIC, 1, a->nmic);
	put(d, AT_ANAGRPID, 4, a->anagrp_id);
	put(d, AT_NVMSETID, 2, a->nvmset_id);
	put(d, AT_ENDGID, 2, a->endg_id);
	put(d, AT_LBSTM, 8, a->lbstm);
	put(d, AT_NPHNDLS, 2, c->nhandles);
	for (size_t i = 0; i < c->nhandles; i++)
		put(d, AT_PHNDLS + 2 * i, 2, c->handles[i]);
	if (a->csi == CSI_ZNS) {
		put(d, AT_ZNSCO, 1, a->azr);
		put(d, AT_RAR, 4, a->rar.v);
		put(d, AT_ROR, 4, a->ror.v);
		put(d, AT_RNUMZRWA, 4, a->rnumzrwa.v);
	}
	return r;
}

static void answer(struct ctx *ctx, const struct creation *c, uint32_t nsid, struct val *out)
{
	struct arena *a = ctx->arena;

	val_put_u64(a, out, "nsid", nsid);
	val_put_u64(a, out, "nsze", c->blocks);
	val_put_u64(a, out, "ncap", c->capacity);
	val_put_u64(a, out, "flbas", c->format.flbas);
	if (!c->format.block)
		return;
	val_put_u64(a, out, "block_size", c->format.block);
	val_put_u64(a, out, "metadata_size", c->format.meta);
	val_put_u64(a, out, "size", c->blocks * c->format.block);
	val_put_u64(a, out, "capacity", c->capacity * c->format.block);
}

/* The namespace is there now, and whoever called has to learn its identifier whatever happens next. */
static int attach(struct ctx *ctx, const struct creation *c, uint32_t nsid, struct val *out)
{
	struct req r = ns_attachment(ctx, nsid, NS_ATTACH, &c->ids);
	struct intent in = { .action = "Attach namespace", .effect = ns_attach_effect(ctx, nsid, &c->ids) };
	static const struct cntlids none;
	const char *ctrl = ctx->dev->ctrl ? ctx->dev->ctrl : ctx->dev->name;
	int rc = cmd_alter(ctx, &in, &r, "Namespace Attachment (attach)");

	ns_put_controllers(ctx, out, "attached", rc ? &none : &c->ids);
	if (!rc)
		return ns_put_node(ctx, out, nsid, &c->ids);
	val_put_str(ctx->arena, out, "attach_error", ctx->error.message);
	warn_user(ctx, "namespace %u exists and is attached to no controller: %s; 'nvmekit attach-ns %s -n %u' tries again, "
		       "'nvmekit delete-ns %s -n %u' removes it",
		  nsid, ctx->error.message, ctrl, nsid, ctrl, nsid);
	memset(&ctx->error, 0, sizeof(ctx->error));
	ctx->error.status = -1;
	ctx->verdict = XC_PARTIAL;
	return 0;
}

static int run_create(struct ctx *ctx, const void *argp, struct val *out)
{
	struct creation c = { .args = argp };
	struct intent in = { .action = "Create namespace" };
	struct req r;
	int rc = read_args(ctx, &c);

	if (!rc)
		rc = ns_can_manage(ctx);
	if (!rc)
		rc = work_out(ctx, &c);
	if (!rc)
		rc = whom_to_attach(ctx, &c);
	if (rc)
		return rc;
	r = request(ctx, &c);
	in.effect = arena_printf(ctx->arena, "makes one of %llu blocks of %llu bytes", (unsigned long long)c.blocks,
				 (unsigned long long)c.format.block);
	rc = cmd_alter(ctx, &in, &r, "Namespace Management (create)");
	if (rc == -ETIMEDOUT)
		return fail_hint(ctx, rc, "the drive may have created it all the same: 'nvmekit list-ns %s --all' shows it",
				 ctx->dev->ctrl ? ctx->dev->ctrl : ctx->dev->name);
	if (rc)
		return rc;
	if (!(uint32_t)r.result && !ctx->g.dry_run)
		return fail(ctx, XC_DATA, 0, "%s created a namespace, as it says, and gives no identifier for it",
			    ctx->dev->path);
	ctx->nsid = (uint32_t)r.result;
	answer(ctx, &c, (uint32_t)r.result, out);
	return c.ids.n ? attach(ctx, &c, (uint32_t)r.result, out) : 0;
}

static const struct field cntlid_rows[] = {
	{ NULL, "Controller identifier", .len = 16, .kind = K_UINT },
};
static const struct field create_rows[] = {
	{ "nsid", "Identifier of the new namespace", .len = 32, .kind = K_UINT },
	{ "nsze", "Namespace Size, blocks", .len = 64, .kind = K_UINT },
	{ "ncap", "Namespace Capacity, blocks", .len = 64, .kind = K_UINT },
	{ "flbas", "Formatted LBA Size", .len = 8, .kind = K_UINT, .show = SHOW_HEX },
	{ "block_size", "Data of a block", .len = 64, .kind = K_UINT, .unit = "bytes", .flags = F_OPTIONAL },
	{ "metadata_size", "Metadata of a block", .len = 64, .kind = K_UINT, .unit = "bytes", .flags = F_OPTIONAL },
	{ "size", "Size of the namespace", .len = 64, .kind = K_UINT, .unit = "bytes", .show = SHOW_SI, .flags = F_OPTIONAL },
	{ "capacity", "Capacity of the namespace", .len = 64, .kind = K_UINT, .unit = "bytes", .show = SHOW_SI,
	  .flags = F_OPTIONAL },
	{ "attached", "Controllers that it is attached to", .kind = K_ARRAY, SUB(cntlid_rows), .flags = F_OPTIONAL },
	{ "attach_error", "Why it is attached to none", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "device", "Block device node of the namespace", .kind = K_TEXT, .flags = F_OPTIONAL },
};
static const struct spec spec_create_ns = { "create-ns", "New namespace", NULL, 0, 1, FIELDS(create_rows) };

static const struct opt create_opts[] = {
	OPT(create_args, size, 0, "size", "SIZE",
	    "Size and capacity: 800G, 1TiB, 50% of the unallocated capacity, max"),
	OPT(create_args, nsze, 's', "nsze", "BLOCKS|SIZE", "Size, in blocks or as --size has it (default: as the capacity)"),
	OPT(create_args, ncap, 'c', "ncap", "BLOCKS|SIZE", "Capacity, in blocks or as --size has it (default: as the size)"),
	OPT(create_args, nsze_si, 'S', "nsze-si", "SIZE", "Another word for --nsze"),
	OPT(create_args, ncap_si, 'C', "ncap-si", "SIZE", "Another word for --ncap"),
	OPT(create_args, block_size, 'b', "block-size", "BYTES",
	    "Data of a block (default: of the format with the best performance)", .unit = UNIT_BYTES, .min = 1),
	OPT(create_args, metadata_size, 0, "metadata-size", "BYTES", "Metadata of a block (default: none)", .unit = UNIT_BYTES,
	    .max = 0xffff),
	OPT(create_args, flbas, 'f', "flbas", "FLBAS",
	    "The format by its index instead (bits 3:0 and 6:5); bit 4: metadata at the end of each block", .max = 0x7f),
	OPT(create_args, dps, 'd', "dps", "DPS", "Protection information: type (bits 2:0), in the first bytes (bit 3)"),
	OPT(create_args, nmic, 'm', "nmic", "NMIC", "Whether several controllers can have it", VALS(nmic_names),
	    .flags = OF_OPEN_NAMES),
	OPT(create_args, anagrp_id, 'a', "anagrp-id", "ID", "ANA group (default: the drive chooses)"),
	OPT(create_args, nvmset_id, 'i', "nvmset-id", "ID", "NVM Set (default: the drive chooses)"),
	OPT(create_args, endg_id, 'e', "endg-id", "ID", "Endurance Group (default: the drive chooses)"),
	OPT(create_args, csi, 'y', "csi", "CSI", "Command set", VALS(ns_csi_names), .flags = OF_OPEN_NAMES),
	OPT(create_args, lbstm, 'l', "lbstm", "MASK", "Logical Block Storage Tag Mask"),
	OPT(create_args, nphndls, 'n', "nphndls", "N", "Number of placement handles (default: as many as --phndls has)",
	    .max = MAX_HANDLES),
	OPT(create_args, phndls, 'p', "phndls", "RUH[,...]", "Reclaim Unit Handle of each placement handle"),
	OPT(create_args, azr, 'z', "azr", NULL, "Zoned: allocate ZRWA resources"),
	OPT(create_args, rar, 'r', "rar", "N", "Zoned: active resources"),
	OPT(create_args, ror, 'O', "ror", "N", "Zoned: open resources"),
	OPT(create_args, rnumzrwa, 'u', "rnumzrwa", "N", "Zoned: ZRWA resources"),
	OPT(create_args, attach, 0, "attach", NULL, "Attach it to the controller that answers, and show its device node"),
	OPT_CONTROLLERS(create_args, controllers, 0, "Attach it to these controllers, or to all"),
	OPT_ISH(create_args, ish),
};

const struct cmd cmd_create_ns = {
	.name = "create-ns",
	.alias = "ns create",
	.group = "Namespaces",
	.brief = "Create a namespace, and attach it",
	.desc = "Sends Namespace Management (create) and shows the identifier that the drive chose. With --attach or --controllers the "
		"namespace is attached too; without, it exists and is no device yet ('attach-ns').\n\n"
		"A size with a unit, a percentage or max is made a multiple of the steps in which the drive allocates ('id-ns-granularity'; "
		"1 MiB where it names none), and a warning says so. A number of blocks is taken as it is; it needs --block-size or "
		"--flbas. More than is unallocated is refused before anything is sent.\n\n"
		"If the namespace was created and could not be attached, the answer has its identifier all the same, 'attached' is "
		"empty, 'attach_error' says why, and the exit code is 10.",
	.examples = "nvmekit create-ns nvme0 --size=100G --attach\n  Create a namespace of 100 GB and show its node.\n"
		    "nvmekit create-ns nvme0 --size=max --block-size=4096\n  Take what is left, with blocks of 4096 bytes.\n"
		    "nvmekit create-ns nvme0 -s 24414062 -c 24414062 -b 4096 -o json\n  In blocks, for a script.\n"
		    "nvmekit create-ns nvme0 --size=50% --nmic=shared --controllers=all\n  For every controller of the NVM subsystem.\n",
	.target = T_DEV,
	.flags = C_ALTERS,
	.timeout_ms = 120000,
	OPTS(create_args, create_opts),
	.out = &spec_create_ns,
	.run = run_create,
};
