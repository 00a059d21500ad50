/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The other log pages of NVM Express Base 2.1, section 5.1.12, and of the command sets. */
#include "spec/spec.h"
#include "spec/tables.h"

/* Timestamp data structure: Base 2.1, section 5.1.25.1.7 (Timestamp feature) */
static const struct name origin_names[] = {
	{ 0, "reset", "Milliseconds since the last Controller Level Reset" },
	{ 1, "set", "Milliseconds since 1970, set by a host" },
};
const struct field timestamp_bits[4] = {
	{ "ms", "Timestamp", BITS(47, 0), .unit = "milliseconds" },
	{ "synch", "Counting may have stopped", BIT(48), FLAG },
	{ "origin", "Timestamp Origin", BITS(51, 49), ENUM_OF(origin_names) },
	RSVD_BITS(63, 52),
};

/* --- 07h, 08h Telemetry Host-Initiated and Controller-Initiated: Base 2.1, sections 5.1.12.1.8 and .9 --- */

static const struct field telemetry_host_fields[] = {
	{ "ths", "Telemetry Host-Initiated Scope", BYTE(0), .since = 0x0200 },
	{ "hostdgn", "Telemetry Host-Initiated Data Generation Number", BYTE(1), .since = 0x0200 },
};
static const struct field telemetry_ctrl_fields[] = {
	RSVD_BYTES(0, 0),
	{ "tcs", "Telemetry Controller-Initiated Scope", BYTE(1), .since = 0x0200 },
};
static const struct sel_case telemetry_cases[] = { CASE(0x07, telemetry_host_fields),
						   CASE(0x08, telemetry_ctrl_fields) };
static const struct sel telemetry_sel = { "lpi", telemetry_cases, NELEMS(telemetry_cases), { 0 } };

/* Blocks have 512 bytes; block 0 is this header, an area ends with its last block. */
const struct field telemetry_fields[13] = {
	{ "lpi", "Log Page Identifier", BYTE(0), .show = SHOW_HEX },
	RSVD_BYTES(4, 1),
	{ "ieee", "IEEE OUI Identifier", BYTES(7, 5), .show = SHOW_HEX0 },
	{ "dalb1", "Data Area 1 Last Block", BYTES(9, 8) },
	{ "dalb2", "Data Area 2 Last Block", BYTES(11, 10) },
	{ "dalb3", "Data Area 3 Last Block", BYTES(13, 12) },
	RSVD_BYTES(15, 14),
	{ "dalb4", "Data Area 4 Last Block", BYTES(19, 16), .since = 0x0200 },
	RSVD_BYTES(379, 20),
	{ NULL, NULL, BYTES(381, 380), .kind = K_SWITCH, .sel = &telemetry_sel },
	{ "ctrlavail", "Telemetry Controller-Initiated Data Available", BYTE(382) },
	{ "ctrldgn", "Telemetry Controller-Initiated Data Generation Number", BYTE(383) },
	{ "rsnident", "Reason Identifier", BYTES(511, 384), .kind = K_HEX, .flags = F_VENDOR },
};
const struct spec spec_log_telemetry = {
	.name = "telemetry-log",
	.text = "Telemetry, header",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.8",
	.size = 512,
	FIELDS(telemetry_fields),
};

/* --- 0Ch Asymmetric Namespace Access: Base 2.1, section 5.1.12.1.13 --- */

static const struct field nsid_fields[] = {
	{ "nsid", "Namespace Identifier", BYTES(3, 0) },
};
static const struct name ana_state_names[] = {
	{ 0x1, "optimized", "ANA Optimized state" },
	{ 0x2, "non-optimized", "ANA Non-Optimized state" },
	{ 0x3, "inaccessible", "ANA Inaccessible state" },
	{ 0x4, "persistent-loss", "ANA Persistent Loss state" },
	{ 0xf, "change", "ANA Change state" },
};
static const struct field ana_group_fields[] = {
	{ "grpid", "ANA Group ID", BYTES(3, 0) },
	{ "nnsids", "Number of NSID Values", BYTES(7, 4) },
	{ "chgcnt", "Change Count", BYTES(15, 8) },
	{ "state", "Asymmetric Namespace Access State", BITS(131, 128), ENUM_OF(ana_state_names),
	  .metric = M_GAUGE },
	RSVD_BITS(135, 132),
	RSVD_BYTES(31, 17),
	{ "nsids", "Namespaces", FROM_BYTE(32), ARRAY_OF(nsid_fields), .count = FROM("nnsids", 1, 0) },
};
static const struct field ana_fields[] = {
	{ "chgcnt", "Change Count", BYTES(7, 0) },
	{ "ngrps", "Number of ANA Group Descriptors", BYTES(9, 8) },
	RSVD_BYTES(15, 10),
	{ "groups", "ANA Group Descriptors", FROM_BYTE(16), ARRAY_OF(ana_group_fields),
	  .count = FROM("ngrps", 1, 0), .stride = FROM("nnsids", 4, 32) },
};
const struct spec spec_log_ana = {
	.name = "ana-log",
	.text = "Asymmetric Namespace Access",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.13",
	.size = 16,
	FIELDS(ana_fields),
};

