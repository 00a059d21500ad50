/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the commands about namespaces share (ns.c). */
#ifndef NVMEKIT_CMD_NS_H
#define NVMEKIT_CMD_NS_H

#include "cmd/common.h"

/* Controllers by identifier. */
struct cntlids {
	uint16_t *v;
	size_t n;
};

enum { NS_ATTACH, NS_DETACH }; /* SEL of Namespace Attachment: Base 2.1, figure 364 */

/* XC_UNSUPPORTED where the controller has no Namespace Management and Attachment. */
int ns_can_manage(struct ctx *ctx);
/* XC_USAGE where the drive knows that there is no such namespace. */
int ns_must_exist(struct ctx *ctx, uint32_t nsid);
/*
 * The controllers that --controllers names: identifiers, "all" (every one for which that makes a difference), or NULL: the
 * one that answers. XC_USAGE where one is not there, or has the namespace already (or has it not). nsid 0: one that will be.
 */
int ns_controllers(struct ctx *ctx, opt_list given, uint32_t nsid, unsigned sel, struct cntlids *ids);
/* The request for them. */
struct req ns_attachment(struct ctx *ctx, uint32_t nsid, unsigned sel, const struct cntlids *ids);
/* What attaching does, for the plan. nsid 0: one that will be. */
const char *ns_attach_effect(struct ctx *ctx, uint32_t nsid, const struct cntlids *ids);
/* Their identifiers as the array 'key'. */
void ns_put_controllers(struct ctx *ctx, struct val *out, const char *key, const struct cntlids *ids);
/*
 * After attaching: waits until the kernel has a node for the namespace at this controller, up to two seconds, and puts its
 * name ("device"). None: a warning.
 */
int ns_put_node(struct ctx *ctx, struct val *out, uint32_t nsid, const struct cntlids *ids);


#define OPT_CONTROLLERS(st, m, c, text) OPT(st, m, c, "controllers", "CNTLID[,...]", text)
/* nvme-cli has it for drives behind a Management Endpoint; here it changes nothing. */
#define OPT_ISH(st, m) OPT(st, m, 'I', "ish", NULL, "Ignore shutdown (NVMe-MI alone)", .flags = OF_HIDDEN)

static const struct name ns_csi_names[] __attribute__((unused)) = {
	{ 0, "nvm", "NVM Command Set" },
	{ 1, "kv", "Key Value Command Set" },
	{ 2, "zns", "Zoned Namespace Command Set" },
};

#endif
