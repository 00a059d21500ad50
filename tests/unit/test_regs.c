/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Controller properties: the table, the simulated controller's registers, and those that the kernel lets map. */
#include "unit.h"

#include "fake_tree.h"

#include "dev/linux_ctl.h"
#include "sim_sample.h"
#include "spec/registers.h"
#include "spec/tables.h"

/* --- the table --- */

static void test_table(void **state)
{
	const struct reg *r = regs;

	(void)state;
	for (size_t i = 0; i < spec_registers.nfields; i++) {
		const struct field *f = &spec_registers.fields[i];

		if (!f->name)
			continue;
		assert_string_equal(f->name, r->name);
		assert_int_equal(f->off, 8 * r->offset);
		assert_int_equal(f->len, 8 * r->width);
		assert_true(r->width == 4 || r->width == 8);
		assert_int_equal(r->offset % r->width, 0);
		assert_ptr_equal(reg_by_name(r->name), r);
		assert_ptr_equal(reg_by_offset(r->offset), r);
		r++;
	}
	assert_null(r->name);
	assert_null(reg_by_name("none"));
	assert_null(reg_by_offset(0x18));
	assert_null(reg_by_offset(4));
	assert_null(reg_by_offset(0x100000014));
}

/* Offsets, widths and access as Figure 33 has them, written down again. */
static void test_figure(void **state)
{
	static const struct {
		const char *name;
		unsigned offset, width;
		bool rw, msg;
	} rows[] = {
		{ "cap", 0x0, 8, 0, 1 },      { "vs", 0x8, 4, 0, 1 },	     { "intms", 0xc, 4, 1, 0 },
		{ "intmc", 0x10, 4, 1, 0 },   { "cc", 0x14, 4, 1, 1 },	     { "csts", 0x1c, 4, 1, 1 },
		{ "nssr", 0x20, 4, 1, 1 },    { "aqa", 0x24, 4, 1, 0 },	     { "asq", 0x28, 8, 1, 0 },
		{ "acq", 0x30, 8, 1, 0 },     { "cmbloc", 0x38, 4, 0, 0 },   { "cmbsz", 0x3c, 4, 0, 0 },
		{ "bpinfo", 0x40, 4, 0, 0 },  { "bprsel", 0x44, 4, 1, 0 },   { "bpmbl", 0x48, 8, 1, 0 },
		{ "cmbmsc", 0x50, 8, 1, 0 },  { "cmbsts", 0x58, 4, 0, 0 },   { "cmbebs", 0x5c, 4, 0, 0 },
		{ "cmbswtp", 0x60, 4, 0, 0 }, { "nssd", 0x64, 4, 1, 1 },     { "crto", 0x68, 4, 0, 1 },
		{ "pmrcap", 0xe00, 4, 0, 0 }, { "pmrctl", 0xe04, 4, 1, 0 },  { "pmrsts", 0xe08, 4, 0, 0 },
		{ "pmrebs", 0xe0c, 4, 0, 0 }, { "pmrswtp", 0xe10, 4, 0, 0 }, { "pmrmscl", 0xe14, 4, 1, 0 },
		{ "pmrmscu", 0xe18, 4, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(rows); i++) {
		const struct reg *r = reg_by_name(rows[i].name);

		assert_non_null(r);
		assert_int_equal(r->offset, rows[i].offset);
		assert_int_equal(r->width, rows[i].width);
		assert_int_equal(!!(r->flags & REG_RW), rows[i].rw);
		assert_int_equal(!!(r->flags & REG_MSG), rows[i].msg);
	}
	assert_null(regs[NELEMS(rows)].name);
}

static bool there(const char *name, uint64_t cap, uint32_t vs, uint32_t pmrcap, bool fabrics)
{
	uint8_t buf[0xe1c] = { 0 };
	struct arena *a = ctx.arena;

	for (int i = 0; i < 8; i++)
		buf[i] = (uint8_t)(cap >> 8 * i);
	for (int i = 0; i < 4; i++) {
		buf[8 + i] = (uint8_t)(vs >> 8 * i);
		buf[0xe00 + i] = (uint8_t)(pmrcap >> 8 * i);
	}
	return reg_present(reg_by_name(name), spec_decode(a, &spec_registers, buf, sizeof(buf)), fabrics);
}

static void test_presence(void **state)
{
	(void)state;
	assert_true(there("cc", 0, 0x10000, 0, true));
	assert_true(there("aqa", 0, 0x10000, 0, false));
	assert_false(there("aqa", ~0ull, 0x20100, ~0u, true));
	assert_false(there("nssr", 0, 0x20100, 0, false));
	assert_true(there("nssr", 1ull << 36, 0x20100, 0, true));
	assert_true(there("bpinfo", 1ull << 45, 0x10300, 0, false));
	assert_false(there("bpinfo", 1ull << 45, 0x10300, 0, true));
	/* The buffer is older than the bit that says so. */
	assert_false(there("cmbsz", 0, 0x10100, 0, false));
	assert_true(there("cmbsz", 0, 0x10200, 0, false));
	assert_true(there("cmbsz", 0, 0x10300, 0, false));
	assert_false(there("cmbsz", 0, 0x10400, 0, false));
	assert_true(there("cmbsz", 1ull << 57, 0x10400, 0, false));
	assert_false(there("cmbmsc", 0, 0x10300, 0, false));
	assert_true(there("pmrcap", 1ull << 56, 0x10400, 0, false));
	assert_false(there("pmrmscl", 1ull << 56, 0x10400, 0, false));
	assert_true(there("pmrmscl", 1ull << 56, 0x10400, 1u << 24, false));
	assert_true(there("crto", 1ull << 59, 0x20000, 0, true));
	assert_true(there("nssd", 1ull << 58, 0x20000, 0, false));
}

/* --- the simulated controller --- */

#define IMAGE(transport, id, more)                                                                           \
	"{\"nvmekit-image\":1,\"subsystems\":[{\"name\":\"nvme-subsys0\",\"nqn\":\"q\",\"controllers\":["        \
	"{\"name\":\"nvme0\",\"cntlid\":1,\"transport\":\"" transport "\",\"identify\":{" id "}" more "},"         \
	"{\"name\":\"nvme1\",\"cntlid\":2,\"transport\":\"" transport "\",\"identify\":{" id "}}],"                \
	"\"namespaces\":[{\"name\":\"nvme0n1\",\"nsid\":1,\"identify\":{\"nsze\":8,\"lbafs\":[{\"ds\":9}]}}]}]}"
#define REGS(text) ",\"registers\":{" text "}"

static void with(struct rig *r, const char *image)
{
	char file[64];

	write_image(file, image);
	rig_on(r, r->file);
	strcpy(r->file, file);
	assert_int_equal(rig_open(r, "nvme0"), 0);
}

static int read_at(struct rig *r, uint32_t offset, uint32_t width, uint64_t *v)
{
	struct req req = { .kind = REQ_REG_READ, .cdw10 = offset, .cdw11 = width };
	int rc = submit(r, &req);

	*v = req.result;
	return rc;
}

static int write_at(struct rig *r, uint32_t offset, uint32_t width, uint64_t v)
{
	struct req req = { .kind = REQ_REG_WRITE, .cdw10 = offset, .cdw11 = width, .cdw12 = (uint32_t)v,
			   .cdw13 = (uint32_t)(v >> 32) };

	return submit(r, &req);
}

static uint64_t value(struct rig *r, const char *name)
{
	const struct reg *reg = reg_by_name(name);
	uint64_t v;

	assert_int_equal(read_at(r, reg->offset, reg->width, &v), 0);
	return v;
}

static void set(struct rig *r, const char *name, uint64_t v)
{
	const struct reg *reg = reg_by_name(name);

	assert_int_equal(write_at(r, reg->offset, reg->width, v), 0);
}

static void test_defaults(void **state)
{
	struct rig r;
	uint64_t v;

	(void)state;
	with(&r, IMAGE("pcie", "\"ver\":131328", ""));
	assert_int_equal(value(&r, "cap"), 0x08400030140103ff);
	assert_int_equal(value(&r, "vs"), 131328);
	assert_int_equal(value(&r, "cc"), 0x460001);
	assert_int_equal(value(&r, "csts"), 1);
	assert_int_equal(value(&r, "crto"), 20);
	assert_int_equal(value(&r, "pmrsts"), 0); /* not there */
	/* Each half, what is reserved, and the end. */
	assert_int_equal(read_at(&r, 0, 4, &v), 0);
	assert_int_equal(v, 0x140103ff);
	assert_int_equal(read_at(&r, 4, 4, &v), 0);
	assert_int_equal(v, 0x08400030);
	assert_int_equal(read_at(&r, 0x18, 4, &v), 0);
	assert_int_equal(v, 0);
	assert_int_equal(read_at(&r, 0x4000, 4, &v), -ERANGE);
	assert_int_equal(read_at(&r, 0xfffffffc, 4, &v), -ERANGE);
	assert_int_equal(read_at(&r, 2, 4, &v), -EINVAL);
	assert_int_equal(read_at(&r, 4, 8, &v), -EINVAL);
	assert_int_equal(read_at(&r, 0, 2, &v), -EINVAL);
	rig_done(&r);
}

static void test_recorded(void **state)
{
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "\"ver\":66560", REGS("\"0x3c\":\"0x1000001f\",\"cmbloc\":2,\"pmrcap\":16777216,\"bpinfo\":3")));
	assert_int_equal(value(&r, "cap") >> 45 & 1, 1);
	assert_int_equal(value(&r, "cap") >> 56 & 3, 3);
	assert_int_equal(value(&r, "bpinfo"), 3);
	/* From 1.4 on the buffer shows itself when it is asked to. */
	assert_int_equal(value(&r, "cmbsz"), 0);
	set(&r, "cmbmsc", 1);
	assert_int_equal(value(&r, "cmbsz"), 0x1000001f);
	assert_int_equal(value(&r, "cmbloc"), 2);
	assert_int_equal(value(&r, "pmrsts"), 0x100);
	set(&r, "pmrctl", 0xffffffff);
	assert_int_equal(value(&r, "pmrctl"), 1);
	assert_int_equal(value(&r, "pmrsts"), 0);
	set(&r, "pmrmscl", 0xffffffff);
	assert_int_equal(value(&r, "pmrmscl"), 0xfffff002);
	/* Three units of 128 KiB; then one page beyond the end. */
	set(&r, "bprsel", 95u << 10 | 1);
	assert_int_equal(value(&r, "bpinfo"), 0x02000003);
	set(&r, "bprsel", 96u << 10 | 1);
	assert_int_equal(value(&r, "bpinfo"), 0x03000003);
	rig_done(&r);
}

