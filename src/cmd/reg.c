/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* show-regs, get-reg, get-property: reading of controller properties. Base 2.1, section 3.1.4. */
#include "cmd/reg.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "core/num.h"
#include "spec/tables.h"

int reg_lookup(struct ctx *ctx, const char *opt, const char *text, const struct reg **out)
{
	char lower[16] = "";
	uint64_t n;
	int rc;

	for (size_t i = 0; i < sizeof(lower) - 1 && text[i]; i++)
		lower[i] = (char)tolower((unsigned char)text[i]);
	if (num_parse(text, &n) == 0)
		*out = reg_by_offset(n);
	else
		*out = strlen(text) < sizeof(lower) ? reg_by_name(lower) : NULL;
	if (*out)
		return 0;
	rc = fail(ctx, XC_USAGE, 0, "%s: there is no register '%s'", opt, text);
	return fail_hint(ctx, rc, "'nvmekit help get-reg' lists the names; an offset is that of a register's first byte");
}

int reg_read(struct ctx *ctx, uint32_t offset, uint32_t width, const char *what, uint64_t *value)
{
	struct req r = { .kind = REQ_REG_READ, .cdw10 = offset, .cdw11 = width };
	int rc = what ? dev_command(ctx->dev, &r, arena_printf(ctx->arena, "Reading %s", what)) :
			dev_submit(ctx->dev, &r);

	*value = rc ? 0 : r.result;
	return rc;
}

void reg_keep(struct reg_space *s, const struct reg *reg, uint64_t value)
{
	for (unsigned i = 0; i < reg->width; i++)
		s->buf[reg->offset + i] = (uint8_t)(value >> 8 * i);
	s->known[reg->offset / 4] = true;
}

struct val *reg_decode(struct ctx *ctx, const struct reg_space *s)
{
	struct val *all = spec_decode(ctx->arena, &spec_registers, s->buf, spec_registers.size);
	struct val *out = val_new(ctx->arena, VAL_OBJ);

	for (struct val *v = all->c.first, *next; v; v = next) {
		const struct reg *reg = reg_by_name(v->key);

		next = v->next;
		v->next = NULL;
		if (reg && s->known[reg->offset / 4])
			val_add(out, v->key, v);
	}
	return out;
}

