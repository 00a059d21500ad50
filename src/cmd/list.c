/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* list: every namespace once, with the controllers that reach it. No command to a drive where sysfs suffices. */
#include <string.h>

#include "cmd/common.h"
#include "cmd/select.h"
#include "dev/topo.h"

struct list_args {
	struct select select;
};

static const struct opt list_opts[] = { SELECT_OPTS(list_args, select) };

#define TEXT(n, t) { n, t, .kind = K_TEXT }

static const struct field path_rows[] = {
	TEXT("Controller", "Controller"),
	TEXT("Transport", "Transport"),
	TEXT("Address", "Address, as the kernel writes it"),
	TEXT("State", "State of the controller"),
	{ "Path", "Path of a multipath namespace through this controller", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "ANAState", "Asymmetric namespace access state of the path", .kind = K_TEXT, .flags = F_OPTIONAL },
};

static const struct field device_rows[] = {
	{ "NameSpace", "Namespace identifier", .len = 32, .kind = K_UINT, .show = SHOW_HEX },
	TEXT("DevicePath", "Block device node"),
	TEXT("GenericPath", "Generic character device node"),
	TEXT("Firmware", "Firmware revision"),
	TEXT("ModelNumber", "Model number"),
	TEXT("SerialNumber", "Serial number"),
	{ "UsedBytes", "Bytes in use", .len = 64, .kind = K_UINT, .unit = "bytes", .flags = F_NULLABLE },
	{ "MaximumLBA", "Number of logical blocks", .len = 64, .kind = K_UINT },
	{ "PhysicalSize", "Size of the namespace", .len = 64, .kind = K_UINT, .unit = "bytes" },
	{ "SectorSize", "Size of a logical block", .len = 32, .kind = K_UINT, .unit = "bytes" },
	{ "MetadataSize", "Metadata of a logical block", .len = 32, .kind = K_UINT, .unit = "bytes", .flags = F_NULLABLE },
	TEXT("Subsystem", "Subsystem"),
	TEXT("SubsystemNQN", "NVMe qualified name of the subsystem"),
	{ "CSI", "Command set identifier", .len = 8, .kind = K_UINT, .flags = F_NULLABLE },
	TEXT("UUID", "UUID of the namespace, or empty"),
	TEXT("NGUID", "NGUID of the namespace, or empty"),
	TEXT("EUI64", "EUI-64 of the namespace, or empty"),
	TEXT("Controller", "First controller that reaches it"),
	TEXT("Transport", "Transport of that controller"),
	TEXT("Address", "Address of that controller"),
	TEXT("State", "State of that controller"),
	{ "Paths", "Controllers that reach it", .kind = K_ARRAY, SUB(path_rows) },
};

static const struct field ctrl_rows[] = {
	TEXT("Controller", "Controller"),
	TEXT("SerialNumber", "Serial number"),
	TEXT("ModelNumber", "Model number"),
	TEXT("Firmware", "Firmware revision"),
	TEXT("Transport", "Transport"),
	TEXT("Address", "Address, as the kernel writes it"),
	TEXT("State", "State: live, resetting, connecting, deleting, dead"),
	{ "Cntlid", "Controller identifier", .len = 16, .kind = K_UINT, .flags = F_NULLABLE },
	TEXT("Type", "Controller type: io, discovery, admin"),
	TEXT("Subsystem", "Subsystem"),
	TEXT("SubsystemNQN", "NVMe qualified name of the subsystem"),
	TEXT("HostNQN", "Host NQN of a fabrics connection, or empty"),
	TEXT("HostID", "Host identifier of a fabrics connection, or empty"),
	TEXT("Slot", "Physical slot, or empty"),
	{ "Namespaces", "Namespaces that it reaches", .len = 32, .kind = K_UINT },
};

static const struct field list_rows[] = {
	{ "Devices", "Namespaces", .kind = K_ARRAY, SUB(device_rows) },
	{ "Controllers", "Controllers", .kind = K_ARRAY, SUB(ctrl_rows) },
};

static const struct spec spec_list = { "list", "Namespaces and controllers", NULL, 0, 1, FIELDS(list_rows) };

#define COL(n, h, k, ...) { .name = n, .heading = h, .key = k, __VA_ARGS__ }

