/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* keys-import: TLS PSKs from a file into a keyring of the kernel. */
#include <errno.h>
#include <string.h>

#include "cmd/keys_ring.h"

/* As much as some thousand keys take. */
enum { FILE_MAX = 1 << 20 };

struct import {
	const char *identity;
	struct auth_key key;
};

static int bad_line(struct ctx *ctx, const char *where, const char *why)
{
	return fail(ctx, XC_DATA, 0, "%s: %s; nothing was imported", where, why);
}

/* What nvme-cli 2 exported of identities of version 0 says so in the wrong place. */
static void mend_version(struct secret *text)
{
	static const char wrong[] = "NVMeTLSkey-0:";

	if (text->len > sizeof(wrong) && memcmp(text->p, wrong, sizeof(wrong) - 1) == 0)
		text->p[sizeof(wrong) - 3] = '1';
}

static int take_one(struct ctx *ctx, const char *where, const char *identity, struct secret *text, struct import *to)
{
	static const char dhchap[] = "DHHC-1:";
	struct tls_identity id;
	const char *why;
	int rc;

	if (text->len > sizeof(dhchap) && memcmp(text->p, dhchap, sizeof(dhchap) - 1) == 0) {
		rc = fail(ctx, XC_UNSUPPORTED, 0, "%s: this is a secret of DH-HMAC-CHAP, and Linux has no keys of that type", where);
		return fail_hint(ctx, rc, "connect takes it from a file");
	}
	if (tls_identity_parse(identity, &id))
		return bad_line(ctx, where, "there is no identity like 'NVMe0R01 HOSTNQN SUBSYSNQN' before the key");
	mend_version(text);
	if (auth_key_parse(AUTH_TLS, (const char *)text->p, text->len, &to->key, &why))
		return bad_line(ctx, where, arena_printf(ctx->arena, "this is no valid key: %s", why));
	if (to->key.len != auth_hash_size(id.hash))
		return bad_line(ctx, where, "the key has another length than the hash function of the identity");
	to->identity = arena_strdup(ctx->arena, identity);
	return 0;
}

/* "IDENTITY KEY"; the text of the line is changed. */
static int take_line(struct ctx *ctx, const char *where, char *line, size_t len, struct import *to)
{
	char *blank = memrchr(line, ' ', len);
	struct secret text;

	if (memchr(line, '\0', len) || !blank)
		return bad_line(ctx, where, "this is no identity and a key");
	*blank = '\0';
	text = (struct secret){ (uint8_t *)blank + 1, len - (size_t)(blank + 1 - line) };
	return take_one(ctx, where, line, &text, to);
}

static int take_file(struct ctx *ctx, const char *path, struct secret *file, struct import **list, size_t *n)
{
	char *p = (char *)file->p, *end = p + file->len;
	size_t lines = 1, number = 0;
	int rc = 0;

	for (char *c = p; c < end; c++)
		lines += *c == '\n';
	*list = arena_calloc(ctx->arena, lines, sizeof(**list));
	while (p < end && !rc) {
		char *eol = memchr(p, '\n', (size_t)(end - p)), *stop = eol ? eol : end;
		size_t len = (size_t)(stop - p);

		number++;
		len -= len && p[len - 1] == '\r';
		if (len)
			rc = take_line(ctx, arena_printf(ctx->arena, "%s, line %zu", path, number), p, len, &(*list)[(*n)++]);
		p = eol ? eol + 1 : end;
	}
	if (!rc && !*n)
		rc = bad_line(ctx, path, "there is no key in it");
	return rc;
}

static int insert_all(struct ctx *ctx, const struct ring_args *a, int32_t ring, const struct import *list, size_t n, struct val *out)
{
	struct val *keys = val_put_arr(ctx->arena, out, "keys");
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++) {
		int32_t serial = 0;

		rc = keyring_insert(ctx, ring, a->keytype, list[i].identity, list[i].key.key, list[i].key.len, &serial);
		if (!rc)
			key_put(ctx, val_put_obj(ctx->arena, keys, NULL), serial, list[i].identity);
		else if (i)
			warn_user(ctx, "%zu of %zu keys were imported before that", i, n);
	}
	return rc;
}