static void test_read_only(void **state)
{
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "\"ver\":131328", ""));
	for (const struct reg *reg = regs; reg->name; reg++) {
		uint64_t before = value(&r, reg->name);

		if (reg->flags & REG_RW)
			continue;
		set(&r, reg->name, ~before);
		assert_int_equal(value(&r, reg->name), before);
	}
	/* Of capabilities that are not there, and while the controller is enabled. */
	set(&r, "bpmbl", 0xfffffffffffff000);
	assert_int_equal(value(&r, "bpmbl"), 0);
	set(&r, "aqa", 0);
	assert_int_equal(value(&r, "aqa"), 0x1f001f);
	set(&r, "cc", 0xffff3fff & ~0xcu);
	assert_int_equal(value(&r, "cc"), 0xff0001);
	set(&r, "nssr", 0x12345678);
	assert_int_equal(value(&r, "nssr"), 0);
	rig_done(&r);
}

static void test_interrupt_masks(void **state)
{
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "", ""));
	set(&r, "intms", 0xf0);
	set(&r, "intms", 0x0f);
	set(&r, "intmc", 0x18);
	assert_int_equal(value(&r, "intms"), 0xe7);
	assert_int_equal(value(&r, "intmc"), 0xe7);
	rig_done(&r);
}

static void test_64_bits_in_halves(void **state)
{
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "", REGS("\"cc\":0,\"csts\":0,\"asq\":\"0x1111111122222000\"")));
	assert_int_equal(write_at(&r, 0x2c, 4, 0x33333333), 0);
	assert_int_equal(value(&r, "asq"), 0x3333333322222000);
	assert_int_equal(write_at(&r, 0x28, 4, 0x44444fff), 0);
	assert_int_equal(value(&r, "asq"), 0x3333333344444000);
	set(&r, "asq", 0x5555555566666fff);
	assert_int_equal(value(&r, "asq"), 0x5555555566666000);
	rig_done(&r);
}

