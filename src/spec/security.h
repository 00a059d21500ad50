/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Security Send and Receive, and what they carry: numbers and names that commands and the simulated drive share. */
#ifndef NVMEKIT_SPEC_SECURITY_H
#define NVMEKIT_SPEC_SECURITY_H

#include "spec/field.h"

/* Security protocols: SPC-5, table "SECURITY PROTOCOL field"; EAh: Base 2.1, section 5.1.23.3. */
enum {
	SECP_INFO = 0x00,
	SECP_TCG = 0x01,
	SECP_NVME = 0xea,
};
extern const struct name security_protocols[18];
/* NULL: reserved, or one that has no name here. */
const struct name *security_protocol(uint8_t secp);
/* Security protocol 00h, SP specific 0000h: which protocols there are. */
extern const struct spec spec_security_list;

/* --- Replay Protected Memory Block: Base 2.1, section 8.1.21 --- */

#define RPMB_SPSP 0x0001u /* SP specific of security protocol EAh */
#define RPMB_SECTOR 512u
#define RPMB_FRAME 256u /* without the data */
#define RPMB_KEY_SIZE 32u
#define RPMB_MAC_AT 191u /* bytes 222:191 */
#define RPMB_MAC_FROM 223u /* the MAC is about everything from here on */

/* Figure 634: requests; the answer to one has its number in the upper byte. */
enum rpmb_message {
	RPMB_PROGRAM_KEY = 0x0001,
	RPMB_READ_COUNTER = 0x0002,
	RPMB_WRITE = 0x0003,
	RPMB_READ = 0x0004,
	RPMB_RESULT = 0x0005,
	RPMB_WRITE_CONFIG = 0x0006,
	RPMB_READ_CONFIG = 0x0007,
};
/* Figure 635: bits 6:0 of the result; bit 7: the write counter has reached its end. */
enum rpmb_result {
	RPMB_OK = 0,
	RPMB_FAILURE = 1,
	RPMB_NOT_AUTHENTIC = 2,
	RPMB_WRONG_COUNTER = 3,
	RPMB_WRONG_ADDRESS = 4,
	RPMB_WRITE_FAILURE = 5,
	RPMB_READ_FAILURE = 6,
	RPMB_NO_KEY = 7,
	RPMB_INVALID_CONFIG = 8,
	RPMB_EXPIRED = 0x80,
};
extern const struct name rpmb_results[9];
extern const struct spec spec_rpmb_frame, spec_rpmb_config;
extern const struct field rpmb_config_fields[4];

/* --- Command and Feature Lockdown: Base 2.1, sections 5.1.15 and 8.1.5 --- */

enum { LOCKDOWN_ADMIN = 0, LOCKDOWN_FEATURE = 2, LOCKDOWN_MI = 3, LOCKDOWN_PCIE = 4 };
extern const struct name lockdown_scopes[4];     /* figure 337 */
extern const struct name lockdown_interfaces[3]; /* figure 337 */

/* --- TCG Storage: Core Specification 2.01, Opal SSC 2.02 --- */

#define TCG_DISCOVERY_COMID 0x0001u /* SP specific: Level 0 Discovery */
enum {
	TCG_TPER = 0x0001,
	TCG_LOCKING = 0x0002,
	TCG_GEOMETRY = 0x0003,
	TCG_OPAL1 = 0x0200,
	TCG_OPAL2 = 0x0203,
};
extern const struct spec spec_tcg_discovery;
extern const struct field tcg_discovery_fields[6];
/* Method status codes: Core Specification 2.01, section 5.1.5. */
enum {
	OPAL_NOT_AUTHORIZED = 0x01,
	OPAL_INVALID_PARAMETER = 0x0c,
	OPAL_LOCKED_OUT = 0x12,
	OPAL_FAIL = 0x3f,
};
extern const struct name opal_statuses[19];

#endif
