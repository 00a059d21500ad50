/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The members that an image may have, and what is said of others. */
#include <string.h>

#include "core/num.h"
#include "dev/image_load.h"

#define STR    (1 << VAL_STR)
#define UINT   (1 << VAL_UINT)
#define OBJ    (1 << VAL_OBJ)
#define ARR    (1 << VAL_ARR)
#define BOOL   (1 << VAL_BOOL)
#define NUMBER (UINT | STR) /* as a number, or as text such as "0x4002" */

static const struct image_key root_members[] = {
	{ "nvmekit-image", UINT, true },
	{ "comment", STR | ARR, false },
	{ "host", OBJ, false },
	{ "nbft", ARR, false },
	{ "files", OBJ, false },
	{ "subsystems", ARR, true },
	{ "fabric", OBJ, false },
};
static const struct image_key host_members[] = {
	{ "hostnqn", STR, true },
	{ "hostid", STR, true },
};
static const struct image_key subsys_members[] = {
	{ "comment", STR | ARR, false }, { "name", STR, true },	       { "nqn", STR, true },
	{ "iopolicy", STR, false },	 { "controllers", ARR, true }, { "namespaces", ARR, false },
	{ "times", OBJ, false },	 { "model", OBJ, false },
};
static const struct image_key ctrl_members[] = {
	{ "comment", STR | ARR, false }, { "name", STR, true },	       { "cntlid", UINT, true },
	{ "transport", STR, true },	 { "address", STR, false },    { "state", STR, false },
	{ "slot", STR, false },		 { "numa_node", UINT, false }, { "identify", OBJ, true },
	{ "cns", OBJ, false },		 { "logs", OBJ, false },       { "features", OBJ, false },
	{ "fail", ARR, false },		 { "model", OBJ, false },      { "registers", OBJ, false },
	{ "ana", OBJ, false },		 { "ana_chgcnt", UINT, false },
	{ "hostnqn", STR, false },	 { "hostid", STR, false },     { "connection", OBJ, false },
};
static const struct image_key ns_members[] = {
	{ "comment", STR | ARR, false }, { "name", STR, true },	     { "generic", STR, false },
	{ "nsid", UINT, true },		 { "csi", UINT, false },     { "uuid", STR, false },
	{ "nguid", STR, false },	 { "eui64", STR, false },    { "controllers", ARR, false },
	{ "ana", OBJ, false },		 { "identify", OBJ, true },  { "cns", OBJ, false },
	{ "logs", OBJ, false },		 { "features", OBJ, false }, { "data", STR, false },
	{ "contents", ARR, false },	 { "in_use", ARR, false },   { "model", OBJ, false },
};
static const struct image_key feature_members[] = {
	{ "current", NUMBER, true },	   { "default", NUMBER, false },     { "saved", NUMBER, false },
	{ "capabilities", NUMBER, false }, { "data", OBJ, false },	     { "saveable", BOOL, false },
	{ "changeable", BOOL, false },	   { "per_namespace", BOOL, false },
};
static const struct image_key fail_members[] = {
	{ "opcode", NUMBER, false }, { "io", BOOL, false },	  { "kind", STR, false },
	{ "select", NUMBER, false }, { "status", NUMBER, false }, { "timeout", BOOL, false },
	{ "gone", BOOL, false },     { "delay_ms", UINT, false }, { "event", NUMBER, false },
	{ "received", UINT, false }, { "skip", UINT, false },	  { "count", UINT, false },
};

static const struct image_key connection_members[] = {
	{ "nqn", STR, true },
	{ "portid", UINT, true },
	{ "options", OBJ, false },
};

static const struct image_key fabric_members[] = {
	{ "comment", STR | ARR, false }, { "hosts", OBJ, false },      { "options", STR, false },
	{ "ports", ARR, false },	 { "subsystems", ARR, false }, { "registered", ARR, false },
};
static const struct image_key port_members[] = {
	{ "comment", STR | ARR, false }, { "transport", STR, true },  { "adrfam", STR, false },
	{ "traddr", STR, false },	 { "trsvcid", STR, false },   { "portid", UINT, true },
	{ "treq", NUMBER, false },	 { "tls", STR, false },	      { "subsystems", ARR, false },
	{ "lists", ARR, false },	 { "referrals", ARR, false }, { "discovery_nqn", STR, false },
	{ "identify", OBJ, false },	 { "log", OBJ, false },	      { "genctr", UINT, false },
	{ "genctr_moves", BOOL, false }, { "repeat", UINT, false },   { "fail", ARR, false },
};
static const struct image_key referral_members[] = {
	{ "transport", STR, true }, { "adrfam", STR, false },  { "traddr", STR, false },
	{ "trsvcid", STR, false },  { "portid", UINT, false }, { "nqn", STR, false },
};
static const struct image_key port_fail_members[] = {
	{ "errno", STR, false },  { "why", STR, false },       { "skip", UINT, false },
	{ "count", UINT, false }, { "delay_ms", UINT, false },
};
static const struct image_key remote_members[] = {
	{ "comment", STR | ARR, false }, { "nqn", STR, true },	    { "iopolicy", STR, false },
	{ "controller", OBJ, true },	 { "cntlid", UINT, false }, { "namespaces", ARR, false },
	{ "hosts", OBJ, false },	 { "times", OBJ, false },   { "model", OBJ, false },
};
static const struct image_key remote_ctrl_members[] = {
	{ "identify", OBJ, true },  { "cns", OBJ, false },  { "logs", OBJ, false },
	{ "features", OBJ, false }, { "fail", ARR, false }, { "registers", OBJ, false },
};
static const struct image_key remote_ns_members[] = {
	{ "comment", STR | ARR, false }, { "nsid", UINT, true },     { "csi", UINT, false },
	{ "uuid", STR, false },		 { "nguid", STR, false },    { "eui64", STR, false },
	{ "ana", OBJ, false },		 { "identify", OBJ, true },  { "cns", OBJ, false },
	{ "logs", OBJ, false },		 { "features", OBJ, false }, { "data", STR, false },
	{ "contents", ARR, false },	 { "model", OBJ, false },    { "in_use", ARR, false },
};
static const struct image_key allowed_members[] = {
	{ "dhchap_key", STR, false },
	{ "dhchap_ctrl_key", STR, false },
};

