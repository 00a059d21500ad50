/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cli/help.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "cli/introspect.h"
#include "cli/opt.h"
#include "output/fmt.h"

#define WIDTH	80
#define INDENT	2  /* options, commands */
#define TEXT_AT 28 /* what they are */

/* Where on the line the writer is. */
struct page {
	FILE *to;
	size_t at;
};

static size_t columns(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;
	return n;
}

static void put(struct page *p, const char *s, size_t len)
{
	fwrite(s, 1, len, p->to);
	p->at += columns(s, len);
}

static void end_line(struct page *p)
{
	fputc('\n', p->to);
	p->at = 0;
}

static void move_to(struct page *p, size_t column)
{
	if (p->at > column)
		end_line(p);
	for (; p->at < column; p->at++)
		fputc(' ', p->to);
}

/* Words of s from where the page is; further lines begin at 'indent'. Line breaks in s are blanks. */
static void wrap_n(struct page *p, size_t indent, const char *s, size_t len)
{
	const char *end = s + len;

	while (s < end) {
		size_t n = 0;

		while (s + n < end && s[n] != ' ' && s[n] != '\n')
			n++;
		if (n && p->at > indent) {
			if (p->at + 1 + columns(s, n) > WIDTH) {
				end_line(p);
				move_to(p, indent);
			} else {
				put(p, " ", 1);
			}
		}
		if (n) {
			if (p->at < indent)
				move_to(p, indent);
			put(p, s, n);
		}
		s += n + (s + n < end);
	}
}

static void wrap(struct page *p, size_t indent, const char *s)
{
	wrap_n(p, indent, s, strlen(s));
}

/* The full stop belongs to the last word: it must not stand alone beyond the margin. */
static void wrap_sentence(struct page *p, size_t indent, const char *s)
{
	const char *last = strrchr(s, ' ');
	size_t len = strlen(s);
	char word[WIDTH];

	last = last ? last + 1 : s;
	if (!len || strchr(".!?", s[len - 1]) || strlen(last) + 2 > sizeof(word)) {
		wrap(p, indent, s);
		return;
	}
	wrap_n(p, indent, s, (size_t)(last - s));
	snprintf(word, sizeof(word), "%s.", last);
	wrap(p, indent, word);
}

/* "LEFT   text", on two lines where LEFT is too wide. */
static void put_row(struct page *p, size_t indent, size_t text_at, const char *left, const char *text)
{
	move_to(p, indent);
	put(p, left, strlen(left));
	if (*text) {
		if (p->at + 2 > text_at)
			end_line(p);
		move_to(p, text_at);
		wrap(p, text_at, text);
	}
	end_line(p);
}

static void heading(struct page *p, const char *s)
{
	fprintf(p->to, "\n%s:\n", s);
}

/* Paragraphs separated by blank lines; one that begins with a blank keeps its lines. */
static void put_paragraphs(struct page *p, const char *s)
{
	while (s && *s) {
		const char *end = strstr(s, "\n\n");
		size_t len = end ? (size_t)(end - s) : strlen(s);

		fputc('\n', p->to);
		if (*s == ' ')
			put(p, s, len);
		else
			wrap_n(p, 0, s, len);
		end_line(p);
		s += len;
		s += strspn(s, "\n");
	}
}

/* --- options --- */

static void put_spelling(struct page *p, const struct opt *o)
{
	char letter[5] = "    ", text[96];

	if (o->ch)
		snprintf(letter, sizeof(letter), "-%c%s", o->ch, o->name ? ", " : "");
	snprintf(text, sizeof(text), "%s%s%s%s%s%s", letter, o->name ? "--" : "", o->name ? o->name : "",
		 !o->meta				 ? ""
		 : o->flags & OF_VALUE_OPTIONAL ? "[="
		 : o->name				 ? "="
							 : " ",
		 o->meta ? o->meta : "", o->flags & OF_VALUE_OPTIONAL ? "]" : "");
	move_to(p, INDENT);
	put(p, text, strlen(text));
	if (p->at + 2 > TEXT_AT)
		end_line(p);
	move_to(p, TEXT_AT);
}

