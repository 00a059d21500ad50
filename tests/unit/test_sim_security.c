/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Security of the simulated drive: protocols, RPMB, Opal, lockdown; and the secrets that go there. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/hmac.h"
#include "core/secret.h"
#include "dev/opal.h"
#include "sim_sample.h"
#include "spec/security.h"

#define SEND 0x81
#define RECV 0x82

static char text[8192];

/* A drive; identify, model and features are put in. */
static void on(struct rig *r, const char *identify, const char *model)
{
	char file[64];

	snprintf(text, sizeof(text),
		 "{ \"nvmekit-image\": 1, \"subsystems\": [ { \"name\": \"nvme-subsys0\", \"nqn\": \"nqn.t:d\", \"model\": { %s },\n"
		 "  \"controllers\": [\n"
		 "   { \"name\": \"nvme0\", \"cntlid\": 1, \"transport\": \"pcie\", \"identify\": { \"lpa\": 4, \"cmic\": 2, %s },\n"
		 "     \"features\": { \"0x02\": { \"current\": 0 }, \"0x06\": { \"current\": 0 } } },\n"
		 "   { \"name\": \"nvme1\", \"cntlid\": 2, \"transport\": \"pcie\", \"identify\": { \"lpa\": 4, \"cmic\": 2, %s },\n"
		 "     \"features\": { \"0x02\": { \"current\": 0 } } } ],\n"
		 "  \"namespaces\": [ { \"name\": \"nvme0n1\", \"nsid\": 1, \"identify\": { \"nsze\": 64, \"lbafs\": [ { \"ds\": 9 } ] } } ] } ] }",
		 model, identify, identify);
	write_image(file, text);
	rig_on(r, r->file);
	strcpy(r->file, file);
	if (rig_open(r, "nvme0"))
		fail_msg("%s", r->ctx.error.message);
}

static int security(struct rig *r, uint8_t op, uint8_t secp, uint16_t spsp, uint8_t nssf, uint32_t len, struct req *req)
{
	*req = admin_req(r, op, 0, (uint32_t)secp << 24 | (uint32_t)spsp << 8 | nssf, len, len);
	return submit(r, req);
}

/* --- HMAC --- */

static const uint8_t some_key[32] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
				      16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 };

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static void frame(uint8_t *f, unsigned message, uint8_t target, uint32_t counter, uint32_t address, uint32_t sectors)
{
	memset(f, 0, RPMB_FRAME);
	f[223] = target;
	put32(f + 240, counter);
	put32(f + 244, address);
	put32(f + 248, sectors);
	f[254] = (uint8_t)message;
}

static void sign(uint8_t *f, size_t len)
{
	assert_int_equal(hmac_sha256(some_key, 32, f + 223, len - 223, f + 191), 0);
}

/*
 * The MAC of a write of one sector, calculated by another implementation:
 *
 *	f = bytearray(256); f[223] = 1; f[240] = 5; f[244] = 7; f[248] = 1; f[254] = 3
 *	data = bytes(i * 3 & 255 for i in range(512))
 *	hmac.new(bytes(range(32)), bytes(f[223:]) + data, hashlib.sha256).hexdigest()
 */
static const char vector[] = "4b2d6ce186c64761fb17e757be811f47a2929104dc67aa88da4ac2fe22720708";

static void test_mac(void **state)
{
	uint8_t f[RPMB_FRAME + 512], mac[32];
	char hex[65];

	(void)state;
	frame(f, RPMB_WRITE, 1, 5, 7, 1);
	for (int i = 0; i < 512; i++)
		f[RPMB_FRAME + i] = (uint8_t)(i * 3);
	sign(f, sizeof(f));
	for (int i = 0; i < 32; i++)
		sprintf(hex + 2 * i, "%02x", f[191 + i]);
	assert_string_equal(hex, vector);
	/* RFC 4231, test case 2 */
	assert_int_equal(hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, mac), 0);
	assert_memory_equal(mac, "\x5b\xdc\xc1\x46\xbf\x60\x75\x4e\x6a\x04\x24\x26\x08\x95\x75\xc7", 16);
	assert_true(hmac_equal(mac, mac));
	memcpy(f, mac, 32);
	f[31] ^= 1;
	assert_false(hmac_equal(mac, f));
}

/* --- protocols --- */

#define IDENTIFY "\"oacs\": \"0x401\", \"rpmbs\": \"0x01000002\", \"mdts\": 3"

