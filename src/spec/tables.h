/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The structures that are transcribed, one line each. registry.c lists them; commands and tests name
 * them directly. All are read-only and need no initialisation.
 */
#ifndef NVMEKIT_SPEC_TABLES_H
#define NVMEKIT_SPEC_TABLES_H

#include "spec/field.h"

/* Identify: common (identify_ctrl.c, identify_csi.c) and of the NVM Command Set (identify_ns.c). */
extern const struct spec spec_id_ctrl;
extern const struct spec spec_id_ns;
extern const struct spec spec_ns_descs;
extern const struct spec spec_id_ns_ind;
extern const struct spec spec_nvm_id_ns;
extern const struct spec spec_nvm_id_ctrl;
extern const struct spec spec_zns_id_ns;
extern const struct spec spec_zns_id_ctrl;
/* Identify: lists and capabilities (identify_list.c). */
extern const struct spec spec_list_ns;
extern const struct spec spec_list_ctrl;
extern const struct spec spec_id_nvmset;
extern const struct spec spec_primary_ctrl_caps;
extern const struct spec spec_list_secondary;
extern const struct spec spec_id_ns_granularity;
extern const struct spec spec_id_uuid;
extern const struct spec spec_id_domain;
extern const struct spec spec_list_endgrp;
extern const struct spec spec_id_iocs;
/* Bits that several identify structures share (identify_csi.c); sized, so that BITS_OF() works elsewhere. */
extern const struct field nmic_bits[3], rescap_bits[8], fpi_bits[2], nsattr_bits[2], kpios_bits[3];

/* Controller properties: see registers.h. */
extern const struct spec spec_registers;

/* Log pages */
extern const struct spec spec_log_supported;
extern const struct spec spec_log_error;
extern const struct spec spec_log_smart;
extern const struct spec spec_log_fw;
extern const struct spec spec_log_changed_ns;
extern const struct spec spec_log_effects;
extern const struct spec spec_log_self_test;
extern const struct spec spec_log_changed_alloc_ns;
extern const struct spec spec_log_sanitize;
extern const struct spec spec_log_fid_effects;
extern const struct spec spec_log_mi_effects;
extern const struct spec spec_log_endurance;
extern const struct spec spec_log_predictable_lat;
extern const struct spec spec_log_pred_lat_agg;
extern const struct spec spec_log_endurance_agg;
extern const struct spec spec_log_media_unit_stat;
extern const struct spec spec_log_supported_cap_config;
extern const struct spec spec_log_telemetry;
extern const struct spec spec_log_ana;
extern const struct spec spec_log_persistent_event;
extern const struct spec spec_log_lba_status;
extern const struct spec spec_log_lockdown;
extern const struct spec spec_log_boot_part;
extern const struct spec spec_log_rotational_media;
extern const struct spec spec_log_dispersed_ns;
extern const struct spec spec_log_mgmt_addr_list;
extern const struct spec spec_log_phy_rx_eom;
extern const struct spec spec_log_reachability_groups;
extern const struct spec spec_log_reachability_assocs;
extern const struct spec spec_log_resv_notif;
extern const struct spec spec_log_zns_changed;
extern const struct spec spec_log_fdp_configs;
extern const struct spec spec_log_fdp_usage;
extern const struct spec spec_log_fdp_stats;
extern const struct spec spec_log_fdp_events;
extern const struct spec spec_log_discovery;
/* Transports of fabrics by their types; the first is none. */
#define TRANSPORT_NNAMES 5
extern const struct name transport_names[TRANSPORT_NNAMES];
#define DISC_ENTRY_NFIELDS 14
extern const struct field disc_entry_fields[DISC_ENTRY_NFIELDS]; /* one record of it */
extern const struct spec spec_log_host_discovery;
extern const struct spec spec_dim;
extern const struct spec spec_log_ave_discovery;
extern const struct spec spec_log_pull_model_ddc_req;
/* Rows that several log pages share (log_health.c, log_misc.c); sized, for BITS_OF() and SUB(). */
extern const struct field smart_fields[25], egcws_bits[5], telemetry_fields[13], timestamp_bits[4];

#endif
