/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Sanitize (Base 2.1, section 5.1.22), Sanitize Namespace (newer: Base 2.4, section 5.2.27), and what they keep out. */
#include "dev/sim_sanitize.h"

#define LID_EFFECTS 0x05
#define SANITIZE    0x84
#define SANITIZE_NS 0x8c

static int refuse(struct sim_cmd *c, const struct san_target *t, const struct san_op *o)
{
	if (san_has_failed(o))
		return sim_reject(c, t->ns ? SIM_SANITIZE_NS_FAILED : SIM_SANITIZE_FAILED, AT_NOWHERE);
	return sim_reject(c, t->ns ? SIM_SANITIZE_NS_IN_PROGRESS : SIM_SANITIZE_IN_PROGRESS, AT_NOWHERE);
}

/* Sanitize Config (17h), No-Deallocate Response Mode: what cannot be left allocated is an error, or a warning later. */
static bool warns(const struct sim_cmd *c)
{
	const struct val *f = image_feature(c->ctrl->features, 0x17);
	uint64_t mode;

	return f && image_number(val_get(f, "current"), &mode) && mode & 1;
}

uint64_t san_duration(const struct sim_cmd *c, uint64_t cdw10)
{
	uint64_t pass = san_action(cdw10) == OVERWRITE ? sim_time(c, "overwrite", 0) : 0;

	return pass ? pass * san_passes(cdw10) : sim_time(c, "sanitize", 3000);
}

static bool namespace_runs(struct sim_cmd *c)
{
	struct image_subsys *s = c->ctrl->subsys;
	struct san_op o;

	for (size_t i = 0; san_concerned(c) && i < s->nns; i++) {
		struct san_target t = san_one(&s->ns[i]);

		if (san_load(c, &t, &o) && san_running(&o))
			return true;
	}
	return false;
}

static int start(struct sim_cmd *c, const struct san_target *t, struct san_op *o)
{
	/* The command for a namespace has no passes and always deallocates. */
	uint32_t cdw10 = c->req->cdw10 & (t->ns ? 0x40f : UINT32_MAX);
	bool verify = val_u64(c->id, t->ns ? "sanicap.nvers" : "sanicap.vers", 0);
	uint64_t erased = o->erased;

	if (o->state == SAN_RESTRICTED_FAILURE && san_ause(cdw10))
		return refuse(c, t, o);
	if (san_emvs(cdw10) && (!verify || san_action(cdw10) == OVERWRITE || san_ndas(cdw10)))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	if (san_ndas(cdw10) && val_u64(c->id, "sanicap.ndi", 0) && !warns(c))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	if (!t->ns && namespace_runs(c))
		return sim_reject(c, SIM_SANITIZE_NS_IN_PROGRESS, AT_NOWHERE);
	*o = (struct san_op){ .state = san_ause(cdw10) ? SAN_UNRESTRICTED : SAN_RESTRICTED,
			      .start = sim_now(),
			      .took = san_duration(c, cdw10),
			      .cdw10 = cdw10,
			      .cdw11 = c->req->cdw11,
			      .status = SAN_RUNNING,
			      .erased = erased };
	san_untell(c);
	for (size_t i = 0; i < c->ctrl->subsys->nctrls; i++)
		sim_abort_self_test(c, &c->ctrl->subsys->ctrls[i], t->ns ? t->ns->nsid : NSID_ALL, 9);
	san_store(c, t, o);
	return 0;
}

static int act(struct sim_cmd *c, const struct san_target *t, unsigned actions)
{
	unsigned what = san_action(c->req->cdw10);
	struct san_op o;

	san_load(c, t, &o);
	if (san_running(&o) && (o.state != SAN_VERIFICATION || what != EXIT_VERIFICATION))
		return refuse(c, t, &o);
	if (!(actions >> what & 1))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	if (what == EXIT_FAILURE_MODE) {
		if (o.state == SAN_RESTRICTED_FAILURE)
			return refuse(c, t, &o);
		if (o.state == SAN_UNRESTRICTED_FAILURE) {
			o.state = SAN_IDLE;
			san_store(c, t, &o);
		}
		return 0;
	}
	if (what != EXIT_VERIFICATION)
		return start(c, t, &o);
	if (san_has_failed(&o))
		return refuse(c, t, &o);
	if (o.state != SAN_VERIFICATION)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	san_deallocate(c, &o);
	san_store(c, t, &o);
	return 0;
}

int sim_sanitize(struct sim_cmd *c)
{
	const struct val *cap = val_path(c->id, "sanicap");
	struct san_target t = san_whole(c);
	unsigned actions = 1u << EXIT_FAILURE_MODE;

	if (!cap || !cap->u)
		return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
	actions |= (unsigned)val_u64(c->id, "sanicap.bes", 0) << BLOCK_ERASE;
	actions |= (unsigned)val_u64(c->id, "sanicap.ows", 0) << OVERWRITE;
	actions |= (unsigned)val_u64(c->id, "sanicap.ces", 0) << CRYPTO_ERASE;
	actions |= (unsigned)val_u64(c->id, "sanicap.vers", 0) << EXIT_VERIFICATION;
	return act(c, &t, actions);
}

