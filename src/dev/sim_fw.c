/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Firmware slots and Firmware Commit: Base 2.1, sections 5.1.8 and 3.11. The slots are those of the whole subsystem,
 * which is one domain here: every controller shows the same.
 */
#include <errno.h>
#include <string.h>

#include "dev/sim_fw.h"
#include "spec/tables.h"

#define LID_FW	 0x03
#define MAX_SLOT 7u
#define CAP_BPS	 45

enum {
	SIM_FW_SLOT = 0x4106,
	SIM_FW_IMAGE = 0x4107,
	SIM_BOOT_WRITE_PROHIBITED = 0x411e,
};

/* What an image needs before it runs; Firmware Commit's command specific status values. */
static const struct fw_need needs[] = {
	{ "nothing", 0, 0 },	       { "controller", 0, 0x111 },
	{ "subsystem", 0x110, 0x110 }, { "conventional", 0x10b, 0x10b },
	{ "max-time", 0, 0x4112 },     { "prohibited", 0x4113, 0x4113 },
};

struct val *fw_state(struct sim_cmd *c)
{
	return sim_state(c, c->ctrl->subsys->node, "firmware");
}

const struct fw_need *fw_need(const char *word)
{
	for (size_t i = 0; i < NELEMS(needs); i++) {
		if (strcmp(needs[i].word, word) == 0)
			return &needs[i];
	}
	return NULL;
}

/* --- the log page and Identify Controller of every controller --- */

static const struct val *log_now(struct sim_cmd *c)
{
	const struct val *st = c->ctrl->logs ? image_log(c->ctrl->logs, LID_FW, 0xff) : NULL;
	struct image_data data;
	const char *why;

	if (image_encode(c->ctx->arena, &spec_log_fw, st, spec_log_fw.size, &data, &why))
		return val_new(c->ctx->arena, VAL_OBJ);
	return spec_decode(c->ctx->arena, &spec_log_fw, data.buf, data.len);
}

/* "" where the slot is empty. */
static const char *revision_in(struct sim_cmd *c, unsigned slot)
{
	const struct val *frs = val_get(log_now(c), "frs");

	for (const struct val *it = frs ? frs->c.first : NULL; it; it = it->next) {
		if (val_u64(it, "slot", 0) == slot)
			return val_str(c->ctx->arena, it, "fr");
	}
	return "";
}

static unsigned active_slot(struct sim_cmd *c)
{
	unsigned slot = (unsigned)val_u64(log_now(c), "afi.cafs", 0);

	return slot ? slot : 1;
}

static void log_revision(struct sim_cmd *c, unsigned slot, const char *revision)
{
	struct val *page = sim_log_page(c, LID_FW, "fw"), *frs = val_get(page, "frs"), *el = NULL;

	if (!frs)
		frs = val_put_arr(c->ctx->arena, page, "frs");
	val_for_each(it, frs) {
		if (val_u64(it, "slot", 0) == slot)
			el = it;
	}
	if (!el) {
		el = val_put_obj(c->ctx->arena, frs, NULL);
		sim_store(c, el, "slot", slot);
	}
	sim_store_text(c, el, "fr", revision);
}

/* Bits 2:0 active, 6:4 next. A page recorded with AFI as an object of bits has a number from now on. */
static void log_slots(struct sim_cmd *c, unsigned active, unsigned next)
{
	sim_store(c, sim_log_page(c, LID_FW, "fw"), "afi", active | next << 4);
}

/* Runs 'what' for each controller of the subsystem that has firmware commands. */
static void each_ctrl(struct sim_cmd *c, void (*what)(struct sim_cmd *c, unsigned slot, const char *text),
		      unsigned slot, const char *text)
{
	struct image_subsys *s = c->ctrl->subsys;
	struct image_ctrl *self = c->ctrl;

	for (size_t i = 0; i < s->nctrls; i++) {
		c->ctrl = &s->ctrls[i];
		if (c->ctrl == self || val_u64(image_id_ctrl(c->ctx->arena, c->ctrl)->fields, "oacs.fwds", 0))
			what(c, slot, text);
	}
	c->ctrl = self;
}

static void show_pending(struct sim_cmd *c, unsigned slot, const char *text)
{
	(void)text;
	log_slots(c, active_slot(c), slot);
}

