/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cli/candidates.h"

#include <string.h>

#include "cli/opt.h"
#include "dev/topo.h"
#include "output/fmt.h"

static void add_line(struct candidates *to, const char *line)
{
	if (to->n == to->room) {
		const char **more;

		to->room = to->room ? 2 * to->room : 64;
		more = arena_calloc(to->ctx->arena, to->room, sizeof(*more));
		if (to->n)
			memcpy(more, to->lines, to->n * sizeof(*more));
		to->lines = more;
	}
	to->lines[to->n++] = line;
}

/* A candidate is one line, and what a device calls itself must not break out of it. */
static void add(struct candidates *to, const char *text, const char *help)
{
	struct arena *a = to->ctx->arena;

	if (strncmp(text, to->word, strlen(to->word)) != 0)
		return;
	text = arena_printf(a, "%s%s", to->stem, text);
	text = printable(a, text, strlen(text), false);
	if (!help || !*help)
		add_line(to, text);
	else
		add_line(to, arena_printf(a, "%s\t%s", text, printable(a, help, strlen(help), true)));
}

/* For names that several rows share; devices are too many to compare each with all. */
static void add_once(struct candidates *to, const char *text, const char *help)
{
	size_t len = strlen(text), stem = strlen(to->stem);

	for (size_t i = 0; i < to->n; i++) {
		const char *line = to->lines[i] + stem;

		if (strncmp(line, text, len) == 0 && (!line[len] || line[len] == '\t'))
			return;
	}
	add(to, text, help);
}

/* --- commands --- */

void cand_commands(struct candidates *to, const char *group)
{
	for (const struct cmd *const *c = cmds; *c; c++) {
		const char *alias = (*c)->alias, *second = alias ? strchr(alias, ' ') : NULL;
		size_t len = second ? (size_t)(second - alias) : 0;

		if ((*c)->flags & C_HIDDEN)
			continue;
		if (!group)
			add(to, (*c)->name, (*c)->brief);
		if (!second)
			continue;
		if (group && strlen(group) == len && memcmp(group, alias, len) == 0)
			add(to, second + 1, (*c)->brief);
	}
	/* After the commands, so that a group never hides behind a command's own description. */
	for (const struct cmd *const *c = cmds; !group && *c; c++) {
		const char *alias = (*c)->alias, *second = alias ? strchr(alias, ' ') : NULL;

		if (second && !((*c)->flags & C_HIDDEN))
			add_once(to, arena_strndup(to->ctx->arena, alias, (size_t)(second - alias)),
				 "a group of commands");
	}
}

/* --- options --- */

static bool is_listed(const struct cmd_line *l, const struct opt *o)
{
	for (size_t i = 0; i < l->nused; i++)
		if (l->used[i] == o)
			return true;
	return false;
}

/* An option is used if any of its spellings is; they follow each other in the table. */
static bool is_used(const struct cmd_line *l, const struct opt *o, const struct opt *first,
		    const struct opt *end)
{
	if (o->type == O_LIST)
		return false;
	while (o > first && o->flags & OF_ALIAS)
		o--;
	do {
		if (is_listed(l, o))
			return true;
		o++;
	} while (o < end && o->flags & OF_ALIAS);
	return false;
}

static void add_options(struct candidates *to, const struct cmd_line *l, const struct opt *opts, size_t n)
{
	struct arena *a = to->ctx->arena;
	bool letters = strncmp(to->word, "--", 2) != 0;

	for (const struct opt *o = opts; o < opts + n; o++) {
		if (!opt_applies(o, l->cmd))
			continue;
		/* A second spelling would only double the list; whoever began to type it gets it. */
		if (o->flags & OF_HIDDEN || (o->flags & OF_ALIAS && strlen(to->word) < 3) ||
		    is_used(l, o, opts, opts + n))
			continue;
		if (o->name)
			add(to, arena_printf(a, "--%s", o->name), o->help);
		if (o->ch && letters && *to->word)
			add(to, arena_printf(a, "-%c", o->ch), o->help);
	}
}

