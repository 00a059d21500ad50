/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Creating a namespace: Base 2.1, sections 5.1.21 and 8.1.15; NVM Command Set 1.1, section 4.1.6 (host software
 * specified fields: where Identify Namespace has them, and LBSTM in bytes 391:384).
 */
#include <string.h>

#include "dev/sim_ns.h"
#include "spec/tables.h"

#define SIZE	  4096u
#define SPECIFIED 384u /* bytes that every host sends */
#define AT_LBSTM  384u
#define CSI_NVM	  0
#define CSI_ZNS	  2

/* What a new namespace is made of. */
struct plan {
	const struct val *want;	    /* what the host asks for, in the fields of Identify Namespace */
	const struct val *identify; /* STRUCTURE that it is made from; NULL: there is nothing to go by */
	const struct val *cns;	    /* further ones, or NULL */
	const struct val *caps;	    /* identify, decoded */
	struct block_format format;
	struct place place;
	uint64_t bytes, lbstm;
	uint32_t nsid, instance, anagrpid;
	uint8_t csi;
};

static uint64_t le64(const uint8_t *p)
{
	uint64_t v = 0;

	for (unsigned i = 8; i--;)
		v = v << 8 | p[i];
	return v;
}

static bool zero(const uint8_t *p, size_t from, size_t to)
{
	while (from <= to && !p[from])
		from++;
	return from > to;
}

/* Bytes that are not the host's to set. */
static bool reserved_clear(const uint8_t *p)
{
	return zero(p, 16, 25) && zero(p, 27, 28) && zero(p, 31, 91) && zero(p, 96, 99) &&
	       zero(p, 104, SPECIFIED - 1);
}

static int read_data(struct sim_cmd *c, struct plan *p)
{
	const uint8_t *data = c->req->data;
	uint8_t *copy = arena_alloc(c->ctx->arena, SIZE);
	size_t len = c->req->data_len < SIZE ? c->req->data_len : SIZE;

	if (!data || len < SPECIFIED)
		return sim_reject(c, SIM_TRANSFER_ERROR, AT_NOWHERE);
	if (!reserved_clear(data))
		return sim_reject(c, SIM_INVALID_FIELD, AT_NOWHERE);
	memcpy(copy, data, len);
	p->lbstm = le64(copy + AT_LBSTM);
	memset(copy + SPECIFIED, 0, SIZE - SPECIFIED);
	p->want = spec_decode(c->ctx->arena, &spec_id_ns, copy, SIZE);
	return 0;
}

/* Common capabilities (NSID FFFFFFFFh), then another namespace of the command set, then one that was deleted. */
static int find_template(struct sim_cmd *c, struct plan *p)
{
	struct image_subsys *s = c->ctrl->subsys;
	const struct val *common = p->csi == CSI_NVM ? image_cns(c->ctrl->cns, 0x00, 0xff) : NULL;
	const struct val *model = val_get(s->node, "model");
	const struct val *kept = model ? val_get(model, "templates") : NULL;

	kept = kept ? val_get(kept, arena_printf(c->ctx->arena, "%u", p->csi)) : NULL;
	if (kept) {
		p->identify = val_get(kept, "identify");
		p->cns = val_get(kept, "cns");
	}
	for (size_t i = s->nns; i--;) {
		if (s->ns[i].csi != p->csi)
			continue;
		p->identify = s->ns[i].identify;
		p->cns = s->ns[i].cns;
	}
	if (common)
		p->identify = common;
	if (!p->identify && p->csi == CSI_NVM) {
		struct val *plain = val_new(c->ctx->arena, VAL_OBJ);
		struct val *lbafs = val_put_arr(c->ctx->arena, plain, "lbafs");

		val_put_u64(c->ctx->arena, val_put_obj(c->ctx->arena, lbafs, NULL), "ds", 9);
		p->identify = plain;
	}
	p->caps = p->identify ? tree_decode(c, &spec_id_ns, p->identify, SIZE) : NULL;
	return p->caps ? 0 : sim_reject(c, SIM_CSI_NOT_SUPPORTED, AT_CDW11);
}

