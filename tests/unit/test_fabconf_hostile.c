/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Configuration files that are cut off, damaged or too large, JSON text in detail, and what is written reads back. */
#include "unit.h"

#include <sys/resource.h>

#include "fake_tree.h"

#include "dev/fabconf.h"
#include "dev/jsonpos.h"
#include "dev/sim.h"
#include "spec/field.h"

#define SECRET "DHHC-1:00:c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0xGhNbg==:"

static const char *const samples[][2] = {
	{ "x.conf",
	  "# comment\n[I/O Controller Defaults]\nctrl-loss-tmo = -1 # never\n[Host]\nhostnqn = nqn.2014-08.org.example:h\n"
	  "hostid = 11111111-2222-3333-4444-555555555555\ndhchap-secret = " SECRET "\n[Subsystem]\n"
	  "nqn = nqn.2014-08.org.example:s\ntls = yes\ntos =\ncontroller = transport=tcp;traddr=192.0.2.1;queue-size=64\n"
	  "controller = transport=tcp;traddr=fe80::1;host-iface=eth0\n[Discovery Controller]\npersistent = true\n"
	  "controller = transport=fc;traddr=nn-0x1:pn-0x2;host-traddr=nn-0x3:pn-0x4\n" },
	{ "x.json",
	  "[ { \"hostnqn\": \"nqn.2014-08.org.example:h\\u00fc\", \"dhchap_key\": \"" SECRET "\", \"hostsymname\": \"\\ud83d\\ude00\",\n"
	  "\"subsystems\": [ { \"nqn\": \"nqn.2014-08.org.example:x\", \"application\": \"a\", \"ports\": [ { \"transport\": \"tcp\", \"traddr\": \"192.0.2.1\","
	  "\n\"tos\": -1, \"keep_alive_tmo\": 5, \"tls\": true, \"persistent\": false } ] } ] } ]\n" },
	{ "discovery.conf",
	  "# comment\n-t tcp -a 192.0.2.1 -s 8009 -gG -S " SECRET "\n--transport=rdma --traddr=fe80::1 --ctrl-loss-tmo=-1 --quiet\n"
	  "-ttcp -a192.0.2.2 -p --dhchap-ctrl-secret " SECRET "\n" },
};

/* Reads text as that file, in memory of its own; whatever it says, no secret is in it. */
static size_t read_as(const char *name, const char *text)
{
	struct fabconf *fc;
	struct ctx own;
	size_t n;

	ctx_init(&own);
	own.g.sysroot = root;
	assert_int_equal(fabconf_try(&own, name, &(struct fabconf_draft){ name, text }, 1, &fc), 0);
	for (size_t i = 0; i < fc->nproblems; i++) {
		const struct fabconf_problem *p = &fc->problems[i];

		if (strstr(p->text, "c2VjcmV0c2") || (p->hint && strstr(p->hint, "c2VjcmV0c2")))
			fail_msg("%s: %s", text, p->text);
		assert_string_equal(p->file, name);
	}
	n = fc->n + fc->errors;
	if (!fc->errors)
		assert_int_equal(fabconf_check(&own, fc), 0);
	else
		assert_int_equal(fabconf_check(&own, fc), -EBADMSG);
	ctx_done(&own);
	return n;
}

static void test_cut(void **state)
{
	(void)state;
	for (size_t s = 0; s < NELEMS(samples); s++) {
		size_t len = strlen(samples[s][1]);

		assert_true(read_as(samples[s][0], samples[s][1]) > 0);
		for (size_t n = 0; n < len; n++) {
			char *part = (char *)exact_copy(samples[s][1], n + 1);

			part[n] = '\0';
			/* JSON that ends early is an error; a line that ends early may be sound. */
			if (s == 1 && n < len - 1 && !read_as(samples[s][0], part))
				fail_msg("%zu bytes are no error", n);
			read_as(samples[s][0], part);
			free(part);
		}
	}
}

static uint32_t seed = 12345;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)seed * below) >> 32);
}

/* Bytes that mean something are more likely than others. */
static char byte(void)
{
	static const char special[] = "[]{}\":,=;#-\\\n\r\t 0123456789\"'.\x01\x7f\xc3\xa4\xff";

	return rnd(4) ? special[rnd(sizeof(special) - 1)] : (char)(rnd(255) + 1);
}

