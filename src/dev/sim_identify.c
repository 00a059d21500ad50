/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Identify: Base 2.1, section 5.1.13. Recorded structures first; lists follow from the image. */
#include <errno.h>

#include "dev/sim_ns.h"
#include "spec/tables.h"

#define SIZE 4096

static int answer_list(struct sim_cmd *c, const struct spec *spec, const struct val *st)
{
	return sim_answer(c, spec, st, SIZE, 0, SIZE);
}

static int invalid_field(struct sim_cmd *c)
{
	return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
}

/* CNS 02h, 07h, 10h, 1Ah: NSIDs above the one in the command, 1024 at most. csi < 0: of any command set. */
static int list_ns(struct sim_cmd *c, bool allocated, int csi)
{
	struct arena *a = c->ctx->arena;
	struct val *st = val_new(a, VAL_OBJ), *list = val_put_arr(a, st, "nsid_list");
	const struct image_subsys *s = c->ctrl->subsys;

	if (c->req->nsid >= 0xfffffffe)
		return sim_reject(c, SIM_INVALID_NS, AT_NSID);
	for (size_t i = 0; i < s->nns && list->c.n < SIZE / 4; i++) {
		const struct image_ns *ns = &s->ns[i];

		if (ns->nsid <= c->req->nsid || (csi >= 0 && ns->csi != csi))
			continue;
		if (allocated || image_attached(ns, c->ctrl))
			val_put_u64(a, val_put_obj(a, list, NULL), "nsid", ns->nsid);
	}
	return answer_list(c, &spec_list_ns, st);
}

/* CNS 12h (attached to a namespace) and 13h: controller identifiers from the one in the command, ascending. */
static int list_ctrls(struct sim_cmd *c, const struct image_ns *ns)
{
	struct arena *a = c->ctx->arena;
	struct val *st = val_new(a, VAL_OBJ), *list = val_put_arr(a, st, "ctrl_list");
	const struct image_subsys *s = c->ctrl->subsys;

	for (int next = (int)(c->req->cdw10 >> 16); list->c.n < (SIZE - 2) / 2;) {
		const struct image_ctrl *lowest = NULL;

		for (size_t i = 0; i < s->nctrls; i++) {
			const struct image_ctrl *k = &s->ctrls[i];

			if (k->cntlid >= next && (!lowest || k->cntlid < lowest->cntlid) &&
			    (!ns || image_attached(ns, k)))
				lowest = k;
		}
		if (!lowest)
			break;
		val_put_u64(a, val_put_obj(a, list, NULL), "ctrl_id", (uint64_t)lowest->cntlid);
		next = lowest->cntlid + 1;
	}
	return answer_list(c, &spec_list_ctrl, st);
}

static void descriptor(struct arena *a, struct val *list, uint64_t type, uint64_t len, const char *key,
		       const char *text)
{
	struct val *d;

	if (!*text)
		return;
	d = val_put_obj(a, list, NULL);
	val_put_u64(a, d, "nidt", type);
	val_put_u64(a, d, "nidl", len);
	val_put_str(a, d, key, text);
}

/* CNS 03h: Base 2.1, figure 315. */
static int descriptors(struct sim_cmd *c, const struct image_ns *ns)
{
	struct arena *a = c->ctx->arena;
	struct val *st = image_cns(ns->cns, 0x03, 0xff), *list, *d;

	if (st)
		return answer_list(c, &spec_ns_descs, st);
	st = val_new(a, VAL_OBJ);
	list = val_put_arr(a, st, "ns-descs");
	descriptor(a, list, 1, 8, "eui64", ns->eui64);
	descriptor(a, list, 2, 16, "nguid", ns->nguid);
	descriptor(a, list, 3, 16, "uuid", ns->uuid);
	d = val_put_obj(a, list, NULL);
	val_put_u64(a, d, "nidt", 4);
	val_put_u64(a, d, "nidl", 1);
	val_put_u64(a, d, "csi", ns->csi);
	return answer_list(c, &spec_ns_descs, st);
}

