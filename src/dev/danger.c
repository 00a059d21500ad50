/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What can go wrong with a request, by kind, opcode and dwords: Base 2.1, section 5 (Admin) and 7 (I/O); NVM Command Set
 * 1.1, section 3; Zoned Namespace Command Set 1.2, section 3.4.3. What is not here needs no gate: it reads, it can be
 * taken back, or nobody knows what it does (vendors' commands).
 */
#include "dev/gate.h"
#include "dev/opal.h"

#define SECP_RPMB     0xea
#define RPMB_FRAME    256u
#define AT_RPMB_TYPE  254u

enum where { CDW10, CDW11, CDW13, NSID };

/* The first row that fits is the one: kind, queue and opcode are the same, and the masked dword lies in [from, to]. */
struct row {
	uint8_t kind;
	bool io;
	uint8_t opcode;
	uint8_t where;
	uint32_t mask, from, to;
	struct danger what;
};

#define ADMIN(op, ...) { REQ_NVME, false, op, __VA_ARGS__ }
#define IO(op, ...) { REQ_NVME, true, op, __VA_ARGS__ }
#define OTHER(kind, ...) { kind, false, 0, __VA_ARGS__ }
#define ALWAYS CDW10, 0, 0, 0
#define BUSY_OK true
#define NOT_BUSY false

static const struct row rows[] = {
	ADMIN(0x00, ALWAYS, { D_ACCESS, REACH_CTRL, NOT_BUSY, "Delete I/O Submission Queue", "cuts off the kernel's access to" }),
	ADMIN(0x04, ALWAYS, { D_ACCESS, REACH_CTRL, NOT_BUSY, "Delete I/O Completion Queue", "cuts off the kernel's access to" }),
	ADMIN(0x0d, CDW10, 0xf, 1, 1, { D_DATA, REACH_NS, NOT_BUSY, "Delete namespace", "destroys all data of" }),
	/* Commit Action: in a slot only; from the next reset on; at once; boot partitions */
	ADMIN(0x10, CDW10, 7 << 3, 0 << 3, 0 << 3, { D_ACCESS, REACH_NONE, BUSY_OK, "Firmware Commit", "replaces the firmware in a slot" }),
	ADMIN(0x10, CDW10, 7 << 3, 1 << 3, 2 << 3, { D_ACCESS, REACH_SUBSYS, BUSY_OK, "Firmware Commit", "changes, with the next reset, the firmware under" }),
	ADMIN(0x10, CDW10, 7 << 3, 3 << 3, 3 << 3, { D_ACCESS, REACH_SUBSYS, NOT_BUSY, "Firmware Commit", "changes at once the firmware under" }),
	ADMIN(0x10, CDW10, 7 << 3, 4 << 3, 7 << 3, { D_ACCESS, REACH_NONE, BUSY_OK, "Firmware Commit", "changes what a boot partition holds, or which is used" }),
	ADMIN(0x15, CDW10, 0xf, 1, 1, { D_ACCESS, REACH_NS, NOT_BUSY, "Detach namespace", "takes away access to" }),
	/* Action: offline */
	ADMIN(0x1c, CDW10, 0xf, 7, 7, { D_ACCESS, REACH_NONE, BUSY_OK, "Virtualization Management", "takes a controller offline; a guest may be using it" }),
	/* Operations: select a capacity configuration; delete an Endurance Group, an NVM Set */
	ADMIN(0x20, CDW10, 0xf, 0, 0, { D_DATA, REACH_SUBSYS, NOT_BUSY, "Capacity Management", "destroys all data of" }),
	ADMIN(0x20, CDW10, 0xf, 2, 2, { D_DATA, REACH_SUBSYS, NOT_BUSY, "Capacity Management", "deletes an Endurance Group, with its namespaces, among" }),
	ADMIN(0x20, CDW10, 0xf, 4, 4, { D_DATA, REACH_SUBSYS, NOT_BUSY, "Capacity Management", "deletes an NVM Set, with its namespaces, among" }),
	ADMIN(0x24, CDW10, 0x10, 0x10, 0x10, { D_ACCESS, REACH_NONE, BUSY_OK, "Lockdown", "prohibits a command or a feature, perhaps until the power is cycled" }),
	ADMIN(0x28, ALWAYS, { D_ACCESS, REACH_NONE, NOT_BUSY, "Clear Exported NVM Resource Configuration", "takes exported subsystems away from their hosts" }),
	ADMIN(0x2d, ALWAYS, { D_ACCESS, REACH_NONE, NOT_BUSY, "Manage Exported NVM Subsystem", "may take an exported subsystem away from its hosts" }),
	ADMIN(0x31, ALWAYS, { D_ACCESS, REACH_NONE, NOT_BUSY, "Manage Exported Namespace", "may take an exported namespace away from its hosts" }),
	ADMIN(0x35, ALWAYS, { D_ACCESS, REACH_NONE, NOT_BUSY, "Manage Exported Port", "may take exported subsystems away from their hosts" }),
	ADMIN(0x7c, ALWAYS, { D_ACCESS, REACH_CTRL, NOT_BUSY, "Doorbell Buffer Config", "cuts off the kernel's access to" }),
	/* The type of a Fabrics command stands where others have the NSID: Property Set, Disconnect */
	ADMIN(ADM_FABRICS, NSID, 0xff, 0x00, 0x00, { D_ACCESS, REACH_CTRL, NOT_BUSY, "Property Set", "may stop the controller that leads to" }),
	ADMIN(ADM_FABRICS, NSID, 0xff, 0x08, 0x08, { D_ACCESS, REACH_PATH, NOT_BUSY, "Disconnect", "takes away access to" }),
	ADMIN(0x80, ALWAYS, { D_DATA, REACH_NS, NOT_BUSY, "Format NVM", "destroys all data of" }),
	/* Security Protocol: TCG, RPMB (judged below), ATA, all others */
	ADMIN(0x81, CDW10, 0xff000000, 0x01000000, 0x06000000, { D_DATA, REACH_SUBSYS, NOT_BUSY, "Security Send", "may lock, or destroy, all data of" }),
	ADMIN(0x81, CDW10, 0xff000000, 0xea000000, 0xea000000, { D_ACCESS, REACH_NONE, BUSY_OK, "Security Send", "changes the Replay Protected Memory Block" }),
	ADMIN(0x81, CDW10, 0xff000000, 0xef000000, 0xef000000, { D_DATA, REACH_SUBSYS, NOT_BUSY, "Security Send", "may lock, or destroy, all data of" }),
	ADMIN(0x81, ALWAYS, { D_ACCESS, REACH_CTRL, BUSY_OK, "Security Send", "may take away access to" }),
	ADMIN(0x84, CDW10, 7, 2, 4, { D_DATA, REACH_SUBSYS, NOT_BUSY, "Sanitize", "destroys all data of" }),
	ADMIN(0x8c, CDW10, 7, 2, 4, { D_DATA, REACH_NS, NOT_BUSY, "Sanitize Namespace", "destroys all data of" }),

	IO(0x01, ALWAYS, { D_DATA, REACH_NS, NOT_BUSY, "Write", "overwrites blocks of" }),
	IO(0x04, ALWAYS, { D_DATA, REACH_NS, NOT_BUSY, "Write Uncorrectable", "makes blocks unreadable of" }),
	IO(0x08, ALWAYS, { D_DATA, REACH_NS, NOT_BUSY, "Write Zeroes", "overwrites blocks of" }),
	IO(0x09, CDW11, 4, 4, 4, { D_DATA, REACH_NS, NOT_BUSY, "Dataset Management", "deallocates blocks of" }),
	IO(0x10, ALWAYS, { D_DATA, REACH_NS, NOT_BUSY, "Delete", "deletes a key of" }),
	/* Preempt; clear */
	IO(0x11, CDW10, 7, 1, 2, { D_ACCESS, REACH_NS, BUSY_OK, "Reservation Acquire", "takes away other hosts' access to" }),
	IO(0x15, CDW10, 7, 1, 1, { D_ACCESS, REACH_NS, BUSY_OK, "Reservation Release", "clears the reservations of" }),
	IO(0x19, ALWAYS, { D_DATA, REACH_NS, NOT_BUSY, "Copy", "overwrites blocks of" }),
	/* Zone Send Action: reset, offline */
	IO(0x79, CDW13, 0xff, 4, 5, { D_DATA, REACH_NS, NOT_BUSY, "Zone Management Send", "destroys the data in zones of" }),
	IO(0x7d, ALWAYS, { D_DATA, REACH_NS, NOT_BUSY, "Zone Append", "writes to a zone of" }),

	OTHER(REQ_RESET, ALWAYS, { D_ACCESS, REACH_PATH, NOT_BUSY, "Controller reset", "interrupts access to" }),
	OTHER(REQ_SUBSYS_RESET, ALWAYS, { D_ACCESS, REACH_SUBSYS, NOT_BUSY, "NVM subsystem reset", "interrupts access to" }),
	OTHER(REQ_REG_WRITE, ALWAYS, { D_ACCESS, REACH_CTRL, NOT_BUSY, "Write of a controller's property", "may stop the controller that leads to" }),
	OTHER(REQ_DISCONNECT, ALWAYS, { D_ACCESS, REACH_PATH, NOT_BUSY, "Disconnect", "takes away access to" }),
};

/* Feature 84h in any state but "no write protect": Base 2.1, section 5.1.25.1.32. */
static const struct danger write_protect = { D_ACCESS, REACH_NS, NOT_BUSY, "Namespace Write Protection",
					     "takes away write access to" };

/* Linux, include/uapi/linux/sed-opal.h: by the last number of the ioctl, for its size depends on the header. */
static const struct {
	uint8_t number;
	struct danger what;
} opal[] = {
	{ 221, { D_ACCESS, REACH_SUBSYS, NOT_BUSY, "Opal: lock", "takes away access to" } },
	{ 222, { D_ACCESS, REACH_SUBSYS, BUSY_OK, "Opal: take ownership", "sets a password, without which nobody can administer any more, for" } },
	{ 223, { D_ACCESS, REACH_SUBSYS, BUSY_OK, "Opal: activate locking", "prepares locking of" } },
	{ 224, { D_ACCESS, REACH_SUBSYS, BUSY_OK, "Opal: set password", "changes a password of" } },
	{ 225, { D_ACCESS, REACH_SUBSYS, BUSY_OK, "Opal: activate user", "adds a user to" } },
	{ 226, { D_DATA, REACH_SUBSYS, NOT_BUSY, "Opal: revert", "destroys all data of" } },
	{ 227, { D_ACCESS, REACH_SUBSYS, NOT_BUSY, "Opal: set up locking range", "may take away access to" } },
	{ 228, { D_ACCESS, REACH_SUBSYS, BUSY_OK, "Opal: add user to range", "changes who may unlock" } },
	{ 229, { D_ACCESS, REACH_SUBSYS, NOT_BUSY, "Opal: shadow MBR", "changes what a machine boots from" } },
	{ 230, { D_DATA, REACH_SUBSYS, NOT_BUSY, "Opal: erase locking range", "destroys data of" } },
	{ 231, { D_DATA, REACH_SUBSYS, NOT_BUSY, "Opal: secure erase of locking range", "destroys data of" } },
	{ 232, { D_DATA, REACH_SUBSYS, NOT_BUSY, "Opal: revert with PSID", "destroys all data of" } },
	{ 233, { D_ACCESS, REACH_SUBSYS, BUSY_OK, "Opal: shadow MBR done", "changes what a machine boots from" } },
	{ 234, { D_ACCESS, REACH_SUBSYS, BUSY_OK, "Opal: write shadow MBR", "changes what a machine boots from" } },
	{ 235, { D_ACCESS, REACH_SUBSYS, NOT_BUSY, "Opal: read or write a table", "may take away access to" } },
	{ 240, { D_DATA, REACH_SUBSYS, NOT_BUSY, "Opal: revert locking", "may destroy all data of" } },
	{ 241, { D_ACCESS, REACH_SUBSYS, BUSY_OK, "Opal: set owner's password", "changes a password of" } },
};

/* 0: none of them. */
static uint8_t opal_number(const struct req *r)
{
	return (r->cdw10 >> 8 & 0xff) == 'p' ? (uint8_t)r->cdw10 : 0;
}

static uint32_t dword(const struct req *r, uint8_t where)
{
	switch (where) {
	case CDW10:
		return r->cdw10;
	case CDW11:
		return r->cdw11;
	case CDW13:
		return r->cdw13;
	default:
		return r->nsid;
	}
}

/* Unlocking, for reading and writing, takes nothing away. */
static bool opal_unlocks(const struct req *r)
{
	return opal_number(r) == 221 && r->data && r->data_len >= sizeof(struct opal_lock) &&
	       ((const struct opal_lock *)r->data)->state == OPAL_STATE_RW;
}

static const struct danger *opal_danger(const struct req *r)
{
	for (size_t i = 0; i < NELEMS(opal); i++) {
		if (opal[i].number == opal_number(r))
			return opal_unlocks(r) ? NULL : &opal[i].what;
	}
	return NULL;
}

/* Base 2.1, section 8.1.21: request message types that only prepare an answer: counter, data, result, configuration. */
static bool rpmb_reads(const struct req *r)
{
	const uint8_t *p = r->data;
	unsigned type;

	if (r->kind != REQ_NVME || r->io || r->opcode != 0x81 || r->cdw10 >> 24 != SECP_RPMB || !p ||
	    r->data_len < RPMB_FRAME)
		return false;
	type = p[AT_RPMB_TYPE] | (unsigned)p[AT_RPMB_TYPE + 1] << 8;
	return type == 2 || type == 4 || type == 5 || type == 7;
}

const struct danger *req_danger(const struct req *r)
{
	if (r->kind == REQ_OPAL)
		return opal_danger(r);
	if (rpmb_reads(r))
		return NULL;
	if (r->kind == REQ_NVME && !r->io && r->opcode == ADM_SET_FEATURES)
		return (r->cdw10 & 0xff) == 0x84 && r->cdw11 & 7 ? &write_protect : NULL;
	for (size_t i = 0; i < NELEMS(rows); i++) {
		const struct row *w = &rows[i];
		uint32_t v = dword(r, w->where) & w->mask;

		if (w->kind == r->kind && (w->kind != REQ_NVME || (w->io == r->io && w->opcode == r->opcode)) &&
		    v >= w->from && v <= w->to)
			return w->what.level == D_SAFE ? NULL : &w->what;
	}
	return NULL;
}

/* Status, status of a locking range, geometry, discovery. */
static bool opal_reads(const struct req *r)
{
	return opal_number(r) >= 236 && opal_number(r) <= 239;
}

bool req_alters(const struct req *r)
{
	const struct opcode *op = opcode_info(r->opcode, r->io);

	if (r->kind == REQ_REG_READ || (r->kind == REQ_OPAL && opal_reads(r)))
		return false;
	if (r->kind != REQ_NVME || r->passthru || !op)
		return true;
	return op->alters && !rpmb_reads(r);
}