/*
 * --- 0Eh LBA Status Information: NVM Command Set 1.1, section 4.1.4.2. NLRD FFFFFFFFh says that the element has
 * no descriptors because the whole namespace may be concerned; it is then the last one that is decoded. ---
 */
static const struct name ratype_names[] = {
	{ 0x02, "allocated", "Return allocated LBAs" },
	{ 0x10, "scan", "Scan, return untracked and tracked potentially unrecoverable LBAs" },
	{ 0x11, "tracked", "Return tracked potentially unrecoverable LBAs" },
};
static const struct field lba_range_fields[] = {
	{ "rslba", "Range Starting LBA", BYTES(7, 0) },
	{ "rnlb", "Range Number of Logical Blocks", BYTES(11, 8) },
	RSVD_BYTES(15, 12),
};
static const struct field lba_ranges_fields[] = {
	{ "descs", "LBA Range Descriptors", FROM_BYTE(0), ARRAY_OF(lba_range_fields),
	  .count = FROM("nlrd", 1, 0) },
};
static const struct sel_case lba_ranges_cases[] = { { UINT32_MAX, 0, NULL, 0 } };
static const struct sel lba_ranges_sel = { "nlrd",
					   lba_ranges_cases,
					   NELEMS(lba_ranges_cases),
					   { 0, 0, lba_ranges_fields, NELEMS(lba_ranges_fields) } };
static const struct field lba_ns_element_fields[] = {
	{ "neid", "Namespace Element Identifier", BYTES(3, 0), .show = SHOW_HEX },
	{ "nlrd", "Number of LBA Range Descriptors", BYTES(7, 4), .flags = F_ALL_ONES_UNREPORTED },
	{ "ratype", "Recommended Action Type", BYTE(8), ENUM_OF(ratype_names) },
	RSVD_BYTES(15, 9),
	{ NULL, NULL, FROM_BYTE(16), .kind = K_SWITCH, .sel = &lba_ranges_sel },
};
static const struct field lba_status_fields[] = {
	{ "lslplen", "LBA Status Log Page Length", BYTES(3, 0), .unit = "bytes" },
	{ "nlslne", "Number of LBA Status Log Namespace Elements", BYTES(7, 4) },
	{ "estulb", "Estimate of Unrecoverable Logical Blocks", BYTES(11, 8), .metric = M_GAUGE },
	RSVD_BYTES(13, 12),
	{ "lsgc", "LBA Status Generation Counter", BYTES(15, 14) },
	{ "ns_elements", "LBA Status Log Namespace Elements", FROM_BYTE(16), ARRAY_OF(lba_ns_element_fields),
	  .count = FROM("nlslne", 1, 0), .stride = FROM("nlrd", 16, 16) },
};
const struct spec spec_log_lba_status = {
	.name = "lba-status-log",
	.text = "LBA Status Information",
	.figure = "NVM Command Set 1.1, section 4.1.4.2",
	.size = 16,
	FIELDS(lba_status_fields),
};

/* --- 15h Boot Partition, header: Base 2.1, section 5.1.12.1.21 --- */

