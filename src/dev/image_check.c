/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Encodes everything that an image holds, so that a mistake shows when the image is loaded, with its place. */
#include "dev/image.h"
#include "spec/tables.h"

struct place {
	struct ctx *ctx;
	const struct image *img;
	const char *list;	/* "controllers", "namespaces" */
	const struct val *node; /* the element of that list */
	const char *path;	/* NULL: it is found in the subsystems */
};

/* The structs are sorted, the file is as its author wrote it: the indices are those of the file. */
static const char *path_of(const struct place *p)
{
	const struct val *subsystems = val_get(p->img->root, "subsystems");
	size_t i = 0, k;

	if (p->path)
		return p->path;
	val_for_each(s, subsystems) {
		const struct val *list = val_get(s, p->list);

		k = 0;
		for (const struct val *it = list ? list->c.first : NULL; it; it = it->next, k++) {
			if (it == p->node)
				return arena_printf(p->ctx->arena, "subsystems[%zu].%s[%zu]", i, p->list, k);
		}
		i++;
	}
	return p->list;
}

static int bad(const struct place *p, const char *map, const char *key, const char *why)
{
	return fail(p->ctx, XC_DATA, 0, "%s: %s.%s%s%s: %s", p->img->name, path_of(p), map, *key ? "." : "",
		    key, why);
}

static int check_cns(const struct place *p, const struct val *map)
{
	struct image_data data;
	const char *why;
	uint8_t cns, csi;

	if (!map)
		return 0;
	val_for_each(it, map) {
		const struct identify *id;

		image_cns_key(it->key, &cns, &csi);
		id = identify_by_cns(cns, csi);
		if (image_encode(p->ctx->arena, id ? id->spec : NULL, it, 4096, &data, &why))
			return bad(p, "cns", it->key, why);
	}
	return 0;
}

static int check_logs(const struct place *p, const struct val *map)
{
	struct image_data data;
	const char *why;
	uint8_t lid, csi;

	if (!map)
		return 0;
	val_for_each(it, map) {
		const struct logpage *page;

		image_log_key(it->key, &lid, &csi);
		page = logpage_by_id(lid, csi);
		if (image_encode(p->ctx->arena, page ? page->spec : NULL, it, page ? page->size : 0, &data,
				 &why))
			return bad(p, "logs", it->key, why);
	}
	return 0;
}

static int check_features(const struct place *p, const struct val *map)
{
	struct image_data data;
	const char *why;

	if (!map)
		return 0;
	val_for_each(it, map) {
		const struct val *d = val_get(it, "data");

		if (d && image_encode(p->ctx->arena, NULL, d, 0, &data, &why))
			return bad(p, "features", it->key, why);
	}
	return 0;
}

static int check_maps(const struct place *p, const struct val *cns, const struct val *logs,
		      const struct val *features)
{
	int rc = check_cns(p, cns);

	if (!rc)
		rc = check_logs(p, logs);
	return rc ? rc : check_features(p, features);
}

/* path: of a subsystem that can be connected to; NULL: of one that is there. */
static int check_subsys(struct ctx *ctx, const struct image *img, struct image_subsys *s, const char *path)
{
	const struct image_id *id;
	int rc;

	for (size_t i = 0; i < s->nctrls; i++) {
		struct image_ctrl *c = &s->ctrls[i];
		struct place p = { ctx, img, "controllers", c->node,
				   path ? arena_printf(ctx->arena, "%s.controller", path) : NULL };

		id = image_id_ctrl(ctx->arena, c);
		if (id->why)
			return bad(&p, "identify", "", id->why);
		rc = check_maps(&p, c->cns, c->logs, c->features);
		if (rc)
			return rc;
	}
	for (size_t i = 0; i < s->nns; i++) {
		struct image_ns *ns = &s->ns[i];
		struct place p = { ctx, img, "namespaces", ns->node,
				   path ? arena_printf(ctx->arena, "%s.namespaces[%zu]", path, i) : NULL };

		id = image_id_ns(ctx->arena, ns);
		if (id->why)
			return bad(&p, "identify", "", id->why);
		rc = check_maps(&p, ns->cns, ns->logs, ns->features);
		if (rc)
			return rc;
	}
	return 0;
}

/* Tables of the firmware are bytes. */
static int check_nbft(struct ctx *ctx, const struct image *img)
{
	const struct val *list = val_get(img->root, "nbft");
	struct image_data data;
	const char *why;
	size_t i = 0;

	for (const struct val *it = list ? list->c.first : NULL; it; it = it->next, i++) {
		if (it->type != VAL_OBJ)
			return fail(ctx, XC_DATA, 0, "%s: nbft[%zu]: must be an object", img->name, i);
		if (image_encode(ctx->arena, NULL, it, 0, &data, &why))
			return fail(ctx, XC_DATA, 0, "%s: nbft[%zu]: %s", img->name, i, why);
	}
	return 0;
}

static int check_port(struct ctx *ctx, const struct image *img, const struct image_port *port,
		      const char *path)
{
	struct place p = { .ctx = ctx, .img = img, .path = path };
	const struct val *log = val_get(port->node, "log"), *id = val_get(port->node, "identify");
	struct image_data data;
	const char *why;

	if (log && image_encode(ctx->arena, &spec_log_discovery, log, 0, &data, &why))
		return bad(&p, "log", "", why);
	if (id && image_encode(ctx->arena, &spec_id_ctrl, id, 4096, &data, &why))
		return bad(&p, "identify", "", why);
	return 0;
}

int image_check(struct ctx *ctx, const struct image *img)
{
	int rc = check_nbft(ctx, img);

	for (size_t i = 0; !rc && i < img->nsubsys; i++)
		rc = check_subsys(ctx, img, &img->subsys[i], NULL);
	for (size_t i = 0; !rc && i < img->fabric.nremote; i++)
		rc = check_subsys(ctx, img, &img->fabric.remote[i],
				  arena_printf(ctx->arena, "fabric.subsystems[%zu]", i));
	for (size_t i = 0; !rc && i < img->fabric.nports; i++)
		rc = check_port(ctx, img, &img->fabric.ports[i],
				arena_printf(ctx->arena, "fabric.ports[%zu]", i));
	return rc;
}
