/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * System images: a JSON file that is a whole simulated system. Format "nvmekit-image" version 1,
 * documented for users in docs/image.md.
 *
 *	{ "nvmekit-image": 1,
 *	  "host": { "hostnqn": "nqn...", "hostid": "..." }, "nbft": [ STRUCTURE ],
 *	  "subsystems": [ {
 *	    "name": "nvme-subsys0", "nqn": "nqn...", "iopolicy": "numa",
 *	    "controllers": [ { "name": "nvme0", "cntlid": 1, "transport": "pcie", "address": "0000:01:00.0",
 *	                       "state": "live", "slot": "1", "numa_node": 0, "identify": STRUCTURE,
 *	                       "cns": { "nvm-id-ctrl": STRUCTURE }, "logs": { "smart": STRUCTURE },
 *	                       "features": { "0x07": FEATURE }, "registers": { "cap": NUMBER },
 *	                       "fail": [ FAILURE ] } ],
 *	    "namespaces": [ { "name": "nvme0n1", "generic": "ng0n1", "nsid": 1, "csi": 0, "uuid": "...",
 *	                      "nguid": "...", "eui64": "...", "controllers": [ "nvme0" ],
 *	                      "ana": { "nvme0": "optimized" }, "identify": STRUCTURE, "cns": { },
 *	                      "logs": { }, "features": { } } ] } ] }
 *
 * A STRUCTURE is an object of the fields that the tables of src/spec name, over the recorded bytes in
 * "bytes" (hexadecimal) or "base64", if there are any. "length" is its full size in bytes, "received"
 * how many bytes of it ever arrive.
 * A FEATURE is { "current", "default", "saved", "capabilities": dword 0; "data": STRUCTURE;
 * "saveable", "changeable", "per_namespace": boolean }.
 * The member "fabric" has what can be connected to: see docs/image.md.
 * A FAILURE is { "opcode", "io" or "kind"; "select", "skip", "count": which requests; "status", "timeout", "gone",
 * "delay_ms", "received", "event": what happens to them }.
 *
 * Loading turns the text into one value tree plus the structs below, which point into it; a change is a
 * change of the tree, and saving writes the tree back.
 */
#ifndef NVMEKIT_DEV_IMAGE_H
#define NVMEKIT_DEV_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "core/ctx.h"
#include "core/val.h"
#include "spec/spec.h"

#define IMAGE_VERSION 1

struct image_subsys;

/* A structure as bytes. */
struct image_data {
	uint8_t *buf;
	size_t len;	 /* whole structure */
	size_t received; /* bytes that arrive; len unless the image says less */
};

/* The main structure of a controller or a namespace: bytes, decoded fields, and why it could not be encoded. */
struct image_id {
	struct image_data raw;
	struct val *fields;
	const char *why; /* NULL: sound */
};

/* The maps below ("cns", "logs", "features") may be NULL where the image has none. */
struct image_ctrl {
	const char *name, *transport, *address, *state, *slot;
	const char *hostnqn, *hostid; /* as whom the host is connected to it; those of the image unless it says others */
	uint32_t instance; /* the number in the name */
	int cntlid, numa_node;
	struct image_subsys *subsys;
	struct val *node, *identify, *cns, *logs, *features, *fail, *ana;
	struct val *connection; /* how it came to be, of those that the simulated system connected to; NULL otherwise */
	struct image_id *id; /* filled in by image_id_ctrl */
};

struct image_ns {
	const char *name, *generic; /* "" where the kernel would have none */
	const char *uuid, *nguid, *eui64;
	uint32_t instance; /* 1 of nvme0n1 */
	uint32_t nsid;
	uint8_t csi;
	struct image_subsys *subsys;
	struct image_ctrl **ctrls; /* that it is attached to */
	size_t nctrls;
	struct val *node, *identify, *cns, *logs, *features, *ana;
	uint32_t ana_group; /* where the subsystem has ANA */
	struct image_id *id; /* filled in by image_id_ns */
};

struct image_subsys {
	struct val *node;
	const char *name, *nqn, *iopolicy;
	uint32_t instance;
	struct image_ctrl *ctrls;
	struct image_ns *ns;
	size_t nctrls, nns;
};

/* A port of a target: where a host connects to. */
struct image_port {
	struct val *node;
	const char *transport, *adrfam, *traddr, *trsvcid; /* adrfam in the words of the discovery log */
	const char *discovery_nqn;			   /* the well-known one, unless it has its own */
	const char *tls;				   /* "none", "allowed", "required" */
	uint16_t portid;
};

/* What "fabric" of an image says; without one it is empty. */
struct image_fabric {
	struct val *node;
	const char *options; /* tokens of the kernel; "": it does not tell */
	struct image_port *ports;
	struct image_subsys *remote; /* subsystems that can be connected to: without names, with one controller to copy */
	size_t nports, nremote;
};