static void test_protocols(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	on(&r, IDENTIFY, "\"opal\": { \"psid\": \"P\" }");
	assert_int_equal(security(&r, RECV, 0, 0, 0, 16, &req), 0);
	assert_memory_equal(r.buf, "\0\0\0\0\0\0\0\3\0\1\xea\0\0\0\0\0", 16);
	assert_int_equal(security(&r, RECV, 0, 0, 0, 9, &req), 0);
	assert_int_equal(req.received, 9);
	assert_int_equal(security(&r, RECV, 0, 1, 0, 16, &req), 0x4002);
	assert_int_equal(security(&r, SEND, 0, 0, 0, 16, &req), 0x4002);
	assert_int_equal(security(&r, RECV, 2, 0, 0, 16, &req), 0x4002);
	assert_int_equal(security(&r, RECV, 0xea, 2, 0, 256, &req), 0x4002);
	assert_int_equal(security(&r, RECV, 1, 0x1000, 0, 512, &req), 0x4002);
	/* More than the host has room for. */
	req = admin_req(&r, RECV, 0, 0, 32, 16);
	assert_int_equal(submit(&r, &req), 0x4004);
	req = admin_req(&r, SEND, 0, 0xea000100, 256, 0);
	assert_int_equal(submit(&r, &req), 0x4004);
	rig_done(&r);
	on(&r, "\"oacs\": \"0x0400\", \"rpmbs\": \"0x01000002\"", "");
	assert_int_equal(security(&r, RECV, 0, 0, 0, 16, &req), 0x4001);
	rig_done(&r);
	on(&r, "\"oacs\": 1", "");
	assert_int_equal(security(&r, RECV, 0, 0, 0, 16, &req), 0);
	assert_memory_equal(r.buf, "\0\0\0\0\0\0\0\1\0\0", 10);
	assert_int_equal(security(&r, RECV, 1, 1, 0, 512, &req), 0x4002);
	assert_int_equal(security(&r, RECV, 0xea, 1, 0, 256, &req), 0x4002);
	rig_done(&r);
}

/* --- RPMB --- */

/* What is in r->buf goes to the target; for what alters, the result is asked for. Returns the result code. */
static unsigned exchange(struct rig *r, uint8_t target, size_t len, size_t answer)
{
	bool alters = r->buf[254] == RPMB_PROGRAM_KEY || r->buf[254] == RPMB_WRITE || r->buf[254] == RPMB_WRITE_CONFIG;
	unsigned message = r->buf[254];
	struct req req;

	assert_int_equal(security(r, SEND, SECP_NVME, RPMB_SPSP, target, (uint32_t)len, &req), 0);
	if (alters) {
		assert_int_equal(security(r, RECV, SECP_NVME, RPMB_SPSP, target, 256, &req), 0x400c);
		frame(r->buf, RPMB_RESULT, target, 0, 0, 0);
		assert_int_equal(security(r, SEND, SECP_NVME, RPMB_SPSP, target, 256, &req), 0);
	}
	memset(r->buf, 0xee, sizeof(r->buf));
	assert_int_equal(security(r, RECV, SECP_NVME, RPMB_SPSP, target, (uint32_t)answer, &req), 0);
	assert_int_equal(r->buf[answer], 0xee);
	assert_int_equal(r->buf[255], message);
	assert_int_equal(r->buf[254], 0);
	assert_int_equal(r->buf[223], target);
	return r->buf[252];
}

static void expect_mac(struct rig *r, size_t len)
{
	uint8_t mac[32];

	assert_int_equal(hmac_sha256(some_key, 32, r->buf + 223, len - 223, mac), 0);
	assert_memory_equal(mac, r->buf + 191, 32);
}

static unsigned ask(struct rig *r, unsigned message, uint8_t target, uint32_t address, uint32_t sectors)
{
	frame(r->buf, message, target, 0, address, sectors);
	memset(r->buf + 224, 0x5a, 16);
	return exchange(r, target, 256, 256 + 512 * (size_t)sectors);
}

static unsigned write_sectors(struct rig *r, uint8_t target, uint32_t counter, uint32_t address, uint32_t n, uint8_t fill)
{
	size_t len = RPMB_FRAME + 512 * (size_t)n;

	frame(r->buf, RPMB_WRITE, target, counter, address, n);
	memset(r->buf + RPMB_FRAME, fill, 512 * (size_t)n);
	sign(r->buf, len);
	return exchange(r, target, len, 256);
}

static unsigned program(struct rig *r, uint8_t target)
{
	frame(r->buf, RPMB_PROGRAM_KEY, target, 0, 0, 0);
	memcpy(r->buf + 191, some_key, 32);
	return exchange(r, target, 256, 256);
}

