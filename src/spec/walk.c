/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "spec/walk.h"

#include <string.h>

#include "spec/spec.h"

static uint64_t read_bits(const uint8_t *p, size_t off, size_t len)
{
	uint64_t v = 0;
	size_t done = 0;

	while (done < len) {
		size_t bit = off + done, in_byte = bit % 8, take = 8 - in_byte;

		if (take > len - done)
			take = len - done;
		v |= (uint64_t)(p[bit / 8] >> in_byte & ((1u << take) - 1)) << done;
		done += take;
	}
	return v;
}

static void write_bits(uint8_t *p, size_t off, size_t len, uint64_t v)
{
	size_t done = 0;

	while (done < len) {
		size_t bit = off + done, in_byte = bit % 8, take = 8 - in_byte;
		unsigned mask;

		if (take > len - done)
			take = len - done;
		mask = ((1u << take) - 1) << in_byte;
		p[bit / 8] = (uint8_t)((p[bit / 8] & ~mask) | ((unsigned)(v >> done) << in_byte & mask));
		done += take;
	}
}

static uint64_t swapped(uint64_t v, size_t bits)
{
	return bits && bits <= 64 ? __builtin_bswap64(v) >> (64 - bits) : v;
}

uint64_t field_read(const struct field *f, const uint8_t *buf, size_t base)
{
	uint64_t v = read_bits(buf, base + f->off, f->len);

	if (f->flags & F_BIG_ENDIAN)
		v = swapped(v, f->len);
	if (f->hi_len)
		v |= read_bits(buf, base + f->hi_off, f->hi_len) << f->len;
	return v;
}

void field_write(const struct field *f, uint8_t *buf, size_t base, uint64_t v)
{
	if (f->flags & F_BIG_ENDIAN)
		v = swapped(v, f->len);
	write_bits(buf, base + f->off, f->len, v);
	if (f->hi_len)
		write_bits(buf, base + f->hi_off, f->hi_len, v >> f->len);
}

static const struct field *find_row(const struct field *rows, size_t n, const char *name, size_t len)
{
	for (size_t i = 0; i < n; i++) {
		if (rows[i].name && strlen(rows[i].name) == len && memcmp(rows[i].name, name, len) == 0)
			return &rows[i];
	}
	return NULL;
}

static bool row_read(const struct field *f, size_t base, const struct bitbuf *b, uint64_t *out)
{
	if (!f->len || f->len + f->hi_len > 64 || base + f->off + f->len > b->bits)
		return false;
	if (f->hi_len && base + f->hi_off + f->hi_len > b->bits)
		return false;
	*out = field_read(f, b->p, base);
	return true;
}

bool path_read(const char *path, const struct scope *s, const struct bitbuf *b, uint64_t *out)
{
	size_t len = strcspn(path, ".");

	for (; s; s = s->up) {
		const struct field *f = find_row(s->rows, s->n, path, len);
		size_t base = s->base;

		if (!f)
			continue;
		while (path[len] == '.') {
			path += len + 1;
			len = strcspn(path, ".");
			base += f->off;
			f = find_row(f->sub, f->nsub, path, len);
			if (!f)
				return false;
		}
		return row_read(f, base, b, out);
	}
	return false;
}

bool ref_eval(const struct ref *r, const struct scope *s, const struct bitbuf *b, uint64_t *out)
{
	uint64_t v = 0, more = 0;
	int64_t sum;

	if (r->field && !path_read(r->field, s, b, &v))
		return false;
	if (r->plus && !path_read(r->plus, s, b, &more))
		return false;
	/* No structure holds more than 2^32 of anything; larger claims saturate before the arithmetic. */
	if (v > UINT32_MAX)
		v = UINT32_MAX;
	if (more > UINT32_MAX)
		more = UINT32_MAX;
	sum = (int64_t)(v * r->mul + more) + r->add;
	*out = sum < 0 ? 0 : (uint64_t)sum;
	return true;
}

const struct sel_case *sel_pick(const struct sel *sel, uint64_t v)
{
	for (size_t i = 0; i < sel->ncases; i++) {
		const struct sel_case *c = &sel->cases[i];

		if (v == c->val || (c->last && v >= c->val && v <= c->last))
			return c;
	}
	return sel->other.fields ? &sel->other : NULL;
}

size_t elem_bits(const struct field *f)
{
	if (ref_set(&f->stride))
		return f->stride.field ? 0 : (size_t)f->stride.add * 8;
	if (elem_is_scalar(f))
		return f->sub[0].len;
	return fields_extent(f->sub, f->nsub) * 8;
}

bool bits_zero(const struct bitbuf *b, size_t off, size_t len)
{
	while (len) {
		size_t take = len > 64 ? 64 : len;

		if (read_bits(b->p, off, take))
			return false;
		off += take;
		len -= take;
	}
	return true;
}
