/* SPDX-License-Identifier: MIT */
#include "adapters/db/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/db/db_inside.h"
#include "base/clock.h"
#include "unit/unit.h"

#define LONG_MS 20000

static char none[] = "";
static struct db_settings settings;
static struct diag diag;
static struct db *db;

/* A server at a port that nobody listens on. */
static void
setup(void)
{
	static char nobody[] = "postgresql://u:secret@127.0.0.1:1/d";

	memset(&settings, 0, sizeof(settings));
	settings.database_url = nobody;
	settings.database_read_url = none;
	settings.database_session = none;
	settings.database_connect_timeout = 5;
	settings.database_prepared = 1;
	db = db_new(&settings, "check");
	diag_clear(&diag);
}

static void
teardown(void)
{
	db_free(db);
}

static const struct {
	const char *url;
	enum err rc;
} urls[] = {
	{ "", E_OK },
	{ "pulse", E_OK }, /* a database's name */
	{ "postgresql://u:p%40q@h:5433/d?sslmode=require", E_OK },
	{ "postgres://h1,h2/d", E_OK },
	{ "host=h user='u v' dbname=d", E_OK },
	{ "postgresql://u:secret@h:/d?x=1", E_SETTING },
	{ "postgresql://u:secret%zz@h/d", E_SETTING },
	{ "host=h password='secret", E_SETTING },
	{ "hots=h", E_SETTING },
	{ "mysql://u:secret@h/d", E_SETTING },
};

START_TEST(a_url_that_cannot_be_read_is_told_without_its_password)
{
	char *url = strdup(urls[_i].url);

	settings.database_url = url;
	ck_assert_int_eq(db_settings_check(&settings, &diag), urls[_i].rc);
	ck_assert_int_eq(diag.code, urls[_i].rc);
	ck_assert_ptr_null(strstr(diag.text, "secret"));
	settings.database_url = none;
	settings.database_read_url = url;
	diag_clear(&diag);
	ck_assert_int_eq(db_settings_check(&settings, &diag), urls[_i].rc);
	ck_assert_ptr_null(strstr(diag.text, "secret"));
	if (urls[_i].rc != E_OK)
		ck_assert_ptr_nonnull(strstr(diag.text, "database_read_url"));
	free(url);
}
END_TEST

START_TEST(a_server_that_is_silent_does_not_hide_the_next_one)
{
	int one, two, first = unit_silent(&one), second = unit_silent(&two);
	char url[96];

	(void)snprintf(url, sizeof(url),
	    "postgresql://u:p@127.0.0.1:%d,127.0.0.1:%d/d", one, two);
	settings.database_url = url;
	settings.database_connect_timeout = 1;
	ck_assert_int_eq(db_open(db, &diag), E_DB_CONNECT);
	ck_assert(unit_was_called(first));
	ck_assert(unit_was_called(second));
	(void)close(first);
	(void)close(second);
}
END_TEST

/* libpq gives such a list an empty port. */
START_TEST(of_several_hosts_some_may_have_no_port)
{
	int port, silent = unit_silent(&port);
	char url[96];

	(void)snprintf(url, sizeof(url),
	    "postgresql://u:p@127.0.0.1,127.0.0.1:%d/d", port);
	settings.database_url = url;
	settings.database_connect_timeout = 1;
	ck_assert_int_eq(db_open(db, &diag), E_DB_CONNECT);
	ck_assert_ptr_nonnull(strstr(diag.text, "5432"));
	ck_assert(unit_was_called(silent));
	ck_assert_int_eq(close(silent), 0);
}
END_TEST

START_TEST(a_reader_goes_to_the_standbys_and_not_to_the_primary)
{
	int one, two, primary = unit_silent(&one), standby = unit_silent(&two);
	char url[64], read_url[64];
	struct db *reader;

	(void)snprintf(url, sizeof(url), "postgresql://u:p@127.0.0.1:%d/d",
	    one);
	(void)snprintf(read_url, sizeof(read_url),
	    "postgresql://u:p@127.0.0.1:%d/d", two);
	settings.database_url = url;
	settings.database_read_url = read_url;
	reader = db_new_reader(&settings, "check");
	db_answer_by(reader, clock_ms() + 300);
	ck_assert_int_eq(db_open(reader, &diag), E_DB_CONNECT);
	ck_assert(unit_was_called(standby));
	ck_assert(!unit_was_called(primary));
	db_free(reader);
	(void)close(primary);
	(void)close(standby);
}
END_TEST

