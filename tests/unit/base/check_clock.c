/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "unit/unit.h"

/* A local zone that is not UTC's, and needs no file. */
static void
setup(void)
{
	ck_assert_int_eq(setenv("TZ", "UNIT-5:45", 1), 0);
	tzset();
}

START_TEST(a_stamp_is_utc_with_milliseconds)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:dd.dddZ";
	char stamp[CLOCK_STAMP_SIZE];

	clock_stamp(stamp);
	ck_assert_uint_eq(strlen(stamp), sizeof(shape) - 1);
	for (size_t i = 0; i < sizeof(shape) - 1; i++) {
		if (shape[i] == 'd')
			ck_assert(stamp[i] >= '0' && stamp[i] <= '9');
		else
			ck_assert_int_eq(stamp[i], shape[i]);
	}
}
END_TEST

/* In this second and in one that is new to it. */
START_TEST(a_stamp_is_the_time_now)
{
	const struct timespec pause = { 0, 20000000 };

	for (int times = 0; times < 2; times++) {
		const int64_t before = clock_wall();
		char stamp[CLOCK_STAMP_SIZE];
		struct tm tm;
		int64_t then;

		clock_stamp(stamp);
		memset(&tm, 0, sizeof(tm));
		ck_assert_ptr_nonnull(strptime(stamp, "%Y-%m-%dT%H:%M:%S",
		    &tm));
		then = timegm(&tm);
		ck_assert_int_ge(then, before);
		ck_assert_int_le(then, clock_wall());
		while (clock_wall() == before)
			(void)nanosleep(&pause, NULL);
	}
}
END_TEST

START_TEST(the_clocks_of_deadlines_agree_and_go_forward)
{
	const struct timespec pause = { 0, 20000000 };
	const int64_t ms = clock_ms(), us = clock_us();

	ck_assert_int_ge(us / 1000, ms);
	ck_assert_int_lt(us / 1000, ms + 1000);
	ck_assert_int_eq(nanosleep(&pause, NULL), 0);
	ck_assert_int_ge(clock_ms(), ms + 20);
	ck_assert_int_ge(clock_us(), us + 20000);
}
END_TEST

START_TEST(what_is_left_is_never_negative_nor_too_large_for_poll)
{
	const int64_t now = clock_ms();

	ck_assert_int_eq(clock_left(now - 1), 0);
	ck_assert_int_eq(clock_left(0), 0);
	ck_assert_int_eq(clock_left(now + ((int64_t)1 << 40)), INT_MAX);
	ck_assert_int_le(clock_left(now + 5000), 5000);
	ck_assert_int_gt(clock_left(now + 60000), 30000);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("clock");
	TCase *tcase = tcase_create("clock");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, a_stamp_is_utc_with_milliseconds);
	tcase_add_test(tcase, a_stamp_is_the_time_now);
	tcase_add_test(tcase, the_clocks_of_deadlines_agree_and_go_forward);
	tcase_add_test(tcase,
	    what_is_left_is_never_negative_nor_too_large_for_poll);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
