/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The hard cases of the table engine, each on a small structure of its own. */
#include "unit.h"

#include <errno.h>
#include <sys/types.h>

#include "spec/spec.h"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static struct val *decode(const struct spec *s, const void *bytes, size_t len)
{
	uint8_t *p = exact_copy(bytes, len);
	struct val *v = spec_decode(a, s, p, len);

	free(p);
	return v;
}

static struct val *at(const struct val *arr, size_t i)
{
	struct val *v = arr->c.first;

	while (v && i--)
		v = v->next;
	assert_non_null(v);
	return v;
}

/* --- split fields, enums, flags, bits -------------------------------------------------- */

static const struct name speeds[] = { { 0, "slow", "Slow" }, { 2, "fast", "Fast" } };
static const struct field flbas_bits[] = {
	{ "index", "Format index", BITS(3, 0), UPPER_BITS(6, 5) },
	{ "ext", "Metadata at the end", BIT(4), FLAG },
	RSVD_BITS(7, 7),
};
static const struct field split_rows[] = {
	{ "flbas", "Formatted size", BYTE(0), BITS_OF(flbas_bits) },
	{ "speed", "Speed", BYTE(1), ENUM_OF(speeds) },
	{ "wide", "Wide", BYTES(17, 2), .kind = K_U128 },
	{ "sn", "Serial", BYTES(21, 18), .kind = K_STR },
	{ "id", "Identifier", BYTES(25, 22), .kind = K_HEX },
	{ "uuid", "UUID", BYTES(41, 26), .kind = K_UUID },
};
static const struct spec split_spec = { "split", "Split", NULL, 42, 1, FIELDS(split_rows) };

static void test_scalars(void **state)
{
	uint8_t b[42] = { 0x75, 2 };
	struct val *v;

	(void)state;
	memset(b + 2, 0xff, 16);
	memcpy(b + 18, "AB  ", 4);
	memcpy(b + 22, "\x00\x25\x38\xaa", 4);
	for (int i = 0; i < 16; i++)
		b[26 + i] = (uint8_t)(i * 17);
	v = decode(&split_spec, b, sizeof(b));
	assert_true(val_u64(v, "flbas", 0) == 0x75);
	assert_true(val_u64(v, "flbas.index", 0) == 0x35); /* 5 | 3 << 4 */
	assert_true(val_u64(v, "flbas.ext", 0) == 1);
	assert_true(val_u64(v, "speed", 0) == 2);
	assert_true(val_wide(val_get(v, "wide")) == ~(u128)0);
	assert_string_equal(val_str(a, v, "sn"), "AB");
	assert_int_equal(val_get(v, "id")->type, VAL_BYTES);
	assert_memory_equal(val_get(v, "id")->s.p, "\x00\x25\x38\xaa", 4);
	assert_string_equal(val_str(a, v, "uuid"), "00112233-4455-6677-8899-aabbccddeeff");
	assert_int_equal(v->flags & VAL_CUT, 0);
}

/* --- TLV list, records by type ----------------------------------------------------------- */

static const struct field eui_rows[] = { { "eui64", "EUI-64", BYTES(7, 0), .kind = K_HEX } };
static const struct field csi_rows[] = { { "csi", "Command set", BYTE(0) } };
static const struct field other_rows[] = { { "raw", "Unknown", FROM_BYTE(0), .kind = K_HEX } };
static const struct sel_case tlv_cases[] = { CASE(1, eui_rows), CASE(4, csi_rows) };
static const struct sel tlv_sel = { "nidt", tlv_cases, 2, CASE(0, other_rows) };
static const struct field tlv_rows[] = {
	{ "nidt", "Type", BYTE(0) },
	{ "nidl", "Length", BYTE(1) },
	RSVD_BYTES(3, 2),
	{ "payload", "Identifier", FROM_BYTE(4), .kind = K_SWITCH, .sel = &tlv_sel, .bytes = FROM("nidl", 1, 0) },
};
static const struct field tlv_list[] = {
	{ "descs", "Descriptors", FROM_BYTE(0), ARRAY_OF(tlv_rows), .stride = FROM("nidl", 1, 4), .stop = "nidt" },
};
static const struct spec tlv_spec = { "tlv", "List", NULL, 64, 1, FIELDS(tlv_list), .rows = true };

