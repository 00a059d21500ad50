/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Sanitize of the model: its states, what it refuses meanwhile, failures, the log page and the events. */
#include "unit.h"

#include "dev/gate.h"
#include "dev/sim_model.h"
#include "sim_sample.h"
#include "spec/tables.h"

enum { EXIT_FAILURE_MODE = 1, BLOCK, OVERWRITE, CRYPTO, EXIT_VERIFICATION };
enum { AUSE = 8, NDAS = 1 << 9, EMVS = 1 << 10 };
enum { IDLE, RESTRICTED, RESTRICTED_FAILURE, UNRESTRICTED, UNRESTRICTED_FAILURE, VERIFICATION, DEALLOCATION };
enum { IN_PROGRESS = 0x1d, FAILED = 0x401c, NS_IN_PROGRESS = 0x2c, NS_FAILED = 0x402b };

/* %s: "times", SANICAP, logs and features of the first controller. */
static const char image[] =
	"{ \"nvmekit-image\": 1, \"subsystems\": [ { \"name\": \"nvme-subsys0\", \"nqn\": \"nqn.2020-01.test:a\","
	" \"times\": { %s },"
	" \"controllers\": ["
	"  { \"name\": \"nvme0\", \"cntlid\": 1, \"transport\": \"pcie\", \"identify\": { \"cmic\": 2, \"oacs\": 30,"
	"    \"lpa\": \"0x06\", \"ver\": \"0x020100\", \"sanicap\": \"%s\" }, \"logs\": { \"smart\": {} %s }, \"features\": { %s } },"
	"  { \"name\": \"nvme1\", \"cntlid\": 2, \"transport\": \"pcie\", \"identify\": { \"cmic\": 2, \"oacs\": 30,"
	"    \"sanicap\": \"%s\", \"ver\": \"0x020100\" } } ],"
	" \"namespaces\": ["
	"  { \"name\": \"nvme0n1\", \"nsid\": 1, \"data\": \"pattern\", \"identify\": { \"nsze\": 100, \"ncap\": 100, \"nuse\": 50,"
	"    \"nmic\": 1, \"lbafs\": [ { \"ds\": 9 } ] }, \"contents\": [ { \"type\": \"ext4\", \"usage\": \"filesystem\" } ] },"
	"  { \"name\": \"nvme0n2\", \"nsid\": 2, \"data\": \"pattern\", \"controllers\": [], \"identify\": { \"nsze\": 100, \"nuse\": 9,"
	"    \"lbafs\": [ { \"ds\": 9 } ] } } ] } ] }";

static void set_up(struct rig *r, const char *times, const char *sanicap, const char *logs, const char *features)
{
	char text[4096], file[64];

	assert_true((size_t)snprintf(text, sizeof(text), image, times, sanicap, logs, features, sanicap) < sizeof(text));
	write_image(file, text);
	rig_on(r, r->file);
	strcpy(r->file, file);
	assert_int_equal(rig_open(r, "nvme0"), 0);
}

static int admin(struct rig *r, uint8_t opcode, uint32_t nsid, uint32_t cdw10)
{
	struct req req = admin_req(r, opcode, nsid, cdw10, 0, 0);

	return submit(r, &req);
}

static int sanitize(struct rig *r, uint32_t cdw10)
{
	return admin(r, 0x84, 0, cdw10);
}

static int sanitize_ns(struct rig *r, uint32_t nsid, uint32_t cdw10)
{
	return admin(r, 0x8c, nsid, cdw10);
}

static uint64_t page_of(struct rig *r, uint32_t nsid, const char *path)
{
	assert_int_equal(get_log(r, 0x81, nsid, 0, 512), 0);
	return answer_u64(r, &spec_log_sanitize, 512, path);
}

static uint64_t page(struct rig *r, const char *path)
{
	return page_of(r, NSID_ALL, path);
}

static void expect(struct rig *r, uint64_t status, uint64_t state)
{
	assert_int_equal(page(r, "sstat.status"), status);
	assert_int_equal(page(r, "sanitize_state_information.sanitize_state"), state);
}

