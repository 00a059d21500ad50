/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * /dev/nvme-fabrics: one write of options makes a controller, one read tells its name (Linux, drivers/nvme/host/fabrics.c). It
 * is written here and not by libnvme, which since 1.5 leaves out without a word what the kernel does not list, secrets and TLS
 * included, and whose struct of options changes its layout between releases.
 */
#include "dev/fabrics_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dev/fabrics.h"
#include "dev/sysfs.h"

#define NODE "/dev/nvme-fabrics"
enum { TOKENS_MAX = 4096, KMSG_RECORD = 8192, KMSG_TEXT = 400, MAX_ADDRESSES = 64 };

static int open_node(struct ctx *ctx, int flags)
{
	int fd = open(arena_printf(ctx->arena, "%s" NODE, ctx->g.sysroot), flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int no_node(struct ctx *ctx, int err)
{
	int rc;

	if (err == EACCES || err == EPERM) {
		rc = fail(ctx, XC_PERM, err, "cannot open " NODE ": %s", strerror(err));
		return fail_hint(ctx, rc, "run it as root");
	}
	rc = fail(ctx, XC_UNSUPPORTED, err, "cannot open " NODE ": %s", strerror(err));
	return fail_hint(ctx, rc, "load the module: modprobe nvme-fabrics (and nvme-tcp, nvme-rdma, nvme-fc or nvme-loop for the transport)");
}

/* Nobody has used it since boot: the kernel's own way of loading a module on demand. */
static void load_modules(struct ctx *ctx)
{
	if (!*ctx->g.sysroot)
		(void)run_quietly((const char *const[]){ "modprobe", "-q", "nvme-fabrics", NULL });
}

int linux_fab_tokens(struct ctx *ctx, const char **tokens)
{
	char *buf = arena_alloc(ctx->arena, TOKENS_MAX + 1);
	int fd = open_node(ctx, O_RDONLY);
	ssize_t n;

	if (fd == -ENOENT || fd == -ENXIO || fd == -ENODEV) {
		load_modules(ctx);
		fd = open_node(ctx, O_RDONLY);
	}
	if (fd < 0)
		return no_node(ctx, -fd);
	n = read(fd, buf, TOKENS_MAX);
	close(fd);
	/* Kernels before 5.17 have nothing to read here (EINVAL). */
	*tokens = n > 0 ? buf : "";
	return 0;
}

/* --- the kernel's reasons --- */

/* From here on: what it says while we wait. -1: it keeps its log from us. */
static int open_kmsg(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && lseek(fd, 0, SEEK_END) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* "6,339,5140900,-;nvme nvme0: Connect command failed": what concerns us, in one line. Consumes fd. */
static const char *read_kmsg(struct arena *a, int fd)
{
	char record[KMSG_RECORD], *text;
	const char *all = NULL;
	ssize_t n;

	if (fd < 0)
		return NULL;
	while ((n = read(fd, record, sizeof(record) - 1)) > 0) {
		record[n] = '\0';
		text = strchr(record, ';');
		if (!text)
			continue;
		text[strcspn(text, "\n")] = '\0';
		text++;
		/* The option string with its secrets is never in there. */
		if ((strncmp(text, "nvme ", 5) != 0 && strncmp(text, "nvme_", 5) != 0) || (all && strlen(all) + strlen(text) > KMSG_TEXT))
			continue;
		all = all ? arena_printf(a, "%s; %s", all, text) : arena_strdup(a, text);
	}
	close(fd);
	return all;
}

/* --- making one --- */

/* "instance=3,cntlid=1\n" */
static int parse_answer(struct arena *a, const char *text, struct fab_new *out)
{
	int instance, cntlid;

	if (sscanf(text, "instance=%d,cntlid=%d", &instance, &cntlid) != 2 || instance < 0)
		return -EPROTO;
	out->name = arena_printf(a, "nvme%d", instance);
	out->cntlid = cntlid;
	return 0;
}

/* A transport whose module nobody has loaded: the kernel answers EINVAL for it. */
static void load_transport(struct ctx *ctx, const struct fab_conn *c)
{
	const char *module = arena_printf(ctx->arena, "nvme-%s", fab_text(c, FK_TRANSPORT));

	if (!*ctx->g.sysroot && access(arena_printf(ctx->arena, "/sys/module/nvme_%s", fab_text(c, FK_TRANSPORT)), F_OK))
		(void)run_quietly((const char *const[]){ "modprobe", "-q", module, NULL });
}

int linux_fab_add(struct ctx *ctx, const struct fab_conn *c, const char *options, struct fab_new *out, const char **why)
{
	char answer[128];
	ssize_t n;
	int fd, kmsg, rc;

	load_transport(ctx, c);
	fd = open_node(ctx, O_RDWR);
	if (fd < 0)
		return fd;
	kmsg = open_kmsg();
	do
		n = write(fd, options, strlen(options));
	while (n < 0 && errno == EINTR && !ctx_interrupted);
	rc = n < 0 ? -errno : 0;
	if (!rc) {
		n = read(fd, answer, sizeof(answer) - 1);
		rc = n < 0 ? -errno : 0;
		answer[n > 0 ? n : 0] = '\0';
	}
	close(fd);
	*why = rc ? read_kmsg(ctx->arena, kmsg) : NULL;
	if (!rc && kmsg >= 0)
		close(kmsg);
	return rc ? rc : parse_answer(ctx->arena, answer, out);
}

/* --- what there is already --- */

/* The attribute's text begins with 'none', or there is none. What it holds otherwise is a secret. */
static bool has_none(struct ctx *ctx, const char *ctrl, const char *attr, bool absent)
{
	int fd = open(arena_printf(ctx->arena, "%s/sys/class/nvme/%s/%s", ctx->g.sysroot, ctrl, attr), O_RDONLY | O_CLOEXEC);
	char text[256];
	ssize_t n;
	bool none;

	if (fd < 0)
		return errno == ENOENT && absent;
	n = read(fd, text, sizeof(text));
	close(fd);
	none = n == 0 || (n >= 4 && memcmp(text, "none", 4) == 0) || (n == 1 && *text == '\n');
	explicit_bzero(text, sizeof(text));
	return none;
}

/*
 * Linux shows a TLS key of connections with TLS alone, and secrets to root alone ("none": there is none). Of digests it says nothing.
 */
unsigned linux_fab_lacks(struct ctx *ctx, const char *ctrl, unsigned asked, unsigned *unknown)
{
	unsigned lacks = 0;

	*unknown = asked & (FAB_SEC_HDR_DIGEST | FAB_SEC_DATA_DIGEST);
	if (asked & FAB_SEC_TLS && has_none(ctx, ctrl, "tls_key", true))
		lacks |= FAB_SEC_TLS;
	if (asked & FAB_SEC_AUTH && has_none(ctx, ctrl, "dhchap_secret", false))
		lacks |= FAB_SEC_AUTH;
	if (asked & FAB_SEC_CTRL_AUTH && has_none(ctx, ctrl, "dhchap_ctrl_secret", false))
		lacks |= FAB_SEC_CTRL_AUTH;
	return lacks;
}

/* --- names --- */

int linux_fab_resolve(struct ctx *ctx, const char *host, const char *const **addrs)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG }, *list = NULL;
	const char **all = arena_calloc(ctx->arena, MAX_ADDRESSES + 1, sizeof(*all));
	size_t n = 0;
	int rc, again = 0;

	hints.ai_flags = AI_NUMERICHOST;
	rc = getaddrinfo(host, NULL, &hints, &list);
	if (rc) {
		hints.ai_flags = AI_ADDRCONFIG;
		rc = getaddrinfo(host, NULL, &hints, &list);
		again = errno;
	}
	if (rc)
		return fail(ctx, XC_CONNECT, rc == EAI_SYSTEM ? again : 0, "cannot find an address of '%s': %s", host,
			    rc == EAI_SYSTEM ? strerror(again) : gai_strerror(rc));
	for (const struct addrinfo *i = list; i && n < MAX_ADDRESSES; i = i->ai_next) {
		char text[NI_MAXHOST];

		if (getnameinfo(i->ai_addr, i->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST) == 0)
			all[n++] = arena_strdup(ctx->arena, text);
	}
	freeaddrinfo(list);
	*addrs = all;
	return n ? 0 : fail(ctx, XC_CONNECT, 0, "'%s' has no address that could be connected to", host);
}

/* --- ending one --- */

/*
 * The attribute is opened at once: what is written to it later concerns the controller that was there then, and no other that has got
 * the same name meanwhile. Only root can; others find that out when they write.
 */
int linux_attach(struct dev *dev)
{
	struct ctx *ctx = dev->ctx;
	int rc = sysfs_describe(dev);
	const char *dir;

	if (rc || dev->kind != DEV_CTRL)
		return -ENODEV;
	dir = arena_printf(ctx->arena, "%s/sys/class/nvme/%s", ctx->g.sysroot, dev->name);
	if (access(dir, F_OK))
		return -ENODEV;
	dev->fd = open(arena_printf(ctx->arena, "%s/delete_controller", dir), O_WRONLY | O_CLOEXEC);
	return 0;
}

/* A lock on the attribute, which none but root can open, and so none but root can hold up. */
int linux_hold(struct dev *dev)
{
	if (dev->fd < 0 || flock(dev->fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK ? -EAGAIN : -errno;
}

int linux_disconnect(struct dev *dev)
{
	struct ctx *ctx = dev->ctx;
	int fd = dev->fd, rc;

	if (fd < 0)
		fd = open(arena_printf(ctx->arena, "%s/sys/class/nvme/%s/delete_controller", ctx->g.sysroot, dev->ctrl),
			  O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ENODEV : -errno;
	rc = write(fd, "1", 1) < 0 ? -errno : 0;
	if (fd != dev->fd)
		close(fd);
	return rc;
}
