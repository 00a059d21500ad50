/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Loading of images: where a mistake is, and which members there may be. */
#ifndef NVMEKIT_DEV_IMAGE_LOAD_H
#define NVMEKIT_DEV_IMAGE_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/val.h"
#include "dev/image.h"

/* Rows of image_objects[]. */
enum {
	IN_IMAGE, IN_HOST, IN_SUBSYS, IN_CTRL, IN_NS, IN_FEATURE, IN_FAIL, IN_CONNECTION,
	/* of "fabric" */
	IN_FABRIC, IN_PORT, IN_REFERRAL, IN_PORT_FAIL, IN_REMOTE, IN_REMOTE_CTRL, IN_REMOTE_NS, IN_ALLOWED,
};

/* Where in the document we are: a chain on the stack, spelled out only for an error. */
struct at {
	const struct at *up;
	const char *key; /* NULL: element idx */
	size_t idx;
};

struct loader {
	struct ctx *ctx;
	struct arena *a;
	const char *name;
	struct image *img;
};

/* Records that something is wrong at a place (NULL: the document); returns what fail() returns. */
int image_bad(struct loader *l, const struct at *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Unknown members, missing ones, wrong types. */
int image_members(struct loader *l, const struct at *at, const struct val *obj, const struct image_keys *o);

/* The member "ana" of a controller, of a namespace, and whether all of a subsystem fit together (image_ana.c). */
int image_load_ana(struct loader *l, const struct at *at, struct image_ctrl *c);
int image_load_ns_ana(struct loader *l, const struct at *at, struct image_subsys *s, struct image_ns *ns);
int image_ana_agrees(struct loader *l, const struct at *at, struct image_subsys *s);
/* Text at a key, or dflt. */
const char *image_text(struct loader *l, const struct val *obj, const char *key, const char *dflt);
/* A number at a key, no larger than max. */
int image_count(struct loader *l, const struct at *at, const struct val *obj, const char *key, uint64_t max, uint64_t dflt,
		uint64_t *out);
bool image_one_of(const char *s, const char *const *words);
/* What controllers and namespaces have in common, whether they are there or can be connected to. c->node, ns->node are set. */
int image_load_ctrl_parts(struct loader *l, const struct at *at, struct image_ctrl *c);
int image_load_ns_parts(struct loader *l, const struct at *at, struct image_ns *ns);
/* The member "fabric" of the image (image_fabric.c); NULL: there is none. */
int image_load_fabric(struct loader *l, struct val *fabric);

/* The members "registers" and "fail" of a controller (image_orders.c); either may be NULL. */
int image_load_registers(struct loader *l, const struct at *at, const struct val *map);
int image_load_fail(struct loader *l, const struct at *at, const struct val *list);

#endif
