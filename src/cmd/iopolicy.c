/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * iopolicy: how Linux spreads I/O over the paths to a namespace. It is the kernel's setting of a subsystem (iopolicy in sysfs), and
 * nothing that a drive knows of.
 */
#include <errno.h>
#include <string.h>

#include "cmd/common.h"
#include "cmd/subsys.h"

struct iopolicy_args {
	const char *set;
};

enum { NUMA, ROUND_ROBIN, QUEUE_DEPTH };
static const struct name policies[] = {
	{ NUMA, "numa", "The path nearest to the processor" },
	{ ROUND_ROBIN, "round-robin", "All optimized paths in turns (Linux 5.1)" },
	{ QUEUE_DEPTH, "queue-depth", "The optimized path with the fewest requests under way (Linux 6.11)" },
};

static const struct opt iopolicy_opts[] = {
	OPT(iopolicy_args, set, 0, "set", "POLICY", "Set it to this", VALS(policies)),
};

#define TEXT(n, t, ...) { n, t, .kind = K_TEXT, __VA_ARGS__ }
static const struct field subsys_rows[] = {
	TEXT("Name", "Subsystem"),
	TEXT("NQN", "NVMe qualified name"),
	TEXT("IOPolicy", "I/O policy, or empty: this kernel has no multipath"),
	TEXT("IOPolicyBefore", "What it was before --set", .flags = F_OPTIONAL),
	{ "Controllers", "Paths to it", .len = 32, .kind = K_UINT },
};
static const struct field top_rows[] = {
	{ "Subsystems", "Subsystems", .kind = K_ARRAY, SUB(subsys_rows) },
};
static const struct spec spec_iopolicy = { "iopolicy", "I/O policies", NULL, 0, 1, FIELDS(top_rows) };

static const struct column columns[] = {
	{ "Subsystem", "Subsystem", COL_STR, "Name", NULL, true, 0, "Subsystem", NULL, 0 },
	{ "IOPolicy", "I/O policy", COL_STR, "IOPolicy", NULL, true, 0, "I/O policy", NULL, 0 },
	{ "Controllers", "Controllers", COL_UINT, "Controllers", NULL, true, 0, "Controllers that lead to it", NULL, 0 },
	{ "NQN", "NQN", COL_STR, "NQN", NULL, true, 0, "NVMe qualified name", NULL, 0 },
};

static int refused(struct ctx *ctx, const struct topo_subsys *s, const char *policy, int rc)
{
	switch (rc) {
	case -EINVAL:
		return fail_hint(ctx,
				 fail(ctx, XC_UNSUPPORTED, EINVAL, "this kernel does not know the I/O policy %s", policy),
				 "Linux has numa, round-robin since 5.1, and queue-depth since 6.11; %s stays at %s", s->name,
				 *s->iopolicy ? s->iopolicy : "what it was");
	case -ENOENT:
		return fail_hint(ctx, fail(ctx, XC_UNSUPPORTED, ENOENT, "%s has no I/O policy", s->name),
				 "the kernel has NVMe multipath neither built in nor switched on (nvme_core.multipath)");
	case -EACCES:
	case -EPERM:
		return fail_hint(ctx, fail(ctx, XC_PERM, -rc, "cannot set the I/O policy of %s: %s", s->name, strerror(-rc)),
				 "run it as root");
	default:
		return fail(ctx, exit_code_of_errno(-rc), -rc, "cannot set the I/O policy of %s: %s", s->name, strerror(-rc));
	}
}

static int set_policy(struct ctx *ctx, const struct topo_subsys *s, const char *policy)
{
	/* The kernel compares up to a line feed; its length is that of the word all the same. */
	struct req r = { .kind = REQ_IOPOLICY,
			 .data = arena_strdup(ctx->arena, policy),
			 .data_len = (uint32_t)strlen(policy) };
	struct dev *dev = dev_subsys(ctx, s->name);
	int rc;

	ctx->device = ctx->device_path = s->name;
	rc = dev_submit(dev, &r);
	return rc ? refused(ctx, s, policy, rc) : 0;
}

