/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What entries of discovery logs make of connections, and the controllers that the logs come from. */
#include "unit.h"

#include <signal.h>

#include "dev/discovery.h"
#include "dev/sim.h"
#include "sim_sample.h"

static struct ctx ctx;

static void put_le(uint8_t *p, uint64_t v, size_t n)
{
	for (; n--; v >>= 8)
		*p++ = (uint8_t)v;
}

static void put_text(uint8_t *p, const char *text)
{
	memcpy(p, text, strlen(text));
}

/* --- entries --- */

static struct discovery_entry entry_of(const uint8_t record[DISCOVERY_ENTRY])
{
	uint8_t both[2 * DISCOVERY_ENTRY] = { 0 };
	struct discovery_log log = { .numrec = 1, .len = sizeof(both) };
	struct discovery_entry e;
	uint8_t *raw;

	memcpy(both + DISCOVERY_ENTRY, record, DISCOVERY_ENTRY);
	log.raw = raw = exact_copy(both, sizeof(both));
	discovery_entry(ctx.arena, &log, 0, &e);
	free(raw);
	return e;
}

static void test_text_of_entries(void **state)
{
	uint8_t r[DISCOVERY_ENTRY];
	struct discovery_entry e;

	(void)state;
	ctx_init(&ctx);
	/* Without any end. */
	memset(r, 'x', sizeof(r));
	e = entry_of(r);
	assert_int_equal(strlen(e.trsvcid), 32);
	assert_int_equal(strlen(e.subnqn), 256);
	assert_int_equal(strlen(e.traddr), 256);
	/* Blanks up to the end, or up to a NUL; what is behind that does not count. */
	memset(r, ' ', sizeof(r));
	e = entry_of(r);
	assert_string_equal(e.trsvcid, "");
	assert_string_equal(e.subnqn, "");
	assert_string_equal(e.traddr, "");
	put_text(r + 32, "4420  ");
	memcpy(r + 256, "nqn.x \0y", 8);
	put_text(r + 512, " a b");
	e = entry_of(r);
	assert_string_equal(e.trsvcid, "4420");
	assert_string_equal(e.subnqn, "nqn.x");
	assert_string_equal(e.traddr, " a b");
	/* The places of Base 2.1, section 5.1.12.3.1. */
	memset(r, 0, sizeof(r));
	r[0] = 3, r[1] = 2, r[2] = 1, r[3] = 5;
	put_le(r + 4, 0x1234, 2);
	put_le(r + 6, 0xffff, 2);
	put_le(r + 10, 7, 2);
	r[768] = 2;
	e = entry_of(r);
	assert_int_equal(e.trtype, 3);
	assert_int_equal(e.adrfam, 2);
	assert_int_equal(e.subtype, DISC_REFERRAL);
	assert_int_equal(e.treq, 5);
	assert_int_equal(e.portid, 0x1234);
	assert_int_equal(e.cntlid, 0xffff);
	assert_int_equal(e.eflags, 7);
	assert_int_equal(e.sectype, 2);
	/* That byte is something else for others. */
	r[0] = 1;
	e = entry_of(r);
	assert_int_equal(e.sectype, 0);
	ctx_done(&ctx);
}

static struct discovery_entry usual(void)
{
	return (struct discovery_entry){ .trtype = 3, .adrfam = 1, .subtype = DISC_NVM, .trsvcid = "4420", .subnqn = "nqn.2020-01.test:s",
					 .traddr = "192.0.2.1" };
}

static struct fab_conn here(void)
{
	struct fab_conn from = { 0 };

	fab_put_text(&from, FK_TRANSPORT, "tcp", "test");
	fab_put_text(&from, FK_NQN, FAB_DISCOVERY_NQN, "test");
	fab_put_text(&from, FK_TRADDR, "192.0.2.9", "test");
	fab_put_text(&from, FK_TRSVCID, "8009", "test");
	fab_put_text(&from, FK_HOST_TRADDR, "192.0.2.5", "test");
	fab_put_text(&from, FK_HOST_IFACE, "eth0", "test");
	fab_put_text(&from, FK_HOSTNQN, "nqn.2020-01.test:host", "test");
	fab_put_number(&from, FK_KEEP_ALIVE_TMO, 30, "test");
	fab_put_number(&from, FK_PERSISTENT, 1, "test");
	fab_put_number(&from, FK_DISCOVERY, 1, "test");
	fab_put_number(&from, FK_DUPLICATE_CONNECT, 1, "test");
	fab_put_number(&from, FK_HDR_DIGEST, 1, "test");
	return from;
}

