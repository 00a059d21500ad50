/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Mounts and swap areas on the nodes, from the kernel's tables through libmount. Most file systems carry the number of
 * their device; btrfs and bcachefs carry one of their own, and are found by the name of a member.
 */
#include <dirent.h>
#include <libmount.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "dev/inuse_scan.h"

/* Without one of these this machine does not run, or does not start again. */
static const char *const system_dirs[] = { "/", "/usr", "/var", "/boot", "/boot/efi", "/boot/firmware", "/efi" };

/* A btrfs with a member among the nodes. */
struct volume {
	const char *uuid;
	const char **members; /* of all devices; NULL-terminated */
	bool mounted;
};

static bool is_system(const char *target)
{
	for (size_t i = 0; i < sizeof(system_dirs) / sizeof(system_dirs[0]); i++) {
		if (strcmp(system_dirs[i], target) == 0)
			return true;
	}
	return false;
}

static const char *proc(struct scan *s, const char *name)
{
	return arena_printf(s->ctx->arena, "%s/proc/%s", s->ctx->g.sysroot, name);
}

static void mounted_at(struct scan *s, struct scan_node *n, const char *target, const char *type)
{
	bool system = target && is_system(target);

	n->system |= system;
	scan_use(s, n->name, "mount",
		 arena_printf(s->ctx->arena, "%s (%s)", target ? target : "?", type ? type : "?"), system);
}

static void mounted_on(struct scan *s, struct scan_node *n, struct libmnt_fs *fs)
{
	mounted_at(s, n, mnt_fs_get_target(fs), mnt_fs_get_fstype(fs));
}

static const char **members_of(struct scan *s, const char *dir)
{
	DIR *d = opendir(dir);
	const char **v = NULL;
	size_t n = 0, cap = 0;
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		v = scan_grow(s, v, n, &cap, sizeof(*v));
		v[n++] = arena_strdup(s->ctx->arena, e->d_name);
	}
	if (d)
		closedir(d);
	v = scan_grow(s, v, n, &cap, sizeof(*v));
	v[n] = NULL;
	return v;
}

/* /sys/fs/btrfs has a folder for each that is mounted, and in its devices/ the members. */
static struct volume *read_volumes(struct scan *s, size_t *count)
{
	struct arena *a = s->ctx->arena;
	const char *dir = arena_printf(a, "%s/sys/fs/btrfs", s->ctx->g.sysroot);
	struct volume *v = NULL;
	size_t cap = 0;

	*count = 0;
	for (const char **uuid = members_of(s, dir); *uuid; uuid++) {
		const char **members = members_of(s, arena_printf(a, "%s/%s/devices", dir, *uuid)), **m = members;

		while (*m && !scan_find(s, *m))
			m++;
		if (!*m)
			continue;
		v = scan_grow(s, v, *count, &cap, sizeof(*v));
		v[(*count)++] = (struct volume){ .uuid = *uuid, .members = members };
	}
	return v;
}

static bool has_member(const struct volume *v, const char *name)
{
	const char **m = v->members;

	while (*m && strcmp(*m, name) != 0)
		m++;
	return *m;
}

/* A mount whose source is 'device': its other members may be ours. */
static void mounted_volume(struct scan *s, struct volume *v, size_t n, const char *device, struct libmnt_fs *fs)
{
	for (size_t i = 0; i < n; i++) {
		if (!has_member(&v[i], device))
			continue;
		v[i].mounted = true;
		for (const char **m = v[i].members; *m; m++) {
			struct scan_node *node = scan_find(s, *m);

			if (node)
				mounted_on(s, node, fs);
		}
	}
}

/* The source of a file system without a device number of its own: one device, or all with colons between them. */
static void by_source(struct scan *s, struct volume *v, size_t n, struct libmnt_fs *fs)
{
	const char *source = mnt_fs_get_source(fs);
	char *list, *part;

	if (!source || *source != '/')
		return;
	list = arena_strdup(s->ctx->arena, source);
	while ((part = strsep(&list, ":"))) {
		const char *device = scan_device_of(s, part);
		struct scan_node *node = device ? scan_find(s, device) : NULL;

		if (node && !node->generic)
			mounted_on(s, node, fs);
		if (device)
			mounted_volume(s, v, n, device, fs);
	}
}

