/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Identify Controller (CNS 01h): Base 2.1, section 5.1.13.2.1, Figure 312. What the NVM Command Set adds
 * (AWUN, AWUPF, ACWU) is Figure 117 of NVM Command Set 1.1. Rows marked .since 0x0202 or later stand in
 * regions that Base 2.1 reserves: controllers of revision 2.1 answer 0 there.
 */
#include "spec/tables.h"

#define BLOCKS "blocks" /* logical */

/* Figure 312, byte 76 */
static const struct name function_types[] = {
	{ 0, "pci-or-fabrics", "Controller is associated with a PCI Function or a Fabrics connection" },
	{ 1, "sr-iov", "Controller is associated with an SR-IOV Virtual Function" },
};
static const struct field cmic_bits[] = {
	{ "mports", "Multiple Ports", BIT(0), SUPPORTED },
	{ "mctrs", "Multiple Controllers", BIT(1), SUPPORTED },
	{ "ft", "Function Type", BIT(2), FLAG, NAMES(function_types) },
	{ "anars", "Asymmetric Namespace Access Reporting", BIT(3), SUPPORTED },
	RSVD_BITS(7, 4),
};

/* Figure 312, bytes 95:92 */
static const struct field oaes_bits[] = {
	RSVD_BITS(7, 0),
	{ "nsan", "Attached Namespace Attribute Notices", BIT(8), SUPPORTED },
	{ "fan", "Firmware Activation Notices", BIT(9), SUPPORTED },
	RSVD_BITS(10, 10),
	{ "anacn", "Asymmetric Namespace Access Change Notices", BIT(11), SUPPORTED },
	{ "plean", "Predictable Latency Event Aggregate Log Change Notices", BIT(12), SUPPORTED },
	{ "lsian", "LBA Status Information Alert Notices", BIT(13), SUPPORTED },
	{ "egean", "Endurance Group Event Aggregate Log Page Change Notices", BIT(14), SUPPORTED },
	{ "nnss", "Normal NVM Subsystem Shutdown event", BIT(15), SUPPORTED },
	{ "tthr", "Temperature Threshold Hysteresis Recovery event", BIT(16), SUPPORTED, .since = 0x0201 },
	{ "rgcns", "Reachability Groups Change Notices", BIT(17), SUPPORTED, .since = 0x0201 },
	RSVD_BITS(18, 18),
	{ "ansan", "Allocated Namespace Attribute Notices", BIT(19), SUPPORTED, .since = 0x0201 },
	RSVD_BITS(26, 20),
	{ "zdcn", "Zone Descriptor Changed Notices", BIT(27), SUPPORTED },
	RSVD_BITS(30, 28),
	{ "dlpcn", "Discovery Log Page Change Notifications", BIT(31), SUPPORTED },
};

/* Figure 312, bytes 99:96 */
static const struct name iiellss_names[] = {
	{ 0, "not-supported", "Idle I/O Exit Latency Limit Not Supported" },
	{ 1, "power-state", "Idle I/O Exit Latency Limit Supported for each operational power state" },
	{ 2, "global", "Idle I/O Exit Latency Limit Supported for all operational power states" },
};
static const struct field ctratt_bits[] = {
	{ "hids", "128-bit Host Identifier", BIT(0), SUPPORTED },
	{ "nopspm", "Non-Operational Power State Permissive Mode", BIT(1), SUPPORTED },
	{ "nsets", "NVM Sets", BIT(2), SUPPORTED },
	{ "rrlvls", "Read Recovery Levels", BIT(3), SUPPORTED },
	{ "egs", "Endurance Groups", BIT(4), SUPPORTED },
	{ "plm", "Predictable Latency Mode", BIT(5), SUPPORTED },
	{ "tbkas", "Traffic Based Keep Alive", BIT(6), SUPPORTED },
	{ "ng", "Namespace Granularity", BIT(7), SUPPORTED },
	{ "sqa", "SQ Associations", BIT(8), SUPPORTED },
	{ "ulist", "UUID List", BIT(9), SUPPORTED },
	{ "mds", "Multi-Domain Subsystem", BIT(10), SUPPORTED },
	{ "fcm", "Fixed Capacity Management", BIT(11), SUPPORTED },
	{ "vcm", "Variable Capacity Management", BIT(12), SUPPORTED },
	{ "deg", "Delete Endurance Group", BIT(13), SUPPORTED },
	{ "dnvms", "Delete NVM Set", BIT(14), SUPPORTED },
	{ "elbas", "Extended LBA Formats", BIT(15), SUPPORTED },
	{ "mem", "MDTS and Size Limits Exclude Metadata", BIT(16), SUPPORTED, .since = 0x0201 },
	{ "hmbr", "HMB Restrict Non-Operational Power State Access", BIT(17), SUPPORTED, .since = 0x0201 },
	{ "rhii", "Reservations and Host Identifier Interaction", BIT(18), SUPPORTED, .since = 0x0201 },
	{ "fdps", "Flexible Data Placement", BIT(19), SUPPORTED, .since = 0x0201 },
	{ "pls", "Power Limit", BIT(20), SUPPORTED, .since = 0x0203 },
	{ "pms", "Power Measurement", BIT(21), SUPPORTED, .since = 0x0203 },
	{ "vms", "Voltage Measurement", BIT(22), SUPPORTED, .since = 0x0203 },
	{ "iiellss", "Idle I/O Exit Latency Limit Support and Scope", BITS(24, 23), ENUM_OF(iiellss_names),
	  .since = 0x0203 },
	RSVD_BITS(31, 25),
};

/* Figure 312, bytes 101:100 */
#define RRL(n)                                                         \
	{                                                              \
		"rrl" #n, "Read Recovery Level " #n, BIT(n), SUPPORTED \
	}
static const struct field rrls_bits[] = {
	RRL(0),
	RRL(1),
	RRL(2),
	RRL(3),
	{ "rrl4", "Read Recovery Level 4 (default)", BIT(4), SUPPORTED },
	RRL(5),
	RRL(6),
	RRL(7),
	RRL(8),
	RRL(9),
	RRL(10),
	RRL(11),
	RRL(12),
	RRL(13),
	RRL(14),
	{ "rrl15", "Read Recovery Level 15 (fast fail)", BIT(15), SUPPORTED },
};

