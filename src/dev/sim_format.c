/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Format NVM: Base 2.1, section 5.1.10 (scope: Figure 188); NVM Command Set 1.1, section 4.1.2. */
#include <errno.h>
#include <time.h>

#include "dev/sim_ns.h"
#include "spec/tables.h"

#define KERNEL_TIMEOUT_MS 60000u /* of admin commands, where the request says nothing */

static unsigned formats(const struct val *id)
{
	return (unsigned)(val_u64(id, "nlbaf", 0) + 1 + val_u64(id, "nulbaf", 0));
}

static const struct val *format_at(const struct val *id, unsigned index)
{
	const struct val *lbafs = val_get(id, "lbafs");

	for (const struct val *it = lbafs ? lbafs->c.first : NULL; it; it = it->next) {
		if (val_u64(it, "lbaf", UINT64_MAX) == index)
			return it;
	}
	return NULL;
}

uint64_t format_block(const struct val *id, unsigned index)
{
	const struct val *lbaf = format_at(id, index);
	uint64_t ds = lbaf ? val_u64(lbaf, "ds", 0) : 0;

	return index < formats(id) && ds >= 9 && ds < 32 ? UINT64_C(1) << ds : 0;
}

/* Hosts and controllers ignore the upper bits where there are no more than 16 formats. */
unsigned format_index(const struct val *id, unsigned flbas)
{
	return (flbas & 0xf) | (formats(id) > 16 ? (flbas >> 5 & 3) << 4 : 0);
}

static uint64_t metadata(const struct val *id, unsigned index)
{
	const struct val *lbaf = format_at(id, index);

	return lbaf ? val_u64(lbaf, "ms", 0) : 0;
}

unsigned format_flbas(const struct val *id, const struct block_format *f)
{
	unsigned flbas = (f->index & 0xf) | (f->index >> 4) << 5;

	return flbas | (f->extended && metadata(id, f->index) ? 0x10 : 0);
}

unsigned format_dps(const struct block_format *f)
{
	return f->pit ? f->pit | (f->first ? 8u : 0) : 0;
}

/* NVM Command Set 1.1, section 5.3.1: 8 bytes with a 16-bit guard, 16 bytes with a larger one. */
static uint64_t protection_bytes(const struct val *nvm, unsigned index)
{
	const struct val *elbafs = nvm ? val_get(nvm, "elbafs") : NULL;

	for (const struct val *it = elbafs ? elbafs->c.first : NULL; it; it = it->next) {
		uint64_t pif = val_u64(it, "pif", 0);

		if (val_u64(it, "elbaf", UINT64_MAX) == index)
			return (pif == 3 ? val_u64(it, "qpif", 0) : pif) ? 16 : 8;
	}
	return 8;
}

int format_check(const struct val *id, const struct val *nvm, const struct block_format *f)
{
	static const char *const types[] = { "", "dpc.pit1s", "dpc.pit2s", "dpc.pit3s" };
	uint64_t ms = metadata(id, f->index);

	if (f->pit > 3)
		return SIM_INVALID_FIELD;
	if (!format_block(id, f->index))
		return SIM_INVALID_FORMAT;
	if (ms && !val_u64(id, f->extended ? "mc.mtelbas" : "mc.mtsbs", 0))
		return SIM_INVALID_FORMAT;
	if (!f->pit)
		return 0;
	if (!val_u64(id, types[f->pit], 0) || !val_u64(id, f->first ? "dpc.piifb" : "dpc.piilb", 0) ||
	    ms < protection_bytes(nvm, f->index))
		return SIM_INVALID_FORMAT;
	return 0;
}

/* The namespaces that the command is about: 0, or a status. */
static int scope(struct sim_cmd *c, bool all, struct image_ns **list, size_t *n)
{
	struct image_subsys *s = c->ctrl->subsys;
	struct image_ns *one = sim_ns(c, c->req->nsid);
	bool broadcast = c->req->nsid == NSID_ALL;

	*n = 0;
	if (broadcast && val_u64(c->id, "fna.fnvmbs", 0))
		return sim_reject(c, SIM_INVALID_FIELD, AT_NSID);
	if (!broadcast && !one)
		return sim_reject(c, SIM_INVALID_NS, AT_NSID);
	for (size_t i = 0; i < s->nns; i++) {
		struct image_ns *ns = &s->ns[i];

		if (all || ns == one || (broadcast && image_attached(ns, c->ctrl)))
			list[(*n)++] = ns;
	}
	return 0;
}

static const struct val *nvm_id(struct sim_cmd *c, const struct image_ns *ns)
{
	const struct val *st = image_cns(ns->cns, 0x05, 0);

	return st ? tree_decode(c, &spec_nvm_id_ns, st, 4096) : NULL;
}

