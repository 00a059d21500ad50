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
#include <time.h>

#include "core/clock.h"
#include "dev/gate.h"
#include "spec/field.h"

#define OPTIONS_MAX 4096 /* Linux: what one write to /dev/nvme-fabrics may have */
enum { HOLD_PAUSE_MS = 20 };

bool fab_by_ip(const struct fab_conn *c)
{
	const char *t = fab_text(c, FK_TRANSPORT);

	return strcmp(t, "tcp") == 0 || strcmp(t, "rdma") == 0;
}

const char *fab_describe(struct arena *a, const struct fab_conn *c)
{
	const char *addr = fab_text(c, FK_TRADDR), *svc = fab_text(c, FK_TRSVCID);
	bool brackets = *svc && strchr(addr, ':') && fab_by_ip(c);

	return arena_printf(a, "%s%s%s%s%s%s%s %s", fab_text(c, FK_TRANSPORT), *addr ? " " : "", brackets ? "[" : "", addr,
			    brackets ? "]" : "", *svc ? ":" : "", svc, fab_text(c, FK_NQN));
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

	if (!i->token || !c->v[k].set)
		return false;
	if (i->type == FT_FLAG)
		return c->v[k].n;
	return k != FK_TOS || c->v[k].n >= 0;
}

static int check_tokens(struct ctx *ctx, const char *tokens, const struct fab_conn *c)
{
	int rc;

	for (size_t k = 0; k < FK_COUNT; k++) {
		const struct fab_key_info *i = &fab_keys[k];

		if (!wanted(c, k) || lists(tokens, i->token))
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

static int say_failed(struct ctx *ctx, const struct fab_conn *c, int err, const char *why)
{
	int rc = fail(ctx, tls_failed(c, err) ? XC_CONNECT : code_of(err), err, "cannot connect to %s: %s%s%s", fab_describe(ctx->arena, c), strerror(err),
		      why ? "; the kernel says: " : "", why ? why : "");

	/* Linux: "no handler found for transport tcp." */
	if (err == EINVAL && why && strstr(why, "no handler"))
		return fail_hint(ctx, rc, "the kernel has no module for that transport: modprobe nvme-%s", fab_text(c, FK_TRANSPORT));
	if (tls_failed(c, err))
		return fail_hint(ctx, rc, "the TLS handshake failed: does the target offer TLS there, and has it the same key? tlshd's log says more");
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

/* A connection that is there is not what was asked for if it is less secure. */
static int as_secure(struct ctx *ctx, const struct fab_conn *c, const char *name)
{
	static const char *const words[] = { "TLS", "authentication of the host", "authentication of the controller",
					     "digests of headers", "digests of data" };
	unsigned asked = security_of(c), lacks = asked && *name ? dev_backend(ctx)->fab_lacks(ctx, name, asked) : 0;
	const char *list = "";
	int rc;

	for (size_t i = 0; i < NELEMS(words); i++) {
		if (lacks & 1u << i)
			list = arena_printf(ctx->arena, "%s%s%s", list, *list ? ", " : "", words[i]);
	}
	if (!lacks)
		return 0;
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

/* The kernel takes addresses only. Both ends are given as names at times. */
static int resolve(struct ctx *ctx, const struct fab_conn *c, enum fab_key k, const char *const **addrs)
{
	static const char *const none[] = { "", NULL };

	*addrs = none;
	if (!*fab_text(c, k) || !fab_by_ip(c))
		return 0;
	return dev_backend(ctx)->fab_resolve(ctx, fab_text(c, k), addrs);
}

static bool same_family(const char *a, const char *b)
{
	return !*a || !*b || !strchr(a, ':') == !strchr(b, ':');
}

/* One address of the target from one of the host; 1: tried, and another is worth a try. */
static int try_address(struct ctx *ctx, const char *tokens, const struct topo *t, struct fab_conn *c, unsigned flags,
		       struct fab_new *out, int *err, const char **why)
{
	const struct topo_ctrl *there = fab_flag(c, FK_DUPLICATE_CONNECT) ? NULL : fab_find(t, c);
	int rc;

	if (there)
		return already(ctx, c, flags, there->name, there->cntlid, out);
	if (ctx->g.dry_run && !(flags & FAB_EVEN_IN_DRY_RUN))
		return in_dry_run(ctx, tokens, c, out);
	*why = NULL;
	rc = add_one(ctx, tokens, c, out, why);
	out->traddr = fab_text(c, FK_TRADDR);
	if (rc == -EALREADY) {
		/* Another process was quicker. */
		struct topo *now;
		const struct topo_ctrl *x;

		rc = topo_read(ctx, TOPO_HOST, &now);
		x = rc ? NULL : fab_find(now, c);
		return rc ? rc : already(ctx, c, flags, x ? x->name : "", x ? x->cntlid : -1, out);
	}
	if (rc == -E2BIG)
		return too_long(ctx, c);
	*err = -rc;
	if (rc && elsewhere(rc))
		return 1;
	return rc ? say_failed(ctx, c, -rc, *why) : 0;
}

static int try_all(struct ctx *ctx, const char *tokens, const struct topo *t, const struct fab_conn *want, unsigned flags,
		   struct fab_new *out)
{
	const char *const *to, *const *from, *why = NULL;
	struct fab_conn c = *want;
	int rc = resolve(ctx, want, FK_TRADDR, &to), err = 0;

	if (!rc)
		rc = resolve(ctx, want, FK_HOST_TRADDR, &from);
	for (size_t i = 0; !rc && to[i]; i++) {
		for (size_t k = 0; from[k]; k++) {
			if (!same_family(to[i], from[k]))
				continue;
			if (*to[i])
				c.v[FK_TRADDR].s = to[i];
			if (*from[k])
				c.v[FK_HOST_TRADDR].s = from[k];
			rc = try_address(ctx, tokens, t, &c, flags, out, &err, &why);
			if (rc != 1)
				return rc;
			rc = 0;
		}
	}
	if (rc)
		return rc;
	if (!err)
		return fail(ctx, XC_USAGE, 0, "cannot connect to %s: host-traddr is an address of another family",
			    fab_describe(ctx->arena, want));
	return say_failed(ctx, want, err, why);
}

int fab_connect_in(struct ctx *ctx, const struct topo *t, const struct fab_conn *want, unsigned flags, struct fab_new *out)
{
	const char *problem = fab_problem(ctx->arena, want), *tokens;
	struct fab_conn c = *want;
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
		rc = fab_preflight(ctx, want);
	if (!rc)
		rc = fab_tls_keys(ctx, &c);
	return rc ? rc : try_all(ctx, tokens, t, &c, flags, out);
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

int dev_attach(struct ctx *ctx, const char *name, struct dev **out)
{
	struct dev *dev = arena_alloc(ctx->arena, sizeof(*dev));
	int rc;

	dev->ctx = ctx;
	dev->fd = -1;
	dev->ops = dev_backend(ctx);
	dev->name = name;
	dev->path = arena_printf(ctx->arena, "/dev/%s", name);
	rc = dev->ops->attach(dev);
	if (rc)
		return fail(ctx, XC_NODEV, -rc, "there is no controller %s", name);
	*out = dev;
	return 0;
}

int dev_hold(struct dev *dev, uint64_t ms)
{
	static const struct timespec pause = { 0, HOLD_PAUSE_MS * 1000000L };
	uint64_t end = now_ms() + ms;
	int rc;

	if (!dev->ops->hold)
		return 0;
	while ((rc = dev->ops->hold(dev)) == -EAGAIN && now_ms() < end)
		nanosleep(&pause, NULL);
	if (rc != -EAGAIN)
		return 0;
	return fail_hint(dev->ctx,
			 fail(dev->ctx, XC_TIMEOUT, EAGAIN, "another process is giving up %s, or the paths beside it, and does not come to an end",
			      dev->name),
			 "nothing was done; 'nvmekit list-subsys' shows what is being deleted");
}
