/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The identify tables against libnvme's structures, by decoding hand-made data, and the names of codes. */
#include "unit.h"

#include <libnvme.h>

#include "spec/spec.h"
#include "spec/tables.h"

/* --- layout: every member that libnvme 1.3's structures have stands where the row says ----------- */

struct row {
	const char *name;
	size_t off, size;
};
struct layout_check {
	const struct spec *spec;
	const char *element; /* rows of this array's elements; NULL: of the structure itself */
	size_t size;
	const struct row *rows;
	size_t n;
};
#define R(m, name)                                        \
	{                                                 \
		name, offsetof(S, m), sizeof(((S *)0)->m) \
	}
#define M(m)	R(m, #m)
#define ROWS(t) t, NELEMS(t)

#define S struct nvme_id_ctrl
static const struct row id_ctrl_rows[] = {
	M(vid),	      M(ssvid),	 M(sn),		 M(mn),	       M(fr),	   M(rab),    M(ieee),
	M(cmic),      M(mdts),	 M(cntlid),	 M(ver),       M(rtd3r),   M(rtd3e),  M(oaes),
	M(ctratt),    M(rrls),	 M(cntrltype),	 M(fguid),     M(crdt1),   M(crdt2),  M(crdt3),
	M(nvmsr),     M(vwci),	 M(mec),	 M(oacs),      M(acl),	   M(aerl),   M(frmw),
	M(lpa),	      M(elpe),	 M(npss),	 M(avscc),     M(apsta),   M(wctemp), M(cctemp),
	M(mtfa),      M(hmpre),	 M(hmmin),	 M(tnvmcap),   M(unvmcap), M(rpmbs),  M(edstt),
	M(dsto),      M(fwug),	 M(kas),	 M(hctma),     M(mntmt),   M(mxtmt),  M(sanicap),
	M(hmminds),   M(hmmaxd), M(nsetidmax),	 M(endgidmax), M(anatt),   M(anacap), M(anagrpmax),
	M(nanagrpid), M(pels),	 M(domainid),	 M(megcap),    M(sqes),	   M(cqes),   M(maxcmd),
	M(nn),	      M(oncs),	 M(fuses),	 M(fna),       M(vwc),	   M(awun),   M(awupf),
	M(icsvscc),   M(nwpc),	 M(acwu),	 M(ocfs),      M(sgls),	   M(mnan),   M(maxdna),
	M(maxcna),    M(subnqn), M(ioccsz),	 M(iorcsz),    M(icdoff),  M(fcatt),  M(msdbd),
	M(ofcs),      M(dctype), R(psd, "psds"), M(vs),
};
#undef S

#define S struct nvme_id_psd
static const struct row id_psd_rows[] = {
	R(mp, "max_power"),    R(enlat, "entry_lat"),	R(exlat, "exit_lat"),
	R(idlp, "idle_power"), R(actp, "active_power"),
};
#undef S

#define S struct nvme_id_ns
static const struct row id_ns_rows[] = {
	M(nsze),     M(ncap),	M(nuse),   M(nsfeat), M(nlbaf),		M(flbas),  M(mc),	M(dpc),
	M(dps),	     M(nmic),	M(rescap), M(fpi),    M(dlfeat),	M(nawun),  M(nawupf),	M(nacwu),
	M(nabsn),    M(nabo),	M(nabspf), M(noiob),  M(nvmcap),	M(npwg),   M(npwa),	M(npdg),
	M(npda),     M(nows),	M(mssrl),  M(mcl),    M(msrc),		M(nulbaf), M(anagrpid), M(nsattr),
	M(nvmsetid), M(endgid), M(nguid),  M(eui64),  R(lbaf, "lbafs"),
};
#undef S

#define S struct nvme_id_independent_id_ns
static const struct row id_independent_id_ns_rows[] = {
	M(nsfeat), M(nmic), M(rescap), M(fpi), M(anagrpid), M(nsattr), M(nvmsetid), M(endgid), M(nstat),
};
#undef S

