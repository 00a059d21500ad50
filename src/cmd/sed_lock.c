/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * sed-initialize, sed-lock, sed-unlock, sed-password, sed-revert: a drive of the kind Opal, with one administrator and the
 * range that is everything. What is asked for goes through the kernel's Opal interface.
 */
#include <errno.h>
#include <string.h>

#include "cmd/sed.h"

/* A PIN of Opal has up to 32 bytes. What is shorter than 8 is no password. */
#define PIN_MAX 32u
#define PIN_MIN 8u

struct sed_args {
	const char *key_file, *new_key_file;
	bool ask_key, keyring, read_only, destructive, psid, save;
};

/* --- passwords --- */

static int no_terminal(struct ctx *ctx, int rc, const char *opt)
{
	return ctx->error.err == ENOTTY ? fail_hint(ctx, rc, "give it with %s=FILE; '-' is standard input", opt) : rc;
}

static void put_key(struct opal_secret *key, struct secret *s)
{
	memset(key, 0, sizeof(*key));
	key->len = (uint8_t)s->len;
	memcpy(key->key, s->p, s->len);
	secret_wipe(s);
}

/* From the file that was given, before anything is asked or sent. */
static int from_file(struct ctx *ctx, const char *opt, const char *path, size_t max, struct opal_secret *key)
{
	struct secret s;
	int rc = path ? secret_read(ctx, opt, path, max, true, &s) : 0;

	if (!rc && path)
		put_key(key, &s);
	return rc;
}

/* What no file has given: from the terminal, after the gate has let us through. */
static int from_terminal(struct ctx *ctx, const char *opt, const char *question, const char *again, size_t max,
			 struct opal_secret *key)
{
	struct secret s;
	int rc;

	if (key->len || key->type == OPAL_KEY_IN_KEYRING || ctx->g.dry_run)
		return 0;
	rc = secret_ask(ctx, question, again, max, &s);
	if (rc)
		return no_terminal(ctx, rc, opt);
	put_key(key, &s);
	return 0;
}

static int check_new(struct ctx *ctx, const char *opt, const struct opal_secret *key)
{
	if (!key->len || key->len >= PIN_MIN)
		return 0;
	return fail(ctx, XC_USAGE, 0, "%s: a new password has %u to %u bytes", opt, PIN_MIN, PIN_MAX);
}

static int check_sources(struct ctx *ctx, const struct sed_args *a)
{
	if ((a->key_file != NULL) + a->keyring + a->ask_key > 1)
		return fail(ctx, XC_USAGE, 0, "--key-file, --keyring and --ask-key exclude each other");
	if (a->key_file && a->new_key_file && strcmp(a->key_file, "-") == 0 && strcmp(a->new_key_file, "-") == 0)
		return fail(ctx, XC_USAGE, 0, "--key-file and --new-key-file cannot both be standard input");
	return 0;
}

/* --- sed-initialize --- */

static int take(struct ctx *ctx, const struct opal_secret *key)
{
	struct opal_secret own = *key;
	struct req r = sed_request(OPAL_TAKE_OWNERSHIP, &own, sizeof(own));
	int rc = sed_command(ctx, &r, "taking ownership");

	explicit_bzero(&own, sizeof(own));
	return rc;
}

static int activate(struct ctx *ctx, const struct opal_secret *key)
{
	struct opal_activate act = { .key = *key, .nranges = 1 };
	struct req r = sed_request(OPAL_ACTIVATE, &act, sizeof(act));
	int rc = sed_command(ctx, &r, "activating the locking");

	explicit_bzero(&act, sizeof(act));
	return rc;
}

static int set_up(struct ctx *ctx, const struct opal_secret *key, bool read_only)
{
	struct opal_range range = { .read_locks = !read_only, .write_locks = 1, .session.key = *key };
	struct req r = sed_request(OPAL_SETUP_RANGE, &range, sizeof(range));
	int rc = sed_command(ctx, &r, "setting up the locking range");

	explicit_bzero(&range, sizeof(range));
	return rc;
}

/* Each step needs the one before it. Whoever breaks off in between has an owned drive, and can revert it. */
static int initialize(struct ctx *ctx, const struct opal_secret *key, bool read_only)
{
	int rc = take(ctx, key);

	if (rc)
		return rc;
	rc = activate(ctx, key);
	if (!rc)
		rc = set_up(ctx, key, read_only);
	return rc ? fail_hint(ctx, rc, "the drive has an owner now, with this password: 'nvmekit sed-revert --destructive' "
				       "undoes that") : 0;
}

