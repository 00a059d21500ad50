/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cmd/disc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/file.h"
#include "dev/topo.h"

enum { MAX_SERVICES = 256, MAX_DEPTH = 8, LIMIT_MS = 120000 };

struct fab_target *walk_add(struct walk *w)
{
	struct fab_target *larger;

	if (w->n == w->room) {
		w->room = w->room ? 2 * w->room : 16;
		larger = arena_calloc(w->ctx->arena, w->room, sizeof(*larger));
		if (w->n)
			memcpy(larger, w->v, w->n * sizeof(*larger));
		w->v = larger;
	}
	return &w->v[w->n++];
}

bool walk_first(struct walk *w, struct strset *s, const struct fab_conn *c)
{
	struct arena *a = w->ctx->arena;
	/* A service is where it is, by whatever name. */
	const char *nqn = s == &w->services ? "" : fab_text(c, FK_NQN);

	/* What it offers is for one host. */
	return strset_add(a, s, arena_printf(a, "%s|%s|%s|%s|%s|%s|%s|%s", fab_text(c, FK_TRANSPORT), fab_plain_address(a, fab_text(c, FK_TRADDR)),
					     fab_text(c, FK_TRSVCID), nqn, fab_plain_address(a, fab_text(c, FK_HOST_TRADDR)),
					     fab_text(c, FK_HOST_IFACE), fab_text(c, FK_HOSTNQN), fab_text(c, FK_HOSTID)));
}

/* Most connections are from one and the same host, which is looked up once. */
int walk_host(struct walk *w, struct fab_conn *c)
{
	int rc;

	if (c->v[FK_HOSTNQN].set || c->v[FK_HOSTID].set)
		return fab_host(w->ctx, c);
	rc = w->usual.v[FK_HOSTNQN].set ? 0 : fab_host(w->ctx, &w->usual);
	fab_merge(c, &w->usual);
	return rc;
}

int walk_begin(struct ctx *ctx, const struct disc_args *args, struct walk *w)
{
	int rc;

	*w = (struct walk){ .ctx = ctx, .args = args, .records = DISCOVERY_MAX };
	if (args->nbft && args->no_nbft)
		return fail(ctx, XC_USAGE, 0, "--nbft and --no-nbft exclude each other");
	rc = fabopts_conn(ctx, &args->fab, &w->given);
	if (!rc)
		rc = walk_sources(w);
	if (rc || w->n)
		return rc;
	/* At boot, or to who says who calls, there need not be anything to do. */
	if (args->nbft || args->config || args->owner || args->context)
		return 0;
	rc = fail(ctx, XC_USAGE, 0, "there is no target: none is named, and none is configured");
	return fail_hint(ctx, rc, "name one with --transport and --traddr; 'nvmekit help config-show' tells where they are configured");
}

static int open_and_read(struct walk *w, const struct fab_target *t, unsigned flags, struct discovery *d, struct discovery_log *log)
{
	int rc = t->device ? discovery_open_device(w->ctx, t->device, d) : discovery_open(w->ctx, &t->conn, flags, d);

	if (rc)
		return rc;
	/* Here it is known by its address, and not by a name of the host or the controller alone. */
	(void)walk_first(w, &w->services, &d->conn);
	rc = discovery_read(d, LIMIT_MS, w->records, log);
	if (rc)
		discovery_close(d);
	else
		w->records -= log->numrec;
	return rc;
}

/* It was there before, and may have been given up meanwhile by whoever made it: two runs at the same time. */
static bool was_anothers(const struct walk *w, const struct fab_target *t, const struct discovery *d)
{
	return !t->device && d->already && w->ctx->error.code != XC_TIMEOUT && w->ctx->error.code != XC_DATA;
}

int walk_read(struct walk *w, const struct fab_target *t, struct discovery *d, struct discovery_log *log)
{
	unsigned flags = (t->persistent && !w->temporary ? DISCOVERY_KEEP : 0) | (w->args->no_reuse || w->args->force ? DISCOVERY_NO_REUSE : 0);
	int rc = open_and_read(w, t, flags, d, log);

	if (rc && was_anothers(w, t, d)) {
		(void)fab_take_error(w->ctx);
		rc = open_and_read(w, t, flags | DISCOVERY_NO_REUSE, d, log);
	}
	return rc;
}

