/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Connections of the simulated system: what they make and what is left of it, who is refused and what the kernel says.
 */
#include "unit.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fabric_sample.h"

/* The run that comes next: nothing is known but the file. */
static void again(struct rig *r)
{
	char file[64];

	strcpy(file, r->file);
	ctx_done(&r->ctx);
	rig_on(r, r->file);
	strcpy(r->file, file);
}

static void assert_ctrl(struct rig *r, const char *name, const char *subsys, const char *nqn, int cntlid, const char *address)
{
	const struct topo_ctrl *t = topo_ctrl(r, name);

	if (!t)
		fail_msg("there is no %s", name);
	assert_string_equal(t->subsys->name, subsys);
	assert_string_equal(t->nqn, nqn);
	assert_string_equal(t->subsys->nqn, nqn);
	assert_string_equal(t->address, address);
	assert_string_equal(t->state, "live");
	assert_string_equal(t->hostnqn, HOSTNQN);
	assert_string_equal(t->hostid, HOSTID);
	assert_int_equal(t->cntlid, cntlid);
}

static void test_paths(void **state)
{
	const struct topo_ns *ns;
	struct rig r;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	/* 0, 1, 2 and 7 are taken. */
	assert_string_equal(connect_to(&r, "192.0.2.1", "4420", NQN_DISKS), "nvme3");
	again(&r);
	assert_string_equal(connect_to(&r, "192.0.2.2", "4420", NQN_DISKS), "nvme4");
	again(&r);
	assert_ctrl(&r, "nvme3", "nvme-subsys3", NQN_DISKS, 3, "traddr=192.0.2.1,trsvcid=4420,src_addr=192.0.2.5");
	assert_ctrl(&r, "nvme4", "nvme-subsys3", NQN_DISKS, 4, "traddr=192.0.2.2,trsvcid=4420,src_addr=192.0.2.5");
	assert_string_equal(topo_ctrl(&r, "nvme3")->cntrltype, "io");
	assert_string_equal(topo_ctrl(&r, "nvme3")->subsys->iopolicy, "queue-depth");
	ns = topo_ns(&r, "nvme3n1");
	assert_non_null(ns);
	assert_int_equal(ns->nsid, 4);
	assert_string_equal(ns->generic, "ng3n1");
	assert_int_equal(ns->npaths, 2);
	assert_string_equal(ns->paths[0].name, "nvme3c3n1");
	assert_string_equal(ns->paths[0].ana_state, "optimized");
	assert_string_equal(ns->paths[1].name, "nvme3c4n1");
	assert_string_equal(ns->paths[1].ana_state, "inaccessible");
	ns = topo_ns(&r, "nvme3n2");
	assert_int_equal(ns->nsid, 9);
	assert_string_equal(ns->paths[1].ana_state, "");
	/* They answer. */
	assert_int_equal(rig_open(&r, "nvme4"), 0);
	assert_true(r.dev.fabrics);
	assert_int_equal(identify(&r, 0, 0, 4), 0);
	assert_int_equal(get_log(&r, 2, 0, 0, 512), 0);
	rig_done(&r);
}

/* What is given out, is: the lowest number first. */
static void test_numbers(void **state)
{
	struct rig r;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	assert_string_equal(connect_to(&r, "192.0.2.1", "4420", NQN_DISKS), "nvme3");
	assert_string_equal(connect_to(&r, "192.0.2.1", "4420", NQN_SINGLE), "nvme4");
	assert_string_equal(connect_to(&r, "192.0.2.2", "4420", NQN_DISKS), "nvme5");
	assert_int_equal(disconnect(&r, "nvme3"), 0);
	/* The subsystem is called after it, and still there. */
	assert_non_null(topo_ns(&r, "nvme3n1"));
	assert_int_equal(topo_ns(&r, "nvme3n1")->npaths, 1);
	assert_string_equal(connect_to(&r, "192.0.2.1", "4420", NULL), "nvme6");
	assert_string_equal(connect_to(&r, "192.0.2.1", "4420", NQN_DISKS), "nvme8");
	assert_ctrl(&r, "nvme8", "nvme-subsys3", NQN_DISKS, 3, "traddr=192.0.2.1,trsvcid=4420,src_addr=192.0.2.5");
	assert_int_equal(disconnect(&r, "nvme8"), 0);
	assert_int_equal(disconnect(&r, "nvme5"), 0);
	assert_null(topo_ns(&r, "nvme3n1"));
	assert_string_equal(connect_to(&r, "192.0.2.2", "4420", NQN_DISKS), "nvme3");
	rig_done(&r);
}

