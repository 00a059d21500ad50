/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The member "fabric" of images: what is refused and how it is said, and what is odd and sound. */
#include "unit.h"

#include "fabric_sample.h"

#define FABRIC(text) "{'nvmekit-image':1,'subsystems':[],'fabric':{" text "}}"
#define PORT(more) FABRIC("'ports':[{'transport':'tcp','traddr':'192.0.2.1','portid':1" more "}]")
#define REMOTE(more) FABRIC("'subsystems':[{'nqn':'nqn.a','controller':{'identify':{}}" more "}]")

static const struct {
	const char *text, *message;
} bad_images[] = {
	{ "{'nvmekit-image':1,'subsystems':[],'fabric':[]}", "fabric: must be an object" },
	{ FABRIC("'port':[]"), "fabric.port: no member of a fabric has this name" },
	{ FABRIC("'hosts':{'a':'192.0.2.1'}"), "fabric.hosts.a: must be an array of addresses" },
	{ FABRIC("'hosts':{'a':[]}"), "fabric.hosts.a: must be an array of addresses" },
	{ FABRIC("'hosts':{'a':['b']}"), "fabric.hosts.a: must be an array of addresses, as numbers" },
	{ FABRIC("'options':7"), "fabric.options: must be a string" },
	{ FABRIC("'ports':[1]"), "fabric.ports[0]: must be an object" },
	{ FABRIC("'ports':[{'transport':'tcp','traddr':'x'}]"), "fabric.ports[0]: 'portid' is missing" },
	{ FABRIC("'ports':[{'transport':'pcie','traddr':'x','portid':1}]"), "no transport \"pcie\" to a target" },
	{ FABRIC("'ports':[{'transport':'tcp','portid':1}]"), "fabric.ports[0]: 'traddr' is missing" },
	{ FABRIC("'ports':[{'transport':'tcp','traddr':'x','portid':65536}]"), "portid: must not exceed 65535" },
	{ PORT(",'adrfam':'ipx'"), "no address family \"ipx\"" },
	{ PORT(",'trsvcid':'123456789012345678901234567890123'"), "'trsvcid' up to 32" },
	{ PORT(",'tls':'maybe'"), "'tls' is none, allowed or required" },
	{ PORT(",'treq':256"), "'treq' is one byte" },
	{ PORT(",'repeat':1000001"), "fabric.ports[0].repeat: must not exceed 1000000" },
	{ PORT(",'subsystems':['nqn.none']"), "fabric.ports[0].subsystems[0]: is the NQN of no subsystem" },
	{ PORT(",'subsystems':[7]"), "fabric.ports[0].subsystems[0]: is the NQN of no subsystem" },
	{ PORT(",'lists':[2]"), "fabric.ports[0].lists[0]: is the 'portid' of no port" },
	{ PORT(",'lists':['1']"), "fabric.ports[0].lists[0]: is the 'portid' of no port" },
	{ PORT(",'referrals':[{'traddr':'x'}]"), "fabric.ports[0].referrals[0]: 'transport' is missing" },
	{ PORT(",'referrals':[{'transport':'tcp'}]"), "fabric.ports[0].referrals[0]: 'traddr' is missing" },
	{ PORT(",'referrals':[{'transport':'tcp','traddr':'x','portid':70000}]"), "referrals[0].portid: must not exceed" },
	{ PORT(",'fail':[{'count':1}]"), "fabric.ports[0].fail[0]: needs 'errno' or 'delay_ms'" },
	{ PORT(",'fail':[{'errno':'EHUNGRY'}]"), "fabric.ports[0].fail[0]: there is no error \"EHUNGRY\"" },
	{ PORT(",'log':{'numrecs':1}"), "fabric.ports[0].log: 'numrecs'" },
	{ PORT(",'log':{'bytes':'zz'}"), "fabric.ports[0].log: 'bytes' is not hexadecimal" },
	{ PORT(",'identify':{'dctype':'x'}"), "fabric.ports[0].identify: 'dctype'" },
	{ FABRIC("'ports':[{'transport':'tcp','traddr':'x','portid':1},{'transport':'tcp','traddr':'y','portid':1}]"),
	  "fabric.ports[1]: another port has the same 'portid'" },
	{ FABRIC("'ports':[{'transport':'tcp','traddr':'x','portid':1},{'transport':'tcp','traddr':'x','portid':2}]"),
	  "fabric.ports[1]: another port has the same address" },
	{ FABRIC("'subsystems':[{'nqn':'','controller':{'identify':{}}}]"), "fabric.subsystems[0]: 'nqn' has 1 to 223 bytes" },
	{ FABRIC("'subsystems':[{'nqn':'a'}]"), "fabric.subsystems[0]: 'controller' is missing" },
	{ FABRIC("'subsystems':[{'nqn':'a','controller':{}}]"), "fabric.subsystems[0].controller: 'identify' is missing" },
	{ FABRIC("'subsystems':[{'nqn':'a','controller':{'name':'nvme0','identify':{}}}]"),
	  "fabric.subsystems[0].controller.name: no member of a remote controller" },
	{ FABRIC("'subsystems':[{'nqn':'a','controller':{'identify':{'mdts':'x'}}}]"), "fabric.subsystems[0].controller.identify" },
	{ FABRIC("'subsystems':[{'nqn':'a','controller':{'identify':{},'logs':{'smart':{'x':1}}}}]"),
	  "fabric.subsystems[0].controller.logs.smart" },
	{ FABRIC("'subsystems':[{'nqn':'a','controller':{'identify':{}}},{'nqn':'a','controller':{'identify':{}}}]"),
	  "fabric.subsystems[1]: another subsystem has the same NQN" },
	{ REMOTE(",'cntlid':65520"), "fabric.subsystems[0].cntlid: must not exceed 65519" },
	{ REMOTE(",'hosts':{'nqn.h':[]}"), "fabric.subsystems[0].hosts.nqn.h: must be an object" },
	{ REMOTE(",'hosts':{'*':{'dhchap_ctrl_key':'x'}}"), "'dhchap_ctrl_key' needs 'dhchap_key'" },
	{ REMOTE(",'namespaces':[{'nsid':1}]"), "fabric.subsystems[0].namespaces[0]: 'identify' is missing" },
	{ REMOTE(",'namespaces':[{'nsid':0,'identify':{}}]"), "'nsid' must not be 0" },
	{ REMOTE(",'namespaces':[{'nsid':1,'name':'nvme0n1','identify':{}}]"), "namespaces[0].name: no member" },
	{ REMOTE(",'namespaces':[{'nsid':1,'identify':{}},{'nsid':1,'identify':{}}]"), "another namespace has the same nsid" },
	{ REMOTE(",'namespaces':[{'nsid':1,'identify':{},'ana':{'x':'optimized'}}]"), "ana.x: is no 'portid'" },
	{ REMOTE(",'namespaces':[{'nsid':1,'identify':{},'ana':{'1':'best'}}]"), "ana.1: must be optimized" },
	{ REMOTE(",'namespaces':[{'nsid':1,'identify':{'nsz':1}}]"), "fabric.subsystems[0].namespaces[0].identify: 'nsz'" },
	{ "{'nvmekit-image':1,'subsystems':[{'name':'nvme-subsys0','nqn':'q','controllers':[{'name':'nvme0','cntlid':1,"
	  "'transport':'tcp','identify':{},'connection':{'nqn':'q'}}]}]}", "controllers[0].connection: 'portid' is missing" },
};

