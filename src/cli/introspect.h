/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The whole interface as data: what programs, the contract registry and generated documents read. */
#ifndef NVMEKIT_CLI_INTROSPECT_H
#define NVMEKIT_CLI_INTROSPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/cmd.h"

extern const struct spec spec_introspect;

/* Fills 'out' as spec_introspect says; with 'fields' every structure with the keys it leads to. */
void introspect_tree(struct arena *a, struct val *out, bool fields);

/*
 * The contract: one sorted line per name that programs may rely on (commands, aliases, options, their
 * letters and values, formats, columns, log page names, exit codes, JSON keys with their types).
 * NULL-terminated array in the arena.
 */
const char *const *contract_lines(struct arena *a, size_t *n);

/* "flag", "number", "duration", "size", "string" or "list". */
const char *opt_type_name(const struct opt *o);
/* The largest number that the option takes; 0 for what is no number. */
uint64_t opt_max(const struct opt *o);
/* "--namespace-id", or "-n" where there is no long form. */
const char *opt_spelling(struct arena *a, const struct opt *o);
/* "controller", "namespace", "device", "device-optional", "words" or "none". */
const char *target_name(uint8_t target);

#endif