static void test_discovery_controllers(void **state)
{
	struct rig r;
	struct fab_conn c = conn_to("2001:db8:0::3", "4420", NULL);
	struct fab_new new;
	const char *why;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	connect_to(&r, "192.0.2.1", "4420", NULL);
	connect_to(&r, "192.0.2.2", "4420", NULL);
	fab_put_number(&c, FK_TLS, 1, "test");
	assert_int_equal(add(&r, &c, &new, &why), 0);
	again(&r);
	/* Those that go by the well-known name share no subsystem, and are one as far as the target knows. */
	assert_ctrl(&r, "nvme3", "nvme-subsys3", FAB_DISCOVERY_NQN, 1, "traddr=192.0.2.1,trsvcid=4420,src_addr=192.0.2.5");
	assert_ctrl(&r, "nvme4", "nvme-subsys4", FAB_DISCOVERY_NQN, 2, "traddr=192.0.2.2,trsvcid=4420,src_addr=192.0.2.5");
	assert_ctrl(&r, "nvme5", "nvme-subsys5", "nqn.2020-01.test:discovery", 1,
		    "traddr=2001:db8:0::3,trsvcid=4420,src_addr=2001:db8::5");
	assert_string_equal(topo_ctrl(&r, "nvme3")->cntrltype, "discovery");
	assert_string_equal(topo_ctrl(&r, "nvme5")->subsys->type, "discovery");
	/* By its own name, too; and it is the same connection only if it was asked for in the same way. */
	fab_put_text(&c, FK_NQN, "nqn.2020-01.test:discovery", "test");
	assert_int_equal(add(&r, &c, &new, &why), 0);
	assert_string_equal(topo_ctrl(&r, new.name)->subsys->name, "nvme-subsys5");
	assert_int_equal(new.cntlid, 2);
	assert_int_equal(add(&r, &c, &new, &why), -EALREADY);
	/* Other ports do not know that name. */
	c = conn_to("192.0.2.1", "4420", "nqn.2020-01.test:discovery");
	assert_int_equal(add(&r, &c, &new, &why), -EIO);
	rig_done(&r);
}

static void test_other_transports(void **state)
{
	struct rig r;
	struct fab_conn c = conn_to("192.0.2.4", NULL, NQN_DISKS);
	struct fab_new new;
	const char *why;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	fab_put_text(&c, FK_TRANSPORT, "rdma", "test");
	assert_int_equal(add(&r, &c, &new, &why), 0);
	assert_ctrl(&r, "nvme3", "nvme-subsys3", NQN_DISKS, 3, "traddr=192.0.2.4,trsvcid=4420");
	c = conn_to("nn-0x1:pn-0x2", NULL, NQN_DISKS);
	fab_put_text(&c, FK_TRANSPORT, "fc", "test");
	fab_put_text(&c, FK_HOST_TRADDR, "nn-0x8:pn-0x9", "test");
	assert_int_equal(add(&r, &c, &new, &why), 0);
	assert_ctrl(&r, "nvme4", "nvme-subsys3", NQN_DISKS, 4, "traddr=nn-0x1:pn-0x2,host_traddr=nn-0x8:pn-0x9");
	c = conn_to(NULL, NULL, NQN_DISKS);
	fab_put_text(&c, FK_TRANSPORT, "loop", "test");
	assert_int_equal(add(&r, &c, &new, &why), 0);
	assert_ctrl(&r, "nvme5", "nvme-subsys3", NQN_DISKS, 5, "");
	assert_int_equal(add(&r, &c, &new, &why), -EALREADY);
	fab_put_text(&c, FK_TRADDR, "elsewhere", "test");
	assert_int_equal(add(&r, &c, &new, &why), -EHOSTUNREACH);
	assert_null(why);
	rig_done(&r);
}

