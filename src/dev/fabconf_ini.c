/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * nvme-fabrics.conf of nvme-cli 3.0: [Host], defaults for both kinds of controllers, and a section for each discovery controller
 * or subsystem, with a line for each path to it. A line is read where it stands; connections are made when the file has been read,
 * for [Host] and defaults count wherever they stand in it.
 */
#include <string.h>

#include "dev/fabconf_read.h"
#include "spec/field.h"

enum section { S_NONE, S_UNKNOWN, S_HOST, S_DC_DEFAULTS, S_IOC_DEFAULTS, S_DC, S_SUBSYS, S_COUNT };

static const char *const section_names[] = {
	[S_HOST] = "Host",
	[S_DC_DEFAULTS] = "Discovery Controller Defaults",
	[S_IOC_DEFAULTS] = "I/O Controller Defaults",
	[S_DC] = "Discovery Controller",
	[S_SUBSYS] = "Subsystem",
	[S_COUNT] = NULL,
};

/* What a key may stand in. */
enum { IN_HOST = 1, IN_DEFAULTS = 2, IN_ENDPOINT = 4, IN_PATH = 8 };

#define TUNING	 (IN_HOST | IN_DEFAULTS | IN_ENDPOINT | IN_PATH)
#define SECURITY (IN_HOST | IN_ENDPOINT)

static const unsigned where[FK_COUNT] = {
	[FK_TRANSPORT] = IN_PATH,
	[FK_TRADDR] = IN_PATH,
	[FK_TRSVCID] = IN_PATH,
	[FK_HOST_TRADDR] = IN_PATH,
	[FK_HOST_IFACE] = IN_PATH,
	[FK_NQN] = IN_ENDPOINT,
	[FK_HOSTNQN] = IN_HOST,
	[FK_HOSTID] = IN_HOST,
	[FK_HOSTSYMNAME] = IN_HOST,
	[FK_NR_IO_QUEUES] = TUNING,
	[FK_NR_WRITE_QUEUES] = TUNING,
	[FK_NR_POLL_QUEUES] = TUNING,
	[FK_QUEUE_SIZE] = TUNING,
	[FK_KEEP_ALIVE_TMO] = TUNING,
	[FK_RECONNECT_DELAY] = TUNING,
	[FK_CTRL_LOSS_TMO] = TUNING,
	[FK_FAST_IO_FAIL_TMO] = TUNING,
	[FK_TOS] = TUNING,
	[FK_DUPLICATE_CONNECT] = TUNING,
	[FK_DISABLE_SQFLOW] = TUNING,
	[FK_HDR_DIGEST] = TUNING,
	[FK_DATA_DIGEST] = TUNING,
	[FK_DHCHAP_SECRET] = SECURITY,
	[FK_DHCHAP_CTRL_SECRET] = SECURITY,
	[FK_TLS] = SECURITY,
	[FK_CONCAT] = SECURITY,
	/* A keyring is no secret, and one for all connections is what most have. */
	[FK_KEYRING] = SECURITY | IN_DEFAULTS,
	[FK_TLS_KEY] = SECURITY,
	[FK_TLS_KEY_IDENTITY] = SECURITY,
	/* Not in nvme-cli 3.0, which ignores it with a warning. */
	[FK_PERSISTENT] = IN_ENDPOINT | IN_DEFAULTS,
};

struct path {
	struct fabconf_scope scope;
	size_t line;
	bool sound;
	struct path *next;
};

struct endpoint {
	struct fabconf_scope scope;
	bool discovery, sound;
	size_t line;
	struct path *paths, **end;
	struct endpoint *next;
};

struct ini {
	struct fabconf_reader *r;
	struct fabconf_scope host, defaults[2]; /* [0]: of I/O controllers, [1]: of discovery controllers */
	size_t seen[S_COUNT];			/* lines of the sections that there is one of */
	enum section at;
	struct endpoint *endpoints, **end, *now;
	size_t no;
};

static const char *trim(struct arena *a, const char *from, const char *to)
{
	while (from < to && (*from == ' ' || *from == '\t'))
		from++;
	while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
		to--;
	return arena_strndup(a, from, (size_t)(to - from));
}

/* The names that hyphens and one letter set apart: nvme-cli renamed the secrets on the way to 3.0. */
static enum fab_key key_of(struct arena *a, const char *name)
{
	const char *own = strncmp(name, "kxchap-", 7) == 0 ? arena_printf(a, "dhchap-%s", name + 7) : name;

	/* Written as one word in this format. */
	if (strcmp(name, "hostsymname") == 0)
		return FK_HOSTSYMNAME;
	return strcmp(name, "host-symname") == 0 ? FK_COUNT : fab_key_by_name(own, false);
}

static const char *ini_name(enum fab_key k)
{
	return k == FK_HOSTSYMNAME ? "hostsymname" : fab_keys[k].opt;
}

