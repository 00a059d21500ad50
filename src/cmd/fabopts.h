/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The options that say what is connected to, and how: the same rows for every command that connects. Limits are those of
 * the table of keys (dev/fabrics.h); a test compares both.
 */
#ifndef NVMEKIT_CMD_FABOPTS_H
#define NVMEKIT_CMD_FABOPTS_H

#include "cmd/opt.h"
#include "dev/fabrics.h"
#include "dev/hostid.h"
#include "spec/tables.h"

struct fabopts {
	const char *transport, *nqn, *traddr, *trsvcid, *host_traddr, *host_iface, *hostnqn, *hostid;
	const char *secret, *ctrl_secret, *secret_file, *ctrl_secret_file;
	const char *keyring, *tls_key, *tls_key_identity;
	struct opt_u32 nr_io_queues, nr_write_queues, nr_poll_queues, queue_size, keep_alive_tmo, reconnect_delay;
	struct opt_u32 ctrl_loss_tmo, fast_io_fail_tmo, tos;
	bool duplicate_connect, disable_sqflow, hdr_digest, data_digest, tls, concat;
};

#define FAB_ORIGIN HOST_COMMAND_LINE

/* Values of an option: the transports that a connection can have. */
#define FAB_TRANSPORTS .vals = transport_names + 1, .nvals = TRANSPORT_NNAMES - 1

static const struct name fab_never_names[] __attribute__((unused)) = {
	{ 0xffffffff, "never", "Never" },
	{ 0xffffffff, "-1", "The same" },
};
static const struct name fab_unset_names[] __attribute__((unused)) = {
	{ 0xffffffff, "-1", "As the system sets it" },
};

#define FAB_SECONDS(lo) .unit = UNIT_S, .min = (lo), .max = FAB_SECONDS_MAX
#define FAB_QUEUES .min = 1, .max = FAB_QUEUES_MAX

/* Rows of the table of options; m is the member of type struct fabopts. */
#define FAB_OPTS_TARGET(st, m)                                                                                                   \
	OPT(st, m.transport, 't', "transport", "NAME", "How to get to the target", FAB_TRANSPORTS),                  \
	OPT(st, m.nqn, 'n', "nqn", "NQN", "NVMe qualified name of the subsystem"),                                              \
	OPT(st, m.traddr, 'a', "traddr", "ADDRESS",                                                                             \
	    "Address of the target: an IP address or a name of a host, of which every address is tried; for fc its WWNs"),     \
	OPT(st, m.trsvcid, 's', "trsvcid", "PORT", "Port number of the target: usually 4420, for discovery over tcp 8009"),             \
	OPT(st, m.host_traddr, 'w', "host-traddr", "ADDRESS", "Address of this host to connect from; for fc its WWNs"),         \
	OPT(st, m.host_iface, 'f', "host-iface", "NAME", "Network interface of this host to connect through (tcp)"),            \
	OPT(st, m.hostnqn, 'q', "hostnqn", "NQN", "NVMe qualified name of this host, where it shall not be the usual one"),     \
	OPT(st, m.hostid, 'I', "hostid", "UUID", "Identifier of this host, where it shall not be the usual one")

#define FAB_OPTS_SECURITY(st, m)                                                                                                 \
	OPT(st, m.secret_file, 0, "dhchap-secret-file", "FILE",                                                                 \
	    "Authenticate with DH-HMAC-CHAP: the secret of this host (DHHC-1:...) stands in FILE; - is standard input",        \
	    .complete = COMP_FILE),                                                                                             \
	OPT(st, m.ctrl_secret_file, 0, "dhchap-ctrl-secret-file", "FILE",                                                       \
	    "The controller has to authenticate itself as well, with the secret in FILE", .complete = COMP_FILE),              \
	OPT(st, m.secret, 'S', "dhchap-secret", "KEY",                                                                          \
	    "The same on the command line, where others can read it: for scripts written for nvme-cli",                        \
	    .flags = OF_SECRET),                       \
	OPT(st, m.secret, 0, "kxchap-secret", "KEY", "The same", .flags = OF_ALIAS | OF_HIDDEN | OF_SECRET),                                \
	OPT(st, m.ctrl_secret, 'C', "dhchap-ctrl-secret", "KEY", "The same of the controller's secret", .flags = OF_SECRET),                        \
	OPT(st, m.ctrl_secret, 0, "kxchap-ctrl-secret", "KEY", "The same", .flags = OF_ALIAS | OF_HIDDEN | OF_SECRET),                      \
	OPT(st, m.tls, 0, "tls", NULL, "Encrypt with TLS 1.3, with a key that is in the keyring (tcp)"),                        \
	OPT(st, m.concat, 0, "concat", NULL, "Encrypt with TLS 1.3, with a key that DH-HMAC-CHAP agrees upon (tcp)"),           \
	OPT(st, m.keyring, 0, "keyring", "NAME|NUMBER", "Keyring that holds the TLS keys; the usual one is .nvme"),             \
	OPT(st, m.tls_key, 0, "tls-key", "NUMBER", "The TLS key: its serial number in the kernel's keyring", .flags = OF_SECRET),                   \
	OPT(st, m.tls_key, 0, "tls_key", "NUMBER", "The same", .flags = OF_ALIAS | OF_HIDDEN | OF_SECRET),                                  \
	OPT(st, m.tls_key_identity, 0, "tls-key-identity", "TEXT", "The TLS key: its identity in the keyring")

