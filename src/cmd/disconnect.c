/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* disconnect and disconnect-all: exactly what was named, and nothing that is in use. */
#include <errno.h>
#include <string.h>

#include "cmd/common.h"
#include "cmd/disconnect.h"
#include "cmd/fabopts.h"
#include "cmd/leave.h"
#include "dev/inuse.h"
#include "dev/topo.h"

struct disconnect_args {
	opt_list nqn, device;
	bool no_idempotent;
};

struct disconnect_all_args {
	const char *transport;
};

static const struct opt disconnect_opts[] = {
	OPT(disconnect_args, nqn, 'n', "nqn", "NQN", "Every controller that leads to this subsystem"),
	OPT(disconnect_args, device, 'd', "device", "DEVICE", "This controller", .complete = COMP_DEVICE),
	OPT(disconnect_args, no_idempotent, 0, "no-idempotent", NULL,
	    "It is an error (exit code 3) if there is no connection to the subsystem"),
};

static const struct opt disconnect_all_opts[] = {
	OPT(disconnect_all_args, transport, 't', "transport", "NAME", "Only connections of this kind", FAB_TRANSPORTS),
};

static const struct field ctrl_rows[] = {
	{ "device", "Controller", .kind = K_TEXT },
	{ "subsysnqn", "NQN of the subsystem", .kind = K_TEXT },
	{ "transport", "Transport", .kind = K_TEXT },
	{ "address", "Address, as the kernel writes it", .kind = K_TEXT },
	{ "result", "disconnected, kept, failed", .kind = K_TEXT },
	{ "reason", "Why it was not disconnected, or empty", .kind = K_TEXT },
};

static const struct field nqn_rows[] = {
	{ "nqn", "NQN", .kind = K_TEXT },
	{ "disconnected", "Controllers that led there", .len = 32, .kind = K_UINT },
};

static const struct field disconnect_rows[] = {
	{ "disconnected", "Controllers that were disconnected", .len = 32, .kind = K_UINT },
	{ "kept", "Controllers that were not", .len = 32, .kind = K_UINT },
	{ "controllers", "The controllers", .kind = K_ARRAY, SUB(ctrl_rows) },
	{ "nqns", "The subsystems that were named", .kind = K_ARRAY, SUB(nqn_rows), .flags = F_QUIET },
};

static const struct spec spec_disconnect = { "disconnect", "Connections given up", NULL, 0, 1, FIELDS(disconnect_rows) };

static const struct column disconnect_cols[] = {
	{ "Device", "Device", COL_STR, "device", .by_default = true },
	{ "Transport", "Transport", COL_STR, "transport", .by_default = true },
	{ "Address", "Address", COL_STR, "address", .by_default = true },
	{ "Subsystem", "Subsystem", COL_STR, "subsysnqn", .by_default = true },
	{ "Result", "Result", COL_STR, "result", .by_default = true },
	{ "Reason", "Reason", COL_STR, "reason", .by_default = true, .where_any = true },
};

static const struct layout disconnect_layout = { .kind = LAY_TABLE, .rows = "controllers", .cols = disconnect_cols,
						 .ncols = NELEMS(disconnect_cols) };

/* All that can be told where nothing was connected. */
static const struct column nqn_cols[] = {
	{ "Subsystem", "Subsystem", COL_STR, "nqn", .by_default = true },
	{ "Disconnected", "Disconnected", COL_UINT, "disconnected", .by_default = true },
};
static const struct layout nqn_layout = { .kind = LAY_TABLE, .rows = "nqns", .cols = nqn_cols, .ncols = NELEMS(nqn_cols) };

/* --- which ones --- */

bool topo_by_fabrics(const struct topo_ctrl *c)
{
	return transport_is_fabrics(c->transport);
}

/* Those for which 'fits' holds; returns how many. */
static size_t add_where(struct leave *l, bool (*fits)(const struct topo_ctrl *c, const void *what), const void *what)
{
	size_t n = 0;

	for (size_t i = 0; i < l->topo->nsubsys; i++) {
		for (size_t k = 0; k < l->topo->subsys[i]->nctrls; k++) {
			const struct topo_ctrl *c = l->topo->subsys[i]->ctrls[k];

			if (!fits(c, what))
				continue;
			leave_add(l, c);
			n++;
		}
	}
	return n;
}

static bool has_nqn(const struct topo_ctrl *c, const void *nqn)
{
	/* A target with a unique discovery NQN goes by the well-known one as well. */
	bool discovery = strcmp(nqn, FAB_DISCOVERY_NQN) == 0 && strcmp(c->cntrltype, "discovery") == 0;

	return topo_by_fabrics(c) && (strcmp(c->nqn, nqn) == 0 || discovery);
}

