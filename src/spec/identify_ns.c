/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Identify Namespace of the NVM Command Set (CNS 00h): NVM Command Set 1.1, section 4.1.5.1, Figures 114 to
 * 116, and the Namespace Identification Descriptor list (CNS 03h): Base 2.1, section 5.1.13.2.3, Figure 315.
 */
#include "spec/spec.h"
#include "spec/tables.h"

#define BLOCKS "blocks" /* logical */

/* Figures 114 (byte 24) and 115 */
static const struct name mam_names[] = {
	{ 0, "single", "Single Atomicity Mode applies to write operations" },
	{ 1, "multiple", "Multiple Atomicity Mode applies to write operations" },
};
static const struct name optperf_names[] = {
	{ 0, "none", "NPWG, NPWA, NPDG, NPDA, NPDGL, NPDAL and NOWS are Not Supported" },
	{ 1, "npdg", "NPWG, NPWA, NPDG, NPDA and NOWS are Supported" },
	{ 2, "npdgl", "NPWG, NPWA, NPDA, NPDGL, NPDAL and NOWS are Supported" },
	{ 3, "all", "NPWG, NPWA, NPDG, NPDA, NPDGL, NPDAL and NOWS are Supported" },
};
static const struct name uidreuse_names[] = {
	{ 0, "reused", "NGUID and EUI64 fields if non-zero, Reused" },
	{ 1, "never-reused", "NGUID and EUI64 fields if non-zero, Never Reused" },
};
static const struct name nsabp_names[] = {
	{ 0, "controller", "Namespace uses AWUN, AWUPF, and ACWU" },
	{ 1, "namespace", "Namespace uses NAWUN, NAWUPF, and NACWU" },
};
static const struct field nsfeat_bits[] = {
	{ "thinp", "Thin Provisioning", BIT(0), SUPPORTED },
	{ "nsabp", "Namespace Supported Atomic Boundary & Power", BIT(1), FLAG, NAMES(nsabp_names) },
	{ "dae", "Deallocated or Unwritten Logical Block error", BIT(2), SUPPORTED },
	{ "uidreuse", "UID Reuse", BIT(3), FLAG, NAMES(uidreuse_names) },
	{ "optperf", "Optional Write Performance", BITS(5, 4), ENUM_OF(optperf_names) },
	{ "mam", "Multiple Atomicity Mode", BIT(6), FLAG, NAMES(mam_names), .since = 0x0101 },
	{ "optrperf", "Optional Read Performance (NPRG, NPRA and NORS)", BIT(7), SUPPORTED, .since = 0x0101 },
};

/* Figure 114, byte 26. The host ignores the upper part where there are no more than 16 formats. */
static const struct name mtelba_names[] = {
	{ 0, "separate", "Metadata Transferred in Separate Contiguous Buffer" },
	{ 1, "extended", "Metadata Transferred at End of Data LBA" },
};
static const struct field flbas_bits[] = {
	{ "fidx", "Format Index", BITS(3, 0), UPPER_BITS(6, 5) },
	{ "mtelba", "Metadata Transferred as Extended LBA", BIT(4), FLAG, NAMES(mtelba_names) },
	RSVD_BITS(7, 7),
};

/* Figure 114, byte 27 */
static const struct field mc_bits[] = {
	{ "mtelbas", "Metadata as Part of Extended Data LBA", BIT(0), SUPPORTED },
	{ "mtsbs", "Metadata in Separate Buffer (Metadata Pointer)", BIT(1), SUPPORTED },
	RSVD_BITS(7, 2),
};

/* Figure 114, byte 28 */
static const struct field dpc_bits[] = {
	{ "pit1s", "Protection Information Type 1", BIT(0), SUPPORTED },
	{ "pit2s", "Protection Information Type 2", BIT(1), SUPPORTED },
	{ "pit3s", "Protection Information Type 3", BIT(2), SUPPORTED },
	{ "piifb", "Protection Information Transferred as First Bytes of Metadata", BIT(3), SUPPORTED },
	{ "piilb", "Protection Information Transferred as Last Bytes of Metadata", BIT(4), SUPPORTED },
	RSVD_BITS(7, 5),
};

