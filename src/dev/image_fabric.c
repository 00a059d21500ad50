/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Loading of the member "fabric" of an image: what the simulated system can connect to. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dev/fabrics.h"
#include "dev/image_load.h"

#define TRADDR_MAX  256 /* of an entry in the discovery log: Base 2.1, section 5.1.12.3.1 */
#define TRSVCID_MAX 32
#define REPEAT_MAX  1000000

static const char *const transports[] = { "tcp", "rdma", "fc", "loop", NULL };
static const char *const families[] = { "ipv4", "ipv6", "infiniband", "fibre-channel", "loop", NULL };
static const char *const tls_words[] = { "none", "allowed", "required", NULL };
static const char *const ana_words[] = { "optimized",	    "non-optimized", "inaccessible",
					 "persistent-loss", "change",	     NULL };

/* What Linux 6.16 lists, with everything built in. */
static const char all_options[] =
	"transport,traddr,trsvcid,nqn,queue_size,nr_io_queues,reconnect_delay,ctrl_loss_tmo,keep_alive_tmo,"
	"hostnqn,host_traddr,"
	"host_iface,hostid,duplicate_connect,disable_sqflow,hdr_digest,data_digest,nr_write_queues,nr_poll_"
	"queues,tos,keyring,"
	"tls_key,fast_io_fail_tmo,discovery,dhchap_secret,dhchap_ctrl_secret,tls,concat";

int image_ip_family(const char *text)
{
	struct in6_addr addr;

	return inet_pton(AF_INET, text, &addr) == 1 ? 4 : inet_pton(AF_INET6, text, &addr) == 1 ? 6 : 0;
}

int image_errno(const char *name)
{
	static const struct {
		const char *name;
		int err;
	} errors[] = {
		{ "EACCES", EACCES },
		{ "EADDRNOTAVAIL", EADDRNOTAVAIL },
		{ "EALREADY", EALREADY },
		{ "EBUSY", EBUSY },
		{ "ECONNREFUSED", ECONNREFUSED },
		{ "ECONNRESET", ECONNRESET },
		{ "EHOSTUNREACH", EHOSTUNREACH },
		{ "EINVAL", EINVAL },
		{ "EIO", EIO },
		{ "EKEYREJECTED", EKEYREJECTED },
		{ "ENETUNREACH", ENETUNREACH },
		{ "ENODEV", ENODEV },
		{ "ENOENT", ENOENT },
		{ "ENOKEY", ENOKEY },
		{ "ENOMEM", ENOMEM },
		{ "EOPNOTSUPP", EOPNOTSUPP },
		{ "EPERM", EPERM },
		{ "ETIMEDOUT", ETIMEDOUT },
	};

	for (size_t i = 0; i < NELEMS(errors); i++) {
		if (strcmp(errors[i].name, name) == 0)
			return errors[i].err;
	}
	return 0;
}

struct image_subsys *image_remote(const struct image *img, const char *nqn)
{
	for (size_t i = 0; i < img->fabric.nremote; i++) {
		if (strcmp(img->fabric.remote[i].nqn, nqn) == 0)
			return &img->fabric.remote[i];
	}
	return NULL;
}

/* --- addresses --- */

const char *image_adrfam(const char *transport, const char *traddr)
{
	if (strcmp(transport, "loop") == 0)
		return "loop";
	if (strcmp(transport, "fc") == 0)
		return "fibre-channel";
	return image_ip_family(traddr) == 6 ? "ipv6" : "ipv4";
}

