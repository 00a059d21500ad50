/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The plan: which drive, whose data, what stands in the way, which commands. */
#include <string.h>

#include "dev/gate_step.h"

#define TEXT(n, t, ...) { n, t, .kind = K_TEXT, __VA_ARGS__ }
#define NUMBER(n, t, ...) { n, t, .len = 64, .kind = K_UINT, __VA_ARGS__ }
#define LIST(n, t, rows, ...) { n, t, .kind = K_ARRAY, SUB(rows), __VA_ARGS__ }

static const struct field drive_rows[] = {
	TEXT("model", "Model number"),
	TEXT("serial", "Serial number"),
	TEXT("firmware", "Firmware revision"),
	TEXT("nqn", "NVMe qualified name of the NVM subsystem"),
	{ "capacity", "Capacity", .len = 128, .kind = K_U128, .unit = "bytes", .flags = F_OPTIONAL },
};

static const struct field content_rows[] = {
	TEXT("device", "Block device that it is on"),
	TEXT("type", "Kind of signature, as libblkid names it: ext4, gpt, LVM2_member, ..."),
	TEXT("usage", "filesystem, raid, crypto, partition-table, other"),
	TEXT("label", "Label, or empty"),
	TEXT("uuid", "UUID, or empty"),
	NUMBER("size", "Size of the device, 0: unknown", .unit = "bytes"),
};

static const struct field use_rows[] = {
	TEXT("device", "What is used"),
	TEXT("kind", "mount, swap, holder, open, export, busy"),
	TEXT("what", "Where it is mounted, or who holds it"),
	TEXT("text", "The same in words"),
	{ "system", "The running system is on it", .kind = K_BOOL },
};

static const struct field ns_rows[] = {
	TEXT("name", "Namespace's node, or empty where the kernel has none"),
	NUMBER("nsid", "Namespace identifier"),
	NUMBER("size", "Size, 0: unknown", .unit = "bytes"),
	LIST("contents", "What is on it", content_rows),
	TEXT("contents_unread", "Why not all of that could be read", .flags = F_OPTIONAL),
	LIST("in_use", "Who uses it", use_rows),
};

static const struct field note_rows[] = { { NULL, "Text", .kind = K_TEXT } };

static const struct field step_rows[] = {
	TEXT("device", "The device, where it is not the plan's", .flags = F_OPTIONAL),
	{ "drive", "The drive, likewise", STRUCT_OF(drive_rows), .flags = F_OPTIONAL },
	TEXT("action", "What is done"),
	TEXT("effect", "What that means", .flags = F_OPTIONAL),
	LIST("namespaces", "The namespaces at stake", ns_rows),
	LIST("notes", "What else there is to know", note_rows, .flags = F_OPTIONAL),
	TEXT("confirm", "How to say that it is meant, where nobody has said so yet", .flags = F_OPTIONAL),
	TEXT("refused", "Why the gate would refuse it, or does", .flags = F_OPTIONAL),
	TEXT("hint", "What to do about that", .flags = F_OPTIONAL),
};

static const struct field command_rows[] = {
	TEXT("device", "The device that gets it, where it is not the plan's", .flags = F_OPTIONAL),
	TEXT("name", "What it is"),
	TEXT("queue", "admin, io; other: it is no command of NVMe"),
	NUMBER("opcode", "Opcode", .flags = F_OPTIONAL, .show = SHOW_HEX),
	NUMBER("nsid", "Namespace identifier", .flags = F_OPTIONAL, .show = SHOW_HEX),
	NUMBER("cdw10", "Command dword 10", .show = SHOW_HEX),
	NUMBER("cdw11", "Command dword 11", .show = SHOW_HEX),
	NUMBER("cdw12", "Command dword 12", .show = SHOW_HEX),
	NUMBER("cdw13", "Command dword 13", .show = SHOW_HEX),
	NUMBER("cdw14", "Command dword 14", .show = SHOW_HEX),
	NUMBER("cdw15", "Command dword 15", .show = SHOW_HEX),
	NUMBER("data_len", "Length of the data", .unit = "bytes"),
};

static const struct field plan_rows[] = {
	TEXT("device", "The device that was named"),
	{ "drive", "The drive", STRUCT_OF(drive_rows), .flags = F_OPTIONAL },
	LIST("steps", "What is done, one after the other", step_rows),
	LIST("commands", "The commands that would be sent", command_rows, .flags = F_OPTIONAL),
};