/* What is of one namespace is zero in what all have in common. */
const struct val *ns_common(struct sim_cmd *c)
{
	static const char *const own[] = { "nsze", "ncap",     "nuse",	 "flbas",    "dps",    "nmic",
					   "fpi",  "anagrpid", "nsattr", "nvmsetid", "endgid", "nvmcap" };
	struct plan p = { .csi = CSI_NVM };
	bool was = c->dirty;
	struct val *st;

	if (find_template(c, &p))
		return NULL;
	st = tree_copy(c->ctx->arena, p.identify);
	for (size_t i = 0; i < NELEMS(own); i++)
		sim_store(c, st, own[i], 0);
	sim_store_text(c, st, "nguid", "00000000000000000000000000000000");
	sim_store_text(c, st, "eui64", "0000000000000000");
	c->dirty = was;
	return st;
}

static int check_group(struct sim_cmd *c, struct plan *p)
{
	struct image_subsys *s = c->ctrl->subsys;

	p->anagrpid = (uint32_t)val_u64(p->want, "anagrpid", 0);
	if (p->anagrpid && (!val_u64(c->id, "cmic.anars", 0) || !val_u64(c->id, "anacap.anagids", 0) ||
			    p->anagrpid > val_u64(c->id, "anagrpmax", 0)))
		return SIM_ANA_GROUP_INVALID;
	if (p->anagrpid || !val_u64(c->id, "cmic.anars", 0))
		return 0;
	p->anagrpid = 1;
	if (s->nns)
		p->anagrpid = (uint32_t)val_u64(image_id_ns(c->ctx->arena, &s->ns[0])->fields, "anagrpid", 1);
	return 0;
}

static const struct val *nvm_id(struct sim_cmd *c, const struct plan *p)
{
	const struct val *st = p->cns ? image_cns(p->cns, 0x05, CSI_NVM) : NULL;

	return st ? tree_decode(c, &spec_nvm_id_ns, st, SIZE) : NULL;
}

/* Zoned namespaces have whole zones: ZNS 1.2, section 4.1.5.1. */
static bool whole_zones(struct sim_cmd *c, const struct plan *p)
{
	const struct val *st = p->csi == CSI_ZNS && p->cns ? image_cns(p->cns, 0x05, CSI_ZNS) : NULL;
	const struct val *zns = st ? tree_decode(c, &spec_zns_id_ns, st, SIZE) : NULL;
	const struct val *list = zns ? val_get(zns, "lbafe") : NULL;

	for (const struct val *it = list ? list->c.first : NULL; it; it = it->next) {
		uint64_t zone = val_u64(it, "zsze", 0);

		if (val_u64(it, "lbaf", UINT64_MAX) == p->format.index && zone)
			return val_u64(p->want, "nsze", 0) % zone == 0;
	}
	return true;
}

static int check_fields(struct sim_cmd *c, struct plan *p)
{
	uint64_t nsze = val_u64(p->want, "nsze", 0), ncap = val_u64(p->want, "ncap", 0);
	unsigned flbas = (unsigned)val_u64(p->want, "flbas", 0);
	int rc;

	if (!nsze || !ncap || ncap > nsze || val_u64(p->want, "nmic", 0) > 1 ||
	    val_u64(p->want, "dps", 0) > 0xf)
		return SIM_INVALID_FIELD;
	rc = check_group(c, p);
	if (rc)
		return rc;
	if (nsze != ncap && !val_u64(p->caps, "nsfeat.thinp", 0))
		return SIM_NO_THIN_PROVISIONING;
	p->format.index = format_index(p->caps, flbas);
	p->format.extended = flbas >> 4 & 1;
	p->format.pit = val_u64(p->want, "dps", 0) & 7;
	p->format.first = val_u64(p->want, "dps", 0) >> 3 & 1;
	rc = format_check(p->caps, nvm_id(c, p), &p->format);
	if (rc)
		return rc;
	return whole_zones(c, p) ? 0 : SIM_INVALID_FIELD;
}

/* --- identifiers and names --- */

static int choose_nsid(struct sim_cmd *c, struct plan *p)
{
	uint64_t nn = val_u64(c->id, "nn", 0), max = val_u64(c->id, "mnan", 0);

	if (max && c->ctrl->subsys->nns >= max)
		return SIM_NS_ID_UNAVAILABLE;
	for (p->nsid = 1; sim_ns(c, p->nsid);)
		p->nsid++;
	return p->nsid <= nn ? 0 : SIM_NS_ID_UNAVAILABLE;
}

