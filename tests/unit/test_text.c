/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Text: lines, decoded bits, arrays, dumps, tables and trees. */
#include "output_sample.h"

#include <locale.h>
#include <unistd.h>

/* --- text --- */

static void test_text(void **state)
{
	struct fmt_opts o = options();

	(void)state;
	assert_text(render("normal", sample(140), &o),
		    "plain     : 7\n"
		    "caps      : 0x56\n"
		    "temp      : 50 °C (323 K)\n"
		    "used      : 105%\n"
		    "mdts      : 5 (32 pages)\n"
		    "all       : 65535 (not reported)\n"
		    "ver       : 1.4.0\n"
		    "vid       : 0x1b36\n"
		    "oui       : 005254\n"
		    "pscale    : 1\n"
		    "power     : 2500 (0.25 W)\n"
		    "mtfa      : 5 (500 ms)\n"
		    "elpe      : 63 (64 entries)\n"
		    "type      : 1 (Light Green)\n"
		    "hours     : 12 hours\n"
		    "written   : 340282366920938463463374607431768211455 (340282366920938.46 YB)\n"
		    "sn        : S/N\"1\n"
		    "uuid      : 000b1621-2c37-424d-5863-6e79848f9aa5\n"
		    "eui64     : b0bbc6d1dce7f2fd\n"
		    "fmt   0 : ms:0   ds:9 (512 B)\n"
		    "fmt   1 : ms:8   ds:12 (4 KiB)  (in use)\n"
		    "fmt   2 : ms:64  ds:-\n"
		    "sensors   : 27 °C (300 K), -273 °C (0 K), 28 °C (301 K), 29 °C (302 K)\n"
		    "inner :\n"
		    "  x         : 3\n"
		    "  y         : 9\n"
		    "kind      : 1\n"
		    "speed     : 4660\n");
}

static void test_text_verbose(void **state)
{
	struct fmt_opts o = options();
	const char *s;

	(void)state;
	o.verbose = true;
	s = render("normal", sample(140), &o);
	assert_has(s, "caps      : 0x56\tCapabilities\n"
		      "  [7:4] : 0x5\tQueue Depth\n"
		      "  [3:2] : 0x1\tHue: Light Green\n"
		      "  [1:1] : 0x1\tBeta Mode: On\n"
		      "  [0:0] : 0\tAlpha Command Not Supported\n\n");
	assert_has(s, "nfmt      : 2\tFormats\n");
	assert_has(s, "vs        : 40 bytes\n       0  1  2");
	assert_has(s, "\n0020: 00 00 00 00 00 00 00 7a                         \".......z\"\n");
}

static void test_text_plain_and_labels(void **state)
{
	static const struct label labels[] = { { "hours", "Power On Hours" },
					       { "ds", "lbads" },
					       { NULL, NULL } };
	struct fmt_opts o = options();
	const char *s;

	(void)state;
	o.plain = true;
	o.labels = labels;
	s = render("normal", sample(140), &o);
	assert_has(s, "plain          : 7\n");
	assert_has(s, "all            : 65535\nver            : 0x10400\n");
	assert_has(s, "mdts           : 5\n");
	assert_has(s, "type           : 1\nPower On Hours : 12\n");
	assert_has(s, "fmt   1 : ms:8   lbads:12  (in use)\n");
	o.key_width = 20;
	assert_has(render("normal", sample(140), &o), "plain                : 7\n");
}

static void test_text_cut(void **state)
{
	struct fmt_opts o = options();
	const char *s = render("normal", sample(79), &o);

	(void)state;
	assert_has(s, "fmt   0 : ms:0  ds:9 (512 B)\nfmt   1 : ms:8  (in use)\nsensors   : none\n");
	assert_has(s, "\n(cut off: the data ended early)\n");
}

