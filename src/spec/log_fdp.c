/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Log pages of Flexible Data Placement: NVM Express Base 2.1, sections 5.1.12.1.28 to 5.1.12.1.31. */
#include "spec/spec.h"
#include "spec/tables.h"

/* --- 20h: section 5.1.12.1.28, FDP Configurations Log Page ------------------------------------------ */

static const struct field fdpa_bits[] = {
	{ "rgif", "Reclaim Group Identifier Format", BITS(3, 0) },
	{ "fdpvwc", "FDP Volatile Write Cache", BIT(4), FLAG },
	RSVD_BITS(6, 5),
	{ "fdpcv", "FDP Configuration Valid", BIT(7), FLAG },
};
static const struct name ruht_names[] = {
	{ 1, "initially-isolated", "Initially Isolated" },
	{ 2, "persistently-isolated", "Persistently Isolated" },
};
static const struct field ruh_fields[] = {
	{ "ruht", "Reclaim Unit Handle Type", BYTE(0), ENUM_OF(ruht_names) },
	RSVD_BYTES(3, 1),
};
/* Vendor specific bytes may stand behind the handles; the descriptor's size tells where the next begins. */
static const struct field fdp_config_fields[] = {
	{ "size", "Descriptor Size", BYTES(1, 0), .unit = "bytes" },
	{ "fdpa", "FDP Attributes", BYTE(2), BITS_OF(fdpa_bits) },
	{ "vss", "Vendor Specific Size", BYTE(3), .unit = "bytes" },
	{ "nrg", "Number of Reclaim Groups", BYTES(7, 4) },
	{ "nruh", "Number of Reclaim Unit Handles", BYTES(9, 8) },
	{ "maxpids", "Maximum Placement Identifiers", BYTES(11, 10), .bias = 1, .unit = "identifiers" },
	{ "nnss", "Number of Namespaces Supported", BYTES(15, 12) },
	{ "runs", "Reclaim Unit Nominal Size", BYTES(23, 16), .show = SHOW_SI, .unit = "bytes" },
	{ "erutl", "Estimated Reclaim Unit Time Limit", BYTES(27, 24), .unit = "seconds",
	  .flags = F_ZERO_UNREPORTED },
	RSVD_BYTES(63, 28),
	{ "ruhs", "Reclaim Unit Handles", FROM_BYTE(64), ARRAY_OF(ruh_fields), .count = FROM("nruh", 1, 0),
	  .slot = "ruhid" },
};
static const struct field fdp_configs_fields[] = {
	{ "n", "Number of FDP Configurations", BYTES(1, 0), .bias = 1, .unit = "configurations" },
	{ "version", "Version of the log page", BYTE(2) },
	RSVD_BYTES(3, 3),
	{ "size", "Size of the log page", BYTES(7, 4), .unit = "bytes" },
	RSVD_BYTES(15, 8),
	{ "configs", "FDP Configurations", FROM_BYTE(16), ARRAY_OF(fdp_config_fields),
	  .count = FROM("n", 1, 1), .stride = FROM("size", 1, 0), .slot = "index" },
};
const struct spec spec_log_fdp_configs = {
	.name = "fdp-configs",
	.text = "FDP Configurations",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.28",
	.size = 16,
	FIELDS(fdp_configs_fields),
};

/* --- 21h: section 5.1.12.1.29, Reclaim Unit Handle Usage Log Page ----------------------------------- */

static const struct name ruha_names[] = {
	{ 0, "unused", "Unused" },
	{ 1, "host", "Host Specified" },
	{ 2, "controller", "Controller Specified" },
};
static const struct field ruhu_fields[] = {
	{ "ruha", "Reclaim Unit Handle Attributes", BYTE(0), ENUM_OF(ruha_names) },
	RSVD_BYTES(7, 1),
};
static const struct field fdp_usage_fields[] = {
	{ "nruh", "Number of Reclaim Unit Handles", BYTES(1, 0) },
	RSVD_BYTES(7, 2),
	{ "ruhus", "Reclaim Unit Handle Usage", FROM_BYTE(8), ARRAY_OF(ruhu_fields),
	  .count = FROM("nruh", 1, 0), .slot = "ruhid" },
};
const struct spec spec_log_fdp_usage = {
	.name = "fdp-usage",
	.text = "Reclaim Unit Handle Usage",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.29",
	.size = 8,
	FIELDS(fdp_usage_fields),
};

