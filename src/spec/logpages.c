/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Log pages by identifier: NVM Express Base 2.1, section 5.1.12, figure of log page identifiers. */
#include <string.h>

#include "spec/spec.h"
#include "spec/tables.h"

#define CSI_ANY 0xff
#define CSI_ZNS 0x02
#define FIXED	CONST(0) /* 'size' is the whole page */

/*
 * Where a page has no length in its header, 'size' is all that is read without being told: telemetry and boot
 * partition (the data behind the header is for a file), ANA (its length follows from NANAGRPID and MNAN of the
 * controller, section 5.1.12.1.13).
 */
const struct logpage logpages[] = {
	{ 0x00, CSI_ANY, SCOPE_CTRL, "supported-pages", NULL, 1024, FIXED, &spec_log_supported },
	{ 0x01, CSI_ANY, SCOPE_CTRL, "error", NULL, 64, FROM("ctrl.elpe", 64, 64), &spec_log_error },
	{ 0x02, CSI_ANY, SCOPE_CTRL, "smart", NULL, 512, FIXED, &spec_log_smart },
	{ 0x03, CSI_ANY, SCOPE_SUBSYS, "fw", NULL, 512, FIXED, &spec_log_fw },
	{ 0x04, CSI_ANY, SCOPE_CTRL, "changed-ns-list", "oaes.nsan", 4096, FIXED, &spec_log_changed_ns },
	{ 0x05, CSI_ANY, SCOPE_CTRL, "effects", "lpa.cses", 4096, FIXED, &spec_log_effects },
	{ 0x06, CSI_ANY, SCOPE_CTRL, "self-test", "oacs.dsts", 564, FIXED, &spec_log_self_test },
	{ 0x07, CSI_ANY, SCOPE_CTRL, "telemetry", "lpa.ts", 512, FIXED, &spec_log_telemetry },
	{ 0x08, CSI_ANY, SCOPE_CTRL, "telemetry-ctrl", "lpa.ts", 512, FIXED, &spec_log_telemetry },
	{ 0x09, CSI_ANY, SCOPE_ENDGRP, "endurance", "ctratt.egs", 512, FIXED, &spec_log_endurance },
	{ 0x0a, CSI_ANY, SCOPE_NVMSET, "predictable-lat", "ctratt.plm", 512, FIXED,
	  &spec_log_predictable_lat },
	{ 0x0b, CSI_ANY, SCOPE_CTRL, "pred-lat-event-agg", "ctratt.plm", 8, FROM("num_entries_avail", 2, 8),
	  &spec_log_pred_lat_agg },
	{ 0x0c, CSI_ANY, SCOPE_CTRL, "ana", "cmic.anars", 4096, FIXED, &spec_log_ana },
	{ 0x0d, CSI_ANY, SCOPE_SUBSYS, "persistent-event", "lpa.pes", 512, FROM("total_log_len", 1, 0),
	  &spec_log_persistent_event },
	{ 0x0e, CSI_ANY, SCOPE_CTRL, "lba-status", "oacs.glss", 16, FROM("lslplen", 1, 0),
	  &spec_log_lba_status },
	{ 0x0f, CSI_ANY, SCOPE_CTRL, "endurance-event-agg", "ctratt.egs", 8, FROM("num_entries_avail", 2, 8),
	  &spec_log_endurance_agg },
	{ 0x10, CSI_ANY, SCOPE_DOMAIN, "media-unit-stat", NULL, 4096, FIXED, &spec_log_media_unit_stat },
	{ 0x11, CSI_ANY, SCOPE_DOMAIN, "supported-cap-config", NULL, 4096, FIXED,
	  &spec_log_supported_cap_config },
	{ 0x12, CSI_ANY, SCOPE_CTRL, "fid-support-effects", "lpa.mlps", 1024, FIXED, &spec_log_fid_effects },
	{ 0x13, CSI_ANY, SCOPE_CTRL, "mi-cmd-support-effects", "lpa.mlps", 4096, FIXED,
	  &spec_log_mi_effects },
	{ 0x14, CSI_ANY, SCOPE_SUBSYS, "lockdown", "oacs.cfls", 512, FIXED, &spec_log_lockdown },
	{ 0x15, CSI_ANY, SCOPE_CTRL, "boot-part", NULL, 16, FIXED, &spec_log_boot_part },
	{ 0x16, CSI_ANY, SCOPE_ENDGRP, "rotational-media-info", "ctratt.egs", 512, FIXED,
	  &spec_log_rotational_media },
	{ 0x17, CSI_ANY, SCOPE_NS, "dispersed-ns-participating-nss", NULL, 256, FROM("numpsub", 256, 256),
	  &spec_log_dispersed_ns },
	{ 0x18, CSI_ANY, SCOPE_SUBSYS, "mgmt-addr-list", NULL, 4096, FIXED, &spec_log_mgmt_addr_list },
	{ 0x19, CSI_ANY, SCOPE_CTRL, "phy-rx-eom", NULL, 64, FROM("rsize", 1, 0), &spec_log_phy_rx_eom },
	{ 0x1a, CSI_ANY, SCOPE_SUBSYS, "reachability-groups", "crcap.rrsup", 4096, FIXED,
	  &spec_log_reachability_groups },
	{ 0x1b, CSI_ANY, SCOPE_SUBSYS, "reachability-associations", "crcap.rrsup", 4096, FIXED,
	  &spec_log_reachability_assocs },
	{ 0x1c, CSI_ANY, SCOPE_CTRL, "changed-alloc-ns-list", "oaes.ansan", 4096, FIXED,
	  &spec_log_changed_alloc_ns },
	{ 0x20, CSI_ANY, SCOPE_ENDGRP, "fdp-configs", "ctratt.fdps", 16, FROM("size", 1, 0),
	  &spec_log_fdp_configs },
	{ 0x21, CSI_ANY, SCOPE_ENDGRP, "fdp-usage", "ctratt.fdps", 8, FROM("nruh", 8, 8),
	  &spec_log_fdp_usage },
	{ 0x22, CSI_ANY, SCOPE_ENDGRP, "fdp-stats", "ctratt.fdps", 64, FIXED, &spec_log_fdp_stats },
	{ 0x23, CSI_ANY, SCOPE_ENDGRP, "fdp-events", "ctratt.fdps", 64, FROM("n", 64, 64),
	  &spec_log_fdp_events },
	{ 0x70, CSI_ANY, SCOPE_CTRL, "discovery", NULL, 1024, FROM("numrec", 1024, 1024),
	  &spec_log_discovery },
	{ 0x71, CSI_ANY, SCOPE_CTRL, "host-discovery", NULL, 1024, FROM("thdlpl", 1, 0),
	  &spec_log_host_discovery },
	{ 0x72, CSI_ANY, SCOPE_CTRL, "ave-discovery", NULL, 1024, FROM("tadlpl", 1, 0),
	  &spec_log_ave_discovery },
	{ 0x73, CSI_ANY, SCOPE_CTRL, "pull-model-ddc-req", NULL, 8, FROM("tpdrpl", 1, 0),
	  &spec_log_pull_model_ddc_req },
	{ 0x80, CSI_ANY, SCOPE_CTRL, "resv-notif", "oncs.reservs", 64, FIXED, &spec_log_resv_notif },
	{ 0x81, CSI_ANY, SCOPE_SUBSYS, "sanitize", "sanicap", 512, FIXED, &spec_log_sanitize },
	{ 0xbf, CSI_ZNS, SCOPE_NS, "changed-zone-list", NULL, 4096, FIXED, &spec_log_zns_changed },
};
const size_t nlogpages = NELEMS(logpages);

const struct logpage *logpage_by_id(uint8_t lid, uint8_t csi)
{
	for (size_t i = 0; i < nlogpages; i++) {
		if (logpages[i].lid == lid && (logpages[i].csi == CSI_ANY || logpages[i].csi == csi))
			return &logpages[i];
	}
	return NULL;
}

const struct logpage *logpage_by_name(const char *name)
{
	for (size_t i = 0; i < nlogpages; i++) {
		if (strcmp(logpages[i].name, name) == 0)
			return &logpages[i];
	}
	return NULL;
}
