/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cmd/ns_size.h"

#include <string.h>

#include "cmd/lbaf.h"
#include "core/num.h"
#include "spec/tables.h"

#define SIZE	   4096u
#define MIB	   (UINT64_C(1) << 20) /* the step where the drive names none */
#define MAX_GROUPS 64u

static const char *si(struct ctx *ctx, uint64_t bytes)
{
	char *buf = arena_alloc(ctx->arena, NUM_U128_MAX);

	return num_si(bytes, buf);
}

/* --- as it is said --- */

static bool percent(const char *text, uint64_t *v)
{
	size_t n = strlen(text);
	char digits[4] = "";

	if (n < 2 || n > 4 || text[n - 1] != '%')
		return false;
	memcpy(digits, text, n - 1);
	return num_parse(digits, v) == 0;
}

int size_parse(struct ctx *ctx, const char *opt, const char *text, bool blocks, struct size *s)
{
	int rc;

	*s = (struct size){ .opt = opt };
	if (!text)
		return 0;
	if (strcmp(text, "max") == 0) {
		s->kind = SIZE_MOST;
	} else if (percent(text, &s->v)) {
		s->kind = SIZE_PERCENT;
		if (!s->v || s->v > 100)
			return fail(ctx, XC_USAGE, 0, "%s: '%s' is not between 1%% and 100%%", opt, text);
	} else if (num_parse(text, &s->v) == 0) {
		s->kind = SIZE_BLOCKS;
		if (!blocks) {
			rc = fail(ctx, XC_USAGE, 0, "%s: '%s' has no unit", opt, text);
			return fail_hint(ctx, rc, "%sG or %sGiB; a number of blocks is --nsze and --ncap", text, text);
		}
	} else if (num_parse_bytes(text, &s->v) == 0) {
		s->kind = SIZE_BYTES;
	} else {
		rc = fail(ctx, XC_USAGE, 0, "%s: '%s' is no size", opt, text);
		return fail_hint(ctx, rc, "%s800G (powers of 1000), 800GiB (of 1024), 50%% of the unallocated capacity, or max",
				 blocks ? "a number of blocks, " : "");
	}
	if (!s->v && s->kind != SIZE_MOST)
		return fail(ctx, XC_USAGE, 0, "%s: a namespace of size 0 is none", opt);
	return 0;
}

/* --- block formats --- */

static int by_index(struct ctx *ctx, const struct val *caps, uint8_t flbas, const struct val **lbaf)
{
	bool many = val_u64(caps, "nlbaf", 0) + 1 + val_u64(caps, "nulbaf", 0) > 16;
	unsigned index = (flbas & 0xf) | (many ? (flbas >> 5 & 3u) << 4 : 0);

	*lbaf = lbaf_at(caps, index);
	if (*lbaf)
		return 0;
	return lbaf_hint(ctx, fail(ctx, XC_USAGE, 0, "%s has no LBA format %u", ctx->dev->path, index), caps);
}

static int by_size(struct ctx *ctx, const struct val *caps, const struct format_args *args, const struct val **lbaf,
		   uint8_t *flbas)
{
	const char *what = "";
	uint64_t index;

	*lbaf = lbaf_best(caps, args->block_size.set ? args->block_size.v : 0, args->metadata_size.v, NULL);
	if (!*lbaf) {
		if (args->block_size.set)
			what = arena_printf(ctx->arena, "blocks of %u bytes and ", args->block_size.v);
		return lbaf_hint(ctx,
				 fail(ctx, XC_USAGE, 0, "%s has no LBA format with %s%u bytes of metadata", ctx->dev->path,
				      what, args->metadata_size.v),
				 caps);
	}
	index = val_u64(*lbaf, "lbaf", 0);
	*flbas = (uint8_t)((index & 0xf) | (index >> 4 & 3) << 5);
	/* Metadata goes where the drive can have it; in a buffer of its own if both is possible. */
	if (lbaf_meta(*lbaf) && !val_u64(caps, "mc.mtsbs", 0))
		*flbas |= 0x10;
	return 0;
}

