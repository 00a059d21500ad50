/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The discovery log (Base 2.1, section 5.1.12.3.1) of the port that a discovery controller is connected to: the port itself,
 * the subsystems that the host may see, referrals. It is never built as a whole: a read makes the entries that it covers.
 */
#include <string.h>

#include "dev/fabrics.h"
#include "dev/sim_fabrics.h"
#include "spec/tables.h"

#define ENTRY	   1024u  /* bytes; of the header as well */
#define DYNAMIC	   0xffff /* CNTLID of an entry: the target chooses */
#define ADMIN_SQ   32
#define SQFLOW_OFF 4   /* TREQ: flow control of submission queues can be disabled */
#define BATCH	   256 /* entries before memory is given back */
#define PLEO	   2   /* Log Specific Parameter: entries of this port only */

enum subtype { REFERRAL = 1, NVM = 2, CURRENT = 3 };

/* What makes entries: one, or of a subsystem as many as the port's "repeat" says. */
struct source {
	enum subtype subtype;
	const struct image_port *port; /* whose address it is */
	const char *nqn;
	uint64_t n;
};

struct page {
	struct source *sources;
	size_t nsources;
	uint64_t numrec;
};

static const struct image_port *port_of(const struct sim_cmd *c)
{
	return c->ctrl->connection && val_u64(c->id, "cntrltype", 0) == 2 ? sim_port_of(c->sim->img, c->ctrl)
									  : NULL;
}

bool sim_has_discovery_page(const struct sim_cmd *c)
{
	return port_of(c);
}

static void add(struct page *pg, enum subtype subtype, const struct image_port *port, const char *nqn,
		uint64_t n)
{
	pg->sources[pg->nsources++] = (struct source){ subtype, port, nqn, n };
	pg->numrec += n;
}

static bool may_see(const struct sim_cmd *c, const char *nqn)
{
	const struct image_subsys *remote = image_remote(c->sim->img, nqn);
	const struct val *hosts = remote ? val_get(remote->node, "hosts") : NULL;

	return !hosts || val_get(hosts, c->ctrl->hostnqn) || val_get(hosts, "*");
}

static size_t members(const struct image_port *p, const char *key)
{
	const struct val *list = val_get(p->node, key);

	return list ? list->c.n : 0;
}

static void add_port(const struct sim_cmd *c, struct page *pg, const struct image_port *p)
{
	const struct val *list = val_get(p->node, "subsystems");
	uint64_t repeat = val_u64(p->node, "repeat", 1);

	for (const struct val *it = list ? list->c.first : NULL; it; it = it->next) {
		if (repeat && may_see(c, it->s.p))
			add(pg, NVM, p, it->s.p, repeat);
	}
}

static bool listed(const struct image_port *own, const struct image_port *p)
{
	const struct val *list = val_get(own->node, "lists");

	for (const struct val *it = list ? list->c.first : NULL; it; it = it->next) {
		if (it->u == p->portid)
			return true;
	}
	return !list && p == own;
}

/* The loader has seen that it is sound. */
static void add_referral(struct arena *a, struct page *pg, const struct val *node)
{
	struct image_port *p = arena_alloc(a, sizeof(*p));
	const char *nqn = val_str(a, node, "nqn");
	bool ip;

	p->transport = val_str(a, node, "transport");
	p->traddr = val_str(a, node, "traddr");
	ip = strcmp(p->transport, "tcp") == 0 || strcmp(p->transport, "rdma") == 0;
	p->trsvcid = val_get(node, "trsvcid") ? val_str(a, node, "trsvcid") : ip ? "8009" : "none";
	p->adrfam =
		val_get(node, "adrfam") ? val_str(a, node, "adrfam") : image_adrfam(p->transport, p->traddr);
	p->portid = (uint16_t)val_u64(node, "portid", 0);
	p->tls = "none";
	add(pg, REFERRAL, p, *nqn ? nqn : FAB_DISCOVERY_NQN, 1);
}

static struct page *sources_of(struct sim_cmd *c, struct arena *a, const struct image_port *own)
{
	const struct image_fabric *f = &c->sim->img->fabric;
	const struct val *referrals = val_get(own->node, "referrals");
	bool pleo = c->req->cdw10 >> 8 & PLEO;
	struct page *pg = arena_alloc(a, sizeof(*pg));
	size_t max = 1 + members(own, "referrals");

	for (size_t i = 0; i < f->nports; i++)
		max += members(&f->ports[i], "subsystems");
	pg->sources = arena_calloc(a, max, sizeof(*pg->sources));
	add(pg, CURRENT, own, own->discovery_nqn, 1);
	for (size_t i = 0; i < f->nports; i++) {
		if (listed(own, &f->ports[i]) && (!pleo || &f->ports[i] == own))
			add_port(c, pg, &f->ports[i]);
	}
	for (const struct val *it = referrals ? referrals->c.first : NULL; it; it = it->next)
		add_referral(a, pg, it);
	return pg;
}

