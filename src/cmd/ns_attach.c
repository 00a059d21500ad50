/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* delete-ns, attach-ns, detach-ns, get-ns-id, ns-rescan: Base 2.1, sections 5.1.20, 5.1.21 and 8.1.15. */
#include <string.h>

#include "cmd/ns.h"
#include "dev/topo.h"
#include "spec/tables.h"

#define SIZE	   4096u
#define NSID_LIMIT 0xfffffffeu

struct ns_args {
	struct opt_u32 namespace_id;
	opt_list controllers;
	bool ish;
};

static const struct field cntlid_rows[] = {
	{ NULL, "Controller identifier", .len = 16, .kind = K_UINT },
};
static const struct field nsid_rows[] = {
	{ NULL, "Namespace identifier", .len = 32, .kind = K_UINT },
};

/* --- attaching and detaching --- */

static int run_attachment(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct ns_args *args = argp;
	unsigned sel = ctx->cmd->arg;
	struct intent in = { 0 };
	struct cntlids ids;
	struct req r;
	uint32_t nsid;
	int rc = cmd_nsid(ctx, args->namespace_id, &nsid);

	if (!rc)
		rc = ns_can_manage(ctx);
	if (!rc)
		rc = ns_must_exist(ctx, nsid);
	if (!rc)
		rc = ns_controllers(ctx, args->controllers, nsid, sel, &ids);
	if (rc)
		return rc;
	ctx->nsid = nsid;
	if (!ids.n) {
		warn_user(ctx, "namespace %u is %s: nothing was sent", nsid,
			  sel == NS_ATTACH ? "attached to every controller already" : "attached to no controller");
	} else {
		r = ns_attachment(ctx, nsid, sel, &ids);
		if (sel == NS_ATTACH) { /* of detaching the gate knows what it does */
			in.action = "Attach namespace";
			in.effect = ns_attach_effect(ctx, nsid, &ids);
		}
		rc = cmd_alter(ctx, &in, &r, sel == NS_ATTACH ? "Namespace Attachment (attach)" : "Namespace Attachment (detach)");
		if (rc)
			return rc;
	}
	val_put_u64(ctx->arena, out, "nsid", nsid);
	ns_put_controllers(ctx, out, "controllers", &ids);
	return sel == NS_ATTACH && ids.n ? ns_put_node(ctx, out, nsid, &ids) : 0;
}

static const struct field attach_rows[] = {
	{ "nsid", "Namespace identifier", .len = 32, .kind = K_UINT },
	{ "controllers", "Controllers that it was attached to", .kind = K_ARRAY, SUB(cntlid_rows) },
	{ "device", "Block device node of the namespace", .kind = K_TEXT, .flags = F_OPTIONAL },
};
static const struct spec spec_attach_ns = { "attach-ns", "Attached namespace", NULL, 0, 1, FIELDS(attach_rows) };

static const struct field detach_rows[] = {
	{ "nsid", "Namespace identifier", .len = 32, .kind = K_UINT },
	{ "controllers", "Controllers that it was detached from", .kind = K_ARRAY, SUB(cntlid_rows) },
};
static const struct spec spec_detach_ns = { "detach-ns", "Detached namespace", NULL, 0, 1, FIELDS(detach_rows) };

static const struct opt attach_opts[] = {
	OPT(ns_args, namespace_id, 'n', "namespace-id", "NSID",
	    "Namespace to attach (default: the one that DEVICE names)", .min = 1, .max = NSID_LIMIT),
	OPT_CONTROLLERS(ns_args, controllers, 'c',
			"Controllers to attach it to, or all (default: the one that answers)"),
	OPT_ISH(ns_args, ish),
};

const struct cmd cmd_attach_ns = {
	.name = "attach-ns",
	.alias = "ns attach",
	.group = "Namespaces",
	.brief = "Attach a namespace to controllers",
	.desc = "Sends Namespace Attachment (attach). The namespace becomes a device of those controllers; this lasts over resets and "
		"power cycles. Where the controller that answers is one of them, the name of the new node is shown.\n\n"
		"A private namespace can be attached to one controller at a time, a shared one (create-ns --nmic=shared) to "
		"several. 'list-ctrl' lists the identifiers.",
	.examples = "nvmekit attach-ns nvme0 -n 3\n  Attach namespace 3 to nvme0.\n"
		    "nvmekit attach-ns nvme0 -n 3 --controllers=0x1,0x2\n  Attach it to two controllers.\n"
		    "nvmekit attach-ns nvme0 -n 3 --controllers=all\n  Attach it to every controller of the NVM subsystem.\n",
	.target = T_NS,
	.flags = C_ALTERS,
	.timeout_ms = 60000,
	OPTS(ns_args, attach_opts),
	.arg = NS_ATTACH,
	.out = &spec_attach_ns,
	.run = run_attachment,
};

