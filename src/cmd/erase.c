/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* erase: chooses a method, carries it out, waits, verifies, and leaves a record. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "cmd/erase.h"
#include "dev/topo.h"

struct erase_args {
	uint8_t method;
	uint32_t limit, verify_samples;
	const char *record;
};

static const struct name method_names[] = {
	{ ERASE_AUTO, "auto", "The best that the drive can" },
	{ ERASE_CRYPTO, "crypto", "Replace the keys: sanitize, or format with crypto erase" },
	{ ERASE_BLOCK, "block", "Erase all blocks: sanitize" },
	{ ERASE_OVERWRITE, "overwrite", "Write zeroes over everything once: sanitize" },
	{ ERASE_USER_DATA, "user-data", "Format with user data erase" },
	{ ERASE_FORMAT, "format", "Format with crypto erase, or with user data erase" },
};

static const struct opt erase_opts[] = {
	OPT(erase_args, method, 'm', "method", "METHOD", "How to erase", VALS(method_names), .def = "auto"),
	OPT(erase_args, limit, 0, "limit", "TIME", "Wait for a sanitize operation no longer than this; 0: as long as it takes",
	    .unit = UNIT_MS),
	OPT(erase_args, verify_samples, 0, "verify-samples", "N",
	    "Places of each namespace that are read before and after; 0: none", .max = 4096, .def = "16"),
	OPT(erase_args, record, 0, "record", "FILE",
	    "Write what was done to this new file: JSON with -o json or a name that ends in .json, otherwise text",
	    .complete = COMP_FILE),
};

#define COUNT(k, t)                                                                                          \
	{                                                                                                    \
		k, t, .len = 32, .kind = K_UINT, .flags = F_OPTIONAL                                         \
	}
static const struct field erase_ns_rows[] = {
	{ "name", "Node, where there is one", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "nsid", "Namespace", .len = 32, .kind = K_UINT },
	{ "size", "Size", .len = 64, .kind = K_UINT, .show = SHOW_SI, .scale = 1, .unit = "bytes", .flags = F_OPTIONAL },
	{ "verification", "passed, failed, blank (there was nothing to see before), undecided or skipped", .kind = K_TEXT },
	{ "why", "Why it could not be looked at", .kind = K_TEXT, .flags = F_OPTIONAL },
	COUNT("samples", "Places that were read"),
	COUNT("changed", "of these: they differ from before"),
	COUNT("unchanged", "they hold what they held"),
	COUNT("was_blank", "they were and are blank"),
	COUNT("unreadable", "they could not be read, before or after"),
	COUNT("reads_deallocated", "they read as deallocated blocks do"),
};
static const struct field erase_rows[] = {
	{ "tool", "What erased it", .kind = K_TEXT },
	{ "system", "Simulated system on which that was", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "device", "Node that was named", .kind = K_TEXT },
	{ "model", "Model", .kind = K_TEXT },
	{ "serial", "Serial number", .kind = K_TEXT },
	{ "firmware", "Firmware revision", .kind = K_TEXT },
	{ "nqn", "NVM subsystem qualified name", .kind = K_TEXT },
	{ "capacity", "NVM capacity of the drive; 0: not reported", .len = 64, .kind = K_UINT, .show = SHOW_SI,
	  .scale = 1, .unit = "bytes" },
	{ "scope", "drive or namespace", .kind = K_TEXT },
	{ "method", "How it was erased", .kind = K_TEXT },
	{ "reason", "Why that way", .kind = K_TEXT },
	{ "start", "When it began, UTC", .kind = K_TEXT },
	{ "end", "When it ended, UTC", .kind = K_TEXT },
	{ "duration_ms", "How long it took", .len = 64, .kind = K_UINT, .unit = "milliseconds" },
	{ "result", "erased, failed, or unfinished where nobody knows", .kind = K_TEXT },
	{ "error", "What went wrong", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "sprog", "Sanitize progress in the log, of 65536", .len = 16, .kind = K_UINT, .flags = F_OPTIONAL },
	{ "sstat", "Sanitize status in the log", .len = 16, .kind = K_UINT, .show = SHOW_HEX, .flags = F_OPTIONAL },
	{ "scdw10", "Command in the log, dword 10", .len = 32, .kind = K_UINT, .show = SHOW_HEX, .flags = F_OPTIONAL },
	{ "status", "The same status in words", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "state", "Sanitize state in the log", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "global_erased", "Nothing was written since", .kind = K_BOOL, .show = SHOW_BOOL, .flags = F_OPTIONAL },
	{ "verification", "passed, failed, undecided, skipped, or not-reached", .kind = K_TEXT },
	{ "namespaces", "What was looked at", ARRAY_OF(erase_ns_rows) },
};
static const struct spec spec_erase = { "erase", "An erasure", NULL, 0, 1, FIELDS(erase_rows) };