static void test_bad_images(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEMS(bad_images); i++) {
		struct rig r;

		rig_text(&r, bad_images[i].text);
		assert_true(sim_load(&r.ctx) < 0);
		assert_int_equal(r.ctx.error.code, XC_DATA);
		if (!strstr(r.ctx.error.message, bad_images[i].message))
			fail_msg("%s\ngives: %s", bad_images[i].text, r.ctx.error.message);
		rig_done(&r);
	}
}

/* A subsystem without controllers has nothing to copy; a controller whose port is gone stays a controller. */
static void test_odd_images(void **state)
{
	struct rig r;

	(void)state;
	rig_text(&r, "{'nvmekit-image':1,'subsystems':[{'name':'nvme-subsys0','nqn':'nqn.a','controllers':[]}],'fabric':{'ports':"
		     "[{'transport':'tcp','traddr':'192.0.2.1','portid':1,'subsystems':['nqn.a']}]}}");
	assert_string_equal(connect_to(&r, "192.0.2.1", "4420", "nqn.a"), "nvme1");
	assert_int_equal(disconnect(&r, "nvme1"), 0);
	assert_string_equal(connect_to(&r, "192.0.2.1", "4420", "nqn.a"), "nvme0");
	rig_done(&r);
	rig_text(&r, "{'nvmekit-image':1,'subsystems':[{'name':'nvme-subsys0','nqn':'q','controllers':[{'name':'nvme0','cntlid':1,"
		     "'transport':'tcp','identify':{'cntrltype':2},'connection':{'nqn':'q','portid':1}}]}]}");
	assert_int_equal(rig_open(&r, "nvme0"), 0);
	assert_true(get_log(&r, 0x70, 0, 0, 1024) > 0);
	assert_int_equal(disconnect(&r, "nvme0"), 0);
	rig_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_images),
		cmocka_unit_test(test_odd_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
