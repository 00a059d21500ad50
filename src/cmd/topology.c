/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * show-topology: namespaces, the paths to each and the controllers that they lead through, in the order that is asked for. And the
 * same watched.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/follow.h"
#include "cmd/subsys.h"

enum { BY_NAMESPACE, BY_CTRL, BY_MULTIPATH };

struct topology_args {
	uint8_t ranking;
	struct follow_args follow;
};

static const struct name rankings[] = {
	{ BY_NAMESPACE, "namespace", "Each namespace, below it the controllers that lead to it" },
	{ BY_CTRL, "ctrl", "Each controller, below it the namespaces that it leads to" },
	{ BY_MULTIPATH, "multipath", "Each namespace, below it its paths by name, those first that I/O takes" },
};

static const struct opt topology_opts[] = {
	OPT(topology_args, ranking, 'r', "ranking", "ORDER", "What stands below what", VALS(rankings), .def = "namespace"),
	FOLLOW_OPTS(topology_args, follow),
};

#define TEXT(n, t, ...) { n, t, .kind = K_TEXT, __VA_ARGS__ }
#define STATE "State: live, resetting, connecting, deleting, dead"
#define OF_PATH                                                                                                 \
	TEXT("Path", "Path, under native multipath", .flags = F_OPTIONAL),                                       \
		TEXT("ANAState", "Asymmetric namespace access state, or empty", .flags = F_OPTIONAL),            \
		{ "ANAGroup", "ANA group, 0: none", .len = 32, .kind = K_UINT, .flags = F_OPTIONAL | F_ZERO_UNREPORTED }, \
		TEXT("NUMANodes", "NUMA nodes whose processors use this path, or empty", .flags = F_OPTIONAL),   \
	{ "QueueDepth", "Requests under way, null where the kernel does not say", .len = 32, .kind = K_UINT,      \
	  .flags = F_OPTIONAL | F_NULLABLE }

static const struct field path_rows[] = {
	OF_PATH,
	TEXT("Controller", "Controller"),
	TEXT("Transport", "Transport"),
	TEXT("Address", "Address, as the kernel writes it"),
	TEXT("State", STATE),
};
static const struct field ns_rows[] = {
	TEXT("Name", "Namespace"),
	{ "NSID", "Namespace identifier", .len = 32, .kind = K_UINT },
	{ "Paths", "The ways to it", .kind = K_ARRAY, SUB(path_rows) },
};
static const struct field ctrl_path_rows[] = {
	TEXT("Namespace", "Namespace"),
	{ "NSID", "Namespace identifier", .len = 32, .kind = K_UINT },
	OF_PATH,
};
static const struct field ctrl_rows[] = {
	TEXT("Name", "Controller"),
	TEXT("Transport", "Transport"),
	TEXT("Address", "Address, as the kernel writes it"),
	TEXT("State", STATE),
	{ "Cntlid", "Controller identifier", .len = 16, .kind = K_UINT, .flags = F_NULLABLE },
	{ "NUMANode", "NUMA node that it is at", .len = 16, .kind = K_UINT, .flags = F_NULLABLE },
	{ "Paths", "What it leads to", .kind = K_ARRAY, SUB(ctrl_path_rows) },
};
static const struct field subsys_rows[] = {
	SUBSYS_ROWS,
	{ "Namespaces", "Namespaces; not with --ranking=ctrl", .kind = K_ARRAY, SUB(ns_rows), .flags = F_OPTIONAL },
	{ "Controllers", "Controllers, with --ranking=ctrl", .kind = K_ARRAY, SUB(ctrl_rows), .flags = F_OPTIONAL },
};
static const struct field host_rows[] = { HOST_ROWS(subsys_rows) };
static const struct field top_rows[] = {
	TEXT("Ranking", "What stands below what: namespace, ctrl, multipath"),
	{ "Hosts", "Hosts", .kind = K_ARRAY, SUB(host_rows) },
};
static const struct spec spec_topology = { "show-topology", "Namespaces, paths and controllers", NULL, 0, 1, FIELDS(top_rows) };

