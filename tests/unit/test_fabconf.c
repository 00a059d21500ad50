/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The configuration of fabrics: what each format says, what is wrong with it and where, and which value counts. */
#include "unit.h"

#include "fake_tree.h"

#include "cmd/fabopts.h"
#include "dev/fabconf.h"
#include "spec/field.h"

#define INI  "etc/nvme/nvme-fabrics.conf"
#define DROP "etc/nvme/nvme-fabrics.conf.d/"
#define JSON "etc/nvme/config.json"
#define DISC "etc/nvme/discovery.conf"

static struct fabconf *load(void)
{
	struct fabconf *fc = NULL;

	assert_int_equal(fabconf_load(&ctx, NULL, &fc), 0);
	assert_int_equal(ctx.error.code, XC_OK);
	return fc;
}

static const char *problems_of(const struct fabconf *fc)
{
	static const char *const words[] = { "warning", "unsafe", "error" };
	const char *text = "";

	for (size_t i = 0; i < fc->nproblems; i++)
		text = TEXT("%s%s:%zu: %s: %s\n", text, fc->problems[i].file, fc->problems[i].line, words[fc->problems[i].severity],
			    fc->problems[i].text);
	return text;
}

static struct fabconf *load_sound(void)
{
	struct fabconf *fc = load();

	if (fc->nproblems)
		fail_msg("%s", problems_of(fc));
	return fc;
}

/* --- what is wrong, and where --- */

#define PSK "NVMeTLSkey-1:01:c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2Xm9qCw:"

struct wrong {
	const char *file, *text;
	size_t line;
	enum fabconf_severity severity;
	const char *message, *hint; /* parts of them */
};

#define HOST0 "[Host]\nhostnqn = nqn.2014-08.org.example:h\nhostid = 11111111-2222-3333-4444-555555555555\n"
#define SECTION "[Subsystem]\nnqn = nqn.2014-08.org.example:s\n"
#define PATH_1 "controller = transport=tcp;traddr=192.0.2.1\n"
#define J_PORT(more) "[{\"subsystems\":[\n{\"nqn\":\"nqn.2014-08.org.example:s\",\"ports\":[\n{\"transport\":\"tcp\"," \
		     "\"traddr\":\"192.0.2.1\"" more "}]}]}]\n"
#define SECRET "DHHC-1:00:c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0xGhNbg==:"

