/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Log pages by identifier: NVM Express Base 2.1, section 5.1.12, figure of log page identifiers. */
#include <string.h>

#include "spec/spec.h"
#include "spec/tables.h"

#define CSI_ANY 0xff

const struct logpage logpages[] = {
	{ 0x00, CSI_ANY, SCOPE_CTRL, "supported-pages", NULL, 1024, { 0 }, &spec_log_supported },
	{ 0x01, CSI_ANY, SCOPE_CTRL, "error", NULL, 64, FROM("ctrl.elpe", 64, 64), &spec_log_error },
	{ 0x02, CSI_ANY, SCOPE_CTRL, "smart", NULL, 512, { 0 }, &spec_log_smart },
	{ 0x03, CSI_ANY, SCOPE_SUBSYS, "fw", NULL, 512, { 0 }, &spec_log_fw },
	{ 0x04, CSI_ANY, SCOPE_CTRL, "changed-ns-list", "oaes.nan", 4096, { 0 }, &spec_log_changed_ns },
	{ 0x05, CSI_ANY, SCOPE_CTRL, "effects", "lpa.cses", 4096, { 0 }, &spec_log_effects },
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
