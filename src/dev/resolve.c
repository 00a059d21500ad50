/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Devices as people name them: a node, a link to one, or name=value of what identifies it. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dev/dev.h"
#include "dev/sysfs.h"
#include "dev/topo.h"

bool transport_is_fabrics(const char *transport)
{
	return strcmp(transport, "pcie") != 0 && strcmp(transport, "apple-nvme") != 0;
}

bool topo_reached(const struct topo_ns *ns, const char *ctrl)
{
	if (ns->ctrl && strcmp(ns->ctrl->name, ctrl) == 0)
		return true;
	for (size_t i = 0; i < ns->npaths; i++) {
		if (strcmp(ns->paths[i].ctrl->name, ctrl) == 0)
			return true;
	}
	return false;
}

bool ana_usable(const char *state)
{
	return !*state || strcmp(state, "optimized") == 0 || strcmp(state, "non-optimized") == 0;
}

int natural_cmp(const char *a, const char *b)
{
	while (*a && *b) {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			size_t n, m;

			while (*a == '0' && isdigit((unsigned char)a[1]))
				a++;
			while (*b == '0' && isdigit((unsigned char)b[1]))
				b++;
			n = strspn(a, "0123456789");
			m = strspn(b, "0123456789");
			if (n != m)
				return n < m ? -1 : 1;
			if (strncmp(a, b, n) != 0)
				return strncmp(a, b, n);
			a += n;
			b += n;
			continue;
		}
		if (*a != *b)
			return (unsigned char)*a - (unsigned char)*b;
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}

struct found {
	struct ctx *ctx;
	const char *first;
	const char *all; /* names, comma separated, for the message */
	size_t n;
};

static void add(struct found *f, const char *name)
{
	f->all = f->n ? arena_printf(f->ctx->arena, "%s, %s", f->all, name) : name;
	if (!f->n++)
		f->first = name;
}

