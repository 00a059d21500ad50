/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Keys of NVMe over Fabrics as text, and what is derived from them. Numbers that were published: RFC 5869, appendix A;
 * RFC 4231; the interchange texts and identities of libnvme's test/psk.c; digest and TLS PSK of the KUnit tests of Linux
 * (drivers/nvme/common/tests/auth_kunit.c). The others were computed with Python's hmac, hashlib and zlib.
 */
#include "unit.h"

#include <errno.h>

#include "core/hmac.h"
#include "spec/authkey.h"

static size_t from_hex(const char *hex, uint8_t *out)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++) {
		unsigned v;

		assert_int_equal(sscanf(hex + 2 * i, "%2x", &v), 1);
		out[i] = (uint8_t)v;
	}
	return n;
}

static void assert_hex(const uint8_t *p, size_t len, const char *hex)
{
	uint8_t want[256];

	assert_int_equal(from_hex(hex, want), len);
	assert_memory_equal(p, want, len);
}

/* --- HMAC, HKDF --- */

static void test_hmac(void **state)
{
	/* RFC 4231, test case 2 */
	static const struct {
		size_t size;
		const char *mac;
	} cases[] = {
		{ 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ 48, "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649" },
		{ 64, "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
		      "caeab1a34d4a6b4b636e070a38bce737" },
	};
	uint8_t out[HMAC_MAX_SIZE];

	(void)state;
	for (size_t i = 0; i < NELEMS(cases); i++) {
		assert_int_equal(hmac_sha2(cases[i].size, "Jefe", 4, "what do ya want for nothing?", 28, out), 0);
		assert_hex(out, cases[i].size, cases[i].mac);
	}
	assert_int_equal(hmac_sha2(20, "Jefe", 4, "", 0, out), -EINVAL);
	assert_int_equal(hkdf_sha2(20, NULL, 0, "Jefe", 4, "", 0, out, 32), -EINVAL);
}

