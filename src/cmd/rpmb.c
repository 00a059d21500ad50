/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Talking to a Replay Protected Memory Block: frames, MACs and counters. Base 2.1, section 8.1.21. */
#include <errno.h>
#include <string.h>

#include "cmd/secure.h"
#include "core/hmac.h"

int secure_supported(struct ctx *ctx)
{
	const struct val *id;
	int rc = cmd_read_ctrl(ctx, &id);

	if (rc || val_u64(id, "oacs.ssrs", 0))
		return rc;
	return fail(ctx, XC_UNSUPPORTED, 0, "%s has no Security Send and Security Receive (OACS bit 0 is clear)",
		    ctx->dev->path);
}

struct req secure_request(bool send, uint8_t secp, uint16_t spsp, uint8_t nssf, void *buf, uint32_t len)
{
	return (struct req){
		.opcode = send ? 0x81 : 0x82,
		.cdw10 = (uint32_t)secp << 24 | (uint32_t)spsp << 8 | nssf,
		.cdw11 = len,
		.data = len ? buf : NULL,
		.data_len = len,
	};
}

/* What a frame and its data may take of one transfer: MDTS is in pages of at least 4096 bytes. */
static uint32_t access_sectors(const struct val *id)
{
	uint64_t mdts = val_u64(id, "mdts", 0), access = val_u64(id, "rpmbs.asze", 0) + 1;
	uint64_t fits = mdts && mdts < 16 ? ((UINT64_C(4096) << mdts) - RPMB_FRAME) / RPMB_SECTOR : access;

	return (uint32_t)(access < fits ? access : fits);
}

int rpmb_open(struct ctx *ctx, unsigned target, struct rpmb *r)
{
	const struct val *id;
	int rc = secure_supported(ctx);

	if (!rc)
		rc = cmd_read_ctrl(ctx, &id);
	if (rc)
		return rc;
	*r = (struct rpmb){
		.ctx = ctx,
		.ntargets = (unsigned)val_u64(id, "rpmbs.nrpmbu", 0),
		.target = target,
		.sectors = (val_u64(id, "rpmbs.tsze", 0) + 1) * (131072 / RPMB_SECTOR),
		.access = access_sectors(id),
	};
	if (!r->ntargets)
		return fail(ctx, XC_UNSUPPORTED, 0, "%s has no Replay Protected Memory Block (RPMBS is 0)",
			    ctx->dev->path);
	if (val_u64(id, "rpmbs.authm", 0))
		return fail(ctx, XC_UNSUPPORTED, 0, "%s authenticates its RPMB in a way that is not known (method %u)",
			    ctx->dev->path, (unsigned)val_u64(id, "rpmbs.authm", 0));
	if (target >= r->ntargets)
		return fail(ctx, XC_USAGE, 0, "--target: %s has no RPMB target %u; they are 0 to %u", ctx->dev->path,
			    target, r->ntargets - 1);
	return 0;
}

/* --- frames --- */

/* Fields into bytes; a row of the table is the only place that knows where they are. */
static uint8_t *frame_new(struct rpmb *r, unsigned message, uint32_t counter, uint32_t address, uint32_t sectors,
			  const void *data, size_t len)
{
	struct arena *a = r->ctx->arena;
	struct val *f = val_new(a, VAL_OBJ);
	uint8_t *buf = dev_buffer(r->ctx, RPMB_FRAME + len);
	const char *why;

	val_put_u64(a, f, "rbt", r->target);
	val_put_u64(a, f, "wcntr", counter);
	val_put_u64(a, f, "addr", address);
	val_put_u64(a, f, "scnt", sectors);
	val_put_u64(a, f, "rrm", message);
	if (spec_encode(a, &spec_rpmb_frame, f, buf, RPMB_FRAME, &why) < 0)
		return NULL;
	if (len)
		memcpy(buf + RPMB_FRAME, data, len);
	return buf;
}