static int run_initialize(struct ctx *ctx, const void *argp, struct val *out)
{
	static const char *const notes[] = {
		"Whoever loses the password loses the data: only a revert with the PSID helps then, which erases everything.",
		"The drive is locked when it is without power, and nothing boots from it then.",
		NULL,
	};
	const struct sed_args *a = argp;
	struct opal_secret key = { 0 };
	struct sed_state s;
	struct req reqs[] = {
		sed_request(OPAL_TAKE_OWNERSHIP, NULL, 0),
		sed_request(OPAL_ACTIVATE, NULL, 0),
		sed_request(OPAL_SETUP_RANGE, NULL, 0),
	};
	struct intent in = { .reqs = reqs, .nreqs = NELEMS(reqs), .action = "Opal: initialize", .notes = notes };
	int rc = from_file(ctx, "--key-file", a->key_file, PIN_MAX, &key);

	if (!rc)
		rc = check_new(ctx, "--key-file", &key);
	if (!rc)
		rc = sed_opal(ctx, &s);
	if (!rc && s.enabled) {
		rc = fail(ctx, XC_USAGE, 0, "%s is initialized already: its locking is enabled", ctx->dev->path);
		fail_hint(ctx, rc, "'nvmekit sed-password' changes the password, 'nvmekit sed-revert' undoes it all");
	}
	if (!rc)
		rc = gate(ctx, &in);
	if (!rc)
		rc = from_terminal(ctx, "--key-file", "New password: ", "The same again: ", PIN_MAX, &key);
	if (!rc)
		rc = check_new(ctx, "the password", &key);
	if (!rc)
		rc = initialize(ctx, &key, a->read_only);
	explicit_bzero(&key, sizeof(key));
	return rc ? rc : sed_put_state(ctx, out);
}

#define OPT_KEY_FILE(text) OPT(sed_args, key_file, 0, "key-file", "FILE", text, .complete = COMP_FILE)
#define FROM_FILE "File with the password, in one line; '-' is standard input (default: asked on the terminal)"

static const struct opt initialize_opts[] = {
	OPT(sed_args, read_only, 'r', "read-only", NULL, "What is locked can still be read"),
	OPT_KEY_FILE("File with the new password, in one line; '-' is standard input (default: asked on the terminal)"),
};

static const struct field state_rows[] = {
	{ "locking_supported", "Locking is supported", .kind = K_BOOL },
	{ "locking_enabled", "Locking is enabled: the drive was initialized", .kind = K_BOOL },
	{ "locked", "Something is locked now", .kind = K_BOOL },
};
static const struct spec spec_sed_state = { "sed-state", "State of locking", NULL, 0, 1, FIELDS(state_rows) };

const struct cmd cmd_sed_initialize = {
	.name = "sed-initialize",
	.alias = "sed initialize",
	.group = "Security",
	.brief = "Take ownership of a self-encrypting drive, and turn its locking on",
	.desc = "Gives an Opal drive that nobody owns a password, activates its locking and sets it up for everything on the drive. "
		"The data stays, and stays readable until the drive is locked: with sed-lock, or by taking its power away.",
	.examples = "nvmekit sed-initialize nvme4n1 --dry-run\n  What would be done, without asking for a password.\n",
	.target = T_DEV,
	.flags = C_GATED | C_ALTERS,
	OPTS(sed_args, initialize_opts),
	.out = &spec_sed_state,
	.run = run_initialize,
};

/* --- sed-lock, sed-unlock --- */

static int keep_for_resume(struct ctx *ctx, struct opal_lock *lock)
{
	struct req r = sed_request(OPAL_SAVE, lock, sizeof(*lock));

	return sed_command(ctx, &r, "keeping the password for when the machine wakes up");
}

