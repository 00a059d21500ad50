/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a connection consists of: the table of keys and the options of commands, values as text, what is wrong, what is there. */
#include "unit.h"

#include <errno.h>

#include "cli/opt.h"
#include "cmd/fabopts.h"
#include "core/strset.h"

static struct ctx ctx;

static int setup(void **state)
{
	(void)state;
	ctx_init(&ctx);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ctx_done(&ctx);
	return 0;
}

/* --- the table --- */

static const struct fab_key_info *info(size_t k)
{
	return &fab_keys[k];
}

static void test_keys_are_complete(void **state)
{
	(void)state;
	for (size_t k = 0; k < FK_COUNT; k++) {
		const struct fab_key_info *i = info(k);

		assert_non_null(i->opt);
		assert_non_null(i->text);
		assert_null(strchr(i->opt, '_'));
		assert_int_equal(fab_key_by_name(i->opt, false), k);
		if (i->json) {
			assert_null(strchr(i->json, '-'));
			assert_int_equal(fab_key_by_name(i->json, true), k);
		}
		if (i->type == FT_NUMBER) {
			assert_true(i->min >= 0 && i->min < i->max);
			assert_int_equal(i->class, FC_TUNING);
		} else {
			assert_false(i->minus_one);
			assert_null(i->unit);
		}
		/* Nothing that is secret may be left out in silence. */
		if (i->type == FT_SECRET)
			assert_int_equal(i->class, FC_SECURITY);
		for (size_t other = 0; i->token && other < k; other++)
			assert_true(!info(other)->token || strcmp(info(other)->token, i->token) != 0);
	}
	assert_int_equal(fab_key_by_name("keep_alive_tmo", false), FK_COUNT);
	assert_int_equal(fab_key_by_name("keep-alive-tmo", true), FK_COUNT);
	assert_int_equal(fab_key_by_name("", false), FK_COUNT);
	assert_int_equal(fab_key_by_name("Transport", false), FK_COUNT);
}

static bool names_minus_one(const struct opt *o)
{
	for (size_t i = 0; i < o->nvals; i++) {
		if (o->vals[i].val == UINT32_MAX && strcmp(o->vals[i].key, "-1") == 0)
			return true;
	}
	return false;
}

static void check_row(const struct opt *o, const struct fab_key_info *i)
{
	static const int types[] = { [FT_TEXT] = O_STR, [FT_NUMBER] = O_OPT_U32, [FT_FLAG] = O_FLAG, [FT_SECRET] = O_STR };

	assert_int_equal(o->type, types[i->type]);
	if (i->type == FT_NUMBER) {
		assert_int_equal(o->min, i->min);
		assert_int_equal(o->max, i->max);
		assert_int_equal(o->unit, i->unit ? UNIT_S : UNIT_NONE);
		assert_int_equal(names_minus_one(o), i->minus_one);
	}
	/* What is secret does not stay on the command line. */
	assert_int_equal(!!(o->flags & OF_SECRET), i->type == FT_SECRET);
}

static void check_command(const char *name)
{
	static const enum fab_key no_option[] = { FK_DISCOVERY, FK_PERSISTENT, FK_HOSTSYMNAME };
	const struct cmd *c = cmd_by_name(name);
	bool seen[FK_COUNT] = { false };

	for (size_t i = 0; i < NELEMS(no_option); i++)
		seen[no_option[i]] = true;
	for (size_t i = 0; i < c->nopts; i++) {
		const struct opt *o = &c->opts[i];
		enum fab_key k = fab_key_by_name(o->name, false);

		if (o->off >= sizeof(struct fabopts))
			continue;
		if (o->flags & OF_ALIAS) {
			assert_int_equal(o->off, o[-1].off);
			assert_int_equal(o->type, o[-1].type);
			assert_int_equal(o->min, o[-1].min);
			assert_int_equal(o->max, o[-1].max);
			assert_int_equal(o->unit, o[-1].unit);
			assert_ptr_equal(o->vals, o[-1].vals);
			assert_int_equal(o->flags & OF_SECRET, o[-1].flags & OF_SECRET);
		} else if (k != FK_COUNT) {
			assert_false(seen[k]);
			seen[k] = true;
			check_row(o, info(k));
		} else {
			assert_non_null(strstr(o->name, "-secret-file"));
		}
	}
	for (size_t k = 0; k < FK_COUNT; k++) {
		if (!seen[k])
			fail_msg("%s has no option --%s", name, info(k)->opt);
	}
}