int format_caps(struct ctx *ctx, const struct val **caps)
{
	uint8_t *buf = dev_buffer(ctx, SIZE), *list = dev_buffer(ctx, SIZE);
	size_t got, n;
	int rc = dev_identify_if(ctx->dev, 0x00, NSID_ALL, 0, 0, buf, &got);

	*caps = NULL;
	if (!rc && got)
		*caps = spec_decode(ctx->arena, &spec_id_ns, buf, got);
	if (rc || (*caps && lbaf_best(*caps, 0, 0, NULL)))
		return rc;
	/* A drive that does not say what all have in common: as the first one has it. */
	rc = dev_identify_if(ctx->dev, 0x10, 0, 0, 0, list, &n);
	if (rc || n < 4)
		return rc;
	rc = dev_identify_if(ctx->dev, 0x11, (uint32_t)list[0] | (uint32_t)list[1] << 8 | (uint32_t)list[2] << 16 | (uint32_t)list[3] << 24, 0,
		    0, buf, &got);
	if (!rc && got)
		*caps = spec_decode(ctx->arena, &spec_id_ns, buf, got);
	return rc;
}

int ns_format_choose(struct ctx *ctx, const struct val *caps, const struct format_args *args, struct format *f)
{
	const struct val *lbaf;
	int rc;

	*f = (struct format){ .flbas = (uint8_t)args->flbas.v };
	if (args->flbas.set && (args->block_size.set || args->metadata_size.set))
		return fail(ctx, XC_USAGE, 0, "--flbas says the format already: --block-size and --metadata-size are too much");
	if (!args->flbas.set && !args->block_size.set && args->need) {
		rc = fail(ctx, XC_USAGE, 0, "the size is in blocks: say of which size, with --block-size or --flbas");
		return lbaf_hint(ctx, rc, caps);
	}
	if (!caps || !val_get(caps, "lbafs") || !val_get(caps, "lbafs")->c.n) {
		if (args->flbas.set && args->need)
			return 0; /* the drive will know */
		rc = fail(ctx, XC_UNSUPPORTED, 0, "%s does not say which LBA formats it has", ctx->dev->path);
		return fail_hint(ctx, rc, "--flbas with --nsze in blocks leaves it to the drive");
	}
	rc = args->flbas.set ? by_index(ctx, caps, f->flbas, &lbaf) : by_size(ctx, caps, args, &lbaf, &f->flbas);
	if (rc)
		return rc;
	f->block = lbaf_block(lbaf);
	f->meta = lbaf_meta(lbaf);
	if (args->dps > 0xf || (args->dps & 7) > 3)
		return fail(ctx, XC_USAGE, 0, "--dps: 0x%x is no protection information setting", args->dps);
	if (f->meta)
		rc = lbaf_check_transfer(ctx, caps, ctx->dev->path, f->flbas & 0x10);
	if (rc)
		return fail_hint(ctx, rc, "bit 4 of --flbas says which way");
	/* DPS bits 2:0 and 3; how large it is with a larger guard, the drive knows. */
	return lbaf_check_protection(ctx, caps, ctx->dev->path, lbaf, &(struct protection){ args->dps & 7, args->dps & 8, 8 });
}

int format_steps(struct ctx *ctx, struct format *f)
{
	void *buf = dev_buffer(ctx, SIZE);
	const struct val *id, *list, *d;
	unsigned index;
	size_t got;
	int rc = cmd_read_ctrl(ctx, &id);

	if (rc || !val_u64(id, "ctratt.ng", 0))
		return rc;
	rc = dev_identify_if(ctx->dev, 0x16, 0, 0, 0, buf, &got);
	if (rc || !got)
		return rc;
	list = spec_decode(ctx->arena, &spec_id_ns_granularity, buf, got);
	index = val_u64(list, "attributes.gdm", 0) ? (f->flbas & 0xf) | (f->flbas >> 5 & 3u) << 4 : 0;
	d = val_get(list, "namespace-granularity-list");
	d = d ? d->c.first : NULL;
	while (d && index--)
		d = d->next;
	f->size_step = d ? val_u64(d, "namespace-size-granularity", 0) : 0;
	f->cap_step = d ? val_u64(d, "namespace-capacity-granularity", 0) : 0;
	return 0;
}

/* --- what is left --- */

