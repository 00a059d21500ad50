/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Log pages about what is supported and what it does. NVM Express Base 2.1, section 5.1.12.1. */
#include "spec/spec.h"
#include "spec/tables.h"

/* Bits 31:20 of the entries below: what a command or feature acts upon. All clear: not reported. */
static const struct field scope_bits[] = {
	{ "ns", "Namespace", BIT(0), FLAG },
	{ "ctrl", "Controller", BIT(1), FLAG },
	{ "nvmset", "NVM Set", BIT(2), FLAG },
	{ "endgrp", "Endurance Group", BIT(3), FLAG },
	{ "domain", "Domain", BIT(4), FLAG },
	{ "subsys", "NVM Subsystem", BIT(5), FLAG },
	{ "cdq", "Controller Data Queue", BIT(6), FLAG, .since = 0x0201 },
	RSVD_BITS(11, 7),
};

/* --- 00h Supported Log Pages: Base 2.1, section 5.1.12.1.1 --- */

static const struct field lid_support_fields[] = {
	{ "lsupp", "Supported", .off = 0, .len = 1, FLAG },
	{ "ios", "Index Offset Supported", .off = 1, .len = 1, FLAG },
	RSVD_BITS(15, 2),
	{ "lidsp", "LID specific", .off = 16, .len = 16, .show = SHOW_HEX },
	{ "name", "Name of the log page", .kind = K_TEXT, .flags = F_DERIVED | F_OPTIONAL },
};

static const struct field supported_fields[] = {
	{ "supported_logs", "Log pages", BYTES(1023, 0), ARRAY_OF(lid_support_fields), .slot = "lid",
	  .flags = F_SKIP_ZERO },
};

static void name_pages(struct arena *a, struct val *root)
{
	struct val *logs = val_get(root, "supported_logs");

	for (struct val *el = logs ? logs->c.first : NULL; el; el = el->next) {
		const struct logpage *page = logpage_by_id((uint8_t)val_u64(el, "lid", 0), 0);

		if (page)
			val_put_str(a, el, "name", page->name)->field =
				&lid_support_fields[NELEMS(lid_support_fields) - 1];
	}
}

const struct spec spec_log_supported = {
	.name = "supported-log-pages",
	.text = "Supported Log Pages",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.1",
	.size = 1024,
	FIELDS(supported_fields),
	.fixup = name_pages,
};

/* --- 05h Commands Supported and Effects: Base 2.1, section 5.1.12.1.6 --- */

static const struct name cse_names[] = {
	{ 0, "none", "No restriction" },
	{ 1, "namespace", "One command at a time for the namespace" },
	{ 2, "all", "One command at a time for all namespaces" },
};

static const struct field effect_fields[] = {
	{ "csupp", "Command Supported", BIT(0), FLAG },
	{ "lbcc", "Logical Block Content Change", BIT(1), FLAG },
	{ "ncc", "Namespace Capability Change", BIT(2), FLAG },
	{ "nic", "Namespace Inventory Change", BIT(3), FLAG },
	{ "ccc", "Controller Capability Change", BIT(4), FLAG },
	RSVD_BITS(13, 5),
	{ "cser", "Command Submission and Execution Relaxations", BITS(15, 14), .since = 0x0201 },
	{ "cse", "Command Submission and Execution", BITS(18, 16), ENUM_OF(cse_names) },
	{ "uss", "UUID Selection Supported", BIT(19), FLAG, .since = 0x0104 },
	{ "csp", "Command Scope", BITS(31, 20), BITS_OF(scope_bits), .since = 0x0200 },
	{ "name", "Name of the command", .kind = K_TEXT, .flags = F_DERIVED | F_OPTIONAL },
};

static const struct field effects_fields[] = {
	{ "acs", "Admin commands", BYTES(1023, 0), ARRAY_OF(effect_fields), .slot = "opcode",
	  .show = SHOW_PAIRS, .flags = F_SKIP_ZERO },
	{ "iocs", "I/O commands", BYTES(2047, 1024), ARRAY_OF(effect_fields), .slot = "opcode",
	  .show = SHOW_PAIRS, .flags = F_SKIP_ZERO },
	RSVD_BYTES(4095, 2048),
};

static void name_list(struct arena *a, struct val *list, bool io)
{
	for (struct val *el = list ? list->c.first : NULL; el; el = el->next) {
		const struct opcode *op = opcode_info((uint8_t)val_u64(el, "opcode", 0), io);

		if (op)
			val_put_str(a, el, "name", op->text)->field = &effect_fields[NELEMS(effect_fields) - 1];
	}
}

static void name_opcodes(struct arena *a, struct val *root)
{
	name_list(a, val_get(root, "acs"), false);
	name_list(a, val_get(root, "iocs"), true);
}

const struct spec spec_log_effects = {
	.name = "effects-log",
	.text = "Commands Supported and Effects",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.6",
	.size = 4096,
	FIELDS(effects_fields),
	.fixup = name_opcodes,
};

/* --- 12h Feature Identifiers Supported and Effects: Base 2.1, section 5.1.12.1.18 --- */

static const struct field fid_fields[] = {
	{ "fsupp", "FID Supported", BIT(0), FLAG },
	{ "udcc", "User Data Content Change", BIT(1), FLAG },
	{ "ncc", "Namespace Capability Change", BIT(2), FLAG },
	{ "nic", "Namespace Inventory Change", BIT(3), FLAG },
	{ "ccc", "Controller Capability Change", BIT(4), FLAG },
	RSVD_BITS(18, 5),
	{ "uss", "UUID Selection Supported", BIT(19), FLAG },
	{ "fsp", "FID Scope", BITS(31, 20), BITS_OF(scope_bits) },
};

static const struct field fid_effects_fields[] = {
	{ "fid_support", "Features", BYTES(1023, 0), ARRAY_OF(fid_fields), .slot = "fid", .show = SHOW_PAIRS,
	  .flags = F_SKIP_ZERO },
};

const struct spec spec_log_fid_effects = {
	.name = "fid-support-effects-log",
	.text = "Feature Identifiers Supported and Effects",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.18",
	.size = 1024,
	FIELDS(fid_effects_fields),
};

/* --- 13h NVMe-MI Commands Supported and Effects: Base 2.1, section 5.1.12.1.19 --- */

static const struct field mi_fields[] = {
	{ "csupp", "Command Supported", BIT(0), FLAG },
	{ "udcc", "User Data Content Change", BIT(1), FLAG },
	{ "ncc", "Namespace Capability Change", BIT(2), FLAG },
	{ "nic", "Namespace Inventory Change", BIT(3), FLAG },
	{ "ccc", "Controller Capability Change", BIT(4), FLAG },
	RSVD_BITS(19, 5),
	{ "csp", "Command Scope", BITS(31, 20), BITS_OF(scope_bits) },
};

static const struct field mi_effects_fields[] = {
	{ "mi_command_support", "NVMe-MI commands", BYTES(1023, 0), ARRAY_OF(mi_fields), .slot = "opcode",
	  .show = SHOW_PAIRS, .flags = F_SKIP_ZERO },
	RSVD_BYTES(4095, 1024),
};

const struct spec spec_log_mi_effects = {
	.name = "mi-cmd-support-effects-log",
	.text = "NVMe-MI Commands Supported and Effects",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.19",
	.size = 4096,
	FIELDS(mi_effects_fields),
};
