/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Ordered failures: which requests they are about, how often, and what the caller gets. */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "sim_sample.h"
#include "spec/spec.h"

#define IMAGE(transport, fail)                                                                               \
	"{\"nvmekit-image\":1,\"subsystems\":[{\"name\":\"nvme-subsys0\",\"nqn\":\"q\",\"controllers\":["        \
	"{\"name\":\"nvme0\",\"cntlid\":1,\"transport\":\"" transport "\",\"identify\":{\"elpe\":7},"              \
	"\"logs\":{\"0xc0\":{\"bytes\":\"0102030405060708\"}},\"fail\":[" fail "]}],"                              \
	"\"namespaces\":[{\"name\":\"nvme0n1\",\"nsid\":1,\"identify\":{\"nsze\":8,\"ncap\":8,\"lbafs\":[{\"ds\":9}]}}]}]}"

static void with(struct rig *r, const char *image, const char *node)
{
	char file[64];

	write_image(file, image);
	rig_on(r, r->file);
	strcpy(r->file, file);
	assert_int_equal(rig_open(r, node), 0);
}

static int send(struct rig *r, uint8_t opcode, uint32_t cdw10)
{
	struct req req = admin_req(r, opcode, 0, cdw10, 0, 0);

	return submit(r, &req);
}

static int other(struct rig *r, uint8_t kind, uint32_t cdw10)
{
	struct req req = { .kind = kind, .cdw10 = cdw10, .cdw11 = 4 };

	return submit(r, &req);
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Every status there can be, for a command that exists and for one that does not. */
static void test_any_status(void **state)
{
	static const int statuses[] = { 0x0001, 0x4002, 0x0081, 0x4281, 0x7fff, 0x0371 };

	(void)state;
	for (size_t i = 0; i < NELEMS(statuses); i++) {
		static const uint8_t ops[] = { 0x06, 0x02, 0x80, 0x84, 0xc1, 0x10, 0x0d };
		char image[1024];
		struct rig r;

		for (size_t k = 0; k < NELEMS(ops); k++) {
			snprintf(image, sizeof(image), IMAGE("pcie", "{\"opcode\":%d,\"status\":\"0x%x\"}"), ops[k],
				 (unsigned)statuses[i]);
			with(&r, image, "nvme0");
			assert_int_equal(send(&r, ops[k], 1), statuses[i]);
			/* It is in the error log, like any other. */
			if (ops[k] != ADM_GET_LOG) {
				assert_int_equal(get_log(&r, 0x01, NSID_ALL, 0, 64), 0);
				assert_int_equal((r.buf[12] | r.buf[13] << 8) >> 1, statuses[i]);
			}
			rig_done(&r);
		}
	}
}

/* The high bit of the field is the phase, which is nobody's business. */
static void test_status_of_16_bits(void **state)
{
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "{\"opcode\":6,\"status\":\"0xc002\"}"), "nvme0");
	assert_int_equal(send(&r, 6, 1), 0x4002);
	rig_done(&r);
}

static void test_select(void **state)
{
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "{\"opcode\":10,\"select\":7,\"status\":2},{\"opcode\":8,\"io\":true,\"status\":3}"), "nvme0");
	assert_int_equal(send(&r, 0x0a, 0x107), 2);
	assert_int_equal(send(&r, 0x0a, 0x102), 0x4002); /* of the model */
	assert_int_equal(send(&r, 0x08, 0), 0); /* Abort, not Write Zeroes */
	rig_done(&r);
}

static void test_skip_and_count(void **state)
{
	static const int want[] = { 0, 0, 2, 2, 2, 0, 0 };
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "{\"opcode\":24,\"status\":2,\"skip\":2,\"count\":3}"), "nvme0");
	for (size_t i = 0; i < NELEMS(want); i++)
		assert_int_equal(send(&r, 0x18, 0), want[i]);
	rig_done(&r);
}

/* The next one stands behind those that are used up, and behind those that let pass. */
static void test_several(void **state)
{
	static const int want[] = { 2, 3, 3, 5, 5 };
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "{\"opcode\":24,\"status\":2,\"count\":1},{\"opcode\":24,\"status\":3,\"count\":2},"
			       "{\"opcode\":24,\"status\":5}"), "nvme0");
	for (size_t i = 0; i < NELEMS(want); i++)
		assert_int_equal(send(&r, 0x18, 0), want[i]);
	rig_done(&r);
}

