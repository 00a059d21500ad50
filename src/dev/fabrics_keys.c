/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The table of what a connection consists of, and its values. Linux 6.12, drivers/nvme/host/fabrics.c: opt_tokens. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "core/num.h"
#include "dev/fabrics.h"
#include "spec/field.h"

#define TEXT FT_TEXT, FC_IDENTITY
#define FLAG_OF(class) FT_FLAG, class, 0, 1
#define NUMBER(lo, hi) FT_NUMBER, FC_TUNING, lo, hi

const struct fab_key_info fab_keys[FK_COUNT] = {
	[FK_TRANSPORT] = { "transport", "transport", "transport", "Transport", TEXT },
	[FK_NQN] = { "nqn", "nqn", "nqn", "NQN of the subsystem", TEXT },
	[FK_TRADDR] = { "traddr", "traddr", "traddr", "Transport address", TEXT },
	[FK_TRSVCID] = { "trsvcid", "trsvcid", "trsvcid", "Transport service identifier", TEXT },
	[FK_HOST_TRADDR] = { "host-traddr", "host_traddr", "host_traddr", "Transport address of the host", TEXT },
	[FK_HOST_IFACE] = { "host-iface", "host_iface", "host_iface", "Network interface of the host", TEXT },
	[FK_HOSTNQN] = { "hostnqn", "hostnqn", "hostnqn", "NQN of the host", TEXT },
	[FK_HOSTID] = { "hostid", "hostid", "hostid", "Host identifier", TEXT },
	[FK_NR_IO_QUEUES] = { "nr-io-queues", "nr_io_queues", "nr_io_queues", "I/O queues", NUMBER(1, FAB_QUEUES_MAX) },
	[FK_NR_WRITE_QUEUES] = { "nr-write-queues", "nr_write_queues", "nr_write_queues", "Queues for writes",
				 NUMBER(1, FAB_QUEUES_MAX) },
	[FK_NR_POLL_QUEUES] = { "nr-poll-queues", "nr_poll_queues", "nr_poll_queues", "Queues for polling",
				NUMBER(1, FAB_QUEUES_MAX) },
	[FK_QUEUE_SIZE] = { "queue-size", "queue_size", "queue_size", "Entries of an I/O queue",
			    NUMBER(FAB_QUEUE_SIZE_MIN, FAB_QUEUE_SIZE_MAX) },
	[FK_KEEP_ALIVE_TMO] = { "keep-alive-tmo", "keep_alive_tmo", "keep_alive_tmo", "Keep Alive Timeout",
				NUMBER(0, FAB_SECONDS_MAX), .unit = "seconds" },
	[FK_RECONNECT_DELAY] = { "reconnect-delay", "reconnect_delay", "reconnect_delay", "Time between attempts to reconnect",
				 NUMBER(1, FAB_SECONDS_MAX), .unit = "seconds" },
	[FK_CTRL_LOSS_TMO] = { "ctrl-loss-tmo", "ctrl_loss_tmo", "ctrl_loss_tmo", "Time until a lost controller is given up",
			       NUMBER(0, FAB_SECONDS_MAX), .minus_one = true, .unit = "seconds" },
	[FK_FAST_IO_FAIL_TMO] = { "fast-io-fail-tmo", "fast_io_fail_tmo", "fast_io_fail_tmo",
				  "Time until I/O to a lost controller fails", NUMBER(0, FAB_SECONDS_MAX), .minus_one = true,
				  .unit = "seconds" },
	[FK_TOS] = { "tos", "tos", "tos", "Type of service of IP", NUMBER(0, FAB_TOS_MAX), .minus_one = true },
	[FK_DUPLICATE_CONNECT] = { "duplicate-connect", "duplicate_connect", "duplicate_connect",
				   "Connect even if there is such a connection", FLAG_OF(FC_TUNING) },
	[FK_DISABLE_SQFLOW] = { "disable-sqflow", "disable_sqflow", "disable_sqflow", "No flow control of submission queues",
				FLAG_OF(FC_TUNING) },
	[FK_HDR_DIGEST] = { "hdr-digest", "hdr_digest", "hdr_digest", "Digest of PDU headers", FLAG_OF(FC_SECURITY) },
	[FK_DATA_DIGEST] = { "data-digest", "data_digest", "data_digest", "Digest of data", FLAG_OF(FC_SECURITY) },
	[FK_DHCHAP_SECRET] = { "dhchap-secret", "dhchap_key", "dhchap_secret", "Secret of the host for DH-HMAC-CHAP", FT_SECRET,
			       FC_SECURITY },
	[FK_DHCHAP_CTRL_SECRET] = { "dhchap-ctrl-secret", "dhchap_ctrl_key", "dhchap_ctrl_secret",
				    "Secret of the controller for DH-HMAC-CHAP", FT_SECRET, FC_SECURITY },
	[FK_TLS] = { "tls", "tls", "tls", "TLS", FLAG_OF(FC_SECURITY) },
	[FK_CONCAT] = { "concat", "concat", "concat", "Secure concatenation: TLS with a key that authentication makes",
			FLAG_OF(FC_SECURITY) },
	[FK_KEYRING] = { "keyring", "keyring", "keyring", "Keyring that holds the TLS keys", FT_TEXT, FC_SECURITY },
	[FK_TLS_KEY] = { "tls-key", "tls_key", "tls_key", "TLS key: its serial number in the keyring, or the key itself", FT_SECRET,
			 FC_SECURITY },
	[FK_TLS_KEY_IDENTITY] = { "tls-key-identity", "tls_key_identity", NULL, "TLS key: its identity in the keyring", FT_TEXT,
				  FC_SECURITY },
	[FK_DISCOVERY] = { "discovery", "discovery", "discovery", "A discovery controller", FLAG_OF(FC_IDENTITY) },
	[FK_PERSISTENT] = { "persistent", "persistent", NULL, "Keep the discovery controller", FLAG_OF(FC_TUNING) },
	[FK_HOSTSYMNAME] = { "host-symname", "hostsymname", NULL, "Symbolic name of the host", FT_TEXT, FC_TUNING },
};