bool same_id(const char *a, const char *b)
{
	if (strncasecmp(a, "0x", 2) == 0)
		a += 2;
	for (;; a++, b++) {
		a += strspn(a, "-.:");
		b += strspn(b, "-.:");
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
}

enum { BY_SERIAL, BY_NQN, BY_PCI, BY_UUID, BY_NGUID, BY_EUI64 };
static const char *const keys[] = { "serial", "nqn", "pci", "uuid", "nguid", "eui64" };

static void match_ctrl(struct found *f, const struct topo_ctrl *c, int key, const char *value)
{
	bool hit = false;

	if (key == BY_SERIAL)
		hit = strcmp(c->serial, value) == 0;
	else if (key == BY_NQN)
		hit = strcmp(*c->nqn ? c->nqn : c->subsys->nqn, value) == 0;
	else if (key == BY_PCI)
		hit = strcmp(c->transport, "pcie") == 0 &&
		      (strcasecmp(c->address, value) == 0 ||
		       /* The PCI domain is almost always 0000, and left out by lspci. */
		       (strncmp(c->address, "0000:", 5) == 0 && strcasecmp(c->address + 5, value) == 0));
	if (hit)
		add(f, c->name);
}

static void match_ns(struct found *f, const struct topo_ns *ns, int key, const char *value)
{
	const char *id = key == BY_UUID ? ns->uuid : key == BY_NGUID ? ns->nguid : ns->eui64;

	if (*id && same_id(value, id))
		add(f, ns->name);
}

static int by_identity(struct ctx *ctx, int key, const char *value, const char **node)
{
	struct found f = { .ctx = ctx };
	struct topo *t;
	int rc;

	if (!*value)
		return fail(ctx, XC_USAGE, 0, "%s= needs a value", keys[key]);
	rc = topo_read(ctx, key >= BY_UUID ? TOPO_NS | TOPO_IDS : 0, &t);
	if (rc)
		return rc;
	for (size_t i = 0; i < t->nsubsys; i++) {
		const struct topo_subsys *s = t->subsys[i];

		for (size_t j = 0; key < BY_UUID && j < s->nctrls; j++)
			match_ctrl(&f, s->ctrls[j], key, value);
		for (size_t j = 0; key >= BY_UUID && j < s->nns; j++)
			match_ns(&f, s->ns[j], key, value);
	}
	if (f.n == 1) {
		*node = f.first;
		return 0;
	}
	if (!f.n) {
		rc = fail(ctx, XC_NODEV, 0, "no device has %s '%s'", keys[key], value);
		return fail_hint(ctx, rc, "'nvmekit list' shows the devices present");
	}
	rc = fail(ctx, XC_NODEV, 0, "%s '%s' is ambiguous: %zu devices have it (%s)", keys[key], value, f.n,
		  f.all);
	return fail_hint(ctx, rc, "name one of them");
}

/* nvme0n1p2 stands for the namespace that the partition is on. */
static int accept(struct ctx *ctx, const char *base, const char *spec, const char **node)
{
	struct node_name n;
	int rc;

	if (node_parse(base, &n) && n.ctrl < 0) {
		*node = n.part < 0 ? arena_strdup(ctx->arena, base)
				   : arena_printf(ctx->arena, "nvme%ldn%ld", n.inst, n.ns);
		return 0;
	}
	rc = fail(ctx, XC_NODEV, 0, "%s is no NVMe device", spec);
	return fail_hint(
		ctx, rc,
		"a device is nvme0, nvme0n1, ng0n1, a path to one, or serial=, nqn=, pci=, uuid=, nguid=, "
		"eui64= with a value");
}

/* A path leads to a node directly below /dev, or it names no device, whatever the file is called. */
static int by_path(struct ctx *ctx, const char *spec, const char **node)
{
	const char *real = spec, *base = strrchr(spec, '/') + 1;
	struct node_name n;
	char *abs = NULL;

	/* The usual node names need no look at the file system. */
	if (strncmp(spec, "/dev/", 5) == 0 && base == spec + 5 && node_parse(base, &n))
		return accept(ctx, base, spec, node);
	if (!ctx->g.system) {
		/* Without a root directory of its own a relative path starts where the user is. */
		if (*spec != '/' && !*ctx->g.sysroot)
			real = abs = realpath(spec, NULL);
		else
			real = rooted_path(ctx, spec);
		if (!real)
			return fail(ctx, XC_NODEV, errno, "cannot find %s: %s", spec, strerror(errno));
		real = arena_strdup(ctx->arena, real);
		free(abs);
	}
	base = strrchr(real, '/') + 1;
	if (strncmp(real, "/dev/", 5) != 0 || base != real + 5)
		base = "";
	return accept(ctx, base, spec, node);
}

#define NAMED_MAX 8

void dev_hint_present(struct ctx *ctx)
{
	const char *all = "";
	struct topo *t;
	size_t n = 0;

	if (topo_read(ctx, TOPO_NS, &t))
		return;
	for (size_t i = 0; i < t->nsubsys; i++) {
		const struct topo_subsys *s = t->subsys[i];

		for (size_t k = 0; k < s->nctrls + s->nns; k++, n++) {
			if (n < NAMED_MAX)
				all = arena_printf(ctx->arena, "%s%s%s", all, n ? ", " : "",
						   k < s->nctrls ? s->ctrls[k]->name
								 : s->ns[k - s->nctrls]->name);
		}
	}
	if (n)
		fail_hint(ctx, 0, "there %s %s%s; 'nvmekit list' shows more about them",
			  n == 1 ? "is" : "are", all, n > NAMED_MAX ? ", ..." : "");
	else
		fail_hint(ctx, 0, "there is no NVMe device at all");
}

int dev_resolve(struct ctx *ctx, const char *spec, const char **node)
{
	const char *eq = strchr(spec, '=');

	for (size_t i = 0; eq && i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strlen(keys[i]) == (size_t)(eq - spec) &&
		    strncmp(spec, keys[i], (size_t)(eq - spec)) == 0)
			return by_identity(ctx, (int)i, eq + 1, node);
	}
	if (strchr(spec, '/'))
		return by_path(ctx, spec, node);
	return accept(ctx, spec, spec, node);
}