/* Figure 312, byte 102 */
static const struct name rpmbbpwps_names[] = {
	{ 0, "not-specified", "RPMB Boot Partition Write Protection support not specified" },
	{ 1, "not-supported", "RPMB Boot Partition Write Protection Not Supported" },
	{ 2, "supported", "RPMB Boot Partition Write Protection Supported" },
};
static const struct field bpcap_bits[] = {
	{ "rpmbbpwps", "RPMB Boot Partition Write Protection Support", BITS(1, 0), ENUM_OF(rpmbbpwps_names) },
	{ "sfbpwps", "Set Features Boot Partition Write Protection", BIT(2), SUPPORTED },
	RSVD_BITS(7, 3),
};

/* Figure 312, byte 110 */
static const struct field plsi_bits[] = {
	{ "plsepf", "Power Loss Signaling with Emergency Power Fail", BIT(0), SUPPORTED },
	{ "plsfq", "Power Loss Signaling with Forced Quiescence", BIT(1), SUPPORTED },
	RSVD_BITS(7, 2),
};

/* Figure 312, byte 111 */
static const struct name cntrltype_names[] = {
	{ 0, "not-reported", "Controller type not reported" },
	{ 1, "io", "I/O controller" },
	{ 2, "discovery", "Discovery controller" },
	{ 3, "admin", "Administrative controller" },
};

/* Figure 312, byte 134 */
static const struct name rgidc_names[] = {
	{ 0, "changeable", "Reachability Group ID may change while the namespace is attached" },
	{ 1, "fixed", "Reachability Group ID does not change while the namespace is attached" },
};
static const struct field crcap_bits[] = {
	{ "rrsup", "Reachability Reporting", BIT(0), SUPPORTED },
	{ "rgidc", "Reachability Group ID Changeable", BIT(1), FLAG, NAMES(rgidc_names) },
	RSVD_BITS(7, 2),
};

/* Figure 312, bytes 253 to 255 (NVMe Management Interface) */
static const struct name nvmesd_names[] = {
	{ 0, "no", "NVM subsystem is not part of an NVMe Storage Device" },
	{ 1, "yes", "NVM subsystem is part of an NVMe Storage Device" },
};
static const struct name nvmee_names[] = {
	{ 0, "no", "NVM subsystem is not part of an NVMe Enclosure" },
	{ 1, "yes", "NVM subsystem is part of an NVMe Enclosure" },
};
static const struct field nvmsr_bits[] = {
	{ "nvmesd", "NVMe Storage Device", BIT(0), FLAG, NAMES(nvmesd_names) },
	{ "nvmee", "NVMe Enclosure", BIT(1), FLAG, NAMES(nvmee_names) },
	RSVD_BITS(7, 2),
};
static const struct name vwcrv_names[] = {
	{ 0, "invalid", "VPD Write Cycles Remaining is not valid" },
	{ 1, "valid", "VPD Write Cycles Remaining is valid" },
};
static const struct field vwci_bits[] = {
	{ "vwcr", "VPD Write Cycles Remaining", BITS(6, 0), .unit = "cycles" },
	{ "vwcrv", "VPD Write Cycles Remaining Valid", BIT(7), FLAG, NAMES(vwcrv_names) },
};
static const struct field mec_bits[] = {
	{ "twpme", "2-Wire Port Management Endpoint", BIT(0), SUPPORTED },
	{ "pcieme", "PCIe Port Management Endpoint", BIT(1), SUPPORTED },
	RSVD_BITS(7, 2),
};

/* Figure 312, bytes 257:256 */
static const struct field oacs_bits[] = {
	{ "ssrs", "Security Send and Receive", BIT(0), SUPPORTED },
	{ "fnvms", "Format NVM", BIT(1), SUPPORTED },
	{ "fwds", "FW Commit and Download", BIT(2), SUPPORTED },
	{ "nms", "NS Management and Attachment", BIT(3), SUPPORTED },
	{ "dsts", "Device Self-test", BIT(4), SUPPORTED },
	{ "dirs", "Directives", BIT(5), SUPPORTED },
	{ "nsrs", "NVMe-MI Send and Receive", BIT(6), SUPPORTED },
	{ "vms", "Virtualization Management", BIT(7), SUPPORTED },
	{ "dbcs", "Doorbell Buffer Config", BIT(8), SUPPORTED },
	{ "glss", "Get LBA Status Capability", BIT(9), SUPPORTED },
	{ "cfls", "Command and Feature Lockdown", BIT(10), SUPPORTED },
	{ "hmlms", "Host Managed Live Migration", BIT(11), SUPPORTED, .since = 0x0201 },
	RSVD_BITS(15, 12),
};

/* Figure 312, byte 260 */
static const struct name ffsro_names[] = {
	{ 0, "read-write", "Firmware Slot 1 Read/Write" },
	{ 1, "read-only", "Firmware Slot 1 Read-Only" },
};
static const struct field frmw_bits[] = {
	{ "ffsro", "First Firmware Slot Read Only", BIT(0), FLAG, NAMES(ffsro_names) },
	{ "nofs", "Number of Firmware Slots", BITS(3, 1) },
	{ "fawr", "Firmware Activate Without Reset", BIT(4), SUPPORTED },
	{ "smud", "Multiple Update Detection", BIT(5), SUPPORTED },
	RSVD_BITS(7, 6),
};

/* Figure 312, byte 261 */
static const struct field lpa_bits[] = {
	{ "smarts", "SMART/Health Log Page per NS", BIT(0), SUPPORTED },
	{ "cses", "Commands Supported and Effects Log Page", BIT(1), SUPPORTED },
	{ "lpeds", "Extended data for Get Log Page", BIT(2), SUPPORTED },
	{ "ts", "Telemetry Log Pages", BIT(3), SUPPORTED },
	{ "pes", "Persistent Event Log Page", BIT(4), SUPPORTED },
	{ "mlps", "Miscellaneous Log Pages (00h, 12h, 13h, scope in 05h)", BIT(5), SUPPORTED },
	{ "da4s", "Telemetry Data Area 4", BIT(6), SUPPORTED },
	RSVD_BITS(7, 7),
};