static const struct column list_cols[] = {
	COL("Node", "Node", "DevicePath", .by_default = true, .width = 21, .help = "block device node"),
	COL("Generic", "Generic", "GenericPath", .by_default = true, .width = 21,
	    .help = "generic device node"),
	COL("Serial", "SN", "SerialNumber", .by_default = true, .width = 20, .help = "serial number"),
	COL("Model", "Model", "ModelNumber", .by_default = true, .width = 40, .help = "model number"),
	COL("Namespace", "Namespace", "NameSpace", .kind = COL_HEX, .by_default = true, .width = 10,
	    .help = "namespace identifier"),
	COL("Usage", "Usage", "UsedBytes", .kind = COL_USAGE, .key2 = "PhysicalSize", .by_default = true,
	    .width = 26, .want = TOPO_USAGE, .help = "bytes in use and in all"),
	COL("Format", "Format", "SectorSize", .kind = COL_FORMAT, .key2 = "MetadataSize", .by_default = true,
	    .width = 16, .want = TOPO_META, .help = "block and metadata size"),
	COL("Firmware", "FW Rev", "Firmware", .by_default = true, .width = 8, .help = "firmware revision"),
	COL("Size", "Size", "PhysicalSize", .kind = COL_SI, .help = "size"),
	COL("Bytes", "Bytes", "PhysicalSize", .kind = COL_UINT, .help = "size in bytes"),
	COL("NSID", "NSID", "NameSpace", .kind = COL_UINT, .help = "namespace identifier in decimal"),
	COL("CSI", "CSI", "CSI", .kind = COL_UINT, .help = "command set: 0 NVM, 1 key value, 2 zoned"),
	COL("Controller", "Controller", "Controller", .among = "Paths",
	    .help = "first controller that reaches it"),
	COL("Transport", "Transport", "Transport", .among = "Paths", .help = "pcie, tcp, rdma, fc, loop"),
	COL("Address", "Address", "Address", .among = "Paths", .help = "address of the controller"),
	COL("State", "State", "State", .among = "Paths", .help = "state of the controller"),
	COL("Subsystem", "Subsystem", "Subsystem", .help = "subsystem"),
	COL("NQN", "NQN", "SubsystemNQN", .help = "NVMe qualified name of the subsystem"),
	COL("UUID", "UUID", "UUID", .want = TOPO_IDS, .help = "UUID of the namespace"),
	COL("NGUID", "NGUID", "NGUID", .want = TOPO_IDS, .help = "NGUID of the namespace"),
	COL("EUI64", "EUI64", "EUI64", .want = TOPO_IDS, .help = "EUI-64 of the namespace"),
};

static const struct layout list_layout = {
	.kind = LAY_TABLE,
	.rows = "Devices",
	.cols = list_cols,
	.ncols = NELEMS(list_cols),
};

static void put_nullable(struct arena *a, struct val *o, const char *key, bool known, uint64_t v)
{
	if (known)
		val_put_u64(a, o, key, v);
	else
		val_put_str(a, o, key, NULL);
}

static void put_path(struct arena *a, struct val *paths, const struct topo_ctrl *c, const struct topo_path *p)
{
	struct val *o = val_put_obj(a, paths, NULL);

	val_put_str(a, o, "Controller", c->name);
	val_put_str(a, o, "Transport", c->transport);
	val_put_str(a, o, "Address", c->address);
	val_put_str(a, o, "State", c->state);
	if (p) {
		val_put_str(a, o, "Path", p->name);
		if (*p->ana_state)
			val_put_str(a, o, "ANAState", p->ana_state);
	}
}

static void put_device(struct arena *a, struct val *devices, const struct topo_ns *ns)
{
	const struct topo_subsys *s = ns->subsys;
	const struct topo_ctrl *c = ns->ctrl ? ns->ctrl : ns->npaths ? ns->paths[0].ctrl : s->nctrls ? s->ctrls[0] : NULL;
	struct val *o = val_put_obj(a, devices, NULL), *paths;

	val_put_u64(a, o, "NameSpace", ns->nsid);
	val_put_str(a, o, "DevicePath", arena_printf(a, "/dev/%s", ns->name));
	val_put_str(a, o, "GenericPath", *ns->generic ? arena_printf(a, "/dev/%s", ns->generic) : "");
	val_put_str(a, o, "Firmware", c ? c->firmware : s->firmware);
	val_put_str(a, o, "ModelNumber", c ? c->model : s->model);
	val_put_str(a, o, "SerialNumber", c ? c->serial : s->serial);
	put_nullable(a, o, "UsedBytes", ns->used_known, ns->used * ns->lba_size);
	val_put_u64(a, o, "MaximumLBA", ns->blocks);
	val_put_u64(a, o, "PhysicalSize", ns->blocks * ns->lba_size);
	val_put_u64(a, o, "SectorSize", ns->lba_size);
	put_nullable(a, o, "MetadataSize", ns->meta_known, ns->meta_size);
	val_put_str(a, o, "Subsystem", s->name);
	val_put_str(a, o, "SubsystemNQN", s->nqn);
	put_nullable(a, o, "CSI", ns->csi >= 0, (uint64_t)ns->csi);
	val_put_str(a, o, "UUID", ns->uuid);
	val_put_str(a, o, "NGUID", ns->nguid);
	val_put_str(a, o, "EUI64", ns->eui64);
	val_put_str(a, o, "Controller", c ? c->name : "");
	val_put_str(a, o, "Transport", c ? c->transport : "");
	val_put_str(a, o, "Address", c ? c->address : "");
	val_put_str(a, o, "State", c ? c->state : "");
	paths = val_put_arr(a, o, "Paths");
	if (ns->ctrl)
		put_path(a, paths, ns->ctrl, NULL);
	for (size_t i = 0; i < ns->npaths; i++)
		put_path(a, paths, ns->paths[i].ctrl, &ns->paths[i]);
}

