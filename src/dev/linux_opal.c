/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The kernel's Opal interface: an ioctl on the block node of a namespace, whatever node the user named. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dev/linux_ctl.h"
#include "dev/opal.h"
#include "dev/sysfs.h"
#include "dev/topo.h"

/* What kernels before 6.1 say where others say EOPNOTSUPP. */
#define KERNEL_ENOTSUPP 524

/* Of a namespace its block node, not its character node nor a partition; of a controller that of its first one. */
static const char *block_name(struct dev *dev)
{
	struct node_name n;
	struct topo *t;

	if (dev->kind == DEV_NS && node_parse(dev->name, &n) && n.ns >= 0)
		return n.inst >= 0 ? arena_printf(dev->ctx->arena, "nvme%ldn%ld", n.inst, n.ns) : NULL;
	if (topo_read(dev->ctx, TOPO_NS, &t))
		return NULL;
	for (size_t i = 0; i < t->nsubsys; i++) {
		for (size_t k = 0; k < t->subsys[i]->nns; k++) {
			const struct topo_ns *ns = t->subsys[i]->ns[k];

			if (topo_reached(ns, dev->name))
				return ns->name;
		}
	}
	return NULL;
}

static int open_block(struct dev *dev, int *fd)
{
	struct ctx *ctx = dev->ctx;
	const char *name = block_name(dev), *node;
	struct stat st;

	if (!name)
		return -ENXIO;
	node = rooted_path(ctx, arena_printf(ctx->arena, "/dev/%s", name));
	if (!node)
		return -errno;
	*fd = open(arena_printf(ctx->arena, "%s%s", ctx->g.sysroot, node), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (*fd < 0)
		return -errno;
	if (fstat(*fd, &st) || !S_ISBLK(st.st_mode)) {
		close(*fd);
		return -ENOTBLK;
	}
	return 0;
}

/*
 * A positive result is a method status of TCG, or, where the command that carries it failed, a status of NVMe: those
 * that matter have a bit above the lowest eight, Do Not Retry or a status code type.
 */
static int outcome(struct req *r, int rc, int err)
{
	if (rc < 0)
		return err == KERNEL_ENOTSUPP ? -EOPNOTSUPP : err ? -err : -EIO;
	if (rc > 0xff)
		return rc;
	r->result = (uint64_t)rc;
	return rc ? -OPAL_REFUSED : 0;
}

/* 0, -OPAL_REFUSED with a method status in the result, another -errno, or a status of NVMe. */
int linux_opal(struct dev *dev, struct req *r)
{
	int fd = -1, rc = open_block(dev, &fd);

	if (rc)
		return rc;
	errno = 0;
	rc = ioctl(fd, r->cdw10, r->data);
	rc = outcome(r, rc, errno);
	/* What could not be read before has a partition table now; that it is in use is no reason to complain. */
	if (!rc && r->cdw10 == OPAL_LOCK_UNLOCK && ((struct opal_lock *)r->data)->state != OPAL_STATE_LOCKED)
		(void)ioctl(fd, BLKRRPART, 0);
	close(fd);
	return rc;
}