static void test_options_are_the_keys(void **state)
{
	(void)state;
	check_command("connect");
	check_command("discover");
	check_command("connect-all");
}

/* connect with one option; what the connection then is. */
static int given(const char *option, struct fab_conn *c)
{
	char *argv[] = { (char *)"nvmekit", (char *)"connect", arena_strdup(ctx.arena, option), NULL };
	struct parsed p;
	int rc = cli_parse(&ctx, 3, argv, &p);

	if (!rc)
		rc = fabopts_conn(&ctx, p.args, c);
	return rc;
}

#define SECRET "DHHC-1:00:XmDum8XdwjUecqEtlUVkXjK9shFJkSHPnUx+UzAPqBacjTQH:"

/* An option fills in its key and no other, so no two of them are mixed up on the way. */
static void test_options_fill_in_their_key(void **state)
{
	static const char *const values[FK_COUNT] = {
		[FK_TRANSPORT] = "rdma", [FK_DHCHAP_SECRET] = SECRET, [FK_DHCHAP_CTRL_SECRET] = SECRET,
	};

	(void)state;
	for (size_t k = 0; k < FK_DISCOVERY; k++) {
		const struct fab_key_info *i = info(k);
		const char *text = values[k] ? values[k] : i->type == FT_NUMBER ? "17" : "some";
		struct fab_conn c;

		if (given(i->type == FT_FLAG ? arena_printf(ctx.arena, "--%s", i->opt)
					     : arena_printf(ctx.arena, "--%s=%s", i->opt, text), &c))
			fail_msg("--%s: %s", i->opt, ctx.error.message);
		for (size_t other = 0; other < FK_COUNT; other++)
			assert_int_equal(c.v[other].set, other == k);
		assert_string_equal(c.v[k].origin, FAB_ORIGIN);
		if (i->type == FT_FLAG || i->type == FT_NUMBER)
			assert_int_equal(c.v[k].n, i->type == FT_FLAG ? 1 : 17);
		else
			assert_string_equal(fab_text(&c, k), text);
	}
}

static void expect_number(const char *option, enum fab_key k, int64_t n)
{
	struct fab_conn c;

	if (given(option, &c))
		fail_msg("%s: %s", option, ctx.error.message);
	assert_true(c.v[k].set);
	assert_int_equal(c.v[k].n, n);
}

static void expect_refused(const char *option, const char *why)
{
	struct fab_conn c;

	assert_true(given(option, &c) < 0);
	assert_int_equal(ctx.error.code, XC_USAGE);
	if (!strstr(ctx.error.message, why))
		fail_msg("%s: '%s' does not say '%s'", option, ctx.error.message, why);
	ctx.error = (struct error){ .status = -1 };
}

