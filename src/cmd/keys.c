/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Keys for NVMe over Fabrics on their way in and out. */
#include "cmd/keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/hmac.h"
#include "core/num.h"
#include "dev/hostid.h"

/* Longer than any key, so that what is wrong with a longer text can be told. */
enum { TEXT_MAX = 512 };

/* --- in --- */

static int no_source(struct ctx *ctx, const struct key_source *from)
{
	int rc = fail(ctx, XC_USAGE, 0, "%s needs a key: %s=FILE", ctx->cmd ? ctx->cmd->name : "this", from->file_opt);

	return fail_hint(ctx, rc, "%s=- or a pipe reads it from standard input", from->file_opt);
}

static int read_text(struct ctx *ctx, const struct key_source *from, struct secret *text)
{
	if (from->arg && from->file)
		return fail(ctx, XC_USAGE, 0, "%s and %s exclude each other", from->opt, from->file_opt);
	if (from->arg) {
		warn_user(ctx, "%s: other users of this machine can see it; %s=FILE keeps it to yourself", from->opt, from->file_opt);
		secret_take(ctx, from->arg, text);
		return 0;
	}
	if (from->file)
		return secret_read(ctx, from->file_opt, from->file, TEXT_MAX, true, text);
	if (isatty(STDIN_FILENO))
		return no_source(ctx, from);
	return secret_read(ctx, from->file_opt, "-", TEXT_MAX, true, text);
}

static int check(struct ctx *ctx, unsigned kind, const char *what, const struct secret *text, struct auth_key *out)
{
	static const char *const names[] = {
		[AUTH_DHCHAP] = "secret of DH-HMAC-CHAP",
		[AUTH_TLS] = "PSK for NVMe/TCP",
	};
	const char *why;

	if (!auth_key_parse(kind, (const char *)text->p, text->len, out, &why))
		return 0;
	return fail(ctx, XC_DATA, 0, "%s: this is no valid %s: %s", what, names[kind], why);
}

int key_take(struct ctx *ctx, unsigned kind, const char *what, struct secret *text, struct auth_key *out)
{
	int rc = check(ctx, kind, what, text, out);

	secret_wipe(text);
	return rc;
}

/* For messages: "--keydata", "--keydata-file: FILE". */
static const char *source_name(struct ctx *ctx, const struct key_source *from)
{
	if (from->arg)
		return from->opt;
	if (!from->file || strcmp(from->file, "-") == 0)
		return "standard input";
	return arena_printf(ctx->arena, "%s: %s", from->file_opt, from->file);
}

int key_read(struct ctx *ctx, unsigned kind, const struct key_source *from, struct auth_key *out)
{
	struct secret text = { NULL, 0 };
	int rc = read_text(ctx, from, &text);

	return rc ? rc : key_take(ctx, kind, source_name(ctx, from), &text, out);
}

int dhchap_secret_read(struct ctx *ctx, const struct key_source *from, struct secret *out)
{
	struct auth_key k = { 0 };
	struct secret text = { NULL, 0 };
	int rc = read_text(ctx, from, &text);

	if (!rc)
		rc = check(ctx, AUTH_DHCHAP, source_name(ctx, from), &text, &k);
	auth_key_wipe(&k);
	if (rc) {
		secret_wipe(&text);
		return rc;
	}
	/* There may be more behind it than the end of the line that was cut off. */
	*out = (struct secret){ (uint8_t *)arena_strndup(ctx->arena, (const char *)text.p, text.len), text.len };
	secret_wipe(&text);
	return 0;
}