static void test_hkdf(void **state)
{
	/* RFC 5869, A.1 and A.3 */
	static const uint8_t ikm[22] = { [0 ... 21] = 0x0b };
	static const uint8_t salt[13] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
	static const uint8_t info[10] = { 0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9 };
	uint8_t out[42];

	(void)state;
	assert_int_equal(hkdf_sha2(32, salt, sizeof(salt), ikm, sizeof(ikm), info, sizeof(info), out, 42), 0);
	assert_hex(out, 42, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
	assert_int_equal(hkdf_sha2(32, NULL, 0, ikm, sizeof(ikm), "", 0, out, 42), 0);
	assert_hex(out, 42, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

/* --- text --- */

static const char psk32[] = "5512dbb6737d0106f65975b773dfb011ffc344bcf442e2dd6d8bc4870b5d5b03";
static const char psk48[] = "5512dbb6737d0106f65975b773dfb011ffc344bcf442e2dd6d8bc4870b5d5b03ffc344bcf442e2dd6d8bc4870b5d5b03";

static const struct {
	unsigned kind, hash;
	size_t len;
	const char *text, *hex; /* NULL: 0, 1, 2, ... */
} good[] = {
	{ AUTH_TLS, 0, 32, "NVMeTLSkey-1:00:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwNf9LrZ:", psk32 },
	{ AUTH_TLS, 1, 32, "NVMeTLSkey-1:01:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwNf9LrZ:", psk32 },
	{ AUTH_TLS, 2, 48, "NVMeTLSkey-1:02:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwP/w0S89ELi3W2LxIcLXVsDn8kXZQ==:", psk48 },
	{ AUTH_TLS, 0, 48, "NVMeTLSkey-1:00:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwP/w0S89ELi3W2LxIcLXVsDn8kXZQ==:", psk48 },
	{ AUTH_DHCHAP, 0, 32, "DHHC-1:00:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR:", NULL },
	{ AUTH_DHCHAP, 1, 32, "DHHC-1:01:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR:", NULL },
	{ AUTH_DHCHAP, 2, 48, "DHHC-1:02:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vcSEgBQ==:", NULL },
	{ AUTH_DHCHAP, 3, 64,
	  "DHHC-1:03:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P4zODhA=:", NULL },
	/* The hash function says nothing about the length of a secret. */
	{ AUTH_DHCHAP, 1, 64,
	  "DHHC-1:01:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P4zODhA=:", NULL },
};

/* The text stands in a block of just its size. */
static int parse(unsigned kind, const char *text, size_t len, struct auth_key *k, const char **why)
{
	uint8_t *copy = exact_copy(text, len);
	int rc;

	*why = NULL;
	rc = auth_key_parse(kind, (const char *)copy, len, k, why);
	free(copy);
	if (rc) {
		static const struct auth_key none;

		assert_int_equal(rc, -EBADMSG);
		assert_non_null(*why);
		/* What is wrong is left nowhere. */
		assert_memory_equal(k->key, none.key, sizeof(none.key));
	}
	return rc;
}

static void test_parse_and_format(void **state)
{
	struct auth_key k;
	const char *why;

	(void)state;
	for (size_t i = 0; i < NELEMS(good); i++) {
		char text[AUTH_TEXT_MAX];
		uint8_t want[AUTH_KEY_MAX];

		for (size_t n = 0; n < sizeof(want); n++)
			want[n] = (uint8_t)n;
		if (good[i].hex)
			from_hex(good[i].hex, want);
		assert_int_equal(parse(good[i].kind, good[i].text, strlen(good[i].text), &k, &why), 0);
		assert_int_equal(k.hash, good[i].hash);
		assert_int_equal(k.len, good[i].len);
		assert_memory_equal(k.key, want, k.len);
		assert_int_equal(auth_key_format(&k, text), strlen(good[i].text));
		assert_string_equal(text, good[i].text);
	}
}

static void test_every_truncation(void **state)
{
	struct auth_key k;
	const char *why;

	(void)state;
	for (size_t i = 0; i < NELEMS(good); i++) {
		size_t len = strlen(good[i].text);

		for (size_t n = 0; n < len; n++)
			assert_int_not_equal(parse(good[i].kind, good[i].text, n, &k, &why), 0);
		for (size_t n = 1; n < len; n++)
			assert_int_not_equal(parse(good[i].kind, good[i].text + n, len - n, &k, &why), 0);
		/* The NUL behind it is not part of it. */
		assert_int_not_equal(parse(good[i].kind, good[i].text, len + 1, &k, &why), 0);
		assert_int_not_equal(parse(!good[i].kind, good[i].text, len, &k, &why), 0);
	}
}

/* A bit of the key makes the check value wrong; another hash function that is allowed is the only change that is not seen. */
static void test_every_bit(void **state)
{
	struct auth_key k;
	const char *why;
	size_t survivors = 0;

	(void)state;
	for (size_t i = 0; i < NELEMS(good); i++) {
		size_t len = strlen(good[i].text), digit = good[i].kind == AUTH_TLS ? 14 : 8;
		char text[AUTH_TEXT_MAX];

		for (size_t bit = 0; bit < 8 * len; bit++) {
			memcpy(text, good[i].text, len);
			text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
			if (parse(good[i].kind, text, len, &k, &why))
				continue;
			assert_int_equal(bit / 8, digit);
			survivors++;
		}
	}
	/* 00 and 01, and 02 of a PSK of 48 bytes; 00 to 03 of a secret, two ways each. */
	assert_int_equal(survivors, 1 + 1 + 1 + 1 + 5 * 2);
}

static void why_is(unsigned kind, const char *text, const char *part)
{
	struct auth_key k;
	const char *why;

	assert_int_not_equal(parse(kind, text, strlen(text), &k, &why), 0);
	if (!strstr(why, part))
		fail_msg("of '%s' it is said '%s', and not '%s'", text, why, part);
}

static void test_why(void **state)
{
	char huge[4096];

	(void)state;
	why_is(AUTH_DHCHAP, "", "empty");
	why_is(AUTH_DHCHAP, good[0].text, "does not begin with 'DHHC-1:'");
	why_is(AUTH_TLS, good[4].text, "does not begin with 'NVMeTLSkey-1:'");
	why_is(AUTH_DHCHAP, "DHHC-2:00:AAAA:", "does not begin");
	why_is(AUTH_DHCHAP, "DHHC-1:0:AAAA:", "two digits");
	why_is(AUTH_DHCHAP, "DHHC-1:+1:AAAA:", "two digits");
	why_is(AUTH_DHCHAP, "DHHC-1: 1:AAAA:", "two digits");
	why_is(AUTH_DHCHAP, "DHHC-1:11:AAAA:", "two digits");
	why_is(AUTH_DHCHAP, "DHHC-1:04:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR:", "hash function");
	why_is(AUTH_TLS, "NVMeTLSkey-1:03:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwNf9LrZ:", "hash function");
	why_is(AUTH_DHCHAP, "DHHC-1:00:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR", "no colon at its end");
	why_is(AUTH_DHCHAP, "DHHC-1:00:", "no colon at its end");
	why_is(AUTH_DHCHAP, "DHHC-1:00::", "base64");
	why_is(AUTH_DHCHAP, "DHHC-1:00:AAA:", "base64");
	why_is(AUTH_DHCHAP, "DHHC-1:00:AA A:", "base64");
	why_is(AUTH_DHCHAP, "DHHC-1:00:AA=A:", "base64");
	why_is(AUTH_DHCHAP, "DHHC-1:00:====:", "base64");
	why_is(AUTH_DHCHAP, "DHHC-1:00:A===:", "base64");
	/* Bits that nothing stands for. */
	why_is(AUTH_DHCHAP, "DHHC-1:00:AB==:", "base64");
	why_is(AUTH_DHCHAP, "DHHC-1:00:AAAA:", "too short");
	why_is(AUTH_DHCHAP, "DHHC-1:00:AAECAwQFBgcICQoL:", "32, 48 or 64 bytes");
	why_is(AUTH_TLS, "NVMeTLSkey-1:01:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwP/w0S89ELi3W2LxIcLXVsDn8kXZQ==:", "has 32 bytes");
	why_is(AUTH_TLS, "NVMeTLSkey-1:02:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwNf9LrZ:", "has 48 bytes");
	why_is(AUTH_DHCHAP, "DHHC-1:00:BAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR:", "check value");
	why_is(AUTH_DHCHAP, "DHHC-1:00:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaQ:", "check value");
	for (size_t n = 11; n < sizeof(huge); n += 7) {
		memset(huge, 'A', sizeof(huge));
		memcpy(huge, "DHHC-1:00:", 10);
		huge[n] = ':';
		huge[n + 1 < sizeof(huge) ? n + 1 : n] = '\0';
		if (n > 200)
			why_is(AUTH_DHCHAP, huge, "longer than any key");
	}
}

static void test_hide(void **state)
{
	struct arena *a = arena_new();
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "", "" },
		{ "it does not begin with 'DHHC-1:', as secrets do", "it does not begin with 'DHHC-1:', as secrets do" },
		{ "DHHC-1:hh:...: and NVMeTLSkey-1:hh:...:", "DHHC-1:hh:...: and NVMeTLSkey-1:hh:...:" },
		{ "'DHHC-1:00:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR:' is none", "'DHHC-***' is none" },
		{ "DHHC-AAECAwQFBg DHHC-1:00:AAECAwQFBgcICQoLD", "DHHC-*** DHHC-***" },
		{ "x NVMeTLSkey-1:01:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwNf9LrZ: DHHC-1:00:AAECAwQFBg==:",
		  "x NVMeTLSkey-*** DHHC-***" },
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(cases); i++)
		assert_string_equal(auth_key_hide(a, cases[i].text), cases[i].shown);
	arena_free(a);
}

static void test_fits(void **state)
{
	static const struct {
		unsigned kind, hash;
		const char *lengths;
	} cases[] = {
		{ AUTH_DHCHAP, 0, " 32 48 64 " }, { AUTH_DHCHAP, 1, " 32 48 64 " }, { AUTH_DHCHAP, 3, " 32 48 64 " },
		{ AUTH_TLS, 0, " 32 48 " },	  { AUTH_TLS, 1, " 32 " },	    { AUTH_TLS, 2, " 48 " },
	};
	const char *why;

	(void)state;
	for (size_t i = 0; i < NELEMS(cases); i++) {
		for (size_t len = 0; len < 256; len++) {
			char word[8];

			snprintf(word, sizeof(word), " %zu ", len);
			assert_int_equal(auth_key_fits(cases[i].kind, cases[i].hash, len, &why), strstr(cases[i].lengths, word) != NULL);
		}
	}
}

static void test_transform(void **state)
{
	static const char *const macs[] = {
		NULL,
		"2747b8c8899df50c662a43b9bd170cc037807b6536b2a637de4506052f67e743",
		"392151a6ce7106525d19897fd90da4cb964987ba8fd099b8a214e06355c4a014da7d42ec776b67a36921d94d43e85f4c",
		"975802608745cfd3609e7a35753373c611a42af16a3233fa5035d1f9731c284ee319ff7c7b6bdaa391e3688ba54e62907667a76af292becd"
		"677cffb641d14626",
	};
	struct auth_key k = { .kind = AUTH_DHCHAP, .len = 48 };
	uint8_t out[AUTH_KEY_MAX];
	char nqn[300];
	size_t len;

	(void)state;
	for (unsigned i = 0; i < 48; i++)
		k.key[i] = (uint8_t)i;
	assert_int_equal(dhchap_transform(&k, "nqn.2014-08.org.example:host", out, &len), 0);
	assert_int_equal(len, 48);
	assert_memory_equal(out, k.key, 48);
	for (unsigned hash = AUTH_SHA256; hash <= AUTH_SHA512; hash++) {
		k.hash = (uint8_t)hash;
		assert_int_equal(dhchap_transform(&k, "nqn.2014-08.org.example:host", out, &len), 0);
		assert_hex(out, len, macs[hash]);
	}
	memset(nqn, 'n', sizeof(nqn));
	nqn[NQN_MAX] = '\0';
	assert_int_equal(dhchap_transform(&k, nqn, out, &len), 0);
	nqn[NQN_MAX] = 'n';
	nqn[NQN_MAX + 1] = '\0';
	assert_int_equal(dhchap_transform(&k, nqn, out, &len), -EINVAL);
}

/* --- TLS PSKs --- */

static const struct {
	size_t len;
	unsigned hash, version;
	bool legacy;
	const char *identity, *psk;
} derived[] = {
	{ 32, 1, 0, false, "NVMe0R01 nqn.psk-test-host nqn.psk-test-subsys",
	  "05c6503551ad136e6ee32e6eeb3f6d500b69701d84ec71e328f65c7f51566f68" },
	{ 32, 1, 0, true, "NVMe0R01 nqn.psk-test-host nqn.psk-test-subsys",
	  "09fb1983ac6d6d0353e7cae4f23daddd651c367fa347c59d9cf6936f5a83eafb" },
	{ 32, 1, 1, false, "NVMe1R01 nqn.psk-test-host nqn.psk-test-subsys iSbjiStwJ/1TrTvDlt2fjFmzvsytOJelidNnA+X5lEU=",
	  "8fc3c0badfd4c0c66fa3ca33aadd0314f85536cc9bc47338b60f3e6e563786ca" },
	{ 32, 1, 1, true, "NVMe1R01 nqn.psk-test-host nqn.psk-test-subsys 66GuqV08TsAGII39teWUfwQwizjv06Jy8jOcX3NAAzM=",
	  "b9f5ab2a41ba6e72a23a12066302a2f775fa6c0942c8e0b18ca8ac07edf305e2" },
	{ 48, 2, 0, false, "NVMe0R02 nqn.psk-test-host nqn.psk-test-subsys",
	  "f42ba63824cdfe421914c582921f85b5b5b7e2d4df084caeedc9be20b212e8bb0fe8a23e9d59a1c8fc6449da4970a78d" },
	{ 48, 2, 1, false,
	  "NVMe1R02 nqn.psk-test-host nqn.psk-test-subsys QhW2+Rp6RzHlNtCslyRxMnwJ11tKKhz8JCAQpQ+XUD8f9td1VeH5h53yz2wKJG1a",
	  "a2b2f943f479fc682555cec89857c80ed004ce92f32a973d5764155bb7e36b17a85368a0666d250afac9282dda2e62ca" },
	{ 48, 2, 1, true,
	  "NVMe1R02 nqn.psk-test-host nqn.psk-test-subsys RsKmYJ3nAn1ApjjMloJFbAkLPivONDAX/xW327YBUsn2eGShXSjCZvBaOxscLqmz",
	  "fcefe2e2a2e682b1447dcabf1ec268f78f08c63cd075753abcc8bda2c5c34d48d3014aa8d76ad80107e4f5c9f27e2149" },
	{ 32, 0, 0, false, "NVMe0R01 nqn.psk-test-host nqn.psk-test-subsys",
	  "ec85300ba827726bd3bc4fc07f3a34aec5fe7c8ccac05fefc2f021c74e0df9ef" },
	{ 48, 0, 1, false,
	  "NVMe1R02 nqn.psk-test-host nqn.psk-test-subsys dyoPfSR5TBRaPMI5/FXUlJv2XMDtmQ7Q9Xrj89aBKbyRYkQeT5V1wNvIpnMDRTQW",
	  "1569317890995e207ab4cf148bc53470561e148030cb019b1d87fb4bc5794a791ed5ee68676c952ce5f11f3786e900d4" },
};

static struct auth_key configured(size_t len, unsigned hash)
{
	struct auth_key k = { .kind = AUTH_TLS, .hash = (uint8_t)hash, .len = (uint8_t)len };

	from_hex(len == 32 ? psk32 : psk48, k.key);
	return k;
}

static void test_derive(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEMS(derived); i++) {
		struct auth_key k = configured(derived[i].len, derived[i].hash);
		struct tls_psk_args a = { "nqn.psk-test-host", "nqn.psk-test-subsys", (uint8_t)derived[i].version, derived[i].legacy };
		struct tls_identity id;
		struct tls_psk psk;
		const char *why;

		assert_int_equal(tls_psk_derive(&k, &a, &psk, &why), 0);
		assert_string_equal(psk.identity, derived[i].identity);
		assert_hex(psk.psk, psk.len, derived[i].psk);
		assert_int_equal(tls_identity_parse(psk.identity, &id), 0);
		assert_int_equal(id.version, derived[i].version);
		assert_int_equal(id.kind, 'R');
		assert_int_equal(auth_hash_size(id.hash), derived[i].len);
		assert_int_equal(strncmp(id.hostnqn, "nqn.psk-test-host ", id.hostnqn_len + 1), 0);
		assert_int_equal(id.subsysnqn_len, strlen("nqn.psk-test-subsys"));
	}
}

