/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Replay Protected Memory Block: Base 2.1, section 8.1.21. The targets belong to the subsystem; keys, counters and
 * what was written are kept in the image.
 */
#include <string.h>

#include "core/hmac.h"
#include "dev/sim_security.h"
#include "spec/security.h"

struct frame {
	struct val *fields;
	const uint8_t *bytes;
	size_t len;
	unsigned target;
	uint32_t counter, address, sectors;
};

unsigned sim_rpmb_targets(const struct sim_cmd *c)
{
	return (unsigned)val_u64(c->id, "rpmbs.nrpmbu", 0);
}

static struct val *child(struct sim_cmd *c, struct val *obj, const char *key)
{
	struct val *v = val_get(obj, key);

	return v && v->type == VAL_OBJ ? v : val_put_obj(c->ctx->arena, obj, key);
}

static struct val *rpmb(struct sim_cmd *c)
{
	return sim_state(c, c->ctrl->subsys->node, "rpmb");
}

static struct val *target(struct sim_cmd *c, unsigned n)
{
	return child(c, rpmb(c), arena_printf(c->ctx->arena, "target%u", n));
}

/* --- keys and codes --- */

static bool unhex(const char *s, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *digits = "0123456789abcdef", *high, *low;

		if (!s[2 * i] || !s[2 * i + 1])
			return false;
		high = strchr(digits, s[2 * i]);
		low = strchr(digits, s[2 * i + 1]);
		if (!high || !low)
			return false;
		out[i] = (uint8_t)((high - digits) << 4 | (low - digits));
	}
	return s[2 * n] == '\0';
}

static bool key_of(struct sim_cmd *c, unsigned n, uint8_t key[RPMB_KEY_SIZE])
{
	return unhex(val_str(c->ctx->arena, target(c, n), "key"), key, RPMB_KEY_SIZE);
}

static bool mac_of(struct sim_cmd *c, unsigned n, const uint8_t *bytes, size_t len,
		   uint8_t mac[RPMB_KEY_SIZE])
{
	uint8_t key[RPMB_KEY_SIZE];

	return key_of(c, n, key) &&
	       !hmac_sha256(key, sizeof(key), bytes + RPMB_MAC_FROM, len - RPMB_MAC_FROM, mac);
}

static bool authentic(struct sim_cmd *c, const struct frame *f)
{
	uint8_t mac[RPMB_KEY_SIZE];

	return mac_of(c, f->target, f->bytes, f->len, mac) && hmac_equal(mac, f->bytes + RPMB_MAC_AT);
}

/* --- data --- */

static bool in_range(const struct sim_cmd *c, uint32_t address, uint32_t sectors)
{
	uint64_t all = (val_u64(c->id, "rpmbs.tsze", 0) + 1) * (131072 / RPMB_SECTOR);

	return address < all && sectors <= all - address;
}

static const char *sector_key(struct sim_cmd *c, uint32_t sector)
{
	return arena_printf(c->ctx->arena, "%u", sector);
}

static void store(struct sim_cmd *c, const struct frame *f)
{
	struct val *sectors = child(c, target(c, f->target), "sectors");

	for (uint32_t i = 0; i < f->sectors; i++)
		sim_store_text(
			c, sectors, sector_key(c, f->address + i),
			sim_hex(c->ctx->arena, f->bytes + RPMB_FRAME + (size_t)i * RPMB_SECTOR, RPMB_SECTOR));
}

static void load(struct sim_cmd *c, unsigned n, uint32_t address, uint32_t sectors, uint8_t *to)
{
	const struct val *from = child(c, target(c, n), "sectors");

	for (uint32_t i = 0; i < sectors; i++, to += RPMB_SECTOR) {
		if (!unhex(val_str(c->ctx->arena, from, sector_key(c, address + i)), to, RPMB_SECTOR))
			memset(to, 0, RPMB_SECTOR);
	}
}

/* --- requests --- */

static unsigned program_key(struct sim_cmd *c, const struct frame *f)
{
	uint8_t key[RPMB_KEY_SIZE];

	/* Write once, not erasable. */
	if (key_of(c, f->target, key))
		return RPMB_WRITE_FAILURE;
	sim_store_text(c, target(c, f->target), "key",
		       sim_hex(c->ctx->arena, f->bytes + RPMB_MAC_AT, RPMB_KEY_SIZE));
	return RPMB_OK;
}

/* The order of the checks is that of section 8.1.21.2.3. */
static unsigned write_data(struct sim_cmd *c, const struct frame *f)
{
	struct val *t = target(c, f->target);
	uint64_t counter = val_u64(t, "write_counter", 0);

	if (counter >= UINT32_MAX)
		return RPMB_WRITE_FAILURE;
	if (!f->sectors || f->sectors > val_u64(c->id, "rpmbs.asze", 0) + 1)
		return RPMB_FAILURE;
	if (!in_range(c, f->address, f->sectors))
		return RPMB_WRONG_ADDRESS;
	if (!authentic(c, f))
		return RPMB_NOT_AUTHENTIC;
	if (f->counter != counter)
		return RPMB_WRONG_COUNTER;
	store(c, f);
	sim_store(c, t, "write_counter", counter + 1);
	return RPMB_OK;
}