/* Figure 114, byte 29 */
static const struct name pit_names[] = {
	{ 0, "disabled", "Protection Information Disabled" },
	{ 1, "type-1", "Protection Information Type 1 Enabled" },
	{ 2, "type-2", "Protection Information Type 2 Enabled" },
	{ 3, "type-3", "Protection Information Type 3 Enabled" },
};
static const struct name pip_names[] = {
	{ 0, "last", "Protection Information is Transferred as Last Bytes of Metadata" },
	{ 1, "first", "Protection Information is Transferred as First Bytes of Metadata" },
};
static const struct field dps_bits[] = {
	{ "pit", "Protection Information Type", BITS(2, 0), ENUM_OF(pit_names) },
	{ "pip", "Protection Information Position", BIT(3), FLAG, NAMES(pip_names) },
	RSVD_BITS(7, 4),
};

/* Figure 114, byte 33 */
static const struct name drb_names[] = {
	{ 0, "not-reported", "Bytes read from a deallocated logical block are not reported" },
	{ 1, "zeroes", "Bytes read from a deallocated logical block are 00h" },
	{ 2, "ones", "Bytes read from a deallocated logical block are FFh" },
};
static const struct name gds_names[] = {
	{ 0, "ffh", "Guard Field of Deallocated Logical Blocks is set to FFFFh" },
	{ 1, "crc", "Guard Field of Deallocated Logical Blocks is set to CRC of The Value Read" },
};
static const struct field dlfeat_bits[] = {
	{ "drb", "Deallocation Read Behavior", BITS(2, 0), ENUM_OF(drb_names) },
	{ "wzds", "Deallocate Bit in the Write Zeroes Command", BIT(3), SUPPORTED },
	{ "gds", "Guard Deallocation Status", BIT(4), FLAG, NAMES(gds_names) },
	RSVD_BITS(7, 5),
};

/* Figure 116 */
static const struct name rp_names[] = {
	{ 0, "best", "Best" },
	{ 1, "better", "Better" },
	{ 2, "good", "Good" },
	{ 3, "degraded", "Degraded" },
};
static const struct field lbaf_fields[] = {
	{ "ms", "Metadata Size", BITS(15, 0), .unit = "bytes" },
	{ "ds", "LBA Data Size", BITS(23, 16), .show = SHOW_POW2, .unit = "bytes",
	  .flags = F_ZERO_UNREPORTED },
	{ "rp", "Relative Performance", BITS(25, 24), ENUM_OF(rp_names) },
	RSVD_BITS(31, 26),
	{ "in_use", "Formatted with this LBA format", .flags = F_DERIVED, .show = SHOW_BOOL },
};

/*
 * Figure 114. NAWUN to NABSPF are 0's based except that 0 refers to the controller's field, or to no
 * boundary.
 */
