/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Identify data per I/O Command Set, and what all of them share: CNS 08h: Base 2.1, section 5.1.13.2.8,
 * Figure 319; CNS 05h and 06h of the NVM Command Set: revision 1.1, sections 4.1.5.3 and 4.1.5.4, Figures
 * 118 to 120; CNS 05h and 06h of the Zoned Namespace Command Set: revision 1.2, section 4.1.5.
 */
#include "spec/tables.h"

#define BLOCKS "blocks" /* logical */

/* Figure 319, byte 1 */
const struct field nmic_bits[3] = {
	{ "shrns", "Namespace Sharing", BIT(0), SUPPORTED },
	{ "disns", "Dispersed Namespace", BIT(1), FLAG, .since = 0x0201 },
	RSVD_BITS(7, 2),
};

/* Figure 319, byte 2 */
const struct field rescap_bits[8] = {
	{ "ptpls", "Persist Through Power Loss", BIT(0), SUPPORTED },
	{ "wes", "Write Exclusive", BIT(1), SUPPORTED },
	{ "eas", "Exclusive Access", BIT(2), SUPPORTED },
	{ "werso", "Write Exclusive - Registrants Only", BIT(3), SUPPORTED },
	{ "earso", "Exclusive Access - Registrants Only", BIT(4), SUPPORTED },
	{ "wears", "Write Exclusive - All Registrants", BIT(5), SUPPORTED },
	{ "eears", "Exclusive Access - All Registrants", BIT(6), SUPPORTED },
	{ "ieks", "Ignore Existing Key as defined in revision 1.3 or later", BIT(7), SUPPORTED,
	  .since = 0x0103 },
};

/* Figure 319, byte 3 */
const struct field fpi_bits[2] = {
	{ "rfnvm", "Format Progress Indicator (Remaining)", BITS(6, 0), .show = SHOW_PERCENT },
	{ "fpis", "Format Progress Indicator", BIT(7), SUPPORTED },
};

/* Figure 319, byte 8 */
static const struct name cwp_names[] = {
	{ 0, "writable", "Namespace is not write protected" },
	{ 1, "protected", "Namespace is write protected" },
};
const struct field nsattr_bits[2] = {
	{ "cwp", "Currently Write Protected", BIT(0), FLAG, NAMES(cwp_names) },
	RSVD_BITS(7, 1),
};

/* Figure 319, byte 15 */
static const struct name kpioens_names[] = {
	{ 0, "disabled", "Key Per I/O Capability Disabled" },
	{ 1, "enabled", "Key Per I/O Capability Enabled" },
};
const struct field kpios_bits[3] = {
	{ "kpioens", "Key Per I/O Enabled in Namespace", BIT(0), FLAG, NAMES(kpioens_names) },
	{ "kpiosns", "Key Per I/O Capability", BIT(1), SUPPORTED },
	RSVD_BITS(7, 2),
};

/* Figure 319, bytes 0 and 14 */
static const struct name ind_uidreuse_names[] = {
	{ 0, "reused", "NGUID and EUI64 fields if non-zero, Reused" },
	{ 1, "never-reused", "NGUID and EUI64 fields if non-zero, Never Reused" },
};
static const struct name rmedia_names[] = {
	{ 0, "no", "Namespace does not store data on rotational media" },
	{ 1, "yes", "Namespace stores data on rotational media" },
};
static const struct name vwcnp_names[] = {
	{ 0, "see-controller", "Volatile Write Cache: as the controller reports" },
	{ 1, "absent", "Volatile Write Cache Not Present" },
};
static const struct field ind_nsfeat_bits[] = {
	RSVD_BITS(2, 0),
	{ "uidreuse", "UID Reuse", BIT(3), FLAG, NAMES(ind_uidreuse_names) },
	{ "rmedia", "Rotational Media", BIT(4), FLAG, NAMES(rmedia_names) },
	{ "vwcnp", "Volatile Write Cache Not Present", BIT(5), FLAG, NAMES(vwcnp_names), .since = 0x0201 },
	RSVD_BITS(7, 6),
};
static const struct name nrdy_names[] = {
	{ 0, "not-ready", "Namespace is not ready" },
	{ 1, "ready", "Namespace is ready" },
};
static const struct name ioi_names[] = {
	{ 0, "not-reported", "I/O performance degradation is not reported" },
	{ 2, "not-degraded", "I/O performance is not currently degraded" },
	{ 3, "degraded", "I/O performance is currently degraded" },
};
static const struct field nstat_bits[] = {
	{ "nrdy", "Namespace Ready", BIT(0), FLAG, NAMES(nrdy_names) },
	{ "ioi", "I/O Impacted", BITS(2, 1), ENUM_OF(ioi_names), .since = 0x0201 },
	RSVD_BITS(7, 3),
};

