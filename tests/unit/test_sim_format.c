/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Format NVM of the model: what it refuses, which namespaces it is about, what is different afterwards. */
#include "unit.h"

#include <errno.h>
#include <time.h>

#include "dev/gate.h"
#include "dev/sim_model.h"
#include "sim_sample.h"
#include "spec/tables.h"

/* %s: "times", FNA, OACS, members of nvme0n1. */
static const char image[] =
	"{ \"nvmekit-image\": 1, \"subsystems\": [ { \"name\": \"nvme-subsys0\", \"nqn\": \"nqn.2020-01.test:a\","
	" \"times\": { %s },"
	" \"controllers\": ["
	"  { \"name\": \"nvme0\", \"cntlid\": 1, \"transport\": \"pcie\", \"identify\": { \"cmic\": 2, \"fna\": %s, \"oacs\": %s,"
	"    \"oaes\": \"0x100\", \"ver\": \"0x020100\" } },"
	"  { \"name\": \"nvme1\", \"cntlid\": 2, \"transport\": \"pcie\", \"identify\": { \"cmic\": 2, \"oaes\": \"0x100\" } } ],"
	" \"namespaces\": ["
	"  { \"name\": \"nvme0n1\", \"nsid\": 1, \"data\": \"pattern\", \"contents\": [ { \"type\": \"ext4\", \"usage\": \"filesystem\" } ],"
	"    \"identify\": { \"nsze\": 8000, \"ncap\": 8000, \"nuse\": 17, \"nmic\": 1, \"mc\": 3, \"dpc\": \"0x11\", %s \"lbafs\": ["
	"      { \"ds\": 9 }, { \"ds\": 12 }, { \"ds\": 9, \"ms\": 8 }, { \"ds\": 12, \"ms\": 16 }, { \"ds\": 9, \"ms\": 4 }, { \"ds\": 0 },"
	"      { \"ds\": 9, \"ms\": 8 } ] },"
	"    \"cns\": { \"nvm-id-ns\": { \"elbafs\": [ { \"elbaf\": 3, \"pif\": 2 }, { \"elbaf\": 6, \"pif\": 1 } ] } } },"
	"  { \"name\": \"nvme0n2\", \"nsid\": 2, \"data\": \"pattern\", \"controllers\": [ \"nvme0\" ],"
	"    \"identify\": { \"nsze\": 100, \"ncap\": 100, \"nuse\": 5, \"lbafs\": [ { \"ds\": 9 }, { \"ds\": 12 } ] } },"
	"  { \"name\": \"nvme0n3\", \"nsid\": 3, \"data\": \"pattern\", \"controllers\": [ \"nvme1\" ],"
	"    \"identify\": { \"nsze\": 100, \"ncap\": 100, \"nuse\": 5, \"lbafs\": [ { \"ds\": 9 }, { \"ds\": 12 } ] } } ] } ] }";

static void set_up(struct rig *r, const char *times, const char *fna, const char *oacs, const char *members)
{
	char text[4096], file[64];

	assert_true((size_t)snprintf(text, sizeof(text), image, times, fna, oacs, members) < sizeof(text));
	write_image(file, text);
	rig_on(r, r->file);
	strcpy(r->file, file);
	assert_int_equal(rig_open(r, "nvme0"), 0);
}

static uint32_t cdw10(unsigned lbaf, unsigned mset, unsigned pi, unsigned pil, unsigned ses)
{
	return (lbaf & 0xf) | mset << 4 | pi << 5 | pil << 8 | ses << 9 | (lbaf >> 4) << 12;
}

static int format(struct rig *r, uint32_t nsid, uint32_t dword)
{
	struct req req = admin_req(r, 0x80, nsid, dword, 0, 0);

	return submit(r, &req);
}

static uint64_t ns(struct rig *r, uint32_t nsid, const char *path)
{
	assert_int_equal(identify(r, 0x11, 0, nsid), 0);
	return answer_u64(r, &spec_id_ns, 4096, path);
}

