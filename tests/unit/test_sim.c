/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The simulated controller: nodes, Identify, Get Log Page, and the error log that refusals leave. */
#include "unit.h"

#include <errno.h>

#include <unistd.h>

#include "dev/topo.h"
#include "sim_sample.h"
#include "spec/tables.h"

/* --- opening --- */

static void test_nodes(void **state)
{
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0");
	assert_int_equal(r.dev.kind, DEV_CTRL);
	assert_int_equal(r.dev.nsid, 0);
	assert_string_equal(r.dev.ctrl, "nvme0");
	assert_false(r.dev.fabrics);
	assert_int_equal(rig_open(&r, "nvme0n1"), 0);
	assert_int_equal(r.dev.kind, DEV_NS);
	assert_int_equal(r.dev.nsid, 2);
	assert_int_equal(rig_open(&r, "ng0n2"), 0);
	assert_int_equal(r.dev.kind, DEV_NS);
	assert_int_equal(r.dev.nsid, 5);
	/* The optimized path, though another comes first. */
	assert_int_equal(rig_open(&r, "nvme3n1"), 0);
	assert_string_equal(r.dev.ctrl, "nvme10");
	assert_true(r.dev.fabrics);
	sim_ops.close(&r.dev);
	rig_done(&r);
}

static void expect_no_open(const char *name, int err, const char *part)
{
	struct rig r;

	rig_sample(&r);
	assert_int_equal(rig_open(&r, name), -err);
	assert_int_equal(r.ctx.error.code, XC_NODEV);
	assert_int_equal(r.ctx.error.err, err);
	assert_non_null(strstr(r.ctx.error.message, part));
	assert_non_null(strstr(r.ctx.error.message, name));
	rig_done(&r);
}

static void test_nodes_that_do_not_open(void **state)
{
	(void)state;
	expect_no_open("nvme1", ENOENT, "there is no nvme1");
	expect_no_open("nvme0n3", ENOENT, "there is no nvme0n3");
	expect_no_open("nvme11", ENXIO, "dead");
	expect_no_open("nvme12", EAGAIN, "resetting");
	expect_no_open("nvme3n3", ENXIO, "dead");
	expect_no_open("nvme3n4", EAGAIN, "not live");
	expect_no_open("nvme0n9", ENXIO, "attached to no controller");
}

/* --- Identify --- */

static void test_identify_structures(void **state)
{
	struct rig r;
	struct val *v;

	(void)state;
	open_sample(&r, "nvme0");
	assert_int_equal(identify(&r, 0x01, 0, 0), 0);
	v = answer(&r, &spec_id_ctrl, 4096);
	assert_string_equal(val_str(r.ctx.arena, v, "mn"), "Drive");
	assert_int_equal(val_u64(v, "vid", 0), 0x1234);
	/* What the image says elsewhere. */
	assert_int_equal(val_u64(v, "cntlid", 0), 1);
	assert_int_equal(val_u64(v, "nn", 0), 9);
	assert_string_equal(val_str(r.ctx.arena, v, "subnqn"), "nqn.2020-01.test:drive");
	assert_int_equal(identify(&r, 0x00, 0, 2), 0);
	v = answer(&r, &spec_id_ns, 4096);
	assert_int_equal(val_u64(v, "nsze", 0), 100);
	assert_memory_equal(val_get(v, "nguid")->s.p, "\x00\x01\x02\x03\x04\x05\x06\x07", 8);
	assert_int_equal(identify(&r, 0x00, 0, NSID_ALL), 0);
	assert_int_equal(answer_u64(&r, &spec_id_ns, 4096, "nlbaf"), 1);
	/* Allocated, but not attached: zeroes through 00h, data through 11h. */
	assert_int_equal(identify(&r, 0x00, 0, 9), 0);
	assert_int_equal(answer_u64(&r, &spec_id_ns, 4096, "nsze"), 0);
	assert_int_equal(identify(&r, 0x11, 0, 9), 0);
	assert_int_equal(answer_u64(&r, &spec_id_ns, 4096, "nsze"), 77);
	assert_int_equal(identify(&r, 0x05, 0, 2), 0);
	assert_int_equal(answer_u64(&r, &spec_nvm_id_ns, 4096, "lbstm"), 9);
	assert_int_equal(identify(&r, 0x05, 2, 5), 0);
	assert_int_equal(answer_u64(&r, &spec_zns_id_ns, 4096, "mar"), 13);
	assert_int_equal(identify(&r, 0x06, 0, 0), 0);
	assert_int_equal(answer_u64(&r, &spec_nvm_id_ctrl, 4096, "vsl"), 5);
	assert_int_equal(identify(&r, 0x06, 2, 0), 0);
	assert_int_equal(answer_u64(&r, &spec_zns_id_ctrl, 4096, "zasl"), 6);
	assert_int_equal(identify(&r, 0x08, 0, 2), 0);
	assert_int_equal(answer_u64(&r, &spec_id_ns_ind, 4096, "nstat"), 1);
	assert_int_equal(identify(&r, 0x1c, 0, 0), 0);
	assert_int_equal(r.buf[0], 5);
	assert_int_equal(identify(&r, 0x80, 0, 0), 0);
	assert_memory_equal(r.buf, "\xc0\xff\xee\0", 4);
	assert_int_equal(identify(&r, 0x81, 3, 0), 0);
	assert_memory_equal(r.buf, "\xc0\xff\xee\0", 4);
	assert_int_equal(sim_rejected(&r.dev), 0);
	rig_done(&r);
}

