/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* admin-passthru and io-passthru: a command as the user writes it. Base 2.1, section 4.1. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cmd/common.h"

struct passthru_args {
	uint8_t opcode, flags, prefill;
	uint16_t rsvd;
	uint32_t namespace_id, data_len, metadata_len;
	uint32_t cdw2, cdw3, cdw10, cdw11, cdw12, cdw13, cdw14, cdw15;
	const char *input_file, *metadata;
	bool raw_binary, show_command, read, write, latency;
};

#define CDW(n, c) OPT(passthru_args, cdw##n, c, "cdw" #n, "VALUE", "Command dword " #n)

static const struct opt passthru_opts[] = {
	OPT(passthru_args, opcode, 'O', "opcode", "OP", "Opcode", .flags = OF_REQUIRED),
	OPT(passthru_args, namespace_id, 'n', "namespace-id", "NSID",
	    "Namespace identifier (default: 0, or for io-passthru the namespace that DEVICE names)"),
	CDW(2, '2'),
	CDW(3, '3'),
	CDW(10, '4'),
	CDW(11, '5'),
	CDW(12, '6'),
	CDW(13, '7'),
	CDW(14, '8'),
	CDW(15, '9'),
	OPT(passthru_args, data_len, 'l', "data-len", "BYTES", "Length of the data buffer", .unit = UNIT_BYTES,
	    .max = 1u << 30),
	OPT(passthru_args, metadata_len, 'm', "metadata-len", "BYTES", "Length of the metadata buffer",
	    .unit = UNIT_BYTES, .max = 1u << 26),
	OPT(passthru_args, read, 'r', "read", NULL, "The controller sends data"),
	OPT(passthru_args, write, 'w', "write", NULL, "The controller receives data (from --input-file)"),
	OPT(passthru_args, input_file, 'i', "input-file", "FILE", "Data to send; '-' is standard input",
	    .complete = COMP_FILE),
	OPT(passthru_args, metadata, 'M', "metadata", "FILE", "Metadata to send", .complete = COMP_FILE),
	OPT(passthru_args, prefill, 'p', "prefill", "BYTE", "Fill the buffer with this byte before the command"),
	OPT(passthru_args, flags, 'f', "flags", "N", "Flags byte of the command"),
	OPT(passthru_args, rsvd, 'R', "rsvd", "N", "Reserved bits 31:16 of command dword 0"),
	OPT(passthru_args, show_command, 's', "show-command", NULL, "Print the command on stderr, like --trace"),
	OPT(passthru_args, latency, 'T', "latency", NULL, "Measure how long the command took"),
	OPT_RAW(passthru_args, raw_binary),
};

static const struct field passthru_rows[] = {
	{ "opcode", "Opcode", .len = 8, .kind = K_UINT, .show = SHOW_HEX },
	{ "result", "Dwords 0 and 1 of the completion", .len = 64, .kind = K_UINT, .show = SHOW_HEX },
	{ "latency_us", "Time that the command took", .len = 64, .kind = K_UINT, .flags = F_OPTIONAL,
	  .unit = "microseconds" },
	{ "length", "Bytes of data received", .len = 32, .kind = K_UINT, .flags = F_OPTIONAL, .unit = "bytes" },
	{ "data", "The data", .kind = K_HEX, .flags = F_OPTIONAL },
	{ "metadata", "The metadata", .kind = K_HEX, .flags = F_OPTIONAL },
};

static const struct spec spec_passthru = { "passthru", "Answer to a command", NULL, 0, 1, FIELDS(passthru_rows) };

