/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Files that are read and written as a whole. All return 0 or -errno, and none records an error. */
#ifndef NVMEKIT_CORE_FILE_H
#define NVMEKIT_CORE_FILE_H

#include <stddef.h>
#include <sys/stat.h>

#include "core/arena.h"

/* All of it, or an error. */
int file_write(int fd, const void *p, size_t len);
/* What is left to read, with a NUL behind it that len does not count. -EFBIG: it has more than max bytes. */
int file_read(struct arena *a, int fd, size_t max, char **text, size_t *len);

/* What a file is to look like. */
struct file_look {
	mode_t mode;
	uid_t uid; /* -1: whoever writes it; others than root cannot give a file away, then it is theirs */
	gid_t gid;
};

/*
 * Puts a new file in the place of the one at path, which is a name and not a link: whoever reads it sees the old or the
 * new one, also after a loss of power. After an error nothing has changed. -ENOTSUP: what is there is no file. now (or NULL)
 * gets the new one's attributes.
 */
int file_replace(struct arena *a, const char *path, const void *p, size_t len, struct file_look look,
		 struct stat *now);
/* The folder that a path leads through: "." where it names none. */
const char *file_folder(struct arena *a, const char *path);

#endif