/* A silent host takes all the time there is; the next one is first then. */
START_TEST(without_time_for_all_hosts_the_next_one_has_its_turn)
{
	int one, two, first = unit_silent(&one), second = unit_silent(&two);
	char url[96];

	(void)snprintf(url, sizeof(url),
	    "postgresql://u:p@127.0.0.1:%d,127.0.0.1:%d/d", one, two);
	settings.database_url = url;
	db_answer_by(db, clock_ms() + 300);
	ck_assert_int_eq(db_open(db, &diag), E_DB_CONNECT);
	ck_assert(unit_was_called(first));
	ck_assert(!unit_was_called(second));
	db->retry_at = 0;
	db_answer_by(db, clock_ms() + 300);
	ck_assert_int_eq(db_open(db, &diag), E_DB_CONNECT);
	ck_assert(unit_was_called(second));
	ck_assert(!unit_was_called(first));
	(void)close(first);
	(void)close(second);
}
END_TEST

/* Nobody listens at the first port; the second one says nothing. */
START_TEST(another_host_is_asked_alone_and_told_from_one_without_a_server)
{
	int port, silent = unit_silent(&port);
	struct db *first, *second;
	char url[96];

	(void)snprintf(url, sizeof(url),
	    "postgresql://u:p@127.0.0.1:1,127.0.0.1:%d/d"
	    "?target_session_attrs=read-write",
	    port);
	settings.database_url = url;
	ck_assert_uint_eq(db_other_hosts(db), 0);
	db_answer_by(db, clock_ms() + 300);
	ck_assert_int_eq(db_open(db, &diag), E_DB_CONNECT);
	ck_assert_uint_eq(db_other_hosts(db), 1);
	ck_assert(unit_was_called(silent));
	db->host = 0;
	second = db_new_other(db, 1);
	db_answer_by(second, clock_ms() + 300);
	ck_assert_int_eq(db_open(second, &diag), E_DB_CONNECT);
	ck_assert(!db_was_refused(second));
	ck_assert(unit_was_called(silent));
	db->host = 1;
	first = db_new_other(db, 1);
	ck_assert_int_eq(db_open(first, &diag), E_DB_CONNECT);
	ck_assert(db_was_refused(first));
	ck_assert(!unit_was_called(silent));
	db_free(first);
	db_free(second);
	(void)close(silent);
}
END_TEST

START_TEST(a_server_that_is_unreachable_is_left_alone_for_a_while)
{
	int64_t began = clock_ms();

	ck_assert_int_eq(db_open(db, &diag), E_DB_CONNECT);
	ck_assert_ptr_nonnull(strstr(diag.text, "cannot connect"));
	ck_assert_ptr_null(strstr(diag.text, "secret"));
	ck_assert_ptr_null(strchr(diag.text, '\n'));
	ck_assert_str_eq(diag.client, "");
	ck_assert_int_lt(db_socket(db), 0);
	ck_assert_uint_eq(db_session(db), 0);
	ck_assert_int_gt(db->retry_at, began);
	db->retry_at += LONG_MS; /* for slow builders */
	ck_assert_int_eq(db_open(db, &diag), E_DB_CONNECT);
	ck_assert_ptr_nonnull(strstr(diag.text, "waiting"));
}
END_TEST

START_TEST(each_failure_doubles_the_pause_up_to_a_limit)
{
	unsigned pause = 0;

	for (int i = 0; i < 12; i++) {
		db->retry_at = 0;
		ck_assert_int_eq(db_open(db, &diag), E_DB_CONNECT);
		ck_assert(i == 0 || db->pause == 2 * pause ||
		    db->pause == 5000);
		pause = db->pause;
	}
	ck_assert_uint_eq(pause, 5000);
}
END_TEST

START_TEST(a_statement_that_was_not_sent_says_so)
{
	static const struct db_statement change = { .changes = true,
		.sql = "DELETE FROM t" };
	struct arena *arena = arena_new(4096);
	struct db_rows *rows = NULL;

	ck_assert_int_eq(db_run(db, &change, NULL, arena, &rows, &diag),
	    E_DB_CONNECT);
	ck_assert_ptr_null(rows);
	ck_assert_int_eq(db_do(db, "SELECT 1", &diag), E_DB_CONNECT);
	arena_free(arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("db");
	TCase *tcase = tcase_create("db");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase,
	    a_url_that_cannot_be_read_is_told_without_its_password, 0,
	    (int)COUNT(urls));
	tcase_add_test(tcase,
	    a_server_that_is_silent_does_not_hide_the_next_one);
	tcase_add_test(tcase, of_several_hosts_some_may_have_no_port);
	tcase_add_test(tcase,
	    a_reader_goes_to_the_standbys_and_not_to_the_primary);
	tcase_add_test(tcase,
	    without_time_for_all_hosts_the_next_one_has_its_turn);
	tcase_add_test(tcase,
	    a_server_that_is_unreachable_is_left_alone_for_a_while);
	tcase_add_test(tcase,
	    another_host_is_asked_alone_and_told_from_one_without_a_server);
	tcase_add_test(tcase, each_failure_doubles_the_pause_up_to_a_limit);
	tcase_add_test(tcase, a_statement_that_was_not_sent_says_so);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
