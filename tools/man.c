/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Manual pages in roff from the tables. There is no date in them: the same tables give the same bytes. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/introspect.h"
#include "cli/keys.h"
#include "cli/opt.h"
#include "docgen.h"

/* --- roff --- */

/* Text in which nothing is markup; a dash stays one that can be copied into a shell. */
static void put(FILE *to, const char *s)
{
	for (; *s; s++) {
		if (*s == '\\')
			fputs("\\e", to);
		else if (*s == '-')
			fputs("\\-", to);
		else if (*s == '\'')
			fputs("\\(aq", to);
		else if (*s == '"')
			fputs("\\(dq", to);
		else if (*s == '`')
			fputs("\\(ga", to);
		else if (*s == '^')
			fputs("\\(ha", to);
		else if (*s == '~')
			fputs("\\(ti", to);
		else
			fputc(*s, to);
	}
}

/* A line of text: a dot at its start is no request. */
static void put_line(FILE *to, const char *s)
{
	if (*s == '.')
		fputs("\\&", to);
	put(to, s);
	fputc('\n', to);
}

static void put_font(FILE *to, char font, const char *s)
{
	fprintf(to, "\\f%c", font);
	put(to, s);
	fputs("\\fR", to);
}

/* Paragraphs separated by blank lines; a paragraph that begins with a blank keeps its lines. */
static void put_paragraphs(FILE *to, struct arena *a, const char *s)
{
	while (s && *s) {
		const char *end = strstr(s, "\n\n");
		size_t len = end ? (size_t)(end - s) : strlen(s);
		bool kept = *s == ' ';
		char *text = arena_strndup(a, s, len), *save = NULL;

		fputs(kept ? ".PP\n.nf\n" : ".PP\n", to);
		for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
			put_line(to, l);
		if (kept)
			fputs(".fi\n", to);
		s += len;
		s += strspn(s, "\n");
	}
}

static void put_head(FILE *to, const char *page, const char *brief)
{
	fputs(".\\\" SPDX-License-Identifier: Apache-2.0 OR MIT\n", to);
	fputs(".\\\" Written by docgen from the tables of the program: changes belong there.\n.TH ", to);
	for (const char *p = page; *p; p++) {
		if (*p == '-')
			fputc('\\', to);
		fputc(toupper((unsigned char)*p), to);
	}
	fprintf(to, " 1 \"\" \"%s\" \"%s manual\"\n.nh\n.ad l\n.SH NAME\n", PACKAGE_STRING, PACKAGE_NAME);
	put(to, page);
	fputs(" \\- ", to);
	put_line(to, brief);
}

/* --- options --- */

static void put_range(FILE *to, const struct opt *o)
{
	uint64_t max = opt_max(o);

	if (!max || (o->flags & OF_OPEN_NAMES && !o->max) || (o->nvals && !(o->flags & OF_OPEN_NAMES)))
		return;
	fprintf(to, "From %" PRIu64 " to %" PRIu64 "%s.\n", o->min, max,
		o->unit == UNIT_MS	? " milliseconds"
		: o->unit == UNIT_S	? " seconds"
		: o->unit == UNIT_BYTES ? " bytes"
					: "");
	if (o->unit == UNIT_MS)
		fputs("Units: us, ms, s, m, h.\n", to);
	else if (o->unit == UNIT_S)
		fputs("Units: s, m, h, d.\n", to);
	else if (o->unit == UNIT_BYTES)
		fputs("Units: k, M, G, T, P, and Ki, Mi, Gi, Ti, Pi.\n", to);
}

static void put_names(FILE *to, const struct opt *o)
{
	if (!o->nvals)
		return;
	fputs(o->flags & OF_OPEN_NAMES ? "A number, or one of:\n.RS\n" : "One of:\n.RS\n", to);
	for (size_t i = 0; i < o->nvals; i++) {
		fputs(".TP\n", to);
		put_font(to, 'B', o->vals[i].key);
		fputc('\n', to);
		put_line(to, o->vals[i].text ? o->vals[i].text : "");
	}
	fputs(".RE\n", to);
}

static bool ends_sentence(const char *s)
{
	size_t n = strlen(s);

	return n && strchr(".!?", s[n - 1]);
}

