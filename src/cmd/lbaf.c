/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cmd/lbaf.h"

#include <inttypes.h>

static const struct val *first(const struct val *id)
{
	const struct val *list = id ? val_get(id, "lbafs") : NULL;

	return list ? list->c.first : NULL;
}

static bool offered(const struct val *lbaf)
{
	uint64_t ds = val_u64(lbaf, "ds", 0);

	return ds >= 9 && ds < 32;
}

uint64_t lbaf_block(const struct val *lbaf)
{
	return offered(lbaf) ? UINT64_C(1) << val_u64(lbaf, "ds", 0) : 0;
}

uint64_t lbaf_meta(const struct val *lbaf)
{
	return val_u64(lbaf, "ms", 0);
}

const struct val *lbaf_at(const struct val *id, uint64_t index)
{
	for (const struct val *it = first(id); it; it = it->next) {
		if (val_u64(it, "lbaf", UINT64_MAX) == index && offered(it))
			return it;
	}
	return NULL;
}

const struct val *lbaf_best(const struct val *id, uint64_t block, uint64_t meta, unsigned *n)
{
	const struct val *best = NULL;
	unsigned found = 0;

	for (const struct val *it = first(id); it; it = it->next) {
		if (!offered(it) || lbaf_meta(it) != meta || (block && lbaf_block(it) != block))
			continue;
		found++;
		if (!best || val_u64(it, "rp", 0) < val_u64(best, "rp", 0))
			best = it;
	}
	if (n)
		*n = found;
	return best;
}

int lbaf_hint(struct ctx *ctx, int rc, const struct val *id)
{
	const char *text = "";

	for (const struct val *it = first(id); it; it = it->next) {
		if (offered(it))
			text = arena_printf(ctx->arena, "%s%s%" PRIu64 " (%" PRIu64 "+%" PRIu64 ")", text, *text ? ", " : "",
					    val_u64(it, "lbaf", 0), lbaf_block(it), lbaf_meta(it));
	}
	return fail_hint(ctx, rc, "there are, as index (bytes of data + of metadata): %s", *text ? text : "none that is known");
}

int lbaf_check_transfer(struct ctx *ctx, const struct val *id, const char *name, bool extended)
{
	if (val_u64(id, extended ? "mc.mtelbas" : "mc.mtsbs", 0))
		return 0;
	return fail(ctx, XC_UNSUPPORTED, 0, "%s cannot transfer metadata %s (MC bit %u is clear)", name,
		    extended ? "at the end of each block" : "in a buffer of their own", extended ? 0u : 1u);
}

int lbaf_check_protection(struct ctx *ctx, const struct val *id, const char *name, const struct val *lbaf,
			  const struct protection *p)
{
	static const char *const types[] = { "", "dpc.pit1s", "dpc.pit2s", "dpc.pit3s" };
	const char *has = "";
	int rc;

	if (!p->type)
		return 0;
	for (unsigned i = 1; i <= 3; i++) {
		if (val_u64(id, types[i], 0))
			has = arena_printf(ctx->arena, "%s%s%u", has, *has ? ", " : "", i);
	}
	if (p->type > 3 || !val_u64(id, types[p->type], 0)) {
		rc = fail(ctx, XC_UNSUPPORTED, 0, "%s has no protection information of type %u (DPC bit %u is clear)", name,
			  p->type, p->type - 1u);
		return *has ? fail_hint(ctx, rc, "it has type %s", has) : rc;
	}
	if (!val_u64(id, p->first ? "dpc.piifb" : "dpc.piilb", 0))
		return fail(ctx, XC_UNSUPPORTED, 0,
			    "%s cannot have protection information as the %s bytes of the metadata (DPC bit %u is clear)", name,
			    p->first ? "first" : "last", p->first ? 3u : 4u);
	if (lbaf_meta(lbaf) >= p->need)
		return 0;
	rc = fail(ctx, XC_USAGE, 0,
		  "protection information takes %" PRIu64 " bytes of metadata, and format %" PRIu64 " of %s has %" PRIu64, p->need,
		  val_u64(lbaf, "lbaf", 0), name, lbaf_meta(lbaf));
	return lbaf_hint(ctx, rc, id);
}