static struct block_format wanted(const struct val *id, uint32_t cdw10)
{
	unsigned flbas = (cdw10 & 0xf) | (cdw10 >> 12 & 3) << 5;
	struct block_format f = {
		.index = format_index(id, flbas),
		.extended = cdw10 >> 4 & 1,
		.pit = cdw10 >> 5 & 7,
		.first = cdw10 >> 8 & 1,
	};

	return f;
}

static int check(struct sim_cmd *c, struct image_ns *ns)
{
	const struct val *id = image_id_ns(c->ctx->arena, ns)->fields;
	struct block_format f = wanted(id, c->req->cdw10);
	int rc = format_check(id, nvm_id(c, ns), &f);

	if (!rc && val_u64(id, "nsattr.cwp", 0))
		rc = SIM_NS_WRITE_PROTECTED;
	return rc ? sim_reject(c, rc, rc == SIM_NS_WRITE_PROTECTED ? AT_NSID : AT_CDW10) : 0;
}

/*
 * The command completes when the format is done. What takes longer than the host waits is never done: Linux aborts
 * it and resets the controller, and a drive that was reset in the middle keeps, here, what it had.
 */
static int take_time(struct sim_cmd *c)
{
	uint64_t ms = sim_time(c, "format", 0);
	uint32_t limit = c->req->timeout_ms ? c->req->timeout_ms : KERNEL_TIMEOUT_MS;
	bool late = ms > limit;
	struct timespec left;

	if (late)
		ms = limit;
	left = (struct timespec){ .tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000 };
	/* A caller in the kernel waits through signals. */
	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
	return late ? -ETIMEDOUT : 0;
}

/* Blocks of a zoned namespace come in whole zones: ZNS 1.2, section 4.1.5.1. */
static uint64_t zone_blocks(struct sim_cmd *c, const struct image_ns *ns, unsigned index)
{
	const struct val *st = ns->csi == 2 ? image_cns(ns->cns, 0x05, 2) : NULL;
	const struct val *zns = st ? tree_decode(c, &spec_zns_id_ns, st, 4096) : NULL;
	const struct val *list = zns ? val_get(zns, "lbafe") : NULL;

	for (const struct val *it = list ? list->c.first : NULL; it; it = it->next) {
		if (val_u64(it, "lbaf", UINT64_MAX) == index && val_u64(it, "zsze", 0))
			return val_u64(it, "zsze", 0);
	}
	return 1;
}

/* The same bytes in blocks of another size, whole ones. */
static void rescale(struct sim_cmd *c, struct image_ns *ns, const char *key, uint64_t from, uint64_t to,
		    uint64_t unit)
{
	uint64_t n = val_u64(image_id_ns(c->ctx->arena, ns)->fields, key, 0);

	n = to > from ? n / (to / from) : n * (from / to);
	sim_store(c, ns->identify, key, n - n % unit);
}

static void apply(struct sim_cmd *c, struct image_ns *ns)
{
	const struct val *id = image_id_ns(c->ctx->arena, ns)->fields;
	struct block_format f = wanted(id, c->req->cdw10);
	unsigned flbas = format_flbas(id, &f), dps = format_dps(&f);
	unsigned was = (unsigned)val_u64(id, "flbas", 0);
	uint64_t from = format_block(id, format_index(id, was)), to = format_block(id, f.index);
	bool differs = flbas != was || dps != val_u64(id, "dps", 0);

	if (from && from != to) {
		uint64_t unit = zone_blocks(c, ns, f.index);

		rescale(c, ns, "nsze", from, to, unit);
		rescale(c, ns, "ncap", from, to, unit);
	}
	sim_store(c, ns->identify, "flbas", flbas);
	sim_store(c, ns->identify, "dps", dps);
	sim_wipe(c, ns, "zeroes");
	for (size_t i = 0; differs && i < ns->nctrls; i++)
		ns_changed(c, ns->ctrls[i], ns->nsid, true);
}

int sim_format(struct sim_cmd *c)
{
	unsigned ses = c->req->cdw10 >> 9 & 7;
	struct image_ns **list;
	size_t n;
	int rc;

	if (!val_u64(c->id, "oacs.fnvms", 0))
		return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
	if (ses > 2 || (ses == 2 && !val_u64(c->id, "fna.cryes", 0)))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	list = arena_calloc(c->ctx->arena, c->ctrl->subsys->nns + 1, sizeof(struct image_ns *));
	rc = scope(c, val_u64(c->id, ses ? "fna.sens" : "fna.fns", 0), list, &n);
	for (size_t i = 0; !rc && i < n; i++)
		rc = check(c, list[i]);
	if (!rc)
		rc = take_time(c);
	for (size_t i = 0; !rc && i < n; i++)
		apply(c, list[i]);
	return rc;
}
