/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * A self-encrypting drive as the kernel's Opal interface shows it: Opal SSC 2.02 with one range, the global one, and one
 * administrator. The state is the member "opal" of the subsystem's model; a drive without it has no Opal.
 */
#include <errno.h>
#include <string.h>

#include "dev/opal.h"
#include "dev/sim_security.h"
#include "spec/security.h"

#define TRIES 5u /* wrong passwords until the drive answers no more, until the image says otherwise */

struct val *sim_opal_state(const struct sim_cmd *c)
{
	const struct val *model = val_get(c->ctrl->subsys->node, "model");
	struct val *opal = model ? val_get(model, "opal") : NULL;

	return opal && opal->type == VAL_OBJ ? opal : NULL;
}

static bool flag(const struct val *opal, const char *key)
{
	return val_u64(opal, key, 0) != 0;
}

/* --- Level 0 Discovery --- */

static struct val *feature(struct arena *a, struct val *list, unsigned code, unsigned len)
{
	struct val *f = val_add(list, NULL, val_new(a, VAL_OBJ));

	val_put_u64(a, f, "code", code);
	val_put_u64(a, f, "descriptor_version", 1);
	val_put_u64(a, f, "descriptor_length", len);
	return f;
}

static void put_locking(struct arena *a, struct val *list, const struct val *opal)
{
	struct val *bits = val_put_obj(a, feature(a, list, TCG_LOCKING, 12), "locking");

	val_put_u64(a, bits, "locking_supported", 1);
	val_put_u64(a, bits, "locking_enabled", flag(opal, "active"));
	val_put_u64(a, bits, "locked", flag(opal, "read_locked") || flag(opal, "write_locked"));
	val_put_u64(a, bits, "media_encryption", 1);
	val_put_u64(a, bits, "mbr_absent", 1);
}

int sim_opal_discovery(struct sim_cmd *c)
{
	struct arena *a = c->ctx->arena;
	const struct val *opal = sim_opal_state(c), *recorded = val_get(opal, "discovery");
	struct val *st = val_new(a, VAL_OBJ), *list, *f;

	if (recorded)
		return sim_answer(c, &spec_tcg_discovery, recorded, 0, 0, c->req->cdw11);
	/* Header of 48 bytes, and the descriptors below; the length leaves out its own four bytes. */
	val_put_u64(a, st, "parameter_length", 48 - 4 + 16 + 16 + 32 + 20);
	val_put_u64(a, st, "revision_minor", 1);
	list = val_put_arr(a, st, "features");
	f = feature(a, list, TCG_TPER, 12);
	val_put_u64(a, f, "tper", 0x11);
	put_locking(a, list, opal);
	f = feature(a, list, TCG_GEOMETRY, 28);
	val_put_u64(a, f, "logical_block_size", 512);
	val_put_u64(a, f, "alignment_granularity", 8);
	f = feature(a, list, TCG_OPAL2, 16);
	val_put_u64(a, f, "base_comid", 0x1000);
	val_put_u64(a, f, "num_comids", 1);
	val_put_u64(a, f, "admins", 1);
	val_put_u64(a, f, "users", 1);
	return sim_answer(c, &spec_tcg_discovery, st, 0, 0, c->req->cdw11);
}

/* --- who may --- */

/* The kernel looks a key up in its keyring where it is told to. 0 or -errno. */
static int key_of(struct sim_cmd *c, const struct val *opal, const struct opal_secret *s,
		  struct opal_secret *key)
{
	const struct val *kept = val_get(opal, "keyring");

	*key = *s;
	if (s->type != OPAL_KEY_IN_KEYRING)
		return s->len ? 0 : -EINVAL;
	if (!kept || kept->type != VAL_STR || !kept->s.len || kept->s.len > OPAL_KEY_MAX_LEN)
		return -ENOKEY;
	(void)c;
	key->len = (uint8_t)kept->s.len;
	memcpy(key->key, kept->s.p, kept->s.len);
	return 0;
}

static bool matches(struct sim_cmd *c, const struct val *opal, const char *whose,
		    const struct opal_secret *key)
{
	const char *want = val_str(c->ctx->arena, opal, whose);

	return strlen(want) == key->len && memcmp(want, key->key, key->len) == 0;
}

/* Starts a session; 0, -errno or -OPAL_REFUSED with the method status in the result. */
static int refuse(struct sim_cmd *c, unsigned status)
{
	c->req->result = status;
	return -OPAL_REFUSED;
}