#define S struct nvme_nvm_id_ns
static const struct row nvm_id_ns_rows[] = {
	M(lbstm),
	M(pic),
	R(elbaf, "elbafs"),
};
#undef S

#define S struct nvme_id_ctrl_nvm
static const struct row id_ctrl_nvm_rows[] = {
	M(vsl), M(wzsl), M(wusl), M(dmrl), M(dmrsl), M(dmsl),
};
#undef S

#define S struct nvme_zns_id_ns
static const struct row zns_id_ns_rows[] = {
	M(zoc),	 M(ozcs), M(mar),  M(mor),     M(rrl),	  M(frl),    M(rrl1),	 M(rrl2),  M(rrl3),
	M(frl1), M(frl2), M(frl3), M(numzrwa), M(zrwafg), M(zrwasz), M(zrwacap), M(lbafe), M(vs),
};
#undef S

#define S struct nvme_zns_lbafe
static const struct row zns_lbafe_rows[] = {
	M(zsze),
	M(zdes),
};
#undef S

#define S struct nvme_ctrl_list
static const struct row ctrl_list_rows[] = {
	R(num, "num_ctrl"),
	R(identifier, "ctrl_list"),
};
#undef S

#define S struct nvme_id_nvmset_list
static const struct row id_nvmset_list_rows[] = {
	M(nid),
	R(ent, "NVMSet"),
};
#undef S

#define S struct nvme_nvmset_attr
static const struct row nvmset_attr_rows[] = {
	R(nvmsetid, "nvmset_id"),     R(endgid, "endurance_group_id"),	 R(rr4kt, "random_4k_read_typical"),
	R(ows, "optimal_write_size"), R(tnvmsetcap, "total_nvmset_cap"), R(unvmsetcap, "unalloc_nvmset_cap"),
};
#undef S

#define S struct nvme_primary_ctrl_cap
static const struct row primary_ctrl_cap_rows[] = {
	M(cntlid), M(portid), M(crt),	M(vqfrt),  M(vqrfa), M(vqrfap), M(vqprt),  M(vqfrsm),
	M(vqgran), M(vifrt),  M(virfa), M(virfap), M(viprt), M(vifrsm), M(vigran),
};
#undef S

#define S struct nvme_secondary_ctrl_list
static const struct row secondary_ctrl_list_rows[] = {
	M(num),
	R(sc_entry, "secondary-controllers"),
};
#undef S

#define S struct nvme_secondary_ctrl
static const struct row secondary_ctrl_rows[] = {
	R(scid, "secondary-controller-identifier"),
	R(pcid, "primary-controller-identifier"),
	R(scs, "secondary-controller-state"),
	R(vfn, "virtual-function-number"),
	R(nvq, "num-virtual-queues"),
	R(nvi, "num-virtual-interrupts"),
};
#undef S

#define S struct nvme_id_ns_granularity_list
static const struct row id_ns_granularity_list_rows[] = {
	M(attributes),
	R(num_descriptors, "num-descriptors"),
	R(entry, "namespace-granularity-list"),
};
#undef S

#define S struct nvme_id_ns_granularity_desc
static const struct row id_ns_granularity_desc_rows[] = {
	R(nszegran, "namespace-size-granularity"),
	R(ncapgran, "namespace-capacity-granularity"),
};
#undef S

#define S struct nvme_id_uuid_list
static const struct row id_uuid_list_rows[] = {
	R(entry, "UUID-list"),
};
#undef S

#define S struct nvme_id_domain_list
static const struct row id_domain_list_rows[] = {
	R(num, "num_dom_entries"),
	R(domain_attr, "domain_list"),
};
#undef S

#define S struct nvme_id_domain_attr
static const struct row id_domain_attr_rows[] = {
	M(dom_id),
	M(dom_cap),
	M(unalloc_dom_cap),
	M(max_egrp_dom_cap),
};
#undef S

#define S struct nvme_id_endurance_group_list
static const struct row id_endurance_group_list_rows[] = {
	R(num, "num_endgrp_id"),
	R(identifier, "endgrp_list"),
};
#undef S

