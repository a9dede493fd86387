/* SPDX-License-Identifier: MIT */
#include "queue/job.h"

#include <string.h>

#include "json/json_scan.h"
#include "queue/queue_manager.h"
#include "unit/unit.h"
#include "unit/unit.h"

static struct buf out;

static void
setup(void)
{
	buf_init(&out, 4096);
}

static void
teardown(void)
{
	buf_free(&out);
}

static const struct {
	struct job job;
	const char *body;
} batches[] = {
	{ { .tenant_id = 1, .integration_id = 2, .raw_data_id = 3,
	    .entity_type = LIT("jira_issues_batch") },
	    "{\"tenant_id\":1,\"integration_id\":2,\"raw_data_id\":3,"
	    "\"entity_type\":\"jira_issues_batch\"}" },
	{ { .tenant_id = 2147483647, .integration_id = 2147483647,
	    .raw_data_id = INT64_MAX, .entity_type = LIT("github_prs_batch"),
	    .job_type = LIT("not of this kind"), .job_params = LIT("{}") },
	    "{\"tenant_id\":2147483647,\"integration_id\":2147483647,"
	    "\"raw_data_id\":9223372036854775807,"
	    "\"entity_type\":\"github_prs_batch\"}" },
	{ { .tenant_id = 1, .integration_id = 2, .raw_data_id = 3,
	    .entity_type = LIT("a\"b\n\xc3\xa9") },
	    "{\"tenant_id\":1,\"integration_id\":2,\"raw_data_id\":3,"
	    "\"entity_type\":\"a\\\"b\\n\xc3\xa9\"}" },
};

START_TEST(a_batch_job_names_the_row_and_its_type)
{
	job_write_batch(&batches[_i].job, &out);
	ck_assert_int_eq(buf_done(&out), E_OK);
	unit_span_eq(buf_span(&out), batches[_i].body);
}
END_TEST

static const struct {
	struct job job;
	const char *body;
} extracts[] = {
	{ { .tenant_id = 1, .integration_id = 2,
	    .job_type = LIT("jira_issues"),
	    .job_params = LIT("{\"since\":\"2026-01-01\",\"n\":1.10}") },
	    "{\"tenant_id\":1,\"integration_id\":2,"
	    "\"job_type\":\"jira_issues\","
	    "\"job_params\":{\"since\":\"2026-01-01\",\"n\":1.10}}" },
	{ { .tenant_id = 1, .integration_id = 2, .raw_data_id = 3,
	    .entity_type = LIT("not of this kind"), .job_type = LIT("all") },
	    "{\"tenant_id\":1,\"integration_id\":2,\"job_type\":\"all\","
	    "\"job_params\":null}" },
};

START_TEST(an_extract_job_carries_its_parameters_as_they_came)
{
	job_write_extract(&extracts[_i].job, &out);
	ck_assert_int_eq(buf_done(&out), E_OK);
	unit_span_eq(buf_span(&out), extracts[_i].body);
}
END_TEST

START_TEST(a_message_is_one_line_of_json)
{
	struct job job = { .tenant_id = 1, .integration_id = 2,
		.raw_data_id = 3, .entity_type = SPAN_LIT("a\r\n\t\x01z"),
		.job_type = SPAN_LIT("\n"),
		.job_params = SPAN_LIT("{\r\n\"a\":\n1}") };
	void (*const writers[])(const struct job *, struct buf *) = {
		job_write_batch, job_write_extract };
	struct json_member member = { .name = "tenant_id" };
	struct json_refusal refusal;

	writers[_i](&job, &out);
	ck_assert(json_scan_object(buf_span(&out), &json_limits_default,
	    &member, 1, &refusal));
	unit_span_eq(member.value, "1");
	ck_assert_ptr_null(strpbrk(out.data, "\r\n\t\x01"));
}
END_TEST

START_TEST(a_message_without_room_is_told)
{
	struct buf small;

	buf_init(&small, 50);
	job_write_batch(&batches[0].job, &small);
	ck_assert_int_eq(buf_done(&small), E_TOO_LARGE);
	buf_free(&small);
}
END_TEST

#define NAMES "\"integration_id\":2,\"raw_data_id\":3"