static const struct wrong wrongs[] = {
	/* INI */
	{ INI, SECTION "keep-alive-tmoo = 5\n" PATH_1, 3, FABCONF_ERROR, "key 'keep-alive-tmoo' is not known", "keep-alive-tmo" },
	{ INI, SECTION "ctrl_loss_tmo = 5\n" PATH_1, 3, FABCONF_ERROR, "key 'ctrl_loss_tmo' is not known", "ctrl-loss-tmo" },
	{ INI, "[Subsytem]\nnqn = nqn.2014-08.org.example:x\n", 1, FABCONF_ERROR, "section 'Subsytem' is not known", "Subsystem" },
	{ INI, "[Host]\nhost-symname = x\n", 2, FABCONF_ERROR, "'host-symname' is not known", "hostsymname" },
	{ INI, "tls = true\n", 1, FABCONF_ERROR, "tls stands before the first section", NULL },
	{ INI, SECTION "tls = maybe\n" PATH_1, 3, FABCONF_ERROR, "tls is neither true nor false", NULL },
	{ INI, SECTION "queue-size = 15\n" PATH_1, 3, FABCONF_ERROR, "queue-size is out of range (16 to 1024)", NULL },
	{ INI, SECTION "queue-size = many\n" PATH_1, 3, FABCONF_ERROR, "queue-size is no number", NULL },
	{ INI, SECTION "queue-size = 32\nqueue-size = 64\n" PATH_1, 4, FABCONF_ERROR,
	  "queue-size is given twice, first at /etc/nvme/nvme-fabrics.conf:3", NULL },
	{ INI, SECTION "queue-size =\nqueue-size = 64\n" PATH_1, 4, FABCONF_ERROR, "queue-size is given twice", NULL },
	{ INI, SECTION PATH_1 "controller = transport=tcp;traddr=192.0.2.1;trsvcid=4420\n", 4, FABCONF_ERROR,
	  "the same connection stands at /etc/nvme/nvme-fabrics.conf:3", NULL },
	{ INI, SECTION, 1, FABCONF_ERROR, "[Subsystem] has no controller line", NULL },
	{ INI, SECTION "controller = transport=tcp\n", 3, FABCONF_ERROR, "traddr is missing: tcp needs one", NULL },
	{ INI, SECTION "controller = traddr=192.0.2.1\n", 3, FABCONF_ERROR, "transport is missing", NULL },
	{ INI, SECTION "controller = transport=udp;traddr=192.0.2.1\n", 3, FABCONF_ERROR, "transport 'udp' is none of", NULL },
	{ INI, SECTION "controller = transport=tcp;traddr=\n", 3, FABCONF_ERROR, "traddr is empty", NULL },
	{ INI, SECTION "controller = transport=tcp;traddr=192.0.2.1;tls=true\n", 3, FABCONF_ERROR,
	  "tls stands in [Host], [Subsystem] and [Discovery Controller]", NULL },
	{ INI, SECTION "controller = transport=tcp;traddr=192.0.2.1;nqn=x\n", 3, FABCONF_ERROR, "nqn stands in", NULL },
	{ INI, SECTION "controller = transport=tcp;tradr=192.0.2.1\n", 3, FABCONF_ERROR, "key 'tradr' is not known", "traddr" },
	{ INI, SECTION "controller = transport=tcp;192.0.2.1\n", 3, FABCONF_ERROR, "'192.0.2.1' is no key=value", NULL },
	{ INI, SECTION "traddr = 192.0.2.1\n" PATH_1, 3, FABCONF_ERROR, "traddr stands on a controller line", NULL },
	{ INI, SECTION "hostnqn = nqn.2014-08.org.example:x\n" PATH_1, 3, FABCONF_ERROR, "hostnqn stands in [Host]", NULL },
	{ INI, "[Subsystem]\n" PATH_1, 2, FABCONF_ERROR, "nqn is missing", NULL },
	{ INI, "[Subsystem]\nnqn =\n" PATH_1, 2, FABCONF_ERROR, "nqn is empty", NULL },
	{ INI, SECTION "tls-key = 5\n" PATH_1, 4, FABCONF_ERROR, "a TLS key is of no use without tls", NULL },
	{ INI, SECTION "dhchap-ctrl-secret = " SECRET "\n" PATH_1, 4, FABCONF_ERROR, "dhchap-ctrl-secret needs dhchap-secret", NULL },
	{ INI, SECTION "dhchap-secret = hunter2\n" PATH_1, 3, FABCONF_ERROR, "dhchap-secret is no key: it does not begin with 'DHHC-1:'", NULL },
	{ INI, SECTION "tls = true\ntls-key = NVMeTLSkey-1:01:AAAA:\n" PATH_1, 4, FABCONF_ERROR, "tls-key is no key: ", NULL },
	{ INI, SECTION "nqn = \"x\"\n" PATH_1, 3, FABCONF_ERROR, "nqn is given twice", NULL },
	{ INI, "[Subsystem]\nnqn = \"x\"\n" PATH_1, 2, FABCONF_ERROR, "nqn begins with a quote", NULL },
	{ INI, HOST0 HOST0, 4, FABCONF_ERROR, "a second [Host], first at /etc/nvme/nvme-fabrics.conf:1", "drop-ins" },
	{ INI, "[Host]\nhostnqn = nqn.2014-08.org.example:h\n", 1, FABCONF_WARNING, "[Host] has no hostid", NULL },
	{ INI, "[Host]\nhostid = 0000\n", 2, FABCONF_ERROR, "hostid is no UUID", NULL },
	{ INI, "[Host]\nhostid = 00000000-0000-0000-0000-000000000000\n", 2, FABCONF_ERROR, "hostid is zero", NULL },
	{ INI, "[I/O Controller Defaults]\ntos = 1\n\n[I/O Controller Defaults]\n", 4, FABCONF_WARNING,
	  "[I/O Controller Defaults] continues what began at /etc/nvme/nvme-fabrics.conf:1", NULL },
	{ INI, "[I/O Controller Defaults]\ntls = true\n", 2, FABCONF_ERROR, "tls stands in [Host]", NULL },
	{ INI, SECTION "persistent = true\n" PATH_1, 4, FABCONF_WARNING, "persistent says nothing", NULL },
	{ INI, "[Host\n", 1, FABCONF_ERROR, "'[Host' is neither [Section] nor key = value", NULL },
	{ INI, "\n[]\n", 2, FABCONF_ERROR, "'[]' is neither", NULL },
	{ INI, SECTION "fast-io-fail-tmo = 700\n" PATH_1, 4, FABCONF_ERROR, "fast-io-fail-tmo (700 s) is longer", NULL },
	{ INI, SECTION SECRET "\n" PATH_1, 3, FABCONF_ERROR, "key '***' is not known", NULL },
	{ INI, "[Subsystem]\nnqn = disks\n" PATH_1, 2, FABCONF_WARNING, "nqn is no NVMe qualified name: it does not begin", NULL },
	{ JSON, "[{\"hostid\":\"11111111222233334444555555555555\"}]", 1, FABCONF_ERROR, "hostid is no UUID", NULL },
	{ INI, "[Discovery Controller]\ncontroller = transport=fc;traddr=nn-0x1:pn-0x2\n", 2, FABCONF_ERROR,
	  "host-traddr is missing: fc needs one", NULL },
	{ DROP "a.conf", "[Host]\nhostid = 11111111-2222-3333-4444-555555555555\n", 1, FABCONF_ERROR,
	  "[Host] of a drop-in has no hostnqn", NULL },
	/* JSON */
	{ JSON, J_PORT(",\n\"ctrl_loss_tmoo\":5"), 4, FABCONF_ERROR, "key 'ctrl_loss_tmoo' is not known", "ctrl_loss_tmo" },
	{ JSON, J_PORT(",\n\"ctrl_loss_tmo\":\"5\""), 4, FABCONF_ERROR, "ctrl_loss_tmo is text, and has to be a number", NULL },
	{ JSON, J_PORT(",\n\"tos\":256"), 4, FABCONF_ERROR, "tos is out of range (-1, 0 to 255)", NULL },
	{ JSON, J_PORT(",\n\"tos\":1.5"), 4, FABCONF_ERROR, "tos is no number", NULL },
	{ JSON, J_PORT(",\n\"tls\":1"), 4, FABCONF_ERROR, "tls is a number, and has to be true or false", NULL },
	{ JSON, J_PORT(",\n\"trsvcid\":4420"), 4, FABCONF_WARNING, "trsvcid is a number, and should be text: \"4420\"", NULL },
	{ JSON, J_PORT(",\n\"host_iface\":null"), 4, FABCONF_ERROR, "host_iface is null, and has to be text", NULL },
	{ JSON, J_PORT(",\n\"tos\":1,\n\"tos\":2"), 5, FABCONF_ERROR, "tos is given twice, first at /etc/nvme/config.json:4", NULL },
	{ JSON, "[{\"hostnqn\":\"nqn.2014-08.org.example:h\",\n\"subsystem\":[]}]", 2, FABCONF_ERROR, "key 'subsystem' is not known",
	  "subsystems" },
	{ JSON, "[{\"subsystems\":{}}]", 1, FABCONF_ERROR, "subsystems is an object, and has to be an array", NULL },
	{ JSON, "[{\"subsystems\":[],\n\"subsystems\":[]}]", 2, FABCONF_ERROR, "subsystems is given twice", NULL },
	{ JSON, "[\n5]", 2, FABCONF_ERROR, "this is a number, and has to be an object: a host", NULL },
	{ JSON, "[{\"subsystems\":[\n\"x\"]}]", 2, FABCONF_ERROR, "has to be an object: a subsystem", NULL },
	{ JSON, "[{\"subsystems\":[{\"nqn\":\"nqn.2014-08.org.example:x\",\"ports\":[\n1]}]}]", 2, FABCONF_ERROR, "has to be an object: a port", NULL },
	{ JSON, "[{\"subsystems\":[\n{\"nqn\":\"nqn.2014-08.org.example:x\"}]}]", 2, FABCONF_WARNING, "the subsystem has no ports", NULL },
	{ JSON, "[{\"subsystems\":[{\"ports\":[\n{\"transport\":\"tcp\",\"traddr\":\"192.0.2.1\"}]}]}]", 2, FABCONF_ERROR,
	  "nqn is missing", NULL },
	{ JSON, "{\"hosts\":[],\n\"host\":1}", 2, FABCONF_ERROR, "key 'host' is not known", "hosts" },
	{ JSON, "7", 1, FABCONF_ERROR, "this is a number, and has to be an array: the hosts", NULL },
	{ JSON, "[\n{\"hostnqn\" 5}]", 2, FABCONF_ERROR, "not JSON: a colon is missing here", NULL },
	{ JSON, "[\n{\n", 3, FABCONF_ERROR, "not JSON: the file ends in the middle", NULL },
	{ JSON, "", 1, FABCONF_ERROR, "not JSON: the file ends in the middle", NULL },
	{ JSON, "[]\n[]", 2, FABCONF_ERROR, "not JSON: something stands behind the end", NULL },
	{ JSON, "[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]", 1, FABCONF_ERROR, "not JSON: nested too deeply", NULL },
	{ JSON, J_PORT(",\n\"dhchap_key\":\"secret\""), 4, FABCONF_ERROR, "dhchap_key is no key", NULL },
	{ JSON, J_PORT(",\n\"host_iface\":\"a\\nb\""), 4, FABCONF_ERROR, "host_iface has a control character", NULL },
	{ JSON, J_PORT(",\n\"host_iface\":\"a,tls\""), 4, FABCONF_ERROR, "host_iface has a comma", NULL },
	{ JSON, J_PORT(",\n\"concat\":true"), 3, FABCONF_ERROR, "concat needs dhchap-secret", NULL },
	{ JSON, J_PORT(",\n\"persistent\":true"), 3, FABCONF_WARNING, "persistent says nothing", NULL },
	/* discovery.conf */
	{ DISC, "\n-t tcp -a 192.0.2.1 --tlss\n", 2, FABCONF_ERROR, "option 'tlss' is not known", "tls" },
	{ DISC, "-t tcp -a 192.0.2.1 -x\n", 1, FABCONF_ERROR, "option '-x' is not known", NULL },
	{ DISC, "-t tcp -a\n", 1, FABCONF_ERROR, "traddr has no value", NULL },
	{ DISC, "-t tcp\n", 1, FABCONF_ERROR, "traddr is missing", NULL },
	{ DISC, "-t tcp -a 192.0.2.1 more\n", 1, FABCONF_ERROR, "'more' is no option, and belongs to none", NULL },
	{ DISC, "-t tcp -a 192.0.2.1 " SECRET "\n", 1, FABCONF_ERROR, "'***' is no option", NULL },
	{ DISC, "-t tcp -a 192.0.2.1 # here\n", 1, FABCONF_ERROR, "a comment stands on a line of its own", NULL },
	{ DISC, "-t tcp -t tcp -a 192.0.2.1\n", 1, FABCONF_ERROR, "transport is given twice", NULL },
	{ DISC, "-t tcp -a 192.0.2.1 -Q 5000\n", 1, FABCONF_ERROR, "queue-size is out of range", NULL },
	{ DISC, "-t tcp -a 192.0.2.1 -q \"nqn.2014-08.org.example:x\"\n", 1, FABCONF_ERROR, "hostnqn begins with a quote", NULL },
	{ DISC, "-t tcp -a 192.0.2.1 --raw f\n", 1, FABCONF_WARNING, "raw has no meaning in this file", NULL },
	{ DISC, "-t tcp -a 192.0.2.1 -or json\n", 1, FABCONF_ERROR, "'json' is no option", NULL },
	{ DISC, "# x\n-t tcp -a 192.0.2.1\n-t tcp -a 192.0.2.1 -s 8009\n", 3, FABCONF_ERROR,
	  "the same connection stands at /etc/nvme/discovery.conf:2", NULL },
	{ DISC, "-t tcp -a 192.0.2.1 --discovery\n", 1, FABCONF_ERROR, "option 'discovery' is not known", NULL },
	{ DISC, "a\xff\n", 1, FABCONF_ERROR, "this is no text: invalid UTF-8", NULL },
};

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEMS(wrongs); i++) {
		const struct wrong *w = &wrongs[i];
		const struct fabconf_problem *p;
		struct fabconf *fc;
		bool found = false;

		put(w->file, w->text);
		assert_int_equal(chmod(place(w->file), 0600), 0);
		fc = load();
		for (size_t k = 0; k < fc->nproblems; k++) {
			p = &fc->problems[k];
			found = found || (p->line == w->line && p->severity == w->severity && strstr(p->text, w->message) &&
					  (!w->hint || (p->hint && strstr(p->hint, w->hint))) &&
					  strcmp(p->file, TEXT("/%s", w->file)) == 0);
		}
		if (!found)
			fail_msg("%s\nis said to have:\n%s", w->text, problems_of(fc));
		if (strstr(problems_of(fc), "DHHC-1:00") || strstr(problems_of(fc), "hunter2"))
			fail_msg("a secret is shown:\n%s", problems_of(fc));
		assert_int_equal(unlink(place(w->file)), 0);
	}
}

