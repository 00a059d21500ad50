/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Every member is described once, under "properties". Which of them must be there is said apart, in a
 * skeleton that holds unless the answer is marked as truncated.
 */
#include "output/schema.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "cmd/cmd.h"
#include "core/error.h"
#include "output/out.h"
#include "spec/spec.h"
#include "spec/walk.h"

#define DRAFT "https://json-schema.org/draft/2020-12/schema"
/* printable() leaves no control character: neither C0 nor DEL nor C1. */
#define CLEAN_TEXT "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"

static struct json_object *typed(const char *type)
{
	struct json_object *o = json_new_object();

	json_put(o, "type", json_text(type));
	return o;
}

static struct json_object *pattern(const char *p)
{
	struct json_object *o = typed("string");

	json_put(o, "pattern", json_text(p));
	return o;
}

static struct json_object *bits_integer(unsigned bits)
{
	struct json_object *o = typed("integer");

	json_put(o, "minimum", json_int(0));
	if (bits && bits <= 128)
		json_put(o, "maximum", json_uint(bits < 128 ? ((u128)1 << bits) - 1 : ~(u128)0));
	return o;
}

static struct json_object *constant(struct json_object *value)
{
	struct json_object *o = json_new_object();

	json_put(o, "const", value);
	return o;
}

static void add_rows(struct json_object *props, const struct field *rows, size_t n);

static struct json_object *closed_object(struct json_object **props)
{
	struct json_object *o = typed("object");

	*props = json_new_object();
	json_put(o, "properties", *props);
	json_put(o, "additionalProperties", json_flag(false));
	return o;
}

static struct json_object *object_of(const struct field *rows, size_t n, const char *slot)
{
	struct json_object *props, *o;

	/* A row without rows of its own: anything (a log page of any kind). */
	if (!n)
		return typed("object");
	o = closed_object(&props);
	if (slot)
		json_put(props, slot, typed("integer"));
	add_rows(props, rows, n);
	return o;
}

static struct json_object *hex_string(const struct field *f)
{
	char buf[64];

	if (!f->len || ref_set(&f->bytes))
		return pattern("^([0-9a-f]{2})*$");
	snprintf(buf, sizeof(buf), "^[0-9a-f]{%u}$", f->len / 4);
	return pattern(buf);
}

static struct json_object *padded_string(const struct field *f)
{
	struct json_object *o = pattern(CLEAN_TEXT);

	/* A byte may come out as \xNN. */
	if (f->len && !ref_set(&f->bytes))
		json_put(o, "maxLength", json_uint((u128)f->len / 8 * 4));
	return o;
}

static struct json_object *words(const struct field *f, const char *keyword)
{
	struct json_object *o = pattern(CLEAN_TEXT), *list = json_new_array();

	for (size_t i = 0; i < f->nnames; i++) {
		if (f->names[i].key)
			json_push(list, json_text(f->names[i].key));
	}
	if (json_object_array_length(list))
		json_put(o, keyword, list);
	else
		json_object_put(list);
	return o;
}

static struct json_object *value_schema(const struct field *f);

static struct json_object *array_of(const struct field *f)
{
	struct json_object *o = typed("array");

	json_put(o, "items",
		 elem_is_scalar(f) ? value_schema(&f->sub[0]) : object_of(f->sub, f->nsub, f->slot));
	if (!f->count.field && f->count.add > 0)
		json_put(o, "maxItems", json_int(f->count.add));
	return o;
}

static struct json_object *bare_schema(const struct field *f)
{
	switch (f->kind) {
	case K_FLAG:
		return bits_integer(1);
	case K_STR:
		return padded_string(f);
	case K_HEX:
		return hex_string(f);
	case K_UUID:
		return pattern("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$");
	case K_STRUCT:
		return object_of(f->sub, f->nsub, NULL);
	case K_ARRAY:
		return array_of(f);
	case K_TEXT:
		/* Names are those known today; a kernel may say others. */
		return words(f, "examples");
	case K_BOOL:
		return typed("boolean");
	default:
		return bits_integer(f->flags & F_DERIVED ? 0 : f->len + f->hi_len);
	}
}

static struct json_object *value_schema(const struct field *f)
{
	struct json_object *o = bare_schema(f);

	if (f->flags & F_NULLABLE) {
		struct json_object *types = json_new_array();

		json_push(types, json_object_get(json_object_object_get(o, "type")));
		json_push(types, json_text("null"));
		json_put(o, "type", types);
	}
	if (f->text)
		json_put(o, "title", json_text(f->text));
	if (f->unit && f->scale <= 1 && !f->by && f->show != SHOW_POW2)
		json_put(o, "x-unit", json_text(f->unit));
	return o;
}

