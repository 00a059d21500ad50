/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The grammar of the command line, on commands of the test's own, so that it stays proved whatever the
 * commands of the tool become.
 */
#include "unit.h"

#include <errno.h>

#include "cli/help.h"
#include "cli/opt.h"
#include "core/suggest.h"

/* --- commands --- */

struct get_args {
	const char *id, *mode, *file;
	struct opt_u32 len;
	struct opt_u64 off;
	uint8_t lsp, ses, fid;
	uint16_t lsi;
	uint32_t wait;
	uint64_t big;
	opt_list tags, kinds;
	bool raw, all;
};

static const struct name ses_names[] = { { 0, "none", "" }, { 1, "user", "" }, { 2, "crypto", "" } };
static const struct name fid_names[] = { { 4, "temperature", "" }, { 7, "queues", "" } };
static const struct name kind_names[] = { { 0, "disk", "" }, { 0, "path", "" } };

static const struct opt get_opts[] = {
	OPT(get_args, id, 'i', "log-id", "ID", "Page", .flags = OF_REQUIRED),
	OPT(get_args, len, 'l', "log-len", "BYTES", "Length", .unit = UNIT_BYTES, .min = 4),
	OPT(get_args, off, 'L', "lpo", "BYTES", "Offset", .unit = UNIT_BYTES),
	OPT(get_args, lsp, 's', "lsp", "N", "Parameter", .max = 127),
	OPT(get_args, lsi, 'S', "lsi", "N", "Identifier"),
	OPT(get_args, ses, 'e', "ses", "MODE", "Erase", VALS(ses_names), .def = "user"),
	OPT(get_args, fid, 'f', "feature-id", "FID", "Feature", VALS(fid_names), .flags = OF_OPEN_NAMES),
	OPT(get_args, mode, 'm', "mode", "MODE", "Mode", VALS(kind_names)),
	OPT(get_args, file, 0, "input-file", "FILE", "File"),
	OPT(get_args, wait, 'w', "wait", "TIME", "Time", .unit = UNIT_MS, .def = "10s"),
	OPT(get_args, big, 'B', "big", "N", "Number"),
	OPT(get_args, tags, 't', "tag", "TAG", "Tags"),
	OPT(get_args, kinds, 'k', "kind", "KIND", "Kinds", VALS(kind_names)),
	OPT(get_args, raw, 'b', "raw-binary", NULL, "Bytes"),
	OPT(get_args, raw, 0, "bytes", NULL, "Bytes", .flags = OF_ALIAS),
	OPT(get_args, all, 'a', "all", NULL, "All"),
};

struct nsid_args {
	struct opt_u32 nsid;
};

static const struct opt nsid_opts[] = {
	OPT(nsid_args, nsid, 'n', "namespace-id", "NSID", "Namespace"),
	OPT(nsid_args, nsid, 0, "ns", "NSID", "The same", .flags = OF_ALIAS),
};

static int run_nothing(struct ctx *ctx, const void *args, struct val *out)
{
	(void)ctx;
	(void)args;
	(void)out;
	return 0;
}

#define TEXTS .group = "Group", .brief = "Brief", .desc = "Text.", .examples = "nvmekit x\n  X.\n", .run = run_nothing

static const struct cmd cmd_get = { "get-log", TEXTS, .alias = "log get", .target = T_CTRL, OPTS(get_args, get_opts) };
static const struct cmd cmd_smart = { "smart-log", TEXTS, .alias = "log smart", .target = T_DEV,
				      OPTS(nsid_args, nsid_opts) };
static const struct cmd cmd_list = { "list", TEXTS, .target = T_OPT_DEV };
static const struct cmd cmd_subsys = { "list-subsys", TEXTS, .target = T_OPT_DEV, .operands = "[DEVICE]" };
static const struct cmd cmd_words = { "words", TEXTS, .target = T_WORDS };
static const struct cmd cmd_version = { "version", TEXTS, .target = T_NONE };
static const struct cmd cmd_hidden = { "hidden", TEXTS, .target = T_NONE, .flags = C_HIDDEN };

/* In the place of the tool's own: the library's are then not linked. */
const struct cmd *const cmds[] = { &cmd_get,   &cmd_smart,   &cmd_list,	  &cmd_subsys,
				   &cmd_words, &cmd_version, &cmd_hidden, NULL };

const struct cmd *cmd_by_name(const char *name)
{
	for (const struct cmd *const *c = cmds; *c; c++)
		if (strcmp((*c)->name, name) == 0 || ((*c)->alias && strcmp((*c)->alias, name) == 0))
			return *c;
	return NULL;
}

/* --- what was understood, as text --- */

