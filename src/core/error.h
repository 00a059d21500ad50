/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Exit codes and the one error that a run can end with. Functions return 0, a negative errno, or
 * a positive NVMe status field (15 bits as in the completion queue entry: SC 7:0, SCT 10:8, CRD
 * 12:11, M 13, DNR 14). Whoever knows best what failed calls fail(); the first message is kept.
 */
#ifndef NVMEKIT_CORE_ERROR_H
#define NVMEKIT_CORE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

/* code, number, class (stable, in JSON), meaning (in every man page) */
#define EXIT_CODES(X)                                                                                        \
	X(XC_OK, 0, "ok", "success")                                                                         \
	X(XC_INTERNAL, 1, "internal", "internal error, or the output could not be written")                  \
	X(XC_USAGE, 2, "usage", "wrong command line; nothing was done")                                      \
	X(XC_NODEV, 3, "no-device", "no such device, or the name is ambiguous")                              \
	X(XC_PERM, 4, "permission", "permission denied")                                                     \
	X(XC_STATUS, 5, "status", "the controller returned an error status")                                 \
	X(XC_UNSUPPORTED, 6, "unsupported", "not supported by this controller, kernel or build")             \
	X(XC_DATA, 7, "data", "short or malformed data from a device or a file")                             \
	X(XC_TIMEOUT, 8, "timeout", "timed out")                                                             \
	X(XC_REFUSED, 9, "refused", "refused by the safety gate")                                            \
	X(XC_PARTIAL, 10, "partial", "only some of several targets, or less than was asked for")                                       \
	X(XC_CONNECT, 11, "connect", "connection to a fabrics target failed")                                \
	X(XC_HEALTH, 16, "health", "health check failed (only where it was asked for)")

enum exit_code {
#define X(sym, num, cls, text) sym = num,
	EXIT_CODES(X)
#undef X
};

struct exit_info {
	enum exit_code code;
	const char *cls, *text;
};
extern const struct exit_info exit_codes[]; /* ends with cls == NULL */
const char *exit_class(enum exit_code code);

struct error {
	enum exit_code code; /* XC_OK: none yet */
	int err;             /* errno value, positive; 0 where none applies */
	int status;          /* NVMe status field; -1 where none applies */
	const char *message; /* one sentence: what failed, on what, why */
	const char *hint;    /* what to do, or NULL */
	const char *device;  /* as the user named it, or NULL */
	bool io, fabrics;    /* what the status answers: an I/O command, a fabrics controller */
};

struct ctx;

/*
 * Records an error unless one is recorded already, and returns the value to hand up: -err where
 * err is not 0, otherwise -EINVAL (usage), -ENODEV, -EACCES, -ENOTSUP, -EBADMSG, ... by code.
 */
int fail(struct ctx *ctx, enum exit_code code, int err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* The controller's answer; the code follows from the status (invalid opcode or log page: 6, anything else: 5). */
int fail_status(struct ctx *ctx, int status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Adds the hint to the recorded error, where it has none; returns rc. */
int fail_hint(struct ctx *ctx, int rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Exit code for an errno where nobody said more. */
enum exit_code exit_code_of_errno(int err);

#endif
