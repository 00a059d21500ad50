/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cli/introspect.h"

#include <string.h>

#include "cli/keys.h"
#include "cli/opt.h"
#include "output/fmt.h"

/* --- what the document looks like --- */

static const struct field value_rows[] = {
	{ "key", "What the user types", .kind = K_TEXT },
	{ "value", "Number that it stands for", .kind = K_UINT },
	{ "text", "Meaning", .kind = K_TEXT },
};

static const struct field option_rows[] = {
	{ "name", "Long form, without the dashes", .kind = K_TEXT, .flags = F_NULLABLE },
	{ "letter", "Short form, without the dash", .kind = K_TEXT, .flags = F_NULLABLE },
	{ "type", "flag, number, duration (milliseconds), size (bytes), string or list", .kind = K_TEXT },
	{ "meta", "Placeholder of the value in help", .kind = K_TEXT, .flags = F_NULLABLE },
	{ "help", "One line about it", .kind = K_TEXT },
	{ "required", "Must be given", .kind = K_BOOL },
	{ "hidden", "Accepted, but not shown", .kind = K_BOOL },
	{ "spelling", "Another spelling of the option before it", .kind = K_BOOL },
	{ "default", "Value that stands where the option is not given", .kind = K_TEXT, .flags = F_NULLABLE },
	{ "min", "Smallest number", .kind = K_UINT, .flags = F_OPTIONAL },
	{ "max", "Largest number", .kind = K_UINT, .flags = F_OPTIONAL },
	{ "values", "Named values", .flags = F_OPTIONAL, ARRAY_OF(value_rows) },
	{ "open", "Other values than the named ones are taken too", .kind = K_BOOL, .flags = F_OPTIONAL },
	{ "value_optional", "The value may be left out", .kind = K_BOOL },
	{ "commands", "Which commands take it: gated, long; absent: all", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "since", "Release that introduced it", .kind = K_TEXT, .flags = F_OPTIONAL },
};

static const struct field column_rows[] = {
	{ "name", "Name for --columns, --sort and --filter", .kind = K_TEXT },
	{ "heading", "Heading of the table", .kind = K_TEXT },
	{ "default", "Shown where no columns are chosen", .kind = K_BOOL },
	{ "help", "One line about it", .kind = K_TEXT, .flags = F_NULLABLE },
};

static const struct field output_rows[] = {
	{ "schema", "Name and major version of its JSON Schema", .kind = K_TEXT },
	{ "structure", "Name of the structure that describes it", .kind = K_TEXT },
	{ "text", "What it is", .kind = K_TEXT },
};

static const struct field paragraph[] = { { NULL, NULL, .kind = K_TEXT } };

static const struct field example_rows[] = {
	{ "command", "Command line", .kind = K_TEXT },
	{ "text", "What it does", .kind = K_TEXT },
};

static const struct field command_rows[] = {
	{ "name", "Name", .kind = K_TEXT },
	{ "alias", "The same command in two words", .kind = K_TEXT, .flags = F_NULLABLE },
	{ "group", "Group in the help", .kind = K_TEXT },
	{ "brief", "One line about it", .kind = K_TEXT },
	{ "desc", "Paragraphs of its description", ARRAY_OF(paragraph) },
	{ "examples", "Examples", ARRAY_OF(example_rows) },
	{ "target", "Operand: controller, namespace, device, device-optional, words or none",
	  .kind = K_TEXT },
	{ "binary", "The bytes received can be written as they are", .kind = K_BOOL },
	{ "alters", "May change data, access or firmware", .kind = K_BOOL },
	{ "gated", "Passes the gate: takes its options", .kind = K_BOOL },
	{ "long", "Can watch an operation that takes long", .kind = K_BOOL },
	{ "local", "Answers without any device", .kind = K_BOOL },
	{ "hidden", "For programs, not shown in the help", .kind = K_BOOL },
	{ "options", "Options", ARRAY_OF(option_rows) },
	{ "columns", "Columns of its table", .flags = F_OPTIONAL, ARRAY_OF(column_rows) },
	{ "output", "What its JSON looks like", .flags = F_OPTIONAL, STRUCT_OF(output_rows) },
};

