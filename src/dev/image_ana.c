/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * ANA in an image: said of the groups, by controller, or of the namespaces. Both end up as one state per group and
 * controller, so that the log page and the states of the paths cannot disagree. Base 2.1, sections 2.4.1 and 5.1.12.1.13.
 */
#include <string.h>

#include "core/num.h"
#include "dev/image_load.h"

/* Figure 213 (Asymmetric Namespace Access State); the words are those of Linux. */
static const struct name ana_names[] = {
	{ 0x01, "optimized", NULL },	   { 0x02, "non-optimized", NULL }, { 0x03, "inaccessible", NULL },
	{ 0x04, "persistent-loss", NULL }, { 0x0f, "change", NULL },
};
static const char one_of_them[] = "must be optimized, non-optimized, inaccessible, persistent-loss or change";

const char *image_ana_name(uint8_t state)
{
	for (size_t i = 0; i < NELEMS(ana_names); i++) {
		if (ana_names[i].val == state)
			return ana_names[i].key;
	}
	return "";
}

uint8_t image_ana_value(const struct val *v)
{
	for (size_t i = 0; v && v->type == VAL_STR && i < NELEMS(ana_names); i++) {
		if (strcmp(ana_names[i].key, v->s.p) == 0)
			return (uint8_t)ana_names[i].val;
	}
	return 0;
}

/* Keys of "ana" of a controller: group numbers in decimal. 0: none. */
static uint32_t group_key(const char *key)
{
	uint64_t n;

	return *key != '0' && num_parse(key, &n) == 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

uint8_t image_ana_group(const struct image_ctrl *ctrl, uint32_t group)
{
	for (const struct val *it = ctrl->ana ? ctrl->ana->c.first : NULL; it; it = it->next) {
		if (group_key(it->key) == group)
			return image_ana_value(it);
	}
	return 0;
}

uint8_t image_ana_state(const struct image_ns *ns, const struct image_ctrl *ctrl)
{
	const struct val *v = ns->ana ? val_get(ns->ana, ctrl->name) : NULL;

	if (v || !ctrl->ana || !image_attached(ns, ctrl))
		return image_ana_value(v);
	return image_ana_group(ctrl, ns->ana_group);
}

int image_load_ana(struct loader *l, const struct at *at, struct image_ctrl *c)
{
	struct at here = { at, "ana", 0 };

	c->ana = val_get(c->node, "ana");
	for (const struct val *it = c->ana ? c->ana->c.first : NULL; it; it = it->next) {
		struct at member = { &here, it->key, 0 };

		if (!group_key(it->key))
			return image_bad(l, &member, "is no number of an ANA group (1 and up, in decimal)");
		if (!image_ana_value(it))
			return image_bad(l, &member, one_of_them);
	}
	return 0;
}

int image_load_ns_ana(struct loader *l, const struct at *at, struct image_subsys *s, struct image_ns *ns)
{
	struct at here = { at, "ana", 0 };

	ns->ana = val_get(ns->node, "ana");
	for (const struct val *it = ns->ana ? ns->ana->c.first : NULL; it; it = it->next) {
		struct at member = { &here, it->key, 0 };
		const struct image_ctrl *c = NULL;

		for (size_t i = 0; i < s->nctrls && !c; i++) {
			if (strcmp(s->ctrls[i].name, it->key) == 0)
				c = &s->ctrls[i];
		}
		if (!c || !image_attached(ns, c))
			return image_bad(l, &member, "the namespace is not attached to a controller of this name");
		if (!image_ana_value(it))
			return image_bad(l, &member, one_of_them);
	}
	return 0;
}

/* Through one controller a group has one state, and what a controller says of its groups holds for their namespaces. */
static int agree(struct loader *l, const struct at *at, struct image_subsys *s, size_t which, const struct image_ctrl *c)
{
	const struct image_ns *ns = &s->ns[which];
	uint8_t state = image_ana_state(ns, c), group = image_ana_group(c, ns->ana_group);

	if (!image_attached(ns, c))
		return 0;
	if (c->ana && !group)
		return image_bad(l, at, "\"ana\" of %s does not name the ANA group %u of %s ('anagrpid')", c->name,
				 ns->ana_group, ns->name);
	if (group && state != group)
		return image_bad(l, at, "%s and its ANA group %u are in different states through %s", ns->name,
				 ns->ana_group, c->name);
	for (size_t i = 0; state && i < which; i++) {
		uint8_t other = image_ana_state(&s->ns[i], c);

		if (s->ns[i].ana_group == ns->ana_group && other && other != state)
			return image_bad(l, at, "%s and %s are in ANA group %u, and in different states through %s",
					 s->ns[i].name, ns->name, ns->ana_group, c->name);
	}
	return 0;
}

int image_ana_agrees(struct loader *l, const struct at *at, struct image_subsys *s)
{
	bool any = false;
	int rc = 0;

	for (size_t i = 0; i < s->nctrls; i++)
		any = any || s->ctrls[i].ana;
	for (size_t i = 0; i < s->nns; i++)
		any = any || s->ns[i].ana;
	for (size_t i = 0; any && i < s->nns; i++)
		s->ns[i].ana_group = (uint32_t)val_u64(image_id_ns(l->a, &s->ns[i])->fields, "anagrpid", 0);
	for (size_t i = 0; any && i < s->nns; i++) {
		for (size_t k = 0; !rc && k < s->nctrls; k++)
			rc = agree(l, at, s, i, &s->ctrls[k]);
	}
	return rc;
}