static void test_values_of_options(void **state)
{
	(void)state;
	expect_number("--keep-alive-tmo=0", FK_KEEP_ALIVE_TMO, 0);
	expect_number("--keep-alive-tmo=90s", FK_KEEP_ALIVE_TMO, 90);
	expect_number("--reconnect-delay=2m", FK_RECONNECT_DELAY, 120);
	expect_number("--ctrl-loss-tmo=1h", FK_CTRL_LOSS_TMO, 3600);
	expect_number("--ctrl-loss-tmo=1d", FK_CTRL_LOSS_TMO, 86400);
	expect_number("--ctrl-loss-tmo=never", FK_CTRL_LOSS_TMO, -1);
	expect_number("--ctrl-loss-tmo=-1", FK_CTRL_LOSS_TMO, -1);
	expect_number("--ctrl-loss-tmo=2147483", FK_CTRL_LOSS_TMO, 2147483);
	expect_number("--fast_io_fail_tmo=5", FK_FAST_IO_FAIL_TMO, 5);
	expect_number("--tos=-1", FK_TOS, -1);
	expect_number("--tos=255", FK_TOS, 255);
	expect_number("--queue-size=0x10", FK_QUEUE_SIZE, 16);
	expect_refused("--queue-size=15", "out of range (16 to 1024)");
	expect_refused("--queue-size=1025", "out of range (16 to 1024)");
	expect_refused("--nr-io-queues=0", "out of range (1 to 65535)");
	expect_refused("--reconnect-delay=0", "out of range (1 to 2147483 s)");
	expect_refused("--ctrl-loss-tmo=2147484", "out of range (0 to 2147483 s)");
	expect_refused("--ctrl-loss-tmo=25d", "out of range (0 to 2147483 s)");
	expect_refused("--ctrl-loss-tmo=-2", "'-2' is none of never, -1");
	expect_refused("--keep-alive-tmo=5ms", "no time in whole seconds");
	expect_refused("--keep-alive-tmo=1.5s", "no time in whole seconds");
	expect_refused("--keep-alive-tmo=s", "no time in whole seconds");
	expect_refused("--keep-alive-tmo=", "is empty");
	expect_refused("--keep-alive-tmo=-1", "negative");
	expect_refused("--tos=256", "out of range (0 to 255)");
	expect_refused("--tos=never", "'never'");
	expect_refused("--traddr=a,b", "has a comma");
	expect_refused("--nqn=x\ny", "has a control character");
	expect_refused("--host-iface=", "is empty");
	expect_refused("--transport=pcie", "'pcie'");
	expect_refused("--tls=1", "no value");
}

/* --- values as text --- */

static const char *why;

static int parse(struct fab_conn *c, enum fab_key k, const char *text)
{
	*c = (struct fab_conn){ 0 };
	why = "nothing";
	return fab_parse(ctx.arena, c, k, text, "file:3", &why);
}

static void bad(enum fab_key k, const char *text, const char *reason)
{
	struct fab_conn c;

	assert_int_equal(parse(&c, k, text), -EINVAL);
	assert_string_equal(why, reason);
	assert_false(c.v[k].set);
	/* A reason never has the value in it, which may be a secret. */
	assert_null(strstr(why, "secret"));
}

static void good(enum fab_key k, const char *text, int64_t n)
{
	struct fab_conn c;

	if (parse(&c, k, text))
		fail_msg("%s '%s' %s", info(k)->opt, text, why);
	assert_true(c.v[k].set);
	assert_int_equal(c.v[k].n, n);
	assert_string_equal(c.v[k].origin, "file:3");
}

static void test_parse_numbers(void **state)
{
	(void)state;
	for (size_t k = 0; k < FK_COUNT; k++) {
		const struct fab_key_info *i = info(k);
		char text[32], reason[80];

		if (i->type != FT_NUMBER)
			continue;
		snprintf(reason, sizeof(reason), "is out of range (%s%lld to %lld)", i->minus_one ? "-1, " : "", (long long)i->min,
			 (long long)i->max);
		snprintf(text, sizeof(text), "%lld", (long long)i->min);
		good(k, text, i->min);
		snprintf(text, sizeof(text), "0x%llx", (long long)i->max);
		good(k, text, i->max);
		snprintf(text, sizeof(text), "%lld", (long long)i->max + 1);
		bad(k, text, reason);
		snprintf(text, sizeof(text), "%lld", (long long)i->min - 1);
		if (i->min > 0)
			bad(k, text, reason);
		bad(k, "18446744073709551615", reason);
		bad(k, "18446744073709551616", reason);
		bad(k, "9223372036854775808", reason);
		bad(k, "99999999999999999999999999999999999999999999", reason);
		if (i->minus_one) {
			good(k, "-1", -1);
			good(k, "never", -1);
		} else {
			bad(k, "-1", "is no number");
			bad(k, "never", "is no number");
		}
		bad(k, "-2", "is no number");
		bad(k, "", "is no number");
		bad(k, " 5", "is no number");
		bad(k, "5 ", "is no number");
		bad(k, "+5", "is no number");
		bad(k, "017", "is no number");
		bad(k, "17x", "is no number");
		bad(k, "5,tls", "is no number");
	}
}

