/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "dev/hostid.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/hmac.h"
#include "dev/image.h"
#include "dev/sim.h"
#include "dev/sim_model.h"
#include "dev/sysfs.h"
#include "spec/nqn.h"

#define FILE_MAX 4096u

/* One of both values: what it is called, and what it must be. */
struct member {
	const char *option, *name, *file, *noun;
	const char *(*defect)(const char *s, size_t len);
};

static const char *id_defect(const char *s, size_t len)
{
	static const uint8_t none[16];
	uint8_t uuid[16];

	if (!uuid_from_text(s, len, uuid))
		return "it is not of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	return memcmp(uuid, none, sizeof(none)) ? NULL : "it is all zero, which stands for no host";
}

static const struct member nqn_member = { "--hostnqn", "hostnqn", HOSTNQN_FILE, "NVMe qualified name",
					  nqn_unfit };
static const struct member id_member = { "--hostid", "hostid", HOSTID_FILE, "UUID", id_defect };

/* Text that is one of its kind; any other ends the run. 'where' begins the sentence. */
static int take(struct ctx *ctx, const struct member *k, const char *value, enum exit_code code, const char *where)
{
	const char *why = k->defect(value, strlen(value));

	if (!why)
		return 0;
	return fail_hint(ctx, fail(ctx, code, 0, "%s: \"%.223s\" is no %s: %s", where, value, k->noun, why),
			 k == &nqn_member ? "It looks like this: " NQN_UUID_PREFIX "6a2d1c38-52f7-4e0b-9c41-0d8b7e3f5a10"
					  : "It looks like this: 6a2d1c38-52f7-4e0b-9c41-0d8b7e3f5a10");
}

/* The text of a file without blanks around it, or NULL where there is none or nothing in it. */
static int read_file(struct ctx *ctx, const char *path, const char **text)
{
	const char *real = rooted_path(ctx, path);
	char buf[FILE_MAX + 1], *p = buf;
	ssize_t n;
	int fd = -1;

	*text = NULL;
	if (real)
		fd = open(arena_printf(ctx->arena, "%s%s", ctx->g.sysroot, real),
			  O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	n = fd < 0 ? -1 : read(fd, buf, sizeof(buf));
	if (n < 0) {
		n = errno;
		if (fd >= 0)
			close(fd);
		return fail(ctx, exit_code_of_errno((int)n), (int)n, "cannot read %s: %s", path,
			    strerror((int)n));
	}
	close(fd);
	if ((size_t)n > FILE_MAX || memchr(buf, 0, (size_t)n))
		return fail(ctx, XC_DATA, 0, "%s: this is no line of text", path);
	while (n && isspace((unsigned char)*p)) {
		p++;
		n--;
	}
	while (n && isspace((unsigned char)p[n - 1]))
		n--;
	*text = n ? arena_strndup(ctx->arena, p, (size_t)n) : NULL;
	return 0;
}

/* What this host has stored. */
static int stored(struct ctx *ctx, const struct member *k, const char **text, const char **origin)
{
	int rc;

	*origin = ctx->g.system ? "image" : k->file;
	if (!ctx->g.system)
		return read_file(ctx, k->file, text);
	rc = sim_load(ctx);
	if (!rc)
		*text = k == &nqn_member ? ctx->sim->img->hostnqn : ctx->sim->img->hostid;
	return rc;
}

int host_stored(struct ctx *ctx, bool nqn, const char **text)
{
	const char *origin;

	*text = NULL;
	return stored(ctx, nqn ? &nqn_member : &id_member, text, &origin);
}

static bool said(const char *value)
{
	return value && *value;
}

/* What is given, or else what is stored. */
static int find(struct ctx *ctx, const struct member *k, const char *value, const char *value_origin, const char **out,
		const char **origin)
{
	const char *where;
	bool option;
	int rc;

	*out = *origin = NULL;
	if (said(value)) {
		*out = value;
		*origin = value_origin ? value_origin : HOST_COMMAND_LINE;
		option = strcmp(*origin, HOST_COMMAND_LINE) == 0;
		where = option ? k->option : arena_printf(ctx->arena, "%s: %s", *origin, k->name);
		return take(ctx, k, value, option ? XC_USAGE : XC_DATA, where);
	}
	rc = stored(ctx, k, &value, &value_origin);
	if (rc || !said(value))
		return rc;
	*out = value;
	*origin = value_origin;
	where = ctx->g.system ? arena_printf(ctx->arena, "%s: host.%s", ctx->g.system, k->name) : k->file;
	return take(ctx, k, value, XC_DATA, where);
}

static const char *uuid_text(struct ctx *ctx, const uint8_t uuid[16])
{
	char text[UUID_TEXT + 1];

	return arena_strdup(ctx->arena, uuid_to_text(uuid, text));
}

/*
 * A host that is named in another way than this machine is another one, and the identifier of this machine would be refused by the
 * kernel. Its own follows from its name: the UUID in it, or a UUID made of it (RFC 9562, version 8).
 */
static int id_of_name(struct ctx *ctx, struct host_identity *out)
{
	static const char key[] = "nvmekit host identifier";
	const char *mine = NULL, *from;
	uint8_t uuid[16], mac[HMAC_SHA256_SIZE];
	int rc = stored(ctx, &nqn_member, &mine, &from);

	if (rc || (mine && strcmp(mine, out->hostnqn) == 0))
		return rc;
	out->id_origin = "UUID in the host NQN";
	if (!nqn_uuid(out->hostnqn, uuid)) {
		if (hmac_sha256(key, sizeof(key) - 1, out->hostnqn, strlen(out->hostnqn), mac))
			return fail(ctx, XC_INTERNAL, EIO, "libcrypto cannot make an identifier of the host NQN");
		memcpy(uuid, mac, sizeof(uuid));
		uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x80);
		uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
		out->id_origin = "made of the host NQN";
	}
	out->hostid = uuid_text(ctx, uuid);
	return 0;
}

