/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Keyrings of a simulated system: in the memory of this run, empty at its beginning. An image does not keep them, for it is
 * a file that people hand around.
 */
#include <errno.h>
#include <string.h>

#include "core/val.h"
#include "dev/keyring.h"

enum { FIRST = 0x1000 };

/* ctx->keys is an array of what there is, keyrings included; the serial number is the place in it. */
static struct val *at(struct ctx *ctx, int32_t serial)
{
	int32_t i = FIRST;

	if (!ctx->keys)
		ctx->keys = val_new(ctx->arena, VAL_ARR);
	val_for_each(k, ctx->keys) {
		if (i++ == serial)
			return k;
	}
	return NULL;
}

static int32_t put(struct ctx *ctx, int32_t ring, const char *type, const char *identity)
{
	struct val *k;

	(void)at(ctx, 0);
	k = val_put_obj(ctx->arena, ctx->keys, NULL);
	val_put_u64(ctx->arena, k, "ring", (uint64_t)ring);
	val_put_str(ctx->arena, k, "type", type);
	val_put_str(ctx->arena, k, "identity", identity);
	return FIRST + (int32_t)ctx->keys->c.n - 1;
}

static bool is(struct ctx *ctx, const struct val *k, uint64_t ring, const char *type, const char *identity)
{
	return !val_get(k, "revoked") && val_u64(k, "ring", 0) == ring &&
	       strcmp(val_str(ctx->arena, k, "type"), type) == 0 &&
	       strcmp(val_str(ctx->arena, k, "identity"), identity) == 0;
}

static int32_t look_up(struct ctx *ctx, int32_t ring, const char *type, const char *identity)
{
	int32_t serial = FIRST;

	(void)at(ctx, 0);
	val_for_each(k, ctx->keys) {
		if (is(ctx, k, (uint64_t)ring, type, identity))
			return serial;
		serial++;
	}
	return 0;
}

/* The one that Linux makes is there; others have to be made by somebody, and nobody does. */
static int find(struct ctx *ctx, const char *name, int32_t *serial)
{
	if (strcmp(name, KEYRING_NVME) != 0)
		return -ENOKEY;
	*serial = look_up(ctx, 0, "keyring", name);
	if (!*serial)
		*serial = put(ctx, 0, "keyring", name);
	return 0;
}

static int possess(struct ctx *ctx, int32_t ring)
{
	return at(ctx, ring) ? 0 : -ENOKEY;
}

static int members(struct ctx *ctx, int32_t ring, int32_t **keys, size_t *n)
{
	int32_t serial = FIRST;

	if (!at(ctx, ring))
		return -ENOKEY;
	*n = 0;
	*keys = arena_calloc(ctx->arena, ctx->keys->c.n, sizeof(**keys));
	val_for_each(k, ctx->keys) {
		if (val_u64(k, "ring", 0) == (uint64_t)ring)
			(*keys)[(*n)++] = serial;
		serial++;
	}
	return 0;
}

static int describe(struct ctx *ctx, int32_t key, struct keyring_key *out)
{
	const struct val *k = at(ctx, key);

	if (!k || val_get(k, "revoked"))
		return k ? -EKEYREVOKED : -ENOKEY;
	*out = (struct keyring_key){
		.serial = key,
		.perm = 0x3f010000,
		.type = val_str(ctx->arena, k, "type"),
		.identity = val_str(ctx->arena, k, "identity"),
	};
	return 0;
}

static int revoke_key(struct ctx *ctx, int32_t key)
{
	struct val *k = at(ctx, key), *data = k ? val_get(k, "data") : NULL;

	if (!k || val_get(k, "revoked"))
		return k ? -EKEYREVOKED : -ENOKEY;
	if (data)
		explicit_bzero((char *)(uintptr_t)data->s.p, data->s.len);
	val_put_bool(ctx->arena, k, "revoked", true);
	return 0;
}

static int add(struct ctx *ctx, int32_t ring, const char *type, const char *identity, const void *data,
	       size_t len, int32_t *key)
{
	int32_t old = look_up(ctx, ring, type, identity);

	if (!at(ctx, ring))
		return -ENOKEY;
	if (strcmp(type, KEYRING_PSK) != 0 && strcmp(type, "user") != 0)
		return -ENODEV;
	if (old)
		(void)revoke_key(ctx, old);
	/* Once: nothing but the keyring is there yet. */
	if (ctx->keys->c.n == 1)
		warn_user(ctx, "the keyring of the simulated system ends with this run; this machine's "
			       "keyrings are left alone");
	*key = put(ctx, ring, type, identity);
	val_put_bytes(ctx->arena, at(ctx, *key), "data", data, len);
	return 0;
}

static int read_key(struct ctx *ctx, int32_t key, struct secret *out)
{
	const struct val *k = at(ctx, key), *data = k ? val_get(k, "data") : NULL;

	if (!data || val_get(k, "revoked"))
		return data ? -EKEYREVOKED : -ENOKEY;
	*out = (struct secret){ arena_memdup(ctx->arena, data->s.p, data->s.len), data->s.len };
	return 0;
}

const struct keyring_ops keyring_sim = { find, possess, members, describe, add, read_key, revoke_key };