static const char *node_name(struct sim_cmd *c, const char *prefix, uint32_t instance)
{
	/* As Linux does: of the subsystem where there can be several controllers, otherwise of the controller. */
	bool shared = val_u64(c->id, "cmic.mctrs", 0);

	return arena_printf(c->ctx->arena, "%s%un%u", prefix,
			    shared ? c->ctrl->subsys->instance : c->ctrl->instance, instance);
}

static bool name_taken(const struct image *img, const char *name)
{
	for (size_t i = 0; i < img->nsubsys; i++) {
		for (size_t k = 0; k < img->subsys[i].nns; k++) {
			const struct image_ns *ns = &img->subsys[i].ns[k];

			if (strcmp(ns->name, name) == 0 || strcmp(ns->generic, name) == 0)
				return true;
		}
	}
	return false;
}

static void choose_name(struct sim_cmd *c, struct plan *p)
{
	p->instance = 1;
	while (name_taken(c->sim->img, node_name(c, "nvme", p->instance)) ||
	       name_taken(c->sim->img, node_name(c, "ng", p->instance)))
		p->instance++;
}

/* FNV-1a: the same drive makes the same identifiers. */
static uint64_t hash(const char *s, uint64_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * UINT64_C(0x100000001b3);
	for (unsigned i = 0; i < 8; i++)
		h = (h ^ (n >> 8 * i & 0xff)) * UINT64_C(0x100000001b3);
	return h;
}

/* Never reused: they count the namespaces that the subsystem ever made. NGUID and EUI64 begin as those of the maker. */
static void put_identifiers(struct sim_cmd *c, const struct plan *p, struct val *node, struct val *identify)
{
	struct arena *a = c->ctx->arena;
	struct image_subsys *s = c->ctrl->subsys;
	struct val *st = sim_state(c, s->node, "namespaces");
	uint64_t made = val_u64(st, "created", 0) + 1, h = hash(s->nqn, made), k = hash(s->nqn, ~made);
	uint64_t oui = val_u64(c->id, "ieee", 0) & 0xffffff;
	const char *nguid = arena_printf(a, "%016llx%06llx%010llx", (unsigned long long)h,
					 (unsigned long long)oui, (unsigned long long)(made & 0xffffffffff));
	const char *eui64 =
		arena_printf(a, "%06llx%06llx%04llx", (unsigned long long)oui,
			     (unsigned long long)(k & 0xffffff), (unsigned long long)(made & 0xffff));

	sim_store(c, st, "created", made);
	val_put_str(a, node, "uuid",
		    arena_printf(a, "%08llx-%04llx-8%03llx-%04llx-%012llx", (unsigned long long)(h >> 32),
				 (unsigned long long)(h >> 16 & 0xffff), (unsigned long long)(h & 0xfff),
				 (unsigned long long)(k >> 48 & 0x3fff) | 0x8000,
				 (unsigned long long)(k & 0xffffffffffff)));
	val_put_str(a, node, "nguid", nguid);
	val_put_str(a, node, "eui64", eui64);
	sim_store_text(c, identify, "nguid", nguid);
	sim_store_text(c, identify, "eui64", eui64);
	(void)p;
}

/* --- capacity --- */

/* NVM Command Set 1.1, section 4.1.5.5: how many bytes a namespace takes at least, and in which steps. */
static uint64_t granularity(struct sim_cmd *c, unsigned index)
{
	const struct val *st = image_cns(c->ctrl->cns, 0x16, 0xff);
	const struct val *list = st ? tree_decode(c, &spec_id_ns_granularity, st, SIZE) : NULL;
	const struct val *d = list ? val_get(list, "namespace-granularity-list") : NULL;

	if (!d)
		return 0;
	if (!val_u64(list, "attributes.gdm", 0))
		index = 0;
	d = d->c.first;
	while (d && index--)
		d = d->next;
	return d ? val_u64(d, "namespace-capacity-granularity", 0) : 0;
}