/* CNS 00h and 11h. An allocated namespace that is not attached here reads as zeroes through 00h. */
static int identify_ns(struct sim_cmd *c, bool allocated)
{
	struct arena *a = c->ctx->arena;
	struct image_ns *ns = sim_ns(c, c->req->nsid);
	const struct val *common = image_cns(c->ctrl->cns, 0x00, 0xff);
	const struct image_id *id;

	/* Capabilities that all namespaces share; who makes namespaces has to say them. */
	if (c->req->nsid == NSID_ALL && !common && !allocated && val_u64(c->id, "oacs.nms", 0))
		common = ns_common(c);
	if (c->req->nsid == NSID_ALL && common)
		return answer_list(c, &spec_id_ns, common);
	if (!ns)
		return sim_reject(c, SIM_INVALID_NS, AT_NSID);
	if (!allocated && !image_attached(ns, c->ctrl))
		return answer_list(c, &spec_id_ns, NULL);
	id = image_id_ns(a, ns);
	if (id->why)
		return fail(c->ctx, XC_DATA, EBADMSG, "%s: identify of %s: %s", c->sim->img->name, ns->name,
			    id->why);
	return sim_transfer(c, &id->raw, 0, SIZE);
}

static int identify_ctrl(struct sim_cmd *c)
{
	const struct image_id *id = image_id_ctrl(c->ctx->arena, c->ctrl);

	if (id->why)
		return fail(c->ctx, XC_DATA, EBADMSG, "%s: identify of %s: %s", c->sim->img->name,
			    c->ctrl->name, id->why);
	return sim_transfer(c, &id->raw, 0, SIZE);
}

static int recorded(struct sim_cmd *c, const struct val *map, uint8_t cns, uint8_t csi)
{
	const struct val *st = image_cns(map, cns, csi);
	const struct identify *id = identify_by_cns(cns, csi);

	if (!st)
		return invalid_field(c);
	return sim_answer(c, id ? id->spec : NULL, st, SIZE, 0, SIZE);
}

/* CNS 03h, 05h, 08h and 12h are about one namespace, those with a command set about its own one. */
static int of_namespace(struct sim_cmd *c, uint8_t cns, uint8_t csi)
{
	const struct image_ns *ns = sim_active_ns(c, c->req->nsid);

	if (cns == 0x12)
		ns = sim_ns(c, c->req->nsid);
	if (!ns)
		return sim_reject(c, SIM_INVALID_NS, AT_NSID);
	if (cns == 0x03)
		return descriptors(c, ns);
	if (cns == 0x12)
		return list_ctrls(c, ns);
	if (cns == 0x05 && csi != ns->csi)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW11);
	return recorded(c, ns->cns, cns, csi);
}

int sim_identify(struct sim_cmd *c)
{
	uint8_t cns = (uint8_t)c->req->cdw10, csi = (uint8_t)(c->req->cdw11 >> 24);

	switch (cns) {
	case 0x00:
	case 0x11:
		return identify_ns(c, cns == 0x11);
	case 0x01:
		return identify_ctrl(c);
	case 0x02:
		return list_ns(c, false, -1);
	case 0x07:
		return list_ns(c, false, csi);
	case 0x10:
		return list_ns(c, true, -1);
	case 0x1a:
		return list_ns(c, true, csi);
	case 0x13:
		return list_ctrls(c, NULL);
	case 0x04:
		return sim_nvmset_list(c);
	case 0x15:
		return sim_secondary_list(c);
	case 0x19:
		return sim_endgrp_list(c);
	case 0x03:
	case 0x05:
	case 0x08:
	case 0x12:
		return of_namespace(c, cns, csi);
	default:
		return recorded(c, c->ctrl->cns, cns, csi);
	}
}