static void put_option(FILE *to, struct arena *a, const struct opt *o)
{
	if (o->flags & OF_HIDDEN)
		return;
	fputs(".TP\n", to);
	if (o->ch)
		put_font(to, 'B', arena_printf(a, "-%c", o->ch));
	if (o->ch && o->name)
		fputs(", ", to);
	if (o->name)
		put_font(to, 'B', arena_printf(a, "--%s", o->name));
	if (o->meta) {
		fputs(o->flags & OF_VALUE_OPTIONAL ? "[=" : o->name ? "=" : " ", to);
		put_font(to, 'I', o->meta);
		if (o->flags & OF_VALUE_OPTIONAL)
			fputc(']', to);
	}
	fputc('\n', to);
	if (o->help)
		put_line(to, ends_sentence(o->help) ? o->help : arena_printf(a, "%s.", o->help));
	if (o->flags & OF_REQUIRED)
		fputs("Required.\n", to);
	put_range(to, o);
	if (o->def && *o->def)
		put_line(to, arena_printf(a, "Default: %s.", o->def));
	put_names(to, o);
}

/* Those that all commands take (only 0), or some. */
static void put_options(FILE *to, struct arena *a, const struct opt *opts, size_t n, uint16_t only)
{
	for (size_t i = 0; i < n; i++) {
		if (opts[i].only == only)
			put_option(to, a, &opts[i]);
	}
}

/* --- output --- */

struct fields {
	FILE *to;
	struct arena *a;
	unsigned depth;
};

static const char *indent_to(struct fields *fs, unsigned depth)
{
	for (; fs->depth < depth; fs->depth++)
		fputs(".RS\n", fs->to);
	for (; fs->depth > depth; fs->depth--)
		fputs(".RE\n", fs->to);
	return "";
}

/* What stands behind the title: place, unit, how to read the number. */
static const char *key_notes(struct arena *a, const struct key *k)
{
	const struct field *f = k->f;
	const char *place = k->derived ? "" : key_place(a, k), *unit = "", *bias = "";

	if (f->unit && (k->derived || f->scale <= 1) && f->show != SHOW_POW2)
		unit = f->unit;
	else if (f->show == SHOW_POW2 && f->unit)
		unit = k->derived ? f->unit : arena_printf(a, "a power of two in %s", f->unit);
	else if (f->unit && f->scale > 1)
		unit = arena_printf(a, "in units of %u %s", f->scale, f->unit);
	if (f->bias && !k->derived)
		bias = arena_printf(a, "%d less than what is meant", f->bias);
	return arena_printf(a, "%s%s%s%s%s", place, *place && *unit ? ", " : "", unit,
			    *bias && (*place || *unit) ? ", " : "", bias);
}

static void put_words(FILE *to, const struct key *k)
{
	const struct field *f = k->f;

	if (f->kind != K_ENUM || k->derived || k->slot || !f->nnames)
		return;
	for (uint16_t i = 0; i < f->nnames; i++) {
		fprintf(to, "%s%u ", i ? "; " : "", f->names[i].val);
		put(to, f->names[i].text ? f->names[i].text : f->names[i].key);
	}
	fputs(".\n", to);
}

static void put_key(void *arg, const struct key *k)
{
	struct fields *fs = arg;
	FILE *to = fs->to;
	const char *name = strrchr(k->path, '.');
	const char *notes;

	/* Elements without a name of their own are told at the array, as are the names of enums. */
	if (strcmp(k->path + strlen(k->path) - 2, "[]") == 0 || (k->derived && k->f->kind == K_ENUM))
		return;
	indent_to(fs, k->depth - 1);
	fputs(".TP\n", to);
	put_font(to, 'B', name + 1);
	fprintf(to, " (%s)\n", k->type);
	if (k->slot)
		fputs("Number of the element", to);
	else if (k->derived && k->f->kind == K_BITS)
		fputs("Its parts", to);
	else if (k->derived)
		fputs("The same as a plain value", to);
	else
		put(to, k->f->text ? k->f->text : name + 1);
	notes = k->slot ? "" : key_notes(fs->a, k);
	if (*notes) {
		fputs(" (", to);
		put(to, notes);
		fputc(')', to);
	}
	fputs(k->chosen ? ", in records of some types only.\n" : ".\n", to);
	put_words(to, k);
}