static int session(struct sim_cmd *c, struct val *opal, const char *whose, const struct opal_secret *given)
{
	uint64_t tries = val_u64(opal, "tries", 0), limit = val_u64(opal, "try_limit", TRIES);
	struct opal_secret key;
	int rc = key_of(c, opal, given, &key);

	if (rc)
		return rc;
	if (tries >= limit)
		return refuse(c, OPAL_LOCKED_OUT);
	if (!matches(c, opal, whose, &key)) {
		sim_store(c, opal, "tries", tries + 1);
		return refuse(c, OPAL_NOT_AUTHORIZED);
	}
	if (tries)
		sim_store(c, opal, "tries", 0);
	return 0;
}

/* "msid" and what is not set: the owner's PIN is the one that is printed in the drive, until somebody takes it. */
static bool owned(struct sim_cmd *c, const struct val *opal)
{
	return *val_str(c->ctx->arena, opal, "sid") != '\0';
}

static void set_pin(struct sim_cmd *c, struct val *opal, const char *whose, const struct opal_secret *key)
{
	sim_store_text(c, opal, whose, arena_strndup(c->ctx->arena, (const char *)key->key, key->len));
}

/* --- what is asked for --- */

static int take_ownership(struct sim_cmd *c, struct val *opal, const void *data)
{
	if (owned(c, opal))
		return refuse(c, OPAL_NOT_AUTHORIZED);
	set_pin(c, opal, "sid", data);
	return 0;
}

static int activate(struct sim_cmd *c, struct val *opal, const void *data)
{
	const struct opal_activate *act = data;
	int rc;

	if (!act->nranges || act->nranges > sizeof(act->ranges))
		return -EINVAL;
	rc = session(c, opal, "sid", &act->key);
	if (rc)
		return rc;
	if (flag(opal, "active"))
		return -ENODEV;
	sim_store(c, opal, "active", 1);
	sim_store_text(c, opal, "admin1", val_str(c->ctx->arena, opal, "sid"));
	return 0;
}

static int setup_range(struct sim_cmd *c, struct val *opal, const void *data)
{
	const struct opal_range *range = data;
	int rc = flag(opal, "active") ? session(c, opal, "admin1", &range->session.key)
				      : refuse(c, OPAL_NOT_AUTHORIZED);

	if (rc)
		return rc;
	if (range->session.key.range)
		return refuse(c, OPAL_INVALID_PARAMETER);
	sim_store(c, opal, "read_locks", range->read_locks != 0);
	sim_store(c, opal, "write_locks", range->write_locks != 0);
	return 0;
}

static int lock_unlock(struct sim_cmd *c, struct val *opal, const void *data)
{
	const struct opal_lock *lock = data;
	int rc;

	if (lock->state != OPAL_STATE_RO && lock->state != OPAL_STATE_RW && lock->state != OPAL_STATE_LOCKED)
		return refuse(c, OPAL_INVALID_PARAMETER);
	rc = flag(opal, "active") ? session(c, opal, "admin1", &lock->session.key)
				  : refuse(c, OPAL_NOT_AUTHORIZED);
	if (rc)
		return rc;
	/* Locks have an effect on what locking was set up for. */
	sim_store(c, opal, "read_locked", lock->state == OPAL_STATE_LOCKED && flag(opal, "read_locks"));
	sim_store(c, opal, "write_locked", lock->state != OPAL_STATE_RW && flag(opal, "write_locks"));
	return 0;
}

static int save(struct sim_cmd *c, struct val *opal, const void *data)
{
	const struct opal_lock *lock = data;

	(void)lock;
	sim_store(c, opal, "saved", 1);
	return 0;
}

static int set_password(struct sim_cmd *c, struct val *opal, const void *data)
{
	const struct opal_password *pw = data;
	int rc = flag(opal, "active") ? session(c, opal, "admin1", &pw->session.key)
				      : refuse(c, OPAL_NOT_AUTHORIZED);

	if (!rc)
		set_pin(c, opal, "admin1", &pw->changed.key);
	return rc;
}

static int set_sid(struct sim_cmd *c, struct val *opal, const void *data)
{
	const struct opal_password *pw = data;
	int rc = session(c, opal, "sid", &pw->session.key);

	if (!rc)
		set_pin(c, opal, "sid", &pw->changed.key);
	return rc;
}

static void erase_all(struct sim_cmd *c)
{
	struct image_subsys *s = c->ctrl->subsys;

	for (size_t i = 0; i < s->nns; i++)
		sim_wipe(c, &s->ns[i], "zeroes");
}

