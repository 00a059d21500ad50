/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Log pages of endurance groups, NVM sets and media units.
 * NVM Express Base 2.1, sections 5.1.12.1.10 to 5.1.12.1.12 and 5.1.12.1.15 to 5.1.12.1.17.
 */
#include <string.h>

#include "spec/spec.h"
#include "spec/tables.h"

/* --- 09h: section 5.1.12.1.10, Endurance Group Information Log Page --------------------------------- */

static const struct field egfeat_bits[] = {
	{ "egrmedia", "Endurance Group Rotational Media", BIT(0), FLAG },
	RSVD_BITS(7, 1),
};
#define COUNTER .kind = K_U128, .metric = M_COUNTER
/* Thousands of millions of bytes, rounded up; 0 is not reported. */
#define UNITS COUNTER, .show = SHOW_SI, .scale = 1000000000, .unit = "bytes", .flags = F_ZERO_UNREPORTED

static const struct field endurance_fields[] = {
	{ "critical_warning", "Critical Warning", BYTE(0), BITS_OF(egcws_bits), .metric = M_GAUGE },
	{ "endurance_group_features", "Endurance Group Features", BYTE(1), BITS_OF(egfeat_bits),
	  .since = 0x0200 },
	RSVD_BYTES(2, 2),
	{ "avl_spare", "Available Spare", BYTE(3), .show = SHOW_PERCENT, .metric = M_GAUGE },
	{ "avl_spare_threshold", "Available Spare Threshold", BYTE(4), .show = SHOW_PERCENT,
	  .metric = M_GAUGE },
	{ "percent_used", "Percentage Used", BYTE(5), .show = SHOW_PERCENT, .metric = M_GAUGE },
	{ "domain_identifier", "Domain Identifier", BYTES(7, 6), .since = 0x0200 },
	RSVD_BYTES(31, 8),
	{ "endurance_estimate", "Endurance Estimate", BYTES(47, 32), UNITS },
	{ "data_units_read", "Data Units Read", BYTES(63, 48), UNITS },
	{ "data_units_written", "Data Units Written", BYTES(79, 64), UNITS },
	{ "media_units_written", "Media Units Written", BYTES(95, 80), UNITS },
	{ "host_read_cmds", "Host Read Commands", BYTES(111, 96), COUNTER },
	{ "host_write_cmds", "Host Write Commands", BYTES(127, 112), COUNTER },
	{ "media_data_integrity_err", "Media and Data Integrity Errors", BYTES(143, 128), COUNTER },
	{ "num_err_info_log_entries", "Number of Error Information Log Entries", BYTES(159, 144), COUNTER },
	{ "total_end_grp_cap", "Total Endurance Group Capacity", BYTES(175, 160), .kind = K_U128,
	  .show = SHOW_SI, .unit = "bytes", .metric = M_GAUGE, .since = 0x0200 },
	{ "unalloc_end_grp_cap", "Unallocated Endurance Group Capacity", BYTES(191, 176), .kind = K_U128,
	  .show = SHOW_SI, .unit = "bytes", .metric = M_GAUGE, .since = 0x0200 },
	RSVD_BYTES(511, 192),
};
const struct spec spec_log_endurance = {
	.name = "endurance-log",
	.text = "Endurance Group Information",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.10",
	.size = 512,
	FIELDS(endurance_fields),
};

/* --- 0Ah: section 5.1.12.1.11, Predictable Latency Per NVM Set Log Page ------------------------------ */