/* Exactly len bytes of the file: too few or too many would be a different command than the one meant. */
static int read_input(struct ctx *ctx, const char *opt, const char *path, uint8_t *buf, size_t len)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), rc = 0;
	size_t n = 0;
	char extra;

	if (fd < 0)
		return fail(ctx, XC_USAGE, errno, "%s: cannot open %s: %s", opt, path, strerror(errno));
	while (n < len) {
		ssize_t got = read(fd, buf + n, len - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			rc = fail(ctx, XC_USAGE, errno, "%s: cannot read %s: %s", opt, path, strerror(errno));
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	if (!rc && n < len)
		rc = fail(ctx, XC_USAGE, 0, "%s: %s has %zu bytes where the length says %zu", opt, path, n, len);
	if (!rc && read(fd, &extra, 1) == 1)
		rc = fail(ctx, XC_USAGE, 0, "%s: %s is longer than the %zu bytes that the length says", opt, path, len);
	if (!is_stdin)
		close(fd);
	return rc;
}

static int check(struct ctx *ctx, const struct passthru_args *a)
{
	if (a->read && a->write)
		return fail(ctx, XC_USAGE, 0, "--read and --write exclude each other");
	if (a->data_len && !a->read && !a->write)
		return fail(ctx, XC_USAGE, 0, "--data-len needs --read or --write");
	if ((a->read || a->write) && !a->data_len)
		return fail(ctx, XC_USAGE, 0, "--%s needs --data-len", a->read ? "read" : "write");
	/* The kernel takes the direction from the opcode (bits 1:0), whatever the options say. */
	if (a->write && !(a->opcode & 1))
		return fail(ctx, XC_USAGE, 0, "opcode 0x%02x cannot send data to the controller (bit 0 is clear)",
			    a->opcode);
	if (a->read && (a->opcode & 3) != 2)
		return fail(ctx, XC_USAGE, 0, "opcode 0x%02x cannot receive data from the controller (bits 1:0 are not 10b)",
			    a->opcode);
	if (a->write && !a->input_file)
		return fail(ctx, XC_USAGE, 0, "--write needs --input-file (- for standard input)");
	if (!a->write && a->input_file)
		return fail(ctx, XC_USAGE, 0, "--input-file needs --write");
	if (a->metadata && (!a->metadata_len || !a->write))
		return fail(ctx, XC_USAGE, 0, "--metadata needs --write and --metadata-len");
	return 0;
}

static int prepare(struct ctx *ctx, const struct passthru_args *a, struct req *r)
{
	int rc = 0;

	r->opcode = a->opcode;
	r->flags = a->flags;
	r->rsvd = a->rsvd;
	r->io = ctx->cmd->arg;
	r->nsid = a->namespace_id;
	if (r->io && !r->nsid)
		r->nsid = ctx->dev->nsid;
	r->cdw2 = a->cdw2;
	r->cdw3 = a->cdw3;
	r->cdw10 = a->cdw10;
	r->cdw11 = a->cdw11;
	r->cdw12 = a->cdw12;
	r->cdw13 = a->cdw13;
	r->cdw14 = a->cdw14;
	r->cdw15 = a->cdw15;
	r->passthru = true;
	if (a->data_len) {
		r->data = dev_buffer(ctx, a->data_len);
		r->data_len = a->data_len;
		memset(r->data, a->prefill, a->data_len);
	}
	if (a->metadata_len) {
		r->meta = dev_buffer(ctx, a->metadata_len);
		r->meta_len = a->metadata_len;
		memset(r->meta, a->prefill, a->metadata_len);
	}
	if (a->input_file)
		rc = read_input(ctx, "--input-file", a->input_file, r->data, a->data_len);
	if (!rc && a->metadata)
		rc = read_input(ctx, "--metadata", a->metadata, r->meta, a->metadata_len);
	return rc;
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static int run_passthru(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct passthru_args *a = argp;
	const struct opcode *op = opcode_info(a->opcode, ctx->cmd->arg);
	struct req r = { 0 };
	uint64_t start;
	int rc;

	cmd_raw(ctx, a->raw_binary);
	if (a->show_command)
		ctx->g.trace = true;
	rc = check(ctx, a);
	if (!rc)
		rc = prepare(ctx, a, &r);
	if (rc)
		return rc;
	rc = gate(ctx, &(const struct intent){ .reqs = &r, .nreqs = 1 });
	if (rc)
		return rc;
	start = now_us();
	rc = dev_command(ctx->dev, &r, op ? op->text : arena_printf(ctx->arena, "Command 0x%02x", a->opcode));
	if (rc)
		return rc;
	val_put_u64(ctx->arena, out, "opcode", a->opcode);
	val_put_u64(ctx->arena, out, "result", r.result);
	if (a->latency)
		val_put_u64(ctx->arena, out, "latency_us", now_us() - start);
	if (a->read) {
		ctx->raw = r.data;
		ctx->raw_len = r.received;
		val_put_u64(ctx->arena, out, "length", r.received);
		val_put_bytes(ctx->arena, out, "data", r.data, r.received);
		if (r.meta_len)
			val_put_bytes(ctx->arena, out, "metadata", r.meta, r.meta_len);
	}
	return 0;
}

static const struct layout passthru_layout = { .kind = LAY_DUMP };

#define PASSTHRU_DESC                                                                                        \
	"Sends one command exactly as given, with every dword under the user's control. The direction of the data "  \
	"follows from the opcode; what contradicts it is refused. Data to send comes from --input-file and must have " \
	"exactly the length given.\n\nA command that is known to destroy data or to take access away passes the same gate as the " \
	"command made for it; of vendors' commands nobody knows what they do."

const struct cmd cmd_admin_passthru = {
	.name = "admin-passthru",
	.group = "Raw commands",
	.brief = "Send an admin command as written",
	.desc = PASSTHRU_DESC,
	.examples = "nvmekit admin-passthru nvme0 --opcode=0x06 --cdw10=1 --data-len=4096 --read\n"
		    "  Send Identify Controller and dump the answer.\n",
	.target = T_DEV,
	.flags = C_BINARY | C_GATED | C_ALTERS,
	OPTS(passthru_args, passthru_opts),
	.arg = 0,
	.out = &spec_passthru,
	.layout = &passthru_layout,
	.run = run_passthru,
};

const struct cmd cmd_io_passthru = {
	.name = "io-passthru",
	.group = "Raw commands",
	.brief = "Send an I/O command as written",
	.desc = PASSTHRU_DESC,
	.examples = "nvmekit io-passthru nvme0n1 --opcode=0x02 --data-len=512 --read\n"
		    "  Read the first block of a namespace with 512-byte blocks.\n",
	.target = T_NS,
	.flags = C_BINARY | C_GATED | C_ALTERS,
	OPTS(passthru_args, passthru_opts),
	.arg = 1,
	.out = &spec_passthru,
	.layout = &passthru_layout,
	.run = run_passthru,
};
