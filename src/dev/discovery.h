/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Discovery services: a controller that lists what there is to connect to. NVM Express Base 2.1, sections 3.1.3.3 (discovery
 * controllers) and 5.1.12.3.1 (Discovery log page). What comes from there is not trusted: not its counts, not its texts, not
 * that it ever stands still.
 */
#ifndef NVMEKIT_DEV_DISCOVERY_H
#define NVMEKIT_DEV_DISCOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "dev/fabrics.h"

#define DISCOVERY_ENTRY 1024u /* bytes of the header, and of an entry */
#define DISCOVERY_MAX	262144u /* entries that are read at most: 256 MiB */

/* A discovery controller that is open. */
struct discovery {
	struct dev *dev;
	const char *name;   /* "nvme3" */
	bool already;	    /* it was connected before */
	bool ours;	    /* connected for this, and given up by discovery_close */
	bool held;	    /* signals are, until then */
	struct fab_conn conn; /* the connection, with the defaults that discovery has, and the address that answered */
};

enum {
	DISCOVERY_KEEP = 1,	/* the controller stays when this run ends, and the kernel tells of changes */
	DISCOVERY_NO_REUSE = 2, /* not one that is there already */
};
/*
 * Connects to the discovery service (nqn is the well-known one unless it says another; trsvcid 8009 for tcp, 4420 for rdma), or takes
 * the controller that is connected to it already. A dry run does so too, since a plan needs what is in the log, but keeps nothing.
 */
int discovery_open(struct ctx *ctx, const struct fab_conn *c, unsigned flags, struct discovery *d);
/* The one that goes by this name; XC_USAGE if that is no discovery controller. */
int discovery_open_device(struct ctx *ctx, const char *device, struct discovery *d);
/* Gives up what discovery_open connected, unless it is to stay. Records no error. */
void discovery_close(struct discovery *d);

struct discovery_log {
	uint64_t genctr, numrec;
	const uint8_t *raw; /* header and entries */
	size_t len;
};
/*
 * The whole log, of one generation, of at most max records (DISCOVERY_MAX, or what is left of that). XC_DATA: absurd count, unknown
 * format, short, or it changes all the time; XC_TIMEOUT: it takes longer than limit_ms.
 */
int discovery_read(struct discovery *d, uint64_t limit_ms, uint64_t max, struct discovery_log *log);

/* One entry. Text ends at the first NUL or at the end of its field, and has lost its trailing blanks. */
struct discovery_entry {
	uint8_t trtype, adrfam, subtype, treq, sectype;
	uint16_t portid, cntlid, eflags;
	const char *trsvcid, *subnqn, *traddr;
};
enum { DISC_REFERRAL = 1, DISC_NVM = 2, DISC_CURRENT = 3 };
enum { DISC_EFLAGS_DUPRETINFO = 1, DISC_EFLAGS_EPCSD = 2, DISC_EFLAGS_NCC = 4 };
void discovery_entry(struct arena *a, const struct discovery_log *log, size_t i, struct discovery_entry *e);
/*
 * The connection that an entry tells to make, from where the discovery service was reached (host-traddr and host-iface, the
 * host's name, security, whatever else was asked for). NULL, or why that is not possible ("unknown transport type 7", "no address"); a phrase.
 */
const char *discovery_conn(struct arena *a, const struct discovery_entry *e, const struct fab_conn *from, struct fab_conn *c);

#endif
