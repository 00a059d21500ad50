/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Writes what is derived from the tables for people and programs that do not run the tool: manual pages
 * and JSON Schemas. Run at build time; its output depends on the tables alone.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "docgen.h"
#include "output/schema.h"

static FILE *open_in(struct arena *a, const char *dir, const char *name)
{
	const char *path = arena_printf(a, "%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	if (!f) {
		fprintf(stderr, "docgen: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	return f;
}

static void close_out(FILE *f, const char *dir)
{
	if (ferror(f) || fclose(f)) {
		fprintf(stderr, "docgen: writing in %s failed\n", dir);
		exit(1);
	}
}

static void write_man(struct arena *a, const char *dir)
{
	FILE *f = open_in(a, dir, "nvmekit.1");

	man_overview(f, a);
	close_out(f, dir);
	for (const struct cmd *const *c = cmds; *c; c++) {
		if ((*c)->flags & C_HIDDEN)
			continue;
		f = open_in(a, dir, arena_printf(a, "nvmekit-%s.1", (*c)->name));
		man_command(f, a, *c);
		close_out(f, dir);
	}
}

static void write_schema(struct arena *a, const char *dir)
{
	for (const struct cmd *const *c = cmds; *c; c++) {
		FILE *f;
		int rc;

		if ((*c)->flags & C_HIDDEN || !(*c)->out)
			continue;
		f = open_in(a, dir, arena_printf(a, "%s.schema.json", (*c)->name));
		rc = schema_print(f, *c);
		close_out(f, dir);
		if (rc) {
			fprintf(stderr, "docgen: schema of %s: %s\n", (*c)->name, strerror(-rc));
			exit(1);
		}
	}
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	int i = 1;

	for (; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--man") == 0)
			write_man(a, argv[i + 1]);
		else if (strcmp(argv[i], "--schema") == 0)
			write_schema(a, argv[i + 1]);
		else
			break;
	}
	arena_free(a);
	if (argc < 3 || i != argc) {
		fprintf(stderr, "usage: docgen [--man DIR] [--schema DIR]\n");
		return 2;
	}
	return 0;
}
