/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "core/file.h"

#define TERMINAL "/dev/tty"

void secret_wipe(struct secret *s)
{
	if (s->p)
		explicit_bzero(s->p, s->len);
	s->p = NULL;
	s->len = 0;
}

void secret_no_dump(void)
{
	(void)prctl(PR_SET_DUMPABLE, 0);
}

/* Up to size bytes, all of them in one place, so that there is one place to overwrite. */
static int read_all(int fd, uint8_t *p, size_t size, size_t *len)
{
	*len = 0;
	while (*len < size) {
		ssize_t got = read(fd, p + *len, size - *len);

		if (got < 0 && errno == EINTR && !ctx_interrupted)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		*len += (size_t)got;
	}
	return 0;
}

static size_t without_end_of_line(const uint8_t *p, size_t len)
{
	if (len && p[len - 1] == '\n')
		len--;
	return len && p[len - 1] == '\r' ? len - 1 : len;
}

/* What everybody can read is no secret, and what others can write may be theirs. A group may be meant. */
static int check_mode(struct ctx *ctx, const char *opt, const char *path, int fd)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !(st.st_mode & (S_IRWXG | S_IRWXO)))
		return 0;
	if (st.st_mode & (S_IWGRP | S_IRWXO) && !ctx->g.open_secrets)
		return fail_hint(ctx,
				 fail(ctx, XC_USAGE, EACCES, "%s: others than its owner have access to %s (mode %03o), so it keeps no secret",
				      opt, path, (unsigned)(st.st_mode & 0777)),
				 "a file with a secret has mode 600; if others may have read this one, make a new secret");
	warn_user(ctx, "%s: others than its owner have access to %s (mode %03o)", opt, path,
		  (unsigned)(st.st_mode & 0777));
	return 0;
}

int secret_read(struct ctx *ctx, const char *opt, const char *path, size_t max, bool text, struct secret *out)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? "standard input" : path;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int rc = fd < 0 || is_stdin ? 0 : check_mode(ctx, opt, path, fd);
	size_t size = max + 3; /* the end of the line, and one more to see that it is too much */
	struct secret s = { arena_alloc(ctx->arena, size), size };
	size_t len = 0;

	secret_no_dump();
	if (fd < 0)
		return fail(ctx, XC_USAGE, errno, "%s: cannot open %s: %s", opt, path, strerror(errno));
	if (!rc && (rc = read_all(fd, s.p, size, &len)))
		rc = fail(ctx, XC_USAGE, -rc, "%s: cannot read %s: %s", opt, name, strerror(-rc));
	if (!is_stdin)
		close(fd);
	if (!rc && text)
		len = without_end_of_line(s.p, len);
	if (!rc && !len)
		rc = fail(ctx, XC_USAGE, 0, "%s: there is nothing in %s", opt, name);
	if (!rc && len > max)
		rc = fail(ctx, XC_USAGE, 0, "%s: %s holds more than the %zu bytes that are possible", opt,
			  name, max);
	if (rc) {
		secret_wipe(&s);
		return rc;
	}
	*out = (struct secret){ s.p, len };
	return 0;
}

