/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Names of status codes: Base 2.1, section 4.2.3 (generic, command specific, media, path, fabrics), with the
 * codes of the NVM Command Set 1.1, the Key Value Command Set 1.1 and the Zoned Namespace Command Set 1.2,
 * and those that Base 2.3 added in ranges that 2.1 reserves. The value of a row is the status code type in
 * bits 10:8 and the status code in bits 7:0. Keys are part of the JSON interface.
 */
#include "spec/spec.h"

#define GENERIC(sc)  (0x000 | (sc))
#define SPECIFIC(sc) (0x100 | (sc))
#define MEDIA(sc)    (0x200 | (sc))
#define PATH(sc)     (0x300 | (sc))

/* Section 4.2.3.1 */
static const struct name generic_names[] = {
	{ GENERIC(0x00), "SUCCESS", "Successful Completion" },
	{ GENERIC(0x01), "INVALID_OPCODE", "Invalid Command Opcode" },
	{ GENERIC(0x02), "INVALID_FIELD", "Invalid Field in Command" },
	{ GENERIC(0x03), "CMDID_CONFLICT", "Command ID Conflict" },
	{ GENERIC(0x04), "DATA_XFER_ERROR", "Data Transfer Error" },
	{ GENERIC(0x05), "POWER_LOSS", "Commands Aborted due to Power Loss Notification" },
	{ GENERIC(0x06), "INTERNAL", "Internal Error" },
	{ GENERIC(0x07), "ABORT_REQ", "Command Abort Requested" },
	{ GENERIC(0x08), "ABORT_QUEUE", "Command Aborted due to SQ Deletion" },
	{ GENERIC(0x09), "FUSED_FAIL", "Command Aborted due to Failed Fused Command" },
	{ GENERIC(0x0a), "FUSED_MISSING", "Command Aborted due to Missing Fused Command" },
	{ GENERIC(0x0b), "INVALID_NS", "Invalid Namespace or Format" },
	{ GENERIC(0x0c), "CMD_SEQ_ERROR", "Command Sequence Error" },
	{ GENERIC(0x0d), "SGL_INVALID_LAST", "Invalid SGL Segment Descriptor" },
	{ GENERIC(0x0e), "SGL_INVALID_COUNT", "Invalid Number of SGL Descriptors" },
	{ GENERIC(0x0f), "SGL_INVALID_DATA", "Data SGL Length Invalid" },
	{ GENERIC(0x10), "SGL_INVALID_METADATA", "Metadata SGL Length Invalid" },
	{ GENERIC(0x11), "SGL_INVALID_TYPE", "SGL Descriptor Type Invalid" },
	{ GENERIC(0x12), "CMB_INVALID_USE", "Invalid Use of Controller Memory Buffer" },
	{ GENERIC(0x13), "PRP_INVALID_OFFSET", "PRP Offset Invalid" },
	{ GENERIC(0x14), "AWU_EXCEEDED", "Atomic Write Unit Exceeded" },
	{ GENERIC(0x15), "OP_DENIED", "Operation Denied" },
	{ GENERIC(0x16), "SGL_INVALID_OFFSET", "SGL Offset Invalid" },
	{ GENERIC(0x18), "HOSTID_FORMAT", "Host Identifier Inconsistent Format" },
	{ GENERIC(0x19), "KAT_EXPIRED", "Keep Alive Timer Expired" },
	{ GENERIC(0x1a), "KAT_INVALID", "Keep Alive Timeout Invalid" },
	{ GENERIC(0x1b), "CMD_ABORTED_PREEMPT", "Command Aborted due to Preempt and Abort" },
	{ GENERIC(0x1c), "SANITIZE_FAILED", "Sanitize Failed" },
	{ GENERIC(0x1d), "SANITIZE_IN_PROGRESS", "Sanitize In Progress" },
	{ GENERIC(0x1e), "SGL_INVALID_GRANULARITY", "SGL Data Block Granularity Invalid" },
	{ GENERIC(0x1f), "CMD_IN_CMBQ_NOT_SUPP", "Command Not Supported for Queue in CMB" },
	{ GENERIC(0x20), "NS_WRITE_PROTECTED", "Namespace is Write Protected" },
	{ GENERIC(0x21), "CMD_INTERRUPTED", "Command Interrupted" },
	{ GENERIC(0x22), "TRAN_TPORT_ERROR", "Transient Transport Error" },
	{ GENERIC(0x23), "PROHIBITED_BY_LOCKDOWN", "Command Prohibited by Command and Feature Lockdown" },
	{ GENERIC(0x24), "ADMIN_CMD_MEDIA_NOT_READY", "Admin Command Media Not Ready" },
	{ GENERIC(0x25), "INVALID_KEY_TAG", "Invalid Key Tag" },
	{ GENERIC(0x26), "HOST_DISPERSED_NS_NOT_ENABLED", "Host Dispersed Namespace Support Not Enabled" },
	{ GENERIC(0x27), "HOST_ID_NOT_INITIALIZED", "Host Identifier Not Initialized" },
	{ GENERIC(0x28), "INCORRECT_KEY", "Incorrect Key" },
	{ GENERIC(0x29), "FDP_DISABLED", "FDP Disabled" },
	{ GENERIC(0x2a), "INVALID_PLACEMENT_HANDLE_LIST", "Invalid Placement Handle List" },
	{ GENERIC(0x2b), "SANITIZE_NS_FAILED", "Sanitize Namespace Failed" },
	{ GENERIC(0x2c), "SANITIZE_NS_IN_PROGRESS", "Sanitize Namespace In Progress" },
	{ GENERIC(0x80), "LBA_RANGE", "LBA Out of Range" },
	{ GENERIC(0x81), "CAP_EXCEEDED", "Capacity Exceeded" },
	{ GENERIC(0x82), "NS_NOT_READY", "Namespace Not Ready" },
	{ GENERIC(0x83), "RESERVATION_CONFLICT", "Reservation Conflict" },
	{ GENERIC(0x84), "FORMAT_IN_PROGRESS", "Format In Progress" },
	{ GENERIC(0x85), "INVALID_VALUE_SIZE", "Invalid Value Size" },
	{ GENERIC(0x86), "INVALID_KEY_SIZE", "Invalid Key Size" },
	{ GENERIC(0x87), "KV_KEY_NOT_EXISTS", "KV Key Does Not Exist" },
	{ GENERIC(0x88), "UNRECOVERED_ERROR", "Unrecovered Error" },
	{ GENERIC(0x89), "KEY_EXISTS", "Key Exists" },
};

