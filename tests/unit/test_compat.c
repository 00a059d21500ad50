/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The "nvme" personality: how its command lines become strict ones, and how it says that they cannot. */
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "compat/compat.h"
#include "compat/nvme.h"

struct answer {
	struct ctx ctx;
	int rc, code;
	char *out, *err;
	const char *line; /* the strict words, with blanks between */
};

static struct answer translate(const char *words)
{
	char *copy = strdup(words), *argv_words[32] = { "nvme" }, **argv = argv_words, *save = NULL;
	struct answer r = { .code = -1 };
	size_t out_len, err_len;
	FILE *out = open_memstream(&r.out, &out_len), *err = open_memstream(&r.err, &err_len);
	int argc = 1;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	ctx_init(&r.ctx);
	r.rc = nvme_cli.argv(&r.ctx, &argc, &argv, out, err, &r.code);
	r.line = "";
	for (int i = 1; !r.rc && i < argc; i++)
		r.line = arena_printf(r.ctx.arena, "%s%s%s", r.line, i > 1 ? " " : "", argv[i]);
	fclose(out);
	fclose(err);
	free(copy);
	return r;
}

static void release(struct answer *r)
{
	free(r->out);
	free(r->err);
	ctx_done(&r->ctx);
}

static void test_strict_lines(void **state)
{
	static const struct {
		const char *given, *strict;
	} cases[] = {
		{ "id-ctrl /dev/nvme0", "id-ctrl --output-format=normal -- /dev/nvme0" },
		{ "--id-ctrl /dev/nvme0", "id-ctrl --output-format=normal -- /dev/nvme0" },
		{ "id-ct /dev/nvme0", "id-ctrl --output-format=normal -- /dev/nvme0" },
		{ "id-ctrl -ojson /dev/nvme0 ignored", "id-ctrl --output-format=json -- /dev/nvme0" },
		{ "id-ctrl /dev/nvme0 -o json", "id-ctrl --output-format=json -- /dev/nvme0" },
		{ "id-ctrl /dev/nvme0 -output-format=json", "id-ctrl --output-format=json -- /dev/nvme0" },
		{ "id-ctrl /dev/nvme0 --output=json", "id-ctrl --output-format=json -- /dev/nvme0" },
		{ "id-ctrl /dev/nvme0 --output-f json", "id-ctrl --output-format=json -- /dev/nvme0" },
		{ "id-ctrl /dev/nvme0 -o tabular", "id-ctrl --output-format=normal -- /dev/nvme0" },
		{ "id-ctrl /dev/nvme0 -o normal -o json", "id-ctrl --output-format=json -- /dev/nvme0" },
		{ "id-ctrl /dev/nvme0 --output-format-version=1 -o json",
		  "id-ctrl --output-format=json -- /dev/nvme0" },
		{ "id-ctrl -vo json -- /dev/nvme0", "id-ctrl --output-format=json --verbose -- /dev/nvme0" },
		{ "id-ctrl -v -v -H /dev/nvme0", "id-ctrl --output-format=normal --verbose -- /dev/nvme0" },
		{ "id-ctrl -b /dev/nvme0", "id-ctrl --output-format=normal --raw-binary -- /dev/nvme0" },
		{ "id-ctrl -b -o json /dev/nvme0", "id-ctrl --output-format=json -- /dev/nvme0" },
		{ "id-ctrl --vend /dev/nvme0",
		  "id-ctrl --output-format=normal --vendor-specific -- /dev/nvme0" },
		{ "id-ctrl /dev/nvme0 -t 010", "id-ctrl --output-format=normal --timeout=8 -- /dev/nvme0" },
		{ "id-ctrl /dev/nvme0 --dry-run", "id-ctrl --output-format=normal --dry-run -- /dev/nvme0" },
		{ "smart-log /dev/nvme0 -n -1",
		  "smart-log --output-format=normal --namespace-id=4294967295 -- /dev/nvme0" },
		{ "smart-log /dev/nvme0 -n -2",
		  "smart-log --output-format=normal --namespace-id=4294967294 -- /dev/nvme0" },
		{ "id-ns /dev/nvme0n1 -n 0x10 -n 2",
		  "id-ns --output-format=normal --namespace-id=2 -- /dev/nvme0n1" },
		{ "id-ns /dev/nvme0n1 -n 0", "id-ns --output-format=normal -- /dev/nvme0n1" },
		{ "error-log /dev/nvme0", "error-log --output-format=normal --all -- /dev/nvme0" },
		{ "get-log /dev/nvme0 -i 02 -l 010",
		  "get-log --output-format=normal --log-id=2 --log-len=8 --clear-event --raw -- /dev/nvme0" },
		{ "get-log /dev/nvme0 --aen=0x00020101 -l 512 --rae -v",
		  "get-log --output-format=normal --log-len=512 --rae --verbose --log-id=2 -- /dev/nvme0" },
		{ "get-log /dev/nvme0 -i 2 -l 512 --raw -r",
		  "get-log --output-format=normal --log-id=2 --log-len=512 --rae --raw-binary --raw -- "
		  "/dev/nvme0" },
		{ "admin-passthru /dev/nvme0 -opcode=6 -l 16 -cdw10 1",
		  "admin-passthru --output-format=normal --opcode=6 --cdw10=1 --data-len=16 --read -- "
		  "/dev/nvme0" },
		{ "io-passthru /dev/nvme0n1 -O 1 -n 0 -w -l 512",
		  "io-passthru --output-format=normal --opcode=1 --data-len=512 --write --input-file=- -- "
		  "/dev/nvme0n1" },
		{ "admin-passthru /dev/nvme0 -O 6 -d",
		  "admin-passthru --output-format=normal --opcode=6 --dry-run -- /dev/nvme0" },
		{ "list /dev/nvme0 -o json", "list --output-format=json --" },
		{ "list-subsys nvme0n1", "list-subsys --output-format=normal -- nvme0n1" },
		{ "--version", "version --output-format=normal --" },
		{ "connect -t tcp -a A -s 1 -n N -o json extra",
		  "connect --output-format=json --transport=tcp --nqn=N --traddr=A --trsvcid=1 --no-idempotent --" },
		{ "connect -t loop -n N -i 0 -W -1 -k 010 -l -1 -F 0x10 -T 999 -Dg",
		  "connect --output-format=normal --transport=loop --nqn=N --keep-alive-tmo=8 --ctrl-loss-tmo=never "
		  "--tos=255 --duplicate-connect --hdr-digest --fast-io-fail-tmo=16 --no-idempotent --" },
		{ "connect -t loop -n N -w none --host-iface= -l 0 -T 0 -T -1",
		  "connect --output-format=normal --transport=loop --nqn=N --ctrl-loss-tmo=0 --no-idempotent --" },
		{ "connect -t tcp -n N -a A -s none",
		  "connect --output-format=normal --transport=tcp --nqn=N --traddr=A --trsvcid=8009 --no-idempotent --" },
		{ "discover", "discover --output-format=normal --context=nvme --" },
		{ "discover -d /dev/nvme5 -p", "discover --output-format=normal --device=/dev/nvme5 --persistent --context=nvme --" },
		{ "discover -d none", "discover --output-format=normal --context=nvme --" },
		{ "connect-all -d nvme5 -t tcp -a A -s none --context=x --quiet",
		  "connect-all --output-format=normal --transport=tcp --traddr=A --quiet --context=x --" },
		{ "disconnect -n N,M nvme0", "disconnect --output-format=normal --nqn=N,M --" },
		{ "disconnect-all -r tcp", "disconnect-all --output-format=normal --transport=tcp --" },
		{ "dim -d nvme5 -t deregister", "dim --output-format=normal --device=nvme5 --task=deregister --" },
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(cases); i++) {
		struct answer r;

		r = translate(cases[i].given);
		if (r.rc || strcmp(r.line, cases[i].strict) != 0)
			print_error("nvme %s: %s%s\n", cases[i].given, r.line, r.err);
		assert_int_equal(r.rc, 0);
		assert_string_equal(r.line, cases[i].strict);
		assert_string_equal(r.out, "");
		release(&r);
	}
}

