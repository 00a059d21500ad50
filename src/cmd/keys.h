/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Keys for NVMe over Fabrics: what the commands about them share. */
#ifndef NVMEKIT_CMD_KEYS_H
#define NVMEKIT_CMD_KEYS_H

#include "cmd/common.h"
#include "core/secret.h"
#include "dev/keyring.h"
#include "spec/authkey.h"

/* Where a key comes from: the option that holds it, or the one that names a file. Neither: standard input, if it is no terminal. */
struct key_source {
	const char *opt, *arg;	     /* "--keydata", and its value */
	const char *file_opt, *file; /* "--keydata-file", and its value */
};
/*
 * For connect: a secret of DH-HMAC-CHAP ("DHHC-1:00:...:"). It has been checked: XC_DATA says what is wrong with it, and where it
 * came from, but nothing of the secret. out->p is the text, with a NUL behind out->len, as the kernel's options dhchap_secret= and
 * dhchap_ctrl_secret= want it; secret_wipe() it.
 */
int dhchap_secret_read(struct ctx *ctx, const struct key_source *from, struct secret *out);
/* The key in its text form, checked. XC_USAGE: no source, or two; XC_DATA: a bad key. auth_key_wipe() it. */
int key_read(struct ctx *ctx, unsigned kind, const struct key_source *from, struct auth_key *out);
/* The same of a text that is there already; 'what' names it in messages: "--keydata". Overwrites the text. */
int key_take(struct ctx *ctx, unsigned kind, const char *what, struct secret *text, struct auth_key *out);
/*
 * A new key of *len bytes: random, or what hexadecimal digits say, which then have the length (*len is 0 or has to agree).
 * Without any the length is 'dflt'.
 */
int key_make(struct ctx *ctx, unsigned kind, unsigned hash, size_t len, size_t dflt, const struct key_source *from,
	     struct auth_key *out);
/* To the file (NULL: none), and into the answer as "key" if there is no file; "hash" and "length" go there in any case. */
int key_hand_out(struct ctx *ctx, const char *output_file, const struct auth_key *k, struct val *out);
void key_describe(struct ctx *ctx, const struct auth_key *k, struct val *out);
/*
 * XC_USAGE where --keyfile (NULL: none) is there and no regular file: a device would be replaced or lose its mode, a pipe that nobody
 * reads would hold everything up. A file that will be replaced must not be a link either: /dev/stdout is one.
 */
int key_file_fits(struct ctx *ctx, const char *path, bool replaced);
/* "serial" and "identity" of a key in a keyring, into the answer. */
void key_put(struct ctx *ctx, struct val *to, int32_t serial, const char *identity);
/* The host NQN that was given, or that of this machine. */
int key_hostnqn(struct ctx *ctx, const char *given, const char **nqn);

/* What goes into a keyring, and how. */
struct psk_args {
	const char *keyring, *keytype, *hostnqn, *subsysnqn, *keyfile;
	uint8_t identity;
	bool compat;
};
/* The TLS PSK under its identity. Overwrite it. */
int psk_derive(struct ctx *ctx, const struct psk_args *a, const struct auth_key *k, struct tls_psk *psk);
/* The same, and where it will go: what can be wrong is found out before anything is changed. */
struct psk_target {
	struct tls_psk psk;
	int32_t ring;
};
int psk_prepare(struct ctx *ctx, const struct psk_args *a, const struct auth_key *k, struct psk_target *t);
/*
 * Inserts it, and appends it to --keyfile; "identity", "keyring", "serial" and "keyfile" go into the answer. Overwrites it.
 */
int psk_store(struct ctx *ctx, const struct psk_args *a, struct psk_target *t, struct val *out);
/* Both. */
int psk_insert(struct ctx *ctx, const struct psk_args *a, const struct auth_key *k, struct val *out);
/* The interchange format of what is in a keyring: "IDENTITY NVMeTLSkey-1:hh:...:\n". -EBADMSG: the key does not fit the identity. */
int psk_line(struct ctx *ctx, const char *identity, const uint8_t *psk, size_t len, struct secret *out);

