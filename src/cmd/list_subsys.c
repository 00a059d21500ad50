/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* list-subsys: hosts, the subsystems they see, and the paths to each. */
#include <string.h>

#include "cmd/common.h"
#include "dev/topo.h"

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
	TEXT("Name", "Subsystem, or empty (a controller that is in none yet)"),
	TEXT("NQN", "NVMe qualified name"),
	TEXT("Type", "Type: nvm, discovery, or empty"),
	TEXT("IOPolicy", "How I/O is spread over the paths, or empty"),
	TEXT("Model", "Model number"),
	TEXT("Serial", "Serial number"),
	TEXT("Firmware", "Firmware revision"),
	{ "Paths", "Controllers", .kind = K_ARRAY, SUB(path_rows) },
	{ "Namespaces", "Namespaces", .kind = K_ARRAY, SUB(ns_rows), .flags = F_QUIET },
};

static const struct field host_rows[] = {
	TEXT("HostNQN", "NVMe qualified name of the host, or empty (PCIe)"),
	TEXT("HostID", "Host identifier, or empty (PCIe)"),
	{ "Subsystems", "Subsystems", .kind = K_ARRAY, SUB(subsys_rows) },
};

static const struct field top_rows[] = {
	{ "Hosts", "Hosts", .kind = K_ARRAY, SUB(host_rows) },
};

static const struct spec spec_list_subsys = { "list-subsys", "Subsystems and the paths to them", NULL, 0, 1,
					      FIELDS(top_rows) };

static const struct tree_level levels[] = {
	{ "Hosts", NULL },
	{ "Subsystems", "[{Name} - ]NQN={NQN}" },
	{ "Paths", "{Name} {Transport} {Address} {State}[ {ANAState}]" },
};

static const struct topo_path *path_of(const struct topo_ns *ns, const struct topo_ctrl *c)
{
	for (size_t i = 0; ns && i < ns->npaths; i++) {
		if (ns->paths[i].ctrl == c)
			return &ns->paths[i];
	}
	return NULL;
}

/* A subsystem that hosts of several names are connected to stands below each, with the controllers of that host. */
static bool same_host(const struct topo_ctrl *c, const struct topo_ctrl *host)
{
	return !host || (strcmp(c->hostnqn, host->hostnqn) == 0 && strcmp(c->hostid, host->hostid) == 0);
}

static void put_paths(struct arena *a, struct val *o, const struct topo_subsys *s, const struct topo_ns *only,
		      const struct topo_ctrl *host)
{
	struct val *paths = val_put_arr(a, o, "Paths"), *p;

	for (size_t i = 0; i < s->nctrls; i++) {
		const struct topo_ctrl *c = s->ctrls[i];
		const struct topo_path *through = path_of(only, c);

		if (!same_host(c, host) || (only && only->npaths && !through) || (only && only->ctrl && only->ctrl != c))
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

		if ((only && ns != only) || (ns->ctrl && !same_host(ns->ctrl, host)))
			continue;
		n = val_put_obj(a, all, NULL);
		val_put_str(a, n, "Name", ns->name);
		val_put_u64(a, n, "NSID", ns->nsid);
		paths = val_put_arr(a, n, "Paths");
		for (size_t j = 0; j < ns->npaths; j++) {
			struct val *p;

			if (!same_host(ns->paths[j].ctrl, host))
				continue;
			p = val_put_obj(a, paths, NULL);
			val_put_str(a, p, "Name", ns->paths[j].name);
			val_put_str(a, p, "Controller", ns->paths[j].ctrl->name);
			val_put_str(a, p, "ANAState", ns->paths[j].ana_state);
			val_put_u64(a, p, "ANAGroup", ns->paths[j].ana_group);
		}
	}
}

static struct val *host_of(struct arena *a, struct val *hosts, const char *nqn, const char *id)
{
	struct val *h;

	val_for_each(it, hosts) {
		if (strcmp(val_str(a, it, "HostNQN"), nqn) == 0 && strcmp(val_str(a, it, "HostID"), id) == 0)
			return val_get(it, "Subsystems");
	}
	h = val_put_obj(a, hosts, NULL);
	val_put_str(a, h, "HostNQN", nqn);
	val_put_str(a, h, "HostID", id);
	return val_put_arr(a, h, "Subsystems");
}

