/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Controllers and namespaces by identifier, and what follows an attachment: Base 2.1, sections 5.1.20 and 8.1.15. */
#include "core/clock.h"
#include "cmd/ns.h"

#include <string.h>
#include <time.h>

#include "core/num.h"
#include "dev/topo.h"
#include "spec/tables.h"

#define SIZE	   4096u
#define MAX_LISTED 2047u /* that a Controller List holds: section 4.6.1 */
#define PAUSE_MS   25u
#define WAIT_MS	   2000u
#define RESCAN_MS  250u /* what a kernel that was told by the drive needs at most */

int ns_can_manage(struct ctx *ctx)
{
	int rc = cmd_needs(ctx, "oacs.nms", NULL);

	return !rc ? 0 : fail_hint(ctx, rc, "its namespaces are what its maker made them; 'format' can change their block size, if "
				  "'id-ctrl -v' shows Format NVM as supported");
}

int ns_must_exist(struct ctx *ctx, uint32_t nsid)
{
	uint8_t *buf = dev_buffer(ctx, SIZE);
	size_t got;
	int rc = dev_identify_if(ctx->dev, 0x10, nsid - 1, 0, 0, buf, &got);
	uint32_t first;

	if (rc || got < 4)
		return rc;
	first = (uint32_t)buf[0] | (uint32_t)buf[1] << 8 | (uint32_t)buf[2] << 16 | (uint32_t)buf[3] << 24;
	if (first == nsid)
		return 0;
	rc = fail(ctx, XC_USAGE, 0, "there is no namespace %u in the NVM subsystem of %s", nsid, ctx->dev->path);
	return fail_hint(ctx, rc, "'nvmekit list-ns %s --all' lists those that there are",
			 ctx->dev->ctrl ? ctx->dev->ctrl : ctx->dev->name);
}

/* --- controllers --- */

static bool among(const struct cntlids *ids, uint64_t id)
{
	for (size_t i = 0; i < ids->n; i++) {
		if (ids->v[i] == id)
			return true;
	}
	return false;
}

/* Of the subsystem (nsid 0) or those that the namespace is attached to. *known: the drive said so. */
static int read_controllers(struct ctx *ctx, uint32_t nsid, struct cntlids *ids, bool *known)
{
	void *buf = dev_buffer(ctx, SIZE);
	size_t got;
	int rc = dev_identify_if(ctx->dev, nsid ? 0x12 : 0x13, nsid, 0, 0, buf, &got);
	const struct val *list = rc || !got ? NULL : spec_decode(ctx->arena, &spec_list_ctrl, buf, got), *ids_val;

	*known = list;
	*ids = (struct cntlids){ arena_calloc(ctx->arena, MAX_LISTED + 1, sizeof(uint16_t)), 0 };
	ids_val = list ? val_get(list, "ctrl_list") : NULL;
	for (const struct val *it = ids_val ? ids_val->c.first : NULL; it && ids->n < MAX_LISTED; it = it->next)
		ids->v[ids->n++] = (uint16_t)val_u64(it, "ctrl_id", 0);
	return rc;
}

static const char *words(struct ctx *ctx, const struct cntlids *ids)
{
	const char *text = "";

	for (size_t i = 0; i < ids->n; i++)
		text = arena_printf(ctx->arena, "%s%s%u", text, i ? ", " : "", ids->v[i]);
	return ids->n ? text : "none";
}

static int parse(struct ctx *ctx, opt_list given, struct cntlids *ids)
{
	uint64_t v;

	for (size_t i = 0; given[i]; i++) {
		if (strcmp(given[i], "all") == 0)
			return fail(ctx, XC_USAGE, 0, "--controllers: 'all' stands alone");
		if (num_parse(given[i], &v) || v > 0xffef)
			return fail(ctx, XC_USAGE, 0, "--controllers: '%s' is no controller identifier (0 to 65519, or all)",
				    given[i]);
		if (among(ids, v))
			return fail(ctx, XC_USAGE, 0, "--controllers: %s is named twice", given[i]);
		if (ids->n == MAX_LISTED)
			return fail(ctx, XC_USAGE, 0, "--controllers: more than %u at once are not possible", MAX_LISTED);
		ids->v[ids->n++] = (uint16_t)v;
	}
	return 0;
}

static int check(struct ctx *ctx, const struct cntlids *ids, uint32_t nsid, unsigned sel, const struct cntlids *all,
		 const struct cntlids *has)
{
	int rc;

	for (size_t i = 0; i < ids->n; i++) {
		if (all && !among(all, ids->v[i])) {
			rc = fail(ctx, XC_USAGE, 0, "--controllers: there is no controller %u in the NVM subsystem of %s",
				  ids->v[i], ctx->dev->path);
			return fail_hint(ctx, rc, "there are: %s", words(ctx, all));
		}
		if (!has || among(has, ids->v[i]) == (sel == NS_DETACH))
			continue;
		rc = fail(ctx, XC_USAGE, 0, "namespace %u is %s to controller %u of %s", nsid,
			  sel == NS_ATTACH ? "already attached" : "not attached", ids->v[i], ctx->dev->path);
		return fail_hint(ctx, rc, "it is attached to: %s", words(ctx, has));
	}
	return 0;
}