/* An address of a port or a referral. */
static int load_address(struct loader *l, const struct at *at, const struct val *node, struct image_port *p)
{
	p->transport = image_text(l, node, "transport", "");
	if (!image_one_of(p->transport, transports))
		return image_bad(l, at, "there is no transport \"%s\" to a target", p->transport);
	p->traddr = image_text(l, node, "traddr", "");
	p->adrfam = image_text(l, node, "adrfam", image_adrfam(p->transport, p->traddr));
	p->trsvcid = image_text(
		l, node, "trsvcid",
		strcmp(p->transport, "tcp") == 0 || strcmp(p->transport, "rdma") == 0 ? "4420" : "none");
	if (!image_one_of(p->adrfam, families))
		return image_bad(l, at, "there is no address family \"%s\"", p->adrfam);
	if (!*p->traddr && strcmp(p->transport, "loop") != 0)
		return image_bad(l, at, "'traddr' is missing");
	if (strlen(p->traddr) > TRADDR_MAX || strlen(p->trsvcid) > TRSVCID_MAX)
		return image_bad(l, at, "'traddr' has up to %d bytes, 'trsvcid' up to %d", TRADDR_MAX,
				 TRSVCID_MAX);
	return 0;
}

static int load_referrals(struct loader *l, const struct at *at, const struct val *list)
{
	struct at here = { at, "referrals", 0 };
	size_t i = 0;

	for (struct val *it = list ? list->c.first : NULL; it; it = it->next) {
		struct at elem = { &here, NULL, i++ };
		struct image_port p;
		uint64_t n;
		int rc = image_members(l, &elem, it, &image_objects[IN_REFERRAL]);

		if (!rc)
			rc = load_address(l, &elem, it, &p);
		if (!rc)
			rc = image_count(l, &elem, it, "portid", 0xffff, 0, &n);
		if (rc)
			return rc;
	}
	return 0;
}

/* --- ports --- */

static int load_port_fail(struct loader *l, const struct at *at, const struct val *list)
{
	struct at here = { at, "fail", 0 };
	size_t i = 0;

	for (struct val *it = list ? list->c.first : NULL; it; it = it->next) {
		struct at elem = { &here, NULL, i++ };
		const char *name;
		int rc = image_members(l, &elem, it, &image_objects[IN_PORT_FAIL]);

		if (rc)
			return rc;
		name = image_text(l, it, "errno", NULL);
		if (!name && !val_get(it, "delay_ms"))
			return image_bad(l, &elem, "needs 'errno' or 'delay_ms'");
		if (name && !image_errno(name))
			return image_bad(l, &elem, "there is no error \"%s\" for a connection", name);
	}
	return 0;
}

static int load_port(struct loader *l, const struct at *at, struct val *node, struct image_port *p)
{
	uint64_t n;
	int rc = image_members(l, at, node, &image_objects[IN_PORT]);

	if (!rc)
		rc = load_address(l, at, node, p);
	if (!rc)
		rc = image_count(l, at, node, "portid", 0xffff, 0, &n);
	if (rc)
		return rc;
	p->node = node;
	p->portid = (uint16_t)n;
	p->discovery_nqn = image_text(l, node, "discovery_nqn", FAB_DISCOVERY_NQN);
	p->tls = image_text(l, node, "tls", "none");
	if (!image_one_of(p->tls, tls_words))
		return image_bad(l, at, "'tls' is none, allowed or required");
	if (val_get(node, "treq") && (!image_number(val_get(node, "treq"), &n) || n > 0xff))
		return image_bad(l, at, "'treq' is one byte");
	if (strlen(p->discovery_nqn) > NQN_MAX)
		return image_bad(l, at, "'discovery_nqn' has more than %d bytes", (int)NQN_MAX);
	rc = image_count(l, at, node, "repeat", REPEAT_MAX, 0, &n);
	if (!rc)
		rc = load_referrals(l, at, val_get(node, "referrals"));
	return rc ? rc : load_port_fail(l, at, val_get(node, "fail"));
}

static bool known_nqn(const struct image *img, const char *nqn)
{
	for (size_t i = 0; i < img->nsubsys; i++) {
		if (strcmp(img->subsys[i].nqn, nqn) == 0)
			return true;
	}
	return image_remote(img, nqn);
}

static bool known_port(const struct image_fabric *f, const struct val *v)
{
	for (size_t i = 0; v->type == VAL_UINT && i < f->nports; i++) {
		if (f->ports[i].portid == v->u)
			return true;
	}
	return false;
}

