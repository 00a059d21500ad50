/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The discovery log of the simulated system, in whatever pieces it is read, and registrations with its discovery controllers. */
#include "unit.h"

#include <errno.h>

#include "fabric_sample.h"
#include "dev/sim_model.h"
#include "spec/tables.h"

#define LID 0x70

/* A discovery controller of this port of the sample is open. */
static void open_port(struct rig *r, const char *traddr)
{
	assert_int_equal(rig_open(r, connect_to(r, traddr, "4420", NULL)), 0);
}

static const struct val *read_log(struct rig *r, uint32_t len)
{
	assert_int_equal(get_log(r, LID, 0, 0, len), 0);
	return answer(r, &spec_log_discovery, len);
}

static const struct val *record(const struct val *log, size_t i)
{
	const struct val *list = val_get(log, "records"), *it = list ? list->c.first : NULL;

	while (it && i--)
		it = it->next;
	assert_non_null(it);
	return it;
}

static void assert_record(struct rig *r, const struct val *log, size_t i, unsigned subtype, unsigned portid, const char *nqn,
			  const char *traddr, const char *trsvcid)
{
	const struct val *e = record(log, i);

	assert_int_equal(val_u64(e, "subtype", 0), subtype);
	assert_int_equal(val_u64(e, "portid", 0), portid);
	assert_int_equal(val_u64(e, "cntlid", 0), 0xffff);
	assert_string_equal(val_str(r->ctx.arena, e, "subnqn"), nqn);
	assert_string_equal(val_str(r->ctx.arena, e, "traddr"), traddr);
	assert_string_equal(val_str(r->ctx.arena, e, "trsvcid"), trsvcid);
}

static void test_contents(void **state)
{
	const struct val *log;
	struct rig r;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	open_port(&r, "192.0.2.1");
	log = read_log(&r, 11 * 1024);
	assert_int_equal(val_u64(log, "genctr", 0), 1);
	assert_int_equal(val_u64(log, "recfmt", 1), 0);
	/* Of the five subsystems of port 1 one is for others. */
	assert_int_equal(val_u64(log, "numrec", 0), 10);
	assert_record(&r, log, 0, 3, 1, FAB_DISCOVERY_NQN, "192.0.2.1", "4420");
	assert_record(&r, log, 1, 2, 1, NQN_DISKS, "192.0.2.1", "4420");
	assert_record(&r, log, 2, 2, 1, NQN_SINGLE, "192.0.2.1", "4420");
	assert_record(&r, log, 3, 2, 1, NQN_SECRET, "192.0.2.1", "4420");
	assert_record(&r, log, 4, 2, 1, NQN_HERE, "192.0.2.1", "4420");
	assert_record(&r, log, 5, 2, 2, NQN_DISKS, "192.0.2.2", "4420");
	assert_record(&r, log, 8, 2, 3, NQN_SECRET, "2001:db8::3", "4420");
	assert_record(&r, log, 9, 1, 9, FAB_DISCOVERY_NQN, "192.0.2.9", "8009");
	assert_int_equal(val_u64(record(log, 1), "trtype", 0), 3);
	assert_int_equal(val_u64(record(log, 1), "adrfam", 0), 1);
	assert_int_equal(val_u64(record(log, 1), "sectype", 9), 0);
	assert_int_equal(val_u64(record(log, 8), "adrfam", 0), 2);
	assert_int_equal(val_u64(record(log, 8), "sectype", 9), 2);
	assert_int_equal(val_u64(record(log, 8), "treq", 0), 5);
	rig_done(&r);
}