static const struct field format_rows[] = {
	{ "name", "Name for --output-format", .kind = K_TEXT },
	{ "help", "One line about it", .kind = K_TEXT, .flags = F_NULLABLE },
};

static const struct field log_rows[] = {
	{ "name", "Name for --log-id", .kind = K_TEXT },
	{ "lid", "Log page identifier", .kind = K_UINT },
	{ "csi", "Command set it belongs to; null: any", .kind = K_UINT, .flags = F_NULLABLE },
	{ "text", "Title", .kind = K_TEXT, .flags = F_NULLABLE },
	{ "structure", "Name of the structure that describes it", .kind = K_TEXT, .flags = F_NULLABLE },
};

static const struct field exit_rows[] = {
	{ "code", "Exit code", .kind = K_UINT },
	{ "class", "Class of the error in JSON", .kind = K_TEXT },
	{ "text", "Meaning", .kind = K_TEXT },
};

static const struct field key_rows[] = {
	{ "path", "Place in the JSON document", .kind = K_TEXT },
	{ "type", "Type in JSON", .kind = K_TEXT },
	{ "text", "Title", .kind = K_TEXT, .flags = F_NULLABLE },
	{ "place", "Bytes or bits of the structure around it", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "unit", "Unit", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "derived", "Computed from the value received", .kind = K_BOOL },
};

static const struct field structure_rows[] = {
	{ "name", "Name", .kind = K_TEXT },
	{ "text", "Title", .kind = K_TEXT, .flags = F_NULLABLE },
	{ "figure", "Where it is defined", .kind = K_TEXT, .flags = F_NULLABLE },
	{ "size", "Bytes; 0: made by the tool", .kind = K_UINT },
	{ "keys", "Keys of its JSON", ARRAY_OF(key_rows) },
};

static const struct field doc_rows[] = {
	{ "name", "Name of the tool", .kind = K_TEXT },
	{ "version", "Version of the tool", .kind = K_TEXT },
	{ "commands", "Commands", ARRAY_OF(command_rows) },
	{ "global_options", "Options that every command takes", ARRAY_OF(option_rows) },
	{ "formats", "Output formats", ARRAY_OF(format_rows) },
	{ "log_pages", "Log pages known by name", ARRAY_OF(log_rows) },
	{ "exit_codes", "Exit codes", ARRAY_OF(exit_rows) },
	{ "structures", "Structures, with --fields", .flags = F_OPTIONAL, ARRAY_OF(structure_rows) },
};

const struct spec spec_introspect = {
	.name = "introspect",
	.text = "The interface of the tool",
	FIELDS(doc_rows),
};

/* --- words for enums --- */

const char *opt_type_name(const struct opt *o)
{
	switch (o->type) {
	case O_FLAG:
		return "flag";
	case O_STR:
		return "string";
	case O_LIST:
		return "list";
	default:
		return o->unit == UNIT_MS ? "duration" : o->unit == UNIT_S ? "seconds" : o->unit == UNIT_BYTES ? "size" : "number";
	}
}

uint64_t opt_max(const struct opt *o)
{
	static const uint64_t width[] = {
		[O_U8] = UINT8_MAX,   [O_U16] = UINT16_MAX,	[O_U32] = UINT32_MAX,
		[O_U64] = UINT64_MAX, [O_OPT_U32] = UINT32_MAX, [O_OPT_U64] = UINT64_MAX,
		[O_LIST] = 0,
	};

	return o->max && width[o->type] ? o->max : width[o->type];
}

const char *opt_spelling(struct arena *a, const struct opt *o)
{
	return o->name ? arena_printf(a, "--%s", o->name) : arena_printf(a, "-%c", o->ch);
}

const char *target_name(uint8_t target)
{
	static const char *const names[] = {
		[T_NONE] = "none",  [T_CTRL] = "controller",	     [T_NS] = "namespace",
		[T_DEV] = "device", [T_OPT_DEV] = "device-optional", [T_WORDS] = "words",
	};

	return target < NELEMS(names) ? names[target] : "none";
}

/* --- the document --- */

