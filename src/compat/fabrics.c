/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What 2.16's fabrics commands print: discovery logs, connections, what was disconnected; and how they fail. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "compat/nvme.h"
#include "output/out.h"
#include "spec/spec.h"

static const char *clean(struct ctx *ctx, const struct val *v, const char *key)
{
	const char *s = val_str(ctx->arena, v, key);

	return printable(ctx->arena, s, strlen(s), true);
}

/* --- discover --- */

/* Words of libnvme 1.16, in the order of the values. */
#define WORDS(list, v) words(list, NELEMS(list), v)
static const char *words(const char *const *list, size_t n, uint64_t v)
{
	return v < n && list[v] ? list[v] : "unrecognized";
}

static const char *transport_words(uint64_t v)
{
	static const char *const list[] = { NULL, "rdma", "fc", "tcp" };

	return v == 254 ? "loop" : WORDS(list, v);
}

static const char *family_words(uint64_t v)
{
	static const char *const list[] = { "pci", "ipv4", "ipv6", "infiniband", "fibre-channel" };

	return v == 254 ? "loop" : WORDS(list, v);
}

static const char *subtype_words(uint64_t v)
{
	static const char *const list[] = { NULL, "discovery subsystem referral", "nvme subsystem",
					    "current discovery subsystem" };

	return WORDS(list, v);
}

static const char *treq_words(uint64_t v)
{
	static const char *const list[] = {
		"not specified",
		"required",
		"not required",
		NULL,
		"not specified, sq flow control disable supported",
		"required, sq flow control disable supported",
		"not required, sq flow control disable supported",
	};

	return WORDS(list, v);
}

static const char *eflags_words(uint64_t v)
{
	static const char *const list[] = {
		"none",
		"duplicate discovery information",
		"explicit discovery connections",
		"explicit discovery connections, duplicate discovery information",
		"no cdc connectivity",
		"duplicate discovery information, no cdc connectivity",
		"explicit discovery connections, no cdc connectivity",
		"explicit discovery connections, duplicate discovery information, no cdc connectivity",
	};

	return WORDS(list, v);
}

static const char *sectype_words(uint64_t v)
{
	static const char *const list[] = { "none", "tls", "tls13" };

	return WORDS(list, v);
}

static const char *prtype_words(uint64_t v)
{
	static const char *const list[] = { NULL, "not specified", "infiniband", "roce", "roce-v2", "iwarp" };

	return WORDS(list, v);
}

static const char *qptype_words(uint64_t v)
{
	static const char *const list[] = { NULL, "connected", "datagram" };

	return WORDS(list, v);
}

static const char *cms_words(uint64_t v)
{
	static const char *const list[] = { NULL, "rdma-cm" };

	return WORDS(list, v);
}

enum { TRTYPE_ANY = 0, TRTYPE_RDMA = 1, TRTYPE_TCP = 3 };

/* The lines of an entry, and its members in JSON. */
static const struct row {
	const char *key, *label;
	const char *(*words)(uint64_t v); /* NULL: the text, or the number */
	uint8_t trtype;			  /* of this transport only */
	bool number;
} rows[] = {
	{ "trtype", "trtype:  ", transport_words, TRTYPE_ANY, false },
	{ "adrfam", "adrfam:  ", family_words, TRTYPE_ANY, false },
	{ "subtype", "subtype: ", subtype_words, TRTYPE_ANY, false },
	{ "treq", "treq:    ", treq_words, TRTYPE_ANY, false },
	{ "portid", "portid:  ", NULL, TRTYPE_ANY, true },
	{ "trsvcid", "trsvcid: ", NULL, TRTYPE_ANY, false },
	{ "subnqn", "subnqn:  ", NULL, TRTYPE_ANY, false },
	{ "traddr", "traddr:  ", NULL, TRTYPE_ANY, false },
	{ "eflags", "eflags:  ", eflags_words, TRTYPE_ANY, false },
	{ "rdma_prtype", "rdma_prtype: ", prtype_words, TRTYPE_RDMA, false },
	{ "rdma_qptype", "rdma_qptype: ", qptype_words, TRTYPE_RDMA, false },
	{ "rdma_cms", "rdma_cms:    ", cms_words, TRTYPE_RDMA, false },
	{ "rdma_pkey", "rdma_pkey: ", NULL, TRTYPE_RDMA, true },
	{ "sectype", "sectype: ", sectype_words, TRTYPE_TCP, false },
};

static bool has_row(const struct row *r, const struct val *record)
{
	return r->trtype == TRTYPE_ANY || r->trtype == val_u64(record, "trtype", 0);
}

static void text_record(struct ctx *ctx, const struct val *record, FILE *out)
{
	for (const struct row *r = rows; r < rows + NELEMS(rows); r++) {
		uint64_t v = val_u64(record, r->key, 0);

		if (!has_row(r, record))
			continue;
		fputs(r->label, out);
		if (strcmp(r->key, "rdma_pkey") == 0)
			fprintf(out, "%04" PRIx64 "\n", v);
		else if (r->number)
			fprintf(out, "%" PRIu64 "\n", v);
		/* Without an address, of whatever family. */
		else if (strcmp(r->key, "adrfam") == 0 && !*clean(ctx, record, "traddr"))
			fputc('\n', out);
		else
			fprintf(out, "%s\n", r->words ? r->words(v) : clean(ctx, record, r->key));
	}
}