static void test_rpmb_key(void **state)
{
	static const uint8_t zeroes[32];
	struct rig r;

	(void)state;
	on(&r, IDENTIFY, "");
	assert_int_equal(ask(&r, RPMB_READ_COUNTER, 0, 0, 0), RPMB_NO_KEY);
	assert_memory_equal(r.buf + 191, zeroes, 32);
	assert_int_equal(ask(&r, RPMB_READ, 0, 0, 1), RPMB_NO_KEY);
	assert_int_equal(ask(&r, RPMB_READ_CONFIG, 0, 0, 1), RPMB_NO_KEY);
	assert_int_equal(write_sectors(&r, 0, 0, 0, 1, 1), RPMB_NO_KEY);
	assert_int_equal(program(&r, 0), RPMB_OK);
	assert_memory_equal(r.buf + 191, zeroes, 32);
	assert_int_equal(program(&r, 0), RPMB_WRITE_FAILURE);
	assert_int_equal(ask(&r, RPMB_READ_COUNTER, 0, 0, 0), RPMB_OK);
	expect_mac(&r, 256);
	assert_int_equal(r.buf[224], 0x5a);
	assert_int_equal(r.buf[239], 0x5a);
	/* Each target has a key of its own; the other controller sees the same targets. */
	assert_int_equal(ask(&r, RPMB_READ_COUNTER, 1, 0, 0), RPMB_NO_KEY);
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_int_equal(ask(&r, RPMB_READ_COUNTER, 0, 0, 0), RPMB_OK);
	rig_done(&r);
}

static void test_rpmb_data(void **state)
{
	struct rig r;

	(void)state;
	on(&r, IDENTIFY, "");
	assert_int_equal(program(&r, 1), RPMB_OK);
	assert_int_equal(write_sectors(&r, 1, 0, 255, 1, 0x11), RPMB_OK);
	expect_mac(&r, 256);
	assert_int_equal(r.buf[240], 1);
	assert_int_equal(r.buf[244], 255);
	assert_int_equal(write_sectors(&r, 1, 1, 3, 2, 0x22), RPMB_OK);
	assert_int_equal(r.buf[240], 2);
	/* Refused, in the order of the checks; nothing is counted. */
	assert_int_equal(write_sectors(&r, 1, 2, 256, 1, 0x33), RPMB_WRONG_ADDRESS);
	assert_int_equal(write_sectors(&r, 1, 2, 255, 2, 0x33), RPMB_WRONG_ADDRESS);
	assert_int_equal(write_sectors(&r, 1, 2, UINT32_MAX, 2, 0x33), RPMB_WRONG_ADDRESS);
	assert_int_equal(write_sectors(&r, 1, 1, 3, 1, 0x33), RPMB_WRONG_COUNTER);
	assert_int_equal(write_sectors(&r, 1, 3, 3, 1, 0x33), RPMB_WRONG_COUNTER);
	assert_int_equal(write_sectors(&r, 1, 2, 3, 3, 0x33), RPMB_FAILURE);
	assert_int_equal(write_sectors(&r, 1, 2, 3, 0, 0x33), RPMB_FAILURE);
	frame(r.buf, RPMB_WRITE, 1, 2, 3, 1);
	memset(r.buf + RPMB_FRAME, 0x33, 512);
	sign(r.buf, RPMB_FRAME + 512);
	r.buf[RPMB_FRAME + 511] ^= 1;
	assert_int_equal(exchange(&r, 1, RPMB_FRAME + 512, 256), RPMB_NOT_AUTHENTIC);
	assert_int_equal(ask(&r, RPMB_READ, 1, 3, 2), RPMB_OK);
	expect_mac(&r, 256 + 1024);
	assert_int_equal(r.buf[256], 0x22);
	assert_int_equal(r.buf[256 + 1023], 0x22);
	assert_int_equal(r.buf[244], 3);
	assert_int_equal(r.buf[248], 2);
	assert_int_equal(ask(&r, RPMB_READ, 1, 254, 2), RPMB_OK);
	assert_int_equal(r.buf[256], 0);
	assert_int_equal(r.buf[256 + 512], 0x11);
	assert_int_equal(ask(&r, RPMB_READ, 1, 255, 2), RPMB_WRONG_ADDRESS);
	rig_done(&r);
}