static int run_lock(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct sed_args *a = argp;
	bool unlock = ctx->cmd->arg;
	struct opal_lock lock = { .state = a->read_only ? OPAL_STATE_RO : unlock ? OPAL_STATE_RW : OPAL_STATE_LOCKED };
	struct opal_secret *key = &lock.session.key;
	struct sed_state s;
	struct req reqs[] = {
		sed_request(OPAL_LOCK_UNLOCK, &lock, sizeof(lock)),
		sed_request(OPAL_SAVE, &lock, sizeof(lock)),
	};
	/* Giving access back is no reason to ask whether the drive is in use. */
	struct intent in = { .reqs = reqs, .nreqs = a->save ? 2 : 1, .busy_ok = unlock };
	int rc = check_sources(ctx, a);

	if (!rc)
		rc = from_file(ctx, "--key-file", a->key_file, OPAL_KEY_MAX_LEN, key);
	if (a->keyring)
		key->type = OPAL_KEY_IN_KEYRING;
	if (!rc)
		rc = sed_opal(ctx, &s);
	if (!rc && !s.enabled) {
		rc = fail(ctx, XC_USAGE, 0, "%s has nothing to %s: its locking is not enabled", ctx->dev->path,
			  unlock ? "unlock" : "lock");
		fail_hint(ctx, rc, "'nvmekit sed-initialize' enables it");
	}
	if (!rc)
		rc = gate(ctx, &in);
	if (!rc)
		rc = from_terminal(ctx, "--key-file", "Password: ", NULL, OPAL_KEY_MAX_LEN, key);
	if (!rc)
		rc = sed_command(ctx, &reqs[0], unlock ? "unlocking" : "locking");
	if (!rc && a->save)
		rc = keep_for_resume(ctx, &lock);
	explicit_bzero(&lock, sizeof(lock));
	return rc ? rc : sed_put_state(ctx, out);
}

#define OPT_KEYRING                                                                                          \
	OPT(sed_args, keyring, 0, "keyring", NULL, "Use the password in the kernel's keyring for such drives (Linux 6.7)")
#define OPT_ASK OPT(sed_args, ask_key, 'k', "ask-key", NULL, "Ask for the password on the terminal; this is the default")

static const struct opt lock_opts[] = {
	OPT(sed_args, read_only, 'r', "read-only", NULL, "Only writes are locked"),
	OPT_ASK,
	OPT_KEY_FILE(FROM_FILE),
	OPT_KEYRING,
};

static const struct opt unlock_opts[] = {
	OPT(sed_args, read_only, 'r', "read-only", NULL, "Only reads are unlocked"),
	OPT_ASK,
	OPT_KEY_FILE(FROM_FILE),
	OPT_KEYRING,
	OPT(sed_args, save, 0, "save", NULL, "Let the kernel keep the password, and unlock when the machine wakes up from sleep"),
};

const struct cmd cmd_sed_lock = {
	.name = "sed-lock",
	.alias = "sed lock",
	.group = "Security",
	.brief = "Lock a self-encrypting drive",
	.desc = "Locks an Opal drive that was initialized: it refuses reads and writes until it is unlocked. What uses the drive "
		"meanwhile gets errors, so nothing should.",
	.examples = "nvmekit sed-lock nvme4n1 --key-file=password --dry-run\n  What would be done.\n",
	.target = T_DEV,
	.flags = C_GATED | C_ALTERS,
	OPTS(sed_args, lock_opts),
	.arg = 0,
	.out = &spec_sed_state,
	.run = run_lock,
};

const struct cmd cmd_sed_unlock = {
	.name = "sed-unlock",
	.alias = "sed unlock",
	.group = "Security",
	.brief = "Unlock a self-encrypting drive",
	.desc = "Unlocks an Opal drive, and lets the kernel look for partitions that it could not read before.",
	.examples = "nvmekit sed-unlock nvme4n1 --key-file=password\n  Unlock it.\n"
		    "nvmekit sed-unlock nvme4n1 --read-only\n  Let it be read, and nothing more; the password is asked for.\n",
	.target = T_DEV,
	/* Read-only takes away the access to write that there may be. */
	.flags = C_GATED | C_ALTERS,
	OPTS(sed_args, unlock_opts),
	.arg = 1,
	.out = &spec_sed_state,
	.run = run_lock,
};

/* --- sed-password --- */

