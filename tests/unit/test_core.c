/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ctx.h"
#include "core/file.h"
#include "core/num.h"
#include "core/secret.h"
#include "core/val.h"

static void test_num_parse(void **state)
{
	static const struct {
		const char *text;
		int rc;
		uint64_t v;
	} rows[] = {
		{ "0", 0, 0 },
		{ "10", 0, 10 },
		{ "0x10", 0, 16 },
		{ "0XfF", 0, 255 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "0xffffffffffffffff", 0, UINT64_MAX },
		{ "0x10000000000000000", -ERANGE, 0 },
		{ "340282366920938463463374607431768211456", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "0x", -EINVAL, 0 },
		{ "010", -EINVAL, 0 },
		{ "12x", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 },
		{ "1_000", -EINVAL, 0 },
		{ "1,000", -EINVAL, 0 },
		{ "0x1g", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t v = 0;

		if (num_parse(rows[i].text, &v) != rows[i].rc || v != rows[i].v)
			fail_msg("'%s' gives %llu", rows[i].text, (unsigned long long)v);
	}
}

static void test_units(void **state)
{
	uint64_t v = 0;

	(void)state;
	assert_int_equal(num_parse_bytes("800G", &v), 0);
	assert_true(v == 800000000000ULL);
	assert_int_equal(num_parse_bytes("800GiB", &v), 0);
	assert_true(v == 800ULL << 30);
	assert_int_equal(num_parse_bytes("4k", &v), 0);
	assert_true(v == 4000);
	assert_int_equal(num_parse_bytes("512", &v), 0);
	assert_true(v == 512);
	assert_int_equal(num_parse_bytes("20000P", &v), -ERANGE);
	assert_int_equal(num_parse_bytes("8GG", &v), -EINVAL);
	assert_int_equal(num_parse_bytes("G", &v), -EINVAL);
	assert_int_equal(num_parse_ms("10s", &v), 0);
	assert_true(v == 10000);
	assert_int_equal(num_parse_ms("250", &v), 0);
	assert_true(v == 250);
	assert_int_equal(num_parse_ms("2m", &v), 0);
	assert_true(v == 120000);
	assert_int_equal(num_parse_ms("1500us", &v), -EINVAL); /* no fraction is cut off */
	assert_int_equal(num_parse_ms("2000us", &v), 0);
	assert_true(v == 2);
}

static void test_formats(void **state)
{
	char buf[NUM_U128_MAX];

	(void)state;
	assert_string_equal(num_u128(0, buf), "0");
	assert_string_equal(num_u128(~(u128)0, buf), "340282366920938463463374607431768211455");
	assert_string_equal(num_si(0, buf), "0.00 B");
	assert_string_equal(num_si(999, buf), "999.00 B");
	assert_string_equal(num_si(2560000, buf), "2.56 MB");
	assert_string_equal(num_si(999995, buf), "1.00 MB");
	assert_string_equal(num_si(999994, buf), "999.99 kB");
	assert_string_equal(num_si((u128)1920383410176ULL, buf), "1.92 TB");
	assert_non_null(strstr(num_si(~(u128)0, buf), " YB"));
}

static void test_errors(void **state)
{
	struct ctx ctx;

	(void)state;
	ctx_init(&ctx);
	assert_int_equal(fail_hint(&ctx, -5, "no error yet"), -5);
	assert_null(ctx.error.hint);
	assert_int_equal(fail(&ctx, XC_NODEV, ENOENT, "no %s", "drive"), -ENOENT);
	fail_hint(&ctx, 0, "look again");
	/* The first message is the one that is kept. */
	assert_int_equal(fail(&ctx, XC_USAGE, 0, "something else"), -EINVAL);
	assert_int_equal(ctx.error.code, XC_NODEV);
	assert_string_equal(ctx.error.message, "no drive");
	assert_string_equal(ctx.error.hint, "look again");
	ctx_done(&ctx);

	ctx_init(&ctx);
	assert_int_equal(fail_status(&ctx, 0x4001, "x"), 0x4001);
	assert_int_equal(ctx.error.code, XC_UNSUPPORTED);
	ctx_done(&ctx);
	ctx_init(&ctx);
	fail_status(&ctx, 0x4002, "x");
	assert_int_equal(ctx.error.code, XC_STATUS);
	ctx_done(&ctx);
	for (const struct exit_info *i = exit_codes; i->cls; i++)
		assert_string_equal(exit_class(i->code), i->cls);
}

static void test_values(void **state)
{
	struct arena *a = arena_new();
	struct val *o = val_new(a, VAL_OBJ), *in, *bits;

	(void)state;
	val_put_u64(a, o, "n", 7);
	in = val_put_obj(a, o, "in");
	val_put_str(a, in, "s", "text  ");
	bits = val_put_u64(a, in, "bits", 5);
	bits->sub = val_new(a, VAL_OBJ);
	val_put_u64(a, bits->sub, "low", 1);
	val_put_u128(a, o, "w", (u128)1 << 70);
	assert_true(val_u64(o, "n", 0) == 7);
	assert_true(val_u64(o, "in.bits.low", 0) == 1);
	assert_true(val_u64(o, "in.bits.high", 9) == 9);
	assert_true(val_u64(o, "in.n", 9) == 9);
	assert_true(val_u64(o, "w", 0) == UINT64_MAX);
	assert_string_equal(val_str(a, o, "in.s"), "text");
	assert_string_equal(val_str(a, o, "n"), "");
	assert_null(val_path(o, "n.x"));
	arena_free(a);
}

static void test_arena(void **state)
{
	struct arena *a = arena_new();
	char *big, *small = arena_strdup(a, "small");

	(void)state;
	for (size_t n = 0; n < 3000; n++) {
		char *p = arena_alloc(a, n);

		assert_int_equal((uintptr_t)p % 8, 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	big = arena_alloc(a, 1 << 20);
	memset(big, 1, 1 << 20);
	assert_string_equal(small, "small");
	assert_string_equal(arena_printf(a, "%d-%s", 5, "x"), "5-x");
	assert_string_equal(arena_strndup(a, "abcdef", 3), "abc");
	arena_free(a);
}

#define LOOK { 0640, (uid_t)-1, (gid_t)-1 }

/* The number of files in the folder. */
static size_t files_in(const char *dir)
{
	char cmd[256];
	FILE *p;
	unsigned n = 0;

	snprintf(cmd, sizeof(cmd), "ls -A '%s' | wc -l", dir);
	p = popen(cmd, "r");
	assert_non_null(p);
	assert_int_equal(fscanf(p, "%u", &n), 1);
	pclose(p);
	return n;
}

static void test_files(void **state)
{
	char dir[] = "/tmp/nvmekit-file.XXXXXX", *name, *text, *big;
	struct arena *a = arena_new();
	struct stat st, now;
	size_t len;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	name = arena_printf(a, "%s/f", dir);
	for (size_t n = 0; n < 200000; n = n * 3 + 1) {
		big = arena_alloc(a, n);
		memset(big, 'x', n);
		assert_int_equal(file_replace(a, name, big, n, (struct file_look)LOOK, &now), 0);
		assert_int_equal(stat(name, &st), 0);
		assert_true(st.st_ino == now.st_ino && st.st_size == (off_t)n && (st.st_mode & 07777) == 0640);
		fd = open(name, O_RDONLY);
		assert_int_equal(file_read(a, fd, n, &text, &len), 0);
		assert_true(len == n && text[n] == '\0' && memcmp(text, big, n) == 0);
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		assert_int_equal(n ? file_read(a, fd, n - 1, &text, &len) : -EFBIG, -EFBIG);
		close(fd);
	}
	assert_int_equal(files_in(dir), 1);
	/* A folder, and what is neither, stay; nothing is left behind. */
	assert_int_equal(file_replace(a, dir, "x", 1, (struct file_look)LOOK, NULL), -EISDIR);
	name = arena_printf(a, "%s/fifo", dir);
	assert_int_equal(mkfifo(name, 0644), 0);
	assert_int_equal(file_replace(a, name, "x", 1, (struct file_look)LOOK, NULL), -ENOTSUP);
	assert_int_equal(file_replace(a, arena_printf(a, "%s/no/f", dir), "x", 1, (struct file_look)LOOK, NULL), -ENOENT);
	assert_int_equal(files_in(dir), 2);
	assert_string_equal(file_folder(a, "f"), ".");
	assert_string_equal(file_folder(a, "/f"), "/");
	assert_string_equal(file_folder(a, "/a/b/f"), "/a/b");
	unlink(name);
	unlink(arena_printf(a, "%s/f", dir));
	rmdir(dir);
	arena_free(a);
}

/* A key is not added to what is no file, and leaves it as it was. */
static void test_secrets_go_to_files(void **state)
{
	char dir[] = "/tmp/nvmekit-file.XXXXXX", *fifo, *file;
	struct secret s;
	struct stat st;
	struct ctx ctx;
	int fd;

	(void)state;
	ctx_init(&ctx);
	assert_non_null(mkdtemp(dir));
	fifo = arena_printf(ctx.arena, "%s/fifo", dir);
	file = arena_printf(ctx.arena, "%s/file", dir);
	assert_int_equal(mkfifo(fifo, 0644), 0);
	fd = open(fifo, O_RDONLY | O_NONBLOCK);
	for (enum secret_file how = SECRET_NEW; how <= SECRET_APPEND; how++)
		assert_true(secret_write(&ctx, "--keyfile", fifo, how, "key\n", 4) != 0);
	close(fd);
	assert_true(secret_write(&ctx, "--keyfile", fifo, SECRET_APPEND, "key\n", 4) != 0); /* nobody reads: no waiting */
	assert_int_equal(stat(fifo, &st), 0);
	assert_true(S_ISFIFO(st.st_mode) && (st.st_mode & 0777) == 0644);
	assert_int_equal(secret_write(&ctx, "--keyfile", file, SECRET_NEW, "1\n", 2), 0);
	assert_int_equal(chmod(file, 0644), 0);
	assert_int_equal(secret_write(&ctx, "--keyfile", file, SECRET_APPEND, "2\n", 2), 0);
	assert_int_equal(stat(file, &st), 0);
	assert_true(st.st_size == 4 && (st.st_mode & 0777) == 0600);
	assert_int_equal(secret_write(&ctx, "--keyfile", file, SECRET_REPLACE, "3\n", 2), 0);
	assert_int_equal(stat(file, &st), 0);
	assert_true(st.st_size == 2 && (st.st_mode & 0777) == 0600);
	assert_true(secret_write(&ctx, "--keyfile", file, SECRET_NEW, "4\n", 2) != 0);
	/* Who has read one leaves no core dump. */
	prctl(PR_SET_DUMPABLE, 1);
	assert_int_equal(secret_read(&ctx, "--keyfile", file, 10, true, &s), 0);
	assert_true(s.len == 1 && s.p[0] == '3');
	assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
	secret_wipe(&s);
	unlink(fifo);
	unlink(file);
	rmdir(dir);
	ctx_done(&ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_num_parse), cmocka_unit_test(test_units),	 cmocka_unit_test(test_formats),
		cmocka_unit_test(test_errors),	  cmocka_unit_test(test_values), cmocka_unit_test(test_arena),
		cmocka_unit_test(test_files), cmocka_unit_test(test_secrets_go_to_files),
	};

	return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