/* A mistake is told once: what follows from it is not. */
static void test_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEMS(wrongs); i++) {
		struct fabconf *fc;

		/* These two lines are odd in two ways. */
		if (strstr(wrongs[i].text, "-or json") || strcmp(wrongs[i].text, HOST0 HOST0) == 0)
			continue;
		put(wrongs[i].file, wrongs[i].text);
		assert_int_equal(chmod(place(wrongs[i].file), 0600), 0);
		fc = load();
		if (fc->nproblems != 1)
			fail_msg("%s\nis said to have:\n%s", wrongs[i].text, problems_of(fc));
		assert_int_equal(unlink(place(wrongs[i].file)), 0);
	}
}

/* --- what a value is, and where it comes from --- */

static void is_value(const struct fab_conn *c, enum fab_key k, const char *text, const char *origin)
{
	const char *have = c->v[k].s ? c->v[k].s : TEXT("%lld", (long long)c->v[k].n);

	if (!c->v[k].set || strcmp(have, text) != 0 || strcmp(c->v[k].origin, origin) != 0)
		fail_msg("%s is %s of %s, not %s of %s", fab_keys[k].opt, c->v[k].set ? have : "nothing",
			 c->v[k].set ? c->v[k].origin : "nowhere", text, origin);
}

#define AT "/etc/nvme/nvme-fabrics.conf:"

