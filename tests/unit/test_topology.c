/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The topology as it is read from small sysfs trees made here, one for each odd thing that a machine can show:
 * multipath, dead controllers, objects that vanish, old kernels, many namespaces and few file descriptors.
 */
#include "unit.h"

#include <errno.h>
#include <ftw.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ctx.h"
#include "dev/dev.h"
#include "dev/topo.h"
#include "spec/field.h"

static char root[64];
static struct ctx ctx;
static struct topo *topo;

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static int setup(void **state)
{
	(void)state;
	strcpy(root, "/tmp/nvmekit-topology-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	ctx_init(&ctx);
	ctx.g.sysroot = root;
	topo = NULL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ctx_done(&ctx);
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* --- making trees --- */

static const char *full(const char *path)
{
	return arena_printf(ctx.arena, "%s/%s", root, path);
}

static void make_parents(const char *path)
{
	char *p = arena_strdup(ctx.arena, full(path));

	for (char *s = p + strlen(root) + 1; (s = strchr(s, '/')); s++) {
		*s = '\0';
		if (mkdir(p, 0755) && errno != EEXIST)
			fail_msg("mkdir %s: %s", p, strerror(errno));
		*s = '/';
	}
}

static void dir(const char *path)
{
	make_parents(arena_printf(ctx.arena, "%s/x", path));
}

static void file(const char *path, const char *text)
{
	FILE *f;

	make_parents(path);
	f = fopen(full(path), "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void sym(const char *path, const char *target)
{
	make_parents(path);
	assert_int_equal(symlink(target, full(path)), 0);
}

#define P(...) arena_printf(ctx.arena, __VA_ARGS__)

static void attr(const char *dir_path, const char *name, const char *text)
{
	file(P("%s/%s", dir_path, name), P("%s\n", text));
}

#define SUBSYS "sys/devices/virtual/nvme-subsystem"
#define CTRLS  "sys/devices/ctrl"

static const char *subsys(unsigned s, const char *nqn)
{
	const char *d = P(SUBSYS "/nvme-subsys%u", s);

	attr(d, "subsysnqn", nqn);
	attr(d, "model", P("Model %u              ", s));
	attr(d, "serial", P("SN%u", s));
	attr(d, "firmware_rev", "1.0");
	attr(d, "subsystype", "nvm");
	attr(d, "iopolicy", "numa");
	sym(P("sys/class/nvme-subsystem/nvme-subsys%u", s),
	    P("../../devices/virtual/nvme-subsystem/nvme-subsys%u", s));
	return d;
}

/* A controller; subsystem -1: the kernel has not linked it to one (yet, or at all). */
static const char *ctrl(unsigned c, int s, const char *transport, const char *address, const char *state)
{
	const char *d = P(CTRLS "/nvme%u", c);

	attr(d, "state", state);
	attr(d, "transport", transport);
	attr(d, "address", address);
	attr(d, "serial", P("SN%d", s));
	attr(d, "model", P("Model %d              ", s));
	attr(d, "firmware_rev", "1.0");
	attr(d, "subsysnqn", P("nqn.s%d", s));
	attr(d, "cntlid", P("%u", c + 1));
	attr(d, "cntrltype", "io");
	sym(P("sys/class/nvme/nvme%u", c), P("../../devices/ctrl/nvme%u", c));
	if (s >= 0)
		sym(P(SUBSYS "/nvme-subsys%d/nvme%u", s, c), P("../../../ctrl/nvme%u", c));
	return d;
}

/* 'where' is the directory of the subsystem (a multipath head) or of the controller. */
static const char *ns(const char *where, const char *name, unsigned nsid, unsigned lba, unsigned long sectors)
{
	const char *d = P("%s/%s", where, name);

	attr(d, "nsid", P("%u", nsid));
	attr(d, "size", P("%lu", sectors));
	attr(d, "queue/logical_block_size", P("%u", lba));
	dir(P("%s/ng%s", where, name + 4));
	return d;
}

static const char *path(const char *where, const char *name, const char *ana)
{
	const char *d = P("%s/%s", where, name);

	attr(d, "nsid", "1");
	attr(d, "size", "8");
	attr(d, "queue/logical_block_size", "512");
	if (ana) {
		attr(d, "ana_state", ana);
		attr(d, "ana_grpid", "7");
	}
	return d;
}

static void scan(unsigned want)
{
	int rc = topo_read(&ctx, want, &topo);

	if (rc)
		fail_msg("topo_read: %d: %s", rc, ctx.error.message ? ctx.error.message : "no word");
	assert_non_null(topo);
}

static struct topo_ctrl *find_ctrl(const char *name)
{
	for (size_t i = 0; i < topo->nsubsys; i++) {
		for (size_t k = 0; k < topo->subsys[i]->nctrls; k++)
			if (strcmp(topo->subsys[i]->ctrls[k]->name, name) == 0)
				return topo->subsys[i]->ctrls[k];
	}
	return NULL;
}

static struct topo_ns *find_ns(const char *name)
{
	for (size_t i = 0; i < topo->nsubsys; i++) {
		for (size_t k = 0; k < topo->subsys[i]->nns; k++)
			if (strcmp(topo->subsys[i]->ns[k]->name, name) == 0)
				return topo->subsys[i]->ns[k];
	}
	return NULL;
}

#define ALL (TOPO_NS | TOPO_USAGE | TOPO_IDS | TOPO_PATHS | TOPO_HOST)

/* --- cases --- */

static void test_natural(void **state)
{
	static const char *const order[] = { "nvme0", "nvme0n1", "nvme0n2", "nvme0n10",
					     "nvme2", "nvme10",	 "nvme10n1" };

	(void)state;
	for (size_t i = 0; i < NELEMS(order); i++) {
		for (size_t k = 0; k < NELEMS(order); k++) {
			int cmp = natural_cmp(order[i], order[k]);

			if ((cmp > 0) - (cmp < 0) != (i > k) - (i < k))
				fail_msg("%s, %s: %d", order[i], order[k], cmp);
		}
	}
	/* Longer than any integer type. */
	assert_true(natural_cmp("nvme99999999999999999999998", "nvme99999999999999999999999") < 0);
	assert_true(natural_cmp("nvme100000000000000000000000", "nvme99999999999999999999999") > 0);
}

static void test_nothing(void **state)
{
	(void)state;
	scan(ALL);
	assert_int_equal(topo->nsubsys, 0);
	dir("sys/class");
	scan(ALL);
	assert_int_equal(topo->nsubsys, 0);
	dir("sys/class/nvme");
	dir("sys/class/nvme-subsystem");
	scan(ALL);
	assert_int_equal(topo->nsubsys, 0);
	assert_int_equal(ctx.error.code, XC_OK);
}

static void test_unreadable(void **state)
{
	(void)state;
	/* What is there and cannot be read is no empty machine. */
	sym("sys/class/nvme-subsystem", "nvme-subsystem");
	sym("sys/class/nvme", "nvme");
	assert_int_not_equal(topo_read(&ctx, ALL, &topo), 0);
	assert_int_not_equal(ctx.error.code, XC_OK);
}

static void test_plain(void **state)
{
	const char *c, *d;
	struct topo_ns *n;

	(void)state;
	subsys(0, "nqn.s0");
	c = ctrl(0, 0, "pcie", "0000:01:00.0", "live");
	attr(c, "numa_node", "1");
	/* The number in the name is not the namespace identifier. */
	d = ns(c, "nvme0n1", 5, 512, 2048);
	attr(d, "nuse", "100");
	attr(d, "metadata_bytes", "8");
	attr(d, "csi", "2");
	ns(c, "nvme0n2", 6, 4096, 2048);
	scan(ALL);
	assert_int_equal(topo->nsubsys, 1);
	assert_string_equal(topo->subsys[0]->name, "nvme-subsys0");
	assert_string_equal(topo->subsys[0]->nqn, "nqn.s0");
	assert_string_equal(topo->subsys[0]->iopolicy, "numa");
	assert_string_equal(topo->subsys[0]->type, "nvm");
	assert_int_equal(topo->subsys[0]->nctrls, 1);
	assert_string_equal(topo->subsys[0]->ctrls[0]->model, "Model 0");
	assert_string_equal(topo->subsys[0]->ctrls[0]->address, "0000:01:00.0");
	assert_int_equal(topo->subsys[0]->ctrls[0]->cntlid, 1);
	assert_int_equal(topo->subsys[0]->ctrls[0]->numa_node, 1);
	assert_string_equal(topo->subsys[0]->ctrls[0]->hostnqn, "");
	assert_int_equal(topo->subsys[0]->nns, 2);
	n = topo->subsys[0]->ns[0];
	assert_string_equal(n->name, "nvme0n1");
	assert_string_equal(n->generic, "ng0n1");
	assert_int_equal(n->nsid, 5);
	assert_int_equal(n->blocks, 2048);
	assert_true(n->used_known && n->meta_known);
	assert_int_equal(n->used, 100);
	assert_int_equal(n->meta_size, 8);
	assert_int_equal(n->csi, 2);
	assert_ptr_equal(n->ctrl, topo->subsys[0]->ctrls[0]);
	assert_ptr_equal(n->subsys, topo->subsys[0]);
	assert_int_equal(n->npaths, 0);
	/* sysfs counts in 512 bytes whatever the block size; an older kernel says less. */
	n = topo->subsys[0]->ns[1];
	assert_int_equal(n->lba_size, 4096);
	assert_int_equal(n->blocks, 256);
	assert_false(n->used_known);
	assert_false(n->meta_known);
	assert_int_equal(n->csi, -1);
}

static void test_multipath(void **state)
{
	const char *s, *a, *b;
	struct topo_ns *n;

	(void)state;
	s = subsys(3, "nqn.s3");
	a = ctrl(2, 3, "tcp", "traddr=192.0.2.1,trsvcid=4420", "live");
	b = ctrl(10, 3, "tcp", "traddr=192.0.2.2,trsvcid=4420", "connecting");
	ns(s, "nvme3n1", 1, 512, 8);
	ns(s, "nvme3n2", 2, 512, 8);
	ns(s, "nvme3n10", 10, 512, 8);
	attr(path(a, "nvme3c2n1", "optimized"), "queue_depth", "17");
	attr(path(b, "nvme3c10n1", "inaccessible"), "numa_nodes", "0-1,3");
	path(b, "nvme3c10n2", NULL);
	scan(ALL);
	assert_int_equal(topo->nsubsys, 1);
	assert_int_equal(topo->subsys[0]->nctrls, 2);
	assert_string_equal(topo->subsys[0]->ctrls[0]->name, "nvme2");
	assert_string_equal(topo->subsys[0]->ctrls[1]->name, "nvme10");
	assert_string_equal(topo->subsys[0]->ctrls[1]->state, "connecting");
	/* Each namespace once, its paths below it; a head may have lost all of them. */
	assert_int_equal(topo->subsys[0]->nns, 3);
	assert_string_equal(topo->subsys[0]->ns[2]->name, "nvme3n10");
	n = topo->subsys[0]->ns[0];
	assert_null(n->ctrl);
	assert_int_equal(n->npaths, 2);
	assert_string_equal(n->paths[0].name, "nvme3c2n1");
	assert_string_equal(n->paths[0].ana_state, "optimized");
	assert_int_equal(n->paths[0].ana_group, 7);
	/* Older kernels know neither. */
	assert_int_equal(n->paths[0].queue_depth, 17);
	assert_string_equal(n->paths[0].numa_nodes, "");
	assert_int_equal(n->paths[1].queue_depth, -1);
	assert_string_equal(n->paths[1].numa_nodes, "0-1,3");
	assert_ptr_equal(n->paths[0].ctrl, topo->subsys[0]->ctrls[0]);
	assert_string_equal(n->paths[1].ana_state, "inaccessible");
	assert_ptr_equal(n->paths[1].ctrl, topo->subsys[0]->ctrls[1]);
	assert_int_equal(topo->subsys[0]->ns[1]->npaths, 1);
	assert_string_equal(topo->subsys[0]->ns[1]->paths[0].ana_state, "");
	assert_int_equal(topo->subsys[0]->ns[2]->npaths, 0);
	assert_string_equal(n->generic, "ng3n1");
}

static void test_many_paths(void **state)
{
	const char *s;

	(void)state;
	s = subsys(0, "nqn.s0");
	ns(s, "nvme0n1", 1, 512, 8);
	for (unsigned c = 0; c < 19; c++)
		path(ctrl(c, 0, "fc", "x", "live"), P("nvme0c%un1", c), "optimized");
	scan(TOPO_NS | TOPO_PATHS);
	assert_int_equal(topo->subsys[0]->ns[0]->npaths, 19);
	for (unsigned c = 0; c < 19; c++) {
		assert_string_equal(topo->subsys[0]->ns[0]->paths[c].name, P("nvme0c%un1", c));
		assert_ptr_equal(topo->subsys[0]->ns[0]->paths[c].ctrl, topo->subsys[0]->ctrls[c]);
	}
}

static void test_states(void **state)
{
	static const char *const states[] = { "live", "resetting", "connecting", "deleting", "dead", "" };

	(void)state;
	for (unsigned i = 0; i < NELEMS(states); i++) {
		subsys(i, P("nqn.s%u", i));
		ctrl(i, (int)i, "pcie", "0000:01:00.0", states[i]);
	}
	scan(ALL);
	assert_int_equal(topo->nsubsys, NELEMS(states));
	for (unsigned i = 0; i < NELEMS(states); i++) {
		assert_int_equal(topo->subsys[i]->nctrls, 1);
		assert_string_equal(topo->subsys[i]->ctrls[0]->state, states[i]);
		assert_int_equal(topo->subsys[i]->nns, 0);
	}
}

/* The kernel knows subsystems by NQN alone: controllers of two hosts share one. Discovery controllers do not. */
static void test_hosts(void **state)
{
	const char *c;

	(void)state;
	subsys(0, "nqn.s0");
	c = ctrl(0, 0, "tcp", "traddr=192.0.2.1", "live");
	attr(c, "hostnqn", "nqn.host-a");
	attr(c, "hostid", "a");
	c = ctrl(1, 0, "tcp", "traddr=192.0.2.1", "live");
	attr(c, "hostnqn", "nqn.host-b");
	attr(c, "hostid", "b");
	subsys(1, "nqn.2014-08.org.nvmexpress.discovery");
	subsys(2, "nqn.2014-08.org.nvmexpress.discovery");
	ctrl(2, 1, "tcp", "traddr=192.0.2.1", "live");
	ctrl(3, 2, "tcp", "traddr=192.0.2.2", "live");
	scan(TOPO_HOST);
	assert_int_equal(topo->nsubsys, 3);
	assert_int_equal(topo->subsys[0]->nctrls, 2);
	assert_string_equal(topo->subsys[0]->ctrls[0]->hostnqn, "nqn.host-a");
	assert_string_equal(topo->subsys[0]->ctrls[0]->hostid, "a");
	assert_string_equal(topo->subsys[0]->ctrls[1]->hostnqn, "nqn.host-b");
	assert_string_equal(topo->subsys[1]->nqn, topo->subsys[2]->nqn);
	assert_int_equal(topo->subsys[2]->nctrls, 1);
}

static void test_vanishing(void **state)
{
	const char *s, *c;

	(void)state;
	s = subsys(0, "nqn.s0");
	c = ctrl(0, 0, "tcp", "x", "live");
	ns(s, "nvme0n1", 1, 512, 8);
	path(c, "nvme0c0n1", "optimized");
	/* A controller, a subsystem and a namespace whose directories are gone or empty; a path without its head. */
	sym(SUBSYS "/nvme-subsys0/nvme7", "../../../ctrl/nvme7");
	sym("sys/class/nvme/nvme7", "../../devices/ctrl/nvme7");
	sym("sys/class/nvme-subsystem/nvme-subsys9", "../../devices/virtual/nvme-subsystem/nvme-subsys9");
	dir(SUBSYS "/nvme-subsys0/nvme0n2");
	path(c, "nvme0c0n3", "optimized");
	scan(ALL);
	assert_null(find_ctrl("nvme7"));
	assert_int_equal(topo->nsubsys, 1);
	assert_int_equal(topo->subsys[0]->nctrls, 1);
	assert_int_equal(topo->subsys[0]->nns, 1);
	assert_int_equal(topo->subsys[0]->ns[0]->npaths, 1);
	assert_int_equal(ctx.error.code, XC_OK);
}

/* While it connects for the first time, a controller belongs to no subsystem. */
static void test_unlinked(void **state)
{
	(void)state;
	subsys(0, "nqn.s0");
	ctrl(0, 0, "pcie", "0000:01:00.0", "live");
	ctrl(4, -1, "tcp", "traddr=192.0.2.1", "connecting");
	scan(ALL);
	assert_non_null(find_ctrl("nvme0"));
	assert_non_null(find_ctrl("nvme4"));
	assert_string_equal(find_ctrl("nvme4")->state, "connecting");
	assert_non_null(find_ctrl("nvme4")->subsys);
}

static void test_old_kernel(void **state)
{
	const char *c;

	(void)state;
	c = ctrl(0, -1, "pcie", "0000:01:00.0", "live");
	ns(c, "nvme0n1", 1, 512, 8);
	ctrl(1, -1, "pcie", "0000:02:00.0", "live");
	scan(ALL);
	assert_non_null(find_ctrl("nvme0"));
	assert_non_null(find_ctrl("nvme1"));
	assert_non_null(find_ns("nvme0n1"));
	assert_ptr_equal(find_ns("nvme0n1")->ctrl, find_ctrl("nvme0"));
	assert_non_null(find_ns("nvme0n1")->subsys);
}

static void test_ids(void **state)
{
	const char *c, *d;

	(void)state;
	subsys(0, "nqn.s0");
	c = ctrl(0, 0, "pcie", "0000:01:00.0", "live");
	d = ns(c, "nvme0n1", 1, 512, 8);
	attr(d, "uuid", "6e766d65-6b69-4000-8000-000000000001");
	attr(d, "nguid", "6e766d65-6b69-7400-5254-000000000001");
	attr(d, "eui", "52 54 00 00 00 00 00 01");
	d = ns(c, "nvme0n2", 2, 512, 8);
	/* Without a UUID the kernel repeats the NGUID there. */
	attr(d, "uuid", "6e766d65-6b69-7400-5254-000000000002");
	attr(d, "nguid", "6e766d65-6b69-7400-5254-000000000002");
	attr(d, "eui", "00 00 00 00 00 00 00 00");
	ns(c, "nvme0n3", 3, 512, 8);
	scan(TOPO_NS | TOPO_IDS);
	assert_string_equal(find_ns("nvme0n1")->uuid, "6e766d65-6b69-4000-8000-000000000001");
	assert_string_equal(find_ns("nvme0n1")->nguid, "6e766d656b6974005254000000000001");
	assert_string_equal(find_ns("nvme0n1")->eui64, "5254000000000001");
	assert_string_equal(find_ns("nvme0n2")->uuid, "");
	assert_string_equal(find_ns("nvme0n2")->nguid, "6e766d656b6974005254000000000002");
	assert_string_equal(find_ns("nvme0n2")->eui64, "");
	assert_string_equal(find_ns("nvme0n3")->uuid, "");
	assert_string_equal(find_ns("nvme0n3")->nguid, "");
}

/* What is not asked for is not read: nuse may cost a command to the drive. A pipe without a writer would hang. */
static void test_want(void **state)
{
	static const char *const costly[] = { "nuse", "uuid" };
	const char *c, *d;

	(void)state;
	subsys(0, "nqn.s0");
	c = ctrl(0, 0, "pcie", "0000:01:00.0", "live");
	d = ns(c, "nvme0n1", 1, 512, 8);
	for (size_t i = 0; i < NELEMS(costly); i++)
		assert_int_equal(mkfifo(full(P("%s/%s", d, costly[i])), 0600), 0);
	assert_int_equal(mkfifo(full(P("%s/hostnqn", c)), 0600), 0);
	alarm(20);
	scan(TOPO_NS | TOPO_PATHS);
	alarm(0);
	assert_false(find_ns("nvme0n1")->used_known);
	assert_string_equal(find_ns("nvme0n1")->uuid, "");
	scan(0);
	assert_int_equal(topo->subsys[0]->nctrls, 1);
	assert_int_equal(topo->subsys[0]->nns, 0);
}

static void test_hostile(void **state)
{
	const char *c, *d;
	char *text = arena_alloc(ctx.arena, 5001);

	(void)state;
	subsys(0, "nqn.s0");
	c = ctrl(0, 0, "pcie", "0000:01:00.0", "live");
	memset(text, 'x', 5000);
	file(P("%s/model", c), text);
	file(P("%s/serial", c), "");
	file(P("%s/firmware_rev", c), "a\nb\033[1m\n");
	attr(c, "cntlid", "many");
	d = ns(c, "nvme0n1", 1, 0, 8);
	attr(d, "metadata_bytes", "-1");
	attr(d, "nuse", "99999999999999999999999");
	d = ns(c, "nvme0n2", 2, 4294967295u, 8);
	ns(c, "nvme0n99999999999999999999", 3, 512, 8);
	ns(c, "nvme0n1x", 4, 512, 8);
	scan(ALL);
	assert_string_equal(find_ctrl("nvme0")->serial, "");
	assert_string_equal(find_ctrl("nvme0")->firmware, "a\nb\033[1m");
	assert_int_equal(find_ctrl("nvme0")->cntlid, -1);
	assert_int_not_equal(find_ns("nvme0n1")->lba_size, 0);
	assert_false(find_ns("nvme0n1")->meta_known);
	assert_false(find_ns("nvme0n1")->used_known);
	assert_null(find_ns("nvme0n1x"));
}

/* Thousands of namespaces, and not more files open at a time than anybody may have. */
static void test_many(void **state)
{
	struct rlimit old, few;
	const char *s, *a, *b;
	unsigned n = 2500;

	(void)state;
	s = subsys(0, "nqn.s0");
	a = ctrl(0, 0, "tcp", "x", "live");
	b = ctrl(1, 0, "tcp", "y", "live");
	for (unsigned i = 1; i <= n; i++) {
		ns(s, P("nvme0n%u", i), i, 512, 8);
		path(a, P("nvme0c0n%u", i), "optimized");
		path(b, P("nvme0c1n%u", i), "optimized");
	}
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = 24;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	scan(TOPO_NS | TOPO_PATHS);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(topo->subsys[0]->nns, n);
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(topo->subsys[0]->ns[i]->nsid, i + 1);
		assert_int_equal(topo->subsys[0]->ns[i]->npaths, 2);
	}
}

#define CASE_OF(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE_OF(test_natural),	CASE_OF(test_nothing),	  CASE_OF(test_unreadable),
		CASE_OF(test_plain),	CASE_OF(test_multipath),  CASE_OF(test_many_paths),
		CASE_OF(test_states),	CASE_OF(test_hosts),	  CASE_OF(test_vanishing),
		CASE_OF(test_unlinked), CASE_OF(test_old_kernel), CASE_OF(test_ids),
		CASE_OF(test_want),	CASE_OF(test_hostile),	  CASE_OF(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
