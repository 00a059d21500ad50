/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which commands and options the personality has, and their help. Options come from the commands' own rows. */
#include <string.h>

#include "cli/opt.h"
#include "compat/nvme.h"

/* Commands that nvme-cli has not, so that no beginning of a word means them. */
static const char *const native_cmds[] = { "introspect", "schema", "complete", "erase", "fw-update", "wait", "host-identity",
					   "host-identity-store", "iopolicy", "plan", "apply", NULL };

/* Options that nvme-cli has not: as beginnings of words they would get in the way of its own. */
static const struct {
	const char *cmd, *name;
} native_opts[] = {
	{ "sanitize-ns", "wait" }, { "self-test-log", "all" }, { "id-nvmset", "nvmset-id" },
	{ "create-ns", "size" }, { "create-ns", "metadata-size" }, { "create-ns", "attach" }, { "create-ns", "controllers" },
	{ "format", "metadata-size" }, { "capacity-mgmt", "capacity" }, { "get-reg", "name" },
	{ "gen-hostnqn", "random" },
	{ "show-topology", "ranking" }, { "show-topology", "watch" }, { "show-topology", "interval" },
	{ "show-topology", "count" }, { "show-topology", "duration" }, { "ana-log", "watch" },
	{ "ana-log", "interval" }, { "ana-log", "count" }, { "ana-log", "duration" },
	{ "list", "columns" },	{ "list", "sort" },	      { "list", "filter" }, { "list", "no-headings" },
	{ "error-log", "all" }, { "get-log", "clear-event" }, { "get-log", "raw" }, { "get-log", "ish" },
	{ "gen-dhchap-key", "output-file" }, { "gen-dhchap-key", "secret-length" }, { "check-dhchap-key", "keydata" },
	{ "gen-tls-key", "output-file" },
};

/* The same of the fabrics commands, which have most options in common; by their whole names they are taken. */
static const char *const native_fabrics[] = {
	"kxchap-secret", "kxchap-ctrl-secret", "fast-io-fail-tmo", "no-reuse",
	"owner", "no-idempotent", "idempotent", "wait-for-namespaces", "referrals", "host-symname",
};

/* 2.16's own of them. Instead of a command, cmd names the option by which those that have it are known; NULL: what it stands for. */
static const struct spelling own_fabrics[] = {
	{ NULL, "fast_io_fail_tmo", 'F', "NUM", "fast-io-fail-tmo", "fast I/O fail timeout (default off)", NULL },
	{ NULL, "tls_key", 0, "NUM", "tls-key", "TLS key to use (key id)", NULL },
	{ "context", "dump-config", 'O', NULL, "", "Dump JSON configuration to stdout", NULL },
	{ "nbft", "quiet", 0, NULL, "quiet", "suppress already connected errors", NULL },
	{ "nbft", "force", 0, NULL, "force", "Force persistent discovery controller creation", NULL },
	{ "context", "context", 0, "STR", "context", "execution context identification string", NULL },
};

static const struct spelling own[] = {
	{ "show-topology", "ranking", 'r', "FMT", "", "Ranking order: namespace|ctrl|multipath", NULL },
	{ "get-log", "aen", 'a', "NUM", "", "result of the aen, its log page is read", NULL },
	{ "admin-passthru", "dry-run", 'd', NULL, "dry-run", "show command instead of sending", NULL },
	{ "io-passthru", "dry-run", 'd', NULL, "dry-run", "show command instead of sending", NULL },
	{ "fw-download", "progress", 0, NULL, "", "display firmware transfer progress", NULL },
	{ "id-nvmset", "nvmset_id", 'i', "NUM", "nvmset-id", "NVM Set Identify value", NULL },
	{ NULL, "verbose", 'v', NULL, "verbose", "Increase output verbosity", NULL },
	{ NULL, "output-format", 'o', "FMT", "output-format", "Output format: normal|json|binary", NULL },
	/* A beginning that programs use, though 2.16 calls it ambiguous. */
	{ NULL, "output", 0, "FMT", "output-format", NULL, NULL },
	{ NULL, "human-readable", 'H', NULL, "verbose", "show info in readable format", NULL },
	{ NULL, "timeout", 't', "NUM", "timeout", "timeout value, in milliseconds", NULL },
	{ NULL, "dry-run", 0, NULL, "dry-run", "show command instead of sending", NULL },
	{ NULL, "no-retries", 0, NULL, "", "disable retry logic on errors", NULL },
	{ NULL, "no-ioctl-probing", 0, NULL, "", NULL, NULL },
	{ NULL, "output-format-version", 0, "NUM", "", "output format version: 1|2", NULL },
	{ NULL, "help", 'h', NULL, "help", NULL, NULL },
};

