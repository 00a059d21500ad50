/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/fmt.h"

#include <string.h>

#include "output/out.h"

const struct fmt fmts[] = {
	{ "normal", "lines and tables for people", 0, text_print, NULL },
	{ "json", "one JSON document, for programs", 0, json_print, json_print_error },
	{ "binary", "the bytes received from the device", FMT_RAW, binary_print, NULL },
	{ NULL, NULL, 0, NULL, NULL },
};

const struct fmt *fmt_by_name(const char *name)
{
	for (const struct fmt *f = fmts; f->name; f++) {
		if (strcmp(f->name, name) == 0)
			return f;
	}
	return NULL;
}