static void test_capabilities(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "", "0x0", "", "");
	assert_int_equal(sanitize(&r, CRYPTO), 0x4001);
	assert_int_equal(sanitize_ns(&r, 1, CRYPTO), 0x4001);
	assert_int_equal(get_log(&r, 0x81, NSID_ALL, 0, 512), 0x4109);
	rig_done(&r);
	set_up(&r, "", "0x1", "", ""); /* crypto erase */
	assert_int_equal(sanitize(&r, 0), 0x4002);
	assert_int_equal(sanitize(&r, BLOCK), 0x4002);
	assert_int_equal(sanitize(&r, OVERWRITE | 1 << 4), 0x4002);
	assert_int_equal(sanitize(&r, EXIT_VERIFICATION), 0x4002);
	assert_int_equal(sanitize(&r, 6), 0x4002);
	assert_int_equal(sanitize(&r, CRYPTO | EMVS), 0x4002);
	assert_int_equal(sanitize(&r, EXIT_FAILURE_MODE), 0); /* nothing has failed: no error */
	assert_int_equal(page(&r, "time_crypto_erase"), 3);
	assert_int_equal(page(&r, "time_block_erase"), 0xffffffff);
	assert_int_equal(page(&r, "sprog"), 0xffff);
	expect(&r, 0, IDLE);
	rig_done(&r);
	set_up(&r, "\"sanitize\": 60000, \"overwrite\": 30000", "0x80000006", "", ""); /* block, overwrite; NODMMAS 2 */
	assert_int_equal(page(&r, "time_block_erase"), 60);
	assert_int_equal(page(&r, "time_over_write"), 480);
	assert_int_equal(page(&r, "time_block_erase_no_dealloc"), 60);
	assert_int_equal(sanitize(&r, CRYPTO), 0x4002);
	assert_int_equal(sanitize(&r, BLOCK), 0);
	rig_done(&r);
}

static void test_runs(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "\"sanitize\": 80000", "0x3", "", "");
	assert_int_equal(sanitize(&r, BLOCK), 0);
	expect(&r, 2, RESTRICTED);
	assert_int_equal(page(&r, "cdw10_info"), BLOCK);
	assert_true(page(&r, "sprog") < 65534);
	rig_age(&r, 20000);
	assert_true(page(&r, "sprog") > 0);
	/* The other controller sees the same operation. */
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	expect(&r, 2, RESTRICTED);
	assert_int_equal(sanitize(&r, CRYPTO), IN_PROGRESS);
	rig_age(&r, 70000);
	expect(&r, 1, IDLE);
	assert_int_equal(page(&r, "sprog"), 0xffff);
	assert_int_equal(page(&r, "sstat.global_erased"), 1);
	/* All namespaces are empty, those too that are attached nowhere. */
	assert_int_equal(identify(&r, 0x11, 0, 1), 0);
	assert_int_equal(answer_u64(&r, &spec_id_ns, 4096, "nuse"), 0);
	assert_int_equal(identify(&r, 0x11, 0, 2), 0);
	assert_int_equal(answer_u64(&r, &spec_id_ns, 4096, "nuse"), 0);
	rig_done(&r);
}

static bool reads(struct rig *r, uint8_t byte)
{
	struct req req = admin_req(r, 0x02, 1, 3, 0, 512);
	struct dev was = r->dev;
	int rc;

	assert_int_equal(rig_open(r, "nvme0n1"), 0);
	memset(r->buf, 0xee, sizeof(r->buf));
	req.io = true;
	rc = submit(r, &req);
	r->dev = was;
	return rc == 0 && r->buf[0] == byte && r->buf[511] == byte;
}

static void test_data_is_gone(void **state)
{
	struct rig r;
	char *text;

	(void)state;
	set_up(&r, "\"sanitize\": 5000", "0x3", "", "");
	assert_false(reads(&r, 0));
	assert_int_equal(sanitize(&r, BLOCK), 0);
	rig_age(&r, 10000);
	expect(&r, 1, IDLE);
	assert_true(reads(&r, 0));
	text = slurp(r.file);
	assert_null(strstr(text, "ext4"));
	assert_null(strstr(text, "pattern"));
	free(text);
	rig_done(&r);
}

