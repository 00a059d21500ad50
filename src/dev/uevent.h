/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What the kernel tells of NVMe devices as it happens: uevents over netlink (NETLINK_KOBJECT_UEVENT, group 1).
 * On a simulated system the event is that somebody replaced the image; where no events can be had (--sysroot, a container without
 * the kernel's), waiting is all that is done, and whoever waits looks for himself.
 */
#ifndef NVMEKIT_DEV_UEVENT_H
#define NVMEKIT_DEV_UEVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"

struct uevent {
	char action[16];    /* "add", "remove", "change"; "image" where an image was replaced; "lost" where the kernel dropped some */
	char subsystem[24]; /* "nvme", "nvme-subsystem", "nvme-generic", "block"; "" of the last two */
	char name[64];      /* "nvme0", "nvme-subsys0", "nvme0n1"; "" likewise */
	uint32_t aen;       /* NVME_AEN: dword 0 of an asynchronous event (Base 2.1, section 5.1.2); 0: none */
	char text[64];      /* NVME_EVENT: "connected", "rediscover", ...; "" without */
};

struct uevents;

/* Never NULL. Close it. */
struct uevents *uevent_open(struct ctx *ctx);
void uevent_close(struct uevents *u);
/* Are there events, or is every wait as long as it was told? */
bool uevent_told(const struct uevents *u);
/*
 * Waits for the next event of an NVMe device, of that name unless it is NULL (a lost event and an image are about all). 1: *ev says which;
 * 0: the time is over; -EINTR: Ctrl-C.
 */
int uevent_wait(struct uevents *u, const char *name, uint64_t ms, struct uevent *ev);

/* The parts of a message as the kernel sends them, len bytes of NUL-terminated lines; false: it is about nothing of NVMe. */
bool uevent_parse(const char *msg, size_t len, struct uevent *ev);

#endif