static const struct layout_check checks[] = {
	{ &spec_id_ctrl, NULL, sizeof(struct nvme_id_ctrl), ROWS(id_ctrl_rows) },
	{ &spec_id_ctrl, "psds", sizeof(struct nvme_id_psd), ROWS(id_psd_rows) },
	{ &spec_id_ns, NULL, sizeof(struct nvme_id_ns), ROWS(id_ns_rows) },
	{ &spec_id_ns_ind, NULL, sizeof(struct nvme_id_independent_id_ns), ROWS(id_independent_id_ns_rows) },
	{ &spec_nvm_id_ns, NULL, sizeof(struct nvme_nvm_id_ns), ROWS(nvm_id_ns_rows) },
	{ &spec_nvm_id_ctrl, NULL, sizeof(struct nvme_id_ctrl_nvm), ROWS(id_ctrl_nvm_rows) },
	{ &spec_zns_id_ns, NULL, sizeof(struct nvme_zns_id_ns), ROWS(zns_id_ns_rows) },
	{ &spec_zns_id_ns, "lbafe", sizeof(struct nvme_zns_lbafe), ROWS(zns_lbafe_rows) },
	{ &spec_list_ctrl, NULL, sizeof(struct nvme_ctrl_list), ROWS(ctrl_list_rows) },
	{ &spec_id_nvmset, NULL, sizeof(struct nvme_id_nvmset_list), ROWS(id_nvmset_list_rows) },
	{ &spec_id_nvmset, "NVMSet", sizeof(struct nvme_nvmset_attr), ROWS(nvmset_attr_rows) },
	{ &spec_primary_ctrl_caps, NULL, sizeof(struct nvme_primary_ctrl_cap), ROWS(primary_ctrl_cap_rows) },
	{ &spec_list_secondary, NULL, sizeof(struct nvme_secondary_ctrl_list),
	  ROWS(secondary_ctrl_list_rows) },
	{ &spec_list_secondary, "secondary-controllers", sizeof(struct nvme_secondary_ctrl),
	  ROWS(secondary_ctrl_rows) },
	{ &spec_id_ns_granularity, NULL, sizeof(struct nvme_id_ns_granularity_list),
	  ROWS(id_ns_granularity_list_rows) },
	{ &spec_id_ns_granularity, "namespace-granularity-list", sizeof(struct nvme_id_ns_granularity_desc),
	  ROWS(id_ns_granularity_desc_rows) },
	{ &spec_id_uuid, NULL, sizeof(struct nvme_id_uuid_list), ROWS(id_uuid_list_rows) },
	{ &spec_id_domain, NULL, sizeof(struct nvme_id_domain_list), ROWS(id_domain_list_rows) },
	{ &spec_id_domain, "domain_list", sizeof(struct nvme_id_domain_attr), ROWS(id_domain_attr_rows) },
	{ &spec_list_endgrp, NULL, sizeof(struct nvme_id_endurance_group_list),
	  ROWS(id_endurance_group_list_rows) },
};

static const struct field *row_by_name(const struct field *f, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (f[i].name && strcmp(f[i].name, name) == 0)
			return &f[i];
	}
	fail_msg("no row '%s'", name);
	return NULL;
}

static void test_layout(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEMS(checks); i++) {
		const struct layout_check *c = &checks[i];
		const struct field *f = c->spec->fields;
		size_t n = c->spec->nfields;

		if (c->element) {
			const struct field *arr = row_by_name(f, n, c->element);

			f = arr->sub;
			n = arr->nsub;
		}
		if (fields_extent(f, n) != c->size)
			fail_msg("%s: %zu bytes, not %zu", c->spec->name, fields_extent(f, n), c->size);
		for (size_t j = 0; j < c->n; j++) {
			const struct field *row = row_by_name(f, n, c->rows[j].name);

			if (row->off != 8 * c->rows[j].off || row->len != 8 * c->rows[j].size)
				fail_msg("%s: %s is %u bits at %u, not %zu at %zu", c->spec->name, row->name,
					 row->len, row->off, 8 * c->rows[j].size, 8 * c->rows[j].off);
		}
	}
}