static void test_text_arrays(void **state)
{
	struct fmt_opts o = options();
	struct val *v = val_new(ctx.arena, VAL_OBJ), *list = val_put_arr(ctx.arena, v, "nsids"), *big, *el;

	(void)state;
	val_put_arr(ctx.arena, v, "nothing");
	for (unsigned i = 0; i < 12; i++)
		val_put_u64(ctx.arena, list, NULL, i + 1);
	big = val_put_arr(ctx.arena, v, "errors");
	for (unsigned i = 0; i < 2; i++) {
		el = val_put_obj(ctx.arena, big, NULL);
		for (unsigned j = 0; j < 9; j++)
			val_put_u64(ctx.arena, el, arena_printf(ctx.arena, "k%u", j), j);
	}
	el = val_put_obj(ctx.arena, val_put_arr(ctx.arena, v, "deep"), NULL);
	val_put_str(ctx.arena, val_put_arr(ctx.arena, el, "words"), NULL, "a\nb");
	assert_has(render("normal", v, &o), "nsids     : 12\n[   0]:1\n[   1]:2\n");
	assert_has(render("normal", v, &o), "[  11]:12\nnothing   : none\nerror[0]\n  k0        : 0\n");
	assert_has(render("normal", v, &o), "error[1]\n  k0        : 0\n");
	assert_has(render("normal", v, &o), "deep[0]\n  words     : a\\x0ab\n");
}

/* A row can ask for pairs although there are many: they wrap below the first. */
static void test_text_pairs_wrap(void **state)
{
	static const struct field states = { "states", "States", .kind = K_ARRAY, .show = SHOW_PAIRS };
	static const struct field gone = { "absent", "Absent", .flags = F_ZERO_UNREPORTED };
	static const struct field busy = { "busy", "Busy", .show = SHOW_BOOL };
	struct fmt_opts o = options();
	struct val *v = val_new(ctx.arena, VAL_OBJ), *arr = val_put_arr(ctx.arena, v, "states"), *el;

	(void)state;
	arr->field = &states;
	el = val_put_obj(ctx.arena, arr, NULL);
	for (unsigned j = 0; j < 12; j++)
		val_put_u64(ctx.arena, el, arena_printf(ctx.arena, "member%u", j), j);
	val_put_u64(ctx.arena, el, "absent", 0)->field = &gone;
	val_put_u64(ctx.arena, el, "busy", 1)->field = &busy;
	assert_text(render("normal", v, &o),
		    "state  0 : member0:0  member1:1  member2:2  member3:3  member4:4  member5:5  member6:6  "
		    "member7:7\n"
		    "           member8:8  member9:9  member10:10  member11:11  (busy)\n");
}

/* Times read as people say them; what a raw value counts stands behind it. */
static void test_text_times(void **state)
{
	static const struct field minutes = { "m", "M", .scale = 60, .unit = "seconds" };
	static const struct field hours = { "h", "H", .scale = 3600, .unit = "seconds" };
	static const struct field tenths = { "t", "T", .scale = 100, .unit = "milliseconds" };
	static const struct field micro = { "u", "U", .show = SHOW_HEX, .unit = "microseconds" };
	static const struct field units = { "p", "P", .scale = 4096, .unit = "bytes" };
	static const struct field endless = { "e", "E", .kind = K_U128, .scale = 60, .unit = "seconds" };
	struct fmt_opts o = options();
	struct val *v = val_new(ctx.arena, VAL_OBJ);

	(void)state;
	val_put_u64(ctx.arena, v, "m0", 0)->field = &minutes;
	val_put_u64(ctx.arena, v, "m1", 42)->field = &minutes;
	val_put_u64(ctx.arena, v, "m2", 1893)->field = &minutes;
	val_put_u64(ctx.arena, v, "m3", 60)->field = &minutes;
	val_put_u64(ctx.arena, v, "h", 51872)->field = &hours;
	val_put_u64(ctx.arena, v, "t1", 5)->field = &tenths;
	val_put_u64(ctx.arena, v, "t2", 50)->field = &tenths;
	val_put_u64(ctx.arena, v, "t3", 55)->field = &tenths;
	val_put_u64(ctx.arena, v, "t4", 0)->field = &tenths;
	val_put_u64(ctx.arena, v, "u", 90000000)->field = &micro;
	val_put_u64(ctx.arena, v, "p", 3)->field = &units;
	val_put_u128(ctx.arena, v, "e", ~(u128)0)->field = &endless;
	assert_text(render("normal", v, &o), "m0        : 0 min\n"
					     "m1        : 42 min\n"
					     "m2        : 1893 min (1 d 7 h)\n"
					     "m3        : 60 min (1 h)\n"
					     "h         : 51872 h (2161 d 8 h)\n"
					     "t1        : 5 (500 ms)\n"
					     "t2        : 50 (5 s)\n"
					     "t3        : 55 (5500 ms)\n"
					     "t4        : 0\n"
					     "u         : 0x55d4a80 (1 min 30 s)\n"
					     "p         : 3 (12 KiB)\n"
					     "e         : 340282366920938463463374607431768211455 min\n");
	o.plain = true;
	assert_has(render("normal", v, &o), "m2        : 1893\n");
}

