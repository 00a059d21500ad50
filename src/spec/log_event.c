/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Persistent Event (0Dh): NVM Express Base 2.1, section 5.1.12.1.14; its events: sections 5.1.12.1.14.2.x. */
#include "spec/spec.h"
#include "spec/tables.h"

#define BYTES_FIELD .kind = K_HEX, .flags = F_VENDOR
#define TIMESTAMP   BITS_OF(timestamp_bits)

/* 02h Firmware Commit */
static const struct field fw_commit_fields[] = {
	{ "old_fw_rev", "Old Firmware Revision", BYTES(7, 0), .kind = K_STR },
	{ "new_fw_rev", "New Firmware Revision", BYTES(15, 8), .kind = K_STR },
	{ "fw_commit_action", "Firmware Commit Action", BYTE(16) },
	{ "fw_slot", "Firmware Slot", BYTE(17) },
	{ "sct_fw", "Status Code Type for Firmware Commit Command", BYTE(18), .show = SHOW_HEX },
	{ "sc_fw", "Status Returned for Firmware Commit Command", BYTE(19), .show = SHOW_HEX },
	{ "vu_assign_fw_commit_rc", "Vendor Assigned Firmware Commit Result Code", BYTES(21, 20),
	  .show = SHOW_HEX },
};

/* 03h Timestamp Change */
static const struct field timestamp_change_fields[] = {
	{ "prev_ts", "Previous Timestamp", BYTES(7, 0), TIMESTAMP },
	{ "ml_secs_since_reset", "Time since the last reset", BYTES(15, 8), .unit = "milliseconds" },
};

/* 04h Power-on or Reset: one descriptor per controller, up to the end of the event */
static const struct field reset_info_fields[] = {
	{ "ctrl_id", "Controller ID", BYTES(1, 0), .show = SHOW_HEX },
	{ "fw_act", "Firmware Activation", BYTE(2) },
	{ "op_in_prog", "Operation in Progress", BYTE(3) },
	RSVD_BYTES(15, 4),
	{ "ctrl_power_cycle", "Controller Power Cycle", BYTES(19, 16) },
	{ "power_on_ml_secs", "Power on time", BYTES(27, 20), .unit = "milliseconds" },
	{ "ctrl_time_stamp", "Controller Timestamp", BYTES(35, 28), TIMESTAMP },
};
static const struct field power_on_fields[] = {
	{ "fw_rev", "Firmware Revision", BYTES(7, 0), .kind = K_STR },
	{ "resets", "Controller Reset Information", FROM_BYTE(8), ARRAY_OF(reset_info_fields) },
};

/* 05h NVM Subsystem Hardware Error */
static const struct name hw_error_names[] = {
	{ 0x01, "pcie-correctable", "PCIe Correctable Error" },
	{ 0x02, "pcie-uncorrectable-non-fatal", "PCIe Uncorrectable Non-Fatal Error" },
	{ 0x03, "pcie-uncorrectable-fatal", "PCIe Uncorrectable Fatal Error" },
	{ 0x04, "pcie-link-status-change", "PCIe Link Status Change" },
	{ 0x05, "pcie-link-not-active", "PCIe Link Not Active" },
	{ 0x06, "critical-warning", "Critical Warning Condition" },
	{ 0x07, "endgrp-critical-warning", "Endurance Group Critical Warning Condition" },
	{ 0x08, "unsafe-shutdown", "Unsafe Shutdown" },
	{ 0x09, "controller-fatal", "Controller Fatal Status" },
	{ 0x0a, "media-and-data-integrity", "Media and Data Integrity Status" },
	{ 0x0b, "ready-timeout", "Controller Ready Timeout Exceeded" },
};
static const struct field hw_error_fields[] = {
	{ "nss_hw_err_code", "NVM Subsystem Hardware Error Event Code", BYTES(1, 0),
	  ENUM_OF(hw_error_names) },
	RSVD_BYTES(3, 2),
	{ "add_hw_err_info", "Additional Hardware Error Information", FROM_BYTE(4), BYTES_FIELD },
};

/* 06h Change Namespace */
static const struct field change_ns_fields[] = {
	{ "nsmgt_cdw10", "Namespace Management CDW10", BYTES(3, 0), .show = SHOW_HEX },
	RSVD_BYTES(7, 4),
	{ "nsze", "Namespace Size", BYTES(15, 8), .show = SHOW_HEX, .unit = "blocks" },
	RSVD_BYTES(23, 16),
	{ "nscap", "Namespace Capacity", BYTES(31, 24), .show = SHOW_HEX, .unit = "blocks" },
	{ "flbas", "Formatted LBA Size", BYTE(32), .show = SHOW_HEX },
	{ "dps", "End-to-end Data Protection Type Settings", BYTE(33), .show = SHOW_HEX },
	{ "nmic", "Namespace Multi-path I/O and Namespace Sharing Capabilities", BYTE(34), .show = SHOW_HEX },
	RSVD_BYTES(35, 35),
	{ "ana_grp_id", "ANA Group Identifier", BYTES(39, 36) },
	{ "nvmset_id", "NVM Set Identifier", BYTES(41, 40) },
	RSVD_BYTES(43, 42),
	{ "nsid", "Namespace Identifier", BYTES(47, 44) },
};

