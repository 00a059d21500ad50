/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* JSON, bytes and hostile input: every kind of row, and streams that break. */
#include "output_sample.h"

#include <json-c/json.h>
#include <signal.h>
#include <unistd.h>

/* --- printable --- */

static void test_printable(void **state)
{
	static const struct {
		const char *in;
		size_t len;
		bool trim;
		const char *out;
	} t[] = {
		{ "plain", 5, false, "plain" },
		{ "pad  \0\0 ", 8, true, "pad" },
		{ "pad  ", 5, false, "pad  " },
		{ "  lead", 6, true, "  lead" },
		{ "", 0, true, "" },
		{ "    ", 4, true, "" },
		{ "a\0b", 3, false, "a\\x00b" },
		{ "\x1b[31m\n\r\t\"", 9, false, "\\x1b[31m\\x0a\\x0d\\x09\"" },
		{ "\x7f", 1, false, "\\x7f" },
		{ "gr\xc3\xbc\xc3\x9f", 6, false, "gr\xc3\xbc\xc3\x9f" },
		{ "\xe6\x97\xa5\xf0\x9f\x98\x80", 7, false, "\xe6\x97\xa5\xf0\x9f\x98\x80" },
		{ "\xc2\x85\xc2\xa0", 4, false, "\\xc2\\x85\xc2\xa0" }, /* NEL is a control, NBSP is not */
		{ "\xc0\xaf", 2, false, "\\xc0\\xaf" },		      /* overlong */
		{ "\xe0\x80\xaf", 3, false, "\\xe0\\x80\\xaf" },
		{ "\xed\xa0\x80", 3, false, "\\xed\\xa0\\x80" }, /* surrogate */
		{ "\xf4\x90\x80\x80", 4, false, "\\xf4\\x90\\x80\\x80" },
		{ "\xff\xfe", 2, false, "\\xff\\xfe" },
		{ "a\xc3", 2, false, "a\\xc3" }, /* cut in the middle */
		{ "\xe2\x82", 2, false, "\\xe2\\x82" },
		{ "\xc3(", 2, false, "\\xc3(" },
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(t); i++) {
		uint8_t *p = exact_copy(t[i].in, t[i].len);

		assert_string_equal(printable(ctx.arena, (char *)p, t[i].len, t[i].trim), t[i].out);
		free(p);
	}
}

/* --- JSON --- */

static void test_json_derived(void **state)
{
	struct fmt_opts o = options();
	const char *s = render("json", sample(140), &o);
	static const char *const parts[] = {
		"{\n  \"nvmekit\":{\n    \"schema\":\"everything/1\",\n    \"version\":\"" PACKAGE_VERSION
		"\",\n"
		"    \"command\":\"everything-log\"\n  },\n  \"plain\":7,\n",
		"  \"caps\":86,\n  \"caps_bits\":{\n    \"alpha\":0,\n    \"beta\":1,\n    \"hue\":1,\n"
		"    \"hue_name\":\"green\",\n    \"depth\":5\n  },\n",
		"  \"temp\":323,\n  \"temp_celsius\":50,\n",
		"  \"used\":105,\n  \"mdts\":5,\n  \"mdts_pages\":32,\n",
		"  \"all\":65535,\n  \"ver\":66560,\n  \"ver_text\":\"1.4.0\",\n",
		"  \"vid\":6966,\n  \"oui\":21076,\n  \"pscale\":1,\n",
		"  \"power\":2500,\n  \"power_microwatts\":250000,\n",
		"  \"mtfa\":5,\n  \"mtfa_milliseconds\":500,\n",
		"  \"elpe\":63,\n  \"elpe_entries\":64,\n",
		"  \"type\":1,\n  \"type_name\":\"green\",\n  \"hours\":12,\n",
		"  \"written\":340282366920938463463374607431768211455,\n  \"sn\":\"S/N\\\"1\",\n",
		"  \"uuid\":\"000b1621-2c37-424d-5863-6e79848f9aa5\",\n  \"eui64\":\"b0bbc6d1dce7f2fd\",\n",
		"    {\n      \"fmt\":0,\n      \"ms\":0,\n      \"ds\":9,\n      \"ds_bytes\":512,\n"
		"      \"in_use\":false\n    },\n",
		"      \"fmt\":2,\n      \"ms\":64,\n      \"ds\":0,\n      \"in_use\":false\n    }\n  ],\n",
		"  \"inner\":{\n    \"x\":3,\n    \"y\":9\n  },\n  \"kind\":1,\n  \"speed\":4660,\n  "
		"\"vs\":\"00",
		"7a\"\n}\n",
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(parts); i++)
		assert_has(s, parts[i]);
	assert_lacks(s, "label");
	assert_lacks(s, "truncated");
	assert_lacks(s, "device");
}

