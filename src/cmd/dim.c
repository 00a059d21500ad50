/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* dim: this host registers with a discovery controller, or takes that back. Base 2.1, section 5.3.1. */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "cmd/common.h"
#include "cmd/fab.h"
#include "dev/topo.h"
#include "spec/tables.h"

enum { DIM_OPCODE = 0x21, HEADER = 1024, ENTRY = 1032, EXAT_HEADER = 4, HOSTID_LEN = 16, SYMNAME_MAX = 256 };
enum { TRTYPE_TCP = 3, EXTENDED = 2, HOST = 1, EKTYPE = 0x5f, EXAT_HOSTID = 1, EXAT_SYMNAME = 2 };

struct dim_args {
	opt_list nqn, device;
	uint8_t task;
	const char *symname;
};

static const struct name task_names[] = {
	{ 0, "register", "Register this host" },
	{ 1, "deregister", "Take the registration back" },
	{ 2, "update", "Register anew what has changed" },
};

static const struct opt dim_opts[] = {
	OPT(dim_args, nqn, 'n', "nqn", "NQN", "Every discovery controller of this NQN"),
	OPT(dim_args, device, 'd', "device", "DEVICE", "This discovery controller", .complete = COMP_DEVICE),
	OPT(dim_args, task, 't', "task", "TASK", "What is to be done", VALS(task_names), .flags = OF_REQUIRED),
	OPT(dim_args, symname, 0, "host-symname", "TEXT", "Symbolic name under which this host is registered"),
};

static const struct field result_rows[] = {
	{ "device", "Discovery controller", .kind = K_TEXT },
	{ "subsysnqn", "Its NQN", .kind = K_TEXT },
	{ "task", "What was asked for", .kind = K_TEXT },
	{ "hostnqn", "NQN of the host", .kind = K_TEXT },
	{ "result", "done, failed", .kind = K_TEXT },
	{ "message", "What failed, or empty", .kind = K_TEXT },
};

static const struct field dim_rows[] = {
	{ "results", "Discovery controllers", .kind = K_ARRAY, SUB(result_rows) },
};

static const struct spec spec_dim_answer = { "dim", "Registrations with discovery controllers", NULL, 0, 1, FIELDS(dim_rows) };

static const struct column cols[] = {
	{ "Device", "Device", COL_STR, "device", .by_default = true },
	{ "Task", "Task", COL_STR, "task", .by_default = true },
	{ "Result", "Result", COL_STR, "result", .by_default = true },
	{ "Subsystem", "Subsystem", COL_STR, "subsysnqn", .by_default = true },
	{ "Message", "Message", COL_STR, "message", .by_default = true, .where_any = true },
};

static size_t whole(size_t n)
{
	return (n + 3) / 4 * 4;
}

static void put_exat(struct arena *a, struct val *list, uint64_t type, size_t len)
{
	struct val *x = val_put_obj(a, list, NULL);

	val_put_u64(a, x, "exattype", type);
	val_put_u64(a, x, "exatlen", len);
}

static int put_hostid(struct ctx *ctx, struct val *exat, const char *hostid)
{
	uint8_t id[HOSTID_LEN];

	if (!uuid_from_text(hostid, strlen(hostid), id))
		return fail(ctx, XC_USAGE, 0, "the host identifier '%s' is no UUID", hostid);
	val_put_bytes(ctx->arena, exat->c.last, "hostid", id, sizeof(id));
	return 0;
}

/* Where this host is: the address that the kernel shows. An empty one leaves it to the controller to see whence the command came. */
static const char *own_address(struct arena *a, const struct topo_ctrl *c, unsigned *family)
{
	const char *own = fab_address_part(a, c->address, "src_addr"), *other = fab_address_part(a, c->address, "traddr");

	*family = strchr(*own ? own : other, ':') ? 2 : 1;
	return own;
}

