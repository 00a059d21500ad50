/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "dev/sim_ns.h"

int sim_capacity(struct sim_cmd *c)
{
	return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
}

int capacity_choose(struct sim_cmd *c, uint64_t nvmsetid, uint64_t endgid, uint64_t bytes, struct place *p)
{
	(void)c, (void)nvmsetid, (void)endgid, (void)bytes, (void)p;
	return 0;
}

void capacity_take(struct sim_cmd *c, struct place *p, uint64_t bytes)
{
	(void)c, (void)p, (void)bytes;
}

void capacity_return(struct sim_cmd *c, struct image_ns *ns)
{
	(void)c, (void)ns;
}
