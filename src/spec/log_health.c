/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Log pages about health, errors and firmware. NVM Express Base 2.1, section 5.1.12.1. */
#include "spec/spec.h"
#include "spec/tables.h"

/* --- 02h SMART / Health Information: Base 2.1, section 5.1.12.1.3 --- */

static const struct field critical_warning_bits[] = {
	{ "available_spare", "Available spare below threshold", BIT(0), FLAG },
	{ "temp_threshold", "Temperature outside thresholds", BIT(1), FLAG },
	{ "reliability_degraded", "Reliability degraded", BIT(2), FLAG },
	{ "ro", "Media read only", BIT(3), FLAG },
	{ "vmbu_failed", "Volatile memory backup failed", BIT(4), FLAG },
	{ "pmr_ro", "Persistent memory region read only or unreliable", BIT(5), FLAG },
	{ "indeterminate", "Indeterminate personality state", BIT(6), FLAG, .since = 0x0202 },
	RSVD_BITS(7, 7),
};

/* Also byte 0 of the Endurance Group Information log page. */
const struct field egcws_bits[5] = {
	{ "egasbt", "Spare of an endurance group below threshold", BIT(0), FLAG },
	RSVD_BITS(1, 1),
	{ "egrd", "Reliability of an endurance group degraded", BIT(2), FLAG },
	{ "egro", "An endurance group is read only", BIT(3), FLAG },
	RSVD_BITS(7, 4),
};

static const struct field sensor_fields[] = {
	{ "temperature", "Temperature", BYTES(1, 0), .show = SHOW_KELVIN, .metric = M_GAUGE,
	  .unit = "kelvin" },
};

/* Also what the persistent event of a health snapshot holds. */
const struct field smart_fields[25] = {
	{ "critical_warning", "Critical Warning", BYTE(0), BITS_OF(critical_warning_bits),
	  .show = SHOW_SET, .metric = M_GAUGE },
	{ "temperature", "Composite Temperature", BYTES(2, 1), .show = SHOW_KELVIN, .metric = M_GAUGE,
	  .unit = "kelvin" },
	{ "avail_spare", "Available Spare", BYTE(3), .show = SHOW_PERCENT, .metric = M_GAUGE },
	{ "spare_thresh", "Available Spare Threshold", BYTE(4), .show = SHOW_PERCENT, .metric = M_GAUGE },
	{ "percent_used", "Percentage Used", BYTE(5), .show = SHOW_PERCENT, .metric = M_GAUGE },
	{ "endurance_grp_critical_warning_summary", "Endurance Group Critical Warning Summary", BYTE(6),
	  BITS_OF(egcws_bits), .show = SHOW_SET, .since = 0x0104, .metric = M_GAUGE },
	RSVD_BYTES(31, 7),
	{ "data_units_read", "Data Units Read", BYTES(47, 32), .kind = K_U128, .show = SHOW_SI,
	  .scale = 512000, .unit = "bytes", .metric = M_COUNTER },
	{ "data_units_written", "Data Units Written", BYTES(63, 48), .kind = K_U128, .show = SHOW_SI,
	  .scale = 512000, .unit = "bytes", .metric = M_COUNTER },
	{ "host_read_commands", "Host Read Commands", BYTES(79, 64), .kind = K_U128, .metric = M_COUNTER },
	{ "host_write_commands", "Host Write Commands", BYTES(95, 80), .kind = K_U128, .metric = M_COUNTER },
	{ "controller_busy_time", "Controller Busy Time, minutes", BYTES(111, 96), .kind = K_U128,
	  .scale = 60, .unit = "seconds", .metric = M_COUNTER },
	{ "power_cycles", "Power Cycles", BYTES(127, 112), .kind = K_U128, .metric = M_COUNTER },
	{ "power_on_hours", "Power On Hours", BYTES(143, 128), .kind = K_U128, .scale = 3600,
	  .unit = "seconds", .metric = M_COUNTER },
	{ "unsafe_shutdowns", "Unexpected Power Losses", BYTES(159, 144), .kind = K_U128,
	  .metric = M_COUNTER },
	{ "media_errors", "Media and Data Integrity Errors", BYTES(175, 160), .kind = K_U128,
	  .metric = M_COUNTER },
	{ "num_err_log_entries", "Error Information Log Entries", BYTES(191, 176), .kind = K_U128,
	  .metric = M_COUNTER },
	{ "warning_temp_time", "Warning Composite Temperature Time, minutes", BYTES(195, 192), .scale = 60,
	  .unit = "seconds", .metric = M_COUNTER },
	{ "critical_comp_time", "Critical Composite Temperature Time, minutes", BYTES(199, 196), .scale = 60,
	  .unit = "seconds", .metric = M_COUNTER },
	{ "temperature_sensors", "Temperature Sensors", BYTES(215, 200), ARRAY_OF(sensor_fields),
	  .slot = "sensor", .slot_base = 1, .flags = F_SKIP_ZERO },
	{ "thm_temp1_trans_count", "Thermal Management Temperature 1 Transition Count", BYTES(219, 216),
	  .metric = M_COUNTER },
	{ "thm_temp2_trans_count", "Thermal Management Temperature 2 Transition Count", BYTES(223, 220),
	  .metric = M_COUNTER },
	{ "thm_temp1_total_time", "Total Time For Thermal Management Temperature 1", BYTES(227, 224),
	  .unit = "seconds", .metric = M_COUNTER },
	{ "thm_temp2_total_time", "Total Time For Thermal Management Temperature 2", BYTES(231, 228),
	  .unit = "seconds", .metric = M_COUNTER },
	RSVD_BYTES(511, 232),
};

