/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "adapters/db/db_inside.h"
#include "unit/unit.h"

static struct db_rows rows;

/* One row of these values, as libpq would have read it. */
static void
setup(void)
{
	static const struct {
		const char *text;
		int len;
	} values[] = { { "12", 2 }, { NULL, -1 }, { "", 0 }, { "t", 1 },
		{ "f", 1 }, { "true", 4 }, { "1.5", 3 },
		{ "9223372036854775807", 19 } };
	static char name[] = "c";
	PGresAttDesc columns[COUNT(values)];

	memset(columns, 0, sizeof(columns));
	for (size_t i = 0; i < COUNT(columns); i++)
		columns[i].name = name;
	rows.result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	ck_assert_ptr_nonnull(rows.result);
	ck_assert_int_eq(PQsetResultAttrs(rows.result, COUNT(columns),
	    columns), 1);
	for (size_t i = 0; i < COUNT(values); i++) {
		char copy[32] = "";

		if (values[i].text != NULL)
			memcpy(copy, values[i].text, (size_t)values[i].len);
		ck_assert_int_eq(PQsetvalue(rows.result, 0, (int)i,
		    values[i].text == NULL ? NULL : copy, values[i].len), 1);
	}
}

static void
teardown(void)
{
	PQclear(rows.result);
}

START_TEST(a_value_is_read_as_what_it_is)
{
	ck_assert_int_eq(db_rows_count(&rows), 1);
	ck_assert_int_eq(db_int(&rows, 0, 0), 12);
	ck_assert_int_eq(db_int(&rows, 0, 7), INT64_MAX);
	unit_span_eq(db_text(&rows, 0, 0), "12");
	unit_span_eq(db_text(&rows, 0, 2), "");
	ck_assert(db_bool(&rows, 0, 3));
	ck_assert(!db_bool(&rows, 0, 4));
}
END_TEST

START_TEST(null_is_no_text_and_no_number)
{
	ck_assert(db_is_null(&rows, 0, 1));
	ck_assert(!db_is_null(&rows, 0, 2));
	ck_assert_ptr_null(db_text(&rows, 0, 1).at);
	ck_assert_ptr_nonnull(db_text(&rows, 0, 2).at);
	ck_assert_int_eq(db_int(&rows, 0, 1), 0);
	ck_assert(!db_bool(&rows, 0, 1));
}
END_TEST

START_TEST(what_is_of_another_type_is_none)
{
	ck_assert_int_eq(db_int(&rows, 0, 6), 0);
	ck_assert_int_eq(db_int(&rows, 0, 3), 0);
	ck_assert(!db_bool(&rows, 0, 5));
	ck_assert_int_eq(db_rows_affected(&rows), 0);
}
END_TEST

START_TEST(a_result_that_did_not_come_has_no_rows)
{
	const struct db_rows nothing = { NULL };

	ck_assert_int_eq(db_rows_count(&nothing), 0);
	ck_assert_int_eq(db_rows_affected(&nothing), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("db_rows");
	TCase *tcase = tcase_create("db_rows");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_value_is_read_as_what_it_is);
	tcase_add_test(tcase, null_is_no_text_and_no_number);
	tcase_add_test(tcase, what_is_of_another_type_is_none);
	tcase_add_test(tcase, a_result_that_did_not_come_has_no_rows);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
