/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Making a connection: what was asked for is complete, the kernel knows every word of it that matters, there is none like it
 * yet; then each address of the target is tried in turn.
 */
#include "dev/fabrics.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <string.h>

#include "dev/fabrics_way.h"
#include "dev/gate.h"
#include "spec/field.h"

#define OPTIONS_MAX 4096 /* Linux: what one write to /dev/nvme-fabrics may have */

bool fab_by_ip(const struct fab_conn *c)
{
	const char *t = fab_text(c, FK_TRANSPORT);

	return strcmp(t, "tcp") == 0 || strcmp(t, "rdma") == 0;
}

const char *fab_describe(struct arena *a, const struct fab_conn *c)
{
	const char *addr = fab_text(c, FK_TRADDR), *svc = fab_text(c, FK_TRSVCID);
	bool brackets = *svc && strchr(addr, ':') && fab_by_ip(c);
	const char *text = arena_printf(a, "%s%s%s%s%s%s%s %s", fab_text(c, FK_TRANSPORT), *addr ? " " : "", brackets ? "[" : "",
					addr, brackets ? "]" : "", *svc ? ":" : "", svc, fab_text(c, FK_NQN));

	return text + (*text == ' ');
}

/* --- what the kernel is told --- */

static bool lists(const char *tokens, const char *token)
{
	size_t len = strlen(token);

	for (const char *p = tokens; *p;) {
		size_t n = strcspn(p, ",\n"), name = strcspn(p, "=,\n");

		if (name == len && strncmp(p, token, len) == 0)
			return true;
		p += n;
		p += *p != '\0';
	}
	return false;
}

/* Before 5.17 the kernel does not tell what it knows. These are the ones of then. */
static const char classic_tokens[] =
	"transport,traddr,trsvcid,nqn,queue_size,nr_io_queues,reconnect_delay,ctrl_loss_tmo,keep_alive_tmo,hostnqn,"
	"host_traddr,host_iface,hostid,duplicate_connect,disable_sqflow,hdr_digest,data_digest,nr_write_queues,nr_poll_queues,tos";

/* Is it anything that the kernel has to be told? */
static bool wanted(const struct fab_conn *c, enum fab_key k)
{
	const struct fab_key_info *i = &fab_keys[k];

	/* Its number is looked up later on. */
	if (k == FK_TLS_KEY && c->v[FK_TLS_KEY_IDENTITY].set)
		return true;
	if (!i->token || !c->v[k].set)
		return false;
	if (i->type == FT_FLAG)
		return c->v[k].n;
	return k != FK_TOS || c->v[k].n >= 0;
}

/* The well-known name says by itself what it is, also to a kernel that knows of no other discovery controllers (before 5.16). */
static bool goes_without_saying(const struct fab_conn *c, enum fab_key k)
{
	return k == FK_DISCOVERY && strcmp(fab_text(c, FK_NQN), FAB_DISCOVERY_NQN) == 0;
}

static int check_tokens(struct ctx *ctx, const char *tokens, const struct fab_conn *c)
{
	int rc;

	for (size_t k = 0; k < FK_COUNT; k++) {
		const struct fab_key_info *i = &fab_keys[k];

		if (!wanted(c, k) || lists(tokens, i->token) || goes_without_saying(c, k))
			continue;
		if (i->class == FC_TUNING) {
			warn_user(ctx, "%s: this kernel does not know the option %s, and goes without it", fab_describe(ctx->arena, c),
				  i->token);
			continue;
		}
		rc = fail(ctx, XC_UNSUPPORTED, EOPNOTSUPP, "cannot connect to %s: this kernel does not know the option %s",
			  fab_describe(ctx->arena, c), i->token);
		if (k == FK_TLS || k == FK_CONCAT || k == FK_KEYRING || k == FK_TLS_KEY)
			return fail_hint(ctx, rc, "the connection would be without TLS; it needs a kernel with CONFIG_NVME_TCP_TLS (6.7 or later%s)",
					 k == FK_CONCAT ? ", for concat 6.15" : "");
		if (k == FK_DHCHAP_SECRET || k == FK_DHCHAP_CTRL_SECRET)
			return fail_hint(ctx, rc, "the connection would be without authentication; it needs a kernel with CONFIG_NVME_HOST_AUTH (6.0 or later)");
		return rc;
	}
	return 0;
}