static const struct field id_ns_fields[] = {
	{ "nsze", "Namespace Size", BYTES(7, 0), .show = SHOW_HEX, .unit = BLOCKS },
	{ "ncap", "Namespace Capacity", BYTES(15, 8), .show = SHOW_HEX, .unit = BLOCKS },
	{ "nuse", "Namespace Utilization", BYTES(23, 16), .show = SHOW_HEX, .unit = BLOCKS },
	{ "nsfeat", "Namespace Features", BYTE(24), BITS_OF(nsfeat_bits) },
	{ "nlbaf", "Number of LBA Formats", BYTE(25), .bias = 1, .unit = "formats" },
	{ "flbas", "Formatted LBA Size", BYTE(26), BITS_OF(flbas_bits) },
	{ "mc", "Metadata Capabilities", BYTE(27), BITS_OF(mc_bits) },
	{ "dpc", "End-to-end Data Protection Capabilities", BYTE(28), BITS_OF(dpc_bits) },
	{ "dps", "End-to-end Data Protection Type Settings", BYTE(29), BITS_OF(dps_bits) },
	{ "nmic", "Namespace Multi-path I/O and Namespace Sharing Capabilities", BYTE(30),
	  BITS_OF(nmic_bits) },
	{ "rescap", "Reservation Capabilities", BYTE(31), BITS_OF(rescap_bits) },
	{ "fpi", "Format Progress Indicator", BYTE(32), BITS_OF(fpi_bits) },
	{ "dlfeat", "Deallocate Logical Block Features", BYTE(33), BITS_OF(dlfeat_bits), .show = SHOW_DEC },
	{ "nawun", "Namespace Atomic Write Unit Normal", BYTES(35, 34), .bias = 1, .unit = BLOCKS,
	  .flags = F_ZERO_UNREPORTED },
	{ "nawupf", "Namespace Atomic Write Unit Power Fail", BYTES(37, 36), .bias = 1, .unit = BLOCKS,
	  .flags = F_ZERO_UNREPORTED },
	{ "nacwu", "Namespace Atomic Compare & Write Unit", BYTES(39, 38), .bias = 1, .unit = BLOCKS,
	  .flags = F_ZERO_UNREPORTED },
	{ "nabsn", "Namespace Atomic Boundary Size Normal", BYTES(41, 40), .bias = 1, .unit = BLOCKS,
	  .flags = F_ZERO_UNREPORTED },
	{ "nabo", "Namespace Atomic Boundary Offset", BYTES(43, 42), .unit = BLOCKS },
	{ "nabspf", "Namespace Atomic Boundary Size Power Fail", BYTES(45, 44), .bias = 1, .unit = BLOCKS,
	  .flags = F_ZERO_UNREPORTED },
	{ "noiob", "Namespace Optimal I/O Boundary", BYTES(47, 46), .unit = BLOCKS,
	  .flags = F_ZERO_UNREPORTED },
	{ "nvmcap", "NVM Capacity", BYTES(63, 48), .kind = K_U128, .show = SHOW_SI, .unit = "bytes" },
	{ "npwg", "Namespace Preferred Write Granularity", BYTES(65, 64), .bias = 1, .unit = BLOCKS },
	{ "npwa", "Namespace Preferred Write Alignment", BYTES(67, 66), .bias = 1, .unit = BLOCKS },
	{ "npdg", "Namespace Preferred Deallocate Granularity", BYTES(69, 68), .bias = 1, .unit = BLOCKS },
	{ "npda", "Namespace Preferred Deallocate Alignment", BYTES(71, 70), .bias = 1, .unit = BLOCKS },
	{ "nows", "Namespace Optimal Write Size", BYTES(73, 72), .bias = 1, .unit = BLOCKS },
	{ "mssrl", "Maximum Single Source Range Length", BYTES(75, 74), .unit = BLOCKS },
	{ "mcl", "Maximum Copy Length", BYTES(79, 76), .unit = BLOCKS },
	{ "msrc", "Maximum Source Range Count", BYTE(80), .bias = 1, .unit = "ranges" },
	{ "kpios", "Key Per I/O Status", BYTE(81), BITS_OF(kpios_bits), .show = SHOW_DEC, .since = 0x0101 },
	{ "nulbaf", "Number of Unique Attribute LBA Formats", BYTE(82), .unit = "formats" },
	RSVD_BYTES(83, 83),
	{ "kpiodaag", "Key Per I/O Data Access Alignment and Granularity", BYTES(87, 84), .bias = 1,
	  .unit = BLOCKS, .since = 0x0101 },
	RSVD_BYTES(91, 88),
	{ "anagrpid", "ANA Group Identifier", BYTES(95, 92) },
	RSVD_BYTES(98, 96),
	{ "nsattr", "Namespace Attributes", BYTE(99), BITS_OF(nsattr_bits), .show = SHOW_DEC },
	{ "nvmsetid", "NVM Set Identifier", BYTES(101, 100) },
	{ "endgid", "Endurance Group Identifier", BYTES(103, 102) },
	{ "nguid", "Namespace Globally Unique Identifier", BYTES(119, 104), .kind = K_HEX },
	{ "eui64", "IEEE Extended Unique Identifier", BYTES(127, 120), .kind = K_HEX },
	{ "lbafs", "LBA Formats", BYTES(383, 128), ARRAY_OF(lbaf_fields),
	  .count = FROM2("nlbaf", "nulbaf", 1), .slot = "lbaf" },
	{ "vs", "Vendor Specific", BYTES(4095, 384), .kind = K_HEX, .flags = F_VENDOR },
};

