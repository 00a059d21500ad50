/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Loading of an image: from the value tree to the structs of image.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dev/image_load.h"

const char *image_text(struct loader *l, const struct val *obj, const char *key, const char *dflt)
{
	const struct val *v = val_get(obj, key);

	return v && v->type == VAL_STR ? arena_strndup(l->a, v->s.p, v->s.len) : dflt;
}

int image_count(struct loader *l, const struct at *at, const struct val *obj, const char *key, uint64_t max,
		uint64_t dflt, uint64_t *out)
{
	struct at here = { at, key, 0 };

	*out = val_u64(obj, key, dflt);
	if (val_get(obj, key) && *out > max)
		return image_bad(l, &here, "must not exceed %llu", (unsigned long long)max);
	return 0;
}

/* PREFIX followed by digits without a leading zero. */
static bool numbered(const char *s, const char *prefix, uint32_t *num, const char **rest)
{
	size_t n = strlen(prefix);
	char *end;

	if (strncmp(s, prefix, n) != 0 || s[n] < '0' || s[n] > '9' ||
	    (s[n] == '0' && s[n + 1] >= '0' && s[n + 1] <= '9'))
		return false;
	*num = (uint32_t)strtoul(s + n, &end, 10);
	if (end - (s + n) > 6)
		return false;
	*rest = end;
	return true;
}

static bool ns_name(const char *s, const char *prefix, uint32_t *num)
{
	uint32_t subsys;

	return numbered(s, prefix, &subsys, &s) && numbered(s, "n", num, &s) && !*s;
}

bool image_one_of(const char *s, const char *const *words)
{
	while (*words && strcmp(*words, s) != 0)
		words++;
	return *words;
}

static const char *const states[] = { "live", "new", "resetting", "connecting", "deleting", "dead", NULL };
static const char *const transports[] = { "pcie", "tcp", "rdma", "fc", "loop", "apple-nvme", NULL };
static const char *const policies[] = { "numa", "round-robin", "queue-depth", NULL };

bool image_is_policy(const char *word)
{
	return image_one_of(word, policies);
}

static int load_features(struct loader *l, const struct at *at, const struct val *map)
{
	uint8_t fid;

	if (!map)
		return 0;
	val_for_each(it, map) {
		struct at here = { at, it->key, 0 };
		int rc;

		if (!image_number_key(it->key, &fid))
			return image_bad(l, &here, "is no feature identifier (0x00 to 0xff)");
		rc = image_members(l, &here, it, &image_objects[IN_FEATURE]);
		if (rc)
			return rc;
	}
	return 0;
}

static int load_map(struct loader *l, const struct at *at, const struct val *map, const char *what,
		    bool (*parse)(const char *, uint8_t *, uint8_t *))
{
	uint8_t id, csi;

	if (!map)
		return 0;
	val_for_each(it, map) {
		struct at here = { at, it->key, 0 };

		if (!parse(it->key, &id, &csi))
			return image_bad(l, &here, "no %s has this name or number", what);
		if (it->type != VAL_OBJ)
			return image_bad(l, &here, "must be an object");
	}
	return 0;
}

/* The maps that controllers and namespaces both have. */
static int load_maps(struct loader *l, const struct at *at, struct val *node, struct val **cns,
		     struct val **logs, struct val **features)
{
	struct at at_cns = { at, "cns", 0 }, at_logs = { at, "logs", 0 }, at_features = { at, "features", 0 };
	int rc;

	*cns = val_get(node, "cns");
	*logs = val_get(node, "logs");
	*features = val_get(node, "features");
	rc = load_map(l, &at_cns, *cns, "identify structure", image_cns_key);
	if (!rc)
		rc = load_map(l, &at_logs, *logs, "log page", image_log_key);
	return rc ? rc : load_features(l, &at_features, *features);
}

int image_load_ctrl_parts(struct loader *l, const struct at *at, struct image_ctrl *c)
{
	struct at at_fail = { at, "fail", 0 }, at_registers = { at, "registers", 0 };
	int rc;

	c->identify = val_get(c->node, "identify");
	c->fail = val_get(c->node, "fail");
	rc = load_maps(l, at, c->node, &c->cns, &c->logs, &c->features);
	if (!rc)
		rc = image_load_registers(l, &at_registers, val_get(c->node, "registers"));
	return rc ? rc : image_load_fail(l, &at_fail, c->fail);
}