static void read_mounts(struct scan *s)
{
	struct libmnt_table *tb = mnt_new_table_from_file(proc(s, "self/mountinfo"));
	struct libmnt_iter *itr = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	struct volume *v;
	size_t n;

	v = read_volumes(s, &n);
	while (tb && itr && mnt_table_next_fs(tb, itr, &fs) == 0) {
		dev_t devno = mnt_fs_get_devno(fs);
		struct scan_node *node = major(devno) ? scan_find_devno(s, devno, false) : NULL;

		if (node)
			mounted_on(s, node, fs);
		else if (!major(devno))
			by_source(s, v, n, fs);
	}
	/* The mounts of another namespace, such as a container's. */
	for (size_t i = 0; i < n; i++) {
		for (const char **m = v[i].members; !v[i].mounted && *m; m++) {
			struct scan_node *member = scan_find(s, *m);

			if (member)
				scan_use(s, member->name, "mount",
					 arena_printf(s->ctx->arena, "btrfs %s, out of sight", v[i].uuid), false);
		}
	}
	mnt_free_iter(itr);
	mnt_unref_table(tb);
}

/* --- in other mount namespaces --- */

void scan_far_mounts(struct scan *s, struct opens *o, const char *pid, const char *comm)
{
	struct libmnt_table *tb = mnt_new_table_from_file(proc(s, arena_printf(s->ctx->arena, "%s/mountinfo", pid)));
	struct libmnt_iter *itr = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;

	while (tb && itr && mnt_table_next_fs(tb, itr, &fs) == 0) {
		const char *target = mnt_fs_get_target(fs), *type = mnt_fs_get_fstype(fs);

		if (!major(mnt_fs_get_devno(fs)) || !target || !type)
			continue;
		o->mounts = scan_grow(s, o->mounts, o->nmounts, &o->cap_mounts, sizeof(*o->mounts));
		o->mounts[o->nmounts++] = (struct far_mount){
			.devno = mnt_fs_get_devno(fs),
			.target = arena_strdup(s->ctx->arena, target),
			.type = arena_strdup(s->ctx->arena, type),
			.pid = pid,
			.comm = comm,
			.init = strcmp(pid, "1") == 0,
		};
	}
	mnt_free_iter(itr);
	mnt_unref_table(tb);
}

static bool is_mounted(const struct scan *s, const struct scan_node *n)
{
	for (size_t i = 0; i < s->out->nuses; i++) {
		if (strcmp(s->out->uses[i].kind, "mount") == 0 && strcmp(s->out->uses[i].device, n->name) == 0)
			return true;
	}
	return false;
}

/* Every service with a namespace of its own has a copy of what is mounted here: of that the one that is here does. */
static void read_far_mounts(struct scan *s)
{
	const struct opens *o = scan_processes(s);

	for (size_t i = 0; i < o->nmounts; i++) {
		const struct far_mount *m = &o->mounts[i];
		struct scan_node *n = scan_find_devno(s, m->devno, false);

		if (n && m->init)
			mounted_at(s, n, m->target, m->type);
		else if (n && !is_mounted(s, n))
			scan_use(s, n->name, "mount",
				 arena_printf(s->ctx->arena, "%s (%s), in the mount namespace of %s (pid %s)", m->target, m->type,
					      m->comm, m->pid), false);
	}
}

static void read_swaps(struct scan *s)
{
	struct libmnt_table *tb = mnt_new_table();
	struct libmnt_iter *itr = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;

	if (tb && itr && mnt_table_parse_swaps(tb, proc(s, "swaps")) == 0) {
		while (mnt_table_next_fs(tb, itr, &fs) == 0) {
			const char *source = mnt_fs_get_source(fs);
			const char *device = source ? scan_device_of(s, source) : NULL;

			if (device && scan_find(s, device))
				scan_use(s, scan_find(s, device)->name, "swap", "swap space", false);
		}
	}
	mnt_free_iter(itr);
	mnt_unref_table(tb);
}

void scan_mounts(struct scan *s)
{
	read_mounts(s);
	read_far_mounts(s);
	read_swaps(s);
}
