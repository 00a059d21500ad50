/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a secure connection needs besides the kernel's options. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dev/fabrics.h"
#include "dev/fabrics_linux.h"

#define INITIAL_PID_NAMESPACE 0xEFFFFFFCu /* Linux, include/linux/proc_ns.h: PROC_PID_INIT_INO */

extern char **environ;

int run_quietly(const char *const *argv)
{
	posix_spawn_file_actions_t fa;
	int rc, status;
	pid_t pid;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&fa, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	rc = posix_spawnp(&pid, argv[0], &fa, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	if (rc)
		return -rc;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

/* From within a container only some processes are to be seen. */
static bool sees_all_processes(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == INITIAL_PID_NAMESPACE;
}

static bool is_running(const char *name)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	bool found = false;

	while (d && !found && (e = readdir(d))) {
		char path[sizeof(e->d_name) + 16], comm[64];
		ssize_t n;
		int fd;

		if (e->d_name[0] < '0' || e->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", e->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, comm, sizeof(comm) - 1);
		if (fd >= 0)
			close(fd);
		comm[n > 0 ? n : 0] = '\0';
		comm[strcspn(comm, "\n")] = '\0';
		found = strcmp(comm, name) == 0;
	}
	if (d)
		closedir(d);
	return found;
}

/* The kernel hands the handshake to a daemon, and waits for a long time where there is none. */
static int need_tlshd(struct ctx *ctx, const struct fab_conn *c)
{
	int rc;

	if (is_running("tlshd"))
		return 0;
	if (!sees_all_processes()) {
		warn_user(ctx, "no tlshd is to be seen here; without one on this machine the TLS handshake fails");
		return 0;
	}
	rc = fail(ctx, XC_UNSUPPORTED, ESRCH, "cannot connect to %s: no tlshd is running, which does the kernel's TLS handshakes",
		  fab_describe(ctx->arena, c));
	return fail_hint(ctx, rc, "install ktls-utils and start it: systemctl start tlshd");
}

int fab_preflight(struct ctx *ctx, const struct fab_conn *c)
{
	/* Nothing of this machine counts for another one. */
	if (ctx->g.system || *ctx->g.sysroot)
		return 0;
	return fab_flag(c, FK_TLS) || fab_flag(c, FK_CONCAT) ? need_tlshd(ctx, c) : 0;
}

bool fab_address_is_ours(struct ctx *ctx, const char *addr)
{
	struct ifaddrs *list = NULL;
	bool found = false;

	if (ctx->g.system || getifaddrs(&list))
		return ctx->g.system;
	for (const struct ifaddrs *i = list; i && !found; i = i->ifa_next) {
		char text[NI_MAXHOST];
		int family = i->ifa_addr ? i->ifa_addr->sa_family : AF_UNSPEC;
		socklen_t len = family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);

		if ((family == AF_INET || family == AF_INET6) &&
		    getnameinfo(i->ifa_addr, len, text, sizeof(text), NULL, 0, NI_NUMERICHOST) == 0)
			found = fab_same_address(text, addr);
	}
	freeifaddrs(list);
	return found;
}