static const struct field bpinfo_bits[] = {
	{ "bpsz", "Boot Partition Size", BITS(14, 0), .scale = 131072, .unit = "bytes" },
	RSVD_BITS(30, 15),
	{ "abpid", "Active Boot Partition ID", BIT(31) },
};
static const struct field boot_part_fields[] = {
	{ "lid", "Log Page Identifier", BYTE(0), .show = SHOW_HEX },
	RSVD_BYTES(3, 1),
	{ "bpinfo", "Boot Partition Information", BYTES(7, 4), BITS_OF(bpinfo_bits) },
	RSVD_BYTES(15, 8),
};
const struct spec spec_log_boot_part = {
	.name = "boot-part-log",
	.text = "Boot Partition, header",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.21",
	.size = 16,
	FIELDS(boot_part_fields),
};

/* --- 16h Rotational Media Information: Base 2.1, section 5.1.12.1.22 --- */

static const struct field rotational_media_fields[] = {
	{ "endgid", "Endurance Group Identifier", BYTES(1, 0) },
	{ "numa", "Number of Actuators", BYTES(3, 2) },
	{ "nrs", "Nominal Rotational Speed", BYTES(5, 4), .unit = "rpm", .flags = F_ZERO_UNREPORTED },
	RSVD_BYTES(7, 6),
	{ "spinc", "Spinup Count", BYTES(11, 8), .metric = M_COUNTER },
	{ "fspinc", "Failed Spinup Count", BYTES(15, 12), .metric = M_COUNTER },
	{ "ldc", "Load Count", BYTES(19, 16), .metric = M_COUNTER },
	{ "fldc", "Failed Load Count", BYTES(23, 20), .metric = M_COUNTER },
	RSVD_BYTES(511, 24),
};
const struct spec spec_log_rotational_media = {
	.name = "rotational-media-info-log",
	.text = "Rotational Media Information",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.22",
	.size = 512,
	FIELDS(rotational_media_fields),
};

/* --- 17h Dispersed Namespace Participating NVM Subsystems: Base 2.1, section 5.1.12.1.23 --- */

static const struct field subnqn_fields[] = {
	{ "subnqn", "NVM Subsystem NVMe Qualified Name", BYTES(255, 0), .kind = K_STR, .flags = F_UTF8 },
};
static const struct field dispersed_ns_fields[] = {
	{ "genctr", "Generation Counter", BYTES(7, 0) },
	{ "numpsub", "Number of Participating NVM Subsystems", BYTES(15, 8) },
	RSVD_BYTES(255, 16),
	{ "participating_nss", "Participating NVM Subsystems", FROM_BYTE(256), ARRAY_OF(subnqn_fields),
	  .count = FROM("numpsub", 1, 0) },
};
const struct spec spec_log_dispersed_ns = {
	.name = "dispersed-ns-participating-nss-log",
	.text = "Dispersed Namespace Participating NVM Subsystems",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.23",
	.size = 256,
	FIELDS(dispersed_ns_fields),
};

/* --- 18h Management Address List: Base 2.1, section 5.1.12.1.24 --- */

static const struct name mat_names[] = {
	{ 1, "nvm-subsystem", "NVM subsystem management agent" },
	{ 2, "fabric-interface-manager", "Fabric interface manager" },
};
static const struct field mgmt_addr_fields[] = {
	{ "mat", "Management Address Type", BYTE(0), ENUM_OF(mat_names) },
	RSVD_BYTES(3, 1),
	{ "madrs", "Management Address", BYTES(511, 4), .kind = K_STR, .flags = F_UTF8 },
};
static const struct field mgmt_addr_list_fields[] = {
	{ "list", "Management Addresses", BYTES(4095, 0), ARRAY_OF(mgmt_addr_fields), .slot = "descriptor",
	  .flags = F_SKIP_ZERO },
};
const struct spec spec_log_mgmt_addr_list = {
	.name = "mgmt-addr-list-log",
	.text = "Management Address List",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.24",
	.size = 4096,
	FIELDS(mgmt_addr_list_fields),
};

/* --- 19h Physical Interface Receiver Eye Opening Measurement: PCIe Transport 1.1, section 4.1.1.1 --- */