static bool picked(const struct topo_subsys *s, const char *node)
{
	const struct topo_ns *only = NULL;

	return *s->name && (!node || subsys_names(s, node, &only));
}

static int show(struct ctx *ctx, const char *node, const char *before, struct val *out)
{
	struct val *list = val_put_arr(ctx->arena, out, "Subsystems"), *o;
	struct topo *t;
	int rc = topo_read(ctx, TOPO_NS | TOPO_HOST, &t);

	for (size_t i = 0; !rc && i < t->nsubsys; i++) {
		const struct topo_subsys *s = t->subsys[i];

		if (!picked(s, node))
			continue;
		o = val_put_obj(ctx->arena, list, NULL);
		val_put_str(ctx->arena, o, "Name", s->name);
		val_put_str(ctx->arena, o, "NQN", s->nqn);
		val_put_str(ctx->arena, o, "IOPolicy", s->iopolicy);
		if (before)
			val_put_str(ctx->arena, o, "IOPolicyBefore", before);
		val_put_u64(ctx->arena, o, "Controllers", s->nctrls);
	}
	if (!rc && node && !list->c.n)
		rc = fail(ctx, XC_NODEV, 0, "there is no device %s", ctx->operands[0]);
	return rc;
}

static int find(struct ctx *ctx, const char *node, const struct topo_subsys **out)
{
	struct topo *t;
	int rc = topo_read(ctx, TOPO_NS | TOPO_HOST, &t);

	for (size_t i = 0; !rc && i < t->nsubsys && !*out; i++) {
		if (picked(t->subsys[i], node))
			*out = t->subsys[i];
	}
	return rc || *out ? rc : fail(ctx, XC_NODEV, 0, "there is no device %s", ctx->operands[0]);
}

static int run_iopolicy(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct iopolicy_args *args = argp;
	const struct topo_subsys *s = NULL;
	const char *node;
	int rc = subsys_operand(ctx, &node);

	if (!rc && args->set && !node)
		rc = fail_hint(ctx, fail(ctx, XC_USAGE, 0, "--set needs the subsystem that it is about"),
			       "name it, or one of its controllers or namespaces; 'nvmekit iopolicy' lists them");
	if (!rc && args->set)
		rc = find(ctx, node, &s);
	if (!rc && s)
		rc = set_policy(ctx, s, args->set);
	return rc ? rc : show(ctx, node, s ? s->iopolicy : NULL, out);
}

const struct cmd cmd_iopolicy = {
	.name = "iopolicy",
	.group = "Drives",
	.brief = "Show or set how I/O is spread over the paths of a subsystem",
	.desc = "Linux keeps an I/O policy for each NVM subsystem, which says through which of several usable paths a request goes: the one "
		"nearest to the processor (numa), all in turns (round-robin), or the one with the fewest requests under way (queue-depth). "
		"Only paths in the best state of asymmetric namespace access take part.\n\n"
		"Without --set the policies are shown, of all subsystems or of the one that DEVICE belongs to (a subsystem, a controller, a "
		"namespace). A policy that is set holds until the next reboot, or until the subsystem goes away. What is under way goes on.",
	.examples = "nvmekit iopolicy\n  Show the policy of every subsystem.\n"
		    "nvmekit iopolicy nvme2n1 --set=queue-depth\n  Prefer the path with the fewest requests under way.\n",
	.target = T_OPT_DEV,
	.flags = C_ALTERS,
	.operands = "[DEVICE]",
	OPTS(iopolicy_args, iopolicy_opts),
	.out = &spec_iopolicy,
	.layout = &(const struct layout){ .kind = LAY_TABLE, .rows = "Subsystems", .cols = columns, .ncols = NELEMS(columns) },
	.run = run_iopolicy,
};
