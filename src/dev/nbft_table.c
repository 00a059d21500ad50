/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* One NVMe Boot Firmware Table: from bytes, of which none is believed, to the structures of nbft.h. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "dev/nbft.h"
#include "spec/nbft.h"
#include "spec/nqn.h"
#include "spec/spec.h"

#define FIXED	 128u /* header and control descriptor */
#define TEXT_MAX 1024u

struct table {
	struct ctx *ctx;
	struct arena *a;
	const char *name;
	const uint8_t *p;
	uint64_t len, heap, heap_len;
	struct nbft_table *out;
};

static int bad(const struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int bad(const struct table *t, const char *fmt, ...)
{
	va_list ap;
	const char *text;

	va_start(ap, fmt);
	text = arena_vprintf(t->a, fmt, ap);
	va_end(ap);
	return fail(t->ctx, XC_DATA, 0, "%s: %s", t->name, text);
}

/* --- bytes --- */

static bool within(uint64_t at, uint64_t n, uint64_t from, uint64_t len)
{
	return at >= from && at - from <= len && n <= len - (at - from);
}

/* A heap object. *n 0: there is none. false: it is not in the heap. */
static bool object(const struct table *t, const struct val *desc, const char *key, const uint8_t **p,
		   size_t *n)
{
	const struct val *ref = val_get(desc, key);
	uint64_t at = val_u64(ref, "offset", 0), len = val_u64(ref, "length", 0);

	*n = 0;
	*p = NULL;
	if (!ref || !len)
		return true;
	if (!within(at, len, t->heap, t->heap_len))
		return false;
	*p = t->p + at;
	*n = (size_t)len;
	return true;
}

/* A text: up to its length or a NUL. NULL: there is none. */
static bool text(const struct table *t, const struct val *desc, const char *key, const char **out)
{
	const uint8_t *p;
	size_t n;

	*out = NULL;
	if (!object(t, desc, key, &p, &n) || n > TEXT_MAX)
		return false;
	if (n && p[0])
		*out = arena_strndup(t->a, (const char *)p, strnlen((const char *)p, n));
	return true;
}

static const char *ip_text(struct arena *a, const uint8_t *ip)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char buf[INET6_ADDRSTRLEN] = "";

	if (memcmp(ip, mapped, sizeof(mapped)) == 0)
		inet_ntop(AF_INET, ip + 12, buf, sizeof(buf));
	else
		inet_ntop(AF_INET6, ip, buf, sizeof(buf));
	return arena_strdup(a, buf);
}

static const char *ip_at(const struct table *t, const struct val *desc, const char *key)
{
	const struct val *v = val_get(desc, key);

	return v && v->s.len == 16 ? ip_text(t->a, (const uint8_t *)v->s.p) : "";
}

static const char *hex_text(struct arena *a, const uint8_t *p, size_t n, const char *between)
{
	const char *out = "";

	for (size_t i = 0; i < n; i++)
		out = arena_printf(a, "%s%s%02x", out, i ? between : "", p[i]);
	return out;
}

static const struct val *decode(const struct table *t, const struct spec *spec, uint64_t at, uint64_t len)
{
	size_t max = fields_extent(spec->fields, spec->nfields);

	return spec_decode(t->a, spec, t->p + at, len < max ? (size_t)len : max);
}

static uint64_t number(const struct val *v, const char *path)
{
	return val_u64(v, path, 0);
}

/* The key of an enumerated bit-field ("required"); "" for a value without one. */
static const char *word(const struct val *v, const char *path)
{
	const struct val *bits = val_path(v, path);
	const struct name *n = bits && bits->field ? field_name_of(bits->field, bits->u) : NULL;

	return n ? n->key : "";
}

/* --- descriptors: NULL, or why the entry is left out --- */

static const struct nbft_hfi *hfi_by(const struct table *t, uint64_t index)
{
	for (size_t i = 0; index && i < t->out->nhfis; i++) {
		if (t->out->hfis[i].index == index)
			return &t->out->hfis[i];
	}
	return NULL;
}

static const struct nbft_security *security_by(const struct table *t, uint64_t index)
{
	for (size_t i = 0; index && i < t->out->nsecurity; i++) {
		if (t->out->security[i].index == index)
			return &t->out->security[i];
	}
	return NULL;
}

static struct nbft_discovery *discovery_by(const struct table *t, uint64_t index)
{
	for (size_t i = 0; index && i < t->out->ndiscovery; i++) {
		if (t->out->discovery[i].index == index)
			return &t->out->discovery[i];
	}
	return NULL;
}

static const char *host_addr(const struct nbft_hfi *hfi)
{
	bool none = !hfi || !*hfi->ipaddr || strcmp(hfi->ipaddr, "::") == 0 ||
		    strcmp(hfi->ipaddr, "0.0.0.0") == 0;

	return none ? NULL : hfi->ipaddr;
}

