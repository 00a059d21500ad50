/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Text that no formatter has: what 2.16 prints with tabs, in blocks or as sentences. */
#include <inttypes.h>
#include <string.h>

#include <nvme/util.h>

#include "compat/nvme.h"
#include "core/num.h"
#include "output/out.h"
#include "spec/spec.h"

struct row {
	const char *key, *label;
	enum { DEC, HEX, PERCENT, KELVIN, UNITS, WARNING } kind;
};

/* --- smart-log --- */

static const struct row smart_rows[] = {
	{ "critical_warning", "critical_warning\t\t\t", WARNING },
	{ "temperature", "temperature\t\t\t\t", KELVIN },
	{ "avail_spare", "available_spare\t\t\t\t", PERCENT },
	{ "spare_thresh", "available_spare_threshold\t\t", PERCENT },
	{ "percent_used", "percentage_used\t\t\t\t", PERCENT },
	{ "endurance_grp_critical_warning_summary", "endurance group critical warning summary", HEX },
	{ "data_units_read", "Data Units Read\t\t\t\t", UNITS },
	{ "data_units_written", "Data Units Written\t\t\t", UNITS },
	{ "host_read_commands", "host_read_commands\t\t\t", DEC },
	{ "host_write_commands", "host_write_commands\t\t\t", DEC },
	{ "controller_busy_time", "controller_busy_time\t\t\t", DEC },
	{ "power_cycles", "power_cycles\t\t\t\t", DEC },
	{ "power_on_hours", "power_on_hours\t\t\t\t", DEC },
	{ "unsafe_shutdowns", "unsafe_shutdowns\t\t\t", DEC },
	{ "media_errors", "media_errors\t\t\t\t", DEC },
	{ "num_err_log_entries", "num_err_log_entries\t\t\t", DEC },
	{ "warning_temp_time", "Warning Temperature Time\t\t", DEC },
	{ "critical_comp_time", "Critical Composite Temperature Time\t", DEC },
	{ "temperature_sensors", NULL, KELVIN },
	{ "thm_temp1_trans_count", "Thermal Management T1 Trans Count\t", DEC },
	{ "thm_temp2_trans_count", "Thermal Management T2 Trans Count\t", DEC },
	{ "thm_temp1_total_time", "Thermal Management T1 Total Time\t", DEC },
	{ "thm_temp2_total_time", "Thermal Management T2 Total Time\t", DEC },
};

static const struct {
	const char *key, *label;
} warning_bits[] = {
	{ "available_spare", "Available Spare[0]" },
	{ "temp_threshold", "Temp. Threshold[1]" },
	{ "reliability_degraded", "NVM subsystem Reliability[2]" },
	{ "ro", "Read-only[3]" },
	{ "vmbu_failed", "Volatile mem. backup failed[4]" },
	{ "pmr_ro", "Persistent Mem. RO[5]" },
};

static const char *decimal(struct arena *a, u128 v)
{
	char buf[NUM_U128_MAX];

	return arena_strdup(a, num_u128(v, buf));
}

static const char *kelvin(struct arena *a, uint64_t k)
{
	int64_t celsius = (int64_t)k - 273;
	/* Rounded to the nearest degree. */
	int64_t tenths = celsius * 18 + 320;

	return arena_printf(a, "%" PRId64 " °C (%" PRIu64 " K, %" PRId64 " °F)", celsius, k,
			    (tenths + (tenths < 0 ? -5 : 5)) / 10);
}

/* Data units are thousands of 512 bytes. */
static const char *units(struct arena *a, u128 v)
{
	char buf[NUM_U128_MAX];

	if (v > ~(u128)0 / 512000)
		return decimal(a, v);
	return arena_printf(a, "%s (%s)", decimal(a, v), num_si(v * 512000, buf));
}

static const char *row_text(struct arena *a, const struct row *r, const struct val *v)
{
	u128 n = val_wide(v);

	switch (r->kind) {
	case KELVIN:
		return kelvin(a, (uint64_t)n);
	case PERCENT:
		return arena_printf(a, "%s%%", decimal(a, n));
	case UNITS:
		return units(a, n);
	case HEX:
	case WARNING:
		return arena_printf(a, "%#" PRIx64, (uint64_t)n);
	default:
		return decimal(a, n);
	}
}

static void sensors(struct arena *a, const struct val *arr, FILE *out)
{
	val_for_each(el, arr) {
		fprintf(out, "Temperature Sensor %" PRIu64 "\t\t\t: %s\n", val_u64(el, "sensor", 0),
			kelvin(a, val_u64(el, "temperature", 0)));
	}
}

