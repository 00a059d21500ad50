/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Lists of namespaces and controllers, self-tests, sanitize status and properties as 2.16 has them. */
#include <inttypes.h>
#include <string.h>

#include "compat/nvme.h"
#include "output/out.h"
#include "spec/field.h"
#include "spec/registers.h"

/* --- lists --- */

static void text_ids(const struct val *v, const char *array, const char *key, FILE *out)
{
	const struct val *list = val_get(v, array);
	unsigned n = 0;

	for (const struct val *el = list ? list->c.first : NULL; el; el = el->next) {
		uint64_t id = val_u64(el, key, 0);

		fprintf(out, "[%4u]:%s%" PRIx64 "\n", n++, id ? "0x" : "", id);
	}
}

static void text_list_ns(struct ctx *ctx, const struct val *v, FILE *out)
{
	(void)ctx;
	fputs("NVME Namespace List:\n", out);
	text_ids(v, "nsid_list", "nsid", out);
}

static void text_list_ctrl(struct ctx *ctx, const struct val *v, FILE *out)
{
	(void)ctx;
	fprintf(out, "num of ctrls present: %" PRIu64 "\n", val_u64(v, "num_ctrl", 0));
	text_ids(v, "ctrl_list", "ctrl_id", out);
}

/* --- self-test log --- */

/* Bits of Valid Diagnostic Information, what they make valid, and its names. */
static const struct {
	const char *bit, *key, *json, *text;
} diagnostics[] = {
	{ "vdi.nsidv", "nsid", "Namespace Identifier", "Namespace Identifier        " },
	{ "vdi.flbav", "flba", "Failing LBA", "Failing LBA                 " },
	{ "vdi.sctv", "sct", "Status Code Type", "Status Code Type            " },
	{ "vdi.scv", "sc", "Status Code", "Status Code                 " },
};

static uint64_t vendor_word(const struct val *el)
{
	const struct val *vs = val_get(el, "vs");

	return vs && vs->type == VAL_BYTES && vs->s.len > 1 ? (uint8_t)vs->s.p[0] | (uint64_t)(uint8_t)vs->s.p[1] << 8 : 0;
}

void shape_self_test(struct ctx *ctx, struct val *v)
{
	struct arena *a = ctx->arena;
	const struct val *results = val_get(v, "results");
	uint64_t now = val_u64(v, "current_operation", 0), done = val_u64(v, "completion", 0);
	struct val *list;

	v->c.first = v->c.last = NULL;
	v->c.n = 0;
	val_put_u64(a, v, "Current Device Self-Test Operation", now);
	val_put_u64(a, v, "Current Device Self-Test Completion", done);
	list = val_put_arr(a, v, "List of Valid Reports");
	for (const struct val *el = results ? results->c.first : NULL; el; el = el->next) {
		struct val *o = val_put_obj(a, list, NULL);

		val_put_u64(a, o, "Self test result", val_u64(el, "dsts.result", 0));
		val_put_u64(a, o, "Self test code", val_u64(el, "dsts.code", 0));
		val_put_u64(a, o, "Segment number", val_u64(el, "seg", 0));
		val_put_u64(a, o, "Valid Diagnostic Information", val_u64(el, "vdi", 0));
		val_put_u64(a, o, "Power on hours", val_u64(el, "poh", 0));
		for (size_t i = 0; i < NELEMS(diagnostics); i++) {
			if (val_u64(el, diagnostics[i].bit, 0))
				val_put_u64(a, o, diagnostics[i].json, val_u64(el, diagnostics[i].key, 0));
		}
		val_put_u64(a, o, "Vendor Specific", vendor_word(el));
	}
}

static void text_result(const struct val *el, FILE *out)
{
	uint64_t code = val_u64(el, "dsts.code", 0), vs = vendor_word(el);

	fprintf(out, "  Operation Result             : %#" PRIx64 "\n", val_u64(el, "dsts.result", 0));
	fprintf(out, "  Self Test Code               : %" PRIx64 "\n", code);
	if (val_u64(el, "dsts.result", 0) == 7)
		fprintf(out, "  Segment Number               : %#" PRIx64 "\n", val_u64(el, "seg", 0));
	fprintf(out, "  Valid Diagnostic Information : %#" PRIx64 "\n", val_u64(el, "vdi", 0));
	fprintf(out, "  Power on hours (POH)         : %#" PRIx64 "\n", val_u64(el, "poh", 0));
	for (size_t i = 0; i < NELEMS(diagnostics); i++) {
		if (val_u64(el, diagnostics[i].bit, 0))
			fprintf(out, "  %s : %#" PRIx64 "\n", diagnostics[i].text, val_u64(el, diagnostics[i].key, 0));
	}
	fprintf(out, "  Vendor Specific              : %#x %#x\n", (unsigned)(vs & 0xff), (unsigned)(vs >> 8));
}

