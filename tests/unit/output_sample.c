/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output_sample.h"

static const struct name colours[] = { { 0, "red", "Deep Red" }, { 1, "green", "Light Green" } };
static const struct name on_off[] = { { 0, "off", "Off" }, { 1, "on", "On" } };

static const struct field caps_bits[] = {
	{ "alpha", "Alpha Command", BIT(0), SUPPORTED },
	{ "beta", "Beta Mode", BIT(1), FLAG, NAMES(on_off) },
	{ "hue", "Hue", BITS(3, 2), ENUM_OF(colours) },
	{ "depth", "Queue Depth", BITS(7, 4) },
};
static const struct field fmt_rows[] = {
	{ "ms", "Metadata Size", BYTE(0) },
	{ "ds", "Data Size", BYTE(1), .show = SHOW_POW2, .unit = "bytes", .flags = F_ZERO_UNREPORTED },
	{ "in_use", "In Use", .kind = K_BOOL, .flags = F_DERIVED },
};
static const struct field sensor_rows[] = { { NULL, NULL, BYTES(1, 0), .show = SHOW_KELVIN } };
static const struct field inner_rows[] = { { "x", "Ex", BYTE(0) }, { "y", "Why", BYTE(1), ENUM_OF(colours) } };
static const struct field case_a[] = { { "speed", "Speed", BYTES(1, 0) } };
static const struct field case_b[] = { { "label", "Label", BYTES(1, 0), .kind = K_STR } };
static const struct sel_case kinds[] = { CASE(1, case_a), CASE(2, case_b) };
static const struct sel by_kind = { "kind", kinds, NELEMS(kinds), { 0 } };
static const struct by by_pscale = { "pscale", { 0, 100, 10000 } };

static const struct field rows[] = {
	{ "plain", "Plain Number", BYTE(0) },
	{ "caps", "Capabilities", BYTE(1), BITS_OF(caps_bits) },
	{ "temp", "Temperature", BYTES(3, 2), .show = SHOW_KELVIN, .flags = F_ZERO_UNREPORTED },
	{ "used", "Used", BYTE(4), .show = SHOW_PERCENT },
	{ "mdts", "Maximum Transfer", BYTE(5), .show = SHOW_POW2, .unit = "pages",
	  .flags = F_ZERO_UNREPORTED },
	{ "all", "All Ones", BYTES(7, 6), .scale = 10, .unit = "ms", .flags = F_ALL_ONES_UNREPORTED },
	{ "ver", "Version", BYTES(11, 8), .show = SHOW_VERSION },
	{ "vid", "Vendor", BYTES(13, 12), .show = SHOW_HEX },
	{ "oui", "Organisation", BYTES(16, 14), .show = SHOW_HEX0 },
	{ "pscale", "Power Scale", BYTE(17) },
	{ "power", "Power", BYTES(19, 18), .by = &by_pscale, .unit = "microwatts" },
	{ "mtfa", "Activation Time", BYTE(20), .scale = 100, .unit = "milliseconds" },
	{ "elpe", "Log Entries", BYTE(21), .bias = 1, .unit = "entries" },
	{ "type", "Type", BYTE(22), ENUM_OF(colours) },
	{ "hours", "Hours", BYTE(23), .unit = "hours" },
	{ "written", "Data Written", BYTES(39, 24), .kind = K_U128, .show = SHOW_SI, .scale = 512000,
	  .unit = "bytes" },
	{ "sn", "Serial Number", BYTES(47, 40), .kind = K_STR },
	{ "uuid", "UUID", BYTES(63, 48), .kind = K_UUID },
	{ "eui64", "EUI", BYTES(71, 64), .kind = K_HEX },
	{ "nfmt", "Formats", BYTE(72), .flags = F_QUIET },
	{ "fmts", "Format", BYTES(83, 76), ARRAY_OF(fmt_rows), .count = FROM("nfmt", 1, 1),
	  .stride = CONST(2), .slot = "fmt" },
	{ "sensors", "Sensors", BYTES(91, 84), ARRAY_OF(sensor_rows), .count = CONST(4) },
	{ "inner", "Inner", BYTES(95, 92), STRUCT_OF(inner_rows) },
	{ "kind", "Kind", BYTE(96) },
	{ NULL, NULL, BYTES(99, 98), .kind = K_SWITCH, .sel = &by_kind },
	{ "vs", "Vendor Specific", BYTES(139, 100), .kind = K_HEX, .flags = F_VENDOR },
};

