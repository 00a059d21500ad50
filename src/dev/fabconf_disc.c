/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * /etc/nvme/discovery.conf: each line is the command line of a discovery, in the words of nvme-cli 2.16's 'discover'. Words end
 * at blanks; there are no quotes.
 */
#include <string.h>

#include "dev/fabconf_read.h"
#include "spec/field.h"

#define WORDS_MAX 128

static const struct {
	char ch;
	enum fab_key key;
} letters[] = {
	{ 't', FK_TRANSPORT },
	{ 'n', FK_NQN },
	{ 'a', FK_TRADDR },
	{ 's', FK_TRSVCID },
	{ 'w', FK_HOST_TRADDR },
	{ 'f', FK_HOST_IFACE },
	{ 'q', FK_HOSTNQN },
	{ 'I', FK_HOSTID },
	{ 'S', FK_DHCHAP_SECRET },
	{ 'C', FK_DHCHAP_CTRL_SECRET },
	{ 'i', FK_NR_IO_QUEUES },
	{ 'W', FK_NR_WRITE_QUEUES },
	{ 'P', FK_NR_POLL_QUEUES },
	{ 'Q', FK_QUEUE_SIZE },
	{ 'k', FK_KEEP_ALIVE_TMO },
	{ 'c', FK_RECONNECT_DELAY },
	{ 'l', FK_CTRL_LOSS_TMO },
	{ 'F', FK_FAST_IO_FAIL_TMO },
	{ 'T', FK_TOS },
	{ 'D', FK_DUPLICATE_CONNECT },
	{ 'g', FK_HDR_DIGEST },
	{ 'G', FK_DATA_DIGEST },
	{ 'p', FK_PERSISTENT },
};

/* Options of the command that say nothing of the connection; and what has another name elsewhere. */
static const struct {
	const char *name;
	char ch;
	bool value;
} others[] = { { "output-format", 'o', true },
	       { "raw", 'r', true },
	       { "quiet", 0, false },
	       { "verbose", 'v', false },
	       { "force", 0, false } };

struct words {
	const char *v[WORDS_MAX];
	size_t n, at;
};

struct line {
	struct fabconf_reader *r;
	struct fabconf_scope scope;
	struct words w;
	size_t no;
};

static const char *next(struct line *l)
{
	return l->w.at < l->w.n ? l->w.v[l->w.at++] : NULL;
}

static void take_other(struct line *l, size_t i, const char *attached)
{
	if (others[i].value && !attached)
		next(l);
	fabconf_problem(l->r, l->no, FABCONF_WARNING, NULL, "%s has no meaning in this file", others[i].name);
}

static void take_key(struct line *l, enum fab_key k, const char *value)
{
	const char *name = fab_keys[k].opt;

	if (fab_keys[k].type == FT_FLAG)
		value = "true";
	else if (!value)
		value = next(l);
	if (!value)
		fabconf_problem(l->r, l->no, FABCONF_ERROR, NULL, "%s has no value", name);
	else
		fabconf_set(l->r, &l->scope, k, name, value, l->no);
}

/* As the options are spelled: 2.16 has two with an underscore, later releases have another name for the secrets. */
static enum fab_key by_option(struct arena *a, const char *name)
{
	char *own = arena_strdup(a, name);
	enum fab_key k;

	for (char *c = own; *c; c++)
		*c = *c == '_' ? '-' : *c;
	if (strncmp(own, "kxchap-", 7) == 0)
		memcpy(own, "dhchap-", 7);
	k = fab_key_by_name(own, false);
	return k == FK_DISCOVERY || k == FK_HOSTSYMNAME ? FK_COUNT : k;
}

static bool is_other(const char *name, char ch, size_t *i)
{
	for (*i = 0; *i < NELEMS(others); ++*i) {
		if (name ? strcmp(others[*i].name, name) == 0 : others[*i].ch == ch)
			return true;
	}
	return false;
}

