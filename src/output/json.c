/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * One document per run. json-c builds and serialises; 128-bit integers, which it does not know, are
 * written by a serialiser of their own.
 */
#include <errno.h>
#include <json-c/json.h>
#include <json-c/printbuf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "core/error.h"
#include "output/out.h"
#include "spec/spec.h"

struct json {
	struct arena *a;
	bool plain;
};

static struct json_object *object_of(struct json *j, const struct val *obj, const struct around *up,
				     struct json_object *into);

static struct json_object *value_of(struct json *j, const struct val *v, const struct around *in);

static struct json_object *string_of(struct json *j, const struct val *v)
{
	const char *s = v->s.p;
	size_t len = v->s.len;

	/* SUBNQN and its like end with their first NUL (Base 2.1, section 4.7). */
	if (v->field && v->field->kind == K_STR && (v->field->flags & F_UTF8))
		len = strnlen(s, len);
	if (j->plain && (v->flags & VAL_PADDED)) {
		while (len && s[len - 1] == '\0')
			len--;
		return json_text(printable(j->a, s, len, false));
	}
	return json_text(printable(j->a, s, len, v->flags & VAL_PADDED));
}

static struct json_object *hex_of(struct json *j, const struct val *v)
{
	static const char hex[] = "0123456789abcdef";
	char *s = arena_alloc(j->a, 2 * v->s.len + 1), *q = s;

	for (size_t i = 0; i < v->s.len; i++) {
		*q++ = hex[(uint8_t)v->s.p[i] >> 4];
		*q++ = hex[(uint8_t)v->s.p[i] & 15];
	}
	return json_text(s);
}

/* The shortest of the texts that read back as the same number. */
static struct json_object *real_of(struct json *j, double d)
{
	const char *s = NULL;

	if (!isfinite(d))
		return NULL;
	for (int digits = 15; digits <= 17; digits++) {
		s = arena_printf(j->a, "%.*g", digits, d);
		if (strtod(s, NULL) == d)
			break;
	}
	return json_object_new_double_s(d, s);
}

/* --- arrays of very many objects: each is made when its turn to be written comes, and gone after that --- */

enum { MANY = 1000 };

struct many {
	struct json *j;
	const struct val *arr;
	const struct around *in;
};

/* json-c would begin at the margin; a line break within a text is escaped. */
static void put_indented(struct printbuf *pb, const char *s, int level)
{
	for (size_t n; *s; s += n) {
		n = strcspn(s, "\n") + (strchr(s, '\n') != NULL);
		printbuf_memappend(pb, s, (int)n);
		if (s[n - 1] == '\n')
			printbuf_memset(pb, -1, ' ', 2 * level);
	}
}

static int write_many(struct json_object *o, struct printbuf *pb, int level, int flags)
{
	const struct many *m = json_object_get_userdata(o);
	bool pretty = flags & JSON_C_TO_STRING_PRETTY, first = true;

	printbuf_strappend(pb, "[");
	val_for_each(v, m->arr) {
		struct json_object *element;
		const char *text;

		if (v->flags & VAL_HIDDEN)
			continue;
		if (!first)
			printbuf_strappend(pb, ",");
		first = false;
		if (pretty) {
			printbuf_strappend(pb, "\n");
			printbuf_memset(pb, -1, ' ', 2 * (level + 1));
		}
		element = value_of(m->j, v, m->in);
		text = json_object_to_json_string_ext(element, flags);
		if (text)
			put_indented(pb, text, level + 1);
		json_object_put(element);
		if (!text)
			return -1;
	}
	if (pretty && !first) {
		printbuf_strappend(pb, "\n");
		printbuf_memset(pb, -1, ' ', 2 * level);
	}
	return printbuf_strappend(pb, "]");
}

static struct json_object *array_of(struct json *j, const struct val *arr, const struct around *in)
{
	struct json_object *o = json_new_array();

	if (arr->c.n >= MANY && arr->c.first->type == VAL_OBJ) {
		struct many *m = arena_alloc(j->a, sizeof(*m));

		*m = (struct many){ j, arr, in };
		json_object_set_serializer(o, write_many, m, NULL);
		return o;
	}
	val_for_each(v, arr) {
		if (!(v->flags & VAL_HIDDEN))
			json_push(o, value_of(j, v, in));
	}
	return o;
}

/* NULL is JSON's null. */
static struct json_object *value_of(struct json *j, const struct val *v, const struct around *in)
{
	switch (v->type) {
	case VAL_BOOL:
		return json_flag(v->u);
	case VAL_UINT:
		if (v->field && v->field->kind == K_BOOL)
			return json_flag(v->u);
		return json_uint(v->u);
	case VAL_INT:
		return json_int(v->i);
	case VAL_U128:
		return json_uint(val_wide(v));
	case VAL_REAL:
		return real_of(j, v->d);
	case VAL_STR:
		return string_of(j, v);
	case VAL_BYTES:
		return hex_of(j, v);
	case VAL_OBJ:
		return object_of(j, v, in, json_new_object());
	case VAL_ARR:
		return array_of(j, v, in);
	default:
		return NULL;
	}
}

