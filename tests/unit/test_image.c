/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Image files: what is refused and how it is said, what is kept, and who may write at the same time. */
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim_sample.h"
#include "spec/tables.h"

#define CTRL(more)                                                                                           \
	"{\"name\":\"nvme0\",\"cntlid\":1,\"transport\":\"pcie\",\"identify\":{}" more "}"
#define NS(more) "{\"name\":\"nvme0n1\",\"nsid\":1,\"identify\":{}" more "}"
#define ANA_NS(n, group, more) "{\"name\":\"nvme0n" n "\",\"nsid\":" n ",\"identify\":{\"anagrpid\":" group "}" more "}"
#define SUBSYS(ctrls, nss)                                                                                   \
	"{\"name\":\"nvme-subsys0\",\"nqn\":\"q\",\"controllers\":[" ctrls "],\"namespaces\":[" nss "]}"
#define IMAGE(subsys) "{\"nvmekit-image\":1,\"subsystems\":[" subsys "]}"
#define WITH_CTRL(more) IMAGE(SUBSYS(CTRL(more), ""))
#define WITH_NS(more) IMAGE(SUBSYS(CTRL(""), NS(more)))

/* The sentence holds the file's name and each of the two parts. */
static const struct {
	const char *text, *part, *part2;
} bad_images[] = {
	{ "", "not JSON", "ends too early" },
	{ "{\n  \"nvmekit-image\": 1,\n  nonsense }", "not JSON", "line 3, column 3" },
	{ "{\"nvmekit-image\":1,\"subsystems\":[", "not JSON", "ends too early" },
	{ "{\"nvmekit-image\":1,\"subsystems\":[]} x", "not JSON", "something follows" },
	{ "{\"nvmekit-image\":1,\"comment\":\"\xff\",\"subsystems\":[]}", "not JSON", "line 1" },
	{ "{\"nvmekit-image\":1,\"subsystems\":[],}", "not JSON", "line 1" },
	{ "{\"nvmekit-image\":1,/* */\"subsystems\":[]}", "not JSON", "line 1" },
	{ "[1, 2]", "no image", "nvmekit-image" },
	{ "{}", "no image", "nvmekit-image" },
	{ "\"text\"", "no image", "nvmekit-image" },
	{ "{\"nvmekit-image\":2,\"subsystems\":[]}", "is not 1", "nvmekit-image" },
	{ "{\"nvmekit-image\":\"1\",\"subsystems\":[]}", "is not 1", "nvmekit-image" },
	{ "{\"nvmekit-image\":1}", "'subsystems' is missing", "" },
	{ "{\"nvmekit-image\":1,\"subsystems\":[],\"extra\":1}", "extra: no member of an image", "" },
	{ "{\"nvmekit-image\":1,\"subsystems\":{}}", "subsystems: must be an array", "" },
	{ "{\"nvmekit-image\":1,\"subsystems\":[1.5]}", "fraction", "" },
	/* What json-c says of this number depends on its release. */
	{ "{\"nvmekit-image\":1,\"subsystems\":[18446744073709551616]}", "", "" },
	{ "{\"nvmekit-image\":1,\"host\":{\"hostnqn\":\"q\"},\"subsystems\":[]}", "host: 'hostid' is missing", "" },
	{ "{\"nvmekit-image\":1,\"host\":{\"name\":\"q\"},\"subsystems\":[]}", "host.name: no member", "" },
	{ "{\"nvmekit-image\":1,\"subsystems\":[],\"files\":{\"etc\":[]}}", "files.etc: the name of a file begins with /", "" },
	{ "{\"nvmekit-image\":1,\"subsystems\":[],\"files\":{\"/a\":\"b\"}}", "files./a: must be an array of lines", "" },
	{ "{\"nvmekit-image\":1,\"subsystems\":[],\"files\":{\"/a\":[1]}}", "files./a: every line is a string", "" },
	{ "{\"nvmekit-image\":1,\"subsystems\":[],\"files\":{\"/a\":[\"b\\n\"]}}", "files./a: every line is a string", "" },
	{ IMAGE("7"), "subsystems[0]: must be an object", "" },
	{ IMAGE("{\"name\":\"x\",\"nqn\":\"q\",\"controllers\":[]}"), "subsystems[0]", "not like nvme-subsys0" },
	{ IMAGE("{\"name\":\"nvme-subsys0\",\"nqn\":\"q\",\"iopolicy\":\"best\",\"controllers\":[]}"), "I/O policy", "best" },
	{ IMAGE("{\"name\":\"nvme-subsys0\",\"controllers\":[]}"), "subsystems[0]: 'nqn' is missing", "" },
	{ WITH_CTRL(",\"namespace\":1"), "subsystems[0].controllers[0].namespace: no member of a controller", "" },
	{ WITH_CTRL(",\"state\":7"), "subsystems[0].controllers[0].state: must be a string", "" },
	{ WITH_CTRL(",\"state\":\"alive\""), "no controller state \"alive\"", "" },
	{ WITH_CTRL(",\"numa_node\":5000"), "numa_node: must not exceed 1023", "" },
	{ WITH_CTRL(",\"numa_node\":-1"), "numa_node: must be a number", "" },
	{ IMAGE(SUBSYS("{\"name\":\"nvme00\",\"cntlid\":1,\"transport\":\"pcie\",\"identify\":{}}", "")), "not like nvme0",
	  "nvme00" },
	{ IMAGE(SUBSYS("{\"name\":\"nvme0\",\"cntlid\":1,\"transport\":\"usb\",\"identify\":{}}", "")), "transport \"usb\"",
	  "" },
	{ IMAGE(SUBSYS("{\"name\":\"nvme0\",\"cntlid\":70000,\"transport\":\"pcie\",\"identify\":{}}", "")),
	  "cntlid: must not exceed 65519", "" },
	{ IMAGE(SUBSYS(CTRL("") "," CTRL(""), "")), "same cntlid", "" },
	{ IMAGE(SUBSYS(CTRL("") ",{\"name\":\"nvme0\",\"cntlid\":2,\"transport\":\"pcie\",\"identify\":{}}", "")),
	  "nvme0 is there twice", "" },
	{ IMAGE(SUBSYS(CTRL(""), NS("") "," NS(""))), "same nsid", "" },
	{ WITH_CTRL(",\"logs\":{\"no-such\":{}}"), "controllers[0].logs.no-such: no log page", "" },
	{ WITH_CTRL(",\"logs\":{\"smart\":[]}"), "logs.smart: must be an object", "" },
	{ WITH_CTRL(",\"logs\":{\"smart\":{\"temperatur\":1}}"), "subsystems[0].controllers[0].logs.smart", "'temperatur'" },
	{ WITH_CTRL(",\"logs\":{\"smart\":{\"temperature\":70000}}"), "logs.smart", "'temperature' is too large" },
	{ WITH_CTRL(",\"logs\":{\"0xc0\":{\"size\":1}}"), "logs.0xc0: 'size': nothing is known", "" },
	{ WITH_CTRL(",\"logs\":{\"0xc0\":{\"bytes\":\"0x00\"}}"), "logs.0xc0: 'bytes' is not hexadecimal", "" },
	{ WITH_CTRL(",\"logs\":{\"0xc0\":{\"bytes\":\"000\"}}"), "logs.0xc0: 'bytes' is not hexadecimal", "" },
	{ WITH_CTRL(",\"logs\":{\"0xc0\":{\"base64\":\"AA=\"}}"), "logs.0xc0: 'base64' is not Base64", "" },
	{ WITH_CTRL(",\"logs\":{\"0xc0\":{\"bytes\":7}}"), "logs.0xc0: recorded bytes are a string", "" },
	{ WITH_CTRL(",\"logs\":{\"0xc0\":{\"bytes\":\"00\",\"base64\":\"AA==\"}}"), "exclude each other", "" },
	{ WITH_CTRL(",\"logs\":{\"0xc0\":{\"length\":\"4\"}}"), "'length' is not a number", "" },
	{ WITH_CTRL(",\"logs\":{\"0xc0\":{\"received\":99999999999}}"), "'received' is not a number", "" },
	{ WITH_CTRL(",\"logs\":{\"smart\":{\"length\":4,\"temperature\":1}}"), "logs.smart", "" },
	{ WITH_CTRL(",\"cns\":{\"id-nothing\":{}}"), "cns.id-nothing: no identify structure", "" },
	{ WITH_CTRL(",\"cns\":{\"0x100\":{}}"), "cns.0x100: no identify structure", "" },
	{ WITH_CTRL(",\"cns\":{\"nvm-id-ctrl\":{\"zasl\":1}}"), "controllers[0].cns.nvm-id-ctrl: 'zasl'", "" },
	{ WITH_CTRL(",\"features\":{\"arbitration\":{\"current\":1}}"), "features.arbitration: is no feature", "" },
	{ WITH_CTRL(",\"features\":{\"0x01\":{}}"), "features.0x01: 'current' is missing", "" },
	{ WITH_CTRL(",\"features\":{\"0x01\":{\"current\":\"one\"}}"), "features.0x01.current: must be a number", "" },
	{ WITH_CTRL(",\"features\":{\"0x01\":{\"current\":4294967296}}"), "features.0x01.current: must be a number", "" },
	{ WITH_CTRL(",\"features\":{\"0x01\":{\"current\":1,\"saveable\":1}}"), "saveable: must be true or false", "" },
	{ WITH_CTRL(",\"features\":{\"0x0e\":{\"current\":1,\"data\":{\"bytes\":\"x\"}}}"), "features.0x0e", "hexadecimal" },
	{ WITH_CTRL(",\"fail\":[{\"status\":1}]"), "fail[0]: needs either 'opcode' or 'kind'", "" },
	{ WITH_CTRL(",\"fail\":[{\"opcode\":2,\"kind\":\"reset\",\"status\":1}]"), "needs either 'opcode' or 'kind'", "" },
	{ WITH_CTRL(",\"fail\":[{\"opcode\":2}]"), "fail[0]: needs 'status', 'timeout', 'gone', 'delay_ms'", "" },
	{ WITH_CTRL(",\"fail\":[{\"opcode\":2,\"count\":1,\"skip\":1}]"), "fail[0]: needs 'status', 'timeout'", "" },
	{ WITH_CTRL(",\"fail\":[{\"opcode\":2,\"status\":1,\"gone\":true}]"), "'status', 'timeout' and 'gone' exclude", "" },
	{ WITH_CTRL(",\"fail\":[{\"kind\":\"sleep\",\"status\":1}]"), "fail[0].kind: there is no kind of request \"sleep\"", "" },
	{ WITH_CTRL(",\"fail\":[{\"kind\":\"opal\",\"io\":true,\"status\":1}]"), "'io' is about commands", "" },
	{ WITH_CTRL(",\"fail\":[{\"opcode\":2,\"delay_ms\":\"1\"}]"), "delay_ms: must be a number", "" },
	{ WITH_CTRL(",\"registers\":{\"nosuch\":1}"), "registers.nosuch: no register has this name", "" },
	{ WITH_CTRL(",\"registers\":{\"0x18\":1}"), "registers.0x18: no register has this name", "" },
	{ WITH_CTRL(",\"registers\":{\"cc\":4294967296}"), "registers.cc: must be a number of up to 32 bits", "" },
	{ WITH_CTRL(",\"registers\":{\"cap\":{}}"), "registers.cap: must be a number of up to 64 bits", "" },
	{ WITH_CTRL(",\"model\":[]"), "controllers[0].model: must be an object", "" },
	{ WITH_NS(",\"contents\":{}"), "namespaces[0].contents: must be an array", "" },
	{ WITH_NS(",\"in_use\":true"), "namespaces[0].in_use: must be an array", "" },
	{ IMAGE(SUBSYS("{\"name\":\"nvme0\",\"cntlid\":1,\"transport\":\"pcie\",\"identify\":{\"snn\":1}}", "")),
	  "subsystems[0].controllers[0].identify: 'snn'", "" },
	{ WITH_NS(",\"size\":1"), "subsystems[0].namespaces[0].size: no member of a namespace", "" },
	{ WITH_NS(",\"uuid\":\"0123\""), "namespaces[0]: uuid and nguid are 32", "" },
	{ WITH_NS(",\"eui64\":\"00112233445566gg\""), "eui64 is 16", "" },
	{ WITH_NS(",\"csi\":300"), "csi: must not exceed 254", "" },
	{ WITH_NS(",\"generic\":\"nvme0n1\""), "not like ng0n1", "" },
	{ WITH_NS(",\"controllers\":[\"nvme1\"]"), "namespaces[0].controllers[0]: is no controller", "" },
	{ WITH_NS(",\"controllers\":[\"nvme0\",\"nvme0\"]"), "controllers[1]: nvme0 is named twice", "" },
	{ WITH_NS(",\"controllers\":[],\"ana\":{\"nvme0\":\"optimized\"}"), "ana.nvme0: the namespace is not attached", "" },
	{ WITH_NS(",\"ana\":{\"nvme0\":\"best\"}"), "ana.nvme0: must be optimized", "" },
	{ WITH_CTRL(",\"ana\":{\"0\":\"optimized\"}"), "ana.0: is no number of an ANA group", "" },
	{ WITH_CTRL(",\"ana\":{\"0x1\":\"optimized\"}"), "ana.0x1: is no number of an ANA group", "" },
	{ WITH_CTRL(",\"ana\":{\"4294967296\":\"optimized\"}"), "is no number of an ANA group", "" },
	{ WITH_CTRL(",\"ana\":{\"1\":\"best\"}"), "ana.1: must be optimized", "" },
	{ WITH_CTRL(",\"ana\":{\"1\":1}"), "ana.1: must be optimized", "" },
	{ IMAGE(SUBSYS(CTRL(",\"ana\":{\"1\":\"optimized\"}"), NS(""))), "does not name the ANA group 0 of nvme0n1", "" },
	{ IMAGE(SUBSYS(CTRL(",\"ana\":{\"1\":\"optimized\"}"), ANA_NS("1", "1", ",\"ana\":{\"nvme0\":\"change\"}"))),
	  "nvme0n1 and its ANA group 1 are in different states through nvme0", "" },
	{ IMAGE(SUBSYS(CTRL(""), ANA_NS("1", "3", ",\"ana\":{\"nvme0\":\"change\"}") "," ANA_NS("2", "3", ",\"ana\":{\"nvme0\":\"optimized\"}"))),
	  "nvme0n1 and nvme0n2 are in ANA group 3, and in different states through nvme0", "" },
	{ WITH_NS(",\"cns\":{\"nvm-id-ns\":{\"none\":1}}"), "namespaces[0].cns.nvm-id-ns: 'none'", "" },
	{ IMAGE(SUBSYS(CTRL(""), "{\"name\":\"nvme0n1\",\"nsid\":0,\"identify\":{}}")), "'nsid' must not be 0", "" },
	{ IMAGE(SUBSYS(CTRL(""), "{\"name\":\"nvme0\",\"nsid\":1,\"identify\":{}}")), "not like nvme0n1", "" },
};

