/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* NVMe Boot Firmware Tables: the sample of the built-in system, and everything that may be wrong with one. */
#include "unit.h"

#include "fake_tree.h"

#include "dev/image.h"
#include "dev/nbft.h"
#include "dev/sim.h"
#include "dev/sim_model.h"

/* Where the sample has what; tests/bats/mknbft.py makes it. */
enum { CONTROL = 64, HOST = 128, HFI1 = 160, HFI2 = 192, SSNS1 = 224, SSNS2 = 352, SECURITY = 480, DISCOVERY = 544, HEAP = 576 };

static uint8_t sample[4096];
static size_t sample_len;

static int load_sample(void **state)
{
	struct ctx c;
	struct image_data d;
	const char *why;

	(void)state;
	ctx_init(&c);
	c.g.system = "demo";
	if (sim_load(&c) || image_encode(c.arena, NULL, val_get(c.sim->img->root, "nbft")->c.first, 0, &d, &why))
		return -1;
	sample_len = d.len;
	memcpy(sample, d.buf, d.len);
	ctx_done(&c);
	return 0;
}

static uint32_t get(const uint8_t *p, unsigned n)
{
	return n ? *p | get(p + 1, n - 1) << 8 : 0;
}

static void set(uint8_t *p, unsigned n, uint32_t v)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void fix_checksum(uint8_t *p, size_t len)
{
	uint8_t sum = 0;

	p[9] = 0;
	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + p[i]);
	p[9] = (uint8_t)-sum;
}

/* Looks at everything that was made of a table. */
static size_t touch(const struct nbft_table *t)
{
	size_t n = strlen(t->filename) + strlen(t->primary) + (t->hostnqn ? strlen(t->hostnqn) : 0);

	for (size_t i = 0; i < t->nhfis; i++)
		n += strlen(t->hfis[i].pcidev) + strlen(t->hfis[i].ipaddr) + strlen(t->hfis[i].dhcp_server);
	for (size_t i = 0; i < t->nsecurity; i++)
		n += strlen(t->security[i].authentication) + (t->security[i].keypath ? strlen(t->security[i].keypath) : 0);
	for (size_t i = 0; i < t->ndiscovery; i++)
		n += strlen(t->discovery[i].subnqn) + (t->discovery[i].traddr ? strlen(t->discovery[i].trsvcid) : 0);
	for (size_t i = 0; i < t->nssns; i++) {
		const struct nbft_ssns *s = &t->ssns[i];

		assert_true(s->nhfis >= 1 && s->nhfis <= t->nhfis);
		for (size_t k = 0; k < s->nhfis; k++)
			n += s->hfis[k]->index;
		n += strlen(s->traddr) + strlen(s->subnqn) + strlen(s->nid) + (s->discovery ? s->discovery->index : 0);
		assert_true(nbft_is_port(s->trsvcid));
	}
	return n;
}

/* The table in a block of exactly its size. */
static int parse(struct ctx *c, const uint8_t *p, size_t len, struct nbft_table *t)
{
	uint8_t *copy = exact_copy(p, len);
	int rc = nbft_parse(c, "NBFT", copy, len, t);

	if (rc) {
		assert_int_equal(c->error.code, XC_DATA);
		assert_non_null(c->error.message);
	} else {
		touch(t);
	}
	free(copy);
	return rc;
}

