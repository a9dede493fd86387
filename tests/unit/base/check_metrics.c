/* SPDX-License-Identifier: MIT */
#include "base/metrics.h"
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/check_metrics_XXXXXX";
static char path[64];

static void
setup(void)
{
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/metrics", folder);
}

static void
teardown(void)
{
	(void)unlink(path);
	(void)rmdir(folder);
}

START_TEST(processes_count_together)
{
	uint64_t before;
	struct diag diag;
	pid_t child;
	int status;

	ck_assert_int_eq(metrics_open(path, &diag), E_OK);
	before = metrics_get(METRIC_STORED);
	child = fork();
	if (child == 0) {
		if (metrics_open(path, &diag) == E_OK)
			metrics_add(METRIC_STORED, 5);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	metrics_add(METRIC_STORED, 2);
	ck_assert_uint_eq(metrics_get(METRIC_STORED), before + 7);
	/* Opened again the counts are still there. */
	ck_assert_int_eq(metrics_open(path, &diag), E_OK);
	ck_assert_uint_eq(metrics_get(METRIC_STORED), before + 7);
}
END_TEST

START_TEST(a_file_of_another_version_is_replaced)
{
	FILE *file = fopen(path, "w");
	struct diag diag;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs("something else", file), 0);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(metrics_open(path, &diag), E_OK);
	ck_assert_uint_eq(metrics_get(METRIC_RELAYED), 0);
	metrics_add(METRIC_RELAYED, 1);
	ck_assert_uint_eq(metrics_get(METRIC_RELAYED), 1);
}
END_TEST

START_TEST(a_place_that_is_not_there_leaves_own_counters)
{
	struct diag diag;

	ck_assert_int_eq(metrics_open("/nowhere/metrics", &diag), E_SYSTEM);
	ck_assert_ptr_nonnull(strstr(diag.text, "/nowhere/metrics"));
	metrics_add(METRIC_REPLAYED, 3);
	ck_assert_uint_ge(metrics_get(METRIC_REPLAYED), 3);
}
END_TEST

START_TEST(the_text_is_prometheus)
{
	struct diag diag;
	struct buf out;

	buf_init(&out, 1 << 16);
	ck_assert_int_eq(metrics_open(path, &diag), E_OK);
	metrics_add(METRIC_REQUEST_SECONDS, 2500000);
	metrics_write(&out);
	ck_assert_int_eq(buf_done(&out), E_OK);
	ck_assert_ptr_nonnull(strstr(out.data,
	    "# TYPE etl_requests_total counter\n"
	    "etl_requests_total{status=\"2xx\"} 0\n"
	    "etl_requests_total{status=\"3xx\"} 0\n"));
	ck_assert_ptr_nonnull(strstr(out.data,
	    "\netl_request_seconds_total 2.500000\n"));
	buf_free(&out);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("metrics");
	TCase *tcase = tcase_create("metrics");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, processes_count_together);
	tcase_add_test(tcase, a_file_of_another_version_is_replaced);
	tcase_add_test(tcase, a_place_that_is_not_there_leaves_own_counters);
	tcase_add_test(tcase, the_text_is_prometheus);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