static void put_subsys_of(struct arena *a, struct val *hosts, const struct topo_subsys *s, const struct topo_ns *only,
			  const struct topo_ctrl *host)
{
	struct val *list = host ? host_of(a, hosts, host->hostnqn, host->hostid) : host_of(a, hosts, s->hostnqn, s->hostid);
	struct val *o = val_put_obj(a, list, NULL);

	val_put_str(a, o, "Name", s->name);
	val_put_str(a, o, "NQN", s->nqn);
	val_put_str(a, o, "Type", s->type);
	val_put_str(a, o, "IOPolicy", s->iopolicy);
	val_put_str(a, o, "Model", s->model);
	val_put_str(a, o, "Serial", s->serial);
	val_put_str(a, o, "Firmware", s->firmware);
	put_paths(a, o, s, only, host);
	put_namespaces(a, o, s, only, host);
}

static void put_subsys(struct arena *a, struct val *hosts, const struct topo_subsys *s, const struct topo_ns *only)
{
	if (!s->nctrls)
		put_subsys_of(a, hosts, s, only, NULL);
	for (size_t i = 0; i < s->nctrls; i++) {
		size_t j = 0;

		while (!same_host(s->ctrls[j], s->ctrls[i]))
			j++;
		if (j == i) /* the first of its host */
			put_subsys_of(a, hosts, s, only, s->ctrls[i]);
	}
}

/* What one operand names: a subsystem, one of its controllers, or one of its namespaces (then *only is set). */
static bool names(const struct topo_subsys *s, const char *node, const struct topo_ns **only)
{
	if (strcmp(node, s->name) == 0)
		return true;
	for (size_t i = 0; i < s->nctrls; i++) {
		if (strcmp(node, s->ctrls[i]->name) == 0)
			return true;
	}
	for (size_t i = 0; i < s->nns; i++) {
		if (strcmp(node, s->ns[i]->name) == 0 || strcmp(node, s->ns[i]->generic) == 0) {
			*only = s->ns[i];
			return true;
		}
	}
	return false;
}

static int run_list_subsys(struct ctx *ctx, const void *args, struct val *out)
{
	const char *spec = ctx->operands && ctx->operands[0] ? ctx->operands[0] : NULL, *node = NULL;
	struct val *hosts = val_put_arr(ctx->arena, out, "Hosts");
	struct topo *t;
	int rc = 0;

	(void)args;
	if (spec && strncmp(spec, "nvme-subsys", 11) == 0)
		node = spec;
	else if (spec)
		rc = dev_resolve(ctx, spec, &node);
	if (!rc)
		rc = topo_read(ctx, TOPO_NS | TOPO_PATHS | TOPO_HOST, &t);
	if (rc)
		return rc;
	for (size_t i = 0; i < t->nsubsys; i++) {
		const struct topo_ns *only = NULL;

		if (!node || names(t->subsys[i], node, &only))
			put_subsys(ctx->arena, hosts, t->subsys[i], only);
	}
	if (node && !hosts->c.n)
		return fail(ctx, XC_NODEV, 0, "there is no device %s", spec);
	return 0;
}

const struct cmd cmd_list_subsys = {
	.name = "list-subsys",
	.group = "Drives",
	.brief = "List the subsystems and the paths to each",
	.desc = "Reads the topology from sysfs and shows every NVM subsystem with its controllers: transport, address and "
		"state. With a namespace as DEVICE only the paths to it are shown, with their ANA state.\n\n"
		"JSON has the namespaces of each subsystem with their paths too.",
	.examples = "nvmekit list-subsys\n  List every subsystem.\n"
		    "nvmekit list-subsys -o json\n  The same for a script, with namespaces and their paths.\n",
	.target = T_OPT_DEV,
	.operands = "[DEVICE]",
	.out = &spec_list_subsys,
	.layout = &(const struct layout){ .kind = LAY_TREE, .levels = levels, .nlevels = NELEMS(levels) },
	.run = run_list_subsys,
};
