/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The one place that opens a device, prints, and turns a result into an exit code:
 * argv -> arguments -> request -> bytes -> value tree -> formatter.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/help.h"
#include "cli/opt.h"
#include "cmd/dry_run.h"
#include "compat/compat.h"
#include "core/ctx.h"
#include "dev/dev.h"
#include "dev/gate.h"
#include "output/fmt.h"
#include "output/progress.h"
#include "spec/authkey.h"
#include "spec/spec.h"

static bool takes_device(const struct cmd *c)
{
	return c->target == T_CTRL || c->target == T_NS || c->target == T_DEV;
}

static const char *clean(struct ctx *ctx, const char *s)
{
	return printable(ctx->arena, s, strlen(s), false);
}

static void print_notes(struct ctx *ctx)
{
	if (ctx->g.quiet)
		return;
	val_for_each(w, ctx->warnings)
		fprintf(stderr, "nvmekit: %s\n", printable(ctx->arena, w->s.p, w->s.len, false));
}

/* A plan, on standard error: before a question, and with a refusal. */
static void show_plan(struct ctx *ctx)
{
	struct fmt_opts o = { .ctx = ctx, .cmd = &cmd_dry_run, .layout = cmd_dry_run.layout };

	spec_bind(cmd_dry_run.out, ctx->plan);
	fmt_by_name("normal")->print(stderr, ctx->plan, &o);
}

static void print_error(struct ctx *ctx, const struct cmd *cmd)
{
	const struct fmt *f = fmt_by_name(ctx->g.output_format);
	struct fmt_opts o = { .ctx = ctx, .cmd = cmd, .one_line = ctx->emitted };

	if (f && f->print_error) {
		f->print_error(stdout, &ctx->error, &o);
		fflush(stdout);
	}
	/* Who was asked has seen it. */
	if (ctx->plan && ctx->error.code == XC_REFUSED && !ctx->asked && !ctx->g.quiet && f && !f->print_error)
		show_plan(ctx);
	fprintf(stderr, "nvmekit: %s\n", clean(ctx, ctx->error.message));
	if (ctx->error.hint)
		fprintf(stderr, "nvmekit: %s\n", clean(ctx, ctx->error.hint));
}

/* Whoever failed without a word still gets a sentence. */
static void name_error(struct ctx *ctx, int rc, const struct cmd *cmd)
{
	const char *what = cmd ? cmd->name : "nvmekit";

	if (ctx->dev && !ctx->error.device)
		ctx->error.device = ctx->dev->path;
	if (ctx->error.code != XC_OK)
		return;
	if (rc > 0)
		fail_status(ctx, rc, "%s failed with NVMe status 0x%x", what, (unsigned)rc);
	else
		fail(ctx, exit_code_of_errno(-rc), -rc, "%s failed: %s", what, strerror(-rc));
}

static int check_format(struct ctx *ctx, const struct cmd *cmd)
{
	const struct fmt *f = fmt_by_name(ctx->g.output_format);

	if (f && (f->needs & FMT_RAW) && !(cmd->flags & C_BINARY))
		return fail(ctx, XC_USAGE, 0, "%s has no bytes to show: --output-format=%s is not possible", cmd->name,
			    f->name);
	return 0;
}

static bool ask_user(struct ctx *ctx, const char *question, char *answer, size_t size)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return false;
	show_plan(ctx);
	fputs(clean(ctx, question), stderr);
	fflush(stderr);
	if (!fgets(answer, (int)size, stdin))
		*answer = '\0';
	answer[strcspn(answer, "\n")] = '\0';
	ctx->asked = true;
	return true;
}

static int open_target(struct ctx *ctx, const struct parsed *p)
{
	int rc;

	ctx->operands = p->operands;
	if (!takes_device(p->cmd))
		return 0;
	rc = dev_open(ctx, p->operands[0], &ctx->dev);
	if (rc) {
		ctx->error.device = p->operands[0];
		return rc;
	}
	ctx->device = ctx->dev->name;
	ctx->device_path = ctx->dev->path;
	return 0;
}

static struct fmt_opts opts_of(struct ctx *ctx, const struct cmd *cmd)
{
	return (struct fmt_opts){
		.ctx = ctx,
		.cmd = cmd,
		.layout = ctx->layout && cmd == ctx->cmd ? ctx->layout : cmd->layout,
		.verbose = ctx->g.verbose,
		.colour = !ctx->g.no_color && isatty(STDOUT_FILENO),
		.headings = !ctx->no_headings,
		.columns = ctx->columns,
		.one_line = ctx->emitted,
	};
}

static int written(struct ctx *ctx, int rc)
{
	if (!rc && (fflush(stdout) || ferror(stdout)))
		rc = errno ? -errno : -EIO;
	if (rc)
		fail(ctx, XC_INTERNAL, -rc, "cannot write the output: %s", strerror(-rc));
	return rc;
}

