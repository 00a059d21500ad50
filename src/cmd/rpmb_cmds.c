/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The commands about Replay Protected Memory Blocks; what they do is in rpmb_act.c. */
#include "cmd/secure.h"

static int run_rpmb(struct ctx *ctx, const void *args, struct val *out)
{
	return rpmb_run(ctx, ctx->cmd->arg, args, out);
}

/* --- the rows --- */

#define OPT_TARGET OPT(rpmb_args, target, 't', "target", "N", "RPMB target", .max = 6, .def = "0")
#define OPT_KEYFILE                                                                                          \
	OPT(rpmb_args, keyfile, 'g', "keyfile", "FILE",                                                      \
	    "File with the authentication key: 32 bytes, or 64 hexadecimal digits; '-' is standard input",   \
	    .complete = COMP_FILE)
#define OPT_KEY                                                                                              \
	OPT(rpmb_args, key, 'k', "key", "KEY",                                                               \
	    "The authentication key itself; other users of this machine can see it: better use --keyfile", \
	    .flags = OF_SECRET)
#define OPT_ADDRESS OPT(rpmb_args, address, 0, "address", "SECTOR", "First sector of 512 bytes", .def = "0")
#define OPT_BLOCKS(text) OPT(rpmb_args, blocks, 'b', "blocks", "N", text)
#define OPT_MSG OPT(rpmb_args, msg, 'd', "msg", "TEXT", "What to write, instead of a file")
#define OPT_MSGFILE(text) OPT(rpmb_args, msgfile, 'f', "msgfile", "FILE", text, .complete = COMP_FILE)

static const struct field info_rows[] = {
	{ "targets", "Number of targets", .len = 8, .kind = K_UINT },
	{ "authentication", "Authentication method", .kind = K_TEXT },
	{ "size", "Size of each target", .len = 64, .kind = K_UINT, .unit = "bytes" },
	{ "sectors", "Sectors of 512 bytes of each target", .len = 64, .kind = K_UINT, .unit = "sectors" },
	{ "access_sectors", "Sectors that one request may be about", .len = 16, .kind = K_UINT, .unit = "sectors" },
};
static const struct spec spec_rpmb_info = { "rpmb-info", "Replay Protected Memory Blocks", NULL, 0, 1, FIELDS(info_rows) };

#define ROW_TARGET { "target", "RPMB target", .len = 8, .kind = K_UINT }
#define ROW_COUNTER { "write_counter", "Write counter", .len = 32, .kind = K_UINT }
#define ROW_AUTHENTIC                                                                                        \
	{ "authentic", "The answer was verified with the key", .kind = K_BOOL }

static const struct field key_rows[] = { ROW_TARGET, ROW_COUNTER, ROW_AUTHENTIC };
static const struct spec spec_rpmb_key = { "rpmb-program-key", "Key of an RPMB target", NULL, 0, 1, FIELDS(key_rows) };

static const struct field counter_rows[] = {
	ROW_TARGET,
	ROW_COUNTER,
	{ "expired", "The counter has reached its end: nothing can be written any more", .kind = K_BOOL },
	ROW_AUTHENTIC,
};
static const struct spec spec_rpmb_counter = { "rpmb-read-counter", "Write counter of an RPMB target", NULL, 0, 1,
					       FIELDS(counter_rows) };

static const struct field read_rows[] = {
	ROW_TARGET,
	{ "address", "First sector", .len = 32, .kind = K_UINT },
	{ "sectors", "Sectors", .len = 32, .kind = K_UINT, .unit = "sectors" },
	ROW_AUTHENTIC,
	{ "file", "File that was written", .kind = K_TEXT, .flags = F_OPTIONAL },
	{ "data", "The data", .kind = K_HEX, .flags = F_OPTIONAL },
};
static const struct spec spec_rpmb_read = { "rpmb-read-data", "Data of an RPMB target", NULL, 0, 1, FIELDS(read_rows) };

