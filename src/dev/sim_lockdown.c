/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "dev/sim_model.h"

int sim_lockdown(struct sim_cmd *c)
{
	return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
}

int sim_locked(struct sim_cmd *c)
{
	(void)c;
	return 0;
}

void sim_reset_lockdown(struct sim_cmd *c, bool subsystem)
{
	(void)c;
	(void)subsystem;
}
