/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which structures there are, by identifier and by name. */
#include <string.h>

#include "spec/nbft.h"
#include "spec/security.h"
#include "spec/spec.h"
#include "spec/tables.h"

#define CSI_ANY 0xff
#define CSI_NVM 0x00
#define CSI_ZNS 0x02

/*
 * Values of CNS: Base 2.1, section 5.1.13.1. CNS 07h, 09h, 0Ah, 11h, 1Ah, 1Bh and 1Fh answer with the
 * structures of 02h, 00h, 05h, 00h, 10h, 05h and 08h.
 */
const struct identify identifies[] = {
	{ 0x00, CSI_ANY, "id-ns", &spec_id_ns },
	{ 0x01, CSI_ANY, "id-ctrl", &spec_id_ctrl },
	{ 0x02, CSI_ANY, "list-ns", &spec_list_ns },
	{ 0x03, CSI_ANY, "ns-descs", &spec_ns_descs },
	{ 0x04, CSI_ANY, "id-nvmset", &spec_id_nvmset },
	{ 0x05, CSI_NVM, "nvm-id-ns", &spec_nvm_id_ns },
	{ 0x05, CSI_ZNS, "zns-id-ns", &spec_zns_id_ns },
	{ 0x06, CSI_NVM, "nvm-id-ctrl", &spec_nvm_id_ctrl },
	{ 0x06, CSI_ZNS, "zns-id-ctrl", &spec_zns_id_ctrl },
	{ 0x07, CSI_ANY, "list-ns-csi", &spec_list_ns },
	{ 0x08, CSI_ANY, "cmdset-ind-id-ns", &spec_id_ns_ind },
	{ 0x09, CSI_ANY, "id-ns-lba-format", &spec_id_ns },
	{ 0x0a, CSI_NVM, "nvm-id-ns-lba-format", &spec_nvm_id_ns },
	{ 0x0a, CSI_ZNS, "zns-id-ns-lba-format", &spec_zns_id_ns },
	{ 0x10, CSI_ANY, "list-ns-all", &spec_list_ns },
	{ 0x11, CSI_ANY, "id-ns-allocated", &spec_id_ns },
	{ 0x12, CSI_ANY, "list-ctrl-ns", &spec_list_ctrl },
	{ 0x13, CSI_ANY, "list-ctrl", &spec_list_ctrl },
	{ 0x14, CSI_ANY, "primary-ctrl-caps", &spec_primary_ctrl_caps },
	{ 0x15, CSI_ANY, "list-secondary", &spec_list_secondary },
	{ 0x16, CSI_ANY, "id-ns-granularity", &spec_id_ns_granularity },
	{ 0x17, CSI_ANY, "id-uuid", &spec_id_uuid },
	{ 0x18, CSI_ANY, "id-domain", &spec_id_domain },
	{ 0x19, CSI_ANY, "list-endgrp", &spec_list_endgrp },
	{ 0x1a, CSI_ANY, "list-ns-all-csi", &spec_list_ns },
	{ 0x1b, CSI_NVM, "nvm-id-ns-allocated", &spec_nvm_id_ns },
	{ 0x1b, CSI_ZNS, "zns-id-ns-allocated", &spec_zns_id_ns },
	{ 0x1c, CSI_ANY, "id-iocs", &spec_id_iocs },
	{ 0x1f, CSI_ANY, "cmdset-ind-id-ns-allocated", &spec_id_ns_ind },
};
const size_t nidentifies = NELEMS(identifies);

const struct identify *identify_by_cns(uint8_t cns, uint8_t csi)
{
	for (size_t i = 0; i < nidentifies; i++) {
		const struct identify *id = &identifies[i];

		if (id->cns == cns && (id->csi == CSI_ANY || id->csi == csi))
			return id;
	}
	return NULL;
}

const struct spec *const specs[] = {
	/* Identify */
	&spec_id_ctrl,
	&spec_id_ns,
	&spec_ns_descs,
	&spec_id_ns_ind,
	&spec_nvm_id_ns,
	&spec_nvm_id_ctrl,
	&spec_zns_id_ns,
	&spec_zns_id_ctrl,
	&spec_list_ns,
	&spec_list_ctrl,
	&spec_id_nvmset,
	&spec_primary_ctrl_caps,
	&spec_list_secondary,
	&spec_id_ns_granularity,
	&spec_id_uuid,
	&spec_id_domain,
	&spec_list_endgrp,
	&spec_id_iocs,
	/* Controller properties */
	&spec_registers,
	/* Log pages */
	&spec_log_supported,
	&spec_log_error,
	&spec_log_smart,
	&spec_log_fw,
	&spec_log_changed_ns,
	&spec_log_effects,
	&spec_log_self_test,
	&spec_log_telemetry,
	&spec_log_endurance,
	&spec_log_predictable_lat,
	&spec_log_pred_lat_agg,
	&spec_log_ana,
	&spec_log_persistent_event,
	&spec_log_lba_status,
	&spec_log_endurance_agg,
	&spec_log_media_unit_stat,
	&spec_log_supported_cap_config,
	&spec_log_fid_effects,
	&spec_log_mi_effects,
	&spec_log_lockdown,
	&spec_log_boot_part,
	&spec_log_rotational_media,
	&spec_log_dispersed_ns,
	&spec_log_mgmt_addr_list,
	&spec_log_phy_rx_eom,
	&spec_log_reachability_groups,
	&spec_log_reachability_assocs,
	&spec_log_changed_alloc_ns,
	&spec_log_fdp_configs,
	&spec_log_fdp_usage,
	&spec_log_fdp_stats,
	&spec_log_fdp_events,
	&spec_log_discovery,
	&spec_dim,
	&spec_log_host_discovery,
	&spec_log_ave_discovery,
	&spec_log_pull_model_ddc_req,
	&spec_log_resv_notif,
	&spec_log_sanitize,
	&spec_log_zns_changed,
	/* Security */
	&spec_security_list,
	&spec_tcg_discovery,
	&spec_rpmb_frame,
	&spec_rpmb_config,
	/* NVMe Boot Firmware Table */
	&spec_nbft_header,
	&spec_nbft_control,
	&spec_nbft_host,
	&spec_nbft_hfi,
	&spec_nbft_hfi_tcp,
	&spec_nbft_hfi_ext,
	&spec_nbft_ssns,
	&spec_nbft_ssns_ext,
	&spec_nbft_security,
	&spec_nbft_discovery,
	NULL,
};

const struct spec *spec_by_name(const char *name)
{
	for (size_t i = 0; specs[i]; i++) {
		if (strcmp(specs[i]->name, name) == 0)
			return specs[i];
	}
	return NULL;
}
