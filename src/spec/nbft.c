/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "spec/nbft.h"

#define BOOT "NVM Express Boot Specification 1.1, "

/* Where something is in the table: bytes from its beginning; length 0: nowhere. */
static const struct field ref_fields[] = {
	{ "offset", "Offset", BYTES(3, 0) },
	{ "length", "Length", BYTES(5, 4) },
};
#define REF(n, t, at) { n, t, BYTES((at) + 5, at), STRUCT_OF(ref_fields) }

static const struct field header_fields[] = {
	{ "signature", "Signature", BYTES(3, 0), .kind = K_STR },
	{ "table_length", "Length of the table", BYTES(7, 4), .unit = "bytes" },
	{ "major_revision", "Major Revision", BYTE(8) },
	{ "checksum", "Checksum", BYTE(9), .show = SHOW_HEX },
	{ "oem_id", "OEM ID", BYTES(15, 10), .kind = K_STR },
	{ "oem_table_id", "OEM Table ID", BYTES(23, 16), .kind = K_STR },
	{ "oem_revision", "OEM Revision", BYTES(27, 24) },
	{ "creator_id", "Creator ID", BYTES(31, 28), .show = SHOW_HEX },
	{ "creator_revision", "Creator Revision", BYTES(35, 32) },
	{ "heap_offset", "Heap Offset", BYTES(39, 36) },
	{ "heap_length", "Heap Length", BYTES(43, 40), .unit = "bytes" },
	REF("driver_signature", "Driver Signature", 44),
	{ "minor_revision", "Minor Revision", BYTE(50) },
	RSVD_BYTES(63, 51),
};

static const struct field valid_bits[] = {
	{ "valid", "The descriptor is valid", BIT(0), FLAG },
	RSVD_BITS(7, 1),
};

static const struct field control_fields[] = {
	{ "structure_id", "Structure ID", BYTE(0) },
	{ "major_revision", "Major Revision", BYTE(1) },
	{ "minor_revision", "Minor Revision", BYTE(2) },
	RSVD_BYTES(3, 3),
	{ "csl", "Control Structure Length", BYTES(5, 4), .unit = "bytes" },
	{ "flags", "Flags", BYTE(6), BITS_OF(valid_bits) },
	RSVD_BYTES(7, 7),
	REF("hdesc", "Host Descriptor", 8),
	{ "hsv", "Host Descriptor Version", BYTE(14) },
	RSVD_BYTES(15, 15),
	{ "hfio", "HFI Descriptor List Offset", BYTES(19, 16) },
	{ "hfil", "HFI Descriptor Length", BYTES(21, 20), .unit = "bytes" },
	{ "hfiv", "HFI Descriptor Version", BYTE(22) },
	{ "num_hfi", "Number of HFI Descriptors", BYTE(23) },
	{ "ssnso", "SSNS Descriptor List Offset", BYTES(27, 24) },
	{ "ssnsl", "SSNS Descriptor Length", BYTES(29, 28), .unit = "bytes" },
	{ "ssnsv", "SSNS Descriptor Version", BYTE(30) },
	{ "num_ssns", "Number of SSNS Descriptors", BYTE(31) },
	{ "seco", "Security Profile Descriptor List Offset", BYTES(35, 32) },
	{ "secl", "Security Profile Descriptor Length", BYTES(37, 36), .unit = "bytes" },
	{ "secv", "Security Profile Descriptor Version", BYTE(38) },
	{ "num_sec", "Number of Security Profile Descriptors", BYTE(39) },
	{ "disco", "Discovery Descriptor List Offset", BYTES(43, 40) },
	{ "discl", "Discovery Descriptor Length", BYTES(45, 44), .unit = "bytes" },
	{ "discv", "Discovery Descriptor Version", BYTE(46) },
	{ "num_disc", "Number of Discovery Descriptors", BYTE(47) },
	RSVD_BYTES(63, 48),
};

static const struct name primary_names[] = {
	{ 0, "not-indicated", "not indicated" },
	{ 1, "unselected", "unselected" },
	{ 2, "selected", "selected" },
	{ 3, "reserved", "reserved" },
};
static const struct field host_bits[] = {
	{ "valid", "The descriptor is valid", BIT(0), FLAG },
	{ "hostid_configured", "An administrator has set the host identifier", BIT(1), FLAG },
	{ "hostnqn_configured", "An administrator has set the host NQN", BIT(2), FLAG },
	{ "primary", "Primary administrative host descriptor", BITS(4, 3), ENUM_OF(primary_names) },
	RSVD_BITS(7, 5),
};
static const struct field host_fields[] = {
	{ "structure_id", "Structure ID", BYTE(0) },
	{ "flags", "Host Flags", BYTE(1), BITS_OF(host_bits) },
	{ "host_id", "Host Identifier", BYTES(17, 2), .kind = K_UUID },
	REF("host_nqn", "Host NQN", 18),
	RSVD_BYTES(31, 24),
};

