/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The simulated controller: features, what the kernel refuses, I/O; the topology, and the built-in system. */
#include "unit.h"

#include <errno.h>

#include "dev/topo.h"
#include "sim_sample.h"
#include "spec/spec.h"

/* --- features and the rest of the admin commands --- */

static int get_feature(struct rig *r, uint32_t cdw10, uint32_t nsid, uint64_t *value)
{
	struct req req = admin_req(r, ADM_GET_FEATURES, nsid, cdw10, 0, 0);
	int rc = submit(r, &req);

	*value = req.result;
	return rc;
}

static int set_feature(struct rig *r, uint32_t cdw10, uint32_t nsid, uint32_t value)
{
	struct req req = admin_req(r, ADM_SET_FEATURES, nsid, cdw10, value, 0);

	return submit(r, &req);
}

static void test_get_features(void **state)
{
	struct req req;
	struct rig r;
	uint64_t v;

	(void)state;
	open_sample(&r, "nvme0");
	for (uint32_t sel = 0; sel < 4; sel++) {
		assert_int_equal(get_feature(&r, sel << 8 | 2, 0, &v), 0);
		assert_int_equal(v, sel == 3 ? 5 : sel + 1);
	}
	assert_int_equal(get_feature(&r, 6, 0, &v), 0);
	assert_int_equal(v, 1);
	assert_int_equal(get_feature(&r, 1 << 8 | 6, 0, &v), 0);
	assert_int_equal(v, 1);
	assert_int_equal(get_feature(&r, 3 << 8 | 6, 0, &v), 0);
	assert_int_equal(v, 0);
	assert_int_equal(get_feature(&r, 5, 2, &v), 0);
	assert_int_equal(v, 4);
	req = admin_req(&r, ADM_GET_FEATURES, 0, 0x0e, 0, 8);
	assert_int_equal(submit(&r, &req), 0);
	assert_memory_equal(r.buf, "\x8\7\6\5\4\3\2\1", 8);
	assert_int_equal(get_feature(&r, 0x7f, 0, &v), 0x4002);
	assert_int_equal(get_feature(&r, 5, 0, &v), 0x4002);
	assert_int_equal(get_feature(&r, 5, 5, &v), 0x4002);
	assert_int_equal(get_feature(&r, 5, 9, &v), 0x400b);
	assert_int_equal(get_feature(&r, 4 << 8 | 2, 0, &v), 0x4002);
	rig_done(&r);
}

static void test_set_features(void **state)
{
	struct req req;
	struct rig r;
	uint64_t v;

	(void)state;
	open_sample(&r, "nvme0");
	assert_int_equal(set_feature(&r, 2, 0, 9), 0);
	assert_int_equal(get_feature(&r, 2, 0, &v), 0);
	assert_int_equal(v, 9);
	assert_int_equal(get_feature(&r, 2 << 8 | 2, 0, &v), 0);
	assert_int_equal(v, 3);
	assert_int_equal(set_feature(&r, 1u << 31 | 2, 0, 10), 0);
	assert_int_equal(get_feature(&r, 2 << 8 | 2, 0, &v), 0);
	assert_int_equal(v, 10);
	assert_int_equal(set_feature(&r, 5, 2, 6), 0);
	assert_int_equal(get_feature(&r, 5, 2, &v), 0);
	assert_int_equal(v, 6);
	assert_int_equal(set_feature(&r, 6, 0, 0), 0x410e);
	assert_int_equal(set_feature(&r, 1u << 31 | 5, 2, 0), 0x410d);
	assert_int_equal(set_feature(&r, 2, 2, 0), 0x410f);
	assert_int_equal(set_feature(&r, 7, 0, 0), 0x400c);
	assert_int_equal(set_feature(&r, 0x7f, 0, 0), 0x4002);
	assert_int_equal(set_feature(&r, 0x0e, 0, 0), 0x4004);
	req = admin_req(&r, ADM_SET_FEATURES, 0, 0x0e, 0, 8);
	memcpy(r.buf, "abcdefgh", 8);
	assert_int_equal(submit(&r, &req), 0);
	memset(r.buf, 0, 8);
	req = admin_req(&r, ADM_GET_FEATURES, 0, 0x0e, 0, 8);
	assert_int_equal(submit(&r, &req), 0);
	assert_memory_equal(r.buf, "abcdefgh", 8);
	rig_done(&r);
}

