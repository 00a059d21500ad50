/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Connections to NVMe over Fabrics targets: what one consists of, and how it is made. The table of keys is the one place
 * that knows what an option is called on the command line, in configuration files and by the kernel, what it may be, and
 * what it means if the kernel does not know it. NVM Express Base 2.1, section 3.1.2 and 3.3; Linux,
 * drivers/nvme/host/fabrics.c for the kernel's options and limits.
 */
#ifndef NVMEKIT_DEV_FABRICS_H
#define NVMEKIT_DEV_FABRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "dev/dev.h"
#include "dev/topo.h"
#include "spec/nqn.h"

#define FAB_DISCOVERY_NQN NQN_DISCOVERY

enum fab_key {
	/* whom to connect to, and from where */
	FK_TRANSPORT, FK_NQN, FK_TRADDR, FK_TRSVCID, FK_HOST_TRADDR, FK_HOST_IFACE, FK_HOSTNQN, FK_HOSTID,
	/* how */
	FK_NR_IO_QUEUES, FK_NR_WRITE_QUEUES, FK_NR_POLL_QUEUES, FK_QUEUE_SIZE, FK_KEEP_ALIVE_TMO, FK_RECONNECT_DELAY,
	FK_CTRL_LOSS_TMO, FK_FAST_IO_FAIL_TMO, FK_TOS, FK_DUPLICATE_CONNECT, FK_DISABLE_SQFLOW,
	/* integrity and security */
	FK_HDR_DIGEST, FK_DATA_DIGEST, FK_DHCHAP_SECRET, FK_DHCHAP_CTRL_SECRET, FK_TLS, FK_CONCAT, FK_KEYRING, FK_TLS_KEY,
	FK_TLS_KEY_IDENTITY,
	/* of the connection as a whole: not the kernel's, except that it knows a discovery controller as one */
	FK_DISCOVERY, FK_PERSISTENT, FK_HOSTSYMNAME,
	FK_COUNT
};

enum fab_type { FT_TEXT, FT_NUMBER, FT_FLAG, FT_SECRET };
/* What it means that the kernel does not know the option: nothing can be done without; it is not so fast; it is less secure. */
enum fab_class { FC_IDENTITY, FC_TUNING, FC_SECURITY };

/* The kernel's limits, for the table and the options of commands. All ones stand for -1: for ever, not set. */
enum {
	FAB_QUEUE_SIZE_MIN = 16,
	FAB_QUEUE_SIZE_MAX = 1024,
	FAB_QUEUES_MAX = 65535,
	FAB_TOS_MAX = 255,
	FAB_SECONDS_MAX = 2147483647 / 1000, /* the kernel counts some in milliseconds, as int */
};

struct fab_key_info {
	const char *opt;   /* long option; key of discovery.conf and of the INI files: "keep-alive-tmo" */
	const char *json;  /* key of config.json: "keep_alive_tmo"; NULL: it has none */
	const char *token; /* the kernel's: "keep_alive_tmo"; NULL: not the kernel's */
	const char *text;  /* for people: "Keep Alive Timeout" */
	uint8_t type, class;
	int64_t min, max;  /* of FT_NUMBER */
	bool minus_one;    /* FT_NUMBER: -1 is possible besides, "for ever" or "not set" */
	const char *unit;  /* "seconds"; NULL: none */
};
extern const struct fab_key_info fab_keys[FK_COUNT];

struct fab_value {
	bool set;
	int64_t n;          /* FT_NUMBER, FT_FLAG */
	const char *s;      /* FT_TEXT, FT_SECRET; in the arena */
	const char *origin; /* "command line", "/etc/nvme/discovery.conf:3", "discovery log": for people */
};

/* One connection that is wanted. */
struct fab_conn {
	struct fab_value v[FK_COUNT];
	const char *must_authenticate; /* who says that this host has to authenticate itself; NULL: nobody */
};

const char *fab_text(const struct fab_conn *c, enum fab_key k); /* "" where it is not set */
int64_t fab_number(const struct fab_conn *c, enum fab_key k, int64_t dflt);
bool fab_flag(const struct fab_conn *c, enum fab_key k); /* set, and not 0 */
void fab_put_text(struct fab_conn *c, enum fab_key k, const char *s, const char *origin);
void fab_put_number(struct fab_conn *c, enum fab_key k, int64_t n, const char *origin);
/*
 * A value as a configuration file has it, strictly: whole numbers within the limits, "true" or "false" (yes, no, on, off, 1, 0)
 * for flags, no control characters in text. 0, or -EINVAL with *why a phrase ("is no number", "is out of range (0 to 255)"),
 * which never contains the value.
 */
int fab_parse(struct arena *a, struct fab_conn *c, enum fab_key k, const char *text, const char *origin, const char **why);
/* NULL, or why the kernel cannot be told such a text ("has a comma"). */
const char *fab_bad_text(const char *text);
/*
 * The port that is registered: 4420, and for discovery over TCP 8009 (NVMe TCP Transport 1.1, section 3.1.1), where none is said. The
 * kernel by itself takes 8009 for tcp in any case.
 */
