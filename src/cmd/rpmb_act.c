/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What can be done with a Replay Protected Memory Block: arguments in, answer out. The exchange itself is in rpmb.c. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cmd/secure.h"
#include "core/file.h"
#include "core/num.h"

/* --- what the user gives --- */

/* A key is 32 bytes, as they are or as 64 hexadecimal digits. */
static int check_key(struct ctx *ctx, const char *opt, struct secret *key)
{
	bool hex = key->len == 2 * RPMB_KEY_SIZE;

	if (key->len == RPMB_KEY_SIZE)
		return 0;
	for (size_t i = 0; hex && i < key->len; i++)
		hex = hex_digit((char)key->p[i]) >= 0;
	if (!hex) {
		size_t len = key->len;

		secret_wipe(key);
		return fail(ctx, XC_USAGE, 0, "%s: a key has 32 bytes, or 64 hexadecimal digits, and not %zu bytes", opt,
			    len);
	}
	for (size_t i = 0; i < RPMB_KEY_SIZE; i++)
		key->p[i] = (uint8_t)(hex_digit((char)key->p[2 * i]) << 4 | hex_digit((char)key->p[2 * i + 1]));
	explicit_bzero(key->p + RPMB_KEY_SIZE, RPMB_KEY_SIZE);
	key->len = RPMB_KEY_SIZE;
	return 0;
}

/* A line feed behind 32 bytes or 64 digits is that of an editor. */
static void cut_line_feed(struct secret *key)
{
	if ((key->len == RPMB_KEY_SIZE + 1 || key->len == 2 * RPMB_KEY_SIZE + 1) && key->p[key->len - 1] == '\n')
		key->len--;
}

static int read_key(struct ctx *ctx, const struct rpmb_args *a, bool needed, struct secret *key)
{
	int rc;

	if (a->key && a->keyfile)
		return fail(ctx, XC_USAGE, 0, "--key and --keyfile exclude each other");
	if (a->key) {
		warn_user(ctx, "--key: other users of this machine can see it; --keyfile=FILE keeps it to yourself");
		secret_take(ctx, a->key, key);
		return check_key(ctx, "--key", key);
	}
	if (a->keyfile) {
		rc = secret_read(ctx, "--keyfile", a->keyfile, 2 * RPMB_KEY_SIZE + 1, false, key);
		if (rc)
			return rc;
		cut_line_feed(key);
		return check_key(ctx, "--keyfile", key);
	}
	if (!needed)
		return 0;
	rc = fail(ctx, XC_USAGE, 0, "%s needs the authentication key", ctx->cmd->name);
	return fail_hint(ctx, rc, "--keyfile=FILE has the 32 bytes of it; - is standard input");
}

/* The key that the user gives, then the target that it is for. Whoever has begun wipes r->key. */
static int begin(struct ctx *ctx, const struct rpmb_args *a, unsigned target, bool needs_key, struct rpmb *r)
{
	struct secret key = { NULL, 0 };
	int rc = read_key(ctx, a, needs_key, &key);

	if (!rc)
		rc = rpmb_open(ctx, target, r);
	if (rc)
		secret_wipe(&key);
	else
		r->key = key;
	return rc;
}

static int read_message(struct ctx *ctx, const struct rpmb_args *a, size_t max, void **buf, size_t *len)
{
	if (a->msg && a->msgfile)
		return fail(ctx, XC_USAGE, 0, "--msg and --msgfile exclude each other");
	if (a->msgfile && a->keyfile && strcmp(a->msgfile, "-") == 0 && strcmp(a->keyfile, "-") == 0)
		return fail(ctx, XC_USAGE, 0, "--msgfile and --keyfile cannot both be standard input");
	if (a->msgfile)
		return cmd_read_file(ctx, "--msgfile", a->msgfile, max, buf, len);
	if (!a->msg)
		return fail(ctx, XC_USAGE, 0, "%s needs --msgfile or --msg: what is to be written", ctx->cmd->name);
	*len = strlen(a->msg);
	if (*len > max)
		return fail(ctx, XC_USAGE, 0, "--msg: larger than the %zu bytes that are possible", max);
	*buf = dev_buffer(ctx, *len + 1);
	memcpy(*buf, a->msg, *len);
	return 0;
}