static const struct name eomip_names[] = {
	{ 0, "not-started", "Not started" },
	{ 1, "in-progress", "In progress" },
	{ 2, "completed", "Completed" },
};
static const struct field odp_bits[] = {
	{ "pefp", "Printable Eye Field Present", BIT(0), FLAG },
	{ "edfp", "Eye Data Field Present", BIT(1), FLAG },
	RSVD_BITS(7, 2),
};
static const struct field mstatus_bits[] = {
	{ "mscs", "Measurement completed successfully", BIT(0), FLAG },
	RSVD_BITS(7, 1),
};
static const struct field eom_lane_fields[] = {
	RSVD_BYTES(0, 0),
	{ "mstatus", "Measurement Status", BYTE(1), BITS_OF(mstatus_bits) },
	{ "lane", "Lane", BYTE(2) },
	{ "eye", "Eye", BYTE(3) },
	{ "top", "Top", BYTES(5, 4) },
	{ "bottom", "Bottom", BYTES(7, 6) },
	{ "left", "Left", BYTES(9, 8) },
	{ "right", "Right", BYTES(11, 10) },
	{ "nrows", "Number of Rows", BYTES(13, 12) },
	{ "ncols", "Number of Columns", BYTES(15, 14) },
	{ "edlen", "Eye Data Length", BYTES(17, 16), .unit = "bytes" },
	RSVD_BYTES(31, 18),
	/* The printable eye (NROWS * NCOLS characters), then the eye data */
	{ "eye_desc", "Printable Eye and Eye Data", FROM_BYTE(32), .kind = K_HEX, .flags = F_VENDOR,
	  .bytes = FROM("dsize", 1, -32) },
};
static const struct field eom_fields[] = {
	{ "lid", "Log Page Identifier", BYTE(0), .show = SHOW_HEX },
	{ "eomip", "EOM In Progress", BYTE(1), ENUM_OF(eomip_names) },
	{ "hsize", "Header Size", BYTES(3, 2), .unit = "bytes" },
	{ "rsize", "Result Size", BYTES(7, 4), .unit = "bytes" },
	{ "eomdgn", "EOM Data Generation Number", BYTE(8) },
	{ "lr", "Log Revision", BYTE(9) },
	{ "odp", "Optional Data Present", BYTE(10), BITS_OF(odp_bits) },
	{ "lanes", "Lanes", BYTE(11) },
	{ "epl", "Eyes Per Lane", BYTE(12) },
	{ "lspfc", "Log Specific Parameter Field Copy", BYTE(13), .show = SHOW_HEX },
	{ "li", "Link Information", BYTE(14), .show = SHOW_HEX },
	RSVD_BYTES(17, 15),
	{ "lsic", "Log Specific Identifier Copy", BYTES(19, 18), .show = SHOW_HEX },
	{ "dsize", "Descriptor Size", BYTES(23, 20), .unit = "bytes" },
	{ "nd", "Number of Descriptors", BYTES(25, 24) },
	{ "maxtb", "Maximum Top Bottom", BYTES(27, 26) },
	{ "maxlr", "Maximum Left Right", BYTES(29, 28) },
	{ "etgood", "Estimated Time for Good Quality", BYTES(31, 30), .unit = "seconds" },
	{ "etbetter", "Estimated Time for Better Quality", BYTES(33, 32), .unit = "seconds" },
	{ "etbest", "Estimated Time for Best Quality", BYTES(35, 34), .unit = "seconds" },
	RSVD_BYTES(63, 36),
	{ "descs", "EOM Lane Descriptors", FROM_BYTE(64), ARRAY_OF(eom_lane_fields),
	  .count = FROM("nd", 1, 0), .stride = FROM("dsize", 1, 0) },
};
const struct spec spec_log_phy_rx_eom = {
	.name = "phy-rx-eom-log",
	.text = "Physical Interface Receiver Eye Opening Measurement",
	.figure = "NVMe over PCIe Transport 1.1, section 4.1.1.1",
	.size = 64,
	FIELDS(eom_fields),
};

/* --- 1Ah, 1Bh Reachability Groups and Associations: Base 2.1, sections 5.1.12.1.25 and .26 --- */