static void test_connection_of_an_entry(void **state)
{
	struct discovery_entry e = usual();
	struct fab_conn from = here(), c;

	(void)state;
	ctx_init(&ctx);
	assert_null(discovery_conn(ctx.arena, &e, &from, &c));
	assert_string_equal(fab_describe(ctx.arena, &c), "tcp 192.0.2.1:4420 nqn.2020-01.test:s");
	assert_string_equal(c.v[FK_TRADDR].origin, "discovery log");
	/* The same host, the same way out, the same care; nothing that was the discovery controller's alone. */
	assert_string_equal(fab_text(&c, FK_HOSTNQN), "nqn.2020-01.test:host");
	assert_string_equal(fab_text(&c, FK_HOST_TRADDR), "192.0.2.5");
	assert_string_equal(fab_text(&c, FK_HOST_IFACE), "eth0");
	assert_true(fab_flag(&c, FK_HDR_DIGEST));
	assert_false(c.v[FK_PERSISTENT].set || c.v[FK_DISCOVERY].set);
	assert_int_equal(fab_number(&c, FK_KEEP_ALIVE_TMO, 0), 30);
	assert_true(fab_flag(&c, FK_DUPLICATE_CONNECT));

	e.subtype = DISC_REFERRAL;
	assert_null(discovery_conn(ctx.arena, &e, &from, &c));
	assert_true(fab_flag(&c, FK_DISCOVERY));
	e.trsvcid = "";
	assert_null(discovery_conn(ctx.arena, &e, &from, &c));
	assert_string_equal(fab_text(&c, FK_TRSVCID), "8009");
	e.trsvcid = "4420";
	e.subtype = DISC_NVM;

	/* Another kind of network has other addresses. */
	from.v[FK_HDR_DIGEST].set = false;
	e.trtype = 1;
	assert_null(discovery_conn(ctx.arena, &e, &from, &c));
	assert_false(c.v[FK_HOST_TRADDR].set || c.v[FK_HOST_IFACE].set);
	e.trtype = 254;
	e.traddr = e.trsvcid = "";
	assert_null(discovery_conn(ctx.arena, &e, &from, &c));
	assert_string_equal(fab_describe(ctx.arena, &c), "loop nqn.2020-01.test:s");
	fab_put_text(&from, FK_TRANSPORT, "fc", "test");
	e.trtype = 2;
	e.traddr = "nn-0x1:pn-0x2";
	e.trsvcid = "none";
	assert_null(discovery_conn(ctx.arena, &e, &from, &c));
	assert_false(c.v[FK_TRSVCID].set);
	ctx_done(&ctx);
}

static void test_security_of_an_entry(void **state)
{
	static const struct {
		uint8_t trtype, sectype, treq;
		enum fab_key from;
		bool tls;
	} list[] = {
		{ 3, 2, 1, FK_COUNT, true },  { 3, 2, 5, FK_COUNT, true },	{ 3, 2, 2, FK_COUNT, false }, { 3, 2, 0, FK_COUNT, false },
		{ 3, 0, 1, FK_COUNT, false }, { 1, 2, 1, FK_COUNT, false }, { 3, 2, 1, FK_TLS, true },	    { 3, 2, 2, FK_TLS, true },
		{ 3, 2, 1, FK_CONCAT, false },
	};

	(void)state;
	ctx_init(&ctx);
	for (size_t i = 0; i < NELEMS(list); i++) {
		struct discovery_entry e = usual();
		struct fab_conn from = { 0 }, c;

		e.trtype = list[i].trtype;
		e.sectype = list[i].sectype;
		e.treq = list[i].treq;
		fab_put_text(&from, FK_DHCHAP_SECRET, "DHHC-1:00:x:", "test");
		if (list[i].from != FK_COUNT)
			fab_put_number(&from, list[i].from, 1, "test");
		assert_null(discovery_conn(ctx.arena, &e, &from, &c));
		assert_int_equal(fab_flag(&c, FK_TLS), list[i].tls);
		assert_int_equal(fab_flag(&c, FK_CONCAT), list[i].from == FK_CONCAT);
	}
	ctx_done(&ctx);
}