/* Opal has two: of who administers the locking, and of who owns the drive. Linux before 6.6 changes only the first. */
static int change(struct ctx *ctx, struct opal_password *pw)
{
	struct req r = sed_request(OPAL_SET_PASSWORD, pw, sizeof(*pw));
	int rc = sed_command(ctx, &r, "changing the password");

	if (rc)
		return rc;
	r = sed_request(OPAL_SET_SID, pw, sizeof(*pw));
	rc = dev_submit(ctx->dev, &r);
	if (rc == -ENOTTY || rc == -EOPNOTSUPP) {
		warn_user(ctx, "this kernel cannot change the owner's password: a revert of the whole drive still takes the old one");
		return 0;
	}
	if (!rc)
		return 0;
	warn_user(ctx, "the password that unlocks the drive was changed before this");
	if (rc == -OPAL_REFUSED)
		return fail(ctx, XC_STATUS, OPAL_REFUSED, "changing the owner's password of %s failed: TCG method status 0x%02x",
			    ctx->dev->path, (unsigned)r.result);
	return dev_fail(ctx->dev, &r, rc, "changing the owner's password");
}

static int run_password(struct ctx *ctx, const void *argp, struct val *out)
{
	const struct sed_args *a = argp;
	struct opal_password pw = { 0 };
	struct sed_state s;
	struct req reqs[] = {
		sed_request(OPAL_SET_PASSWORD, NULL, 0),
		sed_request(OPAL_SET_SID, NULL, 0),
	};
	struct intent in = { .reqs = reqs, .nreqs = NELEMS(reqs), .busy_ok = true };
	int rc = check_sources(ctx, a);

	if (!rc)
		rc = from_file(ctx, "--key-file", a->key_file, OPAL_KEY_MAX_LEN, &pw.session.key);
	if (!rc)
		rc = from_file(ctx, "--new-key-file", a->new_key_file, PIN_MAX, &pw.changed.key);
	if (!rc)
		rc = check_new(ctx, "--new-key-file", &pw.changed.key);
	if (!rc)
		rc = sed_opal(ctx, &s);
	if (!rc && !s.enabled)
		rc = fail(ctx, XC_USAGE, 0, "%s has no password: its locking is not enabled", ctx->dev->path);
	if (!rc)
		rc = gate(ctx, &in);
	if (!rc)
		rc = from_terminal(ctx, "--key-file", "Password: ", NULL, OPAL_KEY_MAX_LEN, &pw.session.key);
	if (!rc)
		rc = from_terminal(ctx, "--new-key-file", "New password: ", "The same again: ", PIN_MAX, &pw.changed.key);
	if (!rc)
		rc = check_new(ctx, "the password", &pw.changed.key);
	if (!rc)
		rc = change(ctx, &pw);
	explicit_bzero(&pw, sizeof(pw));
	return rc ? rc : sed_put_state(ctx, out);
}

static const struct opt password_opts[] = {
	OPT_KEY_FILE(FROM_FILE),
	OPT(sed_args, new_key_file, 0, "new-key-file", "FILE",
	    "File with the new password, in one line; '-' is standard input (default: asked on the terminal, twice)",
	    .complete = COMP_FILE),
};

const struct cmd cmd_sed_password = {
	.name = "sed-password",
	.alias = "sed password",
	.group = "Security",
	.brief = "Change the password of a self-encrypting drive",
	.desc = "Changes the password of an Opal drive that was initialized: that of its administrator, and that of its owner, which "
		"are one for people.",
	.examples = "nvmekit sed-password nvme4n1 --key-file=old --new-key-file=new --dry-run\n  What would be done.\n",
	.target = T_DEV,
	.flags = C_GATED | C_ALTERS,
	OPTS(sed_args, password_opts),
	.out = &spec_sed_state,
	.run = run_password,
};

/* --- sed-revert --- */

static int revert_keeping(struct ctx *ctx, const struct opal_secret *key)
{
	struct opal_keep keep = { .key = *key, .options = OPAL_KEEP_DATA };
	struct opal_secret own = *key;
	struct req r = sed_request(OPAL_REVERT_LOCKING, &keep, sizeof(keep));
	int rc = sed_command(ctx, &r, "turning off the locking");

	/* Only without active locking does reverting the drive keep its data: never go on after a failure. */
	if (!rc) {
		r = sed_request(OPAL_REVERT, &own, sizeof(own));
		rc = sed_command(ctx, &r, "giving up ownership");
	} else if (ctx->error.code == XC_UNSUPPORTED) {
		ctx->error.hint = NULL;
		fail_hint(ctx, rc, "keeping the data takes Linux 6.6; --destructive erases it");
	}
	explicit_bzero(&keep, sizeof(keep));
	explicit_bzero(&own, sizeof(own));
	return rc;
}