/* Figure 319 */
static const struct field id_ns_ind_fields[] = {
	{ "nsfeat", "Common Namespace Features", BYTE(0), BITS_OF(ind_nsfeat_bits) },
	{ "nmic", "Namespace Multi-path I/O and Namespace Sharing Capabilities", BYTE(1),
	  BITS_OF(nmic_bits) },
	{ "rescap", "Reservation Capabilities", BYTE(2), BITS_OF(rescap_bits) },
	{ "fpi", "Format Progress Indicator", BYTE(3), BITS_OF(fpi_bits) },
	{ "anagrpid", "ANA Group Identifier", BYTES(7, 4) },
	{ "nsattr", "Namespace Attributes", BYTE(8), BITS_OF(nsattr_bits), .show = SHOW_DEC },
	RSVD_BYTES(9, 9),
	{ "nvmsetid", "NVM Set Identifier", BYTES(11, 10) },
	{ "endgid", "Endurance Group Identifier", BYTES(13, 12) },
	{ "nstat", "Namespace Status", BYTE(14), BITS_OF(nstat_bits) },
	{ "kpios", "Key Per I/O Status", BYTE(15), BITS_OF(kpios_bits), .since = 0x0201 },
	{ "maxkt", "Maximum Key Tag", BYTES(17, 16), .since = 0x0201 },
	RSVD_BYTES(19, 18),
	{ "rgrpid", "Reachability Group Identifier", BYTES(23, 20), .since = 0x0201 },
	RSVD_BYTES(4095, 24),
};
const struct spec spec_id_ns_ind = {
	.name = "cmdset-ind-id-ns",
	.text = "I/O Command Set Independent Identify Namespace data structure",
	.figure = "NVM Express Base 2.1, Figure 319",
	.size = 4096,
	FIELDS(id_ns_ind_fields),
};

/* NVM Command Set 1.1, Figure 118, bytes 8 and 9 */
static const struct name pistm16b_names[] = {
	{ 0, "free", "Storage Tag Mask of the 16b Guard format may have any bits set" },
	{ 1, "all-ones", "Storage Tag Mask of the 16b Guard format has all bits set" },
};
static const struct field pic_bits[] = {
	{ "pists16b", "16b Guard Protection Information Storage Tag", BIT(0), SUPPORTED },
	{ "pistm16b", "16b Guard Protection Information Storage Tag Mask", BIT(1), FLAG,
	  NAMES(pistm16b_names) },
	{ "stcrs", "Storage Tag Check Read", BIT(2), SUPPORTED },
	{ "qpifs", "Qualified Protection Information Format", BIT(3), SUPPORTED, .since = 0x0101 },
	RSVD_BITS(7, 4),
};
static const struct name stmla_names[] = {
	{ 0, "bit", "Bit Granularity Masking" },
	{ 1, "byte", "Byte Granularity Masking" },
	{ 2, "not-supported", "Masking Not Supported" },
};
static const struct field pifa_bits[] = {
	{ "stmla", "Storage Tag Masking Level Attribute", BITS(2, 0), ENUM_OF(stmla_names) },
	RSVD_BITS(7, 3),
};