static void test_sample(void **state)
{
	struct nbft_table t;

	(void)state;
	assert_int_equal(nbft_parse(&ctx, "x", sample, sample_len, &t), 0);
	assert_int_equal(ctx.warnings->c.n, 0);
	assert_string_equal(t.hostid, "6a2d1c38-52f7-4e0b-9c41-0d8b7e3f5a10");
	assert_string_equal(t.hostnqn, "nqn.2014-08.org.nvmexpress:uuid:6a2d1c38-52f7-4e0b-9c41-0d8b7e3f5a10");
	assert_true(t.hostnqn_configured && t.hostid_configured);
	assert_string_equal(t.primary, "selected");
	assert_int_equal(t.nhfis, 2);
	assert_string_equal(t.hfis[0].pcidev, "0000:6a:00.0");
	assert_string_equal(t.hfis[0].mac_addr, "02:00:5e:10:00:01");
	assert_string_equal(t.hfis[0].host_name, "fjord-1");
	assert_string_equal(t.hfis[0].dhcp_server, "192.0.2.2");
	assert_true(t.hfis[0].dhcp && t.hfis[0].default_route && !t.hfis[0].autoconf);
	assert_string_equal(t.hfis[1].ipaddr, "2001:db8:2::11");
	assert_string_equal(t.hfis[1].gateway, "::");
	assert_string_equal(t.hfis[1].dhcp_server, "");
	assert_int_equal(t.hfis[1].vlan, 20);
	assert_int_equal(t.hfis[1].prefix, 64);
	assert_null(t.hfis[1].host_name);
	assert_int_equal(t.nssns, 2);
	assert_int_equal(t.ssns[0].nhfis, 2);
	assert_ptr_equal(t.ssns[0].hfis[1], &t.hfis[1]);
	assert_string_equal(t.ssns[0].host_traddr, "192.0.2.11");
	assert_string_equal(t.ssns[0].traddr, "192.0.2.20");
	assert_string_equal(t.ssns[0].trsvcid, "4420");
	assert_string_equal(t.ssns[0].nid, "7c1e9a40-c2b8-4d55-a1f0-0d9b6f3e2210");
	assert_int_equal(t.ssns[0].cntlid, 3);
	assert_true(t.ssns[0].hdgst && t.ssns[0].ddgst && t.ssns[0].discovered && !t.ssns[0].unavailable);
	assert_ptr_equal(t.ssns[0].discovery, &t.discovery[0]);
	assert_true(t.discovery[0].linked);
	assert_true(t.ssns[1].unavailable && !t.ssns[1].discovered && !t.ssns[1].discovery);
	assert_string_equal(t.ssns[1].nid_type, "nguid");
	assert_string_equal(t.discovery[0].traddr, "192.0.2.20");
	assert_string_equal(t.discovery[0].trsvcid, "8009");
	assert_string_equal(t.discovery[0].host_traddr, "192.0.2.11");
	assert_string_equal(t.security[0].authentication, "required");
	assert_string_equal(t.security[0].secure_channel, "required");
}

/* --- hostile --- */

static void test_truncated(void **state)
{
	struct nbft_table t;

	(void)state;
	for (size_t len = 0; len < sample_len; len++) {
		uint8_t copy[sizeof(sample)];
		struct ctx c;

		ctx_init(&c);
		assert_int_equal(parse(&c, sample, len, &t), -EBADMSG);
		ctx_done(&c);
		/* One that says itself how short it is. */
		memcpy(copy, sample, sizeof(copy));
		set(copy + 4, 4, (uint32_t)len);
		fix_checksum(copy, len < 10 ? 10 : len);
		ctx_init(&c);
		/* The heap is in the way of being right in any case. */
		assert_int_equal(parse(&c, copy, len, &t), -EBADMSG);
		/* Without a heap nothing is found in it. */
		if (len >= 128) {
			set(copy + 36, 4, 0);
			set(copy + 40, 4, 0);
			fix_checksum(copy, len);
			c.error = (struct error){ .status = -1 };
			assert_int_equal(parse(&c, copy, len, &t), -EBADMSG);
		}
		ctx_done(&c);
	}
}

static void test_every_bit(void **state)
{
	size_t sound = 0;

	(void)state;
	for (size_t bit = 0; bit < sample_len * 8; bit++) {
		uint8_t copy[sizeof(sample)];
		struct nbft_table t;
		struct ctx c;

		memcpy(copy, sample, sizeof(copy));
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ctx_init(&c);
		assert_int_equal(parse(&c, copy, sample_len, &t), -EBADMSG);
		ctx_done(&c);
		fix_checksum(copy, sample_len);
		ctx_init(&c);
		sound += parse(&c, copy, sample_len, &t) == 0;
		ctx_done(&c);
	}
	assert_true(sound > sample_len); /* most of it is texts and addresses */
}

/* Each byte, word and doubleword in turn the largest and the smallest there is. */
static void test_extremes(void **state)
{
	static const uint32_t values[] = { 0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };

	(void)state;
	for (size_t at = 0; at < sample_len; at++) {
		for (size_t i = 0; i < 4 * NELEMS(values); i++) {
			unsigned n = 1 + (unsigned)i % 4;
			uint8_t copy[sizeof(sample)];
			struct nbft_table t;
			struct ctx c;

			if (at + n > sample_len || n == 3)
				continue;
			memcpy(copy, sample, sizeof(copy));
			set(copy + at, n, values[i / 4]);
			fix_checksum(copy, sample_len);
			ctx_init(&c);
			(void)parse(&c, copy, sample_len, &t);
			ctx_done(&c);
		}
	}
}

