/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The UUID of the machine: SMBIOS (DSP0134 3.7, section 7.2.1), device tree, machine-id(5). */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/hmac.h"
#include "dev/hostid.h"
#include "dev/sysfs.h"
#include "spec/field.h"
#include "spec/nqn.h"

/* Up to size bytes of a file below --sysroot; -1 and errno: it cannot be read. */
static ssize_t read_some(struct ctx *ctx, const char *path, void *buf, size_t size)
{
	const char *real = rooted_path(ctx, path);
	int fd = real ? open(arena_printf(ctx->arena, "%s%s", ctx->g.sysroot, real),
			     O_RDONLY | O_CLOEXEC | O_NONBLOCK)
		      : -1;
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size);

	if (fd >= 0)
		close(fd);
	return n;
}

bool uuid_is_common(const uint8_t uuid[16])
{
	/* Defaults of firmware makers, in both byte orders where they are seen in both. */
	static const char *const common[] = {
		"03000200-0400-0500-0006-000700080009", "00020003-0004-0005-0006-000700080009",
		"12345678-1234-5678-90ab-cddeefaabbcc", "78563412-3412-7856-90ab-cddeefaabbcc",
		"01234567-89ab-cdef-0123-456789abcdef",
	};
	char text[UUID_TEXT + 1];
	bool same = true;

	/* Also all zero (not present) and all ones (not set). */
	for (size_t i = 1; i < 16; i++)
		same = same && uuid[i] == uuid[0];
	uuid_to_text(uuid, text);
	for (size_t i = 0; !same && i < NELEMS(common); i++)
		same = strcmp(common[i], text) == 0;
	return same;
}

/* A file that holds a UUID as text; what follows may be blanks or NULs. */
static bool text_file(struct ctx *ctx, const char *path, uint8_t uuid[16])
{
	char buf[64];
	ssize_t n = read_some(ctx, path, buf, sizeof(buf));

	while (n > 0 && (!buf[n - 1] || isspace((unsigned char)buf[n - 1])))
		n--;
	return n > 0 && uuid_from_text(buf, (size_t)n, uuid);
}

/* Since SMBIOS 2.6 the first three fields of the UUID are little-endian; entry points: DSP0134 3.7, section 5.2. */
static bool is_little_endian(struct ctx *ctx)
{
	uint8_t entry[16];
	ssize_t n = read_some(ctx, "/sys/firmware/dmi/tables/smbios_entry_point", entry, sizeof(entry));

	if (n >= 9 && memcmp(entry, "_SM3_", 5) == 0)
		return true;
	if (n >= 8 && memcmp(entry, "_SM_", 4) == 0)
		return entry[6] > 2 || (entry[6] == 2 && entry[7] >= 6);
	return true;
}

/* System Information (type 1): the UUID is bytes 23:8 of a structure that is long enough to have one. */
static bool dmi_entry(struct ctx *ctx, uint8_t uuid[16])
{
	static const uint8_t order[] = { 3, 2, 1, 0, 5, 4, 7, 6 };
	uint8_t raw[256];
	ssize_t n = read_some(ctx, "/sys/firmware/dmi/entries/1-0/raw", raw, sizeof(raw));

	if (n < 24 || raw[0] != 1 || raw[1] < 24)
		return false;
	memcpy(uuid, raw + 8, 16);
	for (size_t i = 0; i < sizeof(order) && is_little_endian(ctx); i++)
		uuid[i] = raw[8 + order[i]];
	return true;
}

/*
 * The machine-id must not get out: the first half of HMAC-SHA256, keyed with it, over an identifier of the
 * application, marked as a random UUID, is what systemd makes of it. The identifier is the one that nvme-cli 1.x used,
 * so that a host keeps the name it had.
 */
static bool from_machine_id(struct ctx *ctx, uint8_t uuid[16])
{
	static const uint8_t app[16] = { 0xc7, 0xf4, 0x61, 0x81, 0x12, 0xbe, 0x49, 0x32,
					 0x8c, 0x83, 0x10, 0x6f, 0x9d, 0xdd, 0xd8, 0x6b };
	static const char zero[] = "00000000000000000000000000000000";
	char text[64], dashed[UUID_TEXT + 1];
	uint8_t id[16], mac[HMAC_SHA256_SIZE];
	ssize_t n = read_some(ctx, "/etc/machine-id", text, sizeof(text));

	while (n > 0 && isspace((unsigned char)text[n - 1]))
		n--;
	if (n != 32 || memcmp(text, zero, 32) == 0)
		return false;
	for (size_t i = 0, at = 0; i < UUID_TEXT; i++)
		dashed[i] = i == 8 || i == 13 || i == 18 || i == 23 ? '-' : text[at++];
	if (!uuid_from_text(dashed, UUID_TEXT, id) || hmac_sha256(id, sizeof(id), app, sizeof(app), mac))
		return false;
	memcpy(uuid, mac, 16);
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x40);
	uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
	return true;
}

static bool from_product_uuid(struct ctx *ctx, uint8_t uuid[16])
{
	return text_file(ctx, "/sys/class/dmi/id/product_uuid", uuid);
}

static bool from_device_tree(struct ctx *ctx, uint8_t uuid[16])
{
	return text_file(ctx, "/proc/device-tree/ibm,partition-uuid", uuid);
}

void machine_uuid(struct ctx *ctx, struct machine_uuid *out)
{
	static const struct {
		bool (*read)(struct ctx *ctx, uint8_t uuid[16]);
		const char *origin;
		bool dmi;
	} sources[] = {
		{ from_product_uuid, "DMI product_uuid", true },
		{ dmi_entry, "DMI system information", true },
		{ from_device_tree, "device tree", false },
		{ from_machine_id, "machine-id", false },
	};
	char text[UUID_TEXT + 1];

	*out = (struct machine_uuid){ .origin = NULL };
	for (size_t i = 0; !ctx->g.system && i < NELEMS(sources); i++) {
		errno = 0;
		if (!sources[i].read(ctx, out->uuid)) {
			/* Whoever may not read this must not get another identity than root. */
			if (errno == EACCES || errno == EPERM)
				out->denied = sources[i].origin;
			if (out->denied)
				return;
			continue;
		}
		if (!uuid_is_common(out->uuid)) {
			out->origin = sources[i].origin;
			out->dmi = sources[i].dmi;
			return;
		}
		if (!out->unusable)
			out->unusable = arena_strdup(ctx->arena, uuid_to_text(out->uuid, text));
	}
}
