/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Firmware of the model, between downloading (sim_fw_load.c) and slots (sim_fw.c). */
#ifndef NVMEKIT_DEV_SIM_FW_H
#define NVMEKIT_DEV_SIM_FW_H

#include "dev/sim_model.h"

struct fw_need {
	const char *word;
	int at_reset, at_once; /* status of an activation by a reset, and of one without */
};

struct fw_image {
	char revision[9];
	uint64_t size; /* bytes that it says it has; 0: it does not say */
	const struct fw_need *need;
};

/* What the subsystem remembers of firmware. */
struct val *fw_state(struct sim_cmd *c);
/* NULL: there is no such word. */
const struct fw_need *fw_need(const char *word);

/* Something was downloaded since the last commit or reset. */
bool fw_loaded(const struct val *st);
/* It is whole, from its beginning, and an image. */
bool fw_complete(struct sim_cmd *c, const struct val *st, struct fw_image *img);
void fw_discard(struct sim_cmd *c, struct val *st);

#endif
