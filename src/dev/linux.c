/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The real machine. libnvme carries the commands (its two 64-bit pass-through calls, unchanged in every 1.x);
 * nothing else of it is used here. libnvme.h comes before any kernel header: they share an include guard.
 */
#include <libnvme.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dev/dev.h"
#include "dev/sysfs.h"

static int open_failed(struct dev *dev, int err)
{
	struct ctx *ctx = dev->ctx;
	int rc;

	switch (err) {
	case EACCES:
	case EPERM:
		rc = fail(ctx, XC_PERM, err, "cannot open %s: %s", dev->path, strerror(err));
		return fail_hint(ctx, rc, "run it as root; reading a drive's data needs read access to its node");
	case EAGAIN:
		rc = fail(ctx, XC_NODEV, err, "%s is not ready: its controller is resetting or connecting", dev->path);
		return fail_hint(ctx, rc, "'nvmekit list-subsys' shows the state of every controller");
	case ENOENT:
	case ENXIO:
	case ENODEV:
		rc = fail(ctx, XC_NODEV, err, "there is no device %s", dev->path);
		return fail_hint(ctx, rc, "'nvmekit list' shows the devices present");
	default:
		return fail(ctx, XC_INTERNAL, err, "cannot open %s: %s", dev->path, strerror(err));
	}
}

static int linux_open(struct dev *dev)
{
	struct ctx *ctx = dev->ctx;
	const char *node = arena_printf(ctx->arena, "%s/dev/%s", ctx->g.sysroot, dev->name);
	struct stat st;
	__u32 nsid;
	int rc;

	/* A container may have the node without sysfs; then the node says the rest itself. */
	rc = sysfs_describe(dev);
	if (rc && rc != -ENOENT)
		return open_failed(dev, -rc);
	dev->fd = open(node, O_RDONLY | O_CLOEXEC);
	if (dev->fd < 0)
		return open_failed(dev, errno);
	if (fstat(dev->fd, &st) || !(S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))) {
		close(dev->fd);
		dev->fd = -1;
		return fail(ctx, XC_NODEV, ENODEV, "%s is no device node", node);
	}
	if (dev->kind == DEV_NS && !dev->nsid && nvme_get_nsid(dev->fd, &nsid) == 0)
		dev->nsid = nsid;
	return 0;
}

static int linux_submit(struct dev *dev, struct req *r)
{
	struct nvme_passthru_cmd64 c = {
		.opcode = r->opcode,
		.flags = r->flags,
		.rsvd1 = r->rsvd,
		.nsid = r->nsid,
		.cdw2 = r->cdw2,
		.cdw3 = r->cdw3,
		.metadata = (uintptr_t)r->meta,
		.addr = (uintptr_t)r->data,
		.metadata_len = r->meta_len,
		.data_len = r->data_len,
		.cdw10 = r->cdw10,
		.cdw11 = r->cdw11,
		.cdw12 = r->cdw12,
		.cdw13 = r->cdw13,
		.cdw14 = r->cdw14,
		.cdw15 = r->cdw15,
		.timeout_ms = r->timeout_ms,
	};
	__u64 result = 0;
	int rc;

	errno = 0;
	if (r->io)
		rc = nvme_submit_io_passthru64(dev->fd, &c, &result);
	else
		rc = nvme_submit_admin_passthru64(dev->fd, &c, &result);
	if (rc == 0)
		r->result = result;
	/* Some errors come back without an errno. */
	return rc < 0 ? (errno ? -errno : -EIO) : rc;
}

static void linux_close(struct dev *dev)
{
	if (dev->fd >= 0)
		close(dev->fd);
	dev->fd = -1;
}

const struct dev_ops linux_ops = {
	.name = "linux",
	.open = linux_open,
	.submit = linux_submit,
	.topology = sysfs_topology,
	.close = linux_close,
};
