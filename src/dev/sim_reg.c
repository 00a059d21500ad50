/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The properties of a simulated controller: Base 2.1, section 3.1.4. What the image does not say follows from the rest
 * of it; what is written is kept in the member "registers", by name.
 */
#include <errno.h>
#include <string.h>

#include "core/num.h"
#include "dev/sim_model.h"
#include "dev/topo.h"
#include "spec/registers.h"
#include "spec/tables.h"

#define CC_EN	    0x1u
#define CC_SHN(v)   ((v) >> 14 & 3)
#define CC_FIXED    0x3ff0u /* AMS, MPS, CSS: only while the controller is disabled */
#define CC_CRIME    0x1000000u
#define CSTS_RDY    0x1u
#define CSTS_SHST   0xcu
#define CSTS_NSSRO  0x10u
#define CSTS_ST	    0x40u
#define SHST_DONE   0x8u
#define PMRSTS_NRDY 0x100u
#define SPACE	    0x4000u /* of the region: the registers and a few doorbells */

static bool same_reg(const char *key, const struct reg *reg)
{
	uint64_t n;

	return strcmp(key, reg->name) == 0 || (num_parse(key, &n) == 0 && n == reg->offset);
}

static struct val *recorded(struct image_ctrl *ctrl, const struct reg *reg)
{
	struct val *map = val_get(ctrl->node, "registers");

	if (!map)
		return NULL;
	val_for_each(it, map) {
		if (same_reg(it->key, reg))
			return it;
	}
	return NULL;
}

static uint64_t get(const struct sim_cmd *c, struct image_ctrl *ctrl, const char *name);

static bool other_command_sets(struct image_ctrl *ctrl)
{
	const struct image_subsys *s = ctrl->subsys;

	for (size_t i = 0; i < s->nns; i++) {
		if (s->ns[i].csi && image_attached(&s->ns[i], ctrl))
			return true;
	}
	return ctrl->cns && image_cns(ctrl->cns, 0x1c, 0);
}

static bool is_fabrics(struct image_ctrl *ctrl)
{
	return transport_is_fabrics(ctrl->transport);
}

/* Bits of CAP for what the image records registers of: "cap.cmbs" where there is a "cmbsz". */
static uint64_t implied(struct image_ctrl *ctrl)
{
	static const struct {
		const char *needs;
		unsigned bit;
	} bits[] = { { "cap.bps", 45 },
		     { "cap.pmrs", 56 },
		     { "cap.cmbs", 57 },
		     { "cap.nsss", 58 },
		     { "cap.crwms", 59 } };
	uint64_t cap = 0;

	for (const struct reg *r = regs; r->name; r++) {
		for (size_t i = 0; r->needs && i < NELEMS(bits); i++) {
			if (strcmp(r->needs, bits[i].needs) == 0 && recorded(ctrl, r))
				cap |= 1ull << bits[i].bit;
		}
	}
	return cap;
}

/* 1024 entries, contiguous, 10 s, pages of 4 KiB to 64 KiB, NVM command set; on PCIe subsystem reset. */
static uint64_t default_cap(const struct sim_cmd *c, struct image_ctrl *ctrl, uint32_t type)
{
	uint64_t cap = 0x3ff | 1u << 16 | 20u << 24 | 1ull << 37;

	if (type == 2)
		return cap;
	cap |= 4ull << 52 | implied(ctrl);
	if (!is_fabrics(ctrl))
		cap |= 1ull << 36;
	if (other_command_sets(ctrl))
		cap |= 1ull << 43;
	if (get(c, ctrl, "vs") >= 0x20000)
		cap |= 1ull << 59;
	return cap;
}

