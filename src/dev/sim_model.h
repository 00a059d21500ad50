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
	SIM_OPERATION_DENIED = 0x4015,
	SIM_SANITIZE_FAILED = 0x401c,
	SIM_SANITIZE_IN_PROGRESS = 0x001d,
	SIM_PROHIBITED = 0x4023,
	SIM_SANITIZE_NS_FAILED = 0x402b,
	SIM_SANITIZE_NS_IN_PROGRESS = 0x002c,
	SIM_SELF_TEST_IN_PROGRESS = 0x011d,
	SIM_CAPACITY = 0x4081,
	SIM_NS_WRITE_PROTECTED = 0x4020,
	SIM_INVALID_LOG = 0x4109,
	SIM_INVALID_FORMAT = 0x410a,
	SIM_NOT_SAVEABLE = 0x410d,
	SIM_NOT_CHANGEABLE = 0x410e,
	SIM_NOT_NS_SPECIFIC = 0x410f,
	SIM_NS_INSUFFICIENT_CAPACITY = 0x4115,
	SIM_NS_ID_UNAVAILABLE = 0x4116,
	SIM_NS_ATTACHED = 0x4118,
	SIM_NS_PRIVATE = 0x4119,
	SIM_NS_NOT_ATTACHED = 0x411a,
	SIM_NO_THIN_PROVISIONING = 0x411b,
	SIM_CTRL_LIST_INVALID = 0x411c,
	SIM_INVALID_CTRL_ID = 0x411f,
	SIM_INVALID_SECONDARY_STATE = 0x4120,
	SIM_INVALID_RESOURCE_NUMBER = 0x4121,
	SIM_INVALID_RESOURCE_ID = 0x4122,
	SIM_ANA_GROUP_INVALID = 0x4124,
	SIM_ANA_ATTACH_FAILED = 0x4125,
	SIM_INSUFFICIENT_CAPACITY = 0x4126,
	SIM_ATTACHMENT_LIMIT = 0x4127,
	SIM_NOT_PROHIBITABLE = 0x4128,
	SIM_CSI_NOT_SUPPORTED = 0x4129,
	SIM_INVALID_DISCOVERY_INFO = 0x412f,
	SIM_ID_UNAVAILABLE = 0x412d,
	SIM_COMPARE_FAILURE = 0x4285,
	SIM_ACCESS_DENIED = 0x4286,
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
	AT_CDW13 = 52,
	AT_CDW15 = 60,
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
	uint64_t cs; /* Command Specific Information of the error log entry */
	bool dirty; /* the image has changed */
	struct val *ordered; /* the element of "fail" that is about this command; NULL: none */
	uint64_t delay_ms;   /* the answer comes so much later */
};

/* The commands: 0, a status, or -errno. */
int sim_format(struct sim_cmd *c);	/* sim_format.c */
int sim_ns_mgmt(struct sim_cmd *c);	/* sim_ns.c */
int sim_ns_attach(struct sim_cmd *c);
int sim_capacity(struct sim_cmd *c);	/* sim_capacity_cmd.c */
int sim_virt_mgmt(struct sim_cmd *c);	/* sim_virt.c */
/* Identify CNS 04h, 15h and 19h: what capacity and virtualization management made of what was recorded. */
int sim_nvmset_list(struct sim_cmd *c);
int sim_endgrp_list(struct sim_cmd *c);
int sim_secondary_list(struct sim_cmd *c);
/* Endurance Group Information of the group in the command, over what was recorded (*st); where groups are known. */
bool sim_has_endgrp_page(struct sim_cmd *c);
int sim_endgrp_page(struct sim_cmd *c, const struct val **st);
/*
 * Any Controller Level Reset takes the secondary controllers of a primary one offline (section 8.2.6.3); one other than a
 * Controller Reset gives it the resources that were chosen for it.
 */
void sim_reset_virt(struct sim_cmd *c, bool subsystem);
/* The log of changed namespaces was read without Retain Asynchronous Event: it is empty, the next event may come. */
void sim_notices_read(struct sim_cmd *c, uint8_t lid);
int sim_sanitize(struct sim_cmd *c);	/* sim_sanitize.c */
int sim_sanitize_ns(struct sim_cmd *c);
int sim_self_test(struct sim_cmd *c);	/* sim_selftest.c */
int sim_fw_download(struct sim_cmd *c); /* sim_fw.c */
int sim_fw_commit(struct sim_cmd *c);
int sim_lockdown(struct sim_cmd *c);	 /* sim_lockdown.c */
int sim_security_send(struct sim_cmd *c); /* sim_security.c, sim_rpmb.c */
int sim_security_recv(struct sim_cmd *c);
int sim_reset(struct sim_cmd *c); /* sim_reset.c: REQ_RESET and REQ_SUBSYS_RESET */
/* The state of a controller as sysfs has it now: one that was resetting is live when its time is over. */
const char *sim_ctrl_state(const struct image_ctrl *ctrl);
/* Milliseconds until then; 0: it is not resetting, or does so for good. */
uint64_t sim_reset_left(const struct image_ctrl *ctrl);
int sim_reg(struct sim_cmd *c);	  /* sim_reg.c: REQ_REG_READ and REQ_REG_WRITE */
bool sim_cap_bit(struct sim_cmd *c, unsigned bit); /* of CAP, as this controller shows it: Base 2.1, section 3.1.4.1 */
int sim_opal(struct sim_cmd *c);  /* sim_opal.c: REQ_OPAL */
int sim_dim(struct sim_cmd *c);	  /* sim_dim.c */
/* sim_discovery.c: the discovery log of the port that the controller is connected to. */
bool sim_has_discovery_page(const struct sim_cmd *c);
int sim_discovery_page(struct sim_cmd *c, uint64_t offset, size_t want);

