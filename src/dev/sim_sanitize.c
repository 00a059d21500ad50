/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Sanitize and Sanitize Namespace: Base 2.1, sections 5.1.22 and 8.1.24; the command for one namespace is newer (Base
 * 2.4, section 5.2.27). An operation runs by the clock: what is stored is when it began and how long it takes.
 */
#include <string.h>

#include "dev/sim_sanitize.h"

#define LID_SANITIZE 0x81
#define CSI_ANY	     0xff
#define WHOLE	     65536u

static const struct {
	const char *key;
	size_t at;
} members[] = {
	{ "state", offsetof(struct san_op, state) },
	{ "start", offsetof(struct san_op, start) },
	{ "took", offsetof(struct san_op, took) },
	{ "cdw10", offsetof(struct san_op, cdw10) },
	{ "cdw11", offsetof(struct san_op, cdw11) },
	{ "status", offsetof(struct san_op, status) },
	{ "passes", offsetof(struct san_op, passes) },
	{ "erased", offsetof(struct san_op, erased) },
	{ "canceled", offsetof(struct san_op, canceled) },
	{ "failed_in", offsetof(struct san_op, failed_in) },
};

static bool processing(const struct san_op *o)
{
	return o->state == SAN_RESTRICTED || o->state == SAN_UNRESTRICTED;
}

bool san_running(const struct san_op *o)
{
	return processing(o) || o->state == SAN_VERIFICATION || o->state == SAN_DEALLOCATION;
}

bool san_has_failed(const struct san_op *o)
{
	return o->state == SAN_RESTRICTED_FAILURE || o->state == SAN_UNRESTRICTED_FAILURE;
}

/* Before 2.1 the page has no state: it follows from the status and the command that was recorded. */
static uint64_t state_of_page(const struct val *page)
{
	uint64_t state = val_u64(page, "sanitize_state_information.sanitize_state", SAN_IDLE);
	uint64_t status = val_u64(page, "sstat.status", SAN_NEVER);
	bool free = val_u64(page, "cdw10_info.ause", 0);

	if (!state && status == SAN_RUNNING)
		state = free ? SAN_UNRESTRICTED : SAN_RESTRICTED;
	if (!state && status == SAN_FAILED)
		state = free ? SAN_UNRESTRICTED_FAILURE : SAN_RESTRICTED_FAILURE;
	return state;
}

static bool load_page(struct sim_cmd *c, struct san_op *o)
{
	const struct logpage *page = logpage_by_id(LID_SANITIZE, 0);
	const struct val *st = image_log(c->ctrl->logs, LID_SANITIZE, CSI_ANY), *v;
	struct image_data data;
	const char *why;

	if (!st || !page || image_encode(c->ctx->arena, page->spec, st, page->size, &data, &why))
		return false;
	v = spec_decode(c->ctx->arena, page->spec, data.buf, data.len);
	o->state = state_of_page(v);
	o->status = val_u64(v, "sstat.status", SAN_NEVER);
	o->erased = val_u64(v, "sstat.global_erased", 0);
	o->cdw10 = val_u64(v, "cdw10_info", 0);
	o->still = true;
	return true;
}

/* false: never sanitized, as far as anybody knows. */
bool san_load(struct sim_cmd *c, const struct san_target *t, struct san_op *o)
{
	const struct val *st = val_get(val_get(t->node, "model"), "sanitize");

	memset(o, 0, sizeof(*o));
	if (!st)
		return !t->ns && load_page(c, o);
	for (size_t i = 0; i < NELEMS(members); i++)
		*(uint64_t *)(void *)((char *)o + members[i].at) = val_u64(st, members[i].key, 0);
	return true;
}

struct san_target san_whole(const struct sim_cmd *c)
{
	return (struct san_target){ c->ctrl->subsys->node, NULL };
}

struct san_target san_one(struct image_ns *ns)
{
	return (struct san_target){ ns->node, ns };
}

