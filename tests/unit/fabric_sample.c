/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "unit.h"

#include "fabric_sample.h"

const char fabric_sample[] =
	"{ 'nvmekit-image': 1, 'host': { 'hostnqn': '" HOSTNQN "', 'hostid': '" HOSTID "' },\n"
	"  'subsystems': [\n"
	"   { 'name': 'nvme-subsys0', 'nqn': 'nqn.2020-01.test:drive', 'controllers': [\n"
	"     { 'name': 'nvme0', 'cntlid': 0, 'transport': 'pcie', 'address': '0000:01:00.0', 'identify': { 'sn': 'P' } } ] },\n"
	"   { 'name': 'nvme-subsys1', 'nqn': '" NQN_HERE "', 'iopolicy': 'round-robin', 'controllers': [\n"
	"     { 'name': 'nvme1', 'cntlid': 1, 'transport': 'tcp', 'address': 'traddr=192.0.2.1,trsvcid=4420',\n"
	"       'identify': { 'sn': 'H', 'cmic': 11 } },\n"
	"     { 'name': 'nvme2', 'cntlid': 2, 'transport': 'tcp', 'address': 'traddr=192.0.2.2,trsvcid=4420', 'state': 'resetting',\n"
	"       'identify': { 'sn': 'H', 'cmic': 11 } } ],\n"
	"     'namespaces': [ { 'name': 'nvme1n1', 'nsid': 1, 'ana': { 'nvme1': 'optimized', 'nvme2': 'non-optimized' },\n"
	"       'identify': { 'nsze': 64, 'anagrpid': 1, 'lbafs': [ { 'ds': 9 } ] } } ] },\n"
	"   { 'name': 'nvme-subsys7', 'nqn': 'nqn.2020-01.test:gone', 'controllers': [\n"
	"     { 'name': 'nvme7', 'cntlid': 1, 'transport': 'rdma', 'state': 'dead', 'identify': {} } ] } ],\n"
	"  'fabric': {\n"
	"   'hosts': { 'disks.example': [ '192.0.2.1', '192.0.2.2' ], 'moved.example': [ '192.0.2.77', '192.0.2.1' ] },\n"
	"   'ports': [\n"
	"    { 'transport': 'tcp', 'traddr': '192.0.2.1', 'portid': 1, 'lists': [ 1, 2, 3 ],\n"
	"      'subsystems': [ '" NQN_DISKS "', '" NQN_SINGLE "', '" NQN_PRIVATE "', '" NQN_SECRET "', '" NQN_HERE "' ],\n"
	"      'referrals': [ { 'transport': 'tcp', 'traddr': '192.0.2.9', 'portid': 9 } ] },\n"
	"    { 'transport': 'tcp', 'traddr': '192.0.2.2', 'portid': 2, 'genctr': 41,\n"
	"      'subsystems': [ '" NQN_DISKS "', '" NQN_SINGLE "', '" NQN_HERE "' ] },\n"
	"    { 'transport': 'tcp', 'traddr': '2001:db8::3', 'portid': 3, 'tls': 'required', 'subsystems': [ '" NQN_SECRET "' ],\n"
	"      'discovery_nqn': 'nqn.2020-01.test:discovery' },\n"
	"    { 'transport': 'rdma', 'traddr': '192.0.2.4', 'portid': 4, 'subsystems': [ '" NQN_DISKS "' ] },\n"
	"    { 'transport': 'fc', 'traddr': 'nn-0x1:pn-0x2', 'portid': 5, 'subsystems': [ '" NQN_DISKS "' ] },\n"
	"    { 'transport': 'loop', 'portid': 6, 'subsystems': [ '" NQN_DISKS "' ], 'identify': { 'dctype': 'cdc' } } ],\n"
	"   'subsystems': [\n"
	"    { 'nqn': '" NQN_DISKS "', 'iopolicy': 'queue-depth', 'times': { 'format': 0 }, 'cntlid': 3,\n"
	"      'controller': { 'identify': { 'sn': 'D', 'mn': 'Disks', 'cmic': 11, 'oacs': 2, 'lpa': 4 }, 'logs': { 'smart': { 'temperature': 300 } } },\n"
	"      'namespaces': [\n"
	"       { 'nsid': 4, 'ana': { '1': 'optimized', '2': 'inaccessible' },\n"
	"         'identify': { 'nsze': 100, 'ncap': 100, 'anagrpid': 1, 'lbafs': [ { 'ds': 9 }, { 'ds': 12 } ] } },\n"
	"       { 'nsid': 9, 'identify': { 'nsze': 8, 'lbafs': [ { 'ds': 9 } ] } } ] },\n"
	"    { 'nqn': '" NQN_SINGLE "', 'controller': { 'identify': { 'sn': 'S' } } },\n"
	"    { 'nqn': '" NQN_PRIVATE "', 'hosts': { 'nqn.2020-01.test:other': {} }, 'controller': { 'identify': { 'sn': 'P' } } },\n"
	"    { 'nqn': '" NQN_SECRET "', 'hosts': { '*': { 'dhchap_key': '" HOST_KEY "', 'dhchap_ctrl_key': '" CTRL_KEY "' } },\n"
	"      'controller': { 'identify': { 'sn': 'C', 'cmic': 11 } } } ] } }\n";