#define POLICY	"[ iopolicy={IOPolicy}]"
#define NS_LINE "{Name} (ns {NSID})"
#define USE	"[ group {ANAGroup}][ numa {NUMANodes}][ qdepth {QueueDepth}]"

/* The levels of each order, under a subsystem that is worded in one line, or with all that is known of it. */
#define NS_LEVELS(head)                                                                                     \
	{                                                                                                   \
		{ "Hosts", NULL }, { "Subsystems", head }, { "Namespaces", NS_LINE },                       \
			{ "Paths", "{Controller} {Transport} {Address} {State}[ {ANAState}]" },             \
	}
#define CTRL_LEVELS(head)                                                                                   \
	{                                                                                                   \
		{ "Hosts", NULL }, { "Subsystems", head },                                                  \
			{ "Controllers", "{Name} {Transport} {Address} {State}" },                          \
			{ "Paths", "{Namespace} (ns {NSID})[ {ANAState}]" },                                \
	}
#define PATH_LEVELS(head)                                                                                   \
	{                                                                                                   \
		{ "Hosts", NULL }, { "Subsystems", head }, { "Namespaces", NS_LINE },                       \
			{ "Paths", "[{Path} ][{ANAState} ]{Controller} {Transport} {Address} {State}" USE }, \
	}
enum { LEVELS = 4 };
static const struct tree_level levels[2][3][LEVELS] = {
	{ NS_LEVELS(SUBSYS_LINE POLICY), CTRL_LEVELS(SUBSYS_LINE POLICY), PATH_LEVELS(SUBSYS_LINE POLICY) },
	{ NS_LEVELS(SUBSYS_LINE SUBSYS_MORE), CTRL_LEVELS(SUBSYS_LINE SUBSYS_MORE), PATH_LEVELS(SUBSYS_LINE SUBSYS_MORE) },
};
#define TREE(more, order) { .kind = LAY_TREE, .levels = levels[more][order], .nlevels = LEVELS }
static const struct layout layouts[2][3] = {
	{ TREE(0, BY_NAMESPACE), TREE(0, BY_CTRL), TREE(0, BY_MULTIPATH) },
	{ TREE(1, BY_NAMESPACE), TREE(1, BY_CTRL), TREE(1, BY_MULTIPATH) },
};

/* --- the answer --- */

static void put_path(struct arena *a, struct val *o, const struct topo_path *p)
{
	val_put_str(a, o, "Path", p->name);
	val_put_str(a, o, "ANAState", p->ana_state);
	val_put_u64(a, o, "ANAGroup", p->ana_group);
	val_put_str(a, o, "NUMANodes", p->numa_nodes);
	if (p->queue_depth >= 0)
		val_put_u64(a, o, "QueueDepth", (uint64_t)p->queue_depth);
	else
		val_add(o, "QueueDepth", val_new(a, VAL_NULL));
}

static void put_ctrl(struct arena *a, struct val *o, const char *key, const struct topo_ctrl *c)
{
	val_put_str(a, o, key, c->name);
	val_put_str(a, o, "Transport", c->transport);
	val_put_str(a, o, "Address", c->address);
	val_put_str(a, o, "State", c->state);
}

static void put_number(struct arena *a, struct val *o, const char *key, int n)
{
	if (n >= 0)
		val_put_u64(a, o, key, (uint64_t)n);
	else
		val_add(o, key, val_new(a, VAL_NULL));
}

/* Linux sends through a live path that is optimized, else through one that is not, else waits. */
static unsigned use_of(const struct topo_path *p)
{
	unsigned live = strcmp(p->ctrl->state, "live") == 0;

	if (!ana_usable(p->ana_state))
		return live ? 2 : 5;
	if (strcmp(p->ana_state, "non-optimized") == 0)
		return live ? 1 : 4;
	return live ? 0 : 3;
}

static int by_use(const void *a, const void *b)
{
	const struct topo_path *x = a, *y = b;

	return use_of(x) != use_of(y) ? (int)use_of(x) - (int)use_of(y) : natural_cmp(x->name, y->name);
}

