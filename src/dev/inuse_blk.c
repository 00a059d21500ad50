/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Signatures on a block device, by libblkid's low-level probing alone: on a descriptor of ours, and without the
 * library's cache of all devices. Everything that is found is told, also where signatures contradict each other.
 */
#include <blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dev/inuse_scan.h"
#include "dev/sysfs.h"

/* The library knows fewer kinds; it is only there so that a defect in it ends. */
#define MAX_SIGNATURES 100

static const char *value(struct scan *s, blkid_probe pr, const char *name)
{
	const char *data;
	size_t len;

	if (blkid_probe_lookup_value(pr, name, &data, &len))
		return NULL;
	return arena_strndup(s->ctx->arena, data, strnlen(data, len));
}

/* The first reason is kept: it is the lowest device's. */
static void unread(struct scan *s, const char *name, const char *why)
{
	if (!s->out->unread)
		s->out->unread = arena_printf(s->ctx->arena, "/dev/%s: %s", name, why);
}

static void add_content(struct scan *s, const struct content *c)
{
	struct inuse *o = s->out;

	for (size_t i = 0; i < o->ncontents; i++) {
		if (strcmp(o->contents[i].device, c->device) == 0 && strcmp(o->contents[i].type, c->type) == 0)
			return;
	}
	o->contents = scan_grow(s, o->contents, o->ncontents, &s->cap_contents, sizeof(*o->contents));
	o->contents[o->ncontents++] = *c;
}

/* What the probe stands at: a partition table or a superblock. */
static void take(struct scan *s, const struct scan_node *n, blkid_probe pr)
{
	const char *table = value(s, pr, "PTTYPE"), *type = value(s, pr, "TYPE"), *text;
	struct content c = { .device = n->name, .label = "", .uuid = "", .size = n->size };

	/* A GPT's protective table is part of the GPT, and stands for it only where that is lost. */
	if (table) {
		c.type = table;
		c.usage = "partition-table";
		if ((text = value(s, pr, "PTUUID")))
			c.uuid = text;
		add_content(s, &c);
	}
	if (type) {
		c.type = type;
		c.usage = (text = value(s, pr, "USAGE")) ? text : "other";
		c.label = (text = value(s, pr, "LABEL")) ? text : "";
		c.uuid = (text = value(s, pr, "UUID")) ? text : "";
		add_content(s, &c);
	}
}

static int probe_fd(struct scan *s, const struct scan_node *n, int fd)
{
	blkid_probe pr = blkid_new_probe();
	int rc = 0;

	if (!pr)
		return -ENOMEM;
	errno = 0;
	if (blkid_probe_set_device(pr, fd, 0, 0)) {
		rc = errno ? -errno : -EIO;
	} else {
		blkid_probe_enable_superblocks(pr, 1);
		blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_USAGE | BLKID_SUBLKS_LABEL |
							      BLKID_SUBLKS_UUID | BLKID_SUBLKS_BADCSUM);
		blkid_probe_enable_partitions(pr, 1);
		errno = 0;
		for (int i = 0; i < MAX_SIGNATURES && (rc = blkid_do_probe(pr)) == 0; i++)
			take(s, n, pr);
		rc = rc < 0 ? (errno ? -errno : -EIO) : 0;
	}
	blkid_free_probe(pr);
	return rc;
}

static void probe(struct scan *s, const struct scan_node *n)
{
	struct ctx *ctx = s->ctx;
	const char *real = rooted_path(ctx, arena_printf(ctx->arena, "/dev/%s", n->name));
	struct stat st;
	int fd, rc;

	if (!real) {
		unread(s, n->name, strerror(errno));
		return;
	}
	fd = open(arena_printf(ctx->arena, "%s%s", ctx->g.sysroot, real),
		  O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	if (fd < 0) {
		unread(s, n->name, strerror(errno));
		return;
	}
	if (fstat(fd, &st) || !(S_ISBLK(st.st_mode) || S_ISREG(st.st_mode)))
		unread(s, n->name, strerror(ENOTBLK));
	else if ((rc = probe_fd(s, n, fd)))
		unread(s, n->name, strerror(-rc));
	close(fd);
}

/* A GPT's copy at the end makes the protective table at the start redundant. */
static void drop_protective(struct inuse *o)
{
	size_t kept = 0;

	for (size_t i = 0; i < o->ncontents; i++) {
		const struct content *c = &o->contents[i];
		bool gpt = false;

		for (size_t k = 0; k < o->ncontents && strcmp(c->type, "PMBR") == 0; k++)
			gpt |= strcmp(o->contents[k].device, c->device) == 0 && strcmp(o->contents[k].type, "gpt") == 0;
		if (!gpt)
			o->contents[kept++] = *c;
	}
	o->ncontents = kept;
}

void scan_contents(struct scan *s)
{
	for (size_t i = 0; i < s->nnodes; i++) {
		const struct scan_node *n = &s->nodes[i];

		if (n->generic)
			continue;
		if (n->suspended)
			unread(s, n->name, "it is suspended");
		else if (n->size || !n->devno)
			probe(s, n);
		else if (!i) /* an array that is not running has none either, and that is all right */
			unread(s, n->name, "the kernel shows no blocks of it");
	}
	drop_protective(s->out);
}
