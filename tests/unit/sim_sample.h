/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A system with every member that an image can have, and short ways to talk to it. */
#ifndef NVMEKIT_TESTS_SIM_SAMPLE_H
#define NVMEKIT_TESTS_SIM_SAMPLE_H

#include "core/ctx.h"
#include "dev/dev.h"
#include "dev/image.h"
#include "dev/sim.h"

extern const char sim_sample[];

struct rig {
	struct ctx ctx;
	struct dev dev;
	char file[64]; /* "" where the system is built in */
	uint8_t buf[65536];
};

/* Writes text to a file of its own; the name goes to file. */
void write_image(char file[64], const char *text);
char *slurp(const char *file);
/* A run of the tool on a system. */
void rig_on(struct rig *r, const char *system);
/* The same on a fresh copy of the sample. */
void rig_sample(struct rig *r);
/* Opens a node; the result of the backend's open. */
int rig_open(struct rig *r, const char *name);
/* Both on the sample; must succeed. */
void open_sample(struct rig *r, const char *name);
/* Whatever runs in the drives began so many milliseconds earlier. */
void rig_age(struct rig *r, uint64_t ms);
void rig_done(struct rig *r);

/* One command each; the answer is in r->buf. */
struct req admin_req(struct rig *r, uint8_t opcode, uint32_t nsid, uint32_t cdw10, uint32_t cdw11, uint32_t len);
int submit(struct rig *r, struct req *req);
int identify(struct rig *r, uint8_t cns, uint8_t csi, uint32_t nsid);
int get_log(struct rig *r, uint8_t lid, uint32_t nsid, uint64_t offset, uint32_t len);
/* A number in what the last command returned, decoded with a structure of the tables. */
uint64_t answer_u64(struct rig *r, const struct spec *spec, size_t len, const char *path);
const struct spec *log_spec(uint8_t lid);
struct val *answer(struct rig *r, const struct spec *spec, size_t len);

#endif
