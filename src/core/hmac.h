/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* HMAC and HKDF with SHA-2 (RFC 2104, RFC 5869, RFC 6234), from libcrypto; random numbers from the kernel. */
#ifndef NVMEKIT_CORE_HMAC_H
#define NVMEKIT_CORE_HMAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HMAC_SHA256_SIZE 32u
#define HMAC_MAX_SIZE 64u

/* 0, or -EIO where libcrypto will not (a policy without SHA-256, no memory). */
int hmac_sha256(const void *key, size_t keylen, const void *data, size_t len, uint8_t out[HMAC_SHA256_SIZE]);
/*
 * The same with the hash function of SHA-2 whose digest has 'size' bytes: 32, 48 or 64. -EINVAL: there is none; -EIO as above.
 */
int hmac_sha2(size_t size, const void *key, size_t keylen, const void *data, size_t len, uint8_t *out);
/*
 * HKDF-Extract and then HKDF-Expand (RFC 5869). No salt: as many zeros as the digest has bytes. outlen: up to 255 digests.
 */
int hkdf_sha2(size_t size, const void *salt, size_t saltlen, const void *key, size_t keylen, const void *info, size_t infolen,
	      uint8_t *out, size_t outlen);
/* Takes equally long wherever the first difference is. */
bool hmac_equal(const uint8_t a[HMAC_SHA256_SIZE], const uint8_t b[HMAC_SHA256_SIZE]);
/* 0 or -errno. */
int random_bytes(void *p, size_t len);

#endif