/* The text for /dev/nvme-fabrics. open: secrets stand in it; otherwise it may be shown. false: it is too long. */
static bool option_text(const char *tokens, const struct fab_conn *c, bool open, char text[OPTIONS_MAX])
{
	size_t len = 0;

	*text = '\0';
	for (size_t k = 0; k < FK_COUNT; k++) {
		const struct fab_key_info *i = &fab_keys[k];
		const char *comma = len ? "," : "";
		int n;

		if (!wanted(c, k) || !lists(tokens, i->token))
			continue;
		if (i->type == FT_FLAG)
			n = snprintf(text + len, OPTIONS_MAX - len, "%s%s", comma, i->token);
		else if (i->type == FT_NUMBER)
			n = snprintf(text + len, OPTIONS_MAX - len, "%s%s=%" PRId64, comma, i->token, c->v[k].n);
		else
			n = snprintf(text + len, OPTIONS_MAX - len, "%s%s=%s", comma, i->token,
				     i->type == FT_SECRET && !open ? "***" : c->v[k].s);
		if (n < 0 || (size_t)n >= OPTIONS_MAX - len)
			return false;
		len += (size_t)n;
	}
	return true;
}

/* --- connecting --- */

static enum exit_code code_of(int err)
{
	switch (err) {
	case EACCES:
	case EPERM:
		return XC_PERM;
	case ENOENT:
	case ENODEV:
	case EOPNOTSUPP:
		return XC_UNSUPPORTED;
	default:
		return XC_CONNECT;
	}
}

static const char *hint_of(int err)
{
	switch (err) {
	case EACCES:
	case EPERM:
		return "run it as root";
	case ECONNREFUSED:
		return "nobody listens there: are address and trsvcid right, and does the target run?";
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ETIMEDOUT:
		return "nobody answers there: see routes and firewalls on the way";
	case EADDRNOTAVAIL:
		return "host-traddr is no address of this machine, or host-iface does not lead there";
	case EKEYREJECTED:
	case ENOKEY:
		return "authentication failed: compare the secret or key, and the host NQN that the target has for it";
	case EINVAL:
		return "the kernel refused an option; the host NQN and the host identifier must belong together on all connections";
	default:
		return NULL;
	}
}

/* Who may not connect at all is told before: what is denied here is the handshake. */
static bool tls_failed(const struct fab_conn *c, int err)
{
	return err == EACCES && (fab_flag(c, FK_TLS) || fab_flag(c, FK_CONCAT));
}

/* Linux, nvme_tcp_alloc_ctrl: what a host-iface that is none fails with. */
static bool no_interface(const struct fab_conn *c, int err)
{
	return err == ENODEV && c->v[FK_HOST_IFACE].set;
}

static int say_failed(struct ctx *ctx, const struct fab_conn *c, int err, const char *why)
{
	int rc = fail(ctx, tls_failed(c, err) || no_interface(c, err) ? XC_CONNECT : code_of(err), err, "cannot connect to %s: %s%s%s",
		      fab_describe(ctx->arena, c), strerror(err), why ? "; the kernel says: " : "", why ? why : "");

	/* Linux: "no handler found for transport tcp." */
	if (err == EINVAL && why && strstr(why, "no handler"))
		return fail_hint(ctx, rc, "the kernel has no module for that transport: modprobe nvme-%s", fab_text(c, FK_TRANSPORT));
	if (tls_failed(c, err))
		return fail_hint(ctx, rc, "the TLS handshake failed: does the target offer TLS there, and has it the same key? tlshd's log says more");
	if (no_interface(c, err))
		return fail_hint(ctx, rc, "host-iface is '%s': there is no such network interface", fab_text(c, FK_HOST_IFACE));
	return hint_of(err) ? fail_hint(ctx, rc, "%s", hint_of(err)) : rc;
}

/* Worth another try at another address of the same host? */
static bool elsewhere(int rc)
{
	return rc == -ECONNREFUSED || rc == -EHOSTUNREACH || rc == -ENETUNREACH || rc == -ETIMEDOUT || rc == -EADDRNOTAVAIL ||
	       rc == -ECONNRESET || rc == -EIO || rc == -EAFNOSUPPORT;
}

static int add_one(struct ctx *ctx, const char *tokens, const struct fab_conn *c, struct fab_new *out, const char **why)
{
	char options[OPTIONS_MAX];
	int rc = option_text(tokens, c, true, options) ? dev_backend(ctx)->fab_add(ctx, c, options, out, why) : -E2BIG;

	OPENSSL_cleanse(options, sizeof(options));
	if (ctx->g.trace && rc != -E2BIG && option_text(tokens, c, false, options))
		trace_line(ctx, "connect %s -> %s", options, rc ? strerror(-rc) : out->name);
	return rc;
}

