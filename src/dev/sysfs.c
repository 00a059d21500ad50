/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "dev/sysfs.h"
#include "dev/topo.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool number(const char **s, long *out)
{
	char *end;

	if (!isdigit((unsigned char)**s))
		return false;
	errno = 0;
	*out = strtol(*s, &end, 10);
	*s = end;
	return errno == 0 && *out <= INT_MAX;
}

bool node_parse(const char *name, struct node_name *n)
{
	const char *p;

	*n = (struct node_name){ .ctrl = -1, .ns = -1, .part = -1 };
	n->generic = strncmp(name, "ng", 2) == 0;
	p = n->generic ? name + 2 : name + 4;
	if ((!n->generic && strncmp(name, "nvme", 4) != 0) || !number(&p, &n->inst))
		return false;
	if (*p == 'c' && (p++, !number(&p, &n->ctrl)))
		return false;
	if (*p == 'n' && (p++, !number(&p, &n->ns)))
		return false;
	if (*p == 'p' && n->ns >= 0 && (p++, !number(&p, &n->part)))
		return false;
	return *p == '\0' && !(n->ctrl >= 0 && n->ns < 0) && !(n->generic && n->ns < 0);
}

const char *rooted_path(struct ctx *ctx, const char *path)
{
	char buf[PATH_MAX];
	const char *done = "", *next;
	int links = 40;

	while (path += strspn(path, "/"), *path) {
		size_t n = strcspn(path, "/");
		ssize_t len;

		if (n == 2 && strncmp(path, "..", 2) == 0) {
			const char *up = strrchr(done, '/');

			done = up ? arena_strndup(ctx->arena, done, (size_t)(up - done)) : "";
		}
		if ((n == 1 && *path == '.') || (n == 2 && strncmp(path, "..", 2) == 0)) {
			path += n;
			continue;
		}
		next = arena_printf(ctx->arena, "%s/%.*s", done, (int)n, path);
		path += n;
		len = readlink(arena_printf(ctx->arena, "%s%s", ctx->g.sysroot, next), buf, sizeof(buf) - 1);
		if (len < 0 && errno != EINVAL)
			return NULL;
		if (len < 0) { /* no link */
			done = next;
			continue;
		}
		if (!links--) {
			errno = ELOOP;
			return NULL;
		}
		buf[len] = '\0';
		if (*buf == '/')
			done = "";
		path = arena_printf(ctx->arena, "%s%s", buf, path);
	}
	return *done ? done : "/";
}

static ssize_t read_attr(int dirfd, const char *name, char *buf, size_t size)
{
	int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, buf, size - 1);
	close(fd);
	if (n < 0)
		return -1;
	while (n && isspace((unsigned char)buf[n - 1]))
		n--;
	buf[n] = '\0';
	return n;
}

const char *sysfs_attr(struct arena *a, int dirfd, const char *name)
{
	char buf[4096];

	return read_attr(dirfd, name, buf, sizeof(buf)) < 0 ? NULL : arena_strdup(a, buf);
}

uint64_t sysfs_number(int dirfd, const char *name, uint64_t dflt)
{
	char buf[64], *end;
	uint64_t v;

	if (read_attr(dirfd, name, buf, sizeof(buf)) <= 0 || !isdigit((unsigned char)buf[0]))
		return dflt;
	errno = 0;
	v = strtoull(buf, &end, 10);
	return errno || *end ? dflt : v;
}

/* The block or generic node of a namespace: where its attributes are. */
static int open_ns(const struct dev *dev, const struct node_name *n)
{
	struct arena *a = dev->ctx->arena;
	const char *cls = n->generic ? "nvme-generic" : "block";
	const char *base = n->generic ? arena_printf(a, "ng%ldn%ld", n->inst, n->ns)
				      : arena_printf(a, "nvme%ldn%ld", n->inst, n->ns);

	return open(arena_printf(a, "%s/sys/class/%s/%s", dev->ctx->g.sysroot, cls, base),
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The generic node's directory has no attributes of its own; its block twin has, where there is one. */
static uint32_t read_nsid(const struct dev *dev, const struct node_name *n, int dirfd)
{
	struct node_name block = *n;
	uint32_t nsid = (uint32_t)sysfs_number(dirfd, "nsid", 0);
	int fd;

	if (nsid || !n->generic)
		return nsid;
	block.generic = false;
	fd = open_ns(dev, &block);
	if (fd < 0)
		return 0;
	nsid = (uint32_t)sysfs_number(fd, "nsid", 0);
	close(fd);
	return nsid;
}

/* nvme0n1 without a multipath head sits below its controller, which "device" names. */
static const char *ctrl_of(struct arena *a, int dirfd)
{
	char buf[PATH_MAX];
	ssize_t len = readlinkat(dirfd, "device", buf, sizeof(buf) - 1);
	struct node_name n;
	const char *base;

	if (len <= 0)
		return NULL;
	buf[len] = '\0';
	base = strrchr(buf, '/');
	base = base ? base + 1 : buf;
	return node_parse(base, &n) && n.ns < 0 ? arena_strdup(a, base) : NULL;
}

/* A multipath head sits below its subsystem: any live controller of that stands for it, or else the first. */
static const char *ctrl_of_head(struct arena *a, int dirfd)
{
	int fd = openat(dirfd, "device", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const char *best = NULL;
	bool live = false;
	struct dirent *e;

	if (!d && fd >= 0)
		close(fd);
	while (d && (e = readdir(d))) {
		struct node_name n;
		const char *state;
		bool is_live;

		if (!node_parse(e->d_name, &n) || n.ns >= 0)
			continue;
		state = sysfs_attr(a, fd, arena_printf(a, "%s/state", e->d_name));
		is_live = state && strcmp(state, "live") == 0;
		if (best && (live > is_live || (live == is_live && natural_cmp(best, e->d_name) < 0)))
			continue;
		best = arena_strdup(a, e->d_name);
		live = is_live;
	}
	if (d)
		closedir(d);
	return best;
}

static void describe_ctrl(struct dev *dev)
{
	struct arena *a = dev->ctx->arena;
	const char *dir = arena_printf(a, "%s/sys/class/nvme/%s", dev->ctx->g.sysroot, dev->ctrl);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *transport;

	if (fd < 0)
		return;
	transport = sysfs_attr(a, fd, "transport");
	dev->fabrics = transport && transport_is_fabrics(transport);
	close(fd);
}

int sysfs_describe(struct dev *dev)
{
	struct node_name n;
	int fd;

	if (!node_parse(dev->name, &n) || (n.ctrl >= 0))
		return -ENOENT;
	dev->kind = n.ns < 0 ? DEV_CTRL : DEV_NS;
	if (n.ns < 0) {
		dev->ctrl = dev->name;
		describe_ctrl(dev);
		return 0;
	}
	fd = open_ns(dev, &n);
	if (fd < 0)
		return 0;
	dev->nsid = read_nsid(dev, &n, fd);
	dev->ctrl = ctrl_of(dev->ctx->arena, fd);
	if (!dev->ctrl)
		dev->ctrl = ctrl_of_head(dev->ctx->arena, fd);
	close(fd);
	if (dev->ctrl)
		describe_ctrl(dev);
	return 0;
}