static unsigned read_data(struct sim_cmd *c, const struct frame *f)
{
	if (!f->sectors || f->sectors > val_u64(c->id, "rpmbs.asze", 0) + 1)
		return RPMB_FAILURE;
	return in_range(c, f->address, f->sectors) ? RPMB_OK : RPMB_WRONG_ADDRESS;
}

/* What the block must not ask for: section 8.1.21, before the figure of the block. */
static unsigned check_config(struct sim_cmd *c, const struct val *now, const struct val *want)
{
	bool enabled = val_u64(now, "bppee", 0) & 1, enable = val_u64(want, "bppee.bpped", 0);

	if (enabled && !enable)
		return RPMB_INVALID_CONFIG;
	if (enable && val_u64(c->id, "bpcap.rpmbbpwps", 0) != 2)
		return RPMB_WRITE_FAILURE;
	if (!enable && val_u64(want, "bpls", 0))
		return RPMB_WRITE_FAILURE;
	if (val_u64(want, "wpc", 0) && !val_u64(c->id, "nwpc", 0))
		return RPMB_WRITE_FAILURE;
	return RPMB_OK;
}

static unsigned write_config(struct sim_cmd *c, const struct frame *f)
{
	static const char *const members[] = { "bppee", "bpls", "wpc" };
	struct val *now = child(c, rpmb(c), "config");
	const struct val *want =
		spec_decode(c->ctx->arena, &spec_rpmb_config, f->bytes + RPMB_FRAME, RPMB_SECTOR);
	uint64_t counter = val_u64(now, "write_counter", 0);
	unsigned result;

	if (f->target)
		return RPMB_INVALID_CONFIG;
	if (counter >= UINT32_MAX)
		return RPMB_WRITE_FAILURE;
	if (!authentic(c, f))
		return RPMB_NOT_AUTHENTIC;
	if (f->counter != counter)
		return RPMB_WRONG_COUNTER;
	result = check_config(c, now, want);
	if (result)
		return result;
	for (size_t i = 0; i < NELEMS(members); i++)
		sim_store(c, now, members[i], val_u64(want, members[i], 0));
	sim_store(c, now, "write_counter", counter + 1);
	return RPMB_OK;
}

/* Bytes behind the frame that a request must have. */
static uint64_t data_size(unsigned message, const struct frame *f)
{
	if (message == RPMB_WRITE)
		return (uint64_t)f->sectors * RPMB_SECTOR;
	return message == RPMB_WRITE_CONFIG ? RPMB_SECTOR : 0;
}

static unsigned carry_out(struct sim_cmd *c, unsigned message, const struct frame *f)
{
	uint8_t key[RPMB_KEY_SIZE];

	if (message == RPMB_PROGRAM_KEY)
		return program_key(c, f);
	if (!key_of(c, f->target, key))
		return RPMB_NO_KEY;
	switch (message) {
	case RPMB_READ_COUNTER:
		return RPMB_OK;
	case RPMB_WRITE:
		return write_data(c, f);
	case RPMB_READ:
		return read_data(c, f);
	case RPMB_WRITE_CONFIG:
		return write_config(c, f);
	default: /* RPMB_READ_CONFIG */
		return f->target ? RPMB_INVALID_CONFIG : RPMB_OK;
	}
}

static struct val *pending(struct sim_cmd *c, unsigned n)
{
	return child(c, target(c, n), "pending");
}

/* Writes are asked about with a request of their own, reads are answered at once. */
static void remember(struct sim_cmd *c, unsigned message, const struct frame *f, unsigned result)
{
	bool is_read = message == RPMB_READ_COUNTER || message == RPMB_READ || message == RPMB_READ_CONFIG;
	struct val *p = pending(c, f->target);

	sim_store(c, p, "message", message);
	sim_store(c, p, "result", result);
	sim_store(c, p, "address", f->address);
	sim_store(c, p, "sectors", f->sectors);
	sim_store(c, p, "ready", is_read);
	sim_store_text(c, p, "nonce", sim_hex(c->ctx->arena, f->bytes + 224, 16));
}

