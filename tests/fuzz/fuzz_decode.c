/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* libFuzzer: the first byte chooses the structure, the rest is what a drive sent. Decodes, encodes, decodes again, prints. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "core/ctx.h"
#include "output/fmt.h"
#include "spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_as(struct ctx *ctx, const char *format, const struct val *v)
{
	struct fmt_opts o = { .ctx = ctx, .verbose = true, .headings = true };
	FILE *null = fopen("/dev/null", "w");

	if (!null)
		abort();
	fmt_by_name(format)->print(null, v, &o);
	fclose(null);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = 0;
	const struct spec *s;
	struct val *v;
	struct ctx ctx;
	const char *why = NULL;
	uint8_t *out;

	while (specs[n])
		n++;
	if (!size)
		return 0;
	s = specs[data[0] % n];
	ctx_init(&ctx);
	v = spec_decode(ctx.arena, s, data + 1, size - 1);
	print_as(&ctx, "json", v);
	print_as(&ctx, "normal", v);
	out = calloc(1, size);
	if (!out)
		abort();
	if (!(v->flags & VAL_CUT) && spec_encode(ctx.arena, s, v, out, size - 1, &why) < 0) {
		fprintf(stderr, "%s: %s\n", s->name, why);
		abort();
	}
	free(out);
	ctx_done(&ctx);
	return 0;
}
