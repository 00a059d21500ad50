/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Failures on demand: what the array "fail" of a controller says of a request (docs/image.md). */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "dev/sim_model.h"

/* As Linux has them: admin_timeout and io_timeout of its nvme module. */
#define ADMIN_TIMEOUT_MS 60000u
#define IO_TIMEOUT_MS	 30000u

/* What else than a command of NVMe. "register" is both of reading and writing one. */
const char *const sim_fail_kinds[] = { "reset",		 "subsystem-reset", "rescan", "register",
				       "register-write", "disconnect",	    "opal",   NULL };

static bool is_kind(const char *word, uint8_t kind)
{
	static const char *const words[] = {
		[REQ_NVME] = "",
		[REQ_RESET] = "reset",
		[REQ_SUBSYS_RESET] = "subsystem-reset",
		[REQ_RESCAN] = "rescan",
		[REQ_REG_READ] = "register",
		[REQ_REG_WRITE] = "register-write",
		[REQ_DISCONNECT] = "disconnect",
		[REQ_OPAL] = "opal",
	};

	if (kind == REQ_REG_WRITE && strcmp(word, "register") == 0)
		return true;
	return kind < sizeof(words) / sizeof(words[0]) && strcmp(words[kind], word) == 0;
}

static bool matches(const struct sim_cmd *c, const struct val *f)
{
	const struct val *select = val_get(f, "select"), *kind = val_get(f, "kind");
	const struct req *req = c->req;
	uint64_t n;

	if (kind ? !is_kind(val_str(c->ctx->arena, f, "kind"), req->kind) : req->kind != REQ_NVME)
		return false;
	if (!kind &&
	    (!image_number(val_get(f, "opcode"), &n) || n != req->opcode || !val_u64(f, "io", 0) != !req->io))
		return false;
	/* Of a command the low byte says what it is about; of a register the whole is its offset. */
	return !select || (image_number(select, &n) && n == (kind ? req->cdw10 : req->cdw10 & 0xff));
}

/* The first element that is about this request. Those that let it pass for now, and those used up, are counted. */
static struct val *find(struct sim_cmd *c)
{
	val_for_each(it, c->ctrl->fail) {
		struct val *skip = val_get(it, "skip"), *count = val_get(it, "count");

		if (!matches(c, it))
			continue;
		if (skip && skip->u) {
			sim_store(c, it, "skip", skip->u - 1);
			continue;
		}
		if (count && !count->u)
			continue;
		if (count)
			sim_store(c, it, "count", count->u - 1);
		return it;
	}
	return NULL;
}

static uint64_t patience(const struct sim_cmd *c)
{
	if (c->req->timeout_ms)
		return c->req->timeout_ms;
	if (c->ctx->g.timeout_ms)
		return c->ctx->g.timeout_ms;
	return c->req->io ? IO_TIMEOUT_MS : ADMIN_TIMEOUT_MS;
}

int sim_ordered(struct sim_cmd *c)
{
	struct val *f = c->ctrl->fail ? find(c) : NULL;
	uint64_t n, limit = patience(c);

	if (!f)
		return ORDERED_NOTHING;
	c->ordered = f;
	if (image_number(val_get(f, "event"), &n))
		sim_event(c, (uint32_t)n);
	c->delay_ms = val_u64(f, "delay_ms", 0);
	if (c->delay_ms > limit) {
		c->delay_ms = limit;
		return -ETIMEDOUT;
	}
	if (val_u64(f, "gone", 0)) {
		sim_store_text(c, c->ctrl->node, "state", "dead");
		c->ctrl->state = "dead";
		return -ENODEV;
	}
	if (val_u64(f, "timeout", 0))
		return -ETIMEDOUT;
	return image_number(val_get(f, "status"), &n) ? (int)(n & 0x7fff) : ORDERED_NOTHING;
}

void sim_ordered_cut(struct sim_cmd *c)
{
	const struct val *received = c->ordered ? val_get(c->ordered, "received") : NULL;
	struct req *req = c->req;

	if (!received || received->u >= req->received)
		return;
	memset((uint8_t *)req->data + received->u, 0, req->received - received->u);
	req->received = (uint32_t)received->u;
}

int sim_late(uint64_t ms, int rc)
{
	struct timespec left = { .tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000 };

	while (nanosleep(&left, &left) && errno == EINTR) {
		if (ctx_interrupted)
			return -EINTR;
	}
	return rc;
}
