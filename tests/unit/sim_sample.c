/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "unit.h"

#include "sim_sample.h"

#include <fcntl.h>
#include <unistd.h>

#include "dev/sim_model.h"
#include "spec/spec.h"

const char sim_sample[] =
	"{ \"nvmekit-image\": 1, \"comment\": [ \"sample\" ],\n"
	"  \"host\": { \"hostnqn\": \"nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555\",\n"
	"            \"hostid\": \"11111111-2222-3333-4444-555555555555\" },\n"
	"  \"files\": { \"/etc/nvme/discovery.conf\": [ \"# none\" ] },\n"
	"  \"nbft\": [ { \"bytes\": \"4e424654\" } ],\n"
	"  \"subsystems\": [\n"
	"  { \"comment\": \"two paths\", \"name\": \"nvme-subsys3\", \"nqn\": \"nqn.2020-01.test:array\",\n"
	"    \"iopolicy\": \"round-robin\",\n"
	"    \"controllers\": [\n"
	"     { \"name\": \"nvme10\", \"cntlid\": 7, \"transport\": \"tcp\", \"address\": \"traddr=192.0.2.1\",\n"
	"       \"identify\": { \"sn\": \"A1\", \"mn\": \"Array\", \"fr\": \"1\", \"cmic\": 11 },\n"
	"       \"logs\": { \"smart\": { \"temperature\": 300 } } },\n"
	"     { \"name\": \"nvme9\", \"ana_chgcnt\": 1, \"cntlid\": 3, \"transport\": \"tcp\", \"address\": \"traddr=192.0.2.2\",\n"
	"       \"hostnqn\": \"nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555\",\n"
	"       \"hostid\": \"11111111-2222-3333-4444-555555555555\",\n"
	"       \"connection\": { \"nqn\": \"nqn.2020-01.test:array\", \"portid\": 1, \"options\": { \"ctrl_loss_tmo\": -1 } },\n"
	"       \"identify\": { \"sn\": \"A1\", \"mn\": \"Array\", \"fr\": \"1\", \"cmic\": 11 } },\n"
	"     { \"name\": \"nvme11\", \"cntlid\": 9, \"transport\": \"tcp\", \"state\": \"dead\",\n"
	"       \"identify\": { \"sn\": \"A1\", \"cmic\": 11 } },\n"
	"     { \"name\": \"nvme12\", \"cntlid\": 10, \"transport\": \"tcp\", \"state\": \"resetting\",\n"
	"       \"identify\": { \"sn\": \"A1\", \"cmic\": 11 } } ],\n"
	"    \"namespaces\": [\n"
	"     { \"name\": \"nvme3n1\", \"nsid\": 1, \"controllers\": [ \"nvme9\", \"nvme10\" ],\n"
	"       \"ana\": { \"nvme9\": \"non-optimized\", \"nvme10\": \"optimized\" },\n"
	"       \"identify\": { \"nsze\": 1000, \"anagrpid\": 5, \"nmic\": 1, \"lbafs\": [ { \"ds\": 12 } ] } },\n"
	"     { \"name\": \"nvme3n2\", \"nsid\": 2, \"controllers\": [ \"nvme9\" ], \"ana\": { \"nvme9\": \"inaccessible\" },\n"
	"       \"identify\": { \"nsze\": 8, \"anagrpid\": 6, \"lbafs\": [ { \"ds\": 9 } ] } },\n"
	"     { \"name\": \"nvme3n3\", \"nsid\": 3, \"controllers\": [ \"nvme11\" ],\n"
	"       \"identify\": { \"nsze\": 8, \"lbafs\": [ { \"ds\": 9 } ] } },\n"
	"     { \"name\": \"nvme3n4\", \"nsid\": 4, \"controllers\": [ \"nvme12\" ],\n"
	"       \"identify\": { \"nsze\": 8, \"lbafs\": [ { \"ds\": 9 } ] } } ] },\n"
	"  { \"name\": \"nvme-subsys0\", \"nqn\": \"nqn.2020-01.test:drive\",\n"
	"    \"times\": { \"format\": 0 }, \"model\": { \"namespaces\": { \"created\": 3 } },\n"
	"    \"controllers\": [\n"
	"     { \"comment\": \"a drive\", \"name\": \"nvme0\", \"cntlid\": 1, \"transport\": \"pcie\", \"model\": { \"notices\": {} },\n"
	"       \"address\": \"0000:01:00.0\", \"state\": \"live\", \"slot\": \"4\", \"numa_node\": 1,\n"
	"       \"identify\": { \"vid\": \"0x1234\", \"sn\": \"S1\", \"mn\": \"Drive\", \"fr\": \"F1\", \"mdts\": 3,\n"
	"                     \"elpe\": 3, \"lpa\": \"0x04\", \"oncs\": \"0x1d\" },\n"
	"       \"cns\": { \"nvm-id-ctrl\": { \"vsl\": 5 }, \"zns-id-ctrl\": { \"zasl\": 6 },\n"
	"                \"id-iocs\": { \"bytes\": \"05 00\" }, \"0x80\": { \"bytes\": \"c0ffee\" },\n"
	"                \"0x81/3\": { \"base64\": \"wP/u\" }, \"id-ns\": { \"nlbaf\": 1 } },\n"
	"       \"logs\": { \"smart\": { \"temperature\": 310, \"num_err_log_entries\": 8 },\n"
	"                 \"error\": { \"errors\": [ { \"error_count\": 8, \"status_field\": 640 } ] },\n"
	"                 \"fw\": { \"bytes\": \"01\" }, \"effects\": { \"bytes\": \"00000000 01000000\" },\n"
	"                 \"effects/2\": { \"bytes\": \"03\" }, \"0xc0\": { \"bytes\": \"0102030405060708\" },\n"
	"                 \"0xc1\": { \"bytes\": \"aabbccdd\", \"length\": 64, \"received\": 3 } },\n"
	"       \"features\": {\n"
	"         \"0x02\": { \"current\": 1, \"default\": 2, \"saved\": 3, \"capabilities\": 5, \"saveable\": true },\n"
	"         \"0x06\": { \"current\": \"0x1\", \"changeable\": false },\n"
	"         \"0x07\": { \"current\": 65537 },\n"
	"         \"0x0e\": { \"current\": 0, \"data\": { \"bytes\": \"0807060504030201\" } } },\n"
	"       \"fail\": [ { \"opcode\": 2, \"select\": 192, \"status\": \"0x4006\", \"count\": 2 },\n"
	"                 { \"opcode\": \"0x0c\", \"io\": true, \"timeout\": true },\n"
	"                 { \"kind\": \"register-write\", \"select\": 36, \"gone\": true },\n"
	"                 { \"opcode\": \"0x80\", \"skip\": 1, \"delay_ms\": 1, \"event\": \"0x010102\", \"received\": 0 } ],\n"
	"       \"registers\": { \"vs\": 131328, \"0x24\": \"0x1f001f\" } } ],\n"
	"    \"namespaces\": [\n"
	"     { \"comment\": \"zoned\", \"name\": \"nvme0n2\", \"generic\": \"ng0n2\", \"nsid\": 5, \"csi\": 2,\n"
	"       \"identify\": { \"nsze\": 64, \"nuse\": 7, \"flbas\": 1, \"lbafs\": [ { \"ds\": 9 }, { \"ds\": 12, \"ms\": 16 } ] },\n"
	"       \"cns\": { \"zns-id-ns\": { \"mar\": 13 } } },\n"
	"     { \"name\": \"nvme0n1\", \"generic\": \"ng0n1\", \"nsid\": 2, \"uuid\": \"01234567-89ab-cdef-0123-456789abcdef\",\n"
	"       \"data\": \"zeroes\", \"model\": {}, \"contents\": [ { \"type\": \"ext4\", \"usage\": \"filesystem\", \"label\": \"L\" } ],\n"
	"       \"in_use\": [ { \"kind\": \"mount\", \"what\": \"/srv (ext4)\" } ],\n"
	"       \"nguid\": \"000102030405060708090a0b0c0d0e0f\", \"eui64\": \"0011223344556677\",\n"
	"       \"identify\": { \"nsze\": 100, \"ncap\": 100, \"nuse\": 50, \"lbafs\": [ { \"ds\": 9 } ] },\n"
	"       \"cns\": { \"nvm-id-ns\": { \"lbstm\": 9 }, \"cmdset-ind-id-ns\": { \"nstat\": 1 } },\n"
	"       \"logs\": { \"smart\": { \"temperature\": 299 } },\n"
	"       \"features\": { \"0x05\": { \"current\": 4, \"per_namespace\": true } } },\n"
	"     { \"name\": \"nvme0n9\", \"nsid\": 9, \"controllers\": [],\n"
	"       \"identify\": { \"nsze\": 77, \"lbafs\": [ { \"ds\": 9 } ] } } ] } ],\n"
	"  \"fabric\": { \"comment\": \"a target\", \"hosts\": { \"target.example\": [ \"192.0.2.1\", \"2001:db8::1\" ] },\n"
	"    \"options\": \"transport,traddr,trsvcid,nqn,hostnqn,hostid\", \"registered\": [],\n"
	"    \"ports\": [\n"
	"     { \"transport\": \"tcp\", \"adrfam\": \"ipv4\", \"traddr\": \"192.0.2.1\", \"trsvcid\": \"4420\", \"portid\": 1,\n"
	"       \"treq\": \"0x05\", \"tls\": \"allowed\", \"subsystems\": [ \"nqn.2020-01.test:array\", \"nqn.2020-01.test:remote\" ],\n"
	"       \"lists\": [ 1 ], \"referrals\": [ { \"transport\": \"tcp\", \"traddr\": \"192.0.2.9\", \"nqn\": \"nqn.x\" } ],\n"
	"       \"discovery_nqn\": \"nqn.2020-01.test:discovery\", \"identify\": { \"dctype\": 1 }, \"genctr\": 5,\n"
	"       \"genctr_moves\": true, \"repeat\": 2, \"fail\": [ { \"errno\": \"EIO\", \"why\": \"nvme: no\", \"skip\": 3, \"count\": 1,\n"
	"       \"delay_ms\": 1 } ] },\n"
	"     { \"transport\": \"tcp\", \"traddr\": \"2001:db8::1\", \"portid\": 2, \"log\": { \"genctr\": 7 } } ],\n"
	"    \"subsystems\": [\n"
	"     { \"nqn\": \"nqn.2020-01.test:remote\", \"cntlid\": 5, \"iopolicy\": \"numa\",\n"
	"       \"hosts\": { \"*\": { \"dhchap_key\": \"DHHC-1:00:x:\", \"dhchap_ctrl_key\": \"DHHC-1:00:y:\" } },\n"
	"       \"controller\": { \"identify\": { \"sn\": \"R1\", \"cmic\": 11 } },\n"
	"       \"namespaces\": [ { \"nsid\": 1, \"ana\": { \"1\": \"optimized\" }, \"identify\": { \"nsze\": 8 } } ] } ] } }\n";

