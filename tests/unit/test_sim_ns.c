/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The models of namespace management and attachment, capacity management and virtualization: what they do, what they
 * refuse with which status, and what they remember.
 */
#include "unit.h"

#include <errno.h>

#include "dev/sim_model.h"
#include "sim_sample.h"
#include "spec/tables.h"

#define GIB (UINT64_C(1) << 30)

#define CTRL(i, more)                                                                                        \
	"{ \"name\": \"nvme" #i "\", \"cntlid\": " #i ", \"transport\": \"pcie\", \"identify\": { \"sn\": \"S\", \"mn\": \"M\"," \
	"\"cmic\": 2, \"oacs\": \"0x88\", \"oaes\": \"0x80100\", \"nn\": 6, \"elpe\": 7, \"lpa\": 4, \"tnvmcap\": 107374182400,"  \
	"\"unvmcap\": 53687091200, \"endgidmax\": 2, \"nsetidmax\": 3, \"ver\": \"0x020100\", " more
#define NS(i, shared, ctrls)                                                                                 \
	"{ \"name\": \"nvme0n" #i "\", \"generic\": \"ng0n" #i "\", \"nsid\": " #i ", \"controllers\": [ " ctrls " ], \"identify\": {" \
	"\"nsze\": 2621440, \"ncap\": 2621440, \"nvmcap\": 10737418240, \"flbas\": 1, \"nmic\": " #shared ", \"mc\": 2,"             \
	"\"dpc\": \"0x11\", \"lbafs\": [ { \"ds\": 9 }, { \"ds\": 12 }, { \"ds\": 12, \"ms\": 8 } ] } }"
#define DRIVE(ids, cns)                                                                                      \
	"{ \"nvmekit-image\": 1, \"subsystems\": [ { \"name\": \"nvme-subsys0\", \"nqn\": \"q\", \"controllers\": [\n"           \
	CTRL(0, ids) " }, \"cns\": { " cns " } },\n" CTRL(1, ids) " } } ],\n"                                                      \
	"\"namespaces\": [ " NS(1, 1, "\"nvme0\", \"nvme1\"") ",\n" NS(2, 0, "\"nvme0\"") ",\n" NS(4, 0, "") " ] } ] }\n"

static const char plain[] = DRIVE("\"ctratt\": 0", "");
static const char managed[] = DRIVE("\"ctratt\": \"0x7014\"", "");
static const char primary[] = DRIVE("\"ctratt\": 0",
	"\"primary-ctrl-caps\": { \"crt\": 3, \"vqfrt\": 8, \"vqfrsm\": 4, \"vifrt\": 4, \"vifrsm\": 2 },"
	"\"list-secondary\": { \"secondary-controllers\": [ { \"secondary-controller-identifier\": 5 }, "
	"{ \"secondary-controller-identifier\": 9 }, { \"secondary-controller-identifier\": 1 } ] }");

static void start(struct rig *r, const char *image, const char *node)
{
	char file[64];

	write_image(file, image);
	rig_on(r, r->file);
	strcpy(r->file, file);
	if (rig_open(r, node))
		fail_msg("%s", r->ctx.error.message);
}

