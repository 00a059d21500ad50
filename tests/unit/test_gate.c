/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The gate: what it takes for dangerous, whom it asks, what it refuses, and that nothing gets around it. */
#include "unit.h"

#include <unistd.h>

#include "dev/gate.h"
#include "dev/sim.h"
#include "sim_sample.h"

static const char system_text[] =
	"{ \"nvmekit-image\": 1, \"subsystems\": [ { \"name\": \"nvme-subsys0\", \"nqn\": \"nqn.2024-01.com.example:gate\",\n"
	"  \"controllers\": [\n"
	"   { \"name\": \"nvme0\", \"cntlid\": 1, \"transport\": \"pcie\", \"identify\": { \"sn\": \"GATE0001\", \"mn\": \"Gatekeeper\",\n"
	"     \"cmic\": { \"mctrs\": 1 }, \"fna\": \"0x4\", \"oacs\": \"0x4ff\", \"sanicap\": 7 } },\n"
	"   { \"name\": \"nvme1\", \"cntlid\": 2, \"transport\": \"pcie\", \"identify\": { \"sn\": \"GATE0001\", \"mn\": \"Gatekeeper\",\n"
	"     \"cmic\": { \"mctrs\": 1 }, \"fna\": \"0x4\", \"oacs\": \"0x4ff\", \"sanicap\": 7 } } ],\n"
	"  \"namespaces\": [\n"
	"   { \"name\": \"nvme0n1\", \"generic\": \"ng0n1\", \"nsid\": 1, \"nguid\": \"00112233445566778899aabbccddeeff\",\n"
	"     \"identify\": { \"nsze\": 1000, \"ncap\": 1000, \"lbafs\": [ { \"ds\": 12 } ] },\n"
	"     \"contents\": [ { \"type\": \"ext4\", \"usage\": \"filesystem\", \"label\": \"srv\" } ],\n"
	"     \"in_use\": [ { \"kind\": \"mount\", \"what\": \"/srv (ext4)\", \"device\": \"nvme0n1p1\" } ] },\n"
	"   { \"name\": \"nvme0n2\", \"nsid\": 2, \"uuid\": \"01234567-89ab-cdef-0123-456789abcdef\", \"controllers\": [ \"nvme0\" ],\n"
	"     \"identify\": { \"nsze\": 1000, \"ncap\": 1000, \"lbafs\": [ { \"ds\": 12 } ] } },\n"
	"   { \"name\": \"nvme0n3\", \"nsid\": 3, \"controllers\": [ \"nvme1\" ],\n"
	"     \"identify\": { \"nsze\": 1000, \"ncap\": 1000, \"lbafs\": [ { \"ds\": 12 } ] },\n"
	"     \"in_use\": [ { \"kind\": \"claimed\", \"what\": \"\" } ] } ] } ] }\n";

static struct rig r;

static const char *typed;  /* what somebody answers; NULL: nobody is there */
static const char *question; /* what was asked last */
static void (*meanwhile)(void); /* happens while they think */

static bool answer_with(struct ctx *ctx, const char *q, char *to, size_t size)
{
	question = arena_strdup(ctx->arena, q);
	if (!typed)
		return false;
	snprintf(to, size, "%s", typed);
	if (meanwhile)
		meanwhile();
	return true;
}

static void begin(const char *node)
{
	static char file[64];

	typed = question = NULL;
	meanwhile = NULL;
	write_image(file, system_text);
	rig_on(&r, file);
	snprintf(r.file, sizeof(r.file), "%s", file);
	r.ctx.ask = answer_with;
	assert_int_equal(dev_open(&r.ctx, node, &r.ctx.dev), 0);
}

static void end(void)
{
	dev_close(r.ctx.dev);
	rig_done(&r);
}

static struct req format_req(uint32_t nsid)
{
	return (struct req){ .opcode = 0x80, .nsid = nsid };
}

static int ask_gate(const struct req *q)
{
	return gate(&r.ctx, &(const struct intent){ .reqs = q, .nreqs = 1 });
}

static void refused(const struct req *q, const char *why)
{
	struct req sent = *q;

	assert_true(ask_gate(q) < 0);
	assert_int_equal(r.ctx.error.code, XC_REFUSED);
	if (!strstr(r.ctx.error.message, why))
		fail_msg("'%s' does not say '%s'", r.ctx.error.message, why);
	assert_false(gate_passed(r.ctx.dev, q));
	/* And it does not get there all the same. */
	assert_true(dev_submit(r.ctx.dev, &sent) < 0);
}

