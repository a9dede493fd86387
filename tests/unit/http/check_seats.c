/* SPDX-License-Identifier: MIT */
#include "http/seats.h"
#include "base/clock.h"
#include "http/seats_inside.h"
#include "unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define POOL 4

static char folder[] = "/tmp/check_seats_XXXXXX";
static char path[64];
static struct http_settings settings;
static struct seats *pool[POOL]; /* as of so many processes */
static struct diag diag;

static void
setup(void)
{
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/seats", folder);
	settings.tenant_share = 50;
	settings.store_share = 25;
	for (size_t i = 0; i < POOL; i++) {
		ck_assert_int_eq(seats_new(path, &settings, &pool[i], &diag),
		    E_OK);
		ck_assert_ptr_nonnull(pool[i]);
	}
}

static void
teardown(void)
{
	for (size_t i = 0; i < POOL; i++)
		seats_free(pool[i]);
	(void)unlink(path);
	(void)rmdir(folder);
}

static void
pause_ms(long ms)
{
	const struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };

	ck_assert_int_eq(nanosleep(&pause, NULL), 0);
}

static enum err
read_of(size_t responder, int64_t tenant_id)
{
	return seats_take(pool[responder], tenant_id, false, 0, &diag);
}

static enum err
store_of(size_t responder, int64_t tenant_id)
{
	return seats_take(pool[responder], tenant_id, true, 0, &diag);
}

static void
leave_all(void)
{
	for (size_t i = 0; i < POOL; i++)
		seats_leave(pool[i]);
}

START_TEST(quick_requests_may_fill_the_pool)
{
	for (size_t i = 0; i < POOL; i++)
		ck_assert_int_eq(read_of(i, 1), E_OK);
	leave_all();
	ck_assert_int_eq(read_of(0, 2), E_OK);
	for (size_t i = 1; i < POOL; i++)
		ck_assert_int_eq(store_of(i, 1), E_OK);
}
END_TEST

START_TEST(one_is_left_to_others_who_ask)
{
	ck_assert_int_eq(store_of(0, 2), E_OK);
	seats_leave(pool[0]);
	for (size_t i = 0; i < POOL - 1; i++)
		ck_assert_int_eq(read_of(i, 1), E_OK);
	/* It waits in vain, and from then on a half has to do. */
	ck_assert_int_eq(read_of(3, 1), E_CROWDED);
	ck_assert_ptr_nonnull(strstr(diag.client, "others ask as well"));
	ck_assert_int_eq(store_of(3, 2), E_OK);
	leave_all();
	ck_assert_int_eq(store_of(0, 1), E_OK);
	ck_assert_int_eq(store_of(1, 1), E_OK);
	ck_assert_int_eq(store_of(2, 1), E_CROWDED);
}
END_TEST

START_TEST(who_waited_for_a_responder_has_too_many_at_work)
{
	ck_assert_int_eq(store_of(0, 2), E_OK);
	seats_leave(pool[0]);
	ck_assert_int_eq(seats_take(pool[0], 1, true, SEATS_WAIT_MS, &diag),
	    E_OK);
	ck_assert_int_eq(store_of(1, 1), E_OK);
	ck_assert_int_eq(store_of(2, 1), E_OK);
	seats_leave(pool[2]);
	ck_assert_int_eq(seats_take(pool[2], 1, true, SEATS_WAIT_MS, &diag),
	    E_CROWDED);
}
END_TEST

START_TEST(long_reads_leave_a_responder_to_stores)
{
	ck_assert_int_eq(read_of(0, 1), E_OK);
	pause_ms(SEATS_LONG_MS + 20);
	ck_assert_int_eq(read_of(1, 1), E_OK);
	ck_assert_int_eq(read_of(2, 1), E_OK);
	ck_assert_int_eq(read_of(3, 1), E_CROWDED);
	ck_assert_ptr_nonnull(strstr(diag.client, "kept for stores"));
	ck_assert_int_eq(store_of(3, 1), E_OK); /* nobody else asks */
	seats_leave(pool[3]);
	/* Who had none that was long is no part of it. */
	ck_assert_int_eq(read_of(3, 3), E_OK);
	/* What has been is remembered. */
	leave_all();
	settings.tenant_share = 100;
	for (size_t i = 0; i < POOL - 1; i++)
		ck_assert_int_eq(read_of(i, 1), E_OK);
	ck_assert_int_eq(read_of(3, 1), E_CROWDED);
}
END_TEST