static void test_other_ports(void **state)
{
	struct fab_conn c = conn_to("192.0.2.4", NULL, NULL);
	const struct val *log;
	struct fab_new new;
	const char *why;
	struct rig r;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	open_port(&r, "192.0.2.2");
	log = read_log(&r, 5 * 1024);
	assert_int_equal(val_u64(log, "genctr", 0), 41);
	assert_int_equal(val_u64(log, "numrec", 0), 4);
	fab_put_text(&c, FK_TRANSPORT, "rdma", "test");
	assert_int_equal(add(&r, &c, &new, &why), 0);
	assert_int_equal(rig_open(&r, new.name), 0);
	log = read_log(&r, 3 * 1024);
	assert_int_equal(val_u64(record(log, 1), "trtype", 0), 1);
	assert_int_equal(val_u64(record(log, 1), "rdma_qptype", 0), 1);
	c = conn_to("nn-0x1:pn-0x2", NULL, NULL);
	fab_put_text(&c, FK_TRANSPORT, "fc", "test");
	assert_int_equal(add(&r, &c, &new, &why), 0);
	assert_int_equal(rig_open(&r, new.name), 0);
	log = read_log(&r, 3 * 1024);
	assert_record(&r, log, 1, 2, 5, NQN_DISKS, "nn-0x1:pn-0x2", "none");
	assert_int_equal(val_u64(record(log, 1), "adrfam", 0), 4);
	rig_done(&r);
}

/* Every piece is the same piece of the whole, and there are zeroes behind it. */
static void test_every_piece(void **state)
{
	static uint8_t whole[16384];
	const size_t len = 11 * 1024;
	struct rig r;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	open_port(&r, "192.0.2.1");
	assert_int_equal(get_log(&r, LID, 0, 0, sizeof(whole)), 0);
	memcpy(whole, r.buf, sizeof(whole));
	for (size_t i = len; i < sizeof(whole); i++)
		assert_int_equal(whole[i], 0);
	for (uint32_t offset = 0; offset <= len; offset += 252) {
		for (uint32_t n = 4; n <= 4096; n += 508) {
			assert_int_equal(get_log(&r, LID, 0, offset, n), 0);
			assert_memory_equal(r.buf, whole + offset, n);
		}
	}
	assert_int_equal(get_log(&r, LID, 0, len, 4096), 0);
	assert_int_equal(get_log(&r, LID, 0, len + 4, 4), 0x4002);
	assert_int_equal(get_log(&r, LID, 0, UINT64_MAX - 3, 4), 0x4002);
	assert_int_equal(get_log(&r, LID, 0, 2, 4), 0x4002);
	rig_done(&r);
}

static void test_port_local(void **state)
{
	struct rig r;
	struct req req;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	open_port(&r, "192.0.2.1");
	assert_int_equal(get_log(&r, 0, 0, 0, 1024), 0);
	assert_memory_equal(r.buf + 4 * LID, "\1\0\2\0", 4);
	req = admin_req(&r, 2, 0, 255u << 16 | 2 << 8 | LID, 0, 1024);
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(answer_u64(&r, &spec_log_discovery, 1024, "numrec"), 6);
	rig_done(&r);
}

/* A controller that is none for discovery has no such page. */
static void test_only_discovery(void **state)
{
	struct rig r;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	assert_int_equal(rig_open(&r, connect_to(&r, "192.0.2.1", "4420", NQN_DISKS)), 0);
	assert_int_equal(get_log(&r, LID, 0, 0, 1024), 0x4109);
	assert_int_equal(rig_open(&r, connect_to(&r, "192.0.2.1", "4420", NULL)), 0);
	assert_int_equal(get_log(&r, 2, 0, 0, 512), 0x4109);
	rig_done(&r);
}

static void test_many_entries(void **state)
{
	const uint64_t numrec = 300002;
	struct rig r;

	(void)state;
	rig_fabric(&r, "'genctr': 41", "'repeat': 100000");
	open_port(&r, "192.0.2.2");
	assert_int_equal(get_log(&r, LID, 0, 0, 1024), 0);
	assert_int_equal(answer_u64(&r, &spec_log_discovery, 1024, "numrec"), numrec - 1);
	/* The last of the second subsystem, and the first of the third. */
	assert_int_equal(get_log(&r, LID, 0, UINT64_C(200001) * 1024, 2048), 0);
	assert_string_equal((char *)r.buf + 256, NQN_SINGLE ":99999");
	assert_string_equal((char *)r.buf + 256 + 1024, NQN_HERE);
	assert_int_equal(get_log(&r, LID, 0, (numrec - 1) * 1024, 1024), 0);
	assert_string_equal((char *)r.buf + 256, NQN_HERE ":99999");
	rig_done(&r);
	rig_fabric(&r, "'genctr': 41", "'repeat': 0");
	open_port(&r, "192.0.2.2");
	assert_int_equal(get_log(&r, LID, 0, 0, 1024), 0);
	assert_int_equal(answer_u64(&r, &spec_log_discovery, 1024, "numrec"), 1);
	rig_done(&r);
}