static void test_parse_flags(void **state)
{
	static const char *const no[] = { "false", "no", "off", "0", "f", "n", "FALSE", "Off" };
	static const char *const yes[] = { "true", "yes", "on", "1", "t", "y", "True", "YES" };

	(void)state;
	for (size_t k = 0; k < FK_COUNT; k++) {
		if (info(k)->type != FT_FLAG)
			continue;
		for (size_t i = 0; i < NELEMS(no); i++) {
			good(k, no[i], 0);
			good(k, yes[i], 1);
		}
		bad(k, "", "is neither true nor false");
		bad(k, "2", "is neither true nor false");
		bad(k, "true ", "is neither true nor false");
		bad(k, "01", "is neither true nor false");
		bad(k, "none", "is neither true nor false");
	}
}

static void test_parse_text(void **state)
{
	(void)state;
	for (size_t k = 0; k < FK_COUNT; k++) {
		struct fab_conn c;

		if (info(k)->type != FT_TEXT && info(k)->type != FT_SECRET)
			continue;
		bad(k, "", "is empty");
		bad(k, "secret,tls=0", "has a comma");
		bad(k, ",", "has a comma");
		bad(k, "secret\n", "has a control character");
		bad(k, "\x1b[2Jsecret", "has a control character");
		bad(k, "secret\x7f", "has a control character");
		bad(k, "\x01", "has a control character");
		assert_int_equal(parse(&c, k, "fe80::1%eth0 \xc3\xa9"), 0);
		assert_string_equal(fab_text(&c, k), "fe80::1%eth0 \xc3\xa9");
	}
}

static void test_merge(void **state)
{
	struct fab_conn a = { 0 }, b = { 0 };

	(void)state;
	fab_put_text(&a, FK_TRADDR, "192.0.2.1", "a");
	fab_put_number(&a, FK_TLS, 0, "a");
	fab_put_text(&b, FK_TRADDR, "192.0.2.2", "b");
	fab_put_number(&b, FK_TLS, 1, "b");
	fab_put_number(&b, FK_TOS, -1, "b");
	fab_merge(&a, &b);
	assert_string_equal(fab_text(&a, FK_TRADDR), "192.0.2.1");
	/* "Off" is said as well as "on". */
	assert_false(fab_flag(&a, FK_TLS));
	assert_string_equal(a.v[FK_TLS].origin, "a");
	assert_int_equal(fab_number(&a, FK_TOS, 9), -1);
	assert_int_equal(fab_number(&a, FK_QUEUE_SIZE, 9), 9);
	assert_string_equal(fab_text(&a, FK_NQN), "");
}

/* --- what is wrong --- */

/* "key=value" words as in a configuration file; a word without a value is a flag. */
static struct fab_conn conn(const char *text)
{
	struct fab_conn c = { 0 };
	char *copy = arena_strdup(ctx.arena, text), *save = NULL;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		char *eq = strchr(w, '=');
		enum fab_key k;

		if (eq)
			*eq++ = '\0';
		k = fab_key_by_name(w, false);
		assert_int_not_equal(k, FK_COUNT);
		if (fab_parse(ctx.arena, &c, k, eq ? eq : "true", "test", &why))
			fail_msg("%s %s", w, why);
	}
	return c;
}

