/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * sanitize, sanitize-ns, sanitize-log: Base 2.1, sections 5.1.22, 5.1.12.1.33 and 8.1.24; the command for one namespace is
 * newer (Base 2.4, section 5.2.27).
 */
#include <errno.h>
#include <inttypes.h>

#include "cmd/logread.h"
#include "cmd/media.h"
#include "spec/tables.h"

#define FID_SANITIZE_CONFIG 0x17
#define START_TIMEOUT_MS    60000u /* starting it is quick, whatever it takes */

struct sanitize_args {
	struct opt_u32 namespace_id, owpass, ovrpat, wait;
	uint8_t sanact;
	bool no_dealloc, oipbp, ause, emvs;
};

static const struct name sanact_names[] = {
	{ SAN_EXIT_FAILURE, "exit-failure", "Leave the failure mode of an operation that allowed it (--ause)" },
	{ SAN_BLOCK, "start-block-erase", "Erase all blocks of the media" },
	{ SAN_OVERWRITE, "start-overwrite", "Write a pattern to all of the media" },
	{ SAN_CRYPTO, "start-crypto-erase", "Replace the keys with which everything was encrypted" },
	{ SAN_EXIT_VERIFICATION, "exit-media-verification", "Leave media verification, deallocate" },
	{ SAN_BLOCK, "block-erase", "As start-block-erase" },
	{ SAN_OVERWRITE, "overwrite", "As start-overwrite" },
	{ SAN_CRYPTO, "crypto-erase", "As start-crypto-erase" },
};
static const struct name sanact_ns_names[] = {
	{ SAN_EXIT_FAILURE, "exit-failure", "Leave the failure mode of an operation that allowed it (--ause)" },
	{ SAN_CRYPTO, "start-crypto-erase", "Replace the keys with which the namespace was encrypted" },
	{ SAN_EXIT_VERIFICATION, "exit-media-verification", "Leave media verification, deallocate" },
	{ SAN_CRYPTO, "crypto-erase", "As start-crypto-erase" },
};

#define OPT_WAIT                                                                                             \
	OPT(sanitize_args, wait, 'w', "wait", "LIMIT",                                                       \
	    "Wait until it is done, no longer than this; with =0 or alone as long as it takes", .unit = UNIT_MS, \
	    .flags = OF_VALUE_OPTIONAL)
#define OPT_AUSE                                                                                             \
	OPT(sanitize_args, ause, 'u', "ause", NULL, "Allow to leave the failure mode without another operation")
#define OPT_EMVS                                                                                             \
	OPT(sanitize_args, emvs, 'e', "emvs", NULL, "Enter media verification before blocks are deallocated")

static const struct opt sanitize_opts[] = {
	OPT(sanitize_args, sanact, 'a', "sanact", "ACTION", "What to do", VALS(sanact_names),
	    .flags = OF_OPEN_NAMES | OF_REQUIRED, .min = 1, .max = 5),
	OPT_AUSE,
	OPT(sanitize_args, no_dealloc, 'd', "no-dealloc", NULL, "Do not deallocate blocks afterwards"),
	OPT_EMVS,
	OPT(sanitize_args, owpass, 'n', "owpass", "N", "Overwrite: passes (default: 1; 0 and 16: 16)", .max = 16),
	OPT(sanitize_args, oipbp, 'i', "oipbp", NULL, "Overwrite: invert the pattern between passes"),
	OPT(sanitize_args, ovrpat, 'p', "ovrpat", "PATTERN", "Overwrite: pattern of 32 bits (default: 0)"),
	OPT_WAIT,
};

static const struct opt sanitize_ns_opts[] = {
	OPT_NSID(sanitize_args, namespace_id, "Namespace (default: the one that DEVICE names)"),
	OPT(sanitize_args, sanact, 'a', "sanact", "ACTION", "What to do", VALS(sanact_ns_names),
	    .flags = OF_OPEN_NAMES | OF_REQUIRED, .min = 1, .max = 5),
	OPT_AUSE,
	OPT_EMVS,
	OPT_WAIT,
};

