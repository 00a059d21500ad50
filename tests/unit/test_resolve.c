/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Names of nodes, and devices as people name them, on a simulated system. Links and folders are in tests/bats/list.bats. */
#include "unit.h"

#include "core/ctx.h"
#include "dev/dev.h"
#include "dev/sysfs.h"
#include "sim_sample.h"

/* --- names --- */

static void test_node_names(void **state)
{
	static const struct {
		const char *name;
		bool ok;
		struct node_name n;
	} rows[] = {
		{ "nvme0", true, { false, 0, -1, -1, -1 } },
		{ "nvme12n3", true, { false, 12, -1, 3, -1 } },
		{ "nvme1c2n3", true, { false, 1, 2, 3, -1 } },
		{ "ng1n2", true, { true, 1, -1, 2, -1 } },
		{ "nvme0n1p15", true, { false, 0, -1, 1, 15 } },
		{ "ng0", false, { 0 } },
		{ "nvme", false, { 0 } },
		{ "nvme-subsys0", false, { 0 } },
		{ "nvme-fabrics", false, { 0 } },
		{ "nvme0n", false, { 0 } },
		{ "nvme0c1", false, { 0 } },
		{ "nvme0p1", false, { 0 } },
		{ "nvme0n1x", false, { 0 } },
		{ "nvme0n1p", false, { 0 } },
		{ "nvme 0", false, { 0 } },
		{ "nvme-1", false, { 0 } },
		{ "nvme+1", false, { 0 } },
		{ "nvme99999999999999999999", false, { 0 } },
		{ "nvme4294967296", false, { 0 } },
		{ "sda", false, { 0 } },
		{ "n", false, { 0 } },
		{ "", false, { 0 } },
	};
	struct node_name n;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *name = (char *)exact_copy(rows[i].name, strlen(rows[i].name) + 1);

		if (node_parse(name, &n) != rows[i].ok)
			fail_msg("node_parse(%s)", rows[i].name);
		free(name);
		if (!rows[i].ok)
			continue;
		assert_int_equal(n.generic, rows[i].n.generic);
		assert_int_equal(n.inst, rows[i].n.inst);
		assert_int_equal(n.ctrl, rows[i].n.ctrl);
		assert_int_equal(n.ns, rows[i].n.ns);
		assert_int_equal(n.part, rows[i].n.part);
	}
}

static void test_natural_order(void **state)
{
	/* In order; equal to nothing but themselves. */
	static const char *const names[] = { "",	  "10",
					     "a",	  "nvme0",
					     "nvme0n1",	  "nvme0n2",
					     "nvme0n10",  "nvme1",
					     "nvme1c1n2", "nvme1c2n1",
					     "nvme1n1",	  "nvme2",
					     "nvme10",	  "nvme18446744073709551616000",
					     "nvmf" };
	const size_t n = sizeof(names) / sizeof(names[0]);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			int cmp = natural_cmp(names[i], names[j]);

			if ((i < j && cmp >= 0) || (i > j && cmp <= 0) || (i == j && cmp))
				fail_msg("%s and %s: %d", names[i], names[j], cmp);
		}
	}
	assert_int_equal(natural_cmp("nvme007", "nvme7"), 0);
}

/* --- name=value --- */

static const char image[] =
	"{\"nvmekit-image\":1,\"subsystems\":["
	"{\"name\":\"nvme-subsys0\",\"nqn\":\"nqn.one\",\"controllers\":["
	"{\"name\":\"nvme0\",\"cntlid\":1,\"transport\":\"pcie\",\"address\":\"0000:3b:00.0\",\"identify\":{"
	"\"sn\":\"S ONE\"}}],"
	"\"namespaces\":[{\"name\":\"nvme0n1\",\"nsid\":1,\"uuid\":\"11111111-2222-3333-4444-555555555555\","
	"\"nguid\":\"0123456789abcdef0123456789abcdef\",\"eui64\":\"0011223344556677\",\"controllers\":["
	"\"nvme0\"],"
	"\"identify\":{\"nsze\":1}}]},"
	"{\"name\":\"nvme-subsys1\",\"nqn\":\"nqn.two\",\"controllers\":["
	"{\"name\":\"nvme1\",\"cntlid\":1,\"transport\":\"tcp\",\"address\":\"traddr=192.0.2.1\","
	"\"identify\":{\"sn\":\"TWO\"}},"
	"{\"name\":\"nvme2\",\"cntlid\":2,\"transport\":\"tcp\",\"address\":\"traddr=192.0.2.2\","
	"\"identify\":{\"sn\":\"TWO\"}}]},"
	"{\"name\":\"nvme-subsys3\",\"nqn\":\"nqn.three\",\"controllers\":["
	"{\"name\":\"nvme3\",\"cntlid\":1,\"transport\":\"pcie\",\"address\":\"0001:02:00.0\",\"identify\":{"
	"\"sn\":\"\"}}]}]}";