static int load_connection(struct loader *l, const struct at *at, struct image_ctrl *c)
{
	struct at here = { at, "connection", 0 };
	uint64_t n;
	int rc;

	c->hostnqn = image_text(l, c->node, "hostnqn", l->img->hostnqn);
	c->hostid = image_text(l, c->node, "hostid", l->img->hostid);
	c->connection = val_get(c->node, "connection");
	rc = c->connection ? image_members(l, &here, c->connection, &image_objects[IN_CONNECTION]) : 0;
	return rc || !c->connection ? rc : image_count(l, &here, c->connection, "portid", 0xffff, 0, &n);
}

static int load_ctrl(struct loader *l, const struct at *at, struct val *node, struct image_subsys *s,
		     struct image_ctrl *c)
{
	const char *rest = "";
	uint64_t n;
	int rc = image_members(l, at, node, &image_objects[IN_CTRL]);

	if (rc)
		return rc;
	c->node = node;
	c->subsys = s;
	c->name = image_text(l, node, "name", "");
	c->transport = image_text(l, node, "transport", "");
	c->address = image_text(l, node, "address", "");
	c->state = image_text(l, node, "state", "live");
	c->slot = image_text(l, node, "slot", "");
	if (!numbered(c->name, "nvme", &c->instance, &rest) || *rest)
		return image_bad(l, at, "the name \"%s\" is not like nvme0", c->name);
	if (!image_one_of(c->transport, transports))
		return image_bad(l, at, "there is no transport \"%s\"", c->transport);
	if (!image_one_of(c->state, states))
		return image_bad(l, at, "there is no controller state \"%s\"", c->state);
	rc = image_count(l, at, node, "cntlid", 0xffef, 0, &n);
	c->cntlid = (int)n;
	if (!rc)
		rc = image_count(l, at, node, "numa_node", 1023, 0, &n);
	c->numa_node = val_get(node, "numa_node") ? (int)n : -1;
	if (!rc)
		rc = load_connection(l, at, c);
	if (!rc)
		rc = image_load_ana(l, at, c);
	return rc ? rc : image_load_ctrl_parts(l, at, c);
}

static struct image_ctrl *ctrl_named(struct image_subsys *s, const char *name)
{
	for (size_t i = 0; i < s->nctrls; i++) {
		if (strcmp(s->ctrls[i].name, name) == 0)
			return &s->ctrls[i];
	}
	return NULL;
}

static int load_attached(struct loader *l, const struct at *at, struct image_subsys *s, struct image_ns *ns)
{
	const struct val *list = val_get(ns->node, "controllers");
	struct at here = { at, "controllers", 0 };
	size_t i = 0;

	ns->ctrls = arena_calloc(l->a, (list ? list->c.n : s->nctrls) + 1, sizeof(struct image_ctrl *));
	for (; !list && i < s->nctrls; i++)
		ns->ctrls[ns->nctrls++] = &s->ctrls[i];
	if (!list)
		return 0;
	val_for_each(it, list) {
		struct at elem = { &here, NULL, i++ };
		struct image_ctrl *c = it->type == VAL_STR ? ctrl_named(s, it->s.p) : NULL;

		if (!c)
			return image_bad(l, &elem, "is no controller of this subsystem");
		if (image_attached(ns, c))
			return image_bad(l, &elem, "%s is named twice", c->name);
		ns->ctrls[ns->nctrls++] = c;
	}
	return 0;
}

/* Identifiers are text in the image: digits of n bytes, with or without the dashes of a UUID. */
static bool is_identifier(const char *s, size_t n)
{
	size_t digits = strspn(s, "0123456789abcdefABCDEF-");

	if (!*s)
		return true;
	if (s[digits])
		return false;
	for (const char *p = s; *p; p++)
		digits -= *p == '-';
	return digits == 2 * n;
}

int image_load_ns_parts(struct loader *l, const struct at *at, struct image_ns *ns)
{
	struct val *node = ns->node;
	uint64_t nsid, csi;
	int rc;

	ns->uuid = image_text(l, node, "uuid", "");
	ns->nguid = image_text(l, node, "nguid", "");
	ns->eui64 = image_text(l, node, "eui64", "");
	ns->identify = val_get(node, "identify");
	if (!is_identifier(ns->uuid, 16) || !is_identifier(ns->nguid, 16) || !is_identifier(ns->eui64, 8))
		return image_bad(l, at, "uuid and nguid are 32 hexadecimal digits, eui64 is 16");
	rc = image_count(l, at, node, "nsid", 0xfffffffe, 0, &nsid);
	if (!rc && !nsid)
		rc = image_bad(l, at, "'nsid' must not be 0");
	if (!rc)
		rc = image_count(l, at, node, "csi", 0xfe, 0, &csi);
	if (rc)
		return rc;
	ns->nsid = (uint32_t)nsid;
	ns->csi = (uint8_t)csi;
	return load_maps(l, at, node, &ns->cns, &ns->logs, &ns->features);
}

