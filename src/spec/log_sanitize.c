/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Sanitize Status (81h): NVM Express Base 2.1, section 5.1.12.1.33. */
#include "spec/spec.h"
#include "spec/tables.h"

static const struct name status_names[] = {
	{ 0, "never", "Never sanitized" },
	{ 1, "success", "Completed successfully" },
	{ 2, "in-progress", "In progress" },
	{ 3, "failed", "Failed" },
	{ 4, "success-deallocated",
	  "Completed successfully, deallocated although No-Deallocate was asked for" },
};
static const struct field sstat_bits[] = {
	{ "status", "Most recent sanitize operation", BITS(2, 0), ENUM_OF(status_names) },
	{ "no_cmplted_passes", "Overwrite Passes Completed", BITS(7, 3) },
	{ "global_erased", "Global Data Erased", BIT(8), FLAG },
	{ "media_verification_canceled", "Media Verification Canceled", BIT(9), FLAG, .since = 0x0201 },
	RSVD_BITS(15, 10),
};

/* Command Dword 10 of the Sanitize command: section 5.1.22 */
static const struct name sanact_names[] = {
	{ 1, "exit-failure-mode", "Exit Failure Mode" },
	{ 2, "block-erase", "Start a Block Erase sanitize operation" },
	{ 3, "overwrite", "Start an Overwrite sanitize operation" },
	{ 4, "crypto-erase", "Start a Crypto Erase sanitize operation" },
	{ 5, "exit-media-verification", "Exit Media Verification State" },
};
static const struct field cdw10_bits[] = {
	{ "sanact", "Sanitize Action", BITS(2, 0), ENUM_OF(sanact_names) },
	{ "ause", "Allow Unrestricted Sanitize Exit", BIT(3), FLAG },
	{ "owpass", "Overwrite Pass Count (0: 16)", BITS(7, 4) },
	{ "oipbp", "Overwrite Invert Pattern Between Passes", BIT(8), FLAG },
	{ "ndas", "No-Deallocate After Sanitize", BIT(9), FLAG },
	{ "emvs", "Enter Media Verification State", BIT(10), FLAG, .since = 0x0201 },
	RSVD_BITS(31, 11),
};

static const struct name state_names[] = {
	{ 0, "idle", "Idle" },
	{ 1, "restricted-processing", "Restricted Processing" },
	{ 2, "restricted-failure", "Restricted Failure" },
	{ 3, "unrestricted-processing", "Unrestricted Processing" },
	{ 4, "unrestricted-failure", "Unrestricted Failure" },
	{ 5, "media-verification", "Media Verification" },
	{ 6, "post-verification-deallocation", "Post-Verification Deallocation" },
};
static const struct field ssi_bits[] = {
	{ "sanitize_state", "Sanitize State", BITS(3, 0), ENUM_OF(state_names) },
	{ "failure_state", "State in which it failed", BITS(7, 4), ENUM_OF(state_names) },
};

#define ESTIMATE .unit = "seconds", .flags = F_ALL_ONES_UNREPORTED

/* SPROG is the numerator of a fraction of 65,536; FFFFh where nothing is in progress. */
static const struct field sanitize_fields[] = {
	{ "sprog", "Sanitize Progress (of 65536)", BYTES(1, 0), .metric = M_GAUGE },
	{ "sstat", "Sanitize Status", BYTES(3, 2), BITS_OF(sstat_bits), .metric = M_GAUGE },
	{ "cdw10_info", "Sanitize Command Dword 10 Information", BYTES(7, 4), BITS_OF(cdw10_bits) },
	{ "time_over_write", "Estimated Time For Overwrite", BYTES(11, 8), ESTIMATE },
	{ "time_block_erase", "Estimated Time For Block Erase", BYTES(15, 12), ESTIMATE },
	{ "time_crypto_erase", "Estimated Time For Crypto Erase", BYTES(19, 16), ESTIMATE },
	{ "time_over_write_no_dealloc", "Estimated Time For Overwrite (No-Deallocate)", BYTES(23, 20),
	  ESTIMATE, .since = 0x0104 },
	{ "time_block_erase_no_dealloc", "Estimated Time For Block Erase (No-Deallocate)", BYTES(27, 24),
	  ESTIMATE, .since = 0x0104 },
	{ "time_crypto_erase_no_dealloc", "Estimated Time For Crypto Erase (No-Deallocate)", BYTES(31, 28),
	  ESTIMATE, .since = 0x0104 },
	{ "time_post_verification_dealloc", "Estimated Time For Post-Verification Deallocation",
	  BYTES(35, 32), ESTIMATE, .since = 0x0201 },
	{ "sanitize_state_information", "Sanitize State Information", BYTE(36), BITS_OF(ssi_bits),
	  .since = 0x0201 },
	RSVD_BYTES(511, 37),
};

const struct spec spec_log_sanitize = {
	.name = "sanitize-log",
	.text = "Sanitize Status",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.33",
	.size = 512,
	FIELDS(sanitize_fields),
};