static const struct name action_names[] = {
	{ SAN_EXIT_FAILURE, "exit-failure", "Exit Failure Mode" },
	{ SAN_BLOCK, "block-erase", "Block Erase" },
	{ SAN_OVERWRITE, "overwrite", "Overwrite" },
	{ SAN_CRYPTO, "crypto-erase", "Crypto Erase" },
	{ SAN_EXIT_VERIFICATION, "exit-media-verification", "Exit Media Verification State" },
};
static const struct field sanitize_rows[] = {
	{ "sanact", "Sanitize Action", .len = 3, .kind = K_ENUM, NAMES(action_names) },
	{ "nsid", "Namespace", .len = 32, .kind = K_UINT, .flags = F_OPTIONAL },
	{ "ause", "Unrestricted exit is allowed", .kind = K_BOOL, .show = SHOW_BOOL },
	{ "status", "\"started\", or with --wait what became of it", .kind = K_TEXT },
	{ "state", "State of the operation, where the drive tells one", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "global_erased", "Nothing was written since", .kind = K_BOOL, .show = SHOW_BOOL, .flags = F_OPTIONAL },
	{ "passes", "Overwrite passes completed", .len = 8, .kind = K_UINT, .flags = F_OPTIONAL },
};
static const struct spec spec_sanitize = { "sanitize", "A sanitize operation", NULL, 0, 1, FIELDS(sanitize_rows) };

static bool starts(unsigned sanact)
{
	return sanact == SAN_BLOCK || sanact == SAN_OVERWRITE || sanact == SAN_CRYPTO;
}

static uint32_t cdw10_of(const struct sanitize_args *a)
{
	uint32_t passes = a->sanact == SAN_OVERWRITE ? (a->owpass.set ? a->owpass.v & 0xf : 1) : 0;

	return a->sanact | (uint32_t)a->ause << 3 | passes << 4 | (uint32_t)a->oipbp << 8 |
	       (uint32_t)a->no_dealloc << 9 | (uint32_t)a->emvs << 10;
}

/* --- contradictions --- */

static int check(struct ctx *ctx, const struct sanitize_args *a)
{
	const char *o = a->oipbp ? "oipbp" : a->owpass.set ? "owpass" : a->ovrpat.set ? "ovrpat" : NULL;
	const char *s = a->no_dealloc ? "no-dealloc" : a->ause ? "ause" : a->emvs ? "emvs" : NULL;

	if (o && a->sanact != SAN_OVERWRITE)
		return fail(ctx, XC_USAGE, 0, "--%s is about an overwrite, and %s is asked for", o,
			    sanitize_word(a->sanact));
	if (s && !starts(a->sanact))
		return fail(ctx, XC_USAGE, 0, "--%s is about an operation that starts, and %s is asked for", s,
			    sanitize_word(a->sanact));
	if (a->no_dealloc && a->emvs)
		return fail(ctx, XC_USAGE, 0,
			    "--no-dealloc and --emvs exclude each other: media verification ends with a deallocation");
	if (a->wait.set && a->sanact == SAN_EXIT_FAILURE)
		return fail(ctx, XC_USAGE, 0, "there is nothing to wait for after an exit from failure mode");
	return 0;
}

/* --- capabilities: SANICAP --- */

static int lacks(struct ctx *ctx, unsigned sanact, unsigned bit, unsigned methods)
{
	static const char *const words[] = { "", "", "block-erase", "overwrite", "crypto-erase" };
	int rc = fail(ctx, XC_UNSUPPORTED, 0, "%s cannot sanitize by %s (SANICAP bit %u is clear)", ctx->dev->path,
		      sanitize_word(sanact), bit);

	return methods ? fail_hint(ctx, rc, "it can by %s", media_list(ctx, words, NELEMS(words), methods)) : rc;
}

static int no_sanitize(struct ctx *ctx, const struct val *ctrl)
{
	int rc = fail(ctx, XC_UNSUPPORTED, 0, "%s has no Sanitize command (SANICAP is 0)", ctx->dev->path);

	if (!val_u64(ctrl, "oacs.fnvms", 0))
		return rc;
	return fail_hint(ctx, rc, "'nvmekit format --ses=%s' is possible",
			 val_u64(ctrl, "fna.cryes", 0) ? "crypto" : "user-data");
}