int sim_rpmb_request(struct sim_cmd *c)
{
	struct frame f = { .bytes = c->req->data, .len = c->req->cdw11, .target = c->req->cdw10 & 0xff };
	unsigned message;

	if (f.target >= sim_rpmb_targets(c))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	if (f.len < RPMB_FRAME)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW11);
	f.fields = spec_decode(c->ctx->arena, &spec_rpmb_frame, f.bytes, f.len);
	message = (unsigned)val_u64(f.fields, "rrm", 0);
	f.counter = (uint32_t)val_u64(f.fields, "wcntr", 0);
	f.address = (uint32_t)val_u64(f.fields, "addr", 0);
	f.sectors = (uint32_t)val_u64(f.fields, "scnt", 0);
	if (val_u64(f.fields, "rbt", 0) != f.target)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	if (message < RPMB_PROGRAM_KEY || message > RPMB_READ_CONFIG)
		return sim_reject(c, SIM_INVALID_FIELD, AT_NOWHERE);
	if (f.len - RPMB_FRAME != data_size(message, &f))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW11);
	if (message != RPMB_RESULT) {
		remember(c, message, &f, carry_out(c, message, &f));
		return 0;
	}
	if (!val_u64(pending(c, f.target), "message", 0))
		return sim_reject(c, SIM_SEQUENCE_ERROR, AT_NOWHERE);
	sim_store(c, pending(c, f.target), "ready", 1);
	return 0;
}

/* --- responses --- */

static uint64_t counter_for(struct sim_cmd *c, unsigned n, unsigned message)
{
	if (message == RPMB_WRITE_CONFIG || message == RPMB_READ_CONFIG)
		return val_u64(child(c, rpmb(c), "config"), "write_counter", 0);
	return val_u64(target(c, n), "write_counter", 0);
}

static size_t response_data(struct sim_cmd *c, unsigned n, unsigned message, const struct val *p, uint8_t *to)
{
	uint32_t sectors = (uint32_t)val_u64(p, "sectors", 0);
	const struct val *config = child(c, rpmb(c), "config");

	if (val_u64(p, "result", 0))
		return 0;
	if (message == RPMB_READ) {
		load(c, n, (uint32_t)val_u64(p, "address", 0), sectors, to);
		return (size_t)sectors * RPMB_SECTOR;
	}
	if (message != RPMB_READ_CONFIG)
		return 0;
	to[0] = (uint8_t)val_u64(config, "bppee", 0);
	to[1] = (uint8_t)val_u64(config, "bpls", 0);
	to[2] = (uint8_t)val_u64(config, "wpc", 0);
	return RPMB_SECTOR;
}

static struct val *response_fields(struct sim_cmd *c, unsigned n, unsigned message, const struct val *p)
{
	struct arena *a = c->ctx->arena;
	struct val *f = val_new(a, VAL_OBJ);
	uint64_t counter = counter_for(c, n, message);
	bool is_read = message == RPMB_READ || message == RPMB_READ_CONFIG;

	val_put_u64(a, f, "rbt", n);
	val_put_str(a, f, "nce", is_read || message == RPMB_READ_COUNTER ? val_str(a, p, "nonce") : "");
	val_put_u64(a, f, "wcntr", message == RPMB_PROGRAM_KEY || message == RPMB_READ ? 0 : counter);
	val_put_u64(a, f, "addr",
		    message == RPMB_WRITE || message == RPMB_READ ? val_u64(p, "address", 0) : 0);
	val_put_u64(a, f, "scnt", is_read ? val_u64(p, "sectors", 0) : 0);
	val_put_u64(a, f, "rslt",
		    val_u64(p, "result", 0) | (counter >= UINT32_MAX ? (unsigned)RPMB_EXPIRED : 0));
	val_put_u64(a, f, "rrm", (uint64_t)message << 8);
	return f;
}

int sim_rpmb_response(struct sim_cmd *c)
{
	unsigned n = c->req->cdw10 & 0xff, message;
	struct image_data data = { 0 };
	const char *why;
	struct val *p;
	size_t room;

	if (n >= sim_rpmb_targets(c))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	p = pending(c, n);
	message = (unsigned)val_u64(p, "message", 0);
	if (!message || !val_u64(p, "ready", 0))
		return sim_reject(c, SIM_SEQUENCE_ERROR, AT_NOWHERE);
	room = RPMB_FRAME + RPMB_SECTOR * 256;
	data.buf = arena_alloc(c->ctx->arena, room);
	if (spec_encode(c->ctx->arena, &spec_rpmb_frame, response_fields(c, n, message, p), data.buf, room,
			&why) < 0)
		return sim_reject(c, SIM_INVALID_FIELD, AT_NOWHERE);
	data.len = RPMB_FRAME + response_data(c, n, message, p, data.buf + RPMB_FRAME);
	data.received = data.len;
	if (message != RPMB_PROGRAM_KEY)
		(void)mac_of(c, n, data.buf, data.len, data.buf + RPMB_MAC_AT);
	sim_store(c, p, "message", 0);
	return sim_transfer(c, &data, 0, c->req->cdw11);
}
