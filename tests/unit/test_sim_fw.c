/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Firmware and resets of the simulated drive, and the transfer of images. */
#include "unit.h"

#include <errno.h>
#include <unistd.h>

#include "cmd/fw.h"
#include "dev/sim_model.h"
#include "sim_sample.h"
#include "spec/tables.h"

#define KIB 1024u

/* Slots 1 (read only) to 3, activation without reset, granularity 4 KiB, two controllers. */
static const char text[] =
	"{ \"nvmekit-image\": 1, \"subsystems\": [ { \"name\": \"nvme-subsys0\", \"nqn\": \"nqn.2020-01.test:fw\","
	"  \"times\": { \"fw-activate\": 0 },"
	"  \"controllers\": ["
	"   { \"name\": \"nvme0\", \"cntlid\": 1, \"transport\": \"pcie\","
	"     \"identify\": { \"fr\": \"1.0\", \"oacs\": 4, \"frmw\": \"0x37\", \"fwug\": 1, \"mdts\": 4, \"oaes\": 512 },"
	"     \"logs\": { \"fw\": { \"afi\": 2, \"frs\": [ { \"slot\": 1, \"fr\": \"0.9\" }, { \"slot\": 2, \"fr\": \"1.0\" } ] } },"
	"     \"registers\": { \"bpinfo\": 4 }, \"features\": { \"0x85\": { \"current\": 2 }, \"0x04\": { \"current\": 300, \"default\": 343, \"saveable\": true },"
	"       \"0x06\": { \"current\": 0, \"saved\": 1, \"saveable\": true }, \"0x05\": { \"current\": 7 },"
	"       \"0x0b\": { \"current\": 512, \"default\": 0 } } },"
	"   { \"name\": \"nvme1\", \"cntlid\": 2, \"transport\": \"tcp\", \"address\": \"traddr=192.0.2.1,trsvcid=4420\","
	"     \"identify\": { \"fr\": \"1.0\", \"oacs\": 4, \"frmw\": \"0x37\", \"fwug\": 1 },"
	"     \"registers\": { \"cap\": \"0x2014010fff\" },"
	"     \"logs\": { \"fw\": { \"bytes\": \"02 00 00 00 00 00 00 00 30 2e 39 20 20 20 20 20 31 2e 30 20 20 20 20 20\" } } }"
	"  ] } ] }";

static void start_on(struct rig *r, const char *image, const char *name)
{
	char file[64];

	write_image(file, image);
	rig_on(r, r->file);
	strcpy(r->file, file);
	assert_int_equal(rig_open(r, name), 0);
}

static void start(struct rig *r)
{
	start_on(r, text, "nvme0");
}

static int download(struct rig *r, uint32_t at, uint32_t len)
{
	struct req req = admin_req(r, 0x11, 0, len / 4 - 1, at / 4, len);

	return submit(r, &req);
}

static int commit_result(struct rig *r, uint32_t action, uint32_t slot, uint64_t *result)
{
	struct req req = admin_req(r, 0x10, 0, slot | action << 3, 0, 0);
	int rc = submit(r, &req);

	*result = req.result;
	return rc;
}

static int commit(struct rig *r, uint32_t action, uint32_t slot)
{
	uint64_t result;

	return commit_result(r, action, slot, &result);
}

static int reset(struct rig *r, uint8_t kind)
{
	struct req req = { .kind = kind };

	return submit(r, &req);
}

/* An image of 8 KiB in two pieces. */
static void load(struct rig *r, const char *line)
{
	memset(r->buf, 0xaa, 8 * KIB);
	strcpy((char *)r->buf, line);
	assert_int_equal(download(r, 0, 4 * KIB), 0);
	assert_int_equal(download(r, 4 * KIB, 4 * KIB), 0);
}

static const char *running(struct rig *r)
{
	assert_int_equal(identify(r, 0x01, 0, 0), 0);
	return val_str(r->ctx.arena, answer(r, &spec_id_ctrl, 4096), "fr");
}

static const char *in_slot(struct rig *r, unsigned slot, uint64_t *afi)
{
	const struct val *log, *frs;

	assert_int_equal(get_log(r, 0x03, NSID_ALL, 0, 512), 0);
	log = answer(r, &spec_log_fw, 512);
	*afi = val_u64(log, "afi", 0);
	frs = val_get(log, "frs");
	val_for_each(it, frs) {
		if (val_u64(it, "slot", 0) == slot)
			return val_str(r->ctx.arena, it, "fr");
	}
	return "";
}

