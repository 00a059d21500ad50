/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Security Send and Security Receive: Base 2.1, sections 5.1.23 and 5.1.24. Protocol 00h says which others there are:
 * 01h of a drive with Opal (Level 0 Discovery; sessions are behind the kernel's interface, sim_opal.c), EAh of one
 * with RPMB targets (sim_rpmb.c).
 */
#include "dev/sim_security.h"

#include "spec/security.h"

static int list_protocols(struct sim_cmd *c)
{
	struct arena *a = c->ctx->arena;
	struct val *st = val_new(a, VAL_OBJ), *list = val_put_arr(a, st, "protocols");

	if (c->req->cdw10 >> 8 & 0xffff)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	val_put_u64(a, list, NULL, SECP_INFO);
	if (sim_opal_state(c))
		val_put_u64(a, list, NULL, SECP_TCG);
	if (sim_rpmb_targets(c))
		val_put_u64(a, list, NULL, SECP_NVME);
	return sim_answer(c, &spec_security_list, st, 0, 0, c->req->cdw11);
}

static int security(struct sim_cmd *c, bool send)
{
	uint8_t secp = (uint8_t)(c->req->cdw10 >> 24);
	uint16_t spsp = (uint16_t)(c->req->cdw10 >> 8);

	if (!val_u64(c->id, "oacs.ssrs", 0))
		return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
	/* A transfer that the host has no buffer for. */
	if (c->req->cdw11 > c->req->data_len || (c->req->cdw11 && !c->req->data))
		return sim_reject(c, SIM_TRANSFER_ERROR, AT_NOWHERE);
	if (secp == SECP_INFO && !send)
		return list_protocols(c);
	if (secp == SECP_TCG && sim_opal_state(c) && !send && spsp == TCG_DISCOVERY_COMID)
		return sim_opal_discovery(c);
	if (secp == SECP_NVME && sim_rpmb_targets(c) && spsp == RPMB_SPSP)
		return send ? sim_rpmb_request(c) : sim_rpmb_response(c);
	return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
}

int sim_security_send(struct sim_cmd *c)
{
	return security(c, true);
}

int sim_security_recv(struct sim_cmd *c)
{
	return security(c, false);
}