static uint64_t fallback(const struct sim_cmd *c, struct image_ctrl *ctrl, const char *name)
{
	const struct val *id = image_id_ctrl(c->ctx->arena, ctrl)->fields;
	uint32_t type = (uint32_t)val_u64(id, "cntrltype", 0);
	uint64_t v;

	if (strcmp(name, "cap") == 0)
		return default_cap(c, ctrl, type);
	if (strcmp(name, "vs") == 0)
		return (v = val_u64(id, "ver", 0)) ? v : 0x10400;
	if (strcmp(name, "cc") == 0) {
		v = type == 2 || type == 3 ? CC_EN : 0x460000 | CC_EN;
		return get(c, ctrl, "cap") >> 43 & 1 ? v | 6u << 4 : v;
	}
	if (strcmp(name, "csts") == 0)
		return CSTS_RDY;
	if (strcmp(name, "aqa") == 0)
		return 0x1f001f;
	if (strcmp(name, "asq") == 0)
		return 0x100000000 + 0x10000ull * ctrl->instance;
	if (strcmp(name, "acq") == 0)
		return 0x100008000 + 0x10000ull * ctrl->instance;
	if (strcmp(name, "crto") == 0)
		return get(c, ctrl, "cap") >> 24 & 0xff;
	if (strcmp(name, "pmrsts") == 0)
		return get(c, ctrl, "pmrctl") & 1 ? 0 : PMRSTS_NRDY;
	return 0;
}

/* The value behind a register, whether or not it can be read. */
static uint64_t get(const struct sim_cmd *c, struct image_ctrl *ctrl, const char *name)
{
	const struct val *v = recorded(ctrl, reg_by_name(name));
	uint64_t n;

	if (!v)
		return fallback(c, ctrl, name);
	return v->type == VAL_UINT ? v->u : num_parse(v->s.p, &n) == 0 ? n : 0;
}

static void put(struct sim_cmd *c, struct image_ctrl *ctrl, const char *name, uint64_t value)
{
	const struct reg *reg = reg_by_name(name);
	struct val *map = val_get(ctrl->node, "registers"), *v = recorded(ctrl, reg);

	if (!map)
		map = val_put_obj(c->ctx->arena, ctrl->node, "registers");
	sim_store(c, map, v ? v->key : reg->name, value);
}

static void forget(struct sim_cmd *c, struct image_ctrl *ctrl, const char *name)
{
	if (recorded(ctrl, reg_by_name(name)))
		put(c, ctrl, name, fallback(c, ctrl, name));
}

/* What reg_present needs to know. */
static bool present(const struct sim_cmd *c, const struct reg *reg)
{
	struct val *read = val_new(c->ctx->arena, VAL_OBJ);
	static const char *const deciding[] = { "cap", "vs", "pmrcap" };
	uint8_t buf[0xe1c] = { 0 };

	for (size_t i = 0; i < NELEMS(deciding); i++) {
		const struct reg *r = reg_by_name(deciding[i]);
		uint64_t v = get(c, c->ctrl, r->name);

		for (unsigned k = 0; k < r->width; k++)
			buf[r->offset + k] = (uint8_t)(v >> 8 * k);
	}
	read = spec_decode(c->ctx->arena, &spec_registers, buf, sizeof(buf));
	return reg_present(reg, read, is_fabrics(c->ctrl));
}

/* What the host sees. */
static uint64_t shown(const struct sim_cmd *c, const struct reg *reg)
{
	if (!present(c, reg) || strcmp(reg->name, "nssr") == 0 || strcmp(reg->name, "nssd") == 0)
		return 0;
	if (strcmp(reg->name, "intmc") == 0)
		return get(c, c->ctrl, "intms");
	/* From 1.4 on both are hidden until the host asks for them. */
	if (strncmp(reg->name, "cmbloc", 6) == 0 || strcmp(reg->name, "cmbsz") == 0)
		return get(c, c->ctrl, "vs") < 0x10400 || get(c, c->ctrl, "cmbmsc") & 1
			       ? get(c, c->ctrl, reg->name)
			       : 0;
	return get(c, c->ctrl, reg->name);
}

/* --- writing --- */

