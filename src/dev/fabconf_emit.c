/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Connections as text of nvme-fabrics.conf. What cannot be written so that it reads the same is refused. */
#include <inttypes.h>
#include <string.h>

#include "dev/fabconf.h"
#include "spec/field.h"

/* A path's own; what is bound to host and subsystem; the rest may stand with either. */
static const enum fab_key address_keys[] = { FK_TRANSPORT, FK_TRADDR, FK_TRSVCID, FK_HOST_TRADDR,
					     FK_HOST_IFACE };
static const enum fab_key section_keys[] = {
	FK_NQN,	   FK_PERSISTENT, FK_DHCHAP_SECRET, FK_DHCHAP_CTRL_SECRET, FK_TLS,
	FK_CONCAT, FK_KEYRING,	  FK_TLS_KEY,	    FK_TLS_KEY_IDENTITY,
};
static const enum fab_key tuning_keys[] = {
	FK_NR_IO_QUEUES,    FK_NR_WRITE_QUEUES, FK_NR_POLL_QUEUES,   FK_QUEUE_SIZE, FK_KEEP_ALIVE_TMO,
	FK_RECONNECT_DELAY, FK_CTRL_LOSS_TMO,	FK_FAST_IO_FAIL_TMO, FK_TOS,	    FK_DUPLICATE_CONNECT,
	FK_DISABLE_SQFLOW,  FK_HDR_DIGEST,	FK_DATA_DIGEST,
};
static const enum fab_key host_keys[] = { FK_HOSTNQN, FK_HOSTID, FK_HOSTSYMNAME };

static bool same_value(const struct fab_conn *a, const struct fab_conn *b, enum fab_key k)
{
	if (a->v[k].set != b->v[k].set)
		return false;
	if (!a->v[k].set)
		return true;
	return a->v[k].s && b->v[k].s ? strcmp(a->v[k].s, b->v[k].s) == 0 : a->v[k].n == b->v[k].n;
}

bool fabconf_same(const struct fab_conn *a, const struct fab_conn *b)
{
	for (size_t k = 0; k < FK_COUNT; k++) {
		if (!same_value(a, b, (enum fab_key)k))
			return false;
	}
	return true;
}

bool fabconf_same_section(const struct fab_conn *a, const struct fab_conn *b)
{
	for (size_t i = 0; i < NELEMS(section_keys); i++) {
		if (!same_value(a, b, section_keys[i]))
			return false;
	}
	return fab_flag(a, FK_DISCOVERY) == fab_flag(b, FK_DISCOVERY);
}

bool fabconf_secret(const struct fab_conn *c)
{
	for (size_t k = 0; k < FK_COUNT; k++) {
		if (c->v[k].set && c->v[k].s && fabconf_is_secret((enum fab_key)k, c->v[k].s))
			return true;
	}
	return false;
}

/* Would it come back as it is? Blanks at the ends, comments and (on a controller line) semicolons would not. */
static bool writable(const char *s)
{
	size_t len = strlen(s);

	if (!len || *s == ' ' || *s == '\t' || s[len - 1] == ' ' || s[len - 1] == '\t' || *s == '#')
		return false;
	for (const char *p = s; *p; p++) {
		if (*p == ';' || (*p == '#' && (p[-1] == ' ' || p[-1] == '\t')))
			return false;
	}
	return true;
}

static bool is_default(const struct fab_value *v)
{
	return v->origin && strcmp(v->origin, "default") == 0;
}

const char *fabconf_value(struct arena *a, const struct fab_conn *c, enum fab_key k, bool open)
{
	if (fab_keys[k].type == FT_FLAG)
		return c->v[k].n ? "true" : "false";
	if (fab_keys[k].type == FT_NUMBER)
		return arena_printf(a, "%" PRId64, c->v[k].n);
	return !open && fabconf_is_secret(k, c->v[k].s) ? "***" : c->v[k].s;
}

static const char *name_of(enum fab_key k)
{
	return k == FK_HOSTSYMNAME ? "hostsymname" : fab_keys[k].opt;
}

/* *text gets one more value; NULL: it cannot be written. */
static void put(struct arena *a, const char **text, const struct fab_conn *c, enum fab_key k,
		const char *form, bool open)
{
	const char *value;

	if (!*text || !c->v[k].set || is_default(&c->v[k]))
		return;
	value = fabconf_value(a, c, k, open);
	if (fab_keys[k].type != FT_NUMBER && !writable(value))
		*text = NULL;
	else if (*form == ';')
		*text = arena_printf(a, "%s%s%s=%s", *text, **text ? ";" : "", name_of(k), value);
	else
		*text = arena_printf(a, "%s%s = %s\n", *text, name_of(k), value);
}

static bool all_same(const struct fabconf_entry *const *e, size_t n, enum fab_key k)
{
	for (size_t i = 1; i < n; i++) {
		if (!same_value(&e[0]->conn, &e[i]->conn, k))
			return false;
	}
	return true;
}

/* same: of each of the tuning keys, whether the section says it. */
static const char *path_text(struct arena *a, const struct fab_conn *c, const bool *same)
{
	const char *text = "";

	for (size_t i = 0; i < NELEMS(address_keys); i++)
		put(a, &text, c, address_keys[i], ";", true);
	for (size_t i = 0; i < NELEMS(tuning_keys); i++) {
		if (!same[i])
			put(a, &text, c, tuning_keys[i], ";", true);
	}
	return text;
}

const char *fabconf_join(struct arena *a, const char *const *parts, size_t n)
{
	size_t len = 0;
	char *text, *q;

	for (size_t i = 0; i < n; i++)
		len += strlen(parts[i]);
	q = text = arena_alloc(a, len + 1);
	for (size_t i = 0; i < n; i++)
		q = stpcpy(q, parts[i]);
	return text;
}

const char *fabconf_section(struct arena *a, const struct fabconf_entry *const *e, size_t n, bool open)
{
	const struct fab_conn *c = &e[0]->conn;
	const char *text = fab_flag(c, FK_DISCOVERY) ? "[Discovery Controller]\n" : "[Subsystem]\n";
	const char **parts = arena_calloc(a, n + 1, sizeof(*parts));
	bool same[NELEMS(tuning_keys)];

	for (size_t i = 0; i < NELEMS(section_keys); i++)
		put(a, &text, c, section_keys[i], "\n", open);
	for (size_t i = 0; i < NELEMS(tuning_keys); i++) {
		same[i] = all_same(e, n, tuning_keys[i]);
		if (same[i])
			put(a, &text, c, tuning_keys[i], "\n", open);
	}
	parts[0] = text;
	for (size_t i = 0; text && i < n; i++) {
		const char *path = path_text(a, &e[i]->conn, same);

		if (!path)
			return NULL;
		parts[i + 1] = arena_printf(a, "controller = %s\n", path);
	}
	return text ? fabconf_join(a, parts, n + 1) : NULL;
}

const char *fabconf_host(struct arena *a, const struct fab_conn *c)
{
	const char *text = "";

	for (size_t i = 0; i < NELEMS(host_keys); i++)
		put(a, &text, c, host_keys[i], "\n", true);
	return text && *text ? arena_printf(a, "[Host]\n%s", text) : text;
}