static void test_identify_descriptors(void **state)
{
	static const uint8_t want[] = { 1,    8,    0, 0, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
					2,    16,   0, 0, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
					0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
					3,    16,   0, 0, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
					0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
					4,    1,    0, 0, 0, 0, 0, 0, 0 };
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0");
	assert_int_equal(identify(&r, 0x03, 0, 2), 0);
	assert_memory_equal(r.buf, want, sizeof(want));
	assert_int_equal(identify(&r, 0x03, 0, 5), 0);
	assert_memory_equal(r.buf, "\4\1\0\0\2\0\0\0\0", 9);
	assert_int_equal(identify(&r, 0x03, 0, 9), 0x400b);
	rig_done(&r);
}

static void expect_list(struct rig *r, uint8_t cns, uint8_t csi, uint32_t nsid, uint32_t first, uint32_t second)
{
	uint32_t got[3];

	assert_int_equal(identify(r, cns, csi, nsid), 0);
	memcpy(got, r->buf, sizeof(got)); /* the tests run where the buffer's order is the machine's */
	assert_int_equal(got[0], first);
	assert_int_equal(got[1], second);
	if (!second)
		assert_int_equal(got[2], 0);
}

static void test_identify_lists(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0");
	expect_list(&r, 0x02, 0, 0, 2, 5);
	expect_list(&r, 0x02, 0, 2, 5, 0);
	expect_list(&r, 0x02, 0, 5, 0, 0);
	expect_list(&r, 0x07, 2, 0, 5, 0);
	expect_list(&r, 0x10, 0, 4, 5, 9);
	expect_list(&r, 0x1a, 0, 0, 2, 9);
	assert_int_equal(identify(&r, 0x02, 0, 0xfffffffe), 0x400b);
	assert_int_equal(identify(&r, 0x10, 0, NSID_ALL), 0x400b);
	assert_int_equal(rig_open(&r, "nvme9"), 0);
	assert_int_equal(identify(&r, 0x13, 0, 0), 0);
	assert_memory_equal(r.buf, "\4\0\3\0\7\0\x9\0\xa\0\0", 11);
	assert_int_equal(identify(&r, 0x12, 0, 1), 0);
	assert_memory_equal(r.buf, "\2\0\3\0\7\0\0\0", 8);
	req = admin_req(&r, ADM_IDENTIFY, 1, 4 << 16 | 0x12, 0, 4096);
	assert_int_equal(submit(&r, &req), 0);
	assert_memory_equal(r.buf, "\1\0\7\0\0\0", 6);
	assert_int_equal(identify(&r, 0x12, 0, 8), 0x400b);
	rig_done(&r);
}

static void test_identify_refused(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0");
	assert_int_equal(identify(&r, 0xe0, 0, 0), 0x4002);
	assert_int_equal(identify(&r, 0x14, 0, 0), 0x4002);
	assert_int_equal(identify(&r, 0x81, 4, 0), 0x4002);
	assert_int_equal(identify(&r, 0x06, 1, 0), 0x4002);
	assert_int_equal(identify(&r, 0x05, 2, 2), 0x4002);
	assert_int_equal(identify(&r, 0x08, 0, 5), 0x4002);
	assert_int_equal(identify(&r, 0x00, 0, 0), 0x400b);
	assert_int_equal(identify(&r, 0x00, 0, 3), 0x400b);
	assert_int_equal(identify(&r, 0x05, 0, 9), 0x400b);
	assert_int_equal(sim_rejected(&r.dev), 9);
	req = admin_req(&r, ADM_IDENTIFY, 0, 1, 0, 0);
	assert_int_equal(submit(&r, &req), 0x4004);
	rig_done(&r);
}