struct image {
	const char *name; /* "demo", or the file as the user named it */
	const char *path; /* where changes go; NULL: nowhere */
	struct stat st;	  /* of the file when it was read or written */
	struct val *root;
	const char *hostnqn, *hostid;
	struct image_subsys *subsys;
	size_t nsubsys;
	struct image_fabric fabric;
};

/* Reads ctx->g.system: "demo" or a file. 0 or -errno with the error recorded (XC_DATA says where in the file). */
int image_load(struct ctx *ctx, struct image **out);
/*
 * The structs again from a tree that was changed (a namespace came or went). 'img' keeps its file; the result
 * takes its place.
 */
int image_again(struct ctx *ctx, const struct image *img, struct image **out);
/* The same from text; 'name' is for errors. */
int image_parse(struct ctx *ctx, const char *name, const char *text, size_t len, struct image **out);
/* Encodes every structure that the image holds, so that a mistake is found at loading. */
int image_check(struct ctx *ctx, const struct image *img);

/*
 * The lock that serialises processes which share an image: held by a file descriptor, gone with it.
 * *fd is -1 for an image that is never written. *stale: the file is no longer what was read.
 */
int image_lock(struct ctx *ctx, const struct image *img, int *fd, bool *stale);
/* Replaces the file in one step, whatever happens meanwhile; call under the lock. */
int image_save(struct ctx *ctx, struct image *img);

/*
 * Encodes a STRUCTURE with a table (NULL: bytes only) over 'len' zeroed bytes, or more where it is longer;
 * st may be NULL. -EINVAL and *why: it cannot be encoded.
 */
int image_encode(struct arena *a, const struct spec *spec, const struct val *st, size_t len,
		 struct image_data *out, const char **why);

/* The entry of a map "cns" or "logs" for an identifier and a command set, or NULL. */
struct val *image_cns(const struct val *map, uint8_t cns, uint8_t csi);
struct val *image_log(const struct val *map, uint8_t lid, uint8_t csi);
/* The entry of a map "features". */
struct val *image_feature(const struct val *map, uint8_t fid);
/* What a key of such a map means; false: neither a name of the tables nor a number. */
bool image_cns_key(const char *key, uint8_t *cns, uint8_t *csi);
bool image_log_key(const char *key, uint8_t *lid, uint8_t *csi);
bool image_number_key(const char *key, uint8_t *id);

bool image_attached(const struct image_ns *ns, const struct image_ctrl *ctrl);
/* ANA state (Base 2.1, figure 213: 1 optimized ... 0Fh change) of a namespace through a controller; 0: no ANA. */
uint8_t image_ana_state(const struct image_ns *ns, const struct image_ctrl *ctrl);
const char *image_ana_name(uint8_t state);
/* The state of a group, where the controller says those of its groups ("ana"); 0: it does not. */
uint8_t image_ana_group(const struct image_ctrl *ctrl, uint32_t group);
/* The state that a member says in words; 0: none of them. */
uint8_t image_ana_value(const struct val *v);
/* Is that a word for "iopolicy" of a subsystem? */
bool image_is_policy(const char *word);
/* The main structures; encoded and decoded once, in the arena. Never NULL. */
const struct image_id *image_id_ctrl(struct arena *a, struct image_ctrl *ctrl);
const struct image_id *image_id_ns(struct arena *a, struct image_ns *ns);

/* Every key that an image may have, for documentation and tests. */
struct image_key {
	const char *name;
	uint16_t types; /* 1 << enum val_type, or'ed */
	bool required;
};
struct image_keys {
	const char *where; /* "image", "controller", ... */
	const struct image_key *keys;
	size_t n;
};
extern const struct image_keys image_objects[];
extern const size_t nimage_objects;
struct image_subsys *image_remote(const struct image *img, const char *nqn);
/* Addresses of hosts as numbers: 4 or 6, or 0 where it is none. */
int image_ip_family(const char *text);
/* The address family of a port that does not say one, in the words of the discovery log. */
const char *image_adrfam(const char *transport, const char *traddr);
/* errno of a name in "fail" of a port ("ECONNREFUSED"); 0: there is no such name. */
int image_errno(const char *name);
/* Words of "kind" in "fail" (sim_fail.c); NULL-terminated. */
extern const char *const sim_fail_kinds[];
/* A member that is written as a number or as text such as "0x4002". */
bool image_number(const struct val *v, uint64_t *out);
bool image_meta_key(const char *key); /* "bytes", "base64", "length", "received" */

/* Text to tree and back (image_json.c). Errors name file, line and column. */
struct val *image_from_json(struct ctx *ctx, const char *name, const char *text, size_t len);
char *image_to_json(struct arena *a, const struct val *root, size_t *len);

/* The built-in system (demo.c). */
extern const char demo_json[];
extern const char demo_json_end[];

#endif