/* How many namespaces are being sanitized or have failed, so that nobody else has to look at all of them. */
uint64_t san_concerned(const struct sim_cmd *c)
{
	return val_u64(val_get(c->ctrl->subsys->node, "model"), "sanitize-ns.concerned", 0);
}

void san_store(struct sim_cmd *c, const struct san_target *t, const struct san_op *o)
{
	struct val *st = sim_state(c, t->node, "sanitize");
	struct image_subsys *s = c->ctrl->subsys;
	uint64_t n = 0;
	struct san_op other;

	for (size_t i = 0; i < NELEMS(members); i++)
		sim_store(c, st, members[i].key,
			  *(const uint64_t *)(const void *)((const char *)o + members[i].at));
	if (!t->ns)
		return;
	for (size_t i = 0; i < s->nns; i++) {
		struct san_target ns = san_one(&s->ns[i]);

		n += san_load(c, &ns, &other) && other.state != SAN_IDLE;
	}
	sim_store(c, sim_state(c, s->node, "sanitize-ns"), "concerned", n);
}

/* Command specific events, type 110b: section 5.1.2. Every controller of the subsystem reports them. */
static void tell(struct sim_cmd *c, uint32_t info)
{
	struct image_ctrl *mine = c->ctrl;

	for (size_t i = 0; i < mine->subsys->nctrls; i++) {
		c->ctrl = &mine->subsys->ctrls[i];
		sim_event(c, 6 | info << 8 | LID_SANITIZE << 16);
	}
	c->ctrl = mine;
}

/* A new operation takes back what was said of the last one. */
void san_untell(struct sim_cmd *c)
{
	struct image_subsys *s = c->ctrl->subsys;

	for (size_t i = 0; i < s->nctrls; i++) {
		struct val *list = val_get(val_get(s->ctrls[i].node, "model"), "events"), *it;

		if (!list || list->type != VAL_ARR)
			continue;
		it = list->c.first;
		list->c.first = list->c.last = NULL;
		list->c.n = 0;
		while (it) {
			struct val *next = it->next;

			it->next = NULL;
			if ((it->u >> 16 & 0xff) != LID_SANITIZE)
				val_add(list, NULL, it);
			it = next;
		}
	}
}

/* --- progress --- */

static bool deallocates(const struct sim_cmd *c, const struct san_op *o)
{
	return !san_ndas(o->cdw10) || val_u64(c->id, "sanicap.ndi", 0);
}

static void wipe_ns(struct sim_cmd *c, struct image_ns *ns, const struct san_op *o)
{
	uint64_t used = val_u64(image_id_ns(c->ctx->arena, ns)->fields, "nuse", 0);
	bool noise = san_action(o->cdw10) == CRYPTO_ERASE || (san_action(o->cdw10) == OVERWRITE && o->cdw11);

	if (deallocates(c, o)) {
		sim_wipe(c, ns, "zeroes");
		return;
	}
	sim_wipe(c, ns, noise ? "pattern" : "zeroes");
	sim_store(c, ns->identify, "nuse", used);
	sim_changed_ns(c, ns);
}

static void wipe(struct sim_cmd *c, const struct san_target *t, const struct san_op *o)
{
	struct image_subsys *s = c->ctrl->subsys;

	if (t->ns)
		wipe_ns(c, t->ns, o);
	for (size_t i = 0; !t->ns && i < s->nns; i++)
		wipe_ns(c, &s->ns[i], o);
}

static void succeed(struct sim_cmd *c, const struct san_target *t, struct san_op *o)
{
	struct image_subsys *s = c->ctrl->subsys;
	bool unexpected = san_ndas(o->cdw10) && deallocates(c, o);

	o->state = SAN_IDLE;
	o->status = unexpected ? SAN_SUCCESS_DEALLOCATED : SAN_SUCCESS;
	o->erased = !t->ns;
	san_store(c, t, o);
	tell(c, unexpected ? 2 : 1);
	/* Namespaces whose own operation had failed are clean now as well. */
	for (size_t i = 0; !t->ns && san_concerned(c) && i < s->nns; i++) {
		struct san_target ns = san_one(&s->ns[i]);
		struct san_op none = { .status = SAN_SUCCESS };

		if (san_load(c, &ns, o) && o->state != SAN_IDLE)
			san_store(c, &ns, &none);
	}
}