static void passes(const struct req *q)
{
	int rc = ask_gate(q);

	if (rc)
		fail_msg("%s", r.ctx.error.message);
	assert_true(gate_passed(r.ctx.dev, q));
}

/* --- the answer --- */

static void test_somebody_answers(void **state)
{
	static const struct {
		const char *text, *why;
	} answers[] = { { "0001", NULL }, { "0002", "'0002' is not how" }, { "", "'' is not how" }, { "GATE0001", "is not how" },
			{ NULL, "nobody is there to confirm" } };
	struct req q = format_req(2);

	(void)state;
	for (size_t i = 0; i < NELEMS(answers); i++) {
		begin("nvme0n2");
		typed = answers[i].text;
		if (answers[i].why)
			refused(&q, answers[i].why);
		else
			passes(&q);
		assert_string_equal(question, "Type the last 4 characters of the serial number to go on: ");
		end();
	}
}

static void test_identity_answers(void **state)
{
	struct req q = format_req(2);

	(void)state;
	begin("nvme0n2");
	r.ctx.g.gate.yes = true;
	refused(&q, "nobody is there");
	end();
	begin("nvme0n2");
	r.ctx.g.gate.expect_serial = "GATE0001";
	refused(&q, "nobody is there");
	end();
	begin("nvme0n2");
	r.ctx.g.gate.yes = true;
	r.ctx.g.gate.expect_model = "Gatekeeper"; /* there are many of these */
	refused(&q, "nobody is there");
	end();
	for (int i = 0; i < 3; i++) {
		begin("nvme0n2");
		r.ctx.g.gate.yes = true;
		if (i == 0)
			r.ctx.g.gate.expect_serial = "GATE0001";
		else if (i == 1)
			r.ctx.g.gate.expect_nqn = "nqn.2024-01.com.example:gate";
		else
			r.ctx.g.gate.expect_uuid = "0123456789ABCDEF0123456789abcdef";
		passes(&q);
		assert_null(question);
		end();
	}
	begin("nvme0n2");
	r.ctx.g.gate.forced = true;
	passes(&q);
	end();
}

static void test_wrong_identity(void **state)
{
	struct req q = format_req(2), all = { .opcode = 0x84, .cdw10 = 2 };
	struct gate_args *g = &r.ctx.g.gate;

	(void)state;
	for (int i = 0; i < 7; i++) {
		begin("nvme0n2");
		typed = "0001";
		g->yes = g->forced = g->allow_in_use = true;
		switch (i) {
		case 0:
			g->expect_serial = "GATE0002";
			refused(&q, "is 'GATE0001', not 'GATE0002'");
			break;
		case 1:
			g->expect_serial = "gate0001"; /* serial numbers have a case */
			refused(&q, "not 'gate0001'");
			break;
		case 2:
			g->expect_model = "Other";
			refused(&q, "model is 'Gatekeeper'");
			break;
		case 3:
			g->expect_nqn = "nqn.2024-01.com.example:gat";
			refused(&q, "NQN is");
			break;
		case 4:
			g->expect_uuid = "01234567-89ab-cdef-0123-456789abcdee";
			refused(&q, "UUID is");
			break;
		case 5:
			g->expect_eui64 = "0011223344556677"; /* it has none */
			refused(&q, "EUI64 is not known");
			break;
		default:
			g->expect_uuid = "01234567-89ab-cdef-0123-456789abcdef";
			refused(&all, "names one namespace, and 3 are at stake");
		}
		end();
	}
}

/* What is harmless goes to the drive that is meant, or nowhere. */
static void test_harmless(void **state)
{
	struct req attach = { .opcode = 0x15, .nsid = 2 };

	(void)state;
	begin("nvme0");
	assert_int_equal(ask_gate(&attach), 0);
	r.ctx.g.gate.expect_serial = "GATE0001";
	assert_int_equal(ask_gate(&attach), 0);
	r.ctx.g.gate.expect_serial = "GATE0002";
	assert_true(ask_gate(&attach) < 0);
	assert_int_equal(r.ctx.error.code, XC_REFUSED);
	assert_null(question);
	end();
}

/* --- who uses it --- */

