/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* connect-all: everything that discovery services offer, and what is configured. One record for each target. */
#include <string.h>

#include "cmd/connect_all.h"
#include "dev/gate.h"
#include "dev/topo.h"

static const struct opt connect_all_opts[] = {
	DISC_OPTS(disc_args),
	OPT_FAB_WAIT(disc_args, wait),
};

const struct field connect_result_rows[CONNECT_RESULT_NROWS] = {
	{ "kind", "subsystem, or discovery: a discovery service", .kind = K_TEXT },
	{ "result", "connected, already (it was before), failed, skipped; with plan: connect, disconnect; with apply: disconnected, kept",
	  .kind = K_TEXT },
	FAB_RESULT_ROWS,
	{ "class", "Kind of error, as in exit codes, or empty", .kind = K_TEXT },
	{ "message", "What failed, or why it was left out; or empty", .kind = K_TEXT },
};

static const struct field connect_all_rows[] = {
	{ "connected", "Subsystems that are connected now, and were not before", .len = 32, .kind = K_UINT },
	{ "already", "Subsystems that were connected before", .len = 32, .kind = K_UINT },
	{ "failed", "Targets that failed", .len = 32, .kind = K_UINT },
	{ "results", "The targets", .kind = K_ARRAY, .sub = connect_result_rows, .nsub = CONNECT_RESULT_NROWS },
};

static const struct spec spec_connect_all = { "connect-all", "Connections to many targets", NULL, 0, 1, FIELDS(connect_all_rows) };

const struct column connect_cols[CONNECT_NCOLS] = {
	{ "Device", "Device", COL_STR, "device", .by_default = true },
	{ "Result", "Result", COL_STR, "result", .by_default = true },
	{ "Transport", "Transport", COL_STR, "transport", .by_default = true },
	{ "Address", "Address", COL_STR, "traddr", .by_default = true },
	{ "Port", "Port", COL_STR, "trsvcid", .by_default = true },
	{ "Subsystem", "Subsystem", COL_STR, "subsysnqn", .by_default = true },
	{ "Kind", "Kind", COL_STR, "kind" },
	{ "Message", "Message", COL_STR, "message", .by_default = true, .where_any = true },
};

static struct val *record(struct connect_run *a, const char *kind, const char *result)
{
	struct val *o = val_put_obj(a->w.ctx->arena, a->results, NULL);

	val_put_str(a->w.ctx->arena, o, "kind", kind);
	val_put_str(a->w.ctx->arena, o, "result", result);
	return o;
}

static void say(struct connect_run *a, struct val *o, enum exit_code code, const char *message)
{
	val_put_str(a->w.ctx->arena, o, "class", code == XC_OK ? "" : exit_class(code));
	val_put_str(a->w.ctx->arena, o, "message", message);
}

static void put_failed(struct connect_run *a, const char *kind, const struct fab_conn *c)
{
	struct error e = fab_take_error(a->w.ctx);
	struct val *o = record(a, kind, "failed");

	fab_put_result(a->w.ctx, o, c, &(struct fab_new){ .cntlid = -1 });
	/* What this host lacks can be put right. */
	if (e.hint && (e.code == XC_UNSUPPORTED || e.code == XC_PERM))
		e.message = arena_printf(a->w.ctx->arena, "%s; %s", e.message, e.hint);
	say(a, o, e.code, e.message);
	val_put_u64(a->w.ctx->arena, o, "errno", (uint64_t)e.err)->flags |= VAL_HIDDEN;
	a->failed++;
	/* The plan of a dry run has no place for it. */
	if (a->w.ctx->g.dry_run)
		warn_user(a->w.ctx, "%s", e.message);
}

static void put_skipped(struct connect_run *a, const char *kind, const struct discovery_entry *e, const char *why)
{
	struct val *o = record(a, kind, "skipped");
	struct fab_conn c = { 0 };

	fab_put_text(&c, FK_NQN, e->subnqn, "");
	fab_put_text(&c, FK_TRADDR, e->traddr, "");
	fab_put_text(&c, FK_TRSVCID, e->trsvcid, "");
	fab_put_result(a->w.ctx, o, &c, &(struct fab_new){ .cntlid = -1 });
	say(a, o, XC_OK, why);
}

/*
 * What is configured stays, if it is there: also by the name of a host, and then at each address that this stands for. Where a name
 * cannot be looked up, it may be any of those that are.
 */