static const struct field write_rows[] = {
	ROW_TARGET,
	{ "address", "First sector", .len = 32, .kind = K_UINT },
	{ "sectors", "Sectors that were written", .len = 32, .kind = K_UINT, .unit = "sectors" },
	ROW_COUNTER,
};
static const struct spec spec_rpmb_write = { "rpmb-write-data", "Data for an RPMB target", NULL, 0, 1, FIELDS(write_rows) };

static const struct field config_rows[] = {
	{ "write_counter", "Write counter of the block", .len = 32, .kind = K_UINT },
	ROW_AUTHENTIC,
	{ "config", "Device Configuration Block", STRUCT_OF(rpmb_config_fields) },
};
static const struct spec spec_rpmb_read_config = { "rpmb-read-config", "RPMB configuration block", NULL, 0, 1,
						   FIELDS(config_rows) };

static const struct field config_write_rows[] = {
	{ "write_counter", "Write counter of the block", .len = 32, .kind = K_UINT },
};
static const struct spec spec_rpmb_write_config = { "rpmb-write-config", "RPMB configuration block", NULL, 0, 1,
						    FIELDS(config_write_rows) };

#define TIMEOUT 60000

const struct cmd cmd_rpmb_info = {
	.name = "rpmb-info",
	.alias = "rpmb info",
	.group = "Security",
	.brief = "Show whether a drive has Replay Protected Memory Blocks, and how large they are",
	.desc = "Shows what Identify Controller says of Replay Protected Memory Blocks: small areas that are written and "
		"read with a key that both sides know.",
	.examples = "nvmekit rpmb-info nvme4\n  Number and size of the targets.\n",
	.target = T_CTRL,
	.argsz = sizeof(struct rpmb_args),
	.arg = ACT_INFO,
	.out = &spec_rpmb_info,
	.run = run_rpmb,
};

static const struct opt key_opts[] = { OPT_TARGET, OPT_KEYFILE, OPT_KEY };

const struct cmd cmd_rpmb_program_key = {
	.name = "rpmb-program-key",
	.alias = "rpmb program-key",
	.group = "Security",
	.brief = "Program the authentication key of an RPMB target, once and for ever",
	.desc = "Gives an RPMB target its key. It can be done once in the life of a drive: the key can never be read, changed "
		"or erased, and without it nothing can be written to the target.\n\n"
		"Afterwards the write counter is read, whose answer proves that the drive has the key.",
	.examples = "nvmekit rpmb-program-key nvme4 --keyfile=key --dry-run\n  What would be done, without doing it.\n",
	.target = T_CTRL,
	.flags = C_GATED | C_ALTERS,
	OPTS(rpmb_args, key_opts),
	.timeout_ms = TIMEOUT,
	.arg = ACT_PROGRAM_KEY,
	.out = &spec_rpmb_key,
	.run = run_rpmb,
};

const struct cmd cmd_rpmb_read_counter = {
	.name = "rpmb-read-counter",
	.alias = "rpmb read-counter",
	.group = "Security",
	.brief = "Show how often an RPMB target was written to",
	.desc = "Reads the write counter of an RPMB target. With the key, the answer is verified; it fails for a target "
		"whose key has not been programmed.",
	.examples = "nvmekit rpmb-read-counter nvme4 --keyfile=key\n  The counter, verified.\n",
	.target = T_CTRL,
	OPTS(rpmb_args, key_opts),
	.arg = ACT_READ_COUNTER,
	.out = &spec_rpmb_counter,
	.run = run_rpmb,
};

static const struct opt read_opts[] = {
	OPT_TARGET, OPT_ADDRESS, OPT_BLOCKS("Number of sectors to read"), OPT_KEYFILE, OPT_KEY,
	OPT_MSGFILE("Write the data to this file instead of showing it"),
	OPT(rpmb_args, raw_binary, 0, "raw-binary", NULL, "Write the bytes as received, like --output-format=binary"),
};