/* The driver notices when the next command is not answered, and sets the controller up again. */
static void test_shutdown(void **state)
{
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "", ""));
	assert_int_equal(identify(&r, 1, 0, 0), 0);
	set(&r, "cc", 0x460001 | 1u << 14);
	assert_int_equal(value(&r, "csts"), 0x9);
	assert_int_equal(identify(&r, 1, 0, 0), -ETIMEDOUT);
	assert_int_equal(value(&r, "csts"), 1);
	assert_int_equal(value(&r, "cc"), 0x460001);
	assert_int_equal(identify(&r, 1, 0, 0), 0);
	rig_done(&r);
}

static void test_disable(void **state)
{
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "", ""));
	set(&r, "cc", 0x460000);
	assert_int_equal(value(&r, "csts"), 0);
	set(&r, "aqa", 0x00ff00ff);
	assert_int_equal(value(&r, "aqa"), 0x00ff00ff);
	set(&r, "cc", 0x460081);
	assert_int_equal(value(&r, "cc"), 0x460081);
	assert_int_equal(value(&r, "csts"), 1);
	set(&r, "cc", 0x460000);
	assert_int_equal(identify(&r, 1, 0, 0), -ETIMEDOUT);
	assert_int_equal(identify(&r, 1, 0, 0), 0);
	rig_done(&r);
}