static void test_tlv(void **state)
{
	uint8_t b[64] = { 1, 8, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 4, 1, 0, 0, 2, 9, 3, 0, 0, 0xaa, 0xbb, 0xcc };
	struct val *v = decode(&tlv_spec, b, sizeof(b)), *d = val_get(v, "descs");

	(void)state;
	assert_int_equal(d->c.n, 3);
	assert_memory_equal(val_get(at(d, 0), "eui64")->s.p, "\1\2\3\4\5\6\7\10", 8);
	assert_true(val_u64(at(d, 1), "csi", 0) == 2);
	assert_int_equal(val_get(at(d, 2), "raw")->s.len, 3);
	assert_int_equal(v->flags & VAL_CUT, 0);
	/* A length that reaches past the end: what is there is shown and marked. */
	b[1] = 200;
	v = decode(&tlv_spec, b, sizeof(b));
	assert_int_equal(val_get(v, "descs")->c.n, 1);
	assert_true(v->flags & VAL_CUT);
	/* A length too short for its type. */
	b[1] = 3;
	v = decode(&tlv_spec, b, sizeof(b));
	assert_null(val_get(at(val_get(v, "descs"), 0), "eui64"));
	assert_true(v->flags & VAL_CUT);
}

/* --- counted arrays, nested, lying counts; slots ------------------------------------------ */

static const struct field nsid_row[] = { { NULL, NULL, BYTES(3, 0) } };
static const struct field group_rows[] = {
	{ "grpid", "Group", BYTES(3, 0) },
	{ "nnsids", "Namespaces", BYTES(7, 4) },
	{ "nsids", "List", FROM_BYTE(8), ARRAY_OF(nsid_row), .count = FROM("nnsids", 1, 0) },
};
static const struct field groups_rows[] = {
	{ "ngrps", "Groups", BYTES(1, 0) },
	RSVD_BYTES(3, 2),
	{ "groups", "Groups", FROM_BYTE(4), ARRAY_OF(group_rows), .count = FROM("ngrps", 1, 0),
	  .stride = FROM("nnsids", 4, 8) },
};
static const struct spec groups_spec = { "groups", "Groups", NULL, 4, 1, FIELDS(groups_rows) };

static void test_counted(void **state)
{
	uint8_t b[] = { 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0 };
	struct val *v = decode(&groups_spec, b, sizeof(b)), *g = val_get(v, "groups");

	(void)state;
	assert_int_equal(g->c.n, 2);
	assert_int_equal(val_get(at(g, 0), "nsids")->c.n, 2);
	assert_true(at(val_get(at(g, 0), "nsids"), 1)->u == 8);
	assert_true(val_u64(at(g, 1), "grpid", 0) == 5);
	assert_int_equal(v->flags & VAL_CUT, 0);
	/* Counts that lie, at both levels: bounded by what is there. */
	b[0] = b[1] = 0xff;
	memset(b + 8, 0xff, 4);
	v = decode(&groups_spec, b, sizeof(b));
	assert_int_equal(val_get(v, "groups")->c.n, 1);
	assert_int_equal(val_get(at(val_get(v, "groups"), 0), "nsids")->c.n, 4);
	assert_true(v->flags & VAL_CUT);
}

static const struct field sensor_row[] = { { "temperature", "Temperature", BYTES(1, 0), .show = SHOW_KELVIN } };
static const struct field slots_rows[] = {
	{ "n", "Count", BYTE(0), .bias = 1 },
	{ "more", "More", BYTE(1) },
	{ "sensors", "Sensors", BYTES(9, 2), ARRAY_OF(sensor_row), .slot = "sensor", .slot_base = 1, .flags = F_SKIP_ZERO },
	{ "fmts", "Formats", BYTES(17, 10), ARRAY_OF(csi_rows), .slot = "fmt", .count = FROM2("n", "more", 1) },
};
static const struct spec slots_spec = { "slots", "Slots", NULL, 18, 1, FIELDS(slots_rows) };

static void test_slots(void **state)
{
	uint8_t b[18] = { 1, 2, 0, 0, 0x43, 1, 0, 0, 0x44, 1, 9, 8, 7, 6, 5, 4, 3, 2 };
	struct val *v = decode(&slots_spec, b, sizeof(b)), *s = val_get(v, "sensors"), *f = val_get(v, "fmts");

	(void)state;
	assert_int_equal(s->c.n, 2); /* holes are absent, not the end */
	assert_true(val_u64(at(s, 0), "sensor", 0) == 2);
	assert_true(val_u64(at(s, 0), "temperature", 0) == 0x143);
	assert_true(val_u64(at(s, 1), "sensor", 0) == 4);
	assert_int_equal(f->c.n, 4); /* n + more + 1 */
	assert_true(val_u64(at(f, 3), "fmt", 9) == 3);
	/* More than the region holds: the region decides. */
	b[0] = 200;
	v = decode(&slots_spec, b, sizeof(b));
	assert_int_equal(val_get(v, "fmts")->c.n, 8);
	assert_int_equal(v->flags & VAL_CUT, 0);
}