const struct cmd cmd_rpmb_read_data = {
	.name = "rpmb-read-data",
	.alias = "rpmb read-data",
	.group = "Security",
	.brief = "Read data from an RPMB target",
	.desc = "Reads sectors of 512 bytes in parts that the drive accepts. With the key, every answer is verified: that it "
		"comes from the drive, that nothing in it was changed, and that it is no old one.",
	.examples = "nvmekit rpmb-read-data nvme4 --blocks=2 --keyfile=key\n  Show the first two sectors.\n"
		    "nvmekit rpmb-read-data nvme4 --address=8 -b 1 -g key -f sector8\n  Write one to a file.\n",
	.target = T_CTRL,
	.flags = C_BINARY,
	OPTS(rpmb_args, read_opts),
	.arg = ACT_READ_DATA,
	.out = &spec_rpmb_read,
	.layout = &(const struct layout){ .kind = LAY_DUMP },
	.run = run_rpmb,
};

static const struct opt write_opts[] = {
	OPT_TARGET, OPT_ADDRESS, OPT_BLOCKS("Number of sectors to write (default: what there is in the file)"),
	OPT_KEYFILE, OPT_KEY, OPT_MSGFILE("File with what to write; '-' is standard input"), OPT_MSG,
};

const struct cmd cmd_rpmb_write_data = {
	.name = "rpmb-write-data",
	.alias = "rpmb write-data",
	.group = "Security",
	.brief = "Write data to an RPMB target",
	.desc = "Writes sectors of 512 bytes in parts that the drive accepts. Each part counts the write counter up by one, "
		"and the answer to each is verified with the key.\n\n"
		"What is written has to fill its sectors: nothing is padded or cut off.",
	.examples = "nvmekit rpmb-write-data nvme4 --keyfile=key --msgfile=sectors --address=16\n  Write a file.\n",
	.target = T_CTRL,
	.flags = C_GATED | C_ALTERS,
	OPTS(rpmb_args, write_opts),
	.timeout_ms = TIMEOUT,
	.arg = ACT_WRITE_DATA,
	.out = &spec_rpmb_write,
	.run = run_rpmb,
};

static const struct opt read_config_opts[] = {
	OPT_TARGET, OPT_KEYFILE, OPT_KEY, OPT_MSGFILE("Write the 512 bytes of the block to this file too"),
	OPT(rpmb_args, raw_binary, 0, "raw-binary", NULL, "Write the bytes as received, like --output-format=binary"),
};

const struct cmd cmd_rpmb_read_config = {
	.name = "rpmb-read-config",
	.alias = "rpmb read-config",
	.group = "Security",
	.brief = "Show the RPMB configuration block: protection of boot partitions and namespaces",
	.desc = "Reads the Device Configuration Block of RPMB target 0. With the key, the answer is verified.",
	.examples = "nvmekit rpmb-read-config nvme4 --keyfile=key -v\n  Show it with every bit explained.\n",
	.target = T_CTRL,
	.flags = C_BINARY,
	OPTS(rpmb_args, read_config_opts),
	.arg = ACT_READ_CONFIG,
	.out = &spec_rpmb_read_config,
	.run = run_rpmb,
};

static const struct opt write_config_opts[] = {
	OPT_TARGET, OPT_KEYFILE, OPT_KEY, OPT_MSGFILE("File with the 512 bytes of the block; '-' is standard input"), OPT_MSG,
};

