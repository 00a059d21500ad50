/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Controller properties: Base 2.1, section 3.1.4, Figures 33 to 64. */
#include "spec/registers.h"

#include <string.h>

#include "spec/spec.h"
#include "spec/tables.h"

#define HALF_SECONDS .scale = 500, .unit = "milliseconds"

/* Figure 36 */
static const struct name cps_names[] = {
	{ 0, "not-reported", "Not Reported" },
	{ 1, "controller", "Controller scope" },
	{ 2, "domain", "Domain scope" },
	{ 3, "subsystem", "NVM subsystem scope" },
};
static const struct field cap_bits[] = {
	{ "mqes", "Maximum Queue Entries Supported", BITS(15, 0), .bias = 1, .unit = "entries" },
	{ "cqr", "Contiguous Queues Required", BIT(16), FLAG },
	{ "wrrupc", "Weighted Round Robin with Urgent Priority Class", BIT(17), SUPPORTED },
	{ "ams_vs", "Vendor Specific arbitration mechanism", BIT(18), SUPPORTED },
	RSVD_BITS(23, 19),
	{ "to", "Timeout", BITS(31, 24), HALF_SECONDS },
	{ "dstrd", "Doorbell Stride (2 ^ (2 + DSTRD) bytes)", BITS(35, 32) },
	{ "nssrs", "NVM Subsystem Reset", BIT(36), SUPPORTED },
	{ "ncss", "NVM Command Set", BIT(37), SUPPORTED },
	RSVD_BITS(42, 38),
	{ "iocss", "I/O Command Sets", BIT(43), SUPPORTED },
	{ "noiocss", "No I/O Command Set", BIT(44), FLAG },
	{ "bps", "Boot Partitions", BIT(45), SUPPORTED, .since = 0x0103 },
	{ "cps", "Controller Power Scope", BITS(47, 46), ENUM_OF(cps_names), .since = 0x0200 },
	{ "mpsmin", "Memory Page Size Minimum (2 ^ (12 + MPSMIN) bytes)", BITS(51, 48) },
	{ "mpsmax", "Memory Page Size Maximum (2 ^ (12 + MPSMAX) bytes)", BITS(55, 52) },
	{ "pmrs", "Persistent Memory Region", BIT(56), SUPPORTED, .since = 0x0104 },
	{ "cmbs", "Controller Memory Buffer", BIT(57), SUPPORTED, .since = 0x0104 },
	{ "nsss", "NVM Subsystem Shutdown", BIT(58), SUPPORTED, .since = 0x0200 },
	{ "crwms", "Controller Ready With Media", BIT(59), SUPPORTED, .since = 0x0200 },
	{ "crims", "Controller Ready Independent of Media", BIT(60), SUPPORTED, .since = 0x0200 },
	{ "nsses", "NVM Subsystem Shutdown Enhancements", BIT(61), SUPPORTED, .since = 0x0201 },
	RSVD_BITS(63, 62),
};

/* Figure 41 */
static const struct name css_names[] = {
	{ 0, "nvm", "NVM Command Set" },
	{ 6, "all", "All Supported I/O Command Sets" },
	{ 7, "admin", "Admin Command Set only" },
};
static const struct name ams_names[] = {
	{ 0, "rr", "Round Robin" },
	{ 1, "wrru", "Weighted Round Robin with Urgent Priority Class" },
	{ 7, "vendor", "Vendor Specific" },
};
static const struct name shn_names[] = {
	{ 0, "none", "No notification" },
	{ 1, "normal", "Normal shutdown notification" },
	{ 2, "abrupt", "Abrupt shutdown notification" },
};
static const struct field cc_bits[] = {
	{ "en", "Enable", BIT(0), FLAG },
	RSVD_BITS(3, 1),
	{ "css", "I/O Command Set Selected", BITS(6, 4), ENUM_OF(css_names) },
	{ "mps", "Memory Page Size (2 ^ (12 + MPS) bytes)", BITS(10, 7) },
	{ "ams", "Arbitration Mechanism Selected", BITS(13, 11), ENUM_OF(ams_names) },
	{ "shn", "Shutdown Notification", BITS(15, 14), ENUM_OF(shn_names) },
	{ "iosqes", "I/O Submission Queue Entry Size", BITS(19, 16), .show = SHOW_POW2, .unit = "bytes" },
	{ "iocqes", "I/O Completion Queue Entry Size", BITS(23, 20), .show = SHOW_POW2, .unit = "bytes" },
	{ "crime", "Controller Ready Independent of Media Enable", BIT(24), FLAG, .since = 0x0200 },
	RSVD_BITS(31, 25),
};