static const struct name trtype_names[] = { { NBFT_TRTYPE_TCP, "tcp", "TCP" } };

static const struct field hfi_fields[] = {
	{ "structure_id", "Structure ID", BYTE(0) },
	{ "index", "HFI Descriptor Index", BYTE(1) },
	{ "flags", "HFI Descriptor Flags", BYTE(2), BITS_OF(valid_bits) },
	{ "trtype", "HFI Transport Type", BYTE(3), ENUM_OF(trtype_names) },
	RSVD_BYTES(15, 4),
	REF("trinfo", "HFI Transport Info Descriptor", 16),
	RSVD_BYTES(31, 22),
};

/* Addresses are those of IPv6; ones of IPv4 are mapped into them (RFC 4291, section 2.5.5.2). */
#define IP(n, t, at) { n, t, BYTES((at) + 15, at), .kind = K_HEX }

static const struct field hfi_tcp_bits[] = {
	{ "valid", "The descriptor is valid", BIT(0), FLAG },
	{ "default_route", "The interface has the default route", BIT(1), FLAG },
	{ "dhcp", "The configuration came from DHCP", BIT(2), FLAG },
	{ "autoconf", "The address was configured without state (SLAAC)", BIT(3), FLAG },
	RSVD_BITS(7, 4),
};
static const struct field hfi_tcp_fields[] = {
	{ "structure_id", "Structure ID", BYTE(0) },
	{ "version", "Version", BYTE(1) },
	{ "trtype", "HFI Transport Type", BYTE(2), ENUM_OF(trtype_names) },
	{ "trinfo_version", "Transport Info Version", BYTE(3) },
	{ "hfi_index", "HFI Descriptor Index", BYTES(5, 4) },
	{ "flags", "HFI Transport Flags", BYTE(6), BITS_OF(hfi_tcp_bits) },
	{ "pci_sbdf", "PCI Express Routing ID", BYTES(10, 7), .show = SHOW_HEX },
	{ "mac_addr", "MAC Address", BYTES(16, 11), .kind = K_HEX },
	{ "vlan", "VLAN, 0: none", BYTES(18, 17) },
	{ "ip_origin", "IP Origin (NL_PREFIX_ORIGIN), 0: unused", BYTE(19) },
	IP("ip_address", "IP Address", 20),
	{ "subnet_mask_prefix", "Subnet Mask Prefix", BYTE(36) },
	IP("ip_gateway", "IP Gateway", 37),
	RSVD_BYTES(53, 53),
	{ "route_metric", "Route Metric", BYTES(55, 54) },
	IP("primary_dns", "Primary DNS", 56),
	IP("secondary_dns", "Secondary DNS", 72),
	IP("dhcp_server", "DHCP Server", 88),
	REF("host_name", "Host Name", 104),
	REF("ext_info", "HFI Transport Info Extended Information Descriptor", 110),
	{ "pcie_seg_num", "PCIe Segment Number", BYTE(116) },
	RSVD_BYTES(127, 117),
};

static const struct field hfi_ext_bits[] = {
	{ "valid", "The descriptor is valid", BIT(0), FLAG },
	{ "dhcp_client_id", "The DHCP client identifier is there", BIT(1), FLAG },
	RSVD_BITS(31, 2),
};
static const struct field hfi_ext_fields[] = {
	{ "structure_id", "Structure ID", BYTE(0) },
	{ "version", "Version", BYTE(1) },
	{ "hfi_index", "HFI Transport Info Descriptor Index", BYTES(3, 2) },
	{ "flags", "Flags", BYTES(7, 4), BITS_OF(hfi_ext_bits) },
	REF("dhcp_iaid", "DHCP IAID", 8),
	REF("dhcp_duid", "DHCP DUID", 14),
};

