/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/clock.h"
#include "dev/discovery.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "dev/gate.h"
#include "spec/tables.h"

enum { TRIES = 10, SLICE = 64 /* entries */, KEEP_ALIVE_S = 30, LID = 0x70 };

/* --- the controller --- */

/* Ctrl-C while a controller of ours exists shall not leave it behind. */
static struct sigaction old_int, old_term;
static int caught;

static void on_signal(int sig)
{
	caught = sig;
	ctx_interrupted = 1;
}

static void hold_signals(struct discovery *d)
{
	struct sigaction sa = { .sa_handler = on_signal };

	d->held = true;
	caught = 0;
	sigaction(SIGINT, &sa, &old_int);
	sigaction(SIGTERM, &sa, &old_term);
	/* Whoever runs this in the background, or under nohup, does not want to be interrupted. */
	if (old_int.sa_handler == SIG_IGN)
		sigaction(SIGINT, &old_int, NULL);
	if (old_term.sa_handler == SIG_IGN)
		sigaction(SIGTERM, &old_term, NULL);
}

static void release_signals(struct discovery *d)
{
	if (!d->held)
		return;
	d->held = false;
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGTERM, &old_term, NULL);
	if (caught)
		raise(caught);
}

static void defaults(struct fab_conn *c, bool keep)
{
	if (!c->v[FK_NQN].set)
		fab_put_text(c, FK_NQN, FAB_DISCOVERY_NQN, "default");
	/* The well-known name says by itself what it is. */
	if (strcmp(fab_text(c, FK_NQN), FAB_DISCOVERY_NQN) != 0)
		fab_put_number(c, FK_DISCOVERY, 1, "default");
	fab_usual_port(c);
	if (keep && !c->v[FK_KEEP_ALIVE_TMO].set)
		fab_put_number(c, FK_KEEP_ALIVE_TMO, KEEP_ALIVE_S, "default");
	/* There are no I/O queues. */
	for (enum fab_key k = FK_NR_IO_QUEUES; k <= FK_QUEUE_SIZE; k++)
		c->v[k].set = false;
	c->v[FK_DISABLE_SQFLOW].set = false;
}

static int open_it(struct ctx *ctx, const char *name, struct discovery *d)
{
	d->name = name;
	return dev_open(ctx, name, &d->dev);
}

int discovery_open(struct ctx *ctx, const struct fab_conn *c, unsigned flags, struct discovery *d)
{
	bool keep = flags & DISCOVERY_KEEP && !ctx->g.dry_run;
	struct fab_new new;
	int rc;

	*d = (struct discovery){ .conn = *c };
	defaults(&d->conn, keep);
	if (flags & DISCOVERY_NO_REUSE)
		fab_put_number(&d->conn, FK_DUPLICATE_CONNECT, 1, "default");
	if (!keep)
		hold_signals(d);
	rc = fab_connect(ctx, &d->conn, FAB_EVEN_IN_DRY_RUN, &new);
	d->already = !rc && new.already;
	d->ours = !rc && !new.already && !keep;
	if (!rc)
		rc = open_it(ctx, new.name, d);
	if (!rc) {
		/* What refers to it does so by its address. */
		if (*new.traddr)
			fab_put_text(&d->conn, FK_TRADDR, new.traddr, d->conn.v[FK_TRADDR].origin);
		return 0;
	}
	if (d->ours)
		fab_drop(ctx, new.name);
	release_signals(d);
	d->ours = false;
	return rc;
}

int discovery_open_device(struct ctx *ctx, const char *device, struct discovery *d)
{
	const struct topo_ctrl *c = NULL;
	const char *node;
	struct topo *t;
	int rc = dev_resolve(ctx, device, &node);

	*d = (struct discovery){ 0 };
	if (!rc)
		rc = topo_read(ctx, TOPO_HOST, &t);
	for (size_t i = 0; !rc && i < t->nsubsys; i++) {
		for (size_t k = 0; k < t->subsys[i]->nctrls; k++) {
			if (strcmp(t->subsys[i]->ctrls[k]->name, node) == 0)
				c = t->subsys[i]->ctrls[k];
		}
	}
	if (rc)
		return rc;
	if (!c) {
		rc = fail(ctx, XC_NODEV, ENODEV, "there is no controller %s", node);
		ctx->error.device = device;
		return rc;
	}
	if (*c->cntrltype && strcmp(c->cntrltype, "discovery") != 0)
		return fail(ctx, XC_USAGE, 0, "%s is no discovery controller (its type is %s)", node, c->cntrltype);
	fab_of_ctrl(ctx->arena, c, &d->conn);
	d->already = true;
	return open_it(ctx, node, d);
}