static char *quoted(const char *text)
{
	char *copy = strdup(text);

	assert_non_null(copy);
	for (char *p = copy; *p; p++) {
		if (*p == '\'')
			*p = '"';
	}
	return copy;
}

void rig_text(struct rig *r, const char *text)
{
	char file[64], *json = quoted(text);

	write_image(file, json);
	free(json);
	rig_on(r, r->file);
	strcpy(r->file, file);
}

void rig_fabric(struct rig *r, const char *old, const char *new)
{
	size_t size = sizeof(fabric_sample) + (new ? strlen(new) : 0);
	char *text = malloc(size);
	const char *at = old ? strstr(fabric_sample, old) : NULL;

	assert_non_null(text);
	assert_true(!old || at);
	if (at)
		snprintf(text, size, "%.*s%s%s", (int)(at - fabric_sample), fabric_sample, new, at + strlen(old));
	rig_text(r, at ? text : fabric_sample);
	free(text);
}

struct fab_conn conn_to(const char *traddr, const char *trsvcid, const char *nqn)
{
	struct fab_conn c = { 0 };

	fab_put_text(&c, FK_TRANSPORT, "tcp", "test");
	if (traddr)
		fab_put_text(&c, FK_TRADDR, traddr, "test");
	if (trsvcid)
		fab_put_text(&c, FK_TRSVCID, trsvcid, "test");
	fab_put_text(&c, FK_NQN, nqn ? nqn : FAB_DISCOVERY_NQN, "test");
	return c;
}

int add(struct rig *r, const struct fab_conn *c, struct fab_new *out, const char **why)
{
	*out = (struct fab_new){ .cntlid = -1 };
	return sim_ops.fab_add(&r->ctx, c, "", out, why);
}

const char *connect_to(struct rig *r, const char *traddr, const char *trsvcid, const char *nqn)
{
	struct fab_conn c = conn_to(traddr, trsvcid, nqn);
	struct fab_new new;
	const char *why;
	int rc = add(r, &c, &new, &why);

	if (rc)
		fail_msg("%s %s: %s (%s)", traddr, nqn ? nqn : "discovery", strerror(-rc), why ? why : "");
	return new.name;
}

int disconnect(struct rig *r, const char *name)
{
	struct req req = { .kind = REQ_DISCONNECT };
	struct dev *dev;
	int rc = dev_attach(&r->ctx, name, &dev);

	return rc ? rc : dev->ops->submit(dev, &req);
}

const struct topo_ctrl *topo_ctrl(struct rig *r, const char *name)
{
	struct topo *t;

	assert_int_equal(sim_ops.topology(&r->ctx, ~0u, &t), 0);
	for (size_t i = 0; i < t->nsubsys; i++) {
		for (size_t k = 0; k < t->subsys[i]->nctrls; k++) {
			if (strcmp(t->subsys[i]->ctrls[k]->name, name) == 0)
				return t->subsys[i]->ctrls[k];
		}
	}
	return NULL;
}

const struct topo_ns *topo_ns(struct rig *r, const char *name)
{
	struct topo *t;

	assert_int_equal(sim_ops.topology(&r->ctx, ~0u, &t), 0);
	for (size_t i = 0; i < t->nsubsys; i++) {
		for (size_t k = 0; k < t->subsys[i]->nns; k++) {
			if (strcmp(t->subsys[i]->ns[k]->name, name) == 0)
				return t->subsys[i]->ns[k];
		}
	}
	return NULL;
}