static int of_set(struct ctx *ctx, uint16_t nvmsetid, struct pool *p)
{
	void *buf = dev_buffer(ctx, SIZE);
	size_t got;
	int rc = dev_identify_if(ctx->dev, 0x04, 0, nvmsetid, 0, buf, &got);
	const struct val *st = !rc && got ? spec_decode(ctx->arena, &spec_id_nvmset, buf, got) : NULL;
	const struct val *list = st ? val_get(st, "NVMSet") : NULL;

	if (!list)
		return rc;
	for (const struct val *it = list->c.first; it; it = it->next) {
		uint64_t left = val_u64(it, "unalloc_nvmset_cap", 0);

		if (nvmsetid && val_u64(it, "nvmset_id", 0) != nvmsetid)
			continue;
		p->known = true;
		if (left > p->bytes)
			p->bytes = left;
	}
	if (nvmsetid && !p->known)
		return fail(ctx, XC_USAGE, 0, "--nvmset-id: there is no NVM Set %u on %s", nvmsetid, ctx->dev->path);
	return 0;
}

int group_left(struct ctx *ctx, uint16_t endgid, bool *known, uint64_t *left)
{
	struct req r = {
		.opcode = ADM_GET_LOG,
		.nsid = NSID_ALL,
		.cdw10 = 0x09 | 1u << 15 | 127u << 16,
		.cdw11 = (uint32_t)endgid << 16,
		.data = dev_buffer(ctx, SIZE),
		.data_len = 512,
	};
	int rc = dev_submit(ctx->dev, &r);
	const struct val *log = rc ? NULL : spec_decode(ctx->arena, &spec_log_endurance, r.data, r.received);

	*known = log && val_u64(log, "total_end_grp_cap", 0);
	*left = *known ? val_u64(log, "unalloc_end_grp_cap", 0) : 0;
	return rc < 0 ? dev_fail(ctx->dev, &r, rc, "Get Log Page (Endurance Group Information)") : 0;
}

static int of_group(struct ctx *ctx, uint16_t endgid, struct pool *p)
{
	uint64_t left;
	bool known;
	int rc = group_left(ctx, endgid, &known, &left);

	p->known = p->known || known;
	if (left > p->bytes)
		p->bytes = left;
	return rc;
}

static int of_groups(struct ctx *ctx, struct pool *p)
{
	void *buf = dev_buffer(ctx, SIZE);
	size_t got;
	int rc = dev_identify_if(ctx->dev, 0x19, 0, 0, 0, buf, &got);
	const struct val *st = !rc && got ? spec_decode(ctx->arena, &spec_list_endgrp, buf, got) : NULL;
	const struct val *list = st ? val_get(st, "endgrp_list") : NULL, *it = list ? list->c.first : NULL;

	for (unsigned n = 0; !rc && it && n < MAX_GROUPS; n++, it = it->next)
		rc = of_group(ctx, (uint16_t)val_u64(it, "endgrp_id", 0), p);
	return rc;
}

int pool_read(struct ctx *ctx, uint16_t nvmsetid, uint16_t endgid, struct pool *p)
{
	const struct val *id;
	int rc = cmd_read_ctrl(ctx, &id);

	*p = (struct pool){ 0 };
	if (rc)
		return rc;
	if ((nvmsetid && !val_u64(id, "ctratt.nsets", 0)) || (endgid && !val_u64(id, "ctratt.egs", 0)))
		return fail(ctx, XC_UNSUPPORTED, 0, "%s has no %s (CTRATT 0x%x)", ctx->dev->path,
			    nvmsetid ? "NVM Sets" : "Endurance Groups", (unsigned)val_u64(id, "ctratt", 0));
	if (nvmsetid)
		p->what = arena_printf(ctx->arena, "NVM Set %u", nvmsetid);
	else if (endgid)
		p->what = arena_printf(ctx->arena, "Endurance Group %u", endgid);
	if (nvmsetid || (!endgid && val_u64(id, "ctratt.nsets", 0)))
		rc = of_set(ctx, nvmsetid, p);
	else if (endgid)
		rc = of_group(ctx, endgid, p);
	else if (val_u64(id, "ctratt.egs", 0))
		rc = of_groups(ctx, p);
	if (!rc && !p->known && !p->what && val_u64(id, "tnvmcap", 0)) {
		p->known = true;
		p->bytes = val_u64(id, "unvmcap", 0);
	}
	return rc;
}

/* --- sizes --- */