/* Global Data Erased is taken back by the first write. */
static void test_global_erased(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	set_up(&r, "\"sanitize\": 1000", "0x3", "", "");
	assert_int_equal(sanitize(&r, BLOCK), 0);
	rig_age(&r, 5000);
	assert_int_equal(page(&r, "sstat.global_erased"), 1);
	assert_int_equal(rig_open(&r, "nvme0n1"), 0);
	req = admin_req(&r, 0x02, 1, 3, 0, 512);
	req.io = true;
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(page(&r, "sstat.global_erased"), 1);
	req = admin_req(&r, 0x01, 1, 3, 0, 512);
	req.io = true;
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(page(&r, "sstat.global_erased"), 0);
	assert_int_equal(page(&r, "sstat.status"), 1);
	rig_done(&r);
}

/* Section 8.1.24: what is refused while an operation runs, and after it failed. */
static void test_meanwhile(void **state)
{
	static const struct {
		uint8_t opcode;
		uint32_t cdw10;
		bool refused;
	} cases[] = {
		{ 0x80, 0, true },	{ 0x0d, 1, true },     { 0x10, 0, true },	{ 0x11, 0, true },
		{ 0x14, 1, true },	{ 0x81, 0, true },     { 0x15, 1, true },	{ 0x8c, CRYPTO, true },
		{ 0x0a, 2, false },	{ 0x18, 0, false },    { 0x08, 0, false },
	};
	struct rig r;

	(void)state;
	for (int failed = 0; failed < 2; failed++) {
		int want = failed ? FAILED : IN_PROGRESS;

		set_up(&r, failed ? "\"sanitize\": 5000, \"sanitize_fails_at\": 10" : "\"sanitize\": 60000", "0x3", "",
		       "\"0x02\": { \"current\": 0 }");
		assert_int_equal(sanitize(&r, BLOCK), 0);
		rig_age(&r, 5000);
		for (size_t i = 0; i < NELEMS(cases); i++) {
			int rc = admin(&r, cases[i].opcode, 1, cases[i].cdw10);

			if ((rc == want) != cases[i].refused)
				fail_msg("%02x, failed %d: %x", cases[i].opcode, failed, (unsigned)rc);
		}
		assert_int_equal(identify(&r, 0x01, 0, 0), 0);
		assert_int_equal(get_log(&r, 0x02, NSID_ALL, 0, 512), 0);
		assert_int_equal(get_log(&r, 0x01, NSID_ALL, 0, 64), 0);
		assert_int_equal(get_log(&r, 0x03, NSID_ALL, 0, 512), want);
		assert_false(reads(&r, 0));
		rig_done(&r);
	}
}

static void test_fails(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "\"sanitize\": 10000, \"sanitize_fails_at\": 50, \"sanitize_failures\": 2", "0x3", "", "");
	/* Restricted: only another operation, restricted as well, leads out. */
	assert_int_equal(sanitize(&r, BLOCK), 0);
	rig_age(&r, 15000);
	expect(&r, 3, RESTRICTED_FAILURE);
	assert_int_equal(page(&r, "sanitize_state_information.failure_state"), RESTRICTED);
	assert_int_equal(page(&r, "sprog"), 0xffff);
	assert_int_equal(sanitize(&r, EXIT_FAILURE_MODE), FAILED);
	assert_int_equal(sanitize(&r, BLOCK | AUSE), FAILED);
	assert_int_equal(sanitize(&r, CRYPTO), 0);
	rig_age(&r, 15000);
	expect(&r, 3, RESTRICTED_FAILURE);
	/* Both failures are used up. */
	assert_int_equal(sanitize(&r, BLOCK), 0);
	rig_age(&r, 15000);
	expect(&r, 1, IDLE);
	rig_done(&r);
	/* Unrestricted: the failure mode can be left. */
	set_up(&r, "\"sanitize\": 10000, \"sanitize_fails_at\": 50", "0x3", "", "");
	assert_int_equal(sanitize(&r, BLOCK | AUSE), 0);
	expect(&r, 2, UNRESTRICTED);
	rig_age(&r, 15000);
	expect(&r, 3, UNRESTRICTED_FAILURE);
	assert_int_equal(admin(&r, 0x80, 1, 0), FAILED);
	assert_int_equal(sanitize(&r, EXIT_FAILURE_MODE), 0);
	expect(&r, 3, IDLE);
	assert_int_equal(admin(&r, 0x80, 1, 0), 0);
	rig_done(&r);
}