static int resolve(struct rig *r, const char *spec, const char **node)
{
	char file[64];

	write_image(file, image);
	rig_on(r, r->file);
	strcpy(r->file, file);
	*node = NULL;
	return dev_resolve(&r->ctx, spec, node);
}

static void test_names_that_resolve(void **state)
{
	static const char *const rows[][2] = {
		{ "nvme0", "nvme0" },
		{ "/dev/nvme0", "nvme0" },
		{ "nvme0n1", "nvme0n1" },
		{ "/dev/nvme0n1p3", "nvme0n1" },
		{ "ng0n1", "ng0n1" },
		{ "/dev/ng0n1", "ng0n1" },
		{ "serial=S ONE", "nvme0" },
		{ "nqn=nqn.one", "nvme0" },
		{ "pci=0000:3b:00.0", "nvme0" },
		{ "pci=0000:3B:00.0", "nvme0" },
		{ "pci=3b:00.0", "nvme0" },
		{ "pci=0001:02:00.0", "nvme3" },
		{ "uuid=11111111-2222-3333-4444-555555555555", "nvme0n1" },
		{ "uuid=11111111222233334444555555555555", "nvme0n1" },
		{ "nguid=0123456789ABCDEF0123456789ABCDEF", "nvme0n1" },
		{ "nguid=0x0123456789abcdef0123456789abcdef", "nvme0n1" },
		{ "nguid=01234567-89ab-cdef-0123-456789abcdef", "nvme0n1" },
		{ "eui64=00:11:22:33:44:55:66:77", "nvme0n1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *node;
		struct rig r;

		if (resolve(&r, rows[i][0], &node))
			fail_msg("%s: %s", rows[i][0], r.ctx.error.message);
		assert_string_equal(node, rows[i][1]);
		rig_done(&r);
	}
}

static void test_names_that_do_not(void **state)
{
	static const struct {
		const char *spec;
		enum exit_code code;
		const char *says;
	} rows[] = {
		{ "", XC_NODEV, "no NVMe device" },
		{ "nvme", XC_NODEV, "nvme is no NVMe device" },
		{ "nvme-subsys0", XC_NODEV, "nvme-subsys0" },
		{ "nvme0c0n1", XC_NODEV, "nvme0c0n1" },
		{ "/dev/sda", XC_NODEV, "/dev/sda" },
		{ "/", XC_NODEV, "/" },
		{ "/dev/", XC_NODEV, "/dev/" },
		{ "serial=", XC_USAGE, "needs a value" },
		{ "serial=S", XC_NODEV, "no device has serial 'S'" },
		{ "serial=s one", XC_NODEV, "s one" },
		{ "nqn=nqn.on", XC_NODEV, "nqn.on" },
		{ "nqn=", XC_USAGE, "needs a value" },
		{ "pci=00:3b:00.0", XC_NODEV, "00:3b:00.0" },
		{ "pci=02:00.0", XC_NODEV, "02:00.0" }, /* of another domain */
		{ "pci=traddr=192.0.2.1", XC_NODEV, "traddr" },
		{ "uuid=1111", XC_NODEV, "1111" },
		{ "uuid=111111112222333344445555555555556", XC_NODEV, "5556" },
		{ "nguid=0x", XC_NODEV, "0x" },
		{ "eui64=-", XC_NODEV, "-" },
		{ "SERIAL=TWO", XC_NODEV, "SERIAL=TWO" },
		{ "model=TWO", XC_NODEV, "model=TWO" },
		{ "serial=TWO", XC_NODEV, "is ambiguous: 2 devices have it (nvme1, nvme2)" },
		{ "nqn=nqn.two", XC_NODEV, "(nvme1, nvme2)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *node;
		struct rig r;

		if (!resolve(&r, rows[i].spec, &node))
			fail_msg("'%s' is %s", rows[i].spec, node);
		assert_null(node);
		assert_int_equal(r.ctx.error.code, rows[i].code);
		if (!strstr(r.ctx.error.message, rows[i].says))
			fail_msg("'%s': %s", rows[i].spec, r.ctx.error.message);
		rig_done(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_node_names),
		cmocka_unit_test(test_natural_order),
		cmocka_unit_test(test_names_that_resolve),
		cmocka_unit_test(test_names_that_do_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
