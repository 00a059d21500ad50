/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Endurance Groups and NVM Sets of the model: between what there is (sim_capacity.c) and the command (sim_capacity_cmd.c). */
#ifndef NVMEKIT_DEV_SIM_CAPACITY_H
#define NVMEKIT_DEV_SIM_CAPACITY_H

#include "dev/sim_ns.h"

/* The state: { "selected", "groups": [ { "endgid", "total", "unalloc", "sets": [ { "nvmsetid", "total", "unalloc" } ] } ] }. */
struct val *capacity_state(struct sim_cmd *c);
/* Whoever is about to change what capacity_state returned says so. */
void capacity_keep(struct sim_cmd *c, const struct val *state);
struct val *capacity_group(const struct val *state, uint64_t endgid);
/* *group, where it is not NULL, gets the one that it is in. */
struct val *capacity_set(const struct val *state, uint64_t nvmsetid, struct val **group);
/* Adds one; its capacity is all unallocated. */
struct val *capacity_add_group(struct sim_cmd *c, struct val *state, uint64_t endgid, uint64_t bytes);
struct val *capacity_add_set(struct sim_cmd *c, struct val *group, uint64_t nvmsetid, uint64_t bytes);

/* Unallocated capacity of the drive (UNVMCAP), which all controllers report. */
uint64_t capacity_left(struct sim_cmd *c);
void capacity_left_is(struct sim_cmd *c, uint64_t bytes);

/* A log page that any controller of the subsystem has recorded, decoded; or NULL. */
const struct val *capacity_recorded_log(struct sim_cmd *c, uint8_t lid, const struct spec *spec);
/* First element of an array, or NULL. */
struct val *first_in(const struct val *obj, const char *key);

#endif