static void test_identify_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < nidentifies; i++) {
		const struct spec *s = identifies[i].spec;

		assert_int_equal(s->size, 4096);
		assert_non_null(s->figure);
		if (!s->rows)
			assert_int_equal(fields_extent(s->fields, s->nfields), 4096);
	}
}

static void test_lint_identify(void **state)
{
	(void)state;
	for (size_t i = 0; i < nidentifies; i++)
		assert_int_equal(spec_lint(identifies[i].spec, stderr), 0);
}

/* --- decoding ----------------------------------------------------------------------------------- */

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static struct val *decode(const struct spec *s, const void *bytes, size_t len)
{
	uint8_t *p = exact_copy(bytes, len);
	struct val *v = spec_decode(a, s, p, len);

	free(p);
	return v;
}

static struct val *at(const struct val *arr, size_t i)
{
	struct val *v = arr->c.first;

	while (v && i--)
		v = v->next;
	assert_non_null(v);
	return v;
}

static void test_id_ctrl(void **state)
{
	uint8_t b[4096] = { 0x36, 0x1b };
	struct val *v, *ps;

	(void)state;
	memcpy(b + 4, "S12                 ", 20);
	b[72] = 6;
	memcpy(b + 73, "\x38\x25\x00", 3);
	b[77] = 7;
	memcpy(b + 80, "\x00\x01\x02", 3); /* 2.1.0 */
	b[256] = 0x0a;
	b[260] = 0x17; /* slot 1 read-only, 3 slots, activation without reset */
	b[263] = 1;
	b[280] = 0xff;
	b[295] = 0x01;
	b[315] = 0x01; /* RPMB access size 1 KiB */
	memcpy(b + 768, "nqn.2014-08.org.example:\xc3\xa4", 26);
	b[2048] = 0xe8;
	b[2049] = 0x03; /* 1000 units of 0.01 W */
	b[2080] = 0x64; /* state 1: 100 units of 0.0001 W, not operational */
	b[2083] = 0x03;
	b[2080 + 22] = 0x41; /* active power scale 0.0001 W, workload 1 */
	v = decode(&spec_id_ctrl, b, sizeof(b));

	assert_int_equal(v->flags & VAL_CUT, 0);
	assert_int_equal(val_u64(v, "vid", 0), 0x1b36);
	assert_int_equal(val_u64(v, "ieee", 0), 0x2538);
	assert_int_equal(val_u64(v, "ver", 0), 0x020100);
	assert_string_equal(val_str(a, v, "sn"), "S12");
	assert_int_equal(val_get(v, "sn")->s.len, 20);
	assert_int_equal(val_u64(v, "oacs.fnvms", 9), 1);
	assert_int_equal(val_u64(v, "oacs.nms", 9), 1);
	assert_int_equal(val_u64(v, "oacs.fwds", 9), 0);
	assert_int_equal(val_u64(v, "frmw.ffsro", 9), 1);
	assert_int_equal(val_u64(v, "frmw.nofs", 9), 3);
	assert_int_equal(val_u64(v, "frmw.fawr", 9), 1);
	assert_int_equal(val_u64(v, "rpmbs.asze", 9), 1);
	assert_true(val_wide(val_get(v, "tnvmcap")) == ((u128)1 << 120 | 0xff));
	assert_int_equal(val_get(v, "vs")->s.len, 1024);

	assert_int_equal(val_get(v, "psds")->c.n, 2);
	ps = at(val_get(v, "psds"), 0);
	assert_int_equal(val_u64(ps, "max_power", 0), 1000);
	assert_int_equal(val_u64(ps, "max_power_scale", 9), 0);
	ps = at(val_get(v, "psds"), 1);
	assert_int_equal(val_u64(ps, "max_power_scale", 9), 1);
	assert_int_equal(val_u64(ps, "nops", 9), 1);
	assert_int_equal(val_u64(ps, "active_scale", 9), 1);
	assert_int_equal(val_u64(ps, "active_power_work", 9), 1);
}

