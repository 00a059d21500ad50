/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Integers in and out, the same in every locale. Parsing takes a whole token or fails: decimal
 * and 0x hexadecimal only, no sign, no blanks, no octal.
 */
#ifndef NVMEKIT_CORE_NUM_H
#define NVMEKIT_CORE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/val.h"

/* 0, -EINVAL (not a number) or -ERANGE (does not fit). */
int num_parse(const char *s, uint64_t *out);
int num_parse_u128(const char *s, u128 *out);
/* Number with an optional suffix: bytes k M G T P (powers of 1000), Ki Mi Gi Ti Pi (1024), a final B allowed. */
int num_parse_bytes(const char *s, uint64_t *out);
/* Number with an optional suffix us, ms, s, m, h; a bare number is milliseconds. Result in milliseconds. */
int num_parse_ms(const char *s, uint64_t *out);
/* A time in seconds: bare, or with s, m, h, d. */
int num_parse_s(const char *s, uint64_t *out);

/* Value of a hexadecimal digit, in either case; -1: it is none. */
static inline int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#define NUM_U128_MAX 40
/* Decimal text of v in buf; returns buf. */
char *num_u128(u128 v, char buf[static NUM_U128_MAX]);
/* "1.92 TB": SI units, two decimals, as nvme-cli prints sizes; exact integer arithmetic, "0.00 B" for 0. */
char *num_si(u128 v, char buf[static NUM_U128_MAX]);

#endif
