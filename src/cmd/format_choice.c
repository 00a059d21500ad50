/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What a Format NVM command means for a namespace and for its neighbours: Base 2.1, section 5.1.10; formats, metadata and
 * protection information: NVM Command Set 1.1, sections 4.1.2, 4.1.5.1 and 5.3.
 */
#include <inttypes.h>

#include "cmd/lbaf.h"
#include "cmd/media.h"
#include "spec/tables.h"

const struct name format_ses_names[3] = {
	{ 0, "none", "No secure erase: contents may still be on the media" },
	{ 1, "user-data", "All user data are erased; what they are replaced by is the drive's choice" },
	{ 2, "crypto", "The encryption key is deleted" },
};

uint32_t format_cdw10(const struct format_choice *f)
{
	return (f->lbaf & 0xf) | (uint32_t)f->extended << 4 | (uint32_t)f->pit << 5 |
	       (uint32_t)f->first << 8 | (uint32_t)f->ses << 9 | (f->lbaf >> 4 & 3) << 12;
}

int format_possible(struct ctx *ctx, const struct val *ctrl, uint8_t ses)
{
	unsigned methods = sanitize_methods(ctrl);
	const char *path = ctx->dev->path;
	int rc;

	if (!val_u64(ctrl, "oacs.fnvms", 0)) {
		rc = fail(ctx, XC_UNSUPPORTED, 0, "%s has no Format NVM command (OACS bit 1 is clear)", path);
		return methods ? fail_hint(ctx, rc, "'nvmekit sanitize' is possible") : rc;
	}
	if (ses != 2 || val_u64(ctrl, "fna.cryes", 0))
		return 0;
	rc = fail(ctx, XC_UNSUPPORTED, 0,
		  "%s cannot erase cryptographically when it formats (FNA bit 2 is clear)", path);
	if (methods >> SAN_CRYPTO & 1)
		return fail_hint(
			ctx, rc,
			"possible are --ses=user-data, and 'nvmekit sanitize --sanact=crypto-erase'");
	return fail_hint(ctx, rc, "--ses=user-data is possible");
}

/* --- which format --- */

uint64_t format_now(const struct val *id, uint64_t dflt)
{
	const struct val *lbafs = val_get(id, "lbafs");

	for (const struct val *it = lbafs ? lbafs->c.first : NULL; it; it = it->next) {
		if (val_u64(it, "in_use", 0))
			return val_u64(it, "lbaf", dflt);
	}
	return dflt;
}

/* By size. */
static int by_size(struct ctx *ctx, const struct format_wish *w, const struct val *id, const char *name,
		   const struct val **out)
{
	const struct val *now = lbaf_at(id, format_now(id, UINT64_MAX));
	uint64_t block = w->block_size.set ? w->block_size.v : now ? lbaf_block(now) : 0;
	uint64_t meta = w->metadata_size.set ? w->metadata_size.v : 0;
	unsigned n;

	*out = lbaf_best(id, block, meta, &n);
	if (!*out)
		return lbaf_hint(ctx,
				 fail(ctx, XC_USAGE, 0,
				      "%s has no format with blocks of %" PRIu64 " bytes and %" PRIu64 " bytes of metadata",
				      name, block, meta),
				 id);
	if (n > 1)
		warn_user(ctx,
			  "%s has %u formats with blocks of %" PRIu64 " bytes and %" PRIu64 " bytes of metadata; %" PRIu64
			  " is taken, as no other has a better relative performance",
			  name, n, block, meta, val_u64(*out, "lbaf", 0));
	return 0;
}

static int pick(struct ctx *ctx, const struct format_wish *w, const struct val *id, const char *name,
		const struct val **out)
{
	if (w->block_size.set || w->metadata_size.set)
		return by_size(ctx, w, id, name, out);
	if (w->lbaf.set) {
		*out = lbaf_at(id, w->lbaf.v);
		return *out ? 0
			    : lbaf_hint(ctx, fail(ctx, XC_USAGE, 0, "%s has no format %u", name, w->lbaf.v),
					id);
	}
	*out = lbaf_at(id, format_now(id, UINT64_MAX));
	return *out ? 0
		    : lbaf_hint(ctx, fail(ctx, XC_DATA, 0, "%s does not say which format it has", name), id);
}

/* --- metadata and protection information --- */

/*
 * Bytes that protection information takes in format 'lbaf'. A drive without extended formats has 16-bit guards, and is
 * not asked for a structure that it would refuse.
 */
static uint64_t protection_bytes(struct ctx *ctx, uint32_t nsid, uint64_t lbaf)
{
	struct req r = { .opcode = ADM_IDENTIFY, .nsid = nsid, .cdw10 = 0x05, .data_len = 4096 };
	const struct val *elbafs, *ctrl;

	if (cmd_read_ctrl(ctx, &ctrl) || !val_u64(ctrl, "ctratt.elbas", 0))
		return 8;
	r.data = dev_buffer(ctx, 4096);
	if (dev_submit(ctx->dev, &r))
		return 8;
	elbafs = val_get(spec_decode(ctx->arena, &spec_nvm_id_ns, r.data, r.received), "elbafs");
	for (const struct val *it = elbafs ? elbafs->c.first : NULL; it; it = it->next) {
		uint64_t pif = val_u64(it, "pif", 0);

		if (val_u64(it, "elbaf", UINT64_MAX) == lbaf)
			return (pif == 3 ? val_u64(it, "qpif", 0) : pif) ? 16 : 8;
	}
	return 8;
}