/* Only where it says more than the width of the member does. */
static void put_range(struct page *p, const struct opt *o)
{
	char text[128];

	if (opt_max(o) && (o->min || o->max)) {
		snprintf(text, sizeof(text), "From %" PRIu64 " to %" PRIu64 "%s.", o->min, opt_max(o),
			 o->unit == UNIT_MS	 ? " ms"
			 : o->unit == UNIT_S	 ? " s"
			 : o->unit == UNIT_BYTES ? " bytes"
						 : "");
		wrap(p, TEXT_AT, text);
	}
	if (o->unit == UNIT_MS)
		wrap(p, TEXT_AT, "In milliseconds, or with a unit: us, ms, s, m, h.");
	else if (o->unit == UNIT_S)
		wrap(p, TEXT_AT, "In seconds, or with a unit: s, m, h, d.");
	else if (o->unit == UNIT_BYTES)
		wrap(p, TEXT_AT,
		     "In bytes, or with a unit: k, M, G, T, P (1000) or Ki, Mi, Gi, Ti, Pi (1024).");
	if (o->type == O_LIST)
		wrap(p, TEXT_AT, "Several are separated by commas, or given by repeating the option.");
}

static void put_values(struct page *p, const struct opt *o)
{
	if (o->complete == COMP_FORMAT) {
		wrap(p, TEXT_AT, "One of:");
		end_line(p);
		for (const struct fmt *f = fmts; f->name; f++)
			put_row(p, TEXT_AT + 2, TEXT_AT + 12, f->name, f->help ? f->help : "");
	} else if (o->nvals) {
		wrap(p, TEXT_AT, o->flags & OF_OPEN_NAMES ? "A number, or one of:" : "One of:");
		end_line(p);
		for (size_t i = 0; i < o->nvals; i++)
			put_row(p, TEXT_AT + 2, TEXT_AT + 12, o->vals[i].key,
				o->vals[i].text ? o->vals[i].text : "");
	} else {
		end_line(p);
	}
}

static void put_option(struct page *p, const struct opt *o)
{
	put_spelling(p, o);
	wrap_sentence(p, TEXT_AT, o->help);
	if (o->flags & OF_REQUIRED)
		wrap(p, TEXT_AT, "Required.");
	if (!(o->flags & OF_ALIAS))
		put_range(p, o);
	if (o->def) {
		wrap(p, TEXT_AT, "Default:");
		wrap_sentence(p, TEXT_AT, o->def);
	}
	put_values(p, o);
}

/* Those that all commands take (only 0), or some. */
static void put_options(struct page *p, const char *title, const struct opt *opts, size_t n, uint16_t only)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (opts[i].flags & OF_HIDDEN || opts[i].only != only)
			continue;
		if (!any)
			heading(p, title);
		any = true;
		put_option(p, &opts[i]);
	}
}

/* In a command's help their names are enough. */
static void put_global_names(struct page *p)
{
	heading(p, "Global options (see nvmekit help)");
	for (const struct opt *o = global_opts; o < global_opts + nglobal_opts; o++) {
		char text[64];

		if (o->flags & (OF_HIDDEN | OF_ALIAS) || !o->name || o->only)
			continue;
		if (o->ch)
			snprintf(text, sizeof(text), "-%c/--%s", o->ch, o->name);
		else
			snprintf(text, sizeof(text), "--%s", o->name);
		if (o->meta)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "=%s", o->meta);
		if (o + 1 < global_opts + nglobal_opts)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), ";");
		wrap(p, INDENT, text);
	}
	end_line(p);
}

/* --- the other parts --- */

static const char *operands(const struct cmd *c)
{
	static const char *const by_target[] = {
		[T_NONE] = "",	    [T_CTRL] = "DEVICE",	 [T_NS] = "DEVICE",
		[T_DEV] = "DEVICE", [T_OPT_DEV] = "[DEVICE...]", [T_WORDS] = "[WORD...]",
	};

	return c->operands ? c->operands : by_target[c->target];
}

static void put_usage(struct page *p, const struct cmd *c, const char *name, const char *head)
{
	const char *what = operands(c);

	fprintf(p->to, "%s nvmekit %s%s%s%s\n", head, name, c->nopts ? " [OPTION...]" : "", *what ? " " : "",
		what);
}

