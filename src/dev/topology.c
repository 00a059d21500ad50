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

struct names {
	const char **v;
	size_t n, cap;
};

struct scan {
	struct ctx *ctx;
	struct arena *a;
	unsigned want;
	struct topo *topo;
	size_t room;
	struct names slots; /* of PCIe: name and address in turns */
	bool slots_read;
};

/* Grows an array in the arena by one; returns the new element's place. */
#define PUSH(a, array, n, cap)                                                              \
	({                                                                                  \
		if ((n) == (cap)) {                                                         \
			(cap) = (cap) ? 2 * (cap) : 16;                                     \
			__typeof__(array) grown = arena_calloc(a, (cap), sizeof(*(array))); \
			if (n)                                                              \
				memcpy(grown, array, (n) * sizeof(*(array)));               \
			(array) = grown;                                                    \
		}                                                                           \
		&(array)[(n)++];                                                            \
	})

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

/* dir/name, in a buffer: this runs ten times per namespace. */
#define ATTR_PATH 256

static const char *attr(struct scan *s, int fd, const char *dir, const char *name)
{
	char path[ATTR_PATH];
	const char *v;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	v = sysfs_attr(s->a, fd, path);
	return v ? v : "";
}

static uint64_t num(int fd, const char *dir, const char *name, uint64_t dflt)
{
	char path[ATTR_PATH];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return sysfs_number(fd, path, dflt);
}

