/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "cmd/fabopts.h"

#include <string.h>

#include "cmd/keys.h"
#include "core/secret.h"
#include "spec/field.h"

static const struct {
	enum fab_key key;
	size_t off;
} texts[] = {
	{ FK_TRANSPORT, offsetof(struct fabopts, transport) },
	{ FK_NQN, offsetof(struct fabopts, nqn) },
	{ FK_TRADDR, offsetof(struct fabopts, traddr) },
	{ FK_TRSVCID, offsetof(struct fabopts, trsvcid) },
	{ FK_HOST_TRADDR, offsetof(struct fabopts, host_traddr) },
	{ FK_HOST_IFACE, offsetof(struct fabopts, host_iface) },
	{ FK_HOSTNQN, offsetof(struct fabopts, hostnqn) },
	{ FK_HOSTID, offsetof(struct fabopts, hostid) },
	{ FK_KEYRING, offsetof(struct fabopts, keyring) },
	{ FK_TLS_KEY, offsetof(struct fabopts, tls_key) },
	{ FK_TLS_KEY_IDENTITY, offsetof(struct fabopts, tls_key_identity) },
}, numbers[] = {
	{ FK_NR_IO_QUEUES, offsetof(struct fabopts, nr_io_queues) },
	{ FK_NR_WRITE_QUEUES, offsetof(struct fabopts, nr_write_queues) },
	{ FK_NR_POLL_QUEUES, offsetof(struct fabopts, nr_poll_queues) },
	{ FK_QUEUE_SIZE, offsetof(struct fabopts, queue_size) },
	{ FK_KEEP_ALIVE_TMO, offsetof(struct fabopts, keep_alive_tmo) },
	{ FK_RECONNECT_DELAY, offsetof(struct fabopts, reconnect_delay) },
	{ FK_CTRL_LOSS_TMO, offsetof(struct fabopts, ctrl_loss_tmo) },
	{ FK_FAST_IO_FAIL_TMO, offsetof(struct fabopts, fast_io_fail_tmo) },
	{ FK_TOS, offsetof(struct fabopts, tos) },
}, flags[] = {
	{ FK_DUPLICATE_CONNECT, offsetof(struct fabopts, duplicate_connect) },
	{ FK_DISABLE_SQFLOW, offsetof(struct fabopts, disable_sqflow) },
	{ FK_HDR_DIGEST, offsetof(struct fabopts, hdr_digest) },
	{ FK_DATA_DIGEST, offsetof(struct fabopts, data_digest) },
	{ FK_TLS, offsetof(struct fabopts, tls) },
	{ FK_CONCAT, offsetof(struct fabopts, concat) },
};

static const void *member(const struct fabopts *o, size_t off)
{
	return (const char *)o + off;
}

/* The key itself instead of its serial number, as nvme-cli takes it. */
static const char *take_tls_key(struct ctx *ctx, const char *text)
{
	struct secret s;

	if (strncmp(text, "NVMeTLSkey", 10) != 0)
		return text;
	warn_user(ctx, "--tls-key: other users of this machine can see it; put it into the keyring first ('nvmekit check-tls-key --insert "
		       "--keydata-file=FILE'), and name it with --tls-key-identity");
	secret_take(ctx, text, &s);
	return arena_strndup(ctx->arena, (const char *)s.p, s.len);
}

static int put_texts(struct ctx *ctx, const struct fabopts *o, struct fab_conn *c)
{
	const char *why;

	for (size_t i = 0; i < NELEMS(texts); i++) {
		const char *s = *(const char *const *)member(o, texts[i].off);

		if (s && texts[i].key == FK_TLS_KEY)
			s = take_tls_key(ctx, s);
		if (s && fab_parse(ctx->arena, c, texts[i].key, s, FAB_ORIGIN, &why))
			return fail(ctx, XC_USAGE, 0, "--%s %s", fab_keys[texts[i].key].opt, why);
	}
	return 0;
}

static int put_secret(struct ctx *ctx, enum fab_key k, const char *text, const char *file, struct fab_conn *c)
{
	const char *opt = arena_printf(ctx->arena, "--%s", fab_keys[k].opt);
	const struct key_source from = { opt, text, arena_printf(ctx->arena, "%s-file", opt), file };
	struct secret s = { 0 };
	int rc = text || file ? dhchap_secret_read(ctx, &from, &s) : 0;

	if (rc || !s.p)
		return rc;
	fab_put_text(c, k, arena_strndup(ctx->arena, (const char *)s.p, s.len), FAB_ORIGIN);
	secret_wipe(&s);
	return 0;
}

int fabopts_conn(struct ctx *ctx, const struct fabopts *o, struct fab_conn *c)
{
	int rc;

	*c = (struct fab_conn){ 0 };
	rc = put_texts(ctx, o, c);
	for (size_t i = 0; i < NELEMS(numbers); i++) {
		const struct opt_u32 *n = member(o, numbers[i].off);

		if (n->set)
			fab_put_number(c, numbers[i].key, n->v == UINT32_MAX ? -1 : (int64_t)n->v, FAB_ORIGIN);
	}
	for (size_t i = 0; i < NELEMS(flags); i++) {
		if (*(const bool *)member(o, flags[i].off))
			fab_put_number(c, flags[i].key, 1, FAB_ORIGIN);
	}
	if (!rc)
		rc = put_secret(ctx, FK_DHCHAP_SECRET, o->secret, o->secret_file, c);
	if (!rc)
		rc = put_secret(ctx, FK_DHCHAP_CTRL_SECRET, o->ctrl_secret, o->ctrl_secret_file, c);
	return rc;
}
