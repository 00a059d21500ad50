/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "dev/sim_model.h"

int sim_fw_download(struct sim_cmd *c)
{
	return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
}

int sim_fw_commit(struct sim_cmd *c)
{
	return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
}

void sim_reset_fw(struct sim_cmd *c, bool subsystem)
{
	(void)c;
	(void)subsystem;
}