static const char *list_text(struct arena *a, opt_list l)
{
	const char *s = "";

	for (; l && *l; l++)
		s = arena_printf(a, "%s<%s>", s, *l);
	return s;
}

static const char *get_text(struct arena *a, const struct get_args *g)
{
	return arena_printf(a,
			    "id=%s mode=%s file=%s len=%d/%u off=%d/%llu lsp=%u ses=%u fid=%u lsi=%u wait=%u big=%llu tags=%s "
			    "kinds=%s raw=%d all=%d ",
			    g->id ? g->id : "-", g->mode ? g->mode : "-", g->file ? g->file : "-", g->len.set, g->len.v,
			    g->off.set, (unsigned long long)g->off.v, g->lsp, g->ses, g->fid, g->lsi, g->wait,
			    (unsigned long long)g->big, list_text(a, g->tags), list_text(a, g->kinds), g->raw, g->all);
}

static const char *result_text(struct ctx *ctx, const struct parsed *p)
{
	const struct globals *g = &ctx->g;
	const char *s = arena_printf(ctx->arena, "%s%s ", p->cmd ? p->cmd->name : "nothing", p->help ? " help" : "");

	if (p->cmd == &cmd_get && p->args)
		s = arena_printf(ctx->arena, "%s%s", s, get_text(ctx->arena, p->args));
	if (p->cmd == &cmd_smart && p->args)
		s = arena_printf(ctx->arena, "%snsid=%d/%u ", s, ((struct nsid_args *)p->args)->nsid.set,
				 ((struct nsid_args *)p->args)->nsid.v);
	assert_null(p->operands[p->noperands]);
	return arena_printf(ctx->arena, "%sops=%s o=%s v=%d q=%d dry=%d trace=%d color=%d timeout=%u system=%s sysroot=%s.", s,
			    list_text(ctx->arena, p->operands), g->output_format, g->verbose, g->quiet, g->dry_run, g->trace,
			    !g->no_color, g->timeout_ms, g->system ? g->system : "-", g->sysroot);
}

/* --- the table --- */

