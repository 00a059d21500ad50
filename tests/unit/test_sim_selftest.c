/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Device Self-test of the model: starting, running by the clock, ending in every way, and the log page. */
#include "unit.h"

#include "dev/gate.h"
#include "dev/sim_model.h"
#include "sim_sample.h"
#include "spec/tables.h"

enum { SHORT = 1, EXTENDED, REFRESH, VENDOR = 0xe, ABORT = 0xf };

/* Two controllers; %s: DSTO and further members of Identify Controller, "times", log pages, "model" of nvme0. */
static const char image[] =
	"{ \"nvmekit-image\": 1, \"subsystems\": [ { \"name\": \"nvme-subsys0\", \"nqn\": \"nqn.2020-01.test:a\","
	" \"times\": { %s },"
	" \"controllers\": ["
	"  { \"name\": \"nvme0\", \"cntlid\": 1, \"transport\": \"pcie\", \"identify\": { \"cmic\": 2, \"oacs\": 30, \"edstt\": 1,"
	"    \"fna\": %s, \"sanicap\": 3, \"ver\": \"0x020100\", \"dsto\": %s },"
	"    \"logs\": { \"smart\": { \"power_on_hours\": 77 } %s } },"
	"  { \"name\": \"nvme1\", \"cntlid\": 2, \"transport\": \"pcie\", \"identify\": { \"cmic\": 2, \"oacs\": 30,"
	"    \"dsto\": %s } } ],"
	" \"namespaces\": ["
	"  { \"name\": \"nvme0n1\", \"nsid\": 1, \"identify\": { \"nsze\": 100, \"nmic\": 1, \"lbafs\": [ { \"ds\": 9 } ] } },"
	"  { \"name\": \"nvme0n2\", \"nsid\": 2, \"identify\": { \"nsze\": 100, \"nmic\": 1, \"lbafs\": [ { \"ds\": 9 } ] } },"
	"  { \"name\": \"nvme0n3\", \"nsid\": 3, \"controllers\": [], \"identify\": { \"nsze\": 1, \"lbafs\": [ { \"ds\": 9 } ] } } ] } ] }";

static void set_up(struct rig *r, const char *times, const char *fna, const char *dsto, const char *logs)
{
	char text[4096], file[64];

	assert_true((size_t)snprintf(text, sizeof(text), image, times, fna, dsto, logs, dsto) < sizeof(text));
	write_image(file, text);
	rig_on(r, r->file);
	strcpy(r->file, file);
	assert_int_equal(rig_open(r, "nvme0"), 0);
}

static int start(struct rig *r, uint32_t code, uint32_t nsid)
{
	struct req req = admin_req(r, 0x14, nsid, code, 0, 0);

	return submit(r, &req);
}

static int admin(struct rig *r, uint8_t opcode, uint32_t nsid, uint32_t cdw10)
{
	struct req req = admin_req(r, opcode, nsid, cdw10, 0, 0);

	return submit(r, &req);
}

static uint64_t page(struct rig *r, const char *path)
{
	assert_int_equal(get_log(r, 0x06, NSID_ALL, 0, 564), 0);
	return answer_u64(r, &spec_log_self_test, 564, path);
}

static uint64_t newest(struct rig *r, const char *path)
{
	const struct val *list;

	assert_int_equal(get_log(r, 0x06, NSID_ALL, 0, 564), 0);
	list = val_get(answer(r, &spec_log_self_test, 564), "results");
	return val_u64(list->c.first, path, 0xdeadbeef);
}

static size_t used(struct rig *r)
{
	const struct val *list;
	size_t n = 0;

	assert_int_equal(get_log(r, 0x06, NSID_ALL, 0, 564), 0);
	list = val_get(answer(r, &spec_log_self_test, 564), "results");
	assert_int_equal(list->c.n, 20);
	val_for_each(it, list)
		n += val_u64(it, "dsts.result", 0xf) != 0xf;
	return n;
}

static bool file_has(const struct rig *r, const char *text)
{
	char *all = slurp(r->file);
	bool has = strstr(all, text);

	free(all);
	return has;
}

