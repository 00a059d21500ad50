/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * /etc/nvme/config.json of libnvme 1.x: hosts, their subsystems, the ports of these. Two more keys than its schema has
 * (config-schema.json) are written by its releases: application, persistent_discovery_ctrl.
 */
#include <string.h>

#include "dev/fabconf_read.h"
#include "dev/jsonpos.h"
#include "spec/field.h"

struct host {
	struct fabconf_reader *r;
	struct fabconf_scope scope, subsys,
		unique; /* unique: of discovery controllers with a name of their own */
	const char *application;
};

static void wrong_type(struct fabconf_reader *r, const struct json_node *n, const char *want)
{
	fabconf_problem(r, n->line, FABCONF_ERROR, NULL, "%s is %s, and has to be %s",
			n->key ? n->key : "this", json_kind_words(n->kind), want);
}

/* libnvme takes a number for text; ports are often written so. */
static const char *text_of(struct fabconf_reader *r, const struct json_node *n)
{
	if (n->kind == JSON_NUMBER && strcmp(n->key, "trsvcid") == 0) {
		fabconf_problem(r, n->line, FABCONF_WARNING, NULL,
				"%s is a number, and should be text: \"%s\"", n->key, n->text);
		return n->text;
	}
	if (n->kind == JSON_STRING)
		return n->text;
	wrong_type(r, n, "text");
	return NULL;
}

static const char *value_of(struct fabconf_reader *r, enum fab_key k, const struct json_node *n)
{
	if (fab_keys[k].type == FT_FLAG) {
		if (n->kind == JSON_TRUE || n->kind == JSON_FALSE)
			return json_kind_words(n->kind);
		wrong_type(r, n, "true or false");
		return NULL;
	}
	if (fab_keys[k].type != FT_NUMBER)
		return text_of(r, n);
	if (n->kind == JSON_NUMBER)
		return n->text;
	wrong_type(r, n, "a number");
	return NULL;
}

static void take(struct fabconf_reader *r, struct fabconf_scope *s, enum fab_key k, const struct json_node *n)
{
	const char *text = value_of(r, k, n);

	if (text)
		fabconf_set(r, s, k, n->key, text, n->line);
}

/* Members that are no value of a connection: *to gets the node. true: it is one, or was one too many. */
static bool is_part(struct fabconf_reader *r, const struct json_node *n, const char *key, enum json_kind kind,
		    const struct json_node **to)
{
	if (strcmp(n->key, key) != 0)
		return false;
	if (*to)
		fabconf_problem(r, n->line, FABCONF_ERROR, NULL, "%s is given twice, first at %s", key,
				fabconf_origin(r, (*to)->line));
	else if (n->kind != kind)
		wrong_type(r, n, json_kind_words(kind));
	else
		*to = n;
	return true;
}

static void unknown(struct fabconf_reader *r, const struct json_node *n, const enum fab_key *keys,
		    size_t nkeys, const char *const *more)
{
	const char *known[FK_COUNT + 8] = { NULL };
	size_t j = 0;

	for (size_t i = 0; i < nkeys; i++)
		known[j++] = fab_keys[keys[i]].json;
	for (; more && *more; more++)
		known[j++] = *more;
	fabconf_unknown(r, n->line, "key", n->key, known);
}

/* The key of one of these names; FK_COUNT: none of them. */
static enum fab_key key_among(const struct json_node *n, const enum fab_key *keys, size_t nkeys)
{
	for (size_t i = 0; i < nkeys; i++) {
		if (strcmp(fab_keys[keys[i]].json, n->key) == 0)
			return keys[i];
	}
	return FK_COUNT;
}

/* --- ports --- */

static const enum fab_key port_keys[] = {
	FK_TRANSPORT,
	FK_TRADDR,
	FK_TRSVCID,
	FK_HOST_TRADDR,
	FK_HOST_IFACE,
	FK_NR_IO_QUEUES,
	FK_NR_WRITE_QUEUES,
	FK_NR_POLL_QUEUES,
	FK_QUEUE_SIZE,
	FK_KEEP_ALIVE_TMO,
	FK_RECONNECT_DELAY,
	FK_CTRL_LOSS_TMO,
	FK_FAST_IO_FAIL_TMO,
	FK_TOS,
	FK_DUPLICATE_CONNECT,
	FK_DISABLE_SQFLOW,
	FK_HDR_DIGEST,
	FK_DATA_DIGEST,
	FK_DHCHAP_SECRET,
	FK_DHCHAP_CTRL_SECRET,
	FK_TLS,
	FK_CONCAT,
	FK_KEYRING,
	FK_TLS_KEY,
	FK_TLS_KEY_IDENTITY,
	FK_DISCOVERY,
	FK_PERSISTENT,
};