/* *len gets the length of the data. */
static int encode(struct ctx *ctx, const struct dim_args *args, const struct fab_conn *host, const struct topo_ctrl *c, void **data,
		  uint32_t *len)
{
	size_t symname = args->symname ? whole(strlen(args->symname)) : 0;
	size_t tel = ENTRY + EXAT_HEADER + HOSTID_LEN + (symname ? EXAT_HEADER + symname : 0), size = HEADER + tel;
	struct val *v = val_new(ctx->arena, VAL_OBJ), *e, *exat;
	struct arena *a = ctx->arena;
	struct utsname os;
	const char *why, *addr;
	unsigned family;
	int rc;

	if (args->symname && strlen(args->symname) > SYMNAME_MAX)
		return fail(ctx, XC_USAGE, 0, "--host-symname has more than %d bytes", SYMNAME_MAX);
	uname(&os);
	val_put_u64(a, v, "tdl", size);
	val_put_u64(a, v, "nument", 1);
	val_put_u64(a, v, "entfmt", EXTENDED);
	val_put_u64(a, v, "etype", HOST);
	val_put_u64(a, v, "ektype", EKTYPE);
	val_put_str(a, v, "eid", fab_text(host, FK_HOSTNQN));
	val_put_str(a, v, "ename", os.nodename);
	val_put_str(a, v, "ever", arena_printf(a, "%.20s %.40s", os.sysname, os.release));
	e = val_put_obj(a, val_put_arr(a, v, "entries"), NULL);
	addr = own_address(a, c, &family);
	val_put_u64(a, e, "trtype", TRTYPE_TCP);
	val_put_u64(a, e, "adrfam", family);
	val_put_str(a, e, "nqn", fab_text(host, FK_HOSTNQN));
	val_put_str(a, e, "traddr", addr);
	val_put_u64(a, e, "tel", tel);
	val_put_u64(a, e, "numexat", symname ? 2 : 1);
	exat = val_put_arr(a, e, "exat");
	put_exat(a, exat, EXAT_HOSTID, HOSTID_LEN);
	rc = put_hostid(ctx, exat, fab_text(host, FK_HOSTID));
	if (symname) {
		put_exat(a, exat, EXAT_SYMNAME, symname);
		val_put_str(a, exat->c.last, "symname", args->symname);
	}
	*data = dev_buffer(ctx, size);
	*len = (uint32_t)size;
	if (!rc && spec_encode(a, &spec_dim, v, *data, size, &why) < 0)
		rc = fail(ctx, XC_INTERNAL, 0, "cannot make the data of the command: %s", why);
	return rc;
}

static int send(struct ctx *ctx, const struct dim_args *args, const struct topo_ctrl *c)
{
	struct fab_conn host = { 0 };
	struct req r = { .opcode = DIM_OPCODE, .cdw10 = args->task };
	struct dev *dev;
	int rc;

	if (strcmp(c->transport, "tcp") != 0)
		return fail(ctx, XC_UNSUPPORTED, 0, "%s is connected by %s; registration is there for tcp only", c->name, c->transport);
	/* As whom it is connected, as that it is registered. */
	if (*c->hostnqn)
		fab_put_text(&host, FK_HOSTNQN, c->hostnqn, c->name);
	if (*c->hostid)
		fab_put_text(&host, FK_HOSTID, c->hostid, c->name);
	rc = fab_host(ctx, &host);
	if (!rc)
		rc = encode(ctx, args, &host, c, &r.data, &r.data_len);
	if (!rc)
		rc = dev_open(ctx, c->name, &dev);
	if (rc)
		return rc;
	rc = dev_command(dev, &r, "Discovery Information Management");
	dev_close(dev);
	return rc;
}

static void put(struct ctx *ctx, const struct dim_args *args, const struct topo_ctrl *c, const char *message, struct val *results)
{
	struct val *o = val_put_obj(ctx->arena, results, NULL);

	val_put_str(ctx->arena, o, "device", c->name);
	val_put_str(ctx->arena, o, "subsysnqn", c->nqn);
	val_put_str(ctx->arena, o, "task", task_names[args->task].key);
	val_put_str(ctx->arena, o, "hostnqn", c->hostnqn);
	val_put_str(ctx->arena, o, "result", message ? "failed" : "done");
	val_put_str(ctx->arena, o, "message", message ? message : "");
	val_put_bool(ctx->arena, o, "by_nqn", args->nqn)->flags |= VAL_HIDDEN;
}

