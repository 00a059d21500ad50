/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Samples of what namespaces hold, before and after. A place that holds the same as before, and was not blank, was not
 * erased. A place that was blank, or cannot be read, proves nothing and is counted as that. Deallocated blocks:
 * NVM Command Set 1.1, section 3.3.3.2.1 and figure 114 (DLFEAT).
 */
#include <inttypes.h>
#include <string.h>

#include "cmd/erase.h"
#include "dev/topo.h"
#include "spec/tables.h"

#define SAMPLE_BYTES 4096u
#define OP_READ	     0x02

struct sampled {
	uint32_t nsid;
	const struct topo_ns *topo; /* NULL: the kernel does not have it */
	struct dev *dev;	    /* NULL: cannot be looked at */
	const char *why;	    /* why not */
	uint64_t blocks;
	uint32_t lba_size, meta_size;
	uint64_t drb; /* what deallocated blocks read as */
	bool inline_meta;
	uint8_t **before; /* per place; NULL: could not be read */
};

struct samples {
	uint32_t n;
	struct sampled *ns;
	size_t nns;
};

static uint32_t step(const struct sampled *s)
{
	return s->lba_size + (s->inline_meta ? s->meta_size : 0);
}

static uint32_t blocks_of_sample(const struct sampled *s)
{
	uint32_t n = s->lba_size < SAMPLE_BYTES ? SAMPLE_BYTES / s->lba_size : 1;

	return n < s->blocks ? n : (uint32_t)s->blocks;
}

/* From the first to the last block, at equal distances. */
static uint64_t place(const struct samples *all, const struct sampled *s, uint32_t i)
{
	uint64_t last = s->blocks - blocks_of_sample(s);

	return all->n < 2 ? last / 2 : (uint64_t)((unsigned __int128)last * i / (all->n - 1));
}

static uint8_t *look(struct ctx *ctx, const struct sampled *s, uint64_t lba)
{
	uint32_t n = blocks_of_sample(s);
	struct req r = {
		.opcode = OP_READ,
		.io = true,
		.nsid = s->nsid,
		.cdw10 = (uint32_t)lba,
		.cdw11 = (uint32_t)(lba >> 32),
		.cdw12 = n - 1,
		.data_len = n * step(s),
	};

	r.data = dev_buffer(ctx, r.data_len);
	if (s->meta_size && !s->inline_meta) {
		r.meta_len = n * s->meta_size;
		r.meta = dev_buffer(ctx, r.meta_len);
	}
	return dev_submit(s->dev, &r) || r.received != r.data_len ? NULL : r.data;
}

static void shape(struct ctx *ctx, struct sampled *s)
{
	size_t got = 0;
	void *buf = dev_buffer(ctx, 4096);
	const struct val *id, *lbafs;
	uint64_t ds = 0, now;

	if (dev_identify(s->dev, 0x00, s->nsid, 0, 0, buf, &got)) {
		s->why = "its data cannot be identified";
		return;
	}
	id = spec_decode(ctx->arena, &spec_id_ns, buf, got);
	lbafs = val_get(id, "lbafs");
	now = format_now(id, UINT64_MAX);
	for (const struct val *it = lbafs ? lbafs->c.first : NULL; it; it = it->next) {
		if (val_u64(it, "lbaf", UINT64_MAX) != now)
			continue;
		ds = val_u64(it, "ds", 0);
		s->meta_size = (uint32_t)val_u64(it, "ms", 0);
	}
	s->blocks = val_u64(id, "nsze", 0);
	s->inline_meta = val_u64(id, "flbas.mtelba", 0);
	s->drb = val_u64(id, "dlfeat.drb", 0);
	if (ds < 9 || ds > 16 || !s->blocks)
		s->why = "it has no format that could be read";
	else
		s->lba_size = 1u << ds;
}

/* An error of looking is no error of erasing: it is forgotten. */
static void reach(struct ctx *ctx, struct sampled *s)
{
	struct error was = ctx->error;

	if (s->topo->csi > 0 && s->topo->csi != 2) {
		s->why = "it has no logical blocks";
		return;
	}
	if (dev_open(ctx, s->topo->name, &s->dev)) {
		s->dev = NULL;
		s->why = "its node cannot be opened";
	} else {
		shape(ctx, s);
	}
	ctx->error = was;
}