/* What ports say of subsystems and of one another, when all are known. */
static int check_port(struct loader *l, const struct at *at, const struct image_port *p)
{
	struct at at_subsys = { at, "subsystems", 0 }, at_lists = { at, "lists", 0 };
	const struct image_fabric *f = &l->img->fabric;
	const struct val *list = val_get(p->node, "subsystems");
	size_t i = 0;

	for (const struct val *it = list ? list->c.first : NULL; it; it = it->next) {
		struct at elem = { &at_subsys, NULL, i++ };

		if (it->type != VAL_STR || !known_nqn(l->img, it->s.p))
			return image_bad(l, &elem, "is the NQN of no subsystem");
	}
	i = 0;
	list = val_get(p->node, "lists");
	for (const struct val *it = list ? list->c.first : NULL; it; it = it->next) {
		struct at elem = { &at_lists, NULL, i++ };

		if (!known_port(f, it))
			return image_bad(l, &elem, "is the 'portid' of no port");
	}
	for (const struct image_port *q = f->ports; q < p; q++) {
		if (q->portid == p->portid)
			return image_bad(l, at, "another port has the same 'portid'");
		if (strcmp(q->transport, p->transport) == 0 && strcmp(q->traddr, p->traddr) == 0 &&
		    strcmp(q->trsvcid, p->trsvcid) == 0)
			return image_bad(l, at, "another port has the same address");
	}
	return 0;
}

static int load_ports(struct loader *l, const struct at *at, const struct val *list)
{
	struct image_fabric *f = &l->img->fabric;
	struct at here = { at, "ports", 0 };
	int rc = 0;

	f->ports = arena_calloc(l->a, (list ? list->c.n : 0) + 1, sizeof(*f->ports));
	for (struct val *it = list ? list->c.first : NULL; !rc && it; it = it->next) {
		struct at elem = { &here, NULL, f->nports };

		rc = load_port(l, &elem, it, &f->ports[f->nports++]);
	}
	for (size_t i = 0; !rc && i < f->nports; i++) {
		struct at elem = { &here, NULL, i };

		rc = check_port(l, &elem, &f->ports[i]);
	}
	return rc;
}

/* --- subsystems --- */

static int load_allowed(struct loader *l, const struct at *at, const struct val *map)
{
	struct at here = { at, "hosts", 0 };

	for (const struct val *it = map ? map->c.first : NULL; it; it = it->next) {
		struct at member = { &here, it->key, 0 };
		int rc = image_members(l, &member, it, &image_objects[IN_ALLOWED]);

		if (rc)
			return rc;
		if (val_get(it, "dhchap_ctrl_key") && !val_get(it, "dhchap_key"))
			return image_bad(l, &member, "'dhchap_ctrl_key' needs 'dhchap_key'");
	}
	return 0;
}

/* ANA states go by 'portid' here: a controller has no name yet. */
static int load_ana(struct loader *l, const struct at *at, const struct val *map)
{
	struct at here = { at, "ana", 0 };

	for (const struct val *it = map ? map->c.first : NULL; it; it = it->next) {
		struct at member = { &here, it->key, 0 };
		char *end;
		unsigned long n = strtoul(it->key, &end, 10);

		if (it->key[0] < '0' || it->key[0] > '9' || *end || n > 0xffff)
			return image_bad(l, &member, "is no 'portid'");
		if (it->type != VAL_STR || !image_one_of(it->s.p, ana_words))
			return image_bad(
				l, &member,
				"must be optimized, non-optimized, inaccessible, persistent-loss or change");
	}
	return 0;
}

static int load_remote_ns(struct loader *l, const struct at *at, const struct val *list,
			  struct image_subsys *s)
{
	struct at here = { at, "namespaces", 0 };

	s->ns = arena_calloc(l->a, (list ? list->c.n : 0) + 1, sizeof(*s->ns));
	for (struct val *it = list ? list->c.first : NULL; it; it = it->next) {
		struct at elem = { &here, NULL, s->nns };
		struct image_ns *ns = &s->ns[s->nns];
		int rc = image_members(l, &elem, it, &image_objects[IN_REMOTE_NS]);

		if (rc)
			return rc;
		ns->node = it;
		ns->subsys = s;
		ns->name = ns->generic = "";
		rc = image_load_ns_parts(l, &elem, ns);
		if (!rc)
			rc = load_ana(l, &elem, val_get(it, "ana"));
		if (rc)
			return rc;
		for (size_t i = 0; i < s->nns; i++) {
			if (s->ns[i].nsid == ns->nsid)
				return image_bad(l, &elem, "another namespace has the same nsid");
		}
		s->nns++;
	}
	return 0;
}