/* Linux, drivers/nvme/common/tests/auth_kunit.c: a generated PSK, its digest, the TLS PSK. */
static void test_kernel(void **state)
{
	static const struct {
		unsigned hash;
		const char *psk, *digest, *tls;
	} cases[] = {
		{ AUTH_SHA256, "1733c59fa7f48fcf37f5f26fc4ff0268ad4f78e030f4f3b0bfd1d47e7bb1447a",
		  "OldoKuTfKddMuyCznAZojkWD7P4D9/AtzDzLimtOxqI=",
		  "3c17da628474a04d2247c4cab47968c915388193f7c071bd9489cc3666cd7cc8" },
		{ AUTH_SHA384, "f14b2dd3234c459694d3bc63f8968bd6b37c2c6de849e22e118749001ce4bbe8640b9e3a748cb11ce4b1d71d359cce39",
		  "cffMWk8TSS7HOQebjgYEIkrPrjWPV4JE5cdPB8WhEvY4JBW5YynKyv66XscN4A9n",
		  "2774753233537b3fa50eb7d16a8e43457d85f4906c005b2236616c5d80939d0898fff15bb8b77119d2be0aac423e7590" },
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(cases); i++) {
		uint8_t psk[TLS_PSK_MAX], out[TLS_PSK_MAX];
		size_t len = from_hex(cases[i].psk, psk);
		char digest[65], context[80];

		assert_int_equal(tls_psk_digest(cases[i].hash, psk, len, "hostnqn", "subsysnqn", digest), 0);
		assert_string_equal(digest, cases[i].digest);
		snprintf(context, sizeof(context), "%02u %s", cases[i].hash, digest);
		assert_int_equal(tls_psk_expand(cases[i].hash, psk, len, context, false, out), 0);
		assert_hex(out, len, cases[i].tls);
	}
}

