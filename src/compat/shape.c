/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The value tree in the shape of 2.16. Where a rename or an omission is all, it is a row; what nests otherwise,
 * or makes keys from values, is a function per command. Keys that came with later revisions of the specification
 * than 2.16 knew are left out everywhere.
 */
#include <inttypes.h>
#include <string.h>

#include "compat/nvme.h"
#include "core/num.h"
#include "output/out.h"

/* The newest specification that 2.16 decodes is Base 2.1. */
#define NEWEST 0x0201

enum when { ALWAYS, IN_JSON, IN_TEXT };

/* Members of the answer, or of each element of one of its arrays. */
static const struct rule {
	const char *cmd;
	const char *array; /* NULL: the answer itself */
	const char *key;
	const char *to; /* NULL: left out */
	uint8_t when;
} rules[] = {
	{ "id-ctrl", NULL, "dctype", NULL, ALWAYS },
	{ "id-ctrl", NULL, "vs", NULL, IN_JSON },
	{ "id-ctrl", "psds", "ps", NULL, IN_JSON },
	{ "id-ctrl", "psds", "nops", "non-operational_state", IN_JSON },
	{ "error-log", "errors", "csi", NULL, IN_JSON },
	{ "error-log", "errors", "opcode", NULL, IN_JSON },
	{ "error-log", "errors", "log_page_version", NULL, IN_JSON },
};

/* --- members --- */

void val_drop(struct val *obj, const char *key)
{
	struct val *before = NULL;

	for (struct val *v = obj->c.first; v; v = v->next) {
		if (!v->key || strcmp(v->key, key) != 0) {
			before = v;
			continue;
		}
		if (before)
			before->next = v->next;
		else
			obj->c.first = v->next;
		if (obj->c.last == v)
			obj->c.last = before;
		obj->c.n--;
		return;
	}
}

void val_keep(struct val *obj, const char *const *keys)
{
	struct val *kept[64];
	size_t n = 0;

	for (; *keys && n < NELEMS(kept); keys++) {
		struct val *v = val_get(obj, *keys);

		if (v)
			kept[n++] = v;
	}
	obj->c.first = obj->c.last = NULL;
	obj->c.n = 0;
	for (size_t i = 0; i < n; i++) {
		kept[i]->next = NULL;
		val_add(obj, kept[i]->key, kept[i]);
	}
}

static void rename_key(struct val *obj, const char *key, const char *to)
{
	struct val *v = val_get(obj, key);

	if (!v)
		return;
	if (to)
		v->key = to;
	else
		val_drop(obj, key);
}

/* Later members, and the later bits of registers. */
static void drop_newer(struct val *v)
{
	if (v->type == VAL_UINT && v->sub)
		drop_newer(v->sub);
	if (v->type != VAL_OBJ && v->type != VAL_ARR)
		return;
	for (struct val *it = v->c.first, *next; it; it = next) {
		next = it->next;
		if (it->key && it->field && it->field->since > NEWEST)
			val_drop(v, it->key);
		else
			drop_newer(it);
	}
}

static void apply_rules(const char *cmd, struct val *v, bool json)
{
	for (const struct rule *r = rules; r < rules + NELEMS(rules); r++) {
		struct val *list = r->array ? val_get(v, r->array) : NULL;

		if (strcmp(r->cmd, cmd) != 0 || r->when == (json ? IN_TEXT : IN_JSON))
			continue;
		if (!r->array)
			rename_key(v, r->key, r->to);
		else if (list && list->type == VAL_ARR)
			val_for_each(el, list)
				rename_key(el, r->key, r->to);
	}
}

/* --- text --- */

/* The number as received and nothing about it: programs read what stands behind the colon. */
static const struct field *bare(struct arena *a, const struct field *f)
{
	struct field *b = arena_memdup(a, f, sizeof(*f));

	b->unit = NULL;
	b->scale = 0;
	b->bias = 0;
	b->by = NULL;
	b->names = NULL;
	b->nnames = 0;
	b->flags &= (uint16_t) ~(F_ZERO_UNREPORTED | F_ALL_ONES_UNREPORTED);
	if (b->kind == K_ENUM)
		b->kind = K_UINT;
	if (b->show == SHOW_VERSION)
		b->show = SHOW_HEX;
	else if (b->show != SHOW_HEX && b->show != SHOW_HEX0 && b->show != SHOW_SET &&
		 b->show != SHOW_DEFAULT)
		b->show = SHOW_DEC;
	return b;
}