static unsigned security_of(const struct fab_conn *c)
{
	return (fab_flag(c, FK_TLS) || fab_flag(c, FK_CONCAT) ? FAB_SEC_TLS : 0u) | (c->v[FK_DHCHAP_SECRET].set ? FAB_SEC_AUTH : 0u) |
	       (c->v[FK_DHCHAP_CTRL_SECRET].set ? FAB_SEC_CTRL_AUTH : 0u) | (fab_flag(c, FK_HDR_DIGEST) ? FAB_SEC_HDR_DIGEST : 0u) |
	       (fab_flag(c, FK_DATA_DIGEST) ? FAB_SEC_DATA_DIGEST : 0u);
}

static unsigned lacks(struct ctx *ctx, const struct fab_conn *c, const char *name, unsigned *unknown)
{
	unsigned asked = security_of(c);

	*unknown = 0;
	return asked && *name ? dev_backend(ctx)->fab_lacks(ctx, name, asked, unknown) : 0;
}

/* Once in a run, however many connections there are. */
static void warn_once(struct ctx *ctx, const char *text)
{
	val_for_each(w, ctx->warnings) {
		if (strcmp(w->s.p, text) == 0)
			return;
	}
	warn_user(ctx, "%s", text);
}

/* A connection that is there is not what was asked for if it is less secure. */
static int as_secure(struct ctx *ctx, const struct fab_conn *c, const char *name)
{
	static const char *const words[] = { "TLS", "authentication of the host", "authentication of the controller",
					     "digests of headers", "digests of data" };
	unsigned unknown, missing = lacks(ctx, c, name, &unknown);
	const char *list = "";
	int rc;

	for (size_t i = 0; i < NELEMS(words); i++) {
		if (missing & 1u << i)
			list = arena_printf(ctx->arena, "%s%s%s", list, *list ? ", " : "", words[i]);
	}
	if (!missing) {
		if (unknown)
			warn_once(ctx, "the kernel does not tell whether connections that are there already have the digests that were asked for");
		return 0;
	}
	rc = fail(ctx, XC_CONNECT, EALREADY, "%s is connected already as %s, but without %s", fab_describe(ctx->arena, c), name, list);
	return fail_hint(ctx, rc, "disconnect %s first, or make a second connection with --duplicate-connect", name);
}

static int already(struct ctx *ctx, const struct fab_conn *c, unsigned flags, const char *name, int cntlid, struct fab_new *out)
{
	out->name = name;
	out->cntlid = cntlid;
	out->already = true;
	out->traddr = fab_text(c, FK_TRADDR);
	if (!(flags & FAB_NOT_IF_THERE))
		return as_secure(ctx, c, name);
	return fail(ctx, XC_CONNECT, EALREADY, "already connected to %s: %s", fab_describe(ctx->arena, c), name);
}

static int too_long(struct ctx *ctx, const struct fab_conn *c)
{
	return fail(ctx, XC_USAGE, E2BIG, "cannot connect to %s: its options are longer than the kernel takes (%d bytes)",
		    fab_describe(ctx->arena, c), OPTIONS_MAX);
}

static int in_dry_run(struct ctx *ctx, const char *tokens, const struct fab_conn *c, struct fab_new *out)
{
	char options[OPTIONS_MAX];
	const char *const notes[] = { options, NULL }; /* copied */

	if (!option_text(tokens, c, false, options))
		return too_long(ctx, c);
	*out = (struct fab_new){ .cntlid = -1, .traddr = fab_text(c, FK_TRADDR) };
	gate_plan_step(ctx, "Connect", fab_describe(ctx->arena, c), notes);
	return 0;
}

/* The controller that connects by one of the ways already, rather one that is as secure as asked; *by says which. NULL: none. */
static const struct topo_ctrl *there(struct ctx *ctx, const struct topo *t, const struct fab_conn *want, const struct fab_way *ways, size_t n,
				     struct fab_conn *by)
{
	const struct topo_ctrl *first = NULL;
	unsigned unknown;

	for (size_t i = 0; i < n; i++) {
		struct fab_conn c = fab_by_way(want, &ways[i]);

		for (const struct topo_ctrl *x = fab_find(t, &c); x; x = fab_find_next(t, &c, x)) {
			bool secure = !lacks(ctx, &c, x->name, &unknown);

			if (secure || !first)
				*by = c;
			if (secure)
				return x;
			first = first ? first : x;
		}
	}
	return first;
}