static void text_log(struct ctx *ctx, const struct val *log, FILE *out)
{
	const struct val *records = val_get(log, "records");
	size_t i = 0;

	fprintf(out, "\nDiscovery Log Number of Records %" PRIu64 ", Generation counter %" PRIu64 "\n",
		val_u64(log, "numrec", 0), val_u64(log, "genctr", 0));
	for (const struct val *r = records ? records->c.first : NULL; r; r = r->next) {
		fprintf(out, "=====Discovery Log Entry %zu======\n", i++);
		text_record(ctx, r, out);
	}
}

static struct json_object *json_record(struct ctx *ctx, const struct val *record)
{
	struct json_object *o = json_new_object();

	for (const struct row *r = rows; r < rows + NELEMS(rows); r++) {
		uint64_t v = val_u64(record, r->key, 0);

		if (!has_row(r, record))
			continue;
		if (r->number)
			json_put(o, r->key, json_uint(v));
		else
			json_put(o, r->key, json_text(r->words ? r->words(v) : clean(ctx, record, r->key)));
	}
	return o;
}

static void json_log(struct ctx *ctx, const struct val *log, FILE *out)
{
	const struct val *records = val_get(log, "records");
	struct json_object *o = json_new_object(), *list = json_new_array();

	json_put(o, "genctr", json_uint(val_u64(log, "genctr", 0)));
	json_put(o, "records", list);
	for (const struct val *r = records ? records->c.first : NULL; r; r = r->next)
		json_push(list, json_record(ctx, r));
	json_write(out, o);
}

/* --- why not --- */

/* Words of libnvme 1.16 for why a controller could not be added. */
static const struct {
	int err;
	const char *text;
} reasons[] = {
	{ EINVAL, "invalid arguments/configuration" }, { ENODEV, "invalid interface" },
	{ ECONNREFUSED, "connection refused" },	       { EADDRNOTAVAIL, "cannot assign requested address" },
	{ EADDRINUSE, "hostnqn already in use" },      { EOPNOTSUPP, "not supported" },
	{ ENOKEY, "pre-shared TLS key is missing" },
};

/* cls: the kind of error. */
static const char *reason(int err, const char *cls, const char *message)
{
	if (strcmp(cls, exit_class(XC_PERM)) == 0)
		return "failed to open nvme-fabrics device";
	for (size_t i = 0; i < NELEMS(reasons); i++) {
		if (reasons[i].err == err)
			return reasons[i].text;
	}
	/* What was found out before the kernel was asked has a better sentence. */
	if (!err || strcmp(cls, exit_class(XC_UNSUPPORTED)) == 0)
		return message;
	return "failed to write to nvme-fabrics device";
}

/* Of an element of the answer that has failed; 2.16 keeps that for itself where the whole succeeds. */
static void tell_failed(struct ctx *ctx, const struct val *f)
{
	if (ctx->verdict != XC_OK || ctx->g.verbose)
		fprintf(stderr, "failed to add controller, error %s\n",
			reason((int)val_u64(f, "errno", 0), clean(ctx, f, "class"), clean(ctx, f, "message")));
}

/* What was asked for is in a file, and this is all that is said of it. */
static bool print_saved(struct ctx *ctx, const struct val *v, FILE *out)
{
	const char *file = clean(ctx, v, "raw");

	if (*file)
		fprintf(out, "Discovery log is saved to %s\n", file);
	return *file;
}

static void print_logs(struct ctx *ctx, const struct val *v, FILE *out)
{
	const struct val *logs = val_get(v, "logs"), *failed = val_get(v, "failed");

	if (print_saved(ctx, v, out))
		return;
	for (const struct val *l = logs ? logs->c.first : NULL; l; l = l->next) {
		if (nvme_json(ctx))
			json_log(ctx, l, out);
		else
			text_log(ctx, l, out);
	}
	fflush(out);
	/* What is configured and cannot be reached is no failure. */
	if (!val_u64(v, "named", 1))
		ctx->verdict = XC_OK;
	for (const struct val *f = failed ? failed->c.first : NULL; f; f = f->next)
		tell_failed(ctx, f);
}

/* --- connections --- */

/* What the library tells where -v is given. */
static void tell(struct ctx *ctx, const char *device, const char *nqn, const char *what)
{
	if (!ctx->g.verbose)
		return;
	fflush(stdout);
	fprintf(stderr, "%s: %s %s\n", device, nqn, what);
}

static void print_connected(struct ctx *ctx, const struct val *v, FILE *out)
{
	const char *device = clean(ctx, v, "device");

	if (nvme_json(ctx)) {
		struct json_object *o = json_new_object();

		json_put(o, "device", json_text(device));
		json_write(out, o);
	} else {
		fprintf(out, "connecting to device: %s\n", device);
	}
	tell(ctx, device, clean(ctx, v, "subsysnqn"), "connected");
}