static int open_sys(struct scan *s, const char *name)
{
	return open(arena_printf(s->a, "%s/sys/%s", s->ctx->g.sysroot, name),
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool is_entry(const char *name)
{
	return *name != '.';
}

/* Slots name the device in them without its function: "0000:3b:00". Nearly every machine has few of them. */
static void read_slots(struct scan *s)
{
	int fd = open_sys(s, "bus/pci/slots"), again;
	struct names slots = { 0 };

	s->slots_read = true;
	if (fd < 0)
		return;
	again = dup(fd);
	if (again >= 0)
		list_dir(s, again, is_entry, &slots);
	for (size_t i = 0; i < slots.n; i++) {
		*PUSH(s->a, s->slots.v, s->slots.n, s->slots.cap) = slots.v[i];
		*PUSH(s->a, s->slots.v, s->slots.n, s->slots.cap) = attr(s, fd, slots.v[i], "address");
	}
	close(fd);
}

static const char *slot_of(struct scan *s, const struct topo_ctrl *c)
{
	size_t len = strcspn(c->address, ".");

	if (strcmp(c->transport, "pcie") != 0 || !len)
		return "";
	if (!s->slots_read)
		read_slots(s);
	for (size_t i = 0; i < s->slots.n; i += 2) {
		if (strlen(s->slots.v[i + 1]) == len && strncmp(s->slots.v[i + 1], c->address, len) == 0)
			return s->slots.v[i];
	}
	return "";
}

/* The host's identity stands at the controller; the kernel says "(null)" or nothing where there is none. */
static const char *host_attr(struct scan *s, int fd, const char *name)
{
	const char *v = attr(s, fd, ".", name);

	return strcmp(v, "(null)") == 0 ? "" : v;
}

/* NULL: it vanished. */
static struct topo_ctrl *read_ctrl(struct scan *s, int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct topo_ctrl *c;

	if (fd < 0)
		return NULL;
	c = arena_alloc(s->a, sizeof(*c));
	c->name = name;
	c->state = attr(s, fd, ".", "state");
	c->transport = attr(s, fd, ".", "transport");
	c->address = attr(s, fd, ".", "address");
	c->serial = attr(s, fd, ".", "serial");
	c->model = attr(s, fd, ".", "model");
	c->firmware = attr(s, fd, ".", "firmware_rev");
	c->nqn = attr(s, fd, ".", "subsysnqn");
	c->cntrltype = attr(s, fd, ".", "cntrltype");
	c->cntlid = (int)num(fd, ".", "cntlid", (uint64_t)-1);
	c->hostnqn = c->hostid = c->slot = "";
	c->numa_node = -1;
	if (s->want & TOPO_HOST) {
		c->hostnqn = host_attr(s, fd, "hostnqn");
		c->hostid = host_attr(s, fd, "hostid");
		c->numa_node = (int)num(fd, ".", "numa_node", (uint64_t)-1);
		c->slot = slot_of(s, c);
	}
	close(fd);
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
	ns->nsid = (uint32_t)num(fd, name, "nsid", 0);
	/* A namespace that vanished, or whose directory is still being made. */
	if (!ns->nsid)
		return NULL;
	ns->lba_size = (uint32_t)num(fd, name, "queue/logical_block_size", 512);
	if (ns->lba_size < 512 || ns->lba_size % 512)
		ns->lba_size = 512;
	size = num(fd, name, "size", 0); /* in units of 512 bytes, whatever the block size */
	ns->blocks = size / (ns->lba_size / 512);
	ns->csi = (int)num(fd, name, "csi", (uint64_t)-1);
	size = num(fd, name, "metadata_bytes", none);
	ns->meta_known = size != none;
	ns->meta_size = ns->meta_known ? (uint32_t)size : 0;
	if (s->want & TOPO_USAGE) {
		size = num(fd, name, "nuse", none);
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
	p->queue_depth = -1;
	if (s->want & (TOPO_ANA | TOPO_PATHS))
		p->ana_state = attr(s, fd, name, "ana_state");
	if (!(s->want & TOPO_PATHS))
		return;
	p->ana_group = (uint32_t)num(fd, name, "ana_grpid", 0);
	p->numa_nodes = attr(s, fd, name, "numa_nodes");
	p->queue_depth = (int)num(fd, name, "queue_depth", (uint64_t)-1);
}

/* The namespaces or paths below a controller. heads: how many of sub->ns are multipath heads (sorted). */
static void scan_ctrl_dir(struct scan *s, struct topo_subsys *sub, size_t *cap, size_t heads, int fd,
			  struct topo_ctrl *c)
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

			if (!c)
				continue;
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

/*
 * A controller that is in no subsystem: one that has not come up yet or never did, or any before Linux 4.15.
 * It stands for its own; named: with the name that a subsystem would have.
 */
static void scan_lone_ctrl(struct scan *s, int fd, const char *name, bool named)
{
	struct topo_ctrl *c = read_ctrl(s, fd, name);
	size_t ns_cap = 0, ctrl_cap = 0;
	struct topo_subsys *sub;

	if (!c)
		return;
	sub = arena_alloc(s->a, sizeof(*sub));
	c->subsys = sub;
	*PUSH(s->a, sub->ctrls, sub->nctrls, ctrl_cap) = c;
	sub->name = named ? arena_printf(s->a, "nvme-subsys%s", name + 4) : "";
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

/* Entries of a class; none where the kernel has no such class. *fd stays open for the caller, or is -1. */
static int list_class(struct scan *s, const char *name, bool (*keep)(const char *), struct names *out,
		      int *fd)
{
	int again;

	*fd = open_sys(s, name);
	if (*fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	again = *fd < 0 ? -1 : dup(*fd);
	if (again < 0)
		return fail(s->ctx, exit_code_of_errno(errno), errno, "cannot read %s/sys/%s: %s",
			    s->ctx->g.sysroot, name, strerror(errno));
	list_dir(s, again, keep, out);
	return 0;
}

/* Names of all controllers that stand in a subsystem, sorted. */
static struct names known_ctrls(struct scan *s)
{
	struct names known = { 0 };

	for (size_t i = 0; i < s->topo->nsubsys; i++) {
		const struct topo_subsys *sub = s->topo->subsys[i];

		for (size_t j = 0; j < sub->nctrls; j++)
			*PUSH(s->a, known.v, known.n, known.cap) = sub->ctrls[j]->name;
	}
	if (known.n)
		qsort(known.v, known.n, sizeof(*known.v), by_name);
	return known;
}

int sysfs_topology(struct ctx *ctx, unsigned want, struct topo **out)
{
	struct scan s = { .ctx = ctx, .a = ctx->arena, .want = want };
	struct names subsystems = { 0 }, ctrls = { 0 }, known;
	bool old;
	int fd, rc;

	s.topo = *out = arena_alloc(ctx->arena, sizeof(**out));
	rc = list_class(&s, "class/nvme-subsystem", is_subsys, &subsystems, &fd);
	old = fd < 0;
	for (size_t i = 0; i < subsystems.n; i++)
		scan_subsys(&s, fd, subsystems.v[i]);
	if (fd >= 0)
		close(fd);
	known = known_ctrls(&s);
	if (!rc)
		rc = list_class(&s, "class/nvme", is_node, &ctrls, &fd);
	for (size_t i = 0; !rc && i < ctrls.n; i++) {
		if (!known.n || !bsearch(&ctrls.v[i], known.v, known.n, sizeof(*known.v), by_name))
			scan_lone_ctrl(&s, fd, ctrls.v[i], old);
	}
	if (!rc && fd >= 0)
		close(fd);
	if (rc)
		return rc;
	if (want & (TOPO_USAGE | TOPO_META))
		usage_ask(ctx, want, *out);
	return 0;
}
