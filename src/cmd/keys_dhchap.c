/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* gen-dhchap-key, check-dhchap-key: secrets of DH-HMAC-CHAP. Base 2.1, section 8.3.4.5. */
#include "cmd/keys.h"

#define GROUP "NVMe over Fabrics"

struct gen_args {
	const char *secret, *secret_file, *output_file, *nqn;
	struct opt_u32 length;
	uint8_t hmac;
};

static const struct opt gen_opts[] = {
	OPT(gen_args, hmac, 'm', "hmac", "HASH", "Hash function that host and controller apply to the secret, with the NQN",
	    VALS(auth_hash_names), .flags = OF_OPEN_NAMES, .max = 3, .def = "none"),
	OPT(gen_args, length, 'l', "key-length", "BYTES", "Length: 32, 48 or 64 (default: that of the hash function, or 32)", .max = 64),
	OPT(gen_args, length, 0, "secret-length", "BYTES", "The same", .max = 64, .flags = OF_ALIAS),
	OPT_SECRET_HEX(gen_args, secret, secret_file, output_file),
	OPT(gen_args, nqn, 'n', "nqn", "NQN", "Has no effect: whoever uses the secret applies the hash function and its own NQN",
	    .flags = OF_HIDDEN),
};

static const struct field gen_rows[] = { ROW_KEY(F_OPTIONAL), ROW_HASH, ROW_LENGTH, ROW_OUTPUT_FILE };
static const struct spec spec_gen = { "gen-dhchap-key", "Secret of DH-HMAC-CHAP", NULL, 0, 1, FIELDS(gen_rows) };

static int run_gen(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct gen_args *a = argp;
	struct key_source from = { "--secret", a->secret, "--secret-file", a->secret_file };
	size_t dflt = a->hmac ? auth_hash_size(a->hmac) : 32;
	struct auth_key k;
	int rc;

	if (a->length.set && !a->length.v)
		return fail(ctx, XC_USAGE, 0, "--key-length: a secret has 32, 48 or 64 bytes");
	rc = key_make(ctx, AUTH_DHCHAP, a->hmac, a->length.v, dflt, &from, &k);
	if (rc)
		return rc;
	rc = key_hand_out(ctx, a->output_file, &k, out);
	auth_key_wipe(&k);
	return rc;
}

const struct cmd cmd_gen_dhchap_key = {
	.name = "gen-dhchap-key",
	.alias = "keys gen-kxchap-secret",
	.group = GROUP,
	.brief = "Generate a secret for authentication with DH-HMAC-CHAP",
	.desc = "Generates a secret for in-band authentication, and shows it in the form 'DHHC-1:hh:...:' that connect and the "
		"kernel's target take. With --output-file it goes into a file that only its owner can read, and is not shown.\n\n"
		"The text holds the secret itself. The hash function in it (--hmac) is applied by host and controller when they "
		"use the secret, together with the NQN of whose secret it is.",
	.examples = "nvmekit gen-dhchap-key\n  A secret of 32 random bytes.\n"
		    "nvmekit gen-dhchap-key --hmac=sha384 --output-file=host.key --dry-run\n  One of 48 bytes, for a file.\n",
	.target = T_NONE,
	.flags = C_LOCAL | C_ALTERS,
	OPTS(gen_args, gen_opts),
	.out = &spec_gen,
	.layout = &(const struct layout){ .kind = LAY_DUMP, .title = "[{key}][Secret written to {output_file}]" },
	.run = run_gen,
};

struct check_args {
	const char *key, *file;
};

static const struct opt check_opts[] = {
	OPT(check_args, key, 'k', "key", "SECRET", "The secret itself; other users of this machine can see it: better use --keydata-file",
	    .flags = OF_SECRET),
	OPT(check_args, key, 'd', "keydata", "SECRET", "The same", .flags = OF_SECRET | OF_ALIAS),
	OPT(check_args, file, 0, "keydata-file", "FILE", "File with the secret; '-' is standard input", .complete = COMP_FILE),
};

static const struct field check_rows[] = { ROW_HASH, ROW_LENGTH };
static const struct spec spec_check = { "check-dhchap-key", "Check of a secret", NULL, 0, 1, FIELDS(check_rows) };

static int run_check(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct check_args *a = argp;
	struct auth_key k;
	int rc = key_read(ctx, AUTH_DHCHAP, &(struct key_source){ "--key", a->key, "--keydata-file", a->file }, &k);

	if (rc)
		return rc;
	if (k.hash && k.len != auth_hash_size(k.hash))
		warn_user(ctx, "%u bytes and %s are allowed together, but nvme-cli 2 takes no such secret", k.len,
			  auth_hash_names[k.hash].text);
	key_describe(ctx, &k, out);
	auth_key_wipe(&k);
	return 0;
}

const struct cmd cmd_check_dhchap_key = {
	.name = "check-dhchap-key",
	.alias = "keys check-kxchap-secret",
	.group = GROUP,
	.brief = "Check a secret for authentication with DH-HMAC-CHAP",
	.desc = "Says whether a text is a secret for DH-HMAC-CHAP: its form, its check value, its length; and which hash function "
		"is applied to it. Without an option the secret is read from standard input.\n\n"
		"A bad one ends with exit code 7 and says what is wrong with it. Nothing of the secret is ever shown.",
	.examples = "nvmekit check-dhchap-key --keydata-file=host.key\n  The one in a file.\n"
		    "nvmekit check-dhchap-key --keydata-file=host.key -o json\n  The same for a script.\n",
	.target = T_NONE,
	.flags = C_LOCAL,
	OPTS(check_args, check_opts),
	.out = &spec_check,
	.layout = &(const struct layout){ .title = "The secret is valid" },
	.run = run_check,
};
