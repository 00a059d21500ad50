/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* --watch: what has changed, when it ends, and where its events come from. */
#include "unit.h"

#include <errno.h>
#include <unistd.h>

#include "cmd/follow.h"
#include "dev/uevent.h"

static struct ctx ctx;

static int setup(void **state)
{
	(void)state;
	ctx_init(&ctx);
	ctx_interrupted = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ctx_interrupted = 0;
	ctx_done(&ctx);
	return 0;
}

/* "object what from>to" or "object change" of each, one per line. */
static const char *said(const struct val *changes)
{
	struct arena *a = ctx.arena;
	const char *text = "";

	val_for_each(c, changes) {
		if (val_get(c, "what"))
			text = arena_printf(a, "%s%s %s %s>%s\n", text, val_str(a, c, "object"), val_str(a, c, "what"),
					    val_str(a, c, "from"), val_str(a, c, "to"));
		else
			text = arena_printf(a, "%s%s %s\n", text, val_str(a, c, "object"), val_str(a, c, "change"));
	}
	return text;
}

/* --- what has changed --- */

static void add(struct facts *f, const char *object, const char *what, const char *value)
{
	facts_add(f, object, "path", what, value, NULL);
}

static const char *difference(struct facts *before, struct facts *now)
{
	struct val *changes = val_new(ctx.arena, VAL_ARR);

	facts_diff(ctx.arena, before, now, changes);
	return said(changes);
}

static void test_difference(void **state)
{
	struct facts x = { .a = ctx.arena }, y = { .a = ctx.arena }, none = { .a = ctx.arena };

	(void)state;
	add(&x, "nvme10", "", "");
	add(&x, "nvme10", "State", "live");
	add(&x, "nvme2", "", "");
	add(&x, "nvme2", "State", "live");
	add(&x, "nvme2", "Address", "a");
	add(&x, "nvme3", "", "");
	add(&y, "nvme2", "State", "resetting");
	add(&y, "nvme2", "Address", "a");
	add(&y, "nvme2", "", "");
	add(&y, "nvme2", "Zone", "1");
	add(&y, "nvme4", "State", "live");
	add(&y, "nvme4", "", "");
	add(&y, "nvme10", "", "");
	/* Neither what is the same, nor the members of what came or went; a member that goes becomes nothing. */
	assert_string_equal(difference(&x, &y), "nvme2 State live>resetting\nnvme2 Zone >1\nnvme3 vanished\nnvme4 appeared\n"
						"nvme10 State live>\n");
	assert_string_equal(difference(&x, &x), "");
	assert_string_equal(difference(&none, &none), "");
	assert_string_equal(difference(&none, &y), "nvme2 appeared\nnvme4 appeared\nnvme10 appeared\n");
	assert_string_equal(difference(&y, &none), "nvme2 vanished\nnvme4 vanished\nnvme10 vanished\n");
}

static void test_many_facts(void **state)
{
	struct facts x = { .a = ctx.arena }, y = { .a = ctx.arena };

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		const char *name = arena_printf(ctx.arena, "nvme%u", i);

		add(&x, name, "State", "live");
		add(&y, name, "State", i == 777 ? "dead" : "live");
	}
	assert_string_equal(difference(&x, &y), "nvme777 State live>dead\n");
}

/* --- looking again --- */

/* What each look sees; the last one stays. */
static const char *const *script;
static size_t looks, emits, all_looks;
static void (*meanwhile)(void); /* happens during the first look */
static char all[4096]; /* what was emitted */
static size_t interrupt_at;
static int emit_fails;

static int look(struct ctx *c, const void *arg, struct val *answer, struct facts *facts)
{
	const char *now = script[looks];

	(void)arg;
	if (!all_looks++ && meanwhile)
		meanwhile();
	if (script[looks + 1])
		looks++;
	if (interrupt_at && looks == interrupt_at)
		ctx_interrupted = 1;
	val_put_str(c->arena, answer, "state", now);
	if (strcmp(now, "busy") == 0)
		return fail(c, XC_NODEV, EAGAIN, "cannot open /dev/nvme0: the controller is %s", arena_strdup(c->arena, now));
	if (strcmp(now, "gone") == 0)
		return fail_hint(c, fail(c, XC_NODEV, ENODEV, "there is no %s", arena_strdup(c->arena, "device")), "look %s",
				 arena_strdup(c->arena, "elsewhere"));
	warn_user(c, "a warning of look %zu", looks);
	assert_true(!facts || facts->again == (emits > 0));
	if (facts)
		facts_add(facts, "nvme0", "controller", "State", arena_strdup(facts->a, now), "about");
	return 0;
}

static int emit(struct ctx *c, struct val *answer)
{
	size_t at;

	emits++;
	assert_int_equal(strlen(val_str(c->arena, c->moment, "time")), 24);
	at = strlen(all);
	snprintf(all + at, sizeof(all) - at, "%s: %s", val_str(c->arena, answer, "state"), said(val_get(c->moment, "changes")));
	return emit_fails;
}

#define SEE(...) (script = (const char *const[]){ __VA_ARGS__, NULL })

