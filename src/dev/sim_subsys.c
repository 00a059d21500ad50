/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What is done to a simulated NVM subsystem as a whole: the I/O policy, which Linux keeps for it. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dev/sim.h"
#include "dev/sim_model.h"

static int set_policy(struct ctx *ctx, const char *name, const struct req *r)
{
	struct image *img = ctx->sim->img;
	struct sim_cmd c = { .ctx = ctx, .sim = ctx->sim };

	for (size_t i = 0; i < img->nsubsys; i++) {
		struct image_subsys *s = &img->subsys[i];

		if (strcmp(s->name, name) != 0)
			continue;
		s->iopolicy = arena_strndup(ctx->arena, r->data, r->data_len);
		sim_store_text(&c, s->node, "iopolicy", s->iopolicy);
		return image_save(ctx, img);
	}
	return -ENOENT;
}

int sim_subsys(struct dev *dev, struct req *r)
{
	struct ctx *ctx = dev->ctx;
	const char *word = arena_strndup(ctx->arena, r->data, r->data_len);
	bool stale;
	int fd, rc;

	if (r->kind != REQ_IOPOLICY)
		return -ENOTSUP;
	if (!image_is_policy(word))
		return -EINVAL;
	rc = image_lock(ctx, ctx->sim->img, &fd, &stale);
	if (rc)
		return rc;
	/* Another process replaced the image: what it wrote is kept. */
	rc = stale ? image_load(ctx, &ctx->sim->img) : 0;
	if (!rc)
		rc = set_policy(ctx, dev->name, r);
	if (fd >= 0)
		close(fd);
	return rc;
}
