/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Log pages of discovery controllers: NVM Express Base 2.1, section 5.1.12.3. */
#include "spec/spec.h"
#include "spec/tables.h"

const struct name transport_names[TRANSPORT_NNAMES] = {
	{ 0, "unspecified", "Unspecified" },
	{ 1, "rdma", "RDMA" },
	{ 2, "fc", "Fibre Channel" },
	{ 3, "tcp", "TCP" },
	{ 254, "loop", "Intra-host (loopback)" },
};
static const struct name adrfam_names[] = {
	{ 0, "pci", "PCI" },
	{ 1, "ipv4", "IPv4" },
	{ 2, "ipv6", "IPv6" },
	{ 3, "infiniband", "InfiniBand" },
	{ 4, "fibre-channel", "Fibre Channel" },
	{ 254, "loop", "Intra-host (loopback)" },
};
static const struct name subtype_names[] = {
	{ 1, "referral", "Discovery subsystem referral" },
	{ 2, "nvme", "NVM subsystem" },
	{ 3, "current", "Current discovery subsystem" },
};
static const struct name secure_names[] = {
	{ 0, "not-specified", "Not specified" },
	{ 1, "required", "Required" },
	{ 2, "not-required", "Not required" },
};
static const struct field treq_bits[] = {
	{ "secure_channel", "Secure Channel", BITS(1, 0), ENUM_OF(secure_names) },
	{ "disable_sqflow", "Disabling of SQ Flow Control", BIT(2), SUPPORTED },
	RSVD_BITS(7, 3),
};
static const struct field eflags_bits[] = {
	{ "dupretinfo", "Duplicate Returned Information", BIT(0), FLAG },
	{ "epcsd", "Explicit Persistent Connection Support for Discovery", BIT(1), FLAG },
	{ "ncc", "No CDC Connectivity", BIT(2), FLAG },
	RSVD_BITS(15, 3),
};

/* Transport Specific Address Subtype: RDMA Transport 1.1 and TCP Transport 1.1, section 3 */
static const struct name qptype_names[] = {
	{ 1, "connected", "Reliable Connected" },
	{ 2, "datagram", "Reliable Datagram" },
};
static const struct name prtype_names[] = {
	{ 1, "not-specified", "No Provider Specified" },
	{ 2, "infiniband", "InfiniBand" },
	{ 3, "roce", "RoCE" },
	{ 4, "roce-v2", "RoCE v2" },
	{ 5, "iwarp", "iWARP" },
};
static const struct name cms_names[] = { { 1, "rdma-cm", "RDMA_IP_CM" } };
static const struct name sectype_names[] = {
	{ 0, "none", "No Security" },
	{ 1, "tls", "TLS 1.2 or before" },
	{ 2, "tls13", "TLS 1.3 or later" },
};
static const struct field tsas_rdma_fields[] = {
	{ "rdma_qptype", "RDMA QP Service Type", BYTE(0), ENUM_OF(qptype_names) },
	{ "rdma_prtype", "RDMA Provider Type", BYTE(1), ENUM_OF(prtype_names) },
	{ "rdma_cms", "RDMA Connection Management Service", BYTE(2), ENUM_OF(cms_names) },
	RSVD_BYTES(7, 3),
	{ "rdma_pkey", "RDMA Partition Key", BYTES(9, 8), .show = SHOW_HEX },
	RSVD_BYTES(255, 10),
};
static const struct field tsas_tcp_fields[] = {
	{ "sectype", "Security Type", BYTE(0), ENUM_OF(sectype_names) },
	RSVD_BYTES(255, 1),
};
static const struct field tsas_fields[] = {
	{ "tsas", "Transport Specific Address Subtype", BYTES(255, 0), .kind = K_HEX, .flags = F_QUIET },
};
static const struct sel_case tsas_cases[] = { CASE(1, tsas_rdma_fields), CASE(3, tsas_tcp_fields) };
static const struct sel tsas_sel = {
	"trtype", tsas_cases, NELEMS(tsas_cases), { 0, 0, tsas_fields, NELEMS(tsas_fields) }
};