static void text_smart(struct ctx *ctx, const struct val *v, FILE *out)
{
	struct arena *a = ctx->arena;

	fprintf(out, "Smart Log for NVME device:%s namespace-id:%x\n", ctx->device ? ctx->device : "",
		ctx->nsid);
	for (const struct row *r = smart_rows; r < smart_rows + NELEMS(smart_rows); r++) {
		const struct val *it = val_get(v, r->key);

		if (!it)
			continue;
		if (it->type == VAL_ARR) {
			sensors(a, it, out);
			continue;
		}
		fprintf(out, "%s: %s\n", r->label, row_text(a, r, it));
		for (size_t i = 0;
		     r->kind == WARNING && it->sub && ctx->g.verbose && i < NELEMS(warning_bits); i++)
			fprintf(out, "      %-31s: %" PRIu64 "\n", warning_bits[i].label,
				val_u64(it->sub, warning_bits[i].key, 0));
	}
}

/* --- error-log --- */

static const struct row error_rows[] = {
	{ "error_count", "error_count\t", DEC },
	{ "sqid", "sqid\t\t", DEC },
	{ "cmdid", "cmdid\t\t", HEX },
	{ "status_field", "status_field\t", HEX },
	{ "phase_tag", "phase_tag\t", HEX },
	{ "parm_error_location", "parm_err_loc\t", HEX },
	{ "lba", "lba\t\t", HEX },
	{ "nsid", "nsid\t\t", HEX },
	{ "vs", "vs\t\t", DEC },
	{ "trtype", "trtype\t\t", HEX },
	{ "csi", "csi\t\t", DEC },
	{ "opcode", "opcode\t\t", HEX },
	{ "cs", "cs\t\t", HEX },
	{ "trtype_spec_info", "trtype_spec_info", HEX },
	{ "log_page_version", "log_page_version", DEC },
};

static const char *trtype_words(uint64_t v)
{
	switch (v) {
	case 0:
		return "The transport type is not indicated or the error is not transport related";
	case 1:
		return "RDMA Transport error";
	case 2:
		return "Fibre Channel Transport error";
	case 3:
		return "TCP Transport error";
	case 254:
		return "Intra-host Transport error";
	default:
		return "Reserved";
	}
}

static void text_errors(struct ctx *ctx, const struct val *v, FILE *out)
{
	static const char rule[] = ".................\n";
	const struct val *errors = val_get(v, "errors");
	unsigned index = 0;

	fprintf(out, "Error Log Entries for device:%s entries:%zu\n%s", ctx->device ? ctx->device : "",
		errors ? errors->c.n : 0, rule);
	for (const struct val *el = errors ? errors->c.first : NULL; el; el = el->next) {
		fprintf(out, " Entry[%2u]\n%s", index++, rule);
		for (const struct row *r = error_rows; r < error_rows + NELEMS(error_rows); r++) {
			const struct val *it = val_get(el, r->key);

			if (!it)
				continue;
			fprintf(out, "%s: %s", r->label, row_text(ctx->arena, r, it));
			if (strcmp(r->key, "status_field") == 0)
				fprintf(out, " (%s)", nvme_status_words((int)it->u, false));
			else if (strcmp(r->key, "trtype") == 0)
				fprintf(out, " (%s)", trtype_words(it->u));
			fputc('\n', out);
		}
		fputs(rule, out);
	}
}

/* --- fw-log --- */

static void text_fw(struct ctx *ctx, const struct val *v, FILE *out)
{
	const struct val *frs = val_get(v, "frs");

	fprintf(out, "Firmware Log for device:%s\nafi  : %#" PRIx64 "\n", ctx->device ? ctx->device : "",
		val_u64(v, "afi", 0));
	for (const struct val *el = frs ? frs->c.first : NULL; el; el = el->next) {
		char text[9];
		uint64_t number = fw_revision(el, text);

		fprintf(out, "frs%" PRIu64 " : 0x%016" PRIx64 " (%s)\n", val_u64(el, "slot", 0), number,
			text);
	}
}

/* --- dumps --- */

static void dump(struct ctx *ctx, const struct val *bytes, const struct fmt_opts *o, FILE *out)
{
	struct text t = { out, ctx->arena, o };

	if (bytes && bytes->type == VAL_BYTES)
		text_dump(&t, bytes, 0);
}

