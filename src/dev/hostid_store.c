/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Storing of the host's identity, where the user asks for it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dev/hostid.h"
#include "dev/image.h"
#include "dev/sim.h"
#include "dev/sim_model.h"

static int cannot(struct ctx *ctx, const char *path, int err)
{
	return fail(ctx, exit_code_of_errno(err), err, "cannot write %s: %s", path, strerror(err));
}

static bool write_whole(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return fchmod(fd, 0644) == 0 && fsync(fd) == 0;
}

/* A file of its own that takes the old one's place, so that nobody sees half of it. */
static int replace_file(struct ctx *ctx, const char *path, const char *value)
{
	const char *full = arena_printf(ctx->arena, "%s%s", ctx->g.sysroot, path);
	char *temp = arena_printf(ctx->arena, "%s.XXXXXX", full), *folder = arena_strdup(ctx->arena, full);
	int fd, err = 0;

	*strrchr(folder, '/') = '\0';
	if (mkdir(folder, 0755) < 0 && errno != EEXIST)
		return cannot(ctx, path, errno);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return cannot(ctx, path, errno);
	if (!write_whole(fd, arena_printf(ctx->arena, "%s\n", value)))
		err = errno;
	if (close(fd) < 0 && !err)
		err = errno;
	if (!err && rename(temp, full) < 0)
		err = errno;
	if (err)
		unlink(temp);
	return err ? cannot(ctx, path, err) : 0;
}

static int change_image(struct ctx *ctx, const char *member, const char *value)
{
	struct arena *a = ctx->arena;
	struct image *img = ctx->sim->img;
	struct val *host = val_get(img->root, "host"), *v;
	bool stale;
	int fd, rc = image_lock(ctx, img, &fd, &stale);

	if (rc)
		return rc;
	if (stale) {
		rc = fail(ctx, XC_REFUSED, 0, "%s was changed meanwhile", img->name);
	} else {
		if (!host) {
			host = val_put_obj(a, img->root, "host");
			val_put_str(a, host, "hostnqn", "");
			val_put_str(a, host, "hostid", "");
		}
		v = val_get(host, member);
		v->s.p = value;
		v->s.len = strlen(value);
		rc = image_save(ctx, img);
	}
	if (fd >= 0)
		close(fd);
	return rc;
}

int host_store(struct ctx *ctx, bool nqn, const char *value)
{
	int rc;

	if (!ctx->g.system)
		return replace_file(ctx, nqn ? HOSTNQN_FILE : HOSTID_FILE, value);
	rc = sim_load(ctx);
	return rc ? rc : change_image(ctx, nqn ? "hostnqn" : "hostid", value);
}
