/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The properties of a controller (Base 2.1, section 3.1.4, Figure 33), which are the registers of one on PCIe: each
 * once, in the order of their offsets. The rows of spec_registers, the list below and the options of get-reg and
 * set-reg are made from this.
 */
#ifndef NVMEKIT_SPEC_REGISTERS_H
#define NVMEKIT_SPEC_REGISTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/val.h"
#include "spec/field.h"

enum {
	REG_RW = 1,
	REG_RO = 0,
	REG_MSG = 2,   /* message-based controllers (fabrics) have it too */
	REG_BLIND = 4, /* not to be read without need: says nothing, or must not be read while MSI-X is in use */
};

/* X(name, text, last byte, first byte, shape, RW or RO, further flags, needs, before) */
#define REGISTERS_BASE(X)                                                                                             \
	X(cap, "Controller Capabilities", 7, 0, BITS_OF(cap_bits), RO, REG_MSG, NULL, 0)                              \
	X(vs, "Version", 0xb, 8, .show = SHOW_VERSION, RO, REG_MSG, NULL, 0)                                          \
	X(intms, "Interrupt Mask Set", 0xf, 0xc, .show = SHOW_HEX, RW, REG_BLIND, NULL, 0)                            \
	X(intmc, "Interrupt Mask Clear", 0x13, 0x10, .show = SHOW_HEX, RW, REG_BLIND, NULL, 0)                        \
	X(cc, "Controller Configuration", 0x17, 0x14, BITS_OF(cc_bits), RW, REG_MSG, NULL, 0)
#define REGISTERS_MORE(X)                                                                                             \
	X(csts, "Controller Status", 0x1f, 0x1c, BITS_OF(csts_bits), RW, REG_MSG, NULL, 0)                            \
	X(nssr, "NVM Subsystem Reset", 0x23, 0x20, .show = SHOW_HEX, RW, REG_MSG | REG_BLIND, "cap.nssrs", 0)         \
	X(aqa, "Admin Queue Attributes", 0x27, 0x24, BITS_OF(aqa_bits), RW, 0, NULL, 0)                               \
	X(asq, "Admin Submission Queue Base Address", 0x2f, 0x28, .show = SHOW_HEX, RW, 0, NULL, 0)                   \
	X(acq, "Admin Completion Queue Base Address", 0x37, 0x30, .show = SHOW_HEX, RW, 0, NULL, 0)                   \
	X(cmbloc, "Controller Memory Buffer Location", 0x3b, 0x38, BITS_OF(cmbloc_bits), RO, 0, "cap.cmbs", 0x10400)  \
	X(cmbsz, "Controller Memory Buffer Size", 0x3f, 0x3c, BITS_OF(cmbsz_bits), RO, 0, "cap.cmbs", 0x10400)        \
	X(bpinfo, "Boot Partition Information", 0x43, 0x40, BITS_OF(bpinfo_bits), RO, 0, "cap.bps", 0)                \
	X(bprsel, "Boot Partition Read Select", 0x47, 0x44, BITS_OF(bprsel_bits), RW, REG_BLIND, "cap.bps", 0)        \
	X(bpmbl, "Boot Partition Memory Buffer Location", 0x4f, 0x48, .show = SHOW_HEX, RW, 0, "cap.bps", 0)          \
	X(cmbmsc, "Controller Memory Buffer Memory Space Control", 0x57, 0x50, BITS_OF(cmbmsc_bits), RW, 0,           \
	  "cap.cmbs", 0)                                                                                              \
	X(cmbsts, "Controller Memory Buffer Status", 0x5b, 0x58, BITS_OF(cmbsts_bits), RO, 0, "cap.cmbs", 0)          \
	X(cmbebs, "Controller Memory Buffer Elasticity Buffer Size", 0x5f, 0x5c, BITS_OF(cmbebs_bits), RO, 0,         \
	  "cap.cmbs", 0)                                                                                              \
	X(cmbswtp, "Controller Memory Buffer Sustained Write Throughput", 0x63, 0x60, BITS_OF(cmbswtp_bits), RO, 0,   \
	  "cap.cmbs", 0)                                                                                              \
	X(nssd, "NVM Subsystem Shutdown", 0x67, 0x64, .show = SHOW_HEX, RW, REG_MSG | REG_BLIND, "cap.nsss", 0)       \
	X(crto, "Controller Ready Timeouts", 0x6b, 0x68, BITS_OF(crto_bits), RO, REG_MSG, "cap.crwms", 0)
#define REGISTERS_PMR(X)                                                                                              \
	X(pmrcap, "Persistent Memory Region Capabilities", 0xe03, 0xe00, BITS_OF(pmrcap_bits), RO, 0, "cap.pmrs", 0)  \
	X(pmrctl, "Persistent Memory Region Control", 0xe07, 0xe04, BITS_OF(pmrctl_bits), RW, 0, "cap.pmrs", 0)       \
	X(pmrsts, "Persistent Memory Region Status", 0xe0b, 0xe08, BITS_OF(pmrsts_bits), RO, 0, "cap.pmrs", 0)        \
	X(pmrebs, "Persistent Memory Region Elasticity Buffer Size", 0xe0f, 0xe0c, BITS_OF(pmrebs_bits), RO, 0,       \
	  "cap.pmrs", 0)                                                                                              \
	X(pmrswtp, "Persistent Memory Region Sustained Write Throughput", 0xe13, 0xe10, BITS_OF(pmrswtp_bits), RO, 0, \
	  "cap.pmrs", 0)                                                                                              \
	X(pmrmscl, "Persistent Memory Region Memory Space Control Lower", 0xe17, 0xe14, BITS_OF(pmrmscl_bits), RW, 0, \
	  "pmrcap.cmss", 0)                                                                                           \
	X(pmrmscu, "Persistent Memory Region Memory Space Control Upper", 0xe1b, 0xe18, .show = SHOW_HEX, RW, 0,      \
	  "pmrcap.cmss", 0)
#define REGISTERS(X) REGISTERS_BASE(X) REGISTERS_MORE(X) REGISTERS_PMR(X)

/* All that are below the doorbells. */
#define REG_SPACE 0x1000u

/* NSSR and NSSD do something with these values only: "NVMe", "Nrml", "Abpt". */
#define REG_NSSR_RESET	  0x4e564d65u
#define REG_NSSD_NORMAL	  0x4e726d6cu
#define REG_NSSD_ABRUPT	  0x41627074u

struct reg {
	const char *name, *text;
	uint16_t offset;
	uint8_t width; /* bytes: 4 or 8 */
	uint8_t flags;
	const char *needs; /* the bit of another register with which it is there; NULL: always */
	uint32_t before;   /* controllers older than this version, and not older than 1.2, have it without that bit */
};
extern const struct reg regs[]; /* ends with name == NULL */
const struct reg *reg_by_name(const char *name);
/* The one that begins at this offset, or NULL. */
const struct reg *reg_by_offset(uint64_t offset);
/* Is it there, as far as the registers say that were read before it? 'read': decoded with spec_registers. */
bool reg_present(const struct reg *reg, const struct val *read, bool fabrics);

#endif
