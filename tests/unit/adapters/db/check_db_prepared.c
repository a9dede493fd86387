/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "adapters/db/db_inside.h"
#include "unit/unit.h"

static const struct db_settings settings;
static struct db *db;
static char name[DB_NAME_SIZE], other[DB_NAME_SIZE];

static void
setup(void)
{
	db = db_new(&settings, "check");
}

static void
teardown(void)
{
	db_free(db);
}

START_TEST(a_statement_has_a_name_once_it_is_prepared)
{
	static const struct db_statement one = { .name = "one",
		.sql = "SELECT 1" };

	ck_assert(!db_prepared_name(db, "one", name));
	db_prepared_add(db, &one);
	ck_assert(db_prepared_name(db, "one", name));
	ck_assert(!db_prepared_name(db, "on", other));
	ck_assert(!db_prepared_name(db, "one2", other));
	db_prepared_make_name(&one, other);
	ck_assert_str_eq(name, other);
}
END_TEST

START_TEST(the_server_knows_another_text_by_another_name)
{
	static const struct db_statement old = { .name = "one",
		.sql = "SELECT 1" }, new = { .name = "one", .sql = "SELECT 2" };

	db_prepared_make_name(&old, name);
	db_prepared_make_name(&new, other);
	ck_assert(strncmp(name, "one_", 4) == 0);
	ck_assert_str_ne(name, other);
}
END_TEST

START_TEST(names_keep_their_hash_within_the_servers_limit)
{
	struct span text = unit_repeat("", "x", 100, "");
	const struct db_statement old = { .name = text.at, .sql = "SELECT 1" };
	const struct db_statement new = { .name = text.at, .sql = "SELECT 2" };

	db_prepared_make_name(&old, name);
	db_prepared_make_name(&new, other);
	ck_assert_uint_lt(strlen(name), 64); /* NAMEDATALEN */
	ck_assert_str_ne(name, other);
	unit_free(text);
}
END_TEST

/* An error of the server: was a prepared statement lost? */
static const struct {
	enum err rc;
	const char *sqlstate;
	bool lost;
} errors[] = {
	{ E_DB, "26000", true },  /* invalid_sql_statement_name */
	{ E_DB, "42P05", true },  /* duplicate_prepared_statement */
	{ E_DB, "42601", false },
	{ E_DB, "", false },
	{ E_OK, "26000", false },
	{ E_DB_LOST, "26000", false },
};

START_TEST(a_session_that_forgets_them_is_used_without)
{
	struct diag diag;

	diag_clear(&diag);
	memcpy(diag.sqlstate, errors[_i].sqlstate,
	    strlen(errors[_i].sqlstate));
	ck_assert_int_eq(db_prepared_lost(db, errors[_i].rc, &diag),
	    errors[_i].lost);
	ck_assert_int_eq(db->unprepared, errors[_i].lost);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("db_prepared");
	TCase *tcase = tcase_create("db_prepared");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_statement_has_a_name_once_it_is_prepared);
	tcase_add_test(tcase, the_server_knows_another_text_by_another_name);
	tcase_add_test(tcase, names_keep_their_hash_within_the_servers_limit);
	tcase_add_loop_test(tcase, a_session_that_forgets_them_is_used_without,
	    0, (int)COUNT(errors));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