static const struct row {
	int code;
	const char *argv[9];
	const char *says; /* code 0: part of what was understood; otherwise part of "message: hint" */
} rows[] = {
	/* commands */
	{ 0, { NULL }, "nothing help" },
	{ 0, { "version" }, "version ops= " },
	{ 0, { "--version" }, "version ops= " },
	{ 0, { "--version", "-o", "json" }, "version ops= o=json" },
	{ 0, { "version", "--version" }, "version ops= " },
	{ 2, { "list", "--version" }, "--version does not go with a command" },
	{ 2, { "version", "x" }, "version: unexpected operand 'x'" },
	{ 0, { "smart-log", "nvme0" }, "smart-log nsid=0/0 ops=<nvme0> o=normal v=0 q=0 dry=0 trace=0 color=1 timeout=0 "
				       "system=- sysroot=." },
	{ 0, { "log", "smart", "nvme0" }, "smart-log nsid=0/0 ops=<nvme0>" },
	{ 0, { "log", "-v", "smart", "nvme0" }, "smart-log nsid=0/0 ops=<nvme0> o=normal v=1" },
	{ 0, { "-v", "log", "--", "smart", "nvme0" }, "smart-log nsid=0/0 ops=<nvme0> o=normal v=1" },
	{ 0, { "hidden" }, "hidden ops= " },
	{ 2, { "smart-lag", "nvme0" }, "there is no command 'smart-lag': did you mean 'smart-log'?" },
	{ 2, { "smrat-log", "nvme0" }, "did you mean 'smart-log'?" },
	{ 2, { "smart", "nvme0" }, "there is no command 'smart': did you mean 'smart-log'?" },
	{ 2, { "SMART-LOG", "nvme0" }, "did you mean 'smart-log'?" },
	{ 2, { "smart_log", "nvme0" }, "did you mean 'smart-log'?" },
	{ 2, { "log", "smrt", "nvme0" }, "there is no command 'log smrt': did you mean 'log smart'?" },
	{ 2, { "log", "frobnicate" }, "there is no command 'log frobnicate': there are: log get, log smart" },
	{ 2, { "log" }, "'log' needs a second word: there are: log get, log smart" },
	{ 2, { "log", "--help" }, "'log' needs a second word" },
	{ 2, { "log smart smart" }, "there is no command 'log smart smart'" },
	{ 2, { "frobnicate" }, "there is no command 'frobnicate': 'nvmekit help' lists the commands" },
	{ 2, { "nvme0", "smart-log" }, "there is no command 'nvme0': the command comes first: nvmekit COMMAND nvme0" },
	{ 2, { "/dev/nvme0", "smart-log" }, "the command comes first" },
	{ 2, { "hiddem" }, "'nvmekit help' lists the commands" },
	{ 2, { "" }, "there is no command ''" },
	{ 2, { "-v" }, "no command is given" },
	{ 2, { "--" }, "no command is given" },
	{ 2, { "-" }, "there is no command '-'" },

	/* help */
	{ 0, { "--help" }, "nothing help" },
	{ 0, { "-h" }, "nothing help" },
	{ 0, { "-vh" }, "nothing help" },
	{ 0, { "get-log", "--help" }, "get-log help" },
	{ 0, { "--help", "get-log" }, "get-log help" },
	{ 0, { "get-log", "nvme0", "-h" }, "get-log help" },
	{ 0, { "get-log", "--frobnicate", "--help" }, "get-log help" },
	{ 0, { "get-log", "--lsp", "--help" }, "get-log help" },
	{ 2, { "get-lag", "--help" }, "there is no command 'get-lag'" },
	{ 2, { "get-log", "nvme0", "-i", "2", "--help=x" }, "--help takes no value" },

	/* global options, before and after */
	{ 0, { "-o", "json", "list" }, "o=json" },
	{ 0, { "list", "-ojson" }, "o=json" },
	{ 0, { "list", "--output-format=binary" }, "o=binary" },
	{ 0, { "list", "--output-format", "normal" }, "o=normal" },
	{ 0, { "list", "-H" }, "v=1" },
	{ 0, { "list", "--human-readable", "-v", "-vv" }, "v=1" },
	{ 0, { "--dry-run", "--trace", "--quiet", "--no-color", "list" }, "q=1 dry=1 trace=1 color=0" },
	{ 0, { "--timeout=10s", "list" }, "timeout=10000" },
	{ 0, { "--timeout", "250", "list" }, "timeout=250" },
	{ 0, { "--system", "demo", "list", "--sysroot=/x" }, "system=demo sysroot=/x." },
	{ 2, { "list", "-o", "xml" }, "-o: 'xml' is none of normal, json, binary" },
	{ 2, { "list", "-o", "jsno" }, "did you mean 'json'?" },
	{ 2, { "list", "-o=json" }, "-o takes its value without '=': write -ojson or --output-format=json" },
	{ 2, { "list", "-o", "json", "-o", "json" }, "-o is given more than once" },
	{ 2, { "-o", "json", "list", "--output-format=json" }, "--output-format is given more than once" },
	{ 2, { "list", "-o" }, "-o needs a value (FORMAT)" },
	{ 2, { "list", "--output-format=" }, "--output-format: the value is empty" },
	{ 2, { "list", "--system", "" }, "--system: the value is empty" },
	{ 2, { "list", "--verbose=1" }, "--verbose takes no value, and '1' is given" },
	{ 2, { "list", "--verbos" }, "list has no option '--verbos': did you mean '--verbose'?" },
	{ 2, { "list", "--ver" }, "did you mean '--verbose' or '--version'?" },
	{ 2, { "list", "-output-format=json" }, "has one dash where a name needs two: did you mean --output-format=json?" },
	{ 2, { "list", "-verbose" }, "did you mean --verbose?" },
	{ 2, { "list", "--json" }, "list has no option '--json': did you mean --output-format?" },
	{ 2, { "list", "-t", "5" }, "list has no option '-t': did you mean --timeout?" },
	{ 2, { "--timeout=10x", "list" }, "--timeout: '10x' is no time in whole milliseconds" },
	{ 2, { "--timeout=1500us", "list" }, "is no time in whole milliseconds" },
	{ 2, { "--timeout=2000h", "list" }, "--timeout: 2000h is out of range (0 to 4294967295 ms)" },
	{ 2, { "--frobnicate", "list" }, "'--frobnicate' is no global option: 'nvmekit help' lists the options" },
	{ 2, { "-n", "1", "smart-log", "nvme0" }, "'-n' is no global option: only global options may stand before the command" },
	{ 2, { "--namespace-id=1", "smart-log", "nvme0" }, "only global options may stand before the command" },

	/* operands */
	{ 0, { "list" }, "list ops= " },
	{ 0, { "list", "nvme0", "nvme1" }, "list ops=<nvme0><nvme1> " },
	{ 0, { "list-subsys", "nvme0" }, "ops=<nvme0> " },
	{ 2, { "list-subsys", "nvme0", "nvme1" }, "list-subsys: unexpected operand 'nvme1'" },
	{ 0, { "words", "a", "", "--", "-x", "--" }, "words ops=<a><><-x><--> " },
	{ 0, { "smart-log", "--", "-nvme" }, "ops=<-nvme> " },
	{ 0, { "smart-log", "-" }, "ops=<-> " },
	{ 2, { "smart-log" }, "smart-log needs a device: for example: nvmekit smart-log nvme0" },
	{ 2, { "smart-log", "nvme0", "nvme1" }, "smart-log: unexpected operand 'nvme1': smart-log takes one device" },
	{ 2, { "smart-log", "" }, "the name of the device is empty" },
	{ 2, { "list", "nvme0", "" }, "the name of the device is empty" },

	/* options and values */
	{ 0, { "smart-log", "-n", "1", "nvme0" }, "nsid=1/1 ops=<nvme0>" },
	{ 0, { "smart-log", "nvme0", "-n1" }, "nsid=1/1 ops=<nvme0>" },
	{ 0, { "smart-log", "nvme0", "--namespace-id=0xffffffff" }, "nsid=1/4294967295" },
	{ 0, { "smart-log", "--namespace-id", "0", "nvme0" }, "nsid=1/0 " },
	{ 0, { "smart-log", "--ns=7", "nvme0" }, "nsid=1/7 " },
	{ 2, { "smart-log", "--ns=7", "-n7", "nvme0" }, "-n is given more than once" },
	{ 2, { "smart-log", "nvme0", "-n" }, "-n needs a value (NSID)" },
	{ 2, { "smart-log", "nvme0", "--namespace-id" }, "--namespace-id needs a value (NSID)" },
	{ 2, { "smart-log", "nvme0", "-n", "" }, "-n: the value is empty" },
	{ 2, { "smart-log", "nvme0", "-n", "1x" }, "-n: '1x' is no number" },
	{ 2, { "smart-log", "nvme0", "-n", " 1" }, "-n: ' 1' is no number" },
	{ 2, { "smart-log", "nvme0", "-n", "0x" }, "-n: '0x' is no number" },
	{ 2, { "smart-log", "nvme0", "-n", "-1" }, "-n: '-1' is negative: all ones" },
	{ 2, { "smart-log", "nvme0", "-n", "+1" }, "-n: '+1' is no number" },
	{ 2, { "smart-log", "nvme0", "-n", "010" }, "-n: '010' has a leading zero: octal is not understood" },
	{ 2, { "smart-log", "nvme0", "-n", "4294967296" }, "-n: 4294967296 is out of range (0 to 4294967295)" },
	{ 2, { "smart-log", "nvme0", "-n99999999999999999999999" }, "is out of range (0 to 4294967295)" },
	{ 2, { "smart-log", "nvme0", "--nsid", "1" }, "smart-log has no option '--nsid': did you mean --namespace-id?" },
	{ 2, { "smart-log", "nvme0", "--namespace_id=1" }, "did you mean '--namespace-id'?" },
	{ 2, { "smart-log", "nvme0", "-x" }, "smart-log has no option '-x': 'nvmekit help smart-log' lists the options" },
	{ 2, { "smart-log", "nvme0", "-vx" }, "smart-log has no option '-x' (in '-vx')" },
	{ 2, { "smart-log", "nvme0", "--" "namespace-id", "--verbose" },
	  "--namespace-id needs a value (NSID): a value that begins with dashes is given as --namespace-id=--verbose" },

	{ 0, { "get-log", "nvme0", "-i", "smart" },
	  "id=smart mode=- file=- len=0/0 off=0/0 lsp=0 ses=1 fid=0 lsi=0 wait=10000 big=0 tags= kinds= raw=0 all=0 " },
	{ 2, { "get-log", "nvme0" }, "get-log needs --log-id=ID" },
	{ 0, { "get-log", "nvme0", "-abi2" }, "id=2 " },
	{ 0, { "get-log", "nvme0", "-abi", "2", "-vH" }, "raw=1 all=1 ops=<nvme0> o=normal v=1" },
	{ 0, { "get-log", "nvme0", "-i2", "--bytes", "-b", "-b" }, "raw=1 " },
	{ 0, { "get-log", "nvme0", "-i2", "--input-file", "-" }, "file=- " },
	{ 0, { "get-log", "nvme0", "-i2", "--input-file=--x=y" }, "file=--x=y " },
	{ 0, { "get-log", "nvme0", "-i2", "-l", "4Ki", "-L1G" }, "len=1/4096 off=1/1000000000 " },
	{ 2, { "get-log", "nvme0", "-i2", "-l", "3" }, "-l: 3 is out of range (4 to 4294967295 bytes)" },
	{ 2, { "get-log", "nvme0", "-i2", "-l", "5G" }, "-l: 5G is out of range" },
	{ 2, { "get-log", "nvme0", "-i2", "-l", "4x" }, "-l: '4x' is no size" },
	{ 0, { "get-log", "nvme0", "-i2", "--lsp=127", "--lsi=65535" }, "lsp=127 ses=1 fid=0 lsi=65535 " },
	{ 2, { "get-log", "nvme0", "-i2", "--lsp=128" }, "--lsp: 128 is out of range (0 to 127)" },
	{ 2, { "get-log", "nvme0", "-i2", "--lsi=0x10000" }, "--lsi: 0x10000 is out of range (0 to 65535)" },
	{ 2, { "get-log", "nvme0", "-i2", "-f256" }, "-f: 256 is out of range (0 to 255)" },
	{ 0, { "get-log", "nvme0", "-i2", "--big=18446744073709551615" }, "big=18446744073709551615 " },
	{ 2, { "get-log", "nvme0", "-i2", "--big=18446744073709551616" }, "is out of range (0 to 18446744073709551615)" },
	{ 0, { "get-log", "nvme0", "-i2", "--ses=crypto" }, "ses=2 " },
	{ 2, { "get-log", "nvme0", "-i2", "--ses=crypt" }, "--ses: 'crypt' is none of none, user, crypto: did you mean 'crypto'?" },
	{ 2, { "get-log", "nvme0", "-i2", "--ses=2" }, "--ses: '2' is none of none, user, crypto" },
	{ 0, { "get-log", "nvme0", "-i2", "-f", "queues" }, "fid=7 " },
	{ 0, { "get-log", "nvme0", "-i2", "-f", "0x81" }, "fid=129 " },
	{ 2, { "get-log", "nvme0", "-i2", "-f", "queue" }, "is none of temperature, queues, and no number: did you mean 'queues'?" },
	{ 0, { "get-log", "nvme0", "-i2", "--mode", "disk" }, "mode=disk " },
	{ 2, { "get-log", "nvme0", "-i2", "--mode", "disc" }, "--mode: 'disc' is none of disk, path: did you mean 'disk'?" },
	{ 0, { "get-log", "nvme0", "-i2", "-t", "a,b", "-tc", "--tag=d" }, "tags=<a><b><c><d> " },
	{ 2, { "get-log", "nvme0", "-i2", "-t", "a,,b" }, "-t: a value is empty" },
	{ 2, { "get-log", "nvme0", "-i2", "-t", "a," }, "-t: a value is empty" },
	{ 2, { "get-log", "nvme0", "-i2", "-t", "," }, "-t: a value is empty" },
	{ 0, { "get-log", "nvme0", "-i2", "-k", "disk,path" }, "kinds=<disk><path> " },
	{ 2, { "get-log", "nvme0", "-i2", "-k", "disk,pth" }, "-k: 'pth' is none of disk, path: did you mean 'path'?" },
	{ 0, { "get-log", "nvme0", "-i2", "--wait=500ms" }, "wait=500 " },
	{ 2, { "get-log", "nvme0", "-i2", "-i3" }, "-i is given more than once" },
	{ 2, { "get-log", "nvme0", "-i2", "--log" }, "get-log has no option '--log': did you mean '--log-id' or '--log-len'?" },
	{ 2, { "get-log", "nvme0", "-ix", "--l=1" }, "get-log has no option '--l'" },
	{ 2, { "get-log", "nvme0", "-lsp=1" }, "did you mean --lsp=1?" },

	/* the first error is told, and the format is known all the same */
	{ 2, { "get-log", "--bogus", "-l", "x", "--worse", "-o", "json" }, "get-log has no option '--bogus'" },
};