static int check_metadata(struct ctx *ctx, const struct format_wish *w, const struct format_choice *f,
			  const struct val *id, const char *name)
{
	int rc;

	if (!f->metadata && w->ms.set && w->ms.v)
		return fail(ctx, XC_USAGE, 0, "--ms=extended: format %u of %s has no metadata", f->lbaf,
			    name);
	rc = f->metadata ? lbaf_check_transfer(ctx, id, name, f->extended) : 0;
	return !rc ? 0 : fail_hint(ctx, rc, "--ms=%s chooses the other way", f->extended ? "separate" : "extended");
}

int format_settle(struct ctx *ctx, const struct format_wish *w, uint32_t nsid, const struct val *id,
		  const char *name, struct format_choice *out)
{
	bool keep = !w->lbaf.set && !w->block_size.set && !w->metadata_size.set;
	const struct val *lbaf;
	int rc = pick(ctx, w, id, name, &lbaf);

	if (rc)
		return rc;
	*out = (struct format_choice){
		.lbaf = (uint32_t)val_u64(lbaf, "lbaf", 0),
		.block = (uint32_t)lbaf_block(lbaf),
		.metadata = (uint32_t)lbaf_meta(lbaf),
		.pit = (uint8_t)(w->pi.set ? w->pi.v
				 : keep	   ? val_u64(id, "dps.pit", 0)
					   : 0),
		.ses = w->ses,
	};
	if (w->pil.set && !out->pit)
		return fail(ctx, XC_USAGE, 0,
			    "--pil says where protection information is, and there is none without --pi");
	if (out->pit > 3)
		return fail(ctx, XC_DATA, 0,
			    "%s says that its protection information is of type %u, which there is not", name,
			    out->pit);
	if (out->pit)
		out->first = w->pil.set ? w->pil.v
					: keep && val_u64(id, "dps.pit", 0) && val_u64(id, "dps.pip", 0);
	if (out->metadata && w->ms.set)
		out->extended = w->ms.v;
	else if (out->metadata)
		out->extended = keep ? val_u64(id, "flbas.mtelba", 0) : !val_u64(id, "mc.mtsbs", 0);
	rc = check_metadata(ctx, w, out, id, name);
	if (rc)
		return rc;
	return lbaf_check_protection(
		ctx, id, name, lbaf,
		&(struct protection){ out->pit, out->first, out->pit ? protection_bytes(ctx, nsid, out->lbaf) : 0 });
}

/* --- which namespaces --- */

static int all_lost(struct ctx *ctx, uint8_t ses, uint32_t nsid, const struct format_scope *s)
{
	struct nsid_list one = { &nsid, 1 };
	int rc = fail(ctx, XC_USAGE, 0,
		      "%s %s all namespaces at once (FNA bit %u is set): %s would be lost, not %s alone",
		      ctx->dev->path, ses ? "erases" : "formats", ses ? 1u : 0u, media_names(ctx, &s->hit),
		      media_names(ctx, &one));

	return fail_hint(ctx, rc, "--namespace-id=all says that all of them are meant");
}

int format_scope(struct ctx *ctx, const struct val *ctrl, uint8_t ses, uint32_t nsid, struct format_scope *s)
{
	bool wide = val_u64(ctrl, ses ? "fna.sens" : "fna.fns", 0);
	bool broadcast = !val_u64(ctrl, "fna.fnvmbs", 0);
	uint32_t *one = arena_memdup(ctx->arena, &nsid, sizeof(nsid));
	struct nsid_list active;
	int rc;

	*s = (struct format_scope){ .send = { one, 1 }, .hit = { one, 1 }, .reach = REACH_NS };
	if (nsid != NSID_ALL && !wide)
		return 0;
	rc = media_nsids(ctx, 0x02, &active);
	if (rc)
		return rc;
	s->hit = active;
	if (wide && val_u64(ctrl, "oacs.nms", 0))
		rc = media_nsids(ctx, 0x10, &s->hit);
	if (rc)
		return rc;
	s->reach = wide ? REACH_SUBSYS : REACH_CTRL;
	if (nsid != NSID_ALL)
		return s->hit.n == 1 && s->hit.v[0] == nsid ? 0 : all_lost(ctx, ses, nsid, s);
	if (!active.n)
		return fail(ctx, XC_USAGE, 0, "%s has no namespaces that could be formatted", ctx->dev->path);
	/* Where NSID FFFFFFFFh is not taken, one of them stands for all, or they are formatted one after the other. */
	if (!broadcast) {
		s->send = active;
		s->send.n = wide ? 1 : active.n;
	}
	return 0;
}