static int load_ns(struct loader *l, const struct at *at, struct val *node, struct image_subsys *s,
		   struct image_ns *ns)
{
	uint32_t ignored;
	int rc = image_members(l, at, node, &image_objects[IN_NS]);

	if (rc)
		return rc;
	ns->node = node;
	ns->subsys = s;
	ns->name = image_text(l, node, "name", "");
	ns->generic = image_text(l, node, "generic", "");
	if (!ns_name(ns->name, "nvme", &ns->instance))
		return image_bad(l, at, "the name \"%s\" is not like nvme0n1", ns->name);
	if (*ns->generic && !ns_name(ns->generic, "ng", &ignored))
		return image_bad(l, at, "the generic name \"%s\" is not like ng0n1", ns->generic);
	rc = image_load_ns_parts(l, at, ns);
	if (!rc)
		rc = load_attached(l, at, s, ns);
	return rc ? rc : image_load_ns_ana(l, at, s, ns);
}

static int unique_in_subsys(struct loader *l, const struct at *at, const struct image_subsys *s)
{
	for (size_t i = 0; i < s->nctrls; i++) {
		for (size_t k = 0; k < i; k++) {
			if (s->ctrls[i].cntlid == s->ctrls[k].cntlid)
				return image_bad(l, at, "%s and %s have the same cntlid", s->ctrls[k].name,
						 s->ctrls[i].name);
		}
	}
	for (size_t i = 1; i < s->nns; i++) { /* sorted */
		if (s->ns[i].nsid == s->ns[i - 1].nsid)
			return image_bad(l, at, "%s and %s have the same nsid", s->ns[i - 1].name,
					 s->ns[i].name);
	}
	return 0;
}

/* nvme2 before nvme10, whatever the order in the file; the kernel's sysfs is read in this order too. */
static int by_instance_ctrl(const void *a, const void *b)
{
	const struct image_ctrl *x = a, *y = b;

	return x->instance < y->instance ? -1 : x->instance > y->instance;
}

static int by_nsid(const void *a, const void *b)
{
	const struct image_ns *x = a, *y = b;

	return x->nsid < y->nsid ? -1 : x->nsid > y->nsid;
}

static int load_subsys(struct loader *l, const struct at *at, struct val *node, struct image_subsys *s)
{
	struct at at_ctrls = { at, "controllers", 0 }, at_ns = { at, "namespaces", 0 };
	const struct val *ctrls, *nss;
	const char *rest = "";
	size_t i = 0;
	int rc = image_members(l, at, node, &image_objects[IN_SUBSYS]);

	if (rc)
		return rc;
	s->node = node;
	s->name = image_text(l, node, "name", "");
	s->nqn = image_text(l, node, "nqn", "");
	s->iopolicy = image_text(l, node, "iopolicy", "numa");
	if (!numbered(s->name, "nvme-subsys", &s->instance, &rest) || *rest)
		return image_bad(l, at, "the name \"%s\" is not like nvme-subsys0", s->name);
	if (!image_is_policy(s->iopolicy))
		return image_bad(l, at, "there is no I/O policy \"%s\"", s->iopolicy);
	ctrls = val_get(node, "controllers");
	nss = val_get(node, "namespaces");
	s->ctrls = arena_calloc(l->a, ctrls->c.n + 1, sizeof(*s->ctrls));
	s->ns = arena_calloc(l->a, (nss ? nss->c.n : 0) + 1, sizeof(*s->ns));
	val_for_each(it, ctrls) {
		struct at here = { &at_ctrls, NULL, i++ };

		rc = load_ctrl(l, &here, it, s, &s->ctrls[s->nctrls++]);
		if (rc)
			return rc;
	}
	qsort(s->ctrls, s->nctrls, sizeof(*s->ctrls), by_instance_ctrl);
	i = 0;
	for (struct val *it = nss ? nss->c.first : NULL; it; it = it->next) {
		struct at here = { &at_ns, NULL, i++ };

		rc = load_ns(l, &here, it, s, &s->ns[s->nns++]);
		if (rc)
			return rc;
	}
	qsort(s->ns, s->nns, sizeof(*s->ns), by_nsid);
	rc = unique_in_subsys(l, at, s);
	return rc ? rc : image_ana_agrees(l, at, s);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of nodes are unique on a system; so are those of its subsystems. */
static int unique_names(struct loader *l, const struct image *img)
{
	size_t n = 0, max = img->nsubsys;
	const char **names;

	for (size_t i = 0; i < img->nsubsys; i++)
		max += img->subsys[i].nctrls + 2 * img->subsys[i].nns;
	names = arena_calloc(l->a, max + 1, sizeof(*names));
	for (size_t i = 0; i < img->nsubsys; i++) {
		const struct image_subsys *s = &img->subsys[i];

		names[n++] = s->name;
		for (size_t k = 0; k < s->nctrls; k++)
			names[n++] = s->ctrls[k].name;
		for (size_t k = 0; k < s->nns; k++) {
			names[n++] = s->ns[k].name;
			names[n++] = s->ns[k].generic;
		}
	}
	qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 1; i < n; i++) {
		if (*names[i] && strcmp(names[i], names[i - 1]) == 0)
			return image_bad(l, NULL, "%s is there twice", names[i]);
	}
	return 0;
}