static void expect(struct rig *r, const char *fr, unsigned afi, unsigned slot, const char *slot_fr)
{
	uint64_t got;

	assert_string_equal(running(r), fr);
	assert_string_equal(in_slot(r, slot, &got), slot_fr);
	assert_int_equal(got, afi);
}

/* --- download --- */

static void test_granularity(void **state)
{
	struct rig r;

	(void)state;
	start(&r);
	assert_int_equal(download(&r, 0, 2 * KIB), 0x4002);
	assert_int_equal(download(&r, 2 * KIB, 4 * KIB), 0x4002);
	assert_int_equal(download(&r, 0, 4 * KIB), 0);
	assert_int_equal(download(&r, 60 * KIB, 4 * KIB), 0);
	assert_int_equal(sim_rejected(&r.dev), 2);
	rig_done(&r);
}

static void test_hostile_lengths(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	start(&r);
	/* More announced than there is, and the largest there can be. */
	req = admin_req(&r, 0x11, 0, 2 * KIB - 1, 0, 4 * KIB);
	assert_int_equal(submit(&r, &req), 0x4004);
	req = admin_req(&r, 0x11, 0, 0xffffffff, 0xfffffc00, 4 * KIB);
	assert_int_equal(submit(&r, &req), 0x4004);
	req = admin_req(&r, 0x11, 0, KIB - 1, 0, 0);
	assert_int_equal(submit(&r, &req), 0x4004);
	req = admin_req(&r, 0x11, 0, KIB - 1, 0xfffffc00, 4 * KIB);
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(commit(&r, 1, 3), 0x4107);
	expect(&r, "1.0", 0x02, 3, "");
	rig_done(&r);
}

static void test_overlap(void **state)
{
	struct rig r;

	(void)state;
	start(&r);
	load(&r, "NVMEKIT-FW 2.0\n");
	assert_int_equal(download(&r, 4 * KIB, 4 * KIB), 0x4114);
	assert_int_equal(download(&r, 4 * KIB, 16 * KIB), 0x4114);
	/* A piece between two others, which closes the gap. */
	assert_int_equal(download(&r, 16 * KIB, 4 * KIB), 0);
	assert_int_equal(download(&r, 8 * KIB, 12 * KIB), 0x4114);
	assert_int_equal(download(&r, 8 * KIB, 8 * KIB), 0);
	assert_int_equal(commit(&r, 0, 3), 0);
	expect(&r, "1.0", 0x02, 3, "2.0");
	rig_done(&r);
}

/* Any order is allowed. */
static void test_out_of_order(void **state)
{
	struct rig r;

	(void)state;
	start(&r);
	memset(r.buf, 0, 8 * KIB);
	assert_int_equal(download(&r, 8 * KIB, 4 * KIB), 0);
	assert_int_equal(download(&r, 4 * KIB, 4 * KIB), 0);
	strcpy((char *)r.buf, "NVMEKIT-FW 2.0 size=12288\n");
	assert_int_equal(download(&r, 0, 4 * KIB), 0);
	assert_int_equal(commit(&r, 1, 3), 0);
	expect(&r, "1.0", 0x32, 3, "2.0");
	rig_done(&r);
}

static void test_partial_is_discarded(void **state)
{
	struct rig r;

	(void)state;
	start(&r);
	load(&r, "NVMEKIT-FW 2.0 size=12288\n");
	assert_int_equal(commit(&r, 1, 3), 0x4107);
	/* With the rest it would have been whole, had it not been thrown away. */
	assert_int_equal(download(&r, 8 * KIB, 4 * KIB), 0);
	assert_int_equal(commit(&r, 1, 3), 0x4107);
	/* A hole. */
	load(&r, "NVMEKIT-FW 2.0\n");
	assert_int_equal(download(&r, 12 * KIB, 4 * KIB), 0);
	assert_int_equal(commit(&r, 1, 3), 0x4107);
	/* A reset discards too. */
	load(&r, "NVMEKIT-FW 2.0\n");
	assert_int_equal(reset(&r, REQ_RESET), 0);
	assert_int_equal(commit(&r, 1, 3), 0x4107);
	expect(&r, "1.0", 0x02, 3, "");
	rig_done(&r);
}