/* 07h and 08h Format NVM Start and Completion */
static const struct field format_start_fields[] = {
	{ "nsid", "Namespace Identifier", BYTES(3, 0), .show = SHOW_HEX },
	{ "fna", "Format NVM Attributes", BYTE(4), .show = SHOW_HEX },
	RSVD_BYTES(7, 5),
	{ "format_nvm_cdw10", "Format NVM CDW10", BYTES(11, 8), .show = SHOW_HEX },
};
static const struct field format_end_fields[] = {
	{ "nsid", "Namespace Identifier", BYTES(3, 0), .show = SHOW_HEX },
	{ "smallest_fpi", "Smallest Format Progress Indicator", BYTE(4) },
	{ "format_nvm_status", "Format NVM Status", BYTE(5), .show = SHOW_HEX },
	{ "compln_info", "Completion Information", BYTES(7, 6), .show = SHOW_HEX },
	{ "status_field", "Status Field", BYTES(11, 8), .show = SHOW_HEX },
};

/* 09h and 0Ah Sanitize Start and Completion */
static const struct field sanitize_start_fields[] = {
	{ "sanicap", "Sanitize Capabilities", BYTES(3, 0), .show = SHOW_HEX },
	{ "sani_cdw10", "Sanitize CDW10", BYTES(7, 4), .show = SHOW_HEX },
	{ "sani_cdw11", "Sanitize CDW11", BYTES(11, 8), .show = SHOW_HEX },
};
static const struct field sanitize_end_fields[] = {
	{ "sani_prog", "Sanitize Progress (of 65536)", BYTES(1, 0) },
	{ "sani_status", "Sanitize Status", BYTES(3, 2), .show = SHOW_HEX },
	{ "cmpln_info", "Completion Information", BYTES(5, 4), .show = SHOW_HEX },
	RSVD_BYTES(7, 6),
};

/* 0Bh Set Feature: the command's dwords from 10 on, as many as were logged; then the rest */
static const struct field set_feature_layout_bits[] = {
	{ "dword_count", "Logged command dwords", BITS(2, 0) },
	{ "cc_dw0", "Completion Dword 0 is logged", BIT(3), FLAG },
	RSVD_BITS(15, 4),
	{ "mb_count", "Logged bytes of the memory buffer", BITS(31, 16) },
};
static const struct field cdw_fields[] = {
	{ NULL, "Command Dword", BITS(31, 0), .show = SHOW_HEX },
};
#define REST(n)                                                                                \
	{                                                                                      \
		"logged_data", "Memory buffer and completion", FROM_BYTE(4 * (n)), BYTES_FIELD \
	}
#define CDWS(n)                                                                                   \
	{                                                                                         \
		{ "cdws", "Command Dwords from 10 on", BYTES(4 * (n)-1, 0), ARRAY_OF(cdw_fields), \
		  .count = CONST(n) },                                                            \
			REST(n)                                                                   \
	}
static const struct field cdws_0[] = { REST(0) };
static const struct field cdws_1[] = CDWS(1), cdws_2[] = CDWS(2), cdws_3[] = CDWS(3), cdws_4[] = CDWS(4),
			  cdws_5[] = CDWS(5), cdws_6[] = CDWS(6), cdws_7[] = CDWS(7);
static const struct sel_case cdws_cases[] = {
	CASE(0, cdws_0), CASE(1, cdws_1), CASE(2, cdws_2), CASE(3, cdws_3),
	CASE(4, cdws_4), CASE(5, cdws_5), CASE(6, cdws_6), CASE(7, cdws_7),
};
static const struct sel cdws_sel = { "layout.dword_count", cdws_cases, NELEMS(cdws_cases), { 0 } };
static const struct field set_feature_fields[] = {
	{ "layout", "Set Feature Event Layout", BYTES(3, 0), BITS_OF(set_feature_layout_bits) },
	{ NULL, NULL, FROM_BYTE(4), .kind = K_SWITCH, .sel = &cdws_sel },
};

/* 0Dh Thermal Excursion */
static const struct field thermal_fields[] = {
	{ "over_temp", "Over Temperature", BYTE(0) },
	{ "threshold", "Threshold", BYTE(1) },
};

