/* SPDX-License-Identifier: MIT */
#include "http/etag.h"
#include "unit/unit.h"

static const struct {
	const char *header;
	bool known;   /* is "7x1-ab" known? */
	bool allowed; /* may a row of version 7x1 be changed? */
} cases[] = {
	{ NULL, false, true },
	{ "", false, false },
	{ "*", true, true },
	{ " * ", true, true },
	{ "\"*\"", false, false },
	{ "W/\"*\"", false, false },
	{ "\"x\", *", false, false },
	{ "\"7x1-ab\"", true, true },
	{ "\"7x1-cd\"", false, true },
	{ "\"7x1\"", false, true },
	{ "W/\"7x1-ab\"", true, false },
	{ "\"7x10-ab\"", false, false },
	{ "\"7x\"", false, false },
	{ "\"x\", \"7x1-ab\" , \"y\"", true, true },
	{ "\"x\",W/\"7x1-ab\"", true, false },
	{ "\"", false, false },
	{ ",,,", false, false },
	{ "\"-ab\"", false, false },
};

START_TEST(a_header_names_versions)
{
	struct span header = str_span(cases[_i].header);

	ck_assert_msg(etag_is_known(header, SPAN_LIT("7x1-ab")) ==
	    cases[_i].known, "%s", cases[_i].header);
	ck_assert_msg(etag_allows(header, SPAN_LIT("7x1")) ==
	    cases[_i].allowed, "%s", cases[_i].header);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("etag");
	TCase *tcase = tcase_create("etag");

	tcase_add_loop_test(tcase, a_header_names_versions, 0,
	    (int)COUNT(cases));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
