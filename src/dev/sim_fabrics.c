/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Connections of the simulated system, as Linux and a target make them: what is refused by whom, in which order, with which
 * errno, and what the kernel's log has to say about it (drivers/nvme/host/fabrics.c, tcp.c, auth.c). The change itself is in
 * sim_connect.c.
 */
#include "dev/sim_fabrics.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "dev/fabrics.h"
#include "dev/sim.h"
#include "dev/topo.h"

#define TCP_PORT  "8009" /* what nvme-tcp takes where no service is given, whatever it connects to */
#define RDMA_PORT "4420"

/* Status of the Connect command, as the kernel logs it: Base 2.1, section 3.3.2, with Do Not Retry. */
enum { CONNECT_INVALID_PARAM = 0x4182, CONNECT_INVALID_HOST = 0x4184 };

int sim_fab_tokens(struct ctx *ctx, const char **tokens)
{
	int rc = sim_load(ctx);

	*tokens = rc ? "" : ctx->sim->img->fabric.options;
	return rc;
}

/* The image remembers options that are no secrets, of connections that were made here. */
unsigned sim_fab_lacks(struct ctx *ctx, const char *ctrl, unsigned asked, unsigned *unknown)
{
	static const struct {
		unsigned bit;
		const char *token, *other;
	} known[] = { { FAB_SEC_TLS, "tls", "concat" }, { FAB_SEC_HDR_DIGEST, "hdr_digest", NULL }, { FAB_SEC_DATA_DIGEST, "data_digest", NULL } };
	const struct image *img = ctx->sim->img;
	unsigned lacks = 0;

	*unknown = 0;
	for (size_t i = 0; i < img->nsubsys; i++) {
		for (size_t k = 0; k < img->subsys[i].nctrls; k++) {
			const struct image_ctrl *c = &img->subsys[i].ctrls[k];
			const struct val *options = c->connection ? val_get(c->connection, "options") : NULL;

			if (strcmp(c->name, ctrl) != 0)
				continue;
			/* Of a connection that was there from the beginning it is known as much as Linux tells. */
			if (!c->connection) {
				*unknown = asked & (FAB_SEC_HDR_DIGEST | FAB_SEC_DATA_DIGEST);
				continue;
			}
			for (size_t n = 0; n < NELEMS(known); n++) {
				if (asked & known[n].bit && !(options && (val_u64(options, known[n].token, 0) ||
									  (known[n].other && val_u64(options, known[n].other, 0)))))
					lacks |= known[n].bit;
			}
		}
	}
	return lacks;
}

int sim_fab_resolve(struct ctx *ctx, const char *host, const char *const **addrs)
{
	const char **all;
	const struct val *map, *list;
	size_t n = 0;
	int rc = sim_load(ctx);

	if (rc)
		return rc;
	map = ctx->sim->img->fabric.node ? val_get(ctx->sim->img->fabric.node, "hosts") : NULL;
	list = map && !image_ip_family(host) ? val_get(map, host) : NULL;
	if (!list && !image_ip_family(host))
		return fail(ctx, XC_CONNECT, 0,
			    "cannot find an address of '%s': not known on the simulated system", host);
	all = arena_calloc(ctx->arena, (list ? list->c.n : 1) + 1, sizeof(*all));
	if (!list)
		all[n++] = arena_strdup(ctx->arena, host);
	for (const struct val *it = list ? list->c.first : NULL; it; it = it->next)
		all[n++] = it->s.p;
	*addrs = all;
	return 0;
}

/* --- before anything is sent --- */

static bool is_uuid(const char *s)
{
	for (size_t i = 0; i < 36; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23
			    ? s[i] != '-'
			    : !s[i] || !strchr("0123456789abcdefABCDEF", s[i]))
			return false;
	}
	return !s[36];
}