#define OPT_KEYRING(st, m)                                                                                   \
	OPT(st, m, 'k', "keyring", "NAME", "Keyring: a name, a serial number, @s, @u or @us", .def = KEYRING_NVME)
#define OPT_KEYTYPE(st, m) OPT(st, m, 't', "keytype", "TYPE", "Type of the key in the keyring", .def = KEYRING_PSK)
#define OPT_PSK(st, m)                                                                                       \
	OPT_KEYRING(st, m.keyring), OPT_KEYTYPE(st, m.keytype),                                              \
		OPT(st, m.hostnqn, 'n', "hostnqn", "NQN", "NQN of the host (default: /etc/nvme/hostnqn)"),   \
		OPT(st, m.subsysnqn, 'c', "subsysnqn", "NQN", "NQN of the NVM subsystem"),                   \
		OPT(st, m.keyfile, 'f', "keyfile", "FILE",                                                   \
		    "When the key is inserted, append it to this file too, as 'keys export' writes it",      \
		    .complete = COMP_FILE),                                                                  \
		OPT(st, m.identity, 'I', "identity", "VERSION",                                              \
		    "Version of the identity: 0 (NVMe TCP 1.0), 1 (NVMe TCP 1.1: with a digest of the PSK)", .max = 1, \
		    .def = "0"),                                                                             \
		OPT(st, m.compat, 'C', "compat", NULL,                                                       \
		    "Derive as libnvme 1.10 to 1.15 did, for a peer that still does; RFC 8446 wants it otherwise")
#define OPT_KEYDATA(st, m, of, kind)                                                                         \
	OPT(st, m, 'd', "keydata", "KEY",                                                                    \
	    kind " itself; other users of this machine can see it: better use --keydata-file",               \
	    .flags = OF_SECRET),                                                                             \
		OPT(st, of, 0, "keydata-file", "FILE", "File with it; '-' is standard input", .complete = COMP_FILE)
#define OPT_SECRET_HEX(st, m, of, of_file)                                                                   \
	OPT(st, m, 's', "secret", "HEX",                                                                     \
	    "Take these hexadecimal digits instead of random bytes; other users of this machine can see them", \
	    .flags = OF_SECRET),                                                                             \
		OPT(st, of, 0, "secret-file", "FILE", "File with the hexadecimal digits; '-' is standard input", \
		    .complete = COMP_FILE),                                                                  \
		OPT(st, of_file, 'O', "output-file", "FILE",                                                 \
		    "Write the key to this new file (mode 600) instead of showing it", .complete = COMP_FILE)

#define ROW_HASH { "hash", "Hash function that is applied to it", .len = 8, ENUM_OF(auth_hash_names) }
#define ROW_LENGTH { "length", "Length of the key", .len = 8, .kind = K_UINT, .unit = "bytes" }
#define ROW_KEY(flag) { "key", "The key: shown here alone, and only by commands that are there to show it", .kind = K_TEXT, .flags = (flag) }
#define ROW_OUTPUT_FILE { "output_file", "File that it was written to", .kind = K_TEXT, .flags = F_OPTIONAL }
#define ROW_IDENTITY(flag) { "identity", "Identity of the TLS PSK: its description in a keyring", .kind = K_TEXT, .flags = (flag) }
#define ROW_KEYRING(flag) { "keyring", "Serial number of the keyring", .len = 32, .kind = K_UINT, .show = SHOW_HEX, .flags = (flag) }
#define ROW_SERIAL(flag) { "serial", "Serial number of the key", .len = 32, .kind = K_UINT, .show = SHOW_HEX, .flags = (flag) }
#define ROW_KEYFILE { "keyfile", "File that it was appended to", .kind = K_TEXT, .flags = F_OPTIONAL }

#endif
