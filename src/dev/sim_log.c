/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Get Log Page: Base 2.1, section 5.1.12; and the error log that refused commands leave behind. */
#include <string.h>

#include "dev/sim_model.h"

#define LID_SUPPORTED	     0x00
#define LID_ERROR	     0x01
#define LID_SMART	     0x02
#define LID_CHANGED_NS	     0x04
#define LID_SELF_TEST	     0x06
#define LID_ENDGRP	     0x09
#define LID_ANA		     0x0c
#define LID_LOCKDOWN	     0x14
#define LID_CHANGED_ALLOC_NS 0x1c
#define LID_DISCOVERY	     0x70
#define LID_SANITIZE	     0x81
#define CSI_ANY		     0xff
#define ERROR_ENTRY	     64u

static size_t error_log_size(const struct sim_cmd *c)
{
	return ((size_t)val_u64(c->id, "elpe", 0) + 1) * ERROR_ENTRY;
}

/* Whoever announces changes of namespaces has the page with them: Base 2.1, figure 312, OAES. */
static bool has_changes(const struct sim_cmd *c, uint8_t lid)
{
	uint64_t oaes = val_u64(c->id, "oaes", 0);

	return (lid == LID_CHANGED_NS && oaes >> 8 & 1) || (lid == LID_CHANGED_ALLOC_NS && oaes >> 19 & 1);
}

/* Pages that need not be recorded, because the image says elsewhere what is in them. */
static bool is_derived(struct sim_cmd *c, uint8_t lid)
{
	return lid == LID_SUPPORTED || lid == LID_ERROR || has_changes(c, lid) ||
	       (lid == LID_ANA && sim_has_ana(c)) || (lid == LID_SANITIZE && sim_has_sanitize_page(c)) ||
	       (lid == LID_SELF_TEST && sim_has_self_test_page(c)) ||
	       (lid == LID_ENDGRP && sim_has_endgrp_page(c)) ||
	       (lid == LID_LOCKDOWN && sim_has_lockdown_page(c)) ||
	       (lid == LID_DISCOVERY && sim_has_discovery_page(c));
}

static bool is_there(struct sim_cmd *c, uint8_t lid)
{
	const struct image_subsys *s = c->ctrl->subsys;
	uint8_t id, csi;

	if (is_derived(c, lid))
		return true;
	for (size_t i = 0; i <= s->nns; i++) {
		const struct val *map = i < s->nns ? s->ns[i].logs : c->ctrl->logs;

		for (const struct val *it = map ? map->c.first : NULL; it; it = it->next) {
			if (image_log_key(it->key, &id, &csi) && id == lid)
				return true;
		}
	}
	return false;
}

/* Figure 204: a dword per identifier, bit 0 (LSUPP) says that it is supported. */
static int supported_pages(struct sim_cmd *c, uint64_t offset, size_t want)
{
	struct image_data data = { arena_alloc(c->ctx->arena, 1024), 1024, 1024 };

	for (unsigned lid = 0; lid < 256; lid++)
		data.buf[4 * lid] = is_there(c, (uint8_t)lid);
	/* Section 5.1.12.1.1, LID Specific Parameter of page 70h: PLEOS, entries of the port alone can be asked for. */
	if (sim_has_discovery_page(c))
		data.buf[4 * LID_DISCOVERY + 2] = 2;
	return sim_transfer(c, &data, offset, want);
}

/* The recorded page: of the namespace if one is named and has its own, otherwise of the controller. */
static int find_page(struct sim_cmd *c, uint8_t lid, uint8_t csi, const struct val **st)
{
	uint32_t nsid = c->req->nsid;
	const struct image_ns *ns;

	*st = image_log(c->ctrl->logs, lid, csi);
	if (nsid == 0 || nsid == NSID_ALL)
		return 0;
	ns = sim_active_ns(c, nsid);
	if (!ns)
		return sim_reject(c, SIM_INVALID_NS, AT_NSID);
	if (image_log(ns->logs, lid, csi))
		*st = image_log(ns->logs, lid, csi);
	else if (lid == LID_SMART && !val_u64(c->id, "lpa.smarts", 0))
		return sim_reject(c, SIM_INVALID_FIELD, AT_NSID);
	return 0;
}