static void bare_values(struct arena *a, struct val *v)
{
	val_for_each(it, v) {
		if (it->field && (it->type == VAL_UINT || it->type == VAL_U128))
			it->field = bare(a, it->field);
		if (it->type != VAL_STR || !(it->flags & VAL_PADDED))
			continue;
		/* Blanks stay, which some programs count on; NULs go. */
		it->flags &= (uint8_t)~VAL_PADDED;
		while (it->s.len && !it->s.p[it->s.len - 1])
			it->s.len--;
	}
}

static void hide(struct val *v, const char *key)
{
	struct val *it = val_get(v, key);

	if (it)
		it->flags |= VAL_HIDDEN;
}

/* --- commands --- */

static void shape_id_ctrl(struct ctx *ctx, struct val *v, struct fmt_opts *o, bool json)
{
	static const struct layout layout = { .kind = LAY_LINES, .title = "NVME Identify Controller:" };

	if (json)
		return;
	bare_values(ctx->arena, v);
	hide(v, "psds");
	hide(v, "vs");
	o->layout = &layout;
	o->key_width = 9;
}

/* The first words of a vendor area, in rows of 16, as 2.16 has it in JSON. */
static struct val *ascii_rows(struct arena *a, const struct val *bytes)
{
	struct val *rows = val_new(a, VAL_ARR);
	size_t len = bytes ? strnlen(bytes->s.p, bytes->s.len) : 0;

	for (size_t at = 0; at < len; at += 16) {
		size_t n = len - at < 16 ? len - at : 16;
		char *row = arena_strndup(a, bytes->s.p + at, n);

		for (size_t i = 0; i < n; i++)
			row[i] = row[i] > ' ' && row[i] < 0x7f ? row[i] : '.';
		val_put_str(a, rows, NULL, row);
	}
	return rows;
}

static void words_for_lbaf(struct arena *a, struct val *el)
{
	static const char *const rp[] = { "Best", "Better", "Good", "Degraded" };
	uint64_t ds = val_u64(el, "ds", 0), perf = val_u64(el, "rp", 0);
	uint64_t n = val_u64(el, "lbaf", 0), ms = val_u64(el, "ms", 0), used = val_u64(el, "in_use", 0);

	el->c.first = el->c.last = NULL;
	el->c.n = 0;
	val_put_u64(a, el, "LBA Format", n);
	val_put_str(a, el, "Metadata Size", arena_printf(a, "%" PRIu64 " bytes", ms));
	val_put_str(a, el, "Data Size", arena_printf(a, "%llu bytes", ds < 64 ? 1ull << ds : 0));
	val_put_str(a, el, "Relative Performance",
		    arena_printf(a, "0x%" PRIx64 " %s", perf, perf < NELEMS(rp) ? rp[perf] : ""));
	val_put_str(a, el, "in use", used ? "yes" : "no");
}

static void shape_id_ns(struct ctx *ctx, struct val *v, struct fmt_opts *o, bool json)
{
	static const char *const optperf[] = { "npwg", "npwa", "npdg", "npda", "nows" };
	static const char *const lbaf_keys[] = { "lbaf", "ms", "ds", "rp", "in_use", NULL };
	static const struct label labels[] = { { "nsattr", "nsattr\t" }, { NULL, NULL } };
	static const struct layout layout = { .kind = LAY_LINES, .title = "NVME Identify Namespace {nsid}:" };
	struct val *lbafs = val_get(v, "lbafs"), *vs = val_get(v, "vs");

	/* NSFEAT says whether these mean anything. */
	for (size_t i = 0; !(val_u64(v, "nsfeat", 0) >> 4 & 3) && i < NELEMS(optperf); i++)
		val_drop(v, optperf[i]);
	if (!json) {
		bare_values(ctx->arena, v);
		hide(v, "lbafs");
		hide(v, "vs");
		o->layout = &layout;
		o->labels = labels;
		o->key_width = 8;
		o->key_end = ":";
		return;
	}
	if (lbafs) {
		val_for_each(el, lbafs) {
			if (o->verbose)
				words_for_lbaf(ctx->arena, el);
			else
				val_keep(el, lbaf_keys);
		}
	}
	val_drop(v, "vs");
	val_add(v, "vs", ascii_rows(ctx->arena, vs));
}

