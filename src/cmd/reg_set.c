/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* set-reg, set-property: writing of controller properties. Base 2.1, section 3.1.4. */
#include <string.h>

#include "cmd/reg.h"
#include "core/num.h"
#include "spec/tables.h"

struct set_reg_args {
	struct opt_u64 value;
	const char *offset;
	bool mmio32;
#define MEMBER_RW(reg) struct opt_u64 reg;
#define MEMBER_RO(reg)
#define MEMBER(reg, text, last, first, shape, access, ...) MEMBER_##access(reg)
	REGISTERS(MEMBER)
};

#define VALUE_RW(reg, text, width) \
	OPT(set_reg_args, reg, 0, #reg, "VALUE", text, .max = (width) == 4 ? UINT32_MAX : UINT64_MAX),
#define VALUE_RO(reg, text, width)
#define VALUE(reg, text, last, first, shape, access, ...) VALUE_##access(reg, text, (last) - (first) + 1)
static const struct opt set_reg_opts[] = {
	OPT(set_reg_args, offset, 'O', "offset", "OFFSET", "The register that begins at this offset, or has this name"),
	OPT(set_reg_args, value, 'V', "value", "VALUE", "What to write there"),
	OPT(set_reg_args, mmio32, 'm', "mmio32", NULL, "Write a register of 64 bits as two of 32, the lower first"),
	REGISTERS(VALUE)
};

/* At most two requests for each register. */
#define MAX_WRITES (2 * REG_SPACE / 4)

struct writes {
	struct req *reqs;
	const struct reg **of;
	size_t n;
};

static void add(struct writes *w, const struct reg *reg, uint32_t offset, uint32_t width, uint64_t value)
{
	w->of[w->n] = reg;
	w->reqs[w->n++] = (struct req){
		.kind = REQ_REG_WRITE,
		.cdw10 = offset,
		.cdw11 = width,
		.cdw12 = (uint32_t)value,
		.cdw13 = width == 8 ? (uint32_t)(value >> 32) : 0,
	};
}

static int add_register(struct ctx *ctx, struct writes *w, const struct reg *reg, uint64_t value, bool halves)
{
	int rc = 0;

	if (!(reg->flags & REG_RW))
		return fail(ctx, XC_USAGE, 0, "%s (%s) cannot be written", reg_title(ctx, reg), reg->text);
	if (reg->width == 4 && value > UINT32_MAX)
		return fail(ctx, XC_USAGE, 0, "%s has 32 bits, and 0x%llx does not fit",
			    reg_title(ctx, reg), (unsigned long long)value);
	rc = reg_here(ctx, reg);
	if (rc)
		return rc;
	if (reg->width == 8 && halves) {
		add(w, reg, reg->offset, 4, (uint32_t)value);
		add(w, reg, reg->offset + 4u, 4, value >> 32);
	} else {
		add(w, reg, reg->offset, reg->width, value);
	}
	return 0;
}

/* Two of them are about more than the controller; their other values do nothing. */
static void word(struct intent *in, const struct req *r, const struct reg *reg)
{
	if (strcmp(reg->name, "nssr") == 0 && r->cdw12 == REG_NSSR_RESET) {
		in->action = "NVM subsystem reset";
		in->effect = "interrupts access to every namespace of the NVM subsystem";
		in->reach = REACH_SUBSYS;
	} else if (strcmp(reg->name, "nssd") == 0 && (r->cdw12 == REG_NSSD_NORMAL || r->cdw12 == REG_NSSD_ABRUPT)) {
		in->action = "NVM subsystem shutdown";
		in->effect = "takes away access to every namespace of the NVM subsystem until that is reset";
		in->reach = REACH_SUBSYS;
	}
}

/* Asks once for all of them, and stops at the first that fails. */
static int write_all(struct ctx *ctx, const struct writes *w)
{
	struct intent in = { .reqs = w->reqs, .nreqs = w->n };
	int rc;

	for (size_t i = 0; i < w->n; i++)
		word(&in, &w->reqs[i], w->of[i]);
	rc = gate(ctx, &in);
	for (size_t i = 0; !rc && i < w->n; i++)
		rc = dev_command(ctx->dev, &w->reqs[i],
				 arena_printf(ctx->arena, "Writing %s", reg_title(ctx, w->of[i])));
	return rc;
}

static struct writes *no_writes(struct ctx *ctx)
{
	struct writes *w = arena_alloc(ctx->arena, sizeof(*w));

	w->reqs = arena_calloc(ctx->arena, MAX_WRITES, sizeof(*w->reqs));
	w->of = arena_calloc(ctx->arena, MAX_WRITES, sizeof(*w->of));
	return w;
}

/* --- set-reg --- */

static int collect(struct ctx *ctx, const struct set_reg_args *a, struct writes *w, struct reg_space *s)
{
	const struct reg *reg;
	int rc = 0;

	if (!a->offset != !a->value.set)
		return fail(ctx, XC_USAGE, 0, "--offset and --value belong together");
	if (a->mmio32 && ctx->dev->fabrics)
		return fail(ctx, XC_USAGE, 0, "--mmio32 is about registers on PCIe, and %s is connected over fabrics",
			    ctx->dev->path);
	if (a->offset) {
		rc = reg_lookup(ctx, "--offset", a->offset, &reg);
		if (!rc)
			rc = add_register(ctx, w, reg, a->value.v, a->mmio32);
		if (!rc)
			reg_keep(s, reg, a->value.v);
	}
#define COLLECT_RW(r)                                                             \
	if (!rc && a->r.set) {                                                    \
		reg = reg_by_name(#r);                                            \
		rc = s->known[reg->offset / 4] ?                                  \
			     fail(ctx, XC_USAGE, 0, "%s is given twice", reg_title(ctx, reg)) :    \
			     add_register(ctx, w, reg, a->r.v, a->mmio32);        \
		if (!rc)                                                          \
			reg_keep(s, reg, a->r.v);                                 \
	}
#define COLLECT_RO(r)
#define COLLECT(r, text, last, first, shape, access, ...) COLLECT_##access(r)
	REGISTERS(COLLECT)
	return rc;
}

static int run_set_reg(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct set_reg_args *a = argp;
	struct reg_space *s = arena_alloc(ctx->arena, sizeof(*s));
	struct writes *w = no_writes(ctx);
	int rc = collect(ctx, a, w, s);

	if (rc)
		return rc;
	if (!w->n) {
		rc = fail(ctx, XC_USAGE, 0, "set-reg needs to be told which register, and the value");
		return fail_hint(ctx, rc, "name one (--cc=0x460001), or give --offset and --value");
	}
	rc = write_all(ctx, w);
	if (!rc)
		out->c = reg_decode(ctx, s)->c;
	return rc;
}

const struct cmd cmd_set_reg = {
	.name = "set-reg",
	.group = REG_GROUP,
	.brief = "Write registers of a controller",
	.desc = "Writes registers while the driver uses the controller: what the driver did not expect can stop every "
		"command until it resets the controller, and lose what was under way. Only registers that can be written "
		"are taken, and only values that fit. Several are written in the order of their offsets, after the one "
		"that --offset names. What was written is shown, not what the register reads as afterwards.\n\n"
		"nssr=0x4e564d65 resets the NVM subsystem; subsystem-reset does that in a better way.",
	.examples = "nvmekit set-reg nvme0 --csts=0x10 --dry-run\n  Show what clearing NVM Subsystem Reset Occurred would send.\n",
	.target = T_CTRL,
	.flags = C_GATED | C_ALTERS,
	OPTS(set_reg_args, set_reg_opts),
	.out = &spec_registers,
	.run = run_set_reg,
};

/* --- set-property --- */

struct set_property_args {
	const char *offset;
	struct opt_u64 value;
};

static const struct opt set_property_opts[] = {
	OPT(set_property_args, offset, 'O', "offset", "OFFSET", "Offset of the property (0x14), or its name (cc)",
	    .flags = OF_REQUIRED),
	OPT(set_property_args, value, 'V', "value", "VALUE", "What to write", .flags = OF_REQUIRED),
};

static int run_set_property(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct set_property_args *a = argp;
	struct writes *w = no_writes(ctx);
	const struct reg *reg;
	int rc = reg_lookup(ctx, "--offset", a->offset, &reg);

	if (!rc)
		rc = add_register(ctx, w, reg, a->value.v, false);
	if (!rc)
		rc = write_all(ctx, w);
	if (!rc)
		reg_property(ctx, out, reg->offset, reg->width, a->value.v);
	return rc;
}

const struct cmd cmd_set_property = {
	.name = "set-property",
	.group = REG_GROUP,
	.brief = "Write a property of a controller",
	.desc = "Writes one property: with the command Property Set over fabrics, and into the registers on PCIe. Only "
		"properties that can be written are taken, and only values that fit. What was written is shown.",
	.examples = "nvmekit set-property nvme2 --offset=cc --value=0x460001 --dry-run\n"
		    "  Show what writing Controller Configuration of an array over TCP would send.\n",
	.target = T_CTRL,
	.flags = C_GATED | C_ALTERS,
	OPTS(set_property_args, set_property_opts),
	.out = &spec_property,
	.run = run_set_property,
};
