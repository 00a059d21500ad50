/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the Sanitize Status log page says, and waiting for it: Base 2.1, sections 5.1.12.1.33 and 8.1.24. */
#include <errno.h>
#include <inttypes.h>

#include "cmd/media.h"
#include "dev/watch.h"

#define STATE_VERIFICATION 5 /* Media Verification: the drive waits for the host */

unsigned sanitize_methods(const struct val *ctrl)
{
	return (unsigned)val_u64(ctrl, "sanicap.bes", 0) << SAN_BLOCK |
	       (unsigned)val_u64(ctrl, "sanicap.ows", 0) << SAN_OVERWRITE |
	       (unsigned)val_u64(ctrl, "sanicap.ces", 0) << SAN_CRYPTO;
}

int sanitize_ns_known(struct ctx *ctx, const struct val *ctrl)
{
	struct error was = ctx->error;
	const struct val *log, *acs;

	if (val_u64(ctrl, "sanicap.nvers", 0))
		return 1;
	if (!val_u64(ctrl, "lpa.cses", 0))
		return -1;
	if (cmd_read_log(ctx, LID_EFFECTS, NSID_ALL, &log)) {
		ctx->error = was;
		return -1;
	}
	acs = val_get(log, "acs");
	for (const struct val *it = acs ? acs->c.first : NULL; it; it = it->next) {
		if (val_u64(it, "opcode", 0) == OP_SANITIZE_NS)
			return val_u64(it, "csupp", 0) ? 1 : 0;
	}
	return 0;
}

const char *sanitize_word(unsigned sanact)
{
	static const char *const words[] = { "nothing",	     "exit from failure mode",
					     "block erase",  "overwrite",
					     "crypto erase", "exit from media verification" };

	return words[sanact < NELEMS(words) ? sanact : 0];
}

int sanitize_read(struct ctx *ctx, uint32_t nsid, const struct val **log)
{
	int rc = cmd_read_log(ctx, LID_SANITIZE, nsid, log);

	if (rc)
		return rc;
	if (!val_get(*log, "sstat"))
		return fail(ctx, XC_DATA, EBADMSG,
			    "the Sanitize Status log page of %s ends before the status", ctx->dev->path);
	return 0;
}

static const char *word_at(const struct val *log, const char *path, const char *dflt)
{
	const struct val *v = val_path(log, path);
	const struct name *n = v && v->field ? field_name_of(v->field, v->u) : NULL;

	return n ? n->key : dflt;
}

const char *sanitize_status(const struct val *log)
{
	return word_at(log, "sstat.status", "unknown");
}

const char *sanitize_state(const struct val *log)
{
	return word_at(log, "sanitize_state_information.sanitize_state", "unknown");
}

uint64_t sanitize_estimate(const struct val *log, uint32_t cdw10)
{
	static const char *const keys[][2] = {
		[SAN_BLOCK] = { "time_block_erase", "time_block_erase_no_dealloc" },
		[SAN_OVERWRITE] = { "time_over_write", "time_over_write_no_dealloc" },
		[SAN_CRYPTO] = { "time_crypto_erase", "time_crypto_erase_no_dealloc" },
		[SAN_EXIT_VERIFICATION] = { "time_post_verification_dealloc",
					    "time_post_verification_dealloc" },
	};
	unsigned sanact = cdw10 & 7, keep = cdw10 >> 9 & 1;
	uint64_t s;

	if (sanact >= NELEMS(keys) || !keys[sanact][0])
		return 0;
	s = val_u64(log, keys[sanact][keep], UINT32_MAX);
	/* Before 1.4 the page has no times of their own for No-Deallocate: they are zero. */
	if (keep && (!s || s == UINT32_MAX))
		s = val_u64(log, keys[sanact][0], UINT32_MAX);
	return s == UINT32_MAX ? 0 : s;
}

struct look {
	uint32_t nsid;
	const struct val *log;
};

/* SSTAT alone says whether it runs: SPROG and the state are 0 on many a drive that is busy. */
static int poll_sanitize(struct ctx *ctx, void *arg, struct progress *p)
{
	struct look *l = arg;
	int rc = sanitize_read(ctx, l->nsid, &l->log);
	uint64_t state, part;

	if (rc)
		return rc;
	state = val_u64(l->log, "sanitize_state_information.sanitize_state", 0);
	part = val_u64(l->log, "sprog", 0xffff);
	p->done = val_u64(l->log, "sstat.status", 0) != SSTAT_RUNNING || state == STATE_VERIFICATION;
	p->phase = state ? sanitize_state(l->log) : NULL;
	if (p->done || part != 0xffff) {
		p->whole = 65536;
		p->part = p->done ? p->whole : (uint32_t)part;
	}
	return 0;
}

int sanitize_wait(struct ctx *ctx, uint32_t nsid, uint64_t limit_ms, const char *what, uint64_t estimate_s,
		  const struct val **log)
{
	struct look l = { .nsid = nsid };
	struct watch w = {
		.what = what,
		.resume = media_resume(ctx, nsid == NSID_ALL ? "sanitize" : "sanitize-ns"),
		.limit_ms = limit_ms,
		.estimate_s = estimate_s,
		.poll = poll_sanitize,
		.arg = &l,
	};
	int rc = dev_watch(ctx, &w);

	*log = l.log;
	return rc;
}

int sanitize_verdict(struct ctx *ctx, const char *what, const struct val *log)
{
	uint64_t status = val_u64(log, "sstat.status", SSTAT_NEVER);
	bool restricted = !val_u64(log, "cdw10_info.ause", 0);
	int rc;

	switch (status) {
	case SSTAT_SUCCESS:
	case SSTAT_DEALLOCATED:
		return 0;
	case SSTAT_RUNNING: /* media verification */
		return 0;
	case SSTAT_FAILED:
		rc = fail(ctx, XC_STATUS, EIO,
			  "%s failed: %s says so (sanitize status 3%s%s); data may be left on it", what,
			  ctx->dev->path, val_get(log, "sanitize_state_information") ? ", state " : "",
			  val_get(log, "sanitize_state_information") ? sanitize_state(log) : "");
		return fail_hint(ctx, rc,
				 restricted ? "the drive takes no other commands until a sanitize operation "
					      "succeeds: start one again"
					    : "start it again, or leave the failure mode as it is with "
					      "--sanact=exit-failure");
	case SSTAT_NEVER:
		return fail(ctx, XC_STATUS, ENODATA, "%s says that nothing was ever sanitized",
			    ctx->dev->path);
	default:
		return fail(ctx, XC_DATA, EBADMSG,
			    "%s: %s answers with the sanitize status %" PRIu64 ", which there is not", what,
			    ctx->dev->path, status);
	}
}

int sanitize_hint(struct ctx *ctx, int rc)
{
	if (rc <= 0 || STATUS_SCT(rc))
		return rc;
	switch (STATUS_SC(rc)) {
	case 0x1d:
		return fail_hint(ctx, rc, "'%s' watches the operation that is under way",
				 media_resume(ctx, "sanitize"));
	case 0x2c:
		return fail_hint(ctx, rc, "'%s' watches the operation that is under way",
				 media_resume(ctx, "sanitize-ns"));
	case 0x1c:
	case 0x2b:
		return fail_hint(ctx, rc,
				 "the last sanitize operation failed: only another one ends that, or "
				 "--sanact=exit-failure where it "
				 "was started with --ause");
	default:
		return rc;
	}
}