static void mutate(char *text, size_t size)
{
	size_t len = strlen(text), at = rnd((uint32_t)len), n = 1 + rnd(20);

	switch (rnd(4)) {
	case 0:
		text[at] = byte();
		break;
	case 1:
		if (at + n < len)
			memmove(text + at, text + at + n, len - at - n + 1);
		break;
	case 2:
		if (len + 1 < size) {
			memmove(text + at + 1, text + at, len - at + 1);
			text[at] = byte();
		}
		break;
	default:
		if (at + n < len && len + n < size) {
			memmove(text + at + n, text + at, len - at + 1);
			memmove(text + at, text + rnd((uint32_t)(len - n)), n);
		}
	}
}

static void test_mutated(void **state)
{
	(void)state;
	for (size_t s = 0; s < NELEMS(samples); s++) {
		for (int i = 0; i < 2000; i++) {
			char text[2048], *exact;

			strcpy(text, samples[s][1]);
			for (uint32_t k = 1 + rnd(6); k && strlen(text) > 1; k--)
				mutate(text, sizeof(text));
			exact = (char *)exact_copy(text, strlen(text) + 1);
			/* A secret that is itself damaged may be shown in parts; that the readers stand it is the point. */
			for (char *p; (p = strstr(exact, "c2VjcmV0c2"));)
				memset(p, 'x', 10);
			read_as(samples[s][0], exact);
			free(exact);
		}
	}
}

static struct fabconf *load_text(const char *file, const char *text)
{
	struct fabconf *fc;

	assert_int_equal(fabconf_try(&ctx, file, &(struct fabconf_draft){ file, text }, 1, &fc), 0);
	return fc;
}

static char *repeat(const char *head, const char *what, size_t n, const char *tail)
{
	size_t len = strlen(what), hl = strlen(head);
	char *text = arena_alloc(ctx.arena, hl + n * len + strlen(tail) + 1), *q = text + hl;

	memcpy(text, head, hl);
	for (size_t i = 0; i < n; i++, q += len)
		memcpy(q, what, len);
	strcpy(q, tail);
	return text;
}

static void test_limits(void **state)
{
	struct fabconf *fc;

	(void)state;
	put("etc/nvme/discovery.conf", repeat("", "# a line that says nothing of any use\n", FABCONF_FILE_MAX / 38 + 1, ""));
	assert_int_equal(fabconf_load(&ctx, NULL, &fc), -EFBIG);
	assert_int_equal(ctx.error.code, XC_DATA);
	ctx.error = (struct error){ 0 };
	assert_int_equal(unlink(place("etc/nvme/discovery.conf")), 0);

	fc = load_text("discovery.conf", repeat("-t tcp -a ", "x", FABCONF_LINE_MAX, "\n"));
	assert_int_equal(fc->errors, 1);
	assert_string_equal(fc->problems[0].text, "the line is too long");
	fc = load_text("discovery.conf", repeat("", "-g ", 200, "\n"));
	assert_string_equal(fc->problems[0].text, "the line is too long");
	fc = load_text("x.conf", repeat("[Subsystem]\nnqn=nqn.2014-08.org.example:x", "x", FABCONF_LINE_MAX, "\n"));
	assert_int_equal(fc->problems[1].line, 2);
	assert_string_equal(fc->problems[1].text, "the line is too long");
	fc = load_text("x.json", repeat("[{\"a\":", "[", 500000, ""));
	assert_string_equal(fc->problems[0].text, "not JSON: nested too deeply");
	/* More than is kept is counted. */
	fc = load_text("x.conf", repeat("[Host]\n", "x\n", 5000, ""));
	assert_int_equal(fc->nproblems, FABCONF_PROBLEMS_MAX);
	assert_int_equal(fc->errors, 5000);
	fc = load_text("discovery.conf", repeat("", "-t loop\n", FABCONF_ENTRIES_MAX + 1, ""));
	assert_int_equal(fc->errors, FABCONF_ENTRIES_MAX); /* all but the first say the same, and one is too many */
	assert_int_equal(fc->n, 1);
}

