/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Is a connection that is asked for complete, and without contradiction? */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dev/fabrics.h"
#include "spec/tables.h"

/* NULL, or why it is no transport. The first name is none. */
static const char *transport_problem(struct arena *a, const char *t)
{
	const char *all = "";

	for (size_t i = 1; i < TRANSPORT_NNAMES; i++) {
		if (strcmp(transport_names[i].key, t) == 0)
			return NULL;
		all = arena_printf(a, "%s%s%s", all, *all ? ", " : "", transport_names[i].key);
	}
	return arena_printf(a, "transport '%s' is none of %s", t, all);
}

/* Linux, inet_pton_with_scope: it takes other notations too, and 04420 for octal. What a port is for fc or loop nobody asks. */
static const char *port_problem(const struct fab_conn *c)
{
	const char *port = fab_text(c, FK_TRSVCID);
	size_t len = strlen(port);

	if (!len || !fab_by_ip(c))
		return NULL;
	if (len > 5 || strspn(port, "0123456789") != len || *port == '0' || atoi(port) > UINT16_MAX)
		return "trsvcid is no port number (1 to 65535)";
	return NULL;
}

static const char *security_problem(struct arena *a, const struct fab_conn *c)
{
	bool tls = fab_flag(c, FK_TLS), concat = fab_flag(c, FK_CONCAT), tcp = strcmp(fab_text(c, FK_TRANSPORT), "tcp") == 0;

	if (tls && concat)
		return "tls and concat exclude each other: one takes a key that is there, the other makes one";
	if ((tls || concat) && !tcp)
		return "TLS is there for the transport tcp only";
	if (concat && !c->v[FK_DHCHAP_SECRET].set)
		return "concat needs dhchap-secret: the TLS key comes out of the authentication";
	if (c->v[FK_DHCHAP_CTRL_SECRET].set && !c->v[FK_DHCHAP_SECRET].set)
		return "dhchap-ctrl-secret needs dhchap-secret: the controller answers only a host that authenticates itself";
	if ((c->v[FK_TLS_KEY].set || c->v[FK_TLS_KEY_IDENTITY].set) && !tls)
		return "a TLS key is of no use without tls";
	if (c->v[FK_TLS_KEY].set && c->v[FK_TLS_KEY_IDENTITY].set)
		return "tls-key and tls-key-identity both name the key";
	if (c->must_authenticate && !c->v[FK_DHCHAP_SECRET].set)
		return arena_printf(a, "dhchap-secret is missing: %s requires that this host authenticates itself", c->must_authenticate);
	if ((fab_flag(c, FK_HDR_DIGEST) || fab_flag(c, FK_DATA_DIGEST)) && !tcp)
		return "digests are there for the transport tcp only";
	return NULL;
}

static const char *tuning_problem(struct arena *a, const struct fab_conn *c)
{
	int64_t loss = fab_number(c, FK_CTRL_LOSS_TMO, 600), delay = fab_number(c, FK_RECONNECT_DELAY, 10);
	int64_t fail_io = fab_number(c, FK_FAST_IO_FAIL_TMO, -1);

	if (c->v[FK_FAST_IO_FAIL_TMO].set && loss >= 0 && fail_io > loss)
		return arena_printf(a, "fast-io-fail-tmo (%" PRId64 " s) is longer than ctrl-loss-tmo (%" PRId64 " s)", fail_io, loss);
	if (c->v[FK_RECONNECT_DELAY].set && c->v[FK_CTRL_LOSS_TMO].set && loss > 0 && delay > loss)
		return arena_printf(a, "reconnect-delay (%" PRId64 " s) is longer than ctrl-loss-tmo (%" PRId64 " s)", delay, loss);
	if (!fab_by_ip(c) && (c->v[FK_TOS].set && fab_number(c, FK_TOS, -1) >= 0))
		return "tos is there for the transports tcp and rdma only";
	return NULL;
}

/* Not everything has been through fab_parse: what firmware and the kernel say may be anything as well. */
static const char *text_problem(struct arena *a, const struct fab_conn *c)
{
	const char *problem = *fab_text(c, FK_HOSTNQN) ? nqn_unfit(fab_text(c, FK_HOSTNQN), strlen(fab_text(c, FK_HOSTNQN))) : NULL;

	if (problem)
		return arena_printf(a, "hostnqn: %s", problem);
	for (size_t k = 0; k < FK_COUNT; k++) {
		problem = *fab_text(c, k) ? fab_bad_text(fab_text(c, k)) : NULL;
		if (problem)
			return arena_printf(a, "%s %s", fab_keys[k].opt, problem);
	}
	return NULL;
}

const char *fab_problem(struct arena *a, const struct fab_conn *c)
{
	const char *t = fab_text(c, FK_TRANSPORT), *nqn = fab_text(c, FK_NQN), *problem;

	if (!*t)
		return "transport is missing";
	problem = transport_problem(a, t);
	if (problem)
		return problem;
	if (!*nqn)
		return "nqn is missing";
	problem = nqn_unfit(nqn, strlen(nqn));
	if (problem)
		return arena_printf(a, "nqn: %s", problem);
	if (!*fab_text(c, FK_TRADDR) && strcmp(t, "loop") != 0)
		return arena_printf(a, "traddr is missing: %s needs one", t);
	if (strcmp(t, "fc") == 0 && !*fab_text(c, FK_HOST_TRADDR))
		return "host-traddr is missing: fc needs one";
	problem = text_problem(a, c);
	if (!problem)
		problem = port_problem(c);
	if (!problem)
		problem = security_problem(a, c);
	return problem ? problem : tuning_problem(a, c);
}
