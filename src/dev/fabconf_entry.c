/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Values, connections and problems, as the readers of all formats make them. */
#include <string.h>

#include "core/num.h"
#include "core/secret.h"
#include "core/suggest.h"
#include "dev/fabconf_read.h"
#include "spec/authkey.h"
#include "spec/field.h"
#include "spec/nqn.h"

void fabconf_problem(struct fabconf_reader *r, size_t line, enum fabconf_severity s, const char *hint,
		     const char *fmt, ...)
{
	struct fabconf *fc = r->fc;
	size_t *count = s == FABCONF_ERROR ? &fc->errors : s == FABCONF_UNSAFE ? &fc->unsafe : &fc->warnings;
	va_list ap;

	(*count)++;
	if (fc->nproblems == FABCONF_PROBLEMS_MAX)
		return;
	if (fc->nproblems == r->max_problems) {
		size_t more = r->max_problems ? 2 * r->max_problems : 16;
		struct fabconf_problem *p = arena_calloc(r->a, more, sizeof(*p));

		if (fc->nproblems)
			memcpy(p, fc->problems, fc->nproblems * sizeof(*p));
		fc->problems = p;
		r->max_problems = more;
	}
	va_start(ap, fmt);
	fc->problems[fc->nproblems++] = (struct fabconf_problem){
		.file = r->file->name,
		.index = (size_t)(r->file - fc->files),
		.line = line,
		.severity = s,
		.text = arena_vprintf(r->a, fmt, ap),
		.hint = hint,
	};
	va_end(ap);
}

const char *fabconf_origin(struct fabconf_reader *r, size_t line)
{
	return arena_printf(r->a, "%s:%zu", r->file->name, line);
}

const char *fabconf_shown(const char *word)
{
	return strstr(word, "DHHC-") || strstr(word, "NVMeTLSkey") ? "***" : word;
}

void fabconf_unknown(struct fabconf_reader *r, size_t line, const char *what, const char *name,
		     const char *const *known)
{
	struct suggest s;

	suggest_begin(&s, name);
	for (; *known; known++)
		suggest_offer(&s, *known);
	fabconf_problem(r, line, FABCONF_ERROR, suggest_text(r->a, &s, ""), "%s '%.64s' is not known", what,
			fabconf_shown(name));
}

/* --- values --- */

/* As Linux takes it; zero would be no host: Base 2.1, section 5.1.25.1.28. */
static const char *bad_hostid(const char *id)
{
	static const uint8_t zero[16];
	uint8_t uuid[16];

	if (!uuid_from_text(id, strlen(id), uuid))
		return "is no UUID";
	return memcmp(uuid, zero, sizeof(uuid)) == 0 ? "is zero, which is no host" : NULL;
}

/* Secrets of DH-HMAC-CHAP, and a TLS key that is not the serial number of one. *why never has anything of it. */
static const char *bad_secret(struct fabconf_reader *r, unsigned kind, const char *text)
{
	struct auth_key key;
	const char *why;
	int rc = auth_key_parse(kind, text, strlen(text), &key, &why);

	auth_key_wipe(&key);
	return rc ? arena_printf(r->a, "is no key: %s", why) : NULL;
}

bool fabconf_is_secret(enum fab_key k, const char *text)
{
	uint64_t serial;

	return fab_keys[k].type == FT_SECRET && (k != FK_TLS_KEY || num_parse(text, &serial) != 0);
}

/* What the table of keys cannot know. The value may be a secret: it does not come into the message. */
static const char *bad_shape(struct fabconf_reader *r, enum fab_key k, const char *text)
{
	if (*text == '"' || *text == '\'')
		return "begins with a quote, which would be part of the value";
	if (k == FK_HOSTID)
		return bad_hostid(text);
	if (k == FK_NQN || k == FK_HOSTNQN)
		return nqn_unfit(text, strlen(text))
			       ? arena_printf(r->a, "cannot be used: %s", nqn_unfit(text, strlen(text)))
			       : NULL;
	if (fabconf_is_secret(k, text))
		return bad_secret(r, k == FK_TLS_KEY ? AUTH_TLS : AUTH_DHCHAP, text);
	return NULL;
}