/* AddressSanitizer keeps 256 MiB of what was freed, and a shadow of everything. */
#ifdef __SANITIZE_ADDRESS__
#define NOT_MUCH 900
#else
#define NOT_MUCH 300
#endif

static long mib(void)
{
	struct rusage u;

	assert_int_equal(getrusage(RUSAGE_SELF, &u), 0);
	return u.ru_maxrss / 1024;
}

/* What says nothing takes no memory, or not much: files of 1 MiB, each with as many as possible of the smallest of something. */
static void test_memory(void **state)
{
	long before = mib();

	(void)state;
	read_as("x.json", repeat("[", "0,", 500000, "0]"));
	read_as("x.json", repeat("[", "{},", 340000, "{}]"));
	read_as("x.json", repeat("[{\"subsystems\":[{\"nqn\":\"nqn.2014-08.org.example:x\",\"ports\":[", "0,", 500000, "0]}]}]"));
	read_as("discovery.conf", repeat("", "\n", 1000000, ""));
	read_as("discovery.conf", repeat("", "-\n", 500000, ""));
	assert_true(mib() - before < NOT_MUCH);
}

static void test_nul(void **state)
{
	FILE *f = fopen(place("etc/nvme/nvme-fabrics.conf"), "w");
	struct fabconf *fc;

	(void)state;
	assert_int_equal(fwrite("[Host]\nho\0st\n", 1, 13, f), 13);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(fabconf_load(&ctx, NULL, &fc), 0);
	assert_int_equal(fc->errors, 1);
	assert_int_equal(fc->problems[0].line, 2);
	assert_string_equal(fc->problems[0].text, "this is no text: a NUL");
}

static void test_many_drop_ins(void **state)
{
	struct fabconf *fc;

	(void)state;
	for (int i = 0; i < FABCONF_DROP_INS_MAX; i++)
		put(TEXT("etc/nvme/nvme-fabrics.conf.d/%d.conf", i), "");
	assert_int_equal(fabconf_load(&ctx, NULL, &fc), 0);
	assert_int_equal(fc->nfiles, FABCONF_DROP_INS_MAX);
	put("etc/nvme/nvme-fabrics.conf.d/more.conf", "");
	assert_int_equal(fabconf_load(&ctx, NULL, &fc), -EFBIG);
	assert_non_null(strstr(ctx.error.message, "more than 256 files"));
}

/* --- JSON --- */