/*
 * What stands in the way of any command, after the kernel's checks and ordered failures and before the command
 * itself: 0, or the status with which it is refused.
 */
int sim_sanitize_blocks(struct sim_cmd *c); /* a sanitize operation under way or failed: Base 2.1, section 8.1.24 */
int sim_locked(struct sim_cmd *c);	    /* command and feature lockdown: section 8.1.5 */
int sim_opal_blocks(struct sim_cmd *c);	    /* what is locked of a self-encrypting drive */
int sim_reg_blocks(struct sim_cmd *c);	    /* CC or NSSD turned the controller off: -ETIMEDOUT */
/* Brings operations that run in the drive (sanitize, self-test) up to the present; before every command. */
void sim_advance_sanitize(struct sim_cmd *c);
void sim_advance_self_test(struct sim_cmd *c);
void sim_advance_fw(struct sim_cmd *c);
/* What a reset of the controller, or of the whole subsystem, does to the model: firmware, self-test, lockdown. */
bool sim_reset_fw(struct sim_cmd *c, bool subsystem); /* true: other firmware runs now */
void sim_reset_self_test(struct sim_cmd *c, bool subsystem);
void sim_reset_lockdown(struct sim_cmd *c, bool subsystem);
void sim_reset_reg(struct sim_cmd *c, bool subsystem);

/* Self-tests of a controller end before their time; nsid: those alone that test this namespace (NSID_ALL: every one). */
void sim_abort_self_test(struct sim_cmd *c, const struct image_ctrl *ctrl, uint32_t nsid, uint8_t result);
/* A command has succeeded: what that means to operations and to what they reported. */
void sim_sanitize_after(struct sim_cmd *c);
void sim_self_test_after(struct sim_cmd *c);
/* A subsystem reset ends media verification. */
void sim_reset_sanitize(struct sim_cmd *c, bool subsystem);
/* The pages that follow from the model: whether they are there, and as they are now; st: as recorded, or NULL. */
bool sim_has_sanitize_page(const struct sim_cmd *c);
bool sim_has_self_test_page(const struct sim_cmd *c);
const struct val *sim_sanitize_page(struct sim_cmd *c, const struct val *st);
const struct val *sim_self_test_page(struct sim_cmd *c, const struct val *st);
bool sim_has_lockdown_page(const struct sim_cmd *c);
/* sim_ana.c: the page of Asymmetric Namespace Access, which follows from the image. */
bool sim_has_ana(const struct sim_cmd *c);
int sim_ana_log(struct sim_cmd *c, uint64_t offset, size_t want);
/* 0, or the status with which the Log Specific Parameter is refused. */
int sim_lockdown_page(struct sim_cmd *c, const struct val **st);

/* sim_fail.c: what the image orders for this command: it is carried out, or how it ends (0, a status, -errno). */
enum { ORDERED_NOTHING = 1 << 16 };
int sim_ordered(struct sim_cmd *c);
/* It was carried out: cuts the answer where that is ordered. */
void sim_ordered_cut(struct sim_cmd *c);
/* Lets time pass before an answer; rc, or -EINTR where the user did not want to wait. */
int sim_late(uint64_t ms, int rc);

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

/* Milliseconds since the epoch; what runs in the drive is timed with it. */
uint64_t sim_now(void);
/*
 * The "model" object of a subsystem, controller or namespace, in which a model keeps its state under a key of its own;
 * made if it is not there. The member 'key' of it likewise.
 */
struct val *sim_state(struct sim_cmd *c, struct val *node, const char *key);
/* A duration in ms from "times" of the subsystem, or dflt: "sanitize", "format", "self-test", ... */
uint64_t sim_time(const struct sim_cmd *c, const char *key, uint64_t dflt);
/* Identify data was changed through sim_store: it is encoded and decoded anew. */
void sim_changed_ctrl(struct sim_cmd *c, struct image_ctrl *ctrl);
void sim_changed_ns(struct sim_cmd *c, struct image_ns *ns);
/* Namespaces came or went in the tree: everything that points into the image is looked up again. 0 or -errno. */
int sim_changed_tree(struct sim_cmd *c);
/* The recorded log page for changing (fields over bytes), made if it is not there; key: "sanitize", "fw", ... */
struct val *sim_log_page(struct sim_cmd *c, uint8_t lid, const char *key);
/* Contents of the namespace are gone; "zeroes" or another word for what blocks read as now (member "data"). */
void sim_wipe(struct sim_cmd *c, struct image_ns *ns, const char *reads_as);
/* Raises an asynchronous event, for whoever waits: kept in the model. Base 2.1, section 5.1.2. */
void sim_event(struct sim_cmd *c, uint32_t dword0);

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