static void put_values(struct arena *a, struct val *opt, const struct opt *o)
{
	struct val *list;

	if (!o->nvals)
		return;
	list = val_put_arr(a, opt, "values");
	for (size_t i = 0; i < o->nvals; i++) {
		struct val *v = val_put_obj(a, list, NULL);

		val_put_str(a, v, "key", o->vals[i].key);
		val_put_u64(a, v, "value", o->vals[i].val);
		val_put_str(a, v, "text", o->vals[i].text ? o->vals[i].text : "");
	}
	val_put_bool(a, opt, "open", o->flags & OF_OPEN_NAMES);
}

static void put_options(struct arena *a, struct val *list, const struct opt *opts, size_t n)
{
	for (const struct opt *o = opts; o < opts + n; o++) {
		struct val *v = val_put_obj(a, list, NULL);

		val_put_str(a, v, "name", o->name);
		val_put_str(a, v, "letter", o->ch ? arena_printf(a, "%c", o->ch) : NULL);
		val_put_str(a, v, "type", opt_type_name(o));
		val_put_str(a, v, "meta", o->meta);
		val_put_str(a, v, "help", o->help ? o->help : "");
		val_put_bool(a, v, "required", o->flags & OF_REQUIRED);
		val_put_bool(a, v, "hidden", o->flags & OF_HIDDEN);
		val_put_bool(a, v, "spelling", o->flags & OF_ALIAS);
		val_put_str(a, v, "default", o->def);
		if (opt_max(o)) {
			val_put_u64(a, v, "min", o->min);
			val_put_u64(a, v, "max", opt_max(o));
		}
		put_values(a, v, o);
		val_put_bool(a, v, "value_optional", o->flags & OF_VALUE_OPTIONAL);
		if (o->only)
			val_put_str(a, v, "commands", o->only & C_GATED ? "gated" : "long");
		if (o->since)
			val_put_str(a, v, "since", o->since);
	}
}

static void put_columns(struct arena *a, struct val *cmd, const struct layout *l)
{
	struct val *list;

	if (!l || !l->ncols)
		return;
	list = val_put_arr(a, cmd, "columns");
	for (const struct column *c = l->cols; c < l->cols + l->ncols; c++) {
		struct val *v = val_put_obj(a, list, NULL);

		val_put_str(a, v, "name", c->name);
		val_put_str(a, v, "heading", c->heading ? c->heading : "");
		val_put_bool(a, v, "default", c->by_default);
		val_put_str(a, v, "help", c->help);
	}
}

/* Paragraphs are separated by blank lines. */
static void put_paragraphs(struct arena *a, struct val *list, const char *s)
{
	while (s && *s) {
		const char *end = strstr(s, "\n\n");
		size_t len = end ? (size_t)(end - s) : strlen(s);
		char *text = arena_strndup(a, s, len);

		/* One line each: where a paragraph breaks is for who prints it. */
		for (char *p = text; *p; p++)
			if (*p == '\n')
				*p = ' ';
		val_put_str(a, list, NULL, text);
		s += len;
		s += strspn(s, "\n");
	}
}

/* "command\n  what it does\n" */
static void put_examples(struct arena *a, struct val *list, const char *s)
{
	char *text = arena_strdup(a, s ? s : ""), *save = NULL;

	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		struct val *v = *l == ' ' ? list->c.last : val_put_obj(a, list, NULL);

		if (*l != ' ')
			val_put_str(a, v, "command", l);
		else if (v && !val_get(v, "text"))
			val_put_str(a, v, "text", l + strspn(l, " "));
	}
	val_for_each (v, list)
		if (!val_get(v, "text"))
			val_put_str(a, v, "text", "");
}

static void put_command(struct arena *a, struct val *v, const struct cmd *c)
{
	val_put_str(a, v, "name", c->name);
	val_put_str(a, v, "alias", c->alias);
	val_put_str(a, v, "group", c->group ? c->group : "");
	val_put_str(a, v, "brief", c->brief ? c->brief : "");
	put_paragraphs(a, val_put_arr(a, v, "desc"), c->desc);
	put_examples(a, val_put_arr(a, v, "examples"), c->examples);
	val_put_str(a, v, "target", target_name(c->target));
	val_put_bool(a, v, "binary", c->flags & C_BINARY);
	val_put_bool(a, v, "alters", c->flags & C_ALTERS);
	val_put_bool(a, v, "gated", c->flags & C_GATED);
	val_put_bool(a, v, "long", c->flags & C_LONG);
	val_put_bool(a, v, "local", c->flags & C_LOCAL);
	val_put_bool(a, v, "hidden", c->flags & C_HIDDEN);
	put_options(a, val_put_arr(a, v, "options"), c->opts, c->nopts);
	put_columns(a, v, c->layout);
	if (c->out) {
		struct val *out = val_put_obj(a, v, "output");

		val_put_str(a, out, "schema",
			    arena_printf(a, "%s/%d", c->out->name, c->out->version ? c->out->version : 1));
		val_put_str(a, out, "structure", c->out->name);
		val_put_str(a, out, "text", c->out->text ? c->out->text : "");
	}
}

