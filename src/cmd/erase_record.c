/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The record of an erasure: a file that nobody else may read, and that takes the place of no other. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cmd/erase.h"
#include "core/file.h"
#include "core/num.h"
#include "dev/image.h"

int record_open(struct ctx *ctx, const char *path, struct record *r)
{
	size_t n = path ? strlen(path) : 0;

	*r = (struct record){ .path = path, .fd = -1 };
	if (!path)
		return 0;
	r->json = strcmp(ctx->g.output_format, "json") == 0 || (n > 5 && strcmp(path + n - 5, ".json") == 0);
	if (ctx->g.dry_run) {
		if (access(path, F_OK) == 0)
			return fail(ctx, XC_USAGE, EEXIST, "--record: %s exists already", path);
		return 0;
	}
	r->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (r->fd < 0 && errno == EEXIST)
		return fail_hint(ctx, fail(ctx, XC_USAGE, EEXIST, "--record: %s exists already", path),
				 "a record replaces no other: name a new file");
	if (r->fd < 0)
		return fail(ctx, XC_USAGE, errno, "--record: cannot make %s: %s", path, strerror(errno));
	return 0;
}

void record_drop(struct record *r)
{
	if (r->fd < 0)
		return;
	(void)unlink(r->path);
	close(r->fd);
	r->fd = -1;
}

/* Lines "key: value"; members of members as "namespaces[0].changed". What comes from a device stays in one line. */
static const char *lines(struct arena *a, const char *text, const char *path, const struct val *v)
{
	char buf[NUM_U128_MAX];
	size_t i = 0;

	if (v->type == VAL_OBJ || v->type == VAL_ARR) {
		val_for_each(it, v) {
			const char *sub = v->type == VAL_ARR ? arena_printf(a, "%s[%zu]", path, i++)
					  : *path	     ? arena_printf(a, "%s.%s", path, it->key)
							     : it->key;

			text = lines(a, text, sub, it);
		}
		return text;
	}
	if (v->type == VAL_STR) {
		char *s = arena_strndup(a, v->s.p, v->s.len);

		for (char *c = s; *c; c++)
			*c = (unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c;
		return arena_printf(a, "%s%s: %s\n", text, path, s);
	}
	if (v->type == VAL_BOOL)
		return arena_printf(a, "%s%s: %s\n", text, path, v->u ? "yes" : "no");
	if (v->type == VAL_UINT || v->type == VAL_U128)
		return arena_printf(a, "%s%s: %s\n", text, path, num_u128(val_wide(v), buf));
	return text;
}

int record_write(struct ctx *ctx, struct record *r, const struct val *v)
{
	const char *text;
	size_t len;
	int rc;

	if (r->fd < 0)
		return 0;
	if (r->json) {
		text = image_to_json(ctx->arena, v, &len);
	} else {
		text = lines(ctx->arena, "", "", v);
		len = strlen(text);
	}
	rc = file_write(r->fd, text, len);
	if (!rc && fsync(r->fd) && errno != EINVAL && errno != EROFS)
		rc = -errno;
	if (close(r->fd) && !rc)
		rc = -errno;
	r->fd = -1;
	return rc;
}