static void test_rpmb_bad_requests(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	on(&r, IDENTIFY, "");
	assert_int_equal(program(&r, 0), RPMB_OK);
	/* The answer was taken. */
	assert_int_equal(security(&r, RECV, SECP_NVME, RPMB_SPSP, 0, 256, &req), 0x400c);
	frame(r.buf, RPMB_RESULT, 0, 0, 0, 0);
	assert_int_equal(security(&r, SEND, SECP_NVME, RPMB_SPSP, 0, 256, &req), 0x400c);
	/* Another target in the frame, none that there is, no message, a length that says something else. */
	frame(r.buf, RPMB_READ_COUNTER, 1, 0, 0, 0);
	assert_int_equal(security(&r, SEND, SECP_NVME, RPMB_SPSP, 0, 256, &req), 0x4002);
	frame(r.buf, RPMB_READ_COUNTER, 2, 0, 0, 0);
	assert_int_equal(security(&r, SEND, SECP_NVME, RPMB_SPSP, 2, 256, &req), 0x4002);
	assert_int_equal(security(&r, RECV, SECP_NVME, RPMB_SPSP, 2, 256, &req), 0x4002);
	for (unsigned message = 0; message < 10; message += 8) {
		frame(r.buf, message, 0, 0, 0, 0);
		assert_int_equal(security(&r, SEND, SECP_NVME, RPMB_SPSP, 0, 256, &req), 0x4002);
	}
	frame(r.buf, RPMB_READ_COUNTER, 0, 0, 0, 0);
	assert_int_equal(security(&r, SEND, SECP_NVME, RPMB_SPSP, 0, 255, &req), 0x4002);
	assert_int_equal(security(&r, SEND, SECP_NVME, RPMB_SPSP, 0, 257, &req), 0x4002);
	assert_int_equal(security(&r, SEND, SECP_NVME, RPMB_SPSP, 0, 1, &req), 0x4002);
	frame(r.buf, RPMB_WRITE, 0, 0, 0, UINT32_MAX);
	assert_int_equal(security(&r, SEND, SECP_NVME, RPMB_SPSP, 0, 768, &req), 0x4002);
	frame(r.buf, RPMB_WRITE, 0, 0, 0, 2);
	assert_int_equal(security(&r, SEND, SECP_NVME, RPMB_SPSP, 0, 768, &req), 0x4002);
	rig_done(&r);
}

static void test_rpmb_expired(void **state)
{
	struct rig r;

	(void)state;
	on(&r, IDENTIFY,
	   "\"rpmb\": { \"target0\": { \"write_counter\": 4294967295, "
	   "\"key\": \"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\" } }");
	assert_int_equal(ask(&r, RPMB_READ_COUNTER, 0, 0, 0), RPMB_EXPIRED);
	expect_mac(&r, 256);
	assert_int_equal(write_sectors(&r, 0, UINT32_MAX, 0, 1, 1), RPMB_EXPIRED | RPMB_WRITE_FAILURE);
	assert_int_equal(ask(&r, RPMB_READ, 0, 0, 1), RPMB_EXPIRED);
	rig_done(&r);
}

static unsigned configure(struct rig *r, uint32_t counter, const char *block)
{
	frame(r->buf, RPMB_WRITE_CONFIG, 0, counter, 0, 1);
	memset(r->buf + RPMB_FRAME, 0, 512);
	memcpy(r->buf + RPMB_FRAME, block, 3);
	sign(r->buf, RPMB_FRAME + 512);
	return exchange(r, 0, RPMB_FRAME + 512, 256);
}

static void test_rpmb_config(void **state)
{
	struct rig r;

	(void)state;
	on(&r, IDENTIFY ", \"bpcap\": 2, \"nwpc\": 7", "");
	assert_int_equal(program(&r, 0), RPMB_OK);
	assert_int_equal(write_sectors(&r, 0, 0, 0, 1, 1), RPMB_OK);
	/* Its counter is not the target's. */
	assert_int_equal(configure(&r, 1, "\0\0\3"), RPMB_WRONG_COUNTER);
	assert_int_equal(configure(&r, 0, "\0\0\3"), RPMB_OK);
	expect_mac(&r, 256);
	assert_int_equal(r.buf[240], 1);
	assert_int_equal(configure(&r, 1, "\0\1\3"), RPMB_WRITE_FAILURE);
	assert_int_equal(configure(&r, 1, "\1\2\3"), RPMB_OK);
	/* Never again. */
	assert_int_equal(configure(&r, 2, "\0\0\0"), RPMB_INVALID_CONFIG);
	assert_int_equal(ask(&r, RPMB_READ_CONFIG, 0, 0, 1), RPMB_OK);
	expect_mac(&r, 768);
	assert_memory_equal(r.buf + 256, "\1\2\3\0", 4);
	assert_int_equal(r.buf[240], 2);
	assert_int_equal(ask(&r, RPMB_READ_COUNTER, 0, 0, 0), RPMB_OK);
	assert_int_equal(r.buf[240], 1);
	assert_int_equal(program(&r, 1), RPMB_OK);
	assert_int_equal(ask(&r, RPMB_READ_CONFIG, 1, 0, 1), RPMB_INVALID_CONFIG);
	rig_done(&r);
	/* Without boot partition protection or namespace write protection. */
	on(&r, IDENTIFY, "");
	assert_int_equal(program(&r, 0), RPMB_OK);
	assert_int_equal(configure(&r, 0, "\1\0\0"), RPMB_WRITE_FAILURE);
	assert_int_equal(configure(&r, 0, "\0\0\1"), RPMB_WRITE_FAILURE);
	rig_done(&r);
}