uint64_t size_common_step(uint64_t a, uint64_t b)
{
	uint64_t x = a, y = b, rest;

	if (!a || !b)
		return a ? a : b;
	while ((rest = x % y)) {
		x = y;
		y = rest;
	}
	return a / y > UINT64_MAX / b ? (a > b ? a : b) : a / y * b;
}

static const char *where(struct ctx *ctx, const struct pool *p)
{
	return p->what ? arena_printf(ctx->arena, "in %s of %s", p->what, ctx->dev->path) :
			 arena_printf(ctx->arena, "on %s", ctx->dev->path);
}

static int too_large(struct ctx *ctx, const struct pool *p, const struct size *s, uint64_t bytes)
{
	int rc = fail(ctx, XC_USAGE, 0, "%s: %s (%llu bytes) is more than the %s (%llu bytes) that are unallocated %s",
		      s->opt, si(ctx, bytes), (unsigned long long)bytes, si(ctx, p->bytes), (unsigned long long)p->bytes,
		      where(ctx, p));

	return fail_hint(ctx, rc, p->bytes ? "--size=max takes all of it" : "'delete-ns' gives capacity back");
}

/* Whole steps: up, as long as there is enough, so that what was asked for fits. */
static uint64_t whole(const struct pool *p, uint64_t bytes, uint64_t step, bool up)
{
	uint64_t rest = bytes % step;

	if (!rest)
		return bytes;
	if (up && bytes <= UINT64_MAX - step && (!p->known || bytes - rest + step <= p->bytes))
		return bytes - rest + step;
	return bytes - rest;
}

int size_blocks(struct ctx *ctx, const struct size *s, const struct format *f, uint64_t step, const struct pool *p,
		uint64_t *blocks)
{
	uint64_t bytes = s->v, got;

	*blocks = s->v;
	if (s->kind == SIZE_BLOCKS)
		return 0;
	if (s->kind != SIZE_BYTES && !p->known)
		return fail(ctx, XC_UNSUPPORTED, 0, "%s: the drive does not say how much is unallocated %s", s->opt,
			    where(ctx, p));
	step = size_common_step(step ? step : MIB, f->block);
	if (s->kind == SIZE_MOST)
		bytes = p->bytes;
	else if (s->kind == SIZE_PERCENT)
		bytes = p->bytes / 100 * s->v + p->bytes % 100 * s->v / 100;
	else if (p->known && bytes > p->bytes)
		return too_large(ctx, p, s, bytes);
	got = whole(p, bytes, step, s->kind == SIZE_BYTES);
	if (!got && s->kind != SIZE_BYTES)
		return fail_hint(ctx,
				 fail(ctx, XC_USAGE, 0, "%s: %s of capacity are too little: %s makes namespaces in steps of %llu bytes",
				      s->opt, si(ctx, bytes), ctx->dev->path, (unsigned long long)step),
				 "'delete-ns' gives capacity back");
	if (!got)
		return too_large(ctx, p, s, step);
	if (s->kind == SIZE_BYTES && got != bytes)
		warn_user(ctx, "%s: %llu bytes became %llu, %s multiple of %llu", s->opt, (unsigned long long)bytes,
			  (unsigned long long)got, got > bytes ? "the next" : "the largest possible",
			  (unsigned long long)step);
	*blocks = got / f->block;
	return 0;
}

int pool_check(struct ctx *ctx, const struct pool *p, const struct format *f, const struct size *s, uint64_t blocks)
{
	uint64_t bytes, rest;

	if (!f->block)
		return 0;
	bytes = blocks > UINT64_MAX / f->block ? UINT64_MAX : blocks * f->block;
	if (p->known && bytes > p->bytes)
		return too_large(ctx, p, s, bytes);
	rest = f->cap_step ? bytes % f->cap_step : 0;
	if (!rest)
		return 0;
	if (p->known && f->cap_step - rest > p->bytes - bytes)
		return too_large(ctx, p, s, bytes - rest + f->cap_step);
	warn_user(ctx, "%s: %llu blocks are no multiple of the %llu bytes in which the drive allocates: %llu bytes of it are wasted",
		  s->opt, (unsigned long long)blocks, (unsigned long long)f->cap_step,
		  (unsigned long long)(f->cap_step - rest));
	return 0;
}
