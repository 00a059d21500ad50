/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What alters something, command by command, by its own examples: a dry run sends nothing that could change anything,
 * and without an answer nothing dangerous is sent.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/opt.h"
#include "core/ctx.h"
#include "dev/dev.h"
#include "dev/gate.h"
#include "dev/sim.h"

static bool dry, wrong;
static const struct cmd *now;
static size_t sent, planned, refused;

/* The simulated drive, behind a guard. */
static int guarded(struct dev *dev, struct req *req)
{
	if (dry && req_alters(req))
		fail_msg("%s: opcode 0x%02x (kind %u) was sent in a dry run", now->name, req->opcode,
			 req->kind);
	if (wrong && req_alters(req))
		fail_msg("%s: opcode 0x%02x (kind %u) was sent to another drive than the one that is meant", now->name,
			 req->opcode, req->kind);
	if (!dry && req_danger(req))
		fail_msg("%s: opcode 0x%02x (kind %u) was sent, and nobody said that it is meant", now->name,
			 req->opcode, req->kind);
	sent++;
	return sim_ops.submit(dev, req);
}

/* One example, without the words that say yes. What a command says of its drive or of a file that is not there is fine. */
static void run_line(const struct cmd *c, int argc, char **argv)
{
	struct dev_ops ops = sim_ops;
	struct parsed p;
	struct ctx ctx;
	int rc;

	ctx_init(&ctx);
	ctx.g.system = "demo";
	ctx.g.dry_run = dry;
	ctx.cmd = now = c;
	rc = cli_parse(&ctx, argc, argv, &p);
	if (rc)
		fail_msg("%s: %s", c->name, ctx.error.message);
	if (!p.operands[0] || dev_open(&ctx, p.operands[0], &ctx.dev)) {
		ctx_done(&ctx);
		return;
	}
	ops.submit = guarded;
	ctx.dev->ops = &ops;
	ctx.device = ctx.dev->name;
	ctx.device_path = ctx.dev->path;
	rc = c->run(&ctx, p.args, val_new(ctx.arena, VAL_OBJ));
	if (rc == 0 && dry && ctx.plan)
		planned++;
	if (!dry && c->flags & C_GATED && ctx.error.code == XC_REFUSED)
		refused++;
	if (ctx.dev)
		dev_close(ctx.dev);
	ctx_done(&ctx);
}

static void run_example(const struct cmd *c, const char *line)
{
	char *argv[40], *text = strndup(line, strcspn(line, "\n")), *save = NULL;
	int argc = 0;

	text[strcspn(text, "|<>")] = '\0';
	for (char *w = strtok_r(text, " ", &save); w && argc < 32; w = strtok_r(NULL, " ", &save)) {
		if (strcmp(w, "--yes") != 0 && strcmp(w, "--force") != 0 && strcmp(w, "--dry-run") != 0 &&
		    strncmp(w, "--expect-serial", 15) != 0)
			argv[argc++] = w;
	}
	if (wrong && c->flags & C_GATED) {
		argv[argc++] = (char *)"--force";
		argv[argc++] = (char *)"--allow-in-use";
		argv[argc++] = (char *)"--expect-serial=SOMEOTHER";
	}
	argv[argc] = NULL;
	if (!wrong || c->flags & C_GATED)
		run_line(c, argc, argv);
	free(text);
}

static void run_examples(void)
{
	sent = planned = refused = 0;
	for (const struct cmd *const *c = cmds; *c; c++) {
		for (const char *l = (*c)->flags & C_ALTERS ? (*c)->examples : NULL; l && *l;
		     l += strcspn(l, "\n") + (strchr(l, '\n') != NULL)) {
			if (*l != ' ')
				run_example(*c, l);
		}
	}
}

static char folder[] = "/tmp/nvmekit-altering-XXXXXX";
/* Files that examples name. */
static const struct {
	const char *name, *begin;
	long size;
} files[] = {
	{ "image.bin", "NVMEKIT-FW 9.9.9\n", 65536 },
	{ "payload", "", 512 },
	{ "key", "", 32 },
	{ "sectors", "", 4096 },
	{ "block", "", 512 },
	{ "password", "correct horse", 0 },
	{ "old", "correct horse", 0 },
	{ "new", "battery staple", 0 },
	{ "psid", "0123456789ABCDEF0123456789ABCDEF", 0 },
};

static int make_files(void **state)
{
	int null = open("/dev/null", O_RDONLY);

	(void)state;
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || !mkdtemp(folder) || chdir(folder))
		return -1;
	for (size_t i = 0; i < NELEMS(files); i++) {
		FILE *f = fopen(files[i].name, "w");

		if (!f || fputs(files[i].begin, f) < 0 || fclose(f) ||
		    (files[i].size && truncate(files[i].name, files[i].size)) || chmod(files[i].name, 0600))
			return -1;
	}
	return 0;
}

static int remove_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEMS(files); i++)
		unlink(files[i].name);
	return chdir("/") || rmdir(folder);
}

static void test_dry_runs(void **state)
{
	(void)state;
	dry = true;
	run_examples();
	assert_true(sent > 50);
	assert_true(planned > 20);
}

static void test_nobody_answers(void **state)
{
	(void)state;
	dry = false;
	run_examples();
	assert_true(sent > 50);
	assert_true(refused > 15);
}

static void test_another_drive(void **state)
{
	(void)state;
	dry = false;
	wrong = true;
	run_examples();
	assert_true(sent > 30);
	assert_true(refused > 25);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dry_runs),
		cmocka_unit_test(test_nobody_answers),
		cmocka_unit_test(test_another_drive),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
