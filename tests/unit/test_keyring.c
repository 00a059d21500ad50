/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The keyring of a simulated system, the commands on it, and files with keys. The kernel's: tests/qemu/keys.bats. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/opt.h"
#include "cmd/keys.h"
#include "dev/keyring.h"

static char folder[] = "/tmp/nvmekit-keyring-XXXXXX";
static struct ctx ctx;

static int set_up(void **state)
{
	(void)state;
	ctx_init(&ctx);
	ctx.g.system = "demo";
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	ctx_done(&ctx);
	return 0;
}

static void write_file(const char *name, const char *text, mode_t mode)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(name, mode), 0);
}

static const char *read_file(const char *name)
{
	static char text[4096];
	FILE *f = fopen(name, "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	return text;
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(name, &st), 0);
	return st.st_mode & 07777;
}

/* The next error is another one. */
static void forget(void)
{
	ctx.error = (struct error){ .status = -1 };
}

/* --- the keyring --- */

static void test_ring(void **state)
{
	int32_t ring, other, key, again;
	struct secret s;
	struct keyring_key *keys;
	size_t n, hidden;
	char serial[16];

	(void)state;
	assert_int_equal(keyring_find(&ctx, NULL, &ring), 0);
	assert_true(ring > 0);
	assert_int_equal(keyring_find(&ctx, ".nvme", &other), 0);
	assert_int_equal(ring, other);
	snprintf(serial, sizeof(serial), "0x%x", (unsigned)ring);
	assert_int_equal(keyring_find(&ctx, serial, &other), 0);
	assert_int_equal(ring, other);
	assert_int_equal(keyring_list(&ctx, ring, NULL, &keys, &n, &hidden), 0);
	assert_int_equal(n, 0);

	assert_int_equal(keyring_insert_psk(&ctx, ring, "NVMe0R01 h s", "old", 3, &key), 0);
	assert_true(key > 0 && key != ring);
	assert_int_equal(keyring_insert_psk(&ctx, ring, "NVMe0R01 h sub", "other", 5, &other), 0);
	/* The whole identity, not a beginning. */
	assert_int_equal(keyring_psk(&ctx, ring, "NVMe0R01 h s", &again), 0);
	assert_int_equal(again, key);
	assert_int_equal(keyring_psk(&ctx, ring, "NVMe0R01 h su", &again), -ENOKEY);
	assert_int_equal(again, 0);
	assert_int_equal(ctx.error.code, XC_USAGE);
	assert_non_null(ctx.error.hint);
	forget();

	assert_int_equal(keyring_insert_psk(&ctx, ring, "NVMe0R01 h s", "new!", 4, &again), 0);
	assert_int_not_equal(again, key);
	assert_int_equal(keyring_psk(&ctx, ring, "NVMe0R01 h s", &key), 0);
	assert_int_equal(key, again);
	assert_int_equal(keyring_read(&ctx, key, "NVMe0R01 h s", &s), 0);
	assert_int_equal(s.len, 4);
	assert_memory_equal(s.p, "new!", 4);
	assert_int_equal(keyring_list(&ctx, ring, "psk", &keys, &n, &hidden), 0);
	assert_int_equal(n, 2);
	assert_int_equal(hidden, 0);
	assert_int_equal(keyring_list(&ctx, ring, "user", &keys, &n, &hidden), 0);
	assert_int_equal(n, 0);

	assert_int_equal(keyring_revoke(&ctx, ring, key, "NVMe0R01 h s"), 0);
	assert_int_equal(keyring_psk(&ctx, ring, "NVMe0R01 h s", &again), -ENOKEY);
	forget();
	assert_int_equal(keyring_read(&ctx, key, "NVMe0R01 h s", &s), -EKEYREVOKED);
	assert_int_equal(ctx.error.code, XC_USAGE);
	forget();
	assert_int_equal(keyring_revoke(&ctx, ring, key, "NVMe0R01 h s"), -EKEYREVOKED);
	assert_int_equal(keyring_psk(&ctx, ring, "NVMe0R01 h sub", &again), 0);
}