static const struct name unavailable_names[] = {
	{ 0, "not-indicated", "Not indicated" },
	{ 1, "available", "It was accessible" },
	{ 2, "unavailable", "It was not accessible" },
};
static const struct field ssns_bits[] = {
	{ "valid", "The descriptor is valid", BIT(0), FLAG },
	{ "non_bootable", "Not for booting", BIT(1), FLAG },
	{ "use_security", "A security profile applies", BIT(2), FLAG },
	{ "dhcp_root_path", "It came from the DHCP root path", BIT(3), FLAG },
	{ "ext_info", "Extended information is there", BIT(4), FLAG },
	{ "separate_discovery", "The discovery controller is at another address", BIT(5), FLAG },
	{ "discovered", "It was found by discovery", BIT(6), FLAG },
	{ "unavailable", "Availability", BITS(8, 7), ENUM_OF(unavailable_names) },
	RSVD_BITS(15, 9),
};
static const struct field ssns_tr_bits[] = {
	{ "valid", "The flags are in use", BIT(0), FLAG },
	{ "hdgst", "PDU header digest is required", BIT(1), FLAG },
	{ "ddgst", "PDU data digest is required", BIT(2), FLAG },
	RSVD_BITS(15, 3),
};
/* As in the Namespace Identification Descriptor: Base 2.1, section 5.1.13.2.3. */
static const struct name nidt_names[] = {
	{ 1, "eui64", "EUI-64" },
	{ 2, "nguid", "NGUID" },
	{ 3, "uuid", "UUID" },
};
static const struct field ssns_fields[] = {
	{ "structure_id", "Structure ID", BYTE(0) },
	{ "index", "SSNS Descriptor Index", BYTES(2, 1) },
	{ "flags", "SSNS Flags", BYTES(4, 3), BITS_OF(ssns_bits) },
	{ "trtype", "Transport Type", BYTE(5), ENUM_OF(trtype_names) },
	{ "trflags", "Transport Specific Flags", BYTES(7, 6), BITS_OF(ssns_tr_bits) },
	{ "discovery_index", "Primary Discovery Controller Index, 0: none", BYTE(8) },
	RSVD_BYTES(9, 9),
	REF("traddr", "Subsystem Transport Address", 10),
	REF("trsvcid", "Subsystem Transport Service Identifier", 16),
	{ "port_id", "Subsystem Port ID", BYTES(23, 22) },
	{ "nsid", "Namespace Identifier, 0: not specified", BYTES(27, 24) },
	{ "nidt", "Namespace Identifier Type", BYTE(28), ENUM_OF(nidt_names) },
	{ "nid", "Namespace Identifier", BYTES(44, 29), .kind = K_HEX },
	{ "security_index", "Security Profile Descriptor Index", BYTE(45) },
	{ "hfi_index", "Primary HFI Descriptor Index", BYTE(46) },
	RSVD_BYTES(47, 47),
	REF("secondary_hfis", "Secondary HFI Associations", 48),
	REF("nqn", "Subsystem and Namespace NQN", 54),
	REF("ext", "SSNS Extended Information Descriptor", 60),
	RSVD_BYTES(127, 66),
};

static const struct field ssns_ext_bits[] = {
	{ "valid", "The descriptor is valid", BIT(0), FLAG },
	{ "asqsz_set", "An administrator has set the queue size", BIT(1), FLAG },
	RSVD_BITS(31, 2),
};
static const struct field ssns_ext_fields[] = {
	{ "structure_id", "Structure ID", BYTE(0) },
	{ "version", "Version", BYTE(1) },
	{ "ssns_index", "SSNS Descriptor Index", BYTES(3, 2) },
	{ "flags", "Flags", BYTES(7, 4), BITS_OF(ssns_ext_bits) },
	{ "cntlid", "Controller Identifier", BYTES(9, 8) },
	{ "asqsz", "Admin Submission Queue Size", BYTES(11, 10) },
	REF("dhcp_root_path", "DHCP Root Path", 12),
	{ "naed", "Namespace Availability Enhanced Diagnostic", BYTE(18), .flags = F_OPTIONAL },
	{ "cipeec", "Connect Invalid Parameters Extended Error Code", BYTE(19), .flags = F_OPTIONAL },
	{ "cto", "Connection Timeout, FFFFh: none", BYTES(21, 20), .unit = "seconds", .flags = F_OPTIONAL },
	{ "nceec", "Network and Connection Extended Error Code", BYTE(22), .flags = F_OPTIONAL },
};

