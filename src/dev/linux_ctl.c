/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Resets and rescans, which only the node of a controller takes. libnvme.h comes before any kernel header, as in
 * linux.c.
 */
#include <libnvme.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dev/fabrics_linux.h"
#include "dev/linux_ctl.h"
#include "dev/sysfs.h"

int linux_ctrl_open(struct dev *dev, int *fd)
{
	struct ctx *ctx = dev->ctx;
	const char *node;
	struct stat st;

	*fd = dev->fd;
	if (dev->kind == DEV_CTRL)
		return 0;
	if (!dev->ctrl)
		return -ENODEV;
	node = rooted_path(ctx, arena_printf(ctx->arena, "/dev/%s", dev->ctrl));
	if (!node)
		return -errno;
	*fd = open(arena_printf(ctx->arena, "%s%s", ctx->g.sysroot, node), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (*fd < 0)
		return -errno;
	if (fstat(*fd, &st) || !S_ISCHR(st.st_mode)) {
		close(*fd);
		return -ENODEV;
	}
	return 0;
}

void linux_ctrl_close(const struct dev *dev, int fd)
{
	if (fd >= 0 && fd != dev->fd)
		close(fd);
}

static int by_ioctl(struct dev *dev, int (*call)(int fd))
{
	int fd, rc = linux_ctrl_open(dev, &fd);

	if (rc)
		return rc;
	errno = 0;
	rc = call(fd);
	/* Older libraries return -1 with errno; where that is not set it is not known what failed. */
	if (rc < 0)
		rc = errno ? -errno : -EIO;
	linux_ctrl_close(dev, fd);
	return rc;
}

/* -EINVAL: the kernel does not know that policy. -ENOENT: it has none at all, for it knows nothing of multipath. */
int linux_subsys(struct dev *dev, const struct req *r)
{
	struct ctx *ctx = dev->ctx;
	ssize_t n;
	int fd, rc;

	if (r->kind != REQ_IOPOLICY)
		return -ENOTSUP;
	fd = open(arena_printf(ctx->arena, "%s/sys/class/nvme-subsystem/%s/iopolicy", ctx->g.sysroot, dev->name),
		  O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, r->data, r->data_len);
	rc = n < 0 ? -errno : (size_t)n == r->data_len ? 0 : -EIO;
	close(fd);
	return rc;
}

int linux_control(struct dev *dev, struct req *r)
{
	if (dev->kind == DEV_SUBSYS)
		return linux_subsys(dev, r);
	switch (r->kind) {
	case REQ_RESET:
		return by_ioctl(dev, nvme_ctrl_reset);
	case REQ_SUBSYS_RESET:
		return by_ioctl(dev, nvme_subsystem_reset);
	case REQ_RESCAN:
		return by_ioctl(dev, nvme_ns_rescan);
	case REQ_DISCONNECT:
		return linux_disconnect(dev);
	case REQ_REG_READ:
	case REQ_REG_WRITE:
		return linux_reg(dev, r);
	case REQ_OPAL:
		return linux_opal(dev, r);
	default:
		return -ENOTSUP;
	}
}