static void test_duplicates(void **state)
{
	struct rig r;
	struct fab_conn c = conn_to("192.0.2.1", "4420", NQN_DISKS);
	struct fab_new new;
	const char *why;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	assert_int_equal(add(&r, &c, &new, &why), 0);
	assert_int_equal(new.cntlid, 3);
	assert_int_equal(add(&r, &c, &new, &why), -EALREADY);
	assert_null(new.name);
	fab_put_text(&c, FK_HOST_IFACE, "eth1", "test");
	assert_int_equal(add(&r, &c, &new, &why), 0);
	assert_string_equal(topo_ctrl(&r, new.name)->address,
			    "traddr=192.0.2.1,trsvcid=4420,host_iface=eth1,src_addr=192.0.2.5");
	assert_int_equal(add(&r, &c, &new, &why), -EALREADY);
	fab_put_text(&c, FK_HOST_TRADDR, "192.0.2.6", "test");
	assert_int_equal(add(&r, &c, &new, &why), 0);
	assert_string_equal(topo_ctrl(&r, new.name)->address,
			    "traddr=192.0.2.1,trsvcid=4420,host_traddr=192.0.2.6,host_iface=eth1,src_addr=192.0.2.6");
	assert_int_equal(add(&r, &c, &new, &why), -EALREADY);
	fab_put_number(&c, FK_DUPLICATE_CONNECT, 1, "test");
	assert_int_equal(add(&r, &c, &new, &why), 0);
	assert_int_equal(new.cntlid, 6);
	/* What was there from the beginning counts as well. */
	c = conn_to("192.0.2.1", "4420", NQN_HERE);
	assert_int_equal(add(&r, &c, &new, &why), -EALREADY);
	/* Where no service is named, nvme-tcp means 8009. */
	c = conn_to("192.0.2.1", NULL, NQN_DISKS);
	assert_int_equal(add(&r, &c, &new, &why), -ECONNREFUSED);
	rig_done(&r);
}

static void test_hosts(void **state)
{
	static const struct {
		const char *nqn, *id, *why;
	} hosts[] = {
		{ HOSTNQN, "99999999-2222-3333-4444-555555555555", "found same hostnqn" },
		{ "nqn.2020-01.test:other", HOSTID, "found same hostid" },
		{ "nqn.2020-01.test:other", "no-uuid", "Invalid hostid" },
		{ "nqn.2020-01.test:other", "99999999-2222-3333-4444-555555555555", NULL },
	};
	struct rig r;
	struct fab_new new;
	const char *why;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	for (size_t i = 0; i < NELEMS(hosts); i++) {
		struct fab_conn c = conn_to("192.0.2.1", "4420", NQN_PRIVATE);

		fab_put_text(&c, FK_HOSTNQN, hosts[i].nqn, "test");
		fab_put_text(&c, FK_HOSTID, hosts[i].id, "test");
		assert_int_equal(add(&r, &c, &new, &why), hosts[i].why ? -EINVAL : 0);
		if (hosts[i].why)
			assert_non_null(strstr(why, hosts[i].why));
		else
			assert_string_equal(topo_ctrl(&r, new.name)->hostnqn, hosts[i].nqn);
	}
	rig_done(&r);
}

static void test_refused(void **state)
{
	static const struct {
		const char *traddr, *trsvcid, *nqn;
		int err;
		const char *why;
	} cases[] = {
		{ "192.0.2.77", "4420", NQN_DISKS, EHOSTUNREACH, "nvme nvme3: failed to connect socket: -113" },
		{ "192.0.2.1", "4421", NQN_DISKS, ECONNREFUSED, "nvme nvme3: failed to connect socket: -111" },
		{ "192.0.2.1", "4420", "nqn.none", EIO, "Connect Invalid Data Parameter, subsysnqn \"nqn.none\"" },
		{ "192.0.2.2", "4420", NQN_PRIVATE, EIO, "ret=16770" },
		{ "192.0.2.1", "4420", NQN_PRIVATE, EIO, "is not allowed, hostnqn: " HOSTNQN },
		{ "192.0.2.1", "4420", NQN_PRIVATE, EIO, "ret=16772" },
		{ "2001:db8::3", "4420", NULL, ECONNRESET, "icresp" },
		{ "192.0.2.1", "4420", NQN_SECRET, ENOKEY, "no key" },
	};
	char *before, *after;
	struct rig r;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	before = slurp(r.file);
	for (size_t i = 0; i < NELEMS(cases); i++) {
		struct fab_conn c = conn_to(cases[i].traddr, cases[i].trsvcid, cases[i].nqn);
		struct fab_new new;
		const char *why;

		assert_int_equal(add(&r, &c, &new, &why), -cases[i].err);
		assert_null(new.name);
		if (!why || !strstr(why, cases[i].why))
			fail_msg("case %zu: %s", i, why ? why : "no reason");
	}
	after = slurp(r.file);
	assert_string_equal(before, after);
	assert_int_equal(r.ctx.error.code, XC_OK);
	free(before);
	free(after);
	rig_done(&r);
}