#define TCP "transport=tcp traddr=192.0.2.1 nqn=nqn.2014-08.org.example:d "

static void test_problems(void **state)
{
	static const struct {
		const char *conn, *says;
	} list[] = {
		{ "nqn=n traddr=a", "transport is missing" },
		{ "transport=pcie nqn=n traddr=a", "transport 'pcie' is none of rdma, fc, tcp, loop" },
		{ "transport=TCP nqn=n traddr=a", "is none of" },
		{ "transport=tcp traddr=a", "nqn is missing" },
		{ "transport=tcp traddr=a nqn=\xff", "nqn: it is not UTF-8" },
		{ "transport=tcp nqn=n", "traddr is missing: tcp needs one" },
		{ "transport=rdma nqn=n", "traddr is missing: rdma needs one" },
		{ "transport=fc nqn=n", "traddr is missing: fc needs one" },
		{ "transport=fc nqn=n traddr=nn-0x1:pn-0x2", "host-traddr is missing: fc needs one" },
		{ TCP "tls concat", "tls and concat exclude each other" },
		{ "transport=rdma nqn=n traddr=a tls", "TLS is there for the transport tcp only" },
		{ "transport=loop nqn=n concat", "TLS is there for the transport tcp only" },
		{ TCP "concat", "concat needs dhchap-secret" },
		{ TCP "dhchap-ctrl-secret=x", "dhchap-ctrl-secret needs dhchap-secret" },
		{ TCP "tls-key=5", "a TLS key is of no use without tls" },
		{ TCP "tls-key-identity=i", "a TLS key is of no use without tls" },
		{ TCP "tls=no tls-key=5", "a TLS key is of no use without tls" },
		{ TCP "tls tls-key=5 tls-key-identity=i", "both name the key" },
		{ "transport=rdma nqn=n traddr=a hdr-digest", "digests are there for the transport tcp only" },
		{ "transport=loop nqn=n data-digest", "digests are there for the transport tcp only" },
		{ TCP "fast-io-fail-tmo=601", "fast-io-fail-tmo (601 s) is longer than ctrl-loss-tmo (600 s)" },
		{ TCP "fast-io-fail-tmo=6 ctrl-loss-tmo=5", "fast-io-fail-tmo (6 s) is longer than ctrl-loss-tmo (5 s)" },
		{ TCP "reconnect-delay=6 ctrl-loss-tmo=5", "reconnect-delay (6 s) is longer than ctrl-loss-tmo (5 s)" },
		{ "transport=loop nqn=n tos=0", "tos is there for the transports tcp and rdma only" },
		{ TCP "hostnqn=\xc3", "hostnqn: it is not UTF-8" },
		{ TCP "trsvcid=http", "trsvcid is no port number" },
		{ TCP "trsvcid=65536", "trsvcid is no port number" },
		{ TCP "trsvcid=04420", "trsvcid is no port number" },
		{ TCP "trsvcid=0x1144", "trsvcid is no port number" },
		/* and what is right */
		{ TCP, NULL },
		{ TCP "trsvcid=65535", NULL },
		{ "transport=fc nqn=n traddr=nn-0x1:pn-0x2 host-traddr=nn-0x3:pn-0x4 trsvcid=none", NULL },
		{ "transport=loop nqn=n", NULL },
		{ "transport=fc nqn=n traddr=nn-0x1:pn-0x2 host-traddr=nn-0x3:pn-0x4", NULL },
		{ "transport=loop nqn=n tos=-1 tls=no hdr-digest=no concat=false", NULL },
		{ TCP "tls=no concat dhchap-secret=x", NULL },
		{ TCP "tls tls-key=5", NULL },
		{ TCP "tls dhchap-secret=x dhchap-ctrl-secret=y", NULL },
		{ TCP "fast-io-fail-tmo=601 ctrl-loss-tmo=-1", NULL },
		{ TCP "fast-io-fail-tmo=-1 ctrl-loss-tmo=0", NULL },
		{ TCP "reconnect-delay=6 ctrl-loss-tmo=0", NULL },
		{ TCP "reconnect-delay=900", NULL },
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(list); i++) {
		struct fab_conn c = conn(list[i].conn);
		const char *p = fab_problem(ctx.arena, &c);

		if (!p != !list[i].says || (p && !strstr(p, list[i].says)))
			fail_msg("%s: '%s' instead of '%s'", list[i].conn, p ? p : "(right)", list[i].says ? list[i].says : "(right)");
	}
}