static bool has_name(const struct topo_ctrl *c, const void *name)
{
	return strcmp(c->name, name) == 0;
}

static bool has_transport(const struct topo_ctrl *c, const void *transport)
{
	return topo_by_fabrics(c) && (!transport || strcmp(c->transport, transport) == 0);
}

static int add_device(struct leave *l, const char *spec)
{
	struct ctx *ctx = l->ctx;
	const char *node;
	int rc = dev_resolve(ctx, spec, &node);
	size_t before = l->n;

	if (rc)
		return rc;
	if (!add_where(l, has_name, node)) {
		bool is_ns = strchr(node + 2, 'n'); /* behind "nv" or "ng" */

		rc = fail(ctx, is_ns ? XC_USAGE : XC_NODEV, ENODEV, is_ns ?
			  "%s is a namespace, and several controllers may lead to it" : "there is no controller %s", node);
		ctx->error.device = spec;
		return fail_hint(ctx, rc, "'nvmekit list-subsys' shows the controllers; --nqn names all of a subsystem");
	}
	if (l->n > before && !topo_by_fabrics(l->v[before].ctrl))
		return fail(ctx, XC_USAGE, 0, "%s is attached to this machine (%s %s): there is no connection to give up", node,
			    l->v[before].ctrl->transport, l->v[before].ctrl->address);
	return 0;
}

/* --- the answer --- */

static void put(struct leave *l, struct val *out)
{
	struct arena *a = l->ctx->arena;
	struct val *list;
	enum exit_code why = XC_REFUSED;
	size_t gone = 0;

	for (size_t i = 0; i < l->n; i++) {
		gone += !l->v[i].kept;
		why = l->v[i].failed ? l->v[i].failed : why;
	}
	val_put_u64(a, out, "disconnected", gone);
	val_put_u64(a, out, "kept", l->n - gone);
	list = val_put_arr(a, out, "controllers");
	for (size_t i = 0; i < l->n; i++) {
		const struct leaver *v = &l->v[i];
		struct val *o = val_put_obj(a, list, NULL);

		val_put_str(a, o, "device", v->ctrl->name);
		val_put_str(a, o, "subsysnqn", v->ctrl->nqn);
		val_put_str(a, o, "transport", v->ctrl->transport);
		val_put_str(a, o, "address", v->ctrl->address);
		val_put_str(a, o, "result", !v->kept ? "disconnected" : v->failed ? "failed" : "kept");
		val_put_str(a, o, "reason", v->kept ? v->kept : "");
	}
	if (gone < l->n)
		l->ctx->verdict = gone ? XC_PARTIAL : why;
}

static void put_nqns(struct leave *l, opt_list nqns, struct val *out)
{
	struct val *list = val_put_arr(l->ctx->arena, out, "nqns");

	for (; nqns && *nqns; nqns++) {
		struct val *o = val_put_obj(l->ctx->arena, list, NULL);
		uint64_t n = 0;

		for (size_t i = 0; i < l->n; i++)
			n += !l->v[i].kept && has_nqn(l->v[i].ctrl, *nqns);
		val_put_str(l->ctx->arena, o, "nqn", *nqns);
		val_put_u64(l->ctx->arena, o, "disconnected", n);
	}
}

/* --- the commands --- */

static int choose(struct leave *l, const void *argp)
{
	const struct disconnect_args *args = argp;
	int rc = 0;

	for (opt_list n = args->nqn; !rc && n && *n; n++) {
		if (!add_where(l, has_nqn, *n) && args->no_idempotent)
			rc = fail(l->ctx, XC_NODEV, ENOTCONN, "there is no connection to %s", *n);
	}
	for (opt_list d = args->device; !rc && d && *d; d++)
		rc = add_device(l, *d);
	for (const char *const *d = l->ctx->operands; !rc && d && *d; d++)
		rc = add_device(l, *d);
	return rc;
}

static int run_disconnect(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct disconnect_args *args = argp;
	struct leave l = { 0 };
	int rc;

	if (!args->nqn && !args->device && !(ctx->operands && ctx->operands[0]))
		return fail_hint(ctx, fail(ctx, XC_USAGE, 0, "disconnect needs a controller or a subsystem"),
				 "nvmekit disconnect nvme2, or nvmekit disconnect --nqn=NQN");
	rc = leave_begin(ctx, &l, choose, args);
	for (size_t i = 0; !rc && i < l.n; i++)
		rc = leave_ask(&l, &l.v[i]);
	for (size_t i = 0; !rc && i < l.n; i++)
		leave_send(&l, &l.v[i]);
	leave_release(&l);
	if (rc)
		return rc;
	put(&l, out);
	put_nqns(&l, args->nqn, out);
	if (!l.n && !ctx->columns)
		ctx->layout = &nqn_layout;
	return 0;
}

