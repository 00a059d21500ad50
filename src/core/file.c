/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int file_write(int fd, const void *p, size_t len)
{
	const char *from = p;

	while (len) {
		ssize_t n = write(fd, from, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		from += n;
		len -= (size_t)n;
	}
	return 0;
}

int file_read(struct arena *a, int fd, size_t max, char **text, size_t *len)
{
	size_t size = 16 * 1024, used = 0;
	char *buf = arena_alloc(a, size);

	for (;;) {
		ssize_t n = read(fd, buf + used, size - used - 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		used += (size_t)n;
		if (used > max)
			return -EFBIG;
		if (used + 1 == size) {
			char *more = arena_alloc(a, size * 2);

			memcpy(more, buf, used);
			buf = more;
			size *= 2;
		}
	}
	buf[used] = '\0';
	*text = buf;
	*len = used;
	return 0;
}

const char *file_folder(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	return !slash ? "." : slash == path ? "/" : arena_strndup(a, path, (size_t)(slash - path));
}

static void sync_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	/* The new name stands already; there is no better answer to a failure here. */
	(void)!fsync(fd);
	close(fd);
}

static int fill(int fd, const void *p, size_t len, struct file_look look, struct stat *now)
{
	int rc = file_write(fd, p, len);

	if (rc)
		return rc;
	if (fchown(fd, look.uid, look.gid) && errno != EPERM)
		return -errno;
	/* In this order: a change of the owner takes bits of the mode away. */
	if (fchmod(fd, look.mode) || fsync(fd) || (now && fstat(fd, now)))
		return -errno;
	return 0;
}

int file_replace(struct arena *a, const char *path, const void *p, size_t len, struct file_look look,
		 struct stat *now)
{
	char *temp = arena_printf(a, "%s.XXXXXX", path);
	struct stat old;
	int fd, rc;

	/* What has taken the place of /dev/null would be missed. */
	if (stat(path, &old) == 0 && !S_ISREG(old.st_mode))
		return S_ISDIR(old.st_mode) ? -EISDIR : -ENOTSUP;
	fd = mkostemp(temp, O_CLOEXEC); /* which makes it 0600 */
	if (fd < 0)
		return -errno;
	rc = fill(fd, p, len, look, now);
	if (close(fd) && !rc)
		rc = -errno;
	if (!rc && rename(temp, path))
		rc = -errno;
	if (rc)
		(void)unlink(temp);
	else
		sync_folder(file_folder(a, path));
	return rc;
}