START_TEST(a_tenant_leaves_half_to_others_who_ask)
{
	ck_assert_int_eq(store_of(0, 1), E_OK);
	pause_ms(SEATS_LONG_MS + 20);
	ck_assert_int_eq(store_of(1, 1), E_OK);
	ck_assert_int_eq(store_of(2, 1), E_OK);
	seats_leave(pool[2]);
	ck_assert_int_eq(store_of(3, 2), E_OK);
	seats_leave(pool[3]);
	ck_assert_int_eq(store_of(2, 1), E_CROWDED);
	ck_assert_ptr_nonnull(strstr(diag.client, "others ask as well"));
	/* Of its two, one is for its own stores. */
	seats_leave(pool[1]);
	leave_all();
	ck_assert_int_eq(read_of(0, 1), E_OK);
	ck_assert_int_eq(read_of(1, 1), E_CROWDED);
	ck_assert_int_eq(store_of(1, 1), E_OK);
	ck_assert_int_eq(store_of(2, 2), E_OK);
	ck_assert_int_eq(store_of(3, 2), E_OK);
	/* All of it may be given away. */
	settings.tenant_share = 100;
	seats_leave(pool[3]);
	ck_assert_int_eq(store_of(3, 1), E_OK);
}
END_TEST

START_TEST(whoever_leaves_makes_room)
{
	int status, fds[2];
	pid_t child;
	char byte = 1;

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(store_of(0, 2), E_OK);
	seats_leave(pool[0]);
	ck_assert_int_eq(read_of(0, 1), E_OK);
	ck_assert_int_eq(read_of(1, 1), E_OK);
	child = fork(); /* another process's turn ends meanwhile */
	if (child == 0) {
		if (read_of(2, 1) != E_OK || write(fds[1], &byte, 1) != 1)
			_exit(1);
		pause_ms(SEATS_WAIT_MS / 5);
		seats_leave(pool[2]);
		_exit(0);
	}
	ck_assert_int_eq(read(fds[0], &byte, 1), 1);
	ck_assert_int_eq(read_of(3, 1), E_OK);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_killed_process_holds_nothing)
{
	struct seats *others[2] = { NULL, NULL };
	pid_t child;
	int status;

	child = fork();
	if (child == 0) {
		for (size_t i = 0; i < COUNT(others); i++)
			if (seats_new(path, &settings, &others[i], &diag) !=
			    E_OK || seats_take(others[i], 1, false, 0,
			    &diag) !=
			    E_OK)
				_exit(1);
		(void)raise(SIGKILL);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	/* Half of four, which two that are gone would have already. */
	settings.store_share = 50;
	ck_assert_int_eq(read_of(0, 1), E_OK);
	pause_ms(SEATS_LONG_MS + 20);
	ck_assert_int_eq(read_of(1, 1), E_OK);
	ck_assert_int_eq(read_of(2, 1), E_CROWDED);
}
END_TEST

START_TEST(large_stores_take_turns)
{
	int64_t began;
	int status;
	pid_t child;

	settings.large_stores = 2;
	seats_take_turn(pool[0], SEATS_LARGE_BYTES);
	seats_take_turn(pool[1], SEATS_LARGE_BYTES);
	began = clock_ms();
	child = fork();
	if (child == 0) {
		seats_take_turn(pool[2], SEATS_LARGE_BYTES);
		_exit(clock_ms() - began >= 100 ? 0 : 1);
	}
	seats_take_turn(pool[3], SEATS_LARGE_BYTES - 1); /* is small */
	pause_ms(100);
	seats_end_turn(pool[0]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	/* Its turn is still on; a second one may begin. */
	seats_end_turn(pool[1]);
	began = clock_ms();
	seats_take_turn(pool[3], SEATS_LARGE_BYTES);
	ck_assert_int_lt(clock_ms() - began, SEATS_TURN_MS);
}
END_TEST

/* The table may be of another boot, whose clock was further. */
START_TEST(what_lies_ahead_was_long_ago)
{
	struct seats_table *table = pool[0]->table;
	int64_t ahead = clock_ms() + 1000 * 1000;

	ck_assert_int_eq(store_of(0, 2), E_OK);
	leave_all();
	table->entries[2].asked = ahead;
	table->entries[1].tenant = 1;
	table->entries[1].pressed = ahead;
	for (size_t i = 0; i < POOL; i++)
		ck_assert_int_eq(store_of(i, 1), E_OK);
}
END_TEST

START_TEST(a_process_with_my_id_has_gone)
{
	struct seats *mine;
	size_t taken = 0;

	/* As if somebody with our id had taken them before us. */
	for (size_t i = 0; i < POOL; i++) {
		pool[i]->mine->tenant = 1;
		pool[i]->mine->turn = SEATS_AT_WORK;
		pool[i]->mine->taken = 1;
	}
	ck_assert_int_eq(seats_new(path, &settings, &mine, &diag), E_OK);
	for (size_t i = 0; i < SEATS_PLACES; i++)
		taken += mine->table->places[i].pid != 0;
	ck_assert_uint_eq(taken, 1);
	seats_free(mine);
}
END_TEST

START_TEST(a_group_is_held_by_one_tenant_after_the_other)
{
	ck_assert_int_eq(store_of(0, 1), E_OK);
	seats_ask(pool[0], 2);
	pause_ms(SEATS_LONG_MS + 20);
	seats_hold(pool[0], 2, true);
	seats_leave(pool[0]);
	/* The first one's was long, the second one's was not. */
	ck_assert_int_eq(store_of(0, 1), E_OK);
	ck_assert_int_eq(store_of(1, 1), E_OK);
	ck_assert_int_eq(store_of(2, 1), E_CROWDED);
	leave_all();
	for (size_t i = 0; i < POOL - 1; i++)
		ck_assert_int_eq(store_of(i, 2), E_OK);
}
END_TEST

START_TEST(one_responder_answers_all)
{
	for (size_t i = 1; i < POOL; i++) {
		seats_free(pool[i]);
		pool[i] = NULL;
	}
	ck_assert_int_eq(read_of(0, 1), E_OK);
	pause_ms(SEATS_LONG_MS + 20);
	seats_leave(pool[0]);
	ck_assert_int_eq(read_of(0, 2), E_OK);
	seats_leave(pool[0]);
	ck_assert_int_eq(read_of(0, 1), E_OK);
}
END_TEST

START_TEST(without_a_file_nothing_is_bounded)
{
	struct seats *none;

	ck_assert_int_eq(seats_new("", &settings, &none, &diag), E_OK);
	ck_assert_ptr_null(none);
	ck_assert_int_eq(seats_take(none, 1, false, 0, &diag), E_OK);
	seats_leave(none);
	ck_assert_int_eq(seats_new("/nowhere/seats", &settings, &none, &diag),
	    E_SYSTEM);
	ck_assert_ptr_nonnull(strstr(diag.text, "/nowhere/seats"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("seats");
	TCase *tcase = tcase_create("seats");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, quick_requests_may_fill_the_pool);
	tcase_add_test(tcase, one_is_left_to_others_who_ask);
	tcase_add_test(tcase, who_waited_for_a_responder_has_too_many_at_work);
	tcase_add_test(tcase, long_reads_leave_a_responder_to_stores);
	tcase_add_test(tcase, a_tenant_leaves_half_to_others_who_ask);
	tcase_add_test(tcase, whoever_leaves_makes_room);
	tcase_add_test(tcase, a_killed_process_holds_nothing);
	tcase_add_test(tcase, large_stores_take_turns);
	tcase_add_test(tcase, what_lies_ahead_was_long_ago);
	tcase_add_test(tcase, a_process_with_my_id_has_gone);
	tcase_add_test(tcase, a_group_is_held_by_one_tenant_after_the_other);
	tcase_add_test(tcase, one_responder_answers_all);
	tcase_add_test(tcase, without_a_file_nothing_is_bounded);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