/* Sanitize Namespace has no capability bit of its own: verification of namespaces, or the effects log, says it. */
bool san_namespaces(struct sim_cmd *c)
{
	const struct logpage *page = logpage_by_id(LID_EFFECTS, 0);
	const struct val *st = image_log(c->ctrl->logs, LID_EFFECTS, 0), *acs;
	struct image_data data;
	const char *why;

	if (val_u64(c->id, "sanicap.nvers", 0))
		return true;
	if (!st || !page || image_encode(c->ctx->arena, page->spec, st, page->size, &data, &why))
		return false;
	acs = val_get(spec_decode(c->ctx->arena, page->spec, data.buf, data.len), "acs");
	for (const struct val *it = acs ? acs->c.first : NULL; it; it = it->next) {
		if (val_u64(it, "opcode", 0) == SANITIZE_NS)
			return val_u64(it, "csupp", 0);
	}
	return false;
}

int sim_sanitize_ns(struct sim_cmd *c)
{
	unsigned actions = 1u << EXIT_FAILURE_MODE | 1u << CRYPTO_ERASE;
	struct image_ns *ns;
	struct san_target t;

	if (!san_namespaces(c))
		return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
	ns = sim_ns(c, c->req->nsid);
	if (!ns)
		return sim_reject(c, SIM_INVALID_NS, AT_NSID);
	t = san_one(ns);
	if (val_u64(c->id, "sanicap.nvers", 0))
		actions |= 1u << EXIT_VERIFICATION;
	return act(c, &t, actions);
}

/* --- what is refused meanwhile --- */

/* Log pages that are read during a sanitize operation, and those of vendors. */
static bool page_allowed(uint8_t lid)
{
	/* Errors, health, changed namespaces, boot partition, reservations, sanitize status */
	static const uint8_t lids[] = { 0x01, 0x02, 0x04, 0x15, 0x80, 0x81 };

	for (size_t i = 0; i < NELEMS(lids); i++) {
		if (lids[i] == lid)
			return true;
	}
	return lid >= 0xc0;
}

/*
 * Section 8.1.24 and its list of Admin commands; of the vendors' commands those that leave user data alone, which the
 * ones here are taken for.
 */
static bool allowed(const struct req *r)
{
	/*
	 * Queues, Identify, Abort, features, Asynchronous Event Request, Keep Alive, NVMe-MI, Fabrics. Sanitize looks
	 * at the state of the operation itself.
	 */
	static const uint8_t opcodes_allowed[] = {
		0x00, 0x01, 0x04, 0x05, ADM_IDENTIFY, 0x08,    ADM_SET_FEATURES, ADM_GET_FEATURES,
		0x0c, 0x18, 0x1d, 0x1e, ADM_FABRICS,  SANITIZE
	};

	if (r->io)
		return false;
	if (r->opcode == ADM_GET_LOG)
		return page_allowed((uint8_t)r->cdw10);
	for (size_t i = 0; i < NELEMS(opcodes_allowed); i++) {
		if (opcodes_allowed[i] == r->opcode)
			return true;
	}
	return r->opcode >= 0xc0;
}

/* What would get in the way of the operation on a namespace, or of its data. */
static bool touches(const struct req *r, const struct image_ns *ns)
{
	bool this = r->nsid == ns->nsid || r->nsid == NSID_ALL;

	if (r->io)
		return r->nsid == ns->nsid;
	switch (r->opcode) {
	case 0x0d: /* Namespace Management: deletion */
		return (r->cdw10 & 0xf) == 1 && this;
	case 0x14: /* Device Self-test */
	case 0x15: /* Namespace Attachment */
	case 0x80: /* Format NVM */
		return this;
	case 0x10: /* Firmware Commit */
		return true;
	default:
		return false;
	}
}

int sim_sanitize_blocks(struct sim_cmd *c)
{
	struct image_subsys *s = c->ctrl->subsys;
	struct san_target t = san_whole(c);
	const struct req *r = c->req;
	struct san_op o;

	san_load(c, &t, &o);
	if ((san_running(&o) || san_has_failed(&o)) && !allowed(r) &&
	    !(o.state == SAN_VERIFICATION && r->io && r->opcode == 0x02))
		return refuse(c, &t, &o);
	for (size_t i = 0; san_concerned(c) && i < s->nns; i++) {
		t = san_one(&s->ns[i]);
		if (!touches(r, t.ns) || !san_load(c, &t, &o) || o.state == SAN_IDLE)
			continue;
		if (!(o.state == SAN_VERIFICATION && r->io && r->opcode == 0x02))
			return refuse(c, &t, &o);
	}
	return 0;
}