void cand_options(struct candidates *to, const struct cmd_line *l)
{
	if (l->cmd)
		add_options(to, l, l->cmd->opts, l->cmd->nopts);
	add_options(to, l, global_opts, nglobal_opts);
}

/* --- values --- */

/* One more element of a comma-separated list: the word is what follows the last comma. */
static void begin_element(struct candidates *to)
{
	const char *comma = strrchr(to->word, ',');

	if (!comma)
		return;
	to->stem = arena_printf(to->ctx->arena, "%s%.*s", to->stem, (int)(comma + 1 - to->word), to->word);
	to->word = comma + 1;
}

static bool in_list(const char *list, const char *item)
{
	size_t len = strlen(item);

	for (const char *p = strstr(list, item); p; p = strstr(p + 1, item))
		if ((p == list || strchr(",=", p[-1])) && p[len] == ',')
			return true;
	return false;
}

static void add_formats(struct candidates *to, const struct cmd_line *l)
{
	for (const struct fmt *f = fmts; f->name; f++)
		if (!(f->needs & FMT_RAW) || !l->cmd || l->cmd->flags & C_BINARY)
			add(to, f->name, f->help);
}

static void add_logpages(struct candidates *to)
{
	for (size_t i = 0; i < nlogpages; i++)
		if (logpages[i].name)
			add_once(to, logpages[i].name, logpages[i].spec ? logpages[i].spec->text : NULL);
}

/* Columns: "+NAME" adds one, "-NAME" sorts downwards, "NAME=" begins a filter. */
static void add_columns(struct candidates *to, const struct cmd_line *l, const struct opt *o)
{
	const struct layout *lay = l->cmd ? l->cmd->layout : NULL;
	bool filter = o->meta && strchr(o->meta, '=');

	if (!filter && (*to->word == '+' || *to->word == '-')) {
		to->stem = arena_printf(to->ctx->arena, "%s%c", to->stem, *to->word);
		to->word++;
	}
	for (size_t i = 0; lay && i < lay->ncols; i++) {
		const struct column *c = &lay->cols[i];

		if (filter)
			add(to, arena_printf(to->ctx->arena, "%s=", c->name), c->help ? c->help : c->heading);
		else if (o->type != O_LIST || !in_list(to->stem, c->name))
			add(to, c->name, c->help ? c->help : c->heading);
	}
}

void cand_operand_files(struct candidates *to, uint8_t complete)
{
	if (complete == COMP_FILE)
		add_line(to, ":files");
	else if (complete == COMP_DIR)
		add_line(to, ":dirs");
}

void cand_values(struct candidates *to, const struct cmd_line *l, const struct opt *o)
{
	if (o->type == O_LIST)
		begin_element(to);
	for (size_t i = 0; i < o->nvals; i++)
		if (o->type != O_LIST || !in_list(to->stem, o->vals[i].key))
			add(to, o->vals[i].key, o->vals[i].text);
	switch (o->complete) {
	case COMP_DEVICE:
		cand_devices(to, l, T_DEV);
		break;
	case COMP_LOGPAGE:
		add_logpages(to);
		break;
	case COMP_FORMAT:
		add_formats(to, l);
		break;
	case COMP_COLUMNS:
		add_columns(to, l, o);
		break;
	case COMP_COMMAND:
		cand_commands(to, NULL);
		break;
	default:
		cand_operand_files(to, o->complete);
	}
	if (to->n && (o->type == O_LIST || (o->meta && strchr(o->meta, '='))))
		add_line(to, ":nospace");
}

/* --- devices --- */

/* NAME=VALUE forms of a device. */
static const struct form {
	const char *key, *help;
	unsigned want;
} forms[] = {
	{ "serial=", "by serial number", 0 },
	{ "nqn=", "by subsystem NQN", 0 },
	{ "pci=", "by PCI address", 0 },
	{ "uuid=", "by UUID", TOPO_NS | TOPO_IDS },
	{ "nguid=", "by NGUID", TOPO_NS | TOPO_IDS },
	{ "eui64=", "by EUI-64", TOPO_NS | TOPO_IDS },
};

