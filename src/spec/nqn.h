/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* NVMe Qualified Names (Base 2.1, section 4.5) and UUIDs as text (RFC 9562). */
#ifndef NVMEKIT_SPEC_NQN_H
#define NVMEKIT_SPEC_NQN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NQN_MAX 223u /* bytes, without the NUL */
#define NQN_UUID_PREFIX "nqn.2014-08.org.nvmexpress:uuid:"
#define NQN_DISCOVERY "nqn.2014-08.org.nvmexpress.discovery"
#define UUID_TEXT 36u

/*
 * NULL: these bytes are an NQN, "nqn.yyyy-mm.reverse.domain" with an optional ":name", or the prefix above and a UUID.
 * Otherwise why not: the end of a sentence, "it does not begin with \"nqn.\"".
 */
const char *nqn_defect(const char *s, size_t len);
/* The same of what can be carried at all: 1 to 223 bytes of UTF-8 without control characters. */
const char *nqn_unfit(const char *s, size_t len);

/* 8-4-4-4-12 hexadecimal digits in either case, and nothing else; bytes in the order of the text. */
bool uuid_from_text(const char *s, size_t len, uint8_t uuid[16]);
/* In lower case; returns buf. */
char *uuid_to_text(const uint8_t uuid[16], char buf[UUID_TEXT + 1]);
/* The UUID that an NQN ends with, behind ":uuid:"; false: it has none. */
bool nqn_uuid(const char *nqn, uint8_t uuid[16]);

#endif