static void test_entries_that_lead_nowhere(void **state)
{
	static const struct {
		uint8_t trtype;
		const char *traddr, *trsvcid, *subnqn, *says;
	} list[] = {
		{ 0, "a", "4420", "n", "its transport type 0 is none that can be connected to" },
		{ 4, "a", "4420", "n", "its transport type 4" },
		{ 255, "a", "4420", "n", "its transport type 255" },
		{ 3, "", "4420", "n", "traddr is missing" },
		{ 3, "a", "4420", "", "nqn is missing" },
		{ 2, "a", "none", "n", "host-traddr is missing" },
		{ 3, "192.0.2.1,tls=0", "4420", "n", "its traddr has a comma" },
		{ 3, "192.0.2.1\n", "4420", "n", "its traddr has a control character" },
		{ 3, "a", "4420,hostnqn=x", "n", "its trsvcid has a comma" },
		{ 3, "a", "\x1b[31m", "n", "its trsvcid has a control character" },
		{ 3, "a", "4420", "n,dhchap_secret=x", "its nqn has a comma" },
		{ 3, "a", "4420", "n\x7f", "its nqn has a control character" },
		{ 3, "a", "4420", "n\xff", "nqn: it is not UTF-8" },
		{ 3, "a", "4420", "n\xc2\x9b", "nqn: it has a control character" },
		{ 254, "a,b", "4420", "n", "its traddr has a comma" },
	};

	(void)state;
	ctx_init(&ctx);
	for (size_t i = 0; i < NELEMS(list); i++) {
		struct discovery_entry e = usual();
		struct fab_conn from = { 0 }, c;
		const char *why;

		e.trtype = list[i].trtype;
		e.traddr = list[i].traddr;
		e.trsvcid = list[i].trsvcid;
		e.subnqn = list[i].subnqn;
		why = discovery_conn(ctx.arena, &e, &from, &c);
		if (!why || strncmp(why, list[i].says, strlen(list[i].says)) != 0)
			fail_msg("%zu: '%s', not '%s'", i, why ? why : "(right)", list[i].says);
	}
	ctx_done(&ctx);
}

/* Any bytes: what becomes a connection is one, and cannot be taken for another option. */
static void test_any_bytes(void **state)
{
	static const uint8_t transports[] = { 1, 2, 3, 254 };
	uint32_t seed = 1;
	size_t right = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint8_t r[DISCOVERY_ENTRY];
		struct discovery_entry e;
		struct fab_conn from = here(), c;

		ctx_init(&ctx);
		for (size_t k = 0; k < sizeof(r); k++) {
			seed = seed * 1664525 + 1013904223;
			r[k] = (uint8_t)(seed >> 24);
			/* Not all of it too wild to get anywhere. */
			if (i % 2 && k > 11)
				r[k] = seed >> 16 & 0x80 ? 0 : (uint8_t)(0x20 + r[k] % 0x60);
		}
		if (i % 2)
			r[0] = transports[i / 2 % NELEMS(transports)];
		from.v[FK_HDR_DIGEST].set = false;
		e = entry_of(r);
		if (!discovery_conn(ctx.arena, &e, &from, &c)) {
			right++;
			assert_null(fab_problem(ctx.arena, &c));
			for (size_t k = 0; k < FK_COUNT; k++)
				assert_null(strpbrk(fab_text(&c, k), ",\n\r\x1b\x7f"));
		}
		ctx_done(&ctx);
	}
	assert_true(right > 100);
}

/* --- controllers --- */

static const char system_text[] =
	"{ \"nvmekit-image\": 1, \"subsystems\": [],\n"
	"  \"fabric\": { \"hosts\": { \"disc.example\": [ \"192.0.2.9\" ] }, \"ports\": [\n"
	"    { \"transport\": \"tcp\", \"traddr\": \"192.0.2.9\", \"trsvcid\": \"8009\", \"portid\": 1 },\n"
	"    { \"transport\": \"tcp\", \"traddr\": \"192.0.2.8\", \"trsvcid\": \"8009\", \"portid\": 2, \"discovery_nqn\": \"nqn.2020-01.test:d\" } ] } }\n";

static bool is_default(int sig)
{
	struct sigaction now;

	assert_int_equal(sigaction(sig, NULL, &now), 0);
	return now.sa_handler == SIG_DFL;
}

static bool signals_are_free(void)
{
	return is_default(SIGINT) && is_default(SIGTERM);
}

static struct rig r;

static void on_system(void)
{
	static char file[64];

	write_image(file, system_text);
	rig_on(&r, file);
	strcpy(r.file, file);
}

static struct fab_conn service(const char *traddr)
{
	struct fab_conn c = { 0 };

	fab_put_text(&c, FK_TRANSPORT, "tcp", "test");
	fab_put_text(&c, FK_TRADDR, traddr, "test");
	return c;
}