static bool is_named(const struct dim_args *args, const struct topo_ctrl *c, const char *const *nodes, bool *used)
{
	bool discovery = strcmp(c->cntrltype, "discovery") == 0 || strcmp(c->nqn, FAB_DISCOVERY_NQN) == 0, hit = false;

	for (size_t i = 0; nodes[i]; i++) {
		if (strcmp(nodes[i], c->name) == 0)
			used[i] = hit = true;
	}
	for (opt_list n = args->nqn; discovery && n && *n; n++)
		hit = hit || strcmp(*n, c->nqn) == 0;
	return hit;
}

static int resolve(struct ctx *ctx, opt_list devices, const char *const **out)
{
	size_t n = 0;
	const char **nodes;
	int rc = 0;

	while (devices && devices[n])
		n++;
	nodes = arena_calloc(ctx->arena, n + 1, sizeof(*nodes));
	for (size_t i = 0; !rc && i < n; i++)
		rc = dev_resolve(ctx, devices[i], &nodes[i]);
	*out = nodes;
	return rc;
}

static int run_dim(struct ctx *ctx, const void *argp, struct val *out)
{
	struct val *results = val_put_arr(ctx->arena, out, "results");
	const struct dim_args *args = argp;
	const char *const *nodes;
	size_t n = 0, failed = 0;
	struct topo *t;
	bool *used;
	int rc;

	if (!args->nqn && !args->device)
		return fail(ctx, XC_USAGE, 0, "dim needs a discovery controller: --device or --nqn");
	rc = resolve(ctx, args->device, &nodes);
	if (!rc)
		rc = topo_read(ctx, TOPO_HOST, &t);
	if (rc)
		return rc;
	while (nodes[n])
		n++;
	used = arena_calloc(ctx->arena, n + 1, sizeof(*used));
	for (size_t i = 0; i < t->nsubsys; i++) {
		for (size_t k = 0; k < t->subsys[i]->nctrls; k++) {
			const struct topo_ctrl *c = t->subsys[i]->ctrls[k];
			const char *message = NULL;

			if (!is_named(args, c, nodes, used))
				continue;
			if (send(ctx, args, c)) {
				failed++;
				if (!args->nqn && n == 1)
					return -EIO; /* one was named: its error is the answer */
				message = fab_take_error(ctx).message;
			}
			put(ctx, args, c, message, results);
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (used[i])
			continue;
		rc = fail(ctx, XC_NODEV, ENODEV, "there is no controller %s", nodes[i]);
		ctx->error.device = nodes[i];
		return rc;
	}
	if (!results->c.n)
		return fail(ctx, XC_NODEV, ENODEV, "no discovery controller of that NQN is connected");
	if (failed)
		ctx->verdict = failed < results->c.n ? XC_PARTIAL : XC_STATUS;
	return 0;
}

const struct cmd cmd_dim = {
	.name = "dim",
	.group = "NVMe over Fabrics",
	.brief = "Register this host with a discovery controller",
	.desc = "Sends the command Discovery Information Management to discovery controllers that are connected: this host, with its NQN, "
		"its identifier, its address and its name, is registered there, or no longer. Centralized discovery controllers use that "
		"for zoning.",
	.examples = "nvmekit dim -d nvme2 --task=register --dry-run\n  What would be sent?\n",
	.target = T_NONE,
	.flags = C_ALTERS,
	OPTS(dim_args, dim_opts),
	.out = &spec_dim_answer,
	.layout = &(const struct layout){ .kind = LAY_TABLE, .rows = "results", .cols = cols, .ncols = NELEMS(cols) },
	.run = run_dim,
};