/* Groups of commands that 2.16 has under a word of their own: "nvme sed discover". */
static const struct group {
	const char *name, *help;
} groups[] = { { "sed", "Self-encrypting drives" }, { "nbft", "What firmware booted from" } };

bool nvme_is_group(const char *word)
{
	for (size_t i = 0; i < NELEMS(groups); i++) {
		if (strcmp(groups[i].name, word) == 0)
			return true;
	}
	return false;
}

const struct cmd *nvme_group_command(struct arena *a, const char *group, const char *word)
{
	return nvme_is_group(group) ? cmd_by_name(arena_printf(a, "%s %s", group, word)) : NULL;
}

/* "show" of "nbft-show"; NULL: the command stands in no such group. */
static const char *in_group(const struct cmd *c, const char *group)
{
	size_t len = strlen(group);

	return strncmp(c->name, group, len) == 0 && c->name[len] == '-' ? c->name + len + 1 : NULL;
}

const char *nvme_last_word(const struct cmd *c)
{
	for (size_t i = 0; i < NELEMS(groups); i++) {
		if (in_group(c, groups[i].name))
			return in_group(c, groups[i].name);
	}
	return c->name;
}

void nvme_group_overview(FILE *to, const char *group)
{
	fprintf(to, "nvme-" NVME_CLI_VERSION " (nvmekit " PACKAGE_VERSION ")\n"
		    "usage: nvme %s <command> [<device>] [<args>]\n\nThe following are all implemented sub-commands:\n", group);
	for (const struct cmd *const *c = cmds; *c; c++) {
		if (in_group(*c, group))
			fprintf(to, "  %-36s %s\n", in_group(*c, group), (*c)->brief);
	}
	fprintf(to, "\nSee 'nvme %s <command> --help' for more information on a command\n", group);
}

static bool is_native_cmd(const struct cmd *c)
{
	if (strcmp(c->name, "rpmb") == 0 || strcmp(c->name, "tls-key") == 0 || strcmp(c->name, "config") == 0)
		return false;
	if (strncmp(c->name, "rpmb-", 5) == 0 || strncmp(c->name, "sed-", 4) == 0 || strncmp(c->name, "nbft-", 5) == 0 ||
	    strncmp(c->name, "config-", 7) == 0 || strncmp(c->name, "keys-", 5) == 0)
		return true;
	for (const char *const *n = native_cmds; *n; n++) {
		if (strcmp(c->name, *n) == 0)
			return true;
	}
	return c->flags & C_HIDDEN;
}

/* Secrets better come from files, so these are taken and shown although 2.16 has not got them. */
static bool is_file(const struct opt *o)
{
	static const char *const ends[] = { "secret-file", "keydata-file" };
	size_t len = o->name ? strlen(o->name) : 0;

	for (size_t i = 0; i < NELEMS(ends); i++) {
		if (len >= strlen(ends[i]) && strcmp(o->name + len - strlen(ends[i]), ends[i]) == 0)
			return true;
	}
	return false;
}

/* An option that 2.16's discover and connect-all lack alone. */
static bool lacks(const struct cmd *c, const struct opt *o)
{
	return strcmp(o->name, "dhchap-ctrl-secret") == 0 && strcmp(c->name, "connect") != 0 && strcmp(c->name, "config") != 0;
}

static bool is_exact(const struct cmd *c, const struct opt *o)
{
	for (size_t i = 0; nvme_fabrics(c) && o->name && i < NELEMS(native_fabrics); i++) {
		if (strcmp(o->name, native_fabrics[i]) == 0)
			return true;
	}
	return is_file(o) || (nvme_fabrics(c) && o->name && lacks(c, o));
}

