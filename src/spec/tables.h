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

/* Log pages */
extern const struct spec spec_log_supported;
extern const struct spec spec_log_error;
extern const struct spec spec_log_smart;
extern const struct spec spec_log_fw;
extern const struct spec spec_log_changed_ns;
extern const struct spec spec_log_effects;

#endif
