/* SPDX-License-Identifier: MIT */
#include "base/stamp.h"
#include "unit/unit.h"

static const struct {
	const char *text;
	const char *stamp; /* NULL: refused */
} cases[] = {
	{ "2026-01-31", "2026-01-31 00:00:00.000000+00:00" },
	{ "2026-01-31T23:59:59Z", "2026-01-31 23:59:59.000000+00:00" },
	{ "2026-01-31t23:59z", "2026-01-31 23:59:00.000000+00:00" },
	{ "2026-01-31 23:59:59.5", "2026-01-31 23:59:59.500000+00:00" },
	{ "2026-01-31T23:59:59.123456789+05:30",
	    "2026-01-31 23:59:59.123456+05:30" },
	{ "2026-01-31T23:59:59-08:00", "2026-01-31 23:59:59.000000-08:00" },
	{ "2026-01-31T23:59:59 01:00", "2026-01-31 23:59:59.000000+01:00" },
	{ "2024-02-29", "2024-02-29 00:00:00.000000+00:00" },
	{ "2000-02-29", "2000-02-29 00:00:00.000000+00:00" },
	{ "1900-02-29", NULL },
	{ "2026-02-29", NULL },
	{ "2026-04-31", NULL },
	{ "2026-00-10", NULL },
	{ "2026-13-10", NULL },
	{ "2026-10-00", NULL },
	{ "0000-01-01", NULL },
	{ "2026-1-1", NULL },
	{ "2026-01-01T", NULL },
	{ "2026-01-01T24:00", NULL },
	{ "2026-01-01T10:60", NULL },
	{ "2026-01-01T10:00:60", NULL },
	{ "2026-01-01T10:00:00.", NULL },
	{ "2026-01-01T10:00:00.1234567890", NULL },
	{ "2026-01-01T10:00:00+0100", NULL },
	{ "2026-01-01T10:00:00+16:00", NULL },
	{ "2026-01-01T10:00:00Zx", NULL },
	{ "2026-01-01Z", NULL },
	{ "now", NULL },
	{ "infinity", NULL },
	{ "", NULL },
};

START_TEST(a_time_is_read_or_refused)
{
	char stamp[STAMP_SIZE];
	bool good = stamp_read(str_span(cases[_i].text), stamp);

	ck_assert_msg(good == (cases[_i].stamp != NULL), "%s",
	    cases[_i].text);
	if (good)
		ck_assert_str_eq(stamp, cases[_i].stamp);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("stamp");
	TCase *tcase = tcase_create("stamp");

	tcase_add_loop_test(tcase, a_time_is_read_or_refused, 0,
	    (int)COUNT(cases));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