static void put_device(struct page *p, const struct cmd *c)
{
	static const char *const what[] = {
		[T_CTRL] = "DEVICE is a controller; a namespace stands for its controller.",
		[T_NS] = "DEVICE is a namespace, or a controller with --namespace-id.",
		[T_DEV] = "DEVICE is a controller or a namespace.",
		[T_OPT_DEV] = "DEVICE is a controller or a namespace.",
		[T_WORDS] = NULL,
	};

	if (!what[c->target])
		return;
	fputc('\n', p->to);
	wrap(p, 0, what[c->target]);
	wrap(p, 0,
	     "It is named as nvme0, nvme0n1, ng0n1, by a path or link to one of these, or by what it is: "
	     "serial=TEXT, "
	     "nqn=NQN, pci=ADDRESS, uuid=UUID, nguid=DIGITS, eui64=DIGITS.");
	end_line(p);
}

static void put_columns(struct page *p, const struct layout *l)
{
	if (!l || !l->ncols)
		return;
	heading(p, "Columns (* where none are chosen)");
	for (const struct column *c = l->cols; c < l->cols + l->ncols; c++) {
		char name[64];

		snprintf(name, sizeof(name), "%s%s", c->name, c->by_default ? " *" : "");
		put_row(p, INDENT, TEXT_AT, name, c->help ? c->help : c->heading ? c->heading : "");
	}
}

/* "command\n  what it does\n": command lines are kept whole, so that they can be copied. */
static void put_examples(struct page *p, const char *s)
{
	if (!s)
		return;
	heading(p, "Examples");
	while (*s) {
		size_t len = strcspn(s, "\n"), blanks = strspn(s, " ");

		move_to(p, blanks ? 6 : INDENT);
		if (blanks)
			wrap_n(p, 6, s + blanks, len - blanks);
		else
			put(p, s, len);
		end_line(p);
		s += len + (s[len] == '\n');
	}
}

static void put_exit_codes(struct page *p)
{
	heading(p, "Exit codes");
	for (const struct exit_info *e = exit_codes; e->cls; e++) {
		char code[16];

		snprintf(code, sizeof(code), "%2d", e->code);
		put_row(p, INDENT, INDENT + 4, code, e->text);
	}
}

void help_command(FILE *to, const struct cmd *c)
{
	struct page p = { .to = to };
	char limit[128];

	put_usage(&p, c, c->name, "Usage:");
	if (c->alias)
		put_usage(&p, c, c->alias, "   or:");
	fputc('\n', to);
	wrap_sentence(&p, 0, c->brief);
	end_line(&p);
	put_paragraphs(&p, c->desc);
	if (c->flags & C_GATED)
		put_paragraphs(&p, cmd_gate_text);
	else if (c->flags & C_ALTERS)
		put_paragraphs(&p, "This command changes something; --dry-run shows what.");
	if (*cmd_time_text(c, limit, sizeof(limit)))
		put_paragraphs(&p, limit);
	put_device(&p, c);
	put_options(&p, "Options", c->opts, c->nopts, 0);
	for (const struct opt_group *g = opt_groups; g->title; g++) {
		if (c->flags & g->only)
			put_options(&p, g->title, global_opts, nglobal_opts, g->only);
	}
	put_columns(&p, c->layout);
	put_global_names(&p);
	put_examples(&p, c->examples);
	put_exit_codes(&p);
}

static bool in_group(const struct cmd *c, const char *group)
{
	return !(c->flags & C_HIDDEN) && strcmp(c->group ? c->group : "Other", group) == 0;
}

/* A group is told at its first command. */
static void put_commands(struct page *p)
{
	for (const struct cmd *const *c = cmds; *c; c++) {
		const char *group = (*c)->group ? (*c)->group : "Other";
		bool told = (*c)->flags & C_HIDDEN;

		for (const struct cmd *const *b = cmds; b < c; b++)
			told |= in_group(*b, group);
		if (told)
			continue;
		heading(p, group);
		for (const struct cmd *const *o = c; *o; o++)
			if (in_group(*o, group))
				put_row(p, INDENT, TEXT_AT, (*o)->name, (*o)->brief);
	}
}

void help_overview(FILE *to)
{
	struct page p = { .to = to };

	fputs("Usage: nvmekit COMMAND [OPTION...] [DEVICE]\n"
	      "       nvmekit help COMMAND\n",
	      to);
	put_paragraphs(&p, "Shows and administers NVMe drives. 'nvmekit help COMMAND' tells about a command, "
			   "its options "
			   "and examples.");
	put_commands(&p);
	put_options(&p, "Global options, before or after the command", global_opts, nglobal_opts, 0);
	for (const struct opt_group *g = opt_groups; g->title; g++)
		put_options(&p, g->title, global_opts, nglobal_opts, g->only);
	put_exit_codes(&p);
}