static void run_revision(struct sim_cmd *c, unsigned slot, const char *revision)
{
	log_slots(c, slot, 0);
	sim_store_text(c, c->ctrl->identify, "fr", revision);
	sim_changed_ctrl(c, c->ctrl);
}

static void activate(struct sim_cmd *c, unsigned slot)
{
	each_ctrl(c, run_revision, slot, revision_in(c, slot));
}

/* --- Firmware Commit --- */

static unsigned slots(const struct sim_cmd *c)
{
	uint64_t n = val_u64(c->id, "frmw.nofs", 0);

	return n ? (unsigned)n : 1;
}

static bool writable(const struct sim_cmd *c, unsigned slot)
{
	return slot && slot <= slots(c) && !(slot == 1 && val_u64(c->id, "frmw.ffsro", 0));
}

/* Slot 0 leaves it to the controller: an empty one, another one, that of the running firmware. */
static unsigned choose_slot(struct sim_cmd *c)
{
	unsigned best = 0, active = active_slot(c);

	for (unsigned slot = MAX_SLOT; slot; slot--) {
		if (writable(c, slot) && slot != active && !*revision_in(c, slot))
			best = slot;
	}
	for (unsigned slot = MAX_SLOT; slot && !best; slot--)
		best = writable(c, slot) && slot != active ? slot : 0;
	return best ? best : active;
}

static const struct fw_need *need_of(struct sim_cmd *c, struct val *st, unsigned slot)
{
	const struct val *kept = val_get(st, "needs");
	const char *word = kept ? val_str(c->ctx->arena, kept, arena_printf(c->ctx->arena, "%u", slot)) : "";
	const struct fw_need *need = fw_need(word);

	return need ? need : &needs[0];
}

static void put_into_slot(struct sim_cmd *c, struct val *st, unsigned slot, const struct fw_image *img)
{
	struct val *kept = val_get(st, "needs");

	if (!kept)
		kept = val_put_obj(c->ctx->arena, st, "needs");
	sim_store_text(c, kept, arena_printf(c->ctx->arena, "%u", slot), img->need->word);
	each_ctrl(c, log_revision, slot, arena_strdup(c->ctx->arena, img->revision));
}

/* The next reset that is enough starts it. */
static void pend(struct sim_cmd *c, struct val *st, unsigned slot)
{
	sim_store(c, st, "next", slot);
	each_ctrl(c, show_pending, slot, NULL);
}

/* Section 5.1.2, notices: Firmware Activation Starting, which OAES and feature 0Bh have in bit 9. */
static void announce(struct sim_cmd *c)
{
	const struct val *f = image_feature(c->ctrl->features, 0x0b);
	uint64_t wanted;

	if ((val_u64(c->id, "oaes", 0) >> 9 & 1) &&
	    (!f || !image_number(val_get(f, "current"), &wanted) || (wanted >> 9 & 1)))
		sim_event(c, LID_FW << 16 | 0x01 << 8 | 2);
}

static int activate_now(struct sim_cmd *c, struct val *st, unsigned slot)
{
	const struct fw_need *need = need_of(c, st, slot);
	uint64_t ms = sim_time(c, "fw-activate", 0);
	bool able = val_u64(c->id, "frmw.fawr", 0);
	int status = able || need->at_once ? need->at_once : 0x111;

	if (status == 0x111 || status == 0x110 || status == 0x10b)
		pend(c, st, slot);
	if (status)
		return sim_reject(c, status, AT_NOWHERE);
	announce(c);
	sim_store(c, st, "next", 0);
	sim_store(c, st, "activating", slot);
	sim_store(c, st, "until", sim_now() + ms);
	sim_advance_fw(c);
	return 0;
}

static int commit(struct sim_cmd *c, struct val *st, unsigned action, unsigned slot)
{
	bool loaded = fw_loaded(st), replaces = action < 2 || (action == 3 && loaded);
	struct fw_image img;
	const struct fw_need *need;

	if (!slot)
		slot = action == 2 ? active_slot(c) : choose_slot(c);
	if (slot > slots(c) || (replaces && !writable(c, slot)))
		return sim_reject(c, SIM_FW_SLOT, AT_CDW10);
	if (replaces ? !fw_complete(c, st, &img) : !*revision_in(c, slot))
		return sim_reject(c, SIM_FW_IMAGE, AT_NOWHERE);
	if (replaces)
		put_into_slot(c, st, slot, &img);
	if (action == 3)
		return activate_now(c, st, slot);
	if (action == 0)
		return 0;
	need = need_of(c, st, slot);
	if (need->at_reset != 0x4113)
		pend(c, st, slot);
	return need->at_reset ? sim_reject(c, need->at_reset, AT_NOWHERE) : 0;
}

