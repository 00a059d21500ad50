/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What stands between commands and backends: chunked log pages, dry run, trace. */
#include "unit.h"

#include <errno.h>

#include "core/ctx.h"
#include "dev/dev.h"
#include "spec/spec.h"

/* --- a backend that writes down what it is sent --- */

#define MAX_SENT 64

static struct {
	struct req sent[MAX_SENT];
	size_t n;
	uint32_t limit;		  /* longest transfer accepted; 0: any */
	size_t short_at, fail_at; /* which transfer, from 1 */
	uint32_t short_len;
	int too_long, rc;
} fake;

/* A page whose every byte says where it stands. */
static uint8_t pattern(uint64_t at)
{
	return (uint8_t)(at * 7 + (at >> 8));
}

static int fake_submit(struct dev *dev, struct req *r)
{
	uint64_t offset = (uint64_t)r->cdw13 << 32 | r->cdw12;

	(void)dev;
	assert_true(fake.n < MAX_SENT);
	fake.sent[fake.n++] = *r;
	if (fake.limit && r->data_len > fake.limit)
		return fake.too_long;
	if (fake.n == fake.fail_at)
		return fake.rc;
	if (fake.n == fake.short_at)
		r->received = fake.short_len;
	for (uint32_t i = 0; i < r->received && r->opcode == ADM_GET_LOG; i++)
		((uint8_t *)r->data)[i] = pattern(offset + i);
	r->result = 0x1234;
	return 0;
}

static const struct dev_ops fake_ops = { .name = "fake", .submit = fake_submit };

struct rig {
	struct ctx ctx;
	struct dev dev;
	char *trace;
	size_t trace_len;
};

static void rig_new(struct rig *r)
{
	memset(&fake, 0, sizeof(fake));
	memset(r, 0, sizeof(*r));
	ctx_init(&r->ctx);
	r->ctx.trace_to = open_memstream(&r->trace, &r->trace_len);
	assert_non_null(r->ctx.trace_to);
	r->dev = (struct dev){
		.ctx = &r->ctx, .ops = &fake_ops, .name = "nvme9", .path = "/dev/nvme9", .fd = -1
	};
}

static const char *traced(struct rig *r)
{
	fflush(r->ctx.trace_to);
	return r->trace;
}

static void rig_done(struct rig *r)
{
	fclose(r->ctx.trace_to);
	free(r->trace);
	ctx_done(&r->ctx);
}

/* --- log pages in pieces --- */

/* Reads into a block of exactly len bytes, compares what arrived, and returns the number of transfers. */
static size_t read_log(struct rig *r, const struct log_args *l, size_t len, int want_rc, size_t want_got)
{
	uint8_t *buf = malloc(len ? len : 1);
	size_t got = 12345;

	assert_int_equal(dev_get_log(&r->dev, l, buf, len, &got), want_rc);
	assert_int_equal(got, want_got);
	for (size_t i = 0; i < got && !l->ot; i++)
		assert_int_equal(buf[i], pattern(l->offset + i));
	free(buf);
	return fake.n;
}

static uint64_t offset_of(size_t i)
{
	return (uint64_t)fake.sent[i].cdw13 << 32 | fake.sent[i].cdw12;
}

static uint32_t numd_of(size_t i)
{
	return (fake.sent[i].cdw10 >> 16) | (fake.sent[i].cdw11 & 0xffff) << 16;
}

static bool rae_of(size_t i)
{
	return fake.sent[i].cdw10 >> 15 & 1;
}

static void test_log_fields(void **state)
{
	const struct log_args l = { .lid = 0xd1,
				    .csi = 2,
				    .lsp = 0x55,
				    .uuid_index = 3,
				    .lsi = 0xabcd,
				    .nsid = 7,
				    .offset = 0x123456780,
				    .rae = true };
	struct rig r;

	(void)state;
	rig_new(&r);
	assert_int_equal(read_log(&r, &l, 512, 0, 512), 1);
	assert_int_equal(fake.sent[0].opcode, 0x02);
	assert_false(fake.sent[0].io);
	assert_int_equal(fake.sent[0].nsid, 7);
	assert_int_equal(fake.sent[0].cdw10, 127u << 16 | 1 << 15 | 0x55 << 8 | 0xd1);
	assert_int_equal(fake.sent[0].cdw11, 0xabcdu << 16);
	assert_int_equal(fake.sent[0].cdw12, 0x23456780);
	assert_int_equal(fake.sent[0].cdw13, 1);
	assert_int_equal(fake.sent[0].cdw14, 2u << 24 | 3);
	rig_done(&r);
}