/* Which format is in use depends on a field outside the array, and on how many formats there are. */
static void mark_format_in_use(struct arena *a, struct val *root)
{
	uint64_t formats = val_u64(root, "nlbaf", 0) + 1 + val_u64(root, "nulbaf", 0);
	uint64_t index = val_u64(root, "flbas.fidx", UINT64_MAX);
	struct val *lbafs = val_get(root, "lbafs");

	if (!lbafs || lbafs->type != VAL_ARR || index == UINT64_MAX)
		return;
	if (formats <= 16)
		index &= 0xf;
	val_for_each(lbaf, lbafs) {
		bool used = val_u64(lbaf, "lbaf", UINT64_MAX) == index;

		val_put_u64(a, lbaf, "in_use", used)->field = &lbaf_fields[NELEMS(lbaf_fields) - 1];
	}
}

const struct spec spec_id_ns = {
	.name = "id-ns",
	.text = "Identify Namespace data structure, NVM Command Set",
	.figure = "NVM Command Set 1.1, Figure 114",
	.size = 4096,
	FIELDS(id_ns_fields),
	.fixup = mark_format_in_use,
};

/* Base 2.1, Figure 315 */
static const struct name nidt_names[] = {
	{ 1, "eui64", "IEEE Extended Unique Identifier" },
	{ 2, "nguid", "Namespace Globally Unique Identifier" },
	{ 3, "uuid", "Namespace UUID" },
	{ 4, "csi", "Command Set Identifier" },
};
/* Base 2.1, Figure 311 */
static const struct name csi_names[] = {
	{ 0, "nvm", "NVM Command Set" },
	{ 1, "kv", "Key Value Command Set" },
	{ 2, "zns", "Zoned Namespace Command Set" },
	{ 3, "slm", "Subsystem Local Memory Command Set" },
	{ 4, "cp", "Computational Programs Command Set" },
};
static const struct field nid_eui64[] = {
	{ "eui64", "IEEE Extended Unique Identifier", BYTES(7, 0), .kind = K_HEX, .flags = F_OPTIONAL },
};
static const struct field nid_nguid[] = {
	{ "nguid", "Namespace Globally Unique Identifier", BYTES(15, 0), .kind = K_HEX, .flags = F_OPTIONAL },
};
static const struct field nid_uuid[] = {
	{ "uuid", "Namespace UUID", BYTES(15, 0), .kind = K_UUID, .flags = F_OPTIONAL },
};
static const struct field nid_csi[] = {
	{ "csi", "Command Set Identifier", BYTE(0), ENUM_OF(csi_names), .flags = F_OPTIONAL },
};
static const struct field nid_other[] = {
	{ "nid", "Namespace Identifier", FROM_BYTE(0), .kind = K_HEX, .flags = F_OPTIONAL },
};
static const struct sel_case nid_cases[] = {
	CASE(1, nid_eui64),
	CASE(2, nid_nguid),
	CASE(3, nid_uuid),
	CASE(4, nid_csi),
};
static const struct sel nid_sel = { "nidt", nid_cases, NELEMS(nid_cases), CASE(0, nid_other) };
static const struct field ns_desc_fields[] = {
	{ "nidt", "Namespace Identifier Type", BYTE(0), ENUM_OF(nidt_names) },
	{ "nidl", "Namespace Identifier Length", BYTE(1), .unit = "bytes" },
	RSVD_BYTES(3, 2),
	{ NULL, NULL, FROM_BYTE(4), .kind = K_SWITCH, .sel = &nid_sel, .bytes = FROM("nidl", 1, 0) },
};
static const struct field ns_descs_fields[] = {
	{ "ns-descs", "Namespace Identification Descriptors", FROM_BYTE(0), ARRAY_OF(ns_desc_fields),
	  .stride = FROM("nidl", 1, 4), .stop = "nidl" },
};

const struct spec spec_ns_descs = {
	.name = "ns-descs",
	.text = "Namespace Identification Descriptor list",
	.figure = "NVM Express Base 2.1, Figure 315",
	.size = 4096,
	FIELDS(ns_descs_fields),
	.rows = true,
};
