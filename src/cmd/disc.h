/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Where discover and connect-all go: the targets that were named or configured, and the services to which those refer. */
#ifndef NVMEKIT_CMD_DISC_H
#define NVMEKIT_CMD_DISC_H

#include "cmd/common.h"
#include "cmd/fab.h"
#include "cmd/fabopts.h"
#include "core/strset.h"
#include "dev/discovery.h"

struct disc_args {
	struct fabopts fab;
	const char *device, *raw, *config, *nbft_path, *owner, *context;
	bool persistent, no_reuse, force, nbft, no_nbft, referrals;
	struct opt_u32 wait;
};

#define DISC_OPTS(st)                                                                                                            \
	FAB_OPTS(st, fab),                                                                                                      \
	OPT(st, device, 'd', "device", "DEVICE", "Ask this discovery controller, which is connected already",                   \
	    .complete = COMP_DEVICE),                                                                                           \
	OPT(st, persistent, 'p', "persistent", NULL,                                                                            \
	    "Keep the discovery controller: the kernel then tells of changes, and they can be followed"),                      \
	OPT(st, no_reuse, 0, "no-reuse", NULL, "Connect anew even if such a discovery controller is connected already"),        \
	OPT(st, force, 0, "force", NULL, "The same, for scripts written for nvme-cli", .flags = OF_HIDDEN),                     \
	OPT(st, raw, 'r', "raw", "FILE", "Write the log as received to FILE; those of several services one behind the other", .complete = COMP_FILE),                           \
	OPT(st, config, 'J', "config", "FILE|none",                                                                             \
	    "Configuration to read instead of the files in /etc/nvme; none: no file at all", .complete = COMP_FILE),           \
	OPT(st, nbft, 0, "nbft", NULL, "Only what the firmware has booted from, as its NBFT says"),                             \
	OPT(st, no_nbft, 0, "no-nbft", NULL, "Not what the NBFT says"),                                                         \
	OPT(st, nbft_path, 0, "nbft-path", "DIR", "Where the NBFT is, instead of /sys/firmware/acpi/tables", .complete = COMP_DIR), \
	OPT(st, owner, 0, "owner", "TEXT", "Only targets of this owner in the configuration"),                                  \
	OPT(st, context, 0, "context", "TEXT", "Who calls, for scripts written for nvme-cli", .flags = OF_HIDDEN)

/* One target: a discovery service, or a subsystem that was configured. */
struct fab_target {
	struct fab_conn conn;
	const struct fab_conn *offered; /* what the configuration says of what it offers; NULL: the same as of itself */
	const char *device; /* the controller that was named; NULL: none */
	bool is_subsystem, persistent;
	int depth; /* referrals on the way there */
};

struct walk {
	struct ctx *ctx;
	const struct disc_args *args;
	struct fab_conn given; /* on the command line */
	bool named;            /* it says where to go */
	struct fab_target *v;
	size_t n, room;
	struct fab_conn usual; /* this host, where nothing else is said */
	struct strset services, subsystems; /* visited already */
	uint64_t records;      /* that may still be read */
	bool temporary;	       /* discovery controllers do not stay, whatever is said */
	uint8_t *raw;	       /* the logs, for -o binary */
	size_t room_raw, kept; /* kept: logs that are in the file of --raw */
};

/* Targets from the command line, else from the configuration and the NBFT. None at all: XC_USAGE, unless that is to be expected. */
int walk_begin(struct ctx *ctx, const struct disc_args *args, struct walk *w);
/* The parts of it (disc_sources.c): all that is named, or else configured; a new place in the list, for a target that is complete. */
int walk_sources(struct walk *w);
struct fab_target *walk_add(struct walk *w);
int walk_host(struct walk *w, struct fab_conn *c);
/* Opens the service and reads its log; *d stays open. Counts against what may be read in a run. */
int walk_read(struct walk *w, const struct fab_target *t, struct discovery *d, struct discovery_log *log);
/* Where connections from this log start: what was given, then what is configured of the discovery controller and what it has. */
int walk_from(struct walk *w, const struct fab_target *t, const struct discovery *d, struct fab_conn *from);
/*
 * A service to which an entry refers joins the others, unless it is there already or that leads too far; then why, as a phrase, in
 * *why, or NULL if nothing needs to be said.
 */
void walk_refer(struct walk *w, const struct fab_target *t, const struct fab_conn *c, const char **why);
/* true: this connection has not been looked at yet. */
bool walk_first(struct walk *w, struct strset *s, const struct fab_conn *c);
/* Writes the log as received, where that was asked for; also for -o binary. */
int walk_keep_raw(struct walk *w, const struct discovery_log *log);

/* What was asked for, hidden: "named", that there was a target on the command line, and "raw", the file of walk_keep_raw. */
void walk_put_asked(const struct walk *w, struct val *out);

#endif