/* The first row that a run of the table does not bear out; what was said in *said. */
static bool holds(const struct row *r, char **said)
{
	char *argv[10] = { (char *)"nvmekit" };
	struct parsed p;
	struct ctx ctx;
	int argc = 1, rc;
	bool ok;

	/* In exact heap blocks, so that a look beyond a word is seen. */
	for (size_t i = 0; i < 9 && r->argv[i]; i++)
		argv[argc++] = strdup(r->argv[i]);
	ctx_init(&ctx);
	rc = cli_parse(&ctx, argc, argv, &p);
	if (rc)
		*said = strdup(arena_printf(ctx.arena, "%s: %s", ctx.error.message, ctx.error.hint ? ctx.error.hint : ""));
	else
		*said = strdup(result_text(&ctx, &p));
	ok = !rc == !r->code && (int)ctx.error.code == r->code && (!rc || rc == -EINVAL) && strstr(*said, r->says);
	ctx_done(&ctx);
	for (int i = 1; i < argc; i++)
		free(argv[i]);
	return ok;
}

static void test_table(void **state)
{
	int bad = 0;

	(void)state;
	unsetenv("NVMEKIT_SYSTEM");
	unsetenv("NVMEKIT_SYSROOT");
	for (size_t i = 0; i < NELEMS(rows); i++) {
		char *said;

		if (!holds(&rows[i], &said)) {
			print_error("row %zu (%s %s %s ...): '%s' where '%s' is expected\n", i, rows[i].argv[0],
				    rows[i].argv[0] && rows[i].argv[1] ? rows[i].argv[1] : "",
				    rows[i].argv[0] && rows[i].argv[1] && rows[i].argv[2] ? rows[i].argv[2] : "", said,
				    rows[i].says);
			bad++;
		}
		free(said);
	}
	assert_int_equal(bad, 0);
}