/* A file of one's own: what is in an RPMB is nobody else's business. */
static int write_file(struct ctx *ctx, const char *path, const uint8_t *p, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600), rc;

	if (fd < 0)
		return fail(ctx, XC_USAGE, errno, "--msgfile: cannot create %s: %s", path, strerror(errno));
	rc = file_write(fd, p, len);
	if (close(fd) && !rc)
		rc = -errno;
	return rc ? fail(ctx, XC_INTERNAL, -rc, "--msgfile: cannot write %s: %s", path, strerror(-rc)) : 0;
}

static void put_trust(struct ctx *ctx, struct val *out, const struct rpmb_answer *a)
{
	val_put_bool(ctx->arena, out, "authentic", a->authentic);
	if (!a->authentic)
		warn_user(ctx, "the answer was not verified: that needs the key (--keyfile)");
}

/* --- actions --- */

static int info(struct ctx *ctx, const struct rpmb_args *args, struct val *out)
{
	struct rpmb r;
	int rc = rpmb_open(ctx, 0, &r);

	(void)args;
	if (rc)
		return rc;
	val_put_u64(ctx->arena, out, "targets", r.ntargets);
	val_put_str(ctx->arena, out, "authentication", "HMAC SHA-256");
	val_put_u64(ctx->arena, out, "size", r.sectors * RPMB_SECTOR);
	val_put_u64(ctx->arena, out, "sectors", r.sectors);
	val_put_u64(ctx->arena, out, "access_sectors", val_u64(ctx->id_ctrl, "rpmbs.asze", 0) + 1);
	return 0;
}

static int program_key(struct ctx *ctx, const struct rpmb_args *args, struct val *out)
{
	static const char *const notes[] = {
		"A key is programmed once and for ever: it can never be read, changed or erased.",
		"Whoever loses it can never write to this target again.",
		NULL,
	};
	struct intent in = { .action = "Programming of an RPMB key", .notes = notes };
	struct rpmb_answer a = { 0 };
	struct rpmb r;
	struct req req;
	int rc = begin(ctx, args, args->target, true, &r);

	if (rc)
		return rc;
	rc = rpmb_request(&r, RPMB_PROGRAM_KEY, 0, 0, 0, NULL, 0, &req);
	in.reqs = &req;
	in.nreqs = 1;
	if (!rc)
		rc = gate(ctx, &in);
	if (!rc)
		rc = rpmb_alter(&r, &req, RPMB_PROGRAM_KEY, 0, &a);
	rpmb_forget(&req);
	/* The answer to this one has no MAC. The next one has: it shows that the drive has this very key. */
	if (!rc && !ctx->g.dry_run)
		rc = rpmb_ask(&r, RPMB_READ_COUNTER, 0, 0, &a);
	secret_wipe(&r.key);
	if (rc)
		return rc;
	val_put_u64(ctx->arena, out, "target", r.target);
	val_put_u64(ctx->arena, out, "write_counter", a.counter);
	val_put_bool(ctx->arena, out, "authentic", a.authentic);
	return 0;
}

static int read_counter(struct ctx *ctx, const struct rpmb_args *args, struct val *out)
{
	struct rpmb_answer a;
	struct rpmb r;
	int rc = begin(ctx, args, args->target, false, &r);

	if (rc)
		return rc;
	rc = rpmb_ask(&r, RPMB_READ_COUNTER, 0, 0, &a);
	secret_wipe(&r.key);
	if (rc)
		return rc;
	val_put_u64(ctx->arena, out, "target", r.target);
	val_put_u64(ctx->arena, out, "write_counter", a.counter);
	val_put_bool(ctx->arena, out, "expired", a.expired);
	put_trust(ctx, out, &a);
	return 0;
}

static int check_range(struct rpmb *r, uint32_t address, uint64_t n)
{
	if (!n)
		return fail(r->ctx, XC_USAGE, 0, "--blocks: no sectors are none to read or write");
	if (address >= r->sectors || n > r->sectors - address)
		return fail(r->ctx, XC_USAGE, 0, "--address: %llu sectors from %u on end behind the last of %llu",
			    (unsigned long long)n, address, (unsigned long long)r->sectors);
	return 0;
}

