/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* list and list-subsys as JSON: the flat list, the nested one, and the bare array of hosts. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compat/nvme.h"
#include "dev/hostid.h"

/*
 * Controllers that are no fabrics connection belong to the host that this machine is, as far as it is known. A
 * simulated system says itself whose they are.
 */
static void this_host(struct ctx *ctx, const char **nqn, const char **id)
{
	struct host_identity host = { .hostnqn = NULL };
	struct error before = ctx->error;

	if (!ctx->g.system && host_identity_known(ctx, &host)) {
		/* A listing does not fail for that. */
		ctx->error = before;
		host = (struct host_identity){ .hostnqn = NULL };
	}
	*nqn = host.hostnqn ? host.hostnqn : "";
	*id = host.hostid ? host.hostid : "";
}

static const char *text_of(struct ctx *ctx, const struct val *v, const char *key)
{
	return val_str(ctx->arena, v, key);
}

/* The host with this NQN and id in the array, made where it is not there yet; returns its Subsystems. */
static struct val *host_of(struct ctx *ctx, struct val *hosts, const char *nqn, const char *id)
{
	struct val *h;

	val_for_each(it, hosts) {
		if (strcmp(text_of(ctx, it, "HostNQN"), nqn) == 0 &&
		    strcmp(text_of(ctx, it, "HostID"), id) == 0)
			return val_get(it, "Subsystems");
	}
	h = val_put_obj(ctx->arena, hosts, NULL);
	val_put_str(ctx->arena, h, "HostNQN", nqn);
	val_put_str(ctx->arena, h, "HostID", id);
	return val_put_arr(ctx->arena, h, "Subsystems");
}

/* --- list --- */

static const char *const device_keys[] = { "NameSpace",	   "DevicePath",   "GenericPath", "Firmware",
					   "ModelNumber",  "SerialNumber", "UsedBytes",	  "MaximumLBA",
					   "PhysicalSize", "SectorSize",   NULL };
static const char *const list_keys[] = { "Devices", NULL };

/* What is not known has a number all the same: programs read integers. */
static void number_where_null(struct val *obj, const char *key)
{
	struct val *v = val_get(obj, key);

	if (v && v->type == VAL_NULL) {
		v->type = VAL_UINT;
		v->field = NULL;
		v->u = 0;
	}
}

void shape_list(struct ctx *ctx, struct val *v, const struct fmt_opts *o)
{
	struct val *devices = val_get(v, "Devices");

	(void)ctx;
	(void)o;
	val_keep(v, list_keys);
	if (!devices)
		return;
	val_for_each(d, devices) {
		val_keep(d, device_keys);
		number_where_null(d, "UsedBytes");
	}
}

/* --- list -v --- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void put_namespace(struct ctx *ctx, struct val *to, const struct val *d)
{
	static const char *const keys[] = { "UsedBytes", "MaximumLBA", "PhysicalSize", "SectorSize" };
	struct arena *a = ctx->arena;
	struct val *o = val_put_obj(a, to, NULL);

	val_put_str(a, o, "NameSpace", base_name(text_of(ctx, d, "DevicePath")));
	val_put_str(a, o, "Generic", base_name(text_of(ctx, d, "GenericPath")));
	val_put_u64(a, o, "NSID", val_u64(d, "NameSpace", 0));
	for (size_t i = 0; i < NELEMS(keys); i++)
		val_put_u64(a, o, keys[i], val_u64(d, keys[i], 0));
}

/* Where there is no ANA the kernel calls every path optimized, and 2.16 says what the kernel says. */
static const char *ana_of(struct ctx *ctx, const struct val *path)
{
	const char *state = text_of(ctx, path, "ANAState");

	return *state ? state : "optimized";
}

/* The path of namespace d through the controller; NULL: none. */
static const struct val *path_through(struct ctx *ctx, const struct val *d, const char *ctrl)
{
	const struct val *paths = val_get(d, "Paths");

	if (!paths)
		return NULL;
	val_for_each(p, paths) {
		if (strcmp(text_of(ctx, p, "Controller"), ctrl) == 0)
			return p;
	}
	return NULL;
}

static bool multipath(const struct val *d)
{
	const struct val *paths = val_get(d, "Paths");

	return paths && paths->c.first && val_get(paths->c.first, "Path");
}

static void put_ctrl(struct ctx *ctx, struct val *to, const struct val *c, const struct val *devices)
{
	static const char *const keys[] = { "SerialNumber", "ModelNumber", "Firmware",
					    "Transport",    "Address",	   "Slot" };
	struct arena *a = ctx->arena;
	const char *name = text_of(ctx, c, "Controller");
	struct val *o = val_put_obj(a, to, NULL), *own, *paths;
	const struct val *id = val_get(c, "Cntlid");

	val_put_str(a, o, "Controller", name);
	val_put_str(a, o, "Cntlid", id && id->type == VAL_UINT ? arena_printf(a, "%" PRIu64, id->u) : "");
	for (size_t i = 0; i < NELEMS(keys); i++)
		val_put_str(a, o, keys[i], text_of(ctx, c, keys[i]));
	own = val_put_arr(a, o, "Namespaces");
	paths = val_put_arr(a, o, "Paths");
	val_for_each(d, devices) {
		const struct val *p = path_through(ctx, d, name);
		struct val *path;

		if (!p)
			continue;
		if (!multipath(d)) {
			put_namespace(ctx, own, d);
			continue;
		}
		path = val_put_obj(a, paths, NULL);
		val_put_str(a, path, "Path", text_of(ctx, p, "Path"));
		val_put_str(a, path, "ANAState", ana_of(ctx, p));
	}
}

