/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Loading of images: where a mistake is, and which members there may be. */
#ifndef NVMEKIT_DEV_IMAGE_LOAD_H
#define NVMEKIT_DEV_IMAGE_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/val.h"
#include "dev/image.h"

/* Rows of image_objects[]. */
enum { IN_IMAGE, IN_HOST, IN_SUBSYS, IN_CTRL, IN_NS, IN_FEATURE, IN_FAIL };

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
/* The members "registers" and "fail" of a controller (image_orders.c); either may be NULL. */
int image_load_registers(struct loader *l, const struct at *at, const struct val *map);
int image_load_fail(struct loader *l, const struct at *at, const struct val *list);

#endif
