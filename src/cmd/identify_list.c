/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Commands that show one structure of Identify which is a list or says what can be allocated: the structure's table says
 * everything, a command adds its name and words. Identify: NVM Express Base 2.1, section 5.1.13.
 */
#include "cmd/ns.h"
#include "spec/tables.h"

#define SIZE	   4096u
#define ENTRIES	   (SIZE / 4)
#define MAX_PAGES  4096u /* of namespace identifiers: no drive has so many */
#define NSID_LIMIT 0xfffffffdu

struct list_args {
	struct opt_u32 namespace_id, csi, num_entries;
	uint16_t from;
	bool all, raw_binary;
};

/* 'bit' of Identify Controller says whether the drive has that structure. */
static int show(struct ctx *ctx, const struct list_args *args, struct val *out, const char *bit, uint8_t cns, uint32_t nsid,
		uint32_t dw11, uint16_t cntid)
{
	void *buf = dev_buffer(ctx, SIZE);
	size_t got;
	int rc;

	cmd_raw(ctx, args->raw_binary);
	rc = cmd_needs(ctx, bit, NULL);
	if (rc)
		return rc;
	rc = dev_identify(ctx->dev, cns, nsid, dw11, cntid, buf, &got);
	return rc ? rc : cmd_decode(ctx, out, ctx->cmd->out, buf, got);
}

/* --- namespaces: as many commands as it takes --- */

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* A list goes up, so that it ends. */
static int check_page(struct ctx *ctx, const uint8_t *page, size_t got, uint32_t *last, bool *more)
{
	size_t i = 0;

	for (; i < got / 4 && le32(page + 4 * i); i++) {
		if (le32(page + 4 * i) <= *last)
			return fail(ctx, XC_DATA, 0,
				    "the list of namespaces of %s is not in order: %u follows %u", ctx->dev->path,
				    le32(page + 4 * i), *last);
		*last = le32(page + 4 * i);
	}
	*more = i == ENTRIES && *last < NSID_LIMIT;
	return 0;
}

/* The elements of another page behind those that are there. */
static void append(struct val *list, struct val *page)
{
	struct val *it = page ? page->c.first : NULL;

	for (struct val *next; it; it = next) {
		next = it->next;
		it->next = NULL;
		val_add(list, NULL, it);
	}
}

static int run_list_ns(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct list_args *args = argp;
	uint8_t cns = args->csi.set ? (args->all ? 0x1a : 0x07) : (args->all ? 0x10 : 0x02);
	uint32_t last = args->namespace_id.set ? args->namespace_id.v - 1 : 0;
	struct val *list = NULL;
	bool more = true;
	/* Those of all controllers are known to drives that manage them, and to later revisions of the specification. */
	int rc = args->all ? cmd_needs(ctx, "oacs.nms", NULL) : 0;

	for (unsigned n = 0; !rc && more && n < MAX_PAGES; n++) {
		uint8_t *buf = dev_buffer(ctx, SIZE);
		struct val *page = n ? val_new(ctx->arena, VAL_OBJ) : out;
		size_t got;

		rc = dev_identify(ctx->dev, cns, last, args->csi.v << 24, 0, buf, &got);
		if (!rc)
			rc = check_page(ctx, buf, got, &last, &more);
		if (!rc)
			rc = cmd_decode(ctx, page, &spec_list_ns, buf, got);
		if (rc)
			return rc;
		if (n)
			append(list, val_get(page, "nsid_list"));
		else
			list = val_get(out, "nsid_list");
		more = more && list;
	}
	return rc;
}

static const struct opt list_ns_opts[] = {
	OPT(list_args, namespace_id, 'n', "namespace-id", "NSID", "Begin with this identifier (default: 1)", .min = 1,
	    .max = NSID_LIMIT),
	OPT(list_args, csi, 'y', "csi", "CSI", "Only namespaces of this command set", VALS(ns_csi_names),
	    .flags = OF_OPEN_NAMES, .max = 0xff),
	OPT(list_args, all, 'a', "all", NULL,
	    "Every namespace that is allocated in the NVM subsystem, not only those attached to this controller"),
};