static void test_text_set_flags(void **state)
{
	static const struct field bit_rows[] = { { "lo", "Too Low", BIT(0), FLAG }, { "hi", "Too High", BIT(1), FLAG } };
	static const struct field row = { "w", "Warning", BYTE(0), BITS_OF(bit_rows), .show = SHOW_SET };
	static const struct spec spec = { .name = "t", .size = 1, .nfields = 1, .fields = &row };
	struct fmt_opts o = options();

	(void)state;
	assert_text(render("normal", spec_decode(ctx.arena, &spec, "\3", 1), &o),
		    "w         : 0x3 (Too Low, Too High)\n");
	assert_text(render("normal", spec_decode(ctx.arena, &spec, "\2", 1), &o), "w         : 0x2 (Too High)\n");
	assert_text(render("normal", spec_decode(ctx.arena, &spec, "\0", 1), &o), "w         : 0x0\n");
}

/* Two lists that number by the same key are told apart, and what is known of an element ends its line. */
static void test_text_lists_side_by_side(void **state)
{
	static const struct field first = { "as", "A", .kind = K_ARRAY, .slot = "op" };
	static const struct field second = { "bs", "B", .kind = K_ARRAY, .slot = "op" };
	static const struct field remark = { "name", "Name", .kind = K_TEXT, .flags = F_DERIVED };
	struct fmt_opts o = options();
	struct val *v = val_new(ctx.arena, VAL_OBJ), *arr, *el;

	(void)state;
	arr = val_put_arr(ctx.arena, v, "as");
	arr->field = &first;
	el = val_put_obj(ctx.arena, arr, NULL);
	val_put_u64(ctx.arena, el, "op", 2);
	val_put_u64(ctx.arena, el, "x", 1);
	val_put_str(ctx.arena, el, "name", "Read")->field = &remark;
	assert_text(render("normal", v, &o), "op    2 : x:1  (Read)\n");
	arr = val_put_arr(ctx.arena, v, "bs");
	arr->field = &second;
	el = val_put_obj(ctx.arena, arr, NULL);
	val_put_u64(ctx.arena, el, "op", 2);
	val_put_u64(ctx.arena, el, "x", 0);
	assert_text(render("normal", v, &o), "as    2 : x:1  (Read)\nbs    2 : x:0\n");
}

static void test_text_prose_and_title(void **state)
{
	static const struct cmd prose = { .name = "help", .flags = C_TEXT };
	static const struct layout titled = {
		.title = "Namespace {nsid} ({nsid:x}) of {device}[, {gone}][ in {sn}]"
	};
	struct fmt_opts o = options();
	struct val *v = val_new(ctx.arena, VAL_OBJ);

	(void)state;
	val_put_str(ctx.arena, v, "text", "Usage:\n\tmore");
	o.cmd = &prose;
	assert_text(render("normal", v, &o), "Usage:\n\tmore\n");
	v = val_new(ctx.arena, VAL_OBJ);
	val_put_u64(ctx.arena, v, "nsid", 17);
	val_put_str(ctx.arena, v, "sn", "\x1b");
	o = options();
	o.layout = &titled;
	ctx.device = "nvme0";
	ctx.device_path = "/dev/nvme0";
	assert_text(render("normal", v, &o),
		    "Namespace 17 (0x11) of nvme0 in \\x1b\nnsid      : 17\nsn        : \\x1b\n");
	ctx.device = ctx.device_path = NULL;
}

static void test_text_dump(void **state)
{
	static const struct layout dump = { .kind = LAY_DUMP };
	struct fmt_opts o = options();
	struct val *v = val_new(ctx.arena, VAL_OBJ);

	(void)state;
	o.layout = &dump;
	val_put_u64(ctx.arena, v, "result", 1);
	val_put_bytes(ctx.arena, v, "data", "0123456789abcde\x1b \xff", 18);
	assert_text(render("normal", v, &o),
		    "result    : 1\n"
		    "       0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f\n"
		    "0000: 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 1b \"0123456789abcde.\"\n"
		    "0010: 20 ff                                           \"..\"\n");
	o.plain = true;
	assert_lacks(render("normal", v, &o), "result");
}

/* --- tables and trees --- */