static void test_json_sound(void **state)
{
	static const struct {
		const char *text;
		enum json_kind kind;
		const char *value;
	} all[] = {
		{ " null ", JSON_NULL, NULL }, { "true", JSON_TRUE, NULL }, { "\nfalse\n", JSON_FALSE, NULL },
		{ "0", JSON_NUMBER, "0" }, { "-0.5e+10", JSON_NUMBER, "-0.5e+10" }, { "1E5", JSON_NUMBER, "1E5" },
		{ "\"\"", JSON_STRING, "" }, { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", JSON_STRING, "\"\\/\b\f\n\r\t" },
		{ "\"\\u0041\\u00e4\\u20AC\\uD83D\\uDE00\"", JSON_STRING, "A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "[]", JSON_ARRAY, NULL }, { "{ }", JSON_OBJECT, NULL },
	};
	size_t line;
	const char *why;

	(void)state;
	for (size_t i = 0; i < NELEMS(all); i++) {
		size_t len = strlen(all[i].text);
		char *text = (char *)exact_copy(all[i].text, len);
		const struct json_node *n = json_parse(ctx.arena, text, len, &line, &why);

		if (!n)
			fail_msg("%s: %s", all[i].text, why);
		assert_int_equal(n->kind, all[i].kind);
		if (all[i].value)
			assert_string_equal(n->text, all[i].value);
		free(text);
	}
}

static void test_json_tree(void **state)
{
	const char *text = "{\n\"a\"\n:\n[ 1,\n\"two\" ], \"b\": {}, \"a\": null }", *why;
	size_t line;
	const struct json_node *n = json_parse(ctx.arena, text, strlen(text), &line, &why), *a;

	(void)state;
	assert_non_null(n);
	a = n->first;
	assert_string_equal(a->key, "a");
	assert_int_equal(a->line, 4);
	assert_int_equal(a->first->line, 4);
	assert_int_equal(a->first->next->line, 5);
	assert_null(a->first->next->next);
	assert_string_equal(a->next->key, "b");
	assert_string_equal(a->next->next->key, "a"); /* twice: both are there */
	assert_null(a->next->next->next);
}

static void test_json_wrong(void **state)
{
	static const struct {
		const char *text;
		size_t line;
		const char *why;
	} all[] = {
		{ "", 1, "the file ends in the middle" }, { "[1,\n]", 2, "no value of JSON" }, { "[1 2]", 1, "a comma or ]" },
		{ "{\"a\":1,}", 1, "name of a member" }, { "{a:1}", 1, "name of a member" }, { "{\"a\" 1}", 1, "a colon" },
		{ "{\"a\":1]", 1, "a comma or }" }, { "01", 1, "no value of JSON" }, { "1.", 1, "a number that ends" },
		{ "1e", 1, "a number that ends" }, { "-", 1, "no value of JSON" }, { "+1", 1, "no value of JSON" },
		{ "nul", 1, "no value of JSON" }, { "'a'", 1, "no value of JSON" }, { "\"a", 1, "ends in the middle" },
		{ "\"a\n\"", 1, "no quote at its end" }, { "\"\t\"", 1, "control character" }, { "\"\\x\"", 1, "a backslash" },
		{ "\"\\", 1, "a backslash" }, { "\"\\u12\"", 1, "four hexadecimal digits" }, { "\"\\ud800\"", 1, "half a character" },
		{ "\"\\ud800\\u0041\"", 1, "half a character" }, { "\"\\udc00\"", 1, "half a character" },
		{ "\"\\u0000\"", 1, "a NUL" }, { "[]x", 1, "behind the end" }, { "NaN", 1, "no value of JSON" },
		{ "// a\n1", 1, "no value of JSON" }, { "[", 1, "ends in the middle" }, { "{\"a\"", 1, "ends in the middle" },
	};
	size_t line;
	const char *why;

	(void)state;
	for (size_t i = 0; i < NELEMS(all); i++) {
		size_t len = strlen(all[i].text);
		char *text = (char *)exact_copy(all[i].text, len);

		if (json_parse(ctx.arena, text, len, &line, &why) || line != all[i].line || !strstr(why, all[i].why))
			fail_msg("%s: line %zu: %s", all[i].text, line, why);
		free(text);
	}
}

/* --- writing --- */

static void test_round_trip(void **state)
{
	struct fabconf *fc, *again;
	const struct fabconf_entry *e[2], *one;
	const char *text, *shown;

	(void)state;
	fc = load_text("x.conf", samples[0][1]);
	if (fc->nproblems)
		fail_msg("%s", fc->problems[0].text);
	assert_int_equal(fc->n, 3);
	e[0] = &fc->entries[0];
	e[1] = &fc->entries[1];
	one = &fc->entries[2];
	assert_true(fabconf_same_section(&e[0]->conn, &e[1]->conn));
	assert_false(fabconf_same_section(&e[0]->conn, &one->conn));
	assert_true(fabconf_secret(&one->conn));
	text = TEXT("%s\n%s\n%s", fabconf_host(ctx.arena, &e[0]->conn), fabconf_section(ctx.arena, e, 2, true),
		    fabconf_section(ctx.arena, &one, 1, true));
	again = load_text("y.conf", text);
	if (again->nproblems)
		fail_msg("%s\n%s", text, again->problems[0].text);
	assert_int_equal(again->n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(fabconf_same(&fc->entries[i].conn, &again->entries[i].conn));
	shown = fabconf_section(ctx.arena, e, 2, false);
	assert_null(strstr(shown, "DHHC"));
	assert_non_null(strstr(shown, "dhchap-secret = ***\n"));
	assert_non_null(strstr(shown, "controller = transport=tcp;traddr=192.0.2.1;queue-size=64\n"));
	assert_null(strstr(shown, "trsvcid")); /* nobody said it */
}

/* What would come back as something else is not written. */
static void test_unwritable(void **state)
{
	static const char *const values[] = { "a;tls=false", " a", "a\t", "a #b", "#a", "" };

	(void)state;
	for (size_t i = 0; i < NELEMS(values); i++) {
		struct fabconf_entry e = { 0 };
		const struct fabconf_entry *p = &e;

		fab_put_text(&e.conn, FK_TRANSPORT, "tcp", "x");
		fab_put_text(&e.conn, FK_NQN, "nqn.2014-08.org.example:x", "x");
		fab_put_text(&e.conn, FK_TRADDR, values[i], "x");
		assert_null(fabconf_section(ctx.arena, &p, 1, true));
		fab_put_text(&e.conn, FK_HOSTNQN, values[i], "x");
		assert_null(fabconf_host(ctx.arena, &e.conn));
	}
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(TEXT("%s/%s", root, path), &st), 0);
	return st.st_mode & 0777;
}

static const char *text_of(const char *name)
{
	const char *text;
	size_t len;
	unsigned mode;

	assert_int_equal(fabconf_read_file(&ctx, name, false, &text, &len, &mode), 0);
	return text;
}

static void test_write(void **state)
{
	(void)state;
	place("etc/x");
	assert_int_equal(fabconf_write_file(&ctx, FABCONF_INI, false, "a\n", false), 0);
	assert_int_equal(mode_of("etc/nvme/nvme-fabrics.conf"), 0644);
	assert_int_equal(fabconf_write_file(&ctx, FABCONF_INI, false, "b\n", true), 0);
	assert_int_equal(mode_of("etc/nvme/nvme-fabrics.conf"), 0600);
	assert_string_equal(text_of(FABCONF_INI), "b\n");
	assert_int_equal(fabconf_write_file(&ctx, FABCONF_INI ".d/x.conf", false, "c\n", true), 0);
	assert_int_equal(mode_of("etc/nvme/nvme-fabrics.conf.d/x.conf"), 0600);
	/* A link stays one, and leads nowhere out of the root. */
	put("srv/real", "old\n");
	put_link("etc/nvme/link.conf", "/srv/real");
	assert_int_equal(fabconf_write_file(&ctx, "/etc/nvme/link.conf", false, "new\n", false), 0);
	assert_string_equal(text_of("/srv/real"), "new\n");
	assert_int_equal(fabconf_mark_converted(&ctx, FABCONF_JSON, false), 0);
	assert_int_equal(fabconf_mark_converted(&ctx, FABCONF_JSON, false), 0);
	assert_int_equal(fabconf_write_file(&ctx, "/nowhere/at/all", false, "x\n", false), -ENOENT);
	assert_non_null(strstr(ctx.error.message, "cannot write /nowhere/at/all"));
}

/* A system that is simulated has files of its own. */
static void test_simulated(void **state)
{
	struct fabconf *fc;

	(void)state;
	ctx.g.system = "demo";
	put("etc/nvme/nvme-fabrics.conf", "nonsense\n");
	assert_int_equal(fabconf_load(&ctx, NULL, &fc), 0);
	assert_int_equal(fc->nproblems, 0);
	assert_int_equal(fc->n, 3);
	assert_int_equal(fabconf_write_file(&ctx, FABCONF_INI ".d/a.conf", false, "[Subsystem]\nnqn = nqn.2014-08.org.example:x\ncontroller = transport=loop", false), 0);
	assert_int_equal(fabconf_load(&ctx, NULL, &fc), 0);
	assert_int_equal(fc->n, 4);
	assert_string_equal(text_of(FABCONF_INI ".d/a.conf"), "[Subsystem]\nnqn = nqn.2014-08.org.example:x\ncontroller = transport=loop\n");
	assert_int_equal(fabconf_mark_converted(&ctx, FABCONF_DISC, false), 0);
	assert_int_equal(fabconf_load(&ctx, NULL, &fc), 0);
	assert_int_equal(fc->n, 3);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		T(test_cut),	    T(test_mutated),   T(test_limits),	   T(test_memory),    T(test_nul),	      T(test_many_drop_ins), T(test_json_sound),
		T(test_json_tree),  T(test_json_wrong), T(test_round_trip), T(test_unwritable), T(test_write),	  T(test_simulated),
	};

	return cmocka_run_group_tests_name("fabconf-hostile", tests, NULL, NULL);
}
