/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* nbft show: a bare array of tables in JSON, and in text a file name and three tables with bars between the columns. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "compat/nvme.h"
#include "output/out.h"

struct col {
	const char *heading;
	unsigned width; /* at least; 0: exactly that of the heading, longer texts are cut off */
	const char *key;
	const char *(*cell)(struct ctx *ctx, const struct val *row);
};

static const char *cell_of(struct ctx *ctx, const struct val *row, const struct col *c)
{
	const struct val *v = c->key ? val_get(row, c->key) : NULL;

	if (c->cell)
		return c->cell(ctx, row);
	if (v && v->type == VAL_UINT)
		return arena_printf(ctx->arena, "%" PRIu64, v->u);
	return v && v->type == VAL_STR ? printable(ctx->arena, v->s.p, v->s.len, true) : "";
}

/* 2.16 writes PCI addresses without leading zeros, and leaves the segment out. */
static const char *pci_address(struct ctx *ctx, const struct val *row)
{
	unsigned bus = 0, dev = 0, fn = 0;
	const char *text = val_str(ctx->arena, row, "pcidev");

	if (sscanf(text, "%*x:%x:%x.%x", &bus, &dev, &fn) != 3)
		return text;
	return arena_printf(ctx->arena, "0:%x:%x.%x", bus, dev, fn);
}

static const char *dhcp(struct ctx *ctx, const struct val *row)
{
	(void)ctx;
	return val_u64(row, "dhcp_override", 0) ? "yes" : "no";
}

static const char *indices(struct ctx *ctx, const struct val *row)
{
	const struct val *list = val_get(row, "hfis");
	const char *text = "";

	for (const struct val *it = list ? list->c.first : NULL; it; it = it->next)
		text = arena_printf(ctx->arena, "%s%s%" PRIu64, text, *text ? "," : "", it->u);
	return text;
}

static void bars(struct ctx *ctx, const char *title, const struct col *cols, size_t ncols,
		 const struct val *rows, FILE *out)
{
	unsigned width[16];

	if (!rows || !rows->c.n)
		return;
	for (size_t i = 0; i < ncols; i++) {
		width[i] = cols[i].width ? cols[i].width : 0;
		val_for_each(r, rows) {
			size_t len = strlen(cell_of(ctx, r, &cols[i]));

			if (cols[i].width && len > width[i])
				width[i] = (unsigned)len;
		}
	}
	fprintf(out, "\n%s:\n\n", title);
	for (size_t i = 0; i < ncols; i++) {
		width[i] = cols[i].width ? width[i] : (unsigned)strlen(cols[i].heading);
		fprintf(out, "%-*s%c", (int)width[i], cols[i].heading, i + 1 < ncols ? '|' : '\n');
	}
	for (size_t i = 0; i < ncols; i++) {
		for (unsigned k = 0; k < width[i]; k++)
			fputc('-', out);
		fputc(i + 1 < ncols ? '+' : '\n', out);
	}
	val_for_each(r, rows) {
		for (size_t i = 0; i < ncols; i++)
			fprintf(out, "%-*.*s%c", (int)width[i], (int)width[i], cell_of(ctx, r, &cols[i]),
				i + 1 < ncols ? '|' : '\n');
	}
}

static const struct col ssns_cols[] = {
	{ "Idx", 3, "index", NULL },	  { "NQN", 20, "subsys_nqn", NULL }, { "Trsp", 4, "transport", NULL },
	{ "Address", 8, "traddr", NULL }, { "SvcId", 0, "trsvcid", NULL },   { "HFIs", 4, NULL, indices },
};
static const struct col hfi_cols[] = {
	{ "Idx", 3, "index", NULL },
	{ "Trsp", 4, "transport", NULL },
	{ "PCI Addr", 10, NULL, pci_address },
	{ "MAC Addr", 17, "mac_addr", NULL },
	{ "DHCP", 4, NULL, dhcp },
	{ "IP Addr", 8, "ipaddr", NULL },
	{ "Mask", 4, "subnet_mask_prefix", NULL },
	{ "Gateway", 8, "gateway_ipaddr", NULL },
	{ "DNS", 8, "primary_dns_ipaddr", NULL },
};
static const struct col discovery_cols[] = {
	{ "Idx", 3, "index", NULL },
	{ "URI", 12, "uri", NULL },
	{ "NQN", 20, "nqn", NULL },
};

static bool empty(const struct val *table)
{
	static const char *const lists[] = { "subsystem", "hfi", "discovery" };
	bool none = true;

	for (size_t i = 0; i < NELEMS(lists); i++) {
		const struct val *v = val_get(table, lists[i]);

		none = none && (!v || !v->c.n);
	}
	return none;
}

void text_nbft(struct ctx *ctx, const struct val *v, FILE *out)
{
	const struct val *tables = val_get(v, "tables");

	for (const struct val *t = tables ? tables->c.first : NULL; t; t = t->next) {
		fprintf(out, "%s%s:\n", t == tables->c.first ? "" : "\n",
			cell_of(ctx, t, &(struct col){ .key = "filename" }));
		if (empty(t))
			fputs("(empty)\n", out);
		bars(ctx, "NBFT Subsystems", ssns_cols, NELEMS(ssns_cols), val_get(t, "subsystem"), out);
		bars(ctx, "NBFT HFIs", hfi_cols, NELEMS(hfi_cols), val_get(t, "hfi"), out);
		bars(ctx, "NBFT Discovery Controllers", discovery_cols, NELEMS(discovery_cols),
		     val_get(t, "discovery"), out);
	}
}

static void drop_from(struct val *table, const char *list, const char *const *keys)
{
	struct val *l = val_get(table, list);

	for (struct val *el = l ? l->c.first : NULL; el; el = el->next) {
		for (const char *const *k = keys; *k; k++)
			val_drop(el, *k);
	}
}

void shape_nbft(struct ctx *ctx, struct val *v, struct fmt_opts *o, bool json)
{
	static const char *const ssns[] = { "non_bootable", "discovery", "security", NULL }, *const hfi[] = {
		"autoconfigured", NULL
	};
	struct val *tables = val_get(v, "tables");

	(void)o;
	if (!json || !tables)
		return;
	val_for_each(t, tables) {
		struct val *hfis = val_get(t, "hfi");

		val_drop(t, "security");
		drop_from(t, "subsystem", ssns);
		drop_from(t, "hfi", hfi);
		for (struct val *h = hfis ? hfis->c.first : NULL; h; h = h->next) {
			struct val *pci = val_get(h, "pcidev");

			pci->s.p = pci_address(ctx, h);
			pci->s.len = strlen(pci->s.p);
		}
	}
	v->type = VAL_ARR;
	v->field = NULL;
	v->c = tables->c;
}
