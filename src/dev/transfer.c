/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Get Log Page in transfers that the controller and the kernel accept. NVM Express Base 2.1, section 5.1.12.
 *
 * 4096 bytes are always accepted (the smallest MDTS is one page, and fabrics controllers take them in the
 * capsule's place), so that is the size unless the caller knows better; a larger one is halved when the kernel
 * says that it is too much.
 */
#include <errno.h>
#include <string.h>

#include "dev/dev.h"
#include "spec/spec.h"

#define CHUNK 4096u

static void fill(struct req *r, const struct log_args *l, uint64_t offset, void *buf, uint32_t len, bool rae)
{
	uint32_t numd = len / 4 - 1;

	*r = (struct req){
		.opcode = ADM_GET_LOG,
		.nsid = l->nsid,
		.cdw10 = l->lid | (uint32_t)(l->lsp & 0x7f) << 8 | (uint32_t)rae << 15 | numd << 16,
		.cdw11 = numd >> 16 | (uint32_t)l->lsi << 16,
		.cdw12 = (uint32_t)offset,
		.cdw13 = (uint32_t)(offset >> 32),
		.cdw14 = (l->uuid_index & 0x7fu) | (uint32_t)l->ot << 23 | (uint32_t)l->csi << 24,
		.data = buf,
		.data_len = len,
	};
}

/* The command's name with the page's, for messages. */
static const char *log_title(struct dev *dev, const struct log_args *l)
{
	const struct logpage *p = logpage_by_id(l->lid, l->csi);

	if (p && p->spec)
		return arena_printf(dev->ctx->arena, "Get Log Page (%s)", p->spec->text);
	return arena_printf(dev->ctx->arena, "Get Log Page (0x%02x)", l->lid);
}

int dev_get_log(struct dev *dev, const struct log_args *l, void *buf, size_t len, size_t *received)
{
	uint32_t chunk = l->chunk >= 4 ? l->chunk / 4 * 4 : CHUNK;
	const char *what = log_title(dev, l);
	size_t done = 0;

	*received = 0;
	while (done < len) {
		/* An offset that is an index does not advance with the bytes: one transfer. */
		uint32_t n = l->ot || len - done < chunk ? (uint32_t)(len - done) : chunk;
		/* A length that is no multiple of 4 is read into a buffer of its own and cut afterwards. */
		uint32_t whole = (n + 3) / 4 * 4;
		void *to = whole == n ? (char *)buf + done : dev_buffer(dev->ctx, whole);
		/* The event is cleared, if at all, by the last transfer; a dry run changes nothing. */
		bool rae = l->rae || done + n < len || dev->ctx->g.dry_run;
		struct req r;
		int rc;

		fill(&r, l, l->offset + done, to, whole, rae);
		rc = dev_submit(dev, &r);
		if (!l->ot && n > CHUNK && (rc == -EINVAL || rc == -EMSGSIZE)) {
			chunk = n / 2 / CHUNK * CHUNK;
			chunk = chunk < CHUNK ? CHUNK : chunk;
			continue;
		}
		if (rc)
			return dev_fail(dev, &r, rc, what);
		if (r.received > n)
			r.received = n;
		if (to != (char *)buf + done)
			memcpy((char *)buf + done, to, r.received);
		done += r.received;
		*received = done;
		if (r.received < n)
			break;
	}
	return 0;
}
