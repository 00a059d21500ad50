/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* gen-hostnqn, show-hostnqn, host-identity, host-identity-store: who this host is to fabrics targets. */
#include <string.h>

#include "cmd/common.h"
#include "dev/hostid.h"
#include "spec/nqn.h"

#define TEXT(n, t, ...) { n, t, .kind = K_TEXT, __VA_ARGS__ }

static const char where_from[] =
	"The NQN is the line in /etc/nvme/hostnqn. Where that is not there, or empty, it is made from the UUID of the machine: of the "
	"firmware (DMI; root alone can read that), of the partition (device tree), or a keyed hash of /etc/machine-id. The host "
	"identifier is the line in /etc/nvme/hostid, otherwise the UUID in the NQN, otherwise that of the machine. A UUID that "
	"firmware is shipped with is not used. Nothing is made up: what is derived is the same on every run.";

/* Text is the line alone; JSON has the members. */
static void put_line(struct ctx *ctx, struct val *out, const char *nqn)
{
	val_put_str(ctx->arena, out, "text", arena_printf(ctx->arena, "%s\n", nqn))->flags |= VAL_HIDDEN;
}

/* --- gen-hostnqn --- */

struct gen_args {
	bool random;
};
static const struct opt gen_opts[] = {
	OPT(gen_args, random, 0, "random", NULL, "Make one from random numbers, another one each time, instead of the machine's UUID"),
};
static const struct field gen_rows[] = {
	TEXT("hostnqn", "The NQN"),
	TEXT("hostnqn_origin", "What it is made from: DMI product_uuid, DMI system information, device tree, machine-id, image, random"),
};
static const struct spec spec_gen = { "gen-hostnqn", "A host NQN", NULL, 0, 1, FIELDS(gen_rows) };

static int run_gen(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct gen_args *args = argp;
	const char *nqn, *origin;
	int rc = host_nqn_generate(ctx, args->random, &nqn, &origin);

	if (rc)
		return rc;
	val_put_str(ctx->arena, out, "hostnqn", nqn);
	val_put_str(ctx->arena, out, "hostnqn_origin", origin);
	put_line(ctx, out, nqn);
	return 0;
}

const struct cmd cmd_gen_hostnqn = {
	.name = "gen-hostnqn",
	.alias = "host gen",
	.group = "NVMe over Fabrics",
	.brief = "Make a host NQN from the identity of the machine",
	.desc = "Prints an NQN that is made from the UUID of the machine: of the firmware (DMI; root alone can read that), of the "
		"partition (device tree), or a keyed hash of /etc/machine-id. It is the same on every run, and nothing is written; "
		"host-identity-store does that.\n\n"
		"With --random it is made from random numbers, for a machine that has no identity of its own.",
	.examples = "nvmekit gen-hostnqn\n  The NQN that this machine would have.\n"
		    "nvmekit gen-hostnqn --random -o json\n  A new one, for another machine.\n",
	.target = T_NONE,
	.flags = C_TEXT,
	OPTS(gen_args, gen_opts),
	.out = &spec_gen,
	.run = run_gen,
};

/* --- show-hostnqn --- */

#define IDENTITY_ROWS                                                                                           \
	TEXT("hostnqn", "Host NQN", .flags = F_NULLABLE),                                                       \
	TEXT("hostnqn_origin", "Where it comes from: a file, or what it is derived from", .flags = F_NULLABLE), \
	TEXT("hostid", "Host identifier", .flags = F_NULLABLE),                                                 \
	TEXT("hostid_origin", "Where it comes from", .flags = F_NULLABLE)

static const struct field show_rows[] = { IDENTITY_ROWS };
static const struct spec spec_show = { "show-hostnqn", "NQN and identifier of this host", NULL, 0, 1, FIELDS(show_rows) };

static void put_identity(struct ctx *ctx, struct val *out, const struct host_identity *id)
{
	val_put_str(ctx->arena, out, "hostnqn", id->hostnqn);
	val_put_str(ctx->arena, out, "hostnqn_origin", id->nqn_origin);
	val_put_str(ctx->arena, out, "hostid", id->hostid);
	val_put_str(ctx->arena, out, "hostid_origin", id->id_origin);
}

static int run_show(struct ctx *ctx, const void *args, struct val *out)
{
	struct host_identity id;
	int rc = host_identity_known(ctx, &id);

	(void)args;
	/* Says why there is none. */
	if (!rc && !id.hostnqn)
		rc = host_identity(ctx, &(struct host_identity){ NULL }, &id);
	if (rc)
		return rc;
	host_findings(ctx, &id, ctx->warnings);
	put_identity(ctx, out, &id);
	put_line(ctx, out, id.hostnqn);
	return 0;
}