static void test_other_admin_commands(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0");
	req = admin_req(&r, 0x18, 0, 0, 0, 0);
	assert_int_equal(submit(&r, &req), 0);
	req = admin_req(&r, 0x08, 0, 0, 0, 0);
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(req.result, 1);
	req = admin_req(&r, 0x0c, 0, 0, 0, 0);
	assert_int_equal(sim_ops.submit(&r.dev, &req), -ETIMEDOUT);
	for (uint32_t op = 0x0d; op <= 0xff; op += op == 0x17 ? 2 : 1) {
		req = admin_req(&r, (uint8_t)op, 0, 0, 0, 0);
		assert_int_equal(submit(&r, &req), 0x4001);
	}
	rig_done(&r);
}

/* What the kernel refuses is no business of the controller, and is not in its log. */
static void test_kernel_refusals(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0");
	req = admin_req(&r, ADM_IDENTIFY, 0, 1, 0, 4096);
	req.flags = 1;
	assert_int_equal(sim_ops.submit(&r.dev, &req), -EINVAL);
	req = admin_req(&r, ADM_GET_LOG, 0, 0xffff0002, 0, 32768);
	req.cdw10 = 8191u << 16 | 2;
	assert_int_equal(submit(&r, &req), 0);
	req.data_len = 32772; /* MDTS 3: 32 KiB */
	assert_int_equal(sim_ops.submit(&r.dev, &req), -EINVAL);
	req = (struct req){ .opcode = 0, .io = true, .nsid = 2 };
	assert_int_equal(sim_ops.submit(&r.dev, &req), -ENOTTY);
	assert_int_equal(rig_open(&r, "nvme0n1"), 0);
	req.nsid = 5;
	assert_int_equal(sim_ops.submit(&r.dev, &req), -EINVAL);
	assert_int_equal(sim_rejected(&r.dev), 0);
	rig_done(&r);
}

/* --- I/O --- */

static int io(struct rig *r, uint8_t opcode, uint64_t lba, uint32_t blocks, void *data, uint32_t len)
{
	struct req req = { .opcode = opcode, .io = true, .nsid = r->dev.nsid, .data = data, .data_len = len };

	req.cdw10 = (uint32_t)lba;
	req.cdw11 = (uint32_t)(lba >> 32);
	req.cdw12 = blocks - 1;
	return submit(r, &req);
}

static void test_io(void **state)
{
	uint8_t out[1024], in[1024], zero[1024] = { 0 };
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0n1");
	memset(out, 0x5a, sizeof(out));
	memset(in, 0xee, sizeof(in));
	assert_int_equal(io(&r, 0x02, 10, 2, in, 1024), 0);
	assert_memory_equal(in, zero, 1024);
	assert_int_equal(io(&r, 0x05, 10, 2, zero, 1024), 0);
	assert_int_equal(io(&r, 0x05, 10, 2, out, 1024), 0x4285);
	assert_int_equal(io(&r, 0x01, 10, 2, out, 1024), 0);
	assert_int_equal(io(&r, 0x02, 11, 2, in, 1024), 0);
	assert_memory_equal(in, out, 512);
	assert_memory_equal(in + 512, zero, 512);
	assert_int_equal(io(&r, 0x05, 10, 2, out, 1024), 0);
	out[1023] = 0;
	assert_int_equal(io(&r, 0x05, 10, 2, out, 1024), 0x4285);
	assert_int_equal(io(&r, 0x00, 0, 1, NULL, 0), 0);
	assert_int_equal(io(&r, 0x08, 11, 1, NULL, 0), 0);
	assert_int_equal(io(&r, 0x02, 11, 1, in, 512), 0);
	assert_memory_equal(in, zero, 512);
	assert_int_equal(io(&r, 0x02, 10, 1, in, 512), 0);
	assert_memory_equal(in, out, 512);
	/* Bounds: the namespace has 100 blocks. */
	assert_int_equal(io(&r, 0x02, 99, 1, in, 512), 0);
	assert_int_equal(io(&r, 0x02, 100, 1, in, 512), 0x4080);
	assert_int_equal(io(&r, 0x01, 99, 2, out, 1024), 0x4080);
	assert_int_equal(io(&r, 0x02, UINT64_MAX, 2, in, 1024), 0x4080);
	assert_int_equal(io(&r, 0x08, 90, 11, NULL, 0), 0x4080);
	/* A buffer shorter than the blocks. */
	assert_int_equal(io(&r, 0x02, 0, 2, in, 1023), 0x4004);
	assert_int_equal(io(&r, 0x79, 0, 1, NULL, 0), 0x4001);
	rig_done(&r);
}