static void test_moving_generation(void **state)
{
	struct rig r;

	(void)state;
	rig_fabric(&r, "'genctr': 41", "'genctr': 7, 'genctr_moves': true");
	open_port(&r, "192.0.2.2");
	for (uint64_t i = 7; i < 10; i++) {
		assert_int_equal(get_log(&r, LID, 0, 0, 1024), 0);
		assert_int_equal(answer_u64(&r, &spec_log_discovery, 1024, "genctr"), i);
	}
	/* A read that is refused is none. */
	assert_true(get_log(&r, LID, 0, 1 << 20, 4) > 0);
	assert_int_equal(get_log(&r, LID, 0, 0, 1024), 0);
	assert_int_equal(answer_u64(&r, &spec_log_discovery, 1024, "genctr"), 10);
	rig_done(&r);
}

static void test_recorded(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	rig_fabric(&r, "'genctr': 41", "'log': { 'genctr': 3, 'numrec': '18446744073709551615', 'length': 2048, 'received': 1500 }");
	open_port(&r, "192.0.2.2");
	req = admin_req(&r, 2, 0, 511u << 16 | LID, 0, 2048);
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(req.received, 1500);
	assert_int_equal(answer_u64(&r, &spec_log_discovery, 1500, "numrec"), UINT64_MAX);
	rig_done(&r);
}

/* --- Discovery Information Management --- */

