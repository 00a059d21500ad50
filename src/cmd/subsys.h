/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Hosts, the subsystems that they see, and what an operand picks of them: list-subsys, show-topology, iopolicy. */
#ifndef NVMEKIT_CMD_SUBSYS_H
#define NVMEKIT_CMD_SUBSYS_H

#include "cmd/cmd.h"
#include "dev/topo.h"

/* Rows of the members that subsys_walk fills in. */
#define SUBSYS_ROWS                                                                                                 \
	{ "Name", "Subsystem, or empty (a controller that is in none yet)", .kind = K_TEXT },                         \
		{ "NQN", "NVMe qualified name", .kind = K_TEXT },                                                     \
		{ "Type", "Type: nvm, discovery, or empty", .kind = K_TEXT },                                         \
		{ "IOPolicy", "How I/O is spread over the paths, or empty", .kind = K_TEXT },                         \
		{ "Model", "Model number", .kind = K_TEXT }, { "Serial", "Serial number", .kind = K_TEXT },           \
	{ "Firmware", "Firmware revision", .kind = K_TEXT }
#define HOST_ROWS(subsys)                                                                                           \
	{ "HostNQN", "NVMe qualified name of the host, or empty (PCIe)", .kind = K_TEXT },                            \
		{ "HostID", "Host identifier, or empty (PCIe)", .kind = K_TEXT },                                     \
	{ "Subsystems", "Subsystems", .kind = K_ARRAY, SUB(subsys) }
/* The line of a subsystem in a tree, and what -v adds. */
#define SUBSYS_LINE "[{Name} - ]NQN={NQN}"
#define SUBSYS_MORE                                                                                                 \
	"\n  model={Model}\n  serial={Serial}\n  firmware={Firmware}\n  type={Type}\n  iopolicy={IOPolicy}"

/* What the operand of this run names: *node is a subsystem, a controller or a namespace; NULL where there is no operand. */
int subsys_operand(struct ctx *ctx, const char **node);
/* Is that the subsystem, or one of its controllers, or (then *only is set) one of its namespaces? */
bool subsys_names(const struct topo_subsys *s, const char *node, const struct topo_ns **only);
/* A subsystem that hosts of several names are connected to stands below each, with the controllers of that host (NULL: any). */
bool subsys_same_host(const struct topo_ctrl *c, const struct topo_ctrl *host);

/* Adds what a command has to say of a subsystem: of one namespace alone (NULL: all), and of the controllers of one host. */
typedef void subsys_fill(struct arena *a, struct val *o, const struct topo_subsys *s, const struct topo_ns *only,
			 const struct topo_ctrl *host);
/* Puts "Hosts" with their "Subsystems" into the answer. */
void subsys_walk(struct ctx *ctx, const struct topo *t, const char *node, subsys_fill *fill, struct val *out);
/* XC_NODEV where there is an operand and nothing was found for it. */
int subsys_found(struct ctx *ctx, const char *node, const struct val *out);

#endif
