/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "dev/keyring.h"

#include <errno.h>
#include <keyutils.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/num.h"
#include "dev/gate.h"

/* --- the kernel's --- */

static int result(long rc)
{
	return rc < 0 ? -errno : 0;
}

static int find_special(const char *name, int32_t *serial)
{
	static const struct {
		const char *name;
		int32_t id;
	} special[] = {
		{ "@s", KEY_SPEC_SESSION_KEYRING },
		{ "@u", KEY_SPEC_USER_KEYRING },
		{ "@us", KEY_SPEC_USER_SESSION_KEYRING },
	};

	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		if (strcmp(name, special[i].name) != 0)
			continue;
		*serial = keyctl_get_keyring_ID(special[i].id, 1);
		return *serial < 0 ? -errno : 0;
	}
	return -ENOKEY;
}

static int linux_find(struct ctx *ctx, const char *name, int32_t *serial)
{
	(void)ctx;
	if (*name == '@')
		return find_special(name, serial);
	*serial = find_key_by_type_and_desc("keyring", name, 0);
	/* Some kernels leave no way to tell "there is none" from "nobody would make one". */
	if (*serial <= 0)
		return errno == ENOSYS || errno == EACCES || errno == EPERM ? -errno : -ENOKEY;
	return 0;
}

/*
 * Keys of a keyring can be read and revoked by who possesses it, that is, finds it from a keyring of his own. That of the
 * process is as good as that of the session, and leaves nothing behind.
 */
static int linux_possess(struct ctx *ctx, int32_t ring)
{
	(void)ctx;
	return result(keyctl_link(ring, KEY_SPEC_PROCESS_KEYRING));
}

static int linux_members(struct ctx *ctx, int32_t ring, int32_t **keys, size_t *n)
{
	void *p = NULL;
	int len = keyctl_read_alloc(ring, &p);

	if (len < 0)
		return -errno;
	*n = (size_t)len / sizeof(**keys);
	*keys = arena_calloc(ctx->arena, *n, sizeof(**keys));
	if (*n)
		memcpy(*keys, p, *n * sizeof(**keys));
	free(p);
	return 0;
}

/* "type;uid;gid;perm;description", and the description may hold semicolons. */
static int take_apart(struct ctx *ctx, char *text, struct keyring_key *out)
{
	char *part[5], *end;

	for (size_t i = 0; i < 5; i++) {
		part[i] = text;
		if (i == 4)
			break;
		text += strcspn(text, ";");
		if (!*text)
			return -EBADMSG;
		*text++ = '\0';
	}
	out->type = arena_strdup(ctx->arena, part[0]);
	out->identity = arena_strdup(ctx->arena, part[4]);
	out->uid = (uint32_t)strtol(part[1], &end, 10);
	out->gid = (uint32_t)strtol(part[2], &end, 10);
	out->perm = (uint32_t)strtoul(part[3], &end, 16);
	return 0;
}

static int linux_describe(struct ctx *ctx, int32_t key, struct keyring_key *out)
{
	char *text = NULL;
	int rc = keyctl_describe_alloc(key, &text) < 0 ? -errno : take_apart(ctx, text, out);

	free(text);
	out->serial = key;
	return rc;
}

static int linux_add(struct ctx *ctx, int32_t ring, const char *type, const char *identity, const void *data,
		     size_t len, int32_t *key)
{
	(void)ctx;
	*key = add_key(type, identity, data, len, ring);
	return *key < 0 ? -errno : 0;
}

static int linux_read(struct ctx *ctx, int32_t key, struct secret *out)
{
	void *p = NULL;
	int len = keyctl_read_alloc(key, &p);

	if (len < 0)
		return -errno;
	*out = (struct secret){ arena_memdup(ctx->arena, p, (size_t)len), (size_t)len };
	explicit_bzero(p, (size_t)len);
	free(p);
	return 0;
}

static int linux_revoke(struct ctx *ctx, int32_t key)
{
	(void)ctx;
	return result(keyctl_revoke(key));
}

