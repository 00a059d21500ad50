/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Reading commands do no harm: on no device of the simulated system is any command of theirs refused. */
#include "unit.h"

#include <errno.h>

#include "cli/opt.h"
#include "core/ctx.h"
#include "dev/dev.h"
#include "dev/sim.h"
#include "dev/topo.h"

static bool only_reads(const struct cmd *c)
{
	return (c->target == T_CTRL || c->target == T_NS || c->target == T_DEV) && !(c->flags & C_ALTERS) &&
	       !(c->flags & C_LONG) && !strstr(c->name, "passthru");
}

/*
 * Runs a line as the tool does. What a command says by itself (it needs another option, the drive says that it has no
 * such thing) is fine; that the drive refuses something is not. 0: the device cannot be opened.
 */
static size_t run_line(const struct cmd *c, int argc, char **argv)
{
	struct parsed p;
	struct ctx ctx;
	int rc;

	ctx_init(&ctx);
	ctx.g.system = "demo";
	rc = cli_parse(&ctx, argc, argv, &p);
	if (!rc)
		rc = p.operands[0] ? dev_open(&ctx, p.operands[0], &ctx.dev) : -ENODEV;
	if (!rc) {
		ctx.cmd = c;
		ctx.device = ctx.dev->name;
		ctx.device_path = ctx.dev->path;
		rc = c->run(&ctx, p.args, val_new(ctx.arena, VAL_OBJ));
		if (rc && ctx.error.code != XC_USAGE && (ctx.error.code != XC_UNSUPPORTED || ctx.error.status > 0))
			fail_msg("%s %s: %s", c->name, p.operands[0], ctx.error.message);
		if (sim_rejected(ctx.dev))
			fail_msg("%s %s sent a command that was refused", c->name, p.operands[0]);
		dev_close(ctx.dev);
		ctx_done(&ctx);
		return 1;
	}
	ctx_done(&ctx);
	return 0;
}

static size_t run_on(const struct cmd *c, const char *device, const char *option)
{
	char *argv[] = { (char *)"nvmekit", (char *)c->name, (char *)device, (char *)option, NULL };

	return run_line(c, option ? 4 : 3, argv);
}

static size_t run_command(const struct cmd *c, const char *device, bool is_ns)
{
	if (c->target == T_NS && !is_ns)
		return 0;
	if (strcmp(c->name, "get-log") != 0)
		return run_on(c, device, NULL) + run_on(c, device, "-v");
	return run_on(c, device, "-ierror") + run_on(c, device, "-ismart") + run_on(c, device, "-ifw");
}

/* The examples of a command are run on the demo as they stand. */
static size_t run_examples(const struct cmd *c)
{
	size_t n = 0;

	for (const char *l = c->examples; l && *l; l += strcspn(l, "\n") + (strchr(l, '\n') != NULL)) {
		char *argv[32], *text = strndup(l, strcspn(l, "\n")), *save = NULL;
		int argc = 0;

		text[strcspn(text, "|>")] = '\0';
		for (char *w = strtok_r(text, " ", &save); w && argc < 31; w = strtok_r(NULL, " ", &save))
			argv[argc++] = w;
		argv[argc] = NULL;
		if (*l != ' ')
			n += run_line(c, argc, argv);
		free(text);
	}
	return n;
}

static void test_reading_is_never_refused(void **state)
{
	struct topo *t;
	struct ctx ctx;
	size_t n = 0, commands = 0, examples = 0;

	(void)state;
	ctx_init(&ctx);
	ctx.g.system = "demo";
	assert_int_equal(topo_read(&ctx, TOPO_NS, &t), 0);
	for (const struct cmd *const *c = cmds; *c; c++) {
		if (!only_reads(*c))
			continue;
		commands++;
		examples += run_examples(*c);
		for (size_t i = 0; i < t->nsubsys; i++) {
			for (size_t j = 0; j < t->subsys[i]->nctrls; j++)
				n += run_command(*c, t->subsys[i]->ctrls[j]->name, false);
			for (size_t j = 0; j < t->subsys[i]->nns; j++)
				n += run_command(*c, t->subsys[i]->ns[j]->name, true);
		}
	}
	ctx_done(&ctx);
	assert_true(commands >= 6);
	assert_true(examples >= commands);
	assert_true(n >= 8 * commands);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading_is_never_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
