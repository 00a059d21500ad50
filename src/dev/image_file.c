/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The file behind an image. Readers need no lock, because a change replaces the file in one step;
 * a command takes the lock, reads again if the file was replaced, and replaces it if it changed anything.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/file.h"
#include "dev/image.h"

#define MAX_IMAGE ((size_t)256 << 20)

static int cannot(struct ctx *ctx, const char *what, const char *name, int err)
{
	return fail(ctx, exit_code_of_errno(err), err, "cannot %s the image %s: %s", what, name,
		    strerror(err));
}

/* Pipes, and files that nobody may write, are templates: what happens to them lasts for one run. */
static bool is_template(const struct stat *st)
{
	return !S_ISREG(st->st_mode) || !(st->st_mode & (S_IWUSR | S_IWGRP | S_IWOTH));
}

static int load_file(struct ctx *ctx, const char *name, struct image **out)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC), rc;
	char *text = NULL, *real;
	struct stat st;
	size_t len = 0;

	if (fd < 0 || fstat(fd, &st) < 0) {
		rc = cannot(ctx, "open", name, errno);
		if (fd >= 0)
			close(fd);
		return fail_hint(ctx, rc, "--system takes \"demo\" or an image file");
	}
	rc = file_read(ctx->arena, fd, MAX_IMAGE, &text, &len);
	close(fd);
	if (rc == -EISDIR || rc == -EFBIG)
		return fail(ctx, XC_DATA, -rc, "%s is no image: %s", name, strerror(-rc));
	if (rc)
		return cannot(ctx, "read", name, -rc);
	rc = image_parse(ctx, name, text, len, out);
	if (rc)
		return rc;
	(*out)->st = st;
	if (is_template(&st))
		return 0;
	real = realpath(name, NULL); /* a link stays a link when the file is replaced */
	if (!real)
		return cannot(ctx, "open", name, errno);
	(*out)->path = arena_strdup(ctx->arena, real);
	free(real);
	return 0;
}

int image_load(struct ctx *ctx, struct image **out)
{
	int rc;

	if (strcmp(ctx->g.system, "demo") == 0)
		return image_parse(ctx, "demo", demo_json, (size_t)(demo_json_end - demo_json), out);
	rc = load_file(ctx, ctx->g.system, out);
	/* Somebody's file: every mistake is told at once. The built-in one is checked by the tests. */
	return rc ? rc : image_check(ctx, *out);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

int image_lock(struct ctx *ctx, const struct image *img, int *fd, bool *stale)
{
	struct stat held, named;

	*fd = -1;
	*stale = false;
	if (!img->path)
		return 0;
	for (;;) {
		*fd = open(img->path, O_RDONLY | O_CLOEXEC);
		if (*fd < 0)
			return cannot(ctx, "open", img->name, errno);
		while (flock(*fd, LOCK_EX) < 0) {
			if (errno == EINTR)
				continue;
			close(*fd);
			*fd = -1;
			return cannot(ctx, "lock", img->name, errno);
		}
		/* Whoever held the lock may have replaced the file: then this is the lock of the old one. */
		if (fstat(*fd, &held) == 0 && stat(img->path, &named) == 0 && held.st_dev == named.st_dev &&
		    held.st_ino == named.st_ino)
			break;
		close(*fd);
	}
	*stale = !same_file(&held, &img->st);
	return 0;
}

int image_save(struct ctx *ctx, struct image *img)
{
	struct file_look look = { img->st.st_mode & 07777, img->st.st_uid, img->st.st_gid };
	size_t len;
	char *text;
	int rc;

	if (!img->path)
		return 0;
	text = image_to_json(ctx->arena, img->root, &len);
	rc = file_replace(ctx->arena, img->path, text, len, look, &img->st);
	return rc ? cannot(ctx, "write", img->name, -rc) : 0;
}
