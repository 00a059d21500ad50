/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ana-log against controllers of every kind: long pages, short transfers, states that change meanwhile, and lies. */
#include "unit.h"

#include <errno.h>

#include "cmd/cmd.h"
#include "core/ctx.h"
#include "dev/dev.h"
#include "spec/tables.h"

extern const struct cmd cmd_ana_log;

/* What the command's own struct of arguments begins with. */
struct args {
	bool groups;
	char rest[64];
};

/* A controller. */
static struct fake {
	uint8_t *page;
	size_t len;	   /* of the page; behind it come zeroes */
	size_t received;   /* of the page that ever arrives; 0: all */
	uint32_t most;	   /* bytes that the kernel lets through at once */
	bool no_offset;	   /* begins at 0 whatever is asked, as nvmet does */
	bool no_ana;
	uint32_t nanagrpid, mnan, nn;
	unsigned moves;	   /* so many reads move the change count */
	int status;
	unsigned reads, rejected;
	bool rgo;
} fake;

static void put_le(uint8_t *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static int answer_identify(struct req *r)
{
	uint8_t *id = r->data;

	memset(id, 0, r->data_len);
	id[76] = fake.no_ana ? 0 : 8;
	put_le(id + 348, fake.nanagrpid, 4);
	put_le(id + 516, fake.nn, 4);
	put_le(id + 540, fake.mnan, 4);
	return 0;
}

static int answer_log(struct req *r)
{
	uint64_t at = fake.no_offset ? 0 : (r->cdw12 | (uint64_t)r->cdw13 << 32);
	size_t all = fake.received ? fake.received : SIZE_MAX, n = 0;

	if (r->data_len > fake.most)
		return -EINVAL;
	fake.reads++;
	if (fake.no_ana || (r->cdw10 & 0xff) != 0x0c || !(r->cdw10 >> 15 & 1))
		fake.rejected++;
	fake.rgo = r->cdw10 >> 8 & 1;
	if (fake.status)
		return fake.status;
	memset(r->data, 0, r->data_len);
	while (n < r->data_len && at + n < all) {
		((uint8_t *)r->data)[n] = at + n < fake.len ? fake.page[at + n] : 0;
		n++;
	}
	r->received = (uint32_t)n;
	if (fake.moves) {
		fake.moves--;
		fake.page[0]++;
	}
	return 0;
}

static int fake_submit(struct dev *dev, struct req *r)
{
	(void)dev;
	return r->opcode == ADM_IDENTIFY ? answer_identify(r) : answer_log(r);
}

static void fake_close(struct dev *dev)
{
	(void)dev;
}

static const struct dev_ops fake_ops = { .name = "fake", .submit = fake_submit, .close = fake_close };

static struct ctx ctx;
static struct dev dev;
static struct val *out;

static int setup(void **state)
{
	(void)state;
	ctx_init(&ctx);
	fake = (struct fake){ .most = UINT32_MAX, .nanagrpid = 16, .mnan = 1024, .nn = 1024 };
	dev = (struct dev){ .ctx = &ctx, .ops = &fake_ops, .name = "nvme0", .path = "/dev/nvme0", .ctrl = "nvme0", .fd = -1 };
	ctx.dev = &dev;
	ctx.device = "nvme0";
	ctx.cmd = &cmd_ana_log;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ctx_done(&ctx);
	return 0;
}

static int run(bool groups)
{
	struct args args = { .groups = groups };

	assert_true(cmd_ana_log.argsz <= sizeof(args));
	out = val_new(ctx.arena, VAL_OBJ);
	return cmd_ana_log.run(&ctx, &args, out);
}

/* A page of so many groups with so many namespaces each, numbered through. */
static void page(unsigned groups, unsigned each)
{
	size_t at = 16;

	fake.len = 16 + groups * (32 + 4 * (size_t)each);
	fake.page = arena_alloc(ctx.arena, fake.len);
	put_le(fake.page, 7, 8);
	put_le(fake.page + 8, groups, 2);
	for (unsigned g = 0; g < groups; g++) {
		put_le(fake.page + at, g + 1, 4);
		put_le(fake.page + at + 4, each, 4);
		put_le(fake.page + at + 8, 7, 8);
		fake.page[at + 16] = g % 2 ? 3 : 1;
		for (unsigned n = 0; n < each; n++)
			put_le(fake.page + at + 32 + 4 * n, g * each + n + 1, 4);
		at += 32 + 4 * each;
	}
}

/* Every group and namespace is there, and nothing beside. */
static void expect(unsigned groups, unsigned each)
{
	const struct val *list = val_get(out, "groups");
	unsigned g = 0;

	assert_int_equal(ctx.error.code, XC_OK);
	assert_non_null(list);
	assert_int_equal(list->c.n, groups);
	assert_int_equal(ctx.raw_len, 16 + groups * (32 + 4 * (size_t)each));
	val_for_each(it, list) {
		const struct val *nsids = val_get(it, "nsids");
		unsigned n = 0;

		assert_int_equal(val_u64(it, "grpid", 0), g + 1);
		assert_int_equal(val_u64(it, "state", 0), g % 2 ? 3 : 1);
		assert_int_equal(nsids ? nsids->c.n : 0, each);
		for (const struct val *ns = nsids ? nsids->c.first : NULL; ns; ns = ns->next)
			assert_int_equal(val_u64(ns, "nsid", 0), g * each + ++n);
		g++;
	}
	assert_int_equal(fake.rejected, 0);
}

static void test_short_page(void **state)
{
	(void)state;
	page(2, 3);
	assert_int_equal(run(false), 0);
	expect(2, 3);
	assert_int_equal(fake.reads, 1);
	assert_false(fake.rgo);
}

static void test_groups_alone(void **state)
{
	(void)state;
	page(3, 0);
	assert_int_equal(run(true), 0);
	expect(3, 0);
	assert_true(fake.rgo);
}

static void test_no_group(void **state)
{
	(void)state;
	page(0, 0);
	assert_int_equal(run(false), 0);
	expect(0, 0);
}

/* Longer than 4096 bytes: one command where the kernel lets it pass, so that a target without offsets is read right. */
static void test_long_page_at_once(void **state)
{
	(void)state;
	fake.nanagrpid = 128;
	fake.no_offset = true;
	page(100, 20);
	assert_int_equal(run(false), 0);
	expect(100, 20);
}

static void test_long_page_in_pieces(void **state)
{
	(void)state;
	fake.nanagrpid = 128;
	fake.mnan = 4096;
	fake.most = 4096;
	page(100, 20);
	assert_int_equal(run(false), 0);
	expect(100, 20);
	assert_true(fake.reads >= 4);
}

/* A controller that says too little of itself is believed as far as its page is not absurd. */
static void test_longer_than_announced(void **state)
{
	(void)state;
	fake.nanagrpid = 1;
	fake.mnan = 0;
	fake.nn = 1;
	page(50, 1000);
	assert_int_equal(run(false), 0);
	expect(50, 1000);
}

/* Beyond one command: read in several, and checked to be of one moment. */
static void test_very_long_page(void **state)
{
	(void)state;
	fake.nanagrpid = 64;
	fake.mnan = 100000;
	page(64, 1500);
	assert_int_equal(run(false), 0);
	expect(64, 1500);
}

static void test_changes_meanwhile(void **state)
{
	(void)state;
	fake.nanagrpid = 128;
	fake.most = 4096;
	page(100, 20);
	fake.moves = 7; /* during the first try and the beginning of the second */
	assert_int_equal(run(false), 0);
	expect(100, 20);
	assert_int_equal(val_u64(out, "chgcnt", 0), 14);
}

static void test_never_at_rest(void **state)
{
	(void)state;
	fake.nanagrpid = 128;
	fake.most = 4096;
	page(100, 20);
	fake.moves = UINT32_MAX;
	assert_true(run(false) < 0);
	assert_int_equal(ctx.error.code, XC_TIMEOUT);
	assert_non_null(strstr(ctx.error.message, "changed 10 times"));
	assert_true(fake.reads < 200);
}

static void test_not_asked(void **state)
{
	(void)state;
	fake.no_ana = true;
	assert_true(run(false) < 0);
	assert_int_equal(ctx.error.code, XC_UNSUPPORTED);
	assert_int_equal(fake.reads, 0);
}

static void test_refused(void **state)
{
	(void)state;
	page(1, 1);
	fake.status = 0x4002;
	assert_int_equal(run(false), 0x4002);
	assert_int_equal(ctx.error.code, XC_STATUS);
}

/* So many bytes arrive and no more. What is there is shown, and never more than that. */
static void test_every_length(void **state)
{
	(void)state;
	page(2, 3);
	for (size_t n = 1; n < fake.len; n++) {
		ctx.error = (struct error){ .status = -1 };
		ctx.id_ctrl = NULL;
		fake.received = n;
		assert_int_equal(run(false), 0);
		assert_true(out->flags & VAL_CUT);
		assert_true(ctx.raw_len <= n);
	}
}

/* Counts that cannot be: an error, and no attempt to read them. */
static void test_absurd_counts(void **state)
{
	static const struct {
		size_t at, n;
		uint64_t value;
	} lies[] = {
		{ 16 + 4, 4, UINT32_MAX }, /* NSIDs of the first group */
		{ 16 + 4, 4, 0x40000000 }, /* 4 times that is a round number */
		{ 16 + 4, 4, 1000000 },
		{ 8, 2, UINT16_MAX },	   /* groups: 2 MB of them */
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(lies); i++) {
		ctx.error = (struct error){ .status = -1 };
		ctx.id_ctrl = NULL;
		fake.reads = 0;
		page(2, 3);
		put_le(fake.page + lies[i].at, lies[i].value, lies[i].n);
		assert_true(run(false) < 0);
		assert_int_equal(ctx.error.code, XC_DATA);
		assert_non_null(strstr(ctx.error.message, "cannot have more than"));
		assert_int_equal(fake.reads, 1);
	}
	/* And where the controller lies about itself in the same way, there is an end too. */
	ctx.error = (struct error){ .status = -1 };
	ctx.id_ctrl = NULL;
	fake.nanagrpid = fake.mnan = UINT32_MAX;
	page(1, 1);
	put_le(fake.page + 16 + 4, UINT32_MAX, 4);
	assert_true(run(false) < 0);
	assert_int_equal(ctx.error.code, XC_DATA);
}

/* Anything: an answer or an error, in little time. */
static void test_random_pages(void **state)
{
	uint64_t seed = 42;

	(void)state;
	page(4, 4);
	for (int i = 0; i < 300; i++) {
		ctx.error = (struct error){ .status = -1 };
		ctx.id_ctrl = NULL;
		fake.reads = 0;
		for (size_t k = 0; k < fake.len; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			fake.page[k] = (uint8_t)(seed >> 56) & (uint8_t)(seed >> 40);
		}
		fake.page[9] &= 3;
		if (run(false))
			assert_int_equal(ctx.error.code, XC_DATA);
		assert_true(fake.reads < 64);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_short_page),	     T(test_groups_alone),	    T(test_no_group),
		T(test_long_page_at_once),   T(test_long_page_in_pieces),   T(test_longer_than_announced),
		T(test_very_long_page),	     T(test_changes_meanwhile),	    T(test_never_at_rest),
		T(test_not_asked),	     T(test_refused),		    T(test_every_length),
		T(test_absurd_counts),	     T(test_random_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
