/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Where the tables are: files, or members of an image. */
#include "dev/nbft.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dev/image.h"
#include "dev/sim.h"
#include "dev/sim_model.h"
#include "dev/topo.h"

#define MAX_TABLES 64u

/* A table that could not be read or makes no sense. The first one is what is said if there is no other. */
struct refusal {
	enum exit_code code;
	int err;
	const char *message;
};

/* Takes the error that was recorded back: another table may be sound. */
static void put_aside(struct ctx *ctx, struct refusal *first)
{
	if (first->message)
		warn_user(ctx, "%s", ctx->error.message);
	else
		*first = (struct refusal){ ctx->error.code, ctx->error.err, ctx->error.message };
	ctx->error = (struct error){ .status = -1 };
}

/* The whole file, in a block of exactly its size. */
static int read_table(struct ctx *ctx, const char *path, const char *name, void **buf, size_t *len)
{
	char *p = arena_alloc(ctx->arena, NBFT_MAX + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : 0;

	*len = 0;
	while (fd >= 0 && *len <= NBFT_MAX && (n = read(fd, p + *len, NBFT_MAX + 1 - *len)) > 0)
		*len += (size_t)n;
	if (n < 0)
		(void)fail(ctx, exit_code_of_errno(errno), errno, "cannot read %s: %s", name,
			   strerror(errno));
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return -EIO;
	if (*len > NBFT_MAX)
		return fail(ctx, XC_DATA, 0, "%s: it is larger than %u bytes, which no NBFT is", name,
			    NBFT_MAX);
	*buf = arena_memdup(ctx->arena, p, *len);
	return 0;
}

static void add(struct ctx *ctx, struct nbft *out, const char *name, const void *buf, size_t len,
		struct refusal *first)
{
	struct nbft_table t;

	if (nbft_parse(ctx, name, buf, len, &t))
		put_aside(ctx, first);
	else
		out->tables[out->ntables++] = t;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return natural_cmp((*a)->d_name, (*b)->d_name);
}

static int is_table(const struct dirent *d)
{
	return strncmp(d->d_name, "NBFT", 4) == 0;
}

static int from_files(struct ctx *ctx, const char *dir, struct nbft *out, struct refusal *first)
{
	const char *shown = dir ? dir : NBFT_DIR, *root = dir ? "" : ctx->g.sysroot;
	struct dirent **list = NULL;
	int n = scandir(arena_printf(ctx->arena, "%s%s", root, shown), &list, is_table, by_name);

	if (n < 0 && (dir || errno != ENOENT))
		return fail(ctx, dir && errno != EACCES ? XC_USAGE : exit_code_of_errno(errno), errno,
			    "%s: cannot be searched for tables: %s", shown, strerror(errno));
	for (int i = 0; i < n; i++) {
		const char *name = arena_printf(ctx->arena, "%s/%s", shown, list[i]->d_name);
		void *buf = NULL;
		size_t len;

		free(list[i]);
		if ((unsigned)i >= MAX_TABLES)
			continue;
		if (read_table(ctx, arena_printf(ctx->arena, "%s%s", root, name), name, &buf, &len))
			put_aside(ctx, first);
		else
			add(ctx, out, name, buf, len, first);
	}
	free(list);
	return 0;
}

static int from_image(struct ctx *ctx, struct nbft *out, struct refusal *first)
{
	const struct val *list;
	size_t i = 0;
	int rc = sim_load(ctx);

	if (rc)
		return rc;
	list = val_get(ctx->sim->img->root, "nbft");
	for (const struct val *it = list ? list->c.first : NULL; it && i < MAX_TABLES; it = it->next, i++) {
		const char *name = i ? arena_printf(ctx->arena, "%s/NBFT%zu", NBFT_DIR, i) : NBFT_DIR "/NBFT",
			   *why;
		struct image_data data;

		if (image_encode(ctx->arena, NULL, it, 0, &data, &why))
			return fail(ctx, XC_DATA, 0, "%s: nbft[%zu]: %s", ctx->g.system, i, why);
		add(ctx, out, name, data.buf, data.received, first);
	}
	return 0;
}

int nbft_read(struct ctx *ctx, const char *dir, struct nbft **out)
{
	struct refusal first = { .message = NULL };
	bool given = dir && *dir;
	int rc;

	*out = arena_alloc(ctx->arena, sizeof(**out));
	(*out)->tables = arena_calloc(ctx->arena, MAX_TABLES, sizeof(*(*out)->tables));
	rc = !given && ctx->g.system ? from_image(ctx, *out, &first)
				     : from_files(ctx, given ? dir : NULL, *out, &first);
	if (rc || !first.message)
		return rc;
	if (!(*out)->ntables)
		return fail(ctx, first.code, first.err, "%s", first.message);
	warn_user(ctx, "%s", first.message);
	return 0;
}