static void test_bad_images(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEMS(bad_images); i++) {
		const char *message;
		char file[64];
		struct rig r;
		int rc;

		write_image(file, bad_images[i].text);
		rig_on(&r, file);
		rc = sim_load(&r.ctx);
		message = r.ctx.error.message ? r.ctx.error.message : "(no error)";
		if (rc >= 0 || r.ctx.error.code != XC_DATA || !strstr(message, file) ||
		    !strstr(message, bad_images[i].part) || !strstr(message, bad_images[i].part2 ? bad_images[i].part2 : ""))
			fail_msg("%s\n  rc %d, code %d: %s", bad_images[i].text, rc, (int)r.ctx.error.code, message);
		unlink(file);
		ctx_done(&r.ctx);
	}
}

static void expect_load_error(const char *system, enum exit_code code, int err)
{
	struct rig r;

	rig_on(&r, system);
	assert_true(sim_load(&r.ctx) < 0);
	assert_int_equal(r.ctx.error.code, code);
	assert_int_equal(r.ctx.error.err, err);
	assert_non_null(strstr(r.ctx.error.message, system));
	assert_null(r.ctx.sim);
	ctx_done(&r.ctx);
}

static void test_files_that_cannot_be_read(void **state)
{
	(void)state;
	expect_load_error("/nonexistent/image.json", XC_NODEV, ENOENT);
	expect_load_error("/tmp", XC_DATA, EISDIR);
	expect_load_error("/dev/null/x", XC_NODEV, ENOTDIR);
	expect_load_error("/dev/null", XC_DATA, 0);
}

