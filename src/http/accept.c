/* SPDX-License-Identifier: MIT */
#include "http/accept.h"

/* A weight in thousandths (RFC 9110, section 12.4.2); 1000 without one. */
static int
weight_of(struct span parameters)
{
	while (parameters.at != NULL) {
		struct span one = span_trim(span_cut(&parameters, ';'));
		int weight, unit = 100;

		if (one.len < 3 || (one.at[0] != 'q' && one.at[0] != 'Q') ||
		    one.at[1] != '=')
			continue;
		weight = one.at[2] == '1' ? 1000 : 0;
		for (size_t i = 4; i < one.len && i < 7 && weight < 1000; i++) {
			if (one.at[i] < '0' || one.at[i] > '9')
				break;
			weight += (one.at[i] - '0') * unit;
			unit /= 10;
		}
		return weight;
	}
	return 1000;
}

size_t
accept_choose(struct span accept, const char *const *types, size_t count)
{
	size_t best = 0;
	int most = 0;

	while (accept.at != NULL) {
		struct span rest = span_cut(&accept, ',');
		struct span type = span_trim(span_cut(&rest, ';'));

		for (size_t i = 0; i < count; i++) {
			if (!span_is_nocase(type, types[i]) ||
			    weight_of(rest) <= most)
				continue;
			most = weight_of(rest);
			best = i;
		}
	}
	return best;
}
