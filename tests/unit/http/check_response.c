/* SPDX-License-Identifier: MIT */
#include "http/response.h"

#include <stdio.h>
#include <string.h>

#include "http/field.h"
#include "unit/adapters/fcgi_peer.h"
#include "unit/unit.h"

static struct arena *arena;
static struct buf body, head, answer;
static struct req rq;
static struct resp rp;

static void
setup(void)
{
	arena = arena_new(1 << 20);
	buf_init(&body, 16);
	buf_init(&head, 1 << 16);
	buf_init(&answer, 1 << 16);
	request_init(&rq, arena, &body);
	rq.method = SPAN_LIT("GET");
	memcpy(rq.request_id, "id-1", 5);
	response_init(&rp, &head, &answer);
}

static void
teardown(void)
{
	arena_free(arena);
	buf_free(&body);
	buf_free(&head);
	buf_free(&answer);
}

static const struct {
	enum err rc;
	int status;
	const char *title;
	const char *code;
} problems[] = {
	{ E_SYNTAX, 400, "Bad Request", "syntax" },
	{ E_UNKNOWN_CALLER, 401, "Unauthorized", "unknown_caller" },
	{ E_FORBIDDEN, 403, "Forbidden", "forbidden" },
	{ E_NO_ROW, 404, "Not Found", "no_row" },
	{ E_METHOD, 405, "Method Not Allowed", "method" },
	{ E_CONFLICT, 409, "Conflict", "conflict" },
	{ E_EXISTS, 409, "Conflict", "exists" },
	{ E_PRECONDITION, 412, "Precondition Failed", "precondition" },
	{ E_TOO_LARGE, 413, "Content Too Large", "too_large" },
	{ E_MEDIA, 415, "Unsupported Media Type", "media" },
	{ E_INVALID, 422, "Unprocessable Content", "invalid" },
	{ E_KEY_REUSED, 422, "Unprocessable Content", "key_reused" },
	{ E_QUOTA, 429, "Too Many Requests", "quota" },
	{ E_DB, 500, "Internal Server Error", "db" },
	{ E_MQ_CONNECT, 503, "Service Unavailable", "mq_connect" },
};

START_TEST(an_error_becomes_a_problem)
{
	char want[300];

	(void)diag_set(&rq.diag, problems[_i].rc, "of the server: secret");
	(void)snprintf(rq.diag.client, sizeof(rq.diag.client), "Do this");
	response_problem(&rp, &rq, problems[_i].rc);
	(void)snprintf(want, sizeof(want), "{\"type\":\"about:blank\","
	    "\"title\":\"%s\",\"status\":%d,\"code\":\"%s\","
	    "\"detail\":\"Do this\",\"request_id\":\"id-1\"}\n",
	    problems[_i].title, problems[_i].status, problems[_i].code);
	ck_assert_int_eq(rp.status, problems[_i].status);
	ck_assert_str_eq(rp.media_type, "application/problem+json");
	unit_span_eq(buf_span(&answer), want);
}
END_TEST

START_TEST(a_servers_words_do_not_reach_the_client)
{
	(void)diag_set(&rq.diag, E_DB, "of the server: secret");
	response_problem(&rp, &rq, E_DB);
	ck_assert_ptr_null(strstr(answer.data, "secret"));
	ck_assert_ptr_nonnull(strstr(answer.data, "\"detail\":\""));
	ck_assert_ptr_null(strstr(answer.data, "\"detail\":\"\""));
}
END_TEST

START_TEST(a_problem_lists_what_is_wrong_with_fields)
{
	(void)request_refuse(&rq, FIELD_QUERY, "limit", "int_type",
	    "must be an integer");
	(void)request_refuse(&rq, FIELD_BODY, NULL, "json_empty", "is empty");
	response_problem(&rp, &rq, E_SYNTAX);
	ck_assert_ptr_nonnull(strstr(answer.data, "\"errors\":["
	    "{\"loc\":[\"query\",\"limit\"],\"msg\":\"must be an integer\","
	    "\"type\":\"int_type\"},"
	    "{\"loc\":[\"body\"],\"msg\":\"is empty\","
	    "\"type\":\"json_empty\"}]"));
}
END_TEST

START_TEST(what_was_written_before_a_problem_is_gone)
{
	response_header(&rp, "ETag", "\"1\"");
	json_object(rp.json, NULL);
	json_text(rp.json, "half", "an answer");
	response_insert(&rp, "raw", SPAN_LIT("[1]"), arena);
	response_problem(&rp, &rq, E_NO_ROW);
	ck_assert_ptr_null(strstr(answer.data, "half"));
	ck_assert_ptr_null(rp.inserts);
	ck_assert_uint_eq(response_size(&rp), answer.len);
	ck_assert_uint_eq(head.len, 0);
}
END_TEST