static const struct column columns[] = {
	{ "node", "Node", COL_STR, "DevicePath", NULL, true },
	{ "sn", "SN", COL_STR, "SerialNumber", NULL, true, .width = 6 },
	{ "nsid", "Namespace", COL_HEX, "NameSpace", NULL, true },
	{ "usage", "Usage", COL_USAGE, "UsedBytes", "PhysicalSize", true },
	{ "format", "Format", COL_FORMAT, "SectorSize", "MetadataSize", true },
	{ "fw", "FW Rev", COL_STR, "Firmware", NULL, true },
	{ "index", "Index", COL_UINT, "Index", NULL, false },
	{ "size", "Size", COL_SI, "PhysicalSize", NULL, false },
};
static const struct layout table = {
	.kind = LAY_TABLE, .rows = "Devices", .cols = columns, .ncols = NELEMS(columns)
};

static struct val *devices(void)
{
	struct val *v = val_new(ctx.arena, VAL_OBJ), *arr = val_put_arr(ctx.arena, v, "Devices");
	struct val *d = val_put_obj(ctx.arena, arr, NULL);

	val_put_str(ctx.arena, d, "DevicePath", "/dev/nvme0n1");
	val_put_str(ctx.arena, d, "SerialNumber", "h\xc3\xa9llo\x1b[0m");
	val_put_u64(ctx.arena, d, "NameSpace", 1);
	val_put_u64(ctx.arena, d, "UsedBytes", 4000000000u);
	val_put_u64(ctx.arena, d, "PhysicalSize", 8000000000u);
	val_put_u64(ctx.arena, d, "SectorSize", 512);
	val_put_u64(ctx.arena, d, "MetadataSize", 0);
	val_put_str(ctx.arena, d, "Firmware", "1.0");
	val_put_u64(ctx.arena, d, "Index", 7);
	d = val_put_obj(ctx.arena, arr, NULL);
	val_put_str(ctx.arena, d, "DevicePath", "/dev/nvme10n12");
	val_put_str(ctx.arena, d, "SerialNumber", "\xe6\x97\xa5\xe6\x9c\xac");
	val_put_u64(ctx.arena, d, "NameSpace", 4294967295u);
	val_put_str(ctx.arena, d, "UsedBytes", NULL);
	val_put_u64(ctx.arena, d, "PhysicalSize", 999999999999u);
	val_put_u64(ctx.arena, d, "SectorSize", 4096);
	val_put_u64(ctx.arena, d, "MetadataSize", 64);
	val_put_str(ctx.arena, d, "Firmware", "");
	val_put_u64(ctx.arena, d, "Index", 123);
	return v;
}

static const char table_text[] =
	"Node            SN            Namespace   Usage                    Format          FW Rev\n"
	"--------------  ------------  ----------  -----------------------  --------------  ------\n"
	"/dev/nvme0n1    h\xc3\xa9llo\\x1b[0m  0x1           4.00  GB /   8.00  GB  512   B +  0 B  1.0\n"
	"/dev/nvme10n12  \xe6\x97\xa5\xe6\x9c\xac          0xffffffff       -     /   1.00  TB    4 KiB + 64 "
	"B  -\n";

static void test_table(void **state)
{
	static const char *const chosen[] = { "index", "size", "node", NULL };
	struct fmt_opts o = options();

	(void)state;
	o.layout = &table;
	assert_text(render("normal", devices(), &o), table_text);
	o.headings = false;
	o.columns = chosen;
	assert_text(render("normal", devices(), &o),
		    "  7  8.00 GB  /dev/nvme0n1\n123  1.00 TB  /dev/nvme10n12\n");
}

/* Valid characters that no terminal gives a width: line separator, unassigned, private use, combining. */
static void test_table_odd_characters(void **state)
{
	static const char *const odd[] = { "\xe2\x80\xa8", "\xcd\xb8", "\xee\x80\x80", "a\xcc\x81", "\xf4\x8f\xbf\xbf",
					   "\xe2\x80\x8b", "\xef\xbf\xbf", "\xe2\x80\xae" };
	struct fmt_opts o = options();

	(void)state;
	o.layout = &table;
	alarm(20);
	for (size_t i = 0; i < NELEMS(odd); i++) {
		struct val *v = devices();
		struct val *sn = val_get(val_get(v, "Devices")->c.first, "SerialNumber");

		sn->s.p = odd[i];
		sn->s.len = strlen(odd[i]);
		if (i == 4)
			assert_has(render("normal", v, &o), "/dev/nvme0n1    \\xf4\\x8f\\xbf\\xbf  0x1 ");
		assert_has(render("normal", v, &o), "  0x1           4.00  GB /   8.00  GB  512   B +  0 B  1.0\n");
	}
	alarm(0);
}

