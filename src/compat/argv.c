/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * 2.16's command line: leading dashes of the command are nothing, options stand anywhere and are those of
 * getopt_long_only(3), numbers are those of strtoul(3) with base 0 and may be negative, the last of several values
 * counts, operands beyond the device are nothing. What comes out is the strict command line that means the same.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat/line.h"
#include "core/num.h"

enum { LONG = 256, IGNORED = LONG + MAX_SPELLINGS };

static void put(struct line *l, const char *word)
{
	l->words[l->nwords++] = word;
}

int line_leave(struct line *l, int code)
{
	l->code = code;
	return 1;
}

/* --- reading --- */

/* "--output-format-v=1" would make "--output-form" ambiguous: it gets a name that nothing begins like. */
static char *hide_version(struct arena *a, char *word)
{
	static const char shown[] = "output-format-";
	const char *name = word + strspn(word, "-");

	if (name == word || strncmp(name, shown, sizeof(shown) - 1) != 0)
		return word;
	return arena_printf(a, "--%%version%s", name + strcspn(name, "="));
}

/* The whole name stands on the line. */
static bool is_named(const struct line *l, const char *name)
{
	size_t len = strlen(name);

	for (int i = 1; i < l->argc && strcmp(l->argv[i], "--") != 0; i++) {
		const char *word = l->argv[i] + strspn(l->argv[i], "-");

		if (*l->argv[i] == '-' && strncmp(word, name, len) == 0 && (!word[len] || word[len] == '='))
			return true;
	}
	return false;
}

static void fill_tables(struct line *l, struct option *longs, char *letters)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct spelling *s = &l->s[i];

		bool optional = s->opt && s->opt->flags & OF_VALUE_OPTIONAL;

		if (s->ch) {
			*letters++ = s->ch;
			if (s->meta && !optional)
				*letters++ = ':';
		}
		if (!s->name || (s->exact && !is_named(l, s->name)))
			continue;
		longs[n].name = strcmp(s->name, "output-format-version") == 0 ? "%version" : s->name;
		longs[n].has_arg = !s->meta ? no_argument : optional ? optional_argument : required_argument;
		/* What means nothing is one thing, so that a common beginning is not ambiguous. */
		longs[n++].val = !*s->to && !s->ch ? IGNORED : LONG + (int)i;
	}
}

static int by_letter(const struct line *l, int ch)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->s[i].ch == ch)
			return (int)i;
	}
	return -1;
}

static int read_options(struct line *l)
{
	struct option longs[MAX_SPELLINGS + 1] = { 0 };
	char letters[2 * MAX_SPELLINGS + 1] = "";
	int c;

	fill_tables(l, longs, letters);
	for (int i = 1; i < l->argc && strcmp(l->argv[i], "--") != 0; i++)
		l->argv[i] = hide_version(l->ctx->arena, l->argv[i]);
	/* Its messages begin with the command's name. */
	l->argv[0] = arena_strdup(l->ctx->arena, nvme_last_word(l->cmd));
	optind = 0;
	while ((c = getopt_long_only(l->argc, l->argv, letters, longs, NULL)) != -1) {
		int i = c >= LONG ? c - LONG : by_letter(l, c);

		if (c == IGNORED)
			continue;
		if (c == '?' || i < 0) {
			nvme_usage(l->err, l->cmd);
			return line_leave(l, 1);
		}
		l->given[i] = true;
		l->value[i] = optarg;
	}
	l->operands = optind;
	return 0;
}

/* The last value that was given for what natively goes by this name; "" for a flag; NULL: none. */
const char *line_given(const struct line *l, const char *to)
{
	const char *found = NULL;

	for (size_t i = 0; i < l->n; i++) {
		if (l->given[i] && l->s[i].to && strcmp(l->s[i].to, to) == 0)
			found = l->value[i] ? l->value[i] : "";
	}
	return found;
}

bool line_is(const struct line *l, const char *name)
{
	return strcmp(l->cmd->name, name) == 0;
}

/* --- values --- */

static unsigned bits_of(const struct opt *o)
{
	switch (o ? o->type : O_U32) {
	case O_U8:
		return 8;
	case O_U16:
		return 16;
	case O_U64:
	case O_OPT_U64:
		return 64;
	default:
		return 32;
	}
}

static const char *size_name(unsigned bits)
{
	return bits == 8 ? "byte" : bits == 16 ? "short" : bits == 32 ? "word" : "long";
}

/* -1 is all ones of the width, 010 is 8. */
int line_number(const char *text, unsigned bits, uint64_t *out)
{
	uint64_t max = bits == 64 ? UINT64_MAX : (1ull << bits) - 1, v;
	const char *digits = text + (*text == '-');
	char *end;

	if (*digits < '0' || *digits > '9')
		return -EINVAL;
	errno = 0;
	v = strtoull(digits, &end, 0);
	if (*end || errno)
		return -EINVAL;
	if (v > max)
		return -ERANGE;
	*out = *text == '-' ? (0 - v) & max : v;
	return 0;
}

