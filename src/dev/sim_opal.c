/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "dev/sim_model.h"

int sim_opal(struct sim_cmd *c)
{
	return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
}
