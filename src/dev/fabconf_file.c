/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The files of the configuration: of this machine, below --sysroot, or of a simulated system. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "dev/fabconf_read.h"
#include "dev/image.h"
#include "dev/sim.h"
#include "dev/sim_model.h"
#include "dev/sysfs.h"

#define SIM_MODE 0600u /* nobody else is on a simulated system */

/* --- of a simulated system: "files": { "/etc/nvme/discovery.conf": [ "a line", ... ] } --- */

static bool simulated(const struct ctx *ctx, bool users)
{
	return ctx->g.system && !users;
}

static struct val *sim_files(struct ctx *ctx)
{
	return val_get(ctx->sim->img->root, "files");
}

static const char *sim_text(struct ctx *ctx, const char *name)
{
	const struct val *lines = sim_files(ctx) ? val_get(sim_files(ctx), name) : NULL;
	size_t len = 0;
	char *text, *q;

	if (!lines)
		return NULL;
	val_for_each(l, lines)
		len += l->s.len + 1;
	q = text = arena_alloc(ctx->arena, len + 1);
	val_for_each(l, lines) {
		memcpy(q, l->s.p, l->s.len);
		q += l->s.len;
		*q++ = '\n';
	}
	return text;
}

static void sim_put(struct ctx *ctx, const char *name, const char *text)
{
	struct arena *a = ctx->arena;
	struct val *files = sim_files(ctx), *lines;
	const char *end = text + strlen(text), *line;
	size_t n;

	if (!files)
		files = val_put_obj(a, ctx->sim->img->root, "files");
	lines = val_get(files, name);
	if (lines)
		lines->c.first = lines->c.last = NULL, lines->c.n = 0;
	else
		lines = val_put_arr(a, files, arena_strdup(a, name));
	while (fabconf_line(&text, end, &line, &n))
		val_put_str(a, lines, NULL, arena_strndup(a, line, n));
}

static int sim_write(struct ctx *ctx, const char *name, const char *text)
{
	bool stale;
	int fd, rc = image_lock(ctx, ctx->sim->img, &fd, &stale);

	if (rc)
		return rc;
	if (stale)
		rc = image_load(ctx, &ctx->sim->img);
	if (!rc) {
		sim_put(ctx, name, text);
		rc = image_save(ctx, ctx->sim->img);
	}
	if (fd >= 0)
		close(fd);
	return rc;
}

/* --- of a real one --- */

static enum exit_code code_of(int err)
{
	switch (err) {
	case EACCES:
	case EPERM:
	case EROFS:
		return XC_PERM;
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
	case ELOOP:
	case ENAMETOOLONG:
		return XC_USAGE;
	default:
		return exit_code_of_errno(err);
	}
}

static int cannot(struct ctx *ctx, const char *what, const char *name, int err)
{
	return fail(ctx, code_of(err), err, "cannot %s %s: %s", what, name, strerror(err));
}

/* What the name stands for, links followed as for a process whose root is --sysroot; NULL with errno. */
static const char *place_of(struct ctx *ctx, const char *name, bool users)
{
	const char *real = users || !*ctx->g.sysroot ? name : rooted_path(ctx, name);

	if (!real || users)
		return real;
	return arena_printf(ctx->arena, "%s%s", ctx->g.sysroot, real);
}

static int read_real(struct ctx *ctx, const char *name, bool users, const char **text, size_t *len,
		     unsigned *mode)
{
	const char *path = place_of(ctx, name, users);
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1, rc;
	struct stat st;
	char *buf = NULL;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR) && !users)
		return 0;
	if (fd < 0 || fstat(fd, &st)) {
		rc = cannot(ctx, "open", name, errno);
		if (fd >= 0)
			close(fd);
		return rc;
	}
	rc = file_read(ctx->arena, fd, FABCONF_FILE_MAX, &buf, len);
	close(fd);
	if (rc == -EFBIG)
		return fail(ctx, XC_DATA, EFBIG, "%s is no configuration: it has more than %d bytes", name,
			    FABCONF_FILE_MAX);
	if (rc)
		return cannot(ctx, "read", name, -rc);
	*text = buf;
	*mode = S_ISREG(st.st_mode) ? st.st_mode & 0777 : SIM_MODE; /* a pipe is nobody else's */
	return 0;
}

int fabconf_read_file(struct ctx *ctx, const char *name, bool users, const char **text, size_t *len,
		      unsigned *mode)
{
	int rc;

	*text = NULL;
	*len = 0;
	*mode = SIM_MODE;
	if (!simulated(ctx, users))
		return read_real(ctx, name, users, text, len, mode);
	rc = sim_load(ctx);
	if (rc)
		return rc;
	*text = sim_text(ctx, name);
	*len = *text ? strlen(*text) : 0;
	return 0;
}

bool fabconf_there(struct ctx *ctx, const char *name, bool users)
{
	const char *path;
	struct stat st;

	if (simulated(ctx, users))
		return ctx->sim && sim_files(ctx) && val_get(sim_files(ctx), name);
	path = users ? name : arena_printf(ctx->arena, "%s%s", ctx->g.sysroot, name);
	return lstat(path, &st) == 0;
}

/* --- drop-ins --- */