static void test_stalls(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "\"sanitize\": 5000, \"sanitize_stalls_at\": 25", "0x3", "", "");
	assert_int_equal(sanitize(&r, BLOCK), 0);
	rig_age(&r, 10000);
	expect(&r, 2, RESTRICTED);
	assert_int_equal(page(&r, "sprog"), 16384);
	rig_done(&r);
}

static void test_overwrite(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "\"overwrite\": 20000", "0x4", "", "");
	assert_int_equal(sanitize(&r, OVERWRITE | 3 << 4), 0);
	assert_true(page(&r, "sstat.no_cmplted_passes") < 3);
	rig_age(&r, 30000);
	assert_true(page(&r, "sstat.no_cmplted_passes") >= 1);
	rig_age(&r, 40000);
	expect(&r, 1, IDLE);
	assert_int_equal(page(&r, "sstat.no_cmplted_passes"), 3);
	rig_done(&r);
	/* 0 passes are 16; and media verification is not for an overwrite. */
	set_up(&r, "\"overwrite\": 1000", "0xc", "", "");
	assert_int_equal(sanitize(&r, OVERWRITE | 1 << 4 | EMVS), 0x4002);
	assert_int_equal(sanitize(&r, OVERWRITE), 0);
	rig_age(&r, 20000);
	assert_int_equal(page(&r, "sstat.no_cmplted_passes"), 16);
	rig_done(&r);
}

/* No-Deallocate, and drives that deallocate whatever they are told (NDI): an error, or a warning in the status. */
static void test_no_deallocate(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "\"sanitize\": 1000", "0x3", "", "");
	assert_int_equal(sanitize(&r, BLOCK | NDAS), 0);
	rig_age(&r, 5000);
	expect(&r, 1, IDLE);
	assert_int_equal(identify(&r, 0x00, 0, 1), 0);
	assert_int_equal(answer_u64(&r, &spec_id_ns, 4096, "nuse"), 50);
	rig_done(&r);
	set_up(&r, "\"sanitize\": 1000", "0x20000003", "", "\"0x17\": { \"current\": 0 }");
	assert_int_equal(sanitize(&r, BLOCK | NDAS), 0x4002);
	rig_done(&r);
	set_up(&r, "\"sanitize\": 1000", "0x20000003", "", "\"0x17\": { \"current\": 1 }");
	assert_int_equal(sanitize(&r, BLOCK | NDAS), 0);
	rig_age(&r, 5000);
	expect(&r, 4, IDLE);
	assert_int_equal(identify(&r, 0x00, 0, 1), 0);
	assert_int_equal(answer_u64(&r, &spec_id_ns, 4096, "nuse"), 0);
	rig_done(&r);
}

static void test_verification(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "\"sanitize\": 5000, \"deallocate\": 40000", "0xb", "", "");
	assert_int_equal(page(&r, "time_post_verification_dealloc"), 40);
	assert_int_equal(sanitize(&r, BLOCK | EMVS | NDAS), 0x4002);
	assert_int_equal(sanitize(&r, EXIT_VERIFICATION), 0x4002); /* it is in no such state */
	assert_int_equal(sanitize(&r, BLOCK | EMVS), 0);
	assert_int_equal(sanitize(&r, EXIT_VERIFICATION), IN_PROGRESS);
	rig_age(&r, 10000);
	expect(&r, 2, VERIFICATION);
	/* Reading is possible now, and nothing else. */
	assert_true(reads(&r, 0));
	assert_int_equal(admin(&r, 0x80, 1, 0), IN_PROGRESS);
	assert_int_equal(sanitize(&r, CRYPTO), IN_PROGRESS);
	assert_int_equal(sanitize(&r, EXIT_VERIFICATION), 0);
	expect(&r, 2, DEALLOCATION);
	assert_true(page(&r, "sprog") < 65535);
	rig_age(&r, 50000);
	expect(&r, 1, IDLE);
	assert_int_equal(page(&r, "sstat.media_verification_canceled"), 0);
	rig_done(&r);
}

