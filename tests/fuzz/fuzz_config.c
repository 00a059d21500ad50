/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * libFuzzer: the first byte chooses the format, the rest is a configuration file of it. Reads it as all commands do, and writes each
 * connection as text of nvme-fabrics.conf and reads that. tests/fuzz/config.dict has the words.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "core/ctx.h"
#include "dev/fabconf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct fabconf *read_as(struct ctx *ctx, const char *name, const char *text)
{
	struct fabconf *fc;

	if (fabconf_try(ctx, name, &(struct fabconf_draft){ name, text }, 1, &fc))
		abort();
	for (size_t i = 0; i < fc->nproblems; i++) {
		if (!*fc->problems[i].text || !fc->problems[i].file)
			abort();
	}
	if (!fabconf_check(ctx, fc) != !fc->errors)
		abort();
	return fc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* In no folder that is there: nothing is beside it. */
	static const char *const names[] = { "/dev/null/x.conf", "/dev/null/x.json", "/dev/null/discovery.conf", "/dev/null/any" };
	struct fabconf *fc;
	struct ctx ctx;

	if (!size)
		return 0;
	ctx_init(&ctx);
	ctx.g.quiet = true;
	fc = read_as(&ctx, names[data[0] % (sizeof(names) / sizeof(*names))], arena_strndup(ctx.arena, (const char *)data + 1, size - 1));
	for (size_t i = 0; !fc->errors && i < fc->n; i++) {
		const struct fabconf_entry *e = &fc->entries[i];
		const char *host = fabconf_host(ctx.arena, &e->conn), *section = fabconf_section(ctx.arena, &e, 1, true);

		if (host && section)
			read_as(&ctx, names[0], arena_printf(ctx.arena, "%s%s", host, section));
	}
	ctx_done(&ctx);
	return 0;
}