static int revert(struct ctx *ctx, const struct sed_args *a, struct opal_secret *key)
{
	struct req r = sed_request(a->psid ? OPAL_REVERT_PSID : OPAL_REVERT, key, sizeof(*key));

	if (!a->psid && !a->destructive)
		return revert_keeping(ctx, key);
	return sed_command(ctx, &r, a->psid ? "reverting with the PSID" : "reverting");
}

static int check_revert(struct ctx *ctx, const struct sed_args *a)
{
	struct sed_state s;
	int rc = sed_opal(ctx, &s);

	if (rc || a->psid || a->destructive)
		return rc;
	if (!s.enabled) {
		rc = fail(ctx, XC_USAGE, 0, "%s has nothing to revert: its locking is not enabled", ctx->dev->path);
		return fail_hint(ctx, rc, "--destructive reverts a drive that has an owner and no locking");
	}
	if (!s.locked)
		return 0;
	rc = fail(ctx, XC_USAGE, 0, "%s is locked: what is on it cannot be kept", ctx->dev->path);
	return fail_hint(ctx, rc, "unlock it first with 'nvmekit sed-unlock'; --destructive erases everything");
}

static int run_revert(struct ctx *ctx, const void *argp, struct val *out)
{
	static const char *const erases[] = { "Everything on the drive is erased, and it has no owner any more.", NULL };
	static const char *const keeps[] = { "The data is kept; the drive has no password and no owner any more.", NULL };
	const struct sed_args *a = argp;
	struct opal_secret key = { 0 };
	struct req reqs[] = {
		sed_request(a->psid ? OPAL_REVERT_PSID : OPAL_REVERT, NULL, 0),
		sed_request(OPAL_REVERT_LOCKING, NULL, 0),
	};
	bool keep = !a->psid && !a->destructive;
	struct intent in = {
		.reqs = reqs,
		.nreqs = keep ? 2 : 1,
		.action = keep ? "Opal: revert, keeping the data" : NULL,
		.effect = keep ? "turns off the locking of, and gives up the ownership of," : NULL,
		.reach = REACH_SUBSYS,
		.notes = keep ? keeps : erases,
	};
	int rc = a->psid && a->destructive
			 ? fail(ctx, XC_USAGE, 0, "--psid and --destructive exclude each other: with the PSID everything is "
						  "erased anyway")
			 : from_file(ctx, "--key-file", a->key_file, OPAL_KEY_MAX_LEN, &key);

	if (!rc)
		rc = check_revert(ctx, a);
	if (!rc)
		rc = gate(ctx, &in);
	if (!rc)
		rc = from_terminal(ctx, "--key-file", a->psid ? "PSID: " : "Password: ", NULL, OPAL_KEY_MAX_LEN, &key);
	if (!rc)
		rc = revert(ctx, a, &key);
	explicit_bzero(&key, sizeof(key));
	return rc ? rc : sed_put_state(ctx, out);
}

static const struct opt revert_opts[] = {
	OPT(sed_args, destructive, 'e', "destructive", NULL, "Erase everything on the drive"),
	OPT(sed_args, psid, 'p', "psid", NULL,
	    "Erase everything on the drive with the PSID that is printed on it, instead of a password"),
	OPT_KEY_FILE("File with the password, or the PSID, in one line; '-' is standard input (default: asked on the terminal)"),
};

const struct cmd cmd_sed_revert = {
	.name = "sed-revert",
	.alias = "sed revert",
	.group = "Security",
	.brief = "Give a self-encrypting drive back the state that it left the factory with",
	.desc = "Turns the locking of an Opal drive off and gives up its ownership. The data is kept, as long as the drive is not "
		"locked; that takes Linux 6.6.\n\n"
		"With --destructive all data is erased. With --psid all data is erased too, and no password is needed: the "
		"PSID is printed on the label of the drive.",
	.examples = "nvmekit sed-revert nvme4n1 --dry-run\n  What would be done.\n"
		    "nvmekit sed-revert nvme4n1 --psid --key-file=psid --dry-run\n  The same for a forgotten password.\n",
	.target = T_DEV,
	.flags = C_GATED | C_ALTERS,
	OPTS(sed_args, revert_opts),
	.out = &spec_sed_state,
	.run = run_revert,
};
