/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What 2.16 says when a command that alters something has succeeded: sentences, which scripts look for, or nothing. */
#include <inttypes.h>
#include <string.h>

#include "compat/nvme.h"
#include "output/out.h"

/* Namespaces come and go in two lines, which in JSON are an object of strings. */
static const char *managed_ns(struct ctx *ctx, const struct val *v)
{
	return arena_printf(ctx->arena, "%s: success\nnsid: %" PRIu64, ctx->cmd->name, val_u64(v, "nsid", 0));
}

static const char *which_id(struct ctx *ctx, const struct val *v)
{
	return arena_printf(ctx->arena, "%s: namespace-id:%" PRIu64, ctx->device, val_u64(v, "nsid", 0));
}

/* Of several it named the broadcast value. */
static const char *formatted(struct ctx *ctx, const struct val *v)
{
	const struct val *list = val_get(v, "namespaces");
	uint64_t nsid = list && list->c.n == 1 ? val_u64(list->c.first, "nsid", 0) : NSID_ALL;

	return arena_printf(ctx->arena, "Success formatting namespace:%" PRIx64, nsid);
}

static const char *committed(struct ctx *ctx, const struct val *v)
{
	/* Statuses that say so; that a commit for the next reset waits for one goes without saying. */
	static const struct {
		uint16_t status;
		const char *text;
	} words[] = { { 0x10b, "conventional" }, { 0x110, "subsystem" }, { 0x111, "any controller" } };
	uint64_t status = val_u64(v, "status", 0) & 0x7ff;
	const char *reset = "", *mud = "";

	for (size_t i = 0; i < NELEMS(words); i++) {
		if (words[i].status == status)
			reset = arena_printf(ctx->arena, ", but firmware requires %s reset", words[i].text);
	}
	if (val_u64(v, "mud", 0))
		mud = arena_printf(ctx->arena, "\nMultiple Update Detected (MUD) Value: %" PRIu64, val_u64(v, "mud", 0));
	return arena_printf(ctx->arena, "Success %s firmware action:%" PRIu64 " slot:%" PRIu64 "%s%s",
			    *reset ? "activating" : "committing", val_u64(v, "action", 0), val_u64(v, "slot", 0), reset, mud);
}

static const char *tested(struct ctx *ctx, const struct val *v)
{
	static const struct {
		uint8_t code;
		const char *text;
	} words[] = {
		{ 1, "Short Device self-test started" },
		{ 2, "Extended Device self-test started" },
		{ 3, "Host-Initiated Refresh operation started" },
		{ 0xe, "Vendor-Specific Device self-test started" },
		{ 0xf, "Aborting device self-test operation" },
	};
	uint64_t code = val_u64(v, "stc", 0);
	const char *status = val_str(ctx->arena, v, "status");

	if (strcmp(status, "idle") == 0)
		return "no self test running";
	if (strcmp(status, "running") == 0)
		return arena_printf(ctx->arena, "progress %" PRIu64 "%%", val_u64(v, "completion", 0));
	for (size_t i = 0; i < NELEMS(words); i++) {
		if (words[i].code == code)
			return words[i].text;
	}
	return arena_printf(ctx->arena, "Device self-test code %#" PRIx64 " started", code);
}

static const char *moved(struct ctx *ctx, const struct val *v)
{
	return arena_printf(ctx->arena, "success, Number of Controller Resources Modified (NRM):%#" PRIx64, val_u64(v, "nrm", 0));
}

static const char *managed(struct ctx *ctx, const struct val *v)
{
	uint64_t op = val_u64(v, "operation", 0), id = val_u64(v, "element_id", 0);
	const char *what = op == 1 ? "Endurance Group" : "NVM Set", *done = "Capacity Management Command is Success";

	if (op != 1 && op != 3)
		return done;
	return arena_printf(ctx->arena, "%s\nCreated Element Identifier for %s is: %" PRIu64, done, what, id);
}

static const char *nothing(struct ctx *ctx, const struct val *v)
{
	(void)ctx, (void)v;
	return "";
}

static const struct {
	const char *cmd;
	const char *text; /* {key} is the answer's member */
	const char *(*make)(struct ctx *ctx, const struct val *v);
} sentences[] = {
	{ "create-ns", NULL, managed_ns },
	{ "delete-ns", NULL, managed_ns },
	{ "attach-ns", NULL, managed_ns },
	{ "detach-ns", NULL, managed_ns },
	{ "get-ns-id", NULL, which_id },
	{ "ns-rescan", NULL, nothing },
	{ "capacity-mgmt", NULL, managed },
	{ "virt-mgmt", NULL, moved },
	{ "show-hostnqn", "{hostnqn}", NULL },
	{ "gen-hostnqn", "{hostnqn}", NULL },
	{ "format", NULL, formatted },
	{ "sanitize", NULL, nothing },
	{ "sanitize-ns", NULL, nothing },
	{ "device-self-test", NULL, tested },
	{ "fw-download", "Firmware download success", NULL },
	{ "fw-commit", NULL, committed },
	{ "fw-activate", NULL, committed },
	{ "reset", NULL, nothing },
	{ "subsystem-reset", NULL, nothing },
	{ "security-send", "NVME Security Send Command Success", NULL },
	{ "lockdown", "Lockdown Command is Successful", NULL },
};

static void ns_in_json(struct ctx *ctx, const struct val *v, FILE *out)
{
	struct json_object *o = json_new_object();

	json_put(o, ctx->cmd->name, json_text("success"));
	json_put(o, "nsid", json_text(arena_printf(ctx->arena, "%" PRIu64, val_u64(v, "nsid", 0))));
	json_write(out, o);
}

bool print_sentence(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out)
{
	const char *cmd = o->cmd->name, *text = NULL;
	bool ns = false;

	for (size_t i = 0; i < NELEMS(sentences) && !text; i++) {
		if (strcmp(sentences[i].cmd, cmd) != 0)
			continue;
		text = sentences[i].make ? sentences[i].make(ctx, v) : expand(sentences[i].text, v, o);
		ns = sentences[i].make == managed_ns;
	}
	if (!text)
		return false;
	/* All others say the same, whatever the format. */
	if (ns && nvme_json(ctx))
		ns_in_json(ctx, v, out);
	else if (*text)
		fprintf(out, "%s\n", text);
	return true;
}
