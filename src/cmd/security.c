/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* security-send, security-recv: Base 2.1, sections 5.1.23 and 5.1.24. lockdown: sections 5.1.15 and 8.1.5. */
#include <errno.h>
#include <string.h>

#include "cmd/logread.h"
#include "cmd/secure.h"
#include "core/num.h"

/* More than a transfer of any controller; what a request really may have is MDTS's business. */
#define MAX_PAYLOAD (1u << 26)

struct security_args {
	struct opt_u32 namespace_id, size, length;
	uint8_t nssf, secp;
	uint16_t spsp;
	const char *file;
	bool ish, raw_binary;
};

#define OPT_ISH                                                                                              \
	OPT(security_args, ish, 'I', "ish", NULL, "Ignore Shutdown; only the Management Interface has it",   \
	    .flags = OF_HIDDEN)
#define OPT_NSSF                                                                                             \
	OPT(security_args, nssf, 'N', "nssf", "N", "NVMe Security Specific Field: the RPMB target")
#define OPT_SECP                                                                                             \
	OPT(security_args, secp, 'p', "secp", "PROTOCOL", "Security protocol, by name or number",            \
	    VALS(security_protocols), .flags = OF_OPEN_NAMES, .def = "0")
#define OPT_SPSP                                                                                             \
	OPT(security_args, spsp, 's', "spsp", "N", "Security protocol specific field", .def = "0")

static int check_ish(struct ctx *ctx, const struct security_args *a)
{
	return a->ish ? fail(ctx, XC_UNSUPPORTED, 0, "--ish is a matter of the NVMe Management Interface alone") : 0;
}

/* --- security-send --- */

static const struct opt send_opts[] = {
	OPT_ISH,
	OPT_NSID(security_args, namespace_id, "Namespace identifier (default: 0)"),
	OPT(security_args, file, 'f', "file", "FILE", "What to send; '-' is standard input", .complete = COMP_FILE,
	    .flags = OF_REQUIRED),
	OPT_NSSF,
	OPT_SECP,
	OPT_SPSP,
	OPT(security_args, length, 't', "tl", "BYTES", "Transfer length; has to be that of the file (default: that)"),
};

static const struct field send_rows[] = {
	{ "secp", "Security protocol", .len = 8, .kind = K_UINT, .show = SHOW_HEX },
	{ "spsp", "Security protocol specific field", .len = 16, .kind = K_UINT, .show = SHOW_HEX },
	{ "length", "Bytes that were sent", .len = 32, .kind = K_UINT, .unit = "bytes" },
};
static const struct spec spec_send = { "security-send", "Security Send", NULL, 0, 1, FIELDS(send_rows) };

static int run_send(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct security_args *a = argp;
	struct intent in = { 0 };
	struct req r;
	size_t len = 0;
	void *buf;
	int rc = check_ish(ctx, a);

	if (!rc)
		rc = cmd_read_file(ctx, "--file", a->file, MAX_PAYLOAD, &buf, &len);
	if (!rc && a->length.set && a->length.v != len)
		rc = fail(ctx, XC_USAGE, 0, "--tl: %u bytes are to be sent, and %s has %zu", a->length.v, a->file, len);
	if (!rc)
		rc = secure_supported(ctx);
	if (rc)
		return rc;
	r = secure_request(true, a->secp, a->spsp, a->nssf, buf, (uint32_t)len);
	r.nsid = a->namespace_id.v;
	rc = cmd_alter(ctx, &in, &r, "Security Send");
	if (rc)
		return rc;
	val_put_u64(ctx->arena, out, "secp", a->secp);
	val_put_u64(ctx->arena, out, "spsp", a->spsp);
	val_put_u64(ctx->arena, out, "length", len);
	return 0;
}

const struct cmd cmd_security_send = {
	.name = "security-send",
	.alias = "security send",
	.group = "Security",
	.brief = "Send data of a security protocol to a drive",
	.desc = "Sends the contents of a file with Security Send. What it does is the business of the security protocol: it can "
		"take access to the drive away, and erase it.",
	.examples = "nvmekit security-send nvme4 --secp=tcg --spsp=0x1000 --file=payload\n  Send a payload to a TCG session.\n",
	.target = T_DEV,
	.flags = C_GATED | C_ALTERS,
	OPTS(security_args, send_opts),
	.timeout_ms = 60000,
	.out = &spec_send,
	.run = run_send,
};

