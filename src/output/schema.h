/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* JSON Schema (draft 2020-12) of what a command prints with -o json, made from its field rows. */
#ifndef NVMEKIT_OUTPUT_SCHEMA_H
#define NVMEKIT_OUTPUT_SCHEMA_H

#include <stdio.h>

struct cmd;

/*
 * Accepts the command's answers, complete or marked as truncated, and the error document. Members that no row
 * describes are refused. 0 or -errno.
 */
int schema_print(FILE *to, const struct cmd *c);
/* Of the error document alone. 0 or -errno. */
int schema_error_print(FILE *to);

#endif