static int deallocate(struct rig *r, uint64_t lba, uint32_t n, uint32_t attributes, uint32_t len)
{
	uint8_t range[16] = { 0 };
	struct req req = { .opcode = 9, .io = true, .nsid = r->dev.nsid, .data = range, .data_len = len };

	req.cdw11 = attributes;
	memcpy(range + 4, &n, 4);
	memcpy(range + 8, &lba, 8);
	return submit(r, &req);
}

static void test_dataset_management(void **state)
{
	uint8_t out[512], in[512];
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0n1");
	memset(out, 7, sizeof(out));
	assert_int_equal(io(&r, 0x01, 50, 1, out, 512), 0);
	assert_int_equal(deallocate(&r, 50, 1, 0, 16), 0);
	assert_int_equal(io(&r, 0x02, 50, 1, in, 512), 0);
	assert_int_equal(in[0], 7);
	assert_int_equal(deallocate(&r, 40, 60, 4, 16), 0);
	assert_int_equal(io(&r, 0x02, 50, 1, in, 512), 0);
	assert_int_equal(in[0], 0);
	assert_int_equal(deallocate(&r, 40, 61, 4, 16), 0x4080);
	assert_int_equal(deallocate(&r, 40, 1, 4, 15), 0x4004);
	rig_done(&r);
}

/* 4096 bytes with 16 of metadata, in a buffer of their own. */
static void test_metadata(void **state)
{
	uint8_t meta[16], data[4096];
	struct req req = { .opcode = 1, .io = true, .nsid = 5, .data = data, .data_len = 4096, .meta = meta };
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0n2");
	memset(data, 1, sizeof(data));
	memset(meta, 2, sizeof(meta));
	req.meta_len = 15;
	assert_int_equal(submit(&r, &req), 0x4004);
	req.meta_len = 16;
	assert_int_equal(submit(&r, &req), 0);
	memset(data, 0, sizeof(data));
	memset(meta, 0, sizeof(meta));
	req.opcode = 2;
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(data[4095], 1);
	assert_int_equal(meta[15], 2);
	req.cdw10 = 1;
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(meta[15], 0);
	rig_done(&r);
}

static void test_inaccessible_path(void **state)
{
	uint8_t in[512];
	struct rig r;

	(void)state;
	open_sample(&r, "nvme3n2");
	assert_int_equal(io(&r, 0x02, 0, 1, in, 512), 0x0302);
	rig_done(&r);
}

/* --- topology --- */

static const struct topo_subsys *subsys_of(struct rig *r, size_t i, size_t n)
{
	struct topo *t;

	assert_int_equal(sim_ops.topology(&r->ctx, ~0u, &t), 0);
	assert_int_equal(t->nsubsys, n);
	return t->subsys[i];
}

static void test_topology_of_a_drive(void **state)
{
	const struct topo_subsys *s;
	struct rig r;

	(void)state;
	rig_sample(&r);
	s = subsys_of(&r, 0, 2);
	assert_string_equal(s->name, "nvme-subsys0");
	assert_string_equal(s->iopolicy, "numa");
	assert_string_equal(s->hostnqn, "");
	assert_string_equal(s->model, "Drive");
	assert_int_equal(s->nctrls, 1);
	assert_string_equal(s->ctrls[0]->name, "nvme0");
	assert_string_equal(s->ctrls[0]->state, "live");
	assert_string_equal(s->ctrls[0]->address, "0000:01:00.0");
	assert_string_equal(s->ctrls[0]->slot, "4");
	assert_string_equal(s->ctrls[0]->serial, "S1");
	assert_string_equal(s->ctrls[0]->firmware, "F1");
	assert_string_equal(s->ctrls[0]->cntrltype, "io");
	assert_int_equal(s->ctrls[0]->numa_node, 1);
	assert_int_equal(s->ctrls[0]->cntlid, 1);
	assert_ptr_equal(s->ctrls[0]->subsys, s);
	assert_int_equal(s->nns, 2); /* the one that is attached nowhere has no node */
	assert_string_equal(s->ns[0]->name, "nvme0n1");
	assert_string_equal(s->ns[0]->generic, "ng0n1");
	assert_int_equal(s->ns[0]->nsid, 2);
	assert_int_equal(s->ns[0]->lba_size, 512);
	assert_int_equal(s->ns[0]->blocks, 100);
	assert_int_equal(s->ns[0]->used, 50);
	assert_true(s->ns[0]->used_known);
	assert_int_equal(s->ns[0]->csi, 0);
	assert_string_equal(s->ns[0]->uuid, "01234567-89ab-cdef-0123-456789abcdef");
	assert_string_equal(s->ns[0]->eui64, "0011223344556677");
	assert_string_equal(s->ns[0]->nguid, "000102030405060708090a0b0c0d0e0f");
	assert_ptr_equal(s->ns[0]->ctrl, s->ctrls[0]);
	assert_int_equal(s->ns[0]->npaths, 0);
	assert_int_equal(s->ns[1]->lba_size, 4096);
	assert_int_equal(s->ns[1]->meta_size, 16);
	assert_int_equal(s->ns[1]->csi, 2);
	assert_string_equal(s->ns[1]->uuid, "");
	rig_done(&r);
}