static void put_fields(FILE *to, struct arena *a, const struct cmd *c)
{
	struct fields fs = { to, a, 0 };

	if (!c->out || c->flags & C_TEXT)
		return;
	fputs(".SH OUTPUT FIELDS\n", to);
	if (c->out->text) {
		put(to, c->out->text);
		if (c->out->figure) {
			fputs(" (", to);
			put(to, c->out->figure);
			fputc(')', to);
		}
		fputs(".\n", to);
	}
	fputs("The names are the keys of the JSON output; a value is the one received, and what is derived "
	      "from it stands beside it.\nAn enumerated value has its name beside it, under its key with\n",
	      to);
	put_font(to, 'B', "_name");
	fputs("\nappended.\nPlaces are bytes or bits of the structure around the field.\n", to);
	spec_keys(a, c->out, put_key, &fs);
	indent_to(&fs, 0);
}

static void put_columns(FILE *to, const struct layout *l)
{
	if (!l || !l->ncols)
		return;
	fputs(".SH COLUMNS\nColumns of the table; those with a star are shown where none are chosen.\n", to);
	for (const struct column *c = l->cols; c < l->cols + l->ncols; c++) {
		fputs(".TP\n", to);
		put_font(to, 'B', c->name);
		fputs(c->by_default ? " *\n" : "\n", to);
		put_line(to, c->help ? c->help : c->heading);
	}
}

/* --- the other sections --- */

/* "command\n  what it does\n" */
static void put_examples(FILE *to, struct arena *a, const char *s)
{
	char *text, *save = NULL;
	bool open = false;

	if (!s)
		return;
	fputs(".SH EXAMPLES\n", to);
	text = arena_strdup(a, s);
	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		if (*l != ' ') {
			fputs(open ? ".br\n" : ".TP\n", to);
			put_font(to, 'B', l);
			fputc('\n', to);
			open = true;
		} else {
			put_line(to, l + strspn(l, " "));
			open = false;
		}
	}
}

static void put_exit_status(FILE *to)
{
	fputs(".SH EXIT STATUS\n", to);
	for (const struct exit_info *e = exit_codes; e->cls; e++) {
		fprintf(to, ".TP\n\\fB%d\\fR\n", e->code);
		put(to, e->text);
		fputs(".\n", to);
	}
}

static void put_see_also(FILE *to, const struct cmd *c)
{
	fputs(".SH SEE ALSO\n\\fBnvmekit\\fR(1)", to);
	for (const struct cmd *const *o = cmds; *o; o++) {
		if (*o == c || (*o)->flags & C_HIDDEN || !c->group || !(*o)->group ||
		    strcmp((*o)->group, c->group) != 0)
			continue;
		fputs(",\n\\fBnvmekit\\-", to);
		put(to, (*o)->name);
		fputs("\\fR(1)", to);
	}
	fputc('\n', to);
}

static const char *operands(const struct cmd *c)
{
	static const char *const by_target[] = {
		[T_NONE] = "",	    [T_CTRL] = "DEVICE",	 [T_NS] = "DEVICE",
		[T_DEV] = "DEVICE", [T_OPT_DEV] = "[DEVICE...]", [T_WORDS] = "[WORD...]",
	};

	return c->operands ? c->operands : by_target[c->target];
}

static void put_synopsis(FILE *to, struct arena *a, const struct cmd *c, const char *name)
{
	put_font(to, 'B', arena_printf(a, "%s %s", PACKAGE_NAME, name));
	fputs(" [\\fIOPTION\\fR...] ", to);
	put_font(to, 'I', operands(c));
	fputc('\n', to);
}

void man_command(FILE *to, struct arena *a, const struct cmd *c)
{
	char limit[128];

	put_head(to, arena_printf(a, "%s-%s", PACKAGE_NAME, c->name), c->brief);
	fputs(".SH SYNOPSIS\n", to);
	put_synopsis(to, a, c, c->name);
	if (c->alias) {
		fputs(".br\n", to);
		put_synopsis(to, a, c, c->alias);
	}
	fputs(".SH DESCRIPTION\n", to);
	put_paragraphs(to, a, c->desc ? c->desc : arena_printf(a, "%s.", c->brief));
	if (c->flags & C_GATED)
		put_paragraphs(to, a, cmd_gate_text);
	else if (c->flags & C_ALTERS)
		fputs(".PP\nThis command changes something; \\fB\\-\\-dry\\-run\\fR shows what.\n", to);
	if (*cmd_time_text(c, limit, sizeof(limit)))
		put_paragraphs(to, a, limit);
	fputs(".SH OPTIONS\n", to);
	put_options(to, a, c->opts, c->nopts, 0);
	for (const struct opt_group *g = opt_groups; g->title; g++) {
		if (!(c->flags & g->only))
			continue;
		fprintf(to, ".SS %s\n", g->title);
		put_options(to, a, global_opts, nglobal_opts, g->only);
	}
	fputs(".PP\nThe options that every command takes are in \\fBnvmekit\\fR(1).\n", to);
	put_columns(to, c->layout);
	put_fields(to, a, c);
	put_examples(to, a, c->examples);
	put_exit_status(to);
	put_see_also(to, c);
}