static void test_other_kinds(void **state)
{
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "{\"kind\":\"reset\",\"status\":2},{\"kind\":\"subsystem-reset\",\"timeout\":true},"
			       "{\"kind\":\"rescan\",\"status\":3},{\"kind\":\"register-write\",\"select\":\"0xe14\",\"status\":4},"
			       "{\"kind\":\"register\",\"select\":28,\"status\":5},{\"kind\":\"opal\",\"select\":\"0x8000\",\"status\":6}"),
	     "nvme0");
	assert_int_equal(other(&r, REQ_RESET, 0), 2);
	assert_int_equal(other(&r, REQ_SUBSYS_RESET, 0), -ETIMEDOUT);
	assert_int_equal(other(&r, REQ_RESCAN, 0), 3);
	assert_int_equal(other(&r, REQ_REG_WRITE, 0xe14), 4);
	assert_int_equal(other(&r, REQ_REG_READ, 0xe14), 0);
	assert_int_equal(other(&r, REQ_REG_READ, 0x1c), 5);
	assert_int_equal(other(&r, REQ_REG_WRITE, 0x1c), 5);
	assert_int_equal(other(&r, REQ_REG_READ, 0x08), 0);
	assert_int_equal(other(&r, REQ_OPAL, 0x8000), 6);
	/* None of them is a command with opcode 0. */
	assert_int_equal(send(&r, 0, 0x1c), 0x4001);
	rig_done(&r);
}

static void test_timeout(void **state)
{
	uint64_t start = now_ms();
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "{\"opcode\":6,\"timeout\":true}"), "nvme0");
	assert_int_equal(send(&r, 6, 1), -ETIMEDOUT);
	assert_true(now_ms() - start < 5000);
	rig_done(&r);
}

/* The limit is that of the command, then --timeout; past it there is no answer, and no sooner. */
static void test_delay(void **state)
{
	struct rig r;
	struct req req;
	uint64_t start;

	(void)state;
	with(&r, IMAGE("pcie", "{\"opcode\":6,\"delay_ms\":60},{\"opcode\":24,\"delay_ms\":60,\"status\":2}"), "nvme0");
	req = admin_req(&r, 6, 0, 1, 0, 4096);
	start = now_ms();
	assert_int_equal(submit(&r, &req), 0);
	assert_true(now_ms() - start >= 55);
	assert_int_equal(req.received, 4096);
	start = now_ms();
	assert_int_equal(send(&r, 0x18, 0), 2);
	assert_true(now_ms() - start >= 55);

	req.timeout_ms = 20;
	start = now_ms();
	assert_int_equal(submit(&r, &req), -ETIMEDOUT);
	assert_true(now_ms() - start >= 15);
	assert_true(now_ms() - start < 55);
	r.ctx.g.timeout_ms = 20;
	req.timeout_ms = 0;
	assert_int_equal(submit(&r, &req), -ETIMEDOUT);
	req.timeout_ms = 100;
	assert_int_equal(submit(&r, &req), 0);
	rig_done(&r);
}

/* What answers too late was not carried out. */
static void test_delay_and_effect(void **state)
{
	struct rig r;
	struct req req = { .opcode = ADM_SET_FEATURES, .cdw10 = 2, .cdw11 = 7, .timeout_ms = 10 };
	char *before, *after;

	(void)state;
	with(&r, IMAGE("pcie", "{\"opcode\":9,\"delay_ms\":20}"), "nvme0");
	before = slurp(r.file);
	assert_int_equal(submit(&r, &req), -ETIMEDOUT);
	after = slurp(r.file);
	assert_string_equal(before, after);
	free(before);
	free(after);
	rig_done(&r);
}

static void test_interrupted(void **state)
{
	uint64_t start = now_ms();
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "{\"opcode\":6,\"delay_ms\":3000}"), "nvme0");
	ctx_interrupted = 1;
	alarm(1); /* ends the sleep; the default action is replaced below */
	assert_int_equal(send(&r, 6, 1), -EINTR);
	ctx_interrupted = 0;
	assert_true(now_ms() - start < 2900);
	rig_done(&r);
}