static int by_instance(const void *a, const void *b)
{
	const struct image_subsys *x = a, *y = b;

	return x->instance < y->instance ? -1 : x->instance > y->instance;
}

/* Sorting moves structures that others point to. */
static void relink(struct image *img)
{
	for (size_t i = 0; i < img->nsubsys; i++) {
		struct image_subsys *s = &img->subsys[i];

		for (size_t k = 0; k < s->nctrls; k++)
			s->ctrls[k].subsys = s;
		for (size_t k = 0; k < s->nns; k++)
			s->ns[k].subsys = s;
	}
}

/* Text files of the system, by their names: each an array of lines. */
static int load_files(struct loader *l, const struct val *files)
{
	struct at at_files = { NULL, "files", 0 };

	if (!files)
		return 0;
	val_for_each(f, files) {
		struct at here = { &at_files, f->key, 0 };

		if (f->type != VAL_ARR || *f->key != '/')
			return image_bad(l, &here, *f->key == '/' ? "must be an array of lines" : "the name of a file begins with /");
		val_for_each(line, f) {
			if (line->type != VAL_STR || memchr(line->s.p, '\n', line->s.len) || memchr(line->s.p, '\0', line->s.len))
				return image_bad(l, &here, "every line is a string without line feeds and NULs");
		}
	}
	return 0;
}

static int load_root(struct loader *l, struct val *root)
{
	struct at here = { NULL, "host", 0 }, at_subsys = { NULL, "subsystems", 0 };
	struct image *img = l->img;
	const struct val *v, *host;
	size_t i = 0;
	int rc;

	v = root->type == VAL_OBJ ? val_get(root, "nvmekit-image") : NULL;
	if (!v)
		return image_bad(l, NULL,
				 "this is JSON, but no image of a system: it has no \"nvmekit-image\"");
	if (v->type != VAL_UINT || v->u != IMAGE_VERSION)
		return image_bad(l, NULL,
				 "\"nvmekit-image\" is not %d, the only version of the format that is known",
				 IMAGE_VERSION);
	rc = image_members(l, NULL, root, &image_objects[IN_IMAGE]);
	host = rc ? NULL : val_get(root, "host");
	if (host)
		rc = image_members(l, &here, host, &image_objects[IN_HOST]);
	if (rc)
		return rc;
	rc = load_files(l, val_get(root, "files"));
	if (rc)
		return rc;
	img->root = root;
	img->hostnqn = image_text(l, host, "hostnqn", "");
	img->hostid = image_text(l, host, "hostid", "");
	v = val_get(root, "subsystems");
	img->subsys = arena_calloc(l->a, v->c.n + 1, sizeof(*img->subsys));
	val_for_each(it, v) {
		struct at elem = { &at_subsys, NULL, i++ };

		rc = load_subsys(l, &elem, it, &img->subsys[img->nsubsys++]);
		if (rc)
			return rc;
	}
	qsort(img->subsys, img->nsubsys, sizeof(*img->subsys), by_instance);
	relink(img);
	rc = unique_names(l, img);
	return rc ? rc : image_load_fabric(l, val_get(root, "fabric"));
}

int image_parse(struct ctx *ctx, const char *name, const char *text, size_t len, struct image **out)
{
	struct loader l = { ctx, ctx->arena, name, arena_alloc(ctx->arena, sizeof(struct image)) };
	struct val *root = image_from_json(ctx, name, text, len);

	if (!root)
		return -EBADMSG;
	l.img->name = name;
	*out = l.img;
	return load_root(&l, root);
}

int image_again(struct ctx *ctx, const struct image *img, struct image **out)
{
	struct loader l = { ctx, ctx->arena, img->name, arena_alloc(ctx->arena, sizeof(struct image)) };

	l.img->name = img->name;
	l.img->path = img->path;
	l.img->st = img->st;
	*out = l.img;
	return load_root(&l, img->root);
}
