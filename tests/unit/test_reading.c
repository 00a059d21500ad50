/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Reading commands do no harm: on no device of the simulated system is any command of theirs refused. */
#include "unit.h"

#include "cli/opt.h"
#include "core/ctx.h"
#include "dev/dev.h"
#include "dev/sim.h"
#include "dev/topo.h"

static bool only_reads(const struct cmd *c)
{
	return (c->target == T_CTRL || c->target == T_NS || c->target == T_DEV) && !(c->flags & C_ALTERS) &&
	       !strstr(c->name, "passthru");
}

/* Runs "NAME DEVICE OPTION" as the tool does. false: the device cannot be opened. */
static bool run_on_demo(const struct cmd *c, const char *device, const char *option)
{
	char *argv[] = { "nvmekit", "--system=demo", (char *)c->name, (char *)device, (char *)option, NULL };
	struct parsed p;
	struct ctx ctx;
	int rc;

	ctx_init(&ctx);
	rc = cli_parse(&ctx, option ? 5 : 4, argv, &p);
	if (rc)
		fail_msg("%s %s: %s", c->name, device, ctx.error.message);
	ctx.cmd = c;
	rc = dev_open(&ctx, p.operands[0], &ctx.dev);
	if (!rc) {
		ctx.device = ctx.dev->name;
		ctx.device_path = ctx.dev->path;
		rc = c->run(&ctx, p.args, val_new(ctx.arena, VAL_OBJ));
		if (rc)
			fail_msg("%s %s %s: %s", c->name, device, option ? option : "", ctx.error.message);
		if (sim_rejected(ctx.dev))
			fail_msg("%s %s %s sent a command that was refused", c->name, device,
				 option ? option : "");
		dev_close(ctx.dev);
	}
	ctx_done(&ctx);
	return !rc;
}

static size_t run_command(const struct cmd *c, const char *device, bool is_ns)
{
	size_t n = 0;

	if (c->target == T_NS && !is_ns)
		return 0;
	if (strcmp(c->name, "get-log") != 0)
		return run_on_demo(c, device, NULL) + run_on_demo(c, device, "-v");
	for (const char *const *page = (const char *const[]){ "-ierror", "-ismart", "-ifw", NULL }; *page;
	     page++)
		n += run_on_demo(c, device, *page);
	return n;
}

static void test_reading_is_never_refused(void **state)
{
	struct topo *t;
	struct ctx ctx;
	size_t n = 0, commands = 0;

	(void)state;
	ctx_init(&ctx);
	ctx.g.system = "demo";
	assert_int_equal(topo_read(&ctx, TOPO_NS, &t), 0);
	for (const struct cmd *const *c = cmds; *c; c++) {
		if (!only_reads(*c))
			continue;
		commands++;
		for (size_t i = 0; i < t->nsubsys; i++) {
			for (size_t j = 0; j < t->subsys[i]->nctrls; j++)
				n += run_command(*c, t->subsys[i]->ctrls[j]->name, false);
			for (size_t j = 0; j < t->subsys[i]->nns; j++)
				n += run_command(*c, t->subsys[i]->ns[j]->name, true);
		}
	}
	ctx_done(&ctx);
	assert_true(commands >= 6);
	assert_true(n >= 10 * commands);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading_is_never_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