/* NVM Command Set 1.1, Figure 119 */
static const struct name pif_names[] = {
	{ 0, "16b-guard", "16b Guard Protection Information" },
	{ 1, "32b-guard", "32b Guard Protection Information" },
	{ 2, "64b-guard", "64b Guard Protection Information" },
	{ 3, "qualified", "Qualified Type: see QPIF" },
};
static const struct name qpif_names[] = {
	{ 0, "16b-guard", "16b Guard Protection Information" },
	{ 1, "32b-guard", "32b Guard Protection Information" },
	{ 2, "64b-guard", "64b Guard Protection Information" },
};
static const struct field elbaf_fields[] = {
	{ "sts", "Storage Tag Size", BITS(6, 0), .unit = "bits" },
	{ "pif", "Protection Information Format", BITS(8, 7), ENUM_OF(pif_names) },
	{ "qpif", "Qualified Protection Information Format", BITS(12, 9), ENUM_OF(qpif_names),
	  .since = 0x0101 },
	RSVD_BITS(31, 13),
};

/*
 * NVM Command Set 1.1, Figure 118. How many formats are valid stands in Identify Namespace; a format without
 * protection information is all zero, so none can be left out here.
 */
static const struct field nvm_id_ns_fields[] = {
	{ "lbstm", "Logical Block Storage Tag Mask", BYTES(7, 0), .show = SHOW_HEX },
	{ "pic", "Protection Information Capabilities", BYTE(8), BITS_OF(pic_bits) },
	{ "pifa", "Protection Information Format Attribute", BYTE(9), BITS_OF(pifa_bits), .since = 0x0101 },
	RSVD_BYTES(11, 10),
	{ "elbafs", "Extended LBA Formats", BYTES(267, 12), ARRAY_OF(elbaf_fields), .slot = "elbaf" },
	{ "npdgl", "Namespace Preferred Deallocate Granularity Large", BYTES(271, 268), .unit = BLOCKS,
	  .flags = F_ZERO_UNREPORTED, .since = 0x0101 },
	{ "nprg", "Namespace Preferred Read Granularity", BYTES(275, 272), .bias = 1, .unit = BLOCKS,
	  .since = 0x0101 },
	{ "npra", "Namespace Preferred Read Alignment", BYTES(279, 276), .bias = 1, .unit = BLOCKS,
	  .since = 0x0101 },
	{ "nors", "Namespace Optimal Read Size", BYTES(283, 280), .bias = 1, .unit = BLOCKS,
	  .since = 0x0101 },
	{ "npdal", "Namespace Preferred Deallocate Alignment Large", BYTES(287, 284), .unit = BLOCKS,
	  .flags = F_ZERO_UNREPORTED, .since = 0x0101 },
	{ "lbapss", "LBA Format Placement Shard Size", BYTES(291, 288), .unit = BLOCKS,
	  .flags = F_ZERO_UNREPORTED, .since = 0x0101 },
	{ "tlbaag", "Tracked LBA Allocation Granularity", BYTES(295, 292), .unit = BLOCKS,
	  .flags = F_ZERO_UNREPORTED, .since = 0x0101 },
	RSVD_BYTES(4095, 296),
};
const struct spec spec_nvm_id_ns = {
	.name = "nvm-id-ns",
	.text = "I/O Command Set specific Identify Namespace data structure, NVM Command Set",
	.figure = "NVM Command Set 1.1, Figure 118",
	.size = 4096,
	FIELDS(nvm_id_ns_fields),
};

/* NVM Command Set 1.1, Figure 120, bytes 16 and 19:18 */
static const struct name nvm_kpiosc_names[] = {
	{ 0, "namespace", "Key Per I/O capability is enabled per namespace" },
	{ 1, "subsystem", "Key Per I/O capability applies to all namespaces" },
};
static const struct field kpiocap_bits[] = {
	{ "kpios", "Key Per I/O capability", BIT(0), SUPPORTED },
	{ "kpiosc", "Key Per I/O Scope", BIT(1), FLAG, NAMES(nvm_kpiosc_names) },
	RSVD_BITS(7, 2),
};
static const struct field aocs_bits[] = {
	{ "ralbas", "Reporting Allocated LBA", BIT(0), SUPPORTED },
	RSVD_BITS(15, 1),
};
static const struct name lbamqf_names[] = {
	{ 0, "type-0", "LBA Migration Queue Entry Type 0" },
};