/* What cannot be is said at once: on which stream, with which code. */
static void test_said_at_once(void **state)
{
	static const struct {
		const char *given;
		int code;
		const char *out, *err; /* beginnings; NULL: nothing */
	} cases[] = {
		{ "", 0, "nvme-2.16", NULL },
		{ "help", 0, "nvme-2.16", NULL },
		{ "--help", 0, "nvme-2.16", NULL },
		{ "help id-ctrl", 0, "Usage: nvme id-ctrl <device>", NULL },
		{ "id-ctrl --help", 1, NULL, "Usage: nvme id-ctrl <device>" },
		{ "nope", 1, NULL, "ERROR: Invalid sub-command 'nope'\n" },
		{ "introspect", 1, NULL, "ERROR: Invalid sub-command 'introspect'\n" },
		{ "id", 1, NULL, "ERROR: Invalid sub-command 'id'\n" },
		{ "intel smart-log-add /dev/nvme0", 1, NULL, "ERROR: Invalid sub-command 'intel'\n" },
		{ "id-ctrl", 1, NULL, "id-ctrl: Invalid argument\nUsage:" },
		{ "id-ctrl -o json", 1, "{\n  \"error\":\"id-ctrl: Invalid argument\"\n}\n", "Usage:" },
		{ "id-ctrl /dev/nvme0 -o xml", 1, NULL, "Invalid output format\n" },
		{ "list -o binary", 1, NULL, "Invalid output format\n" },
		{ "id-ns /dev/nvme0n1 -n x", 1, NULL,
		  "Expected word argument for 'namespace-id' but got 'x'!\n" },
		{ "id-ns /dev/nvme0n1 -n 1k", 1, NULL,
		  "Expected word argument for 'namespace-id' but got '1k'!\n" },
		{ "id-ns /dev/nvme0n1 -n 0x100000000", 1, NULL, "Expected word argument" },
		{ "admin-passthru /dev/nvme0 -O 0x106", 1, NULL, "Expected byte argument for 'opcode'" },
		{ "admin-passthru /dev/nvme0 -r", 1, NULL, "admin-passthru: opcode parameter required\n" },
		{ "error-log /dev/nvme0 -e 0", 1, NULL, "non-zero log-entries is required param\n" },
		{ "get-log /dev/nvme0 -i 2", 1, NULL,
		  "non-zero or non-dw alignment log-len is required param\n" },
		{ "get-log /dev/nvme0 -i 2 -l 70", 1, NULL, "non-zero or non-dw alignment log-len" },
		{ "connect -t tcp", 1, NULL, "required argument [--nqn | -n] not specified\n" },
		{ "connect -n N -o json", 1, NULL, "required argument [--transport | -t] not specified\n" },
		{ "connect -n N -t fc", 1, NULL, "required argument [--traddr | -a] not specified for transport fc\n" },
		{ "connect -n N -t loop -k 1s", 1, NULL, "Expected integer argument for 'keep-alive-tmo' but got '1s'!\n" },
		{ "connect -n N -t loop -k 0x80000000", 1, NULL, "Expected integer argument for 'keep-alive-tmo'" },
		{ "connect -n N -t loop --wait", 1, NULL, "Usage: nvme connect" },
		{ "connect -n N -t loop -o binary", 1, NULL, "Invalid output format\n" },
		{ "connect -O", 0, "[\n", NULL },
		{ "discover -t tcp", 1, NULL, "No transport address for 'tcp'\nfailed to add controller, error Invalid argument\n" },
		{ "disconnect nvme0", 1, NULL, "Neither device name [--device | -d] nor NQN [--nqn | -n] provided\n" },
		{ "dim -n N", 1, NULL, "Task [--task | -t] must be specified\n" },
		{ "dim -n N -t update", 1, NULL, "Invalid --task: update\n" },
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(cases); i++) {
		struct answer r = translate(cases[i].given);
		const char *out = cases[i].out ? cases[i].out : "", *err = cases[i].err ? cases[i].err : "";

		if (r.rc != 1 || r.code != cases[i].code || strncmp(r.out, out, strlen(out)) != 0 ||
		    strncmp(r.err, err, strlen(err)) != 0)
			print_error("nvme %s: %d %d, %s|%s\n", cases[i].given, r.rc, r.code, r.out, r.err);
		assert_int_equal(r.rc, 1);
		assert_int_equal(r.code, cases[i].code);
		assert_int_equal(strncmp(r.out, out, strlen(out)), 0);
		assert_int_equal(strncmp(r.err, err, strlen(err)), 0);
		assert_int_equal(!*out, !*r.out);
		assert_int_equal(!*err, !*r.err);
		release(&r);
	}
}