static void test_subsystem_reset(void **state)
{
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "", ""));
	set(&r, "nssr", REG_NSSR_RESET);
	assert_int_equal(value(&r, "csts"), 0x11);
	set(&r, "csts", 0xffffffef);
	assert_int_equal(value(&r, "csts"), 0x11);
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_int_equal(value(&r, "csts"), 0x11);
	set(&r, "csts", 0x10);
	assert_int_equal(value(&r, "csts"), 0x1);
	rig_done(&r);
}

/* Every controller; nothing but a reset of the subsystem helps. */
static void test_subsystem_shutdown(void **state)
{
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "\"ver\":131328", REGS("\"cap\":\"0x0c400030140103ff\"")));
	set(&r, "nssd", 1);
	assert_int_equal(value(&r, "csts"), 1);
	set(&r, "nssd", REG_NSSD_NORMAL);
	assert_int_equal(value(&r, "nssd"), 0);
	assert_int_equal(value(&r, "csts"), 0x49);
	assert_int_equal(identify(&r, 1, 0, 0), -ETIMEDOUT);
	assert_int_equal(identify(&r, 1, 0, 0), -ETIMEDOUT);
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_int_equal(identify(&r, 1, 0, 0), -ETIMEDOUT);
	assert_int_equal(rig_open(&r, "nvme0"), 0);
	set(&r, "nssr", REG_NSSR_RESET);
	assert_int_equal(identify(&r, 1, 0, 0), 0);
	rig_done(&r);
}