static void test_invalid_images(void **state)
{
	static const char *const lines[] = {
		"MYFIRMWARE 2.0\n",	       "NVMEKIT-FW 2.0",		"NVMEKIT-FW\n",		"NVMEKIT-FW 123456789\n",
		"NVMEKIT-FW 2.0 needs=magic\n", "NVMEKIT-FW 2.0 size=x\n", "NVMEKIT-FW 2\xff\n", "\n",
	};
	struct rig r;

	(void)state;
	start(&r);
	for (size_t i = 0; i < NELEMS(lines); i++) {
		load(&r, lines[i]);
		assert_int_equal(commit(&r, 1, 3), 0x4107);
	}
	expect(&r, "1.0", 0x02, 3, "");
	rig_done(&r);
}

static void test_multiple_updates(void **state)
{
	struct rig r;
	uint64_t mud;

	(void)state;
	start(&r);
	load(&r, "NVMEKIT-FW 2.0\n");
	assert_int_equal(commit_result(&r, 0, 3, &mud), 0);
	assert_int_equal(mud, 0);
	/* Somebody begins anew. */
	load(&r, "NVMEKIT-FW 2.1\n");
	load(&r, "NVMEKIT-FW 2.2\n");
	assert_int_equal(commit_result(&r, 0, 3, &mud), 0);
	assert_int_equal(mud, 1);
	expect(&r, "1.0", 0x02, 3, "2.2");
	/* Through another controller of the same drive. */
	load(&r, "NVMEKIT-FW 2.3\n");
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_int_equal(download(&r, 8 * KIB, 4 * KIB), 0);
	assert_int_equal(commit_result(&r, 0, 3, &mud), 0);
	assert_int_equal(mud, 1);
	rig_done(&r);
}

/* --- commit --- */

static void test_slots(void **state)
{
	struct rig r;

	(void)state;
	start(&r);
	load(&r, "NVMEKIT-FW 2.0\n");
	assert_int_equal(commit(&r, 0, 1), 0x4106); /* read only */
	load(&r, "NVMEKIT-FW 2.0\n");
	assert_int_equal(commit(&r, 0, 4), 0x4106); /* not there */
	assert_int_equal(commit(&r, 2, 7), 0x4106);
	assert_int_equal(commit(&r, 2, 3), 0x4107); /* empty */
	assert_int_equal(commit(&r, 4, 2), 0x4002);
	assert_int_equal(commit(&r, 5, 2), 0x4002);
	assert_int_equal(commit(&r, 0, 3), 0x4107); /* nothing was downloaded */
	/* The drive chooses: the empty one; then the one that does not run. */
	load(&r, "NVMEKIT-FW 2.0\n");
	assert_int_equal(commit(&r, 0, 0), 0);
	expect(&r, "1.0", 0x02, 3, "2.0");
	load(&r, "NVMEKIT-FW 2.1\n");
	assert_int_equal(commit(&r, 1, 0), 0);
	expect(&r, "1.0", 0x32, 3, "2.1");
	/* A slot that is there already, the read-only one too. */
	assert_int_equal(commit(&r, 2, 1), 0);
	assert_int_equal(reset(&r, REQ_RESET), 0);
	expect(&r, "0.9", 0x01, 3, "2.1");
	rig_done(&r);
}

static void test_without_firmware_commands(void **state)
{
	struct rig r;

	(void)state;
	open_sample(&r, "nvme0");
	assert_int_equal(download(&r, 0, 4 * KIB), 0x4001);
	assert_int_equal(commit(&r, 1, 1), 0x4001);
	rig_done(&r);
}