static const struct topo_ctrl *keep(struct connect_run *a, const struct fab_conn *c)
{
	const struct topo_ctrl *const *there;

	if (fab_find_all(a->w.ctx, a->topo, c, &there)) {
		(void)fab_take_error(a->w.ctx);
		a->blind = true;
		return NULL;
	}
	for (size_t i = 0; there[i]; i++)
		strset_add(a->w.ctx->arena, &a->wanted, there[i]->name);
	return there[0];
}

/* true: it is only to be told what would be done. */
static bool want(struct connect_run *a, const struct fab_conn *c)
{
	const struct topo_ctrl *t;
	struct val *o;

	if (!a->look_only)
		return false;
	t = keep(a, c);
	if (t)
		a->already++;
	else
		a->connected++;
	o = record(a, fab_flag(c, FK_DISCOVERY) ? "discovery" : "subsystem", t ? "already" : "connect");
	if (fab_put_result(a->w.ctx, o, c, &(struct fab_new){ .name = t ? t->name : NULL, .cntlid = t ? t->cntlid : -1, .already = t })) {
		struct error e = fab_take_error(a->w.ctx);

		say(a, o, e.code, e.message);
	} else {
		say(a, o, XC_OK, "");
	}
	return true;
}

static void connect_one(struct connect_run *a, const struct fab_conn *c)
{
	struct ctx *ctx = a->w.ctx;
	struct fab_new new;
	struct val *o;

	if (!walk_first(&a->w, &a->w.subsystems, c))
		return;
	if (want(a, c))
		return;
	if (fab_connect_in(ctx, a->topo, c, 0, &new)) {
		put_failed(a, "subsystem", c);
		keep(a, c);
		return;
	}
	if (ctx->g.dry_run && !new.already) {
		a->planned++;
		return;
	}
	if (new.already)
		a->already++;
	else
		a->connected++;
	strset_add(ctx->arena, &a->wanted, new.name);
	o = record(a, "subsystem", new.already ? "already" : "connected");
	if (fab_put_result(ctx, o, c, &new)) {
		/* It is connected; what could not be learnt of it does not change that. */
		struct error e = fab_take_error(ctx);

		say(a, o, e.code, e.message);
	} else {
		say(a, o, XC_OK, "");
	}
}

static void take_entry(struct connect_run *a, const struct fab_target *t, const struct discovery *d, const struct fab_conn *from,
		       const struct discovery_entry *e)
{
	struct arena *arena = a->w.ctx->arena;
	const char *why;
	struct fab_conn c;

	/* Other ports of this same service are of use only to somebody who stays connected to it, and not if they tell the same. */
	if (e->subtype == DISC_CURRENT && (!t->persistent || e->eflags & DISC_EFLAGS_DUPRETINFO ||
					  fab_same_address(e->traddr, fab_text(&d->conn, FK_TRADDR))))
		return;
	why = discovery_conn(arena, e, from, &c);
	/* By another transport this host may be unable to go, and what is meant to be fast would be slow by way of some other. */
	if (!why && strcmp(fab_text(&c, FK_TRANSPORT), fab_text(&d->conn, FK_TRANSPORT)) != 0)
		why = arena_printf(arena, "it is reached by %s, and this service by %s", fab_text(&c, FK_TRANSPORT),
				   fab_text(&d->conn, FK_TRANSPORT));
	if (!why && (e->subtype == DISC_REFERRAL || e->subtype == DISC_CURRENT)) {
		walk_refer(&a->w, t, &c, &why);
		a->blind = a->blind || why;
	} else if (!why && e->subtype == DISC_NVM) {
		connect_one(a, &c);
	} else if (!why) {
		why = arena_printf(arena, "its subsystem type %u is unknown", e->subtype);
	}
	if (why)
		put_skipped(a, e->subtype == DISC_NVM ? "subsystem" : "discovery", e, why);
}

/* The log is read whole and the service let go before anything is connected. */
static int take_service(struct connect_run *a, const struct fab_target *t)
{
	struct ctx *ctx = a->w.ctx;
	struct discovery_log log;
	struct discovery d;
	struct fab_conn from;
	int rc = walk_read(&a->w, t, &d, &log);

	if (rc) {
		put_failed(a, "discovery", t->device ? &t->conn : &d.conn);
		a->blind = true;
		val_put_bool(ctx->arena, a->results->c.last, "referred", t->depth > 0)->flags |= VAL_HIDDEN;
		return 0;
	}
	rc = walk_from(&a->w, t, &d, &from);
	if (!rc)
		rc = walk_keep_raw(&a->w, &log);
	discovery_close(&d);
	if (!keep(a, &d.conn) && t->persistent && ctx->g.dry_run)
		gate_plan_step(ctx, "Connect", fab_describe(ctx->arena, &d.conn), NULL);
	if (t->persistent && !ctx->g.dry_run && !want(a, &d.conn)) {
		struct val *o = record(a, "discovery", d.already ? "already" : "connected");

		/* connect-all counts subsystems; the others count targets. */
		if (a->judging)
			*(d.already ? &a->already : &a->connected) += 1;
		fab_put_result(ctx, o, &d.conn, &(struct fab_new){ .name = d.name, .already = d.already, .cntlid = -1 });
		say(a, o, XC_OK, "");
	}
	for (uint64_t i = 0; !rc && i < log.numrec; i++) {
		struct discovery_entry e;

		discovery_entry(ctx->arena, &log, i, &e);
		take_entry(a, t, &d, &from, &e);
	}
	return rc;
}

