/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* gen-tls-key, check-tls-key, keys-insert-tls: PSKs for NVMe/TCP with TLS. NVMe TCP Transport 1.1, section 3.6.1. */
#include <errno.h>
#include <string.h>

#include "cmd/keys.h"

#define GROUP "NVMe over Fabrics"
#define INSERTED "Inserted as {identity}: key {serial:x}][, and appended to {keyfile}]"

/* Without an insertion there is nothing that could be appended. */
static int check_keyfile(struct ctx *ctx, const struct psk_args *a, bool insert)
{
	if (!a->keyfile || insert)
		return 0;
	return fail_hint(ctx, fail(ctx, XC_USAGE, 0, "--keyfile goes with --insert: it takes what is put into a keyring"),
			 "%s=FILE %s", strcmp(ctx->cmd->name, "gen-tls-key") == 0 ? "--output-file" : "--keydata-file",
			 strcmp(ctx->cmd->name, "gen-tls-key") == 0 ? "writes the new PSK to a file" : "reads the PSK from a file");
}

/* --- gen-tls-key --- */

struct gen_args {
	struct psk_args psk;
	const char *secret, *secret_file, *output_file;
	uint8_t hmac;
	bool insert;
};

#define TLS_HASHES .vals = auth_hash_names + AUTH_SHA256, .nvals = 2, .flags = OF_OPEN_NAMES, .min = 1, .max = 2

static const struct opt gen_opts[] = {
	OPT(gen_args, hmac, 'm', "hmac", "HASH", "Hash function: it decides on the length too (32 or 48 bytes)", TLS_HASHES,
	    .def = "sha256"),
	OPT_SECRET_HEX(gen_args, secret, secret_file, output_file),
	OPT(gen_args, insert, 'i', "insert", NULL, "Put the TLS PSK that is derived from it into the keyring, too"),
	OPT_PSK(gen_args, psk),
};

static const struct field gen_rows[] = {
	ROW_KEY(F_OPTIONAL), ROW_HASH, ROW_LENGTH, ROW_OUTPUT_FILE, ROW_IDENTITY(F_OPTIONAL), ROW_KEYRING(F_OPTIONAL),
	ROW_SERIAL(F_OPTIONAL), ROW_KEYFILE,
};
static const struct spec spec_gen = { "gen-tls-key", "PSK for NVMe/TCP", NULL, 0, 1, FIELDS(gen_rows) };

static int hand_out_and_insert(struct ctx *ctx, const struct gen_args *a, const struct auth_key *k, struct val *out)
{
	struct psk_target t;
	int rc = psk_prepare(ctx, &a->psk, k, &t);

	if (rc)
		return rc;
	rc = key_hand_out(ctx, a->output_file, k, out);
	if (rc)
		explicit_bzero(&t, sizeof(t));
	else
		rc = psk_store(ctx, &a->psk, &t, out);
	if (rc && val_get(out, "output_file") && !ctx->g.dry_run)
		warn_user(ctx, "the PSK is in %s: 'keys insert-tls --keydata-file=FILE' inserts it from there", a->output_file);
	return rc;
}

static int run_gen(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct gen_args *a = argp;
	struct key_source from = { "--secret", a->secret, "--secret-file", a->secret_file };
	struct auth_key k;
	int rc = check_keyfile(ctx, &a->psk, a->insert);

	if (!rc)
		rc = key_make(ctx, AUTH_TLS, a->hmac, auth_hash_size(a->hmac), 0, &from, &k);
	if (rc)
		return rc;
	rc = a->insert ? hand_out_and_insert(ctx, a, &k, out) : key_hand_out(ctx, a->output_file, &k, out);
	auth_key_wipe(&k);
	return rc;
}

const struct cmd cmd_gen_tls_key = {
	.name = "gen-tls-key",
	.alias = "keys gen-tls",
	.group = GROUP,
	.brief = "Generate a pre-shared key for NVMe/TCP with TLS",
	.desc = "Generates a configured PSK, and shows it in the interchange format 'NVMeTLSkey-1:hh:...:'. With --output-file it "
		"goes into a file that only its owner can read, and is not shown.\n\n"
		"With --insert, the TLS PSK that host and subsystem derive from it is put into the kernel's keyring as well, under "
		"its identity. The other side needs the configured PSK: insert it there with 'keys insert-tls'.",
	.examples = "nvmekit gen-tls-key\n  A PSK of 32 random bytes.\n"
		    "nvmekit gen-tls-key --insert -c nqn.io:tank -n nqn.io:me "
		    "--dry-run\n  What would go into the keyring.\n",
	.target = T_NONE,
	.flags = C_ALTERS,
	OPTS(gen_args, gen_opts),
	.out = &spec_gen,
	.layout = &(const struct layout){ .kind = LAY_DUMP, .title = "[{key}][PSK written to {output_file}][\n" INSERTED },
	.run = run_gen,
};

/* --- check-tls-key, keys-insert-tls --- */

struct check_args {
	struct psk_args psk;
	const char *keydata, *file;
	bool insert;
};

static const struct opt check_opts[] = {
	OPT_KEYDATA(check_args, keydata, file, "The PSK"),
	OPT(check_args, insert, 'i', "insert", NULL, "Put the TLS PSK into the keyring, as 'keys insert-tls' does"),
	OPT_PSK(check_args, psk),
};

