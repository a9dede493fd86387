/* SPDX-License-Identifier: MIT */
#include "http/request.h"

#include <stdio.h>
#include <string.h>

#include "adapters/pack.h"
#include "base/clock.h"
#include "unit/adapters/fcgi_peer.h"
#include "unit/unit.h"

static struct http_settings settings = { .max_body = 1000 };
static struct fcgi *fcgi;
static struct arena *arena;
static struct buf body;
static struct req rq;

static void
setup(void)
{
	fcgi = fcgi_peer_open();
	arena = arena_new(1 << 20);
	buf_init(&body, 1 << 20);
	request_init(&rq, arena, &body);
	rq.settings = &settings;
}

static void
teardown(void)
{
	fcgi_peer_close(fcgi);
	arena_free(arena);
	buf_free(&body);
}

/* A request with one more parameter than its method. */
static void
ask(const char *param, struct span bytes)
{
	const char *const params[] = { "REQUEST_METHOD=PUT", param, NULL };

	fcgi_peer_ask(fcgi, params, bytes);
	request_from_fcgi(&rq, fcgi);
}

START_TEST(a_request_is_taken_apart)
{
	static const char *const params[] = { "REQUEST_METHOD=POST",
		"REQUEST_URI=/a%2Fb?x=1?&y", "HTTP_AUTHORIZATION=Bearer t",
		"CONTENT_TYPE=application/json", "CONTENT_LENGTH=2",
		"HTTP_CONTENT_ENCODING=gzip", "HTTP_ACCEPT_ENCODING=br",
		"HTTP_IF_MATCH=\"1\"", "HTTP_IF_NONE_MATCH=\"2\"",
		"HTTP_IDEMPOTENCY_KEY=k", "HTTP_TRACEPARENT=00-x",
		"REMOTE_ADDR=10.0.0.1", "HTTP_X_REQUEST_ID=a.B_c:d-9", NULL };

	fcgi_peer_ask(fcgi, params, SPAN_LIT(""));
	request_from_fcgi(&rq, fcgi);
	unit_span_eq(rq.method, "POST");
	unit_span_eq(rq.path, "/a%2Fb");
	unit_span_eq(rq.query, "x=1?&y");
	unit_span_eq(rq.authorization, "Bearer t");
	unit_span_eq(rq.content_type, "application/json");
	unit_span_eq(rq.content_length, "2");
	unit_span_eq(rq.content_encoding, "gzip");
	unit_span_eq(rq.accept_encoding, "br");
	unit_span_eq(rq.if_match, "\"1\"");
	unit_span_eq(rq.if_none_match, "\"2\"");
	unit_span_eq(rq.idempotency_key, "k");
	unit_span_eq(rq.traceparent, "00-x");
	unit_span_eq(rq.remote_addr, "10.0.0.1");
	ck_assert_str_eq(rq.request_id, "a.B_c:d-9");
}
END_TEST

START_TEST(what_nginx_passes_on_empty_was_not_there)
{
	static const char *const params[] = { "REQUEST_METHOD=GET",
		"REQUEST_URI=/a", "CONTENT_LENGTH=", "HTTP_AUTHORIZATION=",
		"HTTP_IDEMPOTENCY_KEY=", NULL };

	fcgi_peer_ask(fcgi, params, SPAN_LIT(""));
	request_from_fcgi(&rq, fcgi);
	ck_assert_ptr_null(rq.query.at);
	ck_assert_ptr_null(rq.content_length.at);
	ck_assert_ptr_null(rq.authorization.at);
	/* An empty key is refused later. */
	ck_assert_ptr_nonnull(rq.idempotency_key.at);
}
END_TEST

static const char *const bad_ids[] = { "", "a b", "a\"", "a\n", "\xc3\xa9",
	("0123456789012345678901234567890123456789012345678901234567890123"
	"01234567890123456789012345678901234567890123456789012345678901234") };

START_TEST(an_id_that_is_not_sane_is_replaced)
{
	char param[200];

	(void)snprintf(param, sizeof(param), "HTTP_X_REQUEST_ID=%s",
	    bad_ids[_i]);
	ask(param, SPAN_LIT(""));
	ck_assert_uint_eq(strlen(rq.request_id), 32);
	ck_assert_uint_eq(strspn(rq.request_id, "0123456789abcdef"), 32);
}
END_TEST

/* Milliseconds ago, and what is made of it. */
static const struct {
	int64_t ago, least, most;
} sent[] = {
	{ 1500, 1500, 20000 },
	{ -5000, 0, 0 },		   /* another clock */
	{ INT64_C(100) * 3600 * 1000, 0, 0 }, /* so is this */
};