/* Namespaces per controller, counted in one walk over all namespaces. */
static uint32_t reaches(const struct topo_subsys *s, const struct topo_ctrl *c)
{
	uint32_t n = 0;

	for (size_t i = 0; i < s->nns; i++) {
		n += s->ns[i]->ctrl == c;
		for (size_t j = 0; j < s->ns[i]->npaths; j++)
			n += s->ns[i]->paths[j].ctrl == c;
	}
	return n;
}

static void put_ctrl(struct arena *a, struct val *ctrls, const struct topo_ctrl *c)
{
	struct val *o = val_put_obj(a, ctrls, NULL);

	val_put_str(a, o, "Controller", c->name);
	val_put_str(a, o, "SerialNumber", c->serial);
	val_put_str(a, o, "ModelNumber", c->model);
	val_put_str(a, o, "Firmware", c->firmware);
	val_put_str(a, o, "Transport", c->transport);
	val_put_str(a, o, "Address", c->address);
	val_put_str(a, o, "State", c->state);
	put_nullable(a, o, "Cntlid", c->cntlid >= 0, (uint64_t)c->cntlid);
	val_put_str(a, o, "Type", c->cntrltype);
	val_put_str(a, o, "Subsystem", c->subsys->name);
	val_put_str(a, o, "SubsystemNQN", c->subsys->nqn);
	val_put_str(a, o, "HostNQN", c->hostnqn);
	val_put_str(a, o, "HostID", c->hostid);
	val_put_str(a, o, "Slot", c->slot);
	val_put_u64(a, o, "Namespaces", reaches(c->subsys, c));
}

/* "nvme3 (Model, serial S)", without what a controller that never came up does not have. */
static const char *title_of(struct arena *a, const struct val *c)
{
	const char *name = val_str(a, c, "Controller"), *model = val_str(a, c, "ModelNumber");
	const char *serial = val_str(a, c, "SerialNumber"), *address = val_str(a, c, "Address");

	if (!*model && !*serial)
		return *address ? arena_printf(a, "%s (%s)", name, address) : name;
	return arena_printf(a, "%s (%s, serial %s)", name, model, serial);
}

/* What the table of namespaces cannot show. The oldest kernels do not say the state. */
static void note_ctrl(struct ctx *ctx, const struct val *c)
{
	const char *state = val_str(ctx->arena, c, "State");

	if (*state && strcmp(state, "live") != 0)
		warn_user(ctx, "%s is %s", title_of(ctx->arena, c), state);
	else if (!val_u64(c, "Namespaces", 0) && strcmp(val_str(ctx->arena, c, "Type"), "discovery") != 0)
		warn_user(ctx, "%s has no namespace", title_of(ctx->arena, c));
}

/* Is the device among the operands, as its own name, its controller's or its subsystem's? */
static bool chosen(const struct ctx *ctx, const char *const *nodes, const char *ns, const char *ctrl, const char *subsys)
{
	if (!ctx->operands || !ctx->operands[0])
		return true;
	for (; *nodes; nodes++) {
		if ((ns && strcmp(*nodes, ns) == 0) || (ctrl && strcmp(*nodes, ctrl) == 0) ||
		    strcmp(*nodes, subsys) == 0)
			return true;
	}
	return false;
}

static bool ns_chosen(const struct ctx *ctx, const char *const *nodes, const struct topo_ns *ns)
{
	if (chosen(ctx, nodes, ns->name, ns->ctrl ? ns->ctrl->name : NULL, ns->subsys->name) ||
	    (*ns->generic && chosen(ctx, nodes, ns->generic, NULL, ns->subsys->name)))
		return true;
	for (size_t i = 0; i < ns->npaths; i++) {
		if (chosen(ctx, nodes, NULL, ns->paths[i].ctrl->name, ns->subsys->name))
			return true;
	}
	return false;
}

