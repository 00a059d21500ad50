/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The configuration of NVMe over Fabrics: which connections this host shall have. Three formats are read, into one model
 * (docs/config.md describes them for users):
 *
 *	/etc/nvme/nvme-fabrics.conf and nvme-fabrics.conf.d/ *.conf	INI, nvme-cli 3.0 (fabconf_ini.c)
 *	/etc/nvme/config.json						JSON, libnvme 1.x (fabconf_json.c)
 *	/etc/nvme/discovery.conf					a command line in each line (fabconf_disc.c)
 *
 * Every value knows the file and line that it comes from. All problems are collected, with their lines; what is wrong is never
 * skipped in silence.
 */
#ifndef NVMEKIT_DEV_FABCONF_H
#define NVMEKIT_DEV_FABCONF_H

#include <stdbool.h>
#include <stddef.h>

#include "dev/fabrics.h"

#define FABCONF_INI  "/etc/nvme/nvme-fabrics.conf"
#define FABCONF_JSON "/etc/nvme/config.json"
#define FABCONF_DISC "/etc/nvme/discovery.conf"
/* Beside a file that 'config convert' has converted: it is not read any more. */
#define FABCONF_CONVERTED ".converted"

enum {
	FABCONF_FILE_MAX = 1 << 20,  /* bytes of a file */
	FABCONF_LINE_MAX = 4096,     /* bytes of a line of INI and discovery.conf */
	FABCONF_ENTRIES_MAX = 8192,  /* connections in all */
	FABCONF_DROP_INS_MAX = 256,
	FABCONF_PROBLEMS_MAX = 1000, /* more are only counted */
};

enum fabconf_format { FABCONF_IS_INI, FABCONF_IS_JSON, FABCONF_IS_DISC };
extern const char *const fabconf_formats[]; /* "ini", "json", "discovery" */

enum fabconf_severity {
	FABCONF_WARNING, /* it is understood, and odd */
	FABCONF_UNSAFE,  /* the same, and others can read a secret or change the file: an error for 'config validate' */
	FABCONF_ERROR,   /* nothing of the configuration is used until it is put right */
};
extern const char *const fabconf_severities[]; /* "warning", "unsafe", "error" */

struct fabconf_problem {
	const char *file;
	size_t index; /* of the file in files[] */
	size_t line;  /* 0: the file as a whole */
	enum fabconf_severity severity;
	const char *text; /* a phrase without a full stop; never a secret */
	const char *hint; /* or NULL */
};

struct fabconf_file {
	const char *name; /* as people know it: without --sysroot */
	enum fabconf_format format;
	bool drop_in;
	bool converted; /* there is FABCONF_CONVERTED beside it, so it was not read */
	size_t entries;
	bool secrets; /* a secret stands in it */
};

struct fabconf_entry {
	/*
	 * Complete: from its own place, what it stands under, the host, the defaults of the file, and what follows from the rest
	 * (origin "default": trsvcid, and nqn of discovery controllers). hostnqn and hostid are set where a file says them. If
	 * neither is, the connection is the system's own (/etc/nvme/hostnqn, hostid); if hostnqn alone is set, it must not
	 * be given the system's hostid: the kernel makes one.
	 */
	struct fab_conn conn; /* FK_DISCOVERY and FK_PERSISTENT are always set */
	/* Of a discovery controller of an INI file: what its file says of all I/O controllers, and so of those that it offers. Else NULL. */
	const struct fab_conn *offered;
	const char *file, *application; /* application: "" where none is named (config.json) */
	size_t line;          /* where it begins */
	size_t index;         /* of its file in files[] */
};

struct fabconf {
	struct fabconf_file *files; /* in order of precedence */
	size_t nfiles;
	struct fabconf_entry *entries; /* in order of precedence; each connection once */
	size_t n;
	struct fabconf_problem *problems; /* by file and line */
	size_t nproblems, errors, unsafe, warnings; /* the latter three count all, also what is beyond FABCONF_PROBLEMS_MAX */
};

