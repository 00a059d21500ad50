/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Where targets come from: the command line, the configuration, the firmware's table. */
#include <errno.h>
#include <string.h>

#include "cmd/disc.h"
#include "dev/fabconf.h"
#include "dev/nbft.h"
#include "dev/topo.h"

/* What the command line says counts before what a source says. */
static int add(struct walk *w, const struct fab_conn *c, const struct fab_conn *offered, bool subsystem, bool persistent)
{
	struct fab_target t = {
		.conn = w->given, .offered = offered, .is_subsystem = subsystem, .persistent = persistent || w->args->persistent
	};
	int rc;

	fab_merge(&t.conn, c);
	rc = walk_host(w, &t.conn);
	if (rc)
		return rc;
	if (!subsystem && !t.conn.v[FK_NQN].set)
		fab_put_number(&t.conn, FK_DISCOVERY, 1, "default");
	fab_usual_port(&t.conn);
	if (!subsystem) {
		if (!walk_first(w, &w->services, &t.conn))
			return 0;
	}
	*walk_add(w) = t;
	return 0;
}

/* Is it the connection to this controller? */
static bool leads_to(struct walk *w, const struct topo *topo, const struct fab_conn *conn, const char *node)
{
	const struct topo_ctrl *const *there;
	struct fab_conn c = *conn;

	if ((!c.v[FK_HOSTNQN].set && !c.v[FK_HOSTID].set && walk_host(w, &c)) || fab_find_all(w->ctx, topo, &c, &there)) {
		warn_user(w->ctx, "%s", fab_take_error(w->ctx).message);
		return false;
	}
	for (; *there; there++) {
		if (strcmp((*there)->name, node) == 0)
			return true;
	}
	return false;
}

/* What the configuration says of a discovery controller holds also when the controller itself says that there is something new. */
static int configured_device(struct walk *w, struct fab_target *t)
{
	struct fabconf *fc;
	struct topo *topo;
	const char *node;
	int rc = dev_resolve(w->ctx, t->device, &node);

	if (!rc)
		rc = topo_read(w->ctx, TOPO_HOST, &topo);
	if (!rc)
		rc = fabconf_load(w->ctx, w->args->config, &fc);
	if (!rc)
		rc = fabconf_check(w->ctx, fc);
	for (size_t i = 0; !rc && i < fc->n; i++) {
		const struct fab_conn *c = &fc->entries[i].conn;

		if (!fab_flag(c, FK_DISCOVERY) || !leads_to(w, topo, c, node))
			continue;
		fab_merge(&t->conn, c);
		t->offered = fc->entries[i].offered;
		t->persistent = t->persistent || fab_flag(c, FK_PERSISTENT);
		break;
	}
	return rc;
}

static int from_device(struct walk *w)
{
	struct fab_target t = { .device = w->args->device, .conn = w->given, .persistent = w->args->persistent };
	/* Else it is the host that the controller is connected as: walk_from. */
	int rc = t.conn.v[FK_HOSTNQN].set || t.conn.v[FK_HOSTID].set ? walk_host(w, &t.conn) : 0;

	if (!rc && w->ctx->cmd->flags & C_ALTERS)
		rc = configured_device(w, &t);
	*walk_add(w) = t;
	return rc;
}

static int from_command_line(struct walk *w)
{
	static const struct fab_conn nothing;

	w->named = w->args->device || w->given.v[FK_TRANSPORT].set;
	if (w->args->device)
		return from_device(w);
	if (!w->given.v[FK_TRANSPORT].set && (w->given.v[FK_TRADDR].set || w->given.v[FK_NQN].set))
		return fail(w->ctx, XC_USAGE, 0, "--transport is missing: how is the target to be reached?");
	return w->given.v[FK_TRANSPORT].set ? add(w, &nothing, NULL, false, false) : 0;
}

/* What the firmware has said of a connection leads where the configuration says, and from there if it says so. */
static bool is_same(const struct fab_conn *firmware, const struct fab_conn *c)
{
	static const enum fab_key ends[] = {
		FK_TRANSPORT, FK_TRADDR, FK_TRSVCID, FK_NQN, FK_HOST_TRADDR, FK_HOST_IFACE, FK_HOSTNQN, FK_HOSTID
	};

	for (size_t k = 0; k < NELEMS(ends); k++) {
		if ((ends[k] <= FK_TRSVCID || c->v[ends[k]].set) && strcmp(fab_text(firmware, ends[k]), fab_text(c, ends[k])) != 0)
			return false;
	}
	return true;
}

/* Then they are one, and what the firmware's table cannot tell, a secret above all, comes from the configuration. */
static bool completes(struct walk *w, size_t nfirmware, const struct fabconf_entry *e)
{
	struct fab_conn c = e->conn;
	bool any = false;

	fab_usual_port(&c);
	for (size_t i = 0; i < nfirmware; i++) {
		struct fab_target *t = &w->v[i];

		if (!t->is_subsystem || !is_same(&t->conn, &c))
			continue;
		fab_merge(&t->conn, &c);
		any = true;
	}
	return any;
}