#define NQN .kind = K_STR, .flags = F_UTF8
#define TSAS                                                                     \
	{                                                                        \
		NULL, NULL, BYTES(1023, 768), .kind = K_SWITCH, .sel = &tsas_sel \
	}

/* --- 70h: section 5.1.12.3.1, Discovery Log Page Entry Data Structure ------------------------------- */

const struct field disc_entry_fields[DISC_ENTRY_NFIELDS] = {
	{ "trtype", "Transport Type", BYTE(0), ENUM_OF(transport_names) },
	{ "adrfam", "Address Family", BYTE(1), ENUM_OF(adrfam_names) },
	{ "subtype", "Subsystem Type", BYTE(2), ENUM_OF(subtype_names) },
	{ "treq", "Transport Requirements", BYTE(3), BITS_OF(treq_bits) },
	{ "portid", "Port ID", BYTES(5, 4) },
	{ "cntlid", "Controller ID (ffffh: dynamic, fffeh: static)", BYTES(7, 6), .show = SHOW_HEX },
	{ "asqsz", "Admin Max SQ Size", BYTES(9, 8) },
	{ "eflags", "Entry Flags", BYTES(11, 10), BITS_OF(eflags_bits), .since = 0x0200 },
	RSVD_BYTES(31, 12),
	{ "trsvcid", "Transport Service Identifier", BYTES(63, 32), .kind = K_STR },
	RSVD_BYTES(255, 64),
	{ "subnqn", "NVM Subsystem Qualified Name", BYTES(511, 256), NQN },
	{ "traddr", "Transport Address", BYTES(767, 512), .kind = K_STR },
	TSAS,
};
static const struct field discovery_fields[] = {
	{ "genctr", "Generation Counter", BYTES(7, 0) },
	{ "numrec", "Number of Records", BYTES(15, 8) },
	{ "recfmt", "Record Format", BYTES(17, 16) },
	RSVD_BYTES(1023, 18),
	{ "records", "Discovery Log Page Entries", FROM_BYTE(1024), ARRAY_OF(disc_entry_fields),
	  .count = FROM("numrec", 1, 0) },
};
const struct spec spec_log_discovery = {
	.name = "discovery-log",
	.text = "Discovery",
	.figure = "NVM Express Base 2.1, section 5.1.12.3.1",
	.size = 1024,
	FIELDS(discovery_fields),
};

/* --- 71h: section 5.1.12.3.2, Host Extended Discovery Log Page Entry --------------------------------- */

static const struct field exat_hostid_fields[] = {
	{ "hostid", "Host Identifier", .kind = K_HEX, .bytes = FROM("exatlen", 1, 0) },
};
static const struct field exat_symname_fields[] = {
	{ "symname", "Symbolic Name", .kind = K_STR, .flags = F_UTF8, .bytes = FROM("exatlen", 1, 0) },
};
static const struct field exat_other_fields[] = {
	{ "exatval", "Extended Attribute Value", .kind = K_HEX, .bytes = FROM("exatlen", 1, 0) },
};
static const struct sel_case exat_cases[] = { CASE(1, exat_hostid_fields), CASE(2, exat_symname_fields) };
static const struct sel exat_sel = {
	"exattype", exat_cases, NELEMS(exat_cases), { 0, 0, exat_other_fields, NELEMS(exat_other_fields) }
};
static const struct name exattype_names[] = {
	{ 1, "hostid", "Host Identifier" },
	{ 2, "symname", "Symbolic Name" },
};
/* EXATLEN is a multiple of 4. */
static const struct field exat_fields[] = {
	{ "exattype", "Extended Attribute Type", BYTES(1, 0), ENUM_OF(exattype_names) },
	{ "exatlen", "Extended Attribute Length", BYTES(3, 2), .unit = "bytes" },
	{ NULL, NULL, FROM_BYTE(4), .kind = K_SWITCH, .sel = &exat_sel },
};
/* How an extended entry ends, of whatever list it is. */
#define EXTENDED                                                                                             \
	{ "tel", "Total Entry Length", BYTES(1027, 1024), .unit = "bytes" },                                 \
	{ "numexat", "Number of Extended Attributes", BYTES(1029, 1028) },                                   \
	RSVD_BYTES(1031, 1030),                                                                              \
	{ "exat", "Extended Attributes", FROM_BYTE(1032), ARRAY_OF(exat_fields),                             \
	  .count = FROM("numexat", 1, 0), .stride = FROM("exatlen", 1, 4) }