/* A host NQN and a host identifier belong together on all connections. */
static int check_host(struct sim_cmd *c, const struct sim_conn *n, const char **why)
{
	const struct image *img = c->sim->img;

	if (*fab_text(n->conn, FK_HOSTID) && !is_uuid(n->hostid)) {
		*why = arena_printf(c->ctx->arena, "nvme_fabrics: Invalid hostid %s", n->hostid);
		return -EINVAL;
	}
	for (size_t i = 0; i < img->nsubsys; i++) {
		for (size_t k = 0; k < img->subsys[i].nctrls; k++) {
			const struct image_ctrl *x = &img->subsys[i].ctrls[k];
			bool nqn = strcmp(x->hostnqn, n->hostnqn) == 0, id = same_id(x->hostid, n->hostid);

			if (nqn == id || strcmp(x->transport, "pcie") == 0 ||
			    strcmp(x->transport, "apple-nvme") == 0)
				continue;
			*why = nqn ? arena_printf(
					     c->ctx->arena,
					     "nvme_fabrics: found same hostnqn %s but different hostid %s",
					     n->hostnqn, n->hostid)
				   : arena_printf(
					     c->ctx->arena,
					     "nvme_fabrics: found same hostid %s but different hostnqn %s",
					     n->hostid, n->hostnqn);
			return -EINVAL;
		}
	}
	return 0;
}

/* Both have it and it is the same, or neither has it: Linux, nvmf_ip_options_match. */
static bool same_option(const struct sim_cmd *c, const struct image_ctrl *x, const struct sim_conn *n,
			enum fab_key k)
{
	const char *have = fab_address_part(c->ctx->arena, x->address, fab_keys[k].token);

	return fab_same_address(have, fab_text(n->conn, k));
}

static bool is_like(const struct sim_cmd *c, const struct image_ctrl *x, const struct sim_conn *n)
{
	struct arena *a = c->ctx->arena;
	const char *nqn = x->connection ? val_str(a, x->connection, "nqn") : x->subsys->nqn;

	return strcmp(x->transport, fab_text(n->conn, FK_TRANSPORT)) == 0 && strcmp(nqn, n->nqn) == 0 &&
	       strcmp(x->state, "deleting") != 0 && strcmp(x->state, "dead") != 0 &&
	       strcmp(x->hostnqn, n->hostnqn) == 0 && same_id(x->hostid, n->hostid) &&
	       fab_same_address(fab_address_part(a, x->address, "traddr"), fab_text(n->conn, FK_TRADDR)) &&
	       same_option(c, x, n, FK_HOST_TRADDR) && same_option(c, x, n, FK_HOST_IFACE);
}

static bool is_there(const struct sim_cmd *c, const struct sim_conn *n, const char *trsvcid)
{
	const struct image *img = c->sim->img;

	for (size_t i = 0; i < img->nsubsys; i++) {
		for (size_t k = 0; k < img->subsys[i].nctrls; k++) {
			const struct image_ctrl *x = &img->subsys[i].ctrls[k];

			if (is_like(c, x, n) &&
			    strcmp(fab_address_part(c->ctx->arena, x->address, "trsvcid"), trsvcid) == 0)
				return true;
		}
	}
	return false;
}

/* --- the way there --- */

static const char *service_of(const struct fab_conn *conn)
{
	const char *transport = fab_text(conn, FK_TRANSPORT), *given = fab_text(conn, FK_TRSVCID);

	if (*given)
		return given;
	return strcmp(transport, "tcp") == 0 ? TCP_PORT : strcmp(transport, "rdma") == 0 ? RDMA_PORT : "";
}

/* 0, or what connecting there fails with: nobody has the address, or nobody listens. */
static int find_port(struct sim_cmd *c, struct sim_conn *n)
{
	const struct image_fabric *f = &c->sim->img->fabric;
	const char *transport = fab_text(n->conn, FK_TRANSPORT), *traddr = fab_text(n->conn, FK_TRADDR);
	const char *service = service_of(n->conn);
	bool host = false;

	for (size_t i = 0; i < f->nports; i++) {
		const struct image_port *p = &f->ports[i];

		if (strcmp(p->transport, transport) != 0 ||
		    (*traddr ? !fab_same_address(p->traddr, traddr) : strcmp(transport, "loop") != 0))
			continue;
		host = true;
		if (!fab_by_ip(n->conn) || strcmp(p->trsvcid, service) == 0) {
			n->port = p;
			return 0;
		}
	}
	return host ? -ECONNREFUSED : -EHOSTUNREACH;
}