/* A buffer that is shorter than the structure gets what fits, and not a byte more. */
static void test_short_buffer(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0");
	memset(r.buf, 0xee, sizeof(r.buf));
	req = admin_req(&r, ADM_IDENTIFY, 0, 1, 0, 6);
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(req.received, 6);
	assert_memory_equal(r.buf, "\x34\x12\0\0S1\xee\xee", 8);
	rig_done(&r);
}

/* --- Get Log Page --- */

static void test_logs(void **state)
{
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0");
	assert_int_equal(get_log(&r, 0x02, NSID_ALL, 0, 512), 0);
	assert_int_equal(answer_u64(&r, log_spec(2), 512, "temperature"), 310);
	assert_int_equal(get_log(&r, 0x02, 0, 0, 4), 0);
	assert_int_equal(get_log(&r, 0x02, 2, 0, 512), 0);
	assert_int_equal(answer_u64(&r, log_spec(2), 512, "temperature"), 299);
	assert_int_equal(get_log(&r, 0x03, NSID_ALL, 0, 512), 0);
	assert_int_equal(r.buf[0], 1);
	assert_int_equal(get_log(&r, 0x05, NSID_ALL, 0, 4096), 0);
	assert_memory_equal(r.buf, "\0\0\0\0\1\0\0\0\0", 9);
	/* 8 bytes were recorded; whoever asks for more reads zeroes. */
	assert_int_equal(get_log(&r, 0xc0, 0, 4, 12), 0x4006);
	assert_int_equal(get_log(&r, 0xc0, 0, 4, 12), 0x4006);
	assert_int_equal(get_log(&r, 0xc0, 0, 4, 12), 0);
	assert_memory_equal(r.buf, "\5\6\7\x8\0\0\0\0\0\0\0\0", 12);
	assert_int_equal(get_log(&r, 0xc0, 0, 8, 4), 0);
	rig_done(&r);
}

static void test_log_of_a_command_set(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0");
	req = admin_req(&r, ADM_GET_LOG, NSID_ALL, 0 << 16 | 5, 0, 4);
	req.cdw14 = 2u << 24;
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(r.buf[0], 3);
	rig_done(&r);
}

static void test_supported_pages(void **state)
{
	static const uint8_t there[] = { 0x00, 0x01, 0x02, 0x03, 0x05, 0xc0, 0xc1 };
	struct rig r;
	size_t n = 0;

	(void)state;
	open_sample(&r, "nvme0");
	assert_int_equal(get_log(&r, 0x00, 0, 0, 1024), 0);
	for (unsigned lid = 0; lid < 256; lid++) {
		bool want = n < sizeof(there) && there[n] == lid;

		n += want;
		assert_int_equal(r.buf[4 * lid], want);
		assert_int_equal(r.buf[4 * lid + 1], 0);
	}
	assert_int_equal(n, sizeof(there));
	assert_int_equal(rig_open(&r, "nvme9"), 0);
	assert_int_equal(get_log(&r, 0x00, 0, 0, 1024), 0);
	assert_int_equal(r.buf[4 * 0x0c], 1);
	rig_done(&r);
}

static void test_log_refused(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0");
	assert_int_equal(get_log(&r, 0x81, NSID_ALL, 0, 512), 0x4109);
	assert_int_equal(get_log(&r, 0x0c, 0, 0, 16), 0x4109); /* no ANA here */
	assert_int_equal(get_log(&r, 0x02, 3, 0, 512), 0x400b);
	assert_int_equal(get_log(&r, 0x02, 5, 0, 512), 0x4002); /* LPA: not per namespace */
	assert_int_equal(get_log(&r, 0x02, 0, 2, 508), 0x4002);
	assert_int_equal(get_log(&r, 0x02, 0, 516, 4), 0x4002);
	assert_int_equal(get_log(&r, 0x02, 0, 1ull << 32, 4), 0x4002);
	req = admin_req(&r, ADM_GET_LOG, 0, 127 << 16 | 2, 0, 512);
	req.cdw14 = 1 << 23;
	assert_int_equal(submit(&r, &req), 0x4002);
	assert_int_equal(rig_open(&r, "nvme10"), 0);
	assert_int_equal(get_log(&r, 0x02, 0, 4, 4), 0x4002); /* LPA: no offsets */
	rig_done(&r);
}

