/* SPDX-License-Identifier: MIT */
#include "http/accept.h"

#include "base/cc.h"
#include "unit/unit.h"

static const char *const types[] = { ACCEPT_JSON, ACCEPT_LINES, ACCEPT_CSV };

static const struct {
	const char *accept;
	size_t place;
} cases[] = {
	{ "text/csv", 2 },
	{ "application/x-ndjson", 1 },
	{ "application/json", 0 },
	{ "text/csv, application/x-ndjson", 2 },
	{ "application/x-ndjson, text/csv", 1 },
	{ "text/csv;q=0.5, application/x-ndjson;q=0.6", 1 },
	{ "text/csv;q=0.5,application/json", 0 },
	{ "text/csv;header=present;q=0.501, application/json;q=0.5", 2 },
	{ "application/json;q=0.999, text/csv;q=1.000", 2 },
	{ "text/csv;q=0", 0 },
	{ "text/csv;q=0.000, application/x-ndjson;q=0.001", 1 },
	{ "text/csv;q=x", 0 },
	{ "*/*", 0 },
	{ "text/*", 0 },
	{ "image/png", 0 },
	{ "text/csvx", 0 },
	{ "Text/CSV", 2 },
	{ "text/csv2, \ttext/csv ; q=0.2 ", 2 },
	{ "", 0 },
	{ ",;,;;q=,q=1,", 0 },
	{ "text/csv;q", 2 },
};

START_TEST(the_form_with_the_most_weight_is_chosen)
{
	ck_assert_uint_eq(
	    accept_choose(str_span(cases[_i].accept), types, COUNT(types)),
	    cases[_i].place);
}
END_TEST

START_TEST(without_the_header_it_is_the_first)
{
	ck_assert_uint_eq(accept_choose(SPAN_NONE, types, COUNT(types)), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("accept");
	TCase *tcase = tcase_create("accept");

	tcase_add_loop_test(tcase, the_form_with_the_most_weight_is_chosen, 0,
	    (int)COUNT(cases));
	tcase_add_test(tcase, without_the_header_it_is_the_first);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
