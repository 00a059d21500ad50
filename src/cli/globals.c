/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Options that every command takes. Their letters and names are reserved: no command reuses them. */
#include "cli/opt.h"

const struct opt global_opts[] = {
	OPT(global_args, g.output_format, 'o', "output-format", "FORMAT", "How the answer is written",
	    .def = "normal", .complete = COMP_FORMAT),
	OPT(global_args, g.verbose, 'v', "verbose", NULL,
	    "Say more: decoded bits, titles, what is hidden otherwise"),
	OPT(global_args, g.verbose, 'H', "human-readable", NULL, "The same as --verbose", .flags = OF_ALIAS),
	OPT(global_args, g.timeout_ms, 0, "timeout", "TIME",
	    "How long a command to a drive may take; 0 is the kernel's default", .unit = UNIT_MS),
	OPT(global_args, g.dry_run, 0, "dry-run", NULL,
	    "Send no command that could change anything, and none of passthru; print on standard error what would be sent"),
	OPT(global_args, g.trace, 0, "trace", NULL, "Print every command sent to a drive on standard error"),
	OPT(global_args, g.quiet, 0, "quiet", NULL, "No notes and warnings on standard error; errors stay"),
	OPT(global_args, g.no_color, 0, "no-color", NULL, "No colours, even on a terminal"),
	OPT(global_args, g.system, 0, "system", "NAME|FILE",
	    "Work on a simulated system: 'demo', or an image file (environment: NVMEKIT_SYSTEM)",
	    .complete = COMP_FILE),
	OPT(global_args, g.sysroot, 0, "sysroot", "DIR",
	    "Read DIR/sys and DIR/dev instead of /sys and /dev (environment: NVMEKIT_SYSROOT)",
	    .complete = COMP_DIR),
	OPT(global_args, help, 'h', "help", NULL,
	    "Print help, for the command if one is named, and do nothing else"),
	OPT(global_args, version, 0, "version", NULL, "Print the version, as the command 'version' does"),
};
const size_t nglobal_opts = NELEMS(global_opts);
