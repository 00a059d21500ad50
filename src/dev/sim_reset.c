/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Resets as Linux does them: Base 2.1, sections 3.7.1 (NVM Subsystem Reset) and 3.7.2 (Controller Level Reset). The
 * request is answered at once, and the controller is "resetting" for as long as "times" of its subsystem says.
 */
#include <errno.h>
#include <string.h>

#include "dev/sim_model.h"

#define CAP_NSSRS 36 /* section 3.1.4.1 */

/*
 * Features that the driver sets again when the controller is back (queues, events, power states, memory, time, keep
 * alive, behaviour, host), and those with a state of their own (write protection).
 */
static const uint8_t set_again[] = { 0x07, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x16, 0x81, 0x84, 0x85 };

static const struct val *reset_of(const struct image_ctrl *k)
{
	const struct val *model = val_get(k->node, "model");

	return model ? val_get(model, "reset") : NULL;
}

uint64_t sim_reset_left(const struct image_ctrl *k)
{
	const struct val *st = reset_of(k);
	uint64_t until = st ? val_u64(st, "until", 0) : 0, now;

	if (!until || strcmp(k->state, "resetting") != 0)
		return 0;
	now = sim_now();
	return until > now ? until - now : 0;
}

const char *sim_ctrl_state(const struct image_ctrl *k)
{
	const struct val *st = reset_of(k);

	if (strcmp(k->state, "resetting") == 0 && st && val_u64(st, "until", 0) && !sim_reset_left(k))
		return "live";
	return k->state;
}

static bool is_set_again(uint8_t fid)
{
	return memchr(set_again, fid, sizeof(set_again)) != NULL;
}

/* The saved value; what cannot be saved, or never was: the default, where the image has one. */
static void restore(struct sim_cmd *c, struct val *features)
{
	for (struct val *it = features ? features->c.first : NULL; it; it = it->next) {
		struct val *saved = val_get(it, "saved"), *dflt = val_get(it, "default");
		uint64_t now, then;
		uint8_t fid;

		if (!image_number_key(it->key, &fid) || is_set_again(fid) ||
		    !image_number(val_get(it, "current"), &now))
			continue;
		if (!(val_u64(it, "saveable", 0) && image_number(saved, &then)) && !image_number(dflt, &then))
			continue;
		if (then != now)
			sim_store(c, it, "current", then);
	}
}

/* What was outstanding is aborted with the queues: events that nobody fetched, and what keeps others back. */
static void forget_events(struct sim_cmd *c, const struct image_ctrl *k)
{
	struct val *model = val_get(k->node, "model"), *events = model ? val_get(model, "events") : NULL;
	struct val *notices = model ? val_get(model, "notices") : NULL;

	if (events && events->c.n) {
		events->c.first = events->c.last = NULL;
		events->c.n = 0;
		c->dirty = true;
	}
	for (struct val *it = notices ? notices->c.first : NULL; it; it = it->next)
		sim_store(c, notices, it->key, 0);
}

static void reset_one(struct sim_cmd *c, struct image_ctrl *k, uint64_t ms)
{
	struct image_subsys *s = k->subsys;

	restore(c, k->features);
	for (size_t i = 0; i < s->nns; i++) {
		if (image_attached(&s->ns[i], k))
			restore(c, s->ns[i].features);
	}
	forget_events(c, k);
	if (!ms)
		return;
	sim_store(c, sim_state(c, k->node, "reset"), "until", sim_now() + ms);
	sim_store_text(c, k->node, "state", "resetting");
	k->state = "resetting";
}

bool sim_cap_bit(struct sim_cmd *c, unsigned bit)
{
	struct req cap = { .kind = REQ_REG_READ, .cdw10 = 0, .cdw11 = 8 }, *req = c->req;
	int rc;

	c->req = &cap;
	rc = sim_reg(c);
	c->req = req;
	return !rc && cap.result >> bit & 1;
}

int sim_reset(struct sim_cmd *c)
{
	bool subsystem = c->req->kind == REQ_SUBSYS_RESET;
	struct image_subsys *s = c->ctrl->subsys;
	uint64_t ms = sim_time(c, "reset", 0);

	if (subsystem && !sim_cap_bit(c, CAP_NSSRS))
		return -ENOTTY;
	if (sim_reset_fw(c, subsystem))
		ms += sim_time(c, "fw-activate", 0);
	sim_reset_self_test(c, subsystem);
	sim_reset_lockdown(c, subsystem);
	sim_reset_sanitize(c, subsystem);
	sim_reset_reg(c, subsystem);
	sim_reset_virt(c, subsystem);
	for (size_t i = 0; i < s->nctrls; i++) {
		struct image_ctrl *k = &s->ctrls[i];

		if (k == c->ctrl || (subsystem && strcmp(sim_ctrl_state(k), "live") == 0))
			reset_one(c, k, ms);
	}
	c->dirty = true;
	return 0;
}