static const struct field rgid_fields[] = {
	{ "rgid", "Reachability Group ID", BYTES(3, 0) },
};
static const struct field reach_group_fields[] = {
	{ "rgid", "Reachability Group ID", BYTES(3, 0) },
	{ "nnid", "Number of NSID Values", BYTES(7, 4) },
	{ "chngc", "Change Count", BYTES(15, 8) },
	RSVD_BYTES(31, 16),
	{ "nsids", "Namespaces", FROM_BYTE(32), ARRAY_OF(nsid_fields), .count = FROM("nnid", 1, 0) },
};
static const struct field reach_groups_fields[] = {
	{ "chngc", "Change Count", BYTES(7, 0) },
	{ "nrgd", "Number of Reachability Group Descriptors", BYTES(9, 8) },
	RSVD_BYTES(15, 10),
	{ "rgd", "Reachability Group Descriptors", FROM_BYTE(16), ARRAY_OF(reach_group_fields),
	  .count = FROM("nrgd", 1, 0), .stride = FROM("nnid", 4, 32) },
};
const struct spec spec_log_reachability_groups = {
	.name = "reachability-groups-log",
	.text = "Reachability Groups",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.25",
	.size = 16,
	FIELDS(reach_groups_fields),
};
static const struct field reach_assoc_fields[] = {
	{ "rasid", "Reachability Association ID", BYTES(3, 0) },
	{ "nrid", "Number of RGID Values", BYTES(7, 4) },
	{ "chngc", "Change Count", BYTES(15, 8) },
	{ "rac", "Reachability Association Characteristics", BYTE(16), .show = SHOW_HEX },
	RSVD_BYTES(31, 17),
	{ "rgids", "Reachability Groups", FROM_BYTE(32), ARRAY_OF(rgid_fields), .count = FROM("nrid", 1, 0) },
};
static const struct field reach_assocs_fields[] = {
	{ "chngc", "Change Count", BYTES(7, 0) },
	{ "nrad", "Number of Reachability Association Descriptors", BYTES(9, 8) },
	RSVD_BYTES(15, 10),
	{ "rad", "Reachability Association Descriptors", FROM_BYTE(16), ARRAY_OF(reach_assoc_fields),
	  .count = FROM("nrad", 1, 0), .stride = FROM("nrid", 4, 32) },
};
const struct spec spec_log_reachability_assocs = {
	.name = "reachability-associations-log",
	.text = "Reachability Associations",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.26",
	.size = 16,
	FIELDS(reach_assocs_fields),
};

/* --- 80h Reservation Notification: Base 2.1, section 5.1.12.1.32 --- */

static const struct name rnlpt_names[] = {
	{ 0, "empty", "Empty log page" },
	{ 1, "registration-preempted", "Registration Preempted" },
	{ 2, "reservation-released", "Reservation Released" },
	{ 3, "reservation-preempted", "Reservation Preempted" },
};
static const struct field resv_notif_fields[] = {
	{ "count", "Log Page Count", BYTES(7, 0) },
	{ "rn_log_type", "Reservation Notification Log Page Type", BYTE(8), ENUM_OF(rnlpt_names) },
	{ "num_logs", "Number of Available Log Pages", BYTE(9) },
	RSVD_BYTES(11, 10),
	{ "nsid", "Namespace Identifier", BYTES(15, 12) },
	RSVD_BYTES(63, 16),
};
const struct spec spec_log_resv_notif = {
	.name = "resv-notif-log",
	.text = "Reservation Notification",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.32",
	.size = 64,
	FIELDS(resv_notif_fields),
};

/* --- BFh Changed Zone List: ZNS Command Set 1.2, section 4.1.2. NRZID FFFFh: too many, and no list. --- */

static const struct field zid_fields[] = {
	{ "zid", "Zone Identifier", BYTES(7, 0), .show = SHOW_HEX },
};
static const struct field zids_fields[] = {
	{ "zids", "Changed Zones", BYTES(4087, 0), ARRAY_OF(zid_fields), .count = FROM("nrzid", 1, 0) },
};
static const struct sel_case zids_cases[] = { { 0xffff, 0, NULL, 0 } };
static const struct sel zids_sel = {
	"nrzid", zids_cases, NELEMS(zids_cases), { 0, 0, zids_fields, NELEMS(zids_fields) }
};
static const struct field zns_changed_fields[] = {
	{ "nrzid", "Number of Zone Identifiers (65535: too many changed)", BYTES(1, 0) },
	RSVD_BYTES(7, 2),
	{ NULL, NULL, BYTES(4095, 8), .kind = K_SWITCH, .sel = &zids_sel },
};
const struct spec spec_log_zns_changed = {
	.name = "zns-changed-zone-list-log",
	.text = "Changed Zone List",
	.figure = "Zoned Namespace Command Set 1.2, section 4.1.2",
	.size = 4096,
	FIELDS(zns_changed_fields),
};
