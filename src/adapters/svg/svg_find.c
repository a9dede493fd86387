/* SPDX-License-Identifier: MIT */
/* Elements by their ids, which are sorted; see svg_drawing_inside.h. */
#include <string.h>

#include "adapters/svg/svg_drawing_inside.h"

size_t
svg_drawing_find(const struct svg_drawing *drawing, const char *id)
{
	size_t low = 0, high = drawing->name_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(drawing->names[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
