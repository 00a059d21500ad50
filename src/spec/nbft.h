/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The NVMe Boot Firmware Table: what firmware that booted over NVMe-oF tells the system about how it did. NVM Express
 * Boot Specification 1.0 and 1.1; members that came with 1.1 are optional. The table is one ACPI table ("NBFT"); its
 * descriptors refer to each other by index, and to texts by offset and length within a heap.
 */
#ifndef NVMEKIT_SPEC_NBFT_H
#define NVMEKIT_SPEC_NBFT_H

#include "spec/field.h"

/* Structure IDs of the descriptors. */
enum nbft_id {
	NBFT_CONTROL = 1,
	NBFT_HOST = 2,
	NBFT_HFI = 3,
	NBFT_SSNS = 4,
	NBFT_SECURITY = 5,
	NBFT_DISCOVERY = 6,
	NBFT_HFI_INFO = 7,
	NBFT_SSNS_EXT = 9,
	NBFT_HFI_EXT = 10,
};
#define NBFT_TRTYPE_TCP 3u

extern const struct spec spec_nbft_header, spec_nbft_control, spec_nbft_host, spec_nbft_hfi, spec_nbft_hfi_tcp, spec_nbft_hfi_ext,
	spec_nbft_ssns, spec_nbft_ssns_ext, spec_nbft_security, spec_nbft_discovery;

#endif