static const struct name plm_status_names[] = {
	{ 0, "disabled", "Predictable Latency Mode not enabled" },
	{ 1, "dtwin", "Deterministic Window" },
	{ 2, "ndwin", "Non-Deterministic Window" },
};
static const struct field plm_status_bits[] = {
	{ "window", "Window", BITS(2, 0), ENUM_OF(plm_status_names) },
	RSVD_BITS(7, 3),
};
static const struct field plm_event_bits[] = {
	{ "dtwin_reads_warning", "DTWIN Reads Warning", BIT(0), FLAG },
	{ "dtwin_writes_warning", "DTWIN Writes Warning", BIT(1), FLAG },
	{ "dtwin_time_warning", "DTWIN Time Warning", BIT(2), FLAG },
	RSVD_BITS(13, 3),
	{ "exceeded", "Autonomous transition to NDWIN, typical or maximum value exceeded", BIT(14), FLAG },
	{ "excursion", "Autonomous transition to NDWIN, Deterministic Excursion", BIT(15), FLAG },
};
static const struct field predictable_lat_fields[] = {
	{ "status", "Status", BYTE(0), BITS_OF(plm_status_bits), .metric = M_GAUGE },
	RSVD_BYTES(1, 1),
	{ "event_type", "Event Type", BYTES(3, 2), BITS_OF(plm_event_bits) },
	RSVD_BYTES(31, 4),
	{ "dtwin_reads_typical", "DTWIN Reads Typical", BYTES(39, 32) },
	{ "dtwin_writes_typical", "DTWIN Writes Typical", BYTES(47, 40) },
	{ "dtwin_time_maximum", "DTWIN Time Maximum", BYTES(55, 48), .unit = "milliseconds" },
	{ "ndwin_time_minimum_high", "NDWIN Time Minimum High", BYTES(63, 56), .unit = "milliseconds" },
	{ "ndwin_time_minimum_low", "NDWIN Time Minimum Low", BYTES(71, 64), .unit = "milliseconds" },
	RSVD_BYTES(127, 72),
	{ "dtwin_reads_estimate", "DTWIN Reads Estimate", BYTES(135, 128), .metric = M_GAUGE },
	{ "dtwin_writes_estimate", "DTWIN Writes Estimate", BYTES(143, 136), .metric = M_GAUGE },
	{ "dtwin_time_estimate", "DTWIN Time Estimate", BYTES(151, 144), .unit = "milliseconds",
	  .metric = M_GAUGE },
	RSVD_BYTES(511, 152),
};
const struct spec spec_log_predictable_lat = {
	.name = "predictable-lat-log",
	.text = "Predictable Latency Per NVM Set",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.11",
	.size = 512,
	FIELDS(predictable_lat_fields),
};

/* --- 0Bh, 0Fh: sections 5.1.12.1.12 and 5.1.12.1.15, the aggregates of events ------------------------ */

static const struct field nvmset_entry_fields[] = {
	{ "entry", "NVM Set Identifier", BYTES(1, 0) },
};
static const struct field pred_lat_agg_fields[] = {
	{ "num_entries_avail", "Number of Entries", BYTES(7, 0) },
	{ "list_of_entries", "NVM Sets with an event pending", FROM_BYTE(8), ARRAY_OF(nvmset_entry_fields),
	  .count = FROM("num_entries_avail", 1, 0) },
};
const struct spec spec_log_pred_lat_agg = {
	.name = "pred-lat-event-agg-log",
	.text = "Predictable Latency Event Aggregate",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.12",
	.size = 8,
	FIELDS(pred_lat_agg_fields),
};

static const struct field endgrp_entry_fields[] = {
	{ "entry", "Endurance Group Identifier", BYTES(1, 0) },
};
static const struct field endurance_agg_fields[] = {
	{ "num_entries_avail", "Number of Entries", BYTES(7, 0) },
	{ "list_of_entries", "Endurance Groups with an event pending", FROM_BYTE(8),
	  ARRAY_OF(endgrp_entry_fields), .count = FROM("num_entries_avail", 1, 0) },
};
const struct spec spec_log_endurance_agg = {
	.name = "endurance-event-agg-log",
	.text = "Endurance Group Event Aggregate",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.15",
	.size = 8,
	FIELDS(endurance_agg_fields),
};

/*
 * --- 10h: section 5.1.12.1.16, Media Unit Status Log Page. The channel identifiers stand at CIO, counted
 * from the start of the descriptor, and end it. ---------------------------------------------------------
 */
static const struct field channel_fields[] = {
	{ "chanid", "Channel Identifier", BYTES(1, 0) },
};
static const struct field channels_at_14[] = {
	{ "channels", "Channel Identifiers", FROM_BYTE(0), ARRAY_OF(channel_fields),
	  .count = FROM("mucs", 1, 0) },
};
static const struct field channels_at_16[] = {
	RSVD_BYTES(1, 0),
	{ "channels", "Channel Identifiers", FROM_BYTE(2), ARRAY_OF(channel_fields),
	  .count = FROM("mucs", 1, 0) },
};
static const struct sel_case channels_cases[] = { CASE(14, channels_at_14), CASE(16, channels_at_16) };
static const struct sel channels_sel = { "cio", channels_cases, NELEMS(channels_cases), { 0 } };

