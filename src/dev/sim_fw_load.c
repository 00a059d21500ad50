/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Firmware Image Download: Base 2.1, section 5.1.9. An image is recognized by its first line, which docs/image.md
 * describes; of the rest only is kept that it arrived.
 */
#include <string.h>

#include "core/num.h"
#include "dev/sim_fw.h"

#define HEAD	       128u  /* bytes of an image that the first line may take */
#define MAX_PARTS      1024u /* pieces of an image with gaps between them */
#define SIM_FW_OVERLAP 0x4114

void fw_discard(struct sim_cmd *c, struct val *st)
{
	struct val *parts = val_get(st, "parts");

	if (parts) {
		parts->c.first = parts->c.last = NULL;
		parts->c.n = 0;
	}
	sim_store_text(c, st, "head", "");
	sim_store(c, st, "mud", 0);
}

bool fw_loaded(const struct val *st)
{
	const struct val *parts = val_get(st, "parts");

	return parts && parts->c.n;
}

static void insert_part(struct val *parts, struct val *prev, struct val *part)
{
	part->next = prev ? prev->next : parts->c.first;
	if (prev)
		prev->next = part;
	else
		parts->c.first = part;
	if (!part->next)
		parts->c.last = part;
	parts->c.n++;
}

static void drop_next(struct val *parts, struct val *prev)
{
	prev->next = prev->next->next;
	if (!prev->next)
		parts->c.last = prev;
	parts->c.n--;
}

/* The new piece among the others, which are in order, joined with what it touches; false: some of it is there already. */
static bool add_part(struct sim_cmd *c, struct val *st, uint64_t at, uint64_t end)
{
	struct val *parts = val_get(st, "parts"), *prev = NULL, *next;

	if (!parts)
		parts = val_put_arr(c->ctx->arena, st, "parts");
	val_for_each(it, parts) {
		if (val_u64(it, "at", 0) < end && val_u64(it, "end", 0) > at)
			return false;
		if (val_u64(it, "end", 0) <= at)
			prev = it;
	}
	if (!prev || val_u64(prev, "end", 0) != at) {
		struct val *part = val_new(c->ctx->arena, VAL_OBJ);

		sim_store(c, part, "at", at);
		insert_part(parts, prev, part);
		prev = part;
	}
	next = prev->next;
	if (next && val_u64(next, "at", 0) == end) {
		end = val_u64(next, "end", 0);
		drop_next(parts, prev);
	}
	sim_store(c, prev, "end", end);
	return true;
}

static size_t from_hex(const char *text, uint8_t *out, size_t max)
{
	size_t n = 0;

	for (; n < max && text[0] && text[1]; text += 2) {
		int hi = hex_digit(text[0]), lo = hex_digit(text[1]);

		if (hi < 0 || lo < 0)
			break;
		out[n++] = (uint8_t)(hi << 4 | lo);
	}
	return n;
}

static void keep_head(struct sim_cmd *c, struct val *st, uint64_t at, size_t len)
{
	uint8_t head[HEAD] = { 0 };

	if (at >= HEAD)
		return;
	from_hex(val_str(c->ctx->arena, st, "head"), head, HEAD);
	memcpy(head + at, c->req->data, len < HEAD - at ? len : (size_t)(HEAD - at));
	sim_store_text(c, st, "head", sim_hex(c->ctx->arena, head, HEAD));
}

/* Two updates at once, of which the controller would make one: FRMW bit 5 says that it notices. */
static void note_sequence(struct sim_cmd *c, struct val *st, uint64_t at)
{
	bool other = strcmp(val_str(c->ctx->arena, st, "by"), c->ctrl->name) != 0;
	bool anew = !at && fw_loaded(st) && !val_u64(val_get(st, "parts")->c.first, "at", 0);

	if (fw_loaded(st) && (other || anew) && val_u64(c->id, "frmw.smud", 0)) {
		if (anew)
			fw_discard(c, st);
		sim_store(c, st, "mud", 1);
	}
	sim_store_text(c, st, "by", c->ctrl->name);
}

int sim_fw_download(struct sim_cmd *c)
{
	const struct req *r = c->req;
	uint64_t at = (uint64_t)r->cdw11 * 4, len = ((uint64_t)r->cdw10 + 1) * 4;
	uint64_t fwug = val_u64(c->id, "fwug", 0), unit = fwug && fwug != 0xff ? fwug * 4096 : 4;
	struct val *st, *parts;

	if (!val_u64(c->id, "oacs.fwds", 0))
		return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
	if (!r->data || r->data_len < len)
		return sim_reject(c, SIM_TRANSFER_ERROR, AT_NOWHERE);
	if (len % unit)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW10);
	if (at % unit)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW11);
	st = fw_state(c);
	note_sequence(c, st, at);
	parts = val_get(st, "parts");
	if (parts && parts->c.n >= MAX_PARTS)
		return sim_reject(c, SIM_INVALID_FIELD, AT_CDW11);
	if (!add_part(c, st, at, at + len))
		return sim_reject(c, SIM_FW_OVERLAP, AT_CDW11);
	keep_head(c, st, at, (size_t)len);
	return 0;
}

/* "NVMEKIT-FW 2.0.1 size=65536 needs=subsystem": false where it is something else. */
static bool parse_head(struct sim_cmd *c, const struct val *st, struct fw_image *img)
{
	char head[HEAD + 1] = { 0 }, *word, *rest = NULL;
	size_t n = from_hex(val_str(c->ctx->arena, st, "head"), (uint8_t *)head, HEAD);

	*img = (struct fw_image){ .need = fw_need("nothing") };
	head[n] = 0;
	if (!strchr(head, '\n'))
		return false;
	*strchr(head, '\n') = 0;
	word = strtok_r(head, " ", &rest);
	if (!word || strcmp(word, "NVMEKIT-FW") != 0)
		return false;
	word = strtok_r(NULL, " ", &rest);
	if (!word || strlen(word) >= sizeof(img->revision))
		return false;
	strcpy(img->revision, word);
	for (const char *p = word; *p; p++) {
		if (*p < 0x21 || *p > 0x7e)
			return false;
	}
	while ((word = strtok_r(NULL, " ", &rest))) {
		if (strncmp(word, "size=", 5) == 0 && num_parse(word + 5, &img->size) == 0)
			continue;
		img->need = strncmp(word, "needs=", 6) == 0 ? fw_need(word + 6) : NULL;
		if (!img->need)
			return false;
	}
	return true;
}

bool fw_complete(struct sim_cmd *c, const struct val *st, struct fw_image *img)
{
	const struct val *parts = val_get(st, "parts");

	return fw_loaded(st) && parts->c.n == 1 && !val_u64(parts->c.first, "at", 1) &&
	       parse_head(c, st, img) && val_u64(parts->c.first, "end", 0) >= img->size;
}