static const struct {
	const char *body;
	int64_t raw_data_id; /* 0: it is refused */
	const char *entity_type;
} read_cases[] = {
	{ "{\"tenant_id\":1," NAMES ",\"entity_type\":\"x\"}", 3, "x" },
	{ " {\"v\":1, \"entity_type\":\"a\\u00e9\", \"tenant_id\":1,"
	    " \"run\":{}, " NAMES "} ", 3, "a\xc3\xa9" },
	{ "{\"tenant_id\":2147483647,\"integration_id\":2,\"raw_data_id\":"
	    "9223372036854775807,\"entity_type\":\"x\"}", INT64_MAX, "x" },
	{ "", 0, NULL },
	{ "null", 0, NULL },
	{ "[]", 0, NULL },
	{ "{}", 0, NULL },
	{ "{\"tenant_id\":1," NAMES ",\"entity_type\":\"x\"} x", 0, NULL },
	{ "{\"tenant_id\":1," NAMES ",\"entity_type\":\"x\"", 0, NULL },
	{ "{\"tenant_id\":0," NAMES ",\"entity_type\":\"x\"}", 0, NULL },
	{ "{\"tenant_id\":-1," NAMES ",\"entity_type\":\"x\"}", 0, NULL },
	{ "{\"tenant_id\":1.0," NAMES ",\"entity_type\":\"x\"}", 0, NULL },
	{ "{\"tenant_id\":\"1\"," NAMES ",\"entity_type\":\"x\"}", 0, NULL },
	{ "{\"tenant_id\":2147483648," NAMES ",\"entity_type\":\"x\"}", 0,
	    NULL },
	{ "{\"tenant_id\":null," NAMES ",\"entity_type\":\"x\"}", 0, NULL },
	{ "{\"tenant_id\":1," NAMES "}", 0, NULL },
	{ "{\"tenant_id\":1," NAMES ",\"entity_type\":\"\"}", 0, NULL },
	{ "{\"tenant_id\":1," NAMES ",\"entity_type\":5}", 0, NULL },
	{ "{\"tenant_id\":1," NAMES ",\"entity_type\":\"\\u0000\"}", 0,
	    NULL },
	{ "{\"tenant_id\":1," NAMES ",\"entity_type\":\"\\ud800\"}", 0,
	    NULL },
	{ "{\"tenant_id\":1," NAMES ",\"entity_type\":\"123456789012345678901"
	    "234567890123456789012345678901\"}", 0, NULL },
	{ "{\"tenant_id\":1,\"tenant_id\":2," NAMES ",\"entity_type\":\"x\"}",
	    0, NULL },
};

START_TEST(a_message_is_read_or_refused_with_a_reason)
{
	struct arena *arena = arena_new(65536);
	struct job job = { 0 };
	struct diag diag;
	enum err rc;

	diag_clear(&diag);
	rc = job_read_batch(str_span(read_cases[_i].body), arena, &job, &diag);
	if (read_cases[_i].raw_data_id == 0) {
		ck_assert_int_eq(rc, E_INVALID);
		ck_assert_uint_gt(strlen(diag.text), 5);
		ck_assert_int_eq(job.raw_data_id, 0);
	} else {
		ck_assert_msg(rc == E_OK, "%s", diag.text);
		ck_assert_int_eq(job.raw_data_id, read_cases[_i].raw_data_id);
		ck_assert_int_eq(job.integration_id, 2);
		unit_span_eq(job.entity_type, read_cases[_i].entity_type);
	}
	arena_free(arena);
}
END_TEST

START_TEST(what_is_written_is_read)
{
	struct arena *arena = arena_new(65536);
	struct diag diag;
	struct job job;

	job_write_batch(&batches[_i].job, &out);
	ck_assert_int_eq(job_read_batch(buf_span(&out), arena, &job, &diag),
	    E_OK);
	ck_assert_int_eq(job.tenant_id, batches[_i].job.tenant_id);
	ck_assert_int_eq(job.integration_id, batches[_i].job.integration_id);
	ck_assert_int_eq(job.raw_data_id, batches[_i].job.raw_data_id);
	arena_free(arena);
}
END_TEST

