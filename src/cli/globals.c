/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Options that every command takes. Their letters and names are reserved: no command reuses them. */
#include "cli/opt.h"

#define GATED .only = C_GATED

static const struct name progress_names[] = {
	{ 0, "auto", "A bar if standard error is a terminal, otherwise nothing" },
	{ 1, "bar", "A bar" },
	{ 2, "json", "One JSON object in a line each" },
	{ 3, "none", "Nothing" },
};

const struct opt_group opt_groups[] = {
	{ C_GATED, "Safety, of commands that can destroy data or take access away" },
	{ C_LONG, "Watching, of commands that can wait for an operation" },
	{ 0, NULL },
};

bool opt_applies(const struct opt *o, const struct cmd *cmd)
{
	return !o->only || (cmd && cmd->flags & o->only);
}

const struct opt global_opts[] = {
	OPT(global_args, g.output_format, 'o', "output-format", "FORMAT", "How the answer is written",
	    .def = "normal", .complete = COMP_FORMAT),
	OPT(global_args, g.verbose, 'v', "verbose", NULL,
	    "Say more: decoded bits, titles, what is hidden otherwise"),
	OPT(global_args, g.verbose, 'H', "human-readable", NULL, "The same as --verbose", .flags = OF_ALIAS),
	OPT(global_args, g.timeout_ms, 0, "timeout", "TIME",
	    "How long a command to a drive may take; 0 is the kernel's default", .unit = UNIT_MS),
	OPT(global_args, g.dry_run, 0, "dry-run", NULL,
	    "Send no command that could change anything, and none of passthru; print the plan: which drive, what is on it, "
	    "which commands"),
	OPT(global_args, g.trace, 0, "trace", NULL, "Print every command sent to a drive on standard error"),
	OPT(global_args, g.quiet, 0, "quiet", NULL, "No notes and warnings on standard error; errors stay"),
	OPT(global_args, g.no_color, 0, "no-color", NULL, "No colours, even on a terminal"),
	OPT(global_args, g.system, 0, "system", "NAME|FILE",
	    "Work on a simulated system: 'demo', or an image file (environment: NVMEKIT_SYSTEM)",
	    .complete = COMP_FILE),
	OPT(global_args, g.sysroot, 0, "sysroot", "DIR",
	    "Read DIR/sys and DIR/dev instead of /sys and /dev (environment: NVMEKIT_SYSROOT)",
	    .complete = COMP_DIR),
	OPT(global_args, g.gate.yes, 0, "yes", NULL,
	    "It is meant: do not ask. Counts only beside one of --expect-serial, -nqn, -uuid, -nguid and -eui64", GATED),
	OPT(global_args, g.gate.expect_serial, 0, "expect-serial", "TEXT",
	    "Refuse unless this is the drive's serial number", GATED),
	OPT(global_args, g.gate.expect_model, 0, "expect-model", "TEXT", "Refuse unless this is the drive's model", GATED),
	OPT(global_args, g.gate.expect_nqn, 0, "expect-nqn", "NQN", "Refuse unless this is the NQN of the NVM subsystem", GATED),
	OPT(global_args, g.gate.expect_uuid, 0, "expect-uuid", "UUID",
	    "Refuse unless one namespace is at stake and this is its UUID", GATED),
	OPT(global_args, g.gate.expect_nguid, 0, "expect-nguid", "DIGITS", "The same with its NGUID", GATED),
	OPT(global_args, g.gate.expect_eui64, 0, "expect-eui64", "DIGITS", "The same with its EUI64", GATED),
	OPT(global_args, g.gate.forced, 0, "force", NULL,
	    "Do not ask, for scripts that were written for nvme-cli; a drive in use is refused all the same", GATED),
	OPT(global_args, g.gate.allow_in_use, 0, "allow-in-use", NULL,
	    "Do it though the drive is mounted, used as swap, held by RAID or LVM, or open elsewhere", GATED),
	OPT(global_args, g.watch.progress, 0, "progress", "HOW",
	    "How progress is told on standard error: a bar, JSON lines, or not at all", VALS(progress_names), .def = "auto",
	    .only = C_LONG),
	OPT(global_args, g.watch.stall_ms, 0, "stall", "TIME",
	    "Give up watching (exit code 8) when nothing has moved for so long; 0: never", .unit = UNIT_MS, .only = C_LONG),
	OPT(global_args, help, 'h', "help", NULL,
	    "Print help, for the command if one is named, and do nothing else"),
	OPT(global_args, version, 0, "version", NULL, "Print the version, as the command 'version' does"),
};
const size_t nglobal_opts = NELEMS(global_opts);