static const struct keyring_ops keyring_linux = {
	linux_find, linux_possess, linux_members, linux_describe, linux_add, linux_read, linux_revoke,
};

static const struct keyring_ops *ops(const struct ctx *ctx)
{
	return ctx->g.system ? &keyring_sim : &keyring_linux;
}

/* --- words --- */

static enum exit_code code_of(int err)
{
	switch (err) {
	case EPERM:
	case EACCES:
		return XC_PERM;
	case ENOSYS:
	case EOPNOTSUPP:
	case ENODEV:
		return XC_UNSUPPORTED;
	case ENOKEY:
	case EKEYREVOKED:
	case EKEYEXPIRED:
	case EKEYREJECTED:
		return XC_USAGE;
	default:
		return XC_INTERNAL;
	}
}

static int failed(struct ctx *ctx, int rc, const char *what)
{
	rc = fail(ctx, code_of(-rc), -rc, "%s failed: %s", what, strerror(-rc));
	switch (-rc) {
	case EPERM:
	case EACCES:
		return fail_hint(ctx, rc,
				 "the keyring and its keys belong to somebody else: that takes root; in a "
				 "container, one "
				 "that may use keyctl(2)");
	case ENOSYS:
	case EOPNOTSUPP:
		return fail_hint(
			ctx, rc,
			"this kernel has no such keys: it takes one with CONFIG_KEYS, and for TLS with "
			"CONFIG_NVME_TCP_TLS, from Linux 6.7 on");
	case ENODEV:
		return fail_hint(ctx, rc,
				 "the kernel knows no keys of this type; for 'psk', load its module: "
				 "modprobe nvme-keyring");
	case EDQUOT:
		return fail_hint(
			ctx, rc,
			"the user's quota of keys is used up: /proc/key-users, /proc/sys/kernel/keys");
	default:
		return rc;
	}
}

static int no_keyring(struct ctx *ctx, const char *name)
{
	int rc;

	if (strcmp(name, KEYRING_NVME) == 0) {
		rc = fail(ctx, XC_UNSUPPORTED, ENOKEY, "the keyring '" KEYRING_NVME "' does not exist");
		return fail_hint(ctx, rc,
				 "load the module that makes it: modprobe nvme-tcp (or nvme-keyring); it "
				 "takes Linux 6.7 "
				 "with CONFIG_NVME_TCP_TLS");
	}
	return fail_hint(ctx, fail(ctx, XC_USAGE, ENOKEY, "there is no keyring '%s'", name),
			 "/proc/keys lists those that you can see");
}

static int no_key(struct ctx *ctx, int32_t ring, const char *type, const char *identity)
{
	int rc = fail(ctx, XC_USAGE, ENOKEY, "keyring 0x%08x has no key '%s' of type %s", (unsigned)ring,
		      identity, type);

	return fail_hint(ctx, rc,
			 "'nvmekit keys list' shows those that there are; gen-tls-key --insert or keys "
			 "insert-tls makes one");
}

/* --- what is asked for --- */

static bool is_serial(const char *text, int32_t *serial)
{
	uint64_t v;

	if (num_parse(text, &v) || !v || v > INT32_MAX)
		return false;
	*serial = (int32_t)v;
	return true;
}

static int check_keyring(struct ctx *ctx, int32_t serial)
{
	struct keyring_key k = { 0 };
	int rc = ops(ctx)->describe(ctx, serial, &k);

	return !rc && strcmp(k.type, "keyring") != 0 ? -ENOKEY : rc;
}

int keyring_find(struct ctx *ctx, const char *name, int32_t *serial)
{
	int rc;

	name = name ? name : KEYRING_NVME;
	*serial = 0;
	rc = is_serial(name, serial) ? check_keyring(ctx, *serial) : ops(ctx)->find(ctx, name, serial);
	if (!rc)
		rc = ops(ctx)->possess(ctx, *serial);
	if (!rc)
		return 0;
	*serial = 0;
	if (rc == -ENOKEY)
		return no_keyring(ctx, name);
	return failed(ctx, rc, arena_printf(ctx->arena, "looking for the keyring '%s'", name));
}