const char *reg_title(struct ctx *ctx, const struct reg *reg)
{
	char *s = arena_strdup(ctx->arena, reg->name);

	for (char *p = s; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return s;
}

int reg_here(struct ctx *ctx, const struct reg *reg)
{
	if (!ctx->dev->fabrics || reg->flags & REG_MSG)
		return 0;
	return fail(ctx, XC_UNSUPPORTED, 0, "%s is connected over fabrics, and only controllers on PCIe have %s (%s)",
		    ctx->dev->path, reg_title(ctx, reg), reg->text);
}

static int read_and_keep(struct ctx *ctx, const struct reg *reg, struct reg_space *s)
{
	uint64_t v;
	int rc = reg_here(ctx, reg);

	if (!rc)
		rc = reg_read(ctx, reg->offset, reg->width, reg_title(ctx, reg), &v);
	if (!rc)
		reg_keep(s, reg, v);
	return rc;
}

/* --- show-regs --- */

/* Those that the others depend on must be readable; one of the rest that is refused is left out with a note. */
static int read_present(struct ctx *ctx, const struct reg *reg, struct reg_space *s)
{
	uint64_t v;
	int rc;

	if (reg->flags & REG_BLIND || !reg_present(reg, reg_decode(ctx, s), ctx->dev->fabrics))
		return 0;
	if (!reg->needs)
		return read_and_keep(ctx, reg, s);
	rc = reg_read(ctx, reg->offset, reg->width, NULL, &v);
	if (!rc) {
		reg_keep(s, reg, v);
	} else if (rc > 0) {
		warn_user(ctx, "%s does not tell %s, although it says to have it", ctx->dev->path, reg_title(ctx, reg));
		rc = 0;
	} else {
		struct req r = { .kind = REQ_REG_READ };

		rc = dev_fail(ctx->dev, &r, rc, arena_printf(ctx->arena, "Reading %s", reg_title(ctx, reg)));
	}
	return rc;
}

static int run_show(struct ctx *ctx, const void *argp, struct val *out)
{
	struct reg_space *s = arena_alloc(ctx->arena, sizeof(*s));
	int rc = read_and_keep(ctx, reg_by_name("cap"), s);

	(void)argp;
	if (!rc)
		rc = read_and_keep(ctx, reg_by_name("vs"), s);
	for (const struct reg *r = regs; !rc && r->name; r++) {
		if (!s->known[r->offset / 4])
			rc = read_present(ctx, r, s);
	}
	if (!rc)
		out->c = reg_decode(ctx, s)->c;
	return rc;
}

const struct cmd cmd_show_regs = {
	.name = "show-regs",
	.group = REG_GROUP,
	.brief = "Show the registers of a controller",
	.desc = "Reads every property that the controller has: the registers of one on PCIe, over fabrics those few that "
		"there are. -v explains each bit.\n\n"
		"Registers that belong to a capability which the controller does not have are left out. So are those of "
		"which reading says nothing (nssr, nssd, bprsel), and the interrupt masks, which must not be touched "
		"while the driver uses MSI-X; get-reg reads them.\n\n"
		"On PCIe the kernel has to allow that the registers are mapped: it must not be locked down (Secure "
		"Boot), and where it was built with CONFIG_IO_STRICT_DEVMEM it has to be booted with iomem=relaxed.",
	.examples = "nvmekit show-regs nvme0\n  Show the registers.\n"
		    "nvmekit show-regs nvme0 -v\n  The same with every bit explained.\n",
	.target = T_CTRL,
	.out = &spec_registers,
	.layout = &(const struct layout){ .title = "Registers of {device}" },
	.run = run_show,
};

/* --- get-reg --- */

struct get_reg_args {
	opt_list name, offset;
#define MEMBER(reg, ...) bool reg;
	REGISTERS(MEMBER)
};

#define FLAG_OPT(reg, text, ...) OPT(get_reg_args, reg, 0, #reg, NULL, text),
static const struct opt get_reg_opts[] = {
	OPT(get_reg_args, offset, 'O', "offset", "OFFSET", "The register that begins at this offset; may be given several times"),
	OPT(get_reg_args, name, 0, "name", "NAME", "The register with this name, also several: cc,csts"),
	REGISTERS(FLAG_OPT)
};

static bool asked(const struct get_reg_args *a, const char *name)
{
#define ASKED(reg, ...) if (a->reg && strcmp(name, #reg) == 0) return true;
	REGISTERS(ASKED)
	return false;
}

static int mark(struct ctx *ctx, const char *opt, opt_list list, bool *wanted)
{
	const struct reg *reg;

	for (size_t i = 0; list && list[i]; i++) {
		int rc = reg_lookup(ctx, opt, list[i], &reg);

		if (rc)
			return rc;
		wanted[reg - regs] = true;
	}
	return 0;
}

static int run_get_reg(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct get_reg_args *a = argp;
	struct reg_space *s = arena_alloc(ctx->arena, sizeof(*s));
	bool wanted[REG_SPACE / 4] = { false };
	size_t n = 0;
	int rc = mark(ctx, "--offset", a->offset, wanted);

	if (!rc)
		rc = mark(ctx, "--name", a->name, wanted);
	if (rc)
		return rc;
	for (const struct reg *r = regs; r->name; r++) {
		wanted[r - regs] |= asked(a, r->name);
		n += wanted[r - regs];
	}
	if (!n) {
		rc = fail(ctx, XC_USAGE, 0, "get-reg needs to be told which register");
		return fail_hint(ctx, rc, "name one (--cc, --name=cc,csts, --offset=0x14); show-regs shows all");
	}
	for (const struct reg *r = regs; !rc && r->name; r++) {
		if (wanted[r - regs])
			rc = read_and_keep(ctx, r, s);
	}
	if (!rc)
		out->c = reg_decode(ctx, s)->c;
	return rc;
}

const struct cmd cmd_get_reg = {
	.name = "get-reg",
	.group = REG_GROUP,
	.brief = "Read registers of a controller by name or offset",
	.desc = "Reads those registers that are named, whether the controller says to have them or not: what is not there "
		"reads as 0 on PCIe, and is refused over fabrics.",
	.examples = "nvmekit get-reg nvme0 --cc --csts\n  Read two registers.\n"
		    "nvmekit get-reg nvme0 --offset=0x14 -v\n  Read one by its offset, and explain it.\n",
	.target = T_CTRL,
	OPTS(get_reg_args, get_reg_opts),
	.out = &spec_registers,
	.run = run_get_reg,
};

/* --- get-property --- */

struct get_property_args {
	const char *offset;
};

static const struct opt get_property_opts[] = {
	OPT(get_property_args, offset, 'O', "offset", "OFFSET", "Offset of the property (0x14), or its name (cc)",
	    .flags = OF_REQUIRED),
};

static const struct field property_rows[] = {
	{ "offset", "Offset of the property", .len = 32, .kind = K_UINT, .show = SHOW_HEX },
	{ "name", "Its name", .kind = K_TEXT, .flags = F_NULLABLE },
	{ "size", "Its size", .len = 8, .kind = K_UINT, .unit = "bytes" },
	{ "value", "Its value", .len = 64, .kind = K_UINT, .show = SHOW_HEX },
	{ "decoded", "The value taken apart, as get-reg shows it", .kind = K_STRUCT, .flags = F_OPTIONAL },
};

const struct spec spec_property = { "property", "A property of a controller", NULL, 0, 1, FIELDS(property_rows) };

void reg_property(struct ctx *ctx, struct val *out, uint32_t offset, uint32_t width, uint64_t value)
{
	const struct reg *reg = reg_by_offset(offset);
	struct reg_space *s = arena_alloc(ctx->arena, sizeof(*s));

	val_put_u64(ctx->arena, out, "offset", offset);
	val_put_str(ctx->arena, out, "name", reg ? reg->name : NULL);
	val_put_u64(ctx->arena, out, "size", width);
	val_put_u64(ctx->arena, out, "value", value);
	if (!reg)
		return;
	reg_keep(s, reg, value);
	val_add(out, "decoded", reg_decode(ctx, s))->field = &property_rows[NELEMS(property_rows) - 1];
}

static int run_get_property(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct get_property_args *a = argp;
	const struct reg *reg = NULL;
	uint64_t offset, value;
	uint32_t width = 4;
	int rc = 0;

	if (num_parse(a->offset, &offset) != 0) {
		rc = reg_lookup(ctx, "--offset", a->offset, &reg);
		if (rc)
			return rc;
		offset = reg->offset;
	}
	if (offset % 4 || offset >= REG_SPACE) {
		rc = fail(ctx, XC_USAGE, 0, "--offset: %s is no multiple of 4 below 0x%x", a->offset, REG_SPACE);
		return fail_hint(ctx, rc, "the doorbells, which begin there, are not to be read");
	}
	reg = reg_by_offset(offset);
	if (reg)
		width = reg->width;
	rc = reg ? reg_here(ctx, reg) : 0;
	if (!rc)
		rc = reg_read(ctx, (uint32_t)offset, width,
			      reg ? reg_title(ctx, reg) : arena_printf(ctx->arena, "property 0x%x", (unsigned)offset),
			      &value);
	if (!rc)
		reg_property(ctx, out, (uint32_t)offset, width, value);
	return rc;
}

const struct cmd cmd_get_property = {
	.name = "get-property",
	.group = REG_GROUP,
	.brief = "Read a property of a controller",
	.desc = "Reads one property: with the command Property Get over fabrics, and from the registers on PCIe. An offset "
		"at which no property of the specification begins is read as 4 bytes.",
	.examples = "nvmekit get-property nvme2 --offset=0x1c\n  Read Controller Status of an array over TCP.\n"
		    "nvmekit get-property nvme2 --offset=cap -o json\n  Read its capabilities, by name.\n",
	.target = T_CTRL,
	OPTS(get_property_args, get_property_opts),
	.out = &spec_property,
	.run = run_get_property,
};