static int mac(struct rpmb *r, const uint8_t *frame, size_t len, uint8_t out[HMAC_SHA256_SIZE])
{
	int rc = hmac_sha256(r->key.p, r->key.len, frame + RPMB_MAC_FROM, len - RPMB_MAC_FROM, out);

	return rc ? fail(r->ctx, XC_INTERNAL, -rc, "libcrypto cannot calculate an HMAC with SHA-256") : 0;
}

int rpmb_request(struct rpmb *r, unsigned message, uint32_t counter, uint32_t address, uint32_t sectors,
		 const void *data, size_t len, struct req *req)
{
	uint8_t *frame = frame_new(r, message, counter, address, sectors, data, len);
	int rc = 0;

	if (!frame)
		return fail(r->ctx, XC_INTERNAL, 0, "an RPMB frame cannot be encoded");
	if (message == RPMB_PROGRAM_KEY && r->key.len == RPMB_KEY_SIZE)
		memcpy(frame + RPMB_MAC_AT, r->key.p, RPMB_KEY_SIZE);
	if (message == RPMB_WRITE || message == RPMB_WRITE_CONFIG)
		rc = mac(r, frame, RPMB_FRAME + len, frame + RPMB_MAC_AT);
	*req = secure_request(true, SECP_NVME, RPMB_SPSP, (uint8_t)r->target, frame, (uint32_t)(RPMB_FRAME + len));
	return rc;
}

void rpmb_forget(struct req *req)
{
	if (req->data)
		explicit_bzero(req->data, req->data_len);
}

/* --- what comes back --- */

static const char *message_name(unsigned message)
{
	static const char *const names[] = {
		[RPMB_PROGRAM_KEY] = "programming the key",
		[RPMB_READ_COUNTER] = "reading the write counter",
		[RPMB_WRITE] = "writing data",
		[RPMB_READ] = "reading data",
		[RPMB_WRITE_CONFIG] = "writing the configuration block",
		[RPMB_READ_CONFIG] = "reading the configuration block",
	};

	return names[message];
}

static int distrust(struct rpmb *r, unsigned message, const char *why)
{
	return fail(r->ctx, XC_DATA, 0, "RPMB target %u of %s, %s: %s", r->target, r->ctx->dev->path,
		    message_name(message), why);
}

static int failed(struct rpmb *r, unsigned message, unsigned result)
{
	const struct name *n = NULL;
	unsigned status = result & 0x7f;
	int rc;

	for (size_t i = 0; i < NELEMS(rpmb_results); i++) {
		if (rpmb_results[i].val == status)
			n = &rpmb_results[i];
	}
	rc = fail(r->ctx, XC_STATUS, EIO, "RPMB target %u of %s, %s failed: %s (result 0x%02x)%s", r->target,
		  r->ctx->dev->path, message_name(message), n ? n->text : "unknown result", result,
		  result & RPMB_EXPIRED ? "; its write counter has reached the end" : "");
	if (result & RPMB_EXPIRED)
		return fail_hint(r->ctx, rc, "nothing can be written to this target any more; it can be read");
	if (status == RPMB_NO_KEY)
		return fail_hint(r->ctx, rc, "'nvmekit rpmb-program-key' programs a key, once and for ever");
	if (status == RPMB_NOT_AUTHENTIC)
		return fail_hint(r->ctx, rc, "the key is not the one that was programmed");
	if (status == RPMB_WRONG_COUNTER)
		return fail_hint(r->ctx, rc, "somebody else wrote meanwhile: try again");
	if (status == RPMB_WRITE_FAILURE && message == RPMB_PROGRAM_KEY)
		return fail_hint(r->ctx, rc, "a key that was programmed before cannot be changed");
	return rc;
}

static int verify(struct rpmb *r, unsigned message, const uint8_t *frame, size_t len, struct rpmb_answer *a)
{
	uint8_t want[HMAC_SHA256_SIZE];
	int rc;

	a->authentic = false;
	if (!r->key.p || message == RPMB_PROGRAM_KEY)
		return 0;
	rc = mac(r, frame, len, want);
	if (rc)
		return rc;
	if (!hmac_equal(want, frame + RPMB_MAC_AT)) {
		rc = distrust(r, message, "the answer is not authentic: its MAC does not go with the key");
		return fail_hint(r->ctx, rc, "either the key is wrong, or somebody is between this host and the drive");
	}
	a->authentic = true;
	return 0;
}