/* Sanitize Config, No-Deallocate Response Mode: Base 2.1, section 5.1.25.1.13. false: nobody knows. */
static bool response_mode(struct ctx *ctx, bool *warns)
{
	struct req r = { .opcode = ADM_GET_FEATURES, .cdw10 = FID_SANITIZE_CONFIG };

	if (dev_submit(ctx->dev, &r))
		return false;
	*warns = r.result & 1;
	return true;
}

static int check_no_dealloc(struct ctx *ctx, const struct val *ctrl)
{
	bool warns = false;

	if (!val_u64(ctrl, "sanicap.ndi", 0))
		return 0;
	if (response_mode(ctx, &warns) && !warns)
		return fail(ctx, XC_UNSUPPORTED, 0,
			    "%s always deallocates (SANICAP bit 29), and is set up to refuse --no-dealloc (feature 17h)",
			    ctx->dev->path);
	warn_user(ctx, "%s always deallocates (SANICAP bit 29), whatever --no-dealloc says", ctx->dev->path);
	return 0;
}

static int check_drive(struct ctx *ctx, const struct sanitize_args *a, const struct val *ctrl)
{
	static const unsigned bits[] = { [SAN_CRYPTO] = 0, [SAN_BLOCK] = 1, [SAN_OVERWRITE] = 2 };
	unsigned methods = sanitize_methods(ctrl);

	if (!val_u64(ctrl, "sanicap", 0))
		return no_sanitize(ctx, ctrl);
	if (starts(a->sanact) && !(methods >> a->sanact & 1))
		return lacks(ctx, a->sanact, bits[a->sanact], methods);
	if ((a->emvs || a->sanact == SAN_EXIT_VERIFICATION) && !val_u64(ctrl, "sanicap.vers", 0))
		return fail(ctx, XC_UNSUPPORTED, 0, "%s has no media verification (SANICAP bit 3 is clear)", ctx->dev->path);
	return a->no_dealloc ? check_no_dealloc(ctx, ctrl) : 0;
}

static int check_ns(struct ctx *ctx, const struct sanitize_args *a, const struct val *ctrl)
{
	int rc;

	if ((a->emvs || a->sanact == SAN_EXIT_VERIFICATION) && !val_u64(ctrl, "sanicap.nvers", 0))
		return fail(ctx, XC_UNSUPPORTED, 0, "%s has no media verification of namespaces (SANICAP bit 4 is clear)",
			    ctx->dev->path);
	if (sanitize_ns_known(ctx, ctrl))
		return 0;
	rc = fail(ctx, XC_UNSUPPORTED, 0, "%s has no Sanitize Namespace command (its effects log does not list 8Ch)",
		  ctx->dev->path);
	if (!val_u64(ctrl, "oacs.fnvms", 0) || !val_u64(ctrl, "fna.cryes", 0))
		return rc;
	return fail_hint(ctx, rc, "'nvmekit format --ses=crypto' is possible");
}

/* --- doing it --- */

static void answer_log(struct ctx *ctx, const struct sanitize_args *a, const struct val *log, struct val *out)
{
	struct arena *ar = ctx->arena;

	val_put_str(ar, out, "status", sanitize_status(log));
	if (val_u64(log, "sanitize_state_information", 0) || val_u64(log, "sstat.status", 0) == SSTAT_RUNNING)
		val_put_str(ar, out, "state", sanitize_state(log));
	val_put_bool(ar, out, "global_erased", val_u64(log, "sstat.global_erased", 0));
	if (a->sanact == SAN_OVERWRITE)
		val_put_u64(ar, out, "passes", val_u64(log, "sstat.no_cmplted_passes", 0));
}

static int wait_for_it(struct ctx *ctx, const struct sanitize_args *a, const struct req *r, uint64_t estimate_s,
		       struct val *out)
{
	uint32_t nsid = r->opcode == OP_SANITIZE ? NSID_ALL : r->nsid;
	const char *what = arena_printf(ctx->arena, "Sanitize%s (%s)", nsid == NSID_ALL ? "" : " Namespace",
					sanitize_word(a->sanact));
	const struct val *log = NULL;
	int rc = sanitize_wait(ctx, nsid, a->wait.v, what, estimate_s, &log);