static void test_json_sibling_chooses(void **state)
{
	struct fmt_opts o = options();
	struct val *v = sample(140);

	(void)state;
	val_get(v, "pscale")->u = 2;
	assert_has(render("json", v, &o), "\"power_microwatts\":25000000,");
	val_get(v, "pscale")->u = 0;
	assert_lacks(render("json", v, &o), "power_microwatts");
	val_get(v, "pscale")->u = 200;
	assert_lacks(render("json", v, &o), "power_microwatts");
	val_get(v, "temp")->u = 0;
	assert_lacks(render("json", v, &o), "temp_celsius");
	val_get(v, "temp")->u = 200;
	assert_has(render("json", v, &o), "\"temp_celsius\":-73,");
	val_get(v, "mdts")->u = 127;
	assert_has(render("json", v, &o), "\"mdts_pages\":170141183460469231731687303715884105728,");
	val_get(v, "mdts")->u = 128;
	assert_lacks(render("json", v, &o), "mdts_pages");
	val_get(v, "written")->w.hi = 0;
	assert_has(render("json", v, &o), "\"written_bytes\":9444732965739290426880000,");
}

static void test_json_plain(void **state)
{
	struct fmt_opts o = options();
	const char *s;

	(void)state;
	o.plain = true;
	s = render("json", sample(140), &o);
	assert_has(s, "{\n  \"plain\":7,\n  \"caps\":86,\n  \"temp\":323,\n  \"used\":105,\n  \"mdts\":5,\n");
	assert_has(s, "\"sn\":\"S/N\\\"1   \",");
	assert_lacks(s, "nvmekit");
	assert_lacks(s, "_bits");
	assert_lacks(s, "_name");
}

static void test_json_plain_values(void **state)
{
	struct fmt_opts o = options();
	struct val *v = val_new(ctx.arena, VAL_ARR);

	(void)state;
	o.plain = true;
	val_put_i64(ctx.arena, v, NULL, -5);
	val_put_str(ctx.arena, v, NULL, NULL);
	val_put_str(ctx.arena, v, NULL, "\xff\n");
	val_put_bytes(ctx.arena, v, NULL, "\x01\xab", 2);
	val_put_u64(ctx.arena, v, NULL, UINT64_MAX);
	val_add(v, NULL, val_new(ctx.arena, VAL_REAL))->d = 0.1;
	val_add(v, NULL, val_new(ctx.arena, VAL_REAL))->d = 1.0 / 0.0;
	val_put_bool(ctx.arena, v, NULL, true);
	val_put_u64(ctx.arena, v, NULL, 3)->flags = VAL_HIDDEN;
	assert_text(render("json", v, &o), "[\n  -5,\n  null,\n  \"\\\\xff\\\\x0a\",\n  \"01ab\",\n"
					   "  18446744073709551615,\n  0.1,\n  null,\n  true\n]\n");
}

static const char *list_of(size_t n, bool one_line)
{
	struct fmt_opts o = options();
	struct val *v = val_new(ctx.arena, VAL_OBJ), *list = val_put_arr(ctx.arena, v, "list");

	o.plain = !one_line;
	o.one_line = one_line;
	for (size_t i = 0; i < n; i++) {
		struct val *e = val_put_obj(ctx.arena, list, NULL);

		val_put_str(ctx.arena, e, "text", "a\n/\"b");
		val_put_u64(ctx.arena, val_put_obj(ctx.arena, val_put_arr(ctx.arena, e, "inner"), NULL), "n", 1);
		val_put_obj(ctx.arena, e, "empty");
	}
	val_put_obj(ctx.arena, list, NULL)->flags = VAL_HIDDEN;
	return render("json", v, &o);
}

/* Very many elements are written one by one, and look like few. */
static void test_json_many(void **state)
{
	(void)state;
	for (int one_line = 0; one_line < 2; one_line++) {
		const char *tail = one_line ? "]}\n" : "\n  ]\n}\n", *one = list_of(1, one_line), *two = list_of(2, one_line);
		size_t len1 = strlen(one) - strlen(tail), step = strlen(two) - strlen(one), n = 3000;
		const char *all = list_of(n, one_line);

		assert_int_equal(strlen(all), strlen(one) + (n - 1) * step);
		assert_memory_equal(all, one, len1);
		for (size_t i = 0; i < n - 1; i++)
			assert_memory_equal(all + len1 + i * step, two + len1, step);
		assert_string_equal(all + len1 + (n - 1) * step, tail);
	}
}

