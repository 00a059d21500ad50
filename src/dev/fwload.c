/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/clock.h"
#include "dev/fwload.h"

#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "dev/watch.h"
#include "spec/spec.h"

#define WHAT  "Firmware Image Download"
#define SMALL 4096u
#define PROGRESS_BYTES \
	1024u /* progress counts in these, which fits 32 bits for every image that there can be */

enum { INVALID_FIELD = 0x002, OVERLAPPING_RANGE = 0x114 };

static void show(struct dev *dev, const struct fw_load *l, uint64_t start)
{
	struct progress p = {
		.what = WHAT,
		.part = (uint32_t)(l->sent / PROGRESS_BYTES),
		.whole = (uint32_t)(l->len / PROGRESS_BYTES),
		.elapsed_ms = now_ms() - start,
		.left_ms = UINT64_MAX,
		.done = l->sent == l->len,
	};

	if (!l->progress || !dev->ctx->show_progress)
		return;
	if (l->sent)
		p.left_ms = (uint64_t)((double)p.elapsed_ms / (double)l->sent * (double)(l->len - l->sent));
	dev->ctx->show_progress(dev->ctx, &p);
}

/* The next smaller size, in whole units; 0: there is none. */
static uint32_t smaller(const struct fw_load *l, uint32_t chunk)
{
	uint32_t half = chunk / 2 / l->unit * l->unit, least = l->unit > SMALL ? l->unit : SMALL;

	if (l->fixed || chunk <= least)
		return 0;
	return half > least ? half : least;
}

static int failed(struct dev *dev, const struct fw_load *l, const struct req *r, int rc)
{
	struct ctx *ctx = dev->ctx;
	int sc = rc > 0 ? rc & 0x7ff : 0;

	rc = dev_fail(dev, r, rc, WHAT);
	if (sc == OVERLAPPING_RANGE)
		return fail_hint(
			ctx, rc,
			"the drive has these bytes already, from this image or one that was never "
			"committed; a commit or a reset discards them, --ignore-ovr goes on regardless");
	if (sc == INVALID_FIELD)
		return fail_hint(
			ctx, rc,
			"the drive may want other pieces than %" PRIu32
			" bytes (--xfer), or an image that is a multiple of its granularity, to which "
			"fw-update pads",
			l->chunk);
	if (rc == -EINVAL)
		return fail_hint(ctx, rc,
				 "the kernel does not send pieces of %" PRIu32
				 " bytes: choose less with --xfer",
				 l->chunk);
	return fail_hint(ctx, rc, "%zu of %zu bytes had arrived; without a commit they change nothing",
			 l->sent, l->len);
}

static int send_piece(struct dev *dev, struct fw_load *l, uint32_t n, struct req *r)
{
	uint64_t at = l->offset + l->sent;
	int rc;

	*r = (struct req){
		.opcode = 0x11,
		.cdw10 = n / 4 - 1,
		.cdw11 = (uint32_t)(at / 4),
		.data = (char *)l->image + l->sent,
		.data_len = n,
	};
	rc = dev_submit(dev, r);
	if (rc > 0 && (rc & 0x7ff) == OVERLAPPING_RANGE && l->ignore_overlap) {
		l->overlaps++;
		return 0;
	}
	return rc;
}

/* A dry run names the first and the last piece. */
static void skip_to_last(struct dev *dev, struct fw_load *l)
{
	size_t last = (l->len - 1) / l->chunk * l->chunk;

	if (!dev->ctx->g.dry_run || last <= l->sent)
		return;
	warn_user(dev->ctx, "the plan names the first and the last of %zu commands that send the image",
		  (l->len + l->chunk - 1) / l->chunk);
	l->commands += (uint32_t)((last - l->sent) / l->chunk);
	l->sent = last;
}

int dev_fw_download(struct dev *dev, struct fw_load *l)
{
	struct ctx *ctx = dev->ctx;
	uint64_t start = now_ms();

	l->sent = 0;
	l->commands = l->overlaps = 0;
	show(dev, l, start);
	while (l->sent < l->len) {
		uint32_t n = l->len - l->sent < l->chunk ? (uint32_t)(l->len - l->sent) : l->chunk, less;
		struct req r;
		int rc = send_piece(dev, l, n, &r);

		less = smaller(l, n);
		if (less && (rc == -EINVAL || rc == -EMSGSIZE)) {
			l->chunk = less;
			continue;
		}
		if (less && rc > 0 && (rc & 0x7ff) == INVALID_FIELD && !l->sent) {
			l->chunk = l->unit > SMALL ? l->unit : SMALL;
			continue;
		}
		if (rc)
			return failed(dev, l, &r, rc);
		l->commands++;
		l->sent += n;
		skip_to_last(dev, l);
		show(dev, l, start);
		if (ctx_interrupted && l->sent < l->len)
			return fail_hint(
				ctx,
				fail(ctx, XC_TIMEOUT, EINTR,
				     WHAT " on %s stopped, as you asked, at %zu of %zu bytes", dev->path,
				     l->sent, l->len),
				"without a commit nothing has changed; a reset discards what arrived");
	}
	return 0;
}
