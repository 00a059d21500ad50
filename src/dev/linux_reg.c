/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Properties of a controller: on PCIe the registers at the start of its first memory region, which the kernel lets
 * root map; over fabrics the commands Property Get and Property Set (Base 2.1, sections 6.5 and 6.6). libnvme.h comes
 * before any kernel header, as in linux.c.
 */
#include <libnvme.h>

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dev/linux_ctl.h"
#include "dev/sysfs.h"
#include "spec/spec.h"

/* Fabrics command types, and the attribute that says 8 bytes. */
#define PROPERTY_SET 0x00
#define PROPERTY_GET 0x04
#define SIZE_8	     1u

#define VS_OFFSET 0x8u /* never all ones while the device answers */

static int property(struct dev *dev, struct req *r)
{
	bool write = r->kind == REQ_REG_WRITE;
	struct nvme_passthru_cmd64 c = {
		.opcode = ADM_FABRICS,
		.nsid = write ? PROPERTY_SET
			      : PROPERTY_GET, /* the type stands where others have the namespace */
		.cdw10 = r->cdw11 == 8 ? SIZE_8 : 0,
		.cdw11 = r->cdw10,
		.cdw12 = write ? r->cdw12 : 0,
		.cdw13 = write ? r->cdw13 : 0,
		.timeout_ms = r->timeout_ms,
	};
	struct nvme_passthru_cmd old;
	__u64 result = 0;
	__u32 dw0 = 0;
	int fd, rc = linux_ctrl_open(dev, &fd);

	if (rc)
		return rc;
	errno = 0;
	rc = nvme_submit_admin_passthru64(fd, &c, &result);
	/* Linux before 5.4 hands back 32 bits, which is all there is of most properties. */
	if (rc < 0 && errno == ENOTTY && r->cdw11 == 4) {
		memcpy(&old, &c, offsetof(struct nvme_passthru_cmd, result));
		old.result = 0;
		rc = nvme_submit_admin_passthru(fd, &old, &dw0);
		result = dw0;
	}
	if (rc < 0)
		rc = errno ? -errno : -EIO;
	if (!rc && !write)
		r->result = r->cdw11 == 8 ? result : (uint32_t)result;
	linux_ctrl_close(dev, fd);
	return rc;
}

/* What it means that the region cannot be opened or mapped. */
static int not_mapped(struct dev *dev, const char *path, int err)
{
	struct ctx *ctx = dev->ctx;
	int rc;

	switch (err) {
	case ENOENT:
	case ENOTDIR:
		return fail(ctx, XC_UNSUPPORTED, err, "%s has no registers that can be read: there is no %s",
			    dev->path, path);
	case EACCES:
		rc = fail(ctx, XC_PERM, err, "cannot open %s: %s", path, strerror(err));
		return fail_hint(ctx, rc, "run it as root");
	case EPERM:
		rc = fail(ctx, XC_PERM, err, "the kernel does not let anybody map the registers of %s (%s)",
			  dev->path, path);
		return fail_hint(ctx, rc,
				 geteuid()
					 ? "run it as root"
					 : "it is locked down, as with Secure Boot (see /sys/kernel/security/"
					   "lockdown), or this is a container without the right to do so");
	case EINVAL:
	case EBUSY:
		rc = fail(ctx, XC_UNSUPPORTED, err,
			  "the kernel does not let programs map the registers of %s, which its driver uses "
			  "(%s)",
			  dev->path, path);
		return fail_hint(ctx, rc,
				 "it was built with CONFIG_IO_STRICT_DEVMEM: boot it with iomem=relaxed on "
				 "its command "
				 "line to read registers");
	default:
		return fail(ctx, exit_code_of_errno(err), err, "cannot map the registers of %s (%s): %s",
			    dev->path, path, strerror(err));
	}
}

static uint64_t load(const volatile uint8_t *p, unsigned width)
{
	uint64_t low = le32toh(*(const volatile uint32_t *)p);

	/* Not every bus bridge carries 64 bits at once. */
	return width == 8 ? low | (uint64_t)le32toh(*(const volatile uint32_t *)(p + 4)) << 32 : low;
}

static void store(volatile uint8_t *p, unsigned width, uint64_t v)
{
	if (width == 8)
		*(volatile uint64_t *)p = htole64(v);
	else
		*(volatile uint32_t *)p = htole32((uint32_t)v);
}

/* The bus answers for a device that is not there with ones. */
static int access_mapped(volatile uint8_t *regs, struct req *r)
{
	if (load(regs + VS_OFFSET, 4) == UINT32_MAX)
		return -ENODEV;
	if (r->kind == REQ_REG_READ)
		r->result = load(regs + r->cdw10, r->cdw11);
	else
		store(regs + r->cdw10, r->cdw11, r->cdw12 | (uint64_t)r->cdw13 << 32);
	return 0;
}

static int memory(struct dev *dev, struct req *r)
{
	struct ctx *ctx = dev->ctx;
	const char *name = dev->kind == DEV_CTRL ? dev->name : dev->ctrl;
	const char *path = arena_printf(ctx->arena, "/sys/class/nvme/%s/device/resource0", name ? name : "-");
	const char *real = rooted_path(ctx, path);
	bool write = r->kind == REQ_REG_WRITE;
	size_t end = r->cdw10 + (size_t)r->cdw11;
	struct stat st;
	void *regs;
	int fd, rc;

	if (end < VS_OFFSET + 4)
		end = VS_OFFSET + 4;
	if (!real)
		return not_mapped(dev, path, errno);
	fd = open(arena_printf(ctx->arena, "%s%s", ctx->g.sysroot, real),
		  (write ? O_RDWR | O_SYNC : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return not_mapped(dev, path, errno);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size < (off_t)end) {
		close(fd);
		return fail(ctx, XC_UNSUPPORTED, ERANGE, "the registers of %s end before offset 0x%zx",
			    dev->path, end);
	}
	regs = mmap(NULL, end, write ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
	rc = errno;
	close(fd);
	if (regs == MAP_FAILED)
		return not_mapped(dev, path, rc);
	rc = access_mapped(regs, r);
	munmap(regs, end);
	return rc;
}

int linux_reg(struct dev *dev, struct req *r)
{
	if ((r->cdw11 != 4 && r->cdw11 != 8) || r->cdw10 % 4 || r->cdw10 > 0xfffff)
		return -EINVAL;
	/* A register of 8 bytes stands at a multiple of 8: a single store must not be torn. */
	if (r->cdw11 == 8 && r->cdw10 % 8)
		return -EINVAL;
	return dev->fabrics ? property(dev, r) : memory(dev, r);
}
