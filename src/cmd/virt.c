/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* virt-mgmt: resources of a primary controller and its secondary ones. Base 2.1, sections 5.2.6 and 8.2.6. */
#include "cmd/ns.h"
#include "spec/tables.h"

#define SIZE 4096u

enum { PRIMARY_ALLOCATE = 1, SECONDARY_OFFLINE = 7, SECONDARY_ASSIGN, SECONDARY_ONLINE };

struct virt_args {
	uint8_t act;
	struct opt_u32 cntlid, rt, nr;
};

/* Figure 489 */
static const struct name act_names[] = {
	{ PRIMARY_ALLOCATE, "primary-alloc", "Primary Controller Flexible Allocation" },
	{ SECONDARY_OFFLINE, "offline", "Secondary Controller Offline" },
	{ SECONDARY_ASSIGN, "assign", "Secondary Controller Assign" },
	{ SECONDARY_ONLINE, "online", "Secondary Controller Online" },
};
static const struct name rt_names[] = {
	{ 0, "vq", "VQ Resources (queues)" },
	{ 1, "vi", "VI Resources (interrupts)" },
};

static bool known_act(uint8_t act)
{
	return act == PRIMARY_ALLOCATE || (act >= SECONDARY_OFFLINE && act <= SECONDARY_ONLINE);
}

/* Of what there are so many. */
static bool counts(uint8_t act)
{
	return act == PRIMARY_ALLOCATE || act == SECONDARY_ASSIGN;
}

static const char *act_key(uint8_t act)
{
	size_t i = 0;

	while (act_names[i].val != act)
		i++;
	return act_names[i].key;
}

static int check_args(struct ctx *ctx, const struct virt_args *a)
{
	if (!known_act(a->act))
		return fail(ctx, XC_USAGE, 0, "--act: there is no action %u", a->act);
	if (a->act != PRIMARY_ALLOCATE && !a->cntlid.set)
		return fail(ctx, XC_USAGE, 0, "%s needs --cntlid, the secondary controller", act_key(a->act));
	if (counts(a->act) && (!a->rt.set || !a->nr.set))
		return fail(ctx, XC_USAGE, 0, "%s needs --rt and --nr", act_key(a->act));
	if (!counts(a->act) && (a->rt.set || a->nr.set))
		return fail(ctx, XC_USAGE, 0, "%s takes neither --rt nor --nr", act_key(a->act));
	return 0;
}

static int check_support(struct ctx *ctx, const struct val **id)
{
	int rc = cmd_needs(ctx, "oacs.vms", id);

	return !rc ? 0 : fail_hint(ctx, rc, "it belongs to primary controllers: the physical function of a drive with SR-IOV");
}

/* The secondary controller's entry; NULL where the drive lists none. */
static int check_secondary(struct ctx *ctx, uint16_t cntlid)
{
	void *buf = dev_buffer(ctx, SIZE);
	const struct val *st, *list;
	size_t got;
	int rc = dev_identify_if(ctx->dev, 0x15, 0, 0, cntlid, buf, &got);

	if (rc || !got)
		return rc;
	st = spec_decode(ctx->arena, &spec_list_secondary, buf, got);
	list = val_get(st, "secondary-controllers");
	for (const struct val *it = list ? list->c.first : NULL; it; it = it->next) {
		if (val_u64(it, "secondary-controller-identifier", UINT64_MAX) == cntlid)
			return 0;
	}
	rc = fail(ctx, XC_USAGE, 0, "--cntlid: %s has no secondary controller %u", ctx->dev->path, cntlid);
	return fail_hint(ctx, rc, "'nvmekit list-secondary %s' lists them", ctx->dev->name);
}

static int check_number(struct ctx *ctx, const struct virt_args *a)
{
	static const char *const most[2][2] = { { "vqfrt", "vqfrsm" }, { "vifrt", "vifrsm" } };
	void *buf = dev_buffer(ctx, SIZE);
	const struct val *caps;
	bool secondary = a->act == SECONDARY_ASSIGN;
	uint64_t max;
	size_t got;
	int rc = dev_identify_if(ctx->dev, 0x14, 0, 0, 0, buf, &got);

	if (rc || !got)
		return rc;
	caps = spec_decode(ctx->arena, &spec_primary_ctrl_caps, buf, got);
	if (!val_u64(caps, a->rt.v ? "crt.virs" : "crt.vqrs", 0))
		return fail(ctx, XC_UNSUPPORTED, 0, "%s has no flexible %s (CRT 0x%x)", ctx->dev->path, rt_names[a->rt.v].text,
			    (unsigned)val_u64(caps, "crt", 0));
	max = val_u64(caps, most[a->rt.v][secondary], 0);
	if (a->nr.v <= max)
		return 0;
	rc = fail(ctx, XC_USAGE, 0, "--nr: %s %s up to %llu of these resources, not %u", ctx->dev->path,
		  secondary ? "lets a secondary controller have" : "has", (unsigned long long)max, a->nr.v);
	return fail_hint(ctx, rc, "'nvmekit primary-ctrl-caps %s' shows them", ctx->dev->name);
}