static int choose_capacity(struct sim_cmd *c, struct plan *p)
{
	uint64_t block = format_block(p->caps, p->format.index), ncap = val_u64(p->want, "ncap", 0);
	uint64_t unit = granularity(c, p->format.index);

	p->bytes = ncap > UINT64_MAX / block ? UINT64_MAX : ncap * block;
	if (unit && p->bytes % unit && p->bytes <= UINT64_MAX - unit)
		p->bytes += unit - p->bytes % unit;
	return capacity_choose(c, val_u64(p->want, "nvmsetid", 0), val_u64(p->want, "endgid", 0), p->bytes,
			       &p->place);
}

/* --- the tree --- */

static void store_common(struct sim_cmd *c, const struct plan *p, struct val *st)
{
	sim_store(c, st, "nmic", val_u64(p->want, "nmic", 0));
	sim_store(c, st, "anagrpid", p->anagrpid);
	sim_store(c, st, "nsattr", 0);
	sim_store(c, st, "nvmsetid", p->place.set ? val_u64(p->place.set, "nvmsetid", 0) : 0);
	sim_store(c, st, "endgid", p->place.endgrp ? val_u64(p->place.endgrp, "endgid", 0) : 0);
}

static struct val *make_identify(struct sim_cmd *c, const struct plan *p)
{
	struct val *id = tree_copy(c->ctx->arena, p->identify);

	sim_store(c, id, "nsze", val_u64(p->want, "nsze", 0));
	sim_store(c, id, "ncap", val_u64(p->want, "ncap", 0));
	sim_store(c, id, "nuse", 0);
	sim_store(c, id, "flbas", format_flbas(p->caps, &p->format));
	sim_store(c, id, "dps", format_dps(&p->format));
	sim_store(c, id, "nvmcap", p->bytes);
	store_common(c, p, id);
	return id;
}

static struct val *make_cns(struct sim_cmd *c, const struct plan *p)
{
	struct val *cns = p->cns ? tree_copy(c->ctx->arena, p->cns) : NULL, *st;

	if (!cns)
		return NULL;
	tree_drop(cns, image_cns(cns, 0x03, 0xff)); /* identifiers of the other one */
	st = image_cns(cns, 0x05, CSI_NVM);
	if (st)
		sim_store(c, st, "lbstm", p->lbstm);
	st = image_cns(cns, 0x08, 0xff);
	if (st) {
		store_common(c, p, st);
		sim_store(c, st, "nstat", 1); /* ready */
	}
	return cns;
}

static void plant(struct sim_cmd *c, struct plan *p)
{
	struct arena *a = c->ctx->arena;
	struct val *subsys = c->ctrl->subsys->node, *list = val_get(subsys, "namespaces"), *node, *cns;
	struct val *identify = make_identify(c, p);

	if (!list)
		list = val_put_arr(a, subsys, "namespaces");
	node = val_put_obj(a, list, NULL);
	val_put_str(a, node, "name", node_name(c, "nvme", p->instance));
	val_put_str(a, node, "generic", node_name(c, "ng", p->instance));
	val_put_u64(a, node, "nsid", p->nsid);
	if (p->csi)
		val_put_u64(a, node, "csi", p->csi);
	put_identifiers(c, p, node, identify);
	val_put_arr(a, node, "controllers");
	val_add(node, "identify", identify);
	cns = make_cns(c, p);
	if (cns)
		val_add(node, "cns", cns);
}

int sim_ns_create(struct sim_cmd *c)
{
	struct plan p = { .csi = (uint8_t)(c->req->cdw11 >> 24) };
	int rc;

	if (c->req->nsid)
		return sim_reject(c, SIM_INVALID_FIELD, AT_NSID);
	rc = read_data(c, &p);
	if (!rc)
		rc = find_template(c, &p);
	if (rc)
		return rc;
	rc = check_fields(c, &p);
	if (!rc)
		rc = choose_nsid(c, &p);
	if (!rc)
		rc = choose_capacity(c, &p);
	if (rc)
		return sim_reject(c, rc, AT_NOWHERE);
	choose_name(c, &p);
	capacity_take(c, &p.place, p.bytes);
	plant(c, &p);
	ns_allocation_changed(c, p.nsid, false);
	c->req->result = p.nsid;
	return sim_changed_tree(c);
}