static void put_ns(struct arena *a, struct val *list, const struct topo_ns *ns, const struct topo_ctrl *host, bool sorted)
{
	struct val *n = val_put_obj(a, list, NULL), *paths, *o;
	struct topo_path *p = ns->npaths ? arena_memdup(a, ns->paths, ns->npaths * sizeof(*p)) : NULL;

	val_put_str(a, n, "Name", ns->name);
	val_put_u64(a, n, "NSID", ns->nsid);
	paths = val_put_arr(a, n, "Paths");
	if (p && sorted)
		qsort(p, ns->npaths, sizeof(*p), by_use);
	for (size_t i = 0; i < ns->npaths; i++) {
		if (!subsys_same_host(p[i].ctrl, host))
			continue;
		o = val_put_obj(a, paths, NULL);
		put_path(a, o, &p[i]);
		put_ctrl(a, o, "Controller", p[i].ctrl);
	}
	if (ns->ctrl)
		put_ctrl(a, val_put_obj(a, paths, NULL), "Controller", ns->ctrl);
}

static void put_namespaces(struct arena *a, struct val *o, const struct topo_subsys *s, const struct topo_ns *only,
			   const struct topo_ctrl *host, bool sorted)
{
	struct val *list = val_put_arr(a, o, "Namespaces");

	for (size_t i = 0; i < s->nns; i++) {
		if ((!only || s->ns[i] == only) && (!s->ns[i]->ctrl || subsys_same_host(s->ns[i]->ctrl, host)))
			put_ns(a, list, s->ns[i], host, sorted);
	}
}

static void by_namespace(struct arena *a, struct val *o, const struct topo_subsys *s, const struct topo_ns *only,
			 const struct topo_ctrl *host)
{
	put_namespaces(a, o, s, only, host, false);
}

static void by_multipath(struct arena *a, struct val *o, const struct topo_subsys *s, const struct topo_ns *only,
			 const struct topo_ctrl *host)
{
	put_namespaces(a, o, s, only, host, true);
}

static struct val *put_target(struct arena *a, struct val *paths, const struct topo_ns *ns)
{
	struct val *o = val_put_obj(a, paths, NULL);

	val_put_str(a, o, "Namespace", ns->name);
	val_put_u64(a, o, "NSID", ns->nsid);
	return o;
}

static void put_targets(struct arena *a, struct val *paths, const struct topo_subsys *s, const struct topo_ns *only,
			const struct topo_ctrl *c)
{
	for (size_t i = 0; i < s->nns; i++) {
		const struct topo_ns *ns = s->ns[i];

		if (only && ns != only)
			continue;
		if (ns->ctrl == c)
			put_target(a, paths, ns);
		for (size_t k = 0; k < ns->npaths; k++) {
			if (ns->paths[k].ctrl == c)
				put_path(a, put_target(a, paths, ns), &ns->paths[k]);
		}
	}
}

static void by_ctrl(struct arena *a, struct val *o, const struct topo_subsys *s, const struct topo_ns *only,
		    const struct topo_ctrl *host)
{
	struct val *list = val_put_arr(a, o, "Controllers");

	for (size_t i = 0; i < s->nctrls; i++) {
		struct val *c, *paths;

		if (!subsys_same_host(s->ctrls[i], host))
			continue;
		c = val_put_obj(a, list, NULL);
		put_ctrl(a, c, "Name", s->ctrls[i]);
		put_number(a, c, "Cntlid", s->ctrls[i]->cntlid);
		put_number(a, c, "NUMANode", s->ctrls[i]->numa_node);
		paths = val_put_arr(a, c, "Paths");
		put_targets(a, paths, s, only, s->ctrls[i]);
	}
}

/* --- what is watched --- */

static const char *number_text(struct facts *f, uint64_t n)
{
	return arena_printf(f->a, "%" PRIu64, n);
}