static void text_self_test(struct ctx *ctx, const struct val *v, FILE *out)
{
	const struct val *results = val_get(v, "results");
	unsigned n = 0;

	fprintf(out, "Device Self Test Log for NVME device:%s\n", ctx->device);
	fprintf(out, "Current operation  : %#" PRIx64 "\n", val_u64(v, "current_operation", 0));
	fprintf(out, "Current Completion : %" PRIu64 "%%\n", val_u64(v, "completion", 0));
	for (const struct val *el = results ? results->c.first : NULL; el; el = el->next) {
		fprintf(out, "Self Test Result[%u]:\n", n++);
		text_result(el, out);
	}
}

/* --- sanitize log --- */

static const char *sanitize_words(uint64_t status)
{
	static const char *const words[] = {
		"NVM Subsystem has never been sanitized.",
		"Most Recent Sanitize Command Completed Successfully.",
		"Sanitize in Progress.",
		"Most Recent Sanitize Command Failed.",
		"Most Recent Sanitize Command (No-Deallocate After Sanitize) Completed Successfully.",
	};

	return status < NELEMS(words) ? words[status] : "Unknown";
}

static const struct {
	const char *key, *text;
} times[] = {
	{ "time_over_write", "Estimated Time For Overwrite                   " },
	{ "time_block_erase", "Estimated Time For Block Erase                 " },
	{ "time_crypto_erase", "Estimated Time For Crypto Erase                " },
	{ "time_over_write_no_dealloc", "Estimated Time For Overwrite (No-Deallocate)   " },
	{ "time_block_erase_no_dealloc", "Estimated Time For Block Erase (No-Deallocate) " },
	{ "time_crypto_erase_no_dealloc", "Estimated Time For Crypto Erase (No-Deallocate)" },
};

void shape_sanitize(struct ctx *ctx, struct val *v)
{
	struct arena *a = ctx->arena;
	struct val *outer = val_new(a, VAL_OBJ), *o = val_put_obj(a, outer, ctx->device), *sstat;
	uint64_t status = val_u64(v, "sstat.status", 0);

	val_put_u64(a, o, "sprog", val_u64(v, "sprog", 0));
	sstat = val_put_obj(a, o, "sstat");
	val_put_u64(a, sstat, "global_erased", val_u64(v, "sstat.global_erased", 0));
	val_put_u64(a, sstat, "no_cmplted_passes", val_u64(v, "sstat.no_cmplted_passes", 0));
	val_put_str(a, sstat, "status", arena_printf(a, "(%" PRIu64 ") %s", status, sanitize_words(status)));
	val_put_u64(a, o, "cdw10_info", val_u64(v, "cdw10_info", 0));
	for (size_t i = 0; i < NELEMS(times); i++)
		val_put_u64(a, o, times[i].key, val_u64(v, times[i].key, 0));
	v->c = outer->c;
}

static void text_sanitize(struct ctx *ctx, const struct val *v, FILE *out)
{
	uint64_t sprog = val_u64(v, "sprog", 0), sstat = val_u64(v, "sstat", 0), status = val_u64(v, "sstat.status", 0);
	bool erased = val_u64(v, "sstat.global_erased", 0);

	fprintf(out, "Sanitize Progress                      (SPROG) :  %" PRIu64, sprog);
	if (ctx->g.verbose && status == 2)
		fprintf(out, " (%f%%)", (double)sprog * 100 / 65536);
	fprintf(out, "\nSanitize Status                        (SSTAT) :  %#" PRIx64 "\n", sstat);
	if (ctx->g.verbose) {
		fprintf(out, "\t[2:0]\t%s\n", sanitize_words(status));
		fprintf(out, "\t[7:3]\tNumber of completed passes if most recent operation was overwrite:\t%" PRIu64 "\n",
			val_u64(v, "sstat.no_cmplted_passes", 0));
		fprintf(out, "\t  [8]\tGlobal Data Erased %s: %s NS LB in the NVM subsystem has been written to %s PMR in the NVM subsystem has been enabled\n",
			erased ? "set" : "cleared", erased ? "no" : "a", erased ? "and no" : "or a");
	}
	fprintf(out, "Sanitize Command Dword 10 Information (SCDW10) :  %#" PRIx64 "\n", val_u64(v, "cdw10_info", 0));
	for (size_t i = 0; i < NELEMS(times); i++) {
		uint64_t t = val_u64(v, times[i].key, 0);

		fprintf(out, "%s:  %" PRIu64 "%s\n", times[i].text, t, t == UINT32_MAX ? " (No time period reported)" : "");
	}
}

