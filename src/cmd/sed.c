/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Self-encrypting drives: sed-discover, and talking to the kernel's Opal interface. TCG Storage Architecture Core
 * Specification 2.01, section 3.3.6 (Level 0 Discovery); Opal SSC 2.02.
 */
#include "cmd/sed.h"

#include <errno.h>
#include <string.h>

/* As much as Linux reads; a drive with every feature that there is needs a quarter of it. */
#define DISCOVERY_SIZE 2048u

static const struct val *feature(const struct val *discovery, unsigned code)
{
	const struct val *list = val_get(discovery, "features");

	for (const struct val *v = list ? list->c.first : NULL; v; v = v->next) {
		if (val_u64(v, "code", 0) == code)
			return v;
	}
	return NULL;
}

static const char *ssc_of(const struct val *discovery)
{
	static const struct {
		unsigned code;
		const char *key;
	} sscs[] = {
		{ TCG_OPAL2, "opal2" }, { TCG_OPAL1, "opal1" },	  { 0x0304, "ruby" },	  { 0x0301, "opalite" },
		{ 0x0303, "pyrite2" },	{ 0x0302, "pyrite1" },	  { 0x0100, "enterprise" },
	};

	for (size_t i = 0; i < NELEMS(sscs); i++) {
		if (feature(discovery, sscs[i].code))
			return sscs[i].key;
	}
	return NULL;
}

/* The first four bytes say how much there is; what the buffer has behind that is nothing. */
static size_t real_length(const uint8_t *p, size_t received)
{
	uint64_t says = received < 4 ? 0 : ((uint64_t)p[0] << 24 | (uint64_t)p[1] << 16 | (uint64_t)p[2] << 8 | p[3]) + 4;

	return says < received ? (size_t)says : received;
}

static void fill(struct ctx *ctx, struct sed_state *s, const void *buf, size_t len)
{
	const struct val *locking;

	*s = (struct sed_state){ .bytes = buf, .len = len };
	s->discovery = spec_decode(ctx->arena, &spec_tcg_discovery, buf, len);
	s->ssc = ssc_of(s->discovery);
	s->opal = feature(s->discovery, TCG_OPAL1) || feature(s->discovery, TCG_OPAL2);
	locking = feature(s->discovery, TCG_LOCKING);
	if (!locking)
		return;
	s->supported = val_u64(locking, "locking.locking_supported", 0);
	s->enabled = val_u64(locking, "locking.locking_enabled", 0);
	s->locked = val_u64(locking, "locking.locked", 0);
	s->encrypts = val_u64(locking, "locking.media_encryption", 0);
	s->mbr_enabled = val_u64(locking, "locking.mbr_enabled", 0);
	s->mbr_done = val_u64(locking, "locking.mbr_done", 0);
}

/*
 * Asking a drive for a protocol that it has not leaves an entry in its error log: which ones there are is asked before.
 * A drive that does not say gets the benefit of the doubt.
 */
static bool has_tcg(struct ctx *ctx)
{
	void *buf = dev_buffer(ctx, 512);
	struct req r = secure_request(false, SECP_INFO, 0, 0, buf, 512);
	const struct val *list;

	if (dev_submit(ctx->dev, &r))
		return true;
	list = val_get(spec_decode(ctx->arena, &spec_security_list, buf, r.received), "protocols");
	for (const struct val *v = list ? list->c.first : NULL; v; v = v->next) {
		if (v->u == SECP_TCG)
			return true;
	}
	return !list || !list->c.n;
}

static int no_tcg(struct ctx *ctx)
{
	int rc = fail(ctx, XC_UNSUPPORTED, 0, "%s is no self-encrypting drive: it has no TCG Level 0 Discovery",
		      ctx->dev->path);

	return fail_hint(ctx, rc, "'nvmekit security-recv %s' lists the security protocols that it has", ctx->dev->name);
}

