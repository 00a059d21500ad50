/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What has changed, as --watch tells it in text: a line each. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/out.h"

static const char *text_of(struct arena *a, const struct val *change, const char *key)
{
	const struct val *v = val_get(change, key);

	return v && v->type == VAL_STR ? printable(a, v->s.p, v->s.len, true) : "";
}

static void line(FILE *to, const struct val *change, const char *time, const struct fmt_opts *o)
{
	struct arena *a = o->ctx->arena;
	const char *from = text_of(a, change, "from"), *now = text_of(a, change, "to");
	const char *about = text_of(a, change, "about"), *what = text_of(a, change, "what");

	fprintf(to, "%s  %s %s", time, text_of(a, change, "kind"), text_of(a, change, "object"));
	if (*what)
		fprintf(to, ": %s %s -> %s", what, *from ? from : "none", *now ? now : "none");
	else
		fprintf(to, " %s", text_of(a, change, "change"));
	if (*about)
		fprintf(to, " (%s)", about);
	fputc('\n', to);
}

int changes_print(FILE *to, const struct val *moment, const struct fmt_opts *o)
{
	const struct val *changes = val_get(moment, "changes");
	char *buf = NULL;
	size_t len = 0;
	FILE *text = open_memstream(&buf, &len);
	int rc = 0;

	if (!text)
		return -ENOMEM;
	for (const struct val *it = changes ? changes->c.first : NULL; it; it = it->next)
		line(text, it, text_of(o->ctx->arena, moment, "time"), o);
	if (fclose(text))
		rc = -ENOMEM;
	if (!rc)
		rc = out_write(to, buf, len);
	free(buf);
	return rc;
}
