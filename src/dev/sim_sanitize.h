/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A sanitize operation of the model, between its state (sim_sanitize.c) and its commands (sim_sanitize_cmd.c). */
#ifndef NVMEKIT_DEV_SIM_SANITIZE_H
#define NVMEKIT_DEV_SIM_SANITIZE_H

#include "dev/sim_model.h"

/* Sanitize Action: Base 2.1, section 5.1.22. */
enum { EXIT_FAILURE_MODE = 1, BLOCK_ERASE, OVERWRITE, CRYPTO_ERASE, EXIT_VERIFICATION };

/* Sanitize State, as the log page has it: sections 5.1.12.1.33 and 8.1.24. */
enum {
	SAN_IDLE,
	SAN_RESTRICTED,
	SAN_RESTRICTED_FAILURE,
	SAN_UNRESTRICTED,
	SAN_UNRESTRICTED_FAILURE,
	SAN_VERIFICATION,
	SAN_DEALLOCATION,
};

/* SSTAT bits 2:0 */
enum { SAN_NEVER, SAN_SUCCESS, SAN_RUNNING, SAN_FAILED, SAN_SUCCESS_DEALLOCATED };

/* What is sanitized: the NVM subsystem (ns NULL) or one namespace; node is where the model keeps its state. */
struct san_target {
	struct val *node;
	struct image_ns *ns;
};

struct san_op {
	uint64_t state, start, took, cdw10, cdw11, status, passes, erased, canceled, failed_in;
	bool still; /* as a page was recorded: it does not move */
};

static inline unsigned san_action(uint64_t cdw10)
{
	return cdw10 & 7;
}

static inline bool san_ause(uint64_t cdw10)
{
	return cdw10 >> 3 & 1;
}

static inline unsigned san_passes(uint64_t cdw10)
{
	unsigned n = cdw10 >> 4 & 0xf;

	return n ? n : 16;
}

static inline bool san_ndas(uint64_t cdw10)
{
	return cdw10 >> 9 & 1;
}

static inline bool san_emvs(uint64_t cdw10)
{
	return cdw10 >> 10 & 1;
}

struct san_target san_whole(const struct sim_cmd *c);
struct san_target san_one(struct image_ns *ns);
/* false: never sanitized, as far as anybody knows. */
bool san_load(struct sim_cmd *c, const struct san_target *t, struct san_op *o);
void san_store(struct sim_cmd *c, const struct san_target *t, const struct san_op *o);
bool san_running(const struct san_op *o);
bool san_has_failed(const struct san_op *o);
/* How many namespaces are being sanitized or have failed, so that nobody else has to look at all of them. */
uint64_t san_concerned(const struct sim_cmd *c);
/* Out of the verification state, or past it. */
void san_deallocate(struct sim_cmd *c, struct san_op *o);
uint64_t san_duration(const struct sim_cmd *c, uint64_t cdw10);
/* A new operation takes back what was said of the last one. */
void san_untell(struct sim_cmd *c);
/* Whether this controller has the command for one namespace. */
bool san_namespaces(struct sim_cmd *c);

#endif
