/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What must hold for every table there is; a new one is tested without asking for it. */
#include "unit.h"

#include <sys/types.h>

#include "core/ctx.h"
#include "cmd/cmd.h"
#include "spec/spec.h"

static uint32_t seed = 1;

static uint8_t random_byte(void)
{
	seed = seed * 1664525 + 1013904223;
	return (uint8_t)(seed >> 24);
}

/* Each structure has bytes of its own, whatever stands before it in the list. */
static void seed_for(const struct spec *s)
{
	seed = 2166136261u;
	for (const char *p = s->name; *p; p++)
		seed = (seed ^ (uint8_t)*p) * 16777619u;
}

static size_t buffer_size(const struct spec *s)
{
	size_t extent = fields_extent(s->fields, s->nfields);

	return (extent > s->size ? extent : s->size) + 64;
}

static void test_lint(void **state)
{
	int defects = 0;

	(void)state;
	for (const struct spec *const *s = specs; *s; s++)
		defects += spec_lint(*s, stderr);
	for (const struct cmd *const *c = cmds; *c; c++) {
		if ((*c)->out)
			defects += spec_lint((*c)->out, stderr);
	}
	assert_int_equal(defects, 0);
}

static void decode_prefixes(const struct spec *s, const uint8_t *b, size_t size, size_t step)
{
	for (size_t len = 0; len <= size; len += step) {
		uint8_t *p = exact_copy(b, len);
		struct arena *a = arena_new();
		struct val *v = spec_decode(a, s, p, len);

		if (len < s->size && !s->rows && !(v->flags & VAL_CUT))
			fail_msg("%s: %zu of %u bytes are not marked as cut off", s->name, len, s->size);
		free(p);
		arena_free(a);
	}
}

/* Every length, with bytes that make counts and lengths as wrong as they can be. */
static void test_every_length(void **state)
{
	(void)state;
	for (const struct spec *const *s = specs; *s; s++) {
		size_t size = buffer_size(*s);
		uint8_t *b = malloc(size);

		assert_non_null(b);
		seed_for(*s);
		memset(b, 0xff, size);
		decode_prefixes(*s, b, size, 1);
		memset(b, 0x01, size);
		decode_prefixes(*s, b, size, size > 8192 ? 61 : 7);
		for (int round = 0; round < 4; round++) {
			for (size_t i = 0; i < size; i++)
				b[i] = random_byte() & (round & 1 ? 0x03 : 0xff);
			decode_prefixes(*s, b, size, size > 1024 ? 37 : 3);
		}
		free(b);
	}
}

static void same(const char *name, const struct val *x, const struct val *y)
{
	if (x->type != y->type)
		fail_msg("%s: %s changes its type", name, x->key ? x->key : "element");
	switch (x->type) {
	case VAL_OBJ:
	case VAL_ARR: {
		const struct val *b = y->c.first;

		if (x->c.n != y->c.n)
			fail_msg("%s: %s has %zu members, then %zu", name, x->key ? x->key : "root", x->c.n, y->c.n);
		for (const struct val *a = x->c.first; a; a = a->next, b = b->next)
			same(name, a, b);
		break;
	}
	case VAL_STR:
	case VAL_BYTES:
		if (x->s.len != y->s.len || memcmp(x->s.p, y->s.p, x->s.len) != 0)
			fail_msg("%s: the bytes of %s differ", name, x->key ? x->key : "element");
		break;
	case VAL_U128:
		if (val_wide(x) != val_wide(y))
			fail_msg("%s: %s differs", name, x->key ? x->key : "element");
		break;
	default:
		if (x->u != y->u)
			fail_msg("%s: %s is %llu, then %llu", name, x->key ? x->key : "element",
				 (unsigned long long)x->u, (unsigned long long)y->u);
	}
}

static bool identity(const struct spec *s, const uint8_t *b, size_t size)
{
	struct arena *a = arena_new();
	struct val *first = spec_decode(a, s, b, size), *second;
	uint8_t *out = calloc(1, size);
	const char *why = "?";
	bool whole = !(first->flags & VAL_CUT);

	assert_non_null(out);
	if (whole) {
		if (spec_encode(a, s, first, out, size, &why) < 0)
			fail_msg("%s cannot be encoded: %s", s->name, why);
		second = spec_decode(a, s, out, size);
		same(s->name, first, second);
	}
	free(out);
	arena_free(a);
	return whole;
}

/* encode is the inverse of decode, for every structure that is whole. */
static void test_identity(void **state)
{
	(void)state;
	for (const struct spec *const *s = specs; *s; s++) {
		size_t size = (*s)->size, whole = 0;
		uint8_t *b;

		/* Lists without a fixed size get room for some elements. */
		if (size < 64 || (*s)->rows)
			size = 4096;
		b = calloc(1, size);
		assert_non_null(b);
		whole += identity(*s, b, size);
		seed_for(*s);
		/* Random counts rarely fit the buffer: go on until they have once. */
		for (int round = 0; round < 50 || (!whole && round < 5000); round++) {
			size_t sparse = (size_t)1 << round % 8;

			for (size_t i = 0; i < size; i++)
				b[i] = random_byte() % sparse ? 0 : random_byte();
			whole += identity(*s, b, size);
		}
		if (!whole)
			fail_msg("%s was never decoded whole", (*s)->name);
		free(b);
	}
}

static void test_registries(void **state)
{
	(void)state;
	for (size_t i = 0; i < nlogpages; i++) {
		const struct logpage *p = &logpages[i];

		assert_non_null(p->name);
		if (p->spec)
			assert_ptr_equal(spec_by_name(p->spec->name), p->spec);
		assert_ptr_equal(logpage_by_name(p->name), p);
		assert_non_null(logpage_by_id(p->lid, p->csi == 0xff ? 0 : p->csi));
	}
	for (size_t i = 0; i < nidentifies; i++) {
		assert_ptr_equal(spec_by_name(identifies[i].spec->name), identifies[i].spec);
		assert_non_null(identify_by_cns(identifies[i].cns, identifies[i].csi == 0xff ? 0 : identifies[i].csi));
	}
	for (const struct spec *const *s = specs; *s; s++) {
		for (const struct spec *const *t = specs; t != s; t++)
			assert_string_not_equal((*s)->name, (*t)->name);
	}
	assert_null(spec_by_name("no-such-structure"));
	assert_null(logpage_by_name("no-such-page"));
	assert_null(cmd_by_name("no-such-command"));
	for (const struct cmd *const *c = cmds; *c; c++)
		assert_ptr_equal(cmd_by_name((*c)->name), *c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lint),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_registries),
	};

	return cmocka_run_group_tests_name("specs", tests, NULL, NULL);
}