#define FAB_OPTS_TUNING(st, m)                                                                                                   \
	OPT(st, m.nr_io_queues, 'i', "nr-io-queues", "N", "I/O queues; the kernel's default is one for each CPU", FAB_QUEUES),  \
	OPT(st, m.nr_write_queues, 'W', "nr-write-queues", "N", "Queues for writes alone (tcp, rdma)", FAB_QUEUES),             \
	OPT(st, m.nr_poll_queues, 'P', "nr-poll-queues", "N", "Queues for polling (tcp, rdma)", FAB_QUEUES),                    \
	OPT(st, m.queue_size, 'Q', "queue-size", "N", "Entries of an I/O queue; the kernel's default is 128",                   \
	    .min = FAB_QUEUE_SIZE_MIN, .max = FAB_QUEUE_SIZE_MAX),                                                              \
	OPT(st, m.keep_alive_tmo, 'k', "keep-alive-tmo", "TIME",                                                                \
	    "Keep Alive Timeout; 0 switches it off; the kernel's default is 5 s", FAB_SECONDS(0)),                             \
	OPT(st, m.reconnect_delay, 'c', "reconnect-delay", "TIME",                                                              \
	    "Time between attempts to reconnect; the kernel's default is 10 s", FAB_SECONDS(1)),                               \
	OPT(st, m.ctrl_loss_tmo, 'l', "ctrl-loss-tmo", "TIME",                                                                  \
	    "A controller that is lost for so long is given up; the kernel's default is 600 s", FAB_SECONDS(0),                \
	    VALS(fab_never_names), .flags = OF_OPEN_NAMES),                                                                     \
	OPT(st, m.fast_io_fail_tmo, 'F', "fast-io-fail-tmo", "TIME",                                                            \
	    "I/O to a controller that is lost for so long fails; the kernel's default is never", FAB_SECONDS(0),               \
	    VALS(fab_never_names), .flags = OF_OPEN_NAMES),                                                                     \
	OPT(st, m.fast_io_fail_tmo, 0, "fast_io_fail_tmo", "TIME", "The same", FAB_SECONDS(0), VALS(fab_never_names),           \
	    .flags = OF_OPEN_NAMES | OF_ALIAS | OF_HIDDEN),                                                                     \
	OPT(st, m.tos, 'T', "tos", "N", "Type of service of the IP packets (tcp, rdma)", .max = FAB_TOS_MAX,                    \
	    VALS(fab_unset_names), .flags = OF_OPEN_NAMES),                                                                     \
	OPT(st, m.duplicate_connect, 'D', "duplicate-connect", NULL, "Connect even if there is such a connection already"),     \
	OPT(st, m.disable_sqflow, 0, "disable-sqflow", NULL, "No flow control of submission queues"),                           \
	OPT(st, m.hdr_digest, 'g', "hdr-digest", NULL, "Checksum over the headers of the transport (tcp)"),                     \
	OPT(st, m.data_digest, 'G', "data-digest", NULL, "Checksum over the data (tcp)")

#define FAB_OPTS(st, m) FAB_OPTS_TARGET(st, m), FAB_OPTS_SECURITY(st, m), FAB_OPTS_TUNING(st, m)

/*
 * What was given on the command line, with FAB_ORIGIN as its origin; secrets are read from their files. 0, or XC_USAGE; a secret
 * on the command line is warned of, and overwritten there.
 */
int fabopts_conn(struct ctx *ctx, const struct fabopts *o, struct fab_conn *c);

#endif
