/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Attributes, devices and the topology, read from small trees below a folder of their own. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Before any kernel header: they share an include guard. */
#include <libnvme.h>

#include "core/ctx.h"
#include "dev/sysfs.h"

/* --- a tree --- */

struct tree {
	struct ctx ctx;
	char root[64];
};

static void tree_new(struct tree *t)
{
	ctx_init(&t->ctx);
	strcpy(t->root, "/tmp/nvmekit-test-XXXXXX");
	assert_non_null(mkdtemp(t->root));
	t->ctx.g.sysroot = t->root;
}

static int rm_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void tree_done(struct tree *t)
{
	assert_int_equal(nftw(t->root, rm_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	ctx_done(&t->ctx);
}

/* Path below the root, with the folders that it needs. */
static const char *place(struct tree *t, const char *path)
{
	char *full = arena_printf(t->ctx.arena, "%s/%s", t->root, path);

	for (char *p = full + strlen(t->root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*p = '/';
	}
	return full;
}

static void put(struct tree *t, const char *path, const char *text)
{
	FILE *f = fopen(place(t, path), "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void put_link(struct tree *t, const char *path, const char *to)
{
	assert_int_equal(symlink(to, place(t, path)), 0);
}

#define SUBSYS "sys/class/nvme-subsystem/nvme-subsys"

static void put_ctrl(struct tree *t, const char *name, const char *state)
{
	struct arena *a = t->ctx.arena;

	put(t, arena_printf(a, "sys/class/nvme/%s/state", name), state);
	put(t, arena_printf(a, "sys/class/nvme/%s/transport", name), "pcie\n");
	put(t, arena_printf(a, "sys/class/nvme/%s/serial", name), "S1   \n");
	put(t, arena_printf(a, "sys/class/nvme/%s/cntlid", name), "7\n");
}

static void put_ns(struct tree *t, const char *dir, const char *nsid)
{
	struct arena *a = t->ctx.arena;

	put(t, arena_printf(a, "%s/nsid", dir), nsid);
	put(t, arena_printf(a, "%s/size", dir), "2048\n");
	put(t, arena_printf(a, "%s/queue/logical_block_size", dir), "4096\n");
}

/* --- attributes --- */

static void test_attributes(void **state)
{
	struct tree t;
	int fd;

	(void)state;
	tree_new(&t);
	put(&t, "a/text", "  padded text \t \n\n");
	put(&t, "a/empty", "");
	put(&t, "a/blank", "\n");
	put(&t, "a/number", "18446744073709551615\n");
	put(&t, "a/large", "18446744073709551616\n");
	put(&t, "a/negative", "-1\n");
	put(&t, "a/mixed", "12 apples\n");
	put(&t, "a/dir/x", "");
	fd = open(place(&t, "a/"), O_RDONLY | O_DIRECTORY);
	assert_true(fd >= 0);
	assert_string_equal(sysfs_attr(t.ctx.arena, fd, "text"), "  padded text");
	assert_string_equal(sysfs_attr(t.ctx.arena, fd, "empty"), "");
	assert_string_equal(sysfs_attr(t.ctx.arena, fd, "blank"), "");
	assert_null(sysfs_attr(t.ctx.arena, fd, "none"));
	assert_null(sysfs_attr(t.ctx.arena, fd, "dir"));
	assert_true(sysfs_number(fd, "number", 5) == UINT64_MAX);
	assert_int_equal(sysfs_number(fd, "large", 5), 5);
	assert_int_equal(sysfs_number(fd, "negative", 5), 5);
	assert_int_equal(sysfs_number(fd, "mixed", 5), 5);
	assert_int_equal(sysfs_number(fd, "blank", 5), 5);
	assert_int_equal(sysfs_number(fd, "none", 5), 5);
	close(fd);
	tree_done(&t);
}

/* --- one device --- */

static int describe(struct tree *t, struct dev *dev, const char *name)
{
	*dev = (struct dev){ .ctx = &t->ctx, .name = name, .fd = -1 };
	return sysfs_describe(dev);
}

static void test_describe(void **state)
{
	struct tree t;
	struct dev dev;

	(void)state;
	tree_new(&t);
	put_ctrl(&t, "nvme0", "live\n");
	put_ctrl(&t, "nvme1", "live\n");
	put(&t, "sys/class/nvme/nvme1/transport", "tcp\n");
	put_ns(&t, "sys/class/block/nvme0n1", "5\n");
	put_link(&t, "sys/class/block/nvme0n1/device", "../../nvme0");
	put_ns(&t, "sys/class/block/nvme1n1", "6\n");
	put_link(&t, "sys/class/block/nvme1n1/device", "../../nvme1");
	put_ns(&t, "sys/class/block/nvme2n1", "7\n");
	put_link(&t, "sys/class/block/nvme2n1/device", "../../nvme-subsys2");
	put_link(&t, "sys/class/nvme-generic/ng0n1/device", "../../nvme0");
	put_link(&t, "sys/class/nvme-generic/ng2n9/device", "../../nvme-subsys2");

	assert_int_equal(describe(&t, &dev, "nvme0"), 0);
	assert_int_equal(dev.kind, DEV_CTRL);
	assert_int_equal(dev.nsid, 0);
	assert_string_equal(dev.ctrl, "nvme0");
	assert_false(dev.fabrics);
	assert_int_equal(describe(&t, &dev, "nvme1"), 0);
	assert_true(dev.fabrics);
	/* The identifier is sysfs' and not the number in the name. */
	assert_int_equal(describe(&t, &dev, "nvme0n1"), 0);
	assert_int_equal(dev.kind, DEV_NS);
	assert_int_equal(dev.nsid, 5);
	assert_string_equal(dev.ctrl, "nvme0");
	assert_int_equal(describe(&t, &dev, "nvme1n1"), 0);
	assert_true(dev.fabrics);
	/* A multipath head belongs to no single controller. */
	assert_int_equal(describe(&t, &dev, "nvme2n1"), 0);
	assert_int_equal(dev.nsid, 7);
	assert_null(dev.ctrl);
	/* The generic node's identifier is its block twin's. */
	assert_int_equal(describe(&t, &dev, "ng0n1"), 0);
	assert_int_equal(dev.kind, DEV_NS);
	assert_int_equal(dev.nsid, 5);
	assert_int_equal(describe(&t, &dev, "ng2n9"), 0);
	assert_int_equal(dev.nsid, 0);
	/* What sysfs does not know may have a node all the same. */
	assert_int_equal(describe(&t, &dev, "nvme3"), 0);
	assert_int_equal(describe(&t, &dev, "nvme0n2"), 0);
	assert_int_equal(dev.nsid, 0);
	assert_null(dev.ctrl);
	assert_int_equal(describe(&t, &dev, "nvme0c0n1"), -ENOENT);
	tree_done(&t);
}

/* --- the topology --- */

static struct topo *read_topo(struct tree *t, unsigned want)
{
	struct topo *topo = NULL;

	assert_int_equal(sysfs_topology(&t->ctx, want, &topo), 0);
	assert_int_equal(t->ctx.error.code, XC_OK);
	assert_non_null(topo);
	return topo;
}

static void test_topology(void **state)
{
	struct topo_subsys *s;
	struct tree t;
	struct topo *topo;

	(void)state;
	tree_new(&t);
	assert_int_equal(read_topo(&t, ~0u)->nsubsys, 0);
	put_ctrl(&t, "nvme2", "live\n");
	put_ctrl(&t, "nvme10", "dead\n");
	put(&t, SUBSYS "1/subsysnqn", "nqn.x\n");
	put_link(&t, SUBSYS "1/nvme10", "../../nvme/nvme10");
	put_link(&t, SUBSYS "1/nvme2", "../../nvme/nvme2");
	put_link(&t, SUBSYS "1/nvme3", "../../nvme/nvme3"); /* gone */
	put_ns(&t, SUBSYS "1/nvme1n1", "9\n");
	put(&t, SUBSYS "1/ng1n1/dev", "1:1\n");
	put(&t, "sys/class/nvme/nvme2/nvme1c2n1/ana_state", "optimized\n");
	put(&t, "sys/class/nvme/nvme2/nvme1c2n1/ana_grpid", "3\n");
	put(&t, "sys/class/nvme/nvme10/nvme1c10n1/ana_state", "inaccessible\n");
	put(&t, "sys/class/nvme/nvme10/nvme1c10n5/ana_state", "optimized\n"); /* without a head */
	put_ns(&t, "sys/class/nvme/nvme10/nvme10n4", "4\n");
	topo = read_topo(&t, TOPO_NS | TOPO_PATHS);
	assert_int_equal(topo->nsubsys, 1);
	s = topo->subsys[0];
	assert_string_equal(s->name, "nvme-subsys1");
	assert_string_equal(s->nqn, "nqn.x");
	assert_int_equal(s->nctrls, 2);
	assert_string_equal(s->ctrls[0]->name, "nvme2");
	assert_string_equal(s->ctrls[0]->serial, "S1");
	assert_string_equal(s->ctrls[0]->model, "");
	assert_int_equal(s->ctrls[0]->cntlid, 7);
	assert_ptr_equal(s->ctrls[0]->subsys, s);
	assert_string_equal(s->ctrls[1]->state, "dead");
	assert_int_equal(s->nns, 2);
	assert_string_equal(s->ns[0]->generic, "ng1n1");
	assert_int_equal(s->ns[0]->nsid, 9);
	assert_int_equal(s->ns[0]->lba_size, 4096);
	assert_int_equal(s->ns[0]->blocks, 256);
	assert_int_equal(s->ns[0]->csi, -1);
	assert_false(s->ns[0]->used_known);
	assert_false(s->ns[0]->meta_known);
	assert_null(s->ns[0]->ctrl);
	assert_int_equal(s->ns[0]->npaths, 2);
	assert_ptr_equal(s->ns[0]->paths[0].ctrl, s->ctrls[0]);
	assert_string_equal(s->ns[0]->paths[0].ana_state, "optimized");
	assert_int_equal(s->ns[0]->paths[0].ana_group, 3);
	assert_string_equal(s->ns[0]->paths[1].ana_state, "inaccessible");
	/* A private namespace beside it. */
	assert_string_equal(s->ns[1]->name, "nvme10n4");
	assert_string_equal(s->ns[1]->generic, "");
	assert_ptr_equal(s->ns[1]->ctrl, s->ctrls[1]);
	assert_int_equal(s->ns[1]->npaths, 0);
	/* Nothing is read that was not asked for. */
	topo = read_topo(&t, TOPO_NS | TOPO_ANA);
	assert_string_equal(topo->subsys[0]->ns[0]->paths[0].ana_state, "optimized");
	assert_int_equal(topo->subsys[0]->ns[0]->paths[0].ana_group, 0);
	topo = read_topo(&t, TOPO_NS);
	assert_string_equal(topo->subsys[0]->ns[0]->paths[0].ana_state, "");
	topo = read_topo(&t, 0);
	assert_int_equal(topo->subsys[0]->nctrls, 2);
	assert_int_equal(topo->subsys[0]->nns, 0);
	tree_done(&t);
}

/* Paths come in any number, and each finds its head. */
static void test_many_paths(void **state)
{
	struct topo_subsys *s;
	struct tree t;

	(void)state;
	tree_new(&t);
	for (int n = 1; n <= 12; n++)
		put_ns(&t, arena_printf(t.ctx.arena, SUBSYS "0/nvme0n%d", n), "1\n");
	for (int c = 0; c < 9; c++) {
		put_ctrl(&t, arena_printf(t.ctx.arena, "nvme%d", c), "live\n");
		put_link(&t, arena_printf(t.ctx.arena, SUBSYS "0/nvme%d", c),
			 arena_printf(t.ctx.arena, "../../nvme/nvme%d", c));
		for (int n = 1; n <= 12; n++)
			put(&t, arena_printf(t.ctx.arena, "sys/class/nvme/nvme%d/nvme0c%dn%d/x", c, c, n),
			    "");
	}
	s = read_topo(&t, TOPO_NS)->subsys[0];
	assert_int_equal(s->nns, 12);
	for (int n = 0; n < 12; n++) {
		assert_int_equal(s->ns[n]->npaths, 9);
		for (int c = 0; c < 9; c++) {
			char want[32];

			snprintf(want, sizeof(want), "nvme0c%dn%d", c, n + 1);
			assert_string_equal(s->ns[n]->paths[c].name, want);
			assert_ptr_equal(s->ns[n]->paths[c].ctrl, s->ctrls[c]);
		}
	}
	tree_done(&t);
}

static void test_block_sizes(void **state)
{
	static const struct {
		const char *size, *lba;
		uint32_t lba_size;
		uint64_t blocks;
	} rows[] = {
		{ "2048\n", "512\n", 512, 2048 }, { "2048\n", "4096\n", 4096, 256 },
		{ "0\n", "4096\n", 4096, 0 },	  { "2048\n", "0\n", 512, 2048 },
		{ "2048\n", "7\n", 512, 2048 },	  { "2048\n", "x\n", 512, 2048 },
		{ "x\n", "512\n", 512, 0 },	  { "2048\n", "65536\n", 65536, 16 },
	};
	struct topo_ns *ns;
	struct tree t;

	(void)state;
	tree_new(&t);
	put_ns(&t, SUBSYS "0/nvme0n1", "1\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put(&t, SUBSYS "0/nvme0n1/size", rows[i].size);
		put(&t, SUBSYS "0/nvme0n1/queue/logical_block_size", rows[i].lba);
		ns = read_topo(&t, TOPO_NS)->subsys[0]->ns[0];
		assert_int_equal(ns->lba_size, rows[i].lba_size);
		assert_int_equal(ns->blocks, rows[i].blocks);
	}
	tree_done(&t);
}

/* --- what old kernels do not say --- */

/* In the library's place: counts, and answers as a namespace with two formats, the second of them in use. */
static struct {
	unsigned commands;
	struct nvme_passthru_cmd64 last;
	int rc;
} drive;

int nvme_submit_admin_passthru64(int fd, struct nvme_passthru_cmd64 *cmd, __u64 *result)
{
	uint8_t *p = (uint8_t *)(uintptr_t)cmd->addr;

	(void)fd;
	drive.commands++;
	drive.last = *cmd;
	*result = 0;
	if (drive.rc < 0)
		errno = -drive.rc;
	if (drive.rc)
		return drive.rc < 0 ? -1 : drive.rc;
	assert_int_equal(cmd->data_len, 4096);
	memset(p, 0, 4096);
	p[16] = 77;	 /* NUSE */
	p[25] = 1;	 /* NLBAF: two formats */
	p[26] = 1;	 /* FLBAS */
	p[128 + 2] = 9;	 /* LBAF 0: 512 + 0 */
	p[128 + 4] = 64; /* LBAF 1: 4096 + 64 */
	p[128 + 4 + 2] = 12;
	return 0;
}

static void old_kernel(struct tree *t)
{
	tree_new(t);
	put_ctrl(t, "nvme0", "live\n");
	put_link(t, SUBSYS "0/nvme0", "../../nvme/nvme0");
	put_ns(t, "sys/class/nvme/nvme0/nvme0n1", "3\n");
	put_link(t, "sys/class/block/nvme0n1", "../nvme/nvme0/nvme0n1");
	memset(&drive, 0, sizeof(drive));
	/* Any character device will do, but it must be in the tree: no link leads out of it. */
	if (mknod(place(t, "dev/nvme0n1"), S_IFCHR | 0600, makedev(1, 3))) {
		tree_done(t);
		skip();
	}
}

static struct topo_ns *one_ns(struct tree *t, unsigned want)
{
	struct topo *topo = read_topo(t, want);

	assert_int_equal(topo->subsys[0]->nns, 1);
	return topo->subsys[0]->ns[0];
}

static void test_usage_is_asked_for(void **state)
{
	struct topo_ns *ns;
	struct tree t;

	(void)state;
	old_kernel(&t);
	ns = one_ns(&t, TOPO_NS | TOPO_IDS | TOPO_HOST | TOPO_PATHS);
	assert_int_equal(drive.commands, 0);
	assert_false(ns->used_known);
	ns = one_ns(&t, TOPO_NS | TOPO_USAGE | TOPO_META);
	assert_int_equal(drive.commands, 1);
	assert_int_equal(drive.last.opcode, 0x06);
	assert_int_equal(drive.last.nsid, 3);
	assert_int_equal(drive.last.cdw10, 0);
	assert_true(ns->used_known);
	assert_int_equal(ns->used, 77);
	assert_true(ns->meta_known);
	assert_int_equal(ns->meta_size, 64);
	ns = one_ns(&t, TOPO_NS | TOPO_META);
	assert_int_equal(drive.commands, 2);
	assert_int_equal(ns->meta_size, 64);
	/* What sysfs says holds. */
	put(&t, "sys/class/nvme/nvme0/nvme0n1/metadata_bytes", "8\n");
	ns = one_ns(&t, TOPO_NS | TOPO_META);
	assert_int_equal(drive.commands, 2);
	assert_int_equal(ns->meta_size, 8);
	ns = one_ns(&t, TOPO_NS | TOPO_META | TOPO_USAGE);
	assert_int_equal(drive.commands, 3);
	assert_int_equal(ns->meta_size, 8);
	assert_int_equal(ns->used, 77);
	put(&t, "sys/class/nvme/nvme0/nvme0n1/nuse", "5\n");
	ns = one_ns(&t, TOPO_NS | TOPO_META | TOPO_USAGE);
	assert_int_equal(drive.commands, 3);
	assert_int_equal(ns->used, 5);
	tree_done(&t);
}

static void test_usage_that_cannot_be_had(void **state)
{
	static const int answers[] = { -EACCES, -ENOTTY, -EINTR, 0x4002, 0x2 };
	struct tree t;

	(void)state;
	old_kernel(&t);
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		drive.rc = answers[i];
		assert_false(one_ns(&t, TOPO_NS | TOPO_USAGE)->used_known);
		assert_int_equal(drive.commands, i + 1);
	}
	/* One that is not live would keep the listing waiting. */
	memset(&drive, 0, sizeof(drive));
	put(&t, "sys/class/nvme/nvme0/state", "connecting\n");
	assert_false(one_ns(&t, TOPO_NS | TOPO_USAGE)->used_known);
	put(&t, "sys/class/nvme/nvme0/state", "live\n");
	/* No node, or something else in its place. */
	assert_int_equal(unlink(place(&t, "dev/nvme0n1")), 0);
	assert_false(one_ns(&t, TOPO_NS | TOPO_USAGE)->used_known);
	put(&t, "dev/nvme0n1", "");
	assert_false(one_ns(&t, TOPO_NS | TOPO_USAGE)->used_known);
	assert_int_equal(drive.commands, 0);
	/* An error that was there before stays. */
	fail(&t.ctx, XC_DATA, 0, "first");
	{
		struct topo *topo;

		assert_int_equal(sysfs_topology(&t.ctx, TOPO_NS | TOPO_USAGE, &topo), 0);
	}
	assert_int_equal(t.ctx.error.code, XC_DATA);
	assert_string_equal(t.ctx.error.message, "first");
	tree_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_describe),
		cmocka_unit_test(test_topology),
		cmocka_unit_test(test_many_paths),
		cmocka_unit_test(test_block_sizes),
		cmocka_unit_test(test_usage_is_asked_for),
		cmocka_unit_test(test_usage_that_cannot_be_had),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
