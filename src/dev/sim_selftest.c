/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Device Self-test: Base 2.1, sections 5.1.5, 5.1.12.1.7 and 8.1.7. A test runs by the clock: what is stored is when it
 * began and how long it takes; results go into the log page, newest first.
 */
#include <string.h>

#include "dev/sim_ns.h"
#include "spec/tables.h"

#define LID_SELF_TEST 0x06
#define LID_SMART     0x02
#define CSI_ANY	      0xff
#define MAX_RESULTS   20u
#define SHORT_MS      120000u /* what a short test should not exceed */

/* Self-test Code: section 5.1.5 */
enum { ST_SHORT = 1, ST_EXTENDED, ST_REFRESH, ST_VENDOR = 0xe, ST_ABORT = 0xf };

/* Device Self-test Status, bits 3:0: section 5.1.12.1.7 */
enum {
	R_PASSED = 0,
	R_BY_COMMAND = 1,
	R_BY_RESET = 2,
	R_NS_GONE = 3,
	R_BY_FORMAT = 4,
	R_UNKNOWN_SEGMENT = 6,
	R_SEGMENT = 7,
	R_UNUSED = 0xf,
};

struct test_op {
	uint64_t code, nsid, start, took, percent;
	bool still; /* as a page was recorded: it does not move */
};

static const struct {
	const char *key;
	size_t at;
} members[] = {
	{ "code", offsetof(struct test_op, code) },
	{ "nsid", offsetof(struct test_op, nsid) },
	{ "start", offsetof(struct test_op, start) },
	{ "took", offsetof(struct test_op, took) },
};

/* One test in the whole subsystem, or one in each controller: DSTO.SDSO; the page has the same scope. */
static struct image_ctrl *keeper(const struct sim_cmd *c, struct image_ctrl *ctrl)
{
	return val_u64(c->id, "dsto.sdso", 0) ? &ctrl->subsys->ctrls[0] : ctrl;
}

static const struct val *recorded(struct sim_cmd *c, const struct image_ctrl *ctrl)
{
	const struct val *st = image_log(ctrl->logs, LID_SELF_TEST, CSI_ANY);

	return st ? tree_decode(c, &spec_log_self_test, st, spec_log_self_test.size) : NULL;
}

/* false: no test is under way. */
static bool load(struct sim_cmd *c, const struct image_ctrl *ctrl, struct test_op *o)
{
	const struct val *model = val_get(ctrl->node, "model"),
			 *st = model ? val_get(model, "self-test") : NULL;
	const struct val *page;

	*o = (struct test_op){ 0 };
	if (st) {
		for (size_t i = 0; i < NELEMS(members); i++)
			*(uint64_t *)(void *)((char *)o + members[i].at) = val_u64(st, members[i].key, 0);
		return o->code;
	}
	page = recorded(c, ctrl);
	o->code = page ? val_u64(page, "current_operation.operation", 0) : 0;
	o->percent = page ? val_u64(page, "completion.percent", 0) : 0;
	o->nsid = NSID_ALL;
	o->still = true;
	return o->code;
}

static void store(struct sim_cmd *c, struct image_ctrl *ctrl, const struct test_op *o)
{
	struct val *st = sim_state(c, ctrl->node, "self-test");

	for (size_t i = 0; i < NELEMS(members); i++)
		sim_store(c, st, members[i].key,
			  *(const uint64_t *)(const void *)((const char *)o + members[i].at));
}

/* --- results --- */

static uint64_t power_on_hours(struct sim_cmd *c, const struct image_ctrl *ctrl)
{
	const struct val *st = image_log(ctrl->logs, LID_SMART, CSI_ANY);
	const struct val *smart = st ? tree_decode(c, &spec_log_smart, st, spec_log_smart.size) : NULL;

	return smart ? val_u64(smart, "power_on_hours", 0) : 0;
}

static struct val *result(struct sim_cmd *c, const struct image_ctrl *ctrl, const struct test_op *o,
			  uint8_t how)
{
	struct arena *a = c->ctx->arena;
	struct val *e = val_new(a, VAL_OBJ);
	uint64_t lba = sim_time(c, "self-test_fails_lba", UINT64_MAX);
	bool located = how == R_SEGMENT && lba != UINT64_MAX;
	bool one = o->nsid && o->nsid != NSID_ALL;

	val_put_u64(a, e, "dsts", o->code << 4 | how);
	val_put_u64(a, e, "seg", how == R_SEGMENT ? sim_time(c, "self-test_fails_segment", 2) : 0);
	/* NSID, FLBA, SCT and SC are valid where the failure has a place: Unrecovered Read Error. */
	val_put_u64(a, e, "vdi", located ? 0xfu : one);
	val_put_u64(a, e, "poh", power_on_hours(c, ctrl));
	val_put_u64(a, e, "nsid",
		    located && !one ? sim_time(c, "self-test_fails_nsid", 1)
		    : one	    ? o->nsid
				    : 0);
	if (located) {
		val_put_u64(a, e, "flba", lba);
		val_put_u64(a, e, "sct", 2);
		val_put_u64(a, e, "sc", 0x81);
	}
	return e;
}

