/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What firmware that booted over NVMe-oF left for the system: the tables of src/spec/nbft.h with every reference
 * resolved, so that the connections can be made again. Everything is in the arena. Texts are UTF-8 without control
 * characters as far as they are said to be an NQN, an address or a port; others may hold anything.
 */
#ifndef NVMEKIT_DEV_NBFT_H
#define NVMEKIT_DEV_NBFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"

#define NBFT_DIR "/sys/firmware/acpi/tables"
#define NBFT_MAX 1048576u /* bytes; a larger table is refused */

/* A network interface, as firmware had set it up. Addresses are text; "::" and "0.0.0.0" say that there is none. */
struct nbft_hfi {
	uint8_t index;
	const char *transport; /* "tcp" */
	const char *pcidev;    /* "0000:6a:00.1" */
	const char *mac_addr;  /* "00:62:0b:cb:eb:70" */
	uint16_t vlan;	       /* 0: none */
	uint8_t ip_origin, prefix;
	uint16_t route_metric;
	const char *ipaddr, *gateway, *primary_dns, *secondary_dns;
	const char *dhcp_server; /* "": the address did not come from DHCP */
	const char *host_name;	 /* NULL: none */
	bool default_route, autoconf;
	bool dhcp; /* the system may have got another address since: connect without host_traddr, if that fails with it */
};

struct nbft_security {
	uint8_t index;
	const char *authentication, *secure_channel; /* "not-supported", "not-required", "required"; "" unknown */
	const char *keypath;			     /* URI of the secret; NULL: none */
};

/* A discovery controller. */
struct nbft_discovery {
	uint8_t index;
	const struct nbft_hfi *hfi;	      /* NULL: none is named */
	const struct nbft_security *security; /* NULL: none */
	const char *uri;		      /* as received; NULL: none */
	const char *transport, *traddr, *trsvcid; /* from the URI; NULL: it could not be understood */
	const char *host_traddr;		  /* of hfi; NULL: none */
	const char *subnqn;			  /* the well-known one where the table has none */
	bool linked; /* firmware has connected to what it found there: the SSNS entries say it, no need to discover again */
};

/* A namespace that firmware connected to, or was told to: one connection for each of hfis. */
struct nbft_ssns {
	uint16_t index;
	const struct nbft_hfi *const *hfis; /* the primary one first; at least one */
	size_t nhfis;
	const char *transport, *traddr, *trsvcid, *subnqn;
	const char *host_traddr; /* of hfis[0]; NULL: none */
	uint16_t port_id;
	uint32_t nsid;	      /* 0: not said */
	const char *nid_type; /* "eui64", "nguid", "uuid"; NULL: none */
	const char *nid;      /* hexadecimal, or a UUID; "" without nid_type */
	uint16_t cntlid, asqsz; /* 0: not said */
	const char *dhcp_root_path; /* NULL: none */
	const struct nbft_security *security;
	const struct nbft_discovery *discovery; /* by which it was found; NULL: none */
	bool hdgst, ddgst; /* digests that are required */
	bool discovered, unavailable, non_bootable;
};

struct nbft_table {
	const char *filename;
	const char *hostnqn, *hostid; /* NULL: none */
	bool hostnqn_configured, hostid_configured;
	const char *primary; /* "not indicated", "unselected", "selected", "reserved" */
	struct nbft_hfi *hfis;
	struct nbft_security *security;
	struct nbft_discovery *discovery;
	struct nbft_ssns *ssns;
	size_t nhfis, nsecurity, ndiscovery, nssns;
};

struct nbft {
	struct nbft_table *tables;
	size_t ntables;
};

/*
 * All tables NBFT* in a directory; NULL or "": NBFT_DIR below --sysroot, or in a simulated system those of its image. No
 * table is no error. An entry that makes no sense is left out with a warning; so is a table, unless none is sound
 * (XC_DATA). Others: XC_USAGE (no such directory), XC_PERM (root alone can read them).
 */
int nbft_read(struct ctx *ctx, const char *dir, struct nbft **out);
/* One table. XC_DATA and the reason: checksum, lengths, versions, the host; anything may be in the bytes. */
int nbft_parse(struct ctx *ctx, const char *filename, const void *buf, size_t len, struct nbft_table *out);

/*
 * nvme+tcp://HOST[:PORT][/...] (Boot Specification 1.1, "Discovery Controller Address"), HOST a name, an IPv4 address, or an
 * IPv6 address in brackets, which *traddr is without; the port is 8009 where none is given. false: it is none.
 */
bool nbft_split_uri(struct arena *a, const char *uri, const char **traddr, const char **trsvcid);
/* 1 to 65535 in decimal digits without leading zeros. */
bool nbft_is_port(const char *s);

#endif