/* The largest lists that the counts allow, all of them over the same bytes. */
static void test_largest(void **state)
{
	size_t len = NBFT_MAX;
	uint8_t *p = calloc(1, len);
	struct nbft_table t;

	(void)state;
	memcpy(p, sample, sample_len);
	set(p + 4, 4, (uint32_t)len);
	set(p + 36, 4, 128); /* everything is heap */
	set(p + 40, 4, (uint32_t)len - 128);
	p[CONTROL + 23] = 2;
	p[CONTROL + 31] = p[CONTROL + 39] = p[CONTROL + 47] = 255;
	set(p + CONTROL + 28, 2, 0x0f00);
	set(p + CONTROL + 24, 4, 0x8000);
	for (unsigned i = 0; i < 255; i++) {
		uint8_t *s = p + 0x8000 + i * 0x0f00;

		memcpy(s, sample + SSNS1, 128);
		set(s + 1, 2, i);
		set(s + 48, 4, 0x100);
		set(s + 52, 2, 0xffff); /* secondary interfaces */
	}
	fix_checksum(p, len);
	assert_int_equal(parse(&ctx, p, len, &t), 0);
	assert_int_equal(t.nssns, 255);
	assert_int_equal(t.ssns[254].nhfis, 2);
	free(p);
}

/* --- what is said --- */

struct change {
	size_t at;
	unsigned n;
	uint32_t v;
	const char *says; /* error, or warning */
	bool left_out;
};

static const struct change changes[] = {
	{ 0, 1, 'X', "it is no NBFT", false },
	{ 4, 4, 100000, "it says that it has 100000 bytes", false },
	{ 4, 4, 127, "it says that it has 127 bytes", false },
	{ 8, 1, 2, "its revision, 2, is not known", false },
	{ 36, 4, 127, "its heap is not within the table", false },
	{ 40, 4, 0xffffffff, "its heap is not within the table", false },
	{ CONTROL, 1, 9, "no control descriptor", false },
	{ CONTROL + 4, 2, 63, "the control descriptor is too short", false },
	{ CONTROL + 8, 4, 0xfffffff0, "the host descriptor is not within the table", false },
	{ CONTROL + 8, 4, 64, "the host descriptor is not within the table", false },
	{ CONTROL + 12, 2, 31, "the host descriptor is not within the table", false },
	{ CONTROL + 16, 4, 0xfffffff0, "the list of HFI descriptors is not within the table", false },
	{ CONTROL + 20, 2, 31, "HFI descriptors of 31 bytes are too short", false },
	{ CONTROL + 31, 1, 200, "the list of SSNS descriptors is not within the table", false },
	{ CONTROL + 32, 4, 0xffffffc0, "the list of security profile descriptors is not within the table", false },
	{ CONTROL + 40, 4, 0xffffffe0, "the list of discovery descriptors is not within the table", false },
	{ HOST, 1, 3, "the host descriptor is not valid", false },
	{ HOST + 1, 1, 0, "the host descriptor is not valid", false },
	{ HOST + 18, 4, 128, "the host NQN is outside of the heap", false },
	{ HEAP, 1, '\n', "the host NQN is no NQN: it has a control character in it", false },
	{ HFI1, 1, 4, "HFI 1 is left out: it is another structure", true },
	{ HFI1 + 3, 1, 1, "HFI 1 is left out: its transport is not TCP", true },
	{ HFI1 + 16, 4, 0xffffffff, "HFI 1 is left out: its transport information is not where it should be", true },
	{ HFI1 + 20, 2, 127, "HFI 1 is left out: its transport information is not where it should be", true },
	{ HFI2 + 20, 2, 0, "SSNS 2 is left out: its interface is not in the table", true },
	{ SSNS1 + 5, 1, 2, "SSNS 1 is left out: its transport is not TCP", true },
	{ SSNS1 + 14, 2, 15, "SSNS 1 is left out: its address is not where it should be", true },
	{ SSNS1 + 16, 4, 0, "SSNS 1 is left out: its port is not a number", true },
	{ SSNS1 + 20, 2, 2000, "SSNS 1 is left out: its port is not a number", true },
	{ SSNS1 + 3, 2, 0x55, "SSNS 1 is left out: its security profile is not in the table", true },
	{ SSNS1 + 48, 4, 1, "SSNS 1 is left out: its list of interfaces is outside of the heap", true },
	{ SSNS1 + 58, 2, 0, "SSNS 1 is left out: its NQN is none", true },
	{ SSNS1 + 64, 2, 17, "the extended information of SSNS 1 is not where it should be", true },
	{ SECURITY + 36, 4, 1, "security profile 1 is left out: its key path is outside of the heap", true },
	{ DISCOVERY + 6, 4, 1, "discovery 1 is left out: its address or its NQN is outside of the heap", true },
	{ DISCOVERY, 1, 3, "discovery 1 is left out: it is another structure", true },
};