static const struct field media_unit_fields[] = {
	{ "muid", "Media Unit Identifier", BYTES(1, 0) },
	{ "domainid", "Domain Identifier", BYTES(3, 2) },
	{ "endgid", "Endurance Group Identifier", BYTES(5, 4) },
	{ "nvmsetid", "NVM Set Identifier", BYTES(7, 6) },
	{ "cap_adj_fctr", "Capacity Adjustment Factor", BYTES(9, 8) },
	{ "avl_spare", "Available Spare", BYTE(10), .show = SHOW_PERCENT, .metric = M_GAUGE },
	{ "percent_used", "Percentage Used", BYTE(11), .show = SHOW_PERCENT, .metric = M_GAUGE },
	{ "mucs", "Number of Channels", BYTE(12) },
	{ "cio", "Channel Identifiers Offset", BYTE(13) },
	{ NULL, NULL, FROM_BYTE(14), .kind = K_SWITCH, .sel = &channels_sel },
};
static const struct field media_unit_stat_fields[] = {
	{ "nmu", "Number of Media Unit Status Descriptors", BYTES(1, 0) },
	{ "cchans", "Number of Channels", BYTES(3, 2) },
	{ "sel_config", "Selected Configuration", BYTES(5, 4) },
	RSVD_BYTES(15, 6),
	{ "mus_list", "Media Unit Status Descriptors", FROM_BYTE(16), ARRAY_OF(media_unit_fields),
	  .count = FROM("nmu", 1, 0), .stride = { "mucs", 2, 0, "cio" } },
};
const struct spec spec_log_media_unit_stat = {
	.name = "media-unit-stat-log",
	.text = "Media Unit Status",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.16",
	.size = 16,
	FIELDS(media_unit_stat_fields),
};

/*
 * --- 11h: section 5.1.12.1.17, Supported Capacity Configuration List Log Page: lists in lists without a length
 * of their own; where one ends only walking through it tells. The bytes are kept as received in 'descs'. ---
 */
static const struct field cap_media_unit_fields[] = {
	{ "muid", "Media Unit Identifier", BYTES(1, 0) },
	RSVD_BYTES(5, 2),
	{ "mudl", "Media Unit Descriptor Length", BYTES(7, 6) },
};
static const struct field cap_channel_fields[] = {
	{ "chanid", "Channel Identifier", BYTES(1, 0) },
	{ "chmus", "Number of Channel Media Units", BYTES(3, 2) },
	{ "media_units", "Media Unit Configuration Descriptors", FROM_BYTE(4),
	  ARRAY_OF(cap_media_unit_fields), .count = FROM("chmus", 1, 0) },
};
static const struct field cap_nvmset_fields[] = {
	{ "nvmsetid", "NVM Set Identifier", BYTES(1, 0) },
};
static const struct field cap_endgrp_fields[] = {
	{ "endgid", "Endurance Group Identifier", BYTES(1, 0) },
	{ "cap_adj_factor", "Capacity Adjustment Factor", BYTES(3, 2) },
	RSVD_BYTES(15, 4),
	{ "tegcap", "Total Endurance Group Capacity", BYTES(31, 16), .kind = K_U128, .show = SHOW_SI,
	  .unit = "bytes" },
	{ "segcap", "Spare Endurance Group Capacity", BYTES(47, 32), .kind = K_U128, .show = SHOW_SI,
	  .unit = "bytes" },
	{ "end_est", "Endurance Estimate", BYTES(63, 48), UNITS },
	RSVD_BYTES(79, 64),
	{ "egsets", "Number of NVM Sets", BYTES(81, 80) },
	{ "nvmsets", "NVM Sets", FROM_BYTE(82), ARRAY_OF(cap_nvmset_fields), .count = FROM("egsets", 1, 0) },
	{ "egchans", "Number of Channels", .kind = K_UINT, .flags = F_DERIVED },
	{ "channels", "Channel Configuration Descriptors", ARRAY_OF(cap_channel_fields), .flags = F_DERIVED },
};
static const struct field cap_config_fields[] = {
	{ "cap_config_id", "Capacity Configuration Identifier", BYTES(1, 0) },
	{ "domainid", "Domain Identifier", BYTES(3, 2) },
	{ "egcn", "Number of Endurance Group Configuration Descriptors", BYTES(5, 4) },
	RSVD_BYTES(31, 6),
	{ "endgrps", "Endurance Group Configuration Descriptors", ARRAY_OF(cap_endgrp_fields),
	  .flags = F_DERIVED },
};
static const struct field supported_cap_fields[] = {
	{ "sccn", "Number of Supported Capacity Configurations", BYTE(0) },
	RSVD_BYTES(15, 1),
	{ "descs", "Capacity Configuration Descriptors as received", FROM_BYTE(16), .kind = K_HEX,
	  .flags = F_VENDOR },
	{ "cap_configs", "Capacity Configuration Descriptors", ARRAY_OF(cap_config_fields),
	  .flags = F_DERIVED },
};

