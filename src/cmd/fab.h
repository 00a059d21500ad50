/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the commands of NVMe over Fabrics share: who this host is, and how a connection is told. */
#ifndef NVMEKIT_CMD_FAB_H
#define NVMEKIT_CMD_FAB_H

#include "cmd/cmd.h"
#include "dev/fabrics.h"

/* Fills in the host's NQN and identifier where they are not set, as the machine has them (dev/hostid.h). */
int fab_host(struct ctx *ctx, struct fab_conn *c);

/* Rows of one connection: of connect alone, and of each that connect-all makes. */
#define FAB_RESULT_ROWS                                                                                                          \
	{ "device", "Controller, or null: there is none", .kind = K_TEXT, .flags = F_NULLABLE },                                \
	{ "already", "It was connected before", .kind = K_BOOL },                                                               \
	{ "subsysnqn", "NQN of the subsystem", .kind = K_TEXT },                                                                \
	{ "transport", "Transport", .kind = K_TEXT },                                                                           \
	{ "traddr", "Address that it is connected to", .kind = K_TEXT },                                                        \
	{ "trsvcid", "Port number, or empty", .kind = K_TEXT },                                                                 \
	{ "cntlid", "Controller ID, or null", .len = 16, .kind = K_UINT, .flags = F_NULLABLE },                                 \
	{ "nsids", "Active namespaces", .kind = K_ARRAY, .sub = fab_nsid_rows, .nsub = 1 },                                     \
	{ "namespaces", "The same with their nodes", .kind = K_ARRAY, .sub = fab_ns_rows, .nsub = 2, .show = SHOW_PAIRS }
extern const struct field fab_nsid_rows[1], fab_ns_rows[2];

/* Puts these members into o, nodes still without names; namespaces are asked for unless it is a discovery controller. */
int fab_put_result(struct ctx *ctx, struct val *o, const struct fab_conn *c, const struct fab_new *n);
/* Names the nodes in an array of such records, as far as the kernel has them, waiting for at most wait_ms until it has all. */
int fab_name_nodes(struct ctx *ctx, const struct val *records, uint64_t wait_ms);
/* A sentence if some in the record have no name; otherwise NULL. */
const char *fab_unnamed(struct ctx *ctx, const struct val *record);
/* The error of this run so far, which is none any more: the next target is tried. */
struct error fab_take_error(struct ctx *ctx);

#define OPT_FAB_WAIT(st, m)                                                                                                      \
	OPT(st, m, 0, "wait-for-namespaces", "LIMIT",                                                                           \
	    "Come back when the kernel has a node of every active namespace; for at most LIMIT, usually 10 s", .unit = UNIT_MS, \
	    .flags = OF_VALUE_OPTIONAL, .max = 3600000)
enum { FAB_WAIT_MS = 10000 };

#endif