/* Figure 42 */
static const struct name shst_names[] = {
	{ 0, "normal", "Normal operation" },
	{ 1, "in-progress", "Shutdown processing in progress" },
	{ 2, "complete", "Shutdown processing complete" },
};
static const struct name st_names[] = {
	{ 0, "controller", "of the controller" },
	{ 1, "subsystem", "of the NVM subsystem" },
};
static const struct field csts_bits[] = {
	{ "rdy", "Ready", BIT(0), FLAG },
	{ "cfs", "Controller Fatal Status", BIT(1), FLAG },
	{ "shst", "Shutdown Status", BITS(3, 2), ENUM_OF(shst_names) },
	{ "nssro", "NVM Subsystem Reset Occurred", BIT(4), FLAG, .since = 0x0101 },
	{ "pp", "Processing Paused", BIT(5), FLAG, .since = 0x0102 },
	{ "st", "Shutdown Type", BIT(6), FLAG, NAMES(st_names), .since = 0x0200 },
	RSVD_BITS(31, 7),
};

/* Figure 44 */
static const struct field aqa_bits[] = {
	{ "asqs", "Admin Submission Queue Size", BITS(11, 0), .bias = 1, .unit = "entries" },
	RSVD_BITS(15, 12),
	{ "acqs", "Admin Completion Queue Size", BITS(27, 16), .bias = 1, .unit = "entries" },
	RSVD_BITS(31, 28),
};

/* Figure 47 */
static const struct field cmbloc_bits[] = {
	{ "bir", "Base Indicator Register", BITS(2, 0) },
	{ "cqmms", "CMB Queue Mixed Memory", BIT(3), SUPPORTED },
	{ "cqpds", "CMB Queue Physically Discontiguous", BIT(4), SUPPORTED },
	{ "cdpmls", "CMB Data Pointer Mixed Locations", BIT(5), SUPPORTED },
	{ "cdpcils", "CMB Data Pointer and Command Independent Locations", BIT(6), SUPPORTED },
	{ "cdmmms", "CMB Data Metadata Mixed Memory", BIT(7), SUPPORTED },
	{ "cqda", "CMB Queue Dword Alignment", BIT(8), FLAG },
	RSVD_BITS(11, 9),
	{ "ofst", "Offset (in size units of CMBSZ)", BITS(31, 12) },
};

/* Figure 48 */
static const struct name szu_names[] = {
	{ 0, "4KiB", "4 KiB" },	    { 1, "64KiB", "64 KiB" }, { 2, "1MiB", "1 MiB" },	{ 3, "16MiB", "16 MiB" },
	{ 4, "256MiB", "256 MiB" }, { 5, "4GiB", "4 GiB" },   { 6, "64GiB", "64 GiB" },
};
static const struct field cmbsz_bits[] = {
	{ "sqs", "Submission Queues in the CMB", BIT(0), SUPPORTED },
	{ "cqs", "Completion Queues in the CMB", BIT(1), SUPPORTED },
	{ "lists", "PRP and SGL Lists in the CMB", BIT(2), SUPPORTED },
	{ "rds", "Read Data in the CMB", BIT(3), SUPPORTED },
	{ "wds", "Write Data in the CMB", BIT(4), SUPPORTED },
	RSVD_BITS(7, 5),
	{ "szu", "Size Units", BITS(11, 8), ENUM_OF(szu_names) },
	{ "sz", "Size (in size units)", BITS(31, 12) },
};

