/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* list and list-subsys in text: columns of fixed width with one blank between, which programs cut by position. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compat/nvme.h"
#include "core/num.h"
#include "dev/topo.h"

struct col {
	const char *heading;
	int width;
};

static void line(FILE *to, const struct col *cols, size_t n, const char *const *cells, bool pad)
{
	for (size_t i = 0; i < n; i++)
		fprintf(to, "%-*s%c", i + 1 < n || pad ? cols[i].width : 0, cells[i], i + 1 < n ? ' ' : '\n');
}

static void headings(FILE *to, const struct col *cols, size_t n, bool pad)
{
	static const char dashes[] =
		"------------------------------------------------------------------------"
		"------------------------";
	const char *cells[16] = { NULL };

	for (size_t i = 0; i < n; i++)
		cells[i] = cols[i].heading;
	line(to, cols, n, cells, pad);
	for (size_t i = 0; i < n; i++)
		fprintf(to, "%.*s%c", cols[i].width, dashes, i + 1 < n ? ' ' : '\n');
}

/* A cell, cleaned of what a terminal would take for commands. */
static const char *cell(struct ctx *ctx, const struct val *row, const char *key)
{
	const struct val *v = val_get(row, key);

	return v && v->type == VAL_STR ? printable(ctx->arena, v->s.p, v->s.len, true) : "";
}

/* "  1.92  TB" in a column of its own, "  1.92 TB" beside others. */
static const char *amount(struct ctx *ctx, uint64_t bytes, int unit_width)
{
	char buf[NUM_U128_MAX], *unit = strchr(num_si(bytes, buf), ' ');

	*unit++ = '\0';
	return arena_printf(ctx->arena, "%6s %*s", buf, unit_width, unit);
}