/* Boot Partition Write Protection, feature 85h: 2 and 3 are locked; bits 2:0 for partition 0, 5:3 for 1. */
static bool boot_locked(const struct sim_cmd *c, unsigned bpid)
{
	const struct val *f = image_feature(c->ctrl->features, 0x85);
	uint64_t v;

	if (!f || !image_number(val_get(f, "current"), &v))
		return false;
	v = v >> 3 * bpid & 7;
	return v == 2 || v == 3;
}

/* BPINFO bit 31 says which one is active. */
static void show_active_boot(struct sim_cmd *c, unsigned bpid)
{
	struct val *map = val_get(c->ctrl->node, "registers"), *info = map ? val_get(map, "bpinfo") : NULL;
	uint64_t v;

	if (info && image_number(info, &v))
		sim_store(c, map, "bpinfo", (v & 0x7fffffff) | (uint64_t)bpid << 31);
}

/* Section 8.1.3 */
static int commit_boot(struct sim_cmd *c, struct val *st, unsigned action, unsigned bpid)
{
	struct fw_image img;

	if (!sim_cap_bit(c, CAP_BPS))
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	if (action == 7) {
		show_active_boot(c, bpid);
		return 0;
	}
	if (boot_locked(c, bpid))
		return sim_reject(c, SIM_BOOT_WRITE_PROHIBITED, AT_CDW10);
	if (!fw_complete(c, st, &img))
		return sim_reject(c, SIM_FW_IMAGE, AT_NOWHERE);
	sim_store_text(c, sim_state(c, c->ctrl->subsys->node, "boot"), bpid ? "1" : "0",
		       arena_strdup(c->ctx->arena, img.revision));
	return 0;
}

int sim_fw_commit(struct sim_cmd *c)
{
	unsigned action = c->req->cdw10 >> 3 & 7, slot = c->req->cdw10 & 7;
	struct val *st;
	int rc;

	if (!val_u64(c->id, "oacs.fwds", 0))
		return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
	if (action == 4 || action == 5)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	st = fw_state(c);
	c->req->result = val_u64(st, "mud", 0);
	rc = action < 4 ? commit(c, st, action, slot) : commit_boot(c, st, action, c->req->cdw10 >> 31);
	/* Whatever came of it: the next image is another one. */
	if (action != 2 && action != 7)
		fw_discard(c, st);
	c->delay_ms += sim_time(c, "fw-commit", 0);
	if (!c->req->timeout_ms || c->delay_ms <= c->req->timeout_ms)
		return rc;
	c->delay_ms = c->req->timeout_ms; /* done all the same, and nobody is told */
	return -ETIMEDOUT;
}

void sim_advance_fw(struct sim_cmd *c)
{
	struct val *model = val_get(c->ctrl->subsys->node, "model"),
		   *st = model ? val_get(model, "firmware") : NULL;
	unsigned slot = st ? (unsigned)val_u64(st, "activating", 0) : 0;

	if (!slot || val_u64(st, "until", 0) > sim_now())
		return;
	sim_store(c, st, "activating", 0);
	activate(c, slot);
	c->id = image_id_ctrl(c->ctx->arena, c->ctrl)->fields;
}

/* A reset discards what was downloaded, and starts the firmware that waits for one of its kind. */
bool sim_reset_fw(struct sim_cmd *c, bool subsystem)
{
	struct val *model = val_get(c->ctrl->subsys->node, "model"),
		   *st = model ? val_get(model, "firmware") : NULL;
	unsigned slot;
	const char *word;

	if (!st)
		return false;
	fw_discard(c, st);
	if (val_u64(st, "activating", 0)) {
		sim_store(c, st, "until", 0);
		sim_advance_fw(c);
	}
	slot = (unsigned)val_u64(st, "next", 0);
	word = need_of(c, st, slot)->word;
	if (!slot || strcmp(word, "conventional") == 0 || (strcmp(word, "subsystem") == 0 && !subsystem))
		return false;
	sim_store(c, st, "next", 0);
	activate(c, slot);
	return true;
}