static bool said(const struct ctx *c, const char *text)
{
	val_for_each(w, c->warnings) {
		if (strstr(w->s.p, text))
			return true;
	}
	return c->error.message && strstr(c->error.message, text);
}

static void test_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEMS(changes); i++) {
		const struct change *ch = &changes[i];
		uint8_t copy[sizeof(sample)];
		struct nbft_table t;
		struct ctx c;
		int rc;

		memcpy(copy, sample, sizeof(copy));
		set(copy + ch->at, ch->n, ch->v);
		fix_checksum(copy, sample_len);
		ctx_init(&c);
		rc = parse(&c, copy, sample_len, &t);
		if ((rc == 0) != ch->left_out || !said(&c, ch->says))
			fail_msg("change %zu: %d, not \"%s\": %s", i, rc, ch->says,
				 rc ? c.error.message : c.warnings->c.n ? c.warnings->c.first->s.p : "nothing");
		ctx_done(&c);
	}
}

/* Descriptors that are not valid are not there, without a word. */
static void test_not_valid(void **state)
{
	uint8_t copy[sizeof(sample)];
	struct nbft_table t;

	(void)state;
	memcpy(copy, sample, sizeof(copy));
	copy[SSNS2 + 3] &= 0xfe;
	copy[DISCOVERY + 1] = 0;
	fix_checksum(copy, sample_len);
	assert_int_equal(parse(&ctx, copy, sample_len, &t), 0);
	assert_int_equal(ctx.warnings->c.n, 0);
	assert_int_equal(t.nssns, 1);
	assert_int_equal(t.ndiscovery, 0);
	assert_null(t.ssns[0].discovery);
	copy[CONTROL + 6] = 0;
	fix_checksum(copy, sample_len);
	assert_int_equal(parse(&ctx, copy, sample_len, &t), 0);
	assert_int_equal(t.nssns + t.nhfis, 0);
	assert_null(t.hostnqn);
}

/* Indices that lead nowhere, and those that are there already. */
static void test_secondary(void **state)
{
	uint8_t copy[sizeof(sample)];
	struct nbft_table t;
	size_t nqn = get(sample + SSNS1 + 54, 4);

	(void)state;
	memcpy(copy, sample, sizeof(copy));
	set(copy + SSNS1 + 48, 4, (uint32_t)nqn);
	set(copy + SSNS1 + 52, 2, 5);
	memcpy(copy + nqn, "\2\0\1\2\7", 5);
	/* The NQN begins behind it. */
	set(copy + SSNS1 + 54, 4, (uint32_t)nqn + 5);
	set(copy + SSNS1 + 58, 2, 8);
	fix_checksum(copy, sample_len);
	assert_int_equal(parse(&ctx, copy, sample_len, &t), 0);
	assert_int_equal(t.ssns[0].nhfis, 2);
	assert_int_equal(t.ssns[0].hfis[0]->index, 1);
	assert_int_equal(t.ssns[0].hfis[1]->index, 2);
	/* None at all. */
	set(copy + SSNS1 + 52, 2, 0);
	fix_checksum(copy, sample_len);
	assert_int_equal(parse(&ctx, copy, sample_len, &t), 0);
	assert_int_equal(t.ssns[0].nhfis, 1);
}