static int watch(struct follow_args args)
{
	const struct followed w = { look, NULL, NULL };
	struct arena *arena = ctx.arena;
	struct val *warnings = ctx.warnings;
	int rc;

	looks = emits = all_looks = 0;
	*all = '\0';
	ctx.emit = emit;
	args.watch = true;
	if (!args.interval.set)
		args.interval = (struct opt_u32){ true, 10 };
	rc = follow(&ctx, &args, &w, val_new(ctx.arena, VAL_OBJ));
	assert_ptr_equal(ctx.arena, arena);
	assert_ptr_equal(ctx.warnings, warnings);
	assert_null(ctx.moment);
	assert_true(ctx.emitted);
	return rc;
}

#define SET(n) { true, n }

static void test_until_count(void **state)
{
	(void)state;
	SEE("live", "live", "resetting", "resetting", "live", "dead");
	assert_int_equal(watch((struct follow_args){ .count = SET(2) }), 0);
	assert_string_equal(all, "live: resetting: nvme0 State live>resetting\nlive: nvme0 State resetting>live\n");
}

static void test_until_duration(void **state)
{
	(void)state;
	SEE("live");
	assert_int_equal(watch((struct follow_args){ .duration = SET(60) }), 0);
	assert_string_equal(all, "live: ");
}

static void test_until_interrupted(void **state)
{
	(void)state;
	SEE("live", "dead", "live", "dead");
	interrupt_at = 3;
	assert_int_equal(watch((struct follow_args){ .watch = true }), 0);
	interrupt_at = 0;
	assert_int_equal(emits, 3);
}

/* A controller that is resetting is looked at again; what happened meanwhile is told. */
static void test_busy_meanwhile(void **state)
{
	(void)state;
	SEE("live", "busy", "busy", "dead");
	assert_int_equal(watch((struct follow_args){ .count = SET(1) }), 0);
	assert_string_equal(all, "live: dead: nvme0 State live>dead\n");
	assert_int_equal(ctx.error.code, XC_OK);
}

/* At first it is an error, and one that lasts is one later too, with its words. */
static void test_errors_end_it(void **state)
{
	(void)state;
	SEE("busy");
	assert_true(watch((struct follow_args){ .watch = true }) < 0);
	assert_string_equal(ctx.error.message, "cannot open /dev/nvme0: the controller is busy");
	ctx.error = (struct error){ .status = -1 };
	SEE("live", "gone");
	assert_true(watch((struct follow_args){ .watch = true }) < 0);
	assert_string_equal(ctx.error.message, "there is no device");
	assert_string_equal(ctx.error.hint, "look elsewhere");
	assert_int_equal(emits, 1);
	ctx.error = (struct error){ .status = -1 };
	SEE("live", "dead");
	emit_fails = -ENOSPC;
	assert_int_equal(watch((struct follow_args){ .watch = true }), -ENOSPC);
	assert_int_equal(emits, 1);
	emit_fails = 0;
}

static void test_without_watch(void **state)
{
	static const struct follow_args wrong[] = { { .interval = SET(10) }, { .count = SET(1) }, { .duration = SET(1) } };
	const struct followed w = { look, NULL, NULL };
	struct val *out = val_new(ctx.arena, VAL_OBJ);
	struct follow_args args = { .watch = false };

	(void)state;
	SEE("live");
	looks = 0;
	assert_int_equal(follow(&ctx, &args, &w, out), 0);
	assert_string_equal(val_str(ctx.arena, out, "state"), "live");
	assert_false(ctx.emitted);
	for (size_t i = 0; i < NELEMS(wrong); i++) {
		ctx.error = (struct error){ .status = -1 };
		assert_true(follow(&ctx, &wrong[i], &w, out) < 0);
		assert_int_equal(ctx.error.code, XC_USAGE);
		assert_non_null(strstr(ctx.error.message, "--watch"));
	}
	ctx.error = (struct error){ .status = -1 };
	ctx.g.output_format = "binary";
	args.watch = true;
	assert_true(follow(&ctx, &args, &w, out) < 0);
	assert_int_equal(ctx.error.code, XC_USAGE);
}

/* --- events --- */

static const char aen[] = "change@/devices/virtual/nvme-fabrics/ctl/nvme2\0ACTION=change\0"
			  "DEVPATH=/devices/virtual/nvme-fabrics/ctl/nvme2\0SUBSYSTEM=nvme\0NVME_AEN=0x0c0302\0NVME_TRTYPE=tcp\0"
			  "MAJOR=241\0DEVNAME=nvme2\0SEQNUM=4711";

static void test_event(void **state)
{
	struct uevent ev = { 0 };

	(void)state;
	assert_true(uevent_parse(aen, sizeof(aen), &ev));
	assert_string_equal(ev.action, "change");
	assert_string_equal(ev.subsystem, "nvme");
	assert_string_equal(ev.name, "nvme2");
	assert_int_equal(ev.aen, 0x0c0302);
	assert_string_equal(ev.text, "");
}

static bool parse(const char *msg, size_t len)
{
	struct uevent ev = { 0 };

	return uevent_parse(msg, len, &ev);
}

