/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/hmac.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sys/random.h>

int hmac_sha256(const void *key, size_t keylen, const void *data, size_t len, uint8_t out[HMAC_SHA256_SIZE])
{
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
	EVP_MAC_CTX *c = mac ? EVP_MAC_CTX_new(mac) : NULL;
	size_t n = 0;
	bool ok = c && EVP_MAC_init(c, key, keylen, params) && EVP_MAC_update(c, data, len) &&
		  EVP_MAC_final(c, out, &n, HMAC_SHA256_SIZE) && n == HMAC_SHA256_SIZE;

	EVP_MAC_CTX_free(c);
	EVP_MAC_free(mac);
	return ok ? 0 : -EIO;
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