/* The subsystem of a controller, made where it is not there yet, with its namespaces. */
static struct val *subsys_of(struct ctx *ctx, struct val *all, const struct val *c)
{
	const char *name = text_of(ctx, c, "Subsystem");
	struct arena *a = ctx->arena;
	struct val *o;

	val_for_each(it, all) {
		if (strcmp(text_of(ctx, it, "Subsystem"), name) == 0)
			return val_get(it, "Controllers");
	}
	o = val_put_obj(a, all, NULL);
	val_put_str(a, o, "Subsystem", name);
	val_put_str(a, o, "SubsystemNQN", text_of(ctx, c, "SubsystemNQN"));
	return val_put_arr(a, o, "Controllers");
}

static void put_shared(struct ctx *ctx, struct val *subsys, const struct val *devices)
{
	const char *name = text_of(ctx, subsys, "Subsystem");
	struct val *to = val_put_arr(ctx->arena, subsys, "Namespaces");

	val_for_each(d, devices) {
		if (multipath(d) && strcmp(text_of(ctx, d, "Subsystem"), name) == 0)
			put_namespace(ctx, to, d);
	}
}

void shape_list_verbose(struct ctx *ctx, struct val *v, const struct fmt_opts *o)
{
	const struct val *devices = val_get(v, "Devices"), *ctrls = val_get(v, "Controllers");
	struct val *hosts = val_new(ctx->arena, VAL_ARR);
	const char *nqn, *id;

	(void)o;
	this_host(ctx, &nqn, &id);
	val_for_each(c, ctrls) {
		const char *cnqn = text_of(ctx, c, "HostNQN"), *cid = text_of(ctx, c, "HostID");
		struct val *subsystems = host_of(ctx, hosts, *cnqn ? cnqn : nqn, *cid ? cid : id);

		put_ctrl(ctx, subsys_of(ctx, subsystems, c), c, devices);
	}
	val_for_each(h, hosts) {
		val_for_each(s, val_get(h, "Subsystems"))
			put_shared(ctx, s, devices);
	}
	v->c.first = v->c.last = NULL;
	v->c.n = 0;
	val_add(v, "Devices", hosts);
}

/* --- list-subsys --- */

/* Whether the operand is a namespace: then its paths have a state. */
static bool names_namespace(const struct ctx *ctx)
{
	const char *name = ctx->operands && ctx->operands[0] ? base_name(ctx->operands[0]) : "";

	name += strcspn(name, "0123456789");
	name += strspn(name, "0123456789");
	return *name == 'n';
}

static void put_states(struct ctx *ctx, struct val *subsys)
{
	struct val *paths = val_get(subsys, "Paths");

	for (struct val *p = paths ? paths->c.first : NULL; p; p = p->next) {
		if (!val_get(p, "ANAState"))
			val_put_str(ctx->arena, p, "ANAState", ana_of(ctx, p));
	}
}

static void shape_subsys(struct ctx *ctx, struct val *s, const struct fmt_opts *o)
{
	static const char *const keys[] = { "Name", "NQN", "Paths", NULL };
	static const char *const more[] = { "Name",	"NQN",	"Model", "Serial", "Firmware",
					    "IOPolicy", "Type", "Paths", NULL };

	if (strcmp(o->cmd->name, "show-topology") == 0) {
		if (nvme_json(ctx))
			shape_topology(ctx, s, o->verbose);
		return;
	}
	val_keep(s, o->verbose || !nvme_json(ctx) ? more : keys);
	if (names_namespace(ctx))
		put_states(ctx, s);
}

void shape_list_subsys(struct ctx *ctx, struct val *v, const struct fmt_opts *o)
{
	struct val *from = val_get(v, "Hosts"), *hosts = val_new(ctx->arena, VAL_ARR);
	const char *nqn, *id;

	this_host(ctx, &nqn, &id);
	for (struct val *h = from ? from->c.first : NULL; h; h = h->next) {
		const char *hnqn = text_of(ctx, h, "HostNQN"), *hid = text_of(ctx, h, "HostID");
		struct val *list = val_get(h, "Subsystems"), *to;

		to = host_of(ctx, hosts, *hnqn ? hnqn : nqn, *hid ? hid : id);
		for (struct val *s = list ? list->c.first : NULL, *next; s; s = next) {
			next = s->next;
			s->next = NULL;
			shape_subsys(ctx, s, o);
			val_add(to, NULL, s);
		}
	}
	v->type = VAL_ARR;
	v->field = NULL;
	v->c = hosts->c;
}