static const struct field check_rows[] = {
	ROW_HASH, ROW_LENGTH, ROW_IDENTITY(F_OPTIONAL),
	{ "loaded", "Whether the keyring has a key of this identity; null: there is no such keyring", .kind = K_BOOL,
	  .flags = F_OPTIONAL | F_NULLABLE },
	ROW_KEYRING(F_OPTIONAL), ROW_SERIAL(F_OPTIONAL), ROW_KEYFILE,
};
static const struct spec spec_check = { "check-tls-key", "Check of a PSK", NULL, 0, 1, FIELDS(check_rows) };

static int read_psk(struct ctx *ctx, const struct check_args *a, struct auth_key *k)
{
	return key_read(ctx, AUTH_TLS, &(struct key_source){ "--keydata", a->keydata, "--keydata-file", a->file }, k);
}

/* A look that may fail: what is wrong with the keyring is no fault of the key. */
static void put_loaded(struct ctx *ctx, const struct psk_args *a, const char *identity, struct val *out)
{
	struct error before = ctx->error;
	int32_t ring, key = 0;
	int rc = keyring_find(ctx, a->keyring, &ring);

	if (rc) {
		val_add(out, "loaded", val_new(ctx->arena, VAL_NULL));
	} else {
		rc = keyring_key(ctx, ring, a->keytype, identity, &key);
		val_put_bool(ctx->arena, out, "loaded", !rc);
		val_put_u64(ctx->arena, out, "keyring", (uint32_t)ring);
		if (!rc)
			val_put_u64(ctx->arena, out, "serial", (uint32_t)key);
	}
	ctx->error = before;
}

static int put_identity(struct ctx *ctx, const struct psk_args *a, const struct auth_key *k, struct val *out)
{
	struct tls_psk psk = { .len = 0 };
	int rc = psk_derive(ctx, a, k, &psk);

	if (!rc) {
		val_put_str(ctx->arena, out, "identity", psk.identity);
		put_loaded(ctx, a, psk.identity, out);
	}
	explicit_bzero(&psk, sizeof(psk));
	return rc;
}

static int run_check(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct check_args *a = argp;
	struct auth_key k;
	int rc = check_keyfile(ctx, &a->psk, a->insert);

	if (!rc)
		rc = read_psk(ctx, a, &k);
	if (rc)
		return rc;
	key_describe(ctx, &k, out);
	if (a->insert)
		rc = psk_insert(ctx, &a->psk, &k, out);
	else if (a->psk.subsysnqn)
		rc = put_identity(ctx, &a->psk, &k, out);
	auth_key_wipe(&k);
	return rc;
}

const struct cmd cmd_check_tls_key = {
	.name = "check-tls-key",
	.alias = "keys check-tls",
	.group = GROUP,
	.brief = "Check a pre-shared key for NVMe/TCP with TLS, and show its identity",
	.desc = "Says whether a text is a PSK in the interchange format 'NVMeTLSkey-1:hh:...:': its form, its check value, its "
		"length; and which hash function belongs to it. Without an option the PSK is read from standard input.\n\n"
		"With --subsysnqn, the identity is shown under which host and subsystem know the TLS PSK that is derived from it, "
		"and whether the keyring has it.\n\n"
		"A bad one ends with exit code 7 and says what is wrong with it. Nothing of the PSK is ever shown.",
	.examples = "nvmekit check-tls-key --keydata-file=tls.key\n  The one in a file.\n"
		    "nvmekit check-tls-key --keydata-file=tls.key -I 1 -c nqn.io:tank "
		    "-n nqn.io:me\n  Its identity, as NVMe TCP 1.1 has it.\n",
	.target = T_NONE,
	.flags = C_ALTERS,
	OPTS(check_args, check_opts),
	.out = &spec_check,
	.layout = &(const struct layout){ .title = "The PSK is valid" },
	.run = run_check,
};

static const struct opt insert_opts[] = {
	OPT_KEYDATA(check_args, keydata, file, "The PSK"),
	OPT_PSK(check_args, psk),
};

static const struct field insert_rows[] = {
	ROW_HASH, ROW_LENGTH, ROW_IDENTITY(0), ROW_KEYRING(0), ROW_SERIAL(0), ROW_KEYFILE,
};
static const struct spec spec_insert = { "keys-insert-tls", "Inserted TLS PSK", NULL, 0, 1, FIELDS(insert_rows) };

static int run_insert(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct check_args *a = argp;
	struct auth_key k;
	int rc = read_psk(ctx, a, &k);

	if (rc)
		return rc;
	key_describe(ctx, &k, out);
	rc = psk_insert(ctx, &a->psk, &k, out);
	auth_key_wipe(&k);
	return rc;
}

const struct cmd cmd_keys_insert_tls = {
	.name = "keys-insert-tls",
	.alias = "keys insert-tls",
	.group = GROUP,
	.brief = "Derive a TLS PSK and put it into the kernel's keyring",
	.desc = "Takes a configured PSK ('NVMeTLSkey-1:hh:...:'), derives the TLS PSK for a host and a subsystem from it, and puts "
		"that into the kernel's keyring, where a connection with TLS finds it. A key of the same identity is replaced. "
		"Without an option the PSK is read from standard input.\n\n"
		"The configured PSK cannot be had back from the keyring.",
	.examples = "nvmekit keys-insert-tls --keydata-file=tls.key -c nqn.io:tank "
		    "-n nqn.io:me\n  For one host and one subsystem.\n",
	.target = T_NONE,
	.flags = C_ALTERS,
	OPTS(check_args, insert_opts),
	.out = &spec_insert,
	.layout = &(const struct layout){ .kind = LAY_DUMP, .title = "[" INSERTED },
	.run = run_insert,
};
