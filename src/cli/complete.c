/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Reads the words before the cursor as the parser would, but forgives everything: what is being typed is
 * by nature incomplete. What the word under the cursor can be follows from the tables.
 */
#include "cli/complete.h"

#include <string.h>

#include "cli/candidates.h"
#include "cli/command.h"
#include "cli/opt.h"

/* Where the line stands at the cursor. */
struct line {
	struct cmd_line c;
	const struct opt *pending; /* its value is the next word */
	const char *group;	   /* first word of a two-word name, where that is all there is so far */
	bool unknown;		   /* the command is none of ours */
	bool ended;		   /* "--" was seen */
};

static const struct opt *find_long(const struct opt *opts, size_t n, const char *name, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (opts[i].name && strlen(opts[i].name) == len && memcmp(opts[i].name, name, len) == 0)
			return &opts[i];
	return NULL;
}

static const struct opt *find_letter(const struct opt *opts, size_t n, char ch)
{
	for (size_t i = 0; i < n; i++)
		if (opts[i].ch == ch)
			return &opts[i];
	return NULL;
}

static const struct opt *long_option(const struct line *l, const char *name, size_t len)
{
	const struct opt *o = l->c.cmd ? find_long(l->c.cmd->opts, l->c.cmd->nopts, name, len) : NULL;

	return o ? o : find_long(global_opts, nglobal_opts, name, len);
}

static const struct opt *letter_option(const struct line *l, char ch)
{
	const struct opt *o = l->c.cmd ? find_letter(l->c.cmd->opts, l->c.cmd->nopts, ch) : NULL;

	return o ? o : find_letter(global_opts, nglobal_opts, ch);
}

/* What decides which devices there are counts on the line as it does in the environment. */
static void note_option(struct line *l, const struct opt *o, const char *value)
{
	if (l->c.nused < NELEMS(l->c.used))
		l->c.used[l->c.nused++] = o;
	if (!value || !o->name)
		return;
	if (find_long(global_opts, nglobal_opts, "system", 6) == o)
		l->c.system = value;
	else if (find_long(global_opts, nglobal_opts, "sysroot", 7) == o)
		l->c.sysroot = value;
}

/* The next word is not its value. */
static bool takes_none(const struct opt *o)
{
	return o->type == O_FLAG || o->flags & OF_VALUE_OPTIONAL;
}

static void read_long(struct line *l, const char *word)
{
	size_t len = strcspn(word, "=");
	const struct opt *o = long_option(l, word, len);

	if (!o)
		return;
	if (takes_none(o) || word[len])
		note_option(l, o, word[len] ? word + len + 1 : NULL);
	else
		l->pending = o;
}

static void read_letters(struct line *l, const char *word)
{
	for (; *word; word++) {
		const struct opt *o = letter_option(l, *word);

		if (!o)
			return;
		if (takes_none(o)) {
			note_option(l, o, NULL);
			continue;
		}
		if (word[1])
			note_option(l, o, word + 1);
		else
			l->pending = o;
		return;
	}
}

static void read_name(struct ctx *ctx, struct line *l, const char *word)
{
	const char *name = l->group ? arena_printf(ctx->arena, "%s %s", l->group, word) : word;

	l->c.cmd = cmd_by_name(name);
	/* A command that is not shown gives way to those that begin with its name. */
	if ((!l->c.cmd || l->c.cmd->flags & C_HIDDEN) && !l->group && command_is_group(word)) {
		l->c.cmd = NULL;
		l->group = word;
		return;
	}
	l->group = NULL;
	l->unknown = !l->c.cmd;
}

static void read_word(struct ctx *ctx, struct line *l, const char *word)
{
	if (l->pending) {
		note_option(l, l->pending, word);
		l->pending = NULL;
	} else if (!l->ended && strcmp(word, "--") == 0) {
		l->ended = true;
	} else if (!l->ended && strncmp(word, "--", 2) == 0) {
		read_long(l, word + 2);
	} else if (!l->ended && word[0] == '-' && word[1]) {
		read_letters(l, word + 1);
	} else if (!l->c.cmd && !l->unknown) {
		read_name(ctx, l, word);
	} else {
		if (!l->c.noperands++)
			l->c.operand = word;
	}
}

/* "-ojs": flags, then the letter of an option with the beginning of its value. */
static bool letters_value(struct line *l, struct candidates *to, const char *word)
{
	for (size_t i = 1; word[i]; i++) {
		const struct opt *o = letter_option(l, word[i]);

		if (!o)
			return false;
		if (takes_none(o))
			continue;
		if (!word[i + 1])
			return false;
		to->stem = arena_strndup(to->ctx->arena, word, i + 1);
		to->word = word + i + 1;
		cand_values(to, &l->c, o);
		return true;
	}
	return false;
}

static void complete_option(struct line *l, struct candidates *to, const char *word)
{
	size_t len = strcspn(word, "=");
	const struct opt *o;

	if (strncmp(word, "--", 2) == 0 && word[len]) {
		o = long_option(l, word + 2, len - 2);
		to->stem = arena_strndup(to->ctx->arena, word, len + 1);
		to->word = word + len + 1;
		if (o && o->type != O_FLAG)
			cand_values(to, &l->c, o);
	} else if (!letters_value(l, to, word)) {
		cand_options(to, &l->c);
	}
}

static void complete_operand(struct line *l, struct candidates *to)
{
	const struct cmd *c = l->c.cmd;

	if (!c) {
		cand_commands(to, l->group);
		return;
	}
	if (c->target == T_WORDS && c->complete == COMP_COMMAND && l->c.noperands < 2)
		cand_commands(to, l->c.noperands ? l->c.operand : NULL);
	else if (c->target == T_WORDS)
		cand_operand_files(to, c->complete);
	else if (c->before && l->c.noperands < 2) {
		cand_operand_files(to, COMP_FILE);
		cand_devices(to, &l->c, c->target);
	} else if (c->target == T_OPT_DEV || (c->target != T_NONE && !l->c.noperands))
		cand_devices(to, &l->c, c->target);
	else if (!*to->word && !l->ended)
		cand_options(to, &l->c);
}

const char *const *complete_words(struct ctx *ctx, const char *const *words, size_t n, size_t index,
				  size_t *nlines)
{
	struct candidates to = { .ctx = ctx, .word = index < n ? words[index] : "", .stem = "" };
	struct line l = { .c = { .system = ctx->g.system, .sysroot = ctx->g.sysroot } };
	size_t first = n > 1 && index > 1 && strcmp(words[1], "nvme") == 0 ? 2 : 1;

	for (size_t i = first; i < index && i < n; i++)
		read_word(ctx, &l, words[i]);
	if (l.pending)
		cand_values(&to, &l.c, l.pending);
	else if (!l.ended && to.word[0] == '-')
		complete_option(&l, &to, to.word);
	else if (!l.unknown)
		complete_operand(&l, &to);
	*nlines = to.n;
	return to.lines;
}