const struct spec spec_plan = { "dry-run", "What would be done", NULL, 0, 1, FIELDS(plan_rows) };

struct val *gate_plan(struct ctx *ctx)
{
	if (!ctx->plan) {
		ctx->plan = val_new(ctx->arena, VAL_OBJ);
		val_put_str(ctx->arena, ctx->plan, "device", ctx->dev ? ctx->dev->path : "");
		val_put_arr(ctx->arena, ctx->plan, "steps");
	}
	return ctx->plan;
}

static struct val *list_of(struct ctx *ctx, const char *key)
{
	struct val *plan = gate_plan(ctx), *list = val_get(plan, key);

	return list ? list : val_put_arr(ctx->arena, plan, key);
}

/* A plan that goes on to another device says so. */
static bool put_device(const struct dev *dev, struct val *to)
{
	struct arena *a = dev->ctx->arena;

	if (strcmp(val_str(a, gate_plan(dev->ctx), "device"), dev->path) == 0)
		return false;
	val_put_str(a, to, "device", dev->path);
	return true;
}

static void put_drive(const struct step *s, struct val *to)
{
	struct arena *a = s->ctx->arena;
	struct val *d = val_put_obj(a, to, "drive");

	val_put_str(a, d, "model", s->id.model);
	val_put_str(a, d, "serial", s->id.serial);
	val_put_str(a, d, "firmware", s->id.firmware);
	val_put_str(a, d, "nqn", s->id.nqn);
	if (s->id.capacity)
		val_put_u128(a, d, "capacity", s->id.capacity);
}

static void put_contents(struct arena *a, struct val *list, const struct inuse *u)
{
	for (size_t i = 0; i < u->ncontents; i++) {
		struct val *c = val_put_obj(a, list, NULL);

		val_put_str(a, c, "device", u->contents[i].device);
		val_put_str(a, c, "type", u->contents[i].type);
		val_put_str(a, c, "usage", u->contents[i].usage);
		val_put_str(a, c, "label", u->contents[i].label);
		val_put_str(a, c, "uuid", u->contents[i].uuid);
		val_put_u64(a, c, "size", u->contents[i].size);
	}
}

static void put_uses(struct arena *a, struct val *list, const struct inuse *u)
{
	for (size_t i = 0; i < u->nuses; i++) {
		struct val *v = val_put_obj(a, list, NULL);

		val_put_str(a, v, "device", u->uses[i].device);
		val_put_str(a, v, "kind", u->uses[i].kind);
		val_put_str(a, v, "what", u->uses[i].what);
		val_put_str(a, v, "text", use_text(a, &u->uses[i]));
		val_put_bool(a, v, "system", u->uses[i].system);
	}
}

static void put_stake(struct arena *a, struct val *list, const struct stake *t)
{
	struct val *n = val_put_obj(a, list, NULL);

	val_put_str(a, n, "name", t->ns ? t->ns->name : "");
	val_put_u64(a, n, "nsid", t->nsid);
	val_put_u64(a, n, "size", t->ns ? t->ns->blocks * t->ns->lba_size : 0);
	put_contents(a, val_put_arr(a, n, "contents"), t->inuse);
	if (t->inuse->unread)
		val_put_str(a, n, "contents_unread", t->inuse->unread);
	put_uses(a, val_put_arr(a, n, "in_use"), t->inuse);
}

/* "nvme0n1 and nvme0n2", "3 namespaces", "namespace 7, which is not attached here" */
static const char *named(const struct step *s)
{
	struct arena *a = s->ctx->arena;

	if (!s->nstakes && s->reach == REACH_PATH)
		return s->ctrl && s->ctrl->subsys->nns ? "no namespace, since other paths lead there" : "no namespace";
	if (!s->nstakes)
		return s->reach == REACH_SUBSYS ? "the whole drive" : "no namespace that is attached here";
	if (s->nstakes > 2)
		return arena_printf(a, "%zu namespaces", s->nstakes);
	if (s->nstakes == 2)
		return arena_printf(a, "%s and %s", s->stakes[0].ns->name, s->stakes[1].ns->name);
	if (s->stakes[0].ns)
		return s->stakes[0].ns->name;
	return arena_printf(a, "namespace %u, of which the kernel has no node", s->stakes[0].nsid);
}