/* Locking as it left the factory. */
static void forget_locking(struct sim_cmd *c, struct val *opal)
{
	static const char *const members[] = { "active", "read_locks", "write_locks", "read_locked",
					       "write_locked" };

	for (size_t i = 0; i < NELEMS(members); i++)
		sim_store(c, opal, members[i], 0);
	sim_store_text(c, opal, "admin1", "");
}

/* The whole drive: its contents go where there was an active Locking SP to protect them. */
static void revert(struct sim_cmd *c, struct val *opal, bool always)
{
	if (always || flag(opal, "active"))
		erase_all(c);
	forget_locking(c, opal);
	sim_store_text(c, opal, "sid", "");
	sim_store(c, opal, "tries", 0);
}

static int revert_drive(struct sim_cmd *c, struct val *opal, const void *data)
{
	int rc = owned(c, opal) ? session(c, opal, "sid", data) : refuse(c, OPAL_NOT_AUTHORIZED);

	if (!rc)
		revert(c, opal, false);
	return rc;
}

static int revert_psid(struct sim_cmd *c, struct val *opal, const void *data)
{
	const struct opal_secret *key = data;

	if (!matches(c, opal, "psid", key) || !key->len)
		return refuse(c, OPAL_NOT_AUTHORIZED);
	revert(c, opal, true);
	return 0;
}

static int revert_locking(struct sim_cmd *c, struct val *opal, const void *data)
{
	const struct opal_keep *keep = data;
	int rc = flag(opal, "active") ? session(c, opal, "admin1", &keep->key)
				      : refuse(c, OPAL_NOT_AUTHORIZED);

	if (rc)
		return rc;
	/* The key of what is locked cannot be kept: Opal SSC 2.02, section 5.1.3. */
	if ((keep->options & OPAL_KEEP_DATA) && flag(opal, "read_locked") && flag(opal, "write_locked"))
		return refuse(c, OPAL_FAIL);
	if (!(keep->options & OPAL_KEEP_DATA))
		erase_all(c);
	forget_locking(c, opal);
	return 0;
}

static const struct {
	uint32_t number;
	int (*run)(struct sim_cmd *c, struct val *opal, const void *data);
} calls[] = {
	{ OPAL_SAVE, save },
	{ OPAL_LOCK_UNLOCK, lock_unlock },
	{ OPAL_TAKE_OWNERSHIP, take_ownership },
	{ OPAL_ACTIVATE, activate },
	{ OPAL_SET_PASSWORD, set_password },
	{ OPAL_REVERT, revert_drive },
	{ OPAL_SETUP_RANGE, setup_range },
	{ OPAL_REVERT_PSID, revert_psid },
	{ OPAL_REVERT_LOCKING, revert_locking },
	{ OPAL_SET_SID, set_sid },
};

int sim_opal(struct sim_cmd *c)
{
	struct val *opal = sim_opal_state(c);

	if (!opal)
		return -EOPNOTSUPP;
	for (size_t i = 0; i < NELEMS(calls); i++) {
		if (calls[i].number != c->req->cdw10)
			continue;
		if (!c->req->data || c->req->data_len != _IOC_SIZE(calls[i].number))
			return -EFAULT;
		/* A kernel before 6.6 has two calls less. */
		if (flag(opal, "old_kernel") && _IOC_NR(calls[i].number) >= _IOC_NR(OPAL_REVERT_LOCKING))
			return -ENOTTY;
		return calls[i].run(c, opal, c->req->data);
	}
	return -ENOTTY;
}

/* --- what locking stands in the way of --- */

static bool reads(uint8_t opcode)
{
	return opcode == 0x02 || opcode == 0x05 || opcode == 0x0c;
}

static bool writes(uint8_t opcode)
{
	return opcode == 0x01 || opcode == 0x04 || opcode == 0x08 || opcode == 0x09 || opcode == 0x19 ||
	       opcode == 0x7d || opcode == 0x79;
}

/* Access Denied is for access to the media, Operation Denied for commands that would act on all of it. */
int sim_opal_blocks(struct sim_cmd *c)
{
	const struct val *opal = sim_opal_state(c);
	uint8_t op = c->req->opcode;

	if (!opal || !flag(opal, "active"))
		return 0;
	if (c->req->io &&
	    ((reads(op) && flag(opal, "read_locked")) || (writes(op) && flag(opal, "write_locked"))))
		return sim_reject(c, SIM_ACCESS_DENIED, AT_NOWHERE);
	if (!c->req->io && (op == 0x80 || op == 0x84 || op == 0x8c) && flag(opal, "write_locked"))
		return sim_reject(c, SIM_OPERATION_DENIED, AT_OPCODE);
	return 0;
}