static void put_derived(struct json *j, struct json_object *into, const char *key, const struct val *v,
			const struct around *in)
{
	struct derived d = derive(j->a, v, in);
	char buf[128];
	const char *dkey;

	if (d.kind == D_NONE)
		return;
	dkey = v->field ? field_derived_key(v->field, buf, sizeof(buf)) : NULL;
	/* The value may go by another name than its row: the sibling follows it. */
	if (dkey && strcmp(v->field->name, key) != 0)
		dkey = arena_printf(j->a, "%s%s", key, dkey + strlen(v->field->name));
	if (!dkey)
		dkey = arena_printf(j->a, "%s_bits", key);
	if (d.kind == D_BITS)
		json_put(into, dkey, object_of(j, v->sub, in, json_new_object()));
	else if (d.kind == D_TEXT)
		json_put(into, dkey, json_text(d.text));
	else
		json_put(into, dkey, d.kind == D_SIGNED ? json_int(d.sign) : json_uint(d.number));
}

static struct json_object *object_of(struct json *j, const struct val *obj, const struct around *up,
				     struct json_object *into)
{
	struct around *in = arena_alloc(j->a, sizeof(*in)); /* until all is written */

	*in = (struct around){ obj, up };
	val_for_each(v, obj) {
		const char *key = v->key ? v->key : "";

		if (v->flags & VAL_HIDDEN)
			continue;
		key = printable(j->a, key, strlen(key), false);
		json_put(into, key, value_of(j, v, in));
		if (!j->plain)
			put_derived(j, into, key, v, in);
	}
	return into;
}

static struct json_object *envelope(struct json *j, const struct fmt_opts *o, const char *schema)
{
	struct json_object *env = json_new_object();
	const struct ctx *ctx = o->ctx;

	if (schema)
		json_put(env, "schema", json_text(schema));
	json_put(env, "version", json_text(PACKAGE_VERSION));
	if (o->cmd)
		json_put(env, "command", json_text(o->cmd->name));
	if (ctx->device_path)
		json_put(env, "device",
			 json_text(printable(j->a, ctx->device_path, strlen(ctx->device_path), false)));
	if (ctx->g.system)
		json_put(env, "system",
			 json_text(printable(j->a, ctx->g.system, strlen(ctx->g.system), false)));
	if (ctx->warnings && ctx->warnings->c.n)
		json_put(env, "warnings", array_of(j, ctx->warnings, NULL));
	if (ctx->moment)
		object_of(j, ctx->moment, NULL, env);
	return env;
}

int json_print(FILE *to, const struct val *v, const struct fmt_opts *o)
{
	struct json j = { o->ctx->arena, o->plain };
	const struct spec *s = o->cmd ? o->cmd->out : NULL;
	struct json_object *doc, *env;

	if (j.plain)
		return json_write(to, value_of(&j, v, NULL));
	env = envelope(&j, o, s ? arena_printf(j.a, "%s/%u", s->name, s->version ? s->version : 1) : NULL);
	if (v->flags & VAL_CUT)
		json_put(env, "truncated", json_flag(true));
	doc = json_new_object();
	json_put(doc, "nvmekit", env);
	if (v->type == VAL_OBJ)
		object_of(&j, v, NULL, doc);
	else
		json_put(doc, "value", value_of(&j, v, NULL));
	return o->one_line ? json_write_line(to, doc) : json_write(to, doc);
}

static const char *errno_name(int err)
{
#if defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 32)
	return strerrorname_np(err);
#endif
#endif
	(void)err;
	return NULL;
}

static struct json_object *status_of(const struct error *e)
{
	int status = e->status;
	const struct name *name = status_name(status, e->io, e->fabrics);
	struct json_object *o = json_new_object();

	json_put(o, "value", json_uint((u128)status));
	json_put(o, "sct", json_uint(STATUS_SCT((unsigned)status)));
	json_put(o, "sc", json_uint(STATUS_SC((unsigned)status)));
	json_put(o, "dnr", json_uint(STATUS_DNR((unsigned)status)));
	json_put(o, "more", json_uint(STATUS_MORE((unsigned)status)));
	if (name) {
		json_put(o, "name", json_text(name->key));
		json_put(o, "text", json_text(name->text));
	}
	return o;
}

int json_print_error(FILE *to, const struct error *e, const struct fmt_opts *o)
{
	struct json j = { o->ctx->arena, false };
	struct json_object *doc = json_new_object(), *err = json_new_object();
	const char *message = e->message ? e->message : "";

	json_put(doc, "nvmekit", envelope(&j, o, "error/1"));
	json_put(err, "class", json_text(exit_class(e->code)));
	json_put(err, "message", json_text(printable(j.a, message, strlen(message), false)));
	if (e->err) {
		json_put(err, "errno", json_uint((u128)e->err));
		if (errno_name(e->err))
			json_put(err, "errno_name", json_text(errno_name(e->err)));
	}
	if (e->status > 0)
		json_put(err, "status", status_of(e));
	if (e->device)
		json_put(err, "device", json_text(printable(j.a, e->device, strlen(e->device), false)));
	if (e->hint)
		json_put(err, "hint", json_text(printable(j.a, e->hint, strlen(e->hint), false)));
	if (o->ctx->plan && e->code == XC_REFUSED)
		json_put(err, "plan", object_of(&j, o->ctx->plan, NULL, json_new_object()));
	json_put(doc, "error", err);
	/* Behind documents of a line each it is one too. */
	return o->one_line ? json_write_line(to, doc) : json_write(to, doc);
}