/* What the image orders for connections to the port: 0, or -errno. */
static int ordered(struct sim_cmd *c, const struct image_port *p, const char **why)
{
	const struct val *list = val_get(p->node, "fail");
	int err = 0;

	for (struct val *it = list ? list->c.first : NULL; it; it = it->next) {
		const struct val *skip = val_get(it, "skip"), *count = val_get(it, "count");

		if (skip && skip->u) {
			sim_store(c, it, "skip", skip->u - 1);
			continue;
		}
		if (count && !count->u)
			continue;
		if (count)
			sim_store(c, it, "count", count->u - 1);
		c->delay_ms = val_u64(it, "delay_ms", 0);
		if (val_get(it, "errno"))
			err = image_errno(val_str(c->ctx->arena, it, "errno"));
		if (val_get(it, "why"))
			*why = val_str(c->ctx->arena, it, "why");
		break;
	}
	return -err;
}

static int check_tls(struct sim_cmd *c, const struct sim_conn *n, const char *name, const char **why)
{
	bool wanted = fab_flag(n->conn, FK_TLS), concat = fab_flag(n->conn, FK_CONCAT);

	if (wanted && strcmp(n->port->tls, "none") == 0) {
		*why = arena_printf(c->ctx->arena, "nvme %s: queue 0: TLS handshake complete, error -%d",
				    name, EACCES);
		return -EACCES;
	}
	/* With concat the connection begins without TLS, which the target allows for just that. */
	if (!wanted && !concat && strcmp(n->port->tls, "required") == 0) {
		*why = "nvme_tcp: queue 0: failed to receive icresp, error 0";
		return -ECONNRESET;
	}
	return 0;
}

/* --- the Connect command, and authentication --- */

static int refused(struct sim_cmd *c, const char *name, int status, const char **why)
{
	*why = arena_printf(c->ctx->arena, "%s; nvme %s: failed to connect queue: 0 ret=%d", *why, name,
			    status);
	return -EIO;
}

static const struct val *allowed(const struct val *hosts, const char *hostnqn)
{
	const struct val *h = val_get(hosts, hostnqn);

	return h ? h : val_get(hosts, "*");
}

static int authenticate(struct sim_cmd *c, const struct sim_conn *n, const struct val *host, const char *name,
			const char **why)
{
	struct arena *a = c->ctx->arena;
	const char *key = host ? val_str(a, host, "dhchap_key") : "",
		   *ctrl_key = host ? val_str(a, host, "dhchap_ctrl_key") : "";
	const char *given = fab_text(n->conn, FK_DHCHAP_SECRET),
		   *ctrl_given = fab_text(n->conn, FK_DHCHAP_CTRL_SECRET);

	if (fab_flag(n->conn, FK_CONCAT) && (!*key || strcmp(n->port->tls, "none") == 0)) {
		*why = arena_printf(a, "nvme %s: qid 0: secure concatenation is not supported", name);
		return -EOPNOTSUPP;
	}
	if (!*key)
		return 0;
	if (!*given) {
		*why = arena_printf(a, "nvme %s: qid 0: no key; nvme %s: qid 0: authentication setup failed",
				    name, name);
		return -ENOKEY;
	}
	if (strcmp(key, given) != 0 || (*ctrl_given && strcmp(ctrl_key, ctrl_given) != 0)) {
		*why = arena_printf(a, "nvme %s: qid 0: authentication failed, error -%d", name,
				    EKEYREJECTED);
		return -EKEYREJECTED;
	}
	return 0;
}