static void put(uint8_t *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* A host that registers: one extended entry with its identifier and a name of 4 bytes. The length. */
static uint32_t host_data(struct rig *r)
{
	const uint32_t entry = 1032 + 20 + 8, len = 1024 + entry;
	uint8_t *e = r->buf + 1024;

	memset(r->buf, 0, len);
	put(r->buf, len, 4);
	put(r->buf + 8, 1, 8);
	put(r->buf + 16, 2, 2);
	put(r->buf + 18, 1, 2);
	strcpy((char *)r->buf + 24, HOSTNQN);
	strcpy((char *)r->buf + 280, "box\xff\n");
	strcpy((char *)r->buf + 536, "Linux 6.12");
	e[0] = 3;
	e[1] = 1;
	memcpy(e + 32, "4420    ", 8);
	strcpy((char *)e + 256, HOSTNQN);
	strcpy((char *)e + 512, "192.0.2.5");
	put(e + 1024, entry, 4);
	put(e + 1028, 2, 2);
	put(e + 1032, 1, 2);
	put(e + 1034, 16, 2);
	memset(e + 1036, 0x11, 16);
	put(e + 1052, 2, 2);
	put(e + 1054, 4, 2);
	memcpy(e + 1056, "abcd", 4);
	return len;
}

static int dim(struct rig *r, unsigned task, uint32_t len)
{
	struct req req = admin_req(r, 0x21, 0, task, 0, len);

	return submit(r, &req);
}

static void open_cdc(struct rig *r)
{
	struct fab_conn c = conn_to(NULL, NULL, NULL);
	struct fab_new new;
	const char *why;

	rig_fabric(r, NULL, NULL);
	fab_put_text(&c, FK_TRANSPORT, "loop", "test");
	assert_int_equal(add(r, &c, &new, &why), 0);
	assert_int_equal(rig_open(r, new.name), 0);
}

static const struct val *registered(struct rig *r)
{
	return val_get(r->ctx.sim->img->fabric.node, "registered");
}

static void test_registration(void **state)
{
	const struct val *e, *entry;
	struct rig r;
	char file[64];

	(void)state;
	open_cdc(&r);
	assert_int_equal(dim(&r, 0, host_data(&r)), 0);
	assert_int_equal(dim(&r, 2, host_data(&r)), 0);
	/* The next run knows it, whatever bytes came. */
	strcpy(file, r.file);
	ctx_done(&r.ctx);
	rig_on(&r, r.file);
	strcpy(r.file, file);
	if (sim_load(&r.ctx))
		fail_msg("%s", r.ctx.error.message);
	assert_int_equal(registered(&r)->c.n, 1);
	e = registered(&r)->c.first;
	assert_string_equal(val_str(r.ctx.arena, e, "type"), "host");
	assert_string_equal(val_str(r.ctx.arena, e, "nqn"), HOSTNQN);
	assert_string_equal(val_str(r.ctx.arena, e, "name"), "box??");
	assert_string_equal(val_str(r.ctx.arena, e, "version"), "Linux 6.12");
	assert_int_equal(val_u64(e, "portid", 0), 6);
	entry = val_get(e, "entries")->c.first;
	assert_string_equal(val_str(r.ctx.arena, entry, "traddr"), "192.0.2.5");
	assert_string_equal(val_str(r.ctx.arena, entry, "trsvcid"), "4420");
	assert_string_equal(val_str(r.ctx.arena, entry, "hostid"), "11111111111111111111111111111111");
	assert_string_equal(val_str(r.ctx.arena, entry, "symname"), "abcd");
	assert_int_equal(rig_open(&r, "nvme3"), 0);
	assert_int_equal(dim(&r, 1, host_data(&r)), 0);
	assert_int_equal(registered(&r)->c.n, 0);
	assert_int_equal(dim(&r, 1, host_data(&r)), 0);
	rig_done(&r);
}

static void test_bad_registration(void **state)
{
	/* Where, what, how many bytes: each is one that does not fit the rest. */
	static const struct {
		size_t at;
		uint64_t v;
		size_t n;
	} wrong[] = {
		{ 0, 0, 4 },	    { 0, 1023, 4 },	  { 0, 1024, 4 },     { 0, 2083, 4 },	   { 0, 2085, 4 },	{ 0, 0xffffffff, 4 },
		{ 8, 2, 8 },	    { 8, UINT64_MAX, 8 }, { 16, 0, 2 },	      { 16, 3, 2 },	   { 18, 0, 2 },	{ 18, 4, 2 },
		{ 24, 0, 1 },	    { 2048, 0, 4 },	  { 2048, 1031, 4 },  { 2048, 1032, 4 },   { 2048, 1059, 4 },	{ 2048, 1061, 4 },
		{ 2048, UINT32_MAX, 4 }, { 2052, 3, 2 },  { 2052, 0xffff, 2 }, { 2058, 15, 2 },	   { 2058, 24, 2 },	{ 2058, 0xffff, 2 },
		{ 2078, 8, 2 },	    { 2078, 0xfffc, 2 },
	};
	struct rig r;
	uint32_t len;

	(void)state;
	open_cdc(&r);
	len = host_data(&r);
	assert_int_equal(len, 2084);
	for (size_t i = 0; i < NELEMS(wrong); i++) {
		host_data(&r);
		put(r.buf + wrong[i].at, wrong[i].v, wrong[i].n);
		if (dim(&r, 0, len) != 0x412f)
			fail_msg("wrong[%zu] is accepted", i);
	}
	/* Every length: what is not there is not read. */
	for (uint32_t n = 0; n < len; n += 4) {
		uint8_t *exact;
		struct req req;

		host_data(&r);
		exact = exact_copy(r.buf, n);
		req = admin_req(&r, 0x21, 0, 0, 0, n);
		req.data = n ? exact : NULL;
		assert_int_equal(submit(&r, &req), n < 1024 ? 0x4004 : 0x412f);
		free(exact);
	}
	host_data(&r);
	assert_int_equal(dim(&r, 3, len), 0x4002);
	assert_null(registered(&r));
	/* Only controllers that say what they are take it. */
	open_port(&r, "192.0.2.1");
	host_data(&r);
	assert_int_equal(dim(&r, 0, len), 0x4001);
	rig_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contents),      cmocka_unit_test(test_other_ports),
		cmocka_unit_test(test_every_piece),   cmocka_unit_test(test_port_local),
		cmocka_unit_test(test_only_discovery), cmocka_unit_test(test_many_entries),
		cmocka_unit_test(test_moving_generation), cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_registration),  cmocka_unit_test(test_bad_registration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