static void test_ini_levels(void **state)
{
	struct fabconf *fc;
	const struct fab_conn *c;

	(void)state;
	put(INI, "# comment\n"
		 "[I/O Controller Defaults]\n"
		 "ctrl-loss-tmo = 100   # behind a value\n"
		 "reconnect-delay=3\n"
		 "tos = 7\n"
		 "keep-alive-tmo = 5\n"
		 "[Subsystem]\r\n"
		 "nqn = nqn.2014-08.org.example:s\r\n"
		 "keep-alive-tmo = 7\n"
		 "tos =\n"
		 "controller = transport=tcp;traddr=192.0.2.1;keep-alive-tmo=9;\n"
		 "controller = transport = tcp ; traddr = fe80::1%eth0;;trsvcid=5000;host-iface=eth0\n"
		 "[Host]\n"
		 "reconnect-delay = 4\n"
		 "hostsymname = me\n"
		 "[Discovery Controller Defaults]\n"
		 "persistent = yes\n"
		 "keyring = .nvme\n"
		 "[Discovery Controller]\n"
		 "controller = transport=tcp;traddr=192.0.2.9\n");
	fc = load_sound();
	assert_int_equal(fc->n, 3);
	c = &fc->entries[0].conn;
	assert_int_equal(fc->entries[0].line, 11);
	is_value(c, FK_KEEP_ALIVE_TMO, "9", AT "11");
	is_value(c, FK_CTRL_LOSS_TMO, "100", AT "3");
	is_value(c, FK_RECONNECT_DELAY, "4", AT "14");
	is_value(c, FK_NQN, "nqn.2014-08.org.example:s", AT "8");
	is_value(c, FK_HOSTSYMNAME, "me", AT "15");
	is_value(c, FK_TRSVCID, "4420", "default");
	is_value(c, FK_DISCOVERY, "0", "default");
	assert_false(c->v[FK_TOS].set); /* taken back to the kernel's own */
	c = &fc->entries[1].conn;
	is_value(c, FK_KEEP_ALIVE_TMO, "7", AT "9");
	is_value(c, FK_TRADDR, "fe80::1%eth0", AT "12");
	is_value(c, FK_TRSVCID, "5000", AT "12");
	c = &fc->entries[2].conn;
	is_value(c, FK_NQN, FAB_DISCOVERY_NQN, "default");
	is_value(c, FK_TRSVCID, "8009", "default");
	is_value(c, FK_DISCOVERY, "1", "default");
	is_value(c, FK_PERSISTENT, "1", AT "17");
	is_value(c, FK_KEYRING, ".nvme", AT "18");
	is_value(c, FK_RECONNECT_DELAY, "4", AT "14");
	assert_false(c->v[FK_CTRL_LOSS_TMO].set);
}