/*
 * Reads the configuration. config NULL: the three files above, as far as they are there, below --sysroot; on a simulated system,
 * those that the image has ("files", docs/image.md). "none": nothing, the result is empty. Otherwise that file alone, whatever
 * its format; of an INI file with FILE.d/ *.conf. All is in the arena.
 *
 * 0 also where there are problems. Else the error is recorded: XC_USAGE if a file that was named is not there, XC_PERM or what
 * else a file cannot be read for.
 */
int fabconf_load(struct ctx *ctx, const char *config, struct fabconf **out);
/* The system's config.json and discovery.conf alone, converted or not. */
int fabconf_load_older(struct ctx *ctx, struct fabconf **out);
/*
 * To be called before anything is connected: XC_DATA if there are errors, with the first one in the message. What is unsafe is
 * warned of.
 */
int fabconf_check(struct ctx *ctx, const struct fabconf *fc);

/* --- writing: config create, config convert --- */

/* Text that stands for the content of a file, as if it were there already. */
struct fabconf_draft {
	const char *file, *text;
};
/* fabconf_load of an INI configuration with drafts in place of files (or beside them; also of marks that a file is converted). */
int fabconf_try(struct ctx *ctx, const char *config, const struct fabconf_draft *drafts, size_t n, struct fabconf **out);
/*
 * A section for connections to one subsystem, which differ in their paths and in what tunes them: "[Subsystem]\nnqn = ...\n".
 * open: secrets stand in it; otherwise it may be shown. NULL: something in it cannot be written in this format.
 */
const char *fabconf_section(struct arena *a, const struct fabconf_entry *const *e, size_t n, bool open);
/* One text of several. */
const char *fabconf_join(struct arena *a, const char *const *parts, size_t n);
/* "[Host]\nhostnqn = ...\n"; "" where the connection is the system's own. */
const char *fabconf_host(struct arena *a, const struct fab_conn *c);
/* May both stand in one section? */
bool fabconf_same_section(const struct fab_conn *a, const struct fab_conn *b);
/* Is this value of a key a secret? The serial number of a TLS key is none. */
bool fabconf_is_secret(enum fab_key k, const char *text);
/* Is anything in it a secret? */
bool fabconf_secret(const struct fab_conn *c);
/* Do both say the same, wherever it comes from? */
bool fabconf_same(const struct fab_conn *a, const struct fab_conn *b);
/* Are both complete ones the same connection: whom it goes to, from where, as which host? */
bool fabconf_same_target(struct arena *a, const struct fab_conn *x, const struct fab_conn *y);
/* A value as the INI file has it, of a key that is set; secrets as "***" unless open. */
const char *fabconf_value(struct arena *a, const struct fab_conn *c, enum fab_key k, bool open);
/* Is there a file (or a link to nowhere) of this name? 'users' as below. */
bool fabconf_there(struct ctx *ctx, const char *name, bool users);

/*
 * One file. users: the name is one that the user gave, and is taken as it is; otherwise it is the system's, below --sysroot, or
 * of the image. *text NULL: there is none (of the user's, that is an error). mode: its permissions. 0 or -errno with the error
 * recorded.
 */
int fabconf_read_file(struct ctx *ctx, const char *name, bool users, const char **text, size_t *len, unsigned *mode);
/*
 * Replaces it, or makes it, in one step; folders that are missing (one level) are made. secret: nobody but its owner gets any
 * permission; otherwise 0644, or what it had.
 */
int fabconf_write_file(struct ctx *ctx, const char *name, bool users, const char *text, bool secret);
/*
 * Keeps other processes that do the same from changing the configuration until this one ends: who reads it, and writes what it
 * said and more, would otherwise undo what another one writes meanwhile. The lock is on the folder of the file 'name'.
 */
void fabconf_lock(struct ctx *ctx, const char *name, bool users);
/* Makes the mark FABCONF_CONVERTED beside a file; there already: 0. */
int fabconf_mark_converted(struct ctx *ctx, const char *name, bool users);

#endif
