/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A machine's /sys, /proc and /dev in a folder of the test's own; include after unit.h. */
#ifndef NVMEKIT_TESTS_FAKE_TREE_H
#define NVMEKIT_TESTS_FAKE_TREE_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ctx.h"
#include "core/val.h"
#include "dev/inuse.h"

static struct ctx ctx;
static char root[64];

static int tree_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static int tree_setup(void **state)
{
	(void)state;
	ctx_init(&ctx);
	strcpy(root, "/tmp/nvmekit-inuse-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	ctx.g.sysroot = root;
	return 0;
}

static int tree_teardown(void **state)
{
	(void)state;
	ctx_done(&ctx);
	return nftw(root, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#define TEXT(...) arena_printf(ctx.arena, __VA_ARGS__)

/* Path below the root, with the folders that it needs. */
static inline const char *place(const char *path)
{
	char *full = TEXT("%s/%s", root, path);

	for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*p = '/';
	}
	return full;
}

static inline void put(const char *path, const char *text)
{
	FILE *f = fopen(place(path), "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static inline void put_link(const char *path, const char *to)
{
	assert_int_equal(symlink(to, place(path)), 0);
}

/* A block device of 'sectors' in sysfs. */
static inline void put_block(const char *name, const char *devno, unsigned sectors)
{
	put(TEXT("sys/class/block/%s/dev", name), TEXT("%s\n", devno));
	put(TEXT("sys/class/block/%s/size", name), TEXT("%u\n", sectors));
}

static inline void put_part(const char *disk, unsigned n, const char *devno)
{
	put(TEXT("sys/class/block/%s/%sp%u/partition", disk, disk, n), TEXT("%u\n", n));
	put_block(TEXT("%sp%u", disk, n), devno, 8192);
}

static inline void put_holder(const char *lower, const char *upper)
{
	put_link(TEXT("sys/class/block/%s/holders/%s", lower, upper), TEXT("../../%s", upper));
}

/* What is on nvme0n1, of which 'generic' is the character device. */
static inline struct inuse *look(const char *generic)
{
	struct topo_ns ns = { .name = "nvme0n1", .generic = generic, .nsid = 1 };
	struct inuse *o = NULL;

	assert_int_equal(linux_inuse(&ctx, &ns, &o), 0);
	assert_int_equal(ctx.error.code, XC_OK);
	assert_non_null(o);
	return o;
}

/* The uses, one per line: "device kind what", and an exclamation mark where the system is on it. */
static inline const char *uses_of(const struct inuse *o)
{
	const char *text = "";

	for (size_t i = 0; i < o->nuses; i++) {
		const struct use *u = &o->uses[i];

		text = TEXT("%s%s %s %s%s\n", text, u->device, u->kind, u->what, u->system ? "!" : "");
	}
	return text;
}

/* The contents likewise: "device type usage label uuid size". */
static inline const char *contents_of(const struct inuse *o)
{
	const char *text = "";

	for (size_t i = 0; i < o->ncontents; i++) {
		const struct content *c = &o->contents[i];

		text = TEXT("%s%s %s %s '%s' '%s' %llu\n", text, c->device, c->type, c->usage, c->label, c->uuid,
			    (unsigned long long)c->size);
	}
	return text;
}

#endif