static int from_configuration(struct walk *w)
{
	size_t nfirmware = w->n;
	struct fabconf *fc;
	int rc = fabconf_load(w->ctx, w->args->config, &fc);

	if (!rc)
		rc = fabconf_check(w->ctx, fc);
	for (size_t i = 0; !rc && i < fc->n; i++) {
		const struct fabconf_entry *e = &fc->entries[i];

		if (w->args->owner && strcmp(w->args->owner, e->application) != 0)
			continue;
		if (!completes(w, nfirmware, e))
			rc = add(w, &e->conn, e->offered, !fab_flag(&e->conn, FK_DISCOVERY), fab_flag(&e->conn, FK_PERSISTENT));
	}
	return rc;
}

/* --- what the firmware has booted from --- */

static void put(struct fab_conn *c, enum fab_key k, const char *text, const char *origin)
{
	if (text && *text)
		fab_put_text(c, k, text, origin);
}

/* From the address that the firmware had, if this system still has it. */
static void put_host(struct walk *w, struct fab_conn *c, const struct nbft_table *t, const struct nbft_hfi *hfi)
{
	put(c, FK_HOSTNQN, t->hostnqn, t->filename);
	put(c, FK_HOSTID, t->hostid, t->filename);
	if (hfi && *hfi->ipaddr && fab_address_is_ours(w->ctx, hfi->ipaddr))
		put(c, FK_HOST_TRADDR, hfi->ipaddr, t->filename);
}

/* What the firmware had to do, this system has to do as well. */
static void put_security(const struct walk *w, struct fab_conn *c, const struct nbft_table *t, const struct nbft_security *s)
{
	if (s && strcmp(s->secure_channel, "required") == 0 && !fab_flag(&w->given, FK_CONCAT))
		fab_put_number(c, FK_TLS, 1, t->filename);
	if (s && strcmp(s->authentication, "required") == 0)
		c->must_authenticate = t->filename;
}

static int from_namespace(struct walk *w, const struct nbft_table *t, const struct nbft_ssns *s)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < s->nhfis; i++) {
		struct fab_conn c = { 0 };

		/* An interface that speaks the other version of IP does not lead there. */
		if (s->nhfis > 1 && *s->hfis[i]->ipaddr && !strchr(s->hfis[i]->ipaddr, ':') != !strchr(s->traddr, ':'))
			continue;

		put(&c, FK_TRANSPORT, s->transport, t->filename);
		put(&c, FK_TRADDR, s->traddr, t->filename);
		put(&c, FK_TRSVCID, s->trsvcid, t->filename);
		put(&c, FK_NQN, s->subnqn, t->filename);
		put_host(w, &c, t, s->hfis[i]);
		if (s->hdgst)
			fab_put_number(&c, FK_HDR_DIGEST, 1, t->filename);
		if (s->ddgst)
			fab_put_number(&c, FK_DATA_DIGEST, 1, t->filename);
		put_security(w, &c, t, s->security);
		rc = add(w, &c, NULL, true, false);
	}
	return rc;
}

static int from_discovery(struct walk *w, const struct nbft_table *t, const struct nbft_discovery *d)
{
	struct fab_conn c = { 0 };

	if (d->linked || !d->transport)
		return 0;
	put(&c, FK_TRANSPORT, d->transport, t->filename);
	put(&c, FK_TRADDR, d->traddr, t->filename);
	put(&c, FK_TRSVCID, d->trsvcid, t->filename);
	put(&c, FK_NQN, d->subnqn, t->filename);
	put_host(w, &c, t, d->hfi);
	put_security(w, &c, t, d->security);
	return add(w, &c, NULL, false, false);
}

static int from_firmware(struct walk *w)
{
	struct nbft *n;
	int rc = nbft_read(w->ctx, w->args->nbft_path, &n);

	for (size_t i = 0; !rc && i < n->ntables; i++) {
		const struct nbft_table *t = &n->tables[i];

		/* Two connections to the same subsystem by the same way are one. */
		for (size_t k = 0; !rc && k < t->nssns; k++) {
			if (!t->ssns[k].unavailable)
				rc = from_namespace(w, t, &t->ssns[k]);
		}
		for (size_t k = 0; !rc && k < t->ndiscovery; k++)
			rc = from_discovery(w, t, &t->discovery[k]);
	}
	/* Without the table, or without the right to read it, there is the rest. */
	if (rc && !w->args->nbft && w->ctx->error.code == XC_PERM) {
		(void)fab_take_error(w->ctx);
		rc = 0;
	}
	return rc;
}

int walk_sources(struct walk *w)
{
	int rc = from_command_line(w);

	if (!rc && !w->n && !w->args->no_nbft)
		rc = from_firmware(w);
	if (!rc && !w->args->nbft && !w->named)
		rc = from_configuration(w);
	return rc;
}
