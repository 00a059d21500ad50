/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the formatter prints against the schema made from the same rows, by an independent validator. */
#include "output_sample.h"

#include <sys/wait.h>
#include <unistd.h>

#include "output/schema.h"

/* --- schema --- */

static bool validator_there(void)
{
	return system("python3 -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null") == 0;
}

static const char *temp_file(const char *text)
{
	char *name = arena_strdup(ctx.arena, "/tmp/nvmekit-test-XXXXXX");
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return name;
}

/* Exit code 0: the document is valid; 3: it is not; anything else is a broken test. */
static int validate(const char *schema, const char *doc)
{
	static const char program[] =
		"import json, sys, jsonschema\n"
		"s = json.load(open(sys.argv[1])); d = json.load(open(sys.argv[2]))\n"
		"jsonschema.Draft202012Validator.check_schema(s)\n"
		"e = list(jsonschema.Draft202012Validator(s).iter_errors(d))\n"
		"sys.exit(3 if e else 0)\n";
	const char *p = temp_file(program), *s = temp_file(schema), *d = temp_file(doc);
	int rc = system(arena_printf(ctx.arena, "python3 %s %s %s", p, s, d));

	unlink(p);
	unlink(s);
	unlink(d);
	return WIFEXITED(rc) ? WEXITSTATUS(rc) : -1;
}

static char *schema_text(const struct cmd *c)
{
	char *buf = NULL, *copy;
	size_t len = 0;
	FILE *f = open_memstream(&buf, &len);

	assert_non_null(f);
	assert_int_equal(c ? schema_print(f, c) : schema_error_print(f), 0);
	fclose(f);
	copy = arena_strdup(ctx.arena, buf);
	free(buf);
	return copy;
}

static void test_schema_accepts(void **state)
{
	const char *schema = schema_text(&cmd_everything);
	struct fmt_opts o = options();
	struct val *v = sample(140);

	(void)state;
	if (!validator_there())
		skip();
	assert_int_equal(validate(schema, render("json", v, &o)), 0);
	/* The other case of the switch, everything not reported, hostile text. */
	val_get(v, "temp")->u = 0;
	val_get(v, "type")->u = 200;
	val_get(v, "sn")->s.p = "\xff\x1b\n\0\xc2\x85 \x7f";
	assert_int_equal(validate(schema, render("json", v, &o)), 0);
	for (size_t len = 0; len < 140; len += 13)
		assert_int_equal(validate(schema, render("json", sample(len), &o)), 0);
	ctx.device = "nvme0";
	ctx.device_path = "/dev/nvme0";
	assert_int_equal(validate(schema, render_error(&plain_error)), 0);
	ctx.device = ctx.device_path = NULL;
	assert_int_equal(validate(schema, render_error(&status_error)), 0);
	assert_int_equal(validate(schema_text(NULL), render_error(&status_error)), 0);
}

static void test_schema_refuses(void **state)
{
	const char *schema = schema_text(&cmd_everything), *error = schema_text(NULL);
	struct fmt_opts o = options();
	struct val *v = sample(140);

	(void)state;
	if (!validator_there())
		skip();
	/* Data that ended early without being marked. */
	v = sample(100);
	v->flags = 0;
	assert_int_equal(validate(schema, render("json", v, &o)), 3);
	v = sample(140);
	val_put_u64(ctx.arena, v, "undescribed", 1);
	assert_int_equal(validate(schema, render("json", v, &o)), 3);
	v = sample(140);
	val_get(v, "plain")->u = 256;
	assert_int_equal(validate(schema, render("json", v, &o)), 3);
	v = sample(140);
	val_path(v, "inner.x")->type = VAL_STR;
	val_path(v, "inner.x")->s = val_get(v, "sn")->s;
	assert_int_equal(validate(schema, render("json", v, &o)), 3);
	v = sample(140);
	val_path(v, "caps.alpha")->u = 2;
	assert_int_equal(validate(schema, render("json", v, &o)), 3);
	v = sample(140);
	val_get(v, "fmts")->c.first->c.first->key = "slot";
	assert_int_equal(validate(schema, render("json", v, &o)), 3);
	v = sample(140);
	val_get(v, "written")->type = VAL_NULL;
	assert_int_equal(validate(schema, render("json", v, &o)), 3);
	assert_int_equal(validate(error, render("json", sample(140), &o)), 3);
	assert_int_equal(validate(schema, "{\"nvmekit\":{\"schema\":\"error/1\",\"version\":\"0.1.0\"},"
					  "\"error\":{\"class\":\"what\",\"message\":\"x\"}}"),
			 3);
	assert_int_equal(validate(schema, "[]"), 3);
}

/* Bytes of one kind or of none: every structure must describe whatever it may be made of. */
static uint8_t pattern_byte(int pattern)
{
	static uint32_t seed = 7;

	seed = seed * 1664525u + 1013904223u;
	return pattern == 0 ? 0 : pattern == 1 ? 0xff : (uint8_t)(seed >> 24);
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void write_answers(const char *dir, const struct spec *spec)
{
	const struct cmd c = { .name = spec->name, .brief = spec->text, .out = spec };
	struct fmt_opts o = options();
	size_t size = spec->size ? spec->size : 4096;

	o.cmd = &c;
	write_file(arena_printf(ctx.arena, "%s/%s.schema", dir, spec->name), schema_text(&c));
	for (int i = 0; i < 5; i++) {
		size_t len = i == 4 ? size * 2 / 3 : size;
		uint8_t *b = malloc(len);
		const struct val *v;

		assert_non_null(b);
		for (size_t j = 0; j < len; j++)
			b[j] = pattern_byte(i);
		v = spec_decode(ctx.arena, spec, b, len);
		free(b);
		write_file(arena_printf(ctx.arena, "%s/%s.%d.json", dir, spec->name, i), render("json", v, &o));
	}
}

static void test_schema_of_every_structure(void **state)
{
	static const char program[] =
		"import glob, json, sys, jsonschema\n"
		"bad = 0\n"
		"for name in sorted(glob.glob(sys.argv[1] + '/*.schema')):\n"
		"    s = json.load(open(name))\n"
		"    jsonschema.Draft202012Validator.check_schema(s)\n"
		"    v = jsonschema.Draft202012Validator(s)\n"
		"    docs = glob.glob(name[:-7] + '.[0-4].json')\n"
		"    assert len(docs) == 5\n"
		"    for doc in docs:\n"
		"        for e in v.iter_errors(json.load(open(doc))):\n"
		"            print(doc, e.json_path, e.message[:200], file=sys.stderr)\n"
		"            bad += 1\n"
		"sys.exit(3 if bad else 0)\n";
	char *dir = arena_strdup(ctx.arena, "/tmp/nvmekit-test-XXXXXX");
	int rc;

	(void)state;
	if (!validator_there())
		skip();
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; specs[i]; i++)
		write_answers(dir, specs[i]);
	write_file(arena_printf(ctx.arena, "%s/check.py", dir), program);
	rc = system(arena_printf(ctx.arena, "python3 %s/check.py %s", dir, dir));
	if (rc == 0)
		rc = system(arena_printf(ctx.arena, "rm -r %s", dir));
	assert_int_equal(rc, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLE_TEST(test_schema_accepts),
		SAMPLE_TEST(test_schema_refuses),
		SAMPLE_TEST(test_schema_of_every_structure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
