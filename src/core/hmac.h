/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* HMAC with SHA-256 (RFC 2104, RFC 6234), from libcrypto; random numbers from the kernel. */
#ifndef NVMEKIT_CORE_HMAC_H
#define NVMEKIT_CORE_HMAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HMAC_SHA256_SIZE 32u

/* 0, or -EIO where libcrypto will not (a policy without SHA-256, no memory). */
int hmac_sha256(const void *key, size_t keylen, const void *data, size_t len, uint8_t out[HMAC_SHA256_SIZE]);
/* Takes equally long wherever the first difference is. */
bool hmac_equal(const uint8_t a[HMAC_SHA256_SIZE], const uint8_t b[HMAC_SHA256_SIZE]);
/* 0 or -errno. */
int random_bytes(void *p, size_t len);

#endif