static void keep_old(struct arena *a, struct val *list, const struct val *was)
{
	static const char *const keys[] = { "dsts", "seg", "vdi", "poh", "nsid", "flba", "sct", "sc" };
	const struct val *old = was ? val_get(was, "results") : NULL;

	for (const struct val *it = old ? old->c.first : NULL; it && list->c.n < MAX_RESULTS; it = it->next) {
		const struct val *vs = val_get(it, "vs");
		struct val *e;

		if (val_u64(it, "dsts.result", R_UNUSED) == R_UNUSED)
			continue;
		e = val_put_obj(a, list, NULL);
		for (size_t i = 0; i < NELEMS(keys); i++)
			val_put_u64(a, e, keys[i], val_u64(it, keys[i], 0));
		if (vs && vs->type == VAL_BYTES)
			val_put_str(a, e, "vs", sim_hex(a, (const uint8_t *)vs->s.p, vs->s.len));
	}
}

/* The test is over: its result is the first of the page, which from now on is one of fields. */
static void finish(struct sim_cmd *c, struct image_ctrl *ctrl, const struct test_op *o, uint8_t how)
{
	struct image_ctrl *self = c->ctrl;
	const struct val *was = recorded(c, ctrl);
	struct test_op none = { 0 };
	struct val *page, *list;

	c->ctrl = ctrl;
	page = sim_log_page(c, LID_SELF_TEST, "self-test");
	tree_clear(page);
	list = val_put_arr(c->ctx->arena, page, "results");
	val_add(list, NULL, result(c, ctrl, o, how));
	keep_old(c->ctx->arena, list, was);
	for (uint64_t i = 0; i < list->c.n; i++) {
		struct val *e = list->c.first;

		for (uint64_t k = 0; k < i; k++)
			e = e->next;
		val_put_u64(c->ctx->arena, e, "entry", i);
	}
	c->ctrl = self;
	store(c, ctrl, &none);
}

/* --- time --- */

static uint64_t duration(const struct sim_cmd *c, uint64_t code)
{
	uint64_t any = sim_time(c, "self-test", 0);

	if (code == ST_EXTENDED || code == ST_REFRESH)
		return sim_time(c, "self-test_extended", any ? any : val_u64(c->id, "edstt", 0) * 60000);
	return any ? any : SHORT_MS;
}

static uint64_t percent(const struct sim_cmd *c, const struct test_op *o)
{
	uint64_t now = sim_now(), t = now > o->start ? now - o->start : 0;
	uint64_t done = t < o->took ? t * 100 / o->took : 100,
		 stall = sim_time(c, "self-test_stalls_at", 101);

	if (o->still)
		return o->percent;
	return done < stall ? done : stall;
}

static void advance(struct sim_cmd *c, struct image_ctrl *ctrl)
{
	struct val *times = val_get(c->ctrl->subsys->node, "times"), *left;
	struct test_op o;
	uint64_t done;

	if (!load(c, ctrl, &o) || o.still)
		return;
	done = percent(c, &o);
	if (done >= sim_time(c, "self-test_fails_at", 101) && sim_time(c, "self-test_failures", 1)) {
		left = val_get(times, "self-test_failures");
		if (left && left->type == VAL_UINT)
			sim_store(c, times, "self-test_failures", left->u - 1);
		finish(c, ctrl, &o,
		       sim_time(c, "self-test_fails_segment", 2) ? R_SEGMENT : R_UNKNOWN_SEGMENT);
	} else if (done >= 100) {
		finish(c, ctrl, &o, R_PASSED);
	}
}

void sim_advance_self_test(struct sim_cmd *c)
{
	for (size_t i = 0; i < c->ctrl->subsys->nctrls; i++)
		advance(c, &c->ctrl->subsys->ctrls[i]);
}

/* --- what ends a test early --- */

/* nsid: those alone that test this namespace, or every one. */
static void abort_test(struct sim_cmd *c, struct image_ctrl *ctrl, uint32_t nsid, bool alone, uint8_t how)
{
	struct test_op o;

	if (!load(c, ctrl, &o))
		return;
	if (nsid == NSID_ALL || o.nsid == nsid || (!alone && o.nsid == NSID_ALL))
		finish(c, ctrl, &o, how);
}

void sim_abort_self_test(struct sim_cmd *c, const struct image_ctrl *ctrl, uint32_t nsid, uint8_t how)
{
	for (size_t i = 0; i < ctrl->subsys->nctrls; i++) {
		if (&ctrl->subsys->ctrls[i] == ctrl)
			abort_test(c, keeper(c, &ctrl->subsys->ctrls[i]), nsid, false, how);
	}
}

static void abort_everywhere(struct sim_cmd *c, uint32_t nsid, bool alone, uint8_t how)
{
	struct image_subsys *s = c->ctrl->subsys;
	struct test_op o;

	for (size_t i = 0; i < s->nctrls; i++) {
		/* A test of the controller alone has nothing to do with namespaces. */
		if (load(c, &s->ctrls[i], &o) && o.nsid)
			abort_test(c, &s->ctrls[i], nsid, alone, how);
	}
}