static void test_in_use(void **state)
{
	struct req q = format_req(1), sanitize = { .opcode = 0x84, .cdw10 = 2 }, other = format_req(3);

	(void)state;
	/* By the namespace, by the controller, by another controller, and with everything at stake. */
	for (int i = 0; i < 3; i++) {
		begin(i == 0 ? "nvme0n1" : i == 1 ? "nvme0" : "nvme1");
		r.ctx.g.gate.forced = true;
		refused(&q, "nvme0n1 is in use: nvme0n1p1 is mounted at /srv (ext4)");
		assert_null(question);
		end();
		begin(i == 0 ? "nvme0n1" : i == 1 ? "nvme0" : "nvme1");
		r.ctx.g.gate.forced = true;
		refused(&sanitize, "is mounted at /srv");
		end();
	}
	begin("nvme0");
	r.ctx.g.gate.yes = r.ctx.g.gate.allow_in_use = true;
	r.ctx.g.gate.expect_serial = "GATE0001";
	passes(&q);
	end();
	/* --allow-in-use is no answer. */
	begin("nvme0");
	r.ctx.g.gate.allow_in_use = true;
	refused(&q, "nobody is there");
	end();
	/* What nothing shows is found when the node is claimed. */
	begin("nvme1");
	r.ctx.g.gate.forced = true;
	refused(&other, "nvme0n3 is in use: something holds it exclusively");
	end();
	begin("nvme1");
	r.ctx.g.gate.forced = r.ctx.g.gate.allow_in_use = true;
	passes(&other);
	end();
}

static void test_ways(void **state)
{
	struct req reset = { .kind = REQ_RESET }, commit = { .opcode = 0x10, .cdw10 = 1 << 3 };

	(void)state;
	/* nvme0n1 stays reachable through nvme1, and nobody uses nvme0n2. */
	begin("nvme0");
	r.ctx.g.gate.forced = true;
	passes(&reset);
	end();
	/* Firmware may be put in a drive that is in use; what would reset it may not. */
	begin("nvme0");
	r.ctx.g.gate.forced = true;
	passes(&commit);
	reset.kind = REQ_SUBSYS_RESET;
	refused(&reset, "nvme0n1 is in use");
	end();
}

static void test_trusting(void **state)
{
	struct req detach = { .opcode = 0x15, .nsid = 2, .cdw10 = 1 }, used = { .opcode = 0x15, .nsid = 1, .cdw10 = 1 };
	struct req q = format_req(2);

	(void)state;
	begin("nvme0");
	r.ctx.g.gate.only_data = true;
	passes(&detach);
	refused(&used, "is in use");
	end();
	begin("nvme0");
	r.ctx.g.gate.only_data = true;
	refused(&q, "nobody is there");
	end();
}

/* --- what is not the same any more --- */

