/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cmd/media.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dev/topo.h"
#include "spec/tables.h"

#define MAX_NAMESPACES 65536u /* more than anybody has; a drive that never ends its list lies */

/* Identify, namespace lists: Base 2.1, section 5.1.13.2. 1024 at once, ascending, from the one behind 'after'. */
int media_nsids(struct ctx *ctx, uint8_t cns, struct nsid_list *list)
{
	uint32_t after = 0;
	size_t before, got;

	*list = (struct nsid_list){ NULL, 0 };
	do {
		void *buf = dev_buffer(ctx, 4096);
		int rc = dev_identify(ctx->dev, cns, after, 0, 0, buf, &got);
		const struct val *ids;
		uint32_t *more;

		if (rc)
			return rc;
		before = list->n;
		ids = val_get(spec_decode(ctx->arena, &spec_list_ns, buf, got), "nsid_list");
		more = arena_calloc(ctx->arena, before + 1024 + 1, sizeof(*more));
		if (before)
			memcpy(more, list->v, before * sizeof(*more));
		list->v = more;
		if (before >= MAX_NAMESPACES)
			return fail(ctx, XC_DATA, EBADMSG,
				    "%s lists more than %u namespaces, which cannot be", ctx->dev->path,
				    MAX_NAMESPACES);
		for (const struct val *it = ids ? ids->c.first : NULL; it; it = it->next) {
			uint32_t nsid = (uint32_t)val_u64(it, "nsid", 0);

			/* Whatever is not ascending would never end. */
			if (nsid > after && nsid < 0xfffffffe && list->n < before + 1024)
				list->v[list->n++] = after = nsid;
		}
	} while (list->n == before + 1024);
	return 0;
}

int media_attached(struct ctx *ctx, uint32_t nsid)
{
	struct nsid_list active;
	int rc;

	if (ctx->dev->kind == DEV_NS && nsid == ctx->dev->nsid)
		return 0;
	rc = media_nsids(ctx, 0x02, &active);
	if (rc)
		return rc;
	for (size_t i = 0; i < active.n; i++) {
		if (active.v[i] == nsid)
			return 0;
	}
	rc = fail(ctx, XC_USAGE, 0, "no namespace %u is attached to the controller of %s", nsid,
		  ctx->dev->path);
	return active.n ? fail_hint(ctx, rc, "there are: %s", media_names(ctx, &active)) : rc;
}

const struct topo_subsys *media_subsys(struct ctx *ctx)
{
	struct error was = ctx->error;
	struct topo *t;

	if (!ctx->dev->ctrl || topo_read(ctx, TOPO_NS, &t)) {
		ctx->error = was; /* names are for sentences alone */
		return NULL;
	}
	for (size_t i = 0; i < t->nsubsys; i++) {
		for (size_t k = 0; k < t->subsys[i]->nctrls; k++) {
			if (strcmp(t->subsys[i]->ctrls[k]->name, ctx->dev->ctrl) == 0)
				return t->subsys[i];
		}
	}
	return NULL;
}

/* NSIDs below another controller of the same subsystem name the same namespaces. */
static const char *name_of(struct ctx *ctx, const struct topo_subsys *s, uint32_t nsid)
{
	for (size_t i = 0; s && i < s->nns; i++) {
		if (s->ns[i]->nsid == nsid)
			return s->ns[i]->name;
	}
	return arena_printf(ctx->arena, "NSID %u", nsid);
}

const char *media_names(struct ctx *ctx, const struct nsid_list *list)
{
	const struct topo_subsys *s = media_subsys(ctx);
	const char *text = "";

	for (size_t i = 0; i < list->n; i++) {
		if (i == 16)
			return arena_printf(ctx->arena, "%s and %zu more", text, list->n - i);
		text = arena_printf(ctx->arena, "%s%s%s", text, i ? ", " : "", name_of(ctx, s, list->v[i]));
	}
	return *text ? text : "none";
}

const char *media_resume(struct ctx *ctx, const char *operation)
{
	const char *env = getenv("NVMEKIT_SYSTEM"), *system = ctx->g.system;

	if (!system || (env && strcmp(env, system) == 0))
		return arena_printf(ctx->arena, "nvmekit wait %s --for=%s", ctx->dev->name, operation);
	return arena_printf(ctx->arena, "nvmekit wait %s --for=%s --system=%s", ctx->dev->name, operation,
			    system);
}

const char *media_list(struct ctx *ctx, const char *const *names, size_t n, unsigned set)
{
	const char *text = "";
	unsigned left = 0;

	for (size_t i = 0; i < n; i++)
		left += set >> i & 1;
	for (size_t i = 0; i < n; i++) {
		if (!(set >> i & 1))
			continue;
		left--;
		text = arena_printf(ctx->arena, "%s%s%s", text, names[i],
				    left > 1 ? ", "
				    : left   ? " and "
					     : "");
	}
	return text;
}
