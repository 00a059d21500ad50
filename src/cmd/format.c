/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* format: Format NVM, Base 2.1, section 5.1.10. What the words mean for a namespace is in format_choice.c. */
#include <inttypes.h>

#include "cmd/media.h"
#include "cmd/reset.h"

struct format_args {
	struct opt_u32 namespace_id;
	struct format_wish wish;
	bool reset;
};

static const struct name pi_names[] = {
	{ 0, "none", "No protection information" },
	{ 1, "type-1", "Type 1" },
	{ 2, "type-2", "Type 2" },
	{ 3, "type-3", "Type 3" },
};
static const struct name pil_names[] = {
	{ 0, "last", "Protection information is the last bytes of the metadata" },
	{ 1, "first", "It is the first bytes" },
};
static const struct name ms_names[] = {
	{ 0, "separate", "Metadata are transferred in a buffer of their own" },
	{ 1, "extended", "Metadata follow the data of each block" },
};

static const struct opt format_opts[] = {
	OPT_NSID_ALL(format_args, namespace_id, "Namespace, or 'all' (default: the namespace that DEVICE names)"),
	OPT(format_args, wish.lbaf, 'l', "lbaf", "INDEX", "LBA format (default: the one that it has now)", .max = 63),
	OPT(format_args, wish.block_size, 'b', "block-size", "BYTES",
	    "LBA format by the size of a block, instead of --lbaf", .unit = UNIT_BYTES, .min = 1),
	OPT(format_args, wish.metadata_size, 0, "metadata-size", "BYTES",
	    "LBA format by the metadata of a block (default with --block-size: 0)", .max = 65535),
	OPT(format_args, wish.ses, 's', "ses", "MODE", "Secure erase", VALS(format_ses_names), .flags = OF_OPEN_NAMES,
	    .max = 2, .def = "none"),
	OPT(format_args, wish.pi, 'i', "pi", "TYPE",
	    "Protection information (default: as it is; none where a format is named)", VALS(pi_names),
	    .flags = OF_OPEN_NAMES, .max = 3),
	OPT(format_args, wish.pil, 'p', "pil", "PLACE", "Where protection information is in the metadata",
	    VALS(pil_names), .flags = OF_OPEN_NAMES, .max = 1),
	OPT(format_args, wish.ms, 'm', "ms", "WAY", "How metadata are transferred", VALS(ms_names),
	    .flags = OF_OPEN_NAMES, .max = 1),
	OPT(format_args, reset, 'r', "reset", NULL, "Reset the controller afterwards"),
};

static const struct field format_ns_rows[] = {
	{ "nsid", "Namespace", .len = 32, .kind = K_UINT },
	{ "lbaf", "LBA format", .len = 8, .kind = K_UINT },
	{ "block_size", "Data of a block", .len = 32, .kind = K_UINT, .unit = "bytes" },
	{ "metadata_size", "Metadata of a block", .len = 16, .kind = K_UINT, .unit = "bytes" },
	{ "pi", "Protection information type", .len = 8, .kind = K_ENUM, NAMES(pi_names) },
};
static const struct field format_rows[] = {
	{ "ses", "Secure erase", .len = 8, .kind = K_ENUM, NAMES(format_ses_names) },
	{ "secure_erase", "A secure erase was asked for", .kind = K_BOOL, .show = SHOW_BOOL },
	{ "namespaces", "What was formatted, as it is now", ARRAY_OF(format_ns_rows) },
	{ "reset", "The controller was reset", .kind = K_BOOL, .show = SHOW_BOOL },
};
static const struct spec spec_format = { "format", "What was formatted", NULL, 0, 1, FIELDS(format_rows) };

/* One format that is carried out. */
struct formatted {
	uint32_t nsid;
	struct format_choice choice;
};
struct job {
	struct format_scope scope;
	struct formatted *targets; /* one per namespace whose data is known */
	size_t n;
	struct req *reqs; /* one per element of scope.send, and the reset */
	size_t nreqs;
};

static const char *name_of(struct ctx *ctx, uint32_t nsid)
{
	struct nsid_list one = { &nsid, 1 };

	return media_names(ctx, &one);
}

static int choose(struct ctx *ctx, const struct format_args *a, uint32_t nsid, struct format_choice *c)
{
	const struct val *id;
	int rc = cmd_read_ns(ctx, nsid, &id);

	return rc ? rc : format_settle(ctx, &a->wish, nsid, id, name_of(ctx, nsid), c);
}