static void test_fabrics(void **state)
{
	struct rig r;
	uint64_t v;

	(void)state;
	with(&r, IMAGE("tcp", "\"ver\":66560,\"elpe\":7", ""));
	assert_int_equal(value(&r, "cap") & 0xffff, 0x3ff);
	assert_int_equal(value(&r, "cc"), 0x460001);
	/* Another size, half of one, one of PCIe, one that is reserved, one that cannot be written. */
	assert_int_equal(read_at(&r, 0, 4, &v), 0x4002);
	assert_int_equal(read_at(&r, 4, 4, &v), 0x4002);
	assert_int_equal(read_at(&r, 0x24, 4, &v), 0x4002);
	assert_int_equal(read_at(&r, 0x68, 4, &v), 0x4002);
	assert_int_equal(read_at(&r, 0x18, 4, &v), 0x4002);
	assert_int_equal(write_at(&r, 8, 4, 0), 0x4002);
	assert_int_equal(write_at(&r, 0x4000, 4, 0), 0x4002);
	assert_int_equal(sim_rejected(&r.dev), 7);
	assert_int_equal(get_log(&r, 1, NSID_ALL, 0, 64), 0);
	assert_int_equal(r.buf[0], 7);
	set(&r, "cc", 0x464001);
	assert_int_equal(value(&r, "csts"), 9);
	rig_done(&r);
}

/* --- the registers that the kernel lets map --- */

static const char resource[] = "sys/devices/pci0000:00/0000:01:00.0/resource0";

static struct dev *device(const uint8_t *bytes, size_t n)
{
	struct dev *dev = arena_alloc(ctx.arena, sizeof(*dev));
	FILE *f = fopen(place(resource), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	fclose(f);
	put_link("sys/devices/pci0000:00/0000:01:00.0/nvme/nvme7/device", "../..");
	put_link("sys/class/nvme/nvme7", "../../devices/pci0000:00/0000:01:00.0/nvme/nvme7");
	dev->ctx = &ctx;
	dev->kind = DEV_NS;
	dev->name = "nvme3n1";
	dev->path = "/dev/nvme3n1";
	dev->ctrl = "nvme7";
	dev->fd = -1;
	return dev;
}

static int mapped(struct dev *dev, bool write, uint32_t offset, uint32_t width, uint64_t *v)
{
	struct req r = { .kind = write ? REQ_REG_WRITE : REQ_REG_READ, .cdw10 = offset, .cdw11 = width,
			 .cdw12 = (uint32_t)*v, .cdw13 = (uint32_t)(*v >> 32) };
	int rc;

	ctx.error.code = XC_OK;
	rc = linux_reg(dev, &r);
	*v = r.result;
	return rc;
}

static void test_mapped(void **state)
{
	uint8_t bytes[8192], after[sizeof(bytes)];
	struct dev *dev;
	uint64_t v = 0;
	FILE *f;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i + (i >> 8));
	dev = device(bytes, sizeof(bytes));
	assert_int_equal(mapped(dev, false, 0, 8, &v), 0);
	assert_int_equal(v, 0x0706050403020100);
	assert_int_equal(mapped(dev, false, 0x14, 4, &v), 0);
	assert_int_equal(v, 0x17161514);
	assert_int_equal(mapped(dev, false, 0xe18, 4, &v), 0);
	assert_int_equal(v, 0x29282726);
	v = 0xaabbccdd;
	assert_int_equal(mapped(dev, true, 0x14, 4, &v), 0);
	v = 0x1122334455667788;
	assert_int_equal(mapped(dev, true, 0x28, 8, &v), 0);
	memcpy(bytes + 0x14, "\xdd\xcc\xbb\xaa", 4);
	memcpy(bytes + 0x28, "\x88\x77\x66\x55\x44\x33\x22\x11", 8);
	f = fopen(place(resource), "r");
	assert_non_null(f);
	assert_int_equal(fread(after, 1, sizeof(after), f), sizeof(after));
	fclose(f);
	assert_memory_equal(bytes, after, sizeof(bytes));
	/* Between registers, and not of their width. */
	assert_int_equal(mapped(dev, false, 1, 4, &v), -EINVAL);
	assert_int_equal(mapped(dev, false, 4, 8, &v), -EINVAL);
	assert_int_equal(mapped(dev, false, 0, 1, &v), -EINVAL);
	assert_int_equal(mapped(dev, true, 0xfffffffc, 4, &v), -EINVAL);
}