/* Figure 312, bytes 264 and 265 */
static const struct name vscf_names[] = {
	{ 0, "vendor-specific", "Format of the vendor specific commands is vendor specific" },
	{ 1, "ndt-ndm", "All vendor specific commands use the NVMe format (NDT and NDM)" },
};
static const struct field avscc_bits[] = {
	{ "vsacf", "Admin Vendor Specific Command Format", BIT(0), FLAG, NAMES(vscf_names) },
	RSVD_BITS(7, 1),
};
static const struct field apsta_bits[] = {
	{ "apsts", "Autonomous Power State Transitions", BIT(0), SUPPORTED },
	RSVD_BITS(7, 1),
};

/* Figure 312, bytes 315:312 */
static const struct name authm_names[] = {
	{ 0, "hmac-sha-256", "HMAC SHA-256" },
};
static const struct field rpmbs_bits[] = {
	{ "nrpmbu", "Number of RPMB Units", BITS(2, 0) },
	{ "authm", "Authentication Method", BITS(5, 3), ENUM_OF(authm_names) },
	RSVD_BITS(15, 6),
	{ "tsze", "Total Size of each RPMB Unit", BITS(23, 16), .bias = 1, .scale = 131072, .unit = "bytes" },
	{ "asze", "Access Size", BITS(31, 24), .bias = 1, .scale = 512, .unit = "bytes" },
};

/* Figure 312, byte 318 */
static const struct name sdso_names[] = {
	{ 0, "per-controller", "One device self-test operation per controller at a time" },
	{ 1, "per-subsystem", "One device self-test operation in the NVM subsystem at a time" },
};
static const struct field dsto_bits[] = {
	{ "sdso", "Single Device Self-test Operation", BIT(0), FLAG, NAMES(sdso_names) },
	{ "hirs", "Host-Initiated Refresh", BIT(1), SUPPORTED, .since = 0x0201 },
	RSVD_BITS(7, 2),
};

/* Figure 312, bytes 323:322 */
static const struct field hctma_bits[] = {
	{ "hctms", "Host Controlled Thermal Management", BIT(0), SUPPORTED },
	RSVD_BITS(15, 1),
};

/* Figure 312, bytes 331:328 */
static const struct name ndi_names[] = {
	{ 0, "honoured", "No-Deallocate After Sanitize bit in Sanitize command Supported" },
	{ 1, "inhibited", "No-Deallocate After Sanitize bit in Sanitize command Not Supported" },
};
static const struct name nodmmas_names[] = {
	{ 0, "not-defined",
	  "Additional media modification after sanitize operation completes is not defined" },
	{ 1, "not-modified", "Media is not additionally modified after sanitize operation completes" },
	{ 2, "modified", "Media is additionally modified after sanitize operation completes" },
};
static const struct field sanicap_bits[] = {
	{ "ces", "Crypto Erase Sanitize Operation", BIT(0), SUPPORTED },
	{ "bes", "Block Erase Sanitize Operation", BIT(1), SUPPORTED },
	{ "ows", "Overwrite Sanitize Operation", BIT(2), SUPPORTED },
	{ "vers", "Media Verification and Post-Verification Deallocation states", BIT(3), SUPPORTED,
	  .since = 0x0201 },
	{ "nvers", "Namespace media verification", BIT(4), SUPPORTED, .since = 0x0203 },
	RSVD_BITS(28, 5),
	{ "ndi", "No-Deallocate Inhibited", BIT(29), FLAG, NAMES(ndi_names) },
	{ "nodmmas", "No-Deallocate Modifies Media After Sanitize", BITS(31, 30), ENUM_OF(nodmmas_names) },
};

/* Figure 312, byte 343 */
static const struct name anagid_names[] = {
	{ 0, "may-change", "ANA Group ID may change while the namespace is attached" },
	{ 1, "fixed", "ANA Group ID does not change while the namespace is attached" },
};
static const struct field anacap_bits[] = {
	{ "ranaos", "ANA Optimized state", BIT(0), SUPPORTED },
	{ "rananos", "ANA Non-Optimized state", BIT(1), SUPPORTED },
	{ "ranais", "ANA Inaccessible state", BIT(2), SUPPORTED },
	{ "ranapls", "ANA Persistent Loss state", BIT(3), SUPPORTED },
	{ "ranacs", "ANA Change state", BIT(4), SUPPORTED },
	RSVD_BITS(5, 5),
	{ "anagidlwas", "ANA Group ID Locked When Attached", BIT(6), FLAG, NAMES(anagid_names) },
	{ "anagids", "Non-zero ANA Group ID in Namespace Management", BIT(7), SUPPORTED },
};

/* Figure 312, byte 358 */
static const struct name kpiosc_names[] = {
	{ 0, "namespace", "Key Per I/O capability is enabled per namespace" },
	{ 1, "subsystem", "Key Per I/O capability applies to all namespaces" },
};
static const struct field kpioc_bits[] = {
	{ "kpios", "Key Per I/O capability", BIT(0), SUPPORTED },
	{ "kpiosc", "Key Per I/O Scope", BIT(1), FLAG, NAMES(kpiosc_names) },
	RSVD_BITS(7, 2),
};

/* Figure 312, byte 384 */
static const struct field tmpthha_bits[] = {
	{ "tmpthmh", "Temperature Threshold Maximum Hysteresis", BITS(2, 0), .unit = "kelvin" },
	RSVD_BITS(7, 3),
};

/* Base 2.3: bytes 389:388 and 393:392 */
static const struct field cdpa_bits[] = {
	{ "hmac_sha_384", "HMAC-SHA-384", BIT(0), SUPPORTED },
	RSVD_BITS(15, 1),
};
static const struct field ipmsr_bits[] = {
	{ "srv", "Sample Rate Value", BITS(7, 0) },
	{ "srs", "Sample Rate Scale", BITS(15, 8) },
};

/* Figure 312, bytes 512 and 513 */
static const struct field sqes_bits[] = {
	{ "minsqes", "Minimum I/O Submission Queue Entry Size", BITS(3, 0), .show = SHOW_POW2,
	  .unit = "bytes" },
	{ "maxsqes", "Maximum I/O Submission Queue Entry Size", BITS(7, 4), .show = SHOW_POW2,
	  .unit = "bytes" },
};
static const struct field cqes_bits[] = {
	{ "mincqes", "Minimum I/O Completion Queue Entry Size", BITS(3, 0), .show = SHOW_POW2,
	  .unit = "bytes" },
	{ "maxcqes", "Maximum I/O Completion Queue Entry Size", BITS(7, 4), .show = SHOW_POW2,
	  .unit = "bytes" },
};