/* One command says one format for all. */
static int check_alike(struct ctx *ctx, const struct job *j)
{
	int rc;

	for (size_t i = 1; j->scope.send.n == 1 && i < j->n; i++) {
		if (format_cdw10(&j->targets[i].choice) == format_cdw10(&j->targets[0].choice))
			continue;
		rc = fail(ctx, XC_USAGE, 0, "one command formats all namespaces alike, and %s and %s would be different",
			  name_of(ctx, j->targets[0].nsid), name_of(ctx, j->targets[i].nsid));
		return fail_hint(ctx, rc, "name a format that all of them have: --lbaf, --pi, --ms");
	}
	return 0;
}

static int prepare(struct ctx *ctx, const struct format_args *a, struct job *j)
{
	const struct nsid_list *send = &j->scope.send;
	struct nsid_list all = *send;
	uint32_t ms = ctx->g.timeout_ms ? ctx->g.timeout_ms : ctx->cmd->timeout_ms;
	int rc = 0;

	if (j->scope.reach != REACH_NS)
		rc = media_nsids(ctx, 0x02, &all);
	j->targets = arena_calloc(ctx->arena, all.n + 1, sizeof(*j->targets));
	for (size_t i = 0; !rc && i < all.n; i++) {
		j->targets[j->n].nsid = all.v[i];
		rc = choose(ctx, a, all.v[i], &j->targets[j->n++].choice);
	}
	if (!rc)
		rc = check_alike(ctx, j);
	if (rc)
		return rc;
	j->reqs = arena_calloc(ctx->arena, send->n + 1, sizeof(*j->reqs));
	for (size_t i = 0; i < send->n; i++) {
		const struct formatted *t = &j->targets[send->n == j->n ? i : 0];

		j->reqs[j->nreqs++] = (struct req){
			.opcode = OP_FORMAT, .nsid = send->v[i], .cdw10 = format_cdw10(&t->choice), .timeout_ms = ms
		};
	}
	if (a->reset)
		j->reqs[j->nreqs++] = reset_req(false);
	return 0;
}

/* What became of the drive is not known if it did not answer in time. */
static int formatted_not(struct ctx *ctx, int rc, const struct req *r)
{
	if (ctx->error.code != XC_TIMEOUT)
		return rc;
	return fail_hint(ctx, rc,
			 "it had %" PRIu32 " s (--timeout=TIME gives more); the kernel resets a controller that does not "
			 "answer in time, and whether the format goes on in the drive is not known",
			 r->timeout_ms / 1000);
}

static int carry_out(struct ctx *ctx, struct job *j)
{
	for (size_t i = 0; i < j->nreqs; i++) {
		struct req *r = &j->reqs[i];
		const char *what = "Format NVM";
		uint64_t ms;
		int rc;

		if (r->kind == REQ_RESET) {
			rc = reset_and_wait(ctx, false, &ms);
			return rc ? fail_hint(ctx, rc, "the format itself succeeded") : 0;
		}
		if (i)
			what = arena_printf(ctx->arena, "Format NVM of %s (the %zu before it are formatted)",
					    name_of(ctx, r->nsid), i);
		rc = dev_command(ctx->dev, r, what);
		if (rc)
			return formatted_not(ctx, rc, r);
	}
	return 0;
}

/* As it is now, or where that cannot be read any more, as it was asked for. */
static void answer(struct ctx *ctx, const struct job *j, const struct format_args *a, struct val *out)
{
	struct arena *ar = ctx->arena;
	struct val *list;

	val_put_u64(ar, out, "ses", a->wish.ses);
	val_put_bool(ar, out, "secure_erase", a->wish.ses);
	list = val_put_arr(ar, out, "namespaces");
	for (size_t i = 0; i < j->n; i++) {
		const struct formatted *t = &j->targets[i];
		struct val *ns = val_put_obj(ar, list, NULL);
		struct error was = ctx->error;
		const struct val *id = NULL;
		uint64_t now = t->choice.lbaf;

		if (!ctx->g.dry_run && cmd_read_ns(ctx, t->nsid, &id)) {
			ctx->error = was;
			id = NULL;
		}
		if (id)
			now = format_now(id, now);
		if (now != t->choice.lbaf)
			warn_user(ctx, "%s says that it has format %" PRIu64 " now, not %" PRIu32,
				  name_of(ctx, t->nsid), now, t->choice.lbaf);
		val_put_u64(ar, ns, "nsid", t->nsid);
		val_put_u64(ar, ns, "lbaf", now);
		val_put_u64(ar, ns, "block_size", t->choice.block);
		val_put_u64(ar, ns, "metadata_size", t->choice.metadata);
		val_put_u64(ar, ns, "pi", id ? val_u64(id, "dps.pit", 0) : t->choice.pit);
	}
	val_put_bool(ar, out, "reset", a->reset);
}

