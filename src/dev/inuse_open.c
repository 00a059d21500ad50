/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Who uses a node without mounting or claiming it: the kernel's NVMe and SCSI targets (their configfs), and processes
 * that have it open.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "dev/inuse_scan.h"
#include "dev/sysfs.h"

#define OPENS_MS 2000

static int open_at(int dirfd, const char *path)
{
	return openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Calls 'each' with every folder in a folder, which it closes. */
static void for_dirs(struct scan *s, int dirfd, void (*each)(struct scan *s, int fd, const char *name, const void *arg),
		     const void *arg)
{
	DIR *d = dirfd < 0 ? NULL : fdopendir(dirfd);
	struct dirent *e;

	if (!d && dirfd >= 0)
		close(dirfd);
	while (d && (e = readdir(d))) {
		int fd = e->d_name[0] == '.' ? -1 : open_at(dirfd, e->d_name);

		if (fd < 0)
			continue;
		each(s, fd, arena_strdup(s->ctx->arena, e->d_name), arg);
		close(fd);
	}
	if (d)
		closedir(d);
}

/* --- exports --- */

/* What a target of the kernel gives to others: a block device, or a whole controller. */
struct export {
	const char *device, *what;
	bool ctrl;
};

struct exports {
	struct export *v;
	size_t n, cap;
};

static void add_export(struct scan *s, const char *device, const char *what, bool ctrl)
{
	struct exports *x = s->ctx->exports;

	x->v = scan_grow(s, x->v, x->n, &x->cap, sizeof(*x->v));
	x->v[x->n++] = (struct export){ device, what, ctrl };
}

static void export_of(struct scan *s, int fd, const char *attr, const char *what)
{
	const char *path = sysfs_attr(s->ctx->arena, fd, attr), *device;

	if (!path || *path != '/' || sysfs_number(fd, "enable", 0) != 1)
		return;
	device = scan_device_of(s, path);
	if (device)
		add_export(s, device, what, false);
}

static void nvmet_namespace(struct scan *s, int fd, const char *nsid, const void *subsys)
{
	export_of(s, fd, "device_path",
		  arena_printf(s->ctx->arena, "NVMe target %s, namespace %s", (const char *)subsys, nsid));
}

/* A target can also pass on the commands of a whole controller. */
static void nvmet_passthru(struct scan *s, int fd, const char *subsys)
{
	const char *path = sysfs_attr(s->ctx->arena, fd, "passthru/device_path");
	const char *real = path && *path == '/' ? rooted_path(s->ctx, path) : NULL;
	const char *name = real ? real : path;

	name = name && strrchr(name, '/') ? strrchr(name, '/') + 1 : NULL;
	if (name && sysfs_number(fd, "passthru/enable", 0) == 1)
		add_export(s, name, arena_printf(s->ctx->arena, "NVMe target %s", subsys), true);
}

static void nvmet_subsystem(struct scan *s, int fd, const char *name, const void *arg)
{
	(void)arg;
	nvmet_passthru(s, fd, name);
	for_dirs(s, open_at(fd, "namespaces"), nvmet_namespace, name);
}

static void scsi_device(struct scan *s, int fd, const char *name, const void *hba)
{
	(void)hba;
	export_of(s, fd, "udev_path", arena_printf(s->ctx->arena, "SCSI target %s", name));
}

static void scsi_hba(struct scan *s, int fd, const char *name, const void *arg)
{
	/* A file can be a block device as well. */
	if (strncmp(name, "iblock_", 7) == 0 || strncmp(name, "fileio_", 7) == 0)
		for_dirs(s, dup(fd), scsi_device, arg);
}

static void read_exports(struct scan *s)
{
	int fd = open_at(AT_FDCWD, arena_printf(s->ctx->arena, "%s/sys/kernel/config", s->ctx->g.sysroot));

	s->ctx->exports = arena_alloc(s->ctx->arena, sizeof(*s->ctx->exports));
	if (fd < 0)
		return;
	for_dirs(s, open_at(fd, "nvmet/subsystems"), nvmet_subsystem, NULL);
	for_dirs(s, open_at(fd, "target/core"), scsi_hba, NULL);
	close(fd);
}

static bool through(const struct topo_ns *ns, const char *ctrl)
{
	bool yes = ns->ctrl && strcmp(ns->ctrl->name, ctrl) == 0;

	for (size_t i = 0; i < ns->npaths; i++)
		yes = yes || strcmp(ns->paths[i].ctrl->name, ctrl) == 0;
	return yes;
}

void scan_exports(struct scan *s, const struct topo_ns *ns)
{
	if (!s->ctx->one_look || !s->ctx->exports)
		read_exports(s);
	for (size_t i = 0; i < s->ctx->exports->n; i++) {
		const struct export *x = &s->ctx->exports->v[i];

		if (x->ctrl ? through(ns, x->device) : scan_find(s, x->device) != NULL)
			scan_use(s, x->device, "export", x->what, false);
	}
}

/* --- processes --- */

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000;
}

/* udev looks at every device that was closed after writing, for a moment; that is no use of it. */
static bool is_udev(const char *comm)
{
	return strcmp(comm, "systemd-udevd") == 0 || strcmp(comm, "(udev-worker)") == 0 || strcmp(comm, "udevd") == 0;
}

