/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Lists and capabilities that Identify returns: Base 2.1, sections 5.1.13.2 and 5.1.13.3. Namespace
 * granularity is of the NVM Command Set 1.1, section 4.1.5.
 */
#include "spec/tables.h"

/* CNS 02h, 07h, 10h, 1Ah: section 4.6.2 (Namespace List) */
static const struct field nsid_fields[] = {
	{ "nsid", "Namespace Identifier", BYTES(3, 0) },
};
static const struct field list_ns_fields[] = {
	{ "nsid_list", "Namespace List", BYTES(4095, 0), ARRAY_OF(nsid_fields), .flags = F_SKIP_ZERO },
};
const struct spec spec_list_ns = {
	.name = "list-ns",
	.text = "Namespace ID list",
	.figure = "NVM Express Base 2.1, section 4.6.2",
	.size = 4096,
	FIELDS(list_ns_fields),
};

/* CNS 12h, 13h: section 4.6.1 (Controller List) */
static const struct field ctrl_id_fields[] = {
	{ "ctrl_id", "Controller Identifier", BYTES(1, 0), .show = SHOW_HEX },
};
static const struct field list_ctrl_fields[] = {
	{ "num_ctrl", "Number of Identifiers", BYTES(1, 0) },
	{ "ctrl_list", "Controller List", BYTES(4095, 2), ARRAY_OF(ctrl_id_fields),
	  .count = FROM("num_ctrl", 1, 0) },
};
const struct spec spec_list_ctrl = {
	.name = "list-ctrl",
	.text = "Controller list",
	.figure = "NVM Express Base 2.1, section 4.6.1",
	.size = 4096,
	FIELDS(list_ctrl_fields),
};

/* CNS 04h: section 5.1.13.2.4, Figures 317 and 318 */
static const struct field nvmset_fields[] = {
	{ "nvmset_id", "NVM Set Identifier", BYTES(1, 0) },
	{ "endurance_group_id", "Endurance Group Identifier", BYTES(3, 2) },
	RSVD_BYTES(7, 4),
	{ "random_4k_read_typical", "Random 4 KiB Read Typical", BYTES(11, 8), .scale = 100,
	  .unit = "nanoseconds", .flags = F_ZERO_UNREPORTED },
	{ "optimal_write_size", "Optimal Write Size", BYTES(15, 12), .unit = "bytes",
	  .flags = F_ZERO_UNREPORTED },
	{ "total_nvmset_cap", "Total NVM Set Capacity", BYTES(31, 16), .kind = K_U128, .show = SHOW_SI,
	  .unit = "bytes" },
	{ "unalloc_nvmset_cap", "Unallocated NVM Set Capacity", BYTES(47, 32), .kind = K_U128,
	  .show = SHOW_SI, .unit = "bytes" },
	RSVD_BYTES(127, 48),
};
static const struct field id_nvmset_fields[] = {
	{ "nid", "Number of Identifiers", BYTE(0) },
	RSVD_BYTES(127, 1),
	{ "NVMSet", "NVM Set Attributes Entries", BYTES(4095, 128), ARRAY_OF(nvmset_fields),
	  .count = FROM("nid", 1, 0) },
};
const struct spec spec_id_nvmset = {
	.name = "id-nvmset",
	.text = "NVM Set List",
	.figure = "NVM Express Base 2.1, Figure 317",
	.size = 4096,
	FIELDS(id_nvmset_fields),
};

/* CNS 14h: section 5.1.13.3.1 */
static const struct field crt_bits[] = {
	{ "vqrs", "VQ Resources", BIT(0), SUPPORTED },
	{ "virs", "VI Resources", BIT(1), SUPPORTED },
	RSVD_BITS(7, 2),
};
static const struct field primary_ctrl_caps_fields[] = {
	{ "cntlid", "Controller Identifier", BYTES(1, 0), .show = SHOW_HEX },
	{ "portid", "Port Identifier", BYTES(3, 2), .show = SHOW_HEX },
	{ "crt", "Controller Resource Types", BYTE(4), BITS_OF(crt_bits) },
	RSVD_BYTES(31, 5),
	{ "vqfrt", "VQ Resources Flexible Total", BYTES(35, 32) },
	{ "vqrfa", "VQ Resources Flexible Assigned", BYTES(39, 36) },
	{ "vqrfap", "VQ Resources Flexible Allocated to Primary", BYTES(41, 40) },
	{ "vqprt", "VQ Resources Private Total", BYTES(43, 42) },
	{ "vqfrsm", "VQ Resources Flexible Secondary Maximum", BYTES(45, 44) },
	{ "vqgran", "VQ Flexible Resource Preferred Granularity", BYTES(47, 46) },
	RSVD_BYTES(63, 48),
	{ "vifrt", "VI Resources Flexible Total", BYTES(67, 64) },
	{ "virfa", "VI Resources Flexible Assigned", BYTES(71, 68) },
	{ "virfap", "VI Resources Flexible Allocated to Primary", BYTES(73, 72) },
	{ "viprt", "VI Resources Private Total", BYTES(75, 74) },
	{ "vifrsm", "VI Resources Flexible Secondary Maximum", BYTES(77, 76) },
	{ "vigran", "VI Flexible Resource Preferred Granularity", BYTES(79, 78) },
	RSVD_BYTES(4095, 80),
};
const struct spec spec_primary_ctrl_caps = {
	.name = "primary-ctrl-caps",
	.text = "Primary Controller Capabilities data structure",
	.figure = "NVM Express Base 2.1, section 5.1.13.3.1",
	.size = 4096,
	FIELDS(primary_ctrl_caps_fields),
};