static void fail_now(struct sim_cmd *c, const struct san_target *t, struct san_op *o)
{
	struct val *times = val_get(c->ctrl->subsys->node, "times");
	struct val *left = val_get(times, "sanitize_failures");

	if (left && left->type == VAL_UINT)
		sim_store(c, times, "sanitize_failures", left->u - 1);
	o->failed_in = o->state;
	o->state = san_ause(o->cdw10) ? SAN_UNRESTRICTED_FAILURE : SAN_RESTRICTED_FAILURE;
	o->status = SAN_FAILED;
	san_store(c, t, o);
	tell(c, 1);
}

/* The part of WHOLE that is done; what the image says of stopping counts for processing only. */
static uint64_t done(const struct sim_cmd *c, const struct san_op *o)
{
	uint64_t now = sim_now(), t = now > o->start ? now - o->start : 0;
	uint64_t part = t < o->took ? t * WHOLE / o->took : WHOLE;
	uint64_t stall = sim_time(c, "sanitize_stalls_at", 101);

	if (processing(o) && stall <= 100 && part > stall * WHOLE / 100)
		part = stall * WHOLE / 100;
	return part;
}

static bool fails(const struct sim_cmd *c, const struct san_op *o, uint64_t part)
{
	uint64_t at = sim_time(c, "sanitize_fails_at", 101);

	return processing(o) && at <= 100 && part >= at * WHOLE / 100 && sim_time(c, "sanitize_failures", 1);
}

static void advance(struct sim_cmd *c, const struct san_target *t)
{
	struct san_op o;
	uint64_t part;

	if (!san_load(c, t, &o) || o.still || !san_running(&o) || o.state == SAN_VERIFICATION)
		return;
	part = done(c, &o);
	if (fails(c, &o, part)) {
		fail_now(c, t, &o);
		return;
	}
	if (part < WHOLE)
		return;
	if (processing(&o)) {
		wipe(c, t, &o);
		o.passes = san_action(o.cdw10) == OVERWRITE ? san_passes(o.cdw10) : 0;
		if (san_emvs(o.cdw10) && !o.canceled) {
			o.state = SAN_VERIFICATION;
			san_store(c, t, &o);
			tell(c, 3);
			return;
		}
	}
	succeed(c, t, &o);
}

void sim_advance_sanitize(struct sim_cmd *c)
{
	struct image_subsys *s = c->ctrl->subsys;
	struct san_target t = san_whole(c);

	advance(c, &t);
	for (size_t i = 0; san_concerned(c) && i < s->nns; i++) {
		t = san_one(&s->ns[i]);
		advance(c, &t);
	}
}

void san_deallocate(struct sim_cmd *c, struct san_op *o)
{
	o->state = SAN_DEALLOCATION;
	o->start = sim_now();
	o->took = sim_time(c, "deallocate", 1000);
	o->still = false;
}

void sim_reset_sanitize(struct sim_cmd *c, bool subsystem)
{
	struct san_target t = san_whole(c);
	struct san_op o;

	if (!subsystem || !san_load(c, &t, &o) || o.still || !san_emvs(o.cdw10) || !san_running(&o) ||
	    o.canceled)
		return;
	o.canceled = 1;
	if (o.state == SAN_VERIFICATION)
		san_deallocate(c, &o);
	san_store(c, &t, &o);
}

/* A write to any namespace ends "Global Data Erased". */
void sim_sanitize_after(struct sim_cmd *c)
{
	const struct opcode *op = opcode_info(c->req->opcode, true);
	struct san_target t = san_whole(c);
	struct san_op o;

	if (!c->req->io || !op || !op->alters || !san_load(c, &t, &o) || !o.erased)
		return;
	o.erased = 0;
	san_store(c, &t, &o);
}

/* --- the log page --- */