const struct spec spec_log_smart = {
	.name = "smart-log",
	.text = "SMART / Health Information",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.3",
	.size = 512,
	FIELDS(smart_fields),
};

/* --- 01h Error Information: Base 2.1, section 5.1.12.1.2 --- */

static const struct name trtype_names[] = {
	{ 0, "none", "Not indicated" }, { 1, "rdma", "RDMA" },
	{ 2, "fc", "Fibre Channel" },	{ 3, "tcp", "TCP" },
	{ 254, "loop", "Intra-host" },
};

static const struct field parm_error_bits[] = {
	{ "byte", "Byte of the command", BITS(7, 0) },
	{ "bit", "Bit of that byte", BITS(10, 8) },
	RSVD_BITS(15, 11),
};

static const struct field error_fields[] = {
	{ "error_count", "Error Count", BYTES(7, 0) },
	{ "sqid", "Submission Queue ID", BYTES(9, 8) },
	{ "cmdid", "Command ID", BYTES(11, 10), .show = SHOW_HEX },
	{ "phase_tag", "Phase Tag", .off = 12 * 8, .len = 1 },
	{ "status_field", "Status Field", .off = 12 * 8 + 1, .len = 15, .show = SHOW_STATUS },
	{ "parm_error_location", "Parameter Error Location", BYTES(15, 14), BITS_OF(parm_error_bits),
	  .flags = F_ALL_ONES_UNREPORTED },
	{ "lba", "Logical Block Address", BYTES(23, 16), .show = SHOW_HEX },
	{ "nsid", "Namespace", BYTES(27, 24), .show = SHOW_HEX },
	{ "vs", "Vendor Specific Information Available (log page, 0: none)", BYTE(28), .show = SHOW_HEX },
	{ "trtype", "Transport Type", BYTE(29), ENUM_OF(trtype_names), .since = 0x0103 },
	{ "csi", "Command Set Indicator", BYTE(30), .since = 0x0200 },
	{ "opcode", "Opcode", BYTE(31), .show = SHOW_HEX, .since = 0x0200 },
	{ "cs", "Command Specific Information", BYTES(39, 32), .show = SHOW_HEX },
	{ "trtype_spec_info", "Transport Type Specific Information", BYTES(41, 40), .since = 0x0103 },
	RSVD_BYTES(62, 42),
	{ "log_page_version", "Log Page Version", BYTE(63), .since = 0x0200 },
};

