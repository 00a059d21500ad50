/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/hmac.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sys/random.h>

/* OSSL_PARAM wants text that is not constant, and does not change it. */
static char *digest_name(size_t size)
{
	return (char *)(uintptr_t)(size == 32	? "SHA256"
				   : size == 48 ? "SHA384"
				   : size == 64 ? "SHA512"
						: NULL);
}

int hmac_sha2(size_t size, const void *key, size_t keylen, const void *data, size_t len, uint8_t *out)
{
	char *digest = digest_name(size);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = digest ? EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL) : NULL;
	EVP_MAC_CTX *c = mac ? EVP_MAC_CTX_new(mac) : NULL;
	size_t n = 0;
	bool ok = c && EVP_MAC_init(c, key, keylen, params) && EVP_MAC_update(c, data, len) &&
		  EVP_MAC_final(c, out, &n, size) && n == size;

	EVP_MAC_CTX_free(c);
	EVP_MAC_free(mac);
	return ok ? 0 : digest ? -EIO : -EINVAL;
}

int hmac_sha256(const void *key, size_t keylen, const void *data, size_t len, uint8_t out[HMAC_SHA256_SIZE])
{
	return hmac_sha2(HMAC_SHA256_SIZE, key, keylen, data, len, out);
}

static OSSL_PARAM octets(const char *name, const void *p, size_t len)
{
	return OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)p, len);
}

int hkdf_sha2(size_t size, const void *salt, size_t saltlen, const void *key, size_t keylen, const void *info,
	      size_t infolen, uint8_t *out, size_t outlen)
{
	char *digest = digest_name(size);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		octets(OSSL_KDF_PARAM_KEY, key, keylen),
		octets(OSSL_KDF_PARAM_INFO, info, infolen),
		saltlen ? octets(OSSL_KDF_PARAM_SALT, salt, saltlen) : OSSL_PARAM_construct_end(),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf = digest ? EVP_KDF_fetch(NULL, OSSL_KDF_NAME_HKDF, NULL) : NULL;
	EVP_KDF_CTX *c = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	bool ok = c && EVP_KDF_derive(c, out, outlen, params) > 0;

	EVP_KDF_CTX_free(c);
	EVP_KDF_free(kdf);
	return ok ? 0 : digest ? -EIO : -EINVAL;
}

bool hmac_equal(const uint8_t a[HMAC_SHA256_SIZE], const uint8_t b[HMAC_SHA256_SIZE])
{
	return CRYPTO_memcmp(a, b, HMAC_SHA256_SIZE) == 0;
}

int random_bytes(void *p, size_t len)
{
	uint8_t *at = p;

	while (len) {
		ssize_t n = getrandom(at, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}