/* Section 4.2.3.2, codes 00h to 7Fh: Admin commands, and Fabrics commands that use them */
static const struct name admin_names[] = {
	{ SPECIFIC(0x00), "CQ_INVALID", "Completion Queue Invalid" },
	{ SPECIFIC(0x01), "QID_INVALID", "Invalid Queue Identifier" },
	{ SPECIFIC(0x02), "QUEUE_SIZE", "Invalid Queue Size" },
	{ SPECIFIC(0x03), "ABORT_LIMIT", "Abort Command Limit Exceeded" },
	{ SPECIFIC(0x05), "ASYNC_LIMIT", "Asynchronous Event Request Limit Exceeded" },
	{ SPECIFIC(0x06), "FIRMWARE_SLOT", "Invalid Firmware Slot" },
	{ SPECIFIC(0x07), "FIRMWARE_IMAGE", "Invalid Firmware Image" },
	{ SPECIFIC(0x08), "INVALID_VECTOR", "Invalid Interrupt Vector" },
	{ SPECIFIC(0x09), "INVALID_LOG_PAGE", "Invalid Log Page" },
	{ SPECIFIC(0x0a), "INVALID_FORMAT", "Invalid Format" },
	{ SPECIFIC(0x0b), "FW_NEEDS_CONV_RESET", "Firmware Activation Requires Conventional Reset" },
	{ SPECIFIC(0x0c), "INVALID_QUEUE", "Invalid Queue Deletion" },
	{ SPECIFIC(0x0d), "FEATURE_NOT_SAVEABLE", "Feature Identifier Not Saveable" },
	{ SPECIFIC(0x0e), "FEATURE_NOT_CHANGEABLE", "Feature Not Changeable" },
	{ SPECIFIC(0x0f), "FEATURE_NOT_PER_NS", "Feature Not Namespace Specific" },
	{ SPECIFIC(0x10), "FW_NEEDS_SUBSYS_RESET", "Firmware Activation Requires NVM Subsystem Reset" },
	{ SPECIFIC(0x11), "FW_NEEDS_RESET", "Firmware Activation Requires Controller Level Reset" },
	{ SPECIFIC(0x12), "FW_NEEDS_MAX_TIME", "Firmware Activation Requires Maximum Time Violation" },
	{ SPECIFIC(0x13), "FW_ACTIVATE_PROHIBITED", "Firmware Activation Prohibited" },
	{ SPECIFIC(0x14), "OVERLAPPING_RANGE", "Overlapping Range" },
	{ SPECIFIC(0x15), "NS_INSUFFICIENT_CAP", "Namespace Insufficient Capacity" },
	{ SPECIFIC(0x16), "NS_ID_UNAVAILABLE", "Namespace Identifier Unavailable" },
	{ SPECIFIC(0x18), "NS_ALREADY_ATTACHED", "Namespace Already Attached" },
	{ SPECIFIC(0x19), "NS_IS_PRIVATE", "Namespace Is Private" },
	{ SPECIFIC(0x1a), "NS_NOT_ATTACHED", "Namespace Not Attached" },
	{ SPECIFIC(0x1b), "THIN_PROV_NOT_SUPP", "Thin Provisioning Not Supported" },
	{ SPECIFIC(0x1c), "CTRL_LIST_INVALID", "Controller List Invalid" },
	{ SPECIFIC(0x1d), "SELF_TEST_IN_PROGRESS", "Device Self-test In Progress" },
	{ SPECIFIC(0x1e), "BP_WRITE_PROHIBITED", "Boot Partition Write Prohibited" },
	{ SPECIFIC(0x1f), "INVALID_CTRL_ID", "Invalid Controller Identifier" },
	{ SPECIFIC(0x20), "INVALID_SEC_CTRL_STATE", "Invalid Secondary Controller State" },
	{ SPECIFIC(0x21), "INVALID_CTRL_RESOURCES", "Invalid Number of Controller Resources" },
	{ SPECIFIC(0x22), "INVALID_RESOURCE_ID", "Invalid Resource Identifier" },
	{ SPECIFIC(0x23), "PMR_SAN_PROHIBITED",
	  "Sanitize Prohibited While Persistent Memory Region is Enabled" },
	{ SPECIFIC(0x24), "ANA_GROUP_ID_INVALID", "ANA Group Identifier Invalid" },
	{ SPECIFIC(0x25), "ANA_ATTACH_FAILED", "ANA Attach Failed" },
	{ SPECIFIC(0x26), "INSUFFICIENT_CAP", "Insufficient Capacity" },
	{ SPECIFIC(0x27), "NS_ATTACHMENT_LIMIT_EXCEEDED", "Namespace Attachment Limit Exceeded" },
	{ SPECIFIC(0x28), "PROHIBIT_CMD_EXEC_NOT_SUPPORTED",
	  "Prohibition of Command Execution Not Supported" },
	{ SPECIFIC(0x29), "IOCS_NOT_SUPPORTED", "I/O Command Set Not Supported" },
	{ SPECIFIC(0x2a), "IOCS_NOT_ENABLED", "I/O Command Set Not Enabled" },
	{ SPECIFIC(0x2b), "IOCS_COMBINATION_REJECTED", "I/O Command Set Combination Rejected" },
	{ SPECIFIC(0x2c), "INVALID_IOCS", "Invalid I/O Command Set" },
	{ SPECIFIC(0x2d), "ID_UNAVAILABLE", "Identifier Unavailable" },
	{ SPECIFIC(0x2e), "NS_IS_DISPERSED", "Namespace Is Dispersed" },
	{ SPECIFIC(0x2f), "INVALID_DISCOVERY_INFO", "Invalid Discovery Information" },
	{ SPECIFIC(0x30), "ZONING_DATA_STRUCT_LOCKED", "Zoning Data Structure Locked" },
	{ SPECIFIC(0x31), "ZONING_DATA_STRUCT_NOT_FOUND", "Zoning Data Structure Not Found" },
	{ SPECIFIC(0x32), "INSUFFICIENT_DISC_RES", "Insufficient Discovery Resources" },
	{ SPECIFIC(0x33), "REQUESTED_FUNCTION_DISABLED", "Requested Function Disabled" },
	{ SPECIFIC(0x34), "ZONEGRP_ORIGINATOR_INVALID", "ZoneGroup Originator Invalid" },
	{ SPECIFIC(0x35), "INVALID_HOST", "Invalid Host" },
	{ SPECIFIC(0x36), "INVALID_SUBSYSTEM", "Invalid NVM Subsystem" },
	{ SPECIFIC(0x37), "INVALID_CONTROLLER_DATA_QUEUE", "Invalid Controller Data Queue" },
	{ SPECIFIC(0x38), "NOT_ENOUGH_RESOURCES", "Not Enough Resources" },
	{ SPECIFIC(0x39), "CONTROLLER_SUSPENDED", "Controller Suspended" },
	{ SPECIFIC(0x3a), "CONTROLLER_NOT_SUSPENDED", "Controller Not Suspended" },
	{ SPECIFIC(0x3b), "CONTROLLER_DATA_QUEUE_FULL", "Controller Data Queue Full" },
	{ SPECIFIC(0x3c), "EXCEEDS_MAX_NS_SANITIZE",
	  "Request Exceeds Maximum Namespace Sanitize Operations In Progress" },
	{ SPECIFIC(0x3d), "MFG_PERSONALITY_REQUIRED", "Manufacturing Default Personality Required" },
	{ SPECIFIC(0x3e), "INVALID_POWER_LIMIT", "Invalid Power Limit" },
	{ SPECIFIC(0x3f), "CCR_IN_PROGRESS", "Cross-Controller Reset in Progress" },
	{ SPECIFIC(0x40), "CCR_LOG_PAGE_FULL", "Cross-Controller Reset Log Page Full" },
	{ SPECIFIC(0x41), "CCR_LIMIT_EXCEEDED", "Cross-Controller Reset Limit Exceeded" },
	{ SPECIFIC(0x7f), "STREAM_RESOURCE_ALLOCATION_FAILED", "Stream Resource Allocation Failed" },
};