/* "all": attach to whoever has it not, detach from whoever has it. */
static void choose_all(const struct cntlids *all, const struct cntlids *has, unsigned sel, struct cntlids *ids)
{
	const struct cntlids *from = sel == NS_ATTACH ? all : has;

	for (size_t i = 0; i < from->n; i++) {
		if (sel == NS_DETACH || !among(has, from->v[i]))
			ids->v[ids->n++] = from->v[i];
	}
}

int ns_controllers(struct ctx *ctx, opt_list given, uint32_t nsid, unsigned sel, struct cntlids *ids)
{
	struct cntlids all, has = { 0 };
	bool all_known, has_known = false;
	const struct val *id;
	int rc;

	*ids = (struct cntlids){ arena_calloc(ctx->arena, MAX_LISTED + 1, sizeof(uint16_t)), 0 };
	if (given && (strcmp(given[0], "all") != 0 || given[1])) {
		rc = parse(ctx, given, ids);
		if (rc)
			return rc;
	}
	rc = read_controllers(ctx, 0, &all, &all_known);
	if (!rc && nsid)
		rc = read_controllers(ctx, nsid, &has, &has_known);
	if (!rc && !given)
		rc = cmd_read_ctrl(ctx, &id);
	if (rc)
		return rc;
	if (given && !ids->n) {
		if (!all_known || (nsid && !has_known))
			return fail(ctx, XC_UNSUPPORTED, 0, "%s does not say which controllers there are; name them",
				    ctx->dev->path);
		choose_all(&all, &has, sel, ids);
		return 0;
	}
	if (!given)
		ids->v[ids->n++] = (uint16_t)val_u64(id, "cntlid", 0);
	return check(ctx, ids, nsid, sel, all_known ? &all : NULL, has_known ? &has : NULL);
}

struct req ns_attachment(struct ctx *ctx, uint32_t nsid, unsigned sel, const struct cntlids *ids)
{
	uint8_t *list = dev_buffer(ctx, SIZE);
	struct req r = { .opcode = 0x15, .nsid = nsid, .cdw10 = sel, .data = list, .data_len = SIZE };

	list[0] = (uint8_t)ids->n;
	list[1] = (uint8_t)(ids->n >> 8);
	for (size_t i = 0; i < ids->n; i++) {
		list[2 + 2 * i] = (uint8_t)ids->v[i];
		list[3 + 2 * i] = (uint8_t)(ids->v[i] >> 8);
	}
	return r;
}

const char *ns_attach_effect(struct ctx *ctx, uint32_t nsid, const struct cntlids *ids)
{
	return arena_printf(ctx->arena, "makes %s a device of %s %s",
			    nsid ? arena_printf(ctx->arena, "namespace %u", nsid) : "the new namespace",
			    ids->n > 1 ? "controllers" : "controller", words(ctx, ids));
}

void ns_put_controllers(struct ctx *ctx, struct val *out, const char *key, const struct cntlids *ids)
{
	struct val *list = val_put_arr(ctx->arena, out, key);

	for (size_t i = 0; i < ids->n; i++)
		val_put_u64(ctx->arena, list, NULL, ids->v[i]);
}

/* --- the node --- */

static int find_node(struct ctx *ctx, uint32_t nsid, const char *ctrl, const char **name)
{
	struct topo *t;
	int rc = topo_read(ctx, TOPO_NS, &t);

	*name = NULL;
	for (size_t i = 0; !rc && i < t->nsubsys; i++) {
		for (size_t k = 0; k < t->subsys[i]->nns; k++) {
			const struct topo_ns *ns = t->subsys[i]->ns[k];

			if (ns->nsid == nsid && topo_reached(ns, ctrl))
				*name = ns->name;
		}
	}
	return rc;
}

int ns_put_node(struct ctx *ctx, struct val *out, uint32_t nsid, const struct cntlids *ids)
{
	const struct timespec pause = { 0, PAUSE_MS * 1000000L };
	uint64_t start = now_ms(), waited;
	struct req rescan = { .kind = REQ_RESCAN };
	bool told = false;
	const char *name;
	const struct val *id;
	int rc = cmd_read_ctrl(ctx, &id);

	if (rc || ctx->g.dry_run || !ctx->dev->ctrl || !among(ids, val_u64(id, "cntlid", 0)))
		return rc;
	for (;;) {
		rc = find_node(ctx, nsid, ctx->dev->ctrl, &name);
		waited = now_ms() - start;
		if (rc || name || waited >= WAIT_MS || ctx_interrupted)
			break;
		if (!told && waited >= RESCAN_MS) {
			told = true;
			(void)dev_submit(ctx->dev, &rescan); /* whoever may not do that waits on */
		}
		(void)nanosleep(&pause, NULL);
	}
	if (!rc && name)
		val_put_str(ctx->arena, out, "device", arena_printf(ctx->arena, "/dev/%s", name));
	else if (!rc)
		warn_user(ctx, "the kernel shows no node for namespace %u yet; 'nvmekit ns-rescan %s' makes it look again",
			  nsid, ctx->dev->ctrl);
	return rc;
}