static void test_personality_by_name(void **state)
{
	char *link[] = { "/usr/bin/nvme", "list", NULL }, *word[] = { "nvmekit", "nvme", "list", NULL };
	char *plain[] = { "./nvmekit", "list", NULL }, **argv = link;
	int argc = 2;

	(void)state;
	assert_ptr_equal(personality_of(&argc, &argv), &nvme_cli);
	assert_int_equal(argc, 2);
	argv = word;
	argc = 3;
	assert_ptr_equal(personality_of(&argc, &argv), &nvme_cli);
	assert_int_equal(argc, 2);
	assert_string_equal(argv[1], "list");
	argv = plain;
	argc = 2;
	assert_ptr_equal(personality_of(&argc, &argv), &native);
}

static void test_exit_codes(void **state)
{
	(void)state;
	assert_int_equal(nvme_cli.exit_code(XC_OK), 0);
	for (const struct exit_info *e = exit_codes; e->cls; e++) {
		if (e->code != XC_OK)
			assert_int_equal(nvme_cli.exit_code(e->code), 1);
	}
}

/* Every command's options stay distinct words when the personality adds its own. */
static void test_spellings_are_distinct(void **state)
{
	struct spelling s[MAX_SPELLINGS];

	(void)state;
	for (const struct cmd *const *c = cmds; *c; c++) {
		size_t n = nvme_spellings(*c, s, MAX_SPELLINGS);

		assert_true(n < MAX_SPELLINGS);
		for (size_t i = 0; i < n; i++) {
			for (size_t k = i + 1; k < n; k++) {
				assert_false(s[i].ch && s[i].ch == s[k].ch);
				assert_false(s[i].name && s[k].name && strcmp(s[i].name, s[k].name) == 0);
			}
		}
	}
}

