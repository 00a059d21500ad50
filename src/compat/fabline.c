/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The command lines of 2.16's fabrics commands. Its numbers are ints in which 0, or what is negative, stands for "as usual", and
 * what cannot be left out is told with the option's letter.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "compat/line.h"
#include "dev/fabrics.h"

static const char *const fabrics[] = { "discover",	 "connect", "connect-all", "disconnect",
				       "disconnect-all", "dim",	    "config" };

bool nvme_fabrics(const struct cmd *c)
{
	for (size_t i = 0; c && i < NELEMS(fabrics); i++) {
		if (strcmp(c->name, fabrics[i]) == 0)
			return true;
	}
	return false;
}

/* Of strtol(3), with nothing behind it. */
static bool is_int(const char *text, long *out)
{
	char *end;

	errno = 0;
	*out = strtol(text, &end, 0);
	return end != text && !*end && !errno && *out >= INT_MIN && *out <= INT_MAX;
}

/* Whether 2.16 hands the number on to the kernel. */
static bool is_passed_on(const char *to, long v)
{
	if (strcmp(to, "ctrl-loss-tmo") == 0)
		return true;
	if (strcmp(to, "tos") == 0)
		return v >= 0;
	return v > 0;
}

int line_fabrics_number(struct line *l, const struct spelling *s, const char **value)
{
	bool serial = strcmp(s->to, "tls-key") == 0;
	long v;

	/* The task of dim is a name. */
	if (s->opt && s->opt->nvals && !(s->opt->flags & OF_OPEN_NAMES))
		return 0;
	if (!is_int(*value, &v)) {
		fprintf(l->err, "Expected integer argument for '%s' but got '%s'!\n", s->name,
			serial ? "***" : *value);
		return line_leave(l, 1);
	}
	if (!is_passed_on(s->to, v))
		*value = NULL;
	else if (v < 0)
		*value = "never";
	/* The kernel, too, takes more for the most that there can be. */
	else if (strcmp(s->to, "tos") == 0 && v > FAB_TOS_MAX)
		*value = arena_printf(l->ctx->arena, "%d", FAB_TOS_MAX);
	else
		*value = arena_printf(l->ctx->arena, "%ld", v);
	return 0;
}

/* The services that nvme-cli brings write "none" where there is nothing. */
static bool is_nothing(const char *to, const char *value)
{
	static const char *const names[] = { "device", "trsvcid", "host-traddr", "host-iface" };

	for (size_t i = 0; i < NELEMS(names); i++) {
		if (strcmp(to, names[i]) == 0)
			return !*value || strcmp(value, "none") == 0;
	}
	return false;
}

bool line_fabrics_left_out(const struct line *l, size_t i)
{
	const char *to = l->s[i].to;

	if (line_is(l, "disconnect") || line_is(l, "disconnect-all") || line_is(l, "dim") || !to)
		return false;
	/* Such a device need not be there: where the service is said as well, it is found by that. */
	if (strcmp(to, "device") == 0 && line_given(l, "transport"))
		return true;
	/* Of what a service offers, 2.16 connects nothing twice, whatever is asked for. */
	if (strcmp(to, "duplicate-connect") == 0 && line_is(l, "connect-all"))
		return true;
	return l->value[i] && is_nothing(to, l->value[i]);
}

static int missing(struct line *l, const char *option, const char *why)
{
	return line_complain(
		l, arena_printf(l->ctx->arena, "required argument [%s] not specified%s", option, why));
}

/* By loop there is no address. */
static bool lacks_address(const struct line *l)
{
	const char *transport = line_given(l, "transport");

	return transport && strcmp(transport, "loop") != 0 && !line_given(l, "traddr");
}

static int adjust_discovery(struct line *l)
{
	const char *why = NULL;

	if (lacks_address(l))
		why = arena_printf(l->ctx->arena, "No transport address for '%s'",
				   line_given(l, "transport"));
	else if (!line_given(l, "transport") && line_given(l, "traddr"))
		why = "No transport specified";
	if (why)
		return line_complain(l, arena_printf(l->ctx->arena,
						     "%s\nfailed to add controller, error Invalid argument",
						     why));
	/* That nothing is configured is no error. */
	if (!line_given(l, "context"))
		line_put(l, "context", 0, "nvme");
	return 0;
}

/* A configuration stands for everything in it. */
static bool is_of_file(const struct line *l)
{
	const char *config = line_given(l, "config");

	return config && strcmp(config, "none") != 0 && !line_given(l, "nqn") && !line_given(l, "transport");
}

static int adjust_connect(struct line *l)
{
	const char *port = line_given(l, "trsvcid");

	if (is_of_file(l)) {
		l->words[1] = "connect-all";
		line_put(l, "no-nbft", 0, NULL);
		return 0;
	}
	/* 2.16 says these as well, and then that it has succeeded. */
	if (line_given(l, "tls") && line_given(l, "concat"))
		return line_complain(l, "cannot specify --tls and --concat together");
	if (line_given(l, "concat") && !line_given(l, "dhchap-secret") &&
	    !line_given(l, "dhchap-secret-file"))
		return missing(l, "--dhchap-secret | -S", " with --concat");
	if (!line_given(l, "nqn"))
		return missing(l, "--nqn | -n", "");
	if (!line_given(l, "transport"))
		return missing(l, "--transport | -t", "");
	if (lacks_address(l))
		return missing(l, "--traddr | -a",
			       arena_printf(l->ctx->arena, " for transport %s", line_given(l, "transport")));
	/* "none" leaves it to the kernel, which takes this one for tcp whatever it connects to. */
	if (strcmp(line_given(l, "transport"), "tcp") == 0 && port && is_nothing("trsvcid", port))
		line_put(l, "trsvcid", 0, "8009");
	line_put(l, "no-idempotent", 0, NULL);
	return 0;
}

static int needs_name(struct line *l)
{
	if (line_given(l, "nqn") || line_given(l, "device"))
		return 0;
	return line_complain(l, "Neither device name [--device | -d] nor NQN [--nqn | -n] provided");
}

static int adjust_dim(struct line *l)
{
	static const char *const tasks[] = { "register", "deregister" };
	const char *task = line_given(l, "task");
	int rc = needs_name(l);

	if (rc || !task)
		return rc ? rc : line_complain(l, "Task [--task | -t] must be specified");
	for (size_t i = 0; i < NELEMS(tasks); i++) {
		if (strcmp(tasks[i], task) == 0)
			return 0;
	}
	return line_complain(l, arena_printf(l->ctx->arena, "Invalid --task: %s", task));
}

static int adjust_config(struct line *l)
{
	static const char *const needed[] = { "nqn", "transport" };

	for (size_t i = 0; line_given(l, "modify") && i < NELEMS(needed); i++) {
		if (!line_given(l, needed[i]))
			return line_complain(l, arena_printf(l->ctx->arena, "required argument [--%s | -%c] needed with --modify",
							     needed[i], *needed[i]));
	}
	return 0;
}

static bool dumps(const struct line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->given[i] && l->s[i].name && strcmp(l->s[i].name, "dump-config") == 0)
			return true;
	}
	return false;
}

int adjust_fabrics(struct line *l)
{
	if (dumps(l))
		return line_dump_config(l);
	if (line_is(l, "connect"))
		return adjust_connect(l);
	if (line_is(l, "discover") || line_is(l, "connect-all"))
		return adjust_discovery(l);
	if (line_is(l, "dim"))
		return adjust_dim(l);
	if (line_is(l, "config"))
		return adjust_config(l);
	return line_is(l, "disconnect") ? needs_name(l) : 0;
}