static void text_page(struct ctx *ctx, const char *cmd, const struct val *v, FILE *out)
{
	if (strcmp(cmd, "smart-log") == 0)
		text_smart(ctx, v, out);
	else if (strcmp(cmd, "error-log") == 0)
		text_errors(ctx, v, out);
	else if (strcmp(cmd, "fw-log") == 0)
		text_fw(ctx, v, out);
}

static void text_get_log(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out)
{
	const struct logpage *page = logpage_by_id((uint8_t)val_u64(v, "lid", 0), 0);
	const struct val *decoded = val_get(v, "decoded");

	fprintf(out, "Device:%s log-id:%" PRIu64 " namespace-id:%#x\n", ctx->device ? ctx->device : "",
		val_u64(v, "lid", 0), ctx->nsid);
	dump(ctx, val_get(v, "data"), o, out);
	if (decoded && page && page->spec)
		text_page(ctx, page->spec->name, decoded, out);
}

static void vendor_dump(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out)
{
	if (!ctx->vendor)
		return;
	fputs("vs[]:\n", out);
	dump(ctx, val_get(v, "vs"), o, out);
}

/* The result goes where programs look for it: stderr, also beside raw bytes. */
static void say_result(struct ctx *ctx, const struct val *v)
{
	bool io = ctx->cmd->arg;
	uint8_t code = (uint8_t)val_u64(v, "opcode", 0);
	const struct opcode *op = opcode_info(code, io);

	fflush(stdout);
	fprintf(stderr, "%s Command %s is Success and result: 0x%08" PRIx64 "\n", io ? "IO" : "Admin",
		op ? op->text : "Vendor Specific", val_u64(v, "result", 0) & UINT32_MAX);
}

static bool print_passthru(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out)
{
	const struct opcode *op = opcode_info((uint8_t)val_u64(v, "opcode", 0), ctx->cmd->arg);
	const struct val *took = val_get(v, "latency_us");

	say_result(ctx, v);
	if (nvme_json(ctx))
		return false;
	if (strcmp(ctx->g.output_format, "binary") == 0) {
		if (ctx->raw_len)
			fwrite(ctx->raw, 1, ctx->raw_len, out);
		return true;
	}
	if (took)
		fprintf(out, "%s Command %s latency: %" PRIu64 " us\n", ctx->cmd->arg ? "IO" : "Admin",
			op ? op->text : "Vendor Specific", took->u);
	dump(ctx, val_get(v, "data"), o, out);
	return true;
}

/* --- id-ctrl, id-ns: the formatter has the lines, this is what comes after --- */

static const char *watts(struct arena *a, uint64_t v, uint64_t scale)
{
	if (!scale)
		return "-";
	return scale == 2 ? arena_printf(a, "%" PRIu64 ".%02" PRIu64 "W", v / 100, v % 100)
			  : arena_printf(a, "%" PRIu64 ".%04" PRIu64 "W", v / 10000, v % 10000);
}

static const char *vault_time(struct arena *a, const struct val *ps, const char *name, const char *scale)
{
	static const char *const unit[] = { "1us",   "10us", "100us", "1ms", "10ms",
					    "100ms", "1s",   "10s",   "100s" };
	uint64_t v = val_u64(ps, name, 0), s = val_u64(ps, scale, 0);

	if (!v)
		return "-";
	return arena_printf(a, "%" PRIu64 " (unit: %s)", v, s < NELEMS(unit) ? unit[s] : "reserved");
}

static void power_state(struct ctx *ctx, const struct val *ps, FILE *out)
{
	static const char *const workload[] = { "-", "1MiB 32 RW, 30s idle", "80K 128KiB SW" };
	uint64_t mp = val_u64(ps, "max_power", 0), work = val_u64(ps, "active_power_work", 0);
	struct arena *a = ctx->arena;

	fprintf(out,
		"ps %6" PRIu64 " : mp:%s %s enlat:%" PRIu64 " exlat:%" PRIu64 " rrt:%" PRIu64 " rrl:%" PRIu64
		"\n"
		"            rwt:%" PRIu64 " rwl:%" PRIu64 " idle_power:%s active_power:%s\n",
		val_u64(ps, "ps", 0), watts(a, mp, val_u64(ps, "max_power_scale", 0) ? 1 : 2),
		val_u64(ps, "nops", 0) ? "non-operational" : "operational", val_u64(ps, "entry_lat", 0),
		val_u64(ps, "exit_lat", 0), val_u64(ps, "read_tput", 0), val_u64(ps, "read_lat", 0),
		val_u64(ps, "write_tput", 0), val_u64(ps, "write_lat", 0),
		watts(a, val_u64(ps, "idle_power", 0), val_u64(ps, "idle_scale", 0)),
		watts(a, val_u64(ps, "active_power", 0), val_u64(ps, "active_scale", 0)));
	fprintf(out,
		"            active_power_workload:%s\n"
		"            emergency power fail recovery time: %s\n"
		"            forced quiescence vault time: %s\n"
		"            emergency power fail vault time: %s\n",
		work < NELEMS(workload) ? workload[work] : "reserved",
		vault_time(a, ps, "emerg_power_fail_recover_time", "emerg_power_fail_recover_scale"),
		vault_time(a, ps, "force_quiesce_vault_time", "force_quiesce_vault_scale"),
		vault_time(a, ps, "emerg_power_fail_vault_time", "emerg_power_fail_vault_scale"));
}