/* --- 22h: section 5.1.12.1.30, FDP Statistics Log Page ----------------------------------------------- */

#define BYTE_COUNTER .kind = K_U128, .show = SHOW_SI, .unit = "bytes", .metric = M_COUNTER
static const struct field fdp_stats_fields[] = {
	{ "hbmw", "Host Bytes with Metadata Written", BYTES(15, 0), BYTE_COUNTER },
	{ "mbmw", "Media Bytes with Metadata Written", BYTES(31, 16), BYTE_COUNTER },
	{ "mbe", "Media Bytes Erased", BYTES(47, 32), BYTE_COUNTER },
	RSVD_BYTES(63, 48),
};
const struct spec spec_log_fdp_stats = {
	.name = "fdp-stats",
	.text = "FDP Statistics",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.30",
	.size = 64,
	FIELDS(fdp_stats_fields),
};

/* --- 23h: section 5.1.12.1.31, FDP Events Log Page ---------------------------------------------------- */

static const struct name fdp_event_names[] = {
	{ 0x00, "ru-not-fully-written", "Reclaim Unit Not Fully Written To Capacity" },
	{ 0x01, "ru-time-limit-exceeded", "Reclaim Unit Time Limit Exceeded" },
	{ 0x02, "reset-modified-ruh", "Controller Level Reset Modified Reclaim Unit Handles" },
	{ 0x03, "invalid-pid", "Invalid Placement Identifier" },
	{ 0x80, "media-reallocated", "Media Reallocated" },
	{ 0x81, "implicitly-modified-ruh", "Implicitly Modified Reclaim Unit Handle" },
};
static const struct field fdpef_bits[] = {
	{ "piv", "Placement Identifier Valid", BIT(0), FLAG },
	{ "nsidv", "NSID Valid", BIT(1), FLAG },
	{ "lv", "Location Valid", BIT(2), FLAG },
	RSVD_BITS(7, 3),
};
static const struct field sef_bits[] = {
	{ "lbav", "LBA Valid", BIT(0), FLAG },
	RSVD_BITS(7, 1),
};
static const struct field reallocated_fields[] = {
	{ "sef", "Specific Event Flags", BYTE(0), BITS_OF(sef_bits) },
	RSVD_BYTES(1, 1),
	{ "nlbam", "Number of LBAs Moved", BYTES(3, 2) },
	{ "lba", "Logical Block Address", BYTES(11, 4) },
	RSVD_BYTES(15, 12),
};
static const struct field event_specific_fields[] = {
	{ "event_type_specific", "Event Type Specific", BYTES(15, 0), .kind = K_HEX, .flags = F_QUIET },
};
static const struct sel_case fdp_event_cases[] = { CASE(0x80, reallocated_fields) };
static const struct sel fdp_event_sel = { "type",
					  fdp_event_cases,
					  NELEMS(fdp_event_cases),
					  { 0, 0, event_specific_fields, NELEMS(event_specific_fields) } };
static const struct field fdp_event_fields[] = {
	{ "type", "Event Type", BYTE(0), ENUM_OF(fdp_event_names) },
	{ "fdpef", "FDP Event Flags", BYTE(1), BITS_OF(fdpef_bits) },
	{ "pid", "Placement Identifier", BYTES(3, 2), .show = SHOW_HEX },
	{ "timestamp", "Event Timestamp", BYTES(11, 4), BITS_OF(timestamp_bits) },
	{ "nsid", "Namespace Identifier", BYTES(15, 12), .show = SHOW_HEX },
	{ NULL, NULL, BYTES(31, 16), .kind = K_SWITCH, .sel = &fdp_event_sel },
	{ "rgid", "Reclaim Group Identifier", BYTES(33, 32) },
	{ "ruhid", "Reclaim Unit Handle Identifier", BYTES(35, 34) },
	RSVD_BYTES(39, 36),
	{ "vs", "Vendor Specific", BYTES(63, 40), .kind = K_HEX, .flags = F_VENDOR },
};
static const struct field fdp_events_fields[] = {
	{ "n", "Number of FDP Events", BYTES(3, 0) },
	RSVD_BYTES(63, 4),
	{ "events", "FDP Events", FROM_BYTE(64), ARRAY_OF(fdp_event_fields), .count = FROM("n", 1, 0) },
};
const struct spec spec_log_fdp_events = {
	.name = "fdp-events",
	.text = "FDP Events",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.31",
	.size = 64,
	FIELDS(fdp_events_fields),
};