static void test_log_chunks(void **state)
{
	static const struct {
		size_t len, transfers;
		uint32_t chunk, last;
	} rows[] = {
		{ 0, 0, 0, 0 },
		{ 1, 1, 0, 4 },
		{ 4, 1, 0, 4 },
		{ 511, 1, 0, 512 },
		{ 4095, 1, 0, 4096 },
		{ 4096, 1, 0, 4096 },
		{ 4097, 2, 0, 4 },
		{ 8192, 2, 0, 4096 },
		{ 10002, 3, 0, 1812 },
		{ 65536, 4, 16384, 16384 },
		{ 70000, 5, 16384, 4464 },
		{ 10000, 2, 8195, 1808 },
		{ 300000, 1, 1 << 20, 300000 },
	};
	struct rig r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct log_args l = { .lid = 0xc0, .offset = 8, .chunk = rows[i].chunk };
		uint64_t at = 8;

		rig_new(&r);
		assert_int_equal(read_log(&r, &l, rows[i].len, 0, rows[i].len), rows[i].transfers);
		for (size_t t = 0; t < fake.n; t++) {
			assert_true(offset_of(t) == at);
			assert_int_equal(at % 4, 0);
			assert_int_equal(fake.sent[t].data_len % 4, 0);
			assert_int_equal(numd_of(t), fake.sent[t].data_len / 4 - 1);
			assert_int_equal(rae_of(t),
					 t + 1 < fake.n); /* the event ends with the last transfer only */
			at += fake.sent[t].data_len;
		}
		if (fake.n)
			assert_int_equal(fake.sent[fake.n - 1].data_len, rows[i].last);
		rig_done(&r);
	}
}

static void test_log_retains_the_event(void **state)
{
	const struct log_args l = { .lid = 1, .rae = true };
	struct rig r;

	(void)state;
	rig_new(&r);
	assert_int_equal(read_log(&r, &l, 3 * 4096, 0, 3 * 4096), 3);
	for (size_t t = 0; t < 3; t++)
		assert_true(rae_of(t));
	rig_done(&r);
	/* A dry run changes nothing, not even that. */
	rig_new(&r);
	r.ctx.g.dry_run = true;
	assert_int_equal(read_log(&r, &(struct log_args){ .lid = 1 }, 512, 0, 512), 1);
	assert_true(rae_of(0));
	rig_done(&r);
}

static void test_log_halves(void **state)
{
	static const int errors[] = { -EINVAL, -EMSGSIZE };
	const struct log_args l = { .lid = 1, .chunk = 65536 };
	struct rig r;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		rig_new(&r);
		fake.limit = 20000;
		fake.too_long = errors[i];
		/* 65536 and 32768 are refused, then 16384 each. */
		assert_int_equal(read_log(&r, &l, 70000, 0, 70000), 2 + 5);
		assert_int_equal(fake.sent[0].data_len, 65536);
		assert_int_equal(fake.sent[1].data_len, 32768);
		for (size_t t = 2; t < 6; t++)
			assert_int_equal(fake.sent[t].data_len, 16384);
		assert_int_equal(fake.sent[6].data_len, 70000 - 65536);
		assert_int_equal(r.ctx.error.code, XC_OK);
		rig_done(&r);
	}
	/* It ends with what every controller takes. */
	rig_new(&r);
	fake.limit = 100;
	fake.too_long = -EINVAL;
	assert_int_equal(read_log(&r, &l, 20000, -EINVAL, 0), 3);
	assert_int_equal(fake.sent[1].data_len, 8192);
	assert_int_equal(fake.sent[2].data_len, 4096);
	assert_int_not_equal(r.ctx.error.code, XC_OK);
	rig_done(&r);
	/* A refusal of the controller's own is no reason to try again. */
	rig_new(&r);
	fake.limit = 100;
	fake.too_long = 0x4002;
	assert_int_equal(read_log(&r, &l, 20000, 0x4002, 0), 1);
	assert_int_equal(r.ctx.error.status, 0x4002);
	rig_done(&r);
}

