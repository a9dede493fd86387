/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "adapters/db/db_inside.h"
#include "unit/unit.h"

static struct db_settings settings;
static struct diag diag;
static struct db *db;

/* A server at a port that nobody listens on. */
static void
setup(void)
{
	static char nobody[] = "postgresql://u@127.0.0.1:1/d", none[] = "";

	settings.database_url = nobody;
	settings.database_session = none;
	settings.database_connect_timeout = 5;
	db = db_new(&settings, "check");
	diag_clear(&diag);
}

static void
teardown(void)
{
	db_free(db);
}

START_TEST(none_begins_without_a_connection)
{
	ck_assert_int_eq(db_begin(db, &diag), E_DB_CONNECT);
	ck_assert(!db->in_transaction);
	db_rollback(db); /* of nothing */
	ck_assert(!db->in_transaction);
}
END_TEST

START_TEST(one_whose_connection_was_lost_goes_on_in_no_other)
{
	static const struct db_statement statement = { .sql = "SELECT 1" };
	struct arena *arena = arena_new(4096);
	struct db_rows *rows;

	db->in_transaction = true;
	ck_assert_int_eq(db_do(db, "SELECT 1", &diag), E_DB_LOST);
	ck_assert_int_eq(db_run(db, &statement, NULL, arena, &rows, &diag),
	    E_DB_LOST);
	ck_assert_ptr_nonnull(strstr(diag.text, "in a transaction"));
	db_rollback(db);
	ck_assert_int_eq(db_do(db, "SELECT 1", &diag), E_DB_CONNECT);
	arena_free(arena);
}
END_TEST

START_TEST(one_that_was_lost_is_not_committed)
{
	db->in_transaction = true;
	ck_assert_int_eq(db_commit(db, &diag), E_DB_LOST);
	ck_assert(!db->in_transaction);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("db_transaction");
	TCase *tcase = tcase_create("db_transaction");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, none_begins_without_a_connection);
	tcase_add_test(tcase,
	    one_whose_connection_was_lost_goes_on_in_no_other);
	tcase_add_test(tcase, one_that_was_lost_is_not_committed);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