/* Bits that can be written at any time; the rest is read-only, or has an effect of its own below. */
static uint64_t writable(const struct sim_cmd *c, const char *name)
{
	static const struct {
		const char *name;
		uint64_t bits;
		bool disabled; /* only while CC.EN is 0 */
	} masks[] = {
		{ "cc", 0x00ffc001, false },
		{ "aqa", 0x0fff0fff, true },
		{ "asq", 0xfffffffffffff000, true },
		{ "acq", 0xfffffffffffff000, true },
		{ "bprsel", 0xbfffffff, false },
		{ "bpmbl", 0xfffffffffffff000, false },
		{ "cmbmsc", 0xfffffffffffff003, false },
		{ "pmrctl", 1, false },
		{ "pmrmscl", 0xfffff002, false },
		{ "pmrmscu", 0xffffffff, false },
	};
	bool enabled = get(c, c->ctrl, "cc") & CC_EN;
	uint64_t more = 0;

	if (strcmp(name, "cc") == 0) {
		more = enabled ? 0 : CC_FIXED;
		if ((get(c, c->ctrl, "cap") >> 59 & 3) == 3)
			more |= CC_CRIME;
	}
	for (size_t i = 0; i < NELEMS(masks); i++) {
		if (strcmp(masks[i].name, name) == 0)
			return enabled && masks[i].disabled ? 0 : masks[i].bits | more;
	}
	return 0;
}

/* A reset on behalf of a register: the request that the driver would make. */
static int reset_by(struct sim_cmd *c, uint8_t kind)
{
	struct req *mine = c->req, r = { .kind = kind };
	int rc;

	c->req = &r;
	rc = sim_reset(c);
	c->req = mine;
	return rc;
}

static int write_cc(struct sim_cmd *c, uint64_t old, uint64_t new)
{
	uint64_t csts = get(c, c->ctrl, "csts");
	int rc = 0;

	if (old & CC_EN && !(new &CC_EN)) {
		rc = reset_by(c, REQ_RESET);
		csts = get(c, c->ctrl, "csts") & ~(uint64_t)CSTS_RDY;
		if (!(csts & CSTS_ST))
			csts &= ~(uint64_t)CSTS_SHST;
	} else if (!(old & CC_EN) && new &CC_EN && !(csts & CSTS_ST)) {
		csts = (csts & ~(uint64_t)CSTS_SHST) | CSTS_RDY;
	}
	if (CC_SHN(new) && CC_SHN(new) != 3 && !(csts & CSTS_ST))
		csts = (csts & ~(uint64_t)CSTS_SHST) | SHST_DONE;
	put(c, c->ctrl, "cc", new);
	put(c, c->ctrl, "csts", csts);
	return rc;
}

static void shut_down_all(struct sim_cmd *c)
{
	struct image_subsys *s = c->ctrl->subsys;

	for (size_t i = 0; i < s->nctrls; i++) {
		uint64_t csts = get(c, &s->ctrls[i], "csts") & ~(uint64_t)CSTS_SHST;

		put(c, &s->ctrls[i], "csts", csts | CSTS_ST | SHST_DONE);
	}
}

/* Nothing is transferred: there is no memory of the host here. */
static void read_boot_partition(struct sim_cmd *c, uint64_t sel)
{
	uint64_t info = get(c, c->ctrl, "bpinfo"), size = (info & 0x7fff) * 32;
	bool beyond = (sel >> 10 & 0xfffff) + (sel & 0x3ff) > size;

	put(c, c->ctrl, "bpinfo", (info & ~0x3000000ull) | (beyond ? 3u : 2u) << 24);
}

static int store(struct sim_cmd *c, const struct reg *reg, uint64_t v)
{
	uint64_t old = get(c, c->ctrl, reg->name), mask = writable(c, reg->name),
		 new = (old & ~mask) | (v & mask);
	const char *name = reg->name;

	if (strcmp(name, "cc") == 0)
		return write_cc(c, old, new);
	if (strcmp(name, "nssr") == 0)
		return v == REG_NSSR_RESET ? reset_by(c, REQ_SUBSYS_RESET) : 0;
	if (strcmp(name, "nssd") == 0 && (v == REG_NSSD_NORMAL || v == REG_NSSD_ABRUPT))
		shut_down_all(c);
	else if (strcmp(name, "csts") == 0 && v & CSTS_NSSRO)
		put(c, c->ctrl, name, old & ~(uint64_t)CSTS_NSSRO);
	else if (strcmp(name, "intms") == 0)
		put(c, c->ctrl, "intms", get(c, c->ctrl, "intms") | v);
	else if (strcmp(name, "intmc") == 0)
		put(c, c->ctrl, "intms", get(c, c->ctrl, "intms") & ~v);
	if (mask)
		put(c, c->ctrl, name, new);
	if (strcmp(name, "bprsel") == 0)
		read_boot_partition(c, new);
	else if (strcmp(name, "pmrctl") == 0)
		put(c, c->ctrl, "pmrsts", new & 1 ? 0 : PMRSTS_NRDY);
	return 0;
}