/* --- truncation: every length of every structure here ------------------------------------- */

static const struct spec *const all[] = { &split_spec, &tlv_spec, &groups_spec, &slots_spec };

static void test_every_length(void **state)
{
	uint8_t b[64];

	(void)state;
	for (size_t k = 0; k < NELEMS(all); k++) {
		for (int fill = 0; fill < 256; fill += 15) {
			memset(b, fill, sizeof(b));
			for (size_t len = 0; len <= sizeof(b); len++) {
				struct val *v = decode(all[k], b, len);

				if (!all[k]->rows && len < all[k]->size)
					assert_true(v->flags & VAL_CUT);
			}
		}
	}
}

/* --- encode -------------------------------------------------------------------------------- */

static void round_trip(const struct spec *s, const uint8_t *b, size_t len)
{
	struct val *v = decode(s, b, len);
	uint8_t *out = calloc(1, len);
	const char *why = NULL;
	ssize_t n;

	assert_non_null(out);
	n = spec_encode(a, s, v, out, len, &why);
	if (n < 0)
		fail_msg("%s: %s", s->name, why);
	assert_memory_equal(out, b, len);
	free(out);
}

static void test_round_trips(void **state)
{
	static const uint8_t tlv[24] = { 1, 8, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 4, 1, 0, 0, 2, 9, 3, 0, 0, 0xaa, 0xbb, 0xcc };
	static const uint8_t groups[] = { 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0 };
	static const uint8_t slots[18] = { 1, 2, 0, 0, 0x43, 1, 0, 0, 0x44, 1, 9, 8, 7, 6, 0, 0, 0, 0 };
	uint8_t split[42];

	(void)state;
	for (size_t i = 0; i < sizeof(split); i++)
		split[i] = (uint8_t)(i * 37 + 1);
	split[0] &= 0x7f;
	round_trip(&split_spec, split, sizeof(split));
	round_trip(&tlv_spec, tlv, sizeof(tlv));
	round_trip(&groups_spec, groups, sizeof(groups));
	round_trip(&slots_spec, slots, sizeof(slots));
}

static void test_encode_words(void **state)
{
	struct val *v = val_new(a, VAL_OBJ), *bits;
	uint8_t out[42] = { 0 };
	const char *why;

	(void)state;
	bits = val_put_obj(a, v, "flbas");
	val_put_u64(a, bits, "index", 0x35);
	val_put_str(a, v, "speed", "fast");
	val_put_str(a, v, "wide", "340282366920938463463374607431768211455");
	val_put_str(a, v, "sn", "X");
	val_put_str(a, v, "id", "0025-38AA");
	val_put_str(a, v, "uuid", "00112233-4455-6677-8899-aabbccddeeff");
	assert_int_equal(spec_encode(a, &split_spec, v, out, sizeof(out), &why), 42);
	assert_int_equal(out[0], 0x65);
	assert_int_equal(out[1], 2);
	assert_int_equal(out[17], 0xff);
	assert_memory_equal(out + 18, "X   ", 4);
	assert_memory_equal(out + 22, "\x00\x25\x38\xaa", 4);
	assert_int_equal(out[41], 0xff);
}

static void encode_fails(const char *key, struct val *bad, const char *expect)
{
	struct val *v = val_new(a, VAL_OBJ);
	uint8_t out[42];
	const char *why = NULL;

	val_add(v, key, bad);
	assert_true(spec_encode(a, &split_spec, v, out, sizeof(out), &why) < 0);
	assert_non_null(why);
	if (!strstr(why, expect))
		fail_msg("'%s' does not say '%s'", why, expect);
}

static struct val *str(const char *s)
{
	struct val *o = val_new(a, VAL_OBJ), *v = val_put_str(a, o, NULL, s);

	v->next = NULL;
	return v;
}

static struct val *num(uint64_t u)
{
	struct val *v = val_new(a, VAL_UINT);

	v->u = u;
	return v;
}