static void test_json_envelope(void **state)
{
	struct fmt_opts o = options();
	struct val *v = sample(30);
	const char *s;

	(void)state;
	assert_true(v->flags & VAL_CUT);
	ctx.device = "nvme0";
	ctx.device_path = "/dev/nvme0";
	ctx.g.system = "demo";
	warn_user(&ctx, "the %s is \x1b odd", "drive");
	s = render("json", v, &o);
	ctx.device = ctx.device_path = NULL;
	assert_has(s, "    \"device\":\"/dev/nvme0\",\n    \"system\":\"demo\",\n    \"warnings\":[\n"
		      "      \"the drive is \\\\x1b odd\"\n    ],\n    \"truncated\":true\n  },\n");
}

static void test_json_error(void **state)
{
	const char *s = render_error(&plain_error);

	(void)state;
	assert_has(s, "{\n  \"nvmekit\":{\n    \"schema\":\"error/1\",\n");
	assert_has(s, "  \"error\":{\n    \"class\":\"permission\",\n"
		      "    \"message\":\"cannot open \\\"/dev/nvme0\\\": \\\\x1b no\",\n    \"errno\":13,\n");
	assert_has(s, "    \"device\":\"/dev/nvme0\",\n    \"hint\":\"be root\"\n  }\n}\n");
	assert_lacks(s, "\"status\"");
	s = render_error(&status_error);
	assert_has(s, "    \"status\":{\n      \"value\":16386,\n      \"sct\":0,\n      \"sc\":2,\n      "
		      "\"dnr\":1,\n"
		      "      \"more\":0,\n      \"name\":\"INVALID_FIELD\",\n");
	assert_lacks(s, "errno");
	assert_lacks(s, "hint");
}

/* --- bytes and broken streams --- */

static void test_binary(void **state)
{
	static const char bytes[] = "a\0b\xff\n";
	struct fmt_opts o = options();
	struct val *v = val_new(ctx.arena, VAL_OBJ);
	char *buf = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&buf, &len);

	(void)state;
	ctx.raw = bytes;
	ctx.raw_len = 5;
	assert_int_equal(fmt_by_name("binary")->print(f, v, &o), 0);
	fclose(f);
	assert_int_equal(len, 5);
	assert_memory_equal(buf, bytes, 5);
	free(buf);
	assert_int_equal(fmt_by_name("binary")->needs, FMT_RAW);
	assert_null(fmt_by_name("yaml"));
}

static void test_write_errors(void **state)
{
	struct fmt_opts o = options();

	(void)state;
	ctx.raw = "x";
	ctx.raw_len = 1;
	for (const struct fmt *f = fmts; f->name; f++) {
		FILE *full = fopen("/dev/full", "w");
		int fds[2];

		if (!full)
			skip();
		assert_int_equal(f->print(full, sample(140), &o), -ENOSPC);
		fclose(full);
		assert_int_equal(pipe(fds), 0);
		close(fds[0]);
		signal(SIGPIPE, SIG_IGN);
		full = fdopen(fds[1], "w");
		assert_non_null(full);
		assert_int_equal(f->print(full, sample(140), &o), -EPIPE);
		fclose(full);
	}
}

/* Whatever the bytes and wherever they end: valid JSON, and text without a control character. */
static void test_hostile(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 300; round++) {
		size_t len = (size_t)round % 141;
		struct fmt_opts o = options();
		uint8_t b[141];
		struct json_object *doc;
		enum json_tokener_error err;
		const char *s;

		for (size_t i = 0; i < len; i++) {
			seed = seed * 1664525u + 1013904223u;
			b[i] = round < 141 ? 0xff : (uint8_t)(seed >> 24);
		}
		s = render("json", sample_of(b, len), &o);
		doc = json_tokener_parse_verbose(s, &err);
		if (!doc || err != json_tokener_success)
			fail_msg("%s in:\n%s", json_tokener_error_desc(err), s);
		json_object_put(doc);
		o.verbose = round & 1;
		s = render("normal", sample_of(b, len), &o);
		for (; *s; s++) {
			if (((uint8_t)*s < ' ' && *s != '\n' && *s != '\t') || *s == 0x7f)
				fail_msg("control character 0x%02x", *s);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLE_TEST(test_printable),
		SAMPLE_TEST(test_json_derived),
		SAMPLE_TEST(test_json_sibling_chooses),
		SAMPLE_TEST(test_json_plain),
		SAMPLE_TEST(test_json_plain_values),
		SAMPLE_TEST(test_json_many),
		SAMPLE_TEST(test_json_envelope),
		SAMPLE_TEST(test_json_error),
		SAMPLE_TEST(test_binary),
		SAMPLE_TEST(test_write_errors),
		SAMPLE_TEST(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
