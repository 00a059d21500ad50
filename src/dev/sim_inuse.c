/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What an image says is on a namespace and who uses it: its members "contents" and "in_use". */
#include "dev/inuse.h"

#include <errno.h>
#include <string.h>

#include "dev/sim.h"
#include "dev/sim_model.h"

static const struct image_ns *named(const struct image *img, const char *name)
{
	for (size_t i = 0; i < img->nsubsys; i++) {
		for (size_t k = 0; k < img->subsys[i].nns; k++) {
			if (strcmp(img->subsys[i].ns[k].name, name) == 0)
				return &img->subsys[i].ns[k];
		}
	}
	return NULL;
}

int sim_inuse(struct ctx *ctx, const struct topo_ns *ns, struct inuse **out)
{
	struct arena *a = ctx->arena;
	struct inuse *u = *out = arena_alloc(a, sizeof(*u));
	int rc = sim_load(ctx);
	const struct image_ns *n = rc ? NULL : named(ctx->sim->img, ns->name);
	const struct val *contents = n ? val_get(n->node, "contents") : NULL;
	const struct val *uses = n ? val_get(n->node, "in_use") : NULL;

	u->contents = arena_calloc(a, (contents ? contents->c.n : 0) + 1, sizeof(*u->contents));
	u->uses = arena_calloc(a, (uses ? uses->c.n : 0) + 1, sizeof(*u->uses));
	for (const struct val *v = contents ? contents->c.first : NULL; v; v = v->next) {
		const char *device = val_str(a, v, "device");

		u->contents[u->ncontents++] = (struct content){
			.device = *device ? device : ns->name,
			.type = val_str(a, v, "type"),
			.usage = val_str(a, v, "usage"),
			.label = val_str(a, v, "label"),
			.uuid = val_str(a, v, "uuid"),
			.size = val_u64(v, "size", 0),
		};
	}
	for (const struct val *v = uses ? uses->c.first : NULL; v; v = v->next) {
		const char *device = val_str(a, v, "device");

		if (strcmp(val_str(a, v, "kind"), "claimed") == 0)
			continue;
		u->uses[u->nuses++] = (struct use){
			.device = *device ? device : ns->name,
			.kind = val_str(a, v, "kind"),
			.what = val_str(a, v, "what"),
			.system = val_u64(v, "system", 0),
		};
	}
	return rc;
}

/* "busy" in the image: somebody has it exclusively whom nothing names. */
int sim_claim(struct ctx *ctx, const char *name, int *fd)
{
	const struct image_ns *n = named(ctx->sim->img, name);
	const struct val *uses = n ? val_get(n->node, "in_use") : NULL;

	*fd = -1;
	for (const struct val *v = uses ? uses->c.first : NULL; v; v = v->next) {
		if (strcmp(val_str(ctx->arena, v, "kind"), "claimed") == 0)
			return -EBUSY;
	}
	return 0;
}
