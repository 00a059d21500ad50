/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The tree of block devices that stand on a namespace, as sysfs has it (Linux: Documentation/ABI/stable/sysfs-block):
 * partitions are folders of the disk's folder, what is stacked on either is linked in its holders/.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "dev/inuse_scan.h"
#include "dev/sysfs.h"

/* A loop device opens what is behind it and is not among its holders. */
struct loop {
	const char *name, *behind; /* "loop0", "nvme0n1p2" */
};

struct loops {
	struct loop *v;
	size_t n, cap;
};

static int open_dir(const struct scan *s, const char *cls, const char *name)
{
	return open(arena_printf(s->ctx->arena, "%s/sys/class/%s/%s", s->ctx->g.sysroot, cls, name),
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static DIR *list(int dirfd, const char *path)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d && fd >= 0)
		close(fd);
	return d;
}

static dev_t read_devno(struct arena *a, int dirfd)
{
	const char *text = sysfs_attr(a, dirfd, "dev");
	unsigned long ma, mi;
	char *end;

	if (!text || !isdigit((unsigned char)*text))
		return 0;
	ma = strtoul(text, &end, 10);
	if (*end != ':' || !isdigit((unsigned char)end[1]))
		return 0;
	mi = strtoul(end + 1, &end, 10);
	return *end ? 0 : makedev((unsigned)ma, (unsigned)mi);
}

static bool starts_with(const char *s, const char *prefix)
{
	return s && strncmp(s, prefix, strlen(prefix)) == 0;
}

/* "dm-0 (LVM volume vg0-root)". Who made a device mapper device is the first part of its uuid. */
static const char *title_of(struct arena *a, int dirfd, const char *name)
{
	static const struct {
		const char *prefix, *text;
	} makers[] = {
		{ "LVM-", "LVM volume" },	  { "CRYPT-", "encrypted volume" },
		{ "mpath-", "multipath device" }, { "", "device mapper" },
	};
	const char *dm = sysfs_attr(a, dirfd, "dm/name"), *uuid = sysfs_attr(a, dirfd, "dm/uuid");
	const char *level = sysfs_attr(a, dirfd, "md/level"), *state = sysfs_attr(a, dirfd, "md/array_state");
	size_t i = 0;

	if (dm) {
		while (!starts_with(uuid ? uuid : "", makers[i].prefix))
			i++;
		return arena_printf(a, "%s (%s %s)", name, makers[i].text, dm);
	}
	if (level || state)
		return arena_printf(a, "%s (%s%s%s)", name, level && *level ? level : "MD array", state ? ", " : "",
				    state ? state : "");
	if (starts_with(name, "loop"))
		return arena_printf(a, "%s (loop device)", name);
	return name;
}

/* The index of the node, which is added if it is new; SCAN_NODES where there is no room. */
static size_t add_node(struct scan *s, const char *name)
{
	struct scan_node *n = scan_find(s, name);

	if (n)
		return (size_t)(n - s->nodes);
	if (s->nnodes >= SCAN_NODES) {
		s->cut = true;
		return SCAN_NODES;
	}
	s->nodes = scan_grow(s, s->nodes, s->nnodes, &s->cap_nodes, sizeof(*s->nodes));
	name = arena_strdup(s->ctx->arena, name);
	s->nodes[s->nnodes] = (struct scan_node){ .name = name, .title = name };
	return s->nnodes++;
}

static void add_above(struct scan *s, size_t lower, const char *name, bool holder)
{
	size_t upper = add_node(s, name);

	if (upper == SCAN_NODES || upper == lower)
		return;
	s->edges = scan_grow(s, s->edges, s->nedges, &s->cap_edges, sizeof(*s->edges));
	s->edges[s->nedges++] = (struct scan_edge){ .lower = lower, .upper = upper, .holder = holder };
}

static int natural(const void *a, const void *b)
{
	return natural_cmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a folder that 'want' takes, in natural order; NULL-terminated. */
static const char **names_in(struct scan *s, int dirfd, const char *path, const char *prefix, const char *attr)
{
	DIR *d = list(dirfd, path);
	const char **v = NULL;
	size_t n = 0, cap = 0;
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.' || !starts_with(e->d_name, prefix))
			continue;
		if (*attr && faccessat(dirfd, arena_printf(s->ctx->arena, "%s/%s", e->d_name, attr), F_OK, 0))
			continue;
		v = scan_grow(s, v, n, &cap, sizeof(*v));
		v[n++] = arena_strdup(s->ctx->arena, e->d_name);
	}
	if (d)
		closedir(d);
	if (n)
		qsort(v, n, sizeof(*v), natural);
	v = scan_grow(s, v, n, &cap, sizeof(*v));
	v[n] = NULL;
	return v;
}