/* Section 4.2.3.2, codes 80h to BFh of the I/O command sets */
static const struct name io_names[] = {
	{ SPECIFIC(0x80), "BAD_ATTRIBUTES", "Conflicting Attributes" },
	{ SPECIFIC(0x81), "INVALID_PI", "Invalid Protection Information" },
	{ SPECIFIC(0x82), "READ_ONLY", "Attempted Write to Read Only Range" },
	{ SPECIFIC(0x83), "CMD_SIZE_LIMIT_EXCEEDED", "Command Size Limit Exceeded" },
	{ SPECIFIC(0x84), "INVALID_CMDID", "Invalid Command ID" },
	{ SPECIFIC(0x85), "INCOMPATIBLE_NS", "Incompatible Namespace or Format" },
	{ SPECIFIC(0x86), "FAST_COPY_NOT_POSSIBLE", "Fast Copy Not Possible" },
	{ SPECIFIC(0x87), "OVERLAPPING_IO_RANGE", "Overlapping I/O Range" },
	{ SPECIFIC(0x88), "NS_NOT_REACHABLE", "Namespace Not Reachable" },
	{ SPECIFIC(0x89), "INSUFFICIENT_RESOURCES", "Insufficient Resources" },
	{ SPECIFIC(0x8a), "INSUFFICIENT_PROGRAM_RESOURCES", "Insufficient Program Resources" },
	{ SPECIFIC(0x8b), "INVALID_MEMORY_NS", "Invalid Memory Namespace" },
	{ SPECIFIC(0x8c), "INVALID_MEMORY_RANGE_SET", "Invalid Memory Range Set" },
	{ SPECIFIC(0x8d), "INVALID_MEMORY_RANGE_SET_ID", "Invalid Memory Range Set Identifier" },
	{ SPECIFIC(0x8e), "INVALID_PROGRAM_DATA", "Invalid Program Data" },
	{ SPECIFIC(0x8f), "INVALID_PROGRAM_INDEX", "Invalid Program Index" },
	{ SPECIFIC(0x90), "INVALID_PROGRAM_TYPE", "Invalid Program Type" },
	{ SPECIFIC(0xb6), "ZNS_INVALID_OP_REQUEST", "Invalid Zone Operation Request" },
	{ SPECIFIC(0xb7), "ZNS_ZRWA_RESOURCES_UNAVAILABLE", "ZRWA Resources Unavailable" },
	{ SPECIFIC(0xb8), "ZNS_BOUNDARY_ERROR", "Zone Boundary Error" },
	{ SPECIFIC(0xb9), "ZNS_FULL", "Zone Is Full" },
	{ SPECIFIC(0xba), "ZNS_READ_ONLY", "Zone Is Read Only" },
	{ SPECIFIC(0xbb), "ZNS_OFFLINE", "Zone Is Offline" },
	{ SPECIFIC(0xbc), "ZNS_INVALID_WRITE", "Zone Invalid Write" },
	{ SPECIFIC(0xbd), "ZNS_TOO_MANY_ACTIVE", "Too Many Active Zones" },
	{ SPECIFIC(0xbe), "ZNS_TOO_MANY_OPEN", "Too Many Open Zones" },
	{ SPECIFIC(0xbf), "ZNS_INVALID_TRANSITION", "Invalid Zone State Transition" },
};

