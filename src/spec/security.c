/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Security protocols, the Replay Protected Memory Block, Command and Feature Lockdown. */
#include "spec/security.h"

#include "spec/tables.h"

/* SPC-5, table of security protocols. 01h to 06h are TCG's, 00h tells which there are. */
const struct name security_protocols[18] = {
	{ 0x00, "info", "Security protocol information" },
	{ 0x01, "tcg", "TCG, protocol 1: sessions and discovery" },
	{ 0x02, "tcg2", "TCG, protocol 2: communication identifiers" },
	{ 0x03, "tcg3", "TCG, protocol 3" },
	{ 0x04, "tcg4", "TCG, protocol 4" },
	{ 0x05, "tcg5", "TCG, protocol 5" },
	{ 0x06, "tcg6", "TCG, protocol 6" },
	{ 0x07, "cbcs", "Capability-based command security (SPC-4)" },
	{ 0x20, "tape", "Tape data encryption (SSC-3)" },
	{ 0x21, "encryption-config", "Data encryption configuration (ADC-3)" },
	{ 0x40, "sa-creation", "Security association creation capabilities (SPC-5)" },
	{ 0x41, "ikev2", "IKEv2-SCSI (SPC-5)" },
	{ 0xe8, "spdm", "DMTF Security Protocol and Data Model" },
	{ 0xea, "rpmb", "NVMe: Replay Protected Memory Block" },
	{ 0xec, "ufs", "JEDEC Universal Flash Storage" },
	{ 0xed, "sd", "SD TrustedFlash" },
	{ 0xee, "ieee1667", "IEEE 1667" },
	{ 0xef, "ata", "ATA device server password (SAT-3)" },
};

const struct name *security_protocol(uint8_t secp)
{
	for (size_t i = 0; i < NELEMS(security_protocols); i++) {
		if (security_protocols[i].val == secp)
			return &security_protocols[i];
	}
	return NULL;
}

/* SPC-5, section 7.7.1.3: supported security protocols list. */
static const struct field protocol_item[] = {
	{ NULL, "Security protocol", .len = 8, .kind = K_UINT, .show = SHOW_HEX },
};

static const struct field list_fields[] = {
	RSVD_BYTES(5, 0),
	{ "list_length", "Length of the list", BYTES(7, 6), .flags = F_BIG_ENDIAN, .unit = "bytes" },
	{ "protocols", "Supported security protocols", FROM_BYTE(8), ARRAY_OF(protocol_item),
	  .count = FROM("list_length", 1, 0) },
};

const struct spec spec_security_list = {
	.name = "security-protocols",
	.text = "Supported Security Protocols",
	.figure = "SPC-5, section 7.7.1.3",
	.size = 8,
	FIELDS(list_fields),
};

/* --- RPMB --- */

/* Base 2.1, figure 635, bits 6:0 */
const struct name rpmb_results[9] = {
	{ RPMB_OK, "success", "Operation successful" },
	{ RPMB_FAILURE, "general-failure", "General failure" },
	{ RPMB_NOT_AUTHENTIC, "authentication-failure", "Authentication failure" },
	{ RPMB_WRONG_COUNTER, "counter-failure", "Counter failure" },
	{ RPMB_WRONG_ADDRESS, "address-failure", "Address failure" },
	{ RPMB_WRITE_FAILURE, "write-failure", "Write failure" },
	{ RPMB_READ_FAILURE, "read-failure", "Read failure" },
	{ RPMB_NO_KEY, "no-key", "Authentication Key not yet programmed" },
	{ RPMB_INVALID_CONFIG, "invalid-configuration", "Invalid RPMB Device Configuration Block" },
};

/* Base 2.1, figure 634 */
static const struct name message_names[] = {
	{ RPMB_PROGRAM_KEY, "program-key", "Authentication key programming request" },
	{ RPMB_READ_COUNTER, "read-counter", "Reading of the Write Counter value request" },
	{ RPMB_WRITE, "write-data", "Authenticated data write request" },
	{ RPMB_READ, "read-data", "Authenticated data read request" },
	{ RPMB_RESULT, "read-result", "Result read request" },
	{ RPMB_WRITE_CONFIG, "write-config", "Authenticated Device Configuration Block write request" },
	{ RPMB_READ_CONFIG, "read-config", "Authenticated Device Configuration Block read request" },
	{ RPMB_PROGRAM_KEY << 8, "program-key-response", "Authentication key programming response" },
	{ RPMB_READ_COUNTER << 8, "read-counter-response", "Reading of the Write Counter value response" },
	{ RPMB_WRITE << 8, "write-data-response", "Authenticated data write response" },
	{ RPMB_READ << 8, "read-data-response", "Authenticated data read response" },
	{ RPMB_WRITE_CONFIG << 8, "write-config-response", "Authenticated Device Configuration data write response" },
	{ RPMB_READ_CONFIG << 8, "read-config-response", "Authenticated Device Configuration data read response" },
};

static const struct field result_bits[] = {
	{ "opstat", "Operation Status", BITS(6, 0), ENUM_OF(rpmb_results) },
	{ "wcs", "Write Counter Status: expired", BIT(7), FLAG },
	RSVD_BITS(15, 8),
};

