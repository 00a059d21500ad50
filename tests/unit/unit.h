/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What every unit test includes first: cmocka wants these before its own header. */
#ifndef NVMEKIT_TESTS_UNIT_H
#define NVMEKIT_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* cmocka's word for a failed test is the project's function that records an error. */
#undef fail
#undef fail_msg
#define fail_msg(...)                                                                                        \
	do {                                                                                                 \
		print_error(__VA_ARGS__);                                                                    \
		print_error("\n");                                                                           \
		_fail(__FILE__, __LINE__);                                                                   \
	} while (0)

/* The first len bytes of p in a heap block of exactly that size, so that a read past it is seen. */
static inline uint8_t *exact_copy(const void *p, size_t len)
{
	uint8_t *c = malloc(len ? len : 1);

	if (!c)
		abort();
	if (len)
		memcpy(c, p, len);
	/* A block of 0 bytes is not portable; its one byte is never to be touched. */
	return c;
}

#endif
