/* SPDX-License-Identifier: MIT */
#include "extract/token_loop.h"

#include <stdio.h>

#include "unit/unit.h"

/* Pages from 0 to `last`, behind which page `first` comes again; -1: none. */
static const struct {
	int first, last;
} circles[] = {
	{ 0, 0 },
	{ 0, 1 },
	{ 0, 6 },
	{ 1, 1 },
	{ 3, 4 },
	{ 500, 700 },
	{ 999, 999 },
	{ -1, 5000 },
};

START_TEST(a_circle_of_tokens_is_found)
{
	int first = circles[_i].first, last = circles[_i].last, page = 0, count;
	int size = first < 0 ? 0 : last - first + 1;
	int most = 3 * (first > size ? first : size) + 3;
	struct span state = SPAN_NONE;
	struct arena *arena = arena_new(16 << 20);
	bool closed = false;

	for (count = 1; !closed && (first >= 0 || page <= last); count++) {
		char token[32];

		(void)snprintf(token, sizeof(token), "token %d", page);
		closed = token_loop_closes(state, str_span(token), arena,
		    &state);
		ck_assert_uint_lt(state.len, 64);
		ck_assert_int_le(count, first < 0 ? last + 1 : most);
		page = page == last && first >= 0 ? first : page + 1;
	}
	ck_assert_int_eq(closed, first >= 0);
	arena_free(arena);
}
END_TEST

static const char *const states[] = { "", "x", "1", "1 2", "0 0 a",
	"9223372036854775807 0 a" };

START_TEST(a_state_that_is_none_begins_anew)
{
	struct arena *arena = arena_new(65536);
	struct span state = str_span(states[_i]);

	ck_assert(!token_loop_closes(state, str_span("a"), arena, &state));
	unit_span_eq(state, "1 0 a");
	ck_assert(token_loop_closes(state, str_span("a"), arena, &state));
	arena_free(arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("token_loop");
	TCase *tcase = tcase_create("token_loop");

	tcase_add_loop_test(tcase, a_circle_of_tokens_is_found, 0,
	    (int)COUNT(circles));
	tcase_add_loop_test(tcase, a_state_that_is_none_begins_anew, 0,
	    (int)COUNT(states));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
