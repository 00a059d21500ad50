/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the commands about controller properties share. */
#ifndef NVMEKIT_CMD_REG_H
#define NVMEKIT_CMD_REG_H

#include "cmd/common.h"
#include "spec/registers.h"

#define REG_GROUP "Registers and properties"

/* Values of registers under way to an answer. */
struct reg_space {
	uint8_t buf[REG_SPACE];
	bool known[REG_SPACE / 4]; /* by offset / 4 */
};

/* A register with this name or offset ("cc", "0x14"): XC_USAGE where there is none. 'opt' is the option for the error. */
int reg_lookup(struct ctx *ctx, const char *opt, const char *text, const struct reg **out);
/* "CC", as sentences have it. */
const char *reg_title(struct ctx *ctx, const struct reg *reg);
/* Reads 'width' bytes (4 or 8) at an offset. 'what' is for errors; NULL: record none. */
int reg_read(struct ctx *ctx, uint32_t offset, uint32_t width, const char *what, uint64_t *value);
void reg_keep(struct reg_space *s, const struct reg *reg, uint64_t value);
/* Those that are known, decoded with spec_registers. */
struct val *reg_decode(struct ctx *ctx, const struct reg_space *s);
/* Refuses what this controller cannot have: a register of PCIe over fabrics. */
int reg_here(struct ctx *ctx, const struct reg *reg);
/* The answer of get-property and set-property. */
extern const struct spec spec_property;
void reg_property(struct ctx *ctx, struct val *out, uint32_t offset, uint32_t width, uint64_t value);

#endif
