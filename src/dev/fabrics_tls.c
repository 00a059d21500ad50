/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Which TLS key: people name keyrings and identities, the kernel wants serial numbers. Without a key of its own a connection is
 * made with one that is in the keyring under the names of both ends, and there has to be one. NVMe TCP Transport 1.1, section
 * 3.6.1.3.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "core/num.h"
#include "core/secret.h"
#include "dev/fabrics.h"
#include "dev/keyring.h"
#include "spec/authkey.h"

#define KEY_TEXT "NVMeTLSkey-1:"

static void put_serial(struct arena *a, struct fab_conn *c, enum fab_key k, int32_t serial)
{
	fab_put_text(c, k, arena_printf(a, "%" PRId32, serial), c->v[k].origin);
}

/* A key in the interchange format, as nvme-cli takes it: it is put into the keyring first. */
static int insert(struct ctx *ctx, int32_t ring, struct fab_conn *c, int32_t *serial)
{
	const struct tls_psk_args names = { fab_text(c, FK_HOSTNQN), fab_text(c, FK_NQN), 1, false };
	const char *text = fab_text(c, FK_TLS_KEY), *why;
	struct auth_key key = { 0 };
	struct tls_psk psk = { { 0 } };
	int rc;

	if (auth_key_parse(AUTH_TLS, text, strlen(text), &key, &why))
		return fail(ctx, XC_DATA, 0, "tls-key: this is no valid PSK for NVMe/TCP: %s", why);
	rc = tls_psk_derive(&key, &names, &psk, &why);
	if (!rc)
		rc = keyring_insert_psk(ctx, ring, psk.identity, psk.psk, psk.len, serial);
	else
		rc = fail(ctx, XC_DATA, 0, "tls-key: no TLS PSK can be derived for '%s' and '%s': %s", names.hostnqn, names.subsysnqn, why);
	auth_key_wipe(&key);
	explicit_bzero(&psk, sizeof(psk));
	return rc;
}

static int named_key(struct ctx *ctx, int32_t ring, struct fab_conn *c)
{
	const char *text = fab_text(c, FK_TLS_KEY);
	int32_t serial = 0;
	uint64_t n;
	int rc;

	if (c->v[FK_TLS_KEY_IDENTITY].set) {
		rc = keyring_psk(ctx, ring, fab_text(c, FK_TLS_KEY_IDENTITY), &serial);
	} else if (strncmp(text, KEY_TEXT, strlen(KEY_TEXT)) == 0) {
		rc = insert(ctx, ring, c, &serial);
	} else {
		rc = num_parse(text, &n);
		if (rc || !n || n > INT32_MAX)
			return fail(ctx, XC_USAGE, 0, "tls-key is neither the serial number of a key nor a key");
		serial = (int32_t)n;
	}
	if (!rc)
		put_serial(ctx->arena, c, FK_TLS_KEY, serial);
	return rc;
}

/* Is there a key under the names of both ends, in any version? */
static int needs_key(struct ctx *ctx, int32_t ring, const struct fab_conn *c)
{
	const char *host = fab_text(c, FK_HOSTNQN), *subsys = fab_text(c, FK_NQN);
	struct keyring_key *keys;
	size_t n, hidden;
	int rc = keyring_list(ctx, ring, "psk", &keys, &n, &hidden);

	for (size_t i = 0; !rc && i < n; i++) {
		struct tls_identity id;

		if (tls_identity_parse(keys[i].identity, &id) == 0 && strlen(host) == id.hostnqn_len &&
		    memcmp(host, id.hostnqn, id.hostnqn_len) == 0 && strlen(subsys) == id.subsysnqn_len &&
		    memcmp(subsys, id.subsysnqn, id.subsysnqn_len) == 0)
			return 0;
	}
	if (rc || hidden)
		return rc;
	rc = fail(ctx, XC_UNSUPPORTED, ENOKEY, "cannot connect to %s: no TLS key for it and the host %s is in the keyring",
		  fab_describe(ctx->arena, c), host);
	return fail_hint(ctx, rc, "nvmekit check-tls-key --insert puts one there; 'nvmekit keys list' shows those that are");
}

int fab_tls_keys(struct ctx *ctx, struct fab_conn *c)
{
	bool own = c->v[FK_TLS_KEY].set || c->v[FK_TLS_KEY_IDENTITY].set;
	int32_t ring;
	int rc;

	if (!fab_flag(c, FK_TLS) && !c->v[FK_KEYRING].set)
		return 0;
	rc = keyring_find(ctx, c->v[FK_KEYRING].set ? fab_text(c, FK_KEYRING) : NULL, &ring);
	if (rc)
		return rc;
	if (c->v[FK_KEYRING].set)
		put_serial(ctx->arena, c, FK_KEYRING, ring);
	if (own)
		return named_key(ctx, ring, c);
	/* The keyring of a simulated system is empty in every run. */
	return fab_flag(c, FK_TLS) && !ctx->g.system ? needs_key(ctx, ring, c) : 0;
}