static bool is_number(const struct spelling *s)
{
	if (s->opt)
		return (s->opt->type != O_STR && s->opt->type != O_LIST) || strcmp(s->to, "log-id") == 0;
	return strcmp(s->meta, "NUM") == 0;
}

/* An option that natively takes names takes the numbers behind them here. */
static const char *name_for(const struct opt *o, uint64_t v, const char *number)
{
	for (size_t i = 0; o && !(o->flags & OF_OPEN_NAMES) && i < o->nvals; i++) {
		if (o->vals[i].val == v)
			return o->vals[i].key;
	}
	return number;
}

static int convert(struct line *l, const struct spelling *s, const char **value)
{
	unsigned bits = strcmp(s->to, "log-id") == 0 ? 8 : bits_of(s->opt);
	const struct opt *o = s->opt;
	uint64_t v;

	for (size_t i = 0; o && i < o->nvals; i++) {
		if (strcmp(o->vals[i].key, *value) == 0)
			return 0;
	}
	if (line_number(*value, bits, &v)) {
		const char *text = arena_printf(l->ctx->arena, "Expected %s argument for '%s' but got '%s'!",
						size_name(bits), s->name ? s->name : "", *value);

		fprintf(l->err, "%s\n", text);
		return line_leave(l, 1);
	}
	*value = name_for(o, v, arena_printf(l->ctx->arena, "%" PRIu64, v));
	return 0;
}

/* A suffix counts blocks, not bytes: 1G are 10^9 of them. */
static const char *block_count(const struct line *l, const char *to, const char *value)
{
	uint64_t v;

	if ((strcmp(to, "nsze") != 0 && strcmp(to, "ncap") != 0) || num_parse_bytes(value, &v))
		return value;
	return arena_printf(l->ctx->arena, "%" PRIu64, v);
}

/* --- writing --- */

void line_put(struct line *l, const char *name, char ch, const char *value)
{
	struct arena *a = l->ctx->arena;

	if (!name)
		put(l, arena_printf(a, "-%c%s", ch, value ? value : ""));
	else if (value)
		put(l, arena_printf(a, "--%s=%s", name, value));
	else
		put(l, arena_printf(a, "--%s", name));
}

/* Whether the native command line has it anyway, or better not. */
static bool left_out(const struct line *l, size_t i)
{
	const char *to = l->s[i].to;
	uint64_t v;

	if (to && (!*to || strcmp(to, "output-format") == 0 || strcmp(to, "help") == 0))
		return true;
	/* The format that is named counts. */
	if (to && strcmp(to, "raw-binary") == 0)
		return line_given(l, "output-format") && nvme_json(l->ctx);
	/* 2.16's way to say "the one that the device is". */
	if (to && strcmp(to, "namespace-id") == 0 && (line_is(l, "id-ns") || line_is(l, "io-passthru")))
		return line_number(l->value[i], 32, &v) == 0 && !v;
	/* A key that is not inserted is not appended either. */
	if (to && strcmp(to, "keyfile") == 0 && (line_is(l, "gen-tls-key") || line_is(l, "check-tls-key")))
		return !line_given(l, "insert");
	if (nvme_fabrics(l->cmd) && line_fabrics_left_out(l, i))
		return true;
	/* Two spellings of the same: once is enough. */
	for (size_t k = i + 1; to && k < l->n; k++) {
		if (l->given[k] && l->s[k].to && strcmp(l->s[k].to, to) == 0)
			return true;
	}
	return false;
}

static int put_options(struct line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct spelling *s = &l->s[i];
		const char *value = l->value[i];
		int rc = 0;

		if (!l->given[i])
			continue;
		if (value && is_number(s) && nvme_fabrics(l->cmd))
			rc = line_fabrics_number(l, s, &value);
		else if (value && is_number(s))
			rc = convert(l, s, &value);
		else if (value && line_is(l, "create-ns"))
			value = block_count(l, s->to, value);
		if (rc)
			return rc;
		if (!left_out(l, i) && !(l->value[i] && !value))
			line_put(l, s->opt ? s->opt->name : s->to, s->ch, value);
		/* What goes on is a copy, which the command itself overwrites. */
		if (l->value[i] && s->opt && s->opt->flags & OF_SECRET)
			explicit_bzero((char *)(uintptr_t)l->value[i], strlen(l->value[i]));
	}
	return 0;
}

int line_complain(struct line *l, const char *text)
{
	fprintf(l->err, "%s\n", text);
	return line_leave(l, 1);
}

/* --- the rest --- */