static void test_after_errors(void **state)
{
	static const char *const lines[][5] = {
		{ "nonsense", "-o", "json", "--quiet", "--system=demo" },
		{ "smart-log", "-o", "json", "--quiet", "--system=demo" },
		{ "smart-log", "--bogus", "-ojson", "--quiet", "--system=demo" },
		{ "-o", "json", "--quiet", "-n", "--system=demo" },
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(lines); i++) {
		char *argv[6] = { (char *)"nvmekit" };
		struct parsed p;
		struct ctx ctx;

		for (size_t k = 0; k < 5; k++)
			argv[k + 1] = (char *)lines[i][k];
		ctx_init(&ctx);
		assert_int_equal(cli_parse(&ctx, 6, argv, &p), -EINVAL);
		assert_string_equal(ctx.g.output_format, "json");
		assert_string_equal(ctx.g.system, "demo");
		assert_true(ctx.g.quiet);
		ctx_done(&ctx);
	}
}

static const char *system_of(const char *env, const char *option)
{
	static char text[64];
	char *argv[] = { (char *)"nvmekit", (char *)"list", (char *)option, NULL };
	struct parsed p;
	struct ctx ctx;

	setenv("NVMEKIT_SYSTEM", env, 1);
	setenv("NVMEKIT_SYSROOT", env, 1);
	ctx_init(&ctx);
	assert_int_equal(cli_parse(&ctx, option ? 3 : 2, argv, &p), 0);
	snprintf(text, sizeof(text), "%s %s", ctx.g.system ? ctx.g.system : "-", ctx.g.sysroot);
	ctx_done(&ctx);
	unsetenv("NVMEKIT_SYSTEM");
	unsetenv("NVMEKIT_SYSROOT");
	return text;
}

