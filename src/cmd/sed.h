/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Self-encrypting drives: what the commands share. */
#ifndef NVMEKIT_CMD_SED_H
#define NVMEKIT_CMD_SED_H

#include "cmd/secure.h"
#include "dev/opal.h"

/* What Level 0 Discovery says. */
struct sed_state {
	const struct val *discovery; /* decoded */
	const void *bytes;
	size_t len;
	const char *ssc; /* "opal2"; NULL: none that is known */
	bool opal;	 /* of a kind that Linux can work with */
	bool supported, enabled, locked, mbr_enabled, mbr_done, encrypts;
};

/* Asks the drive. XC_UNSUPPORTED where it has no Security Receive, or answers no discovery. */
int sed_discover(struct ctx *ctx, struct sed_state *s);
/* The same for what alters: XC_UNSUPPORTED too where it is no Opal drive. */
int sed_opal(struct ctx *ctx, struct sed_state *s);
/* A request to the kernel's Opal interface. */
struct req sed_request(uint32_t number, void *data, size_t size);
/* Sends it; what the drive refuses is said in TCG's words. 'what' is the beginning of a sentence: "taking ownership". */
int sed_command(struct ctx *ctx, struct req *r, const char *what);
/* Puts what the drive says of its locking now into out; nothing in a dry run. */
int sed_put_state(struct ctx *ctx, struct val *out);
void sed_put(struct ctx *ctx, struct val *out, const struct sed_state *s);

#endif
