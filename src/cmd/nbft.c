/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* nbft-show: what firmware that booted over NVMe-oF says about it. */
#include <string.h>

#include "cmd/common.h"
#include "dev/nbft.h"

#define TEXT(n, t, ...) { n, t, .kind = K_TEXT, __VA_ARGS__ }
#define NUMBER(n, t, ...) { n, t, .len = 32, .kind = K_UINT, __VA_ARGS__ }
#define BOOL01(n, t) { n, t, .len = 8, .kind = K_UINT, .show = SHOW_BOOL }
#define LIST(n, t, rows, ...) { n, t, .kind = K_ARRAY, SUB(rows), __VA_ARGS__ }

static const struct field host_rows[] = {
	TEXT("nqn", "Host NQN", .flags = F_OPTIONAL),
	TEXT("id", "Host identifier", .flags = F_OPTIONAL),
	BOOL01("host_id_configured", "An administrator has set the identifier"),
	BOOL01("host_nqn_configured", "An administrator has set the NQN"),
	TEXT("primary_admin_host_flag", "Which of several tables counts: not indicated, unselected, selected"),
};

static const struct field index_rows[] = { { NULL, "Index", .len = 32, .kind = K_UINT } };

static const struct field ssns_rows[] = {
	NUMBER("index", "Index"),
	NUMBER("num_hfis", "Number of interfaces"),
	LIST("hfis", "Indices of the interfaces, the primary one first", index_rows),
	TEXT("transport", "Transport"),
	TEXT("traddr", "Transport address"),
	TEXT("trsvcid", "Transport service identifier: the port"),
	NUMBER("subsys_port_id", "Port of the NVM subsystem"),
	NUMBER("nsid", "Namespace identifier, 0: not specified"),
	TEXT("nid_type", "What nid is: eui64, nguid, uuid", .flags = F_OPTIONAL),
	TEXT("nid", "Unique identifier of the namespace"),
	TEXT("subsys_nqn", "NQN of the NVM subsystem"),
	NUMBER("controller_id", "Controller identifier, 0: not specified"),
	NUMBER("asqsz", "Size of the admin submission queue that an administrator has set, 0: none"),
	TEXT("dhcp_root_path_string", "DHCP root path", .flags = F_OPTIONAL),
	BOOL01("pdu_header_digest_required", "A digest of PDU headers is required"),
	BOOL01("data_digest_required", "A digest of data is required"),
	BOOL01("discovered", "It was found by discovery"),
	BOOL01("unavailable", "Firmware could not reach it"),
	BOOL01("non_bootable", "It is not for booting"),
	NUMBER("discovery", "Index of the discovery controller by which it was found", .flags = F_OPTIONAL),
	NUMBER("security", "Index of the security profile", .flags = F_OPTIONAL),
};

static const struct field hfi_rows[] = {
	NUMBER("index", "Index"),
	TEXT("transport", "Transport"),
	TEXT("pcidev", "PCI address"),
	TEXT("mac_addr", "MAC address"),
	NUMBER("vlan", "VLAN, 0: none"),
	NUMBER("ip_origin", "Where the address comes from (NL_PREFIX_ORIGIN), 0: not said"),
	TEXT("ipaddr", "IP address"),
	NUMBER("subnet_mask_prefix", "Length of the network's prefix"),
	TEXT("gateway_ipaddr", "IP address of the gateway"),
	NUMBER("route_metric", "Metric of the route"),
	TEXT("primary_dns_ipaddr", "IP address of the first DNS server"),
	TEXT("secondary_dns_ipaddr", "IP address of the second DNS server"),
	TEXT("dhcp_server_ipaddr", "IP address of the DHCP server, or empty"),
	TEXT("host_name", "Name of the host", .flags = F_OPTIONAL),
	BOOL01("this_hfi_is_default_route", "It has the default route"),
	BOOL01("dhcp_override", "The configuration came from DHCP"),
	BOOL01("autoconfigured", "The address was configured without state (SLAAC)"),
};

static const struct field discovery_rows[] = {
	NUMBER("index", "Index"),
	NUMBER("security", "Index of the security profile", .flags = F_OPTIONAL),
	NUMBER("hfi", "Index of the interface", .flags = F_OPTIONAL),
	TEXT("uri", "Address", .flags = F_OPTIONAL),
	TEXT("nqn", "NQN"),
};

static const struct field security_rows[] = {
	NUMBER("index", "Index"),
	TEXT("authentication", "In-band authentication: not-supported, not-required, required"),
	TEXT("secure_channel", "Secure channel (TLS): not-supported, not-required, required"),
	TEXT("secret_keypath", "URI of the secret", .flags = F_OPTIONAL),
};

