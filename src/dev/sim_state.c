/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* How the models keep what they know in the image. */
#include <string.h>
#include <time.h>

#include "dev/sim_model.h"

static struct val *member(struct sim_cmd *c, struct val *obj, const char *key)
{
	struct val *v = val_get(obj, key);

	c->dirty = true;
	return v ? v : val_add(obj, key, val_new(c->ctx->arena, VAL_NULL));
}

void sim_store(struct sim_cmd *c, struct val *obj, const char *key, uint64_t value)
{
	struct val *v = member(c, obj, key);

	v->type = VAL_UINT;
	v->u = value;
}

void sim_store_text(struct sim_cmd *c, struct val *obj, const char *key, const char *text)
{
	struct val *v = member(c, obj, key);

	v->type = VAL_STR;
	v->s.p = text;
	v->s.len = strlen(text);
}

uint64_t sim_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void tree_empty(struct val *v)
{
	v->c.first = v->c.last = NULL;
	v->c.n = 0;
}

static struct val *object_in(struct sim_cmd *c, struct val *obj, const char *key)
{
	struct val *v = val_get(obj, key);

	if (!v)
		return val_put_obj(c->ctx->arena, obj, key);
	if (v->type != VAL_OBJ) { /* nobody but a model writes here; whoever did is not believed */
		v->type = VAL_OBJ;
		tree_empty(v);
	}
	return v;
}

struct val *sim_state(struct sim_cmd *c, struct val *node, const char *key)
{
	return object_in(c, object_in(c, node, "model"), key);
}

uint64_t sim_time(const struct sim_cmd *c, const char *key, uint64_t dflt)
{
	const struct val *times = val_get(c->ctrl->subsys->node, "times");

	return times ? val_u64(times, key, dflt) : dflt;
}

void sim_changed_ctrl(struct sim_cmd *c, struct image_ctrl *ctrl)
{
	ctrl->id = NULL;
	c->dirty = true;
}

void sim_changed_ns(struct sim_cmd *c, struct image_ns *ns)
{
	ns->id = NULL;
	c->dirty = true;
}

int sim_changed_tree(struct sim_cmd *c)
{
	c->dirty = true;
	return image_again(c->ctx, c->sim->img, &c->sim->img);
}

struct val *sim_log_page(struct sim_cmd *c, uint8_t lid, const char *key)
{
	struct val *st;

	if (!c->ctrl->logs)
		c->ctrl->logs = val_put_obj(c->ctx->arena, c->ctrl->node, "logs");
	st = image_log(c->ctrl->logs, lid, 0xff);
	return st ? st : val_put_obj(c->ctx->arena, c->ctrl->logs, key);
}

void sim_event(struct sim_cmd *c, uint32_t dword0)
{
	struct val *model = object_in(c, c->ctrl->node, "model"), *list = val_get(model, "events");

	if (!list || list->type != VAL_ARR)
		list = val_put_arr(c->ctx->arena, model, "events");
	val_put_u64(c->ctx->arena, list, NULL, dword0);
	c->dirty = true;
}

const char *sim_hex(struct arena *a, const uint8_t *p, size_t n)
{
	char *out = arena_alloc(a, 2 * n + 1);

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = "0123456789abcdef"[p[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[p[i] & 0xf];
	}
	return out;
}
