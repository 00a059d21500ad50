/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The topology in one pass over sysfs: a directory per subsystem and per controller, and as many attributes per
 * object as were asked for. Time grows with the number of objects, open files do not. What vanishes while
 * it is being looked at is left out.
 *
 *	class/nvme-subsystem/nvme-subsysS/	its controllers (links nvmeC) and, under multipath, its
 *						namespaces (nvmeSnN, ngSnN)
 *	class/nvme/nvmeC/			namespaces without multipath (nvmeCnN), or paths (nvmeScCnN)
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dev/sysfs.h"

struct scan {
	struct ctx *ctx;
	struct arena *a;
	unsigned want;
	struct topo *topo;
	size_t room;
};

/* Grows an array in the arena by one; returns the new element's place. */
#define PUSH(a, array, n, cap)                                                                               \
	({                                                                                                   \
		if ((n) == (cap)) {                                                                          \
			(cap) = (cap) ? 2 * (cap) : 16;                                                      \
			__typeof__(array) grown = arena_calloc(a, (cap), sizeof(*(array)));                  \
			if (n)                                                                               \
				memcpy(grown, array, (n) * sizeof(*(array)));                                \
			(array) = grown;                                                                     \
		}                                                                                            \
		&(array)[(n)++];                                                                             \
	})

struct names {
	const char **v;
	size_t n, cap;
};

static int by_name(const void *x, const void *y)
{
	return natural_cmp(*(const char *const *)x, *(const char *const *)y);
}

/* Entries of a directory that 'keep' wants, sorted naturally. Consumes fd. */
static void list_dir(struct scan *s, int fd, bool (*keep)(const char *), struct names *out)
{
	DIR *d = fdopendir(fd);
	struct dirent *e;

	if (!d) {
		close(fd);
		return;
	}
	while ((e = readdir(d))) {
		if (keep(e->d_name))
			*PUSH(s->a, out->v, out->n, out->cap) = arena_strdup(s->a, e->d_name);
	}
	closedir(d);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_name);
}

static bool is_subsys(const char *name)
{
	return strncmp(name, "nvme-subsys", 11) == 0;
}

static bool is_node(const char *name)
{
	struct node_name n;

	return node_parse(name, &n) && n.part < 0;
}

static const char *attr(struct scan *s, int fd, const char *dir, const char *name)
{
	const char *v = sysfs_attr(s->a, fd, arena_printf(s->a, "%s/%s", dir, name));

	return v ? v : "";
}

static uint64_t num(struct scan *s, int fd, const char *dir, const char *name, uint64_t dflt)
{
	char path[256];

	(void)s;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return sysfs_number(fd, path, dflt);
}

/* The host's identity stands at the controller; the kernel says "(null)" or nothing where there is none. */
static const char *host_attr(struct scan *s, int fd, const char *dir, const char *name)
{
	const char *v = attr(s, fd, dir, name);

	return strcmp(v, "(null)") == 0 ? "" : v;
}

static struct topo_ctrl *read_ctrl(struct scan *s, int fd, const char *name)
{
	struct topo_ctrl *c = arena_alloc(s->a, sizeof(*c));

	c->name = name;
	c->state = attr(s, fd, name, "state");
	c->transport = attr(s, fd, name, "transport");
	c->address = attr(s, fd, name, "address");
	c->serial = attr(s, fd, name, "serial");
	c->model = attr(s, fd, name, "model");
	c->firmware = attr(s, fd, name, "firmware_rev");
	c->nqn = attr(s, fd, name, "subsysnqn");
	c->cntrltype = attr(s, fd, name, "cntrltype");
	c->cntlid = (int)num(s, fd, name, "cntlid", (uint64_t)-1);
	c->hostnqn = c->hostid = c->slot = "";
	c->numa_node = -1;
	if (s->want & TOPO_HOST) {
		c->hostnqn = host_attr(s, fd, name, "hostnqn");
		c->hostid = host_attr(s, fd, name, "hostid");
		c->numa_node = (int)num(s, fd, name, "numa_node", (uint64_t)-1);
	}
	return c;
}

/* sysfs says identifiers in its own ways: nguid with hyphens, eui with blanks. */
static const char *bare_hex(struct scan *s, const char *v)
{
	char *p = arena_strdup(s->a, v), *q = p;

	for (; *v; v++) {
		if (*v != '-' && *v != ' ')
			*q++ = *v;
	}
	*q = '\0';
	return p;
}