static bool is_native_opt(const struct cmd *c, const struct opt *o)
{
	for (size_t i = 0; o->name && i < NELEMS(native_opts); i++) {
		if (strcmp(c->name, native_opts[i].cmd) == 0 && strcmp(o->name, native_opts[i].name) == 0)
			return true;
	}
	return false;
}

const struct cmd *nvme_command(const char *word)
{
	const struct cmd *found = NULL;
	size_t len = strlen(word);

	for (const struct cmd *const *c = cmds; *c; c++) {
		if (strcmp((*c)->name, word) == 0)
			return is_native_cmd(*c) ? NULL : *c;
	}
	if (!len)
		return NULL;
	for (const struct cmd *const *c = cmds; *c; c++) {
		if (strncmp((*c)->name, word, len) != 0 || is_native_cmd(*c))
			continue;
		if (found)
			return NULL;
		found = *c;
	}
	return found && !(found->flags & C_ALTERS) ? found : NULL;
}

/* The letters that natively mean something else. */
static char letter(const struct cmd *cmd, const struct opt *o)
{
	static const struct {
		const char *cmd, *name;
		char ch;
	} others[] = { { "rpmb", "address", 'o' }, { "disconnect-all", "transport", 'r' }, { "nbft-show", "hfi", 'H' } };

	for (size_t i = 0; o->name && i < NELEMS(others); i++) {
		if (strcmp(cmd->name, others[i].cmd) == 0 && strcmp(o->name, others[i].name) == 0)
			return others[i].ch;
	}
	return o->ch;
}

static bool has(const struct spelling *s, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (name && s[i].name && strcmp(s[i].name, name) == 0)
			return true;
	}
	return false;
}

static bool has_letter(const struct spelling *s, size_t n, char ch)
{
	for (size_t i = 0; i < n; i++) {
		if (ch && s[i].ch == ch)
			return true;
	}
	return false;
}

/* 2.16 has one of these options, for one command. */
static const char *gate_help(const struct cmd *cmd, const struct opt *o)
{
	return strcmp(cmd->name, "format") == 0 && strcmp(o->name, "force") == 0 ? o->help : NULL;
}

static bool takes(const struct cmd *cmd, const char *name)
{
	for (const struct opt *o = cmd->opts; o < cmd->opts + cmd->nopts; o++) {
		if (o->name && strcmp(o->name, name) == 0)
			return true;
	}
	return false;
}

/* Whether a row of own_fabrics[] is for this command. */
static bool is_own(const struct cmd *cmd, const struct spelling *s)
{
	return nvme_fabrics(cmd) && takes(cmd, s->cmd ? s->cmd : s->to);
}

/* Its spelling stands in own_fabrics[]. */
static bool has_own(const struct opt *o)
{
	for (size_t i = 0; o->name && i < NELEMS(own_fabrics); i++) {
		if (strcmp(o->name, own_fabrics[i].name) == 0)
			return true;
	}
	return false;
}

/* Its letter does. */
static bool has_own_letter(const struct cmd *cmd, const struct opt *o)
{
	for (size_t i = 0; o->ch && i < NELEMS(own_fabrics); i++) {
		if (o->ch == own_fabrics[i].ch && is_own(cmd, &own_fabrics[i]))
			return true;
	}
	return false;
}

static size_t own_of_fabrics(const struct cmd *cmd, struct spelling *to, size_t n, size_t max)
{
	for (size_t i = 0; i < NELEMS(own_fabrics) && n < max; i++) {
		if (is_own(cmd, &own_fabrics[i]))
			to[n++] = own_fabrics[i];
	}
	return n;
}

static size_t own_of(const struct cmd *cmd, struct spelling *to, size_t n, size_t max)
{
	/* The fabrics commands have none of the options that 2.16's other commands share, but for these. */
	static const char *const everywhere[] = { "verbose", "output-format", "help" };

	for (size_t i = 0; i < NELEMS(own) && n < max; i++) {
		struct spelling s = own[i];

		if ((s.cmd && strcmp(s.cmd, cmd->name) != 0) || has(to, n, s.name))
			continue;
		/* The command's own letter goes first. */
		if (has_letter(to, n, s.ch))
			s.ch = 0;
		if (nvme_fabrics(cmd) && !s.cmd) {
			s.exact = true;
			for (size_t k = 0; k < NELEMS(everywhere); k++)
				s.exact = s.exact && strcmp(s.name, everywhere[k]) != 0;
			s.help = s.exact ? NULL : s.help;
			/* No letter of theirs means these. */
			s.ch = s.exact ? 0 : s.ch;
		}
		to[n++] = s;
	}
	return n;
}