static bool read_file(struct scan *s, int fds, const char *number, struct open_file *f)
{
	char to[PATH_MAX];
	ssize_t len = readlinkat(fds, number, to, sizeof(to) - 1);
	struct stat st;

	if (len <= 5 || strncmp(to, "/dev/", 5) != 0)
		return false;
	to[len] = '\0';
	*f = (struct open_file){ .node = arena_strdup(s->ctx->arena, to + 5) };
	if (fstatat(fds, number, &st, 0) == 0 && (S_ISBLK(st.st_mode) || S_ISCHR(st.st_mode))) {
		f->devno = st.st_rdev;
		f->generic = S_ISCHR(st.st_mode);
	}
	return true;
}

static const char *space_of(struct scan *s, int proc, const char *pid)
{
	char link[64];
	ssize_t len = readlinkat(proc, arena_printf(s->ctx->arena, "%s/ns/mnt", pid), link, sizeof(link));

	return len > 0 ? arena_strndup(s->ctx->arena, link, (size_t)len) : NULL;
}

static bool add_space(struct scan *s, const char *space, struct opens *o)
{
	for (size_t i = 0; i < o->nspaces; i++) {
		if (strcmp(o->spaces[i], space) == 0)
			return false;
	}
	o->spaces = scan_grow(s, o->spaces, o->nspaces, &o->cap_spaces, sizeof(*o->spaces));
	o->spaces[o->nspaces++] = space;
	return true;
}

static const char *comm_of(struct scan *s, int proc, const char *pid)
{
	const char *comm = sysfs_attr(s->ctx->arena, proc, arena_printf(s->ctx->arena, "%s/comm", pid));

	return comm && *comm ? comm : "a process";
}

/* Once for all that share a mount namespace. */
static void read_space(struct scan *s, int proc, const char *pid, struct opens *o)
{
	const char *space = space_of(s, proc, pid);

	if (space && add_space(s, space, o))
		scan_far_mounts(s, o, pid, comm_of(s, proc, pid));
}

/* The machine's own comes first, and also if it is ours: after chroot() we do not see all of it. */
static void begin_spaces(struct scan *s, int proc, struct opens *o)
{
	const char *own = space_of(s, proc, "self"), *init = space_of(s, proc, "1");

	if (own)
		add_space(s, own, o);
	if (init) {
		add_space(s, init, o);
		scan_far_mounts(s, o, "1", "");
	}
}

static void read_process(struct scan *s, int proc, const char *pid, struct opens *o)
{
	struct arena *a = s->ctx->arena;
	int fds = open_at(proc, arena_printf(a, "%s/fd", pid));
	DIR *d = fds < 0 ? NULL : fdopendir(fds);
	const char *comm = NULL;
	struct open_file f;
	struct dirent *e;

	if (!d && fds >= 0)
		close(fds);
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.' || !read_file(s, fds, e->d_name, &f))
			continue;
		if (!comm)
			comm = comm_of(s, proc, pid);
		if (is_udev(comm))
			break;
		f.pid = pid;
		f.comm = comm;
		o->v = scan_grow(s, o->v, o->n, &o->cap, sizeof(*o->v));
		o->v[o->n++] = f;
	}
	if (d)
		closedir(d);
}

/* What belongs to other users can only be seen as root; the rest is left out without a word. */
static struct opens *read_opens(struct scan *s)
{
	struct opens *o = arena_alloc(s->ctx->arena, sizeof(*o));
	int fd = open_at(AT_FDCWD, arena_printf(s->ctx->arena, "%s/proc", s->ctx->g.sysroot));
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const char *self = arena_printf(s->ctx->arena, "%ld", (long)getpid());
	long end = now_ms() + OPENS_MS;
	struct dirent *e;

	if (d)
		begin_spaces(s, fd, o);
	if (!d && fd >= 0)
		close(fd);
	while (d && (e = readdir(d))) {
		if (!isdigit((unsigned char)e->d_name[0]) || strcmp(e->d_name, self) == 0)
			continue;
		o->cut = now_ms() > end;
		if (o->cut)
			break;
		read_process(s, fd, arena_strdup(s->ctx->arena, e->d_name), o);
		read_space(s, fd, arena_strdup(s->ctx->arena, e->d_name), o);
	}
	if (d)
		closedir(d);
	return o;
}

void inuse_one_look(struct ctx *ctx)
{
	ctx->one_look = true;
}

const struct opens *scan_processes(struct scan *s)
{
	if (!s->opens)
		s->opens = s->ctx->one_look && s->ctx->opens ? s->ctx->opens : read_opens(s);
	s->ctx->opens = s->opens;
	return s->opens;
}

void scan_opens(struct scan *s)
{
	struct ctx *ctx = s->ctx;
	const struct opens *o = scan_processes(s);

	if (o->cut)
		warn_user(ctx, "not all processes were asked whether they use %s: there are too many", s->nodes[0].name);
	for (size_t i = 0; i < o->n; i++) {
		const struct open_file *f = &o->v[i];
		struct scan_node *n = scan_find(s, f->node);

		if (!n)
			n = scan_find_devno(s, f->devno, f->generic);
		if (n)
			scan_use(s, n->name, "open", arena_printf(ctx->arena, "%s (pid %s)", f->comm, f->pid), false);
	}
}
