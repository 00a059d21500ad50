/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Proofs about the tables of commands and options; run by the tests. */
#include <ctype.h>
#include <string.h>

#include "cli/introspect.h"
#include "cli/opt.h"
#include "cli/value.h"

struct lint {
	FILE *to;
	const char *cmd;
	int defects;
};

static void __attribute__((format(printf, 2, 3))) defect(struct lint *l, const char *fmt, ...)
{
	va_list ap;

	l->defects++;
	fprintf(l->to, "%s: ", l->cmd);
	va_start(ap, fmt);
	vfprintf(l->to, fmt, ap);
	va_end(ap);
	fputc('\n', l->to);
}

/* Lower-case words joined by single dashes (and, for aliases, by one blank). */
static bool good_name(const char *s, bool blank)
{
	char before = '-';

	for (; *s; before = *s++) {
		if (*s == '-' || (blank && *s == ' ')) {
			if (before == '-' || before == ' ')
				return false;
		} else if (!islower((unsigned char)*s) && !isdigit((unsigned char)*s)) {
			return false;
		}
	}
	return before != '-' && before != ' ';
}

static bool is_number(const struct opt *o)
{
	return o->type != O_FLAG && o->type != O_STR && o->type != O_LIST;
}

static uint64_t width_max(const struct opt *o)
{
	struct opt unbound = *o;

	unbound.max = 0;
	return opt_max(&unbound);
}

static void lint_range(struct lint *l, const struct opt *o, const char *name)
{
	if (!is_number(o)) {
		if (o->min || o->max || o->unit)
			defect(l, "%s has a range or a unit, and is no number", name);
		return;
	}
	if (o->max > width_max(o))
		defect(l, "%s: the maximum does not fit its member", name);
	if (o->min > opt_max(o))
		defect(l, "%s: the range is empty", name);
	for (size_t i = 0; i < o->nvals; i++)
		if (o->vals[i].val > width_max(o))
			defect(l, "%s: the value of '%s' does not fit its member", name, o->vals[i].key);
}

static void lint_values(struct lint *l, const struct opt *o, const char *name)
{
	if (o->flags & OF_OPEN_NAMES && !o->nvals)
		defect(l, "%s has open names, and none is listed", name);
	for (size_t i = 0; i < o->nvals; i++) {
		if (!o->vals[i].key || !*o->vals[i].key || strchr(o->vals[i].key, ',')) {
			defect(l, "%s has a value that cannot be typed", name);
			return;
		}
		for (size_t k = 0; k < i; k++)
			if (strcmp(o->vals[i].key, o->vals[k].key) == 0)
				defect(l, "%s has the value '%s' twice", name, o->vals[i].key);
	}
}

static void lint_default(struct lint *l, const struct opt *o, const char *name)
{
	struct ctx ctx;
	struct opt alone = *o;

	if (!o->def)
		return;
	if (o->flags & (OF_REQUIRED | OF_ALIAS) || o->type == O_FLAG) {
		defect(l, "%s has a default that nobody can meet", name);
		return;
	}
	alone.off = 0;
	ctx_init(&ctx);
	if (opt_store(&ctx, &alone, name, o->def, arena_alloc(ctx.arena, opt_size(o))))
		defect(l, "the default does not parse: %s", ctx.error.message);
	ctx_done(&ctx);
}

static void lint_option(struct lint *l, const struct opt *o, size_t argsz)
{
	char letter[3] = { '-', o->ch, '\0' };
	const char *name = o->name ? o->name : letter;

	if (!o->name && !o->ch)
		defect(l, "an option has neither name nor letter");
	/* Old spellings that nobody is shown may have underscores. */
	if (o->name && (strlen(o->name) < 2 || (!good_name(o->name, false) && !(o->flags & OF_HIDDEN && strchr(o->name, '_')))))
		defect(l, "'%s' is no good name for an option", name);
	if (o->ch && !isalnum((unsigned char)o->ch))
		defect(l, "%s: '%c' is no good letter", name, o->ch);
	if (!o->help || !*o->help)
		defect(l, "%s has no help", name);
	if ((o->type == O_FLAG) != !o->meta)
		defect(l, "%s: a value has a placeholder, a flag has none", name);
	if (o->type == O_FLAG && (o->nvals || o->flags & OF_REQUIRED))
		defect(l, "%s is a flag, and has values or is required", name);
	if (o->off + opt_size(o) > argsz)
		defect(l, "%s lies outside the arguments", name);
	lint_range(l, o, name);
	lint_values(l, o, name);
	lint_default(l, o, name);
}

