/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Security Send and Receive, as several commands need them: Base 2.1, sections 5.1.23 and 5.1.24. */
#ifndef NVMEKIT_CMD_SECURE_H
#define NVMEKIT_CMD_SECURE_H

#include "cmd/common.h"
#include "core/secret.h"
#include "spec/security.h"

/* XC_UNSUPPORTED where the controller has no Security Send and Receive (OACS bit 0). */
int secure_supported(struct ctx *ctx);
/* The request for len bytes of buf; send: to the controller. */
struct req secure_request(bool send, uint8_t secp, uint16_t spsp, uint8_t nssf, void *buf, uint32_t len);

/* --- RPMB: Base 2.1, section 8.1.21 (rpmb.c) --- */

struct rpmb {
	struct ctx *ctx;
	unsigned ntargets, target;
	uint64_t sectors; /* of each target, of 512 bytes */
	uint32_t access;  /* sectors that one request may be about */
	struct secret key; /* none: what is answered cannot be verified */
};

struct rpmb_answer {
	uint32_t counter;
	bool expired;
	bool authentic; /* the MAC was verified with the key */
	const uint8_t *data;
	size_t len;
};

/* What Identify Controller says; XC_UNSUPPORTED without any target, XC_USAGE for one that is not there. */
int rpmb_open(struct ctx *ctx, unsigned target, struct rpmb *r);
/*
 * The request as it would be sent, for the gate: message and length are what counts of it. data may be NULL. The frame
 * is in the arena and may hold a key: rpmb_forget() overwrites it.
 */
int rpmb_request(struct rpmb *r, unsigned message, uint32_t counter, uint32_t address, uint32_t sectors,
		 const void *data, size_t len, struct req *req);
void rpmb_forget(struct req *req);
/*
 * One exchange, verified: that the answer is to this request (message, target, nonce, address), that it succeeded,
 * and, where there is a key, that it is authentic. Errors are recorded: XC_STATUS for a result of the RPMB, XC_DATA for
 * an answer that cannot be trusted.
 */
int rpmb_ask(struct rpmb *r, unsigned message, uint32_t address, uint32_t sectors, struct rpmb_answer *a);
/* The same for a request that alters: sends it, asks for the result. 'counter' is what was put into the request. */
int rpmb_alter(struct rpmb *r, struct req *req, unsigned message, uint32_t counter, struct rpmb_answer *a);

/* --- what the commands do (rpmb_act.c) --- */

struct rpmb_args {
	uint8_t target, cmd;
	uint32_t address;
	struct opt_u32 blocks;
	const char *keyfile, *key, *msgfile, *msg;
	bool raw_binary;
};
enum {
	ACT_INFO,
	ACT_PROGRAM_KEY,
	ACT_READ_COUNTER,
	ACT_READ_DATA,
	ACT_WRITE_DATA,
	ACT_READ_CONFIG,
	ACT_WRITE_CONFIG,
};
int rpmb_run(struct ctx *ctx, unsigned action, const struct rpmb_args *args, struct val *out);

#endif
