/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * How a drive, or one namespace, is erased: by what SANICAP, FNA and OACS say that it can. Sanitize comes first, as it
 * reaches all of the media (Base 2.1, section 8.1.24), and a key that is replaced takes seconds.
 */
#include "cmd/erase.h"

#include <string.h>

struct way {
	uint8_t way, sanact, ses;
	const char *method, *why;
};
enum { W_S_CRYPTO, W_S_BLOCK, W_S_OVERWRITE, W_N_CRYPTO, W_F_CRYPTO, W_F_USER, WAYS };

static const struct way ways[WAYS] = {
	[W_S_CRYPTO] = { BY_SANITIZE, SAN_CRYPTO, 0, "sanitize crypto erase",
			 "it reaches everything on the media, and takes the least time" },
	[W_S_BLOCK] = { BY_SANITIZE, SAN_BLOCK, 0, "sanitize block erase",
			"it reaches everything on the media" },
	[W_S_OVERWRITE] = { BY_SANITIZE, SAN_OVERWRITE, 0, "sanitize overwrite",
			    "it reaches everything on the media, though it takes long" },
	[W_N_CRYPTO] = { BY_SANITIZE_NS, SAN_CRYPTO, 0, "sanitize namespace crypto erase",
			 "it sanitizes one namespace alone" },
	[W_F_CRYPTO] = { BY_FORMAT, 0, 2, "format with crypto erase",
			 "the drive deletes the key when it formats" },
	[W_F_USER] = { BY_FORMAT, 0, 1, "format with user data erase",
		       "the drive erases user data when it formats; how, it does not say" },
};

/* The ways that a method means, best first; -1 ends. */
static const signed char of_drive[][WAYS] = {
	[ERASE_AUTO] = { W_S_CRYPTO, W_S_BLOCK, W_S_OVERWRITE, W_F_CRYPTO, W_F_USER, -1 },
	[ERASE_CRYPTO] = { W_S_CRYPTO, W_F_CRYPTO, -1 },
	[ERASE_BLOCK] = { W_S_BLOCK, -1 },
	[ERASE_OVERWRITE] = { W_S_OVERWRITE, -1 },
	[ERASE_USER_DATA] = { W_F_USER, -1 },
	[ERASE_FORMAT] = { W_F_CRYPTO, W_F_USER, -1 },
};
static const signed char of_namespace[][WAYS] = {
	[ERASE_AUTO] = { W_N_CRYPTO, W_F_CRYPTO, W_F_USER, -1 },
	[ERASE_CRYPTO] = { W_N_CRYPTO, W_F_CRYPTO, -1 },
	[ERASE_BLOCK] = { -1 },
	[ERASE_OVERWRITE] = { -1 },
	[ERASE_USER_DATA] = { W_F_USER, -1 },
	[ERASE_FORMAT] = { W_F_CRYPTO, W_F_USER, -1 },
};

/* What is needed to judge the ways. */
struct drive {
	const struct val *ctrl;
	struct nsid_list active, allocated;
	bool sanitize_ns;
};

static int know(struct ctx *ctx, const struct val *ctrl, struct drive *d)
{
	int rc = media_nsids(ctx, 0x02, &d->active);

	d->ctrl = ctrl;
	d->allocated = d->active;
	if (!rc && val_u64(ctrl, "oacs.nms", 0))
		rc = media_nsids(ctx, 0x10, &d->allocated);
	if (!rc && ctx->dev->kind == DEV_NS)
		d->sanitize_ns = sanitize_ns_known(ctx, ctrl) > 0;
	return rc;
}

static struct nsid_list without(struct ctx *ctx, const struct nsid_list *all, const struct nsid_list *those)
{
	struct nsid_list out = { arena_calloc(ctx->arena, all->n + 1, sizeof(uint32_t)), 0 };

	for (size_t i = 0; i < all->n; i++) {
		size_t k = 0;

		while (k < those->n && those->v[k] != all->v[i])
			k++;
		if (k == those->n)
			out.v[out.n++] = all->v[i];
	}
	return out;
}

static const char *format_no(struct ctx *ctx, const struct drive *d, const struct way *w)
{
	bool wide = val_u64(d->ctrl, "fna.sens", 0);
	struct nsid_list rest;

	if (!val_u64(d->ctrl, "oacs.fnvms", 0))
		return "it has no Format NVM command (OACS bit 1 is clear)";
	if (w->ses == 2 && !val_u64(d->ctrl, "fna.cryes", 0))
		return "it cannot erase cryptographically when it formats (FNA bit 2 is clear)";
	if (ctx->dev->kind == DEV_NS) {
		struct nsid_list one = { &ctx->dev->nsid, 1 };

		rest = without(ctx, &d->allocated, &one);
		return wide && rest.n
			       ? arena_printf(ctx->arena,
					      "a format erases all namespaces, %s too (FNA bit 1 is set)",
					      media_names(ctx, &rest))
			       : NULL;
	}
	rest = without(ctx, &d->allocated, &d->active);
	if (!d->active.n)
		return "there are no namespaces that could be formatted";
	return !wide && rest.n
		       ? arena_printf(ctx->arena,
				      "a format does not reach what is not attached to this controller: %s",
				      media_names(ctx, &rest))
		       : NULL;
}

