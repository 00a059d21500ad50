/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built-in system, demo.json, as it stands in the source tree. */
#include "dev/image.h"

__asm__(".pushsection .rodata, \"a\"\n"
	".globl demo_json\n"
	".globl demo_json_end\n"
	"demo_json:\n"
	".incbin \"" SIM_DEMO_JSON "\"\n"
	"demo_json_end:\n"
	".byte 0\n"
	".popsection\n");