static void put_commands(FILE *to)
{
	fputs(".SH COMMANDS\n", to);
	for (const struct cmd *const *c = cmds; *c; c++) {
		const char *group = (*c)->group ? (*c)->group : "Other";
		bool first = true;

		/* A group is told at its first command. */
		for (const struct cmd *const *b = cmds; b < c; b++)
			if (!((*b)->flags & C_HIDDEN) &&
			    strcmp((*b)->group ? (*b)->group : "Other", group) == 0)
				first = false;
		if (!first || (*c)->flags & C_HIDDEN)
			continue;
		fputs(".SS ", to);
		put_line(to, group);
		for (const struct cmd *const *o = c; *o; o++) {
			if ((*o)->flags & C_HIDDEN || strcmp((*o)->group ? (*o)->group : "Other", group) != 0)
				continue;
			fputs(".TP\n\\fBnvmekit\\-", to);
			put(to, (*o)->name);
			fputs("\\fR(1)\n", to);
			put(to, (*o)->brief);
			fputs(".\n", to);
		}
	}
}

static const char overview[] =
	"nvmekit shows and administers NVMe drives and NVMe over Fabrics connections. One "
	"command does one thing; help COMMAND tells about it.\n\n"
	"Output is text for people. With --output-format=json it is one JSON document, errors "
	"included, whose keys and types do not change between releases; schema COMMAND prints "
	"its JSON Schema. Answers go to standard output, everything else to standard error.";

static const char devices[] =
	"A device is named as people name it: nvme0 or /dev/nvme0 (a controller), nvme0n1 or "
	"ng0n1 (a namespace), a link such as those below /dev/disk/by-id, or by what it is: "
	"serial=TEXT, nqn=NQN, pci=0000:3b:00.0, uuid=UUID, nguid=DIGITS, eui64=DIGITS. A name "
	"that fits several devices is an error.";

void man_overview(FILE *to, struct arena *a)
{
	put_head(to, PACKAGE_NAME, "administer NVMe drives and NVMe over Fabrics");
	fputs(".SH SYNOPSIS\n\\fBnvmekit\\fR [\\fIGLOBAL OPTION\\fR...] \\fICOMMAND\\fR "
	      "[\\fIOPTION\\fR...] [\\fIOPERAND\\fR...]\n.SH DESCRIPTION\n",
	      to);
	put_paragraphs(to, a, overview);
	put_commands(to);
	fputs(".SH GLOBAL OPTIONS\nThey may stand before or after the command.\n", to);
	put_options(to, a, global_opts, nglobal_opts, 0);
	for (const struct opt_group *g = opt_groups; g->title; g++) {
		fprintf(to, ".SS %s\n", g->title);
		put_options(to, a, global_opts, nglobal_opts, g->only);
	}
	fputs(".SH DEVICES\n", to);
	put_paragraphs(to, a, devices);
	fputs(".SH ENVIRONMENT\n.TP\n\\fBNVMEKIT_SYSTEM\\fR\nWhat \\fB\\-\\-system\\fR says where it is not "
	      "given.\n"
	      ".TP\n\\fBNVMEKIT_SYSROOT\\fR\nWhat \\fB\\-\\-sysroot\\fR says where it is not given.\n",
	      to);
	put_exit_status(to);
	fputs(".SH SEE ALSO\n", to);
	for (const struct cmd *const *c = cmds; *c; c++) {
		if ((*c)->flags & C_HIDDEN)
			continue;
		fputs(c == cmds ? "\\fBnvmekit\\-" : ",\n\\fBnvmekit\\-", to);
		put(to, (*c)->name);
		fputs("\\fR(1)", to);
	}
	fputc('\n', to);
}
