/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* NQNs, and the identity of this host from files and firmware of a machine in a folder. */
#include "unit.h"

#include "fake_tree.h"

#include "dev/hostid.h"
#include "spec/field.h"
#include "spec/nqn.h"

#define U1 "6a2d1c38-52f7-4e0b-9c41-0d8b7e3f5a10"
#define U2 "0f2f1e3c-9a3b-4e0f-8f0e-5d3c2b1a0f9e"
#define DELL "4c4c4544-0044-4410-8030-b8c04f445833"
#define PRODUCT "sys/class/dmi/id/product_uuid"
#define RAW "sys/firmware/dmi/entries/1-0/raw"

static void put_bytes(const char *path, const void *p, size_t len)
{
	FILE *f = fopen(place(path), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* --- names --- */

static void test_nqn(void **state)
{
	static const char *const good[] = {
		"nqn.2014-08.org.nvmexpress.discovery", "nqn.2014-08.org.nvmexpress:uuid:" U1, "nqn.2022-06.com.example:a",
		"nqn.2022-12.com.example", "nqn.2022-06.example:x:y.z", "nqn.2022-06.com.example:\xc3\xa4 b",
		"nqn.2014-08.org.nvmexpress:uuid", "nqn.2014-08.com.example:uuid:nothing",
	};
	static const struct {
		const char *nqn, *why;
	} bad[] = {
		{ "", "it is empty" },
		{ "x", "it does not begin with \"nqn.\"" },
		{ "nqn", "it does not begin with \"nqn.\"" },
		{ "NQN.2022-06.com.example:a", "it does not begin with \"nqn.\"" },
		{ "nqn.", "no date (\"yyyy-mm.\") follows \"nqn.\"" },
		{ "nqn.2022-13.com.example", "no date (\"yyyy-mm.\") follows \"nqn.\"" },
		{ "nqn.2022-00.com.example", "no date (\"yyyy-mm.\") follows \"nqn.\"" },
		{ "nqn.2022-6.com.example", "no date (\"yyyy-mm.\") follows \"nqn.\"" },
		{ "nqn.2022-06", "no date (\"yyyy-mm.\") follows \"nqn.\"" },
		{ "nqn.2022-06.", "no domain name follows the date" },
		{ "nqn.2022-06..com", "no domain name follows the date" },
		{ "nqn.2022-06.com.:x", "no domain name follows the date" },
		{ "nqn.2022-06.com ple:x", "no domain name follows the date" },
		{ "nqn.2022-06.com.example:", "nothing follows the colon" },
		{ "nqn.2022-06.com.example:a\nb", "it has a control character in it" },
		{ "nqn.2022-06.com.example:a\x7f", "it has a control character in it" },
		{ "nqn.2022-06.com.example:\xc2\x85", "it has a control character in it" },
		{ "nqn.2022-06.com.example:\xff", "it is not UTF-8" },
		{ "nqn.2022-06.com.example:\xc3", "it is not UTF-8" },
		{ "nqn.2014-08.org.nvmexpress:uuid:", "no UUID follows \":uuid:\"" },
		{ "nqn.2014-08.org.nvmexpress:uuid:" U1 "0", "no UUID follows \":uuid:\"" },
		{ "nqn.2014-08.org.nvmexpress:uuid:6a2d1c38-52f7-4e0b-9c41_0d8b7e3f5a10", "no UUID follows \":uuid:\"" },
	};
	char longest[NQN_MAX + 2] = "nqn.2022-06.com.example:";

	(void)state;
	for (size_t i = 0; i < NELEMS(good); i++)
		assert_null(nqn_defect(good[i], strlen(good[i])));
	for (size_t i = 0; i < NELEMS(bad); i++) {
		const char *why = nqn_defect(bad[i].nqn, strlen(bad[i].nqn));

		if (!why || strcmp(why, bad[i].why) != 0)
			fail_msg("%s: %s", bad[i].nqn, why ? why : "taken");
	}
	memset(longest + strlen(longest), 'a', NQN_MAX - strlen(longest));
	assert_null(nqn_defect(longest, NQN_MAX));
	longest[NQN_MAX] = 'a';
	assert_string_equal(nqn_defect(longest, NQN_MAX + 1), "it is longer than 223 bytes");
	assert_string_equal(nqn_defect("nqn.2022-06.com.example:a\0b", 27), "it has a control character in it");
}

static void test_uuid(void **state)
{
	uint8_t uuid[16];
	char text[UUID_TEXT + 1];

	(void)state;
	assert_true(uuid_from_text("6A2D1C38-52f7-4e0b-9c41-0d8b7e3f5a10", 36, uuid));
	assert_int_equal(uuid[0], 0x6a);
	assert_int_equal(uuid[15], 0x10);
	assert_string_equal(uuid_to_text(uuid, text), U1);
	assert_false(uuid_from_text(U1, 35, uuid));
	assert_false(uuid_from_text("6a2d1c3852f7-4e0b-9c41-0d8b7e3f5a10-", 36, uuid));
	assert_false(uuid_from_text("6a2d1c38-52f7-4e0b-9c41-0d8b7e3f5ag0", 36, uuid));
	assert_false(uuid_from_text("6a2d1c38-52f7-4e0b-9c41-0d8b7e3f5a 0", 36, uuid));
	assert_true(nqn_uuid("nqn.2022-06.com.example:uuid:" U1, uuid));
	assert_false(nqn_uuid("nqn.2022-06.com.example:" U1, uuid));
	assert_false(nqn_uuid(":uuid:" U1 "x", uuid));
	assert_false(nqn_uuid("", uuid));
}

/* --- the machine --- */

static const char *machine(const char **origin)
{
	struct machine_uuid m;
	char text[UUID_TEXT + 1];

	machine_uuid(&ctx, &m);
	*origin = m.origin;
	return m.origin ? TEXT("%s", uuid_to_text(m.uuid, text)) : NULL;
}

static void put_raw(const uint8_t uuid[16], uint8_t length)
{
	uint8_t raw[27] = { 1, length };

	memcpy(raw + 8, uuid, 16);
	put_bytes(RAW, raw, sizeof(raw));
}

static void test_machine(void **state)
{
	static const uint8_t mixed[16] = { 0x38, 0x1c, 0x2d, 0x6a, 0xf7, 0x52, 0x0b, 0x4e, 0x9c, 0x41, 0x0d, 0x8b, 0x7e, 0x3f, 0x5a, 0x10 };
	const char *origin;

	(void)state;
	assert_null(machine(&origin));
	/* Computed with another implementation of HMAC-SHA256. */
	put("etc/machine-id", "00112233445566778899aabbccddeeff\n");
	assert_string_equal(machine(&origin), "ad8cf67d-cdf3-4107-b448-96485b20c7e0");
	assert_string_equal(origin, "machine-id");
	put_bytes("proc/device-tree/ibm,partition-uuid", U2, 37);
	assert_string_equal(machine(&origin), U2);
	assert_string_equal(origin, "device tree");
	put_raw(mixed, 24);
	assert_string_equal(machine(&origin), U1);
	assert_string_equal(origin, "DMI system information");
	/* Before SMBIOS 2.6 the bytes were in the order of the text. */
	put_bytes("sys/firmware/dmi/tables/smbios_entry_point", "_SM_\0\x1f\x02\x05", 8);
	assert_string_equal(machine(&origin), "381c2d6a-f752-0b4e-9c41-0d8b7e3f5a10");
	put_bytes("sys/firmware/dmi/tables/smbios_entry_point", "_SM_\0\x1f\x02\x06", 8);
	assert_string_equal(machine(&origin), U1);
	put_bytes("sys/firmware/dmi/tables/smbios_entry_point", "_SM3_\0\x18\x02\x05", 9);
	assert_string_equal(machine(&origin), U1);
	/* A structure of SMBIOS 2.0 has no UUID. */
	put_raw(mixed, 8);
	assert_string_equal(machine(&origin), U2);
	put(PRODUCT, "4C4C4544-0044-4410-8030-B8C04F445833\n");
	assert_string_equal(machine(&origin), DELL);
	assert_string_equal(origin, "DMI product_uuid");
	put(PRODUCT, "Not Settable\n");
	assert_string_equal(machine(&origin), U2);
}

static void test_common(void **state)
{
	static const char *const common[] = {
		"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
		"03000200-0400-0500-0006-000700080009", "00020003-0004-0005-0006-000700080009",
	};
	struct machine_uuid m;

	(void)state;
	put("etc/machine-id", "00112233445566778899aabbccddeeff\n");
	for (size_t i = 0; i < NELEMS(common); i++) {
		put(PRODUCT, common[i]);
		machine_uuid(&ctx, &m);
		assert_string_equal(m.origin, "machine-id");
		assert_string_equal(m.unusable, common[i]);
	}
	put("etc/machine-id", "uninitialized\n");
	machine_uuid(&ctx, &m);
	assert_null(m.origin);
	put("etc/machine-id", "00000000000000000000000000000000\n");
	machine_uuid(&ctx, &m);
	assert_null(m.origin);
}

/* --- the identity --- */

static struct host_identity id;

static int identity_of(struct host_identity given)
{
	ctx.error = (struct error){ .status = -1 };
	ctx.warnings = val_new(ctx.arena, VAL_ARR);
	return host_identity(&ctx, &given, &id);
}

/* As given on the command line. */
static int identity(const char *nqn, const char *hostid)
{
	return identity_of((struct host_identity){ .hostnqn = nqn, .hostid = hostid });
}

static void is(const char *nqn, const char *nqn_origin, const char *hostid, const char *id_origin)
{
	assert_string_equal(id.hostnqn, nqn);
	assert_string_equal(id.nqn_origin, nqn_origin);
	assert_string_equal(id.hostid, hostid);
	assert_string_equal(id.id_origin, id_origin);
}

static void test_order(void **state)
{
	(void)state;
	assert_int_equal(identity(NULL, NULL), -ENOTSUP);
	assert_int_equal(ctx.error.code, XC_UNSUPPORTED);
	assert_non_null(strstr(ctx.error.hint, "gen-hostnqn --random >/etc/nvme/hostnqn"));
	put(PRODUCT, U2 "\n");
	assert_int_equal(identity("", ""), 0);
	is(NQN_UUID_PREFIX U2, "DMI product_uuid", U2, "UUID in the host NQN");
	put("etc/nvme/hostnqn", " \n" NQN_UUID_PREFIX U1 " \r\n\n");
	assert_int_equal(identity(NULL, NULL), 0);
	is(NQN_UUID_PREFIX U1, "/etc/nvme/hostnqn", U1, "UUID in the host NQN");
	assert_int_equal(ctx.warnings->c.n, 0);
	/* An NQN without a UUID: the machine's. */
	put("etc/nvme/hostnqn", "nqn.2022-06.com.example:host-1");
	assert_int_equal(identity(NULL, NULL), 0);
	is("nqn.2022-06.com.example:host-1", "/etc/nvme/hostnqn", U2, "DMI product_uuid");
	put("etc/nvme/hostid", "6A2D1C38-52F7-4E0B-9C41-0D8B7E3F5A10\n");
	assert_int_equal(identity(NULL, NULL), 0);
	is("nqn.2022-06.com.example:host-1", "/etc/nvme/hostnqn", U1, "/etc/nvme/hostid");
	assert_int_equal(identity_of((struct host_identity){ "nqn.2022-06.com.example:conf", U2, "conf:3", "conf:4" }), 0);
	is("nqn.2022-06.com.example:conf", "conf:3", U2, "conf:4");
	assert_int_equal(identity("nqn.2022-06.com.example:cmd", "0F2F1E3C-9A3B-4E0F-8F0E-5D3C2B1A0F9E"), 0);
	is("nqn.2022-06.com.example:cmd", "command line", U2, "command line");
	/* Empty files are none. */
	put("etc/nvme/hostnqn", "\n");
	put("etc/nvme/hostid", "");
	assert_int_equal(identity(NULL, NULL), 0);
	is(NQN_UUID_PREFIX U2, "DMI product_uuid", U2, "UUID in the host NQN");
}

static void refused(int rc, enum exit_code code, const char *message)
{
	assert_true(rc < 0);
	assert_int_equal(ctx.error.code, code);
	assert_string_equal(ctx.error.message, message);
}

static void test_refused(void **state)
{
	(void)state;
	refused(identity("ho\tst", NULL), XC_USAGE,
		"--hostnqn: \"ho\tst\" is no NVMe qualified name: it has a control character in it");
	assert_non_null(ctx.error.hint);
	refused(identity(NULL, "1"), XC_USAGE,
		"--hostid: \"1\" is no UUID: it is not of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
	refused(identity("nqn.2022-06.com.example", "00000000-0000-0000-0000-000000000000"), XC_USAGE,
		"--hostid: \"00000000-0000-0000-0000-000000000000\" is no UUID: it is all zero, which stands for no host");
	refused(identity_of((struct host_identity){ .hostnqn = "nqn.x\t", .nqn_origin = "conf:3" }), XC_DATA,
		"conf:3: hostnqn: \"nqn.x\t\" is no NVMe qualified name: it has a control character in it");
	put("etc/nvme/hostnqn", "nqn.2022-06.com.example:a\nnqn.2022-06.com.example:b\n");
	assert_true(identity(NULL, NULL) < 0);
	assert_int_equal(ctx.error.code, XC_DATA);
	assert_non_null(strstr(ctx.error.message, "/etc/nvme/hostnqn: "));
	/* What is said otherwise does not need the file. */
	assert_int_equal(identity(NQN_UUID_PREFIX U1, NULL), 0);
	put_bytes("etc/nvme/hostnqn", "a\0b", 3);
	refused(identity(NULL, NULL), XC_DATA, "/etc/nvme/hostnqn: this is no line of text");
	put("etc/nvme/hostnqn", TEXT("%05000d", 1));
	refused(identity(NULL, NULL), XC_DATA, "/etc/nvme/hostnqn: this is no line of text");
	assert_int_equal(remove(place("etc/nvme/hostnqn")), 0);
	assert_int_equal(mkdir(place("etc/nvme/hostnqn"), 0755), 0);
	refused(identity(NULL, NULL), XC_INTERNAL, "cannot read /etc/nvme/hostnqn: Is a directory");
}

static const char *warning(void)
{
	return ctx.warnings->c.n == 1 ? ctx.warnings->c.first->s.p : ctx.warnings->c.n ? "several" : "none";
}

static void test_findings(void **state)
{
	(void)state;
	put("etc/nvme/hostnqn", NQN_UUID_PREFIX U1);
	put("etc/nvme/hostid", U2);
	assert_int_equal(identity(NULL, NULL), 0);
	assert_string_equal(warning(), "none");
	assert_int_equal(identity(NULL, U2), 0);
	assert_string_equal(warning(), "the host NQN has the UUID " U1 " (/etc/nvme/hostnqn), but the host identifier is " U2
				       " (command line): Linux from 6.5 on refuses an identifier that goes with more than one host NQN");
	put("etc/nvme/hostid", "6A2D1C38-52F7-4E0B-9C41-0D8B7E3F5A10");
	assert_int_equal(identity(NULL, NULL), 0);
	assert_string_equal(warning(), "none");
	/* Said once, however many connections there are. */
	assert_int_equal(identity_of((struct host_identity){ NQN_UUID_PREFIX U1, U2, "conf:3", "conf:4" }), 0);
	assert_int_equal(host_identity(&ctx, &(struct host_identity){ NQN_UUID_PREFIX U1, U2, "conf:3", "conf:4" }, &id), 0);
	assert_non_null(strstr(warning(), U1 " (conf:3), but the host identifier is " U2 " (conf:4)"));
	/* Random names are not said to be copied. */
	put(PRODUCT, DELL);
	assert_int_equal(identity(NULL, NULL), 0);
	assert_string_equal(warning(), "none");
	put("etc/nvme/hostnqn", NQN_UUID_PREFIX "4c4c4544-0034-4410-8030-b8c04f445833");
	assert_int_equal(remove(place("etc/nvme/hostid")), 0);
	assert_int_equal(identity(NULL, NULL), 0);
	assert_string_equal(warning(), "the UUID in /etc/nvme/hostnqn, 4c4c4544-0034-4410-8030-b8c04f445833, looks like that of a machine, "
				       "but the UUID of this one is " DELL " (DMI product_uuid): the file was perhaps copied, with an image "
				       "of the system for example");
	/* Said on the command line it is meant. */
	assert_int_equal(identity(NQN_UUID_PREFIX "4c4c4544-0034-4410-8030-b8c04f445833", NULL), 0);
	assert_string_equal(warning(), "none");
	put("etc/nvme/hostnqn", NQN_UUID_PREFIX DELL);
	assert_int_equal(identity(NULL, NULL), 0);
	assert_string_equal(warning(), "none");
	put("etc/nvme/hostnqn", NQN_UUID_PREFIX "03000200-0400-0500-0006-000700080009");
	assert_int_equal(identity(NULL, NULL), 0);
	assert_string_equal(warning(), "the UUID in the host NQN, 03000200-0400-0500-0006-000700080009 (/etc/nvme/hostnqn), is one that many "
				       "machines have");
	/* A name of no form that the specification has is taken, and told. */
	assert_int_equal(identity("host", U2), 0);
	assert_string_equal(warning(), "the host NQN 'host' (command line) is of no form that the specification has: it does not begin with "
				       "\"nqn.\"");
	/* The identifier alone. */
	assert_int_equal(identity("nqn.2022-06.com.example:a", "03000200-0400-0500-0006-000700080009"), 0);
	assert_string_equal(warning(), "the host identifier, 03000200-0400-0500-0006-000700080009 (command line), is one that many machines have");
}

static void test_generate(void **state)
{
	const char *a, *b, *origin;

	(void)state;
	assert_true(host_nqn_generate(&ctx, false, &a, &origin) < 0);
	assert_int_equal(ctx.error.code, XC_UNSUPPORTED);
	assert_int_equal(host_nqn_generate(&ctx, true, &a, &origin), 0);
	assert_string_equal(origin, "random");
	assert_int_equal(host_nqn_generate(&ctx, true, &b, &origin), 0);
	assert_string_not_equal(a, b);
	assert_null(nqn_defect(a, strlen(a)));
	assert_int_equal(a[strlen(NQN_UUID_PREFIX) + 14], '4');
	put(PRODUCT, U2);
	/* What is stored does not matter to it. */
	put("etc/nvme/hostnqn", NQN_UUID_PREFIX U1);
	assert_int_equal(host_nqn_generate(&ctx, false, &a, &origin), 0);
	assert_string_equal(a, NQN_UUID_PREFIX U2);
	assert_string_equal(origin, "DMI product_uuid");
}

static void test_store(void **state)
{
	const char *text;
	struct stat st;

	(void)state;
	put("etc/hostname", "x");
	umask(077);
	assert_int_equal(host_store(&ctx, true, NQN_UUID_PREFIX U1), 0);
	assert_int_equal(host_store(&ctx, false, U1), 0);
	umask(022);
	assert_int_equal(stat(place("etc/nvme/hostnqn"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(st.st_size, strlen(NQN_UUID_PREFIX U1) + 1);
	assert_int_equal(host_stored(&ctx, false, &text), 0);
	assert_string_equal(text, U1);
	assert_int_equal(host_store(&ctx, false, U2), 0);
	assert_int_equal(host_stored(&ctx, false, &text), 0);
	assert_string_equal(text, U2);
	/* Nothing is left behind when it cannot be done. */
	assert_int_equal(remove(place("etc/nvme/hostid")), 0);
	assert_int_equal(mkdir(place("etc/nvme/hostid"), 0755), 0);
	assert_true(host_store(&ctx, false, U1) < 0);
	assert_non_null(strstr(ctx.error.message, "cannot write /etc/nvme/hostid: "));
	assert_int_equal(rmdir(place("etc/nvme/hostid")), 0);
	assert_int_equal(remove(place("etc/nvme/hostnqn")), 0);
	assert_int_equal(rmdir(place("etc/nvme")), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nqn), cmocka_unit_test(test_uuid), TEST(test_machine), TEST(test_common), TEST(test_order),
		TEST(test_refused), TEST(test_findings), TEST(test_generate), TEST(test_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
