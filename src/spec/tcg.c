/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What a self-encrypting drive says of itself before any session: Level 0 Discovery, TCG Storage Architecture Core
 * Specification 2.01, section 3.3.6; feature descriptors: Opal SSC 2.02, section 3.1.1, and the feature set documents.
 * Everything is most significant byte first.
 */
#include "spec/security.h"

#define BE .flags = F_BIG_ENDIAN

static const struct name code_names[] = {
	{ TCG_TPER, "tper", "Trusted Peripheral" },
	{ TCG_LOCKING, "locking", "Locking" },
	{ TCG_GEOMETRY, "geometry", "Geometry Reporting" },
	{ 0x0100, "enterprise", "Enterprise SSC" },
	{ TCG_OPAL1, "opal1", "Opal SSC 1.00" },
	{ 0x0201, "single-user-mode", "Single User Mode" },
	{ 0x0202, "datastore", "Additional DataStore Tables" },
	{ TCG_OPAL2, "opal2", "Opal SSC 2.0x" },
	{ 0x0301, "opalite", "Opalite SSC" },
	{ 0x0302, "pyrite1", "Pyrite SSC 1.00" },
	{ 0x0303, "pyrite2", "Pyrite SSC 2.0x" },
	{ 0x0304, "ruby", "Ruby SSC" },
	{ 0x0401, "locking-lba-ranges", "Locking LBA Ranges Control" },
	{ 0x0402, "block-sid", "Block SID Authentication" },
	{ 0x0403, "namespace-locking", "Configurable Namespace Locking" },
	{ 0x0404, "data-removal", "Supported Data Removal Mechanism" },
	{ 0x0405, "namespace-geometry", "Namespace Geometry Reporting" },
};

static const struct field tper_bits[] = {
	{ "sync", "Synchronous protocol", BIT(0), SUPPORTED },
	{ "async", "Asynchronous protocol", BIT(1), SUPPORTED },
	{ "ack_nak", "Acknowledgements", BIT(2), SUPPORTED },
	{ "buffer_mgmt", "Buffer management", BIT(3), SUPPORTED },
	{ "streaming", "Streaming", BIT(4), SUPPORTED },
	RSVD_BITS(5, 5),
	{ "comid_mgmt", "ComID management", BIT(6), SUPPORTED },
	RSVD_BITS(7, 7),
};
static const struct field tper_fields[] = {
	{ "tper", "Abilities", BYTE(0), BITS_OF(tper_bits) },
	RSVD_BYTES(11, 1),
};

static const struct field locking_bits[] = {
	{ "locking_supported", "Locking supported", BIT(0), FLAG },
	{ "locking_enabled", "Locking enabled: there is an owner who has turned it on", BIT(1), FLAG },
	{ "locked", "A range is locked", BIT(2), FLAG },
	{ "media_encryption", "The media is encrypted", BIT(3), FLAG },
	{ "mbr_enabled", "MBR shadowing enabled", BIT(4), FLAG },
	{ "mbr_done", "MBR shadowing done: the real blocks are seen", BIT(5), FLAG },
	{ "mbr_absent", "MBR shadowing is not supported", BIT(6), FLAG },
	{ "lor_hw_reset", "A hardware reset can lock", BIT(7), FLAG },
};
static const struct field locking_fields[] = {
	{ "locking", "State of locking", BYTE(0), BITS_OF(locking_bits) },
	RSVD_BYTES(11, 1),
};

static const struct field align_bits[] = {
	{ "align_required", "Ranges have to be aligned", BIT(0), FLAG },
	RSVD_BITS(7, 1),
};
static const struct field geometry_fields[] = {
	{ "align", "Alignment", BYTE(0), BITS_OF(align_bits) },
	RSVD_BYTES(7, 1),
	{ "logical_block_size", "Size of a logical block", BYTES(11, 8), BE, .unit = "bytes" },
	{ "alignment_granularity", "Alignment granularity", BYTES(19, 12), BE, .unit = "blocks" },
	{ "lowest_aligned_lba", "Lowest aligned LBA", BYTES(27, 20), BE },
};

static const struct field sum_bits[] = {
	{ "any", "Some locking objects are in Single User Mode", BIT(0), FLAG },
	{ "all", "All locking objects are in Single User Mode", BIT(1), FLAG },
	{ "policy", "The administrator decides on ranges", BIT(2), FLAG },
	RSVD_BITS(7, 3),
};
static const struct field sum_fields[] = {
	{ "locking_objects", "Number of locking objects", BYTES(3, 0), BE },
	{ "single_user_mode", "Single User Mode", BYTE(4), BITS_OF(sum_bits) },
	RSVD_BYTES(11, 5),
};

