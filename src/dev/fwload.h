/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Firmware Image Download in transfers that the controller and the kernel accept: Base 2.1, section 5.1.9. */
#ifndef NVMEKIT_DEV_FWLOAD_H
#define NVMEKIT_DEV_FWLOAD_H

#include "dev/dev.h"

struct fw_load {
	const void *image;   /* page-aligned (dev_buffer) */
	size_t len;	     /* bytes, a multiple of 4; no more than this is ever read */
	uint64_t offset;     /* of the first byte in the drive's image, a multiple of 4 */
	uint32_t unit;	     /* pieces begin and end at multiples of it (FWUG), the last one may end anywhere; 4: no rule */
	uint32_t chunk;	     /* bytes of a transfer, a multiple of unit */
	bool fixed;	     /* the user chose chunk: it stays */
	bool ignore_overlap; /* Overlapping Range of a piece is no error */
	bool progress;	     /* ctx->show_progress hears of it */
	/* how it went */
	size_t sent;
	uint32_t commands, overlaps;
};

/*
 * Sends the whole image. A transfer that the kernel finds too large is halved, and the first piece that the
 * controller refuses as an invalid field is tried once more in the smallest size. 0, or the error recorded.
 *
 * In a dry run the first and the last command stand for all.
 */
int dev_fw_download(struct dev *dev, struct fw_load *l);

#endif
