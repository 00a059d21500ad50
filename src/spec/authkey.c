/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "spec/authkey.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "core/hmac.h"

/* Base 2.1, section 8.3.4.5.7; the identifiers are those of the hash functions of DH-HMAC-CHAP. */
const struct name auth_hash_names[4] = {
	{ AUTH_NONE, "none", "None" },
	{ AUTH_SHA256, "sha256", "SHA-256" },
	{ AUTH_SHA384, "sha384", "SHA-384" },
	{ AUTH_SHA512, "sha512", "SHA-512" },
};

static const struct {
	const char *prefix;
	const char *foreign; /* why a text that begins otherwise is none */
	unsigned max_hash;
	const char *bad_hash;
} kinds[] = {
	[AUTH_DHCHAP] = { "DHHC-1:", "it does not begin with 'DHHC-1:', as secrets of DH-HMAC-CHAP do", AUTH_SHA512,
			  "its hash function is none of 00 (none), 01 (SHA-256), 02 (SHA-384) and 03 (SHA-512)" },
	[AUTH_TLS] = { "NVMeTLSkey-1:", "it does not begin with 'NVMeTLSkey-1:', as PSKs for NVMe/TCP do", AUTH_SHA384,
		       "its hash function is none of 00 (none), 01 (SHA-256) and 02 (SHA-384)" },
};

size_t auth_hash_size(unsigned hash)
{
	return hash == AUTH_SHA256 ? 32 : hash == AUTH_SHA384 ? 48 : hash == AUTH_SHA512 ? 64 : 0;
}

unsigned auth_hash_of_length(size_t len)
{
	return len == 32 ? AUTH_SHA256 : len == 48 ? AUTH_SHA384 : AUTH_NONE;
}