static void test_minimal_image(void **state)
{
	char file[64];
	struct rig r;

	(void)state;
	write_image(file, "{\"nvmekit-image\":1,\"subsystems\":[]}");
	rig_on(&r, file);
	assert_int_equal(sim_load(&r.ctx), 0);
	unlink(file);
	ctx_done(&r.ctx);
	write_image(file, WITH_NS(""));
	rig_on(&r, file);
	assert_int_equal(rig_open(&r, "nvme0n1"), 0);
	unlink(file);
	ctx_done(&r.ctx);
}

/* Every member is used by the sample that these tests run on, and is told to users. */
static void test_every_member_is_tested_and_documented(void **state)
{
	const char *dir = getenv("srcdir");
	char path[4096], word[64], *manual;

	(void)state;
	snprintf(path, sizeof(path), "%s/docs/image.md", dir ? dir : ".");
	manual = slurp(path);
	for (size_t i = 0; i < nimage_objects; i++) {
		for (size_t k = 0; k < image_objects[i].n; k++) {
			snprintf(word, sizeof(word), "\"%s\"", image_objects[i].keys[k].name);
			if (!strstr(sim_sample, word))
				fail_msg("%s.%s is not in the sample", image_objects[i].where, word);
			snprintf(word, sizeof(word), "`%s`", image_objects[i].keys[k].name);
			if (!strstr(manual, word))
				fail_msg("%s.%s is not in docs/image.md", image_objects[i].where, word);
		}
	}
	free(manual);
}