void write_image(char file[64], const char *text)
{
	int fd;

	strcpy(file, "/tmp/nvmekit-test.XXXXXX");
	fd = mkstemp(file);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

char *slurp(const char *file)
{
	FILE *f = fopen(file, "r");
	size_t n;
	char *text = calloc(1, 1 << 20);

	assert_non_null(f);
	assert_non_null(text);
	n = fread(text, 1, (1 << 20) - 1, f);
	assert_true(n < (1 << 20) - 1);
	fclose(f);
	return text;
}

void rig_on(struct rig *r, const char *system)
{
	memset(r, 0, sizeof(*r));
	ctx_init(&r->ctx);
	r->ctx.g.system = system;
}

void rig_sample(struct rig *r)
{
	char file[64];

	write_image(file, sim_sample);
	rig_on(r, r->file);
	strcpy(r->file, file);
}

int rig_open(struct rig *r, const char *name)
{
	memset(&r->dev, 0, sizeof(r->dev));
	r->dev.ctx = &r->ctx;
	r->dev.ops = &sim_ops;
	r->dev.name = name;
	r->dev.path = name;
	return sim_ops.open(&r->dev);
}

static void age(struct val *v, uint64_t ms)
{
	if (v->type == VAL_UINT && v->key && strcmp(v->key, "start") == 0)
		v->u = v->u > ms ? v->u - ms : 0;
	if (v->type != VAL_OBJ && v->type != VAL_ARR)
		return;
	val_for_each(it, v)
		age(it, ms);
}

void rig_age(struct rig *r, uint64_t ms)
{
	age(r->ctx.sim->img->root, ms);
}

void rig_done(struct rig *r)
{
	if (*r->file)
		unlink(r->file);
	ctx_done(&r->ctx);
}

struct req admin_req(struct rig *r, uint8_t opcode, uint32_t nsid, uint32_t cdw10, uint32_t cdw11, uint32_t len)
{
	struct req req = { .opcode = opcode, .nsid = nsid, .cdw10 = cdw10, .cdw11 = cdw11, .data_len = len };

	req.data = len ? r->buf : NULL;
	return req;
}

int submit(struct rig *r, struct req *req)
{
	int rc = sim_ops.submit(&r->dev, req);

	assert_int_equal(req->status, rc > 0 ? rc : 0);
	return rc;
}

int identify(struct rig *r, uint8_t cns, uint8_t csi, uint32_t nsid)
{
	struct req req = admin_req(r, ADM_IDENTIFY, nsid, cns, (uint32_t)csi << 24, 4096);
	int rc;

	memset(r->buf, 0xee, sizeof(r->buf));
	rc = submit(r, &req);
	if (rc == 0)
		assert_int_equal(req.received, 4096);
	assert_int_equal(r->buf[4096], 0xee);
	return rc;
}

int get_log(struct rig *r, uint8_t lid, uint32_t nsid, uint64_t offset, uint32_t len)
{
	uint32_t numd = len / 4 - 1;
	struct req req = admin_req(r, ADM_GET_LOG, nsid, (numd & 0xffff) << 16 | lid, numd >> 16, len);
	int rc;

	req.cdw12 = (uint32_t)offset;
	req.cdw13 = (uint32_t)(offset >> 32);
	memset(r->buf, 0xee, sizeof(r->buf));
	rc = submit(r, &req);
	if (rc == 0)
		assert_int_equal(req.received, len);
	assert_int_equal(r->buf[len], 0xee);
	return rc;
}

struct val *answer(struct rig *r, const struct spec *spec, size_t len)
{
	return spec_decode(r->ctx.arena, spec, r->buf, len);
}

uint64_t answer_u64(struct rig *r, const struct spec *spec, size_t len, const char *path)
{
	return val_u64(answer(r, spec, len), path, 0xdeadbeef);
}

void open_sample(struct rig *r, const char *name)
{
	rig_sample(r);
	assert_int_equal(rig_open(r, name), 0);
}

const struct spec *log_spec(uint8_t lid)
{
	const struct logpage *page = logpage_by_id(lid, 0);

	assert_non_null(page);
	return page->spec;
}
