/* SPDX-License-Identifier: MIT */
#include "adapters/fcgi.h"

#include <string.h>

#include "unit/adapters/fcgi_peer.h"
#include "unit/unit.h"

static const char *const params[] = { "REQUEST_METHOD=POST", "EMPTY=",
	"CONTENT_LENGTH=5", NULL };
static struct fcgi *fcgi;
static struct buf body;
static struct diag diag;

static void
setup(void)
{
	fcgi = fcgi_peer_open();
	buf_init(&body, 1 << 20);
	diag_clear(&diag);
}

static void
teardown(void)
{
	fcgi_peer_close(fcgi);
	buf_free(&body);
}

START_TEST(a_request_is_read_and_answered)
{
	fcgi_peer_ask(fcgi, params, SPAN_LIT("hello"));
	ck_assert(fcgi_is_responder(fcgi));
	ck_assert(!fcgi_is_gone(fcgi));
	unit_span_eq(fcgi_param(fcgi, "REQUEST_METHOD"), "POST");
	unit_span_eq(fcgi_param(fcgi, "EMPTY"), "");
	ck_assert_ptr_null(fcgi_param(fcgi, "REQUEST").at);
	ck_assert_int_eq(fcgi_read(fcgi, &body, 5, &diag), E_OK);
	ck_assert_int_eq(fcgi_read_end(fcgi, &diag), E_OK);
	unit_span_eq(buf_span(&body), "hello");
	fcgi_write(fcgi, SPAN_LIT("Status: 200\r\n\r\n"));
	fcgi_write(fcgi, buf_span(&body));
	ck_assert(fcgi_finish(fcgi));
	unit_span_eq(fcgi_peer_answer(), "Status: 200\r\n\r\nhello");
}
END_TEST

START_TEST(a_body_that_ends_early_is_told_to_the_client)
{
	fcgi_peer_ask(fcgi, params, SPAN_LIT("hell"));
	ck_assert_int_eq(fcgi_read(fcgi, &body, 5, &diag), E_SYNTAX);
	ck_assert_str_ne(diag.client, "");
}
END_TEST

START_TEST(so_is_one_that_goes_on)
{
	fcgi_peer_ask(fcgi, params, SPAN_LIT("hello!"));
	ck_assert_int_eq(fcgi_read(fcgi, &body, 5, &diag), E_OK);
	ck_assert_int_eq(fcgi_read_end(fcgi, &diag), E_SYNTAX);
	ck_assert_str_ne(diag.client, "");
}
END_TEST

/* Sizes around those that go past libfcgi's buffer, and past a record. */
static const size_t sizes[] = { 0, 1, 32767, 32768, 65528, 65529, 100000 };

START_TEST(an_answer_of_any_size_arrives_in_its_order)
{
	struct span large = unit_repeat("", "x", sizes[_i], "");
	struct span answer;

	fcgi_peer_ask(fcgi, params, SPAN_LIT("hello"));
	fcgi_write(fcgi, SPAN_LIT("before"));
	fcgi_write(fcgi, large);
	fcgi_write(fcgi, SPAN_LIT("behind"));
	ck_assert(fcgi_finish(fcgi));
	answer = fcgi_peer_answer();
	ck_assert_uint_eq(answer.len, 12 + sizes[_i]);
	ck_assert_mem_eq(answer.at, "before", 6);
	ck_assert_mem_eq(answer.at + 6, large.at, large.len);
	ck_assert_mem_eq(answer.at + 6 + large.len, "behind", 6);
	unit_free(large);
}
END_TEST

START_TEST(without_a_request_there_is_none_to_accept)
{
	bool got = true;

	ck_assert_int_eq(fcgi_accept(fcgi, &got, &diag), E_OK);
	ck_assert(!got);
	ck_assert(fcgi_finish(fcgi)); /* of nothing */
	ck_assert(!fcgi_socket_is_open(fcgi)); /* it is in no folder */
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("fcgi");
	TCase *tcase = tcase_create("fcgi");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_request_is_read_and_answered);
	tcase_add_test(tcase, a_body_that_ends_early_is_told_to_the_client);
	tcase_add_test(tcase, so_is_one_that_goes_on);
	tcase_add_loop_test(tcase, an_answer_of_any_size_arrives_in_its_order,
	    0, (int)COUNT(sizes));
	tcase_add_test(tcase, without_a_request_there_is_none_to_accept);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