/* "bytes", "base64", "length" and "received" stand beside fields, so no structure may have a field of that name. */
static void test_meta_keys_are_no_fields(void **state)
{
	(void)state;
	for (size_t i = 0; specs[i]; i++) {
		for (size_t k = 0; k < specs[i]->nfields; k++) {
			const char *name = specs[i]->fields[k].name;

			if (name && image_meta_key(name))
				fail_msg("%s.%s cannot be written in an image", specs[i]->name, name);
		}
	}
	assert_true(image_meta_key("bytes") && image_meta_key("base64") && image_meta_key("length"));
	assert_true(image_meta_key("received") && !image_meta_key("sn"));
}

static void test_demo_is_sound(void **state)
{
	struct image *again;
	struct rig r;
	size_t len;
	char *text;

	(void)state;
	rig_on(&r, "demo");
	assert_int_equal(sim_load(&r.ctx), 0);
	assert_int_equal(image_parse(&r.ctx, "demo", demo_json, (size_t)(demo_json_end - demo_json), &again), 0);
	if (image_check(&r.ctx, again))
		fail_msg("%s", r.ctx.error.message);
	assert_null(again->path);
	/* Written and read again it is the same. */
	text = image_to_json(r.ctx.arena, again->root, &len);
	assert_int_equal(image_parse(&r.ctx, "again", text, len, &again), 0);
	assert_int_equal(image_check(&r.ctx, again), 0);
	ctx_done(&r.ctx);
}

