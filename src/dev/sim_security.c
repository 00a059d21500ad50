/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "dev/sim_model.h"

int sim_security_send(struct sim_cmd *c)
{
	return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
}

int sim_security_recv(struct sim_cmd *c)
{
	return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
}