static void swap_drive(void)
{
	char *text = slurp(r.file), *sn;

	while ((sn = strstr(text, "GATE0001")))
		memcpy(sn, "THIEF001", 8);
	FILE *f = fopen(r.file, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	free(text);
}

static void test_another_drive(void **state)
{
	struct req q = format_req(2);

	(void)state;
	begin("nvme0n2");
	typed = "0001";
	meanwhile = swap_drive;
	assert_true(ask_gate(&q) < 0);
	assert_int_equal(r.ctx.error.code, XC_NODEV);
	assert_non_null(strstr(r.ctx.error.message, "no longer the drive that was shown"));
	assert_false(gate_passed(r.ctx.dev, &q));
	end();
}

/* --- what is let through --- */

static void test_exactly_that(void **state)
{
	struct req q = format_req(2), other = format_req(1), stronger = { .opcode = 0x80, .nsid = 2, .cdw10 = 0x200 };
	struct req value = { .kind = REQ_REG_WRITE, .cdw10 = 0x14, .cdw11 = 4, .cdw12 = 1 }, off = value;

	(void)state;
	begin("nvme0");
	r.ctx.g.gate.forced = true;
	passes(&q);
	assert_false(gate_passed(r.ctx.dev, &other));
	assert_false(gate_passed(r.ctx.dev, &stronger));
	r.ctx.g.gate.allow_in_use = true;
	passes(&value);
	assert_false(gate_passed(r.ctx.dev, &q));
	off.cdw12 = 0;
	assert_false(gate_passed(r.ctx.dev, &off));
	end();
}

/* One answer is enough for several steps, unless a later one is about more. */
static void test_steps(void **state)
{
	struct req one = format_req(2), again = { .opcode = 0x80, .nsid = 2, .cdw10 = 0x200 };
	struct req detach = { .opcode = 0x15, .nsid = 2, .cdw10 = 1 }, more = format_req(3);

	(void)state;
	begin("nvme0");
	typed = "0001";
	passes(&one);
	question = NULL;
	passes(&again);
	passes(&detach);
	assert_null(question);
	r.ctx.g.gate.allow_in_use = true;
	passes(&more);
	assert_non_null(question);
	end();
}

static void test_partition(void **state)
{
	struct req q = format_req(2);

	(void)state;
	begin("nvme0n2");
	r.ctx.dev->name = "nvme0n2p1";
	r.ctx.dev->path = "/dev/nvme0n2p1";
	r.ctx.g.gate.forced = r.ctx.g.gate.allow_in_use = true;
	refused(&q, "is a partition");
	end();
	begin("ng0n1");
	r.ctx.g.gate.forced = r.ctx.g.gate.allow_in_use = true;
	q.nsid = 1;
	passes(&q);
	end();
}

/* --- plans --- */

static void test_dry_run(void **state)
{
	struct req q = format_req(1);
	const struct val *step, *ns;

	(void)state;
	begin("nvme0");
	r.ctx.g.dry_run = true;
	assert_int_equal(ask_gate(&q), 0);
	assert_int_equal(dev_submit(r.ctx.dev, &q), 0);
	assert_int_equal(r.ctx.verdict, XC_REFUSED);
	assert_null(question);
	assert_null(spec_bind(&spec_plan, r.ctx.plan));
	step = val_get(r.ctx.plan, "steps")->c.first;
	assert_string_equal(val_str(r.ctx.arena, step, "effect"), "destroys all data of nvme0n1");
	assert_non_null(strstr(val_str(r.ctx.arena, step, "refused"), "is mounted at /srv"));
	ns = val_get(step, "namespaces")->c.first;
	assert_string_equal(val_str(r.ctx.arena, val_get(ns, "contents")->c.first, "label"), "srv");
	assert_string_equal(val_str(r.ctx.arena, val_get(ns, "in_use")->c.first, "kind"), "mount");
	assert_int_equal(val_u64(val_get(r.ctx.plan, "commands")->c.first, "opcode", 0), 0x80);
	end();
	begin("nvme0");
	r.ctx.g.dry_run = true;
	q.nsid = 2;
	assert_int_equal(ask_gate(&q), 0);
	assert_int_equal(r.ctx.verdict, XC_OK);
	step = val_get(r.ctx.plan, "steps")->c.first;
	assert_string_equal(val_str(r.ctx.arena, step, "confirm"), "--yes --expect-serial=GATE0001");
	end();
}

/* --- what is dangerous --- */

#define A(op, ...) { .opcode = op, __VA_ARGS__ }
#define I(op, ...) { .opcode = op, .io = true, __VA_ARGS__ }

static void test_dangers(void **state)
{
	static const struct {
		struct req req;
		uint8_t level, reach;
	} cases[] = {
		{ A(0x0d, .cdw10 = 0), D_SAFE, 0 },	     { A(0x0d, .cdw10 = 1), D_DATA, REACH_NS },
		{ A(0x10, .cdw10 = 0), D_ACCESS, REACH_NONE }, { A(0x10, .cdw10 = 1 << 3), D_ACCESS, REACH_SUBSYS },
		{ A(0x10, .cdw10 = 3 << 3), D_ACCESS, REACH_SUBSYS }, { A(0x10, .cdw10 = 7 << 3), D_ACCESS, REACH_NONE },
		{ A(0x11), D_SAFE, 0 },			     { A(0x14), D_SAFE, 0 },
		{ A(0x15, .cdw10 = 0), D_SAFE, 0 },	     { A(0x15, .cdw10 = 1), D_ACCESS, REACH_NS },
		{ A(0x20, .cdw10 = 1), D_SAFE, 0 },	     { A(0x20, .cdw10 = 2), D_DATA, REACH_SUBSYS },
		{ A(0x24), D_SAFE, 0 },			     { A(0x24, .cdw10 = 0x10), D_ACCESS, REACH_NONE },
		{ A(0x80), D_DATA, REACH_NS },		     { A(0x84, .cdw10 = 1), D_SAFE, 0 },
		{ A(0x84, .cdw10 = 4), D_DATA, REACH_SUBSYS }, { A(0x84, .cdw10 = 5), D_SAFE, 0 },
		{ A(0x8c, .cdw10 = 4), D_DATA, REACH_NS },    { A(0x81, .cdw10 = 0x01000000), D_DATA, REACH_SUBSYS },
		{ A(0x09, .cdw10 = 0x84, .cdw11 = 1), D_ACCESS, REACH_NS }, { A(0x09, .cdw10 = 0x84), D_SAFE, 0 },
		{ A(0x09, .cdw10 = 0x02, .cdw11 = 1), D_SAFE, 0 }, { A(0x06), D_SAFE, 0 },
		{ A(0xc1), D_SAFE, 0 },			     { A(0x7f, .nsid = 4), D_SAFE, 0 },
		{ A(0x7f, .nsid = 0), D_ACCESS, REACH_CTRL }, { I(0x01), D_DATA, REACH_NS },
		{ I(0x02), D_SAFE, 0 },			     { I(0x05), D_SAFE, 0 },
		{ I(0x08), D_DATA, REACH_NS },		     { I(0x09), D_SAFE, 0 },
		{ I(0x09, .cdw11 = 4), D_DATA, REACH_NS },    { I(0x19), D_DATA, REACH_NS },
		{ I(0x79, .cdw13 = 1), D_SAFE, 0 },	     { I(0x79, .cdw13 = 4), D_DATA, REACH_NS },
		{ I(0x79, .cdw13 = 0x104), D_DATA, REACH_NS }, { { .kind = REQ_RESCAN }, D_SAFE, 0 },
		{ { .kind = REQ_RESET }, D_ACCESS, REACH_PATH }, { { .kind = REQ_REG_READ }, D_SAFE, 0 },
		{ { .kind = REQ_REG_WRITE }, D_ACCESS, REACH_CTRL }, { { .kind = REQ_DISCONNECT }, D_ACCESS, REACH_PATH },
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(cases); i++) {
		const struct danger *d = req_danger(&cases[i].req);

		if ((d ? d->level : D_SAFE) != cases[i].level || (d && d->reach != cases[i].reach))
			fail_msg("case %zu: opcode 0x%02x is judged wrongly", i, cases[i].req.opcode);
	}
}

/* What destroys also alters: otherwise a dry run would send it. */
static void test_dangerous_is_altering(void **state)
{
	(void)state;
	for (unsigned op = 0; op < 512; op++) {
		for (uint32_t dw = 0; dw < 256; dw++) {
			struct req q = { .opcode = (uint8_t)op, .io = op >> 8, .cdw10 = dw, .cdw11 = dw, .cdw13 = dw };

			assert_true(!req_danger(&q) || req_alters(&q));
		}
	}
	for (uint8_t kind = REQ_RESET; kind <= REQ_OPAL; kind++) {
		struct req q = { .kind = kind };

		assert_int_equal(req_alters(&q), kind != REQ_REG_READ);
	}
}

/* Reading the RPMB goes through Security Send too. */
static void test_rpmb(void **state)
{
	uint8_t frame[256] = { 0 };
	struct req q = { .opcode = 0x81, .cdw10 = 0xea000100, .data = frame, .data_len = 256 };

	(void)state;
	for (unsigned type = 0; type < 16; type++) {
		bool reads = type == 2 || type == 4 || type == 5 || type == 7;

		frame[254] = (uint8_t)type;
		assert_int_equal(!req_danger(&q), reads);
		assert_int_equal(req_alters(&q), !reads);
	}
	frame[254] = 2;
	q.data_len = 255;
	assert_non_null(req_danger(&q));
	q.data_len = 256;
	q.passthru = true;
	assert_true(req_alters(&q));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_somebody_answers), cmocka_unit_test(test_identity_answers),
		cmocka_unit_test(test_wrong_identity), cmocka_unit_test(test_harmless),	 cmocka_unit_test(test_in_use),
		cmocka_unit_test(test_ways),		 cmocka_unit_test(test_trusting),
		cmocka_unit_test(test_another_drive),	 cmocka_unit_test(test_exactly_that),
		cmocka_unit_test(test_steps),		 cmocka_unit_test(test_partition),
		cmocka_unit_test(test_dry_run),		 cmocka_unit_test(test_dangers),
		cmocka_unit_test(test_dangerous_is_altering), cmocka_unit_test(test_rpmb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