size_t nvme_spellings(const struct cmd *cmd, struct spelling *to, size_t max)
{
	size_t n = 0;

	for (const struct opt *o = cmd->opts; o < cmd->opts + cmd->nopts && n < max; o++) {
		bool exact = is_exact(cmd, o);

		if (is_native_opt(cmd, o) || (nvme_fabrics(cmd) && has_own(o)))
			continue;
		to[n++] = (struct spelling){ cmd->name, o->name, letter(cmd, o), o->meta, o->name, exact && !is_file(o) ? NULL : o->help, o, exact };
		if (has_own_letter(cmd, o))
			to[n - 1].ch = 0;
	}
	n = own_of_fabrics(cmd, to, n, max);
	n = own_of(cmd, to, n, max);
	/* How the gate is answered. */
	for (const struct opt *o = global_opts; o < global_opts + nglobal_opts && n < max; o++) {
		if (o->only && opt_applies(o, cmd) && !has(to, n, o->name))
			to[n++] = (struct spelling){ cmd->name, o->name, 0, o->meta, o->name, gate_help(cmd, o), o, !gate_help(cmd, o) };
	}
	return n;
}

static const char *meta(const struct spelling *s)
{
	if (!s->opt)
		return s->meta;
	return s->opt->type == O_STR || s->opt->type == O_LIST ? s->meta : "NUM";
}

static void put_spelling(FILE *to, const struct spelling *s)
{
	char text[128] = "";
	size_t at = 0;

	if (s->name)
		at = (size_t)snprintf(text, sizeof(text), "--%s", s->name);
	if (s->name && s->meta)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "=<%s>", meta(s));
	if (s->ch)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s-%c", s->name ? ", " : "", s->ch);
	if (s->ch && s->meta)
		snprintf(text + at, sizeof(text) - at, " <%s>", meta(s));
	fprintf(to, "  [  %-34s ] --- %s\n", text, s->help);
}

void nvme_usage(FILE *to, const struct cmd *cmd)
{
	struct spelling s[MAX_SPELLINGS];
	size_t n = nvme_spellings(cmd, s, MAX_SPELLINGS);
	const char *word = nvme_last_word(cmd);
	int group = word > cmd->name ? (int)(word - cmd->name) - 1 : 0;

	fprintf(to, "Usage: nvme %.*s%s%s%s [OPTIONS]\n\n%s\n\nOptions:\n", group, cmd->name, group ? " " : "", word,
		cmd->target == T_NONE || cmd->target == T_WORDS ? "" : " <device>", cmd->brief);
	for (size_t i = 0; i < n; i++) {
		if (s[i].help && !(s[i].opt && (s[i].opt->flags & OF_HIDDEN)))
			put_spelling(to, &s[i]);
	}
}

void nvme_overview(FILE *to)
{
	fputs("nvme-" NVME_CLI_VERSION " (nvmekit " PACKAGE_VERSION ")\n"
	      "usage: nvme <command> [<device>] [<args>]\n\n"
	      "<device> is a controller (/dev/nvme0) or a namespace (/dev/nvme0n1).\n\n"
	      "The following are all implemented sub-commands:\n",
	      to);
	for (const struct cmd *const *c = cmds; *c; c++) {
		if (!is_native_cmd(*c))
			fprintf(to, "  %-36s %s\n", (*c)->name, (*c)->brief);
	}
	fputs("\nThe following are groups of sub-commands:\n", to);
	for (size_t i = 0; i < NELEMS(groups); i++)
		fprintf(to, "  %-36s %s\n", groups[i].name, groups[i].help);
	fputs("\nSee 'nvme help <command>' for more information on a specific command\n", to);
}
