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

/* What the text says of a line; -1: there is none. */
static double
value_of(const char *line)
{
	struct buf out;
	double value = -1;
	char *at;

	buf_init(&out, 1 << 20);
	metrics_write(&out);
	ck_assert_int_eq(buf_done(&out), E_OK);
	for (at = out.data; (at = strstr(at, line)) != NULL; at++)
		if ((at == out.data || at[-1] == '\n') &&
		    at[strlen(line)] == ' ')
			value = strtod(at + strlen(line), NULL);
	buf_free(&out);
	return value;
}

#define WAIT "etl_queue_wait_seconds"

START_TEST(a_histogram_is_cumulative_and_whole)
{
	struct diag diag;

	ck_assert_int_eq(metrics_open(path, &diag), E_OK);
	ck_assert(value_of(WAIT "_count") < 0);
	metrics_expect(SERIES_WAIT, "");
	ck_assert(value_of(WAIT "_count") == 0);
	metrics_observe(SERIES_WAIT, "", 5000); /* a bound is within */
	metrics_observe(SERIES_WAIT, "", 5001);
	metrics_observe(SERIES_WAIT, "", 7200000000);
	metrics_observe(SERIES_WAIT, "", -1); /* a clock was set back */
	ck_assert(value_of(WAIT "_bucket{le=\"0.005\"}") == 2);
	ck_assert(value_of(WAIT "_bucket{le=\"0.025\"}") == 3);
	ck_assert(value_of(WAIT "_bucket{le=\"3600\"}") == 3);
	ck_assert(value_of(WAIT "_bucket{le=\"+Inf\"}") == 4);
	ck_assert(value_of(WAIT "_count") == 4);
	ck_assert(value_of(WAIT "_sum") > 7200.01 - 0.0001);
}
END_TEST

#define STORE "etl_store_stage_duration_seconds_count"

START_TEST(labels_beyond_the_most_count_for_the_rest)
{
	char labels[SERIES_LABELS_SIZE + 8];
	struct diag diag;

	ck_assert_int_eq(metrics_open(path, &diag), E_OK);
	for (int n = 0; n < 9; n++) {
		(void)snprintf(labels, sizeof(labels), "stage=\"s%d\"", n);
		metrics_observe(SERIES_STORE, labels, 1);
		metrics_observe(SERIES_STORE, labels, 1);
	}
	memset(labels, 'x', sizeof(labels));
	labels[SERIES_LABELS_SIZE] = '\0';
	metrics_observe(SERIES_STORE, labels, 1);
	metrics_observe(SERIES_STORE, NULL, 1);
	ck_assert(value_of(STORE "{stage=\"s4\"}") == 2);
	ck_assert(value_of(STORE "{stage=\"s5\"}") < 0);
	ck_assert(value_of(STORE "{stage=\"other\"}") == 10);
}
END_TEST

START_TEST(processes_that_come_at_once_take_the_same_places)
{
	struct diag diag;
	pid_t children[8];
	int status;

	ck_assert_int_eq(metrics_open(path, &diag), E_OK);
	for (size_t i = 0; i < COUNT(children); i++) {
		children[i] = fork();
		if (children[i] != 0)
			continue;
		if (metrics_open(path, &diag) == E_OK)
			for (int n = 0; n < 3000; n++) {
				char labels[32];

				(void)snprintf(labels, sizeof(labels),
				    "stage=\"s%d\"", (n + (int)i) % 5);
				metrics_observe(SERIES_STORE, labels, n);
			}
		_exit(0);
	}
	for (size_t i = 0; i < COUNT(children); i++)
		ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
	for (int n = 0; n < 5; n++) {
		char line[96];

		(void)snprintf(line, sizeof(line), STORE "{stage=\"s%d\"}", n);
		ck_assert(value_of(line) == 8 * 600);
	}
	ck_assert(value_of(STORE "{stage=\"other\"}") < 0);
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
	tcase_add_test(tcase, a_histogram_is_cumulative_and_whole);
	tcase_add_test(tcase, labels_beyond_the_most_count_for_the_rest);
	tcase_add_test(tcase, processes_that_come_at_once_take_the_same_places);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