static void test_one_path_only(void **state)
{
	struct fab_conn c = conn_to("192.0.2.2", "4420", NQN_SINGLE);
	struct fab_new new;
	const char *why;
	struct rig r;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	connect_to(&r, "192.0.2.1", "4420", NQN_SINGLE);
	assert_int_equal(add(&r, &c, &new, &why), -EINVAL);
	assert_non_null(strstr(why, "does not support multiple controllers"));
	rig_done(&r);
}

/* host, ctrl: secrets that are given. */
static int authenticate(struct rig *r, const char *host, const char *ctrl, int tls, int concat, const char **why)
{
	struct fab_conn c = conn_to(tls || concat ? "2001:db8::3" : "192.0.2.1", "4420", NQN_SECRET);
	struct fab_new new;

	if (host)
		fab_put_text(&c, FK_DHCHAP_SECRET, host, "test");
	if (ctrl)
		fab_put_text(&c, FK_DHCHAP_CTRL_SECRET, ctrl, "test");
	fab_put_number(&c, FK_TLS, tls, "test");
	fab_put_number(&c, FK_CONCAT, concat, "test");
	fab_put_number(&c, FK_DUPLICATE_CONNECT, 1, "test");
	return add(r, &c, &new, why);
}

static void test_secrets(void **state)
{
	struct rig r;
	const char *why;
	char *text;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	assert_int_equal(authenticate(&r, HOST_KEY, NULL, 0, 0, &why), 0);
	assert_int_equal(authenticate(&r, HOST_KEY, CTRL_KEY, 0, 0, &why), 0);
	assert_int_equal(authenticate(&r, HOST_KEY, CTRL_KEY, 1, 0, &why), 0);
	assert_int_equal(authenticate(&r, HOST_KEY, CTRL_KEY, 0, 1, &why), 0);
	assert_int_equal(authenticate(&r, "DHHC-1:00:bm90:", NULL, 0, 0, &why), -EKEYREJECTED);
	assert_null(strstr(why, "DHHC"));
	assert_int_equal(authenticate(&r, HOST_KEY, "DHHC-1:00:bm90:", 0, 0, &why), -EKEYREJECTED);
	assert_int_equal(authenticate(&r, NULL, NULL, 1, 0, &why), -ENOKEY);
	/* What was given is kept nowhere. */
	text = slurp(r.file);
	assert_null(strstr(text, "bm90"));
	assert_non_null(strstr(text, HOST_KEY));
	assert_null(strstr(strstr(text, HOST_KEY) + 1, HOST_KEY));
	free(text);
	rig_done(&r);
}

static void test_tls(void **state)
{
	struct fab_conn c = conn_to("192.0.2.1", "4420", NQN_DISKS);
	struct fab_new new;
	const char *why;
	struct rig r;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	fab_put_number(&c, FK_TLS, 1, "test");
	assert_int_equal(add(&r, &c, &new, &why), -EACCES);
	assert_non_null(strstr(why, "TLS handshake"));
	c = conn_to("192.0.2.1", "4420", NQN_DISKS);
	fab_put_number(&c, FK_CONCAT, 1, "test");
	assert_int_equal(add(&r, &c, &new, &why), -EOPNOTSUPP);
	assert_non_null(strstr(why, "concatenation"));
	rig_done(&r);
}

static void test_failures_on_order(void **state)
{
	struct fab_conn c = conn_to("192.0.2.2", "4420", NQN_DISKS);
	struct fab_new new;
	const char *why;
	struct rig r;

	(void)state;
	rig_fabric(&r, "'genctr': 41",
		   "'fail': [ { 'errno': 'ETIMEDOUT', 'why': 'nvme: tired', 'skip': 1, 'count': 2 }, { 'delay_ms': 1, 'count': 1 } ]");
	fab_put_number(&c, FK_DUPLICATE_CONNECT, 1, "test");
	assert_int_equal(add(&r, &c, &new, &why), 0);
	again(&r);
	assert_int_equal(add(&r, &c, &new, &why), -ETIMEDOUT);
	assert_string_equal(why, "nvme: tired");
	again(&r);
	assert_int_equal(add(&r, &c, &new, &why), -ETIMEDOUT);
	again(&r);
	assert_int_equal(add(&r, &c, &new, &why), 0);
	rig_done(&r);
}