static void test_drop_ins(void **state)
{
	struct fabconf *fc;

	(void)state;
	put(INI, "[I/O Controller Defaults]\nctrl-loss-tmo = 100\ntos = 1\n" SECTION PATH_1);
	put(DROP "b.conf", "[Host]\nhostnqn = nqn.2014-08.org.example:b\nhostid = 11111111-2222-3333-4444-aaaaaaaaaaaa\n" SECTION PATH_1
			   "[I/O Controller Defaults]\ntos = 2\n");
	put(DROP "a.conf", SECTION "controller = transport=tcp;traddr=192.0.2.7\n");
	put(DROP ".hidden.conf", "nonsense\n");
	put(DROP "c.conf.bak", "nonsense\n");
	fc = load_sound();
	assert_int_equal(fc->n, 3);
	assert_int_equal(fc->nfiles, 3);
	assert_string_equal(fc->entries[1].file, "/etc/nvme/nvme-fabrics.conf.d/a.conf");
	is_value(&fc->entries[1].conn, FK_TOS, "1", AT "3");
	is_value(&fc->entries[2].conn, FK_CTRL_LOSS_TMO, "100", AT "2");
	is_value(&fc->entries[2].conn, FK_TOS, "2", "/etc/nvme/nvme-fabrics.conf.d/b.conf:8");
	assert_false(fc->entries[0].conn.v[FK_HOSTNQN].set);
	/* The same name in two files, and the same identifier under two names. */
	put(DROP "c.conf", "[Host]\nhostnqn = nqn.2014-08.org.example:b\nhostid = 11111111-2222-3333-4444-aaaaaaaaaaaa\n" SECTION
			   "controller = transport=tcp;traddr=192.0.2.8\n");
	put(DROP "d.conf", "[Host]\nhostnqn = nqn.2014-08.org.example:d\nhostid = 11111111-2222-3333-4444-AAAAAAAAAAAA\n" SECTION
			   "controller = transport=tcp;traddr=192.0.2.8\n");
	fc = load();
	assert_string_equal(problems_of(fc),
			    "/etc/nvme/nvme-fabrics.conf.d/c.conf:1: error: the host of this hostnqn has a file already: "
			    "/etc/nvme/nvme-fabrics.conf.d/b.conf:2\n"
			    "/etc/nvme/nvme-fabrics.conf.d/d.conf:6: error: the host has the hostid of "
			    "/etc/nvme/nvme-fabrics.conf.d/c.conf:6, and another hostnqn\n");
}