/* Figure 49 */
static const struct name brs_names[] = {
	{ 0, "none", "No Boot Partition read operation requested" },
	{ 1, "in-progress", "Boot Partition read in progress" },
	{ 2, "completed", "Boot Partition read completed successfully" },
	{ 3, "error", "Error completing Boot Partition read" },
};
static const struct field bpinfo_bits[] = {
	{ "bpsz", "Boot Partition Size", BITS(14, 0), .scale = 131072, .unit = "bytes" },
	RSVD_BITS(23, 15),
	{ "brs", "Boot Read Status", BITS(25, 24), ENUM_OF(brs_names) },
	RSVD_BITS(30, 26),
	{ "abpid", "Active Boot Partition ID", BIT(31) },
};

/* Figure 50 */
static const struct field bprsel_bits[] = {
	{ "bprsz", "Boot Partition Read Size", BITS(9, 0), .scale = 4096, .unit = "bytes" },
	{ "bprof", "Boot Partition Read Offset", BITS(29, 10), .scale = 4096, .unit = "bytes" },
	RSVD_BITS(30, 30),
	{ "bpid", "Boot Partition Identifier", BIT(31) },
};

/* Figure 52 */
static const struct field cmbmsc_bits[] = {
	{ "cre", "Capabilities Registers Enabled", BIT(0), FLAG },
	{ "cmse", "Controller Memory Space Enable", BIT(1), FLAG },
	RSVD_BITS(11, 2),
	{ "cba", "Controller Base Address (in pages of 4 KiB)", BITS(63, 12), .show = SHOW_HEX },
};

/* Figure 53 */
static const struct field cmbsts_bits[] = {
	{ "cbai", "Controller Base Address Invalid", BIT(0), FLAG },
	RSVD_BITS(31, 1),
};

/* Figures 54, 55, 61 and 62 */
static const struct name unit_names[] = {
	{ 0, "bytes", "Bytes" },
	{ 1, "1KiB", "1 KiB" },
	{ 2, "1MiB", "1 MiB" },
	{ 3, "1GiB", "1 GiB" },
};
static const struct name rate_names[] = {
	{ 0, "bytes/s", "Bytes per second" },
	{ 1, "1KiB/s", "1 KiB per second" },
	{ 2, "1MiB/s", "1 MiB per second" },
	{ 3, "1GiB/s", "1 GiB per second" },
};
static const struct field cmbebs_bits[] = {
	{ "cmbszu", "CMB Elasticity Buffer Size Units", BITS(3, 0), ENUM_OF(unit_names) },
	{ "cmbrbb", "CMB Read Bypass Behavior: reads bypass writes", BIT(4), FLAG },
	RSVD_BITS(7, 5),
	{ "cmbwbz", "CMB Elasticity Buffer Size Base", BITS(31, 8) },
};
static const struct field cmbswtp_bits[] = {
	{ "cmbswtu", "CMB Sustained Write Throughput Units", BITS(3, 0), ENUM_OF(rate_names) },
	RSVD_BITS(7, 4),
	{ "cmbswtv", "CMB Sustained Write Throughput", BITS(31, 8) },
};

/* Figure 57 */
static const struct field crto_bits[] = {
	{ "crwmt", "Controller Ready With Media Timeout", BITS(15, 0), HALF_SECONDS },
	{ "crimt", "Controller Ready Independent of Media Timeout", BITS(31, 16), HALF_SECONDS },
};

/* Figure 58 */
static const struct name pmrtu_names[] = {
	{ 0, "500ms", "500 milliseconds" },
	{ 1, "minutes", "Minutes" },
};
static const struct field pmrcap_bits[] = {
	RSVD_BITS(2, 0),
	{ "rds", "Read Data in the PMR", BIT(3), SUPPORTED },
	{ "wds", "Write Data in the PMR", BIT(4), SUPPORTED },
	{ "bir", "Base Indicator Register", BITS(7, 5) },
	{ "pmrtu", "Persistent Memory Region Time Units", BITS(9, 8), ENUM_OF(pmrtu_names) },
	{ "cmr", "Completion of Memory Read is a write barrier", BIT(10), FLAG },
	{ "cpmrstsr", "Completion of PMRSTS Read is a write barrier", BIT(11), FLAG },
	RSVD_BITS(15, 12),
	{ "pmrto", "Persistent Memory Region Timeout (in time units)", BITS(23, 16) },
	{ "cmss", "Controller Memory Space", BIT(24), SUPPORTED },
	RSVD_BITS(31, 25),
};