static const struct opt detach_opts[] = {
	OPT(ns_args, namespace_id, 'n', "namespace-id", "NSID",
	    "Namespace to detach (default: the one that DEVICE names)", .min = 1, .max = NSID_LIMIT),
	OPT_CONTROLLERS(ns_args, controllers, 'c',
			"Controllers to detach it from, or all (default: the one that answers)"),
	OPT_ISH(ns_args, ish),
};

const struct cmd cmd_detach_ns = {
	.name = "detach-ns",
	.alias = "ns detach",
	.group = "Namespaces",
	.brief = "Detach a namespace from controllers",
	.desc = "Sends Namespace Attachment (detach). The namespace is no device of those controllers any more; its data stays. "
		"This lasts over resets and power cycles.",
	.examples = "nvmekit detach-ns nvme0n2\n  Detach a namespace from the controller that answers for it.\n"
		    "nvmekit detach-ns nvme0 -n 2 --controllers=all\n  Detach it from every controller that has it.\n",
	.target = T_NS,
	.flags = C_ALTERS | C_GATED,
	.timeout_ms = 60000,
	OPTS(ns_args, detach_opts),
	.arg = NS_DETACH,
	.out = &spec_detach_ns,
	.run = run_attachment,
};

/* --- deleting --- */

/* What there is, as far as the drive says: all of it, or the one. */
static int doomed(struct ctx *ctx, uint32_t nsid, struct val *list)
{
	uint8_t *buf = dev_buffer(ctx, SIZE);
	uint32_t last = 0;
	size_t got, n = SIZE / 4;
	int rc = 0;

	if (nsid != NSID_ALL) {
		val_put_u64(ctx->arena, list, NULL, nsid);
		return ns_must_exist(ctx, nsid);
	}
	while (!rc && n == SIZE / 4) {
		rc = dev_identify_if(ctx->dev, 0x10, last, 0, 0, buf, &got);
		for (n = 0; n < got / 4; n++) {
			const uint8_t *p = buf + 4 * n;
			uint32_t id = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;

			if (id <= last) /* the end, or nonsense */
				return rc;
			val_put_u64(ctx->arena, list, NULL, last = id);
		}
	}
	return rc;
}

/* The kernel knows only those that are attached. */
static const char *all_of_them(struct ctx *ctx, const struct val *list)
{
	const char *text = "";

	for (const struct val *it = list->c.first; it; it = it->next)
		text = arena_printf(ctx->arena, "%s%s%u", text, it == list->c.first ? "" : ", ", (unsigned)it->u);
	return arena_printf(ctx->arena, "The drive has these namespaces, attached or not: %s", *text ? text : "none");
}

static int run_delete(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct ns_args *args = argp;
	struct val *list = val_new(ctx->arena, VAL_ARR);
	struct req r = { .opcode = 0x0d, .cdw10 = 1 };
	const char *notes[2] = { NULL, NULL };
	struct intent in = { 0 };
	int rc = cmd_nsid(ctx, args->namespace_id, &r.nsid);

	if (!rc)
		rc = ns_can_manage(ctx);
	if (!rc)
		rc = doomed(ctx, r.nsid, list);
	if (rc)
		return rc;
	ctx->nsid = r.nsid;
	if (r.nsid == NSID_ALL) {
		notes[0] = all_of_them(ctx, list);
		in.notes = notes;
	}
	rc = cmd_alter(ctx, &in, &r, "Namespace Management (delete)");
	if (rc)
		return rc;
	val_put_u64(ctx->arena, out, "nsid", r.nsid);
	val_add(out, "deleted", list);
	return 0;
}

static const struct field delete_rows[] = {
	{ "nsid", "Namespace identifier of the command; all ones: every namespace", .len = 32, .kind = K_UINT },
	{ "deleted", "Namespaces that are gone", .kind = K_ARRAY, SUB(nsid_rows) },
};
static const struct spec spec_delete_ns = { "delete-ns", "Deleted namespaces", NULL, 0, 1, FIELDS(delete_rows) };

static const struct opt delete_opts[] = {
	OPT_NSID_ALL(ns_args, namespace_id, "Namespace to delete, or all (default: the one that DEVICE names)"),
	OPT_ISH(ns_args, ish),
};

