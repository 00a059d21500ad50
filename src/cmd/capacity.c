/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* capacity-mgmt: Endurance Groups and NVM Sets. Base 2.1, sections 5.1.3 and 8.1.4. */
#include "cmd/ns_size.h"
#include "core/num.h"
#include "spec/tables.h"

#define SIZE 4096u

enum { SELECT_CONFIG, CREATE_GROUP, DELETE_GROUP, CREATE_SET, DELETE_SET };

struct capacity_args {
	uint8_t operation;
	struct opt_u32 element_id, cap_lower, cap_upper;
	struct opt_u64 capacity;
	bool ish;
};

/* Figure 156 */
static const struct name operation_names[] = {
	{ SELECT_CONFIG, "select-config", "Select Capacity Configuration" },
	{ CREATE_GROUP, "create-endgrp", "Create Endurance Group" },
	{ DELETE_GROUP, "delete-endgrp", "Delete Endurance Group" },
	{ CREATE_SET, "create-nvmset", "Create NVM Set" },
	{ DELETE_SET, "delete-nvmset", "Delete NVM Set" },
};

/* The bits of CTRATT that each needs: section 8.1.4. */
static const char *const needs[][2] = {
	[SELECT_CONFIG] = { "ctratt.fcm" },		     [CREATE_GROUP] = { "ctratt.vcm" },
	[DELETE_GROUP] = { "ctratt.vcm", "ctratt.deg" },     [CREATE_SET] = { "ctratt.vcm", "ctratt.nsets" },
	[DELETE_SET] = { "ctratt.vcm", "ctratt.dnvms" },
};

static const char *si(struct ctx *ctx, uint64_t bytes)
{
	char *buf = arena_alloc(ctx->arena, NUM_U128_MAX);

	return num_si(bytes, buf);
}

static bool creates(unsigned oper)
{
	return oper == CREATE_GROUP || oper == CREATE_SET;
}

static int check_args(struct ctx *ctx, const struct capacity_args *a, uint64_t *bytes)
{
	const char *name = operation_names[a->operation].key;
	bool parts = a->cap_lower.set || a->cap_upper.set;

	if (a->capacity.set && parts)
		return fail(ctx, XC_USAGE, 0, "--capacity says it whole: --cap-lower and --cap-upper are too much");
	*bytes = a->capacity.set ? a->capacity.v : (uint64_t)a->cap_upper.v << 32 | a->cap_lower.v;
	if (!creates(a->operation) && (a->capacity.set || parts))
		return fail(ctx, XC_USAGE, 0, "%s takes no capacity", name);
	if (creates(a->operation) && !*bytes)
		return fail(ctx, XC_USAGE, 0, "%s needs --capacity", name);
	if (!creates(a->operation) && !a->element_id.set)
		return fail(ctx, XC_USAGE, 0, "%s needs --element-id", name);
	if ((a->operation == DELETE_GROUP || a->operation == DELETE_SET) && !a->element_id.v)
		return fail(ctx, XC_USAGE, 0, "--element-id: there is no %s 0",
			    a->operation == DELETE_SET ? "NVM Set" : "Endurance Group");
	return 0;
}

static int check_support(struct ctx *ctx, unsigned oper, const struct val **id)
{
	int rc = cmd_read_ctrl(ctx, id);

	for (size_t i = 0; !rc && i < 2; i++) {
		if (needs[oper][i])
			rc = cmd_needs(ctx, needs[oper][i], NULL);
	}
	if (ctx->error.code == XC_UNSUPPORTED)
		fail_hint(ctx, rc, "'nvmekit id-ctrl %s -v' shows under ctratt what it supports", ctx->dev->name);
	return rc;
}

/* --- what is there --- */

/* *found: the element, where the drive lists them (*known). cns 04h or 19h. */
static int look_up(struct ctx *ctx, uint8_t cns, uint16_t id, bool *known, const struct val **found)
{
	bool sets = cns == 0x04;
	void *buf = dev_buffer(ctx, SIZE);
	const struct val *st, *list;
	size_t got;
	int rc = dev_identify_if(ctx->dev, cns, 0, id, 0, buf, &got);

	*found = NULL;
	*known = !rc && got;
	if (!*known)
		return rc;
	st = spec_decode(ctx->arena, sets ? &spec_id_nvmset : &spec_list_endgrp, buf, got);
	list = val_get(st, sets ? "NVMSet" : "endgrp_list");
	for (const struct val *it = list ? list->c.first : NULL; it; it = it->next) {
		if (val_u64(it, sets ? "nvmset_id" : "endgrp_id", 0) == id)
			*found = it;
	}
	return 0;
}

