/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Where a command without an option means something else in 2.16 than natively. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat/line.h"

static int adjust_get_log(struct line *l)
{
	const char *len = line_given(l, "log-len"), *aen = NULL;
	uint64_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (l->given[i] && l->s[i].name && strcmp(l->s[i].name, "aen") == 0)
			aen = l->value[i];
	}
	if (!len || line_number(len, 32, &n) || !n || n % 4)
		return line_complain(l, "non-zero or non-dw alignment log-len is required param");
	if (aen && line_number(aen, 32, &n) == 0)
		line_put(l, "log-id", 0, arena_printf(l->ctx->arena, "%u", (unsigned)(n >> 16 & 0xff)));
	else if (!line_given(l, "log-id"))
		line_put(l, "log-id", 0, "0");
	if (!line_given(l, "rae"))
		line_put(l, "clear-event", 0, NULL);
	if (!line_given(l, "verbose"))
		line_put(l, "raw", 0, NULL);
	return 0;
}

/* The opcode tells the direction where nobody else does (Base 2.1, figure 92: bits 1:0). */
static int adjust_passthru(struct line *l)
{
	const char *op = line_given(l, "opcode"), *len = line_given(l, "data-len");
	bool write = line_given(l, "write");
	uint64_t code = 0, n = 0;

	if (!op || line_number(op, 8, &code))
		return op ? 0
			  : line_complain(l, arena_printf(l->ctx->arena, "%s: opcode parameter required",
						     l->cmd->name));
	if (len)
		(void)line_number(len, 32, &n);
	if (n && !write && !line_given(l, "read")) {
		write = code & 1;
		line_put(l, write ? "write" : "read", 0, NULL);
	}
	if (write && !line_given(l, "input-file"))
		line_put(l, "input-file", 0, "-");
	return 0;
}

static int adjust_error_log(struct line *l)
{
	const char *entries = line_given(l, "log-entries");
	uint64_t n = 1;

	if (entries && line_number(entries, 32, &n) == 0 && !n)
		return line_complain(l, "non-zero log-entries is required param");
	line_put(l, "all", 0, NULL);
	return 0;
}

/* A block size of 0 is what it looks for then. */
static int adjust_create_ns(struct line *l)
{
	if (line_given(l, "flbas") && line_given(l, "block-size"))
		return line_complain(l, "Invalid specification of both FLBAS and Block Size, please specify only one");
	if (line_given(l, "flbas") || line_given(l, "block-size"))
		return 0;
	fprintf(l->err, "FLBAS corresponding to block size 0 not found\n");
	return line_complain(l, "Please correct block size, or specify FLBAS directly");
}

/* Without a number of passes an overwrite has sixteen. */
static int adjust_sanitize(struct line *l)
{
	const char *act = line_given(l, "sanact");
	uint64_t n = 0;

	if (act && !line_given(l, "owpass") && (strstr(act, "overwrite") || (line_number(act, 8, &n) == 0 && n == 3)))
		line_put(l, "owpass", 0, "0");
	return 0;
}

/* The library keeps the password in the kernel's keyring; -k asks for one. */
static int adjust_sed_lock(struct line *l)
{
	if (!line_given(l, "ask-key"))
		line_put(l, "keyring", 0, NULL);
	return 0;
}

/* Every entry, also those that hold no result. */
static int adjust_self_test_log(struct line *l)
{
	line_put(l, "all", 0, NULL);
	return 0;
}

/* What is not given is no protection information, not what there was. */
static int adjust_format(struct line *l)
{
	if (!line_given(l, "pi"))
		line_put(l, "pi", 0, "0");
	return 0;
}

/* What it says of a line that natively would be understood otherwise, or be asked for on standard input. */
static int refuse(struct line *l, const char *text)
{
	(void)fail(l->ctx, XC_USAGE, 0, "%s", text);
	nvme_error(l->ctx, nvme_json(l->ctx), l->out, l->err);
	return line_leave(l, 1);
}

static int adjust_check_dhchap(struct line *l)
{
	return line_given(l, "key") || line_given(l, "keydata-file") ? 0 : refuse(l, "Key not specified");
}

static int adjust_check_tls(struct line *l)
{
	if (!line_given(l, "keydata") && !line_given(l, "keydata-file"))
		return refuse(l, "No key data");
	return line_given(l, "subsysnqn") ? 0 : refuse(l, "Need to specify a subsystem NQN");
}

static int adjust_gen_tls(struct line *l)
{
	if (!line_given(l, "insert") || line_given(l, "subsysnqn"))
		return 0;
	return refuse(l, "No subsystem NQN specified");
}

static int adjust_tls_key(struct line *l)
{
	if (!line_given(l, "import") + !line_given(l, "export") + !line_given(l, "revoke") != 2)
		return refuse(l, "Must specify either --import, --export or --revoke");
	if (line_given(l, "export") && !line_given(l, "keyfile"))
		line_put(l, "keyfile", 0, "-");
	return 0;
}

/* Where the kernel has no NVMe driver 2.16 does not call that an empty list. */
static int adjust_list(struct line *l)
{
	const char *system = getenv("NVMEKIT_SYSTEM"), *root = getenv("NVMEKIT_SYSROOT");

	if ((system && *system) ||
	    access(arena_printf(l->ctx->arena, "%s/sys/class/nvme", root ? root : ""), F_OK) == 0)
		return 0;
	(void)fail(l->ctx, XC_UNSUPPORTED, errno, "Failed to scan topology: %s", strerror(errno));
	nvme_error(l->ctx, nvme_json(l->ctx), l->out, l->err);
	return line_leave(l, 1);
}

static const struct {
	const char *cmd;
	int (*adjust)(struct line *l);
} adjusts[] = {
	{ "list", adjust_list },
	{ "list-subsys", adjust_list },
	{ "show-topology", adjust_topology },
	{ "error-log", adjust_error_log },
	{ "get-log", adjust_get_log },
	{ "create-ns", adjust_create_ns },
	{ "sanitize", adjust_sanitize },
	{ "sed-lock", adjust_sed_lock },
	{ "sed-unlock", adjust_sed_lock },
	{ "self-test-log", adjust_self_test_log },
	{ "format", adjust_format },
	{ "check-dhchap-key", adjust_check_dhchap },
	{ "gen-tls-key", adjust_gen_tls },
	{ "check-tls-key", adjust_check_tls },
	{ "tls-key", adjust_tls_key },
	{ "admin-passthru", adjust_passthru },
	{ "io-passthru", adjust_passthru },
};

int line_adjust(struct line *l)
{
	if (nvme_fabrics(l->cmd))
		return adjust_fabrics(l);
	for (size_t i = 0; i < NELEMS(adjusts); i++) {
		if (line_is(l, adjusts[i].cmd))
			return adjusts[i].adjust(l);
	}
	return 0;
}