static void test_utf8(void **state)
{
	static const char *const good[] = { "z", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf" };
	static const char *const bad[] = { "\x80",	    "\xc3",	   "\xc0\x80",	      "\xe0\x80\x80", "\xed\xa0\x80",
					   "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe2\x82z" };
	struct ctx ctx;

	(void)state;
	for (size_t i = 0; i < NELEMS(good) + NELEMS(bad); i++) {
		const char *s = i < NELEMS(good) ? good[i] : bad[i - NELEMS(good)];
		const char *text;

		ctx_init(&ctx);
		text = arena_printf(ctx.arena, "{\"a\":\"\\n%s\"}", s);
		assert_int_equal(image_from_json(&ctx, "x", text, strlen(text)) != NULL, i < NELEMS(good));
		ctx_done(&ctx);
	}
}

static void test_values_survive_writing(void **state)
{
	static const char text[] = "{\"a\":9223372036854775807,\"b\":-5,\"c\":null,\"d\":true,\"e\":\"\\u0000\\n\\\"ü\","
				   "\"f\":[[],{}],\"g\":\"340282366920938463463374607431768211455\"}";
	char *one, *two;
	struct ctx ctx;
	struct val *v;
	size_t len;

	(void)state;
	ctx_init(&ctx);
	v = image_from_json(&ctx, "x", text, strlen(text));
	assert_non_null(v);
	assert_true(val_u64(v, "a", 0) == 9223372036854775807u);
	assert_int_equal(val_get(v, "e")->s.len, 5);
	one = image_to_json(ctx.arena, v, &len);
	v = image_from_json(&ctx, "x", one, len);
	assert_non_null(v);
	two = image_to_json(ctx.arena, v, &len);
	assert_string_equal(one, two);
	assert_non_null(strstr(one, "9223372036854775807"));
	ctx_done(&ctx);
}

/* --- writing back --- */

static int set_feature(struct rig *r, uint32_t fid, uint32_t value)
{
	struct req req = admin_req(r, ADM_SET_FEATURES, 0, fid, value, 0);

	return submit(r, &req);
}

static uint64_t feature(struct rig *r, uint32_t fid)
{
	struct req req = admin_req(r, ADM_GET_FEATURES, 0, fid, 0, 0);

	assert_int_equal(submit(r, &req), 0);
	return req.result;
}

static void test_changes_reach_the_file(void **state)
{
	struct rig r, other;
	struct stat st;

	(void)state;
	rig_sample(&r);
	assert_int_equal(chmod(r.file, 0640), 0);
	assert_int_equal(rig_open(&r, "nvme0"), 0);
	rig_on(&other, r.file);
	assert_int_equal(rig_open(&other, "nvme0"), 0);
	assert_int_equal(feature(&other, 2), 1);
	assert_int_equal(set_feature(&r, 2, 77), 0);
	/* A run that had read the image before sees the change, and its own changes do not undo it. */
	assert_int_equal(feature(&other, 2), 77);
	assert_int_equal(submit(&other, &(struct req){ .opcode = 0xff }), 0x4001);
	assert_int_equal(feature(&r, 2), 77);
	assert_int_equal(stat(r.file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	ctx_done(&other.ctx);
	rig_done(&r);
}

static int siblings(const char *file)
{
	DIR *d = opendir("/tmp");
	struct dirent *e;
	int n = 0;

	assert_non_null(d);
	while ((e = readdir(d)))
		n += strncmp(e->d_name, file + 5, strlen(file + 5)) == 0;
	closedir(d);
	return n;
}

static void test_reading_writes_nothing(void **state)
{
	struct stat before, after;
	struct rig r;

	(void)state;
	rig_sample(&r);
	assert_int_equal(stat(r.file, &before), 0);
	assert_int_equal(rig_open(&r, "nvme0"), 0);
	assert_int_equal(identify(&r, 1, 0, 0), 0);
	assert_int_equal(get_log(&r, 2, NSID_ALL, 0, 512), 0);
	assert_int_equal(feature(&r, 2), 1);
	assert_int_equal(stat(r.file, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	assert_int_equal(siblings(r.file), 1);
	rig_done(&r);
}

/* A file that nobody may write is a template: changes last for the run. */
static void test_template_is_never_written(void **state)
{
	char *before, *after;
	struct rig r;

	(void)state;
	rig_sample(&r);
	before = slurp(r.file);
	assert_int_equal(chmod(r.file, 0444), 0);
	assert_int_equal(rig_open(&r, "nvme0"), 0);
	assert_int_equal(set_feature(&r, 2, 55), 0);
	assert_int_equal(feature(&r, 2), 55);
	after = slurp(r.file);
	assert_string_equal(before, after);
	free(before);
	free(after);
	rig_done(&r);
}

static void test_link_stays_a_link(void **state)
{
	char link_name[80];
	struct stat st;
	struct rig r, l;

	(void)state;
	rig_sample(&r);
	snprintf(link_name, sizeof(link_name), "%s.link", r.file);
	assert_int_equal(symlink(r.file, link_name), 0);
	rig_on(&l, link_name);
	assert_int_equal(rig_open(&l, "nvme0"), 0);
	assert_int_equal(set_feature(&l, 2, 9), 0);
	ctx_done(&l.ctx);
	assert_int_equal(lstat(link_name, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(siblings(r.file), 2);
	assert_int_equal(rig_open(&r, "nvme0"), 0);
	assert_int_equal(feature(&r, 2), 9);
	unlink(link_name);
	rig_done(&r);
}

static void test_vanished_and_broken_while_open(void **state)
{
	struct rig r;
	FILE *f;

	(void)state;
	rig_sample(&r);
	assert_int_equal(rig_open(&r, "nvme0"), 0);
	f = fopen(r.file, "w");
	assert_non_null(f);
	fputs("{\"nvmekit-image\":1,\"subsystems\":[]}", f);
	fclose(f);
	assert_int_equal(sim_ops.submit(&r.dev, &(struct req){ .opcode = 0x18 }), -ENODEV);
	f = fopen(r.file, "w");
	assert_non_null(f);
	fputs("half a fi", f);
	fclose(f);
	assert_int_equal(sim_ops.submit(&r.dev, &(struct req){ .opcode = 0x18 }), -EBADMSG);
	unlink(r.file);
	assert_int_equal(sim_ops.submit(&r.dev, &(struct req){ .opcode = 0x18 }), -ENOENT);
	*r.file = '\0';
	rig_done(&r);
}

enum { PROCESSES = 3, COMMANDS = 15 };

static int hammer(const char *file)
{
	struct rig r;
	int wrong = 0;

	rig_on(&r, file);
	if (rig_open(&r, "nvme10"))
		return 1;
	for (int i = 0; i < COMMANDS; i++)
		wrong += submit(&r, &(struct req){ .opcode = 0xc5 }) != 0x4001;
	ctx_done(&r.ctx);
	return wrong;
}

/* Several processes at once: no refused command is lost from the count. */
static void test_processes_take_turns(void **state)
{
	const struct logpage *smart = logpage_by_id(2, 0);
	struct rig r;
	int status;

	(void)state;
	rig_sample(&r);
	for (int i = 0; i < PROCESSES; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(hammer(r.file));
	}
	for (int i = 0; i < PROCESSES; i++) {
		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	assert_int_equal(rig_open(&r, "nvme10"), 0);
	assert_int_equal(get_log(&r, 2, NSID_ALL, 0, 512), 0);
	assert_int_equal(answer_u64(&r, smart->spec, 512, "num_err_log_entries"), PROCESSES * COMMANDS);
	assert_int_equal(siblings(r.file), 1);
	rig_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_images),
		cmocka_unit_test(test_files_that_cannot_be_read),
		cmocka_unit_test(test_minimal_image),
		cmocka_unit_test(test_every_member_is_tested_and_documented),
		cmocka_unit_test(test_meta_keys_are_no_fields),
		cmocka_unit_test(test_demo_is_sound),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_values_survive_writing),
		cmocka_unit_test(test_changes_reach_the_file),
		cmocka_unit_test(test_reading_writes_nothing),
		cmocka_unit_test(test_template_is_never_written),
		cmocka_unit_test(test_link_stays_a_link),
		cmocka_unit_test(test_vanished_and_broken_while_open),
		cmocka_unit_test(test_processes_take_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