static struct json_object *derived_schema(const struct field *f)
{
	struct json_object *o;

	if (f->kind == K_BITS)
		return object_of(f->sub, f->nsub, NULL);
	if (f->kind == K_ENUM)
		return words(f, "enum");
	if (f->show == SHOW_STATUS)
		return typed("string");
	if (f->show == SHOW_VERSION)
		return pattern("^[0-9]+\\.[0-9]+\\.[0-9]+$");
	o = typed("integer");
	if (f->show == SHOW_KELVIN) {
		json_put(o, "minimum", json_int(-273));
		json_put(o, "x-unit", json_text("degrees Celsius"));
	} else {
		json_put(o, "minimum", json_int(0));
		json_put(o, "x-unit", json_text(f->unit));
	}
	return o;
}

/* Cases of a switch may use one key for different things: then either is right. */
static void add_property(struct json_object *props, const char *key, struct json_object *schema)
{
	struct json_object *old, *any, *list;

	if (!json_object_object_get_ex(props, key, &old)) {
		json_put(props, key, schema);
		return;
	}
	if (json_object_equal(old, schema)) {
		json_object_put(schema);
		return;
	}
	if (json_object_object_get_ex(old, "anyOf", &list)) {
		json_push(list, schema);
		return;
	}
	any = json_new_object();
	list = json_new_array();
	json_push(list, json_object_get(old));
	json_push(list, schema);
	json_put(any, "anyOf", list);
	json_put(props, key, any);
}

static void add_row(struct json_object *props, const struct field *f)
{
	char buf[128];
	const char *derived;

	if (f->kind == K_SWITCH && f->sel) {
		for (size_t i = 0; i < f->sel->ncases; i++)
			add_rows(props, f->sel->cases[i].fields, f->sel->cases[i].nfields);
		add_rows(props, f->sel->other.fields, f->sel->other.nfields);
		return;
	}
	if (!f->name || f->kind == K_RSVD)
		return;
	add_property(props, f->name, value_schema(f));
	derived = field_derived_key(f, buf, sizeof(buf));
	if (derived)
		add_property(props, derived, derived_schema(f));
}

static void add_rows(struct json_object *props, const struct field *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_row(props, &rows[i]);
}

/* --- the skeleton: what must be there --- */

static struct json_object *needed_of(const struct field *rows, size_t n, const char *slot);

/* Keys in 'list' must be there; 'props' says the same of what is inside. */
static void need_row(struct json_object *list, struct json_object *props, const struct field *f)
{
	struct json_object *inner = NULL;
	const char *key = f->name;
	char buf[128];

	if (!f->name || f->kind == K_RSVD || f->kind == K_SWITCH)
		return;
	if (!(f->flags & F_OPTIONAL))
		json_push(list, json_text(f->name));
	if (f->kind == K_BITS) {
		key = field_derived_key(f, buf, sizeof(buf));
		if (key && !(f->flags & (F_OPTIONAL | F_NULLABLE)))
			json_push(list, json_text(key));
		inner = needed_of(f->sub, f->nsub, NULL);
	} else if (f->kind == K_STRUCT) {
		inner = needed_of(f->sub, f->nsub, NULL);
	} else if (f->kind == K_ARRAY && !elem_is_scalar(f)) {
		inner = json_new_object();
		json_put(inner, "items", needed_of(f->sub, f->nsub, f->slot));
	}
	if (inner && key)
		json_put(props, key, inner);
	else
		json_object_put(inner);
}

static struct json_object *needed_of(const struct field *rows, size_t n, const char *slot)
{
	struct json_object *o = json_new_object(), *list = json_new_array(), *props = json_new_object();

	if (slot)
		json_push(list, json_text(slot));
	for (size_t i = 0; i < n; i++)
		need_row(list, props, &rows[i]);
	json_put(o, "required", list);
	if (json_object_object_length(props))
		json_put(o, "properties", props);
	else
		json_object_put(props);
	return o;
}

/* --- envelope, error, document --- */

static void require(struct json_object *o, const char *const *keys)
{
	struct json_object *list = json_new_array();

	while (*keys)
		json_push(list, json_text(*keys++));
	json_put(o, "required", list);
}

static struct json_object *envelope(const struct cmd *c, const char *schema)
{
	static const char *const needed[] = { "schema", "version", NULL };
	struct json_object *props, *o = closed_object(&props), *warnings = typed("array");