/* The running system is on it: no option takes that. */
static bool carries_system(struct ctx *ctx, const struct topo_ctrl *c)
{
	for (size_t i = 0; i < c->subsys->nns; i++) {
		struct inuse *u;

		if (dev_backend(ctx)->inuse(ctx, c->subsys->ns[i], &u))
			continue;
		for (size_t k = 0; k < u->nuses; k++) {
			if (u->uses[k].system)
				return true;
		}
	}
	return false;
}

/* What is in use stays, and is told; nothing of that keeps the others. */
static void keep_used(struct leave *l)
{
	struct ctx *ctx = l->ctx;

	for (size_t i = 0; i < l->n; i++) {
		struct leaver *v = &l->v[i];

		if (ctx->g.gate.allow_in_use && carries_system(ctx, v->ctrl)) {
			v->kept = "the running system is on it";
			continue;
		}
		if (leave_ask(l, v))
			leave_failed(ctx, v);
		if (v->failed == XC_REFUSED) {
			/* The result says that much. */
			v->kept += strncmp(v->kept, "refused: ", 9) == 0 ? 9 : 0;
			v->failed = XC_OK;
		}
		/* A dry run goes on where the gate would not. */
		if (ctx->g.dry_run && ctx->verdict == XC_REFUSED) {
			v->kept = "in use";
			ctx->verdict = XC_OK;
		}
	}
}

struct wanted {
	bool (*fits)(const struct topo_ctrl *c, const void *what);
	const void *what;
};

static int choose_where(struct leave *l, const void *argp)
{
	const struct wanted *w = argp;

	add_where(l, w->fits, w->what);
	return 0;
}

int disconnect_where(struct ctx *ctx, bool (*fits)(const struct topo_ctrl *c, const void *what), const void *what, struct val *out)
{
	const struct wanted w = { fits, what };
	struct leave l = { 0 };
	int rc = leave_begin(ctx, &l, choose_where, &w);

	if (!rc)
		keep_used(&l);
	for (size_t i = 0; !rc && i < l.n; i++)
		leave_send(&l, &l.v[i]);
	leave_release(&l);
	if (rc)
		return rc;
	ctx->plan = ctx->g.dry_run ? ctx->plan : NULL;
	put(&l, out);
	val_put_arr(ctx->arena, out, "nqns");
	return 0;
}

static int run_disconnect_all(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct disconnect_all_args *args = argp;

	return disconnect_where(ctx, has_transport, args->transport, out);
}

const struct cmd cmd_disconnect = {
	.name = "disconnect",
	.group = "NVMe over Fabrics",
	.brief = "Give up the connection to a subsystem",
	.desc = "Takes away the controllers that are named, or all that lead to a subsystem; nothing else. As long as another controller "
		"leads to what is mounted or otherwise used, it can go; one counts only while it is live and its ANA state is optimized or "
		"non-optimized. The last one is refused, and then nothing at all is done. What nobody uses "
		"needs no answer.\n\n"
		"Controllers that have lost their connection, and hang, can be given up as well. If there is no connection to the "
		"subsystem, that is success, and the answer says so.",
	.examples = "nvmekit disconnect nvme2\n  Give up one controller.\n"
		    "nvmekit disconnect -n nqn.2014-08.org.example:disks\n  Give up all that lead to a subsystem.\n",
	.target = T_OPT_DEV,
	.operands = "[DEVICE...]",
	.flags = C_GATED | C_ALTERS,
	OPTS(disconnect_args, disconnect_opts),
	.out = &spec_disconnect,
	.layout = &disconnect_layout,
	.run = run_disconnect,
};

const struct cmd cmd_disconnect_all = {
	.name = "disconnect-all",
	.group = "NVMe over Fabrics",
	.brief = "Give up every connection that nobody needs",
	.desc = "Takes away all controllers behind a network. Those that lead to something mounted or otherwise used stay, and are told "
		"(exit code 10); the others need no answer. --allow-in-use takes these as well, but never those that the running system is on.",
	.examples = "nvmekit disconnect-all --dry-run\n  What would go, and what stays?\n",
	.target = T_NONE,
	.flags = C_GATED | C_ALTERS,
	OPTS(disconnect_all_args, disconnect_all_opts),
	.out = &spec_disconnect,
	.layout = &disconnect_layout,
	.run = run_disconnect_all,
};