struct job {
	const struct erase_args *args;
	const struct val *ctrl;
	struct erase_plan plan;
	struct samples *samples;
	struct record record;
	const struct val *log;
};

/* RFC 3339 */
static const char *utc(struct ctx *ctx)
{
	time_t t = time(NULL);
	struct tm tm;
	char buf[32] = "";

	if (gmtime_r(&t, &tm))
		(void)strftime(buf, sizeof(buf), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return arena_strdup(ctx->arena, buf);
}

/* As evidence it is read by others: nothing but printable ASCII. */
static const char *plain(struct ctx *ctx, const struct val *id, const char *key)
{
	char *s = arena_strdup(ctx->arena, val_str(ctx->arena, id, key));

	for (char *c = s; *c; c++)
		*c = (unsigned char)*c < 0x20 || (unsigned char)*c > 0x7e ? '?' : *c;
	return s;
}

static void describe(struct ctx *ctx, const struct job *j, struct val *out)
{
	const struct val *cap = val_get(j->ctrl, "tnvmcap");
	struct arena *a = ctx->arena;

	val_put_str(a, out, "tool", "nvmekit " PACKAGE_VERSION);
	if (ctx->g.system)
		val_put_str(a, out, "system", ctx->g.system);
	val_put_str(a, out, "device", ctx->dev->path);
	val_put_str(a, out, "model", plain(ctx, j->ctrl, "mn"));
	val_put_str(a, out, "serial", plain(ctx, j->ctrl, "sn"));
	val_put_str(a, out, "firmware", plain(ctx, j->ctrl, "fr"));
	val_put_str(a, out, "nqn", plain(ctx, j->ctrl, "subnqn"));
	val_put_u64(a, out, "capacity", cap ? (uint64_t)val_wide(cap) : 0);
	val_put_str(a, out, "scope", j->plan.nsid == NSID_ALL ? "drive" : "namespace");
	val_put_str(a, out, "method", j->plan.method);
	val_put_str(a, out, "reason", j->plan.reason);
}

/* --- carrying it out --- */

static int sanitize(struct ctx *ctx, struct job *j)
{
	struct erase_plan *p = &j->plan;
	uint32_t nsid = p->way == BY_SANITIZE ? NSID_ALL : p->nsid;
	const char *what = arena_printf(ctx->arena, "Sanitize%s (%s)", p->way == BY_SANITIZE ? "" : " Namespace",
					sanitize_word(p->sanact));
	const struct val *before;
	int rc = sanitize_read(ctx, nsid, &before);

	if (!rc)
		rc = sanitize_hint(ctx, dev_command(ctx->dev, p->reqs, p->way == BY_SANITIZE ? "Sanitize"
												: "Sanitize Namespace"));
	if (!rc)
		rc = sanitize_wait(ctx, nsid, j->args->limit, what, sanitize_estimate(before, p->reqs->cdw10), &j->log);
	if (!rc)
		rc = sanitize_verdict(ctx, what, j->log);
	/* The page is about the last operation: it has to be this one. */
	if (!rc && val_u64(j->log, "cdw10_info", 0) != p->reqs->cdw10)
		rc = fail(ctx, XC_DATA, EBADMSG, "%s: the log of %s is about another operation (dword 10 %08" PRIx64
			  "h, not %08" PRIx32 "h)", what, ctx->dev->path, val_u64(j->log, "cdw10_info", 0),
			  p->reqs->cdw10);
	return rc;
}

static int format(struct ctx *ctx, const struct job *j)
{
	for (size_t i = 0; i < j->plan.nreqs; i++) {
		struct req *r = &j->plan.reqs[i];
		struct nsid_list one = { &r->nsid, 1 };
		int rc = dev_command(ctx->dev, r, arena_printf(ctx->arena, "Format NVM of %s (%zu of %zu)",
							       media_names(ctx, &one), i + 1, j->plan.nreqs));

		if (rc && ctx->error.code == XC_TIMEOUT)
			fail_hint(ctx, rc, "it had %" PRIu32 " s (--timeout=TIME gives more); whether it goes on in the drive is "
				  "not known", r->timeout_ms / 1000);
		if (rc)
			return rc;
	}
	return 0;
}

/* --- what came of it --- */

static void put_log(struct ctx *ctx, const struct val *log, struct val *out)
{
	struct arena *a = ctx->arena;

	val_put_u64(a, out, "sprog", val_u64(log, "sprog", 0));
	val_put_u64(a, out, "sstat", val_u64(log, "sstat", 0));
	val_put_u64(a, out, "scdw10", val_u64(log, "cdw10_info", 0));
	val_put_str(a, out, "status", sanitize_status(log));
	val_put_str(a, out, "state", sanitize_state(log));
	val_put_bool(a, out, "global_erased", val_u64(log, "sstat.global_erased", 0));
}

/* The drive has said that it is done; what the media say decides. */
static int verify(struct ctx *ctx, struct job *j, struct val *out)
{
	struct val *list = val_new(ctx->arena, VAL_ARR);
	const char *verdict = samples_after(ctx, j->samples, list);
	int rc = 0;

	if (strcmp(verdict, "failed") == 0)
		rc = fail(ctx, XC_HEALTH, EIO, "%s says that it is erased, and still holds what it held before in places",
			  ctx->dev->path);
	else if (strcmp(verdict, "undecided") == 0)
		warn_user(ctx, "%s says that it is erased; reading it back shows neither that it is nor that it is not",
			  ctx->dev->path);
	val_put_str(ctx->arena, out, "result", rc ? "failed" : "erased");
	if (rc)
		val_put_str(ctx->arena, out, "error", ctx->error.message);
	if (j->log)
		put_log(ctx, j->log, out);
	val_put_str(ctx->arena, out, "verification", verdict);
	val_add(out, "namespaces", list);
	return rc;
}

static void gave_up(struct ctx *ctx, const struct job *j, struct val *out)
{
	bool open = ctx->error.code == XC_TIMEOUT || ctx->error.code == XC_NODEV;

	val_put_str(ctx->arena, out, "result", open ? "unfinished" : "failed");
	val_put_str(ctx->arena, out, "error", ctx->error.message ? ctx->error.message : "unknown");
	if (j->log)
		put_log(ctx, j->log, out);
	val_put_str(ctx->arena, out, "verification", "not-reached");
	val_put_arr(ctx->arena, out, "namespaces");
}

static int keep_record(struct ctx *ctx, struct job *j, const struct val *out, int rc)
{
	int written = record_write(ctx, &j->record, out);

	if (!written)
		return rc;
	warn_user(ctx, "the record %s could not be written: %s", j->record.path, strerror(-written));
	ctx->verdict = XC_INTERNAL;
	return rc;
}

static int carry_out(struct ctx *ctx, struct job *j, struct val *out)
{
	const char *start = utc(ctx), *notes[] = { NULL, NULL };
	struct intent in = { .reqs = j->plan.reqs,
			     .nreqs = j->plan.nreqs,
			     .reach = j->plan.reach,
			     .nsid = j->plan.reach == REACH_NS ? j->plan.nsid : 0,
			     .notes = notes };
	uint64_t from;
	int rc;

	notes[0] = arena_printf(ctx->arena, "Method: %s, as %s", j->plan.method, j->plan.reason);
	rc = gate(ctx, &in);
	if (rc || ctx->g.dry_run) {
		/* Nothing is sent in a dry run; it goes through dev_submit so that the plan has the commands. */
		for (size_t i = 0; !rc && i < j->plan.nreqs; i++)
			rc = dev_command(ctx->dev, &j->plan.reqs[i], j->plan.method);
		record_drop(&j->record);
		return rc;
	}
	samples_before(ctx, &j->plan, j->args->verify_samples, &j->samples);
	from = now_ms();
	rc = j->plan.way == BY_FORMAT ? format(ctx, j) : sanitize(ctx, j);
	describe(ctx, j, out);
	val_put_str(ctx->arena, out, "start", start);
	val_put_str(ctx->arena, out, "end", utc(ctx));
	val_put_u64(ctx->arena, out, "duration_ms", now_ms() - from);
	if (rc)
		gave_up(ctx, j, out);
	else
		rc = verify(ctx, j, out);
	return keep_record(ctx, j, out, rc);
}

static int run_erase(struct ctx *ctx, const void *argp, struct val *out)
{
	struct job j = { .args = argp, .record = { .fd = -1 } };
	int rc = cmd_read_ctrl(ctx, &j.ctrl);

	if (!rc)
		rc = erase_plan(ctx, j.args->method, j.ctrl, &j.plan);
	if (!rc)
		rc = record_open(ctx, j.args->record, &j.record);
	return rc ? rc : carry_out(ctx, &j, out);
}

const struct cmd cmd_erase = {
	.name = "erase",
	.group = "Namespaces and media",
	.brief = "Erase a drive, or one namespace, for good; verify it and leave a record",
	.desc =
		"Reads what the drive can (Sanitize, Format NVM), chooses a method or takes the one that is asked for, carries it "
		"out, waits for the end, and verifies. A controller (nvme0) is the whole drive, with every namespace of its NVM "
		"subsystem; a namespace (nvme0n1) is that namespace alone, and where the drive cannot erase one without the "
		"others, it is an error.\n\n"
		"auto takes the first of these that the drive has: for a drive sanitize by crypto erase, by block erase, by "
		"overwrite, format with crypto erase, format with user data erase; for a namespace sanitize-ns, format with crypto "
		"erase, format with user data erase. Formats stay as they are.\n\n"
		"What the drive says of a sanitize operation in its log decides whether it succeeded: the status, not the progress. "
		"Then samples are compared with those that were read before. A place that still holds what it held is a failure. "
		"Where everything was blank before, or cannot be read, the verification is 'undecided', which is not the same as "
		"passed.\n\n"
		"The exit code is 0 where the drive is erased and no sample says otherwise, 5 where the drive failed, 8 where nobody "
		"waits any longer ('nvmekit wait' goes on), 16 where a sample was not erased. The record (--record) says in each case "
		"what was done and what came of it; it is written for its owner alone, and never over another file.",
	.examples = "nvmekit erase nvme0 --dry-run\n  See how it would be done, and what would be destroyed.\n"
		    "nvmekit erase nvme0 --record=nvme0.json\n  Erase the drive and keep the record.\n"
		    "nvmekit erase nvme0n1 --method=crypto\n  Erase one namespace.\n",
	.target = T_DEV,
	.flags = C_GATED | C_ALTERS | C_LONG,
	OPTS(erase_args, erase_opts),
	.timeout_ms = FORMAT_TIMEOUT_MS,
	.out = &spec_erase,
	.run = run_erase,
};