/* Section 8.1.7: Format NVM ends tests of what it formats, and so does the removal of the namespace alone. */
void sim_self_test_after(struct sim_cmd *c)
{
	const struct req *r = c->req;
	unsigned ses = r->cdw10 >> 9 & 7;
	bool all;

	if (r->io)
		return;
	if (r->opcode == 0x80) {
		all = val_u64(c->id, ses ? "fna.sens" : "fna.fns", 0);
		abort_everywhere(c, all ? NSID_ALL : r->nsid, false, R_BY_FORMAT);
	} else if (r->opcode == 0x0d && (r->cdw10 & 0xf) == 1) {
		abort_everywhere(c, r->nsid, true, R_NS_GONE);
	} else if (r->opcode == 0x15 && (r->cdw10 & 0xf) == 1) {
		abort_test(c, keeper(c, c->ctrl), r->nsid, true, R_NS_GONE);
	}
}

/* A short test ends with a Controller Level Reset, the others go on after it. */
void sim_reset_self_test(struct sim_cmd *c, bool subsystem)
{
	struct image_subsys *s = c->ctrl->subsys;
	struct image_ctrl *mine = keeper(c, c->ctrl);
	struct test_op o;

	for (size_t i = 0; i < s->nctrls; i++) {
		if ((subsystem || &s->ctrls[i] == mine) && load(c, &s->ctrls[i], &o) &&
		    o.code != ST_EXTENDED && o.code != ST_REFRESH)
			finish(c, &s->ctrls[i], &o, R_BY_RESET);
	}
}

/* --- the command --- */

int sim_self_test(struct sim_cmd *c)
{
	unsigned code = c->req->cdw10 & 0xf;
	uint32_t nsid = c->req->nsid;
	struct image_ctrl *ctrl = keeper(c, c->ctrl);
	struct test_op o;
	bool runs;

	if (!val_u64(c->id, "oacs.dsts", 0))
		return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
	if (code != ST_SHORT && code != ST_EXTENDED && code != ST_VENDOR && code != ST_ABORT &&
	    (code != ST_REFRESH || !val_u64(c->id, "dsto.hirs", 0)))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	runs = load(c, ctrl, &o);
	if (code == ST_ABORT) {
		if (runs)
			finish(c, ctrl, &o, R_BY_COMMAND);
		return 0;
	}
	if (nsid && nsid != NSID_ALL && !sim_active_ns(c, nsid))
		return sim_ns(c, nsid) ? sim_reject(c, SIM_INVALID_FIELD, AT_NSID)
				       : sim_reject(c, SIM_INVALID_NS, AT_NSID);
	if (runs)
		return sim_reject(c, SIM_SELF_TEST_IN_PROGRESS, AT_NOWHERE);
	o = (struct test_op){ .code = code, .nsid = nsid, .start = sim_now(), .took = duration(c, code) };
	store(c, ctrl, &o);
	return 0;
}

/* --- the log page --- */

bool sim_has_self_test_page(const struct sim_cmd *c)
{
	return val_u64(c->id, "oacs.dsts", 0);
}

static bool is_live(const char *key)
{
	return strcmp(key, "current_operation") == 0 || strcmp(key, "completion") == 0;
}

/* Places of the list that nothing was recorded for hold the result Fh. */
static void fill_unused(struct sim_cmd *c, struct val *page)
{
	const struct val *now = tree_decode(c, &spec_log_self_test, page, spec_log_self_test.size);
	const struct val *old = now ? val_get(now, "results") : NULL;
	struct val *list = val_get(page, "results");
	uint32_t used = 0;

	for (const struct val *it = old ? old->c.first : NULL; it; it = it->next)
		used |= 1u << val_u64(it, "entry", 0) % 32;
	if (!list)
		list = val_put_arr(c->ctx->arena, page, "results");
	for (uint32_t i = 0; i < MAX_RESULTS; i++) {
		struct val *e;

		if (used >> i & 1)
			continue;
		e = val_put_obj(c->ctx->arena, list, NULL);
		val_put_u64(c->ctx->arena, e, "entry", i);
		val_put_u64(c->ctx->arena, e, "dsts", R_UNUSED);
	}
}

const struct val *sim_self_test_page(struct sim_cmd *c, const struct val *st)
{
	struct image_ctrl *ctrl = keeper(c, c->ctrl);
	struct arena *a = c->ctx->arena;
	const struct val *own = image_log(ctrl->logs, LID_SELF_TEST, CSI_ANY);
	struct val *page;
	struct test_op o;

	if (own)
		st = own;
	load(c, ctrl, &o);
	if (o.still && st)
		return st;
	page = val_new(a, VAL_OBJ);
	for (const struct val *it = st ? st->c.first : NULL; it; it = it->next) {
		if (!is_live(it->key))
			val_add(page, it->key, tree_copy(a, it));
	}
	val_put_u64(a, page, "current_operation", o.code);
	val_put_u64(a, page, "completion", o.code ? percent(c, &o) : 0);
	fill_unused(c, page);
	return page;
}