static size_t page_size(const struct sim_cmd *c, const struct logpage *page, uint8_t lid)
{
	if (lid == LID_ERROR)
		return error_log_size(c);
	return page ? page->size : 0;
}

/* Large pages are read in many pieces: what it takes to make one is not kept. */
static int send_page(struct sim_cmd *c, const struct logpage *page, uint8_t lid, const struct val *st, uint64_t offset,
		     size_t want)
{
	struct arena *a = arena_new();
	struct image_data data;
	const char *why;
	int rc;

	if (image_encode(a, page ? page->spec : NULL, st, page_size(c, page, lid), &data, &why))
		rc = fail(c->ctx, XC_DATA, 0, "%s: log page %02Xh of %s: %s", c->sim->img->name, lid, c->ctrl->name, why);
	else if (offset > data.len)
		rc = sim_reject(c, SIM_INVALID_FIELD, AT_CDW12);
	else
		rc = sim_transfer(c, &data, offset, want);
	arena_free(a);
	return rc;
}

int sim_get_log(struct sim_cmd *c)
{
	const struct req *r = c->req;
	uint8_t lid = (uint8_t)r->cdw10, csi = (uint8_t)(r->cdw14 >> 24);
	uint64_t numd = (uint64_t)(r->cdw11 & 0xffff) << 16 | r->cdw10 >> 16;
	uint64_t offset = (uint64_t)r->cdw13 << 32 | r->cdw12;
	const struct logpage *page = logpage_by_id(lid, csi);
	const struct val *st;
	int rc = find_page(c, lid, csi, &st);
	size_t want = (size_t)((numd + 1) * 4);

	if (rc)
		return rc;
	if (!st && !is_derived(c, lid))
		return sim_reject(c, SIM_INVALID_LOG, AT_CDW10);
	if (r->cdw14 >> 23 & 1) /* an index as offset: no page here has one */
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW14);
	if (offset % 4 || (offset && !val_u64(c->id, "lpa.lpeds", 0)))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW12);
	if (lid == LID_SANITIZE && sim_has_sanitize_page(c))
		st = sim_sanitize_page(c, st);
	if (lid == LID_SELF_TEST && sim_has_self_test_page(c))
		st = sim_self_test_page(c, st);
	if (lid == LID_ENDGRP && sim_has_endgrp_page(c))
		rc = sim_endgrp_page(c, &st);
	if (lid == LID_LOCKDOWN && sim_has_lockdown_page(c))
		rc = sim_lockdown_page(c, &st);
	if (rc)
		return rc;
	if (!st && lid == LID_DISCOVERY)
		return sim_discovery_page(c, offset, want);
	if (!st && lid == LID_SUPPORTED)
		return supported_pages(c, offset, want);
	if (!st && lid == LID_ANA)
		return sim_ana_log(c, offset, want);
	rc = send_page(c, page, lid, st, offset, want);
	if (!rc && !(r->cdw10 >> 15 & 1)) /* Retain Asynchronous Event */
		sim_notices_read(c, lid);
	return rc;
}

/* --- the error log grows --- */

static struct val *logs_of(struct sim_cmd *c)
{
	if (!c->ctrl->logs)
		c->ctrl->logs = val_put_obj(c->ctx->arena, c->ctrl->node, "logs");
	return c->ctrl->logs;
}

/* The page decoded, whether it was recorded as bytes or as fields. */
static const struct val *decoded(struct sim_cmd *c, const struct logpage *page, const struct val *st,
				 size_t len, struct image_data *data)
{
	const char *why;

	if (!page || !page->spec || image_encode(c->ctx->arena, page->spec, st, len, data, &why))
		return NULL;
	return spec_decode(c->ctx->arena, page->spec, data->buf, data->len);
}