/* A region that is too small must not be read beyond its end, which would kill the process. */
static void test_mapped_short(void **state)
{
	uint8_t bytes[0x16] = { 0 };
	struct dev *dev;
	uint64_t v = 0;

	(void)state;
	dev = device(bytes, sizeof(bytes));
	assert_int_equal(mapped(dev, false, 8, 4, &v), 0);
	assert_int_equal(mapped(dev, false, 0x14, 4, &v), -ERANGE);
	assert_int_equal(ctx.error.code, XC_UNSUPPORTED);
	assert_int_equal(mapped(dev, true, 0xff000, 4, &v), -ERANGE);
	assert_int_equal(truncate(place(resource), 0), 0);
	assert_int_equal(mapped(dev, false, 0, 8, &v), -ERANGE);
}

/* The bus reads as ones where nobody answers; nothing is written then. */
static void test_mapped_gone(void **state)
{
	uint8_t bytes[4096];
	struct dev *dev;
	uint64_t v = 0;

	(void)state;
	memset(bytes, 0xff, sizeof(bytes));
	dev = device(bytes, sizeof(bytes));
	assert_int_equal(mapped(dev, false, 0, 8, &v), -ENODEV);
	v = 0;
	assert_int_equal(mapped(dev, true, 0x14, 4, &v), -ENODEV);
}

static void test_mapped_refused(void **state)
{
	uint8_t bytes[64] = { 0 };
	struct dev *dev;
	uint64_t v = 0;

	(void)state;
	dev = device(bytes, sizeof(bytes));
	assert_int_equal(unlink(place(resource)), 0);
	assert_int_equal(mapped(dev, false, 0, 8, &v), -ENOENT);
	assert_int_equal(ctx.error.code, XC_UNSUPPORTED);
	assert_non_null(strstr(ctx.error.message, "/sys/class/nvme/nvme7/device/resource0"));
	assert_int_equal(mkdir(place(resource), 0755), 0);
	assert_int_equal(mapped(dev, false, 0, 8, &v), -ERANGE);
	assert_int_equal(rmdir(place(resource)), 0);
	/* No controller is known, and one whose link leads out of the folder. */
	dev->ctrl = NULL;
	assert_true(mapped(dev, false, 0, 8, &v) < 0);
	dev->ctrl = "nvme8";
	put_link("sys/class/nvme/nvme8", "/proc/self");
	assert_true(mapped(dev, false, 0, 8, &v) < 0);
	if (geteuid() == 0) {
		put(resource, "0123456789abcdef");
		dev->ctrl = "nvme7";
		assert_int_equal(chmod(root, 0755), 0);
		assert_int_equal(chmod(place(resource), 0600), 0);
		assert_int_equal(seteuid(65534), 0);
		assert_int_equal(mapped(dev, false, 0, 8, &v), -EACCES);
		assert_int_equal(seteuid(0), 0);
		assert_int_equal(ctx.error.code, XC_PERM);
		assert_string_equal(ctx.error.hint, "run it as root");
	}
}

#define TREE(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_figure),
		TREE(test_presence),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_interrupt_masks),
		cmocka_unit_test(test_64_bits_in_halves),
		cmocka_unit_test(test_shutdown),
		cmocka_unit_test(test_disable),
		cmocka_unit_test(test_subsystem_reset),
		cmocka_unit_test(test_subsystem_shutdown),
		cmocka_unit_test(test_fabrics),
		TREE(test_mapped),
		TREE(test_mapped_short),
		TREE(test_mapped_gone),
		TREE(test_mapped_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