const struct cmd cmd_rpmb_write_config = {
	.name = "rpmb-write-config",
	.alias = "rpmb write-config",
	.group = "Security",
	.brief = "Write the RPMB configuration block",
	.desc = "Writes the Device Configuration Block of RPMB target 0: 512 bytes, as rpmb-read-config --msgfile leaves them.\n\n"
		"Protection of boot partitions cannot be disabled any more once it is enabled.",
	.examples = "nvmekit rpmb-write-config nvme4 --keyfile=key --msgfile=block --dry-run\n  What would be done.\n",
	.target = T_CTRL,
	.flags = C_GATED | C_ALTERS,
	OPTS(rpmb_args, write_config_opts),
	.timeout_ms = TIMEOUT,
	.arg = ACT_WRITE_CONFIG,
	.out = &spec_rpmb_write_config,
	.run = run_rpmb,
};

/* One command for all, as it was called until nvme-cli 3. */
static const struct name action_names[] = {
	{ ACT_INFO, "info", "What there is" },
	{ ACT_PROGRAM_KEY, "program-key", "Program the key, once and for ever" },
	{ ACT_READ_COUNTER, "read-counter", "Show the write counter" },
	{ ACT_READ_DATA, "read-data", "Read sectors" },
	{ ACT_WRITE_DATA, "write-data", "Write sectors" },
	{ ACT_READ_CONFIG, "read-config", "Show the configuration block" },
	{ ACT_WRITE_CONFIG, "write-config", "Write the configuration block" },
};

static const struct opt any_opts[] = {
	OPT(rpmb_args, cmd, 'c', "cmd", "ACTION", "What to do", VALS(action_names), .def = "info"),
	OPT_TARGET, OPT_ADDRESS, OPT_BLOCKS("Number of sectors"), OPT_KEYFILE, OPT_KEY,
	OPT_MSGFILE("File with what is written, or for what is read"), OPT_MSG,
};

#define OPTIONAL .flags = F_OPTIONAL
static const struct field any_rows[] = {
	{ "targets", "Number of targets", .len = 8, .kind = K_UINT, OPTIONAL },
	{ "authentication", "Authentication method", .kind = K_TEXT, OPTIONAL },
	{ "size", "Size of each target", .len = 64, .kind = K_UINT, .unit = "bytes", OPTIONAL },
	{ "access_sectors", "Sectors that one request may be about", .len = 16, .kind = K_UINT, .unit = "sectors", OPTIONAL },
	{ "target", "RPMB target", .len = 8, .kind = K_UINT, OPTIONAL },
	{ "address", "First sector", .len = 32, .kind = K_UINT, OPTIONAL },
	{ "sectors", "Sectors", .len = 64, .kind = K_UINT, .unit = "sectors", OPTIONAL },
	{ "write_counter", "Write counter", .len = 32, .kind = K_UINT, OPTIONAL },
	{ "expired", "The counter has reached its end", .kind = K_BOOL, OPTIONAL },
	{ "authentic", "The answer was verified with the key", .kind = K_BOOL, OPTIONAL },
	{ "config", "Device Configuration Block", STRUCT_OF(rpmb_config_fields), OPTIONAL },
	{ "file", "File that was written", .kind = K_TEXT, OPTIONAL },
	{ "data", "The data", .kind = K_HEX, OPTIONAL },
};
static const struct spec spec_rpmb = { "rpmb", "Replay Protected Memory Block", NULL, 0, 1, FIELDS(any_rows) };

static int run_any(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct rpmb_args *args = argp;

	return rpmb_run(ctx, args->cmd, args, out);
}

const struct cmd cmd_rpmb = {
	.name = "rpmb",
	.group = "Security",
	.brief = "Work with a Replay Protected Memory Block: --cmd says what to do",
	.desc = "The actions are commands of their own: rpmb-info, rpmb-program-key, rpmb-read-counter, rpmb-read-data, "
		"rpmb-write-data, rpmb-read-config, rpmb-write-config.",
	.target = T_CTRL,
	.flags = C_GATED | C_ALTERS | C_HIDDEN,
	OPTS(rpmb_args, any_opts),
	.timeout_ms = TIMEOUT,
	.out = &spec_rpmb,
	.layout = &(const struct layout){ .kind = LAY_DUMP },
	.run = run_any,
};
