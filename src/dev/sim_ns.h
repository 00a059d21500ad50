/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the files share that make, alter and remove namespaces and the capacity that they take. */
#ifndef NVMEKIT_DEV_SIM_NS_H
#define NVMEKIT_DEV_SIM_NS_H

#include <stdbool.h>
#include <stdint.h>

#include "dev/sim_model.h"

/* A user data format as Format NVM and Namespace Management choose it. */
struct block_format {
	unsigned index;
	uint8_t pit;   /* protection information type; 0: none */
	bool first;    /* protection information as the first bytes of the metadata */
	bool extended; /* metadata at the end of each block */
};

/* 0, or the status with which a controller refuses f. 'id': Identify Namespace decoded; 'nvm': nvm-id-ns, or NULL. */
int format_check(const struct val *id, const struct val *nvm, const struct block_format *f);
/* The bytes FLBAS and DPS. */
unsigned format_flbas(const struct val *id, const struct block_format *f);
unsigned format_dps(const struct block_format *f);
unsigned format_index(const struct val *id, unsigned flbas);
/* Data bytes of a block in format 'index'; 0: there is no such format. */
uint64_t format_block(const struct val *id, unsigned index);

/* Trees. */
struct val *tree_copy(struct arena *a, const struct val *v);
void tree_drop(struct val *parent, const struct val *child);
/* An array's elements are replaced by none. */
void tree_clear(struct val *list);
/* A STRUCTURE of the image decoded, or NULL where it cannot be. */
struct val *tree_decode(struct sim_cmd *c, const struct spec *spec, const struct val *st, size_t len);

/* NVM capacity that a namespace takes, in bytes. */
uint64_t ns_capacity(struct sim_cmd *c, struct image_ns *ns);
/*
 * The namespace has changed for controller k: Changed Attached Namespace List, and the event where the host wants it
 * and has read about the last one (Base 2.1, sections 5.1.12.1.5 and 5.1.2).
 */
void ns_changed(struct sim_cmd *c, struct image_ctrl *k, uint32_t nsid, bool event);
/* The set of allocated namespaces has changed: all controllers; the one that did it is told nothing of a deletion. */
void ns_allocation_changed(struct sim_cmd *c, uint32_t nsid, bool deleted);
/* Takes ns out of the tree and gives its capacity back. The caller calls sim_changed_tree when it is done. */
void ns_remove(struct sim_cmd *c, struct image_ns *ns);
/* Namespace Management, Create (sim_create.c). */
int sim_ns_create(struct sim_cmd *c);

/* Identify Namespace of NSID FFFFFFFFh where the image does not say it: what a new namespace would be made from. Or NULL. */
const struct val *ns_common(struct sim_cmd *c);

/* Where the capacity of a new namespace comes from. */
struct place {
	struct val *state; /* of capacity management */
	struct val *set, *endgrp;
};

/* Chooses a place with room for 'bytes'; 0 or a status. */
int capacity_choose(struct sim_cmd *c, uint64_t nvmsetid, uint64_t endgid, uint64_t bytes, struct place *p);
void capacity_take(struct sim_cmd *c, struct place *p, uint64_t bytes);
/* Gives back what ns took. */
void capacity_return(struct sim_cmd *c, struct image_ns *ns);

#endif