const struct cmd cmd_delete_ns = {
	.name = "delete-ns",
	.alias = "ns delete",
	.group = "Namespaces",
	.brief = "Delete a namespace with all that is on it",
	.desc = "Sends Namespace Management (delete). The namespace and its data are gone, from every controller; its capacity is "
		"unallocated again.\n\nOf a controller the namespace has to be said: --namespace-id=NSID, or all for every one of "
		"the NVM subsystem.",
	.examples = "nvmekit delete-ns nvme0n2\n  Delete a namespace, after a look at what is on it and who uses it.\n"
		    "nvmekit delete-ns nvme0 -n 2 --yes --expect-serial=FL2207A04417\n  The same in a script, only if it is that drive.\n"
		    "nvmekit delete-ns nvme0 -n all\n  Delete every namespace of the drive.\n",
	.target = T_NS,
	.flags = C_ALTERS | C_GATED,
	.timeout_ms = 120000,
	OPTS(ns_args, delete_opts),
	.out = &spec_delete_ns,
	.run = run_delete,
};

/* --- what the kernel knows --- */

static int run_get_ns_id(struct ctx *ctx, const void *argp, struct val *out)
{
	int rc;

	(void)argp;
	if (ctx->dev->kind != DEV_NS) {
		rc = fail(ctx, XC_USAGE, 0, "%s is a controller, not a namespace", ctx->dev->path);
		return fail_hint(ctx, rc, "'nvmekit list' shows the namespaces with their identifiers");
	}
	val_put_str(ctx->arena, out, "device", ctx->dev->path);
	val_put_u64(ctx->arena, out, "nsid", ctx->dev->nsid);
	return 0;
}

static const struct field get_ns_id_rows[] = {
	{ "device", "The node", .kind = K_TEXT },
	{ "nsid", "Namespace identifier", .len = 32, .kind = K_UINT },
};
static const struct spec spec_get_ns_id = { "get-ns-id", "Namespace identifier", NULL, 0, 1, FIELDS(get_ns_id_rows) };

const struct cmd cmd_get_ns_id = {
	.name = "get-ns-id",
	.alias = "ns get-id",
	.group = "Namespaces",
	.brief = "Show the namespace identifier of a device node",
	.desc = "Shows the identifier as the kernel has it, without a command to the drive. The number in a node's name is not the "
		"identifier.",
	.examples = "nvmekit get-ns-id nvme0n1\n  Show which namespace that is.\n",
	.target = T_DEV,
	.out = &spec_get_ns_id,
	.run = run_get_ns_id,
};

static int run_rescan(struct ctx *ctx, const void *argp, struct val *out)
{
	struct req r = { .kind = REQ_RESCAN };
	struct val *list;
	struct topo *t;
	int rc = dev_command(ctx->dev, &r, "Rescan of the namespaces");

	(void)argp;
	if (!rc)
		rc = topo_read(ctx, TOPO_NS, &t);
	if (rc)
		return rc;
	val_put_str(ctx->arena, out, "device", arena_printf(ctx->arena, "/dev/%s", ctx->dev->ctrl ? ctx->dev->ctrl : ctx->dev->name));
	list = val_put_arr(ctx->arena, out, "namespaces");
	for (size_t i = 0; i < t->nsubsys; i++) {
		for (size_t k = 0; k < t->subsys[i]->nns; k++) {
			const struct topo_ns *ns = t->subsys[i]->ns[k];
			struct val *o;

			if (!ctx->dev->ctrl || !topo_reached(ns, ctx->dev->ctrl))
				continue;
			o = val_put_obj(ctx->arena, list, NULL);
			val_put_u64(ctx->arena, o, "nsid", ns->nsid);
			val_put_str(ctx->arena, o, "device", arena_printf(ctx->arena, "/dev/%s", ns->name));
		}
	}
	return 0;
}

static const struct field known_rows[] = {
	{ "nsid", "Namespace identifier", .len = 32, .kind = K_UINT },
	{ "device", "Block device node", .kind = K_TEXT },
};
static const struct field rescan_rows[] = {
	{ "device", "The controller", .kind = K_TEXT },
	{ "namespaces", "Namespaces that the kernel knows at this controller", .kind = K_ARRAY, SUB(known_rows) },
};
static const struct spec spec_ns_rescan = { "ns-rescan", "Namespaces after a rescan", NULL, 0, 1, FIELDS(rescan_rows) };

const struct cmd cmd_ns_rescan = {
	.name = "ns-rescan",
	.alias = "ns rescan",
	.group = "Namespaces",
	.brief = "Have the kernel look for namespaces again",
	.desc = "The kernel asks the controller which namespaces are attached, and makes and removes device nodes accordingly. Drives "
		"tell it by themselves when something changes; this is for those that do not.",
	.examples = "nvmekit ns-rescan nvme0\n  Look again, and list what there is then.\n",
	.target = T_CTRL,
	.flags = C_ALTERS,
	.out = &spec_ns_rescan,
	.run = run_rescan,
};
