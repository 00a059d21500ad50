/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The log page tables against libnvme's structures, and by decoding hand-made pages. */
#include "unit.h"

#include <libnvme.h>

#include "spec/spec.h"
#include "spec/tables.h"

/* --- layout: members of libnvme 1.3's structures stand where the row says ------------------------- */

struct row {
	const char *name;
	size_t off, size;
};
struct layout_check {
	const struct spec *spec;
	const char *element; /* rows of this array's elements; NULL: of the structure itself */
	int event;	     /* rows of this type of persistent event; 0: none */
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

#define S struct nvme_error_log_page
static const struct row error_rows[] = {
	M(error_count), M(sqid),   M(cmdid), M(parm_error_location), M(lba), M(nsid),
	M(vs),		M(trtype), M(cs),    M(trtype_spec_info),
};
#undef S
#define S struct nvme_smart_log
static const struct row smart_rows[] = {
	M(critical_warning),
	M(temperature),
	M(avail_spare),
	M(spare_thresh),
	M(percent_used),
	R(endu_grp_crit_warn_sumry, "endurance_grp_critical_warning_summary"),
	M(data_units_read),
	M(data_units_written),
	R(host_reads, "host_read_commands"),
	R(host_writes, "host_write_commands"),
	R(ctrl_busy_time, "controller_busy_time"),
	M(power_cycles),
	M(power_on_hours),
	M(unsafe_shutdowns),
	M(media_errors),
	M(num_err_log_entries),
	M(warning_temp_time),
	M(critical_comp_time),
	R(temp_sensor, "temperature_sensors"),
	M(thm_temp1_trans_count),
	M(thm_temp2_trans_count),
	M(thm_temp1_total_time),
	M(thm_temp2_total_time),
};
#undef S
#define S struct nvme_firmware_slot
static const struct row fw_rows[] = { M(afi), M(frs) };
#undef S
#define S struct nvme_cmd_effects_log
static const struct row effects_rows[] = { M(acs), M(iocs) };
#undef S
#define S struct nvme_self_test_log
static const struct row self_test_rows[] = { M(current_operation), M(completion), R(result, "results") };
#undef S
#define S struct nvme_st_result
static const struct row st_result_rows[] = { M(dsts), M(seg), M(vdi), M(poh), M(nsid),
					     M(flba), M(sct), M(sc),  M(vs) };
#undef S
#define S struct nvme_sanitize_log_page
static const struct row sanitize_rows[] = {
	M(sprog),
	M(sstat),
	R(scdw10, "cdw10_info"),
	R(eto, "time_over_write"),
	R(etbe, "time_block_erase"),
	R(etce, "time_crypto_erase"),
	R(etond, "time_over_write_no_dealloc"),
	R(etbend, "time_block_erase_no_dealloc"),
	R(etcend, "time_crypto_erase_no_dealloc"),
};
#undef S
#define S struct nvme_endurance_group_log
static const struct row endurance_rows[] = {
	M(critical_warning),   M(avl_spare),	   M(avl_spare_threshold),	M(percent_used),
	M(endurance_estimate), M(data_units_read), M(data_units_written),	M(media_units_written),
	M(host_read_cmds),     M(host_write_cmds), M(media_data_integrity_err), M(num_err_info_log_entries),
};
#undef S
#define S struct nvme_nvmset_predictable_lat_log
static const struct row predictable_lat_rows[] = {
	M(status),
	M(event_type),
	R(dtwin_rt, "dtwin_reads_typical"),
	R(dtwin_wt, "dtwin_writes_typical"),
	R(dtwin_tmax, "dtwin_time_maximum"),
	R(ndwin_tmin_hi, "ndwin_time_minimum_high"),
	R(ndwin_tmin_lo, "ndwin_time_minimum_low"),
	R(dtwin_re, "dtwin_reads_estimate"),
	R(dtwin_we, "dtwin_writes_estimate"),
	R(dtwin_te, "dtwin_time_estimate"),
};
#undef S
#define S struct nvme_media_unit_stat_desc
static const struct row media_unit_rows[] = {
	M(muid),      M(domainid),     M(endgid), M(nvmsetid), R(cap_adj_fctr, "cap_adj_fctr"),
	M(avl_spare), M(percent_used), M(mucs),	  M(cio),
};
#undef S
#define S struct nvme_telemetry_log
static const struct row telemetry_rows[] = { M(lpi),   M(ieee),	     M(dalb1),	 M(dalb2),   M(dalb3),
					     M(dalb4), M(ctrlavail), M(ctrldgn), M(rsnident) };
#undef S
#define S struct nvme_ana_group_desc
static const struct row ana_group_rows[] = { M(grpid), M(nnsids), M(chgcnt) };
#undef S
#define S struct nvme_persistent_event_log
static const struct row pel_rows[] = {
	R(lid, "log_id"),
	R(tnev, "total_num_of_events"),
	R(tll, "total_log_len"),
	R(rv, "log_revision"),
	R(lhl, "log_header_len"),
	R(ts, "timestamp"),
	R(poh, "power_on_hours"),
	R(pcc, "power_cycle_count"),
	R(vid, "pci_vid"),
	R(ssvid, "pci_ssvid"),
	M(sn),
	M(mn),
	M(subnqn),
	M(gen_number),
	M(rci),
	M(seb),
};
#undef S
#define S struct nvme_persistent_event_entry
static const struct row pel_event_rows[] = {
	R(etype, "event_type"),	    R(etype_rev, "event_type_rev"),
	R(ehl, "event_header_len"), R(cntlid, "ctrl_id"),
	R(ets, "event_time_stamp"), R(pelpid, "port_id"),
	R(vsil, "vu_info_len"),	    R(el, "event_len"),
};
#undef S
#define S struct nvme_fw_commit_event
static const struct row pel_fw_rows[] = { M(old_fw_rev),
					  M(new_fw_rev),
					  M(fw_commit_action),
					  M(fw_slot),
					  M(sct_fw),
					  M(sc_fw),
					  R(vndr_assign_fw_commit_rc, "vu_assign_fw_commit_rc") };
#undef S
#define S struct nvme_change_ns_event
static const struct row pel_ns_rows[] = { M(nsmgt_cdw10), M(nsze), M(nscap),	  M(flbas),    M(dps),
					  M(nmic),	  M(nsid), M(ana_grp_id), M(nvmset_id) };
#undef S
#define S struct nvme_format_nvm_compln_event
static const struct row pel_format_rows[] = { M(nsid), M(smallest_fpi), M(format_nvm_status), M(compln_info),
					      M(status_field) };
#undef S
#define S struct nvme_sanitize_compln_event
static const struct row pel_sanitize_rows[] = { M(sani_prog), M(sani_status), M(cmpln_info) };
#undef S
#define S struct nvme_lbas_ns_element
static const struct row lba_element_rows[] = { M(neid), M(nlrd), M(ratype) };
#undef S
#define S struct nvme_lba_status_log
static const struct row lba_status_rows[] = { M(lslplen), M(nlslne), M(estulb), M(lsgc) };
#undef S
#define S struct nvme_resv_notification_log
static const struct row resv_rows[] = { R(lpc, "count"), R(rnlpt, "rn_log_type"), R(nalp, "num_logs"),
					M(nsid) };
#undef S
#define S struct nvme_fdp_config_desc
static const struct row fdp_config_rows[] = { M(size),	  M(fdpa), M(vss),  M(nrg),  M(nruh),
					      M(maxpids), M(nnss), M(runs), M(erutl) };
#undef S
#define S struct nvme_fdp_stats_log
static const struct row fdp_stats_rows[] = { M(hbmw), M(mbmw), M(mbe) };
#undef S
#define S struct nvme_fdp_event
static const struct row fdp_event_rows[] = { M(type), R(flags, "fdpef"), M(pid), R(ts, "timestamp"),
					     M(nsid), M(rgid),		 M(vs) };
#undef S
#define S struct nvmf_disc_log_entry
static const struct row disc_rows[] = {
	M(trtype), M(adrfam), M(subtype), M(treq),   M(portid), M(cntlid),
	M(asqsz),  M(eflags), M(trsvcid), M(subnqn), M(traddr),
};
#undef S
#define S struct nvmf_discovery_log
static const struct row discovery_rows[] = { M(genctr), M(numrec), M(recfmt) };
#undef S

#define SIZE(s) sizeof(struct s)
static const struct layout_check checks[] = {
	{ &spec_log_error, "errors", 0, SIZE(nvme_error_log_page), ROWS(error_rows) },
	{ &spec_log_smart, NULL, 0, SIZE(nvme_smart_log), ROWS(smart_rows) },
	{ &spec_log_fw, NULL, 0, SIZE(nvme_firmware_slot), ROWS(fw_rows) },
	{ &spec_log_effects, NULL, 0, SIZE(nvme_cmd_effects_log), ROWS(effects_rows) },
	{ &spec_log_supported, NULL, 0, SIZE(nvme_supported_log_pages), NULL, 0 },
	{ &spec_log_fid_effects, NULL, 0, SIZE(nvme_fid_supported_effects_log), NULL, 0 },
	{ &spec_log_mi_effects, NULL, 0, SIZE(nvme_mi_cmd_supported_effects_log), NULL, 0 },
	{ &spec_log_self_test, NULL, 0, SIZE(nvme_self_test_log), ROWS(self_test_rows) },
	{ &spec_log_self_test, "results", 0, SIZE(nvme_st_result), ROWS(st_result_rows) },
	{ &spec_log_sanitize, NULL, 0, SIZE(nvme_sanitize_log_page), ROWS(sanitize_rows) },
	{ &spec_log_endurance, NULL, 0, SIZE(nvme_endurance_group_log), ROWS(endurance_rows) },
	{ &spec_log_predictable_lat, NULL, 0, SIZE(nvme_nvmset_predictable_lat_log),
	  ROWS(predictable_lat_rows) },
	{ &spec_log_media_unit_stat, "mus_list", 0, SIZE(nvme_media_unit_stat_desc), ROWS(media_unit_rows) },
	{ &spec_log_media_unit_stat, NULL, 0, SIZE(nvme_media_unit_stat_log), NULL, 0 },
	{ &spec_log_supported_cap_config, NULL, 0, SIZE(nvme_supported_cap_config_list_log), NULL, 0 },
	{ &spec_log_telemetry, NULL, 0, SIZE(nvme_telemetry_log), ROWS(telemetry_rows) },
	{ &spec_log_ana, NULL, 0, SIZE(nvme_ana_log), NULL, 0 },
	{ &spec_log_ana, "groups", 0, SIZE(nvme_ana_group_desc), ROWS(ana_group_rows) },
	{ &spec_log_persistent_event, NULL, 0, SIZE(nvme_persistent_event_log), ROWS(pel_rows) },
	{ &spec_log_persistent_event, "list_of_event_entries", 0, SIZE(nvme_persistent_event_entry),
	  ROWS(pel_event_rows) },
	{ &spec_log_persistent_event, NULL, 0x01, SIZE(nvme_smart_log), ROWS(smart_rows) },
	{ &spec_log_persistent_event, NULL, 0x02, SIZE(nvme_fw_commit_event), ROWS(pel_fw_rows) },
	{ &spec_log_persistent_event, NULL, 0x06, SIZE(nvme_change_ns_event), ROWS(pel_ns_rows) },
	{ &spec_log_persistent_event, NULL, 0x07, SIZE(nvme_format_nvm_start_event), NULL, 0 },
	{ &spec_log_persistent_event, NULL, 0x08, SIZE(nvme_format_nvm_compln_event), ROWS(pel_format_rows) },
	{ &spec_log_persistent_event, NULL, 0x09, SIZE(nvme_sanitize_start_event), NULL, 0 },
	{ &spec_log_persistent_event, NULL, 0x0a, SIZE(nvme_sanitize_compln_event), ROWS(pel_sanitize_rows) },
	{ &spec_log_persistent_event, NULL, 0x0d, SIZE(nvme_thermal_exc_event), NULL, 0 },
	{ &spec_log_lba_status, NULL, 0, SIZE(nvme_lba_status_log), ROWS(lba_status_rows) },
	{ &spec_log_lba_status, "ns_elements", 0, SIZE(nvme_lbas_ns_element), ROWS(lba_element_rows) },
	{ &spec_log_boot_part, NULL, 0, SIZE(nvme_boot_partition), NULL, 0 },
	{ &spec_log_resv_notif, NULL, 0, SIZE(nvme_resv_notification_log), ROWS(resv_rows) },
	{ &spec_log_zns_changed, NULL, 0, SIZE(nvme_zns_changed_zone_log), NULL, 0 },
	{ &spec_log_fdp_configs, NULL, 0, SIZE(nvme_fdp_config_log), NULL, 0 },
	{ &spec_log_fdp_configs, "configs", 0, SIZE(nvme_fdp_config_desc), ROWS(fdp_config_rows) },
	{ &spec_log_fdp_usage, "ruhus", 0, SIZE(nvme_fdp_ruhu_desc), NULL, 0 },
	{ &spec_log_fdp_stats, NULL, 0, SIZE(nvme_fdp_stats_log), ROWS(fdp_stats_rows) },
	{ &spec_log_fdp_events, "events", 0, SIZE(nvme_fdp_event), ROWS(fdp_event_rows) },
	{ &spec_log_discovery, NULL, 0, SIZE(nvmf_discovery_log), ROWS(discovery_rows) },
	{ &spec_log_discovery, "records", 0, SIZE(nvmf_disc_log_entry), ROWS(disc_rows) },
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

/* The rows of one type of event: behind the switch on vendor specific information, and the one on the type. */
static const struct sel_case *event_case(int type)
{
	const struct field *event = row_by_name(spec_log_persistent_event.fields,
						spec_log_persistent_event.nfields, "list_of_event_entries");
	const struct sel *sel = event->sub[event->nsub - 1].sel->cases[0].fields[0].sel;

	for (size_t i = 0; i < sel->ncases; i++) {
		if (sel->cases[i].val == (uint32_t)type)
			return &sel->cases[i];
	}
	fail_msg("no event of type %d", type);
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
		} else if (c->event) {
			f = event_case(c->event)->fields;
			n = event_case(c->event)->nfields;
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

static const struct field *find_path(const struct field *rows, size_t n, const char *path)
{
	size_t len = strcspn(path, ".");

	for (size_t i = 0; i < n; i++) {
		if (!rows[i].name || strlen(rows[i].name) != len || strncmp(rows[i].name, path, len) != 0)
			continue;
		return path[len] ? find_path(rows[i].sub, rows[i].nsub, path + len + 1) : &rows[i];
	}
	return NULL;
}

/* What the registry refers to is there: capabilities in Identify Controller, lengths in the header. */
static void test_registry(void **state)
{
	(void)state;
	for (size_t i = 0; i < nlogpages; i++) {
		const struct logpage *p = &logpages[i];

		assert_non_null(p->spec);
		assert_non_null(p->spec->figure);
		assert_true(p->size >= p->spec->size);
		assert_int_equal(spec_lint(p->spec, stderr), 0);
		assert_ptr_equal(logpage_by_id(p->lid, p->csi == 0xff ? 0 : p->csi), p);
		assert_ptr_equal(logpage_by_name(p->name), p);
		if (p->cap && !find_path(spec_id_ctrl.fields, spec_id_ctrl.nfields, p->cap))
			fail_msg("%s: id-ctrl has no '%s'", p->name, p->cap);
		if (!p->total.field)
			continue;
		if (strncmp(p->total.field, "ctrl.", 5) == 0)
			assert_non_null(
				find_path(spec_id_ctrl.fields, spec_id_ctrl.nfields, p->total.field + 5));
		else
			assert_non_null(find_path(p->spec->fields, p->spec->nfields, p->total.field));
	}
	assert_ptr_equal(logpage_by_id(0x02, 0)->spec, &spec_log_smart);
	assert_ptr_equal(logpage_by_name("sanitize")->spec, &spec_log_sanitize);
	assert_ptr_equal(logpage_by_id(0xbf, 2)->spec, &spec_log_zns_changed);
	assert_null(logpage_by_id(0xbf, 0));
	assert_null(logpage_by_id(0xc0, 0));
}

/* --- decoding --------------------------------------------------------------------------------------- */

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

static void test_smart(void **state)
{
	uint8_t b[512] = { 0x05, 0x43, 0x01, 4, 10, 112, 0x08 };
	struct val *v, *sensors;

	(void)state;
	memset(b + 32, 0xff, 16);
	b[200] = 0x43; /* sensor 1: 323 K */
	b[201] = 0x01;
	b[204] = 0x3a; /* sensor 3: 314 K; 2 is not there */
	b[205] = 0x01;
	b[214] = 0x01; /* sensor 8 */
	v = decode(&spec_log_smart, b, sizeof(b));
	assert_int_equal(v->flags & VAL_CUT, 0);
	assert_int_equal(val_u64(v, "temperature", 0), 323);
	assert_int_equal(val_u64(v, "critical_warning.available_spare", 9), 1);
	assert_int_equal(val_u64(v, "critical_warning.temp_threshold", 9), 0);
	assert_int_equal(val_u64(v, "critical_warning.reliability_degraded", 9), 1);
	assert_int_equal(val_u64(v, "endurance_grp_critical_warning_summary.egro", 9), 1);
	assert_int_equal(val_u64(v, "percent_used", 0), 112);
	assert_true(val_wide(val_get(v, "data_units_read")) == ~(u128)0);
	sensors = val_get(v, "temperature_sensors");
	assert_int_equal(sensors->c.n, 3);
	assert_int_equal(val_u64(at(sensors, 0), "sensor", 0), 1);
	assert_int_equal(val_u64(at(sensors, 1), "sensor", 0), 3);
	assert_int_equal(val_u64(at(sensors, 1), "temperature", 0), 314);
	assert_int_equal(val_u64(at(sensors, 2), "sensor", 0), 8);
}

static void test_error(void **state)
{
	uint8_t b[128] = { 9, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0xf1, 2, 0x03, 0x85, 0x28, 0x03 };
	struct val *v;

	(void)state;
	b[29] = 3;
	v = val_get(decode(&spec_log_error, b, sizeof(b)), "errors");
	assert_int_equal(v->c.n, 2); /* an entry that was never written is one too */
	assert_int_equal(val_u64(at(v, 0), "error_count", 0), 9);
	assert_int_equal(val_u64(at(v, 0), "cmdid", 0), 0x2f1);
	assert_int_equal(val_u64(at(v, 0), "phase_tag", 9), 1);
	assert_int_equal(val_u64(at(v, 0), "status_field", 0), 0x4281);
	assert_int_equal(val_u64(at(v, 0), "parm_error_location.byte", 0), 0x28);
	assert_int_equal(val_u64(at(v, 0), "parm_error_location.bit", 0), 3);
	assert_int_equal(val_u64(at(v, 0), "trtype", 0), 3);
	assert_int_equal(val_u64(at(v, 1), "error_count", 7), 0);
}

static void test_small_pages(void **state)
{
	uint8_t b[4096] = { 0x23 };
	struct val *v, *e;

	(void)state;
	memcpy(b + 8, "AAAA    ", 8);
	memcpy(b + 24, "CCCCCCCC", 8);
	v = decode(&spec_log_fw, b, 512);
	assert_int_equal(val_u64(v, "afi.cafs", 9), 3);
	assert_int_equal(val_u64(v, "afi.nafs", 9), 2);
	assert_int_equal(val_get(v, "frs")->c.n, 2);
	assert_int_equal(val_u64(at(val_get(v, "frs"), 1), "slot", 0), 3);
	assert_string_equal(val_str(a, at(val_get(v, "frs"), 0), "fr"), "AAAA");

	memset(b, 0, sizeof(b));
	b[0] = 2;
	b[1] = 0x80 | 25;
	b[4] = 0x17;
	b[4 + 28] = 0x2f;
	b[4 + 3 * 28] = 0x10;
	v = decode(&spec_log_self_test, b, 564);
	assert_int_equal(val_u64(v, "current_operation.operation", 9), 2);
	assert_int_equal(val_u64(v, "completion.percent", 9), 25);
	e = at(val_get(v, "results"), 0);
	assert_int_equal(val_u64(e, "dsts.result", 99), 7);
	assert_int_equal(val_u64(e, "dsts.code", 99), 1);
	assert_int_equal(val_get(v, "results")->c.n, 3); /* entry 2 is all zero */
	assert_int_equal(val_u64(at(val_get(v, "results"), 2), "entry", 99), 3);

	memset(b, 0, sizeof(b));
	b[4 * 0x80] = 0x03; /* Format NVM */
	b[4 * 0x80 + 2] = 0x22;
	b[1024 + 4 * 2] = 0x01;
	v = decode(&spec_log_effects, b, 4096);
	assert_int_equal(val_get(v, "acs")->c.n, 1);
	e = at(val_get(v, "acs"), 0);
	assert_int_equal(val_u64(e, "opcode", 0), 0x80);
	assert_int_equal(val_u64(e, "lbcc", 9), 1);
	assert_int_equal(val_u64(e, "cse", 9), 2);
	assert_int_equal(val_u64(e, "csp.ctrl", 9), 1);
	assert_int_equal(val_u64(e, "csp.ns", 9), 0);
	assert_int_equal(val_u64(at(val_get(v, "iocs"), 0), "opcode", 0), 2);

	memset(b, 0, sizeof(b));
	memcpy(b, "\xff\x7f\x1a\x01\x84\0\0\0", 8);
	v = decode(&spec_log_sanitize, b, 512);
	assert_int_equal(val_u64(v, "sstat.status", 9), 2);
	assert_int_equal(val_u64(v, "sstat.no_cmplted_passes", 9), 3);
	assert_int_equal(val_u64(v, "sstat.global_erased", 9), 1);
	assert_int_equal(val_u64(v, "cdw10_info.sanact", 9), 4);
	assert_int_equal(val_u64(v, "cdw10_info.owpass", 9), 8);
}

/* Two groups, the second with two namespaces. */
static size_t ana_page(uint8_t *b)
{
	memset(b, 0, 256);
	b[0] = 7;
	b[8] = 2;
	b[16] = 1; /* group 1 at 16: one namespace */
	b[20] = 1;
	b[32] = 1;
	b[48] = 5;
	b[52] = 2; /* group 2 at 52: two */
	b[56] = 2;
	b[68] = 0xf3; /* the upper half is reserved */
	b[84] = 6;
	b[88] = 0x39;
	b[89] = 0x30;
	return 92;
}

static void test_ana(void **state)
{
	uint8_t b[256];
	size_t len = ana_page(b);
	struct val *v = decode(&spec_log_ana, b, len), *g;

	(void)state;
	assert_int_equal(v->flags & VAL_CUT, 0);
	assert_int_equal(val_u64(v, "chgcnt", 0), 7);
	assert_int_equal(val_get(v, "groups")->c.n, 2);
	g = at(val_get(v, "groups"), 0);
	assert_int_equal(val_u64(g, "state", 0), 1);
	assert_int_equal(val_u64(at(val_get(g, "nsids"), 0), "nsid", 0), 5);
	g = at(val_get(v, "groups"), 1);
	assert_int_equal(val_u64(g, "grpid", 0), 2);
	assert_int_equal(val_u64(g, "state", 0), 3);
	assert_int_equal(val_get(g, "nsids")->c.n, 2);
	assert_int_equal(val_u64(at(val_get(g, "nsids"), 1), "nsid", 0), 12345);
}

/* Counts that promise more than there is. */
static void test_ana_lies(void **state)
{
	uint8_t b[256];
	size_t len = ana_page(b);
	struct val *v, *g;

	(void)state;
	memset(b + 56, 0xff, 4);
	v = decode(&spec_log_ana, b, len);
	assert_true(v->flags & VAL_CUT);
	assert_int_equal(val_get(v, "groups")->c.n, 2);
	g = at(val_get(v, "groups"), 1);
	assert_true(g->flags & VAL_CUT);
	assert_int_equal(at(val_get(v, "groups"), 0)->flags & VAL_CUT, 0);
	assert_int_equal(val_get(g, "nsids")->c.n, 2);

	ana_page(b);
	b[8] = b[9] = 0xff;
	v = decode(&spec_log_ana, b, len);
	assert_true(v->flags & VAL_CUT);
	assert_int_equal(val_get(v, "groups")->c.n, 2);

	ana_page(b);
	v = decode(&spec_log_ana, b, len - 6);
	assert_true(v->flags & VAL_CUT);
	assert_null(val_get(at(val_get(at(val_get(v, "groups"), 1), "nsids"), 0), "nsid"));
}

static size_t put_event(uint8_t *p, uint8_t type, uint16_t vsil, uint16_t el)
{
	p[0] = type;
	p[1] = 1;
	p[2] = 21;
	p[3] = 1;
	p[4] = 2;
	p[6] = 0xe8; /* 1000 ms, set by a host */
	p[7] = 0x03;
	p[12] = 0x02;
	memcpy(p + 20, &vsil, 2);
	memcpy(p + 22, &el, 2);
	return 24;
}

static void test_events(void **state)
{
	uint8_t b[1024] = { 0x0d };
	uint8_t *p = b + 512;
	struct val *v, *list, *e, *vs;

	(void)state;
	b[4] = 5; /* TNEV */
	p += put_event(p, 0x02, 0, 22);
	memcpy(p, "1.0     2.0     \x03\x02\x01\x07\x34\x12", 22);
	p += 22;
	p += put_event(p, 0x04, 0, 8 + 2 * 36);
	memcpy(p, "FX2A0131", 8);
	p[8] = 1;
	p[8 + 36] = 2;
	p[8 + 36 + 16] = 41;
	p += 80;
	p += put_event(p, 0xde, 0, 6 + 4 + 6 + 2);
	memcpy(p, "\x01\x00\x01\x00\x04\x00name\x02\x00\x03\x00\x02\x00\xab\xcd", 18);
	p += 18;
	p += put_event(p, 0x03, 4, 20); /* vendor specific information in front */
	p += 20;
	p += put_event(p, 0x0b, 0, 16);
	p[0] = 2;
	p[2] = 4;
	memcpy(p + 4, "\x04\0\0\0\x57\x01\0\0\x11\x22\x33\x44", 12);
	p += 16;

	v = decode(&spec_log_persistent_event, b, (size_t)(p - b));
	assert_int_equal(v->flags & VAL_CUT, 0);
	list = val_get(v, "list_of_event_entries");
	assert_int_equal(list->c.n, 5);
	e = at(list, 0);
	assert_int_equal(val_u64(e, "event_number", 9), 0);
	assert_int_equal(val_u64(e, "event_time_stamp.ms", 0), 1000);
	assert_int_equal(val_u64(e, "event_time_stamp.origin", 0), 1);
	assert_string_equal(val_str(a, e, "new_fw_rev"), "2.0");
	assert_int_equal(val_u64(e, "fw_slot", 0), 2);
	assert_int_equal(val_u64(e, "vu_assign_fw_commit_rc", 0), 0x1234);
	e = at(list, 1);
	assert_null(val_get(e, "new_fw_rev"));
	assert_string_equal(val_str(a, e, "fw_rev"), "FX2A0131");
	assert_int_equal(val_get(e, "resets")->c.n, 2);
	assert_int_equal(val_u64(at(val_get(e, "resets"), 1), "ctrl_id", 0), 2);
	assert_int_equal(val_u64(at(val_get(e, "resets"), 1), "ctrl_power_cycle", 0), 41);
	e = at(list, 2);
	vs = val_get(e, "vs_event_entry");
	assert_int_equal(vs->c.n, 2);
	assert_string_equal(val_str(a, at(vs, 0), "event_name"), "name");
	assert_int_equal(val_get(at(vs, 1), "binary_data")->s.len, 2);
	e = at(list, 3);
	assert_null(val_get(e, "prev_ts"));
	assert_int_equal(val_get(e, "event_data")->s.len, 20);
	e = at(list, 4);
	assert_int_equal(val_u64(e, "event_number", 9), 4);
	assert_int_equal(val_get(e, "cdws")->c.n, 2);
	assert_int_equal(at(val_get(e, "cdws"), 1)->u, 0x157);
	assert_int_equal(val_get(e, "logged_data")->s.len, 4);

	/* An event that claims to be longer than the log. */
	b[512 + 22] = 0xff;
	b[512 + 23] = 0xff;
	v = decode(&spec_log_persistent_event, b, (size_t)(p - b));
	assert_true(v->flags & VAL_CUT);
	assert_int_equal(val_get(v, "list_of_event_entries")->c.n, 1);
}

static void test_lba_status(void **state)
{
	uint8_t b[80] = { 80, 0, 0, 0, 2 };
	struct val *v, *e;

	(void)state;
	b[16] = 1;
	b[20] = 2;
	b[24] = 0x11;
	b[48] = 9; /* second descriptor of the first element */
	b[64] = 2; /* second element: the whole namespace */
	memset(b + 68, 0xff, 4);
	v = decode(&spec_log_lba_status, b, sizeof(b));
	assert_int_equal(val_get(v, "ns_elements")->c.n, 2);
	e = at(val_get(v, "ns_elements"), 0);
	assert_int_equal(val_get(e, "descs")->c.n, 2);
	assert_int_equal(val_u64(at(val_get(e, "descs"), 1), "rslba", 0), 9);
	e = at(val_get(v, "ns_elements"), 1);
	assert_int_equal(val_u64(e, "neid", 0), 2);
	assert_null(val_get(e, "descs"));
}

static void test_cap_config(void **state)
{
	/* One configuration, one endurance group: 2 NVM sets, 2 channels with 1 and 2 media units. */
	uint8_t b[16 + 32 + 82 + 4 + 2 + 12 + 20] = { 1 };
	uint8_t *eg = b + 48, *ch = eg + 82 + 4;
	struct val *v, *g;

	(void)state;
	b[16] = 3;
	b[20] = 1;
	eg[0] = 4;
	eg[80] = 2;
	eg[84] = 7;
	ch[0] = 2;
	ch[2] = 5;
	ch[4] = 1;
	ch[6] = 1;
	ch[14] = 6;
	ch[16] = 2;
	ch[26] = 9;
	v = decode(&spec_log_supported_cap_config, b, sizeof(b));
	assert_int_equal(v->flags & VAL_CUT, 0);
	v = at(val_get(v, "cap_configs"), 0);
	assert_int_equal(val_u64(v, "cap_config_id", 0), 3);
	g = at(val_get(v, "endgrps"), 0);
	assert_int_equal(val_u64(g, "endgid", 0), 4);
	assert_int_equal(val_u64(at(val_get(g, "nvmsets"), 1), "nvmsetid", 0), 7);
	assert_int_equal(val_u64(g, "egchans", 0), 2);
	assert_int_equal(val_u64(at(val_get(g, "channels"), 1), "chanid", 0), 6);
	v = val_get(at(val_get(g, "channels"), 1), "media_units");
	assert_int_equal(v->c.n, 2);
	assert_int_equal(val_u64(at(v, 1), "muid", 0), 9);

	for (size_t len = 16; len < sizeof(b); len++)
		assert_true(decode(&spec_log_supported_cap_config, b, len)->flags & VAL_CUT);
}

static void test_discovery(void **state)
{
	uint8_t b[1024 * 3] = { 1, 0, 0, 0, 0, 0, 0, 0, 2 };
	struct val *v, *r;

	(void)state;
	memcpy(b + 1024, "\x03\x01\x02\x05", 4);
	memcpy(b + 1024 + 32, "4420                            ", 32);
	memcpy(b + 1024 + 256, "nqn.2014-08.org.example", 23);
	b[1024 + 768] = 2;
	memcpy(b + 2048, "\x01\x02\x03\x00", 4);
	memcpy(b + 2048 + 768, "\x01\x04\x01", 3);
	b[2048 + 776] = 0x34;
	v = decode(&spec_log_discovery, b, sizeof(b));
	assert_int_equal(v->flags & VAL_CUT, 0);
	assert_int_equal(val_get(v, "records")->c.n, 2);
	r = at(val_get(v, "records"), 0);
	assert_string_equal(val_str(a, r, "trsvcid"), "4420");
	assert_int_equal(val_u64(r, "treq.secure_channel", 9), 1);
	assert_int_equal(val_u64(r, "treq.disable_sqflow", 9), 1);
	assert_int_equal(val_u64(r, "sectype", 9), 2);
	assert_null(val_get(r, "rdma_cms"));
	r = at(val_get(v, "records"), 1);
	assert_int_equal(val_u64(r, "rdma_prtype", 9), 4);
	assert_int_equal(val_u64(r, "rdma_pkey", 0), 0x34);
	assert_null(val_get(r, "sectype"));
	/* Cut off in the address of the second record. */
	v = decode(&spec_log_discovery, b, sizeof(b) - 300);
	assert_true(v->flags & VAL_CUT);
	assert_null(val_get(at(val_get(v, "records"), 1), "traddr"));
}

static void test_fdp(void **state)
{
	uint8_t b[16 + 72 + 68] = { 1, 0, 0, 0, sizeof(b) }, ev[64 + 64] = { 1 };
	struct val *v, *c;

	(void)state;
	b[16] = 72; /* two handles */
	b[24] = 2;
	b[80] = 1;
	b[84] = 2;
	b[88] = 68; /* the number of configurations is 0's based: there is a second one */
	b[90] = 0x82;
	b[96] = 1;
	v = decode(&spec_log_fdp_configs, b, sizeof(b));
	assert_int_equal(v->flags & VAL_CUT, 0);
	assert_int_equal(val_get(v, "configs")->c.n, 2);
	c = at(val_get(v, "configs"), 0);
	assert_int_equal(val_get(c, "ruhs")->c.n, 2);
	assert_int_equal(val_u64(at(val_get(c, "ruhs"), 1), "ruht", 0), 2);
	c = at(val_get(v, "configs"), 1);
	assert_int_equal(val_u64(c, "index", 9), 1);
	assert_int_equal(val_u64(c, "fdpa.fdpcv", 9), 1);
	assert_int_equal(val_u64(c, "fdpa.rgif", 9), 2);

	ev[64] = 0x80;
	ev[80] = 1;
	ev[82] = 6;
	ev[84] = 0x55;
	c = at(val_get(decode(&spec_log_fdp_events, ev, sizeof(ev)), "events"), 0);
	assert_int_equal(val_u64(c, "nlbam", 0), 6);
	assert_int_equal(val_u64(c, "lba", 0), 0x55);
	ev[64] = 0x03;
	c = at(val_get(decode(&spec_log_fdp_events, ev, sizeof(ev)), "events"), 0);
	assert_null(val_get(c, "lba"));
	assert_int_equal(val_get(c, "event_type_specific")->s.len, 16);
}

static void test_changed_lists(void **state)
{
	uint8_t b[4096] = { 2 };
	struct val *v;

	(void)state;
	b[8] = 0x10;
	b[17] = 0x01;
	v = decode(&spec_log_zns_changed, b, sizeof(b));
	assert_int_equal(val_get(v, "zids")->c.n, 2);
	assert_int_equal(val_u64(at(val_get(v, "zids"), 1), "zid", 0), 0x100);
	memset(b, 0xff, 2); /* too many: no list */
	v = decode(&spec_log_zns_changed, b, sizeof(b));
	assert_null(val_get(v, "zids"));
	assert_int_equal(v->flags & VAL_CUT, 0);

	memset(b, 0, sizeof(b));
	memset(b, 0xff, 4);
	v = val_get(decode(&spec_log_changed_ns, b, sizeof(b)), "nsid_list");
	assert_int_equal(v->c.n, 1);
	assert_int_equal(val_u64(at(v, 0), "nsid", 0), 0xffffffff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_registry),
		cmocka_unit_test_setup_teardown(test_smart, setup, teardown),
		cmocka_unit_test_setup_teardown(test_error, setup, teardown),
		cmocka_unit_test_setup_teardown(test_small_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ana, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ana_lies, setup, teardown),
		cmocka_unit_test_setup_teardown(test_events, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lba_status, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cap_config, setup, teardown),
		cmocka_unit_test_setup_teardown(test_discovery, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fdp, setup, teardown),
		cmocka_unit_test_setup_teardown(test_changed_lists, setup, teardown),
	};

	return cmocka_run_group_tests_name("logs", tests, NULL, NULL);
}