static int must_exist(struct ctx *ctx, unsigned oper, uint16_t id)
{
	bool sets = oper == DELETE_SET, known;
	const struct val *found;
	int rc = look_up(ctx, sets ? 0x04 : 0x19, id, &known, &found);

	if (rc || !known || found)
		return rc;
	rc = fail(ctx, XC_USAGE, 0, "--element-id: there is no %s %u on %s", sets ? "NVM Set" : "Endurance Group", id,
		  ctx->dev->path);
	return fail_hint(ctx, rc, "'nvmekit %s %s' lists those that there are", sets ? "id-nvmset" : "list-endgrp",
			 ctx->dev->name);
}

static int too_large(struct ctx *ctx, uint64_t bytes, uint64_t limit, const char *what)
{
	return fail(ctx, XC_USAGE, 0, "%s (%llu bytes) is more than the %s (%llu bytes) %s %s", si(ctx, bytes),
		    (unsigned long long)bytes, si(ctx, limit), (unsigned long long)limit, what, ctx->dev->path);
}

static int check_group_room(struct ctx *ctx, const struct val *id, uint64_t bytes)
{
	uint64_t max = val_u64(id, "megcap", 0), left = val_u64(id, "unvmcap", 0);

	if (max && bytes > max)
		return too_large(ctx, bytes, max, "that an Endurance Group can have on");
	if (val_u64(id, "tnvmcap", 0) && bytes > left)
		return too_large(ctx, bytes, left, "that are unallocated on");
	return 0;
}

static int check_set_room(struct ctx *ctx, uint16_t endgid, uint64_t bytes)
{
	uint64_t left;
	bool known;
	int rc;

	if (!endgid) /* the drive finds a place */
		return 0;
	rc = must_exist(ctx, DELETE_GROUP, endgid);
	if (!rc)
		rc = group_left(ctx, endgid, &known, &left);
	if (!rc && known && bytes > left)
		rc = too_large(ctx, bytes, left,
			       arena_printf(ctx->arena, "that are unallocated in Endurance Group %u of", endgid));
	return rc;
}

static int check_drive(struct ctx *ctx, const struct capacity_args *a, const struct val *id, uint64_t bytes)
{
	uint16_t element = (uint16_t)a->element_id.v;

	switch (a->operation) {
	case CREATE_GROUP:
		return check_group_room(ctx, id, bytes);
	case CREATE_SET:
		return check_set_room(ctx, element, bytes);
	case DELETE_GROUP:
	case DELETE_SET:
		return must_exist(ctx, a->operation, element);
	default:
		return 0;
	}
}

/* --- what would go with it --- */

/* The namespaces in the element: how many, and one of them. *known: the drive says it of every one. */
static int inside(struct ctx *ctx, unsigned oper, uint64_t element, bool *known, unsigned *n, uint32_t *nsid)
{
	uint8_t *list = dev_buffer(ctx, SIZE), *buf = dev_buffer(ctx, SIZE);
	const struct val *id;
	size_t got, len;
	int rc = dev_identify_if(ctx->dev, 0x10, 0, 0, 0, list, &len);

	*n = 0;
	*known = len == SIZE;
	for (size_t i = 0; !rc && *known && i < len / 4; i++) {
		const uint8_t *p = list + 4 * i;
		uint32_t one = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;

		if (!one)
			return 0;
		rc = dev_identify_if(ctx->dev, 0x11, one, 0, 0, buf, &got);
		*known = got;
		id = spec_decode(ctx->arena, &spec_id_ns, buf, got);
		if (val_u64(id, oper == DELETE_SET ? "nvmsetid" : "endgid", 0) != element)
			continue;
		*nsid = one;
		++*n;
	}
	*known = false; /* there are more than fit into one list */
	return rc;
}