/* What came from elsewhere than a file or the command line (firmware, sysfs) gets no further option into the kernel's ear. */
static void test_nothing_smuggled(void **state)
{
	static const char *const texts[] = { "a,tls=0", "a\nb", "\x1b[2J" };

	(void)state;
	for (size_t k = 0; k < FK_COUNT; k++) {
		for (size_t i = 0; i < NELEMS(texts); i++) {
			struct fab_conn c = conn(TCP);

			if (!info(k)->token || (info(k)->type != FT_TEXT && info(k)->type != FT_SECRET))
				continue;
			fab_put_text(&c, k, texts[i], "firmware");
			if (!fab_problem(ctx.arena, &c))
				fail_msg("%s may be '%s'", info(k)->opt, texts[i]);
		}
	}
}

static void test_long_nqn(void **state)
{
	struct fab_conn c = conn(TCP);
	char nqn[NQN_MAX + 2];

	(void)state;
	memset(nqn, 'n', sizeof(nqn));
	nqn[NQN_MAX + 1] = '\0';
	fab_put_text(&c, FK_NQN, nqn, "test");
	assert_non_null(strstr(fab_problem(ctx.arena, &c), "longer than 223 bytes"));
	nqn[NQN_MAX] = '\0';
	assert_null(fab_problem(ctx.arena, &c));
}

static void test_describe(void **state)
{
	struct fab_conn c = conn(TCP "trsvcid=4420"), v6 = conn("transport=tcp traddr=2001:db8::1 trsvcid=4420 nqn=n");
	struct fab_conn loop = conn("transport=loop nqn=n"), fc = conn("transport=fc traddr=nn-0x1:pn-0x2 nqn=n");

	(void)state;
	assert_string_equal(fab_describe(ctx.arena, &c), "tcp 192.0.2.1:4420 nqn.2014-08.org.example:d");
	assert_string_equal(fab_describe(ctx.arena, &v6), "tcp [2001:db8::1]:4420 n");
	assert_string_equal(fab_describe(ctx.arena, &loop), "loop n");
	assert_string_equal(fab_describe(ctx.arena, &fc), "fc nn-0x1:pn-0x2 n");
}

/* --- sets of texts --- */

static void test_strset(void **state)
{
	enum { N = 5000 };
	struct strset s = { 0 };

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < N; i++)
			assert_int_equal(strset_add(ctx.arena, &s, arena_printf(ctx.arena, "%d", i)), round == 0);
	}
	assert_int_equal(s.n, N);
	assert_true(strset_add(ctx.arena, &s, ""));
	assert_false(strset_add(ctx.arena, &s, ""));
	assert_true(strset_add(ctx.arena, &s, "00"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_keys_are_complete, setup, teardown),
		cmocka_unit_test_setup_teardown(test_options_are_the_keys, setup, teardown),
		cmocka_unit_test_setup_teardown(test_options_fill_in_their_key, setup, teardown),
		cmocka_unit_test_setup_teardown(test_values_of_options, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parse_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parse_flags, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parse_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_merge, setup, teardown),
		cmocka_unit_test_setup_teardown(test_problems, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_smuggled, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_nqn, setup, teardown),
		cmocka_unit_test_setup_teardown(test_describe, setup, teardown),
		cmocka_unit_test_setup_teardown(test_strset, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