static const struct {
	enum err rc;
	int64_t retry_after;
	const char *line;
} lines[] = {
	{ E_DB_CONNECT, 0, "Retry-After: 5\r\n" },
	{ E_DB_CONNECT, 9, "Retry-After: 9\r\n" },
	{ E_QUOTA, 3600, "Retry-After: 3600\r\n" },
	{ E_UNKNOWN_CALLER, 0, "WWW-Authenticate: Bearer realm=\"pulse-etl\""
	    "\r\n" },
	{ E_NO_ROW, 0, "" },
};

START_TEST(a_problem_has_its_header_lines)
{
	rq.retry_after = lines[_i].retry_after;
	response_problem(&rp, &rq, lines[_i].rc);
	unit_span_eq(buf_span(&head), lines[_i].line);
}
END_TEST

START_TEST(another_coding_is_told_those_that_would_do)
{
	response_problem(&rp, &rq, E_MEDIA);
	ck_assert_mem_eq(head.data, "Accept-Encoding: gzip", 21);
}
END_TEST

/* What is sent of it, with the answer {"raw":[1],"n":null}. */
static const char *
send_answer(const char *method)
{
	static const char *const params[] = { "A=B", NULL };
	struct fcgi *fcgi = fcgi_peer_open();
	struct span sent;

	rq.method = str_span(method);
	response_header(&rp, "ETag", "\"1\"");
	json_object(rp.json, NULL);
	response_insert(&rp, "raw", SPAN_LIT("[1]"), arena);
	response_insert(&rp, "n", SPAN_NONE, arena);
	response_insert(&rp, "x", SPAN_LIT("{}"), arena);
	json_end(rp.json);
	response_end(&rp);
	ck_assert_uint_eq(response_size(&rp), 28);
	fcgi_peer_ask(fcgi, params, SPAN_LIT(""));
	ck_assert(response_send(&rp, &rq, fcgi));
	sent = fcgi_peer_answer();
	ck_assert_ptr_nonnull(sent.at);
	fcgi_peer_close(fcgi);
	return sent.at;
}

#define HEAD_OF_200 "Status: 200 OK\r\nX-Request-Id: id-1\r\n" \
	"Content-Type: application/json\r\nContent-Length: 28\r\n" \
	"ETag: \"1\"\r\n\r\n"

START_TEST(large_values_are_sent_at_their_places)
{
	ck_assert_str_eq(send_answer("GET"), HEAD_OF_200
	    "{\"raw\":[1],\"n\":null,\"x\":{}}\n");
}
END_TEST

START_TEST(head_is_answered_without_the_body)
{
	ck_assert_str_eq(send_answer("HEAD"), HEAD_OF_200);
}
END_TEST

START_TEST(what_did_not_change_has_no_content)
{
	rp.status = 304;
	ck_assert_str_eq(send_answer("GET"), "Status: 304 Not Modified\r\n"
	    "X-Request-Id: id-1\r\nETag: \"1\"\r\n\r\n");
}
END_TEST

START_TEST(a_text_ends_with_one_newline)
{
	response_end(&rp);
	ck_assert_uint_eq(answer.len, 0);
	buf_add_text(&answer, "x");
	response_end(&rp);
	response_end(&rp);
	unit_span_eq(buf_span(&answer), "x\n");
	buf_add_text(&answer, "y");
	rp.is_packed = true;
	response_end(&rp);
	unit_span_eq(buf_span(&answer), "x\ny");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("response");
	TCase *tcase = tcase_create("response");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, an_error_becomes_a_problem, 0,
	    (int)COUNT(problems));
	tcase_add_test(tcase, a_servers_words_do_not_reach_the_client);
	tcase_add_test(tcase, a_problem_lists_what_is_wrong_with_fields);
	tcase_add_test(tcase, what_was_written_before_a_problem_is_gone);
	tcase_add_loop_test(tcase, a_problem_has_its_header_lines, 0,
	    (int)COUNT(lines));
	tcase_add_test(tcase, another_coding_is_told_those_that_would_do);
	tcase_add_test(tcase, large_values_are_sent_at_their_places);
	tcase_add_test(tcase, head_is_answered_without_the_body);
	tcase_add_test(tcase, what_did_not_change_has_no_content);
	tcase_add_test(tcase, a_text_ends_with_one_newline);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