static const struct name need_names[] = {
	{ 0, "not-supported", "Not supported" },
	{ 1, "not-required", "Supported and not required" },
	{ 2, "required", "Required" },
};
static const struct name policy_names[] = {
	{ 0, "none", "No list" },
	{ 1, "driver", "The driver's own list" },
	{ 2, "administrator", "The administrator's list" },
};
static const struct field security_bits[] = {
	{ "valid", "The descriptor is valid", BIT(0), FLAG },
	{ "authentication", "In-band authentication", BITS(2, 1), ENUM_OF(need_names) },
	{ "auth_policy", "List of authentication protocols", BITS(4, 3), ENUM_OF(policy_names) },
	{ "secure_channel", "Secure channel", BITS(6, 5), ENUM_OF(need_names) },
	{ "channel_policy", "List of secure channel algorithms", BITS(8, 7), ENUM_OF(policy_names) },
	{ "ciphers_restricted", "Cipher suites are restricted to a list", BIT(9), FLAG },
	{ "groups_restricted", "Key exchange groups are restricted to a list", BIT(10), FLAG },
	{ "hashes_restricted", "Hash functions are restricted to a list", BIT(11), FLAG },
	RSVD_BITS(15, 12),
};
static const struct field secret_bits[] = {
	RSVD_BITS(0, 0),
	{ "redfish", "The key path is a URI of the Redfish host interface", BIT(1), FLAG },
	RSVD_BITS(7, 2),
};
static const struct field security_fields[] = {
	{ "structure_id", "Structure ID", BYTE(0) },
	{ "index", "Security Profile Descriptor Index", BYTE(1) },
	{ "flags", "Security Profile Descriptor Flags", BYTES(3, 2), BITS_OF(security_bits) },
	{ "secret_type", "Secret Type", BYTE(4), BITS_OF(secret_bits) },
	RSVD_BYTES(5, 5),
	REF("channel_algs", "Secure Channel Algorithms", 6),
	REF("auth_protocols", "Authentication Protocols", 12),
	REF("cipher_suites", "Cipher Suites", 18),
	REF("groups", "Key Exchange Groups", 24),
	REF("hashes", "Secure Hash Functions", 30),
	REF("keypath", "Secret Keypath", 36),
	RSVD_BYTES(63, 42),
};

static const struct field discovery_fields[] = {
	{ "structure_id", "Structure ID", BYTE(0) },
	{ "flags", "Discovery Descriptor Flags", BYTE(1), BITS_OF(valid_bits) },
	{ "index", "Discovery Descriptor Index", BYTE(2) },
	{ "hfi_index", "HFI Descriptor Index", BYTE(3) },
	{ "security_index", "Security Profile Descriptor Index", BYTE(4) },
	RSVD_BYTES(5, 5),
	REF("address", "Discovery Controller Address", 6),
	REF("nqn", "Discovery Controller NQN", 12),
	RSVD_BYTES(31, 18),
};

#define NBFT_SPEC(var, n, t, f, bytes, rows) \
	const struct spec var = { .name = n, .text = t, .figure = BOOT f, .size = bytes, FIELDS(rows) }

NBFT_SPEC(spec_nbft_header, "nbft-header", "NBFT Table Header", "NBFT Table Header", 64, header_fields);
NBFT_SPEC(spec_nbft_control, "nbft-control", "NBFT Control Descriptor", "Control Descriptor", 64, control_fields);
NBFT_SPEC(spec_nbft_host, "nbft-host", "NBFT Host Descriptor", "Host Descriptor", 32, host_fields);
NBFT_SPEC(spec_nbft_hfi, "nbft-hfi", "NBFT Host Fabric Interface Descriptor", "HFI Descriptor", 32, hfi_fields);
NBFT_SPEC(spec_nbft_hfi_tcp, "nbft-hfi-tcp", "NBFT HFI Transport Info Descriptor, NVMe/TCP",
	  "HFI Transport Info Descriptor - NVMe/TCP", 128, hfi_tcp_fields);
NBFT_SPEC(spec_nbft_hfi_ext, "nbft-hfi-ext", "NBFT HFI Transport Info Extended Information Descriptor",
	  "HFI Transport Info Extended Information Descriptor", 20, hfi_ext_fields);
NBFT_SPEC(spec_nbft_ssns, "nbft-ssns", "NBFT Subsystem Namespace Descriptor", "SSNS Descriptor", 128, ssns_fields);
NBFT_SPEC(spec_nbft_ssns_ext, "nbft-ssns-ext", "NBFT SSNS Extended Information Descriptor",
	  "SSNS Extended Information Descriptor", 18, ssns_ext_fields);
NBFT_SPEC(spec_nbft_security, "nbft-security", "NBFT Security Profile Descriptor", "Security Profile Descriptor", 64, security_fields);
NBFT_SPEC(spec_nbft_discovery, "nbft-discovery", "NBFT Discovery Descriptor", "Discovery Descriptor", 32, discovery_fields);