	if (rc || ctx->g.dry_run)
		return rc;
	rc = sanitize_verdict(ctx, what, log);
	if (!rc)
		answer_log(ctx, a, log, out);
	return rc;
}

static int carry_out(struct ctx *ctx, const struct sanitize_args *a, struct req *r, struct val *out)
{
	static const char *const deallocates[] = {
		"Blocks are not deallocated afterwards; the drive modifies the media once more for that", NULL
	};
	bool ns = r->opcode == OP_SANITIZE_NS;
	struct intent in = { .nsid = ns ? r->nsid : 0 };
	const struct val *log = NULL;
	int rc = 0;

	if (starts(a->sanact))
		in.reach = ns ? REACH_NS : REACH_SUBSYS;
	if (a->no_dealloc && val_u64(ctx->id_ctrl, "sanicap.nodmmas", 0) == 2)
		in.notes = deallocates;
	if (a->wait.set)
		rc = sanitize_read(ctx, ns ? r->nsid : NSID_ALL, &log);
	if (!rc)
		rc = cmd_alter(ctx, &in, r, ns ? "Sanitize Namespace" : "Sanitize");
	if (rc)
		return sanitize_hint(ctx, rc);
	val_put_u64(ctx->arena, out, "sanact", a->sanact);
	if (ns)
		val_put_u64(ctx->arena, out, "nsid", r->nsid);
	val_put_bool(ctx->arena, out, "ause", a->ause);
	if (a->wait.set)
		return wait_for_it(ctx, a, r, sanitize_estimate(log, r->cdw10), out);
	val_put_str(ctx->arena, out, "status", starts(a->sanact) ? "started" : "done");
	return 0;
}

static int run_sanitize(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct sanitize_args *a = argp;
	struct req r = { .opcode = OP_SANITIZE, .cdw10 = cdw10_of(a), .cdw11 = a->ovrpat.v, .timeout_ms = 0 };
	const struct val *ctrl;
	int rc = check(ctx, a);

	r.timeout_ms = ctx->g.timeout_ms ? ctx->g.timeout_ms : ctx->cmd->timeout_ms;
	if (!rc)
		rc = cmd_read_ctrl(ctx, &ctrl);
	if (!rc)
		rc = check_drive(ctx, a, ctrl);
	return rc ? rc : carry_out(ctx, a, &r, out);
}

static int run_sanitize_ns(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct sanitize_args *a = argp;
	struct req r = { .opcode = OP_SANITIZE_NS, .cdw10 = cdw10_of(a) };
	const struct val *ctrl;
	int rc = check(ctx, a);

	r.timeout_ms = ctx->g.timeout_ms ? ctx->g.timeout_ms : ctx->cmd->timeout_ms;
	if (!rc && a->sanact != SAN_CRYPTO && starts(a->sanact))
		rc = fail(ctx, XC_USAGE, 0, "one namespace can be sanitized by crypto erase alone");
	if (!rc)
		rc = cmd_nsid(ctx, a->namespace_id, &r.nsid);
	if (!rc && (!r.nsid || r.nsid == NSID_ALL))
		rc = fail(ctx, XC_USAGE, 0, "--namespace-id: sanitize-ns is about one namespace; 'sanitize' is about all");
	if (!rc)
		rc = media_attached(ctx, r.nsid);
	if (!rc)
		rc = cmd_read_ctrl(ctx, &ctrl);
	if (!rc)
		rc = check_ns(ctx, a, ctrl);
	ctx->nsid = r.nsid;
	return rc ? rc : carry_out(ctx, a, &r, out);
}

#define WAITING                                                                                              \
	"With --wait the command ends when the drive says that it is done; --progress shows how far it is. Whoever stops " \
	"waiting, by Ctrl-C or at the limit, stops nothing: 'nvmekit wait' watches it again. The status in the log page " \
	"decides what became of it: exit code 0 where it succeeded, 5 where it failed, 8 where nobody waits any longer."