static void unknown_key(struct ini *f, const char *name, unsigned in)
{
	const char *known[FK_COUNT + 2] = { NULL };
	size_t n = 0;

	for (size_t k = 0; k < FK_COUNT; k++) {
		if (where[k] & in)
			known[n++] = ini_name((enum fab_key)k);
	}
	if (in == IN_ENDPOINT)
		known[n++] = "controller";
	fabconf_unknown(f->r, f->no, "key", name, known);
}

static const char *places(unsigned in)
{
	return in == IN_PATH			? "on a controller line"
	       : in == IN_HOST			? "in [Host]"
	       : in == IN_ENDPOINT		? "in [Subsystem] and [Discovery Controller]"
	       : in == SECURITY			? "in [Host], [Subsystem] and [Discovery Controller]"
	       : in == (SECURITY | IN_DEFAULTS) ? "in sections, not on a controller line"
						: "in sections of controllers and their defaults";
}

static void take(struct ini *f, struct fabconf_scope *s, const char *name, const char *value, unsigned in)
{
	enum fab_key k = key_of(f->r->a, name);

	if (k == FK_COUNT || !where[k]) {
		unknown_key(f, name, in);
	} else if (!(where[k] & in)) {
		fabconf_problem(f->r, f->no, FABCONF_ERROR, NULL, "%s stands %s", name, places(where[k]));
	} else if (*value || s->conn.v[k].set || s->reset[k]) {
		fabconf_set(f->r, s, k, name, value, f->no);
	} else if (k == FK_NQN || (where[k] == IN_PATH && (k == FK_TRANSPORT || k == FK_TRADDR))) {
		fabconf_problem(f->r, f->no, FABCONF_ERROR, NULL, "%s is empty", name);
	} else {
		s->reset[k] = true;
	}
}

/* --- paths --- */

static void take_part(struct ini *f, struct path *p, const char *from, const char *to)
{
	struct arena *a = f->r->a;
	const char *sign = memchr(from, '=', (size_t)(to - from)), *all = trim(a, from, to);

	if (!*all)
		return;
	if (!sign || sign == from)
		fabconf_problem(f->r, f->no, FABCONF_ERROR, NULL, "'%.64s' is no key=value",
				fabconf_shown(all));
	else
		take(f, &p->scope, trim(a, from, sign), trim(a, sign + 1, to), IN_PATH);
}

static void take_path(struct ini *f, const char *value)
{
	struct path *p = arena_alloc(f->r->a, sizeof(*p));
	const char *end = value + strlen(value);
	size_t errors = f->r->fc->errors;

	p->line = f->no;
	while (value < end) {
		size_t n = strcspn(value, ";");

		take_part(f, p, value, value + n);
		value += n + 1;
	}
	p->sound = f->r->fc->errors == errors;
	*f->now->end = p;
	f->now->end = &p->next;
}

/* --- sections --- */

static void begin_endpoint(struct ini *f, bool discovery)
{
	struct endpoint *e = arena_alloc(f->r->a, sizeof(*e));

	e->line = f->no;
	e->discovery = discovery;
	e->sound = true;
	e->end = &e->paths;
	*f->end = e;
	f->end = &e->next;
	f->now = e;
}

static void begin(struct ini *f, const char *name)
{
	size_t s = S_HOST;

	while (s < S_COUNT && strcmp(section_names[s], name) != 0)
		s++;
	f->now = NULL;
	f->at = S_UNKNOWN;
	if (s == S_COUNT) {
		fabconf_unknown(f->r, f->no, "section", name, section_names + S_HOST);
		return;
	}
	if (s == S_HOST && f->seen[s]) {
		fabconf_problem(f->r, f->no, FABCONF_ERROR,
				"a host with another name has a file of its own in the folder of drop-ins",
				"a second [Host], first at %s", fabconf_origin(f->r, f->seen[s]));
		return;
	}
	if (s < S_DC && f->seen[s])
		fabconf_problem(f->r, f->no, FABCONF_WARNING, NULL, "[%s] continues what began at %s", name,
				fabconf_origin(f->r, f->seen[s]));
	if (!f->seen[s])
		f->seen[s] = f->no;
	f->at = (enum section)s;
	if (s >= S_DC)
		begin_endpoint(f, s == S_DC);
}

static void take_line(struct ini *f, const char *name, const char *value)
{
	size_t errors = f->r->fc->errors;

	switch (f->at) {
	case S_NONE:
		fabconf_problem(f->r, f->no, FABCONF_ERROR, NULL, "%.64s stands before the first section",
				fabconf_shown(name));
		return;
	case S_HOST:
		take(f, &f->host, name, value, IN_HOST);
		return;
	case S_DC_DEFAULTS:
	case S_IOC_DEFAULTS:
		take(f, &f->defaults[f->at == S_DC_DEFAULTS], name, value, IN_DEFAULTS);
		return;
	case S_DC:
	case S_SUBSYS:
		if (strcmp(name, "controller") == 0) {
			take_path(f, value);
			return;
		}
		take(f, &f->now->scope, name, value, IN_ENDPOINT);
		f->now->sound = f->now->sound && f->r->fc->errors == errors;
		return;
	case S_UNKNOWN:
	case S_COUNT:
		return; /* that is said of the section */
	}
}