static void lint_alias(struct lint *l, const struct opt *opts, size_t i)
{
	const struct opt *o = &opts[i];

	if (!(o->flags & OF_ALIAS))
		return;
	if (!i || o->off != o[-1].off || o->type != o[-1].type)
		defect(l, "%s is no other spelling of the row before it", o->name ? o->name : "an option");
}

static bool same_spelling(const struct opt *a, const struct opt *b)
{
	return (a->ch && a->ch == b->ch) || (a->name && b->name && strcmp(a->name, b->name) == 0);
}

static void lint_options(struct lint *l, const struct opt *opts, size_t n, size_t argsz, const struct cmd *c)
{
	for (size_t i = 0; i < n; i++) {
		lint_option(l, &opts[i], argsz);
		lint_alias(l, opts, i);
		for (size_t k = 0; k < i; k++)
			if (same_spelling(&opts[i], &opts[k]))
				defect(l, "--%s and --%s share a name or letter", opts[k].name, opts[i].name);
		for (size_t k = 0; c && k < nglobal_opts; k++)
			if (opt_applies(&global_opts[k], c) && same_spelling(&opts[i], &global_opts[k]))
				defect(l, "--%s takes the name or letter of the global --%s", opts[i].name,
				       global_opts[k].name);
	}
}

static void lint_texts(struct lint *l, const struct cmd *c)
{
	size_t len = c->brief ? strlen(c->brief) : 0;

	if (!good_name(l->cmd, false))
		defect(l, "this is no good name");
	if (c->alias && (!good_name(c->alias, true) || !strchr(c->alias, ' ') ||
			 strchr(c->alias, ' ') != strrchr(c->alias, ' ')))
		defect(l, "the alias '%s' is not two words", c->alias);
	if (!len || c->brief[len - 1] == '.')
		defect(l, "the brief is one line without a full stop");
	if (!c->group || !c->desc)
		defect(l, "there is no group, or no description");
	if (c->operands && c->target != T_WORDS && c->target != T_OPT_DEV && !c->before)
		defect(l, "its target words the operand already");
	if (!c->examples && !(c->flags & C_HIDDEN))
		defect(l, "there is no example");
	for (const char *p = c->examples; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
		if (*p != ' ' && strncmp(p, "nvmekit ", 8) != 0)
			defect(l, "an example is 'nvmekit ...', then two blanks and what it does");
}

int cmd_lint(FILE *to, const struct cmd *c)
{
	struct lint l = { to, c->name ? c->name : "?", 0 };

	lint_texts(&l, c);
	if (!c->run)
		defect(&l, "it does nothing");
	lint_options(&l, c->opts, c->nopts, c->argsz, c);
	if (c->flags & C_GATED && !(c->flags & C_ALTERS))
		defect(&l, "what passes the gate alters something");
	return l.defects;
}

static bool same_command(const struct cmd *a, const struct cmd *b)
{
	return strcmp(a->name, b->name) == 0 || (a->alias && b->alias && strcmp(a->alias, b->alias) == 0);
}

int cli_lint(FILE *to)
{
	struct lint l = { to, "global options", 0 };

	lint_options(&l, global_opts, nglobal_opts, sizeof(struct global_args), NULL);
	for (const struct cmd *const *c = cmds; *c; c++) {
		l.defects += cmd_lint(to, *c);
		l.cmd = (*c)->name;
		for (const struct cmd *const *b = cmds; b < c; b++)
			if (same_command(*b, *c))
				defect(&l, "two commands have this name or alias");
	}
	return l.defects;
}
