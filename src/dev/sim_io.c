/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * I/O commands of the NVM Command Set 1.1, section 3: read, write and their kin on contents that live as long as this
 * process. Blocks that nobody wrote read as zeroes, or, where the image says "data": "pattern", as something that looks written.
 */
#include <string.h>

#include "dev/sim_model.h"

#define BUCKETS 512u

struct block {
	struct block *next;
	uint64_t lba;
	uint8_t data[];
};

struct content {
	struct content *next;
	const char *name; /* of the namespace */
	bool pattern;	  /* what blocks read as that are not here */
	struct block *blocks[BUCKETS];
};

/* What the format of the namespace says of a block; 'inline_meta': metadata follows the data of each block. */
struct shape {
	uint32_t lba_size, meta_size;
	bool inline_meta;
	uint64_t blocks;
};

static struct shape shape_of(struct sim_cmd *c, struct image_ns *ns)
{
	const struct val *id = image_id_ns(c->ctx->arena, ns)->fields, *lbafs = val_get(id, "lbafs");
	struct shape s = { 512, 0, val_u64(id, "flbas.mtelba", 0), val_u64(id, "nsze", 0) };

	for (const struct val *it = lbafs ? lbafs->c.first : NULL; it; it = it->next) {
		uint64_t ds = val_u64(it, "ds", 0);

		if (!val_u64(it, "in_use", 0))
			continue;
		s.lba_size = ds >= 9 && ds <= 24 ? 1u << ds : 512;
		s.meta_size = (uint32_t)val_u64(it, "ms", 0);
	}
	return s;
}

static struct content *content_of(struct sim_cmd *c, const struct image_ns *ns)
{
	struct content *k = c->sim->content;

	while (k && strcmp(k->name, ns->name) != 0)
		k = k->next;
	if (!k) {
		k = arena_alloc(c->ctx->arena, sizeof(*k));
		k->name = ns->name;
		k->next = c->sim->content;
		c->sim->content = k;
	}
	k->pattern = strcmp(val_str(c->ctx->arena, ns->node, "data"), "pattern") == 0;
	return k;
}

static struct block *block_at(struct content *k, uint64_t lba)
{
	struct block *b = k->blocks[lba % BUCKETS];

	while (b && b->lba != lba)
		b = b->next;
	return b;
}

/* What a block holds that is not here. */
static uint8_t unwritten_byte(const struct content *k, uint64_t lba, size_t i)
{
	return k->pattern ? (uint8_t)((lba * 31 + i * 7 + (i >> 8)) | 1) : 0;
}

static void unwritten(const struct content *k, uint64_t lba, uint8_t *to, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = unwritten_byte(k, lba, i);
}

static struct block *block_new(struct sim_cmd *c, struct content *k, uint64_t lba, const struct shape *s)
{
	struct block *b = block_at(k, lba);

	if (b)
		return b;
	b = arena_alloc(c->ctx->arena, sizeof(*b) + s->lba_size + s->meta_size);
	unwritten(k, lba, b->data, s->lba_size);
	b->lba = lba;
	b->next = k->blocks[lba % BUCKETS];
	k->blocks[lba % BUCKETS] = b;
	return b;
}

/* Where block i of the transfer has its data and its metadata (NULL: the host gave no buffer for it). */
static void parts(const struct sim_cmd *c, const struct shape *s, uint32_t i, uint8_t **data, uint8_t **meta)
{
	size_t step = s->lba_size + (s->inline_meta ? s->meta_size : 0);

	*data = (uint8_t *)c->req->data + i * step;
	*meta = NULL;
	if (s->inline_meta && s->meta_size)
		*meta = *data + s->lba_size;
	else if (s->meta_size && c->req->meta)
		*meta = (uint8_t *)c->req->meta + (size_t)i * s->meta_size;
}

static bool same(const struct content *k, const struct block *b, uint64_t lba, const uint8_t *data, size_t n)
{
	if (b)
		return memcmp(data, b->data, n) == 0;
	for (size_t i = 0; i < n; i++) {
		if (data[i] != unwritten_byte(k, lba, i))
			return false;
	}
	return true;
}

enum { WRITE, READ, COMPARE };

static int transfer(struct sim_cmd *c, struct content *k, const struct shape *s, uint64_t lba, uint32_t n,
		    int how)
{
	size_t step = s->lba_size + (s->inline_meta ? s->meta_size : 0);
	const struct req *r = c->req;

	if (!r->data || r->data_len < n * step ||
	    (s->meta_size && !s->inline_meta && r->meta && r->meta_len < (uint64_t)n * s->meta_size))
		return sim_reject(c, SIM_TRANSFER_ERROR, AT_NOWHERE);
	for (uint32_t i = 0; i < n; i++) {
		struct block *b = how == WRITE ? block_new(c, k, lba + i, s) : block_at(k, lba + i);
		uint8_t *data, *meta;

		parts(c, s, i, &data, &meta);
		if (how == WRITE) {
			memcpy(b->data, data, s->lba_size);
			if (meta)
				memcpy(b->data + s->lba_size, meta, s->meta_size);
		} else if (how == READ) {
			if (b)
				memcpy(data, b->data, s->lba_size);
			else
				unwritten(k, lba + i, data, s->lba_size);
			if (meta)
				memset(meta, 0, s->meta_size);
			if (meta && b)
				memcpy(meta, b->data + s->lba_size, s->meta_size);
		} else if (!same(k, b, lba + i, data, s->lba_size)) {
			return sim_reject(c, SIM_COMPARE_FAILURE, AT_NOWHERE);
		}
	}
	c->req->received = how == READ ? (uint32_t)(n * step) : 0;
	return 0;
}

