/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What format, sanitize, self-test, wait and erase share. */
#ifndef NVMEKIT_CMD_MEDIA_H
#define NVMEKIT_CMD_MEDIA_H

#include "cmd/common.h"

#define FORMAT_TIMEOUT_MS (10 * 60 * 1000u) /* Format NVM completes when the format is done */
#define LID_EFFECTS	  0x05
#define LID_SELF_TEST	  0x06
#define LID_SANITIZE	  0x81

/* Opcodes of Admin commands: Base 2.1, figure of the Admin opcodes; 8Ch is newer. */
enum { OP_SELF_TEST = 0x14, OP_FORMAT = 0x80, OP_SANITIZE = 0x84, OP_SANITIZE_NS = 0x8c };

struct nsid_list {
	uint32_t *v;
	size_t n;
};

/* Namespaces by NSID: cns 02h active (attached to this controller), 10h allocated. */
int media_nsids(struct ctx *ctx, uint8_t cns, struct nsid_list *list);
/* 0, or XC_USAGE: the namespace is none of those; nothing is sent that the drive would remember as an error. */
int media_attached(struct ctx *ctx, uint32_t nsid);
/* "nvme0n1, nvme0n2", for sentences; one without a node as "NSID 3". */
const char *media_names(struct ctx *ctx, const struct nsid_list *list);
/* The NVM subsystem of ctx->dev with its namespaces, or NULL (which is no error). */
struct topo_subsys;
const struct topo_subsys *media_subsys(struct ctx *ctx);
/* The command line that watches again what goes on in the drive: wait DEVICE --for=operation. */
const char *media_resume(struct ctx *ctx, const char *operation);
/* "a", "a and b", "a, b and c" of those names whose bit in 'set' is set. */
const char *media_list(struct ctx *ctx, const char *const *names, size_t n, unsigned set);

/* --- format_choice.c --- */

/* The command as options word it, and what came of them. */
struct format_wish {
	struct opt_u32 lbaf, pi, pil, ms, metadata_size;
	struct opt_u64 block_size;
	uint8_t ses;
};
struct format_choice {
	uint32_t lbaf, block, metadata;
	uint8_t pit, ses;
	bool first, extended;
};
/* Dword 10: Base 2.1, section 5.1.10. */
uint32_t format_cdw10(const struct format_choice *f);
/*
 * What is meant for the namespace whose Identify data is 'id'. XC_USAGE: no such format, or one that does not go
 * together; XC_UNSUPPORTED: the drive lacks it. 'name' is the namespace for sentences.
 */
int format_settle(struct ctx *ctx, const struct format_wish *w, uint32_t nsid, const struct val *id,
		  const char *name, struct format_choice *out);
/* The index of the format in use; dflt where 'id' does not say. */
uint64_t format_now(const struct val *id, uint64_t dflt);
/* OACS and, for ses, FNA. */
int format_possible(struct ctx *ctx, const struct val *ctrl, uint8_t ses);
extern const struct name format_ses_names[3];

/* The NSIDs that one format is sent for, and how far it reaches. */
struct format_scope {
	struct nsid_list send; /* FFFFFFFFh, one namespace, or one after the other */
	struct nsid_list hit;  /* whose data it destroys, as far as this controller knows */
	uint8_t reach;	       /* enum reach */
};
/* nsid NSID_ALL: all. A drive that formats all of them with one (FNA): a usage error unless all are meant. */
int format_scope(struct ctx *ctx, const struct val *ctrl, uint8_t ses, uint32_t nsid, struct format_scope *s);

/* --- sanitize_wait.c --- */

enum { SAN_EXIT_FAILURE = 1, SAN_BLOCK, SAN_OVERWRITE, SAN_CRYPTO, SAN_EXIT_VERIFICATION };
enum { SSTAT_NEVER, SSTAT_SUCCESS, SSTAT_RUNNING, SSTAT_FAILED, SSTAT_DEALLOCATED };

/* Methods by bit 1 << SAN_..., of SANICAP. */
unsigned sanitize_methods(const struct val *ctrl);
/*
 * There is no capability bit for Sanitize Namespace; where the drive has an effects log, that lists it: 1 it has the
 * command, 0 it has not, -1 nobody knows.
 */
int sanitize_ns_known(struct ctx *ctx, const struct val *ctrl);
/* "block erase" */
const char *sanitize_word(unsigned sanact);
/* The log page, of the whole subsystem (NSID_ALL) or of a namespace; without SSTAT it is XC_DATA. */
int sanitize_read(struct ctx *ctx, uint32_t nsid, const struct val **log);
/* Seconds that the drive estimates for the command in dword 10; 0: it does not say. */
uint64_t sanitize_estimate(const struct val *log, uint32_t cdw10);
/* Watches until SSTAT says that it is over, or media verification waits for somebody; the last log. */
int sanitize_wait(struct ctx *ctx, uint32_t nsid, uint64_t limit_ms, const char *what, uint64_t estimate_s,
		  const struct val **log);
/* 0, or XC_STATUS: failed, or nothing was ever sanitized. */
int sanitize_verdict(struct ctx *ctx, const char *what, const struct val *log);
/* Adds what to do where the drive refuses as it is being sanitized, or that failed; rc of the command, which it returns. */
int sanitize_hint(struct ctx *ctx, int rc);
/* "in-progress", "restricted-failure", ... */
const char *sanitize_status(const struct val *log);
const char *sanitize_state(const struct val *log);

/* --- selftest_wait.c --- */

/* Watches until no test runs any more; the last log. */
int self_test_wait(struct ctx *ctx, uint64_t limit_ms, const char *what, uint64_t estimate_s, const struct val **log);
/* Members of the newest result into 'out', and the verdict: XC_HEALTH unless it was passed; code 0: any test. */
int self_test_result(struct ctx *ctx, const struct val *log, unsigned code, struct val *out);
/* Seconds that an extended test is said to take. */
uint64_t self_test_estimate(const struct val *ctrl, unsigned code);
/* The rows that self_test_result fills. */
#define SELF_TEST_RESULT_ROWS                                                                                      \
	{ "test", "Kind of test", .kind = K_TEXT, .flags = F_OPTIONAL },                                           \
	{ "result", "Result", .kind = K_TEXT, .flags = F_OPTIONAL },                                               \
	{ "segment", "First segment that failed", .len = 8, .kind = K_UINT, .flags = F_OPTIONAL },                 \
	{ "failing_nsid", "Namespace with the failure", .len = 32, .kind = K_UINT, .flags = F_OPTIONAL },          \
	{ "failing_lba", "First block that failed", .len = 64, .kind = K_UINT, .flags = F_OPTIONAL },              \
	{ "failing_status", "Status that it failed with", .len = 16, .kind = K_UINT, .show = SHOW_STATUS,          \
	  .flags = F_OPTIONAL },                                                                                   \
	{ "power_on_hours", "Power-on hours at the result", .len = 64, .kind = K_UINT, .flags = F_OPTIONAL }

#endif
