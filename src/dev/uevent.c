/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/clock.h"
#include "dev/uevent.h"

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/num.h"

enum {
	KERNEL_EVENTS = 1,   /* the multicast group of the kernel itself; udev has the next one */
	MESSAGE_MAX = 8192,  /* more than the kernel makes (2048 bytes of environment and a path) */
	QUEUE = 1 << 20,
	SLICE_MS = 500,      /* how late Ctrl-C can be noticed that came between looking and waiting */
};

struct uevents {
	struct ctx *ctx;
	int fd;             /* -1: nobody tells */
	const char *image;  /* base name of the file that is watched; NULL: netlink */
};

/* --- where they come from --- */

static int open_netlink(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_EVENTS };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT), size = QUEUE;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* A change replaces the file: the folder is where that is seen. */
static void open_image(struct uevents *u)
{
	const char *path = u->ctx->g.system, *slash = strrchr(path, '/');
	const char *dir = slash ? arena_strndup(u->ctx->arena, path, (size_t)(slash - path) + 1) : ".";

	u->image = slash ? slash + 1 : path;
	u->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (u->fd < 0 || inotify_add_watch(u->fd, dir, IN_MOVED_TO | IN_CLOSE_WRITE) >= 0)
		return;
	close(u->fd);
	u->fd = -1;
}

struct uevents *uevent_open(struct ctx *ctx)
{
	struct uevents *u = arena_alloc(ctx->arena, sizeof(*u));

	u->ctx = ctx;
	u->fd = -1;
	if (ctx->g.system && strcmp(ctx->g.system, "demo") != 0)
		open_image(u);
	else if (!ctx->g.system && !*ctx->g.sysroot)
		u->fd = open_netlink();
	return u;
}

void uevent_close(struct uevents *u)
{
	if (u->fd >= 0)
		close(u->fd);
	u->fd = -1;
}

bool uevent_told(const struct uevents *u)
{
	return u->fd >= 0;
}

/* --- what they say --- */

/* Cuts what does not fit: no name of NVMe is that long. */
static void copy(char *to, size_t size, const char *from, size_t len)
{
	len = len < size - 1 ? len : size - 1;
	memcpy(to, from, len);
	to[len] = '\0';
}

static const char *value_of(const char *line, size_t len, const char *key, size_t *n)
{
	size_t k = strlen(key);

	if (len <= k || line[k] != '=' || memcmp(line, key, k) != 0)
		return NULL;
	*n = len - k - 1;
	return line + k + 1;
}

static void one_line(const char *line, size_t len, struct uevent *ev)
{
	char number[16];
	const char *v;
	uint64_t aen;
	size_t n;

	if ((v = value_of(line, len, "ACTION", &n)))
		copy(ev->action, sizeof(ev->action), v, n);
	else if ((v = value_of(line, len, "SUBSYSTEM", &n)))
		copy(ev->subsystem, sizeof(ev->subsystem), v, n);
	else if ((v = value_of(line, len, "NVME_EVENT", &n)))
		copy(ev->text, sizeof(ev->text), v, n);
	else if ((v = value_of(line, len, "DEVPATH", &n))) {
		for (size_t i = n; i > 0; i--) {
			if (v[i - 1] != '/')
				continue;
			copy(ev->name, sizeof(ev->name), v + i, n - i);
			break;
		}
	} else if ((v = value_of(line, len, "NVME_AEN", &n)) && n < sizeof(number)) {
		copy(number, sizeof(number), v, n);
		if (num_parse(number, &aen) == 0 && aen <= UINT32_MAX)
			ev->aen = (uint32_t)aen;
	}
}

bool uevent_parse(const char *msg, size_t len, struct uevent *ev)
{
	*ev = (struct uevent){ .action = "" };
	/* The first line, ACTION@DEVPATH, says nothing that the others do not. */
	for (size_t at = strnlen(msg, len) + 1; at < len;) {
		size_t n = strnlen(msg + at, len - at);

		one_line(msg + at, n, ev);
		at += n + 1;
	}
	if (!*ev->action || !*ev->name)
		return false;
	if (strncmp(ev->subsystem, "nvme", 4) == 0)
		return true;
	return strcmp(ev->subsystem, "block") == 0 && strncmp(ev->name, "nvme", 4) == 0;
}

/* 1: one that is asked for; 0: another; -EAGAIN: there is none. */
static int take_netlink(struct uevents *u, struct uevent *ev)
{
	char buf[MESSAGE_MAX];
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n = recvmsg(u->fd, &msg, 0);

	if (n < 0 && errno == ENOBUFS) {
		*ev = (struct uevent){ .action = "lost" };
		return 1;
	}
	if (n < 0)
		return errno == EINTR ? 0 : -EAGAIN;
	/* Other processes can send here too: the kernel is nobody's process. */
	if (from.nl_pid || msg.msg_flags & MSG_TRUNC)
		return 0;
	return uevent_parse(buf, (size_t)n, ev);
}

static int take_image(struct uevents *u, struct uevent *ev)
{
	char buf[4096] __attribute__((aligned(8)));
	ssize_t n = read(u->fd, buf, sizeof(buf));
	int found = 0;

	if (n <= 0)
		return n < 0 && errno == EINTR ? 0 : -EAGAIN;
	for (size_t at = 0; at + sizeof(struct inotify_event) <= (size_t)n;) {
		struct inotify_event e;

		memcpy(&e, buf + at, sizeof(e));
		at += sizeof(e);
		if (e.len && at + e.len <= (size_t)n && strncmp(buf + at, u->image, e.len) == 0)
			found = 1;
		at += e.len;
	}
	*ev = (struct uevent){ .action = "image" };
	return found;
}

static int take(struct uevents *u, const char *name, struct uevent *ev)
{
	int rc;

	do {
		rc = u->image ? take_image(u, ev) : take_netlink(u, ev);
	} while (!rc || (rc > 0 && name && *ev->name && strcmp(ev->name, name) != 0));
	return rc;
}

int uevent_wait(struct uevents *u, const char *name, uint64_t ms, struct uevent *ev)
{
	uint64_t start = now_ms(), gone = 0;

	for (;;) {
		struct pollfd p = { .fd = u->fd, .events = POLLIN };
		uint64_t left = ms - gone < SLICE_MS ? ms - gone : SLICE_MS;

		if (u->fd >= 0 && take(u, name, ev) > 0)
			return 1;
		if (ctx_interrupted)
			return -EINTR;
		if (gone >= ms)
			return 0;
		(void)poll(&p, u->fd >= 0, (int)left); /* a signal ends it early, which is right */
		gone = now_ms() - start;
	}
}