/* Through the front: addresses of names one after the other, and what is there already. */
static void test_names(void **state)
{
	struct fab_conn c = conn_to("moved.example", "4420", NQN_DISKS);
	const char *const *addrs, *tokens;
	struct fab_new new;
	struct rig r;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	assert_int_equal(fab_connect(&r.ctx, &c, 0, &new), 0);
	assert_string_equal(new.name, "nvme3");
	assert_string_equal(new.traddr, "192.0.2.1");
	assert_false(new.already);
	assert_int_equal(fab_connect(&r.ctx, &c, 0, &new), 0);
	assert_true(new.already);
	assert_int_equal(sim_ops.fab_resolve(&r.ctx, "2001:db8::77", &addrs), 0);
	assert_string_equal(addrs[0], "2001:db8::77");
	assert_null(addrs[1]);
	assert_int_equal(sim_ops.fab_resolve(&r.ctx, "disks.example", &addrs), 0);
	assert_string_equal(addrs[1], "192.0.2.2");
	assert_null(addrs[2]);
	assert_int_equal(sim_ops.fab_tokens(&r.ctx, &tokens), 0);
	for (size_t k = 0; k < FK_COUNT; k++) {
		if (fab_keys[k].token)
			assert_non_null(strstr(tokens, fab_keys[k].token));
	}
	assert_true(sim_ops.fab_resolve(&r.ctx, "none.example", &addrs) < 0);
	assert_int_equal(r.ctx.error.code, XC_CONNECT);
	assert_string_equal(r.ctx.error.message, "cannot find an address of 'none.example': not known on the simulated system");
	rig_done(&r);
	rig_on(&r, "demo");
	assert_int_equal(sim_ops.fab_resolve(&r.ctx, "array.example", &addrs), 0);
	assert_string_equal(addrs[0], "192.0.2.10");
	rig_done(&r);
}

static void test_disconnect(void **state)
{
	struct req req = { .kind = REQ_DISCONNECT };
	struct rig r;
	char *text;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	/* From any state; nothing is opened. */
	assert_int_equal(disconnect(&r, "nvme7"), 0);
	assert_int_equal(disconnect(&r, "nvme2"), 0);
	again(&r);
	assert_null(topo_ctrl(&r, "nvme7"));
	assert_null(topo_ctrl(&r, "nvme2"));
	assert_int_equal(topo_ns(&r, "nvme1n1")->npaths, 1);
	assert_int_equal(rig_open(&r, "nvme1n1"), 0);
	assert_int_equal(rig_open(&r, "nvme1"), 0);
	assert_int_equal(submit(&r, &req), 0);
	assert_int_equal(submit(&r, &req), -ENODEV);
	assert_int_equal(identify(&r, 1, 0, 0), -ENODEV);
	again(&r);
	assert_null(topo_ns(&r, "nvme1n1"));
	/* Nobody exports "gone", and "here" can be connected to again. */
	text = slurp(r.file);
	assert_null(strstr(text, "nqn.2020-01.test:gone"));
	free(text);
	assert_string_equal(connect_to(&r, "192.0.2.1", "4420", NQN_HERE), "nvme1");
	assert_string_equal(topo_ctrl(&r, "nvme1")->subsys->iopolicy, "round-robin");
	assert_string_equal(topo_ns(&r, "nvme1n1")->paths[0].ana_state, "optimized");
	assert_int_equal(disconnect(&r, "nvme0"), -ENODEV);
	assert_int_equal(r.ctx.error.code, XC_OK);
	assert_true(disconnect(&r, "nvme0n1") < 0);
	assert_int_equal(r.ctx.error.code, XC_NODEV);
	rig_done(&r);
}

static void test_disconnect_can_fail(void **state)
{
	struct rig r;

	(void)state;
	rig_fabric(&r, "'state': 'resetting',", "'fail': [ { 'kind': 'disconnect', 'timeout': true, 'count': 1 } ],");
	assert_int_equal(disconnect(&r, "nvme2"), -ETIMEDOUT);
	assert_non_null(topo_ctrl(&r, "nvme2"));
	assert_int_equal(disconnect(&r, "nvme2"), 0);
	rig_done(&r);
}