static const struct field error_list[] = {
	{ "errors", "Entries, newest first", FROM_BYTE(0), ARRAY_OF(error_fields) },
};

const struct spec spec_log_error = {
	.name = "error-log",
	.text = "Error Information",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.2",
	.size = 64,
	FIELDS(error_list),
	.rows = true,
};

/* --- 03h Firmware Slot Information: Base 2.1, section 5.1.12.1.4 --- */

static const struct field afi_bits[] = {
	{ "cafs", "Slot of the running firmware", BITS(2, 0) },
	RSVD_BITS(3, 3),
	{ "nafs", "Slot that the next reset activates, 0: the same", BITS(6, 4) },
	RSVD_BITS(7, 7),
};

static const struct field fr_fields[] = {
	{ "fr", "Firmware Revision", BYTES(7, 0), .kind = K_STR },
	{ "active", "The running firmware came from this slot", .flags = F_DERIVED, .show = SHOW_BOOL },
	{ "next", "The next reset activates this slot", .flags = F_DERIVED, .show = SHOW_BOOL },
};

static const struct field fw_fields[] = {
	{ "afi", "Active Firmware Info", BYTE(0), BITS_OF(afi_bits) },
	RSVD_BYTES(7, 1),
	{ "frs", "Firmware Revision of each slot", BYTES(63, 8), ARRAY_OF(fr_fields), .slot = "slot",
	  .slot_base = 1, .flags = F_SKIP_ZERO },
	RSVD_BYTES(511, 64),
};

static void mark_slots(struct arena *a, struct val *root)
{
	uint64_t active = val_u64(root, "afi.cafs", 0), next = val_u64(root, "afi.nafs", 0);
	struct val *slots = val_get(root, "frs");

	for (struct val *el = slots ? slots->c.first : NULL; el; el = el->next) {
		uint64_t slot = val_u64(el, "slot", 0);

		val_put_u64(a, el, "active", slot == active)->field = &fr_fields[1];
		val_put_u64(a, el, "next", slot == next)->field = &fr_fields[2];
	}
}

const struct spec spec_log_fw = {
	.name = "fw-log",
	.text = "Firmware Slot Information",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.4",
	.size = 512,
	FIELDS(fw_fields),
	.fixup = mark_slots,
};

/* --- 04h Changed Attached Namespace List: Base 2.1, section 5.1.12.1.5 --- */

static const struct field nsid_fields[] = {
	{ "nsid", "Namespace identifier", BYTES(3, 0) },
};

static const struct field changed_ns_fields[] = {
	{ "nsid_list", "Changed namespaces (4294967295: more than fit)", BYTES(4095, 0),
	  ARRAY_OF(nsid_fields), .flags = F_STOP_ZERO },
};

const struct spec spec_log_changed_ns = {
	.name = "changed-ns-list-log",
	.text = "Changed Attached Namespace List",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.5",
	.size = 4096,
	FIELDS(changed_ns_fields),
};

/* --- 1Ch Changed Allocated Namespace List: Base 2.1, section 5.1.12.1.27 --- */

const struct spec spec_log_changed_alloc_ns = {
	.name = "changed-alloc-ns-list-log",
	.text = "Changed Allocated Namespace List",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.27",
	.size = 4096,
	FIELDS(changed_ns_fields),
};

/* --- 06h Device Self-test: Base 2.1, section 5.1.12.1.7 --- */