static void test_ana_log(void **state)
{
	static const uint8_t want[] = { 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, /* two groups */
					5, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
					0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 6, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,
					0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0 };
	struct req req;
	struct rig r;

	(void)state;
	open_sample(&r, "nvme9");
	assert_int_equal(get_log(&r, 0x0c, 0, 0, sizeof(want)), 0);
	assert_memory_equal(r.buf, want, sizeof(want));
	req = admin_req(&r, ADM_GET_LOG, 0, 19 << 16 | 1 << 8 | 0x0c, 0, 80);
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(r.buf[16 + 4], 0);
	assert_int_equal(r.buf[16 + 32], 6);
	assert_int_equal(rig_open(&r, "nvme10"), 0);
	assert_int_equal(get_log(&r, 0x0c, 0, 0, 52), 0);
	assert_int_equal(r.buf[8], 1);
	assert_int_equal(r.buf[16 + 16], 1);
	rig_done(&r);
}

/* States said by group: the page has every group, in order, and each namespace has the state of its own. */
static void test_ana_by_group(void **state)
{
	static const char image[] =
		"{\"nvmekit-image\":1,\"subsystems\":[{\"name\":\"nvme-subsys0\",\"nqn\":\"q\",\"controllers\":["
		"{\"name\":\"nvme0\",\"cntlid\":1,\"transport\":\"tcp\",\"ana\":{\"9\":\"change\",\"2\":\"inaccessible\",\"1\":\"optimized\"},"
		"\"ana_chgcnt\":770,\"identify\":{\"cmic\":10}},"
		"{\"name\":\"nvme1\",\"cntlid\":2,\"transport\":\"tcp\",\"identify\":{\"cmic\":10}}],"
		"\"namespaces\":[{\"name\":\"nvme0n1\",\"nsid\":1,\"identify\":{\"anagrpid\":2,\"nsze\":8}},"
		"{\"name\":\"nvme0n2\",\"nsid\":2,\"identify\":{\"anagrpid\":1},\"ana\":{\"nvme1\":\"non-optimized\"}}]}]}";
	static const uint8_t want[] = { 2, 3, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,
					1, 0, 0, 0, 1, 0, 0, 0, 2, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
					0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 3, 0, 0,
					0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
					9, 0, 0, 0, 0, 0, 0, 0, 2, 3, 0, 0, 0, 0, 0, 0, 15, 0, 0, 0 };
	struct topo *t = NULL;
	char file[64];
	struct rig r;

	(void)state;
	write_image(file, image);
	rig_on(&r, file);
	assert_int_equal(rig_open(&r, "nvme0"), 0);
	assert_int_equal(get_log(&r, 0x0c, 0, 0, sizeof(want)), 0);
	assert_memory_equal(r.buf, want, sizeof(want));
	assert_int_equal(topo_read(&r.ctx, TOPO_NS | TOPO_PATHS, &t), 0);
	assert_string_equal(t->subsys[0]->ns[0]->paths[0].ana_state, "inaccessible");
	assert_int_equal(t->subsys[0]->ns[0]->paths[0].ana_group, 2);
	assert_string_equal(t->subsys[0]->ns[0]->paths[1].ana_state, "");
	assert_string_equal(t->subsys[0]->ns[1]->paths[0].ana_state, "optimized");
	assert_string_equal(t->subsys[0]->ns[1]->paths[1].ana_state, "non-optimized");
	unlink(file);
	rig_done(&r);
}

/* The image says that of 64 bytes only 3 ever arrive. */
static void test_truncated_structure(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0");
	memset(r.buf, 0xee, sizeof(r.buf));
	req = admin_req(&r, ADM_GET_LOG, 0, 15 << 16 | 0xc1, 0, 64);
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(req.received, 3);
	assert_memory_equal(r.buf, "\xaa\xbb\xcc\xee\xee", 5);
	req.cdw12 = 4;
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(req.received, 0);
	rig_done(&r);
}

/* --- the error log --- */