static void refused(const char *host, const char *subsys, unsigned version, const char *part)
{
	static const struct tls_psk none;
	struct auth_key k = configured(32, 1);
	struct tls_psk psk;
	const char *why;

	assert_int_equal(tls_psk_derive(&k, &(struct tls_psk_args){ host, subsys, (uint8_t)version, false }, &psk, &why), -EINVAL);
	assert_memory_equal(&psk, &none, sizeof(psk));
	if (!strstr(why, part))
		fail_msg("it is said '%s', and not '%s'", why, part);
}

static void test_derive_refuses(void **state)
{
	char longest[NQN_MAX + 2], half[124];
	struct tls_psk psk;
	struct auth_key k = configured(32, 1);
	const char *why;

	(void)state;
	memset(longest, 'x', sizeof(longest));
	longest[NQN_MAX + 1] = '\0';
	refused(longest, "s", 1, "longer than 223");
	refused("h", longest, 0, "longer than 223");
	longest[NQN_MAX] = '\0';
	refused("", "s", 1, "empty");
	refused("h", "", 1, "empty");
	refused("h h", "s", 1, "blank");
	refused("h", "s\n", 1, "control");
	refused("h", "s\x7f", 1, "control");
	refused("h", "s", 2, "");
	/* One byte counts the context: of version 0 that is the identity itself. */
	refused(longest, longest, 0, "255 bytes");
	assert_int_equal(tls_psk_derive(&k, &(struct tls_psk_args){ longest, longest, 1, false }, &psk, &why), 0);
	assert_int_equal(strlen(psk.identity), 8 + 2 * 224 + 1 + 44);
	/* "NVMe0R01 " and 123, a blank, 122 are 255. */
	memset(half, 'h', sizeof(half));
	half[123] = '\0';
	assert_int_equal(tls_psk_derive(&k, &(struct tls_psk_args){ half, half + 1, 0, false }, &psk, &why), 0);
	assert_int_equal(strlen(psk.identity), 255);
	refused(half, half, 0, "255 bytes");
	k.kind = AUTH_DHCHAP;
	assert_int_equal(tls_psk_derive(&k, &(struct tls_psk_args){ "h", "s", 0, false }, &psk, &why), -EINVAL);
}