static const struct topo_ns *find(const struct topo_subsys *t, uint32_t nsid)
{
	for (size_t i = 0; t && i < t->nns; i++) {
		if (t->ns[i]->nsid == nsid)
			return t->ns[i];
	}
	return NULL;
}

void samples_before(struct ctx *ctx, const struct erase_plan *p, uint32_t n, struct samples **out)
{
	const struct topo_subsys *t = media_subsys(ctx);
	struct samples *all = *out = arena_alloc(ctx->arena, sizeof(*all));

	all->n = n;
	all->nns = p->hit.n;
	all->ns = arena_calloc(ctx->arena, all->nns + 1, sizeof(*all->ns));
	for (size_t i = 0; i < all->nns; i++) {
		struct sampled *s = &all->ns[i];

		s->nsid = p->hit.v[i];
		s->topo = find(t, s->nsid);
		if (!s->topo)
			s->why = "it has no node here";
		if (!n || s->why)
			continue;
		reach(ctx, s);
		s->before = arena_calloc(ctx->arena, n, sizeof(*s->before));
		for (uint32_t k = 0; !s->why && k < n; k++)
			s->before[k] = look(ctx, s, place(all, s, k));
	}
}

/* Nothing but 00h, or nothing but FFh. */
static bool blank(const uint8_t *p, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (p[i] != p[0])
			return false;
	}
	return p[0] == 0 || p[0] == 0xff;
}

static bool as_deallocated(const struct sampled *s, const uint8_t *p, size_t n)
{
	return blank(p, n) && s->drb && p[0] == (s->drb == 2 ? 0xff : 0);
}

struct tally {
	uint64_t changed, unchanged, was_blank, unreadable, deallocated;
};

static const char *compare(struct ctx *ctx, const struct samples *all, const struct sampled *s,
			   struct tally *t)
{
	for (uint32_t k = 0; k < all->n; k++) {
		size_t n = (size_t)blocks_of_sample(s) * step(s);
		uint8_t *now = look(ctx, s, place(all, s, k));

		if (now && as_deallocated(s, now, n))
			t->deallocated++;
		if (!now || !s->before[k])
			t->unreadable++;
		else if (memcmp(now, s->before[k], n) != 0)
			t->changed++;
		else if (blank(now, n))
			t->was_blank++;
		else
			t->unchanged++;
	}
	if (t->unchanged)
		return "failed";
	if (t->changed)
		return "passed";
	return t->was_blank == all->n ? "blank" : "undecided";
}

static const char *one_after(struct ctx *ctx, const struct samples *all, const struct sampled *s,
			     struct val *e)
{
	struct arena *a = ctx->arena;
	const char *verdict = "skipped";
	struct tally t = { 0 };

	if (s->topo)
		val_put_str(a, e, "name", s->topo->name);
	val_put_u64(a, e, "nsid", s->nsid);
	if (s->topo)
		val_put_u64(a, e, "size", s->topo->blocks * s->topo->lba_size);
	if (all->n && s->why)
		verdict = "undecided";
	else if (all->n)
		verdict = compare(ctx, all, s, &t);
	val_put_str(a, e, "verification", verdict);
	if (s->why)
		val_put_str(a, e, "why", s->why);
	if (!all->n || s->why)
		return verdict;
	val_put_u64(a, e, "samples", all->n);
	val_put_u64(a, e, "changed", t.changed);
	val_put_u64(a, e, "unchanged", t.unchanged);
	val_put_u64(a, e, "was_blank", t.was_blank);
	val_put_u64(a, e, "unreadable", t.unreadable);
	val_put_u64(a, e, "reads_deallocated", t.deallocated);
	return verdict;
}

const char *samples_after(struct ctx *ctx, struct samples *all, struct val *list)
{
	size_t passed = 0, failed = 0, open = 0;

	for (size_t i = 0; i < all->nns; i++) {
		struct error was = ctx->error;
		const char *v = one_after(ctx, all, &all->ns[i], val_put_obj(ctx->arena, list, NULL));

		ctx->error = was;
		passed += strcmp(v, "passed") == 0;
		failed += strcmp(v, "failed") == 0;
		open += strcmp(v, "undecided") == 0;
		if (all->ns[i].dev)
			dev_close(all->ns[i].dev);
		all->ns[i].dev = NULL;
	}
	if (failed)
		return "failed";
	if (!all->n)
		return "skipped";
	return passed && !open ? "passed" : "undecided";
}