/* Figure 312, bytes 521:520 */
static const struct field oncs_bits[] = {
	{ "nvmcmps", "Compare", BIT(0), SUPPORTED },
	{ "nvmwusv", "Write Uncorrectable", BIT(1), SUPPORTED },
	{ "nvmdsmsv", "Data Set Management", BIT(2), SUPPORTED },
	{ "nvmwzsv", "Write Zeroes", BIT(3), SUPPORTED },
	{ "ssfs", "Save and Select Fields in Features", BIT(4), SUPPORTED },
	{ "reservs", "Reservations", BIT(5), SUPPORTED },
	{ "tss", "Timestamp", BIT(6), SUPPORTED },
	{ "nvmvfys", "Verify", BIT(7), SUPPORTED },
	{ "nvmcpys", "Copy", BIT(8), SUPPORTED },
	{ "nvmcsa", "NVM Copy Single Atomicity", BIT(9), SUPPORTED, .since = 0x0201 },
	{ "nvmafc", "NVM All Fast Copy", BIT(10), SUPPORTED, .since = 0x0201 },
	{ "maxwzd", "Larger Write Zeroes with Deallocate", BIT(11), SUPPORTED, .since = 0x0201 },
	{ "nszs", "Namespace Zeroes", BIT(12), SUPPORTED, .since = 0x0201 },
	RSVD_BITS(15, 13),
};

/* Figure 312, bytes 523:522 */
static const struct field fuses_bits[] = {
	{ "fcws", "Fused Compare and Write", BIT(0), SUPPORTED },
	RSVD_BITS(15, 1),
};

/* Figure 312, byte 524 */
static const struct name fns_names[] = {
	{ 0, "namespace", "Format Applies to Single Namespace" },
	{ 1, "all", "Format Applies to All Namespaces" },
};
static const struct name sens_names[] = {
	{ 0, "namespace", "Secure Erase Applies to Single Namespace" },
	{ 1, "all", "Secure Erase Applies to All Namespaces" },
};
/* Set means not supported: the only bit of the figure with that sense. */
static const struct name fnvmbs_names[] = {
	{ 0, "supported", "Format NVM with NSID FFFFFFFFh Supported" },
	{ 1, "not-supported", "Format NVM with NSID FFFFFFFFh Not Supported" },
};
static const struct field fna_bits[] = {
	{ "fns", "Format Namespace Scope", BIT(0), FLAG, NAMES(fns_names) },
	{ "sens", "Secure Erase Namespace Scope", BIT(1), FLAG, NAMES(sens_names) },
	{ "cryes", "Cryptographic Erase as part of Secure Erase", BIT(2), SUPPORTED },
	{ "fnvmbs", "Format NVM Broadcast Support", BIT(3), FLAG, NAMES(fnvmbs_names) },
	RSVD_BITS(7, 4),
};

/* Figure 312, byte 525 */
static const struct name vwcp_names[] = {
	{ 0, "absent", "Volatile Write Cache Not Present" },
	{ 1, "present", "Volatile Write Cache Present" },
};
static const struct name fb_names[] = {
	{ 0, "not-indicated", "Flush with NSID FFFFFFFFh: support not indicated" },
	{ 2, "not-supported", "Flush with NSID FFFFFFFFh Not Supported" },
	{ 3, "supported", "Flush with NSID FFFFFFFFh Supported" },
};
static const struct field vwc_bits[] = {
	{ "vwcp", "Volatile Write Cache Present", BIT(0), FLAG, NAMES(vwcp_names) },
	{ "fb", "Flush Behavior", BITS(2, 1), ENUM_OF(fb_names) },
	RSVD_BITS(7, 3),
};

/* Figure 312, bytes 530 and 531 */
static const struct field icsvscc_bits[] = {
	{ "snvscf", "NVM Vendor Specific Command Format", BIT(0), FLAG, NAMES(vscf_names) },
	RSVD_BITS(7, 1),
};
static const struct field nwpc_bits[] = {
	{ "nwpwps", "No Write Protect and Write Protect Namespace", BIT(0), SUPPORTED },
	{ "wpupcs", "Write Protect Until Power Cycle", BIT(1), SUPPORTED },
	{ "pwps", "Permanent Write Protect", BIT(2), SUPPORTED },
	RSVD_BITS(7, 3),
};

/* Figure 312, bytes 535:534 (there named CDFS) */
static const struct field ocfs_bits[] = {
	{ "cdf0s", "Copy Descriptor Format 0h", BIT(0), SUPPORTED },
	{ "cdf1s", "Copy Descriptor Format 1h", BIT(1), SUPPORTED },
	{ "cdf2s", "Copy Descriptor Format 2h", BIT(2), SUPPORTED, .since = 0x0201 },
	{ "cdf3s", "Copy Descriptor Format 3h", BIT(3), SUPPORTED, .since = 0x0201 },
	{ "cdf4s", "Copy Descriptor Format 4h", BIT(4), SUPPORTED, .since = 0x0201 },
	RSVD_BITS(15, 5),
};

/* Figure 312, bytes 539:536 */
static const struct name sgls_names[] = {
	{ 0, "not-supported", "Scatter-Gather Lists Not Supported" },
	{ 1, "byte-aligned", "Scatter-Gather Lists Supported. No Dword alignment required." },
	{ 2, "dword-aligned", "Scatter-Gather Lists Supported. Dword alignment required." },
};
static const struct field sgls_bits[] = {
	{ "sgls", "SGL Support", BITS(1, 0), ENUM_OF(sgls_names) },
	{ "ksdbds", "Keyed SGL Data Block descriptor", BIT(2), SUPPORTED },
	RSVD_BITS(7, 3),
	{ "sdt", "SGL Descriptor Threshold", BITS(15, 8), .flags = F_ZERO_UNREPORTED, .unit = "descriptors" },
	{ "sbbds", "SGL Bit-Bucket", BIT(16), SUPPORTED },
	{ "mba", "Byte-Aligned Contiguous Metadata Buffer", BIT(17), SUPPORTED },
	{ "lldts", "SGL Length Larger than Data Transfer", BIT(18), SUPPORTED },
	{ "msds", "Metadata Pointer Containing SGL Descriptor", BIT(19), SUPPORTED },
	{ "saos", "SGL Address Offsets", BIT(20), SUPPORTED },
	{ "tsdbds", "Transport SGL Data Block Descriptor", BIT(21), SUPPORTED },
	RSVD_BITS(31, 22),
};

