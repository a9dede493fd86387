/* SPDX-License-Identifier: MIT */
#include "http/seats.h"
#include "base/clock.h"
#include "http/seats_inside.h"
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Longer than any of this takes, ms. */
#define LONG_MS 20000

static char folder[] = "/tmp/check_seats_XXXXXX";
static char path[64];
static struct http_settings settings;
static struct diag diag;

static void
setup(void)
{
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/seats", folder);
}

static void
teardown(void)
{
	(void)unlink(path);
	(void)rmdir(folder);
}

static void
pause_ms(long ms)
{
	const struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };

	ck_assert_int_eq(nanosleep(&pause, NULL), 0);
}

/* As many as may gather, and one more, which may not. */
static size_t
gather_all(struct seats *gatherers[], size_t max)
{
	for (size_t i = 0; i < max; i++) {
		ck_assert_int_eq(seats_new(path, &settings, &gatherers[i],
		    &diag), E_OK);
		gatherers[i]->gather_ms = LONG_MS;
		if (!seats_gather(gatherers[i]))
			return i;
	}
	ck_abort_msg("there is no end of them");
	return 0;
}

START_TEST(few_gather)
{
	struct seats *gatherers[128] = { NULL };
	size_t count = gather_all(gatherers, COUNT(gatherers));
	struct seats *other = gatherers[count];
	int64_t began = clock_ms();
	pid_t child;
	int status;

	ck_assert_uint_ge(count, 1);
	child = fork();
	if (child == 0) { /* it is called, long before the time is over */
		seats_wait_to_gather(other);
		_exit(clock_ms() - began < LONG_MS ? 0 : 1);
	}
	pause_ms(50);
	seats_let_go(gatherers[0], true);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert(seats_gather(other));
	/* Who let go in between is not waited for. */
	ck_assert(!seats_gather(gatherers[0]));
	seats_let_go(other, true);
	began = clock_ms();
	seats_wait_to_gather(gatherers[0]);
	ck_assert_int_lt(clock_ms() - began, LONG_MS);
	/* One that is stuck loses its place, and takes nobody's. */
	ck_assert(seats_gather(gatherers[0]));
	pause_ms(5);
	other->gather_ms = 1;
	ck_assert(seats_gather(other));
	seats_let_go(gatherers[0], false);
	ck_assert_int_eq(*other->gathers, other->gathers_as);
	for (size_t i = 0; i <= count; i++)
		seats_free(gatherers[i]);
}
END_TEST

/* The table may be of another boot, whose clock was further. */
START_TEST(what_lies_ahead_was_long_ago)
{
	int64_t ahead = clock_ms() + 1000 * 1000;
	struct seats *seats;

	ck_assert_int_eq(seats_new(path, &settings, &seats, &diag), E_OK);
	for (size_t i = 0; i < SEATS_GATHERERS; i++)
		seats->table->gatherers[i] = ahead * SEATS_PLACES;
	ck_assert(seats_gather(seats));
	seats_free(seats);
}
END_TEST

START_TEST(without_a_table_all_gather)
{
	ck_assert(seats_gather(NULL));
	seats_let_go(NULL, true);
	seats_wait_to_gather(NULL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("seats_gather");
	TCase *tcase = tcase_create("seats_gather");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, few_gather);
	tcase_add_test(tcase, what_lies_ahead_was_long_ago);
	tcase_add_test(tcase, without_a_table_all_gather);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
