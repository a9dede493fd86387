/* SPDX-License-Identifier: MIT */
#include "adapters/db/sql.h"

#include <string.h>

#include "unit/unit.h"

static struct sql sql;
static struct db_statement statement;
static struct diag diag;

static void
setup(void)
{
	sql_init(&sql);
	diag_clear(&diag);
}

static void
teardown(void)
{
	sql_done(&sql);
}

/* A parameter's eight bytes, which are in network order. */
static int64_t
number_at(int i)
{
	const unsigned char *bytes =
	    (const unsigned char *)sql.params.values[i];
	uint64_t number = 0;

	ck_assert_int_eq(sql.params.lengths[i], 8);
	ck_assert_int_eq(sql.params.formats[i], 1);
	for (int j = 0; j < 8; j++)
		number = number << 8 | bytes[j];
	return (int64_t)number;
}

/* Which of three filters are used; the first is one without a parameter. */
static const struct {
	bool first, tenant, type;
	const char *text;
} cases[] = {
	{ false, false, false, "SELECT 1 LIMIT $1" },
	{ true, false, false, "SELECT 1 WHERE a IS NULL LIMIT $1" },
	{ false, true, false, "SELECT 1 WHERE tenant_id = $1 LIMIT $2" },
	{ false, true, true, "SELECT 1 WHERE tenant_id = $1"
	    " AND entity_type = $2::text LIMIT $3" },
	{ true, false, true, "SELECT 1 WHERE a IS NULL"
	    " AND entity_type = $1::text LIMIT $2" },
	{ true, true, true, "SELECT 1 WHERE a IS NULL AND tenant_id = $1"
	    " AND entity_type = $2::text LIMIT $3" },
};

START_TEST(conditions_are_joined_and_numbered_with_their_parameters)
{
	static const char hostile[] = "x' OR '1'='1 %d $9 --";
	int count = 0;

	sql_add(&sql, "SELECT 1");
	if (cases[_i].first)
		sql_where(&sql, "a IS NULL");
	if (cases[_i].tenant)
		sql_where_int(&sql, "tenant_id = $%d", INT64_MIN);
	if (cases[_i].type)
		sql_where_text(&sql, "entity_type = $%d::text",
		    str_span(hostile));
	sql_add_int(&sql, " LIMIT $%d", 50);
	ck_assert_int_eq(sql_statement(&sql, &statement, &diag), E_OK);
	ck_assert_str_eq(statement.sql, cases[_i].text);
	if (cases[_i].tenant)
		ck_assert_int_eq(number_at(count++), INT64_MIN);
	if (cases[_i].type) {
		ck_assert_ptr_eq(sql.params.values[count], hostile);
		ck_assert_int_eq(sql.params.lengths[count++],
		    (int)strlen(hostile));
	}
	ck_assert_int_eq(number_at(count++), 50);
	ck_assert_int_eq(sql.params.count, count);
}
END_TEST

START_TEST(a_statement_made_at_run_time_has_no_name)
{
	memset(&statement, 'x', sizeof(statement));
	sql_add(&sql, "SELECT 1");
	ck_assert_int_eq(sql_statement(&sql, &statement, &diag), E_OK);
	ck_assert_ptr_null(statement.name);
	ck_assert(!statement.changes);
	ck_assert(!statement.early_rows);
}
END_TEST

START_TEST(numbers_of_two_digits_fit)
{
	for (int i = 0; i < DB_PARAMS_MAX; i++)
		sql_where_int(&sql, "a <> $%d", i);
	ck_assert_int_eq(sql_statement(&sql, &statement, &diag), E_OK);
	ck_assert_ptr_nonnull(strstr(statement.sql, " AND a <> $9 AND"));
	ck_assert_ptr_nonnull(strstr(statement.sql, " AND a <> $10 AND"));
	ck_assert_ptr_nonnull(strstr(statement.sql, " AND a <> $24"));
	for (int i = 0; i < DB_PARAMS_MAX; i++)
		ck_assert_int_eq(number_at(i), i);
}
END_TEST

START_TEST(an_absent_text_is_null)
{
	sql_where_text(&sql, "a = $%d", SPAN_NONE);
	ck_assert_ptr_null(sql.params.values[0]);
	sql_where_text(&sql, "a = $%d", SPAN_LIT(""));
	ck_assert_ptr_nonnull(sql.params.values[1]);
	ck_assert_int_eq(sql.params.lengths[1], 0);
}
END_TEST

START_TEST(a_text_that_is_too_long_is_told)
{
	for (int i = 0; i < 10000; i++)
		sql_add(&sql, " AND true");
	ck_assert_int_eq(sql_statement(&sql, &statement, &diag), E_TOO_LARGE);
	ck_assert_int_eq(diag.code, E_TOO_LARGE);
}
END_TEST

START_TEST(ending_twice_or_nothing_is_fine)
{
	sql_add(&sql, "SELECT 1");
	sql_done(&sql);
	sql_done(&sql);
	sql_done(NULL);
	ck_assert_uint_eq(sql.text.len, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sql");
	TCase *tcase = tcase_create("sql");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase,
	    conditions_are_joined_and_numbered_with_their_parameters, 0,
	    (int)COUNT(cases));
	tcase_add_test(tcase, a_statement_made_at_run_time_has_no_name);
	tcase_add_test(tcase, numbers_of_two_digits_fit);
	tcase_add_test(tcase, an_absent_text_is_null);
	tcase_add_test(tcase, a_text_that_is_too_long_is_told);
	tcase_add_test(tcase, ending_twice_or_nothing_is_fine);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
