/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/utf8.h"

#include <stdint.h>

size_t utf8_part(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		uint8_t c = (uint8_t)text[at], low = 0x80, high = 0xbf;
		size_t n = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;

		if ((c >= 0x80 && c < 0xc2) || c > 0xf4 || n >= len - at)
			break;
		if (c == 0xe0)
			low = 0xa0;
		else if (c == 0xed)
			high = 0x9f;
		else if (c == 0xf0)
			low = 0x90;
		else if (c == 0xf4)
			high = 0x8f;
		for (size_t i = 1; i <= n; i++, low = 0x80, high = 0xbf) {
			if ((uint8_t)text[at + i] < low || (uint8_t)text[at + i] > high)
				return at;
		}
		at += n + 1;
	}
	return at;
}