#define MAX_ZEROED 65536u

/* Where blocks look written, zeroes are something to remember; of a large range no more than its beginning is. */
static void erase(struct sim_cmd *c, struct content *k, const struct shape *s, uint64_t lba, uint64_t n)
{
	for (uint64_t i = 0; k->pattern && i < n && i < MAX_ZEROED; i++)
		(void)block_new(c, k, lba + i, s);
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct block *b = k->blocks[i]; b; b = b->next) {
			if (b->lba >= lba && b->lba - lba < n)
				memset(b->data, 0, s->lba_size + s->meta_size);
		}
	}
}

static bool in_range(const struct shape *s, uint64_t lba, uint64_t n)
{
	return lba < s->blocks && n <= s->blocks - lba;
}

static uint64_t le(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

/* Dataset Management: ranges of 16 bytes (attributes, length, start); only Deallocate (AD) changes anything. */
static int manage(struct sim_cmd *c, struct content *k, const struct shape *s)
{
	uint32_t n = (c->req->cdw10 & 0xff) + 1;
	const uint8_t *p = c->req->data;

	if (!p || c->req->data_len < n * 16)
		return sim_reject(c, SIM_TRANSFER_ERROR, AT_NOWHERE);
	for (uint32_t i = 0; i < n; i++) {
		c->lba = le(p + 16 * i + 8, 8);
		if (!in_range(s, c->lba, le(p + 16 * i + 4, 4)))
			return sim_reject(c, SIM_LBA_RANGE, AT_NOWHERE);
	}
	for (uint32_t i = 0; i < n && c->req->cdw11 & 4; i++)
		erase(c, k, s, le(p + 16 * i + 8, 8), le(p + 16 * i + 4, 4));
	return 0;
}

/* Base 2.1, section 8.1.1: what a path answers that is not to be used. */
static int path_status(const struct sim_cmd *c, const struct image_ns *ns)
{
	switch (image_ana_state(ns, c->ctrl)) {
	case 0x3:
		return SIM_ANA_INACCESSIBLE;
	case 0x4:
		return SIM_ANA_PERSISTENT_LOSS;
	case 0xf:
		return SIM_ANA_TRANSITION;
	default:
		return 0;
	}
}

static int on_blocks(struct sim_cmd *c, struct content *k, const struct shape *s)
{
	uint64_t lba = (uint64_t)c->req->cdw11 << 32 | c->req->cdw10;
	uint32_t n = (c->req->cdw12 & 0xffff) + 1;

	c->lba = lba;
	if (!in_range(s, lba, n))
		return sim_reject(c, SIM_LBA_RANGE, AT_CDW10);
	switch (c->req->opcode) {
	case 0x01:
		return transfer(c, k, s, lba, n, WRITE);
	case 0x02:
		return transfer(c, k, s, lba, n, READ);
	case 0x05:
		return transfer(c, k, s, lba, n, COMPARE);
	case 0x08: /* Write Zeroes */
		erase(c, k, s, lba, n);
		return 0;
	default: /* Verify */
		return 0;
	}
}

int sim_io(struct sim_cmd *c)
{
	struct image_ns *ns = sim_active_ns(c, c->req->nsid);
	struct shape s;
	int rc;

	if (!ns)
		return sim_reject(c, SIM_INVALID_NS, AT_NSID);
	rc = path_status(c, ns);
	if (rc)
		return sim_reject(c, rc, AT_NOWHERE);
	s = shape_of(c, ns);
	switch (c->req->opcode) {
	case 0x00: /* Flush */
		return 0;
	case 0x01:
	case 0x02:
	case 0x05:
	case 0x08:
	case 0x0c:
		return on_blocks(c, content_of(c, ns), &s);
	case 0x09:
		return manage(c, content_of(c, ns), &s);
	default:
		return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
	}
}

void sim_wipe(struct sim_cmd *c, struct image_ns *ns, const char *reads_as)
{
	struct content *k = content_of(c, ns);

	memset(k->blocks, 0, sizeof(k->blocks));
	sim_store_text(c, ns->node, "data", reads_as);
	/* Neither file systems nor their users survive. */
	for (struct val *v = ns->node->c.first; v; v = v->next) {
		if (strcmp(v->key, "contents") == 0 || strcmp(v->key, "in_use") == 0) {
			v->c.first = v->c.last = NULL;
			v->c.n = 0;
		}
	}
	sim_store(c, ns->identify, "nuse", 0);
	sim_changed_ns(c, ns);
}