/* NVM Command Set 1.1, Figure 120. Sizes as a power of two in units of the minimum memory page size. */
static const struct field nvm_id_ctrl_fields[] = {
	{ "vsl", "Verify Size Limit", BYTE(0), .show = SHOW_POW2, .unit = "pages",
	  .flags = F_ZERO_UNREPORTED },
	{ "wzsl", "Write Zeroes Size Limit", BYTE(1), .show = SHOW_POW2, .unit = "pages",
	  .flags = F_ZERO_UNREPORTED },
	{ "wusl", "Write Uncorrectable Size Limit", BYTE(2), .show = SHOW_POW2, .unit = "pages",
	  .flags = F_ZERO_UNREPORTED },
	{ "dmrl", "Dataset Management Ranges Limit", BYTE(3), .unit = "ranges", .flags = F_ZERO_UNREPORTED },
	{ "dmrsl", "Dataset Management Range Size Limit", BYTES(7, 4), .unit = BLOCKS,
	  .flags = F_ZERO_UNREPORTED },
	{ "dmsl", "Dataset Management Size Limit", BYTES(15, 8), .unit = BLOCKS, .flags = F_ZERO_UNREPORTED },
	{ "kpiocap", "Key Per I/O Capabilities", BYTE(16), BITS_OF(kpiocap_bits), .show = SHOW_DEC,
	  .since = 0x0101 },
	{ "wzdsl", "Write Zeroes With Deallocate Size Limit", BYTE(17), .show = SHOW_POW2, .unit = "pages",
	  .flags = F_ZERO_UNREPORTED, .since = 0x0101 },
	{ "aocs", "Admin Optional Command Support", BYTES(19, 18), BITS_OF(aocs_bits), .show = SHOW_DEC,
	  .since = 0x0101 },
	{ "ver", "Version", BYTES(23, 20), .show = SHOW_VERSION, .since = 0x0101 },
	{ "lbamqf", "LBA Migration Queue Format", BYTE(24), ENUM_OF(lbamqf_names), .since = 0x0101 },
	RSVD_BYTES(4095, 25),
};
const struct spec spec_nvm_id_ctrl = {
	.name = "nvm-id-ctrl",
	.text = "I/O Command Set specific Identify Controller data structure, NVM Command Set",
	.figure = "NVM Command Set 1.1, Figure 120",
	.size = 4096,
	FIELDS(nvm_id_ctrl_fields),
};

/* ZNS 1.2, section 4.1.5.1, bytes 1:0, 3:2 and 52 */
static const struct field zoc_bits[] = {
	{ "vzcap", "Variable Zone Capacity", BIT(0), SUPPORTED },
	{ "zae", "Zone Active Excursions", BIT(1), SUPPORTED },
	RSVD_BITS(15, 2),
};
static const struct field ozcs_bits[] = {
	{ "razb", "Read Across Zone Boundaries", BIT(0), SUPPORTED },
	{ "zrwasup", "Zone Random Write Area", BIT(1), SUPPORTED, .since = 0x0101 },
	RSVD_BITS(15, 2),
};
static const struct field zrwacap_bits[] = {
	{ "expflushsup", "Explicit ZRWA Flush Operations", BIT(0), SUPPORTED },
	RSVD_BITS(7, 1),
};
static const struct field zns_lbafe_fields[] = {
	{ "zsze", "Zone Size", BYTES(7, 0), .show = SHOW_HEX, .unit = BLOCKS },
	{ "zdes", "Zone Descriptor Extension Size", BYTE(8), .scale = 64, .unit = "bytes" },
	RSVD_BYTES(15, 9),
};

/*
 * ZNS 1.2, section 4.1.5.1. Resources are 0's based, all ones: no limit. A format whose zone size is 0 does
 * not exist, so slots that are all zero are left out.
 */