static int resolve_operands(struct ctx *ctx, const char *const **nodes)
{
	size_t n = 0;
	const char **out;
	int rc;

	while (ctx->operands && ctx->operands[n])
		n++;
	out = arena_calloc(ctx->arena, n + 1, sizeof(*out));
	for (size_t i = 0; i < n; i++) {
		if (strncmp(ctx->operands[i], "nvme-subsys", 11) == 0) {
			out[i] = ctx->operands[i];
			continue;
		}
		rc = dev_resolve(ctx, ctx->operands[i], &out[i]);
		if (rc)
			return rc;
	}
	*nodes = out;
	return 0;
}

static void fill(struct ctx *ctx, const struct topo *t, const char *const *nodes, struct val *devices, struct val *ctrls)
{
	for (size_t i = 0; i < t->nsubsys; i++) {
		const struct topo_subsys *s = t->subsys[i];

		for (size_t j = 0; j < s->nns; j++) {
			if (ns_chosen(ctx, nodes, s->ns[j]))
				put_device(ctx->arena, devices, s->ns[j]);
		}
		for (size_t j = 0; j < s->nctrls; j++) {
			if (!chosen(ctx, nodes, NULL, s->ctrls[j]->name, s->name))
				continue;
			put_ctrl(ctx->arena, ctrls, s->ctrls[j]);
		}
	}
}

static bool is_there(const struct topo *t, const char *node)
{
	for (size_t i = 0; i < t->nsubsys; i++) {
		const struct topo_subsys *s = t->subsys[i];

		if (strcmp(node, s->name) == 0)
			return true;
		for (size_t j = 0; j < s->nctrls; j++) {
			if (strcmp(node, s->ctrls[j]->name) == 0)
				return true;
		}
		for (size_t j = 0; j < s->nns; j++) {
			if (strcmp(node, s->ns[j]->name) == 0 || strcmp(node, s->ns[j]->generic) == 0)
				return true;
		}
	}
	return false;
}

static int run_list(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct list_args *args = argp;
	unsigned want = TOPO_NS;
	struct val *devices, *ctrls;
	const char *const *nodes;
	struct topo *t;
	int rc;

	rc = select_prepare(ctx, &args->select, &list_layout, &want);
	if (!rc)
		rc = resolve_operands(ctx, &nodes);
	if (rc)
		return rc;
	/* JSON shows everything; a table costs what its columns cost. */
	if (strcmp(ctx->g.output_format, "json") == 0 || ctx->g.verbose)
		want |= TOPO_USAGE | TOPO_META | TOPO_IDS | TOPO_HOST | TOPO_ANA;
	rc = topo_read(ctx, want, &t);
	if (rc)
		return rc;
	devices = val_put_arr(ctx->arena, out, "Devices");
	ctrls = val_put_arr(ctx->arena, out, "Controllers");
	for (size_t i = 0; nodes[i]; i++) {
		if (is_there(t, nodes[i]))
			continue;
		rc = fail(ctx, XC_NODEV, 0, "there is no device %s", ctx->operands[i]);
		dev_hint_present(ctx);
		return rc;
	}
	fill(ctx, t, nodes, devices, ctrls);
	/* A controller passes a filter that its own members pass: model=, transport=, state=, ... */
	select_filter(ctx, &args->select, &list_layout, ctrls);
	val_for_each(c, ctrls)
		note_ctrl(ctx, c);
	return select_rows(ctx, &args->select, &list_layout, devices);
}

const struct cmd cmd_list = {
	.name = "list",
	.group = "Drives",
	.brief = "List the namespaces, and the controllers that reach them",
	.desc = "Reads the topology from sysfs in one pass, without a command to any drive, and lists every namespace once, "
		"in natural order. It works as an ordinary user. (Kernels before 6.8 do not say usage and metadata size: where "
		"these are shown, each namespace is asked with one Identify if its node can be opened; otherwise they are "
		"unknown.) Controllers that have no namespace or are not live are "
		"named on stderr, and stand in the JSON member Controllers.\n\n"
		"The columns are the names of --columns, --sort and --filter; they are matched without regard to case.",
	.examples = "nvmekit list\n  List everything.\n"
		    "nvmekit list --columns Node,Size,Transport,State\n  Choose the columns.\n"
		    "nvmekit list --filter transport=tcp --sort -size\n  Remote namespaces, largest first.\n"
		    "nvmekit list --no-headings --columns Node\n  Names alone, for a shell loop.\n",
	.target = T_OPT_DEV,
	.operands = "[DEVICE...]",
	OPTS(list_args, list_opts),
	.out = &spec_list,
	.layout = &list_layout,
	.run = run_list,
};