/* --- security-recv --- */

static const struct opt recv_opts[] = {
	OPT_ISH,
	OPT_NSID(security_args, namespace_id, "Namespace identifier (default: 0)"),
	OPT(security_args, size, 'x', "size", "BYTES", "Length of the buffer (default: 512)", .min = 1,
	    .max = MAX_PAYLOAD, .unit = UNIT_BYTES),
	OPT_NSSF,
	OPT_SECP,
	OPT_SPSP,
	OPT(security_args, length, 't', "al", "BYTES", "Allocation length (default: the length of the buffer)"),
	OPT_RAW(security_args, raw_binary),
};

static const struct field protocol_rows[] = {
	{ "secp", "Security protocol", .len = 8, .kind = K_UINT, .show = SHOW_HEX },
	{ "name", "Its name", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "text", "What it is", .kind = K_TEXT, .flags = F_OPTIONAL },
};

static const struct field recv_rows[] = {
	{ "secp", "Security protocol", .len = 8, .kind = K_UINT, .show = SHOW_HEX },
	{ "spsp", "Security protocol specific field", .len = 16, .kind = K_UINT, .show = SHOW_HEX },
	{ "length", "Bytes received", .len = 32, .kind = K_UINT, .unit = "bytes" },
	{ "protocols", "Supported security protocols", ARRAY_OF(protocol_rows), .flags = F_OPTIONAL },
	{ "data", "The data", .kind = K_HEX },
};
static const struct spec spec_recv = { "security-recv", "Security Receive", NULL, 0, 1, FIELDS(recv_rows) };

static void put_protocols(struct ctx *ctx, struct val *out, const struct req *r)
{
	const struct val *list = spec_decode(ctx->arena, &spec_security_list, r->data, r->received);
	const struct val *all = val_get(list, "protocols");
	struct val *to = val_put_arr(ctx->arena, out, "protocols");

	for (const struct val *v = all ? all->c.first : NULL; v; v = v->next) {
		const struct name *n = security_protocol((uint8_t)v->u);
		struct val *one = val_add(to, NULL, val_new(ctx->arena, VAL_OBJ));

		val_put_u64(ctx->arena, one, "secp", v->u);
		if (n) {
			val_put_str(ctx->arena, one, "name", n->key);
			val_put_str(ctx->arena, one, "text", n->text);
		}
	}
	if (list->flags & VAL_CUT)
		warn_user(ctx, "the list of protocols is longer than the %u bytes that arrived", r->received);
}

static int run_recv(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct security_args *a = argp;
	uint32_t size = a->size.set ? a->size.v : 512;
	struct req r;
	int rc = check_ish(ctx, a);

	cmd_raw(ctx, a->raw_binary);
	if (!rc && a->length.set && a->length.v > size)
		rc = fail(ctx, XC_USAGE, 0, "--al: %u bytes do not fit into a buffer of %u", a->length.v, size);
	if (!rc)
		rc = secure_supported(ctx);
	if (rc)
		return rc;
	r = secure_request(false, a->secp, a->spsp, a->nssf, dev_buffer(ctx, size), size);
	r.nsid = a->namespace_id.v;
	if (a->length.set)
		r.cdw11 = a->length.v;
	rc = dev_command(ctx->dev, &r, "Security Receive");
	if (rc)
		return rc;
	ctx->raw = r.data;
	ctx->raw_len = r.received;
	val_put_u64(ctx->arena, out, "secp", a->secp);
	val_put_u64(ctx->arena, out, "spsp", a->spsp);
	val_put_u64(ctx->arena, out, "length", r.received);
	if (a->secp == SECP_INFO && !a->spsp)
		put_protocols(ctx, out, &r);
	val_put_bytes(ctx->arena, out, "data", r.data, r.received);
	return 0;
}

const struct cmd cmd_security_recv = {
	.name = "security-recv",
	.alias = "security recv",
	.group = "Security",
	.brief = "Receive data of a security protocol from a drive",
	.desc = "Reads with Security Receive and shows the bytes. Protocol 'info' with the specific field 0 says which security "
		"protocols the drive has; they are named.",
	.examples = "nvmekit security-recv nvme4\n  Which security protocols are there?\n"
		    "nvmekit security-recv nvme4 --secp=tcg --spsp=1 --size=2048 -b | od -A d -t x1\n"
		    "  Level 0 Discovery of a self-encrypting drive, as bytes.\n",
	.target = T_DEV,
	.flags = C_BINARY,
	OPTS(security_args, recv_opts),
	.out = &spec_recv,
	.layout = &(const struct layout){ .kind = LAY_DUMP },
	.run = run_recv,
};