const struct image_keys image_objects[] = {
	[IN_IMAGE] = { "image", root_members, NELEMS(root_members) },
	[IN_HOST] = { "host", host_members, NELEMS(host_members) },
	[IN_SUBSYS] = { "subsystem", subsys_members, NELEMS(subsys_members) },
	[IN_CTRL] = { "controller", ctrl_members, NELEMS(ctrl_members) },
	[IN_NS] = { "namespace", ns_members, NELEMS(ns_members) },
	[IN_FEATURE] = { "feature", feature_members, NELEMS(feature_members) },
	[IN_FAIL] = { "failure", fail_members, NELEMS(fail_members) },
	[IN_CONNECTION] = { "connection", connection_members, NELEMS(connection_members) },
	[IN_FABRIC] = { "fabric", fabric_members, NELEMS(fabric_members) },
	[IN_PORT] = { "port", port_members, NELEMS(port_members) },
	[IN_REFERRAL] = { "referral", referral_members, NELEMS(referral_members) },
	[IN_PORT_FAIL] = { "failure of a port", port_fail_members, NELEMS(port_fail_members) },
	[IN_REMOTE] = { "remote subsystem", remote_members, NELEMS(remote_members) },
	[IN_REMOTE_CTRL] = { "remote controller", remote_ctrl_members, NELEMS(remote_ctrl_members) },
	[IN_REMOTE_NS] = { "remote namespace", remote_ns_members, NELEMS(remote_ns_members) },
	[IN_ALLOWED] = { "host", allowed_members, NELEMS(allowed_members) },
};
const size_t nimage_objects = NELEMS(image_objects);

static const char *path_of(struct arena *a, const struct at *at)
{
	const char *up = at->up ? path_of(a, at->up) : "";

	if (!at->key)
		return arena_printf(a, "%s[%zu]", up, at->idx);
	return *up ? arena_printf(a, "%s.%s", up, at->key) : arena_strdup(a, at->key);
}

int image_bad(struct loader *l, const struct at *at, const char *fmt, ...)
{
	va_list ap;
	const char *text;

	va_start(ap, fmt);
	text = arena_vprintf(l->a, fmt, ap);
	va_end(ap);
	if (!at)
		return fail(l->ctx, XC_DATA, 0, "%s: %s", l->name, text);
	return fail(l->ctx, XC_DATA, 0, "%s: %s: %s", l->name, path_of(l->a, at), text);
}

bool image_number(const struct val *v, uint64_t *out)
{
	if (v && v->type == VAL_UINT)
		*out = v->u;
	return v && (v->type == VAL_UINT || (v->type == VAL_STR && num_parse(v->s.p, out) == 0));
}

static const char *type_words(struct arena *a, unsigned types)
{
	static const struct {
		unsigned bit;
		const char *word;
	} words[] = { { UINT, "a number" },
		      { STR, "a string" },
		      { OBJ, "an object" },
		      { ARR, "an array" },
		      { BOOL, "true or false" } };
	const char *out = "";

	for (size_t i = 0; i < NELEMS(words); i++) {
		if (types & words[i].bit)
			out = *out ? arena_printf(a, "%s or %s", out, words[i].word) : words[i].word;
	}
	return out;
}

int image_members(struct loader *l, const struct at *at, const struct val *obj, const struct image_keys *o)
{
	unsigned long seen = 0;
	uint64_t n;

	if (obj->type != VAL_OBJ)
		return image_bad(l, at, "must be an object");
	val_for_each(it, obj) {
		struct at here = { at, it->key, 0 };
		size_t i = 0;

		while (i < o->n && strcmp(o->keys[i].name, it->key) != 0)
			i++;
		if (i == o->n)
			return image_bad(l, &here, "no member of a%s %s has this name",
					 strchr("aeiou", o->where[0]) ? "n" : "", o->where);
		if (!(o->keys[i].types & 1u << it->type))
			return image_bad(l, &here, "must be %s", type_words(l->a, o->keys[i].types));
		if (o->keys[i].types == NUMBER && (!image_number(it, &n) || n > UINT32_MAX))
			return image_bad(l, &here, "must be a number of up to 32 bits");
		seen |= 1ul << i;
	}
	for (size_t i = 0; i < o->n; i++) {
		if (o->keys[i].required && !(seen & 1ul << i))
			return image_bad(l, at, "'%s' is missing", o->keys[i].name);
	}
	return 0;
}