/* DEh Vendor Specific: descriptors up to the end of the event */
static const struct name vsedt_names[] = {
	{ 1, "event-name", "Event Name" },
	{ 2, "ascii", "ASCII String" },
	{ 3, "binary", "Binary" },
	{ 4, "signed", "Signed Integer" },
};
static const struct field vs_name_fields[] = {
	{ "event_name", "Event Name", .kind = K_STR, .bytes = FROM("vs_event_data_len", 1, 0) },
};
static const struct field vs_ascii_fields[] = {
	{ "ascii_string_data", "ASCII String", .kind = K_STR, .bytes = FROM("vs_event_data_len", 1, 0) },
};
static const struct field vs_binary_fields[] = {
	{ "binary_data", "Data", BYTES_FIELD, .bytes = FROM("vs_event_data_len", 1, 0) },
};
static const struct sel_case vs_cases[] = { CASE(1, vs_name_fields), CASE(2, vs_ascii_fields) };
static const struct sel vs_sel = {
	"vs_event_data_type", vs_cases, NELEMS(vs_cases), { 0, 0, vs_binary_fields, NELEMS(vs_binary_fields) }
};
static const struct field vs_event_fields[] = {
	{ "vs_event_code", "Vendor Specific Event Code", BYTES(1, 0) },
	{ "vs_event_data_type", "Vendor Specific Event Data Type", BYTE(2), ENUM_OF(vsedt_names) },
	{ "vs_event_uuid_index", "UUID Index", BYTE(3) },
	{ "vs_event_data_len", "Vendor Specific Event Data Length", BYTES(5, 4), .unit = "bytes" },
	{ NULL, NULL, FROM_BYTE(6), .kind = K_SWITCH, .sel = &vs_sel },
};
static const struct field vendor_fields[] = {
	{ "vs_event_entry", "Vendor Specific Event Descriptors", FROM_BYTE(0), ARRAY_OF(vs_event_fields),
	  .stride = FROM("vs_event_data_len", 1, 6), .slot = "vs_event_descriptor_number" },
};

static const struct field opaque_fields[] = {
	{ "event_data", "Event Data", FROM_BYTE(0), BYTES_FIELD },
};

/* 01h and 0Ch hold the first 512 bytes of the log pages of that name. */
static const struct sel_case event_cases[] = {
	{ 0x01, 0, smart_fields, NELEMS(smart_fields) },
	CASE(0x02, fw_commit_fields),
	CASE(0x03, timestamp_change_fields),
	CASE(0x04, power_on_fields),
	CASE(0x05, hw_error_fields),
	CASE(0x06, change_ns_fields),
	CASE(0x07, format_start_fields),
	CASE(0x08, format_end_fields),
	CASE(0x09, sanitize_start_fields),
	CASE(0x0a, sanitize_end_fields),
	CASE(0x0b, set_feature_fields),
	{ 0x0c, 0, telemetry_fields, NELEMS(telemetry_fields) },
	CASE(0x0d, thermal_fields),
	CASE(0xde, vendor_fields),
};
static const struct sel event_sel = {
	"event_type", event_cases, NELEMS(event_cases), { 0, 0, opaque_fields, NELEMS(opaque_fields) }
};
/*
 * Vendor specific information stands before the event's data and moves it to where no row can be. Both are
 * then kept as they are; usually there is none.
 */
static const struct field by_type_fields[] = {
	{ NULL, NULL, FROM_BYTE(0), .kind = K_SWITCH, .sel = &event_sel, .bytes = FROM("event_len", 1, 0) },
};
static const struct sel_case vsi_cases[] = { CASE(0, by_type_fields) };
static const struct sel vsi_sel = {
	"vu_info_len", vsi_cases, NELEMS(vsi_cases), { 0, 0, opaque_fields, NELEMS(opaque_fields) }
};

