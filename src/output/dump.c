/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Bytes as nvme-cli prints them: 16 a line, offset before, printable ASCII behind in quotes. */
#include "output/out.h"

enum { PER_LINE = 16 };

void text_dump(struct text *t, const struct val *bytes, int indent)
{
	const uint8_t *p = (const uint8_t *)bytes->s.p;
	size_t len = bytes->s.len;

	fprintf(t->to, "%*s     ", indent, "");
	for (int i = 0; i < PER_LINE; i++)
		fprintf(t->to, "%3x", (unsigned)i);
	fputc('\n', t->to);
	for (size_t at = 0; at < len; at += PER_LINE) {
		size_t n = len - at < PER_LINE ? len - at : PER_LINE;

		fprintf(t->to, "%*s%04zx:", indent, "", at);
		for (size_t i = 0; i < PER_LINE; i++) {
			if (i < n)
				fprintf(t->to, " %02x", p[at + i]);
			else
				fputs("   ", t->to);
		}
		/* The other personality has one blank more before a last line that is not full. */
		fputs(n < PER_LINE && t->o->plain ? "  \"" : " \"", t->to);
		for (size_t i = 0; i < n; i++)
			fputc(p[at + i] > ' ' && p[at + i] < 0x7f ? p[at + i] : '.', t->to);
		fputs("\"\n", t->to);
	}
}