static bool is_drop_in(const char *name)
{
	size_t len = strlen(name);

	return *name != '.' && len > 5 && strcmp(name + len - 5, ".conf") == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct names {
	const char **v;
	size_t n;
};

static bool add_name(struct ctx *ctx, struct names *l, const char *dir, const char *name)
{
	if (l->n == FABCONF_DROP_INS_MAX)
		return false;
	l->v[l->n++] = arena_printf(ctx->arena, "%s/%s", dir, name);
	return true;
}

static bool sim_names(struct ctx *ctx, const char *dir, struct names *l)
{
	size_t len = strlen(dir);
	bool fits = true;

	if (!sim_files(ctx))
		return true;
	val_for_each(f, sim_files(ctx)) {
		if (strncmp(f->key, dir, len) == 0 && f->key[len] == '/' && !strchr(f->key + len + 1, '/') &&
		    is_drop_in(f->key + len + 1))
			fits = fits && add_name(ctx, l, dir, f->key + len + 1);
	}
	return fits;
}

static int real_names(struct ctx *ctx, const char *dir, bool users, struct names *l, bool *fits)
{
	const char *path = place_of(ctx, dir, users);
	DIR *d = path ? opendir(path) : NULL;
	struct dirent *e;

	if (!d && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (!d)
		return cannot(ctx, "read", dir, errno);
	while ((e = readdir(d))) {
		if (is_drop_in(e->d_name))
			*fits = *fits && add_name(ctx, l, dir, e->d_name);
	}
	closedir(d);
	return 0;
}

int fabconf_drop_ins(struct ctx *ctx, const char *main_file, bool users, const char *const **names)
{
	const char *dir = arena_printf(ctx->arena, "%s.d", main_file);
	struct names l = { arena_calloc(ctx->arena, FABCONF_DROP_INS_MAX + 1, sizeof(*l.v)), 0 };
	bool fits = true;
	int rc = 0;

	if (simulated(ctx, users))
		fits = sim_names(ctx, dir, &l);
	else
		rc = real_names(ctx, dir, users, &l, &fits);
	if (rc)
		return rc;
	if (!fits)
		return fail(ctx, XC_DATA, EFBIG, "%s has more than %d files", dir, FABCONF_DROP_INS_MAX);
	qsort(l.v, l.n, sizeof(*l.v), by_name);
	*names = l.v;
	return 0;
}

/* --- writing --- */

/* As the old one, if there is one, less what a secret forbids. */
static struct file_look look_of(const char *path, bool secret)
{
	struct file_look look = { 0644, (uid_t)-1, (gid_t)-1 };
	struct stat old;

	if (stat(path, &old) == 0)
		look = (struct file_look){ old.st_mode & 0777, old.st_uid, old.st_gid };
	if (secret)
		look.mode &= 0700;
	return look;
}

/* Where a file is to be written: the file that a link leads to. One that is not there yet is below its folder. */
static const char *target_of(struct ctx *ctx, const char *name, bool users)
{
	const char *path = place_of(ctx, name, users), *dir, *slash;
	char *real = path ? realpath(path, NULL) : NULL;

	if (real) {
		path = arena_strdup(ctx->arena, real);
		free(real);
		return path;
	}
	if (users)
		return name;
	slash = strrchr(name, '/');
	dir = place_of(ctx, file_folder(ctx->arena, name), false);
	if (!dir) {
		const char *up = place_of(ctx, file_folder(ctx->arena, file_folder(ctx->arena, name)), false);
		const char *last = strrchr(file_folder(ctx->arena, name), '/');

		dir = up ? arena_printf(ctx->arena, "%s%s", up, last) : NULL;
	}
	return dir ? arena_printf(ctx->arena, "%s%s", dir, slash) : NULL;
}

int fabconf_write_file(struct ctx *ctx, const char *name, bool users, const char *text, bool secret)
{
	const char *path, *dir;
	int rc;

	if (simulated(ctx, users)) {
		rc = sim_load(ctx);
		return rc ? rc : sim_write(ctx, name, text);
	}
	path = target_of(ctx, name, users);
	if (!path)
		return cannot(ctx, "write", name, errno);
	dir = file_folder(ctx->arena, path);
	if (mkdir(dir, 0755) && errno != EEXIST)
		return cannot(ctx, "make the folder of", name, errno);
	rc = file_replace(ctx->arena, path, text, strlen(text), look_of(path, secret), NULL);
	return rc ? cannot(ctx, "write", name, -rc) : 0;
}

void fabconf_lock(struct ctx *ctx, const char *name, bool users)
{
	const char *dir = simulated(ctx, users) ? NULL : place_of(ctx, file_folder(ctx->arena, name), users);
	int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	/* It goes with the descriptor, which stays open. What keeps it from being opened will be told when it is written to. */
	while (fd >= 0 && flock(fd, LOCK_EX) && errno == EINTR)
		continue;
}

int fabconf_mark_converted(struct ctx *ctx, const char *name, bool users)
{
	const char *mark = arena_printf(ctx->arena, "%s" FABCONF_CONVERTED, name), *base = strrchr(name, '/');
	const char *dir;

	if (simulated(ctx, users))
		return sim_write(ctx, mark, "");
	dir = place_of(ctx, file_folder(ctx->arena, name), users);
	if (!dir || (symlink(base ? base + 1 : name, arena_printf(ctx->arena, "%s/%s" FABCONF_CONVERTED, dir,
								  base ? base + 1 : name)) &&
		     errno != EEXIST))
		return cannot(ctx, "make", mark, errno);
	return 0;
}