bool sim_has_sanitize_page(const struct sim_cmd *c)
{
	return val_u64(c->id, "sanicap", 0);
}

static void estimate(struct sim_cmd *c, struct val *page, const char *key, bool there, uint64_t ms)
{
	val_put_u64(c->ctx->arena, page, key, there ? (ms + 999) / 1000 : UINT32_MAX);
}

static void estimates(struct sim_cmd *c, struct val *page)
{
	bool bes = val_u64(c->id, "sanicap.bes", 0), ows = val_u64(c->id, "sanicap.ows", 0),
	     ces = val_u64(c->id, "sanicap.ces", 0);
	/* Media that are modified once more if nothing is to be deallocated. */
	bool more = val_u64(c->id, "sanicap.nodmmas", 0) == 2;
	uint64_t ms = san_duration(c, BLOCK_ERASE), over = san_duration(c, OVERWRITE);

	estimate(c, page, "time_over_write", ows, over);
	estimate(c, page, "time_block_erase", bes, ms);
	estimate(c, page, "time_crypto_erase", ces, ms);
	estimate(c, page, "time_over_write_no_dealloc", ows && more, over);
	estimate(c, page, "time_block_erase_no_dealloc", bes && more, ms);
	estimate(c, page, "time_crypto_erase_no_dealloc", ces && more, ms);
	if (val_u64(c->id, "sanicap.vers", 0))
		estimate(c, page, "time_post_verification_dealloc", true, sim_time(c, "deallocate", 1000));
}

static void put_state(struct sim_cmd *c, struct val *page, const struct san_op *o)
{
	bool moving = processing(o) || o->state == SAN_DEALLOCATION;
	uint64_t part = moving ? done(c, o) : 0, n = o->passes;
	struct arena *a = c->ctx->arena;
	struct val *sstat, *ssi;

	if (processing(o) && san_action(o->cdw10) == OVERWRITE)
		n = part * san_passes(o->cdw10) / WHOLE;
	if (moving)
		val_put_u64(a, page, "sprog", part < WHOLE - 2 ? part : WHOLE - 2);
	else
		val_put_u64(a, page, "sprog", WHOLE - 1);
	sstat = val_put_obj(a, page, "sstat");
	val_put_u64(a, sstat, "status", o->status);
	val_put_u64(a, sstat, "no_cmplted_passes", n);
	val_put_u64(a, sstat, "global_erased", o->erased);
	val_put_u64(a, sstat, "media_verification_canceled", o->canceled);
	val_put_u64(a, page, "cdw10_info", o->cdw10);
	if (val_u64(c->id, "ver", 0) < 0x020100 && !val_u64(c->id, "sanicap.vers", 0))
		return;
	ssi = val_put_obj(a, page, "sanitize_state_information");
	val_put_u64(a, ssi, "sanitize_state", o->state);
	val_put_u64(a, ssi, "failure_state", san_has_failed(o) ? o->failed_in : 0);
}

const struct val *sim_sanitize_page(struct sim_cmd *c, const struct val *st)
{
	static const char *const live[] = { "sprog", "sstat", "cdw10_info", "sanitize_state_information" };
	uint32_t nsid = c->req->nsid;
	struct image_ns *ns = nsid && nsid != NSID_ALL && san_namespaces(c) ? sim_ns(c, nsid) : NULL;
	struct san_target t = ns ? san_one(ns) : san_whole(c);
	struct val *page = val_new(c->ctx->arena, VAL_OBJ);
	struct san_op o;

	if (!san_load(c, &t, &o) && st && !ns)
		return st;
	if (o.still)
		return st;
	for (const struct val *it = st ? st->c.first : NULL; it; it = it->next) {
		struct val *copy = val_new(c->ctx->arena, it->type);
		bool old = true;

		for (size_t i = 0; i < NELEMS(live); i++)
			old = old && strcmp(live[i], it->key) != 0;
		*copy = *it;
		copy->next = NULL;
		if (old)
			val_add(page, it->key, copy);
	}
	if (!st)
		estimates(c, page);
	put_state(c, page, &o);
	return page;
}