static void test_events_of_others(void **state)
{
	static const char disk[] = "add@/x\0ACTION=add\0DEVPATH=/devices/nvme0/nvme0n1\0SUBSYSTEM=block";
	static const char sda[] = "add@/x\0ACTION=add\0DEVPATH=/devices/host0/sda\0SUBSYSTEM=block";
	static const char usb[] = "add@/x\0ACTION=add\0DEVPATH=/devices/usb1/nvme\0SUBSYSTEM=usb";
	static const char half[] = "add@/x\0ACTION=add\0SUBSYSTEM=nvme";
	static const char udev[] = "libudev\0\xfe\xed\xca\xfe\0\0\0\0";

	(void)state;
	assert_true(parse(disk, sizeof(disk)));
	assert_false(parse(sda, sizeof(sda)));
	assert_false(parse(usb, sizeof(usb)));
	assert_false(parse(half, sizeof(half)));
	assert_false(parse(udev, sizeof(udev)));
}

/* Cut anywhere, and with names that are too long: never read beyond, and always terminated. */
static void test_event_of_every_length(void **state)
{
	char long_one[512] = "add@/x\0ACTION=";
	struct uevent ev = { 0 };

	(void)state;
	for (size_t n = 0; n <= sizeof(aen); n++) {
		uint8_t *p = exact_copy(aen, n);

		(void)parse((const char *)p, n);
		free(p);
	}
	memset(long_one + 14, 'a', 200);
	memcpy(long_one + 215, "SUBSYSTEM=nvme", 15);
	memcpy(long_one + 230, "DEVPATH=/", 9);
	memset(long_one + 239, 'b', 200);
	memcpy(long_one + 440, "NVME_AEN=99999999999", 21);
	memcpy(long_one + 461, "NVME_EVENT=rediscover", 22);
	assert_true(uevent_parse(long_one, sizeof(long_one), &ev));
	assert_int_equal(strlen(ev.action), sizeof(ev.action) - 1);
	assert_int_equal(strlen(ev.name), sizeof(ev.name) - 1);
	assert_int_equal(ev.aen, 0);
	assert_string_equal(ev.text, "rediscover");
}

/* A simulated system tells when its image is replaced; the built-in one has nothing to tell. */
static void test_image_events(void **state)
{
	char dir[] = "/tmp/nvmekit-follow-XXXXXX";
	struct uevents *u;
	struct uevent ev = { 0 };
	const char *file, *other;

	(void)state;
	assert_non_null(mkdtemp(dir));
	file = arena_printf(ctx.arena, "%s/a.json", dir);
	other = arena_printf(ctx.arena, "%s/b.json", dir);
	ctx.g.system = file;
	u = uevent_open(&ctx);
	assert_true(uevent_told(u));
	assert_int_equal(uevent_wait(u, NULL, 1, &ev), 0);
	fclose(fopen(other, "w"));
	assert_int_equal(uevent_wait(u, NULL, 20, &ev), 0);
	assert_int_equal(rename(other, file), 0);
	/* Whose events are asked for does not matter: it may be any. */
	assert_int_equal(uevent_wait(u, "nvme0", 60000, &ev), 1);
	assert_string_equal(ev.action, "image");
	ctx_interrupted = 1;
	assert_int_equal(uevent_wait(u, NULL, 60000, &ev), -EINTR);
	uevent_close(u);
	unlink(file);
	rmdir(dir);
	ctx_interrupted = 0;
	u = uevent_open(&ctx); /* a folder that is gone */
	assert_false(uevent_told(u));
	assert_int_equal(uevent_wait(u, NULL, 1, &ev), 0);
	ctx.g.system = "demo";
	u = uevent_open(&ctx);
	assert_false(uevent_told(u));
	ctx.g.system = NULL;
	ctx.g.sysroot = "/nowhere";
	assert_false(uevent_told(uevent_open(&ctx)));
}

static const char *stormy[2];

static void storm(void)
{
	for (int i = 0; i < 2000; i++)
		fclose(fopen(stormy[i & 1], "w"));
}

/* However many events wait, one look does for all of them. */
static void test_many_events(void **state)
{
	char dir[] = "/tmp/nvmekit-follow-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (int i = 0; i < 2; i++)
		stormy[i] = arena_printf(ctx.arena, "%s/%d.json", dir, i);
	ctx.g.system = stormy[0];
	meanwhile = storm;
	SEE("live", "dead");
	assert_int_equal(watch((struct follow_args){ .interval = SET(3600000), .duration = SET(400) }), 0);
	meanwhile = NULL;
	assert_string_equal(all, "live: dead: nvme0 State live>dead\n");
	assert_true(all_looks <= 4);
	unlink(stormy[0]);
	unlink(stormy[1]);
	rmdir(dir);
	ctx.g.system = NULL;
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_difference),	  T(test_many_facts),	      T(test_until_count),
		T(test_until_duration),	  T(test_until_interrupted),  T(test_busy_meanwhile),
		T(test_errors_end_it),	  T(test_without_watch),      T(test_event),
		T(test_events_of_others), T(test_event_of_every_length), T(test_image_events),
		T(test_many_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