/* Lost in the middle: from then on there is nothing, in this run and in others. */
static void test_gone(void **state)
{
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "{\"opcode\":6,\"gone\":true,\"skip\":1}"), "nvme0");
	assert_int_equal(identify(&r, 1, 0, 0), 0);
	assert_int_equal(identify(&r, 1, 0, 0), -ENODEV);
	assert_int_equal(identify(&r, 1, 0, 0), -ENODEV);
	assert_int_equal(send(&r, 0x18, 0), -ENODEV);
	assert_int_equal(other(&r, REQ_RESET, 0), -ENODEV);
	assert_int_equal(rig_open(&r, "nvme0"), -ENXIO);
	assert_int_equal(r.ctx.error.code, XC_NODEV);
	rig_done(&r);
}

static void test_gone_after_a_while(void **state)
{
	uint64_t start;
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "{\"opcode\":6,\"gone\":true,\"delay_ms\":30}"), "nvme0n1");
	start = now_ms();
	assert_int_equal(send(&r, 6, 1), -ENODEV);
	assert_true(now_ms() - start >= 25);
	rig_done(&r);
}

static void test_short_data(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "{\"opcode\":2,\"select\":192,\"received\":3},{\"opcode\":6,\"received\":0},"
			       "{\"opcode\":24,\"received\":5}"), "nvme0");
	req = admin_req(&r, ADM_GET_LOG, NSID_ALL, 1u << 16 | 0xc0, 0, 8);
	memset(r.buf, 0xee, 16);
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(req.received, 3);
	assert_memory_equal(r.buf, "\1\2\3\0\0\0\0\0\xee", 9);
	req = admin_req(&r, ADM_IDENTIFY, 0, 1, 0, 4096);
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(req.received, 0);
	assert_int_equal(r.buf[0], 0);
	/* A command without data has none to cut. */
	assert_int_equal(send(&r, 0x18, 0), 0);
	rig_done(&r);
}

/* Two events, in order, to whoever asks; then there is nothing to wait for. */
static void test_event(void **state)
{
	struct req req;
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "{\"opcode\":24,\"event\":\"0x00010002\",\"count\":1},"
			       "{\"opcode\":24,\"event\":\"0xffffffff\",\"status\":2,\"count\":1}"), "nvme0");
	assert_int_equal(send(&r, 0x18, 0), 0);
	assert_int_equal(send(&r, 0x18, 0), 2);
	req = admin_req(&r, 0x0c, 0, 0, 0, 0);
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(req.result, 0x00010002);
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(req.result, 0xffffffff);
	assert_int_equal(submit(&r, &req), -ETIMEDOUT);
	rig_done(&r);
}

/* A namespace's I/O; what the kernel refuses does not reach the controller and is not counted. */
static void test_io(void **state)
{
	struct req req = { .opcode = 0x02, .io = true, .nsid = 1, .data_len = 512 };
	struct rig r;

	(void)state;
	with(&r, IMAGE("pcie", "{\"opcode\":2,\"io\":true,\"status\":\"0x4281\",\"count\":1}"), "nvme0n1");
	req.data = r.buf;
	req.nsid = 2;
	assert_int_equal(submit(&r, &req), -EINVAL);
	req.nsid = 1;
	assert_int_equal(submit(&r, &req), 0x4281);
	assert_int_equal(submit(&r, &req), 0);
	rig_done(&r);
}

static void ignore_alarm(int sig)
{
	(void)sig;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_status),	  cmocka_unit_test(test_status_of_16_bits),
		cmocka_unit_test(test_select),		  cmocka_unit_test(test_skip_and_count),
		cmocka_unit_test(test_several),		  cmocka_unit_test(test_other_kinds),
		cmocka_unit_test(test_timeout),		  cmocka_unit_test(test_delay),
		cmocka_unit_test(test_delay_and_effect),  cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_gone),		  cmocka_unit_test(test_gone_after_a_while),
		cmocka_unit_test(test_short_data),	  cmocka_unit_test(test_event),
		cmocka_unit_test(test_io),
	};
	struct sigaction sa = { .sa_handler = ignore_alarm };

	sigaction(SIGALRM, &sa, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