const struct cmd cmd_list_ns = {
	.name = "list-ns",
	.alias = "id ns-list",
	.group = "Namespaces",
	.brief = "List the identifiers of namespaces, as the controller has them",
	.desc = "Sends Identify (CNS 02h, or 07h for one command set; with --all 10h or 1Ah) as often as it takes. 'list' shows "
		"what the kernel makes of them: a namespace that is allocated and not attached has no node.",
	.examples = "nvmekit list-ns nvme0\n  List the namespaces that are attached to this controller.\n"
		    "nvmekit list-ns nvme0 --all\n  List those too that are attached elsewhere or nowhere.\n",
	.target = T_DEV,
	OPTS(list_args, list_ns_opts),
	.out = &spec_list_ns,
	.layout = &(const struct layout){ .title = "Namespaces of {device}" },
	.run = run_list_ns,
};

/* --- the others: one command each --- */

static int run_list_ctrl(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct list_args *args = argp;

	if (args->namespace_id.set)
		return show(ctx, args, out, "oacs.nms", 0x12, args->namespace_id.v, 0, args->from);
	return show(ctx, args, out, "oacs.nms", 0x13, 0, 0, args->from);
}

static const struct opt list_ctrl_opts[] = {
	OPT(list_args, from, 'c', "cntid", "CNTLID", "Begin with this controller identifier"),
	OPT(list_args, namespace_id, 'n', "namespace-id", "NSID", "Only controllers that this namespace is attached to", .min = 1),
	OPT_RAW(list_args, raw_binary),
};

const struct cmd cmd_list_ctrl = {
	.name = "list-ctrl",
	.alias = "id ctrl-list",
	.group = "Namespaces",
	.brief = "List the controllers of an NVM subsystem, or those of a namespace",
	.desc = "Sends Identify (CNS 13h, or 12h with --namespace-id). The identifiers are those that attach-ns and detach-ns "
		"take.",
	.examples = "nvmekit list-ctrl nvme0\n  List the controllers of the NVM subsystem.\n"
		    "nvmekit list-ctrl nvme0 -n 1\n  List those that namespace 1 is attached to.\n",
	.target = T_DEV,
	.flags = C_BINARY,
	OPTS(list_args, list_ctrl_opts),
	.out = &spec_list_ctrl,
	.layout = &(const struct layout){ .title = "Controllers of the NVM subsystem of {device}" },
	.run = run_list_ctrl,
};

static int run_granularity(struct ctx *ctx, const void *argp, struct val *out)
{
	return show(ctx, argp, out, "ctratt.ng", 0x16, 0, 0, 0);
}

static const struct opt granularity_opts[] = {
	OPT_RAW(list_args, raw_binary),
};

const struct cmd cmd_id_ns_granularity = {
	.name = "id-ns-granularity",
	.alias = "id ns-granularity",
	.group = "Namespaces",
	.brief = "Show in which steps a drive allocates capacity to namespaces",
	.desc = "Sends Identify (CNS 16h). A namespace whose size and capacity are multiples of these steps wastes nothing; "
		"create-ns takes them into account.",
	.examples = "nvmekit id-ns-granularity nvme0\n  Show the steps for each LBA format.\n",
	.target = T_DEV,
	.flags = C_BINARY,
	OPTS(list_args, granularity_opts),
	.out = &spec_id_ns_granularity,
	.layout = &(const struct layout){ .title = "Namespace granularity of {device}" },
	.run = run_granularity,
};

static int run_primary(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct list_args *args = argp;

	return show(ctx, args, out, "oacs.vms", 0x14, 0, 0, args->from);
}

static const struct opt primary_opts[] = {
	OPT(list_args, from, 'c', "cntlid", "CNTLID", "Identifier of the controller (default: the one that answers)"),
	OPT_RAW(list_args, raw_binary),
};