static const char *const security[] = { "none", "required", "allowed" }; /* TREQ bits 1:0 */

static uint64_t treq_of(const struct image_port *p)
{
	uint64_t n = SQFLOW_OFF;

	if (p->node && image_number(val_get(p->node, "treq"), &n))
		return n;
	for (size_t i = 0; i < NELEMS(security); i++) {
		if (strcmp(p->tls, security[i]) == 0)
			n |= i;
	}
	return n;
}

static struct val *entry_of(struct arena *a, const struct source *s, uint64_t index)
{
	const struct image_port *p = s->port;
	struct val *e = val_new(a, VAL_OBJ);

	val_put_str(a, e, "trtype", p->transport);
	val_put_str(a, e, "adrfam", p->adrfam);
	val_put_u64(a, e, "subtype", s->subtype);
	val_put_u64(a, e, "treq", treq_of(p));
	val_put_u64(a, e, "portid", p->portid);
	val_put_u64(a, e, "cntlid", DYNAMIC);
	val_put_u64(a, e, "asqsz", ADMIN_SQ);
	val_put_u64(a, e, "eflags", s->subtype == CURRENT ? 3 : 0);
	val_put_str(a, e, "trsvcid", p->trsvcid);
	val_put_str(a, e, "subnqn",
		    index ? arena_printf(a, "%.*s:%llu", NQN_MAX - 8, s->nqn, (unsigned long long)index)
			  : s->nqn);
	val_put_str(a, e, "traddr", p->traddr);
	if (strcmp(p->transport, "tcp") == 0)
		val_put_u64(a, e, "sectype", strcmp(p->tls, "none") == 0 ? 0 : 2);
	if (strcmp(p->transport, "rdma") == 0) {
		val_put_u64(a, e, "rdma_qptype", 1);
		val_put_u64(a, e, "rdma_prtype", 1);
		val_put_u64(a, e, "rdma_cms", 1);
	}
	return e;
}

/* The header, or entry number - 1. */
static bool encode(struct arena *a, const struct page *pg, uint64_t genctr, uint64_t number,
		   uint8_t out[ENTRY])
{
	uint8_t *buf = arena_alloc(a, 2 * ENTRY);
	struct val *st = val_new(a, VAL_OBJ);
	const char *why;

	if (number) {
		const struct source *s = pg->sources;

		for (number--; number >= s->n; s++)
			number -= s->n;
		val_add(val_put_arr(a, st, "records"), NULL, entry_of(a, s, number));
	} else {
		val_put_u64(a, st, "genctr", genctr);
		val_put_u64(a, st, "numrec", pg->numrec);
	}
	if (spec_encode(a, &spec_log_discovery, st, buf, 2 * ENTRY, &why) < 0)
		return false;
	memcpy(out, buf + (val_get(st, "records") ? ENTRY : 0), ENTRY);
	return true;
}

/* Entries first to last - 1 of the page, the header counting as the first; out has room for them. */
static bool encode_all(const struct page *pg, uint64_t genctr, uint64_t first, uint64_t last, uint8_t *out)
{
	struct arena *a = arena_new();
	bool good = true;

	for (uint64_t i = first; good && i < last; i++) {
		good = encode(a, pg, genctr, i, out + (i - first) * ENTRY);
		if (i % BATCH == 0) {
			arena_free(a);
			a = arena_new();
		}
	}
	arena_free(a);
	return good;
}

int sim_discovery_page(struct sim_cmd *c, uint64_t offset, size_t want)
{
	const struct image_port *own = port_of(c);
	uint64_t genctr = val_u64(own->node, "genctr", 1), first = offset / ENTRY, last;
	struct arena *a = arena_new();
	struct page *pg = sources_of(c, a, own);
	uint64_t end = (pg->numrec + 1) * ENTRY;
	struct image_data data;
	int rc;

	want = want < c->req->data_len ? want : c->req->data_len;
	last = offset + want < end ? (offset + want + ENTRY - 1) / ENTRY : pg->numrec + 1;
	data.len = data.received = offset < end ? (size_t)(last - first) * ENTRY : 0;
	data.buf = arena_alloc(a, data.len);
	if (offset > end)
		rc = sim_reject(c, SIM_INVALID_FIELD, AT_CDW12);
	else if (!encode_all(pg, genctr, first, last, data.buf))
		rc = fail(c->ctx, XC_DATA, 0, "%s: the discovery log of port %u cannot be encoded",
			  c->sim->img->name, own->portid);
	else
		rc = sim_transfer(c, &data, offset % ENTRY, want);
	if (!rc && val_u64(own->node, "genctr_moves", 0))
		sim_store(c, own->node, "genctr", genctr + 1);
	arena_free(a);
	return rc;
}