/* --- lockdown --- */

struct lockdown_args {
	const char *ofi;
	uint8_t ifc, prhbt, scp, uuid;
};

static const struct name prohibit_names[] = {
	{ 0, "allow", "Allow it again" },
	{ 1, "prohibit", "Prohibit it" },
};

static const struct opt lockdown_opts[] = {
	OPT(lockdown_args, ofi, 'O', "ofi", "OPCODE",
	    "Opcode of the command, or identifier of the feature; an admin command can be given by name", .flags = OF_REQUIRED),
	OPT(lockdown_args, ifc, 'f', "ifc", "INTERFACE", "Where it is prohibited or allowed", VALS(lockdown_interfaces),
	    .flags = OF_OPEN_NAMES, .max = 2, .def = "admin"),
	OPT(lockdown_args, prhbt, 'p', "prhbt", "WHAT", "Prohibit or allow", VALS(prohibit_names),
	    .flags = OF_OPEN_NAMES | OF_REQUIRED, .max = 1),
	OPT(lockdown_args, scp, 's', "scp", "SCOPE", "What --ofi names", VALS(lockdown_scopes), .flags = OF_OPEN_NAMES,
	    .max = 4, .def = "admin"),
	OPT(lockdown_args, uuid, 'U', "uuid", "INDEX", "UUID index, for a vendor-specific feature", .max = 127),
};

static const struct field lockdown_rows[] = {
	{ "scope", "What it is: admin, feature, mi or pcie", .kind = K_TEXT },
	{ "id", "Opcode or feature identifier", .len = 8, .kind = K_UINT, .show = SHOW_HEX },
	{ "name", "Name of the command", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "interface", "Where: admin, endpoint or both", .kind = K_TEXT },
	{ "prohibited", "Whether it is prohibited now", .kind = K_BOOL },
};
static const struct spec spec_lockdown = { "lockdown", "Command and Feature Lockdown", NULL, 0, 1, FIELDS(lockdown_rows) };

static int find_id(struct ctx *ctx, const struct lockdown_args *a, uint8_t *id)
{
	uint64_t v;
	int rc = num_parse(a->ofi, &v);

	if (!rc && v <= 0xff) {
		*id = (uint8_t)v;
		return 0;
	}
	for (size_t i = 0; rc == -EINVAL && a->scp == LOCKDOWN_ADMIN && i < nopcodes; i++) {
		if (!opcodes[i].io && strcmp(opcodes[i].name, a->ofi) == 0) {
			*id = opcodes[i].op;
			return 0;
		}
	}
	if (rc != -EINVAL)
		return fail(ctx, XC_USAGE, 0, "--ofi: %s is out of range (0 to 255)", a->ofi);
	if (a->scp != LOCKDOWN_ADMIN)
		return fail(ctx, XC_USAGE, 0, "--ofi: '%s' is no number", a->ofi);
	rc = fail(ctx, XC_USAGE, 0, "--ofi: '%s' is neither a number nor the name of an admin command", a->ofi);
	return fail_hint(ctx, rc, "names are those that --trace prints: format, sanitize, fw-commit, security-send, ...");
}

static const char *name_of(const struct name *names, size_t n, unsigned val)
{
	for (size_t i = 0; i < n; i++) {
		if (names[i].val == val)
			return names[i].key;
	}
	return "";
}

/* What the drive lets be prohibited: log page 14h, contents 0. A drive that does not say is asked with the command itself. */
static bool can_be_prohibited(struct ctx *ctx, const struct lockdown_args *a, uint8_t id)
{
	const struct logpage *page = logpage_by_id(0x14, 0);
	struct log_args l = { .lid = 0x14, .nsid = NSID_ALL, .lsp = a->scp, .uuid_index = a->uuid, .rae = true };
	struct error before = ctx->error;
	const struct val *log, *list;
	const void *buf;
	size_t len;

	if (log_read(ctx, page, &l, 0, &buf, &len)) {
		ctx->error = before;
		return true;
	}
	log = spec_decode(ctx->arena, page->spec, buf, len);
	list = val_get(log, "cfil");
	if (!list || log->flags & VAL_CUT)
		return true;
	val_for_each(v, list) {
		if (v->u == id)
			return true;
	}
	return false;
}