static void say(int tty, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t n = write(tty, text, len);

		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

/* One line; the terminal hands it over when it is complete. */
static int answer(struct ctx *ctx, int tty, const char *question, size_t max, struct secret *out)
{
	uint8_t *p = arena_alloc(ctx->arena, max + 3);
	ssize_t got;
	int rc = 0;

	*out = (struct secret){ p, max + 3 };
	say(tty, question);
	got = read(tty, p, max + 3);
	say(tty, "\n");
	if (got < 0)
		rc = fail(ctx, errno == EINTR ? XC_TIMEOUT : XC_USAGE, errno, "nothing was entered: %s",
			  strerror(errno));
	else if (!without_end_of_line(p, (size_t)got))
		rc = fail(ctx, XC_USAGE, 0, "nothing was entered");
	else if (without_end_of_line(p, (size_t)got) > max)
		rc = fail(ctx, XC_USAGE, 0, "what was entered is longer than the %zu bytes that are possible",
			  max);
	if (rc)
		secret_wipe(out);
	else
		out->len = without_end_of_line(p, (size_t)got);
	return rc;
}

static int ask_both(struct ctx *ctx, int tty, const char *question, const char *again, size_t max,
		    struct secret *out)
{
	struct secret second = { NULL, 0 };
	int rc = answer(ctx, tty, question, max, out);

	if (rc || !again)
		return rc;
	rc = answer(ctx, tty, again, max, &second);
	if (!rc && (second.len != out->len || memcmp(second.p, out->p, out->len) != 0))
		rc = fail(ctx, XC_USAGE, 0, "the two answers differ");
	secret_wipe(&second);
	if (rc)
		secret_wipe(out);
	return rc;
}

int secret_ask(struct ctx *ctx, const char *question, const char *again, size_t max, struct secret *out)
{
	struct termios old, quiet;
	int tty = open(TERMINAL, O_RDWR | O_CLOEXEC | O_NOCTTY), rc;

	secret_no_dump();
	if (tty < 0 || tcgetattr(tty, &old)) {
		if (tty >= 0)
			close(tty);
		return fail(ctx, XC_USAGE, ENOTTY, "there is no terminal to ask on");
	}
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	quiet.c_lflag |= ICANON;
	/* What was typed before the question is no answer to it. */
	if (tcsetattr(tty, TCSAFLUSH, &quiet))
		rc = fail(ctx, XC_USAGE, errno,
			  "the terminal cannot be told to keep what is typed to itself: %s", strerror(errno));
	else
		rc = ask_both(ctx, tty, question, again, max, out);
	tcsetattr(tty, TCSAFLUSH, &old);
	close(tty);
	return rc;
}

void secret_take(struct ctx *ctx, const char *arg, struct secret *out)
{
	size_t len = strlen(arg);

	secret_no_dump();
	*out = (struct secret){ arena_memdup(ctx->arena, arg, len), len };
	explicit_bzero((char *)(uintptr_t)arg, len);
}

/* What cannot be completed is taken away again, except from a file that held something else before. */
static int add_to(int fd, bool created, const char *path, const void *p, size_t len)
{
	struct stat st;
	int rc = fstat(fd, &st) ? -errno : S_ISREG(st.st_mode) ? 0 : -ENOTSUP;

	if (!rc && fchmod(fd, 0600))
		rc = -errno;
	if (!rc)
		rc = file_write(fd, p, len);
	if (!rc && fsync(fd))
		rc = -errno;
	if (close(fd) && !rc)
		rc = -errno;
	if (rc && created)
		(void)unlink(path);
	return rc;
}

static int write_as(struct ctx *ctx, const char *path, enum secret_file how, const void *p, size_t len)
{
	int fd;

	if (how == SECRET_REPLACE)
		return file_replace(ctx->arena, path, p, len, (struct file_look){ 0600, (uid_t)-1, (gid_t)-1 }, NULL);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (how == SECRET_NEW ? O_EXCL | O_NOFOLLOW : O_APPEND),
		  0600);
	return fd < 0 ? -errno : add_to(fd, how == SECRET_NEW, path, p, len);
}

int secret_write(struct ctx *ctx, const char *opt, const char *path, enum secret_file how, const void *p,
		 size_t len)
{
	int rc = write_as(ctx, path, how, p, len);

	if (rc == -EEXIST && how == SECRET_NEW)
		return fail_hint(ctx, fail(ctx, XC_USAGE, EEXIST, "%s: %s exists already", opt, path),
				 "a new key replaces no file: name another one, or remove it");
	return rc ? fail(ctx, XC_USAGE, -rc, "%s: cannot write %s: %s", opt, path, strerror(-rc)) : 0;
}