static void test_refused(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "", "0", "0", "");
	assert_int_equal(format(&r, 1, 0), 0x4001);
	rig_done(&r);
	set_up(&r, "", "0", "2", "");
	assert_int_equal(format(&r, 9, 0), 0x400b);
	assert_int_equal(format(&r, 0, 0), 0x400b);
	assert_int_equal(format(&r, 1, cdw10(0, 0, 0, 0, 2)), 0x4002); /* FNA has no crypto erase */
	assert_int_equal(format(&r, 1, cdw10(0, 0, 0, 0, 3)), 0x4002);
	assert_int_equal(format(&r, 1, cdw10(7, 0, 0, 0, 0)), 0x410a); /* no such format */
	assert_int_equal(format(&r, 1, cdw10(5, 0, 0, 0, 0)), 0x410a); /* not available: LBADS is 0 */
	assert_int_equal(format(&r, 1, cdw10(0, 0, 1, 0, 0)), 0x410a); /* no metadata for protection information */
	assert_int_equal(format(&r, 1, cdw10(4, 0, 1, 0, 0)), 0x410a); /* too little */
	assert_int_equal(format(&r, 1, cdw10(2, 0, 2, 0, 0)), 0x410a); /* type 2 */
	assert_int_equal(format(&r, 1, cdw10(2, 0, 1, 1, 0)), 0x410a); /* as the first bytes */
	assert_int_equal(format(&r, 1, cdw10(2, 0, 5, 0, 0)), 0x4002); /* no such type */
	assert_int_equal(format(&r, NSID_ALL, cdw10(2, 0, 0, 0, 0)), 0x410a); /* nvme0n2 has no such format */
	assert_int_equal(ns(&r, 1, "flbas"), 0);
	assert_int_equal(ns(&r, 1, "nuse"), 17);
	assert_int_equal(sim_rejected(&r.dev), 12);
	rig_done(&r);
	set_up(&r, "", "8", "2", "");
	assert_int_equal(format(&r, NSID_ALL, 0), 0x4002); /* not for all at once */
	assert_int_equal(format(&r, 1, 0), 0);
	rig_done(&r);
	set_up(&r, "", "0", "2", "\"nsattr\": 1,");
	assert_int_equal(format(&r, 1, 0), 0x4020); /* write protected */
	rig_done(&r);
	set_up(&r, "", "0", "2", "\"mc\": 2,"); /* metadata in a buffer of their own alone */
	assert_int_equal(format(&r, 1, cdw10(2, 1, 0, 0, 0)), 0x410a);
	assert_int_equal(format(&r, 1, cdw10(2, 0, 0, 0, 0)), 0);
	rig_done(&r);
}

static void test_another_format(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "", "4", "2", "");
	assert_int_equal(format(&r, 1, cdw10(1, 0, 0, 0, 2)), 0);
	assert_int_equal(ns(&r, 1, "flbas"), 1);
	assert_int_equal(ns(&r, 1, "nsze"), 1000); /* the same bytes */
	assert_int_equal(ns(&r, 1, "ncap"), 1000);
	assert_int_equal(ns(&r, 1, "nuse"), 0);
	assert_int_equal(ns(&r, 2, "nuse"), 5); /* another namespace has not changed */
	assert_int_equal(format(&r, 1, cdw10(2, 1, 1, 0, 0)), 0);
	assert_int_equal(ns(&r, 1, "flbas"), 0x12);
	assert_int_equal(ns(&r, 1, "dps"), 1);
	assert_int_equal(ns(&r, 1, "nsze"), 8000);
	/* Without metadata there is nothing to transfer with the data. */
	assert_int_equal(format(&r, 1, cdw10(0, 1, 0, 0, 0)), 0);
	assert_int_equal(ns(&r, 1, "flbas"), 0);
	assert_int_equal(ns(&r, 1, "dps"), 0);
	/* A 64-bit guard takes 16 bytes. */
	assert_int_equal(format(&r, 1, cdw10(3, 0, 1, 0, 0)), 0);
	rig_done(&r);
}

/* 8 bytes of metadata are enough for a 16-bit guard, and too few for a larger one. */
static void test_guard_size(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "", "0", "2", "");
	assert_int_equal(format(&r, 1, cdw10(2, 0, 1, 0, 0)), 0);
	assert_int_equal(format(&r, 1, cdw10(6, 0, 1, 0, 0)), 0x410a);
	assert_int_equal(format(&r, 1, cdw10(6, 0, 0, 0, 0)), 0);
	rig_done(&r);
}

static bool reads_zero(struct rig *r, const char *node)
{
	struct dev was = r->dev;
	bool zero = true;
	struct req req;

	assert_int_equal(rig_open(r, node), 0);
	memset(r->buf, 0xee, sizeof(r->buf));
	req = admin_req(r, 0x02, r->dev.nsid, 3, 0, 4096);
	req.io = true;
	assert_int_equal(submit(r, &req), 0);
	for (size_t i = 0; i < 512; i++)
		zero = zero && !r->buf[i];
	r->dev = was;
	return zero;
}

/* FNA: one namespace, those that are attached to the controller, all of the subsystem; and what is on them. */
static void test_scope(void **state)
{
	static const struct {
		const char *fna;
		uint32_t nsid;
		unsigned ses;
		bool hit[3];
	} cases[] = {
		{ "0", 1, 0, { true, false, false } },	     { "0", NSID_ALL, 0, { true, true, false } },
		{ "1", 1, 0, { true, true, true } },	     { "1", 1, 1, { true, false, false } },
		{ "2", 1, 0, { true, false, false } },	     { "2", 1, 1, { true, true, true } },
		{ "3", NSID_ALL, 1, { true, true, true } },  { "0", 3, 0, { false, false, true } },
	};
	static const char *const nodes[] = { "nvme0n1", "nvme0n2", "nvme0n3" };
	struct rig r;

	(void)state;
	for (size_t i = 0; i < NELEMS(cases); i++) {
		set_up(&r, "", cases[i].fna, "2", "");
		assert_int_equal(format(&r, cases[i].nsid, cdw10(0, 0, 0, 0, cases[i].ses)), 0);
		for (size_t k = 0; k < 3; k++) {
			if (reads_zero(&r, nodes[k]) != cases[i].hit[k])
				fail_msg("case %zu: %s", i, nodes[k]);
		}
		rig_done(&r);
	}
}