/* --- Opal --- */

static int opal(struct rig *r, uint32_t number, void *data, size_t len, uint64_t *result)
{
	struct req req = { .kind = REQ_OPAL, .cdw10 = number, .data = data, .data_len = (uint32_t)len };
	int rc = sim_ops.submit(&r->dev, &req);

	*result = req.result;
	return rc;
}

static struct opal_secret secret(const char *s)
{
	struct opal_secret k = { .len = (uint8_t)strlen(s) };

	memcpy(k.key, s, k.len);
	return k;
}

/* 0, the method status, or -errno. */
static int call(struct rig *r, uint32_t number, const char *key, uint32_t more)
{
	struct opal_secret k = secret(key);
	struct opal_activate act = { .key = k, .nranges = 1 };
	struct opal_range range = { .read_locks = more & 1, .write_locks = more >> 1, .session.key = k };
	struct opal_lock lock = { .session.key = k, .state = more };
	struct opal_keep keep = { .key = k, .options = more };
	uint64_t result;
	int rc;

	if (number == OPAL_ACTIVATE)
		rc = opal(r, number, &act, sizeof(act), &result);
	else if (number == OPAL_SETUP_RANGE)
		rc = opal(r, number, &range, sizeof(range), &result);
	else if (number == OPAL_LOCK_UNLOCK)
		rc = opal(r, number, &lock, sizeof(lock), &result);
	else if (number == OPAL_REVERT_LOCKING)
		rc = opal(r, number, &keep, sizeof(keep), &result);
	else
		rc = opal(r, number, &k, sizeof(k), &result);
	assert_true((rc == -OPAL_REFUSED) == (result != 0));
	return rc == -OPAL_REFUSED ? (int)result : rc;
}

static int change(struct rig *r, uint32_t number, const char *old, const char *new)
{
	struct opal_password pw = { .session.key = secret(old), .changed.key = secret(new) };
	uint64_t result;
	int rc = opal(r, number, &pw, sizeof(pw), &result);

	return rc == -OPAL_REFUSED ? (int)result : rc;
}

static int block_io(struct rig *r, uint8_t op)
{
	struct req req = { .opcode = op, .io = true, .nsid = 1, .data = r->buf, .data_len = 512 };

	return submit(r, &req);
}

static uint64_t locking_bits(struct rig *r)
{
	struct req req;
	const struct val *v;

	assert_int_equal(security(r, RECV, SECP_TCG, TCG_DISCOVERY_COMID, 0, 2048, &req), 0);
	assert_memory_equal(r->buf, "\0\0\0\x80", 4);
	v = val_get(answer(r, &spec_tcg_discovery, 132), "features")->c.first->next;
	assert_int_equal(val_u64(v, "code", 0), TCG_LOCKING);
	return val_u64(v, "locking", 0) & 7;
}

