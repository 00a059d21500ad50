/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What a connection changes in the image, and what is left when it ends. While a remote subsystem is connected, it is among
 * "subsystems" with everything that happens to it; with its last controller that goes back to where it came from.
 */
#include <errno.h>
#include <string.h>

#include "dev/fabrics.h"
#include "dev/sim_fabrics.h"
#include "dev/sim_ns.h"

/* What a controller is copied with, and what of it outlives the connection. */
static const char *const ctrl_parts[] = { "identify", "cns", "logs", "features", "registers", "fail" };
static const char *const kept_parts[] = { "identify", "cns", "logs" };
/* What a namespace has only where it is connected. */
static const char *const local_parts[] = { "name", "generic", "controllers", "ana" };

static bool among(const char *const *list, size_t n, const char *key)
{
	while (n && strcmp(list[n - 1], key) != 0)
		n--;
	return n;
}

bool sim_port_exports(const struct image_port *p, const char *nqn)
{
	const struct val *list = val_get(p->node, "subsystems");

	for (const struct val *it = list ? list->c.first : NULL; it; it = it->next) {
		if (strcmp(it->s.p, nqn) == 0)
			return true;
	}
	return false;
}

const struct image_port *sim_port_of(const struct image *img, const struct image_ctrl *ctrl)
{
	struct arena *a = arena_new();
	const char *traddr = fab_address_part(a, ctrl->address, "traddr"),
		   *service = fab_address_part(a, ctrl->address, "trsvcid");
	const struct image_port *found = NULL;

	for (size_t i = 0; !found && i < img->fabric.nports; i++) {
		const struct image_port *p = &img->fabric.ports[i];

		if (ctrl->connection ? val_u64(ctrl->connection, "portid", 0) == p->portid
				     : strcmp(p->transport, ctrl->transport) == 0 &&
					       fab_same_address(p->traddr, traddr) &&
					       (!*service || strcmp(p->trsvcid, service) == 0))
			found = p;
	}
	arena_free(a);
	return found;
}

struct image_subsys *sim_local_subsys(const struct image *img, const char *nqn)
{
	for (size_t i = 0; i < img->nsubsys; i++) {
		if (strcmp(img->subsys[i].nqn, nqn) == 0)
			return &img->subsys[i];
	}
	return NULL;
}

/* --- names and numbers --- */

/* Linux gives a subsystem the number of its first controller, and keeps it for as long as there is the subsystem. */
static bool taken(const struct image *img, uint32_t n)
{
	for (size_t i = 0; i < img->nsubsys; i++) {
		if (img->subsys[i].instance == n)
			return true;
		for (size_t k = 0; k < img->subsys[i].nctrls; k++) {
			if (img->subsys[i].ctrls[k].instance == n)
				return true;
		}
	}
	return false;
}

const char *sim_next_ctrl(struct arena *a, const struct image *img, uint32_t *instance)
{
	uint32_t n = 0;

	while (taken(img, n))
		n++;
	if (instance)
		*instance = n;
	return arena_printf(a, "nvme%u", n);
}

/* The lowest that is free in the subsystem; well-known discovery subsystems are one, as far as the target knows. */
static int next_cntlid(const struct sim_cmd *c, const char *nqn)
{
	const struct image *img = c->sim->img;
	const struct image_subsys *remote = image_remote(img, nqn);
	int id = remote ? (int)val_u64(remote->node, "cntlid", 1) : 1;
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < img->nsubsys; i++) {
			for (size_t k = 0; k < img->subsys[i].nctrls; k++)
				again = again || (img->subsys[i].ctrls[k].cntlid == id &&
						  strcmp(img->subsys[i].nqn, nqn) == 0);
		}
		id += again;
	}
	return id;
}

/* --- the controller --- */

static const char *address_of(struct arena *a, const struct sim_conn *n)
{
	static const enum fab_key parts[] = { FK_TRADDR, FK_TRSVCID, FK_HOST_TRADDR, FK_HOST_IFACE };
	const char *from = fab_text(n->conn, FK_HOST_TRADDR), *text = "";

	for (size_t i = 0; i < NELEMS(parts); i++) {
		const char *v = fab_text(n->conn, parts[i]);

		if (parts[i] == FK_TRSVCID && fab_by_ip(n->conn))
			v = n->port->trsvcid;
		if (*v)
			text = arena_printf(a, "%s%s%s=%s", text, *text ? "," : "", fab_keys[parts[i]].token,
					    v);
	}
	if (strcmp(n->port->transport, "tcp") != 0)
		return text;
	if (!*from)
		from = strcmp(n->port->adrfam, "ipv6") == 0 ? "2001:db8::5" : "192.0.2.5";
	return arena_printf(a, "%s,src_addr=%s", text, from);
}

