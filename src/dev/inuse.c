/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "dev/inuse.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "dev/inuse_scan.h"
#include "dev/sysfs.h"

void *scan_grow(struct scan *s, void *array, size_t n, size_t *cap, size_t size)
{
	void *larger;

	if (n < *cap)
		return array;
	*cap = *cap ? *cap * 2 : 16;
	larger = arena_calloc(s->ctx->arena, *cap, size);
	if (n)
		memcpy(larger, array, n * size);
	return larger;
}

struct scan_node *scan_find(struct scan *s, const char *name)
{
	for (size_t i = 0; i < s->nnodes; i++) {
		if (strcmp(s->nodes[i].name, name) == 0)
			return &s->nodes[i];
	}
	return NULL;
}

struct scan_node *scan_find_devno(struct scan *s, dev_t devno, bool generic)
{
	for (size_t i = 0; devno && i < s->nnodes; i++) {
		if (s->nodes[i].devno == devno && s->nodes[i].generic == generic)
			return &s->nodes[i];
	}
	return NULL;
}

/* By number where the node is a real one, since any name can lead to it; otherwise by the kernel's name for it. */
const char *scan_device_of(struct scan *s, const char *path)
{
	struct arena *a = s->ctx->arena;
	const char *root = s->ctx->g.sysroot, *real, *base;
	char buf[PATH_MAX];
	struct stat st;
	ssize_t len;

	/* Elsewhere there are files, which may lie on a server that does not answer. */
	if (strncmp(path, "/dev/", 5) != 0)
		return NULL;
	real = rooted_path(s->ctx, path);
	if (!real)
		real = path;
	if (stat(arena_printf(a, "%s%s", root, real), &st) == 0 && S_ISBLK(st.st_mode)) {
		len = readlink(arena_printf(a, "%s/sys/dev/block/%u:%u", root, major(st.st_rdev), minor(st.st_rdev)),
			       buf, sizeof(buf) - 1);
		if (len > 0) {
			buf[len] = '\0';
			base = strrchr(buf, '/');
			return arena_strdup(a, base ? base + 1 : buf);
		}
	}
	if (strncmp(real, "/dev/", 5) != 0)
		return NULL;
	return arena_strdup(a, strrchr(real, '/') + 1);
}

static bool same_use(const struct use *a, const struct use *b)
{
	return strcmp(a->device, b->device) == 0 && strcmp(a->kind, b->kind) == 0 && strcmp(a->what, b->what) == 0;
}

static void append(struct scan *s, const struct use *u)
{
	struct inuse *o = s->out;

	o->uses = scan_grow(s, o->uses, o->nuses, &s->cap_uses, sizeof(*o->uses));
	o->uses[o->nuses++] = *u;
}

void scan_use(struct scan *s, const char *device, const char *kind, const char *what, bool system)
{
	struct inuse *o = s->out;
	struct use u = { .device = device, .kind = kind, .what = what, .system = system };

	for (size_t i = 0; i < o->nuses; i++) {
		if (same_use(&o->uses[i], &u)) {
			o->uses[i].system |= system;
			return;
		}
	}
	if (o->nuses < SCAN_USES || system)
		append(s, &u);
	else
		s->cut = true;
}

/* What carries a system's file system is itself part of that system, down to the namespace. */
static void spread_system(struct scan *s)
{
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < s->nedges; i++) {
			struct scan_node *lower = &s->nodes[s->edges[i].lower];

			if (s->nodes[s->edges[i].upper].system && !lower->system)
				lower->system = again = true;
		}
	}
}

static void use_holders(struct scan *s)
{
	for (size_t i = 0; i < s->nedges; i++) {
		const struct scan_edge *e = &s->edges[i];

		if (e->holder)
			scan_use(s, s->nodes[e->lower].name, "holder", s->nodes[e->upper].title,
				 s->nodes[e->upper].system);
	}
}

/* What hurts most comes first. */
static int rank(const struct use *u)
{
	static const char *const kinds[] = { "mount", "swap", "holder", "export", "open" };
	int i = 0;

	if (u->system && strcmp(u->kind, "mount") == 0)
		return -1;
	while (i < 5 && strcmp(u->kind, kinds[i]) != 0)
		i++;
	return i;
}

/* By insertion, for it keeps the order of equals. */
static void sort_uses(struct inuse *o)
{
	for (size_t i = 1; i < o->nuses; i++) {
		struct use u = o->uses[i];
		size_t k = i;

		for (; k && rank(&o->uses[k - 1]) > rank(&u); k--)
			o->uses[k] = o->uses[k - 1];
		o->uses[k] = u;
	}
}

static bool is_live(const struct topo_ctrl *c)
{
	return !*c->state || strcmp(c->state, "live") == 0;
}

bool inuse_reachable(const struct topo_ns *ns)
{
	/* Where nobody knows what leads there, it is worth trying. */
	bool live = ns->ctrl ? is_live(ns->ctrl) : !ns->npaths;

	for (size_t i = 0; i < ns->npaths; i++)
		live = live || (is_live(ns->paths[i].ctrl) && ana_usable(ns->paths[i].ana_state));
	return live;
}

int linux_inuse(struct ctx *ctx, const struct topo_ns *ns, struct inuse **out)
{
	struct scan s = { .ctx = ctx, .out = arena_alloc(ctx->arena, sizeof(**out)) };

	*out = s.out;
	scan_tree(&s, ns);
	if (inuse_reachable(ns))
		scan_contents(&s);
	else
		s.out->unread = "no path to it can be used";
	scan_mounts(&s);
	spread_system(&s);
	use_holders(&s);
	scan_exports(&s, ns);
	scan_opens(&s);
	sort_uses(s.out);
	if (s.cut)
		append(&s, &(struct use){ ns->name, "holder", "more than can be listed", false });
	return 0;
}

int linux_claim(struct ctx *ctx, const char *name, int *fd)
{
	const char *node = rooted_path(ctx, arena_printf(ctx->arena, "/dev/%s", name));
	struct stat st;
	int err;

	*fd = -1;
	if (!node)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	node = arena_printf(ctx->arena, "%s%s", ctx->g.sysroot, node);
	if (stat(node, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISBLK(st.st_mode))
		return 0;
	/* Nobody else can claim it then, nor mount it; who has done so already makes this fail. */
	*fd = open(node, O_RDONLY | O_EXCL | O_CLOEXEC | O_NOFOLLOW);
	if (*fd >= 0)
		return 0;
	err = errno;
	/* The node is still there, but its device is not. */
	return err == ENXIO || err == ENODEV || err == ENOENT ? 0 : -err;
}
