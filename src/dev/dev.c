/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "dev/dev.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "dev/fabrics.h"
#include "dev/gate.h"
#include "dev/topo.h"
#include "spec/spec.h"

enum { HOLD_PAUSE_MS = 20 };

#define PAGE ((size_t)4096)

const struct dev_ops *dev_backend(const struct ctx *ctx)
{
	return ctx->g.system ? &sim_ops : &linux_ops;
}

int topo_read(struct ctx *ctx, unsigned want, struct topo **out)
{
	return dev_backend(ctx)->topology(ctx, want, out);
}

int dev_open(struct ctx *ctx, const char *spec, struct dev **out)
{
	struct dev *dev = arena_alloc(ctx->arena, sizeof(*dev));
	int rc = dev_resolve(ctx, spec, &dev->name);

	if (rc)
		return rc;
	dev->ctx = ctx;
	dev->fd = -1;
	dev->ops = dev_backend(ctx);
	dev->path = arena_printf(ctx->arena, "/dev/%s", dev->name);
	rc = dev->ops->open(dev);
	if (!rc)
		*out = dev;
	else if (ctx->error.code == XC_NODEV && ctx->error.err == ENOENT)
		dev_hint_present(ctx);
	return rc;
}

struct dev *dev_subsys(struct ctx *ctx, const char *name)
{
	struct dev *dev = arena_alloc(ctx->arena, sizeof(*dev));

	dev->ctx = ctx;
	dev->ops = dev_backend(ctx);
	dev->kind = DEV_SUBSYS;
	dev->name = dev->path = arena_strdup(ctx->arena, name);
	dev->fd = -1;
	return dev;
}

void dev_close(struct dev *dev)
{
	gate_release(dev);
	dev->ops->close(dev);
}

void *dev_buffer(struct ctx *ctx, size_t size)
{
	size_t whole = (size + PAGE - 1) / PAGE * PAGE;
	char *p = arena_alloc(ctx->arena, whole + PAGE);

	return p + (PAGE - (uintptr_t)p % PAGE) % PAGE;
}

static const char *op_name(struct ctx *ctx, const struct req *r)
{
	static const char *const kinds[] = {
		[REQ_RESET] = "reset",		[REQ_SUBSYS_RESET] = "subsystem-reset", [REQ_RESCAN] = "rescan",
		[REQ_REG_READ] = "read-property", [REQ_REG_WRITE] = "write-property",	  [REQ_DISCONNECT] = "disconnect",
		[REQ_OPAL] = "opal",
	};
	const struct opcode *op = opcode_info(r->opcode, r->io);

	if (r->kind == REQ_IOPOLICY)
		return arena_printf(ctx->arena, "iopolicy=%.*s", (int)r->data_len, (const char *)r->data);
	if (r->kind != REQ_NVME)
		return kinds[r->kind];
	return op ? op->name : arena_printf(ctx->arena, "opcode 0x%02x", r->opcode);
}