const char *fab_text(const struct fab_conn *c, enum fab_key k)
{
	return c->v[k].set && c->v[k].s ? c->v[k].s : "";
}

int64_t fab_number(const struct fab_conn *c, enum fab_key k, int64_t dflt)
{
	return c->v[k].set ? c->v[k].n : dflt;
}

bool fab_flag(const struct fab_conn *c, enum fab_key k)
{
	return c->v[k].set && c->v[k].n;
}

void fab_put_text(struct fab_conn *c, enum fab_key k, const char *s, const char *origin)
{
	c->v[k] = (struct fab_value){ .set = true, .s = s, .origin = origin };
}

void fab_put_number(struct fab_conn *c, enum fab_key k, int64_t n, const char *origin)
{
	c->v[k] = (struct fab_value){ .set = true, .n = n, .origin = origin };
}

void fab_merge(struct fab_conn *c, const struct fab_conn *under)
{
	for (size_t k = 0; k < FK_COUNT; k++) {
		if (!c->v[k].set)
			c->v[k] = under->v[k];
	}
	if (!c->must_authenticate)
		c->must_authenticate = under->must_authenticate;
}

enum fab_key fab_key_by_name(const char *name, bool json)
{
	size_t k = 0;

	while (k < FK_COUNT) {
		const char *have = json ? fab_keys[k].json : fab_keys[k].opt;

		if (have && strcmp(have, name) == 0)
			break;
		k++;
	}
	return (enum fab_key)k;
}

static int parse_flag(const char *text, int64_t *n)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on", "0", "1", "f", "t", "n", "y" };

	for (size_t i = 0; i < NELEMS(words); i++) {
		if (strcasecmp(words[i], text) == 0) {
			*n = (int64_t)(i & 1);
			return 0;
		}
	}
	return -EINVAL;
}

static int parse_number(struct arena *a, const struct fab_key_info *k, const char *text, int64_t *n, const char **why)
{
	uint64_t v = 0;
	int rc;

	if (k->minus_one && (strcmp(text, "-1") == 0 || strcmp(text, "never") == 0)) {
		*n = -1;
		return 0;
	}
	rc = num_parse(text, &v);
	*n = (int64_t)v;
	if (rc == -EINVAL) {
		*why = "is no number";
		return rc;
	}
	if (rc || v > INT64_MAX || (int64_t)v < k->min || (int64_t)v > k->max) {
		*why = arena_printf(a, "is out of range (%s%" PRId64 " to %" PRId64 ")", k->minus_one ? "-1, " : "", k->min, k->max);
		return -EINVAL;
	}
	return 0;
}

/* A comma would begin another option of the kernel's; what controls a terminal has no business in an address. */
const char *fab_bad_text(const char *text)
{
	if (!*text)
		return "is empty";
	for (const char *p = text; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return "has a control character";
		if (*p == ',')
			return "has a comma";
	}
	return NULL;
}

int fab_parse(struct arena *a, struct fab_conn *c, enum fab_key key, const char *text, const char *origin, const char **why)
{
	const struct fab_key_info *k = &fab_keys[key];
	int64_t n = 0;

	if (k->type == FT_FLAG) {
		*why = "is neither true nor false";
		if (parse_flag(text, &n))
			return -EINVAL;
	} else if (k->type == FT_NUMBER) {
		int rc = parse_number(a, k, text, &n, why);

		if (rc)
			return rc;
	} else {
		*why = fab_bad_text(text);
		if (*why)
			return -EINVAL;
		fab_put_text(c, key, text, origin);
		return 0;
	}
	fab_put_number(c, key, n, origin);
	return 0;
}

void fab_usual_port(struct fab_conn *c)
{
	bool discovery = fab_flag(c, FK_DISCOVERY) || strcmp(fab_text(c, FK_NQN), FAB_DISCOVERY_NQN) == 0;
	const char *t = fab_text(c, FK_TRANSPORT);

	if (c->v[FK_TRSVCID].set || !fab_by_ip(c))
		return;
	fab_put_text(c, FK_TRSVCID, discovery && strcmp(t, "tcp") == 0 ? "8009" : "4420", "default");
}