static const char *read_hfi(struct table *t, const struct val *d)
{
	struct nbft_hfi *h = &t->out->hfis[t->out->nhfis];
	const struct val *info, *mac;
	const uint8_t *p;
	uint64_t sbdf;
	size_t n;

	if (number(d, "trtype") != NBFT_TRTYPE_TCP)
		return "its transport is not TCP, the only one that is defined";
	if (!object(t, d, "trinfo", &p, &n) || n < spec_nbft_hfi_tcp.size)
		return "its transport information is not where it should be";
	info = decode(t, &spec_nbft_hfi_tcp, (uint64_t)(p - t->p), n);
	if (number(info, "structure_id") != NBFT_HFI_INFO || !number(info, "flags.valid"))
		return "its transport information is not valid";
	if (!text(t, info, "host_name", &h->host_name))
		return "its host name is outside of the heap";
	sbdf = number(info, "pci_sbdf");
	mac = val_get(info, "mac_addr");
	h->index = (uint8_t)number(d, "index");
	h->transport = "tcp";
	h->pcidev =
		arena_printf(t->a, "%04x:%02x:%02x.%x", (unsigned)(sbdf >> 16), (unsigned)(sbdf >> 8 & 0xff),
			     (unsigned)(sbdf >> 3 & 0x1f), (unsigned)(sbdf & 7));
	h->mac_addr = hex_text(t->a, (const uint8_t *)mac->s.p, mac->s.len, ":");
	h->vlan = (uint16_t)number(info, "vlan");
	h->ip_origin = (uint8_t)number(info, "ip_origin");
	h->prefix = (uint8_t)number(info, "subnet_mask_prefix");
	h->route_metric = (uint16_t)number(info, "route_metric");
	h->ipaddr = ip_at(t, info, "ip_address");
	h->gateway = ip_at(t, info, "ip_gateway");
	h->primary_dns = ip_at(t, info, "primary_dns");
	h->secondary_dns = ip_at(t, info, "secondary_dns");
	h->default_route = number(info, "flags.default_route");
	h->dhcp = number(info, "flags.dhcp");
	h->autoconf = number(info, "flags.autoconf");
	h->dhcp_server = h->dhcp ? ip_at(t, info, "dhcp_server") : "";
	t->out->nhfis++;
	return NULL;
}

static const char *read_security(struct table *t, const struct val *d)
{
	struct nbft_security *s = &t->out->security[t->out->nsecurity];

	if (!text(t, d, "keypath", &s->keypath))
		return "its key path is outside of the heap";
	s->index = (uint8_t)number(d, "index");
	s->authentication = word(d, "flags.authentication");
	s->secure_channel = word(d, "flags.secure_channel");
	t->out->nsecurity++;
	return NULL;
}

static const char *read_discovery(struct table *t, const struct val *desc)
{
	struct nbft_discovery *d = &t->out->discovery[t->out->ndiscovery];

	if (!text(t, desc, "address", &d->uri) || !text(t, desc, "nqn", &d->subnqn))
		return "its address or its NQN is outside of the heap";
	if (!d->subnqn)
		d->subnqn = NQN_DISCOVERY;
	if (nqn_unfit(d->subnqn, strlen(d->subnqn)))
		return "its NQN is none";
	if (d->uri && nbft_split_uri(t->a, d->uri, &d->traddr, &d->trsvcid))
		d->transport = "tcp";
	d->index = (uint8_t)number(desc, "index");
	d->hfi = hfi_by(t, number(desc, "hfi_index"));
	d->host_traddr = host_addr(d->hfi);
	d->security = security_by(t, number(desc, "security_index"));
	t->out->ndiscovery++;
	return NULL;
}

/* The interfaces: the primary one, and a list of more. Indices that lead nowhere, and the same again, are passed over. */
static const char *read_hfis(struct table *t, const struct val *d, struct nbft_ssns *s)
{
	const struct nbft_hfi *first = hfi_by(t, number(d, "hfi_index")), **list;
	bool seen[UINT8_MAX + 1] = { false };
	const uint8_t *p;
	size_t n;

	if (!object(t, d, "secondary_hfis", &p, &n))
		return "its list of interfaces is outside of the heap";
	if (!first)
		return "its interface is not in the table";
	list = arena_calloc(t->a, t->out->nhfis, sizeof(*list));
	list[s->nhfis++] = first;
	seen[first->index] = true;
	for (size_t i = 0; i < n; i++) {
		const struct nbft_hfi *h = seen[p[i]] ? NULL : hfi_by(t, p[i]);

		seen[p[i]] = true;
		if (h)
			list[s->nhfis++] = h;
	}
	s->hfis = list;
	s->host_traddr = host_addr(first);
	return NULL;
}