static void test_opal(void **state)
{
	struct rig r;

	(void)state;
	on(&r, IDENTIFY, "\"opal\": { \"psid\": \"PSID\" }");
	assert_int_equal(rig_open(&r, "nvme0n1"), 0);
	assert_int_equal(locking_bits(&r), 1);
	assert_int_equal(call(&r, OPAL_ACTIVATE, "pw", 0), OPAL_NOT_AUTHORIZED);
	assert_int_equal(call(&r, OPAL_LOCK_UNLOCK, "pw", 4), OPAL_NOT_AUTHORIZED);
	assert_int_equal(call(&r, OPAL_TAKE_OWNERSHIP, "pw", 0), 0);
	assert_int_equal(call(&r, OPAL_TAKE_OWNERSHIP, "other", 0), OPAL_NOT_AUTHORIZED);
	assert_int_equal(call(&r, OPAL_ACTIVATE, "pw", 0), 0);
	assert_int_equal(call(&r, OPAL_ACTIVATE, "pw", 0), -ENODEV);
	assert_int_equal(locking_bits(&r), 3);
	/* Locks without a range that is set up do nothing. */
	assert_int_equal(call(&r, OPAL_LOCK_UNLOCK, "pw", 4), 0);
	assert_int_equal(locking_bits(&r), 3);
	assert_int_equal(call(&r, OPAL_SETUP_RANGE, "pw", 3), 0);
	assert_int_equal(block_io(&r, 1), 0);
	assert_int_equal(call(&r, OPAL_LOCK_UNLOCK, "pw", 4), 0);
	assert_int_equal(locking_bits(&r), 7);
	assert_int_equal(block_io(&r, 1), 0x4286);
	assert_int_equal(block_io(&r, 2), 0x4286);
	assert_int_equal(block_io(&r, 8), 0x4286);
	assert_int_equal(block_io(&r, 0), 0);
	assert_int_equal(call(&r, OPAL_LOCK_UNLOCK, "pw", 1), 0);
	assert_int_equal(block_io(&r, 1), 0x4286);
	assert_int_equal(block_io(&r, 2), 0);
	assert_int_equal(call(&r, OPAL_LOCK_UNLOCK, "pw", 3), OPAL_INVALID_PARAMETER);
	assert_int_equal(call(&r, OPAL_LOCK_UNLOCK, "pw", 2), 0);
	assert_int_equal(block_io(&r, 1), 0);
	/* Two passwords. */
	assert_int_equal(change(&r, OPAL_SET_PASSWORD, "no", "new"), OPAL_NOT_AUTHORIZED);
	assert_int_equal(change(&r, OPAL_SET_PASSWORD, "pw", "new"), 0);
	assert_int_equal(call(&r, OPAL_LOCK_UNLOCK, "pw", 4), OPAL_NOT_AUTHORIZED);
	assert_int_equal(call(&r, OPAL_REVERT, "new", 0), OPAL_NOT_AUTHORIZED);
	assert_int_equal(change(&r, OPAL_SET_SID, "pw", "new"), 0);
	/* What is locked cannot be kept; what is not is. */
	assert_int_equal(call(&r, OPAL_LOCK_UNLOCK, "new", 4), 0);
	assert_int_equal(call(&r, OPAL_REVERT_LOCKING, "new", 1), OPAL_FAIL);
	assert_int_equal(call(&r, OPAL_LOCK_UNLOCK, "new", 2), 0);
	memset(r.buf, 0x77, 512);
	assert_int_equal(block_io(&r, 1), 0);
	assert_int_equal(call(&r, OPAL_REVERT_LOCKING, "new", 1), 0);
	assert_int_equal(call(&r, OPAL_REVERT, "new", 0), 0);
	assert_int_equal(locking_bits(&r), 1);
	assert_int_equal(block_io(&r, 2), 0);
	assert_int_equal(r.buf[0], 0x77);
	rig_done(&r);
}

static void owned(struct rig *r)
{
	on(r, IDENTIFY, "\"opal\": { \"psid\": \"PSID\", \"sid\": \"pw\", \"admin1\": \"pw\", \"active\": 1, \"read_locks\": 1, "
			"\"write_locks\": 1, \"try_limit\": 3 }");
	assert_int_equal(rig_open(r, "nvme0n1"), 0);
	memset(r->buf, 0x77, 512);
	assert_int_equal(block_io(r, 1), 0);
}

static void test_opal_erases(void **state)
{
	struct rig r;

	(void)state;
	owned(&r);
	assert_int_equal(call(&r, OPAL_REVERT, "no", 0), OPAL_NOT_AUTHORIZED);
	assert_int_equal(block_io(&r, 2), 0);
	assert_int_equal(r.buf[0], 0x77);
	assert_int_equal(call(&r, OPAL_REVERT, "pw", 0), 0);
	assert_int_equal(block_io(&r, 2), 0);
	assert_int_equal(r.buf[0], 0);
	rig_done(&r);
	owned(&r);
	assert_int_equal(call(&r, OPAL_REVERT_PSID, "pw", 0), OPAL_NOT_AUTHORIZED);
	assert_int_equal(call(&r, OPAL_REVERT_PSID, "PSID", 0), 0);
	assert_int_equal(block_io(&r, 2), 0);
	assert_int_equal(r.buf[0], 0);
	assert_int_equal(locking_bits(&r), 1);
	assert_int_equal(call(&r, OPAL_TAKE_OWNERSHIP, "again", 0), 0);
	rig_done(&r);
	owned(&r);
	assert_int_equal(call(&r, OPAL_REVERT_LOCKING, "pw", 0), 0);
	assert_int_equal(block_io(&r, 2), 0);
	assert_int_equal(r.buf[0], 0);
	rig_done(&r);
}