static void test_environment(void **state)
{
	(void)state;
	assert_string_equal(system_of("env", NULL), "env env");
	assert_string_equal(system_of("env", "--system=mine"), "mine env");
	assert_string_equal(system_of("env", "--sysroot=mine"), "env mine");
	assert_string_equal(system_of("", NULL), "- ");
}

/* No word makes the parser fail in another way than by a usage error with a sentence. */
static void test_any_words(void **state)
{
	static const char *const words[] = { "get-log", "log",	"get",	"nvme0", "-i",	   "-i2", "--log-id", "--log-id=",
					     "--",	"-",	"",	"-vx",	 "--help", "-o",  "json",     "-l4k",
					     "--ses",	"user", "-t,a", "=",	 "--=",	   "-=",  "---",      "--\xff" };
	unsigned seed = 1;

	(void)state;
	for (int run = 0; run < 20000; run++) {
		char *argv[9] = { (char *)"nvmekit" };
		struct parsed p;
		struct ctx ctx;
		int argc = 1 + (int)(seed % 8), rc;

		for (int i = 1; i < argc; i++) {
			seed = seed * 1103515245u + 12345u;
			argv[i] = (char *)words[(seed >> 16) % NELEMS(words)];
		}
		seed = seed * 1103515245u + 12345u;
		seed >>= 1;
		ctx_init(&ctx);
		rc = cli_parse(&ctx, argc, argv, &p);
		assert_true(rc ? rc == -EINVAL && ctx.error.code == XC_USAGE && ctx.error.message :
				 ctx.error.code == XC_OK && !ctx.error.message && (p.cmd || p.help));
		ctx_done(&ctx);
	}
}