static void reset(struct rig *r, bool subsystem)
{
	struct sim_dev *d = r->dev.priv;
	struct req req = { .kind = REQ_RESET };
	struct sim_cmd c = { .ctx = &r->ctx, .sim = r->ctx.sim, .d = d, .ctrl = d->ctrl, .req = &req };

	c.id = image_id_ctrl(r->ctx.arena, c.ctrl)->fields;
	sim_reset_sanitize(&c, subsystem);
	assert_int_equal(image_save(&r->ctx, r->ctx.sim->img), 0);
}

/* An operation goes on through resets; media verification ends with one of the subsystem. */
static void test_resets(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "\"sanitize\": 10000, \"deallocate\": 10000", "0xb", "", "");
	assert_int_equal(sanitize(&r, BLOCK | EMVS), 0);
	reset(&r, false);
	rig_age(&r, 15000);
	expect(&r, 2, VERIFICATION);
	reset(&r, false);
	expect(&r, 2, VERIFICATION);
	reset(&r, true);
	expect(&r, 2, DEALLOCATION);
	rig_age(&r, 15000);
	expect(&r, 1, IDLE);
	assert_int_equal(page(&r, "sstat.media_verification_canceled"), 1);
	/* Before it is reached: it is left out. */
	assert_int_equal(sanitize(&r, BLOCK | EMVS), 0);
	assert_int_equal(page(&r, "sstat.media_verification_canceled"), 0);
	reset(&r, true);
	rig_age(&r, 15000);
	expect(&r, 1, IDLE);
	assert_int_equal(page(&r, "sstat.media_verification_canceled"), 1);
	rig_done(&r);
}

/* Section 5.1.2: the operation has ended, or entered media verification; every controller says so. */
static void test_events(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	set_up(&r, "\"sanitize\": 5000", "0xb", "", "");
	assert_int_equal(sanitize(&r, BLOCK | EMVS), 0);
	rig_age(&r, 10000);
	(void)page(&r, "sprog");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(rig_open(&r, i ? "nvme1" : "nvme0"), 0);
		req = admin_req(&r, 0x0c, 0, 0, 0, 0);
		assert_int_equal(submit(&r, &req), 0);
		assert_int_equal(req.result, 0x810306);
	}
	rig_done(&r);
	/* What was said of the last one is taken back by the next. */
	set_up(&r, "\"sanitize\": 1000", "0x3", "", "");
	assert_int_equal(sanitize(&r, BLOCK), 0);
	rig_age(&r, 5000);
	(void)page(&r, "sprog");
	assert_int_equal(sanitize(&r, BLOCK), 0);
	req = admin_req(&r, 0x0c, 0, 0, 0, 0);
	assert_int_not_equal(submit(&r, &req), 0);
	rig_done(&r);
}

static void test_namespace(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "\"sanitize\": 60000", "0x13", "", "");
	assert_int_equal(sanitize_ns(&r, 9, CRYPTO), 0x400b);
	assert_int_equal(sanitize_ns(&r, NSID_ALL, CRYPTO), 0x400b);
	assert_int_equal(sanitize_ns(&r, 1, BLOCK), 0x4002);
	assert_int_equal(sanitize_ns(&r, 1, CRYPTO), 0);
	assert_int_equal(page_of(&r, 1, "sstat.status"), 2);
	assert_int_equal(page_of(&r, NSID_ALL, "sstat.status"), 0); /* the subsystem is not sanitized */
	assert_int_equal(sanitize_ns(&r, 1, CRYPTO), NS_IN_PROGRESS);
	assert_int_equal(sanitize(&r, CRYPTO), NS_IN_PROGRESS);
	assert_int_equal(admin(&r, 0x80, 1, 0), NS_IN_PROGRESS);
	assert_false(reads(&r, 0));
	/* The other namespace does not mind. */
	assert_int_equal(admin(&r, 0x80, 2, 0), 0);
	rig_age(&r, 70000);
	assert_int_equal(page_of(&r, 1, "sstat.status"), 1);
	assert_true(reads(&r, 0));
	assert_int_equal(admin(&r, 0x80, 1, 0), 0);
	rig_done(&r);
	/* Without media verification of namespaces the effects log says that there is the command. */
	set_up(&r, "", "0x3", ", \"effects\": { \"acs\": [ { \"opcode\": 140, \"csupp\": 1 } ] }", "");
	assert_int_equal(sanitize_ns(&r, 1, CRYPTO), 0);
	rig_done(&r);
	set_up(&r, "", "0x3", ", \"effects\": { \"acs\": [ { \"opcode\": 132, \"csupp\": 1 } ] }", "");
	assert_int_equal(sanitize_ns(&r, 1, CRYPTO), 0x4001);
	rig_done(&r);
}