static void test_refused(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "", "0", "0", "");
	assert_int_equal(start(&r, 0, NSID_ALL), 0x4002);
	assert_int_equal(start(&r, 4, NSID_ALL), 0x4002);
	assert_int_equal(start(&r, 0xd, NSID_ALL), 0x4002);
	assert_int_equal(start(&r, REFRESH, NSID_ALL), 0x4002); /* DSTO.HIRS is clear */
	assert_int_equal(start(&r, SHORT, 9), 0x400b);
	assert_int_equal(start(&r, SHORT, 3), 0x4002); /* attached nowhere */
	assert_int_equal(start(&r, ABORT, NSID_ALL), 0); /* nothing to end, which is no error */
	assert_int_equal(page(&r, "current_operation"), 0);
	assert_int_equal(used(&r), 0);
	rig_done(&r);
	open_sample(&r, "nvme0"); /* OACS is 0 */
	assert_int_equal(start(&r, SHORT, NSID_ALL), 0x4001);
	assert_int_equal(get_log(&r, 0x06, NSID_ALL, 0, 564), 0x4109);
	rig_done(&r);
}

static void test_passes(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "\"self-test\": 60000", "0", "0", "");
	assert_int_equal(start(&r, SHORT, 1), 0);
	assert_int_equal(page(&r, "current_operation.operation"), SHORT);
	assert_true(page(&r, "completion.percent") < 100);
	assert_int_equal(used(&r), 0);
	assert_int_equal(start(&r, EXTENDED, NSID_ALL), 0x011d);
	rig_age(&r, 70000);
	assert_int_equal(page(&r, "current_operation.operation"), 0);
	assert_int_equal(newest(&r, "dsts.result"), 0);
	assert_int_equal(newest(&r, "dsts.code"), SHORT);
	assert_int_equal(newest(&r, "poh"), 77);
	assert_int_equal(newest(&r, "nsid"), 1);
	assert_int_equal(newest(&r, "vdi.nsidv"), 1);
	assert_int_equal(newest(&r, "vdi.flbav"), 0);
	assert_int_equal(used(&r), 1);
	/* Another process sees the same. */
	assert_true(file_has(&r, "\"dsts\": 16"));
	rig_done(&r);
}

/* Without a time in the image: EDSTT minutes, and the two minutes that a short test may take. */
static void test_durations(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "", "0", "2", "");
	assert_int_equal(start(&r, SHORT, 0), 0);
	assert_true(file_has(&r, "\"took\": 120000"));
	assert_int_equal(start(&r, ABORT, 0), 0);
	assert_int_equal(start(&r, REFRESH, 0), 0);
	assert_true(file_has(&r, "\"took\": 60000"));
	rig_done(&r);
	set_up(&r, "\"self-test\": 5000, \"self-test_extended\": 7000", "0", "0", "");
	assert_int_equal(start(&r, EXTENDED, 0), 0);
	assert_true(file_has(&r, "\"took\": 7000"));
	assert_int_equal(start(&r, ABORT, 0), 0);
	assert_int_equal(start(&r, VENDOR, 0), 0);
	assert_true(file_has(&r, "\"took\": 5000"));
	rig_done(&r);
}

static void test_twenty_results(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "\"self-test\": 60000", "0", "0", "");
	for (int i = 0; i < 25; i++) {
		assert_int_equal(start(&r, i < 24 ? SHORT : EXTENDED, NSID_ALL), 0);
		assert_int_equal(start(&r, ABORT, NSID_ALL), 0);
	}
	assert_int_equal(used(&r), 20);
	assert_int_equal(newest(&r, "dsts.code"), EXTENDED);
	assert_int_equal(newest(&r, "dsts.result"), 1);
	rig_done(&r);
}

static void test_failure(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r,
	       "\"self-test\": 10000, \"self-test_fails_at\": 50, \"self-test_fails_segment\": 4, \"self-test_fails_lba\": 4711,"
	       "\"self-test_fails_nsid\": 2, \"self-test_failures\": 1", "0", "0", "");
	assert_int_equal(start(&r, SHORT, NSID_ALL), 0);
	rig_age(&r, 15000);
	assert_int_equal(newest(&r, "dsts.result"), 7);
	assert_int_equal(newest(&r, "seg"), 4);
	assert_int_equal(newest(&r, "vdi"), 0xf);
	assert_int_equal(newest(&r, "nsid"), 2);
	assert_int_equal(newest(&r, "flba"), 4711);
	assert_int_equal(newest(&r, "sct"), 2);
	assert_int_equal(newest(&r, "sc"), 0x81);
	/* The one failure is used up. */
	assert_int_equal(start(&r, SHORT, NSID_ALL), 0);
	rig_age(&r, 15000);
	assert_int_equal(newest(&r, "dsts.result"), 0);
	assert_int_equal(used(&r), 2);
	rig_done(&r);
	/* A segment that nobody knows, at no place. */
	set_up(&r, "\"self-test\": 10000, \"self-test_fails_at\": 0, \"self-test_fails_segment\": 0", "0", "0", "");
	assert_int_equal(start(&r, SHORT, NSID_ALL), 0);
	assert_int_equal(newest(&r, "dsts.result"), 6);
	assert_int_equal(newest(&r, "seg"), 0);
	assert_int_equal(newest(&r, "vdi"), 0);
	rig_done(&r);
}

