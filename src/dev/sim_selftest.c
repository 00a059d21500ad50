/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "dev/sim_model.h"

int sim_self_test(struct sim_cmd *c)
{
	return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
}

void sim_advance_self_test(struct sim_cmd *c)
{
	(void)c;
}

void sim_reset_self_test(struct sim_cmd *c, bool subsystem)
{
	(void)c;
	(void)subsystem;
}

void sim_abort_self_test(struct sim_cmd *c, const struct image_ctrl *ctrl, uint32_t nsid, uint8_t result)
{
	(void)c, (void)ctrl, (void)nsid, (void)result;
}

void sim_self_test_after(struct sim_cmd *c)
{
	(void)c;
}

bool sim_has_self_test_page(const struct sim_cmd *c)
{
	(void)c;
	return false;
}

const struct val *sim_self_test_page(struct sim_cmd *c, const struct val *st)
{
	(void)c;
	return st;
}