static const char *request_name(struct ctx *ctx, const struct req *r)
{
	static const char *const kinds[] = {
		[REQ_RESET] = "controller reset", [REQ_SUBSYS_RESET] = "NVM subsystem reset",
		[REQ_RESCAN] = "rescan of namespaces", [REQ_REG_READ] = "read of a property",
		[REQ_REG_WRITE] = "write of a property", [REQ_DISCONNECT] = "disconnect", [REQ_OPAL] = "Opal request of the kernel",
	};
	const struct opcode *op = opcode_info(r->opcode, r->io);

	if (r->kind != REQ_NVME)
		return kinds[r->kind];
	return op ? op->text : arena_printf(ctx->arena, "opcode 0x%02x", r->opcode);
}

void plan_step(const struct step *s)
{
	struct ctx *ctx = s->ctx;
	struct arena *a = ctx->arena;
	struct val *v, *list;
	const char *action = s->in->action, *effect = s->in->effect;

	if (!val_get(gate_plan(ctx), "drive"))
		put_drive(s, gate_plan(ctx));
	v = val_put_obj(a, list_of(ctx, "steps"), NULL);
	if (put_device(ctx->dev, v))
		put_drive(s, v);
	if (!action)
		action = s->danger ? s->danger->action : s->req ? request_name(ctx, s->req) : "Nothing";
	val_put_str(a, v, "action", action);
	if (!effect && s->danger)
		effect = s->reach == REACH_NONE ? s->danger->effect : arena_printf(a, "%s %s", s->danger->effect, named(s));
	if (effect)
		val_put_str(a, v, "effect", effect);
	list = val_put_arr(a, v, "namespaces");
	for (size_t i = 0; i < s->nstakes; i++)
		put_stake(a, list, &s->stakes[i]);
	list = s->in->notes ? val_put_arr(a, v, "notes") : NULL;
	for (const char *const *n = s->in->notes; n && *n; n++)
		val_put_str(a, list, NULL, *n);
	if (s->confirm)
		val_put_str(a, v, "confirm", s->confirm);
	if (s->refused)
		val_put_str(a, v, "refused", s->refused);
	if (s->refused && s->hint)
		val_put_str(a, v, "hint", s->hint);
}

void gate_plan_step(struct ctx *ctx, const char *action, const char *effect, const char *const *notes)
{
	struct arena *a = ctx->arena;
	struct val *v = val_put_obj(a, list_of(ctx, "steps"), NULL), *list;

	val_put_str(a, v, "action", action);
	val_put_str(a, v, "effect", effect);
	val_put_arr(a, v, "namespaces");
	list = val_put_arr(a, v, "notes");
	for (; notes && *notes; notes++)
		val_put_str(a, list, NULL, *notes);
}

void gate_plan_add(struct dev *dev, const struct req *r)
{
	struct arena *a = dev->ctx->arena;
	struct val *c = val_put_obj(a, list_of(dev->ctx, "commands"), NULL);

	/* Of a subsystem the name says it. */
	if (dev->kind != DEV_SUBSYS)
		put_device(dev, c);
	val_put_str(a, c, "name",
		    r->kind != REQ_IOPOLICY ? request_name(dev->ctx, r)
					    : arena_printf(a, "I/O policy of %s: %.*s", dev->name, (int)r->data_len, (const char *)r->data));
	val_put_str(a, c, "queue", r->kind != REQ_NVME ? "other" : r->io ? "io" : "admin");
	if (r->kind == REQ_NVME) {
		val_put_u64(a, c, "opcode", r->opcode);
		val_put_u64(a, c, "nsid", r->nsid);
	}
	val_put_u64(a, c, "cdw10", r->cdw10);
	val_put_u64(a, c, "cdw11", r->cdw11);
	val_put_u64(a, c, "cdw12", r->cdw12);
	val_put_u64(a, c, "cdw13", r->cdw13);
	val_put_u64(a, c, "cdw14", r->cdw14);
	val_put_u64(a, c, "cdw15", r->cdw15);
	val_put_u64(a, c, "data_len", r->data_len);
}
