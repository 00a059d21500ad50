/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Discovery services that are slow, short, moving or hostile. */
#include "unit.h"

#include <errno.h>
#include <time.h>

#include "dev/discovery.h"
#include "spec/spec.h"

enum { RECORDS = 3, MAX_RECORDS = 200, ALL_BYTES = (MAX_RECORDS + 1) * DISCOVERY_ENTRY };

/* A controller that has nothing but a discovery log. */
static struct {
	uint8_t log[ALL_BYTES];
	size_t there;	    /* bytes that ever arrive */
	unsigned reads;	    /* commands so far */
	unsigned cleared;   /* of them those that let the event go */
	unsigned moves;	    /* so many times the generation changes before a read */
	unsigned shrinks_at; /* at this read it has no records any more; 0: never */
	unsigned fails_at;  /* at this read ... */
	int status;	    /* ... this is the answer */
	bool slow;
} fake;

static void put_le(uint8_t *p, uint64_t v, size_t n)
{
	for (; n--; v >>= 8)
		*p++ = (uint8_t)v;
}

static void put_text(uint8_t *p, const char *text)
{
	memcpy(p, text, strlen(text));
}

static uint64_t numrec(void)
{
	return fake.log[8] | fake.log[9] << 8;
}

static int submit_fake(struct dev *dev, struct req *r)
{
	uint64_t offset = r->cdw12 | (uint64_t)r->cdw13 << 32, end = (numrec() + 1) * DISCOVERY_ENTRY;
	size_t have;

	(void)dev;
	assert_int_equal(r->opcode, ADM_GET_LOG);
	assert_int_equal(r->cdw10 & 0xff, 0x70);
	assert_int_equal(((r->cdw10 >> 16) + 1) * 4, r->data_len);
	fake.reads++;
	fake.cleared += !(r->cdw10 >> 15 & 1);
	if (fake.slow)
		nanosleep(&(const struct timespec){ .tv_nsec = 2000000 }, NULL);
	if (fake.moves && fake.moves--)
		put_le(fake.log, fake.log[0] + 1u, 8);
	if (fake.shrinks_at && fake.reads == fake.shrinks_at) {
		put_le(fake.log, fake.log[0] + 1u, 8);
		put_le(fake.log + 8, 0, 8);
		end = DISCOVERY_ENTRY;
	}
	if (fake.fails_at == fake.reads)
		return r->status = fake.status;
	/* Beyond the end there is nothing to be read. */
	if (fake.there == ALL_BYTES && offset >= end)
		return r->status = 0x4002;
	have = offset < fake.there ? fake.there - (size_t)offset : 0;
	r->received = (uint32_t)(have < r->data_len ? have : r->data_len);
	memcpy(r->data, fake.log + (offset < ALL_BYTES ? offset : 0), r->received);
	return 0;
}

static const struct dev_ops fake_ops = { .name = "fake", .submit = submit_fake };

static struct ctx ctx;
static struct dev dev;
static struct discovery d;
static struct discovery_log got;

static void begin(uint64_t records)
{
	memset(&fake, 0, sizeof(fake));
	fake.there = ALL_BYTES;
	put_le(fake.log, 7, 8);
	put_le(fake.log + 8, records, 8);
	for (size_t i = 1; i <= RECORDS; i++) {
		uint8_t *p = fake.log + i * DISCOVERY_ENTRY;

		p[0] = 3;
		p[1] = 1;
		p[2] = DISC_NVM;
		put_text(p + 32, "4420");
		put_text(p + 256, "nqn.2020-01.test:s");
		put_text(p + 512, "192.0.2.1");
	}
	ctx_init(&ctx);
	dev = (struct dev){ .ctx = &ctx, .ops = &fake_ops, .name = "nvme0", .path = "/dev/nvme0", .fabrics = true };
	d = (struct discovery){ .dev = &dev, .name = "nvme0" };
	got = (struct discovery_log){ 0 };
}

static int read_it(uint64_t limit_ms, uint64_t max)
{
	return discovery_read(&d, limit_ms, max, &got);
}

static void fails(enum exit_code code, const char *says)
{
	if (ctx.error.code != code || !strstr(ctx.error.message, says))
		fail_msg("%d '%s', not %d '%s'", ctx.error.code, ctx.error.message ? ctx.error.message : "", code, says);
}

/* --- the log --- */

static void test_whole_log(void **state)
{
	static const uint64_t counts[] = { 0, 1, RECORDS, 63, 64, 65, 128, MAX_RECORDS };

	(void)state;
	for (size_t i = 0; i < NELEMS(counts); i++) {
		begin(counts[i]);
		assert_int_equal(read_it(60000, DISCOVERY_MAX), 0);
		assert_int_equal(got.genctr, 7);
		assert_int_equal(got.numrec, counts[i]);
		assert_int_equal(got.len, (counts[i] + 1) * DISCOVERY_ENTRY);
		assert_memory_equal(got.raw, fake.log, got.len);
		/* The last read says that the change has been seen; none before it. */
		assert_int_equal(fake.cleared, 1);
		ctx_done(&ctx);
	}
}