static void test_topology_of_paths(void **state)
{
	const struct topo_subsys *s;
	const struct topo_ns *ns;
	struct rig r;

	(void)state;
	rig_sample(&r);
	s = subsys_of(&r, 1, 2);
	assert_string_equal(s->name, "nvme-subsys3");
	assert_string_equal(s->iopolicy, "round-robin");
	assert_string_equal(s->hostid, "11111111-2222-3333-4444-555555555555");
	assert_int_equal(s->nctrls, 4);
	assert_string_equal(s->ctrls[0]->name, "nvme9"); /* as numbers, not as text */
	assert_string_equal(s->ctrls[1]->name, "nvme10");
	assert_string_equal(s->ctrls[2]->state, "dead");
	assert_string_equal(s->ctrls[3]->state, "resetting");
	assert_int_equal(s->ctrls[0]->numa_node, -1);
	ns = s->ns[0];
	assert_null(ns->ctrl);
	assert_int_equal(ns->npaths, 2);
	assert_string_equal(ns->paths[0].name, "nvme3c9n1");
	assert_string_equal(ns->paths[0].ana_state, "non-optimized");
	assert_string_equal(ns->paths[1].name, "nvme3c10n1");
	assert_string_equal(ns->paths[1].ana_state, "optimized");
	assert_int_equal(ns->paths[1].ana_group, 5);
	assert_ptr_equal(ns->paths[1].ctrl, s->ctrls[1]);
	assert_string_equal(ns->generic, "");
	rig_done(&r);
}

/* The built-in system shows what it is there to show. */
static void test_demo(void **state)
{
	const struct topo_subsys *s;
	struct rig r;

	(void)state;
	rig_on(&r, "demo");
	s = subsys_of(&r, 0, 4);
	assert_int_equal(s->ns[0]->lba_size, 512);
	assert_int_equal(s->ns[1]->lba_size, 4096);
	s = subsys_of(&r, 2, 4);
	assert_int_equal(s->ns[0]->npaths, 2);
	s = subsys_of(&r, 3, 4);
	assert_int_equal(s->ns[0]->csi, 2);
	for (const char *const *name = (const char *const[]){ "nvme0", "nvme1", "nvme2", "nvme3", "nvme4", NULL }; *name;
	     name++) {
		assert_int_equal(rig_open(&r, *name), 0);
		assert_int_equal(identify(&r, 1, 0, 0), 0);
		for (uint8_t lid = 0; lid <= 5; lid += lid == 3 ? 2 : 1)
			assert_int_equal(get_log(&r, lid, NSID_ALL, 0, lid ? 512 : 1024), 0);
		assert_int_equal(sim_rejected(&r.dev), 0);
	}
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_int_equal(get_log(&r, 2, NSID_ALL, 0, 512), 0);
	assert_int_equal(r.buf[0], 0x05);
	assert_true(answer_u64(&r, log_spec(2), 512, "avail_spare") < answer_u64(&r, log_spec(2), 512, "spare_thresh"));
	assert_true(answer_u64(&r, log_spec(2), 512, "percent_used") >= 100);
	assert_int_equal(get_log(&r, 1, NSID_ALL, 0, 64), 0);
	assert_true(answer_u64(&r, log_spec(2), 512, "num_err_log_entries") != 0);
	ctx_done(&r.ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get_features),
		cmocka_unit_test(test_set_features),
		cmocka_unit_test(test_other_admin_commands),
		cmocka_unit_test(test_kernel_refusals),
		cmocka_unit_test(test_io),
		cmocka_unit_test(test_dataset_management),
		cmocka_unit_test(test_metadata),
		cmocka_unit_test(test_inaccessible_path),
		cmocka_unit_test(test_topology_of_a_drive),
		cmocka_unit_test(test_topology_of_paths),
		cmocka_unit_test(test_demo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
