/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the files of the simulated controller share. */
#ifndef NVMEKIT_DEV_SIM_MODEL_H
#define NVMEKIT_DEV_SIM_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dev/dev.h"
#include "dev/image.h"
#include "spec/spec.h"

/* Status fields that the model answers with, Do Not Retry set. Base 2.1, section 4.2.3; NVM Command Set 1.1. */
enum {
	SIM_INVALID_OPCODE = 0x4001,
	SIM_INVALID_FIELD = 0x4002,
	SIM_TRANSFER_ERROR = 0x4004,
	SIM_INVALID_NS = 0x400b,
	SIM_SEQUENCE_ERROR = 0x400c,
	SIM_LBA_RANGE = 0x4080,
	SIM_CAPACITY = 0x4081,
	SIM_INVALID_LOG = 0x4109,
	SIM_NOT_SAVEABLE = 0x410d,
	SIM_NOT_CHANGEABLE = 0x410e,
	SIM_NOT_NS_SPECIFIC = 0x410f,
	SIM_COMPARE_FAILURE = 0x4285,
	SIM_ANA_PERSISTENT_LOSS = 0x4301,
	SIM_ANA_INACCESSIBLE = 0x0302,
	SIM_ANA_TRANSITION = 0x0303,
};

/* Bytes of the command to which an error points: Base 2.1, figure 206, Parameter Error Location. */
enum {
	AT_OPCODE = 0,
	AT_NSID = 4,
	AT_CDW10 = 40,
	AT_CDW11 = 44,
	AT_CDW12 = 48,
	AT_CDW14 = 56,
	AT_NOWHERE = 0xffff
};

struct content;

struct sim {
	struct image *img;
	struct content *content; /* what was written to namespaces in this run */
};

struct sim_dev {
	const struct image *seen; /* the image that ctrl and ns point into */
	const char *ctrl_name, *ns_name;
	struct image_ctrl *ctrl;
	struct image_ns *ns; /* NULL for a controller node */
	uint64_t rejected;
	uint16_t cid;
};

/* One command under way. */
struct sim_cmd {
	struct ctx *ctx;
	struct sim *sim;
	struct sim_dev *d;
	struct image_ctrl *ctrl;
	struct req *req;
	const struct val *id; /* Identify Controller */
	uint16_t at;	      /* AT_... of what is wrong */
	uint64_t lba;
	bool dirty; /* the image has changed */
};

/* The commands: 0, a status, or -errno. */
int sim_identify(struct sim_cmd *c);
int sim_get_log(struct sim_cmd *c);
int sim_get_features(struct sim_cmd *c);
int sim_set_features(struct sim_cmd *c);
int sim_io(struct sim_cmd *c);
int sim_topology(struct ctx *ctx, unsigned want, struct topo **out);

static inline int sim_reject(struct sim_cmd *c, int status, uint16_t at)
{
	c->at = at;
	return status;
}

/* The namespace with this NSID; allocated anywhere in the subsystem. */
struct image_ns *sim_ns(const struct sim_cmd *c, uint32_t nsid);
/* The same, if it is attached to this controller. */
struct image_ns *sim_active_ns(const struct sim_cmd *c, uint32_t nsid);
/*
 * Moves bytes offset to offset + want of a structure to the host. What lies behind the structure reads as zeroes;
 * of a structure that "received" cuts short, no more than that arrives.
 */
int sim_transfer(struct sim_cmd *c, const struct image_data *data, uint64_t offset, size_t want);
/* Encodes and transfers; a structure that cannot be encoded is an error of the image (-EBADMSG). */
int sim_answer(struct sim_cmd *c, const struct spec *spec, const struct val *st, size_t len, uint64_t offset,
	       size_t want);
/* Sets a number in the image, and remembers that the image has changed. */
void sim_store(struct sim_cmd *c, struct val *obj, const char *key, uint64_t value);
void sim_store_text(struct sim_cmd *c, struct val *obj, const char *key, const char *text);
const char *sim_hex(struct arena *a, const uint8_t *p, size_t n);
/* Appends what happened to the Error Information log and counts it. */
void sim_log_error(struct sim_cmd *c, int status);

#endif
