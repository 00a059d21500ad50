/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/error.h"

#include <errno.h>
#include <stddef.h>

#include "core/ctx.h"

const struct exit_info exit_codes[] = {
#define X(sym, num, cls, text) { sym, cls, text },
	EXIT_CODES(X)
#undef X
	{ XC_OK, NULL, NULL },
};

const char *exit_class(enum exit_code code)
{
	for (const struct exit_info *i = exit_codes; i->cls; i++) {
		if (i->code == code)
			return i->cls;
	}
	return "internal";
}

enum exit_code exit_code_of_errno(int err)
{
	switch (err) {
	case 0:
		return XC_OK;
	case ENOENT:
	case ENODEV:
	case ENXIO:
	case ENOTDIR:
		return XC_NODEV;
	case EACCES:
	case EPERM:
		return XC_PERM;
	case ENOTSUP:
	case ENOSYS:
	case ENOTTY:
		return XC_UNSUPPORTED;
	case EBADMSG:
	case ENODATA:
		return XC_DATA;
	case ETIMEDOUT:
		return XC_TIMEOUT;
	default:
		return XC_INTERNAL;
	}
}

static int errno_of_code(enum exit_code code)
{
	switch (code) {
	case XC_USAGE:
		return EINVAL;
	case XC_NODEV:
		return ENODEV;
	case XC_PERM:
	case XC_REFUSED:
		return EACCES;
	case XC_UNSUPPORTED:
		return ENOTSUP;
	case XC_DATA:
		return EBADMSG;
	case XC_TIMEOUT:
		return ETIMEDOUT;
	case XC_CONNECT:
		return ECONNREFUSED;
	default:
		return EIO;
	}
}

__attribute__((format(printf, 5, 0))) static void record(struct ctx *ctx, enum exit_code code, int err, int status,
						       const char *fmt, va_list ap)
{
	struct error *e = &ctx->error;

	if (e->code != XC_OK)
		return;
	e->code = code;
	e->err = err;
	e->status = status;
	e->message = arena_vprintf(ctx->arena, fmt, ap);
}

int fail(struct ctx *ctx, enum exit_code code, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	record(ctx, code, err, -1, fmt, ap);
	va_end(ap);
	return -(err ? err : errno_of_code(code));
}

/* Generic status codes that say "this controller cannot do that". Base 2.1, figures 102 and 103. */
static enum exit_code code_of_status(int status)
{
	int sct = status >> 8 & 7, sc = status & 0xff;

	if (sct == 0 && sc == 0x01) /* Invalid Command Opcode */
		return XC_UNSUPPORTED;
	if (sct == 1 && sc == 0x09) /* Invalid Log Page */
		return XC_UNSUPPORTED;
	return XC_STATUS;
}

int fail_status(struct ctx *ctx, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	record(ctx, code_of_status(status), 0, status, fmt, ap);
	va_end(ap);
	return status;
}

int fail_hint(struct ctx *ctx, int rc, const char *fmt, ...)
{
	va_list ap;

	if (ctx->error.code == XC_OK || ctx->error.hint)
		return rc;
	va_start(ap, fmt);
	ctx->error.hint = arena_vprintf(ctx->arena, fmt, ap);
	va_end(ap);
	return rc;
}
