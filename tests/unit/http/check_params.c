/* SPDX-License-Identifier: MIT */
#include "http/params.h"
#include "unit/unit.h"

static struct arena *arena;
static struct diag diag;
static struct params params;

static void
setup(void)
{
	arena = arena_new(1 << 20);
	diag_clear(&diag);
}

static void
teardown(void)
{
	arena_free(arena);
}

static const struct {
	const char *query;
	const char *name;
	size_t times;
	const char *value;
} cases[] = {
	{ "a=1&b=2", "b", 1, "2" },
	{ "a=1&a=2", "a", 2, "1" },
	{ "a", "a", 1, "" },
	{ "a=", "a", 1, "" },
	{ "=1", "a", 0, NULL },
	{ "a=b=c", "a", 1, "b=c" },
	{ "&&a=1&", "a", 1, "1" },
	{ "aa=1", "a", 0, NULL },
	{ "a=x+y", "a", 1, "x y" },
	{ "a=x%2By", "a", 1, "x+y" },
	{ "%61=%c3%A9", "a", 1, "\xc3\xa9" },
	{ "a=%26%3D", "a", 1, "&=" },
	{ "", "a", 0, NULL },
};

START_TEST(a_parameter_is_found_and_decoded)
{
	struct span value = SPAN_NONE;

	ck_assert_int_eq(params_read(str_span(cases[_i].query), arena, &params,
	    &diag), E_OK);
	ck_assert_uint_eq(params_find(&params, cases[_i].name, &value),
	    cases[_i].times);
	if (cases[_i].value != NULL)
		ck_assert(span_is(value, cases[_i].value));
}
END_TEST

static const char *const refused[] = { "a=%", "a=%4", "a=%zz", "%", "a=%00",
	"a=%ff", "a=%c0%80", "a=%ed%a0%80" };

START_TEST(a_bad_escape_is_refused_with_words_for_the_client)
{
	ck_assert_int_eq(params_read(str_span(refused[_i]), arena, &params,
	    &diag), E_SYNTAX);
	ck_assert(diag.client[0] != '\0');
}
END_TEST

START_TEST(more_pairs_than_the_limit_are_refused)
{
	char query[2 * PARAMS_MAX + 3] = "";

	for (size_t i = 0; i < PARAMS_MAX; i++) {
		query[2 * i] = 'a';
		query[2 * i + 1] = '&';
	}
	ck_assert_int_eq(params_read(str_span(query), arena, &params, &diag),
	    E_OK);
	query[2 * PARAMS_MAX] = 'b';
	ck_assert_int_eq(params_read(str_span(query), arena, &params, &diag),
	    E_SYNTAX);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("params");
	TCase *tcase = tcase_create("params");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_parameter_is_found_and_decoded, 0,
	    (int)COUNT(cases));
	tcase_add_loop_test(tcase,
	    a_bad_escape_is_refused_with_words_for_the_client, 0,
	    (int)COUNT(refused));
	tcase_add_test(tcase, more_pairs_than_the_limit_are_refused);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