/* The polynomial of RFC 1952, bit by bit: it is about 64 bytes. */
static uint32_t crc32_of(const uint8_t *p, size_t len)
{
	uint32_t crc = UINT32_MAX;

	while (len--) {
		crc ^= *p++;
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

bool auth_key_fits(unsigned kind, unsigned hash, size_t len, const char **why)
{
	if (kind == AUTH_DHCHAP) {
		*why = "a secret of DH-HMAC-CHAP has 32, 48 or 64 bytes";
		return len == 32 || len == 48 || len == 64;
	}
	if (hash == AUTH_NONE) {
		*why = "a PSK for NVMe/TCP has 32 or 48 bytes";
		return len == 32 || len == 48;
	}
	*why = hash == AUTH_SHA256 ? "a PSK for SHA-256 has 32 bytes" : "a PSK for SHA-384 has 48 bytes";
	return len == auth_hash_size(hash);
}

static int bad(const char **why, const char *text)
{
	*why = text;
	return -EBADMSG;
}

void base64_encode(const void *p, size_t len, char *out)
{
	EVP_EncodeBlock((unsigned char *)out, p, (int)len);
}

/* Exactly len characters, as an encoder writes them: nothing around, padded, no bits left over. Bytes, or -1. */
static int base64_decode(const char *text, size_t len, uint8_t *out, size_t max)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char again[AUTH_TEXT_MAX];
	size_t padding = 0;
	int n;

	while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
		padding++;
	if (!len || len % 4 || len / 4 * 3 > max || len >= sizeof(again))
		return -1;
	for (size_t i = 0; i < len - padding; i++) {
		if (!text[i] || !strchr(alphabet, text[i]))
			return -1;
	}
	n = EVP_DecodeBlock(out, (const unsigned char *)text, (int)len);
	if (n < 0 || (size_t)n < padding)
		return -1;
	n -= (int)padding;
	base64_encode(out, (size_t)n, again);
	if (CRYPTO_memcmp(again, text, len) != 0)
		n = -1;
	OPENSSL_cleanse(again, sizeof(again));
	return n;
}

/* What stands between the prefix and the last colon. */
static int parse_rest(unsigned kind, const char *p, size_t len, struct auth_key *out, const char **why)
{
	uint8_t raw[(AUTH_TEXT_MAX / 4 + 1) * 3];
	uint32_t crc;
	int n, rc = 0;

	if (len < 3 || p[2] != ':' || p[0] != '0' || p[1] < '0' || p[1] > '9')
		return bad(why, "two digits and a colon have to follow its beginning");
	out->hash = (uint8_t)(p[1] - '0');
	if (out->hash > kinds[kind].max_hash)
		return bad(why, kinds[kind].bad_hash);
	if (len < 4 || p[len - 1] != ':')
		return bad(why, "there is no colon at its end: it may have been cut off");
	if (len - 4 >= AUTH_TEXT_MAX)
		return bad(why, "it is longer than any key");
	n = base64_decode(p + 3, len - 4, raw, sizeof(raw));
	if (n < 0)
		return bad(why, "what stands between the last two colons is no base64");
	if (n < 4)
		return bad(why, "it is too short to hold a key and its check value");
	out->len = (uint8_t)(n - 4);
	if (!auth_key_fits(kind, out->hash, out->len, why)) {
		rc = -EBADMSG;
	} else {
		memcpy(out->key, raw, out->len);
		crc = (uint32_t)raw[n - 4] | (uint32_t)raw[n - 3] << 8 | (uint32_t)raw[n - 2] << 16 | (uint32_t)raw[n - 1] << 24;
		if (crc != crc32_of(out->key, out->len))
			rc = bad(why, "its check value is wrong: a character was lost or changed");
	}
	OPENSSL_cleanse(raw, sizeof(raw));
	return rc;
}

int auth_key_parse(unsigned kind, const char *text, size_t len, struct auth_key *out, const char **why)
{
	size_t n = strlen(kinds[kind].prefix);
	int rc;

	*out = (struct auth_key){ .kind = (uint8_t)kind };
	if (!len)
		return bad(why, "it is empty");
	if (len < n || memcmp(text, kinds[kind].prefix, n) != 0)
		return bad(why, kinds[kind].foreign);
	rc = parse_rest(kind, text + n, len - n, out, why);
	if (rc)
		auth_key_wipe(out);
	return rc;
}

uint32_t auth_key_crc(const struct auth_key *k)
{
	return crc32_of(k->key, k->len);
}

size_t auth_key_format(const struct auth_key *k, char out[AUTH_TEXT_MAX])
{
	uint8_t raw[AUTH_KEY_MAX + 4];
	uint32_t crc = auth_key_crc(k);
	size_t at = strlen(kinds[k->kind].prefix);

	memcpy(raw, k->key, k->len);
	for (unsigned i = 0; i < 4; i++)
		raw[k->len + i] = (uint8_t)(crc >> 8 * i);
	memcpy(out, kinds[k->kind].prefix, at);
	out[at++] = '0';
	out[at++] = (char)('0' + k->hash);
	out[at++] = ':';
	base64_encode(raw, k->len + 4u, out + at);
	at += strlen(out + at);
	out[at++] = ':';
	out[at] = '\0';
	OPENSSL_cleanse(raw, sizeof(raw));
	return at;
}

void auth_key_wipe(struct auth_key *k)
{
	OPENSSL_cleanse(k, sizeof(*k));
}

/* So many characters are no key, but a word about keys: "DHHC-1:", "DHHC-1:hh:". */
enum { NO_KEY = 8 };

const char *auth_key_hide(struct arena *a, const char *text)
{
	static const char *const begin[] = { "DHHC-", "NVMeTLSkey-" };
	static const char within[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=:";

	for (size_t i = 0; i < NELEMS(begin); i++) {
		const char *at = text;

		while ((at = strstr(at, begin[i]))) {
			size_t head, len;

			at += strlen(begin[i]);
			len = strspn(at, within);
			if (len <= NO_KEY)
				continue;
			head = (size_t)(at - text);
			text = arena_printf(a, "%.*s***%s", (int)head, text, at + len);
			at = text + head;
		}
	}
	return text;
}

int dhchap_transform(const struct auth_key *k, const char *nqn, uint8_t *out, size_t *len)
{
	static const char seed[] = "NVMe-over-Fabrics";
	char data[NQN_MAX + sizeof(seed)];
	size_t n = strlen(nqn);

	*len = k->hash == AUTH_NONE ? k->len : auth_hash_size(k->hash);
	if (k->hash == AUTH_NONE) {
		memcpy(out, k->key, k->len);
		return 0;
	}
	if (n > NQN_MAX)
		return -EINVAL;
	memcpy(data, nqn, n);
	memcpy(data + n, seed, sizeof(seed) - 1);
	return hmac_sha2(*len, k->key, k->len, data, n + sizeof(seed) - 1, out);
}