static const struct form *form_of(const char *word)
{
	for (size_t i = 0; i < NELEMS(forms); i++)
		if (strncmp(word, forms[i].key, strlen(forms[i].key)) == 0)
			return &forms[i];
	return NULL;
}

static void add_node(struct candidates *to, const char *name, const char *help)
{
	if (!*name)
		return;
	/* Bare names for who types one; otherwise paths, which other tools understand too. */
	if (*to->word && *to->word != '/')
		add(to, name, help);
	else
		add(to, arena_printf(to->ctx->arena, "/dev/%s", name), help);
}

static void add_value(struct candidates *to, const struct form *f, const char *key, const char *value,
		      const char *help)
{
	if (strcmp(f->key, key) == 0 && *value)
		add_once(to, arena_printf(to->ctx->arena, "%s%s", key, value), help);
}

static void add_ctrl(struct candidates *to, const struct topo_ctrl *c, const struct form *f)
{
	const char *help = arena_printf(to->ctx->arena, "%s %s", c->model, c->serial);

	if (!f) {
		add_node(to, c->name, help);
		return;
	}
	add_value(to, f, "serial=", c->serial, c->name);
	add_value(to, f, "nqn=", c->nqn, c->name);
	if (strcmp(c->transport, "pcie") == 0)
		add_value(to, f, "pci=", c->address, c->name);
}

static bool typed_generic(const char *word)
{
	const char *base = strncmp(word, "/dev/", 5) == 0 ? word + 5 : word;

	return base[0] == 'n' && base[1] == 'g';
}

static void add_ns(struct candidates *to, const struct topo_ns *n, const struct topo_subsys *s,
		   const struct form *f)
{
	const char *help = arena_printf(to->ctx->arena, "%s, namespace %u", s->model, n->nsid);

	if (!f) {
		add_node(to, n->name, help);
		/* The generic node of the same namespace would only double the list. */
		if (typed_generic(to->word))
			add_node(to, n->generic, help);
		return;
	}
	add_value(to, f, "uuid=", n->uuid, n->name);
	add_value(to, f, "nguid=", n->nguid, n->name);
	add_value(to, f, "eui64=", n->eui64, n->name);
}

static bool uses_nsid(const struct cmd_line *l)
{
	for (size_t i = 0; i < l->nused; i++)
		if (l->used[i]->name && strcmp(l->used[i]->name, "namespace-id") == 0)
			return true;
	return false;
}

static void add_topo(struct candidates *to, const struct topo *t, const struct form *f, bool ctrls,
		     bool spaces)
{
	for (size_t i = 0; i < t->nsubsys; i++) {
		const struct topo_subsys *s = t->subsys[i];

		for (size_t c = 0; ctrls && c < s->nctrls; c++)
			add_ctrl(to, s->ctrls[c], f);
		for (size_t n = 0; spaces && n < s->nns; n++)
			add_ns(to, s->ns[n], s, f);
	}
}

void cand_devices(struct candidates *to, const struct cmd_line *l, uint8_t target)
{
	const struct form *f = form_of(to->word);
	bool ctrls = f || target != T_NS || uses_nsid(l), spaces = f || target != T_CTRL;
	struct topo *t = NULL;
	struct ctx own;

	if (strncmp(to->word, "/dev/disk", 9) == 0 || *to->word == '.') {
		add_line(to, ":files");
		return;
	}
	/* What cannot be read is nothing to complete; it is no error of this run. */
	ctx_init(&own);
	own.g = to->ctx->g;
	own.g.system = l->system;
	own.g.sysroot = l->sysroot;
	if (topo_read(&own, f ? f->want : TOPO_NS, &t) == 0 && t) {
		add_topo(to, t, f, ctrls, spaces);
		/* A namespace names its controller too, and a controller its namespaces. */
		if (!to->n && !f)
			add_topo(to, t, f, true, true);
	}
	ctx_done(&own);
	/* Other ways to name a device must not stand in the way of the usual one. */
	if (to->n || f || !*to->word)
		return;
	for (size_t i = 0; i < NELEMS(forms); i++)
		add(to, forms[i].key, forms[i].help);
	if (to->n)
		add_line(to, ":nospace");
}