static void test_uri(void **state)
{
	static const struct {
		const char *uri, *traddr, *trsvcid;
	} uris[] = {
		{ "nvme+tcp://192.0.2.1:8009/", "192.0.2.1", "8009" },
		{ "nvme+tcp://192.0.2.1", "192.0.2.1", "8009" },
		{ "nvme+tcp://[2001:db8::1]:4420/", "2001:db8::1", "4420" },
		{ "nvme+tcp://[2001:db8::1]", "2001:db8::1", "8009" },
		{ "nvme+tcp://array-1.example.com:65535/x/y", "array-1.example.com", "65535" },
		{ "nvme+tcp://192.0.2.1:0/", NULL, NULL },
		{ "nvme+tcp://192.0.2.1:65536/", NULL, NULL },
		{ "nvme+tcp://192.0.2.1:08009/", NULL, NULL },
		{ "nvme+tcp://192.0.2.1:", NULL, NULL },
		{ "nvme+tcp://192.0.2.1,hostnqn=x/", NULL, NULL },
		{ "nvme+tcp://[2001:db8::1", NULL, NULL },
		{ "nvme+tcp://[2001:db8::1%25eth0]/", NULL, NULL },
		{ "nvme+tcp://", NULL, NULL },
		{ "nvme+rdma://192.0.2.1/", NULL, NULL },
		{ "", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(uris); i++) {
		const char *traddr = NULL, *trsvcid = NULL;

		assert_int_equal(nbft_split_uri(ctx.arena, uris[i].uri, &traddr, &trsvcid), uris[i].traddr != NULL);
		if (uris[i].traddr) {
			assert_string_equal(traddr, uris[i].traddr);
			assert_string_equal(trsvcid, uris[i].trsvcid);
		}
	}
}

/* --- files --- */

#define DIR "sys/firmware/acpi/tables"

static void put_table(const char *name, const uint8_t *p, size_t len)
{
	FILE *f = fopen(place(TEXT("%s/%s", DIR, name)), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void test_files(void **state)
{
	uint8_t copy[sizeof(sample)];
	struct nbft *n;

	(void)state;
	/* None is none, as long as nobody says where they are. */
	assert_int_equal(nbft_read(&ctx, NULL, &n), 0);
	assert_int_equal(n->ntables, 0);
	assert_true(nbft_read(&ctx, TEXT("%s/%s", root, DIR), &n) < 0);
	assert_int_equal(ctx.error.code, XC_USAGE);
	ctx.error = (struct error){ .status = -1 };
	memcpy(copy, sample, sizeof(copy));
	put("sys/firmware/acpi/tables/DSDT", "something else");
	put_table("NBFT10", sample, sample_len);
	put_table("NBFT2", sample, sample_len);
	assert_int_equal(nbft_read(&ctx, "", &n), 0);
	assert_int_equal(n->ntables, 2);
	assert_string_equal(n->tables[0].filename, "/sys/firmware/acpi/tables/NBFT2");
	/* Those that are not sound do not keep the others from being used. */
	copy[9]++;
	put_table("NBFT1", copy, sample_len);
	put_table("NBFT3", copy, 5);
	assert_int_equal(nbft_read(&ctx, TEXT("%s/%s", root, DIR), &n), 0);
	assert_int_equal(n->ntables, 2);
	assert_int_equal(ctx.warnings->c.n, 2);
	assert_true(said(&ctx, "NBFT1: its checksum is wrong"));
	assert_true(said(&ctx, "NBFT3: it ends after 5 bytes"));
}

static void test_bad_files(void **state)
{
	uint8_t *large = calloc(1, NBFT_MAX + 1);
	struct nbft *n;

	(void)state;
	put_table("NBFT", sample, 200);
	assert_int_equal(nbft_read(&ctx, NULL, &n), -EBADMSG);
	assert_int_equal(ctx.error.code, XC_DATA);
	assert_string_equal(ctx.error.message, TEXT("/sys/firmware/acpi/tables/NBFT: it says that it has %zu bytes, and has 200", sample_len));
	ctx.error = (struct error){ .status = -1 };
	put_table("NBFT", large, NBFT_MAX + 1);
	assert_int_equal(nbft_read(&ctx, NULL, &n), -EBADMSG);
	assert_true(said(&ctx, "larger than 1048576 bytes"));
	ctx.error = (struct error){ .status = -1 };
	/* A folder instead of a file. */
	assert_int_equal(remove(place(DIR "/NBFT")), 0);
	assert_int_equal(mkdir(place(DIR "/NBFT"), 0755), 0);
	assert_true(nbft_read(&ctx, NULL, &n) < 0);
	assert_true(said(&ctx, "cannot read /sys/firmware/acpi/tables/NBFT: Is a directory"));
	free(large);
}

static void test_image(void **state)
{
	static const char text[] = "{ \"nvmekit-image\": 1, \"subsystems\": [], \"nbft\": [ 1 ] }";
	struct image *img;

	(void)state;
	assert_int_equal(image_parse(&ctx, "x", text, sizeof(text) - 1, &img), 0);
	assert_int_equal(image_check(&ctx, img), -EBADMSG);
	assert_string_equal(ctx.error.message, "x: nbft[0]: must be an object");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sample),    TEST(test_truncated), TEST(test_every_bit),  TEST(test_extremes),
		TEST(test_largest),   TEST(test_said),	    TEST(test_not_valid),  TEST(test_secondary),
		TEST(test_uri),	      TEST(test_files),	    TEST(test_bad_files),  TEST(test_image),
	};

	return cmocka_run_group_tests(tests, load_sample, NULL);
}