static void test_identities(void **state)
{
	static const char *const bad[] = {
		"", "NVMe", "NVMe0R01", "NVMe0R01 ", "NVMe0R01 h", "NVMe0R01 h ", "NVMe0R01 h s ", "NVMe0R01 h s d", "NVMe0R01  h s",
		"NVMe0R01 h  s", "NVMe2R01 h s", "NVMe0X01 h s", "NVMe0R00 h s", "NVMe0R03 h s", "NVMe0R11 h s", "nvme0R01 h s",
		" NVMe0R01 h s", "NVMe0R01\th s", "NVMe0R01 h s\n", "NVMe1R01 h s", "NVMe1R01 h s short",
		"NVMe1R02 h s iSbjiStwJ/1TrTvDlt2fjFmzvsytOJelidNnA+X5lEU=", "NVMe1R01 h s iSbjiStwJ/1TrTvDlt2fjFmzvsytOJelidNnA+X5lEU= x",
	};
	char longest[8 + 1 + 224 + 1 + 2];
	struct tls_identity id;

	(void)state;
	for (size_t i = 0; i < NELEMS(bad); i++)
		assert_int_equal(tls_identity_parse(bad[i], &id), -EBADMSG);
	assert_int_equal(tls_identity_parse("NVMe0G02 h s", &id), 0);
	assert_int_equal(id.kind, 'G');
	assert_int_equal(id.hash, AUTH_SHA384);
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "NVMe0R01 ", 9);
	memcpy(longest + sizeof(longest) - 3, " s", 3);
	assert_int_equal(tls_identity_parse(longest, &id), -EBADMSG);
	assert_int_equal(tls_identity_parse(memmove(longest + 1, "NVMe0R01 ", 9), &id), 0);
	assert_int_equal(id.hostnqn_len, NQN_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_hkdf),
		cmocka_unit_test(test_parse_and_format),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_why),
		cmocka_unit_test(test_hide),
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_transform),
		cmocka_unit_test(test_derive),
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_derive_refuses),
		cmocka_unit_test(test_identities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