static void shape_smart(struct ctx *ctx, struct val *v, struct fmt_opts *o, bool json)
{
	struct arena *a = ctx->arena;
	struct val *sensors = val_get(v, "temperature_sensors"), *warning = val_get(v, "critical_warning");

	if (!json)
		return;
	if (sensors) {
		struct val *at = sensors, *after = sensors->next;

		/* They stand where the array stood. */
		val_for_each(el, sensors) {
			struct val *t = val_new(a, VAL_UINT);

			t->u = val_u64(el, "temperature", 0);
			t->key = arena_printf(a, "temperature_sensor_%" PRIu64, val_u64(el, "sensor", 0));
			at->next = t;
			at = t;
			v->c.n++;
		}
		at->next = after;
		if (!after)
			v->c.last = at;
		val_drop(v, "temperature_sensors");
	}
	if (warning && warning->sub && o->verbose) {
		struct val *bits = warning->sub, *value = val_new(a, VAL_UINT);

		value->u = warning->u;
		value->key = "value";
		value->next = bits->c.first;
		warning->type = VAL_OBJ;
		warning->field = NULL;
		warning->sub = NULL;
		warning->c = bits->c;
		warning->c.first = value;
		warning->c.n++;
	}
}

/* 2.16 shows a revision as the number that its eight bytes make, and as text with dots for what cannot be printed. */
uint64_t fw_revision(const struct val *slot, char text[static 9])
{
	const struct val *fr = val_get(slot, "fr");
	uint64_t number = 0;

	memset(text, 0, 9);
	for (size_t i = 0; fr && i < fr->s.len && i < 8; i++) {
		number |= (uint64_t)(uint8_t)fr->s.p[i] << 8 * i;
		text[i] = fr->s.p[i] > ' ' && fr->s.p[i] < 0x7f ? fr->s.p[i] : '.';
	}
	return number;
}

static void shape_fw(struct ctx *ctx, struct val *v, struct fmt_opts *o, bool json)
{
	struct arena *a = ctx->arena;
	struct val *frs = val_get(v, "frs"), *inner;
	uint64_t afi = val_u64(v, "afi", 0);

	(void)o;
	if (!json)
		return;
	v->c.first = v->c.last = NULL;
	v->c.n = 0;
	inner = val_put_obj(a, v, ctx->device ? ctx->device : "");
	val_put_u64(a, inner, "Active Firmware Slot (afi)", afi);
	if (!frs)
		return;
	val_for_each(el, frs) {
		char text[9];
		uint64_t number = fw_revision(el, text);

		val_put_str(a, inner, arena_printf(a, "Firmware Rev Slot %" PRIu64, val_u64(el, "slot", 0)),
			    arena_printf(a, "%" PRIu64 " (%s)", number, text));
	}
}

static void shape_lists(struct ctx *ctx, struct val *v, struct fmt_opts *o, bool json)
{
	if (json && o->verbose)
		shape_list_verbose(ctx, v, o);
	else if (json)
		shape_list(ctx, v, o);
}

static void shape_subsystems(struct ctx *ctx, struct val *v, struct fmt_opts *o, bool json)
{
	(void)json;
	shape_list_subsys(ctx, v, o);
}

/* Those of admin.c, in JSON alone. */
static const struct {
	const char *cmd;
	void (*shape)(struct ctx *ctx, struct val *v);
} json_shapes[] = {
	{ "self-test-log", shape_self_test }, { "sanitize-log", shape_sanitize }, { "show-regs", shape_registers },
	{ "get-reg", shape_get_reg }, { "ana-log", shape_ana },
};

static const struct {
	const char *cmd;
	void (*shape)(struct ctx *ctx, struct val *v, struct fmt_opts *o, bool json);
} shapes[] = {
	{ "id-ctrl", shape_id_ctrl }, { "id-ns", shape_id_ns }, { "smart-log", shape_smart },
	{ "fw-log", shape_fw },	      { "list", shape_lists },	{ "list-subsys", shape_subsystems },
	{ "nbft-show", shape_nbft },
	{ "show-topology", shape_subsystems },
};

void shape_as(struct ctx *ctx, const char *cmd, struct val *v, struct fmt_opts *o)
{
	bool json = nvme_json(ctx);

	drop_newer(v);
	apply_rules(cmd, v, json);
	for (size_t i = 0; i < NELEMS(shapes); i++) {
		if (strcmp(shapes[i].cmd, cmd) == 0)
			shapes[i].shape(ctx, v, o, json);
	}
	for (size_t i = 0; json && i < NELEMS(json_shapes); i++) {
		if (strcmp(json_shapes[i].cmd, cmd) == 0)
			json_shapes[i].shape(ctx, v);
	}
}

void nvme_shape(struct ctx *ctx, struct val *v, struct fmt_opts *o)
{
	o->plain = true;
	o->colour = false;
	shape_as(ctx, o->cmd->name, v, o);
}