	if (schema)
		json_put(props, "schema", constant(json_text(schema)));
	json_put(props, "version", pattern("^[0-9]+\\.[0-9]+\\.[0-9]+"));
	json_put(props, "command", c ? constant(json_text(c->name)) : typed("string"));
	json_put(props, "device", typed("string"));
	json_put(props, "system", typed("string"));
	json_put(warnings, "items", typed("string"));
	json_put(props, "warnings", warnings);
	json_put(props, "truncated", constant(json_flag(true)));
	if (c && c->flags & C_STREAM)
		add_rows(props, spec_moment.fields, spec_moment.nfields);
	require(o, schema ? needed : needed + 1);
	return o;
}

static struct json_object *status_schema(void)
{
	static const char *const needed[] = { "value", "sct", "sc", "dnr", "more", NULL };
	struct json_object *props, *o = closed_object(&props);

	json_put(props, "value", bits_integer(15));
	json_put(props, "sct", bits_integer(3));
	json_put(props, "sc", bits_integer(8));
	json_put(props, "dnr", bits_integer(1));
	json_put(props, "more", bits_integer(1));
	json_put(props, "name", typed("string"));
	json_put(props, "text", typed("string"));
	require(o, needed);
	return o;
}

static struct json_object *error_schema(void)
{
	static const char *const needed[] = { "class", "message", NULL }, *const top[] = { "nvmekit", "error",
											   NULL };
	struct json_object *props, *o = closed_object(&props), *cls = typed("string"),
				   *list = json_new_array();
	struct json_object *doc_props, *doc = closed_object(&doc_props);

	for (const struct exit_info *i = exit_codes; i->cls; i++) {
		if (i->code != XC_OK)
			json_push(list, json_text(i->cls));
	}
	json_put(cls, "enum", list);
	json_put(props, "class", cls);
	json_put(props, "message", pattern(CLEAN_TEXT));
	json_put(props, "errno", bits_integer(31));
	json_put(props, "errno_name", pattern("^E[A-Z0-9]+$"));
	json_put(props, "status", status_schema());
	json_put(props, "device", pattern(CLEAN_TEXT));
	json_put(props, "hint", pattern(CLEAN_TEXT));
	json_put(props, "plan", typed("object"));
	require(o, needed);
	json_put(doc_props, "nvmekit", envelope(NULL, "error/1"));
	json_put(doc_props, "error", o);
	require(doc, top);
	return doc;
}

static struct json_object *reference(const char *def)
{
	struct json_object *o = json_new_object();

	json_put(o, "$ref", json_text(def));
	return o;
}

static struct json_object *has(const char *key, struct json_object *inner)
{
	struct json_object *o = json_new_object(), *list = json_new_array(), *props;

	json_push(list, json_text(key));
	json_put(o, "required", list);
	if (inner) {
		props = json_new_object();
		json_put(props, key, inner);
		json_put(o, "properties", props);
	}
	return o;
}

static struct json_object *answer_schema(const struct cmd *c, const char *name)
{
	static const char *const top[] = { "nvmekit", NULL };
	struct json_object *props, *o;

	o = closed_object(&props);
	json_put(props, "nvmekit", envelope(c, name));
	if (c->out) {
		add_rows(props, c->out->fields, c->out->nfields);
		/* Not where the answer says that data ended early. */
		json_put(o, "if", has("nvmekit", has("truncated", NULL)));
		json_put(o, "else", reference("#/$defs/complete"));
	} else {
		json_put(o, "additionalProperties", json_flag(true));
	}
	require(o, top);
	return o;
}

int schema_print(FILE *to, const struct cmd *c)
{
	struct json_object *doc = json_new_object(), *defs = json_new_object();
	const struct spec *s = c->out;
	char name[128];

	if (s)
		snprintf(name, sizeof(name), "%s/%u", s->name, s->version ? s->version : 1u);
	json_put(doc, "$schema", json_text(DRAFT));
	json_put(doc, "title", json_text(c->brief ? c->brief : c->name));
	if (s && s->figure)
		json_put(doc, "$comment", json_text(s->figure));
	json_put(doc, "type", json_text("object"));
	json_put(doc, "if", has("error", NULL));
	json_put(doc, "then", reference("#/$defs/failure"));
	json_put(doc, "else", reference("#/$defs/answer"));
	json_put(defs, "answer", answer_schema(c, s ? name : NULL));
	if (s)
		json_put(defs, "complete", needed_of(s->fields, s->nfields, NULL));
	json_put(defs, "failure", error_schema());
	json_put(doc, "$defs", defs);
	return json_write(to, doc);
}

int schema_error_print(FILE *to)
{
	struct json_object *doc = error_schema();

	json_put(doc, "$schema", json_text(DRAFT));
	json_put(doc, "title", json_text("Errors of every command"));
	return json_write(to, doc);
}
