/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the commands about the keys in a keyring share. */
#ifndef NVMEKIT_CMD_KEYS_RING_H
#define NVMEKIT_CMD_KEYS_RING_H

#include "cmd/keys.h"

struct ring_args {
	const char *keyring, *keytype, *keyfile, *identity, *keydata, *file, *revoke;
	bool import, export;
};

/* Finds the keyring, and puts into the answer which one it is. */
int ring_open(struct ctx *ctx, const struct ring_args *a, int32_t *ring, struct val *out);
/* keys-import of --keyfile: all of it is read and found good before the first key is inserted. */
int ring_import(struct ctx *ctx, const struct ring_args *a, struct val *out);

extern const struct column ring_cols[2];
#define RING_TABLE                                                                                           \
	&(const struct layout) { .kind = LAY_TABLE, .rows = "keys", .cols = ring_cols, .ncols = NELEMS(ring_cols) }

#endif