static int read_data(struct ctx *ctx, const struct rpmb_args *args, struct val *out)
{
	struct rpmb_answer a = { 0 };
	uint32_t n = args->blocks.v, done = 0;
	struct rpmb r;
	uint8_t *buf;
	int rc = args->blocks.set ? 0 : fail(ctx, XC_USAGE, 0, "%s needs --blocks: how many sectors", ctx->cmd->name);

	if (!rc)
		rc = begin(ctx, args, args->target, false, &r);
	if (rc)
		return rc;
	rc = check_range(&r, args->address, n);
	buf = rc ? NULL : dev_buffer(ctx, (size_t)n * RPMB_SECTOR);
	while (!rc && done < n) {
		uint32_t part = n - done < r.access ? n - done : r.access;

		rc = rpmb_ask(&r, RPMB_READ, args->address + done, part, &a);
		if (!rc)
			memcpy(buf + (size_t)done * RPMB_SECTOR, a.data, a.len);
		done += part;
	}
	secret_wipe(&r.key);
	if (!rc && args->msgfile)
		rc = write_file(ctx, args->msgfile, buf, (size_t)n * RPMB_SECTOR);
	if (rc)
		return rc;
	ctx->raw = buf;
	ctx->raw_len = (size_t)n * RPMB_SECTOR;
	val_put_u64(ctx->arena, out, "target", r.target);
	val_put_u64(ctx->arena, out, "address", args->address);
	val_put_u64(ctx->arena, out, "sectors", n);
	put_trust(ctx, out, &a);
	if (args->msgfile)
		val_put_str(ctx->arena, out, "file", args->msgfile);
	else
		val_put_bytes(ctx->arena, out, "data", buf, ctx->raw_len);
	return 0;
}

/* Whole sectors, and no fewer or more of them than was said. */
static int check_length(struct ctx *ctx, const struct rpmb_args *args, size_t len)
{
	int rc = 0;

	if (args->blocks.set && (uint64_t)args->blocks.v * RPMB_SECTOR != len)
		rc = fail(ctx, XC_USAGE, 0, "--blocks: %u sectors are %llu bytes, and there are %zu to write",
			  args->blocks.v, (unsigned long long)args->blocks.v * RPMB_SECTOR, len);
	else if (len % RPMB_SECTOR)
		rc = fail(ctx, XC_USAGE, 0, "%zu bytes are no whole sectors of %u", len, RPMB_SECTOR);
	return rc ? fail_hint(ctx, rc, "what is written has to fill its sectors") : 0;
}

/* One request after the other; each has to know the counter that the one before it left. */
static int write_parts(struct rpmb *r, uint32_t address, const uint8_t *data, uint32_t n, struct rpmb_answer *a)
{
	uint32_t done = 0;
	int rc = rpmb_ask(r, RPMB_READ_COUNTER, 0, 0, a);

	while (!rc && done < n) {
		uint32_t part = n - done < r->access ? n - done : r->access;
		struct req req;

		rc = rpmb_request(r, RPMB_WRITE, a->counter, address + done, part, data + (size_t)done * RPMB_SECTOR,
				  (size_t)part * RPMB_SECTOR, &req);
		if (!rc)
			rc = rpmb_alter(r, &req, RPMB_WRITE, a->counter, a);
		if (!rc)
			done += part;
	}
	if (rc && done)
		warn_user(r->ctx, "%u of %u sectors were written before this", done, n);
	return rc;
}

/* What will be sent, for the gate: parts of the largest size, and a last one that may be smaller. */
static int write_plan(struct rpmb *r, uint32_t address, const uint8_t *data, uint32_t n, struct req reqs[2], size_t *nreqs)
{
	uint32_t first = n < r->access ? n : r->access, last = n % r->access;
	int rc = rpmb_request(r, RPMB_WRITE, 0, address, first, data, (size_t)first * RPMB_SECTOR, &reqs[0]);

	*nreqs = 1;
	if (rc || n < r->access || !last)
		return rc;
	*nreqs = 2;
	return rpmb_request(r, RPMB_WRITE, 0, address + n - last, last, data + (size_t)(n - last) * RPMB_SECTOR,
			    (size_t)last * RPMB_SECTOR, &reqs[1]);
}