static void put_connection(struct arena *a, struct val *node, const struct sim_conn *n)
{
	struct val *conn = val_put_obj(a, node, "connection"), *options = NULL;

	val_put_str(a, conn, "nqn", n->nqn);
	val_put_u64(a, conn, "portid", n->port->portid);
	for (size_t k = 0; k < FK_COUNT; k++) {
		const struct fab_key_info *i = &fab_keys[k];

		if (!n->conn->v[k].set || !i->token || (i->type != FT_NUMBER && i->type != FT_FLAG))
			continue;
		options = options ? options : val_put_obj(a, conn, "options");
		val_put_i64(a, options, i->token, n->conn->v[k].n);
	}
}

/* Identify Controller of a discovery controller as Linux's target has it, and what the port says of it. */
static struct val *discovery_identify(struct arena *a, const struct image_port *p)
{
	const struct val *own = val_get(p->node, "identify");
	static const struct {
		const char *key;
		uint64_t value;
	} numbers[] = {
		{ "mdts", 5 },	 { "cntrltype", 2 }, { "ver", 0x20100 }, { "oaes", UINT32_C(1) << 31 },
		{ "lpa", 4 },	 { "kas", 10 },	     { "maxcmd", 128 },	 { "sgls", 0x100001 },
		{ "ctratt", 1 }, { "elpe", 127 },    { "ioccsz", 4 },	 { "iorcsz", 1 }
	};
	struct val *id = own ? tree_copy(a, own) : val_new(a, VAL_OBJ);

	if (val_get(id, "bytes") || val_get(id, "base64"))
		return id;
	for (size_t i = 0; i < NELEMS(numbers); i++) {
		if (!val_get(id, numbers[i].key))
			val_put_u64(a, id, numbers[i].key, numbers[i].value);
	}
	if (!val_get(id, "sn"))
		val_put_str(a, id, "sn", arena_printf(a, "discovery%u", p->portid));
	if (!val_get(id, "mn"))
		val_put_str(a, id, "mn", "Simulated discovery");
	if (!val_get(id, "fr"))
		val_put_str(a, id, "fr", "1.0");
	return id;
}

static void put_discovery_parts(struct arena *a, struct val *node, const struct image_port *p)
{
	const struct val *log = val_get(p->node, "log");
	struct val *features;

	val_add(node, "identify", discovery_identify(a, p));
	if (log)
		val_add(val_put_obj(a, node, "logs"), "discovery", tree_copy(a, log));
	features = val_put_obj(a, node, "features");
	val_put_u64(a, val_put_obj(a, features, "0x0b"), "current", UINT32_C(1) << 31);
	val_put_u64(a, val_put_obj(a, features, "0x0f"), "current", 0);
}

static void copy_parts(struct arena *a, struct val *to, const struct val *from)
{
	for (size_t i = 0; from && i < NELEMS(ctrl_parts); i++) {
		const struct val *part = val_get(from, ctrl_parts[i]);

		if (part)
			val_add(to, ctrl_parts[i], tree_copy(a, part));
	}
}

static struct val *new_ctrl(struct sim_cmd *c, const struct sim_conn *n, const char *name, int cntlid,
			    const struct val *from)
{
	struct arena *a = c->ctx->arena;
	struct val *node = val_new(a, VAL_OBJ);

	val_put_str(a, node, "name", name);
	val_put_u64(a, node, "cntlid", (uint64_t)cntlid);
	val_put_str(a, node, "transport", n->port->transport);
	val_put_str(a, node, "address", address_of(a, n));
	val_put_str(a, node, "hostnqn", n->hostnqn);
	val_put_str(a, node, "hostid", n->hostid);
	put_connection(a, node, n);
	if (n->discovery)
		put_discovery_parts(a, node, n->port);
	else
		copy_parts(a, node, from);
	if (!val_get(node, "identify"))
		val_put_obj(a, node, "identify");
	return node;
}

/* --- its namespaces --- */

/* All of a subsystem's controllers, where none are named: from now on they are. */
static struct val *attachments(struct arena *a, const struct image_ns *ns)
{
	struct val *list = val_get(ns->node, "controllers");

	if (list)
		return list;
	list = val_put_arr(a, ns->node, "controllers");
	for (size_t i = 0; i < ns->nctrls; i++)
		val_put_str(a, list, NULL, ns->ctrls[i]->name);
	return list;
}

