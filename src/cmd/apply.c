/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* plan and apply: from the connections that there are to those that are configured. */
#include <string.h>

#include "cmd/connect_all.h"
#include "cmd/disconnect.h"

struct apply_args {
	struct disc_args disc;
	bool prune;
};

#define APPLY_OPTS                                                                                                               \
	OPT(apply_args, disc.config, 'J', "config", "FILE", "Configuration to read instead of the files in /etc/nvme",          \
	    .complete = COMP_FILE),                                                                                             \
	OPT(apply_args, disc.owner, 0, "owner", "TEXT", "Only targets of this owner in the configuration"),                     \
	OPT(apply_args, disc.no_nbft, 0, "no-nbft", NULL, "Not what the firmware has booted from"),                             \
	OPT(apply_args, prune, 0, "prune", NULL,                                                                                \
	    "Give up connections that are not configured; what is in use stays, and nothing goes while a discovery service "    \
	    "does not answer")

static const struct opt plan_opts[] = { APPLY_OPTS };
static const struct opt apply_opts[] = { APPLY_OPTS, OPT_FAB_WAIT(apply_args, disc.wait) };

static const struct field apply_rows[] = {
	{ "connected", "Targets that are connected now and were not before; with plan: that would be", .len = 32, .kind = K_UINT },
	{ "already", "Targets that were connected before", .len = 32, .kind = K_UINT },
	{ "failed", "Targets that failed", .len = 32, .kind = K_UINT },
	{ "disconnected", "Connections that were given up; with plan: that would be", .len = 32, .kind = K_UINT },
	{ "kept", "Connections that are not configured and stay", .len = 32, .kind = K_UINT },
	{ "results", "All of them", .kind = K_ARRAY, .sub = connect_result_rows, .nsub = CONNECT_RESULT_NROWS },
};

static const struct spec spec_plan_answer = { "plan", "What the configuration would change", NULL, 0, 1, FIELDS(apply_rows) };
static const struct spec spec_apply = { "apply", "What the configuration has changed", NULL, 0, 1, FIELDS(apply_rows) };

static bool not_wanted(const struct topo_ctrl *c, const void *what)
{
	const struct connect_run *r = what;

	/* What has been connected meanwhile was not there to be judged. */
	for (size_t i = 0; i < r->topo->nsubsys; i++) {
		for (size_t k = 0; k < r->topo->subsys[i]->nctrls; k++) {
			if (strcmp(r->topo->subsys[i]->ctrls[k]->name, c->name) == 0)
				return topo_by_fabrics(c) && !strset_has(&r->wanted, c->name);
		}
	}
	return false;
}

static void put_leaver(struct connect_run *r, const struct topo_ctrl *c, const char *result, const char *message)
{
	struct ctx *ctx = r->w.ctx;
	struct val *o = val_put_obj(ctx->arena, r->results, NULL);
	struct fab_conn conn;

	fab_of_ctrl(ctx->arena, c, &conn);
	/* What it leads to is of no interest any more. */
	fab_put_number(&conn, FK_DISCOVERY, 1, "");
	val_put_str(ctx->arena, o, "kind", strcmp(c->cntrltype, "discovery") == 0 ? "discovery" : "subsystem");
	val_put_str(ctx->arena, o, "result", result);
	fab_put_result(ctx, o, &conn, &(struct fab_new){ .name = c->name, .cntlid = c->cntlid, .already = true });
	val_put_str(ctx->arena, o, "class", "");
	val_put_str(ctx->arena, o, "message", message);
}

