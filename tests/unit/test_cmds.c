/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What must hold for every command of the tool. */
#include "unit.h"

#include "cli/opt.h"

static void test_lint(void **state)
{
	(void)state;
	assert_int_equal(cli_lint(stderr), 0);
}

static void test_global_defaults(void **state)
{
	struct ctx ctx;

	(void)state;
	ctx_init(&ctx);
	/* The row says it for help and man pages, ctx_init() for whoever fails before the line is read. */
	for (size_t i = 0; i < nglobal_opts; i++) {
		const struct opt *o = &global_opts[i];

		if (o->def) {
			bool progress = strcmp(o->name, "progress") == 0;

			assert_true(progress || strcmp(o->name, "output-format") == 0);
			assert_string_equal(o->def, progress ? ctx.g.watch.progress : ctx.g.output_format);
		}
	}
	ctx_done(&ctx);
}

/* An example is a line of the shell; what stands before a pipe or a redirection is ours. */
static void check_example(const struct cmd *c, const char *line, size_t len)
{
	char *argv[32], *text = strndup(line, len), *save = NULL;
	struct parsed p;
	struct ctx ctx;
	int argc = 0, rc;

	text[strcspn(text, "|>")] = '\0';
	for (char *w = strtok_r(text, " ", &save); w && argc < 31; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	argv[argc] = NULL;
	ctx_init(&ctx);
	rc = cli_parse(&ctx, argc, argv, &p);
	if (rc || p.cmd != c)
		fail_msg("%s: the example '%.*s' does not parse: %s", c->name, (int)len, line,
			 rc ? ctx.error.message : "it is another command");
	ctx_done(&ctx);
	free(text);
}

static void test_examples(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct cmd *const *c = cmds; *c; c++) {
		for (const char *l = (*c)->examples; l && *l;
		     l += strcspn(l, "\n") + (strchr(l, '\n') != NULL)) {
			if (*l == ' ')
				continue;
			check_example(*c, l, strcspn(l, "\n"));
			n++;
		}
	}
	assert_true(n > 10);
}

static void test_found(void **state)
{
	(void)state;
	for (const struct cmd *const *c = cmds; *c; c++) {
		assert_ptr_equal(cmd_by_name((*c)->name), *c);
		if ((*c)->alias)
			assert_ptr_equal(cmd_by_name((*c)->alias), *c);
	}
	assert_null(cmd_by_name("smart-lo"));
	assert_null(cmd_by_name(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lint),
		cmocka_unit_test(test_global_defaults),
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