static const struct field table_rows[] = {
	TEXT("filename", "File of the table"),
	{ "host", "The host", STRUCT_OF(host_rows) },
	LIST("subsystem", "Namespaces that firmware has connected to, or should have", ssns_rows, .flags = F_OPTIONAL),
	LIST("hfi", "Host fabric interfaces", hfi_rows, .flags = F_OPTIONAL),
	LIST("discovery", "Discovery controllers", discovery_rows, .flags = F_OPTIONAL),
	LIST("security", "Security profiles, of connections and discovery controllers", security_rows, .flags = F_OPTIONAL),
};
static const struct field top_rows[] = { LIST("tables", "Tables", table_rows) };
static const struct spec spec_nbft_show = { "nbft-show", "NVMe Boot Firmware Tables", NULL, 0, 1, FIELDS(top_rows) };

struct nbft_args {
	bool subsystem, hfi, discovery;
	const char *nbft_path;
};
static const struct opt nbft_opts[] = {
	OPT(nbft_args, subsystem, 's', "subsystem", NULL, "Only the namespaces and their subsystems"),
	OPT(nbft_args, hfi, 0, "hfi", NULL, "Only the host fabric interfaces"),
	OPT(nbft_args, discovery, 'd', "discovery", NULL, "Only the discovery controllers"),
	OPT(nbft_args, nbft_path, 0, "nbft-path", "DIR", "Folder with the tables: files NBFT*; /sys/firmware/acpi/tables by default",
	    .complete = COMP_DIR),
};

static void put_host(struct arena *a, struct val *to, const struct nbft_table *t)
{
	struct val *h = val_put_obj(a, to, "host");

	if (t->hostnqn)
		val_put_str(a, h, "nqn", t->hostnqn);
	if (t->hostid)
		val_put_str(a, h, "id", t->hostid);
	val_put_u64(a, h, "host_id_configured", t->hostid_configured);
	val_put_u64(a, h, "host_nqn_configured", t->hostnqn_configured);
	val_put_str(a, h, "primary_admin_host_flag", t->primary);
}

static void put_ssns(struct arena *a, struct val *list, const struct nbft_ssns *s)
{
	struct val *o = val_put_obj(a, list, NULL), *hfis;

	val_put_u64(a, o, "index", s->index);
	val_put_u64(a, o, "num_hfis", s->nhfis);
	hfis = val_put_arr(a, o, "hfis");
	for (size_t i = 0; i < s->nhfis; i++)
		val_put_u64(a, hfis, NULL, s->hfis[i]->index);
	val_put_str(a, o, "transport", s->transport);
	val_put_str(a, o, "traddr", s->traddr);
	val_put_str(a, o, "trsvcid", s->trsvcid);
	val_put_u64(a, o, "subsys_port_id", s->port_id);
	val_put_u64(a, o, "nsid", s->nsid);
	if (s->nid_type)
		val_put_str(a, o, "nid_type", s->nid_type);
	val_put_str(a, o, "nid", s->nid);
	val_put_str(a, o, "subsys_nqn", s->subnqn);
	val_put_u64(a, o, "controller_id", s->cntlid);
	val_put_u64(a, o, "asqsz", s->asqsz);
	if (s->dhcp_root_path)
		val_put_str(a, o, "dhcp_root_path_string", s->dhcp_root_path);
	val_put_u64(a, o, "pdu_header_digest_required", s->hdgst);
	val_put_u64(a, o, "data_digest_required", s->ddgst);
	val_put_u64(a, o, "discovered", s->discovered);
	val_put_u64(a, o, "unavailable", s->unavailable);
	val_put_u64(a, o, "non_bootable", s->non_bootable);
	if (s->discovery)
		val_put_u64(a, o, "discovery", s->discovery->index);
	if (s->security)
		val_put_u64(a, o, "security", s->security->index);
}