static void mark_in_use(struct arena *ar, struct val *root)
{
	const struct val *list = val_get(root, "fmts");
	unsigned i = 0;

	if (!list)
		return;
	val_for_each(el, list)
		val_put_bool(ar, el, "in_use", i++ == 1)->field = &fmt_rows[2];
}

static const struct spec everything = { "everything", "Everything", "A test, figure 1",
					.size = 140,  FIELDS(rows), .fixup = mark_in_use };
const struct cmd cmd_everything = { .name = "everything-log", .brief = "Show everything", .out = &everything };

struct ctx ctx;

int sample_setup(void **state)
{
	(void)state;
	ctx_init(&ctx);
	return 0;
}

int sample_teardown(void **state)
{
	(void)state;
	ctx_done(&ctx);
	return 0;
}

static void fill_sample(uint8_t b[SAMPLE_SIZE])
{
	static const uint8_t head[] = { 7,    0x56, 0x43, 0x01, 105, 5,  0xff, 0xff, 0x00, 0x04, 0x01, 0x00,
					0x36, 0x1b, 0x54, 0x52, 0,   1,  0xc4, 0x09, 5,    63,   1,    12 };

	memset(b, 0, SAMPLE_SIZE);
	memcpy(b, head, sizeof(head));
	memset(b + 24, 0xff, 16);
	memcpy(b + 40, "S/N\"1   ", 8);
	for (int i = 0; i < 24; i++)
		b[48 + i] = (uint8_t)(i * 11);
	b[72] = 2;
	memcpy(b + 76, "\x00\x09\x08\x0c\x40\x00", 6);
	memcpy(b + 84, "\x2c\x01\x00\x00\x2d\x01\x2e\x01", 8);
	b[92] = 3;
	b[93] = 9;
	b[96] = 1;
	b[98] = 0x34;
	b[99] = 0x12;
	b[139] = 'z';
}

struct val *sample_of(const void *bytes, size_t len)
{
	uint8_t *p = exact_copy(bytes, len);
	struct val *v = spec_decode(ctx.arena, &everything, p, len);

	free(p);
	return v;
}

struct val *sample(size_t len)
{
	uint8_t b[SAMPLE_SIZE];

	fill_sample(b);
	return sample_of(b, len);
}

struct fmt_opts options(void)
{
	return (struct fmt_opts){ .ctx = &ctx, .cmd = &cmd_everything, .headings = true };
}

char *render(const char *format, const struct val *v, const struct fmt_opts *o)
{
	char *buf = NULL, *copy;
	size_t len = 0;
	FILE *f = open_memstream(&buf, &len);

	assert_non_null(f);
	assert_int_equal(fmt_by_name(format)->print(f, v, o), 0);
	fclose(f);
	copy = arena_memdup(ctx.arena, buf, len + 1);
	free(buf);
	return copy;
}

void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in:\n%s", part, text);
}

void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' in:\n%s", part, text);
}

void assert_text(const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		fail_msg("got:\n%s\nwant:\n%s", got, want);
}

char *render_error(const struct error *e)
{
	struct fmt_opts o = options();
	char *buf = NULL, *copy;
	size_t len = 0;
	FILE *f = open_memstream(&buf, &len);

	assert_non_null(f);
	assert_int_equal(fmt_by_name("json")->print_error(f, e, &o), 0);
	fclose(f);
	copy = arena_strdup(ctx.arena, buf);
	free(buf);
	return copy;
}

const struct error plain_error = { XC_PERM, EACCES, -1, "cannot open \"/dev/nvme0\": \x1b no", "be root",
					  "/dev/nvme0" };
const struct error status_error = { XC_STATUS, 0, 0x4002, "Identify failed", NULL, NULL };