static void text_id_ctrl(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out)
{
	const struct val *psds = val_get(v, "psds");

	fmt_by_name("normal")->print(out, v, o);
	for (const struct val *ps = psds ? psds->c.first : NULL; ps; ps = ps->next)
		power_state(ctx, ps, out);
	vendor_dump(ctx, v, o, out);
}

static void lbaf(const struct val *el, bool verbose, FILE *out)
{
	static const char *const rp[] = { "Best", "Better", "Good", "Degraded" };
	uint64_t n = val_u64(el, "lbaf", 0), ms = val_u64(el, "ms", 0), ds = val_u64(el, "ds", 0);
	uint64_t perf = val_u64(el, "rp", 0);
	const char *used = val_u64(el, "in_use", 0) ? "(in use)" : "";

	if (verbose)
		fprintf(out,
			"LBA Format %2" PRIu64 " : Metadata Size: %-3" PRIu64
			" bytes - Data Size: %-2llu bytes - "
			"Relative Performance: %#" PRIx64 " %s %s\n",
			n, ms, ds < 64 ? 1ull << ds : 0, perf, perf < NELEMS(rp) ? rp[perf] : "", used);
	else
		fprintf(out, "lbaf %2" PRIu64 " : ms:%-3" PRIu64 " lbads:%-2" PRIu64 " rp:%#" PRIx64 " %s\n",
			n, ms, ds, perf, used);
}

static void text_id_ns(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out)
{
	const struct val *lbafs = val_get(v, "lbafs");

	fmt_by_name("normal")->print(out, v, o);
	for (const struct val *el = lbafs ? lbafs->c.first : NULL; el; el = el->next)
		lbaf(el, o->verbose, out);
	vendor_dump(ctx, v, o, out);
}

static void text_version(FILE *out)
{
	const char *lib = nvme_get_version(NVME_VERSION_PROJECT);

	fprintf(out, "nvme version %s (nvmekit %s)\nlibnvme version %s (%s)\n", NVME_CLI_VERSION,
		PACKAGE_VERSION, lib, lib);
}

bool nvme_print(struct ctx *ctx, const struct val *v, const struct fmt_opts *o, FILE *out)
{
	const char *cmd = o->cmd->name;

	if (print_sentence(ctx, v, o, out) || print_keys(ctx, v, o, out) || print_fabrics(ctx, v, o, out))
		return true;
	if (strstr(cmd, "-passthru"))
		return print_passthru(ctx, v, o, out);
	if (strcmp(cmd, "version") == 0) {
		text_version(out);
		return true;
	}
	if (strcmp(ctx->g.output_format, "normal") != 0)
		return false;
	if (strcmp(cmd, "id-ctrl") == 0)
		text_id_ctrl(ctx, v, o, out);
	else if (strcmp(cmd, "id-ns") == 0)
		text_id_ns(ctx, v, o, out);
	else if (strcmp(cmd, "get-log") == 0)
		text_get_log(ctx, v, o, out);
	else if (strcmp(cmd, "list") == 0 && o->verbose)
		text_list_verbose(ctx, v, out);
	else if (strcmp(cmd, "list") == 0)
		text_list(ctx, v, out);
	else if (strcmp(cmd, "list-subsys") == 0 || strcmp(cmd, "show-topology") == 0)
		text_list_subsys(ctx, v, out);
	else if (strcmp(cmd, "nbft-show") == 0)
		text_nbft(ctx, v, out);
	else if (strcmp(cmd, "ana-log") == 0)
		text_ana(ctx, v, out);
	else if (strcmp(cmd, "smart-log") == 0 || strcmp(cmd, "error-log") == 0 || strcmp(cmd, "fw-log") == 0)
		text_page(ctx, cmd, v, out);
	else
		return text_admin(ctx, cmd, v, out) || text_security(ctx, cmd, v, o, out);
	return true;
}
