/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A host with a network of fabrics targets, and short ways to connect to them. */
#ifndef NVMEKIT_TESTS_FABRIC_SAMPLE_H
#define NVMEKIT_TESTS_FABRIC_SAMPLE_H

#include "dev/fabrics.h"
#include "sim_sample.h"

#define NQN_DISKS "nqn.2020-01.test:disks"	   /* ports 1 and 2, two namespaces */
#define NQN_SINGLE "nqn.2020-01.test:single"	   /* ports 1 and 2, one path only */
#define NQN_PRIVATE "nqn.2020-01.test:private"	   /* port 1, other hosts only */
#define NQN_SECRET "nqn.2020-01.test:secret"	   /* ports 1 and 3, with HOST_KEY and CTRL_KEY */
#define NQN_HERE "nqn.2020-01.test:here"	   /* ports 1 and 2; connected from the beginning: nvme1 by port 1, nvme2 by port 2 */
#define HOSTNQN "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555"
#define HOSTID "11111111-2222-3333-4444-555555555555"
#define HOST_KEY "DHHC-1:00:aG9zdA==:"
#define CTRL_KEY "DHHC-1:00:Y3RybA==:"

/* ' stands for ". */
extern const char fabric_sample[];
/* A run of the tool on a file of its own with this text, in which ' stands for ". */
void rig_text(struct rig *r, const char *text);
/* The sample; 'old' in it is replaced by 'new' (old NULL: nothing is). */
void rig_fabric(struct rig *r, const char *old, const char *new);
/* tcp to an address and a service; nqn NULL: discovery. */
struct fab_conn conn_to(const char *traddr, const char *trsvcid, const char *nqn);
/* What the backend says; new->name is the controller. */
int add(struct rig *r, const struct fab_conn *c, struct fab_new *out, const char **why);
/* Must succeed; the name. */
const char *connect_to(struct rig *r, const char *traddr, const char *trsvcid, const char *nqn);
/* REQ_DISCONNECT without opening; what the backend says. */
int disconnect(struct rig *r, const char *name);
const struct topo_ctrl *topo_ctrl(struct rig *r, const char *name);
const struct topo_ns *topo_ns(struct rig *r, const char *name);

#endif
