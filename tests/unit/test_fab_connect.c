/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Making a connection: what the kernel is told and what not, whom else to try, what was there before. */
#include "unit.h"

#include <errno.h>

#include "dev/fabrics.h"
#include "dev/sim.h"
#include "sim_sample.h"

#define S "nqn.2020-01.test:s"
#define SAFE "nqn.2020-01.test:safe"
#define HOSTNQN "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555"
#define HOSTID "11111111-2222-3333-4444-555555555555"
#define KEY "DHHC-1:00:XmDum8XdwjUecqEtlUVkXjK9shFJkSHPnUx+UzAPqBacjTQH:"
#define CTRL_KEY "DHHC-1:00:5sGn+4bIIeHUHLg66tgTDyvHeDwa3CrMBZSmWOJxsyE8xhK2:"

#define IDENTITY "transport,traddr,trsvcid,nqn,hostnqn,hostid,host_traddr,host_iface"
#define ALL                                                                                                                       \
	IDENTITY ",queue_size,nr_io_queues,reconnect_delay,ctrl_loss_tmo,keep_alive_tmo,duplicate_connect,disable_sqflow,hdr_digest,"  \
		 "data_digest,nr_write_queues,nr_poll_queues,tos,keyring,tls_key,fast_io_fail_tmo,discovery,dhchap_secret,"            \
		 "dhchap_ctrl_secret,tls,concat"

static const char system_text[] =
	"{ \"nvmekit-image\": 1, \"host\": { \"hostnqn\": \"" HOSTNQN "\", \"hostid\": \"" HOSTID "\" }, \"subsystems\": [],\n"
	"  \"fabric\": { \"options\": \"%s\",\n"
	"    \"hosts\": { \"two.example\": [ \"2001:db8::1\", \"192.0.2.7\", \"192.0.2.1\" ], \"dead.example\": [ \"2001:db8::1\", \"192.0.2.7\" ],\n"
	"               \"here.example\": [ \"2001:db8::5\", \"192.0.2.5\" ], \"v6.example\": [ \"2001:db8::5\" ] },\n"
	"    \"ports\": [\n"
	"     { \"transport\": \"tcp\", \"traddr\": \"192.0.2.1\", \"portid\": 1, \"tls\": \"allowed\", \"subsystems\": [ \"" S "\", \"" SAFE "\" ] },\n"
	"     { \"transport\": \"tcp\", \"traddr\": \"2001:db8::1\", \"portid\": 2, \"fail\": [ { \"errno\": \"ECONNREFUSED\" } ] },\n"
	"     { \"transport\": \"tcp\", \"traddr\": \"192.0.2.8\", \"portid\": 3, \"fail\": [ { \"errno\": \"EINVAL\", \"why\": \"nvme nvme0: no\" } ] } ],\n"
	"    \"subsystems\": [\n"
	"     { \"nqn\": \"" S "\", \"controller\": { \"identify\": { \"sn\": \"S\", \"cmic\": 11 } } },\n"
	"     { \"nqn\": \"" SAFE "\", \"hosts\": { \"*\": { \"dhchap_key\": \"" KEY "\", \"dhchap_ctrl_key\": \"" CTRL_KEY "\" } },\n"
	"       \"controller\": { \"identify\": { \"sn\": \"T\", \"cmic\": 11 } } } ] } }\n";

static struct rig r;
static char *trace;
static size_t trace_len;
static char *before; /* the image as it was */

static void begin(const char *options)
{
	static char text[sizeof(system_text) + 1024], file[64];

	snprintf(text, sizeof(text), system_text, options);
	write_image(file, text);
	rig_on(&r, file);
	strcpy(r.file, file);
	before = slurp(file);
	r.ctx.g.trace = true;
	r.ctx.trace_to = open_memstream(&trace, &trace_len);
}

static void end(void)
{
	fclose(r.ctx.trace_to);
	free(trace);
	trace = NULL;
	free(before);
	rig_done(&r);
}

