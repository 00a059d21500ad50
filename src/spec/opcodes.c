/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Commands by opcode: Base 2.1, section 5 (Admin), section 7 (I/O commands of all sets), section 6 (7Fh,
 * Fabrics); NVM Command Set 1.1, section 3; Zoned Namespace Command Set 1.2, section 3. 'alters' is true of
 * what may change data, access to it, configuration or firmware, of what starts or stops something inside
 * the drive, and of what carries a payload that this tool cannot judge.
 */
#include "spec/spec.h"

const struct opcode opcodes[] = {
	{ 0x00, false, "delete-sq", "Delete I/O Submission Queue", true },
	{ 0x01, false, "create-sq", "Create I/O Submission Queue", true },
	{ ADM_GET_LOG, false, "get-log", "Get Log Page", false },
	{ 0x04, false, "delete-cq", "Delete I/O Completion Queue", true },
	{ 0x05, false, "create-cq", "Create I/O Completion Queue", true },
	{ ADM_IDENTIFY, false, "identify", "Identify", false },
	{ 0x08, false, "abort", "Abort", true },
	{ ADM_SET_FEATURES, false, "set-features", "Set Features", true },
	{ ADM_GET_FEATURES, false, "get-features", "Get Features", false },
	{ 0x0c, false, "async-event", "Asynchronous Event Request", false },
	{ 0x0d, false, "ns-mgmt", "Namespace Management", true },
	{ 0x10, false, "fw-commit", "Firmware Commit", true },
	{ 0x11, false, "fw-download", "Firmware Image Download", true },
	{ 0x14, false, "device-self-test", "Device Self-test", true },
	{ 0x15, false, "ns-attach", "Namespace Attachment", true },
	{ 0x18, false, "keep-alive", "Keep Alive", false },
	{ 0x19, false, "directive-send", "Directive Send", true },
	{ 0x1a, false, "directive-recv", "Directive Receive", true }, /* allocates stream resources */
	{ 0x1c, false, "virt-mgmt", "Virtualization Management", true },
	{ 0x1d, false, "nvme-mi-send", "NVMe-MI Send", true },
	{ 0x1e, false, "nvme-mi-recv", "NVMe-MI Receive", false },
	{ 0x20, false, "capacity-mgmt", "Capacity Management", true },
	{ 0x21, false, "discovery-info-mgmt", "Discovery Information Management", true },
	{ 0x22, false, "fabric-zoning-recv", "Fabric Zoning Receive", false },
	{ 0x24, false, "lockdown", "Lockdown", true },
	{ 0x25, false, "fabric-zoning-lookup", "Fabric Zoning Lookup", false },
	{ 0x28, false, "clear-exported-nvm", "Clear Exported NVM Resource Configuration", true },
	{ 0x29, false, "fabric-zoning-send", "Fabric Zoning Send", true },
	{ 0x2a, false, "create-exported-subsys", "Create Exported NVM Subsystem", true },
	{ 0x2d, false, "manage-exported-subsys", "Manage Exported NVM Subsystem", true },
	{ 0x31, false, "manage-exported-ns", "Manage Exported Namespace", true },
	{ 0x35, false, "manage-exported-port", "Manage Exported Port", true },
	{ 0x38, false, "cross-ctrl-reset", "Cross-Controller Reset", true },
	{ 0x39, false, "send-discovery-log", "Send Discovery Log Page", true },
	{ 0x3d, false, "track-send", "Track Send", true },
	{ 0x3e, false, "track-recv", "Track Receive", false },
	{ 0x41, false, "migration-send", "Migration Send", true },
	{ 0x42, false, "migration-recv", "Migration Receive", false },
	{ 0x45, false, "ctrl-data-queue", "Controller Data Queue", true },
	{ 0x7c, false, "dbbuf-config", "Doorbell Buffer Config", true },
	{ ADM_FABRICS, false, "fabrics", "Fabrics Commands", true },
	{ 0x80, false, "format", "Format NVM", true },
	{ 0x81, false, "security-send", "Security Send", true },
	{ 0x82, false, "security-recv", "Security Receive", false },
	{ 0x84, false, "sanitize", "Sanitize", true },
	{ 0x85, false, "load-program", "Load Program", true },
	{ 0x86, false, "get-lba-status", "Get LBA Status", false },
	{ 0x88, false, "program-activation", "Program Activation Management", true },
	{ 0x89, false, "memory-range-set", "Memory Range Set Management", true },
	{ 0x8c, false, "sanitize-ns", "Sanitize Namespace", true },

	/* In the Key Value Command Set 01h and 02h are Store and Retrieve; NVM's names stand here. */
	{ 0x00, true, "flush", "Flush", false },
	{ 0x01, true, "write", "Write", true },
	{ 0x02, true, "read", "Read", false },
	{ 0x04, true, "write-uncor", "Write Uncorrectable", true },
	{ 0x05, true, "compare", "Compare", false },
	{ 0x06, true, "kv-list", "List", false },
	{ 0x08, true, "write-zeroes", "Write Zeroes", true },
	{ 0x09, true, "dsm", "Dataset Management", true },
	{ 0x0c, true, "verify", "Verify", false },
	{ 0x0d, true, "resv-register", "Reservation Register", true },
	{ 0x0e, true, "resv-report", "Reservation Report", false },
	{ 0x10, true, "kv-delete", "Delete", true },
	{ 0x11, true, "resv-acquire", "Reservation Acquire", true },
	{ 0x12, true, "io-mgmt-recv", "I/O Management Receive", false },
	{ 0x14, true, "kv-exist", "Exist", false },
	{ 0x15, true, "resv-release", "Reservation Release", true },
	{ 0x18, true, "cancel", "Cancel", true },
	{ 0x19, true, "copy", "Copy", true },
	{ 0x1d, true, "io-mgmt-send", "I/O Management Send", true },
	{ 0x79, true, "zone-mgmt-send", "Zone Management Send", true },
	{ 0x7a, true, "zone-mgmt-recv", "Zone Management Receive", false },
	{ 0x7d, true, "zone-append", "Zone Append", true },
	{ ADM_FABRICS, true, "fabrics", "Fabrics Commands", true },
};
const size_t nopcodes = NELEMS(opcodes);

const struct opcode *opcode_info(uint8_t op, bool io)
{
	for (size_t i = 0; i < nopcodes; i++) {
		if (opcodes[i].op == op && opcodes[i].io == io)
			return &opcodes[i];
	}
	return NULL;
}