static void read_node(struct scan *s, size_t i, const struct loops *loops)
{
	struct arena *a = s->ctx->arena;
	const char *name = s->nodes[i].name, *set;
	int fd = open_dir(s, "block", name);

	if (fd < 0)
		return;
	s->nodes[i].devno = read_devno(a, fd);
	s->nodes[i].size = sysfs_number(fd, "size", 0) * 512;
	s->nodes[i].title = title_of(a, fd, name);
	s->nodes[i].suspended = sysfs_number(fd, "dm/suspended", 0) == 1;
	for (const char **p = names_in(s, fd, ".", name, "partition"); *p; p++)
		add_above(s, i, *p, false);
	for (const char **p = names_in(s, fd, "holders", "", ""); *p; p++)
		add_above(s, i, *p, true);
	for (size_t k = 0; k < loops->n; k++) {
		if (strcmp(loops->v[k].behind, name) == 0)
			add_above(s, i, loops->v[k].name, true);
	}
	/* A device that caches for others has no device of its own on top. */
	set = faccessat(fd, "bcache/set", F_OK, 0) == 0 ? "a bcache cache set" : NULL;
	if (set)
		scan_use(s, name, "holder", set, false);
	close(fd);
}

static void read_loops(struct scan *s, struct loops *loops)
{
	struct arena *a = s->ctx->arena;
	int fd = open_dir(s, "block", "");

	if (fd < 0)
		return;
	for (const char **p = names_in(s, fd, ".", "loop", "loop/backing_file"); *p; p++) {
		const char *file = sysfs_attr(a, fd, arena_printf(a, "%s/loop/backing_file", *p));
		const char *behind = file && *file == '/' ? scan_device_of(s, file) : NULL;

		if (!behind)
			continue;
		loops->v = scan_grow(s, loops->v, loops->n, &loops->cap, sizeof(*loops->v));
		loops->v[loops->n++] = (struct loop){ *p, behind };
	}
	close(fd);
}

static const char *wwid_of(struct scan *s, const char *name)
{
	int fd = open_dir(s, "block", name);
	const char *wwid = fd < 0 ? NULL : sysfs_attr(s->ctx->arena, fd, "wwid");

	if (fd >= 0)
		close(fd);
	return wwid && *wwid ? wwid : NULL;
}

/* Without the kernel's own multipathing a namespace has a block device for every controller that leads to it. */
static bool is_twin(struct scan *s, const struct topo_ns *ns, const struct topo_ns *other)
{
	const char *a, *b;

	if (!ns->ctrl || !other->ctrl || ns->nsid != other->nsid || strcmp(ns->name, other->name) == 0)
		return false;
	a = wwid_of(s, ns->name);
	b = wwid_of(s, other->name);
	return a && b && strcmp(a, b) == 0;
}

static void add_ns(struct scan *s, const struct topo_ns *ns)
{
	size_t i;
	int fd;

	add_node(s, ns->name);
	if (!ns->generic || !*ns->generic)
		return;
	i = add_node(s, ns->generic);
	if (i == SCAN_NODES)
		return;
	s->nodes[i].generic = true;
	fd = open_dir(s, "nvme-generic", ns->generic);
	if (fd < 0)
		return;
	s->nodes[i].devno = read_devno(s->ctx->arena, fd);
	close(fd);
}

void scan_tree(struct scan *s, const struct topo_ns *ns)
{
	struct loops loops = { 0 };

	add_ns(s, ns);
	for (size_t i = 0; ns->subsys && i < ns->subsys->nns; i++) {
		if (is_twin(s, ns, ns->subsys->ns[i]))
			add_ns(s, ns->subsys->ns[i]);
	}
	read_loops(s, &loops);
	/* Grows while it goes; each device is there once, so that no loop of holders matters. */
	for (size_t i = 0; i < s->nnodes; i++) {
		if (!s->nodes[i].generic)
			read_node(s, i, &loops);
	}
}
