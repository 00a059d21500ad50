/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/val.h"

#include <string.h>

struct val *val_new(struct arena *a, enum val_type type)
{
	struct val *v = arena_alloc(a, sizeof(*v));

	v->type = (uint8_t)type;
	return v;
}

struct val *val_add(struct val *parent, const char *key, struct val *child)
{
	child->key = key;
	if (parent->c.last)
		parent->c.last->next = child;
	else
		parent->c.first = child;
	parent->c.last = child;
	parent->c.n++;
	return child;
}

struct val *val_put_obj(struct arena *a, struct val *parent, const char *key)
{
	return val_add(parent, key, val_new(a, VAL_OBJ));
}

struct val *val_put_arr(struct arena *a, struct val *parent, const char *key)
{
	return val_add(parent, key, val_new(a, VAL_ARR));
}

struct val *val_put_u64(struct arena *a, struct val *parent, const char *key, uint64_t u)
{
	struct val *v = val_add(parent, key, val_new(a, VAL_UINT));

	v->u = u;
	return v;
}

struct val *val_put_i64(struct arena *a, struct val *parent, const char *key, int64_t i)
{
	struct val *v = val_add(parent, key, val_new(a, VAL_INT));

	v->i = i;
	return v;
}

struct val *val_put_u128(struct arena *a, struct val *parent, const char *key, u128 w)
{
	struct val *v = val_add(parent, key, val_new(a, VAL_U128));

	v->w.lo = (uint64_t)w;
	v->w.hi = (uint64_t)(w >> 64);
	return v;
}

struct val *val_put_bool(struct arena *a, struct val *parent, const char *key, bool b)
{
	struct val *v = val_add(parent, key, val_new(a, VAL_BOOL));

	v->u = b;
	return v;
}

static struct val *put_copy(struct arena *a, struct val *parent, const char *key, enum val_type type,
			    const void *p, size_t n)
{
	struct val *v = val_add(parent, key, val_new(a, type));

	/* Text is used as a C string here and there, as what comes from files can be. */
	v->s.p = type == VAL_STR ? arena_strndup(a, p, n) : arena_memdup(a, p, n);
	v->s.len = n;
	return v;
}

struct val *val_put_str(struct arena *a, struct val *parent, const char *key, const char *s)
{
	if (!s)
		return val_add(parent, key, val_new(a, VAL_NULL));
	return put_copy(a, parent, key, VAL_STR, s, strlen(s));
}

struct val *val_put_bytes(struct arena *a, struct val *parent, const char *key, const void *p, size_t n)
{
	return put_copy(a, parent, key, VAL_BYTES, p, n);
}

static struct val *child(const struct val *obj, const char *key, size_t len)
{
	if (!obj || obj->type != VAL_OBJ)
		return NULL;
	val_for_each(it, obj) {
		if (it->key && strlen(it->key) == len && memcmp(it->key, key, len) == 0)
			return it;
	}
	return NULL;
}

struct val *val_get(const struct val *obj, const char *key)
{
	return child(obj, key, strlen(key));
}

struct val *val_path(const struct val *obj, const char *path)
{
	struct val *v = NULL;

	while (obj) {
		size_t len = strcspn(path, ".");

		v = child(obj, path, len);
		if (!v || path[len] == '\0')
			return v;
		path += len + 1;
		obj = v->type == VAL_UINT ? v->sub : v;
	}
	return NULL;
}

uint64_t val_u64(const struct val *obj, const char *path, uint64_t dflt)
{
	const struct val *v = val_path(obj, path);

	if (!v)
		return dflt;
	if (v->type == VAL_UINT || v->type == VAL_BOOL)
		return v->u;
	if (v->type == VAL_U128)
		return v->w.hi ? UINT64_MAX : v->w.lo;
	return dflt;
}

const char *val_str(struct arena *a, const struct val *obj, const char *path)
{
	const struct val *v = val_path(obj, path);
	size_t len;

	if (!v || v->type != VAL_STR)
		return "";
	len = strnlen(v->s.p, v->s.len);
	while (len && v->s.p[len - 1] == ' ')
		len--;
	return arena_strndup(a, v->s.p, len);
}