START_TEST(the_wait_before_a_responder_is_measured)
{
	int64_t then = clock_wall_ms() - sent[_i].ago;
	char param[64];

	(void)snprintf(param, sizeof(param), "ETL_SENT=%lld.%03lld",
	    (long long)then / 1000, (long long)then % 1000);
	ask(param, SPAN_LIT(""));
	ck_assert_int_ge(rq.waited_ms, sent[_i].least);
	ck_assert_int_le(rq.waited_ms, sent[_i].most);
}
END_TEST

START_TEST(a_body_is_read_to_its_length)
{
	ask("CONTENT_LENGTH=5", SPAN_LIT("hello"));
	ck_assert_int_eq(request_read_body(&rq, 1000), E_OK);
	unit_span_eq(request_body(&rq), "hello");
}
END_TEST

/* A Content-Length that does not fit "hello", at most 1000 bytes or 3. */
static const struct {
	const char *param;
	int64_t max;
	enum err rc;
} lengths[] = {
	{ "NONE=", 1000, E_SYNTAX },
	{ "CONTENT_LENGTH=x", 1000, E_SYNTAX },
	{ "CONTENT_LENGTH=-1", 1000, E_SYNTAX },
	{ "CONTENT_LENGTH=4", 1000, E_SYNTAX },
	{ "CONTENT_LENGTH=6", 1000, E_SYNTAX },
	{ "CONTENT_LENGTH=1001", 2000, E_TOO_LARGE }, /* of the settings */
	{ "CONTENT_LENGTH=5", 3, E_TOO_LARGE },
};

START_TEST(a_body_of_another_length_is_refused)
{
	ask(lengths[_i].param, SPAN_LIT("hello"));
	ck_assert_int_eq(request_read_body(&rq, lengths[_i].max),
	    lengths[_i].rc);
	ck_assert_str_ne(rq.diag.client, "");
}
END_TEST

/* A request whose body is this, packed. */
static void
ask_packed(struct span bytes, const char *coding)
{
	struct buf packed;
	char param[64];

	buf_init(&packed, 1 << 16);
	ck_assert_int_eq(pack_gzip(bytes, &packed, &rq.diag), E_OK);
	(void)snprintf(param, sizeof(param), "CONTENT_LENGTH=%zu", packed.len);
	ask(param, buf_span(&packed));
	rq.content_encoding = str_span(coding);
	buf_free(&packed);
}

static const struct {
	const char *coding;
	enum err rc;
} codings[] = {
	{ "gzip", E_OK },
	{ "GZIP", E_OK },
	{ ", gzip ,identity", E_OK },
	{ "gzip, gzip", E_MEDIA },
	{ "br", E_MEDIA },
};

START_TEST(a_packed_body_is_unpacked)
{
	ask_packed(SPAN_LIT("hello"), codings[_i].coding);
	ck_assert_int_eq(request_read_body(&rq, 1000), codings[_i].rc);
	if (codings[_i].rc == E_OK)
		unit_span_eq(request_body(&rq), "hello");
	else
		ck_assert_str_ne(rq.diag.client, "");
}
END_TEST

START_TEST(an_unpacked_body_has_no_more_bytes_than_it_may)
{
	struct span large = unit_repeat("", "a", _i == 0 ? 1000 : 1001, "");

	ask_packed(large, "gzip");
	ck_assert_int_eq(request_read_body(&rq, 1000),
	    _i == 0 ? E_OK : E_TOO_LARGE);
	unit_free(large);
}
END_TEST

START_TEST(what_comes_of_a_request_is_in_its_trace)
{
	static const char given[] =
	    "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";

	ck_assert_ptr_null(request_traceparent(&rq));
	trace_accept(&rq.trace, str_span(given), "request", TRACE_SERVER, 0);
	ck_assert_str_eq(request_traceparent(&rq), given);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("request");
	TCase *tcase = tcase_create("request");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_request_is_taken_apart);
	tcase_add_test(tcase, what_nginx_passes_on_empty_was_not_there);
	tcase_add_loop_test(tcase, an_id_that_is_not_sane_is_replaced, 0,
	    (int)COUNT(bad_ids));
	tcase_add_loop_test(tcase, the_wait_before_a_responder_is_measured, 0,
	    (int)COUNT(sent));
	tcase_add_test(tcase, a_body_is_read_to_its_length);
	tcase_add_loop_test(tcase, a_body_of_another_length_is_refused, 0,
	    (int)COUNT(lengths));
	tcase_add_loop_test(tcase, a_packed_body_is_unpacked, 0,
	    (int)COUNT(codings));
	tcase_add_loop_test(tcase,
	    an_unpacked_body_has_no_more_bytes_than_it_may, 0, 2);
	tcase_add_test(tcase, what_comes_of_a_request_is_in_its_trace);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