static void read_port(struct host *h, const struct json_node *o)
{
	struct fabconf_scope port = { 0 };
	const struct fabconf_scope *scopes[] = { &port, &h->subsys, &h->scope, NULL, NULL };
	const char *nqn = fab_text(&h->subsys.conn, FK_NQN);
	size_t errors = h->r->fc->errors;

	if (o->kind != JSON_OBJECT) {
		wrong_type(h->r, o, "an object: a port");
		return;
	}
	for (const struct json_node *n = o->first; n; n = n->next) {
		enum fab_key k = key_among(n, port_keys, NELEMS(port_keys));

		if (k < FK_COUNT)
			take(h->r, &port, k, n);
		else
			unknown(h->r, n, port_keys, NELEMS(port_keys), NULL);
	}
	if (fab_flag(&port.conn, FK_DISCOVERY) && *nqn && strcmp(nqn, FAB_DISCOVERY_NQN) != 0)
		scopes[3] = &h->unique;
	fabconf_entry(h->r, o->line, h->application, false, h->r->fc->errors == errors, scopes);
}

/* --- subsystems --- */

static const enum fab_key subsys_keys[] = { FK_NQN, FK_DHCHAP_SECRET };
static const char *const subsys_more[] = { "application", "ports", NULL };

static void read_subsys(struct host *h, const struct json_node *o)
{
	const struct json_node *ports = NULL, *application = NULL;

	if (o->kind != JSON_OBJECT) {
		wrong_type(h->r, o, "an object: a subsystem");
		return;
	}
	h->subsys = (struct fabconf_scope){ 0 };
	for (const struct json_node *n = o->first; n; n = n->next) {
		enum fab_key k = key_among(n, subsys_keys, NELEMS(subsys_keys));

		if (k < FK_COUNT)
			take(h->r, &h->subsys, k, n);
		else if (!is_part(h->r, n, "ports", JSON_ARRAY, &ports) &&
			 !is_part(h->r, n, "application", JSON_STRING, &application))
			unknown(h->r, n, subsys_keys, NELEMS(subsys_keys), subsys_more);
	}
	h->application = application ? application->text : "";
	if (!ports || !ports->first)
		fabconf_problem(h->r, o->line, FABCONF_WARNING, NULL,
				"the subsystem has no ports: nothing is connected");
	for (const struct json_node *n = ports ? ports->first : NULL; n; n = n->next)
		read_port(h, n);
}

/* --- hosts --- */

static const enum fab_key host_keys[] = { FK_HOSTNQN, FK_HOSTID, FK_HOSTSYMNAME, FK_DHCHAP_SECRET };
static const char *const host_more[] = { "persistent_discovery_ctrl", "subsystems", NULL };

static void read_host(struct fabconf_reader *r, const struct json_node *o)
{
	struct host h = { .r = r };
	const struct json_node *subsystems = NULL;

	if (o->kind != JSON_OBJECT) {
		wrong_type(r, o, "an object: a host");
		return;
	}
	for (const struct json_node *n = o->first; n; n = n->next) {
		enum fab_key k = key_among(n, host_keys, NELEMS(host_keys));

		if (k < FK_COUNT)
			take(r, &h.scope, k, n);
		else if (strcmp(n->key, "persistent_discovery_ctrl") == 0)
			take(r, &h.unique, FK_PERSISTENT, n);
		else if (!is_part(r, n, "subsystems", JSON_ARRAY, &subsystems))
			unknown(r, n, host_keys, NELEMS(host_keys), host_more);
	}
	for (const struct json_node *n = subsystems ? subsystems->first : NULL; n; n = n->next)
		read_subsys(&h, n);
}

void fabconf_read_json(struct fabconf_reader *r, const char *text, size_t len)
{
	const struct json_node *doc, *hosts = NULL;
	const char *why;
	size_t line;

	doc = json_parse(r->a, text, len, &line, &why);
	if (!doc) {
		fabconf_problem(r, line, FABCONF_ERROR, NULL, "not JSON: %s", why);
		return;
	}
	/* The schema has an object around the array; what libnvme reads and writes is the array. */
	if (doc->kind == JSON_OBJECT) {
		for (const struct json_node *n = doc->first; n; n = n->next) {
			if (strcmp(n->key, "$schema") != 0 && !is_part(r, n, "hosts", JSON_ARRAY, &hosts))
				unknown(r, n, NULL, 0, (const char *const[]){ "hosts", NULL });
		}
	} else if (doc->kind == JSON_ARRAY) {
		hosts = doc;
	} else {
		wrong_type(r, doc, "an array: the hosts");
	}
	for (const struct json_node *n = hosts ? hosts->first : NULL; n; n = n->next)
		read_host(r, n);
}