/* --- properties --- */

/* 2.16's words for the properties that fabrics have. */
static const char *property_name(uint64_t offset)
{
	static const struct {
		uint8_t offset;
		const char *text;
	} names[] = {
		{ 0x00, "Controller Capabilities" }, { 0x08, "Version" }, { 0x14, "Controller Configuration" },
		{ 0x1c, "Controller Status" },	     { 0x20, "NVM Subsystem Reset" },
	};

	for (size_t i = 0; i < NELEMS(names); i++) {
		if (names[i].offset == offset)
			return names[i].text;
	}
	return "Unknown";
}

static void text_get_property(struct ctx *ctx, const struct val *v, FILE *out)
{
	uint64_t offset = val_u64(v, "offset", 0);

	(void)ctx;
	fprintf(out, "property: 0x%02" PRIx64 " (%s), value: %#" PRIx64 "\n", offset, property_name(offset), val_u64(v, "value", 0));
}

static void text_set_property(struct ctx *ctx, const struct val *v, FILE *out)
{
	uint64_t offset = val_u64(v, "offset", 0);

	(void)ctx;
	fprintf(out, "set-property: %#02" PRIx64 " (%s), value: %#" PRIx64 "\n", offset, property_name(offset),
		val_u64(v, "value", 0));
}

/* "cap     : 0x8400030140103ff". What a controller has not reads as 0 there, and what is not read without need too. */
static void text_registers(struct ctx *ctx, const struct val *v, FILE *out)
{
	(void)ctx;
	for (const struct reg *r = regs; r->name; r++)
		fprintf(out, "%-8s: %#" PRIx64 "\n", strcmp(r->name, "vs") == 0 ? "version" : r->name, val_u64(v, r->name, 0));
}

void shape_registers(struct ctx *ctx, struct val *v)
{
	struct val *all = val_new(ctx->arena, VAL_OBJ);

	for (const struct reg *r = regs; r->name; r++)
		val_put_u64(ctx->arena, all, r->name, val_u64(v, r->name, 0));
	v->c = all->c;
}

void shape_get_reg(struct ctx *ctx, struct val *v)
{
	struct arena *a = ctx->arena;
	struct val *all = val_new(a, VAL_OBJ), *one;

	val_for_each(r, v) {
		const struct reg *reg = reg_by_name(r->key);

		if (r->type != VAL_UINT || !reg)
			continue;
		one = val_put_obj(a, val_put_arr(a, all, arena_printf(a, "register: 0x%02x", (unsigned)reg->offset)), NULL);
		val_put_str(a, one, "name", r->key);
		val_put_u64(a, one, "value", r->u);
	}
	v->c = all->c;
}

static void text_get_reg(struct ctx *ctx, const struct val *v, FILE *out)
{
	(void)ctx;
	val_for_each(r, v) {
		const struct reg *reg = reg_by_name(r->key);

		if (r->type == VAL_UINT && reg)
			fprintf(out, "register: 0x%02x (%s), value: %#" PRIx64 "\n", (unsigned)reg->offset,
				reg->text, r->u);
	}
}

static void text_set_reg(struct ctx *ctx, const struct val *v, FILE *out)
{
	(void)ctx;
	val_for_each(r, v) {
		const struct reg *reg = reg_by_name(r->key);

		if (r->type == VAL_UINT && reg)
			fprintf(out, "set-register: %#02x (%s), value: %#" PRIx64 "\n", (unsigned)reg->offset, reg->text, r->u);
	}
}

static const struct {
	const char *cmd;
	void (*print)(struct ctx *ctx, const struct val *v, FILE *out);
} texts[] = {
	{ "list-ns", text_list_ns },	     { "list-ctrl", text_list_ctrl },	      { "self-test-log", text_self_test },
	{ "sanitize-log", text_sanitize },   { "get-property", text_get_property },   { "set-property", text_set_property },
	{ "set-reg", text_set_reg },	     { "show-regs", text_registers },     { "get-reg", text_get_reg },
};

bool text_admin(struct ctx *ctx, const char *cmd, const struct val *v, FILE *out)
{
	for (size_t i = 0; i < NELEMS(texts); i++) {
		if (strcmp(texts[i].cmd, cmd) != 0)
			continue;
		texts[i].print(ctx, v, out);
		return true;
	}
	return false;
}