const struct cmd cmd_sanitize = {
	.name = "sanitize",
	.group = "Namespaces and media",
	.brief = "Destroy all user data of a drive, in all of its namespaces and caches",
	.desc = "Starts a sanitize operation, or leaves the state that one ended in. It concerns the whole NVM subsystem, "
		"whichever node is named: all namespaces, also those that are attached nowhere, and whatever else the media hold.\n\n"
		"An operation goes on in the drive, through resets and without power, and refuses other commands meanwhile. If it "
		"fails, the drive takes nothing but another operation, unless --ause was given. 'erase' chooses the method, "
		"waits and verifies.\n\n" WAITING,
	.examples = "nvmekit sanitize nvme0 --sanact=crypto-erase --dry-run\n  See what would be destroyed.\n"
		    "nvmekit sanitize nvme0 --sanact=block-erase --wait=2h\n  Start it, and wait for two hours at most.\n",
	.target = T_DEV,
	.flags = C_GATED | C_ALTERS | C_LONG,
	OPTS(sanitize_args, sanitize_opts),
	.timeout_ms = START_TIMEOUT_MS,
	.out = &spec_sanitize,
	.run = run_sanitize,
};

const struct cmd cmd_sanitize_ns = {
	.name = "sanitize-ns",
	.group = "Namespaces and media",
	.brief = "Destroy all user data of one namespace by replacing its key",
	.desc = "Starts a sanitize operation of one namespace, or leaves the state that one ended in. Few drives have the "
		"command; 'format --ses=crypto' does much the same.\n\n" WAITING,
	.examples = "nvmekit sanitize-ns nvme0n1 --sanact=crypto-erase --dry-run\n  See what would be destroyed.\n",
	.target = T_NS,
	.flags = C_GATED | C_ALTERS | C_LONG,
	OPTS(sanitize_args, sanitize_ns_opts),
	.timeout_ms = START_TIMEOUT_MS,
	.out = &spec_sanitize,
	.run = run_sanitize_ns,
};

/* --- sanitize-log --- */

struct log_args_of {
	struct opt_u32 namespace_id;
	bool raw_binary, rae;
};

static int run_log(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct log_args_of *a = argp;
	const struct logpage *page = logpage_by_id(LID_SANITIZE, 0);
	struct log_args l = { .lid = LID_SANITIZE, .nsid = NSID_ALL, .rae = a->rae };
	const void *buf;
	size_t len;
	int rc;

	cmd_raw(ctx, a->raw_binary);
	if (a->namespace_id.set)
		l.nsid = a->namespace_id.v;
	ctx->nsid = l.nsid;
	rc = cmd_needs_page(ctx, page);
	if (!rc)
		rc = log_read(ctx, page, &l, 0, &buf, &len);
	return rc ? rc : cmd_decode(ctx, out, page->spec, buf, len);
}

static const struct opt log_opts[] = {
	OPT_NSID(log_args_of, namespace_id, "Namespace that was sanitized alone (default: the whole subsystem)"),
	OPT(log_args_of, rae, 'r', "rae", NULL, "Retain the asynchronous event that the page is about"),
	OPT_RAW(log_args_of, raw_binary),
};

const struct cmd cmd_sanitize_log = {
	.name = "sanitize-log",
	.alias = "log sanitize",
	.group = "Health and logs",
	.brief = "Show the last sanitize operation and how far it is",
	.desc = "Reads the Sanitize Status log page (81h): progress, status, the command that started the last operation, the "
		"times that the drive estimates, and the state that it is in.\n\n"
		"sstat says whether an operation is under way and what became of it. sprog counts to 65536; 65535 stands where "
		"nothing is under way.",
	.examples = "nvmekit sanitize-log nvme0\n  Show the last sanitize operation.\n",
	.target = T_DEV,
	.flags = C_BINARY,
	OPTS(log_args_of, log_opts),
	.arg = LID_SANITIZE,
	.out = &spec_log_sanitize,
	.layout = &(const struct layout){ .title = "Sanitize Status of {device}" },
	.run = run_log,
};