static void test_stalls(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "\"self-test\": 5000, \"self-test_stalls_at\": 37", "0", "0", "");
	assert_int_equal(start(&r, SHORT, NSID_ALL), 0);
	rig_age(&r, 10000);
	assert_int_equal(page(&r, "completion"), 37);
	assert_int_equal(page(&r, "current_operation"), SHORT);
	rig_done(&r);
}

static void abort_by(const char *fna, uint32_t tested, uint8_t opcode, uint32_t nsid, uint32_t cdw10, uint64_t result)
{
	struct rig r;

	set_up(&r, "\"self-test\": 60000, \"sanitize\": 5000", fna, "0", "");
	assert_int_equal(start(&r, EXTENDED, tested), 0);
	assert_int_equal(admin(&r, opcode, nsid, cdw10), 0);
	if (opcode == 0x84) { /* which keeps this log page from being read */
		assert_int_equal(get_log(&r, 0x06, NSID_ALL, 0, 564), 0x1d);
		rig_age(&r, 10000);
	}
	if (result == 0xf) {
		assert_int_equal(page(&r, "current_operation"), EXTENDED);
		assert_int_equal(used(&r), 0);
	} else {
		assert_int_equal(newest(&r, "dsts.result"), result);
		assert_int_equal(newest(&r, "dsts.code"), EXTENDED);
		assert_int_equal(page(&r, "current_operation"), 0);
	}
	rig_done(&r);
}

/* Section 8.1.7: which Format NVM ends which test; sanitizing ends every one, removal that of the namespace alone. */
static void test_aborted(void **state)
{
	(void)state;
	abort_by("0", 1, 0x80, 1, 0, 4);
	abort_by("0", 1, 0x80, 2, 0, 0xf);
	abort_by("0", NSID_ALL, 0x80, 2, 0, 4);
	abort_by("0", 1, 0x80, NSID_ALL, 0, 4);
	abort_by("0", 0, 0x80, 1, 0, 0xf);
	abort_by("1", 1, 0x80, 2, 0, 4);
	abort_by("2", 1, 0x80, 2, 0, 0xf);
	abort_by("2", 1, 0x80, 2, 1 << 9, 4);
	abort_by("0", NSID_ALL, 0x84, 0, 2, 9);
	abort_by("0", 0, 0x84, 0, 2, 9);
	abort_by("0", 1, 0x0d, 1, 1, 3);
	abort_by("0", 2, 0x0d, 1, 1, 0xf);
	abort_by("0", NSID_ALL, 0x0d, 1, 1, 0xf);
	abort_by("0", 1, 0x14, NSID_ALL, ABORT, 1);
}

/* A format that was refused ends nothing. */
static void test_not_aborted_by_a_refusal(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "\"self-test\": 60000", "0", "0", "");
	assert_int_equal(start(&r, SHORT, 1), 0);
	assert_int_equal(admin(&r, 0x80, 1, 5), 0x410a);
	assert_int_equal(page(&r, "current_operation"), SHORT);
	rig_done(&r);
}

static void reset(struct rig *r, bool subsystem)
{
	struct sim_dev *d = r->dev.priv;
	struct req req = { .kind = REQ_RESET };
	struct sim_cmd c = { .ctx = &r->ctx, .sim = r->ctx.sim, .d = d, .ctrl = d->ctrl, .req = &req };

	c.id = image_id_ctrl(r->ctx.arena, c.ctrl)->fields;
	sim_reset_self_test(&c, subsystem);
}

static void test_reset(void **state)
{
	static const struct {
		uint32_t code;
		uint64_t result;
	} cases[] = { { SHORT, 2 }, { VENDOR, 2 }, { EXTENDED, 0xf }, { REFRESH, 0xf } };
	struct rig r;

	(void)state;
	for (size_t i = 0; i < NELEMS(cases); i++) {
		set_up(&r, "\"self-test\": 60000", "0", "2", "");
		assert_int_equal(start(&r, cases[i].code, NSID_ALL), 0);
		reset(&r, i % 2);
		assert_int_equal(page(&r, "current_operation"), cases[i].result == 2 ? 0 : cases[i].code);
		if (cases[i].result == 2)
			assert_int_equal(newest(&r, "dsts.result"), 2);
		rig_done(&r);
	}
}

