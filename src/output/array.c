/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Arrays in text. Scalars stand on one line while they are few; elements that are small and flat become
 * one line each, "lbaf  0 : ms:0  ds:9  rp:0", in columns; others become a block of lines each.
 */
#include <string.h>

#include "output/out.h"
#include "spec/field.h"

enum { FEW_SCALARS = 8, FEW_MEMBERS = 8, LINE_END = 100, NAME_WIDTH = 7 };

struct pairs {
	const char **keys;
	int *widths;
	size_t n;
};

static bool is_slot(const struct val *arr, const struct val *v)
{
	return arr->field && arr->field->slot && v->key && strcmp(arr->field->slot, v->key) == 0;
}

/* Two lists side by side that number their elements by the same key: "acs 2" and "iocs 2" are two opcodes. */
static bool slot_is_shared(const struct val *arr, const struct around *in)
{
	val_for_each(v, in->obj) {
		if (v != arr && v->type == VAL_ARR && v->field && v->field->slot &&
		    strcmp(v->field->slot, arr->field->slot) == 0)
			return true;
	}
	return false;
}

/* What an element is called: its slot's key, or the array's without the plural s. */
static const char *element_name(struct text *t, const struct val *arr, const struct around *in)
{
	bool slot = arr->field && arr->field->slot, shared = slot && in && slot_is_shared(arr, in);
	const char *name = text_label(t, slot && !shared ? arr->field->slot : arr->key);
	size_t n = strlen(name);

	if (!slot && n > 1 && name[n - 1] == 's')
		return arena_strndup(t->a, name, n - 1);
	return name;
}

static uint64_t element_number(const struct val *arr, const struct val *el, uint64_t index)
{
	return arr->field && arr->field->slot ? val_u64(el, arr->field->slot, index) : index;
}