int sed_discover(struct ctx *ctx, struct sed_state *s)
{
	uint8_t *buf = dev_buffer(ctx, DISCOVERY_SIZE);
	struct req r = secure_request(false, SECP_TCG, TCG_DISCOVERY_COMID, 0, buf, DISCOVERY_SIZE);
	int rc = secure_supported(ctx);

	if (rc)
		return rc;
	if (!has_tcg(ctx))
		return no_tcg(ctx);
	rc = dev_submit(ctx->dev, &r);
	if (rc > 0 && STATUS_SCT(rc) == 0 && STATUS_SC(rc) == 0x02)
		return no_tcg(ctx);
	if (rc)
		return dev_fail(ctx->dev, &r, rc, "Security Receive (Level 0 Discovery)");
	fill(ctx, s, buf, real_length(buf, r.received));
	if (s->len < 48)
		return fail(ctx, XC_DATA, 0, "%s answers Level 0 Discovery with %zu bytes, which are no answer",
			    ctx->dev->path, s->len);
	if (s->discovery->flags & VAL_CUT)
		warn_user(ctx, "Level 0 Discovery ends early, after %zu bytes; what is missing is left out", s->len);
	return 0;
}

int sed_opal(struct ctx *ctx, struct sed_state *s)
{
	int rc = sed_discover(ctx, s);

	if (rc || s->opal)
		return rc;
	return fail(ctx, XC_UNSUPPORTED, 0, "%s is no Opal drive%s%s, and Linux works with no others", ctx->dev->path,
		    s->ssc ? " but one of the kind " : "", s->ssc ? s->ssc : "");
}

struct req sed_request(uint32_t number, void *data, size_t size)
{
	return (struct req){ .kind = REQ_OPAL, .cdw10 = number, .data = data, .data_len = (uint32_t)size };
}

static int refused(struct ctx *ctx, unsigned status, const char *what)
{
	const char *text = "unknown status";
	int rc;

	for (size_t i = 0; i < NELEMS(opal_statuses); i++) {
		if (opal_statuses[i].val == status)
			text = opal_statuses[i].text;
	}
	rc = fail(ctx, XC_STATUS, OPAL_REFUSED, "%s of %s failed: the drive says %s (TCG method status 0x%02x)", what,
		  ctx->dev->path, text, status);
	if (status == OPAL_NOT_AUTHORIZED)
		return fail_hint(ctx, rc, "the password is wrong, or the drive belongs to somebody else; after some wrong ones a "
					  "drive refuses all until it is without power");
	if (status == OPAL_LOCKED_OUT)
		return fail_hint(ctx, rc, "there were too many wrong passwords: take the power away from the drive, and try again");
	return rc;
}

int sed_command(struct ctx *ctx, struct req *r, const char *what)
{
	int rc = dev_submit(ctx->dev, r);

	if (!rc || ctx->error.code != XC_OK)
		return rc;
	if (rc == -OPAL_REFUSED)
		return refused(ctx, (unsigned)r->result, what);
	if (rc == -EOPNOTSUPP || rc == -ENOTTY) {
		rc = fail(ctx, XC_UNSUPPORTED, -rc, "%s of %s failed: this kernel cannot do it", what, ctx->dev->path);
		return fail_hint(ctx, rc, "it takes a kernel with CONFIG_BLK_SED_OPAL, and one that is not too old");
	}
	if (rc == -ENOKEY) {
		rc = fail(ctx, XC_USAGE, ENOKEY, "%s of %s failed: the kernel's keyring has no password for it", what,
			  ctx->dev->path);
		return fail_hint(ctx, rc, "give it with --key-file=FILE, or --ask-key");
	}
	return dev_fail(ctx->dev, r, rc, what);
}

void sed_put(struct ctx *ctx, struct val *out, const struct sed_state *s)
{
	val_put_bool(ctx->arena, out, "locking_supported", s->supported);
	val_put_bool(ctx->arena, out, "locking_enabled", s->enabled);
	val_put_bool(ctx->arena, out, "locked", s->locked);
}

