/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Discovery Information Management (opcode 21h; Base 2.1, section 5.3): hosts and subsystems make themselves known to a
 * discovery controller, which remembers them in "registered" of the fabric. Only a controller that says in DCTYPE what it is
 * has the command.
 */
#include <string.h>

#include "dev/sim_fabrics.h"
#include "dev/sim_ns.h"

enum { REGISTER, DEREGISTER, UPDATE }; /* TAS, dword 10 bits 3:0 */
enum { BASIC = 1, EXTENDED = 2 };      /* ENTFMT */
enum { HOST = 1, DDC = 2, CDC = 3 };   /* ETYPE */
enum { INSUFFICIENT_RESOURCES = 0x4132, MAX_REGISTERED = 1024 };

/* Bytes of the data, and of an entry: the first 1024 of an extended one are a basic one. */
enum {
	HEADER = 1024,
	TDL = 0,
	NUMENT = 8,
	ENTFMT = 16,
	ETYPE = 18,
	EID = 24,
	ENAME = 280,
	EVER = 536,
	ENTRY = 1024,
	EXTENDED_MIN = 1032,
	TRTYPE = 0,
	ADRFAM = 1,
	SUBTYPE = 2,
	TRSVCID = 32,
	NQN = 256,
	TRADDR = 512,
	TEL = 1024,
	NUMEXAT = 1028,
};

static uint64_t le(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

/* Text up to its end or its padding. It goes into a file: what is no plain character becomes a question mark. */
static void put_text(struct arena *a, struct val *obj, const char *key, const uint8_t *p, size_t max)
{
	char *text = arena_strndup(a, (const char *)p, strnlen((const char *)p, max));
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++) {
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
	}
	while (n && text[n - 1] == ' ')
		text[--n] = '\0';
	if (n)
		val_put_str(a, obj, key, text);
}

/* Extended Attributes: type and length, then so many bytes. */
static bool read_attributes(struct arena *a, struct val *e, const uint8_t *p, uint64_t tel)
{
	uint64_t n = le(p + NUMEXAT, 2);
	size_t at = EXTENDED_MIN;

	for (; n; n--) {
		size_t len;

		if (at + 4 > tel)
			return false;
		len = (size_t)le(p + at + 2, 2);
		if (len % 4 || at + 4 + len > tel)
			return false;
		if (le(p + at, 2) == 1 && len == 16)
			val_put_str(a, e, "hostid", sim_hex(a, p + at + 4, len));
		if (le(p + at, 2) == 2)
			put_text(a, e, "symname", p + at + 4, len);
		at += 4 + len;
	}
	return true;
}

/* One entry at *p; moves on. */
static bool read_entry(struct arena *a, struct val *list, uint64_t format, const uint8_t **p,
		       const uint8_t *end)
{
	struct val *e = val_put_obj(a, list, NULL);
	size_t there = (size_t)(end - *p);
	uint64_t size = ENTRY;

	if (there < (format == EXTENDED ? EXTENDED_MIN : ENTRY))
		return false;
	if (format == EXTENDED) {
		size = le(*p + TEL, 4);
		if (size < EXTENDED_MIN || size > there || !read_attributes(a, e, *p, size))
			return false;
	}
	val_put_u64(a, e, "trtype", (*p)[TRTYPE]);
	val_put_u64(a, e, "adrfam", (*p)[ADRFAM]);
	val_put_u64(a, e, "subtype", (*p)[SUBTYPE]);
	put_text(a, e, "trsvcid", *p + TRSVCID, 32);
	put_text(a, e, "nqn", *p + NQN, 256);
	put_text(a, e, "traddr", *p + TRADDR, 256);
	*p += size;
	return true;
}

static int read_data(struct sim_cmd *c, const uint8_t *data, struct val *to)
{
	static const char *const etypes[] = { [HOST] = "host", [DDC] = "ddc", [CDC] = "cdc" };
	struct arena *a = c->ctx->arena;
	uint64_t tdl = le(data + TDL, 4), n = le(data + NUMENT, 8), format = le(data + ENTFMT, 2),
		 etype = le(data + ETYPE, 2);
	const uint8_t *p = data + HEADER;
	struct val *list;

	if (tdl < HEADER || tdl > c->req->data_len || (n && format != BASIC && format != EXTENDED) ||
	    etype < HOST || etype > CDC || n > (tdl - HEADER) / ENTRY)
		return sim_reject(c, SIM_INVALID_DISCOVERY_INFO, AT_NOWHERE);
	val_put_str(a, to, "type", etypes[etype]);
	put_text(a, to, "nqn", data + EID, 256);
	put_text(a, to, "name", data + ENAME, 256);
	put_text(a, to, "version", data + EVER, 64);
	if (!val_get(to, "nqn"))
		return sim_reject(c, SIM_INVALID_DISCOVERY_INFO, AT_NOWHERE);
	list = val_put_arr(a, to, "entries");
	for (; n; n--) {
		if (!read_entry(a, list, format, &p, data + tdl))
			return sim_reject(c, SIM_INVALID_DISCOVERY_INFO, AT_NOWHERE);
	}
	return 0;
}

static struct val *registered(struct arena *a, const struct val *list, const struct val *entity)
{
	for (struct val *it = list->c.first; it; it = it->next) {
		if (it->type == VAL_OBJ && strcmp(val_str(a, it, "nqn"), val_str(a, entity, "nqn")) == 0 &&
		    val_u64(it, "portid", 0) == val_u64(entity, "portid", 0))
			return it;
	}
	return NULL;
}

int sim_dim(struct sim_cmd *c)
{
	const struct image_port *port = c->ctrl->connection ? sim_port_of(c->sim->img, c->ctrl) : NULL;
	struct val *fabric = c->sim->img->fabric.node, *entity = val_new(c->ctx->arena, VAL_OBJ), *list;
	unsigned task = c->req->cdw10 & 0xf;
	int rc;

	if (!port || val_u64(c->id, "cntrltype", 0) != 2 || !val_u64(c->id, "dctype", 0))
		return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
	if (task > UPDATE)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	if (!c->req->data || c->req->data_len < HEADER)
		return sim_reject(c, SIM_TRANSFER_ERROR, AT_NOWHERE);
	val_put_u64(c->ctx->arena, entity, "portid", port->portid);
	rc = read_data(c, c->req->data, entity);
	if (rc)
		return rc;
	list = val_get(fabric, "registered");
	if (!list)
		list = val_put_arr(c->ctx->arena, fabric, "registered");
	tree_drop(list, registered(c->ctx->arena, list, entity));
	c->dirty = true;
	if (task == DEREGISTER)
		return 0;
	if (list->c.n >= MAX_REGISTERED)
		return sim_reject(c, INSUFFICIENT_RESOURCES, AT_NOWHERE);
	val_add(list, NULL, entity);
	return 0;
}