int keyring_list(struct ctx *ctx, int32_t ring, const char *type, struct keyring_key **keys, size_t *n,
		 size_t *hidden)
{
	int32_t *serials = NULL;
	size_t count = 0;
	int rc = ops(ctx)->members(ctx, ring, &serials, &count);

	*n = 0;
	if (hidden)
		*hidden = 0;
	if (rc)
		return failed(ctx, rc, arena_printf(ctx->arena, "reading keyring 0x%08x", (unsigned)ring));
	*keys = arena_calloc(ctx->arena, count, sizeof(**keys));
	for (size_t i = 0; i < count; i++) {
		struct keyring_key *k = &(*keys)[*n];

		/* Revoked and expired keys stay in their keyring for a while: nobody has use for them. */
		rc = ops(ctx)->describe(ctx, serials[i], k);
		if (rc && hidden && rc != -EKEYREVOKED && rc != -EKEYEXPIRED && rc != -ENOKEY)
			++*hidden;
		if (!rc && (!type || strcmp(k->type, type) == 0))
			++*n;
	}
	return 0;
}

int keyring_key(struct ctx *ctx, int32_t ring, const char *type, const char *identity, int32_t *key)
{
	struct keyring_key *keys = NULL;
	size_t n = 0;
	int rc = keyring_list(ctx, ring, type, &keys, &n, NULL);

	*key = 0;
	if (rc)
		return rc;
	for (size_t i = 0; i < n && !*key; i++) {
		if (strcmp(keys[i].identity, identity) == 0)
			*key = keys[i].serial;
	}
	return *key ? 0 : no_key(ctx, ring, type, identity);
}

int keyring_psk(struct ctx *ctx, int32_t ring, const char *identity, int32_t *key)
{
	return keyring_key(ctx, ring, KEYRING_PSK, identity, key);
}

int keyring_insert(struct ctx *ctx, int32_t ring, const char *type, const char *identity, const void *data,
		   size_t len, int32_t *key)
{
	int rc;

	*key = 0;
	if (ctx->g.dry_run) {
		gate_plan_step(ctx, "Insert a key", arena_printf(ctx->arena, "type %s, %zu bytes, '%s', into keyring 0x%08x", type,
								 len, identity, (unsigned)ring), NULL);
		return 0;
	}
	rc = ops(ctx)->add(ctx, ring, type, identity, data, len, key);
	if (!rc && *key > 0)
		return 0;
	*key = 0;
	return failed(ctx, rc ? rc : -EIO, arena_printf(ctx->arena, "inserting the key '%s'", identity));
}

int keyring_insert_psk(struct ctx *ctx, int32_t ring, const char *identity, const void *psk, size_t len,
		       int32_t *key)
{
	return keyring_insert(ctx, ring, KEYRING_PSK, identity, psk, len, key);
}

int keyring_read(struct ctx *ctx, int32_t key, const char *identity, struct secret *out)
{
	int rc = ops(ctx)->read(ctx, key, out);

	return rc ? failed(ctx, rc, arena_printf(ctx->arena, "reading the key '%s'", identity)) : 0;
}

int keyring_revoke(struct ctx *ctx, int32_t ring, int32_t key, const char *identity)
{
	int rc;

	if (ctx->g.dry_run) {
		gate_plan_step(ctx, "Revoke a key", arena_printf(ctx->arena, "'%s' (0x%08x) in keyring 0x%08x", identity,
								 (unsigned)key, (unsigned)ring), NULL);
		return 0;
	}
	rc = ops(ctx)->revoke(ctx, key);
	return rc ? failed(ctx, rc, arena_printf(ctx->arena, "revoking the key '%s'", identity)) : 0;
}