/* DSTO.SDSO: one test in the subsystem, and one log of it; otherwise each controller has its own. */
static void test_two_controllers(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "\"self-test\": 60000", "0", "1", "");
	assert_int_equal(start(&r, SHORT, 1), 0);
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_int_equal(page(&r, "current_operation"), SHORT);
	assert_int_equal(start(&r, SHORT, 1), 0x011d);
	assert_int_equal(start(&r, ABORT, 1), 0);
	assert_int_equal(used(&r), 1);
	assert_int_equal(rig_open(&r, "nvme0"), 0);
	assert_int_equal(used(&r), 1);
	rig_done(&r);
	set_up(&r, "\"self-test\": 60000", "0", "0", "");
	assert_int_equal(start(&r, SHORT, 1), 0);
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_int_equal(page(&r, "current_operation"), 0);
	assert_int_equal(start(&r, EXTENDED, 1), 0);
	/* A format through one of them ends the tests of both. */
	assert_int_equal(admin(&r, 0x80, 1, 0), 0);
	assert_int_equal(newest(&r, "dsts"), 0x24);
	assert_int_equal(rig_open(&r, "nvme0"), 0);
	assert_int_equal(newest(&r, "dsts"), 0x14);
	rig_done(&r);
}

/* As it was captured: a test that stands where it stood, and results as fields or as bytes. */
static void test_recorded(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "", "0", "0",
	       ", \"self-test\": { \"current_operation\": 2, \"completion\": 43, \"results\": [ { \"entry\": 3, \"dsts\": 22 } ] }");
	assert_int_equal(page(&r, "current_operation"), EXTENDED);
	assert_int_equal(page(&r, "completion"), 43);
	assert_int_equal(start(&r, SHORT, 1), 0x011d);
	assert_int_equal(start(&r, ABORT, 1), 0);
	assert_int_equal(page(&r, "current_operation"), 0);
	assert_int_equal(newest(&r, "dsts"), 0x21);
	assert_int_equal(used(&r), 2);
	rig_done(&r);
	set_up(&r, "\"self-test\": 60000", "0", "0",
	       ", \"self-test\": { \"bytes\": \"00 00 00 00 17 05 00 00 09 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 ab cd\" }");
	assert_int_equal(newest(&r, "dsts"), 0x17);
	assert_int_equal(start(&r, SHORT, 1), 0);
	assert_int_equal(page(&r, "current_operation"), SHORT);
	assert_int_equal(newest(&r, "dsts"), 0x17);
	assert_int_equal(start(&r, ABORT, 1), 0);
	assert_int_equal(used(&r), 2);
	assert_int_equal(get_log(&r, 0x06, NSID_ALL, 0, 564), 0);
	assert_int_equal(r.buf[4], 0x11);
	assert_int_equal(r.buf[32], 0x17);
	assert_int_equal(r.buf[33], 5);
	assert_int_equal(r.buf[36], 9);
	assert_memory_equal(r.buf + 32 + 26, "\xab\xcd", 2);
	rig_done(&r);
}

/* What stands in "model" may be anything. */
static void test_hostile_model(void **state)
{
	static const char *const models[] = { "{ \"self-test\": 7 }", "{ \"self-test\": { \"code\": \"x\" } }",
					      "{ \"self-test\": { \"code\": 1, \"took\": 0, \"start\": 0 } }",
					      "{ \"self-test\": [ 1 ] }" };
	struct rig r;

	(void)state;
	for (size_t i = 0; i < NELEMS(models); i++) {
		char *text, *at, whole[8192], file[64];

		set_up(&r, "\"self-test\": 60000", "0", "0", "");
		text = slurp(r.file);
		rig_done(&r);
		at = strstr(text, "\"smart\"");
		at = strstr(at, "},");
		assert_non_null(at);
		assert_true((size_t)snprintf(whole, sizeof(whole), "%.*s, \"model\": %s%s", (int)(at - text), text, models[i],
					     at) < sizeof(whole));
		free(text);
		write_image(file, whole);
		rig_on(&r, r.file);
		strcpy(r.file, file);
		assert_int_equal(rig_open(&r, "nvme0"), 0);
		(void)start(&r, ABORT, 1);
		assert_int_equal(start(&r, SHORT, 1), 0);
		rig_done(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_passes),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_twenty_results),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_stalls),
		cmocka_unit_test(test_aborted),
		cmocka_unit_test(test_not_aborted_by_a_refusal),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_two_controllers),
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_hostile_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