static void test_table_empty(void **state)
{
	struct fmt_opts o = options();
	struct val *v = val_new(ctx.arena, VAL_OBJ);

	(void)state;
	o.layout = &table;
	val_put_arr(ctx.arena, v, "Devices");
	assert_text(render("normal", v, &o), "Node  SN      Namespace  Usage  Format  FW Rev\n"
					     "----  ------  ---------  -----  ------  ------\n");
	o.headings = false;
	assert_text(render("normal", v, &o), "");
}

/* Neither the user's locale nor the terminal decides about a byte of the output. */
static void test_locale(void **state)
{
	static const char *const locales[] = { "C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8" };
	struct fmt_opts o = options(), lines = options();
	const char *json = render("json", sample(140), &lines), *text = render("normal", sample(140), &lines);

	(void)state;
	o.layout = &table;
	setenv("COLUMNS", "20", 1);
	for (size_t i = 0; i < NELEMS(locales); i++) {
		setlocale(LC_ALL, locales[i]);
		setenv("LC_ALL", locales[i], 1);
		assert_text(render("normal", devices(), &o), table_text);
		assert_text(render("json", sample(140), &lines), json);
		assert_text(render("normal", sample(140), &lines), text);
	}
	setlocale(LC_ALL, "C");
	unsetenv("LC_ALL");
	unsetenv("COLUMNS");
}

static void test_tree(void **state)
{
	static const struct tree_level levels[] = {
		{ "Subsystems", "{Name} - NQN={NQN}[\n               iopolicy={IOPolicy}]" },
		{ "Paths", "{Name} {Transport} {Address} {State}[ {ANAState}]" },
	};
	static const struct layout tree = { .kind = LAY_TREE, .levels = levels, .nlevels = NELEMS(levels) };
	struct fmt_opts o = options();
	struct val *v = val_new(ctx.arena, VAL_OBJ), *subs = val_put_arr(ctx.arena, v, "Subsystems"), *s,
		   *paths, *p;

	(void)state;
	o.layout = &tree;
	s = val_put_obj(ctx.arena, subs, NULL);
	val_put_str(ctx.arena, s, "Name", "nvme-subsys0");
	val_put_str(ctx.arena, s, "NQN", "nqn.x\n");
	val_put_str(ctx.arena, s, "IOPolicy", "numa");
	paths = val_put_arr(ctx.arena, s, "Paths");
	for (int i = 0; i < 2; i++) {
		p = val_put_obj(ctx.arena, paths, NULL);
		val_put_str(ctx.arena, p, "Name", i ? "nvme1" : "nvme0");
		val_put_str(ctx.arena, p, "Transport", "pcie");
		val_put_str(ctx.arena, p, "Address", "0000:01:00.0");
		val_put_str(ctx.arena, p, "State", "live");
		val_put_str(ctx.arena, p, "ANAState", i ? NULL : "optimized");
	}
	s = val_put_obj(ctx.arena, subs, NULL);
	val_put_str(ctx.arena, s, "Name", "nvme-subsys1");
	val_put_str(ctx.arena, s, "NQN", "nqn.y");
	assert_text(render("normal", v, &o), "nvme-subsys0 - NQN=nqn.x\\x0a\n"
					     "               iopolicy=numa\n"
					     "\\\n"
					     " +- nvme0 pcie 0000:01:00.0 live optimized\n"
					     " +- nvme1 pcie 0000:01:00.0 live\n"
					     "\n"
					     "nvme-subsys1 - NQN=nqn.y\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLE_TEST(test_text),
		SAMPLE_TEST(test_text_verbose),
		SAMPLE_TEST(test_text_plain_and_labels),
		SAMPLE_TEST(test_text_cut),
		SAMPLE_TEST(test_text_arrays),
		SAMPLE_TEST(test_text_pairs_wrap),
		SAMPLE_TEST(test_text_times),
		SAMPLE_TEST(test_text_set_flags),
		SAMPLE_TEST(test_text_lists_side_by_side),
		SAMPLE_TEST(test_text_prose_and_title),
		SAMPLE_TEST(test_text_dump),
		SAMPLE_TEST(test_table),
		SAMPLE_TEST(test_table_odd_characters),
		SAMPLE_TEST(test_table_empty),
		SAMPLE_TEST(test_locale),
		SAMPLE_TEST(test_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