static int check(struct ctx *ctx, const struct format_args *a)
{
	if (a->wish.lbaf.set && (a->wish.block_size.set || a->wish.metadata_size.set))
		return fail(ctx, XC_USAGE, 0, "--lbaf and --%s both say which format is meant",
			    a->wish.block_size.set ? "block-size" : "metadata-size");
	if (a->wish.pil.set && a->wish.pi.set && !a->wish.pi.v)
		return fail(ctx, XC_USAGE, 0, "--pil says where protection information is, and --pi=none that there is none");
	return 0;
}

static int run_format(struct ctx *ctx, const void *argp, struct val *out)
{
	static const char no_erase[] = "No secure erase is asked for (--ses): what was written may stay on the media";
	const char *notes[] = { no_erase, NULL };
	const struct format_args *a = argp;
	struct job j = { 0 };
	struct intent in = { 0 };
	const struct val *ctrl;
	uint32_t nsid;
	int rc = check(ctx, a);

	if (!rc)
		rc = cmd_nsid(ctx, a->namespace_id, &nsid);
	if (!rc && nsid != NSID_ALL)
		rc = media_attached(ctx, nsid);
	if (!rc)
		rc = cmd_read_ctrl(ctx, &ctrl);
	if (!rc)
		rc = format_possible(ctx, ctrl, a->wish.ses);
	if (!rc)
		rc = format_scope(ctx, ctrl, a->wish.ses, nsid, &j.scope);
	if (!rc)
		rc = prepare(ctx, a, &j);
	if (rc)
		return rc;
	ctx->nsid = nsid;
	in = (struct intent){ .reqs = j.reqs, .nreqs = j.nreqs, .reach = j.scope.reach };
	if (j.scope.reach == REACH_NS)
		in.nsid = nsid;
	if (!a->wish.ses)
		in.notes = notes;
	rc = gate(ctx, &in);
	if (!rc)
		rc = carry_out(ctx, &j);
	if (rc)
		return rc;
	if (!a->wish.ses && !ctx->g.dry_run)
		warn_user(ctx, "no secure erase was asked for (--ses): what was written may stay on the media");
	answer(ctx, &j, a, out);
	return 0;
}

const struct cmd cmd_format = {
	.name = "format",
	.group = "Namespaces and media",
	.brief = "Format a namespace: block size, metadata, protection information; destroys its data",
	.desc = "Sends Format NVM. All data of the namespace is gone afterwards as far as reading goes; without --ses "
		"they may stay on the media, where whoever has the means finds them. 'erase' is the command for a drive "
		"that leaves the house.\n\n"
		"The format is named by its index (--lbaf) or by the size of a block and of its metadata; of several with "
		"these sizes the one with the best relative performance is taken. Where none is named, the namespace keeps "
		"the one that it has, with its metadata and protection information. Where one is named, there is no protection "
		"information unless --pi says so.\n\n"
		"Some drives format, or erase, all namespaces if one is named (id-ctrl, fna). Then --namespace-id=all has to "
		"be given, or nothing is done. Drives that do not take that number get a command for each namespace.\n\n"
		"The command waits for the drive, for 10 minutes unless --timeout says otherwise: the kernel's minute is too "
		"short for many a drive, and a controller that does not answer in time is reset.",
	.examples = "nvmekit format nvme0n1 --dry-run\n  See which drive that is, and what would be sent.\n"
		    "nvmekit format nvme0n1 --block-size=4096\n  Blocks of 4096 bytes.\n"
		    "nvmekit format nvme0n1 --ses=crypto\n  Keep the format, delete the encryption key.\n",
	.target = T_NS,
	.flags = C_GATED | C_ALTERS,
	OPTS(format_args, format_opts),
	.timeout_ms = FORMAT_TIMEOUT_MS,
	.out = &spec_format,
	.run = run_format,
};