static const char *traced(void)
{
	fflush(r.ctx.trace_to);
	return trace ? trace : "";
}

static size_t warnings(void)
{
	return r.ctx.warnings ? r.ctx.warnings->c.n : 0;
}

/* Words as in a configuration file. */
static struct fab_conn conn(const char *text)
{
	struct fab_conn c = { 0 };
	char *copy = arena_strdup(r.ctx.arena, text), *save = NULL;
	const char *why;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		char *eq = strchr(w, '=');

		if (eq)
			*eq++ = '\0';
		if (fab_parse(r.ctx.arena, &c, fab_key_by_name(w, false), eq ? eq : "true", "test", &why))
			fail_msg("%s %s", w, why);
	}
	return c;
}

#define TO_S "transport=tcp traddr=192.0.2.1 trsvcid=4420 nqn=" S " "
#define TO_SAFE "transport=tcp traddr=192.0.2.1 trsvcid=4420 nqn=" SAFE " "

static struct fab_new new;

static int connect_to(const char *text, unsigned flags)
{
	struct fab_conn c = conn(text);

	return fab_connect(&r.ctx, &c, flags, &new);
}

static void connects(const char *text)
{
	if (connect_to(text, 0))
		fail_msg("%s: %s", text, r.ctx.error.message);
}

static void nothing_happened(void)
{
	char *now = slurp(r.file);

	assert_string_equal(now, before);
	free(now);
	assert_string_equal(traced(), "");
}

static void fails(const char *text, enum exit_code code, const char *says)
{
	assert_true(connect_to(text, 0) < 0);
	if (r.ctx.error.code != code || !strstr(r.ctx.error.message, says))
		fail_msg("%s: %d '%s', not %d '%s'", text, r.ctx.error.code, r.ctx.error.message, code, says);
}

