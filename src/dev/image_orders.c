/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Loading of what an image orders of a controller: values of its registers, and failures. */
#include <string.h>

#include "core/num.h"
#include "dev/image_load.h"
#include "spec/registers.h"

/* Registers by name or offset, with numbers that fit. */
int image_load_registers(struct loader *l, const struct at *at, const struct val *map)
{
	uint64_t n;

	if (!map)
		return 0;
	val_for_each(it, map) {
		struct at here = { at, it->key, 0 };
		const struct reg *reg = reg_by_name(it->key);

		if (!reg && num_parse(it->key, &n) == 0)
			reg = reg_by_offset(n);
		if (!reg)
			return image_bad(l, &here, "no register has this name or offset");
		if (!image_number(it, &n) || (reg->width == 4 && n > UINT32_MAX))
			return image_bad(l, &here, "must be a number of up to %d bits", 8 * reg->width);
	}
	return 0;
}

/* What an element does; one of these it has to. */
static const char *const outcomes[] = { "status", "timeout", "gone", "delay_ms", "event", "received" };

static bool known(const char *word)
{
	const char *const *kind = sim_fail_kinds;

	while (*kind && strcmp(*kind, word) != 0)
		kind++;
	return *kind;
}

static int check_failure(struct loader *l, const struct at *at, const struct val *f)
{
	struct at at_kind = { at, "kind", 0 };
	const struct val *kind = val_get(f, "kind");
	size_t n = 0;

	if (!kind == !val_get(f, "opcode"))
		return image_bad(l, at, "needs either 'opcode' or 'kind'");
	if (kind && !known(kind->s.p))
		return image_bad(l, &at_kind, "there is no kind of request \"%s\"", kind->s.p);
	if (kind && val_get(f, "io"))
		return image_bad(l, at, "'io' is about commands, not about 'kind'");
	for (size_t i = 0; i < 3; i++)
		n += val_get(f, outcomes[i]) != NULL;
	if (n > 1)
		return image_bad(l, at, "'status', 'timeout' and 'gone' exclude each other");
	for (size_t i = 3; i < NELEMS(outcomes); i++)
		n += val_get(f, outcomes[i]) != NULL;
	return n ? 0
		 : image_bad(l, at, "needs 'status', 'timeout', 'gone', 'delay_ms', 'event' or 'received'");
}

int image_load_fail(struct loader *l, const struct at *at, const struct val *list)
{
	size_t i = 0;
	int rc = 0;

	if (!list)
		return 0;
	val_for_each(it, list) {
		struct at here = { at, NULL, i++ };

		rc = image_members(l, &here, it, &image_objects[IN_FAIL]);
		if (!rc)
			rc = check_failure(l, &here, it);
		if (rc)
			return rc;
	}
	return 0;
}