/* In the words of what disconnect-all answers, or of the plan. */
static int prune(struct connect_run *r, bool really, uint64_t *gone, uint64_t *kept)
{
	struct ctx *ctx = r->w.ctx;
	struct val *answer = val_new(ctx->arena, VAL_OBJ);
	enum exit_code before = ctx->verdict;
	int rc = really ? disconnect_where(ctx, not_wanted, r, answer) : 0;

	if (rc)
		return rc;
	for (size_t i = 0; i < r->topo->nsubsys; i++) {
		for (size_t k = 0; k < r->topo->subsys[i]->nctrls; k++) {
			const struct topo_ctrl *c = r->topo->subsys[i]->ctrls[k];
			const char *result = really ? "disconnected" : "disconnect", *why = "";

			if (!not_wanted(c, r))
				continue;
			for (const struct val *v = really ? val_get(answer, "controllers")->c.first : NULL; v; v = v->next) {
				if (strcmp(val_str(ctx->arena, v, "device"), c->name) != 0)
					continue;
				result = val_str(ctx->arena, v, "result");
				why = val_str(ctx->arena, v, "reason");
			}
			*(strcmp(result, "kept") == 0 ? kept : gone) += 1;
			put_leaver(r, c, result, why);
		}
	}
	/* That something in use stays is what was promised. */
	ctx->verdict = before;
	return 0;
}

static void count_rest(struct connect_run *r, uint64_t *kept)
{
	for (size_t i = 0; i < r->topo->nsubsys; i++) {
		for (size_t k = 0; k < r->topo->subsys[i]->nctrls; k++)
			*kept += not_wanted(r->topo->subsys[i]->ctrls[k], r);
	}
}

static int run_apply(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct apply_args *args = argp;
	struct connect_run r = { .look_only = !(ctx->cmd->flags & C_ALTERS), .judging = true };
	uint64_t gone = 0, kept = 0;
	enum exit_code verdict;
	int rc;

	if (args->prune && args->disc.owner)
		return fail(ctx, XC_USAGE, 0, "--prune and --owner exclude each other: what is configured for other owners would be given up");
	rc = connect_run(ctx, &args->disc, &r);
	if (rc)
		return rc;
	connect_put(&r, out);
	verdict = ctx->verdict;
	if (args->prune && r.blind)
		warn_user(ctx, "nothing is given up, for it is not known in full what shall be there: a discovery service was not "
			       "asked, or the name of a host was not found");
	if (args->prune && !r.blind)
		rc = prune(&r, !r.look_only, &gone, &kept);
	else
		count_rest(&r, &kept);
	if (rc)
		return rc;
	ctx->verdict = verdict;
	val_put_u64(ctx->arena, out, "disconnected", gone);
	val_put_u64(ctx->arena, out, "kept", kept);
	return 0;
}

#define APPLY_LAYOUT                                                                                                             \
	&(const struct layout) { .kind = LAY_TABLE, .rows = "results", .cols = connect_cols, .ncols = CONNECT_NCOLS }

const struct cmd cmd_plan = {
	.name = "plan",
	.group = "NVMe over Fabrics",
	.alias = "config plan",
	.brief = "Show what would change to reach the configuration",
	.desc = "Reads the configuration, asks the discovery services in it, and compares what they offer and what is configured with the "
		"connections that there are: what is there already, what would be connected, and with --prune what would be given up. "
		"Nothing of that is done; 'nvmekit apply' does it.",
	.examples = "nvmekit plan\n  What is missing?\n"
		    "nvmekit plan --prune -o json\n  The same with what is too much, for a script.\n",
	.target = T_NONE,
	OPTS(apply_args, plan_opts),
	.out = &spec_plan_answer,
	.layout = APPLY_LAYOUT,
	.run = run_apply,
};

const struct cmd cmd_apply = {
	.name = "apply",
	.group = "NVMe over Fabrics",
	.alias = "config apply",
	.brief = "Connect to what is configured, and give up what is not",
	.desc = "Does what 'nvmekit plan' shows. Doing it again changes nothing. Without --prune connections are only added. What is in use "
		"is never given up, and the rest needs no answer.",
	.examples = "nvmekit apply --dry-run\n  Which connections would be made, with which options?\n",
	.target = T_NONE,
	.flags = C_GATED | C_ALTERS,
	OPTS(apply_args, apply_opts),
	.out = &spec_apply,
	.layout = APPLY_LAYOUT,
	.run = run_apply,
};
