/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Addresses of NVMe/TCP as URIs. */
#include <ctype.h>
#include <string.h>

#include "core/arena.h"
#include "core/num.h"
#include "dev/nbft.h"

bool nbft_is_port(const char *s)
{
	uint64_t n;

	return *s >= '1' && *s <= '9' && s[strspn(s, "0123456789")] == '\0' && num_parse(s, &n) == 0 &&
	       n <= UINT16_MAX;
}

bool nbft_split_uri(struct arena *a, const char *uri, const char **traddr, const char **trsvcid)
{
	static const char scheme[] = "nvme+tcp://";
	const char *p = uri, *host, *port = "8009";
	size_t n;

	if (strncmp(p, scheme, sizeof(scheme) - 1) != 0)
		return false;
	host = p += sizeof(scheme) - 1;
	if (*p == '[') {
		host = ++p;
		n = strspn(p, "0123456789abcdefABCDEF:.");
		p += n;
		if (*p++ != ']')
			return false;
	} else {
		while (isalnum((unsigned char)*p) || *p == '.' || *p == '-')
			p++;
		n = (size_t)(p - host);
	}
	if (*p == ':') {
		size_t digits = strspn(++p, "0123456789");

		port = arena_strndup(a, p, digits);
		p += digits;
	}
	if (!n || (*p && *p != '/') || !nbft_is_port(port))
		return false;
	*traddr = arena_strndup(a, host, n);
	*trsvcid = port;
	return true;
}
