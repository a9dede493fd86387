/* SPDX-License-Identifier: MIT */
#include "base/daemon.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/unit.h"

/* Steps of 600 ms under a watchdog of two seconds. */
static const struct {
	int steps;
	bool tells; /* that it is still well */
	bool lives;
} jobs[] = {
	{ 1, false, true },
	{ 5, false, false },
	{ 5, true, true },
};

START_TEST(a_long_job_of_short_steps_is_not_stuck)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		(void)signal(SIGALRM, SIG_DFL); /* Check has its own */
		daemon_watch(2);
		for (int i = 0; i < jobs[_i].steps; i++) {
			(void)poll(NULL, 0, 600);
			if (jobs[_i].tells)
				daemon_feed_watchdog();
		}
		_exit(0);
	}
	ck_assert_int_gt(child, 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(WIFEXITED(status), jobs[_i].lives);
	if (!jobs[_i].lives)
		ck_assert_int_eq(WTERMSIG(status), SIGALRM);
}
END_TEST

START_TEST(a_watchdog_that_is_off_stays_off)
{
	daemon_watch(1);
	daemon_watch(0);
	daemon_feed_watchdog();
	ck_assert_uint_eq(alarm(0), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("daemon");
	TCase *tcase = tcase_create("daemon");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, a_long_job_of_short_steps_is_not_stuck, 0,
	    (int)(sizeof(jobs) / sizeof(jobs[0])));
	tcase_add_test(tcase, a_watchdog_that_is_off_stays_off);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