static int print_answer(struct ctx *ctx, const struct personality *who, const struct cmd *cmd, struct val *out)
{
	const struct fmt *f = fmt_by_name(ctx->g.output_format);
	struct fmt_opts o = opts_of(ctx, cmd);
	int rc = 0;

	if (who->shape)
		who->shape(ctx, out, &o);
	if (!who->print || !who->print(ctx, out, &o, stdout))
		rc = f->print(stdout, out, &o);
	return written(ctx, rc);
}

/* ctx->emit: the whole answer as JSON, a document in a line each; in text once, and then what changes. */
static int emit_answer(struct ctx *ctx, struct val *answer)
{
	const struct fmt *f = fmt_by_name(ctx->g.output_format);
	struct fmt_opts o = opts_of(ctx, ctx->cmd);
	const struct val *changes = val_get(ctx->moment, "changes");

	spec_bind(ctx->cmd->out, answer);
	if (f->print_error || !changes->c.n)
		return written(ctx, f->print(stdout, answer, &o));
	return written(ctx, changes_print(stdout, ctx->moment, &o));
}

static void interrupted(int sig)
{
	(void)sig;
	ctx_interrupted = 1;
}

/* Ctrl-C ends the watching of what goes on in a drive, and nothing else: the second one ends the tool. */
static void prepare(struct ctx *ctx, const struct cmd *cmd)
{
	struct sigaction sa = { .sa_handler = interrupted, .sa_flags = (int)SA_RESETHAND };

	ctx->alter_timeout_ms = cmd->timeout_ms;
	if (cmd->flags & C_GATED)
		ctx->ask = ask_user;
	if (cmd->flags & C_STREAM)
		ctx->emit = emit_answer;
	if (cmd->flags & C_LONG)
		progress_begin(ctx);
	if (cmd->flags & (C_LONG | C_STREAM))
		sigaction(SIGINT, &sa, NULL);
}

static int print_plan(struct ctx *ctx, const struct personality *who)
{
	struct val *plan = gate_plan(ctx);

	spec_bind(cmd_dry_run.out, plan);
	/* No bytes are there to be written raw. */
	if (fmt_by_name(ctx->g.output_format)->needs & FMT_RAW)
		ctx->g.output_format = "normal";
	return print_answer(ctx, who, &cmd_dry_run, plan);
}

static int run(struct ctx *ctx, const struct personality *who, const struct parsed *p)
{
	struct val *out = val_new(ctx->arena, VAL_OBJ);
	int rc;

	ctx->cmd = p->cmd;
	prepare(ctx, p->cmd);
	rc = check_format(ctx, p->cmd);
	if (!rc && ctx->g.system && who->notes && !ctx->g.quiet && !(p->cmd->flags & C_LOCAL))
		fprintf(stderr, "nvmekit: simulated system '%s', not this machine\n", clean(ctx, ctx->g.system));
	if (!rc)
		rc = open_target(ctx, p);
	if (!rc)
		rc = p->cmd->run(ctx, p->args, out);
	if (!rc && ctx->g.dry_run && p->cmd->flags & C_ALTERS) {
		rc = print_plan(ctx, who);
	} else if (!rc && !ctx->emitted) {
		if (p->cmd->out)
			spec_bind(p->cmd->out, out);
		rc = print_answer(ctx, who, p->cmd, out);
	}
	if (who->notes)
		print_notes(ctx);
	return rc;
}

static int finish(struct ctx *ctx, const struct personality *who, const struct cmd *cmd, int rc)
{
	enum exit_code code = ctx->verdict;

	if (rc) {
		name_error(ctx, rc, cmd);
		ctx->error.message = auth_key_hide(ctx->arena, ctx->error.message);
		ctx->error.hint = ctx->error.hint ? auth_key_hide(ctx->arena, ctx->error.hint) : NULL;
		code = ctx->error.code;
		if (who->error)
			who->error(ctx, strcmp(ctx->g.output_format, "json") == 0, stdout, stderr);
		else
			print_error(ctx, cmd);
	}
	if (ctx->dev)
		dev_close(ctx->dev);
	if (who->exit_code)
		return who->exit_code(code);
	return code;
}

int main(int argc, char **argv)
{
	const struct personality *who = personality_of(&argc, &argv);
	struct parsed p = { 0 };
	struct ctx ctx;
	int rc = 0, code = 0;

	ctx_init(&ctx);
	if (who->argv)
		rc = who->argv(&ctx, &argc, &argv, stdout, stderr, &code);
	if (rc > 0) {
		ctx_done(&ctx);
		return code;
	}
	if (!rc)
		rc = cli_parse(&ctx, argc, argv, &p);
	if (!rc && p.help) {
		if (p.cmd)
			help_command(stdout, p.cmd);
		else
			help_overview(stdout);
		if (fflush(stdout) || ferror(stdout))
			rc = fail(&ctx, XC_INTERNAL, errno, "cannot write the output: %s", strerror(errno));
	} else if (!rc) {
		rc = run(&ctx, who, &p);
	}
	code = finish(&ctx, who, p.cmd, rc);
	ctx_done(&ctx);
	return code;
}