/* CNS 15h: section 5.1.13.3.2 */
static const struct name ols_names[] = {
	{ 0, "offline", "Offline" },
	{ 1, "online", "Online" },
};
static const struct field scs_bits[] = {
	{ "ols", "Online State", BIT(0), FLAG, NAMES(ols_names) },
	RSVD_BITS(7, 1),
};
static const struct field secondary_fields[] = {
	{ "secondary-controller-identifier", "Secondary Controller Identifier", BYTES(1, 0),
	  .show = SHOW_HEX },
	{ "primary-controller-identifier", "Primary Controller Identifier", BYTES(3, 2), .show = SHOW_HEX },
	{ "secondary-controller-state", "Secondary Controller State", BYTE(4), BITS_OF(scs_bits) },
	RSVD_BYTES(7, 5),
	{ "virtual-function-number", "Virtual Function Number", BYTES(9, 8) },
	{ "num-virtual-queues", "Number of VQ Flexible Resources Assigned", BYTES(11, 10) },
	{ "num-virtual-interrupts", "Number of VI Flexible Resources Assigned", BYTES(13, 12) },
	RSVD_BYTES(31, 14),
};
static const struct field list_secondary_fields[] = {
	{ "num", "Number of Entries", BYTE(0) },
	RSVD_BYTES(31, 1),
	{ "secondary-controllers", "Secondary Controller Entries", BYTES(4095, 32),
	  ARRAY_OF(secondary_fields), .count = FROM("num", 1, 0) },
};
const struct spec spec_list_secondary = {
	.name = "list-secondary",
	.text = "Secondary Controller list",
	.figure = "NVM Express Base 2.1, section 5.1.13.3.2",
	.size = 4096,
	FIELDS(list_secondary_fields),
};

/* CNS 16h: NVM Command Set 1.1, section 4.1.5 (Namespace Granularity List) */
static const struct name gdm_names[] = {
	{ 0, "all", "One descriptor applies to all LBA formats" },
	{ 1, "per-format", "Descriptors map to LBA formats" },
};
static const struct field granularity_bits[] = {
	{ "gdm", "Granularity Descriptor Mapping", BIT(0), FLAG, NAMES(gdm_names) },
	RSVD_BITS(31, 1),
};
static const struct field granularity_fields[] = {
	{ "namespace-size-granularity", "Namespace Size Granularity", BYTES(7, 0), .unit = "bytes",
	  .flags = F_ZERO_UNREPORTED },
	{ "namespace-capacity-granularity", "Namespace Capacity Granularity", BYTES(15, 8), .unit = "bytes",
	  .flags = F_ZERO_UNREPORTED },
};
static const struct field id_ns_granularity_fields[] = {
	{ "attributes", "Namespace Granularity Attributes", BYTES(3, 0), BITS_OF(granularity_bits) },
	{ "num-descriptors", "Number of Descriptors", BYTE(4), .bias = 1 },
	RSVD_BYTES(31, 5),
	{ "namespace-granularity-list", "Namespace Granularity Descriptors", BYTES(287, 32),
	  ARRAY_OF(granularity_fields), .count = FROM("num-descriptors", 1, 1) },
	RSVD_BYTES(4095, 288),
};
const struct spec spec_id_ns_granularity = {
	.name = "id-ns-granularity",
	.text = "Namespace Granularity List",
	.figure = "NVM Command Set 1.1, section 4.1.5",
	.size = 4096,
	FIELDS(id_ns_granularity_fields),
};