static void test_log_short_and_failed(void **state)
{
	const struct log_args l = { .lid = 2 };
	struct rig r;

	(void)state;
	rig_new(&r);
	fake.short_at = 2;
	fake.short_len = 100;
	assert_int_equal(read_log(&r, &l, 20000, 0, 4096 + 100), 2);
	assert_int_equal(r.ctx.error.code, XC_OK);
	rig_done(&r);
	rig_new(&r);
	fake.short_at = 1;
	assert_int_equal(read_log(&r, &l, 510, 0, 0), 1);
	rig_done(&r);
	/* A transport that says more than was asked for is not believed. */
	rig_new(&r);
	fake.short_at = 1;
	fake.short_len = 512;
	assert_int_equal(read_log(&r, &l, 510, 0, 510), 1);
	rig_done(&r);
	rig_new(&r);
	fake.fail_at = 3;
	fake.rc = 0x4109;
	assert_int_equal(read_log(&r, &l, 20000, 0x4109, 8192), 3);
	assert_int_equal(r.ctx.error.code, XC_UNSUPPORTED);
	assert_string_equal(r.ctx.error.device, "/dev/nvme9");
	assert_non_null(strstr(r.ctx.error.message, "SMART"));
	assert_non_null(strstr(r.ctx.error.message, "Invalid Log Page"));
	rig_done(&r);
}

/* An index counts records, of which nobody knows the length here. */
static void test_log_by_index(void **state)
{
	const struct log_args l = { .lid = 0x12, .offset = 5, .ot = true };
	struct rig r;

	(void)state;
	rig_new(&r);
	assert_int_equal(read_log(&r, &l, 20000, 0, 20000), 1);
	assert_true(offset_of(0) == 5);
	assert_int_equal(fake.sent[0].cdw14, 1u << 23);
	assert_int_equal(fake.sent[0].data_len, 20000);
	rig_done(&r);
	rig_new(&r);
	fake.limit = 4096;
	fake.too_long = -EINVAL;
	assert_int_equal(read_log(&r, &l, 20000, -EINVAL, 0), 1);
	rig_done(&r);
}

/* --- dry run and trace --- */

static void test_dry_run(void **state)
{
	struct rig r;
	char data[512];

	(void)state;
	/* Every command that there could be, in both queues: only what is known to read is sent. */
	for (int i = 0; i < 2 * 256 * 2; i++) {
		struct req req = { .opcode = (uint8_t)i,
				   .io = i & 256,
				   .passthru = i & 512,
				   .data = data,
				   .data_len = sizeof(data) };
		const struct opcode *op = opcode_info(req.opcode, req.io);
		bool reads = op && !op->alters && !req.passthru;
		const struct val *list;

		rig_new(&r);
		r.ctx.g.dry_run = true;
		req.result = 99;
		assert_int_equal(dev_submit(&r.dev, &req), 0);
		if (fake.n != reads)
			fail_msg("%s opcode 0x%02x%s", req.io ? "I/O" : "admin", req.opcode,
				 reads ? "" : " was sent");
		if (!reads) {
			assert_int_equal(req.received, 0);
			assert_int_equal(req.result, 0);
			list = val_get(r.ctx.plan, "commands");
			assert_int_equal(list->c.n, 1);
			assert_int_equal(val_u64(list->c.first, "opcode", 999), req.opcode);
			assert_string_equal(val_str(r.ctx.arena, list->c.first, "queue"), req.io ? "io" : "admin");
			assert_string_equal(val_str(r.ctx.arena, list->c.first, "name"),
					    op ? op->text : arena_printf(r.ctx.arena, "opcode 0x%02x", req.opcode));
		} else {
			assert_null(r.ctx.plan);
		}
		assert_string_equal(traced(&r), "");
		rig_done(&r);
	}
}

static void test_altering_opcodes(void **state)
{
	/* Of these the table must never say that they only read. */
	static const uint8_t admin[] = { 0x00, 0x01, 0x04, 0x05, 0x08, 0x09, 0x0d, 0x10, 0x11, 0x14,
					 0x15, 0x19, 0x1c, 0x1d, 0x20, 0x24, 0x80, 0x81, 0x84 };
	static const uint8_t io[] = { 0x01, 0x04, 0x08, 0x09, 0x0d, 0x11, 0x15, 0x19, 0x1d, 0x79, 0x7d };

	(void)state;
	for (size_t i = 0; i < sizeof(admin); i++)
		assert_true(!opcode_info(admin[i], false) || opcode_info(admin[i], false)->alters);
	for (size_t i = 0; i < sizeof(io); i++)
		assert_true(!opcode_info(io[i], true) || opcode_info(io[i], true)->alters);
	assert_false(opcode_info(ADM_IDENTIFY, false)->alters);
	assert_false(opcode_info(ADM_GET_LOG, false)->alters);
	assert_false(opcode_info(ADM_GET_FEATURES, false)->alters);
}