/* What was found, and what follows from it. */
static int resolve(struct ctx *ctx, struct host_identity given, struct host_identity *out, struct machine_uuid *m)
{
	uint8_t uuid[16];
	int rc;

	*m = (struct machine_uuid){ .origin = NULL };
	rc = find(ctx, &nqn_member, given.hostnqn, given.nqn_origin, &out->hostnqn, &out->nqn_origin);
	out->hostid = out->id_origin = NULL;
	if (!rc && said(given.hostnqn) && !said(given.hostid))
		rc = id_of_name(ctx, out);
	if (!rc && !out->hostid)
		rc = find(ctx, &id_member, given.hostid, given.id_origin, &out->hostid, &out->id_origin);
	if (rc)
		return rc;
	if (out->hostid && uuid_from_text(out->hostid, strlen(out->hostid), uuid))
		out->hostid = uuid_text(ctx, uuid);
	if (!out->hostnqn || (!out->hostid && !nqn_uuid(out->hostnqn, uuid)))
		machine_uuid(ctx, m);
	if (!out->hostnqn && m->origin) {
		out->hostnqn = arena_printf(ctx->arena, "%s%s", NQN_UUID_PREFIX, uuid_text(ctx, m->uuid));
		out->nqn_origin = m->origin;
	}
	if (!out->hostid && out->hostnqn && nqn_uuid(out->hostnqn, uuid)) {
		out->hostid = uuid_text(ctx, uuid);
		out->id_origin = "UUID in the host NQN";
	} else if (!out->hostid && m->origin) {
		out->hostid = uuid_text(ctx, m->uuid);
		out->id_origin = m->origin;
	}
	return 0;
}

/* There is none: why, and what to do. */
static int none(struct ctx *ctx, const char *what, const struct member *k, const struct machine_uuid *m)
{
	if (ctx->g.system)
		return fail_hint(ctx,
				 fail(ctx, XC_UNSUPPORTED, 0, "the simulated system %s has no %s",
				      ctx->g.system, what),
				 "Give %s, or add \"host\" to the image", k->option);
	if (m->denied)
		return fail_hint(
			ctx,
			fail(ctx, XC_PERM, 0,
			     "this host has no %s in %s, and only root can read the machine's UUID (%s), "
			     "from which one is derived",
			     what, k->file, m->denied),
			"Run as root");
	if (m->unusable)
		return fail_hint(
			ctx,
			fail(ctx, XC_UNSUPPORTED, 0,
			     "this host has no %s: %s is not there, there is no /etc/machine-id, and the "
			     "UUID in its firmware, %s, is one that many machines have",
			     what, k->file, m->unusable),
			"Give %s, or store a random one: nvmekit gen-hostnqn --random >" HOSTNQN_FILE,
			k->option);
	return fail_hint(ctx,
			 fail(ctx, XC_UNSUPPORTED, 0,
			      "this host has no %s: %s is not there, and neither its firmware nor "
			      "/etc/machine-id has an identifier to derive one from",
			      what, k->file),
			 "Give %s, or store a random one: nvmekit gen-hostnqn --random >" HOSTNQN_FILE,
			 k->option);
}

int host_identity_known(struct ctx *ctx, struct host_identity *out)
{
	struct machine_uuid m;

	return resolve(ctx, (struct host_identity){ NULL }, out, &m);
}

/* --- what speaks against it --- */