/* --- requests --- */

/* The register that holds the whole access; half: its upper dword is meant. */
static const struct reg *find(const struct req *r, bool *half)
{
	const struct reg *reg = reg_by_offset(r->cdw10);

	*half = false;
	if (!reg && r->cdw10 >= 4) {
		reg = reg_by_offset(r->cdw10 - 4);
		*half = true;
		return reg && reg->width == 8 && r->cdw11 == 4 ? reg : NULL;
	}
	return reg && r->cdw11 <= reg->width ? reg : NULL;
}

static int message(struct sim_cmd *c)
{
	const struct reg *reg = reg_by_offset(c->req->cdw10);
	bool write = c->req->kind == REQ_REG_WRITE;

	if (!reg || reg->width != c->req->cdw11 || !present(c, reg))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW11);
	if (!write) {
		c->req->result = shown(c, reg);
		return 0;
	}
	if (!(reg->flags & REG_RW))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW11);
	return store(c, reg, c->req->cdw12 | (uint64_t)c->req->cdw13 << 32);
}

static int memory(struct sim_cmd *c)
{
	uint64_t v = c->req->cdw12 | (uint64_t)c->req->cdw13 << 32;
	bool half, write = c->req->kind == REQ_REG_WRITE;
	const struct reg *reg = find(c->req, &half);

	if ((uint64_t)c->req->cdw10 + c->req->cdw11 > SPACE)
		return fail(c->ctx, XC_UNSUPPORTED, ERANGE, "the registers of %s end before offset 0x%llx",
			    c->ctrl->name, (unsigned long long)c->req->cdw10 + c->req->cdw11);
	/* What is reserved reads as 0 and cannot be written. */
	if (!reg || (write && !present(c, reg)))
		return 0;
	if (!write) {
		v = shown(c, reg) >> (half ? 32 : 0);
		c->req->result = c->req->cdw11 == 4 ? (uint32_t)v : v;
		return 0;
	}
	if (reg->width == 8 && c->req->cdw11 == 4) {
		uint64_t old = get(c, c->ctrl, reg->name);

		v = half ? (uint32_t)old | v << 32 : (old & 0xffffffff00000000) | (uint32_t)v;
	}
	return store(c, reg, v);
}

int sim_reg(struct sim_cmd *c)
{
	uint32_t width = c->req->cdw11;

	if ((width != 4 && width != 8) || c->req->cdw10 % width)
		return -EINVAL;
	return is_fabrics(c->ctrl) ? message(c) : memory(c);
}

/* After a reset the kernel has set the controller up again. */
void sim_reset_reg(struct sim_cmd *c, bool subsystem)
{
	struct image_subsys *s = c->ctrl->subsys;

	for (size_t i = 0; i < s->nctrls; i++) {
		struct image_ctrl *ctrl = &s->ctrls[i];

		if (!subsystem && ctrl != c->ctrl)
			continue;
		forget(c, ctrl, "cc");
		forget(c, ctrl, "intms");
		forget(c, ctrl, "bprsel");
		if (subsystem) {
			forget(c, ctrl, "cmbmsc");
			put(c, ctrl, "csts", CSTS_RDY | CSTS_NSSRO);
		} else if (recorded(ctrl, reg_by_name("csts"))) {
			uint64_t csts = get(c, ctrl, "csts");

			put(c, ctrl, "csts",
			    csts & CSTS_ST ? csts & ~(uint64_t)CSTS_RDY : (csts & CSTS_NSSRO) | CSTS_RDY);
		}
	}
}

/*
 * Disabled or shut down behind the driver's back, a controller answers nothing. The driver waits, gives up and sets it
 * up again, which after a shutdown of the subsystem is in vain.
 */
int sim_reg_blocks(struct sim_cmd *c)
{
	uint64_t csts;

	if (!recorded(c->ctrl, reg_by_name("csts")))
		return 0;
	csts = get(c, c->ctrl, "csts");
	if (csts & CSTS_RDY && !(csts & CSTS_SHST))
		return 0;
	sim_reset_reg(c, false);
	return -ETIMEDOUT;
}