/* What each kind of image answers, and which reset starts it. */
static void test_needs(void **state)
{
	static const struct {
		const char *word;
		int at_reset, at_once;
		bool ctrl, subsys; /* starts it after a commit for the next reset */
	} kinds[] = {
		{ "nothing", 0, 0, true, true },
		{ "controller", 0, 0x111, true, true },
		{ "subsystem", 0x110, 0x110, false, true },
		{ "conventional", 0x10b, 0x10b, false, false },
		{ "max-time", 0, 0x4112, true, true },
		{ "prohibited", 0x4113, 0x4113, false, false },
	};
	char line[64];

	(void)state;
	for (size_t i = 0; i < NELEMS(kinds); i++) {
		struct rig r;

		snprintf(line, sizeof(line), "NVMEKIT-FW 2.0 needs=%s\n", kinds[i].word);
		start(&r);
		load(&r, line);
		assert_int_equal(commit(&r, 1, 3), kinds[i].at_reset);
		assert_string_equal(running(&r), "1.0");
		assert_int_equal(reset(&r, REQ_RESET), 0);
		assert_string_equal(running(&r), kinds[i].ctrl ? "2.0" : "1.0");
		assert_int_equal(reset(&r, REQ_SUBSYS_RESET), 0);
		assert_string_equal(running(&r), kinds[i].subsys ? "2.0" : "1.0");
		rig_done(&r);

		start(&r);
		load(&r, line);
		assert_int_equal(commit(&r, 3, 3), kinds[i].at_once);
		assert_string_equal(running(&r), kinds[i].at_once ? "1.0" : "2.0");
		rig_done(&r);
	}
}

/* Both controllers have the same slots, whether their page was recorded as fields or as bytes. */
static void test_all_controllers(void **state)
{
	struct rig r;

	(void)state;
	start(&r);
	load(&r, "NVMEKIT-FW 2.0\n");
	assert_int_equal(commit(&r, 3, 3), 0);
	expect(&r, "2.0", 0x03, 3, "2.0");
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	expect(&r, "2.0", 0x03, 3, "2.0");
	expect(&r, "2.0", 0x03, 1, "0.9");
	rig_done(&r);
}

static void test_event(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	start(&r);
	load(&r, "NVMEKIT-FW 2.0\n");
	assert_int_equal(commit(&r, 3, 3), 0);
	req = admin_req(&r, 0x0c, 0, 0, 0, 0);
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(req.result, 0x030102);
	rig_done(&r);
}

/* It goes on to run by the clock. */
static void test_activation_takes_time(void **state)
{
	char *image = strdup(text);
	struct rig r;

	(void)state;
	assert_non_null(image);
	memcpy(strstr(image, "\"fw-activate\": 0 "), "\"fw-activate\": 80", 17);
	start_on(&r, image, "nvme0");
	load(&r, "NVMEKIT-FW 2.0\n");
	assert_int_equal(commit(&r, 3, 3), 0);
	assert_string_equal(running(&r), "1.0");
	usleep(90000);
	expect(&r, "2.0", 0x03, 3, "2.0");
	/* A reset in the middle does not stop it. */
	load(&r, "NVMEKIT-FW 2.1\n");
	assert_int_equal(commit(&r, 3, 2), 0);
	assert_int_equal(reset(&r, REQ_RESET), 0);
	expect(&r, "2.1", 0x02, 2, "2.1");
	rig_done(&r);
	free(image);
}

static void test_boot_partitions(void **state)
{
	struct req req;
	char *kept;
	struct rig r;

	(void)state;
	start(&r);
	load(&r, "NVMEKIT-FW boot2\n");
	req = admin_req(&r, 0x10, 0, 6u << 3 | 1u << 31, 0, 0);
	assert_int_equal(submit(&r, &req), 0);
	req = admin_req(&r, 0x10, 0, 7u << 3 | 1u << 31, 0, 0);
	assert_int_equal(submit(&r, &req), 0);
	kept = slurp(r.file);
	assert_non_null(strstr(kept, "boot2"));
	free(kept);
	expect(&r, "1.0", 0x02, 3, "");
	req = (struct req){ .kind = REQ_REG_READ, .cdw10 = 0x40, .cdw11 = 4 };
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(req.result, 0x80000004);
	req = admin_req(&r, 0x10, 0, 6u << 3, 0, 0);
	assert_int_equal(submit(&r, &req), 0x411e); /* locked */
	req = admin_req(&r, 0x10, 0, 6u << 3 | 1u << 31, 0, 0);
	assert_int_equal(submit(&r, &req), 0x4107);
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_int_equal(submit(&r, &req), 0x4002); /* it has none */
	rig_done(&r);
}

/* --- resets --- */

static uint64_t feature(struct rig *r, uint8_t fid)
{
	struct req req = admin_req(r, ADM_GET_FEATURES, 0, fid, 0, 0);

	assert_int_equal(submit(r, &req), 0);
	return req.result;
}