/* One line, of the first subsystem that was named and of all that are gone. */
static void print_disconnected(struct ctx *ctx, const struct val *v, FILE *out)
{
	const struct val *nqns = val_get(v, "nqns"), *ctrls = val_get(v, "controllers");
	uint64_t n = 0;

	for (const struct val *q = nqns ? nqns->c.first : NULL; q; q = q->next)
		n += val_u64(q, "disconnected", 0);
	if (nqns && nqns->c.n)
		fprintf(out, "NQN:%s disconnected %" PRIu64 " controller(s)\n",
			clean(ctx, nqns->c.first, "nqn"), n);
	fflush(out);
	for (const struct val *c = ctrls ? ctrls->c.first : NULL; c; c = c->next) {
		const char *device = clean(ctx, c, "device");

		if (strcmp(clean(ctx, c, "result"), "disconnected") == 0)
			tell(ctx, device, clean(ctx, c, "subsysnqn"), "disconnected");
		else
			fprintf(stderr, "%s is not disconnected: %s\n", device, clean(ctx, c, "reason"));
	}
}

/* A service that was named has to be there; whatever else fails is no failure of the whole. */
static bool is_fatal(const struct val *answer)
{
	const struct val *results = val_get(answer, "results");

	for (const struct val *r = results ? results->c.first : NULL; r; r = r->next) {
		if (!val_u64(r, "referred", 1))
			return val_u64(answer, "named", 1);
	}
	return false;
}

/* Nothing where all is well, or was before. */
static void print_connected_all(struct ctx *ctx, const struct val *v, FILE *out)
{
	const struct val *results = val_get(v, "results");

	if (!is_fatal(v))
		ctx->verdict = XC_OK;
	(void)print_saved(ctx, v, out);
	fflush(out);
	for (const struct val *r = results ? results->c.first : NULL; r; r = r->next) {
		const char *result = clean(ctx, r, "result");

		if (strcmp(result, "connected") == 0)
			tell(ctx, clean(ctx, r, "device"), clean(ctx, r, "subsysnqn"), result);
		else if (strcmp(result, "failed") == 0)
			tell_failed(ctx, r);
	}
}

/* By the name that it was given. */
static void print_registered(struct ctx *ctx, const struct val *v, FILE *out)
{
	const struct val *results = val_get(v, "results");

	for (const struct val *r = results ? results->c.first : NULL; r; r = r->next) {
		const char *name = clean(ctx, r, val_u64(r, "by_nqn", 0) ? "subsysnqn" : "device"),
			   *task = clean(ctx, r, "task");

		if (strcmp(clean(ctx, r, "result"), "done") == 0)
			fprintf(out, "%s DIM %s command success\n", name, task);
		else
			fprintf(stderr, "%s DIM %s command error: %s\n", name, task,
				clean(ctx, r, "message"));
	}
}

/* --- errors of the whole --- */

static const char *no_device(struct ctx *ctx, const char *cmd)
{
	const char *name = strrchr(ctx->error.device, '/');

	name = name ? name + 1 : ctx->error.device;
	if (strcmp(cmd, "disconnect") == 0)
		return arena_printf(ctx->arena, "Did not find device %s", name);
	if (strcmp(cmd, "dim") == 0)
		return arena_printf(ctx->arena, "Did not find device %s: %s", name, strerror(ENXIO));
	return arena_printf(ctx->arena, "ctrl device %s not found", name);
}

const char *fabrics_error(struct ctx *ctx)
{
	const struct error *e = &ctx->error;
	const char *cmd = nvme_fabrics(ctx->cmd) ? ctx->cmd->name : "",
		   *text = reason(e->err, exit_class(e->code), e->message);

	if (!*cmd || e->status > 0)
		return NULL;
	if (e->code == XC_NODEV && e->device)
		return no_device(ctx, cmd);
	if (strcmp(cmd, "connect") == 0 && e->err == EALREADY)
		return "already connected";
	if (strcmp(cmd, "connect") == 0)
		return arena_printf(ctx->arena, "could not add new controller: %s", text);
	if (strcmp(cmd, "discover") == 0 || strcmp(cmd, "connect-all") == 0)
		return arena_printf(ctx->arena, "failed to add controller, error %s", text);
	return NULL;
}

bool print_fabrics(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out)
{
	const char *cmd = nvme_fabrics(o->cmd) ? o->cmd->name : "";
	bool raw = strcmp(ctx->g.output_format, "binary") == 0;

	if (strcmp(cmd, "connect") == 0)
		print_connected(ctx, v, out);
	else if (strcmp(cmd, "disconnect") == 0 || strcmp(cmd, "disconnect-all") == 0)
		print_disconnected(ctx, v, out);
	else if (strcmp(cmd, "dim") == 0)
		print_registered(ctx, v, out);
	else if (strcmp(cmd, "discover") == 0 && !raw)
		print_logs(ctx, v, out);
	else if (strcmp(cmd, "connect-all") == 0)
		print_connected_all(ctx, v, out);
	else if (strcmp(cmd, "config") == 0)
		print_config(ctx, v, out);
	else
		return false;
	return true;
}
