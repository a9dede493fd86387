/* SPDX-License-Identifier: MIT */
#include "http/document.h"
#include "unit/unit.h"

static const struct {
	const char *header;
	bool may;
} cases[] = {
	{ NULL, false },
	{ "", false },
	{ "gzip", true },
	{ "GZIP", true },
	{ "br", false },
	{ "br, gzip", true },
	{ "deflate;q=1, gzip;q=0.5", true },
	{ "gzip;q=0", false },
	{ "gzip ; q=0.000", false },
	{ "gzip;q=0.001", true },
	{ "gzip;x=0", true },
	{ "*", true },
	{ "*;q=0", false },
	{ "*, gzip;q=0", false },
	{ "gzip, *;q=0", true },
	{ "identity", false },
	{ "xgzip", false },
	{ ",,;", false },
};

START_TEST(a_client_takes_gzip)
{
	ck_assert_msg(document_may_pack(str_span(cases[_i].header)) ==
	    cases[_i].may, "%s", cases[_i].header);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("document");
	TCase *tcase = tcase_create("document");

	tcase_add_loop_test(tcase, a_client_takes_gzip, 0, (int)COUNT(cases));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