static void test_refusals_are_logged(void **state)
{
	struct val *errors, *e;
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0");
	for (int i = 0; i < 4; i++)
		assert_int_equal(identify(&r, 0x00, 0, 3), 0x400b);
	assert_int_equal(get_log(&r, 0x99, 0, 0, 4), 0x4109);
	assert_int_equal(sim_rejected(&r.dev), 5);
	assert_int_equal(get_log(&r, 0x02, 0, 0, 512), 0);
	assert_int_equal(answer_u64(&r, log_spec(2), 512, "num_err_log_entries"), 8 + 5);
	assert_int_equal(get_log(&r, 0x01, 0, 0, 256), 0);
	errors = val_get(answer(&r, log_spec(1), 256), "errors");
	assert_non_null(errors);
	assert_int_equal(errors->c.n, 4); /* ELPE + 1: the oldest are gone */
	e = errors->c.first;
	assert_int_equal(val_u64(e, "error_count", 0), 13);
	assert_int_equal(val_u64(e, "status_field", 0), 0x4109);
	assert_int_equal(val_u64(e, "sqid", 99), 0);
	assert_int_equal(val_u64(e, "cmdid", 0), 5);
	e = e->next;
	assert_int_equal(val_u64(e, "error_count", 0), 12);
	assert_int_equal(val_u64(e, "status_field", 0), 0x400b);
	assert_int_equal(val_u64(e, "nsid", 0), 3);
	rig_done(&r);
}

/* A page that was recorded as bytes grows too. A controller without one starts it. */
static void test_error_log_kinds(void **state)
{
	static const char text[] =
		"{\"nvmekit-image\":1,\"subsystems\":[{\"name\":\"nvme-subsys0\",\"nqn\":\"q\",\"controllers\":["
		"{\"name\":\"nvme0\",\"cntlid\":1,\"transport\":\"pcie\",\"identify\":{\"elpe\":1},"
		"\"logs\":{\"error\":{\"base64\":\"KgAAAAAAAAA=\"},\"smart\":{\"bytes\":\"00\"}}},"
		"{\"name\":\"nvme1\",\"cntlid\":2,\"transport\":\"pcie\",\"identify\":{\"elpe\":1}}]}]}";
	struct val *errors;
	struct rig r;

	(void)state;
	write_image(r.file, text);
	char file[64];
	strcpy(file, r.file);
	rig_on(&r, r.file);
	strcpy(r.file, file);
	assert_int_equal(rig_open(&r, "nvme0"), 0);
	assert_int_equal(get_log(&r, 0x99, 0, 0, 4), 0x4109);
	assert_int_equal(get_log(&r, 0x01, 0, 0, 128), 0);
	errors = val_get(answer(&r, log_spec(1), 128), "errors");
	assert_int_equal(val_u64(errors->c.first, "error_count", 0), 43);
	assert_int_equal(val_u64(errors->c.first->next, "error_count", 0), 42);
	assert_int_equal(get_log(&r, 0x02, 0, 0, 512), 0);
	assert_int_equal(answer_u64(&r, log_spec(2), 512, "num_err_log_entries"), 1);
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_int_equal(get_log(&r, 0x01, 0, 0, 128), 0);
	assert_int_equal(r.buf[0], 0);
	assert_int_equal(get_log(&r, 0x02, 0, 0, 512), 0x4109);
	assert_int_equal(get_log(&r, 0x01, 0, 0, 128), 0);
	assert_int_equal(r.buf[0], 1);
	rig_done(&r);
}

static void test_ordered_failures(void **state)
{
	struct req req = { .opcode = 0x0c, .io = true, .nsid = 2 };
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0n1");
	assert_int_equal(sim_ops.submit(&r.dev, &req), -ETIMEDOUT);
	assert_int_equal(get_log(&r, 0xc0, 0, 0, 8), 0x4006);
	assert_int_equal(get_log(&r, 0x02, 0, 0, 8), 0); /* another page is not meant */
	assert_int_equal(get_log(&r, 0xc0, 0, 0, 8), 0x4006);
	assert_int_equal(get_log(&r, 0xc0, 0, 0, 8), 0);
	assert_int_equal(sim_rejected(&r.dev), 2);
	rig_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_nodes_that_do_not_open),
		cmocka_unit_test(test_identify_structures),
		cmocka_unit_test(test_identify_descriptors),
		cmocka_unit_test(test_identify_lists),
		cmocka_unit_test(test_identify_refused),
		cmocka_unit_test(test_short_buffer),
		cmocka_unit_test(test_logs),
		cmocka_unit_test(test_log_of_a_command_set),
		cmocka_unit_test(test_supported_pages),
		cmocka_unit_test(test_log_refused),
		cmocka_unit_test(test_ana_log),
		cmocka_unit_test(test_ana_by_group),
		cmocka_unit_test(test_truncated_structure),
		cmocka_unit_test(test_refusals_are_logged),
		cmocka_unit_test(test_error_log_kinds),
		cmocka_unit_test(test_ordered_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