static void put_hfi(struct arena *a, struct val *list, const struct nbft_hfi *h)
{
	struct val *o = val_put_obj(a, list, NULL);

	val_put_u64(a, o, "index", h->index);
	val_put_str(a, o, "transport", h->transport);
	val_put_str(a, o, "pcidev", h->pcidev);
	val_put_str(a, o, "mac_addr", h->mac_addr);
	val_put_u64(a, o, "vlan", h->vlan);
	val_put_u64(a, o, "ip_origin", h->ip_origin);
	val_put_str(a, o, "ipaddr", h->ipaddr);
	val_put_u64(a, o, "subnet_mask_prefix", h->prefix);
	val_put_str(a, o, "gateway_ipaddr", h->gateway);
	val_put_u64(a, o, "route_metric", h->route_metric);
	val_put_str(a, o, "primary_dns_ipaddr", h->primary_dns);
	val_put_str(a, o, "secondary_dns_ipaddr", h->secondary_dns);
	val_put_str(a, o, "dhcp_server_ipaddr", h->dhcp_server);
	if (h->host_name)
		val_put_str(a, o, "host_name", h->host_name);
	val_put_u64(a, o, "this_hfi_is_default_route", h->default_route);
	val_put_u64(a, o, "dhcp_override", h->dhcp);
	val_put_u64(a, o, "autoconfigured", h->autoconf);
}

static void put_discovery(struct arena *a, struct val *list, const struct nbft_discovery *d)
{
	struct val *o = val_put_obj(a, list, NULL);

	val_put_u64(a, o, "index", d->index);
	if (d->security)
		val_put_u64(a, o, "security", d->security->index);
	if (d->hfi)
		val_put_u64(a, o, "hfi", d->hfi->index);
	if (d->uri)
		val_put_str(a, o, "uri", d->uri);
	val_put_str(a, o, "nqn", d->subnqn);
}

static void put_security(struct arena *a, struct val *list, const struct nbft_security *s)
{
	struct val *o = val_put_obj(a, list, NULL);

	val_put_u64(a, o, "index", s->index);
	val_put_str(a, o, "authentication", s->authentication);
	val_put_str(a, o, "secure_channel", s->secure_channel);
	if (s->keypath)
		val_put_str(a, o, "secret_keypath", s->keypath);
}

static void put_table(struct arena *a, struct val *tables, const struct nbft_table *t, const struct nbft_args *args)
{
	bool all = !args->subsystem && !args->hfi && !args->discovery;
	struct val *o = val_put_obj(a, tables, NULL), *list;

	val_put_str(a, o, "filename", t->filename);
	put_host(a, o, t);
	list = all || args->subsystem ? val_put_arr(a, o, "subsystem") : NULL;
	for (size_t i = 0; list && i < t->nssns; i++)
		put_ssns(a, list, &t->ssns[i]);
	list = all || args->hfi ? val_put_arr(a, o, "hfi") : NULL;
	for (size_t i = 0; list && i < t->nhfis; i++)
		put_hfi(a, list, &t->hfis[i]);
	list = all || args->discovery ? val_put_arr(a, o, "discovery") : NULL;
	for (size_t i = 0; list && i < t->ndiscovery; i++)
		put_discovery(a, list, &t->discovery[i]);
	list = all ? val_put_arr(a, o, "security") : NULL;
	for (size_t i = 0; list && i < t->nsecurity; i++)
		put_security(a, list, &t->security[i]);
}

static int run_nbft(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct nbft_args *args = argp;
	struct val *tables;
	struct nbft *nbft;
	int rc = nbft_read(ctx, args->nbft_path, &nbft);

	if (rc)
		return rc;
	tables = val_put_arr(ctx->arena, out, "tables");
	for (size_t i = 0; i < nbft->ntables; i++)
		put_table(ctx->arena, tables, &nbft->tables[i], args);
	if (!nbft->ntables)
		val_put_str(ctx->arena, out, "text", "No NBFT: the firmware of this machine did not boot over NVMe-oF\n")->flags |= VAL_HIDDEN;
	return 0;
}

const struct cmd cmd_nbft_show = {
	.name = "nbft-show",
	.alias = "nbft show",
	.group = "NVMe over Fabrics",
	.brief = "Show what firmware that booted over NVMe-oF says about it",
	.desc = "Shows the NVMe Boot Firmware Tables (NVM Express Boot Specification 1.1), which firmware leaves for the system where it "
		"has booted from a namespace over a network: the host's NQN and identifier, the interfaces and their addresses, "
		"the namespaces with the addresses of their subsystems, and the discovery controllers. Root alone can read them.\n\n"
		"A machine without such a table is none that booted so: the list is empty, and the exit code is 0. Entries that make no "
		"sense are left out with a warning; a table whose checksum or lengths are wrong is malformed data.\n\n"
		"A transport address of \"::\" or \"0.0.0.0\" says that there is none.",
	.examples = "nvmekit nbft-show\n  All of it.\n"
		    "nvmekit nbft show --hfi -o json\n  The interfaces, for a script that sets up the network.\n",
	.target = T_NONE,
	.flags = C_TEXT,
	OPTS(nbft_args, nbft_opts),
	.out = &spec_nbft_show,
	.run = run_nbft,
};