/* What it adds can be done without: the entry stays. */
static void read_ext(struct table *t, const struct val *d, struct nbft_ssns *s)
{
	const struct val *ext;
	const uint8_t *p;
	size_t n;
	bool sound = object(t, d, "ext", &p, &n) && (!n || n >= spec_nbft_ssns_ext.size);

	if (!number(d, "flags.ext_info") || (sound && !n))
		return;
	ext = sound ? decode(t, &spec_nbft_ssns_ext, (uint64_t)(p - t->p), n) : NULL;
	if (ext && (number(ext, "structure_id") != NBFT_SSNS_EXT || !number(ext, "flags.valid")))
		return;
	if (!ext || !text(t, ext, "dhcp_root_path", &s->dhcp_root_path)) {
		warn_user(t->ctx, "%s: the extended information of SSNS %u is not where it should be",
			  t->name, s->index);
		return;
	}
	s->cntlid = (uint16_t)number(ext, "cntlid");
	if (number(ext, "flags.asqsz_set"))
		s->asqsz = (uint16_t)number(ext, "asqsz");
}

static void read_nid(struct table *t, const struct val *d, struct nbft_ssns *s)
{
	const struct val *nid = val_get(d, "nid");
	const uint8_t *p = (const uint8_t *)nid->s.p;
	const char *type = word(d, "nidt");
	char uuid[UUID_TEXT + 1];

	s->nid = "";
	s->nid_type = *type ? type : NULL;
	if (strcmp(type, "uuid") == 0)
		s->nid = arena_strdup(t->a, uuid_to_text(p, uuid));
	else if (*type)
		s->nid = hex_text(t->a, p, strcmp(type, "eui64") == 0 ? 8 : 16, "");
}

static const char *read_ssns(struct table *t, const struct val *d)
{
	struct nbft_ssns *s = &t->out->ssns[t->out->nssns];
	struct nbft_discovery *by;
	const char *why;
	const uint8_t *p;
	size_t n;

	*s = (struct nbft_ssns){ .index = (uint16_t)number(d, "index"), .transport = "tcp" };
	if (number(d, "trtype") != NBFT_TRTYPE_TCP)
		return "its transport is not TCP, the only one that is defined";
	if (!object(t, d, "traddr", &p, &n) || n < 16)
		return "its address is not where it should be";
	s->traddr = ip_text(t->a, p);
	if (!text(t, d, "trsvcid", &s->trsvcid) || !s->trsvcid || !nbft_is_port(s->trsvcid))
		return "its port is not a number";
	if (!text(t, d, "nqn", &s->subnqn) || !s->subnqn || nqn_unfit(s->subnqn, strlen(s->subnqn)))
		return "its NQN is none";
	why = read_hfis(t, d, s);
	if (why)
		return why;
	read_ext(t, d, s);
	read_nid(t, d, s);
	s->port_id = (uint16_t)number(d, "port_id");
	s->nsid = (uint32_t)number(d, "nsid");
	s->hdgst = number(d, "trflags.hdgst");
	s->ddgst = number(d, "trflags.ddgst");
	s->discovered = number(d, "flags.discovered");
	s->unavailable = number(d, "flags.unavailable") == 2;
	s->non_bootable = number(d, "flags.non_bootable");
	if (number(d, "flags.use_security"))
		s->security = security_by(t, number(d, "security_index"));
	if (number(d, "flags.use_security") && !s->security)
		return "its security profile is not in the table";
	s->discovery = by = discovery_by(t, number(d, "discovery_index"));
	if (by && strcmp(s->subnqn, NQN_DISCOVERY) != 0)
		by->linked = true;
	t->out->nssns++;
	return NULL;
}

/* --- the whole --- */

struct list {
	const char *noun, *at, *stride, *count; /* members of the control descriptor */
	const struct spec *spec;
	uint8_t id;
	const char *(*read)(struct table *t, const struct val *d);
};

/* In this order: later ones refer to earlier ones. */
static const struct list lists[] = {
	{ "HFI", "hfio", "hfil", "num_hfi", &spec_nbft_hfi, NBFT_HFI, read_hfi },
	{ "security profile", "seco", "secl", "num_sec", &spec_nbft_security, NBFT_SECURITY, read_security },
	{ "discovery", "disco", "discl", "num_disc", &spec_nbft_discovery, NBFT_DISCOVERY, read_discovery },
	{ "SSNS", "ssnso", "ssnsl", "num_ssns", &spec_nbft_ssns, NBFT_SSNS, read_ssns },
};

