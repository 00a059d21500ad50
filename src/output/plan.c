/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A plan (src/dev/gate_plan.c) as people read it, in a dry run and before they are asked. */
#include <inttypes.h>
#include <string.h>

#include "core/num.h"
#include "output/out.h"
#include "spec/field.h"

enum { MAX_NAMESPACES = 24 };

static const char *clean(struct text *t, const struct val *obj, const char *key)
{
	const struct val *v = val_get(obj, key);

	return v && v->type == VAL_STR ? printable(t->a, v->s.p, v->s.len, true) : "";
}

static const char *size_text(struct text *t, const struct val *v)
{
	char buf[NUM_U128_MAX];

	return v && val_wide(v) ? arena_printf(t->a, ", %s", num_si(val_wide(v), buf)) : "";
}

static void drive(struct text *t, const struct val *d)
{
	const char *serial = clean(t, d, "serial"), *model = clean(t, d, "model");

	fprintf(t->to, "  drive: %s, serial number %s%s, firmware %s\n", *model ? model : "unknown model",
		*serial ? serial : "unknown", size_text(t, val_get(d, "capacity")), clean(t, d, "firmware"));
	fprintf(t->to, "         %s\n", clean(t, d, "nqn"));
}

static void contents(struct text *t, const struct val *ns)
{
	const struct val *list = val_get(ns, "contents"), *unread = val_get(ns, "contents_unread");

	val_for_each(c, list) {
		bool table = strcmp(clean(t, c, "usage"), "partition-table") == 0;
		const char *label = clean(t, c, "label");

		fprintf(t->to, "    %s: %s%s", clean(t, c, "device"), clean(t, c, "type"), table ? " partition table" : "");
		fprintf(t->to, *label ? " \"%s\"%s\n" : "%s%s\n", label, table ? "" : size_text(t, val_get(c, "size")));
	}
	if (!list->c.n && !unread)
		fputs("    nothing that is known to stand on it\n", t->to);
	if (unread)
		fprintf(t->to, "    what is on it could not all be read: %s\n", clean(t, ns, "contents_unread"));
}

static void uses(struct text *t, const struct val *ns)
{
	val_for_each(u, val_get(ns, "in_use"))
		fprintf(t->to, "    %s\n", clean(t, u, "text"));
}

static void namespaces(struct text *t, const struct val *list)
{
	size_t n = 0;

	val_for_each(ns, list) {
		const char *name = clean(t, ns, "name");
		bool used = val_get(ns, "in_use")->c.n;

		/* Of very many, those that are used are worth a line. */
		if (n++ >= MAX_NAMESPACES && !used)
			continue;
		fprintf(t->to, "  namespace: %s, NSID %" PRIu64 "%s\n", *name ? name : "(no node here)", val_u64(ns, "nsid", 0),
			size_text(t, val_get(ns, "size")));
		if (*name)
			contents(t, ns);
		uses(t, ns);
	}
	if (n > MAX_NAMESPACES)
		fprintf(t->to, "  %zu namespaces in all\n", n);
}

static void one_step(struct text *t, const struct val *plan, const struct val *s)
{
	const struct val *notes = val_get(s, "notes"), *d = val_get(plan, "drive");
	const char *effect = clean(t, s, "effect"), *confirm = clean(t, s, "confirm"), *refused = clean(t, s, "refused");
	const char *device = clean(t, val_get(s, "device") ? s : plan, "device");

	fprintf(t->to, "%s%s%s%s%s\n", clean(t, s, "action"), *device ? " on " : "", device, *effect ? ": " : "", effect);
	if (val_get(s, "drive"))
		drive(t, val_get(s, "drive"));
	else if (d && val_get(plan, "steps")->c.first == s)
		drive(t, d);
	namespaces(t, val_get(s, "namespaces"));
	for (const struct val *v = notes ? notes->c.first : NULL; v; v = v->next)
		fprintf(t->to, "  note: %s\n", printable(t->a, v->s.p, v->s.len, true));
	/* Outside of a dry run it is the error that follows. */
	if (*refused && t->o->ctx->g.dry_run)
		fprintf(t->to, "  refused: %s\n", refused);
	if (*refused && t->o->ctx->g.dry_run && *clean(t, s, "hint"))
		fprintf(t->to, "           %s\n", clean(t, s, "hint"));
	if (*confirm)
		fprintf(t->to, "  to confirm: %s\n", confirm);
}

static void dwords(struct text *t, const struct val *c)
{
	static const char *const names[] = { "cdw10", "cdw11", "cdw12", "cdw13", "cdw14", "cdw15" };

	if (val_get(c, "nsid"))
		fprintf(t->to, " nsid 0x%" PRIx64, val_u64(c, "nsid", 0));
	for (size_t i = 0; i < NELEMS(names); i++) {
		if (val_u64(c, names[i], 0))
			fprintf(t->to, " %s 0x%08" PRIx64, names[i], val_u64(c, names[i], 0));
	}
	if (val_u64(c, "data_len", 0))
		fprintf(t->to, " data %" PRIu64, val_u64(c, "data_len", 0));
	fputc('\n', t->to);
}

static bool alike(const struct val *a, const struct val *b)
{
	return a && b && val_get(a, "opcode") && val_get(b, "opcode") &&
	       val_u64(a, "opcode", 0) == val_u64(b, "opcode", 0) && val_u64(a, "nsid", 0) == val_u64(b, "nsid", 0);
}

/* Of many that differ in the place alone (the parts of a firmware image) the first and the last. */
static void commands(struct text *t, const struct val *plan)
{
	const struct val *list = val_get(plan, "commands");
	bool several = false;

	if (!list || !list->c.n) {
		fputs("No command would be sent that changes anything.\n", t->to);
		return;
	}
	val_for_each(c, list)
		several = several || val_get(c, "device");
	fputs("Commands that would be sent:\n", t->to);
	for (const struct val *c = list->c.first; c; c = c->next) {
		size_t n = 0;

		fprintf(t->to, "  %s %s", clean(t, c, "queue"), clean(t, c, "name"));
		if (several)
			fprintf(t->to, " on %s", clean(t, val_get(c, "device") ? c : plan, "device"));
		dwords(t, c);
		while (alike(c, c->next) && alike(c->next, c->next->next)) {
			c = c->next;
			n++;
		}
		if (n)
			fprintf(t->to, "    ... %zu more of the same kind ...\n", n);
	}
}

void text_plan(struct text *t, const struct val *plan)
{
	const struct val *steps = val_get(plan, "steps");

	for (const struct val *s = steps ? steps->c.first : NULL; s; s = s->next)
		one_step(t, plan, s);
	/* What is about no drive sends it nothing. */
	if (t->o->ctx->g.dry_run && (*clean(t, plan, "device") || val_get(plan, "commands")))
		commands(t, plan);
	else if (t->o->ctx->g.dry_run && !(steps && steps->c.n))
		fputs("Nothing would be changed.\n", t->to);
}