static void finding(struct ctx *ctx, struct val *to, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void finding(struct ctx *ctx, struct val *to, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = arena_vprintf(ctx->arena, fmt, ap);
	va_end(ap);
	/* Once, however many connections it is about. */
	val_for_each(v, to) {
		if (v->s.len == strlen(text) && memcmp(v->s.p, text, v->s.len) == 0)
			return;
	}
	val_put_str(ctx->arena, to, NULL, text);
}

/* A UUID that does not look random came from firmware: another version than 4, or Dell's, which begin with "DELL". */
static bool from_firmware(const uint8_t uuid[16])
{
	static const uint8_t dell[] = { 0x4c, 0x4c, 0x45, 0x44 };

	return uuid[6] >> 4 != 4 || uuid[8] >> 6 != 2 || memcmp(uuid, dell, sizeof(dell)) == 0;
}

/*
 * Two files that go together on every connection are a pair, whatever each says: distributions make both at random. That is
 * worth a word only to somebody who asks.
 */
static void findings(struct ctx *ctx, const struct host_identity *id, bool pair_ok, struct val *to)
{
	uint8_t in_nqn[16], in_id[16];
	bool named = id->hostnqn && nqn_uuid(id->hostnqn, in_nqn);
	bool numbered = id->hostid && uuid_from_text(id->hostid, strlen(id->hostid), in_id);
	bool pair = numbered && named && strcmp(id->nqn_origin, HOSTNQN_FILE) == 0 && strcmp(id->id_origin, HOSTID_FILE) == 0;
	struct machine_uuid m;

	if (named && numbered && memcmp(in_nqn, in_id, 16) != 0 && !(pair && pair_ok))
		finding(ctx, to,
			"the host NQN has the UUID %s (%s), but the host identifier is %s (%s): Linux from "
			"6.5 on refuses "
			"an identifier that goes with more than one host NQN",
			uuid_text(ctx, in_nqn), id->nqn_origin, id->hostid, id->id_origin);
	/* Targets and kernels take any name; the form is what keeps names of different hosts apart. */
	if (id->hostnqn && nqn_defect(id->hostnqn, strlen(id->hostnqn)))
		finding(ctx, to, "the host NQN '%s' (%s) is of no form that the specification has: %s", id->hostnqn, id->nqn_origin,
			nqn_defect(id->hostnqn, strlen(id->hostnqn)));
	if (named && uuid_is_common(in_nqn))
		finding(ctx, to, "the UUID in the host NQN, %s (%s), is one that many machines have",
			uuid_text(ctx, in_nqn), id->nqn_origin);
	else if (numbered && uuid_is_common(in_id))
		finding(ctx, to, "the host identifier, %s (%s), is one that many machines have", id->hostid,
			id->id_origin);
	if (!named || strcmp(id->nqn_origin, HOSTNQN_FILE) != 0 || uuid_is_common(in_nqn) ||
	    !from_firmware(in_nqn))
		return;
	machine_uuid(ctx, &m);
	if (m.origin && m.dmi && memcmp(m.uuid, in_nqn, 16) != 0)
		finding(ctx, to,
			"the UUID in " HOSTNQN_FILE
			", %s, looks like that of a machine, but the UUID of this one is %s (%s): "
			"the file was perhaps copied, with an image of the system for example",
			uuid_text(ctx, in_nqn), uuid_text(ctx, m.uuid), m.origin);
}

void host_findings(struct ctx *ctx, const struct host_identity *id, struct val *to)
{
	findings(ctx, id, false, to);
}

/* --- for connections --- */

int host_identity(struct ctx *ctx, const struct host_identity *given, struct host_identity *out)
{
	struct machine_uuid m;
	int rc = resolve(ctx, *given, out, &m);

	if (rc)
		return rc;
	if (!out->hostnqn)
		return none(ctx, "host NQN", &nqn_member, &m);
	if (!out->hostid)
		return none(ctx, "host identifier", &id_member, &m);
	findings(ctx, out, true, ctx->warnings);
	return 0;
}

int host_nqn_generate(struct ctx *ctx, bool random, const char **nqn, const char **origin)
{
	struct machine_uuid m;
	uint8_t uuid[16];
	int rc;

	if (random) {
		rc = random_bytes(uuid, sizeof(uuid));
		if (rc)
			return fail(ctx, XC_INTERNAL, -rc, "no random numbers: %s", strerror(-rc));
		uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x40);
		uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
		*origin = "random";
	} else if (ctx->g.system) {
		/* The host of an image has no firmware; its identifier stands for it. */
		rc = sim_load(ctx);
		if (rc)
			return rc;
		if (!uuid_from_text(ctx->sim->img->hostid, strlen(ctx->sim->img->hostid), uuid))
			return none(ctx, "host identifier", &id_member, NULL);
		*origin = "image";
	} else {
		machine_uuid(ctx, &m);
		if (!m.origin)
			return none(ctx, "host NQN", &nqn_member, &m);
		memcpy(uuid, m.uuid, sizeof(uuid));
		*origin = m.origin;
	}
	*nqn = arena_printf(ctx->arena, "%s%s", NQN_UUID_PREFIX, uuid_text(ctx, uuid));
	return 0;
}
