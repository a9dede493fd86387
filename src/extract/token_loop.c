/* SPDX-License-Identifier: MIT */
/* The state is "POWER COUNT TOKEN": so many tokens have come since that one. */
#include "extract/token_loop.h"

#include <inttypes.h>
#include <string.h>

static struct span
state_of(int64_t power, int64_t count, struct span token, struct arena *arena)
{
	return str_span(arena_printf(arena, "%" PRId64 " %" PRId64 " %.*s",
	    power, count, SPAN_ARG(token)));
}

bool
token_loop_closes(struct span state, struct span token, struct arena *arena,
    struct span *ret_state)
{
	struct span rest = state;
	int64_t power, count;

	if (state.at == NULL || !span_int64(span_cut(&rest, ' '), &power) ||
	    !span_int64(span_cut(&rest, ' '), &count) || rest.at == NULL ||
	    power < 1 || power > INT64_MAX / 2) {
		*ret_state = state_of(1, 0, token, arena);
		return false;
	}
	if (rest.len == token.len && memcmp(rest.at, token.at, token.len) == 0)
		return true;
	*ret_state = count + 1 < power ?
	    state_of(power, count + 1, rest, arena) :
	    state_of(power * 2, 0, token, arena);
	return false;
}