/* The format stands before everything else, so that errors of the line come in it. */
static int choose_format(struct line *l)
{
	const char *f = line_given(l, "output-format");

	/* config shows the file itself, which is JSON. */
	if (!f || line_is(l, "config") || strcmp(f, "normal") == 0 || strcmp(f, "tabular") == 0)
		f = "normal";
	else if (strcmp(f, "json") != 0 && (strcmp(f, "binary") != 0 || !(l->cmd->flags & C_BINARY)))
		return line_complain(l, "Invalid output format");
	l->ctx->g.output_format = f;
	line_put(l, "output-format", 0, f);
	return 0;
}

static bool takes_device(const struct cmd *c)
{
	return c->target == T_CTRL || c->target == T_NS || c->target == T_DEV;
}

static int put_operands(struct line *l)
{
	const char *device = l->operands < l->argc ? l->argv[l->operands] : NULL;

	if (takes_device(l->cmd) && !device) {
		(void)fail(l->ctx, XC_NODEV, EINVAL, "%s: Invalid argument", l->cmd->name);
		l->ctx->cmd = l->cmd;
		nvme_error(l->ctx, nvme_json(l->ctx), l->out, l->err);
		return line_leave(l, 1);
	}
	put(l, "--");
	/* list shows everything, whatever is named; disconnect does nothing to what stands without an option. */
	if (device && (takes_device(l->cmd) || (l->cmd->target == T_OPT_DEV && !line_is(l, "list") && !nvme_fabrics(l->cmd))))
		put(l, device);
	for (int i = l->operands; l->cmd->target == T_WORDS && i < l->argc; i++)
		put(l, l->argv[i]);
	return 0;
}

static int translate(struct line *l)
{
	int rc = read_options(l);

	if (rc)
		return rc;
	if (line_given(l, "help") && !line_is(l, "version")) {
		nvme_usage(l->err, l->cmd);
		return line_leave(l, 1);
	}
	l->words = arena_calloc(l->ctx->arena, MAX_SPELLINGS + 16 + (size_t)l->argc, sizeof(*l->words));
	put(l, "nvme");
	put(l, l->cmd->name);
	rc = choose_format(l);
	if (!rc)
		rc = put_options(l);
	if (!rc)
		rc = line_adjust(l);
	return rc ? rc : put_operands(l);
}

/* help, or a command that there is not. */
static int without_command(const char *word, const char *next, FILE *out, FILE *err, int *code)
{
	const struct cmd *c = next ? nvme_command(next) : NULL;
	const char *sub = next ? next + strspn(next, "-") : "help";

	*code = 0;
	if (word && nvme_is_group(word) && (strcmp(sub, "help") == 0 || strcmp(sub, "h") == 0)) {
		nvme_group_overview(out, word);
		return 1;
	}
	if (!word || strcmp(word, "help") == 0 || strcmp(word, "h") == 0) {
		if (c)
			nvme_usage(out, c);
		else if (next && nvme_is_group(next))
			nvme_group_overview(out, next);
		else
			nvme_overview(out);
		return 1;
	}
	*code = 1;
	if (nvme_is_group(word)) {
		fprintf(err, "ERROR: Invalid sub-command '%s' for plugin %s\n", sub, word);
		nvme_group_overview(err, word);
		return 1;
	}
	fprintf(err, "ERROR: Invalid sub-command '%s'\n", word);
	nvme_overview(err);
	return 1;
}

int nvme_argv(struct ctx *ctx, int *argc, char ***argv, FILE *out, FILE *err, int *code)
{
	struct line *l = arena_alloc(ctx->arena, sizeof(*l));
	const char *word = *argc > 1 ? (*argv)[1] : NULL;
	int rc;

	if (word)
		word += strspn(word, "-");
	ctx->g.output_format = "normal";
	ctx->g.gate.only_data = true; /* 2.16 asks nobody; what nobody uses can be got back */
	ctx->g.open_secrets = true;   /* nor does it look at their mode */
	l->cmd = word && strcmp(word, "help") != 0 ? nvme_command(word) : NULL;
	if (word && !l->cmd && *argc > 2) {
		l->cmd = nvme_group_command(ctx->arena, word, (*argv)[2]);
		if (l->cmd) {
			(*argv)++;
			(*argc)--;
		}
	}
	if (!l->cmd || strcmp(l->cmd->name, "help") == 0)
		return without_command(word, *argc > 2 ? (*argv)[2] : NULL, out, err, code);
	l->ctx = ctx;
	l->out = out;
	l->err = err;
	l->argc = *argc - 1;
	l->argv = arena_calloc(ctx->arena, (size_t)*argc, sizeof(*l->argv));
	memcpy(l->argv, *argv + 1, (size_t)l->argc * sizeof(*l->argv));
	l->n = nvme_spellings(l->cmd, l->s, MAX_SPELLINGS);
	rc = translate(l);
	*code = l->code;
	*argc = l->nwords;
	*argv = (char **)l->words;
	return rc;
}