static const char *binary_amount(struct ctx *ctx, uint64_t bytes)
{
	static const char *const units[] = { "", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei" };
	uint64_t hundredths;
	unsigned shift = 0;
	size_t i = 0;

	while (i + 1 < NELEMS(units) && bytes >> shift >= 1024) {
		shift += 10;
		i++;
	}
	hundredths = (uint64_t)(((u128)bytes * 100 + (((u128)1 << shift) >> 1)) >> shift);
	return arena_printf(ctx->arena, "%4" PRIu64 ".%02" PRIu64 " %sB", hundredths / 100, hundredths % 100,
			    units[i]);
}

/* "  4 KiB +  0 B": sizes of blocks are powers of two. */
static const char *format_of(struct ctx *ctx, const struct val *row)
{
	uint64_t size = val_u64(row, "SectorSize", 0), meta = val_u64(row, "MetadataSize", 0);
	bool kilo = size >= 1024;

	return arena_printf(ctx->arena, "%3" PRIu64 " %2sB + %2" PRIu64 " B", kilo ? size / 1024 : size,
			    kilo ? "Ki" : "", meta);
}

static const char *nsid_of(struct ctx *ctx, const struct val *row)
{
	return arena_printf(ctx->arena, "%#" PRIx64, val_u64(row, "NameSpace", 0));
}

static int by_text(const void *a, const void *b)
{
	const struct val *x = *(const struct val *const *)a, *y = *(const struct val *const *)b;

	return natural_cmp(x->s.p, y->s.p);
}

/* The elements in the order of the text under 'key', as an array of their own. */
static const struct val *in_order(struct ctx *ctx, const struct val *arr, const char *key)
{
	struct val *sorted = val_new(ctx->arena, VAL_ARR);
	size_t n = 0;
	struct order {
		struct val text;
		const struct val *el;
	} *order = arena_calloc(ctx->arena, arr->c.n, sizeof(*order));
	const struct order **by = arena_calloc(ctx->arena, arr->c.n, sizeof(*by));

	val_for_each(el, arr) {
		order[n].text.s.p = cell(ctx, el, key);
		order[n].el = el;
		by[n] = &order[n];
		n++;
	}
	qsort(by, n, sizeof(*by), by_text);
	for (size_t i = 0; i < n; i++)
		val_add(sorted, NULL, arena_memdup(ctx->arena, by[i]->el, sizeof(*by[i]->el)))->next = NULL;
	return sorted;
}

void text_list(struct ctx *ctx, const struct val *v, FILE *to)
{
	static const struct col cols[] = { { "Node", 21 },   { "Generic", 21 },	  { "SN", 20 },
					   { "Model", 40 },  { "Namespace", 10 }, { "Usage", 26 },
					   { "Format", 16 }, { "FW Rev", 8 } };

	headings(to, cols, NELEMS(cols), true);
	val_for_each(d, in_order(ctx, val_get(v, "Devices"), "DevicePath")) {
		const char *usage =
			arena_printf(ctx->arena, "%s / %s", amount(ctx, val_u64(d, "UsedBytes", 0), 3),
				     amount(ctx, val_u64(d, "PhysicalSize", 0), 3));
		const char *cells[] = { cell(ctx, d, "DevicePath"),
					cell(ctx, d, "GenericPath"),
					cell(ctx, d, "SerialNumber"),
					cell(ctx, d, "ModelNumber"),
					nsid_of(ctx, d),
					usage,
					format_of(ctx, d),
					cell(ctx, d, "Firmware") };

		line(to, cols, NELEMS(cols), cells, true);
	}
}

/* --- list -v --- */

static const char *join(struct ctx *ctx, const char *list, const char *name)
{
	return *list ? arena_printf(ctx->arena, "%s, %s", list, name) : name;
}

/* The names under 'key' of the elements whose member 'by' is 'value'. */
static const char *names_where(struct ctx *ctx, const struct val *arr, const char *by, const char *value,
			       const char *key)
{
	const char *list = "";

	val_for_each(el, arr) {
		if (strcmp(cell(ctx, el, by), value) == 0)
			list = join(ctx, list, cell(ctx, el, key));
	}
	return list;
}

static void subsystems(struct ctx *ctx, const struct val *ctrls, FILE *to)
{
	static const struct col cols[] = { { "Subsystem", 16 },
					   { "Subsystem-NQN", 96 },
					   { "Controllers", 16 } };

	headings(to, cols, NELEMS(cols), false);
	val_for_each(c, ctrls) {
		const char *name = cell(ctx, c, "Subsystem");
		const char *cells[] = { name, cell(ctx, c, "SubsystemNQN"),
					names_where(ctx, ctrls, "Subsystem", name, "Controller") };
		const struct val *first = ctrls->c.first;

		while (first != c && strcmp(cell(ctx, first, "Subsystem"), name) != 0)
			first = first->next;
		if (first == c)
			line(to, cols, NELEMS(cols), cells, false);
	}
}

static const char *namespaces_of(struct ctx *ctx, const struct val *devices, const char *ctrl)
{
	const char *list = "";

	val_for_each(d, devices) {
		const char *node = cell(ctx, d, "DevicePath"), *slash = strrchr(node, '/');

		if (*names_where(ctx, val_get(d, "Paths"), "Controller", ctrl, "Controller"))
			list = join(ctx, list, slash ? slash + 1 : node);
	}
	return list;
}

static void controllers(struct ctx *ctx, const struct val *ctrls, const struct val *devices, FILE *to)
{
	static const struct col cols[] = { { "Device", 16 },	{ "Cntlid", 6 }, { "SN", 20 },
					   { "MN", 40 },	{ "FR", 8 },	 { "TxPort", 6 },
					   { "Address", 14 },	{ "Slot", 6 },	 { "Subsystem", 12 },
					   { "Namespaces", 16 } };

	headings(to, cols, NELEMS(cols), true);
	val_for_each(c, ctrls) {
		const struct val *id = val_get(c, "Cntlid");
		const char *name = cell(ctx, c, "Controller");
		const char *cells[] = {
			name,
			id && id->type == VAL_UINT ? arena_printf(ctx->arena, "%" PRIu64, id->u) : "",
			cell(ctx, c, "SerialNumber"),
			cell(ctx, c, "ModelNumber"),
			cell(ctx, c, "Firmware"),
			cell(ctx, c, "Transport"),
			cell(ctx, c, "Address"),
			cell(ctx, c, "Slot"),
			cell(ctx, c, "Subsystem"),
			namespaces_of(ctx, devices, name),
		};

		line(to, cols, NELEMS(cols), cells, false);
	}
}

static void namespaces(struct ctx *ctx, const struct val *devices, FILE *to)
{
	static const struct col cols[] = { { "Device", 17 }, { "Generic", 17 }, { "NSID", 10 },
					   { "Usage", 49 },  { "Format", 16 },	{ "Controllers", 16 } };

	headings(to, cols, NELEMS(cols), true);
	val_for_each(d, devices) {
		uint64_t used = val_u64(d, "UsedBytes", 0), size = val_u64(d, "PhysicalSize", 0);
		const char *ctrls = "", *usage;

		val_for_each(p, val_get(d, "Paths"))
			ctrls = join(ctx, ctrls, cell(ctx, p, "Controller"));
		usage = arena_printf(ctx->arena, "%s / %s (%s / %s)", amount(ctx, used, 0),
				     amount(ctx, size, 0), binary_amount(ctx, used),
				     binary_amount(ctx, size));

		const char *cells[] = { cell(ctx, d, "DevicePath"),
					cell(ctx, d, "GenericPath"),
					nsid_of(ctx, d),
					usage,
					format_of(ctx, d),
					ctrls };
		line(to, cols, NELEMS(cols), cells, false);
	}
}

void text_list_verbose(struct ctx *ctx, const struct val *v, FILE *to)
{
	const struct val *devices = in_order(ctx, val_get(v, "Devices"), "DevicePath");
	const struct val *ctrls = in_order(ctx, val_get(v, "Controllers"), "Controller");

	subsystems(ctx, in_order(ctx, ctrls, "Subsystem"), to);
	fputc('\n', to);
	controllers(ctx, ctrls, devices, to);
	fputc('\n', to);
	namespaces(ctx, devices, to);
}

/* --- list-subsys --- */

static void subsys_attribute(struct ctx *ctx, const struct val *s, const char *key, const char *name,
			     int indent, FILE *to)
{
	const char *value = cell(ctx, s, key);

	if (*value)
		fprintf(to, "%*s%s=%s\n", indent, "", name, value);
}

void text_subsys_config(struct ctx *ctx, const struct val *host, const struct val *s, FILE *to)
{
	const char *name = cell(ctx, s, "Name");
	int indent = (int)strlen(name) + 3;

	fprintf(to, "%s - NQN=%s\n", name, cell(ctx, s, "NQN"));
	fprintf(to, "%*shostnqn=%s\n", indent, "", cell(ctx, host, "HostNQN"));
	subsys_attribute(ctx, s, "IOPolicy", "iopolicy", indent, to);
	if (ctx->g.verbose) {
		subsys_attribute(ctx, s, "Model", "model", indent, to);
		subsys_attribute(ctx, s, "Serial", "serial", indent, to);
		subsys_attribute(ctx, s, "Firmware", "firmware", indent, to);
		subsys_attribute(ctx, s, "Type", "type", indent, to);
	}
}

static void subsys(struct ctx *ctx, const struct val *host, const struct val *s, FILE *to)
{
	text_subsys_config(ctx, host, s, to);
	fputs("\\\n", to);
	val_for_each(p, val_get(s, "Paths")) {
		const char *ana = cell(ctx, p, "ANAState");

		fprintf(to, " +- %s %s %s %s%s%s\n", cell(ctx, p, "Name"), cell(ctx, p, "Transport"),
			cell(ctx, p, "Address"), cell(ctx, p, "State"), *ana ? " " : "", ana);
	}
}

void text_list_subsys(struct ctx *ctx, const struct val *v, FILE *to)
{
	bool first = true, topology = strcmp(ctx->cmd->name, "show-topology") == 0;

	val_for_each(host, v) {
		val_for_each(s, val_get(host, "Subsystems")) {
			if (!first)
				fputc('\n', to);
			first = false;
			(topology ? text_topology : subsys)(ctx, host, s, to);
		}
	}
}