/* Figure 312, byte 576 */
static const struct field trattr_bits[] = {
	{ "thmcs", "Track Host Memory Changes", BIT(0), SUPPORTED },
	{ "tudcs", "Track User Data Changes", BIT(1), SUPPORTED },
	{ "mrtll", "Memory Range Tracking Length Limit", BIT(2), FLAG },
	RSVD_BITS(7, 3),
};

/* Figure 312, bytes 1802 to 1806 (NVMe over Fabrics) */
static const struct name fcatt_names[] = {
	{ 0, "dynamic", "Dynamic Controller Model" },
	{ 1, "static", "Static Controller Model" },
};
static const struct field fcatt_bits[] = {
	{ "scm", "Static Controller Model", BIT(0), FLAG, NAMES(fcatt_names) },
	RSVD_BITS(7, 1),
};
static const struct field ofcs_bits[] = {
	{ "disconn", "Disconnect command", BIT(0), SUPPORTED },
	RSVD_BITS(15, 1),
};
static const struct name dctype_names[] = {
	{ 0, "not-reported", "Discovery controller type is not reported" },
	{ 1, "ddc", "Direct Discovery controller" },
	{ 2, "cdc", "Central Discovery controller" },
};

/* Figures 313 (power state descriptor) and 314 (time scales) */
static const struct name mxps_names[] = {
	{ 0, "10-milliwatts", "0.01 W" },
	{ 1, "100-microwatts", "0.0001 W" },
};
static const struct name power_scale_names[] = {
	{ 0, "not-reported", "Not reported" },
	{ 1, "100-microwatts", "0.0001 W" },
	{ 2, "10-milliwatts", "0.01 W" },
};
static const struct name nops_names[] = {
	{ 0, "operational", "operational" },
	{ 1, "non-operational", "non-operational" },
};
static const struct name workload_names[] = {
	{ 0, "none", "No Workload" },
	{ 1, "workload-1", "Workload #1" },
	{ 2, "workload-2", "Workload #2" },
};
static const struct name time_scale_names[] = {
	{ 0, "1us", "1 microsecond" },
	{ 1, "10us", "10 microseconds" },
	{ 2, "100us", "100 microseconds" },
	{ 3, "1ms", "1 millisecond" },
	{ 4, "10ms", "10 milliseconds" },
	{ 5, "100ms", "100 milliseconds" },
	{ 6, "1s", "1 second" },
	{ 7, "10s", "10 seconds" },
	{ 8, "100s", "100 seconds" },
	{ 9, "1000s", "1,000 seconds" },
	{ 10, "10000s", "10,000 seconds" },
	{ 11, "100000s", "100,000 seconds" },
	{ 12, "1000000s", "1,000,000 seconds" },
};
static const struct by max_power_by = { "max_power_scale", { 10000, 100 } };
static const struct by idle_power_by = { "idle_scale", { 0, 100, 10000, 0 } };
static const struct by active_power_by = { "active_scale", { 0, 100, 10000, 0 } };
static const struct field psd_fields[] = {
	{ "max_power", "Maximum Power", BITS(15, 0), .by = &max_power_by, .unit = "microwatts",
	  .flags = F_ZERO_UNREPORTED },
	RSVD_BITS(23, 16),
	{ "max_power_scale", "Max Power Scale", BIT(24), FLAG, NAMES(mxps_names) },
	{ "nops", "Non-Operational State", BIT(25), FLAG, NAMES(nops_names) },
	RSVD_BITS(31, 26),
	{ "entry_lat", "Entry Latency", BITS(63, 32), .unit = "microseconds", .flags = F_ZERO_UNREPORTED },
	{ "exit_lat", "Exit Latency", BITS(95, 64), .unit = "microseconds", .flags = F_ZERO_UNREPORTED },
	{ "read_tput", "Relative Read Throughput", BITS(100, 96) },
	RSVD_BITS(103, 101),
	{ "read_lat", "Relative Read Latency", BITS(108, 104) },
	RSVD_BITS(111, 109),
	{ "write_tput", "Relative Write Throughput", BITS(116, 112) },
	RSVD_BITS(119, 117),
	{ "write_lat", "Relative Write Latency", BITS(124, 120) },
	RSVD_BITS(127, 125),
	{ "idle_power", "Idle Power", BITS(143, 128), .by = &idle_power_by, .unit = "microwatts",
	  .flags = F_ZERO_UNREPORTED },
	RSVD_BITS(149, 144),
	{ "idle_scale", "Idle Power Scale", BITS(151, 150), ENUM_OF(power_scale_names) },
	RSVD_BITS(159, 152),
	{ "active_power", "Active Power", BITS(175, 160), .by = &active_power_by, .unit = "microwatts",
	  .flags = F_ZERO_UNREPORTED },
	{ "active_power_work", "Active Power Workload", BITS(178, 176), ENUM_OF(workload_names) },
	RSVD_BITS(181, 179),
	{ "active_scale", "Active Power Scale", BITS(183, 182), ENUM_OF(power_scale_names) },
	{ "emerg_power_fail_recover_time", "Emergency Power Fail Recovery Time", BITS(191, 184),
	  .flags = F_ZERO_UNREPORTED, .since = 0x0201 },
	{ "force_quiesce_vault_time", "Forced Quiescence Vault Time", BITS(199, 192),
	  .flags = F_ZERO_UNREPORTED, .since = 0x0201 },
	{ "emerg_power_fail_vault_time", "Emergency Power Fail Vault Time", BITS(207, 200),
	  .flags = F_ZERO_UNREPORTED, .since = 0x0201 },
	{ "emerg_power_fail_recover_scale", "Emergency Power Fail Recovery Time Scale", BITS(211, 208),
	  ENUM_OF(time_scale_names), .since = 0x0201 },
	{ "force_quiesce_vault_scale", "Forced Quiescence Vault Time Scale", BITS(215, 212),
	  ENUM_OF(time_scale_names), .since = 0x0201 },
	{ "emerg_power_fail_vault_scale", "Emergency Power Fail Vault Time Scale", BITS(219, 216),
	  ENUM_OF(time_scale_names), .since = 0x0201 },
	RSVD_BITS(255, 220),
};

