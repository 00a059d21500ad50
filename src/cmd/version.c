/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* version: of the tool, of the libnvme it was built with, and of the one that it runs with. */
#include <stdlib.h>
#include <string.h>

#include <nvme/util.h>

#include "cmd/cmd.h"

static const struct field feature_rows[] = { { NULL, NULL, .kind = K_TEXT } };

static const struct field version_rows[] = {
	{ "nvmekit_version", "Version of the tool", .kind = K_TEXT },
	{ "libnvme_built", "Version of libnvme that it was built with", .kind = K_TEXT },
	{ "libnvme_running", "Version of libnvme that it runs with", .kind = K_TEXT },
	{ "libnvme_layout_matches", "Both lay out the structures that they share in the same way",
	  .kind = K_BOOL },
	{ "features", "What this build can do beyond the commands", ARRAY_OF(feature_rows) },
};

static const struct spec spec_version = { "version", "Versions", NULL, 0, 1, FIELDS(version_rows) };

static const char *const features[] = {
	"simulation",
	"nvme-personality",
#ifdef __SANITIZE_ADDRESS__
	"sanitizers",
#endif
};

/*
 * struct nvme_fabrics_config grew in the middle under the same soname: releases 1.0 to 1.3, 1.4 to 1.8, 1.9
 * to 1.10 and 1.11 on lay it out alike. 0: not a 1.x version.
 */
static int layout_class(const char *version)
{
	static const unsigned first[] = { 0, 4, 9, 11 };
	unsigned long minor;
	char *end;
	int class = 0;

	if (strncmp(version, "1.", 2) != 0)
		return 0;
	minor = strtoul(version + 2, &end, 10);
	if (end == version + 2)
		return 0;
	for (size_t i = 0; i < NELEMS(first); i++)
		class += minor >= first[i];
	return class;
}

static int run_version(struct ctx *ctx, const void *argp, struct val *out)
{
	const char *running = nvme_get_version(NVME_VERSION_PROJECT), *list = "";
	bool matches = layout_class(running) && layout_class(running) == layout_class(LIBNVME_BUILT);
	struct val *arr;

	(void)argp;
	val_put_str(ctx->arena, out, "nvmekit_version", PACKAGE_VERSION);
	val_put_str(ctx->arena, out, "libnvme_built", LIBNVME_BUILT);
	val_put_str(ctx->arena, out, "libnvme_running", running);
	val_put_bool(ctx->arena, out, "libnvme_layout_matches", matches);
	arr = val_put_arr(ctx->arena, out, "features");
	for (size_t i = 0; i < NELEMS(features); i++) {
		val_put_str(ctx->arena, arr, NULL, features[i]);
		list = arena_printf(ctx->arena, "%s %s", list, features[i]);
	}
	/* The lines that people read; JSON has the members above. */
	val_put_str(ctx->arena, out, "text",
		    arena_printf(ctx->arena,
				 "nvmekit version %s\nlibnvme version %s (built with %s%s)\nfeatures:%s\n",
				 PACKAGE_VERSION, running, LIBNVME_BUILT,
				 matches ? "" : ", which differs in layout", list))
		->flags |= VAL_HIDDEN;
	return 0;
}

const struct cmd cmd_version = {
	.name = "version",
	.group = "The tool itself",
	.brief = "Print the versions of the tool and of its library",
	.desc = "Prints the version of nvmekit, the version of libnvme that it was built with and the one "
		"that it runs "
		"with, and what this build can do.",
	.examples = "nvmekit version\n  Print the versions.\n"
		    "nvmekit version -o json\n  Print them for a program.\n",
	.target = T_NONE,
	.flags = C_LOCAL | C_TEXT,
	.out = &spec_version,
	.run = run_version,
};