void discovery_close(struct discovery *d)
{
	struct ctx *ctx;

	if (!d->dev)
		return;
	ctx = d->dev->ctx;
	dev_close(d->dev);
	d->dev = NULL;
	if (d->ours)
		fab_drop(ctx, d->name);
	release_signals(d);
}

/* --- the log --- */

static uint64_t le(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

struct reading {
	struct discovery *d;
	struct ctx *ctx;
	uint64_t until; /* ms */
	uint64_t max;	/* records */
	uint8_t *buf, *header; /* the log; its beginning again */
	size_t room, len;
};

static int in_time(const struct reading *r)
{
	if (ctx_interrupted)
		return fail(r->ctx, XC_TIMEOUT, EINTR, "reading the discovery log of %s was interrupted", r->d->dev->path);
	if (now_ms() < r->until)
		return 0;
	return fail(r->ctx, XC_TIMEOUT, ETIMEDOUT, "the discovery log of %s does not arrive in time: %zu bytes so far", r->d->dev->path,
		    r->len);
}

/* For the header and the records. The system gives memory to what arrives, not to what is announced and never touched. */
static void make_room(struct reading *r, uint64_t records)
{
	size_t size = (size_t)(records + 1) * DISCOVERY_ENTRY;
	uint8_t *larger;

	if (size <= r->room)
		return;
	larger = dev_buffer(r->ctx, size);
	if (r->len)
		memcpy(larger, r->buf, r->len);
	r->buf = larger;
	r->room = size;
}

static int read_part(const struct reading *r, uint64_t offset, size_t len, bool rae, void *to)
{
	struct log_args l = { .lid = LID, .offset = offset, .rae = rae, .chunk = SLICE * DISCOVERY_ENTRY };
	size_t got;
	int rc = in_time(r);

	if (!rc)
		rc = dev_get_log(r->d->dev, &l, to, len, &got);
	if (!rc && got < len)
		rc = fail(r->ctx, XC_DATA, 0, "the discovery log of %s ends early: %" PRIu64 " bytes instead of %" PRIu64,
			  r->d->dev->path, offset + got, offset + len);
	return rc;
}

static int check_header(const struct reading *r, const uint8_t *h, uint64_t *numrec)
{
	uint64_t format = le(h + 16, 2);

	*numrec = le(h + 8, 8);
	if (format)
		return fail(r->ctx, XC_DATA, 0, "the discovery log of %s has records of format %" PRIu64 ", and only 0 is known",
			    r->d->dev->path, format);
	if (*numrec > r->max)
		return fail(r->ctx, XC_DATA, 0, "the discovery log of %s announces %" PRIu64 " records; no more than %u are read in all",
			    r->d->dev->path, *numrec, DISCOVERY_MAX);
	return 0;
}

/* Reading has failed: because the log has changed, and has not that many records any more? Then the error is none. */
static bool has_changed(const struct reading *r, uint8_t *h)
{
	const struct error e = r->ctx->error;

	if (e.code == XC_TIMEOUT || e.code == XC_NODEV)
		return false;
	r->ctx->error = (struct error){ .status = -1 };
	if (read_part(r, 0, DISCOVERY_ENTRY, true, h) == 0 && memcmp(h, r->buf, 16) != 0)
		return true;
	r->ctx->error = e;
	return false;
}

/* 1: it changed meanwhile. */
static int read_generation(struct reading *r, struct discovery_log *log)
{
	uint8_t *h = r->header;
	uint64_t numrec;
	int rc;

	r->len = 0;
	make_room(r, 0);
	rc = read_part(r, 0, DISCOVERY_ENTRY, true, r->buf);
	if (!rc)
		rc = check_header(r, r->buf, &numrec);
	if (rc)
		return rc;
	r->len = DISCOVERY_ENTRY;
	make_room(r, numrec);
	for (uint64_t i = 0; i < numrec;) {
		size_t n = numrec - i < SLICE ? (size_t)(numrec - i) : SLICE;

		rc = read_part(r, r->len, n * DISCOVERY_ENTRY, true, r->buf + r->len);
		if (rc)
			return has_changed(r, h) ? 1 : rc;
		r->len += n * DISCOVERY_ENTRY;
		i += n;
	}
	/* The event that a change has caused is done with, if there was one. */
	rc = read_part(r, 0, DISCOVERY_ENTRY, false, h);
	if (rc)
		return rc;
	log->genctr = le(r->buf, 8);
	log->numrec = numrec;
	return le(h, 8) != log->genctr || le(h + 8, 8) != numrec;
}

int discovery_read(struct discovery *d, uint64_t limit_ms, uint64_t max, struct discovery_log *log)
{
	struct reading r = { .d = d, .ctx = d->dev->ctx, .until = now_ms() + limit_ms, .max = max };
	int rc = 1;

	r.header = dev_buffer(r.ctx, DISCOVERY_ENTRY);
	for (int i = 0; rc == 1 && i < TRIES; i++)
		rc = read_generation(&r, log);
	if (rc == 1)
		return fail(r.ctx, XC_DATA, EAGAIN, "the discovery log of %s changed during each of %d attempts to read it", d->dev->path,
			    TRIES);
	log->raw = r.buf;
	log->len = r.len;
	return rc;
}

/* --- entries --- */

static const char *text_at(struct arena *a, const uint8_t *p, size_t size)
{
	size_t len = strnlen((const char *)p, size);

	while (len && p[len - 1] == ' ')
		len--;
	return arena_strndup(a, (const char *)p, len);
}

void discovery_entry(struct arena *a, const struct discovery_log *log, size_t i, struct discovery_entry *e)
{
	const uint8_t *p = log->raw + DISCOVERY_ENTRY * (i + 1);

	*e = (struct discovery_entry){
		.trtype = p[0],
		.adrfam = p[1],
		.subtype = p[2],
		.treq = p[3],
		.portid = (uint16_t)le(p + 4, 2),
		.cntlid = (uint16_t)le(p + 6, 2),
		.eflags = (uint16_t)le(p + 10, 2),
		.trsvcid = text_at(a, p + 32, 32),
		.subnqn = text_at(a, p + 256, 256),
		.traddr = text_at(a, p + 512, 256),
		.sectype = p[0] == 3 ? p[768] : 0,
	};
}

static const char *transport_name(const struct discovery_entry *e)
{
	const struct name *n = e->trtype ? field_name_of(&disc_entry_fields[0], e->trtype) : NULL;

	return n ? n->key : NULL;
}

static const char *put(struct arena *a, struct fab_conn *c, enum fab_key k, const char *text)
{
	const char *why;

	if (!*text)
		return NULL;
	return fab_parse(a, c, k, text, "discovery log", &why) ? arena_printf(a, "its %s %s", fab_keys[k].opt, why) : NULL;
}

const char *discovery_conn(struct arena *a, const struct discovery_entry *e, const struct fab_conn *from, struct fab_conn *c)
{
	static const enum fab_key own[] = { FK_NQN, FK_TRADDR, FK_TRSVCID, FK_TRANSPORT, FK_DISCOVERY, FK_PERSISTENT };
	const char *transport = transport_name(e), *why;

	if (!transport)
		return arena_printf(a, "its transport type %u is none that can be connected to", e->trtype);
	*c = *from;
	for (size_t i = 0; i < NELEMS(own); i++)
		c->v[own[i]] = (struct fab_value){ 0 };
	/* From the same end only where it is the same kind of end. */
	if (strcmp(transport, fab_text(from, FK_TRANSPORT)) != 0)
		c->v[FK_HOST_TRADDR].set = c->v[FK_HOST_IFACE].set = false;
	fab_put_text(c, FK_TRANSPORT, transport, "discovery log");
	why = put(a, c, FK_NQN, e->subnqn);
	if (!why)
		why = put(a, c, FK_TRADDR, e->traddr);
	if (!why && e->trtype != 2) /* fc has "none" there */
		why = put(a, c, FK_TRSVCID, e->trsvcid);
	if (why)
		return why;
	if (e->subtype != DISC_NVM)
		fab_put_number(c, FK_DISCOVERY, 1, "discovery log");
	fab_usual_port(c);
	/* What it requires of security, it gets. */
	if (e->trtype == 3 && e->sectype == 2 && (e->treq & 3) == 1 && !fab_flag(c, FK_CONCAT) && !fab_flag(c, FK_TLS))
		fab_put_number(c, FK_TLS, 1, "discovery log");
	return fab_problem(a, c);
}