/* The broker is not even asked: there are no settings to reach it with. */
START_TEST(jobs_of_a_failed_arena_are_not_published)
{
	static const struct mq_settings mq_settings;
	static const struct queue_settings settings;
	struct mq *mq = mq_new(&mq_settings, "check_job");
	struct queue_manager *manager = queue_manager_new(mq, &mq_settings,
	    &settings);
	struct arena *arena = arena_new(65536);
	struct job jobs[COUNT(batches)];
	bool confirmed[COUNT(batches)] = { true };
	struct diag diag;

	for (size_t i = 0; i < COUNT(batches); i++)
		jobs[i] = batches[i].job;
	for (size_t left = 0; left < 400; left += 16) {
		/* It has failed before, or does so on the way. */
		if (left == 0)
			(void)!arena_ask(arena, SIZE_MAX);
		else
			(void)!arena_ask(arena, 65536 - left);
		diag_clear(&diag);
		ck_assert_int_eq(queue_manager_publish_all(manager,
		    QUEUE_TRANSFORM, jobs, COUNT(jobs), 10, arena, confirmed,
		    &diag), E_NO_MEMORY);
		ck_assert_int_eq(diag.code, E_NO_MEMORY);
		for (size_t i = 0; i < COUNT(jobs); i++)
			ck_assert(!confirmed[i]);
		arena_reset(arena);
	}
	arena_free(arena);
	queue_manager_free(manager);
	mq_free(mq);
}
END_TEST

static const struct {
	const char *body;
	enum err rc;
	int64_t run_id;
} extract_cases[] = {
	{ "{\"tenant_id\":1,\"integration_id\":2,\"job_type\":\"a\","
	  "\"job_params\":{},\"run_id\":7}",
	    E_OK, 7 },
	{ "{\"tenant_id\":1,\"integration_id\":2,\"job_type\":\"a\","
	  "\"job_params\":{}}",
	    E_OK, 0 },
	{ "{\"tenant_id\":1,\"integration_id\":2,\"job_type\":\"a\","
	  "\"job_params\":{},\"run_id\":0}",
	    E_INVALID, 0 },
	{ "{\"tenant_id\":1,\"integration_id\":2,\"job_type\":\"a\","
	  "\"job_params\":[]}",
	    E_INVALID, 0 },
	{ "{\"tenant_id\":1,\"integration_id\":2,\"job_type\":7,"
	  "\"job_params\":{}}",
	    E_INVALID, 0 },
	{ "{\"integration_id\":2,\"job_type\":\"a\",\"job_params\":{}}",
	    E_INVALID, 0 },
	{ "{\"tenant_id\":1", E_INVALID, 0 },
	{ "", E_INVALID, 0 },
};

START_TEST(an_extract_job_is_read_or_refused)
{
	struct arena *arena = arena_new(65536);
	struct span body = unit_copy(str_span(extract_cases[_i].body));
	struct diag diag;
	struct job job = { 0 };

	diag_clear(&diag);
	ck_assert_int_eq(job_read_extract(body, arena, &job, &diag),
	    extract_cases[_i].rc);
	ck_assert_int_eq(job.run_id, extract_cases[_i].run_id);
	if (extract_cases[_i].rc == E_OK) {
		unit_span_eq(job.job_type, "a");
		unit_span_eq(job.job_params, "{}");
	}
	unit_free(body);
	arena_free(arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("job");
	TCase *tcase = tcase_create("job");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_batch_job_names_the_row_and_its_type, 0,
	    (int)COUNT(batches));
	tcase_add_loop_test(tcase,
	    an_extract_job_carries_its_parameters_as_they_came, 0,
	    (int)COUNT(extracts));
	tcase_add_loop_test(tcase, an_extract_job_is_read_or_refused, 0,
	    (int)COUNT(extract_cases));
	tcase_add_loop_test(tcase, a_message_is_one_line_of_json, 0, 2);
	tcase_add_test(tcase, a_message_without_room_is_told);
	tcase_add_loop_test(tcase,
	    a_message_is_read_or_refused_with_a_reason, 0,
	    (int)COUNT(read_cases));
	tcase_add_loop_test(tcase, what_is_written_is_read, 0,
	    (int)COUNT(batches));
	tcase_add_test(tcase, jobs_of_a_failed_arena_are_not_published);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
