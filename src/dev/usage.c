/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What old kernels do not show of a namespace, asked of the drive. */
#include <string.h>

#include "dev/sysfs.h"
#include "spec/spec.h"

/* A command to a controller that is not live would wait for it, and the listing with it. */
static bool reachable(const struct topo_ns *ns)
{
	if (ns->ctrl)
		return !*ns->ctrl->state || strcmp(ns->ctrl->state, "live") == 0;
	for (size_t i = 0; i < ns->npaths; i++) {
		if (strcmp(ns->paths[i].ctrl->state, "live") == 0)
			return true;
	}
	return false;
}

static void take(struct topo_ns *ns, const struct val *id)
{
	const struct val *lbafs = val_get(id, "lbafs"), *nuse = val_get(id, "nuse");

	if (nuse && !ns->used_known) {
		ns->used = nuse->u;
		ns->used_known = true;
	}
	for (const struct val *f = lbafs && !ns->meta_known ? lbafs->c.first : NULL; f; f = f->next) {
		if (!val_u64(f, "in_use", 0) || !val_get(f, "ms"))
			continue;
		ns->meta_size = (uint32_t)val_u64(f, "ms", 0);
		ns->meta_known = true;
	}
}

/* Nobody is told of a failure: a listing is right without the number. */
static void ask(struct ctx *ctx, struct topo_ns *ns, void *buf)
{
	struct error before = ctx->error;
	struct dev dev = {
		.ctx = ctx,
		.ops = &linux_ops,
		.name = ns->name,
		.path = arena_printf(ctx->arena, "/dev/%s", ns->name),
		.fd = -1,
	};
	struct req r = { .opcode = ADM_IDENTIFY, .nsid = ns->nsid, .data = buf, .data_len = 4096 };

	if (dev.ops->open(&dev) == 0) {
		memset(buf, 0, 4096);
		if (dev_submit(&dev, &r) == 0)
			take(ns, spec_decode(ctx->arena, identify_by_cns(0, 0)->spec, buf, r.received));
		dev.ops->close(&dev);
	}
	ctx->error = before;
}

void usage_ask(struct ctx *ctx, unsigned want, struct topo *t)
{
	void *buf = NULL;

	for (size_t i = 0; i < t->nsubsys; i++) {
		for (size_t j = 0; j < t->subsys[i]->nns; j++) {
			struct topo_ns *ns = t->subsys[i]->ns[j];
			bool lacks = ((want & TOPO_USAGE) && !ns->used_known) ||
				     ((want & TOPO_META) && !ns->meta_known);

			if (!lacks || !reachable(ns))
				continue;
			if (!buf)
				buf = dev_buffer(ctx, 4096);
			ask(ctx, ns, buf);
		}
	}
}