const struct cmd cmd_primary_ctrl_caps = {
	.name = "primary-ctrl-caps",
	.alias = "id primary-ctrl-caps",
	.group = "Virtualization",
	.brief = "Show which resources a primary controller has to assign",
	.desc = "Sends Identify (CNS 14h): queue (VQ) and interrupt (VI) resources, how many of them there are, how many are "
		"assigned, and how many one secondary controller can have.",
	.examples = "nvmekit primary-ctrl-caps nvme0\n  Show what can be assigned to virtual functions.\n",
	.target = T_DEV,
	.flags = C_BINARY,
	OPTS(list_args, primary_opts),
	.out = &spec_primary_ctrl_caps,
	.layout = &(const struct layout){ .title = "Primary controller capabilities of {device}" },
	.run = run_primary,
};

/* No more than were asked for. */
static void shorten(struct val *list, uint64_t n)
{
	struct val *it = list->c.first;

	if (list->c.n <= n)
		return;
	list->c.n = n;
	while (--n)
		it = it->next;
	it->next = NULL;
	list->c.last = it;
}

static int run_secondary(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct list_args *args = argp;
	int rc = show(ctx, args, out, "oacs.vms", 0x15, 0, 0, args->from);
	struct val *list = rc ? NULL : val_get(out, "secondary-controllers");

	if (list && args->num_entries.set)
		shorten(list, args->num_entries.v);
	return rc;
}

static const struct opt secondary_opts[] = {
	OPT(list_args, from, 'c', "cntid", "CNTLID", "Begin with this controller identifier"),
	OPT(list_args, num_entries, 'e', "num-entries", "N", "Show no more than so many", .min = 1, .max = 127),
	OPT_RAW(list_args, raw_binary),
};

const struct cmd cmd_list_secondary = {
	.name = "list-secondary",
	.alias = "id secondary-ctrl-list",
	.group = "Virtualization",
	.brief = "List the secondary controllers of a primary one and what is assigned to them",
	.desc = "Sends Identify (CNS 15h). 'num' is how many the controller returned, up to 127 in one answer; --cntid asks for "
		"those that follow.",
	.examples = "nvmekit list-secondary nvme0\n  List the secondary controllers with state and resources.\n",
	.target = T_DEV,
	.flags = C_BINARY,
	OPTS(list_args, secondary_opts),
	.out = &spec_list_secondary,
	.layout = &(const struct layout){ .title = "Secondary controllers of {device}" },
	.run = run_secondary,
};

static int run_nvmset(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct list_args *args = argp;

	return show(ctx, args, out, "ctratt.nsets", 0x04, 0, args->from, 0);
}

static const struct opt nvmset_opts[] = {
	OPT(list_args, from, 'i', "nvmset-id", "ID", "Begin with this NVM Set"),
	OPT_RAW(list_args, raw_binary),
};

const struct cmd cmd_id_nvmset = {
	.name = "id-nvmset",
	.alias = "id nvmset",
	.group = "Capacity",
	.brief = "List the NVM Sets with their capacity",
	.desc = "Sends Identify (CNS 04h): each set, the Endurance Group that it is in, and how much of it is unallocated.",
	.examples = "nvmekit id-nvmset nvme0\n  List the NVM Sets.\n",
	.target = T_DEV,
	.flags = C_BINARY,
	OPTS(list_args, nvmset_opts),
	.out = &spec_id_nvmset,
	.layout = &(const struct layout){ .title = "NVM Sets of {device}" },
	.run = run_nvmset,
};

static int run_endgrp(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct list_args *args = argp;

	return show(ctx, args, out, "ctratt.egs", 0x19, 0, args->from, 0);
}

static const struct opt endgrp_opts[] = {
	OPT(list_args, from, 'i', "endgrp-id", "ID", "Begin with this Endurance Group"),
	OPT_RAW(list_args, raw_binary),
};

const struct cmd cmd_list_endgrp = {
	.name = "list-endgrp",
	.alias = "id endgrp-list",
	.group = "Capacity",
	.brief = "List the Endurance Groups",
	.desc = "Sends Identify (CNS 19h).",
	.examples = "nvmekit list-endgrp nvme0\n  List the Endurance Groups.\n",
	.target = T_DEV,
	.flags = C_BINARY,
	OPTS(list_args, endgrp_opts),
	.out = &spec_list_endgrp,
	.layout = &(const struct layout){ .title = "Endurance Groups of {device}" },
	.run = run_endgrp,
};