/* The gate looks at every namespace of the drive, unless it is known that fewer are concerned. */
static int narrow(struct ctx *ctx, const struct capacity_args *a, struct intent *in)
{
	const char *what;
	unsigned n;
	bool known;
	int rc;

	if (a->operation != DELETE_GROUP && a->operation != DELETE_SET)
		return 0;
	rc = inside(ctx, a->operation, a->element_id.v, &known, &n, &in->nsid);
	if (rc || !known || n > 1) {
		in->nsid = 0;
		return rc;
	}
	what = arena_printf(ctx->arena, "deletes %s %u", a->operation == DELETE_SET ? "NVM Set" : "Endurance Group",
			    a->element_id.v);
	in->reach = n ? REACH_NS : REACH_NONE;
	in->effect = arena_printf(ctx->arena, n ? "%s, and destroys all data of" : "%s, in which there is no namespace", what);
	return 0;
}

static int run_capacity(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct capacity_args *a = argp;
	const struct val *id;
	struct intent in = { 0 };
	struct req r = { .opcode = 0x20 };
	uint64_t bytes = 0;
	int rc = check_args(ctx, a, &bytes);

	if (!rc)
		rc = check_support(ctx, a->operation, &id);
	if (!rc)
		rc = check_drive(ctx, a, id, bytes);
	if (!rc)
		rc = narrow(ctx, a, &in);
	if (rc)
		return rc;
	r.cdw10 = a->operation | a->element_id.v << 16;
	r.cdw11 = (uint32_t)bytes;
	r.cdw12 = (uint32_t)(bytes >> 32);
	rc = cmd_alter(ctx, &in, &r, "Capacity Management");
	if (rc)
		return rc;
	val_put_u64(ctx->arena, out, "operation", a->operation);
	val_put_u64(ctx->arena, out, "element_id", creates(a->operation) ? r.result & 0xffff : a->element_id.v);
	if (creates(a->operation))
		val_put_u64(ctx->arena, out, "capacity", bytes);
	return 0;
}

static const struct field capacity_rows[] = {
	{ "operation", "Operation", .len = 8, ENUM_OF(operation_names) },
	{ "element_id", "What was created, deleted or selected", .len = 16, .kind = K_UINT },
	{ "capacity", "Capacity that was asked for", .len = 64, .kind = K_UINT, .unit = "bytes", .show = SHOW_SI,
	  .flags = F_OPTIONAL },
};
static const struct spec spec_capacity_mgmt = { "capacity-mgmt", "Capacity Management", NULL, 0, 1, FIELDS(capacity_rows) };

static const struct opt capacity_opts[] = {
	OPT(capacity_args, operation, 'O', "operation", "OPERATION", "What to do", VALS(operation_names),
	    .flags = OF_REQUIRED | OF_OPEN_NAMES, .max = DELETE_SET),
	OPT(capacity_args, element_id, 'i', "element-id", "ID",
	    "The configuration to select (0: none), the domain or Endurance Group to create in (default: the drive chooses), or what "
	    "to delete",
	    .max = 0xffff),
	OPT(capacity_args, capacity, 0, "capacity", "SIZE", "Capacity to create, 800G or 1TiB", .unit = UNIT_BYTES),
	OPT(capacity_args, cap_lower, 'l', "cap-lower", "N", "Bits 31:0 of the capacity in bytes, instead of --capacity"),
	OPT(capacity_args, cap_upper, 'u', "cap-upper", "N", "Bits 63:32 of it"),
	OPT_ISH(capacity_args, ish),
};

const struct cmd cmd_capacity_mgmt = {
	.name = "capacity-mgmt",
	.group = "Capacity",
	.brief = "Create and delete Endurance Groups and NVM Sets",
	.desc = "Sends Capacity Management, and shows the identifier of what was created.\n\n"
		"Deleting an Endurance Group or an NVM Set deletes every namespace in it. Selecting configuration 0 deletes everything.",
	.examples = "nvmekit capacity-mgmt nvme0 -O create-endgrp --capacity=1T\n  Create an Endurance Group of 1 TB.\n"
		    "nvmekit capacity-mgmt nvme0 -O create-nvmset -i 1 --capacity=500G\n  Create an NVM Set in Endurance Group 1.\n"
		    "nvmekit capacity-mgmt nvme0 -O delete-nvmset -i 2\n  Delete NVM Set 2 with its namespaces.\n",
	.target = T_DEV,
	.flags = C_ALTERS | C_GATED,
	.timeout_ms = 120000,
	OPTS(capacity_args, capacity_opts),
	.out = &spec_capacity_mgmt,
	.run = run_capacity,
};
