/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * ana-log: the Asymmetric Namespace Access log page (0Ch), NVM Express Base 2.1, section 5.1.12.1.13. Its length stands nowhere: it
 * follows from the descriptors, of which each says how many namespaces it names.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cmd/common.h"
#include "cmd/follow.h"
#include "spec/tables.h"

#define LID_ANA	    0x0c
#define HEADER	    16u
#define DESCRIPTOR  32u
#define AT_NGRPS    8u
#define AT_NNSIDS   4u
#define ONE_READ    ((size_t)64 << 10) /* one command where the kernel lets it pass: what is in it is of one moment */
#define ONE_TRANSFER 4096u /* that every controller and kernel can do */
#define FREE_SIZE   ((size_t)1 << 20)  /* a page up to this is read whatever Identify Controller says */
#define MOST	    ((size_t)64 << 20) /* 16 million namespaces */
#define TRIES	    10
#define RGO	    1 /* LSP: return groups only */

struct ana_args {
	bool groups;
	struct follow_args follow;
};

static const struct opt ana_opts[] = {
	OPT(ana_args, groups, 'g', "groups", NULL, "Only the groups, without the namespaces in them"),
	FOLLOW_OPTS(ana_args, follow),
};

static uint64_t le(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

/*
 * How long the page is, by as much of it as is there: the end of what its descriptors claim. What is cut off claims its fixed part
 * at least.
 */
static uint64_t length_of(const uint8_t *buf, size_t len)
{
	uint64_t at = HEADER, ngrps = len >= HEADER ? le(buf + AT_NGRPS, 2) : 0;

	for (uint64_t i = 0; i < ngrps; i++) {
		if (at + DESCRIPTOR > len)
			return at + (ngrps - i) * DESCRIPTOR;
		at += DESCRIPTOR + 4 * le(buf + at + AT_NNSIDS, 4);
	}
	return at;
}

/* What a controller can have to say: NANAGRPID groups and MNAN (or else NN) namespaces. */
static size_t limit_of(const struct val *id, bool groups)
{
	uint64_t ns = val_u64(id, "mnan", 0) ? val_u64(id, "mnan", 0) : val_u64(id, "nn", 0);
	uint64_t all = HEADER + DESCRIPTOR * val_u64(id, "nanagrpid", 0) + (groups ? 0 : 4 * ns);

	return all > MOST ? MOST : (size_t)all;
}

static int too_long(struct ctx *ctx, uint64_t claimed, size_t allowed)
{
	return fail(ctx, XC_DATA, 0,
		    "the ANA log of %s claims %" PRIu64 " bytes, and cannot have more than %zu by what the controller says of itself",
		    ctx->dev->path, claimed, allowed);
}

/* The change count again, after a page that came in several transfers. */
static int moved(struct ctx *ctx, const struct log_args *l, const uint8_t *buf, bool *again)
{
	uint8_t *head = dev_buffer(ctx, HEADER);
	size_t got;
	int rc = dev_get_log(ctx->dev, l, head, HEADER, &got);

	*again = !rc && got >= 8 && memcmp(head, buf, 8) != 0;
	return rc;
}

/* Reads until all that the descriptors claim is there. */
static int read_whole(struct ctx *ctx, struct log_args *l, size_t *want, size_t allowed, const uint8_t **out, size_t *len)
{
	for (;;) {
		uint8_t *buf = dev_buffer(ctx, *want);
		uint64_t claimed;
		int rc;

		l->chunk = (uint32_t)(*want < ONE_READ ? *want : ONE_READ);
		rc = dev_get_log(ctx->dev, l, buf, *want, len);
		if (rc)
			return rc;
		*out = buf;
		claimed = length_of(buf, *len);
		if (claimed > allowed)
			return too_long(ctx, claimed, allowed);
		/* All of it, or a controller that breaks off. */
		if (claimed <= *want || *len < *want) {
			*len = *len > claimed ? (size_t)claimed : *len;
			return 0;
		}
		/* What is not read yet can claim more: in few steps, whatever it is. */
		*want = claimed < 2 * *want ? 2 * *want : (size_t)claimed;
		*want = *want > allowed ? allowed : *want;
	}
}

static int read_page(struct ctx *ctx, struct log_args *l, size_t want, size_t allowed, const uint8_t **out, size_t *len)
{
	for (int i = 0; i < TRIES; i++) {
		bool again = false;
		int rc = read_whole(ctx, l, &want, allowed, out, len);

		if (!rc && *len > ONE_TRANSFER)
			rc = moved(ctx, l, *out, &again);
		if (rc || !again)
			return rc;
	}
	return fail_hint(ctx,
			 fail(ctx, XC_TIMEOUT, EAGAIN, "the ANA log of %s changed %d times while it was read", ctx->dev->path, TRIES),
			 "try again when the target has come to rest; --groups reads less");
}

static int read_ana(struct ctx *ctx, bool groups, const uint8_t **buf, size_t *len)
{
	struct log_args l = { .lid = LID_ANA, .nsid = NSID_ALL, .rae = true, .lsp = groups ? RGO : 0 };
	const struct val *id;
	size_t limit, want;
	/* A controller without ANA would keep the question as an error. */
	int rc = cmd_needs(ctx, "cmic.anars", &id);

	if (rc)
		return rc;
	limit = limit_of(id, groups);
	want = limit < ONE_TRANSFER ? ONE_TRANSFER : limit;
	return read_page(ctx, &l, want < ONE_READ ? want : ONE_READ, limit > FREE_SIZE ? limit : FREE_SIZE, buf, len);
}

/* --- what is watched --- */

static const char *nsids_of(struct facts *f, const struct val *group)
{
	const struct val *list = val_get(group, "nsids");
	char *text;
	size_t n = 0;

	if (!list || !list->c.n)
		return "";
	text = arena_alloc(f->a, 12 * list->c.n);
	val_for_each(it, list)
		n += (size_t)snprintf(text + n, 12, "%s%u", n ? "," : "", (unsigned)val_u64(it, "nsid", 0));
	return text;
}

static void put_facts(struct facts *f, const struct val *log, bool groups, const char *ctrl)
{
	const struct val *list = val_get(log, "groups");

	facts_add(f, "ANA", "log", "chgcnt", arena_printf(f->a, "%" PRIu64, val_u64(log, "chgcnt", 0)), ctrl);
	for (const struct val *it = list ? list->c.first : NULL; it; it = it->next) {
		const struct val *state = val_get(it, "state");
		const struct name *n = state && state->field ? field_name_of(state->field, state->u) : NULL;
		const char *object = arena_printf(f->a, "%" PRIu64, val_u64(it, "grpid", 0));

		facts_add(f, object, "ana-group", "", "", ctrl);
		facts_add(f, object, "ana-group", "state",
			  n ? n->key : arena_printf(f->a, "%" PRIu64, val_u64(it, "state", 0)), ctrl);
		if (!groups)
			facts_add(f, object, "ana-group", "nsids", nsids_of(f, it), ctrl);
	}
}

static int look(struct ctx *ctx, const void *argp, struct val *answer, struct facts *facts)
{
	const struct ana_args *args = argp;
	struct dev *own = NULL;
	const uint8_t *buf = NULL;
	size_t len = 0;
	int rc = 0;

	/* Under --watch the device of this look: a controller that was reset meanwhile is another one. */
	if (facts) {
		rc = dev_open(ctx, ctx->device, &own);
		if (!rc)
			ctx->dev = own;
	}
	if (!rc)
		rc = read_ana(ctx, args->groups, &buf, &len);
	if (!rc)
		rc = cmd_decode(ctx, answer, &spec_log_ana, buf, len);
	if (!rc && facts)
		put_facts(facts, answer, args->groups, ctx->device);
	if (own)
		dev_close(own);
	return rc;
}

static int run_ana(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct ana_args *args = argp;
	const struct followed w = { look, args, ctx->dev->ctrl };

	return follow(ctx, &args->follow, &w, out);
}

const struct cmd cmd_ana_log = {
	.name = "ana-log",
	.alias = "log ana",
	.group = "Health and logs",
	.brief = "Show how well a controller leads to which namespaces (ANA)",
	.desc = "Reads the Asymmetric Namespace Access log page (0Ch): the groups of namespaces that this controller knows, the state of "
		"each through this controller (optimized, non-optimized, inaccessible, persistent-loss, change), and the namespaces in it. Other "
		"controllers of the same subsystem have other states: 'nvmekit show-topology' shows what the kernel made of all.\n\n"
		"The answer is of one moment: where the page is so long that it comes in parts, and its change count moves meanwhile, it is read "
		"again. A controller without ANA is not asked.\n\n" FOLLOW_TEXT,
	.examples = "nvmekit ana-log nvme2\n  Show the ANA groups and their states.\n"
		    "nvmekit ana-log nvme2 --groups -o json\n  Only the groups, for a script.\n"
		    "nvmekit ana-log nvme2 --watch --duration=200ms\n  Watch the states, for a short while.\n",
	.target = T_DEV,
	.flags = C_BINARY | C_STREAM,
	OPTS(ana_args, ana_opts),
	.arg = LID_ANA,
	.out = &spec_log_ana,
	.layout = &(const struct layout){ .title = "Asymmetric Namespace Access of {device}" },
	.run = run_ana,
};
