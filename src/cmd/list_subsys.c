/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* list-subsys: hosts, the subsystems they see, and the paths to each. */
#include <string.h>

#include "cmd/common.h"
#include "cmd/subsys.h"

#define TEXT(n, t, ...) { n, t, .kind = K_TEXT, __VA_ARGS__ }

static const struct field path_rows[] = {
	TEXT("Name", "Controller"),
	TEXT("Transport", "Transport"),
	TEXT("Address", "Address, as the kernel writes it"),
	TEXT("State", "State: live, resetting, connecting, deleting, dead"),
	TEXT("ANAState", "Asymmetric namespace access state, where a namespace was named", .flags = F_OPTIONAL),
};

static const struct field ns_path_rows[] = {
	TEXT("Name", "Path"),
	TEXT("Controller", "Controller"),
	TEXT("ANAState", "Asymmetric namespace access state, or empty"),
	{ "ANAGroup", "ANA group, 0: none", .len = 32, .kind = K_UINT },
};

static const struct field ns_rows[] = {
	TEXT("Name", "Namespace"),
	{ "NSID", "Namespace identifier", .len = 32, .kind = K_UINT },
	{ "Paths", "Its paths", .kind = K_ARRAY, SUB(ns_path_rows) },
};

static const struct field subsys_rows[] = {
	SUBSYS_ROWS,
	{ "Paths", "Controllers", .kind = K_ARRAY, SUB(path_rows) },
	{ "Namespaces", "Namespaces", .kind = K_ARRAY, SUB(ns_rows), .flags = F_QUIET },
};

static const struct field host_rows[] = { HOST_ROWS(subsys_rows) };

static const struct field top_rows[] = {
	{ "Hosts", "Hosts", .kind = K_ARRAY, SUB(host_rows) },
};

static const struct spec spec_list_subsys = { "list-subsys", "Subsystems and the paths to them", NULL, 0, 1,
					      FIELDS(top_rows) };

#define PATH_LINE "{Name} {Transport} {Address} {State}[ {ANAState}]"
static const struct tree_level levels[] = {
	{ "Hosts", NULL },
	{ "Subsystems", SUBSYS_LINE },
	{ "Paths", PATH_LINE },
};
static const struct tree_level more_levels[] = {
	{ "Hosts", NULL },
	{ "Subsystems", SUBSYS_LINE SUBSYS_MORE },
	{ "Paths", PATH_LINE },
};
static const struct layout more = { .kind = LAY_TREE, .levels = more_levels, .nlevels = NELEMS(more_levels) };

static const struct topo_path *path_of(const struct topo_ns *ns, const struct topo_ctrl *c)
{
	for (size_t i = 0; ns && i < ns->npaths; i++) {
		if (ns->paths[i].ctrl == c)
			return &ns->paths[i];
	}
	return NULL;
}

static void put_paths(struct arena *a, struct val *o, const struct topo_subsys *s, const struct topo_ns *only,
		      const struct topo_ctrl *host)
{
	struct val *paths = val_put_arr(a, o, "Paths"), *p;

	for (size_t i = 0; i < s->nctrls; i++) {
		const struct topo_ctrl *c = s->ctrls[i];
		const struct topo_path *through = path_of(only, c);

		if (!subsys_same_host(c, host) || (only && only->npaths && !through) || (only && only->ctrl && only->ctrl != c))
			continue;
		p = val_put_obj(a, paths, NULL);
		val_put_str(a, p, "Name", c->name);
		val_put_str(a, p, "Transport", c->transport);
		val_put_str(a, p, "Address", c->address);
		val_put_str(a, p, "State", c->state);
		if (through && *through->ana_state)
			val_put_str(a, p, "ANAState", through->ana_state);
	}
}

static void put_namespaces(struct arena *a, struct val *o, const struct topo_subsys *s, const struct topo_ns *only,
			   const struct topo_ctrl *host)
{
	struct val *all = val_put_arr(a, o, "Namespaces");

	for (size_t i = 0; i < s->nns; i++) {
		const struct topo_ns *ns = s->ns[i];
		struct val *n, *paths;

		if ((only && ns != only) || (ns->ctrl && !subsys_same_host(ns->ctrl, host)))
			continue;
		n = val_put_obj(a, all, NULL);
		val_put_str(a, n, "Name", ns->name);
		val_put_u64(a, n, "NSID", ns->nsid);
		paths = val_put_arr(a, n, "Paths");
		for (size_t j = 0; j < ns->npaths; j++) {
			struct val *p;

			if (!subsys_same_host(ns->paths[j].ctrl, host))
				continue;
			p = val_put_obj(a, paths, NULL);
			val_put_str(a, p, "Name", ns->paths[j].name);
			val_put_str(a, p, "Controller", ns->paths[j].ctrl->name);
			val_put_str(a, p, "ANAState", ns->paths[j].ana_state);
			val_put_u64(a, p, "ANAGroup", ns->paths[j].ana_group);
		}
	}
}

static void fill(struct arena *a, struct val *o, const struct topo_subsys *s, const struct topo_ns *only,
		 const struct topo_ctrl *host)
{
	put_paths(a, o, s, only, host);
	put_namespaces(a, o, s, only, host);
}

static int run_list_subsys(struct ctx *ctx, const void *args, struct val *out)
{
	const char *node;
	struct topo *t;
	int rc = subsys_operand(ctx, &node);

	(void)args;
	if (!rc)
		rc = topo_read(ctx, TOPO_NS | TOPO_PATHS | TOPO_HOST, &t);
	if (ctx->g.verbose)
		ctx->layout = &more;
	if (rc)
		return rc;
	subsys_walk(ctx, t, node, fill, out);
	return subsys_found(ctx, node, out);
}

const struct cmd cmd_list_subsys = {
	.name = "list-subsys",
	.group = "Drives",
	.brief = "List the subsystems and the paths to each",
	.desc = "Reads the topology from sysfs and shows every NVM subsystem with its controllers: transport, address and "
		"state; with -v also model, serial number, firmware, type and I/O policy. With a namespace as DEVICE only the "
		"paths to it are shown, with their ANA state.\n\n"
		"JSON has the namespaces of each subsystem with their paths too. 'nvmekit show-topology' shows these as a tree, and "
		"can watch them.",
	.examples = "nvmekit list-subsys\n  List every subsystem.\n"
		    "nvmekit list-subsys -o json\n  The same for a script, with namespaces and their paths.\n",
	.target = T_OPT_DEV,
	.operands = "[DEVICE]",
	.out = &spec_list_subsys,
	.layout = &(const struct layout){ .kind = LAY_TREE, .levels = levels, .nlevels = NELEMS(levels) },
	.run = run_list_subsys,
};
