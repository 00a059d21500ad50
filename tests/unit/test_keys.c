/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The keys of JSON that a table leads to, and how places are told. */
#include "unit.h"

#include "cli/keys.h"

static const struct name colours[] = { { 1, "red", "Red" } };
static const struct field bits[] = {
	{ "lo", "Low", BITS(3, 0) },
	{ "split", "Split", BITS(6, 5), UPPER_BITS(9, 8) },
	{ "byte", "A whole byte of it", BITS(15, 8) },
	{ "hue", "Hue", BIT(4), ENUM_OF(colours) },
};
static const struct field element[] = {
	{ "ds", "Data Size", BYTE(0), .show = SHOW_POW2, .unit = "bytes" },
	{ "v", "Value", BYTES(2, 1), .flags = F_NULLABLE },
};
static const struct field scalar[] = { { NULL, NULL, BYTES(1, 0) } };
static const struct field number[] = { { "data", "Data", BYTE(8) } };
static const struct field text[] = { { "data", "Data", BYTES(15, 8), .kind = K_STR } };
static const struct sel_case cases[] = { CASE(1, number), CASE(2, text) };
static const struct sel records = { "n", cases, 2, { 0 } };
static const struct field rows[] = {
	{ "n", "Number", BYTE(0) },
	{ "b", "Bits", BYTES(2, 1), BITS_OF(bits) },
	{ "t", "Temperature", BYTE(3), .show = SHOW_KELVIN },
	{ "e", "Elements", BYTES(6, 4), ARRAY_OF(element), .slot = "no", .count = CONST(1) },
	{ NULL, NULL, BYTE(7), .kind = K_RSVD },
	{ NULL, NULL, BYTES(15, 8), .kind = K_SWITCH, .sel = &records },
	{ "w", "Words", FROM_BYTE(16), ARRAY_OF(scalar) },
};
static const struct spec spec = { .name = "test", .size = 16, FIELDS(rows) };

struct seen {
	struct arena *a;
	const char *lines;
};

static void note(void *arg, const struct key *k)
{
	struct seen *s = arg;

	s->lines = arena_printf(s->a, "%s%s %s %u%s%s [%s]\n", s->lines, k->path, k->type, k->depth,
				k->derived ? " derived" : "", k->chosen ? " chosen" : "",
				k->derived ? "" : key_place(s->a, k));
}

static void test_keys(void **state)
{
	struct seen s = { arena_new(), "" };

	(void)state;
	spec_keys(s.a, &spec, note, &s);
	assert_string_equal(s.lines, ".n integer 1 [byte 0]\n"
				     ".b integer 1 [bytes 2:1]\n"
				     ".b_bits object 1 derived []\n"
				     ".b_bits.lo integer 2 [bits 3:0]\n"
				     ".b_bits.split integer 2 [bits 9:8 and 6:5]\n"
				     ".b_bits.byte integer 2 [bits 15:8]\n"
				     ".b_bits.hue integer 2 [bit 4]\n"
				     ".b_bits.hue_name string 2 derived []\n"
				     ".t integer 1 [byte 3]\n"
				     ".t_celsius integer 1 derived []\n"
				     ".e array 1 [bytes 6:4]\n"
				     ".e[].no integer 2 []\n"
				     ".e[].ds integer 2 [byte 0]\n"
				     ".e[].ds_bytes integer 2 derived []\n"
				     ".e[].v integer|null 2 [bytes 2:1]\n"
				     ".data integer 1 chosen [byte 8]\n"
				     ".data string 1 chosen [bytes 15:8]\n"
				     ".w array 1 [from byte 16]\n"
				     ".w[] integer 2 [bytes 1:0]\n");
	arena_free(s.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_keys) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