/* Nothing is asked for, and nothing set aside, on the word of a count. */
static void test_absurd_counts(void **state)
{
	static const uint64_t counts[] = { UINT64_MAX, UINT64_MAX / 1024, UINT64_C(1) << 54, UINT64_C(1) << 63, 300000, DISCOVERY_MAX + 1 };

	(void)state;
	for (size_t i = 0; i < NELEMS(counts); i++) {
		begin(counts[i]);
		assert_true(read_it(60000, DISCOVERY_MAX) < 0);
		fails(XC_DATA, "no more than 262144 are read in all");
		assert_int_equal(fake.reads, 1);
		ctx_done(&ctx);
	}
	/* What other services have had counts too. */
	begin(RECORDS);
	assert_true(read_it(60000, RECORDS - 1) < 0);
	fails(XC_DATA, "announces 3 records");
	ctx_done(&ctx);
	begin(RECORDS);
	assert_int_equal(read_it(60000, RECORDS), 0);
	ctx_done(&ctx);
	/* Many that never arrive. */
	begin(DISCOVERY_MAX);
	fake.there = 3 * DISCOVERY_ENTRY;
	assert_true(read_it(60000, DISCOVERY_MAX) < 0);
	fails(XC_DATA, "ends early: 3072 bytes instead of 66560");
	assert_true(fake.reads < 5);
	ctx_done(&ctx);
}

static void test_unknown_format(void **state)
{
	static const uint16_t formats[] = { 1, 0x0100, 0xffff };

	(void)state;
	for (size_t i = 0; i < NELEMS(formats); i++) {
		begin(RECORDS);
		put_le(fake.log + 16, formats[i], 2);
		assert_true(read_it(60000, DISCOVERY_MAX) < 0);
		fails(XC_DATA, "and only 0 is known");
		assert_int_equal(fake.reads, 1);
		ctx_done(&ctx);
	}
}

static void test_short_at_every_length(void **state)
{
	(void)state;
	for (size_t n = 0; n < (RECORDS + 1) * DISCOVERY_ENTRY; n++) {
		begin(RECORDS);
		fake.there = n;
		assert_true(read_it(60000, DISCOVERY_MAX) < 0);
		fails(XC_DATA, "ends early");
		ctx_done(&ctx);
	}
	begin(RECORDS);
	fake.there = (RECORDS + 1) * DISCOVERY_ENTRY;
	assert_int_equal(read_it(60000, DISCOVERY_MAX), 0);
	ctx_done(&ctx);
}

static void test_moving(void **state)
{
	(void)state;
	begin(RECORDS);
	fake.moves = UINT32_MAX;
	assert_true(read_it(60000, DISCOVERY_MAX) < 0);
	fails(XC_DATA, "changed during each of 10 attempts");
	assert_int_equal(fake.reads, 30);
	ctx_done(&ctx);
	/* For a while. */
	begin(RECORDS);
	fake.moves = 20;
	assert_int_equal(read_it(60000, DISCOVERY_MAX), 0);
	assert_int_equal(got.genctr, 27);
	assert_memory_equal(got.raw, fake.log, got.len);
	ctx_done(&ctx);
	/* Its records go while they are read: at the entries, and at the second look at the header. */
	for (unsigned at = 2; at <= 3; at++) {
		begin(RECORDS);
		fake.shrinks_at = at;
		assert_int_equal(read_it(60000, DISCOVERY_MAX), 0);
		assert_int_equal(got.numrec, 0);
		assert_int_equal(got.len, DISCOVERY_ENTRY);
		assert_int_equal(ctx.error.code, XC_OK);
		ctx_done(&ctx);
	}
}

static void test_refused_and_slow(void **state)
{
	(void)state;
	for (unsigned at = 1; at <= 3; at++) {
		begin(RECORDS);
		fake.fails_at = at;
		fake.status = 0x4006;
		assert_int_equal(read_it(60000, DISCOVERY_MAX), 0x4006);
		fails(XC_STATUS, "Get Log Page (");
		ctx_done(&ctx);
	}
	begin(RECORDS);
	assert_true(read_it(0, DISCOVERY_MAX) < 0);
	fails(XC_TIMEOUT, "does not arrive in time: 0 bytes so far");
	assert_int_equal(fake.reads, 0);
	ctx_done(&ctx);
	begin(RECORDS);
	fake.slow = true;
	fake.moves = UINT32_MAX;
	assert_true(read_it(1, DISCOVERY_MAX) < 0);
	fails(XC_TIMEOUT, "does not arrive in time");
	assert_true(fake.reads <= 1);
	ctx_done(&ctx);
	begin(RECORDS);
	ctx_interrupted = 1;
	assert_true(read_it(60000, DISCOVERY_MAX) < 0);
	ctx_interrupted = 0;
	fails(XC_TIMEOUT, "was interrupted");
	assert_int_equal(ctx.error.err, EINTR);
	ctx_done(&ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_log),
		cmocka_unit_test(test_absurd_counts),
		cmocka_unit_test(test_unknown_format),
		cmocka_unit_test(test_short_at_every_length),
		cmocka_unit_test(test_moving),
		cmocka_unit_test(test_refused_and_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
