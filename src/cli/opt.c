/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cli/opt.h"

#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/introspect.h"
#include "core/suggest.h"
#include "cli/value.h"

/* The options that a word may be one of, and where their values go. */
struct scope {
	const struct opt *opts;
	size_t n;
	bool *seen; /* by row; aliases count for the row that they follow */
	void *base;
};

struct parse {
	struct ctx *ctx;
	struct parsed *out;
	struct global_args g;
	int argc, next; /* next: the word to read */
	char *const *argv;
	struct scope cmd, global;
	const char *group; /* the first word of a two-word name */
	bool lost;	   /* there is no such command */
	bool ended;	   /* "--" was seen */
	const char **operands;
};

struct hit {
	const struct opt *o; /* NULL: no such option */
	struct scope *in;
};

/* --- finding --- */

static const struct opt *by_name(const struct scope *s, const char *name, size_t len)
{
	for (const struct opt *o = s->opts; o < s->opts + s->n; o++)
		if (o->name && strlen(o->name) == len && memcmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

static const struct opt *by_letter(const struct scope *s, char ch)
{
	for (const struct opt *o = s->opts; o < s->opts + s->n; o++)
		if (o->ch && o->ch == ch)
			return o;
	return NULL;
}

static struct hit find_name(struct parse *p, const char *name, size_t len)
{
	const struct opt *o = by_name(&p->cmd, name, len);

	return o ? (struct hit){ o, &p->cmd } : (struct hit){ by_name(&p->global, name, len), &p->global };
}

static struct hit find_letter(struct parse *p, char ch)
{
	const struct opt *o = by_letter(&p->cmd, ch);

	return o ? (struct hit){ o, &p->cmd } : (struct hit){ by_letter(&p->global, ch), &p->global };
}

/* --- what was meant --- */

/* Words that other tools have for an option; told only where the option exists. */
static const struct {
	const char *word, *name;
} other_words[] = {
	{ "--nsid", "namespace-id" },
	{ "--json", "output-format" },
	{ "--format", "output-format" },
	{ "-j", "output-format" },
	{ "-t", "timeout" },
	{ "--no-colour", "no-color" },
	{ "--lid", "log-id" },
	{ "--raw", "raw-binary" },
	{ "--noheadings", "no-headings" },
	{ "--dryrun", "dry-run" },
	{ "--output-format-version", "output-format" },
	{ "-V", "version" },
	{ "-q", "quiet" },
	{ "--debug", "trace" },
};

static bool some_command_has(const char *word)
{
	for (const struct cmd *const *c = cmds; *c; c++) {
		const struct scope s = { .opts = (*c)->opts, .n = (*c)->nopts };

		if (word[1] == '-' ? by_name(&s, word + 2, strlen(word + 2)) : by_letter(&s, word[1]))
			return true;
	}
	return false;
}

static int hint_option(struct parse *p, int rc, const char *word)
{
	const struct scope *const scopes[] = { &p->cmd, &p->global };
	const char *name = word + strspn(word, "-"), *near;
	struct suggest s;

	for (size_t i = 0; i < NELEMS(other_words); i++)
		if (strcmp(word, other_words[i].word) == 0 &&
		    find_name(p, other_words[i].name, strlen(other_words[i].name)).o)
			return fail_hint(p->ctx, rc, "did you mean --%s?", other_words[i].name);
	if (!p->out->cmd && some_command_has(word))
		return fail_hint(p->ctx, rc, "only global options may stand before the command");
	suggest_begin(&s, word[1] == '-' ? name : "");
	for (size_t i = 0; i < NELEMS(scopes); i++)
		for (size_t k = 0; k < scopes[i]->n; k++)
			if (!(scopes[i]->opts[k].flags & OF_HIDDEN))
				suggest_offer(&s, scopes[i]->opts[k].name);
	near = suggest_text(p->ctx->arena, &s, "--");
	if (near)
		return fail_hint(p->ctx, rc, "%s", near);
	return fail_hint(p->ctx, rc, "'nvmekit help%s%s' lists the options", p->out->cmd ? " " : "",
			 p->out->cmd ? p->out->cmd->name : "");
}

static int unknown_option(struct parse *p, const char *word, const char *in)
{
	const char *cmd = p->out->cmd ? p->out->cmd->name : NULL;
	const char *where = in ? arena_printf(p->ctx->arena, " (in '%s')", in) : "";
	int rc;

	/* Of an unknown command that is all there is to say. */
	if (p->lost)
		return fail(p->ctx, XC_USAGE, 0, "unknown option '%s'", word);
	if (cmd)
		rc = fail(p->ctx, XC_USAGE, 0, "%s has no option '%s'%s", cmd, word, where);
	else
		rc = fail(p->ctx, XC_USAGE, 0, "'%s' is no global option%s", word, where);
	return hint_option(p, rc, word);
}

/* --- reading --- */

static int apply(struct parse *p, struct hit h, const char *shown, const char *value)
{
	const struct opt *first = h.o;
	bool *seen;

	while (first > h.in->opts && first->flags & OF_ALIAS)
		first--;
	seen = &h.in->seen[first - h.in->opts];
	if (h.o->type == O_FLAG) {
		*((bool *)((char *)h.in->base + h.o->off)) = true;
	} else {
		if (*seen && h.o->type != O_LIST)
			return fail(p->ctx, XC_USAGE, 0, "%s is given more than once", shown);
		/* Also where it fails: that it is missing must not be said then. */
		*seen = true;
		return opt_store(p->ctx, h.o, shown, value, h.in->base);
	}
	*seen = true;
	return 0;
}

/* The next word as a value. What looks like an option is one: a value of that form is given with '='. */
static int take_value(struct parse *p, struct hit h, const char *shown)
{
	const char *value = p->next < p->argc ? p->argv[p->next] : NULL;
	int rc;

	if (!value || strncmp(value, "--", 2) == 0) {
		rc = fail(p->ctx, XC_USAGE, 0, "%s needs a value (%s)", shown, h.o->meta);
		if (value && value[2])
			fail_hint(p->ctx, rc, "a value that begins with dashes is given as %s%s%s", shown,
				  shown[1] == '-' ? "=" : "", value);
		return rc;
	}
	p->next++;
	return apply(p, h, shown, value);
}

static int read_long(struct parse *p, const char *word)
{
	size_t len = strcspn(word, "=");
	struct hit h = find_name(p, word + 2, len - 2);
	const char *shown = arena_strndup(p->ctx->arena, word, len);

	if (!h.o)
		return unknown_option(p, shown, NULL);
	if (h.o->type == O_FLAG && word[len])
		return fail(p->ctx, XC_USAGE, 0, "%s takes no value, and '%s' is given", shown,
			    word + len + 1);
	if (h.o->type == O_FLAG || (h.o->flags & OF_VALUE_OPTIONAL && !word[len]))
		return apply(p, h, shown, NULL);
	if (word[len])
		return apply(p, h, shown, word + len + 1);
	return take_value(p, h, shown);
}

/* "-output-format=json" would be -o with a strange value; nobody means that. */
static int check_one_dash(struct parse *p, const char *word)
{
	size_t len = strcspn(word, "=");

	if (len < 4 || !find_name(p, word + 1, len - 1).o)
		return 0;
	return fail_hint(p->ctx, fail(p->ctx, XC_USAGE, 0, "'%s' has one dash where a name needs two", word),
			 "did you mean -%s?", word);
}

static int read_letters(struct parse *p, const char *word)
{
	int rc = check_one_dash(p, word);

	for (const char *c = word + 1; !rc && *c; c++) {
		struct hit h = find_letter(p, *c);
		const char *shown = arena_printf(p->ctx->arena, "-%c", *c);

		if (!h.o)
			return unknown_option(p, shown, word[2] ? word : NULL);
		if (h.o->type == O_FLAG || h.o->flags & OF_VALUE_OPTIONAL) {
			rc = apply(p, h, shown, NULL);
			continue;
		}
		if (!c[1])
			return take_value(p, h, shown);
		if (c[1] == '=')
			return fail_hint(
				p->ctx, fail(p->ctx, XC_USAGE, 0, "%s takes its value without '='", shown),
				"write %s%s or %s=%s", shown, c + 2,
				h.o->name ? arena_printf(p->ctx->arena, "--%s", h.o->name) : shown, c + 2);
		return apply(p, h, shown, c + 1);
	}
	return rc;
}

static int read_command(struct parse *p, const char *word)
{
	struct arena *a = p->ctx->arena;
	const struct cmd *c = cmd_by_name(p->group ? arena_printf(a, "%s %s", p->group, word) : word);
	const char *group = p->group;

	/* "rpmb info": a word that is a command by itself too. */
	if (c && !group && p->next < p->argc && cmd_by_name(arena_printf(a, "%s %s", word, p->argv[p->next])))
		c = NULL;
	if (!c && !group && command_is_group(word)) {
		p->group = word;
		return 0;
	}
	p->group = NULL;
	if (!c) {
		p->lost = true;
		return command_unknown(p->ctx, group, word);
	}
	p->out->cmd = c;
	p->out->args = arena_alloc(a, c->argsz);
	p->cmd = (struct scope){ c->opts, c->nopts, arena_calloc(a, c->nopts, sizeof(bool)), p->out->args };
	return 0;
}

static int read_word(struct parse *p)
{
	const char *word = p->argv[p->next++];

	if (!p->ended && strcmp(word, "--") == 0) {
		p->ended = true;
		return 0;
	}
	if (!p->ended && strncmp(word, "--", 2) == 0)
		return read_long(p, word);
	if (!p->ended && word[0] == '-' && word[1])
		return read_letters(p, word);
	if (!p->out->cmd && !p->lost)
		return read_command(p, word);
	p->operands[p->out->noperands++] = word;
	return 0;
}

/* --- completeness --- */

/* "fw-update IMAGE DEVICE" is "fw-update DEVICE --image=IMAGE". */
static int take_before(struct parse *p)
{
	const struct cmd *c = p->out->cmd;
	const struct opt *o = c->before ? by_name(&p->cmd, c->before, strlen(c->before)) : NULL;
	const char *value = p->operands[0];

	if (!o || p->out->noperands != 2 || p->cmd.seen[o - p->cmd.opts])
		return 0;
	p->operands[0] = p->operands[1];
	p->operands[1] = NULL;
	p->out->noperands = 1;
	return apply(p, (struct hit){ o, &p->cmd }, o->meta, value);
}

static int check_operands(struct parse *p)
{
	const struct cmd *c = p->out->cmd;
	size_t n = p->out->noperands, max = 1;
	int rc;

	if (c->target == T_WORDS)
		return 0;
	if (c->target == T_NONE)
		max = 0;
	if (c->target == T_OPT_DEV && (!c->operands || strstr(c->operands, "...")))
		max = n;
	if (n > max) {
		rc = fail(p->ctx, XC_USAGE, 0, "%s: unexpected operand '%s'", c->name, p->operands[max]);
		return max ? fail_hint(p->ctx, rc, "%s takes one device", c->name) : rc;
	}
	if (!n && max && c->target != T_OPT_DEV) {
		rc = fail(p->ctx, XC_USAGE, 0, "%s needs a device", c->name);
		return fail_hint(p->ctx, rc, "for example: nvmekit %s %s; 'nvmekit list' shows what there is",
				 c->name, c->target == T_NS ? "nvme0n1" : "nvme0");
	}
	for (size_t i = 0; i < n; i++)
		if (!*p->operands[i])
			return fail(p->ctx, XC_USAGE, 0, "%s: the name of the device is empty", c->name);
	return 0;
}

static int complete_scope(struct ctx *ctx, const struct scope *s, const char *cmd)
{
	int rc;

	for (size_t i = 0; i < s->n; i++) {
		const struct opt *o = &s->opts[i];

		if (s->seen[i] || o->flags & OF_ALIAS)
			continue;
		if (o->flags & OF_REQUIRED)
			return fail(ctx, XC_USAGE, 0, "%s needs %s%s%s", cmd, opt_spelling(ctx->arena, o),
				    o->name ? "=" : " ", o->meta);
		if (!o->def || o->type == O_FLAG)
			continue;
		rc = opt_store(ctx, o, opt_spelling(ctx->arena, o), o->def, s->base);
		if (rc)
			return rc;
	}
	return 0;
}

/* Options that some commands take may stand before it is known which command this is. */
static int check_applies(struct parse *p)
{
	for (size_t i = 0; i < p->global.n; i++) {
		const struct opt *o = &p->global.opts[i];

		if (p->global.seen[i] && !opt_applies(o, p->out->cmd))
			return unknown_option(p, opt_spelling(p->ctx->arena, o), NULL);
	}
	return 0;
}

/* --version is another way to write the command. */
static int choose_version(struct parse *p)
{
	const struct cmd *version = cmd_by_name("version");

	if (!p->g.version || p->out->help)
		return 0;
	if (!version || (p->out->cmd && p->out->cmd != version))
		return fail(p->ctx, XC_USAGE, 0, "--version does not go with a command");
	p->out->cmd = version;
	if (!p->out->args)
		p->out->args = arena_alloc(p->ctx->arena, version->argsz);
	return 0;
}

static int finish(struct parse *p)
{
	int rc = choose_version(p);

	if (rc)
		return rc;
	if (p->group)
		return command_half(p->ctx, p->group);
	if (p->out->help)
		return 0;
	if (!p->out->cmd && p->argc <= 1) {
		p->out->help = true;
		return 0;
	}
	if (!p->out->cmd)
		return fail_hint(p->ctx, fail(p->ctx, XC_USAGE, 0, "no command is given"),
				 "'nvmekit help' lists the commands");
	rc = check_applies(p);
	if (!rc)
		rc = take_before(p);
	if (!rc)
		rc = check_operands(p);
	return rc ? rc : complete_scope(p->ctx, &p->cmd, p->out->cmd->name);
}

/* An empty variable is none: that is how a run gets rid of one. */
static void from_environment(const char **member, const char *variable)
{
	const char *v = getenv(variable);

	if (v && *v)
		*member = v;
}

int cli_parse(struct ctx *ctx, int argc, char *const *argv, struct parsed *out)
{
	bool *seen = arena_calloc(ctx->arena, nglobal_opts, sizeof(*seen));
	struct parse p = { .ctx = ctx, .out = out, .argc = argc, .next = 1, .argv = argv, .g.g = ctx->g };
	struct error none = ctx->error, first = none;
	int rc = 0;

	*out = (struct parsed){ 0 };
	from_environment(&p.g.g.system, "NVMEKIT_SYSTEM");
	from_environment(&p.g.g.sysroot, "NVMEKIT_SYSROOT");
	p.global = (struct scope){ global_opts, nglobal_opts, seen, &p.g };
	p.operands = arena_calloc(ctx->arena, (size_t)(argc > 0 ? argc : 0) + 1, sizeof(*p.operands));
	out->operands = p.operands;
	/* After an error too: the output format may still come. The first error is the one to tell. */
	while (p.next < argc) {
		int bad = read_word(&p);

		if (bad && !rc) {
			rc = bad;
			first = ctx->error;
		}
	}
	out->help = p.g.help;
	/* Who asks for help on a line that is not right yet gets it, unless on what there is not. */
	if (rc && out->help && !p.lost) {
		rc = 0;
		first = none;
	}
	ctx->error = first;
	if (!rc)
		rc = finish(&p);
	ctx->g = p.g.g;
	return rc;
}
