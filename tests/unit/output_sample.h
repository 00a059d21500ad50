/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A structure with every kind of row, its bytes, and what the tests of the output share. */
#ifndef NVMEKIT_TESTS_OUTPUT_SAMPLE_H
#define NVMEKIT_TESTS_OUTPUT_SAMPLE_H

#include "unit.h"

#include <errno.h>

#include "cmd/cmd.h"
#include "core/ctx.h"
#include "output/fmt.h"
#include "spec/spec.h"

enum { SAMPLE_SIZE = 140 };

extern const struct cmd cmd_everything;
extern struct ctx ctx; /* fresh in every test */
extern const struct error plain_error, status_error;

int sample_setup(void **state);
int sample_teardown(void **state);
/* The structure decoded from its first len bytes. */
struct val *sample(size_t len);
/* The same from other bytes. */
struct val *sample_of(const void *bytes, size_t len);
struct fmt_opts options(void);
char *render(const char *format, const struct val *v, const struct fmt_opts *o);
char *render_error(const struct error *e);
void assert_has(const char *text, const char *part);
void assert_lacks(const char *text, const char *part);
void assert_text(const char *got, const char *want);

#define SAMPLE_TEST(f) cmocka_unit_test_setup_teardown(f, sample_setup, sample_teardown)

#endif