static void test_opal_tries(void **state)
{
	struct opal_secret k = secret("pw");
	struct opal_lock lock = { .state = 4, .session.key.type = OPAL_KEY_IN_KEYRING };
	struct req format = { .opcode = 0x80, .nsid = 1 };
	uint64_t result;
	struct rig r;

	(void)state;
	owned(&r);
	for (int i = 0; i < 3; i++)
		assert_int_equal(call(&r, OPAL_LOCK_UNLOCK, "no", 4), OPAL_NOT_AUTHORIZED);
	assert_int_equal(call(&r, OPAL_LOCK_UNLOCK, "pw", 4), OPAL_LOCKED_OUT);
	assert_int_equal(opal(&r, 0x1234, &k, sizeof(k), &result), -ENOTTY);
	assert_int_equal(opal(&r, OPAL_REVERT, &k, sizeof(k) - 1, &result), -EFAULT);
	assert_int_equal(opal(&r, OPAL_REVERT, NULL, sizeof(k), &result), -EFAULT);
	assert_int_equal(opal(&r, OPAL_LOCK_UNLOCK, &lock, sizeof(lock), &result), -ENOKEY);
	rig_done(&r);
	on(&r, IDENTIFY, "");
	assert_int_equal(opal(&r, OPAL_REVERT, &k, sizeof(k), &result), -EOPNOTSUPP);
	rig_done(&r);
	on(&r, "\"oacs\": 3, \"fna\": 0", "\"opal\": { \"admin1\": \"pw\", \"active\": 1, \"write_locked\": 1, \"old_kernel\": 1 }");
	assert_int_equal(call(&r, OPAL_REVERT_LOCKING, "pw", 1), -ENOTTY);
	assert_int_equal(change(&r, OPAL_SET_SID, "pw", "new"), -ENOTTY);
	assert_int_equal(submit(&r, &format), 0x4015);
	rig_done(&r);
}

/* --- lockdown --- */

static int lockdown(struct rig *r, uint32_t cdw10)
{
	struct req req = admin_req(r, 0x24, 0, cdw10, 0, 0);

	return submit(r, &req);
}

static int page(struct rig *r, uint32_t lsp)
{
	struct req req = admin_req(r, ADM_GET_LOG, NSID_ALL, 127u << 16 | lsp << 8 | 0x14, 0, 512);

	return submit(r, &req);
}

static int set_feature(struct rig *r, uint8_t fid)
{
	struct req req = admin_req(r, ADM_SET_FEATURES, 0, fid, 1, 0);

	return submit(r, &req);
}

static void test_lockdown(void **state)
{
	struct rig r;

	(void)state;
	on(&r, IDENTIFY, "");
	/* Reserved scopes and interfaces, no Management Endpoint, PCIe commands on a queue. */
	assert_int_equal(lockdown(&r, 0x8011), 0x4002);
	assert_int_equal(lockdown(&r, 0x8015), 0x4002);
	assert_int_equal(lockdown(&r, 0x8070), 0x4002);
	assert_int_equal(lockdown(&r, 0x8030), 0x4002);
	assert_int_equal(lockdown(&r, 0x8014), 0x4002);
	assert_int_equal(lockdown(&r, 0x0610), 0x4128);
	assert_int_equal(lockdown(&r, 0x0712), 0x4128);
	/* Feature 02h; Format NVM, on both controllers. */
	assert_int_equal(set_feature(&r, 2), 0);
	assert_int_equal(lockdown(&r, 0x0212), 0);
	assert_int_equal(lockdown(&r, 0x0212), 0);
	assert_int_equal(set_feature(&r, 2), 0x4023);
	assert_int_equal(set_feature(&r, 6), 0);
	assert_int_equal(lockdown(&r, 0x8010), 0);
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_int_equal(lockdown(&r, 0x0910), 0);
	assert_int_equal(set_feature(&r, 6), 0x4023);
	assert_int_equal(page(&r, 0x10), 0);
	assert_memory_equal(r.buf, "\x10\0\0\2\x09\x80\0", 7);
	assert_int_equal(page(&r, 0x12), 0);
	assert_memory_equal(r.buf, "\x12\0\0\1\2\0", 6);
	assert_int_equal(page(&r, 0x20), 0);
	assert_memory_equal(r.buf, "\x20\0\0\0\0", 5);
	assert_int_equal(page(&r, 0x30), 0x4002);
	assert_int_equal(page(&r, 0x01), 0x4002);
	assert_int_equal(lockdown(&r, 0x0900), 0);
	assert_int_equal(lockdown(&r, 0x0202), 0);
	assert_int_equal(set_feature(&r, 2), 0);
	rig_done(&r);
}