int fab_find_named(struct ctx *ctx, const struct topo *t, const struct fab_conn *c, const struct topo_ctrl **found)
{
	struct fab_conn by;
	struct fab_way *ways;
	size_t n;
	int rc = fab_ways(ctx, c, &ways, &n);

	*found = rc ? NULL : there(ctx, t, c, ways, n, &by);
	return rc;
}

/* Another process was quicker. */
static int already_now(struct ctx *ctx, const struct fab_conn *c, unsigned flags, struct fab_new *out)
{
	const struct topo_ctrl *x;
	struct topo *now;
	int rc = topo_read(ctx, TOPO_HOST, &now);

	if (rc)
		return rc;
	x = fab_find(now, c);
	if (x)
		return already(ctx, c, flags, x->name, x->cntlid, out);
	rc = fail(ctx, XC_CONNECT, EALREADY, "cannot connect to %s: the kernel has such a connection, and shows none", fab_describe(ctx->arena, c));
	return fail_hint(ctx, rc, "it is perhaps just coming or going: try again");
}

/* 1: tried, and another is worth a try. What a target itself has answered counts before what the network says of another. */
static int try_way(struct ctx *ctx, const char *tokens, const struct fab_conn *c, unsigned flags, struct fab_new *out, int *err,
		   const char **why)
{
	const char *says = NULL;
	int rc = add_one(ctx, tokens, c, out, &says);

	out->traddr = fab_text(c, FK_TRADDR);
	if (rc == -EALREADY)
		return already_now(ctx, c, flags, out);
	if (rc == -E2BIG)
		return too_long(ctx, c);
	if (rc && !elsewhere(rc))
		return say_failed(ctx, c, -rc, says);
	if (rc && *err != EIO) {
		*err = -rc;
		*why = says;
	}
	return rc != 0;
}

static int try_all(struct ctx *ctx, const char *tokens, const struct fab_conn *want, const struct fab_way *ways, size_t n, unsigned flags,
		   struct fab_new *out)
{
	const char *why = NULL;
	int err = 0;

	for (size_t i = 0; i < n; i++) {
		struct fab_conn c = fab_by_way(want, &ways[i]);
		int rc;

		if (ctx->g.dry_run && !(flags & FAB_EVEN_IN_DRY_RUN))
			return in_dry_run(ctx, tokens, &c, out);
		rc = try_way(ctx, tokens, &c, flags, out, &err, &why);
		if (rc != 1)
			return rc;
	}
	return say_failed(ctx, want, err, why);
}

int fab_connect_in(struct ctx *ctx, const struct topo *t, const struct fab_conn *want, unsigned flags, struct fab_new *out)
{
	const char *problem = fab_problem(ctx->arena, want), *tokens;
	const struct topo_ctrl *x = NULL;
	struct fab_conn c = *want, by;
	struct fab_way *ways;
	size_t n;
	int rc;

	*out = (struct fab_new){ .cntlid = -1 };
	if (problem)
		return fail(ctx, XC_USAGE, 0, "cannot connect to %s: %s", fab_describe(ctx->arena, want), problem);
	rc = dev_backend(ctx)->fab_tokens(ctx, &tokens);
	if (!rc && !*tokens)
		tokens = classic_tokens;
	if (!rc)
		rc = check_tokens(ctx, tokens, want);
	if (!rc)
		rc = fab_ways(ctx, want, &ways, &n);
	/* All addresses are looked at before one is tried: what is there is not made again by another way, and needs nothing more. */
	if (!rc && !fab_flag(want, FK_DUPLICATE_CONNECT))
		x = there(ctx, t, want, ways, n, &by);
	if (x)
		return already(ctx, &by, flags, x->name, x->cntlid, out);
	if (!rc)
		rc = fab_preflight(ctx, want);
	if (!rc)
		rc = fab_tls_keys(ctx, &c);
	return rc ? rc : try_all(ctx, tokens, &c, ways, n, flags, out);
}

int fab_connect(struct ctx *ctx, const struct fab_conn *want, unsigned flags, struct fab_new *out)
{
	struct topo *t;
	int rc = topo_read(ctx, TOPO_HOST, &t);

	return rc ? rc : fab_connect_in(ctx, t, want, flags, out);
}

void fab_drop(struct ctx *ctx, const char *name)
{
	struct req r = { .kind = REQ_DISCONNECT };
	struct dev *dev;

	if (dev_attach(ctx, name, &dev))
		return;
	/* It is ours, and nobody has anything on a discovery controller. */
	dev->ops->submit(dev, &r);
	dev_close(dev);
	if (ctx->g.trace)
		trace_line(ctx, "disconnect %s", name);
}