static const struct field datastore_fields[] = {
	RSVD_BYTES(1, 0),
	{ "max_tables", "Maximum number of DataStore tables", BYTES(3, 2), BE },
	{ "max_table_size", "Maximum size of all DataStore tables", BYTES(7, 4), BE, .unit = "bytes" },
	{ "table_alignment", "Alignment of DataStore tables", BYTES(11, 8), BE, .unit = "bytes" },
};

#define COMIDS                                                                                               \
	{ "base_comid", "First ComID", BYTES(1, 0), BE, .show = SHOW_HEX },                                  \
	{ "num_comids", "Number of ComIDs", BYTES(3, 2), BE }

static const struct field opal1_fields[] = {
	COMIDS,
};

static const struct field crossing_bits[] = {
	{ "no_range_crossing", "Commands must not cross the bounds of a range", BIT(0), FLAG },
	RSVD_BITS(7, 1),
};

/* 00h: the PIN is MSID; FFh: the vendor says. */
#define PINS                                                                                                 \
	{ "initial_pin", "Where the first PIN of the owner comes from (0: MSID)", BYTE(9), .show = SHOW_HEX },   \
	{ "reverted_pin", "What a revert makes of the owner's PIN (0: MSID)", BYTE(10), .show = SHOW_HEX }

static const struct field opal2_fields[] = {
	COMIDS,
	{ "crossing", "Range crossing", BYTE(4), BITS_OF(crossing_bits) },
	{ "admins", "Locking SP administrators", BYTES(6, 5), BE },
	{ "users", "Locking SP users", BYTES(8, 7), BE },
	PINS,
	RSVD_BYTES(15, 11),
};

static const struct field enterprise_fields[] = {
	COMIDS,
	{ "crossing", "Range crossing", BYTE(4), BITS_OF(crossing_bits) },
	RSVD_BYTES(15, 5),
};

static const struct field pyrite_fields[] = {
	COMIDS,
	RSVD_BYTES(8, 4),
	PINS,
	RSVD_BYTES(15, 11),
};

static const struct field block_sid_bits[] = {
	{ "sid_changed", "The owner's PIN is no longer MSID", BIT(0), FLAG },
	{ "sid_blocked", "Authentication of the owner is blocked", BIT(1), FLAG },
	RSVD_BITS(7, 2),
};
static const struct field block_sid_reset_bits[] = {
	{ "hw_reset", "A hardware reset ends the block", BIT(0), FLAG },
	RSVD_BITS(7, 1),
};
static const struct field block_sid_fields[] = {
	{ "block_sid", "Block SID", BYTE(0), BITS_OF(block_sid_bits) },
	{ "block_sid_reset", "What ends the block", BYTE(1), BITS_OF(block_sid_reset_bits) },
	RSVD_BYTES(11, 2),
};

static const struct field ns_locking_bits[] = {
	RSVD_BITS(5, 0),
	{ "range_p", "A namespace with its own global range can have further ranges", BIT(6), FLAG },
	{ "range_c", "Further ranges can exist in any namespace", BIT(7), FLAG },
};
static const struct field ns_locking_fields[] = {
	{ "namespace_locking", "Configurable namespace locking", BYTE(0), BITS_OF(ns_locking_bits) },
	RSVD_BYTES(3, 1),
	{ "max_keys", "Maximum number of keys", BYTES(7, 4), BE },
	{ "unused_keys", "Unused keys", BYTES(11, 8), BE },
	{ "max_ranges", "Maximum number of ranges of a namespace", BYTES(15, 12), BE },
};

static const struct field removal_state_bits[] = {
	{ "removal_running", "A removal of data is under way", BIT(0), FLAG },
	{ "removal_interrupted", "A removal of data was interrupted", BIT(1), FLAG },
	RSVD_BITS(7, 2),
};
static const struct field removal_bits[] = {
	{ "overwrite", "Overwrite data erase", BIT(0), FLAG },
	{ "block_erase", "Block erase", BIT(1), FLAG },
	{ "crypto_erase", "Cryptographic erase", BIT(2), FLAG },
	{ "unmap", "Unmap", BIT(3), FLAG },
	{ "reset_pointers", "Reset write pointers", BIT(4), FLAG },
	{ "vendor_erase", "Vendor specific erase", BIT(5), FLAG },
	RSVD_BITS(7, 6),
};
/* The times are in the unit that a bit of 'format' says: 0 2 s, 1 2 min. */
static const struct field removal_fields[] = {
	RSVD_BYTES(0, 0),
	{ "removal_state", "State of data removal", BYTE(1), BITS_OF(removal_state_bits) },
	{ "removal", "Data removal mechanisms", BYTE(2), BITS_OF(removal_bits) },
	{ "format", "Units of the times", BYTE(3), .show = SHOW_HEX },
	{ "time_overwrite", "Time for overwrite data erase", BYTES(5, 4), BE },
	{ "time_block_erase", "Time for block erase", BYTES(7, 6), BE },
	{ "time_crypto_erase", "Time for cryptographic erase", BYTES(9, 8), BE },
	RSVD_BYTES(31, 10),
};