static uint64_t last_error(const struct val *page)
{
	const struct val *errors = page ? val_get(page, "errors") : NULL;
	uint64_t last = 0;

	for (const struct val *it = errors ? errors->c.first : NULL; it; it = it->next) {
		if (val_u64(it, "error_count", 0) > last)
			last = val_u64(it, "error_count", 0);
	}
	return last;
}

static struct val *error_entry(struct sim_cmd *c, uint64_t count, int status)
{
	struct arena *a = c->ctx->arena;
	struct val *e = val_new(a, VAL_OBJ);

	val_put_u64(a, e, "error_count", count);
	val_put_u64(a, e, "sqid", c->req->io);
	val_put_u64(a, e, "cmdid", c->d->cid);
	val_put_u64(a, e, "status_field", (uint64_t)status);
	val_put_u64(a, e, "parm_error_location", c->at);
	val_put_u64(a, e, "lba", c->lba);
	val_put_u64(a, e, "nsid", c->req->nsid);
	val_put_u64(a, e, "cs", c->cs);
	val_put_u64(a, e, "opcode", c->req->opcode);
	return e;
}

/* Newest first, no more than the controller keeps. */
static void prepend(struct val *list, struct val *e, size_t max)
{
	struct val *last = e;

	e->next = list->c.first;
	list->c.first = e;
	list->c.n = 1;
	while (last->next && list->c.n < max) {
		last = last->next;
		list->c.n++;
	}
	last->next = NULL;
	list->c.last = last;
}

/* A page recorded as bytes stays one. */
static void prepend_bytes(struct sim_cmd *c, const struct logpage *page, struct val *st, struct val *e,
			  const struct image_data *old)
{
	struct arena *a = c->ctx->arena;
	size_t keep = error_log_size(c) - ERROR_ENTRY;
	struct val *one = val_new(a, VAL_OBJ), *b64 = val_get(st, "base64");
	struct image_data entry;
	const char *why;

	val_add(val_put_arr(a, one, "errors"), NULL, e);
	if (image_encode(a, page->spec, one, ERROR_ENTRY, &entry, &why))
		return;
	if (b64)
		b64->key = "bytes";
	keep = keep < old->len ? keep : old->len;
	sim_store_text(
		c, st, "bytes",
		arena_printf(a, "%s%s", sim_hex(a, entry.buf, ERROR_ENTRY), sim_hex(a, old->buf, keep)));
}

static void count_error(struct sim_cmd *c)
{
	struct val *st = image_log(c->ctrl->logs, LID_SMART, CSI_ANY);
	const struct logpage *page = logpage_by_id(LID_SMART, 0);
	struct image_data data;
	const struct val *smart = st && page ? decoded(c, page, st, page->size, &data) : NULL;

	if (smart)
		sim_store(c, st, "num_err_log_entries", val_u64(smart, "num_err_log_entries", 0) + 1);
}

void sim_log_error(struct sim_cmd *c, int status)
{
	struct arena *a = c->ctx->arena;
	const struct logpage *page = logpage_by_id(LID_ERROR, 0);
	struct val *st = image_log(logs_of(c), LID_ERROR, CSI_ANY), *errors, *e;
	struct image_data old = { 0 };
	const struct val *now;

	if (!st)
		st = val_put_obj(a, c->ctrl->logs, "error");
	now = decoded(c, page, st, error_log_size(c), &old);
	e = error_entry(c, last_error(now) + 1, status);
	c->dirty = true;
	if (page && (val_get(st, "bytes") || val_get(st, "base64"))) {
		prepend_bytes(c, page, st, e, &old);
	} else {
		errors = val_get(st, "errors");
		prepend(errors ? errors : val_put_arr(a, st, "errors"), e, error_log_size(c) / ERROR_ENTRY);
	}
	count_error(c);
}
