/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef NVMEKIT_CORE_CLOCK_H
#define NVMEKIT_CORE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds of a clock that nobody sets, for limits and lengths of time. */
static inline uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

#endif