static void test_encode_refuses(void **state)
{
	struct val *v = val_new(a, VAL_OBJ);
	uint8_t out[8];
	const char *why;

	(void)state;
	encode_fails("nothing", num(1), "no field");
	encode_fails("speed", num(256), "too large");
	encode_fails("speed", str("warp"), "warp");
	encode_fails("sn", str("ABCDE"), "5 bytes where 4 fit");
	encode_fails("sn", num(5), "must be a string");
	encode_fails("id", str("xyz"), "hexadecimal");
	encode_fails("uuid", str("0011"), "UUID");
	encode_fails("speed", val_new(a, VAL_ARR), "must be a number");
	/* A buffer that is too small. */
	val_put_str(a, v, "sn", "ABCD");
	assert_true(spec_encode(a, &split_spec, v, out, sizeof(out), &why) < 0);
}

/* --- lint ---------------------------------------------------------------------------------- */

static int defects(const struct field *rows, size_t n, uint32_t size, const char *expect)
{
	struct spec s = { .name = "bad", .text = "Bad", .size = size, .fields = rows, .nfields = (uint16_t)n };
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	int d;

	assert_non_null(to);
	d = spec_lint(&s, to);
	fclose(to);
	if (expect && !strstr(text, expect))
		fail_msg("lint says '%s', not '%s'", text, expect);
	free(text);
	return d;
}

static void test_lint(void **state)
{
	static const struct field overlap[] = { { "a", "A", BYTES(1, 0) }, { "b", "B", BYTES(2, 1) } };
	static const struct field gap[] = { { "a", "A", BYTE(0) }, { "b", "B", BYTE(2) } };
	static const struct field order[] = { { "a", "A", BYTE(1) }, { "b", "B", BYTE(0) } };
	static const struct field twice[] = { { "a", "A", BYTE(0) }, { "a", "B", BYTE(1) } };
	static const struct field derived[] = { { "a", "A", BYTE(0), ENUM_OF(speeds) }, { "a_name", "B", BYTE(1) } };
	static const struct field noref[] = { { "a", "A", BYTE(0) },
					      { "l", "L", FROM_BYTE(1), ARRAY_OF(nsid_row), .count = FROM("b", 1, 0) } };
	static const struct field wide[] = { { "a", "A", BYTES(8, 0) } };
	static const struct field names[] = { { "a", "A", BIT(0), ENUM_OF(speeds) }, RSVD_BITS(7, 1) };
	static const struct field key[] = { { "a b", "A", BYTE(0) } };

	(void)state;
	assert_true(defects(overlap, 2, 3, "overlaps") > 0);
	assert_true(defects(gap, 2, 3, "belongs to no row") > 0);
	assert_true(defects(order, 2, 2, "out of order") > 0);
	assert_true(defects(twice, 2, 2, "stands twice") > 0);
	assert_true(defects(derived, 2, 2, "stands twice") > 0);
	assert_true(defects(noref, 2, 8, "leads nowhere") > 0);
	assert_true(defects(wide, 1, 9, "1 to 64 bits") > 0);
	assert_true(defects(names, 2, 1, "does not fit") > 0);
	assert_true(defects(key, 1, 1, "no legal key") > 0);
	assert_true(defects(gap, 1, 4, "end at byte") > 0);
	for (size_t k = 0; k < NELEMS(all); k++)
		assert_int_equal(spec_lint(all[k], stderr), 0);
}

static void test_bind(void **state)
{
	struct val *v = val_new(a, VAL_OBJ), *arr = val_put_arr(a, v, "groups"), *el = val_put_obj(a, arr, NULL);

	(void)state;
	val_put_u64(a, el, "grpid", 3);
	assert_null(spec_bind(&groups_spec, v));
	assert_ptr_equal(arr->field, &groups_rows[2]);
	assert_ptr_equal(val_get(el, "grpid")->field, &group_rows[0]);
	/* A key without a row is named. */
	v = val_new(a, VAL_OBJ);
	el = val_put_obj(a, val_put_arr(a, v, "groups"), NULL);
	val_put_u64(a, el, "stray", 3);
	assert_string_equal(spec_bind(&groups_spec, v), "stray");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_scalars, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tlv, setup, teardown),
		cmocka_unit_test_setup_teardown(test_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slots, setup, teardown),
		cmocka_unit_test_setup_teardown(test_every_length, setup, teardown),
		cmocka_unit_test_setup_teardown(test_round_trips, setup, teardown),
		cmocka_unit_test_setup_teardown(test_encode_words, setup, teardown),
		cmocka_unit_test_setup_teardown(test_encode_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lint, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bind, setup, teardown),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
