/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the tool makes of the answers of an RPMB target: of a sound one, and of one that somebody tampers with. */
#include "unit.h"

#include <errno.h>

#include "cmd/secure.h"
#include "core/hmac.h"
#include "dev/gate.h"

static const uint8_t right_key[RPMB_KEY_SIZE] = "0123456789abcdef0123456789abcde";

/* What is wrong with the answer; whoever tampers knows the key, so that the MAC alone does not give it away. */
enum tamper { SOUND, NONCE, ADDRESS, COUNTER_STAYS, COUNTER_JUMPS, TARGET, MESSAGE, MAC, DATA, SHORT_FRAME, SHORT_DATA, RESULT };

static struct {
	enum tamper how;
	uint8_t asked[RPMB_FRAME + 4 * RPMB_SECTOR]; /* the last request that is no question for a result */
	uint32_t counter;
	unsigned sent;
} drive;

static void answer(struct req *r)
{
	uint8_t *f = r->data;
	unsigned message = drive.asked[254];

	memset(f, 0, r->data_len);
	f[223] = drive.asked[223];
	memcpy(f + 224, drive.asked + 224, 16);
	memcpy(f + 240, &drive.counter, 4); /* the tests run where the bytes are in this order */
	memcpy(f + 244, drive.asked + 244, 8);
	f[255] = (uint8_t)message;
	memset(f + RPMB_FRAME, 0xda, r->data_len - RPMB_FRAME);
	if (drive.how == NONCE)
		f[230] ^= 1;
	if (drive.how == ADDRESS)
		f[244] ^= 1;
	if (drive.how == TARGET)
		f[223] ^= 1;
	if (drive.how == MESSAGE)
		f[255] ^= 1;
	if (drive.how == RESULT)
		f[252] = RPMB_READ_FAILURE;
	assert_int_equal(hmac_sha256(right_key, sizeof(right_key), f + 223, r->data_len - 223, f + 191), 0);
	if (drive.how == MAC)
		f[222] ^= 1;
	if (drive.how == DATA)
		f[r->data_len - 1] ^= 1;
	r->received = drive.how == SHORT_FRAME ? RPMB_FRAME - 1 :
		      drive.how == SHORT_DATA  ? r->data_len - 1 :
						 r->data_len;
}

static int fake_submit(struct dev *dev, struct req *r)
{
	const uint8_t *f = r->data;

	(void)dev;
	assert_int_equal(r->cdw10, 0xea000102);
	assert_int_equal(r->cdw11, r->data_len);
	if (r->opcode == 0x82) {
		answer(r);
		return 0;
	}
	assert_int_equal(r->opcode, 0x81);
	drive.sent++;
	if (f[254] == RPMB_RESULT)
		return 0;
	assert_true(r->data_len <= sizeof(drive.asked));
	memcpy(drive.asked, f, r->data_len);
	if (f[254] == RPMB_WRITE && drive.how != COUNTER_STAYS)
		drive.counter += drive.how == COUNTER_JUMPS ? 2 : 1;
	return 0;
}

static const struct dev_ops fake = { .name = "fake", .submit = fake_submit };

static struct dev dev;
static struct ctx ctx;
static struct rpmb target;

static void begin(enum tamper how)
{
	memset(&drive, 0, sizeof(drive));
	drive.how = how;
	drive.counter = 41;
	ctx_init(&ctx);
	dev = (struct dev){ .ctx = &ctx, .ops = &fake, .name = "nvme0", .path = "/dev/nvme0" };
	ctx.dev = &dev;
	gate_allow(&dev, NULL, 0);
	target = (struct rpmb){ .ctx = &ctx, .ntargets = 3, .target = 2, .sectors = 256, .access = 4,
				.key = { arena_memdup(ctx.arena, right_key, sizeof(right_key)), sizeof(right_key) } };
}

static int read_two(struct rpmb_answer *a)
{
	return rpmb_ask(&target, RPMB_READ, 16, 2, a);
}

static int write_one(struct rpmb_answer *a)
{
	uint8_t data[RPMB_SECTOR];
	struct req req;
	int rc;

	memset(data, 0x11, sizeof(data));
	rc = rpmb_request(&target, RPMB_WRITE, 41, 16, 1, data, sizeof(data), &req);
	assert_int_equal(rc, 0);
	rc = rpmb_alter(&target, &req, RPMB_WRITE, 41, a);
	/* The frame is not left behind. */
	for (size_t i = 0; i < req.data_len; i++)
		assert_int_equal(((uint8_t *)req.data)[i], 0);
	return rc;
}

static void expect(int (*what)(struct rpmb_answer *a), enum tamper how, enum exit_code code, const char *part)
{
	struct rpmb_answer a = { 0 };
	int rc;

	begin(how);
	rc = what(&a);
	if (!code && rc)
		fail_msg("%s", ctx.error.message);
	if (code && (!rc || ctx.error.code != code || !strstr(ctx.error.message, part)))
		fail_msg("tampering %d: %d '%s'", how, rc, ctx.error.message ? ctx.error.message : "");
	assert_true(code || a.authentic);
	ctx_done(&ctx);
}

static void test_reading(void **state)
{
	struct rpmb_answer a;

	(void)state;
	expect(read_two, SOUND, XC_OK, NULL);
	expect(read_two, NONCE, XC_DATA, "an old one");
	expect(read_two, ADDRESS, XC_DATA, "another address");
	expect(read_two, TARGET, XC_DATA, "something else");
	expect(read_two, MESSAGE, XC_DATA, "something else");
	expect(read_two, MAC, XC_DATA, "not authentic");
	expect(read_two, DATA, XC_DATA, "not authentic");
	expect(read_two, SHORT_FRAME, XC_DATA, "ends early");
	expect(read_two, SHORT_DATA, XC_DATA, "ends early");
	expect(read_two, RESULT, XC_STATUS, "Read failure");
	begin(SOUND);
	assert_int_equal(read_two(&a), 0);
	assert_int_equal(a.len, 2 * RPMB_SECTOR);
	assert_int_equal(a.data[1023], 0xda);
	ctx_done(&ctx);
}

static void test_writing(void **state)
{
	(void)state;
	expect(write_one, SOUND, XC_OK, NULL);
	expect(write_one, ADDRESS, XC_DATA, "another address");
	expect(write_one, COUNTER_STAYS, XC_DATA, "did not go up by one");
	expect(write_one, COUNTER_JUMPS, XC_DATA, "did not go up by one");
	expect(write_one, MAC, XC_DATA, "not authentic");
	expect(write_one, RESULT, XC_STATUS, "Read failure");
	assert_int_equal(drive.sent, 2);
	/* What was sent is what the drive can check. */
	assert_memory_equal(drive.asked + 240, "\x29\0\0\0\x10\0\0\0\1\0\0\0\0\0\3\0", 16);
}

static void test_nonces_differ(void **state)
{
	struct rpmb_answer a;
	uint8_t first[16];

	(void)state;
	begin(SOUND);
	assert_int_equal(read_two(&a), 0);
	memcpy(first, drive.asked + 224, 16);
	assert_int_equal(read_two(&a), 0);
	assert_memory_not_equal(first, drive.asked + 224, 16);
	ctx_done(&ctx);
}

/* Without a key there is nothing to verify with, and that is said. */
static void test_without_key(void **state)
{
	struct rpmb_answer a;

	(void)state;
	begin(MAC);
	secret_wipe(&target.key);
	assert_int_equal(read_two(&a), 0);
	assert_false(a.authentic);
	ctx_done(&ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_writing),
		cmocka_unit_test(test_nonces_differ),
		cmocka_unit_test(test_without_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