static void test_features_after_reset(void **state)
{
	struct rig r;

	(void)state;
	start(&r);
	assert_int_equal(reset(&r, REQ_RESET), 0);
	assert_int_equal(feature(&r, 0x04), 343); /* never saved: the default */
	assert_int_equal(feature(&r, 0x06), 1);	  /* saved */
	assert_int_equal(feature(&r, 0x05), 7);	  /* nothing else is known */
	assert_int_equal(feature(&r, 0x0b), 512); /* the driver sets it again */
	rig_done(&r);
}

static void test_subsystem_reset_needs_support(void **state)
{
	struct rig r;

	(void)state;
	start(&r);
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_int_equal(reset(&r, REQ_SUBSYS_RESET), -ENOTTY);
	assert_int_equal(reset(&r, REQ_RESET), 0);
	rig_done(&r);
}

/* Resetting for a while: nobody can open it, and commands of those who have it wait. */
static void test_resetting(void **state)
{
	char *image = strdup(text), *key;
	struct rig r, other;
	uint64_t start_ms;

	(void)state;
	assert_non_null(image);
	key = strstr(image, "\"fw-activate\": 0 ");
	memcpy(key, "\"reset\":     150 ", 17);
	start_on(&r, image, "nvme0");
	start_ms = sim_now();
	assert_int_equal(reset(&r, REQ_RESET), 0);
	rig_on(&other, r.file);
	assert_int_equal(rig_open(&other, "nvme0"), -EAGAIN);
	assert_int_equal(other.ctx.error.err, EAGAIN);
	assert_string_equal(running(&r), "1.0");
	assert_true(sim_now() - start_ms >= 140);
	rig_done(&other);
	rig_on(&other, r.file);
	assert_int_equal(rig_open(&other, "nvme0"), 0);
	rig_done(&other);
	rig_done(&r);
	free(image);
}

/* --- the transfer of an image, on a device that only counts --- */

static struct {
	uint32_t kernel_max, unit; /* larger is -EINVAL; no multiple is Invalid Field */
	uint32_t fail_at;	   /* status of this command (from 1); 0: none */
	int fail_with;
	uint64_t next; /* offset that has to come */
	uint32_t commands, refused;
	const uint8_t *end; /* of the image */
} fake;

static int fake_submit(struct dev *dev, struct req *r)
{
	(void)dev;
	assert_int_equal(r->opcode, 0x11);
	assert_int_equal((r->cdw10 + 1) * 4, r->data_len);
	assert_true((const uint8_t *)r->data + r->data_len <= fake.end);
	if (r->data_len > fake.kernel_max) {
		fake.refused++;
		return -EINVAL;
	}
	if (fake.unit && r->data_len > fake.unit) {
		fake.refused++;
		return 0x4002;
	}
	if (++fake.commands == fake.fail_at)
		return fake.fail_with;
	assert_int_equal((uint64_t)r->cdw11 * 4, fake.next);
	fake.next += r->data_len;
	return 0;
}

static const struct dev_ops fake_ops = { .name = "fake", .submit = fake_submit };

static int transfer(struct rig *r, struct fw_load *l)
{
	uint8_t *image;

	rig_on(r, "demo");
	r->dev = (struct dev){ .ctx = &r->ctx, .ops = &fake_ops, .name = "nvme0", .path = "/dev/nvme0", .fd = -1 };
	image = dev_buffer(&r->ctx, l->len);
	l->image = image;
	fake.end = image + l->len;
	fake.next = l->offset;
	fake.commands = fake.refused = 0;
	return dev_fw_download(&r->dev, l);
}