static int write_data(struct ctx *ctx, const struct rpmb_args *args, struct val *out)
{
	struct rpmb_answer a = { 0 };
	struct intent in = { .action = "RPMB data write" };
	struct req reqs[2];
	struct rpmb r;
	size_t len = 0;
	void *data;
	int rc = read_message(ctx, args, 32u << 20, &data, &len);

	if (!rc)
		rc = check_length(ctx, args, len);
	if (!rc)
		rc = begin(ctx, args, args->target, true, &r);
	if (rc)
		return rc;
	rc = check_range(&r, args->address, len / RPMB_SECTOR);
	if (!rc)
		rc = write_plan(&r, args->address, data, (uint32_t)(len / RPMB_SECTOR), reqs, &in.nreqs);
	in.reqs = reqs;
	if (!rc)
		rc = gate(ctx, &in);
	for (size_t i = 0; ctx->g.dry_run && !rc && i < in.nreqs; i++)
		rc = dev_command(ctx->dev, &reqs[i], "Security Send");
	if (!rc && !ctx->g.dry_run)
		rc = write_parts(&r, args->address, data, (uint32_t)(len / RPMB_SECTOR), &a);
	secret_wipe(&r.key);
	if (rc)
		return rc;
	val_put_u64(ctx->arena, out, "target", r.target);
	val_put_u64(ctx->arena, out, "address", args->address);
	val_put_u64(ctx->arena, out, "sectors", len / RPMB_SECTOR);
	val_put_u64(ctx->arena, out, "write_counter", a.counter);
	return 0;
}

static int read_config(struct ctx *ctx, const struct rpmb_args *args, struct val *out)
{
	struct rpmb_answer a;
	struct val *block;
	struct rpmb r;
	int rc = args->target ? fail(ctx, XC_USAGE, 0, "--target: only target 0 has a configuration block")
			      : begin(ctx, args, 0, false, &r);

	if (rc)
		return rc;
	rc = rpmb_ask(&r, RPMB_READ_CONFIG, 0, 1, &a);
	secret_wipe(&r.key);
	if (!rc && args->msgfile)
		rc = write_file(ctx, args->msgfile, a.data, a.len);
	if (rc)
		return rc;
	ctx->raw = a.data;
	ctx->raw_len = a.len;
	val_put_u64(ctx->arena, out, "write_counter", a.counter);
	put_trust(ctx, out, &a);
	block = spec_decode(ctx->arena, &spec_rpmb_config, a.data, a.len);
	val_put_obj(ctx->arena, out, "config")->c = block->c;
	return 0;
}

static int write_config(struct ctx *ctx, const struct rpmb_args *args, struct val *out)
{
	static const char *const notes[] = {
		"Boot Partition Protection, once enabled, can never be disabled.",
		NULL,
	};
	struct intent in = { .action = "RPMB configuration write", .notes = notes, .nreqs = 1 };
	struct rpmb_answer a = { 0 };
	struct rpmb r;
	struct req req;
	size_t len = 0;
	void *data;
	int rc = args->target ? fail(ctx, XC_USAGE, 0, "--target: only target 0 has a configuration block")
			      : read_message(ctx, args, RPMB_SECTOR, &data, &len);

	if (!rc && len != RPMB_SECTOR)
		rc = fail(ctx, XC_USAGE, 0, "a configuration block has %u bytes, and not %zu", RPMB_SECTOR, len);
	if (!rc)
		rc = begin(ctx, args, 0, true, &r);
	if (rc)
		return rc;
	rc = rpmb_request(&r, RPMB_WRITE_CONFIG, 0, 0, 1, data, len, &req);
	in.reqs = &req;
	if (!rc)
		rc = gate(ctx, &in);
	/* The block has a counter of its own, which comes with the block. */
	if (!rc && !ctx->g.dry_run)
		rc = rpmb_ask(&r, RPMB_READ_CONFIG, 0, 1, &a);
	if (!rc && !ctx->g.dry_run)
		rc = rpmb_request(&r, RPMB_WRITE_CONFIG, a.counter, 0, 1, data, len, &req);
	if (!rc)
		rc = rpmb_alter(&r, &req, RPMB_WRITE_CONFIG, a.counter, &a);
	secret_wipe(&r.key);
	if (!rc)
		val_put_u64(ctx->arena, out, "write_counter", a.counter);
	return rc;
}

int rpmb_run(struct ctx *ctx, unsigned action, const struct rpmb_args *args, struct val *out)
{
	static int (*const actions[])(struct ctx *, const struct rpmb_args *, struct val *) = {
		[ACT_INFO] = info,		 [ACT_PROGRAM_KEY] = program_key, [ACT_READ_COUNTER] = read_counter,
		[ACT_READ_DATA] = read_data,	 [ACT_WRITE_DATA] = write_data,	  [ACT_READ_CONFIG] = read_config,
		[ACT_WRITE_CONFIG] = write_config,
	};

	cmd_raw(ctx, args->raw_binary);
	return actions[action](ctx, args, out);
}