static int read_list(struct table *t, const struct val *control, const struct list *l)
{
	uint64_t at = number(control, l->at), stride = number(control, l->stride),
		 n = number(control, l->count);

	if (n && stride < l->spec->size)
		return bad(t, "%s descriptors of %" PRIu64 " bytes are too short, they take %" PRIu32,
			   l->noun, stride, l->spec->size);
	if (n && !within(at, n * stride, FIXED, t->len - FIXED))
		return bad(t, "the list of %s descriptors is not within the table", l->noun);
	for (uint64_t i = 0; i < n; i++) {
		const struct val *d = decode(t, l->spec, at + i * stride, stride);
		const char *why = NULL;

		if (!number(d, "flags.valid"))
			continue;
		why = number(d, "structure_id") == l->id ? l->read(t, d) : "it is another structure";
		if (why)
			warn_user(t->ctx, "%s: %s %" PRIu64 " is left out: %s", t->name, l->noun,
				  number(d, "index"), why);
	}
	return 0;
}

static int read_host(struct table *t, const struct val *control)
{
	uint64_t at = number(control, "hdesc.offset"), len = number(control, "hdesc.length");
	struct nbft_table *out = t->out;
	const struct name *primary;
	const struct val *d, *bits;

	if (len < spec_nbft_host.size || !within(at, len, FIXED, t->len - FIXED))
		return bad(t, "the host descriptor is not within the table");
	d = decode(t, &spec_nbft_host, at, len);
	if (number(d, "structure_id") != NBFT_HOST || !number(d, "flags.valid"))
		return bad(t, "the host descriptor is not valid");
	if (!text(t, d, "host_nqn", &out->hostnqn))
		return bad(t, "the host NQN is outside of the heap");
	if (out->hostnqn && nqn_unfit(out->hostnqn, strlen(out->hostnqn)))
		return bad(t, "the host NQN is no NQN: %s", nqn_unfit(out->hostnqn, strlen(out->hostnqn)));
	out->hostid = val_str(t->a, d, "host_id");
	if (strcmp(out->hostid, "00000000-0000-0000-0000-000000000000") == 0)
		out->hostid = NULL;
	out->hostid_configured = number(d, "flags.hostid_configured");
	out->hostnqn_configured = number(d, "flags.hostnqn_configured");
	bits = val_path(d, "flags.primary");
	primary = field_name_of(bits->field, bits->u);
	out->primary = primary ? primary->text : "";
	return 0;
}

static int check_header(struct table *t, size_t len)
{
	const struct val *h;
	uint8_t sum = 0;

	if (len < FIXED)
		return bad(t, "it ends after %zu bytes, of which a table has at least %u", len, FIXED);
	if (memcmp(t->p, "NBFT", 4) != 0)
		return bad(t, "it is no NBFT: its signature is another one");
	h = decode(t, &spec_nbft_header, 0, 64);
	t->len = number(h, "table_length");
	if (t->len < FIXED || t->len > len)
		return bad(t, "it says that it has %" PRIu64 " bytes, and has %zu", t->len, len);
	for (uint64_t i = 0; i < t->len; i++)
		sum = (uint8_t)(sum + t->p[i]);
	if (sum)
		return bad(t, "its checksum is wrong");
	if (number(h, "major_revision") != 1)
		return bad(t, "its revision, %" PRIu64 ", is not known", number(h, "major_revision"));
	t->heap = number(h, "heap_offset");
	t->heap_len = number(h, "heap_length");
	if (t->heap_len && !within(t->heap, t->heap_len, FIXED, t->len - FIXED))
		return bad(t, "its heap is not within the table");
	return 0;
}

int nbft_parse(struct ctx *ctx, const char *filename, const void *buf, size_t len, struct nbft_table *out)
{
	struct table t = { .ctx = ctx, .a = ctx->arena, .name = filename, .p = buf, .out = out };
	const struct val *control;
	int rc = check_header(&t, len);

	*out = (struct nbft_table){ .filename = filename, .primary = "not indicated" };
	if (rc)
		return rc;
	control = decode(&t, &spec_nbft_control, 64, 64);
	if (number(control, "structure_id") != NBFT_CONTROL)
		return bad(&t, "what follows the header is no control descriptor");
	if (!number(control, "flags.valid"))
		return 0;
	if (number(control, "csl") < spec_nbft_control.size)
		return bad(&t, "the control descriptor is too short");
	out->hfis = arena_calloc(t.a, number(control, "num_hfi") + 1, sizeof(*out->hfis));
	out->security = arena_calloc(t.a, number(control, "num_sec") + 1, sizeof(*out->security));
	out->discovery = arena_calloc(t.a, number(control, "num_disc") + 1, sizeof(*out->discovery));
	out->ssns = arena_calloc(t.a, number(control, "num_ssns") + 1, sizeof(*out->ssns));
	rc = read_host(&t, control);
	for (size_t i = 0; !rc && i < NELEMS(lists); i++)
		rc = read_list(&t, control, &lists[i]);
	return rc;
}