/* What is done to a subsystem stays done; what was about the connection ends with it. */
static void test_targets_remember(void **state)
{
	struct rig r;
	struct req format;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	connect_to(&r, "192.0.2.1", "4420", NQN_DISKS);
	assert_int_equal(rig_open(&r, "nvme3"), 0);
	format = admin_req(&r, 0x80, 4, 1, 0, 0);
	assert_int_equal(submit(&r, &format), 0);
	assert_true(get_log(&r, 0xc0, 0, 0, 512) > 0);
	assert_int_equal(disconnect(&r, "nvme3"), 0);
	again(&r);
	connect_to(&r, "192.0.2.2", "4420", NQN_DISKS);
	assert_int_equal(topo_ns(&r, "nvme3n1")->lba_size, 4096);
	assert_string_equal(topo_ns(&r, "nvme3n1")->paths[0].ana_state, "inaccessible");
	assert_int_equal(rig_open(&r, "nvme3"), 0);
	assert_int_equal(get_log(&r, 1, 0, 0, 64), 0);
	assert_int_equal(r.buf[0], 0); /* Error Count: there was none yet */
	rig_done(&r);
}

/* Every process gets a number of its own, and none of them undoes what another did. */
static void test_many_at_once(void **state)
{
	enum { PROCESSES = 8 };
	struct topo *t;
	struct rig r;
	size_t n = 0;

	(void)state;
	rig_fabric(&r, NULL, NULL);
	assert_int_equal(sim_load(&r.ctx), 0); /* before any of them: what they know is old */
	for (int i = 0; i < PROCESSES; i++) {
		struct fab_conn c = conn_to(i % 2 ? "192.0.2.2" : "192.0.2.1", "4420", NQN_DISKS);
		struct fab_new new;
		const char *why;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid)
			continue;
		fab_put_number(&c, FK_DUPLICATE_CONNECT, 1, "test");
		_exit(add(&r, &c, &new, &why) != 0);
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	again(&r);
	assert_int_equal(sim_ops.topology(&r.ctx, ~0u, &t), 0);
	for (size_t i = 0; i < t->nsubsys; i++)
		n += strcmp(t->subsys[i]->nqn, NQN_DISKS) == 0 ? t->subsys[i]->nctrls : 0;
	assert_int_equal(n, PROCESSES);
	assert_int_equal(topo_ns(&r, "nvme3n1")->npaths, PROCESSES);
	rig_done(&r);
}

/* The built-in system keeps it for one run. */
static void test_demo(void **state)
{
	static const char vault[] = "nqn.2019-11.com.example.latticevale:lv9000.0007731:vault";
	struct fab_conn c = conn_to("2001:db8::21", "4420", vault);
	struct fab_new new;
	const char *why;
	struct rig r;

	(void)state;
	rig_on(&r, "demo");
	assert_string_equal(connect_to(&r, "192.0.2.21", "4420", "nqn.2019-11.com.example.latticevale:lv9000.0007731:db-test"), "nvme5");
	assert_string_equal(connect_to(&r, "192.0.2.22", "4420", "nqn.2019-11.com.example.latticevale:lv9000.0007731:db-test"), "nvme6");
	assert_int_equal(topo_ns(&r, "nvme5n1")->npaths, 2);
	assert_int_equal(add(&r, &c, &new, &why), -ENOKEY);
	fab_put_text(&c, FK_DHCHAP_SECRET, "DHHC-1:00:XmDum8XdwjUecqEtlUVkXjK9shFJkSHPnUx+UzAPqBacjTQH:", "test");
	assert_int_equal(add(&r, &c, &new, &why), 0);
	assert_int_equal(disconnect(&r, "nvme2"), 0);
	assert_int_equal(disconnect(&r, "nvme3"), 0);
	assert_string_equal(connect_to(&r, "192.0.2.22", "4420", "nqn.2019-11.com.example.latticevale:lv9000.0007731:db-prod"), "nvme2");
	assert_string_equal(topo_ns(&r, "nvme2n1")->paths[0].ana_state, "non-optimized");
	rig_done(&r);
	rig_on(&r, "demo");
	assert_null(topo_ctrl(&r, "nvme5"));
	rig_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_discovery_controllers),
		cmocka_unit_test(test_other_transports),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_one_path_only),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_failures_on_order),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_disconnect),
		cmocka_unit_test(test_disconnect_can_fail),
		cmocka_unit_test(test_targets_remember),
		cmocka_unit_test(test_many_at_once),
		cmocka_unit_test(test_demo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