/* What libnvme reads wrongly: ctrl_loss_tmo, tos, persistent false, a host without a name. */
static void test_json(void **state)
{
	struct fabconf *fc;

	(void)state;
	put(JSON, "[ {\n"
		  "\"hostnqn\": \"nqn.2014-08.org.example:h\",\n"
		  "\"hostid\": \"11111111-2222-3333-4444-555555555555\",\n"
		  "\"hostsymname\": \"m\\u00fc\\ud83d\\ude00\\t\\/\",\n"
		  "\"dhchap_key\": \"" SECRET "\",\n"
		  "\"persistent_discovery_ctrl\": true,\n"
		  "\"subsystems\": [ { \"nqn\": \"nqn.2014-08.org.example:s\", \"application\": \"db\", \"ports\": [\n"
		  "{ \"transport\": \"tcp\", \"traddr\": \"192.0.2.1\", \"trsvcid\": \"4421\",\n"
		  "\"ctrl_loss_tmo\": -1, \"tos\": 0, \"hdr_digest\": false },\n"
		  "{ \"transport\": \"tcp\", \"traddr\": \"192.0.2.2\", \"discovery\": true },\n"
		  "{ \"transport\": \"tcp\", \"traddr\": \"192.0.2.3\", \"discovery\": true, \"persistent\": false } ] } ] },\n"
		  "{ \"subsystems\": [ { \"nqn\": \"nqn.2014-08.org.nvmexpress.discovery\", \"ports\": [\n"
		  "{ \"transport\": \"loop\" } ] } ] } ]\n");
	assert_int_equal(chmod(place(JSON), 0600), 0);
	fc = load();
	assert_string_equal(problems_of(fc), "/etc/nvme/config.json:4: error: hostsymname has a control character\n");
	assert_int_equal(fc->n, 4);
	is_value(&fc->entries[0].conn, FK_CTRL_LOSS_TMO, "-1", "/etc/nvme/config.json:9");
	is_value(&fc->entries[0].conn, FK_TOS, "0", "/etc/nvme/config.json:9");
	is_value(&fc->entries[0].conn, FK_HDR_DIGEST, "0", "/etc/nvme/config.json:9");
	is_value(&fc->entries[0].conn, FK_DHCHAP_SECRET, SECRET, "/etc/nvme/config.json:5");
	is_value(&fc->entries[0].conn, FK_PERSISTENT, "0", "default");
	assert_string_equal(fc->entries[0].application, "db");
	is_value(&fc->entries[1].conn, FK_PERSISTENT, "1", "/etc/nvme/config.json:6");
	is_value(&fc->entries[2].conn, FK_PERSISTENT, "0", "/etc/nvme/config.json:11");
	is_value(&fc->entries[3].conn, FK_DISCOVERY, "1", "default");
	assert_false(fc->entries[3].conn.v[FK_HOSTNQN].set);
}

static void test_disc(void **state)
{
	struct fabconf *fc;
	const struct fab_conn *c;

	(void)state;
	put(DISC, "# a comment\n\n  \t\n"
		  "--transport=tcp --traddr 192.0.2.1 -s8010 -gG --ctrl-loss-tmo=-1 -p --tls_key=7 --tls\n"
		  "\t-t rdma\t-a=fe80::1 -transport rdma\n"
		  "-t tcp -a 192.0.2.2 -S " SECRET " --dhchap-ctrl-secret=" SECRET " --fast_io_fail_tmo 9 -n nqn.2014-08.org.example:d");
	assert_int_equal(chmod(place(DISC), 0600), 0);
	fc = load();
	assert_string_equal(problems_of(fc), "/etc/nvme/discovery.conf:5: error: transport is given twice, first at "
					     "/etc/nvme/discovery.conf:5\n");
	assert_int_equal(fc->n, 3);
	c = &fc->entries[0].conn;
	is_value(c, FK_TRSVCID, "8010", "/etc/nvme/discovery.conf:4");
	is_value(c, FK_HDR_DIGEST, "1", "/etc/nvme/discovery.conf:4");
	is_value(c, FK_DATA_DIGEST, "1", "/etc/nvme/discovery.conf:4");
	is_value(c, FK_CTRL_LOSS_TMO, "-1", "/etc/nvme/discovery.conf:4");
	is_value(c, FK_PERSISTENT, "1", "/etc/nvme/discovery.conf:4");
	is_value(c, FK_TLS_KEY, "7", "/etc/nvme/discovery.conf:4");
	is_value(c, FK_NQN, FAB_DISCOVERY_NQN, "default");
	is_value(&fc->entries[1].conn, FK_TRSVCID, "4420", "default");
	is_value(&fc->entries[1].conn, FK_TRADDR, "fe80::1", "/etc/nvme/discovery.conf:5");
	c = &fc->entries[2].conn;
	is_value(c, FK_DHCHAP_SECRET, SECRET, "/etc/nvme/discovery.conf:6");
	is_value(c, FK_DHCHAP_CTRL_SECRET, SECRET, "/etc/nvme/discovery.conf:6");
	is_value(c, FK_FAST_IO_FAIL_TMO, "9", "/etc/nvme/discovery.conf:6");
	is_value(c, FK_NQN, "nqn.2014-08.org.example:d", "/etc/nvme/discovery.conf:6");
	assert_true(fc->files[0].secrets);
}