static const struct name st_operation_names[] = {
	{ 0, "none", "No device self-test operation in progress" },
	{ 1, "short", "Short device self-test operation in progress" },
	{ 2, "extended", "Extended device self-test operation in progress" },
	{ 3, "host-initiated-refresh", "Host-Initiated Refresh operation in progress" },
	{ 14, "vendor", "Vendor specific" },
};
static const struct field st_operation_bits[] = {
	{ "operation", "Current Device Self-test Operation", BITS(3, 0), ENUM_OF(st_operation_names) },
	RSVD_BITS(7, 4),
};
static const struct field st_completion_bits[] = {
	{ "percent", "Completed", BITS(6, 0), .show = SHOW_PERCENT },
	RSVD_BITS(7, 7),
};
static const struct name st_result_names[] = {
	{ 0x0, "passed", "Completed without error" },
	{ 0x1, "aborted-by-command", "Aborted by a Device Self-test command" },
	{ 0x2, "aborted-by-reset", "Aborted by a Controller Level Reset" },
	{ 0x3, "aborted-by-ns-removal", "Aborted due to removal of a namespace" },
	{ 0x4, "aborted-by-format", "Aborted due to a Format NVM command" },
	{ 0x5, "fatal-error", "Fatal error or unknown test error, did not complete" },
	{ 0x6, "failed-unknown-segment", "Completed with a failed segment that is not known" },
	{ 0x7, "failed-segment", "Completed with one or more failed segments" },
	{ 0x8, "aborted-unknown", "Aborted for unknown reason" },
	{ 0x9, "aborted-by-sanitize", "Aborted due to a sanitize operation" },
	{ 0xf, "not-used", "Entry not used" },
};
static const struct name st_code_names[] = {
	{ 0x1, "short", "Short" },
	{ 0x2, "extended", "Extended" },
	{ 0x3, "host-initiated-refresh", "Host-Initiated Refresh" },
	{ 0xe, "vendor", "Vendor specific" },
};
static const struct field dsts_bits[] = {
	{ "result", "Result", BITS(3, 0), ENUM_OF(st_result_names) },
	{ "code", "Self-test Code", BITS(7, 4), ENUM_OF(st_code_names) },
};
static const struct field vdi_bits[] = {
	{ "nsidv", "NSID Valid", BIT(0), FLAG },
	{ "flbav", "FLBA Valid", BIT(1), FLAG },
	{ "sctv", "SCT Valid", BIT(2), FLAG },
	{ "scv", "SC Valid", BIT(3), FLAG },
	RSVD_BITS(7, 4),
};
static const struct field st_result_fields[] = {
	{ "dsts", "Device Self-test Status", BYTE(0), BITS_OF(dsts_bits) },
	{ "seg", "Segment Number", BYTE(1) },
	{ "vdi", "Valid Diagnostic Information", BYTE(2), BITS_OF(vdi_bits) },
	RSVD_BYTES(3, 3),
	{ "poh", "Power On Hours", BYTES(11, 4), .scale = 3600, .unit = "seconds" },
	{ "nsid", "Namespace Identifier", BYTES(15, 12), .show = SHOW_HEX },
	{ "flba", "Failing LBA", BYTES(23, 16), .show = SHOW_HEX },
	{ "sct", "Status Code Type", BYTE(24), .show = SHOW_HEX },
	{ "sc", "Status Code", BYTE(25), .show = SHOW_HEX },
	{ "vs", "Vendor Specific", BYTES(27, 26), .kind = K_HEX, .flags = F_VENDOR },
};

/* Unused entries have the result Fh; a drive that was never tested may leave them all zero. */
static const struct field self_test_fields[] = {
	{ "current_operation", "Current Device Self-test Operation", BYTE(0), BITS_OF(st_operation_bits),
	  .metric = M_GAUGE },
	{ "completion", "Current Device Self-test Completion", BYTE(1), BITS_OF(st_completion_bits),
	  .show = SHOW_DEC, .metric = M_GAUGE },
	RSVD_BYTES(3, 2),
	{ "results", "Self-test Results, newest first", BYTES(563, 4), ARRAY_OF(st_result_fields),
	  .slot = "entry", .flags = F_SKIP_ZERO },
};

const struct spec spec_log_self_test = {
	.name = "self-test-log",
	.text = "Device Self-test",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.7",
	.size = 564,
	FIELDS(self_test_fields),
};