static const struct field host_entry_fields[] = {
	{ "trtype", "Transport Type", BYTE(0), ENUM_OF(transport_names) },
	{ "adrfam", "Address Family", BYTE(1), ENUM_OF(adrfam_names) },
	RSVD_BYTES(9, 2),
	{ "eflags", "Entry Flags", BYTES(11, 10), BITS_OF(eflags_bits) },
	RSVD_BYTES(255, 12),
	{ "hostnqn", "Host NVMe Qualified Name", BYTES(511, 256), NQN },
	{ "traddr", "Transport Address", BYTES(767, 512), .kind = K_STR },
	TSAS,
	EXTENDED,
};
static const struct field host_discovery_fields[] = {
	{ "genctr", "Generation Counter", BYTES(7, 0) },
	{ "numrec", "Number of Records", BYTES(15, 8) },
	{ "recfmt", "Record Format", BYTES(17, 16) },
	{ "hdlpf", "Host Discovery Log Page Flags", BYTE(18), .show = SHOW_HEX },
	RSVD_BYTES(19, 19),
	{ "thdlpl", "Total Host Discovery Log Page Length", BYTES(23, 20), .unit = "bytes" },
	RSVD_BYTES(1023, 24),
	{ "hedlpe", "Host Extended Discovery Log Page Entries", FROM_BYTE(1024), ARRAY_OF(host_entry_fields),
	  .count = FROM("numrec", 1, 0), .stride = FROM("tel", 1, 0) },
};
const struct spec spec_log_host_discovery = {
	.name = "host-discovery-log",
	.text = "Host Discovery",
	.figure = "NVM Express Base 2.1, section 5.1.12.3.2",
	.size = 1024,
	FIELDS(host_discovery_fields),
};

/* --- Discovery Information Management: section 5.3.1, what a host registers ------------------------------ */

static const struct name entfmt_names[] = { { 1, "basic", "Basic" }, { 2, "extended", "Extended" } };
static const struct name etype_names[] = {
	{ 1, "host", "Host" },
	{ 2, "ddc", "Direct Discovery controller" },
	{ 3, "cdc", "Centralized Discovery controller" },
};
static const struct field die_fields[] = {
	{ "trtype", "Transport Type", BYTE(0), ENUM_OF(transport_names) },
	{ "adrfam", "Address Family", BYTE(1), ENUM_OF(adrfam_names) },
	{ "subtype", "Subsystem Type", BYTE(2), ENUM_OF(subtype_names) },
	{ "treq", "Transport Requirements", BYTE(3), BITS_OF(treq_bits) },
	{ "portid", "Port ID", BYTES(5, 4) },
	{ "cntlid", "Controller ID", BYTES(7, 6), .show = SHOW_HEX },
	{ "asqsz", "Admin Max SQ Size", BYTES(9, 8) },
	RSVD_BYTES(31, 10),
	{ "trsvcid", "Transport Service Identifier", BYTES(63, 32), .kind = K_STR },
	RSVD_BYTES(255, 64),
	{ "nqn", "NVMe Qualified Name", BYTES(511, 256), NQN },
	{ "traddr", "Transport Address", BYTES(767, 512), .kind = K_STR },
	TSAS,
	EXTENDED,
};
static const struct field dim_fields[] = {
	{ "tdl", "Total Data Length", BYTES(3, 0), .unit = "bytes" },
	RSVD_BYTES(7, 4),
	{ "nument", "Number of Entries", BYTES(15, 8) },
	{ "entfmt", "Entry Format", BYTES(17, 16), ENUM_OF(entfmt_names) },
	{ "etype", "Entity Type", BYTES(19, 18), ENUM_OF(etype_names) },
	{ "portlcl", "Port Local", BYTE(20) },
	RSVD_BYTES(21, 21),
	{ "ektype", "Entity Key Type", BYTES(23, 22), .show = SHOW_HEX },
	{ "eid", "Entity Identifier", BYTES(279, 24), NQN },
	{ "ename", "Entity Name", BYTES(535, 280), .kind = K_STR, .flags = F_UTF8 },
	{ "ever", "Entity Version", BYTES(599, 536), .kind = K_STR, .flags = F_UTF8 },
	RSVD_BYTES(1023, 600),
	{ "entries", "Discovery Information Entries", FROM_BYTE(1024), ARRAY_OF(die_fields),
	  .count = FROM("nument", 1, 0), .stride = FROM("tel", 1, 0) },
};
const struct spec spec_dim = {
	.name = "discovery-info-mgmt",
	.text = "Discovery Information Management",
	.figure = "NVM Express Base 2.1, section 5.3.1",
	.size = 1024,
	FIELDS(dim_fields),
};