static void read_ids(struct scan *s, int fd, const char *name, struct topo_ns *ns)
{
	ns->uuid = attr(s, fd, name, "uuid");
	ns->nguid = bare_hex(s, attr(s, fd, name, "nguid"));
	ns->eui64 = bare_hex(s, attr(s, fd, name, "eui"));
	/* Without a UUID some kernels repeat the NGUID in its place. */
	if (*ns->nguid && strcmp(bare_hex(s, ns->uuid), ns->nguid) == 0)
		ns->uuid = "";
	if (strspn(ns->nguid, "0") == strlen(ns->nguid))
		ns->nguid = "";
	if (strspn(ns->eui64, "0") == strlen(ns->eui64))
		ns->eui64 = "";
}

static struct topo_ns *read_ns(struct scan *s, int fd, const char *name)
{
	struct topo_ns *ns = arena_alloc(s->a, sizeof(*ns));
	uint64_t size, none = UINT64_MAX;

	ns->name = name;
	ns->generic = "";
	ns->nsid = (uint32_t)num(s, fd, name, "nsid", 0);
	/* A namespace that vanished, or whose directory is still being made. */
	if (!ns->nsid)
		return NULL;
	ns->lba_size = (uint32_t)num(s, fd, name, "queue/logical_block_size", 512);
	if (ns->lba_size < 512 || ns->lba_size % 512)
		ns->lba_size = 512;
	size = num(s, fd, name, "size", 0); /* in units of 512 bytes, whatever the block size */
	ns->blocks = size / (ns->lba_size / 512);
	ns->csi = (int)num(s, fd, name, "csi", (uint64_t)-1);
	size = num(s, fd, name, "metadata_bytes", none);
	ns->meta_known = size != none;
	ns->meta_size = ns->meta_known ? (uint32_t)size : 0;
	if (s->want & TOPO_USAGE) {
		size = num(s, fd, name, "nuse", none);
		ns->used_known = size != none;
		ns->used = ns->used_known ? size : 0;
	}
	ns->uuid = ns->nguid = ns->eui64 = "";
	if (s->want & TOPO_IDS)
		read_ids(s, fd, name, ns);
	return ns;
}

static void add_ns(struct scan *s, struct topo_subsys *sub, size_t *cap, int fd, const char *name,
		   struct topo_ctrl *ctrl, const struct names *siblings)
{
	struct topo_ns *ns = read_ns(s, fd, name);
	const char *generic;

	if (!ns)
		return;
	ns->subsys = sub;
	ns->ctrl = ctrl;
	generic = arena_printf(s->a, "ng%s", name + 4);
	if (siblings->n && bsearch(&generic, siblings->v, siblings->n, sizeof(*siblings->v), by_name))
		ns->generic = generic;
	*PUSH(s->a, sub->ns, sub->nns, *cap) = ns;
}

static int ns_by_name(const void *key, const void *el)
{
	return natural_cmp(key, (*(struct topo_ns *const *)el)->name);
}

/* nvme0c1n2 is the path of nvme0n2 through nvme1. */
static void add_path(struct scan *s, struct topo_subsys *sub, size_t heads, int fd, const char *name,
		     const struct node_name *n, struct topo_ctrl *ctrl)
{
	char head[64];
	struct topo_ns **found, *ns;
	struct topo_path *p;

	snprintf(head, sizeof(head), "nvme%ldn%ld", n->inst, n->ns);
	found = heads ? bsearch(head, sub->ns, heads, sizeof(*sub->ns), ns_by_name) : NULL;
	if (!found)
		return;
	ns = *found;
	/* Room grows in powers of two, so the count tells when it is used up. */
	if (!(ns->npaths & (ns->npaths - 1))) {
		p = arena_calloc(s->a, ns->npaths ? 2 * ns->npaths : 1, sizeof(*p));
		if (ns->npaths)
			memcpy(p, ns->paths, ns->npaths * sizeof(*p));
		ns->paths = p;
	}
	p = &ns->paths[ns->npaths++];
	p->name = name;
	p->ctrl = ctrl;
	p->ana_state = p->numa_nodes = "";
	if (!(s->want & TOPO_PATHS))
		return;
	p->ana_state = attr(s, fd, name, "ana_state");
	p->ana_group = (uint32_t)num(s, fd, name, "ana_grpid", 0);
	p->numa_nodes = attr(s, fd, name, "numa_nodes");
}

/* The namespaces or paths below a controller. heads: how many of sub->ns are multipath heads (sorted). */
static void scan_ctrl_dir(struct scan *s, struct topo_subsys *sub, size_t *cap, size_t heads, int fd, struct topo_ctrl *c)
{
	int dir = openat(fd, c->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), again;
	struct names names = { 0 };

	if (dir < 0)
		return;
	again = dup(dir);
	if (again >= 0)
		list_dir(s, again, is_node, &names);
	for (size_t i = 0; i < names.n; i++) {
		struct node_name n;

		node_parse(names.v[i], &n);
		if (n.generic || n.ns < 0)
			continue;
		if (n.ctrl < 0)
			add_ns(s, sub, cap, dir, names.v[i], c, &names);
		else
			add_path(s, sub, heads, dir, names.v[i], &n, c);
	}
	close(dir);
}