/* The letters are those of the commands. */
static void test_letters(void **state)
{
	struct args {
		struct fabopts o;
	};
	static const struct opt rows[] = { FAB_OPTS(args, o) };
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < NELEMS(rows); i++) {
		enum fab_key k = fab_key_by_name(rows[i].name, false);
		struct fabconf *fc;
		const char *value;

		if (!rows[i].ch)
			continue;
		assert_true(k < FK_COUNT);
		value = fab_keys[k].type == FT_FLAG	? ""
			: fab_keys[k].type == FT_NUMBER ? "20"
			: k == FK_HOSTID		? "11111111-2222-3333-4444-555555555555"
							: SECRET;
		put(DISC, TEXT("-%c %s\n", rows[i].ch, value));
		fc = load();
		assert_int_equal(fc->n, 1);
		if (!fc->entries[0].conn.v[k].set || strcmp(fc->entries[0].conn.v[k].origin, "default") == 0)
			fail_msg("-%c is not %s:\n%s", rows[i].ch, rows[i].name, problems_of(fc));
		n++;
	}
	assert_int_equal(n, 22);
}

/* --- several files --- */

static void test_precedence(void **state)
{
	struct fabconf *fc;

	(void)state;
	put(INI, "[Discovery Controller]\nkeep-alive-tmo = 1\ncontroller = transport=tcp;traddr=2001:DB8::1\n");
	put(JSON, "[{\"subsystems\":[{\"nqn\":\"nqn.2014-08.org.nvmexpress.discovery\",\"ports\":[\n{\"transport\":\"tcp\","
		  "\"traddr\":\"2001:db8:0::1\",\"keep_alive_tmo\":2},\n"
		  "{\"transport\":\"tcp\",\"traddr\":\"192.0.2.1\",\"keep_alive_tmo\":2}]}]}]");
	put(DISC, "-t tcp -a 192.0.2.1 -k 3\n-t tcp -a 192.0.2.2 -k 3\n");
	fc = load();
	assert_string_equal(problems_of(fc),
			    "/etc/nvme/config.json:2: warning: the same connection stands at /etc/nvme/nvme-fabrics.conf:3, which is "
			    "what counts: tcp [2001:db8:0::1]:8009 nqn.2014-08.org.nvmexpress.discovery\n"
			    "/etc/nvme/discovery.conf:1: warning: the same connection stands at /etc/nvme/config.json:3, which is "
			    "what counts: tcp 192.0.2.1:8009 nqn.2014-08.org.nvmexpress.discovery\n");
	assert_int_equal(fc->n, 3);
	is_value(&fc->entries[0].conn, FK_KEEP_ALIVE_TMO, "1", AT "2");
	is_value(&fc->entries[1].conn, FK_KEEP_ALIVE_TMO, "2", "/etc/nvme/config.json:3");
	is_value(&fc->entries[2].conn, FK_KEEP_ALIVE_TMO, "3", "/etc/nvme/discovery.conf:2");
	assert_int_equal(fabconf_check(&ctx, fc), 0);
	/* What has been converted is not read. */
	put_link("etc/nvme/config.json.converted", "config.json");
	put("etc/nvme/discovery.conf.converted", "");
	fc = load_sound();
	assert_int_equal(fc->n, 1);
	assert_int_equal(fc->nfiles, 3);
	assert_true(fc->files[1].converted && fc->files[2].converted && !fc->files[0].converted);
}

static void test_named(void **state)
{
	struct fabconf *fc;
	const char *own;

	(void)state;
	put(INI, SECTION PATH_1);
	own = place("own");
	put("own", "# mine\n[Subsystem]\nnqn = nqn.2014-08.org.example:o\n" PATH_1);
	put("own.d/x.conf", SECTION PATH_1);
	assert_int_equal(fabconf_load(&ctx, own, &fc), 0);
	assert_int_equal(fc->n, 2);
	assert_string_equal(fab_text(&fc->entries[0].conn, FK_NQN), "nqn.2014-08.org.example:o");
	assert_string_equal(fc->entries[0].file, own);
	/* What stands in a file says what it is. */
	put("own", "\xef\xbb\xbf[\n]\n");
	assert_int_equal(fabconf_load(&ctx, own, &fc), 0);
	assert_int_equal(fc->files[0].format, FABCONF_IS_INI);
	put("own", "\n [ {\"subsystems\":[]}]\n");
	assert_int_equal(fabconf_load(&ctx, own, &fc), 0);
	assert_int_equal(fc->files[0].format, FABCONF_IS_JSON);
	assert_int_equal(fc->nproblems, 0);
	put("own", "# x\n--transport=tcp -a 192.0.2.1\n");
	assert_int_equal(fabconf_load(&ctx, own, &fc), 0);
	assert_int_equal(fc->files[0].format, FABCONF_IS_DISC);
	assert_int_equal(fc->n, 1);
	assert_int_equal(fabconf_load(&ctx, "none", &fc), 0);
	assert_int_equal(fc->n + fc->nfiles + fc->nproblems, 0);
}