/* A lying number of power states cannot reach into the vendor's bytes. */
static void test_power_states_bounded(void **state)
{
	uint8_t b[4096] = { 0 };
	struct val *v;

	(void)state;
	b[263] = 255;
	memset(b + 3072, 0xff, 1024);
	v = decode(&spec_id_ctrl, b, sizeof(b));
	assert_int_equal(val_get(v, "psds")->c.n, 32);
}

static void test_format_in_use(void **state)
{
	uint8_t b[4096] = { 0 };
	struct val *v, *lbafs;

	(void)state;
	b[25] = 15;   /* 16 formats alike */
	b[82] = 2;    /* and 2 of their own */
	b[26] = 0x31; /* index 17, extended LBA */
	b[128 + 17 * 4] = 8;
	b[128 + 17 * 4 + 2] = 12;
	b[128 + 17 * 4 + 3] = 2;
	v = decode(&spec_id_ns, b, sizeof(b));
	lbafs = val_get(v, "lbafs");
	assert_int_equal(lbafs->c.n, 18);
	assert_int_equal(val_u64(v, "flbas", 0), 0x31);
	assert_int_equal(val_u64(v, "flbas.fidx", 99), 17);
	assert_int_equal(val_u64(v, "flbas.mtelba", 9), 1);
	assert_int_equal(val_u64(at(lbafs, 17), "lbaf", 99), 17);
	assert_int_equal(val_u64(at(lbafs, 17), "in_use", 9), 1);
	assert_int_equal(val_u64(at(lbafs, 1), "in_use", 9), 0);
	assert_int_equal(val_u64(at(lbafs, 17), "ms", 0), 8);
	assert_int_equal(val_u64(at(lbafs, 17), "ds", 0), 12);
	assert_int_equal(val_u64(at(lbafs, 17), "rp", 0), 2);

	/* With 16 formats or fewer the upper bits of the index mean nothing. */
	b[82] = 0;
	lbafs = val_get(decode(&spec_id_ns, b, sizeof(b)), "lbafs");
	assert_int_equal(lbafs->c.n, 16);
	assert_int_equal(val_u64(at(lbafs, 1), "in_use", 9), 1);

	/* Not more than the structure has room for, and nothing is in use where the index is not known. */
	b[25] = b[82] = 255;
	assert_int_equal(val_get(decode(&spec_id_ns, b, sizeof(b)), "lbafs")->c.n, 64);
	assert_true(decode(&spec_id_ns, b, 20)->flags & VAL_CUT);
}