static int ns_order(const void *x, const void *y)
{
	return natural_cmp((*(struct topo_ns *const *)x)->name, (*(struct topo_ns *const *)y)->name);
}

static void scan_subsys(struct scan *s, int fd, const char *name)
{
	struct topo_subsys *sub = arena_alloc(s->a, sizeof(*sub));
	int dir = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), again;
	size_t ctrl_cap = 0, ns_cap = 0, heads;
	struct names names = { 0 };

	if (dir < 0)
		return;
	sub->name = name;
	sub->nqn = attr(s, dir, ".", "subsysnqn");
	sub->model = attr(s, dir, ".", "model");
	sub->serial = attr(s, dir, ".", "serial");
	sub->firmware = attr(s, dir, ".", "firmware_rev");
	sub->type = attr(s, dir, ".", "subsystype");
	sub->iopolicy = s->want & TOPO_HOST ? attr(s, dir, ".", "iopolicy") : "";
	sub->hostnqn = sub->hostid = "";
	again = dup(dir);
	if (again >= 0)
		list_dir(s, again, is_node, &names);
	for (size_t i = 0; i < names.n; i++) {
		struct node_name n;

		node_parse(names.v[i], &n);
		if (n.generic || n.ctrl >= 0)
			continue;
		if (n.ns < 0) {
			struct topo_ctrl *c = read_ctrl(s, dir, names.v[i]);

			c->subsys = sub;
			*PUSH(s->a, sub->ctrls, sub->nctrls, ctrl_cap) = c;
			if (*c->hostnqn && !*sub->hostnqn) {
				sub->hostnqn = c->hostnqn;
				sub->hostid = c->hostid;
			}
		} else if (s->want & TOPO_NS) {
			add_ns(s, sub, &ns_cap, dir, names.v[i], NULL, &names);
		}
	}
	heads = sub->nns;
	for (size_t i = 0; i < sub->nctrls && (s->want & TOPO_NS); i++)
		scan_ctrl_dir(s, sub, &ns_cap, heads, dir, sub->ctrls[i]);
	if (sub->nns > heads)
		qsort(sub->ns, sub->nns, sizeof(*sub->ns), ns_order);
	close(dir);
	*PUSH(s->a, s->topo->subsys, s->topo->nsubsys, s->room) = sub;
}

/* Kernels before 4.15 have no subsystems: each controller stands for its own. */
static void scan_old_ctrl(struct scan *s, int fd, const char *name)
{
	struct topo_subsys *sub = arena_alloc(s->a, sizeof(*sub));
	size_t ns_cap = 0, ctrl_cap = 0;
	struct topo_ctrl *c = read_ctrl(s, fd, name);

	c->subsys = sub;
	*PUSH(s->a, sub->ctrls, sub->nctrls, ctrl_cap) = c;
	sub->name = arena_printf(s->a, "nvme-subsys%s", name + 4);
	sub->nqn = c->nqn;
	sub->model = c->model;
	sub->serial = c->serial;
	sub->firmware = c->firmware;
	sub->type = sub->iopolicy = "";
	sub->hostnqn = c->hostnqn;
	sub->hostid = c->hostid;
	if (s->want & TOPO_NS)
		scan_ctrl_dir(s, sub, &ns_cap, 0, fd, c);
	*PUSH(s->a, s->topo->subsys, s->topo->nsubsys, s->room) = sub;
}

static int open_class(struct scan *s, const char *name)
{
	return open(arena_printf(s->a, "%s/sys/class/%s", s->ctx->g.sysroot, name),
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int sysfs_topology(struct ctx *ctx, unsigned want, struct topo **out)
{
	struct scan s = { .ctx = ctx, .a = ctx->arena, .want = want };
	struct names names = { 0 };
	bool old = false;
	int fd, again;

	s.topo = *out = arena_alloc(ctx->arena, sizeof(**out));
	fd = open_class(&s, "nvme-subsystem");
	if (fd < 0) {
		old = true;
		fd = open_class(&s, "nvme");
	}
	if (fd < 0)
		return 0; /* no driver, no drives */
	again = dup(fd);
	if (again >= 0)
		list_dir(&s, again, old ? is_node : is_subsys, &names);
	for (size_t i = 0; i < names.n; i++) {
		if (old)
			scan_old_ctrl(&s, fd, names.v[i]);
		else
			scan_subsys(&s, fd, names.v[i]);
	}
	close(fd);
	return 0;
}