/* CNS 17h: section 5.1.13.2.14, Figures 320 and 321 */
static const struct name idassoc_names[] = {
	{ 0, "none", "No association reported" },
	{ 1, "vendor", "Associated with the PCI Vendor ID" },
	{ 2, "subsystem-vendor", "Associated with the PCI Subsystem Vendor ID" },
};
static const struct field uuid_fields[] = {
	{ "association", "Identifier Association", BITS(1, 0), ENUM_OF(idassoc_names) },
	RSVD_BITS(127, 2),
	{ "uuid", "UUID", BYTES(31, 16), .kind = K_UUID },
};
static const struct field id_uuid_fields[] = {
	RSVD_BYTES(31, 0),
	{ "UUID-list", "UUID List Entries", BYTES(4095, 32), ARRAY_OF(uuid_fields), .slot = "index",
	  .slot_base = 1, .flags = F_STOP_ZERO },
};
const struct spec spec_id_uuid = {
	.name = "id-uuid",
	.text = "UUID List",
	.figure = "NVM Express Base 2.1, Figure 320",
	.size = 4096,
	FIELDS(id_uuid_fields),
};

/* CNS 18h: section 5.1.13.2.15 */
static const struct field domain_fields[] = {
	{ "dom_id", "Domain Identifier", BYTES(1, 0) },
	RSVD_BYTES(15, 2),
	{ "dom_cap", "Total Domain Capacity", BYTES(31, 16), .kind = K_U128, .show = SHOW_SI,
	  .unit = "bytes" },
	{ "unalloc_dom_cap", "Unallocated Domain Capacity", BYTES(47, 32), .kind = K_U128, .show = SHOW_SI,
	  .unit = "bytes" },
	{ "max_egrp_dom_cap", "Max Endurance Group Domain Capacity", BYTES(63, 48), .kind = K_U128,
	  .show = SHOW_SI, .unit = "bytes", .flags = F_ZERO_UNREPORTED },
	RSVD_BYTES(127, 64),
};
static const struct field id_domain_fields[] = {
	{ "num_dom_entries", "Number of Entries", BYTE(0) },
	RSVD_BYTES(127, 1),
	{ "domain_list", "Domain Attributes Entries", BYTES(4095, 128), ARRAY_OF(domain_fields),
	  .count = FROM("num_dom_entries", 1, 0) },
};
const struct spec spec_id_domain = {
	.name = "id-domain",
	.text = "Domain List",
	.figure = "NVM Express Base 2.1, section 5.1.13.2.15",
	.size = 4096,
	FIELDS(id_domain_fields),
};

/* CNS 19h: section 5.1.13.2.16 */
static const struct field endgrp_fields[] = {
	{ "endgrp_id", "Endurance Group Identifier", BYTES(1, 0) },
};
static const struct field list_endgrp_fields[] = {
	{ "num_endgrp_id", "Number of Endurance Group Identifiers", BYTES(1, 0) },
	{ "endgrp_list", "Endurance Group List", BYTES(4095, 2), ARRAY_OF(endgrp_fields),
	  .count = FROM("num_endgrp_id", 1, 0) },
};
const struct spec spec_list_endgrp = {
	.name = "list-endgrp",
	.text = "Endurance Group List",
	.figure = "NVM Express Base 2.1, section 5.1.13.2.16",
	.size = 4096,
	FIELDS(list_endgrp_fields),
};

/* CNS 1Ch: section 5.1.13.2.19. A combination that is 0 ends the list. */
static const struct field iocsv_bits[] = {
	{ "nvms", "NVM Command Set", BIT(0), FLAG },
	{ "kvcs", "Key Value Command Set", BIT(1), FLAG },
	{ "znscs", "Zoned Namespace Command Set", BIT(2), FLAG },
	{ "slmcs", "Subsystem Local Memory Command Set", BIT(3), FLAG, .since = 0x0201 },
	{ "cpncs", "Computational Programs Namespace Command Set", BIT(4), FLAG, .since = 0x0201 },
	RSVD_BITS(63, 5),
};
static const struct field iocs_fields[] = {
	{ "iocsc", "I/O Command Set Combination", BYTES(7, 0), BITS_OF(iocsv_bits) },
};
static const struct field id_iocs_fields[] = {
	{ "iocscs", "I/O Command Set Combinations", BYTES(4095, 0), ARRAY_OF(iocs_fields), .slot = "index",
	  .flags = F_STOP_ZERO },
};
const struct spec spec_id_iocs = {
	.name = "id-iocs",
	.text = "Identify I/O Command Set data structure",
	.figure = "NVM Express Base 2.1, section 5.1.13.2.19",
	.size = 4096,
	FIELDS(id_iocs_fields),
};