static const char *ana_of(struct arena *a, const struct val *remote_ns, uint16_t portid)
{
	const struct val *map = remote_ns ? val_get(remote_ns, "ana") : NULL;

	return map ? val_str(a, map, arena_printf(a, "%u", portid)) : "";
}

static const struct val *remote_ns(const struct image_subsys *remote, uint32_t nsid)
{
	for (size_t i = 0; remote && i < remote->nns; i++) {
		if (remote->ns[i].nsid == nsid)
			return remote->ns[i].node;
	}
	return NULL;
}

/* Another path to namespaces that are here already. */
static void add_path(struct arena *a, struct image_subsys *s, const struct image_subsys *remote,
		     const struct sim_conn *n, const char *name)
{
	for (size_t i = 0; i < s->nns; i++) {
		struct val *node = s->ns[i].node, *map = val_get(node, "ana");
		const char *ana = ana_of(a, remote_ns(remote, s->ns[i].nsid), n->port->portid);

		val_put_str(a, attachments(a, &s->ns[i]), NULL, name);
		if (!*ana && map)
			ana = "optimized";
		if (*ana)
			val_put_str(a, map ? map : val_put_obj(a, node, "ana"), name, ana);
	}
}

static void bring_namespaces(struct arena *a, struct val *subsys, const struct image_subsys *remote,
			     const struct sim_conn *n, uint32_t instance)
{
	struct val *list = val_put_arr(a, subsys, "namespaces");
	const char *ctrl = arena_printf(a, "nvme%u", instance);

	for (size_t i = 0; i < remote->nns; i++) {
		struct val *node = val_add(list, NULL, val_new(a, VAL_OBJ));
		const char *ana = ana_of(a, remote->ns[i].node, n->port->portid);

		val_put_str(a, node, "name", arena_printf(a, "nvme%un%zu", instance, i + 1));
		val_put_str(a, node, "generic", arena_printf(a, "ng%un%zu", instance, i + 1));
		val_for_each(it, remote->ns[i].node) {
			if (strcmp(it->key, "ana") != 0)
				val_add(node, it->key, tree_copy(a, it));
		}
		val_put_str(a, val_put_arr(a, node, "controllers"), NULL, ctrl);
		if (*ana)
			val_put_str(a, val_put_obj(a, node, "ana"), ctrl, ana);
	}
}

static void copy_member(struct arena *a, struct val *to, const struct val *from, const char *key)
{
	const struct val *v = val_get(from, key);

	tree_drop(to, val_get(to, key));
	if (v)
		val_add(to, key, tree_copy(a, v));
}

static struct val *new_subsys(struct sim_cmd *c, const struct sim_conn *n, const char *nqn, uint32_t instance)
{
	const struct image_subsys *remote = n->discovery ? NULL : image_remote(c->sim->img, nqn);
	struct arena *a = c->ctx->arena;
	struct val *s = val_put_obj(a, val_get(c->sim->img->root, "subsystems"), NULL);

	val_put_str(a, s, "name", arena_printf(a, "nvme-subsys%u", instance));
	val_put_str(a, s, "nqn", nqn);
	val_put_arr(a, s, "controllers");
	if (!remote)
		return s;
	copy_member(a, s, remote->node, "iopolicy");
	copy_member(a, s, remote->node, "times");
	copy_member(a, s, remote->node, "model");
	bring_namespaces(a, s, remote, n, instance);
	return s;
}

int sim_connect(struct sim_cmd *c, const struct sim_conn *n, const char **name, int *cntlid)
{
	const char *nqn = n->discovery ? n->port->discovery_nqn : n->nqn;
	/* Discovery controllers that go by the well-known NQN share no subsystem in Linux. */
	struct image_subsys *s =
		strcmp(nqn, FAB_DISCOVERY_NQN) == 0 ? NULL : sim_local_subsys(c->sim->img, nqn);
	struct image_subsys *remote = image_remote(c->sim->img, nqn);
	const struct val *from = remote ? remote->ctrls->node : s && s->nctrls ? s->ctrls[0].node : NULL;
	struct val *node;
	uint32_t instance;

	*name = sim_next_ctrl(c->ctx->arena, c->sim->img, &instance);
	*cntlid = next_cntlid(c, nqn);
	if (s)
		add_path(c->ctx->arena, s, remote, n, *name);
	node = s ? s->node : new_subsys(c, n, nqn, instance);
	val_add(val_get(node, "controllers"), NULL, new_ctrl(c, n, *name, *cntlid, from));
	return sim_changed_tree(c);
}

/* --- the end --- */

