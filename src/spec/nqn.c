/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "spec/nqn.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/num.h"
#include "core/utf8.h"

bool uuid_from_text(const char *s, size_t len, uint8_t uuid[16])
{
	size_t n = 0;

	if (len != UUID_TEXT)
		return false;
	for (size_t i = 0; i < UUID_TEXT; i++) {
		int hi, lo;

		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (s[i] != '-')
				return false;
			continue;
		}
		hi = hex_digit(s[i]);
		lo = hex_digit(s[++i]);
		if (hi < 0 || lo < 0)
			return false;
		uuid[n++] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

char *uuid_to_text(const uint8_t u[16], char buf[UUID_TEXT + 1])
{
	char *at = buf;

	for (size_t i = 0; i < 16; i++)
		at += sprintf(at, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", u[i]);
	return buf;
}

const char *nqn_unfit(const char *s, size_t len)
{
	const uint8_t *p = (const uint8_t *)s;

	if (!len)
		return "it is empty";
	if (len > NQN_MAX)
		return "it is longer than 223 bytes";
	if (utf8_part(s, len) != len)
		return "it is not UTF-8";
	for (size_t i = 0; i < len; i++) {
		/* C0, DEL, and C1 in UTF-8. */
		if (p[i] < 0x20 || p[i] == 0x7f || (p[i] == 0xc2 && p[i + 1] < 0xa0))
			return "it has a control character in it";
	}
	return NULL;
}

/* "yyyy-mm." */
static bool is_date(const char *s, size_t len)
{
	static const char form[] = "dddd-dd.";
	unsigned month;

	if (len < sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i]; i++) {
		if (form[i] == 'd' ? !isdigit((unsigned char)s[i]) : s[i] != form[i])
			return false;
	}
	month = (unsigned)(s[5] - '0') * 10 + (unsigned)(s[6] - '0');
	return month >= 1 && month <= 12;
}

const char *nqn_defect(const char *s, size_t len)
{
	const char *why = nqn_unfit(s, len);
	size_t prefix = strlen(NQN_UUID_PREFIX), at = 12, label = 0;
	uint8_t uuid[16];

	if (why)
		return why;
	if (len < 4 || memcmp(s, "nqn.", 4) != 0)
		return "it does not begin with \"nqn.\"";
	if (!is_date(s + 4, len - 4))
		return "no date (\"yyyy-mm.\") follows \"nqn.\"";
	if (len >= prefix && memcmp(s, NQN_UUID_PREFIX, prefix) == 0)
		return uuid_from_text(s + prefix, len - prefix, uuid) ? NULL : "no UUID follows \":uuid:\"";
	for (; at < len && s[at] != ':'; at++) {
		if (s[at] == '.' ? !label : !isalnum((unsigned char)s[at]) && s[at] != '-')
			return "no domain name follows the date";
		label = s[at] == '.' ? 0 : label + 1;
	}
	if (!label)
		return "no domain name follows the date";
	return at + 1 == len ? "nothing follows the colon" : NULL;
}

bool nqn_uuid(const char *nqn, uint8_t uuid[16])
{
	static const char mark[] = ":uuid:";
	size_t len = strlen(nqn), tail = UUID_TEXT + sizeof(mark) - 1;

	return len > tail && memcmp(nqn + len - tail, mark, sizeof(mark) - 1) == 0 &&
	       uuid_from_text(nqn + len - UUID_TEXT, UUID_TEXT, uuid);
}
