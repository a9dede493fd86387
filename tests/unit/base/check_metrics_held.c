/* SPDX-License-Identifier: MIT */
#include "base/metrics_held.h"
#include "unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[] = "/tmp/check_metrics_held_XXXXXX";

static void
setup(void)
{
	int fd;

	memcpy(path + strlen(path) - 6, "XXXXXX", 6);
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	(void)close(fd);
}

static void
teardown(void)
{
	(void)unlink(path);
}

START_TEST(what_is_held_twice_counts_once)
{
	int one = 0, other = 0;

	metrics_held_open(path);
	ck_assert_int_eq(metrics_held(), 0);
	metrics_hold(&one);
	metrics_hold(&one);
	metrics_hold(&other);
	ck_assert_int_eq(metrics_held(), 2);
	metrics_let_go(&one);
	metrics_let_go(&one);
	ck_assert_int_eq(metrics_held(), 1);
	metrics_let_go(&other);
	ck_assert_int_eq(metrics_held(), 0);
}
END_TEST

/* A process of its own that holds three; it tells when it does, and waits. */
static pid_t
holder(void)
{
	int tell[2], places[3] = { 0 };
	pid_t child;
	char c;

	ck_assert_int_eq(pipe(tell), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		metrics_held_open(path);
		for (size_t i = 0; i < COUNT(places); i++)
			metrics_hold(&places[i]);
		if (write(tell[1], "x", 1) == 1)
			(void)pause();
		_exit(0);
	}
	ck_assert_int_eq(read(tell[0], &c, 1), 1);
	(void)close(tell[0]);
	(void)close(tell[1]);
	return child;
}

START_TEST(what_others_hold_counts_until_they_are_killed)
{
	pid_t children[5];
	int mine = 0;

	metrics_held_open(path);
	metrics_hold(&mine);
	for (size_t i = 0; i < COUNT(children); i++)
		children[i] = holder();
	ck_assert_int_eq(metrics_held(), 16);
	for (size_t i = 0; i < COUNT(children); i++) {
		ck_assert_int_eq(kill(children[i], SIGKILL), 0);
		ck_assert_int_eq(waitpid(children[i], NULL, 0), children[i]);
		ck_assert_int_eq(metrics_held(), 13 - 3 * (int64_t)i);
	}
	metrics_let_go(&mine);
	ck_assert_int_eq(metrics_held(), 0);
}
END_TEST

START_TEST(without_a_file_our_own_are_known)
{
	int one = 0, other = 0;

	metrics_held_open("/nowhere/metrics");
	metrics_hold(&one);
	metrics_hold(&other);
	ck_assert_int_eq(metrics_held(), 2);
	metrics_let_go(&one);
	metrics_let_go(&other);
	ck_assert_int_eq(metrics_held(), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("metrics_held");
	TCase *tcase = tcase_create("metrics_held");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, what_is_held_twice_counts_once);
	tcase_add_test(tcase, what_others_hold_counts_until_they_are_killed);
	tcase_add_test(tcase, without_a_file_our_own_are_known);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