/* Section 4.2.3.2, codes 80h to BFh of Fabrics commands */
static const struct name fabrics_names[] = {
	{ SPECIFIC(0x80), "CONNECT_FORMAT", "Incompatible Format" },
	{ SPECIFIC(0x81), "CONNECT_CTRL_BUSY", "Controller Busy" },
	{ SPECIFIC(0x82), "CONNECT_INVALID_PARAM", "Connect Invalid Parameters" },
	{ SPECIFIC(0x83), "CONNECT_RESTART_DISC", "Connect Restart Discovery" },
	{ SPECIFIC(0x84), "CONNECT_INVALID_HOST", "Connect Invalid Host" },
	{ SPECIFIC(0x85), "DISCONNECT_INVALID_QTYPE", "Invalid Queue Type" },
	{ SPECIFIC(0x90), "DISCOVERY_RESTART", "Discover Restart" },
	{ SPECIFIC(0x91), "AUTH_REQUIRED", "Authentication Required" },
};

/* Section 4.2.3.3 */
static const struct name media_names[] = {
	{ MEDIA(0x80), "WRITE_FAULT", "Write Fault" },
	{ MEDIA(0x81), "READ_ERROR", "Unrecovered Read Error" },
	{ MEDIA(0x82), "GUARD_CHECK", "End-to-end Guard Check Error" },
	{ MEDIA(0x83), "APPTAG_CHECK", "End-to-end Application Tag Check Error" },
	{ MEDIA(0x84), "REFTAG_CHECK", "End-to-end Reference Tag Check Error" },
	{ MEDIA(0x85), "COMPARE_FAILED", "Compare Failure" },
	{ MEDIA(0x86), "ACCESS_DENIED", "Access Denied" },
	{ MEDIA(0x87), "UNWRITTEN_BLOCK", "Deallocated or Unwritten Logical Block" },
	{ MEDIA(0x88), "STORAGE_TAG_CHECK", "End-to-End Storage Tag Check Error" },
};