static int from_hex(struct ctx *ctx, const char *what, const struct secret *text, size_t len, struct auth_key *k)
{
	if (text->len % 2)
		return fail(ctx, XC_USAGE, 0, "%s: there is an odd number of hexadecimal digits (%zu)", what, text->len);
	if (len && len != text->len / 2)
		return fail(ctx, XC_USAGE, 0, "%s: it has %zu bytes, and not the %zu that are asked for", what, text->len / 2, len);
	if (text->len / 2 > AUTH_KEY_MAX)
		return fail(ctx, XC_USAGE, 0, "%s: it has %zu bytes, which is more than any key has", what, text->len / 2);
	k->len = (uint8_t)(text->len / 2);
	for (size_t i = 0; i < k->len; i++) {
		int hi = hex_digit((char)text->p[2 * i]), lo = hex_digit((char)text->p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return fail(ctx, XC_USAGE, 0, "%s: character %zu is no hexadecimal digit", what, 2 * i + (hi < 0 ? 1 : 2));
		k->key[i] = (uint8_t)(hi << 4 | lo);
	}
	return 0;
}

int key_make(struct ctx *ctx, unsigned kind, unsigned hash, size_t len, size_t dflt, const struct key_source *from,
	     struct auth_key *out)
{
	struct secret text = { NULL, 0 };
	const char *why;
	int rc = 0;

	*out = (struct auth_key){ .kind = (uint8_t)kind, .hash = (uint8_t)hash };
	if (from->arg || from->file)
		rc = read_text(ctx, from, &text);
	if (!rc && text.p)
		rc = from_hex(ctx, from->arg ? from->opt : from->file_opt, &text, len, out);
	secret_wipe(&text);
	if (!rc && !out->len)
		out->len = (uint8_t)(len ? len : dflt);
	if (!rc && !auth_key_fits(kind, hash, out->len, &why))
		rc = fail(ctx, XC_USAGE, 0, "%s, and not %u", why, out->len);
	if (!rc && !from->arg && !from->file && (rc = random_bytes(out->key, out->len)))
		rc = fail(ctx, XC_INTERNAL, -rc, "there are no random numbers: %s", strerror(-rc));
	if (rc)
		auth_key_wipe(out);
	return rc;
}

/* --- out --- */

void key_describe(struct ctx *ctx, const struct auth_key *k, struct val *out)
{
	val_put_u64(ctx->arena, out, "hash", k->hash);
	val_put_u64(ctx->arena, out, "length", k->len);
	/* nvme-cli shows it, though it tells 32 bits about the key: for the nvme personality alone. */
	val_put_u64(ctx->arena, out, "crc", auth_key_crc(k))->flags |= VAL_HIDDEN;
}

/* Only the name of the file is of interest then. */
static int plan_file(struct ctx *ctx, const char *path)
{
	if (access(path, F_OK) == 0)
		return fail(ctx, XC_USAGE, EEXIST, "--output-file: %s exists already", path);
	gate_plan_step(ctx, "Write the new key", arena_printf(ctx->arena, "to %s, mode 600", path), NULL);
	return 0;
}

static int write_key(struct ctx *ctx, const char *path, char *text, size_t len)
{
	if (ctx->g.dry_run)
		return plan_file(ctx, path);
	text[len] = '\n';
	return secret_write(ctx, "--output-file", path, SECRET_NEW, text, len + 1);
}

int key_hand_out(struct ctx *ctx, const char *output_file, const struct auth_key *k, struct val *out)
{
	char text[AUTH_TEXT_MAX + 1];
	size_t len = auth_key_format(k, text);
	int rc = output_file ? write_key(ctx, output_file, text, len) : 0;

	if (!rc && output_file)
		val_put_str(ctx->arena, out, "output_file", output_file);
	else if (!rc && !ctx->g.dry_run)
		val_put_str(ctx->arena, out, "key", text);
	explicit_bzero(text, sizeof(text));
	if (!rc)
		key_describe(ctx, k, out);
	return rc;
}

void key_put(struct ctx *ctx, struct val *to, int32_t serial, const char *identity)
{
	val_put_u64(ctx->arena, to, "serial", (uint32_t)serial);
	val_put_str(ctx->arena, to, "identity", identity);
}

int key_file_fits(struct ctx *ctx, const char *path, bool replaced)
{
	struct stat st;

	if (!path || (replaced ? lstat : stat)(path, &st) || S_ISREG(st.st_mode))
		return 0;
	return fail(ctx, XC_USAGE, EINVAL, "--keyfile: %s is no regular file: keys are not written there", path);
}

int key_hostnqn(struct ctx *ctx, const char *given, const char **nqn)
{
	struct host_identity id = { .hostnqn = given };
	const char *why;
	int rc = given ? 0 : host_identity_known(ctx, &id);

	if (rc)
		return rc;
	if (!id.hostnqn)
		return fail_hint(ctx, fail(ctx, XC_USAGE, 0, "%s needs the NQN of the host: --hostnqn", ctx->cmd->name),
				 "'nvmekit help gen-hostnqn' tells how this machine gets one of its own");
	*nqn = id.hostnqn;
	why = tls_name_unfit(id.hostnqn);
	if (!why)
		return 0;
	return given ? fail(ctx, XC_USAGE, 0, "--hostnqn: %s", why)
		     : fail(ctx, XC_DATA, 0, "the host NQN (%s) cannot be used: %s", id.nqn_origin, why);
}

/* --- TLS PSKs --- */

int psk_derive(struct ctx *ctx, const struct psk_args *a, const struct auth_key *k, struct tls_psk *psk)
{
	struct tls_psk_args args = { .subsysnqn = a->subsysnqn, .version = a->identity, .legacy = a->compat };
	const char *why;
	int rc;

	if (!a->subsysnqn)
		return fail(ctx, XC_USAGE, 0, "%s needs the NQN of the NVM subsystem: --subsysnqn", ctx->cmd->name);
	why = tls_name_unfit(a->subsysnqn);
	if (why)
		return fail(ctx, XC_USAGE, 0, "--subsysnqn: %s", why);
	rc = key_hostnqn(ctx, a->hostnqn, &args.hostnqn);
	if (rc)
		return rc;
	rc = tls_psk_derive(k, &args, psk, &why);
	if (rc == -EINVAL)
		return fail(ctx, XC_USAGE, 0, "no TLS PSK can be derived: %s", why);
	return rc ? fail(ctx, XC_INTERNAL, -rc, "libcrypto cannot derive a TLS PSK") : 0;
}

int psk_line(struct ctx *ctx, const char *identity, const uint8_t *psk, size_t len, struct secret *out)
{
	struct auth_key k = { .kind = AUTH_TLS };
	struct tls_identity id;
	char text[AUTH_TEXT_MAX];
	char *line;

	if (tls_identity_parse(identity, &id) || len != auth_hash_size(id.hash))
		return -EBADMSG;
	k.hash = id.hash;
	k.len = (uint8_t)len;
	memcpy(k.key, psk, len);
	auth_key_format(&k, text);
	line = arena_printf(ctx->arena, "%s %s\n", identity, text);
	*out = (struct secret){ (uint8_t *)line, strlen(line) };
	explicit_bzero(text, sizeof(text));
	auth_key_wipe(&k);
	return 0;
}

static int append(struct ctx *ctx, const char *keyfile, const struct tls_psk *psk, struct val *out)
{
	struct secret line;
	int rc;

	if (keyfile && ctx->g.dry_run)
		gate_plan_step(ctx, "Append the TLS PSK", arena_printf(ctx->arena, "to %s", keyfile), NULL);
	if (!keyfile || ctx->g.dry_run)
		return 0;
	rc = psk_line(ctx, psk->identity, psk->psk, psk->len, &line);
	if (rc)
		return fail(ctx, XC_INTERNAL, -rc, "the TLS PSK cannot be written as text");
	rc = secret_write(ctx, "--keyfile", keyfile, SECRET_APPEND, line.p, line.len);
	secret_wipe(&line);
	if (!rc)
		val_put_str(ctx->arena, out, "keyfile", keyfile);
	return rc;
}

int psk_prepare(struct ctx *ctx, const struct psk_args *a, const struct auth_key *k, struct psk_target *t)
{
	int rc;

	*t = (struct psk_target){ .ring = 0 };
	rc = key_file_fits(ctx, a->keyfile, false);
	if (!rc)
		rc = psk_derive(ctx, a, k, &t->psk);
	if (!rc)
		rc = keyring_find(ctx, a->keyring, &t->ring);
	if (rc)
		explicit_bzero(t, sizeof(*t));
	return rc;
}

int psk_store(struct ctx *ctx, const struct psk_args *a, struct psk_target *t, struct val *out)
{
	int32_t serial;
	int rc = keyring_insert(ctx, t->ring, a->keytype, t->psk.identity, t->psk.psk, t->psk.len, &serial);

	if (!rc) {
		val_put_str(ctx->arena, out, "identity", t->psk.identity);
		val_put_u64(ctx->arena, out, "keyring", (uint32_t)t->ring);
		val_put_u64(ctx->arena, out, "serial", (uint32_t)serial);
		rc = append(ctx, a->keyfile, &t->psk, out);
		if (rc)
			warn_user(ctx, "the TLS PSK '%s' was put into the keyring before that", t->psk.identity);
	}
	explicit_bzero(t, sizeof(*t));
	return rc;
}

int psk_insert(struct ctx *ctx, const struct psk_args *a, const struct auth_key *k, struct val *out)
{
	struct psk_target t;
	int rc = psk_prepare(ctx, a, k, &t);

	return rc ? rc : psk_store(ctx, a, &t, out);
}