static int load_remote(struct loader *l, const struct at *at, struct val *node, struct image_subsys *s)
{
	struct at at_ctrl = { at, "controller", 0 };
	uint64_t n;
	int rc = image_members(l, at, node, &image_objects[IN_REMOTE]);

	if (rc)
		return rc;
	s->node = node;
	s->name = "";
	s->nqn = image_text(l, node, "nqn", "");
	s->iopolicy = image_text(l, node, "iopolicy", "numa");
	if (!*s->nqn || strlen(s->nqn) > NQN_MAX)
		return image_bad(l, at, "'nqn' has 1 to %d bytes", (int)NQN_MAX);
	s->ctrls = arena_calloc(l->a, 2, sizeof(*s->ctrls));
	s->nctrls = 1;
	s->ctrls->node = val_get(node, "controller");
	s->ctrls->subsys = s;
	s->ctrls->name = s->ctrls->transport = s->ctrls->address = s->ctrls->slot = "";
	s->ctrls->state = "live";
	rc = image_members(l, &at_ctrl, s->ctrls->node, &image_objects[IN_REMOTE_CTRL]);
	if (!rc)
		rc = image_load_ctrl_parts(l, &at_ctrl, s->ctrls);
	if (!rc)
		rc = image_count(l, at, node, "cntlid", 0xffef, 1, &n);
	if (!rc)
		rc = load_allowed(l, at, val_get(node, "hosts"));
	return rc ? rc : load_remote_ns(l, at, val_get(node, "namespaces"), s);
}

static int load_remotes(struct loader *l, const struct at *at, const struct val *list)
{
	struct image_fabric *f = &l->img->fabric;
	struct at here = { at, "subsystems", 0 };

	f->remote = arena_calloc(l->a, (list ? list->c.n : 0) + 1, sizeof(*f->remote));
	for (struct val *it = list ? list->c.first : NULL; it; it = it->next) {
		struct at elem = { &here, NULL, f->nremote };
		struct image_subsys *s = &f->remote[f->nremote];
		int rc = load_remote(l, &elem, it, s);

		if (rc)
			return rc;
		if (image_remote(l->img, s->nqn))
			return image_bad(l, &elem, "another subsystem has the same NQN");
		f->nremote++;
	}
	return 0;
}

/* --- names of hosts --- */

static int load_hosts(struct loader *l, const struct at *at, const struct val *map)
{
	struct at here = { at, "hosts", 0 };

	for (const struct val *it = map ? map->c.first : NULL; it; it = it->next) {
		struct at member = { &here, it->key, 0 };

		if (it->type != VAL_ARR || !it->c.n)
			return image_bad(l, &member, "must be an array of addresses");
		val_for_each(addr, it) {
			if (addr->type != VAL_STR || !image_ip_family(addr->s.p))
				return image_bad(l, &member, "must be an array of addresses, as numbers");
		}
	}
	return 0;
}

int image_load_fabric(struct loader *l, struct val *fabric)
{
	struct at at = { NULL, "fabric", 0 };
	struct image_fabric *f = &l->img->fabric;
	int rc;

	f->options = all_options;
	if (!fabric)
		return 0;
	rc = image_members(l, &at, fabric, &image_objects[IN_FABRIC]);
	if (rc)
		return rc;
	f->node = fabric;
	f->options = image_text(l, fabric, "options", all_options);
	rc = load_hosts(l, &at, val_get(fabric, "hosts"));
	if (!rc)
		rc = load_remotes(l, &at, val_get(fabric, "subsystems"));
	return rc ? rc : load_ports(l, &at, val_get(fabric, "ports"));
}