const struct cmd cmd_show_hostnqn = {
	.name = "show-hostnqn",
	.alias = "host nqn",
	.group = "NVMe over Fabrics",
	.brief = "Print the NQN of this host",
	.desc = where_from,
	.examples = "nvmekit show-hostnqn\n  The NQN under which this host connects.\n"
		    "nvmekit show-hostnqn -o json\n  With the host identifier, and where both come from.\n",
	.target = T_NONE,
	.flags = C_TEXT,
	.out = &spec_show,
	.run = run_show,
};

/* --- host-identity --- */

struct identity_args {
	bool check;
};
static const struct opt identity_opts[] = {
	OPT(identity_args, check, 0, "check", NULL, "Exit with 16 where something speaks against it, or a part is missing"),
};
static const struct field finding_rows[] = { { NULL, "Text", .kind = K_TEXT } };
static const struct field identity_rows[] = {
	IDENTITY_ROWS,
	TEXT("machine_uuid", "UUID of the machine itself, null: none can be read", .flags = F_NULLABLE),
	TEXT("machine_uuid_origin", "Where that comes from", .flags = F_NULLABLE),
	{ "findings", "What speaks against it", ARRAY_OF(finding_rows) },
};
static const struct spec spec_identity = { "host-identity", "Identity of this host", NULL, 0, 1, FIELDS(identity_rows) };

static void say(struct ctx *ctx, struct val *list, const char *text)
{
	val_put_str(ctx->arena, list, NULL, text);
}

static void missing(struct ctx *ctx, const struct host_identity *id, const struct machine_uuid *m, struct val *list)
{
	if (!id->hostnqn)
		say(ctx, list, "there is no host NQN, and nothing to derive one from");
	if (!id->hostid)
		say(ctx, list, "there is no host identifier, and nothing to derive one from");
	if (m->denied && (!id->hostnqn || !id->hostid))
		say(ctx, list, arena_printf(ctx->arena, "only root can read the UUID of the machine (%s)", m->denied));
	if (m->unusable)
		say(ctx, list, arena_printf(ctx->arena, "the UUID in the firmware, %s, is one that many machines have: it is not used", m->unusable));
}

static int run_identity(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct identity_args *args = argp;
	struct host_identity id;
	struct machine_uuid m;
	struct val *list;
	char uuid[UUID_TEXT + 1];
	int rc = host_identity_known(ctx, &id);

	if (rc)
		return rc;
	machine_uuid(ctx, &m);
	put_identity(ctx, out, &id);
	val_put_str(ctx->arena, out, "machine_uuid", m.origin ? uuid_to_text(m.uuid, uuid) : NULL);
	val_put_str(ctx->arena, out, "machine_uuid_origin", m.origin);
	list = val_put_arr(ctx->arena, out, "findings");
	missing(ctx, &id, &m, list);
	host_findings(ctx, &id, list);
	if (args->check && list->c.n)
		ctx->verdict = XC_HEALTH;
	return 0;
}

static const char identity_desc[] =
	"Targets on a fabric know a host by its NQN, to which they give access, and by its host identifier, with which "
	"reservations are kept. Both must stay the same, and no two hosts may have the same ones.\n\n"
	"Shows both, where they come from, and what speaks against them: an NQN whose UUID is not the identifier (Linux from 6.5 on "
	"refuses an identifier that goes with several NQNs), a UUID that many machines share, and files that look as if they came "
	"from another machine, with an image of its system for example.\n\n"
	"The NQN is the line in /etc/nvme/hostnqn, the identifier that in /etc/nvme/hostid. What is not there is derived: "
	"show-hostnqn says how.";

const struct cmd cmd_host_identity = {
	.name = "host-identity",
	.alias = "host show",
	.group = "NVMe over Fabrics",
	.brief = "Show who this host is to targets, and check that",
	.desc = identity_desc,
	.examples = "nvmekit host-identity\n  NQN, identifier, and where they come from.\n"
		    "nvmekit host-identity --check -o json\n  For a script that looks after many machines: exit code 16 if anything is wrong.\n",
	.target = T_NONE,
	OPTS(identity_args, identity_opts),
	.out = &spec_identity,
	.run = run_identity,
};

/* --- host-identity-store --- */

struct store_args {
	const char *hostnqn, *hostid;
	bool replace;
};
static const struct opt store_opts[] = {
	OPT(store_args, hostnqn, 'q', "hostnqn", "NQN", "The host NQN, instead of the one in force"),
	OPT(store_args, hostid, 'I', "hostid", "UUID", "The host identifier, instead of the one in force"),
	OPT(store_args, replace, 0, "replace", NULL, "Put them where there are others already"),
};
static const struct field file_rows[] = {
	TEXT("path", "File, or member of the image"),
	TEXT("value", "What it holds"),
	{ "changed", "It did not hold that before", .kind = K_BOOL },
};
static const struct field store_rows[] = {
	{ "hostnqn", "Host NQN", .kind = K_TEXT },
	{ "hostid", "Host identifier", .kind = K_TEXT },
	{ "files", "The files", ARRAY_OF(file_rows) },
};
static const struct spec spec_store = { "host-identity-store", "What was stored", NULL, 0, 1, FIELDS(store_rows) };

