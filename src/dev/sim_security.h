/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the security models of the simulated drive share. */
#ifndef NVMEKIT_DEV_SIM_SECURITY_H
#define NVMEKIT_DEV_SIM_SECURITY_H

#include "dev/sim_model.h"

/* The member "opal" of the subsystem's model; NULL: no self-encrypting drive. */
struct val *sim_opal_state(const struct sim_cmd *c);
int sim_opal_discovery(struct sim_cmd *c);

/* How many RPMB targets there are: RPMBS of Identify Controller. */
unsigned sim_rpmb_targets(const struct sim_cmd *c);
int sim_rpmb_request(struct sim_cmd *c);
int sim_rpmb_response(struct sim_cmd *c);

#endif
