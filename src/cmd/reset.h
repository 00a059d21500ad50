/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Resets, and waiting until the controller is back: Base 2.1, section 3.7. */
#ifndef NVMEKIT_CMD_RESET_H
#define NVMEKIT_CMD_RESET_H

#include "cmd/common.h"

struct req reset_req(bool subsystem);
/*
 * Whether the drive can do an NVM Subsystem Reset, as far as that can be found out without one: CAP.NSSRS (section
 * 3.1.4.1), where the registers can be read. false: it says that it cannot.
 */
bool reset_subsystem_possible(struct ctx *ctx);
/*
 * Sends a reset that the gate has let through, and waits until the controller (of a subsystem reset: every one that was
 * live) is live again and answers Identify; *ms gets how long that took. 0, or the error recorded: XC_UNSUPPORTED,
 * XC_TIMEOUT with a hint, what the kernel said. Nothing happens in a dry run.
 */
int reset_and_wait(struct ctx *ctx, bool subsystem, uint64_t *ms);
/* Firmware revision from Identify Controller, asked for anew; NULL: no answer, and no error recorded. */
const char *reset_revision(struct ctx *ctx);
/* How long is waited for something of this kind: --timeout, or that much. */
uint64_t reset_limit_ms(const struct ctx *ctx, uint64_t dflt);

#endif