/* Characters, not bytes: values may hold a degree sign. */
static int text_width(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

static bool many_members(const struct val *arr)
{
	return arr->field && arr->field->show == SHOW_PAIRS;
}

/* Chooses the unit of a sibling, which is shown in it. */
static bool is_scale(const struct val *el, const struct val *v)
{
	val_for_each(sibling, el) {
		if (sibling->field && sibling->field->by && strcmp(sibling->field->by->field, v->key) == 0)
			return true;
	}
	return false;
}

/* Long rows of pairs leave out what the drive does not report, and what only serves to read the others. */
static bool pair_shown(const struct text *t, const struct val *arr, const struct val *el, const struct val *v)
{
	if (!text_shown(t, v) || is_slot(arr, v))
		return false;
	if (t->o->verbose || !many_members(arr))
		return true;
	return !unreported(v) && (t->o->plain || !is_scale(el, v));
}

static bool one_line_each(const struct text *t, const struct val *arr)
{
	val_for_each(el, arr) {
		size_t n = 0;

		if (el->type != VAL_OBJ)
			return false;
		val_for_each(v, el) {
			if (!text_shown(t, v) || is_slot(arr, v))
				continue;
			if (v->type == VAL_OBJ || v->type == VAL_ARR || text_is_long(v))
				return false;
			if (t->o->verbose && v->type == VAL_UINT && v->sub)
				return false;
			n++;
		}
		if (n > FEW_MEMBERS && !many_members(arr))
			return false;
	}
	return true;
}

/* Yes or no, and so a word of its own that is there or not. */
static bool is_word(const struct val *v)
{
	const struct field *f = v->field;

	if (!f)
		return v->type == VAL_BOOL;
	return f->kind == K_BOOL || f->show == SHOW_BOOL || (f->kind == K_FLAG && (f->flags & F_DERIVED));
}

/* What the tables say of the element, "(Get Log Page)": the end of the line, however long. */
static bool is_remark(const struct val *v)
{
	return v->type == VAL_STR && v->field && v->field->kind == K_TEXT && (v->field->flags & F_DERIVED);
}

/* "ds:9", "(in use)" */
static const char *pair_text(struct text *t, const struct val *v, const struct around *in)
{
	if (is_word(v)) {
		char *words;

		if (!v->u || v->type == VAL_NULL)
			return "";
		words = arena_printf(t->a, "(%s)", text_label(t, v->key));
		for (char *p = words; *p; p++)
			*p = *p == '_' ? ' ' : *p;
		return words;
	}
	if (is_remark(v))
		return arena_printf(t->a, "(%s)", show_value(t->a, v, in, t->o, true));
	return arena_printf(t->a, "%s:%s", text_label(t, v->key), show_value(t->a, v, in, t->o, true));
}

static int *width_of(struct pairs *p, const char *key)
{
	for (size_t i = 0; i < p->n; i++) {
		if (strcmp(p->keys[i], key) == 0)
			return &p->widths[i];
	}
	p->keys[p->n] = key;
	return &p->widths[p->n++];
}

static struct pairs measure(struct text *t, const struct val *arr, const struct around *up)
{
	struct pairs p = { NULL, NULL, 0 };
	size_t most = 0;

	/* A switch may give every element other members. */
	val_for_each(el, arr)
		most += el->c.n;
	p.keys = arena_calloc(t->a, most, sizeof(*p.keys));
	p.widths = arena_calloc(t->a, most, sizeof(*p.widths));
	val_for_each(el, arr) {
		struct around in = { el, up };

		val_for_each(v, el) {
			int *w, n;

			if (!pair_shown(t, arr, el, v))
				continue;
			n = text_width(pair_text(t, v, &in));
			w = width_of(&p, v->key);
			*w = n > *w ? n : *w;
		}
	}
	return p;
}

static void pair_line(struct text *t, const struct val *arr, const struct val *el, const struct around *in,
		      struct pairs *p, int start)
{
	int at = start, gap = 0;

	val_for_each(v, el) {
		const char *s;
		int width, len;

		if (!pair_shown(t, arr, el, v))
			continue;
		s = pair_text(t, v, in);
		len = text_width(s);
		width = *width_of(p, v->key);
		if (*s) {
			if (at > start && at + gap + len > LINE_END && !is_remark(v)) {
				fprintf(t->to, "\n%*s", start, "");
				at = start;
				gap = 0;
			}
			fprintf(t->to, "%*s%s", gap, "", s);
			at += gap + len;
			gap = 0;
		}
		gap += width - len + (width ? 2 : 0);
	}
	fputc('\n', t->to);
}

static void pair_lines(struct text *t, const struct val *arr, const struct around *up, int indent)
{
	struct pairs p = measure(t, arr, up);
	const char *name = element_name(t, arr, up);
	uint64_t index = 0;

	val_for_each(el, arr) {
		struct around in = { el, up };
		int n = NAME_WIDTH - (int)strlen(name), start;

		start = fprintf(t->to, "%*s%s%*llu : ", indent, "", name, n < 3 ? 3 : n,
				(unsigned long long)element_number(arr, el, index++));
		pair_line(t, arr, el, &in, &p, start > 0 ? start : 0);
	}
}

static void blocks(struct text *t, const struct val *arr, const struct around *in, int indent)
{
	const char *name = element_name(t, arr, in);
	uint64_t index = 0;

	val_for_each(el, arr) {
		uint64_t number = element_number(arr, el, index++);

		if (el->type == VAL_OBJ) {
			fprintf(t->to, "%*s%s[%llu]\n", indent, "", name, (unsigned long long)number);
			text_object(t, el, in, indent + 2);
		} else if (el->type == VAL_ARR) {
			text_array(t, el, in, indent + 2, 0);
		} else {
			fprintf(t->to, "%*s[%4llu]:%s\n", indent, "", (unsigned long long)number,
				show_value(t->a, el, in, t->o, true));
		}
	}
}

static bool all_scalars(const struct val *arr)
{
	val_for_each(el, arr) {
		if (el->type == VAL_OBJ || el->type == VAL_ARR)
			return false;
	}
	return true;
}

/* Objects of one member that is called as they are, "nsid" in "nsids": a list of numbers in a roundabout form. */
static const struct val *unwrapped(struct text *t, const struct val *arr)
{
	const char *name = element_name(t, arr, NULL);
	struct val *list = val_new(t->a, VAL_ARR);

	list->key = arr->key;
	val_for_each(el, arr) {
		struct val *copy;

		if (el->type != VAL_OBJ || el->c.n != 1 || strcmp(el->c.first->key, name) != 0)
			return arr;
		copy = arena_memdup(t->a, el->c.first, sizeof(*copy));
		copy->key = NULL;
		copy->next = NULL;
		val_add(list, NULL, copy);
	}
	return list;
}

void text_array(struct text *t, const struct val *arr, const struct around *in, int indent, int width)
{
	const char *label = text_label(t, arr->key);

	if (!t->o->plain)
		arr = unwrapped(t, arr);

	if (!arr->c.n) {
		fprintf(t->to, "%*s%-*s : none\n", indent, "", width, label);
	} else if (!all_scalars(arr)) {
		if (one_line_each(t, arr))
			pair_lines(t, arr, in, indent);
		else
			blocks(t, arr, in, indent);
	} else if (arr->c.n <= FEW_SCALARS) {
		fprintf(t->to, "%*s%-*s :", indent, "", width, label);
		val_for_each(el, arr)
			fprintf(t->to, "%s %s", el == arr->c.first ? "" : ",",
				show_value(t->a, el, in, t->o, true));
		fputc('\n', t->to);
	} else {
		fprintf(t->to, "%*s%-*s : %zu\n", indent, "", width, label, arr->c.n);
		blocks(t, arr, in, indent);
	}
}
