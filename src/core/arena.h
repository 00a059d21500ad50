/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * One arena per run: everything that a command builds lives until exit, so command code has
 * no free paths. Out of memory ends the process with exit code 1; no caller tests for NULL.
 */
#ifndef NVMEKIT_CORE_ARENA_H
#define NVMEKIT_CORE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);

/* Zeroed memory, aligned for any type; size 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size);
/* n * size with an overflow check. */
void *arena_calloc(struct arena *a, size_t n, size_t size);
/* Copies; the result is NUL-terminated. */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_strdup(struct arena *a, const char *s);
void *arena_memdup(struct arena *a, const void *p, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

#endif