static int run_virt(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct virt_args *a = argp;
	const struct val *id;
	struct intent in = { 0 };
	struct req r = { .opcode = 0x1c };
	uint32_t cntlid;
	int rc = check_args(ctx, a);

	if (!rc)
		rc = check_support(ctx, &id);
	if (rc)
		return rc;
	cntlid = a->cntlid.set ? a->cntlid.v : (uint32_t)val_u64(id, "cntlid", 0);
	if (a->act == PRIMARY_ALLOCATE && cntlid != val_u64(id, "cntlid", 0))
		return fail(ctx, XC_USAGE, 0, "--cntlid: primary-alloc is about %s itself, which is controller %u", ctx->dev->path,
			    (unsigned)val_u64(id, "cntlid", 0));
	if (a->act != PRIMARY_ALLOCATE)
		rc = check_secondary(ctx, (uint16_t)cntlid);
	if (!rc && counts(a->act))
		rc = check_number(ctx, a);
	if (rc)
		return rc;
	r.cdw10 = a->act | a->rt.v << 8 | cntlid << 16;
	r.cdw11 = a->nr.v;
	rc = cmd_alter(ctx, &in, &r, "Virtualization Management");
	if (rc > 0 && (rc & 0x7ff) == 0x120)
		return fail_hint(ctx, rc, a->act == SECONDARY_ONLINE ?
				 "it needs at least two queues and one interrupt: --act=assign gives them to it" :
				 "resources are assigned while it is offline: --act=offline");
	if (rc)
		return rc;
	val_put_u64(ctx->arena, out, "cntlid", cntlid);
	val_put_u64(ctx->arena, out, "act", a->act);
	if (counts(a->act)) {
		val_put_u64(ctx->arena, out, "rt", a->rt.v);
		val_put_u64(ctx->arena, out, "nrm", r.result & 0xffff);
	}
	if (a->act == PRIMARY_ALLOCATE)
		warn_user(ctx, "%s has these resources after its next reset (a power cycle or an NVM subsystem reset)",
			  ctx->dev->path);
	return 0;
}

static const struct field virt_rows[] = {
	{ "cntlid", "Controller", .len = 16, .kind = K_UINT },
	{ "act", "Action", .len = 4, ENUM_OF(act_names) },
	{ "rt", "Resource type", .len = 3, ENUM_OF(rt_names), .flags = F_OPTIONAL },
	{ "nrm", "Number of controller resources modified", .len = 16, .kind = K_UINT, .flags = F_OPTIONAL },
};
static const struct spec spec_virt_mgmt = { "virt-mgmt", "Virtualization Management", NULL, 0, 1, FIELDS(virt_rows) };

static const struct opt virt_opts[] = {
	OPT(virt_args, cntlid, 'c', "cntlid", "CNTLID", "Controller (default for primary-alloc: the one that answers)",
	    .max = 0xffff),
	OPT(virt_args, act, 'a', "act", "ACTION", "What to do", VALS(act_names), .flags = OF_REQUIRED | OF_OPEN_NAMES,
	    .max = 0xf),
	OPT(virt_args, rt, 'r', "rt", "TYPE", "Resource type", VALS(rt_names), .flags = OF_OPEN_NAMES, .max = 1),
	OPT(virt_args, nr, 'n', "nr", "N", "Number of resources", .max = 0xffff),
};

const struct cmd cmd_virt_mgmt = {
	.name = "virt-mgmt",
	.group = "Virtualization",
	.brief = "Assign queues and interrupts to virtual functions, and put them on- or offline",
	.desc = "Sends Virtualization Management to a primary controller. A secondary controller gets its resources while it is offline, "
		"and can be used when it is online; going offline takes them away from it. What is allocated to the primary controller "
		"itself comes with its next reset.",
	.examples = "nvmekit virt-mgmt nvme0 -a offline -c 2\n  Take secondary controller 2 offline.\n"
		    "nvmekit virt-mgmt nvme0 -a assign -c 2 --rt=vq --nr=4\n  Give it four queue resources.\n"
		    "nvmekit virt-mgmt nvme0 -a online -c 2\n  Put it online.\n",
	.target = T_DEV,
	.flags = C_ALTERS | C_GATED,
	.timeout_ms = 60000,
	OPTS(virt_args, virt_opts),
	.out = &spec_virt_mgmt,
	.run = run_virt,
};