/* No data: a trace may be shown to others. */
static const char *describe(struct dev *dev, const struct req *r)
{
	return arena_printf(dev->ctx->arena,
			    "%s %s %s: nsid 0x%" PRIx32 " cdw10-15 %08" PRIx32 " %08" PRIx32 " %08" PRIx32
			    " %08" PRIx32 " %08" PRIx32 " %08" PRIx32 " data %" PRIu32,
			    dev->name, r->kind != REQ_NVME ? "other" : r->io ? "I/O" : "admin", op_name(dev->ctx, r), r->nsid, r->cdw10,
			    r->cdw11, r->cdw12, r->cdw13, r->cdw14, r->cdw15, r->data_len);
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void trace(struct dev *dev, const struct req *r, int rc, uint64_t us)
{
	struct ctx *ctx = dev->ctx;

	if (rc < 0) {
		trace_line(ctx, "%s -> %s, %" PRIu64 " us", describe(dev, r), strerror(-rc), us);
	} else if (rc > 0) {
		const struct name *n = status_name(rc, r->io, dev->fabrics);

		trace_line(ctx, "%s -> status 0x%x (%s), %" PRIu64 " us", describe(dev, r), (unsigned)rc,
			   n ? n->text : "unknown", us);
	} else {
		trace_line(ctx, "%s -> success, result 0x%" PRIx64 ", %" PRIu64 " us", describe(dev, r),
			   r->result, us);
	}
}

/* What a command alters gets the time that its row gives it. */
static uint32_t time_limit(const struct dev *dev, const struct req *r)
{
	const struct ctx *ctx = dev->ctx;

	if (r->timeout_ms)
		return r->timeout_ms;
	return ctx->g.timeout_ms ? ctx->g.timeout_ms : req_alters(r) ? ctx->alter_timeout_ms : 0;
}

/* Nobody gets here but by a mistake of ours: each command that can do harm asks the gate before. */
static int not_let_through(struct dev *dev, const struct req *r)
{
	int rc = fail(dev->ctx, XC_REFUSED, 0, "refused: %s on %s was not let through by the gate",
		      req_danger(r)->action, dev->path);

	dev->ctx->error.device = dev->path;
	return rc;
}

int dev_submit(struct dev *dev, struct req *r)
{
	uint64_t start;
	int rc;

	r->status = 0;
	r->received = r->data_len;
	r->timeout_ms = time_limit(dev, r);
	/* What a plan needs to look at is sent in a dry run; nothing else ever is. */
	if (dev->ctx->g.dry_run && req_alters(r)) {
		r->received = 0;
		r->result = 0;
		gate_plan_add(dev, r);
		if (dev->ctx->g.trace)
			trace_line(dev->ctx, "dry run, not sent: %s", describe(dev, r));
		return 0;
	}
	if (req_danger(r) && !gate_passed(dev, r))
		return not_let_through(dev, r);
	start = dev->ctx->g.trace ? now_us() : 0;
	rc = dev->ops->submit(dev, r);
	r->status = rc > 0 ? rc : 0;
	if (dev->ctx->g.trace)
		trace(dev, r, rc, now_us() - start);
	return rc;
}

int dev_fail(struct dev *dev, const struct req *r, int rc, const char *what)
{
	struct ctx *ctx = dev->ctx;
	const struct name *n;

	if (ctx->error.code != XC_OK)
		return rc;
	ctx->error.device = dev->path;
	if (rc > 0) {
		n = status_name(rc, r->io, dev->fabrics);
		fail_status(ctx, rc, "%s on %s failed: %s (status 0x%x)", what, dev->path,
			    n ? n->text : "unknown status", (unsigned)rc);
		ctx->error.io = r->io;
		ctx->error.fabrics = dev->fabrics;
		return rc;
	}
	if (rc == -EACCES || rc == -EPERM) {
		fail(ctx, XC_PERM, -rc, "%s on %s failed: the kernel does not permit it", what, dev->path);
		return fail_hint(ctx, rc, "run it as root");
	}
	if (rc == -ETIMEDOUT || rc == -EINTR)
		return fail(ctx, XC_TIMEOUT, -rc, "%s on %s timed out or was cancelled", what, dev->path);
	return fail(ctx, exit_code_of_errno(-rc), -rc, "%s on %s failed: %s", what, dev->path, strerror(-rc));
}

int dev_command(struct dev *dev, struct req *r, const char *what)
{
	int rc = dev_submit(dev, r);

	return rc ? dev_fail(dev, r, rc, what) : 0;
}

static struct req identify(uint8_t cns, uint32_t nsid, uint32_t dw11, uint16_t cntid, void *buf)
{
	return (struct req){
		.opcode = ADM_IDENTIFY,
		.nsid = nsid,
		.cdw10 = cns | (uint32_t)cntid << 16,
		.cdw11 = dw11,
		.data = buf,
		.data_len = 4096,
	};
}

static const char *identify_name(struct dev *dev, uint8_t cns)
{
	return arena_printf(dev->ctx->arena, "Identify (CNS %02Xh)", cns);
}

int dev_identify(struct dev *dev, uint8_t cns, uint32_t nsid, uint32_t dw11, uint16_t cntid, void *buf, size_t *got)
{
	struct req r = identify(cns, nsid, dw11, cntid, buf);
	int rc = dev_command(dev, &r, identify_name(dev, cns));

	*got = rc ? 0 : r.received;
	return rc;
}

int dev_identify_if(struct dev *dev, uint8_t cns, uint32_t nsid, uint32_t dw11, uint16_t cntid, void *buf,
		    size_t *got)
{
	struct req r = identify(cns, nsid, dw11, cntid, buf);
	int rc = dev_submit(dev, &r);

	*got = rc ? 0 : r.received;
	return rc < 0 ? dev_fail(dev, &r, rc, identify_name(dev, cns)) : 0;
}

int dev_attach(struct ctx *ctx, const char *name, struct dev **out)
{
	struct dev *dev = arena_alloc(ctx->arena, sizeof(*dev));
	int rc;

	dev->ctx = ctx;
	dev->fd = -1;
	dev->ops = dev_backend(ctx);
	dev->name = name;
	dev->path = arena_printf(ctx->arena, "/dev/%s", name);
	rc = dev->ops->attach(dev);
	if (rc)
		return fail(ctx, XC_NODEV, -rc, "there is no controller %s", name);
	*out = dev;
	return 0;
}

int dev_hold(struct dev *dev, uint64_t ms)
{
	static const struct timespec pause = { 0, HOLD_PAUSE_MS * 1000000L };
	uint64_t end = now_ms() + ms;
	int rc;

	if (!dev->ops->hold)
		return 0;
	while ((rc = dev->ops->hold(dev)) == -EAGAIN && now_ms() < end)
		nanosleep(&pause, NULL);
	if (rc != -EAGAIN)
		return 0;
	return fail_hint(dev->ctx,
			 fail(dev->ctx, XC_TIMEOUT, EAGAIN, "another process is giving up %s, or the paths beside it, and does not come to an end",
			      dev->name),
			 "nothing was done; 'nvmekit list-subsys' shows what is being deleted");
}