/* One of the two; nothing is written before both can be. */
struct store {
	bool nqn, changed;
	const char *path, *value;
};

static int look(struct ctx *ctx, struct store *s, bool replace)
{
	const char *old, *file = s->nqn ? HOSTNQN_FILE : HOSTID_FILE;
	int rc = host_stored(ctx, s->nqn, &old);

	s->path = ctx->g.system ? arena_printf(ctx->arena, "%s: host.%s", ctx->g.system, s->nqn ? "hostnqn" : "hostid") : file;
	if (rc)
		return rc;
	s->changed = !old || strcmp(old, s->value) != 0;
	if (!old || !*old || !s->changed || replace)
		return 0;
	return fail_hint(ctx, fail(ctx, XC_REFUSED, 0, "%s holds something else: %.223s", s->path, old),
			 "Targets that let this host in by that will not any more. If that is meant, add --replace");
}

static int store(struct ctx *ctx, const struct store *s, struct val *files)
{
	struct arena *a = ctx->arena;
	struct val *f;

	if (ctx->g.dry_run && s->changed) {
		f = val_put_obj(a, val_get(gate_plan(ctx), "steps"), NULL);
		val_put_str(a, f, "action", arena_printf(a, "Write %s", s->path));
		val_put_str(a, f, "effect", arena_printf(a, "it will hold %s", s->value));
		val_put_arr(a, f, "namespaces");
	}
	f = val_put_obj(a, files, NULL);
	val_put_str(a, f, "path", s->path);
	val_put_str(a, f, "value", s->value);
	val_put_bool(a, f, "changed", s->changed);
	return s->changed && !ctx->g.dry_run ? host_store(ctx, s->nqn, s->value) : 0;
}

/*
 * A new NQN with a UUID in it brings its identifier along; under another one this host stays what it is, for reservations are kept
 * by its identifier. Files that make no sense are no reason to keep what stands in them.
 */
static void keep_hostid(struct ctx *ctx, struct host_identity *now)
{
	struct error before = ctx->error;
	struct host_identity was;
	uint8_t uuid[16];

	if (!nqn_uuid(now->hostnqn, uuid) && !host_identity_known(ctx, &was)) {
		now->hostid = was.hostid;
		now->id_origin = was.id_origin;
	}
	ctx->error = before;
}

static int run_store(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct store_args *args = argp;
	struct host_identity now = { .hostnqn = args->hostnqn, .hostid = args->hostid };
	struct store s[2] = { { .nqn = true }, { .nqn = false } };
	struct val *files;
	int rc;

	if (args->hostnqn && !args->hostid)
		keep_hostid(ctx, &now);
	rc = host_identity(ctx, &now, &now);
	if (rc)
		return rc;
	s[0].value = now.hostnqn;
	s[1].value = now.hostid;
	for (size_t i = 0; !rc && i < NELEMS(s); i++)
		rc = look(ctx, &s[i], args->replace);
	if (rc)
		return rc;
	val_put_str(ctx->arena, out, "hostnqn", now.hostnqn);
	val_put_str(ctx->arena, out, "hostid", now.hostid);
	files = val_put_arr(ctx->arena, out, "files");
	for (size_t i = 0; !rc && i < NELEMS(s); i++)
		rc = store(ctx, &s[i], files);
	return rc;
}

const struct cmd cmd_host_identity_store = {
	.name = "host-identity-store",
	.alias = "host store",
	.group = "NVMe over Fabrics",
	.brief = "Store NQN and identifier of this host in /etc/nvme",
	.desc = "Writes /etc/nvme/hostnqn and /etc/nvme/hostid, each in one step: what is in force now (show-hostnqn says what that is), or "
		"what the options say. What is stored stays the same when the main board is replaced. What is there already and "
		"differs is replaced only with --replace.\n\n"
		"An image of a system that is to run on several machines must not hold these files.",
	.examples = "nvmekit host-identity-store\n  Keep what is derived from the machine.\n"
		    "nvmekit host-identity-store --dry-run\n  What would be written?\n"
		    "nvmekit host-identity-store --hostnqn=nqn.2022-06.com.example:web-3 --replace\n"
		    "  Give this host another name; its identifier stays.\n",
	.target = T_NONE,
	.flags = C_ALTERS,
	OPTS(store_args, store_opts),
	.out = &spec_store,
	.run = run_store,
};