static void take_long(struct line *l, const char *name)
{
	const char *known[FK_COUNT + 1] = { NULL };
	enum fab_key k = by_option(l->r->a, name);
	size_t i, n = 0;

	if (k < FK_COUNT) {
		take_key(l, k, NULL);
		return;
	}
	if (is_other(name, 0, &i)) {
		take_other(l, i, NULL);
		return;
	}
	for (size_t j = 0; j < FK_COUNT; j++) {
		if (j != FK_DISCOVERY && j != FK_HOSTSYMNAME)
			known[n++] = fab_keys[j].opt;
	}
	fabconf_unknown(l->r, l->no, "option", name, known);
}

/* "-t tcp", "-ttcp", "-gG". */
static void take_letters(struct line *l, const char *p)
{
	while (*p) {
		size_t i = 0;
		char ch = *p++;

		while (i < NELEMS(letters) && letters[i].ch != ch)
			i++;
		if (i < NELEMS(letters)) {
			bool flag = fab_keys[letters[i].key].type == FT_FLAG;

			take_key(l, letters[i].key, !flag && *p ? p : NULL);
			if (!flag)
				return;
		} else if (is_other(NULL, ch, &i)) {
			take_other(l, i, *p ? p : NULL);
			if (others[i].value)
				return;
		} else {
			fabconf_problem(l->r, l->no, FABCONF_ERROR, NULL, "option '-%.1s' is not known",
					p - 1);
			return;
		}
	}
}

static void take_word(struct line *l, const char *word)
{
	if (*word == '#') {
		fabconf_problem(l->r, l->no, FABCONF_ERROR, NULL, "a comment stands on a line of its own");
		l->w.at = l->w.n;
	} else if (*word != '-' || !word[1]) {
		fabconf_problem(l->r, l->no, FABCONF_ERROR, NULL, "'%.64s' is no option, and belongs to none",
				fabconf_shown(word));
	} else if (word[1] == '-') {
		take_long(l, word + 2);
	} else if (word[2] && by_option(l->r->a, word + 1) < FK_COUNT) {
		take_long(l, word + 1); /* one dash will do for 2.16 */
	} else {
		take_letters(l, word + 1);
	}
}

static bool add_word(struct line *l, const char *from, const char *to)
{
	if (to == from)
		return true;
	if (l->w.n == WORDS_MAX)
		return false;
	l->w.v[l->w.n++] = arena_strndup(l->r->a, from, (size_t)(to - from));
	return true;
}

/* "--traddr=192.0.2.1" is two words; in a value, as secrets have it, the sign is part of it. */
static bool split(struct line *l, const char *p, const char *end)
{
	bool fits = true;

	while (fits && p < end) {
		const char *from = p, *sign = NULL;

		for (; p < end && *p != ' ' && *p != '\t'; p++) {
			if (*p == '=' && !sign && (*from == '-' || p == from))
				sign = p;
		}
		if (sign)
			fits = add_word(l, from, sign) && add_word(l, sign + 1, p);
		else
			fits = add_word(l, from, p);
		p += p < end;
	}
	return fits;
}

static void read_line(struct fabconf_reader *r, const char *text, size_t len, size_t no)
{
	struct line l = { .r = r, .no = no };
	const struct fabconf_scope *const scopes[] = { &l.scope, NULL };
	size_t errors = r->fc->errors;
	const char *word;

	if (len > FABCONF_LINE_MAX || !split(&l, text, text + len)) {
		fabconf_problem(r, no, FABCONF_ERROR, NULL, "the line is too long");
		return;
	}
	if (!l.w.n || *l.w.v[0] == '#')
		return;
	while ((word = next(&l)))
		take_word(&l, word);
	fabconf_entry(r, no, "", true, r->fc->errors == errors, scopes);
}

void fabconf_read_disc(struct fabconf_reader *r, const char *text, size_t len)
{
	const char *end = text + len, *line;
	size_t n, no = 0;

	while (fabconf_line(&text, end, &line, &n))
		read_line(r, line, n, ++no);
}