/* When all is connected, so that it takes one look, and one time of waiting. */
static int name_nodes(struct connect_run *a)
{
	struct ctx *ctx = a->w.ctx;
	int rc = fab_name_nodes(ctx, a->results, a->wait_ms);

	if (rc || !a->wait_ms)
		return rc;
	val_for_each(o, a->results) {
		const char *late = fab_unnamed(ctx, o);
		struct val *class = val_get(o, "class"), *message = val_get(o, "message");

		if (!late || message->s.len)
			continue;
		a->late = true;
		class->s.p = exit_class(XC_TIMEOUT);
		class->s.len = strlen(class->s.p);
		message->s.p = late;
		message->s.len = strlen(late);
	}
	return 0;
}

int connect_run(struct ctx *ctx, const struct disc_args *args, struct connect_run *a)
{
	int rc = walk_begin(ctx, args, &a->w);

	a->w.temporary = a->look_only;
	a->wait_ms = args->wait.set ? args->wait.v ? args->wait.v : FAB_WAIT_MS : 0;
	a->results = val_new(ctx->arena, VAL_ARR);
	/* It stays, so that the kernel tells of changes; the same is wanted of what it refers to. */
	if (!rc && args->device)
		a->w.v->persistent = true;
	if (!rc)
		rc = topo_read(ctx, TOPO_HOST, &a->topo);
	for (size_t i = 0; !rc && i < a->w.n; i++) {
		struct fab_target t = a->w.v[i]; /* the list may move */

		if (t.is_subsystem)
			connect_one(a, &t.conn);
		else
			rc = take_service(a, &t);
	}
	return rc ? rc : name_nodes(a);
}

void connect_put(struct connect_run *a, struct val *out)
{
	struct ctx *ctx = a->w.ctx;

	val_put_u64(ctx->arena, out, "connected", a->connected);
	val_put_u64(ctx->arena, out, "already", a->already);
	val_put_u64(ctx->arena, out, "failed", a->failed);
	val_add(out, "results", a->results);
	if (a->failed)
		ctx->verdict = a->connected + a->already + a->planned ? XC_PARTIAL : XC_CONNECT;
	else if (a->late)
		ctx->verdict = XC_PARTIAL;
}

static int run_connect_all(struct ctx *ctx, const void *argp, struct val *out)
{
	struct connect_run a = { 0 };
	int rc = connect_run(ctx, argp, &a);

	if (!rc)
		connect_put(&a, out);
	if (!rc)
		walk_put_asked(&a.w, out);
	return rc;
}

const struct cmd cmd_connect_all = {
	.name = "connect-all",
	.group = "NVMe over Fabrics",
	.brief = "Connect to everything that discovery services offer",
	.desc = "Asks the discovery services that are named, or all of the configuration, and those to which they refer, each once; and "
		"connects to every subsystem that they offer by the transport by which they were asked, and to the subsystems that are "
		"configured themselves. What is connected already stays as it is. With --device, which stays, the services to which it refers "
		"stay too.\n\n"
		"There is one record for each target. Exit code 10: some failed, or nodes did not come in time; 11: all failed.",
	.examples = "nvmekit connect-all -t tcp -a 192.0.2.10\n  Connect to all that is offered there, and where it refers to.\n"
		    "nvmekit connect-all -t tcp -a 192.0.2.10 --dry-run\n  What would be connected?\n",
	.target = T_NONE,
	.flags = C_ALTERS | C_BINARY,
	OPTS(disc_args, connect_all_opts),
	.out = &spec_connect_all,
	.layout = &(const struct layout){ .kind = LAY_TABLE, .rows = "results", .cols = connect_cols, .ncols = CONNECT_NCOLS },
	.run = run_connect_all,
};
