/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * From a configured PSK to what a TLS handshake uses: NVMe TCP Transport 1.1, section 3.6.1.3.
 *
 *	retained PSK = HKDF-Expand-Label(HKDF-Extract(0, configured PSK), "HostNQN", NQNh, length)
 *	PSK digest   = base64(HMAC(retained PSK, NQNh || " " || NQNc || " " || "NVMe-over-Fabrics"))
 *	identity     = "NVMe" version "R" hash " " NQNh " " NQNc [" " digest]
 *	TLS PSK      = HKDF-Expand-Label(HKDF-Extract(0, retained PSK), "nvme-tls-psk", context, length)
 *
 * The context is the identity in version 0, and "hash digest" in version 1.
 */
#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "core/hmac.h"
#include "spec/authkey.h"

/* One byte counts them (RFC 8446, section 7.1). */
#define CONTEXT_MAX 255u

const char *tls_name_unfit(const char *nqn)
{
	const char *why = nqn_unfit(nqn, strlen(nqn));

	return !why && strchr(nqn, ' ') ? "it has a blank in it, which ends a name in the identity of a TLS key" : why;
}

/*
 * HKDF-Expand-Label of RFC 8446: the HkdfLabel is the length of what comes out (big-endian), and label and context, each behind
 * its own length. The old way has the length little-endian, and no other lengths.
 */
static int expand_label(unsigned hash, const uint8_t *key, size_t len, const char *label, const char *context, bool legacy,
			uint8_t *out)
{
	size_t nlabel = strlen(label), ncontext = strlen(context), at = 0;
	uint8_t info[2 + 1 + 32 + 1 + CONTEXT_MAX];

	if (ncontext > CONTEXT_MAX)
		return -EINVAL;
	info[at++] = (uint8_t)(legacy ? len : len >> 8);
	info[at++] = (uint8_t)(legacy ? len >> 8 : len);
	if (!legacy)
		info[at++] = (uint8_t)nlabel;
	memcpy(info + at, label, nlabel);
	at += nlabel;
	if (!legacy)
		info[at++] = (uint8_t)ncontext;
	memcpy(info + at, context, ncontext);
	at += ncontext;
	return hkdf_sha2(auth_hash_size(hash), NULL, 0, key, len, info, at, out, len);
}

int tls_psk_retained(const struct auth_key *configured, const char *hostnqn, bool legacy, uint8_t *out)
{
	if (configured->hash == AUTH_NONE) {
		memcpy(out, configured->key, configured->len);
		return 0;
	}
	return expand_label(configured->hash, configured->key, configured->len, "tls13 HostNQN", hostnqn, legacy, out);
}

int tls_psk_digest(unsigned hash, const uint8_t *psk, size_t len, const char *hostnqn, const char *subsysnqn, char *out)
{
	char data[2 * (NQN_MAX + 1) + sizeof("NVMe-over-Fabrics")];
	uint8_t mac[HMAC_MAX_SIZE];
	int n = snprintf(data, sizeof(data), "%s %s NVMe-over-Fabrics", hostnqn, subsysnqn);
	int rc = n < 0 || (size_t)n >= sizeof(data) ? -EINVAL : hmac_sha2(auth_hash_size(hash), psk, len, data, (size_t)n, mac);

	if (!rc)
		base64_encode(mac, auth_hash_size(hash), out);
	return rc;
}

int tls_psk_expand(unsigned hash, const uint8_t *psk, size_t len, const char *context, bool legacy, uint8_t *out)
{
	return expand_label(hash, psk, len, "tls13 nvme-tls-psk", context, legacy, out);
}

static int derive(const struct auth_key *k, const struct tls_psk_args *a, uint8_t *retained, struct tls_psk *out)
{
	unsigned hash = auth_hash_of_length(k->len);
	char digest[65] = "", context[3 + sizeof(digest)];
	int rc = tls_psk_retained(k, a->hostnqn, a->legacy, retained);

	if (!rc && a->version)
		rc = tls_psk_digest(hash, retained, k->len, a->hostnqn, a->subsysnqn, digest);
	if (rc)
		return rc;
	snprintf(out->identity, sizeof(out->identity), "NVMe%uR%02u %s %s%s%s", a->version, hash, a->hostnqn, a->subsysnqn,
		 a->version ? " " : "", digest);
	snprintf(context, sizeof(context), "%02u %s", hash, digest);
	out->len = k->len;
	return tls_psk_expand(hash, retained, k->len, a->version ? context : out->identity, a->legacy, out->psk);
}

int tls_psk_derive(const struct auth_key *k, const struct tls_psk_args *a, struct tls_psk *out, const char **why)
{
	uint8_t retained[TLS_PSK_MAX];
	int rc;

	*out = (struct tls_psk){ .len = 0 };
	*why = "it is no configured PSK";
	if (k->kind != AUTH_TLS || !auth_hash_of_length(k->len) || a->version > 1)
		return -EINVAL;
	*why = tls_name_unfit(a->hostnqn);
	if (!*why)
		*why = tls_name_unfit(a->subsysnqn);
	if (*why)
		return -EINVAL;
	rc = derive(k, a, retained, out);
	OPENSSL_cleanse(retained, sizeof(retained));
	if (rc == -EINVAL)
		*why = "its identity is longer than the 255 bytes that a TLS PSK can be derived from; version 1 of the identity has no such limit";
	if (rc)
		OPENSSL_cleanse(out, sizeof(*out));
	return rc;
}

/* The next word; false: there is none. */
static bool word(const char **text, const char **at, size_t *len)
{
	if (**text != ' ')
		return false;
	*at = *text + 1;
	*len = strcspn(*at, " ");
	*text = *at + *len;
	return *len > 0;
}

int tls_identity_parse(const char *text, struct tls_identity *out)
{
	const char *p = text;

	*out = (struct tls_identity){ 0 };
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c < ' ' || *c == 0x7f)
			return -EBADMSG;
	}
	if (strncmp(p, "NVMe", 4) != 0 || (p[4] != '0' && p[4] != '1') || (p[5] != 'R' && p[5] != 'G') || p[6] != '0' ||
	    (p[7] != '1' && p[7] != '2'))
		return -EBADMSG;
	out->version = (uint8_t)(p[4] - '0');
	out->kind = p[5];
	out->hash = (uint8_t)(p[7] - '0');
	p += 8;
	if (!word(&p, &out->hostnqn, &out->hostnqn_len) || !word(&p, &out->subsysnqn, &out->subsysnqn_len))
		return -EBADMSG;
	if (out->version && (!word(&p, &out->digest, &out->digest_len) || out->digest_len != (out->hash == 1 ? 44 : 64)))
		return -EBADMSG;
	if (*p || out->hostnqn_len > NQN_MAX || out->subsysnqn_len > NQN_MAX)
		return -EBADMSG;
	return 0;
}