static void test_suggest(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} pairs[] = {
		{ "", "", 0 },	    { "", "abc", 3 },	 { "abc", "", 3 },    { "abc", "abc", 0 },   { "abc", "acb", 1 },
		{ "abc", "ab", 1 }, { "ab", "abc", 1 },	 { "abc", "xbc", 1 }, { "abcd", "badc", 2 }, { "kitten", "sitting", 3 },
		{ "ABC", "abc", 0 }, { "a_b", "a-b", 0 }, { "ca", "abc", 3 },
	};
	char longer[80];
	struct suggest s;

	(void)state;
	for (size_t i = 0; i < NELEMS(pairs); i++)
		if (edit_distance(pairs[i].a, pairs[i].b) != pairs[i].distance)
			fail_msg("'%s' and '%s' are %zu apart", pairs[i].a, pairs[i].b,
				 edit_distance(pairs[i].a, pairs[i].b));
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	suggest_begin(&s, longer);
	suggest_offer(&s, "aaa");
	assert_int_equal(s.n, 0);
	assert_int_equal(edit_distance("aaa", longer), 79);
	suggest_begin(&s, "list");
	suggest_offer(&s, NULL);
	suggest_offer(&s, "lost");
	suggest_offer(&s, "lost");
	suggest_offer(&s, "lists");
	suggest_offer(&s, "last");
	suggest_offer(&s, "fist");
	assert_int_equal(s.n, SUGGEST_MAX);
	suggest_offer(&s, "list");
	assert_int_equal(s.n, 1);
}

/* --- help --- */

static char *help_text(const struct cmd *c)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	if (c)
		help_command(to, c);
	else
		help_overview(to);
	fclose(to);
	assert_int_equal(strlen(text), len);
	return text;
}

static void check_lines(char *text)
{
	for (char *l = strtok(text, "\n"); l; l = strtok(NULL, "\n")) {
		if (strlen(l) > 80)
			fail_msg("wider than 80 columns: '%s'", l);
		if (l[strlen(l) - 1] == ' ')
			fail_msg("blanks at the end: '%s'", l);
	}
}

static void test_help(void **state)
{
	static const char *const parts[] = {
		"Usage: nvmekit get-log [OPTION...] DEVICE\n   or: nvmekit log get [OPTION...] DEVICE\n\nBrief.\n\nText.\n",
		"\n  -i, --log-id=ID           Page. Required.\n",
		"\n  -s, --lsp=N               Parameter. From 0 to 127.\n",
		"\n  -S, --lsi=N               Identifier.\n",
		"\n  -l, --log-len=BYTES       Length. From 4 to 4294967295 bytes.",
		"\n  -e, --ses=MODE            Erase. Default: user. One of:\n                              none\n",
		"\n  -f, --feature-id=FID      Feature. A number, or one of:\n",
		"\n      --input-file=FILE     File.\n",
		" Default: 10s.\n",
		"\n  nvmekit x\n      X.\n",
		"\n   2  wrong command line; nothing was done\n",
	};
	/* The full stop of the first is the 81st column if it stands alone. */
	static const struct opt wide[] = {
		OPT(get_args, raw, 'x', "xx", NULL, "This line ends with the last column of the page 12345"),
		OPT(get_args, all, 'y', "a-name-that-is-too-long-for-its-place", NULL, "Y"),
	};
	struct cmd c = { "wide", TEXTS, .opts = wide, .nopts = NELEMS(wide), .argsz = sizeof(struct get_args) };
	char *text = help_text(&cmd_get);

	(void)state;
	for (size_t i = 0; i < NELEMS(parts); i++)
		if (!strstr(text, parts[i]))
			fail_msg("no '%s' in\n%s", parts[i], text);
	check_lines(text);
	free(text);
	text = help_text(&c);
	assert_non_null(strstr(text, "page\n                            12345.\n"));
	assert_non_null(strstr(text, "\n  -y, --a-name-that-is-too-long-for-its-place\n                            Y.\n"));
	check_lines(text);
	free(text);
	text = help_text(NULL);
	assert_non_null(strstr(text, "\nGroup:\n  get-log                   Brief\n"));
	assert_non_null(strstr(text, "--sysroot=DIR"));
	assert_null(strstr(text, "hidden "));
	check_lines(text);
	free(text);
}

/* --- lint --- */

static int lint_says(const struct cmd *c, const char *expect)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	int n = cmd_lint(to, c);

	fclose(to);
	if (!n != !*expect || (n && !strstr(text, expect)))
		fail_msg("lint says '%s', not '%s'", text, expect);
	free(text);
	return n;
}

static void lint_row(const struct opt *o, size_t n, const char *expect)
{
	struct cmd c = { "good", TEXTS, .target = T_NONE, .opts = o, .nopts = n, .argsz = sizeof(struct get_args) };

	lint_says(&c, expect);
}

#define LINT(expect, ...)                                                                                    \
	do {                                                                                                 \
		const struct opt table[] = { __VA_ARGS__ };                                                  \
		lint_row(table, NELEMS(table), expect);                                                      \
	} while (0)