int walk_from(struct walk *w, const struct fab_target *t, const struct discovery *d, struct fab_conn *from)
{
	static const enum fab_key its_own[] = { FK_KEEP_ALIVE_TMO, FK_DUPLICATE_CONNECT };
	struct fab_conn rest = t->conn;

	*from = w->given;
	fab_merge(&rest, &d->conn);
	/* The discovery controller may have had these for itself, unasked. */
	for (size_t i = 0; i < NELEMS(its_own); i++)
		rest.v[its_own[i]] = t->conn.v[its_own[i]];
	if (t->offered) {
		/* How it is spoken to itself is another thing; how secure, and from where, is not. */
		fab_merge(from, t->offered);
		for (size_t k = 0; k < FK_COUNT; k++)
			rest.v[k].set = rest.v[k].set && fab_keys[k].class != FC_TUNING;
	}
	fab_merge(from, &rest);
	return from->v[FK_HOSTNQN].set && from->v[FK_HOSTID].set ? 0 : walk_host(w, from);
}

void walk_refer(struct walk *w, const struct fab_target *t, const struct fab_conn *c, const char **why)
{
	struct fab_target next = { .conn = *c, .offered = t->offered, .persistent = t->persistent, .depth = t->depth + 1 };

	*why = NULL;
	for (size_t k = 0; t->offered && k < FK_COUNT; k++) {
		if (fab_keys[k].class == FC_TUNING)
			next.conn.v[k] = t->conn.v[k];
	}
	if (!walk_first(w, &w->services, &next.conn))
		return;
	if (next.depth > MAX_DEPTH)
		*why = arena_printf(w->ctx->arena, "is %d referrals away; no more than %d are followed", next.depth, MAX_DEPTH);
	else if (w->n >= MAX_SERVICES)
		*why = arena_printf(w->ctx->arena, "is one too many; no more than %d discovery services are asked", MAX_SERVICES);
	else
		*walk_add(w) = next;
}

/* Logs of several services stand one behind the other: each says itself how long it is. */
static void keep_in_memory(struct walk *w, const struct discovery_log *log)
{
	size_t len = w->ctx->raw_len + log->len;

	if (!w->ctx->raw_len) {
		w->ctx->raw = log->raw;
		w->ctx->raw_len = log->len;
		return;
	}
	if (len > w->room_raw) {
		uint8_t *larger = arena_alloc(w->ctx->arena, w->room_raw = 2 * len);

		memcpy(larger, w->ctx->raw, w->ctx->raw_len);
		w->ctx->raw = w->raw = larger;
	}
	memcpy(w->raw + w->ctx->raw_len, log->raw, log->len);
	w->ctx->raw_len = len;
}

int walk_keep_raw(struct walk *w, const struct discovery_log *log)
{
	const char *path = w->args->raw;
	int fd, rc;

	if (strcmp(w->ctx->g.output_format, "binary") == 0)
		keep_in_memory(w, log);
	if (!path)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | (w->kept++ ? O_APPEND : O_TRUNC) | O_CLOEXEC, 0644);
	if (fd < 0)
		return fail(w->ctx, XC_USAGE, errno, "--raw: cannot write %s: %s", path, strerror(errno));
	rc = file_write(fd, log->raw, log->len);
	if (close(fd) && !rc)
		rc = -errno;
	return rc ? fail(w->ctx, XC_INTERNAL, -rc, "--raw: cannot write %s: %s", path, strerror(-rc)) : 0;
}

void walk_put_asked(const struct walk *w, struct val *out)
{
	val_put_bool(w->ctx->arena, out, "named", w->named)->flags |= VAL_HIDDEN;
	val_put_str(w->ctx->arena, out, "raw", w->args->raw)->flags |= VAL_HIDDEN;
}
