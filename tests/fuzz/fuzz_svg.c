/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a picture. What is taken has no word of what it may not have,
 * and what is not taken says why.
 */
#include <stdlib.h>
#include <string.h>

#include "adapters/svg/svg.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const never[] = { "<!DOCTYPE", "<!ENTITY",
		"<script", "<foreignObject", "<iframe", "<?xml-stylesheet" };
	char *copy = malloc(size + 1);
	struct diag diag;

	if (copy == NULL)
		return 0;
	memcpy(copy, data, size);
	copy[size] = '\0';
	diag_clear(&diag);
	if (svg_check((struct span){ copy, size }, &diag) != E_OK)
		must(diag.client[0] != '\0' || diag.code != E_INVALID);
	else if (strstr(copy, "<!--") == NULL && strstr(copy, "CDATA") == NULL)
		for (size_t i = 0; i < COUNT(never); i++)
			must(strstr(copy, never[i]) == NULL);
	free(copy);
	return 0;
}