/* The tokens without one of them. */
static const char *without(const char *token)
{
	static char text[1024];
	char *copy = strdup(ALL), *save = NULL;

	*text = '\0';
	for (char *w = strtok_r(copy, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
		if (strcmp(w, token) == 0)
			continue;
		strcat(strcat(text, *text ? "," : ""), w);
	}
	free(copy);
	assert_true(strlen(text) < strlen(ALL));
	return text;
}

/* --- words that the kernel does not know --- */

static void test_security_is_kept_or_refused(void **state)
{
	static const struct {
		const char *token, *conn, *hint;
	} list[] = {
		{ "dhchap_secret", TO_SAFE "dhchap-secret=" KEY, "without authentication" },
		{ "dhchap_ctrl_secret", TO_SAFE "dhchap-secret=" KEY " dhchap-ctrl-secret=" CTRL_KEY, "without authentication" },
		{ "tls", TO_S "tls", "CONFIG_NVME_TCP_TLS" },
		{ "concat", TO_SAFE "concat dhchap-secret=" KEY, "6.15" },
		{ "keyring", TO_S "keyring=.nvme", "CONFIG_NVME_TCP_TLS" },
		{ "tls_key", TO_S "tls tls-key=77", "CONFIG_NVME_TCP_TLS" },
		{ "hdr_digest", TO_S "hdr-digest", NULL },
		{ "data_digest", TO_S "data-digest", NULL },
		{ "discovery", TO_S "discovery", NULL },
		{ "hostnqn", TO_S "hostnqn=" HOSTNQN, NULL },
		{ "hostid", TO_S "hostid=" HOSTID, NULL },
		{ "host_iface", TO_S "host-iface=eth0", NULL },
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(list); i++) {
		begin(without(list[i].token));
		fails(list[i].conn, XC_UNSUPPORTED, "this kernel does not know the option ");
		/* The whole word: "tls_key" is not "tls". */
		assert_string_equal(strstr(r.ctx.error.message, "the option ") + strlen("the option "), list[i].token);
		assert_int_equal(!r.ctx.error.hint, !list[i].hint);
		if (list[i].hint)
			assert_non_null(strstr(r.ctx.error.hint, list[i].hint));
		assert_null(strstr(r.ctx.error.message, "DHHC"));
		nothing_happened();
		end();
		/* It is that word alone which is missing. */
		begin(ALL);
		connects(list[i].conn);
		assert_non_null(strstr(traced(), list[i].token));
		end();
	}
}

static void test_tuning_is_left_out(void **state)
{
	(void)state;
	for (size_t k = 0; k < FK_COUNT; k++) {
		const struct fab_key_info *i = &fab_keys[k];
		char text[256], told[64];

		if (i->class != FC_TUNING || !i->token)
			continue;
		snprintf(text, sizeof(text), TO_S "%s%s", i->opt, i->type == FT_NUMBER ? "=20" : "");
		snprintf(told, sizeof(told), ",%s%s", i->token, i->type == FT_NUMBER ? "=20" : "");
		begin(without(i->token));
		connects(text);
		assert_int_equal(warnings(), 1);
		assert_non_null(strstr(r.ctx.warnings->c.first->s.p, i->token));
		assert_null(strstr(traced(), told));
		assert_non_null(strstr(traced(), "-> nvme0"));
		end();
		begin(ALL);
		connects(text);
		assert_int_equal(warnings(), 0);
		assert_non_null(strstr(traced(), told));
		end();
	}
}

/* As kernels write it since 5.17, with what each option takes, and a line end. */
static void test_patterns_of_the_kernel(void **state)
{
	(void)state;
	begin("transport=%%s,traddr=%%s,trsvcid=%%s,nqn=%%s,queue_size=%%d,tls_key=%%d,hdr_digest\\n");
	connects(TO_S "queue-size=64 hdr-digest");
	assert_non_null(strstr(traced(), "queue_size=64,hdr_digest ->"));
	end();
	begin("transport=%%s,traddr=%%s,trsvcid=%%s,nqn=%%s,queue_size=%%d,tls_key=%%d,hdr_digest\\n");
	fails(TO_S "tls", XC_UNSUPPORTED, "the option tls");
	nothing_happened();
	end();
}

static void test_kernel_that_tells_nothing(void **state)
{
	(void)state;
	begin("");
	connects(TO_S "queue-size=64 hdr-digest tos=7 ctrl-loss-tmo=-1 host-iface=eth0");
	assert_int_equal(warnings(), 0);
	assert_non_null(strstr(traced(), "host_iface=eth0,queue_size=64,ctrl_loss_tmo=-1,tos=7,hdr_digest ->"));
	end();
	begin("");
	fails(TO_SAFE "dhchap-secret=" KEY, XC_UNSUPPORTED, "the option dhchap_secret");
	nothing_happened();
	end();
	begin("");
	connects(TO_S "fast-io-fail-tmo=5");
	assert_int_equal(warnings(), 1);
	end();
}

/* "No" needs no word for it. */
static void test_only_what_is_meant_is_told(void **state)
{
	(void)state;
	begin(IDENTITY);
	connects(TO_S "tls=no concat=no hdr-digest=0 duplicate-connect=off tos=-1");
	assert_string_equal(traced(), "nvmekit: connect transport=tcp,nqn=" S ",traddr=192.0.2.1,trsvcid=4420 -> nvme0\n");
	end();
}

static void test_too_long_for_the_kernel(void **state)
{
	char text[8192];

	(void)state;
	for (int dry = 0; dry < 2; dry++) {
		begin(ALL);
		r.ctx.g.dry_run = dry;
		snprintf(text, sizeof(text), TO_S "host-iface=%04095d", 0);
		fails(text, XC_USAGE, "longer than the kernel takes");
		assert_null(r.ctx.plan);
		nothing_happened();
		end();
	}
	begin(ALL);
	snprintf(text, sizeof(text), TO_S "host-iface=%03900d", 0);
	connects(text);
	end();
}

/* --- secrets --- */

static void has_no_secret(const char *text)
{
	assert_null(strstr(text, "XmDum8"));
	assert_null(strstr(text, "5sGn"));
}

static void test_secrets_stay_secret(void **state)
{
	size_t len;
	char *plan;

	(void)state;
	begin(ALL);
	connects(TO_SAFE "dhchap-secret=" KEY " dhchap-ctrl-secret=" CTRL_KEY);
	assert_non_null(strstr(traced(), "dhchap_secret=***,dhchap_ctrl_secret=*** -> nvme0"));
	has_no_secret(traced());
	end();

	begin(ALL);
	r.ctx.g.dry_run = true;
	connects(TO_SAFE "dhchap-secret=" KEY " dhchap-ctrl-secret=" CTRL_KEY);
	plan = image_to_json(r.ctx.arena, r.ctx.plan, &len);
	assert_non_null(strstr(plan, "dhchap_secret=***,dhchap_ctrl_secret=***"));
	has_no_secret(plan);
	assert_null(new.name);
	nothing_happened();
	end();

	/* The two mixed up: refused by the target. */
	begin(ALL);
	fails(TO_SAFE "dhchap-secret=" CTRL_KEY, XC_CONNECT, "the kernel says: nvme nvme0: qid 0: authentication failed");
	assert_non_null(strstr(r.ctx.error.hint, "compare the secret"));
	has_no_secret(r.ctx.error.message);
	has_no_secret(r.ctx.error.hint);
	has_no_secret(traced());
	end();

	begin(ALL);
	fails(TO_SAFE, XC_CONNECT, "Required key not available");
	end();
}

static void test_tls_keys(void **state)
{
	(void)state;
	begin(ALL);
	fails(TO_S "tls tls-key=abc", XC_USAGE, "neither the serial number of a key nor a key");
	nothing_happened();
	end();
	begin(ALL);
	fails(TO_S "tls tls-key=2147483648", XC_USAGE, "neither the serial number");
	nothing_happened();
	end();
	begin(ALL);
	fails(TO_S "tls tls-key=NVMeTLSkey-1:01:AAAA:", XC_DATA, "tls-key: this is no valid PSK");
	assert_null(strstr(r.ctx.error.message, "AAAA"));
	nothing_happened();
	end();
	begin(ALL);
	assert_true(connect_to(TO_S "tls keyring=.other", 0) < 0);
	nothing_happened();
	end();
	begin(ALL);
	assert_true(connect_to(TO_S "tls tls-key-identity=nobody", 0) < 0);
	nothing_happened();
	end();
	/* A serial number is no secret, but what goes by that name is hidden all the same. */
	begin(ALL);
	connects(TO_S "tls tls-key=1234567");
	assert_null(strstr(traced(), "1234567"));
	assert_non_null(strstr(traced(), "tls,tls_key=*** ->"));
	end();
}

/* --- addresses --- */

static void test_every_address_is_tried(void **state)
{
	(void)state;
	begin(ALL);
	connects("transport=tcp traddr=two.example trsvcid=4420 nqn=" S);
	assert_string_equal(new.name, "nvme0");
	assert_string_equal(new.traddr, "192.0.2.1");
	assert_false(new.already);
	assert_non_null(strstr(traced(), "traddr=2001:db8::1,trsvcid=4420 -> Connection refused"));
	assert_non_null(strstr(traced(), "traddr=192.0.2.7,trsvcid=4420 -> No route to host"));
	/* By name it is found again, too. */
	connects("transport=tcp traddr=two.example trsvcid=4420 nqn=" S);
	assert_true(new.already);
	assert_string_equal(new.name, "nvme0");
	assert_string_equal(new.traddr, "192.0.2.1");
	end();

	begin(ALL);
	fails("transport=tcp traddr=dead.example trsvcid=4420 nqn=" S, XC_CONNECT, "dead.example:4420 " S ": No route to host");
	end();

	begin(ALL);
	fails("transport=tcp traddr=unknown.example trsvcid=4420 nqn=" S, XC_CONNECT, "unknown.example");
	nothing_happened();
	end();

	/* What is wrong everywhere is not tried everywhere. */
	begin(ALL);
	fails("transport=tcp traddr=192.0.2.8 trsvcid=4420 nqn=" S, XC_CONNECT, "Invalid argument; the kernel says: nvme nvme0: no");
	end();
}

static void test_from_the_same_family(void **state)
{
	(void)state;
	begin(ALL);
	connects("transport=tcp traddr=two.example host-traddr=here.example trsvcid=4420 nqn=" S);
	assert_non_null(strstr(traced(), "traddr=192.0.2.1,trsvcid=4420,host_traddr=192.0.2.5 ->"));
	assert_null(strstr(traced(), "traddr=192.0.2.1,trsvcid=4420,host_traddr=2001"));
	end();
	begin(ALL);
	fails("transport=tcp traddr=192.0.2.1 host-traddr=v6.example nqn=" S, XC_USAGE, "another family");
	nothing_happened();
	end();
}

/* --- what is there --- */

static void test_once_is_enough(void **state)
{
	struct fab_conn c;
	struct topo *stale;

	(void)state;
	begin(ALL);
	connects(TO_S);
	connects(TO_S);
	assert_true(new.already);
	assert_string_equal(new.name, "nvme0");
	assert_int_equal(new.cntlid, 1);
	connects(TO_S "duplicate-connect");
	assert_false(new.already);
	assert_string_equal(new.name, "nvme1");
	assert_true(connect_to(TO_S, FAB_NOT_IF_THERE) < 0);
	assert_int_equal(r.ctx.error.code, XC_CONNECT);
	assert_int_equal(r.ctx.error.err, EALREADY);
	assert_non_null(strstr(r.ctx.error.message, "already connected to tcp 192.0.2.1:4420 " S ": nvme0"));
	end();

	/* Somebody else was quicker than this process. */
	begin(ALL);
	assert_int_equal(topo_read(&r.ctx, TOPO_HOST, &stale), 0);
	connects(TO_S);
	c = conn(TO_S);
	assert_int_equal(fab_connect_in(&r.ctx, stale, &c, 0, &new), 0);
	assert_true(new.already);
	assert_string_equal(new.name, "nvme0");
	assert_true(fab_connect_in(&r.ctx, stale, &c, FAB_NOT_IF_THERE, &new) < 0);
	assert_int_equal(r.ctx.error.err, EALREADY);
	end();
}

static void test_dry_run_changes_nothing(void **state)
{
	(void)state;
	begin(ALL);
	r.ctx.g.dry_run = true;
	connects(TO_S "queue-size=32");
	assert_null(new.name);
	assert_int_equal(val_get(r.ctx.plan, "steps")->c.n, 1);
	nothing_happened();
	/* What is given up before the run ends is done in a dry run too. */
	assert_int_equal(connect_to(TO_S, FAB_EVEN_IN_DRY_RUN), 0);
	assert_string_equal(new.name, "nvme0");
	fab_drop(&r.ctx, new.name);
	assert_int_equal(val_get(r.ctx.plan, "steps")->c.n, 1);
	assert_null(val_get(r.ctx.plan, "commands"));
	connects(TO_S);
	assert_null(new.name);
	end();
}

static void test_attach(void **state)
{
	struct dev *dev;

	(void)state;
	begin(ALL);
	assert_true(dev_attach(&r.ctx, "nvme7", &dev) < 0);
	assert_int_equal(r.ctx.error.code, XC_NODEV);
	fab_drop(&r.ctx, "nvme7");
	end();
}

/* --- which one is it --- */

static struct topo_ctrl ctrls[] = {
	{ .name = "nvme0", .state = "live", .transport = "tcp", .address = "traddr=192.0.2.1,trsvcid=4420,src_addr=192.0.2.5", .nqn = S,
	  .cntrltype = "io", .hostnqn = HOSTNQN, .hostid = HOSTID },
	{ .name = "nvme1", .state = "connecting", .transport = "tcp", .address = "traddr=2001:db8:0::1,trsvcid=4420,host_traddr=2001:db8::5,"
	  "host_iface=eth0", .nqn = S, .cntrltype = "io", .hostnqn = HOSTNQN, .hostid = "" },
	{ .name = "nvme2", .state = "dead", .transport = "tcp", .address = "traddr=192.0.2.2,trsvcid=4420", .nqn = S, .cntrltype = "io",
	  .hostnqn = "", .hostid = "" },
	{ .name = "nvme3", .state = "deleting (no IO)", .transport = "tcp", .address = "traddr=192.0.2.3,trsvcid=4420", .nqn = S,
	  .cntrltype = "io", .hostnqn = "", .hostid = "" },
	{ .name = "nvme4", .state = "live", .transport = "tcp", .address = "traddr=192.0.2.9,trsvcid=8009", .nqn = "nqn.2020-01.test:disc",
	  .cntrltype = "discovery", .hostnqn = HOSTNQN, .hostid = HOSTID },
	{ .name = "nvme5", .state = "live", .transport = "tcp", .address = "traddr=192.0.2.10,trsvcid=8009", .nqn = FAB_DISCOVERY_NQN,
	  .cntrltype = "", .hostnqn = "", .hostid = "" },
	{ .name = "nvme6", .state = "live", .transport = "loop", .address = "", .nqn = S, .cntrltype = "io", .hostnqn = "", .hostid = "" },
	{ .name = "nvme7", .state = "live", .transport = "fc",
	  .address = "traddr=nn-0x10000090fac7fabc:pn-0x10000090FAC7FABC,host_traddr=nn-0x1:pn-0x2", .nqn = S, .cntrltype = "io",
	  .hostnqn = "", .hostid = "" },
};

static void test_find(void **state)
{
	static const struct {
		const char *conn, *name;
	} list[] = {
		{ TO_S, "nvme0" },
		{ "transport=tcp traddr=192.0.2.1 nqn=" S, "nvme0" },
		{ "transport=tcp traddr=192.0.2.1 trsvcid=4421 nqn=" S, NULL },
		{ "transport=rdma traddr=192.0.2.1 trsvcid=4420 nqn=" S, NULL },
		{ "transport=tcp traddr=192.0.2.10 trsvcid=4420 nqn=" S, NULL },
		{ "transport=tcp traddr=192.0.2.1 trsvcid=4420 nqn=nqn.other", NULL },
		/* from where: as it was told, or as the kernel shows it */
		{ TO_S "host-traddr=192.0.2.5", "nvme0" },
		{ TO_S "host-traddr=192.0.2.6", NULL },
		{ TO_S "host-iface=eth0", NULL },
		/* as whom */
		{ TO_S "hostnqn=" HOSTNQN " hostid=11111111222233334444555555555555", "nvme0" },
		{ TO_S "hostnqn=nqn.somebody.else", NULL },
		{ TO_S "hostid=21111111-2222-3333-4444-555555555555", NULL },
		/* one IPv6 address in several spellings */
		{ "transport=tcp traddr=2001:DB8::1 trsvcid=4420 nqn=" S, "nvme1" },
		{ "transport=tcp traddr=2001:db8:0:0:0:0:0:1 host-traddr=2001:0db8::0005 host-iface=eth0 nqn=" S, "nvme1" },
		{ "transport=tcp traddr=2001:db8::1 hostid=" HOSTID " nqn=" S, "nvme1" },
		{ "transport=tcp traddr=2001:db8::1 host-iface=eth1 nqn=" S, NULL },
		{ "transport=tcp traddr=2001:db8::2 nqn=" S, NULL },
		/* what is going away leads nowhere */
		{ "transport=tcp traddr=192.0.2.2 nqn=" S, NULL },
		{ "transport=tcp traddr=192.0.2.3 nqn=" S, NULL },
		/* discovery: by its own name, or by the one that all have */
		{ "transport=tcp traddr=192.0.2.9 trsvcid=8009 nqn=nqn.2020-01.test:disc", "nvme4" },
		{ "transport=tcp traddr=192.0.2.9 trsvcid=8009 nqn=" FAB_DISCOVERY_NQN, "nvme4" },
		{ "transport=tcp traddr=192.0.2.10 trsvcid=8009 nqn=" FAB_DISCOVERY_NQN, "nvme5" },
		{ "transport=tcp traddr=192.0.2.10 trsvcid=8009 nqn=nqn.2020-01.test:disc", NULL },
		{ "transport=tcp traddr=192.0.2.1 trsvcid=4420 nqn=" FAB_DISCOVERY_NQN, NULL },
		{ "transport=loop nqn=" S, "nvme6" },
		{ "transport=fc traddr=NN-0x10000090fac7fabc:PN-0x10000090fac7fabc host-traddr=nn-0x1:pn-0x2 nqn=" S, "nvme7" },
	};
	struct topo_ctrl *all[NELEMS(ctrls)];
	struct topo_subsys sub = { .ctrls = all, .nctrls = NELEMS(ctrls) }, *subs[] = { &sub };
	struct topo t = { .subsys = subs, .nsubsys = 1 };

	(void)state;
	begin(ALL);
	for (size_t i = 0; i < NELEMS(ctrls); i++)
		all[i] = &ctrls[i];
	for (size_t i = 0; i < NELEMS(list); i++) {
		struct fab_conn c = conn(list[i].conn);
		const struct topo_ctrl *x = fab_find(&t, &c);

		if (!x != !list[i].name || (x && strcmp(x->name, list[i].name) != 0))
			fail_msg("%s is %s", list[i].conn, x ? x->name : "nowhere");
	}
	/* And back. */
	for (size_t i = 0; i < NELEMS(ctrls); i++) {
		bool gone = strcmp(ctrls[i].state, "dead") == 0 || strncmp(ctrls[i].state, "del", 3) == 0;
		struct fab_conn c;

		fab_of_ctrl(r.ctx.arena, &ctrls[i], &c);
		assert_ptr_equal(fab_find(&t, &c), gone ? NULL : &ctrls[i]);
	}
	end();
}

static void test_address_parts(void **state)
{
	const char *text = "traddr=192.0.2.1,trsvcid=,host_traddr=a=b,xtraddr=no,,src_addr";

	(void)state;
	begin(ALL);
	assert_string_equal(fab_address_part(r.ctx.arena, text, "traddr"), "192.0.2.1");
	assert_string_equal(fab_address_part(r.ctx.arena, text, "trsvcid"), "");
	assert_string_equal(fab_address_part(r.ctx.arena, text, "host_traddr"), "a=b");
	assert_string_equal(fab_address_part(r.ctx.arena, text, "src_addr"), "");
	assert_string_equal(fab_address_part(r.ctx.arena, "", "traddr"), "");
	assert_string_equal(fab_address_part(r.ctx.arena, ",,,", "traddr"), "");
	assert_true(fab_same_address("::1", "0:0::0:1"));
	assert_true(fab_same_address("::ffff:192.0.2.1", "::FFFF:c000:201"));
	assert_false(fab_same_address("::1", "::2"));
	assert_false(fab_same_address("192.0.2.1", "192.0.2.10"));
	assert_true(fab_same_address("", ""));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_security_is_kept_or_refused),
		cmocka_unit_test(test_tuning_is_left_out),
		cmocka_unit_test(test_patterns_of_the_kernel),
		cmocka_unit_test(test_kernel_that_tells_nothing),
		cmocka_unit_test(test_only_what_is_meant_is_told),
		cmocka_unit_test(test_too_long_for_the_kernel),
		cmocka_unit_test(test_secrets_stay_secret),
		cmocka_unit_test(test_tls_keys),
		cmocka_unit_test(test_every_address_is_tried),
		cmocka_unit_test(test_from_the_same_family),
		cmocka_unit_test(test_once_is_enough),
		cmocka_unit_test(test_dry_run_changes_nothing),
		cmocka_unit_test(test_attach),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_address_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