static void test_trace(void **state)
{
	char secret[8] = "secret!";
	struct req req = { .opcode = ADM_IDENTIFY,
			   .nsid = 0x12,
			   .cdw10 = 0xabc,
			   .cdw15 = 0xf,
			   .data = secret,
			   .data_len = sizeof(secret) };
	struct rig r;

	(void)state;
	rig_new(&r);
	assert_int_equal(dev_submit(&r.dev, &req), 0);
	assert_string_equal(traced(&r), "");
	r.ctx.g.trace = true;
	assert_int_equal(dev_submit(&r.dev, &req), 0);
	assert_non_null(strstr(traced(&r),
			       "nvme9 admin identify: nsid 0x12 cdw10-15 00000abc 00000000 00000000 00000000 "
			       "00000000 0000000f data 8 -> success, result 0x1234, "));
	fake.fail_at = 3;
	fake.rc = 0x400b;
	assert_int_equal(dev_submit(&r.dev, &req), 0x400b);
	assert_int_equal(req.status, 0x400b);
	assert_non_null(strstr(traced(&r), "-> status 0x400b (Invalid Namespace or Format), "));
	fake.fail_at = 4;
	fake.rc = -ETIMEDOUT;
	assert_int_equal(dev_submit(&r.dev, &req), -ETIMEDOUT);
	assert_int_equal(req.status, 0);
	assert_non_null(strstr(traced(&r), "-> Connection timed out, "));
	assert_null(strstr(r.trace, "secret"));
	assert_null(strstr(r.trace, "736563"));
	/* dev_submit leaves the judgement to its caller. */
	assert_int_equal(r.ctx.error.code, XC_OK);
	rig_done(&r);
}

static void test_timeout(void **state)
{
	struct req req = { .opcode = ADM_IDENTIFY };
	struct rig r;

	(void)state;
	rig_new(&r);
	dev_submit(&r.dev, &req);
	r.ctx.g.timeout_ms = 7000;
	dev_submit(&r.dev, &req);
	req.timeout_ms = 3;
	dev_submit(&r.dev, &req);
	assert_int_equal(fake.sent[0].timeout_ms, 0);
	assert_int_equal(fake.sent[1].timeout_ms, 7000);
	assert_int_equal(fake.sent[2].timeout_ms, 3);
	rig_done(&r);
}

static void test_failures_in_words(void **state)
{
	static const struct {
		int rc;
		enum exit_code code;
		const char *says;
	} rows[] = {
		{ -EACCES, XC_PERM, "permit" },
		{ -EPERM, XC_PERM, "permit" },
		{ -ETIMEDOUT, XC_TIMEOUT, "timed out" },
		{ -EINTR, XC_TIMEOUT, "cancelled" },
		{ -ENODEV, XC_NODEV, "No such device" },
		{ -EIO, XC_INTERNAL, "Input/output error" },
		{ 0x4001, XC_UNSUPPORTED, "Invalid Command Opcode" },
		{ 0x4002, XC_STATUS, "Invalid Field in Command" },
		{ 0x0006, XC_STATUS, "Internal Error" },
		{ 0x07ff, XC_STATUS, "0x7ff" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct req req = { .opcode = ADM_IDENTIFY };
		struct rig r;

		rig_new(&r);
		fake.fail_at = 1;
		fake.rc = rows[i].rc;
		assert_int_equal(dev_command(&r.dev, &req, "Looking"), rows[i].rc);
		if (r.ctx.error.code != rows[i].code || !strstr(r.ctx.error.message, rows[i].says) ||
		    !strstr(r.ctx.error.message, "Looking on /dev/nvme9"))
			fail_msg("%d: exit code %d, %s", rows[i].rc, r.ctx.error.code, r.ctx.error.message);
		rig_done(&r);
	}
}

static void test_buffers(void **state)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 1 << 20 };
	struct rig r;

	(void)state;
	rig_new(&r);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t whole = (sizes[i] + 4095) / 4096 * 4096;
		uint8_t *p = dev_buffer(&r.ctx, sizes[i]);

		assert_int_equal((uintptr_t)p % 4096, 0);
		for (size_t k = 0; k < whole; k++)
			assert_int_equal(p[k], 0);
		memset(p, 0xff, whole);
	}
	rig_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_log_fields),
		cmocka_unit_test(test_log_chunks),
		cmocka_unit_test(test_log_retains_the_event),
		cmocka_unit_test(test_log_halves),
		cmocka_unit_test(test_log_short_and_failed),
		cmocka_unit_test(test_log_by_index),
		cmocka_unit_test(test_dry_run),
		cmocka_unit_test(test_altering_opcodes),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_failures_in_words),
		cmocka_unit_test(test_buffers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
