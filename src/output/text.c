/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Text for people: "key : value" lines of the tree, or the layout that the command's row names. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "output/out.h"
#include "spec/field.h"

enum { MIN_KEY_WIDTH = 9, LONG_BYTES = 32 };

const char *text_label(const struct text *t, const char *key)
{
	if (!key)
		return "";
	for (const struct label *l = t->o->labels; l && l->key; l++) {
		if (strcmp(l->key, key) == 0)
			return l->text;
	}
	return printable(t->a, key, strlen(key), false);
}

bool text_shown(const struct text *t, const struct val *v)
{
	if (v->flags & VAL_HIDDEN)
		return false;
	return t->o->verbose || !v->field || !(v->field->flags & (F_VENDOR | F_QUIET));
}

bool text_is_long(const struct val *v)
{
	return v->type == VAL_BYTES && v->s.len > LONG_BYTES;
}

static int key_width(const struct text *t, const struct val *obj)
{
	size_t width = MIN_KEY_WIDTH;

	if (t->o->key_width)
		return t->o->key_width;
	val_for_each(v, obj) {
		size_t n = strlen(text_label(t, v->key));

		if (text_shown(t, v) && v->type != VAL_OBJ && n > width)
			width = n;
	}
	return (int)width;
}

/* The bit-fields of a register, highest first as the figures of older revisions and nvme-cli have them. */
static void bit_lines(struct text *t, const struct val *v, int indent)
{
	const struct val **bits = arena_calloc(t->a, v->sub->c.n, sizeof(const struct val *));
	size_t n = 0;

	val_for_each(b, v->sub) {
		if (!(b->flags & VAL_HIDDEN))
			bits[n++] = b;
	}
	while (n--) {
		const struct val *b = bits[n];
		const struct field *f = b->field;

		fprintf(t->to, "%*s", indent + 2, "");
		if (f && f->hi_len)
			fprintf(t->to, "[%u:%u,%u:%u]", f->hi_off + f->hi_len - 1, f->hi_off,
				f->off + f->len - 1, f->off);
		else if (f && f->len)
			fprintf(t->to, "[%u:%u]", f->off + f->len - 1, f->off);
		else
			fprintf(t->to, "%s", text_label(t, b->key));
		if (b->type == VAL_UINT)
			fprintf(t->to, " : %#llx\t%s\n", (unsigned long long)b->u, show_bits(t->a, b));
		else
			fprintf(t->to, " : %s\t%s\n", show_value(t->a, b, NULL, t->o, true),
				show_bits(t->a, b));
	}
	fputc('\n', t->to);
}

static bool all_zero(const struct val *v)
{
	for (size_t i = 0; i < v->s.len; i++) {
		if (v->s.p[i])
			return false;
	}
	return true;
}

static void heading(struct text *t, const struct val *v, int indent, int width)
{
	const char *label = text_label(t, v->key), *end = t->o->key_end ? t->o->key_end : " :";
	size_t len = strlen(label);

	fprintf(t->to, "%*s%-*s%s", indent, "", len && label[len - 1] == '\t' ? 0 : width, label, end);
}

void text_member(struct text *t, const struct val *v, const struct around *in, int indent, int width)
{
	if (v->type == VAL_ARR) {
		text_array(t, v, in, indent, width);
		return;
	}
	heading(t, v, indent, v->type == VAL_OBJ ? 0 : width);
	if (v->type == VAL_OBJ) {
		fputc('\n', t->to);
		text_object(t, v, in, indent + 2);
	} else if (text_is_long(v) && all_zero(v)) {
		fprintf(t->to, " %zu bytes, all zero\n", v->s.len);
	} else if (text_is_long(v)) {
		fprintf(t->to, " %zu bytes\n", v->s.len);
		text_dump(t, v, indent);
	} else {
		const char *s = show_value(t->a, v, in, t->o, false);
		bool title = t->o->verbose && !t->o->plain && v->field && v->field->text;

		fprintf(t->to, *s ? " %s" : "%s", s);
		fprintf(t->to, title ? "\t%s\n" : "\n", title ? v->field->text : "");
		if (t->o->verbose && v->type == VAL_UINT && v->sub && !unreported(v))
			bit_lines(t, v, indent);
	}
}

void text_object(struct text *t, const struct val *obj, const struct around *up, int indent)
{
	struct around in = { obj, up };
	int width = key_width(t, obj);

	val_for_each(v, obj) {
		if (text_shown(t, v))
			text_member(t, v, &in, indent, width);
	}
}

static void dump_layout(struct text *t, const struct val *root, const struct layout *l)
{
	struct around in = { root, NULL };
	const struct val *decoded = val_get(root, "decoded"), *data = val_get(root, "data");
	int width = key_width(t, root);

	if (decoded && decoded->type == VAL_OBJ) {
		text_object(t, decoded, NULL, 0);
		return;
	}
	/* A title has said what else there is to know. */
	val_for_each(v, root) {
		if (!l->title && !t->o->plain && text_shown(t, v) && v->type != VAL_BYTES)
			text_member(t, v, &in, 0, width);
	}
	if (data && data->type == VAL_BYTES)
		text_dump(t, data, 0);
	val_for_each(v, root) {
		if (v != data && v->type == VAL_BYTES && text_shown(t, v)) {
			heading(t, v, 0, 0);
			fputc('\n', t->to);
			text_dump(t, v, 0);
		}
	}
}

/* Prose made by the command itself. */
static bool prose(struct text *t, const struct val *root)
{
	const struct cmd *cmd = t->o->cmd;
	const struct val *s = val_get(root, "text");

	if (!cmd || !(cmd->flags & C_TEXT) || !s || s->type != VAL_STR)
		return false;
	fwrite(s->s.p, 1, s->s.len, t->to);
	if (s->s.len && s->s.p[s->s.len - 1] != '\n')
		fputc('\n', t->to);
	return true;
}

static int layout(struct text *t, const struct val *root)
{
	static const struct layout lines;
	const struct layout *l = t->o->layout ? t->o->layout : &lines;
	int rc = 0;

	if (prose(t, root))
		return 0;
	if (l->title)
		fprintf(t->to, "%s\n", expand(l->title, root, t->o));
	if (l->kind == LAY_TABLE)
		rc = text_table(t, root, l);
	else if (l->kind == LAY_TREE)
		text_tree(t, root, l);
	else if (l->kind == LAY_PLAN)
		text_plan(t, root);
	else if (l->kind == LAY_DUMP)
		dump_layout(t, root, l);
	else if (root->type == VAL_OBJ)
		text_object(t, root, NULL, 0);
	else
		fprintf(t->to, "%s\n", show_value(t->a, root, NULL, t->o, false));
	if (!rc && (root->flags & VAL_CUT) && !t->o->plain)
		fputs("(cut off: the data ended early)\n", t->to);
	return rc;
}

int text_print(FILE *to, const struct val *v, const struct fmt_opts *o)
{
	struct text t = { NULL, o->ctx->arena, o };
	char *buf = NULL;
	size_t len = 0;
	int rc;

	t.to = open_memstream(&buf, &len);
	if (!t.to)
		return -ENOMEM;
	rc = layout(&t, v);
	if (fclose(t.to) && !rc)
		rc = -ENOMEM;
	if (!rc)
		rc = out_write(to, buf, len);
	free(buf);
	return rc;
}
