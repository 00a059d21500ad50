/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* From the structures of an image to bytes, through the tables of src/spec. */
#include <errno.h>
#include <string.h>

#include "core/num.h"
#include "dev/image.h"
#include "spec/tables.h"

#define CSI_ANY	      0xff
#define MAX_STRUCTURE ((size_t)64 << 20)

static const char *const meta_keys[] = { "bytes", "base64", "length", "received" };

bool image_meta_key(const char *key)
{
	for (size_t i = 0; i < NELEMS(meta_keys); i++) {
		if (strcmp(meta_keys[i], key) == 0)
			return true;
	}
	return false;
}

static int value_of(const char *digits, char c)
{
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* Hexadecimal digits, blanks anywhere between bytes. Returns false for anything else. */
static bool from_hex(const char *s, size_t n, uint8_t *out, size_t *len)
{
	int high = -1, v;

	*len = 0;
	for (size_t i = 0; i < n; i++) {
		if (strchr(" \t\n", s[i]) && high < 0 && s[i])
			continue;
		v = hex_digit(s[i]);
		if (v < 0)
			return false;
		if (high >= 0)
			out[(*len)++] = (uint8_t)(high << 4 | v);
		high = high < 0 ? v : -1;
	}
	return high < 0;
}

/* RFC 4648, section 4: whole quadruples, padding required. */
static bool from_base64(const char *s, size_t n, uint8_t *out, size_t *len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t pad = n && s[n - 1] == '=' ? (n > 1 && s[n - 2] == '=' ? 2 : 1) : 0;
	uint32_t w = 0;

	*len = 0;
	if (n % 4)
		return false;
	for (size_t i = 0; i < n; i++) {
		int v = i < n - pad ? value_of(digits, s[i]) : 0;

		if (v < 0)
			return false;
		w = w << 6 | (uint32_t)v;
		if (i % 4 != 3)
			continue;
		for (int k = 2; k >= 0; k--)
			out[(*len)++] = (uint8_t)(w >> (8 * k));
		w = 0;
	}
	*len -= pad;
	return true;
}

static bool recorded(struct arena *a, const struct val *st, uint8_t **buf, size_t *len, const char **why)
{
	const struct val *hex = st ? val_get(st, "bytes") : NULL, *b64 = st ? val_get(st, "base64") : NULL;
	const struct val *text = hex ? hex : b64;

	*len = 0;
	if (!text)
		return true;
	if ((hex && b64) || text->type != VAL_STR) {
		*why = hex && b64 ? "'bytes' and 'base64' exclude each other" : "recorded bytes are a string";
		return false;
	}
	*buf = arena_alloc(a, text->s.len + 4);
	if (!(hex ? from_hex : from_base64)(text->s.p, text->s.len, *buf, len)) {
		*why = hex ? "'bytes' is not hexadecimal" : "'base64' is not Base64";
		return false;
	}
	return true;
}

static bool size_key(const struct val *st, const char *key, size_t *out, const char **why)
{
	const struct val *v = st ? val_get(st, key) : NULL;

	if (!v)
		return true;
	if (v->type != VAL_UINT || v->u > MAX_STRUCTURE) {
		*why = strcmp(key, "length") == 0 ? "'length' is not a number of bytes up to 64 MiB"
						  : "'received' is not a number of bytes up to 64 MiB";
		return false;
	}
	*out = (size_t)v->u;
	return true;
}

/* The members that are fields, as a list of their own. */
static struct val *fields_of(struct arena *a, const struct val *st)
{
	struct val *out = val_new(a, VAL_OBJ);

	if (!st)
		return out;
	val_for_each(it, st) {
		struct val *copy;

		if (image_meta_key(it->key))
			continue;
		copy = arena_memdup(a, it, sizeof(*it));
		copy->next = NULL;
		val_add(out, it->key, copy);
	}
	return out;
}

static int encode(struct arena *a, const struct spec *spec, const struct val *st, const struct val *fields,
		  size_t len, struct image_data *out, const char **why)
{
	uint8_t *bytes = NULL;
	size_t nbytes = 0, room, received = SIZE_MAX;
	ssize_t top;

	*why = NULL;
	if (!recorded(a, st, &bytes, &nbytes, why) || !size_key(st, "length", &len, why) ||
	    !size_key(st, "received", &received, why))
		return -EINVAL;
	if (nbytes > len)
		len = nbytes;
	if (spec && !spec->rows && spec->size > len && !val_get(st, "length"))
		len = spec->size;
	if (fields->c.n && !spec) {
		*why = arena_printf(a, "'%s': nothing is known of this structure but its bytes",
				    fields->c.first->key);
		return -EINVAL;
	}
	/* Lists say by their contents how long they are: try the known size, then with room. */
	for (room = len;; room += 65536) {
		out->buf = arena_alloc(a, room);
		if (nbytes)
			memcpy(out->buf, bytes, nbytes);
		top = fields->c.n ? spec_encode(a, spec, fields, out->buf, room, why) : 0;
		if (top != -ENOSPC || val_get(st, "length") || room > len + 4 * 65536)
			break;
	}
	if (top < 0)
		return -EINVAL;
	if ((size_t)top > len && val_get(st, "length")) {
		*why = arena_printf(a, "the fields need %zd bytes, 'length' says %zu", top, len);
		return -EINVAL;
	}
	if ((size_t)top > len)
		len = (size_t)top;
	out->len = len;
	out->received = received < len ? received : len;
	return 0;
}

int image_encode(struct arena *a, const struct spec *spec, const struct val *st, size_t len,
		 struct image_data *out, const char **why)
{
	static const struct val none = { .type = VAL_OBJ };

	return encode(a, spec, st ? st : &none, fields_of(a, st), len, out, why);
}

bool image_number_key(const char *key, uint8_t *id)
{
	uint64_t v;

	if (num_parse(key, &v) || v > 0xff)
		return false;
	*id = (uint8_t)v;
	return true;
}

/* Cuts "/CSI" off a key. */
static bool split_csi(const char *key, char *stem, size_t size, uint8_t *csi)
{
	size_t n = strcspn(key, "/");

	if (n >= size)
		return false;
	memcpy(stem, key, n);
	stem[n] = '\0';
	*csi = CSI_ANY;
	return key[n] == '\0' || image_number_key(key + n + 1, csi);
}

bool image_cns_key(const char *key, uint8_t *cns, uint8_t *csi)
{
	char stem[64];

	if (!split_csi(key, stem, sizeof(stem), csi))
		return false;
	if (image_number_key(stem, cns))
		return true;
	for (size_t i = 0; i < nidentifies; i++) {
		if (strcmp(identifies[i].name, stem) == 0) {
			*cns = identifies[i].cns;
			if (*csi == CSI_ANY)
				*csi = identifies[i].csi;
			return true;
		}
	}
	return false;
}

bool image_log_key(const char *key, uint8_t *lid, uint8_t *csi)
{
	const struct logpage *page;
	char stem[64];

	if (!split_csi(key, stem, sizeof(stem), csi))
		return false;
	if (image_number_key(stem, lid))
		return true;
	page = logpage_by_name(stem);
	if (!page)
		return false;
	*lid = page->lid;
	if (*csi == CSI_ANY)
		*csi = page->csi;
	return true;
}

/* An entry for just this command set comes before one for any. */
static struct val *find(const struct val *map, uint8_t id, uint8_t csi,
			bool (*parse)(const char *, uint8_t *, uint8_t *))
{
	struct val *any = NULL;
	uint8_t kid, kcsi;

	if (!map)
		return NULL;
	val_for_each(it, map) {
		if (!parse(it->key, &kid, &kcsi) || kid != id)
			continue;
		if (kcsi == csi)
			return it;
		if (kcsi == CSI_ANY)
			any = it;
	}
	return any;
}

struct val *image_cns(const struct val *map, uint8_t cns, uint8_t csi)
{
	return find(map, cns, csi, image_cns_key);
}

struct val *image_log(const struct val *map, uint8_t lid, uint8_t csi)
{
	return find(map, lid, csi, image_log_key);
}

struct val *image_feature(const struct val *map, uint8_t fid)
{
	uint8_t id;

	if (!map)
		return NULL;
	val_for_each(it, map) {
		if (image_number_key(it->key, &id) && id == fid)
			return it;
	}
	return NULL;
}

bool image_attached(const struct image_ns *ns, const struct image_ctrl *ctrl)
{
	for (size_t i = 0; i < ns->nctrls; i++) {
		if (ns->ctrls[i] == ctrl)
			return true;
	}
	return false;
}

static struct image_id *id_new(struct arena *a, const struct spec *spec, const struct val *st,
			       const struct val *fields)
{
	struct image_id *id = arena_alloc(a, sizeof(*id));

	if (encode(a, spec, st, fields, 4096, &id->raw, &id->why)) {
		id->raw.buf = arena_alloc(a, 4096);
		id->raw.len = id->raw.received = 4096;
	}
	id->fields = spec_decode(a, spec, id->raw.buf, id->raw.len);
	return id;
}

static bool has_bytes(const struct val *st)
{
	return val_get(st, "bytes") || val_get(st, "base64");
}

/* What the image says elsewhere need not be said again. */
const struct image_id *image_id_ctrl(struct arena *a, struct image_ctrl *ctrl)
{
	const struct val *st = ctrl->identify;
	struct val *f;

	if (ctrl->id)
		return ctrl->id;
	f = fields_of(a, st);
	if (!has_bytes(st)) {
		uint32_t nn = 0;

		for (size_t i = 0; i < ctrl->subsys->nns; i++)
			nn = ctrl->subsys->ns[i].nsid > nn ? ctrl->subsys->ns[i].nsid : nn;
		if (!val_get(f, "cntlid"))
			val_put_u64(a, f, "cntlid", (uint64_t)ctrl->cntlid);
		if (!val_get(f, "subnqn"))
			val_put_str(a, f, "subnqn", ctrl->subsys->nqn);
		if (!val_get(f, "nn"))
			val_put_u64(a, f, "nn", nn);
		if (!val_get(f, "cntrltype"))
			val_put_u64(a, f, "cntrltype", 1);
	}
	ctrl->id = id_new(a, &spec_id_ctrl, st, f);
	return ctrl->id;
}

const struct image_id *image_id_ns(struct arena *a, struct image_ns *ns)
{
	const struct val *st = ns->identify;
	struct val *f;

	if (ns->id)
		return ns->id;
	f = fields_of(a, st);
	if (!has_bytes(st)) {
		if (*ns->nguid && !val_get(f, "nguid"))
			val_put_str(a, f, "nguid", ns->nguid);
		if (*ns->eui64 && !val_get(f, "eui64"))
			val_put_str(a, f, "eui64", ns->eui64);
	}
	ns->id = id_new(a, &spec_id_ns, st, f);
	return ns->id;
}
