/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Command and Feature Lockdown: Base 2.1, sections 5.1.15 and 8.1.5. What can be prohibited stands in the subsystem's
 * model ("lockdown.prohibitable"), with what is prohibited now beside it. It lasts until the power is cut, which no
 * reset here does.
 */
#include <string.h>

#include "dev/sim_model.h"
#include "spec/security.h"

enum { ON_ADMIN = 1, ON_ENDPOINT = 2 };

/* Where the image does not say: what changes the drive. */
static const uint8_t admin_default[] = { 0x09, 0x0d, 0x10, 0x11, 0x15, 0x1c, 0x20, 0x80, 0x81, 0x84, 0x8c };

static struct val *state(struct sim_cmd *c)
{
	return sim_state(c, c->ctrl->subsys->node, "lockdown");
}

static const char *scope_key(unsigned scope)
{
	for (size_t i = 0; i < NELEMS(lockdown_scopes); i++) {
		if (lockdown_scopes[i].val == scope)
			return lockdown_scopes[i].key;
	}
	return NULL;
}

static bool listed(const struct val *list, uint8_t id)
{
	uint64_t n;

	for (const struct val *v = list->c.first; v; v = v->next) {
		if (image_number(v, &n) && n == id)
			return true;
	}
	return false;
}

static bool prohibitable(struct sim_cmd *c, unsigned scope, uint8_t id)
{
	const struct val *all = val_get(state(c), "prohibitable");
	const struct val *list = all && all->type == VAL_OBJ ? val_get(all, scope_key(scope)) : NULL;

	if (list && list->type == VAL_ARR)
		return listed(list, id);
	if (all)
		return false;
	if (scope == LOCKDOWN_FEATURE)
		return image_feature(c->ctrl->features, id) != NULL;
	return scope == LOCKDOWN_ADMIN && memchr(admin_default, id, sizeof(admin_default));
}

/* The entry of "prohibited" about this; made if it is not there and 'make' says so. */
static struct val *entry(struct sim_cmd *c, unsigned scope, uint8_t id, bool make)
{
	struct val *s = state(c), *list = val_get(s, "prohibited"), *e;

	if (!list || list->type != VAL_ARR) {
		if (!make)
			return NULL;
		list = val_put_arr(c->ctx->arena, s, "prohibited");
	}
	val_for_each(v, list) {
		if (val_u64(v, "scope", 0) == scope && val_u64(v, "id", 0) == id)
			return v;
	}
	if (!make)
		return NULL;
	e = val_add(list, NULL, val_new(c->ctx->arena, VAL_OBJ));
	sim_store(c, e, "scope", scope);
	sim_store(c, e, "id", id);
	sim_store(c, e, "on", 0);
	return e;
}

int sim_lockdown(struct sim_cmd *c)
{
	unsigned scope = c->req->cdw10 & 0xf, ifc = c->req->cdw10 >> 5 & 3;
	bool prohibit = c->req->cdw10 >> 4 & 1;
	uint8_t id = (uint8_t)(c->req->cdw10 >> 8);
	uint64_t on = ifc == 0 ? ON_ADMIN : ifc == 1 ? ON_ADMIN | ON_ENDPOINT : ON_ENDPOINT;
	struct val *e;

	if (!val_u64(c->id, "oacs.cfls", 0))
		return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
	if (!scope_key(scope) || ifc == 3)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	/* A Management Endpoint is there if Management Endpoint Capabilities names a port for it. */
	if (ifc && !val_u64(c->id, "mec", 0))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	if (scope == LOCKDOWN_PCIE && ifc != 2)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	if (!prohibitable(c, scope, id))
		return sim_reject(c, SIM_NOT_PROHIBITABLE, AT_CDW10);
	e = entry(c, scope, id, true);
	sim_store(c, e, "on", prohibit ? val_u64(e, "on", 0) | on : val_u64(e, "on", 0) & ~on);
	return 0;
}

static bool prohibited(struct sim_cmd *c, unsigned scope, uint8_t id)
{
	const struct val *e = entry(c, scope, id, false);

	return e && val_u64(e, "on", 0) & ON_ADMIN;
}

int sim_locked(struct sim_cmd *c)
{
	const struct val *model = val_get(c->ctrl->subsys->node, "model");

	if (c->req->io || !model || !val_get(model, "lockdown"))
		return 0;
	if (prohibited(c, LOCKDOWN_ADMIN, c->req->opcode))
		return sim_reject(c, SIM_PROHIBITED, AT_OPCODE);
	if (c->req->opcode == ADM_SET_FEATURES && prohibited(c, LOCKDOWN_FEATURE, (uint8_t)c->req->cdw10))
		return sim_reject(c, SIM_PROHIBITED, AT_CDW10);
	return 0;
}

void sim_reset_lockdown(struct sim_cmd *c, bool subsystem)
{
	(void)c;
	(void)subsystem;
}

bool sim_has_lockdown_page(const struct sim_cmd *c)
{
	return val_u64(c->id, "oacs.cfls", 0) != 0;
}

static bool on_page(struct sim_cmd *c, unsigned scope, unsigned contents, uint8_t id)
{
	const struct val *e = entry(c, scope, id, false);

	if (contents == 0)
		return prohibitable(c, scope, id);
	return e && val_u64(e, "on", 0) & (contents == 1 ? ON_ADMIN : ON_ENDPOINT);
}

int sim_lockdown_page(struct sim_cmd *c, const struct val **st)
{
	unsigned lsp = c->req->cdw10 >> 8 & 0x7f, scope = lsp & 0xf, contents = lsp >> 4 & 3;
	struct arena *a = c->ctx->arena;
	struct val *page = val_new(a, VAL_OBJ), *list;

	if (!scope_key(scope) || contents == 3)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	val_put_u64(a, page, "cfila", contents << 4 | scope);
	list = val_put_arr(a, page, "cfil");
	for (unsigned id = 0; id < 256 && list->c.n < 255; id++) {
		if (on_page(c, scope, contents, (uint8_t)id))
			val_put_u64(a, list, NULL, id);
	}
	*st = page;
	return 0;
}