static void test_ring_errors(void **state)
{
	static const char *const absent[] = { "nothing", "1", "0x7fffffff", "@s", "0", "-1", "4294967295" };
	int32_t ring, key = 5;
	struct secret s;

	(void)state;
	for (size_t i = 0; i < NELEMS(absent); i++) {
		ring = 5;
		assert_int_equal(keyring_find(&ctx, absent[i], &ring), -ENOKEY);
		assert_int_equal(ring, 0);
		assert_int_equal(ctx.error.code, XC_USAGE);
		assert_non_null(strstr(ctx.error.message, absent[i]));
		forget();
	}
	assert_int_equal(keyring_find(&ctx, NULL, &ring), 0);
	assert_int_equal(keyring_insert(&ctx, ring, "nonsense", "d", "x", 1, &key), -ENODEV);
	assert_int_equal(key, 0);
	assert_int_equal(ctx.error.code, XC_UNSUPPORTED);
	assert_non_null(strstr(ctx.error.hint, "modprobe"));
	forget();
	assert_int_not_equal(keyring_insert_psk(&ctx, 77, "d", "x", 1, &key), 0);
	assert_int_equal(key, 0);
	forget();
	assert_int_not_equal(keyring_read(&ctx, 77, "d", &s), 0);
	forget();
	/* A key is no keyring. */
	assert_int_equal(keyring_insert_psk(&ctx, ring, "d", "x", 1, &key), 0);
	assert_int_equal(keyring_find(&ctx, arena_printf(ctx.arena, "%d", key), &ring), -ENOKEY);
}