static void test_contents_are_gone(void **state)
{
	struct rig r;
	char *text;

	(void)state;
	set_up(&r, "", "0", "2", "");
	assert_int_equal(format(&r, 1, 0), 0);
	text = slurp(r.file);
	assert_null(strstr(text, "ext4"));
	assert_non_null(strstr(text, "\"data\": \"zeroes\""));
	free(text);
	rig_done(&r);
}

/* Whoever sees the namespace is told of another format, and not of one that changes nothing but the data. */
static void test_notices(void **state)
{
	struct rig r;

	(void)state;
	set_up(&r, "", "0", "2", "");
	assert_int_equal(format(&r, 1, 0), 0);
	assert_int_equal(get_log(&r, 0x04, NSID_ALL, 0, 4096), 0);
	assert_memory_equal(r.buf, "\0\0\0\0", 4);
	assert_int_equal(format(&r, 1, 1), 0);
	assert_int_equal(get_log(&r, 0x04, NSID_ALL, 0, 4096), 0);
	assert_memory_equal(r.buf, "\1\0\0\0\0\0\0\0", 8);
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_int_equal(get_log(&r, 0x04, NSID_ALL, 0, 4096), 0);
	assert_memory_equal(r.buf, "\1\0\0\0\0\0\0\0", 8);
	rig_done(&r);
}

static uint64_t ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* It completes when it is done; who does not wait so long has reset the controller, and the drive keeps what it had. */
static void test_takes_time(void **state)
{
	struct req req;
	struct rig r;
	uint64_t from;

	(void)state;
	set_up(&r, "\"format\": 80", "0", "2", "");
	from = ms();
	assert_int_equal(format(&r, 1, 1), 0);
	assert_true(ms() - from >= 80);
	from = ms();
	req = admin_req(&r, 0x80, 1, 0, 0, 0);
	req.timeout_ms = 20;
	assert_int_equal(submit(&r, &req), -ETIMEDOUT);
	assert_true(ms() - from >= 20 && ms() - from < 80);
	assert_int_equal(ns(&r, 1, "flbas"), 1);
	/* What is refused is refused at once. */
	from = ms();
	assert_int_equal(format(&r, 1, 7), 0x410a);
	assert_true(ms() - from < 80);
	rig_done(&r);
}

/* Formats 16 and above are in bits 6:5 of FLBAS, and mean nothing where there are no more than 16. */
static void test_many_formats(void **state)
{
	static const char begin[] =
		"{ \"nvmekit-image\": 1, \"subsystems\": [ { \"name\": \"nvme-subsys0\", \"nqn\": \"nqn.2020-01.test:a\","
		" \"controllers\": [ { \"name\": \"nvme0\", \"cntlid\": 1, \"transport\": \"pcie\", \"identify\": { \"oacs\": 2 } } ],"
		" \"namespaces\": [ { \"name\": \"nvme0n1\", \"nsid\": 1, \"identify\": { \"nsze\": 8000, \"lbafs\": [ { \"ds\": 9 }";
	char text[2048], file[64];
	struct rig r;

	(void)state;
	strcpy(text, begin);
	for (int i = 1; i < 20; i++)
		strcat(text, i == 17 ? ", { \"ds\": 13 }" : ", { \"ds\": 12 }");
	strcat(text, " ] } } ] } ] }");
	write_image(file, text);
	rig_on(&r, r.file);
	strcpy(r.file, file);
	assert_int_equal(rig_open(&r, "nvme0"), 0);
	assert_int_equal(format(&r, 1, cdw10(17, 0, 0, 0, 0)), 0);
	assert_int_equal(ns(&r, 1, "flbas"), 0x21);
	assert_int_equal(ns(&r, 1, "nsze"), 500);
	assert_int_equal(format(&r, 1, cdw10(20, 0, 0, 0, 0)), 0x410a);
	rig_done(&r);
	set_up(&r, "", "0", "2", "");
	assert_int_equal(format(&r, 1, cdw10(17, 0, 0, 0, 0)), 0); /* the upper bits are ignored: format 1 */
	assert_int_equal(ns(&r, 1, "flbas.fidx") & 0xf, 1);
	assert_int_equal(ns(&r, 1, "nsze"), 1000);
	rig_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_another_format),
		cmocka_unit_test(test_guard_size),
		cmocka_unit_test(test_scope),
		cmocka_unit_test(test_contents_are_gone),
		cmocka_unit_test(test_notices),
		cmocka_unit_test(test_takes_time),
		cmocka_unit_test(test_many_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