static void test_lockdown_of_the_image(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	on(&r, IDENTIFY ", \"mec\": 1",
	   "\"lockdown\": { \"prohibitable\": { \"admin\": [ \"0x24\", 130 ], \"pcie\": [ 1 ] } }");
	assert_int_equal(page(&r, 0), 0);
	assert_memory_equal(r.buf, "\0\0\0\2\x24\x82", 6);
	assert_int_equal(lockdown(&r, 0x8010), 0x4128);
	/* Out-of-band alone: this queue is not concerned. */
	assert_int_equal(lockdown(&r, 0x8250), 0);
	assert_int_equal(security(&r, RECV, 0, 0, 0, 16, &req), 0);
	assert_int_equal(page(&r, 0x20), 0);
	assert_memory_equal(r.buf, "\x20\0\0\1\x82", 5);
	assert_int_equal(lockdown(&r, 0x0154), 0);
	assert_int_equal(lockdown(&r, 0x8230), 0);
	assert_int_equal(security(&r, RECV, 0, 0, 0, 16, &req), 0x4023);
	/* Who locks the door and throws the key away. */
	assert_int_equal(lockdown(&r, 0x2410), 0);
	assert_int_equal(lockdown(&r, 0x2400), 0x4023);
	rig_done(&r);
	on(&r, "\"oacs\": 1", "");
	assert_int_equal(lockdown(&r, 0x8010), 0x4001);
	assert_int_equal(page(&r, 0), 0x4109);
	rig_done(&r);
}

/* --- secrets --- */

static int secret_from(struct ctx *ctx, const char *content, size_t len, size_t max, bool is_text, struct secret *s)
{
	char file[] = "/tmp/nvmekit-test.XXXXXX";
	int fd = mkstemp(file), rc;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, len), len);
	close(fd);
	rc = secret_read(ctx, "--key-file", file, max, is_text, s);
	unlink(file);
	return rc;
}

static void test_secret_files(void **state)
{
	struct secret s;
	struct ctx ctx;

	(void)state;
	ctx_init(&ctx);
	assert_int_equal(secret_from(&ctx, "geheim\n", 7, 6, true, &s), 0);
	assert_int_equal(s.len, 6);
	assert_memory_equal(s.p, "geheim", 6);
	secret_wipe(&s);
	assert_null(s.p);
	assert_int_equal(secret_from(&ctx, "geheim\r\n", 8, 6, true, &s), 0);
	assert_int_equal(s.len, 6);
	/* One line feed, no more; none of what are bytes. */
	assert_int_equal(secret_from(&ctx, "a\n\n", 3, 6, true, &s), 0);
	assert_int_equal(s.len, 2);
	assert_int_equal(secret_from(&ctx, "a\n", 2, 6, false, &s), 0);
	assert_int_equal(s.len, 2);
	assert_int_equal(ctx.warnings->c.n, 0);
	assert_int_equal(secret_from(&ctx, "geheim!\n", 8, 6, true, &s), -EINVAL);
	assert_non_null(strstr(ctx.error.message, "more than the 6 bytes"));
	assert_null(strstr(ctx.error.message, "geheim"));
	ctx_done(&ctx);
	ctx_init(&ctx);
	assert_int_equal(secret_from(&ctx, "\n", 1, 6, true, &s), -EINVAL);
	assert_int_equal(ctx.error.code, XC_USAGE);
	ctx_done(&ctx);
	ctx_init(&ctx);
	assert_int_equal(secret_read(&ctx, "--key-file", "/nonexistent", 6, true, &s), -ENOENT);
	assert_int_equal(ctx.error.code, XC_USAGE);
	ctx_done(&ctx);
}

static void test_secret_mode(void **state)
{
	char file[64];
	struct secret s;
	struct ctx ctx;

	(void)state;
	write_image(file, "geheim");
	ctx_init(&ctx);
	assert_int_equal(chmod(file, 0640), 0);
	assert_int_equal(secret_read(&ctx, "--key-file", file, 32, true, &s), 0);
	assert_int_equal(ctx.warnings->c.n, 1);
	assert_int_equal(chmod(file, 0600), 0);
	assert_int_equal(secret_read(&ctx, "--key-file", file, 32, true, &s), 0);
	assert_int_equal(ctx.warnings->c.n, 1);
	unlink(file);
	ctx_done(&ctx);
}

static void test_secret_argument(void **state)
{
	char arg[] = "geheim";
	struct secret s;
	struct ctx ctx;

	(void)state;
	ctx_init(&ctx);
	secret_take(&ctx, arg, &s);
	assert_memory_equal(s.p, "geheim", 6);
	assert_memory_equal(arg, "\0\0\0\0\0\0", 6);
	ctx_done(&ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mac),
		cmocka_unit_test(test_protocols),
		cmocka_unit_test(test_rpmb_key),
		cmocka_unit_test(test_rpmb_data),
		cmocka_unit_test(test_rpmb_bad_requests),
		cmocka_unit_test(test_rpmb_expired),
		cmocka_unit_test(test_rpmb_config),
		cmocka_unit_test(test_opal),
		cmocka_unit_test(test_opal_erases),
		cmocka_unit_test(test_opal_tries),
		cmocka_unit_test(test_lockdown),
		cmocka_unit_test(test_lockdown_of_the_image),
		cmocka_unit_test(test_secret_files),
		cmocka_unit_test(test_secret_mode),
		cmocka_unit_test(test_secret_argument),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