static void test_lint_options(void **state)
{
	static const struct name twice[] = { { 0, "x", "" }, { 1, "x", "" } }, wide[] = { { 300, "x", "" } };

	(void)state;
	LINT("", OPT(get_args, lsp, 'x', "xx", "N", "Help", .min = 1, .max = 127, .def = "127"));
	LINT("takes the name or letter of the global --output-format", OPT(get_args, file, 'o', "xx", "N", "Help"));
	LINT("takes the name or letter of the global --timeout", OPT(get_args, wait, 'x', "timeout", "N", "Help"));
	LINT("takes the name or letter of the global --human-readable", OPT(get_args, file, 'H', "xx", "N", "Help"));
	LINT("share a name or letter", OPT(get_args, raw, 'x', "xx", NULL, "Help"), OPT(get_args, all, 'x', "yy", NULL, "Help"));
	LINT("share a name or letter", OPT(get_args, raw, 'x', "xx", NULL, "Help"), OPT(get_args, all, 'y', "xx", NULL, "Help"));
	LINT("no good name", OPT(get_args, raw, 'x', "x_x", NULL, "Help"));
	LINT("no good name", OPT(get_args, raw, 'x', "xX", NULL, "Help"));
	LINT("no good name", OPT(get_args, raw, 'x', "-x", NULL, "Help"));
	LINT("no good letter", OPT(get_args, raw, '-', "xx", NULL, "Help"));
	LINT("neither name nor letter", OPT(get_args, raw, 0, NULL, NULL, "Help"));
	LINT("has no help", OPT(get_args, raw, 'x', "xx", NULL, NULL));
	LINT("a flag has none", OPT(get_args, raw, 'x', "xx", "N", "Help"));
	LINT("a value has a placeholder", OPT(get_args, lsp, 'x', "xx", NULL, "Help"));
	LINT("the maximum does not fit", OPT(get_args, lsp, 'x', "xx", "N", "Help", .max = 256));
	LINT("the range is empty", OPT(get_args, lsp, 'x', "xx", "N", "Help", .min = 9, .max = 8));
	LINT("is no number", OPT(get_args, file, 'x', "xx", "N", "Help", .max = 8));
	LINT("the default does not parse", OPT(get_args, lsp, 'x', "xx", "N", "Help", .def = "256"));
	LINT("the default does not parse", OPT(get_args, ses, 'x', "xx", "N", "Help", VALS(ses_names), .def = "2"));
	LINT("a default that nobody can meet", OPT(get_args, lsp, 'x', "xx", "N", "Help", .def = "1", .flags = OF_REQUIRED));
	LINT("has the value 'x' twice", OPT(get_args, lsp, 'x', "xx", "N", "Help", VALS(twice)));
	LINT("does not fit its member", OPT(get_args, lsp, 'x', "xx", "N", "Help", VALS(wide)));
	LINT("none is listed", OPT(get_args, lsp, 'x', "xx", "N", "Help", .flags = OF_OPEN_NAMES));
	LINT("no other spelling", OPT(get_args, raw, 'x', "xx", NULL, "Help", .flags = OF_ALIAS));
	LINT("no other spelling", OPT(get_args, raw, 'x', "xx", NULL, "Help"),
	     OPT(get_args, all, 'y', "yy", NULL, "Help", .flags = OF_ALIAS));
	LINT("is a flag", OPT(get_args, raw, 'x', "xx", NULL, "Help", .flags = OF_REQUIRED));
}

static void test_lint_commands(void **state)
{
	struct cmd c = { "good", TEXTS, .alias = "go od" };

	(void)state;
	assert_int_equal(cli_lint(stderr), 0);
	lint_says(&c, "");
	c.alias = "good";
	lint_says(&c, "the alias 'good' is not two words");
	c.alias = "a b c";
	lint_says(&c, "is not two words");
	c = (struct cmd){ "Bad", TEXTS };
	lint_says(&c, "no good name");
	c = (struct cmd){ "good", TEXTS };
	c.brief = "Brief.";
	lint_says(&c, "without a full stop");
	c = (struct cmd){ "good", TEXTS };
	c.run = NULL;
	lint_says(&c, "it does nothing");
	c = (struct cmd){ "good", TEXTS, .operands = "X", .target = T_CTRL };
	lint_says(&c, "words the operand already");
	c = (struct cmd){ "good", TEXTS };
	c.examples = "nvme list\n";
	lint_says(&c, "an example is");
	c = (struct cmd){ "good", TEXTS, .target = T_NONE, .opts = nsid_opts, .nopts = NELEMS(nsid_opts), .argsz = 4 };
	lint_says(&c, "lies outside the arguments");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),	     cmocka_unit_test(test_after_errors), cmocka_unit_test(test_environment),
		cmocka_unit_test(test_any_words),    cmocka_unit_test(test_suggest),	  cmocka_unit_test(test_lint_options),
		cmocka_unit_test(test_lint_commands), cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