/* --- 72h: section 5.1.12.3.3, AVE Discovery Log Page Entry -------------------------------------------- */

static const struct field ave_record_fields[] = {
	{ "aveadrfam", "AVE Address Family", BYTE(0), ENUM_OF(adrfam_names) },
	RSVD_BYTES(1, 1),
	{ "avetrsvcid", "AVE Transport Service Identifier", BYTES(3, 2) },
	{ "avetraddr", "AVE Transport Address", BYTES(19, 4), .kind = K_HEX },
};
static const struct field ave_entry_fields[] = {
	{ "tel", "Total Entry Length", BYTES(3, 0), .unit = "bytes" },
	{ "avenqn", "AVE NVMe Qualified Name", BYTES(227, 4), NQN },
	{ "numatr", "Number of AVE Transport Records", BYTE(228) },
	RSVD_BYTES(231, 229),
	{ "atr", "AVE Transport Records", FROM_BYTE(232), ARRAY_OF(ave_record_fields),
	  .count = FROM("numatr", 1, 0) },
};
static const struct field ave_discovery_fields[] = {
	{ "genctr", "Generation Counter", BYTES(7, 0) },
	{ "numrec", "Number of Records", BYTES(15, 8) },
	{ "recfmt", "Record Format", BYTES(17, 16) },
	RSVD_BYTES(19, 18),
	{ "tadlpl", "Total AVE Discovery Log Page Length", BYTES(23, 20), .unit = "bytes" },
	RSVD_BYTES(1023, 24),
	{ "adlpe", "AVE Discovery Log Page Entries", FROM_BYTE(1024), ARRAY_OF(ave_entry_fields),
	  .count = FROM("numrec", 1, 0), .stride = FROM("tel", 1, 0) },
};
const struct spec spec_log_ave_discovery = {
	.name = "ave-discovery-log",
	.text = "AVE Discovery",
	.figure = "NVM Express Base 2.1, section 5.1.12.3.3",
	.size = 1024,
	FIELDS(ave_discovery_fields),
};

/* --- 73h: section 5.1.12.3.4, Pull Model DDC Request Log Page ------------------------------------------ */

static const struct field pull_model_fields[] = {
	{ "ori", "Operation Request Identifier", BYTE(0) },
	RSVD_BYTES(3, 1),
	{ "tpdrpl", "Total Pull Model DDC Request Log Page Length", BYTES(7, 4), .unit = "bytes" },
	{ "osp", "Operation Specific Parameters", FROM_BYTE(8), .kind = K_HEX },
};
const struct spec spec_log_pull_model_ddc_req = {
	.name = "pull-model-ddc-req-log",
	.text = "Pull Model DDC Request",
	.figure = "NVM Express Base 2.1, section 5.1.12.3.4",
	.size = 8,
	FIELDS(pull_model_fields),
};