static void detach(struct arena *a, const struct image_ns *ns, const char *name)
{
	struct val *list = attachments(a, ns), *ana = val_get(ns->node, "ana");

	for (struct val *it = list->c.first; it; it = it->next) {
		if (strcmp(it->s.p, name) == 0) {
			tree_drop(list, it);
			break;
		}
	}
	if (ana)
		tree_drop(ana, val_get(ana, name));
}

/* ANA states by port, of a subsystem that was here from the beginning. */
static void ana_by_port(struct arena *a, const struct image *img, const struct image_ns *ns, struct val *to)
{
	struct val *map = NULL;

	for (size_t i = 0; i < ns->nctrls; i++) {
		const struct image_port *p = sim_port_of(img, ns->ctrls[i]);
		uint8_t state = image_ana_state(ns, ns->ctrls[i]);

		if (!p || !state)
			continue;
		map = map ? map : val_put_obj(a, to, "ana");
		val_put_str(a, map, arena_printf(a, "%u", p->portid), image_ana_name(state));
	}
}

static void send_namespaces(struct arena *a, const struct image *img, const struct image_subsys *s,
			    const struct image_subsys *remote, struct val *to)
{
	struct val *list;

	tree_drop(to, val_get(to, "namespaces"));
	list = val_put_arr(a, to, "namespaces");
	for (size_t i = 0; i < s->nns; i++) {
		struct val *node = val_put_obj(a, list, NULL);
		const struct val *old = remote_ns(remote, s->ns[i].nsid);

		val_for_each(it, s->ns[i].node) {
			if (!among(local_parts, NELEMS(local_parts), it->key))
				val_add(node, it->key, tree_copy(a, it));
		}
		if (old && val_get(old, "ana"))
			val_add(node, "ana", tree_copy(a, val_get(old, "ana")));
		else if (!remote)
			ana_by_port(a, img, &s->ns[i], node);
	}
}

static struct val *new_remote(struct arena *a, const struct image *img, const struct image_subsys *s)
{
	struct val *list = val_get(img->fabric.node, "subsystems");
	struct val *node = val_put_obj(a, list ? list : val_put_arr(a, img->fabric.node, "subsystems"), NULL);

	val_put_str(a, node, "nqn", s->nqn);
	copy_member(a, node, s->node, "iopolicy");
	copy_parts(a, val_put_obj(a, node, "controller"), s->ctrls[0].node);
	return node;
}

/* Log pages that are about the connection: errors, changed namespaces. They end with it, unless the target was made with some. */
static void forget_logs(struct val *ctrl, const struct val *was)
{
	static const uint8_t lids[] = { 0x01, 0x04, 0x1c };
	struct val *logs = val_get(ctrl, "logs");

	for (size_t i = 0; logs && i < NELEMS(lids); i++) {
		if (!was || !image_log(was, lids[i], 0xff))
			tree_drop(logs, image_log(logs, lids[i], 0xff));
	}
}

/* The host has no connection left. What a port exports stays there, as it is now. */
static void send_back(struct sim_cmd *c, const struct image_subsys *s)
{
	const struct image *img = c->sim->img;
	const struct image_subsys *remote = image_remote(img, s->nqn);
	struct arena *a = c->ctx->arena;
	bool exported = false;
	struct val *node;

	for (size_t i = 0; i < img->fabric.nports; i++)
		exported = exported || sim_port_exports(&img->fabric.ports[i], s->nqn);
	if (!exported && !remote)
		return;
	node = remote ? remote->node : new_remote(a, img, s);
	for (size_t i = 0; remote && i < NELEMS(kept_parts); i++)
		copy_member(a, remote->ctrls->node, c->ctrl->node, kept_parts[i]);
	if (remote)
		forget_logs(remote->ctrls->node, remote->ctrls->logs);
	copy_member(a, node, s->node, "times");
	copy_member(a, node, s->node, "model");
	send_namespaces(a, img, s, remote, node);
}

int sim_disconnect(struct sim_cmd *c)
{
	struct image_subsys *s = c->ctrl->subsys;
	const char *transport = c->ctrl->transport;

	/* Linux has the attribute for fabrics controllers only. */
	if (strcmp(transport, "pcie") == 0 || strcmp(transport, "apple-nvme") == 0)
		return -ENODEV;
	if (s->nctrls == 1) {
		send_back(c, s);
		tree_drop(val_get(c->sim->img->root, "subsystems"), s->node);
		return sim_changed_tree(c);
	}
	for (size_t i = 0; i < s->nns; i++) {
		if (image_attached(&s->ns[i], c->ctrl))
			detach(c->ctx->arena, &s->ns[i], c->ctrl->name);
	}
	tree_drop(val_get(s->node, "controllers"), c->ctrl->node);
	return sim_changed_tree(c);
}
