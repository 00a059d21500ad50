/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/num.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

/* Reads digits up to *end. A leading zero would be octal elsewhere, so it is refused. */
static int parse_digits(const char *s, u128 *out, const char **end)
{
	int base = 10;
	u128 v = 0;
	const char *p = s;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		p = s += 2;
	} else if (s[0] == '0' && digit(s[1]) < 10) {
		return -EINVAL;
	}
	for (; digit(*p) < base; p++) {
		if (v > (~(u128)0 - (u128)digit(*p)) / (u128)base)
			return -ERANGE;
		v = v * (u128)base + (u128)digit(*p);
	}
	if (p == s)
		return -EINVAL;
	*out = v;
	*end = p;
	return 0;
}

int num_parse_u128(const char *s, u128 *out)
{
	const char *end = s;
	u128 v;
	int rc = parse_digits(s, &v, &end);

	if (rc)
		return rc;
	if (*end)
		return -EINVAL;
	*out = v;
	return 0;
}

int num_parse(const char *s, uint64_t *out)
{
	u128 v;
	int rc = num_parse_u128(s, &v);

	if (rc)
		return rc;
	if (v > UINT64_MAX)
		return -ERANGE;
	*out = (uint64_t)v;
	return 0;
}

struct suffix {
	const char *text;
	uint64_t mul, div;
};

static int parse_scaled(const char *s, const struct suffix *suf, size_t n, uint64_t *out)
{
	const char *end = s;
	u128 v;
	int rc = parse_digits(s, &v, &end);

	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(end, suf[i].text) != 0)
			continue;
		if (v > UINT64_MAX)
			return -ERANGE;
		v = v * suf[i].mul;
		if (v % suf[i].div)
			return -EINVAL;
		v /= suf[i].div;
		if (v > UINT64_MAX)
			return -ERANGE;
		*out = (uint64_t)v;
		return 0;
	}
	return -EINVAL;
}

int num_parse_bytes(const char *s, uint64_t *out)
{
	static const struct suffix suf[] = {
		{ "", 1, 1 },
		{ "B", 1, 1 },
#define SI(letter, lower, ten, two)                                                                          \
	{ letter, ten, 1 }, { letter "B", ten, 1 }, { lower, ten, 1 }, { letter "i", two, 1 }, { letter "iB", two, 1 }
		SI("K", "k", 1000ULL, 1ULL << 10),
		SI("M", "m", 1000000ULL, 1ULL << 20),
		SI("G", "g", 1000000000ULL, 1ULL << 30),
		SI("T", "t", 1000000000000ULL, 1ULL << 40),
		SI("P", "p", 1000000000000000ULL, 1ULL << 50),
#undef SI
	};

	return parse_scaled(s, suf, sizeof(suf) / sizeof(suf[0]), out);
}

int num_parse_ms(const char *s, uint64_t *out)
{
	static const struct suffix suf[] = {
		{ "", 1, 1 },	    { "us", 1, 1000 },	   { "ms", 1, 1 },
		{ "s", 1000, 1 }, { "m", 60000, 1 }, { "h", 3600000, 1 },
	};

	return parse_scaled(s, suf, sizeof(suf) / sizeof(suf[0]), out);
}

int num_parse_s(const char *s, uint64_t *out)
{
	static const struct suffix suf[] = { { "", 1, 1 }, { "s", 1, 1 }, { "m", 60, 1 }, { "h", 3600, 1 }, { "d", 86400, 1 } };

	return parse_scaled(s, suf, sizeof(suf) / sizeof(suf[0]), out);
}

char *num_u128(u128 v, char buf[static NUM_U128_MAX])
{
	char *p = buf + NUM_U128_MAX - 1;
	size_t len;

	*p = '\0';
	do {
		*--p = (char)('0' + (int)(v % 10));
		v /= 10;
	} while (v);
	len = strlen(p);
	memmove(buf, p, len + 1);
	return buf;
}

char *num_si(u128 v, char buf[static NUM_U128_MAX])
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB" };
	const size_t last = sizeof(units) / sizeof(units[0]) - 1;
	u128 div = 1, hundredths;
	size_t unit = 0;
	char whole[NUM_U128_MAX];

	while (unit < last && v / div >= 1000) {
		div *= 1000;
		unit++;
	}
	/* Rounded to nearest; v / div has at most a few digits except in the last unit. */
	hundredths = v / div * 100 + ((v % div) * 100 + div / 2) / div;
	if (hundredths >= 100000 && unit < last) {
		hundredths = 100;
		unit++;
	}
	num_u128(hundredths / 100, whole);
	snprintf(buf, NUM_U128_MAX, "%.30s.%02d %s", whole, (int)(hundredths % 100), units[unit]);
	return buf;
}
