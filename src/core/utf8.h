/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Text of others, which may be anything. */
#ifndef NVMEKIT_CORE_UTF8_H
#define NVMEKIT_CORE_UTF8_H

#include <stddef.h>

/* Bytes of well-formed UTF-8 at the beginning (Unicode 15, table 3-7). */
size_t utf8_part(const char *text, size_t len);

#endif
