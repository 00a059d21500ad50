/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * libFuzzer: an NVMe Boot Firmware Table whose signature, length and checksum are right, so that the rest is looked at; once more as
 * it is. A corpus to begin with: tests/bats/mknbft.py FILE </dev/null.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dev/nbft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads it to its end. */
static size_t text(const char *s)
{
	return s ? strlen(s) : 0;
}

static size_t ssns(const struct nbft_ssns *s)
{
	size_t n = text(s->traddr) + text(s->subnqn) + text(s->nid_type) + text(s->nid) + text(s->dhcp_root_path) + text(s->host_traddr);

	if (!s->nhfis || !nbft_is_port(s->trsvcid) || !*s->subnqn)
		abort();
	for (size_t i = 0; i < s->nhfis; i++)
		n += text(s->hfis[i]->ipaddr);
	n += s->security ? text(s->security->keypath) : 0;
	return n + (s->discovery ? text(s->discovery->subnqn) : 0);
}

static size_t table(const struct nbft_table *t)
{
	size_t n = text(t->hostnqn) + text(t->hostid) + text(t->primary);

	for (size_t i = 0; i < t->nhfis; i++) {
		const struct nbft_hfi *h = &t->hfis[i];

		n += text(h->pcidev) + text(h->mac_addr) + text(h->ipaddr) + text(h->gateway) + text(h->primary_dns) +
		     text(h->secondary_dns) + text(h->dhcp_server) + text(h->host_name);
	}
	for (size_t i = 0; i < t->nsecurity; i++)
		n += text(t->security[i].authentication) + text(t->security[i].secure_channel) + text(t->security[i].keypath);
	for (size_t i = 0; i < t->ndiscovery; i++)
		n += text(t->discovery[i].uri) + text(t->discovery[i].traddr) + text(t->discovery[i].trsvcid) +
		     text(t->discovery[i].subnqn) + text(t->discovery[i].host_traddr);
	for (size_t i = 0; i < t->nssns; i++)
		n += ssns(&t->ssns[i]);
	return n;
}

/* In a block of just its size. */
static void parse(const uint8_t *data, size_t size, bool repair)
{
	struct nbft_table t;
	struct ctx ctx;
	uint8_t *p = malloc(size ? size : 1), sum = 0;

	if (!p)
		abort();
	memcpy(p, data, size);
	if (repair && size >= 10) {
		memcpy(p, "NBFT", 4);
		for (unsigned i = 0; i < 4; i++)
			p[4 + i] = (uint8_t)(size >> 8 * i);
		p[8] = 1;
		p[9] = 0;
		for (size_t i = 0; i < size; i++)
			sum = (uint8_t)(sum + p[i]);
		p[9] = (uint8_t)-sum;
	}
	ctx_init(&ctx);
	/* Compared, so that a compiler does not leave the looking out. */
	if (!nbft_parse(&ctx, "NBFT", p, size, &t) && table(&t) == SIZE_MAX)
		abort();
	ctx_done(&ctx);
	free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	parse(data, size, true);
	parse(data, size, false);
	return 0;
}