static bool same_nonce(const uint8_t *sent, const uint8_t *frame)
{
	return memcmp(sent + 224, frame + 224, 16) == 0;
}

/* 'sent' is the frame of the request; want: bytes of data that the answer to a success has. */
static int receive(struct rpmb *r, unsigned message, const uint8_t *sent, uint32_t address, size_t want,
		   struct rpmb_answer *a)
{
	uint8_t *frame = dev_buffer(r->ctx, RPMB_FRAME + want);
	struct req req = secure_request(false, SECP_NVME, RPMB_SPSP, (uint8_t)r->target, frame,
					(uint32_t)(RPMB_FRAME + want));
	bool is_read = message == RPMB_READ_COUNTER || message == RPMB_READ || message == RPMB_READ_CONFIG;
	const struct val *f;
	unsigned result;
	int rc = dev_command(r->ctx->dev, &req, "Security Receive");

	if (rc)
		return rc;
	if (req.received < RPMB_FRAME)
		return distrust(r, message, "the answer ends early");
	f = spec_decode(r->ctx->arena, &spec_rpmb_frame, frame, req.received);
	result = (unsigned)val_u64(f, "rslt", 0);
	if (val_u64(f, "rrm", 0) != message << 8 || val_u64(f, "rbt", 0) != r->target)
		return distrust(r, message, "the answer belongs to something else");
	if (result & 0x7f)
		return failed(r, message, result);
	if (req.received < RPMB_FRAME + want)
		return distrust(r, message, "the answer ends early");
	rc = verify(r, message, frame, RPMB_FRAME + want, a);
	if (rc)
		return rc;
	if (is_read && !same_nonce(sent, frame))
		return distrust(r, message, "the answer is an old one: it has another nonce");
	if ((message == RPMB_READ || message == RPMB_WRITE) && val_u64(f, "addr", 0) != address)
		return distrust(r, message, "the answer is about another address");
	a->counter = (uint32_t)val_u64(f, "wcntr", 0);
	a->expired = result & RPMB_EXPIRED;
	a->data = frame + RPMB_FRAME;
	a->len = want;
	return 0;
}

int rpmb_ask(struct rpmb *r, unsigned message, uint32_t address, uint32_t sectors, struct rpmb_answer *a)
{
	struct req req;
	int rc = rpmb_request(r, message, 0, address, sectors, NULL, 0, &req);

	if (!rc)
		rc = random_bytes((uint8_t *)req.data + 224, 16);
	if (rc && r->ctx->error.code == XC_OK)
		return fail(r->ctx, XC_INTERNAL, -rc, "there are no random numbers: %s", strerror(-rc));
	if (!rc)
		rc = dev_command(r->ctx->dev, &req, "Security Send");
	if (rc)
		return rc;
	return receive(r, message, req.data, address, (size_t)sectors * RPMB_SECTOR, a);
}

int rpmb_alter(struct rpmb *r, struct req *req, unsigned message, uint32_t counter, struct rpmb_answer *a)
{
	const struct val *f = spec_decode(r->ctx->arena, &spec_rpmb_frame, req->data, RPMB_FRAME);
	uint32_t address = (uint32_t)val_u64(f, "addr", 0);
	int rc = dev_command(r->ctx->dev, req, "Security Send");
	struct req result;

	rpmb_forget(req);
	if (rc || r->ctx->g.dry_run)
		return rc;
	rc = rpmb_request(r, RPMB_RESULT, 0, 0, 0, NULL, 0, &result);
	if (!rc)
		rc = dev_command(r->ctx->dev, &result, "Security Send");
	if (!rc)
		rc = receive(r, message, result.data, address, 0, a);
	/* It counts what was written: anything else, and somebody writes beside us or an old answer was replayed. */
	if (!rc && message != RPMB_PROGRAM_KEY && a->counter != counter + 1)
		rc = distrust(r, message, "the write counter did not go up by one");
	return rc;
}