/* Section 4.2.3.4 */
static const struct name path_names[] = {
	{ PATH(0x00), "INTERNAL_PATH_ERROR", "Internal Path Error" },
	{ PATH(0x01), "ANA_PERSISTENT_LOSS", "Asymmetric Access Persistent Loss" },
	{ PATH(0x02), "ANA_INACCESSIBLE", "Asymmetric Access Inaccessible" },
	{ PATH(0x03), "ANA_TRANSITION", "Asymmetric Access Transition" },
	{ PATH(0x60), "CTRL_PATH_ERROR", "Controller Pathing Error" },
	{ PATH(0x70), "HOST_PATH_ERROR", "Host Pathing Error" },
	{ PATH(0x71), "CMD_ABORTED_BY_HOST", "Command Aborted By Host" },
};

/* What the vendor defines still deserves a name. */
static const struct name vendor_specific = { 0xc0, "VENDOR_SPECIFIC", "Vendor Specific" };

static const struct name *find(const struct name *names, size_t n, uint32_t code)
{
	for (size_t i = 0; i < n; i++) {
		if (names[i].val == code)
			return &names[i];
	}
	return NULL;
}
#define FIND(t, code) find(t, NELEMS(t), code)

static const struct name *command_specific(uint32_t code, bool io, bool fabrics)
{
	const struct name *first = FIND(io_names, code), *second = FIND(fabrics_names, code);

	if (STATUS_SC(code) < 0x80)
		return FIND(admin_names, code);
	/* The same numbers twice: what the queue carries decides, the other table is better than nothing. */
	if (!fabrics)
		return first;
	if (io)
		return first ? first : second;
	return second ? second : first;
}

const struct name *status_name(int status, bool io, bool fabrics)
{
	uint32_t code;

	if (status < 0)
		return NULL;
	code = (uint32_t)(STATUS_SCT(status) << 8 | STATUS_SC(status));
	if (STATUS_SCT(status) == 7 || (STATUS_SC(status) >= 0xc0 && STATUS_SCT(status) <= 3))
		return &vendor_specific;
	switch (STATUS_SCT(status)) {
	case 0:
		return FIND(generic_names, code);
	case 1:
		return command_specific(code, io, fabrics);
	case 2:
		return FIND(media_names, code);
	case 3:
		return FIND(path_names, code);
	default:
		return NULL;
	}
}