void fab_usual_port(struct fab_conn *c);
/* What is not set in c is taken from 'under'. */
void fab_merge(struct fab_conn *c, const struct fab_conn *under);
/* The key that goes by this name in a file: json: the names of config.json. FK_COUNT: none. */
enum fab_key fab_key_by_name(const char *name, bool json);
/*
 * Is it complete and without contradiction: transport, addresses that the transport needs, NQNs of legal form and length, tls
 * with concat, a key without tls, ...? NULL, or a sentence that names what is wrong ("traddr is missing: tcp needs one").
 */
const char *fab_problem(struct arena *a, const struct fab_conn *c);
/* "tcp 192.0.2.1:4420 nqn.2014-08.org.example:disks", for messages. */
const char *fab_describe(struct arena *a, const struct fab_conn *c);

/* What makes a connection secure. */
enum { FAB_SEC_TLS = 1, FAB_SEC_AUTH = 2, FAB_SEC_CTRL_AUTH = 4, FAB_SEC_HDR_DIGEST = 8, FAB_SEC_DATA_DIGEST = 16 };

struct fab_new {
	const char *name;   /* "nvme3"; NULL in a dry run */
	int cntlid;         /* -1: unknown */
	bool already;       /* it was there before */
	const char *traddr; /* the address that answered, also where a host name was given; NULL: none did */
};

enum {
	FAB_NOT_IF_THERE = 1,	 /* a connection that is there already is an error (XC_CONNECT, EALREADY) */
	FAB_EVEN_IN_DRY_RUN = 2, /* it is given up before the run ends, and only looked through */
};
/*
 * Makes the connection, unless there is one to the same subsystem from the same host by the same way (then new->already). Host
 * names are resolved here, and every address is tried. Whatever the kernel would drop of what concerns security is refused
 * (XC_UNSUPPORTED) before anything is sent. In a dry run the connection goes into the plan, without secrets. Errors: XC_CONNECT
 * in general, XC_PERM, XC_TIMEOUT, XC_UNSUPPORTED, XC_USAGE for what fab_problem finds.
 */
int fab_connect(struct ctx *ctx, const struct fab_conn *c, unsigned flags, struct fab_new *out);
/* The same where the controllers that there are have been read already (TOPO_HOST). */
int fab_connect_in(struct ctx *ctx, const struct topo *t, const struct fab_conn *c, unsigned flags, struct fab_new *out);
/* Does an interface of this machine have the address? On a simulated system any. */
bool fab_address_is_ours(struct ctx *ctx, const char *addr);
/* Over IP: tcp, rdma. Addresses are numbers there, or names of hosts. */
bool fab_by_ip(const struct fab_conn *c);
/*
 * What the kernel would only notice half-way: module, keyring, key, the daemon that does TLS handshakes (fab_preflight.c).
 * XC_UNSUPPORTED with what is missing and how it comes.
 */
int fab_preflight(struct ctx *ctx, const struct fab_conn *c);
/* Serial numbers for the keyring and the key that are named; a key is there (fab_preflight has been asked). fabrics_tls.c */
int fab_tls_keys(struct ctx *ctx, struct fab_conn *c);
/* Gives up a connection that this run has made; also in a dry run. Records no error. */
void fab_drop(struct ctx *ctx, const char *name);
/* The connection that a controller is, as far as the kernel shows it. */
void fab_of_ctrl(struct arena *a, const struct topo_ctrl *t, struct fab_conn *c);
/* The controller that connects to the same by the same way; NULL: none. Addresses compare as numbers. */
const struct topo_ctrl *fab_find(const struct topo *t, const struct fab_conn *c);
/* The next one behind 'after', which such a search has found: there can be several (duplicate-connect). */
const struct topo_ctrl *fab_find_next(const struct topo *t, const struct fab_conn *c, const struct topo_ctrl *after);
/*
 * The same where addresses may be names of hosts: by any of their addresses, and rather one that is as secure as asked. 0 with *found,
 * which may be NULL, or the names could not be looked up.
 */
int fab_find_named(struct ctx *ctx, const struct topo *t, const struct fab_conn *c, const struct topo_ctrl **found);
/* Every one, by each of the addresses; NULL-terminated. */
int fab_find_all(struct ctx *ctx, const struct topo *t, const struct fab_conn *c, const struct topo_ctrl *const **found);
/* IPv6 addresses as numbers, others as text. */
bool fab_same_address(const char *a, const char *b);
/* One text for all that are the same. */
const char *fab_plain_address(struct arena *a, const char *addr);
/* The kernel's own word of a controller ("traddr=...,trsvcid=..."), taken apart: the value of one key, or "". */
const char *fab_address_part(struct arena *a, const char *address, const char *key);

/*
 * A controller without its node being opened, for what the kernel does to it (REQ_DISCONNECT): also one that hangs. XC_NODEV if
 * there is none.
 */
int dev_attach(struct ctx *ctx, const char *name, struct dev **out);
/*
 * Until dev_close no other run that would give this controller up, or that counts on it as the way that is left, looks or acts. 0;
 * XC_TIMEOUT where another one does not come to an end within 'ms'.
 */
int dev_hold(struct dev *dev, uint64_t ms);

#endif
