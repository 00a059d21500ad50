/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Get Features and Set Features: Base 2.1, sections 5.1.11 and 5.1.25. */
#include <string.h>

#include "dev/sim_model.h"

#define FID_NUM_QUEUES 0x07
#define SAVE	       (1u << 31)

static const char *const selected[] = { "current", "default", "saved", "capabilities" };

/* A namespace may have a value of its own; otherwise the controller's. NULL: *status says why not. */
static struct val *find(struct sim_cmd *c, uint8_t fid, int *status)
{
	struct val *own = image_feature(c->ctrl->features, fid), *v;
	struct image_ns *ns;

	*status = 0;
	if (c->req->nsid == 0 || c->req->nsid == NSID_ALL) {
		if (!own)
			*status = sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
		return own;
	}
	ns = sim_active_ns(c, c->req->nsid);
	if (!ns) {
		*status = sim_reject(c, SIM_INVALID_NS, AT_NSID);
		return NULL;
	}
	v = image_feature(ns->features, fid);
	if (v || own)
		return v ? v : own;
	*status = sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	return NULL;
}

static bool flag(const struct val *feature, const char *key, bool dflt)
{
	return val_u64(feature, key, dflt) != 0;
}

/* Figure "Supported Capabilities": saveable, namespace specific, changeable in bits 0 to 2. */
static uint64_t capabilities(const struct val *feature)
{
	return (uint64_t)flag(feature, "saveable", false) |
	       (uint64_t)flag(feature, "per_namespace", false) << 1 |
	       (uint64_t)flag(feature, "changeable", true) << 2;
}

int sim_get_features(struct sim_cmd *c)
{
	uint8_t fid = (uint8_t)c->req->cdw10, sel = c->req->cdw10 >> 8 & 7;
	struct image_data data;
	const char *why;
	int status;
	struct val *feature = find(c, fid, &status), *st;

	if (!feature)
		return status;
	if (sel > 3 || (sel && !val_u64(c->id, "oncs.ssfs", 0)))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	if (!image_number(val_get(feature, selected[sel]), &c->req->result)) {
		if (sel == 3)
			c->req->result = capabilities(feature);
		else /* never saved: the default; no other default: the value it has */
			(void)(image_number(val_get(feature, "default"), &c->req->result) ||
			       image_number(val_get(feature, "current"), &c->req->result));
	}
	st = val_get(feature, "data");
	if (!st || sel == 3 || !c->req->data_len)
		return 0;
	if (image_encode(c->ctx->arena, NULL, st, 0, &data, &why))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	return sim_transfer(c, &data, 0, data.len);
}

static void store_data(struct sim_cmd *c, struct val *feature)
{
	struct arena *a = c->ctx->arena;
	struct val *old = val_get(feature, "data"), *st = val_new(a, VAL_OBJ);

	sim_store_text(c, st, "bytes", sim_hex(a, c->req->data, c->req->data_len));
	old->c = st->c;
}

int sim_set_features(struct sim_cmd *c)
{
	uint8_t fid = (uint8_t)c->req->cdw10;
	bool save = c->req->cdw10 & SAVE;
	int status;
	struct val *feature = find(c, fid, &status);

	if (!feature)
		return status;
	if (!flag(feature, "changeable", true))
		return sim_reject(c, SIM_NOT_CHANGEABLE, AT_CDW10);
	if (save && !flag(feature, "saveable", false))
		return sim_reject(c, SIM_NOT_SAVEABLE, AT_CDW10);
	if (c->req->nsid && c->req->nsid != NSID_ALL && !flag(feature, "per_namespace", false))
		return sim_reject(c, SIM_NOT_NS_SPECIFIC, AT_NSID);
	if (fid ==
	    FID_NUM_QUEUES) /* not after the queues have been created, which they are on a system that runs */
		return sim_reject(c, SIM_SEQUENCE_ERROR, AT_CDW10);
	if (val_get(feature, "data")) {
		if (!c->req->data || !c->req->data_len)
			return sim_reject(c, SIM_TRANSFER_ERROR, AT_NOWHERE);
		store_data(c, feature);
	}
	sim_store(c, feature, "current", c->req->cdw11);
	if (save)
		sim_store(c, feature, "saved", c->req->cdw11);
	return 0;
}