/* Base 2.1, section 8.1.21 (RPMB Data Frame), with a key and a MAC of 32 bytes */
static const struct field frame_fields[] = {
	{ "stby", "Stuff Bytes", BYTES(190, 0), .kind = K_HEX, .flags = F_QUIET },
	{ "mac", "Message Authentication Code or Authentication Key", BYTES(222, 191), .kind = K_HEX },
	{ "rbt", "RPMB Target", BYTE(223) },
	{ "nce", "Nonce", BYTES(239, 224), .kind = K_HEX },
	{ "wcntr", "Write Counter", BYTES(243, 240) },
	{ "addr", "Address", BYTES(247, 244) },
	{ "scnt", "Sector Count", BYTES(251, 248) },
	{ "rslt", "Result", BYTES(253, 252), BITS_OF(result_bits) },
	{ "rrm", "Request or Response Message", BYTES(255, 254), ENUM_OF(message_names) },
	{ "data", "Data", FROM_BYTE(256), .kind = K_HEX },
};

const struct spec spec_rpmb_frame = {
	.name = "rpmb-frame",
	.text = "RPMB Data Frame",
	.figure = "NVM Express Base 2.1, section 8.1.21",
	.size = RPMB_FRAME,
	FIELDS(frame_fields),
};

static const struct field bppee_bits[] = {
	{ "bpped", "Boot Partition Write Protection Enabled", BIT(0), FLAG },
	RSVD_BITS(7, 1),
};

static const struct field bpls_bits[] = {
	{ "bpp0l", "Boot Partition 0 Write Locked", BIT(0), FLAG },
	{ "bpp1l", "Boot Partition 1 Write Locked", BIT(1), FLAG },
	RSVD_BITS(7, 2),
};

static const struct field wpc_bits[] = {
	{ "wpupcc", "Write Protect Until Power Cycle Control", BIT(0), FLAG },
	{ "pwpc", "Permanent Write Protect Control", BIT(1), FLAG },
	RSVD_BITS(7, 2),
};

/* Base 2.1, figure 633 */
const struct field rpmb_config_fields[4] = {
	{ "bppee", "Boot Partition Protection Enable", BYTE(0), BITS_OF(bppee_bits), .show = SHOW_SET },
	{ "bpls", "Boot Partition Protection State", BYTE(1), BITS_OF(bpls_bits), .show = SHOW_SET },
	{ "wpc", "Write Protection Control", BYTE(2), BITS_OF(wpc_bits), .show = SHOW_SET },
	RSVD_BYTES(511, 3),
};

const struct spec spec_rpmb_config = {
	.name = "rpmb-config",
	.text = "RPMB Device Configuration Block",
	.figure = "NVM Express Base 2.1, figure 633",
	.size = RPMB_SECTOR,
	FIELDS(rpmb_config_fields),
};

/* --- Lockdown --- */

/* Base 2.1, figure 337 */
const struct name lockdown_scopes[4] = {
	{ LOCKDOWN_ADMIN, "admin", "An admin command, by opcode" },
	{ LOCKDOWN_FEATURE, "feature", "Set Features of one feature, by its identifier" },
	{ LOCKDOWN_MI, "mi", "A command of the Management Interface Command Set" },
	{ LOCKDOWN_PCIE, "pcie", "A command of the PCIe Command Set" },
};

const struct name lockdown_interfaces[3] = {
	{ 0, "admin", "Commands that come through an Admin Submission Queue" },
	{ 1, "both", "Those, and what comes out-of-band to a Management Endpoint" },
	{ 2, "endpoint", "What comes out-of-band to a Management Endpoint" },
};

static const struct name contents_names[] = {
	{ 0, "supported", "What can be prohibited" },
	{ 1, "admin", "What is prohibited on an Admin Submission Queue" },
	{ 2, "endpoint", "What is prohibited on a Management Endpoint" },
};

static const struct field cfila_bits[] = {
	{ "ss", "Scope Selected", BITS(3, 0), ENUM_OF(lockdown_scopes) },
	{ "cs", "Contents Selected", BITS(5, 4), ENUM_OF(contents_names) },
	RSVD_BITS(7, 6),
};

static const struct field cfil_item[] = {
	{ NULL, "Opcode or feature identifier", .len = 8, .kind = K_UINT, .show = SHOW_HEX },
};

/* 14h Command and Feature Lockdown: Base 2.1, figure 266 */
static const struct field lockdown_fields[] = {
	{ "cfila", "Command and Feature Identifier List Attributes", BYTE(0), BITS_OF(cfila_bits) },
	RSVD_BYTES(2, 1),
	{ "lngth", "Length of the list", BYTE(3), .unit = "bytes" },
	{ "cfil", "Command and Feature Identifier List", BYTES(511, 4), ARRAY_OF(cfil_item),
	  .count = FROM("lngth", 1, 0) },
};

const struct spec spec_log_lockdown = {
	.name = "lockdown-log",
	.text = "Command and Feature Lockdown",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.20",
	.size = 512,
	FIELDS(lockdown_fields),
};