static void put_log_pages(struct arena *a, struct val *list)
{
	for (size_t i = 0; i < nlogpages; i++) {
		const struct logpage *l = &logpages[i];
		struct val *v;

		if (!l->name)
			continue;
		v = val_put_obj(a, list, NULL);
		val_put_str(a, v, "name", l->name);
		val_put_u64(a, v, "lid", l->lid);
		if (l->csi == 0xff)
			val_put_str(a, v, "csi", NULL);
		else
			val_put_u64(a, v, "csi", l->csi);
		val_put_str(a, v, "text", l->spec ? l->spec->text : NULL);
		val_put_str(a, v, "structure", l->spec ? l->spec->name : NULL);
	}
}

struct put_key {
	struct arena *a;
	struct val *list;
};

static void put_key(void *arg, const struct key *k)
{
	struct put_key *p = arg;
	struct val *v = val_put_obj(p->a, p->list, NULL);
	const char *place = k->derived ? "" : key_place(p->a, k);

	val_put_str(p->a, v, "path", k->path);
	val_put_str(p->a, v, "type", k->type);
	val_put_str(p->a, v, "text", k->f->text);
	if (*place)
		val_put_str(p->a, v, "place", place);
	if (k->f->unit && (k->derived || k->f->scale <= 1) && !k->slot)
		val_put_str(p->a, v, "unit", k->f->unit);
	val_put_bool(p->a, v, "derived", k->derived);
}

static void put_structure(struct arena *a, struct val *list, const struct spec *s)
{
	struct val *v;

	val_for_each (it, list)
		if (strcmp(val_str(a, it, "name"), s->name) == 0)
			return;
	v = val_put_obj(a, list, NULL);
	val_put_str(a, v, "name", s->name);
	val_put_str(a, v, "text", s->text);
	val_put_str(a, v, "figure", s->figure);
	val_put_u64(a, v, "size", s->size);
	spec_keys(a, s, put_key, &(struct put_key){ a, val_put_arr(a, v, "keys") });
}

void introspect_tree(struct arena *a, struct val *out, bool fields)
{
	struct val *list;

	val_put_str(a, out, "name", PACKAGE_NAME);
	val_put_str(a, out, "version", PACKAGE_VERSION);
	list = val_put_arr(a, out, "commands");
	for (const struct cmd *const *c = cmds; *c; c++)
		put_command(a, val_put_obj(a, list, NULL), *c);
	put_options(a, val_put_arr(a, out, "global_options"), global_opts, nglobal_opts);
	list = val_put_arr(a, out, "formats");
	for (const struct fmt *f = fmts; f->name; f++) {
		struct val *v = val_put_obj(a, list, NULL);

		val_put_str(a, v, "name", f->name);
		val_put_str(a, v, "help", f->help);
	}
	put_log_pages(a, val_put_arr(a, out, "log_pages"));
	list = val_put_arr(a, out, "exit_codes");
	for (const struct exit_info *e = exit_codes; e->cls; e++) {
		struct val *v = val_put_obj(a, list, NULL);

		val_put_u64(a, v, "code", e->code);
		val_put_str(a, v, "class", e->cls);
		val_put_str(a, v, "text", e->text);
	}
	if (!fields)
		return;
	list = val_put_arr(a, out, "structures");
	for (const struct cmd *const *c = cmds; *c; c++)
		if ((*c)->out)
			put_structure(a, list, (*c)->out);
	for (const struct spec *const *s = specs; *s; s++)
		put_structure(a, list, *s);
}