static const struct field other_fields[] = {
	{ "data", "Data", FROM_BYTE(0), .kind = K_HEX },
};

static const struct sel_case feature_cases[] = {
	CASE(TCG_TPER, tper_fields),
	CASE(TCG_LOCKING, locking_fields),
	CASE(TCG_GEOMETRY, geometry_fields),
	CASE(0x0100, enterprise_fields),
	CASE(TCG_OPAL1, opal1_fields),
	CASE(0x0201, sum_fields),
	CASE(0x0202, datastore_fields),
	CASE(TCG_OPAL2, opal2_fields),
	CASES(0x0301, 0x0303, pyrite_fields),
	CASE(0x0304, opal2_fields),
	CASE(0x0402, block_sid_fields),
	CASE(0x0403, ns_locking_fields),
	CASE(0x0404, removal_fields),
	CASE(0x0405, geometry_fields),
};
static const struct sel feature_sel = { "code", feature_cases, NELEMS(feature_cases), { 0, 0, other_fields, 1 } };

static const struct field feature_fields[] = {
	{ "code", "Feature", BYTES(1, 0), BE, ENUM_OF(code_names) },
	{ "minor_version", "Minor version of the descriptor", .off = 16, .len = 4 },
	{ "descriptor_version", "Version of the descriptor", .off = 20, .len = 4 },
	{ "descriptor_length", "Length of what follows", BYTE(3), .unit = "bytes" },
	{ NULL, NULL, FROM_BYTE(4), .kind = K_SWITCH, .sel = &feature_sel, .bytes = FROM("descriptor_length", 1, 0) },
};

const struct field tcg_discovery_fields[6] = {
	{ "parameter_length", "Length of what follows", BYTES(3, 0), BE, .unit = "bytes" },
	{ "revision_major", "Revision of the structure, major", BYTES(5, 4), BE },
	{ "revision_minor", "Revision of the structure, minor", BYTES(7, 6), BE },
	RSVD_BYTES(15, 8),
	{ "vendor", "Vendor specific", BYTES(47, 16), .kind = K_HEX, .flags = F_VENDOR },
	{ "features", "Features", FROM_BYTE(48), ARRAY_OF(feature_fields), .stride = FROM("descriptor_length", 1, 4) },
};

const struct spec spec_tcg_discovery = {
	.name = "tcg-discovery",
	.text = "TCG Level 0 Discovery",
	.figure = "TCG Storage Architecture Core Specification 2.01, section 3.3.6",
	.size = 48,
	FIELDS(tcg_discovery_fields),
};

/* Core Specification 2.01, section 5.1.5 */
const struct name opal_statuses[19] = {
	{ 0x00, "success", "Success" },
	{ OPAL_NOT_AUTHORIZED, "not-authorized", "Not Authorized" },
	{ 0x03, "sp-busy", "SP Busy" },
	{ 0x04, "sp-failed", "SP Failed" },
	{ 0x05, "sp-disabled", "SP Disabled" },
	{ 0x06, "sp-frozen", "SP Frozen" },
	{ 0x07, "no-sessions", "No Sessions Available" },
	{ 0x08, "uniqueness-conflict", "Uniqueness Conflict" },
	{ 0x09, "insufficient-space", "Insufficient Space" },
	{ 0x0a, "insufficient-rows", "Insufficient Rows" },
	{ 0x0b, "invalid-function", "Invalid Function" },
	{ OPAL_INVALID_PARAMETER, "invalid-parameter", "Invalid Parameter" },
	{ 0x0d, "invalid-reference", "Invalid Reference" },
	{ 0x0f, "tper-malfunction", "TPer Malfunction" },
	{ 0x10, "transaction-failure", "Transaction Failure" },
	{ 0x11, "response-overflow", "Response Overflow" },
	{ OPAL_LOCKED_OUT, "locked-out", "Authority Locked Out" },
	{ OPAL_FAIL, "fail", "Fail" },
	/* What Linux says of an answer without one. */
	{ 0x89, "no-status", "No method status" },
};