/* While there is a controller of ours, Ctrl-C does not leave it behind; afterwards it is as ever. */
static void test_given_up_again(void **state)
{
	struct fab_conn c = service("disc.example");
	struct discovery first, second;
	struct discovery_log got;
	struct topo *t;

	(void)state;
	on_system();
	assert_int_equal(discovery_open(&r.ctx, &c, 0, &first), 0);
	assert_true(first.ours);
	assert_false(signals_are_free());
	assert_string_equal(fab_text(&first.conn, FK_TRADDR), "192.0.2.9");
	assert_string_equal(fab_text(&first.conn, FK_TRSVCID), "8009");
	assert_string_equal(fab_text(&first.conn, FK_NQN), FAB_DISCOVERY_NQN);
	assert_int_equal(discovery_read(&first, 60000, DISCOVERY_MAX, &got), 0);
	assert_int_equal(got.numrec, 1);
	discovery_close(&first);
	assert_true(signals_are_free());
	assert_int_equal(topo_read(&r.ctx, 0, &t), 0);
	assert_int_equal(t->nsubsys, 0);
	discovery_close(&first);

	/* One that stays, and is taken again. */
	assert_int_equal(discovery_open(&r.ctx, &c, DISCOVERY_KEEP, &first), 0);
	assert_false(first.ours);
	assert_true(signals_are_free());
	assert_int_equal(fab_number(&first.conn, FK_KEEP_ALIVE_TMO, 0), 30);
	discovery_close(&first);
	assert_int_equal(discovery_open(&r.ctx, &c, 0, &second), 0);
	assert_string_equal(second.name, first.name);
	assert_false(second.ours);
	discovery_close(&second);
	assert_true(signals_are_free());
	assert_int_equal(discovery_open(&r.ctx, &c, DISCOVERY_NO_REUSE, &second), 0);
	assert_string_not_equal(second.name, first.name);
	assert_true(second.ours);
	discovery_close(&second);
	assert_true(signals_are_free());
	assert_int_equal(discovery_open_device(&r.ctx, first.name, &second), 0);
	assert_string_equal(fab_text(&second.conn, FK_TRADDR), "192.0.2.9");
	discovery_close(&second);
	assert_int_equal(topo_read(&r.ctx, 0, &t), 0);
	assert_int_equal(t->nsubsys, 1);

	c = service("192.0.2.7");
	assert_true(discovery_open(&r.ctx, &c, 0, &second) < 0);
	assert_int_equal(r.ctx.error.code, XC_CONNECT);
	assert_true(signals_are_free());
	rig_done(&r);
}

/* Nothing stays in a dry run, though it was asked for. */
static void test_dry_run_keeps_nothing(void **state)
{
	struct fab_conn c = service("192.0.2.8");
	struct discovery a;
	struct topo *t;

	(void)state;
	on_system();
	r.ctx.g.dry_run = true;
	fab_put_text(&c, FK_NQN, "nqn.2020-01.test:d", "test");
	assert_int_equal(discovery_open(&r.ctx, &c, DISCOVERY_KEEP, &a), 0);
	assert_true(a.ours);
	/* A name of its own does not say what it is. */
	assert_true(fab_flag(&a.conn, FK_DISCOVERY));
	discovery_close(&a);
	assert_int_equal(topo_read(&r.ctx, 0, &t), 0);
	assert_int_equal(t->nsubsys, 0);
	assert_null(r.ctx.plan);
	rig_done(&r);
}

static void test_open_device_that_is_none(void **state)
{
	struct discovery a;

	(void)state;
	rig_on(&r, "demo");
	assert_true(discovery_open_device(&r.ctx, "nvme0", &a) < 0);
	assert_int_equal(r.ctx.error.code, XC_USAGE);
	assert_non_null(strstr(r.ctx.error.message, "nvme0 is no discovery controller"));
	discovery_close(&a);
	rig_done(&r);
	rig_on(&r, "demo");
	assert_true(discovery_open_device(&r.ctx, "nvme77", &a) < 0);
	assert_int_equal(r.ctx.error.code, XC_NODEV);
	discovery_close(&a);
	rig_done(&r);
}

int main(void)
{
	/* A shell that runs this in the background has it ignore them. */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);

	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_of_entries),
		cmocka_unit_test(test_connection_of_an_entry),
		cmocka_unit_test(test_security_of_an_entry),
		cmocka_unit_test(test_entries_that_lead_nowhere),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_given_up_again),
		cmocka_unit_test(test_dry_run_keeps_nothing),
		cmocka_unit_test(test_open_device_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