#define FABRICS                                                                                                                  \
	"transport", "nqn", "traddr", "trsvcid", "host-traddr", "host-iface", "hostnqn", "hostid", "dhchap-secret", "keyring",  \
		"tls-key", "tls-key-identity", "nr-io-queues", "nr-write-queues", "nr-poll-queues", "queue-size",               \
		"keep-alive-tmo", "reconnect-delay", "ctrl-loss-tmo", "fast_io_fail_tmo", "tos", "tls_key",                     \
		"duplicate-connect", "disable-sqflow", "hdr-digest", "data-digest", "tls", "concat", "config", "verbose",       \
		"dump-config", "output-format", "context", "help"
#define DISCOVERY                                                                                                                \
	FABRICS, "device", "raw", "persistent", "quiet", "force", "nbft", "no-nbft", "nbft-path"

/* How many of n names this is a beginning of; 1 where it is one of them. *last: the last one. */
static size_t begins(const char *const *names, size_t n, const char *word, size_t len, const char **last)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (!names[i] || strncmp(names[i], word, len) != 0)
			continue;
		*last = names[i];
		if (strlen(names[i]) == len)
			return 1;
		found++;
	}
	return found;
}

/* Each beginning that means one option in 2.16 means that option. */
static void test_fabrics_beginnings(void **state)
{
	static const struct {
		const char *cmd, *names[64];
	} cases[] = {
		{ "connect", { FABRICS, "dhchap-ctrl-secret" } },
		{ "discover", { DISCOVERY } },
		{ "connect-all", { DISCOVERY } },
		{ "disconnect", { "nqn", "device", "verbose", "help" } },
		{ "disconnect-all", { "transport", "verbose", "help" } },
		{ "dim", { "nqn", "device", "task", "verbose", "help" } },
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(cases); i++) {
		struct spelling s[MAX_SPELLINGS];
		const char *ours[MAX_SPELLINGS] = { NULL }, *a = NULL, *b = NULL;
		size_t n = nvme_spellings(cmd_by_name(cases[i].cmd), s, MAX_SPELLINGS);

		for (size_t k = 0; k < n; k++)
			ours[k] = s[k].exact ? NULL : s[k].name;
		for (size_t k = 0; k < NELEMS(cases[i].names) && cases[i].names[k]; k++) {
			const char *word = cases[i].names[k];

			for (size_t len = strlen(word); len > 1; len--) {
				if (begins(cases[i].names, NELEMS(cases[i].names), word, len, &a) != 1)
					break;
				if (begins(ours, n, word, len, &b) != 1 || strcmp(a, b) != 0)
					print_error("nvme %s --%.*s\n", cases[i].cmd, (int)len, word);
				assert_int_equal(begins(ours, n, word, len, &b), 1);
				assert_string_equal(a, b);
			}
		}
	}
}

/* What is a secret does not stand on the line any more; the strict line has a copy, for the command to overwrite. */
static void test_secrets_leave_the_line(void **state)
{
	char word[4][64] = { "check-dhchap-key", "--key=DHHC-1:00:SECRET:", "-k", "DHHC-1:00:OTHER:" };
	char *words[] = { (char *)"nvme", word[0], word[1], word[2], word[3], NULL }, **argv = words;
	struct ctx ctx;
	int argc = 5, code = -1;

	(void)state;
	ctx_init(&ctx);
	assert_int_equal(nvme_cli.argv(&ctx, &argc, &argv, stdout, stderr, &code), 0);
	assert_string_equal(argv[3], "--key=DHHC-1:00:OTHER:");
	assert_null(strstr(word[3], "OTHER"));
	ctx_done(&ctx);
}

int main(void)
{
	/* list asks whether the machine has a driver at all. */
	setenv("NVMEKIT_SYSTEM", "demo", 1);

	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strict_lines),	       cmocka_unit_test(test_said_at_once),
		cmocka_unit_test(test_personality_by_name),    cmocka_unit_test(test_exit_codes),
		cmocka_unit_test(test_spellings_are_distinct),
		cmocka_unit_test(test_fabrics_beginnings),
		cmocka_unit_test(test_secrets_leave_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
