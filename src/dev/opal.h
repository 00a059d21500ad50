/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Linux's interface to Opal drives (include/uapi/linux/sed-opal.h), which is asked for on the block node of a namespace
 * and answered by the whole drive. The numbers and the layout are the kernel's; they stand here because the headers
 * that a program is built with are often older than the kernel that it runs on.
 *
 * A request of kind REQ_OPAL has the number in cdw10 and the struct in data.
 */
#ifndef NVMEKIT_DEV_OPAL_H
#define NVMEKIT_DEV_OPAL_H

#include <stdint.h>
#include <sys/ioctl.h>

#define OPAL_KEY_MAX_LEN 255u

enum { OPAL_KEY_GIVEN = 0, OPAL_KEY_IN_KEYRING = 1 };
enum { OPAL_WHO_ADMIN1 = 0 };
enum { OPAL_STATE_RO = 1, OPAL_STATE_RW = 2, OPAL_STATE_LOCKED = 4 };
enum { OPAL_KEEP_DATA = 1 };

struct opal_secret {
	uint8_t range, len, type, pad[5];
	uint8_t key[256];
};
struct opal_session {
	uint32_t single_user, who;
	struct opal_secret key;
};
struct opal_activate {
	struct opal_secret key;
	uint32_t single_user;
	uint8_t nranges, ranges[9], pad[2];
};
struct opal_range {
	uint64_t start, length;
	uint32_t read_locks, write_locks; /* whether locking applies to reads and writes */
	struct opal_session session;
};
struct opal_lock {
	struct opal_session session;
	uint32_t state;
	uint16_t flags;
	uint8_t pad[2];
};
struct opal_password {
	struct opal_session session, changed;
};
struct opal_keep {
	struct opal_secret key;
	uint32_t options, pad;
};

#define OPAL_SAVE	    _IOW('p', 220, struct opal_lock)
#define OPAL_LOCK_UNLOCK    _IOW('p', 221, struct opal_lock)
#define OPAL_TAKE_OWNERSHIP _IOW('p', 222, struct opal_secret)
#define OPAL_ACTIVATE	    _IOW('p', 223, struct opal_activate)
#define OPAL_SET_PASSWORD   _IOW('p', 224, struct opal_password)
#define OPAL_REVERT	    _IOW('p', 226, struct opal_secret)
#define OPAL_SETUP_RANGE    _IOW('p', 227, struct opal_range)
#define OPAL_REVERT_PSID    _IOW('p', 232, struct opal_secret)
/* Since Linux 6.6: */
#define OPAL_REVERT_LOCKING _IOW('p', 240, struct opal_keep)
#define OPAL_SET_SID	    _IOW('p', 241, struct opal_password)

_Static_assert(sizeof(struct opal_secret) == 264 && sizeof(struct opal_activate) == 280 &&
		       sizeof(struct opal_range) == 296 && sizeof(struct opal_lock) == 280 &&
		       sizeof(struct opal_password) == 544 && sizeof(struct opal_keep) == 272,
	       "the layout is the kernel's");

/*
 * The drive refused with a method status of TCG (src/spec/security.h), which stands in the result of the request. It
 * is no status of NVMe, and no errno of the kernel.
 */
#define OPAL_REFUSED EREMOTEIO

#endif
