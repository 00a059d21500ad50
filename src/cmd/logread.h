/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Reading a log page as long as it really is. Base 2.1, section 5.1.12. */
#ifndef NVMEKIT_CMD_LOGREAD_H
#define NVMEKIT_CMD_LOGREAD_H

#include "cmd/cmd.h"

/* The decoded Identify Controller data, for limits that a log depends on. */
int log_identify(struct ctx *ctx, struct val **id);
/*
 * Reads 'want' bytes of the page, or where want is 0 all of it: the row says how long it is, from a header that is
 * read first. *len gets what arrived. page may be NULL for a page without a row (want must then be given).
 */
int log_read(struct ctx *ctx, const struct logpage *page, const struct log_args *l, size_t want, const void **buf,
	     size_t *len);

#endif