void fabconf_set(struct fabconf_reader *r, struct fabconf_scope *s, enum fab_key k, const char *name,
		 const char *text, size_t line)
{
	const char *why = NULL;

	if (s->conn.v[k].set || s->reset[k]) {
		fabconf_problem(r, line, FABCONF_ERROR, NULL, "%s is given twice%s%s", name,
				s->conn.v[k].set ? ", first at " : "",
				s->conn.v[k].set ? s->conn.v[k].origin : "");
		return;
	}
	/* Also where it is malformed: that it stands there can be read. */
	if (fabconf_is_secret(k, text)) {
		r->file->secrets = true;
		secret_no_dump();
	}
	if (fab_keys[k].type == FT_TEXT || fab_keys[k].type == FT_SECRET)
		why = *text ? bad_shape(r, k, text) : NULL;
	if (why || fab_parse(r->a, &s->conn, k, text, fabconf_origin(r, line), &why))
		fabconf_problem(r, line, FABCONF_ERROR, NULL, "%s %s", name, why);
	else if ((k == FK_NQN || k == FK_HOSTNQN) && nqn_defect(text, strlen(text)))
		fabconf_problem(r, line, FABCONF_WARNING, NULL, "%s is no NVMe qualified name: %s", name,
				nqn_defect(text, strlen(text)));
}

/* --- connections --- */

static void put_default(struct fab_conn *c, enum fab_key k, const char *text)
{
	if (!c->v[k].set)
		fab_put_text(c, k, text, "default");
}

/* What follows from the rest: the ports that are registered with IANA, the name that every discovery controller answers to. */
static void put_defaults(struct fab_conn *c, bool discovery)
{
	if (strcmp(fab_text(c, FK_NQN), FAB_DISCOVERY_NQN) == 0)
		discovery = true;
	if (!c->v[FK_DISCOVERY].set || (discovery && !c->v[FK_DISCOVERY].n))
		fab_put_number(c, FK_DISCOVERY, discovery, "default");
	if (!c->v[FK_PERSISTENT].set)
		fab_put_number(c, FK_PERSISTENT, 0, "default");
	if (fab_flag(c, FK_DISCOVERY))
		put_default(c, FK_NQN, FAB_DISCOVERY_NQN);
	fab_usual_port(c);
}

static struct fabconf_entry *add_entry(struct fabconf_reader *r)
{
	struct fabconf *fc = r->fc;

	if (fc->n == r->max_entries) {
		size_t more = r->max_entries ? 2 * r->max_entries : 16;
		struct fabconf_entry *e = arena_calloc(r->a, more, sizeof(*e));

		if (fc->n)
			memcpy(e, fc->entries, fc->n * sizeof(*e));
		fc->entries = e;
		r->max_entries = more;
	}
	return &fc->entries[fc->n++];
}

void fabconf_merge(struct fab_conn *c, const struct fabconf_scope *const *scopes)
{
	bool shut[FK_COUNT] = { false };

	for (; *scopes; scopes++) {
		for (size_t k = 0; k < FK_COUNT; k++) {
			if (!shut[k] && !c->v[k].set)
				c->v[k] = (*scopes)->conn.v[k];
			shut[k] = shut[k] || (*scopes)->reset[k];
		}
	}
}

void fabconf_entry(struct fabconf_reader *r, size_t line, const char *application, bool discovery, bool sound,
		   const struct fabconf_scope *const *scopes)
{
	struct fabconf_entry *e;
	const char *problem;

	if (r->fc->n == FABCONF_ENTRIES_MAX) {
		fabconf_problem(r, line, FABCONF_ERROR, NULL, "more than %d connections",
				FABCONF_ENTRIES_MAX);
		return;
	}
	e = add_entry(r);
	*e = (struct fabconf_entry){ .file = r->file->name,
				     .application = application,
				     .line = line,
				     .index = (size_t)(r->file - r->fc->files) };
	r->file->entries++;
	fabconf_merge(&e->conn, scopes);
	put_defaults(&e->conn, discovery);
	problem = sound ? fab_problem(r->a, &e->conn) : NULL;
	if (problem)
		fabconf_problem(r, line, FABCONF_ERROR, NULL, "%s", problem);
	if (fab_flag(&e->conn, FK_PERSISTENT) && !fab_flag(&e->conn, FK_DISCOVERY))
		fabconf_problem(r, line, FABCONF_WARNING, NULL,
				"persistent says nothing of a connection that is no discovery controller");
}

/* --- lines --- */

bool fabconf_line(const char **text, const char *end, const char **line, size_t *n)
{
	const char *stop;

	if (*text >= end)
		return false;
	stop = memchr(*text, '\n', (size_t)(end - *text));
	*line = *text;
	*n = (size_t)((stop ? stop : end) - *text);
	*text = stop ? stop + 1 : end;
	if (*n && (*line)[*n - 1] == '\r')
		(*n)--;
	return true;
}
