/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The real machine. libnvme carries the commands (its two 64-bit pass-through calls, unchanged in every 1.x);
 * nothing else of it is used here. libnvme.h comes before any kernel header: they share an include guard.
 */
#include <libnvme.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dev/dev.h"
#include "dev/fabrics_linux.h"
#include "dev/inuse.h"
#include "dev/linux_ctl.h"
#include "dev/sysfs.h"

static int open_failed(struct dev *dev, int err)
{
	struct ctx *ctx = dev->ctx;
	int rc;

	switch (err) {
	case EACCES:
	case EPERM:
		rc = fail(ctx, XC_PERM, err, "cannot open %s: %s", dev->path, strerror(err));
		return fail_hint(ctx, rc,
				 "run it as root; reading a drive's data needs read access to its node");
	case EAGAIN:
		rc = fail(ctx, XC_NODEV, err, "%s is not ready: its controller is resetting or connecting",
			  dev->path);
		return fail_hint(ctx, rc, "'nvmekit list-subsys' shows the state of every controller");
	case ENOENT:
	case ENXIO:
	case ENODEV:
	case ELOOP:
		return fail(ctx, XC_NODEV, err, "there is no device %s", dev->path);
	default:
		return fail(ctx, XC_INTERNAL, err, "cannot open %s: %s", dev->path, strerror(err));
	}
}

/* sysfs knows the device, but nobody made its node: in a container, or without udev. */
static bool has_no_node(const struct dev *dev)
{
	static const char *const classes[] = { "nvme", "block", "nvme-generic" };
	struct ctx *ctx = dev->ctx;

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (access(arena_printf(ctx->arena, "%s/sys/class/%s/%s", ctx->g.sysroot, classes[i],
					dev->name),
			   F_OK) == 0)
			return true;
	}
	return false;
}

static int linux_open(struct dev *dev)
{
	struct ctx *ctx = dev->ctx;
	const char *node = rooted_path(ctx, dev->path);
	struct stat st;
	__u32 nsid;
	int rc;

	if (!node && errno == ENOENT && has_no_node(dev))
		return fail(ctx, XC_NODEV, ENXIO, "the kernel knows %s, but there is no node %s%s", dev->name,
			    ctx->g.sysroot, dev->path);
	if (!node)
		return open_failed(dev, errno);
	rc = sysfs_describe(dev);
	if (rc && rc != -ENOENT)
		return open_failed(dev, -rc);
	node = arena_printf(ctx->arena, "%s%s", ctx->g.sysroot, node);
	dev->fd = open(node, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
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

/* Linux before 5.4 has only calls with a result of 32 bits. */
static int submit32(struct dev *dev, const struct nvme_passthru_cmd64 *c, bool io, __u64 *result)
{
	struct nvme_passthru_cmd old;
	__u32 dw0 = 0;
	int rc;

	_Static_assert(offsetof(struct nvme_passthru_cmd, result) ==
			       offsetof(struct nvme_passthru_cmd64, rsvd2),
		       "both commands begin alike");
	memcpy(&old, c, offsetof(struct nvme_passthru_cmd, result));
	old.result = 0;
	errno = 0;
	rc = io ? nvme_submit_io_passthru(dev->fd, &old, &dw0)
		: nvme_submit_admin_passthru(dev->fd, &old, &dw0);
	*result = dw0;
	return rc;
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

	if (r->kind != REQ_NVME || dev->kind == DEV_SUBSYS)
		return linux_control(dev, r);
	errno = 0;
	if (r->io)
		rc = nvme_submit_io_passthru64(dev->fd, &c, &result);
	else
		rc = nvme_submit_admin_passthru64(dev->fd, &c, &result);
	if (rc < 0 && errno == ENOTTY && (!r->io || dev->kind == DEV_NS))
		rc = submit32(dev, &c, r->io, &result);
	if (rc >= 0) /* some results mean something beside an error: Firmware Commit's */
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
	.inuse = linux_inuse,
	.claim = linux_claim,
	.close = linux_close,
	.attach = linux_attach,
	.hold = linux_hold,
	.fab_tokens = linux_fab_tokens,
	.fab_add = linux_fab_add,
	.fab_lacks = linux_fab_lacks,
	.fab_resolve = linux_fab_resolve,
};
