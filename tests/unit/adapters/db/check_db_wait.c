/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapters/db/db_inside.h"
#include "base/clock.h"
#include "unit/unit.h"

static struct db_settings settings;
static struct diag diag;
static struct db *db;
static int mute;

/* A server that takes connections and never says a word. */
static void
setup(void)
{
	static char url[64], none[] = "";
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(address);

	mute = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_ge(mute, 0);
	ck_assert_int_eq(bind(mute, (struct sockaddr *)&address, size), 0);
	ck_assert_int_eq(listen(mute, 8), 0);
	ck_assert_int_eq(getsockname(mute, (struct sockaddr *)&address, &size),
	    0);
	(void)snprintf(url, sizeof(url), "postgresql://u@127.0.0.1:%d/d",
	    ntohs(address.sin_port));
	settings.database_url = url;
	settings.database_session = none;
	settings.database_connect_timeout = 1;
	db = db_new(&settings, "check");
	diag_clear(&diag);
}

static void
teardown(void)
{
	db_free(db);
	ck_assert_int_eq(close(mute), 0);
}

START_TEST(a_server_that_is_silent_is_not_waited_for_longer_than_it_may)
{
	int64_t began = clock_ms();

	ck_assert_int_eq(db_open(db, &diag), E_DB_CONNECT);
	ck_assert_int_ge(clock_ms() - began, 1000);
	ck_assert_int_lt(db_socket(db), 0);
}
END_TEST

static int silent[2]; /* a pipe that nothing comes by */

static int
waiter_socket(void *who)
{
	(void)who;
	return silent[0];
}

static int
waiter_pause(void *who)
{
	(void)who;
	return 50;
}

static void
waiter_serve(void *who)
{
	++*(int *)who;
}

START_TEST(another_connection_is_served_meanwhile)
{
	int served = 0;
	const struct db_waiter waiter = { waiter_socket, waiter_pause,
		waiter_serve, &served };

	ck_assert_int_eq(pipe(silent), 0);
	db_serve_while_waiting(db, &waiter);
	ck_assert_int_eq(db_open(db, &diag), E_DB_CONNECT);
	ck_assert_int_ge(served, 2);
	ck_assert(close(silent[0]) == 0 && close(silent[1]) == 0);
}
END_TEST

START_TEST(what_is_cancelled_at_the_end_can_be_told)
{
	ck_assert(!db_cancel_at_end(db, true));
	ck_assert(db_cancel_at_end(db, false));
	ck_assert(!db_cancel_at_end(db, false));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("db_wait");
	TCase *tcase = tcase_create("db_wait");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase,
	    a_server_that_is_silent_is_not_waited_for_longer_than_it_may);
	tcase_add_test(tcase, another_connection_is_served_meanwhile);
	tcase_add_test(tcase, what_is_cancelled_at_the_end_can_be_told);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
