/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cmd/logread.h"

#include <string.h>

#include "spec/tables.h"

/* No page that a header describes is larger than this; a larger claim is a lie of the controller. */
#define LOG_MAX ((size_t)1 << 30)
/* What every controller transfers at once. */
#define ONE_TRANSFER ((size_t)4096)

int log_identify(struct ctx *ctx, struct val **id)
{
	size_t got = 4096;
	void *buf = dev_buffer(ctx, got);
	int rc = dev_identify(ctx->dev, 0x01, 0, 0, 0, buf, &got);

	if (!rc)
		*id = spec_decode(ctx->arena, &spec_id_ctrl, buf, got);
	return rc;
}

static int read_part(struct ctx *ctx, const struct log_args *l, void *buf, size_t n, size_t *got)
{
	return dev_get_log(ctx->dev, l, buf, n, got);
}

/* The length that the decoded header claims. "ctrl." references look into Identify Controller. */
static int total_length(struct ctx *ctx, const struct logpage *page, const void *head, size_t got, size_t *total)
{
	const struct ref *r = &page->total;
	const char *field = r->field;
	struct val *v;
	uint64_t n;
	int rc;

	if (strncmp(field, "ctrl.", 5) == 0) {
		rc = log_identify(ctx, &v);
		if (rc)
			return rc;
		field += 5;
	} else {
		v = spec_decode(ctx->arena, page->spec, head, got);
	}
	n = val_u64(v, field, 0);
	if (n > LOG_MAX || n * r->mul + (uint64_t)(r->add > 0 ? r->add : 0) > LOG_MAX)
		return fail(ctx, XC_DATA, 0, "%s says that its %s log has %llu elements, which cannot be",
			    ctx->dev->path, page->name, (unsigned long long)n);
	*total = (size_t)(n * r->mul) + (size_t)(r->add > 0 ? r->add : 0);
	return 0;
}

int log_read(struct ctx *ctx, const struct logpage *page, const struct log_args *l, size_t want, const void **buf,
	     size_t *len)
{
	size_t first = want ? want : page->size, total = 0, got = 0;
	uint8_t *p = dev_buffer(ctx, first), *all;
	struct log_args rest = *l;
	int rc;

	if (!want && page->total.field && strncmp(page->total.field, "ctrl.", 5) == 0) {
		rc = total_length(ctx, page, NULL, 0, &total);
		if (rc)
			return rc;
		first = total ? total : first;
		p = dev_buffer(ctx, first);
	}
	rc = read_part(ctx, l, p, first, &got);
	if (rc)
		return rc;
	*buf = p;
	*len = got;
	if (want || total || !page->total.field || got < first)
		return 0;
	rc = total_length(ctx, page, p, got, &total);
	if (rc || total <= first)
		return rc;
	all = dev_buffer(ctx, total);
	/* Once more from the beginning: header and rest of one moment, also from those that know no offset. */
	if (total <= ONE_TRANSFER && !l->offset) {
		*buf = all;
		return read_part(ctx, l, all, total, len);
	}
	memcpy(all, p, got);
	rest.offset += first;
	rc = read_part(ctx, &rest, all + first, total - first, &got);
	if (rc)
		return rc;
	*buf = all;
	*len = first + got;
	return 0;
}