static void ns_facts(struct facts *f, const struct topo_ns *ns)
{
	facts_add(f, ns->name, "namespace", "", "", ns->subsys->name);
	facts_add(f, ns->name, "namespace", "NSID", number_text(f, ns->nsid), ns->subsys->name);
	for (size_t i = 0; i < ns->npaths; i++) {
		const struct topo_path *p = &ns->paths[i];
		const char *about = arena_printf(f->a, "%s through %s", ns->name, p->ctrl->name);

		facts_add(f, p->name, "path", "", "", about);
		facts_add(f, p->name, "path", "ANAState", p->ana_state, about);
		facts_add(f, p->name, "path", "ANAGroup", number_text(f, p->ana_group), about);
	}
}

static void subsys_facts(struct facts *f, const struct topo_subsys *s, const struct topo_ns *only)
{
	if (*s->name) {
		facts_add(f, s->name, "subsystem", "", "", s->nqn);
		facts_add(f, s->name, "subsystem", "IOPolicy", s->iopolicy, s->nqn);
	}
	for (size_t i = 0; i < s->nctrls; i++) {
		const struct topo_ctrl *c = s->ctrls[i];
		const char *about = arena_printf(f->a, "%s %s", c->transport, c->address);

		facts_add(f, c->name, "controller", "", "", about);
		facts_add(f, c->name, "controller", "State", c->state, about);
		facts_add(f, c->name, "controller", "Address", c->address, c->transport);
	}
	for (size_t i = 0; i < s->nns; i++) {
		if (!only || s->ns[i] == only)
			ns_facts(f, s->ns[i]);
	}
}

static int look(struct ctx *ctx, const void *argp, struct val *answer, struct facts *facts)
{
	static subsys_fill *const fills[] = { by_namespace, by_ctrl, by_multipath };
	const struct topology_args *args = argp;
	const char *node;
	struct topo *t;
	int rc = subsys_operand(ctx, &node);

	if (!rc)
		rc = topo_read(ctx, TOPO_NS | TOPO_PATHS | TOPO_HOST, &t);
	if (rc)
		return rc;
	for (size_t i = 0; facts && i < t->nsubsys; i++) {
		const struct topo_ns *only = NULL;

		if (!node || subsys_names(t->subsys[i], node, &only))
			subsys_facts(facts, t->subsys[i], only);
	}
	val_put_str(ctx->arena, answer, "Ranking", rankings[args->ranking].key);
	subsys_walk(ctx, t, node, fills[args->ranking], answer);
	/* That what is watched has gone is a change like any other. */
	return facts && facts->again ? 0 : subsys_found(ctx, node, answer);
}

static int run_topology(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct topology_args *args = argp;
	const struct followed w = { look, args, NULL };

	ctx->layout = &layouts[ctx->g.verbose][args->ranking];
	return follow(ctx, &args->follow, &w, out);
}

const struct cmd cmd_show_topology = {
	.name = "show-topology",
	.group = "Drives",
	.brief = "Show namespaces, the paths to them and their state, as a tree",
	.desc = "Reads from sysfs which controllers lead to which namespaces, and shows it in one of three orders. Under native "
		"multipath every path has a name (nvme2c3n1), a state of asymmetric namespace access (ANA) and its group; what the I/O "
		"policy of the subsystem goes by comes with it, as far as the kernel tells: the NUMA nodes that use a path, and the "
		"requests that are under way on it. No command is sent to a drive.\n\n"
		"With DEVICE (a subsystem, a controller, a namespace) only the subsystem that it belongs to is shown; with a "
		"namespace only that one.\n\n" FOLLOW_TEXT,
	.examples = "nvmekit show-topology\n  Show each namespace with the controllers that lead to it.\n"
		    "nvmekit show-topology nvme2n1 --ranking=multipath\n  Show the paths to a namespace, those first that I/O takes.\n"
		    "nvmekit show-topology -r ctrl -o json\n  Show what each controller leads to, for a script.\n"
		    "nvmekit show-topology --watch --duration=200ms\n  Watch the paths, for a short while.\n",
	.target = T_OPT_DEV,
	.flags = C_STREAM,
	.operands = "[DEVICE]",
	OPTS(topology_args, topology_opts),
	.out = &spec_topology,
	.layout = &layouts[0][BY_NAMESPACE],
	.run = run_topology,
};
