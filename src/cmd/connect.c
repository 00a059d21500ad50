/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* connect: one connection to one subsystem. */
#include <errno.h>
#include <string.h>

#include "cmd/common.h"
#include "cmd/fab.h"
#include "cmd/fabopts.h"
#include "dev/fabconf.h"

struct connect_args {
	struct fabopts fab;
	const char *config, *owner, *context;
	bool no_idempotent, idempotent;
	struct opt_u32 wait;
};

static const struct opt connect_opts[] = {
	FAB_OPTS(connect_args, fab),
	OPT(connect_args, no_idempotent, 0, "no-idempotent", NULL, "It is an error (exit code 11) if there is such a connection already"),
	OPT(connect_args, idempotent, 0, "idempotent", NULL, "The default, for scripts that say so", .flags = OF_HIDDEN),
	OPT(connect_args, config, 'J', "config", "FILE|none", "Take what is not said here from this configuration, where it has the connection",
	    .complete = COMP_FILE),
	OPT(connect_args, owner, 0, "owner", "TEXT", "For scripts written for nvme-cli", .flags = OF_HIDDEN),
	OPT(connect_args, context, 0, "context", "TEXT", "For scripts written for nvme-cli", .flags = OF_HIDDEN),
	OPT_FAB_WAIT(connect_args, wait),
};

static const struct field connect_rows[] = { FAB_RESULT_ROWS };

static const struct spec spec_connect = { "connect", "A connection to a fabrics target", NULL, 0, 1, FIELDS(connect_rows) };

/* The same subsystem by the same way from the same host, as far as both say. */
static bool is_same(const struct fab_conn *a, const struct fab_conn *b)
{
	static const enum fab_key ends[] = { FK_TRANSPORT, FK_NQN, FK_TRADDR, FK_TRSVCID, FK_HOST_TRADDR, FK_HOST_IFACE,
					     FK_HOSTNQN, FK_HOSTID };

	for (size_t i = 0; i < NELEMS(ends); i++) {
		if (a->v[ends[i]].set && b->v[ends[i]].set && !fab_same_address(a->v[ends[i]].s, b->v[ends[i]].s))
			return false;
	}
	return a->v[FK_NQN].set;
}

static int from_configuration(struct ctx *ctx, const char *config, struct fab_conn *c)
{
	struct fabconf *fc;
	int rc = config ? fabconf_load(ctx, config, &fc) : 0;

	if (!rc && config)
		rc = fabconf_check(ctx, fc);
	for (size_t i = 0; !rc && config && i < fc->n; i++) {
		if (!is_same(c, &fc->entries[i].conn))
			continue;
		fab_merge(c, &fc->entries[i].conn);
		break;
	}
	return rc;
}

static int name_nodes(struct ctx *ctx, const struct val *out, uint64_t wait_ms)
{
	struct val one = *out, records = { .type = VAL_ARR };
	const char *late;
	int rc;

	one.next = NULL;
	records.c.first = records.c.last = &one;
	rc = fab_name_nodes(ctx, &records, wait_ms);
	late = wait_ms ? fab_unnamed(ctx, out) : NULL;
	return !rc && late ? fail(ctx, XC_TIMEOUT, ETIMEDOUT, "%s", late) : rc;
}

static int run_connect(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct connect_args *args = argp;
	struct fab_conn c;
	struct fab_new new;
	int rc = fabopts_conn(ctx, &args->fab, &c);

	if (!rc)
		rc = from_configuration(ctx, args->config, &c);
	if (!rc)
		rc = fab_host(ctx, &c);
	fab_usual_port(&c);
	if (!rc)
		rc = fab_connect(ctx, &c, args->no_idempotent ? FAB_NOT_IF_THERE : 0, &new);
	if (rc || ctx->g.dry_run)
		return rc;
	ctx->device = new.name;
	ctx->device_path = arena_printf(ctx->arena, "/dev/%s", new.name);
	rc = fab_put_result(ctx, out, &c, &new);
	if (!rc)
		rc = name_nodes(ctx, out, args->wait.set ? args->wait.v ? args->wait.v : FAB_WAIT_MS : 0);
	/* The connection that is there may be lost just now. It is still the one that was asked for, and the kernel sees to it. */
	if (rc && new.already && ctx->error.code == XC_NODEV) {
		struct error e = fab_take_error(ctx);

		warn_user(ctx, "%s", e.message);
		rc = 0;
	}
	return rc;
}

const struct cmd cmd_connect = {
	.name = "connect",
	.group = "NVMe over Fabrics",
	.brief = "Connect to a subsystem",
	.desc = "Makes a controller that leads to a subsystem behind a network, and says which one and which namespaces are there. If "
		"there is such a connection already, that is success, and the answer says so.\n\n"
		"A name of a host is looked up here, and each of its addresses is tried. What was asked for to be secure is secure or "
		"refused: where the kernel does not know an option for authentication, encryption or checksums, nothing is connected.\n\n"
		"Secrets are read from files. A secret on the command line works too, with a warning.",
	.examples = "nvmekit connect -t tcp -a array.example -n nqn.2014-08.org.example:d --dry-run\n  What would the kernel be told?\n",
	.target = T_NONE,
	.flags = C_ALTERS,
	OPTS(connect_args, connect_opts),
	.out = &spec_connect,
	.layout = &(const struct layout){ .title = "{device} leads to {subsysnqn}" },
	.run = run_connect,
};