static const struct field zns_id_ns_fields[] = {
	{ "zoc", "Zone Operation Characteristics", BYTES(1, 0), BITS_OF(zoc_bits), .show = SHOW_DEC },
	{ "ozcs", "Optional Zoned Command Support", BYTES(3, 2), BITS_OF(ozcs_bits), .show = SHOW_DEC },
	{ "mar", "Maximum Active Resources", BYTES(7, 4), .bias = 1, .unit = "zones",
	  .flags = F_ALL_ONES_UNREPORTED },
	{ "mor", "Maximum Open Resources", BYTES(11, 8), .bias = 1, .unit = "zones",
	  .flags = F_ALL_ONES_UNREPORTED },
	{ "rrl", "Reset Recommended Limit", BYTES(15, 12), .unit = "seconds", .flags = F_ZERO_UNREPORTED },
	{ "frl", "Finish Recommended Limit", BYTES(19, 16), .unit = "seconds", .flags = F_ZERO_UNREPORTED },
	{ "rrl1", "Reset Recommended Limit 1", BYTES(23, 20), .unit = "seconds", .flags = F_ZERO_UNREPORTED,
	  .since = 0x0101 },
	{ "rrl2", "Reset Recommended Limit 2", BYTES(27, 24), .unit = "seconds", .flags = F_ZERO_UNREPORTED,
	  .since = 0x0101 },
	{ "rrl3", "Reset Recommended Limit 3", BYTES(31, 28), .unit = "seconds", .flags = F_ZERO_UNREPORTED,
	  .since = 0x0101 },
	{ "frl1", "Finish Recommended Limit 1", BYTES(35, 32), .unit = "seconds", .flags = F_ZERO_UNREPORTED,
	  .since = 0x0101 },
	{ "frl2", "Finish Recommended Limit 2", BYTES(39, 36), .unit = "seconds", .flags = F_ZERO_UNREPORTED,
	  .since = 0x0101 },
	{ "frl3", "Finish Recommended Limit 3", BYTES(43, 40), .unit = "seconds", .flags = F_ZERO_UNREPORTED,
	  .since = 0x0101 },
	{ "numzrwa", "Number of ZRWA Resources", BYTES(47, 44), .flags = F_ALL_ONES_UNREPORTED,
	  .since = 0x0101 },
	{ "zrwafg", "ZRWA Flush Granularity", BYTES(49, 48), .unit = BLOCKS, .since = 0x0101 },
	{ "zrwasz", "ZRWA Size", BYTES(51, 50), .unit = BLOCKS, .since = 0x0101 },
	{ "zrwacap", "ZRWA Capability", BYTE(52), BITS_OF(zrwacap_bits), .show = SHOW_DEC, .since = 0x0101 },
	RSVD_BYTES(2815, 53),
	{ "lbafe", "LBA Format Extensions", BYTES(3839, 2816), ARRAY_OF(zns_lbafe_fields), .slot = "lbaf",
	  .flags = F_SKIP_ZERO },
	{ "vs", "Vendor Specific", BYTES(4095, 3840), .kind = K_HEX, .flags = F_VENDOR },
};
const struct spec spec_zns_id_ns = {
	.name = "zns-id-ns",
	.text = "I/O Command Set specific Identify Namespace data structure, Zoned Namespace Command Set",
	.figure = "Zoned Namespace Command Set 1.2, section 4.1.5.1",
	.size = 4096,
	FIELDS(zns_id_ns_fields),
};

/* ZNS 1.2, section 4.1.5.2; 0: the limit is MDTS */
static const struct field zns_id_ctrl_fields[] = {
	{ "zasl", "Zone Append Size Limit", BYTE(0), .show = SHOW_POW2, .unit = "pages",
	  .flags = F_ZERO_UNREPORTED },
	RSVD_BYTES(4095, 1),
};
const struct spec spec_zns_id_ctrl = {
	.name = "zns-id-ctrl",
	.text = "I/O Command Set specific Identify Controller data structure, Zoned Namespace Command Set",
	.figure = "Zoned Namespace Command Set 1.2, section 4.1.5.2",
	.size = 4096,
	FIELDS(zns_id_ctrl_fields),
};