static int check_target(struct sim_cmd *c, struct sim_conn *n, const char *name, const char **why)
{
	const struct image_subsys *remote = image_remote(c->sim->img, n->nqn);
	const struct val *hosts = remote ? val_get(remote->node, "hosts") : NULL, *host = NULL;

	n->discovery = strcmp(n->nqn, FAB_DISCOVERY_NQN) == 0 || strcmp(n->nqn, n->port->discovery_nqn) == 0;
	if (n->discovery)
		return 0;
	if (!sim_port_exports(n->port, n->nqn)) {
		*why = arena_printf(c->ctx->arena,
				    "nvme %s: Connect Invalid Data Parameter, subsysnqn \"%s\"", name,
				    n->nqn);
		return refused(c, name, CONNECT_INVALID_PARAM, why);
	}
	if (hosts) {
		host = allowed(hosts, n->hostnqn);
		if (!host) {
			*why = arena_printf(c->ctx->arena,
					    "nvme %s: Connect for subsystem %s is not allowed, hostnqn: %s",
					    name, n->nqn, n->hostnqn);
			return refused(c, name, CONNECT_INVALID_HOST, why);
		}
	}
	return authenticate(c, n, host, name, why);
}

/* Linux, nvme_validate_cntlid. */
static int check_paths(struct sim_cmd *c, const struct sim_conn *n, const char *name, const char **why)
{
	struct image_subsys *s = n->discovery ? NULL : sim_local_subsys(c->sim->img, n->nqn);

	if (!s || !s->nctrls || val_u64(image_id_ctrl(c->ctx->arena, &s->ctrls[0])->fields, "cmic.mctrs", 0))
		return 0;
	*why = arena_printf(c->ctx->arena, "nvme %s: Subsystem does not support multiple controllers", name);
	return -EINVAL;
}

static int make(struct sim_cmd *c, struct sim_conn *n, struct fab_new *out, const char **why)
{
	const char *name = sim_next_ctrl(c->ctx->arena, c->sim->img, NULL);
	int rc = check_host(c, n, why);

	if (rc)
		return rc;
	if (!fab_flag(n->conn, FK_DUPLICATE_CONNECT) && is_there(c, n, service_of(n->conn)))
		return -EALREADY;
	rc = find_port(c, n);
	if (rc && strcmp(fab_text(n->conn, FK_TRANSPORT), "tcp") == 0)
		*why = arena_printf(c->ctx->arena, "nvme %s: failed to connect socket: %d", name, rc);
	if (!rc)
		rc = ordered(c, n->port, why);
	if (!rc)
		rc = check_tls(c, n, name, why);
	if (!rc)
		rc = check_target(c, n, name, why);
	if (!rc)
		rc = check_paths(c, n, name, why);
	return rc ? rc : sim_connect(c, n, &out->name, &out->cntlid);
}

int sim_fab_add(struct ctx *ctx, const struct fab_conn *conn, const char *options, struct fab_new *out,
		const char **why)
{
	struct sim_conn n = { .conn = conn, .nqn = fab_text(conn, FK_NQN) };
	struct sim_cmd c = { .ctx = ctx };
	int rc = sim_load(ctx), fd, saved;
	bool stale;

	(void)options; /* the same for a kernel */
	*why = NULL;
	if (rc)
		return rc;
	c.sim = ctx->sim;
	rc = image_lock(ctx, c.sim->img, &fd, &stale);
	if (rc)
		return rc;
	if (stale)
		rc = image_load(ctx, &c.sim->img);
	n.hostnqn = conn->v[FK_HOSTNQN].set ? fab_text(conn, FK_HOSTNQN) : c.sim->img->hostnqn;
	n.hostid = conn->v[FK_HOSTID].set ? fab_text(conn, FK_HOSTID) : c.sim->img->hostid;
	if (!rc)
		rc = make(&c, &n, out, why);
	saved = c.dirty ? image_save(ctx, c.sim->img) : 0;
	if (fd >= 0)
		close(fd);
	if (c.delay_ms)
		rc = sim_late(c.delay_ms, rc);
	return saved ? saved : rc;
}