int ring_import(struct ctx *ctx, const struct ring_args *a, struct val *out)
{
	const char *path = a->keyfile ? a->keyfile : "-", *name = strcmp(path, "-") == 0 ? "standard input" : path;
	struct secret file = { NULL, 0 };
	struct import *list = NULL;
	size_t n = 0;
	int32_t ring;
	int rc = secret_read(ctx, "--keyfile", path, FILE_MAX, false, &file);

	if (!rc)
		rc = take_file(ctx, name, &file, &list, &n);
	secret_wipe(&file);
	if (!rc)
		rc = ring_open(ctx, a, &ring, out);
	if (!rc)
		rc = insert_all(ctx, a, ring, list, n, out);
	for (size_t i = 0; i < n; i++)
		auth_key_wipe(&list[i].key);
	return rc;
}

static int import_one(struct ctx *ctx, const struct ring_args *a, struct val *out)
{
	struct import one = { NULL };
	int32_t ring;
	struct tls_identity id;
	int rc;

	if (tls_identity_parse(a->identity, &id))
		return fail(ctx, XC_USAGE, 0, "--identity: this is no identity like 'NVMe0R01 HOSTNQN SUBSYSNQN'");
	rc = key_read(ctx, AUTH_TLS, &(struct key_source){ "--keydata", a->keydata, "--keydata-file", a->file }, &one.key);
	if (!rc && one.key.len != auth_hash_size(id.hash))
		rc = fail(ctx, XC_DATA, 0, "the key has %u bytes, and its identity wants %zu", one.key.len, auth_hash_size(id.hash));
	one.identity = a->identity;
	if (!rc)
		rc = ring_open(ctx, a, &ring, out);
	if (!rc)
		rc = insert_all(ctx, a, ring, &one, 1, out);
	auth_key_wipe(&one.key);
	return rc;
}

static int run_import(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct ring_args *a = argp;

	if (!a->identity && (a->keydata || a->file))
		return fail(ctx, XC_USAGE, 0, "%s goes with --identity", a->keydata ? "--keydata" : "--keydata-file");
	if (a->identity && a->keyfile)
		return fail(ctx, XC_USAGE, 0, "--identity and --keyfile exclude each other: a file has identities of its own");
	return a->identity ? import_one(ctx, a, out) : ring_import(ctx, a, out);
}

static const struct field key_rows[] = { ROW_SERIAL(0), ROW_IDENTITY(0) };
static const struct field import_rows[] = {
	ROW_KEYRING(0),
	{ "keys", "What was imported", ARRAY_OF(key_rows) },
};
static const struct spec spec_import = { "keys-import", "Imported keys", NULL, 0, 1, FIELDS(import_rows) };

static const struct opt import_opts[] = {
	OPT(ring_args, keyfile, 'f', "keyfile", "FILE", "File with a line 'IDENTITY KEY' for each key (default: standard input)",
	    .complete = COMP_FILE),
	OPT(ring_args, identity, 'i', "identity", "IDENTITY", "Import one key under this identity, instead of a file"),
	OPT_KEYDATA(ring_args, keydata, file, "The key"),
	OPT_KEYRING(ring_args, keyring), OPT_KEYTYPE(ring_args, keytype),
};

const struct cmd cmd_keys_import = {
	.name = "keys-import",
	.alias = "keys import",
	.group = "NVMe over Fabrics",
	.brief = "Put exported TLS PSKs into the kernel's keyring",
	.desc = "Reads what 'keys export' wrote, a line 'IDENTITY NVMeTLSkey-1:hh:...:' for each key, and puts the keys into the "
		"keyring as they are. A file in which anything is wrong is not imported at all.\n\n"
		"A configured PSK has no identity yet: that is for 'keys insert-tls'.",
	.examples = "nvmekit keys-import --keyfile=tls-keys\n  All keys of a file.\n"
		    "nvmekit keys-import --keyfile=tls-keys --dry-run\n  What would be inserted.\n",
	.target = T_NONE,
	.flags = C_ALTERS,
	OPTS(ring_args, import_opts),
	.out = &spec_import,
	.layout = RING_TABLE,
	.run = run_import,
};
