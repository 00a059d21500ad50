/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Keyrings of the kernel (keyrings(7)), as far as NVMe/TCP needs them: TLS PSKs of type "psk" under their identities
 * (spec/authkey.h) in the keyring ".nvme", which the kernel's module nvme_keyring makes (Linux 6.7).
 *
 * A simulated system (ctx->g.system) has keyrings in this process, which are empty at first and end with the run: the
 * kernel's are not touched then. In a dry run nothing is inserted or revoked; it goes into the plan instead.
 *
 * Functions return 0 or -errno with the error recorded, whose hint says what to do: load a module, be root, ... A serial
 * number is never 0 where 0 is returned, except in a dry run.
 */
#ifndef NVMEKIT_DEV_KEYRING_H
#define NVMEKIT_DEV_KEYRING_H

#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/secret.h"

#define KEYRING_NVME ".nvme"
#define KEYRING_PSK "psk" /* the type of the keys */

struct keyring_key {
	int32_t serial;
	uint32_t uid, gid, perm; /* as the kernel has them (keyctl_setperm(3)) */
	const char *type, *identity;
};

/*
 * The keyring of that name (NULL: ".nvme"), of that serial number (decimal or 0x), or @s, @u, @us (of the session, the user).
 * Absent: XC_UNSUPPORTED for ".nvme", XC_USAGE for others; the errno is ENOKEY.
 * The process possesses it afterwards, through its own process keyring, which ends with it.
 */
int keyring_find(struct ctx *ctx, const char *name_or_serial, int32_t *serial);
/* The keys of that type (NULL: all of them) in the arena; those that cannot be looked at are left out, and counted in *hidden. */
int keyring_list(struct ctx *ctx, int32_t ring, const char *type, struct keyring_key **keys, size_t *n, size_t *hidden);
/*
 * The key with exactly that identity (the kernel's own search for a PSK is content with a beginning of it). XC_USAGE and
 * ENOKEY where there is none.
 */
int keyring_key(struct ctx *ctx, int32_t ring, const char *type, const char *identity, int32_t *key);
int keyring_psk(struct ctx *ctx, int32_t ring, const char *identity, int32_t *key);
/* A key of that identity that is there already is replaced. Dry run: *key is 0. */
int keyring_insert(struct ctx *ctx, int32_t ring, const char *type, const char *identity, const void *data, size_t len,
		   int32_t *key);
int keyring_insert_psk(struct ctx *ctx, int32_t ring, const char *identity, const void *psk, size_t len, int32_t *key);
/* What is in the key: up to 32767 bytes. secret_wipe() it. */
int keyring_read(struct ctx *ctx, int32_t key, const char *identity, struct secret *out);
/* Nobody can use the key any more. */
int keyring_revoke(struct ctx *ctx, int32_t ring, int32_t key, const char *identity);

/* What a keyring is made of: the kernel's (keyring.c), the simulated one (keyring_sim.c). 0 or -errno, no error recorded. */
struct keyring_ops {
	int (*find)(struct ctx *ctx, const char *name, int32_t *serial);
	int (*possess)(struct ctx *ctx, int32_t ring);
	int (*members)(struct ctx *ctx, int32_t ring, int32_t **keys, size_t *n);
	int (*describe)(struct ctx *ctx, int32_t key, struct keyring_key *out);
	int (*add)(struct ctx *ctx, int32_t ring, const char *type, const char *identity, const void *data, size_t len,
		   int32_t *key);
	int (*read)(struct ctx *ctx, int32_t key, struct secret *out);
	int (*revoke)(struct ctx *ctx, int32_t key);
};
extern const struct keyring_ops keyring_sim;

#endif