/* Figure 312 */
static const struct field id_ctrl_fields[] = {
	{ "vid", "PCI Vendor ID", BYTES(1, 0), .show = SHOW_HEX },
	{ "ssvid", "PCI Subsystem Vendor ID", BYTES(3, 2), .show = SHOW_HEX },
	{ "sn", "Serial Number", BYTES(23, 4), .kind = K_STR, .metric = M_INFO },
	{ "mn", "Model Number", BYTES(63, 24), .kind = K_STR, .metric = M_INFO },
	{ "fr", "Firmware Revision", BYTES(71, 64), .kind = K_STR, .metric = M_INFO },
	{ "rab", "Recommended Arbitration Burst", BYTE(72), .show = SHOW_POW2, .unit = "commands" },
	{ "ieee", "IEEE OUI Identifier", BYTES(75, 73), .show = SHOW_HEX0 },
	{ "cmic", "Controller Multi-Path I/O and Namespace Sharing Capabilities", BYTE(76),
	  BITS_OF(cmic_bits) },
	{ "mdts", "Maximum Data Transfer Size", BYTE(77), .show = SHOW_POW2, .unit = "pages",
	  .flags = F_ZERO_UNREPORTED },
	{ "cntlid", "Controller ID", BYTES(79, 78), .show = SHOW_HEX },
	{ "ver", "Version", BYTES(83, 80), .show = SHOW_VERSION, .since = 0x0102 },
	{ "rtd3r", "RTD3 Resume Latency", BYTES(87, 84), .show = SHOW_HEX, .unit = "microseconds",
	  .flags = F_ZERO_UNREPORTED, .since = 0x0102 },
	{ "rtd3e", "RTD3 Entry Latency", BYTES(91, 88), .show = SHOW_HEX, .unit = "microseconds",
	  .flags = F_ZERO_UNREPORTED, .since = 0x0102 },
	{ "oaes", "Optional Asynchronous Events Supported", BYTES(95, 92), BITS_OF(oaes_bits),
	  .since = 0x0102 },
	{ "ctratt", "Controller Attributes", BYTES(99, 96), BITS_OF(ctratt_bits), .since = 0x0103 },
	{ "rrls", "Read Recovery Levels Supported", BYTES(101, 100), BITS_OF(rrls_bits), .since = 0x0104 },
	{ "bpcap", "Boot Partition Capabilities", BYTE(102), BITS_OF(bpcap_bits), .since = 0x0201 },
	RSVD_BYTES(103, 103),
	{ "nssl", "NVM Subsystem Shutdown Latency", BYTES(107, 104), .show = SHOW_HEX, .unit = "microseconds",
	  .flags = F_ZERO_UNREPORTED, .since = 0x0201 },
	RSVD_BYTES(109, 108),
	{ "plsi", "Power Loss Signaling Information", BYTE(110), BITS_OF(plsi_bits), .show = SHOW_DEC,
	  .since = 0x0201 },
	{ "cntrltype", "Controller Type", BYTE(111), ENUM_OF(cntrltype_names), .since = 0x0104 },
	{ "fguid", "FRU Globally Unique Identifier", BYTES(127, 112), .kind = K_UUID, .since = 0x0104 },
	{ "crdt1", "Command Retry Delay Time 1", BYTES(129, 128), .scale = 100, .unit = "milliseconds",
	  .since = 0x0104 },
	{ "crdt2", "Command Retry Delay Time 2", BYTES(131, 130), .scale = 100, .unit = "milliseconds",
	  .since = 0x0104 },
	{ "crdt3", "Command Retry Delay Time 3", BYTES(133, 132), .scale = 100, .unit = "milliseconds",
	  .since = 0x0104 },
	{ "crcap", "Controller Reachability Capabilities", BYTE(134), BITS_OF(crcap_bits), .show = SHOW_DEC,
	  .since = 0x0201 },
	{ "ciu", "Controller Instance Uniquifier", BYTE(135), .since = 0x0203 },
	{ "cirn", "Controller Instance Random Number", BYTES(143, 136), .show = SHOW_HEX, .since = 0x0203 },
	RSVD_BYTES(239, 144),
	RSVD_BYTES(252, 240), /* NVMe Management Interface */
	{ "nvmsr", "NVM Subsystem Report", BYTE(253), BITS_OF(nvmsr_bits), .show = SHOW_DEC },
	{ "vwci", "VPD Write Cycle Information", BYTE(254), BITS_OF(vwci_bits), .show = SHOW_DEC },
	{ "mec", "Management Endpoint Capabilities", BYTE(255), BITS_OF(mec_bits), .show = SHOW_DEC },

	{ "oacs", "Optional Admin Command Support", BYTES(257, 256), BITS_OF(oacs_bits) },
	{ "acl", "Abort Command Limit", BYTE(258), .bias = 1, .unit = "commands" },
	{ "aerl", "Asynchronous Event Request Limit", BYTE(259), .bias = 1, .unit = "commands" },
	{ "frmw", "Firmware Updates", BYTE(260), BITS_OF(frmw_bits) },
	{ "lpa", "Log Page Attributes", BYTE(261), BITS_OF(lpa_bits) },
	{ "elpe", "Error Log Page Entries", BYTE(262), .bias = 1, .unit = "entries" },
	{ "npss", "Number of Power States Support", BYTE(263), .bias = 1, .unit = "states" },
	{ "avscc", "Admin Vendor Specific Command Configuration", BYTE(264), BITS_OF(avscc_bits) },
	{ "apsta", "Autonomous Power State Transition Attributes", BYTE(265), BITS_OF(apsta_bits),
	  .since = 0x0101 },
	{ "wctemp", "Warning Composite Temperature Threshold", BYTES(267, 266), .show = SHOW_KELVIN,
	  .flags = F_ZERO_UNREPORTED, .since = 0x0102 },
	{ "cctemp", "Critical Composite Temperature Threshold", BYTES(269, 268), .show = SHOW_KELVIN,
	  .flags = F_ZERO_UNREPORTED, .since = 0x0102 },
	{ "mtfa", "Maximum Time for Firmware Activation", BYTES(271, 270), .scale = 100,
	  .unit = "milliseconds", .flags = F_ZERO_UNREPORTED, .since = 0x0102 },
	{ "hmpre", "Host Memory Buffer Preferred Size", BYTES(275, 272), .scale = 4096, .unit = "bytes",
	  .since = 0x0102 },
	{ "hmmin", "Host Memory Buffer Minimum Size", BYTES(279, 276), .scale = 4096, .unit = "bytes",
	  .since = 0x0102 },
	{ "tnvmcap", "Total NVM Capacity", BYTES(295, 280), .kind = K_U128, .show = SHOW_SI, .unit = "bytes",
	  .since = 0x0102 },
	{ "unvmcap", "Unallocated NVM Capacity", BYTES(311, 296), .kind = K_U128, .show = SHOW_SI,
	  .unit = "bytes", .since = 0x0102 },
	{ "rpmbs", "Replay Protected Memory Block Support", BYTES(315, 312), BITS_OF(rpmbs_bits),
	  .since = 0x0102 },
	{ "edstt", "Extended Device Self-test Time", BYTES(317, 316), .scale = 60, .unit = "seconds",
	  .since = 0x0103 },
	{ "dsto", "Device Self-test Options", BYTE(318), BITS_OF(dsto_bits), .show = SHOW_DEC,
	  .since = 0x0103 },
	{ "fwug", "Firmware Update Granularity", BYTE(319), .scale = 4096, .unit = "bytes",
	  .flags = F_ZERO_UNREPORTED | F_ALL_ONES_UNREPORTED, .since = 0x0103 },
	{ "kas", "Keep Alive Support", BYTES(321, 320), .scale = 100, .unit = "milliseconds",
	  .flags = F_ZERO_UNREPORTED, .since = 0x0103 },
	{ "hctma", "Host Controlled Thermal Management Attributes", BYTES(323, 322), BITS_OF(hctma_bits),
	  .since = 0x0103 },
	{ "mntmt", "Minimum Thermal Management Temperature", BYTES(325, 324), .show = SHOW_KELVIN,
	  .flags = F_ZERO_UNREPORTED, .since = 0x0103 },
	{ "mxtmt", "Maximum Thermal Management Temperature", BYTES(327, 326), .show = SHOW_KELVIN,
	  .flags = F_ZERO_UNREPORTED, .since = 0x0103 },
	{ "sanicap", "Sanitize Capabilities", BYTES(331, 328), BITS_OF(sanicap_bits), .since = 0x0103 },
	{ "hmminds", "Host Memory Buffer Minimum Descriptor Entry Size", BYTES(335, 332), .scale = 4096,
	  .unit = "bytes", .flags = F_ZERO_UNREPORTED, .since = 0x0104 },
	{ "hmmaxd", "Host Memory Maximum Descriptors Entries", BYTES(337, 336), .unit = "entries",
	  .flags = F_ZERO_UNREPORTED, .since = 0x0104 },
	{ "nsetidmax", "NVM Set Identifier Maximum", BYTES(339, 338), .since = 0x0104 },
	{ "endgidmax", "Endurance Group Identifier Maximum", BYTES(341, 340), .since = 0x0104 },
	{ "anatt", "ANA Transition Time", BYTE(342), .unit = "seconds", .since = 0x0104 },
	{ "anacap", "Asymmetric Namespace Access Capabilities", BYTE(343), BITS_OF(anacap_bits),
	  .show = SHOW_DEC, .since = 0x0104 },
	{ "anagrpmax", "ANA Group Identifier Maximum", BYTES(347, 344), .since = 0x0104 },
	{ "nanagrpid", "Number of ANA Group Identifiers", BYTES(351, 348), .since = 0x0104 },
	{ "pels", "Persistent Event Log Size", BYTES(355, 352), .scale = 65536, .unit = "bytes",
	  .since = 0x0104 },
	{ "domainid", "Domain Identifier", BYTES(357, 356), .since = 0x0200 },
	{ "kpioc", "Key Per I/O Capabilities", BYTE(358), BITS_OF(kpioc_bits), .show = SHOW_DEC,
	  .since = 0x0201 },
	RSVD_BYTES(359, 359),
	{ "mptfawr", "Maximum Processing Time for Firmware Activation Without Reset", BYTES(361, 360),
	  .scale = 100, .unit = "milliseconds", .flags = F_ZERO_UNREPORTED, .since = 0x0201 },
	RSVD_BYTES(367, 362),
	{ "megcap", "Max Endurance Group Capacity", BYTES(383, 368), .kind = K_U128, .show = SHOW_SI,
	  .unit = "bytes", .flags = F_ZERO_UNREPORTED, .since = 0x0200 },
	{ "tmpthha", "Temperature Threshold Hysteresis Attributes", BYTE(384), BITS_OF(tmpthha_bits),
	  .since = 0x0201 },
	RSVD_BYTES(385, 385),
	{ "cqt", "Command Quiesce Time", BYTES(387, 386), .unit = "milliseconds", .flags = F_ZERO_UNREPORTED,
	  .since = 0x0201 },
	{ "cdpa", "Configurable Device Personality Attributes", BYTES(389, 388), BITS_OF(cdpa_bits),
	  .show = SHOW_DEC, .since = 0x0203 },
	{ "mup", "Maximum Unlimited Power", BYTES(391, 390), .since = 0x0203 },
	{ "ipmsr", "Interval Power Measurement Sample Rate", BYTES(393, 392), BITS_OF(ipmsr_bits),
	  .since = 0x0203 },
	{ "msmt", "Maximum Stop Measurement Time", BYTES(395, 394), .show = SHOW_HEX, .since = 0x0203 },
	RSVD_BYTES(511, 396),

	{ "sqes", "Submission Queue Entry Size", BYTE(512), BITS_OF(sqes_bits) },
	{ "cqes", "Completion Queue Entry Size", BYTE(513), BITS_OF(cqes_bits) },
	{ "maxcmd", "Maximum Outstanding Commands", BYTES(515, 514), .unit = "commands",
	  .flags = F_ZERO_UNREPORTED },
	{ "nn", "Number of Namespaces", BYTES(519, 516) },
	{ "oncs", "Optional NVM Command Support", BYTES(521, 520), BITS_OF(oncs_bits) },
	{ "fuses", "Fused Operation Support", BYTES(523, 522), BITS_OF(fuses_bits) },
	{ "fna", "Format NVM Attributes", BYTE(524), BITS_OF(fna_bits) },
	{ "vwc", "Volatile Write Cache", BYTE(525), BITS_OF(vwc_bits) },
	{ "awun", "Atomic Write Unit Normal", BYTES(527, 526), .bias = 1, .unit = BLOCKS },
	{ "awupf", "Atomic Write Unit Power Fail", BYTES(529, 528), .bias = 1, .unit = BLOCKS },
	{ "icsvscc", "I/O Command Set Vendor Specific Command Configuration", BYTE(530),
	  BITS_OF(icsvscc_bits), .show = SHOW_DEC },
	{ "nwpc", "Namespace Write Protection Capabilities", BYTE(531), BITS_OF(nwpc_bits), .show = SHOW_DEC,
	  .since = 0x0104 },
	{ "acwu", "Atomic Compare & Write Unit", BYTES(533, 532), .bias = 1, .unit = BLOCKS },
	{ "ocfs", "Copy Descriptor Formats Supported", BYTES(535, 534), BITS_OF(ocfs_bits), .since = 0x0200 },
	{ "sgls", "SGL Support", BYTES(539, 536), BITS_OF(sgls_bits), .since = 0x0101 },
	{ "mnan", "Maximum Number of Allowed Namespaces", BYTES(543, 540), .since = 0x0104 },
	{ "maxdna", "Maximum Domain Namespace Attachments", BYTES(559, 544), .kind = K_U128,
	  .flags = F_ZERO_UNREPORTED, .since = 0x0200 },
	{ "maxcna", "Maximum I/O Controller Namespace Attachments", BYTES(563, 560),
	  .flags = F_ZERO_UNREPORTED, .since = 0x0200 },
	{ "oaqd", "Optimal Aggregated Queue Depth", BYTES(567, 564), .unit = "commands",
	  .flags = F_ZERO_UNREPORTED, .since = 0x0201 },
	{ "rhiri", "Recommended Host-Initiated Refresh Interval", BYTE(568), .scale = 86400,
	  .unit = "seconds", .flags = F_ZERO_UNREPORTED, .since = 0x0201 },
	{ "hirt", "Host-Initiated Refresh Time", BYTE(569), .scale = 60, .unit = "seconds",
	  .flags = F_ZERO_UNREPORTED, .since = 0x0201 },
	{ "cmmrtd", "Controller Maximum Memory Range Tracking Descriptors", BYTES(571, 570),
	  .since = 0x0201 },
	{ "nmmrtd", "NVM Subsystem Maximum Memory Range Tracking Descriptors", BYTES(573, 572),
	  .since = 0x0201 },
	{ "minmrtg", "Minimum Memory Range Tracking Granularity", BYTE(574), .since = 0x0201 },
	{ "maxmrtg", "Maximum Memory Range Tracking Granularity", BYTE(575), .since = 0x0201 },
	{ "trattr", "Tracking Attributes", BYTE(576), BITS_OF(trattr_bits), .show = SHOW_DEC,
	  .since = 0x0201 },
	RSVD_BYTES(577, 577),
	{ "mcudmq", "Maximum Controller User Data Migration Queues", BYTES(579, 578), .since = 0x0201 },
	{ "mnsudmq", "Maximum NVM Subsystem User Data Migration Queues", BYTES(581, 580), .since = 0x0201 },
	{ "mcmr", "Maximum CDQ Memory Ranges", BYTES(583, 582), .since = 0x0201 },
	{ "nmcmr", "NVM Subsystem Maximum CDQ Memory Ranges", BYTES(585, 584), .since = 0x0201 },
	{ "mcdqpc", "Maximum Controller Data Queue PRP Count", BYTES(587, 586), .since = 0x0201 },
	RSVD_BYTES(767, 588),
	{ "subnqn", "NVM Subsystem NVMe Qualified Name", BYTES(1023, 768), .kind = K_STR, .flags = F_UTF8,
	  .since = 0x0103 },
	RSVD_BYTES(1791, 1024),

	{ "ioccsz", "I/O Queue Command Capsule Supported Size", BYTES(1795, 1792), .scale = 16,
	  .unit = "bytes" },
	{ "iorcsz", "I/O Queue Response Capsule Supported Size", BYTES(1799, 1796), .scale = 16,
	  .unit = "bytes" },
	{ "icdoff", "In Capsule Data Offset", BYTES(1801, 1800), .scale = 16, .unit = "bytes" },
	{ "fcatt", "Fabrics Controller Attributes", BYTE(1802), BITS_OF(fcatt_bits) },
	{ "msdbd", "Maximum SGL Data Block Descriptors", BYTE(1803), .unit = "descriptors",
	  .flags = F_ZERO_UNREPORTED },
	{ "ofcs", "Optional Fabrics Commands Support", BYTES(1805, 1804), BITS_OF(ofcs_bits),
	  .show = SHOW_DEC },
	{ "dctype", "Discovery Controller Type", BYTE(1806), ENUM_OF(dctype_names), .since = 0x0200 },
	{ "ccrl", "Cross-Controller Reset Limit", BYTE(1807), .since = 0x0203 },
	RSVD_BYTES(2047, 1808),

	{ "psds", "Power State Descriptors", BYTES(3071, 2048), ARRAY_OF(psd_fields), .show = SHOW_PAIRS,
	  .count = FROM("npss", 1, 1), .slot = "ps" },
	{ "vs", "Vendor Specific", BYTES(4095, 3072), .kind = K_HEX, .flags = F_VENDOR },
};

const struct spec spec_id_ctrl = {
	.name = "id-ctrl",
	.text = "Identify Controller data structure",
	.figure = "NVM Express Base 2.1, Figure 312",
	.size = 4096,
	FIELDS(id_ctrl_fields),
};