static const struct spec spec_cap_config = { .name = "cap-config", .size = 32, FIELDS(cap_config_fields) };
static const struct spec spec_cap_endgrp = { .name = "cap-endgrp", .size = 82, FIELDS(cap_endgrp_fields) };
static const struct spec spec_cap_channel = { .name = "cap-channel", .size = 4, FIELDS(cap_channel_fields) };

struct cursor {
	struct arena *a;
	const uint8_t *p;
	size_t len;
};

/* One descriptor of 'fixed' bytes and 'each' more per element of the count at 'count'. */
static struct val *take(struct cursor *c, struct val *to, const struct spec *s, const char *count,
			size_t each)
{
	struct val *v = spec_decode(c->a, s, c->p, c->len);
	size_t size = s->size + each * (size_t)val_u64(v, count, 0);

	val_add(to, NULL, v);
	if (size > c->len || (v->flags & VAL_CUT)) {
		v->flags |= VAL_CUT;
		size = c->len;
	}
	c->p += size;
	c->len -= size;
	return v;
}

static void bind_row(struct val *v, const struct field *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (rows[i].name && v->key && strcmp(rows[i].name, v->key) == 0)
			v->field = &rows[i];
	}
}

static void take_channels(struct cursor *c, struct val *eg)
{
	struct val *n, *list;
	uint64_t chans;

	if ((eg->flags & VAL_CUT) || c->len < 2) {
		eg->flags |= VAL_CUT;
		return;
	}
	chans = c->p[0] | (uint64_t)c->p[1] << 8;
	c->p += 2;
	c->len -= 2;
	n = val_put_u64(c->a, eg, "egchans", chans);
	bind_row(n, cap_endgrp_fields, NELEMS(cap_endgrp_fields));
	list = val_put_arr(c->a, eg, "channels");
	bind_row(list, cap_endgrp_fields, NELEMS(cap_endgrp_fields));
	for (uint64_t i = 0; i < chans && !(eg->flags & VAL_CUT); i++)
		eg->flags |= take(c, list, &spec_cap_channel, "chmus", 8)->flags & VAL_CUT;
}

static void cap_config_fixup(struct arena *a, struct val *root)
{
	const struct val *bytes = val_get(root, "descs");
	struct cursor c = { a, NULL, 0 };
	struct val *configs, *config, *endgrps, *eg;
	uint64_t n = val_u64(root, "sccn", 0);

	if (!bytes)
		return;
	c.p = (const uint8_t *)bytes->s.p;
	c.len = bytes->s.len;
	configs = val_put_arr(a, root, "cap_configs");
	bind_row(configs, supported_cap_fields, NELEMS(supported_cap_fields));
	for (uint64_t i = 0; i < n && !(root->flags & VAL_CUT); i++) {
		config = take(&c, configs, &spec_cap_config, "", 0);
		endgrps = val_put_arr(a, config, "endgrps");
		bind_row(endgrps, cap_config_fields, NELEMS(cap_config_fields));
		for (uint64_t k = val_u64(config, "egcn", 0); k && !(config->flags & VAL_CUT); k--) {
			eg = take(&c, endgrps, &spec_cap_endgrp, "egsets", 2);
			take_channels(&c, eg);
			config->flags |= eg->flags & VAL_CUT;
		}
		root->flags |= config->flags & VAL_CUT;
	}
}

const struct spec spec_log_supported_cap_config = {
	.name = "supported-cap-config-log",
	.text = "Supported Capacity Configuration List",
	.figure = "NVM Express Base 2.1, section 5.1.12.1.17",
	.size = 16,
	FIELDS(supported_cap_fields),
	.fixup = cap_config_fixup,
};
