/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Commands that show one log page: the page's row (src/spec/logpages.c) says everything, a command adds its
 * name and words. Get Log Page: NVM Express Base 2.1, section 5.1.12.
 */
#include <string.h>

#include "cmd/common.h"
#include "cmd/logread.h"
#include "spec/tables.h"

struct log_cmd_args {
	struct opt_u32 namespace_id, log_entries;
	bool raw_binary, all;
};

static int run_log(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct log_cmd_args *args = argp;
	const struct logpage *page = logpage_by_id((uint8_t)ctx->cmd->arg, 0);
	struct log_args l = { .lid = page->lid, .nsid = NSID_ALL, .rae = true };
	const void *buf;
	size_t len;
	int rc;

	cmd_raw(ctx, args->raw_binary);
	if (args->namespace_id.set)
		l.nsid = args->namespace_id.v;
	ctx->nsid = l.nsid;
	rc = log_read(ctx, page, &l, 0, &buf, &len);
	return rc ? rc : cmd_decode(ctx, out, page->spec, buf, len);
}

static const struct opt smart_opts[] = {
	OPT_NSID(log_cmd_args, namespace_id,
		 "Namespace whose log is wanted, where the controller keeps one for each (default: the controller's)"),
	OPT_RAW(log_cmd_args, raw_binary),
};

const struct cmd cmd_smart_log = {
	.name = "smart-log",
	.alias = "log smart",
	.group = "Health and logs",
	.brief = "Show the health of a drive: spare, wear, temperature, errors",
	.desc = "Reads the SMART / Health Information log page (02h).\n\n"
		"A data unit is 1000 blocks of 512 bytes, rounded up. Temperatures are received in Kelvin; a sensor that "
		"reports 0 is not there. The log can be read while the drive works and changes nothing on it.",
	.examples = "nvmekit smart-log nvme0\n  Show the health of a drive.\n"
		    "nvmekit smart-log nvme0 -o json\n  The same for a script.\n",
	.target = T_DEV,
	.flags = C_BINARY,
	OPTS(log_cmd_args, smart_opts),
	.arg = 0x02,
	.out = &spec_log_smart,
	.layout = &(const struct layout){ .title = "SMART / Health Information of {device}" },
	.run = run_log,
};

static const struct opt fw_opts[] = {
	OPT_RAW(log_cmd_args, raw_binary),
};

const struct cmd cmd_fw_log = {
	.name = "fw-log",
	.alias = "log fw",
	.group = "Health and logs",
	.brief = "Show the firmware slots and which of them is active",
	.desc = "Reads the Firmware Slot Information log page (03h): the slot that the running firmware came from, the "
		"slot that the next reset activates, and the revision in each slot. Empty slots are left out.",
	.examples = "nvmekit fw-log nvme0\n  Show the firmware slots.\n",
	.target = T_DEV,
	.flags = C_BINARY,
	OPTS(log_cmd_args, fw_opts),
	.arg = 0x03,
	.out = &spec_log_fw,
	.layout = &(const struct layout){ .title = "Firmware Slot Information of {device}" },
	.run = run_log,
};

/* Entries that were never written have an error count of 0. */
static void drop_invalid(struct val *out)
{
	struct val *errors = val_get(out, "errors"), *keep = NULL;

	if (!errors)
		return;
	errors->c.last = NULL;
	errors->c.n = 0;
	for (struct val *v = errors->c.first, *next; v; v = next) {
		next = v->next;
		if (!val_u64(v, "error_count", 0))
			continue;
		v->next = NULL;
		if (errors->c.last)
			errors->c.last->next = v;
		else
			keep = v;
		errors->c.last = v;
		errors->c.n++;
	}
	errors->c.first = keep;
}

static int run_error_log(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct log_cmd_args *args = argp;
	const struct logpage *page = logpage_by_id(0x01, 0);
	struct log_args l = { .lid = 0x01, .nsid = NSID_ALL, .rae = true };
	size_t entry = 64, len, entries, have;
	const void *buf;
	struct val *id;
	int rc;

	cmd_raw(ctx, args->raw_binary);
	rc = log_identify(ctx, &id);
	if (rc)
		return rc;
	/* Asking for more than there are would be an error, and leave an entry in this very log. */
	have = val_u64(id, "elpe", 0) + 1;
	entries = args->log_entries.set ? args->log_entries.v : 64;
	if (entries > have)
		entries = have;
	rc = log_read(ctx, page, &l, entries * entry, &buf, &len);
	if (!rc)
		rc = cmd_decode(ctx, out, page->spec, buf, len);
	if (!rc && !args->all)
		drop_invalid(out);
	return rc;
}

static const struct opt error_opts[] = {
	OPT(log_cmd_args, log_entries, 'e', "log-entries", "N",
	    "Newest entries to read; the controller's limit (elpe + 1) applies (default: 64)", .min = 1),
	OPT(log_cmd_args, all, 0, "all", NULL, "Show entries that were never written too"),
	OPT_RAW(log_cmd_args, raw_binary),
};

const struct cmd cmd_error_log = {
	.name = "error-log",
	.alias = "log error",
	.group = "Health and logs",
	.brief = "Show the commands that failed, newest first",
	.desc = "Reads the Error Information log page (01h). Each entry says which command failed (submission queue "
		"and command identifier), with which status, and where (byte of the command, LBA, namespace).\n\n"
		"Entries that were never written have the error count 0; they are left out unless --all is given.",
	.examples = "nvmekit error-log nvme0\n  Show the errors that the drive remembers.\n"
		    "nvmekit error-log nvme0 -e 5 -v\n  Show the five newest with every bit explained.\n",
	.target = T_DEV,
	.flags = C_BINARY,
	OPTS(log_cmd_args, error_opts),
	.arg = 0x01,
	.out = &spec_log_error,
	.layout = &(const struct layout){ .title = "Error Information of {device}" },
	.run = run_error_log,
};
