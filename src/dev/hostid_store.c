/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Storing of the host's identity, where the user asks for it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "dev/hostid.h"
#include "dev/image.h"
#include "dev/sim.h"
#include "dev/sim_model.h"

static int cannot(struct ctx *ctx, const char *path, int err)
{
	return fail(ctx, exit_code_of_errno(err), err, "cannot write %s: %s", path, strerror(err));
}

static int replace_file(struct ctx *ctx, const char *path, const char *value)
{
	const char *full = arena_printf(ctx->arena, "%s%s", ctx->g.sysroot, path);
	const char *text = arena_printf(ctx->arena, "%s\n", value);
	struct file_look look = { 0644, (uid_t)-1, (gid_t)-1 };
	int rc;

	if (mkdir(file_folder(ctx->arena, full), 0755) < 0 && errno != EEXIST)
		return cannot(ctx, path, errno);
	rc = file_replace(ctx->arena, full, text, strlen(text), look, NULL);
	return rc ? cannot(ctx, path, -rc) : 0;
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