static void test_transfer_sizes(void **state)
{
	static const struct {
		size_t len;
		uint32_t unit, chunk, kernel_max, drive_max;
		uint32_t commands, refused;
		bool fixed;
		int rc;
	} cases[] = {
		{ 1 << 20, 4096, 1 << 20, 1 << 20, 0, 1, 0, false, 0 },
		{ 1 << 20, 4096, 1 << 20, 1 << 18, 0, 4, 2, false, 0 },
		{ (1 << 20) + 4096, 4096, 1 << 20, 1 << 18, 0, 5, 2, false, 0 },
		/* Whole units of three pages. */
		{ 12288 * 10, 12288, 12288 * 8, 50000, 0, 3, 1, false, 0 },
		/* The controller takes no more than 4096. */
		{ 65536, 4, 65536, 65536, 4096, 16, 1, false, 0 },
		{ 4, 4, 1 << 20, 4096, 0, 1, 0, false, 0 },
		{ 65536, 4, 65536, 4096, 0, 0, 1, true, -EINVAL },
		{ 65536, 8192, 65536, 4096, 0, 0, 4, false, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(cases); i++) {
		struct fw_load l = { .len = cases[i].len, .unit = cases[i].unit, .chunk = cases[i].chunk, .fixed = cases[i].fixed };
		struct rig r;

		memset(&fake, 0, sizeof(fake));
		fake.kernel_max = cases[i].kernel_max;
		fake.unit = cases[i].drive_max;
		assert_int_equal(transfer(&r, &l), cases[i].rc);
		assert_int_equal(fake.commands, cases[i].commands);
		assert_int_equal(fake.refused, cases[i].refused);
		if (!cases[i].rc) {
			assert_int_equal(l.sent, cases[i].len);
			assert_int_equal(fake.next, cases[i].len);
		} else {
			assert_non_null(r.ctx.error.hint);
		}
		rig_done(&r);
	}
}

static void test_transfer_errors(void **state)
{
	struct fw_load l = { .len = 65536, .unit = 4, .chunk = 4096 };
	struct rig r;

	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.kernel_max = 1 << 20;
	fake.fail_at = 3;
	fake.fail_with = 0x4114;
	assert_int_equal(transfer(&r, &l), 0x4114);
	assert_int_equal(r.ctx.error.code, XC_STATUS);
	assert_int_equal(l.sent, 8192);
	assert_int_equal(fake.commands, 3);
	rig_done(&r);
	/* Invalid Field in the middle says nothing about the size. */
	fake.fail_with = 0x4002;
	assert_int_equal(transfer(&r, &l), 0x4002);
	assert_int_equal(fake.commands, 3);
	rig_done(&r);
	fake.fail_with = -ENODEV;
	assert_int_equal(transfer(&r, &l), -ENODEV);
	assert_int_equal(r.ctx.error.code, XC_NODEV);
	rig_done(&r);
}

static void test_transfer_ignores_overlap(void **state)
{
	struct fw_load l = { .len = 16384, .unit = 4, .chunk = 4096, .ignore_overlap = true };
	struct rig r;

	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.kernel_max = 1 << 20;
	fake.fail_at = 4; /* the last: the fake does not count on */
	fake.fail_with = 0x114;
	assert_int_equal(transfer(&r, &l), 0);
	assert_int_equal(l.overlaps, 1);
	assert_int_equal(l.sent, 16384);
	rig_done(&r);
}

/* Nothing is sent, however large the image is. */
static void test_transfer_dry(void **state)
{
	struct fw_load l = { .len = 4 << 20, .unit = 4096, .chunk = 4096 };
	FILE *nul = fopen("/dev/null", "w");
	struct rig r;

	(void)state;
	assert_non_null(nul);
	memset(&fake, 0, sizeof(fake));
	rig_on(&r, "demo");
	r.ctx.g.dry_run = true;
	r.ctx.trace_to = nul;
	r.dev = (struct dev){ .ctx = &r.ctx, .ops = &fake_ops, .name = "nvme0", .path = "/dev/nvme0", .fd = -1 };
	l.image = dev_buffer(&r.ctx, l.len);
	assert_int_equal(dev_fw_download(&r.dev, &l), 0);
	assert_int_equal(fake.commands + fake.refused, 0);
	assert_int_equal(l.commands, 1024);
	rig_done(&r);
	fclose(nul);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_granularity),
		cmocka_unit_test(test_hostile_lengths),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_out_of_order),
		cmocka_unit_test(test_partial_is_discarded),
		cmocka_unit_test(test_invalid_images),
		cmocka_unit_test(test_multiple_updates),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_without_firmware_commands),
		cmocka_unit_test(test_needs),
		cmocka_unit_test(test_all_controllers),
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_activation_takes_time),
		cmocka_unit_test(test_boot_partitions),
		cmocka_unit_test(test_features_after_reset),
		cmocka_unit_test(test_subsystem_reset_needs_support),
		cmocka_unit_test(test_resetting),
		cmocka_unit_test(test_transfer_sizes),
		cmocka_unit_test(test_transfer_errors),
		cmocka_unit_test(test_transfer_ignores_overlap),
		cmocka_unit_test(test_transfer_dry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