static void test_dry_run(void **state)
{
	int32_t ring, key = 5, real;
	struct keyring_key *keys;
	size_t n;

	(void)state;
	assert_int_equal(keyring_find(&ctx, NULL, &ring), 0);
	assert_int_equal(keyring_insert_psk(&ctx, ring, "NVMe0R01 h s", "x", 1, &real), 0);
	ctx.g.dry_run = true;
	assert_int_equal(keyring_insert_psk(&ctx, ring, "NVMe0R01 h s2", "x", 1, &key), 0);
	assert_int_equal(key, 0);
	assert_int_equal(keyring_revoke(&ctx, ring, real, "NVMe0R01 h s"), 0);
	assert_int_equal(keyring_list(&ctx, ring, NULL, &keys, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(val_get(ctx.plan, "steps")->c.n, 2);
}

/* --- files --- */

static void test_secret_write(void **state)
{
	struct stat st;

	(void)state;
	umask(0);
	assert_int_equal(secret_write(&ctx, "--x", "new", SECRET_NEW, "one\n", 4), 0);
	assert_int_equal(mode_of("new"), 0600);
	assert_int_equal(secret_write(&ctx, "--x", "new", SECRET_NEW, "two\n", 4), -EEXIST);
	assert_int_equal(ctx.error.code, XC_USAGE);
	assert_non_null(strstr(ctx.error.message, "--x: new exists"));
	forget();
	assert_string_equal(read_file("new"), "one\n");
	assert_int_equal(chmod("new", 0644), 0);
	assert_int_equal(secret_write(&ctx, "--x", "new", SECRET_APPEND, "two\n", 4), 0);
	assert_string_equal(read_file("new"), "one\ntwo\n");
	assert_int_equal(mode_of("new"), 0600);
	assert_int_equal(chmod("new", 0644), 0);
	assert_int_equal(secret_write(&ctx, "--x", "new", SECRET_REPLACE, "three", 5), 0);
	assert_string_equal(read_file("new"), "three");
	assert_int_equal(mode_of("new"), 0600);
	/* A link is no new file. */
	assert_int_equal(symlink("elsewhere", "link"), 0);
	assert_int_not_equal(secret_write(&ctx, "--x", "link", SECRET_NEW, "x", 1), 0);
	assert_int_not_equal(stat("elsewhere", &st), 0);
	forget();
	assert_int_not_equal(secret_write(&ctx, "--x", "no/where", SECRET_NEW, "x", 1), 0);
	forget();
	assert_int_not_equal(secret_write(&ctx, "--x", "no/where", SECRET_REPLACE, "x", 1), 0);
	forget();
	assert_int_not_equal(secret_write(&ctx, "--x", "no/where", SECRET_APPEND, "x", 1), 0);
	forget();
	/* What cannot take the place of a folder leaves nothing behind. */
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_not_equal(secret_write(&ctx, "--x", "folder", SECRET_REPLACE, "x", 1), 0);
	assert_int_equal(rmdir("folder"), 0);
	unlink("new");
	unlink("link");
}

static const char secret[] = "DHHC-1:00:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR:";

static int read_secret(struct ctx *c, const char *opt, const char *file, struct secret *out)
{
	return dhchap_secret_read(c, &(struct key_source){ .file_opt = opt, .file = file }, out);
}

static void test_dhchap_secret(void **state)
{
	static const char *const ends[] = { "", "\n", "\r\n" };
	char text[AUTH_TEXT_MAX + 4];
	struct secret s;

	(void)state;
	for (size_t i = 0; i < NELEMS(ends); i++) {
		snprintf(text, sizeof(text), "%s%s", secret, ends[i]);
		write_file("key", text, 0600);
		assert_int_equal(read_secret(&ctx, "--dhchap-secret-file", "key", &s), 0);
		assert_int_equal(s.len, strlen(secret));
		assert_string_equal((char *)s.p, secret);
	}
	assert_int_equal(ctx.warnings->c.n, 0);
	write_file("key", secret, 0640);
	assert_int_equal(read_secret(&ctx, "--dhchap-secret-file", "key", &s), 0);
	assert_int_equal(ctx.warnings->c.n, 1);
	for (size_t n = 1; n < strlen(secret); n++) {
		snprintf(text, sizeof(text), "%.*s", (int)n, secret);
		write_file("key", text, 0600);
		s = (struct secret){ NULL, 0 };
		assert_int_equal(read_secret(&ctx, "--dhchap-secret-file", "key", &s), -EBADMSG);
		assert_int_equal(ctx.error.code, XC_DATA);
		assert_non_null(strstr(ctx.error.message, "--dhchap-secret-file: key"));
		assert_null(strstr(ctx.error.message, "AAEC"));
		assert_null(s.p);
		forget();
	}
	write_file("key", "", 0600);
	assert_int_not_equal(read_secret(&ctx, "--f", "key", &s), 0);
	forget();
	assert_int_not_equal(read_secret(&ctx, "--f", "absent", &s), 0);
	forget();
	unlink("key");
}

/* --- export and import --- */

static int run(struct val **out, ...)
{
	char *argv[16];
	struct parsed p;
	int argc = 0, rc;
	va_list ap;

	va_start(ap, out);
	argv[argc++] = (char *)"nvmekit";
	for (char *w = va_arg(ap, char *); w; w = va_arg(ap, char *))
		argv[argc++] = arena_strdup(ctx.arena, w);
	va_end(ap);
	argv[argc] = NULL;
	rc = cli_parse(&ctx, argc, argv, &p);
	ctx.g.system = "demo";
	*out = val_new(ctx.arena, VAL_OBJ);
	ctx.cmd = p.cmd;
	return rc ? rc : p.cmd->run(&ctx, p.args, *out);
}

static void no_key_in(const char *text)
{
	assert_null(strstr(text, "NVMeTLSkey-1:"));
}

static void test_round_trip(void **state)
{
	struct val *v;
	int32_t ring, key;
	struct secret before, after;
	const char *first = "NVMe0R01 h s", *lines;

	(void)state;
	assert_int_equal(run(&v, "gen-tls-key", "--insert", "-n", "h", "-c", "s", "-O", "psk", "-f", "appended", NULL), 0);
	assert_null(val_get(v, "key"));
	assert_string_equal(val_str(ctx.arena, v, "identity"), first);
	assert_true(val_u64(v, "serial", 0) > 0);
	assert_int_equal(mode_of("psk"), 0600);
	assert_int_equal(mode_of("appended"), 0600);
	assert_int_equal(run(&v, "gen-tls-key", "--insert", "-n", "h", "-c", "t", "-m", "sha384", "-I", "1", "-f", "appended", NULL), 0);
	assert_int_equal(run(&v, "keys", "export", "-f", "exported", NULL), 0);
	assert_int_equal(val_u64(v, "count", 0), 2);
	assert_null(val_get(v, "keys"));
	lines = arena_strdup(ctx.arena, read_file("exported"));
	assert_string_equal(lines, read_file("appended"));
	assert_int_equal(mode_of("exported"), 0600);
	assert_int_equal(run(&v, "keys", "export", "-f", "-", NULL), 0);
	assert_string_equal(val_str(ctx.arena, v, "text"), lines);

	/* The configured PSK makes the same key again. */
	assert_int_equal(keyring_find(&ctx, NULL, &ring), 0);
	assert_int_equal(keyring_psk(&ctx, ring, first, &key), 0);
	assert_int_equal(keyring_read(&ctx, key, first, &before), 0);
	assert_int_equal(run(&v, "keys", "revoke", "-i", first, NULL), 0);
	assert_int_equal(run(&v, "keys", "insert-tls", "--keydata-file", "psk", "-n", "h", "-c", "s", NULL), 0);
	assert_int_equal(keyring_psk(&ctx, ring, first, &key), 0);
	assert_int_equal(keyring_read(&ctx, key, first, &after), 0);
	assert_memory_equal(before.p, after.p, 32);
	assert_int_equal(run(&v, "check-tls-key", "--keydata-file", "psk", "-n", "h", "-c", "s", NULL), 0);
	assert_int_equal(val_u64(v, "loaded", 0), 1);
	assert_int_equal(val_u64(v, "serial", 0), key);
	assert_int_equal(run(&v, "check-tls-key", "--keydata-file", "psk", "-n", "h", "-c", "s2", NULL), 0);
	assert_int_equal(val_u64(v, "loaded", 1), 0);
	assert_int_equal(ctx.error.code, XC_OK);

	/* Another system gets them from the file. */
	ctx.keys = NULL;
	assert_int_equal(run(&v, "keys", "import", "-f", "exported", NULL), 0);
	assert_int_equal(val_get(v, "keys")->c.n, 2);
	assert_int_equal(run(&v, "keys", "export", "-f", "-", NULL), 0);
	assert_string_equal(val_str(ctx.arena, v, "text"), lines);
	assert_int_equal(run(&v, "keys", "list", NULL), 0);
	assert_int_equal(val_get(v, "keys")->c.n, 2);
	unlink("psk");
	unlink("appended");
	unlink("exported");
}

#define PSK "NVMeTLSkey-1:01:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwNf9LrZ:"
#define PSK48 "NVMeTLSkey-1:02:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwP/w0S89ELi3W2LxIcLXVsDn8kXZQ==:"

static void test_import_is_all_or_nothing(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *part;
	} bad[] = {
		{ "NVMe0R01 h s " PSK "\nNVMe0R01 h s\n", XC_DATA, "line 2" },
		{ "NVMe0R01 h s " PSK "\n\nnonsense\n", XC_DATA, "line 3" },
		{ "NVMe0R01 h s " PSK "\n" PSK "\n", XC_DATA, "line 2" },
		{ "NVMe0R01 h s " PSK "\nh s " PSK "\n", XC_DATA, "identity" },
		{ "NVMe0R01 h s " PSK "\nNVMe0R01 h t " PSK48 "\n", XC_DATA, "another length" },
		{ "NVMe0R01 h s " PSK "\nNVMe0R01 h t NVMeTLSkey-1:01:AAAA:\n", XC_DATA, "no valid key" },
		{ "NVMe0R01 h s " PSK "x\n", XC_DATA, "line 1" },
		{ "NVMe0R01 h s  " PSK "\n", XC_DATA, "identity" },
		{ "\n\n\r\n", XC_DATA, "no key in it" },
		{ "NVMe0R01 h s " PSK "\nh DHHC-1:00:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR:\n", XC_UNSUPPORTED, "DH-HMAC-CHAP" },
	};
	struct val *v;

	(void)state;
	for (size_t i = 0; i < NELEMS(bad); i++) {
		write_file("keys", bad[i].text, 0600);
		assert_int_not_equal(run(&v, "keys", "import", "-f", "keys", NULL), 0);
		assert_int_equal(ctx.error.code, bad[i].code);
		if (!strstr(ctx.error.message, bad[i].part))
			fail_msg("'%s' does not say '%s'", ctx.error.message, bad[i].part);
		no_key_in(ctx.error.message);
		forget();
		assert_int_equal(run(&v, "keys", "list", NULL), 0);
		assert_int_equal(val_get(v, "keys")->c.n, 0);
	}
	/* No end of the line, that of another system, and what nvme-cli 2 wrote for version 0. */
	write_file("keys", "NVMe0R01 h s " PSK "\r\nNVMe0R01 h t NVMeTLSkey-0:01:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwNf9LrZ:",
		   0600);
	assert_int_equal(run(&v, "keys", "import", "-f", "keys", NULL), 0);
	assert_int_equal(val_get(v, "keys")->c.n, 2);
	unlink("keys");
}

static void test_import_truncated(void **state)
{
	static const char whole[] = "NVMe0R01 h s " PSK "\nNVMe0R01 h t " PSK "\n";
	char text[sizeof(whole)];
	struct val *v;
	size_t ok = 0;

	(void)state;
	for (size_t n = 0; n < sizeof(whole); n++) {
		snprintf(text, sizeof(text), "%.*s", (int)n, whole);
		write_file("keys", text, 0600);
		ok += run(&v, "keys", "import", "-f", "keys", NULL) == 0;
		forget();
	}
	/* Each line is complete with its last colon. */
	assert_int_equal(ok, 4);
	unlink("keys");
}

static int enter(void **state)
{
	(void)state;
	return !mkdtemp(folder) || chdir(folder);
}

static int leave(void **state)
{
	(void)state;
	return chdir("/") || rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ring, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ring_errors, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_dry_run, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_secret_write, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_dhchap_secret, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_round_trip, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_import_is_all_or_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_import_truncated, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