/* Figure 59 */
static const struct field pmrctl_bits[] = {
	{ "en", "Enable", BIT(0), FLAG },
	RSVD_BITS(31, 1),
};

/* Figure 60 */
static const struct name hsts_names[] = {
	{ 0, "normal", "Normal operation" },
	{ 1, "restore-error", "Restore error" },
	{ 2, "read-only", "Read only" },
	{ 3, "unreliable", "Unreliable" },
};
static const struct field pmrsts_bits[] = {
	{ "err", "Error", BITS(7, 0), .show = SHOW_HEX },
	{ "nrdy", "Not Ready", BIT(8), FLAG },
	{ "hsts", "Health Status", BITS(11, 9), ENUM_OF(hsts_names) },
	{ "cbai", "Controller Base Address Invalid", BIT(12), FLAG },
	RSVD_BITS(31, 13),
};
static const struct field pmrebs_bits[] = {
	{ "pmrszu", "PMR Elasticity Buffer Size Units", BITS(3, 0), ENUM_OF(unit_names) },
	{ "pmrrbb", "PMR Read Bypass Behavior: reads bypass writes", BIT(4), FLAG },
	RSVD_BITS(7, 5),
	{ "pmrwbz", "PMR Elasticity Buffer Size Base", BITS(31, 8) },
};
static const struct field pmrswtp_bits[] = {
	{ "pmrswtu", "PMR Sustained Write Throughput Units", BITS(3, 0), ENUM_OF(rate_names) },
	RSVD_BITS(7, 4),
	{ "pmrswtv", "PMR Sustained Write Throughput", BITS(31, 8) },
};

/* Figure 63 */
static const struct field pmrmscl_bits[] = {
	RSVD_BITS(0, 0),
	{ "cmse", "Controller Memory Space Enable", BIT(1), FLAG },
	RSVD_BITS(11, 2),
	{ "cba", "Controller Base Address, bits 31:12", BITS(31, 12), .show = SHOW_HEX },
};

#define ROW(name, text, last, first, shape, ...) { #name, text, BYTES(last, first), shape, .flags = F_OPTIONAL },
static const struct field register_fields[] = {
	REGISTERS_BASE(ROW)
	RSVD_BYTES(0x1b, 0x18),
	REGISTERS_MORE(ROW)
	RSVD_BYTES(0xdff, 0x6c),
	REGISTERS_PMR(ROW)
};

const struct spec spec_registers = {
	.name = "registers",
	.text = "Controller properties",
	.figure = "NVM Express Base 2.1, Figure 33",
	.size = 0xe1c,
	FIELDS(register_fields),
};

#define REG(name, text, last, first, shape, access, more, needs, before) \
	{ #name, text, first, (last) - (first) + 1, REG_##access | (more), needs, before },
const struct reg regs[] = { REGISTERS(REG) { .name = NULL } };

const struct reg *reg_by_name(const char *name)
{
	for (const struct reg *r = regs; r->name; r++) {
		if (strcmp(r->name, name) == 0)
			return r;
	}
	return NULL;
}

const struct reg *reg_by_offset(uint64_t offset)
{
	for (const struct reg *r = regs; r->name; r++) {
		if (r->offset == offset)
			return r;
	}
	return NULL;
}

bool reg_present(const struct reg *reg, const struct val *read, bool fabrics)
{
	uint64_t version = val_u64(read, "vs", 0);

	if (fabrics && !(reg->flags & REG_MSG))
		return false;
	if (!reg->needs || val_u64(read, reg->needs, 0))
		return true;
	return version >= 0x10200 && version < reg->before;
}