static void put(uint8_t *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* The data of a create, and the command. */
static void prepare(struct rig *r, uint64_t nsze, uint64_t ncap, uint8_t flbas)
{
	memset(r->buf, 0, 4096);
	put(r->buf, nsze, 8);
	put(r->buf + 8, ncap, 8);
	r->buf[26] = flbas;
}

static int create(struct rig *r, uint32_t *nsid)
{
	struct req req = admin_req(r, 0x0d, 0, 0, 0, 4096);
	int rc = submit(r, &req);

	if (nsid)
		*nsid = (uint32_t)req.result;
	return rc;
}

static int create_gib(struct rig *r, uint64_t gib, uint32_t *nsid)
{
	prepare(r, gib << 18, gib << 18, 1);
	return create(r, nsid);
}

static int delete(struct rig *r, uint32_t nsid)
{
	struct req req = admin_req(r, 0x0d, nsid, 1, 0, 0);

	return submit(r, &req);
}

static int attachment(struct rig *r, unsigned sel, uint32_t nsid, const uint16_t *ids, size_t n)
{
	struct req req = admin_req(r, 0x15, nsid, sel, 0, 4096);

	memset(r->buf, 0, 4096);
	put(r->buf, n, 2);
	for (size_t i = 0; i < n && i < 2047; i++)
		put(r->buf + 2 + 2 * i, ids[i], 2);
	return submit(r, &req);
}

static uint64_t ctrl_u64(struct rig *r, const char *path)
{
	assert_int_equal(identify(r, 0x01, 0, 0), 0);
	return answer_u64(r, &spec_id_ctrl, 4096, path);
}

/* As text, "1 2 4": of a list that Identify returns. */
static const char *list(struct rig *r, uint8_t cns, uint32_t nsid, const char *array, const char *key, const struct spec *spec)
{
	const struct val *v;
	const char *text = "";

	assert_int_equal(identify(r, cns, 0, nsid), 0);
	v = val_get(answer(r, spec, 4096), array);
	for (const struct val *it = v ? v->c.first : NULL; it; it = it->next)
		text = arena_printf(r->ctx.arena, "%s%s%u", text, *text ? " " : "", (unsigned)val_u64(it, key, 0));
	return text;
}

static const char *namespaces(struct rig *r, bool all)
{
	return list(r, all ? 0x10 : 0x02, 0, "nsid_list", "nsid", &spec_list_ns);
}

/* Every record that a failure left is about what failed. */
static uint64_t last_error(struct rig *r, const char *key)
{
	const struct val *v;

	assert_int_equal(get_log(r, 0x01, NSID_ALL, 0, 64 * 8), 0);
	v = val_get(answer(r, log_spec(0x01), 64 * 8), "errors");
	assert_non_null(v);
	return val_u64(v->c.first, key, 0xdead);
}

static void test_create(void **state)
{
	static const struct {
		uint64_t nsze, ncap;
		uint8_t flbas, dps, nmic;
		uint32_t anagrpid;
		uint16_t nvmsetid, endgid;
		int rc;
	} cases[] = {
		{ 0, 0, 1, 0, 0, 0, 0, 0, 0x4002 },
		{ 10, 0, 1, 0, 0, 0, 0, 0, 0x4002 },
		{ 10, 11, 1, 0, 0, 0, 0, 0, 0x4002 },
		{ 11, 10, 1, 0, 0, 0, 0, 0, 0x411b },
		{ 10, 10, 3, 0, 0, 0, 0, 0, 0x410a },
		{ 10, 10, 2 | 0x10, 0, 0, 0, 0, 0, 0x410a },
		{ 10, 10, 1, 1, 0, 0, 0, 0, 0x410a },
		{ 10, 10, 2, 2, 0, 0, 0, 0, 0x410a },
		{ 10, 10, 2, 9, 0, 0, 0, 0, 0x410a },
		{ 10, 10, 1, 0x10, 0, 0, 0, 0, 0x4002 },
		{ 10, 10, 1, 0, 2, 0, 0, 0, 0x4002 },
		{ 10, 10, 1, 0, 0, 1, 0, 0, 0x4124 },
		{ 10, 10, 1, 0, 0, 0, 1, 0, 0x4002 },
		{ 10, 10, 1, 0, 0, 0, 0, 1, 0x4002 },
		{ 51 << 18, 51 << 18, 1, 0, 0, 0, 0, 0, 0x4115 },
		{ UINT64_MAX, UINT64_MAX, 1, 0, 0, 0, 0, 0, 0x4115 },
	};
	struct rig r;
	uint32_t nsid = 0;

	(void)state;
	start(&r, plain, "nvme0");
	for (size_t i = 0; i < NELEMS(cases); i++) {
		prepare(&r, cases[i].nsze, cases[i].ncap, cases[i].flbas);
		r.buf[29] = cases[i].dps;
		r.buf[30] = cases[i].nmic;
		put(r.buf + 92, cases[i].anagrpid, 4);
		put(r.buf + 100, cases[i].nvmsetid, 2);
		put(r.buf + 102, cases[i].endgid, 2);
		if (create(&r, NULL) != cases[i].rc)
			fail_msg("case %zu is not refused with 0x%x", i, (unsigned)cases[i].rc);
	}
	assert_string_equal(namespaces(&r, true), "1 2 4");
	prepare(&r, 51 << 18, 51 << 18, 1);
	assert_int_equal(create(&r, NULL), 0x4115);
	assert_int_equal(last_error(&r, "cs"), 51 * GIB);
	assert_int_equal(create_gib(&r, 10, &nsid), 0);
	assert_int_equal(nsid, 3);
	assert_int_equal(ctrl_u64(&r, "unvmcap"), 40 * GIB);
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_int_equal(ctrl_u64(&r, "unvmcap"), 40 * GIB);
	assert_string_equal(namespaces(&r, true), "1 2 3 4");
	assert_string_equal(namespaces(&r, false), "1");
	assert_int_equal(identify(&r, 0x11, 0, 3), 0);
	assert_int_equal(answer_u64(&r, &spec_id_ns, 4096, "ncap"), 10 << 18);
	assert_int_equal(answer_u64(&r, &spec_id_ns, 4096, "nuse"), 0);
	/* Identifiers of its own */
	assert_memory_not_equal(r.buf + 104, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	rig_done(&r);
}

static void test_create_hostile(void **state)
{
	static const size_t reserved[] = { 16, 25, 27, 28, 31, 91, 96, 99, 104, 383 };
	struct req req;
	struct rig r;

	(void)state;
	start(&r, plain, "nvme0");
	for (size_t i = 0; i < NELEMS(reserved); i++) {
		prepare(&r, 8, 8, 1);
		r.buf[reserved[i]] = 1;
		assert_int_equal(create(&r, NULL), 0x4002);
	}
	for (uint32_t len = 0; len < 4096; len += len < 384 ? 383 : 1000) {
		prepare(&r, 8, 8, 1);
		req = admin_req(&r, 0x0d, 0, 0, 0, len);
		assert_int_equal(submit(&r, &req), len < 384 ? 0x4004 : 0);
		assert_int_equal(len < 384 || delete(&r, (uint32_t)req.result) == 0, 1);
	}
	prepare(&r, 8, 8, 1);
	req = admin_req(&r, 0x0d, 1, 0, 0, 4096);
	assert_int_equal(submit(&r, &req), 0x4002);
	req = admin_req(&r, 0x0d, 0, 0, 2u << 24, 4096);
	assert_int_equal(submit(&r, &req), 0x4129);
	for (uint32_t sel = 2; sel < 16; sel++) {
		req = admin_req(&r, 0x0d, 0, sel, 0, 4096);
		assert_int_equal(submit(&r, &req), 0x4002);
	}
	/* As many as there are identifiers: NN is 6 */
	for (int i = 0; i < 3; i++)
		assert_int_equal(create_gib(&r, 1, NULL), 0);
	assert_int_equal(create_gib(&r, 1, NULL), 0x4116);
	rig_done(&r);
}

static void test_delete(void **state)
{
	uint32_t nsid;
	struct rig r;

	(void)state;
	start(&r, plain, "nvme0");
	assert_int_equal(delete(&r, 3), 0x400b);
	assert_int_equal(delete(&r, 0), 0x400b);
	assert_int_equal(delete(&r, 2), 0);
	assert_string_equal(namespaces(&r, true), "1 4");
	assert_int_equal(ctrl_u64(&r, "unvmcap"), 60 * GIB);
	assert_int_equal(delete(&r, NSID_ALL), 0);
	assert_string_equal(namespaces(&r, true), "");
	assert_int_equal(ctrl_u64(&r, "unvmcap"), 80 * GIB);
	assert_int_equal(delete(&r, NSID_ALL), 0);
	/* Another one is made as those were that are gone. */
	assert_int_equal(create_gib(&r, 80, &nsid), 0);
	assert_int_equal(nsid, 1);
	assert_int_equal(identify(&r, 0x11, 0, 1), 0);
	assert_int_equal(answer_u64(&r, &spec_id_ns, 4096, "nlbaf"), 2);
	rig_done(&r);
	/* A namespace's own node is gone with it. */
	start(&r, plain, "nvme0n2");
	assert_int_equal(delete(&r, 2), 0);
	assert_int_equal(delete(&r, 1), -ENODEV);
	rig_done(&r);
}

static void test_write_protected(void **state)
{
	static const char sample[] = "{ \"nvmekit-image\": 1, \"subsystems\": [ { \"name\": \"nvme-subsys0\", \"nqn\": \"q\","
				     "\"controllers\": [ " CTRL(0, "\"ctratt\": \"0x7014\"") " } } ], \"namespaces\": [ { \"name\":"
				     "\"nvme0n1\", \"nsid\": 1, \"identify\": { \"nsze\": 8, \"nsattr\": 1, \"endgid\": 1, \"lbafs\": [ {"
				     "\"ds\": 9 } ] } } ], \"model\": { \"capacity\": { \"groups\": [ { \"endgid\": 1, \"total\": 9,"
				     "\"unalloc\": 0 } ] } } } ] }";
	struct req req;
	struct rig r;

	(void)state;
	start(&r, sample, "nvme0");
	assert_int_equal(delete(&r, 1), 0x4020);
	assert_int_equal(delete(&r, NSID_ALL), 0x4020);
	req = admin_req(&r, 0x20, 0, 1 << 16 | 2, 0, 0);
	assert_int_equal(submit(&r, &req), 0x4020);
	assert_string_equal(namespaces(&r, true), "1");
	rig_done(&r);
}

static void test_attachment(void **state)
{
	static const uint16_t both[] = { 0, 1 }, first[] = { 0 }, second[] = { 1 }, wrong[] = { 7 }, twice[] = { 1, 1 };
	uint16_t many[2048] = { 0 };
	struct req req;
	struct rig r;

	(void)state;
	start(&r, plain, "nvme0");
	assert_int_equal(attachment(&r, 0, 4, both, 2), 0x4119);
	assert_int_equal(attachment(&r, 0, 4, second, 1), 0);
	assert_string_equal(list(&r, 0x12, 4, "ctrl_list", "ctrl_id", &spec_list_ctrl), "1");
	assert_int_equal(attachment(&r, 0, 4, first, 1), 0x4119);
	assert_int_equal(attachment(&r, 0, 4, second, 1), 0x4118);
	assert_int_equal(attachment(&r, 1, 4, first, 1), 0x411a);
	assert_int_equal(attachment(&r, 1, 4, both, 2), 0x411a);
	assert_int_equal(attachment(&r, 1, 4, second, 1), 0);
	assert_int_equal(attachment(&r, 1, 1, both, 2), 0);
	assert_string_equal(list(&r, 0x12, 1, "ctrl_list", "ctrl_id", &spec_list_ctrl), "");
	assert_int_equal(attachment(&r, 0, 1, both, 2), 0);
	assert_int_equal(attachment(&r, 0, 4, wrong, 1), 0x411c);
	assert_int_equal(attachment(&r, 1, 1, twice, 2), 0x411c);
	assert_int_equal(attachment(&r, 0, 4, first, 0), 0x411c);
	assert_int_equal(attachment(&r, 0, 4, many, 2048), 0x411c);
	assert_int_equal(attachment(&r, 0, 4, many, 0xffff), 0x411c);
	assert_int_equal(attachment(&r, 0, 9, first, 1), 0x400b);
	assert_int_equal(attachment(&r, 0, NSID_ALL, first, 1), 0x400b);
	for (unsigned sel = 2; sel < 16; sel++)
		assert_int_equal(attachment(&r, sel, 4, first, 1), 0x4002);
	req = admin_req(&r, 0x15, 4, 0, 0, 4092);
	assert_int_equal(submit(&r, &req), 0x4004);
	req = admin_req(&r, 0x15, 4, 0, 0, 0);
	assert_int_equal(submit(&r, &req), 0x4004);
	rig_done(&r);
}

/* The page that says what has changed is emptied by whoever reads it so; the next change is then an event again. */
static void test_notices(void **state)
{
	static const uint16_t first[] = { 0 };
	struct req aer, keep;
	struct rig r;

	(void)state;
	start(&r, plain, "nvme0");
	assert_int_equal(get_log(&r, 0x04, NSID_ALL, 0, 4096), 0);
	assert_int_equal(answer_u64(&r, log_spec(0x04), 4096, "nsid_list"), 0xdeadbeef);
	assert_int_equal(attachment(&r, 0, 4, first, 1), 0);
	assert_int_equal(attachment(&r, 1, 2, first, 1), 0);
	aer = admin_req(&r, 0x0c, 0, 0, 0, 0);
	assert_int_equal(submit(&r, &aer), 0);
	assert_int_equal(aer.result, 0x040002);
	assert_int_equal(submit(&r, &aer), 0);
	assert_int_equal(aer.result, 0x1c0902);
	assert_int_equal(sim_ops.submit(&r.dev, &aer), -ETIMEDOUT);
	keep = admin_req(&r, ADM_GET_LOG, NSID_ALL, 1023u << 16 | 1u << 15 | 0x04, 0, 4096);
	assert_int_equal(submit(&r, &keep), 0);
	assert_int_equal(r.buf[0], 2);
	assert_int_equal(r.buf[4], 4);
	assert_int_equal(get_log(&r, 0x04, NSID_ALL, 0, 4096), 0);
	assert_int_equal(r.buf[0], 2);
	assert_int_equal(get_log(&r, 0x04, NSID_ALL, 0, 4096), 0);
	assert_int_equal(r.buf[0], 0);
	assert_int_equal(attachment(&r, 1, 4, first, 1), 0);
	assert_int_equal(submit(&r, &aer), 0);
	assert_int_equal(aer.result, 0x040002);
	rig_done(&r);
}

static int capacity(struct rig *r, unsigned oper, unsigned element, uint64_t bytes, uint32_t *id)
{
	struct req req = admin_req(r, 0x20, 0, element << 16 | oper, (uint32_t)bytes, 0);
	int rc;

	req.cdw12 = (uint32_t)(bytes >> 32);
	rc = submit(r, &req);
	if (id)
		*id = (uint32_t)req.result;
	return rc;
}

static uint64_t group_left(struct rig *r, uint16_t endgid)
{
	struct req req = admin_req(r, ADM_GET_LOG, NSID_ALL, 127u << 16 | 1u << 15 | 0x09, (uint32_t)endgid << 16, 512);

	assert_int_equal(submit(r, &req), 0);
	return answer_u64(r, &spec_log_endurance, 512, "unalloc_end_grp_cap");
}

static void test_capacity(void **state)
{
	uint32_t id = 0, nsid;
	struct rig r;

	(void)state;
	start(&r, managed, "nvme0");
	assert_int_equal(identify(&r, 0x04, 0, 0), 0x4002);
	assert_int_equal(capacity(&r, 1, 0, 0, NULL), 0x4002);
	assert_int_equal(capacity(&r, 1, 1, GIB, NULL), 0x4002);
	assert_int_equal(capacity(&r, 1, 0, 51 * GIB, NULL), 0x4126);
	assert_int_equal(last_error(&r, "cs"), 50 * GIB);
	assert_int_equal(capacity(&r, 1, 0, UINT64_MAX, NULL), 0x4126);
	assert_int_equal(capacity(&r, 1, 0, 30 * GIB, &id), 0);
	assert_int_equal(id, 1);
	assert_int_equal(capacity(&r, 1, 0, 20 * GIB, &id), 0);
	assert_int_equal(id, 2);
	assert_int_equal(ctrl_u64(&r, "unvmcap"), 0);
	assert_int_equal(capacity(&r, 1, 0, GIB, NULL), 0x4126);
	/* Sets; 0 leaves the group to the controller, which takes the one with most room */
	assert_int_equal(capacity(&r, 3, 3, GIB, NULL), 0x4002);
	assert_int_equal(capacity(&r, 3, 2, 21 * GIB, NULL), 0x4126);
	assert_int_equal(last_error(&r, "cs"), 20 * GIB);
	assert_int_equal(capacity(&r, 3, 0, 25 * GIB, &id), 0);
	assert_int_equal(id, 1);
	assert_int_equal(group_left(&r, 1), 5 * GIB);
	assert_int_equal(capacity(&r, 3, 2, 5 * GIB, &id), 0);
	assert_int_equal(capacity(&r, 3, 2, 5 * GIB, &id), 0);
	assert_int_equal(id, 3);
	assert_int_equal(capacity(&r, 3, 2, 5 * GIB, &id), 0x412d);
	assert_string_equal(list(&r, 0x04, 0, "NVMSet", "nvmset_id", &spec_id_nvmset), "1 2 3");
	assert_string_equal(list(&r, 0x19, 0, "endgrp_list", "endgrp_id", &spec_list_endgrp), "1 2");
	/* Namespaces take from their set: here the first one with room */
	assert_int_equal(create_gib(&r, 26, NULL), 0x4115);
	assert_int_equal(create_gib(&r, 25, &nsid), 0);
	assert_int_equal(create_gib(&r, 5, NULL), 0);
	assert_int_equal(identify(&r, 0x11, 0, nsid), 0);
	assert_int_equal(answer_u64(&r, &spec_id_ns, 4096, "nvmsetid"), 1);
	assert_int_equal(answer_u64(&r, &spec_id_ns, 4096, "endgid"), 1);
	assert_int_equal(delete(&r, nsid), 0);
	assert_int_equal(create_gib(&r, 25, &nsid), 0);
	/* What is deleted takes what is in it along. */
	assert_int_equal(capacity(&r, 4, 1, 0, NULL), 0);
	assert_int_equal(capacity(&r, 4, 1, 0, NULL), 0x4002);
	assert_int_equal(group_left(&r, 1), 30 * GIB);
	assert_string_equal(namespaces(&r, true), "1 2 4 5");
	assert_int_equal(capacity(&r, 2, 2, 0, NULL), 0);
	assert_string_equal(namespaces(&r, true), "1 2 4");
	assert_int_equal(ctrl_u64(&r, "unvmcap"), 20 * GIB);
	for (unsigned oper = 5; oper < 16; oper++)
		assert_int_equal(capacity(&r, oper, 1, 0, NULL), 0x4002);
	assert_int_equal(capacity(&r, 0, 0, 0, NULL), 0x4002);
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_string_equal(list(&r, 0x19, 0, "endgrp_list", "endgrp_id", &spec_list_endgrp), "1");
	rig_done(&r);
	start(&r, plain, "nvme0");
	assert_int_equal(capacity(&r, 1, 0, GIB, NULL), 0x4001);
	rig_done(&r);
}

/* Fixed capacity management: a configuration is one group with two sets and two media units. */
static void test_configurations(void **state)
{
	static const char units[] = "\"logs\": { \"media-unit-stat\": { \"mus_list\": [ { \"muid\": 3, \"mucs\": 1, \"cio\": 14 },"
				    " { \"muid\": 5, \"mucs\": 1, \"cio\": 14 } ] },"
				    "\"supported-cap-config\": { \"length\": 512, \"bytes\": \"01000000000000000000000000000000"
				    "0700000001000000000000000000000000000000000000000000000000000000" /* configuration 7, one group */
				    "02006400000000000000000000000000" /* Endurance Group 2, factor 100 */
				    "00000080020000000000000000000000" /* 10 GiB */
				    "0000000000000000000000000000000000000000000000000000000000000000"
				    "00000000000000000000000000000000"
				    "0200" "0100" "0200" /* two sets */
				    "0100" "0000" "0200" "0300000000000000" "0500000000000000\" } }"; /* one channel */
	char image[8192];
	struct rig r;

	(void)state;
	snprintf(image, sizeof(image),
		 "{ \"nvmekit-image\": 1, \"subsystems\": [ { \"name\": \"nvme-subsys0\", \"nqn\": \"q\", \"controllers\": [ %s }, %s } ],"
		 "\"namespaces\": [ %s ] } ] }",
		 CTRL(0, "\"ctratt\": \"0x0814\""), units, NS(1, 0, "\"nvme0\""));
	start(&r, image, "nvme0");
	assert_int_equal(capacity(&r, 1, 0, GIB, NULL), 0x4002);
	assert_int_equal(capacity(&r, 0, 6, 0, NULL), 0x4002);
	assert_int_equal(capacity(&r, 0, 7, 0, NULL), 0);
	assert_int_equal(capacity(&r, 0, 7, 0, NULL), 0);
	assert_int_equal(capacity(&r, 0, 6, 0, NULL), 0x4002);
	assert_string_equal(list(&r, 0x19, 0, "endgrp_list", "endgrp_id", &spec_list_endgrp), "2");
	assert_string_equal(list(&r, 0x04, 0, "NVMSet", "nvmset_id", &spec_id_nvmset), "1 2");
	assert_int_equal(ctrl_u64(&r, "unvmcap"), 40 * GIB);
	assert_int_equal(get_log(&r, 0x10, NSID_ALL, 0, 64), 0);
	assert_int_equal(answer_u64(&r, log_spec(0x10), 64, "sel_config"), 7);
	assert_int_equal(r.buf[16 + 4], 2);
	assert_int_equal(r.buf[16 + 6], 1);
	assert_int_equal(create_gib(&r, 5, NULL), 0);
	assert_int_equal(create_gib(&r, 6, NULL), 0x4115);
	/* Configuration 0 is none: everything goes. */
	assert_int_equal(capacity(&r, 0, 0, 0, NULL), 0);
	assert_string_equal(namespaces(&r, true), "");
	assert_string_equal(list(&r, 0x19, 0, "endgrp_list", "endgrp_id", &spec_list_endgrp), "");
	assert_int_equal(get_log(&r, 0x10, NSID_ALL, 0, 64), 0);
	assert_int_equal(answer_u64(&r, log_spec(0x10), 64, "sel_config"), 0);
	assert_int_equal(r.buf[16 + 4], 0);
	rig_done(&r);
}

static int virt(struct rig *r, unsigned act, unsigned cntlid, unsigned rt, unsigned n)
{
	struct req req = admin_req(r, 0x1c, 0, cntlid << 16 | rt << 8 | act, n, 0);
	int rc = submit(r, &req);

	if (!rc && (act == 1 || act == 8))
		assert_int_equal(req.result, n);
	return rc;
}

static uint64_t caps(struct rig *r, const char *key)
{
	assert_int_equal(identify(r, 0x14, 0, 0), 0);
	return answer_u64(r, &spec_primary_ctrl_caps, 4096, key);
}

static void test_virtualization(void **state)
{
	struct req reset = { .kind = REQ_RESET };
	struct rig r;

	(void)state;
	start(&r, primary, "nvme0");
	for (unsigned act = 0; act < 16; act++) {
		if (act != 1 && (act < 7 || act > 9))
			assert_int_equal(virt(&r, act, 5, 0, 1), 0x4002);
	}
	assert_int_equal(virt(&r, 9, 5, 0, 0), 0x4120);
	assert_int_equal(virt(&r, 8, 6, 0, 1), 0x411f);
	assert_int_equal(virt(&r, 8, 5, 2, 1), 0x4002);
	assert_int_equal(virt(&r, 8, 5, 0, 5), 0x4121);
	assert_int_equal(virt(&r, 8, 5, 0, 4), 0);
	assert_int_equal(virt(&r, 8, 5, 0, 3), 0); /* so many, not so many more */
	assert_int_equal(caps(&r, "vqrfa"), 3);
	assert_int_equal(virt(&r, 8, 9, 0, 4), 0);
	assert_int_equal(virt(&r, 1, 0, 0, 2), 0x4122);
	assert_int_equal(virt(&r, 1, 0, 0, 1), 0);
	assert_int_equal(virt(&r, 1, 0, 0, 9), 0x4121);
	assert_int_equal(virt(&r, 1, 5, 0, 1), 0x411f);
	assert_int_equal(caps(&r, "vqrfap"), 0);
	assert_int_equal(virt(&r, 8, 5, 0, 4), 0x4122);
	assert_int_equal(virt(&r, 9, 5, 0, 0), 0x4120);
	assert_int_equal(virt(&r, 8, 5, 1, 1), 0);
	assert_int_equal(virt(&r, 9, 5, 0, 0), 0);
	assert_int_equal(virt(&r, 9, 5, 0, 0), 0);
	assert_int_equal(virt(&r, 8, 5, 1, 1), 0x4120);
	assert_string_equal(list(&r, 0x15, 0, "secondary-controllers", "secondary-controller-state", &spec_list_secondary), "1 0 0");
	assert_int_equal(virt(&r, 7, 9, 0, 0), 0);
	assert_int_equal(virt(&r, 7, 9, 0, 0), 0);
	assert_int_equal(caps(&r, "vqrfa"), 3);
	assert_int_equal(submit(&r, &reset), 0);
	assert_int_equal(caps(&r, "vqrfa"), 0);
	assert_int_equal(caps(&r, "virfa"), 0);
	assert_int_equal(caps(&r, "vqrfap"), 0);
	reset.kind = REQ_SUBSYS_RESET;
	assert_int_equal(submit(&r, &reset), 0);
	assert_int_equal(caps(&r, "vqrfap"), 1);
	rig_done(&r);
}

/* A secondary controller that is a node here goes away with its state. */
static void test_secondary_node(void **state)
{
	struct rig r;

	(void)state;
	start(&r, primary, "nvme0");
	assert_int_equal(virt(&r, 7, 1, 0, 0), 0);
	assert_true(rig_open(&r, "nvme1") < 0);
	r.ctx.error.code = XC_OK;
	assert_int_equal(rig_open(&r, "nvme0"), 0);
	assert_int_equal(virt(&r, 8, 1, 0, 2), 0);
	assert_int_equal(virt(&r, 8, 1, 1, 1), 0);
	assert_int_equal(virt(&r, 9, 1, 0, 0), 0);
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_int_equal(virt(&r, 7, 1, 0, 0), 0x4001);
	rig_done(&r);
}

/* What models have written may have been edited by anybody. */
static void test_nonsense_in_the_image(void **state)
{
	static const char *const models[] = {
		"7",			    "{ \"capacity\": 7 }",
		"{ \"capacity\": [] }",	    "{ \"capacity\": { \"groups\": 7 } }",
		"{ \"capacity\": { \"groups\": [ 7, null, \"x\" ] } }",
		"{ \"capacity\": { \"groups\": [ { \"endgid\": \"x\", \"sets\": { } } ] } }",
		"{ \"capacity\": { \"groups\": [ { \"endgid\": 1, \"total\": 9, \"sets\": [ 1, { \"nvmsetid\": { } } ] } ] } }",
		"{ \"namespaces\": 7, \"templates\": [] }",
		"{ \"templates\": { \"0\": 7 } }",
		"{ \"notices\": true, \"virtualization\": [ ] }",
	};
	static const uint16_t first[] = { 0 };
	char image[8192];
	struct rig r;

	(void)state;
	for (size_t i = 0; i < NELEMS(models); i++) {
		snprintf(image, sizeof(image),
			 "{ \"nvmekit-image\": 1, \"subsystems\": [ { \"name\": \"nvme-subsys0\", \"nqn\": \"q\", \"controllers\": [ %s },"
			 "\"model\": %s } ], \"model\": %s, \"namespaces\": [ %s ] } ] }",
			 CTRL(0, "\"ctratt\": \"0x7014\""), i ? models[i] : "{}", i ? models[i] : "{}", NS(2, 0, "\"nvme0\""));
		start(&r, image, "nvme0");
		(void)create_gib(&r, 1, NULL);
		(void)attachment(&r, 1, 2, first, 1);
		(void)capacity(&r, 1, 0, GIB, NULL);
		(void)capacity(&r, 3, 0, GIB, NULL);
		(void)capacity(&r, 4, 1, 0, NULL);
		(void)capacity(&r, 2, 1, 0, NULL);
		(void)identify(&r, 0x04, 0, 0);
		(void)identify(&r, 0x19, 0, 0);
		(void)virt(&r, 1, 0, 0, 1);
		assert_int_equal(delete(&r, NSID_ALL), 0);
		assert_string_equal(namespaces(&r, true), "");
		rig_done(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create),		   cmocka_unit_test(test_create_hostile),
		cmocka_unit_test(test_delete),		   cmocka_unit_test(test_write_protected),
		cmocka_unit_test(test_attachment),	   cmocka_unit_test(test_notices),
		cmocka_unit_test(test_capacity),	   cmocka_unit_test(test_configurations),
		cmocka_unit_test(test_virtualization),	   cmocka_unit_test(test_secondary_node),
		cmocka_unit_test(test_nonsense_in_the_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
