/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* discover: what a discovery service has to offer. Base 2.1, section 5.1.12.3.1. */
#include <string.h>

#include "cmd/disc.h"
#include "spec/tables.h"

static const struct opt discover_opts[] = {
	DISC_OPTS(disc_args),
	OPT(disc_args, referrals, 0, "referrals", NULL, "Ask the discovery services to which it refers as well"),
};

static const struct field log_rows[] = {
	{ "device", "Discovery controller that was asked", .kind = K_TEXT },
	{ "transport", "Transport to it", .kind = K_TEXT },
	{ "traddr", "Its address", .kind = K_TEXT },
	{ "trsvcid", "Its port number, or empty", .kind = K_TEXT },
	{ "subsysnqn", "Its NQN", .kind = K_TEXT },
	{ "genctr", "Generation Counter", .len = 64, .kind = K_UINT },
	{ "numrec", "Number of Records", .len = 64, .kind = K_UINT },
	{ "recfmt", "Record Format", .len = 16, .kind = K_UINT },
	{ "records", "What it offers", .kind = K_ARRAY, .sub = disc_entry_fields, .nsub = DISC_ENTRY_NFIELDS },
};

static const struct field failed_rows[] = {
	{ "transport", "Transport", .kind = K_TEXT },
	{ "traddr", "Address", .kind = K_TEXT },
	{ "trsvcid", "Port number, or empty", .kind = K_TEXT },
	{ "class", "Kind of error, as in exit codes", .kind = K_TEXT },
	{ "message", "What failed", .kind = K_TEXT },
};

static const struct field discover_rows[] = {
	{ "logs", "Discovery services", .kind = K_ARRAY, SUB(log_rows) },
	{ "failed", "Services that could not be asked", .kind = K_ARRAY, SUB(failed_rows), .flags = F_QUIET },
};

static const struct spec spec_discover = { "discover", "Discovery logs", NULL, 0, 1, FIELDS(discover_rows) };

static void put_log(struct walk *w, const struct discovery *d, const struct discovery_log *log, struct val *logs)
{
	struct arena *a = w->ctx->arena;
	struct val *o = val_put_obj(a, logs, NULL), *decoded = spec_decode(a, &spec_log_discovery, log->raw, log->len);

	val_put_str(a, o, "device", d->name);
	val_put_str(a, o, "transport", fab_text(&d->conn, FK_TRANSPORT));
	val_put_str(a, o, "traddr", fab_text(&d->conn, FK_TRADDR));
	val_put_str(a, o, "trsvcid", fab_text(&d->conn, FK_TRSVCID));
	val_put_str(a, o, "subsysnqn", fab_text(&d->conn, FK_NQN));
	for (struct val *m = decoded->c.first, *next; m; m = next) {
		next = m->next;
		m->next = NULL;
		val_add(o, m->key, m);
	}
	if (!val_get(o, "records"))
		val_put_arr(a, o, "records");
}

static void put_failed(struct walk *w, const struct fab_target *t, struct val *failed)
{
	struct error e = fab_take_error(w->ctx);
	struct val *o = val_put_obj(w->ctx->arena, failed, NULL);
	struct arena *a = w->ctx->arena;

	val_put_str(a, o, "transport", fab_text(&t->conn, FK_TRANSPORT));
	val_put_str(a, o, "traddr", fab_text(&t->conn, FK_TRADDR));
	val_put_str(a, o, "trsvcid", fab_text(&t->conn, FK_TRSVCID));
	val_put_str(a, o, "class", exit_class(e.code));
	val_put_str(a, o, "message", e.message);
	val_put_u64(a, o, "errno", (uint64_t)e.err)->flags |= VAL_HIDDEN;
	warn_user(w->ctx, "%s", e.message);
}

static void follow(struct walk *w, const struct fab_target *t, const struct discovery *d, const struct discovery_log *log)
{
	struct fab_conn from, c;

	if (walk_from(w, t, d, &from)) {
		warn_user(w->ctx, "referrals are not followed: %s", fab_take_error(w->ctx).message);
		return;
	}
	for (uint64_t i = 0; i < log->numrec; i++) {
		struct discovery_entry e;
		const char *why;

		discovery_entry(w->ctx->arena, log, i, &e);
		if (e.subtype != DISC_REFERRAL)
			continue;
		why = discovery_conn(w->ctx->arena, &e, &from, &c);
		if (!why)
			walk_refer(w, t, &c, &why);
		if (why)
			warn_user(w->ctx, "a referral to %s %s is not followed: %s", e.traddr, e.trsvcid, why);
	}
}

static int run_discover(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct disc_args *args = argp;
	struct val *logs = val_put_arr(ctx->arena, out, "logs"), *failed = val_put_arr(ctx->arena, out, "failed");
	struct walk w;
	int rc = walk_begin(ctx, args, &w);

	for (size_t i = 0; !rc && i < w.n; i++) {
		struct fab_target t = w.v[i]; /* the list may move */
		struct discovery_log log;
		struct discovery d;

		if (t.is_subsystem)
			continue;
		rc = walk_read(&w, &t, &d, &log);
		/* The one that was asked for: its error is the answer. */
		if (rc && w.named && w.n == 1)
			return rc;
		if (rc) {
			put_failed(&w, &t, failed);
			rc = 0;
			continue;
		}
		put_log(&w, &d, &log, logs);
		if (args->referrals)
			follow(&w, &t, &d, &log);
		rc = walk_keep_raw(&w, &log);
		discovery_close(&d);
	}
	if (!rc && !failed->c.n && !logs->c.n && w.n)
		warn_user(ctx, "only subsystems are configured, and no discovery service");
	if (!rc)
		walk_put_asked(&w, out);
	if (!rc && failed->c.n)
		ctx->verdict = logs->c.n ? XC_PARTIAL : XC_CONNECT;
	return rc;
}

static const struct tree_level levels[] = {
	{ "logs", "{subsysnqn} at {transport} {traddr}[ {trsvcid}], records: {numrec}, generation {genctr}" },
	{ "records", "{subtype:n}[ {subnqn}] at {trtype:k}[ {traddr}][ {trsvcid}], port ID {portid}[, {sectype:n}]" },
};

const struct cmd cmd_discover = {
	.name = "discover",
	.group = "NVMe over Fabrics",
	.brief = "Show what a discovery service offers",
	.desc = "Connects to a discovery controller, reads its log and gives the connection up again, unless there is one already or "
		"--persistent keeps it. Without a target all discovery services of the configuration are asked.\n\n"
		"The log is read as often as it changes meanwhile, and for two minutes at most. A service that cannot be asked is told "
		"in the answer (exit code 10, or 11 if there is no other).",
	.examples = "nvmekit discover -t tcp -a 192.0.2.10\n  Show what is offered there.\n"
		    "nvmekit discover -t tcp -a 192.0.2.10 --referrals -o json\n  The same with everything it refers to, for a script.\n",
	.target = T_NONE,
	.flags = C_BINARY,
	OPTS(disc_args, discover_opts),
	.out = &spec_discover,
	.layout = &(const struct layout){ .kind = LAY_TREE, .levels = levels, .nlevels = NELEMS(levels) },
	.run = run_discover,
};