/* A comment may stand behind a value, with a blank before it. */
static const char *end_of_value(const char *from, const char *to)
{
	for (const char *p = from; p < to; p++) {
		if (*p == '#' && (p == from || p[-1] == ' ' || p[-1] == '\t'))
			return p;
	}
	return to;
}

static void read_line(struct ini *f, const char *line, size_t n)
{
	struct arena *a = f->r->a;
	const char *end = end_of_value(line, line + n), *text, *sign;
	size_t len;

	if (n > FABCONF_LINE_MAX) {
		fabconf_problem(f->r, f->no, FABCONF_ERROR, NULL, "the line is too long");
		return;
	}
	text = trim(a, line, end);
	len = strlen(text);
	if (!len || *text == ';')
		return;
	sign = strchr(text, '=');
	if (*text == '[' && text[len - 1] == ']' && len > 2)
		begin(f, trim(a, text + 1, text + len - 1));
	else if (*text == '[' || !sign || sign == text)
		fabconf_problem(f->r, f->no, FABCONF_ERROR, NULL,
				"'%.64s' is neither [Section] nor key = value", fabconf_shown(text));
	else
		take_line(f, trim(a, text, sign), trim(a, sign + 1, text + len));
}

/* --- the file as a whole --- */

static void check_host(struct ini *f)
{
	const struct fab_conn *h = &f->host.conn;

	if (!f->seen[S_HOST])
		return;
	if (f->r->file->drop_in && !h->v[FK_HOSTNQN].set)
		fabconf_problem(f->r, f->seen[S_HOST], FABCONF_ERROR, NULL,
				"[Host] of a drop-in has no hostnqn, which is what makes it another host");
	else if (h->v[FK_HOSTNQN].set && !h->v[FK_HOSTID].set)
		fabconf_problem(
			f->r, f->seen[S_HOST], FABCONF_WARNING, NULL,
			"[Host] has no hostid: the kernel makes one, and reservations do not outlive it");
}

/* A host has one file: which values are whose could not be told otherwise. */
static void check_names(struct ini *f)
{
	const char *nqn = fab_text(&f->host.conn, FK_HOSTNQN);

	for (size_t i = 0; *nqn && i < f->r->fc->n; i++) {
		const struct fabconf_entry *e = &f->r->fc->entries[i];

		if (e->file == f->r->file->name || strcmp(fab_text(&e->conn, FK_HOSTNQN), nqn) != 0)
			continue;
		fabconf_problem(f->r, f->seen[S_HOST], FABCONF_ERROR, NULL,
				"the host of this hostnqn has a file already: %s",
				e->conn.v[FK_HOSTNQN].origin);
		return;
	}
}

static void put_entries(struct ini *f)
{
	const struct fabconf_scope *const of_all[] = { &f->host, &f->defaults[0], &f->r->defaults[0], NULL };
	struct fab_conn *offered = arena_alloc(f->r->a, sizeof(*offered));
	size_t n = f->r->fc->n;

	fabconf_merge(offered, of_all);
	for (struct endpoint *e = f->endpoints; e; e = e->next) {
		const struct fabconf_scope *scopes[] = {
			NULL, &e->scope, &f->host, &f->defaults[e->discovery], &f->r->defaults[e->discovery],
			NULL
		};

		if (!e->paths)
			fabconf_problem(f->r, e->line, FABCONF_ERROR, NULL, "[%s] has no controller line",
					section_names[e->discovery ? S_DC : S_SUBSYS]);
		for (struct path *p = e->paths; p; p = p->next) {
			scopes[0] = &p->scope;
			fabconf_entry(f->r, p->line, "", e->discovery, p->sound && e->sound, scopes);
		}
	}
	for (; n < f->r->fc->n; n++) {
		if (fab_flag(&f->r->fc->entries[n].conn, FK_DISCOVERY))
			f->r->fc->entries[n].offered = offered;
	}
}

void fabconf_read_ini(struct fabconf_reader *r, const char *text, size_t len)
{
	struct ini *f = arena_alloc(r->a, sizeof(*f));
	const char *end = text + len, *line;
	size_t n;

	f->r = r;
	f->end = &f->endpoints;
	while (fabconf_line(&text, end, &line, &n)) {
		f->no++;
		read_line(f, line, n);
	}
	check_host(f);
	check_names(f);
	put_entries(f);
	/* Those of the main file hold for its drop-ins too. */
	if (!r->file->drop_in)
		memcpy(r->defaults, f->defaults, sizeof(r->defaults));
}