static const struct name event_type_names[] = {
	{ 0x01, "smart-health-snapshot", "SMART / Health Log Snapshot" },
	{ 0x02, "fw-commit", "Firmware Commit" },
	{ 0x03, "timestamp-change", "Timestamp Change" },
	{ 0x04, "power-on-or-reset", "Power-on or Reset" },
	{ 0x05, "nss-hw-error", "NVM Subsystem Hardware Error" },
	{ 0x06, "change-ns", "Change Namespace" },
	{ 0x07, "format-start", "Format NVM Start" },
	{ 0x08, "format-completion", "Format NVM Completion" },
	{ 0x09, "sanitize-start", "Sanitize Start" },
	{ 0x0a, "sanitize-completion", "Sanitize Completion" },
	{ 0x0b, "set-feature", "Set Feature" },
	{ 0x0c, "telemetry-create", "Telemetry Log Create" },
	{ 0x0d, "thermal-excursion", "Thermal Excursion" },
	{ 0x0e, "sanitize-media-verification", "Sanitize Media Verification" },
	{ 0xde, "vendor-specific", "Vendor Specific" },
	{ 0xdf, "tcg-defined", "TCG Defined" },
};
static const struct name pit_names[] = {
	{ 0, "not-reported", "Not reported" },
	{ 1, "nvm-subsystem-port", "NVM subsystem port" },
	{ 2, "nvme-mi-port", "NVMe-MI port" },
	{ 3, "none", "Not associated with a port" },
};
static const struct field ehai_bits[] = {
	{ "pit", "Port Identifier Type", BITS(1, 0), ENUM_OF(pit_names) },
	RSVD_BITS(7, 2),
};
/* EHL counts from byte 3 on: 21 up to now. */
static const struct field event_fields[] = {
	{ "event_type", "Event Type", BYTE(0), ENUM_OF(event_type_names) },
	{ "event_type_rev", "Event Type Revision", BYTE(1) },
	{ "event_header_len", "Event Header Length", BYTE(2) },
	{ "event_header_additional_info", "Event Header Additional Info", BYTE(3), BITS_OF(ehai_bits) },
	{ "ctrl_id", "Controller Identifier", BYTES(5, 4), .show = SHOW_HEX },
	{ "event_time_stamp", "Event Timestamp", BYTES(13, 6), TIMESTAMP },
	{ "port_id", "Port Identifier", BYTES(15, 14), .show = SHOW_HEX },
	RSVD_BYTES(19, 16),
	{ "vu_info_len", "Vendor Specific Information Length", BYTES(21, 20), .unit = "bytes" },
	{ "event_len", "Event Length", BYTES(23, 22), .unit = "bytes" },
	{ NULL, NULL, FROM_BYTE(24), .kind = K_SWITCH, .sel = &vsi_sel, .bytes = FROM("event_len", 1, 0) },
};

static const struct name rcpit_names[] = {
	{ 0, "none", "The reporting context did not exist before" },
	{ 1, "nvm-subsystem-port", "Established by an NVM subsystem port" },
	{ 2, "management-endpoint", "Established by a Management Endpoint" },
};
static const struct field rci_bits[] = {
	{ "rcpid", "Reporting Context Port Identifier", BITS(15, 0) },
	{ "rcpit", "Reporting Context Port Identifier Type", BITS(17, 16), ENUM_OF(rcpit_names) },
	{ "rce", "Reporting Context Exists", BIT(18), FLAG },
	RSVD_BITS(31, 19),
};
static const struct field persistent_event_fields[] = {
	{ "log_id", "Log Page Identifier", BYTE(0), .show = SHOW_HEX },
	RSVD_BYTES(3, 1),
	{ "total_num_of_events", "Total Number of Events", BYTES(7, 4) },
	{ "total_log_len", "Total Log Length", BYTES(15, 8), .unit = "bytes" },
	{ "log_revision", "Log Revision", BYTE(16) },
	RSVD_BYTES(17, 17),
	{ "log_header_len", "Log Header Length", BYTES(19, 18), .unit = "bytes" },
	{ "timestamp", "Timestamp", BYTES(27, 20), TIMESTAMP },
	{ "power_on_hours", "Power on Hours", BYTES(43, 28), .kind = K_U128, .scale = 3600,
	  .unit = "seconds" },
	{ "power_cycle_count", "Power Cycle Count", BYTES(51, 44) },
	{ "pci_vid", "PCI Vendor ID", BYTES(53, 52), .show = SHOW_HEX },
	{ "pci_ssvid", "PCI Subsystem Vendor ID", BYTES(55, 54), .show = SHOW_HEX },
	{ "sn", "Serial Number", BYTES(75, 56), .kind = K_STR },
	{ "mn", "Model Number", BYTES(115, 76), .kind = K_STR },
	{ "subnqn", "NVM Subsystem NVMe Qualified Name", BYTES(371, 116), .kind = K_STR, .flags = F_UTF8 },
	{ "gen_number", "Generation Number", BYTES(373, 372), .since = 0x0200 },
	{ "rci", "Reporting Context Information", BYTES(377, 374), BITS_OF(rci_bits), .since = 0x0200 },
	RSVD_BYTES(479, 378),
	{ "seb", "Supported Events Bitmap", BYTES(511, 480), .kind = K_HEX, .flags = F_QUIET },
	{ "list_of_event_entries", "Persistent Events", FROM_BYTE(512), ARRAY_OF(event_fields),
	  .count = FROM("total_num_of_events", 1, 0), .stride = FROM2("event_header_len", "event_len", 3),
	  .slot = "event_number" },
};
const struct spec spec_log_persistent_event = {
	.name = "persistent-event-log",
	.text = "Persistent Event",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.14",
	.size = 512,
	FIELDS(persistent_event_fields),
};