static void test_namespace_fails(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "\"sanitize\": 5000, \"sanitize_fails_at\": 10, \"sanitize_failures\": 1", "0x13", "", "");
	assert_int_equal(sanitize_ns(&r, 1, CRYPTO), 0);
	rig_age(&r, 10000);
	assert_int_equal(page_of(&r, 1, "sstat.status"), 3);
	assert_int_equal(sanitize_ns(&r, 1, EXIT_FAILURE_MODE), NS_FAILED);
	assert_int_equal(admin(&r, 0x80, 1, 0), NS_FAILED);
	/* Sanitizing everything cleans it as well. */
	assert_int_equal(sanitize(&r, BLOCK), 0);
	rig_age(&r, 10000);
	expect(&r, 1, IDLE);
	assert_int_equal(page_of(&r, 1, "sstat.status"), 1);
	assert_int_equal(admin(&r, 0x80, 1, 0), 0);
	rig_done(&r);
}

/* As it was captured: it stands where it stood. Before 2.1 the state follows from status and command. */
static void test_recorded(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "", "0x3",
	       ", \"sanitize\": { \"sprog\": 20000, \"sstat\": 2, \"cdw10_info\": 2, \"time_block_erase\": 777 }", "");
	assert_int_equal(page(&r, "sprog"), 20000);
	assert_int_equal(page(&r, "time_block_erase"), 777);
	assert_int_equal(sanitize(&r, BLOCK), IN_PROGRESS);
	assert_int_equal(admin(&r, 0x80, 1, 0), IN_PROGRESS);
	rig_done(&r);
	set_up(&r, "", "0x3", ", \"sanitize\": { \"sprog\": 65535, \"sstat\": 3, \"cdw10_info\": 10 }", "");
	assert_int_equal(admin(&r, 0x80, 1, 0), FAILED);
	assert_int_equal(sanitize(&r, EXIT_FAILURE_MODE), 0);
	assert_int_equal(admin(&r, 0x80, 1, 0), 0);
	rig_done(&r);
	set_up(&r, "\"sanitize\": 1000", "0x3",
	       ", \"sanitize\": { \"sprog\": 65535, \"sstat\": 257, \"cdw10_info\": 4, \"time_block_erase\": 777 }", "");
	assert_int_equal(page(&r, "sstat"), 0x101);
	assert_int_equal(sanitize(&r, BLOCK), 0);
	assert_int_equal(page(&r, "time_block_erase"), 777); /* what was recorded beside it stays */
	rig_age(&r, 5000);
	expect(&r, 1, IDLE);
	assert_int_equal(page(&r, "cdw10_info"), BLOCK);
	rig_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capabilities),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_data_is_gone),
		cmocka_unit_test(test_global_erased),
		cmocka_unit_test(test_meanwhile),
		cmocka_unit_test(test_fails),
		cmocka_unit_test(test_stalls),
		cmocka_unit_test(test_overwrite),
		cmocka_unit_test(test_no_deallocate),
		cmocka_unit_test(test_verification),
		cmocka_unit_test(test_resets),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_namespace),
		cmocka_unit_test(test_namespace_fails),
		cmocka_unit_test(test_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
