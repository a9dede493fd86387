/* SPDX-License-Identifier: MIT */
#include "base/diag.h"

#include <string.h>

#include "unit/unit.h"

static struct diag diag;

static void
setup(void)
{
	/* As a caller's stack may look. */
	memset(&diag, 'x', sizeof(diag));
}

START_TEST(a_text_for_the_operator_is_not_the_clients)
{
	ck_assert_int_eq(diag_set(&diag, E_DB, "%s %d", "text", 5), E_DB);
	ck_assert_int_eq(diag.code, E_DB);
	ck_assert_str_eq(diag.text, "text 5");
	ck_assert_str_eq(diag.client, "");
	ck_assert_str_eq(diag.sqlstate, "");
}
END_TEST

START_TEST(what_is_told_reaches_both)
{
	ck_assert_int_eq(diag_tell(&diag, E_INVALID, "%s", "words"),
	    E_INVALID);
	ck_assert_str_eq(diag.text, "words");
	ck_assert_str_eq(diag.client, "words");
}
END_TEST

START_TEST(a_later_error_leaves_nothing_of_an_earlier_one)
{
	(void)diag_tell(&diag, E_INVALID, "for the client");
	(void)diag_set(&diag, E_DB, "for the operator");
	ck_assert_str_eq(diag.client, "");
	diag_clear(&diag);
	ck_assert_int_eq(diag.code, E_OK);
	ck_assert_str_eq(diag.text, "");
}
END_TEST

START_TEST(a_long_text_is_cut)
{
	struct span text = unit_repeat("", "x", 2000, "");

	(void)diag_tell(&diag, E_INVALID, "%s", text.at);
	ck_assert_uint_eq(strlen(diag.text), sizeof(diag.text) - 1);
	ck_assert_uint_eq(strlen(diag.client), sizeof(diag.client) - 1);
	unit_free(text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("diag");
	TCase *tcase = tcase_create("diag");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, a_text_for_the_operator_is_not_the_clients);
	tcase_add_test(tcase, what_is_told_reaches_both);
	tcase_add_test(tcase, a_later_error_leaves_nothing_of_an_earlier_one);
	tcase_add_test(tcase, a_long_text_is_cut);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