static void test_ns_descs(void **state)
{
	uint8_t b[4096] = { 3, 16, 0, 0, 0xc5, 0x0a, 0x2f, 0x4e, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
	struct val *v, *d;

	(void)state;
	memcpy(b + 20, "\x04\x01\0\0\x02", 5);
	memcpy(b + 25, "\x77\x03\0\0\x01\x02\x03", 7);
	memcpy(b + 32, "\x01\x08\0\0\x01\x02\x03\x04\x05\x06\x07\x08", 12);
	b[44] = 2; /* NIDL 0: the end */
	v = val_get(decode(&spec_ns_descs, b, sizeof(b)), "ns-descs");
	assert_int_equal(v->c.n, 4);
	d = at(v, 0);
	assert_int_equal(val_u64(d, "nidt", 0), 3);
	assert_string_equal(val_str(a, d, "uuid"), "c50a2f4e-0001-0203-0405-060708090a0b");
	assert_int_equal(val_u64(at(v, 1), "csi", 9), 2);
	assert_null(val_get(at(v, 1), "uuid"));
	d = val_get(at(v, 2), "nid");
	assert_non_null(d);
	assert_int_equal(d->s.len, 3);
	assert_memory_equal(val_get(at(v, 3), "eui64")->s.p, b + 36, 8);

	/* A UUID of 4 bytes is none; the list goes on behind it. */
	memset(b, 0, sizeof(b));
	memcpy(b, "\x03\x04\0\0\x01\x02\x03\x04\x04\x01\0\0\x01", 13);
	v = val_get(decode(&spec_ns_descs, b, sizeof(b)), "ns-descs");
	assert_int_equal(v->c.n, 2);
	assert_true(at(v, 0)->flags & VAL_CUT);
	assert_null(val_get(at(v, 0), "uuid"));
	assert_int_equal(val_u64(at(v, 1), "csi", 9), 1);
}

static void test_lists(void **state)
{
	uint8_t b[4096] = { 1 };
	struct val *v;

	(void)state;
	b[4] = 7;
	b[7] = 0xff;
	v = val_get(decode(&spec_list_ns, b, sizeof(b)), "nsid_list");
	assert_int_equal(v->c.n, 2);
	assert_int_equal(val_u64(at(v, 1), "nsid", 0), 0xff000007);

	memset(b, 0, sizeof(b));
	b[0] = 2;
	b[3] = 0x01; /* 0100h: a byte that is 0 ends nothing */
	v = decode(&spec_list_ctrl, b, sizeof(b));
	assert_int_equal(val_u64(v, "num_ctrl", 0), 2);
	assert_int_equal(val_get(v, "ctrl_list")->c.n, 2);
	assert_int_equal(val_u64(at(val_get(v, "ctrl_list"), 0), "ctrl_id", 9), 0x100);
	memset(b, 0xff, 2);
	assert_int_equal(val_get(decode(&spec_list_ctrl, b, sizeof(b)), "ctrl_list")->c.n, 2047);

	memset(b, 0, sizeof(b));
	b[32] = 1;
	b[48] = 0xaa;
	b[96] = 0xbb; /* behind an entry that is 0 */
	v = val_get(decode(&spec_id_uuid, b, sizeof(b)), "UUID-list");
	assert_int_equal(v->c.n, 1);
	assert_int_equal(val_u64(at(v, 0), "index", 0), 1);
	assert_int_equal(val_u64(at(v, 0), "association", 9), 1);

	memset(b, 0, sizeof(b));
	b[0] = 1;
	b[8] = 5;
	v = val_get(decode(&spec_id_iocs, b, sizeof(b)), "iocscs");
	assert_int_equal(v->c.n, 2);
	assert_int_equal(val_u64(at(v, 1), "iocsc.znscs", 9), 1);
	assert_int_equal(val_u64(at(v, 1), "iocsc.kvcs", 9), 0);
}

/* --- registries, status codes, opcodes ------------------------------------------------------------ */

static void test_registry(void **state)
{
	(void)state;
	assert_ptr_equal(identify_by_cns(0x01, 0)->spec, &spec_id_ctrl);
	assert_ptr_equal(identify_by_cns(0x05, 0)->spec, &spec_nvm_id_ns);
	assert_ptr_equal(identify_by_cns(0x05, 2)->spec, &spec_zns_id_ns);
	assert_null(identify_by_cns(0x05, 1));
	assert_ptr_equal(identify_by_cns(0x08, 1)->spec, &spec_id_ns_ind);
	assert_null(identify_by_cns(0xff, 0));
	assert_ptr_equal(spec_by_name("id-ns"), &spec_id_ns);
	assert_null(spec_by_name("id-n"));
	for (size_t i = 0; i < nidentifies; i++) {
		assert_ptr_equal(spec_by_name(identifies[i].spec->name), identifies[i].spec);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(identifies[i].name, identifies[j].name);
	}
	for (size_t i = 0; specs[i]; i++)
		assert_ptr_equal(spec_by_name(specs[i]->name), specs[i]);
}

static void assert_status(int status, bool io, bool fabrics, const char *key)
{
	const struct name *n = status_name(status, io, fabrics);

	if (!key) {
		assert_null(n);
		return;
	}
	assert_non_null(n);
	assert_string_equal(n->key, key);
}

static void test_status(void **state)
{
	(void)state;
	assert_status(0, false, false, "SUCCESS");
	assert_string_equal(status_name(0x4002, false, false)->text, "Invalid Field in Command");
	assert_status(0x7802 | 0x4000, true, true, "INVALID_FIELD"); /* DNR, More and CRD do not matter */
	assert_status(0x01a, false, false, "KAT_INVALID");
	assert_status(0x083, true, false, "RESERVATION_CONFLICT");
	assert_status(0x109, false, false, "INVALID_LOG_PAGE");
	assert_status(0x109, true, true, "INVALID_LOG_PAGE");
	assert_status(0x180, true, false, "BAD_ATTRIBUTES");
	assert_status(0x180, true, true, "BAD_ATTRIBUTES");
	assert_status(0x180, false, true, "CONNECT_FORMAT");
	assert_status(0x191, true, true, "AUTH_REQUIRED");
	assert_status(0x191, true, false, NULL);
	assert_status(0x1b9, true, false, "ZNS_FULL");
	assert_status(0x281, true, false, "READ_ERROR");
	assert_status(0x371, true, false, "CMD_ABORTED_BY_HOST");
	assert_status(0x1c0, true, false, "VENDOR_SPECIFIC");
	assert_status(0x700, true, false, "VENDOR_SPECIFIC");
	assert_status(0x400, true, false, NULL);
	assert_status(0x017, true, false, NULL);
	assert_status(-5, false, false, NULL);
}

/* One key, one meaning, over all status code types. */
static void test_status_keys(void **state)
{
	static const struct name *seen[4 * 0x800];
	size_t n = 0;

	(void)state;
	for (int status = 0; status < 0x800; status++) {
		for (int how = 0; how < 4; how++) {
			const struct name *s = status_name(status, how & 1, how & 2);

			if (!s || strcmp(s->key, "VENDOR_SPECIFIC") == 0)
				continue;
			assert_int_equal(s->val, status);
			assert_int_equal(strspn(s->key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), strlen(s->key));
			for (size_t i = 0; i < n; i++) {
				if (seen[i] != s && strcmp(seen[i]->key, s->key) == 0)
					fail_msg("%s is both %x and %x", s->key, seen[i]->val, s->val);
			}
			seen[n++] = s;
		}
	}
	assert_true(n > 500);
}

static void test_opcodes(void **state)
{
	static const uint8_t dangerous[] = { 0x09, 0x0d, 0x10, 0x11, 0x15, 0x80, 0x81, 0x84 };

	(void)state;
	assert_string_equal(opcode_info(ADM_GET_LOG, false)->name, "get-log");
	assert_false(opcode_info(ADM_IDENTIFY, false)->alters);
	assert_string_equal(opcode_info(0x02, true)->name, "read");
	assert_true(opcode_info(0x01, true)->alters);
	assert_null(opcode_info(0xc0, false));
	for (size_t i = 0; i < sizeof(dangerous); i++)
		assert_true(opcode_info(dangerous[i], false)->alters);
	for (size_t i = 0; i < nopcodes; i++) {
		assert_ptr_equal(opcode_info(opcodes[i].op, opcodes[i].io), &opcodes[i]);
		/* What transfers nothing to the host and nothing from it is no reading command. */
		if (!opcodes[i].alters && !opcodes[i].io)
			assert_true((opcodes[i].op & 3) == 2 || strcmp(opcodes[i].name, "keep-alive") == 0 ||
				    strcmp(opcodes[i].name, "async-event") == 0 ||
				    strcmp(opcodes[i].name, "fabric-zoning-lookup") == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_identify_sizes),
		cmocka_unit_test(test_lint_identify),
		cmocka_unit_test_setup_teardown(test_id_ctrl, setup, teardown),
		cmocka_unit_test_setup_teardown(test_power_states_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(test_format_in_use, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ns_descs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lists, setup, teardown),
		cmocka_unit_test(test_registry),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_status_keys),
		cmocka_unit_test(test_opcodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
