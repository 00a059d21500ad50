/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdint.h>

#include "output/fmt.h"

static unsigned sequence_length(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/* Characters that reorder text, end lines or are not seen: what is shown must be what is there. */
static bool deceives(uint32_t c)
{
	return c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xe0000 && c <= 0xe007f);
}

/*
 * Bytes of the well-formed UTF-8 character at p, 0 if there is none or if it is a control character
 * (C0, DEL, C1) or deceives: a terminal must not obey a drive. Overlong forms and surrogates are not well-formed.
 */
static size_t safe_char(const uint8_t *p, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned n = sequence_length(p[0]);
	uint32_t c = p[0];

	if (!n || n > len)
		return 0;
	if (n > 1)
		c &= 0x7fu >> n;
	for (unsigned i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || deceives(c) ? 0 : n;
}

const char *printable(struct arena *a, const char *p, size_t len, bool trim)
{
	static const char hex[] = "0123456789abcdef";
	const uint8_t *in = (const uint8_t *)p;
	char *out, *q;

	while (trim && len && (in[len - 1] == ' ' || in[len - 1] == '\0'))
		len--;
	q = out = arena_calloc(a, len + 1, 4);
	for (size_t i = 0; i < len;) {
		size_t n = safe_char(in + i, len - i);

		for (size_t j = 0; j < n; j++)
			*q++ = (char)in[i + j];
		if (!n) {
			*q++ = '\\';
			*q++ = 'x';
			*q++ = hex[in[i] >> 4];
			*q++ = hex[in[i] & 15];
			n = 1;
		}
		i += n;
	}
	*q = '\0';
	return out;
}