int sed_put_state(struct ctx *ctx, struct val *out)
{
	struct sed_state s;
	int rc;

	if (ctx->g.dry_run)
		return 0;
	rc = sed_discover(ctx, &s);
	if (!rc)
		sed_put(ctx, out, &s);
	return rc;
}

/* --- sed-discover --- */

struct discover_args {
	bool udev, raw_binary;
};

static const struct opt discover_opts[] = {
	OPT(discover_args, udev, 'u', "udev", NULL, "Write the state of locking as variables for rules of udev"),
	OPT_RAW(discover_args, raw_binary),
};

static const struct field discover_rows[] = {
	{ "opal", "A drive that Linux can lock and unlock", .kind = K_BOOL },
	{ "ssc", "Security subsystem class", .kind = K_TEXT, .flags = F_NULLABLE },
	{ "locking_supported", "Locking is supported", .kind = K_BOOL },
	{ "locking_enabled", "Locking is enabled: the drive was initialized", .kind = K_BOOL },
	{ "locked", "Something is locked now", .kind = K_BOOL },
	{ "media_encryption", "The media is encrypted", .kind = K_BOOL },
	{ "mbr_enabled", "The shadow MBR is enabled", .kind = K_BOOL },
	{ "mbr_done", "The shadow MBR is done with", .kind = K_BOOL },
	{ "discovery", "Level 0 Discovery", STRUCT_OF(tcg_discovery_fields), .flags = F_QUIET },
	{ "text", "The variables for udev", .kind = K_TEXT, .flags = F_OPTIONAL },
};
static const struct spec spec_discover = { "sed-discover", "Self-encrypting drive", NULL, 0, 1, FIELDS(discover_rows) };

static const char *word(bool on)
{
	return on ? "ENABLED" : "DISABLED";
}

static int run_discover(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct discover_args *args = argp;
	struct sed_state s;
	int rc = sed_discover(ctx, &s);

	cmd_raw(ctx, args->raw_binary);
	if (rc)
		return rc;
	ctx->raw = s.bytes;
	ctx->raw_len = s.len;
	val_put_bool(ctx->arena, out, "opal", s.opal);
	val_put_str(ctx->arena, out, "ssc", s.ssc);
	sed_put(ctx, out, &s);
	val_put_bool(ctx->arena, out, "media_encryption", s.encrypts);
	val_put_bool(ctx->arena, out, "mbr_enabled", s.mbr_enabled);
	val_put_bool(ctx->arena, out, "mbr_done", s.mbr_done);
	val_put_obj(ctx->arena, out, "discovery")->c = s.discovery->c;
	if (args->udev)
		val_put_str(ctx->arena, out, "text",
			    arena_printf(ctx->arena,
					 "DEV_SED_COMPAT=%s\nDEV_SED_LOCKING_SUPP=%s\nDEV_SED_LOCKING=%s\nDEV_SED_LOCKED=%s\n",
					 word(s.opal), word(s.supported), word(s.enabled), word(s.locked)));
	return 0;
}

const struct cmd cmd_sed_discover = {
	.name = "sed-discover",
	.alias = "sed discover",
	.group = "Security",
	.brief = "Show whether a drive is self-encrypting, and whether it is locked",
	.desc = "Reads TCG's Level 0 Discovery, which needs no password and changes nothing. With --verbose, and in JSON, every "
		"feature that the drive reports is shown.",
	.examples = "nvmekit sed-discover nvme4\n  Is the drive locked?\n"
		    "nvmekit sed-discover nvme4n1 -v\n  Everything that it says of itself.\n",
	.target = T_DEV,
	.flags = C_BINARY | C_TEXT,
	OPTS(discover_args, discover_opts),
	.out = &spec_discover,
	.run = run_discover,
};