static int check_lockdown(struct ctx *ctx, const struct lockdown_args *a, uint8_t *id)
{
	const struct val *ctrl;
	int rc = 0;

	if (!*name_of(lockdown_scopes, NELEMS(lockdown_scopes), a->scp))
		rc = fail(ctx, XC_USAGE, 0, "--scp: %u is reserved", a->scp);
	else if (a->scp == LOCKDOWN_PCIE && a->ifc != 2)
		rc = fail(ctx, XC_USAGE, 0, "--scp=pcie goes with --ifc=endpoint alone: no such command comes another way");
	if (!rc)
		rc = find_id(ctx, a, id);
	if (!rc)
		rc = cmd_read_ctrl(ctx, &ctrl);
	if (rc)
		return rc;
	if (!val_u64(ctrl, "oacs.cfls", 0))
		return fail(ctx, XC_UNSUPPORTED, 0, "%s has no Command and Feature Lockdown (OACS bit 10 is clear)",
			    ctx->dev->path);
	if (can_be_prohibited(ctx, a, *id))
		return 0;
	rc = fail(ctx, XC_UNSUPPORTED, 0, "%s does not let %s 0x%02x be prohibited", ctx->dev->path,
		  a->scp == LOCKDOWN_FEATURE ? "feature" : "command", *id);
	return fail_hint(ctx, rc, "'nvmekit get-log %s --log-id=lockdown --lsp=%u' lists what can be", ctx->dev->name, a->scp);
}

static int run_lockdown(struct ctx *ctx, const void *argp, struct val *out)
{
	static const char *const notes[] = {
		"It lasts until the drive is without power, and no reset ends it.", NULL,
	};
	static const char *const last[] = {
		"This prohibits the command that could allow anything again: it lasts until the drive is without power.", NULL,
	};
	const struct lockdown_args *a = argp;
	struct intent in = { 0 };
	uint8_t id = 0;
	struct req r;
	int rc = check_lockdown(ctx, a, &id);

	if (rc)
		return rc;
	if (a->prhbt)
		in.notes = a->scp == LOCKDOWN_ADMIN && id == 0x24 && a->ifc != 2 ? last : notes;
	r = (struct req){
		.opcode = 0x24,
		.cdw10 = (uint32_t)id << 8 | (uint32_t)a->ifc << 5 | (uint32_t)a->prhbt << 4 | a->scp,
		.cdw14 = a->uuid,
	};
	rc = cmd_alter(ctx, &in, &r, "Lockdown");
	if (rc)
		return rc;
	val_put_str(ctx->arena, out, "scope", name_of(lockdown_scopes, NELEMS(lockdown_scopes), a->scp));
	val_put_u64(ctx->arena, out, "id", id);
	if (a->scp == LOCKDOWN_ADMIN && opcode_info(id, false))
		val_put_str(ctx->arena, out, "name", opcode_info(id, false)->text);
	val_put_str(ctx->arena, out, "interface", name_of(lockdown_interfaces, NELEMS(lockdown_interfaces), a->ifc));
	val_put_bool(ctx->arena, out, "prohibited", a->prhbt);
	return 0;
}

const struct cmd cmd_lockdown = {
	.name = "lockdown",
	.group = "Security",
	.brief = "Prohibit an admin command or a feature, or allow it again",
	.desc = "Tells a drive to refuse a command, or Set Features of one feature, whoever sends it: on the Admin Submission "
		"Queues, on its Management Endpoint, or both. All controllers of the NVM subsystem obey.\n\n"
		"What is prohibited stays so until the drive is without power, or until it is allowed again with the same "
		"command, as long as that is not prohibited itself. 'nvmekit get-log --log-id=lockdown' shows what is prohibited: --lsp is "
		"the scope, plus 0x10 for what is prohibited on Admin Submission Queues, or 0x20 on Management Endpoints.",
	.examples = "nvmekit lockdown nvme4 --ofi=format --prhbt=prohibit --dry-run\n  What would be sent.\n"
		    "nvmekit lockdown nvme4 --ofi=0x02 --scp=feature --prhbt=allow --dry-run\n  The same for a feature, the other way.\n",
	.target = T_CTRL,
	.flags = C_GATED | C_ALTERS,
	OPTS(lockdown_args, lockdown_opts),
	.timeout_ms = 10000,
	.out = &spec_lockdown,
	.run = run_lockdown,
};