/* NULL: this way is possible; otherwise why not. */
static const char *why_not(struct ctx *ctx, const struct drive *d, const struct way *w)
{
	static const unsigned bits[] = { [SAN_CRYPTO] = 0, [SAN_BLOCK] = 1, [SAN_OVERWRITE] = 2 };

	switch (w->way) {
	case BY_SANITIZE:
		if (!val_u64(d->ctrl, "sanicap", 0))
			return "it has no Sanitize command (SANICAP is 0)";
		return sanitize_methods(d->ctrl) >> w->sanact & 1
			       ? NULL
			       : arena_printf(ctx->arena,
					      "it cannot sanitize by %s (SANICAP bit %u is clear)",
					      sanitize_word(w->sanact), bits[w->sanact]);
	case BY_SANITIZE_NS:
		return d->sanitize_ns ? NULL : "it has no Sanitize Namespace command";
	default:
		return format_no(ctx, d, w);
	}
}

static const char *possible(struct ctx *ctx, const struct drive *d, bool one)
{
	static const char *const names[] = { "auto", "crypto", "block", "overwrite", "user-data", "format" };
	unsigned set = 0;

	for (unsigned m = ERASE_CRYPTO; m <= ERASE_FORMAT; m++) {
		const signed char *list = one ? of_namespace[m] : of_drive[m];

		for (size_t i = 0; list[i] >= 0; i++)
			set |= !why_not(ctx, d, &ways[(int)list[i]]) ? 1u << m : 0;
	}
	return media_list(ctx, names, NELEMS(names), set);
}

static int none(struct ctx *ctx, const struct drive *d, enum erase_method m, const char *why)
{
	static const char *const by[] = { "",
					  " cryptographically",
					  " by block erase",
					  " by overwriting",
					  " its user data by a format",
					  " by a format" };
	bool one = ctx->dev->kind == DEV_NS;
	const char *others = possible(ctx, d, one);
	int rc = fail(ctx, XC_UNSUPPORTED, 0, "%s cannot be erased%s: %s", ctx->dev->path, by[m],
		      *why ? why : "that acts on a whole drive, and this is one namespace");

	if (*others)
		return fail_hint(ctx, rc, "what is possible, as --method: %s", others);
	others = one ? possible(ctx, d, false) : "";
	if (*others && ctx->dev->ctrl)
		return fail_hint(ctx, rc,
				 "the whole drive, %s with all of its namespaces, can be: --method=%s",
				 ctx->dev->ctrl, others);
	return rc;
}

/* --- the commands --- */

/* Every namespace keeps the format that it has. */
static int format_reqs(struct ctx *ctx, const struct drive *d, struct erase_plan *p)
{
	bool wide = val_u64(d->ctrl, "fna.sens", 0);
	struct nsid_list one = { &p->nsid, 1 };
	struct nsid_list list = p->nsid == NSID_ALL ? d->active : one;
	uint32_t ms = ctx->g.timeout_ms ? ctx->g.timeout_ms : ctx->cmd->timeout_ms;
	struct format_wish wish = { .ses = p->ses };

	p->hit = wide ? d->allocated : list;
	/* One of them stands for all, so that its format is the only one that is written. */
	p->nreqs = wide ? 1 : list.n;
	p->reqs = arena_calloc(ctx->arena, p->nreqs, sizeof(*p->reqs));
	p->reach = p->nsid != NSID_ALL ? REACH_NS : wide ? REACH_SUBSYS : REACH_CTRL;
	for (size_t i = 0; i < p->nreqs; i++) {
		struct nsid_list this = { &list.v[i], 1 };
		struct format_choice f;
		const struct val *id;
		int rc = cmd_read_ns(ctx, list.v[i], &id);

		if (!rc)
			rc = format_settle(ctx, &wish, list.v[i], id, media_names(ctx, &this), &f);
		if (rc)
			return rc;
		p->reqs[i] = (struct req){
			.opcode = OP_FORMAT, .nsid = list.v[i], .cdw10 = format_cdw10(&f), .timeout_ms = ms
		};
	}
	return 0;
}

static int prepare(struct ctx *ctx, const struct drive *d, struct erase_plan *p)
{
	if (p->way == BY_FORMAT)
		return format_reqs(ctx, d, p);
	if (p->way == BY_SANITIZE)
		p->hit = d->allocated;
	else
		p->hit = (struct nsid_list){ &p->nsid, 1 };
	p->nreqs = 1;
	p->reqs = arena_alloc(ctx->arena, sizeof(*p->reqs));
	p->reqs->opcode = p->way == BY_SANITIZE ? OP_SANITIZE : OP_SANITIZE_NS;
	p->reqs->nsid = p->way == BY_SANITIZE ? 0 : p->nsid;
	p->reqs->cdw10 = p->sanact | (p->sanact == SAN_OVERWRITE ? 1u << 4 : 0);
	p->reqs->timeout_ms = ctx->g.timeout_ms;
	p->reach = p->way == BY_SANITIZE ? REACH_SUBSYS : REACH_NS;
	return 0;
}

int erase_plan(struct ctx *ctx, enum erase_method m, const struct val *ctrl, struct erase_plan *p)
{
	bool one = ctx->dev->kind == DEV_NS;
	const signed char *list = one ? of_namespace[m] : of_drive[m];
	const char *why = "", *no;
	struct drive d = { 0 };
	int rc = know(ctx, ctrl, &d);

	if (rc)
		return rc;
	*p = (struct erase_plan){ .nsid = one ? ctx->dev->nsid : NSID_ALL };
	for (size_t i = 0; list[i] >= 0; i++) {
		const struct way *w = &ways[(int)list[i]];

		no = why_not(ctx, &d, w);
		if (no) {
			if (!strstr(why, no))
				why = *why ? arena_printf(ctx->arena, "%s; %s", why, no) : no;
			continue;
		}
		p->way = w->way;
		p->sanact = w->sanact;
		p->ses = w->ses;
		p->method = w->method;
		p->reason = *why ? arena_printf(ctx->arena, "%s (%s)", w->why, why) : w->why;
		return prepare(ctx, &d, p);
	}
	return none(ctx, &d, m, why);
}
