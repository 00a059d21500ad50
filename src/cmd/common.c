/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cmd/common.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/logread.h"
#include "core/file.h"
#include "spec/field.h"
#include "spec/tables.h"

const char cmd_gate_text[] =
	"This command can destroy data, take access away or leave a drive unusable. Before it does so it shows which drive "
	"and which namespaces that is about, what is on them and who uses them. What is in use is refused (exit code 9) "
	"unless --allow-in-use is given. On a terminal it asks for the last characters of the serial number; elsewhere it "
	"wants --yes and an identity that fits, such as --expect-serial. --dry-run prints all of that and the commands, and "
	"sends nothing that could change anything.";

const char *cmd_time_text(const struct cmd *c, char *buf, size_t size)
{
	unsigned s = c->timeout_ms / 1000;

	*buf = '\0';
	if (s)
		snprintf(buf, size, "The drive has %u %s to answer what it alters; --timeout gives it more, or less.",
			 s >= 120 ? s / 60 : s, s >= 120 ? "minutes" : "seconds");
	return buf;
}

int cmd_nsid(struct ctx *ctx, struct opt_u32 given, uint32_t *nsid)
{
	int rc;

	if (given.set) {
		*nsid = given.v;
		return 0;
	}
	if (ctx->dev->kind == DEV_NS) {
		*nsid = ctx->dev->nsid;
		return 0;
	}
	rc = fail(ctx, XC_USAGE, 0, "%s needs a namespace, and %s is a controller", ctx->cmd->name, ctx->dev->path);
	return fail_hint(ctx, rc, "name a namespace (%sn1), or add --namespace-id=NSID", ctx->dev->name);
}

void cmd_answer(struct ctx *ctx, struct val *out, struct val *decoded, const void *buf, size_t len)
{
	out->c = decoded->c;
	out->flags = decoded->flags;
	ctx->raw = buf;
	ctx->raw_len = len;
}

int cmd_decode(struct ctx *ctx, struct val *out, const struct spec *spec, const void *buf, size_t len)
{
	struct val *v;

	if (!len)
		return fail(ctx, XC_DATA, 0, "%s returned no data for %s", ctx->dev->path, spec->text);
	v = spec_decode(ctx->arena, spec, buf, len);
	if (v->flags & VAL_CUT)
		warn_user(ctx, "%s: the data ends early, after %zu bytes; what is missing is left out", spec->text, len);
	cmd_answer(ctx, out, v, buf, len);
	return 0;
}

void cmd_raw(struct ctx *ctx, bool raw)
{
	if (raw)
		ctx->g.output_format = "binary";
}

int cmd_read_ctrl(struct ctx *ctx, const struct val **id)
{
	struct val *v;
	int rc;

	if (!ctx->id_ctrl) {
		rc = log_identify(ctx, &v);
		if (rc)
			return rc;
		ctx->id_ctrl = v;
	}
	*id = ctx->id_ctrl;
	return 0;
}

int cmd_read_ns(struct ctx *ctx, uint32_t nsid, const struct val **id)
{
	size_t got = 4096;
	void *buf = dev_buffer(ctx, got);
	int rc = dev_identify(ctx->dev, 0x00, nsid, 0, 0, buf, &got);

	if (!rc)
		*id = spec_decode(ctx->arena, &spec_id_ns, buf, got);
	return rc;
}

/* NULL: Identify Controller has it. Otherwise "bit 3 of OACS is clear" or "SANICAP is 0"; *what gets its title. */
static const char *lacks(struct ctx *ctx, const struct val *ctrl, const char *path, const char **what)
{
	const struct val *v = val_path(ctrl, path);
	const struct field *f = v ? v->field : NULL;
	const char *dot = strchr(path, '.');
	char *reg = arena_strndup(ctx->arena, path, dot ? (size_t)(dot - path) : strlen(path));

	if (v && v->u)
		return NULL;
	for (char *c = reg; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	*what = f && f->text ? f->text : path;
	return dot && f ? arena_printf(ctx->arena, "bit %u of %s is clear", f->off, reg)
			: arena_printf(ctx->arena, "%s is 0", reg);
}

int cmd_needs(struct ctx *ctx, const char *bit, const struct val **id)
{
	const struct val *ctrl;
	const char *what, *why;
	int rc = cmd_read_ctrl(ctx, &ctrl);

	if (rc)
		return rc;
	if (id)
		*id = ctrl;
	why = lacks(ctx, ctrl, bit, &what);
	return why ? fail(ctx, XC_UNSUPPORTED, 0, "%s does not support %s (%s)", ctx->dev->path, what, why) : 0;
}

int cmd_needs_page(struct ctx *ctx, const struct logpage *page)
{
	const struct val *ctrl;
	const char *what, *why;
	int rc = page->cap ? cmd_read_ctrl(ctx, &ctrl) : 0;

	if (rc || !page->cap)
		return rc;
	why = lacks(ctx, ctrl, page->cap, &what);
	return why ? fail(ctx, XC_UNSUPPORTED, 0, "%s has no %s log page (%s)", ctx->dev->path, page->spec->text, why) : 0;
}

int cmd_read_log(struct ctx *ctx, uint8_t lid, uint32_t nsid, const struct val **log)
{
	const struct logpage *page = logpage_by_id(lid, 0);
	struct log_args l = { .lid = lid, .nsid = nsid, .rae = true };
	const void *buf;
	size_t len;
	int rc = log_read(ctx, page, &l, 0, &buf, &len);

	if (!rc)
		*log = spec_decode(ctx->arena, page->spec, buf, len);
	return rc;
}

int cmd_alter(struct ctx *ctx, struct intent *in, struct req *r, const char *what)
{
	int rc;

	if (!in->nreqs) {
		in->reqs = r;
		in->nreqs = 1;
	}
	rc = gate(ctx, in);
	return rc ? rc : dev_command(ctx->dev, r, what);
}

int cmd_read_file(struct ctx *ctx, const char *opt, const char *path, size_t max, void **buf, size_t *len)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? "standard input" : path;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), rc;
	char *text;

	if (fd < 0)
		return fail(ctx, XC_USAGE, errno, "%s: cannot open %s: %s", opt, path, strerror(errno));
	rc = file_read(ctx->arena, fd, max, &text, len);
	if (!is_stdin)
		close(fd);
	if (rc == -EFBIG)
		return fail(ctx, XC_USAGE, 0, "%s: %s is larger than the %zu bytes that are possible", opt, name, max);
	if (rc)
		return fail(ctx, XC_USAGE, -rc, "%s: cannot read %s: %s", opt, name, strerror(-rc));
	if (!*len)
		return fail(ctx, XC_USAGE, 0, "%s: %s is empty", opt, name);
	*buf = dev_buffer(ctx, *len);
	memcpy(*buf, text, *len);
	return 0;
}