static void test_missing(void **state)
{
	struct fabconf *fc = load_sound();

	(void)state;
	assert_int_equal(fc->n + fc->nfiles, 0);
	assert_int_equal(fabconf_check(&ctx, fc), 0);
	assert_int_equal(fabconf_load(&ctx, place("nowhere"), &fc), -ENOENT);
	assert_int_equal(ctx.error.code, XC_USAGE);
	assert_non_null(strstr(ctx.error.message, "nowhere: No such file"));
}

static void test_directory(void **state)
{
	struct fabconf *fc;

	(void)state;
	place(INI "/x");
	assert_int_equal(fabconf_load(&ctx, NULL, &fc), -EISDIR);
	assert_non_null(strstr(ctx.error.message, "cannot read /etc/nvme/nvme-fabrics.conf"));
}

static void test_links(void **state)
{
	struct fabconf *fc;

	(void)state;
	put("srv/shared.conf", SECTION PATH_1);
	put_link(INI, "/srv/shared.conf"); /* of the root */
	fc = load_sound();
	assert_int_equal(fc->n, 1);
	assert_string_equal(fc->entries[0].file, "/etc/nvme/nvme-fabrics.conf");
}

/* --- who else can read it --- */

static void test_modes(void **state)
{
	static const struct {
		const char *file, *text;
		unsigned mode;
		const char *message;
	} all[] = {
		{ INI, SECTION PATH_1, 0644, NULL },
		{ INI, SECTION PATH_1, 0664, "others than its owner can change it (mode 664)" },
		{ INI, SECTION "dhchap-secret = " SECRET "\n" PATH_1, 0600, NULL },
		{ INI, SECTION "dhchap-secret = " SECRET "\n" PATH_1, 0644, "it holds a secret, and others than its owner have access" },
		{ INI, SECTION "tls = true\ntls-key = 0x1234\n" PATH_1, 0644, NULL },
		{ INI, SECTION "tls = true\ntls-key = " PSK "\n" PATH_1, 0644, "it holds a secret" },
		{ INI, SECTION "kxchap-secret = " SECRET "\n" PATH_1, 0640, "it holds a secret" },
		{ JSON, J_PORT(",\"dhchap_key\":\"" SECRET "\""), 0604, "it holds a secret" },
		{ DISC, "-t tcp -a 192.0.2.1 -S " SECRET "\n", 0644, "it holds a secret" },
	};

	(void)state;
	for (size_t i = 0; i < NELEMS(all); i++) {
		struct fabconf *fc;
		size_t before;

		put(all[i].file, all[i].text);
		assert_int_equal(chmod(place(all[i].file), all[i].mode), 0);
		fc = load();
		if (!all[i].message != !fc->nproblems || (fc->nproblems && !strstr(fc->problems[0].text, all[i].message)))
			fail_msg("%o: %s", all[i].mode, problems_of(fc));
		assert_int_equal(fc->unsafe, fc->nproblems);
		/* It can be used, with a warning. */
		before = ctx.warnings->c.n;
		assert_int_equal(fabconf_check(&ctx, fc), 0);
		assert_int_equal(ctx.warnings->c.n - before, fc->nproblems);
		assert_int_equal(unlink(place(all[i].file)), 0);
	}
}

static void test_check(void **state)
{
	(void)state;
	put(INI, SECTION "toss = 1\ntosss = 2\n" PATH_1);
	assert_int_equal(fabconf_check(&ctx, load()), -EBADMSG);
	assert_int_equal(ctx.error.code, XC_DATA);
	assert_string_equal(ctx.error.message, "/etc/nvme/nvme-fabrics.conf:3: key 'toss' is not known");
	assert_non_null(strstr(ctx.error.hint, "config validate"));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		T(test_wrong),	  T(test_once),	  T(test_ini_levels), T(test_drop_ins), T(test_json),  T(test_disc),
		T(test_letters),  T(test_precedence), T(test_named), T(test_missing),  T(test_directory), T(test_links),
		T(test_modes),	  T(test_check),
	};

	return cmocka_run_group_tests_name("fabconf", tests, NULL, NULL);
}
