/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Who this host is to the targets it connects to: a host NQN (Base 2.1, section 4.5) and a host identifier (section
 * 5.1.25.1.28: 128 bits, here a UUID). Targets grant access by the first and keep reservations by the second, so
 * both must be the same on every run and different on every machine. Nothing here is random unless that is asked
 * for, and nothing is written.
 */
#ifndef NVMEKIT_DEV_HOSTID_H
#define NVMEKIT_DEV_HOSTID_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/val.h"

#define HOSTNQN_FILE "/etc/nvme/hostnqn"
#define HOSTID_FILE "/etc/nvme/hostid"

#define HOST_COMMAND_LINE "command line"

struct host_identity {
	const char *hostnqn, *hostid; /* the identifier in lower case; NULL: there is none (host_identity_known) */
	/* HOST_COMMAND_LINE, "config.json:12", "/etc/nvme/hostnqn", "DMI product_uuid", "image", ...; NULL with it */
	const char *nqn_origin, *id_origin;
};

/*
 * The identity of a connection. Each of both: what is given, on the command line (where no origin is said) or elsewhere; the file
 * below --sysroot; then what is derived: an NQN from the machine's own UUID, an identifier from the UUID in the NQN, or from the
 * machine. An NQN that is given without an identifier, and is not that of the file, gets one that follows from it alone. NULL or ""
 * is not given. A simulated system has what its image says in the place of the files, and no machine. What is wrong with the
 * result is warned of, each thing once in a run, see host_findings. Errors: XC_USAGE (what was given on the command line is no
 * NQN or no UUID), XC_DATA (the same of a file), XC_PERM, XC_UNSUPPORTED (there is none, and nothing to derive one from). Both may be the same struct.
 */
int host_identity(struct ctx *ctx, const struct host_identity *given, struct host_identity *out);
/* The same of what is known without being told; what is not is NULL, and nothing is warned of. */
int host_identity_known(struct ctx *ctx, struct host_identity *out);

/*
 * What speaks against an identity: a sentence each, appended to the array 'to'. The UUID of the NQN is not the
 * identifier (Linux from 6.5 on wants one NQN per identifier); a UUID that many machines share; files that look as
 * if they were copied from another machine.
 */
void host_findings(struct ctx *ctx, const struct host_identity *id, struct val *to);

/* The UUID of the machine itself. */
struct machine_uuid {
	uint8_t uuid[16];
	const char *origin;   /* "DMI product_uuid", "DMI system information", "device tree", "machine-id"; NULL: none */
	const char *unusable; /* the DMI UUID that was passed over because many machines have it; NULL: none */
	const char *denied;   /* the source that there is, but only for root; then there is no UUID */
	bool dmi;	      /* from DMI: it tells this machine from a clone of its disk */
};
/*
 * From /sys/class/dmi/id/product_uuid and /sys/firmware/dmi/entries/1-0/raw (root), /proc/device-tree/ibm,partition-uuid,
 * and /etc/machine-id, of which a keyed hash is taken (as sd_id128_get_machine_app_specific(3) does) because that
 * file itself is confidential.
 */
void machine_uuid(struct ctx *ctx, struct machine_uuid *out);
/* Is it a UUID that firmware ships with where nobody has set one? */
bool uuid_is_common(const uint8_t uuid[16]);

/* An NQN from the machine, or from random numbers; *origin says which. XC_UNSUPPORTED: nothing to derive it from. */
int host_nqn_generate(struct ctx *ctx, bool random, const char **nqn, const char **origin);

/* What the file, or the image, holds, whether it makes sense or not: without blanks around it, NULL or "": nothing. */
int host_stored(struct ctx *ctx, bool nqn, const char **text);
/*
 * Stores the NQN or the identifier in its file, or in a simulated system in its image, in one step, mode 0644. The
 * folder is made if it is not there. Nothing is checked. Error: recorded.
 */
int host_store(struct ctx *ctx, bool nqn, const char *value);

#endif
